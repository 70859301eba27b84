//! Times as rows of a list and lines of a log have them: with their own zone, or on the wall of the file's.

use crate::core::Time;
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// No call is older than this (1990): Asterisk and call lists are younger, and a clock that was never set says 1970.
const EARLIEST: Time = Time(631_152_000_000);
/// No call is younger (2100): databases write 9999 where they mean never.
const LATEST: Time = Time(4_102_444_800_000);

/// A time as it is written.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(super) struct Written {
    /// On the wall where it was written.
    pub(super) local: DateTime,
    /// When that is; in an hour that the clocks showed twice, the first time.
    pub(super) moment: Time,
    /// The second time, where the clocks showed that hour twice and nothing tells which of the two is meant.
    pub(super) or: Option<Time>,
}

impl Written {
    /// Reads a date and a time; one that names no zone is of `zone`. Else what was expected.
    pub(super) fn read(text: &str, zone: &TimeZone) -> Result<Written, String> {
        let expected = || format!("{text:?} is no date and time; expected one such as 2026-11-02T08:00:05");
        let pieces = Pieces::parse(text).map_err(|_| expected())?;
        let local = pieces.date().to_datetime(pieces.time().ok_or_else(expected)?);
        let own = pieces.to_time_zone().map_err(|_| expected())?;
        let written = match pieces.to_numeric_offset() {
            Some(offset) => offset.to_timestamp(local).map(|moment| Written {
                local,
                moment: Time(moment.as_millisecond()),
                or: None,
            }),
            None => Written::on_the_wall(local, own.as_ref().unwrap_or(zone)),
        };
        let written = written.map_err(|_| expected())?;
        sensible(written.moment, text)?;
        Ok(written)
    }

    /// A time on the wall of a zone.
    pub(super) fn on_the_wall(local: DateTime, zone: &TimeZone) -> Result<Written, jiff::Error> {
        let wall = zone.to_ambiguous_timestamp(local);
        let second = match wall.offset() {
            AmbiguousOffset::Fold { .. } => Some(wall.later()?),
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => None,
        };
        Ok(Written {
            local,
            moment: Time(wall.compatible()?.as_millisecond()),
            or: second.map(|second| Time(second.as_millisecond())),
        })
    }

    /// The moments that it may be.
    pub(super) fn moments(&self) -> impl Iterator<Item = Time> + Clone + use<> {
        std::iter::once(self.moment).chain(self.or)
    }
}

/// Refuses what can be no time of a call: one wrong year among good ones would stretch a recording over centuries.
pub(super) fn sensible(at: Time, text: &str) -> Result<Time, String> {
    match (EARLIEST..LATEST).contains(&at) {
        true => Ok(at),
        false => Err(format!(
            "{text:?} is no time of a call: expected a year from 1990 to 2099"
        )),
    }
}

/// Tells that some rows or lines do not say when they happened.
pub(super) fn tell_shown_twice(file: &std::path::Path, count: u64, zone: &TimeZone) {
    if count > 0 {
        let (file, zone) = (file.display(), zone.iana_name().unwrap_or("the file's zone"));
        tracing::warn!(
            "{file}: {count} times are of an hour that the clocks of {zone} showed twice, and do not say which of the two: that hour may seem \
             twice as busy as it was, and the other empty; times with an offset, as in 2026-10-25T02:10:00+01:00, tell them apart"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[test]
    fn a_time_is_a_moment_whatever_way_it_is_written() {
        for text in [
            "2026-10-25T01:59:00+02:00",
            "2026-10-24T23:59:00Z",
            "2026-10-25T07:59:00[Asia/Shanghai]",
            "2026-10-25 01:59:00",
        ] {
            let written = Written::read(text, &berlin()).unwrap();
            assert_eq!((written.moment, written.or), (Time(1_792_886_340_000), None), "{text}");
        }
        // The hour that comes twice, unless it says which.
        let twice = Written::read("2026-10-25 02:10:00", &berlin()).unwrap();
        let second = Written::read("2026-10-25T02:10:00+01:00", &berlin()).unwrap();
        assert_eq!(twice.or, Some(second.moment));
        assert_eq!(second.moment - twice.moment, crate::core::Millis::from_mins(60));
        assert_eq!(second.or, None);
    }

    #[test]
    fn a_year_that_can_be_none_is_refused() {
        for text in [
            "1970-01-01 00:00:00",
            "1989-12-31T00:00:00Z",
            "9999-12-30 00:00:00",
            "2100-01-02T00:00:00Z",
        ] {
            let refused = Written::read(text, &TimeZone::UTC).unwrap_err();
            assert!(refused.contains("expected a year from 1990 to 2099"), "{refused}");
        }
        assert!(Written::read("1990-01-01 00:00:00", &TimeZone::UTC).is_ok());
        assert!(Written::read("2099-12-31 23:59:59", &TimeZone::UTC).is_ok());
        assert!(
            Written::read("tomorrow", &TimeZone::UTC)
                .unwrap_err()
                .contains("2026-11-02T08:00:05")
        );
    }
}
