//! The thresholds of a plan's file that the bench moves: where each stands, what it takes, and what it is.

use crate::config::{Config, Diagnostics, Severity, duration};
use crate::core::{Millis, Name};
use crate::floor::{BenchFault, Setting, Step};
use serde_json::{Value as Json, json};
use std::ops::Range;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// Arrays of a ladder that hold tiers, in the order in which they come.
const TIERS: [&str; 3] = ["tier_before", "tier", "tier_after"];

/// One threshold.
struct Threshold {
    key: Vec<Step>,
    /// What it is called: the same word in every ladder.
    name: String,
    /// `count`, `number`, `share` or `span`.
    kind: &'static str,
    /// As the file has it.
    written: Option<Value>,
    /// What holds where the file says nothing.
    usual: Option<Value>,
}

impl Threshold {
    fn told(&self) -> Json {
        json!({ "key": self.key, "name": self.name, "kind": self.kind, "written": self.written, "usual": self.usual })
    }
}

/// Thresholds that stand together: of a tier, of a release, of a ladder as a whole, of a pool.
struct Group {
    head: Json,
    thresholds: Vec<Threshold>,
}

/// All of them, in the order of the file's ladders and tiers.
pub(super) fn groups(running: &Config) -> Vec<Json> {
    let told = |group: Group| {
        let mut told = group.head;
        told["thresholds"] = group.thresholds.iter().map(Threshold::told).collect();
        told
    };
    all(running).into_iter().map(told).collect()
}

fn all(running: &Config) -> Vec<Group> {
    let root: Table = running.written.text.parse().unwrap_or_default();
    let mut groups = Vec::new();
    let tables = |kind: &str| {
        let table = root.get(kind).and_then(Value::as_table).into_iter().flatten();
        table.filter_map(|(name, value)| Some((name.clone(), value.as_table()?.clone())))
    };
    // The ladder that rules where the calendar says nothing else comes first.
    let mut ladders: Vec<(String, Table)> = tables("ladder").collect();
    let usual = |name: &str| running.plan.queues.values().any(|queue| queue.ladder.as_str() == name);
    ladders.sort_by_key(|(name, _)| !usual(name));
    for (name, ladder) in &ladders {
        of_ladder(running, name, ladder, &mut groups);
    }
    for (name, pool) in tables("pool") {
        let plan = running.plan.pools.get(&Name::from(name.as_str()));
        let at = At(vec![text("pool"), text(&name)]);
        let mut thresholds = vec![
            at.span(&pool, "max_stay", plan.and_then(|it| it.max_stay)),
            at.count(&pool, "keep", plan.map(|it| it.keep)),
        ];
        if pool.contains_key("size") {
            thresholds.push(at.count(&pool, "size", plan.map(|it| it.size)));
        }
        if pool.contains_key("people") {
            thresholds.push(at.span(&pool, "rest_between", plan.map(|it| it.rest_between)));
        }
        groups.push(Group {
            head: json!({ "kind": "pool", "pool": name }),
            thresholds,
        });
    }
    groups
}

