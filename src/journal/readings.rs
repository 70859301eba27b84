//! The table of packed readings: written at its end, found by number and time, let go from its beginning.

use super::pack::{Packed, Packer, Place, Unpacker, unpack};
use super::write::column;
use crate::core::Input;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, named_params};
use std::collections::BTreeMap;

/// Blocks deleted between two commits.
const PRUNED_AT_ONCE: u32 = 32;

/// Pages that become free are given back to the disk so many at a time.
const GIVEN_BACK_AT_ONCE: u32 = 64;

/// What SQLite calls `auto_vacuum = INCREMENTAL`.
const INCREMENTAL: u32 = 2;

/// The last block, as whoever writes remembers it from one commit to the next: it need not be read again to go on with it.
#[derive(Default)]
pub(super) enum Tail {
    /// To be looked up: nothing was written yet, a commit failed, or somebody else may have changed it.
    #[default]
    Unknown,
    /// It has no room, or there is none.
    Full,
    /// It goes on.
    Open {
        /// The number of its first reading.
        first: i64,
        /// The time of its first reading.
        since: i64,
        packer: Box<Packer>,
    },
}

impl Tail {
    /// What the table says. A block that cannot be read is left as it is.
    fn look_up(transaction: &Transaction<'_>) -> rusqlite::Result<Tail> {
        let last = transaction
            .prepare_cached("SELECT first, since, body FROM packed ORDER BY first DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?)))
            .optional()?;
        let resumed = last.and_then(|(first, since, body)| Some((first, since, Packer::resume(body).ok()?)));
        Ok(match resumed {
            Some((first, since, packer)) if !packer.is_full() => Tail::Open {
                first,
                since,
                packer: Box::new(packer),
            },
            _ => Tail::Full,
        })
    }
}

/// Adds readings behind all others: the last block goes on as long as it has room. `tail` is ahead of the table until the transaction is
/// committed; where it is not, it is to be looked up anew.
pub(super) fn add(transaction: &Transaction<'_>, readings: &[Packed], tail: &mut Tail) -> rusqlite::Result<()> {
    if readings.is_empty() {
        return Ok(());
    }
    if matches!(tail, Tail::Unknown) {
        *tail = Tail::look_up(transaction)?;
    }
    let mut store = transaction.prepare_cached(
        "INSERT OR REPLACE INTO packed (first, last, since, until, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let mut readings = readings.iter().peekable();
    while let Some(reading) = readings.next() {
        let (first, since, mut packer) = match std::mem::replace(tail, Tail::Full) {
            Tail::Open { first, since, packer } => (first, since, packer),
            Tail::Unknown | Tail::Full => (column(reading.seq), reading.at, Box::default()),
        };
        packer.push(reading);
        let full = packer.is_full();
        if full || readings.peek().is_none() {
            store.execute((first, column(reading.seq), since, reading.at, packer.bytes()))?;
        }
        if !full {
            *tail = Tail::Open { first, since, packer };
        }
    }
    Ok(())
}

/// Readings by number, of those between two.
pub(super) fn between(connection: &Connection, first: u64, last: u64) -> rusqlite::Result<BTreeMap<u64, Packed>> {
    let mut blocks = connection.prepare_cached("SELECT body FROM packed WHERE first <= ?2 AND last >= ?1")?;
    let mut blocks = blocks.query((column(first), column(last)))?;
    let mut found = BTreeMap::new();
    while let Some(block) = blocks.next()? {
        // What cannot be read is not there.
        for reading in unpack(block.get_ref(0)?.as_blob()?).unwrap_or_default() {
            if (first..=last).contains(&reading.seq) {
                found.insert(reading.seq, reading);
            }
        }
    }
    Ok(found)
}

/// Lets some blocks go of which all readings are from before a time and none is needed by a snapshot, and at the end what there is of such
/// readings in the block that is then the oldest; whether there may be more.
pub(super) fn prune(connection: &mut Connection, before: i64) -> rusqlite::Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let deleted = transaction
        .prepare_cached(
            "DELETE FROM packed WHERE until < ?1 AND first IN (
                 SELECT first FROM packed WHERE last <= (SELECT min(seq) FROM snapshots) ORDER BY first LIMIT ?2)",
        )?
        .execute((before, PRUNED_AT_ONCE))?;
    let more = deleted == PRUNED_AT_ONCE as usize;
    if !more {
        cut_oldest(&transaction, before)?;
    }
    transaction.commit()?;
    Ok(more)
}

