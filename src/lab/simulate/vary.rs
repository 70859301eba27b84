//! A plan with one key changed, wherever the configuration has it.

use crate::config::duration;
use crate::core::Millis;
use toml::{Table, Value};

/// How many values are tried where no step is said.
const VALUES: usize = 10;
/// At most so many.
const VALUES_MAX: usize = 100;

/// `KEY=A..B`, `KEY=A..B/STEP`, or a list: `KEY=V,V,V`, with `|` between values that have commas in them.
#[derive(Clone, PartialEq, Debug)]
pub struct Sweep {
    /// The key, its parts joined by dots.
    pub key: String,
    /// What it is set to, one after the other, as written in the configuration.
    pub values: Vec<Value>,
}

impl std::str::FromStr for Sweep {
    type Err = String;

    fn from_str(text: &str) -> Result<Sweep, String> {
        let usage = || {
            format!(
                "{text:?} is no sweep; write KEY=A..B or KEY=A..B/STEP, such as when.for=1m..10m, or a list, such as when.judge=every,mean"
            )
        };
        let (key, values) = text.split_once('=').ok_or_else(usage)?;
        let Some((from, rest)) = values.split_once("..") else {
            return listed(key, values).ok_or_else(usage)?;
        };
        let (to, step) = match rest.split_once('/') {
            Some((to, step)) => (to, Some(step)),
            None => (rest, None),
        };
        let numbers = |read: &dyn Fn(&str) -> Option<f64>| {
            let step = match step {
                Some(step) => Some(read(step)?),
                None => None,
            };
            Some((read(from)?, read(to)?, step))
        };
        let span = |text: &str| duration::parse(text).ok().map(|span| span.0 as f64);
        let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
        let whole = [Some(from), Some(to), step]
            .into_iter()
            .flatten()
            .all(|text| text.parse::<i64>().is_ok());
        let values = if let Some((from, to, step)) = numbers(&span) {
            let least = if from.min(to) >= 60_000.0 { 1_000.0 } else { 1.0 };
            let write = |value: f64| Value::String(duration::format(Millis(value as i64)));
            spaced(from, to, step, least)?.into_iter().map(write).collect()
        } else if let Some((from, to, step)) = numbers(&number) {
            let (least, write): (f64, fn(f64) -> Value) = match whole {
                true => (1.0, |value| Value::Integer(value as i64)),
                false => (1e-6, Value::Float),
            };
            spaced(from, to, step, least)?.into_iter().map(write).collect()
        } else {
            return Err(usage());
        };
        Ok(Sweep {
            key: key.trim().to_owned(),
            values,
        })
    }
}

