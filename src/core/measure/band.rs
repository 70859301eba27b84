//! The whole numbers for which a threshold holds.
//!
//! | threshold | value | weight | holds where |
//! |---|---|---|---|
//! | callers waiting | callers | 1 | above < value <= at most |
//! | longest wait | half-milliseconds | 1 | value > 2 x limit |
//! | waiting per seat | waiting x 10^6 - limit x seats, the limit in millionths | seats | value > 0 |
//! | expected wait | waiting x handling time - limit x seats | seats | value > 0 |
//! | answered share below | limit x ended - 10^6 x answered in time | calls ended | value > 0 |
//! | answered share at least | the same | calls ended | value <= 0 |
//! | abandoned share | 10^6 x given up - limit x ended | calls ended | value > 0 |
//! | rising | callers now - callers then | 1 | value > callers |
//!
//! Sums of these values over a window judge its mean. What is measured per seat or per call is so weighted by the seats or the calls.

use super::{Measured, wait};
use crate::Millis;
use crate::ladder::{Millionths, Threshold};

/// Above `low` where there is one, and no more than `high` where there is one.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Band {
    /// Exclusive.
    pub low: Option<i128>,
    /// Inclusive.
    pub high: Option<i128>,
}

impl Band {
    /// The values for which a threshold holds.
    #[inline]
    pub fn of(threshold: &Threshold) -> Band {
        let (low, high) = match *threshold {
            Threshold::WaitingAbove { above, at_most } => (Some(above.into()), at_most.map(i128::from)),
            Threshold::WaitingAtMost(most) => (None, Some(most.into())),
            Threshold::LongestWaitAbove(limit) => (Some(wait::UNITS * i128::from(limit.0)), None),
            Threshold::WaitingPerSeatAbove(_)
            | Threshold::ExpectedWaitAbove(_)
            | Threshold::AnsweredShareBelow(_)
            | Threshold::AbandonedShareAbove(_) => (Some(0), None),
            Threshold::AnsweredShareAtLeast(_) => (None, Some(0)),
            Threshold::RisingAbove(rising) => (Some(rising.callers.into()), None),
        };
        Band { low, high }
    }

    /// Whether a threshold holds for so many callers waiting; `None`: it is no line on the depth alone. It says what [`Band::of`] says, and
    /// every reading is asked it.
    #[inline]
    pub fn at_depth(threshold: &Threshold, waiting: u32) -> Option<bool> {
        match *threshold {
            Threshold::WaitingAbove { above, at_most } => {
                Some(waiting > above && at_most.is_none_or(|most| waiting <= most))
            }
            Threshold::WaitingAtMost(most) => Some(waiting <= most),
            Threshold::LongestWaitAbove(_)
            | Threshold::WaitingPerSeatAbove(_)
            | Threshold::ExpectedWaitAbove(_)
            | Threshold::AnsweredShareBelow(_)
            | Threshold::AnsweredShareAtLeast(_)
            | Threshold::AbandonedShareAbove(_)
            | Threshold::RisingAbove(_) => None,
        }
    }

    /// At least this share of a span, for a sum of the milliseconds that count.
    pub fn share(share: Millionths, span: Millis) -> Band {
        let (share, whole) = (i128::from(share.0), i128::from(Millionths::ONE.0));
        let least = (share * i128::from(span.0) + whole - 1) / whole;
        Band {
            low: Some(least - 1),
            high: None,
        }
    }

    /// The same band for a sum over `span`.
    pub fn over(self, span: Millis) -> Band {
        let sum = |bound: i128| bound * i128::from(span.0);
        Band {
            low: self.low.map(sum),
            high: self.high.map(sum),
        }
    }

    /// Whether a value is above its low end.
    pub fn reaches(self, value: i128) -> bool {
        self.low.is_none_or(|low| value > low)
    }

    /// Whether a value is no more than its high end.
    pub fn bears(self, value: i128) -> bool {
        self.high.is_none_or(|high| value <= high)
    }

    /// Whether a value is in it.
    pub fn holds(self, value: i128) -> bool {
        self.reaches(value) && self.bears(value)
    }

