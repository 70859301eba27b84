//! The HTTP interface's description, made from the same types and tables as the interface itself.

use super::log::LIMIT_RECORDS;
use super::push;
use super::shift::ShiftReply;
use crate::wire::{self, HandoverRequest, HandoverVerb, Route, Verb};
use crate::words::Language;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use strum::VariantNames;

/// The OpenAPI 3.1 document.
pub fn openapi() -> Value {
    let mut schemas = wire::definitions("/components/schemas");
    let mut paths = Map::new();
    let messages = schemas.get("ClientMessage").and_then(|it| it.get("oneOf")).cloned();
    let messages = messages
        .as_ref()
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    for (route, root, key) in [
        (Route::Instruction, "instructions/{id}", "id"),
        (Route::Queue, "queues/{queue}", "queue"),
    ] {
        for verb in Verb::on(route).map(Verb::word) {
            let message = messages.iter().find(|it| it["properties"]["type"]["const"] == *verb);
            paths.insert(format!("/api/v1/{root}/{verb}"), post(verb, key, message));
        }
    }
    for verb in HandoverVerb::VARIANTS {
        paths.insert(format!("/api/v1/shift/{verb}"), hand_over(verb));
    }
    paths.extend(gets());
    paths.extend([bench()]);
    paths.extend(health());
    paths.extend(into_the_pocket());
    schemas.extend(beside_the_socket());
    schemas.retain(|name, _| name != "ClientMessage");
    schemas.insert("Problem".into(), problem());
    schemas.insert("PersonState".into(), wire::person());
    schemas.insert("HealthReport".into(), report());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "surged",
            "version": "1",
            "summary": "The floor over HTTP, for scripts. The same as on the floor socket, where answers come as messages.",
        },
        "security": [{ "token": [] }, {}],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas,
        },
    })
}

fn post(verb: &str, key: &str, message: Option<&Value>) -> Value {
    let schema = if key == "id" {
        json!({ "type": "integer" })
    } else {
        json!({ "type": "string" })
    };
    json!({ "post": {
        "operationId": verb,
        "summary": message.and_then(|it| it.get("description")),
        "parameters": [{ "name": key, "in": "path", "required": true, "schema": schema }],
        "requestBody": { "content": { "application/json": { "schema": body(key, message) } } },
        "responses": responses(json!({
            "type": "object", "properties": { "ok": { "const": true } }, "required": ["ok"],
        })),
    }})
}

/// The message less what the path says.
fn body(key: &str, message: Option<&Value>) -> Value {
    let in_path = ["type", "ref", if key == "id" { "instruction" } else { "queue" }];
    let mut body = message.cloned().unwrap_or_default();
    if let Some(fields) = body.get_mut("properties").and_then(Value::as_object_mut) {
        fields.retain(|name, _| !in_path.contains(&name.as_str()));
    }
    if let Some(required) = body.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !name.as_str().is_some_and(|name| in_path.contains(&name)));
    }
    body
}

/// What the socket has no message for.
fn beside_the_socket() -> Map<String, Value> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    let mut ours = settings.clone().for_serialize().into_generator();
    ours.subschema_for::<ShiftReply>();
    ours.subschema_for::<push::Standing>();
    ours.subschema_for::<push::Greeted>();
    ours.subschema_for::<push::LetGo>();
    let mut theirs = settings.for_deserialize().into_generator();
    theirs.subschema_for::<HandoverRequest>();
    theirs.subschema_for::<push::Wanted>();
    theirs.subschema_for::<push::Unwanted>();
    let mut definitions = theirs.take_definitions(false);
    definitions.extend(ours.take_definitions(false));
    definitions
}

fn hand_over(verb: &str) -> Value {
    let summary = match verb {
        "begin" => "Draw the shift's hand-over up; one that nobody has signed is set aside by it.",
        "note" => "Add a note for the next shift.",
        "settle" => "Say that an open matter needs nobody any more, and how.",
        "take_over" => "Answer for open matters from now on.",
        "sign" => {
            "Sign, as the one who leaves or the one who comes; with the second signature, by another person, the hand-over \
             is complete, if nothing is left open that is nobody's."
        }
        _ => "Set the hand-over aside.",
    };
    json!({ "post": {
        "operationId": format!("shift_{verb}"),
        "summary": summary,
        "requestBody": { "content": { "application/json": { "schema": {
            "$ref": "#/components/schemas/HandoverRequest",
        }}}},
        "responses": responses(json!({
            "type": "object", "properties": { "ok": { "const": true } }, "required": ["ok"],
        })),
    }})
}

