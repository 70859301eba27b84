//! What programs outside rely on, as files: a change of them is a change of the contract.

use crate::stage::instruction;
use surged::core::ladder::Target;
use surged::core::{
    Action, Actor, Answer, Approval, Ask, CallsPerHour, Chosen, Decision, Found, Instead, InstructionId, Judged, Lost,
    Millis, Missing, Name, NearMiss, Origin, OutOfPlace, Part, Promise, Reason, Recounted, Requirement, Settlement,
    Shortage, Time, Unseen, What,
};
use surged::floor::openapi;
use surged::journal::{Entry, Fact, Record};
use surged::wire::{self, ServerMessage};

#[test]
fn schema_of_the_messages() {
    insta::assert_snapshot!(pretty(&wire::schema()));
}

#[test]
fn description_of_the_http_interface() {
    insta::assert_snapshot!(pretty(&openapi()));
}

/// Each decision, and each fact about the daemon itself, as the floor is told of it.
#[test]
fn what_the_floor_is_told() {
    let at = Time(1_793_589_900_000);
    let decided = decisions().into_iter().map(|what| {
        Record::Decision(Decision {
            at,
            queue: "inbound".into(),
            what,
        })
    });
    let told: Vec<String> = decided
        .chain(facts().into_iter().map(Record::Fact))
        .map(|record| {
            let entry = Entry {
                seq: 7,
                at,
                record,
                unlogged: false,
            };
            ServerMessage::of(&entry).map_or("nothing".into(), |message| message.encode())
        })
        .collect();
    let told = told.join("\n");
    let schema = wire::schema();
    for kind in ["NoticeMessage", "ReasonMessage"] {
        let each = schema["$defs"][kind]["oneOf"].as_array().unwrap();
        for code in each.iter().map(|it| &it["properties"]["code"]["const"]) {
            assert!(
                told.contains(&format!("\"code\":{code}")),
                "{kind} {code} is nowhere told"
            );
        }
    }
    insta::assert_snapshot!(told);
}

