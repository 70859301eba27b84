//! Counts of calls by interval, which many sites have in place of calls: a row an interval, of one length.

use super::{CallList, CallsFault, Columns, since_midnight};
use crate::core::{Millis, Name};
use crate::lab::recorded::Form;
use crate::lab::recorded::times::Written;
use jiff::civil::{Date, DateTime, Time as TimeOfDay};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// No interval is shorter.
const SHORTEST: Millis = Millis::from_mins(1);
const A_DAY: Millis = Millis::from_mins(24 * 60);
/// So many intervals of another length, one behind the other, are no gaps by chance.
const REGULAR: usize = 6;

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

/// Reads the rows below such a heading. The file has one length of interval; rows that do not keep to it are at fault.
pub(super) fn read(
    reader: csv::Reader<impl std::io::Read>,
    [interval, calls, queue]: [Option<usize>; 3],
    mut list: CallList,
    form: &Form,
    most: usize,
) -> Result<CallList, CallsFault> {
    let mut counts = Vec::new();
    let rows = list.take_rows(reader, most, |_, line, row| {
        let field = |place: Option<usize>| place.and_then(|place| row.get(place)).unwrap_or("").trim();
        let number = field(calls).parse::<f64>().ok();
        let calls = number
            .filter(|calls| (0.0..1.0e7).contains(calls))
            .ok_or_else(|| format!("{:?} is no number of calls", field(calls)))?;
        let at = Written::read(field(interval), &form.zone)?.local;
        let queue = queue.map(|place| Name::from(field(Some(place))));
        counts.push((line, Count { queue, at, calls }));
        Ok(())
    })?;
    counts.sort_by_key(|(_, count)| count.at);
    keep_usual(counts, &mut list)?;
    match list.counts.is_empty() {
        false => Ok(list),
        true => Err(list.nothing(rows, || "it has none".to_owned())),
    }
}

/// Takes the counts whose intervals are of the file's usual length; of one interval alone no length is known.
fn keep_usual(counts: Vec<(u64, Count)>, list: &mut CallList) -> Result<(), CallsFault> {
    let begins: BTreeSet<DateTime> = counts.iter().map(|(_, count)| count.at).collect();
    let begins = Vec::from_iter(begins);
    if begins.len() < 2 {
        list.counts = counts.into_iter().map(|(_, count)| count).collect();
        return Ok(());
    }
    let every = usual(&begins).map_err(|lengths| CallsFault::NoUsualInterval {
        path: list.path.clone(),
        lengths,
    })?;
    list.every = Some(every);
    let begin_of = |at: &DateTime| since_midnight(at.time()).0.rem_euclid(every.0);
    let usual_begin = most_frequent(begins.iter().map(begin_of)).map_or(0, |(begin, _)| begin);
    let others = others(&counts, every);
    for (line, count) in counts {
        let length = in_minutes(every);
        if begin_of(&count.at) != usual_begin {
            let detail = format!("{} is where no interval begins: they are {length} long", count.at);
            list.fault(line, detail);
        } else if let Some(lasts) = others.get(&line) {
            let lasts = in_minutes(*lasts);
            let detail = format!("the interval is one of several of {lasts}, where most of the file are {length} long");
            list.fault(line, detail);
        } else {
            list.counts.push(count);
        }
    }
    Ok(())
}

/// The length of interval by which at least half of those that begin on one day follow each other; else all lengths, in words.
fn usual(begins: &[DateTime]) -> Result<Millis, String> {
    let all = || begins.windows(2);
    let within_a_day = all().filter(|pair| pair[0].date() == pair[1].date());
    let lengths = match within_a_day.clone().count() {
        0 => Vec::from_iter(all().map(apart)),
        _ => Vec::from_iter(within_a_day.map(apart)),
    };
    let (every, times) = most_frequent(lengths.iter().copied()).unwrap_or_default();
    if times * 2 >= lengths.len() && every >= SHORTEST {
        return Ok(every);
    }
    let mut counted: BTreeMap<Millis, usize> = BTreeMap::new();
    lengths
        .into_iter()
        .for_each(|length| *counted.entry(length).or_default() += 1);
    let mut counted = Vec::from_iter(counted);
    counted.sort_by_key(|(length, times)| (Reverse(*times), *length));
    let worded = counted.iter().take(3);
    let worded = worded.map(|(length, times)| format!("{} {times} times", in_minutes(*length)));
    Err(Vec::from_iter(worded).join(", "))
}

/// The rows, by their line, that belong to a run of intervals of another length, and how long these are: a part of the file that was
/// counted by the hour where the others were by the half, say. Single gaps are none: an interval in which nobody called is often left out.
fn others(counts: &[(u64, Count)], every: Millis) -> BTreeMap<u64, Millis> {
    let mut queues: BTreeMap<Option<&Name>, Vec<(u64, DateTime)>> = BTreeMap::new();
    for (line, count) in counts {
        queues.entry(count.queue.as_ref()).or_default().push((*line, count.at));
    }
    let mut found = BTreeMap::new();
    for rows in queues.values() {
        let gaps = Vec::from_iter(rows.windows(2).map(|pair| apart(&[pair[0].1, pair[1].1])));
        let mut row = 0;
        for run in gaps.chunk_by(|one, other| one == other) {
            let (first, behind) = (row, row + run.len());
            row = behind;
            let is_length = run[0] > Millis::ZERO && run[0] < A_DAY && run.len() >= REGULAR;
            if !is_length || run[0] == every {
                continue;
            }
            // The last of them lasts as long, unless the usual ones go on from it.
            let goes_on = gaps.get(behind) == Some(&every);
            let rows = &rows[first..behind + usize::from(!goes_on)];
            found.extend(rows.iter().map(|(line, _)| (*line, run[0])));
        }
    }
    found
}

