//! Judges readings as they come: drops what is older than what is known, and estimates how the clocks differ.

use super::rounds::Rounds;
use crate::core::{Millis, Reading, Time};

/// Over how long the smallest difference between the clocks is sought: lateness only ever adds to it.
const SKEW_WINDOW: Millis = Millis::from_secs(60);

/// Clocks that differ by more are different clocks, and not one of which a reading came late.
const CLOCKS_DIFFER: Millis = Millis::from_secs(10);

/// A time further off than this is no clock's, and tells nothing of how the clocks differ.
const NO_CLOCK: Millis = Millis::from_mins(24 * 60);

/// Why a reading was dropped.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Drop {
    /// Its `at` lies before that of the last reading of its queue.
    Older,
    /// It is the last reading of its queue once more, `at` and all: a source that repeats itself has seen nothing new,
    /// and does not vouch for the queue by it.
    Duplicate,
}

/// What a feed's readings so far tell about its next one. Only readings with an `at` are judged.
#[derive(Debug)]
pub struct Session {
    stale_after: Millis,
    last: Rounds<Last>,
    skew: Option<Skew>,
}

#[derive(Debug)]
struct Last {
    reading: Reading,
    received: Time,
}

impl Last {
    /// Whether it was told by a clock that is ahead of ours and of the one by which a reading now is `late`: a second gateway, or one
    /// wild time. Its own readings it orders all the same; against those of a better clock it proves nothing.
    fn is_of_a_clock_ahead(&self, late: Millis) -> bool {
        let ours = self.reading.at.map_or(Millis::ZERO, |at| self.received - at);
        ours < Millis(-CLOCKS_DIFFER.0) && late > ours + CLOCKS_DIFFER
    }
}

#[derive(Debug)]
struct Skew {
    since: Time,
    smallest: Millis,
    before: Option<Millis>,
}

impl Session {
    /// Nothing heard yet. A queue not heard of for `stale_after` is blind, and takes the next reading as it comes: that
    /// is how a source whose clock was put back, or was once far ahead, is believed again.
    pub fn new(stale_after: Millis) -> Session {
        Session {
            stale_after,
            last: Rounds::default(),
            skew: None,
        }
    }

    /// Judges one reading; one that is kept is the last of its queue from now on.
    pub fn judge(&mut self, reading: &Reading, received: Time) -> Result<(), Drop> {
        let Some(at) = reading.at else { return Ok(()) };
        if let Some((_, last)) = self.last.get(reading.queue.as_str()) {
            if received - last.received < self.stale_after {
                if last.reading.at > Some(at) && !last.is_of_a_clock_ahead(received - at) {
                    return Err(Drop::Older);
                }
                if last.reading == *reading {
                    return Err(Drop::Duplicate);
                }
            }
            last.reading.clone_from(reading);
            last.received = received;
        } else {
            let last = || Last {
                reading: reading.clone(),
                received,
            };
            self.last.get_or_insert(&reading.queue, last);
        }
        self.source_clock(at, received);
        Ok(())
    }

    /// The source's clock told `at` when ours told `received`.
    pub fn source_clock(&mut self, at: Time, received: Time) {
        let difference = received - at;
        if difference.0.saturating_abs() > NO_CLOCK.0 {
            return;
        }
        match &mut self.skew {
            Some(skew) if received - skew.since < SKEW_WINDOW => skew.smallest = skew.smallest.min(difference),
            other => {
                let before = other.as_ref().map(|it| it.smallest);
                *other = Some(Skew {
                    since: received,
                    smallest: difference,
                    before,
                });
            }
        }
    }

