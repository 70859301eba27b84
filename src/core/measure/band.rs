//! What a threshold measures, as one whole number in a band of whole numbers, so that every machine agrees.
//!
//! | threshold | value | weight | holds where |
//! |---|---|---|---|
//! | callers waiting | callers | 1 | above < value <= at most |
//! | longest wait | milliseconds | 1 | value > limit |
//! | waiting per seat | waiting x 10^6 - limit x seats, the limit in millionths | seats | value > 0 |
//! | expected wait | waiting x handling time - limit x seats | seats | value > 0 |
//!
//! Sums of these values over a window judge its mean. What is measured per seat is so weighted by the seats: callers' time over
//! seats' time, which has an answer also where nobody was signed in for a while.

use crate::ladder::{Millionths, QueuePlan, Threshold};
use crate::{Millis, Reading};

/// One reading, measured.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Measured {
    /// What is compared.
    pub value: i128,
    /// What a mean is divided by.
    pub weight: u32,
}

/// Above `low` where there is one, and no more than `high` where there is one.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Band {
    /// Exclusive.
    pub low: Option<i128>,
    /// Inclusive.
    pub high: Option<i128>,
}

impl Band {
    /// The values for which a threshold holds.
    pub fn of(threshold: &Threshold) -> Band {
        let (low, high) = match *threshold {
            Threshold::WaitingAbove { above, at_most } => (Some(above.into()), at_most.map(i128::from)),
            Threshold::WaitingAtMost(most) => (None, Some(most.into())),
            Threshold::LongestWaitAbove(limit) => (Some(limit.0.into()), None),
            Threshold::WaitingPerSeatAbove(_) | Threshold::ExpectedWaitAbove(_) => (Some(0), None),
        };
        Band { low, high }
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
}

/// What a threshold measures in one reading; `None`: the feed does not tell it.
pub fn measure(threshold: &Threshold, reading: &Reading, queue: &QueuePlan) -> Option<Measured> {
    let waiting = i128::from(reading.waiting);
    let per_seat = |callers: i128, limit: i128| {
        let seats = reading.signed_in?;
        Some(Measured {
            value: callers - limit * i128::from(seats),
            weight: seats,
        })
    };
    let plain = |value| Measured { value, weight: 1 };
    match *threshold {
        Threshold::WaitingAbove { .. } | Threshold::WaitingAtMost(_) => Some(plain(waiting)),
        Threshold::LongestWaitAbove(_) => reading.longest_wait.map(|wait| plain(wait.0.into())),
        Threshold::WaitingPerSeatAbove(limit) => {
            per_seat(waiting * i128::from(Millionths::ONE.0), Millionths::of(limit).0.into())
        }
        Threshold::ExpectedWaitAbove(limit) => per_seat(waiting * i128::from(queue.handle_time?.0), limit.0.into()),
    }
}

/// Whether a threshold holds in one reading. What is unknown never holds.
pub fn holds(threshold: &Threshold, reading: &Reading, queue: &QueuePlan) -> bool {
    measure(threshold, reading, queue).is_some_and(|measured| Band::of(threshold).holds(measured.value))
}

/// Whether what the threshold measures is unknown in this reading.
pub fn is_unknown(threshold: &Threshold, reading: &Reading, queue: &QueuePlan) -> bool {
    measure(threshold, reading, queue).is_none()
}

/// The mean in the unit of the threshold (callers, seconds, callers a seat) from the sums over a window; `None` where nobody was
/// signed in to divide by.
pub fn mean(threshold: &Threshold, value: i128, weight: i128) -> Option<f64> {
    let mean = |sum: i128, unit: u32| (weight > 0).then(|| sum as f64 / (weight * i128::from(unit)) as f64);
    match *threshold {
        Threshold::WaitingAbove { .. } | Threshold::WaitingAtMost(_) => mean(value, 1),
        Threshold::LongestWaitAbove(_) => mean(value, 1_000),
        Threshold::WaitingPerSeatAbove(limit) => {
            let limit = i128::from(Millionths::of(limit).0);
            mean(value + limit * weight, Millionths::ONE.0)
        }
        Threshold::ExpectedWaitAbove(limit) => mean(value + i128::from(limit.0) * weight, 1_000),
    }
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
            handle_time: Some(Millis::from_mins(3)),
            patience: None,
            calls_per_hour: None,
            target: None,
        }
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

    /// In doubles 0.29 x 100 is a little less than 29.
    #[test]
    fn a_limit_per_seat_is_what_was_written() {
        let mut reading = Reading::of("q", 29);
        reading.signed_in = Some(100);
        assert!(!holds(&Threshold::WaitingPerSeatAbove(0.29), &reading, &plan()));
        reading.waiting = 30;
        assert!(holds(&Threshold::WaitingPerSeatAbove(0.29), &reading, &plan()));
    }

    #[test]
    fn means_are_in_the_unit_of_their_threshold() {
        let above = Threshold::WaitingAbove {
            above: 5,
            at_most: None,
        };
        assert_eq!(mean(&above, 1_860_000, 300_000), Some(6.2));
        assert_eq!(
            mean(&Threshold::LongestWaitAbove(Millis(60_000)), 65_500 * 10, 10),
            Some(65.5)
        );
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
    }
}
