//! How long to wait before the next attempt to connect. It never gives up.

use super::dial::Unreached;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use std::time::Duration;

/// The first pause.
pub const SHORTEST: Duration = Duration::from_millis(100);
/// The longest pause.
pub const LONGEST: Duration = Duration::from_secs(15);
/// The longest pause where the machine answers that nobody listens: the phone system is starting, and every second blind
/// counts.
pub const LONGEST_UNHEARD: Duration = Duration::from_secs(2);
/// A connection that was of use for this long starts the pauses anew.
pub const HEALTHY_AFTER: Duration = Duration::from_secs(10);

/// When to try again.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Again {
    /// After the next pause, each longer than the one before.
    AfterPause,
    /// Every second or two: what is in the way goes by itself, and asking costs nothing.
    Soon,
    /// Seldom: the other side does not want us, and knocking with a wrong password gets an address banned.
    Seldom,
}

impl Again {
    /// After a connection that was not made.
    pub fn after(unreached: &Unreached) -> Again {
        match unreached.nothing_listens {
            true => Again::Soon,
            false => Again::AfterPause,
        }
    }
}

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

    /// The pause after a connection that was of use for so long.
    pub fn pause_after(&mut self, useful_for: Duration, again: Again) -> Duration {
        if useful_for >= HEALTHY_AFTER {
            *self = Reconnect::default();
        }
        let pause = self.pauses.next().unwrap_or(LONGEST);
        match again {
            Again::AfterPause => pause.min(LONGEST),
            Again::Soon => pause.min(LONGEST_UNHEARD),
            Again::Seldom => LONGEST,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_never_end() {
        let mut reconnect = Reconnect::new();
        assert!(reconnect.pause_after(Duration::ZERO, Again::AfterPause) <= SHORTEST * 2);
        for _ in 0..20 {
            reconnect.pause_after(Duration::ZERO, Again::AfterPause);
        }
        for _ in 0..1_000 {
            assert_eq!(reconnect.pause_after(Duration::ZERO, Again::AfterPause), LONGEST);
        }
    }

    #[test]
    fn a_healthy_connection_starts_them_anew_and_a_short_one_does_not() {
        let mut reconnect = Reconnect::new();
        for _ in 0..20 {
            reconnect.pause_after(HEALTHY_AFTER / 2, Again::AfterPause);
        }
        assert_eq!(reconnect.pause_after(Duration::ZERO, Again::AfterPause), LONGEST);
        assert!(reconnect.pause_after(HEALTHY_AFTER, Again::AfterPause) <= SHORTEST * 2);
    }

    #[test]
    fn a_refusal_waits_longest_at_once() {
        assert_eq!(Reconnect::new().pause_after(Duration::ZERO, Again::Seldom), LONGEST);
    }

    #[test]
    fn where_nobody_listens_it_is_tried_every_second_or_two_for_ever() {
        let mut reconnect = Reconnect::new();
        let pauses: Vec<_> = (0..1_000)
            .map(|_| reconnect.pause_after(Duration::ZERO, Again::Soon))
            .collect();
        assert!(pauses.iter().all(|pause| *pause <= LONGEST_UNHEARD));
        assert!(pauses[20..].iter().all(|pause| *pause >= LONGEST_UNHEARD / 2));
    }
}
