//! Why an answer or an order was not taken. Nothing changes by a refused input.

use super::{Actor, InstructionId, Millis, Name, Shortage, Time};

/// A refused input: a code with what it is about. Sentences are made outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// No such queue.
    NoSuchQueue(Name),
    /// No such ladder.
    NoSuchLadder(Name),
    /// No such tier in the ladder in force.
    NoSuchTier {
        /// The ladder.
        ladder: Name,
        /// The tier.
        tier: Name,
    },
    /// No such instruction.
    NoSuchInstruction(InstructionId),
    /// The instruction's people have been taken back already.
    Closed(InstructionId),
    /// The people have been asked elsewhere in the meantime.
    TakenElsewhere(InstructionId),
    /// It makes no sense for this kind of instruction.
    DoesNotFit {
        /// What was tried, a code.
        what: &'static str,
        /// The instruction.
        instruction: InstructionId,
        /// Its action.
        action: &'static str,
    },
    /// The tier is on the stack already.
    AlreadyCalled(Name),
    /// Nobody to give.
    NobodyToGive(Name),
    /// No free seat.
    NoSeat(Name),
    /// Who is there is needed elsewhere, or rests.
    Short {
        /// The tier.
        tier: Name,
        /// What holds it back.
        why: Shortage,
    },
    /// No tier that draws on pools is left.
    NoTierLeft(Name),
    /// Nothing waits for a yes.
    NothingToApprove {
        /// The queue.
        queue: Name,
        /// The tier.
        tier: Name,
    },
    /// A no needs a reason.
    NoWithoutReason,
    /// Nobody was told of it.
    InShadow(InstructionId),
    /// A count that names something not on the queue.
    NotOnQueue {
        /// The queue.
        queue: Name,
        /// The instruction.
        instruction: InstructionId,
    },
    /// A count of people whom no tier draws on.
    NoTierFor {
        /// The queue.
        queue: Name,
        /// The pool; `None`: none was named.
        pool: Option<Name>,
    },
    /// A count that says the same twice, or nothing.
    NotACount {
        /// What is wrong with it, a code.
        what: &'static str,
    },
    /// No move with that instruction.
    NothingToRelease(InstructionId),
    /// A pause needs a reason and an end.
    PauseWithoutEnd,
    /// No pause to end.
    NotPaused(Name),
    /// An incident needs words and an end.
    IncidentWithoutEnd,
    /// No incident to end.
    NoIncident(Name),
    /// At the top already.
    NobodyAbove(InstructionId),
    /// People who are not on the move.
    NotOnMove {
        /// The instruction that began the move.
        instruction: InstructionId,
        /// Who is not on it.
        people: Vec<Name>,
    },
    /// A word on an instruction that was stood down or declined too long ago.
    TooLate {
        /// The instruction.
        instruction: InstructionId,
        /// Such words are taken for so long.
        within: Millis,
    },
    /// It contradicts what somebody else has said: asked about, and obeyed where it is said again with `sure` (plan: "Late answers").
    Conflict(Box<Conflict>),
    /// Too much.
    TooMuch {
        /// What, a code: `seats`, or `eta` and `hold` in milliseconds.
        what: &'static str,
        /// How much came.
        came: u64,
        /// The most.
        limit: u64,
    },
}

/// What somebody else has said otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// The instruction on which it was said: the same, or the one on whose move the people stand.
    pub instruction: InstructionId,
    /// Who said it; `None`: it stands in the books, and nobody has answered yet.
    pub by: Option<Actor>,
    /// What they said, as on the wire ([`super::Answer::status`]).
    pub status: &'static str,
    /// When.
    pub at: Time,
    /// The people who stand elsewhere, where that is the contradiction.
    pub people: Vec<Name>,
}

impl Refusal {
    /// The word on the wire.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NoSuchQueue(_) => "no_such_queue",
            Refusal::NoSuchLadder(_) => "no_such_ladder",
            Refusal::NoSuchTier { .. } => "no_such_tier",
            Refusal::NoSuchInstruction(_) => "no_such_instruction",
            Refusal::Closed(_) => "closed",
            Refusal::TakenElsewhere(_) => "taken_elsewhere",
            Refusal::DoesNotFit { .. } => "does_not_fit",
            Refusal::AlreadyCalled(_) => "already_called",
            Refusal::NobodyToGive(_) => "nobody_to_give",
            Refusal::NoSeat(_) => "no_seat",
            Refusal::Short { .. } => "short",
            Refusal::NoTierLeft(_) => "no_tier_left",
            Refusal::NothingToApprove { .. } => "nothing_to_approve",
            Refusal::NoWithoutReason => "no_without_reason",
            Refusal::InShadow(_) => "in_shadow",
            Refusal::NotOnQueue { .. } => "not_on_queue",
            Refusal::NoTierFor { .. } => "no_tier_for",
            Refusal::NotACount { .. } => "not_a_count",
            Refusal::NothingToRelease(_) => "nothing_to_release",
            Refusal::PauseWithoutEnd => "pause_without_end",
            Refusal::NotPaused(_) => "not_paused",
            Refusal::IncidentWithoutEnd => "incident_without_end",
            Refusal::NoIncident(_) => "no_incident",
            Refusal::NobodyAbove(_) => "nobody_above",
            Refusal::NotOnMove { .. } => "not_on_move",
            Refusal::TooLate { .. } => "too_late",
            Refusal::Conflict(_) => "conflict",
            Refusal::TooMuch { .. } => "too_much",
        }
    }
}
