//! Many seeds of several plans, on as many threads as there are. What a seed gives does not depend on the thread.

use super::day::{Day, Ruled};
use super::prepare::{PrepareFault, Prepared};
use super::totals::Totals;
use crate::config::Config;
use crate::core::ladder::Plan;
use crate::core::{Millis, Name};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What one seed gave under one plan.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outcome {
    /// Each queue's.
    pub queues: BTreeMap<Name, Totals>,
    /// All queues together.
    pub floor: Totals,
    /// What became of each queue's tiers.
    pub steps: BTreeMap<Name, Steps>,
}

/// How often the tiers of a queue's ladders were called.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Steps {
    /// By tier.
    pub called: BTreeMap<Name, f64>,
    /// Due, and nobody could be asked.
    pub skipped: BTreeMap<Name, f64>,
    /// How often the feed told a depth at or below the release line after one above it.
    pub crossed: f64,
}

impl Steps {
    /// Adds those of another day.
    pub fn add(&mut self, other: &Steps) {
        self.crossed += other.crossed;
        for (ours, theirs) in [(&mut self.called, &other.called), (&mut self.skipped, &other.skipped)] {
            for (tier, times) in theirs {
                *ours.entry(tier.clone()).or_default() += times;
            }
        }
    }
}

/// A plan made ready to run under a scenario.
pub struct Ready(Ruled);

/// One run: a plan, by its place in a list, and the seed and the day that it meets.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// Which plan.
    pub plan: usize,
    /// Which seed.
    pub seed: u64,
    /// Which of the scenario's days, from 0; `None`: all of them.
    pub day: Option<u32>,
}

impl Prepared {
    /// Makes a plan ready.
    ///
    /// # Errors
    /// A plan that the scenario does not fit.
    pub fn ready(&self, config: &Config) -> Result<Ready, PrepareFault> {
        self.fits(config)?;
        Ok(Ready(Ruled {
            comings: self.comings(&config.plan)?,
            plan: Arc::new(seen(&config.plan)),
            calendar: config.calendar.clone(),
        }))
    }
}

/// Runs `seeds` under each plan; every plan meets the same callers. `done` hears of each seed that is done, from any thread. Given plan
/// by plan, seed by seed.
///
/// # Errors
/// A plan that the scenario does not fit.
pub fn run(
    prepared: &Prepared,
    plans: &[&Config],
    seeds: std::ops::Range<u64>,
    threads: usize,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Vec<Outcome>>, PrepareFault> {
    let ready = plans.iter().map(|config| prepared.ready(config));
    let ready = ready.collect::<Result<Vec<_>, _>>()?;
    // Seed by seed, so that the time left can be told from the seeds that are done.
    let runs: Vec<Run> = seeds
        .flat_map(|seed| (0..ready.len()).map(move |plan| Run { plan, seed, day: None }))
        .collect();
    let ready: Vec<&Ready> = ready.iter().collect();
    let outcomes = play(prepared, &ready, &runs, threads, &AtomicBool::new(false), done);
    let mut by_plan = vec![Vec::new(); ready.len()];
    for (run, outcome) in runs.iter().zip(outcomes) {
        by_plan[run.plan].push(outcome.unwrap_or_default());
    }
    Ok(by_plan)
}

/// Runs all of them, in any order on so many threads, and gives what came of each in the order of `runs`; `None` where `stop` was
/// raised before it began. What a run gives does not depend on the others.
pub fn play(
    prepared: &Prepared,
    plans: &[&Ready],
    runs: &[Run],
    threads: usize,
    stop: &AtomicBool,
    done: &(dyn Fn() + Sync),
) -> Vec<Option<Outcome>> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(vec![None; runs.len()]);
    let work = || {
        while !stop.load(Ordering::Relaxed)
            && let Some((place, run)) = {
                let place = next.fetch_add(1, Ordering::Relaxed);
                runs.get(place).map(|run| (place, run))
            }
        {
            let outcome = one(prepared, &plans[run.plan].0, *run);
            outcomes.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(outcome);
            done();
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.clamp(1, runs.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A simulated feed is never lost and never silent: it need not say all the time that it lives.
fn seen(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    for feed in plan.feeds.values_mut() {
        feed.stale_after = Millis::MAX;
        feed.forget_after = Millis::MAX;
        // Nobody goes without having been told to, and the feed counts people and does not name them: there is nothing to ask about.
        feed.gone_after = Millis::MAX;
    }
    plan
}

fn one(prepared: &Prepared, ruled: &Ruled, Run { seed, day, .. }: Run) -> Outcome {
    let mut outcome = Outcome::default();
    let days = day.map_or(0..prepared.days(), |day| day..day + 1);
    for day in days {
        let totals = Day::new(prepared, ruled, seed, day).run();
        let mut floor = Totals::default();
        let longest = totals.iter().map(|(totals, _)| totals.longest).fold(0.0, f64::max);
        for (queue, (totals, steps)) in prepared.queues.iter().zip(totals) {
            floor.add(&totals);
            // A floor's day is one, however many queues it has; and its longest wait is that of the worst.
            (floor.days, floor.clock_h) = (totals.days, totals.clock_h);
            floor.longest = longest;
            let known = outcome.queues.entry(queue.name.clone()).or_default();
            known.add(&totals);
            outcome.steps.entry(queue.name.clone()).or_default().add(&steps);
        }
        outcome.floor.add(&floor);
    }
    outcome
}

impl Outcome {
    /// Adds that of another run.
    pub fn add(&mut self, other: &Outcome) {
        self.floor.add(&other.floor);
        for (queue, totals) in &other.queues {
            self.queues.entry(queue.clone()).or_default().add(totals);
        }
        for (queue, steps) in &other.steps {
            self.steps.entry(queue.clone()).or_default().add(steps);
        }
    }
}
