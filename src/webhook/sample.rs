//! One event of every kind, by which templates are tried before they are needed. Their texts hold what people type: quotes,
//! lines, signs of markup.

use super::event::{Event, Standing, Telling};
use crate::core::{Action, InstructionId, Name, Time};
use crate::wire::{
    AnswerMessage, AnswerStatus, ApprovalMessage, By, InsteadMessage, InstructionMessage, JudgedMessage, LostBecause,
    NearMissMessage, Notice, NoticeMessage, OutOfPlaceMessage, PoolPart, PromiseMessage, ReasonMessage, Seats,
    ServerMessage, SkippedBecause, Stamp,
};

/// What people type.
const NOTE: &str = "\"billing\" is down\n{{ 1 }} \\ <b>";
/// 2 November 2026, 11:25 in Shanghai.
const AT: Stamp = Stamp(Time(1_793_589_900_000));
const ID: InstructionId = InstructionId(7);

/// Events by kind; several where a kind has several shapes.
pub fn events() -> Vec<(String, Event)> {
    let mut telling = Telling::new("1793589900000".to_owned(), Standing::default(), |_| false);
    let mut messages = vec![ServerMessage::Instruction(instruction(Some("expert".into()), None))];
    let pools = ["expert", "quality"].map(|pool| PoolPart {
        pool: Some(pool.into()),
        seats: 1,
        people: vec!["E01".into()],
    });
    messages.push(ServerMessage::Instruction(instruction(None, Some(pools.into()))));
    messages.push(ServerMessage::Instruction(InstructionMessage {
        action: Action::Overtime,
        reason: ReasonMessage::Incident {
            note: NOTE.into(),
            until: AT,
            waiting: 8,
        },
        people: Vec::new(),
        respond_by: None,
        ..instruction(None, None)
    }));
    messages.extend([AnswerStatus::Declined, AnswerStatus::Done, AnswerStatus::Unanswered].map(answer));
    messages.extend(of_queue().map(|it| notice(Some("inbound".into()), it)));
    messages.extend(of_house().map(|it| notice(None, it)));
    let events = messages.into_iter().enumerate();
    events
        .filter_map(|(seq, message)| telling.event(seq as u64 + 1, message, false))
        .map(|event| (event.kind.clone(), event))
        .collect()
}

pub(super) fn instruction(pool: Option<Name>, pools: Option<Vec<PoolPart>>) -> InstructionMessage {
    InstructionMessage {
        seq: Some(1),
        id: ID,
        at: AT,
        queue: "inbound".into(),
        action: Action::SignIn,
        tier: "expert".into(),
        pool,
        pools,
        seats: Seats { min: 2, max: 3, ask: 2 },
        computed: None,
        people: vec!["E01".into(), "E02".into()],
        chosen: Vec::new(),
        by: None,
        reason: ReasonMessage::WaitingAbove {
            threshold: 5,
            held_s: 300.0,
            waiting: 8,
            judged: JudgedMessage::default(),
        },
        respond_by: Some(AT),
        of: None,
        unlogged: false,
    }
}

fn answer(status: AnswerStatus) -> ServerMessage {
    let by_people = status != AnswerStatus::Unanswered;
    ServerMessage::Answer(AnswerMessage {
        seq: 1,
        instruction: ID,
        queue: "inbound".into(),
        status,
        by: by_people.then(by),
        seats: None,
        people: None,
        eta_s: None,
        note: by_people.then(|| NOTE.into()),
        at: AT,
    })
}

