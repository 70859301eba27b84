//! Calendar entries.

use super::{LIST_MAX, QUEUES_MAX, may, must};
use crate::calendar::{DECREES, Daily, Dates, DatesFault, Lunar, Monthly, WEEKDAYS};
use crate::config::sentence::{Sentence, say};
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
            Kind::List(&Kind::Written("kind_dates", "2026-10-01/2026-10-07", dates), LIST_MAX),
            "Only on these days, or on lunar ones or days off by decree.",
        ),
        may(
            "lunar",
            Kind::List(&Kind::Written("kind_lunar", "12-last/01-07", lunar), LIST_MAX),
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
            Kind::Written("kind_monthly", "1-5", monthly),
            "Only on these days of the month.",
        ),
        may(
            "daily",
            Kind::Written("kind_daily", "20:00-08:00", daily),
            "Only during this part; over midnight it belongs to the day on which it begins.",
        ),
    ],
};

fn dates(text: &str) -> Result<(), Sentence> {
    let text_came = format!("{text:?}");
    Dates::parse(text).map(drop).map_err(|fault| match fault {
        DatesFault::Unreadable(_) => say!("no_dates", text = text_came),
        DatesFault::Backwards(_) => say!("dates_backwards", text = text_came),
    })
}

fn lunar(text: &str) -> Result<(), Sentence> {
    let wrong = |_| say!("no_lunar", text = format!("{text:?}"));
    Lunar::parse(text).map(drop).map_err(wrong)
}

fn monthly(text: &str) -> Result<(), Sentence> {
    let wrong = |_| say!("no_monthly", text = format!("{text:?}"));
    Monthly::parse(text).map(drop).map_err(wrong)
}

fn daily(text: &str) -> Result<(), Sentence> {
    let wrong = |_| say!("no_daily", text = format!("{text:?}"));
    Daily::parse(text).map(drop).map_err(wrong)
}