/// Calls to browsers whose page is closed.
fn into_the_pocket() -> [(String, Value); 3] {
    let of = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let post = |id: &str, summary: &str, asked: &str, answer: &str| {
        json!({ "post": {
            "operationId": id,
            "summary": summary,
            "requestBody": { "content": { "application/json": { "schema": of(asked) } } },
            "responses": responses(of(answer)),
        }})
    };
    [
        (
            "/api/v1/push".into(),
            json!({ "get": {
                "operationId": "push",
                "summary": "The public key under which a browser subscribes to be called, and the browsers of this token.",
                "responses": responses(of("PushStanding")),
            }}),
        ),
        (
            "/api/v1/push/subscribe".into(),
            post(
                "push_subscribe",
                "This browser is called from now on, which it is told at once. For roles that answer.",
                "PushWanted",
                "PushGreeted",
            ),
        ),
        (
            "/api/v1/push/unsubscribe".into(),
            post(
                "push_unsubscribe",
                "This browser is called no more.",
                "PushUnwanted",
                "PushLetGo",
            ),
        ),
    ]
}

/// The bench's reply is for its page; docs/protocol.md has it in words.
fn bench() -> (String, Value) {
    let offer =
        json!({ "type": "object", "properties": { "days": { "type": "array" }, "groups": { "type": "array" } } });
    let setting = json!({
        "type": "object",
        "properties": {
            "key": { "type": "array", "items": { "type": ["string", "integer"] } },
            "value": { "type": ["string", "number"] },
        },
        "required": ["key", "value"],
    });
    let asked = json!({
        "type": "object",
        "properties": {
            "day": { "type": "string" },
            "answer_after": { "type": ["string", "null"], "description": "A duration such as 60s." },
            "settings": { "type": "array", "items": setting },
            "language": { "enum": Language::WORDS },
        },
        "required": ["day"],
    });
    let of_both = json!({
        "get": {
            "operationId": "bench",
            "summary": "The recorded days and the plan's thresholds that can be tried; for operators and leaders.",
            "responses": responses(offer),
        },
        "post": {
            "operationId": "try_out",
            "summary": "A recorded day under the plan that runs and under other thresholds; the floor is not touched.",
            "requestBody": { "content": { "application/json": { "schema": asked } } },
            "responses": responses(json!({ "type": "object" })),
        },
    });
    ("/api/v1/bench".into(), of_both)
}

/// Questions of machines, which need no token and are at the root, where machines look for them.
fn health() -> [(String, Value); 3] {
    let get = |path: &str, id: &str, summary: &str| {
        let report = |description: &str| {
            json!({ "description": description, "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/HealthReport" },
            }}})
        };
        let asked = json!({ "get": {
            "operationId": id,
            "summary": summary,
            "security": [],
            "responses": { "200": report("So it is."), "503": report("It is not; the latches say why, in words.") },
        }});
        (path.to_owned(), asked)
    };
    [
        (
            "/livez",
            "livez",
            "Whether the loop that decides turns: the one thing that a start anew would mend.",
        ),
        (
            "/healthz",
            "healthz",
            "Whether nothing is failing; it is failing while the duty log takes nothing. Nothing to start surged anew for.",
        ),
        (
            "/readyz",
            "readyz",
            "Whether everything is as it should be, every phone system seen as well.",
        ),
    ]
    .map(|(path, id, summary)| get(path, id, summary))
}

