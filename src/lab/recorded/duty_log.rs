//! A daemon's duty log: what its core was told, in the order in which it was, and what it asked of the floor.
//!
//! Readings are kept for `keep_readings` (62 days where nothing else is said); what lies before is passed over. Plans and ladders are
//! passed over too: a replay has its own.

use super::Happening;
use crate::core::{Action, Input, Instruction, InstructionId, Name, Time, What};
use crate::feed::readings::ReadError;
use crate::journal::{JournalError, Reader, Record, Spoiled};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Entries that are read at once.
const CHUNK: usize = 10_000;

/// How long a daemon's lock on its log is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Something that the daemon's core was told.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    /// When; it had decided before what was due by then.
    pub at: Time,
    /// What; `None`: nothing, the log begins or ends here.
    pub input: Option<Input>,
    /// What it asked of the floor from here on, until it was told the next thing.
    pub asked: Vec<Asked>,
}

/// An instruction of the daemon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Its number in that log.
    pub id: InstructionId,
    /// When it was decided.
    pub at: Time,
    /// For which queue.
    pub queue: Name,
    /// By which tier.
    pub tier: Name,
    /// What was to be done.
    pub action: Action,
}

impl From<&Instruction> for Asked {
    fn from(given: &Instruction) -> Asked {
        Asked {
            id: given.id,
            at: given.at,
            queue: given.queue.clone(),
            tier: given.tier.clone(),
            action: given.action,
        }
    }
}

/// The entries of a log.
pub(super) struct Entries {
    path: PathBuf,
    reader: Reader,
    next: u64,
    /// The last number that is read.
    last: u64,
    /// Before this, readings were let go.
    from: Time,
    read: VecDeque<Told>,
    /// The last one, to which what was asked after it belongs.
    open: Option<Told>,
    /// Readings that could not be read, not told of yet.
    spoiled: VecDeque<Spoiled>,
    ended: bool,
}

impl Entries {
    pub(super) fn open(path: &Path) -> Result<Entries, JournalError> {
        let reader = Reader::open(path, PATIENCE)?;
        let from = reader.readings_kept_from()?.unwrap_or(Time(i64::MIN));
        Ok(Entries {
            path: path.to_owned(),
            reader,
            next: 1,
            last: u64::MAX,
            from,
            read: VecDeque::new(),
            open: None,
            spoiled: VecDeque::new(),
            ended: false,
        })
    }

    /// From one moment to before another.
    pub(super) fn between(path: &Path, from: Time, to: Time) -> Result<Entries, JournalError> {
        let all = Entries::open(path)?;
        let (next, end) = (all.reader.first_since(from)?, all.reader.first_since(to)?);
        Ok(Entries {
            next,
            last: end.saturating_sub(1),
            ..all
        })
    }

    /// Reads on. What the log ends with stays open until then.
    fn fill(&mut self) -> Result<(), JournalError> {
        let entries = self.reader.read(self.next..=self.last, CHUNK)?;
        self.spoiled.extend(self.reader.take_spoiled());
        self.ended = entries.is_empty();
        for entry in entries {
            self.next = entry.seq + 1;
            if entry.at < self.from {
                continue;
            }
            match entry.record {
                Record::Decision(decision) => {
                    if let (What::Instruct { instruction, .. }, Some(open)) = (&decision.what, &mut self.open) {
                        open.asked.push(Asked::from(instruction));
                    }
                }
                Record::Input(Input::Configured { .. } | Input::LadderInForce { .. }) | Record::Fact(_) => {
                    // Time went on until then all the same, and the first of them is where the log begins.
                    let (at, input, asked) = (entry.at, None, Vec::new());
                    self.read.extend(self.open.replace(Told { at, input, asked }));
                }
                Record::Input(input) => {
                    let (at, input, asked) = (entry.at, Some(input), Vec::new());
                    self.read.extend(self.open.replace(Told { at, input, asked }));
                }
            }
        }
        if self.ended {
            self.read.extend(self.open.take());
        }
        Ok(())
    }
}

impl Iterator for Entries {
    type Item = Result<Happening, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.read.is_empty() && self.spoiled.is_empty() && !self.ended {
            if let Err(fault) = self.fill() {
                self.ended = true;
                return Some(Err(ReadError::File {
                    path: self.path.clone(),
                    error: io::Error::other(fault),
                }));
            }
        }
        if let Some(spoiled) = self.spoiled.pop_front() {
            return Some(Err(ReadError::Line {
                path: self.path.clone(),
                line: spoiled.first,
                detail: spoiled.to_string(),
            }));
        }
        self.read.pop_front().map(Happening::Told).map(Ok)
    }
}
