use super::*;
use crate::core::ladder::Pool;
use crate::core::{Ask, Counted, Found, Input, Judged, Millis, Order, Part, Plan, Recounted, Settlement};
use crate::shift::Moved;
use std::sync::Arc;

const NOON: Time = Time(1_793_592_000_000);

fn minute(minutes: i64) -> Time {
    NOON + Millis::from_mins(minutes)
}

fn decision(minutes: i64, what: What) -> Entry {
    let at = minute(minutes);
    Entry {
        seq: 1,
        at,
        record: Record::Decision(Decision {
            at,
            queue: "inbound".into(),
            what,
        }),
        unlogged: false,
    }
}

fn instruct(minutes: i64, id: u64, action: Action, pool: &str, people: &[&str], of: Option<u64>) -> Entry {
    let seats = if people.is_empty() { 3 } else { people.len() as u32 };
    let instruction = Instruction {
        hold: None,
        lasting: None,
        id: InstructionId(id),
        at: minute(minutes),
        queue: "inbound".into(),
        action,
        tier: pool.into(),
        parts: vec![Part {
            pool: Some(pool.into()),
            seats,
            people: people.iter().map(|it| Name::from(*it)).collect(),
        }],
        seats: Ask {
            min: seats,
            max: seats,
            ask: seats,
        },
        computed: None,
        reason: Reason::WaitingAbove {
            threshold: 5,
            held: Millis::from_mins(5),
            waiting: 8,
            judged: Judged::Every,
        },
        respond_by: None,
        of: of.map(InstructionId),
        by: None,
        shadow: false,
        chosen: Vec::new(),
    };
    decision(
        minutes,
        What::Instruct {
            instruction,
            beside: false,
        },
    )
}

fn answered(minutes: i64, id: u64, answer: Answer) -> Entry {
    let by = Actor {
        name: "Li".into(),
        staff_no: "S12".into(),
        role: "supervisor".into(),
    };
    decision(
        minutes,
        What::Answered {
            instruction: InstructionId(id),
            by,
            answer,
        },
    )
}

fn leader() -> Actor {
    Actor {
        name: "Chen".into(),
        staff_no: "L01".into(),
        role: "shift_leader".into(),
    }
}

fn done(seats: Option<u32>, people: Option<&[&str]>) -> Answer {
    Answer::Done {
        seats,
        people: people.map(|people| people.iter().map(|it| Name::from(*it)).collect()),
        note: None,
    }
}

fn input(at: Time, input: Input) -> Entry {
    Entry {
        seq: 1,
        at,
        record: Record::Input(input),
        unlogged: false,
    }
}

/// A plan with these pools, and nothing in its ladder.
fn plan() -> Plan {
    let queue = serde_json::from_value(serde_json::json!({
        "feed": "hotline", "ladder": "day", "priority": 0, "calls_per_hour": null, "handle_time": null,
        "patience": null, "target": null,
    }));
    let expert = Pool {
        people: ["E01", "E02", "E03"].map(Name::from).to_vec(),
        ..Pool::default()
    };
    let outbound = Pool {
        size: 8,
        ..Pool::default()
    };
    Plan {
        queues: [("inbound".into(), queue.unwrap())].into(),
        pools: [("expert".into(), expert), ("outbound".into(), outbound)].into(),
        ..Plan::default()
    }
}

/// The hour from noon. What somebody answers comes before what is said of it, as in the log.
fn hour(entries: &[Entry]) -> Summary {
    let mut tally = Tally::new(NOON, minute(60), None);
    let plan = Arc::new(plan());
    tally.count(&input(minute(-600), Input::Configured { plan }));
    for entry in entries {
        if let Record::Decision(decision) = &entry.record
            && let What::Answered {
                instruction,
                by,
                answer,
            } = decision.what.clone()
        {
            let sure = false;
            let answer = Input::Answer {
                instruction,
                by,
                answer,
                sure,
            };
            tally.count(&input(entry.at, answer));
        }
        tally.count(entry);
    }
    tally.end(entries.len() as u64)
}

fn minutes_of(moved: &[Moved], who: &str) -> Option<f64> {
    let is = |name: &Option<Name>| name.as_ref().is_some_and(|it| it.as_str() == who);
    let found = moved
        .iter()
        .find(|it| is(&it.person) || (it.person.is_none() && is(&it.pool)));
    found.map(|it| it.time_s / 60.0)
}

