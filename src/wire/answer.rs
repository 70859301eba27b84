//! What became of an instruction, and who said so.

use super::Stamp;
use crate::core::{Actor, Answer, Decision, InstructionId, Millis, Name, Settlement, What};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who answered or ordered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct By {
    /// As shown.
    pub name: String,
    /// Staff number; `feed` where the phone system itself showed it.
    pub staff_no: String,
}

/// What became of an instruction.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerStatus {
    /// "I take it."
    Seen,
    /// Done.
    Done,
    /// It cannot or will not be done; `note` says why.
    Declined,
    /// People left the move; `note` says why.
    Left,
    /// Passed up by hand; `note` says why.
    Escalated,
    /// The phone system shows its people.
    Confirmed,
    /// The chain of command is at its end, and nobody has done or declined it.
    Unanswered,
}

/// What somebody answered, or that nobody did.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct AnswerMessage {
    /// The message's number.
    pub seq: u64,
    /// The instruction.
    pub instruction: InstructionId,
    /// The queue.
    pub queue: Name,
    /// What.
    pub status: AnswerStatus,
    /// Who; absent with `unanswered`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// How many, where not as asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// Who, where not as asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<Vec<Name>>,
    /// How soon the people will be there, with `seen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta_s: Option<f64>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When.
    pub at: Stamp,
}

/// What somebody answered, where a decision says that.
pub(super) fn of_decision(decision: &Decision, seq: u64) -> Option<AnswerMessage> {
    let bare = |instruction: InstructionId, status, by| AnswerMessage {
        seq,
        instruction,
        queue: decision.queue.clone(),
        status,
        by,
        seats: None,
        people: None,
        eta_s: None,
        note: None,
        at: Stamp(decision.at),
    };
    match &decision.what {
        What::Settled {
            instruction,
            how: Settlement::Shown | Settlement::ShownByNumber,
        } => Some(bare(*instruction, AnswerStatus::Confirmed, Some(By::feed()))),
        What::Unanswered { instruction } => Some(bare(*instruction, AnswerStatus::Unanswered, None)),
        What::Answered {
            instruction,
            by,
            answer,
        } => Some(answered(
            bare(*instruction, AnswerStatus::Seen, Some(By::from(by))),
            answer,
        )),
        What::Instruct { .. }
        | What::Settled { .. }
        | What::Freed { .. }
        | What::TierSkipped { .. }
        | What::FeedLost { .. }
        | What::BlindLong { .. }
        | What::PassedUp { .. }
        | What::SurgeOver { .. }
        | What::ApprovalAsked { .. }
        | What::ApprovalLapsed { .. }
        | What::NotShown { .. }
        | What::Gone { .. }
        | What::TakenAsLeft { .. }
        | What::IncidentEnds { .. }
        | What::Counted { .. }
        | What::Resumed { .. }
        | What::FeedBack { .. }
        | What::NobodyListening { .. }
        | What::Paused { .. }
        | What::Incident { .. }
        | What::IncidentOver { .. }
        | What::Approved { .. }
        | What::ApprovalRefused { .. }
        | What::OnlyMovesCounted { .. }
        | What::LadderChanged { .. } => None,
    }
}

fn answered(mut message: AnswerMessage, answer: &Answer) -> AnswerMessage {
    match answer {
        Answer::Seen { eta } => message.eta_s = eta.map(Millis::as_secs),
        Answer::Done { seats, people, note } => {
            message.status = AnswerStatus::Done;
            message.seats = *seats;
            message.people = people.clone();
            message.note = note.clone();
        }
        Answer::Declined { reason } => {
            message.status = AnswerStatus::Declined;
            message.note = Some(reason.clone());
        }
        Answer::Left { people, seats, reason } => {
            message.status = AnswerStatus::Left;
            message.seats = *seats;
            message.people = (!people.is_empty()).then(|| people.clone());
            message.note = Some(reason.clone());
        }
        Answer::Escalate { note } => {
            message.status = AnswerStatus::Escalated;
            message.note = Some(note.clone());
        }
    }
    message
}

impl From<&Actor> for By {
    fn from(actor: &Actor) -> By {
        By {
            name: actor.name.clone(),
            staff_no: actor.staff_no.clone(),
        }
    }
}

impl By {
    /// The phone system itself.
    fn feed() -> By {
        By {
            name: "phone system".into(),
            staff_no: "feed".into(),
        }
    }
}
