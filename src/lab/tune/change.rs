//! What a proposal changes in a plan's file: key by key, with its place, and the whole file with nothing else touched.

use std::ops::Range;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// One key of a table with a header of its own, as it is to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The table as its header names it, and a tier's name behind it.
    pub table: String,
    /// From 1: where the key stands, or where the table begins that does not have it.
    pub line: usize,
    /// `when = { waiting_above = 5, for = "3m" }`.
    pub text: String,
    /// The value as it was written; `None`: it was not.
    pub was: Option<String>,
    /// The ladder that it is in.
    pub ladder: Option<String>,
    place: Place,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Place {
    /// Bytes of the value, and what comes in their place.
    Value(Range<usize>, String),
    /// A line behind the one with this byte.
    After(usize),
}

/// The keys in which a changed text says something else. `None`: one of the two is no TOML, or a table has come or gone, which nothing
/// that is varied does.
pub fn changes(text: &str, changed: &str) -> Option<Vec<Change>> {
    let before = DeTable::parse(text).ok()?;
    let after: Table = changed.parse().ok()?;
    let mut found = Vec::new();
    compare(text, &Header::default(), before.get_ref(), &after, &mut found)?;
    found.sort_by_key(|change| change.line);
    Some(found)
}

/// The text with these changes, all else as it was.
pub fn written(text: &str, changes: &[Change]) -> String {
    let mut text = text.to_owned();
    let start = |change: &Change| match &change.place {
        Place::Value(span, _) => span.start,
        Place::After(byte) => *byte,
    };
    let mut last_first: Vec<&Change> = changes.iter().collect();
    last_first.sort_by_key(|change| std::cmp::Reverse(start(change)));
    for change in last_first {
        match &change.place {
            Place::Value(span, value) => text.replace_range(span.clone(), value),
            Place::After(byte) => {
                let end = text[*byte..].find('\n').map_or(text.len(), |end| byte + end);
                text.insert_str(end, &format!("\n{}", change.text));
            }
        }
    }
    text
}

/// The changed keys as they are pasted into the file: each takes the place of the line that its comment names; one that was not there goes
/// below its table's heading.
pub fn to_paste(changes: &[Change]) -> String {
    let each = changes.iter().map(|change| {
        let was = change
            .was
            .as_ref()
            .map(|was| format!("    # was {}", was.replace('\n', " ")))
            .unwrap_or_default();
        format!("# line {}, {}\n{}{was}\n", change.line, change.table, change.text)
    });
    each.collect::<Vec<_>>().join("\n")
}

/// A table with a header of its own.
#[derive(Clone, Default)]
struct Header {
    path: Vec<String>,
    name: Option<String>,
    array: bool,
    begins: usize,
}

impl Header {
    fn words(&self) -> String {
        let path = self.path.join(".");
        match (&self.name, self.array) {
            _ if path.is_empty() => "the top of the file".to_owned(),
            (Some(name), _) => format!("[[{path}]] of {name:?}"),
            (None, true) => format!("[[{path}]]"),
            (None, false) => format!("[{path}]"),
        }
    }
}

fn compare(text: &str, header: &Header, before: &DeTable<'_>, after: &Table, found: &mut Vec<Change>) -> Option<()> {
    for (key, new) in after {
        let old = before.get(key.as_str());
        let mut inner = header.clone();
        inner.path.push(key.clone());
        (inner.name, inner.array) = (None, false);
        match (old, new) {
            (Some(old), Value::Table(new)) if !is_inline(text, old) => {
                inner.begins = old.span().start;
                compare(text, &inner, old.get_ref().as_table()?, new, found)?;
            }
            (Some(old), Value::Array(new)) if of_tables(text, old) => {
                let old = old.get_ref().as_array()?;
                if old.len() != new.len() {
                    return None;
                }
                for (old, new) in old.iter().zip(new) {
                    let (before, after) = (old.get_ref().as_table()?, new.as_table()?);
                    inner.array = true;
                    inner.begins = old.span().start;
                    inner.name = after.get("name").and_then(Value::as_str).map(str::to_owned);
                    compare(text, &inner, before, after, found)?;
                }
            }
            (Some(old), new) => {
                if !same(old.get_ref(), new) {
                    found.push(Change::of(text, header, key, Some(old), new));
                }
            }
            // Tables that were not there would need a header of their own.
            (None, Value::Table(new)) if new.values().any(Value::is_table) => return None,
            (None, new) => found.push(Change::of(text, header, key, None, new)),
        }
    }
    let gone = |key: &str| !after.contains_key(key);
    (!before.iter().any(|(key, _)| gone(key.get_ref()))).then_some(())
}

fn is_inline(text: &str, value: &Spanned<DeValue<'_>>) -> bool {
    text[value.span().start..].starts_with('{')
}

fn of_tables(text: &str, value: &Spanned<DeValue<'_>>) -> bool {
    let first = value.get_ref().as_array().and_then(|array| array.iter().next());
    first.is_some_and(|first| first.get_ref().is_table() && !is_inline(text, first))
}

