# 与 en.ftl 逐条对应（测试保证三种语言的条目相同）。表名与键名照配置文件的写法，不翻译。

check-add = 加上 { $example }
check-add_key = 加上 { $example }
check-add_table = 加上 [{ $path }]
check-add_tier = 加上 [[ladder.{ $ladder }.tier]]
check-advice = 建议
check-all_of_none = seats = "all" 指一个人员组的全体，而这一级不用人员组
check-all_of_none_instead = 写 seats = {"{"} min = 2, max = 3 {"}"}
check-always = 这一项永远有效
check-always_instead = 加上 dates、lunar、decree、weekdays、workdays、monthly 或 daily；或者把预案直接写进队列
check-and_no_column = { $these } 和 { $last }
check-array = 数组
check-at_fault = { $file }：有错误：{ $problems }
check-at_once_patience = `at_once` 说的是耐心，而 `{ $key }` 与耐心无关
check-attempt_long = 每次发送最多一分钟
check-attempt_long_instead = 写 1m 或更短：更慢的接收方反正会再试
check-average_of_nothing = average_weeks 说 max_week 按几周平均，而这里没有 max_week
check-average_of_nothing_instead = 加上 max_week = "40h"，或者去掉 average_weeks
check-bad_address = 这个地址不能用：{ $why }
check-band_empty = 没有哪个来电数既超过 { $above } 又不超过 { $most }
check-band_empty_instead = 把 waiting_at_most 写大一些，或者去掉
check-band_released = 级别 `{ $tier }` 在等待 { $most } 人及以下时到期，而预案 `{ $ladder }` 在 { $calm } 人及以下时已经撤回
check-band_released_instead = 把它的 waiting_at_most 调大，或者去掉
check-band_without_start = waiting_at_most 是 waiting_above 区间的上端，而这里没有 waiting_above
check-band_without_start_instead = 加上 waiting_above = ...
check-bands_both = 预案 `{ $ladder }` 在等待 { $calm } 人及以下时撤回，又在超过 { $above } 人时呼叫 `{ $tier }`：两件事会同时发生
check-bands_both_instead = 写 waiting_at_most = { $above } 或更小
check-beside_nothing = 预案 `{ $ladder }` 有 { $key }，却没有继承别的预案
check-beside_nothing_instead = 加上 extends = "..."，或者改写 [[...tier]]
check-between_0 = 大于 0、小于 { $most } 的数
check-both_there = `{ $one }` 和 `{ $other }` 同时出现
check-brackets = `{ $path }` 可以有多项，而 [{ $path }] 只写了一对方括号
check-brackets_again = `{ $path }` 可以有多项，而 [{ $path }] 只写了一对方括号（除此处外还有 { $times } 处）
check-by_commas = 班表的列用逗号分隔
check-by_commas_instead = 存为用逗号分隔的 CSV
check-by_configuration = 按配置
check-by_release = 撤回条件（release）
check-by_severe = severe
check-by_tier = 级别 `{ $tier }`
check-bytes_of_name = 名称有 { $bytes } 字节，最多 { $most } 字节
check-bytes_of_text = 文本有 { $bytes } 字节，最多 { $most } 字节
check-calls_none = calls 没有说有多少来电
check-calls_none_instead = 加上 per_hour = [600]，或者 recorded = "calls.csv"
check-calls_two_ways = 来电或者按 per_hour，或者按记录，只取一种
check-cell_missing = 这一行没有 `{ $column }`
check-cell_missing_instead = 一行是：person,from,to，例如 E01,2026-11-21 08:00,2026-11-21 16:00
check-cells_many = 这一行有 { $cells } 格，表头只有 { $header } 格
check-cells_many_instead = 去掉多余的；含逗号的格要加引号
check-circle = 预案互相继承：{ $circle }
check-circle_instead = 其中一个要自己写出各级
check-clock_jumps = 在 { $zone }，时钟跳过了 { $time }：取 { $taken }
check-clock_jumps_instead = 写 { $taken }，或者写出本意
check-clock_twice = 在 { $zone }，时钟两次经过 { $time }：取第一次
check-clock_twice_instead = 第一次写 { $first }，第二次写 { $second }
check-close = 是否想写 `{ $close }`？
check-close_word = 是否想写 { $close }？
check-column_twice = 列 `{ $column }` 出现两次
check-columns_missing = 班表缺少列 { $columns }
check-cr_lines = 本文件的行只以 CR 结尾，很少有程序这样写：对 TOML 来说整个文件是一行
check-cr_lines_instead = 保存时每行以 LF（Unix）或 CRLF（Windows）结尾；可用 tr '\r' '\n' < FILE > NEW.toml 转换
check-date = 日期 { $date }
check-dates_backwards = { $text } 在开始之前就结束
check-day_factor_recorded = 来电照记录再现，而 day_factor 会使其增减
check-day_factor_small = `day_factor` 要填 1 以上的数：再小，多数日子没有来电，少数日子多得离谱
check-day_factor_small_instead = 例如 day_factor = 10
check-decrees_end = "{ $place }" 的放假安排只知道到 { $day }：此后没有法定放假日，也没有调休上班的周末
check-decrees_end_instead = 安装已收录下一份放假通知的 surged，或者把放假日写进 dates
check-draws_on_none = { $action } 不从人员组调人
check-draws_on_none_instead = 去掉人员组；如果要调组里的人，去掉 action 或写 action = "call_in"
check-duration = 时长，例如 "90s" 或 "5m"
check-duration_least = 不短于 { $least } 的时长，例如 "90s" 或 "5m"
check-empty = 文本是空的
check-empty_instead = 写出要说的内容，或者去掉这个键
check-ends_first = 这个班在开始之前或开始时就结束
check-ends_first_instead = `to` 要晚于 `from`
check-ends_first_midnight = 过了午夜，结束在第二天：写 { $time }
check-entries = 日历 { $n } 项
check-error = 错误
check-example = 例如 { $key } = { $example }
check-extends_many = 连续继承的预案超过 { $most } 个
check-extends_many_instead = 减少继承的层数
check-fallback_alone = fallback 只与 seats = "required" 一起用
check-fallback_alone_instead = 去掉它，或者写 seats = "required"
check-feeds = 电话系统 { $n } 个
check-file_is_folder_instead = 那是文件夹：请写其中的文件
check-file_large = 文件超过 { $most } 字节，最多读这么多
check-file_large_instead = 这是配置文件吗？
check-file_not_there_instead = 写一个存在的配置文件，例如 config/surged.toml
check-file_unreadable = 文件读不出来：{ $why }
check-file_unreadable_instead = 让运行 surged 的用户可以读它
check-file_unusable = { $path } 不能用：{ $why }
check-file_unusable_instead = 把文件放到那里，或者写对它的路径：绝对路径，或相对于本文件的路径
check-flag = true 或 false
check-for_extend_shift = `{ $key }` 用于 extend_shift，而这一级要的是 { $action }
check-for_extend_shift_instead = 去掉它，或者写 action = "extend_shift"
check-for_no_queue = 这一项没有指向任何队列
check-for_no_queue_instead = 要指全部队列，就去掉 queues
check-for_overtime = `for_hours` 用于 overtime，而这一级要的是 { $action }
check-for_overtime_instead = 去掉它，或者写 action = "overtime"
check-forgotten_first = feed `{ $feed }` 在 { $forgotten } 后就被忘记，到 { $stale } 后才算过时
check-forgotten_first_instead = 写一个比 stale_after 更长的 forget_after
check-good = { $file }：没有问题：{ $summary }
check-good_deep = { $file }：没有问题：{ $summary }；{ $advice }
check-help = 改法
check-hours_many = `{ $key }` 写的是 { $came }，而其中只有 { $hours } 小时
check-hours_many_instead = 没有上限就去掉它
check-in_line = 在第 { $line } 行
check-in_the_clear = 其他机器可以访问 { $address }，令牌会以明文经过网络
check-in_the_clear_instead = 加上 tls = {"{"} certificate = "cert.pem", key = "key.pem" {"}"}；前面有程序处理 TLS 时写 behind_proxy = true；或者只监听 127.0.0.1
check-in_time_untold = 预案 `{ $ladder }` 的{ $by }依据及时接听的比例，而 Asterisk 不报告队列 `{ $queue }` 的这个数：条件永远不会成立
check-in_time_untold_instead = 用 "json" feed 送来带 answered_in_target 的读数，或者改用 abandoned_share_above 或 longest_wait_above
check-instead_json_feed = 用 "json" feed 送读数
check-instead_lend_only_while = 写进作为该人员组 home 的队列
check-instead_roster_file = 写一次 [roster] 和 path = "roster.csv"，供所有人员组使用
check-interval_ends = 区间有下端和上端，下端在前
check-interval_ends_instead = 两个都写，或者都不写
check-is_empty = 它是空的
check-judge_without_share = judge = "share" 没有说占多少时间
check-judge_without_share_instead = 加上 share = 0.8
check-keep_of_another = keep 里写了 `{ $pool }`，而这一级不从它调人
check-keep_of_another_instead = 写这一级所用的人员组
check-keeps_all = 人员组 `{ $pool }` 共 { $count } 人，要留 { $keep } 人：永远借不出人
check-keeps_all_instead = 写 keep = { $count } 或更小
check-kept_address = 那里存的地址不能用：{ $why }
check-kept_address_instead = 它只有一行，例如 https://hooks.example/surged
check-kept_key = 那里存的密钥不能用：{ $why }
check-kept_key_instead = 生成一个：surged push key FILE
check-kept_secret = 那里存的密钥不能签名：{ $why }
check-kept_secret_instead = 它是 whsec_ 加上 24 到 64 个随机字节的 base64：echo whsec_$(head -c 32 /dev/urandom | base64)
check-key_and_kind = `{ $key } = ...`（{ $kind }）
check-keys = 这里可用的键：{ $keys }
check-kind_address_port = 地址和端口，例如 "127.0.0.1:8470"，或用 "0.0.0.0:8470" 指所有网口
check-kind_daily = 一天中的时段，例如 "20:00-08:00"：两个不同的 24 小时制时刻
check-kind_dates = 日期，例如 "2026-10-01/2026-10-07" 或 "05-17"
check-kind_host_port = 主机和端口，例如 "127.0.0.1:5038"
check-kind_lunar = 农历日期，例如 "12-last/01-07"
check-kind_monthly = 每月的日子，例如 "1-5"
check-kind_push_host = 主机，例如 "push.bank.example" 或 "push.bank.example:8443"
check-kind_start = 当地日期和时间，例如 "2026-11-02T08:00"
check-kind_subject = 地址，例如 "mailto:floor@bank.example"
check-kind_webhook = 地址，例如 "https://hooks.example/surged"
check-kind_ws = WebSocket 地址，例如 "ws://127.0.0.1:8471/feed" 或 "wss://pbx.example/feed"
check-kind_zone = IANA 时区名，例如 "Asia/Shanghai" 或 "UTC"
check-known_names = 已有 { $names }；或者加上 [{ $path }]
check-ladder = { $name }（{ $n } 级）
check-ladder_unused = 预案 `{ $ladder }` 永远不会生效：没有队列用它，也没有 [[calendar]] 提到它
check-ladder_unused_instead = 给它一条 [[calendar]] 或一个队列（ladder = "{ $ladder }"），或者去掉
check-ladder_unused_why = 其中写的永远不会执行
check-ladders = 预案 { $ladders }
check-least_and_most = { $least } 到 { $most } 的整数
check-leave_one_out = 去掉其中一个
check-leave_out = 去掉它
check-lends_nobody = 队列 `{ $queue }` 不借出任何人：没有人员组以它为 home，lend_only_while 留不住谁
check-lends_nobody_instead = 在属于它的人员组里加上 home = "{ $queue }"，或者去掉 lend_only_while
check-length = `{ $key }` 有 { $entries } 项，最多 { $most } 项
check-length_instead = 去掉一些
check-levels = 可用的级别：supervisor、shift_leader、manager
check-levels_labels = 可用的级别：supervisor、shift_leader、manager；称呼可以用 label 改
check-line_crossed = 预案 `{ $ladder }` 的撤回线在队列 `{ $queue }` 上每小时被穿越 { $times } 次（{ $how }）
check-line_crossed_instead = 按窗口内的占比或平均值判断（judge = "share", share = 0.8），并让撤回线离呼叫线更远
check-list = 数组，其中每一项为{ $each }
check-longer_than = 它超过 { $most } 字节
check-minutes = { $n } 分钟
check-missing_at_end = 这一行末尾缺少 `{ $missing }`
check-missing_key = 这里缺少键 `{ $key }`
check-more = 另有 { $count } 个问题：请先改正以上各项
check-name = 名称
check-name_instead = 名称至少一个字符，不含控制字符和改变书写方向的字符，首尾没有空格
check-name_shorter = 改短，完整的写法放进 label
check-named = 以名称为键的表，每个值为{ $each }
check-needs_fallback = seats = "required" 需要 fallback，供算不出人数时使用
check-needs_fallback_instead = 加上 fallback = {"{"} min = 2, max = 6 {"}"}
check-needs_pool = 要 { $action } 的级别必须写明从哪个人员组调人
check-needs_pool_instead = 加上 pool = "..."；只有 extend_shift 和 overtime 不用人员组
check-never_at_many = { $many } 人等待三小时，预案 `{ $ladder }` 的级别 `{ $tier }` 也从未叫到
check-never_at_many_instead = 上端封闭的区间（waiting_at_most）或 feed 不报告的指标使它不成立；去掉 waiting_at_most
check-never_at_many_why = 最糟的日子得到的帮助反而更少
check-no_address = webhook `{ $webhook }` 没有地址
check-no_address_instead = 加上 url = "https://..."；地址本身就是密钥时用 url_file 或 url_env
check-no_address_port = { $text } 不是地址和端口
check-no_advice = 没有建议
check-no_csv = 不是 CSV：{ $why }
check-no_daily = { $text } 不是一天中的时段
check-no_dates = { $text } 不是日期，也不是日期范围
check-no_day = `{ $key }` 没有写任何一天
check-no_day_instead = 写上几天，或者去掉
check-no_duration = { $text } 不是时长；时长的写法如 "90s"、"5m"、"1h30m"、"35d"
check-no_feed = 没有可以接收的 feed
check-no_feed_instead = 加上 [feed.NAME]
check-no_file = 它不是文件
check-no_handle_time = 预案 `{ $ladder }` 的{ $by }依据预计等待时间，而队列 `{ $queue }` 没有 handle_time，无从计算
check-no_handle_time_instead = 加上 handle_time = "3m"，数值按实测填写
check-no_header = `{ $name }` 不是 HTTP 头
check-no_header_instead = 头的名称只含字母、数字和连字符；值只有一行
check-no_host = { $text } 不是主机
check-no_host_port = { $text } 不是主机和端口
check-no_level = chain 里没有角色 `{ $role }`
check-no_level_instead = 写 [[chain]] 里有的角色，或者去掉 roles：那样任何一级的都会送到
check-no_lunar = { $text } 不是农历日期，也不是农历日期范围
check-no_measure = 这个条件没有说比较什么
check-no_measure_instead = 条件里要有以下至少一项：{ $keys }
check-no_monthly = { $text } 不是每月的日子
check-no_name = { $text } 不能作名称
check-no_number = `{ $key }` 里没有数
check-no_queue = 没有要看的队列
check-no_queue_instead = 加上 [queue.NAME]
check-no_release = 预案 `{ $ladder }` 没有说怎样把人撤回
check-no_release_instead = 加上 [ladder.{ $ladder }.release]，其中 when = {"{"} waiting_at_most = 5, for = "5m" {"}"}
check-no_role = 没有名为 `{ $role }` 的角色
check-no_room = 预案 `{ $ladder }` 在等待 { $calm } 人及以下时放人，超过 { $first } 人时叫人，也不让人多留一会（min_stay）
check-no_room_instead = 在 { $half } 人及以下时才撤回，或让来的人多留一会：min_stay = "15m"；`surged tune` 可找出合适的数
check-no_room_why = 在这条线上下徘徊的队列会叫人来，刚帮上忙就放走，又再叫来
check-no_roster = `{ $key }` 依据班表，而这里没有班表
check-no_roster_instead = 加上 [roster] 和 path = "roster.csv"，或者去掉它：那样只按人数要人
check-no_secret = feed `{ $feed }` 没有登录用的密码
check-no_secret_instead = 加上 secret_file = "ami.secret" 或 secret_env = "AMI_SECRET"
check-no_shift = 班表只有表头，没有班：其中的人都不在班
check-no_shift_instead = 加上这样的行：E01,2026-11-21 08:00,2026-11-21 16:00
check-no_start = { $text } 不是日期和时间
check-no_subject = { $text } 不是推送服务可以联系的地址
check-no_such_column = 班表没有 `{ $column }` 这一列
check-no_text_came = `{ $key }` 要填：{ $kind }；这里不是文本
check-no_tiers = 预案 `{ $ladder }` 没有任何一级
check-no_time = { $text } 不是时间
check-no_time_instead = 写日期和时间，例如 2026-11-21 08:00；或带时差，2026-11-21T08:00+08:00
check-no_toml = 不是 TOML：{ $why }
check-no_toml_instead = 文本要加引号，每个 [ 和 {"{"} 都要有对应的结尾，一行只说一件事
check-no_unit = `{ $key }` 要填时长，而 { $number } 没有单位
check-no_unit_instead = 如果单位是秒，写 { $key } = "{ $number }s"
check-no_utf8 = 这里有一个字节不是 UTF-8 文本
check-no_value = `=` 后面没有值
check-no_value_instead = 写上值，或者去掉这个键
check-no_ws = { $text } 不是 WebSocket 地址
check-no_zone = { $text } 不是已知的时区
check-nobody_to_ask = 级别 `{ $tier }` 在队列 `{ $queue }` 上每天 { $times } 次到期而无人可叫（{ $how }）
check-nobody_to_ask_instead = 让它的人员组多借出人（size、keep），加第二个人员组，或把它往后放
check-nobody_to_ask_why = 预案要先等不在场的人，才会往下走
check-not_obeyed_key = 本版本还不支持 `{ $key }`
check-not_obeyed_value = 本版本还不支持：{ $key } = { $word }
check-note = 原因
check-number = 数 { $number }
check-number_to = 0 到 { $most } 的数
check-number_up_to = 大于 0、不超过 { $most } 的数
check-one_of_recorded = recorded 和 day_factor 去掉一个
check-or = { $these } 或 { $last }
check-overtaken = 级别 `{ $later }` 会先于排在它前面的 `{ $earlier }` 触发：前者超过 { $above } 人，`{ $earlier }` 超过 { $needs } 人
check-overtaken_instead = 把 `{ $later }` 放到 `{ $earlier }` 前面，或者把它的界线定为 { $needs } 或更高
check-overtaken_why = 各级按预案的顺序叫：等待 { $from } 到 { $needs } 人时两级都不叫
check-own_and_extends = 预案 `{ $ladder }` 既有自己的各级，又继承另一个
check-own_and_extends_instead = 改写 [[...tier_before]] 或 [[...tier_after]]，或者去掉 extends
check-own_source = 每个队列要有自己的 source
check-people_instead = 写上人数，例如 people = [46]
check-per_hour_instead = 写上来电数，例如 per_hour = [600]
check-person_elsewhere = `{ $person }` { $place }属于人员组 `{ $other }`，这里却在人员组 `{ $pool }`
check-person_elsewhere_instead = 一个人不能叫两次：只写一个人员组，这里或那里
check-person_in_two = `{ $person }` 既在人员组 `{ $first }` 又在人员组 `{ $pool }`
check-person_once = 一个人不能叫两次：每人只写一次
check-person_twice = `{ $person }` 在人员组 `{ $pool }` 里出现两次
check-pieces = { $n } 条建议
check-pool_and_pools = 这一级既有 pool 又有 pools
check-pool_and_pools_instead = 都写进 pools
check-pool_below_max_why = 等待超过 { $line } 人时这一步要 { $max } 人，却来得更少
check-pool_below_min_why = 现场永远得不到这一步所说的人数，而高峰来之前没人知道
check-pool_empty = 预案 `{ $ladder }` 的级别 `{ $tier }` 叫人员组 { $pools }，而那时它借不出人
check-pool_empty_why = 到期了却无人可叫：之前的时间白等，下一级也不会更早
check-pool_large = 人员组 `{ $pool }` 连同班表有 { $count } 人，最多 { $most } 人
check-pool_large_instead = 分成几个人员组
check-pool_small = 级别 `{ $tier }` 要 { $min }-{ $max } 席，而人员组只能借出 { $lends } 人（{ $pools }，预案 `{ $ladder }` 生效时）
check-pool_small_instead = 按实有人数要人，加第二个人员组（pools = [...]），或调低人员组 { $pools } 的 keep；在班人数按 size_by 算，并扣除 keep
check-pool_taken = 级别 `{ $tier }` 要的人，`{ $earlier }` 之前已经全部叫走
check-pool_taken_instead = 让 `{ $earlier }` 留下一些（seats = {"{"} min = 2, max = 3 {"}"}），或改用别的人员组
check-pool_taken_why = 它到期时人员组已空，预案白等这段时间
check-pool_twice = 这一级两次写了人员组 `{ $pool }`
check-pool_twice_instead = 只写一次
check-pool_unused = 人员组 `{ $pool }` 从不用到：会生效的预案里没有一级叫它的人
check-pool_unused_instead = 在某一级写上它（pool = "{ $pool }"），或者去掉
check-pool_unused_why = 读预案的人会指望这些永远不会被叫到的人
check-pools = 人员组 { $n } 个
check-problems = { $count } 个问题
check-proxy_and_tls = behind_proxy 说 TLS 由另一个程序处理，tls 说由本程序处理
check-push_kept_long = 一次呼叫最多保留四周
check-push_kept_long_instead = 写 28d 或更短：推送服务不会保留更久，几分钟就够
check-queues = 队列 { $n } 个
check-quotes = 加上引号："{ $text }"
check-range_empty = 至少 { $min } 席、最多 { $max } 席：没有这样的数
check-range_empty_instead = 把较小的数写作 min
check-reading_gap = 队列 `{ $queue }` 每 { $every } 一个读数，遮住了{ $what }的 { $hold } 计时（{ $how }）
check-reading_gap_instead = 让电话系统比每 { $hold } 更勤地报告，或者让计时有几个读数那么长
check-reading_gap_why = 两个读数之间按前一个算：一瞬间的高峰会被当成整段间隔，真正的高峰又看得晚
check-recorded_days = 在 { $n } 天的记录里
check-recorded_hours = 在 { $n } 小时的记录里
check-rest_of_number = rest_between 依据上次叫了谁，而人员组 `{ $pool }` 只是一个人数
check-rest_of_number_instead = 用 people = ["..."] 代替 size，或者在班表里写上这个人员组；或者去掉 rest_between
check-role_answers_none = { $role } 不回答指令，不能作为 chain 的一级
check-role_twice = `{ $role }` 在 chain 里出现两次
check-role_twice_instead = 每个角色是一级
check-roster = 班表 { $n } 人
check-roster_empty = 班表是空的：没有表头，也没有班
check-roster_ends = 班表 { $path } 在 { $day } 之后没有班：此后其中的人都不在班
check-roster_ends_instead = 加上以后的日子
check-roster_header = 第一行是：person,from,to 或 person,from,to,pool
check-roster_large = 班表超过 { $most } 字节，最多读这么多
check-roster_large_instead = 去掉早已过去的内容；这是班表吗？
check-roster_unreadable = 班表 { $path } 读不出来：{ $why }
check-roster_utf8 = 把班表存为 UTF-8（电子表格里选 "CSV UTF-8"）
check-said_twice = 前面已经写过
check-said_twice_instead = 只写一次
check-same_source = 队列 `{ $first }` 和 `{ $second }` 都是 feed `{ $feed }` 的 `{ $source }`
check-save_utf8 = 把文件存为 UTF-8
check-scenario_no_queue = 没有队列
check-scenario_no_queue_instead = 加上 [queue.NAME]，其中有 calls、handling 和 people
check-seconds = { $n } 秒
check-secret_unreadable = { $path } 里的密码读不出来：{ $why }
check-secret_unreadable_instead = 把密码作为唯一一行写进该文件，只让运行 surged 的用户可读（chmod 600）
check-several_lines = 它不止一行
check-severe_both = 预案 `{ $ladder }` 在等待 { $calm } 人及以下时撤回，又在超过 { $above } 人时算作严重：两件事会同时发生
check-severe_both_instead = 把它的 waiting_above 调到 { $calm } 或更大
check-share_without_judge = share 只与 judge = "share" 一起用，而这个条件按 "{ $word }" 判断
check-share_without_judge_instead = 写 judge = "share"，或者去掉 share
check-shift_long = 这个班超过 24 小时
check-shift_long_instead = 日期对吗？每个班写一行
check-shifts_many = 超过 { $most } 个班，最多读这么多
check-shifts_many_instead = 去掉早已过去的内容
check-shifts_overlap = `{ $person }` 同一时间有两个班：这个班与第 { $line } 行的重叠
check-shifts_overlap_instead = 一个班要在此人下一个班开始前结束：改正其中一个，或者去掉一个
check-short_stays = 队列 `{ $queue }` 上每 100 次支援有 { $short } 次不到十分钟（{ $how }，每天 { $stays } 次）
check-short_stays_instead = 让来的人多留一会（min_stay = "15m"，现在是 { $kept }），或在更少人等待时才撤回；`surged tune` 会权衡代价
check-short_stays_why = 人走过来又走回去，几乎没接到电话；下一次就来得更晚
check-shorter = 改短
check-sign = `{ $sign }`（{ $code }）应为 `{ $meant }`
check-sign_of_space = `{ $sign }`（{ $code }）应为空格
check-simulated_days = 在 { $n } 个模拟日里
check-size_by_differs = 人员组 `{ $pool }` 列出 { $count } 人，而 size_by 写的是 { $size }
check-size_by_differs_instead = size_by 取名单上的前若干人
check-size_differs = 人员组 `{ $pool }` 列出 { $count } 人，而 size 写的是 { $size }
check-size_differs_instead = 去掉 size：人数按名单计算
check-size_differs_roster = 人员组 `{ $pool }` 连同班表共 { $count } 人，而 size 写的是 { $size }
check-slow_at_many = { $many } 人等待时，预案 `{ $ladder }` 仍要 { $reached } 才走到 `{ $tier }`；每次呼叫都在一分钟内回应时也要 { $answered }
check-slow_at_many_severe = 见 `severe`：预案里写 severe = {"{"} waiting_above = 30, for = "1m" {"}"}，超过界线的各级就同时到期
check-slow_at_many_shorter = 它的 `severe` 没有缩短这段时间：调低其 waiting_above 或 for
check-slow_at_many_why = 每一步都等前一步，{ $many } 人等待与 11 人一样；多数来电者在叫到帮手前就挂断了
check-sources_by_case = 队列 `{ $first }` 和 `{ $second }` 是 feed `{ $feed }` 的 `{ $source }` 和 `{ $other }`：Asterisk 不分大小写，两者是同一个
check-stay_too_short = 人员组 `{ $pool }` 的人最多留 { $most }，而预案 `{ $ladder }` 至少要留他们 { $least }
check-stay_too_short_instead = 写一个比撤回条件的 min_stay 更长的 max_stay
check-summary = { $things }
check-table = 表
check-table_of = 表
check-table_with = 含有 { $key } 的表
check-takes = `{ $key }` 要填：{ $kind }；这里是：{ $came }
check-template_fault = 模板有错误：{ $why }
check-template_instead = 改正模板；可用的内容见运维手册（operator's guide）
check-template_long = 模板 { $path } 超过 { $most } 字节
check-template_unreadable = 模板 { $path } 读不出来：{ $why }
check-text = 文本
check-text_came = 文本 { $text }
check-this_zone = 本时区
check-tier_never = 级别 `{ $tier }` 在队列 `{ $queue }` 上一次也没有触发（{ $how }）
check-tier_often = 级别 `{ $tier }` 在队列 `{ $queue }` 上每天约触发 { $times } 次（{ $how }）
check-tier_often_instead = 提高它的界线或 for，让来的人多留一会（min_stay），或为那些时段多排人
check-tier_often_why = 总在叫的就不是应急：人会不再来，真正短缺的是排班
check-tier_rare = 级别 `{ $tier }` 在队列 `{ $queue }` 上每周约触发 { $times } 次（{ $how }）
check-tier_rare_instead = 降低它的界线，缩短它的 for，或按平均值判断（judge = "mean"）；`surged tune --vary when.for=1m..5m` 可看各自的结果
check-tier_rare_why = 几乎不来的一步没人练过，真到糟糕的日子，其中的人帮不上忙
check-tier_twice = 预案 `{ $ladder }` 有两级都叫 `{ $tier }`
check-tier_twice_instead = 同一预案的每一级要有自己的名称
check-tiers_many = 预案 `{ $ladder }` 有 { $tiers } 级，最多 { $most } 级
check-tiers_many_instead = 在这里或在它继承的预案里去掉一些
check-tls_alone = `{ $key }` 只在使用 TLS 时有意义
check-tls_alone_instead = 加上 tls = true，或者去掉它
check-too_few = 队列 `{ $queue }` 最忙时要 { $needed } 人才达到目标，而预案 `{ $ladder }` 能叫的都算上也只有 { $all } 人：在线 { $people } 人，再加 { $brings } 人
check-too_few_instead = 为那段时间多排人（`surged seats` 可计算），让人员组多借出人，或定一个达得到的目标
check-too_few_physical = { $all }，受物理座席所限
check-too_few_why = 每小时 { $calls } 通、每通 { $each }，就是 { $work } 个人的工作量；界线和计时变不出人来
check-too_fine = `{ $key }` 精确到百万分之一，而 { $number } 还不到其一半
check-too_fine_instead = 写 0.000001 或更大
check-two_brackets = 用两对方括号：[[...{ $key }]]
check-typed = 用了中文输入法的符号：{ $signs }
check-typed_in = `{ $key }`：{ $typed }
check-unknown_key = 这里没有 `{ $key }` 这个键
check-unknown_name = 没有名为 `{ $name }` 的 { $table }
check-utf16 = 文件是 UTF-16：Windows 下有的编辑器默认这样保存（"Unicode"）
check-utf16_instead = { $save }，有的编辑器叫 "UTF-8 无 BOM"
check-variable_unset = 环境变量 { $name } 没有设置
check-variable_unset_instead = 把它设为密码，或者改写 secret_file
check-warm_up_long = 预热还没结束这一天就过完了：什么也不会计入
check-warm_up_long_instead = 写一个比 warm_up 更长的 length
check-warning = 提醒
check-which_feed = 队列 `{ $queue }` 没有说由哪个 feed 报告
check-which_feed_instead = 加上 feed = "..."；已有 { $names }
check-who_is_in_it = 人员组 `{ $pool }` 没有说里面有谁
check-who_is_in_it_instead = 加上 people = ["..."]，不知道姓名时写 size = ...；或者在班表里写上这个人员组
check-whole = 整数
check-window_every = 几乎不会连续 { $hold } 都在线上或线下：每次穿越都重新计时，平均每 { $each } 一次
check-window_judged = 最近 { $hold } 的结果随每次穿越而变
check-window_none = 一回落就放人走，之后又叫回来
check-without_quotes = 写 { $text }，不加引号
check-word_or_table = { $words }，或 {"{"} { $keys } {"}"}
check-write = 写 { $text }
check-written = { $text }
check-years = { $text } 超过十年
