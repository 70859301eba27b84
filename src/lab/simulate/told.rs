//! What a simulation came to, ready to be shown: every measure of every plan with its error, the differences, and others' numbers
//! beside ours.

use super::estimate::Estimate;
use super::measures::{MEASURES, Measure, Unit, measure};
use super::run::Outcome;
use super::totals::Totals;
use crate::config::scenario::Outside;
use crate::core::Name;
use serde_json::{Map, Value, json};

/// One plan's seeds.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// The file, or the value of a sweep.
    pub name: String,
    /// Seed by seed.
    pub outcomes: Vec<Outcome>,
}

/// Somebody else's number beside ours.
#[derive(Clone, PartialEq, Debug)]
pub struct Beside {
    /// The measure.
    pub measure: &'static Measure,
    /// Of which queue; `None`: of all together.
    pub queue: Option<Name>,
    /// Ours; `None`: nothing of it happened.
    pub ours: Option<Estimate>,
    /// Theirs.
    pub theirs: Outside,
}

/// Standard errors that an exact number may be off.
pub const ERRORS_ALLOWED: f64 = 3.0;

impl PartialEq for Measure {
    fn eq(&self, other: &Measure) -> bool {
        self.name == other.name
    }
}

impl Simulated {
    /// A measure, of one queue or of all together.
    pub fn estimate(&self, measure: &Measure, queue: Option<&Name>) -> Option<Estimate> {
        Estimate::of(&self.pairs(measure, queue))
    }

    /// How much another plan differs, with the same callers: theirs minus ours.
    pub fn difference(&self, other: &Simulated, measure: &Measure, queue: Option<&Name>) -> Option<Estimate> {
        Estimate::of_difference(&self.pairs(measure, queue), &other.pairs(measure, queue))
    }

    /// The queues.
    pub fn queues(&self) -> impl Iterator<Item = &Name> {
        self.outcomes
            .first()
            .into_iter()
            .flat_map(|outcome| outcome.queues.keys())
    }

    fn pairs(&self, measure: &Measure, queue: Option<&Name>) -> Vec<(f64, f64)> {
        let totals = |outcome: &'_ Outcome| -> Totals {
            match queue {
                None => outcome.floor.clone(),
                Some(queue) => outcome.queues.get(queue).cloned().unwrap_or_default(),
            }
        };
        self.outcomes
            .iter()
            .map(|outcome| (measure.ratio)(&totals(outcome)))
            .collect()
    }

    /// Others' numbers beside ours. What has no measure of that name is named.
    ///
    /// # Errors
    /// The name that is no measure, with those that are.
    pub fn beside(&self, outside: &[Outside]) -> Result<Vec<Beside>, String> {
        let one = |theirs: &Outside| {
            let known = measure(theirs.measure.as_str()).ok_or_else(|| {
                let names: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
                format!(
                    "the scenario's outside number is of {:?}, which is no measure; there are {}",
                    theirs.measure,
                    names.join(", ")
                )
            })?;
            Ok(Beside {
                measure: known,
                ours: self.estimate(known, theirs.queue.as_ref()),
                queue: theirs.queue.clone(),
                theirs: theirs.clone(),
            })
        };
        outside.iter().map(one).collect()
    }

    /// As JSON: all measures of the floor and of each queue.
    pub fn json(&self) -> Value {
        let queues: Map<String, Value> = self
            .queues()
            .map(|queue| (queue.to_string(), self.measures(Some(queue))))
            .collect();
        json!({ "plan": self.name, "floor": self.measures(None), "queues": queues })
    }

    fn measures(&self, queue: Option<&Name>) -> Value {
        let each = MEASURES
            .iter()
            .filter_map(|measure| Some((measure.name.to_owned(), json!(self.estimate(measure, queue)?))));
        Value::Object(each.collect())
    }

    /// The differences of another plan as JSON.
    pub fn differences_json(&self, other: &Simulated) -> Value {
        let of = |queue: Option<&Name>| -> Value {
            let each = MEASURES.iter().filter_map(|measure| {
                let difference = self.difference(other, measure, queue)?;
                let mut value = json!(difference);
                value["clear"] = json!(difference.is_clear());
                Some((measure.name.to_owned(), value))
            });
            Value::Object(each.collect())
        };
        let queues: Map<String, Value> = self
            .queues()
            .map(|queue| (queue.to_string(), of(Some(queue))))
            .collect();
        json!({ "floor": of(None), "queues": queues })
    }
}

impl Beside {
    /// How many of our standard errors lie between us.
    pub fn errors_off(&self) -> Option<f64> {
        let ours = self.ours?;
        let error = ours.standard_error.filter(|error| *error > 0.0)?;
        Some((ours.mean - self.theirs.value) / error)
    }

    /// Whether an exact number lies within three of our standard errors, or a published interval meets ours.
    pub fn is_inside(&self) -> bool {
        match (self.theirs.interval, self.ours) {
            (Some((low, high)), Some(ours)) => {
                let half = ours.plus_minus.unwrap_or(0.0);
                ours.mean - half <= high && low <= ours.mean + half
            }
            (None, Some(_)) => self.errors_off().is_some_and(|off| off.abs() <= ERRORS_ALLOWED),
            (_, None) => false,
        }
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "measure": self.measure.name,
            "queue": self.queue,
            "ours": self.ours,
            "theirs": self.theirs.value,
            "interval": self.theirs.interval,
            "source": self.theirs.source,
            "standard_errors_off": self.errors_off(),
            "inside": self.is_inside(),
        })
    }
}

/// A value as a person reads it.
pub fn shown(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Share => format!("{:.1} %", value * 100.0),
        Unit::Seconds if value.abs() >= 600.0 => format!("{:.1} min", value / 60.0),
        Unit::Seconds => format!("{value:.1} s"),
        Unit::Number if value.abs() >= 1000.0 => format!("{value:.0}"),
        Unit::Number if value.abs() >= 100.0 => format!("{value:.1}"),
        Unit::Number => format!("{value:.2}"),
    }
}

/// Half an interval's width, in the same unit; empty where there is none.
pub fn plus_minus(unit: Unit, estimate: &Estimate) -> String {
    match estimate.plus_minus {
        Some(half) => format!("± {}", shown(unit, half)),
        None => String::new(),
    }
}
