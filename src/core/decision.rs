//! What the core decided. Recorded decisions are facts: start-up applies them and never decides them again.

use super::{Action, Actor, Answer, Ask, Instruction, InstructionId, Millis, Name, Part, Reason, Time};
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
        /// Who of them, where it is not all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        parts: Vec<Part>,
        /// How it was known.
        #[serde(default = "Settlement::by_time")]
        how: Settlement,
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
        /// Why.
        why: Lost,
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
        /// The promise that was broken, where somebody had said when the people would be there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        promise: Option<Promise>,
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
    /// A tier is due and waits for a leader's yes; again where nobody has said anything.
    ApprovalAsked {
        /// What is asked for.
        approval: Approval,
    },
    /// A tier that waited for a yes is not due any more.
    ApprovalLapsed {
        /// The tier.
        tier: Name,
    },
    /// A done that the feed has not shown in its time: are they there?
    NotShown {
        /// The instruction.
        instruction: InstructionId,
        /// How many were said to be there.
        seats: u32,
        /// How many of them the feed shows.
        shown: u32,
        /// What the feed shows in place of them, so that a slip of a name is seen.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        near: Vec<NearMiss>,
    },
    /// People of a move are not on the phones any more, and nobody has told them to go: back, or left?
    Gone {
        /// The instruction that began the move.
        instruction: InstructionId,
        /// Who.
        people: Vec<Name>,
        /// They count as left then, unless somebody says otherwise.
        left_at: Time,
    },
    /// Nobody has said otherwise of people who are gone: they have left the move.
    TakenAsLeft {
        /// The instruction that began the move.
        instruction: InstructionId,
        /// Who.
        people: Vec<Name>,
    },
    /// An incident is at its expected end: is it to be extended?
    IncidentEnds {
        /// Its expected end.
        until: Time,
        /// It is over then, unless it is extended.
        over_at: Time,
    },
    /// The floor was counted, and put right.
    Counted {
        /// Who counted.
        by: Actor,
        /// Every move that the count changed, as it was and as it is.
        moves: Vec<Recounted>,
        /// People who were found without a move, and are on one now.
        found: Vec<Found>,
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
        /// Who; `None`: nobody has extended it in time.
        by: Option<Actor>,
    },
    /// A leader said yes to a tier; its instruction follows.
    Approved {
        /// Who.
        by: Actor,
        /// The tier.
        tier: Name,
    },
    /// A leader said no to a tier.
    ApprovalRefused {
        /// Who.
        by: Actor,
        /// The tier.
        tier: Name,
        /// Why.
        reason: String,
        /// It is passed over until then, and asked again where it is still due.
        until: Time,
    },
    /// The feed does not tell who is signed in: of the physical seats only moves are counted.
    OnlyMovesCounted {},
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
    /// The feed shows its people, by name.
    Shown,
    /// The feed shows as many more, or fewer, signed in as were asked for.
    ShownByNumber,
    /// Its time was up.
    Time,
}

/// Why nobody can see a queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Lost {
    /// The core itself found it so.
    Found(Unseen),
    /// The phone system, or who speaks to it, said so, in words. Older logs have nothing but words.
    Said(String),
}

/// What the core finds of a queue that it cannot see.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "lost", rename_all = "snake_case")]
pub enum Unseen {
    /// No reading and no sign of life for so long.
    Silent {
        /// The feed's `stale_after`.
        after: Millis,
    },
    /// No first reading within so long.
    NeverRead {
        /// The feed's `stale_after`.
        after: Millis,
    },
    /// The phone system no longer lists it.
    Missing,
}

impl From<&str> for Lost {
    fn from(said: &str) -> Lost {
        Lost::Said(said.to_owned())
    }
}

impl Settlement {
    /// Whether the feed has shown it.
    pub fn is_shown(self) -> bool {
        match self {
            Settlement::Shown | Settlement::ShownByNumber => true,
            Settlement::Time => false,
        }
    }

    fn by_time() -> Settlement {
        Settlement::Time
    }
}

/// Somebody has said when the people of an instruction would be there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Promise {
    /// Who.
    pub by: Actor,
    /// When they were to be there.
    pub at: Time,
}

/// A person whom the feed does not show as they are written in the plan, and what it shows instead.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NearMiss {
    /// As in the plan.
    pub person: Name,
    /// What is there instead.
    #[serde(flatten)]
    pub instead: Instead,
}

/// What a feed shows in place of a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "instead", rename_all = "snake_case")]
pub enum Instead {
    /// Members whose names differ in case or in blanks alone.
    OtherSpelling {
        /// As the feed writes them.
        people: Vec<Name>,
    },
    /// The person, signed in to another queue.
    OtherQueue {
        /// That queue.
        queue: Name,
    },
    /// A member without a name.
    Nameless {
        /// How many of these.
        members: u32,
    },
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
    /// Whoever is left has gone back too short a while ago.
    Resting {
        /// When the first of them may be asked again.
        until: Time,
    },
    /// Nobody of its pools is on duty by the roster.
    OffDuty {
        /// When the first of them is.
        until: Option<Time>,
    },
    /// The pools' own queue has too many callers itself, or cannot be seen.
    Protected {
        /// That queue.
        queue: Name,
        /// At most so many may wait there.
        waiting_at_most: u32,
    },
    /// As many are borrowed as the ladder allows.
    MaxBorrowed {
        /// The most.
        max: u32,
    },
    /// As many calls were made within an hour as the queue allows.
    MaxMovesPerHour {
        /// The most.
        max: u32,
        /// When the next may be made.
        until: Time,
    },
    /// Nobody on the phones whose shift ends soon may stay longer.
    NobodyStays {
        /// How soon.
        ends_within: Millis,
    },
}

/// A tier that waits for a leader's yes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Approval {
    /// The tier.
    pub tier: Name,
    /// What it asks for.
    pub action: Action,
    /// From which pools, how many, and who where names are known. Composed anew at the yes.
    pub parts: Vec<Part>,
    /// How many in all.
    pub seats: Ask,
    /// Why.
    pub reason: Reason,
    /// It would stand beside the ladder (an incident's).
    pub beside: bool,
    /// When it was asked first.
    pub since: Time,
    /// How often it has been asked, this time included.
    pub times: u32,
    /// When it is asked again, of the next level where there is one.
    pub again_at: Time,
    /// The level of the chain of command that is asked, with all below it that may say yes; `None`: without a chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Name>,
    /// Who said yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Actor>,
}

impl Approval {
    /// Whether a leader has said yes, or is to be asked again by now.
    pub(crate) fn is_at(&self, now: Time) -> bool {
        self.granted.is_some() || self.again_at <= now
    }
}

/// A move that a count of the floor changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Recounted {
    /// The instruction that began the move.
    pub instruction: InstructionId,
    /// The tier.
    pub tier: Name,
    /// As the daemon had it.
    pub before: Vec<Part>,
    /// As it is; empty: nobody is there, and the move has left the stack.
    pub after: Vec<Part>,
}

/// People whom a count of the floor found without a move.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Found {
    /// The move that they are on now: one that stands, or a new one of this number.
    pub instruction: InstructionId,
    /// Its tier.
    pub tier: Name,
    /// Who.
    pub part: Part,
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
