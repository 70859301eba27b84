//! How many seats a volume needs, and what volume seats carry, by the core's Erlang formulas.

use crate::core::Millis;
use crate::core::erlang::{Traffic, seats_required};
use crate::core::ladder::{QueuePlan, Target};
use serde::Serialize;
use std::collections::BTreeMap;

/// More calls an hour than are looked at.
const MOST_CALLS: u32 = 100_000;

/// What seats are computed by, from the plan.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Basis {
    /// Mean handling time, seconds.
    pub handle_s: f64,
    /// Mean patience, seconds; `None`: by Erlang C, nobody gives up.
    pub patience_s: Option<f64>,
    /// Share of all callers to be answered in time.
    pub answered: f64,
    /// That time, seconds.
    pub within_s: f64,
}

/// Seats of one queue.
#[derive(Debug)]
pub(super) struct Needed {
    handle: Millis,
    patience: Option<Millis>,
    target: Target,
    carried: BTreeMap<u32, u32>,
}

impl Needed {
    /// `None`: the plan has no handling time or no target for the queue.
    pub fn of(queue: &QueuePlan) -> Option<Needed> {
        Some(Needed {
            handle: queue.handle_time?,
            patience: queue.patience,
            target: queue.target?,
            carried: BTreeMap::new(),
        })
    }

    pub fn basis(&self) -> Basis {
        Basis {
            handle_s: self.handle.as_secs(),
            patience_s: self.patience.map(Millis::as_secs),
            answered: self.target.answered,
            within_s: self.target.within.as_secs(),
        }
    }

    /// Seats that so many calls an hour need.
    pub fn seats(&self, calls: f64) -> Option<u32> {
        seats_required(calls, self.handle, self.patience, self.target)
            .ok()
            .map(|it| it.seats)
    }

    /// The most calls an hour that so many seats carry within the target.
    pub fn carried(&mut self, seats: u32) -> Option<u32> {
        if let Some(known) = self.carried.get(&seats) {
            return Some(*known);
        }
        let meets = |calls: u32| {
            let traffic = Traffic::new(f64::from(calls), self.handle, self.patience).ok()?;
            Some(seats > 0 && traffic.with(seats, self.target.within).answered_within >= self.target.answered)
        };
        let (mut low, mut high) = (0, MOST_CALLS);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            match meets(middle).unwrap_or(false) {
                true => low = middle,
                false => high = middle - 1,
            }
        }
        self.carried.insert(seats, low);
        Some(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_seats_carry_needs_them_and_one_call_more_needs_another() {
        let mut needed = Needed {
            handle: Millis::from_secs(180),
            patience: Some(Millis::from_secs(120)),
            target: Target {
                answered: 0.9,
                within: Millis::from_secs(20),
            },
            carried: BTreeMap::new(),
        };
        for seats in [1, 5, 20, 60] {
            let calls = needed.carried(seats).unwrap();
            assert!(
                needed.seats(f64::from(calls)).unwrap() <= seats,
                "{seats} seats, {calls} calls"
            );
            assert!(
                needed.seats(f64::from(calls + 1)).unwrap() > seats,
                "{seats} seats, {calls} calls"
            );
        }
        assert_eq!(needed.carried(0), Some(0));
    }
}
