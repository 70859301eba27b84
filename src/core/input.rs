//! What the core is told. Every input is journaled; feeding the same inputs again gives the same decisions.

use super::{Actor, InstructionId, Millis, Name, Part, Plan, Reading, Time};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One thing that happened outside the core.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    /// This plan is in force from now on.
    Configured {
        /// The plan.
        plan: Arc<Plan>,
    },
    /// The calendar puts a queue under this ladder.
    LadderInForce {
        /// The queue.
        queue: Name,
        /// The ladder.
        ladder: Name,
    },
    /// A feed connected: none of its queues is vouched for until it has been reported again.
    FeedConnected {
        /// The feed.
        feed: Name,
    },
    /// A feed lost its connection. That alone makes nothing blind before `stale_after`.
    FeedDisconnected {
        /// The feed.
        feed: Name,
        /// What happened and what to do, in words.
        why: String,
    },
    /// A queue's state.
    Reading {
        /// The state.
        reading: Reading,
    },
    /// The source lives and nothing changed.
    Heartbeat {
        /// The feed.
        feed: Name,
    },
    /// The source says that it is going away, or has lost sight of its queues: all are blind at once.
    SourceLost {
        /// The feed.
        feed: Name,
        /// What it said, in words.
        why: String,
    },
    /// A full snapshot did not contain this queue: blind at once.
    QueueMissing {
        /// The queue.
        queue: Name,
    },
    /// Nothing ran from now until then: the daemon was stopped, the machine slept, or the process was paused (plan: "Blind"). Told at
    /// the moment at which it last ran, before anything of that time is decided.
    StoodStill {
        /// When it ran again.
        until: Time,
    },
    /// Whether an instruction reached a session that may answer it.
    Delivery {
        /// The instruction.
        instruction: InstructionId,
        /// `false`: nobody is listening.
        reached: bool,
    },
    /// Somebody answered an instruction.
    Answer {
        /// The instruction.
        instruction: InstructionId,
        /// Who.
        by: Actor,
        /// What.
        answer: Answer,
        /// Said a second time, after it was asked about because somebody else has said otherwise.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        sure: bool,
    },
    /// Somebody ordered something by hand.
    Order {
        /// Who.
        by: Actor,
        /// What.
        order: Order,
    },
}

/// An answer to an instruction.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Answer {
    /// "I take it."
    Seen {
        /// How soon the people will be there; moves the settling.
        eta: Option<Millis>,
    },
    /// It is done.
    Done {
        /// How many, where not as asked.
        seats: Option<u32>,
        /// Who, where not as asked.
        people: Option<Vec<Name>>,
        /// Anything to add.
        note: Option<String>,
    },
    /// It cannot or will not be done.
    Declined {
        /// Why.
        reason: String,
    },
    /// People of the move have left it (went home, taken back).
    Left {
        /// Who, where known.
        people: Vec<Name>,
        /// How many, where names are not known.
        seats: Option<u32>,
        /// Why.
        reason: String,
    },
    /// Pass it to the next level now.
    Escalate {
        /// Why.
        note: String,
    },
}

impl Answer {
    /// The word on the wire.
    pub fn status(&self) -> &'static str {
        match self {
            Answer::Seen { .. } => "seen",
            Answer::Done { .. } => "done",
            Answer::Declined { .. } => "declined",
            Answer::Left { .. } => "left",
            Answer::Escalate { .. } => "escalated",
        }
    }
}

/// Who is there of one move, by a count of the floor.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Counted {
    /// The instruction that began the move.
    pub instruction: InstructionId,
    /// How many are there; 0: nobody.
    pub seats: u32,
    /// Who, where names are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Name>,
}

/// An order by hand (plan: "Orders by hand", "Incident").
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Ask for people now: a tier, a number of people, or both.
    Call {
        /// The queue.
        queue: Name,
        /// A tier of the ladder in force; `None`: those that are next and draw on pools, until there are enough.
        tier: Option<Name>,
        /// How many; `None`: as many as the tier asks for by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seats: Option<u32>,
        /// The daemon leaves them there for at least so long; `None`: the ladder's `hold_for`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold: Option<Millis>,
    },
    /// Yes to a tier that waits for it.
    Approve {
        /// The queue.
        queue: Name,
        /// The tier.
        tier: Name,
    },
    /// No to a tier that waits for a yes.
    Refuse {
        /// The queue.
        queue: Name,
        /// The tier.
        tier: Name,
        /// Why.
        reason: String,
    },
    /// The floor was counted: this is who is really there. What is not mentioned stays as it is.
    Count {
        /// The queue.
        queue: Name,
        /// Moves on the stack or on their way back, with who is there of each.
        moves: Vec<Counted>,
        /// People who are there without being on any move.
        extra: Vec<Part>,
    },
    /// Take a move back now.
    Release {
        /// The queue.
        queue: Name,
        /// The instruction that began the move.
        instruction: InstructionId,
    },
    /// Do nothing of your own accord on this queue for a while.
    Pause {
        /// The queue.
        queue: Name,
        /// For how long; there is no pause without an end.
        #[serde(rename = "for")]
        lasting: Millis,
        /// Why.
        reason: String,
    },
    /// End a pause now.
    Resume {
        /// The queue.
        queue: Name,
    },
    /// Declare a known fault.
    Incident {
        /// The queue.
        queue: Name,
        /// What is broken.
        note: String,
        /// The expected end.
        until: Time,
    },
    /// The fault is mended.
    IncidentOver {
        /// The queue.
        queue: Name,
    },
}

impl Order {
    /// The queue that the order is for.
    pub fn queue(&self) -> &Name {
        match self {
            Order::Call { queue, .. }
            | Order::Approve { queue, .. }
            | Order::Refuse { queue, .. }
            | Order::Count { queue, .. }
            | Order::Release { queue, .. }
            | Order::Pause { queue, .. }
            | Order::Resume { queue }
            | Order::Incident { queue, .. }
            | Order::IncidentOver { queue } => queue,
        }
    }
}
