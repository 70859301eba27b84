use super::*;
use crate::core::{
    Action, Actor, Answer, Ask, Decision, Found, Input, Instruction, InstructionId, Judged, Millis, Part, Reading,
    Reason, Recounted, Settlement, Time, What,
};

fn minute(minutes: i64) -> Time {
    Time(1_793_592_000_000) + Millis::from_mins(minutes)
}

fn reading(effects: &mut Effects, at: i64, waiting: u32) {
    let reading = Reading::of("inbound", waiting);
    effects.told(&Input::Reading { reading }, minute(at));
}

fn decide(effects: &mut Effects, at: i64, what: What) {
    effects.decided(&Decision {
        at: minute(at),
        queue: "inbound".into(),
        what,
    });
}

fn instruct(effects: &mut Effects, at: i64, id: u64, action: Action, of: Option<u64>) {
    let instruction = Instruction {
        id: InstructionId(id),
        at: minute(at),
        queue: "inbound".into(),
        action,
        tier: "expert".into(),
        parts: vec![Part {
            pool: Some("expert".into()),
            seats: 4,
            people: Vec::new(),
        }],
        seats: Ask { min: 4, max: 4, ask: 4 },
        chosen: Vec::new(),
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
        hold: None,
        lasting: None,
    };
    let beside = false;
    decide(effects, at, What::Instruct { instruction, beside });
}

fn by() -> Actor {
    Actor {
        name: "Li".into(),
        staff_no: "S12".into(),
        role: "supervisor".into(),
    }
}

fn answered(effects: &mut Effects, at: i64, id: u64, answer: Answer) {
    let (instruction, by) = (InstructionId(id), by());
    decide(
        effects,
        at,
        What::Answered {
            instruction,
            by,
            answer,
        },
    );
}

fn done(effects: &mut Effects, at: i64, id: u64, seats: Option<u32>) {
    let answer = Answer::Done {
        seats,
        people: None,
        note: None,
    };
    answered(effects, at, id, answer);
}

/// What has been measured: of which calls.
fn measured(effects: &mut Effects) -> Vec<u64> {
    std::iter::from_fn(|| effects.poll())
        .map(|it| it.instruction.0)
        .collect()
}

#[test]
fn callers_times_minutes_before_the_call_and_after_its_people_came() {
    let mut effects = Effects::default();
    reading(&mut effects, 0, 6);
    reading(&mut effects, 8, 10);
    instruct(&mut effects, 10, 1, Action::SignIn, None);
    done(&mut effects, 12, 1, Some(3));
    reading(&mut effects, 14, 4);
    effects.pass(minute(16));
    assert_eq!(effects.poll(), None, "its window is not over");
    effects.pass(minute(17));
    let effect = effects.poll().unwrap();
    // 3 minutes of 6 and 2 of 10; 2 of 10 and 3 of 4.
    assert_eq!(effect.before.caller_minutes, 38.0);
    assert_eq!(effect.after.caller_minutes, 32.0);
    assert_eq!(
        (effect.called, effect.settled, effect.seats),
        (minute(10), minute(12), 3)
    );
    assert_eq!((effect.before.mean(), effect.after.mean()), (Some(7.6), Some(6.4)));
    assert!(effect.is_whole());
    assert_eq!(effect.doubts, []);
    assert_eq!(effects.poll(), None);
}

#[test]
fn tiers_a_window_apart_are_told_apart_and_closer_ones_are_not() {
    for (second, doubtful) in [(17, false), (16, true)] {
        let mut effects = Effects::default();
        reading(&mut effects, 0, 12);
        instruct(&mut effects, 10, 1, Action::SignIn, None);
        done(&mut effects, 12, 1, None);
        instruct(&mut effects, second, 2, Action::SignIn, None);
        done(&mut effects, second, 2, None);
        effects.pass(minute(60));
        let doubts: Vec<bool> = std::iter::from_fn(|| effects.poll())
            .map(|it| it.doubts.contains(&Doubt::OthersMoved))
            .collect();
        assert_eq!(doubts, [doubtful, doubtful], "second at {second}");
    }
}

