//! A call list as readings of its queues.

use super::{Call, CallList, Outcome};
use crate::core::{Millis, Name, Reading, Time};
use crate::feed::readings::Recorded;
use crate::lab::recorded::{Form, OpenFault, reading};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// The readings that the calls make, in the order of time: one for each moment at which a queue changes.
pub(super) struct Depths {
    changes: std::iter::Peekable<std::vec::IntoIter<Change>>,
    lines: BTreeMap<Name, Line>,
    tell_every: Millis,
}

/// Somebody comes or goes.
struct Change {
    at: Time,
    queue: Name,
    /// The caller, by number.
    call: usize,
    came: Option<Time>,
    /// `None`: the caller comes.
    outcome: Option<Outcome>,
}

#[derive(Default)]
struct Line {
    /// Who waits, longest first.
    waiting: BTreeSet<(Time, usize)>,
    offered: u64,
    answered: u64,
    abandoned: u64,
    told: Option<Time>,
}

impl Depths {
    pub(super) fn of(list: &CallList, form: &Form) -> Result<Depths, OpenFault> {
        let mut changes = Vec::new();
        for (number, call) in list.calls.iter().chain(&list.others).enumerate() {
            let queue = match &call.queue {
                Some(queue) if !queue.as_str().is_empty() => queue,
                _ => form
                    .queue
                    .as_ref()
                    .ok_or_else(|| OpenFault::NoQueue(list.path.clone()))?,
            };
            let Some(came) = came(call, &form.zone) else {
                continue;
            };
            let change = |at, came, outcome| Change {
                at,
                queue: queue.clone(),
                call: number,
                came,
                outcome,
            };
            changes.push(change(came, None, None));
            changes.push(change(came + call.waited, Some(came), Some(call.outcome)));
        }
        // Who comes and goes at once comes first.
        changes.sort_by(|one, other| (one.at, &one.queue, one.came).cmp(&(other.at, &other.queue, other.came)));
        Ok(Depths {
            changes: changes.into_iter().peekable(),
            lines: BTreeMap::new(),
            tell_every: form.tell_every,
        })
    }
}

/// The moment of arrival: of a time that names no zone, in the zone of the list.
fn came(call: &Call, zone: &TimeZone) -> Option<Time> {
    call.moment.or_else(|| {
        let zoned = call.at.to_zoned(zone.clone()).ok()?;
        Some(Time(zoned.timestamp().as_millisecond()))
    })
}

impl Iterator for Depths {
    type Item = Recorded;

    fn next(&mut self) -> Option<Recorded> {
        let next = self.changes.peek()?;
        let quiet = self.lines.iter_mut().filter_map(|(queue, line)| {
            let telling = line.told? + self.tell_every;
            Some((telling, queue, line))
        });
        if let Some((telling, queue, line)) = quiet.min_by_key(|(telling, ..)| *telling)
            && telling < next.at
        {
            return Some(line.tell(queue, telling));
        }
        let (at, queue) = (next.at, next.queue.clone());
        let line = self.lines.entry(queue.clone()).or_default();
        while let Some(change) = self.changes.next_if(|next| next.at == at && next.queue == queue) {
            line.take(&change);
        }
        Some(line.tell(&queue, at))
    }
}

impl Line {
    fn take(&mut self, change: &Change) {
        match change.outcome {
            None => {
                self.offered += 1;
                self.waiting.insert((change.at, change.call));
            }
            Some(outcome) => {
                if let Some(came) = change.came {
                    self.waiting.remove(&(came, change.call));
                }
                match outcome {
                    Outcome::Answered => self.answered += 1,
                    Outcome::GaveUp => self.abandoned += 1,
                    Outcome::Neither => {}
                }
            }
        }
    }

    fn tell(&mut self, queue: &Name, at: Time) -> Recorded {
        self.told = Some(at);
        let head = self.waiting.first().map_or(Millis::ZERO, |(since, _)| at - *since);
        let depth = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX);
        reading(
            at,
            Reading {
                longest_wait: Some(head),
                offered: Some(self.offered),
                answered: Some(self.answered),
                abandoned: Some(self.abandoned),
                ..Reading::of(queue.clone(), depth)
            },
        )
    }
}