#[test]
fn people_are_away_from_their_done_to_their_return_or_until_they_leave() {
    let summary = hour(&[
        instruct(1, 1, Action::SignIn, "expert", &["E01", "E02", "E03"], None),
        answered(5, 1, done(None, Some(&["E01", "E02"]))),
        answered(
            15,
            1,
            Answer::Left {
                people: vec!["E02".into()],
                seats: None,
                reason: "unwell".into(),
            },
        ),
        instruct(30, 2, Action::SignOut, "expert", &["E01"], Some(1)),
        answered(35, 2, done(None, None)),
        decision(
            36,
            What::Freed {
                parts: Vec::new(),
                how: Settlement::Time,
                instruction: InstructionId(2),
            },
        ),
    ]);
    assert_eq!(minutes_of(&summary.moved, "E01"), Some(30.0));
    assert_eq!(minutes_of(&summary.moved, "E02"), Some(10.0));
    assert_eq!(
        minutes_of(&summary.moved, "E03"),
        None,
        "they were asked and never came"
    );
}

fn settled(minutes: i64, id: u64) -> Entry {
    decision(
        minutes,
        What::Settled {
            instruction: InstructionId(id),
            how: Settlement::Time,
        },
    )
}

#[test]
fn whom_nobody_has_said_to_be_there_is_told_apart() {
    let asked = [
        instruct(0, 1, Action::SignIn, "expert", &["E01", "E02"], None),
        settled(3, 1),
    ];
    let summary = hour(&asked);
    assert_eq!((summary.moved, minutes_of(&summary.asked, "E01")), (vec![], Some(57.0)));

    // Whoever takes it says no more than that they will see to it.
    let taken = [&asked[..], &[answered(5, 1, Answer::Seen { eta: None })]].concat();
    assert_eq!(minutes_of(&hour(&taken).asked, "E01"), Some(57.0));

    let confirmed = [
        answered(20, 1, done(None, None)),
        answered(
            20,
            1,
            Answer::Left {
                people: vec!["E02".into()],
                seats: None,
                reason: "unwell".into(),
            },
        ),
        decision(
            20,
            What::Settled {
                instruction: InstructionId(1),
                how: Settlement::Shown,
            },
        ),
        input(
            minute(20),
            Input::Order {
                by: leader(),
                order: Order::Count {
                    queue: "inbound".into(),
                    moves: vec![Counted {
                        instruction: InstructionId(1),
                        seats: 2,
                        people: Vec::new(),
                    }],
                    extra: Vec::new(),
                },
            },
        ),
    ];
    for word in confirmed {
        let summary = hour(&[&asked[..], std::slice::from_ref(&word)].concat());
        assert_eq!(summary.asked, vec![], "{word:?}");
        assert_eq!(minutes_of(&summary.moved, "E01"), Some(57.0), "{word:?}");
    }
}

#[test]
fn a_count_of_the_floor_ends_and_begins_stays() {
    let part = |people: &[&str]| Part {
        pool: Some("expert".into()),
        seats: people.len() as u32,
        people: people.iter().map(|it| Name::from(*it)).collect(),
    };
    let by = leader();
    let summary = hour(&[
        instruct(0, 1, Action::SignIn, "expert", &["E01", "E02"], None),
        answered(10, 1, done(None, None)),
        decision(
            30,
            What::Counted {
                by,
                moves: vec![Recounted {
                    instruction: InstructionId(1),
                    tier: "expert".into(),
                    before: vec![part(&["E01", "E02"])],
                    after: vec![part(&["E01"])],
                }],
                found: vec![Found {
                    instruction: InstructionId(2),
                    tier: "outbound".into(),
                    part: part(&["E03"]),
                }],
            },
        ),
    ]);
    let minutes = ["E01", "E02", "E03"].map(|who| minutes_of(&summary.moved, who));
    assert_eq!(minutes, [Some(50.0), Some(20.0), Some(30.0)]);
    let nameless = |seats| Part {
        pool: Some("outbound".into()),
        seats,
        people: Vec::new(),
    };
    let found = hour(&[
        instruct(0, 1, Action::SignIn, "outbound", &[], None),
        answered(10, 1, done(None, None)),
        decision(
            30,
            What::Counted {
                by: leader(),
                moves: vec![Recounted {
                    instruction: InstructionId(1),
                    tier: "outbound".into(),
                    before: vec![nameless(3)],
                    after: vec![nameless(2)],
                }],
                found: vec![Found {
                    instruction: InstructionId(2),
                    tier: "expert".into(),
                    part: part(&["E03"]),
                }],
            },
        ),
    ]);
    assert_eq!(
        minutes_of(&found.moved, "outbound"),
        Some(3.0 * 20.0 + 2.0 * 30.0),
        "whoever is fewer stays all the same"
    );
}

