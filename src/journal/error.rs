//! What can go wrong with the duty log: what happened and what to do, in words.

use super::Batch;
use rusqlite::ErrorCode;
use std::path::{Path, PathBuf};

/// The duty log could not be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another process writes to it.
    #[error(
        "the duty log {} is in use by another surged{by}; stop that one first, or give this one a \
         journal.path of its own",
        path.display()
    )]
    InUse {
        /// The log.
        path: PathBuf,
        /// ` (process 1234)` where known, else empty.
        by: String,
    },
    /// There is no such file.
    #[error("there is no duty log at {}; give the path of the file that journal.path names", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error(
        "{} is a database, but not a duty log of surged; point journal.path at another file, it is left as it was",
        path.display()
    )]
    NotADutyLog {
        /// The file.
        path: PathBuf,
    },
    /// A newer surged has written it.
    #[error(
        "the duty log {} has schema {found} and this surged knows up to {known}; start the newer surged that wrote it, \
         or put back a copy from before the upgrade",
        path.display()
    )]
    Newer {
        /// The log.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// An older surged is running, whose log has no table of people.
    #[error(
        "the duty log {} has schema {found}, in which names of people do not stand apart; start this surged in place of the one \
         that is running, then ask again",
        path.display()
    )]
    Older {
        /// The log.
        path: PathBuf,
        /// Its schema.
        found: u32,
    },
    /// An entry cannot be understood.
    #[error(
        "entry {seq} of the duty log {} cannot be read: {why}; `surged log verify` tells whether it was changed",
        path.display()
    )]
    Entry {
        /// The log.
        path: PathBuf,
        /// The entry.
        seq: u64,
        /// Why.
        why: String,
    },
    /// The disk, or who holds it.
    #[error("the duty log {}: {fault}", path.display())]
    Storage {
        /// The log.
        path: PathBuf,
        /// What is wrong.
        fault: Fault,
    },
}

/// What is wrong with the file under the log.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Fault {
    /// No room.
    #[error("the disk is full, or a quota is used up; free some room, it goes on by itself")]
    Full,
    /// Another program holds the database.
    #[error(
        "another program holds the database locked (a backup, an sqlite3 shell with an open transaction?); end it, \
         it goes on by itself"
    )]
    Locked,
    /// No right to write.
    #[error(
        "the file or its directory cannot be written to; give surged's user the right to write to both, and see that \
         the file system is not mounted read-only"
    )]
    ReadOnly,
    /// The file is not where it was.
    #[error(
        "the file was moved, replaced or deleted while surged runs; put it back, or restart surged to begin a new one"
    )]
    Moved,
    /// The file beside it that holds what was written last is not where it was.
    #[error(
        "the file -wal beside it was moved, replaced or deleted while surged runs; what it held has been saved into the duty log \
         itself, and it goes on by itself; leave the files beside the log alone"
    )]
    WalMoved,
    /// It, or the file beside it that holds what was written last, was emptied.
    #[error(
        "the file, or the file -wal beside it, was emptied while surged runs: what was written last is lost; find out what did it, put back \
         a copy when the floor is calm, and restart surged"
    )]
    Emptied,
    /// It could not be read at the start, so that nobody knows where it goes on.
    #[error(
        "it could not be read when surged started ({0}), so that surged does not know where it goes on and writes nothing; mend the \
         disk, then restart surged when the floor is calm"
    )]
    Unread(String),
    /// It cannot be opened or created.
    #[error(
        "it cannot be opened or created ({0}); its directory must exist, and surged's user must be able to write to it"
    )]
    CannotOpen(String),
    /// The disk or the operating system failed.
    #[error("reading or writing failed ({0}); look at the disk and at the kernel's log")]
    Io(String),
    /// The file is damaged.
    #[error(
        "the file is damaged or cut short ({0}); stop surged, keep the file for the record, and put back a copy, or \
         move it away to begin a new one"
    )]
    Corrupt(String),
    /// Anything else that the database says.
    #[error("the database says: {0}")]
    Other(String),
}

