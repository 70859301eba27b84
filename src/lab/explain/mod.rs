//! A queue at a moment: how far each tier of its ladder had got, and what kept it from being called.
//!
//! The moment is brought back from the duty log (decisions as they were recorded, nothing is decided anew), or reached by a
//! replay of recorded readings. On the way a [`Watch`] notes what moved the clocks; [`told`] puts it into words.

pub mod told;
mod watch;

pub use watch::{Broken, Watch};

use super::recorded::Happening;
use super::replay::{Answers, Replay, Summary};
use crate::config::Config;
use crate::core::{Core, Decision, Millis, SNAPSHOT_VERSION, Time};
use crate::feed::readings::ReadError;
use crate::journal::{Fact, JournalError, Reader, Record};

/// Entries of the duty log that are read at once.
const CHUNK: usize = 10_000;

/// A duty log that was silent for this long before the moment, with a queue in sight, was not being written.
const SILENT: Millis = Millis::from_mins(1);

/// All queues at a moment.
pub struct Moment {
    /// The moment.
    pub at: Time,
    /// The core as it stood.
    pub core: Core,
    /// What moved the clocks, as far back as it was read.
    pub watch: Watch,
    /// What the reader has to know about how this was found.
    pub notes: Vec<Note>,
}

/// What limits what can be told of a moment.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Note {
    /// The daemon was stopped in good order and not started again before the moment.
    Stopped(Time),
    /// Nothing was written from then to the moment.
    Silent(Time),
    /// Readings before this are no longer kept, so that no window is known to have begun earlier.
    KeptFrom(Time),
    /// The recording ends there, before the moment.
    RecordingEnds(Time),
}

/// Why nothing can be told of a moment.
#[derive(Debug, thiserror::Error)]
pub enum Untold {
    /// The duty log cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Nothing is known of any time up to the moment.
    #[error("nothing is known of that moment")]
    Before(Known),
    /// The moment is older than the readings that are kept.
    #[error("that moment is older than the readings that are kept")]
    NotKept {
        /// The oldest that is kept.
        from: Time,
    },
}

/// From when on something is known.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Known {
    /// The first entry or reading.
    From(Time),
    /// There is none at all.
    Never,
}

/// Brings a moment back from the duty log; without one it is `now`.
///
/// # Errors
/// The log cannot be read, begins later, or has let go the readings of that time.
pub fn from_log(reader: &Reader, at: Option<Time>, now: Time) -> Result<Moment, Untold> {
    let until = at.unwrap_or(Time::NEVER);
    let mut notes = Vec::new();
    let snapshot = reader.snapshot(SNAPSHOT_VERSION, until)?;
    let restored = snapshot.and_then(|it| Some((it.seq, serde_json::from_slice::<Core>(&it.state).ok()?)));
    if restored.is_none()
        && let Some(from) = reader.readings_kept_from()?
    {
        if from > until {
            return Err(Untold::NotKept { from });
        }
        notes.push(Note::KeptFrom(from));
    }
    let (mut next, mut core) = match restored {
        Some((seq, core)) => (seq + 1, core),
        None => match reader.read(1..=u64::MAX, 1)?.first() {
            Some(first) if first.happened() <= until => (1, Core::new(first.at)),
            Some(first) => return Err(Untold::Before(Known::From(first.at))),
            None => return Err(Untold::Before(Known::Never)),
        },
    };
    let mut watch = Watch::new(&core);
    // The snapshot of an orderly stop contains the stop itself.
    let before = reader.read(next - 1..=next - 1, 1)?;
    let stop = before
        .first()
        .filter(|it| matches!(it.record, Record::Fact(Fact::Stopped)));
    let mut stopped = stop.map(|it| it.at);
    'log: loop {
        let entries = reader.read(next..=u64::MAX, CHUNK)?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            if entry.happened() > until {
                break 'log;
            }
            next = entry.seq + 1;
            match &entry.record {
                Record::Fact(Fact::Stopped) => stopped = Some(entry.at),
                Record::Fact(Fact::Started { .. }) => stopped = None,
                Record::Decision(decision) => watch.note(decision),
                Record::Input(_) | Record::Fact(_) => {}
            }
            let queue = entry.record.queue().cloned();
            entry.recall(&mut core);
            watch.look(&core, queue.as_ref());
        }
    }
    core.recalled();
    let last = core.now();
    let at = at.unwrap_or(now.max(last));
    let in_sight = core.views().iter().any(|view| view.blind_since.is_none());
    notes.extend(match stopped {
        Some(stopped) => Some(Note::Stopped(stopped)),
        None if in_sight && at - last > SILENT => Some(Note::Silent(last)),
        None => None,
    });
    core.handle_timeout(at);
    while let Some(decision) = core.poll_effect() {
        watch.note(&decision);
    }
    watch.look(&core, None);
    Ok(Moment { at, core, watch, notes })
}

/// Reaches a moment by a replay; without one it is the end of the recording.
///
/// # Errors
/// The recording begins later, or holds nothing.
pub fn from_readings(
    config: &Config,
    recorded: impl Iterator<Item = Result<Happening, ReadError>>,
    answers: Answers,
    at: Option<Time>,
) -> Result<(Moment, Summary), Untold> {
    let mut replay = Replay::new(config, answers);
    let mut watch: Option<Watch> = None;
    let mut known = Known::Never;
    let mut ended = true;
    for line in recorded {
        if let (Some(at), Ok(line)) = (at, &line)
            && line.at() > at
        {
            ended = false;
            known = Known::From(line.at());
            break;
        }
        let mut decided: Vec<Decision> = Vec::new();
        replay.take(line, &mut |decision| decided.push(decision.clone()));
        if let Some(core) = replay.core() {
            let watch = watch.get_or_insert_with(Watch::default);
            decided.iter().for_each(|decision| watch.note(decision));
            watch.look(core, None);
        }
    }
    let (Some(mut watch), Some(last)) = (watch, replay.core().map(Core::now)) else {
        return Err(Untold::Before(known));
    };
    let at = at.unwrap_or(last);
    replay.run_to(at, &mut |decision| watch.note(decision));
    let Some(core) = replay.core().cloned() else {
        return Err(Untold::Before(known));
    };
    watch.look(&core, None);
    let notes = Vec::from_iter((ended && at > last).then_some(Note::RecordingEnds(last)));
    Ok((Moment { at, core, watch, notes }, replay.end()))
}