fn decisions() -> Vec<What> {
    let by = || Actor {
        name: "Li Na".into(),
        staff_no: "S1".into(),
        role: "manager".into(),
    };
    let part = |pool: &str| Part {
        pool: Some(pool.into()),
        seats: 2,
        people: vec![Name::from(format!("{pool} 1")), Name::from(format!("{pool} 2"))],
    };
    let (until, it) = (Time(1_793_590_000_000), InstructionId(4));
    let instruct = |reason: Reason, parts: Vec<Part>, of: Option<InstructionId>| What::Instruct {
        instruction: surged::core::Instruction {
            reason,
            parts,
            of,
            respond_by: None,
            ..instruction(4)
        },
        beside: false,
    };
    let answered = |answer| What::Answered {
        instruction: it,
        by: by(),
        answer,
    };
    let overtime = surged::core::Instruction {
        action: surged::core::Action::Overtime,
        tier: "overtime".into(),
        computed: Some(Box::new(Requirement {
            paused: None,
            on_their_way: 0,
            calls_per_hour: Some(CallsPerHour {
                value: 920,
                origin: Origin::Measured,
            }),
            handle_time: Some(Millis(180_000)),
            patience: None,
            target: Some(Target {
                answered: 0.9,
                within: Millis(20_000),
            }),
            signed_in: None,
            free_seats: Some(8),
            required: Some(63),
            reachable: None,
            missing: vec![Missing::SignedIn],
        })),
        ..instruction(4)
    };
    let (held, waiting) = (Millis(1500), 11);
    let note = || "words".to_string();
    let skipped = |why| What::TierSkipped {
        tier: "expert".into(),
        why,
    };
    vec![
        instruct(
            Reason::WaitingAtMost {
                threshold: 5,
                held,
                waiting,
                judged: Judged::Every,
            },
            vec![part("a"), part("b")],
            Some(it),
        ),
        instruct(
            Reason::WaitingAbove {
                threshold: 5,
                held,
                waiting,
                judged: Judged::Mean { mean: Some(6.25) },
            },
            vec![part("a")],
            None,
        ),
        instruct(
            Reason::WaitingAbove {
                threshold: 5,
                held,
                waiting,
                judged: Judged::Share { share: 0.8 },
            },
            vec![part("a")],
            None,
        ),
        instruct(
            Reason::LongestWaitAbove {
                threshold: Millis(60_000),
                measured: None,
                held,
                waiting,
                judged: Judged::Mean { mean: Some(65.5) },
            },
            vec![part("a")],
            None,
        ),
        instruct(
            Reason::LongestWaitAbove {
                threshold: Millis(60_000),
                measured: None,
                held,
                waiting,
                judged: Judged::Every,
            },
            vec![],
            None,
        ),
        instruct(
            Reason::WaitingPerSeatAbove {
                threshold: 0.15,
                measured: None,
                held,
                waiting,
                judged: Judged::Every,
            },
            vec![part("a")],
            None,
        ),
        instruct(
            Reason::ExpectedWaitAbove {
                threshold: Millis(60_000),
                measured: None,
                held,
                waiting,
                judged: Judged::Every,
            },
            vec![part("a")],
            None,
        ),
        instruct(
            Reason::Incident {
                note: note(),
                until,
                waiting,
            },
            vec![part("a")],
            None,
        ),
        instruct(Reason::Order { by: by() }, vec![part("a")], None),
        What::Instruct {
            instruction: overtime,
            beside: false,
        },
        answered(Answer::Seen {
            eta: Some(Millis(90_000)),
        }),
        answered(Answer::Done {
            seats: Some(2),
            people: Some(vec!["E01".into()]),
            note: Some(note()),
        }),
        answered(Answer::Declined { reason: note() }),
        answered(Answer::Left {
            people: vec![],
            seats: Some(1),
            reason: note(),
        }),
        answered(Answer::Escalate { note: note() }),
        What::Settled {
            instruction: it,
            how: Settlement::Shown,
        },
        What::Settled {
            instruction: it,
            how: Settlement::Time,
        },
        What::Unanswered { instruction: it },
        What::Freed {
            instruction: it,
            parts: Vec::new(),
            how: Settlement::Time,
        },
        What::SurgeOver { began: until },
        skipped(Shortage::NobodyToGive {
            pools: vec!["expert".into()],
        }),
        skipped(Shortage::NoSeat { physical_seats: 60 }),
        skipped(Shortage::Reserved { queue: "gold".into() }),
        What::FeedLost {
            why: Lost::Said(note()),
        },
        What::FeedLost {
            why: Lost::Found(Unseen::Silent { after: held }),
        },
        What::FeedLost {
            why: Lost::Found(Unseen::Missing),
        },
        What::FeedBack {
            blind: held,
            anew: true,
        },
        What::BlindLong {
            since: until,
            out_of_place: vec![OutOfPlace {
                instruction: it,
                action: Action::SignIn,
                tier: "expert".into(),
                parts: vec![part("a")],
            }],
        },
        What::PassedUp {
            promise: None,
            instruction: it,
            level: 2,
            role: "manager".into(),
            skipped: vec!["shift_leader".into()],
            respond_by: until,
        },
        What::NobodyListening { instruction: it },
        What::Incident {
            by: by(),
            note: note(),
            until,
        },
        What::IncidentOver { by: Some(by()) },
        What::IncidentOver { by: None },
        What::Paused {
            by: by(),
            until,
            reason: note(),
        },
        What::Resumed { by: None },
        What::LadderChanged {
            from: "day".into(),
            to: "night".into(),
        },
    ]
    .into_iter()
    .chain(of_leaders_and_counts())
    .chain(of_sight_and_promises())
    .chain(by_shares_and_severe())
    .collect()
}

