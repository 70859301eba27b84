//! Windows: whether a threshold has held for long enough on one queue, on the queue's own clock.
//!
//! | judged | holds at a moment where, over the window before it, |
//! |---|---|
//! | every | the threshold was passed without a break |
//! | mean | the time-weighted mean of what it measures is beyond it (and within the band); nothing of it is unknown, up to and with the moment |
//! | share | the threshold was passed for at least that share; unknown counts as not passed |
//!
//! ```text
//!            depth above                  depth not above
//!  Idle ───────────────────► Holding{since} ───────────────────► Idle
//!                               │   every: due at max(since, floor) + for
//! ```
//!
//! A mean and a share are judged by a [`Trace`] of what was measured: a window may be due though the threshold is not passed this
//! moment. A window without length judges the moment, however it is judged.
//!
//! Only [`Windows::observe`] and [`Windows::begin_anew`] change a window. The floor (the last change of the queue's stack)
//! belongs to the queue and is given with each question, so that a change of ladder or of the stack needs no copying of clocks.

mod measure;
mod trace;

pub use measure::{holds, is_unknown};

use super::instruction::Judged;
use super::ladder::{Judge, Ladder, Millionths, Plan, QueuePlan, Threshold, When};
use super::{Millis, Reading, Seen};
use measure::{Band, Measured, mean, measure};
use serde::{Deserialize, Serialize};
use trace::Trace;

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
    /// What it measured, where a mean of it is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mean: Option<Trace>,
    /// Whether it held (1, else 0), where a share of it is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    share: Option<Trace>,
}

impl Windows {
    /// Windows for every threshold of the plan. Thresholds that were there before keep their clocks; a new one is judged from
    /// `now` on, by the last reading.
    pub fn for_plan(before: &Windows, plan: &Plan, queue: &QueuePlan, last: Option<&Reading>, now: Seen) -> Windows {
        let mut windows = Windows::default();
        for When { threshold, hold, judge } in plan.ladders.values().flat_map(conditions) {
            let known = before.find(&threshold);
            let position = windows.windows.iter().position(|window| window.threshold == threshold);
            let position = position.unwrap_or_else(|| {
                let since = match known {
                    Some(known) => known.since,
                    None => last.filter(|reading| holds(&threshold, reading, queue)).map(|_| now),
                };
                let (mean, share) = (None, None);
                windows.windows.push(Window {
                    threshold,
                    since,
                    mean,
                    share,
                });
                windows.windows.len() - 1
            });
            let window = &mut windows.windows[position];
            let (trace, known) = match judge {
                _ if hold == Millis::ZERO => continue,
                Judge::Every => continue,
                Judge::Mean => (&mut window.mean, known.and_then(|known| known.mean.as_ref())),
                Judge::Share(_) => (&mut window.share, known.and_then(|known| known.share.as_ref())),
            };
            trace
                .get_or_insert_with(|| known.map_or_else(Trace::default, Trace::kept))
                .reach_back(hold);
            if let Some(last) = last {
                window.trace(last, queue, now);
            }
        }
        windows
    }

    /// Takes in a reading at `now`. Returns whether any window began or ended, or may be due at another time.
    pub fn observe(&mut self, reading: &Reading, queue: &QueuePlan, now: Seen) -> bool {
        let mut changed = false;
        for window in &mut self.windows {
            let holds = holds(&window.threshold, reading, queue);
            if holds != window.since.is_some() {
                window.since = holds.then_some(now);
                changed = true;
            }
            changed |= window.trace(reading, queue, now);
        }
        changed
    }

    /// Forgets what was held before `now`; what holds by the reading begins at `now`.
    pub fn begin_anew(&mut self, reading: &Reading, queue: &QueuePlan, now: Seen) {
        for window in &mut self.windows {
            window.since = holds(&window.threshold, reading, queue).then_some(now);
            window.mean.iter_mut().chain(&mut window.share).for_each(Trace::forget);
            window.trace(reading, queue, now);
        }
    }

    /// Since when the threshold holds without a break, whatever the stack.
    pub fn since(&self, threshold: &Threshold) -> Option<Seen> {
        self.find(threshold).and_then(|window| window.since)
    }

