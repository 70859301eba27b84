//! One row of a call list to one call.

use super::{Call, CallsFault, Columns, Outcome};
use crate::core::{Millis, Name, Time};
use crate::lab::recorded::Form;
use crate::lab::recorded::times::Written;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::Path;

/// Words for a call that somebody took, in small letters.
pub(super) const ANSWERED: [&str; 6] = ["answered", "agent", "connect", "connected", "completed", "handled"];
/// Words for a caller who gave up.
pub(super) const GAVE_UP: [&str; 6] = ["abandoned", "abandon", "gave_up", "hang", "hangup", "lost"];

/// No wait and no call lasts longer.
const LONGEST: Millis = Millis(10_000_000_000);

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
pub(super) fn call(row: &csv::StringRecord, places: &Places, form: &Form) -> Result<Option<Call>, String> {
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
    let arrival = Written::read(field(places.arrival), &form.zone)?;
    let lasts = |span: Span, began: &Written| match span {
        Span::Seconds(place) => seconds(field(place)).map(|span| span.map(|span| (began.moment, span))),
        Span::Until(place) => until(field(place), began, &form.zone),
    };
    let (came, waited) = lasts(places.wait, &arrival)?.unwrap_or((arrival.moment, Millis::ZERO));
    if outcome == Outcome::Neither && waited == Millis::ZERO {
        return Ok(None);
    }
    let answered = Written {
        moment: came + waited,
        or: None,
        ..arrival
    };
    let handling = match places.handling.filter(|_| outcome == Outcome::Answered) {
        Some(handling) => lasts(handling, &answered)?.map(|(_, span)| span),
        None => None,
    };
    Ok(Some(Call {
        queue: places.queue.map(|place| queue(field(place), form)).transpose()?,
        at: arrival.local,
        moment: came,
        shown_twice: arrival.or.is_some(),
        waited,
        outcome,
        handling: handling.filter(|span| *span > Millis::ZERO),
    }))
}

/// A row that leaves its queue out is of the one that was named for such, and of no other.
fn queue(text: &str, form: &Form) -> Result<Name, String> {
    match (text.is_empty(), &form.queue) {
        (false, _) => Ok(Name::from(text)),
        (true, Some(queue)) => Ok(queue.clone()),
        (true, None) => {
            Err("its queue is empty, and the plan has several; write it there, or name it with --file-queue".into())
        }
    }
}

fn seconds(text: &str) -> Result<Option<Millis>, String> {
    match text.parse::<f64>() {
        _ if text.is_empty() => Ok(None),
        Ok(seconds) if (0.0..1.0e7).contains(&seconds) => Ok(Some(Millis((seconds * 1000.0 + 0.5) as i64))),
        Ok(_) | Err(_) => Err(format!("{text:?} is no number of seconds")),
    }
}

/// Since when something lasted up to a time, and for how long. Where either may be one of two moments, it lasted as short as it can have:
/// waits and calls are counted in minutes.
fn until(text: &str, began: &Written, zone: &TimeZone) -> Result<Option<(Time, Millis)>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let ended = Written::read(text, zone)?;
    let all = began
        .moments()
        .flat_map(|began| ended.moments().map(move |ended| (began, ended - began)));
    let shortest = all
        .filter(|(_, lasted)| *lasted >= Millis::ZERO)
        .min_by_key(|(began, lasted)| (*lasted, *began));
    let shown = || {
        let moment = Timestamp::from_millisecond(began.moment.0).unwrap_or_default();
        moment.to_zoned(zone.clone())
    };
    match shortest {
        Some((_, lasted)) if lasted >= LONGEST => Err(format!("{text:?} is more than 115 days after {}", shown())),
        Some(lasted) => Ok(Some(lasted)),
        None => Err(format!("{text:?} is not after {}", shown())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::recorded::calls::tests::form;

    /// Seconds waited by a row of a file of Berlin, and when the caller came.
    fn waited(arrival: &str, left: &str) -> Result<(i64, Time), String> {
        let header = csv::StringRecord::from(vec!["arrival", "left", "outcome"]);
        let places = Places::of(Path::new("calls.csv"), &header, &Columns::default()).unwrap();
        let row = csv::StringRecord::from(vec![arrival, left, "answered"]);
        let call = call(&row, &places, &form())?.unwrap();
        Ok((call.waited.0 / 1000, call.moment))
    }

    #[test]
    fn a_wait_lasts_from_moment_to_moment_whatever_the_walls_say() {
        for (arrival, left, seconds) in [
            ("2026-11-02T01:00:05Z", "2026-11-02T09:00:35+08:00", 30),
            ("2026-03-29T01:59:00+01:00", "2026-03-29T03:01:00+02:00", 120),
            ("2026-10-25T02:59:00+02:00", "2026-10-25T02:01:00+01:00", 120),
            // The same on walls that name no zone, and where one of the two does.
            ("2026-03-29 01:59:00", "2026-03-29 03:01:00", 120),
            ("2026-10-25 02:59:00", "2026-10-25 02:01:00", 120),
            ("2026-10-25 02:59:00", "2026-10-25 03:01:00", 120),
            ("2026-10-25 01:59:00", "2026-10-25 02:01:00", 120),
            ("2026-10-25 02:10:00", "2026-10-25 02:12:00", 120),
            ("2026-11-02 09:00:00", "2026-11-02T08:02:00Z", 120),
        ] {
            assert_eq!(waited(arrival, left).unwrap().0, seconds, "{arrival} {left}");
        }
        let refused = waited("2026-11-02T01:00:05Z", "2026-11-02T02:00:00+08:00").unwrap_err();
        assert!(refused.contains("is not after 2026-11-02T02:00:05+01:00"), "{refused}");
        let refused = waited("2026-11-02T01:00:05Z", "2027-11-02T01:00:05Z").unwrap_err();
        assert!(refused.contains("more than 115 days after"), "{refused}");
    }

    #[test]
    fn who_came_in_the_hour_that_comes_twice_is_known_where_the_row_tells() {
        let at = |text: &str| text.parse::<Timestamp>().map(|at| Time(at.as_millisecond())).unwrap();
        let came = |arrival, left| waited(arrival, left).unwrap().1;
        assert_eq!(
            came("2026-10-25 02:59:00", "2026-10-25 03:01:00"),
            at("2026-10-25T01:59:00Z")
        );
        assert_eq!(
            came("2026-10-25 02:10:00", "2026-10-25 02:12:00"),
            at("2026-10-25T00:10:00Z")
        );
    }
}
