//! The JSON Schema of the configuration, written from the same [`tables`](super::tables) that files are checked against.

use super::shape::{DefaultValue, Key, Kind, Shape};
use super::tables::{NAME_BYTES_MAX, ROOT, SCENARIO, TEXT_BYTES_MAX};
use serde_json::{Map, Value, json};

/// The schema, for editors that complete from it.
pub fn schema() -> Value {
    let mut schema = table(&ROOT);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("surged configuration");
    schema
}

/// The schema of the scenarios that `simulate` reads.
pub fn scenario() -> Value {
    let mut schema = table(&SCENARIO);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("surged scenario");
    schema
}

fn table(shape: &Shape) -> Value {
    let property = |key: &Key| {
        let mut value = kind(&key.kind);
        value["description"] = json!(key.description());
        if let Some(default) = key.default.as_ref().and_then(DefaultValue::value) {
            value["default"] = default;
        }
        (key.name.to_owned(), value)
    };
    let properties: Map<String, Value> = shape.keys.iter().map(property).collect();
    let required: Vec<&str> = shape.keys.iter().filter(|key| key.needed).map(|key| key.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string", "minLength": 1, "maxLength": TEXT_BYTES_MAX }),
        Kind::Name => json!({ "type": "string", "minLength": 1, "maxLength": NAME_BYTES_MAX }),
        Kind::Written(..) => json!({ "type": "string", "title": kind.expected().english() }),
        Kind::Word(words) | Kind::NameAmong(words) => json!({ "enum": words }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Count(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Whole => json!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX }),
        Kind::Number(most, true) => json!({ "type": "number", "exclusiveMinimum": 0, "maximum": most }),
        Kind::Number(most, false) => json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": most }),
        Kind::Amount(most) => json!({ "type": "number", "minimum": 0, "maximum": most }),
        Kind::Duration(_) => {
            json!({ "type": "string", "pattern": "^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$" })
        }
        Kind::Table(shape) => table(shape),
        Kind::Tagged(_, shapes) => json!({ "oneOf": shapes.iter().map(|(_, shape)| table(shape)).collect::<Vec<_>>() }),
        Kind::WordOr(words, shape) => json!({ "oneOf": [{ "enum": words }, table(shape)] }),
        Kind::Named(each, most) => {
            json!({ "type": "object", "additionalProperties": self::kind(each), "maxProperties": most })
        }
        Kind::List(each, most) => json!({ "type": "array", "items": self::kind(each), "maxItems": most }),
    }
}
