//! Entries to write: numbered ones, and one of every kind with its sentence.

use std::sync::Arc;
use std::time::Duration;
use surged::core::{
    Action, Actor, Answer, Ask, Decision, Input, Instruction, InstructionId, Millis, Name, Order, OutOfPlace, Part,
    Plan, Reading, Reason, Settlement, Shortage, Time, What,
};
use surged::journal::{Batch, Entry, Fact, Options, Record, Snapshot};

/// 2026-11-02 03:05:00 UTC, 11:05 in Shanghai.
pub const ELEVEN_FIVE: Time = Time(1_793_588_700_000);

/// Does not wait long for a lock.
pub fn options() -> Options {
    Options {
        patience: Duration::from_millis(20),
        ..Options::default()
    }
}

pub fn batch(entries: Vec<Entry>) -> Batch {
    Batch {
        expected_seq: entries[0].seq,
        entries,
        snapshot: None,
    }
}

pub fn fact(seq: u64) -> Entry {
    entry(
        seq,
        Time(seq as i64),
        Record::Fact(Fact::ConfigRefused {
            why: format!("entry {seq}"),
        }),
    )
}

pub fn reading(seq: u64, queue: &str, waiting: u32) -> Entry {
    let reading = Reading::of(queue, waiting);
    entry(seq, Time(seq as i64), Record::Input(Input::Reading { reading }))
}

pub fn snapshot(seq: u64) -> Snapshot {
    Snapshot {
        seq,
        at: Time(seq as i64),
        version: 1,
        state: format!("state {seq}").into_bytes(),
    }
}

/// One entry of every kind, and more where there is more to say.
pub fn entries() -> Vec<Entry> {
    let records = records().into_iter().zip(1..);
    records
        .map(|((record, _), seq)| Entry {
            unlogged: seq % 5 == 0,
            ..entry(seq, ELEVEN_FIVE + Millis(seq as i64), record)
        })
        .collect()
}

/// What happened, and how it is said in Shanghai.
pub fn records() -> Vec<(Record, &'static str)> {
    let started = Fact::Started {
        version: "0.1.0".into(),
        boot_id: "boot-1".into(),
        config_hash: "c0ffee".into(),
    };
    let ladder = Input::LadderInForce {
        queue: inbound(),
        ladder: "day".into(),
    };
    let reading = Reading {
        longest_wait: Some(Millis(41_000)),
        signed_in: Some(46),
        paused: Some(2),
        ..Reading::of("inbound", 7)
    };
    let mut records = vec![
        (Record::Fact(started), "surged 0.1.0 started, configuration c0ffee"),
        (Record::Input(ladder), "the calendar puts ladder day in force"),
        (
            Record::Input(Input::Reading { reading }),
            "7 waiting, longest 0:41, 46 signed in, 2 paused",
        ),
        (Record::Fact(Fact::Stopped), "surged stopped in good order"),
        (
            Record::Fact(Fact::ConfigRefused { why: "line 3".into() }),
            "changed configuration refused, the one before stays in force: line 3",
        ),
    ];
    records.extend(inputs().into_iter().map(|(it, words)| (Record::Input(it), words)));
    records.extend(orders().into_iter().map(|(order, words)| {
        let by = lin();
        (Record::Input(Input::Order { by, order }), words)
    }));
    let decisions = instructions().into_iter().chain(decisions()).chain(said_aloud());
    records.extend(decisions.map(|(what, words)| {
        let (at, queue) = (ELEVEN_FIVE, inbound());
        (Record::Decision(Decision { at, queue, what }), words)
    }));
    records
}

