//! Reading the duty log: for start-up, for people, and to see whether it was changed. Read-only, beside a running
//! daemon.

use super::chain::{Row, Verdict, Walk};
use super::error::{JournalError, at};
use super::people::{Names, Sealed};
use super::readings::{Blocks, Found, PassedOver, Said, Spoiled, Table, Wanted};
use super::record::{FORGOTTEN, STARTED, seals};
use super::schema::{NAMES_APART, PACKED};
use super::unlogged::Unlogged;
use super::write::column;
use super::{Entry, Fact, LastStart, PersonId, Record, Recovered, Snapshot, schema};
use crate::core::{Name, Time};
use rusqlite::{Connection, OptionalExtension, ToSql, named_params};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Rows between two reports of progress.
const PROGRESS_EVERY: u64 = 1 << 12;

/// A duty log opened for reading.
#[derive(Debug)]
pub struct Reader {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
    pub(super) schema: u32,
    pub(super) passed_over: PassedOver,
    unlogged: Unlogged,
}

/// Why going through the rows ended.
pub(super) enum End {
    /// No more is wanted.
    Enough,
    /// They cannot be read.
    Fault(JournalError),
}

impl From<JournalError> for End {
    fn from(fault: JournalError) -> End {
        End::Fault(fault)
    }
}

/// Which entries are wanted; the default is all but readings.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Select {
    /// Only those that name this queue.
    pub queue: Option<Name>,
    /// Handled at this time or later.
    pub since: Option<Time>,
    /// Handled before this time.
    pub until: Option<Time>,
    /// Only the last so many of them.
    pub last: Option<u32>,
    /// Readings and heartbeats as well.
    pub readings: bool,
}

impl Reader {
    /// Opens the log at `path`; `patience`: how long another program's lock is waited for.
    pub fn open(path: &Path, patience: Duration) -> Result<Reader, JournalError> {
        let (connection, schema) = schema::open_to_read(path, patience)?;
        Ok(Reader {
            path: path.to_owned(),
            connection,
            schema,
            passed_over: PassedOver::default(),
            unlogged: Unlogged::default(),
        })
    }

    /// Opens the log at `path` for its owner, where the disk lets nothing be written.
    pub(super) fn open_alone(path: &Path) -> Result<Reader, JournalError> {
        let (connection, schema) = schema::open_alone(path)?;
        Ok(Reader {
            path: path.to_owned(),
            connection,
            schema,
            passed_over: PassedOver::default(),
            unlogged: Unlogged::default(),
        })
    }

    /// The newest snapshot that contains less than entry `seq`, and everything after it; see
    /// [`Journal::recover_before`](super::Journal::recover_before).
    pub fn recover_before(&self, seq: u64) -> Result<Recovered, JournalError> {
        self.recover(seq, |faulty| faulty)
    }

    /// The same of a log that is damaged: the newest snapshot, and what stands behind it up to the first entry that cannot be read. Numbers go
    /// on behind all that was written.
    pub(super) fn recover_what_is_whole(&self) -> Result<Recovered, JournalError> {
        self.recover(u64::MAX, |_| Ok(()))
    }

    /// `judge`: whether what came before a fault is enough.
    fn recover(
        &self,
        seq: u64,
        judge: impl Fn(Result<(), JournalError>) -> Result<(), JournalError>,
    ) -> Result<Recovered, JournalError> {
        let fault = at(&self.path);
        // One view of the file, whatever is written meanwhile.
        let view = self.connection.unchecked_transaction().map_err(&fault)?;
        let newest = "SELECT seq, at, version, state FROM snapshots WHERE seq < ?1 ORDER BY seq DESC LIMIT 1";
        let snapshot = self.one_snapshot(newest, [column(seq)])?;
        let (next_seq, last_at) = view
            .query_row("SELECT next_seq, last_at FROM meta", [], |row| {
                Ok((
                    row.get::<_, i64>(0)?.unsigned_abs(),
                    row.get::<_, Option<i64>>(1)?.map(Time),
                ))
            })
            .map_err(&fault)?;
        let after = snapshot.as_ref().map_or(0, |it| it.seq);
        let mut entries_after = Vec::new();
        judge(self.visit_numbers(after.saturating_add(1)..=u64::MAX, |entry| {
            entries_after.push(entry);
            Ok(())
        }))?;
        let mut last_start = None;
        judge(self.last_start().map(|found| last_start = found))?;
        Ok(Recovered {
            snapshot,
            entries_after,
            spoiled: self.take_spoiled(),
            next_seq,
            last_at,
            last_start,
            damaged: false,
        })
    }

