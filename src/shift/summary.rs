//! What a shift was, as it is told and signed.

use super::asks::AskLoad;
use super::tally::Tally;
use super::{LIMIT_SHIFT, LOOK_BACK};
use crate::core::{Action, InstructionId, Name, Time};
use crate::journal::{Entry, JournalError, Look, Reader, Record};
use crate::wire::{By, Stamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Entries taken from the log at a time.
const PAGE: usize = 5_000;

/// A shift in numbers and names. What began before it or went on after it is counted only as far as it lay within.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Its beginning.
    pub from: Stamp,
    /// Its end.
    pub to: Stamp,
    /// The last entry of the duty log that is summed up.
    pub upto: u64,
    /// Surges, by their beginning.
    pub surges: Vec<Surge>,
    /// Who was moved and for how long, by somebody's word or as the phone system showed: each person where names are known, else each
    /// pool.
    pub moved: Vec<Moved>,
    /// The same of who was asked, and is taken to be there since their time to come is up, while nobody has said that they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Moved>,
    /// What became of the instructions that were given.
    pub instructions: InstructionCount,
    /// When a queue could not be seen.
    pub blind: Vec<Blindness>,
    /// When the plan was paused.
    pub pauses: Vec<Span>,
    /// Known faults.
    pub incidents: Vec<Span>,
    /// Changed configurations.
    pub reloads: Vec<Reload>,
    /// Starts and stops of the daemon, and failures of the duty log.
    pub daemon: Vec<Start>,
    /// What a supervisor for the whole floor was asked.
    #[serde(default)]
    pub asks: AskLoad,
    /// Queues for which something was decided in shadow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shadow: Vec<ShadowProof>,
}

/// What was decided in shadow for a queue, against what the floor did by itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ShadowProof {
    /// The queue.
    pub queue: Name,
    /// Steps that would have been called.
    pub would_call: u32,
    /// Steps that were called by hand, and people who were found by a count of the floor: what surged was told of. What was done without
    /// its knowledge is not in it.
    pub called: u32,
}

/// More callers than the plan allows, from the first instruction to calm.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Surge {
    /// The queue.
    pub queue: Name,
    /// When it began.
    pub began: Stamp,
    /// When it was over; `null`: it goes on.
    pub ended: Option<Stamp>,
    /// The most callers that waited; `null` where neither readings nor reasons tell.
    pub peak: Option<u32>,
    /// Steps of the plan that were called, in order.
    pub tiers: Vec<TierCalled>,
}

/// A step of the plan that was called.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct TierCalled {
    /// The step.
    pub tier: Name,
    /// What was asked for.
    pub action: Action,
    /// How many.
    pub seats: u32,
    /// When.
    pub at: Stamp,
    /// The instruction.
    pub instruction: InstructionId,
}

/// Somebody who was on other phones than their own.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Moved {
    /// Who, where known.
    pub person: Option<Name>,
    /// From which pool.
    pub pool: Option<Name>,
    /// How many at most at a time; 1 for a person.
    pub seats: u32,
    /// For how long, all together: two people for an hour are two hours.
    pub time_s: f64,
}

/// Instructions given in the shift, each counted once, by how it stood at the end.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct InstructionCount {
    /// All of them.
    pub issued: u32,
    /// Done.
    pub done: u32,
    /// Shown by the phone system, with or without a word.
    pub shown: u32,
    /// Declined.
    pub declined: u32,
    /// Taken back before anybody answered.
    pub stood_down: u32,
    /// Taken by somebody, and neither done nor declined.
    pub seen: u32,
    /// Answered by nobody.
    pub unanswered: u32,
}

/// A time in which a queue could not be seen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Blindness {
    /// The queue.
    pub queue: Name,
    /// Since when.
    pub from: Stamp,
    /// Until when; `null`: it goes on.
    pub to: Option<Stamp>,
}

/// A pause or an incident.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// The queue.
    pub queue: Name,
    /// Since when.
    pub from: Stamp,
    /// Until when; `null`: it goes on.
    pub to: Option<Stamp>,
    /// Who.
    pub by: By,
    /// Why, or what is broken.
    pub note: String,
}

