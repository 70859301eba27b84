# What people read of reasons, shortages, refusals, notices, answers and the numbers behind overtime: one table a language, for the
# page, webhooks, the HTTP interface and the command line. A test holds that the three have the same keys.

answer-confirmed = The phones show it: { $what }
answer-declined = { $by } cannot: { $what }
answer-done = { $by }: done with { $n } · { $what }
answer-escalated = { $by } passed it up: { $what }
answer-left = { $by }: { $n } left · { $what }
answer-nobody = { $by }: done with nobody · { $what }
answer-seen = { $by } takes it: { $what }
answer-unanswered = Nobody answered: { $what }

tier_effect-measured = What { $tier } did: { $before } waiting in the mean in the { $span } before the call ({ $minutes_before } caller-minutes), { $after } in the { $span } after they came ({ $minutes_after })
tier_effect-unknown = What { $tier } did cannot be told: nobody saw the queue
tier_effect-doubts = not to be put down to this step alone: { $what }
tier_effect-others_moved = others came or went in the same minutes
tier_effect-ebbed_before = fewer were waiting already when they came
tier_effect-unseen = the queue was not seen all the time
tier_effect-nobody_said = nobody said that they came
tier_effect-sent_back = they were sent back within these minutes
tier_effect-unusual = the plan was changed or paused, or a fault was declared

headline-call_in = Call in { $n } · { $from }
headline-extend_shift = Ask { $n } to stay on · { $from }
headline-overtime = Overtime for { $n } · { $from }
headline-sign_in = Sign in { $n } · { $from }
headline-sign_out = Sign out { $n } · { $from }
headline-stand_down = No longer needed: { $n } · { $from }

judged-every = { " " }for { $held }
judged-mean = { " " }by the mean over { $held }: { $mean }
judged-now = { "" }
judged-share = { " " }for { $share } % of { $held }

logged-configured = A plan is in force
logged-feed_connected = Phone system { $feed }: connected
logged-feed_disconnected = Phone system { $feed }: connection lost
logged-freed = Back at their own place: { $what }
logged-logged_in = { $by } came to the floor
logged-logged_out = { $by } left the floor
logged-not_let_in = Not let in, from { $from }: { $n } { $n ->
    [one] try
   *[other] tries
  }
logged-stood_still = nothing ran from here on until { $until } (a stop, a suspend, a paused process): queues are looked at anew
logged-queue_missing = { $queue }: the phone system no longer reports it
logged-settled = Taken to be in effect: { $what }
logged-source_lost = Phone system { $feed }: has lost sight of its queues
logged-started = surged { $version } started
logged-stopped = surged stopped in good order
logged-surge_over = { $queue }: the surge that began at { $began } is over

measured-now = { $measured },{ " " }
missing-bounds = numbers within what can be computed
missing-calls_per_hour = calls an hour
missing-handle_time = handling time
missing-signed_in = who is signed in
missing-target = the target

name-back_office = Back office
name-day = Day
name-everyone = Everyone
name-expert = Experts
name-extend_shift = Longer shifts
name-holiday = Holiday
name-inbound = Inbound
name-manager = Manager
name-night = Night
name-operator = Operator
name-outbound = Outbound
name-overtime = Overtime
name-quality = Quality
name-shift_leader = Shift leader
name-standby = Standby
name-supervisor = Supervisor
name-viewer = Viewer

notice-approval_asked = { $queue }: a yes is asked for { $tier }
notice-approval_lapsed = { $queue }: { $tier } is not due any more, no yes is needed
notice-approval_refused = { $queue }: { $by } says no to { $tier }
notice-approved = { $queue }: { $by } says yes to { $tier }
notice-blind_long = { $queue }: unseen for long. Out of place, send back by hand when calm
notice-config_changed = A changed plan is in force
notice-config_refused = A changed plan was refused; the one before stays
notice-counted = { $queue }: the floor was counted by { $by }
notice-feed_back = { $queue }: seen again
notice-feed_lost = { $queue }: cannot be seen
notice-incident = { $queue }: incident declared by { $by }
notice-incident_over = { $queue }: incident over
notice-journal_failing = The duty log cannot be written
notice-ladder_changed = { $queue }: now on the { $to } plan
notice-nobody_listening = Nobody was listening: { $what }
notice-not_shown = Said to be done with { $n }, the phones show { $shown }: { $what }
notice-passed_up = Passed to the { $role }: { $what }
notice-paused = { $queue }: paused by { $by }
notice-quiet_over = { $queue }: sounds again
notice-quieted = { $queue }: quiet, by { $by }
notice-resumed = { $queue }: the plan goes on
notice-seats_exhausted = { $queue }: every seat of the floor is taken
notice-tier_skipped = { $queue }: { $tier } passed over

