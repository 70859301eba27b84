//! The daemon's own core over recorded readings, on the readings' own time.
//!
//! Depth is what was recorded: moves cannot change it (plan: "Fine print"). An instruction reaches the floor at once.

use super::timeline::Timeline;
use crate::config::Config;
use crate::core::{Action, Core, Decision, Input, Instruction, InstructionId, Millis, Name, Time, What};
use crate::feed::readings::{ReadError, Recorded};
use crate::feed::session::Session;
use crate::wire::{PoolPart, ReasonMessage, Seats, Stamp};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a replay saw, beside its decisions.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Summary {
    /// The first reading; absent where there was none.
    pub from: Option<Stamp>,
    /// The last.
    pub to: Option<Stamp>,
    /// Readings taken.
    pub readings: u64,
    /// Readings older than the last of their queue, dropped.
    pub older: u64,
    /// Readings of queues that the configuration does not have, by queue.
    pub unknown_queues: BTreeMap<Name, u64>,
    /// Lines that could not be read.
    pub faulty_lines: u64,
    /// Instructions by queue, tier and action.
    pub instructions: Vec<Count>,
    /// Surges that began, each with a first instruction or a first tier that nobody could be asked for.
    pub surges: u64,
    /// Times that a queue went blind.
    pub blind: u64,
    /// Tiers that were due and could not be called.
    pub skipped: u64,
    /// Moves taken back within ten minutes of their instruction.
    pub short_stays: u64,
}

/// How often a tier's action was asked for.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Count {
    /// The queue.
    pub queue: Name,
    /// The tier.
    pub tier: Name,
    /// The action.
    pub action: Action,
    /// How often.
    pub times: u64,
}

/// An instruction as `replay` writes it, one a line.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Line {
    /// When it was decided.
    pub at: Stamp,
    /// For which queue.
    pub queue: Name,
    /// What to do.
    pub action: Action,
    /// The tier behind it.
    pub tier: Name,
    /// The pool, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<Name>,
    /// The pools, where they are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pools: Option<Vec<PoolPart>>,
    /// How many.
    pub seats: Seats,
    /// Why.
    pub reason: ReasonMessage,
    /// Who, where names are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Name>,
    /// Its number in this replay.
    pub id: InstructionId,
    /// The instruction that it takes back or cancels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<InstructionId>,
    /// Decided and logged alone: the daemon would tell nobody.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}

impl From<&Instruction> for Line {
    fn from(given: &Instruction) -> Line {
        let several = given.parts.len() > 1;
        Line {
            at: Stamp(given.at),
            queue: given.queue.clone(),
            action: given.action,
            tier: given.tier.clone(),
            pool: given
                .parts
                .first()
                .filter(|_| !several)
                .and_then(|part| part.pool.clone()),
            pools: several.then(|| given.parts.iter().map(PoolPart::from).collect()),
            seats: given.seats.into(),
            reason: ReasonMessage::from(&given.reason),
            people: given
                .parts
                .iter()
                .flat_map(|part| part.people.iter().cloned())
                .collect(),
            id: given.id,
            of: given.of,
            shadow: given.shadow,
        }
    }
}

/// A replay that is running.
pub struct Replay<'a> {
    config: &'a Config,
    answer_after: Option<Millis>,
    timeline: Option<Timeline>,
    sessions: BTreeMap<Name, Session>,
    sources: BTreeMap<Name, Name>,
    summary: Summary,
    issued: BTreeMap<InstructionId, Time>,
    surging: BTreeMap<Name, bool>,
    counts: BTreeMap<(Name, Name, Action), u64>,
}