fn of_ladder(running: &Config, name: &str, ladder: &Table, groups: &mut Vec<Group>) {
    let plan = running.plan.ladders.get(&Name::from(name));
    let at = At(vec![text("ladder"), text(name)]);
    for array in TIERS {
        let tiers = ladder.get(array).and_then(Value::as_array).into_iter().flatten();
        for (place, tier) in tiers.enumerate() {
            let Some(tier) = tier.as_table() else { continue };
            let at = at.then(text(array)).then(Step::Place(place));
            let called = tier.get("name").and_then(Value::as_str).unwrap_or_default();
            let mut thresholds = at.condition(tier);
            let seats = ["seats", "fallback"].into_iter();
            for (key, range) in seats.filter_map(|key| Some((key, tier.get(key)?.as_table()?))) {
                let at = at.then(text(key));
                thresholds.extend(["min", "max"].map(|end| at.count(range, end, None)));
            }
            let usual = plan.map(|it| it.settle_within);
            thresholds.push(at.span(tier, "settle_within", usual));
            groups.push(Group {
                head: json!({ "kind": "tier", "ladder": name, "tier": called }),
                thresholds,
            });
        }
    }
    if let Some(release) = ladder.get("release").and_then(Value::as_table) {
        let at = at.then(text("release"));
        let mut thresholds = at.condition(release);
        thresholds.push(at.span(release, "min_stay", plan.map(|it| it.release.min_stay)));
        groups.push(Group {
            head: json!({ "kind": "release", "ladder": name }),
            thresholds,
        });
    }
    let thresholds = vec![
        at.span(ladder, "settle_within", plan.map(|it| it.settle_within)),
        at.span(ladder, "stand_down_after", plan.map(|it| it.stand_down_after)),
        at.count(ladder, "ask_max_above", plan.map(|it| it.ask_max_above)),
        at.count(ladder, "max_borrowed", plan.and_then(|it| it.max_borrowed)),
    ];
    groups.push(Group {
        head: json!({ "kind": "ladder", "ladder": name }),
        thresholds,
    });
}

fn text(key: &str) -> Step {
    Step::Key(key.to_owned())
}

/// A place in the file.
struct At(Vec<Step>);

impl At {
    fn then(&self, step: Step) -> At {
        At([&self.0[..], &[step]].concat())
    }

    fn one(&self, table: &Table, key: &str, name: &str, kind: &'static str, usual: Option<Value>) -> Threshold {
        Threshold {
            key: self.then(text(key)).0,
            name: name.to_owned(),
            kind,
            written: table.get(key).cloned(),
            usual,
        }
    }

    fn span(&self, table: &Table, key: &str, usual: Option<Millis>) -> Threshold {
        let usual = usual.map(|it| Value::String(duration::format(it)));
        self.one(table, key, key, "span", usual)
    }

    fn count(&self, table: &Table, key: &str, usual: Option<u32>) -> Threshold {
        self.one(table, key, key, "count", usual.map(|it| Value::Integer(it.into())))
    }

    /// What is written of the condition under `when`.
    fn condition(&self, of: &Table) -> Vec<Threshold> {
        let at = self.then(text("when"));
        let Some(when) = of.get("when").and_then(Value::as_table) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let band = when.contains_key("waiting_above");
        for (key, value) in when {
            match value {
                Value::Table(inner) => {
                    let at = at.then(text(key));
                    found.extend(inner.iter().filter_map(|(part, value)| {
                        let name = format!("{key}_{part}");
                        Some(at.one(inner, part, &name, kind_of(part, value)?, None))
                    }));
                }
                value @ (Value::String(_)
                | Value::Integer(_)
                | Value::Float(_)
                | Value::Boolean(_)
                | Value::Datetime(_)
                | Value::Array(_)) => {
                    let name = match key.as_str() {
                        "waiting_at_most" if band => "at_most",
                        key => key,
                    };
                    found.extend(kind_of(key, value).map(|kind| at.one(when, key, name, kind, None)));
                }
            }
        }
        // How many first, how long behind it.
        found.sort_by_key(|it| (it.name == "for", it.name.clone()));
        found
    }
}