fn inputs() -> Vec<(Input, &'static str)> {
    let feed = Name::from("hotline");
    let answer = |answer| Input::Answer {
        instruction: InstructionId(7),
        by: lin(),
        answer,
    };
    vec![
        (
            Input::Configured {
                plan: Arc::new(Plan::default()),
            },
            "plan in force: 0 queues, 0 pools, 0 ladders",
        ),
        (Input::FeedConnected { feed: feed.clone() }, "feed hotline connected"),
        (
            Input::FeedDisconnected {
                feed: feed.clone(),
                why: "reset".into(),
            },
            "feed hotline lost its connection: reset",
        ),
        (
            Input::Heartbeat { feed: feed.clone() },
            "feed hotline is alive, nothing changed",
        ),
        (
            Input::SourceLost {
                feed,
                why: "restarting".into(),
            },
            "feed hotline has lost sight of its queues: restarting",
        ),
        (
            Input::QueueMissing { queue: inbound() },
            "the phone system no longer reports queue inbound",
        ),
        (
            Input::Delivery {
                instruction: InstructionId(7),
                reached: true,
            },
            "instruction 7 reached the floor",
        ),
        (
            Input::Delivery {
                instruction: InstructionId(7),
                reached: false,
            },
            "instruction 7 reached nobody",
        ),
        (
            answer(Answer::Seen { eta: None }),
            "Lin (supervisor 1042) to instruction 7: seen, takes it",
        ),
        (
            answer(Answer::Done {
                seats: Some(2),
                people: Some(vec!["E01".into(), "E02".into()]),
                note: Some("E03 is ill".into()),
            }),
            "Lin (supervisor 1042) to instruction 7: done with 2 (E01, E02): E03 is ill",
        ),
        (
            answer(Answer::Left {
                people: vec!["E02".into()],
                seats: None,
                reason: "went home".into(),
            }),
            "Lin (supervisor 1042) to instruction 7: E02 left: went home",
        ),
        (
            answer(Answer::Escalate {
                note: "no one here".into(),
            }),
            "Lin (supervisor 1042) to instruction 7: passed up: no one here",
        ),
    ]
}

fn orders() -> Vec<(Order, &'static str)> {
    let queue = inbound();
    vec![
        (
            Order::Call {
                queue: queue.clone(),
                tier: "quality".into(),
            },
            "Lin (supervisor 1042) orders: call quality now",
        ),
        (
            Order::Release {
                queue: queue.clone(),
                instruction: InstructionId(7),
            },
            "Lin (supervisor 1042) orders: take back the people of instruction 7 now",
        ),
        (
            Order::Pause {
                queue: queue.clone(),
                lasting: Millis::from_mins(90),
                reason: "drill".into(),
            },
            "Lin (supervisor 1042) orders: pause for 1:30:00: drill",
        ),
        (
            Order::Resume { queue: queue.clone() },
            "Lin (supervisor 1042) orders: end the pause",
        ),
        (
            Order::Incident {
                queue: queue.clone(),
                note: "billing down".into(),
                until: ELEVEN_FIVE,
            },
            "Lin (supervisor 1042) orders: an incident is known, expected until 2026-11-02 11:05:00.000+08:00: \
             billing down",
        ),
        (
            Order::IncidentOver { queue },
            "Lin (supervisor 1042) orders: the incident is over",
        ),
    ]
}

