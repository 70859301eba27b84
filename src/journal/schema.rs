//! The tables of the duty log, and how an older file becomes a newer one.
//!
//! `log` holds everything but readings, chained by hash; `packed` holds readings and heartbeats in blocks, `readings` those of before
//! there were blocks, and both may be pruned;
//! `snapshots` the newest states of the core; `person` the people whom these three refer to; `meta` one row: the schema's
//! version and the head of the log.

use super::beside;
use super::error::{Fault, JournalError, at, storage};
use super::write::set_apart_in_snapshots;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};
use rustix::fs::Access;
use rustix::io::Errno;
use std::path::Path;
use std::time::Duration;

/// How every database of SQLite begins, and with it a duty log ([file format](https://www.sqlite.org/fileformat.html#magic_header_string)).
pub const DATABASE: &[u8] = b"SQLite format 3\0";

/// The newest schema, that is the number of steps.
pub const SCHEMA: u32 = STEPS.len() as u32;

/// What is wanted at every start and is so seldom that most logs have few of it: hand-overs of a shift, and queues that are quiet. Two
/// ranges of words: a list would be looked up in a table that is made anew for every entry that is written.
macro_rules! seldom {
    () => {
        "(kind >= 'handover' AND kind < 'handovers' OR kind >= 'quiet' AND kind < 'quiets')"
    };
}

/// By which the index over these is found: written out in a select, in these very words.
pub(super) const SELDOM: &str = seldom!();

/// Whether all of these kinds are in that index.
pub(super) fn are_seldom(kinds: &[&str]) -> bool {
    let is_seldom = |kind: &&str| ("handover".."handovers").contains(kind) || ("quiet".."quiets").contains(kind);
    kinds.iter().all(is_seldom)
}

/// Each step turns a log of the version before into one of its own version. A step that has been released never
/// changes.
const STEPS: [&str; 6] = [
    // 1: the first shape.
    "CREATE TABLE meta (
         id       INTEGER PRIMARY KEY CHECK (id = 1),
         schema   INTEGER NOT NULL,
         next_seq INTEGER NOT NULL,
         last_at  INTEGER,
         head_seq INTEGER NOT NULL,
         head     BLOB NOT NULL
     ) STRICT;
     INSERT INTO meta VALUES (1, 1, 1, NULL, 0, zeroblob(32));
     CREATE TABLE log (
         seq   INTEGER PRIMARY KEY,
         at    INTEGER NOT NULL,
         kind  TEXT NOT NULL,
         queue TEXT,
         body  TEXT NOT NULL,
         hash  BLOB NOT NULL
     ) STRICT;
     CREATE TABLE readings (
         seq   INTEGER PRIMARY KEY,
         at    INTEGER NOT NULL,
         kind  TEXT NOT NULL,
         queue TEXT,
         body  TEXT NOT NULL
     ) STRICT;
     CREATE TABLE snapshots (
         seq     INTEGER PRIMARY KEY,
         at      INTEGER NOT NULL,
         version INTEGER NOT NULL,
         state   BLOB NOT NULL
     ) STRICT;",
    // 2: one queue's log, and the daemon's last start, are found without reading all of it.
    "CREATE INDEX log_by_queue ON log (queue, seq);
     CREATE INDEX log_starts ON log (seq) WHERE kind = 'started';",
    // 3: names of people stand apart. Entries up to `clear_to` were written before and may hold them in clear.
    "ALTER TABLE meta ADD COLUMN clear_to INTEGER NOT NULL DEFAULT 0;
     UPDATE meta SET clear_to = next_seq - 1;
     CREATE TABLE person (
         id        INTEGER PRIMARY KEY,
         staff_no  TEXT,
         name      TEXT,
         salt      BLOB,
         sealed    INTEGER NOT NULL,
         last_seq  INTEGER NOT NULL,
         last_at   INTEGER NOT NULL,
         forgotten TEXT,
         said      INTEGER NOT NULL
     ) STRICT;",
    // 4: readings are packed into blocks. `first` and `last` are numbers, `since` and `until` times of what a block holds.
    "CREATE TABLE packed (
         first INTEGER PRIMARY KEY,
         last  INTEGER NOT NULL,
         since INTEGER NOT NULL,
         until INTEGER NOT NULL,
         body  BLOB NOT NULL
     ) STRICT;",
    // 5: what a start looks for is found without reading all of it.
    "CREATE INDEX log_seldom ON log (seq) WHERE kind IN ('handover_begun', 'handover_noted', 'handover_settled', \
     'handover_taken_over', 'handover_signed', 'handover_completed', 'handover_withdrawn', 'quieted', 'quiet_over');",
    // 6: the same by ranges. And blocks bear a sum, which a surged of before cannot read (pack.rs); those that are there stay as they are.
    concat!(
        "DROP INDEX log_seldom; CREATE INDEX log_seldom ON log (seq) WHERE ",
        seldom!(),
        ";"
    ),
];

