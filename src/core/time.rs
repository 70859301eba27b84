//! Time as the core knows it: whole milliseconds, told from outside.
//!
//! Three types keep apart what must not be mixed: [`Time`] is a moment, [`Millis`] a span, and [`Seen`] a moment on the
//! clock of one queue that stands still while the queue is blind (plan: "Blind").

use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};

/// A moment: milliseconds since 1970-01-01T00:00:00Z, as the daemon's clock tells it.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

/// A span of milliseconds. Spans from a configuration are never negative.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

/// A moment on a queue's own clock: real time less all the time that the queue was blind.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seen(pub i64);

impl Time {
    /// Later than anything that happens; stands for "never" in comparisons.
    pub const NEVER: Time = Time(i64::MAX);
}

impl Seen {
    /// Later than anything that happens on a queue's clock.
    pub const NEVER: Seen = Seen(i64::MAX);
}

impl Millis {
    /// Longer than anything lasts; stands for "no limit" in comparisons.
    pub const MAX: Millis = Millis(i64::MAX);

    /// No time at all.
    pub const ZERO: Millis = Millis(0);

    /// A span of whole seconds.
    pub const fn from_secs(seconds: i64) -> Millis {
        Millis(seconds.saturating_mul(1000))
    }

    /// A span of whole minutes.
    pub const fn from_mins(minutes: i64) -> Millis {
        Millis(minutes.saturating_mul(60_000))
    }

    /// The span in seconds, for messages: `300.0` is five minutes.
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

// Saturating throughout: no clock and no configuration may bring the core down.
macro_rules! moment {
    ($moment:ident) => {
        impl Add<Millis> for $moment {
            type Output = $moment;
            fn add(self, span: Millis) -> $moment {
                $moment(self.0.saturating_add(span.0))
            }
        }

        impl Sub<Millis> for $moment {
            type Output = $moment;
            fn sub(self, span: Millis) -> $moment {
                $moment(self.0.saturating_sub(span.0))
            }
        }

        impl Sub for $moment {
            type Output = Millis;
            fn sub(self, earlier: $moment) -> Millis {
                Millis(self.0.saturating_sub(earlier.0))
            }
        }
    };
}

moment!(Time);
moment!(Seen);

impl Add for Millis {
    type Output = Millis;
    fn add(self, other: Millis) -> Millis {
        Millis(self.0.saturating_add(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates_instead_of_overflowing() {
        assert_eq!(Time::NEVER + Millis(1), Time::NEVER);
        assert_eq!(Time(i64::MIN) - Millis(1), Time(i64::MIN));
        assert_eq!(Time(1_000) - Time(400), Millis(600));
        assert_eq!(Millis::from_mins(5).as_secs(), 300.0);
    }
}
