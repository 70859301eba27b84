//! Why a request was not taken: a code with numbers. Who reads it makes the sentence (`words`).

use super::{By, Reference, SkippedBecause, Stamp};
use crate::core::{Conflict, InstructionId, Name, Refusal};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use strum::{IntoStaticStr, VariantNames};

/// A request that was not taken; nothing changed.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("{}", if .detail.is_empty() { .because.code() } else { .detail })]
pub struct Refused {
    /// Why.
    pub because: RefusedBecause,
    /// What was expected and what came, in English, where it is a matter for whoever wrote the program; empty where the code
    /// with its numbers says it all.
    pub detail: String,
}

/// Why it was not taken.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema, IntoStaticStr, VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[allow(missing_docs)]
pub enum RefusedBecause {
    /// A field is missing, unknown, of another kind or out of its bounds.
    NotUnderstood,
    /// There is no request of this name.
    UnknownType,
    /// A text or a list is longer than is taken.
    TooLong,
    /// The token's role may not do that.
    NotAllowed,
    /// The token is for these queues alone.
    NotYourQueue { queues: Vec<Name> },
    /// The daemon has more requests waiting than it takes.
    Busy,
    /// The daemon ends; whether it took the request is not known.
    ShuttingDown,
    /// The duty log cannot be written, and this is worth nothing without it.
    JournalFailing,
    /// There is no such queue.
    NoSuchQueue { queue: Name },
    /// The plan in force has no such ladder.
    NoSuchLadder { ladder: Name },
    /// The ladder in force has no such tier.
    NoSuchTier { ladder: Name, tier: Name },
    /// There is no such instruction, or it was closed long ago.
    NoSuchInstruction { instruction: InstructionId },
    /// Nothing more can be said of it: it has been answered or taken back, or is done.
    Closed { instruction: InstructionId },
    /// Its people have been asked elsewhere in the meantime.
    TakenElsewhere { instruction: InstructionId },
    /// It makes no sense for an instruction with this action.
    DoesNotFit {
        what: String,
        instruction: InstructionId,
        action: String,
    },
    /// The tier has been called already.
    AlreadyCalled { tier: Name },
    /// The tier's pools are at what they keep, or its people are asked elsewhere.
    NobodyToGive { tier: Name },
    /// The floor has no free seat.
    NoSeat { tier: Name },
    /// The tier cannot be called now.
    Short {
        tier: Name,
        #[serde(flatten)]
        why: SkippedBecause,
    },
    /// No tier that draws on pools is left that has anyone to give.
    NoTierLeft { queue: Name },
    /// The tier does not wait for a yes.
    NothingToApprove { queue: Name, tier: Name },
    /// A no needs a reason.
    NoWithoutReason,
    /// It was decided in shadow: nobody was told, nothing is to be answered.
    InShadow { instruction: InstructionId },
    /// The instruction has no move on the queue that was counted.
    NotOnQueue { queue: Name, instruction: InstructionId },
    /// No tier of the queue draws on that pool; `null`: none was named.
    NoTierFor { queue: Name, pool: Option<Name> },
    /// A count that says the same twice, or nothing.
    NotACount { what: String },
    /// The instruction has nobody on this queue.
    NothingToRelease { instruction: InstructionId },
    /// A pause needs a reason and an end.
    PauseWithoutEnd,
    /// The queue is not quiet.
    NotQuiet { queue: Name },
    /// The queue is not paused.
    NotPaused { queue: Name },
    /// An incident needs words and an end that lies ahead.
    IncidentWithoutEnd,
    /// The queue has no incident.
    NoIncident { queue: Name },
    /// The instruction is with the highest level already.
    NobodyAbove { instruction: InstructionId },
    /// These people are not on the instruction's move.
    NotOnMove {
        instruction: InstructionId,
        people: Vec<Name>,
    },
    /// The instruction was stood down or declined longer ago than such words are taken.
    TooLate { instruction: InstructionId, within_s: f64 },
    /// Somebody else has said otherwise: said again with `"sure":true` it counts.
    Conflict { with: ConflictMessage },
    /// A number beyond what is possible; of `eta`, `hold`, `quiet` and `incident` in seconds.
    TooMuch { what: String, came: u64, limit: u64 },
    /// No hand-over is drawn up.
    NoSuchHandover,
    /// The hand-over has no such matter.
    NoSuchItem,
    /// It is signed already.
    SignedAlready,
    /// Two people hand a shift over.
    SamePerson,
    /// The summary is not the one that was read.
    SummaryChanged,
    /// These matters are open and nobody's.
    StillOpen { items: Vec<String> },
    /// Nobody here has a token: whoever signs must say who they are.
    StaffNoNeeded,
}

