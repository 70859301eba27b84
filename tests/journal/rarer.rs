//! Records that come rarely, each with its sentence.

use super::decisions::{instruct, instruction, part};
use super::samples::{ELEVEN_FIVE, inbound, lin};
use super::words::decided;
use surged::core::{
    Action, Answer, Counted, Input, Instead, InstructionId, Judged, Lost, Millis, NearMiss, Order, Promise, Reason,
    Settlement, Unseen, What,
};
use surged::journal::{Fact, Record};

pub fn rarer() -> Vec<(Record, &'static str)> {
    let facts = facts().into_iter().map(|(fact, words)| (Record::Fact(fact), words));
    let decisions = decisions().into_iter().chain(reasons());
    let inputs = inputs().into_iter().map(|(it, words)| (Record::Input(it), words));
    let decisions = decisions.map(|(what, words)| (decided(what), words));
    facts.chain(decisions).chain(inputs).collect()
}

fn facts() -> Vec<(Fact, &'static str)> {
    let failing = |failing| Fact::JournalFailing {
        failing,
        why: "plain words".into(),
    };
    vec![
        (
            Fact::ConfigChanged {
                hash: "d1".into(),
                changes: vec![
                    "queue `inbound` changed".into(),
                    "floor.listen (needs a restart)".into(),
                ],
            },
            "changed configuration d1 in force: queue `inbound` changed; floor.listen (needs a restart)",
        ),
        (
            failing(true),
            "the duty log took nothing, instructions went out unlogged: plain words",
        ),
        (failing(false), "the duty log takes entries again: plain words"),
        (
            Fact::Quieted {
                queue: inbound(),
                by: lin(),
                until: ELEVEN_FIVE,
                reason: "drill".into(),
            },
            "inbound made quiet by Lin (supervisor 1042) until 2026-11-02 11:05:00.000+08:00: drill; what is asked is asked as ever, \
             without a sound",
        ),
        (
            Fact::QuietOver {
                queue: inbound(),
                by: Some(lin()),
            },
            "inbound sounds again, says Lin (supervisor 1042)",
        ),
        (
            Fact::QuietOver {
                queue: inbound(),
                by: None,
            },
            "inbound sounds again: the time is up",
        ),
    ]
}

fn decisions() -> Vec<(What, &'static str)> {
    let instruction = InstructionId(7);
    let miss = |instead| NearMiss {
        person: "E01".into(),
        instead,
    };
    let freed = |parts, how| What::Freed {
        instruction,
        parts,
        how,
    };
    let (after, lost) = (Millis::from_secs(15), |why| What::FeedLost { why: Lost::Found(why) });
    vec![
        (
            What::Settled {
                instruction,
                how: Settlement::ShownByNumber,
            },
            "instruction 7 settled: as many more are signed in (by number, not by name)",
        ),
        (
            freed(vec![part("expert", 2, &["E01", "E02"])], Settlement::Shown),
            "2 (E01, E02) of instruction 7 are free again, as the feed shows",
        ),
        (
            freed(vec![part("outbound", 3, &[])], Settlement::Time),
            "3 of instruction 7 are free again",
        ),
        (
            What::NotShown {
                instruction,
                seats: 4,
                shown: 1,
                near: vec![
                    miss(Instead::OtherSpelling {
                        people: vec!["e01".into()],
                    }),
                    miss(Instead::OtherQueue { queue: "vip".into() }),
                    miss(Instead::Nameless { members: 2 }),
                ],
            },
            "instruction 7 was said to be done with 4, and the feed shows 1: are they there?; E01: the phones show e01; E01: signed in to \
             vip; 2 members have no name",
        ),
        (
            lost(Unseen::Silent { after }),
            "blind, no instruction is given until the queue is seen again: No reading and no sign of life for 0:15",
        ),
        (
            lost(Unseen::NeverRead { after }),
            "blind, no instruction is given until the queue is seen again: No first reading within 0:15",
        ),
        (
            lost(Unseen::Missing),
            "blind, no instruction is given until the queue is seen again: The phone system no longer lists this queue",
        ),
        (
            What::PassedUp {
                instruction,
                level: 1,
                role: "manager".into(),
                skipped: Vec::new(),
                respond_by: ELEVEN_FIVE,
                promise: Some(Promise {
                    by: lin(),
                    at: ELEVEN_FIVE,
                }),
            },
            "instruction 7 goes up to manager, to respond by 2026-11-02 11:05:00.000+08:00; Lin (1042) had promised 2026-11-02 \
             11:05:00.000+08:00",
        ),
        (
            What::Counted {
                by: lin(),
                moves: Vec::new(),
                found: Vec::new(),
            },
            "the floor was counted by Lin (supervisor 1042): all are where they were taken to be",
        ),
    ]
}

