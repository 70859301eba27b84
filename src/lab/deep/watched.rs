//! What days tell of a plan, simulated or recorded.

use super::{Look, minutes};
use crate::config::sentence::{Sentence, say};
use crate::config::{Code, duration};
use crate::core::erlang::seats_required;
use crate::core::ladder::{Judge, Ladder, Seats, When};
use crate::core::{Action, Millis, Name};
use crate::lab::simulate::prepare::Busiest;
use crate::lab::simulate::{Outcome, PrepareFault, Prepared, Run, play};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

/// Less often than this a week a step is not practised.
const RARELY_A_WEEK: f64 = 0.5;
/// More often than this a day a step is no emergency.
const OFTEN_A_DAY: f64 = 10.0;
/// More often than this an hour a line is crossed for no reason.
const CROSSED_AN_HOUR: f64 = 6.0;
/// More stays under ten minutes than this share are walks to and fro.
const SHORT_SHARE: f64 = 0.3;
/// Fewer days than this say nothing of what happens once a week.
const DAYS_FOR_RARE: f64 = 5.0;

/// Days that were watched with the plan at work.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// How, in words: "in 20 simulated days".
    pub how: Sentence,
    /// How many days.
    pub days: f64,
    /// Each queue's.
    pub queues: BTreeMap<Name, WatchedQueue>,
}

/// What was seen of a queue.
#[derive(Clone, Debug, Default)]
pub struct WatchedQueue {
    /// Hours.
    pub hours: f64,
    /// Ladders that were in force at any time.
    pub ladders: BTreeSet<Name>,
    /// How often each tier was called.
    pub called: BTreeMap<Name, f64>,
    /// How often each was due with nobody to ask.
    pub skipped: BTreeMap<Name, f64>,
    /// How often the depth fell to the release line or below.
    pub crossed: f64,
    /// Moves that ended after somebody had come, and those of them that lasted less than ten minutes.
    pub stays: (f64, f64),
    /// How far apart readings usually are, where they come by the clock.
    pub every: Option<Millis>,
    /// The busiest time: calls an hour, handling, patience, people on the phones.
    pub busiest: Option<Busiest>,
}

/// Watches the plan at work in so many simulated days.
///
/// # Errors
/// The scenario does not fit the plan.
pub fn simulated(
    prepared: &Prepared,
    config: &crate::config::Config,
    seeds: u32,
    threads: usize,
) -> Result<Watched, PrepareFault> {
    let ready = prepared.ready(config)?;
    let runs: Vec<Run> = (1..=u64::from(seeds))
        .map(|seed| Run {
            plan: 0,
            seed,
            day: None,
        })
        .collect();
    let outcomes = play(prepared, &[&ready], &runs, threads, &AtomicBool::new(false), &|| {});
    let mut sum = Outcome::default();
    for outcome in outcomes.into_iter().flatten() {
        sum.add(&outcome);
    }
    let busiest = prepared.busiest();
    let mut queues = BTreeMap::new();
    for (name, totals) in &sum.queues {
        let steps = sum.steps.get(name).cloned().unwrap_or_default();
        let Some(default) = config.plan.queues.get(name).map(|queue| &queue.ladder) else {
            continue;
        };
        queues.insert(
            name.clone(),
            WatchedQueue {
                hours: totals.hours,
                ladders: prepared
                    .moments()
                    .map(|at| config.calendar.ladder_at(name, default, at))
                    .collect(),
                called: steps.called,
                skipped: steps.skipped,
                crossed: steps.crossed,
                stays: (totals.stays, totals.short_stays),
                every: prepared.scenario().readings_every,
                busiest: busiest.get(name).copied(),
            },
        );
    }
    Ok(Watched {
        how: say!("simulated_days", n = format!("{:.0}", sum.floor.days)),
        days: sum.floor.days,
        queues,
    })
}

