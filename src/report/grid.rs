//! Days and hours of the floor's zone.

use super::cells::Spans;
use crate::calendar::Calendar;
use crate::core::{Name, Time};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Hours of a day, as the tables have them: 24, whatever the clock does. An hour that a day leaves out has no length, one that it has
/// twice has two.
pub(super) const HOURS: usize = 24;

/// More days than any report looks at.
const MOST_DAYS: i64 = 1_000;

/// Whole days that follow each other.
#[derive(Clone, Debug)]
pub(super) struct Days {
    pub first: Date,
    pub number: usize,
    pub zone: TimeZone,
}

impl Days {
    /// The n-th day.
    pub fn day(&self, n: usize) -> Date {
        let n = i64::try_from(n).unwrap_or(0).min(MOST_DAYS);
        self.first.saturating_add(n.days())
    }

    /// The hours of all days, with the end of the last.
    pub fn hours(&self) -> Spans {
        let hours = (0..self.number * HOURS).map(|cell| {
            let hour = i8::try_from(cell % HOURS).unwrap_or(0);
            start(self.day(cell / HOURS), hour, &self.zone)
        });
        let mut hours: Vec<Time> = hours.chain([start(self.day(self.number), 0, &self.zone)]).collect();
        // A clock put back may name an hour twice; starts never fall.
        for place in 1..hours.len() {
            hours[place] = hours[place].max(hours[place - 1]);
        }
        hours.into()
    }

    pub fn begin(&self) -> Time {
        start(self.first, 0, &self.zone)
    }

    pub fn end(&self) -> Time {
        start(self.day(self.number), 0, &self.zone)
    }
}

/// The day of a moment.
pub(super) fn day_of(at: Time, zone: &TimeZone) -> Date {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    zone.to_datetime(moment).date()
}

/// When an hour of a day begins.
pub(super) fn start(day: Date, hour: i8, zone: &TimeZone) -> Time {
    let moment = zone.to_timestamp(day.at(hour, 0, 0, 0));
    Time(moment.map_or(0, |it| it.as_millisecond()))
}

/// Which of some days are holidays of a queue by the calendar.
pub(super) fn holidays(calendar: Option<&Calendar>, queue: &Name, days: &Days) -> Vec<bool> {
    (0..days.number)
        .map(|n| calendar.is_some_and(|calendar| calendar.is_holiday(queue, days.day(n))))
        .collect()
}