/// The schema in which names of people came to stand apart.
pub(super) const NAMES_APART: u32 = 3;

/// The schema in which readings came to be packed.
pub(super) const PACKED: u32 = 4;

/// Where SQLite keeps when a log was put back from a copy, in seconds; 0: never.
pub(super) const RESTORED: &str = "user_version";

/// Marks the file as ours ("SURG"), so that another program's database is not written into.
const APPLICATION_ID: i32 = 0x5355_5247;

/// Every commit is on the disk before it is answered: a power cut takes nothing that was acknowledged. What is deleted is overwritten:
/// who is forgotten is not to be found in a page that is no longer used. The WAL file is cut back to 64 MiB after a checkpoint; the writer
/// makes those between two commits, and a commit makes one itself only where 32 MiB wait for it. What is let go can be given back to the
/// disk, in a file that is new: so the first of these comes before all others.
const PRAGMAS: &str = "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;
     PRAGMA wal_autocheckpoint = 8192; PRAGMA secure_delete = ON;";

/// Prepared statements kept; there are fewer.
const STATEMENTS: usize = 32;

/// Opens for writing, creates or migrates where needed. `patience`: how long another program's lock is waited for.
pub(super) fn open(path: &Path, patience: Duration) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(at(path))?;
    connection.busy_timeout(patience).map_err(at(path))?;
    recognise(&connection, path)?;
    connection.execute_batch(PRAGMAS).map_err(at(path))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    migrate(&mut connection, SCHEMA).map_err(at(path))?;
    if go_around_spoiled_snapshots(&connection).map_err(at(path))? {
        tracing::error!(
            "the duty log is spoiled: the states from which a start goes on cannot be read. No decision or answer stands there: the plan is run by the \
             entries of the log, which every start reads from the first one until the file is whole again; put back a copy when the floor is calm \
             (`surged restore`), and look at the disk"
        );
    }
    Ok(connection)
}

/// Where the disk has spoiled a page of the newest states, this connection keeps its own in memory, under the same name: the plan is run by the
/// entries of the log, and no decision is lost. The file stays as it is. Whether it is so.
fn go_around_spoiled_snapshots(connection: &Connection) -> rusqlite::Result<bool> {
    let is_spoiled = snapshots_are_spoiled(connection)?;
    if is_spoiled {
        connection.execute_batch(
            "PRAGMA temp_store = MEMORY;
             CREATE TEMP TABLE snapshots (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, version INTEGER NOT NULL, state BLOB NOT NULL) STRICT;",
        )?;
    }
    Ok(is_spoiled)
}

/// Whether the disk has spoiled a page of the newest states.
pub(super) fn snapshots_are_spoiled(connection: &Connection) -> rusqlite::Result<bool> {
    match read_snapshots(connection) {
        Ok(()) => Ok(false),
        Err(fault) if fault.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt) => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// Reads them to their ends: what cannot be read could not be deleted either.
fn read_snapshots(connection: &Connection) -> rusqlite::Result<()> {
    let mut states = connection.prepare("SELECT state FROM snapshots ORDER BY seq")?;
    let mut rows = states.query([])?;
    while let Some(row) = rows.next()? {
        row.get_ref(0)?;
    }
    Ok(())
}

/// Opens for writing beside a running daemon, whose log it is: neither created nor migrated.
pub(super) fn open_beside(path: &Path, patience: Duration) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(at(path))?;
    connection.busy_timeout(patience).map_err(at(path))?;
    let found = recognise(&connection, path)?;
    if found < NAMES_APART {
        return Err(JournalError::Older {
            path: path.to_owned(),
            found,
        });
    }
    connection.execute_batch(PRAGMAS).map_err(at(path))?;
    go_around_spoiled_snapshots(&connection).map_err(at(path))?;
    Ok(connection)
}

