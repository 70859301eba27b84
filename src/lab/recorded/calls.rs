//! Call lists: real calls, one a row of a CSV file. `simulate` takes callers, handling and patience from them; for `replay` and its
//! neighbours they become readings ([`CallList::readings`]).

mod depth;
mod intervals;
mod of_queue_log;

pub(in crate::lab) use intervals::Rates;

use super::{Form, Kind, OpenFault, kind_of};
use crate::core::{Millis, Name, Time};
use crate::feed::readings::{ReadError, Recorded, Text};
use jiff::civil::{DateTime, Time as TimeOfDay};
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Largest call list that is read, in rows.
pub const ROWS_MAX: usize = 20_000_000;
/// Rows at fault that are told one by one.
const FAULTS_TOLD: usize = 5;
/// Rows at fault whose places are kept.
const FAULTS_KEPT: usize = 10_000;

/// Words for a call that somebody took, in small letters.
const ANSWERED: [&str; 6] = ["answered", "agent", "connect", "connected", "completed", "handled"];
/// Words for a caller who gave up.
const GAVE_UP: [&str; 6] = ["abandoned", "abandon", "gave_up", "hang", "hangup", "lost"];

/// What the columns are called.
#[derive(Clone, PartialEq, Debug)]
pub struct Columns {
    /// When the caller came.
    pub arrival: String,
    /// Seconds waited.
    pub wait_s: String,
    /// When the caller was answered or gave up, where there is no column of seconds waited.
    pub left: String,
    /// Answered, or gave up.
    pub outcome: String,
    /// Seconds that the call kept somebody.
    pub handling_s: String,
    /// When the call ended, where there is no column of seconds that it kept somebody.
    pub end: String,
    /// The queue.
    pub queue: String,
    /// When an interval began, in a list of counts.
    pub interval: String,
    /// How many calls came in it.
    pub calls: String,
}

impl Default for Columns {
    fn default() -> Columns {
        let name = str::to_owned;
        Columns {
            arrival: name("arrival"),
            wait_s: name("wait_s"),
            left: name("left"),
            outcome: name("outcome"),
            handling_s: name("handling_s"),
            end: name("end"),
            queue: name("queue"),
            interval: name("interval"),
            calls: name("calls"),
        }
    }
}

impl std::str::FromStr for Columns {
    type Err = String;

    /// `arrival=vru_exit,wait_s=q_time_s`.
    fn from_str(text: &str) -> Result<Columns, String> {
        let mut columns = Columns::default();
        for pair in text.split(',') {
            let (ours, theirs) = pair
                .split_once('=')
                .ok_or_else(|| format!("{pair:?} is no pair; write OURS=THEIRS, such as arrival=start"))?;
            let place = match ours.trim() {
                "arrival" => &mut columns.arrival,
                "wait_s" => &mut columns.wait_s,
                "left" => &mut columns.left,
                "outcome" => &mut columns.outcome,
                "handling_s" => &mut columns.handling_s,
                "end" => &mut columns.end,
                "queue" => &mut columns.queue,
                "interval" => &mut columns.interval,
                "calls" => &mut columns.calls,
                other => {
                    let known = "arrival, wait_s or left, outcome, handling_s or end, and queue; or interval and calls";
                    return Err(format!("a call list has no column {other:?}; there are {known}"));
                }
            };
            *place = theirs.trim().to_owned();
        }
        Ok(columns)
    }
}

/// Calls of a file, in the order of time.
#[derive(Debug)]
pub struct CallList {
    /// The file.
    pub path: PathBuf,
    calls: Vec<Call>,
    /// Who waited and was neither answered nor gave up by the word in the row.
    others: Vec<Call>,
    /// In place of calls.
    counts: Vec<intervals::Count>,
    /// Rows that were neither answered nor given up, and tell nothing of callers' patience.
    pub neither: usize,
    /// Rows at fault, left out.
    pub faulty: usize,
    /// Where they are, and what is wrong: the first of them.
    faults: Vec<ReadError>,
}

