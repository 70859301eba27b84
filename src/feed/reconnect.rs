//! How long to wait before the next attempt to connect. It never gives up.

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use std::time::Duration;

/// The first pause.
pub const SHORTEST: Duration = Duration::from_millis(100);
/// The longest pause.
pub const LONGEST: Duration = Duration::from_secs(15);
/// A connection that was of use for this long starts the pauses anew.
pub const HEALTHY_AFTER: Duration = Duration::from_secs(10);

/// The pauses of one feed: they double from [`SHORTEST`] to [`LONGEST`], each made longer at random by up to its own
/// length, so that many feeds do not come back in step.
#[derive(Debug)]
pub struct Reconnect {
    pauses: ExponentialBackoff,
}

impl Default for Reconnect {
    fn default() -> Reconnect {
        let pauses = ExponentialBuilder::new()
            .with_min_delay(SHORTEST)
            .with_max_delay(LONGEST);
        Reconnect {
            pauses: pauses.without_max_times().with_jitter().build(),
        }
    }
}

impl Reconnect {
    /// From the shortest.
    pub fn new() -> Reconnect {
        Reconnect::default()
    }

    /// The pause after a connection that was of use for so long. Where the other side refused us it is the longest at
    /// once: knocking with a wrong password gets an address banned.
    pub fn pause_after(&mut self, useful_for: Duration, refused: bool) -> Duration {
        if useful_for >= HEALTHY_AFTER {
            *self = Reconnect::default();
        }
        let pause = self.pauses.next().unwrap_or(LONGEST);
        if refused { LONGEST } else { pause.min(LONGEST) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_never_end() {
        let mut reconnect = Reconnect::new();
        assert!(reconnect.pause_after(Duration::ZERO, false) <= SHORTEST * 2);
        for _ in 0..20 {
            reconnect.pause_after(Duration::ZERO, false);
        }
        for _ in 0..1_000 {
            assert_eq!(reconnect.pause_after(Duration::ZERO, false), LONGEST);
        }
    }

    #[test]
    fn a_healthy_connection_starts_them_anew_and_a_short_one_does_not() {
        let mut reconnect = Reconnect::new();
        for _ in 0..20 {
            reconnect.pause_after(HEALTHY_AFTER / 2, false);
        }
        assert_eq!(reconnect.pause_after(Duration::ZERO, false), LONGEST);
        assert!(reconnect.pause_after(HEALTHY_AFTER, false) <= SHORTEST * 2);
    }

    #[test]
    fn a_refusal_waits_longest_at_once() {
        assert_eq!(Reconnect::new().pause_after(Duration::ZERO, true), LONGEST);
    }
}
