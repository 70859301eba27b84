# What `surged check` says of a file. What is not here is said in English in every language.

check-add = add { $example }: { $doc }
check-add_key = add { $example }
check-add_table = add [{ $path }]
check-add_tier = add [[ladder.{ $ladder }.tier]]
check-advice = advice
check-all_of_none = seats = "all" means everyone of a pool, and this tier draws on none
check-all_of_none_instead = write seats = {"{"} min = 2, max = 3 {"}"}
check-always = this entry always holds
check-always_instead = add dates, lunar, decree, weekdays, workdays, monthly or daily; or write the ladder into the queue itself
check-and_no_column = { $these } and no column { $last }
check-array = an array
check-at_fault = { $file }: at fault: { $problems }
check-at_once_patience = `at_once` is about patience, and `{ $key }` has none
check-attempt_long = an attempt may take a minute at most
check-attempt_long_instead = write 1m or less: a receiver that takes longer is tried again anyway
check-average_of_nothing = average_weeks says over how many weeks max_week is meant, and there is no max_week
check-average_of_nothing_instead = add max_week = "40h", or leave average_weeks out
check-bad_address = the address cannot be used: { $why }
check-band_empty = no number of callers is above { $above } and at most { $most }
check-band_empty_instead = write a larger waiting_at_most, or leave it out
check-band_released = tier `{ $tier }` is due at { $most } or fewer waiting, where ladder `{ $ladder }` releases already (at { $calm } or fewer)
check-band_released_instead = raise its waiting_at_most, or leave it out
check-band_without_start = waiting_at_most closes the band of waiting_above, which is not there
check-band_without_start_instead = add waiting_above = ...
check-bands_both = ladder `{ $ladder }` releases at { $calm } or fewer waiting, and calls `{ $tier }` above { $above }: it would do both at once
check-bands_both_instead = write waiting_at_most = { $above } or less
check-beside_nothing = ladder `{ $ladder }` has { $key } and extends no other ladder
check-beside_nothing_instead = add extends = "...", or write [[...tier]]
check-between_0 = a number between 0 and { $most }
check-both_there = `{ $one }` and `{ $other }` are both there
check-brackets = `{ $path }` may stand several times, and [{ $path }] has one pair of brackets
check-brackets_again = `{ $path }` may stand several times, and [{ $path }] has one pair of brackets, here and { $times ->
    [one] once
   *[other] { $times } times
  } more
check-by_commas = the columns of a roster are divided by commas
check-by_commas_instead = save it as CSV with commas
check-by_configuration = by the configuration
check-by_release = the release
check-by_severe = severe
check-by_tier = tier `{ $tier }`
check-bytes_of_name = a name of { $bytes } bytes; at most { $most } are kept
check-bytes_of_text = a text of { $bytes } bytes; at most { $most } are kept
check-calls_none = the calls do not say how many come
check-calls_none_instead = add per_hour = [600], or recorded = "calls.csv"
check-calls_two_ways = calls come either by per_hour or as recorded
check-cell_missing = this line has no `{ $column }`
check-cell_missing_instead = a line is: person,from,to, such as E01,2026-11-21 08:00,2026-11-21 16:00
check-cells_many = this line has { $cells } cells, and the header { $header }
check-cells_many_instead = leave out what is too much; a cell with a comma in it goes into quotes
check-circle = ladders extend each other: { $circle }
check-circle_instead = one of them must say its tiers itself
check-clock_jumps = in { $zone } the clock jumps over { $time }: { $taken } is taken
check-clock_jumps_instead = write { $taken }, or what else is meant
check-clock_twice = in { $zone } the clock passes { $time } twice: the first is taken
check-clock_twice_instead = write { $first } for the first, { $second } for the second
check-close = did you mean `{ $close }`?
check-close_word = did you mean { $close }?
check-column_twice = the column `{ $column }` is there twice
check-columns_missing = the roster has no column { $columns }
check-cr_lines = the lines of this file end in CR alone, as few programs write them: to TOML all of it is one line
check-cr_lines_instead = save it with LF (Unix) or CRLF (Windows) at the end of each line; tr '\r' '\n' < FILE > NEW.toml makes such a file
check-date = the date { $date }
check-dates_backwards = { $text } ends before it begins
check-day_factor_recorded = callers come as they were recorded, and a day_factor would make them more or fewer
check-day_factor_small = `day_factor` takes a number from 1: less would make most days empty and a few days absurd
check-day_factor_small_instead = for example day_factor = 10
check-decrees_end = the decrees of "{ $place }" are known until { $day }: after that no day is off by decree, and no weekend worked
check-decrees_end_instead = install a surged that knows the next notice, or write its days off as dates
check-draws_on_none = { $action } draws on no pool
check-draws_on_none_instead = leave the pool out; or for people of a pool, leave the action out or write action = "call_in"
check-duration = a duration such as "90s" or "5m"
check-duration_least = a duration of at least { $least }, such as "90s" or "5m"
check-empty = a text is empty
check-empty_instead = write what is meant, or leave the key out
check-ends_first = this shift ends before it begins, or as it begins
check-ends_first_instead = write a `to` that is later than its `from`
check-ends_first_midnight = over midnight it ends on the next day: write { $time }
check-entries = { $n } { $n ->
    [one] calendar entry
   *[other] calendar entries
  }
