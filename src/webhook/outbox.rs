//! What hooks remember on the disk: how far each has come in the duty log, and what could not be delivered.
//!
//! A file of its own beside the duty log, so that a receiver's trouble never waits for, or holds up, the log's writer. The command
//! line reads and changes it beside a running daemon.

use super::event::{Call, Event, Levels};
use crate::core::{Name, Time};
use rusqlite::{Connection, Row, params};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The most messages that are kept as undelivered; beyond it the oldest are let go.
pub const LIMIT_UNDELIVERED: u32 = 10_000;

/// How long the other side's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// Marks the file as ours ("SURW").
const APPLICATION_ID: i32 = 0x5355_5257;
/// The shape of the tables.
const SCHEMA: i32 = 1;

const TABLES: &str = "
    CREATE TABLE progress (
        hook TEXT PRIMARY KEY,
        upto INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE settled (
        hook TEXT NOT NULL,
        seq  INTEGER NOT NULL,
        PRIMARY KEY (hook, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE undelivered (
        id       INTEGER PRIMARY KEY AUTOINCREMENT,
        hook     TEXT NOT NULL,
        seq      INTEGER NOT NULL,
        message_id TEXT NOT NULL,
        at       INTEGER NOT NULL,
        kind     TEXT NOT NULL,
        queue    TEXT,
        message  TEXT NOT NULL,
        about    TEXT,
        attempts INTEGER NOT NULL,
        why      TEXT NOT NULL,
        again    INTEGER NOT NULL DEFAULT 0
    ) STRICT;";

/// Why it could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum OutboxFault {
    /// SQLite.
    #[error(
        "{}: {why}; look at the disk, and that this user may read and write there, as surged's own may (`surged-in-service webhook ...` on an \
         installed service)",
        path.display()
    )]
    Storage {
        /// The file.
        path: PathBuf,
        /// What it said.
        why: rusqlite::Error,
    },
    /// It cannot even be seen whether it is there.
    #[error(
        "{} cannot be looked for ({why}); ask as surged's own user: `surged-in-service webhook ...` on an installed service, else as whoever \
         runs surged",
        path.display()
    )]
    Hidden {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// There is no such file.
    #[error(
        "there is no {} yet, so there is nothing to change; a surged that runs with webhooks makes it beside its duty log. Where it runs as \
         a service, ask there: `surged-in-service webhook ...`",
        path.display()
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("{} holds no webhooks of this surged; move it away, surged makes a new one", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// There is no such message.
    #[error("there is no undelivered message {id}; `surged webhook list` shows them all")]
    NoSuchMessage {
        /// What was asked for.
        id: i64,
    },
}

/// A message that could not be delivered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Undelivered {
    /// Its number in the list.
    pub id: i64,
    /// The receiver.
    pub hook: Name,
    /// The message.
    pub event: Event,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong last.
    pub why: String,
    /// Somebody has asked for it to be tried again.
    pub again: bool,
}

/// How far a hook has come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Progress {
    /// Everything up to this number is settled.
    pub upto: u64,
    /// And so are these beyond it.
    pub beyond: BTreeSet<u64>,
}

/// The file, opened when it is first needed. Copies are the same file.
#[derive(Clone, Debug)]
pub struct Outbox {
    path: Arc<Path>,
    connection: Arc<Mutex<Option<Connection>>>,
}