/// What leaders are asked and say, what is decided in shadow, and what a count of the floor finds.
fn of_leaders_and_counts() -> Vec<What> {
    let by = || Actor {
        name: "Chen Jie".into(),
        staff_no: "L01".into(),
        role: "shift_leader".into(),
    };
    let tier = || Name::from("expert");
    let part = |people: &[&str]| Part {
        pool: Some("expert".into()),
        seats: people.len() as u32,
        people: people.iter().copied().map(Name::from).collect(),
    };
    let (since, later, it) = (Time(1_793_589_900_000), Time(1_793_590_020_000), InstructionId(4));
    let instruct = |instruction| What::Instruct {
        instruction,
        beside: false,
    };
    let approval = |granted| Approval {
        role: None,
        tier: tier(),
        action: Action::SignIn,
        parts: vec![part(&["E01", "E02"])],
        seats: Ask { min: 2, max: 3, ask: 2 },
        reason: Reason::WaitingAbove {
            threshold: 5,
            held: Millis(300_000),
            waiting: 8,
            judged: Judged::Every,
        },
        beside: false,
        since,
        times: 2,
        again_at: later,
        granted,
    };
    let skipped = |why| What::TierSkipped { tier: tier(), why };
    vec![
        instruct(surged::core::Instruction {
            by: Some(by()),
            chosen: vec![
                Chosen {
                    person: "E01".into(),
                    asked_at: None,
                    times: 0,
                    until: None,
                },
                Chosen {
                    person: "E02".into(),
                    asked_at: Some(since),
                    times: 3,
                    until: Some(later),
                },
            ],
            ..instruction(4)
        }),
        instruct(surged::core::Instruction {
            shadow: true,
            ..instruction(5)
        }),
        instruct(surged::core::Instruction {
            reason: Reason::MaxStay {
                pool: "expert".into(),
                max_stay: Millis(7_200_000),
                waiting: 9,
            },
            ..instruction(6)
        }),
        What::ApprovalAsked {
            approval: approval(None),
        },
        What::ApprovalAsked {
            approval: approval(Some(by())),
        },
        What::ApprovalLapsed { tier: tier() },
        What::Approved { by: by(), tier: tier() },
        What::ApprovalRefused {
            by: by(),
            tier: tier(),
            reason: "it eases".into(),
            until: later,
        },
        What::NotShown {
            near: Vec::new(),
            instruction: it,
            seats: 3,
            shown: 1,
        },
        What::Counted {
            by: by(),
            moves: vec![Recounted {
                instruction: it,
                tier: tier(),
                before: vec![part(&["E01", "E02"])],
                after: Vec::new(),
            }],
            found: vec![Found {
                instruction: InstructionId(9),
                tier: "outbound".into(),
                part: part(&["E03"]),
            }],
        },
        skipped(Shortage::Resting { until: later }),
        skipped(Shortage::OffDuty { until: None }),
        skipped(Shortage::Protected {
            queue: "gold".into(),
            waiting_at_most: 2,
        }),
        skipped(Shortage::MaxBorrowed { max: 12 }),
        skipped(Shortage::MaxMovesPerHour { max: 4, until: later }),
        skipped(Shortage::NobodyStays {
            ends_within: Millis(3_600_000),
        }),
    ]
}

/// Whom the phone system shows gone or as somebody else, what was promised, and what is about to end.
fn of_sight_and_promises() -> Vec<What> {
    let (at, later, instruction) = (Time(1_793_589_900_000), Time(1_793_590_020_000), InstructionId(4));
    let people = || vec![Name::from("E01"), Name::from("E02")];
    let miss = |instead| NearMiss {
        person: "E01".into(),
        instead,
    };
    vec![
        What::FeedLost {
            why: Lost::Found(Unseen::NeverRead { after: Millis(15_000) }),
        },
        What::Gone {
            instruction,
            people: people(),
            left_at: later,
        },
        What::TakenAsLeft {
            instruction,
            people: people(),
        },
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
        What::PassedUp {
            instruction,
            level: 1,
            role: "shift_leader".into(),
            skipped: Vec::new(),
            respond_by: later,
            promise: Some(Promise {
                by: Actor {
                    name: "Li Na".into(),
                    staff_no: "S1".into(),
                    role: "supervisor".into(),
                },
                at,
            }),
        },
        What::TierSkipped {
            tier: "expert".into(),
            why: Shortage::OffDuty { until: Some(later) },
        },
        What::IncidentEnds {
            until: at,
            over_at: later,
        },
        What::OnlyMovesCounted {},
    ]
}

