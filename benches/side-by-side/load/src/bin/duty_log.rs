//! Goal 8: a recording as a duty log, written as the daemon writes it: its journal, the readings, what the core decides by the plan, and
//! that each instruction reached somebody.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use side_by_side::{asked, found};
use std::path::PathBuf;
use surged::config::{self, Purpose};
use surged::core::{Core, Decision, Input, InstructionId, Time, What};
use surged::feed::Heard;
use surged::feed::readings::read_file;
use surged::journal::{Batch, Entry, Journal, Local, Options, Record};

/// Entries of one commit.
const AT_ONCE: usize = 10_000;

#[derive(Deserialize)]
struct Asked {
    plan: PathBuf,
    readings: PathBuf,
    /// The log, which is new.
    path: PathBuf,
}

#[derive(Serialize)]
struct Found {
    entries: u64,
    decisions: u64,
}

/// A log that is being written.
struct Kept {
    journal: Local,
    waiting: Vec<Entry>,
    next_seq: u64,
    decisions: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let asked: Asked = asked()?;
    let config = config::load(&asked.plan, Purpose::Look)?;
    let (journal, _) = Local::open(&asked.path, Options::default())?;
    let mut kept = Kept {
        journal,
        waiting: Vec::new(),
        next_seq: 1,
        decisions: 0,
    };
    let mut core: Option<Core> = None;
    for line in read_file(&asked.readings)? {
        let (_, recorded) = line?;
        let core = match &mut core {
            Some(core) => core,
            none => {
                let core = none.insert(Core::new(recorded.at));
                let plan = config.plan.clone().into();
                kept.tell(core, Input::Configured { plan }, recorded.at).await?;
                core
            }
        };
        while core.due_at() <= recorded.at {
            let due = core.due_at();
            core.handle_timeout(due);
            kept.decided(core).await?;
        }
        if let Heard::Reading(reading) = recorded.what {
            kept.tell(core, Input::Reading { reading }, recorded.at).await?;
        }
    }
    kept.commit().await?;
    let (entries, decisions) = (kept.next_seq - 1, kept.decisions);
    kept.journal.close().await;
    found(&Found { entries, decisions })
}

impl Kept {
    async fn tell(&mut self, core: &mut Core, input: Input, at: Time) -> Result<()> {
        self.write(at, Record::Input(input.clone())).await?;
        // What is refused changes nothing, and stands in the log as something that was said.
        let _ = core.handle(input, at);
        self.decided(core).await
    }

    /// What the core has decided, with the word that each instruction reached somebody.
    async fn decided(&mut self, core: &mut Core) -> Result<()> {
        while let Some(decision) = core.poll_effect() {
            let at = core.now();
            let instruction = asked_of_the_floor(&decision);
            self.decisions += 1;
            self.write(at, Record::Decision(decision)).await?;
            if let Some(instruction) = instruction {
                let delivered = Input::Delivery {
                    instruction,
                    reached: true,
                };
                self.write(at, Record::Input(delivered.clone())).await?;
                let _ = core.handle(delivered, at);
            }
        }
        Ok(())
    }

    async fn write(&mut self, at: Time, record: Record) -> Result<()> {
        self.waiting.push(Entry {
            seq: self.next_seq,
            at,
            record,
            unlogged: false,
        });
        self.next_seq += 1;
        if self.waiting.len() == AT_ONCE {
            self.commit().await?;
        }
        Ok(())
    }

    async fn commit(&mut self) -> Result<()> {
        let entries = std::mem::take(&mut self.waiting);
        let batch = Batch {
            expected_seq: self.next_seq - entries.len() as u64,
            entries,
            snapshot: None,
        };
        let receipt = self.journal.append(batch).await.ok().context("the log is closed")?;
        receipt.await?.map_err(|failed| anyhow::anyhow!("{}", failed.why))?;
        Ok(())
    }
}

fn asked_of_the_floor(decision: &Decision) -> Option<InstructionId> {
    let What::Instruct { instruction, .. } = &decision.what else {
        return None;
    };
    Some(instruction.id)
}
