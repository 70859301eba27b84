//! JSON Schemas of what the core's words look like on the wire.

use crate::ladder::Mode;
use crate::{Action, InstructionId, Missing, Name, Origin};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl JsonSchema for InstructionId {
    fn schema_name() -> Cow<'static, str> {
        "InstructionId".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1 })
    }
}

impl JsonSchema for Action {
    fn schema_name() -> Cow<'static, str> {
        "Action".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What the floor is asked to do.",
            "enum": ["sign_in", "sign_out", "stand_down", "extend_shift", "overtime", "call_in"],
        })
    }
}

impl JsonSchema for Mode {
    fn schema_name() -> Cow<'static, str> {
        "Mode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`live`: the floor is told. `approve`: a tier that is due waits for a leader's yes. `shadow`: decided and logged, told to nobody.",
            "enum": ["live", "approve", "shadow"],
        })
    }
}

impl JsonSchema for Origin {
    fn schema_name() -> Cow<'static, str> {
        "Origin".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Where a number comes from.",
            "enum": ["measured", "configured"],
        })
    }
}

impl JsonSchema for Missing {
    fn schema_name() -> Cow<'static, str> {
        "Missing".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What kept the seats required from being computed.",
            "enum": ["calls_per_hour", "handle_time", "target", "signed_in", "bounds"],
        })
    }
}
