//! Days off and make-up working days that a government decrees each year: data with its source, known until some day.

use super::days::Dates;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use std::sync::LazyLock;

/// Whose decrees are known, as they are written in a calendar.
pub const DECREES: [&str; 1] = ["mainland"];

static MAINLAND: LazyLock<Decrees> =
    LazyLock::new(|| Decrees::parse(include_str!("mainland.toml")).unwrap_or_default());

/// The decrees of one government.
#[derive(PartialEq, Eq, Debug)]
pub struct Decrees {
    known_until: Date,
    off: Vec<Dates>,
    worked: Vec<Dates>,
}

/// A file of decrees that cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("decrees: {0}")]
pub struct DecreesFault(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    known_until: String,
    notice: Vec<Notice>,
}

/// One notice; its number, date and source are for whoever looks it up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    #[serde(rename = "number")]
    _number: String,
    #[serde(rename = "date")]
    _date: String,
    #[serde(rename = "source")]
    _source: String,
    off: Vec<String>,
    worked: Vec<String>,
}

impl Decrees {
    /// Those of a government, by its word among [`DECREES`].
    pub fn of(whose: &str) -> Option<&'static Decrees> {
        (whose == "mainland").then(|| &*MAINLAND)
    }

    /// Reads a file of notices.
    ///
    /// # Errors
    /// What cannot be understood.
    pub fn parse(text: &str) -> Result<Decrees, DecreesFault> {
        let file: File = toml::from_str(text).map_err(|fault| DecreesFault(fault.to_string()))?;
        let dates = |pick: fn(&Notice) -> &Vec<String>| {
            let texts = file.notice.iter().flat_map(pick);
            texts
                .map(|text| Dates::parse(text).map_err(|fault| DecreesFault(fault.to_string())))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Decrees {
            known_until: file
                .known_until
                .parse()
                .map_err(|fault| DecreesFault(format!("known_until: {fault}")))?,
            off: dates(|notice| &notice.off)?,
            worked: dates(|notice| &notice.worked)?,
        })
    }

    /// The last day that a notice speaks of. Beyond it no day is known to be off, and every week is a plain one.
    pub fn known_until(&self) -> Date {
        self.known_until
    }

    /// Whether the day is given off.
    pub fn is_off(&self, day: Date) -> bool {
        self.off.iter().any(|dates| dates.holds(day))
    }

    /// Whether the day is worked: Monday to Friday where it is not given off, and make-up days.
    pub fn is_worked(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        match weekend {
            true => self.worked.iter().any(|dates| dates.holds(day)),
            false => !self.is_off(day),
        }
    }
}

/// Nothing is known, and that is warned of.
impl Default for Decrees {
    fn default() -> Decrees {
        Decrees {
            known_until: Date::MIN,
            off: Vec::new(),
            worked: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    fn mainland() -> Decrees {
        Decrees::parse(include_str!("mainland.toml")).unwrap()
    }

    #[test]
    fn the_file_that_is_built_in_is_understood() {
        assert_eq!(Decrees::of("mainland"), Some(&mainland()));
        assert_eq!(mainland().known_until(), date(2026, 12, 31));
        assert_eq!(DECREES.map(|whose| Decrees::of(whose).is_some()), [true]);
        assert!(Decrees::parse("known_until = \"soon\"\nnotice = []").is_err());
    }

    #[test]
    fn as_many_days_are_off_and_worked_as_the_notices_count() {
        // Days given off, and weekend days worked for them, by year: the sums that the notices name themselves.
        for (year, off, worked) in [
            (2024, 8 + 3 + 5 + 3 + 7 + 2, 8),
            (2025, 1 + 8 + 3 + 5 + 3 + 8, 5),
            (2026, 3 + 9 + 3 + 5 + 3 + 3 + 7, 6),
        ] {
            let days = || date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
            assert_eq!(days().filter(|day| mainland().is_off(*day)).count(), off, "{year}");
            let weekend = |day: &Date| day.weekday().to_monday_zero_offset() >= 5;
            assert_eq!(
                days().filter(|day| weekend(day) && mainland().is_worked(*day)).count(),
                worked,
                "{year}"
            );
        }
    }

    #[test]
    fn make_up_days_fall_on_weekends_and_on_no_day_off() {
        for dates in mainland().worked {
            let Dates::Once(first, last) = dates else {
                panic!("a make-up day has its year")
            };
            assert_eq!(first, last);
            assert!(
                first.weekday().to_monday_zero_offset() >= 5 && !mainland().is_off(first),
                "{first}"
            );
        }
    }

    #[test]
    fn weeks_around_spring_festival_2026() {
        let worked = |day| mainland().is_worked(date(2026, 2, day));
        assert!(
            worked(13) && worked(14),
            "Friday, and the Saturday that makes up for a day off"
        );
        assert!(!worked(15) && !worked(16) && !worked(23), "days off");
        assert!(worked(24) && !worked(22) && worked(28) && !mainland().is_worked(date(2026, 3, 1)));
    }
}
