//! What the core decided. Recorded decisions are facts: start-up applies them and never decides them again.

use super::{Action, Actor, Answer, Instruction, InstructionId, Millis, Name, Part, Time};
use serde::{Deserialize, Serialize};

/// One decision on one queue.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// The millisecond at which it was due, which may lie before the moment at which the core was woken.
    pub at: Time,
    /// The queue.
    pub queue: Name,
    /// What was decided.
    #[serde(flatten)]
    pub what: What,
}

/// What was decided. The second half changes nothing by itself: it says aloud what an input brought about.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum What {
    /// An instruction goes to the floor.
    Instruct {
        /// The instruction.
        instruction: Instruction,
        /// It stands beside the ladder (an incident's): what is next on the ladder is unchanged.
        beside: bool,
    },
    /// A move settled: the next tier's window may begin.
    Settled {
        /// The instruction that began the move.
        instruction: InstructionId,
        /// How it was known.
        how: Settlement,
    },
    /// The people of a sign-out are free again.
    Freed {
        /// The sign-out.
        instruction: InstructionId,
    },
    /// A tier was due but not called, said once a surge.
    TierSkipped {
        /// The tier.
        tier: Name,
        /// Why.
        why: Shortage,
    },
    /// The queue is blind.
    FeedLost {
        /// Why, in words.
        why: String,
    },
    /// The queue has been blind for ten minutes; this is who is out of place.
    BlindLong {
        /// Since when.
        since: Time,
        /// Moves on the stack, last in first.
        out_of_place: Vec<OutOfPlace>,
    },
    /// An instruction was not seen in time, or was passed up by hand: the next level has it as well.
    PassedUp {
        /// The instruction.
        instruction: InstructionId,
        /// The level that has it now, from 0.
        level: usize,
        /// That level's role.
        role: Name,
        /// Levels between that were passed over and are to be told.
        skipped: Vec<Name>,
        /// Its time to respond, from now.
        respond_by: Time,
    },
    /// The chain of command is at its end and nobody has done or declined it.
    Unanswered {
        /// The instruction.
        instruction: InstructionId,
    },
    /// The surge is over: the stack is empty and calm has held.
    SurgeOver {
        /// When it began.
        began: Time,
    },
    /// A pause came to its end; windows begin anew.
    Resumed {
        /// Who ended it by hand; `None`: its time was up.
        by: Option<Actor>,
    },

    // From here on: said aloud, nothing is changed by it.
    /// The queue is seen again after it was blind.
    FeedBack {
        /// For how long it was blind.
        blind: Millis,
        /// Its windows begin anew, since it was silent for `forget_after`.
        anew: bool,
    },
    /// An answer was taken.
    Answered {
        /// The instruction.
        instruction: InstructionId,
        /// Who; the phone system itself where the feed showed it.
        by: Actor,
        /// What.
        answer: Answer,
    },
    /// An instruction reached nobody.
    NobodyListening {
        /// The instruction.
        instruction: InstructionId,
    },
    /// A pause began.
    Paused {
        /// Who.
        by: Actor,
        /// Its end.
        until: Time,
        /// Why.
        reason: String,
    },
    /// An incident was declared or changed.
    Incident {
        /// Who.
        by: Actor,
        /// What is broken.
        note: String,
        /// The expected end.
        until: Time,
    },
    /// An incident is over.
    IncidentOver {
        /// Who.
        by: Actor,
    },
    /// Another ladder is in force.
    LadderChanged {
        /// The ladder before.
        from: Name,
        /// The ladder now.
        to: Name,
    },
}

/// How a move was known to have settled.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// The feed shows its people.
    Shown,
    /// Its time was up.
    Time,
}

/// Why a tier that was due was not called.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Shortage {
    /// Its pools have nobody to give above what they keep.
    NobodyToGive {
        /// The pools.
        pools: Vec<Name>,
    },
    /// The floor has no free seat.
    NoSeat {
        /// Seats that exist.
        physical_seats: u32,
    },
    /// What is left is kept for a queue of higher priority whose clock runs.
    Reserved {
        /// That queue.
        queue: Name,
    },
}

/// A move whose people are away from their own place while nobody can see the queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OutOfPlace {
    /// The instruction that moved them.
    pub instruction: InstructionId,
    /// What it asked for.
    pub action: Action,
    /// The tier.
    pub tier: Name,
    /// Who, and from where.
    pub parts: Vec<Part>,
}
