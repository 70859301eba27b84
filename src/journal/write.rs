//! The one connection that writes: groups of batches in one transaction, and pruning in small pieces.

use super::chain::Hash;
use super::error::{Fault, JournalError, Refused};
use super::{Batch, Committed, Entry, Snapshot, schema};
use crate::core::Time;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::Duration;

/// An entry's largest body. A plan with thousands of tiers is far smaller.
const MAX_BODY_BYTES: usize = 16 << 20;

/// The largest snapshot.
const MAX_SNAPSHOT_BYTES: usize = 256 << 20;

/// Snapshots kept: the newest, and those to fall back on.
const SNAPSHOTS: u32 = 3;

/// Readings deleted between two commits.
const PRUNED_AT_ONCE: u32 = 500;

/// Owns the writing connection. After a fault the next call begins afresh.
pub(super) struct Writer {
    path: PathBuf,
    patience: Duration,
    /// Device and number of the file, by which a file moved away under us is known.
    file: (u64, u64),
    connection: Option<Connection>,
}

impl Writer {
    pub(super) fn open(path: PathBuf, patience: Duration) -> Result<Writer, JournalError> {
        let connection = schema::open(&path, patience)?;
        let file = identity(&path).ok_or_else(|| JournalError::Storage {
            path: path.clone(),
            fault: Fault::Moved,
        })?;
        Ok(Writer {
            path,
            patience,
            file,
            connection: Some(connection),
        })
    }

    /// Writes batches in one transaction: each whole or not at all, and told its fate in the same order. A batch that
    /// does not fit leaves the others alone; a fault of the disk fails all.
    pub(super) fn append(&mut self, batches: &[&Batch]) -> Vec<Result<Committed, Refused>> {
        match self.attempt(|connection| write_group(connection, batches)) {
            Ok(fates) => fates,
            Err(fault) => {
                let refused = Refused::Storage {
                    path: self.path.clone(),
                    fault,
                };
                batches.iter().map(|_| Err(refused.clone())).collect()
            }
        }
    }

