//! A copy of the duty log beside a running daemon, and the way back.
//!
//! ```text
//!  backup    log ──one view, VACUUM INTO──► TO.part ──chain walked──► TO
//!  restore   FROM ──chain walked──► LOG.part ──► LOG        what was there before ──► LOG.before-restore-…
//! ```
//!
//! A copy counts only once its chain was walked. Nothing that is there already is ever overwritten.

use super::chain::Verdict;
use super::error::{Fault, JournalError, at, storage};
use super::lock::lock;
use super::read::Reader;
use super::readings::{self, Spoiled};
use super::schema::{self, DATABASE};
use crate::core::Time;
use rusqlite::ErrorCode;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A copy that was made and walked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copied {
    /// Entries of its chain.
    pub entries: u64,
    /// Its last one.
    pub last: Option<(u64, Time)>,
    /// The last hash, in hexadecimal digits.
    pub head: String,
    /// Readings that cannot be read in it, as they could not in what was copied: decisions do not stand there.
    pub spoiled: Vec<Spoiled>,
    /// Where the log that was there before lies now, where there was one.
    pub before: Option<PathBuf>,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum NotCopied {
    /// The log.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Something is there.
    #[error("{} is there already and is left as it is; name a file that is not", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// No room for the copy.
    #[error(
        "{} cannot be made: the disk is full there, or a quota is used up; free some room, or name a file on another disk, then do it again: nothing \
         was changed, and nothing is left of it",
        path.display()
    )]
    NoRoom {
        /// The copy.
        path: PathBuf,
    },
    /// The database cannot write the copy, for another reason.
    #[error(
        "{} cannot be made: {why}; look at its disk and at that of the log; nothing was changed, and nothing is left of it",
        path.display()
    )]
    NotMade {
        /// The copy.
        path: PathBuf,
        /// What it said.
        why: rusqlite::Error,
    },
    /// What is to be put back is something else.
    #[error(
        "{} is no copy of a duty log; name a file that `surged backup` has made: nothing was changed",
        path.display()
    )]
    NoCopy {
        /// The file.
        path: PathBuf,
    },
    /// A file cannot be read, written or moved.
    #[error("{}: {error}; see that this user may do so, then do it again: nothing was changed", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The chain is not whole.
    #[error(
        "the chain of {} is not whole, so no copy was kept; `surged log verify --journal {}` says where",
        path.display(),
        path.display()
    )]
    NotWhole {
        /// What was walked.
        path: PathBuf,
    },
}

/// Copies the log at `path` into a new file, as it is at one moment, readable by its owner alone. Safe beside a running daemon,
/// which goes on writing. Blocks.
///
/// # Errors
/// The log cannot be read, the file cannot be made, or the copy is not whole; nothing is left behind then.
pub fn backup(path: &Path, to: &Path, patience: Duration) -> Result<Copied, NotCopied> {
    let reader = Reader::open(path, patience)?;
    let part = Part::begin(to)?;
    readings::let_copies_shrink(&reader.connection).map_err(at(path))?;
    // One view of the log: what is written meanwhile is not in it, and holds nobody up.
    let copied = reader
        .connection
        .execute("VACUUM INTO ?1", [part.path.to_string_lossy()])
        .map_err(not_made(path, to));
    copied?;
    let walked = walk(&part.path, path, patience)?;
    part.keep(to)?;
    Ok(walked)
}

/// Puts a copy in place of the log at `path`, which is moved aside. `stamp` goes into the name of what was there. No daemon may be
/// running. Blocks.
///
/// # Errors
/// A daemon is running, the copy is not whole or of a newer surged, or a file cannot be written; the log is as it was then.
pub fn restore(from: &Path, path: &Path, stamp: &str, patience: Duration) -> Result<Copied, NotCopied> {
    if !is_database(from)? {
        return Err(NotCopied::NoCopy { path: from.to_owned() });
    }
    walk(from, from, patience).map_err(of_a_copy)?;
    // The lock is the log's own file: where there is none, nobody has it.
    let _lock = path.exists().then(|| lock(path)).transpose()?;
    let part = Part::begin(path)?;
    let fault = |path: &Path| {
        let path = path.to_owned();
        move |error| NotCopied::File { path, error }
    };
    let bytes = File::open(from).map_err(fault(from))?;
    let mut out = File::options()
        .write(true)
        .open(&part.path)
        .map_err(fault(&part.path))?;
    io::copy(&mut &bytes, &mut out).map_err(|error| match is_no_room(&error) {
        true => NotCopied::NoRoom { path: path.to_owned() },
        false => fault(&part.path)(error),
    })?;
    drop(out);
    name_anew(&part.path).map_err(not_made(from, path))?;
    let walked = walk(&part.path, from, patience)?;
    // What an earlier one moved aside within the same second is not written over.
    let taken = beside(path, &format!(".before-restore-{stamp}"));
    if taken.exists() {
        return Err(NotCopied::Exists { path: taken });
    }
    let mut before = None;
    for ending in ["", "-wal", "-shm"] {
        let (there, aside) = (
            beside(path, ending),
            beside(path, &format!(".before-restore-{stamp}{ending}")),
        );
        if there.exists() {
            std::fs::rename(&there, &aside).map_err(fault(&there))?;
            before.get_or_insert(aside);
        }
    }
    part.keep(path)?;
    Ok(Copied { before, ..walked })
}

