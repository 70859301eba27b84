//! What a plan had called, as it is drawn.

use super::Line;
use crate::core::{Action, InstructionId, Name, Time};
use std::collections::BTreeMap;

/// A tier that was called, until its people went back.
#[derive(Clone, PartialEq, Debug)]
pub struct Bar {
    /// Which.
    pub tier: Name,
    /// When it was called.
    pub from: Time,
    /// When it was taken back; `None`: not before the end.
    pub to: Option<Time>,
    /// For how many.
    pub seats: u32,
}

/// What a plan had called for a queue, from each call to the instruction that took it back.
pub fn bars(lines: &[Line], queue: &Name) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    let mut places: BTreeMap<InstructionId, usize> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.queue == *queue) {
        match line.action {
            Action::SignOut | Action::StandDown => {
                let taken_back = line.of.and_then(|of| places.get(&of));
                if let Some(bar) = taken_back.and_then(|place| bars.get_mut(*place)) {
                    bar.to.get_or_insert(line.at.0);
                }
            }
            Action::SignIn | Action::ExtendShift | Action::Overtime | Action::CallIn => {
                places.insert(line.id, bars.len());
                bars.push(Bar {
                    tier: line.tier.clone(),
                    from: line.at.0,
                    to: None,
                    seats: line.seats.ask,
                });
            }
        }
    }
    bars
}
