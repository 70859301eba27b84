//! How often supervisors were called to do something, against what ISA-18.2 takes to be bearable: about one alarm in ten minutes for
//! each, two at most, never more than ten, and under one per cent of the time in a flood of more than ten.
//!
//! Everything that asks for a deed goes to everybody on the floor who may do it, so that each supervisor has them all.

use crate::core::{Millis, Time};
use crate::journal::{Entry, Record};
use crate::shift::is_ask;
use serde::Serialize;
use std::collections::BTreeMap;

/// Over so long they are counted.
const SLOT: Millis = Millis::from_mins(10);
/// More than this in ten minutes is a flood.
pub const FLOOD: u32 = 10;
/// In the mean of all ten minutes, at most.
pub const MOST_MEAN: f64 = 2.0;
/// Of the time in a flood, at most.
pub const MOST_FLOOD: f64 = 0.01;

/// What supervisors heard.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Alarms {
    /// All of them.
    pub total: u32,
    /// Spans of ten minutes in which the daemon ran.
    pub slots: u32,
    /// In ten minutes, in the mean.
    pub mean: f64,
    /// The most in ten minutes, and when; `None`: there was none.
    pub peak: Option<Peak>,
    /// Share of the ten minutes with more than ten.
    pub flood_share: f64,
    /// How many of what kind, as in the duty log.
    pub kinds: BTreeMap<&'static str, u32>,
    /// The most in ten minutes of each day, from the first.
    pub daily_peaks: Vec<u32>,
}

/// The worst ten minutes.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
pub struct Peak {
    /// How many.
    pub alarms: u32,
    /// When they began, on the wire's clock.
    pub at: crate::wire::Stamp,
}

/// Counts them.
#[derive(Debug)]
pub(super) struct Bells {
    from: Time,
    slots: Vec<u32>,
    kinds: BTreeMap<&'static str, u32>,
    /// Of the first entry: before it there was no daemon that could have rung.
    first: Option<Time>,
}

impl Bells {
    pub fn new(from: Time, to: Time) -> Bells {
        Bells {
            from,
            slots: vec![0; super::grid::ten_minutes(from, to)],
            kinds: BTreeMap::new(),
            first: None,
        }
    }

    pub fn take(&mut self, entry: &Entry) {
        self.first.get_or_insert(entry.at);
        let Record::Decision(decision) = &entry.record else {
            return;
        };
        if !is_ask(&decision.what) || decision.at < self.from {
            return;
        }
        let slot = usize::try_from((decision.at - self.from).0 / SLOT.0).unwrap_or(usize::MAX);
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot += 1;
            *self.kinds.entry(entry.record.kind()).or_default() += 1;
        }
    }

    /// As far as the log goes; `days`: when each begins.
    pub fn end(mut self, at: Time, days: &[Time]) -> Alarms {
        let ran = usize::try_from((at - self.from).0 / SLOT.0).unwrap_or(0) + 1;
        self.slots.truncate(ran);
        let total: u32 = self.slots.iter().sum();
        let before = self.first.map_or(0, |first| (first - self.from).0.max(0) / SLOT.0);
        let ran = self.slots.len().saturating_sub(usize::try_from(before).unwrap_or(0));
        let slots = u32::try_from(ran).unwrap_or(u32::MAX).max(1);
        let worst = self
            .slots
            .iter()
            .enumerate()
            .max_by_key(|(slot, n)| (**n, std::cmp::Reverse(*slot)));
        let begins = |slot: usize| self.from + Millis(SLOT.0.saturating_mul(i64::try_from(slot).unwrap_or(0)));
        let floods = self.slots.iter().filter(|n| **n > FLOOD).count();
        let mut daily_peaks = vec![0; days.len()];
        for (slot, alarms) in self.slots.iter().enumerate() {
            if let Some(day) = days.partition_point(|day| *day <= begins(slot)).checked_sub(1) {
                daily_peaks[day] = alarms.max(&daily_peaks[day]).to_owned();
            }
        }
        Alarms {
            total,
            slots,
            mean: f64::from(total) / f64::from(slots),
            peak: worst.filter(|(_, n)| **n > 0).map(|(slot, n)| Peak {
                alarms: *n,
                at: crate::wire::Stamp(begins(slot)),
            }),
            flood_share: floods as f64 / f64::from(slots),
            kinds: self.kinds,
            daily_peaks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Decision, What};

    #[test]
    fn a_flood_is_more_than_ten_in_ten_minutes() {
        let from = Time(0);
        let mut bells = Bells::new(from, from + Millis::from_mins(200));
        let mut ring = |minute: i64, times: usize| {
            for _ in 0..times {
                let at = from + Millis::from_mins(minute);
                let what = What::Gone {
                    instruction: crate::core::InstructionId(1),
                    people: Vec::new(),
                    left_at: at,
                };
                let queue = "inbound".into();
                let record = Record::Decision(Decision { at, queue, what });
                let unlogged = false;
                bells.take(&Entry {
                    seq: 1,
                    at,
                    record,
                    unlogged,
                });
            }
        };
        ring(5, 10);
        ring(25, 11);
        ring(300, 50);
        let alarms = bells.end(from + Millis::from_mins(99), &[from]);
        assert_eq!((alarms.total, alarms.slots, alarms.mean), (21, 10, 2.1));
        assert_eq!(
            alarms.peak.map(|it| (it.alarms, it.at.0)),
            Some((11, from + Millis::from_mins(20)))
        );
        assert_eq!((alarms.flood_share, alarms.daily_peaks), (0.1, vec![11]));
    }
}
