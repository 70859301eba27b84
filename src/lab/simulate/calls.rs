//! Call lists: real calls, one a row of a CSV file.

use crate::core::{Millis, Name};
use jiff::civil::{DateTime, Time as TimeOfDay};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Largest call list that is read, in rows.
pub const ROWS_MAX: usize = 20_000_000;
/// Rows at fault that are told one by one.
const FAULTS_TOLD: usize = 5;

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
    /// Answered, or gave up.
    pub outcome: String,
    /// Seconds that the call kept somebody.
    pub handling_s: String,
    /// The queue.
    pub queue: String,
}

impl Default for Columns {
    fn default() -> Columns {
        let name = str::to_owned;
        Columns {
            arrival: name("arrival"),
            wait_s: name("wait_s"),
            outcome: name("outcome"),
            handling_s: name("handling_s"),
            queue: name("queue"),
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
                "outcome" => &mut columns.outcome,
                "handling_s" => &mut columns.handling_s,
                "queue" => &mut columns.queue,
                other => {
                    let known = "arrival, wait_s, outcome, handling_s and queue";
                    return Err(format!("a call list has no column {other:?}; there are {known}"));
                }
            };
            *place = theirs.trim().to_owned();
        }
        Ok(columns)
    }
}

/// Calls of a file, in the order of time.
#[derive(Clone, PartialEq, Debug)]
pub struct CallList {
    /// The file.
    pub path: PathBuf,
    calls: Vec<Call>,
    /// Rows that were neither answered nor given up, and are left out.
    pub neither: usize,
    /// Rows at fault, left out.
    pub faulty: usize,
}

#[derive(Clone, PartialEq, Debug)]
struct Call {
    queue: Option<Name>,
    /// As written: a list is in one zone.
    at: DateTime,
    waited: Millis,
    answered: bool,
    handling: Option<Millis>,
}

/// Why a call list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CallsFault {
    /// Not there, or not CSV.
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

/// Reads a call list, gzip or zstd compressed where its name ends so. Rows at fault are told on standard error and left out.
///
/// # Errors
/// What kind of file it is not.
pub fn read(path: &Path, columns: &Columns) -> Result<CallList, CallsFault> {
    let unreadable = |why: String| CallsFault::Unreadable {
        path: path.to_owned(),
        why,
    };
    let file = std::fs::File::open(path).map_err(|error| unreadable(format!("it cannot be read: {error}")))?;
    let ends = |end: &str| path.extension().is_some_and(|known| known.eq_ignore_ascii_case(end));
    let plain: Box<dyn std::io::Read> = if ends("gz") {
        Box::new(flate2::read::MultiGzDecoder::new(file))
    } else if ends("zst") {
        Box::new(zstd::Decoder::new(file).map_err(|error| unreadable(error.to_string()))?)
    } else {
        Box::new(file)
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(plain);
    let header = reader
        .headers()
        .map_err(|error| unreadable(format!("it is not CSV: {error}")))?
        .clone();
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
    let places = Places {
        arrival: needed(&columns.arrival, "arrival")?,
        wait: needed(&columns.wait_s, "wait_s")?,
        outcome: needed(&columns.outcome, "outcome")?,
        handling: place(&columns.handling_s),
        queue: place(&columns.queue),
    };
    let mut list = CallList {
        path: path.to_owned(),
        calls: Vec::new(),
        neither: 0,
        faulty: 0,
    };
    let (mut rows, mut first) = (0, String::new());
    for row in reader.records().take(ROWS_MAX) {
        rows += 1;
        let read = row.map_err(|error| error.to_string()).and_then(|row| {
            let line = row.position().map_or(0, csv::Position::line);
            call(&row, &places).map_err(|why| format!("line {line}: {why}"))
        });
        match read {
            Ok(Some(call)) => list.calls.push(call),
            Ok(None) => list.neither += 1,
            Err(why) => {
                list.faulty += 1;
                if list.faulty <= FAULTS_TOLD {
                    tracing::warn!("{}: {why}; the row is passed over", path.display());
                }
                if first.is_empty() {
                    first = why;
                }
            }
        }
    }
    if list.calls.is_empty() {
        if first.is_empty() {
            first = format!(
                "its outcome is neither of {} nor of {}",
                ANSWERED.join(", "),
                GAVE_UP.join(", ")
            );
        }
        return Err(CallsFault::NoCall {
            path: path.to_owned(),
            rows,
            first,
        });
    }
    list.calls.sort_by_key(|call| call.at);
    Ok(list)
}

struct Places {
    arrival: usize,
    wait: usize,
    outcome: usize,
    handling: Option<usize>,
    queue: Option<usize>,
}

/// `None`: neither answered nor given up.
fn call(row: &csv::StringRecord, places: &Places) -> Result<Option<Call>, String> {
    let field = |place: usize| row.get(place).unwrap_or("").trim();
    let outcome = field(places.outcome).to_lowercase();
    let answered = ANSWERED.contains(&outcome.as_str());
    if !answered && !GAVE_UP.contains(&outcome.as_str()) {
        return Ok(None);
    }
    let seconds = |place: usize| match field(place) {
        "" => Ok(None),
        text => match text.parse::<f64>() {
            Ok(seconds) if (0.0..1.0e7).contains(&seconds) => Ok(Some(Millis((seconds * 1000.0 + 0.5) as i64))),
            _ => Err(format!("{text:?} is no number of seconds")),
        },
    };
    let handling = match places.handling {
        Some(place) => seconds(place)?.filter(|span| *span > Millis::ZERO && answered),
        None => None,
    };
    Ok(Some(Call {
        queue: places.queue.map(|place| Name::from(field(place))),
        at: moment(field(places.arrival))?,
        waited: seconds(places.wait)?.unwrap_or(Millis::ZERO),
        answered,
        handling,
    }))
}

/// The time on the wall where it was written, whatever zone it names.
fn moment(text: &str) -> Result<DateTime, String> {
    let expected = || format!("{text:?} is no date and time; expected one such as 2026-11-02T08:00:05");
    if let Ok(pieces) = jiff::fmt::temporal::Pieces::parse(text) {
        let time = pieces.time().ok_or_else(expected)?;
        return Ok(pieces.date().to_datetime(time));
    }
    Err(expected())
}

impl CallList {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.calls.len()
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
    pub(super) fn handling(&self, queue: Option<&Name>) -> Vec<(f64, bool)> {
        self.of(queue)
            .filter_map(|call| call.handling.map(|span| (span.0 as f64, true)))
            .collect()
    }

    /// Waits in milliseconds; `true`: it ended because the caller gave up.
    pub(super) fn patience(&self, queue: Option<&Name>) -> Vec<(f64, bool)> {
        let waited = self.of(queue).filter(|call| call.waited > Millis::ZERO);
        waited.map(|call| (call.waited.0 as f64, !call.answered)).collect()
    }

    /// The callers of each day who came within `length` of a time of day: since then, with their handling time.
    pub(super) fn days(
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
        read(&path, &columns)
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
