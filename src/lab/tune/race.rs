//! Candidates race: all meet the same callers, and who is clearly behind drops out, so that the time goes to those who are close.
//!
//! ```text
//!   all ──4 days──► those not clearly worse ──8──► ... ──all days──► the best, and the frontier
//!                        │
//!                        └► and those on the frontier as far as it is seen, and whoever is to be shown anyway
//! ```
//!
//! What is compared is the difference from the best on the same days: common random numbers make it far surer than either number.

use super::aim::{Aim, Side};
use crate::config::Config;
use crate::lab::simulate::estimate::Estimate;
use crate::lab::simulate::totals::Totals;
use crate::lab::simulate::{Outcome, PrepareFault, Prepared, Ready, Run, play};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whoever is behind by so many times half the width of the 95 % interval drops out: of many candidates some are far off by chance.
pub const SURELY: f64 = 1.5;
/// Units that all meet before anybody drops out.
const FIRST: usize = 4;
/// Candidates that stay for the frontier alone.
const FRONTIER_KEPT: usize = 12;

/// What all candidates meet, one after the other: a seed with all its days, or a recorded day with all its seeds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// The seeds.
    pub seeds: Range<u64>,
    /// Which of the scenario's days; `None`: all.
    pub day: Option<u32>,
}

/// Where candidates are tried.
pub struct Bench<'a> {
    /// The scenario.
    pub prepared: &'a Prepared,
    /// The aim.
    pub aim: &'a Aim,
    /// In the order in which they are met.
    pub units: Vec<Unit>,
    /// How many at a time.
    pub threads: usize,
    /// Raised: end with what there is.
    pub stop: &'a AtomicBool,
    /// Hears of the runs that are done, and of how many are still to come at most.
    pub progress: &'a (dyn Progress + Sync),
}

/// Who hears how far it is.
pub trait Progress {
    /// One more run is done.
    fn done(&self);
    /// At most so many runs more are to come.
    fn left(&self, runs: u64);
}

/// A plan that races.
pub struct Candidate {
    /// The plan.
    pub config: Config,
    ready: Ready,
    /// What each unit came to, as far as it was met.
    pub met: Vec<Totals>,
    /// Out of the race.
    pub dropped: bool,
}

impl Candidate {
    /// At the start.
    ///
    /// # Errors
    /// A plan that the scenario does not fit.
    pub fn new(config: Config, prepared: &Prepared) -> Result<Candidate, PrepareFault> {
        Ok(Candidate {
            ready: prepared.ready(&config)?,
            config,
            met: Vec::new(),
            dropped: false,
        })
    }

    /// What it comes to by the aim, over the units that it has met.
    pub fn value(&self, aim: &Aim) -> Option<Estimate> {
        Estimate::of(&pairs(&self.met, |totals| aim.pair(totals)))
    }

    /// What a side bears.
    pub fn side(&self, aim: &Aim, side: Side) -> f64 {
        let pairs = pairs(&self.met, |totals| aim.side(side, totals));
        Estimate::of(&pairs).map_or(0.0, |it| it.mean)
    }
}

/// Of each unit a sum and its divisor.
pub fn pairs(met: &[Totals], of: impl Fn(&Totals) -> (f64, f64)) -> Vec<(f64, f64)> {
    met.iter().map(of).collect()
}

/// How much more one comes to than another on the units that both have met: more is worse.
pub fn behind(one: &Candidate, best: &Candidate, aim: &Aim) -> Option<Estimate> {
    let both = one.met.len().min(best.met.len());
    let of = |it: &Candidate| pairs(&it.met[..both], |totals| aim.pair(totals));
    Estimate::of_difference(&of(best), &of(one))
}