impl<'a> Replay<'a> {
    /// A replay of readings under a configuration. `answer_after`: every instruction is done that long after it was given.
    pub fn new(config: &'a Config, answer_after: Option<Millis>) -> Replay<'a> {
        let sources = config.feeds.values().flat_map(|feed| &feed.sources);
        Replay {
            config,
            answer_after,
            timeline: None,
            sessions: BTreeMap::new(),
            sources: sources.map(|(source, queue)| (source.clone(), queue.clone())).collect(),
            summary: Summary::default(),
            issued: BTreeMap::new(),
            surging: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Takes the next line of the recording; what was decided up to it goes to `decided`, in order.
    pub fn take(&mut self, recorded: Result<Recorded, ReadError>, decided: &mut impl FnMut(&Decision)) {
        let recorded = match recorded {
            Ok(recorded) => recorded,
            Err(fault) => {
                self.summary.faulty_lines += 1;
                tracing::warn!("{fault}; the line is passed over");
                return;
            }
        };
        let at = recorded.at().max(
            self.timeline
                .as_ref()
                .map_or(Time(i64::MIN), |timeline| timeline.core().now()),
        );
        let timeline = self.timeline.get_or_insert_with(|| {
            Timeline::new(
                Arc::new(self.config.plan.clone()),
                self.config.calendar.clone(),
                self.answer_after,
                at,
            )
        });
        self.summary.from.get_or_insert(Stamp(at));
        self.summary.to = Some(Stamp(at));
        match recorded {
            Recorded::Reading(mut reading) => {
                let Some(queue) = self.config.plan.queues.get(&reading.queue) else {
                    let Some(key) = self.sources.get(&reading.queue).cloned() else {
                        *self.summary.unknown_queues.entry(reading.queue).or_default() += 1;
                        return;
                    };
                    reading.queue = key;
                    return self.take(Ok(Recorded::Reading(reading)), decided);
                };
                let limits = self.config.plan.feeds.get(&queue.feed);
                let session = self.sessions.entry(queue.feed.clone());
                let stale_after = limits.map_or(Millis(i64::MAX), |limits| limits.stale_after);
                if session
                    .or_insert_with(|| Session::new(stale_after))
                    .judge(&reading, at)
                    .is_err()
                {
                    self.summary.older += 1;
                    return;
                }
                self.summary.readings += 1;
                timeline.tell(Input::Reading { reading }, at);
            }
            Recorded::Heartbeat { .. } => {
                for feed in self.config.plan.feeds.keys() {
                    timeline.tell(Input::Heartbeat { feed: feed.clone() }, at);
                }
            }
            Recorded::Lost { why, .. } => {
                for feed in self.config.plan.feeds.keys() {
                    timeline.tell(
                        Input::SourceLost {
                            feed: feed.clone(),
                            why: why.clone(),
                        },
                        at,
                    );
                }
            }
        }
        self.collect(decided);
    }

    /// Lets time pass until then without a reading; what is decided goes to `decided`.
    pub fn run_to(&mut self, at: Time, decided: &mut impl FnMut(&Decision)) {
        if let Some(timeline) = &mut self.timeline {
            timeline.run_to(at);
        }
        self.collect(decided);
    }

    /// The core as it stands; `None` before the first line.
    pub fn core(&self) -> Option<&Core> {
        self.timeline.as_ref().map(Timeline::core)
    }

    /// Ends with the last reading: what would have been due after it is not decided.
    pub fn end(mut self) -> Summary {
        let counts = std::mem::take(&mut self.counts);
        self.summary.instructions = counts
            .into_iter()
            .map(|((queue, tier, action), times)| Count {
                queue,
                tier,
                action,
                times,
            })
            .collect();
        self.summary
    }

    fn collect(&mut self, decided: &mut impl FnMut(&Decision)) {
        let Some(timeline) = &mut self.timeline else {
            return;
        };
        while let Some(decision) = timeline.decided() {
            decided(&decision);
            let surging = self.surging.entry(decision.queue.clone()).or_default();
            match &decision.what {
                What::Instruct { instruction, .. } => {
                    self.summary.surges += u64::from(!std::mem::replace(surging, true));
                    let key = (decision.queue.clone(), instruction.tier.clone(), instruction.action);
                    *self.counts.entry(key).or_default() += 1;
                    let began = instruction.of.and_then(|of| self.issued.remove(&of));
                    let short = began.is_some_and(|began| decision.at - began < Millis::from_mins(10));
                    self.summary.short_stays += u64::from(short);
                    self.issued.insert(instruction.id, decision.at);
                }
                What::TierSkipped { .. } => {
                    self.summary.surges += u64::from(!std::mem::replace(surging, true));
                    self.summary.skipped += 1;
                }
                What::SurgeOver { .. } => *surging = false,
                What::FeedLost { .. } => self.summary.blind += 1,
                _ => {}
            }
        }
    }
}

/// Several recordings as one, by time; each is taken to be in order in itself.
pub fn merged<I>(mut recordings: Vec<I>) -> impl Iterator<Item = Result<Recorded, ReadError>>
where
    I: Iterator<Item = Result<Recorded, ReadError>>,
{
    let mut heads: Vec<Option<Result<Recorded, ReadError>>> = recordings.iter_mut().map(Iterator::next).collect();
    std::iter::from_fn(move || {
        // A line at fault is told before anything else.
        let time = |head: &Result<Recorded, ReadError>| head.as_ref().map_or(Time(i64::MIN), Recorded::at);
        let next = heads
            .iter()
            .enumerate()
            .filter_map(|(file, head)| Some((time(head.as_ref()?), file)))
            .min()?
            .1;
        std::mem::replace(&mut heads[next], recordings[next].next())
    })
}
