//! Which plan: values of its keys are tried before the same callers, and the best by a stated aim is proposed.
//!
//! | file | has |
//! |---|---|
//! | [`aim`] | what is aimed at, as a trade, and what must not be passed |
//! | [`space`] | what may be changed |
//! | [`race`] | candidates before the same callers; who is clearly behind drops out |
//! | [`change`] | what a proposal changes in the plan's file |
//!
//! The best of many is partly the luckiest of many. So a proposal is held against the written plan once more, on seeds or recorded days that
//! the choice has not seen.

pub mod aim;
pub mod change;
pub mod race;
pub mod space;

use crate::config::Config;
use crate::config::places::Places;
use crate::lab::simulate::{PrepareFault, Prepared};
use aim::Aim;
use change::Change;
use race::{Bench, Candidate, Progress, Unit, best, frontier};
use space::{Point, Space};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

/// How many of the best a narrowing search goes on from.
const LEADERS: usize = 4;

/// What is asked for.
pub struct Asked<'a> {
    /// The plan's text.
    pub text: &'a str,
    /// The plan as it is written.
    pub written: Config,
    /// Plans that are shown beside it, with their names.
    pub others: Vec<(String, Config)>,
    /// Reads a changed text; in words what is wrong with it.
    pub read: &'a dyn Fn(&str) -> Result<Config, String>,
    /// What the floor has to cope with.
    pub prepared: &'a Prepared,
    /// The aim.
    pub aim: &'a Aim,
    /// What may be changed.
    pub space: &'a Space,
    /// Candidates at most; a grid with more points is searched from far to near.
    pub candidates: usize,
    /// What the choice goes by.
    pub choice: Vec<Unit>,
    /// What the choice has not seen.
    pub check: Vec<Unit>,
    /// The same floor under other assumptions, in words: the proposal is checked under each.
    pub doubts: Vec<(String, Prepared)>,
    /// How many runs at a time.
    pub threads: usize,
    /// Raised: end with the best so far.
    pub stop: &'a AtomicBool,
    /// Hears how far it is.
    pub progress: &'a (dyn Progress + Sync),
}

/// What came of it.
pub struct Tuned {
    /// The written plan first, then those beside it, then what was tried.
    pub candidates: Vec<Candidate>,
    /// The point of each; `None`: a plan that was given.
    pub points: Vec<Option<Point>>,
    /// What plans that were given are called, in order.
    pub given: Vec<String>,
    /// The best by the aim.
    pub best: usize,
    /// Nobody is better for callers and for the floor at once; the best for callers first.
    pub frontier: Vec<usize>,
    /// Points that the configuration refuses, and why the first of them.
    pub refused: (usize, Option<String>),
    /// Whether every point of the space was tried.
    pub whole: bool,
    /// It was ended before its time.
    pub interrupted: bool,
    /// The plans that were given and the best, on what the choice has not seen; empty where it was interrupted.
    pub checked: Vec<Candidate>,
    /// The written plan and the best under other assumptions.
    pub doubted: Vec<(String, Vec<Candidate>)>,
    /// What the best changes in the file; `None`: see `changed`.
    pub changes: Option<Vec<Change>>,
    /// Ladders that were not in force on any of the days: what was varied in them has changed nothing, and is left as it is.
    pub untried: Vec<String>,
    /// The best's text, as the configuration's reader had it.
    pub changed: String,
}