/// What somebody else has said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct ConflictMessage {
    /// The instruction on which it was said: the same, or the one on whose move the people stand.
    pub instruction: InstructionId,
    /// Who said it; `null`: nobody has answered yet, and the people stand in the books.
    pub by: Option<By>,
    /// What they said, as in `answer`.
    pub status: String,
    /// When.
    pub at: Stamp,
    /// The people who stand on that move, where that is the contradiction.
    pub people: Vec<Name>,
}

impl Refused {
    /// A refusal with what was expected and what came, in English.
    pub fn new(because: RefusedBecause, detail: impl Into<String>) -> Refused {
        let detail = detail.into();
        Refused { because, detail }
    }

    /// The commonest: whoever wrote the program must mend it.
    pub fn not_understood(detail: impl Into<String>) -> Refused {
        Refused::new(RefusedBecause::NotUnderstood, detail)
    }

    /// Something is longer than is taken.
    pub fn too_long(detail: impl Into<String>) -> Refused {
        Refused::new(RefusedBecause::TooLong, detail)
    }

    /// The daemon ends; whether it took the request is not known.
    pub fn ending() -> Refused {
        RefusedBecause::ShuttingDown.into()
    }

    /// The word for programs.
    pub fn code(&self) -> &'static str {
        self.because.code()
    }

    /// The reply on the socket. `message`: the refusal in the reader's words.
    pub fn reply(&self, reference: Option<Reference>, message: String) -> super::ServerMessage {
        match &self.because {
            RefusedBecause::Conflict { with } => super::ServerMessage::Conflict {
                reference,
                code: self.code().into(),
                message,
                with: with.clone(),
            },
            because @ (RefusedBecause::NotUnderstood
            | RefusedBecause::UnknownType
            | RefusedBecause::TooLong
            | RefusedBecause::NotAllowed
            | RefusedBecause::NotYourQueue { .. }
            | RefusedBecause::Busy
            | RefusedBecause::ShuttingDown
            | RefusedBecause::JournalFailing
            | RefusedBecause::NoSuchQueue { .. }
            | RefusedBecause::NoSuchLadder { .. }
            | RefusedBecause::NoSuchTier { .. }
            | RefusedBecause::NoSuchInstruction { .. }
            | RefusedBecause::Closed { .. }
            | RefusedBecause::TakenElsewhere { .. }
            | RefusedBecause::DoesNotFit { .. }
            | RefusedBecause::AlreadyCalled { .. }
            | RefusedBecause::NobodyToGive { .. }
            | RefusedBecause::NoSeat { .. }
            | RefusedBecause::Short { .. }
            | RefusedBecause::NoTierLeft { .. }
            | RefusedBecause::NothingToApprove { .. }
            | RefusedBecause::NoWithoutReason
            | RefusedBecause::InShadow { .. }
            | RefusedBecause::NotOnQueue { .. }
            | RefusedBecause::NoTierFor { .. }
            | RefusedBecause::NotACount { .. }
            | RefusedBecause::NothingToRelease { .. }
            | RefusedBecause::PauseWithoutEnd
            | RefusedBecause::NotQuiet { .. }
            | RefusedBecause::NotPaused { .. }
            | RefusedBecause::IncidentWithoutEnd
            | RefusedBecause::NoIncident { .. }
            | RefusedBecause::NobodyAbove { .. }
            | RefusedBecause::NotOnMove { .. }
            | RefusedBecause::TooLate { .. }
            | RefusedBecause::TooMuch { .. }
            | RefusedBecause::NoSuchHandover
            | RefusedBecause::NoSuchItem
            | RefusedBecause::SignedAlready
            | RefusedBecause::SamePerson
            | RefusedBecause::SummaryChanged
            | RefusedBecause::StillOpen { .. }
            | RefusedBecause::StaffNoNeeded) => super::ServerMessage::Error {
                reference,
                message,
                because: because.clone(),
            },
        }
    }
}

