//! The operator's bench: a recorded day under the plan that runs, and under the same with other thresholds, by the daemon's own core. What
//! it says is what `surged replay --against` says of the same files.

mod days;
mod thresholds;

use super::replay::told::{Teller, calls};
use super::replay::{Answers, Difference, Drawn, Line, Replay, Summary, bars, differences};
use crate::config::{self, Config, Purpose, Surroundings};
use crate::core::{Decision, Name, Time};
use crate::floor::{self, BenchFault, Trial};
use crate::lab::recorded::Happening;
use crate::lab::tune::change;
use crate::words::Words;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Lines between two questions whether to go on.
const ASK_EVERY: u64 = 64;
/// Decisions of each plan, and differences, that are told one by one.
const TOLD: usize = 500;

/// The bench.
pub struct Bench {
    /// Lines of one day that are replayed.
    pub lines_max: u64,
}

impl Default for Bench {
    fn default() -> Bench {
        // Four queues that are read every second have fewer.
        Bench { lines_max: 400_000 }
    }
}

/// What a plan came to.
struct Outcome {
    lines: Vec<Line>,
    summary: Summary,
    drawn: Drawn,
}

impl floor::Bench for Bench {
    fn offer(&self, running: &Config) -> Result<Value, BenchFault> {
        Ok(json!({
            "zone": running.calendar.zone.iana_name().unwrap_or("UTC"),
            "labels": running.labels,
            "days": days::all(running)?,
            "groups": thresholds::groups(running),
        }))
    }

