//! What is left of the hours of a day and of a week. A shift belongs as a whole to the day, and so to the week, on which it begins.

use crate::core::ladder::{Rostered, Shift};
use crate::core::{Millis, Name, Time};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;

/// How many hours a person may be on duty.
pub struct Limits {
    /// On a day.
    pub max_day: Option<Millis>,
    /// In a week, on average.
    pub max_week: Option<Millis>,
    /// Over how many weeks the average goes.
    pub average_weeks: u32,
}

/// Everybody's shifts, with what is left of their hours.
///
/// Weeks begin on Monday, local. The average is that of the last `average_weeks` weeks, the shift's own included; fewer where
/// the roster knows fewer from their Monday on, since hours that it does not tell of may have been worked all the same.
pub fn rostered(spans: &BTreeMap<Name, Vec<(Time, Time)>>, limits: &Limits, zone: &TimeZone) -> Vec<Rostered> {
    let days = || spans.values().flatten().map(|(from, _)| local_day(*from, zone));
    let first = days().min();
    let known_from = first.map_or(Date::MAX, |day| match monday(day) {
        monday if monday == day => monday,
        monday => weeks_on(monday, 1),
    });
    let each = spans.iter().map(|(person, spans)| {
        let mut by_day: BTreeMap<Date, Millis> = BTreeMap::new();
        for (from, to) in spans {
            let hours = by_day.entry(local_day(*from, zone)).or_insert(Millis::ZERO);
            *hours = *hours + (*to - *from);
        }
        let shift = |&(from, to): &(Time, Time)| {
            let day = local_day(from, zone);
            let week = monday(day);
            let first = weeks_on(week, 1 - i64::from(limits.average_weeks))
                .max(known_from)
                .min(week);
            let weeks = (week.duration_since(first).as_hours() / (7 * 24)) + 1;
            let worked = |first: Date, end: Date| {
                let hours = by_day.range(first..end).map(|(_, hours)| *hours);
                hours.fold(Millis::ZERO, |sum, hours| sum + hours)
            };
            Shift {
                from,
                to,
                day_left: left(limits.max_day, 1, worked(day, day.tomorrow().unwrap_or(Date::MAX))),
                week_left: left(limits.max_week, weeks, worked(first, weeks_on(week, 1))),
                week_from: zone
                    .to_timestamp(first.at(0, 0, 0, 0))
                    .map_or(from, |at| Time(at.as_millisecond())),
            }
        };
        Rostered {
            person: person.clone(),
            shifts: spans.iter().map(shift).collect(),
        }
    });
    each.collect()
}

fn left(most: Option<Millis>, times: i64, worked: Millis) -> Millis {
    most.map_or(Millis::MAX, |most| {
        Millis(most.0.saturating_mul(times).saturating_sub(worked.0).max(0))
    })
}

fn local_day(at: Time, zone: &TimeZone) -> Date {
    Timestamp::from_millisecond(at.0).map_or(Date::MIN, |at| zone.to_datetime(at).date())
}

fn monday(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}

