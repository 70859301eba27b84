//! What breaks under and around the real binary, in a process of its own: disks that fail, long pauses, a stuck standard error, crowds.
//!
//! Those that let the kernel tell of faults need strace, and are run by `tests/run.sh`, which installs it.
#![allow(missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../house/mod.rs"]
mod house;

mod ahead;
mod disk;
mod kills;
mod pause;
mod proxy;
mod soak;
mod stderr;
#[cfg(feature = "otel")]
mod traces;

use house::{Log, Phones, Process, Supervisor};
use serde_json::json;
use std::path::PathBuf;
use surged::core::{Action, Input, Instruction, What};
use surged::journal::{Entry, Record};

/// A plan whose first tiers are due within a second or so, its phone system, and its log.
pub struct Bench {
    pub dir: tempfile::TempDir,
    pub phones: Phones,
    pub log: Log,
}

impl Bench {
    /// `hold`: how long each condition has to hold; `stale`: how long a silence is blindness.
    pub async fn new(hold: &str, stale: &str) -> Bench {
        let dir = tempfile::tempdir().unwrap();
        let phones = Phones::open().await;
        let journal = dir.path().join("surged.db");
        let plan = house::plan(&phones.url, &journal, |plan| {
            let feed = plan["feed"]["hotline"].as_table_mut().unwrap();
            feed.insert("stale_after".into(), stale.into());
            // As a floor runs it: what nothing follows from is written with the next.
            plan["journal"].as_table_mut().unwrap().remove("write_readings_within");
            let day = plan["ladder"]["day"].as_table_mut().unwrap();
            for tier in day["tier"].as_array_mut().unwrap().iter_mut().take(3) {
                tier["when"].as_table_mut().unwrap().insert("for".into(), hold.into());
            }
            plan.remove("calendar");
        });
        std::fs::write(dir.path().join("surged.toml"), plan).unwrap();
        Bench {
            phones,
            log: Log::of(journal),
            dir,
        }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn config(&self) -> PathBuf {
        self.file("surged.toml")
    }

    pub fn waiting(&self, waiting: u32) {
        self.phones
            .reading(json!({ "queue": "inbound", "waiting": waiting, "signed_in": 30 }));
    }

    /// So many are waiting, and the log has it.
    pub async fn waits(&mut self, waiting: u32) {
        self.waiting(waiting);
        let is_it = |entry: &Entry| matches!(&entry.record, Record::Input(Input::Reading { reading }) if reading.waiting == waiting);
        self.log.until("a reading", is_it).await;
    }

    /// The daemon, and a supervisor on its floor.
    pub async fn starts(&self) -> (Process, Supervisor) {
        let mut daemon = Process::run(&self.config());
        let li = Supervisor::come(daemon.floor().await, "Li", None, None).await;
        (daemon, li)
    }
}

/// How often something is done that an ordinary run does a few times: as a variable of the environment says.
pub fn counted(variable: &str, ordinary: u64) -> u64 {
    let asked = std::env::var(variable).ok().and_then(|it| it.parse().ok());
    asked.unwrap_or(ordinary)
}

/// The instruction of an entry.
pub fn instruction(entry: &Entry) -> Option<&Instruction> {
    match &entry.record {
        Record::Decision(decision) => match &decision.what {
            What::Instruct { instruction, .. } => Some(instruction),
            _ => None,
        },
        _ => None,
    }
}

/// Tiers that were signed in, in the order of the log, each with whether it went out unlogged.
pub fn signed_in(entries: &[Entry]) -> Vec<(String, bool)> {
    let told = entries
        .iter()
        .filter_map(|entry| Some((instruction(entry)?, entry.unlogged)));
    told.filter(|(instruction, _)| instruction.action == Action::SignIn)
        .map(|(instruction, unlogged)| (instruction.tier.to_string(), unlogged))
        .collect()
}
