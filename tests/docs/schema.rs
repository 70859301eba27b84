//! JSON Schema in words, as far as ours go.

use serde_json::Value;

/// What a value may be, in a cell of a table.
pub fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        // Any message: they are a chapter, not a type of their own.
        let place = match name {
            "ServerMessage" => "what-surged-says".to_owned(),
            _ => name.to_lowercase(),
        };
        return format!("[{name}](#{place})");
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        return words.join(" or ");
    }
    if let Some(value) = schema.get("const") {
        return format!("`{value}`");
    }
    for any in ["anyOf", "oneOf"] {
        if let Some(variants) = schema[any].as_array() {
            let variants: Vec<String> = variants.iter().map(kind).collect();
            return variants.join(" or ");
        }
    }
    match &schema["type"] {
        Value::String(name) => of_type(name, schema),
        Value::Array(names) => {
            let names: Vec<String> = names
                .iter()
                .filter_map(Value::as_str)
                .map(|it| of_type(it, schema))
                .collect();
            names.join(" or ")
        }
        _ => "anything".to_owned(),
    }
}

fn of_type(name: &str, schema: &Value) -> String {
    let bound = |key: &str| schema[key].as_f64();
    match name {
        "string" if schema["format"] == "date-time" => "time".to_owned(),
        "string" if schema.get("pattern").is_some() => "duration".to_owned(),
        "string" => match (schema["title"].as_str(), bound("minLength"), bound("maxLength")) {
            (Some(title), ..) => title.to_owned(),
            (None, Some(1.0), Some(100.0)) => "name".to_owned(),
            (None, None, Some(most)) => format!("text, at most {most} characters"),
            (None, ..) => "text".to_owned(),
        },
        "boolean" => "`true` or `false`".to_owned(),
        "integer" => match (bound("minimum"), bound("maximum")) {
            (Some(least), Some(most)) if least >= 0.0 => format!("whole number, {least} to {most}"),
            _ => "whole number".to_owned(),
        },
        "number" => match (bound("exclusiveMinimum"), bound("maximum"), bound("exclusiveMaximum")) {
            (Some(least), Some(most), _) => format!("number above {least}, at most {most}"),
            (Some(least), _, Some(most)) => format!("number between {least} and {most}"),
            _ => "number".to_owned(),
        },
        "array" => format!("list of {}", kind(&schema["items"])),
        "object" => match schema["properties"].as_object() {
            Some(properties) => {
                let keys: Vec<String> = properties.keys().map(|key| format!("`{key}`")).collect();
                format!("table of {}", keys.join(", "))
            }
            None => format!("table: name = {}", kind(&schema["additionalProperties"])),
        },
        other => other.to_owned(),
    }
}

/// The name of the definition that this stands for.
pub fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// What it is, in a sentence.
pub fn description(schema: &Value) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

/// Whether a key must be there.
pub fn needs(schema: &Value, key: &str) -> bool {
    schema["required"]
        .as_array()
        .is_some_and(|keys| keys.iter().any(|it| it == key))
}
