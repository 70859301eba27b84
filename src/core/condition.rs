//! Windows: for how long a threshold has held on one queue, on the queue's own clock.
//!
//! ```text
//!            depth above                  depth not above
//!  Idle ───────────────────► Holding{since} ───────────────────► Idle
//!                               │   due at max(since, floor) + for
//! ```
//!
//! Only [`Windows::observe`] and [`Windows::begin_anew`] change a window. The floor (the last change of the queue's stack)
//! belongs to the queue and is given with each question, so that a change of ladder or of the stack needs no copying of clocks.

use super::ladder::{Judge, Plan, QueuePlan, Threshold, When};
use super::{Millis, Reading, Seen};
use serde::{Deserialize, Serialize};

/// The windows of one queue: one for each distinct threshold of any ladder, since any ladder may come into force.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Windows {
    windows: Vec<Window>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Window {
    threshold: Threshold,
    /// Since when it holds without a break; `None`: it does not hold, or what it measures is unknown.
    since: Option<Seen>,
}

impl Windows {
    /// Windows for every threshold of the plan. Thresholds that were there before keep their clocks; a new one is judged from
    /// `now` on, by the last reading.
    pub fn for_plan(before: &Windows, plan: &Plan, queue: &QueuePlan, last: Option<&Reading>, now: Seen) -> Windows {
        let mut windows = Windows::default();
        for ladder in plan.ladders.values() {
            let whens = ladder.tiers.iter().map(|tier| &tier.when).chain([&ladder.release.when]);
            for When { threshold, judge, .. } in whens {
                debug_assert!(
                    matches!(judge, Judge::Every),
                    "the configuration lets no other judgement through"
                );
                if windows.find(threshold).is_some() {
                    continue;
                }
                let since = match before.find(threshold) {
                    Some(known) => known.since,
                    None => last.filter(|reading| holds(threshold, reading, queue)).map(|_| now),
                };
                windows.windows.push(Window {
                    threshold: *threshold,
                    since,
                });
            }
        }
        windows
    }

    /// Takes in a reading at `now`. Returns whether any window began or ended.
    pub fn observe(&mut self, reading: &Reading, queue: &QueuePlan, now: Seen) -> bool {
        let mut changed = false;
        for window in &mut self.windows {
            let holds = holds(&window.threshold, reading, queue);
            if holds != window.since.is_some() {
                window.since = holds.then_some(now);
                changed = true;
            }
        }
        changed
    }

    /// Forgets what was held before `now`; what holds by the reading begins at `now`.
    pub fn begin_anew(&mut self, reading: &Reading, queue: &QueuePlan, now: Seen) {
        for window in &mut self.windows {
            window.since = holds(&window.threshold, reading, queue).then_some(now);
        }
    }

    /// Since when the threshold holds without a break, whatever the stack.
    pub fn since(&self, threshold: &Threshold) -> Option<Seen> {
        self.find(threshold).and_then(|window| window.since)
    }

    /// The window of a condition: when it began, no earlier than `floor`, and the first millisecond at which it is full.
    pub fn running(&self, when: &When, floor: Seen) -> Option<Running> {
        let since = self.since(&when.threshold)?.max(floor);
        Some(Running {
            since,
            due: since + when.hold,
        })
    }

    fn find(&self, threshold: &Threshold) -> Option<&Window> {
        self.windows.iter().find(|window| window.threshold == *threshold)
    }
}

/// A window that is running, on the queue's clock.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Running {
    /// Its beginning.
    pub since: Seen,
    /// The first millisecond at which the condition holds.
    pub due: Seen,
}

/// Whether a threshold holds in one reading. What is unknown never holds.
pub fn holds(threshold: &Threshold, reading: &Reading, queue: &QueuePlan) -> bool {
    match *threshold {
        Threshold::WaitingAbove { above, at_most } => {
            reading.waiting > above && at_most.is_none_or(|most| reading.waiting <= most)
        }
        Threshold::WaitingAtMost(most) => reading.waiting <= most,
        Threshold::LongestWaitAbove(limit) => reading.longest_wait.is_some_and(|wait| wait > limit),
        Threshold::WaitingPerSeatAbove(limit) => reading
            .signed_in
            .is_some_and(|seats| f64::from(reading.waiting) > limit * f64::from(seats)),
        Threshold::ExpectedWaitAbove(limit) => {
            expected_wait_exceeds(reading, queue.handle_time, limit).unwrap_or_default()
        }
    }
}

