//! A report as it is read: sections of tables and charts, in a language, before any rendering.

use super::words;
use crate::core::Time;
use crate::words::{Language, Words};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// A report to be read.
#[derive(Clone, PartialEq, Debug)]
pub struct Document {
    /// In which language.
    pub language: Language,
    /// Its title.
    pub title: String,
    /// What it tells of, and by what.
    pub lead: Vec<String>,
    /// Its sections.
    pub sections: Vec<Section>,
}

/// One section.
#[derive(Clone, PartialEq, Debug)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What must be known to read it, and what cannot be told.
    pub notes: Vec<String>,
    /// Its charts.
    pub charts: Vec<Chart>,
    /// Its tables.
    pub tables: Vec<Table>,
}

/// One table.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    /// Its word in file names and CSV.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What it tells, or does not.
    pub notes: Vec<String>,
    /// Heads of its columns; the first column is the rows' own heads.
    pub heads: Vec<String>,
    /// Columns from the second on that only wide renderings show: hours of a day.
    pub hours: usize,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a table.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number with so many digits behind the point; `None`: not known.
    Number(Option<f64>, usize),
    /// A share, 0 to 1.
    Share(Option<f64>),
    /// Two numbers, the first above the second.
    Pair(Option<f64>, Option<f64>),
    /// A number, and whether it is past its limit.
    Judged(Option<f64>, usize, bool),
    /// A share, and whether it is past its limit.
    JudgedShare(Option<f64>, bool),
}

/// Lines over days, or pairs of bars.
#[derive(Clone, PartialEq, Debug)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// Names along the foot.
    pub along: Vec<String>,
    /// Each with its name; a value that is not known breaks a line.
    pub lines: Vec<(String, Vec<Option<f64>>)>,
    /// Bars beside each other in place of lines.
    pub bars: bool,
    /// A line at a height, with its name.
    pub mark: Option<(String, f64)>,
    /// Values are shares.
    pub shares: bool,
}

impl Cell {
    /// As it is read; what is not known is a dash.
    pub fn shown(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Number(number, digits) | Cell::Judged(number, digits, _) => {
                number.map_or_else(dash, |number| grouped(number, *digits))
            }
            Cell::Share(share) | Cell::JudgedShare(share, _) => share.map_or_else(dash, percent),
            Cell::Pair(one, other) => {
                let shown = |number: &Option<f64>| number.map_or_else(dash, |number| grouped(number, 0));
                format!("{}/{}", shown(one), shown(other))
            }
        }
    }

    /// Past its limit.
    pub fn is_past(&self) -> bool {
        matches!(self, Cell::Judged(Some(_), _, true) | Cell::JudgedShare(Some(_), true))
    }
}

fn dash() -> String {
    "–".to_owned()
}

/// With commas between thousands, as English and Chinese have it.
pub(super) fn grouped(number: f64, digits: usize) -> String {
    let text = format!("{number:.digits$}");
    let (whole, rest) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let mut shown = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    let is_zero = shown.chars().chain(rest.unwrap_or_default().chars()).all(|c| c == '0');
    let sign = if is_zero { "" } else { sign };
    match rest {
        Some(rest) => format!("{sign}{shown}.{rest}"),
        None => format!("{sign}{shown}"),
    }
}

pub(super) fn percent(share: f64) -> String {
    format!("{} %", grouped(share * 100.0, 1))
}

/// How things are said in a report.
pub(super) struct Voice<'a> {
    pub words: &'a Words,
    pub zone: TimeZone,
}

impl Voice<'_> {
    pub fn say(&self, key: &str) -> String {
        self.say_with(key, &[])
    }

    pub fn say_with(&self, key: &str, values: &[(&str, &str)]) -> String {
        words::text(self.words.language(), key, values)
    }

    pub fn name(&self, kind: &str, key: &str) -> String {
        self.words.name(kind, key)
    }

    /// `Mon 2 Nov`, `11月2日 周一`.
    pub fn day(&self, day: Date) -> String {
        let weekday = self.say(match day.weekday() {
            Weekday::Monday => "weekday.1",
            Weekday::Tuesday => "weekday.2",
            Weekday::Wednesday => "weekday.3",
            Weekday::Thursday => "weekday.4",
            Weekday::Friday => "weekday.5",
            Weekday::Saturday => "weekday.6",
            Weekday::Sunday => "weekday.7",
        });
        match self.words.language() {
            Language::En => format!("{weekday} {} {}", day.day(), month(day)),
            Language::ZhHans | Language::ZhHant => format!("{}月{}日 {weekday}", day.month(), day.day()),
        }
    }

    /// `2 Nov 2026`, `2026年11月2日`.
    pub fn date(&self, day: Date) -> String {
        match self.words.language() {
            Language::En => format!("{} {} {}", day.day(), month(day), day.year()),
            Language::ZhHans | Language::ZhHant => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        }
    }

    /// A moment, to the minute.
    pub fn moment(&self, at: Time) -> String {
        let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
        let at = self.zone.to_datetime(moment);
        format!("{} {:02}:{:02}", self.day(at.date()), at.hour(), at.minute())
    }
}

fn month(day: Date) -> &'static str {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = usize::try_from(day.month()).unwrap_or(1);
    MONTHS[month.clamp(1, 12) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_easily_and_unknown_is_no_zero() {
        assert_eq!(grouped(1_234_567.25, 1), "1,234,567.2");
        assert_eq!(
            (grouped(-999.6, 0), grouped(-0.04, 1), grouped(12.0, 0)),
            ("-1,000".into(), "0.0".into(), "12".into())
        );
        assert_eq!(Cell::Share(Some(0.905)).shown(), "90.5 %");
        assert_eq!(Cell::Number(None, 0).shown(), "–");
        assert_eq!(Cell::Pair(Some(1234.0), None).shown(), "1,234/–");
    }
}