#[derive(Clone, PartialEq, Debug)]
struct Call {
    queue: Option<Name>,
    /// As written.
    at: DateTime,
    /// The moment, where the row says in which zone that is.
    moment: Option<Time>,
    waited: Millis,
    outcome: Outcome,
    handling: Option<Millis>,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Outcome {
    Answered,
    GaveUp,
    Neither,
}

/// Why a call list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CallsFault {
    /// Not there.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Not CSV.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What happened.
        why: String,
    },
    /// A column is missing.
    #[error("{}: it has no column {column:?} (it has {has}); name it with --columns {ours}=THEIRS", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// As looked for.
        column: String,
        /// What it is to us.
        ours: &'static str,
        /// The columns of the file.
        has: String,
    },
    /// None could be read.
    #[error("{}: none of its {rows} rows is a call that was answered or given up; the first: {first}", path.display())]
    NoCall {
        /// The file.
        path: PathBuf,
        /// How many there are.
        rows: usize,
        /// What is wrong with the first.
        first: String,
    },
}

/// What parts the columns of a header; `None`: it has one column alone.
pub(super) fn delimiter(header: &str) -> Option<u8> {
    let many = |it: u8| header.bytes().filter(|byte| *byte == it).count();
    let all = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|it| (many(*it), *it == b','));
    all.filter(|it| many(*it) > 0)
}

/// Reads a call list, counts by interval or Asterisk's `queue_log`, plain or packed; the times of the last are those of `zone`. The first rows at fault are told on standard error; all of them are left out.
///
/// # Errors
/// What kind of file it is not.
pub fn read(path: &Path, columns: &Columns, zone: &TimeZone) -> Result<CallList, CallsFault> {
    let list = read_quietly(path, columns, zone)?;
    for fault in list.faults.iter().take(FAULTS_TOLD) {
        tracing::warn!("{fault}; the row is passed over");
    }
    Ok(list)
}

/// The same, telling nothing of rows at fault.
pub(super) fn read_quietly(path: &Path, columns: &Columns, zone: &TimeZone) -> Result<CallList, CallsFault> {
    let unreadable = |why: String| CallsFault::Unreadable {
        path: path.to_owned(),
        why,
    };
    let mut text = Text::open(path)?;
    if kind_of(text.head()?) == Some(Kind::QueueLog) {
        return of_queue_log::read(text, path, zone).and_then(|list| some_call(list, 0));
    }
    let head = String::from_utf8_lossy(text.head()?);
    let delimiter = delimiter(head.lines().next().unwrap_or_default()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.into_read());
    let header = reader
        .headers()
        .map_err(|error| unreadable(format!("it is not CSV: {error}")))?
        .clone();
    let mut list = CallList::empty(path);
    if let Some(places) = intervals::places(&header, columns) {
        return intervals::read(reader, places, list);
    }
    let places = Places::of(path, &header, columns)?;
    let mut rows = 0;
    for row in reader.records().take(ROWS_MAX) {
        rows += 1;
        let read = match row {
            Ok(row) => {
                let line = row.position().map_or(0, csv::Position::line);
                call(&row, &places).map_err(|why| (line, why))
            }
            Err(error) => Err((error.position().map_or(0, csv::Position::line), error.to_string())),
        };
        match read {
            Ok(Some(call)) if call.outcome == Outcome::Neither => {
                list.neither += 1;
                list.others.push(call);
            }
            Ok(Some(call)) => list.calls.push(call),
            Ok(None) => list.neither += 1,
            Err((line, detail)) => {
                list.faulty += 1;
                if list.faults.len() < FAULTS_KEPT {
                    let path = path.to_owned();
                    list.faults.push(ReadError::Line { path, line, detail });
                }
            }
        }
    }
    list.calls.sort_by_key(|call| call.at);
    some_call(list, rows)
}

