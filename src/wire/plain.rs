//! Plain things on the wire: a moment, and what a client knows its reply by.

use crate::core::Time;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;

/// A moment on the wire: RFC 3339, UTC, with milliseconds.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Stamp(pub Time);

impl Stamp {
    /// Reads RFC 3339, with any offset.
    ///
    /// # Errors
    /// In words, what was expected and what came.
    pub fn read(text: &str) -> Result<Stamp, String> {
        text.parse::<jiff::Timestamp>()
            .map(|moment| Stamp(Time(moment.as_millisecond())))
            .map_err(|_| {
                let shown: String = text.chars().take(40).collect();
                format!("expected a moment such as \"2026-11-21T20:30:00Z\"; came {shown:?}")
            })
    }
}

impl From<Time> for Stamp {
    fn from(time: Time) -> Stamp {
        Stamp(time)
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What lies outside of the calendar (years -9999 to 9999) is told as its nearest end.
        let end = if self.0.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        };
        let moment = jiff::Timestamp::from_millisecond(self.0.0).unwrap_or(end);
        write!(f, "{moment:.3}")
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Stamp, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Stamp::read(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Stamp {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// What a client puts on a request to know its reply again: a text of up to 100 characters, or a whole number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Reference(Value);

impl Reference {
    /// The most characters of a text.
    pub const LIMIT: usize = 100;

    /// Takes a client's value; `None` where it is neither a short text nor a whole number.
    pub fn of(value: Value) -> Option<Reference> {
        let fits = match &value {
            Value::String(text) => text.chars().count() <= Reference::LIMIT,
            Value::Number(number) => !number.is_f64(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
        };
        fits.then_some(Reference(value))
    }
}

impl JsonSchema for Reference {
    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"], "maxLength": Reference::LIMIT })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_milliseconds_and_z() {
        assert_eq!(Stamp(Time(1_793_589_900_000)).to_string(), "2026-11-02T03:25:00.000Z");
        assert_eq!(Stamp(Time(5)).to_string(), "1970-01-01T00:00:00.005Z");
        assert!(Stamp(Time::NEVER).to_string().starts_with("9999-12-30"));
    }

    #[test]
    fn a_reference_is_short_or_whole() {
        assert!(Reference::of("a".into()).is_some());
        assert!(Reference::of(7.into()).is_some());
        assert!(Reference::of(7.5.into()).is_none());
        assert!(Reference::of("a".repeat(100).into()).is_some());
        assert!(Reference::of("a".repeat(101).into()).is_none());
    }
}
