//! The roster: who is on duty when, from a CSV file of its own, which is checked as the configuration is.

mod hours;
mod rows;
mod times;

use super::diagnostic::{Code, Diagnostics, Problems};
use super::endings::Ending;
use super::names::{self, Known};
use super::node::{Node, Said};
use super::sentence::say;
use super::tables::default;
use super::{Surroundings, as_text, duration};
use crate::core::ladder::Rostered;
use crate::core::{Millis, Name, Time};
use hours::Limits;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rows::Row;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

/// Largest roster that is read.
pub const ROSTER_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Most shifts that a roster may have.
pub const ROSTER_ROWS_MAX: usize = 50_000;
/// Longest shift.
pub const SHIFT_MAX: Millis = Millis::from_mins(24 * 60);

const DAY: Millis = Millis::from_mins(24 * 60);
const WEEK: Millis = Millis::from_mins(7 * 24 * 60);

/// What the roster says.
#[derive(Default)]
pub struct Roster {
    /// Everybody in it, sorted, with all shifts.
    pub people: Vec<Rostered>,
    /// People who join a pool by it, in the order of the file.
    pub joins: BTreeMap<Name, Vec<Name>>,
    /// What is wrong with the file.
    pub found: Diagnostics,
    /// There is one, and it could not be read: nothing is known of who is in it.
    pub is_missing: bool,
    /// When it is over.
    pub ending: Option<Ending>,
    /// SHA-256 of the file.
    pub digest: Option<[u8; 32]>,
}

/// Reads the roster that the configuration names, if it names one.
pub fn read(
    root: Node<'_>,
    known: &Known,
    zone: &TimeZone,
    surroundings: &Surroundings<'_>,
    problems: &mut Problems,
) -> Roster {
    let Some(node) = root.node("roster") else {
        return Roster::default();
    };
    let limits = limits(node, problems);
    let missing = Roster {
        is_missing: true,
        ..Roster::default()
    };
    let Some(path) = node.text("path") else {
        return missing;
    };
    let at = surroundings.folder.join(path.value);
    let file = at.display().to_string();
    let Some(bytes) = open(&at, &path, surroundings, problems) else {
        return missing;
    };
    let digest = Some(Sha256::digest(&bytes).into());
    let text = match as_text(bytes, &file, say!("roster_utf8")) {
        // Spreadsheets put a mark of its encoding before the text.
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(found) => return Roster { found, ..missing },
    };
    let mut wrong = Problems::default();
    let rows = rows::read(&text, zone, &mut wrong);
    let joins = joins(&rows, root, known, &text, &mut wrong);
    let spans = spans(rows, &text, &mut wrong);
    Roster {
        joins,
        ending: ending(&spans, zone, &path),
        people: hours::rostered(&spans, &limits, zone),
        found: wrong.of_file(&file, &text),
        is_missing: false,
        digest,
    }
}

fn limits(node: Node<'_>, problems: &mut Problems) -> Limits {
    for (key, most, hours) in [("max_day", DAY, 24_u8), ("max_week", WEEK, 168)] {
        if let Some(said) = node.duration(key).filter(|said| said.value > most) {
            let came = duration::format(said.value);
            let message = say!("hours_many", key = key, came = came, hours = hours.to_string());
            problems.error(Code::BadValue, said.span, message, say!("hours_many_instead"));
        }
    }
    if node.has("average_weeks") && !node.has("max_week") {
        let (message, help) = (say!("average_of_nothing"), say!("average_of_nothing_instead"));
        problems.error(Code::Contradiction, node.at("average_weeks"), message, help);
    }
    Limits {
        max_day: node.duration("max_day").map(|said| said.value),
        max_week: node.duration("max_week").map(|said| said.value),
        average_weeks: node
            .count("average_weeks")
            .map_or(default::AVERAGE_WEEKS, |said| said.value),
    }
}

fn open(at: &Path, path: &Said<&str>, surroundings: &Surroundings<'_>, problems: &mut Problems) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // Asked first: opening a pipe would wait for its other end.
    let read = std::fs::metadata(at).and_then(|metadata| match metadata.is_file() {
        true => std::fs::File::open(at)?
            .take(ROSTER_BYTES_MAX + 1)
            .read_to_end(&mut bytes),
        false => Err(std::io::Error::other("it is no file")),
    });
    if let Err(wrong) = read {
        let (place, why) = (at.display().to_string(), wrong.to_string());
        let message = say!("roster_unreadable", path = place, why = why);
        let help = say!("file_unusable_instead");
        problems.note(surroundings.severity(), Code::File, path.span.clone(), message, help);
        return None;
    }
    if bytes.len() as u64 > ROSTER_BYTES_MAX {
        let message = say!("roster_large", most = ROSTER_BYTES_MAX.to_string());
        problems.error(Code::Limit, path.span.clone(), message, say!("roster_large_instead"));
        return None;
    }
    Some(bytes)
}

