//! What became of each instruction: who is on the way, who has come, who is to go back.

use crate::core::{Action, Instruction, InstructionId, Time};
use std::collections::BTreeMap;

/// People asked for, until all of them have gone back.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) at: Time,
    pub(super) queue: usize,
    pub(super) action: Action,
    pub(super) parts: Vec<AskedPart>,
    /// The supervisor has acted.
    pub(super) acted: bool,
    /// "Done" has been said.
    pub(super) said: bool,
    pub(super) first_came: Option<Time>,
}

/// People of one pool among them.
#[derive(Copy, Clone, Debug)]
pub(super) struct AskedPart {
    pub(super) crew: usize,
    pub(super) seats: u32,
    /// Will still come.
    pub(super) on_the_way: u32,
    pub(super) here: u32,
}

/// People to go back.
#[derive(Clone, Debug)]
pub(super) struct Back {
    pub(super) of: InstructionId,
    /// Crew and how many.
    pub(super) parts: Vec<(usize, u32)>,
    /// Crews whose people have still to go before it is done.
    pub(super) open: usize,
}

/// Every instruction that still means something to somebody.
#[derive(Default, Debug)]
pub(super) struct Moves {
    pub(super) asked: BTreeMap<InstructionId, Asked>,
    pub(super) backs: BTreeMap<InstructionId, Back>,
}

impl Asked {
    pub(super) fn of(instruction: &Instruction, queue: usize, crew: impl Fn(usize) -> usize) -> Asked {
        let part = |(n, part): (usize, &crate::core::Part)| AskedPart {
            crew: crew(n),
            seats: part.seats,
            on_the_way: 0,
            here: 0,
        };
        Asked {
            at: instruction.at,
            queue,
            action: instruction.action,
            parts: instruction.parts.iter().enumerate().map(part).collect(),
            acted: false,
            said: false,
            first_came: None,
        }
    }

    /// Whether nobody is still to come.
    pub(super) fn is_complete(&self) -> bool {
        self.acted && self.parts.iter().all(|part| part.on_the_way == 0)
    }

    pub(super) fn here(&self) -> u32 {
        self.parts.iter().map(|part| part.here).sum()
    }

    pub(super) fn asked_for(&self) -> u32 {
        self.parts.iter().map(|part| part.seats).sum()
    }

    /// Whether nobody is left to whom it matters.
    pub(super) fn is_over(&self) -> bool {
        self.acted && self.parts.iter().all(|part| part.on_the_way + part.here == 0)
    }
}
