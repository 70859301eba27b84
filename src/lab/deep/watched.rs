//! What days tell of a plan, simulated or recorded.

use super::{Look, minutes};
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
    pub how: String,
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
        how: format!("in {:.0} simulated days", sum.floor.days),
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
            let (a_week, a_day) = (times / watched.days * 7.0, times / watched.days);
            let how = &watched.how;
            if skipped / watched.days >= 1.0 {
                let at = self.places.tier(name.as_str(), tier.name.as_str(), "pool");
                self.find(
                    Code::NobodyToAsk,
                    at,
                    format!(
                        "tier `{}` is due {:.1} times a day on queue `{queue}` with nobody to ask ({how})",
                        tier.name,
                        skipped / watched.days
                    ),
                    "the ladder waits for people who are not there before it goes on",
                    "let its pool lend more (size, keep), give it a second pool, or put it later",
                );
            }
            // People from home are the last resort: that they are called hardly ever is as it should be.
            let last_resort = tier.action != Action::SignIn;
            if watched.days >= DAYS_FOR_RARE && a_week < RARELY_A_WEEK && !last_resort && skipped == 0.0 {
                let at = self.places.tier(name.as_str(), tier.name.as_str(), "when");
                let told = match times == 0.0 {
                    true => format!("tier `{}` does not fire once on queue `{queue}` {how}", tier.name),
                    false => format!(
                        "tier `{}` fires about {a_week:.1} times a week on queue `{queue}` ({how})",
                        tier.name
                    ),
                };
                self.find(
                    Code::TierRare,
                    at,
                    told,
                    "a step that hardly ever comes is not practised, and the people in it are no help on the days that are bad",
                    "lower its line, shorten its for, or judge by the mean (judge = \"mean\"); `surged tune --vary when.for=1m..5m` shows what each \
                     would do",
                );
            } else if a_day > OFTEN_A_DAY {
                let at = self.places.tier(name.as_str(), tier.name.as_str(), "when");
                self.find(
                    Code::TierOften,
                    at,
                    format!("tier `{}` fires about {a_day:.0} times a day on queue `{queue}` ({how})", tier.name),
                    "what is called all the time is no emergency: people stop coming, and the schedule is what is short",
                    "raise its line or its for, keep who has come for longer (min_stay), or plan more people for those hours",
                );
            }
        }
    }

    /// Timers that readings are too rare for.
    fn hidden_timers(&mut self, queue: &Name, name: &Name, ladder: &Ladder, watched: &Watched, seen: &WatchedQueue) {
        let Some(every) = seen.every else { return };
        let tiers = ladder.tiers.iter().map(|tier| {
            let at = self.places.tier(name.as_str(), tier.name.as_str(), "when");
            (format!("tier `{}`", tier.name), &tier.when, at)
        });
        let release = self.places.of_ladder(name.as_str(), &["release", "when"]);
        let severe = self.places.of_ladder(name.as_str(), &["severe"]);
        let all: Vec<(String, &When, std::ops::Range<usize>)> = tiers
            .chain([("the release".to_owned(), &ladder.release.when, release)])
            .chain(ladder.severe.as_ref().map(|when| ("severe".to_owned(), when, severe)))
            .collect();
        for (what, when, at) in all {
            if when.hold == Millis::ZERO || when.hold >= every + every {
                continue;
            }
            let (every, hold) = (duration::format(every), duration::format(when.hold));
            self.find(
                Code::ReadingGap,
                at,
                format!("a reading every {every} of queue `{queue}` hides the {hold} timer of {what} ({})", watched.how),
                "the depth between two readings is taken to be that of the earlier: a peak of a moment passes for a whole gap, and a real one is \
                 seen late",
                format!("have the phone system tell more often than every {hold}, or make the timer several readings long"),
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
            (_, Millis::ZERO) => "people are sent back at the first dip, and called again after it".to_owned(),
            (Judge::Every, hold) => format!(
                "an unbroken {} above or below it hardly ever comes: each crossing begins it anew, on average every {}",
                duration::format(hold),
                minutes(Millis((3_600_000.0 / an_hour) as i64))
            ),
            (_, hold) => format!(
                "what the last {} came to changes with each of them",
                duration::format(hold)
            ),
        };
        let at = self.places.of_ladder(name.as_str(), &["release", "when"]);
        self.find(
            Code::LineCrossed,
            at,
            format!("the release line of ladder `{name}` is crossed {an_hour:.0} times an hour on queue `{queue}` ({})", watched.how),
            window,
            "judge by a share or a mean over the window (judge = \"share\", share = 0.8), and put the line further below the calls",
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
            format!(
                "{:.0} of 100 stays on queue `{queue}` last less than ten minutes ({}, {:.1} stays a day)",
                short / stays * 100.0,
                watched.how,
                stays / watched.days
            ),
            "people walk over and back and take hardly a call; the next time they come later",
            format!("keep who has come (min_stay = \"15m\"; it is {kept}), or release at fewer waiting; `surged tune` weighs what it costs"),
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
                _ => self.lends(name, tier),
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
        self.find(
            Code::TooFew,
            at,
            format!(
                "at its busiest queue `{queue}` needs {} people for its target, and with all that ladder `{name}` can call it has {all}: {} on the \
                 phones and {brings} more{}",
                needed.seats,
                busiest.people,
                if all < busiest.people + brings { ", within the physical seats" } else { "" }
            ),
            format!(
                "{:.0} calls an hour of {} are {:.0} people's work; no line or timer makes more of them",
                busiest.calls_per_hour,
                minutes(busiest.handling),
                busiest.calls_per_hour * busiest.handling.as_secs() / 3600.0
            ),
            "plan more people for that time (`surged seats` computes them), let pools lend more, or set a target that can be met",
        );
    }
}