fn reasons() -> Vec<(What, &'static str)> {
    let (held, waiting, judged, over) = (Millis::from_mins(5), 8, Judged::Every, Millis::from_mins(10));
    let severe = Reason::Severe {
        why: Box::new(Reason::AbandonedShareAbove {
            threshold: 0.2,
            over,
            measured: Some(0.25),
            held,
            waiting,
            judged,
        }),
    };
    let told = |action, reason, words| {
        let what = instruction(action, "expert", vec![part("expert", 1, &["E01"])], reason);
        (instruct(what), words)
    };
    vec![
        told(
            Action::SignIn,
            severe,
            "sign in expert: 1 (E01) — Severe: 8 waiting, 25 % given up over 10:00, above 20 % for 5:00 (instruction 7)",
        ),
        told(
            Action::SignOut,
            Reason::AnsweredShareAtLeast {
                threshold: 0.8,
                over,
                measured: Some(0.9),
                held,
                waiting,
                judged,
            },
            "sign out expert: 1 (E01) — 8 waiting, 90 % answered in time over 10:00, at least 80 % for 5:00 (instruction 7)",
        ),
        told(
            Action::SignOut,
            Reason::MaxStay {
                pool: "expert".into(),
                max_stay: Millis::from_mins(90),
                waiting,
            },
            "sign out expert: 1 (E01) — expert: away for 1:30:00, as long as one may, 8 waiting (instruction 7)",
        ),
    ]
}

fn inputs() -> Vec<(Input, &'static str)> {
    let order = |order| Input::Order { by: lin(), order };
    let answer = |answer| Input::Answer {
        sure: false,
        instruction: InstructionId(7),
        by: lin(),
        answer,
    };
    let call = |tier: Option<&str>, seats| Order::Call {
        queue: inbound(),
        tier: tier.map(Into::into),
        seats,
        hold: None,
    };
    vec![
        (
            answer(Answer::Seen {
                eta: Some(Millis::from_mins(5)),
            }),
            "Lin (supervisor 1042) to instruction 7: seen, there in 5:00",
        ),
        (
            answer(Answer::Declined {
                reason: "training".into(),
            }),
            "Lin (supervisor 1042) to instruction 7: declined: training",
        ),
        (
            answer(Answer::Left {
                people: Vec::new(),
                seats: Some(2),
                reason: "went home".into(),
            }),
            "Lin (supervisor 1042) to instruction 7: 2 left: went home",
        ),
        (
            order(call(Some("expert"), Some(2))),
            "Lin (supervisor 1042) orders: call 2 of expert now",
        ),
        (
            order(call(None, Some(2))),
            "Lin (supervisor 1042) orders: call 2 people now",
        ),
        (
            order(call(None, None)),
            "Lin (supervisor 1042) orders: call the next tier now",
        ),
        (
            order(Order::Approve {
                queue: inbound(),
                tier: "expert".into(),
            }),
            "Lin (supervisor 1042) orders: yes to expert",
        ),
        (
            order(Order::Refuse {
                queue: inbound(),
                tier: "expert".into(),
                reason: "training".into(),
            }),
            "Lin (supervisor 1042) orders: no to expert: training",
        ),
        (
            order(Order::Count {
                queue: inbound(),
                moves: vec![Counted {
                    instruction: InstructionId(7),
                    seats: 2,
                    people: Vec::new(),
                }],
                extra: vec![part("outbound", 1, &[])],
            }),
            "Lin (supervisor 1042) orders: the floor was counted: 2 there on 1 move, and 1 beside",
        ),
    ]
}