/// Who joins which pool by the roster. Whatever is wrong with a person or a pool is told once, at its first row.
fn joins(
    rows: &[Row],
    root: Node<'_>,
    known: &Known,
    text: &str,
    problems: &mut Problems,
) -> BTreeMap<Name, Vec<Name>> {
    let listed: BTreeMap<Name, Name> = root
        .named("pool")
        .into_iter()
        .flat_map(|(pool, node)| {
            let people = node.names("people").into_iter();
            people.map(move |person| (person.value, pool.value.clone()))
        })
        .collect();
    let mut joined: BTreeMap<&Name, &Said<Name>> = BTreeMap::new();
    let mut told = BTreeSet::new();
    let mut joins: BTreeMap<Name, Vec<Name>> = BTreeMap::new();
    for row in rows {
        let Some(pool) = &row.pool else { continue };
        let person = &row.person.value;
        if !known.pools.contains(&pool.value) {
            if told.insert((None, &pool.value)) {
                names::expect(pool, &known.pools, "pool", problems);
            }
            continue;
        }
        let before = match (listed.get(person), joined.get(person)) {
            (Some(other), _) => Some((other, say!("by_configuration"))),
            (None, Some(other)) => {
                let line = rows::line(text, other.span.start).to_string();
                Some((&other.value, say!("in_line", line = line)))
            }
            (None, None) => None,
        };
        match before {
            None => {
                joined.insert(person, pool);
                joins.entry(pool.value.clone()).or_default().push(person.clone());
            }
            Some((other, place)) if *other != pool.value && told.insert((Some(person), &pool.value)) => {
                let (person, other) = (person.as_str(), other.as_str());
                let here = pool.value.as_str();
                let message = say!(
                    "person_elsewhere",
                    person = person,
                    other = other,
                    place = place,
                    pool = here
                );
                problems.error(
                    Code::Contradiction,
                    pool.span.clone(),
                    message,
                    say!("person_elsewhere_instead"),
                );
            }
            Some(_) => {}
        }
    }
    joins
}

/// Everybody's times on duty, in order and without overlap.
fn spans(rows: Vec<Row>, text: &str, problems: &mut Problems) -> BTreeMap<Name, Vec<(Time, Time)>> {
    let mut by_person: BTreeMap<Name, Vec<Row>> = BTreeMap::new();
    for row in rows {
        by_person.entry(row.person.value.clone()).or_default().push(row);
    }
    let each = by_person.into_iter().map(|(person, mut rows)| {
        rows.sort_by_key(|row| (row.from.value, row.from.span.start));
        for pair in rows.windows(2) {
            let (first, second) = (&pair[0], &pair[1]);
            if second.from.value < first.to.value {
                let (upper, lower) = match first.from.span.start < second.from.span.start {
                    true => (first, second),
                    false => (second, first),
                };
                let line = rows::line(text, upper.from.span.start);
                let message = say!("shifts_overlap", person = person.as_str(), line = line.to_string());
                let place = lower.from.span.start..lower.to.span.end;
                problems.error(Code::Contradiction, place, message, say!("shifts_overlap_instead"));
            }
        }
        let spans = rows.iter().map(|row| (row.from.value, row.to.value)).collect();
        (person, spans)
    });
    each.collect()
}

/// A roster is over on the day before its last: no shift is known then after the next day.
fn ending(spans: &BTreeMap<Name, Vec<(Time, Time)>>, zone: &TimeZone, path: &Said<&str>) -> Option<Ending> {
    let last = spans.values().flatten().map(|(_, to)| *to).max()?;
    let day = zone.to_datetime(Timestamp::from_millisecond(last.0 - 1).ok()?).date();
    let eve = day.checked_sub(1.day()).ok()?;
    let from = zone.to_timestamp(eve.at(0, 0, 0, 0)).ok()?;
    Some(Ending {
        from: Time(from.as_millisecond()),
        span: path.span.clone(),
        message: say!("roster_ends", path = path.value, day = day.to_string()),
        help: say!("roster_ends_instead"),
    })
}