    /// After how many milliseconds of its rise what is measured comes in, and after how many it is out again; `None`: never.
    pub fn passed_by(self, measured: Measured) -> (Option<i128>, Option<i128>) {
        let Measured { value, rise, .. } = measured;
        let beyond = |bound: i128| (rise > 0).then(|| (bound - value).div_euclid(rise.into()) + 1);
        let enters = match self.low {
            Some(low) if value <= low => beyond(low),
            _ => Some(0),
        };
        let leaves = match self.high {
            Some(high) if value > high => Some(0),
            Some(high) => beyond(high),
            None => None,
        };
        (enters, leaves)
    }
}

/// The mean in the unit of the threshold (callers, seconds, callers a seat, a share) from sums over a window; `None` where there was
/// nobody and nothing to divide by.
pub(super) fn mean(threshold: &Threshold, value: i128, weight: i128) -> Option<f64> {
    let mean = |sum: i128, unit: i128| (weight > 0).then(|| sum as f64 / (weight * unit) as f64);
    let one = i128::from(Millionths::ONE.0);
    match *threshold {
        Threshold::WaitingAbove { .. } | Threshold::WaitingAtMost(_) | Threshold::RisingAbove(_) => mean(value, 1),
        Threshold::LongestWaitAbove(_) => mean(value, wait::UNITS * 1_000),
        Threshold::WaitingPerSeatAbove(limit) => mean(value + i128::from(Millionths::of(limit).0) * weight, one),
        Threshold::ExpectedWaitAbove(limit) => mean(value + i128::from(limit.0) * weight, 1_000),
        Threshold::AnsweredShareBelow(limit) | Threshold::AnsweredShareAtLeast(limit) => {
            mean(i128::from(limit.share.0) * weight - value, one)
        }
        Threshold::AbandonedShareAbove(limit) => mean(value + i128::from(limit.share.0) * weight, one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::ShareOver;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_line_on_the_depth_holds_as_its_band_does(waiting in 0u32..9, above in 0u32..9, at_most in prop::option::of(0u32..9)) {
            for threshold in [Threshold::WaitingAbove { above, at_most }, Threshold::WaitingAtMost(above)] {
                let holds = Band::of(&threshold).holds(waiting.into());
                prop_assert_eq!(Band::at_depth(&threshold, waiting), Some(holds));
            }
        }
    }

    #[test]
    fn means_are_in_the_unit_of_their_threshold() {
        let above = Threshold::WaitingAbove {
            above: 5,
            at_most: None,
        };
        assert_eq!(mean(&above, 1_860_000, 300_000), Some(6.2));
        let longest = Threshold::LongestWaitAbove(Millis(60_000));
        assert_eq!(mean(&longest, 2 * 65_500 * 10, 10), Some(65.5));
        // 9 waiting, 40 signed in, for a second.
        let per_seat = Threshold::WaitingPerSeatAbove(0.15);
        assert_eq!(
            mean(&per_seat, (9_000_000 - 150_000 * 40) * 1_000, 40 * 1_000),
            Some(0.225)
        );
        let expected = Threshold::ExpectedWaitAbove(Millis(60_000));
        assert_eq!(
            mean(&expected, (9 * 180_000 - 60_000 * 20) * 1_000, 20 * 1_000),
            Some(81.0)
        );
        assert_eq!(mean(&expected, 9, 0), None);
        let limit = ShareOver {
            share: Millionths::of(0.8),
            over: Millis::from_mins(10),
        };
        // 30 of 40 calls, for a second.
        let value = (800_000 * 40 - 1_000_000 * 30) * 1_000;
        assert_eq!(
            mean(&Threshold::AnsweredShareBelow(limit), value, 40 * 1_000),
            Some(0.75)
        );
        let value = (1_000_000 * 10 - 800_000 * 40) * 1_000;
        assert_eq!(
            mean(&Threshold::AbandonedShareAbove(limit), value, 40 * 1_000),
            Some(0.25)
        );
    }

    #[test]
    fn what_rises_comes_in_and_goes_out_at_its_millisecond() {
        let measured = |value, rise| Measured { value, rise, weight: 1 };
        let band = Band {
            low: Some(10),
            high: Some(20),
        };
        assert_eq!(band.passed_by(measured(10, 2)), (Some(1), Some(6)));
        assert_eq!(band.passed_by(measured(7, 2)), (Some(2), Some(7)));
        assert_eq!(band.passed_by(measured(12, 0)), (Some(0), None));
        assert_eq!(band.passed_by(measured(9, 0)), (None, None));
        assert_eq!(band.passed_by(measured(21, 0)), (Some(0), Some(0)));
    }
}