    /// Our clock less the source's, at most: the smallest difference of the last minute or two.
    pub fn clock_skew(&self) -> Option<Millis> {
        self.skew
            .as_ref()
            .map(|it| it.before.map_or(it.smallest, |before| before.min(it.smallest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(queue: &str, at: i64, waiting: u32) -> Reading {
        Reading {
            at: Some(Time(at)),
            ..Reading::of(queue, waiting)
        }
    }

    fn session() -> Session {
        Session::new(Millis(15_000))
    }

    #[test]
    fn a_reading_older_than_the_last_of_its_own_queue_is_dropped() {
        let mut session = session();
        assert_eq!(session.judge(&reading("a", 1_000, 7), Time(1_000)), Ok(()));
        assert_eq!(session.judge(&reading("a", 999, 0), Time(1_001)), Err(Drop::Older));
        assert_eq!(
            session.judge(&reading("b", 500, 0), Time(1_001)),
            Ok(()),
            "another queue has its own order"
        );
        assert_eq!(
            session.judge(&reading("a", 1_000, 8), Time(1_002)),
            Ok(()),
            "two changes in one millisecond"
        );
    }

    #[test]
    fn the_same_reading_again_is_a_duplicate_unless_it_has_no_time() {
        let mut session = session();
        assert_eq!(session.judge(&reading("a", 1_000, 7), Time(1_000)), Ok(()));
        assert_eq!(
            session.judge(&reading("a", 1_000, 7), Time(2_000)),
            Err(Drop::Duplicate)
        );
        assert_eq!(session.judge(&Reading::of("a", 7), Time(3_000)), Ok(()));
        assert_eq!(session.judge(&Reading::of("a", 7), Time(3_000)), Ok(()));
    }

    #[test]
    fn a_clock_put_back_is_believed_once_the_queue_is_blind() {
        let mut session = session();
        assert_eq!(session.judge(&reading("a", 9_000, 7), Time(0)), Ok(()));
        assert_eq!(session.judge(&reading("a", 1_000, 7), Time(14_999)), Err(Drop::Older));
        assert_eq!(session.judge(&reading("a", 1_001, 6), Time(15_000)), Ok(()));
        assert_eq!(session.judge(&reading("a", 1_000, 7), Time(15_001)), Err(Drop::Older));
    }

    #[test]
    fn a_wild_time_hides_no_truth() {
        let mut session = session();
        let year_9999 = 253_370_764_800_000;
        assert_eq!(session.judge(&reading("a", 1_000, 7), Time(1_000)), Ok(()));
        assert_eq!(session.judge(&reading("a", year_9999, 0), Time(2_000)), Ok(()));
        assert_eq!(session.judge(&reading("a", 3_000, 9), Time(3_000)), Ok(()));
        assert_eq!(session.clock_skew(), Some(Millis(0)));
    }

    #[test]
    fn a_second_gateway_an_hour_ahead_hides_nothing_and_each_keeps_its_order() {
        let (mut session, hour) = (session(), 3_600_000);
        for second in 0..20 {
            let now = 1_000 * second;
            let ahead = reading("a", now + hour, 1);
            assert_eq!(session.judge(&ahead, Time(now)), Ok(()), "{second}");
            assert_eq!(
                session.judge(&reading("a", now + hour - 1, 0), Time(now)),
                Err(Drop::Older)
            );
            assert_eq!(
                session.judge(&reading("a", now + 400, 2), Time(now + 500)),
                Ok(()),
                "{second}"
            );
            assert_eq!(
                session.judge(&reading("a", now + 399, 0), Time(now + 501)),
                Err(Drop::Older)
            );
        }
    }

    #[test]
    fn the_skew_is_the_smallest_difference_of_late() {
        let mut session = session();
        assert_eq!(session.clock_skew(), None);
        for (at, received) in [(0, 5_400), (1_000, 6_020), (2_000, 9_000)] {
            session.source_clock(Time(at), Time(received));
        }
        assert_eq!(session.clock_skew(), Some(Millis(5_020)));
        session.source_clock(Time(70_000), Time(80_000));
        assert_eq!(
            session.clock_skew(),
            Some(Millis(5_020)),
            "the last window still counts"
        );
        session.source_clock(Time(140_000), Time(150_000));
        assert_eq!(session.clock_skew(), Some(Millis(10_000)));
    }
}
