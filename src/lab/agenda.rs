//! What is planned, in the order of time; of one moment, in the order in which it was planned.

use crate::core::Time;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// What is planned.
pub(super) struct Agenda<T> {
    planned: BinaryHeap<Planned<T>>,
    /// How much was planned so far.
    count: u64,
}

/// Something planned. The turn is its moment and, below that, its number: one comparison, without a branch.
struct Planned<T> {
    turn: u128,
    what: T,
}

impl<T> Agenda<T> {
    /// Nothing is planned.
    pub(super) fn new() -> Agenda<T> {
        Agenda {
            planned: BinaryHeap::new(),
            count: 0,
        }
    }

    /// Plans something.
    pub(super) fn plan(&mut self, at: Time, what: T) {
        self.count += 1;
        let turn = u128::from(at.0 as u64 ^ SIGN) << 64 | u128::from(self.count);
        self.planned.push(Planned { turn, what });
    }

    /// When something is due next; [`Time::NEVER`] where nothing is planned.
    pub(super) fn next_at(&self) -> Time {
        self.planned.peek().map_or(Time::NEVER, Planned::at)
    }

    /// Takes what is due next.
    pub(super) fn pop(&mut self) -> Option<(Time, T)> {
        let planned = self.planned.pop()?;
        Some((planned.at(), planned.what))
    }
}

/// With this bit turned, times before 1970 come before those after it.
const SIGN: u64 = 1 << 63;

impl<T> Planned<T> {
    fn at(&self) -> Time {
        Time(((self.turn >> 64) as u64 ^ SIGN) as i64)
    }
}

// The heap gives the greatest: that is the earliest turn.
impl<T> Ord for Planned<T> {
    fn cmp(&self, other: &Planned<T>) -> Ordering {
        other.turn.cmp(&self.turn)
    }
}

impl<T> PartialOrd for Planned<T> {
    fn partial_cmp(&self, other: &Planned<T>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Planned<T> {
    fn eq(&self, other: &Planned<T>) -> bool {
        self.turn == other.turn
    }
}

impl<T> Eq for Planned<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_earliest_comes_first_and_of_one_moment_what_was_planned_first(at in prop::collection::vec(-3i64..3, 0..40)) {
            let mut agenda = Agenda::new();
            let mut sorted: Vec<(i64, usize)> = Vec::new();
            for (number, at) in at.into_iter().enumerate() {
                agenda.plan(Time(at), number);
                sorted.push((at, number));
            }
            sorted.sort_unstable();
            for (at, number) in sorted {
                prop_assert_eq!(agenda.next_at(), Time(at));
                prop_assert_eq!(agenda.pop(), Some((Time(at), number)));
            }
            prop_assert_eq!((agenda.next_at(), agenda.pop()), (Time::NEVER, None));
        }
    }
}
