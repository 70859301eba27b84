//! What compares now with a while ago: shares over the last minutes by the source's own counters, and how fast the depth rises.
//!
//! ```text
//!   told   ──┬──────┬─────────┬───────┬──► goes on until the next reading
//!            then ◄────── over ──────► now
//! ```
//!
//! Its value changes with a reading, and again by itself when that reading is `over` ago. It is unknown until a whole `over` has
//! been seen. A counter that falls belongs to a source that started again: nothing before counts. Calls that came and went while the
//! queue was blind are counted where it was seen again: the counters went on.
//!
//! Memory is bounded: one step before the span is kept, and past [`STEPS_MAX`] every second step is left out.

use super::trace::STEPS_MAX;
use super::{Measured, Moment};
use crate::ladder::{Millionths, Threshold};
use crate::{Millis, Reading, Seen};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// What was told over the last while.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Sliding {
    over: Millis,
    /// In order of their beginning, all before `from`.
    past: VecDeque<Step>,
    /// Since when `told` is in force.
    from: Seen,
    told: Option<Told>,
}

/// What was told from a moment on.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Step {
    from: Seen,
    told: Told,
}

/// What the source says.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    /// Callers waiting.
    Waiting(u32),
    /// Calls since the source's own start: those that count, of all that ended.
    Calls { part: u64, ended: u64, by: Ended },
}

/// By which counters calls are known to have ended. What a source tells may change; sums of different counters compare with nothing.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ended {
    Answered,
    AnsweredOrGivenUp,
    Offered,
}

/// What a reading tells for a threshold; `None`: the feed does not tell it.
///
/// Of all calls that ended: answered, and given up where the feed tells. Where it does not tell how many were answered, those
/// offered stand for those ended.
pub(super) fn told(threshold: &Threshold, reading: &Reading) -> Option<Told> {
    match threshold {
        Threshold::RisingAbove(_) => Some(Told::Waiting(reading.waiting)),
        Threshold::AnsweredShareBelow(_) | Threshold::AnsweredShareAtLeast(_) => {
            let (answered, part) = (reading.answered?, reading.answered_in_target?);
            let (ended, by) = match reading.abandoned {
                Some(given_up) => (answered.saturating_add(given_up), Ended::AnsweredOrGivenUp),
                None => (answered, Ended::Answered),
            };
            Some(Told::Calls { part, ended, by })
        }
        Threshold::AbandonedShareAbove(_) => {
            let part = reading.abandoned?;
            let (ended, by) = match reading.answered {
                Some(answered) => (answered.saturating_add(part), Ended::AnsweredOrGivenUp),
                None => (reading.offered?, Ended::Offered),
            };
            Some(Told::Calls { part, ended, by })
        }
        Threshold::WaitingAbove { .. }
        | Threshold::WaitingAtMost(_)
        | Threshold::LongestWaitAbove(_)
        | Threshold::WaitingPerSeatAbove(_)
        | Threshold::ExpectedWaitAbove(_) => None,
    }
}

impl Told {
    /// Whether the source has begun to count anew in between, or counts something else.
    fn begins_anew(self, before: Told) -> bool {
        match (before, self) {
            (
                Told::Calls { part, ended, by },
                Told::Calls {
                    part: now,
                    ended: all,
                    by: by_now,
                },
            ) => now < part || all < ended || by != by_now,
            (Told::Waiting(_), Told::Waiting(_)) => false,
            (Told::Waiting(_), Told::Calls { .. }) | (Told::Calls { .. }, Told::Waiting(_)) => true,
        }
    }

    /// What a threshold compares between then and now.
    fn since(self, then: Told, threshold: &Threshold) -> Option<Measured> {
        match (then, self, threshold) {
            (Told::Waiting(then), Told::Waiting(now), _) => Some(Measured::steady(i128::from(now) - i128::from(then))),
            (
                Told::Calls {
                    part: then, ended: of, ..
                },
                Told::Calls { part, ended, .. },
                threshold,
            ) => {
                let (part, ended) = (part.saturating_sub(then), ended.saturating_sub(of));
                let parts = i128::from(part) * i128::from(Millionths::ONE.0);
                let limit = |share: Millionths| i128::from(share.0) * i128::from(ended);
                let value = match threshold {
                    Threshold::AnsweredShareBelow(below) => limit(below.share) - parts,
                    Threshold::AnsweredShareAtLeast(least) => limit(least.share) - parts,
                    Threshold::AbandonedShareAbove(above) => parts - limit(above.share),
                    Threshold::WaitingAbove { .. }
                    | Threshold::WaitingAtMost(_)
                    | Threshold::LongestWaitAbove(_)
                    | Threshold::WaitingPerSeatAbove(_)
                    | Threshold::ExpectedWaitAbove(_)
                    | Threshold::RisingAbove(_) => return None,
                };
                Some(Measured {
                    value,
                    rise: 0,
                    weight: ended,
                })
            }
            (Told::Waiting(_), Told::Calls { .. }, _) | (Told::Calls { .. }, Told::Waiting(_), _) => None,
        }
    }
}

impl Sliding {
    /// Nothing is known yet.
    pub fn new(over: Millis) -> Sliding {
        Sliding {
            over,
            past: VecDeque::new(),
            from: Seen(0),
            told: None,
        }
    }

    /// Takes in what is told from `now` on; `None`: it is unknown, and so is all before, once that has lasted.
    pub fn observe(&mut self, told: Option<Told>, now: Seen) {
        if now > self.from {
            self.keep();
            self.from = now;
        }
        self.told = told;
        let oldest = now - self.over;
        while self.past.get(1).is_some_and(|second| second.from <= oldest) {
            self.past.pop_front();
        }
    }

