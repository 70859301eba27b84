//! Days as people write them: dates, ranges, days of the month, lunar days; and the parts of a day.

use icu_calendar::Date as IcuDate;
use icu_calendar::cal::ChineseTraditional;
use jiff::civil::{Date, Time, Weekday};

/// A day or a range of days, both ends included: `"2026-10-01/2026-10-07"`, `"2026-10-01"`, `"05-17"`, `"12-24/01-02"`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Dates {
    /// Once.
    Once(Date, Date),
    /// Every year, as month and day; a range may go over New Year.
    Yearly((i8, i8), (i8, i8)),
}

/// Why a text is no days.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DatesFault {
    /// It is none.
    #[error("{0:?} is no date and no range of dates")]
    Unreadable(String),
    /// A range that ends before it begins.
    #[error("{0:?} ends before it begins")]
    Backwards(String),
}

impl Dates {
    /// Reads a day or a range.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Dates, DatesFault> {
        let wrong = || DatesFault::Unreadable(text.to_owned());
        let (first, last) = text.split_once('/').unwrap_or((text, text));
        if let (Some(first), Some(last)) = (month_day(first), month_day(last)) {
            // 29 February is a day of some years.
            let exists = |(month, day)| Date::new(2024, month, day).is_ok();
            return if exists(first) && exists(last) {
                Ok(Dates::Yearly(first, last))
            } else {
                Err(wrong())
            };
        }
        let (Some(from), Some(to)) = (iso_date(first), iso_date(last)) else {
            return Err(wrong());
        };
        match from <= to {
            true => Ok(Dates::Once(from, to)),
            false => Err(DatesFault::Backwards(text.to_owned())),
        }
    }

    /// Whether the day is one of them.
    pub fn holds(&self, day: Date) -> bool {
        match *self {
            Dates::Once(first, last) => (first..=last).contains(&day),
            Dates::Yearly(first, last) => within((day.month(), day.day()), first, last),
        }
    }
}

/// Days of the month, both ends included: `"1-5"`, `"15"`, `"28-3"` over the month's end.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Monthly(i8, i8);

impl Monthly {
    /// Reads a day of the month or a range of them.
    ///
    /// # Errors
    /// In words: what came.
    pub fn parse(text: &str) -> Result<Monthly, String> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (number(first, 31), number(last, 31)) {
            (Some(first), Some(last)) => Ok(Monthly(first, last)),
            _ => Err(format!("{text:?} are no days of a month")),
        }
    }

    /// Whether the day is one of them.
    pub fn holds(self, day: Date) -> bool {
        within(day.day(), self.0, self.1)
    }
}

/// Days by the Chinese calendar, both ends included: `"12-last/01-07"`, `"08-15"`. A leap month is not the month whose number
/// it repeats; it belongs to a range that goes over it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Lunar(LunarDay, LunarDay);

/// A month and its day; `None` is the month's last.
type LunarDay = (u8, Option<u8>);

impl Lunar {
    /// Reads a lunar day or a range of them.
    ///
    /// # Errors
    /// In words: what came.
    pub fn parse(text: &str) -> Result<Lunar, String> {
        let day = |text: &str| -> Option<LunarDay> {
            let (month, day) = text.split_once('-')?;
            let month = two_digits(month, 12)? as u8;
            if day == "last" {
                Some((month, None))
            } else {
                Some((month, Some(two_digits(day, 30)? as u8)))
            }
        };
        let (first, last) = text.split_once('/').unwrap_or((text, text));
        match (day(first), day(last)) {
            (Some(first), Some(last)) => Ok(Lunar(first, last)),
            _ => Err(format!("{text:?} is no lunar day and no range of them")),
        }
    }

    /// Whether the day is one of them.
    pub fn holds(self, day: LunarDate) -> bool {
        let place = |(month, wanted): LunarDay| {
            // Only within its own month does "last" have to be told apart from the day before it.
            let last = if month == day.month && !day.leap {
                day.days_in_month
            } else {
                30
            };
            (month, false, wanted.unwrap_or(last))
        };
        within((day.month, day.leap, day.day), place(self.0), place(self.1))
    }
}

/// A day by the Chinese calendar.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct LunarDate {
    month: u8,
    leap: bool,
    day: u8,
    days_in_month: u8,
}

impl LunarDate {
    /// The lunar date of a day. Outside 1900 to 2100 the calendar is approximated.
    pub fn of(day: Date) -> Option<LunarDate> {
        let iso = IcuDate::try_new_iso(day.year().into(), day.month() as u8, day.day() as u8).ok()?;
        let lunar = iso.to_calendar(ChineseTraditional::new());
        let month = lunar.month();
        Some(LunarDate {
            month: month.number(),
            leap: month.to_input().is_leap(),
            day: lunar.day_of_month().0,
            days_in_month: lunar.days_in_month(),
        })
    }
}

/// A part of each day: from `start` to before `end`, the next day's where that is not later. `end` may be `"24:00"`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Daily {
    /// Civil time at which it begins.
    pub start: Time,
    /// Civil time at which it is over.
    pub end: Time,
}

