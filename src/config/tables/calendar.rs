//! Calendar entries.

use super::{LIST_MAX, QUEUES_MAX, may, must};
use crate::calendar::{DECREES, Daily, Dates, Lunar, Monthly, WEEKDAYS};
use crate::config::shape::DefaultValue::InWords;
use crate::config::shape::{Kind, Shape};

/// Which ladder is in force when.
pub static CALENDAR: Shape = Shape {
    what: "a calendar entry",
    keys: &[
        must("ladder", Kind::Name, "The ladder in force."),
        may("queues", Kind::List(&Kind::Name, QUEUES_MAX), "Only for these queues.").or(InWords("all")),
        may(
            "dates",
            Kind::List(
                &Kind::Written("dates such as \"2026-10-01/2026-10-07\" or \"05-17\"", dates),
                LIST_MAX,
            ),
            "Only on these days, or on lunar ones or days off by decree.",
        ),
        may(
            "lunar",
            Kind::List(&Kind::Written("lunar days such as \"12-last/01-07\"", lunar), LIST_MAX),
            "Only on these days by the Chinese calendar, or on dates or days off by decree.",
        ),
        may(
            "decree",
            Kind::Word(&DECREES),
            "Only on the days off that the State Council of mainland China decrees, or on dates or lunar ones.",
        ),
        may(
            "weekdays",
            Kind::List(&Kind::Word(&WEEKDAYS), 7),
            "Only on these days of the week, decreed or not.",
        ),
        may(
            "workdays",
            Kind::Word(&DECREES),
            "Only on working days by decree: Monday to Friday but its days off, and its make-up days.",
        ),
        may(
            "monthly",
            Kind::Written("days of the month such as \"1-5\"", monthly),
            "Only on these days of the month.",
        ),
        may(
            "daily",
            Kind::Written(
                "a part of the day such as \"20:00-08:00\": two different times of 24 hours",
                daily,
            ),
            "Only during this part; over midnight it belongs to the day on which it begins.",
        ),
    ],
};

fn dates(text: &str) -> Result<(), String> {
    Dates::parse(text).map(drop)
}

fn lunar(text: &str) -> Result<(), String> {
    Lunar::parse(text).map(drop)
}

fn monthly(text: &str) -> Result<(), String> {
    Monthly::parse(text).map(drop)
}

fn daily(text: &str) -> Result<(), String> {
    Daily::parse(text).map(drop)
}