#[test]
fn nobody_is_moved_by_what_is_decided_in_shadow() {
    let Record::Decision(mut shadow) = instruct(0, 1, Action::SignIn, "expert", &["E01"], None).record else {
        panic!("expected a decision");
    };
    if let What::Instruct { instruction, .. } = &mut shadow.what {
        instruction.shadow = true;
    }
    let settled = What::Settled {
        instruction: InstructionId(1),
        how: Settlement::Time,
    };
    let summary = hour(&[decision(0, shadow.what), decision(3, settled)]);
    assert_eq!((summary.moved.len(), summary.instructions.issued), (0, 0));
    assert_eq!(summary.asks, AskLoad::default(), "nobody was asked");
}

#[test]
fn what_shadow_would_have_called_stands_beside_what_the_floor_called() {
    let dark = |minutes, id| {
        let Record::Decision(mut shadow) = instruct(minutes, id, Action::SignIn, "expert", &["E01"], None).record
        else {
            panic!("expected a decision");
        };
        if let What::Instruct { instruction, .. } = &mut shadow.what {
            instruction.shadow = true;
        }
        decision(minutes, shadow.what)
    };
    let summary = hour(&[
        dark(-5, 1),
        dark(1, 2),
        dark(2, 3),
        instruct(4, 4, Action::SignIn, "outbound", &[], None),
        instruct(9, 5, Action::SignOut, "outbound", &[], Some(4)),
        decision(
            20,
            What::Counted {
                by: leader(),
                moves: Vec::new(),
                found: vec![Found {
                    instruction: InstructionId(6),
                    tier: "expert".into(),
                    part: Part {
                        pool: Some("expert".into()),
                        seats: 1,
                        people: vec!["E02".into()],
                    },
                }],
            },
        ),
    ]);
    let proof = ShadowProof {
        queue: "inbound".into(),
        would_call: 2,
        called: 2,
    };
    assert_eq!(
        summary.shadow,
        [proof],
        "of this shift alone, whoever was found was called, and who goes back is no step"
    );
    assert_eq!(summary.asks, AskLoad { mean: 0.33, peak: 2 });
    assert_eq!(
        hour(&[instruct(4, 4, Action::SignIn, "outbound", &[], None)]).shadow,
        []
    );
}

#[test]
fn nameless_people_count_by_pool_a_correction_counts_from_when_it_was_said_and_keep_them_keeps_them() {
    let mut sign_out_of_two = instruct(30, 2, Action::SignOut, "outbound", &[], Some(1));
    if let Record::Decision(decision) = &mut sign_out_of_two.record
        && let What::Instruct { instruction, .. } = &mut decision.what
    {
        instruction.parts[0].seats = 2;
    }
    let summary = hour(&[
        instruct(0, 1, Action::SignIn, "outbound", &[], None),
        decision(
            10,
            What::Settled {
                instruction: InstructionId(1),
                how: Settlement::Time,
            },
        ),
        answered(20, 1, done(Some(2), None)),
        sign_out_of_two,
        answered(31, 2, Answer::Declined { reason: "busy".into() }),
    ]);
    assert_eq!(minutes_of(&summary.moved, "outbound"), Some(3.0 * 10.0 + 2.0 * 40.0));
    assert_eq!(summary.moved[0].seats, 3, "at most three at a time");
}

#[test]
fn who_is_stood_down_was_hardly_away_and_a_late_done_counts_again() {
    let stood_down = [
        instruct(0, 1, Action::SignIn, "expert", &["E01"], None),
        instruct(10, 2, Action::StandDown, "expert", &["E01"], Some(1)),
    ];
    let summary = hour(&stood_down);
    assert_eq!(summary.moved, []);
    assert_eq!((summary.instructions.issued, summary.instructions.stood_down), (2, 1));
    let late = [&stood_down[..], &[answered(40, 1, done(None, None))]].concat();
    let summary = hour(&late);
    assert_eq!(minutes_of(&summary.moved, "E01"), Some(20.0), "to the end of the shift");
    assert_eq!((summary.instructions.stood_down, summary.instructions.done), (0, 1));
}

#[test]
fn what_reaches_in_is_counted_as_far_as_it_does_and_what_was_over_is_not() {
    let lost = |minutes| decision(minutes, What::FeedLost { why: "silence".into() });
    let back = |minutes, blind| {
        decision(
            minutes,
            What::FeedBack {
                blind: Millis::from_mins(blind),
                anew: false,
            },
        )
    };
    let summary = hour(&[
        instruct(-90, 1, Action::SignIn, "expert", &["E01"], None),
        answered(-80, 1, done(None, None)),
        decision(-70, What::SurgeOver { began: minute(-90) }),
        lost(-65),
        back(-60, 5),
        instruct(-30, 3, Action::SignIn, "outbound", &[], None),
        decision(5, What::SurgeOver { began: minute(-30) }),
        instruct(6, 2, Action::SignOut, "expert", &["E01"], Some(1)),
        answered(10, 2, done(None, None)),
        lost(50),
    ]);
    assert_eq!(minutes_of(&summary.moved, "E01"), Some(10.0));
    let surges: Vec<_> = summary
        .surges
        .iter()
        .map(|it| (it.began.0, it.ended.map(|it| it.0), it.peak))
        .collect();
    assert_eq!(surges, [(minute(-30), Some(minute(5)), Some(8))]);
    assert_eq!(summary.blind.len(), 1);
    assert_eq!((summary.blind[0].from.0, summary.blind[0].to), (minute(50), None));
    assert_eq!(summary.instructions.issued, 1, "only what was given in the shift");
    assert_eq!(summary.instructions.done, 1);
}

