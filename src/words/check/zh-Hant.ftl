# 與 en.ftl 逐條對應（測試保證三種語言的條目相同）。表名與鍵名照配置檔案的寫法，不翻譯。

check-add = 加上 { $example }
check-add_key = 加上 { $example }
check-add_table = 加上 [{ $path }]
check-add_tier = 加上 [[ladder.{ $ladder }.tier]]
check-advice = 建議
check-all_of_none = seats = "all" 指一個人員組的全體，而這一級不用人員組
check-all_of_none_instead = 寫 seats = {"{"} min = 2, max = 3 {"}"}
check-always = 這一項永遠有效
check-always_instead = 加上 dates、lunar、decree、weekdays、workdays、monthly 或 daily；或者把預案直接寫進佇列
check-and_no_column = { $these } 和 { $last }
check-array = 陣列
check-at_fault = { $file }：有錯誤：{ $problems }
check-at_once_patience = `at_once` 說的是耐心，而 `{ $key }` 與耐心無關
check-attempt_long = 每次傳送最多一分鐘
check-attempt_long_instead = 寫 1m 或更短：更慢的接收方反正會再試
check-average_of_nothing = average_weeks 說 max_week 按幾周平均，而這裡沒有 max_week
check-average_of_nothing_instead = 加上 max_week = "40h"，或者去掉 average_weeks
check-bad_address = 這個地址不能用：{ $why }
check-band_empty = 沒有哪個來電數既超過 { $above } 又不超過 { $most }
check-band_empty_instead = 把 waiting_at_most 寫大一些，或者去掉
check-band_released = 級別 `{ $tier }` 在等待 { $most } 人及以下時到期，而預案 `{ $ladder }` 在 { $calm } 人及以下時已經撤回
check-band_released_instead = 把它的 waiting_at_most 調大，或者去掉
check-band_without_start = waiting_at_most 是 waiting_above 區間的上端，而這裡沒有 waiting_above
check-band_without_start_instead = 加上 waiting_above = ...
check-bands_both = 預案 `{ $ladder }` 在等待 { $calm } 人及以下時撤回，又在超過 { $above } 人時呼叫 `{ $tier }`：兩件事會同時發生
check-bands_both_instead = 寫 waiting_at_most = { $above } 或更小
check-beside_nothing = 預案 `{ $ladder }` 有 { $key }，卻沒有繼承別的預案
check-beside_nothing_instead = 加上 extends = "..."，或者改寫 [[...tier]]
check-between_0 = 大於 0、小於 { $most } 的數
check-both_there = `{ $one }` 和 `{ $other }` 同時出現
check-brackets = `{ $path }` 可以有多項，而 [{ $path }] 只寫了一對方括號
check-brackets_again = `{ $path }` 可以有多項，而 [{ $path }] 只寫了一對方括號（除此處外還有 { $times } 處）
check-by_commas = 班表的列用逗號分隔
check-by_commas_instead = 存為用逗號分隔的 CSV
check-by_configuration = 按配置
check-by_release = 撤回條件（release）
check-by_severe = severe
check-by_tier = 級別 `{ $tier }`
check-bytes_of_name = 名稱有 { $bytes } 位元組，最多 { $most } 位元組
check-bytes_of_text = 文字有 { $bytes } 位元組，最多 { $most } 位元組
check-calls_none = calls 沒有說有多少來電
check-calls_none_instead = 加上 per_hour = [600]，或者 recorded = "calls.csv"
check-calls_two_ways = 來電或者按 per_hour，或者按記錄，只取一種
check-cell_missing = 這一行沒有 `{ $column }`
check-cell_missing_instead = 一行是：person,from,to，例如 E01,2026-11-21 08:00,2026-11-21 16:00
check-cells_many = 這一行有 { $cells } 格，表頭只有 { $header } 格
check-cells_many_instead = 去掉多餘的；含逗號的格要加引號
check-circle = 預案互相繼承：{ $circle }
check-circle_instead = 其中一個要自己寫出各級
check-clock_jumps = 在 { $zone }，時鐘跳過了 { $time }：取 { $taken }
check-clock_jumps_instead = 寫 { $taken }，或者寫出本意
check-clock_twice = 在 { $zone }，時鐘兩次經過 { $time }：取第一次
check-clock_twice_instead = 第一次寫 { $first }，第二次寫 { $second }
check-close = 是否想寫 `{ $close }`？
check-close_word = 是否想寫 { $close }？
check-column_twice = 列 `{ $column }` 出現兩次
check-columns_missing = 班表缺少列 { $columns }
check-cr_lines = 本檔案的行只以 CR 結尾，很少有程式這樣寫：對 TOML 來說整個檔案是一行
check-cr_lines_instead = 儲存時每行以 LF（Unix）或 CRLF（Windows）結尾；可用 tr '\r' '\n' < FILE > NEW.toml 轉換
check-date = 日期 { $date }
check-dates_backwards = { $text } 在開始之前就結束
check-day_factor_recorded = 來電照記錄再現，而 day_factor 會使其增減
check-day_factor_small = `day_factor` 要填 1 以上的數：再小，多數日子沒有來電，少數日子多得離譜
check-day_factor_small_instead = 例如 day_factor = 10
check-decrees_end = "{ $place }" 的放假安排只知道到 { $day }：此後沒有法定放假日，也沒有調休上班的週末
check-decrees_end_instead = 安裝已收錄下一份放假通知的 surged，或者把放假日寫進 dates
check-draws_on_none = { $action } 不從人員組調人
check-draws_on_none_instead = 去掉人員組；如果要調組裡的人，去掉 action 或寫 action = "call_in"
check-duration = 時長，例如 "90s" 或 "5m"
check-duration_least = 不短於 { $least } 的時長，例如 "90s" 或 "5m"
check-empty = 文字是空的
check-empty_instead = 寫出要說的內容，或者去掉這個鍵
check-ends_first = 這個班在開始之前或開始時就結束
check-ends_first_instead = `to` 要晚於 `from`
check-ends_first_midnight = 過了午夜，結束在第二天：寫 { $time }
check-entries = 日曆 { $n } 項
check-error = 錯誤
check-example = 例如 { $key } = { $example }
check-extends_many = 連續繼承的預案超過 { $most } 個
check-extends_many_instead = 減少繼承的層數
check-fallback_alone = fallback 只與 seats = "required" 一起用
check-fallback_alone_instead = 去掉它，或者寫 seats = "required"
check-feeds = 電話系統 { $n } 個
check-file_is_folder_instead = 那是資料夾：請寫其中的檔案
check-file_large = 檔案超過 { $most } 位元組，最多讀這麼多
check-file_large_instead = 這是配置檔案嗎？
check-file_not_there_instead = 寫一個存在的配置檔案，例如 config/surged.toml
check-file_unreadable = 檔案讀不出來：{ $why }
check-file_unreadable_instead = 讓執行 surged 的使用者可以讀它
check-file_unusable = { $path } 不能用：{ $why }
check-file_unusable_instead = 把檔案放到那裡，或者寫對它的路徑：絕對路徑，或相對於本檔案的路徑
check-flag = true 或 false
check-for_extend_shift = `{ $key }` 用於 extend_shift，而這一級要的是 { $action }
check-for_extend_shift_instead = 去掉它，或者寫 action = "extend_shift"
check-for_no_queue = 這一項沒有指向任何佇列
check-for_no_queue_instead = 要指全部佇列，就去掉 queues
check-for_overtime = `for_hours` 用於 overtime，而這一級要的是 { $action }
check-for_overtime_instead = 去掉它，或者寫 action = "overtime"
check-forgotten_first = feed `{ $feed }` 在 { $forgotten } 後就被忘記，到 { $stale } 後才算過時
check-forgotten_first_instead = 寫一個比 stale_after 更長的 forget_after
check-good = { $file }：沒有問題：{ $summary }
check-good_deep = { $file }：沒有問題：{ $summary }；{ $advice }
check-help = 改法
check-hours_many = `{ $key }` 寫的是 { $came }，而其中只有 { $hours } 小時
check-hours_many_instead = 沒有上限就去掉它
check-in_line = 在第 { $line } 行
check-in_the_clear = 其他機器可以訪問 { $address }，令牌會以明文經過網路
check-in_the_clear_instead = 加上 tls = {"{"} certificate = "cert.pem", key = "key.pem" {"}"}；前面有程式處理 TLS 時寫 behind_proxy = true；或者只監聽 127.0.0.1
check-in_time_untold = 預案 `{ $ladder }` 的{ $by }依據及時接聽的比例，而 Asterisk 不報告佇列 `{ $queue }` 的這個數：條件永遠不會成立
check-in_time_untold_instead = 用 "json" feed 送來帶 answered_in_target 的讀數，或者改用 abandoned_share_above 或 longest_wait_above
check-instead_json_feed = 用 "json" feed 送讀數
check-instead_lend_only_while = 寫進作為該人員組 home 的佇列
check-instead_roster_file = 寫一次 [roster] 和 path = "roster.csv"，供所有人員組使用
check-interval_ends = 區間有下端和上端，下端在前
check-interval_ends_instead = 兩個都寫，或者都不寫
check-is_empty = 它是空的
check-judge_without_share = judge = "share" 沒有說佔多少時間
check-judge_without_share_instead = 加上 share = 0.8
check-keep_of_another = keep 裡寫了 `{ $pool }`，而這一級不從它調人
check-keep_of_another_instead = 寫這一級所用的人員組
check-keeps_all = 人員組 `{ $pool }` 共 { $count } 人，要留 { $keep } 人：永遠借不出人
check-keeps_all_instead = 寫 keep = { $count } 或更小
check-kept_address = 那裡存的地址不能用：{ $why }
check-kept_address_instead = 它只有一行，例如 https://hooks.example/surged
check-kept_key = 那裡存的金鑰不能用：{ $why }
check-kept_key_instead = 生成一個：surged push key FILE
check-kept_secret = 那裡存的金鑰不能簽名：{ $why }
check-kept_secret_instead = 它是 whsec_ 加上 24 到 64 個隨機位元組的 base64：echo whsec_$(head -c 32 /dev/urandom | base64)
check-key_and_kind = `{ $key } = ...`（{ $kind }）
check-keys = 這裡可用的鍵：{ $keys }
check-kind_address_port = 地址和埠，例如 "127.0.0.1:8470"，或用 "0.0.0.0:8470" 指所有網口
check-kind_daily = 一天中的時段，例如 "20:00-08:00"：兩個不同的 24 小時制時刻
check-kind_dates = 日期，例如 "2026-10-01/2026-10-07" 或 "05-17"
check-kind_host_port = 主機和埠，例如 "127.0.0.1:5038"
check-kind_lunar = 農曆日期，例如 "12-last/01-07"
check-kind_monthly = 每月的日子，例如 "1-5"
check-kind_push_host = 主機，例如 "push.bank.example" 或 "push.bank.example:8443"
check-kind_start = 當地日期和時間，例如 "2026-11-02T08:00"
check-kind_subject = 地址，例如 "mailto:floor@bank.example"
check-kind_webhook = 地址，例如 "https://hooks.example/surged"
check-kind_ws = WebSocket 地址，例如 "ws://127.0.0.1:8471/feed" 或 "wss://pbx.example/feed"
check-kind_zone = IANA 時區名，例如 "Asia/Shanghai" 或 "UTC"
check-known_names = 已有 { $names }；或者加上 [{ $path }]
check-ladder = { $name }（{ $n } 級）
check-ladder_unused = 預案 `{ $ladder }` 永遠不會生效：沒有佇列用它，也沒有 [[calendar]] 提到它
check-ladder_unused_instead = 給它一條 [[calendar]] 或一個佇列（ladder = "{ $ladder }"），或者去掉
check-ladder_unused_why = 其中寫的永遠不會執行
check-ladders = 預案 { $ladders }
check-least_and_most = { $least } 到 { $most } 的整數
check-leave_one_out = 去掉其中一個
check-leave_out = 去掉它
check-lends_nobody = 佇列 `{ $queue }` 不借出任何人：沒有人員組以它為 home，lend_only_while 留不住誰
check-lends_nobody_instead = 在屬於它的人員組裡加上 home = "{ $queue }"，或者去掉 lend_only_while
check-length = `{ $key }` 有 { $entries } 項，最多 { $most } 項
check-length_instead = 去掉一些
check-levels = 可用的級別：supervisor、shift_leader、manager
check-levels_labels = 可用的級別：supervisor、shift_leader、manager；稱呼可以用 label 改
check-line_crossed = 預案 `{ $ladder }` 的撤回線在佇列 `{ $queue }` 上每小時被穿越 { $times } 次（{ $how }）
check-line_crossed_instead = 按視窗內的佔比或平均值判斷（judge = "share", share = 0.8），並讓撤回線離呼叫線更遠
check-list = 陣列，其中每一項為{ $each }
check-longer_than = 它超過 { $most } 位元組
check-minutes = { $n } 分鐘
check-missing_at_end = 這一行末尾缺少 `{ $missing }`
check-missing_key = 這裡缺少鍵 `{ $key }`
check-more = 另有 { $count } 個問題：請先改正以上各項
check-name = 名稱
check-name_instead = 名稱至少一個字元，不含控制字元和改變書寫方向的字元，首尾沒有空格
check-name_shorter = 改短，完整的寫法放進 label
check-named = 以名稱為鍵的表，每個值為{ $each }
check-needs_fallback = seats = "required" 需要 fallback，供算不出人數時使用
check-needs_fallback_instead = 加上 fallback = {"{"} min = 2, max = 6 {"}"}
check-needs_pool = 要 { $action } 的級別必須寫明從哪個人員組調人
check-needs_pool_instead = 加上 pool = "..."；只有 extend_shift 和 overtime 不用人員組
check-never_at_many = { $many } 人等待三小時，預案 `{ $ladder }` 的級別 `{ $tier }` 也從未叫到
check-never_at_many_instead = 上端封閉的區間（waiting_at_most）或 feed 不報告的指標使它不成立；去掉 waiting_at_most
check-never_at_many_why = 最糟的日子得到的幫助反而更少
check-no_address = webhook `{ $webhook }` 沒有地址
check-no_address_instead = 加上 url = "https://..."；地址本身就是金鑰時用 url_file 或 url_env
check-no_address_port = { $text } 不是地址和埠
check-no_advice = 沒有建議
check-no_csv = 不是 CSV：{ $why }
check-no_daily = { $text } 不是一天中的時段
check-no_dates = { $text } 不是日期，也不是日期範圍
check-no_day = `{ $key }` 沒有寫任何一天
check-no_day_instead = 寫上幾天，或者去掉
check-no_duration = { $text } 不是時長；時長的寫法如 "90s"、"5m"、"1h30m"、"35d"
check-no_feed = 沒有可以接收的 feed
check-no_feed_instead = 加上 [feed.NAME]
check-no_file = 它不是檔案
check-no_handle_time = 預案 `{ $ladder }` 的{ $by }依據預計等待時間，而佇列 `{ $queue }` 沒有 handle_time，無從計算
check-no_handle_time_instead = 加上 handle_time = "3m"，數值按實測填寫
check-no_header = `{ $name }` 不是 HTTP 頭
check-no_header_instead = 頭的名稱只含字母、數字和連字元；值只有一行
check-no_host = { $text } 不是主機
check-no_host_port = { $text } 不是主機和埠
check-no_level = chain 裡沒有角色 `{ $role }`
check-no_level_instead = 寫 [[chain]] 裡有的角色，或者去掉 roles：那樣任何一級的都會送到
check-no_lunar = { $text } 不是農曆日期，也不是農曆日期範圍
check-no_measure = 這個條件沒有說比較什麼
check-no_measure_instead = 條件裡要有以下至少一項：{ $keys }
check-no_monthly = { $text } 不是每月的日子
check-no_name = { $text } 不能作名稱
check-no_number = `{ $key }` 裡沒有數
check-no_queue = 沒有要看的佇列
check-no_queue_instead = 加上 [queue.NAME]
check-no_release = 預案 `{ $ladder }` 沒有說怎樣把人撤回
check-no_release_instead = 加上 [ladder.{ $ladder }.release]，其中 when = {"{"} waiting_at_most = 5, for = "5m" {"}"}
check-no_role = 沒有名為 `{ $role }` 的角色
check-no_room = 預案 `{ $ladder }` 在等待 { $calm } 人及以下時放人，超過 { $first } 人時叫人，也不讓人多留一會（min_stay）
check-no_room_instead = 在 { $half } 人及以下時才撤回，或讓來的人多留一會：min_stay = "15m"；`surged tune` 可找出合適的數
check-no_room_why = 在這條線上下徘徊的佇列會叫人來，剛幫上忙就放走，又再叫來
check-no_roster = `{ $key }` 依據班表，而這裡沒有班表
check-no_roster_instead = 加上 [roster] 和 path = "roster.csv"，或者去掉它：那樣只按人數要人
check-no_secret = feed `{ $feed }` 沒有登入用的密碼
check-no_secret_instead = 加上 secret_file = "ami.secret" 或 secret_env = "AMI_SECRET"
check-no_shift = 班表只有表頭，沒有班：其中的人都不在班
check-no_shift_instead = 加上這樣的行：E01,2026-11-21 08:00,2026-11-21 16:00
check-no_start = { $text } 不是日期和時間
check-no_subject = { $text } 不是推送服務可以聯絡的地址
check-no_such_column = 班表沒有 `{ $column }` 這一列
check-no_text_came = `{ $key }` 要填：{ $kind }；這裡不是文字
check-no_tiers = 預案 `{ $ladder }` 沒有任何一級
check-no_time = { $text } 不是時間
check-no_time_instead = 寫日期和時間，例如 2026-11-21 08:00；或帶時差，2026-11-21T08:00+08:00
check-no_toml = 不是 TOML：{ $why }
check-no_toml_instead = 文字要加引號，每個 [ 和 {"{"} 都要有對應的結尾，一行只說一件事
check-no_unit = `{ $key }` 要填時長，而 { $number } 沒有單位
check-no_unit_instead = 如果單位是秒，寫 { $key } = "{ $number }s"
check-no_utf8 = 這裡有一個位元組不是 UTF-8 文字
check-no_value = `=` 後面沒有值
check-no_value_instead = 寫上值，或者去掉這個鍵
check-no_ws = { $text } 不是 WebSocket 地址
check-no_zone = { $text } 不是已知的時區
check-nobody_to_ask = 級別 `{ $tier }` 在佇列 `{ $queue }` 上每天 { $times } 次到期而無人可叫（{ $how }）
check-nobody_to_ask_instead = 讓它的人員組多借出人（size、keep），加第二個人員組，或把它往後放
check-nobody_to_ask_why = 預案要先等不在場的人，才會往下走
check-not_obeyed_key = 本版本還不支援 `{ $key }`
check-not_obeyed_value = 本版本還不支援：{ $key } = { $word }
check-note = 原因
check-number = 數 { $number }
check-number_to = 0 到 { $most } 的數
check-number_up_to = 大於 0、不超過 { $most } 的數
check-one_of_recorded = recorded 和 day_factor 去掉一個
check-or = { $these } 或 { $last }
check-overtaken = 級別 `{ $later }` 會先於排在它前面的 `{ $earlier }` 觸發：前者超過 { $above } 人，`{ $earlier }` 超過 { $needs } 人
check-overtaken_instead = 把 `{ $later }` 放到 `{ $earlier }` 前面，或者把它的界線定為 { $needs } 或更高
check-overtaken_why = 各級按預案的順序叫：等待 { $from } 到 { $needs } 人時兩級都不叫
check-own_and_extends = 預案 `{ $ladder }` 既有自己的各級，又繼承另一個
check-own_and_extends_instead = 改寫 [[...tier_before]] 或 [[...tier_after]]，或者去掉 extends
check-own_source = 每個佇列要有自己的 source
check-people_instead = 寫上人數，例如 people = [46]
check-per_hour_instead = 寫上來電數，例如 per_hour = [600]
check-person_elsewhere = `{ $person }` { $place }屬於人員組 `{ $other }`，這裡卻在人員組 `{ $pool }`
check-person_elsewhere_instead = 一個人不能叫兩次：只寫一個人員組，這裡或那裡
check-person_in_two = `{ $person }` 既在人員組 `{ $first }` 又在人員組 `{ $pool }`
check-person_once = 一個人不能叫兩次：每人只寫一次
check-person_twice = `{ $person }` 在人員組 `{ $pool }` 裡出現兩次
check-pieces = { $n } 條建議
check-pool_and_pools = 這一級既有 pool 又有 pools
check-pool_and_pools_instead = 都寫進 pools
check-pool_below_max_why = 等待超過 { $line } 人時這一步要 { $max } 人，卻來得更少
check-pool_below_min_why = 現場永遠得不到這一步所說的人數，而高峰來之前沒人知道
check-pool_empty = 預案 `{ $ladder }` 的級別 `{ $tier }` 叫人員組 { $pools }，而那時它借不出人
check-pool_empty_why = 到期了卻無人可叫：之前的時間白等，下一級也不會更早
check-pool_large = 人員組 `{ $pool }` 連同班表有 { $count } 人，最多 { $most } 人
check-pool_large_instead = 分成幾個人員組
check-pool_small = 級別 `{ $tier }` 要 { $min }-{ $max } 席，而人員組只能借出 { $lends } 人（{ $pools }，預案 `{ $ladder }` 生效時）
check-pool_small_instead = 按實有人數要人，加第二個人員組（pools = [...]），或調低人員組 { $pools } 的 keep；在班人數按 size_by 算，並扣除 keep
check-pool_taken = 級別 `{ $tier }` 要的人，`{ $earlier }` 之前已經全部叫走
check-pool_taken_instead = 讓 `{ $earlier }` 留下一些（seats = {"{"} min = 2, max = 3 {"}"}），或改用別的人員組
check-pool_taken_why = 它到期時人員組已空，預案白等這段時間
check-pool_twice = 這一級兩次寫了人員組 `{ $pool }`
check-pool_twice_instead = 只寫一次
check-pool_unused = 人員組 `{ $pool }` 從不用到：會生效的預案裡沒有一級叫它的人
check-pool_unused_instead = 在某一級寫上它（pool = "{ $pool }"），或者去掉
check-pool_unused_why = 讀預案的人會指望這些永遠不會被叫到的人
check-pools = 人員組 { $n } 個
check-problems = { $count } 個問題
check-proxy_and_tls = behind_proxy 說 TLS 由另一個程式處理，tls 說由本程式處理
check-push_kept_long = 一次呼叫最多保留四周
check-push_kept_long_instead = 寫 28d 或更短：推送服務不會保留更久，幾分鐘就夠
check-queues = 佇列 { $n } 個
check-quotes = 加上引號："{ $text }"
check-range_empty = 至少 { $min } 席、最多 { $max } 席：沒有這樣的數
check-range_empty_instead = 把較小的數寫作 min
check-reading_gap = 佇列 `{ $queue }` 每 { $every } 一個讀數，遮住了{ $what }的 { $hold } 計時（{ $how }）
check-reading_gap_instead = 讓電話系統比每 { $hold } 更勤地報告，或者讓計時有幾個讀數那麼長
check-reading_gap_why = 兩個讀數之間按前一個算：一瞬間的高峰會被當成整段間隔，真正的高峰又看得晚
check-recorded_days = 在 { $n } 天的記錄裡
check-recorded_hours = 在 { $n } 小時的記錄裡
check-rest_of_number = rest_between 依據上次叫了誰，而人員組 `{ $pool }` 只是一個人數
check-rest_of_number_instead = 用 people = ["..."] 代替 size，或者在班表裡寫上這個人員組；或者去掉 rest_between
check-role_answers_none = { $role } 不回答指令，不能作為 chain 的一級
check-role_twice = `{ $role }` 在 chain 裡出現兩次
check-role_twice_instead = 每個角色是一級
check-roster = 班表 { $n } 人
check-roster_empty = 班表是空的：沒有表頭，也沒有班
check-roster_ends = 班表 { $path } 在 { $day } 之後沒有班：此後其中的人都不在班
check-roster_ends_instead = 加上以後的日子
check-roster_header = 第一行是：person,from,to 或 person,from,to,pool
check-roster_large = 班表超過 { $most } 位元組，最多讀這麼多
check-roster_large_instead = 去掉早已過去的內容；這是班表嗎？
check-roster_unreadable = 班表 { $path } 讀不出來：{ $why }
check-roster_utf8 = 把班表存為 UTF-8（電子表格裡選 "CSV UTF-8"）
check-said_twice = 前面已經寫過
check-said_twice_instead = 只寫一次
check-same_source = 佇列 `{ $first }` 和 `{ $second }` 都是 feed `{ $feed }` 的 `{ $source }`
check-save_utf8 = 把檔案存為 UTF-8
check-scenario_no_queue = 沒有佇列
check-scenario_no_queue_instead = 加上 [queue.NAME]，其中有 calls、handling 和 people
check-seconds = { $n } 秒
check-secret_unreadable = { $path } 裡的密碼讀不出來：{ $why }
check-secret_unreadable_instead = 把密碼作為唯一一行寫進該檔案，只讓執行 surged 的使用者可讀（chmod 600）
check-several_lines = 它不止一行
check-severe_both = 預案 `{ $ladder }` 在等待 { $calm } 人及以下時撤回，又在超過 { $above } 人時算作嚴重：兩件事會同時發生
check-severe_both_instead = 把它的 waiting_above 調到 { $calm } 或更大
check-share_without_judge = share 只與 judge = "share" 一起用，而這個條件按 "{ $word }" 判斷
check-share_without_judge_instead = 寫 judge = "share"，或者去掉 share
check-shift_long = 這個班超過 24 小時
check-shift_long_instead = 日期對嗎？每個班寫一行
check-shifts_many = 超過 { $most } 個班，最多讀這麼多
check-shifts_many_instead = 去掉早已過去的內容
check-shifts_overlap = `{ $person }` 同一時間有兩個班：這個班與第 { $line } 行的重疊
check-shifts_overlap_instead = 一個班要在此人下一個班開始前結束：改正其中一個，或者去掉一個
check-short_stays = 佇列 `{ $queue }` 上每 100 次支援有 { $short } 次不到十分鐘（{ $how }，每天 { $stays } 次）
check-short_stays_instead = 讓來的人多留一會（min_stay = "15m"，現在是 { $kept }），或在更少人等待時才撤回；`surged tune` 會權衡代價
check-short_stays_why = 人走過來又走回去，幾乎沒接到電話；下一次就來得更晚
check-shorter = 改短
check-sign = `{ $sign }`（{ $code }）應為 `{ $meant }`
check-sign_of_space = `{ $sign }`（{ $code }）應為空格
check-simulated_days = 在 { $n } 個模擬日裡
check-size_by_differs = 人員組 `{ $pool }` 列出 { $count } 人，而 size_by 寫的是 { $size }
check-size_by_differs_instead = size_by 取名單上的前若干人
check-size_differs = 人員組 `{ $pool }` 列出 { $count } 人，而 size 寫的是 { $size }
check-size_differs_instead = 去掉 size：人數按名單計算
check-size_differs_roster = 人員組 `{ $pool }` 連同班表共 { $count } 人，而 size 寫的是 { $size }
check-slow_at_many = { $many } 人等待時，預案 `{ $ladder }` 仍要 { $reached } 才走到 `{ $tier }`；每次呼叫都在一分鐘內回應時也要 { $answered }
check-slow_at_many_severe = 見 `severe`：預案裡寫 severe = {"{"} waiting_above = 30, for = "1m" {"}"}，超過界線的各級就同時到期
check-slow_at_many_shorter = 它的 `severe` 沒有縮短這段時間：調低其 waiting_above 或 for
check-slow_at_many_why = 每一步都等前一步，{ $many } 人等待與 11 人一樣；多數來電者在叫到幫手前就結束通話了
check-sources_by_case = 佇列 `{ $first }` 和 `{ $second }` 是 feed `{ $feed }` 的 `{ $source }` 和 `{ $other }`：Asterisk 不分大小寫，兩者是同一個
check-stay_too_short = 人員組 `{ $pool }` 的人最多留 { $most }，而預案 `{ $ladder }` 至少要留他們 { $least }
check-stay_too_short_instead = 寫一個比撤回條件的 min_stay 更長的 max_stay
check-summary = { $things }
check-table = 表
check-table_of = 表
check-table_with = 含有 { $key } 的表
check-takes = `{ $key }` 要填：{ $kind }；這裡是：{ $came }
check-template_fault = 模板有錯誤：{ $why }
check-template_instead = 改正模板；可用的內容見運維手冊（operator's guide）
check-template_long = 模板 { $path } 超過 { $most } 位元組
check-template_unreadable = 模板 { $path } 讀不出來：{ $why }
check-text = 文字
check-text_came = 文字 { $text }
check-this_zone = 本時區
check-tier_never = 級別 `{ $tier }` 在佇列 `{ $queue }` 上一次也沒有觸發（{ $how }）
check-tier_often = 級別 `{ $tier }` 在佇列 `{ $queue }` 上每天約觸發 { $times } 次（{ $how }）
check-tier_often_instead = 提高它的界線或 for，讓來的人多留一會（min_stay），或為那些時段多排人
check-tier_often_why = 總在叫的就不是應急：人會不再來，真正短缺的是排班
check-tier_rare = 級別 `{ $tier }` 在佇列 `{ $queue }` 上每週約觸發 { $times } 次（{ $how }）
check-tier_rare_instead = 降低它的界線，縮短它的 for，或按平均值判斷（judge = "mean"）；`surged tune --vary when.for=1m..5m` 可看各自的結果
check-tier_rare_why = 幾乎不來的一步沒人練過，真到糟糕的日子，其中的人幫不上忙
check-tier_twice = 預案 `{ $ladder }` 有兩級都叫 `{ $tier }`
check-tier_twice_instead = 同一預案的每一級要有自己的名稱
check-tiers_many = 預案 `{ $ladder }` 有 { $tiers } 級，最多 { $most } 級
check-tiers_many_instead = 在這裡或在它繼承的預案裡去掉一些
check-tls_alone = `{ $key }` 只在使用 TLS 時有意義
check-tls_alone_instead = 加上 tls = true，或者去掉它
check-too_few = 佇列 `{ $queue }` 最忙時要 { $needed } 人才達到目標，而預案 `{ $ladder }` 能叫的都算上也只有 { $all } 人：線上 { $people } 人，再加 { $brings } 人
check-too_few_instead = 為那段時間多排人（`surged seats` 可計算），讓人員組多借出人，或定一個達得到的目標
check-too_few_physical = { $all }，受物理座席所限
check-too_few_why = 每小時 { $calls } 通、每通 { $each }，就是 { $work } 個人的工作量；界線和計時變不出人來
check-too_fine = `{ $key }` 精確到百萬分之一，而 { $number } 還不到其一半
check-too_fine_instead = 寫 0.000001 或更大
check-two_brackets = 用兩對方括號：[[...{ $key }]]
check-typed = 用了中文輸入法的符號：{ $signs }
check-typed_in = `{ $key }`：{ $typed }
check-unknown_key = 這裡沒有 `{ $key }` 這個鍵
check-unknown_name = 沒有名為 `{ $name }` 的 { $table }
check-utf16 = 檔案是 UTF-16：Windows 下有的編輯器預設這樣儲存（"Unicode"）
check-utf16_instead = { $save }，有的編輯器叫 "UTF-8 無 BOM"
check-variable_unset = 環境變數 { $name } 沒有設定
check-variable_unset_instead = 把它設為密碼，或者改寫 secret_file
check-warm_up_long = 預熱還沒結束這一天就過完了：什麼也不會計入
check-warm_up_long_instead = 寫一個比 warm_up 更長的 length
check-warning = 提醒
check-which_feed = 佇列 `{ $queue }` 沒有說由哪個 feed 報告
check-which_feed_instead = 加上 feed = "..."；已有 { $names }
check-who_is_in_it = 人員組 `{ $pool }` 沒有說裡面有誰
check-who_is_in_it_instead = 加上 people = ["..."]，不知道姓名時寫 size = ...；或者在班表裡寫上這個人員組
check-whole = 整數
check-window_every = 幾乎不會連續 { $hold } 都線上上或線下：每次穿越都重新計時，平均每 { $each } 一次
check-window_judged = 最近 { $hold } 的結果隨每次穿越而變
check-window_none = 一回落就放人走，之後又叫回來
check-without_quotes = 寫 { $text }，不加引號
check-word_or_table = { $words }，或 {"{"} { $keys } {"}"}
check-write = 寫 { $text }
check-written = { $text }
check-years = { $text } 超過十年
