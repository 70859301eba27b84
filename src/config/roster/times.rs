//! Times of a roster: local, as `2026-11-21 08:00`, or with an offset, as `2026-11-21T08:00+08:00`.

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
    pub doubt: Option<(String, String)>,
}

/// Reads a time.
///
/// # Errors
/// What came, and what to write.
pub fn read(text: &str, zone: &TimeZone) -> Result<Told, (String, String)> {
    let wrong = || {
        let help = match meant(text) {
            Some(meant) => format!("write {}", meant.strftime("%Y-%m-%d %H:%M")),
            None => "write the day and the time, such as 2026-11-21 08:00; or with an offset, 2026-11-21T08:00+08:00"
                .to_owned(),
        };
        (format!("{text:?} is no time"), help)
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
    let name = zone.iana_name().unwrap_or("this zone");
    let shown = civil.strftime("%H:%M on %Y-%m-%d");
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
            let message = format!("in {name} the clock jumps over {shown}: {taken} is taken");
            Some((message, format!("write {taken}, or what else is meant")))
        }
        AmbiguousOffset::Fold { before, after } => {
            let message = format!("in {name} the clock passes {shown} twice: the first is taken");
            let help = format!(
                "write {} for the first, {} for the second",
                with(before).ok()?,
                with(after).ok()?
            );
            Some((message, help))
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
