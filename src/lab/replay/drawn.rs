//! What is drawn of a replay: each queue's depth minute by minute, and when nobody saw it. Bounded by the minutes, however many readings
//! there are.

use crate::core::{Name, Time};
use std::collections::BTreeMap;

/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

/// All queues.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Drawn {
    /// By name.
    pub queues: BTreeMap<Name, Depths>,
}

/// One queue.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Depths {
    /// The deepest of each minute since 1970, where it differs from the minute before.
    pub steps: Vec<(i64, u32)>,
    /// From when to when nobody saw it; open at the end where nobody does.
    pub blind: Vec<(Time, Option<Time>)>,
    /// The last minute that was told of.
    last: Option<i64>,
    /// The minute that is going on, its deepest so far, and what waits now.
    now: Option<(i64, u32, u32)>,
}

impl Drawn {
    /// So many wait from now on.
    pub(super) fn waits(&mut self, queue: &Name, waiting: u32, at: Time) {
        if !self.queues.contains_key(queue) {
            self.queues.insert(queue.clone(), Depths::default());
        }
        if let Some(depths) = self.queues.get_mut(queue) {
            depths.waits(waiting, at.0.div_euclid(MINUTE));
        }
    }

    /// Nothing more comes.
    pub(super) fn end(mut self) -> Drawn {
        for depths in self.queues.values_mut() {
            depths.minute_ends(i64::MAX);
        }
        self
    }

    /// Nobody sees it any more, or somebody does again.
    pub(super) fn blind(&mut self, queue: &Name, blind: bool, at: Time) {
        let depths = self.queues.entry(queue.clone()).or_default();
        if blind {
            depths.blind.push((at, None));
        } else if let Some((_, until)) = depths.blind.last_mut() {
            until.get_or_insert(at);
        }
    }
}

impl Depths {
    fn waits(&mut self, waiting: u32, minute: i64) {
        self.last = Some(minute);
        self.now = Some(match self.now {
            Some((known, most, _)) if known == minute => (minute, most.max(waiting), waiting),
            Some((_, _, before)) => {
                self.minute_ends(minute);
                (minute, before.max(waiting), waiting)
            }
            None => (minute, waiting, waiting),
        });
    }

    /// Writes down the minute that was going on, and what waits after it where the next that tells anything is a later one.
    fn minute_ends(&mut self, next: i64) {
        let Some((minute, most, now)) = self.now.take() else {
            return;
        };
        let after = (minute + 1 < next).then_some((minute + 1, now));
        for step in [Some((minute, most)), after].into_iter().flatten() {
            if self.steps.last().is_none_or(|(_, known)| *known != step.1) {
                self.steps.push(step);
            }
        }
    }

    /// The last minute that was told of.
    pub fn last_minute(&self) -> Option<i64> {
        self.last
    }

    /// The steps from one minute to before another, the depth at the first included.
    pub fn between(&self, from: i64, to: i64) -> Vec<(i64, u32)> {
        let begin = self.steps.partition_point(|(minute, _)| *minute <= from);
        let end = self.steps.partition_point(|(minute, _)| *minute < to);
        let first = begin.checked_sub(1).map(|before| (from, self.steps[before].1));
        let rest = self.steps.get(begin..end).unwrap_or_default();
        first.into_iter().chain(rest.iter().copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_minute_has_its_deepest_and_an_unchanged_one_costs_nothing() {
        let (mut drawn, queue) = (Drawn::default(), Name::from("a"));
        let told = [(0, 1), (10, 7), (20, 2), (70, 2), (180, 2), (190, 3), (300, 0)];
        for (second, waiting) in told {
            drawn.waits(&queue, waiting, Time(second * 1000));
        }
        let drawn = drawn.end();
        let depths = &drawn.queues[&queue];
        assert_eq!(depths.steps, [(0, 7), (1, 2), (3, 3), (6, 0)]);
        assert_eq!(depths.between(2, 6), [(2, 2), (3, 3)]);
        assert_eq!(depths.between(-5, 1), [(0, 7)]);
    }
}
