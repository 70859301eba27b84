//! Decisions of every kind, each with its sentence.

use super::samples::{ELEVEN_FIVE, inbound, lin};
use surged::core::ladder::Target;
use surged::core::{
    Action, Actor, Answer, Approval, Ask, CallsPerHour, Found, Instruction, InstructionId, Judged, Millis, Missing,
    Name, Origin, OutOfPlace, Part, Reason, Recounted, Requirement, Settlement, Shortage, Time, What,
};

pub fn instructions() -> Vec<(What, &'static str)> {
    let experts = vec![part("expert", 4, &["E01", "E02", "E03", "E04"])];
    let above = |threshold, held, waiting| Reason::WaitingAbove {
        threshold,
        held: Millis::from_mins(held),
        waiting,
        judged: Judged::Every,
    };
    let calm = Reason::WaitingAtMost {
        threshold: 5,
        held: Millis::from_mins(5),
        waiting: 3,
        judged: Judged::Every,
    };
    let expert = instruction(Action::SignIn, "expert", experts.clone(), above(5, 5, 8));
    let short = Instruction {
        hold: None,
        lasting: None,
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
        measured: None,
        held: Millis::from_mins(5),
        waiting: 9,
        judged: Judged::Every,
    };
    let longest = Reason::LongestWaitAbove {
        threshold: Millis::from_secs(60),
        measured: None,
        held: Millis::from_mins(5),
        waiting: 9,
        judged: Judged::Every,
    };
    let expected = Reason::ExpectedWaitAbove {
        threshold: Millis::from_secs(60),
        measured: None,
        held: Millis::ZERO,
        waiting: 9,
        judged: Judged::Every,
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
            "sign in everyone: 12 (expert E01 E02, outbound 10) — 9 waiting, above 0.15 a seat for 5:00 \
             (instruction 7)",
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
            "stand down expert: 4 (E01, E02, E03, E04), no longer needed, who has moved already goes back — 3 waiting, \
             at most 5 for 5:00 (instruction 7, takes back 3)",
        ),
        (
            instruct(instruction(Action::ExtendShift, "extend_shift", unpooled(2), longest)),
            "extend the shift: 2 — 9 waiting, longest wait above 1:00 for 5:00 (instruction 7)",
        ),
        (
            instruct(Instruction {
                hold: None,
                lasting: None,
                computed: Some(Box::new(Requirement {
                    paused: None,
                    on_their_way: 0,
                    calls_per_hour: Some(CallsPerHour {
                        value: 920,
                        origin: Origin::Measured,
                    }),
                    handle_time: Some(Millis::from_mins(3)),
                    patience: Some(Millis::from_mins(2)),
                    target: Some(Target {
                        answered: 0.9,
                        within: Millis::from_secs(20),
                    }),
                    signed_in: Some(52),
                    free_seats: Some(8),
                    required: Some(63),
                    reachable: Some(false),
                    missing: vec![],
                })),
                ..instruction(Action::Overtime, "overtime", unpooled(8), above(10, 5, 12))
            }),
            "call overtime: 8 (Needed: 63 · 920 calls/h (measured) · 3:00 each · patience 2:00 · 90 % within 0:20 · 52 signed in · \
             8 seats free · too few for the target, no more can be asked for) — 12 waiting, above 10 for 5:00 (instruction 7)",
        ),
        (
            instruct(Instruction {
                hold: None,
                lasting: None,
                computed: Some(Box::new(Requirement {
                    paused: None,
                    on_their_way: 0,
                    calls_per_hour: None,
                    handle_time: None,
                    patience: None,
                    target: None,
                    signed_in: None,
                    free_seats: Some(1),
                    required: None,
                    reachable: None,
                    missing: vec![
                        Missing::CallsPerHour,
                        Missing::HandleTime,
                        Missing::Target,
                        Missing::SignedIn,
                    ],
                })),
                ..instruction(Action::Overtime, "overtime", unpooled(2), above(10, 5, 12))
            }),
            "call overtime: 2 (1 seat free · The plan's fallback; missing: calls an hour, handling time, the target, who is \
             signed in) — 12 waiting, above 10 for 5:00 (instruction 7)",
        ),
        (
            What::Instruct {
                instruction: instruction(Action::Overtime, "overtime", unpooled(6), incident),
                beside: true,
            },
            "call overtime: 6 — Incident until 2026-11-02 11:05:00.000+08:00: billing down (9 waiting) \
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
                hold: None,
                lasting: None,
                reason: Reason::Order { by: lin() },
                by: Some(lin()),
                ..expert
            }),
            "sign in expert: 4 (E01, E02, E03, E04) — Ordered by Lin (1042) (instruction 7)",
        ),
    ]
}