    /// A name for this log: when its first entry was written, and where it was put back from a copy when that was. With another name numbers
    /// begin anew. `begun` is the time of an entry that is about to be the first.
    pub fn name(&self, begun: Time) -> Result<String, JournalError> {
        let first = self.read_log(0, 1)?.first().map_or(begun, |entry| entry.at).0;
        let restored = self
            .connection
            .pragma_query_value(None, schema::RESTORED, |row| row.get::<_, i64>(0));
        Ok(match restored.map_err(at(&self.path))? {
            0 => first.to_string(),
            restored => format!("{first}-{restored}"),
        })
    }

    /// Readings that could not be read and were passed over since this was last asked: everything else of the log is read all the same.
    pub fn take_spoiled(&self) -> Vec<Spoiled> {
        self.passed_over.take().into_values().collect()
    }

    /// Whether the disk has spoiled the states from which a start goes on.
    pub fn snapshots_are_spoiled(&self) -> Result<bool, JournalError> {
        schema::snapshots_are_spoiled(&self.connection).map_err(at(&self.path))
    }

    /// The newest snapshot of this version of a state no later than `until`.
    pub fn snapshot(&self, version: u32, until: Time) -> Result<Option<Snapshot>, JournalError> {
        self.one_snapshot(
            "SELECT seq, at, version, state FROM snapshots WHERE version = ?1 AND at <= ?2 ORDER BY seq DESC LIMIT 1",
            (version, until.0),
        )
    }

    /// Up to which entry names of people stand in clear, as an earlier surged wrote them; `None`: in none.
    pub fn clear_to(&self) -> Result<Option<u64>, JournalError> {
        if self.schema < NAMES_APART {
            return Ok(Some(u64::MAX));
        }
        let clear_to = self
            .connection
            .query_row("SELECT clear_to FROM meta", [], |row| row.get(0).map(i64::unsigned_abs));
        Ok(Some(clear_to.map_err(at(&self.path))?).filter(|it| *it > 0))
    }