/// Whether a file begins as SQLite's do: of any other that would say that it is damaged.
fn is_database(path: &Path) -> Result<bool, NotCopied> {
    let mut head = Vec::new();
    match File::open(path).and_then(|file| file.take(DATABASE.len() as u64).read_to_end(&mut head)) {
        Ok(_) => Ok(head == DATABASE),
        // Reading it as a log says so, in words.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(NotCopied::File {
            path: path.to_owned(),
            error,
        }),
    }
}

/// A fault as it is told of a file to be put back: that it is no duty log is otherwise said to whoever runs a daemon on it.
fn of_a_copy(fault: NotCopied) -> NotCopied {
    let NotCopied::Journal(JournalError::NotADutyLog { path }) = fault else {
        return fault;
    };
    NotCopied::NoCopy { path }
}

fn is_no_room(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// What the database says of a copy that it cannot make of a log: a log that is damaged is that, all else is the copy's.
fn not_made(log: &Path, copy: &Path) -> impl Fn(rusqlite::Error) -> NotCopied {
    let (log, path) = (log.to_owned(), copy.to_owned());
    move |why| {
        let (path, code) = (path.clone(), why.sqlite_error_code());
        if code == Some(ErrorCode::DiskFull) {
            return NotCopied::NoRoom { path };
        }
        if matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) {
            return at(&log)(why).into();
        }
        NotCopied::NotMade { path, why }
    }
}

/// What was said after the copy was made is gone, and its numbers are given anew: whoever has heard them must not take the one for the other.
fn name_anew(copy: &Path) -> rusqlite::Result<()> {
    let restored = jiff::Timestamp::now().as_second() % i64::from(i32::MAX);
    let connection = rusqlite::Connection::open(copy)?;
    connection.pragma_update(None, schema::RESTORED, restored)
}

/// Walks the chain of a copy; `told` is the file that its fault is told of.
fn walk(copy: &Path, told: &Path, patience: Duration) -> Result<Copied, NotCopied> {
    let reader = Reader::open(copy, patience)?;
    match reader.verify(|_, _| {})? {
        Verdict::Whole { rows, last, head } => {
            // What a daemon starts from stands in no chain.
            reader.recover_before(u64::MAX)?;
            if reader.snapshots_are_spoiled()? {
                let fault = Fault::Corrupt("the states from which a start goes on cannot be read".into());
                return Err(storage(told, fault).into());
            }
            Ok(Copied {
                entries: rows,
                last,
                head: head.to_string(),
                spoiled: reader.verify_readings()?,
                before: None,
            })
        }
        Verdict::Broken { .. } | Verdict::NameChanged { .. } | Verdict::CutShort { .. } => {
            Err(NotCopied::NotWhole { path: told.to_owned() })
        }
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A file that is being made, and goes again if it comes to nothing.
struct Part {
    path: PathBuf,
    kept: bool,
}

impl Part {
    fn begin(to: &Path) -> Result<Part, NotCopied> {
        let path = beside(to, ".part");
        let made = File::options().write(true).create_new(true).mode(0o600).open(&path);
        match made {
            Ok(_) => Ok(Part { path, kept: false }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(NotCopied::Exists { path }),
            Err(error) if is_no_room(&error) => Err(NotCopied::NoRoom { path: to.to_owned() }),
            Err(error) => Err(NotCopied::File { path, error }),
        }
    }

    /// Onto the disk, and under its name, which must be free.
    fn keep(mut self, to: &Path) -> Result<(), NotCopied> {
        let fault = |error| NotCopied::File {
            path: to.to_owned(),
            error,
        };
        File::open(&self.path).and_then(|file| file.sync_all()).map_err(fault)?;
        // Unlike a rename, a link never takes another file's place.
        match std::fs::hard_link(&self.path, to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(NotCopied::Exists { path: to.to_owned() });
            }
            Err(_) if to.exists() => return Err(NotCopied::Exists { path: to.to_owned() }),
            // Not every file system has links.
            Err(_) => {
                std::fs::rename(&self.path, to).map_err(fault)?;
                self.kept = true;
            }
        }
        let folder = to
            .parent()
            .filter(|it| !it.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(fault)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed is found by the next attempt, which says so.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