impl Fault {
    /// Whether a fresh connection is needed once it has gone.
    pub(super) fn spoils_connection(&self) -> bool {
        !matches!(self, Fault::Full | Fault::Locked | Fault::Moved | Fault::Emptied)
    }

    /// Whether a disk that is full, broken or not to be written to may be behind it: the plan can be run without it.
    pub(super) fn is_of_the_disk(&self) -> bool {
        matches!(
            self,
            Fault::Full | Fault::ReadOnly | Fault::CannotOpen(_) | Fault::Io(_)
        )
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library may tell more kinds of faults; whatever is not named is told as it comes"
)]
impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        let Some(code) = error.sqlite_error_code() else {
            return Fault::Corrupt(error.to_string());
        };
        match code {
            ErrorCode::DiskFull => Fault::Full,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Fault::Locked,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Fault::ReadOnly,
            ErrorCode::CannotOpen => Fault::CannotOpen(error.to_string()),
            ErrorCode::SystemIoFailure => Fault::Io(error.to_string()),
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Fault::Corrupt(error.to_string()),
            _ => Fault::Other(error.to_string()),
        }
    }
}

/// Gives a fault the path of its log.
pub(super) fn storage(path: &Path, fault: Fault) -> JournalError {
    JournalError::Storage {
        path: path.to_owned(),
        fault,
    }
}

/// The same of what the database says.
pub(super) fn at(path: &Path) -> impl Fn(rusqlite::Error) -> JournalError {
    move |error| storage(path, error.into())
}

/// A batch that was not written, given back unharmed.
#[derive(Debug)]
pub struct Failed {
    /// The batch.
    pub batch: Batch,
    /// Why.
    pub why: Refused,
}

/// Why a batch was not written. Nothing of it was.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// The log has gone on without the appender: it is no longer the owner and must stop.
    #[error(
        "the duty log stands at entry {next} already and this writer wanted to write entry {expected}: somebody else \
         writes to it; this surged must stop"
    )]
    Fenced {
        /// Where the batch wanted to begin.
        expected: u64,
        /// Where the log goes on.
        next: u64,
    },
    /// An earlier batch is missing, because it failed and has not been brought again yet.
    #[error("entry {expected} cannot be written before entry {next}: bring the batches that failed again, in order")]
    Gap {
        /// Where the batch wanted to begin.
        expected: u64,
        /// Where the log goes on.
        next: u64,
    },
    /// The batch is not in order in itself.
    #[error("entry {found} stands in a batch where entry {wanted} belongs; a batch's entries follow one another")]
    Disorder {
        /// The number that belongs there.
        wanted: u64,
        /// The number that is there.
        found: u64,
    },
    /// Something in it is too large to be real.
    #[error("{what} is {bytes} bytes and at most {limit} are kept; the batch is not written")]
    TooLarge {
        /// Which entry or snapshot.
        what: String,
        /// How large.
        bytes: usize,
        /// The most.
        limit: usize,
    },
    /// An entry has no JSON form.
    #[error("entry {seq} cannot be put in words for the log ({why}); the batch is not written")]
    Unspeakable {
        /// The entry.
        seq: u64,
        /// Why.
        why: String,
    },
    /// The disk, or who holds it. The same batch may be brought again.
    #[error("the duty log {} takes nothing: {fault}", path.display())]
    Storage {
        /// The log.
        path: PathBuf,
        /// What is wrong.
        fault: Fault,
    },
}

/// The log is closed; the batch comes back.
#[derive(Debug, thiserror::Error)]
#[error("the duty log is closed; {} entries were not written", .0.entries.len())]
pub struct Closed(pub Batch);

/// A batch that was not taken up at once; it comes back.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// So many batches wait already: wait, or do without. Nothing is ever dropped.
    #[error("the duty log is behind; {} entries were not taken up, bring them again", .0.entries.len())]
    Full(Batch),
    /// The log is closed.
    #[error("the duty log is closed; {} entries were not written", .0.entries.len())]
    Closed(Batch),
}
