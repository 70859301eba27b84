//! Start-up: the core as the duty log left it. Recorded decisions are applied, never taken again (plan: "Fine print").

use crate::core::{Core, SNAPSHOT_VERSION, Time};
use crate::journal::{Entry, Journal, JournalError, Reader, Recovered};
use crate::shift::Desk;
use crate::wire::ServerMessage;
use std::path::PathBuf;
use std::time::Duration;

/// How much history sessions can resume from after a restart.
const HISTORY: u64 = 8192;

/// How long the writer's lock on the log is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Brings the core back from the newest snapshot that this version understands, and everything after it.
///
/// # Errors
/// The log cannot be read.
pub async fn recall(journal: &impl Journal, mut recovered: Recovered, start: Time) -> Result<Core, JournalError> {
    while let Some(snapshot) = &recovered.snapshot {
        let understood = snapshot.version == SNAPSHOT_VERSION;
        if let Some(core) = serde_json::from_slice::<Core>(&snapshot.state)
            .ok()
            .filter(|_| understood)
        {
            return Ok(replayed(core, recovered.entries_after));
        }
        tracing::warn!(
            seq = snapshot.seq,
            "a snapshot of another version is passed over; the log before it is read instead"
        );
        recovered = journal.recover_before(snapshot.seq).await?;
    }
    let begin = recovered.entries_after.first().map_or(start, |entry| entry.at);
    Ok(replayed(Core::new(begin), recovered.entries_after))
}

fn replayed(mut core: Core, entries: Vec<Entry>) -> Core {
    for entry in entries {
        entry.recall(&mut core);
    }
    core.recalled();
    core
}

/// The messages of the newest entries, for sessions that come back with `since`; and the number before which nothing is kept.
///
/// # Errors
/// The log cannot be read.
pub async fn history(journal: &impl Journal, next_seq: u64) -> Result<(u64, Vec<(u64, ServerMessage)>), JournalError> {
    let from = next_seq.saturating_sub(HISTORY).max(1);
    let entries = journal
        .read(from..=next_seq, usize::try_from(HISTORY).unwrap_or(usize::MAX))
        .await?;
    let messages = entries
        .iter()
        .filter_map(|entry| Some((entry.seq, ServerMessage::of(entry)?)));
    Ok((from - 1, messages.collect()))
}

/// A name for the duty log: when its first entry was written, or is about to be. Another log means that numbers begin anew.
///
/// # Errors
/// The log cannot be read.
pub async fn name_of_log(journal: &impl Journal, now: Time) -> Result<String, JournalError> {
    let first = journal.read(1..=1, 1).await?;
    Ok(first.first().map_or(now, |entry| entry.at).0.to_string())
}

/// The desk at which shifts are handed over, as the log left it: the last hand-over that was completed, and one that is not.
///
/// # Errors
/// The log cannot be read.
pub async fn desk(path: PathBuf) -> Result<Desk, JournalError> {
    let read = tokio::task::spawn_blocking(move || Desk::recall(&Reader::open(&path, PATIENCE)?));
    read.await.unwrap_or_else(|_| Ok(Desk::default()))
}