    /// Deletes a few readings from before a time; whether there may be more.
    pub(super) fn prune(&mut self, before: Time) -> Result<bool, Fault> {
        self.attempt(|connection| {
            // Numbers follow time, so the first few rows are the oldest; what a snapshot still needs stays.
            let deleted = connection
                .prepare_cached(
                    "DELETE FROM readings WHERE at < ?1 AND seq IN (
                         SELECT seq FROM readings WHERE seq <= (SELECT min(seq) FROM snapshots) ORDER BY seq LIMIT ?2)",
                )?
                .execute((before.0, PRUNED_AT_ONCE))?;
            Ok(deleted == PRUNED_AT_ONCE as usize)
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

    fn attempt<T>(&mut self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, Fault> {
        if identity(&self.path) != Some(self.file) {
            // Writing on would go into a file that nobody will find again.
            return Err(Fault::Moved);
        }
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => schema::open(&self.path, self.patience).map_err(|error| match error {
                JournalError::Storage { fault, .. } => fault,
                other => Fault::Other(other.to_string()),
            })?,
        };
        let result = work(&mut connection).map_err(Fault::from);
        if !matches!(&result, Err(fault) if fault.spoils_connection()) {
            self.connection = Some(connection);
        }
        result
    }
}

fn identity(path: &std::path::Path) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().map(|it| (it.dev(), it.ino()))
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

fn write_group(connection: &mut Connection, batches: &[&Batch]) -> rusqlite::Result<Vec<Result<Committed, Refused>>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut head = Head::load(&transaction)?;
    let mut fates = Vec::with_capacity(batches.len());
    for batch in batches {
        fates.push(match rows(batch, head.next_seq) {
            Ok(rows) => {
                for row in rows {
                    head.write(&transaction, &row)?;
                }
                if let Some(snapshot) = &batch.snapshot {
                    write_snapshot(&transaction, snapshot)?;
                }
                Ok(Committed {
                    next_seq: head.next_seq,
                })
            }
            Err(refused) => Err(refused),
        });
    }
    head.store(&transaction)?;
    transaction.commit()?;
    Ok(fates)
}

/// The rows of a batch, if it fits where the log stands.
fn rows(batch: &Batch, next: u64) -> Result<Vec<Row<'_>>, Refused> {
    let expected = batch.expected_seq;
    match expected.cmp(&next) {
        std::cmp::Ordering::Less => return Err(Refused::Fenced { expected, next }),
        std::cmp::Ordering::Greater => return Err(Refused::Gap { expected, next }),
        std::cmp::Ordering::Equal => {}
    }
    if let Some(snapshot) = &batch.snapshot {
        within("the snapshot", snapshot.state.len(), MAX_SNAPSHOT_BYTES)?;
        let last = next - 1 + batch.entries.len() as u64;
        if snapshot.seq > last {
            return Err(Refused::Disorder {
                wanted: last,
                found: snapshot.seq,
            });
        }
    }
    let row = |(wanted, entry): (u64, &'_ Entry)| match entry.encode() {
        _ if entry.seq != wanted => Err(Refused::Disorder {
            wanted,
            found: entry.seq,
        }),
        Err(error) => Err(Refused::Unspeakable {
            seq: entry.seq,
            why: error.to_string(),
        }),
        Ok(body) => within(&format!("entry {wanted}"), body.len(), MAX_BODY_BYTES).map(|()| body),
    };
    (next..)
        .zip(&batch.entries)
        .map(|(wanted, entry)| row((wanted, entry)).map(|body| Row { entry, body }))
        .collect()
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

fn write_snapshot(transaction: &Transaction<'_>, snapshot: &Snapshot) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO snapshots (seq, at, version, state) VALUES (?1, ?2, ?3, ?4)")?
        .execute((column(snapshot.seq), snapshot.at.0, snapshot.version, &snapshot.state))?;
    transaction
        .prepare_cached(
            "DELETE FROM snapshots WHERE seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT ?1)",
        )?
        .execute([SNAPSHOTS])?;
    Ok(())
}

impl Head {
    fn load(transaction: &Transaction<'_>) -> rusqlite::Result<Head> {
        transaction
            .prepare_cached("SELECT next_seq, last_at, head_seq, head FROM meta")?
            .query_row([], |row| {
                Ok(Head {
                    next_seq: row.get::<_, i64>(0)?.unsigned_abs(),
                    last_at: row.get::<_, Option<i64>>(1)?.map(Time),
                    hash_seq: row.get::<_, i64>(2)?.unsigned_abs(),
                    hash: Hash(row.get(3)?),
                })
            })
    }

    fn write(&mut self, transaction: &Transaction<'_>, row: &Row<'_>) -> rusqlite::Result<()> {
        let Row { entry, body } = row;
        let (kind, queue) = (entry.record.kind(), entry.record.queue().map(|it| it.as_str()));
        if entry.record.is_reading() {
            transaction
                .prepare_cached("INSERT INTO readings (seq, at, kind, queue, body) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute((column(entry.seq), entry.at.0, kind, queue, body))?;
        } else {
            let sealed = queue.unwrap_or_default().as_bytes();
            self.hash = self
                .hash
                .then(entry.seq, entry.at, kind.as_bytes(), sealed, body.as_bytes());
            self.hash_seq = entry.seq;
            transaction
                .prepare_cached("INSERT INTO log (seq, at, kind, queue, body, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute((column(entry.seq), entry.at.0, kind, queue, body, self.hash.0))?;
        }
        self.next_seq = entry.seq + 1;
        self.last_at = Some(entry.at);
        Ok(())
    }

    fn store(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        transaction
            .prepare_cached("UPDATE meta SET next_seq = ?1, last_at = ?2, head_seq = ?3, head = ?4")?
            .execute((
                column(self.next_seq),
                self.last_at.map(|it| it.0),
                column(self.hash_seq),
                self.hash.0,
            ))?;
        Ok(())
    }
}
