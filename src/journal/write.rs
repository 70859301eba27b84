//! The one connection that writes: groups of batches in one transaction, and pruning in small pieces.

use super::chain::Hash;
use super::error::{Fault, JournalError, Refused, at, storage};
use super::forget::forget_unnamed;
use super::lock::{Lock, lock};
use super::naming::PersonId;
use super::pack::Packed;
use super::people::{Draft, Forgetting, Names, People, Place};
use super::readings::Tail;
use super::record::EncodeFault;
use super::{Batch, Committed, Entry, Fact, Record, Snapshot, beside, readings, schema};
use crate::core::Time;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Transaction, TransactionBehavior};
use std::collections::BTreeMap;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// An entry's largest body. A plan with thousands of tiers is far smaller.
const MAX_BODY_BYTES: usize = 16 << 20;

/// The largest snapshot.
const MAX_SNAPSHOT_BYTES: usize = 256 << 20;

/// Snapshots kept: the newest, and those to fall back on.
const SNAPSHOTS: u32 = 3;

/// After so many changes of rows what stands in the file -wal is put into the log itself: about as many pages.
const PUT_AWAY_AFTER: u64 = 1_000;

/// After so many also where others wait.
const PUT_AWAY_AT_LATEST: u64 = 4_000;

/// Readings of before there were blocks, deleted between two commits.
const PRUNED_AT_ONCE: u32 = 500;

/// The disk under the log, as far as it can fail: what the kernel would say at a moment. The machine's own says nothing here, but
/// through the database; a simulation's fails as it is told.
pub trait Disk: Send + Sync + std::fmt::Debug {
    /// Fails here if it is to. Between [`Moment::Commit`] and [`Moment::Committed`] everything of a transaction is made durable.
    ///
    /// # Errors
    /// What the kernel would say.
    fn at(&self, moment: Moment) -> Result<(), Fault>;
}

/// A moment at which a disk can fail.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Moment {
    /// The log is opened for writing.
    Open,
    /// A transaction is about to be committed: nothing of it is on the disk yet.
    Commit,
    /// It is on the disk; an error now is that of the last flush.
    Committed,
}

/// What a connection remembers of the log from one commit to the next.
#[derive(Default)]
struct Known {
    /// What the database's `data_version` was when it was last looked at; `None`: another connection's, or never.
    version: Option<i64>,
    /// Where the log stands; `None`: to be looked up, as after a commit that failed.
    head: Option<Head>,
    /// Where readings go on.
    tail: Tail,
    /// How many rows this connection had changed when the file -wal was put away last.
    put_away: u64,
}

/// Owns the writing connection. After a fault the next call begins afresh.
///
/// ```text
///  never opened ──► open ──a fault of the disk──► in doubt ──all of -wal is in the log──► open
/// ```
///
/// A commit that failed may be on the disk all the same: its last flush told of an error, and the frames before it stand in the
/// file -wal. Whoever opens it next finds them and takes them for committed. So after a fault everything that is found is first put
/// into the log itself, and a batch that is found to be there already is ours, and is not written twice.
pub(super) struct Writer {
    path: PathBuf,
    /// `None`: the machine's own.
    disk: Option<Arc<dyn Disk>>,
    patience: Duration,
    /// Why it is never written to.
    unread: Option<Fault>,
    /// By which a file moved away under us is known; `None`: it was never opened.
    file: Option<Identity>,
    /// The same of the file that holds what was written last; `None`: not looked at since it was opened.
    wal: Option<Identity>,
    connection: Option<Connection>,
    /// A commit of entries before this one has failed, and nobody knows whether they are in the log. What was handed over behind it may be
    /// written before it is brought again.
    in_doubt: u64,
    people: People,
    /// What is remembered of the log beside its people.
    known: Known,
    /// Nobody else writes; `None`: the disk did not let us have the lock yet. The last field: let go of after the connection.
    lock: Option<Lock>,
}

impl Writer {
    pub(super) fn open(path: PathBuf, patience: Duration, lock: Lock) -> Result<Writer, JournalError> {
        let connection = schema::open(&path, patience)?;
        let file = identity(&path).ok_or_else(|| storage(&path, Fault::Moved))?;
        let people = People::load(&connection).map_err(at(&path))?;
        Ok(Writer {
            file: Some(file),
            connection: Some(connection),
            people,
            ..Writer::later(path, patience, Some(lock))
        })
    }