/// Opens for reading only, beside a running daemon if there is one. Tells the schema of the file.
pub(super) fn open_to_read(path: &Path, patience: Duration) -> Result<(Connection, u32), JournalError> {
    // Who may not look there does not know that nothing is there. Asked without opening it: closing it would let go of this process's locks.
    match rustix::fs::access(path, Access::READ_OK) {
        Ok(()) => {}
        Err(Errno::NOENT) => return Err(JournalError::Missing { path: path.to_owned() }),
        Err(why @ (Errno::ACCESS | Errno::PERM)) => {
            let why = std::io::Error::from(why);
            let words = format!("{why}: ask as surged's own user, on an installed service by `surged-in-service`");
            return Err(storage(path, Fault::CannotOpen(words)));
        }
        Err(why) => return Err(storage(path, Fault::CannotOpen(std::io::Error::from(why).to_string()))),
    }
    // SQLite would say that the disk failed.
    if path.is_dir() {
        return Err(storage(path, Fault::CannotOpen("it is a folder".into())));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(at(path))?;
    connection.busy_timeout(patience).map_err(at(path))?;
    match recognise(&connection, path)? {
        0 => Err(JournalError::NotADutyLog { path: path.to_owned() }),
        found => Ok((connection, found)),
    }
}

/// Opens for reading only where nobody else has the log, and neither it nor its folder may be writable: without locks, without the
/// file -shm, and with what stands in the file -wal.
pub(super) fn open_alone(path: &Path) -> Result<(Connection, u32), JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let written_last = std::fs::metadata(beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0);
    let opened = if written_last {
        Connection::open_with_flags_and_vfs(path, flags, c"unix-none")
    } else {
        let name = path
            .to_string_lossy()
            .replace('%', "%25")
            .replace('?', "%3f")
            .replace('#', "%23");
        Connection::open_with_flags(format!("file:{name}?immutable=1"), flags | OpenFlags::SQLITE_OPEN_URI)
    };
    let connection = opened.map_err(at(path))?;
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .map_err(at(path))?;
    // Exclusive, the index of the file -wal is kept in memory.
    connection
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE")
        .map_err(at(path))?;
    match recognise(&connection, path)? {
        0 => Err(JournalError::NotADutyLog { path: path.to_owned() }),
        found => Ok((connection, found)),
    }
}

/// The schema of the file: 0 for an empty one. Refuses what is not ours, and what is newer than we know.
fn recognise(connection: &Connection, path: &Path) -> Result<u32, JournalError> {
    let fault = at(path);
    let id: i32 = connection
        .query_row("PRAGMA application_id", [], |row| row.get(0))
        .map_err(&fault)?;
    let tables: u32 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(&fault)?;
    match (id, tables) {
        (_, 0) => return Ok(0),
        (APPLICATION_ID, _) => {}
        _ => return Err(JournalError::NotADutyLog { path: path.to_owned() }),
    }
    let found = version(connection)
        .map_err(&fault)?
        .ok_or_else(|| storage(path, Fault::Corrupt("its row of meta is missing".into())))?;
    if found > SCHEMA {
        return Err(JournalError::Newer {
            path: path.to_owned(),
            found,
            known: SCHEMA,
        });
    }
    Ok(found)
}

/// Takes the steps that are missing, all or none.
fn migrate(connection: &mut Connection, to: u32) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let tables: u32 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let found = match tables {
        0 => 0,
        _ => version(&transaction)?.unwrap_or(0),
    };
    if found < to {
        for step in &STEPS[found as usize..to as usize] {
            transaction.execute_batch(step)?;
        }
        if (1..NAMES_APART).contains(&found) && to >= NAMES_APART {
            // Entries are sealed by the chain and stay as they are; snapshots are not, and must not keep names that they refer to.
            set_apart_in_snapshots(&transaction)?;
        }
        transaction.execute("UPDATE meta SET schema = ?1", [to])?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    transaction.commit()
}

fn version(connection: &Connection) -> rusqlite::Result<Option<u32>> {
    connection
        .query_row("SELECT schema FROM meta", [], |row| row.get(0))
        .optional()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexes(connection: &Connection) -> u32 {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name LIKE 'log_%'";
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn steps_are_taken_once_and_only_those_that_are_missing() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 1).unwrap();
        assert_eq!((version(&connection).unwrap(), indexes(&connection)), (Some(1), 0));
        migrate(&mut connection, SCHEMA).unwrap();
        assert_eq!((version(&connection).unwrap(), indexes(&connection)), (Some(SCHEMA), 3));
        migrate(&mut connection, SCHEMA).unwrap();
        assert_eq!(version(&connection).unwrap(), Some(SCHEMA));
    }

    #[test]
    fn a_step_that_fails_leaves_the_log_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 1).unwrap();
        connection.execute_batch("CREATE TABLE log_starts (a)").unwrap();
        assert!(migrate(&mut connection, SCHEMA).is_err());
        assert_eq!((version(&connection).unwrap(), indexes(&connection)), (Some(1), 0));
    }
}