fn instructions() -> Vec<(What, &'static str)> {
    let experts = vec![part("expert", 4, &["E01", "E02", "E03", "E04"])];
    let above = |threshold, held, waiting| Reason::WaitingAbove {
        threshold,
        held: Millis::from_mins(held),
        waiting,
    };
    let calm = Reason::WaitingAtMost {
        threshold: 5,
        held: Millis::from_mins(5),
        waiting: 3,
    };
    let expert = instruction(Action::SignIn, "expert", experts.clone(), above(5, 5, 8));
    let short = Instruction {
        seats: Ask { min: 2, max: 3, ask: 1 },
        ..instruction(
            Action::SignIn,
            "back_office",
            vec![part("back_office", 1, &[])],
            above(10, 0, 12),
        )
    };
    let everyone = vec![part("expert", 2, &["E01", "E02"]), part("outbound", 10, &[])];
    let incident = Reason::Incident {
        note: "billing down".into(),
        until: ELEVEN_FIVE,
        waiting: 9,
    };
    let per_seat = Reason::WaitingPerSeatAbove {
        threshold: 0.15,
        held: Millis::from_mins(5),
        waiting: 9,
    };
    let longest = Reason::LongestWaitAbove {
        threshold: Millis::from_secs(60),
        held: Millis::from_mins(5),
        waiting: 9,
    };
    let expected = Reason::ExpectedWaitAbove {
        threshold: Millis::from_secs(60),
        held: Millis::ZERO,
        waiting: 9,
    };
    let unpooled = |seats| {
        vec![Part {
            pool: None,
            seats,
            people: vec![],
        }]
    };
    vec![
        (
            instruct(expert.clone()),
            "sign in expert: 4 (E01, E02, E03, E04) — 8 waiting, above 5 for 5:00 (instruction 7)",
        ),
        (
            instruct(short),
            "sign in back_office: 1, fewer than the 2 wanted — 12 waiting, above 10 (instruction 7)",
        ),
        (
            instruct(instruction(Action::SignIn, "everyone", everyone, per_seat)),
            "sign in everyone: 12 (expert E01 E02, outbound 10) — 9 waiting, above 0.15 a seat for 5:00 (instruction 7)",
        ),
        (
            instruct(taking_back(instruction(
                Action::SignOut,
                "expert",
                experts.clone(),
                calm.clone(),
            ))),
            "sign out expert: 4 (E01, E02, E03, E04) — 3 waiting, at most 5 for 5:00 (instruction 7, takes back 3)",
        ),
        (
            instruct(taking_back(instruction(Action::StandDown, "expert", experts, calm))),
            "stand down expert: 4 (E01, E02, E03, E04), no longer needed, who has moved already goes back — 3 waiting, at most 5 for \
             5:00 (instruction 7, takes back 3)",
        ),
        (
            instruct(instruction(Action::ExtendShift, "extend_shift", unpooled(2), longest)),
            "extend the shift: 2 — 9 waiting, longest wait above 1:00 for 5:00 (instruction 7)",
        ),
        (
            What::Instruct {
                instruction: instruction(Action::Overtime, "overtime", unpooled(6), incident),
                beside: true,
            },
            "call overtime: 6 — 9 waiting, incident expected until 2026-11-02 11:05:00.000+08:00: billing down \
             (instruction 7, beside the ladder)",
        ),
        (
            instruct(instruction(
                Action::CallIn,
                "standby",
                vec![part("standby", 5, &[])],
                expected,
            )),
            "call in standby: 5 — 9 waiting, expected wait above 1:00 (instruction 7)",
        ),
        (
            instruct(Instruction {
                reason: Reason::Order { by: lin() },
                by: Some(lin()),
                ..expert
            }),
            "sign in expert: 4 (E01, E02, E03, E04) — ordered by Lin (supervisor 1042) (instruction 7)",
        ),
    ]
}

fn decisions() -> Vec<(What, &'static str)> {
    let instruction = InstructionId(7);
    let skipped = |why| What::TierSkipped {
        tier: "quality".into(),
        why,
    };
    vec![
        (
            What::Settled {
                instruction,
                how: Settlement::Shown,
            },
            "instruction 7 settled: its people are on the phones",
        ),
        (
            What::Settled {
                instruction,
                how: Settlement::Time,
            },
            "instruction 7 settled: its time to take effect is up",
        ),
        (
            What::Freed { instruction },
            "the people of instruction 7 are free again",
        ),
        (
            skipped(Shortage::NobodyToGive {
                pools: vec!["quality".into()],
            }),
            "quality is due but passed over: nobody to give in quality",
        ),
        (
            skipped(Shortage::NoSeat { physical_seats: 60 }),
            "quality is due but passed over: all 60 physical seats are taken",
        ),
        (
            skipped(Shortage::Reserved { queue: "vip".into() }),
            "quality is due but passed over: who is left is kept for vip",
        ),
        (
            What::FeedLost {
                why: "no reading for 0:15".into(),
            },
            "blind, no instruction is given until the queue is seen again: no reading for 0:15",
        ),
        (
            What::BlindLong {
                since: ELEVEN_FIVE,
                out_of_place: vec![OutOfPlace {
                    instruction,
                    action: Action::SignIn,
                    tier: "expert".into(),
                    parts: vec![part("expert", 1, &["E01"])],
                }],
            },
            "still blind since 2026-11-02 11:05:00.000+08:00; out of place: expert: 1 (E01), instruction 7; watch the \
             queue by hand and send them back, last in first out, once it is calm",
        ),
        (
            What::BlindLong {
                since: ELEVEN_FIVE,
                out_of_place: vec![],
            },
            "still blind since 2026-11-02 11:05:00.000+08:00; nobody is out of place, watch the queue by hand",
        ),
        (
            What::PassedUp {
                instruction,
                level: 2,
                role: "manager".into(),
                skipped: vec!["shift_leader".into()],
                respond_by: ELEVEN_FIVE,
            },
            "instruction 7 goes up to manager, to respond by 2026-11-02 11:05:00.000+08:00; passed over and to be told: \
             shift_leader",
        ),
        (
            What::Unanswered { instruction },
            "instruction 7 is unanswered at the end of the chain of command",
        ),
        (
            What::SurgeOver { began: ELEVEN_FIVE },
            "the surge that began at 2026-11-02 11:05:00.000+08:00 is over",
        ),
        (
            What::Resumed { by: None },
            "resumed, the pause is at its end; windows begin anew",
        ),
        (
            What::Resumed { by: Some(lin()) },
            "resumed by Lin (supervisor 1042); windows begin anew",
        ),
    ]
}

