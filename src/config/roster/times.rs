//! Times of a roster: local, as `2026-11-21 08:00`, or with an offset, as `2026-11-21T08:00+08:00`.

use crate::config::sentence::{Sentence, say};
use crate::core::Time;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use std::ops::RangeInclusive;

/// Years that are taken for meant.
const YEARS: RangeInclusive<i16> = 2000..=2199;

/// A time, and what is to be said of it.
pub struct Told {
    /// When.
    pub at: Time,
    /// Where the zone's clock has this local time not at all or twice: how it was taken, and what to write instead.
    pub doubt: Option<(Sentence, Sentence)>,
}

/// Reads a time.
///
/// # Errors
/// What came, and what to write.
pub fn read(text: &str, zone: &TimeZone) -> Result<Told, (Sentence, Sentence)> {
    let wrong = || {
        let help = match meant(text) {
            Some(meant) => say!("write", text = meant.strftime("%Y-%m-%d %H:%M").to_string()),
            None => say!("no_time_instead"),
        };
        (say!("no_time", text = format!("{text:?}")), help)
    };
    if let Ok(at) = text.parse::<Timestamp>() {
        return match YEARS.contains(&zone.to_datetime(at).year()) {
            true => Ok(Told {
                at: Time(at.as_millisecond()),
                doubt: None,
            }),
            false => Err(wrong()),
        };
    }
    let civil = civil(text)
        .filter(|civil| YEARS.contains(&civil.year()))
        .ok_or_else(wrong)?;
    local(civil, zone).ok_or_else(wrong)
}

/// `2026-11-21 08:00`, with seconds or without; nothing else that a date and a time may look like.
fn civil(text: &str) -> Option<DateTime> {
    let form = text.len() == 16 || text.len() == 19;
    let shape = form && text.is_ascii() && matches!(text.as_bytes()[10], b' ' | b'T');
    text.parse().ok().filter(|_| shape)
}

/// As the calendar has it: where the clock jumps over a time it moves with the clock, where the clock passes it twice the first counts.
fn local(civil: DateTime, zone: &TimeZone) -> Option<Told> {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let name = zone.iana_name();
    let name = name.map_or_else(|| say!("this_zone"), |name| say!("written", text = name));
    let shown = civil.strftime("%Y-%m-%d %H:%M").to_string();
    let offset = ambiguous.offset();
    let at = ambiguous.compatible().ok()?;
    let with = |offset: Offset| {
        offset
            .to_timestamp(civil)
            .map(|at| at.display_with_offset(offset).to_string())
    };
    let doubt = match offset {
        AmbiguousOffset::Unambiguous { .. } => None,
        AmbiguousOffset::Gap { .. } => {
            let taken = zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
            let help = say!("clock_jumps_instead", taken = taken.as_str());
            Some((say!("clock_jumps", zone = name, time = shown, taken = taken), help))
        }
        AmbiguousOffset::Fold { before, after } => {
            let (first, second) = (with(before).ok()?, with(after).ok()?);
            let help = say!("clock_twice_instead", first = first, second = second);
            Some((say!("clock_twice", zone = name, time = shown), help))
        }
    };
    Some(Told {
        at: Time(at.as_millisecond()),
        doubt,
    })
}

/// What somebody meant who wrote it as spreadsheets do (`2026/11/21 8:00`), or the end of a day as `24:00`.
fn meant(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once([' ', 'T'])?;
    let numbers = |text: &str, divisors: &[char]| -> Option<Vec<i16>> {
        let parts = text.trim().split(divisors);
        parts.map(|part| part.parse().ok()).collect()
    };
    let [year, month, day] = numbers(date, &['-', '/', '.'])?[..] else {
        return None;
    };
    let [hour, minute] = numbers(time, &[':'])?[..] else {
        return None;
    };
    let day = Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let midnight = hour == 24 && minute == 0;
    let day = if midnight { day.tomorrow().ok()? } else { day };
    let hour = if midnight { 0 } else { hour.try_into().ok()? };
    let time = jiff::civil::Time::new(hour, minute.try_into().ok()?, 0, 0).ok()?;
    Some(day.to_datetime(time)).filter(|meant| YEARS.contains(&meant.year()))
}
