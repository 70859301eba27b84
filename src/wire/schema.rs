//! The JSON Schema of the messages, made from their types.

use super::{ClientMessage, PersonState, Reference, ServerMessage};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The JSON Schema (2020-12) of all messages: `#/$defs/ClientMessage` and `#/$defs/ServerMessage`.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The messages of the floor socket, subprotocol surged.v1",
        "oneOf": [{ "$ref": "#/$defs/ClientMessage" }, { "$ref": "#/$defs/ServerMessage" }],
        "$defs": definitions("/$defs"),
    })
}

/// Every message type's definition by name, referring to each other under `path`.
pub fn definitions(path: &'static str) -> Map<String, Value> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = path.into();
    // What we always say is required of us; what a client may leave out is not required of it.
    let mut ours = settings.clone().for_serialize().into_generator();
    ours.subschema_for::<ServerMessage>();
    let mut theirs = settings.for_deserialize().into_generator();
    theirs.subschema_for::<ClientMessage>();
    let reference = Reference::json_schema(&mut SchemaGenerator::default());
    let mut definitions = theirs.take_definitions(false);
    definitions.extend(ours.take_definitions(false));
    add_reference(definitions.get_mut("ClientMessage"), reference.as_value());
    definitions
}

/// A person's definition: people stand in no message, and are read over HTTP alone.
pub fn person() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<PersonState>();
    schema.remove("$schema");
    schema.remove("title");
    schema.to_value()
}

/// Any message of a client but `hello` may carry a `ref` and a `sure`.
fn add_reference(messages: Option<&mut Value>, reference: &Value) {
    let variants = messages
        .and_then(|it| it.get_mut("oneOf"))
        .and_then(Value::as_array_mut);
    for variant in variants.into_iter().flatten() {
        let Some(fields) = variant.get_mut("properties").and_then(Value::as_object_mut) else {
            continue;
        };
        if fields.get("type").and_then(|it| it.get("const")) != Some(&json!("hello")) {
            fields.insert("ref".into(), reference.clone());
            fields.insert(
                "sure".into(),
                json!({ "type": "boolean", "description": "Said again after a `conflict`: it counts." }),
            );
        }
    }
}