fn of_queue() -> [Notice; 24] {
    let tier = || Name::from("expert");
    [
        Notice::PassedUp {
            instruction: ID,
            level: 1,
            role: "shift_leader".into(),
            skipped: Vec::new(),
            respond_by: AT,
            promise: Some(PromiseMessage { by: by(), at: AT }),
        },
        Notice::NobodyListening { instruction: ID },
        Notice::FeedLost {
            why: LostBecause::Said { why: NOTE.into() },
        },
        Notice::FeedBack {
            blind_s: 42.0,
            anew: false,
        },
        Notice::BlindLong {
            since: AT,
            out_of_place: vec![OutOfPlaceMessage {
                instruction: ID,
                action: Action::SignIn,
                tier: tier(),
                pools: Vec::new(),
            }],
        },
        Notice::TierSkipped {
            tier: tier(),
            why: SkippedBecause::NobodyToGive {
                pools: vec!["expert".into()],
            },
        },
        Notice::SeatsExhausted {
            tier: tier(),
            physical_seats: 60,
        },
        Notice::ApprovalAsked {
            approval: ApprovalMessage {
                tier: tier(),
                action: Action::SignIn,
                pools: Vec::new(),
                seats: Seats { min: 2, max: 3, ask: 2 },
                people: vec!["E01".into()],
                reason: ReasonMessage::WaitingAbove {
                    threshold: 5,
                    held_s: 300.0,
                    waiting: 8,
                    judged: JudgedMessage::default(),
                },
                since: AT,
                times: 1,
                again_at: AT,
                granted: None,
            },
        },
        Notice::ApprovalLapsed { tier: tier() },
        Notice::Approved { by: by(), tier: tier() },
        Notice::ApprovalRefused {
            by: by(),
            tier: tier(),
            reason: NOTE.into(),
            until: AT,
        },
        Notice::NotShown {
            instruction: ID,
            seats: 3,
            shown: 1,
            near: vec![NearMissMessage {
                person: "E01".into(),
                instead: InsteadMessage::OtherSpelling {
                    people: vec!["e01".into()],
                },
            }],
        },
        Notice::Counted {
            by: by(),
            moves: Vec::new(),
            found: Vec::new(),
        },
        Notice::Incident {
            by: by(),
            note: NOTE.into(),
            until: AT,
        },
        Notice::IncidentEnds { until: AT, over_at: AT },
        Notice::IncidentOver { by: Some(by()) },
        Notice::Gone {
            instruction: ID,
            people: vec!["E01".into()],
            left_at: AT,
        },
        Notice::TakenAsLeft {
            instruction: ID,
            people: vec!["E01".into()],
        },
        Notice::OnlyMovesCounted,
        Notice::Paused {
            by: by(),
            until: AT,
            reason: NOTE.into(),
        },
        Notice::Quieted {
            by: by(),
            until: AT,
            reason: NOTE.into(),
        },
        Notice::QuietOver { by: None },
        Notice::Resumed { by: None },
        Notice::LadderChanged {
            from: "day".into(),
            to: "night".into(),
        },
    ]
}

fn of_house() -> [Notice; 3] {
    [
        Notice::ConfigChanged {
            changes: vec![NOTE.into()],
        },
        Notice::ConfigRefused {
            problems: vec![NOTE.into()],
        },
        Notice::JournalFailing {
            failing: true,
            why: NOTE.into(),
        },
    ]
}

fn notice(queue: Option<Name>, notice: Notice) -> ServerMessage {
    ServerMessage::Notice(NoticeMessage {
        seq: 1,
        at: AT,
        queue,
        notice,
    })
}

fn by() -> By {
    By {
        name: "Li \"Na\"".into(),
        staff_no: "S07".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::KINDS;
    use super::*;
    use crate::wire::schema;
    use std::collections::BTreeSet;

    /// A kind that the protocol has and that cannot be asked for, or could never be sent, is a fault of ours.
    #[test]
    fn kinds_are_what_the_protocol_has() {
        let sampled: BTreeSet<String> = events().into_iter().map(|(kind, _)| kind).collect();
        let known: BTreeSet<String> = KINDS.iter().map(|kind| (*kind).to_owned()).collect();
        assert_eq!(sampled, known);
        let definitions = schema()["$defs"].take();
        let of = |name: &str| definitions[name]["oneOf"].as_array().cloned();
        let notices = of("NoticeMessage").or(of("Notice")).expect("notices have codes");
        for variant in notices {
            let code = variant["properties"]["code"]["const"].as_str().unwrap();
            assert!(known.contains(code), "{code} is a notice that no webhook can send");
        }
    }
}
