//! Call lists: real calls, one a row of a CSV file. `simulate` takes callers, handling and patience from them; for `replay` and its
//! neighbours they become readings ([`CallList::readings`]).

mod columns;
mod depth;
mod intervals;
mod of_queue_log;
mod of_readings;
mod row;

pub use columns::Columns;
pub(in crate::lab) use intervals::Rates;

use super::{Form, Kind, OpenFault, kind_of};
use crate::config::Config;
use crate::core::{Millis, Name, Time};
use crate::feed::readings::{ReadError, Recorded};
use crate::feed::text::Text;
use jiff::civil::{DateTime, Time as TimeOfDay};
use jiff::tz::TimeZone;
use row::{ANSWERED, GAVE_UP, Places, call};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Largest call list that is read, in rows.
pub const ROWS_MAX: usize = 20_000_000;
/// Rows at fault that are told one by one.
const FAULTS_TOLD: usize = 5;
/// Rows at fault whose places are kept.
const FAULTS_KEPT: usize = 10_000;

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
    /// Readings that count no calls.
    #[error(
        "{}: its readings do not count the calls that came (offered), so that nothing tells when callers came; take a call list, \
         Asterisk's queue_log or counts by interval", .0.display()
    )]
    NotCounted(PathBuf),
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

/// Reads a call list, counts by interval, Asterisk's `queue_log`, plain or packed, or what readings of a recording or a duty log count; the
/// times of the last three are those of `zone`. The first rows at fault are told on standard error; all of them are left out.
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
    match kind_of(text.head()?) {
        Some(Kind::QueueLog) => return of_queue_log::read(text, path, zone).and_then(|list| some_call(list, 0)),
        Some(Kind::Readings | Kind::DutyLog) => return of_readings::read(path, zone),
        Some(Kind::Calls) | None => {}
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
                let path = path.to_owned();
                list.fault(ReadError::Line { path, line, detail });
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

    /// A row at fault, which is left out.
    fn fault(&mut self, fault: ReadError) {
        self.faulty += 1;
        if self.faults.len() < FAULTS_KEPT {
            self.faults.push(fault);
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

    /// With the plan's keys in place of what the phone systems call its queues.
    #[must_use]
    pub fn by_keys(mut self, config: &Config) -> CallList {
        let sources = config.feeds.values().flat_map(|feed| &feed.sources);
        let keys: BTreeMap<&Name, &Name> = sources.collect();
        let calls = self
            .calls
            .iter_mut()
            .chain(&mut self.others)
            .map(|call| &mut call.queue);
        let named = calls.chain(self.counts.iter_mut().map(|count| &mut count.queue));
        for queue in named.flatten().filter(|queue| !config.plan.queues.contains_key(*queue)) {
            if let Some(key) = keys.get(queue) {
                queue.clone_from(key);
            }
        }
        self
    }

    /// Whether anything in it is said to be of this queue.
    pub(in crate::lab) fn names(&self, queue: &Name) -> bool {
        let calls = self.calls.iter().map(|call| &call.queue);
        let mut all = calls.chain(self.counts.iter().map(|count| &count.queue));
        all.any(|known| known.as_ref() == Some(queue))
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