/// `None`: fewer than two values.
fn listed(key: &str, values: &str) -> Option<Result<Sweep, String>> {
    let between = if values.contains(['|', '{', '[']) { '|' } else { ',' };
    let texts: Vec<&str> = values.split(between).map(str::trim).collect();
    if texts.len() < 2 || texts.contains(&"") {
        return None;
    }
    if texts.len() > VALUES_MAX {
        return Some(Err(format!("{} values; at most {VALUES_MAX} are tried", texts.len())));
    }
    let mut values: Vec<Value> = Vec::new();
    for text in texts {
        // What is no TOML by itself is a text: mean, 5m.
        let parsed = format!("it = {text}")
            .parse::<Table>()
            .ok()
            .and_then(|mut table| table.remove("it"));
        let value = match parsed {
            Some(value) => value,
            None if text.starts_with(['{', '[', '"']) => return Some(Err(format!("{text} is no value of TOML"))),
            None => Value::String(text.to_owned()),
        };
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Some(Ok(Sweep {
        key: key.trim().to_owned(),
        values,
    }))
}

/// From one to the other, each a multiple of `least`, none twice.
fn spaced(from: f64, to: f64, step: Option<f64>, least: f64) -> Result<Vec<f64>, String> {
    let step = match step {
        Some(step) if step > 0.0 => step,
        Some(_) => return Err("a step is more than 0".to_owned()),
        None => (to - from).abs() / (VALUES - 1) as f64,
    };
    let count = if step > 0.0 {
        ((to - from).abs() / step + 1e-9) as usize + 1
    } else {
        1
    };
    if count > VALUES_MAX {
        return Err(format!(
            "{count} values; at most {VALUES_MAX} are tried: take a larger step"
        ));
    }
    let direction = if to < from { -1.0 } else { 1.0 };
    // A fraction is divided out again, so that 0.7 is the double nearest to it.
    let value = |n: usize| {
        let units = ((from + direction * step * n as f64) / least + 0.5).floor();
        if least < 1.0 {
            units / (1.0 / least)
        } else {
            units * least
        }
    };
    let mut values: Vec<f64> = (0..count).map(value).collect();
    values.dedup();
    Ok(values)
}

/// The text of a configuration with a key set. A key that begins with a table of the configuration (`queue.inbound.priority`) is meant
/// there; any other (`when.for`, `settle_within`, `release.min_stay`, `tier.expert.when.waiting_above`) in every ladder, and in every tier
/// that has it. TOML that the configuration's own reader judges.
///
/// # Errors
/// The text is no TOML, or the key is nowhere in it.
pub fn with(text: &str, key: &str, value: &Value) -> Result<String, String> {
    let mut root: Table = text.parse().map_err(|error| format!("not TOML: {error}"))?;
    let path: Vec<&str> = key.split('.').collect();
    let changed = if root.contains_key(path[0]) || path[0] == "floor" {
        usize::from(set(&mut root, &path, value))
    } else {
        in_ladders(&mut root, &path, value)
    };
    if changed == 0 {
        return Err(format!(
            "no ladder has the key {key:?}, and the configuration neither; try when.for, when.waiting_above, release.when.for, release.min_stay, settle_within, tier.NAME.when.for, or a whole path such as pool.quality.size"
        ));
    }
    toml::to_string(&root).map_err(|error| error.to_string())
}

/// Sets a key whose tables are there; tells whether they were.
fn set(table: &mut Table, path: &[&str], value: &Value) -> bool {
    match path {
        [] => false,
        [last] => {
            table.insert((*last).to_owned(), value.clone());
            true
        }
        [first, rest @ ..] => match table.get_mut(*first) {
            Some(Value::Table(inner)) => set(inner, rest, value),
            _ => false,
        },
    }
}

/// Keys of a ladder itself; what is none of them belongs to its tiers.
const OF_LADDERS: [&str; 11] = [
    "release",
    "settle_within",
    "stand_down_after",
    "ask_max_above",
    "max_borrowed",
    "ask_again_after",
    "ask_again_after_no",
    "late_within",
    "hold_for",
    "severe",
    "extends",
];

fn in_ladders(root: &mut Table, path: &[&str], value: &Value) -> usize {
    let Some(Value::Table(ladders)) = root.get_mut("ladder") else {
        return 0;
    };
    let mut changed = 0;
    for (_, ladder) in ladders.iter_mut() {
        let Value::Table(ladder) = ladder else { continue };
        if OF_LADDERS.contains(&path[0]) {
            changed += usize::from(set(ladder, path, value));
            continue;
        }
        let (only, path) = match path {
            ["tier", name, rest @ ..] => (Some(*name), rest),
            _ => (None, path),
        };
        for tiers in ["tier", "tier_before", "tier_after"] {
            let Some(Value::Array(tiers)) = ladder.get_mut(tiers) else {
                continue;
            };
            for tier in tiers.iter_mut().filter_map(Value::as_table_mut) {
                let named = tier.get("name").and_then(Value::as_str);
                if only.is_some() && named != only {
                    continue;
                }
                // A tier that does not go by this measure keeps its own.
                let known = path.len() < 2 || has(tier, path) || path[path.len() - 1] == "judge";
                changed += usize::from(known && set(tier, path, value));
            }
        }
    }
    changed
}

fn has(table: &Table, path: &[&str]) -> bool {
    match path {
        [] => true,
        [first, rest @ ..] => match table.get(*first) {
            Some(Value::Table(inner)) => has(inner, rest),
            Some(_) => rest.is_empty(),
            None => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let sweep: Sweep = text.parse().unwrap();
        sweep.values.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn sweeps_of_durations_whole_numbers_and_shares() {
        assert_eq!(values("when.for=1m..3m/1m"), ["\"1m\"", "\"2m\"", "\"3m\""]);
        assert_eq!(values("when.for=1m..10m").len(), 10);
        assert_eq!(values("when.waiting_above=3..6"), ["3", "4", "5", "6"]);
        assert_eq!(values("when.share=0.5..0.9/0.2"), ["0.5", "0.7", "0.9"]);
        assert_eq!(values("x=5..5"), ["5"]);
        assert_eq!(values("when.judge=every,mean"), ["\"every\"", "\"mean\""]);
        assert_eq!(values("x=1, 3,3"), ["1", "3"]);
        let tables =
            values("release.when={ waiting_at_most = 5, for = \"5m\" }|{ waiting_at_most = 2, for = \"10m\" }");
        assert_eq!(tables.len(), 2);
        assert!(tables[1].contains("waiting_at_most = 2"), "{tables:?}");
        for wrong in [
            "x={ a = }|{}",
            "x=a,",
            "when.for",
            "x=1",
            "x=1..",
            "x=1..2/0",
            "x=1m..2",
            "x=0..1000/1",
        ] {
            assert!(wrong.parse::<Sweep>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_is_set_where_it_is_meant() {
        let text = "[ladder.day]\nsettle_within = \"3m\"\n[[ladder.day.tier]]\nname = \"a\"\nwhen = { waiting_above = 5, for = \"5m\" }\n\
            [[ladder.day.tier]]\nname = \"b\"\nwhen = { longest_wait_above = \"60s\", for = \"0s\" }\n[pool.a]\nsize = 3\n";
        let count = |key: &str, value: Value, expected: &str| {
            let changed = with(text, key, &value).unwrap();
            changed.matches(expected).count()
        };
        assert_eq!(count("when.for", "7m".into(), "for = \"7m\""), 2);
        assert_eq!(count("when.waiting_above", 9.into(), "waiting_above = 9"), 1);
        assert_eq!(count("tier.b.when.for", "7m".into(), "for = \"7m\""), 1);
        assert_eq!(count("settle_within", "7m".into(), "settle_within = \"7m\""), 1);
        assert_eq!(count("pool.a.size", 9.into(), "size = 9"), 1);
        assert!(with(text, "when.hold", &9.into()).unwrap_err().contains("when.hold"));
        assert!(with("x = ", "y", &9.into()).is_err());
    }
}