    /// From when on all readings are kept; `None`: none was let go yet.
    pub fn readings_kept_from(&self) -> Result<Option<Time>, JournalError> {
        // Numbers have no gaps but where readings were let go.
        let packed = if self.schema < PACKED {
            ""
        } else {
            "UNION ALL SELECT first, since FROM packed"
        };
        let sql = format!(
            "SELECT oldest.at FROM (SELECT seq, at FROM readings {packed}
                 UNION ALL SELECT next_seq, ifnull(last_at, 0) FROM meta ORDER BY 1 LIMIT 1) AS oldest
             WHERE (SELECT count(*) FROM log WHERE seq < oldest.seq) < oldest.seq - 1"
        );
        let kept = self
            .connection
            .query_row(&sql, [], |row| row.get(0).map(Time))
            .optional();
        kept.map_err(at(&self.path))
    }

    /// When the last entry was handled; `None`: there is none.
    pub fn last_at(&self) -> Result<Option<Time>, JournalError> {
        let last = self.connection.query_row("SELECT last_at FROM meta", [], |row| {
            Ok(row.get::<_, Option<i64>>(0)?.map(Time))
        });
        last.map_err(at(&self.path))
    }

    /// The number of the first entry that was handled at this time or later, readings included; one more than the last where there is none.
    /// Times never go back within one log, so that a few looks find it, however long the log is.
    pub fn first_since(&self, time: Time) -> Result<u64, JournalError> {
        Ok(self.first_at(time)?.min(self.next_seq()?))
    }

    /// The number of the next entry.
    pub(super) fn next_seq(&self) -> Result<u64, JournalError> {
        let next = self
            .connection
            .query_row("SELECT next_seq FROM meta", [], |row| row.get::<_, i64>(0));
        Ok(next.map_err(at(&self.path))?.unsigned_abs())
    }

    /// The first `limit` entries of a range of numbers, readings included.
    pub fn read(&self, range: RangeInclusive<u64>, limit: usize) -> Result<Vec<Entry>, JournalError> {
        first(limit, |visit| self.visit_numbers(range, visit))
    }

    /// Shows the entries of a range of numbers one after another, readings included.
    fn visit_numbers<E: From<JournalError>>(
        &self,
        range: RangeInclusive<u64>,
        visit: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = "SELECT seq, at, body FROM log WHERE seq BETWEEN :from AND :to
                   UNION ALL SELECT seq, at, body FROM readings WHERE seq BETWEEN :from AND :to
                   ORDER BY seq";
        let (from, to) = (column(*range.start()), column(*range.end()));
        let wanted = Wanted {
            after: range.start().saturating_sub(1),
            before: range.end().saturating_add(1),
            ..Wanted::default()
        };
        let rows = named_params! {":from": from, ":to": to};
        self.merged(sql, rows, wanted, |_| true, visit)
    }

    /// The first `limit` entries after a number, readings left out.
    pub fn read_log(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        let sql = "SELECT seq, at, body FROM log WHERE seq > :after ORDER BY seq LIMIT :limit";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut entries = Vec::new();
        self.rows(sql, named_params! {":after": column(after), ":limit": limit}, |entry| {
            entries.push(entry);
            Ok::<(), JournalError>(())
        })?;
        Ok(entries)
    }

    /// The newest `limit` of what `pick` makes of entries, oldest first; readings, and what only led to a decision, are not looked at.
    /// `pick` is shown the newest first.
    pub fn newest<T>(&self, limit: usize, mut pick: impl FnMut(Entry) -> Option<T>) -> Result<Vec<T>, JournalError> {
        let sql = "SELECT seq, at, body FROM log WHERE kind NOT IN ('delivery', 'answer', 'order') ORDER BY seq DESC";
        let mut picked = Vec::new();
        let went = self.rows(sql, [], |entry| {
            picked.extend(pick(entry));
            if picked.len() < limit { Ok(()) } else { Err(End::Enough) }
        });
        match went {
            Err(End::Fault(fault)) => return Err(fault),
            Ok(()) | Err(End::Enough) => picked.reverse(),
        }
        Ok(picked)
    }

    /// Shows selected entries one after another, in order, until `visit` fails.
    pub fn visit<E: From<JournalError>>(
        &self,
        select: &Select,
        visit: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        // Each column is compared only where it is asked for, so that the index on the queue is of use.
        let mut only = String::from("at >= :since AND at < :until");
        if select.queue.is_some() {
            only.push_str(" AND queue = :queue");
        }
        let mut sql = format!("SELECT seq, at, body FROM log WHERE {only}");
        if select.readings {
            sql.push_str(&format!(" UNION ALL SELECT seq, at, body FROM readings WHERE {only}"));
        }
        sql.push_str(" ORDER BY seq");
        let since = select.since.map_or(i64::MIN, |it| it.0);
        let until = select.until.map_or(i64::MAX, |it| it.0);
        let queue = select.queue.as_ref().map(Name::as_str);
        let mut parameters: Vec<(&str, &dyn ToSql)> = vec![(":since", &since), (":until", &until)];
        if queue.is_some() {
            parameters.push((":queue", &queue));
        }
        let wants = |entry: &Entry| select.queue.is_none() || entry.record.queue() == select.queue.as_ref();
        let mut wanted = Wanted {
            since,
            until,
            newest: select.last.is_some(),
            ..Wanted::default()
        };
        if !select.readings {
            // Before all numbers there is none.
            wanted.before = 0;
        }
        let Some(last) = select.last else {
            return self.merged(&sql, parameters.as_slice(), wanted, wants, visit);
        };
        sql.push_str(" DESC");
        let newest = first(last as usize, |visit| {
            self.merged(&sql, parameters.as_slice(), wanted, wants, visit)
        })?;
        newest.into_iter().rev().try_for_each(visit)
    }

    /// Entries whose text holds this, as a word of its own where its script parts words.
    pub(super) fn mentions(&self, text: &str) -> Result<Vec<u64>, JournalError> {
        let fault = at(&self.path);
        let escaped = Value::from(text).to_string();
        let escaped = escaped.get(1..escaped.len() - 1).unwrap_or_default();
        let mut statement = self
            .connection
            .prepare("SELECT seq, body FROM log WHERE instr(body, ?1) ORDER BY seq")
            .map_err(&fault)?;
        let mut rows = statement.query([escaped]).map_err(&fault)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(&fault)? {
            let body = row.get_ref(1).map_err(&fault)?;
            if body.as_str().is_ok_and(|body| holds_word(body, escaped)) {
                found.push(row.get::<_, i64>(0).map_err(&fault)?.unsigned_abs());
            }
        }
        Ok(found)
    }

    /// Walks the hash chain from the first row to the last; `progress` hears now and then how many rows of how many
    /// are done.
    pub fn verify(&self, mut progress: impl FnMut(u64, u64)) -> Result<Verdict, JournalError> {
        let fault = at(&self.path);
        // One view of the file: the head and the rows must be of the same moment.
        let view = self.connection.unchecked_transaction().map_err(&fault)?;
        let (written, all) = view
            .query_row("SELECT head_seq, (SELECT count(*) FROM log) FROM meta", [], |row| {
                Ok((
                    row.get::<_, i64>(0)?.unsigned_abs(),
                    row.get::<_, i64>(1)?.unsigned_abs(),
                ))
            })
            .map_err(&fault)?;
        let mut statement = view
            .prepare("SELECT seq, at, kind, ifnull(queue, ''), body, hash FROM log ORDER BY seq")
            .map_err(&fault)?;
        let mut rows = statement.query([]).map_err(&fault)?;
        let (mut walk, mut sealed) = (Walk::begin(), Sealed::default());
        let mut done = 0;
        while let Some(row) = rows.next().map_err(&fault)? {
            let column = |index| {
                row.get_ref(index)
                    .map(|it| it.as_bytes_or_null().ok().flatten().unwrap_or(&[]))
            };
            let found = Row {
                seq: row.get::<_, i64>(0).map_err(&fault)?.unsigned_abs(),
                at: Time(row.get(1).map_err(&fault)?),
                kind: column(2).map_err(&fault)?,
                queue: column(3).map_err(&fault)?,
                body: column(4).map_err(&fault)?,
            };
            if let Err(verdict) = walk.check(found, column(5).map_err(&fault)?) {
                return Ok(verdict);
            }
            sealed.note(found.seq, seals(found.body));
            if found.kind == FORGOTTEN.as_bytes() {
                sealed.forget(forgotten(found));
            }
            done += 1;
            if done % PROGRESS_EVERY == 0 {
                progress(done, all);
            }
        }
        let verdict = walk.end(written);
        if self.schema < NAMES_APART || !matches!(verdict, Verdict::Whole { .. }) {
            return Ok(verdict);
        }
        let differs = sealed.differs(&view).map_err(&fault)?;
        Ok(differs.map_or(verdict, |(person, seq)| Verdict::NameChanged { person, seq }))
    }

    /// The queues that are named in it.
    pub fn queues(&self) -> Result<BTreeSet<Name>, JournalError> {
        let fault = at(&self.path);
        // One look into the index for each, however long the log is.
        let sql = "WITH RECURSIVE named (queue) AS (
                       SELECT min(queue) FROM log
                       UNION ALL SELECT (SELECT min(queue) FROM log WHERE queue > named.queue) FROM named WHERE named.queue IS NOT NULL)
                   SELECT queue FROM named WHERE queue IS NOT NULL";
        let mut statement = self.connection.prepare(sql).map_err(&fault)?;
        let queues = statement.query_map([], |row| Ok(Name::from(row.get::<_, String>(0)?.as_str())));
        queues.map_err(&fault)?.collect::<Result<_, _>>().map_err(fault)
    }

    /// Reads every reading, and tells which cannot be read: no chain seals them.
    pub fn verify_readings(&self) -> Result<Vec<Spoiled>, JournalError> {
        let sql = "SELECT seq, at, body FROM readings ORDER BY seq";
        let all = Wanted::default();
        self.merged(sql, [], all, |_| false, |_| Ok::<(), JournalError>(()))?;
        Ok(self.take_spoiled())
    }

    fn last_start(&self) -> Result<Option<LastStart>, JournalError> {
        let mut last = None;
        // Written out, not bound: only so is the index over the starts taken.
        let sql = format!("SELECT seq, at, body FROM log WHERE kind = '{STARTED}' ORDER BY seq DESC LIMIT 1");
        self.rows(&sql, [], |entry| {
            if let Record::Fact(Fact::Started { boot_id, uptime, .. }) = entry.record {
                last = Some(LastStart {
                    at: entry.at,
                    boot_id,
                    uptime,
                });
            }
            Ok::<(), JournalError>(())
        })?;
        Ok(last)
    }

    /// Shows the rows of a select one after another, and between them, in the order of numbers, packed readings that are wanted.
    pub(super) fn merged<E: From<JournalError>>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        wanted: Wanted,
        wants: impl Fn(&Entry) -> bool,
        mut visit: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.schema < PACKED || wanted.before <= wanted.after.saturating_add(1) {
            return self.rows(sql, parameters, visit);
        }
        let fault = at(&self.path);
        // One view of the file, whatever is written meanwhile.
        let view = self
            .connection
            .is_autocommit()
            .then(|| self.connection.unchecked_transaction());
        let _view = view.transpose().map_err(&fault)?;
        let names = self.names()?;
        let mut blocks = Blocks::of(self.table(), wanted).map_err(&fault)?;
        let comes_before = |seq: u64, row: u64| if wanted.newest { seq > row } else { seq < row };
        // Those up to a row, or all that are left.
        let mut readings = |row: Option<u64>, visit: &mut dyn FnMut(Entry) -> Result<(), E>| -> Result<(), E> {
            loop {
                let next = blocks.peek(self.table()).map_err(&fault)?;
                if !next.is_some_and(|seq| row.is_none_or(|row| comes_before(seq, row))) {
                    return Ok(());
                }
                let Some(reading) = blocks.next(self.table()).map_err(&fault)? else {
                    return Ok(());
                };
                if let Some(entry) = self.found(reading, &names).filter(&wants) {
                    visit(entry)?;
                }
            }
        };
        let mut statement = self.connection.prepare(sql).map_err(&fault)?;
        let mut found = statement.query(parameters).map_err(&fault)?;
        while let Some(row) = found.next().map_err(&fault)? {
            let seq = row.get::<_, i64>(0).map_err(&fault)?.unsigned_abs();
            let time = Time(row.get(1).map_err(&fault)?);
            let body = row.get_ref(2).map_err(&fault)?;
            let body = body.as_bytes().map_err(|error| fault(error.into()))?;
            let entry = self.entry(seq, time, body, &names)?;
            readings(Some(seq), &mut visit)?;
            entry.map_or(Ok(()), &mut visit)?;
        }
        readings(None, &mut visit)
    }

    pub(super) fn table(&self) -> Table<'_> {
        Table {
            connection: &self.connection,
            passed_over: &self.passed_over,
        }
    }

    /// The entry of a packed reading; `None`: it cannot be understood, and is passed over.
    pub(super) fn found(&self, found: Found, names: &Names) -> Option<Entry> {
        let (seq, at) = (found.seq, Time(found.at));
        let entry = match found.said {
            Said::Input(input) => Ok(Entry {
                seq,
                at,
                record: Record::Input(input),
                unlogged: false,
            }),
            Said::Body(body) => Entry::decode(seq, at, body.as_bytes(), names),
        };
        entry.inspect_err(|why| self.pass_over(seq, at, why.clone())).ok()
    }

    /// The entry behind a row; `None`: a reading that cannot be understood.
    fn entry(&self, seq: u64, time: Time, body: &[u8], names: &Names) -> Result<Option<Entry>, JournalError> {
        let why = match Entry::decode(seq, time, body, names) {
            Ok(mut entry) => {
                let marked = self.unlogged.mark(&self.connection, &mut entry);
                return marked.map(|()| Some(entry)).map_err(at(&self.path));
            }
            Err(why) => why,
        };
        let sql = "SELECT EXISTS (SELECT 1 FROM readings WHERE seq = ?1)";
        let is_reading = self.connection.query_row(sql, [column(seq)], |row| row.get(0));
        if is_reading.map_err(at(&self.path))? {
            self.pass_over(seq, time, why);
            return Ok(None);
        }
        Err(JournalError::Entry {
            path: self.path.clone(),
            seq,
            why,
        })
    }

    fn pass_over(&self, seq: u64, at: Time, why: String) {
        self.passed_over.borrow_mut().insert(seq, Spoiled::one(seq, at, why));
    }

    pub(super) fn rows<E: From<JournalError>>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        mut visit: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        let fault = at(&self.path);
        let mut statement = self.connection.prepare(sql).map_err(&fault)?;
        let mut found = statement.query(parameters).map_err(&fault)?;
        let mut names = None;
        while let Some(row) = found.next().map_err(&fault)? {
            // After the first row, so that whoever it and those after it refer to is in the same view of the file.
            let names = match &mut names {
                Some(names) => &*names,
                unread => unread.insert(self.names()?),
            };
            let seq = row.get::<_, i64>(0).map_err(&fault)?.unsigned_abs();
            let time = Time(row.get(1).map_err(&fault)?);
            let body = row.get_ref(2).map_err(&fault)?;
            let body = body.as_bytes().map_err(|error| fault(error.into()))?;
            self.entry(seq, time, body, names)?.map_or(Ok(()), &mut visit)?;
        }
        Ok(())
    }

    pub(super) fn names(&self) -> Result<Names, JournalError> {
        if self.schema < NAMES_APART {
            return Ok(Names::default());
        }
        Names::load(&self.connection).map_err(at(&self.path))
    }

    /// A snapshot with names in place of references; none where they cannot be read, and the log is read from its beginning.
    fn one_snapshot(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<Option<Snapshot>, JournalError> {
        let found = self.connection.query_row(sql, parameters, snapshot).optional();
        let found = match found {
            Err(_) if self.snapshots_are_spoiled()? => Ok(None),
            found => found,
        };
        let Some(mut snapshot) = found.map_err(at(&self.path))? else {
            return Ok(None);
        };
        // What cannot be read is for the caller to judge.
        if self.schema >= NAMES_APART
            && let Ok(mut state) = serde_json::from_slice(&snapshot.state)
        {
            self.names()?.put_back(&mut state);
            snapshot.state = state.to_string().into_bytes();
        }
        Ok(Some(snapshot))
    }
}