    /// Forgets everything.
    pub fn forget(&mut self) {
        self.past.clear();
        self.told = None;
    }

    /// Goes on from what another has seen of the same, over another span.
    pub fn go_on_from(&mut self, other: &Sliding) {
        *self = Sliding {
            over: self.over,
            ..other.clone()
        };
    }

    /// What it measures in the millisecond at `at`, no earlier than the last reading.
    pub fn at(&self, threshold: &Threshold, at: Seen) -> Moment {
        let Some(told) = self.told else {
            return Moment {
                measured: None,
                until: Seen::NEVER,
            };
        };
        let anew = self.past.back().is_some_and(|last| told.begins_anew(last.told));
        let past = self.past.front().filter(|_| !anew);
        let known_from = past.map_or(self.from, |first| first.from);
        let then = at - self.over;
        if then < known_from {
            return Moment {
                measured: None,
                until: known_from + self.over,
            };
        }
        if then >= self.from {
            return Moment {
                measured: told.since(told, threshold),
                until: Seen::NEVER,
            };
        }
        let next = self.past.partition_point(|step| step.from <= then);
        let before = next.checked_sub(1).and_then(|found| self.past.get(found));
        let until = self.past.get(next).map_or(self.from, |next| next.from) + self.over;
        Moment {
            measured: before.and_then(|before| told.since(before.told, threshold)),
            until,
        }
    }

    /// What was told last has lasted: it is past now.
    fn keep(&mut self) {
        let Some(told) = self.told else {
            self.past.clear();
            return;
        };
        match self.past.back() {
            Some(last) if last.told == told => return,
            Some(last) if told.begins_anew(last.told) => self.past.clear(),
            _ => {}
        }
        if self.past.len() == STEPS_MAX {
            let mut position = 0;
            self.past.retain(|_| {
                position += 1;
                position % 2 == 1 || position == STEPS_MAX
            });
        }
        self.past.push_back(Step { from: self.from, told });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::ShareOver;

    const BELOW: Threshold = Threshold::AnsweredShareBelow(ShareOver {
        share: Millionths(800_000),
        over: Millis(10_000),
    });

    fn calls(part: u64, ended: u64) -> Option<Told> {
        let by = Ended::AnsweredOrGivenUp;
        Some(Told::Calls { part, ended, by })
    }

    fn value(sliding: &Sliding, at: i64) -> Option<i128> {
        sliding.at(&BELOW, Seen(at)).measured.map(|measured| measured.value)
    }

    #[test]
    fn a_share_is_known_once_its_whole_span_was_seen_and_changes_by_itself() {
        let mut sliding = Sliding::new(Millis(10_000));
        sliding.observe(calls(100, 100), Seen(1_000));
        sliding.observe(calls(100, 104), Seen(3_000));
        assert_eq!(value(&sliding, 10_999), None);
        assert_eq!(sliding.at(&BELOW, Seen(3_000)).until, Seen(11_000));
        // None of four in time, until they are ten seconds ago.
        assert_eq!(value(&sliding, 11_000), Some(3_200_000));
        assert_eq!(sliding.at(&BELOW, Seen(11_000)).until, Seen(13_000));
        assert_eq!(value(&sliding, 13_000), Some(0), "no call, no share");
        assert_eq!(sliding.at(&BELOW, Seen(13_000)).until, Seen::NEVER);
    }

    #[test]
    fn a_counter_that_falls_begins_anew_unless_that_lasted_no_time() {
        let mut sliding = Sliding::new(Millis(10_000));
        sliding.observe(calls(100, 100), Seen(1_000));
        let mut fell = sliding.clone();
        fell.observe(calls(0, 0), Seen(12_000));
        assert_eq!(value(&fell, 12_000), None);
        let mut glimpsed = fell.clone();
        glimpsed.observe(calls(100, 110), Seen(12_000));
        assert_eq!(value(&glimpsed, 12_000), Some(8_000_000));
        fell.observe(calls(0, 10), Seen(13_000));
        assert_eq!(value(&fell, 21_999), None);
        assert_eq!(value(&fell, 22_000), Some(8_000_000));
    }

    #[test]
    fn a_source_that_begins_to_tell_who_gave_up_does_not_bring_all_of_them_at_once() {
        let mut reading = Reading::of("q", 3);
        (reading.answered, reading.answered_in_target) = (Some(900), Some(900));
        let mut sliding = Sliding::new(Millis(10_000));
        sliding.observe(told(&BELOW, &reading), Seen(0));
        reading.abandoned = Some(5_000);
        sliding.observe(told(&BELOW, &reading), Seen(15_000));
        assert_eq!(value(&sliding, 15_000), None);
        assert_eq!(value(&sliding, 25_000), Some(0));
    }

    #[test]
    fn what_is_not_told_any_more_is_unknown_from_then_on() {
        let mut sliding = Sliding::new(Millis(10_000));
        sliding.observe(calls(100, 100), Seen(1_000));
        sliding.observe(None, Seen(20_000));
        assert_eq!(value(&sliding, 20_000), None);
        sliding.observe(calls(100, 100), Seen(20_001));
        assert_eq!(value(&sliding, 30_000), None);
        assert_eq!(value(&sliding, 30_001), Some(0));
    }

    #[test]
    fn memory_is_bounded_and_what_is_left_out_moves_no_end() {
        let mut sliding = Sliding::new(Millis(100_000));
        for at in 0..100_000 {
            sliding.observe(calls(0, at as u64), Seen(at));
            assert!(sliding.past.len() <= STEPS_MAX);
        }
        assert_eq!(value(&sliding, 100_000), Some(99_999 * 800_000));
    }
}