#[test]
fn pauses_faults_plans_and_starts_are_told_in_their_order() {
    let fact = |minutes: i64, fact: Fact| Entry {
        seq: 1,
        at: minute(minutes),
        record: Record::Fact(fact),
        unlogged: false,
    };
    let paused = |minutes, reason: &str| {
        let (by, until, reason) = (leader(), minute(55), reason.to_owned());
        decision(minutes, What::Paused { by, until, reason })
    };
    let fault = |minutes, note: &str| {
        let (by, until, note) = (leader(), minute(90), note.to_owned());
        decision(minutes, What::Incident { by, note, until })
    };
    let over = |minutes, began: i64| decision(minutes, What::SurgeOver { began: minute(began) });
    let failing = |failing| Fact::JournalFailing {
        failing,
        why: "no space left".into(),
    };
    let changed = Fact::ConfigChanged {
        hash: "d1".into(),
        changes: vec!["queue `inbound` changed".into()],
    };
    let problems = vec!["no such pool".to_owned()];
    let summary = hour(&[
        fact(-1, failing(true)),
        paused(-30, "before"),
        decision(0, What::Resumed { by: None }),
        over(0, -20),
        fact(0, failing(false)),
        paused(10, "drill"),
        decision(20, What::Resumed { by: None }),
        fact(21, changed),
        fact(22, Fact::ConfigRefused { problems }),
        paused(25, "lunch"),
        over(35, 30),
        fault(40, "billing is down"),
        fault(50, "billing and mail"),
        fact(59, Fact::Stopped),
    ]);
    let spans = |spans: &[Span]| -> Vec<(Time, Option<Time>, String)> {
        let told = spans.iter();
        told.map(|it| (it.from.0, it.to.map(|to| to.0), it.note.clone()))
            .collect()
    };
    let span = |from, to: Option<i64>, note: &str| (minute(from), to.map(minute), note.to_owned());
    assert_eq!(
        spans(&summary.pauses),
        [span(10, Some(20), "drill"), span(25, None, "lunch")],
        "what ended as the shift began is not of it"
    );
    assert_eq!(
        spans(&summary.incidents),
        [
            span(40, Some(50), "billing is down"),
            span(50, None, "billing and mail")
        ]
    );
    let surges: Vec<Time> = summary.surges.iter().map(|it| it.began.0).collect();
    assert_eq!(surges, [minute(30)], "nor is a surge");
    let daemon: Vec<(Time, &str)> = summary.daemon.iter().map(|it| (it.at.0, &it.what[..])).collect();
    assert_eq!(daemon, [(minute(0), "journal_mended"), (minute(59), "stopped")]);
    let reloads: Vec<(bool, &str)> = summary.reloads.iter().map(|it| (it.refused, &it.what[0][..])).collect();
    assert_eq!(reloads, [(false, "queue `inbound` changed"), (true, "no such pool")]);
}

#[test]
fn surges_are_told_by_their_beginning() {
    let of = |queue: &str, minutes: i64, what: What| {
        let at = minute(minutes);
        let decision = Decision {
            at,
            queue: queue.into(),
            what,
        };
        Entry {
            seq: 1,
            at,
            record: Record::Decision(decision),
            unlogged: false,
        }
    };
    let over = |queue: &str, minutes, began: i64| of(queue, minutes, What::SurgeOver { began: minute(began) });
    let lost = |queue: &str, minutes| of(queue, minutes, What::FeedLost { why: "silence".into() });
    let back = |queue: &str, minutes, blind: i64| {
        let (blind, anew) = (Millis::from_mins(blind), false);
        of(queue, minutes, What::FeedBack { blind, anew })
    };
    let summary = hour(&[
        lost("vip", 3),
        lost("inbound", 4),
        over("vip", 20, 10),
        over("inbound", 30, 5),
        back("inbound", 31, 27),
        back("vip", 32, 29),
    ]);
    let surges: Vec<&str> = summary.surges.iter().map(|it| it.queue.as_str()).collect();
    let blind: Vec<&str> = summary.blind.iter().map(|it| it.queue.as_str()).collect();
    assert_eq!((surges, blind), (vec!["inbound", "vip"], vec!["vip", "inbound"]));
}