/// What a value of a condition is; `None`: a word, which is no threshold.
fn kind_of(key: &str, value: &Value) -> Option<&'static str> {
    match value {
        Value::Integer(_) | Value::Float(_) if key == "share" => Some("share"),
        Value::Integer(_) if key == "waiting_per_seat_above" => Some("number"),
        Value::Integer(_) => Some("count"),
        Value::Float(_) => Some("number"),
        Value::String(text) => duration::parse(text).is_ok().then_some("span"),
        Value::Boolean(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

/// The ladders that a ladder takes from, nearest first.
pub(super) fn extended(running: &Config, ladder: &Name) -> Vec<Name> {
    let root: Table = running.written.text.parse().unwrap_or_default();
    let ladders = root.get("ladder").and_then(Value::as_table);
    let next = |name: &str| {
        let ladder = ladders?.get(name)?.as_table()?;
        ladder.get("extends")?.as_str().map(Name::from)
    };
    let mut found: Vec<Name> = Vec::new();
    let mut at = next(ladder.as_str());
    while let Some(name) = at.filter(|name| !found.contains(name)) {
        at = next(name.as_str());
        found.push(name);
    }
    found
}

/// The plan's text with these thresholds, as TOML that the configuration's own reader judges.
pub(super) fn changed(running: &Config, settings: &[Setting]) -> Result<String, BenchFault> {
    let offered: Vec<Threshold> = all(running).into_iter().flat_map(|group| group.thresholds).collect();
    let mut root: Value = Value::Table(running.written.text.parse().unwrap_or_default());
    for setting in settings {
        let told = || json!(setting.key).to_string();
        if !offered.iter().any(|it| it.key == setting.key) {
            let words = format!(
                "{} is no threshold of this plan: GET /api/v1/bench has those that there are",
                told()
            );
            return Err(BenchFault::NotAThreshold(words));
        }
        let value = value_of(&setting.value).ok_or_else(|| {
            let words = format!("{}: expected a number or a text; came {}", told(), setting.value);
            BenchFault::NotAThreshold(words)
        })?;
        set(&mut root, &setting.key, value);
    }
    toml::to_string(&root).map_err(|fault| BenchFault::NotAThreshold(fault.to_string()))
}

fn value_of(json: &Json) -> Option<Value> {
    match json {
        Json::String(text) => Some(Value::String(text.clone())),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Some(Value::Integer(whole)),
            None => number.as_f64().map(Value::Float),
        },
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// The tables on the way are there: the key was offered.
fn set(at: &mut Value, key: &[Step], value: Value) {
    match (key, at) {
        ([Step::Key(last)], Value::Table(table)) => {
            table.insert(last.clone(), value);
        }
        ([Step::Key(first), rest @ ..], Value::Table(table)) => {
            if let Some(inner) = table.get_mut(first) {
                set(inner, rest, value);
            }
        }
        ([Step::Place(first), rest @ ..], Value::Array(array)) => {
            if let Some(inner) = array.get_mut(*first) {
                set(inner, rest, value);
            }
        }
        _ => {}
    }
}

/// What the configuration's reader says of a changed file, each with the key of the threshold that it is about.
pub(super) fn faults(file: &str, settings: &[Setting], found: Diagnostics) -> BenchFault {
    let table = DeTable::parse(file).ok();
    let spans: Vec<(&Setting, Range<usize>)> = settings
        .iter()
        .filter_map(|setting| Some((setting, span(table.as_ref()?.get_ref(), &setting.key)?)))
        .collect();
    let errors = found.found().iter().filter(|it| it.severity == Severity::Error);
    let told = errors.map(|it| {
        let at = byte(file, it.line, it.column);
        let within = spans
            .iter()
            .find(|(_, span)| span.contains(&at))
            .map(|(setting, _)| *setting);
        let only = settings.first().filter(|_| settings.len() == 1);
        let key = within.or(only).map(|setting| &setting.key);
        json!({ "key": key, "message": it.message, "help": it.help, "line": it.line, "column": it.column })
    });
    BenchFault::AtFault(told.collect())
}

/// Where a key's value stands.
fn span(table: &DeTable<'_>, key: &[Step]) -> Option<Range<usize>> {
    let (Step::Key(first), rest) = key.split_first()? else {
        return None;
    };
    let mut at: &Spanned<DeValue<'_>> = table.get(first.as_str())?;
    for step in rest {
        at = match step {
            Step::Key(key) => at.get_ref().as_table()?.get(key.as_str())?,
            Step::Place(place) => at.get_ref().as_array()?.get(*place)?,
        };
    }
    Some(at.span())
}

/// The byte of a line and a column, both from 1; columns count characters.
fn byte(text: &str, line: usize, column: usize) -> usize {
    let begin: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let line = text.get(begin..).unwrap_or_default();
    begin
        + line
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(0, |(at, _)| at)
}
