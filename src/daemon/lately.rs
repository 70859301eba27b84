//! What was before a start, by the duty log, for whoever looks at the page or at the metrics: the last half hour of every queue, calls on
//! their way to being measured, and what the floor was asked. Nothing is decided by it.

use super::recent::{RecentDepths, SPAN};
use super::service::Services;
use crate::core::{Decision, Input, Name, Time, What};
use crate::journal::{Entry, JournalError, Reader, Record};
use crate::shift::Effects;
use std::collections::BTreeMap;

/// So many entries are read at most: at a reading a second the half hour of fifty queues, in about a tenth of a second. Of a floor that
/// tells more the last minutes are known, and nobody waits longer for the plan.
const ENTRIES_MAX: u64 = 100_000;

/// So many are in memory at a time.
const ENTRIES_AT_ONCE: usize = 4_096;

/// It.
#[derive(Default)]
pub struct Lately {
    /// How many waited.
    pub depths: RecentDepths,
    /// What became of the calls.
    pub services: Services,
    /// What calls did to the callers.
    pub effects: Effects,
    /// Queues that nobody sees, and how many were said to wait since.
    blind: BTreeMap<Name, Option<u32>>,
}

impl Lately {
    /// Of the time up to `begun`.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn read(reader: &Reader, begun: Time) -> Result<Lately, JournalError> {
        let mut lately = Lately::default();
        let end = reader.first_since(Time(i64::MAX))?;
        let mut next = reader.first_since(begun - SPAN)?.max(end.saturating_sub(ENTRIES_MAX));
        while next < end {
            let some = reader.read(next..=u64::MAX, ENTRIES_AT_ONCE)?;
            some.iter().for_each(|entry| lately.take(entry));
            next = some.last().map_or(end, |entry| entry.seq + 1);
        }
        lately.depths.settle(begun);
        // They were told when they were measured.
        while lately.effects.poll().is_some() {}
        Ok(lately)
    }

    fn take(&mut self, entry: &Entry) {
        self.effects.take(entry);
        match &entry.record {
            Record::Input(Input::Reading { reading }) => {
                self.services.recall(reading, entry.at);
                match self.blind.get_mut(&reading.queue) {
                    Some(waiting) => *waiting = Some(reading.waiting),
                    None => self.depths.recall(&reading.queue, Some(reading.waiting), entry.at),
                }
            }
            Record::Decision(decision) => self.decided(decision),
            Record::Input(_) | Record::Fact(_) => {}
        }
    }

    fn decided(&mut self, decision: &Decision) {
        let (queue, at) = (&decision.queue, decision.at);
        if matches!(decision.what, What::FeedLost { .. }) {
            self.blind.insert(queue.clone(), None);
            self.depths.recall(queue, None, at);
        } else if matches!(decision.what, What::FeedBack { .. })
            // Where it was lost sight of before this half hour, its reading was taken down already.
            && let Some(waiting) = self.blind.remove(queue)
        {
            self.depths.recall(queue, waiting, at);
        }
    }
}