origin-configured = configured
origin-measured = measured

push-hello = This device is called from now on
push-hello_what = What needs an answer comes here while the page is closed

reason-expected_wait_above = { $waiting } waiting, expected wait { $now }above { $threshold }{ $for }
reason-incident = Incident until { $until }: { $note } ({ $waiting } waiting)
reason-longest_wait_above = { $waiting } waiting, longest wait { $now }above { $threshold }{ $for }
reason-max_stay = { $pool }: away for { $stay }, as long as one may, { $waiting } waiting
reason-order = Ordered by { $by }
reason-waiting_above = { $waiting } waiting, above { $threshold }{ $for }
reason-waiting_at_most = { $waiting } waiting, at most { $threshold }{ $for }
reason-waiting_per_seat_above = { $waiting } waiting, { $now }above { $threshold } a seat{ $for }

required-calls = { $n } calls/h ({ $origin })
required-fallback = The plan's fallback; missing: { $what }
required-free = { $n } { $n ->
    [one] seat
   *[other] seats
  } free
required-handle = { $span } each
required-needed = Needed: { $n }
required-patience = patience { $span }
required-patient = nobody gives up
required-signed_in = { $n } signed in
required-target = { $share } % within { $span }
required-too_few = too few for the target, no more can be asked for

standing-approval = Waits for a yes since { $since }
standing-blind = Cannot see the queue
standing-declined = Declined; asked again from { $until }
standing-later = Later
standing-max_borrowed = { $n } borrowed already, no more allowed
standing-max_moves_per_hour = { $n } calls within the hour; again at { $until }
standing-next = Next
standing-no_seat = No free seat of { $seats }
standing-nobody_stays = Nobody whose shift ends within { $span } may stay longer
standing-nobody_to_give = Nobody to give
standing-not_known = The feed does not tell what it needs
standing-not_met = Not needed yet
standing-off_duty = Nobody is on duty
standing-off_duty_until = Nobody is on duty before { $until }
standing-on_stack = Called
standing-paused = Paused
standing-protected = { $queue } lends while at most { $n } wait there
standing-refused = A leader said no; asked again after { $until }
standing-reserved = Kept for { $queue }
standing-resting = Resting, back a short while ago; from { $until }
standing-signing_out = Signing out
standing-unsettled = { $tier } must settle first
standing-unsettled_any = An earlier step must settle first

