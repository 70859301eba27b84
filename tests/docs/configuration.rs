//! The tables and keys of the configuration, from their schema.

use super::cell;
use super::schema::{description, kind, needs};
use serde_json::Value;
use std::fmt::Write;
use surged::config::schema::schema;

/// Every table with its keys.
pub fn tables() -> String {
    let mut book = Book::default();
    book.table("At the top of the file", &schema());
    book.text
}

#[derive(Default)]
struct Book {
    text: String,
    /// Tables that have been told, by their schema.
    told: Vec<(Value, String)>,
}

impl Book {
    /// A table, and after it those within it.
    fn table(&mut self, heading: &str, schema: &Value) {
        let _ = writeln!(
            self.text,
            "#### {heading}\n\n| key | takes | needed | |\n|---|---|---|---|"
        );
        let mut within = Vec::new();
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            let takes = match inner(key, heading, value) {
                Some((name, table)) => match self.told(&table) {
                    Some(told) => format!("{}as {told}", words_of(value)),
                    None => {
                        self.told.push((table.clone(), name.clone()));
                        within.push((name.clone(), table));
                        format!("{}see {name}", words_of(value))
                    }
                },
                None if value["oneOf"].is_array() => {
                    within.extend(by_word(key, value));
                    "see below".to_owned()
                }
                None if value["additionalProperties"]["oneOf"].is_array() => {
                    within.extend(by_word(key, &value["additionalProperties"]));
                    format!("see `[{key}.NAME]`")
                }
                None => kind(value),
            };
            let needed = if needs(schema, key) { "yes" } else { "" };
            let _ = writeln!(
                self.text,
                "| `{key}` | {} | {needed} | {} |",
                cell(&takes),
                cell(description(value))
            );
        }
        self.text.push('\n');
        for (name, table) in within {
            self.table(&name, &table);
        }
    }

    fn told(&self, table: &Value) -> Option<&str> {
        self.told
            .iter()
            .find(|(known, _)| without_description(known) == without_description(table))
            .map(|(_, name)| name.as_str())
    }
}

/// The table within a value, and how it is headed.
fn inner(key: &str, heading: &str, value: &Value) -> Option<(String, Value)> {
    let is_table = |it: &Value| it["properties"].is_object();
    let top = heading.starts_with("At the top");
    let path = heading.trim_matches(['`', '[', ']']);
    if key == "label" {
        return Some(("`label`".to_owned(), value.clone()));
    }
    let candidates = [
        (
            value.clone(),
            if top {
                format!("`[{key}]`")
            } else {
                format!("`{key}` of `{path}`")
            },
        ),
        (value["additionalProperties"].clone(), format!("`[{key}.NAME]`")),
        (
            value["items"].clone(),
            if top {
                format!("`[[{key}]]`")
            } else {
                format!("`[[{}.{key}]]`", path)
            },
        ),
    ];
    if let Some((table, name)) = candidates.into_iter().find(|(table, _)| is_table(table)) {
        return Some((name, table));
    }
    let table = value["oneOf"]
        .as_array()?
        .iter()
        .find(|it| is_table(it) && !is_tagged(it))?;
    Some((format!("`{key}` of `{path}`"), table.clone()))
}

/// Tables of several shapes, by the word under their tag.
fn by_word(key: &str, value: &Value) -> Vec<(String, Value)> {
    let shapes = value["oneOf"].as_array().into_iter().flatten();
    shapes
        .map(|shape| {
            let word = shape["properties"]["kind"]["enum"][0].as_str().unwrap_or_default();
            (format!("`[{key}.NAME]` with `kind = \"{word}\"`"), shape.clone())
        })
        .collect()
}

fn is_tagged(table: &Value) -> bool {
    table["properties"]["kind"].is_object()
}

/// The words that a value may be in place of a table.
fn words_of(value: &Value) -> String {
    match value["oneOf"].as_array().and_then(|it| it.first()) {
        Some(words) if words["enum"].is_array() => format!("{} or ", kind(words)),
        _ => String::new(),
    }
}

fn without_description(table: &Value) -> Value {
    let mut table = table.clone();
    if let Some(fields) = table.as_object_mut() {
        fields.remove("description");
    }
    table
}