check-error = error
check-example = for example { $key } = { $example }
check-extends_many = more than { $most } ladders extend each other in a row
check-extends_many_instead = say the tiers in fewer steps
check-fallback_alone = fallback stands beside seats = "required" alone
check-fallback_alone_instead = leave it out, or write seats = "required"
check-feeds = { $n } { $n ->
    [one] feed
   *[other] feeds
  }
check-file_is_folder_instead = that is a folder: name the file in it
check-file_large = the file is larger than { $most } bytes, the most that is read
check-file_large_instead = is it a configuration?
check-file_not_there_instead = name a configuration file that exists, such as config/surged.toml
check-file_unreadable = the file cannot be read: { $why }
check-file_unreadable_instead = give the user that runs surged leave to read it
check-file_unusable = { $path } cannot be used: { $why }
check-file_unusable_instead = put the file there, or write its path: absolute, or relative to this file
check-flag = true or false
check-for_extend_shift = `{ $key }` is for extend_shift, and this tier asks for { $action }
check-for_extend_shift_instead = leave it out, or write action = "extend_shift"
check-for_no_queue = this entry is for no queue
check-for_no_queue_instead = leave queues out to mean all of them
check-for_overtime = `for_hours` is for overtime, and this tier asks for { $action }
check-for_overtime_instead = leave it out, or write action = "overtime"
check-forgotten_first = feed `{ $feed }` is forgotten after { $forgotten } and stale only after { $stale }
check-forgotten_first_instead = write a forget_after that is longer than stale_after
check-good = { $file }: good: { $summary }
check-good_deep = { $file }: good: { $summary }; { $advice }
check-help = help
check-hours_many = `{ $key }` says { $came }, and there are { $hours } hours in it
check-hours_many_instead = leave it out where there is no limit
check-in_line = in line { $line }
check-in_the_clear = { $address } can be reached from other machines, and tokens would cross the network in the clear
check-in_the_clear_instead = add tls = {"{"} certificate = "cert.pem", key = "key.pem" {"}"}; or behind_proxy = true where another program ends TLS in front; or listen on 127.0.0.1
check-in_time_untold = { $by } of ladder `{ $ladder }` goes by calls answered in time, which Asterisk does not tell for queue `{ $queue }`: it would never hold
check-in_time_untold_instead = send readings with answered_in_target to a "json" feed, or write abandoned_share_above or longest_wait_above
check-instead_json_feed = send readings to a "json" feed
check-instead_lend_only_while = write it into the queue that is the pool's home
check-instead_roster_file = write [roster] with path = "roster.csv", once for all pools
check-interval_ends = an interval has a low and a high end, the low one first
check-interval_ends_instead = write both, or neither
check-is_empty = it is empty
check-judge_without_share = judge = "share" does not say which share of the time
check-judge_without_share_instead = add share = 0.8
check-keep_of_another = keep names `{ $pool }`, which this tier does not draw on
check-keep_of_another_instead = name a pool of this tier
check-keeps_all = pool `{ $pool }` keeps { $keep } of { $count } people: it could never give anyone
check-keeps_all_instead = write keep = { $count } or less
check-kept_address = the address that is kept there cannot be used: { $why }
check-kept_address_instead = it is one line, such as https://hooks.example/surged
check-kept_key = the key that is kept there cannot be used: { $why }
check-kept_key_instead = make one: surged push key FILE
check-kept_secret = the secret that is kept there cannot sign: { $why }
check-kept_secret_instead = it is whsec_ and 24 to 64 random bytes as base64: echo whsec_$(head -c 32 /dev/urandom | base64)
check-key_and_kind = `{ $key } = ...` ({ $kind })
check-keys = { $table } takes { $keys }
check-kind_address_port = an address and port such as "127.0.0.1:8470", or "0.0.0.0:8470" for every interface
check-kind_daily = a part of the day such as "20:00-08:00": two different times of 24 hours
check-kind_dates = dates such as "2026-10-01/2026-10-07" or "05-17"
check-kind_host_port = a host and port such as "127.0.0.1:5038"
check-kind_lunar = lunar days such as "12-last/01-07"
check-kind_monthly = days of the month such as "1-5"
check-kind_push_host = a host such as "push.bank.example" or "push.bank.example:8443"
check-kind_start = a local date and time such as "2026-11-02T08:00"
check-kind_subject = an address such as "mailto:floor@bank.example"
check-kind_webhook = an address such as "https://hooks.example/surged"
check-kind_ws = a WebSocket address such as "ws://127.0.0.1:8471/feed" or "wss://pbx.example/feed"
check-kind_zone = the IANA name of a time zone, such as "Asia/Shanghai" or "UTC"
check-known_names = there are { $names }; or add [{ $path }]
check-ladder = { $name } ({ $n } { $n ->
    [one] tier
   *[other] tiers
  })