/// Why nothing can be proposed.
#[derive(Debug, thiserror::Error)]
pub enum TuneFault {
    /// The scenario does not fit.
    #[error(transparent)]
    Prepare(#[from] PrepareFault),
    /// A key that the plan does not have.
    #[error("--vary: {0}")]
    Key(String),
    /// Every point.
    #[error("the configuration refuses all {count} variants that were tried; the first: {why}")]
    AllRefused {
        /// How many.
        count: usize,
        /// Why the first.
        why: String,
    },
    /// Before anything was known.
    #[error("stopped before any plan had met a day; nothing is known yet")]
    TooSoon,
}

/// Tries plans, chooses by the aim, and checks the choice.
///
/// # Errors
/// Where nothing can be proposed.
pub fn tune(asked: Asked<'_>) -> Result<Tuned, TuneFault> {
    let Asked {
        prepared,
        aim,
        threads,
        stop,
        progress,
        ..
    } = asked;
    let bench = |units: &[Unit]| Bench {
        prepared,
        aim,
        units: units.to_vec(),
        threads,
        stop,
        progress,
    };
    let mut search = Search::new(&asked, bench(&asked.choice))?;
    if asked.space.len() <= asked.candidates {
        search.race(asked.space.all())?;
    } else {
        search.narrow(asked.candidates)?;
    }
    search.settle()?;
    let all: Vec<usize> = (0..search.candidates.len()).collect();
    let given = asked.others.len() + 1;
    let eligible: Vec<usize> = all.iter().copied().filter(|it| *it == 0 || *it >= given).collect();
    let best = best(&search.candidates, &eligible, aim).ok_or(TuneFault::TooSoon)?;
    let changed = match &search.points[best] {
        Some(point) => asked.space.applied(asked.text, point).map_err(TuneFault::Key)?,
        None => asked.text.to_owned(),
    };
    let mut tuned = Tuned {
        frontier: frontier(&search.candidates, &all, aim),
        best,
        refused: (search.refused, search.why_refused.take()),
        whole: asked.space.len() <= asked.candidates,
        interrupted: search.bench.stopped(),
        given: search.given,
        candidates: search.candidates,
        points: search.points,
        checked: Vec::new(),
        doubted: Vec::new(),
        changes: change::changes(asked.text, &changed),
        untried: Vec::new(),
        changed,
    };
    tuned.leave_untried(asked.text, &in_force(&asked));
    tuned.leave_idle(&asked);
    if !tuned.interrupted {
        let check: Vec<usize> = (0..given).chain((best >= given).then_some(best)).collect();
        tuned.checked = again(&tuned, &check, &bench(&asked.check))?;
        let doubted: Vec<usize> = [0].into_iter().chain((best >= given).then_some(best)).collect();
        for (words, other) in asked.doubts.iter().filter(|_| best != 0) {
            let bench = Bench {
                prepared: other,
                ..bench(&asked.check)
            };
            tuned.doubted.push((words.clone(), again(&tuned, &doubted, &bench)?));
        }
        if bench(&[]).stopped() {
            // Half a check is none.
            (tuned.interrupted, tuned.checked, tuned.doubted) = (true, Vec::new(), Vec::new());
        }
    }
    Ok(tuned)
}

/// The ladders that were in force at any time of the days, and those that they extend.
fn in_force(asked: &Asked<'_>) -> BTreeSet<String> {
    let mut ladders = BTreeSet::new();
    for (name, queue) in &asked.written.plan.queues {
        let moments = asked.prepared.moments();
        let calendar = &asked.written.calendar;
        ladders.extend(moments.map(|at| calendar.ladder_at(name, &queue.ladder, at).to_string()));
    }
    let places = Places::of(asked.text);
    let mut bases: Vec<String> = ladders.iter().cloned().collect();
    while let Some(ladder) = bases.pop() {
        if let Some(base) = places.extends(&ladder)
            && ladders.insert(base.to_owned())
        {
            bases.push(base.to_owned());
        }
    }
    ladders
}

impl Tuned {
    fn leave_untried(&mut self, text: &str, in_force: &BTreeSet<String>) {
        let Some(changes) = &mut self.changes else { return };
        let mut untried = BTreeSet::new();
        changes.retain(|change| match &change.ladder {
            Some(ladder) if !in_force.contains(ladder) => {
                untried.insert(ladder.clone());
                false
            }
            _ => true,
        });
        self.changed = change::written(text, changes);
        self.untried = untried.into_iter().collect();
    }
}

impl Tuned {
    /// Leaves out what says no more than the file did, such as a default.
    fn leave_idle(&mut self, asked: &Asked<'_>) {
        let Some(mut changes) = self.changes.take() else { return };
        let plan = |changes: &[Change]| (asked.read)(&change::written(asked.text, changes)).map(|config| config.plan);
        if let Ok(proposed) = plan(&changes) {
            let mut place = 0;
            while place < changes.len() {
                let mut fewer = changes.clone();
                fewer.remove(place);
                match plan(&fewer) {
                    Ok(same) if same == proposed => changes = fewer,
                    _ => place += 1,
                }
            }
            self.changed = change::written(asked.text, &changes);
        }
        self.changes = Some(changes);
    }
}

/// The same plans on a bench of their own, all to the end.
fn again(tuned: &Tuned, which: &[usize], bench: &Bench<'_>) -> Result<Vec<Candidate>, PrepareFault> {
    let new = |it: &usize| Candidate::new(tuned.candidates[*it].config.clone(), bench.prepared);
    let mut candidates = which.iter().map(new).collect::<Result<Vec<_>, _>>()?;
    let all: Vec<usize> = (0..candidates.len()).collect();
    bench.race(&mut candidates, &all, &all);
    Ok(candidates)
}

/// A search that is running.
struct Search<'a> {
    asked: &'a Asked<'a>,
    bench: Bench<'a>,
    candidates: Vec<Candidate>,
    points: Vec<Option<Point>>,
    given: Vec<String>,
    /// Points that were tried, refused ones and those that say what a given plan says among them.
    tried: Vec<Point>,
    refused: usize,
    why_refused: Option<String>,
}

