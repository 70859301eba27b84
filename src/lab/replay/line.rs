//! An instruction as `replay` prints it.

use crate::core::{Action, Decision, Instruction, InstructionId, Name, What};
use crate::wire::{PoolPart, ReasonMessage, Seats, Stamp};
use serde::Serialize;

/// An instruction as `replay` writes it, one a line.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Line {
    /// When it was decided.
    pub at: Stamp,
    /// For which queue.
    pub queue: Name,
    /// What to do.
    pub action: Action,
    /// The tier behind it.
    pub tier: Name,
    /// The pool, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<Name>,
    /// The pools, where they are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pools: Option<Vec<PoolPart>>,
    /// How many.
    pub seats: Seats,
    /// Why.
    pub reason: ReasonMessage,
    /// Who, where names are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Name>,
    /// Its number in this replay.
    pub id: InstructionId,
    /// The instruction that it takes back or cancels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<InstructionId>,
    /// Decided and logged alone: the daemon would tell nobody.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}

impl Line {
    /// The line of a decision; `None`: it is no instruction.
    pub fn of(decision: &Decision) -> Option<Line> {
        let What::Instruct { instruction, .. } = &decision.what else {
            return None;
        };
        Some(Line::from(instruction))
    }
}

impl From<&Instruction> for Line {
    fn from(given: &Instruction) -> Line {
        let several = given.parts.len() > 1;
        Line {
            at: Stamp(given.at),
            queue: given.queue.clone(),
            action: given.action,
            tier: given.tier.clone(),
            pool: given
                .parts
                .first()
                .filter(|_| !several)
                .and_then(|part| part.pool.clone()),
            pools: several.then(|| given.parts.iter().map(PoolPart::from).collect()),
            seats: given.seats.into(),
            reason: ReasonMessage::from(&given.reason),
            people: given
                .parts
                .iter()
                .flat_map(|part| part.people.iter().cloned())
                .collect(),
            id: given.id,
            of: given.of,
            shadow: given.shadow,
        }
    }
}