/// Windows that were not judged by every moment.
pub fn judgements() -> Vec<(What, &'static str)> {
    let (held, waiting) = (Millis::from_mins(5), 8);
    let mean = |mean| Judged::Mean { mean: Some(mean) };
    let threshold = Millis::from_secs(60);
    let reasons = [
        (
            Reason::WaitingAbove {
                threshold: 5,
                held,
                waiting,
                judged: mean(6.2),
            },
            "sign in expert: 1 (E01) — 8 waiting, above 5 by the mean over 5:00: 6.2 (instruction 7)",
        ),
        (
            Reason::WaitingAtMost {
                threshold: 5,
                held,
                waiting,
                judged: Judged::Share { share: 0.8312 },
            },
            "sign in expert: 1 (E01) — 8 waiting, at most 5 for 83 % of 5:00 (instruction 7)",
        ),
        (
            Reason::LongestWaitAbove {
                threshold,
                measured: None,
                held,
                waiting,
                judged: mean(65.5),
            },
            "sign in expert: 1 (E01) — 8 waiting, longest wait above 1:00 by the mean over 5:00: 1:05 (instruction 7)",
        ),
        (
            Reason::WaitingPerSeatAbove {
                threshold: 0.15,
                measured: None,
                held,
                waiting,
                judged: mean(0.184),
            },
            "sign in expert: 1 (E01) — 8 waiting, above 0.15 a seat by the mean over 5:00: 0.18 (instruction 7)",
        ),
        (
            Reason::LongestWaitAbove {
                threshold,
                measured: Some(65.0),
                held,
                waiting,
                judged: Judged::Every,
            },
            "sign in expert: 1 (E01) — 8 waiting, longest wait 1:05, above 1:00 for 5:00 (instruction 7)",
        ),
        (
            Reason::All {
                held,
                waiting,
                all: vec![
                    Reason::AnsweredShareBelow {
                        threshold: 0.8,
                        over: Millis::from_mins(10),
                        measured: Some(0.625),
                        held,
                        waiting,
                        judged: Judged::Every,
                    },
                    Reason::RisingAbove {
                        threshold: 5,
                        over: Millis::from_mins(3),
                        measured: Some(6.0),
                        held,
                        waiting,
                        judged: Judged::Every,
                    },
                ],
            },
            "sign in expert: 1 (E01) — 8 waiting, 62.5 % answered in time over 10:00, below 80 % for 5:00; 8 waiting, 6 more than 3:00 \
             before, above 5 for 5:00 (instruction 7)",
        ),
        (
            Reason::ExpectedWaitAbove {
                threshold,
                measured: None,
                held,
                waiting,
                judged: Judged::Mean { mean: None },
            },
            "sign in expert: 1 (E01) — 8 waiting, expected wait above 1:00 by the mean over 5:00: – (instruction 7)",
        ),
    ];
    let said = |(reason, words)| {
        let expert = instruction(Action::SignIn, "expert", vec![part("expert", 1, &["E01"])], reason);
        (instruct(expert), words)
    };
    reasons.into_iter().map(said).collect()
}

