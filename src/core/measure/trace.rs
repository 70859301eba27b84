//! What one threshold measured over time, with its sums, on the queue's clock: steps that stay or rise, up to the last reading and as
//! they go on by themselves.
//!
//! ```text
//!   value        ┌──┐    ╱
//!           ┌────┘  └───╱── goes on until the next reading
//!   ────────┘
//!   │◄───── reach ─────►│now
//! ```
//!
//! A sum over a window is the difference of two running sums, exact to the millisecond. Memory is bounded: what lies wholly before
//! the longest window is dropped, and past [`STEPS_MAX`] every second step is joined to the one before, which keeps the
//! sums over whole steps exact and takes a moment within a joined step by its mean.

use super::Measured;
use super::band::Band;
use crate::{Millis, Seen};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Most steps that are kept: a value that changes every second is exact over windows of half an hour.
pub(super) const STEPS_MAX: usize = 2_048;

/// No rise needs longer to pass any limit.
const HORIZON: Millis = Millis(1 << 50);

/// What was measured, known without a gap from the first step on, but for the time that `unknown` tells.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Trace {
    /// How far back the longest window reaches.
    reach: Millis,
    /// In order of their beginning.
    steps: VecDeque<Step>,
    /// From the last reading on it is unknown, until it is known again by itself; what was known before counts for nothing, once
    /// that has lasted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unknown: Option<Gap>,
}

/// A value begins, and goes on or rises until the next step.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Step {
    from: Seen,
    measured: Measured,
    /// Sums of value and weight, each times milliseconds, from the first step ever to this one.
    before: Sums,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Gap {
    from: Seen,
    /// Exclusive; [`Seen::NEVER`]: only a reading ends it.
    until: Seen,
}

/// Sums of values and weights, each times milliseconds.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Sums {
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

    /// Takes in what is measured from `now` on; `None`: it is unknown, and so is all before. Returns whether anything changed.
    pub fn observe(&mut self, ahead: impl Iterator<Item = (Seen, Option<Measured>)>, now: Seen) -> bool {
        let was_unknown = self.unknown.is_some();
        let taken_back = self.take_back(now);
        let mut pushed = 0;
        for (from, measured) in ahead {
            let Some(measured) = measured else {
                self.unknown = Some(Gap {
                    from,
                    until: Seen::NEVER,
                });
                continue;
            };
            if let Some(gap) = &mut self.unknown {
                gap.until = gap.until.min(from);
            }
            let before = self.steps.back().map_or(Sums::default(), |last| last.until(from));
            let goes_on = |last: &Step| last.measured.after(from - last.from) == measured;
            if self.unknown.is_none() && self.steps.back().is_some_and(goes_on) {
                continue;
            }
            if self.steps.len() >= STEPS_MAX && pushed == 0 {
                self.join_steps();
            }
            pushed += 1;
            self.steps.push_back(Step { from, measured, before });
        }
        self.drop_old(now);
        taken_back || pushed > 0 || was_unknown != self.unknown.is_some()
    }

    /// Takes back what has not come by itself, and what was told before in this millisecond. A gap that has lasted leaves nothing
    /// of what was before it.
    fn take_back(&mut self, now: Seen) -> bool {
        let count = self.steps.len();
        while self.steps.back().is_some_and(|step| step.from >= now) {
            self.steps.pop_back();
        }
        let taken_back = self.steps.len() < count;
        if let Some(gap) = self.unknown.take().filter(|gap| gap.from < now) {
            while self.steps.front().is_some_and(|step| step.from < gap.until) {
                self.steps.pop_front();
            }
        }
        taken_back
    }

    /// Forgets everything.
    pub fn forget(&mut self) {
        self.unknown = None;
        self.steps.clear();
    }

    /// The first moment of a time at which the sum over the `span` before it lies in `band`, if nothing is read any more. The window
    /// is wholly observed: it begins no earlier than `floor`. The time begins no earlier than the last reading, and ends before `until`.
    pub fn first(&self, span: Millis, band: Band, floor: Seen, from: Seen, until: Seen) -> Option<Seen> {
        let known = self.steps.front()?.from;
        let known = self.unknown.map_or(known, |gap| known.max(gap.until));
        let mut begin = (from - span).max(known).max(floor);
        let last = until - span;
        // A window moves with both its ends over the steps.
        let holding = |moment: Seen| self.steps.partition_point(|step| step.from <= moment);
        let (mut tail, mut head) = (holding(begin), holding(begin + span));
        while begin < last {
            let next = |index: usize| self.steps.get(index).map(|step| step.from);
            let (next_tail, next_head) = (next(tail), next(head).map(|from| from - span));
            let end = next_tail.into_iter().chain(next_head).min();
            let end = end.unwrap_or(begin + HORIZON).min(last);
            let sum = |begin: Seen| self.within(head, begin + span).value - self.within(tail, begin).value;
            let bends = self.rises(tail) || self.rises(head);
            if let Some(found) = first_in(begin, end, bends, band, sum).filter(|found| *found < last) {
                return Some(found + span);
            }
            if next_tail.is_none() && next_head.is_none() {
                return None;
            }
            tail += usize::from(next_tail == Some(end));
            head += usize::from(next_head == Some(end));
            begin = end;
        }
        None
    }

    /// The sums over the `span` before `end`; what lies before the first step counts as nothing.
    pub fn sums(&self, span: Millis, end: Seen) -> Sums {
        let running = |moment: Seen| self.within(self.steps.partition_point(|step| step.from <= moment), moment);
        let (until, before) = (running(end), running(end - span));
        Sums {
            value: until.value - before.value,
            weight: until.weight - before.weight,
        }
    }

    fn rises(&self, next: usize) -> bool {
        let step = next.checked_sub(1).and_then(|step| self.steps.get(step));
        step.is_some_and(|step| step.measured.rise > 0)
    }

    /// The running sums at a moment no later than the beginning of the `next` step, and no earlier than that of the one before.
    fn within(&self, next: usize, moment: Seen) -> Sums {
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
        let (mut position, count) = (0, self.steps.len());
        self.steps.retain(|_| {
            position += 1;
            position % 2 == 1 || position == count
        });
    }
}