/// Reasons that are shares, rises, several at once, or severe.
fn by_shares_and_severe() -> Vec<What> {
    let (threshold, over, measured) = (0.8, Millis(900_000), Some(0.5));
    let (held, waiting) = (Millis(300_000), 11);
    let judged = Judged::Share { share: 0.9 };
    let reasons = vec![
        Reason::AnsweredShareBelow {
            threshold,
            over,
            measured,
            held,
            waiting,
            judged,
        },
        Reason::AnsweredShareAtLeast {
            threshold,
            over,
            measured,
            held,
            waiting,
            judged,
        },
        Reason::AbandonedShareAbove {
            threshold,
            over,
            measured,
            held,
            waiting,
            judged,
        },
        Reason::RisingAbove {
            threshold: 4,
            over,
            measured: Some(6.0),
            held,
            waiting,
            judged,
        },
        Reason::WaitingPerSeatAbove {
            threshold: 0.15,
            measured: Some(0.25),
            held,
            waiting,
            judged,
        },
        Reason::ExpectedWaitAbove {
            threshold: Millis(60_000),
            measured: Some(75.5),
            held,
            waiting,
            judged: Judged::Mean { mean: Some(70.0) },
        },
    ];
    let all = Reason::All {
        held,
        waiting,
        all: reasons.clone(),
    };
    let severe = Reason::Severe {
        why: Box::new(reasons[0].clone()),
    };
    let given = reasons.into_iter().chain([all, severe]).map(|reason| What::Instruct {
        instruction: surged::core::Instruction {
            reason,
            ..instruction(4)
        },
        beside: false,
    });
    given.collect()
}

/// What the floor must know of the daemon itself.
fn facts() -> Vec<Fact> {
    let by = || Actor {
        name: "Li Na".into(),
        staff_no: "S1".into(),
        role: "supervisor".into(),
    };
    let failing = |failing| Fact::JournalFailing {
        failing,
        why: "no space left".into(),
    };
    let quiet_over = |by| Fact::QuietOver {
        queue: "inbound".into(),
        by,
    };
    vec![
        Fact::ConfigChanged {
            hash: "d1".into(),
            changes: vec!["queue `inbound` changed".into()],
        },
        Fact::ConfigRefused {
            problems: vec!["no such pool".into()],
        },
        failing(true),
        failing(false),
        Fact::Quieted {
            queue: "inbound".into(),
            by: by(),
            until: Time(1_793_590_020_000),
            reason: "drill".into(),
        },
        quiet_over(Some(by())),
        quiet_over(None),
        Fact::Stopped,
    ]
}

/// Nothing in the documents points at what is not there.
#[test]
fn every_reference_is_defined() {
    for document in [wire::schema(), openapi()] {
        let mut open = vec![&document];
        while let Some(value) = open.pop() {
            if let Some(reference) = value.get("$ref").and_then(|it| it.as_str()) {
                let place = reference.strip_prefix('#').unwrap();
                assert!(document.pointer(place).is_some(), "{reference}");
            }
            open.extend(value.as_object().into_iter().flat_map(|it| it.values()));
            open.extend(value.as_array().into_iter().flatten());
        }
    }
}

fn pretty(document: &serde_json::Value) -> String {
    serde_json::to_string_pretty(document).unwrap()
}