fn said_aloud() -> Vec<(What, &'static str)> {
    let instruction = InstructionId(7);
    let feed = Actor {
        staff_no: "feed".into(),
        ..lin()
    };
    vec![
        (
            What::FeedBack {
                blind: Millis(75_000),
                anew: true,
            },
            "seen again after 1:15 blind; windows begin anew",
        ),
        (
            What::Answered {
                instruction,
                by: feed,
                answer: Answer::Done {
                    seats: None,
                    people: None,
                    note: None,
                },
            },
            "instruction 7 answered by the phone system: done",
        ),
        (
            What::Answered {
                instruction,
                by: lin(),
                answer: Answer::Declined {
                    reason: "training".into(),
                },
            },
            "instruction 7 answered by Lin (supervisor 1042): declined: training",
        ),
        (
            What::NobodyListening { instruction },
            "nobody is listening: instruction 7 reached nobody who may answer it",
        ),
        (
            What::Paused {
                by: lin(),
                until: ELEVEN_FIVE,
                reason: "drill".into(),
            },
            "paused by Lin (supervisor 1042) until 2026-11-02 11:05:00.000+08:00: drill",
        ),
        (
            What::Incident {
                by: lin(),
                note: "billing down".into(),
                until: Time::NEVER,
            },
            "incident declared by Lin (supervisor 1042), expected until a time beyond the calendar: billing down",
        ),
        (
            What::IncidentOver { by: lin() },
            "incident over, says Lin (supervisor 1042)",
        ),
        (
            What::LadderChanged {
                from: "day".into(),
                to: "night".into(),
            },
            "ladder night in force, before it day",
        ),
    ]
}

fn entry(seq: u64, at: Time, record: Record) -> Entry {
    Entry {
        seq,
        at,
        record,
        unlogged: false,
    }
}

fn inbound() -> Name {
    "inbound".into()
}

fn lin() -> Actor {
    Actor {
        name: "Lin".into(),
        staff_no: "1042".into(),
        role: "supervisor".into(),
    }
}

fn part(pool: &str, seats: u32, people: &[&str]) -> Part {
    Part {
        pool: Some(pool.into()),
        seats,
        people: people.iter().map(|it| Name::from(*it)).collect(),
    }
}

fn instruct(instruction: Instruction) -> What {
    What::Instruct {
        instruction,
        beside: false,
    }
}

fn instruction(action: Action, tier: &str, parts: Vec<Part>, reason: Reason) -> Instruction {
    let ask = parts.iter().map(|it| it.seats).sum();
    Instruction {
        id: InstructionId(7),
        at: ELEVEN_FIVE,
        queue: inbound(),
        action,
        tier: tier.into(),
        parts,
        seats: Ask {
            min: ask,
            max: ask,
            ask,
        },
        reason,
        respond_by: None,
        of: None,
        by: None,
    }
}

fn taking_back(instruction: Instruction) -> Instruction {
    Instruction {
        of: Some(InstructionId(3)),
        ..instruction
    }
}
