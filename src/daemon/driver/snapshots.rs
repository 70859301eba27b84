//! When a snapshot of the core is due: so many entries of the log after the last one.

use std::time::Duration;

/// A snapshot waits for a calm moment, where the floor has been told nothing for so long; but not longer than for half as many entries again.
const CALM: Duration = Duration::from_secs(1);

/// Counts entries from one snapshot to the next.
pub(super) struct Snapshots {
    every: u64,
    /// With this entry the next is due.
    due: u64,
}

impl Snapshots {
    /// The next of a log that ends with entry `last`, and whose newest snapshot is of entry `newest` (0: there is none). It is counted from
    /// that one and not from the end: else a daemon that is killed before its time would never write one, and each start would take longer.
    pub(super) fn of_log(newest: u64, last: u64, every: u64) -> Snapshots {
        Snapshots {
            every,
            due: newest.min(last) + every,
        }
    }

    /// The next is due now, calm or not.
    pub(super) fn hurry(&mut self) {
        self.due = 0;
    }

    /// Whether one is due with the log at entry `last`, where the floor has been told nothing for so long: one of thousands of queues takes longer
    /// than an instruction may wait for it. The next is then counted from here.
    pub(super) fn is_due(&mut self, last: u64, calm_for: Duration) -> bool {
        let Some(over) = last.checked_sub(self.due) else {
            return false;
        };
        if self.due > 0 && over < self.every / 2 && calm_for < CALM {
            return false;
        }
        self.due = last + self.every;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_that_dies_before_its_time_again_and_again_writes_one_all_the_same() {
        // Three lives of forty entries each.
        let written = [40, 80, 120].map(|last| {
            let mut snapshots = Snapshots::of_log(0, last - 40, 100);
            (last - 39..=last).find(|entry| snapshots.is_due(*entry, CALM))
        });
        assert_eq!(written, [None, None, Some(100)]);
        assert!(!Snapshots::of_log(100, 120, 100).is_due(199, CALM));
        assert!(Snapshots::of_log(100, 120, 100).is_due(200, CALM));
    }

    #[test]
    fn it_waits_for_a_calm_moment_but_not_for_ever() {
        let busy = CALM / 2;
        let mut snapshots = Snapshots::of_log(0, 0, 100);
        assert!(!snapshots.is_due(100, busy));
        assert!(!snapshots.is_due(149, busy));
        assert!(snapshots.is_due(150, busy));
        assert!(!snapshots.is_due(249, CALM));
        assert!(snapshots.is_due(250, CALM));
        snapshots.hurry();
        assert!(snapshots.is_due(251, busy));
        assert!(!snapshots.is_due(350, busy));
    }
}