impl Outbox {
    /// The file that belongs to a duty log.
    pub fn beside(journal: &Path) -> Outbox {
        Outbox {
            path: journal.with_file_name("webhooks.db").into(),
            connection: Arc::default(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is such a file: until a daemon has run with webhooks there is none. Blocks.
    ///
    /// # Errors
    /// This user may not look there, which is not the same.
    pub fn is_there(&self) -> Result<bool, OutboxFault> {
        self.path.try_exists().map_err(|why| OutboxFault::Hidden {
            path: self.path.to_path_buf(),
            why,
        })
    }

    /// What could not be delivered, oldest first; nothing where there is no such file. Blocks.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn undelivered(&self) -> Result<Vec<Undelivered>, OutboxFault> {
        if !self.is_there()? {
            return Ok(Vec::new());
        }
        self.with(|connection| rows(connection, "SELECT * FROM undelivered ORDER BY id", []))
    }

    /// Asks for these to be tried again, or all of them. A running daemon takes it up within a second. Blocks.
    ///
    /// # Errors
    /// The file is not there or cannot be written, or there is no such message; then nothing changes.
    pub fn try_again(&self, ids: &[i64]) -> Result<usize, OutboxFault> {
        self.change(ids, "UPDATE undelivered SET again = 1")
    }

    /// Lets these go for good, or all of them. Blocks.
    ///
    /// # Errors
    /// The file is not there or cannot be written, or there is no such message; then nothing changes.
    pub fn forget(&self, ids: &[i64]) -> Result<usize, OutboxFault> {
        self.change(ids, "DELETE FROM undelivered")
    }

    fn change(&self, ids: &[i64], how: &str) -> Result<usize, OutboxFault> {
        if !self.is_there()? {
            return Err(OutboxFault::Missing {
                path: self.path.to_path_buf(),
            });
        }
        let done = self.with(|connection| {
            let change = connection.transaction()?;
            let mut changed = 0;
            if ids.is_empty() {
                changed = change.execute(how, [])?;
            }
            for id in ids {
                if change.execute(&format!("{how} WHERE id = ?1"), [id])? == 0 {
                    return Ok(Err(*id));
                }
                changed += 1;
            }
            change.commit()?;
            Ok(Ok(changed))
        })?;
        done.map_err(|id| OutboxFault::NoSuchMessage { id })
    }

    /// How far a hook has come; one that is new begins after `last`, and nothing beyond `last` was ever settled: such numbers went
    /// out unlogged, and a crash took them.
    pub(super) fn progress(&self, hook: &Name, last: u64) -> Result<Progress, OutboxFault> {
        let (hook, last) = (hook.as_str(), column(last));
        self.with(|connection| {
            let change = connection.transaction()?;
            change.execute("INSERT OR IGNORE INTO progress VALUES (?1, ?2)", params![hook, last])?;
            change.execute(
                "UPDATE progress SET upto = min(upto, ?2) WHERE hook = ?1",
                params![hook, last],
            )?;
            change.execute("DELETE FROM settled WHERE hook = ?1 AND seq > ?2", params![hook, last])?;
            let sql = "SELECT upto FROM progress WHERE hook = ?1";
            let upto = change.query_row(sql, [hook], number)?;
            let mut statement = change.prepare("SELECT seq FROM settled WHERE hook = ?1")?;
            let beyond = statement.query_map([hook], number)?.collect::<Result<_, _>>()?;
            drop(statement);
            change.commit()?;
            Ok(Progress { upto, beyond })
        })
    }

    /// Forgets how far hooks other than these have come: who comes back later begins anew.
    pub(super) fn keep_only(&self, hooks: &[Name]) -> Result<(), OutboxFault> {
        if !self.is_there()? {
            return Ok(());
        }
        self.with(|connection| {
            let known: Vec<String> = rows_of(connection, "SELECT hook FROM progress")?;
            for hook in known.iter().filter(|hook| !hooks.iter().any(|it| it.as_str() == *hook)) {
                connection.execute("DELETE FROM progress WHERE hook = ?1", [hook])?;
                connection.execute("DELETE FROM settled WHERE hook = ?1", [hook])?;
            }
            Ok(())
        })
    }

    /// Notes that a message is settled, and that now everything up to `upto` is; where it could not be delivered, keeps it with its
    /// attempts and what went wrong. Returns how many old ones had to be let go.
    pub(super) fn settle(
        &self,
        hook: &Name,
        event: &Event,
        upto: u64,
        failed: Option<(u32, &str)>,
    ) -> Result<usize, OutboxFault> {
        self.with(|connection| {
            let change = connection.transaction()?;
            let (name, upto) = (hook.as_str(), column(upto));
            change.execute(
                "INSERT OR IGNORE INTO settled VALUES (?1, ?2)",
                params![name, column(event.seq)],
            )?;
            change.execute(
                "UPDATE progress SET upto = max(upto, ?2) WHERE hook = ?1",
                params![name, upto],
            )?;
            change.execute("DELETE FROM settled WHERE hook = ?1 AND seq <= ?2", params![name, upto])?;
            let mut let_go = 0;
            if let Some((attempts, why)) = failed {
                change.execute(
                    "INSERT INTO undelivered (hook, seq, message_id, at, kind, queue, message, about, attempts, why)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    params![
                        name,
                        column(event.seq),
                        event.id,
                        event.at.0,
                        event.kind,
                        event.queue.as_ref().map(Name::as_str),
                        &*event.message,
                        event.about.as_deref(),
                        attempts,
                        why
                    ],
                )?;
                let_go = change.execute(
                    "DELETE FROM undelivered WHERE id <= (SELECT max(id) FROM undelivered) - ?1",
                    [LIMIT_UNDELIVERED],
                )?;
            }
            change.commit()?;
            Ok(let_go)
        })
    }

    /// Notes that everything up to a number is settled.
    pub(super) fn advance(&self, hook: &Name, upto: u64) -> Result<(), OutboxFault> {
        let sql = "UPDATE progress SET upto = max(upto, ?2) WHERE hook = ?1";
        self.with(|connection| connection.execute(sql, params![hook.as_str(), column(upto)]).map(drop))
    }

    /// What of a hook somebody wants tried again.
    pub(super) fn asked_again(&self, hook: &Name) -> Result<Vec<Undelivered>, OutboxFault> {
        if !self.is_there()? {
            return Ok(Vec::new());
        }
        let sql = "SELECT * FROM undelivered WHERE hook = ?1 AND again = 1 ORDER BY id";
        self.with(|connection| rows(connection, sql, [hook.as_str()]))
    }

    /// Notes what became of one that was tried again: it leaves the list, or stays with what went wrong.
    pub(super) fn tried_again(&self, id: i64, failed: Option<(u32, &str)>) -> Result<(), OutboxFault> {
        self.with(|connection| {
            match failed {
                None => connection.execute("DELETE FROM undelivered WHERE id = ?1", [id])?,
                Some((attempts, why)) => connection.execute(
                    "UPDATE undelivered SET again = 0, attempts = attempts + ?2, why = ?3 WHERE id = ?1",
                    params![id, attempts, why],
                )?,
            };
            Ok(())
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, OutboxFault> {
        let storage = |why| OutboxFault::Storage {
            path: self.path.to_path_buf(),
            why,
        };
        let mut held = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = match &mut *held {
            Some(connection) => connection,
            empty => empty.insert(open(&self.path)?),
        };
        work(connection).map_err(storage)
    }
}

fn open(path: &Path) -> Result<Connection, OutboxFault> {
    let storage = |why| OutboxFault::Storage {
        path: path.to_owned(),
        why,
    };
    let made = || -> rusqlite::Result<Option<Connection>> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let id: i32 = change.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        let schema: i32 = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let tables: i64 = change.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables == 0 {
            change.execute_batch(&format!(
                "{TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA};"
            ))?;
        } else if (id, schema) != (APPLICATION_ID, SCHEMA) {
            return Ok(None);
        }
        change.commit()?;
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        Ok(Some(connection))
    };
    made()
        .map_err(storage)?
        .ok_or_else(|| OutboxFault::Foreign { path: path.to_owned() })
}

fn rows(connection: &Connection, sql: &str, parameters: impl rusqlite::Params) -> rusqlite::Result<Vec<Undelivered>> {
    connection.prepare(sql)?.query_map(parameters, undelivered)?.collect()
}

fn rows_of(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

fn undelivered(row: &Row<'_>) -> rusqlite::Result<Undelivered> {
    let text = |key: &str| row.get::<_, String>(key);
    let maybe = |key: &str| row.get::<_, Option<String>>(key);
    Ok(Undelivered {
        id: row.get("id")?,
        hook: Name::from(&text("hook")?[..]),
        event: Event {
            seq: row.get::<_, i64>("seq")?.unsigned_abs(),
            id: text("message_id")?,
            at: Time(row.get("at")?),
            kind: text("kind")?,
            queue: maybe("queue")?.map(|queue| Name::from(&queue[..])),
            levels: Levels::Any,
            call: Call::Nobody,
            message: text("message")?.into(),
            about: maybe("about")?.map(Into::into),
        },
        attempts: row.get("attempts")?,
        why: text("why")?,
        again: row.get("again")?,
    })
}

fn number(row: &Row<'_>) -> rusqlite::Result<u64> {
    row.get::<_, i64>(0).map(i64::unsigned_abs)
}

fn column(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn outbox() -> (tempfile::TempDir, Outbox) {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::beside(&folder.path().join("surged.db"));
        (folder, outbox)
    }

    fn event(seq: u64) -> Event {
        Event {
            seq,
            levels: Levels::Any,
            ..sample::events().remove(0).1
        }
    }

    #[test]
    fn a_hook_goes_on_where_it_was() {
        let (_folder, outbox) = outbox();
        let hook = Name::from("page");
        assert_eq!(outbox.progress(&hook, 40).unwrap().upto, 40, "who is new has no past");
        outbox.settle(&hook, &event(43), 41, None).unwrap();
        let again = Outbox {
            connection: Arc::default(),
            ..outbox.clone()
        };
        let progress = again.progress(&hook, 50).unwrap();
        assert_eq!((progress.upto, progress.beyond), (41, [43].into()));
        outbox.settle(&hook, &event(42), 43, None).unwrap();
        assert_eq!(again.progress(&hook, 50).unwrap().beyond, [].into());
        assert_eq!(
            again.progress(&hook, 42).unwrap().upto,
            42,
            "a crash took what was not durable"
        );
        outbox.keep_only(&[]).unwrap();
        assert_eq!(again.progress(&hook, 60).unwrap().upto, 60);
    }

    #[test]
    fn what_could_not_be_delivered_is_kept_until_somebody_sees_to_it() {
        let (_folder, outbox) = outbox();
        let hook = Name::from("page");
        assert_eq!(outbox.undelivered().unwrap(), []);
        // Whoever wants something done where nothing is looks in the wrong place.
        let missing = outbox.try_again(&[]).unwrap_err().to_string();
        assert!(missing.contains("webhooks.db yet"), "{missing}");
        assert!(!outbox.path().exists(), "looking makes no file");
        outbox.progress(&hook, 0).unwrap();
        for seq in [1, 2] {
            outbox
                .settle(&hook, &event(seq), seq, Some((3, "it answered 500")))
                .unwrap();
        }
        let kept = outbox.undelivered().unwrap();
        assert_eq!((kept.len(), kept[0].attempts, &kept[0].event), (2, 3, &event(1)));
        let missing = outbox.try_again(&[1, 9]).unwrap_err().to_string();
        assert!(missing.contains("no undelivered message 9"), "{missing}");
        assert_eq!(outbox.asked_again(&hook).unwrap(), [], "all or nothing");
        assert_eq!(outbox.try_again(&[2]).unwrap(), 1);
        assert_eq!(outbox.asked_again(&hook).unwrap()[0].id, 2);
        outbox.tried_again(2, Some((4, "it answered 503"))).unwrap();
        let kept = outbox.undelivered().unwrap();
        assert_eq!(
            (kept[1].attempts, &kept[1].why[..], kept[1].again),
            (7, "it answered 503", false)
        );
        outbox.tried_again(2, None).unwrap();
        assert_eq!(outbox.forget(&[]).unwrap(), 1);
        assert_eq!(outbox.undelivered().unwrap(), []);
    }

    #[test]
    fn another_programs_file_is_left_alone() {
        let (_folder, outbox) = outbox();
        let other = Connection::open(outbox.path()).unwrap();
        other.execute_batch("CREATE TABLE theirs (it INTEGER)").unwrap();
        let said = outbox.undelivered().unwrap_err().to_string();
        assert!(said.contains("move it away"), "{said}");
    }
}
