//! Counts of calls by interval, which many sites have in place of calls: a row an interval, of one length.

use super::row::when;
use super::{CallList, CallsFault, Columns};
use crate::core::{Millis, Name};
use crate::feed::readings::ReadError;
use jiff::civil::{Date, DateTime, Time as TimeOfDay};
use std::collections::BTreeMap;

/// The calls that came in one interval.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Count {
    pub(super) queue: Option<Name>,
    /// When it began, on the wall.
    pub(super) at: DateTime,
    pub(super) calls: f64,
}

/// Where the columns stand; `None`: it is no list of counts.
pub(super) fn places(header: &csv::StringRecord, columns: &Columns) -> Option<[Option<usize>; 3]> {
    let place = |column: &str| {
        let plain = |known: &str| known.trim().trim_start_matches('\u{feff}') == column;
        header.iter().position(plain)
    };
    let (interval, calls) = (place(&columns.interval)?, place(&columns.calls)?);
    let alone = place(&columns.outcome).is_none();
    alone.then(|| [Some(interval), Some(calls), place(&columns.queue)])
}

/// Reads the rows below such a heading.
pub(super) fn read(
    mut reader: csv::Reader<impl std::io::Read>,
    [interval, calls, queue]: [Option<usize>; 3],
    mut list: CallList,
) -> Result<CallList, CallsFault> {
    let mut rows = 0;
    for row in reader.records().take(super::ROWS_MAX) {
        rows += 1;
        let read = match row {
            Ok(row) => {
                let field = |place: Option<usize>| place.and_then(|place| row.get(place)).unwrap_or("").trim();
                let line = row.position().map_or(0, csv::Position::line);
                let count = field(calls)
                    .parse::<f64>()
                    .ok()
                    .filter(|calls| (0.0..1.0e7).contains(calls));
                count
                    .ok_or_else(|| format!("{:?} is no number of calls", field(calls)))
                    .and_then(|calls| {
                        let (at, _) = when(field(interval))?;
                        let queue = queue.map(|place| Name::from(field(Some(place))));
                        Ok(Count { queue, at, calls })
                    })
                    .map_err(|why| (line, why))
            }
            Err(error) => Err((error.position().map_or(0, csv::Position::line), error.to_string())),
        };
        match read {
            Ok(count) => list.counts.push(count),
            Err((line, detail)) => {
                let path = list.path.clone();
                list.fault(ReadError::Line { path, line, detail });
            }
        }
    }
    if list.counts.is_empty() {
        let first = list
            .faults
            .first()
            .map_or_else(|| "it has none".to_owned(), ToString::to_string);
        let path = list.path;
        return Err(CallsFault::NoCall { path, rows, first });
    }
    list.counts.sort_by_key(|count| count.at);
    Ok(list)
}

/// Calls an hour in each interval of each day, and how long an interval is.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::lab) struct Rates {
    /// Day by day, from the time of day that was asked for.
    pub(in crate::lab) days: Vec<Vec<f64>>,
    pub(in crate::lab) every: Millis,
}

impl CallList {
    /// Whether it has counts in place of calls.
    pub(in crate::lab) fn has_counts(&self) -> bool {
        !self.counts.is_empty()
    }

    /// The counts of a queue from a time of day on, for so long each day; `None`: the intervals are not of one length, or none begins then.
    pub(in crate::lab) fn rates(&self, queue: Option<&Name>, from: TimeOfDay, length: Millis) -> Option<Rates> {
        let is_of = |count: &&Count| queue.is_none() || count.queue.is_none() || count.queue.as_ref() == queue;
        let mut by_begin: BTreeMap<DateTime, f64> = BTreeMap::new();
        for count in self.counts.iter().filter(is_of) {
            *by_begin.entry(count.at).or_default() += count.calls;
        }
        let begins: Vec<DateTime> = by_begin.keys().copied().collect();
        let apart = begins
            .windows(2)
            .map(|pair| pair[1].duration_since(pair[0]).as_millis());
        let every = i64::try_from(apart.min()?).ok().filter(|every| *every >= 60_000)?;
        let intervals = usize::try_from(length.0 / every).ok()?;
        let mut days: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
        for (begin, calls) in by_begin {
            let first = begin.date().to_datetime(from);
            let after = i64::try_from(begin.duration_since(first).as_millis()).ok()?;
            let (date, after) = match after < 0 {
                true => (begin.date().yesterday().ok()?, after + 24 * 3_600_000),
                false => (begin.date(), after),
            };
            if after % every != 0 {
                return None;
            }
            let place = usize::try_from(after / every).ok()?;
            if place < intervals {
                let rates = days.entry(date).or_insert_with(|| vec![0.0; intervals]);
                rates[place] = calls * 3_600_000.0 / every as f64;
            }
        }
        let days: Vec<_> = days.into_values().collect();
        (!days.is_empty()).then_some(Rates {
            days,
            every: Millis(every),
        })
    }
}
