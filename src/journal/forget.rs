//! Forgetting people: their row of the table is emptied, entries and chain stay as they are.
//!
//! ```text
//!  surged log forget ──empties rows, one transaction──► person ◄──looked at with every commit── the daemon's writer
//!         └── no daemon: takes the lock, writes the entry itself            └── tells the daemon, which writes the entry
//!  keep_log ──the writer itself empties rows──────────► person
//! ```
//!
//! An emptied row is marked until an entry says that it was emptied, so that a crash in between leaves nothing unsaid: whoever opens
//! the log next says it.

use super::error::{JournalError, at};
use super::lock::{Lock, lock};
use super::naming::{PersonId, references};
use super::people::{Forgetting, People};
use super::write::{Writer, column};
use super::{Batch, Entry, Reader, Record, Refused, schema};
use crate::core::Time;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Entries in which a name still stands that are told one by one.
const MENTIONS: usize = 20;

/// How often it is tried to cut back the write-ahead log while somebody reads, and how long in between.
const CUT_TRIES: u32 = 20;
const CUT_EVERY: Duration = Duration::from_millis(100);

/// Somebody was forgotten.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forgotten {
    /// Their rows: one by which the plan names them, and one for each name that their token has had.
    pub persons: Vec<PersonId>,
    /// A daemon is running, and will write down what was done; else it is written.
    pub daemon_says: bool,
    /// Staff numbers of others who are shown by the same name, and are not forgotten.
    pub namesakes: Vec<String>,
    /// Somebody reads the log, so that the file's write-ahead log still holds the names; they go when it is next cut back.
    pub lingers: bool,
    /// Entries whose text still holds the name or the number: notes, reasons, and all that was written by a surged that named people in
    /// clear. The first of them, and how many there are.
    pub mentions: (Vec<u64>, usize),
}

/// Why nobody was forgotten.
#[derive(Debug, thiserror::Error)]
pub enum NotForgotten {
    /// The log.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The entry that says so was not written; the names are gone, and the next start of surged writes it.
    #[error("the names are gone, but the log does not say so yet ({0}); surged will when it is started next")]
    Unsaid(Refused),
    /// Nobody is called that.
    #[error(
        "the duty log knows nobody by the staff number or name {who:?}; write it letter by letter as `surged log show` does \
         (whoever is forgotten already is not known any more)"
    )]
    Nobody {
        /// What was asked for.
        who: String,
    },
    /// More than one.
    #[error("{} people are called {who:?}; name one by staff number: {}", staff_nos.len(), staff_nos.join(", "))]
    Several {
        /// What was asked for.
        who: String,
        /// Theirs.
        staff_nos: Vec<String>,
    },
}

/// Forgets a person by staff number, by the plan's name, or by the name that a token shows. Safe beside a running daemon. Blocks.
///
/// # Errors
/// Nobody, or more than one person, is called that; the log cannot be written.
pub fn forget(path: &Path, who: &str, now: Time, patience: Duration) -> Result<Forgotten, NotForgotten> {
    // Taking the lock would make a lock file for a log that is not there.
    drop(Reader::open(path, patience)?);
    let lock = match lock(path) {
        Ok(lock) => Some(lock),
        Err(JournalError::InUse { .. }) => None,
        Err(fault) => return Err(fault.into()),
    };
    let connection = match &lock {
        Some(_) => schema::open(path, patience),
        None => schema::open_beside(path, patience),
    };
    let connection = connection?;
    let emptied = empty(&connection, path, who)?;
    let lingers = !cut_back(&connection);
    drop(connection);
    let daemon_says = lock.is_none();
    if let Some(lock) = lock {
        say(path, now, patience, lock)?;
    }
    Ok(Forgotten {
        mentions: mentions(path, &emptied.texts, patience)?,
        persons: emptied.persons,
        daemon_says,
        namesakes: emptied.namesakes,
        lingers,
    })
}

/// Cuts back the write-ahead log, in which versions of a row are that is gone. Whoever reads may keep us from it. Never waits for them
/// with the lock held, which would hold up the daemon.
fn cut_back(connection: &Connection) -> bool {
    let cut = || -> rusqlite::Result<i64> {
        connection.busy_timeout(Duration::ZERO)?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
    };
    (0..CUT_TRIES).any(|_| {
        let done = matches!(cut(), Ok(0));
        if !done {
            std::thread::sleep(CUT_EVERY);
        }
        done
    })
}

struct Emptied {
    persons: Vec<PersonId>,
    namesakes: Vec<String>,
    texts: BTreeSet<String>,
}