impl Bench<'_> {
    /// Whether it is to end.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Lets `racing` race until those that are left have met every unit. `shown` never drop out. Where it was stopped, candidates are
    /// left with the units that they have met.
    pub fn race(&self, candidates: &mut [Candidate], racing: &[usize], shown: &[usize]) {
        let mut racing = racing.to_vec();
        for stage in stages(self.units.len()) {
            let left = (self.units.len() - stage) as u64 * racing.len() as u64 * self.seeds();
            self.meet(candidates, &racing, stage, left);
            if self.stopped() {
                return;
            }
            if stage < self.units.len() {
                let stay = self.staying(candidates, &racing, shown);
                for out in racing.iter().filter(|it| !stay.contains(it)) {
                    candidates[*out].dropped = true;
                }
                racing = stay;
            }
        }
    }

    fn seeds(&self) -> u64 {
        self.units.first().map_or(1, |unit| unit.seeds.end - unit.seeds.start)
    }

    /// All of them meet the first so many units. What was not met whole is not counted.
    fn meet(&self, candidates: &mut [Candidate], racing: &[usize], upto: usize, left: u64) {
        let mut runs = Vec::new();
        let mut of = Vec::new();
        // Unit by unit, so that all know the same where it is stopped.
        for (place, unit) in self.units.iter().enumerate().take(upto) {
            for (plan, candidate) in racing.iter().enumerate() {
                if candidates[*candidate].met.len() <= place {
                    for seed in unit.seeds.clone() {
                        runs.push(Run {
                            plan,
                            seed,
                            day: unit.day,
                        });
                        of.push((*candidate, place));
                    }
                }
            }
        }
        self.progress.left(left + runs.len() as u64);
        let ready: Vec<&Ready> = racing.iter().map(|candidate| &candidates[*candidate].ready).collect();
        let outcomes = play(self.prepared, &ready, &runs, self.threads, self.stop, &|| {
            self.progress.done()
        });
        let mut done = of.iter().zip(outcomes).peekable();
        while let Some((&(candidate, place), outcome)) = done.next() {
            let mut sum: Option<Outcome> = outcome;
            while let Some((_, more)) = done.next_if(|(known, _)| **known == (candidate, place)) {
                sum = match (sum, more) {
                    (Some(mut sum), Some(more)) => {
                        sum.add(&more);
                        Some(sum)
                    }
                    _ => None,
                };
            }
            let met = &mut candidates[candidate].met;
            if let Some(sum) = sum.filter(|_| met.len() == place) {
                met.push(sum.floor);
            }
        }
    }

    /// Who stays: who is not clearly worse than the best, whoever is to be shown, and the frontier.
    fn staying(&self, candidates: &[Candidate], racing: &[usize], shown: &[usize]) -> Vec<usize> {
        let Some(best) = best(candidates, racing, self.aim) else {
            return racing.to_vec();
        };
        let keeps_limits = self.aim.passed(&candidates[best].met) == 0.0;
        let frontier = frontier(candidates, racing, self.aim);
        let kept = spread_out(&frontier);
        let stays = |it: &usize| {
            if *it == best || shown.contains(it) || kept.contains(it) {
                return true;
            }
            let candidate = &candidates[*it];
            if keeps_limits && self.aim.surely_passed(&candidate.met) {
                return false;
            }
            // Where nobody keeps the limits yet, whoever passes them less is ahead, whatever it comes to.
            if !keeps_limits && self.aim.passed(&candidate.met) <= 2.0 * self.aim.passed(&candidates[best].met) {
                return true;
            }
            !behind(candidate, &candidates[best], self.aim)
                .is_some_and(|it| it.plus_minus.is_some_and(|half| it.mean > half * SURELY))
        };
        racing.iter().copied().filter(stays).collect()
    }
}

/// The best by the aim: by how much limits are passed, then by what it comes to; of equals the first. Only those that have met as much as
/// anybody count.
pub fn best(candidates: &[Candidate], among: &[usize], aim: &Aim) -> Option<usize> {
    let most = among.iter().map(|it| candidates[*it].met.len()).max().unwrap_or(0);
    let rank = |it: &usize| {
        let candidate = &candidates[*it];
        (
            aim.passed(&candidate.met),
            candidate.value(aim).map_or(f64::MAX, |value| value.mean),
        )
    };
    let whole = among
        .iter()
        .copied()
        .filter(|it| candidates[*it].met.len() == most && most > 0);
    whole.min_by(|one, other| {
        let ((passed, value), (others_passed, others_value)) = (rank(one), rank(other));
        passed.total_cmp(&others_passed).then(value.total_cmp(&others_value))
    })
}

/// Those among them, that have met as much as anybody, to whom nobody is better for callers and for the floor at once; from the best
/// for callers to the best for the floor.
pub fn frontier(candidates: &[Candidate], among: &[usize], aim: &Aim) -> Vec<usize> {
    let most = among.iter().map(|it| candidates[*it].met.len()).max().unwrap_or(0);
    let mut sides: Vec<(f64, f64, usize)> = among
        .iter()
        .filter(|it| candidates[**it].met.len() == most && most > 0)
        .map(|it| {
            (
                candidates[*it].side(aim, Side::Callers),
                candidates[*it].side(aim, Side::Floor),
                *it,
            )
        })
        .collect();
    sides.sort_by(|one, other| {
        let by_callers = one.0.total_cmp(&other.0);
        by_callers.then(one.1.total_cmp(&other.1)).then(one.2.cmp(&other.2))
    });
    let mut least = f64::INFINITY;
    let mut found = Vec::new();
    for (_, floor, it) in sides {
        if floor < least {
            least = floor;
            found.push(it);
        }
    }
    found
}

/// At most [`FRONTIER_KEPT`], evenly along it, its ends among them.
pub fn spread_out(frontier: &[usize]) -> Vec<usize> {
    if frontier.len() <= FRONTIER_KEPT {
        return frontier.to_vec();
    }
    let place = |n: usize| n * (frontier.len() - 1) / (FRONTIER_KEPT - 1);
    (0..FRONTIER_KEPT).map(|n| frontier[place(n)]).collect()
}

/// After how many units each stage ends: twice as many as the one before.
fn stages(units: usize) -> Vec<usize> {
    let mut stages: Vec<usize> = std::iter::successors(Some(FIRST), |stage| Some(stage * 2))
        .take_while(|stage| *stage < units)
        .collect();
    stages.push(units);
    stages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_double_and_end_with_all() {
        assert_eq!(stages(30), [4, 8, 16, 30]);
        assert_eq!(stages(4), [4]);
        assert_eq!(stages(2), [2]);
    }

    #[test]
    fn of_a_long_frontier_the_ends_and_some_between_stay() {
        let long: Vec<usize> = (0..100).collect();
        let kept = spread_out(&long);
        assert_eq!((kept.len(), kept[0], kept[11]), (12, 0, 99));
        assert_eq!(spread_out(&[3, 1]), [3, 1]);
    }
}
