//! What went out before it was written down. Of an entry that was written late this is said behind it ([`Fact::WentOutUnlogged`]): what is
//! written is sealed. Whoever reads an entry is told it with the entry, by whatever way they read.

use super::people::Names;
use super::write::column;
use super::{Entry, Fact, Record};
use crate::core::Time;
use rusqlite::Connection;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Within so many entries behind it is said that an entry went out unlogged: more do not wait for a slow disk.
const BEHIND: u64 = 4_096;

/// So many entries are looked through at once at first, and twice as many each time, up to the most: who reads one page looks through few,
/// and who reads all of a log through each of its rows about twice.
const FIRST: u64 = 4_096;
const MOST: u64 = 1 << 16;

/// Which entries of a log went out unlogged, as far as it was looked through.
#[derive(Debug, Default)]
pub(super) struct Unlogged(RefCell<Known>);

#[derive(Debug)]
struct Known {
    entries: BTreeSet<u64>,
    /// Of these numbers it is known.
    of: RangeInclusive<u64>,
    next: u64,
}

impl Default for Known {
    fn default() -> Known {
        Known {
            entries: BTreeSet::new(),
            of: RangeInclusive::new(1, 0),
            next: FIRST,
        }
    }
}

impl Unlogged {
    /// Marks an entry that is said behind it to have gone out unlogged.
    pub(super) fn mark(&self, connection: &Connection, entry: &mut Entry) -> rusqlite::Result<()> {
        if entry.unlogged || !entry.record.is_instruction() {
            return Ok(());
        }
        let mut known = self.0.borrow_mut();
        if !known.of.contains(&entry.seq) {
            known.look(connection, entry.seq)?;
        }
        entry.unlogged = known.entries.contains(&entry.seq);
        Ok(())
    }
}

impl Known {
    /// Looks around an entry: whoever reads on, or back, finds the next ones known.
    fn look(&mut self, connection: &Connection, seq: u64) -> rusqlite::Result<()> {
        let (from, to) = (seq.saturating_sub(self.next), seq.saturating_add(self.next));
        self.next = (self.next * 2).min(MOST);
        self.entries.clear();
        let sql = "SELECT seq, at, body FROM log WHERE seq > ?1 AND seq <= ?2 AND kind = 'went_out_unlogged'";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query((column(from), column(to.saturating_add(BEHIND))))?;
        while let Some(row) = rows.next()? {
            let (seq, at) = (row.get::<_, i64>(0)?.unsigned_abs(), Time(row.get(1)?));
            // What cannot be understood is told of where it is read itself.
            let said = Entry::decode(seq, at, row.get_ref(2)?.as_bytes()?, &Names::default());
            if let Ok(Record::Fact(Fact::WentOutUnlogged { entries })) = said.map(|said| said.record) {
                self.entries.extend(entries);
            }
        }
        self.of = from..=to;
        Ok(())
    }
}
