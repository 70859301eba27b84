//! Calls that readings count: of a recording or a duty log, how many came in each quarter of an hour, by the phone system's own counter of
//! calls offered.

use super::intervals::Count;
use super::{CallList, CallsFault};
use crate::core::{Millis, Name, Time};
use crate::feed::readings::ReadError;
use crate::feed::text::Text;
use crate::lab::recorded::{Form, Kind, LOOKED_WITHIN, open_text};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;

/// Calls are counted by so much time, as everywhere in the field.
const EVERY: Millis = Millis::from_mins(15);

/// The counter of a queue, as it was told last.
struct Offered {
    at: Time,
    calls: u64,
}

/// Reads all of a file that is of this kind; the intervals are those of the clock of the form's zone.
pub(super) fn read(text: Text, kind: Kind, path: &Path, form: &Form) -> Result<CallList, CallsFault> {
    let happenings = open_text(text, kind, path, form).map_err(|fault| CallsFault::Recording(Box::new(fault)))?;
    let mut list = CallList::empty(path);
    let mut last: BTreeMap<Name, Offered> = BTreeMap::new();
    let mut counted: BTreeMap<(Name, i64), f64> = BTreeMap::new();
    for happened in happenings {
        let happened = match happened {
            Ok(happened) => happened,
            Err(ReadError::Line { line, detail, .. }) => {
                list.fault(line, detail);
                continue;
            }
            Err(cut @ ReadError::File { .. }) => {
                list.cut.get_or_insert(cut);
                continue;
            }
        };
        let Some((at, reading)) = happened.reading() else {
            continue;
        };
        let Some(calls) = reading.offered else { continue };
        let now = Offered { at, calls };
        match last.get_mut(&reading.queue) {
            Some(before) if now.at < before.at => {}
            Some(before) => {
                spread(&reading.queue, before, &now, &mut counted);
                *before = now;
            }
            None => {
                last.insert(reading.queue.clone(), now);
            }
        }
    }
    let count = |((queue, interval), calls): ((Name, i64), f64)| {
        let begins = Timestamp::from_millisecond(interval * EVERY.0).ok()?;
        Some(Count {
            queue: Some(queue),
            at: form.zone.to_datetime(begins),
            calls,
        })
    };
    list.counts = counted.into_iter().filter_map(count).collect();
    list.counts.sort_by_key(|count| count.at);
    list.every = Some(EVERY);
    match (list.counts.is_empty(), list.cut) {
        (false, cut) => Ok(CallList { cut, ..list }),
        (true, Some(cut)) => Err(CallsFault::Read(cut)),
        (true, None) => Err(CallsFault::NotCounted(list.path)),
    }
}

/// The calls that came between two readings, over the intervals between them: of a time in which nobody looked each has its share. A
/// counter that is smaller has begun anew.
fn spread(queue: &Name, before: &Offered, now: &Offered, counted: &mut BTreeMap<(Name, i64), f64>) {
    let came = now.calls.checked_sub(before.calls).unwrap_or(now.calls) as f64;
    let lasted = (now.at - before.at).0;
    // Of what came while nobody looked nobody knows when it did.
    if lasted > LOOKED_WITHIN.0 {
        return;
    }
    let (first, last) = (before.at.0.div_euclid(EVERY.0), now.at.0.div_euclid(EVERY.0));
    for interval in first..=last {
        let from = before.at.0.max(interval * EVERY.0);
        let to = now.at.0.min((interval + 1) * EVERY.0);
        let share = if lasted > 0 {
            (to - from) as f64 / lasted as f64
        } else {
            1.0
        };
        *counted.entry((queue.clone(), interval)).or_default() += came * share;
    }
}