/// Whether what the threshold measures is unknown in this reading.
pub fn is_unknown(threshold: &Threshold, reading: &Reading, queue: &QueuePlan) -> bool {
    match threshold {
        Threshold::WaitingAbove { .. } | Threshold::WaitingAtMost(_) => false,
        Threshold::LongestWaitAbove(_) => reading.longest_wait.is_none(),
        Threshold::WaitingPerSeatAbove(_) => reading.signed_in.is_none(),
        Threshold::ExpectedWaitAbove(limit) => expected_wait_exceeds(reading, queue.handle_time, *limit).is_none(),
    }
}

/// waiting x handling time / signed in > limit, in whole numbers so that every machine agrees.
fn expected_wait_exceeds(reading: &Reading, handle_time: Option<Millis>, limit: Millis) -> Option<bool> {
    let (seats, handle) = (i128::from(reading.signed_in?), i128::from(handle_time?.0));
    Some(i128::from(reading.waiting) * handle > i128::from(limit.0) * seats)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Name;

    fn plan() -> QueuePlan {
        QueuePlan {
            feed: Name::from("f"),
            ladder: Name::from("day"),
            priority: 0,
            calls_per_hour: None,
            handle_time: Some(Millis::from_mins(3)),
            patience: None,
            target: None,
        }
    }

    fn windows(thresholds: &[Threshold]) -> Windows {
        Windows {
            windows: thresholds
                .iter()
                .map(|&threshold| Window { threshold, since: None })
                .collect(),
        }
    }

    #[test]
    fn an_open_band_counts_eleven_as_worse_than_six_and_a_closed_one_does_not() {
        let open = Threshold::WaitingAbove {
            above: 5,
            at_most: None,
        };
        let closed = Threshold::WaitingAbove {
            above: 5,
            at_most: Some(10),
        };
        let mut both = windows(&[open, closed]);
        both.observe(&Reading::of("q", 6), &plan(), Seen(0));
        both.observe(&Reading::of("q", 11), &plan(), Seen(60_000));
        assert_eq!(both.since(&open), Some(Seen(0)));
        assert_eq!(both.since(&closed), None);
        both.observe(&Reading::of("q", 10), &plan(), Seen(61_000));
        assert_eq!(both.since(&closed), Some(Seen(61_000)));
    }

    #[test]
    fn a_window_begins_no_earlier_than_the_floor() {
        let above = Threshold::WaitingAbove {
            above: 5,
            at_most: None,
        };
        let mut one = windows(&[above]);
        one.observe(&Reading::of("q", 6), &plan(), Seen(1_000));
        let when = When {
            threshold: above,
            hold: Millis(300_000),
            judge: Judge::Every,
        };
        assert_eq!(
            one.running(&when, Seen(0)),
            Some(Running {
                since: Seen(1_000),
                due: Seen(301_000)
            })
        );
        assert_eq!(
            one.running(&when, Seen(5_000)),
            Some(Running {
                since: Seen(5_000),
                due: Seen(305_000)
            })
        );
    }

    #[test]
    fn unknown_measures_never_hold_and_say_so() {
        let wait = Threshold::LongestWaitAbove(Millis(60_000));
        let per_seat = Threshold::WaitingPerSeatAbove(0.15);
        let expected = Threshold::ExpectedWaitAbove(Millis(60_000));
        let mut reading = Reading::of("q", 400);
        for threshold in [wait, per_seat, expected] {
            assert!(!holds(&threshold, &reading, &plan()));
            assert!(is_unknown(&threshold, &reading, &plan()));
        }
        reading.longest_wait = Some(Millis(60_001));
        reading.signed_in = Some(46);
        for threshold in [wait, per_seat, expected] {
            assert!(holds(&threshold, &reading, &plan()));
            assert!(!is_unknown(&threshold, &reading, &plan()));
        }
    }

    #[test]
    fn nobody_signed_in_makes_any_caller_too_many() {
        let mut reading = Reading::of("q", 1);
        reading.signed_in = Some(0);
        assert!(holds(&Threshold::WaitingPerSeatAbove(0.15), &reading, &plan()));
        assert!(holds(&Threshold::ExpectedWaitAbove(Millis(60_000)), &reading, &plan()));
    }
}