    /// The same on a simulation's disk.
    pub(super) fn on(
        disk: Arc<dyn Disk>,
        path: PathBuf,
        patience: Duration,
        lock: Lock,
    ) -> Result<Writer, JournalError> {
        let fails = disk.at(Moment::Open);
        fails.map_err(|fault| storage(&path, fault))?;
        Ok(Writer::open(path, patience, lock)?.over(disk))
    }

    pub(super) fn over(self, disk: Arc<dyn Disk>) -> Writer {
        Writer {
            disk: Some(disk),
            ..self
        }
    }

    /// Of a log that cannot be written now: each append tries to open it.
    pub(super) fn later(path: PathBuf, patience: Duration, lock: Option<Lock>) -> Writer {
        Writer {
            path,
            disk: None,
            patience,
            lock,
            unread: None,
            file: None,
            wal: None,
            connection: None,
            in_doubt: 0,
            people: People::default(),
            known: Known::default(),
        }
    }

    /// Of a log that could not be read: whatever was written into it would not follow what it holds.
    pub(super) fn never(path: PathBuf, why: &JournalError, lock: Option<Lock>) -> Writer {
        Writer {
            unread: Some(Fault::Unread(why.to_string())),
            ..Writer::later(path, Duration::ZERO, lock)
        }
    }

    /// Writes batches in one transaction: each whole or not at all, and told its fate in the same order. A batch that
    /// does not fit leaves the others alone; a fault of the disk fails all.
    pub(super) fn append(&mut self, batches: &[&Batch]) -> Vec<Result<Committed, Refused>> {
        let (in_doubt, disk) = (self.in_doubt, self.disk.clone());
        let written = self.attempt(|connection, people, known| {
            let mut fates = write_group(connection, batches, people, known, in_doubt, disk.as_deref())?;
            if let Some(Ok(first)) = fates.iter_mut().find(|fate| fate.is_ok()) {
                first.to_say = facts(people.take_unsaid());
            }
            Ok(fates)
        });
        match written {
            Ok(fates) => fates,
            Err(fault) => {
                if fault.spoils_connection() {
                    self.in_doubt = batches.iter().map(|batch| batch.end()).fold(self.in_doubt, u64::max);
                }
                let refused = Refused::Storage {
                    path: self.path.clone(),
                    fault,
                };
                batches.iter().map(|_| Err(refused.clone())).collect()
            }
        }
    }

    /// Puts what stands in the file -wal into the log itself, where that has become much. To be called between two commits: it takes as
    /// long as many of them, so that where others wait for the next it is put off.
    pub(super) fn put_away(&mut self, others_wait: bool) {
        let Some(connection) = &self.connection else { return };
        let changed = connection.total_changes();
        let after = if others_wait {
            PUT_AWAY_AT_LATEST
        } else {
            PUT_AWAY_AFTER
        };
        if changed.saturating_sub(self.known.put_away) < after {
            return;
        }
        self.known.put_away = changed;
        // What cannot be put away now stays where it is, and is as safe there; a disk at fault shows at the next commit.
        let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }

    /// The number of the next entry, and the time of the last.
    pub(super) fn stands(&mut self) -> Result<(u64, Option<Time>), JournalError> {
        let head = self.attempt(|connection, _, _| {
            let head = Head::load(&connection.transaction()?)?;
            Ok((head.next_seq, head.last_at))
        });
        head.map_err(|fault| storage(&self.path, fault))
    }

    /// What was done to the log beside its entries; each told once.
    pub(super) fn take_to_say(&mut self) -> Vec<Fact> {
        facts(self.people.take_unsaid())
    }

    /// Forgets people who were last named before a time, and are not in the core's state.
    pub(super) fn forget_unnamed(&mut self, before: Time) -> Result<(), Fault> {
        self.attempt(|connection, people, _| forget_unnamed(connection, people, before))
    }