fn weeks_on(day: Date, weeks: i64) -> Date {
    day.saturating_add(weeks.weeks())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        max_day: Some(hours(11)),
        max_week: Some(hours(40)),
        average_weeks: 2,
    };

    const fn hours(hours: i64) -> Millis {
        Millis::from_mins(60 * hours)
    }

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn at(text: &str) -> Time {
        let civil: jiff::civil::DateTime = text.parse().unwrap();
        Time(berlin().to_timestamp(civil).unwrap().as_millisecond())
    }

    /// The shifts of one person, from day and hour to day and hour.
    fn shifts(spans: &[(&str, &str)], limits: &Limits) -> Vec<Shift> {
        let spans = spans.iter().map(|(from, to)| (at(from), at(to))).collect();
        rostered(&BTreeMap::from([("E01".into(), spans)]), limits, &berlin())
            .remove(0)
            .shifts
    }

    fn eight_hours(days: &[&str]) -> Vec<(Time, Time)> {
        let span = |day: &&str| (at(&format!("{day}T08:00")), at(&format!("{day}T16:00")));
        days.iter().map(span).collect()
    }

    #[test]
    fn a_day_has_the_hours_of_the_shifts_that_begin_on_it() {
        let found = shifts(
            &[
                ("2026-11-23T06:00", "2026-11-23T10:00"),
                ("2026-11-23T22:00", "2026-11-24T04:00"),
                ("2026-11-24T20:00", "2026-11-25T08:00"),
            ],
            &LIMITS,
        );
        let left: Vec<Millis> = found.iter().map(|shift| shift.day_left).collect();
        assert_eq!(left, [hours(1), hours(1), Millis::ZERO]);
    }

    #[test]
    fn hours_are_those_that_pass_and_not_those_of_the_clock() {
        let night = |day: &str| shifts(&[(&format!("{day}T00:00"), &format!("{day}T08:00"))], &LIMITS)[0];
        assert_eq!(
            night("2026-10-25").day_left,
            hours(2),
            "nine hours by the clock's eight"
        );
        assert_eq!(
            night("2026-03-29").day_left,
            hours(4),
            "seven hours by the clock's eight"
        );
        assert_eq!(night("2026-10-25").week_left, hours(31));
    }

    #[test]
    fn weeks_go_over_new_year_and_begin_on_monday() {
        let old = ["2026-12-21", "2026-12-22", "2026-12-23", "2026-12-27"];
        let new = ["2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01"];
        let spans = eight_hours(&[&old[..], &new[..]].concat());
        let found = rostered(&BTreeMap::from([("E01".into(), spans)]), &LIMITS, &berlin()).remove(0);
        let of = |n: usize| (found.shifts[n].week_left, found.shifts[n].week_from);
        assert_eq!(
            of(3),
            (hours(8), at("2026-12-21T00:00")),
            "Sunday ends a week; one week is known"
        );
        assert_eq!(
            of(4),
            (hours(8), at("2026-12-21T00:00")),
            "80 hours in two weeks, of them 72 rostered"
        );
        assert_eq!(of(8), of(4), "New Year's Day is of the same week");
    }

    #[test]
    fn a_week_that_the_roster_knows_in_part_is_not_counted_on() {
        // From Wednesday: the hours of Monday and Tuesday are not known.
        let spans = eight_hours(&["2026-11-18", "2026-11-23", "2026-11-24"]);
        let other = eight_hours(&["2026-11-19"]);
        let found = rostered(
            &[("E01".into(), spans), ("E02".into(), other)].into(),
            &LIMITS,
            &berlin(),
        );
        let of = |n: usize| (found[0].shifts[n].week_left, found[0].shifts[n].week_from);
        assert_eq!(
            of(0),
            (hours(32), at("2026-11-16T00:00")),
            "at least the shift's own week"
        );
        assert_eq!(of(1), (hours(24), at("2026-11-23T00:00")));
    }

    #[test]
    fn weeks_without_a_shift_of_the_person_count_where_others_have_one() {
        let spans = [
            ("E01".into(), eight_hours(&["2026-11-23"])),
            ("E02".into(), eight_hours(&["2026-11-16"])),
        ];
        let found = rostered(&spans.into(), &LIMITS, &berlin());
        assert_eq!(
            (found[0].shifts[0].week_left, found[0].shifts[0].week_from),
            (hours(72), at("2026-11-16T00:00"))
        );
    }

    #[test]
    fn without_limits_nothing_is_ever_used_up() {
        let none = Limits {
            max_day: None,
            max_week: None,
            average_weeks: 4,
        };
        let found = shifts(&[("2026-11-23T00:00", "2026-11-24T00:00")], &none);
        assert_eq!((found[0].day_left, found[0].week_left), (Millis::MAX, Millis::MAX));
        assert!(rostered(&BTreeMap::new(), &none, &berlin()).is_empty());
    }
}
