//! The messages of the floor socket, from their schema.

use super::cell;
use super::schema::{description, kind, needs, reference};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write;
use strum::VariantArray;
use surged::wire::{Route, Verb, schema};

/// Every verb: on the socket, over HTTP, and for whom.
pub fn verbs() -> String {
    let mut text = "| `type` | over HTTP, `POST /api/v1/…` | roles |\n|---|---|---|\n".to_owned();
    for verb in Verb::VARIANTS {
        let path = match verb.route() {
            Some(Route::Instruction) => format!("`instructions/{{id}}/{}`", verb.word()),
            Some(Route::Queue) => format!("`queues/{{queue}}/{}`", verb.word()),
            None => String::new(),
        };
        let roles: Vec<String> = verb.asks().roles().map(|role| format!("`{}`", role.as_str())).collect();
        let _ = writeln!(text, "| `{}` | {path} | {} |", verb.word(), roles.join(", "));
    }
    text
}

/// What the server says.
pub fn server() -> String {
    messages("ServerMessage", "always there")
}

/// What a client says.
pub fn client() -> String {
    messages("ClientMessage", "must be there")
}

/// What they are made of.
pub fn types() -> String {
    let definitions = definitions();
    let messages: BTreeSet<String> = ["ServerMessage", "ClientMessage"]
        .iter()
        .flat_map(|name| variants(&definitions[*name]))
        .filter_map(|variant| reference(variant).map(str::to_owned))
        .chain(["ServerMessage".to_owned(), "ClientMessage".to_owned()])
        .collect();
    let mut text = String::new();
    for (name, schema) in definitions.iter().filter(|(name, _)| !messages.contains(*name)) {
        let _ = writeln!(text, "### {name}\n\n{}\n", description(schema));
        body(&mut text, &definitions, schema, "always there");
    }
    text
}

fn definitions() -> Map<String, Value> {
    match schema()["$defs"].take() {
        Value::Object(definitions) => definitions,
        other => panic!("expected definitions, came {other}"),
    }
}

fn messages(name: &str, there: &str) -> String {
    let definitions = definitions();
    let mut text = String::new();
    for variant in variants(&definitions[name]) {
        let (_, word) = tag(variant).expect("every message has its type");
        let _ = writeln!(text, "### {word}\n\n{}\n", description(variant));
        body(&mut text, &definitions, variant, there);
    }
    text
}

fn variants(schema: &Value) -> Vec<&Value> {
    schema["oneOf"]
        .as_array()
        .map(|variants| variants.iter().collect())
        .unwrap_or_default()
}

/// The key and the word by which a variant is known.
fn tag(variant: &Value) -> Option<(&str, &str)> {
    let properties = variant["properties"].as_object()?;
    properties
        .iter()
        .find_map(|(key, value)| Some((key.as_str(), value["const"].as_str()?)))
}

/// Fields, and what more there is by the word under its tag.
fn body(text: &mut String, definitions: &Map<String, Value>, schema: &Value, there: &str) {
    let parts: Vec<&Value> = [Some(schema), reference(schema).and_then(|name| definitions.get(name))]
        .into_iter()
        .flatten()
        .collect();
    let mut rows = String::new();
    for part in &parts {
        for (key, field) in part["properties"].as_object().into_iter().flatten() {
            if field.get("const").is_none() {
                let needed = if needs(part, key) { "yes" } else { "" };
                let _ = writeln!(
                    rows,
                    "| `{key}` | {} | {needed} | {} |",
                    kind(field),
                    cell(description(field))
                );
            }
        }
    }
    if !rows.is_empty() {
        let _ = writeln!(text, "| field | is | {there} | |\n|---|---|---|---|\n{rows}");
    }
    let kinds: Vec<&Value> = parts.iter().flat_map(|part| variants(part)).collect();
    match kinds.first().map(|first| tag(first)) {
        Some(Some((key, _))) => {
            let _ = writeln!(text, "| `{key}` | with | |\n|---|---|---|");
            for variant in kinds {
                let (_, word) = tag(variant).unwrap_or_default();
                let _ = writeln!(
                    text,
                    "| `{word}` | {} | {} |",
                    with(variant),
                    cell(description(variant))
                );
            }
            text.push('\n');
        }
        Some(None) => {
            text.push_str("| | |\n|---|---|\n");
            for variant in kinds {
                let _ = writeln!(text, "| {} | {} |", kind(variant), cell(description(variant)));
            }
            text.push('\n');
        }
        None if rows.is_empty() && schema.get("enum").is_some() => {
            let _ = writeln!(text, "{}\n", kind(schema));
        }
        None if rows.is_empty() => text.push_str("No fields.\n\n"),
        None => {}
    }
}

/// The fields of a variant, in one line; those of variants within it after them.
fn with(variant: &Value) -> String {
    let fields = variant["properties"].as_object().into_iter().flatten();
    let fields = fields.filter(|(_, field)| field.get("const").is_none());
    let mut all: Vec<String> = fields
        .map(|(key, field)| {
            let optional = if needs(variant, key) { "" } else { ", may be absent" };
            format!("`{key}`: {}{optional}", kind(field))
        })
        .collect();
    let within = variants(variant).into_iter().filter_map(|inner| {
        let (key, word) = tag(inner)?;
        let more = with(inner);
        let more = if more.is_empty() { more } else { format!(" ({more})") };
        Some(format!("`{key}`: `{word}`{more}"))
    });
    let within: Vec<String> = within.collect();
    if !within.is_empty() {
        all.push(within.join(" or "));
    }
    all.join("; ")
}