impl<'a> Search<'a> {
    fn new(asked: &'a Asked<'a>, bench: Bench<'a>) -> Result<Search<'a>, TuneFault> {
        let mut search = Search {
            asked,
            bench,
            candidates: vec![Candidate::new(asked.written.clone(), asked.prepared)?],
            points: vec![None],
            given: vec!["written".to_owned()],
            tried: Vec::new(),
            refused: 0,
            why_refused: None,
        };
        for (name, config) in &asked.others {
            search.candidates.push(Candidate::new(config.clone(), asked.prepared)?);
            search.points.push(None);
            search.given.push(name.clone());
        }
        Ok(search)
    }

    fn given(&self) -> Vec<usize> {
        (0..self.given.len()).collect()
    }

    /// Makes candidates of points that were not tried yet.
    fn add(&mut self, points: Vec<Point>) -> Result<Vec<usize>, TuneFault> {
        let mut added = Vec::new();
        for point in points {
            if self.tried.contains(&point) {
                continue;
            }
            self.tried.push(point.clone());
            let text = self
                .asked
                .space
                .applied(self.asked.text, &point)
                .map_err(TuneFault::Key)?;
            match (self.asked.read)(&text) {
                // It says what the written plan says.
                Ok(config) if config.plan == self.asked.written.plan => self.points[0] = Some(point),
                Ok(config) => {
                    added.push(self.candidates.len());
                    self.candidates.push(Candidate::new(config, self.asked.prepared)?);
                    self.points.push(Some(point));
                }
                Err(why) => {
                    self.refused += 1;
                    let words = self.asked.space.words(&point);
                    self.why_refused.get_or_insert_with(|| format!("{words}: {why}"));
                }
            }
        }
        if self.refused > 0 && self.refused == self.tried.len() {
            return Err(TuneFault::AllRefused {
                count: self.refused,
                why: self.why_refused.clone().unwrap_or_default(),
            });
        }
        Ok(added)
    }

    fn race(&mut self, points: Vec<Point>) -> Result<(), TuneFault> {
        let added = self.add(points)?;
        let given = self.given();
        let racing: Vec<usize> = given.iter().copied().chain(added).collect();
        self.bench.race(&mut self.candidates, &racing, &given);
        Ok(())
    }

    /// From far to near: points spread over the whole space, then the neighbours of the best at ever smaller steps.
    fn narrow(&mut self, most: usize) -> Result<(), TuneFault> {
        let space = self.asked.space;
        self.race(space.spread(most / 2))?;
        let mut part = 4;
        while !self.bench.stopped() && self.tried.len() < most {
            let leaders = self.leaders();
            let near = leaders.iter().filter_map(|it| self.points[*it].as_ref());
            let mut near: Vec<Point> = near.flat_map(|point| space.neighbours(point, part)).collect();
            near.retain(|point| !self.tried.contains(point));
            near.truncate(most - self.tried.len());
            if near.is_empty() {
                if part >= space.longest() {
                    break;
                }
                part *= 2;
                continue;
            }
            let added = self.add(near)?;
            let first = leaders.first().copied();
            let racing: Vec<usize> = leaders.into_iter().chain(added).collect();
            self.bench.race(&mut self.candidates, &racing, &[]);
            if self.leaders().first().copied() == first {
                part *= 2;
            }
        }
        Ok(())
    }

    /// The best of those that have met all, best first.
    fn leaders(&self) -> Vec<usize> {
        let mut whole: Vec<usize> = (0..self.candidates.len())
            .filter(|it| self.points[*it].is_some() && self.candidates[*it].met.len() == self.bench.units.len())
            .collect();
        let mut leaders = Vec::new();
        while leaders.len() < LEADERS
            && let Some(next) = best(&self.candidates, &whole, self.asked.aim)
        {
            whole.retain(|it| *it != next);
            leaders.push(next);
        }
        leaders
    }

    /// Where it was stopped in the midst of it: only candidates that have met the same are compared.
    fn settle(&mut self) -> Result<(), TuneFault> {
        if !self.bench.stopped() {
            return Ok(());
        }
        let whole = self.bench.units.len();
        let tried = self.given.len()..self.candidates.len();
        let any_whole = tried.clone().any(|it| self.candidates[it].met.len() == whole);
        let running = self.candidates.iter().filter(|it| !it.dropped && !it.met.is_empty());
        let least = match any_whole {
            true => whole,
            false => running.map(|it| it.met.len()).min().unwrap_or(0),
        };
        if self.candidates[0].met.len() < least || least == 0 {
            return Err(TuneFault::TooSoon);
        }
        for candidate in &mut self.candidates {
            if candidate.met.len() < least || candidate.dropped {
                // Behind, or not reached: it must not pass for one that has met as much.
                candidate.met.truncate(least.saturating_sub(1));
                candidate.dropped = true;
            } else {
                candidate.met.truncate(least);
            }
        }
        Ok(())
    }
}
