//! Goals 12 and 13: the duty log, beside bare SQLite that does as little as can be done for the same promise: a row is synced before its
//! writer is told. Both write the same entries.

use anyhow::{Context, Result};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use side_by_side::{asked, found};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Instant;
use surged::core::{Actor, Answer, Core, Input, Reading, SNAPSHOT_VERSION, Time};
use surged::journal::{Batch, Entry, Journal, Local, Options, Receipt, Record, Snapshot};
use tokio::sync::{mpsc, oneshot};

#[path = "../../../../floor.rs"]
mod floor;

#[derive(Deserialize)]
struct Asked {
    path: PathBuf,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum What {
    /// So many commits through the duty log, of which so many are waited for at a time.
    Ours { entries: usize, in_flight: usize },
    /// The same through bare SQLite.
    Bare { entries: usize, in_flight: usize },
    /// A log of so many entries, with a snapshot behind them.
    Fill { entries: usize },
}

#[derive(Serialize)]
struct Found {
    per_s: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let asked: Asked = asked()?;
    let began = Instant::now();
    let many = match asked.what {
        What::Ours { entries, in_flight } => ours(&asked.path, lived(entries).1, in_flight).await?,
        What::Bare { entries, in_flight: 1 } => serial(&asked.path, lived(entries).1)?,
        What::Bare { entries, in_flight } => group(&asked.path, lived(entries).1, in_flight).await?,
        What::Fill { entries } => return fill(&asked.path, entries, began).await,
    };
    found(&Found { per_s: many })
}

/// What a floor comes to in so many entries: surges one after the other, answered, and over. And the core behind them.
fn lived(many: usize) -> (Core, Vec<Entry>) {
    let mut at = Time(1_700_000_000_000);
    let mut core = Core::new(at);
    let mut entries = Vec::new();
    let write = |entries: &mut Vec<Entry>, at, record| {
        entries.push(Entry {
            seq: entries.len() as u64 + 1,
            at,
            record,
            unlogged: false,
        });
    };
    let mut told = VecDeque::from([Input::Configured {
        plan: floor::plan(surged::core::ladder::Judge::Every),
    }]);
    let mut turn = 0_u32;
    while entries.len() < many {
        let input = told.pop_front().unwrap_or_else(|| {
            turn += 1;
            let waiting = if turn % 60 < 30 { 8 + turn % 3 } else { turn % 3 };
            Input::Reading {
                reading: Reading::of("queue", waiting),
            }
        });
        at.0 += 15_000;
        core.handle_timeout(at);
        write(&mut entries, at, Record::Input(input.clone()));
        // What is refused changes nothing, and stands in the log as something that was said.
        let _ = core.handle(input, at);
        while let Some(decision) = core.poll_effect() {
            if let surged::core::What::Instruct { instruction, .. } = &decision.what {
                told.push_back(Input::Answer {
                    instruction: instruction.id,
                    by: Actor {
                        name: "Li Na".into(),
                        staff_no: "S07".into(),
                        role: "supervisor".into(),
                    },
                    answer: Answer::Done {
                        seats: None,
                        people: None,
                        note: None,
                    },
                    sure: false,
                });
            }
            write(&mut entries, at, Record::Decision(decision));
        }
    }
    entries.truncate(many);
    (core, entries)
}

/// Commits a second.
async fn ours(path: &Path, entries: Vec<Entry>, in_flight: usize) -> Result<f64> {
    let (journal, _) = Local::open(path, Options::default())?;
    let many = entries.len();
    let mut waiting: VecDeque<Receipt> = VecDeque::new();
    let began = Instant::now();
    for entry in entries {
        if waiting.len() == in_flight {
            settled(waiting.pop_front()).await?;
        }
        let batch = Batch {
            expected_seq: entry.seq,
            entries: vec![entry],
            snapshot: None,
        };
        waiting.push_back(journal.append(batch).await.ok().context("the log is closed")?);
    }
    while !waiting.is_empty() {
        settled(waiting.pop_front()).await?;
    }
    let took = began.elapsed().as_secs_f64();
    journal.close().await;
    Ok(many as f64 / took)
}

async fn settled(receipt: Option<Receipt>) -> Result<()> {
    let settled = receipt.context("somebody waits")?.await?;
    settled.map_err(|failed| anyhow::anyhow!("{}", failed.why))?;
    Ok(())
}

fn bare(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE log (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL);",
    )?;
    Ok(connection)
}

