//! The rows of a roster: CSV with a header, every cell with its place.

use super::{ROSTER_ROWS_MAX, SHIFT_MAX, times};
use crate::config::diagnostic::{Code, Problems, Severity};
use crate::config::node::Said;
use crate::config::reader::{check_name, closest};
use crate::config::sentence::say;
use crate::core::{Name, Time};
use csv::{ReaderBuilder, StringRecord, Trim};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::ops::Range;

/// The columns, and whether each must be there.
const COLUMNS: [(&str, bool); 4] = [("person", true), ("from", true), ("to", true), ("pool", false)];

/// One shift.
pub struct Row {
    /// Who.
    pub person: Said<Name>,
    /// Inclusive.
    pub from: Said<Time>,
    /// Exclusive.
    pub to: Said<Time>,
    /// Whose people the person joins.
    pub pool: Option<Said<Name>>,
}

/// The line of a place, from 1.
pub fn line(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count()
}

/// Reads every row that can be read, and says what is wrong with the others.
pub fn read(text: &str, zone: &TimeZone, problems: &mut Problems) -> Vec<Row> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut next = |problems: &mut Problems| match reader.read_record(&mut record) {
        Ok(false) => None,
        Ok(true) => {
            let at = record.position().map_or(0, |position| position.byte()) as usize;
            Some(Cells::of(&record, text, at))
        }
        Err(fault) => {
            let message = say!("no_csv", why = fault.to_string());
            problems.error(Code::Syntax, 0..0, message, say!("roster_header"));
            None
        }
    };
    let Some(header) = next(problems) else {
        problems.error(Code::Syntax, 0..0, say!("roster_empty"), say!("roster_header"));
        return Vec::new();
    };
    let Some(columns) = columns(&header, problems) else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    let mut count = 0;
    while let Some(cells) = next(problems) {
        count += 1;
        if count > ROSTER_ROWS_MAX {
            let message = say!("shifts_many", most = ROSTER_ROWS_MAX.to_string());
            problems.error(Code::Limit, cells.span(), message, say!("shifts_many_instead"));
            break;
        }
        if cells.0.iter().any(|cell| !cell.value.is_empty()) {
            rows.extend(row(&cells, &columns, zone, problems));
        }
    }
    if count == 0 {
        problems.error(
            Code::MissingKey,
            header.span(),
            say!("no_shift"),
            say!("no_shift_instead"),
        );
    }
    rows
}

/// The cells of one record.
struct Cells(Vec<Said<String>>);

impl Cells {
    /// The csv crate tells what the cells hold and where their record begins; where each stands is found by walking over the text.
    fn of(record: &StringRecord, text: &str, at: usize) -> Cells {
        let places = places(text, at);
        let last = places.last().map_or(at..at, |last| last.end..last.end);
        let said = |(n, value): (usize, &str)| Said {
            value: value.to_owned(),
            span: places.get(n).unwrap_or(&last).clone(),
        };
        Cells(record.iter().enumerate().map(said).collect())
    }

    fn span(&self) -> Range<usize> {
        let end = |cell: Option<&Said<String>>| cell.map_or(0..0, |cell| cell.span.clone());
        end(self.0.first()).start..end(self.0.last()).end
    }
}

/// Where each cell of the record at or after a place stands, without the space around it.
fn places(text: &str, at: usize) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let until = |from: usize, stop: &[u8]| {
        let length = bytes[from..].iter().position(|byte| stop.contains(byte));
        length.map_or(bytes.len(), |length| from + length)
    };
    let mut at = at;
    // Empty lines and remarks before the record belong to it as the crate counts.
    while let Some(byte) = bytes.get(at).filter(|byte| b"\r\n#".contains(byte)) {
        at = if *byte == b'#' { until(at, b"\n") } else { at + 1 };
    }
    let mut places = Vec::new();
    loop {
        let from = at;
        if bytes.get(at) == Some(&b'"') {
            at = until(at + 1, b"\"");
            // Two quotes are one of the text.
            while bytes.get(at + 1) == Some(&b'"') {
                at = until(at + 2, b"\"");
            }
        }
        at = until(at, b",\r\n");
        let cell = &text[from..at];
        let start = from + (cell.len() - cell.trim_start().len());
        places.push(start..start + cell.trim().len());
        if bytes.get(at) != Some(&b',') {
            return places;
        }
        at += 1;
    }
}

