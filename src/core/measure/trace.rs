//! What one threshold measured over time: a step function on the queue's clock, with its sums.
//!
//! ```text
//!   value        ┌──┐
//!           ┌────┘  └───── goes on until the next reading
//!   ────────┘
//!   │◄───── reach ───────►│now
//! ```
//!
//! A sum over a window is the difference of two running sums, exact to the millisecond. Memory is bounded: what lies wholly before
//! the longest window is dropped, and past [`STEPS_MAX`] every second step is joined to the one before, which keeps the
//! sums over whole steps exact and takes a moment within a joined step by its mean.

use super::measure::{Band, Measured};
use crate::{Millis, Seen};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Most steps that are kept: a value that changes every second is exact over windows of half an hour.
pub const STEPS_MAX: usize = 2_048;

/// A step function that is known without a gap from its first step on, if it has one.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Trace {
    /// How far back the longest window reaches.
    reach: Millis,
    /// In order of their beginning.
    steps: VecDeque<Step>,
    /// Since when the value is unknown: what was known before counts for nothing, once that has lasted.
    #[serde(default)]
    unknown: Option<Seen>,
}

/// A value begins, and goes on until the next step.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Step {
    from: Seen,
    value: i128,
    weight: u32,
    /// Sums of value and weight, each times milliseconds, from the first step ever to this one.
    before: Sums,
}

/// Sums of values and weights, each times milliseconds.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Of what is compared.
    pub value: i128,
    /// Of what a mean is divided by.
    pub weight: i128,
}

impl Trace {
    /// The same steps under another plan, whose windows are yet to be told.
    pub fn kept(&self) -> Trace {
        Trace {
            reach: Millis::ZERO,
            steps: self.steps.clone(),
            unknown: self.unknown,
        }
    }

    /// Reaches back at least so far from now on.
    pub fn reach_back(&mut self, span: Millis) {
        self.reach = self.reach.max(span);
    }

    /// Takes in what was measured at `now`; `None`: it is unknown, and so is all before. Returns whether it changed.
    pub fn observe(&mut self, measured: Option<Measured>, now: Seen) -> bool {
        let Some(Measured { value, weight }) = measured else {
            return self.unknown.replace(self.unknown.unwrap_or(now)).is_none() && !self.steps.is_empty();
        };
        let unknown = self.unknown.take();
        // Unknown and known again in one millisecond is no gap.
        if unknown.is_some_and(|since| since < now) {
            self.steps.clear();
        }
        let (mut from, mut before) = (now, Sums::default());
        if let Some(last) = self.steps.back() {
            if (last.value, last.weight) == (value, weight) {
                self.drop_old(now);
                return unknown.is_some();
            }
            (from, before) = (now.max(last.from), last.until(now));
            if last.from >= now {
                self.steps.pop_back();
            }
        }
        if self.steps.len() == STEPS_MAX {
            self.join_steps();
        }
        self.steps.push_back(Step {
            from,
            value,
            weight,
            before,
        });
        self.drop_old(now);
        true
    }

    /// Forgets everything.
    pub fn forget(&mut self) {
        self.unknown = None;
        self.steps.clear();
    }

    /// The first moment, no earlier than `from`, at which the sum over the `span` before it lies in `band`, if nothing changes any
    /// more. The window is wholly observed: it begins no earlier than `floor`. `from` is no earlier than the last observation.
    pub fn first(&self, span: Millis, band: Band, floor: Seen, from: Seen) -> Option<Seen> {
        if self.unknown.is_some() {
            return None;
        }
        let (first, last) = (self.steps.front()?, self.steps.back()?);
        let mut begin = (from.max(last.from) - span).max(first.from).max(floor);
        let sum = |begin: Seen, before: i128| last.until(begin + span).value - before;
        let mut here = sum(begin, self.until(begin).value);
        if band.holds(here) {
            return Some(begin + span);
        }
        // The window's beginning moves over the steps; within one its sum only rises or only falls.
        let step = self.steps.partition_point(|step| step.from <= begin);
        for next in self.steps.range(step..) {
            let there = sum(next.from, next.before.value);
            let crosses = if here < there {
                !band.reaches(here) && band.reaches(there)
            } else {
                !band.bears(here) && band.bears(there)
            };
            if crosses {
                let rising = here < there;
                let crossed = |begin: Seen| {
                    let sum = sum(begin, self.until(begin).value);
                    if rising { band.reaches(sum) } else { band.bears(sum) }
                };
                let found = first_between(begin, next.from, crossed);
                if band.holds(sum(found, self.until(found).value)) {
                    return Some(found + span);
                }
            }
            (begin, here) = (next.from, there);
        }
        None
    }

    /// The sums over the `span` before `end`; what lies before the first step counts as nothing.
    pub fn sums(&self, span: Millis, end: Seen) -> Sums {
        let (until, before) = (self.until(end), self.until(end - span));
        Sums {
            value: until.value - before.value,
            weight: until.weight - before.weight,
        }
    }

    /// The running sums at a moment.
    fn until(&self, moment: Seen) -> Sums {
        let next = self.steps.partition_point(|step| step.from <= moment);
        let Some(step) = next.checked_sub(1).and_then(|step| self.steps.get(step)) else {
            return self.steps.front().map_or_else(Sums::default, |first| first.before);
        };
        match self.steps.get(next) {
            Some(next) => step.between(next, moment),
            None => step.until(moment),
        }
    }

    fn drop_old(&mut self, now: Seen) {
        let oldest = now - self.reach;
        while self.steps.get(1).is_some_and(|second| second.from <= oldest) {
            self.steps.pop_front();
        }
    }

    fn join_steps(&mut self) {
        let mut position = 0;
        self.steps.retain(|_| {
            position += 1;
            position % 2 == 1 || position == STEPS_MAX
        });
    }
}

impl Step {
    /// The running sums at a moment, if this step goes on until then.
    fn until(&self, moment: Seen) -> Sums {
        let span = i128::from((moment - self.from).0.max(0));
        Sums {
            value: self.before.value.saturating_add(self.value.saturating_mul(span)),
            weight: self
                .before
                .weight
                .saturating_add(i128::from(self.weight).saturating_mul(span)),
        }
    }

    /// The running sums at a moment between this step and the next, by the mean of what lies between (which is the value itself
    /// but where steps were joined).
    fn between(&self, next: &Step, moment: Seen) -> Sums {
        let (span, part) = (
            i128::from((next.from - self.from).0),
            i128::from((moment - self.from).0),
        );
        let share = |before: i128, after: i128| {
            let (each, rest) = ((after - before).div_euclid(span), (after - before).rem_euclid(span));
            before + each * part + rest * part / span
        };
        Sums {
            value: share(self.before.value, next.before.value),
            weight: share(self.before.weight, next.before.weight),
        }
    }
}

/// The first moment of `(begin, end]` for which `crossed` is true; true at `end`, and from the first one on.
fn first_between(begin: Seen, end: Seen, crossed: impl Fn(Seen) -> bool) -> Seen {
    let (mut not_yet, mut already) = (begin, end);
    while (already - not_yet).0 > 1 {
        let middle = not_yet + Millis((already - not_yet).0 / 2);
        if crossed(middle) {
            already = middle;
        } else {
            not_yet = middle;
        }
    }
    already
}
