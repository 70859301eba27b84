//! The days that the bench can replay: a sample that is part of the program, recordings in the folder that the plan names, and the days of
//! the daemon's own duty log.

use crate::config::Config;
use crate::core::{Millis, Name, Time};
use crate::feed::Heard;
use crate::feed::readings::{ReadError, Recorded};
use crate::floor::BenchFault;
use crate::journal::Reader;
use crate::lab::recorded::{Form, Happening, Source, built_in, open as open_file, open_log_between};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// A morning of a hotline, as `surged record` wrote it.
const SAMPLE: &[u8] = include_bytes!("../../../docs/samples/morning.jsonl.gz");
/// When it begins, by the clock on the wall where it was recorded.
const SAMPLE_BEGINS: &str = "2026-11-02T08:55";
const SAMPLE_ZONE: &str = "Asia/Shanghai";
/// The queue that it tells of.
const SAMPLE_QUEUE: &str = "inbound";
/// Recordings that are offered: those whose names come last, as names with dates do.
const RECORDINGS_MAX: usize = 200;
/// Days of the duty log that are offered.
const LOG_DAYS: i64 = 62;
/// How long the writer's lock on the duty log is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

type Happenings = Box<dyn Iterator<Item = Result<Happening, ReadError>>>;

fn unreadable(fault: impl ToString) -> BenchFault {
    BenchFault::Unreadable(fault.to_string())
}

/// All days, as the page chooses among them.
pub(super) fn all(running: &Config) -> Result<Vec<Value>, BenchFault> {
    let mut days = vec![json!({ "name": "sample", "kind": "sample" })];
    // A log or a folder that cannot be read leaves the others.
    let logged = of_log(running).unwrap_or_else(|fault| {
        tracing::warn!(?fault, "the bench has no day of the duty log");
        Vec::new()
    });
    days.extend(
        logged
            .iter()
            .map(|day| json!({ "name": format!("log/{day}"), "kind": "log", "day": day.to_string() })),
    );
    days.extend(
        recordings(running)
            .into_iter()
            .map(|file| json!({ "name": format!("recording/{file}"), "kind": "recording", "file": file })),
    );
    Ok(days)
}

/// Opens a day by its name.
pub(super) fn open(running: &Config, name: &str) -> Result<Happenings, BenchFault> {
    let none = || {
        let words = format!("there is no day {name:?}: GET /api/v1/bench has the names of those that there are");
        BenchFault::NoSuchDay(words)
    };
    if name == "sample" {
        return Ok(Box::new(sample(running)?));
    }
    if let Some(day) = name.strip_prefix("log/") {
        let day: Date = day.parse().map_err(|_| none())?;
        let (from, to) = bounds(day, running).ok_or_else(none)?;
        return Ok(Box::new(
            open_log_between(&running.journal.path, from, to).map_err(unreadable)?,
        ));
    }
    let file = name.strip_prefix("recording/").ok_or_else(none)?;
    let folder = running.floor.recordings.as_ref().ok_or_else(none)?;
    // Only what is listed is opened: a name is never a way to another place.
    if !recordings(running).iter().any(|known| known == file) {
        return Err(none());
    }
    let source = open_file(&folder.join(file), &Form::of(running)).map_err(unreadable)?;
    Ok(Box::new(source))
}

/// How far the sample is moved, so that its morning is a morning by the plan's clock.
fn moved(running: &Config) -> Option<Millis> {
    let begins: DateTime = SAMPLE_BEGINS.parse().ok()?;
    let at = |zone: TimeZone| Some(begins.to_zoned(zone).ok()?.timestamp().as_millisecond());
    let there = TimeZone::get(SAMPLE_ZONE).ok()?;
    Some(Millis(at(running.calendar.zone.clone())? - at(there)?))
}

