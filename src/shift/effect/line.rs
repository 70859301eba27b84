//! One queue as it was a while ago: how many waited, and what else may have made a difference.

use super::{WINDOW, Waited};
use crate::core::{InstructionId, Millis, Time};
use std::collections::VecDeque;

/// Depths that are remembered of a queue: more than a reading a tenth of a second for both windows. The oldest are let go.
const LIMIT_STEPS: usize = 8_192;
/// Comings and goings that are remembered of a queue.
const LIMIT_CHANGES: usize = 1_024;

/// One queue as it was a while ago.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// From when on how many waited; `None`: nobody saw it.
    steps: VecDeque<(Time, Option<u32>)>,
    /// How many waited when it was seen last.
    last: Option<u32>,
    /// Comings and goings of others among them.
    changes: VecDeque<(Time, Change)>,
}

/// What may have made a difference beside the call in question.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Change {
    Came(InstructionId),
    Went(InstructionId),
    Unusual,
}

impl Line {
    /// From then on so many wait; `None`: nobody sees it.
    pub(super) fn step(&mut self, at: Time, depth: Option<u32>) {
        if depth.is_none() && self.steps.is_empty() {
            return;
        }
        self.steps.push_back((at, depth));
        self.last = depth.or(self.last);
        // The step in force at the beginning of what is needed stays.
        while self.steps.len() > LIMIT_STEPS || self.steps.get(1).is_some_and(|(from, _)| *from <= at - WINDOW - WINDOW)
        {
            self.steps.pop_front();
        }
    }

    /// Whether any comings or goings are remembered.
    pub(super) fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Lets comings and goings before `needed` go.
    pub(super) fn forget_changes(&mut self, needed: Time) {
        while self.changes.front().is_some_and(|(from, _)| *from < needed) {
            self.changes.pop_front();
        }
    }

    /// How many waited when it was seen last, where nobody sees it now.
    pub(super) fn before_blind(&self) -> Option<u32> {
        let blind = self.steps.back().is_some_and(|(_, depth)| depth.is_none());
        self.last.filter(|_| blind)
    }

    pub(super) fn changed(&mut self, at: Time, change: Change) {
        self.changes.push_back((at, change));
        if self.changes.len() > LIMIT_CHANGES {
            self.changes.pop_front();
        }
    }

    /// What changed between two moments. The ladder's own tiers come exactly a window apart: what lies on the edge is no part of it.
    pub(super) fn changes(&self, from: Time, to: Time) -> impl Iterator<Item = Change> + '_ {
        let within = self.changes.iter().filter(move |(at, _)| from < *at && *at < to);
        within.map(|(_, change)| *change)
    }

    pub(super) fn waited(&self, from: Time, to: Time) -> Waited {
        let (mut caller_ms, mut seen) = (0i64, 0i64);
        let ends = self.steps.iter().skip(1).map(|(at, _)| *at).chain([Time::NEVER]);
        for ((begun, depth), end) in self.steps.iter().zip(ends) {
            let (begun, end) = ((*begun).max(from), end.min(to));
            if let (Some(depth), true) = (depth, end > begun) {
                seen += (end - begun).0;
                caller_ms += (end - begun).0.saturating_mul(i64::from(*depth));
            }
        }
        Waited {
            caller_minutes: caller_ms as f64 / 60_000.0,
            seen: Millis(seen),
        }
    }

    pub(super) fn depth_at(&self, at: Time) -> Option<u32> {
        self.steps.iter().rev().find(|(from, _)| *from <= at)?.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_of_the_past_is_kept_than_both_windows_need_and_never_more_than_the_limit() {
        let mut line = Line::default();
        for at in (0..3_600).map(|second| Time(second * 1000)) {
            line.step(at, Some(3));
            line.forget_changes(at - WINDOW);
            line.changed(at, Change::Unusual);
        }
        assert_eq!(
            line.steps.len(),
            601,
            "ten minutes, and the step in force at their beginning"
        );
        assert_eq!(line.changes.len(), 301, "what is needed of five minutes");
        for at in (3_600_000..3_700_000).step_by(5).map(Time) {
            line.step(at, Some(4));
            line.changed(at, Change::Unusual);
        }
        assert_eq!((line.steps.len(), line.changes.len()), (LIMIT_STEPS, LIMIT_CHANGES));
    }
}