    /// Deletes a few readings from before a time, and gives the disk back what that left free; whether there may be more.
    pub(super) fn prune(&mut self, before: Time) -> Result<bool, Fault> {
        self.attempt(|connection, _, known| {
            // The block that goes on may be cut.
            known.tail = Tail::Unknown;
            // Numbers follow time, so the first few rows are the oldest; what a snapshot still needs stays.
            let deleted = connection
                .prepare_cached(
                    "DELETE FROM readings WHERE at < ?1 AND seq IN (
                         SELECT seq FROM readings WHERE seq <= (SELECT min(seq) FROM snapshots) ORDER BY seq LIMIT ?2)",
                )?
                .execute((before.0, PRUNED_AT_ONCE))?;
            let more = readings::prune(connection, before.0)? || deleted == PRUNED_AT_ONCE as usize;
            Ok(readings::give_back(connection)? || more)
        })
    }

    /// Lets the file grow no further than so many pages, which is how a full disk looks to the database.
    #[cfg(test)]
    pub(super) fn limit_pages(&mut self, pages: u32) {
        let connection = self.connection.as_ref().unwrap();
        connection
            .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
            .unwrap();
    }

    fn attempt<T>(
        &mut self,
        work: impl FnOnce(&mut Connection, &mut People, &mut Known) -> rusqlite::Result<T>,
    ) -> Result<T, Fault> {
        let mut connection = self.connect()?;
        let result = work(&mut connection, &mut self.people, &mut self.known).map_err(Fault::from);
        if result.is_err() {
            self.known.tail = Tail::Unknown;
        }
        if !matches!(&result, Err(fault) if fault.spoils_connection()) {
            self.connection = Some(connection);
            self.wal = self.wal.or_else(|| identity(&beside(&self.path, "-wal")));
        }
        result
    }

    /// The connection; after a fault another.
    fn connect(&mut self) -> Result<Connection, Fault> {
        if let Some(unread) = &self.unread {
            return Err(unread.clone());
        }
        if self.file.is_some() && identity(&self.path) != self.file {
            // What was written last stands in a file that stayed behind: it goes into the log, wherever that is now. What cannot be put
            // there is kept by the next start.
            if let Some(connection) = &self.connection {
                let _ = put_into_log(connection);
            }
            // Writing on would go into a file that nobody will find again.
            return Err(Fault::Moved);
        }
        let wal = beside(&self.path, "-wal");
        if self.file.is_some() && is_empty(&self.path) || self.wal.is_some() && is_empty(&wal) && self.has_frames() {
            return Err(Fault::Emptied);
        }
        let Some(connection) = self.connection.take() else {
            return self.connect_anew().map_err(|error| match error {
                JournalError::Storage { fault, .. } => fault,
                other @ (JournalError::InUse { .. }
                | JournalError::Missing { .. }
                | JournalError::NotADutyLog { .. }
                | JournalError::Newer { .. }
                | JournalError::Older { .. }
                | JournalError::Entry { .. }) => Fault::Other(other.to_string()),
            });
        };
        if self.wal.is_some() && identity(&wal) != self.wal {
            // Ours is without a name now, and gone when we end. What it holds we still have.
            if let Err(fault) = put_into_log(&connection) {
                self.connection = Some(connection);
                return Err(fault);
            }
            self.wal = None;
            return Err(Fault::WalMoved);
        }
        Ok(connection)
    }

    /// Whether the file -wal holds anything by its index, the file -shm (sqlite.org/walformat.html: `mxFrame`). Another program that puts what
    /// stands there into the log may leave it empty: a copier does.
    fn has_frames(&self) -> bool {
        const MX_FRAME: u64 = 16;
        let mut frames = [0; 4];
        let index = std::fs::File::open(beside(&self.path, "-shm"));
        index.is_ok_and(|index| index.read_exact_at(&mut frames, MX_FRAME).is_ok()) && u32::from_ne_bytes(frames) > 0
    }

    fn connect_anew(&mut self) -> Result<Connection, JournalError> {
        if self.lock.is_none() {
            self.lock = Some(lock(&self.path)?);
        }
        self.known = Known::default();
        self.wal = None;
        if let Some(disk) = &self.disk {
            disk.at(Moment::Open).map_err(|fault| storage(&self.path, fault))?;
        }
        let connection = schema::open(&self.path, self.patience)?;
        put_into_log(&connection).map_err(|fault| storage(&self.path, fault))?;
        self.file = identity(&self.path);
        // A commit that was taken for failed may have named people whom we do not know.
        self.people.read_anew(&connection).map_err(at(&self.path))?;
        Ok(connection)
    }
}