/// The sample, told of a queue of this plan, at the times of its zone.
fn sample(running: &Config) -> Result<impl Iterator<Item = Result<Happening, ReadError>> + use<>, BenchFault> {
    let source: Source = built_in("the sample", SAMPLE).map_err(unreadable)?;
    let plan = &running.plan;
    let ours = Name::from(SAMPLE_QUEUE);
    let named = |feed: &crate::config::FeedConfig| feed.sources.contains_key(&ours);
    let known = plan.queues.contains_key(&ours) || running.feeds.values().any(named);
    let queue = match known {
        true => ours,
        false => plan.queues.keys().next().cloned().unwrap_or(ours),
    };
    let feeds: Vec<Name> = plan.feeds.keys().cloned().collect();
    let by = moved(running).unwrap_or_default();
    Ok(source.map(move |happened| {
        Ok(match happened? {
            Happening::Heard(Recorded { at, feed, what }) => Happening::Heard(Recorded {
                at: at + by,
                feed: feed.filter(|feed| feeds.contains(feed)),
                what: match what {
                    Heard::Reading(mut reading) => {
                        reading.queue = queue.clone();
                        reading.at = reading.at.map(|at| at + by);
                        Heard::Reading(reading)
                    }
                    what @ (Heard::Connected
                    | Heard::Disconnected { .. }
                    | Heard::Heartbeat
                    | Heard::SourceLost { .. }
                    | Heard::QueueMissing { .. }
                    | Heard::ClockDiffers { .. }
                    | Heard::Rejected { .. }) => what,
                },
            }),
            told @ (Happening::Told(_) | Happening::Run { .. }) => told,
        })
    }))
}

/// The names of the files in the folder of recordings.
fn recordings(running: &Config) -> Vec<String> {
    let Some(folder) = &running.floor.recordings else {
        return Vec::new();
    };
    let mut files = match files_of(folder) {
        Ok(files) => files,
        Err(fault) => {
            tracing::warn!(%fault, folder = %folder.display(), "the bench has no recordings: their folder cannot be read");
            Vec::new()
        }
    };
    files.sort_unstable_by(|one, other| other.cmp(one));
    files.truncate(RECORDINGS_MAX);
    files
}

/// Plain files; neither hidden ones nor links, which may lead anywhere.
fn files_of(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok();
        let name = name.filter(|name| !name.starts_with('.'));
        if entry.file_type()?.is_file() {
            files.extend(name);
        }
    }
    Ok(files)
}

/// The days of the duty log that have readings or anything else in them, newest first.
fn of_log(running: &Config) -> Result<Vec<Date>, BenchFault> {
    let reader = Reader::open(&running.journal.path, PATIENCE).map_err(unreadable)?;
    let Some(last) = reader.last_at().map_err(unreadable)? else {
        return Ok(Vec::new());
    };
    let kept = reader
        .readings_kept_from()
        .map_err(unreadable)?
        .unwrap_or(Time(i64::MIN));
    let first = reader.read(1..=u64::MAX, 1).map_err(unreadable)?;
    let oldest = first.first().map_or(last, |entry| entry.at).max(kept);
    let oldest = oldest.max(last - Millis(LOG_DAYS * 86_400_000));
    let date = |at: Time| {
        let at = Timestamp::from_millisecond(at.0).unwrap_or_default();
        at.to_zoned(running.calendar.zone.clone()).date()
    };
    let mut found = Vec::new();
    let mut day = date(last);
    while day >= date(oldest) {
        let Some((from, to)) = bounds(day, running) else { break };
        let (begin, end) = (reader.first_since(from), reader.first_since(to));
        if begin.map_err(unreadable)? < end.map_err(unreadable)? {
            found.push(day);
        }
        let Ok(before) = day.yesterday() else { break };
        day = before;
    }
    Ok(found)
}

/// From midnight to midnight, in the plan's zone.
fn bounds(day: Date, running: &Config) -> Option<(Time, Time)> {
    let zone = &running.calendar.zone;
    let midnight = |day: Date| Some(Time(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond()));
    Some((midnight(day)?, midnight(day.tomorrow().ok()?)?))
}
