//! Many seeds of several plans, on as many threads as there are. What a seed gives does not depend on the thread.

use super::day::{Day, Ruled};
use super::prepare::{PrepareFault, Prepared};
use super::totals::Totals;
use crate::config::Config;
use crate::core::ladder::Plan;
use crate::core::{Millis, Name};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What one seed gave under one plan.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outcome {
    /// Each queue's.
    pub queues: BTreeMap<Name, Totals>,
    /// All queues together.
    pub floor: Totals,
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
    let ruled = plans.iter().map(|config| ruled(prepared, config));
    let ruled = ruled.collect::<Result<Vec<_>, _>>()?;
    // Seed by seed, so that the time left can be told from the seeds that are done.
    let jobs: Vec<(usize, u64)> = seeds
        .clone()
        .flat_map(|seed| (0..ruled.len()).map(move |plan| (plan, seed)))
        .collect();
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(vec![Outcome::default(); jobs.len()]);
    let work = || {
        while let Some((place, &(plan, seed))) = {
            let place = next.fetch_add(1, Ordering::Relaxed);
            jobs.get(place).map(|job| (place, job))
        } {
            let outcome = one(prepared, &ruled[plan], seed);
            outcomes.lock().unwrap_or_else(PoisonError::into_inner)[place] = outcome;
            done();
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.max(1) {
            scope.spawn(work);
        }
        work();
    });
    let outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut by_plan = vec![Vec::new(); ruled.len()];
    for ((plan, _), outcome) in jobs.into_iter().zip(outcomes) {
        by_plan[plan].push(outcome);
    }
    Ok(by_plan)
}

fn ruled<'a>(prepared: &Prepared, config: &'a Config) -> Result<Ruled<'a>, PrepareFault> {
    prepared.fits(config)?;
    Ok(Ruled {
        comings: prepared.comings(&config.plan)?,
        plan: Arc::new(seen(&config.plan)),
        calendar: &config.calendar,
    })
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

fn one(prepared: &Prepared, ruled: &Ruled<'_>, seed: u64) -> Outcome {
    let mut outcome = Outcome::default();
    for day in 0..prepared.days() {
        let totals = Day::new(prepared, ruled, seed, day).run();
        let mut floor = Totals::default();
        let longest = totals.iter().map(|totals| totals.longest).fold(0.0, f64::max);
        for (queue, totals) in prepared.queues.iter().zip(totals) {
            floor.add(&totals);
            // A floor's day is one, however many queues it has; and its longest wait is that of the worst.
            (floor.days, floor.clock_h) = (totals.days, totals.clock_h);
            floor.longest = longest;
            let known = outcome.queues.entry(queue.name.clone()).or_default();
            known.add(&totals);
        }
        outcome.floor.add(&floor);
    }
    outcome
}