const INSERT: &str = "INSERT INTO log (seq, at, body) VALUES (?1, ?2, ?3)";

/// One transaction a row.
fn serial(path: &Path, entries: Vec<Entry>) -> Result<f64> {
    let connection = bare(path)?;
    let began = Instant::now();
    for entry in &entries {
        let body = serde_json::to_string(&entry.record)?;
        connection
            .prepare_cached(INSERT)?
            .execute((entry.seq as i64, entry.at.0, body))?;
    }
    Ok(entries.len() as f64 / began.elapsed().as_secs_f64())
}

type Waiting = (Entry, oneshot::Sender<()>);

/// One transaction for all that wait, on a thread of its own.
async fn group(path: &Path, entries: Vec<Entry>, in_flight: usize) -> Result<f64> {
    let connection = bare(path)?;
    let (orders, mut received) = mpsc::channel::<Waiting>(1024);
    let writer = std::thread::spawn(move || -> Result<()> {
        while let Some(first) = received.blocking_recv() {
            let mut all = vec![first];
            while let Ok(one) = received.try_recv() {
                all.push(one);
            }
            connection.execute_batch("BEGIN IMMEDIATE")?;
            let mut insert = connection.prepare_cached(INSERT)?;
            for (entry, _) in &all {
                let body = serde_json::to_string(&entry.record)?;
                insert.execute((entry.seq as i64, entry.at.0, body))?;
            }
            drop(insert);
            connection.execute_batch("COMMIT")?;
            for (_, told) in all {
                // Whoever waited may have gone.
                let _ = told.send(());
            }
        }
        Ok(())
    });
    let many = entries.len();
    let mut waiting = VecDeque::new();
    let began = Instant::now();
    for entry in entries {
        if waiting.len() == in_flight {
            waiting.pop_front().context("somebody waits")?.await?;
        }
        let (told, receipt): (_, oneshot::Receiver<()>) = oneshot::channel();
        orders.send((entry, told)).await.ok().context("the writer has ended")?;
        waiting.push_back(receipt);
    }
    for receipt in waiting {
        receipt.await?;
    }
    let took = began.elapsed().as_secs_f64();
    drop(orders);
    writer.join().ok().context("the writer broke down")??;
    Ok(many as f64 / took)
}

async fn fill(path: &Path, many: usize, began: Instant) -> Result<()> {
    const AT_ONCE: usize = 1_000;
    let (core, entries) = lived(many);
    let (journal, _) = Local::open(path, Options::default())?;
    let last = entries.last().context("a log of nothing")?;
    let mut snapshot = Some(Snapshot {
        seq: last.seq,
        at: last.at,
        version: SNAPSHOT_VERSION,
        state: serde_json::to_vec(&core)?,
    });
    let mut entries = VecDeque::from(entries);
    while let Some(first) = entries.front() {
        let expected_seq = first.seq;
        let entries: Vec<Entry> = entries.drain(..AT_ONCE.min(entries.len())).collect();
        let ends = entries.last().map(|it| it.seq) == snapshot.as_ref().map(|it| it.seq);
        let batch = Batch {
            expected_seq,
            entries,
            snapshot: if ends { snapshot.take() } else { None },
        };
        settled(journal.append(batch).await.ok()).await?;
    }
    journal.close().await;
    found(&Found {
        per_s: many as f64 / began.elapsed().as_secs_f64(),
    })
}