impl Look<'_> {
    pub(super) fn watched(&mut self, watched: &Watched) {
        for (queue, seen) in &watched.queues {
            let ladders = self.ladders_of(queue);
            for (name, ladder) in ladders.into_iter().filter(|(name, _)| seen.ladders.contains(*name)) {
                self.how_often(queue, name, ladder, watched, seen);
                self.hidden_timers(queue, name, ladder, watched, seen);
                // These were counted by the queue, whatever ladder was in force.
                if self
                    .config
                    .plan
                    .queues
                    .get(queue)
                    .is_some_and(|queue| queue.ladder == *name)
                {
                    self.crossed_line(queue, name, ladder, watched, seen);
                    self.back_and_forth(queue, name, ladder, watched, seen);
                }
                self.too_few(queue, name, ladder, seen);
            }
        }
    }

    /// Tiers that fire hardly ever, all the time, or into nothing.
    fn how_often(&mut self, queue: &Name, name: &Name, ladder: &Ladder, watched: &Watched, seen: &WatchedQueue) {
        for tier in &ladder.tiers {
            let times = seen.called.get(&tier.name).copied().unwrap_or(0.0);
            let skipped = seen.skipped.get(&tier.name).copied().unwrap_or(0.0);
            // What a morning shows was so often in a day at least, and the rest of it nobody has seen.
            let days = watched.days.max(1.0);
            let (a_week, a_day) = (times / watched.days * 7.0, times / days);
            let how = &watched.how;
            if skipped / days >= 1.0 {
                let at = self.places.tier(name.as_str(), tier.name.as_str(), "pool");
                self.find(
                    Code::NobodyToAsk,
                    at,
                    say!(
                        "nobody_to_ask",
                        tier = tier.name.as_str(),
                        times = format!("{:.1}", skipped / days),
                        queue = queue.as_str(),
                        how = how.clone(),
                    ),
                    say!("nobody_to_ask_why"),
                    say!("nobody_to_ask_instead"),
                );
            }
            // People from home are the last resort: that they are called hardly ever is as it should be.
            let last_resort = tier.action != Action::SignIn;
            if watched.days >= DAYS_FOR_RARE && a_week < RARELY_A_WEEK && !last_resort && skipped == 0.0 {
                let at = self.places.tier(name.as_str(), tier.name.as_str(), "when");
                let told = match times == 0.0 {
                    true => say!(
                        "tier_never",
                        tier = tier.name.as_str(),
                        queue = queue.as_str(),
                        how = how.clone()
                    ),
                    false => say!(
                        "tier_rare",
                        tier = tier.name.as_str(),
                        times = format!("{a_week:.1}"),
                        queue = queue.as_str(),
                        how = how.clone(),
                    ),
                };
                self.find(
                    Code::TierRare,
                    at,
                    told,
                    say!("tier_rare_why"),
                    say!("tier_rare_instead"),
                );
            } else if a_day > OFTEN_A_DAY {
                let at = self.places.tier(name.as_str(), tier.name.as_str(), "when");
                self.find(
                    Code::TierOften,
                    at,
                    say!(
                        "tier_often",
                        tier = tier.name.as_str(),
                        times = format!("{a_day:.0}"),
                        queue = queue.as_str(),
                        how = how.clone(),
                    ),
                    say!("tier_often_why"),
                    say!("tier_often_instead"),
                );
            }
        }
    }

    /// Timers that readings are too rare for.
    fn hidden_timers(&mut self, queue: &Name, name: &Name, ladder: &Ladder, watched: &Watched, seen: &WatchedQueue) {
        let Some(every) = seen.every else { return };
        let tiers = ladder.tiers.iter().map(|tier| {
            let at = self.places.tier(name.as_str(), tier.name.as_str(), "when");
            (say!("by_tier", tier = tier.name.as_str()), &tier.when, at)
        });
        let release = self.places.of_ladder(name.as_str(), &["release", "when"]);
        let severe = self.places.of_ladder(name.as_str(), &["severe"]);
        let all: Vec<(Sentence, &When, std::ops::Range<usize>)> = tiers
            .chain([(say!("by_release"), &ladder.release.when, release)])
            .chain(ladder.severe.as_ref().map(|when| (say!("by_severe"), when, severe)))
            .collect();
        for (what, when, at) in all {
            if when.hold == Millis::ZERO || when.hold >= every + every {
                continue;
            }
            let (every, hold) = (duration::format(every), duration::format(when.hold));
            self.find(
                Code::ReadingGap,
                at,
                say!(
                    "reading_gap",
                    every = every,
                    queue = queue.as_str(),
                    hold = hold.as_str(),
                    what = what,
                    how = watched.how.clone(),
                ),
                say!("reading_gap_why"),
                say!("reading_gap_instead", hold = hold),
            );
        }
    }

    /// A release line that the depth crosses all the time.
    fn crossed_line(&mut self, queue: &Name, name: &Name, ladder: &Ladder, watched: &Watched, seen: &WatchedQueue) {
        let an_hour = seen.crossed / seen.hours.max(1e-9);
        if an_hour < CROSSED_AN_HOUR {
            return;
        }
        let when = &ladder.release.when;
        let window = match (when.judge, when.hold) {
            (_, Millis::ZERO) => say!("window_none"),
            (Judge::Every, hold) => say!(
                "window_every",
                hold = duration::format(hold),
                each = minutes(Millis((3_600_000.0 / an_hour) as i64)),
            ),
            (_, hold) => say!("window_judged", hold = duration::format(hold)),
        };
        let at = self.places.of_ladder(name.as_str(), &["release", "when"]);
        self.find(
            Code::LineCrossed,
            at,
            say!(
                "line_crossed",
                ladder = name.as_str(),
                times = format!("{an_hour:.0}"),
                queue = queue.as_str(),
                how = watched.how.clone(),
            ),
            window,
            say!("line_crossed_instead"),
        );
    }

    fn back_and_forth(&mut self, queue: &Name, name: &Name, ladder: &Ladder, watched: &Watched, seen: &WatchedQueue) {
        let (stays, short) = seen.stays;
        if stays < 5.0 || short / stays < SHORT_SHARE {
            return;
        }
        let at = self.places.of_ladder(name.as_str(), &["release"]);
        let kept = duration::format(ladder.release.min_stay);
        self.find(
            Code::ShortStays,
            at,
            say!(
                "short_stays",
                short = format!("{:.0}", short / stays * 100.0),
                queue = queue.as_str(),
                how = watched.how.clone(),
                stays = format!("{:.1}", stays / watched.days),
            ),
            say!("short_stays_why"),
            say!("short_stays_instead", kept = kept),
        );
    }

    /// Whether all that the ladder can bring would be enough at the busiest time.
    fn too_few(&mut self, queue: &Name, name: &Name, ladder: &Ladder, seen: &WatchedQueue) {
        let Some(busiest) = seen.busiest else { return };
        let Some(target) = self.config.plan.queues.get(queue).and_then(|queue| queue.target) else {
            return;
        };
        let Ok(needed) = seats_required(busiest.calls_per_hour, busiest.handling, busiest.patience, target) else {
            return;
        };
        let in_house = ladder.tiers.iter().filter(|tier| tier.action == Action::SignIn);
        let brings: u32 = in_house
            .map(|tier| match tier.seats {
                Seats::Range(range) => self.lends(name, tier).min(range.max),
                Seats::All | Seats::Required { .. } => self.lends(name, tier),
            })
            .sum();
        let all = busiest.people + brings;
        let all = self
            .config
            .plan
            .physical_seats
            .map_or(all, |physical| all.min(physical));
        if all >= needed.seats {
            return;
        }
        let at = self.places.key(&["queue", queue.as_str(), "target"]);
        let told = say!(
            "too_few",
            queue = queue.as_str(),
            needed = needed.seats.to_string(),
            ladder = name.as_str(),
            all = all.to_string(),
            people = busiest.people.to_string(),
            brings = brings.to_string(),
        );
        self.find(
            Code::TooFew,
            at,
            match all < busiest.people + brings {
                true => say!("too_few_physical", all = told),
                false => told,
            },
            say!(
                "too_few_why",
                calls = format!("{:.0}", busiest.calls_per_hour),
                each = minutes(busiest.handling),
                work = format!("{:.0}", busiest.calls_per_hour * busiest.handling.as_secs() / 3600.0),
            ),
            say!("too_few_instead"),
        );
    }
}