error-unknown = Not taken.
error-not_understood = surged did not understand this.
error-unknown_type = surged knows no such request.
error-too_long = Too long: shorten it.
error-not_allowed = Your role may not do that.
error-not_your_queue = Your token is for { $queues } alone: ask who has the other queue, or your operator.
error-busy = surged has too much to do: try again in a moment.
error-shutting_down = surged is shutting down: look again once it is back.
error-journal_failing = The duty log cannot be written, and this is worth nothing without it: mend the disk first.
error-no_such_queue = There is no queue { $queue } in the plan in force.
error-no_such_ladder = There is no ladder { $ladder } in the plan in force.
error-no_such_tier = The plan { $ladder } in force has no step { $tier }.
error-no_such_instruction = There is no instruction { $instruction }, or it was closed long ago.
error-closed = Instruction { $instruction } is closed: its people have been signed out. Order by hand if they are still needed.
error-taken_elsewhere = The people of instruction { $instruction } have been asked elsewhere: call the step again instead.
error-does_not_fit = That does not fit instruction { $instruction }: { $what }.
error-already_called = { $tier } has been called already: answer or release its instruction instead.
error-nobody_to_give = { $tier } has nobody to give now: its pools are at what they keep, or its people are asked elsewhere.
error-no_seat = The floor has no free seat for { $tier }.
error-short = { $tier } cannot be called now: { $why }.
error-no_tier_left = No step of { $queue } with people to give is left. Overtime and longer shifts are called by name.
error-nothing_to_approve = { $tier } of { $queue } waits for no yes any more. Call it by hand if it is needed.
error-no_without_reason = A no needs a reason, for those who asked.
error-in_shadow = Instruction { $instruction } was decided in shadow: nobody was told, and nothing is to be answered.
error-not_on_queue = Instruction { $instruction } has nobody on { $queue }. Name others as extra.
error-no_tier_for = No step of { $queue } draws on { $pool }: count its people to a pool that one draws on.
error-not_a_count = That is not a count: { $what }.
error-nothing_to_release = Instruction { $instruction } has nobody here to release.
error-pause_without_end = A pause needs a reason, and an end between 1 second and 24 hours from now.
error-not_paused = { $queue } is not paused.
error-not_quiet = { $queue } is not quiet.
error-incident_without_end = An incident needs a note of what is broken, and an expected end that lies ahead.
error-no_incident = { $queue } has no incident.
error-nobody_above = Instruction { $instruction } is with the highest level already.
error-conflict = { $by } has said otherwise ({ $status }) on instruction { $instruction }. Say it again if yours is to count.
error-conflict_people = By the word of { $by } { $people } stand on instruction { $instruction }. Say it again if they are here.
error-too_much = { $what }: { $came } is too much, at most { $limit } is taken.
error-no_such_handover = No hand-over is drawn up: begin one, then read, settle or take over, and sign.
error-no_such_item = There is no such matter.
error-signed_already = It is signed already.
error-same_person = Two people are needed, each with a token of their own.
error-summary_changed = The summary is not the one that you read: read it again, then sign.
error-still_open = Still open and nobody's: { $items }. Settle each, or take it over by name, then sign.
error-staff_no_needed = Say who you are first: nobody here has a token, and the duty log says that nothing proves it.
error-no_link = No connection to surged: try again.
error-no_reply = surged has not answered: look again before you repeat it.
error-log_unreadable = The duty log cannot be read now.
error-not_let_in = Your token is not let in.
error-too_many_tries = Too many wrong tokens: wait a moment.
what-seats = The number of people
what-eta = The time until they are there
what-notes = The number of notes
what-nothing_came = nothing came
what-half_way_back = some of a move are on their way back; count it when they are
what-instruction_twice = an instruction came twice
what-number_and_names_differ = the number of people differs from the names
what-person_twice = a person came twice
what-extra_without_number = extra people need a number, and as many names where names are known
what-stands_elsewhere = a person stands on another move; count that one as well, or first where it is of another queue
status-seen = seen
status-done = done
status-declined = declined
status-left = left
status-escalated = passed up
lost-silent = No reading and no sign of life for { $span }
lost-never_read = No first reading within { $span }
lost-missing = The phone system no longer lists this queue
card-unlogged = Not written in the duty log: note it by hand
what-left_nobody = "left" needs who, or how many
error-not_on_move = { $people }: not on the move of instruction { $instruction }. Name who has left it, or answer the instruction that they are on.
error-too_late = Instruction { $instruction } was taken back more than { $span } ago: order by hand if its people are still needed.
notice-incident_ends = { $queue }: the incident is at its expected end; it is over at { $at } unless somebody extends it
notice-gone = { $people }: not on the phones any more. Back, or left? They count as left at { $at }: { $what }
notice-taken_as_left = { $people } have left, nobody said otherwise: { $what }
notice-only_moves_counted = { $queue }: the phone system does not tell who is signed in; of the seats only those called are counted
reason-answered_share_below = { $waiting } waiting, { $measured } answered in time over { $over }, below { $threshold }{ $for }
reason-answered_share_at_least = { $waiting } waiting, { $measured } answered in time over { $over }, at least { $threshold }{ $for }
reason-abandoned_share_above = { $waiting } waiting, { $measured } given up over { $over }, above { $threshold }{ $for }
reason-rising_above = { $waiting } waiting, { $measured } more than { $over } before, above { $threshold }{ $for }
reason-severe = Severe: { $why }
handed-begun = { $by } drew up the hand-over
handed-completed = The shift is handed over: both have signed
handed-noted = { $by } added a note to the hand-over
handed-settled = { $by }: settled { $item }
handed-signed_coming = { $by } signed as the one who comes
handed-signed_leaving = { $by } signed as the one who leaves
handed-taken_over = { $by } takes over { $items }
handed-withdrawn = { $by } set the hand-over aside
logged-shadow = shadow
what-hold = The time for which they stay
what-quiet = The time without a sound
near-other_spelling = { $person }: the phones show { $people }
near-other_queue = { $person }: signed in to { $queue }
near-nameless = { $n } { $n ->
    [one] member has
   *[other] members have
  } no name
promise-broken = { $by } had promised { $at }
