//! Of which queues somebody hears, and for which they answer.
//!
//! A [`Scope`] comes with a token and is asked in three places only: the ring and the board, which say what a session hears; the
//! HTTP interface, which says what a script reads; the daemon, which says what either may do.

use super::{Audience, Refused, RefusedBecause};
use crate::core::Name;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The queues that a token is for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Scope {
    /// All of them, also those that come later.
    #[default]
    WholeFloor,
    /// These alone.
    Queues(Arc<BTreeSet<Name>>),
}

impl Scope {
    /// The scope of these queues; of none: the whole floor.
    pub fn of(queues: &[Name]) -> Scope {
        if queues.is_empty() {
            return Scope::WholeFloor;
        }
        Scope::Queues(Arc::new(queues.iter().cloned().collect()))
    }

    /// The queues, where they are limited.
    pub fn queues(&self) -> Option<&BTreeSet<Name>> {
        match self {
            Scope::WholeFloor => None,
            Scope::Queues(queues) => Some(queues),
        }
    }

    /// Whether a queue is in it.
    pub fn covers(&self, queue: &Name) -> bool {
        self.queues().is_none_or(|queues| queues.contains(queue))
    }

    /// Whether a queue is in both.
    pub fn meets(&self, other: &Scope) -> bool {
        match (self.queues(), other.queues()) {
            (Some(ours), Some(theirs)) => !ours.is_disjoint(theirs),
            _ => true,
        }
    }

    /// Whether a message is for it.
    pub fn hears(&self, audience: &Audience) -> bool {
        match audience {
            Audience::Everybody => true,
            Audience::WholeFloor => *self == Scope::WholeFloor,
            Audience::Queue(queue) => self.covers(queue),
        }
    }

    /// Lets what concerns the whole floor pass.
    ///
    /// # Errors
    /// Code `not_your_queue`.
    pub fn admit_whole_floor(&self) -> Result<(), Refused> {
        match self.queues() {
            None => Ok(()),
            Some(queues) => Err(not_yours(
                queues,
                "this is about the whole floor, and your token is for some queues alone: ask your operator for a token \
                 without queues",
            )),
        }
    }

    /// Lets what concerns this queue pass.
    ///
    /// # Errors
    /// Code `not_your_queue`.
    pub fn admit(&self, queue: &Name) -> Result<(), Refused> {
        match self.queues() {
            Some(queues) if !queues.contains(queue) => Err(not_yours(queues, "")),
            Some(_) | None => Ok(()),
        }
    }
}

fn not_yours(queues: &BTreeSet<Name>, detail: &str) -> Refused {
    let queues = queues.iter().cloned().collect();
    Refused::new(RefusedBecause::NotYourQueue { queues }, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_its_queues_and_the_whole_floor_covers_all() {
        let [inbound, vip] = ["inbound", "vip"].map(Name::from);
        let scope = Scope::of(std::slice::from_ref(&inbound));
        assert!(scope.covers(&inbound) && !scope.covers(&vip));
        assert!(Scope::of(&[]).covers(&vip));
        assert!(scope.hears(&Audience::Everybody) && !scope.hears(&Audience::WholeFloor));
        assert!(scope.hears(&Audience::Queue(inbound.clone())) && !scope.hears(&Audience::Queue(vip.clone())));
        let refused = scope.admit(&vip).unwrap_err();
        assert_eq!(refused.code(), "not_your_queue");
        assert_eq!(refused.because.fields()["queues"], serde_json::json!(["inbound"]));
        assert!(scope.admit(&inbound).is_ok() && Scope::WholeFloor.admit(&vip).is_ok());
    }
}
