use super::*;
use crate::core::ladder::Pool;
use crate::core::{Ask, Found, Input, Judged, Millis, Part, Plan, Recounted, Settlement};
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

#[test]
fn a_count_of_the_floor_ends_and_begins_stays() {
    let part = |people: &[&str]| Part {
        pool: Some("expert".into()),
        seats: people.len() as u32,
        people: people.iter().map(|it| Name::from(*it)).collect(),
    };
    let by = Actor {
        name: "Chen".into(),
        staff_no: "L01".into(),
        role: "shift_leader".into(),
    };
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
    ]);
    let proof = ShadowProof {
        queue: "inbound".into(),
        would_call: 2,
        called: 1,
    };
    assert_eq!(
        summary.shadow,
        [proof],
        "of this shift alone, and who goes back is no step"
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