impl RefusedBecause {
    /// The word for programs.
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// The code and its numbers, as fields.
    pub fn fields(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            // Every variant is a map with text keys.
            Ok(_) | Err(_) => Map::new(),
        }
    }
}

impl From<RefusedBecause> for Refused {
    fn from(because: RefusedBecause) -> Refused {
        Refused::new(because, "")
    }
}

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Refused {
        RefusedBecause::from(refusal).into()
    }
}

impl From<&Refusal> for RefusedBecause {
    fn from(refusal: &Refusal) -> RefusedBecause {
        match refusal.clone() {
            Refusal::NoSuchQueue(queue) => RefusedBecause::NoSuchQueue { queue },
            Refusal::NoSuchLadder(ladder) => RefusedBecause::NoSuchLadder { ladder },
            Refusal::NoSuchTier { ladder, tier } => RefusedBecause::NoSuchTier { ladder, tier },
            Refusal::NoSuchInstruction(instruction) => RefusedBecause::NoSuchInstruction { instruction },
            Refusal::Closed(instruction) => RefusedBecause::Closed { instruction },
            Refusal::TakenElsewhere(instruction) => RefusedBecause::TakenElsewhere { instruction },
            Refusal::DoesNotFit {
                what,
                instruction,
                action,
            } => RefusedBecause::DoesNotFit {
                what: what.into(),
                instruction,
                action: action.into(),
            },
            Refusal::AlreadyCalled(tier) => RefusedBecause::AlreadyCalled { tier },
            Refusal::NobodyToGive(tier) => RefusedBecause::NobodyToGive { tier },
            Refusal::NoSeat(tier) => RefusedBecause::NoSeat { tier },
            Refusal::Short { tier, why } => RefusedBecause::Short {
                tier,
                why: SkippedBecause::from(&why),
            },
            Refusal::NoTierLeft(queue) => RefusedBecause::NoTierLeft { queue },
            Refusal::NothingToApprove { queue, tier } => RefusedBecause::NothingToApprove { queue, tier },
            Refusal::NoWithoutReason => RefusedBecause::NoWithoutReason,
            Refusal::InShadow(instruction) => RefusedBecause::InShadow { instruction },
            Refusal::NotOnQueue { queue, instruction } => RefusedBecause::NotOnQueue { queue, instruction },
            Refusal::NoTierFor { queue, pool } => RefusedBecause::NoTierFor { queue, pool },
            Refusal::NotACount { what } => RefusedBecause::NotACount { what: what.into() },
            Refusal::NothingToRelease(instruction) => RefusedBecause::NothingToRelease { instruction },
            Refusal::PauseWithoutEnd => RefusedBecause::PauseWithoutEnd,
            Refusal::NotPaused(queue) => RefusedBecause::NotPaused { queue },
            Refusal::IncidentWithoutEnd => RefusedBecause::IncidentWithoutEnd,
            Refusal::NoIncident(queue) => RefusedBecause::NoIncident { queue },
            Refusal::NobodyAbove(instruction) => RefusedBecause::NobodyAbove { instruction },
            Refusal::NotOnMove { instruction, people } => RefusedBecause::NotOnMove { instruction, people },
            Refusal::TooLate { instruction, within } => RefusedBecause::TooLate {
                instruction,
                within_s: within.as_secs(),
            },
            Refusal::Conflict(with) => RefusedBecause::Conflict {
                with: ConflictMessage::from(&*with),
            },
            Refusal::TooMuch { what, came, limit } => {
                // Durations are seconds here, as everywhere on the wire.
                let unit = if is_a_time(what) { 1000 } else { 1 };
                RefusedBecause::TooMuch {
                    what: what.into(),
                    came: came / unit,
                    limit: limit / unit,
                }
            }
        }
    }
}

/// Whether what was too much is a time: `eta`, `hold`, `quiet` and `incident`, in seconds.
pub fn is_a_time(what: &str) -> bool {
    matches!(what, "eta" | "hold" | "quiet" | "incident")
}

impl From<&Conflict> for ConflictMessage {
    fn from(it: &Conflict) -> ConflictMessage {
        ConflictMessage {
            instruction: it.instruction,
            by: it.by.as_ref().map(By::from),
            status: it.status.into(),
            at: Stamp(it.at),
            people: it.people.clone(),
        }
    }
}
