//! A condition of the plan in words.

use super::Sentences;
use crate::core::Millis;
use crate::core::ladder::{ShareOver, Threshold, When};
use crate::words::figures::{percent, span};

impl Sentences {
    /// A condition: `more than 5 waiting, for 5:00`.
    pub fn condition(&self, when: &When) -> String {
        let each = when.thresholds().map(|threshold| self.threshold(threshold));
        let all = each.reduce(|one, other| self.say("when_and", &[("one", &one), ("other", &other)]));
        let all = all.unwrap_or_default();
        match when.hold {
            Millis::ZERO => self.say("when_at_once", &[("when", &all)]),
            hold => self.say("when_held", &[("when", &all), ("span", &span(hold))]),
        }
    }

    /// What must be passed: `more than 5 waiting`.
    fn threshold(&self, threshold: &Threshold) -> String {
        let share = |key: &str, limit: ShareOver| {
            let values = [
                ("share", &percent(limit.share.as_share())[..]),
                ("span", &span(limit.over)),
            ];
            self.say(key, &values)
        };
        match *threshold {
            Threshold::WaitingAbove { above, at_most: None } => {
                self.say("when_waiting_above", &[("n", &above.to_string())])
            }
            Threshold::WaitingAbove {
                above,
                at_most: Some(most),
            } => {
                let values = [("n", &above.to_string()[..]), ("most", &most.to_string())];
                self.say("when_waiting_between", &values)
            }
            Threshold::WaitingAtMost(most) => self.say("when_waiting_at_most", &[("n", &most.to_string())]),
            Threshold::LongestWaitAbove(limit) => self.say("when_longest_wait_above", &[("span", &span(limit))]),
            Threshold::WaitingPerSeatAbove(limit) => {
                self.say("when_waiting_per_seat_above", &[("n", &limit.to_string())])
            }
            Threshold::ExpectedWaitAbove(limit) => self.say("when_expected_wait_above", &[("span", &span(limit))]),
            Threshold::AnsweredShareBelow(limit) => share("when_answered_share_below", limit),
            Threshold::AnsweredShareAtLeast(limit) => share("when_answered_share_at_least", limit),
            Threshold::AbandonedShareAbove(limit) => share("when_abandoned_share_above", limit),
            Threshold::RisingAbove(limit) => {
                let values = [("n", &limit.callers.to_string()[..]), ("span", &span(limit.over))];
                self.say("when_rising_above", &values)
            }
        }
    }
}
