//! A call list as readings of its queues.

use super::{CallList, Outcome};
use crate::core::{Millis, Name, Reading, Time};
use crate::feed::readings::Recorded;
use crate::lab::recorded::{Form, LOOKED_WITHIN, OpenFault, reading};
use std::collections::{BTreeMap, BTreeSet};

/// The readings that the calls make, in the order of time: one for each moment at which a queue changes.
pub(super) struct Depths {
    changes: std::iter::Peekable<std::vec::IntoIter<Change>>,
    lines: BTreeMap<Name, Line>,
    tell_every: Millis,
    /// When some queue changed last; `None`: nothing has happened yet.
    changed: Option<Time>,
    /// To be told next: the first change of a queue, behind how it was before.
    held: Option<Recorded>,
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
                Some(_) | None => form
                    .queue
                    .as_ref()
                    .ok_or_else(|| OpenFault::NoQueue(list.path.clone()))?,
            };
            let came = call.moment;
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
            changed: None,
            held: None,
        })
    }

    /// Nobody looked for longer than is taken for looking: queues are told anew once something happens again.
    fn look_again(&mut self, at: Time) {
        let before = self.changed.replace(at);
        if before.is_some_and(|before| at - before > LOOKED_WITHIN) {
            let told = self.lines.values_mut().filter_map(|line| line.told.as_mut());
            told.for_each(|told| *told = at - self.tell_every);
        }
    }
}

impl Iterator for Depths {
    type Item = Recorded;

    fn next(&mut self) -> Option<Recorded> {
        if let Some(held) = self.held.take() {
            return Some(held);
        }
        let next = self.changes.peek()?;
        let quiet = self.lines.iter_mut().filter_map(|(queue, line)| {
            let telling = line.told? + self.tell_every;
            Some((telling, queue, line))
        });
        if let Some((telling, queue, line)) = quiet.min_by_key(|(telling, ..)| *telling)
            && telling < next.at
            && self.changed.is_some_and(|changed| telling - changed <= LOOKED_WITHIN)
        {
            return Some(line.tell(queue, telling));
        }
        let (at, queue) = (next.at, next.queue.clone());
        self.look_again(at);
        let line = self.lines.entry(queue.clone()).or_default();
        // Counters are told as they stood before the first call: from there on they count.
        let before = line.told.is_none().then(|| line.tell(&queue, at));
        while let Some(change) = self.changes.next_if(|next| next.at == at && next.queue == queue) {
            line.take(&change);
        }
        let changed = line.tell(&queue, at);
        let Some(before) = before else { return Some(changed) };
        self.held = Some(changed);
        Some(before)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::Heard;
    use crate::lab::recorded::calls::tests::{form, text_of};
    use crate::lab::recorded::{Happening, open};

    /// When each reading of a list was, in minutes since the first, with who waits, came and gave up.
    fn told(rows: &str) -> Vec<(i64, u32, Option<u64>, Option<u64>)> {
        let (_folder, path) = text_of(&format!("arrival,wait_s,outcome,queue\n{rows}"));
        let source = open(&path, &form()).unwrap_or_else(|fault| panic!("{fault}"));
        let readings = source.map(|happened| match happened.unwrap() {
            Happening::Heard(Recorded {
                at,
                what: Heard::Reading(it),
                ..
            }) => (at, it.waiting, it.offered, it.abandoned),
            other => panic!("{other:?}"),
        });
        let readings = Vec::from_iter(readings);
        let first = readings[0].0;
        let minutes = |at: Time| (at - first).0 / 60_000;
        Vec::from_iter(
            readings
                .into_iter()
                .map(|(at, waiting, offered, abandoned)| (minutes(at), waiting, offered, abandoned)),
        )
    }

    #[test]
    fn the_first_who_gives_up_counts() {
        let told = told("2026-11-02 09:00:00,0,abandoned,a\n2026-11-02 09:00:05,0,abandoned,a\n");
        assert_eq!(
            told,
            [
                (0, 0, Some(0), Some(0)),
                (0, 0, Some(1), Some(1)),
                (0, 0, Some(2), Some(2))
            ]
        );
    }

    #[test]
    fn nobody_is_taken_to_have_looked_for_longer_than_a_day() {
        let row = |at: &str, queue: &str| format!("{at},5,answered,{queue}\n");
        let years =
            row("1999-11-02 09:00:00", "a") + &row("1999-11-02 09:00:00", "b") + &row("2026-11-02 09:00:00", "a");
        let told = told(&(years + &row("2026-11-02 09:01:00", "a")));
        let day = 24 * 60;
        let between = told.iter().filter(|it| it.0 > day && it.0 < 9_000 * day);
        assert_eq!(between.count(), 0, "nothing is told of the years between");
        assert!(
            told.len() > 2 * 24 * 720,
            "but of the day after the first calls: {}",
            told.len()
        );
        // All queues are told anew once something happens again.
        let again = Vec::from_iter(
            told.iter()
                .skip_while(|it| it.0 < 9_000 * day)
                .take(2)
                .map(|it| (it.1, it.2)),
        );
        assert_eq!(again, [(1, Some(2)), (0, Some(1))]);
    }
}
