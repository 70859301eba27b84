//! Call lists: real calls, one a row of a CSV file. `simulate` takes callers, handling and patience from them; for `replay` and its
//! neighbours they become readings ([`CallList::readings`]).

mod columns;
mod depth;
mod fault;
mod intervals;
mod of_queue_log;
mod of_readings;
mod row;
mod table;

pub use columns::Columns;
pub use fault::CallsFault;
pub(in crate::lab) use intervals::Rates;

use super::kind::kind_of;
use super::times::tell_shown_twice;
use super::{Form, Kind, OpenFault};
use crate::config::Config;
use crate::core::{Millis, Name, Time};
use crate::feed::readings::{ReadError, Recorded};
use crate::feed::text::Text;
use fault::{FAULTS_WORDED, Fault};
use jiff::civil::{DateTime, Time as TimeOfDay};
use jiff::tz::TimeZone;
use row::{ANSWERED, GAVE_UP};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Largest call list that is read, in rows.
pub const ROWS_MAX: usize = 20_000_000;
/// Rows at fault that are told one by one.
const FAULTS_TOLD: usize = 5;
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
    faults: Vec<Fault>,
    /// Calls in an hour that the clocks showed twice, of which nothing tells in which of the two.
    shown_twice: u64,
    /// Why it could not be read to its end.
    cut: Option<ReadError>,
    /// How long each interval of counts is, where that is known.
    every: Option<Millis>,
}

#[derive(Clone, PartialEq, Debug)]
struct Call {
    queue: Option<Name>,
    /// As written.
    at: DateTime,
    /// The moment: of a time that names no zone, in the zone of the file.
    moment: Time,
    /// The clocks showed that hour twice, and nothing tells which of the two it was.
    shown_twice: bool,
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
/// What kind of file it is not; that it cannot be read to its end.
pub fn read(path: &Path, columns: &Columns, zone: &TimeZone) -> Result<CallList, CallsFault> {
    let form = Form {
        kind: None,
        columns: columns.clone(),
        zone: zone.clone(),
        queue: None,
        tell_every: Millis::from_secs(10),
    };
    let mut list = read_as_far(path, &form)?;
    match list.cut.take() {
        Some(cut) => Err(CallsFault::Read(cut)),
        None => Ok(list),
    }
}

/// The same as far as the file can be read; [`CallList::cut`] tells why no further.
///
/// # Errors
/// What kind of file it is not.
pub fn read_as_far(path: &Path, form: &Form) -> Result<CallList, CallsFault> {
    let mut text = Text::open(path)?;
    let list = match kind_of(text.head()?) {
        Some(Kind::QueueLog) => of_queue_log::read(text, path, &form.zone)?,
        Some(kind @ (Kind::Readings | Kind::DutyLog)) => of_readings::read(text, kind, path, form)?,
        Some(Kind::Calls) | None => read_table(text, path, form)?,
    };
    for fault in list.faults.iter().take(FAULTS_TOLD) {
        tracing::warn!("{}; the row is passed over", fault.told(&list.path));
    }
    list.tell_shown_twice(&form.zone);
    Ok(list)
}

/// Reads a call list or counts by interval, telling nothing.
pub(super) fn read_table(text: Text, path: &Path, form: &Form) -> Result<CallList, CallsFault> {
    table::read(text, path, form, ROWS_MAX)
}

fn since_midnight(time: TimeOfDay) -> Millis {
    let minutes = i64::from(time.hour()) * 60 + i64::from(time.minute());
    let millis = i64::from(time.second()) * 1000 + i64::from(time.millisecond());
    Millis(minutes * 60_000 + millis)
}

impl CallList {
    fn empty(path: &Path) -> CallList {
        CallList {
            path: path.to_owned(),
            calls: Vec::new(),
            others: Vec::new(),
            counts: Vec::new(),
            neither: 0,
            faults: Vec::new(),
            shown_twice: 0,
            cut: None,
            every: None,
        }
    }

    /// A row at fault, which is left out.
    fn fault(&mut self, line: u64, detail: String) {
        let worded = self.faults.len() < FAULTS_WORDED;
        let detail = if worded { detail } else { String::new() };
        self.faults.push(Fault { line, detail });
    }

    fn too_many(&self, most: usize) -> CallsFault {
        let path = self.path.clone();
        CallsFault::TooMany { path, most }
    }

    /// Itself with its calls in the order of time, of which there is one at least; `rows` were read.
    fn some_call(mut self, rows: usize) -> Result<CallList, CallsFault> {
        if self.calls.is_empty() {
            return Err(self.nothing(rows, || {
                let (answered, gave_up) = (ANSWERED.join(", "), GAVE_UP.join(", "));
                format!("its outcome is neither of {answered} nor of {gave_up}")
            }));
        }
        self.calls.sort_by_key(|call| call.at);
        let calls = self.calls.iter().chain(&self.others);
        self.shown_twice = calls.filter(|call| call.shown_twice).count() as u64;
        Ok(self)
    }

    /// Nothing came of all its rows: why the file cannot be read, what is wrong with the first row, or else `otherwise`.
    fn nothing(self, rows: usize, otherwise: impl FnOnce() -> String) -> CallsFault {
        if let Some(cut) = self.cut {
            return CallsFault::Read(cut);
        }
        let first = self.faults.first();
        let first = first.map(|Fault { line, detail }| format!("line {line}: {detail}"));
        CallsFault::NoCall {
            path: self.path,
            rows,
            first: first.unwrap_or_else(otherwise),
        }
    }

    pub(super) fn tell_shown_twice(&self, zone: &TimeZone) {
        tell_shown_twice(&self.path, self.shown_twice, zone);
    }