fn empty(connection: &Connection, path: &Path, who: &str) -> Result<Emptied, NotForgotten> {
    let fault = at(path);
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(&fault)?;
    let (staff_no, namesakes) = find(&transaction, path, who)?;
    let mut rows: Vec<(i64, Option<String>)> = Vec::new();
    transaction
        .prepare("SELECT id, name FROM person WHERE staff_no = ?1 ORDER BY id")
        .and_then(|mut statement| {
            rows = statement
                .query_map([&staff_no], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(())
        })
        .map_err(&fault)?;
    let persons: BTreeSet<PersonId> = rows.iter().map(|(id, _)| PersonId(id.unsigned_abs())).collect();
    empty_rows(&transaction, &persons, Forgetting::Asked).map_err(&fault)?;
    transaction.commit().map_err(&fault)?;
    let texts = rows.into_iter().filter_map(|(_, name)| name).chain([staff_no]);
    Ok(Emptied {
        persons: persons.into_iter().collect(),
        namesakes,
        texts: texts.collect(),
    })
}

/// Whose staff number is meant, and who else is shown by that name.
fn find(connection: &Connection, path: &Path, who: &str) -> Result<(String, Vec<String>), NotForgotten> {
    let find = || -> rusqlite::Result<BTreeSet<String>> {
        connection
            .prepare("SELECT staff_no FROM person WHERE staff_no = ?1 OR name = ?1 AND staff_no IS NOT NULL")?
            .query_map([who], |row| row.get(0))?
            .collect()
    };
    let mut found = find().map_err(at(path))?;
    let who = who.to_owned();
    if found.remove(&who) {
        return Ok((who, found.into_iter().collect()));
    }
    match found.len() {
        0 => Err(NotForgotten::Nobody { who }),
        1 => Ok((found.pop_first().unwrap_or(who), Vec::new())),
        _ => Err(NotForgotten::Several {
            who,
            staff_nos: found.into_iter().collect(),
        }),
    }
}

/// Writes down whom the log has forgotten, in place of a daemon.
fn say(path: &Path, now: Time, patience: Duration, lock: Lock) -> Result<(), NotForgotten> {
    let mut writer = Writer::open(path.to_owned(), patience, lock)?;
    let (next, last_at) = writer.stands()?;
    let at = last_at.map_or(now, |last| last.max(now));
    let entry = |(seq, fact)| Entry {
        seq,
        at,
        record: Record::Fact(fact),
        unlogged: false,
    };
    let batch = Batch {
        expected_seq: next,
        entries: (next..).zip(writer.take_to_say()).map(entry).collect(),
        snapshot: None,
    };
    match writer.append(&[&batch]).pop() {
        Some(Err(why)) => Err(NotForgotten::Unsaid(why)),
        _ => Ok(()),
    }
}

/// Entries whose text holds one of these, as a word of its own where the script parts words.
fn mentions(path: &Path, texts: &BTreeSet<String>, patience: Duration) -> Result<(Vec<u64>, usize), JournalError> {
    let reader = Reader::open(path, patience)?;
    let mut found = BTreeSet::new();
    for text in texts {
        found.extend(reader.mentions(text)?);
    }
    let many = found.len();
    Ok((found.into_iter().take(MENTIONS).collect(), many))
}

/// Forgets whoever is not in the newest snapshot, was not named after it, and was last named before a time.
pub(super) fn forget_unnamed(connection: &mut Connection, people: &mut People, before: Time) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let newest = transaction
        .query_row(
            "SELECT seq, state FROM snapshots ORDER BY seq DESC LIMIT 1",
            [],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)),
        )
        .optional()?;
    let Some((seq, state)) = newest else { return Ok(()) };
    let mut persons: BTreeSet<PersonId> = transaction
        .prepare_cached("SELECT id FROM person WHERE forgotten IS NULL AND last_at < ?1 AND last_seq <= ?2")?
        .query_map((before.0, seq), |row| {
            row.get(0).map(|id: i64| PersonId(id.unsigned_abs()))
        })?
        .collect::<rusqlite::Result<_>>()?;
    if persons.is_empty() {
        return Ok(());
    }
    let Ok(mut state) = serde_json::from_slice(&state) else {
        return Ok(());
    };
    for id in references(&mut state) {
        persons.remove(&id);
    }
    empty_rows(&transaction, &persons, Forgetting::Unnamed)?;
    transaction.commit()?;
    people.forget(&persons, Forgetting::Unnamed);
    Ok(())
}

fn empty_rows(transaction: &Transaction<'_>, persons: &BTreeSet<PersonId>, why: Forgetting) -> rusqlite::Result<()> {
    for id in persons {
        transaction
            .prepare_cached(
                "UPDATE person SET staff_no = NULL, name = NULL, salt = NULL, forgotten = ?2, said = 0 WHERE id = ?1",
            )?
            .execute((column(id.0), why.as_str()))?;
    }
    Ok(())
}
