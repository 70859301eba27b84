# What `surged check` says of a file. What is not here is said in English in every language.

check-add = add { $example }: { $doc }
check-add_key = add { $example }
check-add_table = add [{ $path }]
check-advice = advice
check-array = an array
check-at_fault = { $file }: at fault: { $problems }
check-between_0 = a number between 0 and { $most }
check-brackets = `{ $path }` may stand several times, and [{ $path }] has one pair of brackets
check-brackets_again = `{ $path }` may stand several times, and [{ $path }] has one pair of brackets, here and { $times ->
    [one] once
   *[other] { $times } times
  } more
check-bytes_of_name = a name of { $bytes } bytes; at most { $most } are kept
check-bytes_of_text = a text of { $bytes } bytes; at most { $most } are kept
check-close = did you mean `{ $close }`?
check-close_word = did you mean { $close }?
check-date = the date { $date }
check-duration = a duration such as "90s" or "5m"
check-duration_least = a duration of at least { $least }, such as "90s" or "5m"
check-empty = a text is empty
check-empty_instead = write what is meant, or leave the key out
check-entries = { $n } { $n ->
    [one] calendar entry
   *[other] calendar entries
  }
check-error = error
check-example = for example { $key } = { $example }
check-feeds = { $n } { $n ->
    [one] feed
   *[other] feeds
  }
check-flag = true or false
check-good = { $file }: good: { $summary }
check-good_deep = { $file }: good: { $summary }; { $advice }
check-help = help
check-key_and_kind = `{ $key } = ...` ({ $kind })
check-keys = { $table } takes { $keys }
check-known_names = there are { $names }; or add [{ $path }]
check-ladder = { $name } ({ $n } { $n ->
    [one] tier
   *[other] tiers
  })
check-ladders = ladders { $ladders }
check-least_and_most = a whole number from { $least } to { $most }
check-length = `{ $key }` has { $entries } entries; at most { $most } are allowed
check-length_instead = remove some
check-list = an array, each entry { $each }
check-missing_at_end = `{ $missing }` is missing at the end of this line
check-missing_key = { $table } needs `{ $key }`
check-more = and { $count } more: mend these first
check-name = a name
check-name_instead = names have at least one character, none of them a control character, and no space at an end
check-name_shorter = shorten it, and put the long form into a label
check-named = a table of names, each = { $each }
check-no_advice = nothing to advise
check-no_duration = { $text } is not a duration; durations look like "90s", "5m", "1h30m", "35d"
check-no_name = { $text } is no name
check-no_toml = not TOML: { $why }
check-no_toml_instead = text goes into quotes, every [ and {"{"} has its end, and a line says one thing
check-no_unit = `{ $key }` takes a duration, and { $number } has no unit
check-no_unit_instead = write { $key } = "{ $number }s" if seconds are meant
check-no_value = there is no value after `=`
check-no_value_instead = write one, or leave the key out
check-number = the number { $number }
check-number_to = a number from 0 to { $most }
check-number_up_to = a number above 0, at most { $most }
check-or = { $these } or { $last }
check-pieces = { $n } { $n ->
    [one] piece
   *[other] pieces
  } of advice
check-pools = { $n } { $n ->
    [one] pool
   *[other] pools
  }
check-problems = { $count } { $count ->
    [one] problem
   *[other] problems
  }
check-queues = { $n } { $n ->
    [one] queue
   *[other] queues
  }
check-quotes = put it in quotes: "{ $text }"
check-roster = roster of { $n } { $n ->
    [one] person
   *[other] people
  }
check-said_twice = this is said already
check-said_twice_instead = say it once
check-shorter = shorten it
check-sign = `{ $sign }` ({ $code }) for `{ $meant }`
check-sign_of_space = `{ $sign }` ({ $code }) for a space
check-summary = { $things }
check-table = a table
check-table_of = a table ({ $table })
check-table_with = a table with { $key }
check-takes = `{ $key }` takes { $kind }, and { $came } came
check-text = text
check-text_came = the text { $text }
check-two_brackets = write [[...{ $key }]] with two brackets
check-typed = typed with a Chinese keyboard: { $signs }
check-typed_in = `{ $key }`: { $typed }
check-unknown_key = { $table } has no key `{ $key }`
check-unknown_name = there is no { $table } `{ $name }`
check-warning = warning
check-whole = a whole number
check-without_quotes = write { $text } without quotes
check-word_or_table = { $words } or {"{"} { $keys } {"}"}
check-write = write { $text }
check-written = { $text }
check-years = { $text } is longer than ten years
