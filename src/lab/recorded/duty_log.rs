//! A daemon's duty log: what its core was told, in the order in which it was, and what it asked of the floor.
//!
//! Readings are kept for `keep_readings` (62 days where nothing else is said); what lies before is passed over. Plans and ladders are
//! passed over too: a replay has its own.

use super::Happening;
use crate::core::{Action, Decision, Input, Instruction, InstructionId, Name, Time, What};
use crate::feed::readings::ReadError;
use crate::journal::{Entry, JournalError, Reader, Record, Run, Spoiled, Walk, Walked};
use std::collections::VecDeque;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

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

impl Asked {
    /// What a decision asks for, and moves that a count found without one: what is said of either goes by its number.
    pub fn by(decision: &Decision) -> Vec<Asked> {
        if let What::Instruct { instruction, .. } = &decision.what {
            return vec![Asked::from(instruction)];
        }
        let What::Counted { found, .. } = &decision.what else {
            return Vec::new();
        };
        let found = found.iter().map(|found| Asked {
            id: found.instruction,
            at: decision.at,
            queue: decision.queue.clone(),
            tier: found.tier.clone(),
            action: Action::SignIn,
        });
        found.collect()
    }
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

/// What came last of a log.
enum Open {
    Told { at: Time, input: Option<Input> },
    Run(Run),
}

/// The entries of a log.
pub(super) struct Entries {
    path: PathBuf,
    walk: Walk,
    /// Before this, readings were let go.
    from: Time,
    /// What came last, and what was asked after it.
    open: Option<Open>,
    asked: Vec<Asked>,
    /// Readings that could not be read, not told of yet.
    spoiled: VecDeque<Spoiled>,
    ended: bool,
}

impl Entries {
    pub(super) fn open(path: &Path) -> Result<Entries, JournalError> {
        Entries::of(Reader::open(path, PATIENCE)?, path, 1..=u64::MAX)
    }

    /// From one moment to before another.
    pub(super) fn between(path: &Path, from: Time, to: Time) -> Result<Entries, JournalError> {
        let reader = Reader::open(path, PATIENCE)?;
        let (first, end) = (reader.first_since(from)?, reader.first_since(to)?);
        Entries::of(reader, path, first..=end.saturating_sub(1))
    }

    fn of(reader: Reader, path: &Path, range: RangeInclusive<u64>) -> Result<Entries, JournalError> {
        Ok(Entries {
            path: path.to_owned(),
            from: reader.readings_kept_from()?.unwrap_or(Time(i64::MIN)),
            walk: reader.walk(range)?,
            open: None,
            asked: Vec::new(),
            spoiled: VecDeque::new(),
            ended: false,
        })
    }

    /// Takes in what comes next; what came before it is over, if that is so.
    fn take(&mut self, next: Walked) -> Option<Happening> {
        match next {
            Walked::Run(mut run) => {
                run.skip_to(self.from);
                if run.is_empty() {
                    return None;
                }
                self.follow(Some(Open::Run(run)))
            }
            Walked::Entry(entry) if entry.at < self.from => None,
            Walked::Entry(entry) => self.take_entry(*entry),
        }
    }

    fn take_entry(&mut self, Entry { at, record, .. }: Entry) -> Option<Happening> {
        let input = match record {
            Record::Decision(decision) => {
                self.asked.extend(Asked::by(&decision));
                return None;
            }
            // Time went on until then all the same, and the first of them is where the log begins.
            Record::Input(Input::Configured { .. } | Input::LadderInForce { .. }) | Record::Fact(_) => None,
            Record::Input(input) => Some(input),
        };
        self.follow(Some(Open::Told { at, input }))
    }

    /// What came last is over: all that was asked after it is known.
    fn follow(&mut self, next: Option<Open>) -> Option<Happening> {
        let asked = std::mem::take(&mut self.asked);
        Some(match std::mem::replace(&mut self.open, next)? {
            Open::Told { at, input } => Happening::Told(Told { at, input, asked }),
            Open::Run(run) => Happening::Run { run, asked },
        })
    }
}

/// Why readings could not be read: some of them, or all from there on, which is no line of many.
fn unreadable(path: &Path, spoiled: &Spoiled) -> ReadError {
    let (path, detail) = (path.to_owned(), spoiled.to_string());
    match spoiled.last {
        u64::MAX => ReadError::File {
            path,
            error: io::Error::other(detail),
        },
        _ => ReadError::Line {
            path,
            line: spoiled.first,
            detail,
        },
    }
}

impl Iterator for Entries {
    type Item = Result<Happening, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(spoiled) = self.spoiled.pop_front() {
                return Some(Err(unreadable(&self.path, &spoiled)));
            }
            if self.ended {
                // What the log ends with stayed open until now.
                return self.follow(None).map(Ok);
            }
            let next = self.walk.next_step();
            self.spoiled.extend(self.walk.take_spoiled());
            match next {
                Ok(Some(next)) => {
                    if let Some(happened) = self.take(next) {
                        return Some(Ok(happened));
                    }
                }
                Ok(None) => self.ended = true,
                Err(fault) => {
                    self.ended = true;
                    return Some(Err(ReadError::File {
                        path: self.path.clone(),
                        error: io::Error::other(fault),
                    }));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_that_are_lost_to_the_end_are_no_line() {
        let spoiled = |last| Spoiled {
            first: 7,
            last,
            since: Time(0),
            until: Time(0),
            why: "the disk".into(),
        };
        let fault = unreadable(Path::new("surged.db"), &spoiled(9)).to_string();
        assert!(fault.starts_with("surged.db:7: readings 7 to 9"), "{fault}");
        let lost = unreadable(Path::new("surged.db"), &spoiled(u64::MAX));
        assert!(matches!(lost, ReadError::File { .. }), "{lost}");
        assert!(
            lost.to_string()
                .contains("readings from entry 7 on cannot be read: the disk"),
            "{lost}"
        );
    }
}
