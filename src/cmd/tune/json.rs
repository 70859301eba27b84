//! What a program reads.

use super::shown::{Shown, amount};
use crate::lab::simulate::estimate::Estimate;
use crate::lab::tune::aim::Side;
use crate::lab::tune::race::{Candidate, behind};
use crate::lab::tune::space::Point;
use serde_json::{Map, Value, json};
use std::io::Write;

/// Writes one object.
pub(super) fn write(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    let tuned = it.tuned;
    let weights: Map<String, Value> = it
        .aim
        .weights
        .iter()
        .map(|(term, weight)| (term.name.to_owned(), json!(weight)))
        .collect();
    let limits: Vec<&str> = it.aim.limits.iter().map(|limit| limit.text.as_str()).collect();
    let candidates: Vec<Value> = (0..tuned.candidates.len()).map(|which| one(it, which)).collect();
    let checked: Vec<Value> = tuned
        .checked
        .iter()
        .enumerate()
        .map(|(place, candidate)| {
            let which = if place < tuned.given.len() { place } else { tuned.best };
            let mut value = numbers(it, candidate);
            value["plan"] = json!(it.name(which));
            value
        })
        .collect();
    let doubts: Vec<Value> = tuned
        .doubted
        .iter()
        .filter_map(|(words, candidates)| {
            let [written, best] = candidates.as_slice() else {
                return None;
            };
            Some(json!({ "if": words, "difference": clear(behind(best, written, it.aim)) }))
        })
        .collect();
    let changes = tuned.changes.as_ref().filter(|_| tuned.best != 0).map(|changes| {
        let each = changes.iter().map(
            |change| json!({ "line": change.line, "table": change.table, "text": change.text, "was": change.was }),
        );
        each.collect::<Vec<Value>>()
    });
    let value = json!({
        "plan": it.plan,
        "scenario": it.scenario,
        "from_data": it.from_data,
        "aim": { "weights": weights, "limits": limits },
        "uncertain": it.factor,
        "chosen_on": it.chosen_on,
        "checked_on": it.checked_on,
        "tried_all": tuned.whole,
        "refused": { "count": tuned.refused.0, "first": tuned.refused.1 },
        "interrupted": tuned.interrupted,
        "candidates": candidates,
        "best": best_json(it),
        "checked": checked,
        "difference": clear(it.checked_difference()),
        "verdict": it.verdict(),
        "changes": changes,
        "untried_ladders": tuned.untried,
        "assumed": it.assumed,
        "otherwise": doubts,
    });
    writeln!(out, "{value:#}")?;
    Ok(())
}

fn best_json(it: &Shown<'_>) -> Value {
    one(it, it.tuned.best)
}

fn one(it: &Shown<'_>, which: usize) -> Value {
    let tuned = it.tuned;
    let candidate = &tuned.candidates[which];
    let mut value = numbers(it, candidate);
    value["plan"] = json!(it.name(which));
    value["settings"] = tuned.points[which]
        .as_ref()
        .map_or(Value::Null, |point| settings(it, point));
    value["written"] = json!(which == 0);
    value["dropped"] = json!(candidate.dropped);
    value["frontier"] = json!(tuned.frontier.contains(&which));
    value
}

fn settings(it: &Shown<'_>, point: &Point) -> Value {
    let each = it
        .space
        .settings(point)
        .map(|(key, value)| (key.to_owned(), json!(value)));
    Value::Object(each.collect())
}

fn numbers(it: &Shown<'_>, candidate: &Candidate) -> Value {
    let a_day: Map<String, Value> = it
        .terms()
        .iter()
        .map(|term| (term.name.to_owned(), json!(amount(candidate, term))))
        .collect();
    json!({
        "met": candidate.met.len(),
        "aim": candidate.value(it.aim),
        "callers": candidate.side(it.aim, Side::Callers),
        "floor": candidate.side(it.aim, Side::Floor),
        "within_limits": it.aim.passed(&candidate.met) == 0.0,
        "a_day": a_day,
    })
}

fn clear(it: Option<Estimate>) -> Value {
    let mut value = json!(it);
    if let Some(it) = it {
        value["clear"] = json!(it.is_clear());
    }
    value
}
