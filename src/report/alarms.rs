//! How often supervisors were called to do something, against what ISA-18.2 takes to be bearable: about one alarm in ten minutes for
//! each, two at most, never more than ten, and under one per cent of the time in a flood of more than ten.
//!
//! Everything that asks for a deed goes to everybody on the floor who may do it, so that each supervisor has them all.

use crate::core::Time;
use crate::journal::{Entry, Record};
use crate::shift::{AskPeak, AskWindow, is_ask};
use crate::wire::Stamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// In the mean of all ten minutes, at most.
pub const MOST_MEAN: f64 = 2.0;
/// Of the time in a flood, at most.
pub const MOST_FLOOD: f64 = 0.01;

/// What supervisors heard.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Alarms {
    /// All of them.
    pub total: u32,
    /// In ten minutes, in the mean.
    pub mean: f64,
    /// The most in any ten minutes, and when; `None`: there was none.
    pub peak: Option<Peak>,
    /// Share of the time in which the ten minutes before held more than ten.
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
    /// When the first of them rang, on the wire's clock.
    pub at: Stamp,
}

/// Counts them.
#[derive(Debug)]
pub(super) struct Bells {
    from: Time,
    to: Time,
    asks: AskWindow,
    /// Each ask, and how many there were in the ten minutes up to it.
    counted: Vec<(Time, u32)>,
    kinds: BTreeMap<&'static str, u32>,
    /// Of the first entry: before it there was no daemon that could have rung.
    first: Option<Time>,
}

impl Bells {
    pub fn new(from: Time, to: Time) -> Bells {
        Bells {
            from,
            to,
            asks: AskWindow::default(),
            counted: Vec::new(),
            kinds: BTreeMap::new(),
            first: None,
        }
    }

    pub fn take(&mut self, entry: &Entry) {
        self.first.get_or_insert(entry.at);
        let Record::Decision(decision) = &entry.record else {
            return;
        };
        if is_ask(&decision.what) && (self.from..self.to).contains(&decision.at) {
            self.counted.push((decision.at, self.asks.ask(decision.at)));
            *self.kinds.entry(entry.record.kind()).or_default() += 1;
        }
    }

    /// As far as the log goes; `days`: when each begins.
    pub fn end(self, at: Time, days: &[Time]) -> Alarms {
        let at = at.min(self.to);
        let lasted = at - self.first.map_or(self.from, |first| first.max(self.from));
        let mut daily_peaks = vec![0; days.len()];
        for (at, asks) in self.counted {
            if let Some(day) = days.partition_point(|day| *day <= at).checked_sub(1) {
                daily_peaks[day] = asks.max(daily_peaks[day]);
            }
        }
        Alarms {
            total: self.asks.all(),
            mean: self.asks.mean(lasted),
            peak: self.asks.peak().map(|AskPeak { asks, from }| Peak {
                alarms: asks,
                at: Stamp(from),
            }),
            flood_share: self.asks.flood_share(lasted, at),
            kinds: self.kinds,
            daily_peaks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Decision, Millis, What};

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
        // Whatever the clock's own tens: nine minutes later it is as much at once as within them.
        ring(25, 6);
        ring(34, 5);
        ring(300, 50);
        let alarms = bells.end(from + Millis::from_mins(105), &[from]);
        assert_eq!((alarms.total, alarms.mean), (21, 2.1));
        assert_eq!(
            alarms.peak.map(|it| (it.alarms, it.at.0)),
            Some((11, from + Millis::from_mins(25)))
        );
        // From the first entry on, in the fifth minute.
        assert_eq!((alarms.flood_share, alarms.daily_peaks), (0.01, vec![11]));
    }
}
