//! The hash chain: each row of `log` seals all rows before it. Readings stand outside, so that pruning breaks nothing.
//!
//! `hash = SHA-256(hash before | seq | at | kind | queue | body)`: numbers as 8 bytes, most significant first; texts
//! behind their length in bytes, also 8 bytes; no queue is the empty text. The first row follows 32 zero bytes. The
//! chain shows that somebody changed the file; it cannot show it where they computed the whole chain anew, so that a
//! copy of the last hash belongs elsewhere (`surged log verify` prints it).

use super::PersonId;
use crate::core::Time;
use sha2::{Digest, Sha256};
use std::fmt;

/// The hash of a row.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Before the first row.
    pub const FIRST: Hash = Hash([0; 32]);

    /// The hash of the row that follows this one.
    pub(super) fn then(self, seq: u64, at: Time, kind: &[u8], queue: &[u8], body: &[u8]) -> Hash {
        let mut digest = Sha256::new();
        digest.update(self.0);
        digest.update(seq.to_be_bytes());
        digest.update(at.0.to_be_bytes());
        for text in [kind, queue, body] {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
        Hash(digest.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a walk along the chain found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Every row is as it was written.
    Whole {
        /// How many rows.
        rows: u64,
        /// The last row and its time; `None` in an empty log.
        last: Option<(u64, Time)>,
        /// The hash of the last row.
        head: Hash,
    },
    /// The chain breaks at this row: everything before it is as it was written, nothing can be said of what follows.
    Broken {
        /// The row.
        seq: u64,
        /// Its time.
        at: Time,
        /// The last good row before it and its time; `None`: it is the first.
        after: Option<(u64, Time)>,
    },
    /// All rows fit, but the last ones are missing.
    CutShort {
        /// The last row that is there and its time.
        last: Option<(u64, Time)>,
        /// The last row that was written.
        written: u64,
    },
    /// All rows are as they were written, but not the name of a person whom they refer to.
    NameChanged {
        /// Whose.
        person: PersonId,
        /// The row that sealed the name.
        seq: u64,
    },
}

/// Walks the chain. `check` takes one row after another in the order of their numbers, [`Walk::end`] tells what was
/// found.
#[derive(Debug)]
pub(super) struct Walk {
    rows: u64,
    last: Option<(u64, Time)>,
    head: Hash,
}

impl Walk {
    pub(super) fn begin() -> Walk {
        Walk {
            rows: 0,
            last: None,
            head: Hash::FIRST,
        }
    }

    /// Checks the next row against the hash that it bears, `sealed`.
    pub(super) fn check(&mut self, row: Row<'_>, sealed: &[u8]) -> Result<(), Verdict> {
        let hash = self.head.then(row.seq, row.at, row.kind, row.queue, row.body);
        if hash.0 != sealed {
            return Err(Verdict::Broken {
                seq: row.seq,
                at: row.at,
                after: self.last,
            });
        }
        self.rows += 1;
        self.last = Some((row.seq, row.at));
        self.head = hash;
        Ok(())
    }

    /// Compares the end with where the log says that it ends.
    pub(super) fn end(self, written: u64) -> Verdict {
        match self.last {
            last if last.map_or(0, |(seq, _)| seq) < written => Verdict::CutShort { last, written },
            last => Verdict::Whole {
                rows: self.rows,
                last,
                head: self.head,
            },
        }
    }
}

/// What is sealed of a row.
#[derive(Copy, Clone, Debug)]
pub(super) struct Row<'a> {
    pub(super) seq: u64,
    pub(super) at: Time,
    pub(super) kind: &'a [u8],
    pub(super) queue: &'a [u8],
    pub(super) body: &'a [u8],
}
