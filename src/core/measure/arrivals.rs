//! Calls an hour, measured on the source's own counter of offered calls.
//!
//! The counter goes on while the queue is blind, and so does real time: the rate is taken on both, and a gap does it no harm.

use crate::{Millis, Time};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The rate is measured over at most this long.
const WINDOW: Millis = Millis::from_mins(15);
/// Over less than this it says too little.
const AT_LEAST: Millis = Millis::from_mins(5);
/// The counter is kept once in so long: the window holds 16 of it.
const KEPT_EVERY: Millis = Millis::from_mins(1);

/// The counter of offered calls over the last minutes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Arrivals {
    kept: VecDeque<Counted>,
    latest: Option<Counted>,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Counted {
    at: Time,
    offered: u64,
}

impl Arrivals {
    /// The source vouches for its counter. A counter that falls belongs to a source that started again: nothing before counts.
    pub fn observe(&mut self, offered: u64, at: Time) {
        if self.latest.is_some_and(|latest| latest.offered > offered) {
            self.kept.clear();
        }
        let counted = Counted { at, offered };
        self.latest = Some(counted);
        while self.kept.front().is_some_and(|first| first.at < at - WINDOW) {
            self.kept.pop_front();
        }
        if self.kept.back().is_none_or(|last| at - last.at >= KEPT_EVERY) {
            self.kept.push_back(counted);
        }
    }

    /// Calls an hour over the last quarter of an hour, to the nearest whole; `None` where less than five minutes are known.
    pub fn per_hour(&self, now: Time) -> Option<u32> {
        let latest = self.latest?;
        let first = self.kept.iter().find(|counted| counted.at >= now - WINDOW)?;
        let span = latest.at - first.at;
        if span < AT_LEAST {
            return None;
        }
        let (calls, span) = (
            u128::from(latest.offered.saturating_sub(first.offered)),
            u128::from(span.0.unsigned_abs()),
        );
        let per_hour = (calls * 3_600_000 + span / 2) / span;
        Some(u32::try_from(per_hour).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64) -> Time {
        Time(0) + Millis::from_mins(minute)
    }

    #[test]
    fn the_rate_is_that_of_the_last_quarter_of_an_hour() {
        let mut arrivals = Arrivals::default();
        (0..=60).for_each(|at| arrivals.observe(10 * at as u64, minute(at)));
        assert_eq!(arrivals.per_hour(minute(60)), Some(600));
        (61..=75).for_each(|at| arrivals.observe(600 + 20 * (at as u64 - 60), minute(at)));
        assert_eq!(arrivals.per_hour(minute(75)), Some(1200));
        assert_eq!(arrivals.per_hour(minute(91)), None, "of an hour ago nothing is told");
    }

    #[test]
    fn the_counter_is_kept_each_minute() {
        let mut arrivals = Arrivals::default();
        (0..=16).for_each(|at| arrivals.observe(if at < 2 { 0 } else { 90 }, minute(at)));
        assert_eq!(
            arrivals.per_hour(minute(16)),
            Some(360),
            "since the first minute, not since the second"
        );
    }

    #[test]
    fn under_five_minutes_tell_nothing() {
        let mut arrivals = Arrivals::default();
        assert_eq!(arrivals.per_hour(minute(0)), None);
        arrivals.observe(7, minute(0));
        arrivals.observe(107, minute(5) - Millis(1));
        assert_eq!(arrivals.per_hour(minute(5) - Millis(1)), None);
        arrivals.observe(107, minute(5));
        assert_eq!(arrivals.per_hour(minute(5)), Some(1200));
    }

    #[test]
    fn a_counter_that_falls_begins_anew() {
        let mut arrivals = Arrivals::default();
        (0..=10).for_each(|at| arrivals.observe(1000 + 10 * at as u64, minute(at)));
        arrivals.observe(3, minute(11));
        assert_eq!(arrivals.per_hour(minute(11)), None);
        arrivals.observe(53, minute(16));
        assert_eq!(arrivals.per_hour(minute(16)), Some(600));
    }

    #[test]
    fn the_nearest_whole_is_told_and_the_largest_counters_do_not_overflow() {
        let mut arrivals = Arrivals::default();
        arrivals.observe(0, minute(0));
        arrivals.observe(1, minute(7));
        // 60 / 7 = 8.57
        assert_eq!(arrivals.per_hour(minute(7)), Some(9));
        arrivals.observe(u64::MAX, minute(8));
        assert_eq!(arrivals.per_hour(minute(8)), Some(u32::MAX));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut arrivals = Arrivals::default();
        for second in 0..7_200 {
            arrivals.observe(second, Time(0) + Millis::from_secs(second as i64));
            assert!(arrivals.kept.len() <= 16);
        }
    }
}