/// Which cell holds which of [`COLUMNS`]; `None` where rows cannot be understood.
fn columns(header: &Cells, problems: &mut Problems) -> Option<[Option<usize>; 4]> {
    let mut columns = [None; 4];
    let mut good = true;
    for (n, cell) in header.0.iter().enumerate() {
        let name = cell.value.as_str();
        let (code, message, help) = match COLUMNS.iter().position(|(known, _)| *known == name) {
            Some(at) if columns[at].is_none() => {
                columns[at] = Some(n);
                continue;
            }
            Some(_) => (
                Code::Contradiction,
                say!("column_twice", column = name),
                say!("roster_header"),
            ),
            None if header.0.len() == 1 && name.contains([';', '\t']) => {
                (Code::Syntax, say!("by_commas"), say!("by_commas_instead"))
            }
            None => (
                Code::UnknownKey,
                say!("no_such_column", column = name.chars().take(40).collect::<String>()),
                match closest(name, COLUMNS.iter().map(|(known, _)| *known)) {
                    Some(close) => say!("close", close = close),
                    None => say!("roster_header"),
                },
            ),
        };
        good = false;
        problems.error(code, cell.span.clone(), message, help);
    }
    let missing = COLUMNS
        .iter()
        .zip(&columns)
        .filter(|((_, needed), at)| *needed && at.is_none());
    let missing: Vec<String> = missing.map(|((name, _), _)| format!("`{name}`")).collect();
    if good && !missing.is_empty() {
        let columns = missing
            .into_iter()
            .map(|name| say!("written", text = name))
            .reduce(|these, last| say!("and_no_column", these = these, last = last));
        let message = columns.map(|columns| say!("columns_missing", columns = columns));
        problems.error(
            Code::MissingKey,
            header.span(),
            message.unwrap_or_else(|| say!("roster_empty")),
            say!("roster_header"),
        );
        good = false;
    }
    good.then_some(columns)
}

fn row(cells: &Cells, columns: &[Option<usize>; 4], zone: &TimeZone, problems: &mut Problems) -> Option<Row> {
    let count = columns.iter().flatten().count();
    if let Some(more) = cells.0.get(count) {
        let (came, header) = (cells.0.len().to_string(), count.to_string());
        let message = say!("cells_many", cells = came, header = header);
        let place = more.span.start..cells.span().end;
        problems.error(Code::Syntax, place, message, say!("cells_many_instead"));
        return None;
    }
    let mut cell = |column: usize| -> Option<&Said<String>> {
        let (name, needed) = COLUMNS[column];
        let cell = columns[column]
            .and_then(|at| cells.0.get(at))
            .filter(|cell| !cell.value.is_empty());
        if cell.is_none() && needed {
            let message = say!("cell_missing", column = name);
            problems.error(Code::MissingKey, cells.span(), message, say!("cell_missing_instead"));
        }
        cell
    };
    let (person, from, to, pool) = (cell(0), cell(1), cell(2), cell(3));
    let name = |cell: &Said<String>, problems: &mut Problems| {
        check_name(&cell.value, cell.span.clone(), problems);
        Said {
            value: Name::from(cell.value.as_str()),
            span: cell.span.clone(),
        }
    };
    let person = person.map(|cell| name(cell, problems));
    let pool = pool.map(|cell| name(cell, problems));
    let from = from.and_then(|cell| time(cell, zone, problems));
    let to = to.and_then(|cell| time(cell, zone, problems));
    let (person, from, to) = (person?, from?, to?);
    check_length(&from, &to, zone, problems)?;
    Some(Row { person, from, to, pool })
}

fn time(cell: &Said<String>, zone: &TimeZone, problems: &mut Problems) -> Option<Said<Time>> {
    match times::read(&cell.value, zone) {
        Ok(told) => {
            if let Some((message, help)) = told.doubt {
                problems.note(Severity::Warning, Code::BadValue, cell.span.clone(), message, help);
            }
            Some(Said {
                value: told.at,
                span: cell.span.clone(),
            })
        }
        Err((message, help)) => {
            problems.error(Code::BadValue, cell.span.clone(), message, help);
            None
        }
    }
}

fn check_length(from: &Said<Time>, to: &Said<Time>, zone: &TimeZone, problems: &mut Problems) -> Option<()> {
    let span = to.value - from.value;
    if (1..=SHIFT_MAX.0).contains(&span.0) {
        return Some(());
    }
    let next_day = Timestamp::from_millisecond(to.value.0)
        .ok()
        .and_then(|to| zone.to_datetime(to).checked_add(1.day()).ok())
        .filter(|_| span.0 < 0 && span.0 > -SHIFT_MAX.0);
    let (message, help) = match (span.0 <= 0, next_day) {
        (true, Some(next)) => {
            let time = next.strftime("%Y-%m-%d %H:%M").to_string();
            (say!("ends_first"), say!("ends_first_midnight", time = time))
        }
        (true, None) => (say!("ends_first"), say!("ends_first_instead")),
        (false, _) => (say!("shift_long"), say!("shift_long_instead")),
    };
    problems.error(Code::BadValue, to.span.clone(), message, help);
    None
}