/// Whether a text holds a word. Letters and digits of ASCII part words by their ends; other scripts may not part them at all.
fn holds_word(text: &str, word: &str) -> bool {
    let parts = |at: Option<char>, of: Option<char>| match (at, of) {
        (Some(at), Some(of)) => !(at.is_ascii_alphanumeric() && of.is_ascii_alphanumeric()),
        _ => true,
    };
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        parts(before.chars().next_back(), word.chars().next()) && parts(after.chars().next(), word.chars().next_back())
    })
}

/// Whom an entry says to be forgotten.
fn forgotten(row: Row<'_>) -> Vec<PersonId> {
    match Entry::decode(row.seq, row.at, row.body, &Names::default()) {
        Ok(Entry {
            record: Record::Fact(Fact::Forgotten { persons, .. }),
            ..
        }) => persons,
        _ => Vec::new(),
    }
}

/// The first `limit` entries that `go_through` shows.
fn first(
    limit: usize,
    go_through: impl FnOnce(&mut dyn FnMut(Entry) -> Result<(), End>) -> Result<(), End>,
) -> Result<Vec<Entry>, JournalError> {
    let mut entries = Vec::new();
    if limit == 0 {
        return Ok(entries);
    }
    let went = go_through(&mut |entry| {
        entries.push(entry);
        if entries.len() < limit {
            Ok(())
        } else {
            Err(End::Enough)
        }
    });
    match went {
        Err(End::Fault(fault)) => Err(fault),
        Ok(()) | Err(End::Enough) => Ok(entries),
    }
}

pub(super) fn snapshot(row: &rusqlite::Row<'_>) -> rusqlite::Result<Snapshot> {
    Ok(Snapshot {
        seq: row.get::<_, i64>(0)?.unsigned_abs(),
        at: Time(row.get(1)?),
        version: row.get(2)?,
        state: row.get(3)?,
    })
}
