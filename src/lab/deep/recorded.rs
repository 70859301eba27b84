//! The plan at work on recorded days: what `replay` decides, counted.

use super::watched::{Watched, WatchedQueue};
use crate::config::Config;
use crate::config::sentence::say;
use crate::core::ladder::Threshold;
use crate::core::{Decision, InstructionId, Millis, Name, Time, What};
use crate::feed::readings::ReadError;
use crate::lab::recorded::Happening;
use crate::lab::replay::{Answers, Replay};
use std::collections::{BTreeMap, VecDeque};

/// A stay shorter than this is a walk over and back.
const SHORT_STAY: Millis = Millis::from_mins(10);
/// How often it is looked which ladder is in force.
const LADDERS_EVERY: Millis = Millis::from_mins(30);
/// Gaps between readings that are kept of a queue.
const GAPS_KEPT: usize = 10_000;

/// What was seen of a queue's readings.
struct Seen {
    /// The release line of its own ladder.
    calm_at: Option<u32>,
    from: Time,
    last: (Time, u32),
    gaps: VecDeque<Millis>,
    ladder_looked: Time,
    watched: WatchedQueue,
}

/// Watches the plan at work on what was recorded. `answers`: who answers it. Also how many lines could not be read.
pub fn recorded(
    config: &Config,
    happenings: impl Iterator<Item = Result<Happening, ReadError>>,
    answers: Answers,
) -> (Watched, u64) {
    let sources = config.feeds.values().flat_map(|feed| &feed.sources);
    let sources: BTreeMap<&Name, &Name> = sources.collect();
    let mut replay = Replay::new(config, answers);
    let mut queues: BTreeMap<Name, Seen> = BTreeMap::new();
    let mut issued: BTreeMap<InstructionId, Time> = BTreeMap::new();
    let mut decisions: Vec<Decision> = Vec::new();
    for happening in happenings {
        if let Some((at, reading)) = happening.as_ref().ok().and_then(Happening::reading) {
            let key = sources.get(&reading.queue).copied().unwrap_or(&reading.queue);
            if config.plan.queues.contains_key(key) {
                let seen = queues.entry(key.clone()).or_insert_with(|| Seen::new(config, key, at));
                seen.read(config, key, at, reading.waiting);
            }
        }
        replay.take(happening, &mut |decision: &Decision| decisions.push(decision.clone()));
        for decision in decisions.drain(..) {
            if let Some(seen) = queues.get_mut(&decision.queue) {
                seen.count(&decision, &mut issued);
            }
        }
    }
    let faulty = replay.end().faulty_lines;
    let span = |seen: &Seen| (seen.last.0 - seen.from).0 as f64 / 3_600_000.0;
    let hours = queues.values().map(span).fold(0.0, f64::max);
    let days = hours / 24.0;
    let watched = Watched {
        how: match days {
            it if it >= 2.0 => say!("recorded_days", n = format!("{it:.0}")),
            _ => say!("recorded_hours", n = format!("{hours:.0}")),
        },
        days,
        queues: queues.into_iter().map(|(name, seen)| (name, seen.end())).collect(),
    };
    (watched, faulty)
}

impl Seen {
    fn new(config: &Config, queue: &Name, at: Time) -> Seen {
        let ladder = config
            .plan
            .queues
            .get(queue)
            .and_then(|queue| config.plan.ladders.get(&queue.ladder));
        Seen {
            calm_at: ladder.and_then(|ladder| ladder.release.when.thresholds().find_map(Threshold::calm)),
            from: at,
            last: (at, 0),
            gaps: VecDeque::new(),
            ladder_looked: Time(i64::MIN),
            watched: WatchedQueue::default(),
        }
    }

    fn read(&mut self, config: &Config, queue: &Name, at: Time, waiting: u32) {
        let (before, was) = self.last;
        if at < before {
            return;
        }
        if self.calm_at.is_some_and(|calm| was > calm && waiting <= calm) {
            self.watched.crossed += 1.0;
        }
        if at > before {
            if self.gaps.len() == GAPS_KEPT {
                self.gaps.pop_front();
            }
            self.gaps.push_back(at - before);
        }
        self.last = (at, waiting);
        if self.ladder_looked == Time(i64::MIN) || at - self.ladder_looked >= LADDERS_EVERY {
            self.ladder_looked = at;
            if let Some(known) = config.plan.queues.get(queue) {
                let ladder = config.calendar.ladder_at(queue, &known.ladder, at);
                self.watched.ladders.insert(ladder);
            }
        }
    }

    fn count(&mut self, decision: &Decision, issued: &mut BTreeMap<InstructionId, Time>) {
        if let What::TierSkipped { tier, .. } = &decision.what {
            *self.watched.skipped.entry(tier.clone()).or_default() += 1.0;
        }
        let What::Instruct { instruction, .. } = &decision.what else {
            return;
        };
        if instruction.action.brings_people() {
            *self.watched.called.entry(instruction.tier.clone()).or_default() += 1.0;
            issued.insert(instruction.id, decision.at);
        } else if let Some(since) = instruction.of.and_then(|of| issued.remove(&of)) {
            let short = decision.at - since < SHORT_STAY;
            self.watched.stays.0 += 1.0;
            self.watched.stays.1 += f64::from(u8::from(short));
        }
    }

    fn end(mut self) -> WatchedQueue {
        self.watched.hours = (self.last.0 - self.from).0 as f64 / 3_600_000.0;
        // Readings that come at every change are close together where it matters; those that come by the clock are not.
        let mut gaps: Vec<Millis> = self.gaps.into();
        gaps.sort_unstable();
        self.watched.every = gaps.get(gaps.len() / 2).copied();
        self.watched
    }
}
