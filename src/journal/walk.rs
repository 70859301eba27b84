//! The entries of a duty log one after another, read as they are asked for: a log of any length needs little memory.

use super::Entry;
use super::error::{JournalError, at};
use super::people::Names;
use super::read::Reader;
use super::readings::{Blocks, Spoiled, Wanted};
use super::run::Run;
use super::schema::PACKED;
use super::write::column;
use rusqlite::named_params;
use std::collections::VecDeque;
use std::ops::RangeInclusive;

/// Entries beside packed readings that are read at once.
const ROWS_AT_ONCE: u32 = 1_000;

/// What a walk comes to.
#[derive(Clone, PartialEq, Debug)]
pub enum Walked {
    /// Readings that say no more than numbers.
    Run(Run),
    /// Anything else.
    Entry(Box<Entry>),
}

/// A walk through a log. What is written meanwhile is not in it.
#[derive(Debug)]
pub struct Walk {
    reader: Reader,
    names: Names,
    /// The last number that is gone to.
    last: u64,
    /// Where the log has none, there were none yet.
    blocks: Option<Blocks>,
    /// Entries beside packed readings, read and not given yet; the number of the last one that was read, and whether there are more.
    rows: VecDeque<Entry>,
    read: u64,
    more: bool,
}

impl Reader {
    /// Goes through a range of numbers, readings included.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn walk(self, range: RangeInclusive<u64>) -> Result<Walk, JournalError> {
        // All up to here is in the log, with everybody whom it names; what is packed behind it later is no concern of this walk.
        let last = self.next_seq()?.saturating_sub(1).min(*range.end());
        let names = self.names()?;
        let read = range.start().saturating_sub(1);
        let wanted = Wanted {
            after: read,
            before: last.saturating_add(1),
            ..Wanted::default()
        };
        let has_blocks = self.schema >= PACKED && last > read;
        let blocks = has_blocks.then(|| Blocks::of(self.table(), wanted));
        let blocks = blocks.transpose().map_err(at(&self.path))?;
        Ok(Walk {
            reader: self,
            names,
            last,
            blocks,
            rows: VecDeque::new(),
            read,
            more: true,
        })
    }
}

impl Walk {
    /// What comes next; `None` at the end.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn next_step(&mut self) -> Result<Option<Walked>, JournalError> {
        if self.rows.is_empty() && self.more {
            self.read_rows()?;
        }
        let Walk {
            reader, names, blocks, ..
        } = self;
        if let Some(blocks) = blocks {
            let fault = at(&reader.path);
            let row = self.rows.front().map_or(u64::MAX, |row| row.seq);
            while blocks
                .peek(reader.table())
                .map_err(&fault)?
                .is_some_and(|reading| reading < row)
            {
                if let Some(run) = blocks.run(reader.table(), row).map_err(&fault)? {
                    return Ok(Some(Walked::Run(run)));
                }
                let found = blocks.next(reader.table()).map_err(&fault)?;
                let entry = found.and_then(|found| reader.found(found, names));
                if entry.is_some() {
                    return Ok(entry.map(Box::new).map(Walked::Entry));
                }
            }
        }
        Ok(self.rows.pop_front().map(Box::new).map(Walked::Entry))
    }

    /// Readings that were passed over since this was last asked, as they cannot be read.
    pub fn take_spoiled(&self) -> Vec<Spoiled> {
        self.reader.take_spoiled()
    }

    fn read_rows(&mut self) -> Result<(), JournalError> {
        let sql = "SELECT seq, at, body FROM log WHERE seq BETWEEN :from AND :to
                   UNION ALL SELECT seq, at, body FROM readings WHERE seq BETWEEN :from AND :to
                   ORDER BY seq LIMIT :limit";
        let (from, to) = (column(self.read.saturating_add(1)), column(self.last));
        let rows = &mut self.rows;
        let wanted = named_params! {":from": from, ":to": to, ":limit": ROWS_AT_ONCE};
        self.reader.rows(sql, wanted, |entry| {
            rows.push_back(entry);
            Ok::<(), JournalError>(())
        })?;
        self.more = self.rows.len() == ROWS_AT_ONCE as usize;
        self.read = self.rows.back().map_or(self.read, |row| row.seq);
        Ok(())
    }
}