/// Everything that stands in the file -wal, on the disk as part of the log itself.
fn put_into_log(connection: &Connection) -> Result<(), Fault> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(FULL)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(Fault::Locked) }
}

/// Device and number of a file.
type Identity = (u64, u64);

fn identity(path: &Path) -> Option<Identity> {
    std::fs::metadata(path).ok().map(|it| (it.dev(), it.ino()))
}

fn is_empty(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() == 0)
}

/// A number for a column; SQLite's integers are signed.
pub(super) fn column(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// Where the log stands.
struct Head {
    next_seq: u64,
    last_at: Option<Time>,
    hash_seq: u64,
    hash: Hash,
}

/// An entry as its row will be.
struct Row<'a> {
    entry: &'a Entry,
    body: String,
}

fn write_group(
    connection: &mut Connection,
    batches: &[&Batch],
    people: &mut People,
    known: &mut Known,
    in_doubt: u64,
    disk: Option<&dyn Disk>,
) -> rusqlite::Result<Vec<Result<Committed, Refused>>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    look_for_others(&transaction, people, known)?;
    let mut head = match known.head.take() {
        Some(head) => head,
        None => Head::load(&transaction)?,
    };
    let mut draft = people.draft();
    let mut packed = Vec::new();
    let mut insert = transaction
        .prepare_cached("INSERT INTO log (seq, at, kind, queue, body, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let mut fates = Vec::with_capacity(batches.len());
    for batch in batches {
        if batch.expected_seq < in_doubt && is_there(&transaction, batch, head.next_seq)? {
            fates.push(Ok(Committed {
                next_seq: batch.end(),
                found: true,
                to_say: Vec::new(),
            }));
            continue;
        }
        let mut with_batch = draft.clone();
        fates.push(
            match prepare(&transaction, batch, head.next_seq, people, &mut with_batch) {
                Ok((rows, snapshot)) => {
                    for row in rows {
                        head.write(&transaction, &mut insert, row, &mut packed)?;
                    }
                    if let Some((snapshot, state)) = snapshot {
                        write_snapshot(&transaction, snapshot, &state)?;
                    }
                    draft = with_batch;
                    Ok(Committed {
                        next_seq: head.next_seq,
                        found: false,
                        to_say: Vec::new(),
                    })
                }
                Err(Stopped::Refused(refused)) => Err(refused),
                Err(Stopped::Database(error)) => return Err(error),
            },
        );
    }
    drop(insert);
    readings::add(&transaction, &packed, &mut known.tail)?;
    draft.store(&transaction)?;
    head.store(&transaction)?;
    fails(disk, Moment::Commit)?;
    transaction.commit()?;
    fails(disk, Moment::Committed)?;
    people.keep(draft);
    known.head = Some(head);
    Ok(fates)
}

/// What a simulated disk says now.
fn fails(disk: Option<&dyn Disk>, moment: Moment) -> rusqlite::Result<()> {
    let said = disk.map_or(Ok(()), |disk| disk.at(moment));
    said.map_err(|fault| {
        let code = match fault {
            Fault::Full => rusqlite::ffi::SQLITE_FULL,
            Fault::ReadOnly => rusqlite::ffi::SQLITE_READONLY,
            Fault::Locked
            | Fault::Moved
            | Fault::Emptied
            | Fault::WalMoved
            | Fault::Unread(_)
            | Fault::CannotOpen(_)
            | Fault::Io(_)
            | Fault::Corrupt(_)
            | Fault::Other(_) => rusqlite::ffi::SQLITE_IOERR_FSYNC,
        };
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None)
    })
}

