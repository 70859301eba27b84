//! Who may write to a duty log: one process, whatever path it has come by.
//!
//! The lock is flock(2) on the log's own file. SQLite's locks on it are of another kind (fcntl(2)) and do not meet it, with one
//! exception: when a process closes any descriptor of a file, all its locks of that other kind are gone. So ours is closed after the
//! database, and never where somebody in this very process may have the database open.

use super::beside;
use super::error::{Fault, JournalError, storage};
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// A log's lock, held. The kernel lets go of it however the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    log: File,
    /// The lock that versions before took, so that none of them runs beside us.
    earlier: Option<File>,
}

impl Drop for Lock {
    /// Lets go by name: a child process that is just being started holds a copy of every file until it runs its own program, and
    /// closing ours alone would leave the lock with that copy (flock(2)).
    fn drop(&mut self) {
        let _ = self.log.unlock();
        let _ = self.earlier.as_ref().map(File::unlock);
    }
}

/// Takes the lock of a log, which is created where it is not there: readable for its owner alone.
pub(super) fn lock(path: &Path) -> Result<Lock, JournalError> {
    let refused = |error: std::io::Error| storage(path, refused_by_system(&error));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    // What may only be read can be locked all the same.
    let log = options.open(path).or_else(|error| File::open(path).map_err(|_| error));
    let log = held(log.map_err(refused)?, path)?;
    let earlier = File::open(beside(path, ".lock"));
    let earlier = earlier.ok().map(|file| held(file, path)).transpose()?;
    Ok(Lock { log, earlier })
}

fn held(file: File, path: &Path) -> Result<File, JournalError> {
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let by = holder(&file).map_or(String::new(), |process| format!(" (process {process})"));
            // Whoever has it may be this process: see above.
            std::mem::forget(file);
            Err(JournalError::InUse {
                path: path.to_owned(),
                by,
            })
        }
        Err(TryLockError::Error(error)) => Err(storage(path, Fault::Io(error.to_string()))),
    }
}

/// Whether a daemon that can be seen from here writes to the log at `path`. Takes no lock: a daemon that just starts is not held up.
pub fn is_written(path: &Path) -> bool {
    File::open(path).is_ok_and(|log| holder(&log).is_some())
}

/// The process that holds the lock on a file, as the kernel lists it (proc_locks(5)).
fn holder(file: &File) -> Option<u32> {
    let inode = file.metadata().ok()?.ino();
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    locks.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let (_, kind) = (words.next()?, words.next()?);
        let (process, place) = (words.nth(2)?, words.next()?);
        let ours = kind == "FLOCK" && place.rsplit(':').next()?.parse::<u64>() == Ok(inode);
        ours.then(|| process.parse().ok())?
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library may tell more kinds of faults; whatever is not named is told as it comes"
)]
fn refused_by_system(error: &std::io::Error) -> Fault {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Fault::ReadOnly,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Fault::Full,
        _ if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => Fault::Io(error.to_string()),
        _ => Fault::CannotOpen(error.to_string()),
    }
}