fn cut_oldest(transaction: &Transaction<'_>, before: i64) -> rusqlite::Result<()> {
    let oldest = transaction
        .prepare_cached(
            "SELECT first, body, (SELECT min(seq) FROM snapshots) FROM packed WHERE since < ?1 ORDER BY first LIMIT 1",
        )?
        .query_row([before], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((first, block, Some(snapshot))): Option<(i64, Vec<u8>, Option<i64>)> = oldest else {
        return Ok(());
    };
    // A block that cannot be read stays until it goes whole.
    let Ok(mut readings) = unpack(&block) else {
        return Ok(());
    };
    let all = readings.len();
    readings.retain(|reading| reading.at >= before || column(reading.seq) > snapshot);
    let Some(kept) = readings.first().filter(|_| readings.len() < all) else {
        return Ok(());
    };
    let mut packer = Packer::default();
    readings.iter().for_each(|reading| packer.push(reading));
    transaction
        .prepare_cached("UPDATE packed SET first = ?2, since = ?3, body = ?4 WHERE first = ?1")?
        .execute((first, column(kept.seq), kept.at, packer.bytes()))?;
    Ok(())
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<u32> {
    connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
}

/// A copy that is made of this log can shrink, also where the log itself began before that.
pub(super) fn let_copies_shrink(connection: &Connection) -> rusqlite::Result<()> {
    // Where it is so already SQLite would write it down once more, and the connection may only read.
    match pragma(connection, "auto_vacuum")? {
        INCREMENTAL => Ok(()),
        _ => connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL"),
    }
}

/// Gives some of the file's free pages back to the disk; whether there are more. A log that began before it could shrink keeps them for
/// what comes.
pub(super) fn give_back(connection: &Connection) -> rusqlite::Result<bool> {
    if pragma(connection, "auto_vacuum")? != INCREMENTAL {
        return Ok(false);
    }
    let free = pragma(connection, "freelist_count")?;
    if free == 0 {
        return Ok(false);
    }
    connection.execute_batch(&format!("PRAGMA incremental_vacuum({GIVEN_BACK_AT_ONCE})"))?;
    let left = pragma(connection, "freelist_count")?;
    Ok((1..free).contains(&left))
}

/// Which readings are looked for.
#[derive(Copy, Clone, Debug)]
pub(super) struct Wanted {
    /// Only after this number.
    pub after: u64,
    /// Only before this number.
    pub before: u64,
    /// Handled at this time or later.
    pub since: i64,
    /// Handled before this time.
    pub until: i64,
    /// The newest first.
    pub newest: bool,
}

impl Default for Wanted {
    fn default() -> Wanted {
        Wanted {
            after: 0,
            before: u64::MAX,
            since: i64::MIN,
            until: i64::MAX,
            newest: false,
        }
    }
}

impl Wanted {
    fn has(&self, place: &Place) -> bool {
        (place.seq > self.after && place.seq < self.before) && (self.since..self.until).contains(&place.at)
    }
}

/// A reading that was found.
#[derive(Debug)]
pub(super) struct Found {
    pub seq: u64,
    pub at: i64,
    pub said: Said,
}

/// What it says.
#[derive(Debug)]
pub(super) enum Said {
    Input(Input),
    /// In the body of its row.
    Body(String),
}

/// A block that cannot be read: the number of its first reading, and why, in words.
#[derive(Debug)]
pub(super) struct Spoiled {
    pub first: u64,
    pub why: String,
}

/// Goes through the readings that are looked for, a block at a time.
#[derive(Debug)]
pub(super) struct Blocks {
    wanted: Wanted,
    /// The first block that can hold any.
    from: i64,
    /// The block that was opened last, by its first number.
    at: Option<i64>,
    /// It is being read.
    open: Option<Unpacker<Vec<u8>>>,
    /// Those of it that were read and not given, the next of them last: one, or all where the newest come first.
    read: Vec<Found>,
}

impl Blocks {
    pub fn of(connection: &Connection, wanted: Wanted) -> rusqlite::Result<Blocks> {
        let from: Option<i64> = connection
            .prepare_cached("SELECT max(first) FROM packed WHERE first <= ?1")?
            .query_row([column(wanted.after.saturating_add(1))], |row| row.get(0))?;
        Ok(Blocks {
            wanted,
            from: from.unwrap_or(0),
            at: None,
            open: None,
            read: Vec::new(),
        })
    }

    /// The number of the next reading.
    pub fn peek(&mut self, connection: &Connection) -> rusqlite::Result<Result<Option<u64>, Spoiled>> {
        while self.read.is_empty() {
            if self.open.is_none() && !self.find(connection)? {
                return Ok(Ok(None));
            }
            if let Err(why) = self.read_on() {
                (self.open, self.read) = (None, Vec::new());
                let first = self.at.unwrap_or_default().unsigned_abs();
                return Ok(Err(Spoiled { first, why }));
            }
        }
        Ok(Ok(self.read.last().map(|reading| reading.seq)))
    }

    /// The next reading.
    pub fn next(&mut self, connection: &Connection) -> rusqlite::Result<Result<Option<Found>, Spoiled>> {
        Ok(self.peek(connection)?.map(|_| self.read.pop()))
    }

    /// Reads the open block: up to the next reading that is looked for, or all of it where the newest come first.
    fn read_on(&mut self) -> Result<(), String> {
        while let Some(block) = &mut self.open
            && (self.wanted.newest || self.read.is_empty())
        {
            match block.next()? {
                Some(place) if self.wanted.has(&place) => {
                    if !self.wanted.newest {
                        // Given once, wherever its block is cut or goes on meanwhile.
                        self.wanted.after = place.seq;
                    }
                    self.read.push(Found {
                        seq: place.seq,
                        at: place.at,
                        said: match block.input(&place) {
                            Some(input) => Said::Input(input),
                            None => Said::Body(block.body(&place)?),
                        },
                    });
                }
                Some(_) => {}
                None => self.open = None,
            }
        }
        Ok(())
    }

    /// Finds the next block; whether there is one.
    fn find(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let Wanted {
            after,
            before,
            since,
            until,
            newest,
        } = self.wanted;
        let (next, order) = match newest {
            true => ("first < :at", "DESC"),
            false => ("first > :at", ""),
        };
        let at = self
            .at
            .unwrap_or(if newest { i64::MAX } else { self.from.saturating_sub(1) });
        let found = connection
            .prepare_cached(&format!(
                "SELECT first, body FROM packed WHERE {next} AND first >= :from AND first < :before AND last > :after
                     AND until >= :since AND since < :until ORDER BY first {order} LIMIT 1"
            ))?
            .query_row(
                named_params! {
                    ":at": at, ":from": self.from, ":before": column(before), ":after": column(after), ":since": since, ":until": until,
                },
                |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)),
            )
            .optional()?;
        if let Some((first, block)) = found {
            (self.at, self.open) = (Some(first), Some(Unpacker::of(block)));
        }
        Ok(self.open.is_some())
    }
}