check-ladder_unused = ladder `{ $ladder }` never comes into force: it is no queue's, and no [[calendar]] entry names it
check-ladder_unused_instead = give it a [[calendar]] entry or a queue (ladder = "{ $ladder }"), or take it out
check-ladder_unused_why = what stands in it is never done
check-ladders = ladders { $ladders }
check-least_and_most = a whole number from { $least } to { $most }
check-leave_one_out = leave one of them out
check-leave_out = leave it out
check-lends_nobody = queue `{ $queue }` lends nobody: no pool has it as its home, and lend_only_while would hold nobody back
check-lends_nobody_instead = add home = "{ $queue }" to the pool whose people work on it, or leave lend_only_while out
check-length = `{ $key }` has { $entries } entries; at most { $most } are allowed
check-length_instead = remove some
check-levels = levels are supervisor, shift_leader and manager
check-levels_labels = levels are supervisor, shift_leader and manager; a label gives them other titles
check-line_crossed = the release line of ladder `{ $ladder }` is crossed { $times } times an hour on queue `{ $queue }` ({ $how })
check-line_crossed_instead = judge by a share or a mean over the window (judge = "share", share = 0.8), and put the line further below the calls
check-list = an array, each entry { $each }
check-longer_than = it is longer than { $most } bytes
check-minutes = { $n } minutes
check-missing_at_end = `{ $missing }` is missing at the end of this line
check-missing_key = { $table } needs `{ $key }`
check-more = and { $count } more: mend these first
check-name = a name
check-name_instead = names have at least one character, none of them a control character or one that turns the direction of writing, and no space at an end
check-name_shorter = shorten it, and put the long form into a label
check-named = a table of names, each = { $each }
check-needs_fallback = seats = "required" needs fallback, for when they cannot be computed
check-needs_fallback_instead = add fallback = {"{"} min = 2, max = 6 {"}"}
check-needs_pool = a tier that asks for { $action } needs the pool it draws on
check-needs_pool_instead = add pool = "..."; extend_shift and overtime alone draw on none
check-never_at_many = with { $many } waiting for three hours tier `{ $tier }` of ladder `{ $ladder }` is never called
check-never_at_many_instead = a band that is closed above (waiting_at_most) or a measure that the feed does not tell keeps it from holding; leave waiting_at_most out
check-never_at_many_why = the worst day gets less help than a bad one
check-no_address = webhook `{ $webhook }` has no address
check-no_address_instead = add url = "https://...", or url_file or url_env where the address itself is a key
check-no_address_port = { $text } is no address and port
check-no_advice = nothing to advise
check-no_csv = not CSV: { $why }
check-no_daily = { $text } is no part of a day
check-no_dates = { $text } is no date and no range of dates
check-no_day = `{ $key }` names no day
check-no_day_instead = name some, or leave it out
check-no_duration = { $text } is not a duration; durations look like "90s", "5m", "1h30m", "35d"
check-no_feed = there is no feed to listen to
check-no_feed_instead = add [feed.NAME]
check-no_file = it is no file
check-no_handle_time = { $by } of ladder `{ $ladder }` goes by the expected wait, and queue `{ $queue }` has no handle_time to compute it from
check-no_handle_time_instead = add handle_time = "3m", as measured
check-no_header = `{ $name }` is no HTTP header
check-no_header_instead = names of headers have letters, digits and dashes; values are one line
check-no_host = { $text } is no host
check-no_host_port = { $text } is no host and port
check-no_level = no level of the chain has the role `{ $role }`
check-no_level_instead = name roles that stand under [[chain]], or leave roles out: then it gets what comes to any level
check-no_lunar = { $text } is no lunar day and no range of them
check-no_measure = this condition does not say what is compared
check-no_measure_instead = a condition has one or more of { $keys }
check-no_monthly = { $text } are no days of a month
check-no_name = { $text } is no name
check-no_number = `{ $key }` has no number
check-no_queue = there is no queue to watch
check-no_queue_instead = add [queue.NAME]
check-no_release = ladder `{ $ladder }` does not say how people are taken back
check-no_release_instead = add [ladder.{ $ladder }.release] with when = {"{"} waiting_at_most = 5, for = "5m" {"}"}
check-no_role = there is no role `{ $role }`
check-no_room = ladder `{ $ladder }` lets people go at { $calm } or fewer waiting and calls them above { $first }, and keeps nobody for a while (min_stay)
check-no_room_instead = release at { $half } or fewer, or keep who has come: min_stay = "15m"; `surged tune` finds how much of it
check-no_room_why = a queue that hovers there calls people, sends them back as soon as they have helped, and calls them again
check-no_roster = `{ $key }` goes by the roster, and there is none
check-no_roster_instead = add [roster] with path = "roster.csv", or leave it out: a number of people is asked for then
check-no_secret = feed `{ $feed }` has no secret to log in with
check-no_secret_instead = add secret_file = "ami.secret" or secret_env = "AMI_SECRET"
check-no_shift = the roster has a header and no shift: everybody in it would be off duty
check-no_shift_instead = add lines such as: E01,2026-11-21 08:00,2026-11-21 16:00
check-no_start = { $text } is no date and time
check-no_subject = { $text } is no address that push services can write to
check-no_such_column = a roster has no column `{ $column }`
check-no_text_came = `{ $key }` takes { $kind }, and no text came
check-no_tiers = ladder `{ $ladder }` has no tiers
check-no_time = { $text } is no time
check-no_time_instead = write the day and the time, such as 2026-11-21 08:00; or with an offset, 2026-11-21T08:00+08:00
check-no_toml = not TOML: { $why }
check-no_toml_instead = text goes into quotes, every [ and {"{"} has its end, and a line says one thing
check-no_unit = `{ $key }` takes a duration, and { $number } has no unit
check-no_unit_instead = write { $key } = "{ $number }s" if seconds are meant
check-no_utf8 = a byte here is not UTF-8 text
check-no_value = there is no value after `=`
check-no_value_instead = write one, or leave the key out
check-no_ws = { $text } is no WebSocket address
check-no_zone = { $text } is no time zone that is known
check-nobody_to_ask = tier `{ $tier }` is due { $times } times a day on queue `{ $queue }` with nobody to ask ({ $how })
check-nobody_to_ask_instead = let its pool lend more (size, keep), give it a second pool, or put it later
check-nobody_to_ask_why = the ladder waits for people who are not there before it goes on
check-not_obeyed_key = not obeyed by this version yet: `{ $key }` of { $table }
check-not_obeyed_value = not obeyed by this version yet: { $key } = { $word }
check-note = note
check-number = the number { $number }
check-number_to = a number from 0 to { $most }
check-number_up_to = a number above 0, at most { $most }
check-one_of_recorded = leave one of recorded and day_factor out
check-or = { $these } or { $last }
check-overtaken = tier `{ $later }` would fire before `{ $earlier }`, which stands before it: above { $above } waiting, and `{ $earlier }` above { $needs }
check-overtaken_instead = put `{ $later }` before `{ $earlier }`, or give it a line of { $needs } or more
check-overtaken_why = tiers are called in the order of the ladder: between { $from } and { $needs } waiting neither is
check-own_and_extends = ladder `{ $ladder }` has tiers of its own and extends another
check-own_and_extends_instead = write [[...tier_before]] or [[...tier_after]], or leave extends out
check-own_source = each needs a source of its own
check-people_instead = write how many, such as people = [46]
check-per_hour_instead = write how many, such as per_hour = [600]
check-person_elsewhere = `{ $person }` is in pool `{ $other }` { $place }, and here in pool `{ $pool }`
check-person_elsewhere_instead = nobody can be asked for twice: name one pool, here or there
check-person_in_two = `{ $person }` is in pool `{ $first }` and in pool `{ $pool }`
check-person_once = nobody can be asked for twice: name each person once
check-person_twice = `{ $person }` stands twice in pool `{ $pool }`
check-pieces = { $n } { $n ->
    [one] piece
   *[other] pieces
  } of advice
check-pool_and_pools = this tier has pool and pools
check-pool_and_pools_instead = write all of them into pools
check-pool_below_max_why = above { $line } waiting the step asks for { $max } and gets fewer
check-pool_below_min_why = the floor never gets what the step promises, and nobody is told so before the surge
check-pool_empty = tier `{ $tier }` of ladder `{ $ladder }` asks pool { $pools }, which can lend nobody then
check-pool_empty_why = the tier is due and nobody can be asked: the time before it is lost, and the next tier comes no sooner
check-pool_large = pool `{ $pool }` has { $count } people with the roster; at most { $most } are allowed
check-pool_large_instead = divide it into several pools
check-pool_small = tier `{ $tier }` asks for { $min }-{ $max } seats of a pool that can lend { $lends } ({ $pools }, while ladder `{ $ladder }` is in force)
check-pool_small_instead = ask for what there is, add a second pool (pools = [...]), or lower keep of pool { $pools }; people on duty count without keep and by size_by
check-pool_taken = tier `{ $tier }` draws on people whom `{ $earlier }` has called before it, all of them
check-pool_taken_instead = let `{ $earlier }` leave some (seats = {"{"} min = 2, max = 3 {"}"}), or draw on another pool
check-pool_taken_why = when it is due its pool is empty, and the ladder loses that time
check-pool_twice = this tier names pool `{ $pool }` twice
check-pool_twice_instead = name it once
check-pool_unused = pool `{ $pool }` is never used: no tier of a ladder that comes into force asks for its people
check-pool_unused_instead = name it in a tier (pool = "{ $pool }"), or take it out
check-pool_unused_why = whoever reads the plan counts on people whom nobody will ever call
check-pools = { $n } { $n ->
    [one] pool
   *[other] pools
  }
check-problems = { $count } { $count ->
    [one] problem
   *[other] problems
  }
check-proxy_and_tls = behind_proxy says that another program ends TLS, and tls that this one does
check-push_kept_long = a call may be kept for four weeks at most
check-push_kept_long_instead = write 28d or less: push services keep nothing longer, and minutes are enough
check-queues = { $n } { $n ->
    [one] queue
   *[other] queues
  }
check-quotes = put it in quotes: "{ $text }"
check-range_empty = at least { $min } seats and at most { $max }: no number is both
check-range_empty_instead = write the smaller number as min
check-reading_gap = a reading every { $every } of queue `{ $queue }` hides the { $hold } timer of { $what } ({ $how })
check-reading_gap_instead = have the phone system tell more often than every { $hold }, or make the timer several readings long
check-reading_gap_why = the depth between two readings is taken to be that of the earlier: a peak of a moment passes for a whole gap, and a real one is seen late
check-recorded_days = in { $n } recorded days
check-recorded_hours = in { $n } recorded hours
check-rest_of_number = rest_between goes by who was asked last, and pool `{ $pool }` is a number
check-rest_of_number_instead = write people = ["..."] in place of size, or name the pool in the roster; or leave rest_between out
check-role_answers_none = a { $role } answers no instructions, and so is no level of the chain
check-role_twice = `{ $role }` is in the chain twice
check-role_twice_instead = each role is one level
check-roster = roster of { $n } { $n ->
    [one] person
   *[other] people
  }
check-roster_empty = the roster is empty: it has no header and no shift
check-roster_ends = the roster { $path } has no shift after { $day }: from then on nobody in it is on duty
check-roster_ends_instead = add the days to come
check-roster_header = the first line is: person,from,to or person,from,to,pool
check-roster_large = the roster is larger than { $most } bytes, the most that is read
check-roster_large_instead = leave out what is long over; is it a roster?
check-roster_unreadable = the roster { $path } cannot be read: { $why }
check-roster_utf8 = save the roster as UTF-8 (in a spreadsheet: "CSV UTF-8")
check-said_twice = this is said already
check-said_twice_instead = say it once
check-same_source = queues `{ $first }` and `{ $second }` are both `{ $source }` of feed `{ $feed }`
check-save_utf8 = save the file as UTF-8
check-scenario_no_queue = there is no queue
check-scenario_no_queue_instead = add [queue.NAME] with calls, handling and people
check-seconds = { $n } seconds
check-secret_unreadable = the secret in { $path } cannot be read: { $why }
check-secret_unreadable_instead = write the secret into that file as its only line, readable by the user that runs surged alone (chmod 600)
check-several_lines = it has more than one line
check-severe_both = ladder `{ $ladder }` releases at { $calm } or fewer waiting, and is severe above { $above }: it would do both at once
check-severe_both_instead = raise its waiting_above to { $calm } or more
check-share_without_judge = share stands beside judge = "share" alone, and this condition is judged by "{ $word }"
check-share_without_judge_instead = write judge = "share", or leave share out
check-shift_long = this shift is longer than 24 hours
check-shift_long_instead = is the day right? Write one line a shift
check-shifts_many = more than { $most } shifts, the most that are read
check-shifts_many_instead = leave out what is long over
check-shifts_overlap = `{ $person }` is on duty twice at a time: this shift overlaps that of line { $line }
check-shifts_overlap_instead = a shift ends before the person's next begins: mend one of them, or leave one out
check-short_stays = { $short } of 100 stays on queue `{ $queue }` last less than ten minutes ({ $how }, { $stays } stays a day)
check-short_stays_instead = keep who has come (min_stay = "15m"; it is { $kept }), or release at fewer waiting; `surged tune` weighs what it costs
check-short_stays_why = people walk over and back and take hardly a call; the next time they come later
check-shorter = shorten it
check-sign = `{ $sign }` ({ $code }) for `{ $meant }`
check-sign_of_space = `{ $sign }` ({ $code }) for a space
check-simulated_days = in { $n } simulated days
check-size_by_differs = pool `{ $pool }` names { $count } people, and size_by says { $size }
check-size_by_differs_instead = size_by takes the first so many of the list
check-size_differs = pool `{ $pool }` names { $count } people, and size says { $size }
check-size_differs_instead = leave size out: the people are counted
check-size_differs_roster = pool `{ $pool }` names { $count } people with the roster, and size says { $size }
check-slow_at_many = at { $many } waiting ladder `{ $ladder }` still takes { $reached } to reach `{ $tier }`, and { $answered } where each call is answered within a minute
check-slow_at_many_severe = see `severe`: with severe = {"{"} waiting_above = 30, for = "1m" {"}"} in the ladder every tier whose line is passed is due at once
check-slow_at_many_shorter = its `severe` does not shorten that: lower its waiting_above or its for
check-slow_at_many_why = each step waits for the one before it, with { $many } waiting as with 11; most callers give up before help is called
check-sources_by_case = queues `{ $first }` and `{ $second }` are `{ $source }` and `{ $other }` of feed `{ $feed }`: Asterisk takes no notice of the case, so they are one
check-stay_too_short = people of pool `{ $pool }` stay { $most } at most, and ladder `{ $ladder }` keeps them { $least } at least
check-stay_too_short_instead = write a max_stay that is longer than the release's min_stay
check-summary = { $things }
check-table = a table
check-table_of = a table ({ $table })
check-table_with = a table with { $key }
check-takes = `{ $key }` takes { $kind }, and { $came } came
check-template_fault = { $why }
check-template_instead = mend the template; the operator's guide lists what it can use
check-template_long = the template { $path } has more than { $most } bytes
check-template_unreadable = the template { $path } cannot be read: { $why }
check-text = text
check-text_came = the text { $text }
check-this_zone = this zone
check-tier_never = tier `{ $tier }` does not fire once on queue `{ $queue }` { $how }
check-tier_often = tier `{ $tier }` fires about { $times } times a day on queue `{ $queue }` ({ $how })
check-tier_often_instead = raise its line or its for, keep who has come for longer (min_stay), or plan more people for those hours
check-tier_often_why = what is called all the time is no emergency: people stop coming, and the schedule is what is short
check-tier_rare = tier `{ $tier }` fires about { $times } times a week on queue `{ $queue }` ({ $how })
check-tier_rare_instead = lower its line, shorten its for, or judge by the mean (judge = "mean"); `surged tune --vary when.for=1m..5m` shows what each would do
check-tier_rare_why = a step that hardly ever comes is not practised, and the people in it are no help on the days that are bad
check-tier_twice = ladder `{ $ladder }` has two tiers named `{ $tier }`
check-tier_twice_instead = give each tier of a ladder a name of its own
check-tiers_many = ladder `{ $ladder }` has { $tiers } tiers; at most { $most } are allowed
check-tiers_many_instead = remove some, here or in the ladder that it extends
check-tls_alone = `{ $key }` means something with TLS alone
check-tls_alone_instead = add tls = true, or leave it out
check-too_few = at its busiest queue `{ $queue }` needs { $needed } people for its target, and with all that ladder `{ $ladder }` can call it has { $all }: { $people } on the phones and { $brings } more
check-too_few_instead = plan more people for that time (`surged seats` computes them), let pools lend more, or set a target that can be met
check-too_few_physical = { $all }, within the physical seats
check-too_few_why = { $calls } calls an hour of { $each } are { $work } people's work; no line or timer makes more of them
check-too_fine = `{ $key }` is judged in millionths, and { $number } is less than half of one
check-too_fine_instead = write 0.000001 or more
check-two_brackets = write [[...{ $key }]] with two brackets
check-typed = typed with a Chinese keyboard: { $signs }
check-typed_in = `{ $key }`: { $typed }
check-unknown_key = { $table } has no key `{ $key }`
check-unknown_name = there is no { $table } `{ $name }`
check-utf16 = the file is UTF-16, as some editors under Windows save by default ("Unicode")
check-utf16_instead = { $save }, which some call "UTF-8 without BOM"
check-variable_unset = the environment variable { $name } is not set
check-variable_unset_instead = set it to the secret, or write secret_file
check-warm_up_long = the day is over before the warm-up is: nothing would be counted
check-warm_up_long_instead = write a length that is longer than warm_up
check-warning = warning
check-which_feed = queue `{ $queue }` does not say which feed reports it
check-which_feed_instead = add feed = "..."; there are { $names }
check-who_is_in_it = pool `{ $pool }` says nothing of who is in it
check-who_is_in_it_instead = add people = ["..."], or size = ... where names are not known; or name the pool in the roster
check-whole = a whole number
check-window_every = an unbroken { $hold } above or below it hardly ever comes: each crossing begins it anew, on average every { $each }
check-window_judged = what the last { $hold } came to changes with each of them
check-window_none = people are sent back at the first dip, and called again after it
check-without_quotes = write { $text } without quotes
check-word_or_table = { $words } or {"{"} { $keys } {"}"}
check-write = write { $text }
check-written = { $text }
check-years = { $text } is longer than ten years