/// Whether the log holds exactly these entries where they belong.
fn is_there(transaction: &Transaction<'_>, batch: &Batch, next: u64) -> rusqlite::Result<bool> {
    if batch.entries.is_empty() || batch.end() > next {
        return Ok(false);
    }
    let names = Names::load(transaction)?;
    let mut row = transaction.prepare_cached(
        "SELECT at, body FROM log WHERE seq = ?1 UNION ALL SELECT at, body FROM readings WHERE seq = ?1",
    )?;
    let last = batch.entries.last().map_or(0, |entry| entry.seq);
    let packed = readings::between(transaction, batch.expected_seq, last)?;
    for entry in &batch.entries {
        let is = |at: i64, body: &[u8]| at == entry.at.0 && entry.is_body(body, &names);
        let found = match packed.get(&entry.seq) {
            Some(reading) => Some(is(reading.at, reading.body.as_bytes())),
            None => row
                .query_row([column(entry.seq)], |row| {
                    Ok(is(row.get(0)?, row.get_ref(1)?.as_bytes()?))
                })
                .optional()?,
        };
        if found != Some(true) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Learns what others have written beside us, such as whom `surged log forget` has had forgotten; costs next to nothing where nobody has.
fn look_for_others(transaction: &Transaction<'_>, people: &mut People, known: &mut Known) -> rusqlite::Result<()> {
    let version = transaction
        .prepare_cached("PRAGMA data_version")?
        .query_row([], |row| row.get(0))?;
    if known.version != Some(version) {
        people.notice(transaction)?;
        known.version = Some(version);
        known.head = None;
        known.tail = Tail::Unknown;
    }
    Ok(())
}

/// What is to be said in the log of people who were forgotten.
fn facts(unsaid: BTreeMap<PersonId, Forgetting>) -> Vec<Fact> {
    let mut by_reason: BTreeMap<Forgetting, Vec<PersonId>> = BTreeMap::new();
    for (id, why) in unsaid {
        by_reason.entry(why).or_default().push(id);
    }
    by_reason
        .into_iter()
        .map(|(why, persons)| Fact::Forgotten { persons, why })
        .collect()
}

/// Why a batch is not written.
enum Stopped {
    /// It alone.
    Refused(Refused),
    /// And nothing else either.
    Database(rusqlite::Error),
}

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Stopped {
        Stopped::Refused(refused)
    }
}

type Prepared<'a> = (Vec<Row<'a>>, Option<(&'a Snapshot, Vec<u8>)>);

/// A batch as it will be written, if it fits where the log stands.
fn prepare<'a>(
    transaction: &Transaction<'_>,
    batch: &'a Batch,
    next: u64,
    people: &People,
    draft: &mut Draft,
) -> Result<Prepared<'a>, Stopped> {
    let expected = batch.expected_seq;
    match expected.cmp(&next) {
        std::cmp::Ordering::Less => return Err(Refused::Fenced { expected, next }.into()),
        std::cmp::Ordering::Greater => return Err(Refused::Gap { expected, next }.into()),
        std::cmp::Ordering::Equal => {}
    }
    let mut rows = Vec::with_capacity(batch.entries.len());
    for (wanted, entry) in (next..).zip(&batch.entries) {
        let seq = entry.seq;
        if seq != wanted {
            return Err(Refused::Disorder { wanted, found: seq }.into());
        }
        let body = entry.encode(people, draft, transaction).map_err(|fault| match fault {
            EncodeFault::Json(error) => Refused::Unspeakable {
                seq,
                why: error.to_string(),
            }
            .into(),
            EncodeFault::Database(error) => Stopped::Database(error),
        })?;
        within(&format!("entry {wanted}"), body.len(), MAX_BODY_BYTES)?;
        rows.push(Row { entry, body });
    }
    let Some(snapshot) = &batch.snapshot else {
        return Ok((rows, None));
    };
    within("the snapshot", snapshot.state.len(), MAX_SNAPSHOT_BYTES)?;
    let last = next - 1 + batch.entries.len() as u64;
    if snapshot.seq > last {
        let (wanted, found) = (last, snapshot.seq);
        return Err(Refused::Disorder { wanted, found }.into());
    }
    let state = state_apart(transaction, snapshot, people, draft).map_err(Stopped::Database)?;
    draft.snapshot = snapshot.seq;
    Ok((rows, Some((snapshot, state))))
}

fn within(what: &str, bytes: usize, limit: usize) -> Result<(), Refused> {
    if bytes <= limit {
        return Ok(());
    }
    Err(Refused::TooLarge {
        what: what.to_owned(),
        bytes,
        limit,
    })
}