fn gets() -> [(String, Value); 6] {
    let list = |name: &str| json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{name}") } });
    let number = json!({ "type": "integer" });
    let text = json!({ "type": "string" });
    let moment = json!({ "type": "string", "format": "date-time" });
    let groups: Vec<&str> = crate::journal::GROUPS.iter().map(|group| group.name).collect();
    let kinds = format!(
        "Kinds of records, or groups of them ({}), with commas between; without it all, readings included.",
        groups.join(", ")
    );
    let query = |name: &str, schema: Value| json!({ "name": name, "in": "query", "schema": schema });
    let get = |id: &str, summary: &str, parameters: Value, answer: Value| {
        json!({ "get": {
            "operationId": id, "summary": summary, "parameters": parameters, "responses": responses(answer),
        }})
    };
    let object = |properties: Value| json!({ "type": "object", "properties": properties });
    [
        (
            "/api/v1/queues".into(),
            get(
                "queues",
                "How all queues stand.",
                json!([]),
                object(json!({ "queues": list("QueueState") })),
            ),
        ),
        (
            "/api/v1/people".into(),
            get(
                "people",
                "Everybody who is known by name: where they are, whether they are on duty, and when they were asked last.",
                json!([]),
                object(json!({ "people": list("PersonState") })),
            ),
        ),
        (
            "/api/v1/instructions".into(),
            get(
                "instructions",
                "The open instructions; with `since`, those given after that message, and what is no longer kept.",
                json!([query("since", number.clone())]),
                object(json!({
                    "seq": number,
                    "gap": { "anyOf": [{ "$ref": "#/components/schemas/Gap" }, { "type": "null" }] },
                    "instructions": { "anyOf": [list("OpenInstruction"), list("InstructionMessage")] },
                })),
            ),
        ),
        (
            "/api/v1/log".into(),
            get(
                "log",
                "The duty log in pages: after record `since`, or, with `newest`, from the newest back, before record \
                 `before`. `next` is the `since`, or the `before`, of the next page.",
                json!([
                    query("since", number.clone()),
                    query("before", number.clone()),
                    query(
                        "limit",
                        json!({ "type": "integer", "minimum": 1, "maximum": LIMIT_RECORDS })
                    ),
                    query("newest", json!({ "type": "boolean" })),
                    query("from", moment.clone()),
                    query("to", moment.clone()),
                    query("queue", text.clone()),
                    query("kind", json!({ "type": "string", "description": kinds })),
                    query(
                        "who",
                        json!({ "type": "string", "description": "Staff number or name." })
                    ),
                    query(
                        "text",
                        json!({ "type": "string", "description": "Stands in the record's sentence." })
                    ),
                    query(
                        "language",
                        json!({ "enum": Language::WORDS, "description": "Of the records' sentences, with the names and the zone of the \
                            house. Without it English, with names as the plan writes them and times in UTC." })
                    ),
                ]),
                object(json!({
                    "records": { "type": "array", "items": object(json!({ "seq": number, "record": {} })) },
                    "next": number,
                    "more": { "type": "boolean" },
                })),
            ),
        ),
        (
            "/api/v1/shift".into(),
            get(
                "shift",
                "What happened in a shift, what is open now, and its hand-over. Without `from`: since the last hand-over, or \
                 12 hours; while a hand-over is drawn up, without `from` and `to`: what it sums up.",
                json!([
                    query("from", moment.clone()),
                    query("to", moment),
                    query("upto", number.clone())
                ]),
                json!({ "$ref": "#/components/schemas/ShiftReply" }),
            ),
        ),
        (
            "/api/v1/openapi.json".into(),
            get(
                "openapi",
                "This document; needs no token.",
                json!([]),
                json!({ "type": "object" }),
            ),
        ),
    ]
}

fn responses(answer: Value) -> Value {
    json!({
        "200": { "description": "Done.", "content": { "application/json": { "schema": answer } } },
        "default": {
            "description": "Not done; nothing changed.",
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        },
    })
}

fn report() -> Value {
    json!({
        "description": "How surged stands.",
        "type": "object",
        "properties": {
            "ok": { "type": "boolean" },
            "latches": { "type": "object", "additionalProperties": {
                "type": "object",
                "properties": {
                    "state": { "enum": ["ok", "waiting", "failing"] },
                    "words": { "type": "string", "description": "What is waited for, or what is wrong." },
                },
                "required": ["state"],
            }},
        },
        "required": ["ok", "latches"],
    })
}

fn problem() -> Value {
    json!({
        "description": "RFC 9457.",
        "type": "object",
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "code": { "type": "string", "description": "A word for programs." },
            "detail": { "type": "string", "description": "Words for people." },
        },
        "required": ["type", "title", "status", "code", "detail"],
    })
}