    fn try_out(
        &self,
        running: &Config,
        trial: &Trial,
        words: &Words,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Value, BenchFault> {
        let text = &running.written.text;
        let changed_text = thresholds::changed(running, &trial.settings)?;
        let changes = change::changes(text, &changed_text).unwrap_or_default();
        let file = change::written(text, &changes);
        if file.parse::<toml::Table>().ok() != changed_text.parse().ok() {
            let words = "the plan's file is written in a way that the bench cannot change key by key: tables within a line, or keys with dots";
            return Err(BenchFault::NotAThreshold(words.into()));
        }
        let changed = match changes.is_empty() {
            true => None,
            false => Some(read(running, &file, trial, words)?),
        };
        let outcomes = self.replayed(running, changed.as_ref(), trial, go_on)?;
        Ok(told(running, &outcomes, &changes, words))
    }
}

/// The changed plan, by the configuration's own reader.
fn read(running: &Config, file: &str, trial: &Trial, words: &Words) -> Result<Config, BenchFault> {
    let variable = |name: &str| std::env::var(name).ok();
    let surroundings = Surroundings {
        folder: &running.written.folder,
        variable: &variable,
        purpose: Purpose::Look,
        now: Time(jiff::Timestamp::now().as_millisecond()),
    };
    config::parse(file, "the changed plan", &surroundings)
        .map_err(|found| thresholds::faults(file, &trial.settings, found.told_in(words.language())))
}

impl Bench {
    /// One or both plans over the day, in one pass through what was recorded.
    fn replayed(
        &self,
        running: &Config,
        changed: Option<&Config>,
        trial: &Trial,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Vec<Outcome>, BenchFault> {
        let answers = trial.answer_after.map_or(Answers::Recorded, Answers::After);
        let plans: Vec<&Config> = [Some(running), changed].into_iter().flatten().collect();
        let mut replays: Vec<(Replay<'_>, Vec<Line>)> = plans
            .iter()
            .map(|plan| (Replay::new(plan, answers).quietly(), Vec::new()))
            .collect();
        replays.iter_mut().for_each(|(replay, _)| replay.draw());
        let mut read = 0;
        for happened in days::open(running, &trial.day)? {
            read += 1;
            if read > self.lines_max {
                let words = format!(
                    "this day has more than {} lines, the most that the bench replays; `surged replay` takes any number",
                    self.lines_max
                );
                return Err(BenchFault::TooMuch(words));
            }
            if read % ASK_EVERY == 0 && !go_on() {
                return Err(BenchFault::Interrupted);
            }
            for (replay, lines) in &mut replays {
                match &happened {
                    Ok(happening) => {
                        let mut keep = |decision: &Decision| lines.extend(Line::of(decision));
                        replay.take(Ok(Happening::clone(happening)), &mut keep);
                    }
                    Err(fault) => replay.passed_over(fault),
                }
            }
        }
        let outcome = |(replay, lines): (Replay<'_>, Vec<Line>)| {
            let (summary, drawn) = replay.end_drawn();
            Outcome { lines, summary, drawn }
        };
        let outcomes: Vec<Outcome> = replays.into_iter().map(outcome).collect();
        match outcomes.first() {
            Some(first) if first.summary.readings > 0 => Ok(outcomes),
            _ => Err(BenchFault::Unreadable(
                "this day has no reading of a queue of the plan".into(),
            )),
        }
    }
}

/// The outcome for the page: the first is of the plan as written, the second of the changed one, where there is one.
fn told(running: &Config, outcomes: &[Outcome], changes: &[change::Change], words: &Words) -> Value {
    let zone = &running.calendar.zone;
    let name = |kind: &str, name: &Name| words.name(kind, name.as_str());
    let teller = Teller {
        language: words.language(),
        zone,
        name: Some(&name),
    };
    let first = &outcomes[0];
    let several_queues = first.summary.queues.len() > 1;
    let found = match outcomes.get(1) {
        Some(other) => differences(&first.lines, &other.lines),
        None => Vec::new(),
    };
    let sentence = |difference: &Difference| {
        let mut told = json!(difference);
        told["words"] = json!(teller.sentence(difference, several_queues));
        told
    };
    let plan = |outcome: &Outcome| {
        json!({
            "summary": outcome.summary,
            "decisions": outcome.lines.iter().take(TOLD).collect::<Vec<_>>(),
            "decided": outcome.lines.len(),
        })
    };
    json!({
        "period": teller.period(&first.summary),
        "answers": teller.answers(&first.summary),
        "caveat": teller.caveat(),
        "plans": outcomes.iter().map(plan).collect::<Vec<_>>(),
        "queues": queues(outcomes),
        "ladders": in_force(running, &first.summary),
        "rows": rows(running, outcomes, &teller, words),
        "gist": outcomes.get(1).map(|other| teller.gist(&first.summary, &other.summary)),
        "differences": found.iter().take(TOLD).map(sentence).collect::<Vec<_>>(),
        "differ": found.len(),
        "toml": change::to_paste(changes),
    })
}

/// The summaries side by side, as `surged replay` has them.
fn rows(running: &Config, outcomes: &[Outcome], teller: &Teller<'_>, words: &Words) -> Vec<Value> {
    let columns: Vec<_> = outcomes.iter().map(|it| teller.rows(&it.summary)).collect();
    let longest = columns.iter().max_by_key(|rows| rows.len());
    let mut told: Vec<Value> = longest
        .into_iter()
        .flatten()
        .map(|row| {
            let value = |rows: &Vec<_>| -> Option<String> {
                let mut same = rows
                    .iter()
                    .filter(|known: &&super::replay::told::Row| known.what == row.what);
                same.next().map(|known| known.value.clone())
            };
            let values: Vec<_> = columns.iter().map(value).collect();
            json!({ "key": row.key, "what": row.what, "part": row.part, "values": values })
        })
        .collect();
    let summaries: Vec<&Summary> = outcomes.iter().map(|it| &it.summary).collect();
    let several = summaries[0].queues.len() > 1;
    told.extend(
        calls(&summaries, &running.plan)
            .into_iter()
            .map(|(queue, tier, _, each)| {
                let mut tier = words.name("tier", tier.as_str());
                if several {
                    let queue = words.name("queue", queue.as_str());
                    tier = words.text("replay.of_queue", &[("queue", &queue), ("tier", &tier)]);
                }
                let values: Vec<_> = each.iter().map(|(times, seats)| format!("{times} ({seats})")).collect();
                json!({ "key": "calls_of", "what": words.text("bench.calls_of", &[("tier", &tier)]), "part": false, "values": values })
            }),
    );
    told
}

/// What is drawn of each queue: its depth, when nobody saw it, and what each plan had called.
fn queues(outcomes: &[Outcome]) -> Vec<Value> {
    const MINUTE: i64 = 60_000;
    let drawn = outcomes[0].drawn.queues.iter();
    drawn
        .map(|(queue, depths)| {
            let depth: Vec<_> = depths.steps.iter().map(|(minute, depth)| (minute * MINUTE, depth)).collect();
            let blind: Vec<_> = depths.blind.iter().map(|(from, to)| (from.0, to.map(|to| to.0))).collect();
            let called = |outcome: &Outcome| {
                let bars = bars(&outcome.lines, queue).into_iter().take(TOLD);
                let bar = |bar: super::replay::Bar| json!({ "tier": bar.tier, "from": bar.from.0, "to": bar.to.map(|to| to.0), "seats": bar.seats });
                bars.map(bar).collect::<Vec<_>>()
            };
            json!({
                "queue": queue,
                "depth": depth,
                "blind": blind,
                "called": outcomes.iter().map(called).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// The ladders that are in force at some time of the day, and those that they take from: what a ladder takes is written there.
fn in_force(running: &Config, summary: &Summary) -> BTreeSet<Name> {
    let mut found = summary.ladders.clone();
    let extended = summary.ladders.iter();
    found.extend(extended.flat_map(|ladder| thresholds::extended(running, ladder)));
    found
}
