//! The duty log: every input and every decision, in order, durable before anything becomes visible (plan: invariants
//! 7, 8).
//!
//! ```text
//!  daemon ──batch──► bounded channel ──► the journal's own thread ──one transaction for all that wait──► SQLite
//!     ▲                (pushes back)                │
//!     └──── committed, or the batch unharmed ◄──────┘        `surged log …` reads beside it
//! ```
//!
//! What holds:
//! - Nothing is dropped. A full channel pushes back; a batch that cannot be written comes back with a reason in words.
//! - A batch is written whole or not at all, in order, without gaps; an acknowledged one survives a crash and a power
//!   cut.
//! - A batch says at which number it begins. A log that stands elsewhere refuses it, which fences a stale owner.
//! - All but readings is chained by hash (`chain.rs`); readings are packed (`pack.rs`) and may be pruned.
//! - Names of people stand in a table of their own (`people.rs`), so that somebody can be forgotten and the chain stays whole.
//!
//! What is deliberately absent: clocks (time is told), retries (the caller keeps what came back and brings it again),
//! any knowledge of what a snapshot holds.

mod apart;
mod backup;
mod chain;
mod error;
mod forget;
mod form;
mod handover;
mod kinds;
mod local;
mod lock;
mod look;
mod naming;
mod pack;
mod people;
mod read;
mod readings;
mod record;
mod run;
mod schema;
mod unlogged;
mod walk;
mod write;

pub use backup::{Copied, NotCopied, backup, restore};
pub use chain::{Hash, Verdict};
pub use error::{Closed, Failed, Fault, JournalError, NotTaken, Refused};
pub use forget::{Forgotten, NotForgotten, forget};
pub use handover::{Handover, Item, ItemKind, Side, Step};
pub use kinds::{GROUPS, Group};
pub use local::{Local, Options, Steps};
pub use lock::is_written;
pub use look::{LIMIT_LOOKED, Look, Looked};
pub use naming::PersonId;
pub use people::Forgetting;
pub use read::{Reader, Select};
pub use readings::Spoiled;
pub use record::{Entry, FORMAT, Fact, Record, Way};
pub use run::{Plain, Run};
pub use schema::{DATABASE, SCHEMA};
pub use walk::{Walk, Walked};
pub use write::{Disk, Moment};

use crate::core::{Millis, Time};
use std::future::Future;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use tokio::sync::oneshot;

/// A file beside the log, of the same name with something behind it.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Entries that belong together, and the state after them where it is time for a snapshot.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    /// The number of the first entry; the log must stand exactly there.
    pub expected_seq: u64,
    /// The entries, numbered on from there.
    pub entries: Vec<Entry>,
    /// The state of the core after some entry up to the last of these.
    pub snapshot: Option<Snapshot>,
}

impl Batch {
    /// The number of the first entry behind it.
    pub(crate) fn end(&self) -> u64 {
        self.expected_seq + self.entries.len() as u64
    }
}

/// A state of the core, from which start-up goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// The last entry that it contains; 0: none.
    pub seq: u64,
    /// The core's time of the state.
    pub at: Time,
    /// The version of its shape, for the caller to judge.
    pub version: u32,
    /// The state as JSON, in which people are named as in records.
    pub state: Vec<u8>,
}

/// A batch is on the disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Committed {
    /// The number that comes next.
    pub next_seq: u64,
    /// It was brought again, and stood in the log already: the disk had told of a fault and written it all the same.
    pub found: bool,
    /// What was done to the log beside its entries, for its owner to write down: each is told once while the log is open, and again
    /// when it is opened anew without it.
    pub to_say: Vec<Fact>,
}

/// Tells what became of a batch. Dropping it is no way to take a batch back.
pub type Receipt = oneshot::Receiver<Result<Committed, Failed>>;

/// What start-up needs.
#[derive(Clone, PartialEq, Debug)]
pub struct Recovered {
    /// The state to go on from; `None`: from nothing.
    pub snapshot: Option<Snapshot>,
    /// Everything after it, in order; readings that were pruned are missing where there is no snapshot.
    pub entries_after: Vec<Entry>,
    /// Readings that are missing among them since they cannot be read.
    pub spoiled: Vec<Spoiled>,
    /// The number of the next entry, from 1.
    pub next_seq: u64,
    /// The time of the last entry.
    pub last_at: Option<Time>,
    /// When the daemon was last started.
    pub last_start: Option<LastStart>,
    /// The log is damaged, and what stands behind the damage is not among them.
    pub damaged: bool,
}

impl Default for Recovered {
    /// Of a log that holds nothing.
    fn default() -> Recovered {
        Recovered {
            snapshot: None,
            entries_after: Vec::new(),
            spoiled: Vec::new(),
            next_seq: 1,
            last_at: None,
            last_start: None,
            damaged: false,
        }
    }
}

/// A start of the daemon, by its own clock and by the machine's: together they tell the time after a restart, whatever was done
/// to the wall clock meanwhile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastStart {
    /// The daemon's time.
    pub at: Time,
    /// The kernel's name for that run of the machine.
    pub boot_id: String,
    /// For how long the machine had run.
    pub uptime: Millis,
}

/// A duty log that is owned for writing. [`Local`] is a file; a stream on other machines may be another, so that
/// nothing above may take one process, or its own numbering, for granted.
pub trait Journal: Send + Sync + 'static {
    /// Hands a batch over, waiting where many are waiting already. The receipt tells when it is durable.
    fn append(&self, batch: Batch) -> impl Future<Output = Result<Receipt, Closed>> + Send;

    /// Hands a batch over without waiting, or gives it back.
    fn try_append(&self, batch: Batch) -> Result<Receipt, NotTaken>;

    /// The newest snapshot that contains less than entry `seq`, and everything after it. With the `seq` of a snapshot
    /// that was not understood it gives the one before; with 0 all entries.
    fn recover_before(&self, seq: u64) -> impl Future<Output = Result<Recovered, JournalError>> + Send;

    /// The first `limit` entries of a range, readings included where they are still kept.
    fn read(
        &self,
        range: RangeInclusive<u64>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Entry>, JournalError>> + Send;

    /// Lets readings from before a time go, little by little between commits; never those after the oldest snapshot
    /// kept.
    fn prune(&self, readings_before: Time) -> impl Future<Output = ()> + Send;

    /// Forgets people who were last named before a time and are not in the newest snapshot; what was forgotten comes back with the
    /// next [`Committed::to_say`].
    fn forget_unnamed(&self, since: Time) -> impl Future<Output = ()> + Send;

    /// Writes what waits, and closes.
    fn close(self) -> impl Future<Output = ()> + Send;
}