impl Daily {
    /// Reads `"20:00-08:00"`.
    ///
    /// # Errors
    /// In words: what came.
    pub fn parse(text: &str) -> Result<Daily, String> {
        let wrong = || format!("{text:?} is no part of a day");
        let time = |text: &str| -> Option<Time> {
            let (hour, minute) = text.split_once(':')?;
            let digits = hour.len() == 2 && minute.len() == 2 && text.bytes().all(|b| b.is_ascii_digit() || b == b':');
            digits.then(|| Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok())?
        };
        let (start, end) = text.split_once('-').ok_or_else(wrong)?;
        let start = time(start).ok_or_else(wrong)?;
        let end = if end == "24:00" {
            Time::midnight()
        } else {
            time(end).ok_or_else(wrong)?
        };
        if start == end && start != Time::midnight() {
            Err(wrong())
        } else {
            Ok(Daily { start, end })
        }
    }
}

/// Names of the days of the week, as they are written.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads `"mon"` to `"sun"`.
pub fn weekday(text: &str) -> Option<Weekday> {
    let at = WEEKDAYS.iter().position(|&day| day == text)?;
    Weekday::from_monday_zero_offset(at as i8).ok()
}

/// Whether it lies from `first` to `last`, which may go over the end of the circle.
fn within<T: PartialOrd>(it: T, first: T, last: T) -> bool {
    if first <= last {
        first <= it && it <= last
    } else {
        it >= first || it <= last
    }
}

fn month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    Some((two_digits(month, 12)?, two_digits(day, 31)?))
}

fn iso_date(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let year = (year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit())).then(|| year.parse().ok())??;
    let (month, day) = month_day(rest)?;
    Date::new(year, month, day).ok()
}

fn two_digits(text: &str, most: i8) -> Option<i8> {
    if text.len() == 2 { number(text, most) } else { None }
}

fn number(text: &str, most: i8) -> Option<i8> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|n| digits && (1..=most).contains(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    fn lunar(text: &str, day: Date) -> bool {
        Lunar::parse(text).unwrap().holds(LunarDate::of(day).unwrap())
    }

    #[test]
    fn spring_festival_falls_on_its_known_days() {
        for first in [
            date(2020, 1, 25),
            date(2023, 1, 22),
            date(2024, 2, 10),
            date(2025, 1, 29),
            date(2026, 2, 17),
            date(2027, 2, 6),
            date(2033, 1, 31),
        ] {
            let days: Vec<i64> = (-5..12)
                .filter(|&n| lunar("12-last/01-07", first.checked_add(n.days()).unwrap()))
                .collect();
            assert_eq!(days, [-1, 0, 1, 2, 3, 4, 5, 6], "{first}");
            assert!(lunar("01-01", first) && !lunar("01-01", first.tomorrow().unwrap()));
        }
        assert!(lunar("08-15", date(2026, 9, 25)), "Mid-Autumn");
        assert!(lunar("05-05", date(2026, 6, 19)), "Dragon Boat");
    }

    #[test]
    fn a_leap_month_is_not_the_month_whose_number_it_repeats() {
        // 2025 had a sixth month from 25 June and a leap sixth from 25 July to 22 August.
        assert!(lunar("06-01", date(2025, 6, 25)));
        assert!(!lunar("06-01", date(2025, 7, 25)));
        assert!(!lunar("06-20/06-last", date(2025, 8, 22)));
        assert!(lunar("06-20/07-02", date(2025, 8, 1)), "a range goes over it");
        assert!(lunar("07-01", date(2025, 8, 23)));
    }

    #[test]
    fn lunar_dates_of_any_day_do_not_panic() {
        for year in (-9999..=9999).step_by(7) {
            for month in [1, 2, 6, 12] {
                let _ = LunarDate::of(date(year, month, 28));
            }
        }
        let _ = (LunarDate::of(Date::MIN), LunarDate::of(Date::MAX));
    }

    #[test]
    fn dates_once_and_every_year() {
        let golden = Dates::parse("2026-10-01/2026-10-07").unwrap();
        assert!(golden.holds(date(2026, 10, 7)) && !golden.holds(date(2027, 10, 7)));
        assert!(Dates::parse("05-17").unwrap().holds(date(2031, 5, 17)));
        let new_year = Dates::parse("12-24/01-02").unwrap();
        assert!(new_year.holds(date(2026, 12, 31)) && new_year.holds(date(2027, 1, 2)));
        assert!(!new_year.holds(date(2027, 1, 3)));
        for wrong in [
            "",
            "2026-02-29",
            "02-30",
            "2026-10-07/2026-10-01",
            "2026-10-01/10-07",
            "1-1",
            "26-10-01",
            "05-17/",
            "+5-17",
        ] {
            assert!(Dates::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_of_the_month_and_parts_of_a_day() {
        assert!(Monthly::parse("1-5").unwrap().holds(date(2026, 3, 5)));
        assert!(Monthly::parse("28-3").unwrap().holds(date(2026, 3, 1)));
        assert!(!Monthly::parse("15").unwrap().holds(date(2026, 3, 16)));
        for wrong in ["", "0-5", "1-32", "-5", "1-", "1-5-7"] {
            assert!(Monthly::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Daily::parse("20:00-24:00").unwrap().end, Time::midnight());
        for wrong in [
            "",
            "20:00",
            "8:00-20:00",
            "08:00-08:00",
            "24:00-08:00",
            "08:60-09:00",
            "08:00-+9:00",
        ] {
            assert!(Daily::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!((weekday("sun"), weekday("Sun")), (Some(Weekday::Sunday), None));
    }
}
