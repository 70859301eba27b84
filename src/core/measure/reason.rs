//! What a condition that holds was judged by: each of its measures with its number.

use super::Windows;
use super::band::mean;
use crate::instruction::{Judged, Reason};
use crate::ladder::{Judge, Threshold, When};
use crate::{Millis, Seen};

impl Windows {
    /// Why a condition holds at `at`, whose window began at `since`.
    pub fn reason(&self, when: &When, since: Seen, at: Seen, waiting: u32) -> Reason {
        let held = at - since;
        let mut each = when
            .thresholds()
            .map(|threshold| self.reason_of(threshold, when, held, at, waiting));
        match (each.next(), each.next()) {
            (Some(first), None) => first,
            (first, second) => Reason::All {
                held,
                waiting,
                all: first.into_iter().chain(second).chain(each).collect(),
            },
        }
    }

    fn reason_of(&self, threshold: &Threshold, when: &When, held: Millis, at: Seen, waiting: u32) -> Reason {
        let judged = self.judged(threshold, when, at);
        let measured = self.number(threshold, at);
        match *threshold {
            Threshold::WaitingAbove { above, .. } => Reason::WaitingAbove {
                threshold: above,
                held,
                waiting,
                judged,
            },
            Threshold::WaitingAtMost(most) => Reason::WaitingAtMost {
                threshold: most,
                held,
                waiting,
                judged,
            },
            Threshold::LongestWaitAbove(threshold) => Reason::LongestWaitAbove {
                threshold,
                measured,
                held,
                waiting,
                judged,
            },
            Threshold::WaitingPerSeatAbove(threshold) => Reason::WaitingPerSeatAbove {
                threshold,
                measured,
                held,
                waiting,
                judged,
            },
            Threshold::ExpectedWaitAbove(threshold) => Reason::ExpectedWaitAbove {
                threshold,
                measured,
                held,
                waiting,
                judged,
            },
            Threshold::AnsweredShareBelow(limit) => Reason::AnsweredShareBelow {
                threshold: limit.share.as_share(),
                over: limit.over,
                measured,
                held,
                waiting,
                judged,
            },
            Threshold::AnsweredShareAtLeast(limit) => Reason::AnsweredShareAtLeast {
                threshold: limit.share.as_share(),
                over: limit.over,
                measured,
                held,
                waiting,
                judged,
            },
            Threshold::AbandonedShareAbove(limit) => Reason::AbandonedShareAbove {
                threshold: limit.share.as_share(),
                over: limit.over,
                measured,
                held,
                waiting,
                judged,
            },
            Threshold::RisingAbove(limit) => Reason::RisingAbove {
                threshold: limit.callers,
                over: limit.over,
                measured,
                held,
                waiting,
                judged,
            },
        }
    }

    /// What came of the judgement of one measure, at a moment at which the condition holds.
    pub fn judged(&self, threshold: &Threshold, when: &When, at: Seen) -> Judged {
        let window = self.find(threshold).filter(|_| when.hold > Millis::ZERO);
        let judged = window.and_then(|window| match when.judge {
            Judge::Every => None,
            Judge::Mean => {
                let sums = window.mean.as_ref()?.sums(when.hold, at);
                let mean = mean(threshold, sums.value, sums.weight);
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

    /// What a threshold measures at a moment no earlier than the last reading, in its own unit; `None`: it is unknown, or there is
    /// nothing to divide by.
    pub fn number(&self, threshold: &Threshold, at: Seen) -> Option<f64> {
        let measured = self.find(threshold)?.course.at(threshold, at).measured?;
        let value = match threshold {
            // At the beginning of the millisecond: 60.000 s, not 60.0005.
            Threshold::LongestWaitAbove(_) => measured.value - measured.value.rem_euclid(super::wait::UNITS),
            Threshold::WaitingAbove { .. }
            | Threshold::WaitingAtMost(_)
            | Threshold::WaitingPerSeatAbove(_)
            | Threshold::ExpectedWaitAbove(_)
            | Threshold::AnsweredShareBelow(_)
            | Threshold::AnsweredShareAtLeast(_)
            | Threshold::AbandonedShareAbove(_)
            | Threshold::RisingAbove(_) => measured.value,
        };
        mean(threshold, value, measured.weight.into())
    }
}