#[test]
fn what_cannot_be_inferred_is_said() {
    let doubts = |story: &dyn Fn(&mut Effects)| {
        let mut effects = Effects::default();
        reading(&mut effects, 0, 9);
        instruct(&mut effects, 10, 1, Action::SignIn, None);
        story(&mut effects);
        effects.pass(minute(60));
        effects.poll().map(|it| it.doubts)
    };
    let ebbed = doubts(&|it| {
        reading(it, 11, 2);
        done(it, 12, 1, None);
    });
    assert_eq!(ebbed, Some(vec![Doubt::EbbedBefore]));
    let by_time = doubts(&|it| {
        let (instruction, how) = (InstructionId(1), Settlement::Time);
        decide(it, 13, What::Settled { instruction, how });
    });
    assert_eq!(by_time, Some(vec![Doubt::NobodySaid]));
    let sent_back = doubts(&|it| {
        done(it, 12, 1, None);
        instruct(it, 14, 2, Action::SignOut, Some(1));
    });
    assert_eq!(sent_back, Some(vec![Doubt::SentBack]));
    let unseen = doubts(&|it| {
        done(it, 12, 1, None);
        decide(it, 13, What::FeedLost { why: "silence".into() });
        let (blind, anew) = (Millis::from_mins(1), false);
        decide(it, 14, What::FeedBack { blind, anew });
    });
    assert_eq!(unseen, Some(vec![Doubt::Unseen]));
    let paused = doubts(&|it| {
        done(it, 12, 1, None);
        decide(it, 13, What::Resumed { by: None });
    });
    assert_eq!(paused, Some(vec![Doubt::Unusual]));
    let count = |moves: Vec<Recounted>, found: Vec<Found>| {
        doubts(&|it| {
            let (moves, found) = (moves.clone(), found.clone());
            done(it, 12, 1, None);
            decide(it, 13, What::Counted { by: by(), moves, found });
        })
    };
    let (tier, instruction) = ("outbound".into(), InstructionId(7));
    let part = Part {
        pool: Some("outbound".into()),
        seats: 2,
        people: Vec::new(),
    };
    let found = Found {
        instruction,
        tier,
        part: part.clone(),
    };
    let recounted = Recounted {
        instruction,
        tier: "outbound".into(),
        before: vec![part],
        after: Vec::new(),
    };
    assert_eq!(count(vec![], vec![found]), Some(vec![Doubt::OthersMoved]));
    assert_eq!(count(vec![recounted], vec![]), Some(vec![Doubt::OthersMoved]));
}

#[test]
fn each_call_is_measured_as_soon_as_its_own_window_is_over() {
    let mut effects = Effects::default();
    reading(&mut effects, 0, 9);
    instruct(&mut effects, 10, 1, Action::SignIn, None);
    done(&mut effects, 12, 1, None);
    instruct(&mut effects, 15, 2, Action::SignIn, None);
    done(&mut effects, 16, 2, None);
    reading(&mut effects, 17, 6);
    let first = effects.poll().unwrap();
    assert_eq!(
        (first.instruction, first.seats),
        (InstructionId(1), 4),
        "as many as were asked for, where nobody says how many came"
    );
    assert!(measured(&mut effects).is_empty(), "the second's is not over");
    reading(&mut effects, 21, 6);
    assert_eq!(measured(&mut effects), [2]);
}

#[test]
fn whoever_is_declined_is_not_waited_for_and_the_oldest_of_a_thousand_is_let_go() {
    let mut effects = Effects::default();
    reading(&mut effects, 0, 9);
    for id in 1..=1002 {
        instruct(&mut effects, 10, id, Action::SignIn, None);
    }
    answered(&mut effects, 11, 3, Answer::Declined { reason: "busy".into() });
    for id in [2, 3, 4, 1002] {
        done(&mut effects, 12, id, None);
    }
    effects.pass(minute(20));
    assert_eq!(measured(&mut effects), [4, 1002]);
}

#[test]
fn by_a_sign_of_life_as_many_wait_as_did() {
    let mut effects = Effects::default();
    reading(&mut effects, 0, 9);
    instruct(&mut effects, 10, 1, Action::SignIn, None);
    done(&mut effects, 12, 1, None);
    decide(&mut effects, 13, What::FeedLost { why: "silence".into() });
    let (blind, anew) = (Millis::from_mins(1), false);
    decide(&mut effects, 14, What::FeedBack { blind, anew });
    effects.pass(minute(17));
    let after = effects.poll().unwrap().after;
    assert_eq!((after.caller_minutes, after.seen), (36.0, Millis::from_mins(4)));
}

#[test]
fn blind_minutes_count_neither_for_nor_against() {
    let mut effects = Effects::default();
    reading(&mut effects, 0, 9);
    instruct(&mut effects, 10, 1, Action::SignIn, None);
    done(&mut effects, 12, 1, None);
    decide(&mut effects, 13, What::FeedLost { why: "silence".into() });
    reading(&mut effects, 15, 3);
    effects.pass(minute(17));
    let after = effects.poll().unwrap().after;
    assert_eq!(
        (after.caller_minutes, after.seen),
        (9.0 + 2.0 * 3.0, Millis::from_mins(3))
    );
    assert_eq!(after.mean(), Some(5.0));
}

#[test]
fn whoever_never_came_had_no_effect() {
    let mut effects = Effects::default();
    reading(&mut effects, 0, 9);
    instruct(&mut effects, 10, 1, Action::SignIn, None);
    instruct(&mut effects, 11, 2, Action::StandDown, Some(1));
    instruct(&mut effects, 20, 3, Action::SignIn, None);
    done(&mut effects, 21, 3, Some(0));
    effects.pass(minute(90));
    assert_eq!(effects.poll(), None);
}