/// A list without a call is none.
fn some_call(list: CallList, rows: usize) -> Result<CallList, CallsFault> {
    if !list.calls.is_empty() {
        return Ok(list);
    }
    let words = format!(
        "its outcome is neither of {} nor of {}",
        ANSWERED.join(", "),
        GAVE_UP.join(", ")
    );
    let first = match list.faults.first() {
        Some(ReadError::Line { line, detail, .. }) => format!("line {line}: {detail}"),
        Some(ReadError::File { .. }) | None => words,
    };
    let path = list.path;
    Err(CallsFault::NoCall { path, rows, first })
}

/// Where each column stands.
struct Places {
    arrival: usize,
    wait: Span,
    outcome: usize,
    handling: Option<Span>,
    queue: Option<usize>,
}

/// A span of time in a row: as seconds, or by its end.
#[derive(Copy, Clone)]
enum Span {
    Seconds(usize),
    Until(usize),
}

impl Places {
    fn of(path: &Path, header: &csv::StringRecord, columns: &Columns) -> Result<Places, CallsFault> {
        let place = |column: &str| {
            header
                .iter()
                .position(|known| known.trim().trim_start_matches('\u{feff}') == column)
        };
        let needed = |column: &String, ours: &'static str| {
            place(column).ok_or_else(|| CallsFault::NoColumn {
                path: path.to_owned(),
                column: column.clone(),
                ours,
                has: header.iter().take(20).collect::<Vec<_>>().join(", "),
            })
        };
        let until = |column: &str| place(column).map(Span::Until);
        let seconds = |column: &str| place(column).map(Span::Seconds);
        Ok(Places {
            arrival: needed(&columns.arrival, "arrival")?,
            wait: match until(&columns.left) {
                Some(left) if place(&columns.wait_s).is_none() => left,
                _ => Span::Seconds(needed(&columns.wait_s, "wait_s")?),
            },
            outcome: needed(&columns.outcome, "outcome")?,
            handling: seconds(&columns.handling_s).or_else(|| until(&columns.end)),
            queue: place(&columns.queue),
        })
    }
}

/// `None`: neither answered nor given up, and nobody waited.
fn call(row: &csv::StringRecord, places: &Places) -> Result<Option<Call>, String> {
    let field = |place: usize| row.get(place).unwrap_or("").trim();
    let word = field(places.outcome).to_lowercase();
    let outcome = if ANSWERED.contains(&word.as_str()) {
        Outcome::Answered
    } else if GAVE_UP.contains(&word.as_str()) {
        Outcome::GaveUp
    } else {
        Outcome::Neither
    };
    if outcome == Outcome::Neither && field(places.arrival).is_empty() {
        return Ok(None);
    }
    let (at, moment) = when(field(places.arrival))?;
    let span = |span: Span, from: DateTime| match span {
        Span::Seconds(place) => match field(place) {
            "" => Ok(None),
            text => match text.parse::<f64>() {
                Ok(seconds) if (0.0..1.0e7).contains(&seconds) => Ok(Some(Millis((seconds * 1000.0 + 0.5) as i64))),
                _ => Err(format!("{text:?} is no number of seconds")),
            },
        },
        Span::Until(place) => match field(place) {
            "" => Ok(None),
            text => {
                let lasted = when(text)?.0.duration_since(from).as_millis();
                match i64::try_from(lasted) {
                    Ok(lasted) if (0..10_000_000_000).contains(&lasted) => Ok(Some(Millis(lasted))),
                    _ => Err(format!("{text:?} is not after {from}")),
                }
            }
        },
    };
    let waited = span(places.wait, at)?.unwrap_or(Millis::ZERO);
    if outcome == Outcome::Neither && waited == Millis::ZERO {
        return Ok(None);
    }
    let answered = at.saturating_add(jiff::SignedDuration::from_millis(waited.0));
    let handling = match places.handling.filter(|_| outcome == Outcome::Answered) {
        Some(handling) => span(handling, answered)?.filter(|span| *span > Millis::ZERO),
        None => None,
    };
    Ok(Some(Call {
        queue: places.queue.map(|place| Name::from(field(place))),
        at,
        moment,
        waited,
        outcome,
        handling,
    }))
}