    /// How many rows were at fault and left out.
    pub fn faulty(&self) -> usize {
        self.faults.len()
    }

    /// Why the file could not be read to its end: what followed is not in the list.
    pub fn cut(&self) -> Option<&ReadError> {
        self.cut.as_ref()
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

    /// Rows at fault, and last why the file could not be read to its end.
    pub(super) fn take_faults(&mut self) -> (impl Iterator<Item = ReadError> + Send + use<>, Option<ReadError>) {
        let (path, faults) = (self.path.clone(), std::mem::take(&mut self.faults));
        (faults.into_iter().map(move |fault| fault.told(&path)), self.cut.take())
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
pub(super) mod tests {
    use super::*;

    pub(in crate::lab::recorded) fn form() -> Form {
        Form {
            kind: None,
            columns: Columns::default(),
            zone: TimeZone::get("Europe/Berlin").unwrap(),
            queue: None,
            tell_every: Millis::from_secs(5),
        }
    }

    pub(in crate::lab::recorded) fn text_of(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calls.csv");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    pub(super) fn list(text: &str, columns: &str) -> Result<CallList, CallsFault> {
        let (_folder, path) = text_of(text);
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
        assert_eq!((list.len(), list.neither, list.faulty()), (3, 1, 1));
        let days = list.days(None, TimeOfDay::constant(8, 0, 0, 0), Millis::from_mins(60));
        let expected = vec![
            vec![(Millis(5_000), Some(Millis::from_secs(120)))],
            vec![(Millis::from_mins(30), None)],
        ];
        assert_eq!(days, expected);
        assert_eq!(list.patience(None), [(10_000.0, false), (45_500.0, true)]);
    }

    #[test]
    fn a_row_without_its_queue_costs_no_other() {
        let text = "arrival,wait_s,outcome,queue\n2026-11-02 09:00:00,5,answered,inbound\n2026-11-02 09:01:00,5,answered,\n\
            2026-11-02 09:02:00,5,answered,inbound\n";
        let (_folder, path) = text_of(text);
        let told = |form: &Form| {
            let told = crate::lab::recorded::open(&path, form).unwrap_or_else(|fault| panic!("{fault}"));
            told.partition::<Vec<_>, _>(Result::is_ok)
        };
        let (readings, faults) = told(&form());
        assert!(
            readings.len() > 20,
            "from the first call to the last, every 5 s: {}",
            readings.len()
        );
        let fault = faults[0].as_ref().unwrap_err().to_string();
        assert!(
            fault.contains(":3: its queue is empty") && fault.contains("--file-queue"),
            "{fault}"
        );
        assert_eq!(faults.len(), 1);
        let queue = Some("other".into());
        assert_eq!(told(&Form { queue, ..form() }).1.len(), 0);
        let list = read_as_far(&path, &form()).unwrap();
        assert_eq!((list.len(), list.faulty()), (2, 1));
    }

    #[test]
    fn every_row_at_fault_counts() {
        let many = 2 * FAULTS_WORDED;
        let text = "arrival,wait_s,outcome\n2026-11-02 09:00:00,5,answered\n".to_owned()
            + &"yesterday,5,answered\n".repeat(many);
        let (_folder, path) = text_of(&text);
        let queue = Some("inbound".into());
        let source = crate::lab::recorded::open(&path, &Form { queue, ..form() });
        let faults = Vec::from_iter(source.unwrap_or_else(|fault| panic!("{fault}")).filter_map(Result::err));
        assert_eq!(faults.len(), many);
        let (first, last) = (faults[0].to_string(), faults[many - 1].to_string());
        assert!(first.contains(":3: \"yesterday\" is no date"), "{first}");
        assert!(last.contains(&format!(":{}: the row is at fault", many + 2)), "{last}");
        assert_eq!(read_as_far(&path, &form()).unwrap().faulty(), many);
    }

    #[test]
    fn a_packed_list_that_is_cut_is_read_as_far_as_it_goes_and_says_so() {
        let mut text = "arrival,wait_s,outcome\n".to_owned();
        for call in 0..20_000 {
            let (hour, minute, second) = (call / 3600, call / 60 % 60, call % 60);
            text += &format!(
                "2026-11-02 {hour:02}:{minute:02}:{second:02},{},answered\n",
                call * 7 % 89
            );
        }
        let (_folder, path) = text_of(&text);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, text.as_bytes()).unwrap();
        for bytes in [gzip.finish().unwrap(), zstd::encode_all(text.as_bytes(), 1).unwrap()] {
            std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
            let list = read_as_far(&path, &form()).unwrap();
            assert!((1_000..19_000).contains(&list.len()), "{}", list.len());
            assert_eq!(list.faulty(), 0, "what is gone is no row");
            assert!(matches!(list.cut(), Some(ReadError::File { .. })));
            // What a scenario names is taken whole or not at all.
            let refused = read(&path, &Columns::default(), &TimeZone::UTC);
            assert!(
                matches!(refused, Err(CallsFault::Read(ReadError::File { .. }))),
                "{refused:?}"
            );
            let queue = Some("inbound".into());
            let source = crate::lab::recorded::open(&path, &Form { queue, ..form() });
            let mut faults = source.unwrap_or_else(|fault| panic!("{fault}")).filter_map(Result::err);
            assert!(matches!(faults.next(), Some(ReadError::File { .. })));
            assert!(faults.next().is_none());
        }
    }

    #[test]
    fn counts_by_interval_become_rates_of_each_day() {
        let text = "interval,calls\n2026-11-02T08:00,30\n2026-11-02T08:30,60\n2026-11-03T08:30,15\n2026-11-03T07:30,99\nsoon,1\n";
        let list = list(text, "").unwrap();
        assert!(list.has_counts() && list.faulty() == 1);
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