fn same(old: &DeValue<'_>, new: &Value) -> bool {
    match (old, new) {
        (DeValue::Table(old), Value::Table(new)) => {
            old.len() == new.len()
                && old.iter().all(|(key, old)| {
                    let new = new.get(key.get_ref().as_ref());
                    new.is_some_and(|new| same(old.get_ref(), new))
                })
        }
        (DeValue::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old.get_ref(), new))
        }
        (DeValue::String(old), Value::String(new)) => old.as_ref() == new,
        (DeValue::Boolean(old), Value::Boolean(new)) => old == new,
        (DeValue::Integer(old), Value::Integer(new)) => {
            i64::from_str_radix(&old.as_str().replace('_', ""), old.radix()).is_ok_and(|old| old == *new)
        }
        (DeValue::Float(old), Value::Float(new)) => {
            let old = old.as_str().replace('_', "").parse::<f64>();
            old.is_ok_and(|old| old.to_bits() == new.to_bits())
        }
        (DeValue::Datetime(old), Value::Datetime(new)) => old == new,
        _ => false,
    }
}

/// A value in one line, with the keys of a table in the order in which they were written.
fn written_value(old: Option<&DeValue<'_>>, new: &Value) -> String {
    let Value::Table(table) = new else {
        return new.to_string();
    };
    let mut keys: Vec<(usize, &String)> = table
        .keys()
        .map(|key| {
            let stood = old.and_then(DeValue::as_table).and_then(|old| old.get(key.as_str()));
            (stood.map_or(usize::MAX, |value| value.span().start), key)
        })
        .collect();
    keys.sort();
    let each = keys.iter().map(|(_, key)| {
        let old = old.and_then(DeValue::as_table).and_then(|old| old.get(key.as_str()));
        let value = written_value(old.map(Spanned::get_ref), &table[*key]);
        // What is no plain word is written as the library writes it.
        match key
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '-')
        {
            true => format!("{key} = {value}"),
            false => format!("{} = {value}", Value::String((*key).clone())),
        }
    });
    let each: Vec<String> = each.collect();
    format!("{{ {} }}", each.join(", "))
}

impl Change {
    fn of(text: &str, header: &Header, key: &str, old: Option<&Spanned<DeValue<'_>>>, new: &Value) -> Change {
        let value = written_value(old.map(Spanned::get_ref), new);
        let line = |byte: usize| text[..byte].matches('\n').count() + 1;
        Change {
            table: header.words(),
            line: line(old.map_or(header.begins, |old| old.span().start)),
            text: format!("{key} = {value}"),
            was: old.map(|old| text[old.span()].to_owned()),
            ladder: match header.path.as_slice() {
                [ladders, ladder, ..] if ladders == "ladder" => Some(ladder.clone()),
                _ => None,
            },
            place: match old {
                Some(old) => Place::Value(old.span(), value),
                None => Place::After(header.begins),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::simulate::vary::with;

    const PLAN: &str = "# A plan.\n[pool.a]\nsize = 3 # three\n\n[ladder.day]\n[[ladder.day.tier]] # first\nname = \"a\"\n\
        when = { waiting_above = 5, for = \"5m\" } # five\n[[ladder.day.tier]]\nname = \"b\"\nwhen = { waiting_above = 9, for = \"0s\" }\n\
        [ladder.day.release]\nwhen = { waiting_at_most = 5, for = \"5m\" }\n";

    fn changed(settings: &[(&str, Value)]) -> String {
        let set = |text: String, (key, value): &(&str, Value)| with(&text, key, value).unwrap();
        settings.iter().fold(PLAN.to_owned(), set)
    }

    #[test]
    fn each_changed_key_is_told_with_its_place_and_the_file_keeps_all_else() {
        let changed = changed(&[
            ("tier.a.when.for", "3m".into()),
            ("tier.a.when.judge", "mean".into()),
            ("pool.a.size", 4.into()),
            ("release.min_stay", "15m".into()),
        ]);
        let found = changes(PLAN, &changed).unwrap();
        let told: Vec<String> = found
            .iter()
            .map(|it| format!("{} {}: {} (was {:?})", it.line, it.table, it.text, it.was))
            .collect();
        assert_eq!(
            told,
            [
                "3 [pool.a]: size = 4 (was Some(\"3\"))",
                "8 [[ladder.day.tier]] of \"a\": when = { waiting_above = 5, for = \"3m\", judge = \"mean\" } (was Some(\"{ waiting_above = 5, \
                 for = \\\"5m\\\" }\"))",
                "12 [ladder.day.release]: min_stay = \"15m\" (was None)",
            ]
        );
        let whole = written(PLAN, &found);
        assert!(
            whole.contains("size = 4 # three") && whole.contains("judge = \"mean\" } # five"),
            "{whole}"
        );
        assert_eq!(changes(&whole, &changed), Some(Vec::new()), "{whole}");
        let lines = whole.lines().count();
        assert_eq!(lines, PLAN.lines().count() + 1, "{whole}");
    }

    #[test]
    fn what_says_the_same_is_no_change() {
        assert_eq!(changes(PLAN, &changed(&[("pool.a.size", 3.into())])), Some(Vec::new()));
        assert_eq!(changes("x = ", PLAN), None);
    }
}
