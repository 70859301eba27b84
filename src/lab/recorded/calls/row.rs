//! One row of a call list to one call.

use super::{Call, CallsFault, Columns, Outcome};
use crate::core::{Millis, Name, Time};
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use std::path::Path;

/// Words for a call that somebody took, in small letters.
pub(super) const ANSWERED: [&str; 6] = ["answered", "agent", "connect", "connected", "completed", "handled"];
/// Words for a caller who gave up.
pub(super) const GAVE_UP: [&str; 6] = ["abandoned", "abandon", "gave_up", "hang", "hangup", "lost"];

/// Where each column stands.
pub(super) struct Places {
    arrival: usize,
    wait: Span,
    outcome: usize,
    handling: Option<Span>,
    queue: Option<usize>,
}

/// A span of time in a row: as seconds, or by its end.
#[derive(Copy, Clone)]
enum Span {
    Seconds(usize),
    Until(usize),
}

impl Places {
    pub(super) fn of(path: &Path, header: &csv::StringRecord, columns: &Columns) -> Result<Places, CallsFault> {
        let place = |column: &str| {
            header
                .iter()
                .position(|known| known.trim().trim_start_matches('\u{feff}') == column)
        };
        let needed = |column: &String, ours: &'static str| {
            place(column).ok_or_else(|| CallsFault::NoColumn {
                path: path.to_owned(),
                column: column.clone(),
                ours,
                has: header.iter().take(20).collect::<Vec<_>>().join(", "),
            })
        };
        let until = |column: &str| place(column).map(Span::Until);
        let seconds = |column: &str| place(column).map(Span::Seconds);
        Ok(Places {
            arrival: needed(&columns.arrival, "arrival")?,
            wait: match until(&columns.left) {
                Some(left) if place(&columns.wait_s).is_none() => left,
                _ => Span::Seconds(needed(&columns.wait_s, "wait_s")?),
            },
            outcome: needed(&columns.outcome, "outcome")?,
            handling: seconds(&columns.handling_s).or_else(|| until(&columns.end)),
            queue: place(&columns.queue),
        })
    }
}

/// `None`: neither answered nor given up, and nobody waited.
pub(super) fn call(row: &csv::StringRecord, places: &Places) -> Result<Option<Call>, String> {
    let field = |place: usize| row.get(place).unwrap_or("").trim();
    let word = field(places.outcome).to_lowercase();
    let outcome = if ANSWERED.contains(&word.as_str()) {
        Outcome::Answered
    } else if GAVE_UP.contains(&word.as_str()) {
        Outcome::GaveUp
    } else {
        Outcome::Neither
    };
    if outcome == Outcome::Neither && field(places.arrival).is_empty() {
        return Ok(None);
    }
    let (at, moment) = when(field(places.arrival))?;
    let span = |span: Span, from: DateTime| match span {
        Span::Seconds(place) => match field(place) {
            "" => Ok(None),
            text => match text.parse::<f64>() {
                Ok(seconds) if (0.0..1.0e7).contains(&seconds) => Ok(Some(Millis((seconds * 1000.0 + 0.5) as i64))),
                _ => Err(format!("{text:?} is no number of seconds")),
            },
        },
        Span::Until(place) => match field(place) {
            "" => Ok(None),
            text => {
                let lasted = when(text)?.0.duration_since(from).as_millis();
                match i64::try_from(lasted) {
                    Ok(lasted) if (0..10_000_000_000).contains(&lasted) => Ok(Some(Millis(lasted))),
                    _ => Err(format!("{text:?} is not after {from}")),
                }
            }
        },
    };
    let waited = span(places.wait, at)?.unwrap_or(Millis::ZERO);
    if outcome == Outcome::Neither && waited == Millis::ZERO {
        return Ok(None);
    }
    let answered = at.saturating_add(jiff::SignedDuration::from_millis(waited.0));
    let handling = match places.handling.filter(|_| outcome == Outcome::Answered) {
        Some(handling) => span(handling, answered)?.filter(|span| *span > Millis::ZERO),
        None => None,
    };
    Ok(Some(Call {
        queue: places.queue.map(|place| Name::from(field(place))),
        at,
        moment,
        waited,
        outcome,
        handling,
    }))
}

/// The time on the wall where it was written, and the moment where it says in which zone that is.
pub(super) fn when(text: &str) -> Result<(DateTime, Option<Time>), String> {
    let expected = || format!("{text:?} is no date and time; expected one such as 2026-11-02T08:00:05");
    let pieces = Pieces::parse(text).map_err(|_| expected())?;
    let local = pieces.date().to_datetime(pieces.time().ok_or_else(expected)?);
    let offset = pieces.to_numeric_offset();
    let moment = match (offset, pieces.to_time_zone()) {
        (Some(offset), _) => offset.to_timestamp(local).ok(),
        (None, Ok(Some(zone))) => local.to_zoned(zone).ok().map(|zoned| zoned.timestamp()),
        // A Z with nothing behind it.
        (None, _) => text.parse::<jiff::Timestamp>().ok(),
    };
    Ok((local, moment.map(|it| Time(it.as_millisecond()))))
}
