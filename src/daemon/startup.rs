//! Start-up: the core as the duty log left it. Recorded decisions are applied, never taken again (plan: "Fine print").

use super::lately::Lately;
use super::quiet::Quiets;
use crate::core::{Core, SNAPSHOT_VERSION, Time};
use crate::journal::{Entry, Journal, JournalError, Local, Reader, Record, Recovered, Spoiled};
use crate::shift::{AsksOfDay, Desk, is_ask};
use crate::wire::ServerMessage;
use std::collections::VecDeque;

/// How many messages sessions can resume from after a restart.
const HISTORY: usize = 8192;

/// The core as it was.
pub struct Recalled {
    /// It.
    pub core: Core,
    /// The last entry that the snapshot contains from which it was brought back; 0: none.
    pub snapshot: u64,
}

/// Brings the core back from the newest snapshot that this version understands, and everything after it.
///
/// # Errors
/// The log cannot be read.
pub async fn recall(journal: &impl Journal, mut recovered: Recovered, start: Time) -> Result<Recalled, JournalError> {
    tell_of(&recovered.spoiled);
    while let Some(snapshot) = &recovered.snapshot {
        let understood = snapshot.version == SNAPSHOT_VERSION;
        if let Some(core) = serde_json::from_slice::<Core>(&snapshot.state)
            .ok()
            .filter(|_| understood)
        {
            let snapshot = snapshot.seq;
            let core = replayed(core, recovered.entries_after);
            return Ok(Recalled { core, snapshot });
        }
        tracing::warn!(
            seq = snapshot.seq,
            "a snapshot of another version is passed over; the log before it is read instead"
        );
        recovered = journal.recover_before(snapshot.seq).await?;
        tell_of(&recovered.spoiled);
    }
    let begin = recovered.entries_after.first().map_or(start, |entry| entry.at);
    let core = replayed(Core::new(begin), recovered.entries_after);
    Ok(Recalled { core, snapshot: 0 })
}

/// Readings are no decisions: without some of them the plan is run all the same.
pub fn tell_of(spoiled: &[Spoiled]) {
    for spoiled in spoiled {
        tracing::error!(
            since = crate::feed::json::rfc3339(spoiled.since),
            until = crate::feed::json::rfc3339(spoiled.until),
            "the duty log is spoiled: {spoiled}. No decision or answer stands there, and the plan is run without them; what a condition had \
             held then may begin anew, and reports and replays of that time pass over them. `surged log verify` says what to do; look at the disk"
        );
    }
}

fn replayed(mut core: Core, entries: Vec<Entry>) -> Core {
    for entry in entries {
        entry.recall(&mut core);
    }
    core.recalled();
    core
}

/// What the floor is to know of the time before the start.
pub struct Past {
    /// Nothing is kept up to this number.
    pub before: u64,
    /// The newest messages, oldest first, each with its number: for sessions that come back with `since`.
    pub history: Vec<(u64, ServerMessage)>,
    /// A name for the duty log ([`Reader::name`]). Another log means that numbers begin anew.
    pub log: String,
    /// The desk at which shifts are handed over, as the log left it: the last hand-over that was completed, and one that is not.
    pub desk: Desk,
    /// The queues that are quiet.
    pub quiets: Quiets,
    /// What the floor was asked in the last day.
    pub asks: AsksOfDay,
    /// The last half hour.
    pub lately: Lately,
}

/// Reads it. A log that cannot be read keeps nobody from running the plan: it has no past then.
pub async fn past(journal: &Local, begun: Time) -> Past {
    let read = journal.reading(move |reader| read_past(reader, begun)).await;
    read.unwrap_or_else(|fault| {
        if !matches!(fault, JournalError::Missing { .. }) {
            tracing::error!("what was said before the start is lost to those who come back: {fault}");
        }
        Past {
            before: 0,
            history: Vec::new(),
            log: begun.0.to_string(),
            desk: Desk::default(),
            quiets: Quiets::default(),
            asks: AsksOfDay::new(begun),
            lately: Lately::default(),
        }
    })
}

fn read_past(reader: &Reader, begun: Time) -> Result<Past, JournalError> {
    let log = reader.name(begun)?;
    let mut asks = VecDeque::new();
    let mut oldest = begun;
    let newest = reader.newest(HISTORY, |entry| {
        oldest = entry.at;
        if let Record::Decision(decision) = &entry.record
            && is_ask(&decision.what)
        {
            asks.push_front(decision.at);
        }
        Some((entry.seq, ServerMessage::of(&entry)?))
    })?;
    let before = if newest.len() < HISTORY {
        0
    } else {
        newest.first().map_or(0, |(seq, _)| seq - 1)
    };
    Ok(Past {
        before,
        history: newest,
        log,
        desk: Desk::recall(reader)?,
        quiets: Quiets::recall(reader)?,
        asks: AsksOfDay::recalled(oldest, asks),
        lately: Lately::read(reader, begun)?,
    })
}
