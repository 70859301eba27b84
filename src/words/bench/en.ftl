# What `surged replay` and the page /bench say, which the console does not.

bench-answers = Who answers
bench-answers_after = All is done after { $span }
bench-answers_recorded = As recorded
bench-as_written = As written
bench-calls_of = calls of { $tier } (people)
bench-changed = Changed
bench-chart_words = Callers waiting in { $queue }, at most { $most }; below it when each step was called, as written and changed.
bench-console = Console
bench-copied = Copied
bench-copy = Copy as TOML
bench-copy_hint = Each line takes the place of the one in the plan's file that its comment names; what was not there goes below the table's heading.
bench-day = Day
bench-decisions = Decisions
bench-differences = Where they part
bench-failed = This did not work: { $why }
bench-knob_abandoned_share_above_over = Given up, over
bench-knob_abandoned_share_above_share = Share given up above
bench-knob_answered_share_at_least_over = Answered, over
bench-knob_answered_share_at_least_share = Share answered in time at least
bench-knob_answered_share_below_over = Answered, over
bench-knob_answered_share_below_share = Share answered in time below
bench-knob_ask_max_above = The larger number above so many waiting
bench-knob_at_most = and at most
bench-knob_expected_wait_above = Expected wait above
bench-knob_for = For
bench-knob_keep = Kept at home
bench-knob_longest_wait_above = Longest wait above
bench-knob_max = People, at most
bench-knob_max_borrowed = People borrowed at a time, at most
bench-knob_max_stay = Stay, at most
bench-knob_min = People, at least
bench-knob_min_stay = Stay, at least
bench-knob_rest_between = Rest after going back
bench-knob_rising_above_callers = More by, in callers
bench-knob_rising_above_over = Rising over
bench-knob_settle_within = Taken to be there after
bench-knob_size = People
bench-knob_stand_down_after = Calm that takes an unanswered call back
bench-knob_waiting_above = More waiting than
bench-knob_waiting_at_most = At most so many waiting
bench-knob_waiting_per_seat_above = Waiting per seat above
bench-ladder = { $ladder } ladder
bench-lead = Move a threshold and see what a recorded day would have looked like. Nothing here touches the floor.
bench-measure = Measure
bench-more = and { $n } more
bench-no_decisions = Nobody was called.
bench-no_link = surged does not answer. Trying again.
bench-nobody_sees = nobody could see
bench-not_in_force = not in force on this day
bench-not_yours = The bench is for operators, shift leaders and managers.
bench-nothing_changed = Nothing is changed: this is the plan that runs.
bench-now = written: { $value }
bench-of_folder = Recording: { $name }
bench-of_ladder = The ladder as a whole
bench-of_log = Duty log: { $day }
bench-put_all_back = Put all back
bench-put_back = Put back
bench-refused = The plan would be refused:
bench-release = Release
bench-result = What it comes to
bench-same = They decide the same.
bench-sample = Sample: a Monday morning (8:55 to 10:29)
bench-superseded = A newer change of yours is being replayed elsewhere: change something here to go on.
bench-thresholds = Thresholds
bench-title = The bench
bench-unset = not set
bench-waiting = Callers waiting
bench-when = When
bench-working = Replaying
replay-above_10 = minutes with more than 10 waiting
replay-above_5 = minutes with more than 5 waiting
replay-answers_after = Who answers: everything that is asked for is taken to be done { $span } later.
replay-answers_elsewhere = recorded answers to what it did not ask
replay-answers_nobody = Who answers: nobody. With --answer-after, or chosen on the page /bench, everything is done after a while.
replay-answers_recorded = Who answers: whoever did in the duty log, { $shown } { $n ->
    [one] answer
   *[other] answers
  }.
replay-as_before = { $what } as before
replay-asked = people asked for, counting each call
replay-asks = asks that each supervisor heard
replay-asks_flood = time with more than ten in ten minutes
replay-asks_mean = in ten minutes, mean
replay-asks_peak = in ten minutes, at most
replay-blind = minutes in which nobody could see
replay-caveat = Recorded callers are not made fewer by moves: this shows when the plan would have acted, not what it would have achieved.
replay-clock = By the clock of { $zone }; ladders in force: { $ladders }.
replay-come = { $what } { $done } on { $at }, for { $n }
replay-done_call_in = called in
replay-done_extend_shift = asked to stay
replay-done_overtime = called
replay-done_sign_in = called
replay-done_sign_out = sent back
replay-done_stand_down = stood down
replay-earlier = { $what } { $done } { $by } earlier on { $at }{ $number }
replay-gist_asked = { $shown } { $n ->
    [one] person
   *[other] people
  } asked for
replay-gist_moves = { $shown } { $n ->
    [one] move
   *[other] moves
  }
replay-gist_short_stays = { $shown } short { $n ->
    [one] stay
   *[other] stays
  }
replay-given_up = callers who gave up
replay-given_up_uncalled = while nobody was called
replay-gone = { $what } not { $done } on { $at } (before: { $n })
replay-instead_of = { $what } instead of { $before }
replay-later = { $what } { $done } { $by } later on { $at }{ $number }
replay-moved = people moved
replay-moves = moves
replay-of_queue = { $queue }: { $tier }
replay-other_number = , { $n } instead of { $before }
replay-period = { $from } to { $to }
replay-same_time = { $what } { $done } on { $at }{ $number }
replay-short_stays = of these within ten minutes
replay-skipped = tiers due with nobody to ask
replay-surges = surges
replay-taken_back = moves taken back
bench-pools = People
bench-fact_given_up_uncalled = gave up with nobody called
bench-fact_moves = moves
bench-fact_short_stays = stays under ten minutes
bench-fact_asks = asks each supervisor hears
bench-was = was { $value }
bench-no_result = Refused: the plan would not be taken with this threshold, so nothing was replayed. What is wrong stands at the threshold.
replay-above = above { $n }
replay-against = { $other } against { $first }
replay-and_more = and { $n } more; --show { $all } prints all
replay-bar = { $tier }: { $n } asked for, { $from } to { $to }
replay-calls = calls of each tier (people)
replay-calls_for = calls of { $tier } for { $queue } (people)
replay-chart = Callers waiting on { $day }
replay-column_above_10 = min. > 10
replay-column_above_5 = min. > 5
replay-column_blind = blind
replay-column_deepest = deepest
replay-column_queue = queue
replay-column_surges = surges
replay-cut_short = { $file }: the file ends here, and what follows is lost ({ $why }); what is printed goes as far as it could be read
replay-days_left = { $n } more { $n ->
    [one] day is
   *[other] days are
  } not drawn: replay fewer at once to see them.
replay-ended_early = ended before the end of the files, as asked for; what is printed goes as far as it was read
replay-gist = { $what }: { $gist }
replay-lines_faulty = { $n } { $n ->
    [one] line
   *[other] lines
  } could not be read and { $n ->
    [one] was
   *[other] were
  } passed over
replay-not_taken_back = not taken back
replay-nothing_read = Nothing was read.
replay-older = { $n } { $n ->
    [one] reading was older than the last of its queue, or its repetition, and was
   *[other] readings were older than the last of their queue, or its repetition, and were
  } dropped
replay-plans = { $plan } and { $other }
replay-read = { $period }; { $shown } { $n ->
    [one] reading
   *[other] readings
  }
replay-unknown_feed = { $n } { $n ->
    [one] line is
   *[other] lines are
  } of feed { $feed }, which the configuration does not have: taken for every feed
replay-unknown_queue = { $n } { $n ->
    [one] reading is
   *[other] readings are
  } of queue { $queue }, which the configuration does not have