    /// Every threshold, and since when it holds without a break.
    pub fn all(&self) -> impl Iterator<Item = (Threshold, Option<Seen>)> {
        self.windows.iter().map(|window| (window.threshold, window.since))
    }

    /// The window of a condition, if it comes to hold: it begins no earlier than `floor`, and holds at the first millisecond, no
    /// earlier than `from`, at which it does if nothing changes. `from` is no earlier than the last reading. (What must hold without
    /// a break may be due before `from`: it has held ever since.)
    pub fn running(&self, when: &When, floor: Seen, from: Seen) -> Option<Running> {
        let window = self.find(&when.threshold)?;
        let span = when.hold;
        let due = match when.judge {
            Judge::Mean if span > Millis::ZERO => {
                let band = Band::of(&when.threshold).over(span);
                window.mean.as_ref()?.first(span, band, floor, from)?
            }
            Judge::Share(share) if span > Millis::ZERO => {
                let band = passed_for(share, span);
                window.share.as_ref()?.first(span, band, floor, from)?
            }
            Judge::Every | Judge::Mean | Judge::Share(_) => {
                let since = window.since?.max(floor);
                let due = since + span;
                return Some(Running { since, due });
            }
        };
        let since = due - span;
        Some(Running { since, due })
    }

    /// What a condition that holds at `at` was judged by.
    pub fn judged(&self, when: &When, at: Seen) -> Judged {
        let window = self.find(&when.threshold).filter(|_| when.hold > Millis::ZERO);
        let judged = window.and_then(|window| match when.judge {
            Judge::Every => None,
            Judge::Mean => {
                let sums = window.mean.as_ref()?.sums(when.hold, at);
                let mean = mean(&when.threshold, sums.value, sums.weight);
                Some(Judged::Mean { mean })
            }
            Judge::Share(_) => {
                let sums = window.share.as_ref()?.sums(when.hold, at);
                let share = sums.value as f64 / sums.weight as f64;
                Some(Judged::Share { share })
            }
        });
        judged.unwrap_or_default()
    }

    fn find(&self, threshold: &Threshold) -> Option<&Window> {
        self.windows.iter().find(|window| window.threshold == *threshold)
    }
}

impl Window {
    /// Writes a reading into the traces. Returns whether any changed.
    fn trace(&mut self, reading: &Reading, queue: &QueuePlan, now: Seen) -> bool {
        let mut changed = false;
        if let Some(trace) = &mut self.mean {
            changed |= trace.observe(measure(&self.threshold, reading, queue), now);
        }
        if let Some(trace) = &mut self.share {
            let value = i128::from(holds(&self.threshold, reading, queue));
            changed |= trace.observe(Some(Measured { value, weight: 1 }), now);
        }
        changed
    }
}

/// Every condition of a ladder, with the one by which calm stands down who has not answered.
fn conditions(ladder: &Ladder) -> impl Iterator<Item = When> {
    let release = [ladder.release.when, ladder.stand_down()];
    ladder.tiers.iter().map(|tier| tier.when).chain(release)
}

/// At least this share of a span, as the band of the milliseconds in which the threshold was passed.
fn passed_for(share: Millionths, span: Millis) -> Band {
    let (share, whole) = (i128::from(share.0), i128::from(Millionths::ONE.0));
    let least = (share * i128::from(span.0) + whole - 1) / whole;
    Band {
        low: Some(least - 1),
        high: None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Name;

    fn plan() -> QueuePlan {
        QueuePlan {
            mode: crate::ladder::Mode::Live,
            max_moves_per_hour: None,
            lend_only_while: None,
            paused: None,
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
                .map(|&threshold| Window {
                    threshold,
                    since: None,
                    mean: None,
                    share: None,
                })
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
            one.running(&when, Seen(0), Seen(1_000)),
            Some(Running {
                since: Seen(1_000),
                due: Seen(301_000)
            })
        );
        assert_eq!(
            one.running(&when, Seen(5_000), Seen(5_000)),
            Some(Running {
                since: Seen(5_000),
                due: Seen(305_000)
            })
        );
    }
}
