//! Where a tier stands, on the wire: the core's own enum, with a shortage said by its own code.

use super::{SkippedBecause, Stamp};
use crate::core::Standing;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::borrow::Cow;

/// Where a tier stands, and what keeps it from being called.
#[derive(Clone, PartialEq, Debug)]
pub struct TierStanding(pub Standing<Stamp, SkippedBecause>);

/// The key under which the code of a standing stands.
const STANDING: &str = "standing";
/// The same of a shortage by itself.
const WHY: &str = "why";

impl From<&Standing> for TierStanding {
    fn from(standing: &Standing) -> TierStanding {
        TierStanding(standing.told(Stamp, |why| SkippedBecause::from(why)))
    }
}

impl Serialize for TierStanding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Standing::Short { why } = &self.0 else {
            return self.0.serialize(serializer);
        };
        let said = serde_json::to_value(why).map_err(serde::ser::Error::custom)?;
        let fields = said.as_object().into_iter().flatten();
        serializer.collect_map(fields.map(|(key, value)| (if key == WHY { STANDING } else { key.as_str() }, value)))
    }
}

impl JsonSchema for TierStanding {
    fn schema_name() -> Cow<'static, str> {
        "TierStanding".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Standing::<Stamp, ()>::json_schema(generator);
        let mut shortages = SkippedBecause::json_schema(generator);
        let shortages = shortages.get_mut("oneOf").and_then(Value::as_array_mut);
        let each: Vec<Value> = shortages
            .into_iter()
            .flatten()
            .map(|it| under_standing(it.take()))
            .collect();
        schema.insert(
            "description".into(),
            "Where a tier stands, and what keeps it from being called.".into(),
        );
        if let Some(all) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
            let short = all.iter().position(|it| it["properties"][STANDING]["const"] == "short");
            let at = short.unwrap_or(all.len());
            all.splice(at..(at + 1).min(all.len()), each);
        }
        schema
    }
}

/// The schema of a shortage, with its code where that of a standing stands.
fn under_standing(mut shortage: Value) -> Value {
    if let Some(properties) = shortage["properties"].as_object_mut()
        && let Some(code) = properties.remove(WHY)
    {
        properties.insert(STANDING.into(), code);
    }
    for required in shortage["required"].as_array_mut().into_iter().flatten() {
        if *required == WHY {
            *required = json!(STANDING);
        }
    }
    shortage
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Shortage, Time};

    #[test]
    fn a_shortage_is_said_by_its_own_code() {
        let said = |standing: Standing| json!(TierStanding::from(&standing));
        let due_at = Time(300_000);
        assert_eq!(
            said(Standing::Running { due_at }),
            json!({ "standing": "running", "due_at": "1970-01-01T00:05:00.000Z" })
        );
        assert_eq!(said(Standing::Blind), json!({ "standing": "blind" }));
        let why = Shortage::Reserved { queue: "vip".into() };
        assert_eq!(
            said(Standing::Short { why }),
            json!({ "standing": "reserved", "for_queue": "vip" })
        );
    }

    #[test]
    fn the_schema_has_every_code_once() {
        let schema = TierStanding::json_schema(&mut SchemaGenerator::default());
        let all = schema.get("oneOf").and_then(Value::as_array).unwrap();
        let codes: Vec<&str> = all
            .iter()
            .map(|it| it["properties"][STANDING]["const"].as_str().unwrap())
            .collect();
        assert_eq!(
            codes,
            [
                "on_stack",
                "signing_out",
                "declined",
                "nobody_to_give",
                "no_seat",
                "reserved",
                "resting",
                "off_duty",
                "protected",
                "max_borrowed",
                "max_moves_per_hour",
                "nobody_stays",
                "approval",
                "refused",
                "later",
                "unsettled",
                "not_met",
                "running",
                "blind",
                "paused",
            ]
        );
        let required = all
            .iter()
            .all(|it| it["required"].as_array().unwrap().contains(&json!(STANDING)));
        assert!(required, "{all:#?}");
    }
}
