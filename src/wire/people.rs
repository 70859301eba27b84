//! People on the wire: why they were chosen, where they are, what a count of the floor found, whom the phones show in place of them, and
//! what was promised of them.

use super::{By, PoolPart, Stamp};
use crate::core::{Chosen, Found, Instead, InstructionId, Name, NearMiss, PersonView, Promise, Recounted};
use schemars::JsonSchema;
use serde::Serialize;

/// Why a person was asked before others: whoever was asked least recently comes first, then whoever was asked least often, then the
/// order of the pool.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct ChosenMessage {
    /// Who.
    pub person: Name,
    /// When they were asked last before; absent: never, as far as the duty log tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Stamp>,
    /// How often they had been asked before.
    pub times: u32,
    /// When their shift ends; absent where no roster tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Stamp>,
}

impl From<&Chosen> for ChosenMessage {
    fn from(it: &Chosen) -> ChosenMessage {
        ChosenMessage {
            person: it.person.clone(),
            asked_at: it.asked_at.map(Stamp),
            times: it.times,
            until: it.until.map(Stamp),
        }
    }
}

/// Somebody has said when people would be there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct PromiseMessage {
    /// Who.
    pub by: By,
    /// When they were to be there.
    pub at: Stamp,
}

impl From<&Promise> for PromiseMessage {
    fn from(it: &Promise) -> PromiseMessage {
        PromiseMessage {
            by: By::from(&it.by),
            at: Stamp(it.at),
        }
    }
}

/// A person whom the phone system does not show as they are written in the plan, and what it shows instead.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct NearMissMessage {
    /// As in the plan.
    pub person: Name,
    /// What is there instead.
    #[serde(flatten)]
    pub instead: InsteadMessage,
}

/// What the phone system shows in place of a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(tag = "instead", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum InsteadMessage {
    /// Members whose names differ in case or in blanks alone, as the phone system writes them.
    OtherSpelling { people: Vec<Name> },
    /// The person, signed in to another queue.
    OtherQueue { queue: Name },
    /// So many members without a name.
    Nameless { members: u32 },
}

impl From<&NearMiss> for NearMissMessage {
    fn from(it: &NearMiss) -> NearMissMessage {
        NearMissMessage {
            person: it.person.clone(),
            instead: match &it.instead {
                Instead::OtherSpelling { people } => InsteadMessage::OtherSpelling { people: people.clone() },
                Instead::OtherQueue { queue } => InsteadMessage::OtherQueue { queue: queue.clone() },
                Instead::Nameless { members } => InsteadMessage::Nameless { members: *members },
            },
        }
    }
}

/// A person of a pool.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct PersonState {
    /// Who.
    pub person: Name,
    /// The pool.
    pub pool: Name,
    /// The queue that has asked for them; `null`: they are at their own place.
    pub lent_to: Option<Name>,
    /// On duty by the roster, or not in it.
    pub on_duty: bool,
    /// When that changes next by the roster.
    pub on_duty_until: Option<Stamp>,
    /// When they were asked last; `null`: never.
    pub asked_at: Option<Stamp>,
    /// How often they have been asked.
    pub times: u32,
    /// They have gone back a short while ago, and are not asked again until then.
    pub resting_until: Option<Stamp>,
}

impl From<&PersonView> for PersonState {
    fn from(it: &PersonView) -> PersonState {
        PersonState {
            person: it.person.clone(),
            pool: it.pool.clone(),
            lent_to: it.lent_to.clone(),
            on_duty: it.on_duty,
            on_duty_until: it.on_duty_until.map(Stamp),
            asked_at: it.asked_at.map(Stamp),
            times: it.times,
            resting_until: it.resting_until.map(Stamp),
        }
    }
}

/// A move that a count of the floor changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct RecountedMessage {
    /// The instruction that began the move.
    pub instruction: InstructionId,
    /// The tier.
    pub tier: Name,
    /// As surged had it.
    pub before: Vec<PoolPart>,
    /// As it is; empty: nobody is there, and the move is over.
    pub after: Vec<PoolPart>,
}

impl From<&Recounted> for RecountedMessage {
    fn from(it: &Recounted) -> RecountedMessage {
        RecountedMessage {
            instruction: it.instruction,
            tier: it.tier.clone(),
            before: it.before.iter().map(PoolPart::from).collect(),
            after: it.after.iter().map(PoolPart::from).collect(),
        }
    }
}

/// People whom a count of the floor found without a move.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct FoundMessage {
    /// The move that they are on now: one that stood, or a new one of this number.
    pub instruction: InstructionId,
    /// Its tier.
    pub tier: Name,
    /// Who, and from where.
    pub part: PoolPart,
}

impl From<&Found> for FoundMessage {
    fn from(it: &Found) -> FoundMessage {
        FoundMessage {
            instruction: it.instruction,
            tier: it.tier.clone(),
            part: PoolPart::from(&it.part),
        }
    }
}
