//! What is wrong with a call list, or with some of its rows.

use crate::feed::readings::ReadError;
use crate::lab::recorded::OpenFault;
use std::path::{Path, PathBuf};

/// Rows at fault of which it is kept what is wrong; of the others only that and where they are.
pub(super) const FAULTS_WORDED: usize = 10_000;

/// Why a call list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CallsFault {
    /// Not there.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A recording or a duty log that cannot be opened.
    #[error(transparent)]
    Recording(Box<OpenFault>),
    /// Not CSV.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What happened.
        why: String,
    },
    /// A column is missing.
    #[error("{}: it has no column {column:?} (it has {has}); name it with --columns {ours}=THEIRS", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// As looked for.
        column: String,
        /// What it is to us.
        ours: &'static str,
        /// The columns of the file.
        has: String,
    },
    /// Readings that count no calls.
    #[error(
        "{}: its readings do not count the calls that came (offered), so that nothing tells when callers came; take a call list, \
         Asterisk's queue_log or counts by interval", .0.display()
    )]
    NotCounted(PathBuf),
    /// More than fit in memory.
    #[error(
        "{}: it has more than {most} rows, the most that are read at once; part it, for instance by months", path.display()
    )]
    TooMany {
        /// The file.
        path: PathBuf,
        /// How many are read.
        most: usize,
    },
    /// Counts of intervals that last now so long and now so long.
    #[error(
        "{}: its intervals are of no usual length ({lengths}): more than half must be of one; write a row for each interval, also where nobody \
         called, and all of one length", path.display()
    )]
    NoUsualInterval {
        /// The file.
        path: PathBuf,
        /// The lengths that there are, most frequent first.
        lengths: String,
    },
    /// None could be read.
    #[error("{}: none of its {rows} rows is a call that was answered or given up; the first: {first}", path.display())]
    NoCall {
        /// The file.
        path: PathBuf,
        /// How many there are.
        rows: usize,
        /// What is wrong with the first.
        first: String,
    },
}

/// A row at fault.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) line: u64,
    /// What is wrong with it; empty: that was not kept.
    pub(super) detail: String,
}

impl Fault {
    pub(super) fn told(&self, path: &Path) -> ReadError {
        ReadError::Line {
            path: path.to_owned(),
            line: self.line,
            detail: match self.detail.is_empty() {
                true => format!("the row is at fault; only of the first {FAULTS_WORDED} it is said why"),
                false => self.detail.clone(),
            },
        }
    }
}