impl Step {
    /// The running sums at a moment, if this step goes on until then.
    fn until(&self, moment: Seen) -> Sums {
        let Measured { value, rise, weight } = self.measured;
        let span = i128::from((moment - self.from).0.max(0));
        let risen = i128::from(rise).saturating_mul(span.saturating_mul(span - 1) / 2);
        Sums {
            value: self
                .before
                .value
                .saturating_add(value.saturating_mul(span))
                .saturating_add(risen),
            weight: self
                .before
                .weight
                .saturating_add(i128::from(weight).saturating_mul(span)),
        }
    }

    /// The running sums at a moment between this step and the next; where steps were joined, by the mean of what lies between.
    fn between(&self, next: &Step, moment: Seen) -> Sums {
        if self.until(next.from) == next.before {
            return self.until(moment);
        }
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

/// The first moment from `begin` to `end`, both included, at which a sum lies in the band. It only rises or only falls between them,
/// but where it bends: then it may turn once.
fn first_in(begin: Seen, end: Seen, bends: bool, band: Band, sum: impl Fn(Seen) -> i128) -> Option<Seen> {
    if band.holds(sum(begin)) {
        return Some(begin);
    }
    let turn = turn_between(begin, end, bends, &sum);
    [(begin, turn), (turn, end)]
        .into_iter()
        .find_map(|(begin, end)| crossing(begin, end, band, &sum))
}

/// Where a sum that bends turns from rising to falling or back; its end where it does not.
fn turn_between(begin: Seen, end: Seen, bends: bool, sum: &impl Fn(Seen) -> i128) -> Seen {
    if !bends || (end - begin).0 < 2 {
        return end;
    }
    let change = |moment: Seen| (sum(moment + Millis(1)) - sum(moment)).signum();
    let (first, last) = (change(begin), change(end - Millis(1)));
    if first == last {
        return end;
    }
    first_between(begin, end - Millis(1), |moment| change(moment) != first)
}

/// The first moment after `begin`, up to `end`, at which a sum that only rises or only falls comes to lie in the band.
fn crossing(begin: Seen, end: Seen, band: Band, sum: &impl Fn(Seen) -> i128) -> Option<Seen> {
    let (here, there) = (sum(begin), sum(end));
    let rising = here < there;
    let crosses = if rising {
        !band.reaches(here) && band.reaches(there)
    } else {
        !band.bears(here) && band.bears(there)
    };
    if !crosses {
        return None;
    }
    let crossed = |moment: Seen| {
        let sum = sum(moment);
        if rising { band.reaches(sum) } else { band.bears(sum) }
    };
    let found = first_between(begin, end, crossed);
    band.holds(sum(found)).then_some(found)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::Threshold;

    #[test]
    fn what_is_known_again_by_itself_is_summed_up_from_then_on() {
        let (mut trace, minute) = (Trace::default(), Millis::from_secs(60));
        trace.reach_back(minute);
        let known = Seen(0) + minute;
        trace.observe(
            [(Seen(0), None), (known, Some(Measured::steady(6)))].into_iter(),
            Seen(0),
        );
        let above = Threshold::WaitingAbove {
            above: 5,
            at_most: None,
        };
        let first = trace.first(minute, Band::of(&above).over(minute), Seen(0), Seen(0), Seen::NEVER);
        assert_eq!(first, Some(known + minute));
    }

    #[test]
    fn what_lies_before_the_longest_window_is_dropped() {
        let mut trace = Trace::default();
        trace.reach_back(Millis::from_secs(60));
        for second in 0..600 {
            let ahead = [(Seen(second * 1_000), Some(Measured::steady(second.into())))];
            trace.observe(ahead.into_iter(), Seen(second * 1_000));
        }
        assert_eq!(
            trace.steps.len(),
            61,
            "one for each second, and the one that reaches back to a minute ago"
        );
    }
}