fn in_minutes(length: Millis) -> String {
    format!("{} min", length.0 as f64 / 60_000.0)
}

fn apart(pair: &[DateTime]) -> Millis {
    Millis(i64::try_from(pair[1].duration_since(pair[0]).as_millis()).unwrap_or(i64::MAX))
}

/// What comes most often, the least of several, and how often.
fn most_frequent<T: Ord>(all: impl Iterator<Item = T>) -> Option<(T, usize)> {
    let mut counted: BTreeMap<T, usize> = BTreeMap::new();
    all.for_each(|it| *counted.entry(it).or_default() += 1);
    counted.into_iter().rev().max_by_key(|(_, times)| *times)
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

    /// The counts of a queue from a time of day on, for so long each day; `None`: there is none, there is one interval alone, or none begins then.
    pub(in crate::lab) fn rates(&self, queue: Option<&Name>, from: TimeOfDay, length: Millis) -> Option<Rates> {
        let is_of = |count: &&Count| queue.is_none() || count.queue.is_none() || count.queue.as_ref() == queue;
        let mut by_begin: BTreeMap<DateTime, f64> = BTreeMap::new();
        for count in self.counts.iter().filter(is_of) {
            *by_begin.entry(count.at).or_default() += count.calls;
        }
        let every = self.every?.0;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::recorded::calls::tests::list;
    use std::fmt::Write;

    /// Rows of so many calls, each so many minutes behind the one before.
    fn rows(from: i64, every: i64, count: i64, calls: u32) -> String {
        (0..count).fold(String::new(), |mut rows, row| {
            let minute = from + row * every;
            let (hour, minute) = (minute / 60, minute % 60);
            writeln!(rows, "2026-11-02 {hour:02}:{minute:02},{calls}").unwrap();
            rows
        })
    }

    /// Calls an hour from 7 o'clock to 23, and what was said of rows at fault.
    fn read(rows: &str) -> Result<(Vec<f64>, Vec<String>), String> {
        let list = list(&format!("interval,calls\n{rows}"), "").map_err(|fault| fault.to_string())?;
        let rates = list
            .rates(None, TimeOfDay::constant(7, 0, 0, 0), Millis::from_mins(16 * 60))
            .unwrap();
        assert_eq!(rates.every, Millis::from_mins(30));
        let faults = list
            .faults
            .iter()
            .map(|fault| format!("{}: {}", fault.line, fault.detail));
        Ok((rates.days[0].clone(), faults.collect()))
    }

    #[test]
    fn one_odd_row_ruins_no_other() {
        let even = rows(7 * 60, 30, 32, 60);
        assert_eq!(read(&even).unwrap(), (vec![120.0; 32], vec![]));
        let (rates, faults) = read(&(even + "2026-11-02 10:01,60\n")).unwrap();
        assert_eq!(rates, [120.0; 32]);
        assert_eq!(faults.len(), 1);
        assert!(
            faults[0].starts_with("34: 2026-11-02T10:01:00 is where no interval begins: they are 30 min long"),
            "{faults:?}"
        );
    }

    #[test]
    fn intervals_of_another_length_are_left_out_and_told() {
        let mixed = rows(7 * 60, 60, 8, 120) + &rows(15 * 60, 30, 16, 60);
        let (rates, faults) = read(&mixed).unwrap();
        assert_eq!(rates[..16], [0.0; 16]);
        assert_eq!(rates[16..], [120.0; 16]);
        assert_eq!(faults.len(), 8);
        assert!(
            faults[0].starts_with("2: the interval is one of several of 60 min, where most of the file are 30 min"),
            "{faults:?}"
        );
        // The last of them lasts as long as the others.
        let mixed = rows(7 * 60, 30, 16, 60) + &rows(15 * 60, 60, 8, 120);
        let (rates, faults) = read(&mixed).unwrap();
        assert_eq!((rates[..16].to_vec(), faults.len()), (vec![120.0; 16], 8));
    }

    #[test]
    fn an_interval_in_which_nobody_called_may_be_left_out() {
        let all = rows(7 * 60, 30, 32, 60);
        let some = all.lines().enumerate().filter(|(row, _)| ![3, 4, 9, 20].contains(row));
        let (rates, faults) = read(&Vec::from_iter(some.map(|(_, row)| row)).join("\n")).unwrap();
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(rates.iter().filter(|rate| **rate == 0.0).count(), 4);
        assert_eq!(rates.iter().sum::<f64>(), 120.0 * 28.0);
    }

    #[test]
    fn a_file_of_no_usual_length_is_refused_in_words() {
        let rows = rows(7 * 60, 30, 3, 60) + &rows(9 * 60, 17, 3, 60) + &rows(12 * 60, 11, 3, 60);
        let refused = read(&rows).unwrap_err();
        assert!(
            refused.contains("of no usual length (11 min 2 times") && refused.contains("all of one length"),
            "{refused}"
        );
    }
}
