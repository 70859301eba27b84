//! The table of packed readings: written at its end, found by number and time, let go from its beginning.

use super::pack::{Packed, Packer, Place, Unpacked, unpack};
use super::run::Run;
use super::write::column;
use crate::core::{Input, Time};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, named_params};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

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
        let resumed = last.and_then(|(first, since, body)| Some((first, since, Packer::resume(&body).ok()?)));
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
            store.execute((first, column(reading.seq), since, reading.at, packer.block()))?;
        }
        if !full {
            *tail = Tail::Open { first, since, packer };
        }
    }
    Ok(())
}

/// Readings by number, of those between two.
pub(super) fn between(connection: &Connection, first: u64, last: u64) -> rusqlite::Result<BTreeMap<u64, Packed>> {
    let wanted = Wanted {
        after: first.saturating_sub(1),
        before: last.saturating_add(1),
        as_written: true,
        ..Wanted::default()
    };
    // What cannot be read is not there.
    let table = Table {
        connection,
        passed_over: &RefCell::default(),
    };
    let mut blocks = Blocks::of(table, wanted)?;
    let mut found = BTreeMap::new();
    while let Some(Found { seq, at, said }) = blocks.next(table)? {
        if let Said::Body(body) = said {
            found.insert(seq, Packed { seq, at, body });
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
    let stays = |seq: u64, at: i64| at >= before || column(seq) > snapshot;
    let kept = unpack(&block, stays).and_then(|kept| {
        let readings = kept.places.iter().map(|place| kept.packed(place));
        Ok((readings.collect::<Result<Vec<_>, _>>()?, kept.ends))
    });
    let Ok((readings, ends)) = kept else {
        return Ok(());
    };
    // Numbers and times rise: what goes is at the beginning.
    let began = ends.map(|[first, _]| first.seq);
    let Some(kept) = readings.first().filter(|kept| began < Some(kept.seq)) else {
        return Ok(());
    };
    let mut packer = Packer::default();
    readings.iter().for_each(|reading| packer.push(reading));
    transaction
        .prepare_cached("UPDATE packed SET first = ?2, since = ?3, body = ?4 WHERE first = ?1")?
        .execute((first, column(kept.seq), kept.at, packer.block()))?;
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
    /// The body of each, also where what it says is known without.
    pub as_written: bool,
}

impl Default for Wanted {
    fn default() -> Wanted {
        Wanted {
            after: 0,
            before: u64::MAX,
            since: i64::MIN,
            until: i64::MAX,
            newest: false,
            as_written: false,
        }
    }
}

impl Wanted {
    fn has(&self, seq: u64, at: i64) -> bool {
        (seq > self.after && seq < self.before) && (self.since..self.until).contains(&at)
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

/// Readings that cannot be read any more, since their place in the file was spoiled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spoiled {
    /// The number of the first of them.
    pub first: u64,
    /// The number of the last; more than any: nobody knows.
    pub last: u64,
    /// When the first was handled.
    pub since: Time,
    /// When the last was handled.
    pub until: Time,
    /// What is wrong with them, in words.
    pub why: String,
}

impl Spoiled {
    /// A reading alone.
    pub(super) fn one(seq: u64, at: Time, why: String) -> Spoiled {
        Spoiled {
            first: seq,
            last: seq,
            since: at,
            until: at,
            why,
        }
    }
}

impl fmt::Display for Spoiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last {
            u64::MAX => write!(f, "readings from entry {} on cannot be read: {}", self.first, self.why),
            last => write!(f, "readings {} to {last} cannot be read: {}", self.first, self.why),
        }
    }
}

/// What was passed over, by the number of its first reading.
pub(super) type PassedOver = RefCell<BTreeMap<u64, Spoiled>>;

/// Where readings are, and where it is said which of them cannot be read.
#[derive(Copy, Clone)]
pub(super) struct Table<'a> {
    pub connection: &'a Connection,
    pub passed_over: &'a PassedOver,
}

/// Goes through the readings that are looked for, unpacking a block at a time. A block that cannot be read is passed over: decisions do not
/// stand in it, and must not become unreadable with it.
#[derive(Debug)]
pub(super) struct Blocks {
    wanted: Wanted,
    /// The first block that can hold any.
    from: i64,
    /// The block that was unpacked last, by its first number.
    at: Option<i64>,
    /// What stands in it, and which of its readings were not given yet.
    unpacked: Arc<Unpacked>,
    left: Range<usize>,
    /// The table itself cannot be read on.
    broken: bool,
}

/// A row of the table.
struct Block {
    first: i64,
    last: i64,
    since: i64,
    until: i64,
    body: Vec<u8>,
}

impl Block {
    /// Those of its readings that are wanted.
    fn readings(&self, wanted: &Wanted) -> Result<Unpacked, String> {
        let unpacked = unpack(&self.body, |seq, at| wanted.has(seq, at))?;
        let ends = unpacked.ends.map(|ends| ends.map(|end| (column(end.seq), end.at)));
        match unpacked.in_order && ends == Some([(self.first, self.since), (self.last, self.until)]) {
            true => Ok(unpacked),
            false => Err("its block holds other readings than it says".to_owned()),
        }
    }

    fn spoiled(&self, why: String) -> Spoiled {
        Spoiled {
            first: self.first.unsigned_abs(),
            last: self.last.unsigned_abs(),
            since: Time(self.since),
            until: Time(self.until),
            why,
        }
    }
}