/// The state of a snapshot with references in place of names. What is not JSON cannot be looked into, and stays as it is.
fn state_apart(
    connection: &Connection,
    snapshot: &Snapshot,
    people: &People,
    draft: &mut Draft,
) -> rusqlite::Result<Vec<u8>> {
    let Ok(state) = std::str::from_utf8(&snapshot.state) else {
        return Ok(snapshot.state.clone());
    };
    let place = Place {
        seq: snapshot.seq,
        at: snapshot.at,
        chained: false,
    };
    let named = draft.set_apart(people, connection, state, place)?;
    Ok(named.text.map_or_else(|| snapshot.state.clone(), String::into_bytes))
}

fn write_snapshot(transaction: &Transaction<'_>, snapshot: &Snapshot, state: &[u8]) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO snapshots (seq, at, version, state) VALUES (?1, ?2, ?3, ?4)")?
        .execute((column(snapshot.seq), snapshot.at.0, snapshot.version, state))?;
    transaction
        .prepare_cached(
            "DELETE FROM snapshots WHERE seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT ?1)",
        )?
        .execute([SNAPSHOTS])?;
    Ok(())
}

/// Puts references in place of names in the snapshots of a log in which names stood in clear.
pub(super) fn set_apart_in_snapshots(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let people = People::load(transaction)?;
    let mut draft = people.draft();
    let snapshots: Vec<Snapshot> = transaction
        .prepare("SELECT seq, at, version, state FROM snapshots ORDER BY seq")?
        .query_map([], super::read::snapshot)?
        .collect::<rusqlite::Result<_>>()?;
    for snapshot in snapshots {
        let state = state_apart(transaction, &snapshot, &people, &mut draft)?;
        write_snapshot(transaction, &snapshot, &state)?;
    }
    draft.store(transaction)
}

impl Head {
    fn load(transaction: &Transaction<'_>) -> rusqlite::Result<Head> {
        transaction
            .prepare_cached("SELECT next_seq, last_at, head_seq, head FROM meta WHERE id = 1")?
            .query_row([], |row| {
                Ok(Head {
                    next_seq: row.get::<_, i64>(0)?.unsigned_abs(),
                    last_at: row.get::<_, Option<i64>>(1)?.map(Time),
                    hash_seq: row.get::<_, i64>(2)?.unsigned_abs(),
                    hash: Hash(row.get(3)?),
                })
            })
    }

    /// Writes an entry: by `insert` into the chain, or to the readings that are to be packed.
    fn write(
        &mut self,
        transaction: &Transaction<'_>,
        insert: &mut CachedStatement<'_>,
        row: Row<'_>,
        packed: &mut Vec<Packed>,
    ) -> rusqlite::Result<()> {
        let Row { entry, body } = row;
        if entry.record.is_reading() {
            packed.push(Packed {
                seq: entry.seq,
                at: entry.at.0,
                body,
            });
        } else {
            let (kind, queue) = (entry.record.kind(), entry.record.queue().map(|it| it.as_str()));
            let sealed = queue.unwrap_or_default().as_bytes();
            self.hash = self
                .hash
                .then(entry.seq, entry.at, kind.as_bytes(), sealed, body.as_bytes());
            self.hash_seq = entry.seq;
            insert.execute((column(entry.seq), entry.at.0, kind, queue, body, self.hash.0))?;
        }
        if let Record::Fact(Fact::Forgotten { persons, .. }) = &entry.record {
            for id in persons {
                transaction
                    .prepare_cached("UPDATE person SET said = 1 WHERE id = ?1")?
                    .execute([column(id.0)])?;
            }
        }
        self.next_seq = entry.seq + 1;
        self.last_at = Some(entry.at);
        Ok(())
    }

    fn store(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        transaction
            .prepare_cached("UPDATE meta SET next_seq = ?1, last_at = ?2, head_seq = ?3, head = ?4 WHERE id = 1")?
            .execute((
                column(self.next_seq),
                self.last_at.map(|it| it.0),
                column(self.hash_seq),
                self.hash.0,
            ))?;
        Ok(())
    }
}