/// The time on the wall where it was written, and the moment where it says in which zone that is.
fn when(text: &str) -> Result<(DateTime, Option<Time>), String> {
    let expected = || format!("{text:?} is no date and time; expected one such as 2026-11-02T08:00:05");
    let pieces = Pieces::parse(text).map_err(|_| expected())?;
    let local = pieces.date().to_datetime(pieces.time().ok_or_else(expected)?);
    let offset = pieces.to_numeric_offset();
    let moment = match (offset, pieces.to_time_zone()) {
        (Some(offset), _) => offset.to_timestamp(local).ok(),
        (None, Ok(Some(zone))) => local.to_zoned(zone).ok().map(|zoned| zoned.timestamp()),
        // A Z with nothing behind it.
        (None, _) => text.parse::<jiff::Timestamp>().ok(),
    };
    Ok((local, moment.map(|it| Time(it.as_millisecond()))))
}

impl CallList {
    fn empty(path: &Path) -> CallList {
        CallList {
            path: path.to_owned(),
            calls: Vec::new(),
            others: Vec::new(),
            counts: Vec::new(),
            neither: 0,
            faulty: 0,
            faults: Vec::new(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// What it makes of the queues' depth: a reading at every change, and now and then between.
    ///
    /// # Errors
    /// Nothing tells of which queue a call is.
    pub(super) fn readings(&self, form: &Form) -> Result<impl Iterator<Item = Recorded> + Send + use<>, OpenFault> {
        if self.has_counts() {
            return Err(OpenFault::CountsAlone(self.path.clone()));
        }
        depth::Depths::of(self, form)
    }

    /// Rows at fault.
    pub(super) fn take_faults(&mut self) -> Vec<ReadError> {
        std::mem::take(&mut self.faults)
    }

    /// Never: a list without a call is not read.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    fn of<'a>(&'a self, queue: Option<&'a Name>) -> impl Iterator<Item = &'a Call> {
        // A list without a queue column is of the one queue that it is read for.
        let is_of = move |call: &&Call| queue.is_none() || call.queue.is_none() || call.queue.as_ref() == queue;
        self.calls.iter().filter(is_of)
    }

    /// Handling times in milliseconds, each seen to its end.
    pub(in crate::lab) fn handling(&self, queue: Option<&Name>) -> Vec<(f64, bool)> {
        self.of(queue)
            .filter_map(|call| call.handling.map(|span| (span.0 as f64, true)))
            .collect()
    }

    /// Waits in milliseconds; `true`: it ended because the caller gave up.
    pub(in crate::lab) fn patience(&self, queue: Option<&Name>) -> Vec<(f64, bool)> {
        let waited = self.of(queue).filter(|call| call.waited > Millis::ZERO);
        waited
            .map(|call| (call.waited.0 as f64, call.outcome == Outcome::GaveUp))
            .collect()
    }

    /// The callers of each day who came within `length` of a time of day: since then, with their handling time.
    pub(in crate::lab) fn days(
        &self,
        queue: Option<&Name>,
        from: TimeOfDay,
        length: Millis,
    ) -> Vec<Vec<(Millis, Option<Millis>)>> {
        let since_midnight = |time: TimeOfDay| {
            let minutes = i64::from(time.hour()) * 60 + i64::from(time.minute());
            let millis = i64::from(time.second()) * 1000 + i64::from(time.millisecond());
            Millis(minutes * 60_000 + millis)
        };
        let mut days: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for call in self.of(queue) {
            let after = Millis(since_midnight(call.at.time()).0 - since_midnight(from).0);
            // A day that begins in the evening goes on after midnight.
            let (date, after) = match after < Millis::ZERO {
                true => (call.at.date().yesterday().ok(), after + Millis::from_mins(24 * 60)),
                false => (Some(call.at.date()), after),
            };
            if let Some(date) = date.filter(|_| after < length) {
                days.entry(date).or_default().push((after, call.handling));
            }
        }
        days.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str, columns: &str) -> Result<CallList, CallsFault> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calls.csv");
        std::fs::write(&path, text).unwrap();
        let columns = if columns.is_empty() {
            Columns::default()
        } else {
            columns.parse().unwrap()
        };
        read(&path, &columns, &TimeZone::UTC)
    }

    #[test]
    fn rows_become_days_of_callers_with_what_was_seen_of_their_patience() {
        let text = "arrival,wait_s,outcome,handling_s\n\
            2026-11-02T08:00:05,10,answered,120\n\
            2026-11-02T07:59:59,0,answered,60\n\
            \"2026-11-03T08:30:00+08:00\",45.5,abandoned,\n\
            2026-11-03T08:31:00,1,phantom,\n\
            yesterday,1,answered,3\n";
        let list = list(text, "").unwrap();
        assert_eq!((list.len(), list.neither, list.faulty), (3, 1, 1));
        let days = list.days(None, TimeOfDay::constant(8, 0, 0, 0), Millis::from_mins(60));
        let expected = vec![
            vec![(Millis(5_000), Some(Millis::from_secs(120)))],
            vec![(Millis::from_mins(30), None)],
        ];
        assert_eq!(days, expected);
        assert_eq!(list.patience(None), [(10_000.0, false), (45_500.0, true)]);
    }

    #[test]
    fn counts_by_interval_become_rates_of_each_day() {
        let text = "interval,calls\n2026-11-02T08:00,30\n2026-11-02T08:30,60\n2026-11-03T08:30,15\n2026-11-03T07:30,99\nsoon,1\n";
        let list = list(text, "").unwrap();
        assert!(list.has_counts() && list.faulty == 1);
        let eight = TimeOfDay::constant(8, 0, 0, 0);
        let rates = list.rates(None, eight, Millis::from_mins(90)).unwrap();
        assert_eq!(rates.every, Millis::from_mins(30));
        assert_eq!(rates.days, [[60.0, 120.0, 0.0], [0.0, 30.0, 0.0]]);
        let unaligned = TimeOfDay::constant(8, 10, 0, 0);
        assert_eq!(list.rates(None, unaligned, Millis::from_mins(90)), None);
    }

    #[test]
    fn a_queue_log_is_a_list_of_calls_too() {
        let text = "1000000003|a.1|inbound|NONE|ENTERQUEUE||1001|1\n1000000005|a.2|inbound|NONE|ENTERQUEUE||1002|2\n\
            1000000006|a.1|inbound|E01|CONNECT|3|b.2|2\n1000000014|a.2|inbound|NONE|ABANDON|1|1|9\n\
            1000000066|a.1|inbound|E01|COMPLETECALLER|3|60|1\n";
        let list = list(text, "").unwrap();
        assert_eq!(list.len(), 2);
        assert_eq!(list.handling(None), [(60_000.0, true)]);
        assert_eq!(list.patience(None), [(3_000.0, false), (9_000.0, true)]);
    }

    #[test]
    fn other_names_for_columns_and_words_that_help_where_one_is_missing() {
        let text = "when,q,how\n2026-11-02T08:00:05,10,AGENT\n";
        assert_eq!(list(text, "arrival=when,wait_s=q,outcome=how").unwrap().len(), 1);
        let missing = list(text, "").unwrap_err().to_string();
        assert!(
            missing.contains("--columns arrival=THEIRS") && missing.contains("when, q, how"),
            "{missing}"
        );
        let none = list("arrival,wait_s,outcome\nnow,1,answered\n", "")
            .unwrap_err()
            .to_string();
        assert!(
            none.contains("line 2") && none.contains("2026-11-02T08:00:05"),
            "{none}"
        );
        assert!("arrival".parse::<Columns>().is_err() && "x=y".parse::<Columns>().is_err());
    }
}