impl Blocks {
    pub fn of(table: Table<'_>, wanted: Wanted) -> rusqlite::Result<Blocks> {
        let mut blocks = Blocks {
            wanted,
            from: 0,
            at: None,
            unpacked: Arc::default(),
            left: 0..0,
            broken: false,
        };
        let from = blocks.first_of_them(table.connection);
        blocks.from = blocks.unless_broken(table, from)?.unwrap_or(0);
        Ok(blocks)
    }

    /// The number of the next reading.
    pub fn peek(&mut self, table: Table<'_>) -> rusqlite::Result<Option<u64>> {
        while self.left.is_empty() && !self.broken {
            let block = self.block(table.connection);
            let Some(block) = self.unless_broken(table, block)? else {
                return Ok(None);
            };
            self.at = Some(block.first);
            match block.readings(&self.wanted) {
                Ok(unpacked) => (self.left, self.unpacked) = (0..unpacked.places.len(), Arc::new(unpacked)),
                Err(why) => pass_over(table, block.spoiled(why)),
            }
            if !self.wanted.newest {
                // Given once, wherever their block is cut or goes on meanwhile.
                let last = self.unpacked.places[self.left.clone()].last();
                self.wanted.after = last.map_or(self.wanted.after, |last| last.seq);
            }
        }
        Ok(self.next_place().map(|place| self.unpacked.places[place].seq))
    }

    fn next_place(&self) -> Option<usize> {
        let mut left = self.left.clone();
        if self.wanted.newest {
            left.next_back()
        } else {
            left.next()
        }
    }

    /// The next reading. One that cannot be put together is passed over.
    pub fn next(&mut self, table: Table<'_>) -> rusqlite::Result<Option<Found>> {
        while self.peek(table)?.is_some() {
            let left = &mut self.left;
            let next = if self.wanted.newest {
                left.next_back()
            } else {
                left.next()
            };
            let Some(place) = next.map(|next| self.unpacked.places[next]) else {
                break;
            };
            let input = self.unpacked.input(&place).filter(|_| !self.wanted.as_written);
            let said = match input.map(Said::Input) {
                Some(said) => Ok(said),
                None => self.unpacked.body(&place).map(Said::Body),
            };
            let (seq, at) = (place.seq, place.at);
            match said {
                Ok(said) => return Ok(Some(Found { seq, at, said })),
                Err(why) => pass_over(table, Spoiled::one(seq, Time(at), why)),
            }
        }
        Ok(None)
    }

    /// The next readings that say no more than numbers, those before a number; `None`: the next is no such one, or comes later.
    pub fn run(&mut self, table: Table<'_>, before: u64) -> rusqlite::Result<Option<Run>> {
        self.peek(table)?;
        let places = &self.unpacked.places[self.left.clone()];
        let belongs = |place: &&Place| place.seq < before && self.unpacked.is_plain(place);
        let count = places.iter().take_while(belongs).count();
        if count == 0 {
            return Ok(None);
        }
        let from = self.left.start;
        self.left.start += count;
        Ok(Some(Run::of(&self.unpacked, from..self.left.start)))
    }

    /// Where the file is damaged under the table itself, all that is left of it is passed over.
    fn unless_broken<T>(
        &mut self,
        table: Table<'_>,
        found: rusqlite::Result<Option<T>>,
    ) -> rusqlite::Result<Option<T>> {
        match found {
            Err(fault) if fault.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
                self.broken = true;
                let read_to = self.at.filter(|_| !self.wanted.newest);
                let rest = Spoiled {
                    first: read_to.map_or(0, |at| at.unsigned_abs() + 1),
                    last: u64::MAX,
                    since: Time(i64::MIN),
                    until: Time::NEVER,
                    why: fault.to_string(),
                };
                pass_over(table, rest);
                Ok(None)
            }
            found => found,
        }
    }

    fn first_of_them(&self, connection: &Connection) -> rusqlite::Result<Option<i64>> {
        connection
            .prepare_cached("SELECT max(first) FROM packed WHERE first <= ?1")?
            .query_row([column(self.wanted.after.saturating_add(1))], |row| row.get(0))
    }

    fn block(&self, connection: &Connection) -> rusqlite::Result<Option<Block>> {
        let Wanted {
            after,
            before,
            since,
            until,
            newest,
            as_written: _,
        } = self.wanted;
        let (next, order) = match newest {
            true => ("first < :at", "DESC"),
            false => ("first > :at", ""),
        };
        let at = self
            .at
            .unwrap_or(if newest { i64::MAX } else { self.from.saturating_sub(1) });
        connection
            .prepare_cached(&format!(
                "SELECT first, last, since, until, body FROM packed WHERE {next} AND first >= :from AND first < :before
                     AND last > :after AND until >= :since AND since < :until ORDER BY first {order} LIMIT 1"
            ))?
            .query_row(
                named_params! {
                    ":at": at, ":from": self.from, ":before": column(before), ":after": column(after), ":since": since, ":until": until,
                },
                |row| {
                    Ok(Block {
                        first: row.get(0)?,
                        last: row.get(1)?,
                        since: row.get(2)?,
                        until: row.get(3)?,
                        body: row.get(4)?,
                    })
                },
            )
            .optional()
    }
}

fn pass_over(table: Table<'_>, spoiled: Spoiled) {
    table.passed_over.borrow_mut().insert(spoiled.first, spoiled);
}