pub fn decisions() -> Vec<(What, &'static str)> {
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
            What::Freed {
                instruction,
                parts: Vec::new(),
                how: Settlement::Time,
            },
            "the people of instruction 7 are free again",
        ),
        (
            skipped(Shortage::NobodyToGive {
                pools: vec!["quality".into()],
            }),
            "quality is due but passed over: Nobody to give",
        ),
        (
            skipped(Shortage::NoSeat { physical_seats: 60 }),
            "quality is due but passed over: No free seat of 60",
        ),
        (
            skipped(Shortage::Reserved { queue: "vip".into() }),
            "quality is due but passed over: Kept for vip",
        ),
        (
            skipped(Shortage::Resting { until: ELEVEN_FIVE }),
            "quality is due but passed over: Resting, back a short while ago; from 2026-11-02 11:05:00.000+08:00",
        ),
        (
            skipped(Shortage::OffDuty { until: None }),
            "quality is due but passed over: Nobody is on duty",
        ),
        (
            skipped(Shortage::Protected {
                queue: "vip".into(),
                waiting_at_most: 2,
            }),
            "quality is due but passed over: vip lends while at most 2 wait there",
        ),
        (
            skipped(Shortage::MaxBorrowed { max: 9 }),
            "quality is due but passed over: 9 borrowed already, no more allowed",
        ),
        (
            skipped(Shortage::MaxMovesPerHour {
                max: 6,
                until: ELEVEN_FIVE,
            }),
            "quality is due but passed over: 6 calls within the hour; again at 2026-11-02 11:05:00.000+08:00",
        ),
        (
            skipped(Shortage::NobodyStays {
                ends_within: Millis::from_mins(60),
            }),
            "quality is due but passed over: Nobody whose shift ends within 1:00:00 may stay longer",
        ),
        (
            What::ApprovalAsked {
                approval: Approval {
                    role: None,
                    tier: "expert".into(),
                    action: Action::SignIn,
                    parts: vec![part("expert", 2, &["E01", "E02"])],
                    seats: Ask { min: 2, max: 3, ask: 2 },
                    reason: Reason::WaitingAbove {
                        threshold: 5,
                        held: Millis::from_mins(5),
                        waiting: 8,
                        judged: Judged::Every,
                    },
                    beside: false,
                    since: ELEVEN_FIVE,
                    times: 2,
                    again_at: ELEVEN_FIVE,
                    granted: None,
                },
            },
            "expert is due and asks again for a leader's yes: 2 (E01, E02) — 8 waiting, above 5 for 5:00",
        ),
        (
            What::ApprovalLapsed { tier: "expert".into() },
            "expert is not due any more and asks for no yes",
        ),
        (
            What::Approved {
                by: lin(),
                tier: "expert".into(),
            },
            "yes to expert from Lin (supervisor 1042)",
        ),
        (
            What::ApprovalRefused {
                by: lin(),
                tier: "expert".into(),
                reason: "we can bear it".into(),
                until: ELEVEN_FIVE,
            },
            "no to expert from Lin (supervisor 1042): we can bear it; passed over until 2026-11-02 11:05:00.000+08:00",
        ),
        (
            What::NotShown {
                near: Vec::new(),
                instruction,
                seats: 3,
                shown: 1,
            },
            "instruction 7 was said to be done with 3, and the feed shows 1: are they there?",
        ),
        (
            What::Counted {
                by: lin(),
                moves: vec![Recounted {
                    instruction,
                    tier: "expert".into(),
                    before: vec![part("expert", 2, &["E01", "E02"])],
                    after: vec![],
                }],
                found: vec![Found {
                    instruction: InstructionId(9),
                    tier: "quality".into(),
                    part: part("quality", 1, &[]),
                }],
            },
            "the floor was counted by Lin (supervisor 1042); expert (instruction 7): nobody is there, taken for 2; found \
             without a move and put on quality (instruction 9): 1",
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
                promise: None,
                instruction,
                level: 2,
                role: "manager".into(),
                skipped: vec!["shift_leader".into()],
                respond_by: ELEVEN_FIVE,
            },
            "instruction 7 goes up to manager, to respond by 2026-11-02 11:05:00.000+08:00; passed over and to be \
             told: shift_leader",
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

pub fn said_aloud() -> Vec<(What, &'static str)> {
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
            What::IncidentOver { by: Some(lin()) },
            "incident over, says Lin (supervisor 1042)",
        ),
        (
            What::LadderChanged {
                from: "day".into(),
                to: "night".into(),
            },
            "ladder night in force, before it day",
        ),
        (
            What::Gone {
                instruction,
                people: vec!["E01".into(), "E02".into()],
                left_at: ELEVEN_FIVE,
            },
            "E01, E02 of instruction 7 are not on the phones any more: back, or left? They count as left at 2026-11-02 11:05:00.000+08:00",
        ),
        (
            What::TakenAsLeft {
                instruction,
                people: vec!["E01".into()],
            },
            "E01 have left instruction 7: nobody said otherwise",
        ),
        (
            What::IncidentEnds {
                until: ELEVEN_FIVE,
                over_at: ELEVEN_FIVE,
            },
            "the incident was expected to end at 2026-11-02 11:05:00.000+08:00: extend it, or it is over at 2026-11-02 11:05:00.000+08:00",
        ),
        (
            What::OnlyMovesCounted {},
            "the feed does not tell who is signed in: of the physical seats only moves are counted",
        ),
    ]
}

pub fn part(pool: &str, seats: u32, people: &[&str]) -> Part {
    Part {
        pool: Some(pool.into()),
        seats,
        people: people.iter().map(|it| Name::from(*it)).collect(),
    }
}

pub fn instruct(instruction: Instruction) -> What {
    What::Instruct {
        instruction,
        beside: false,
    }
}

pub fn instruction(action: Action, tier: &str, parts: Vec<Part>, reason: Reason) -> Instruction {
    let ask = parts.iter().map(|it| it.seats).sum();
    Instruction {
        hold: None,
        lasting: None,
        chosen: Vec::new(),
        shadow: false,
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
        computed: None,
        reason,
        respond_by: None,
        of: None,
        by: None,
    }
}

fn taking_back(instruction: Instruction) -> Instruction {
    Instruction {
        hold: None,
        lasting: None,
        of: Some(InstructionId(3)),
        ..instruction
    }
}