/// A configuration that was read anew.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Reload {
    /// When.
    pub at: Stamp,
    /// It was at fault, and the one before stayed in force.
    pub refused: bool,
    /// What changed, or what was wrong.
    pub what: Vec<String>,
}

/// Something about the daemon itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Start {
    /// When.
    pub at: Stamp,
    /// `started`, `stopped`, `journal_failing` or `journal_mended`.
    pub what: String,
}

/// Sums up the shift from `from` to `to`, as far as the log goes up to entry `upto`; `None`: to its end. Blocks.
///
/// # Errors
/// The log cannot be read.
pub fn summarise(reader: &Reader, from: Time, to: Time, upto: Option<u64>) -> Result<Summary, JournalError> {
    let kinds = crate::journal::GROUPS.iter();
    let kinds = kinds.filter(|group| !["readings", "handover"].contains(&group.name));
    let mut look = Look {
        before: upto.map(|upto| upto.saturating_add(1)),
        from: Some(from - LOOK_BACK),
        until: Some(to),
        kinds: Some(kinds.flat_map(|group| group.kinds).copied().collect()),
        ..Look::default()
    };
    let mut tally = Tally::new(from, to, None);
    in_force(reader, from - LOOK_BACK)?
        .iter()
        .for_each(|entry| tally.count(entry));
    let mut last = 0;
    loop {
        let looked = reader.look(&look, PAGE)?;
        for entry in &looked.entries {
            last = entry.seq;
            tally.count(entry);
        }
        match looked.next {
            Some(next) if looked.more => look.after = next,
            _ => break,
        }
    }
    let mut summary = tally.end(upto.unwrap_or(last));
    for surge in &mut summary.surges {
        surge.peak = peak(reader, surge, to, summary.upto)?.max(surge.peak);
    }
    Ok(summary)
}

/// The plan that was in force at a moment, and the ladders: a tally that begins there cannot do without. A ladder of which nothing was
/// said for a week is its queue's usual one.
///
/// # Errors
/// The log cannot be read.
pub fn in_force(reader: &Reader, at: Time) -> Result<Vec<Entry>, JournalError> {
    let newest = |kind, from, limit| {
        let look = Look {
            newest: true,
            from,
            until: Some(at),
            kinds: Some(vec![kind]),
            ..Look::default()
        };
        reader.look(&look, limit).map(|looked| looked.entries)
    };
    let mut entries = newest("configured", None, 1)?;
    let ladders = newest("ladder_in_force", Some(at - LIMIT_SHIFT), PAGE)?;
    let mut known = BTreeSet::new();
    let latest = |entry: &Entry| known.insert(entry.record.queue().cloned());
    entries.extend(ladders.into_iter().filter(latest));
    Ok(entries)
}

/// The most callers that readings tell of, where they are still kept.
fn peak(reader: &Reader, surge: &Surge, to: Time, upto: u64) -> Result<Option<u32>, JournalError> {
    let mut look = Look {
        before: Some(upto.saturating_add(1)),
        from: Some(surge.began.0),
        until: Some(surge.ended.map_or(to, |ended| ended.0)),
        queue: Some(surge.queue.clone()),
        kinds: Some(vec!["reading"]),
        ..Look::default()
    };
    let mut peak = None;
    loop {
        let looked = reader.look(&look, PAGE)?;
        for entry in &looked.entries {
            if let Record::Input(crate::core::Input::Reading { reading }) = &entry.record {
                peak = peak.max(Some(reading.waiting));
            }
        }
        match looked.next {
            Some(next) if looked.more => look.after = next,
            _ => return Ok(peak),
        }
    }
}

/// What stands for a summary in a signature: SHA-256 of its JSON as it goes over the wire, in hex.
pub fn digest(summary: &Summary) -> String {
    // Numbers, texts and lists: JSON can say them all.
    let text = serde_json::to_vec(summary).unwrap_or_default();
    Sha256::digest(&text).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
