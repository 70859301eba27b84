//! What the plan alone tells.

use super::{Look, minutes};
use crate::calendar::Calendar;
use crate::config::Code;
use crate::config::sentence::say;
use crate::core::ladder::{Ladder, SeatRange, Seats, Threshold, Tier};
use crate::core::{Action, Input, Millis, Name, Reading, Time, What};
use crate::lab::timeline::Timeline;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Callers of a day that nobody has planned for.
const MANY: u32 = 400;
/// How long such a day is watched.
const WATCHED: Millis = Millis::from_mins(180);
/// How often its depth is told, and oftener where a queue would be blind by then.
const READINGS_EVERY: Millis = Millis::from_secs(10);
/// How soon a floor answers that is awake.
const ANSWERED: Millis = Millis::from_secs(60);
/// A way to the last people in the house that takes longer is too long for so many.
const SOON_ENOUGH: Millis = Millis::from_mins(10);

/// What came of such a day.
#[derive(Default)]
struct Climbed {
    /// When each tier was first called, since the beginning.
    called: BTreeMap<Name, Millis>,
    /// Tiers that nobody could be asked for.
    skipped: BTreeSet<Name>,
}

impl Look<'_> {
    pub(super) fn still(&mut self) {
        self.unused();
        for (name, ladder) in self.ladders() {
            self.seats(name, ladder);
            self.shared_pools(name, ladder);
            self.overtaken(name, ladder);
            // What a ladder has from the one that it extends is told there.
            if self.places.is_own(name.as_str(), "release") {
                self.band_of_calm(name, ladder);
            }
        }
        let queues: Vec<Name> = self.config.plan.queues.keys().cloned().collect();
        let mut seen = BTreeSet::new();
        for queue in queues {
            for (name, ladder) in self.ladders_of(&queue) {
                // A ladder that several queues climb is told once.
                if seen.insert(name.clone()) {
                    self.at_many(&queue, name, ladder);
                }
            }
        }
    }

    /// Pools and ladders that never play a part.
    fn unused(&mut self) {
        let ladders = self.ladders();
        for pool in self.config.plan.pools.keys() {
            let asks = |(_, ladder): &&(&Name, &Ladder)| ladder.tiers.iter().any(|tier| tier.pools.contains(pool));
            if !ladders.iter().any(|it| asks(&it)) {
                let at = self.places.key(&["pool", pool.as_str()]);
                self.find(
                    Code::PoolUnused,
                    at,
                    say!("pool_unused", pool = pool.as_str()),
                    say!("pool_unused_why"),
                    say!("pool_unused_instead", pool = pool.as_str()),
                );
            }
        }
        for name in self.config.plan.ladders.keys() {
            let extends = |(other, _): &&(&Name, &Ladder)| self.places.extends(other.as_str()) == Some(name.as_str());
            if !ladders.iter().any(|(known, _)| *known == name) && !ladders.iter().any(|it| extends(&it)) {
                let at = self.places.key(&["ladder", name.as_str()]);
                self.find(
                    Code::LadderUnused,
                    at,
                    say!("ladder_unused", ladder = name.as_str()),
                    say!("ladder_unused_why"),
                    say!("ladder_unused_instead", ladder = name.as_str()),
                );
            }
        }
    }

    /// Tiers that ask for more than their pools can lend.
    fn seats(&mut self, name: &Name, ladder: &Ladder) {
        for tier in ladder.tiers.iter().filter(|tier| !tier.pools.is_empty()) {
            let lends = self.lends(name, tier);
            let asked = match tier.seats {
                Seats::Range(range) => range,
                Seats::Required { fallback } => fallback,
                Seats::All => SeatRange { min: 1, max: 1 },
            };
            let pools: Vec<&str> = tier.pools.iter().map(Name::as_str).collect();
            let pools = pools.join(", ");
            let what = match (lends, tier.seats) {
                (0, _) => say!(
                    "pool_empty",
                    tier = tier.name.as_str(),
                    ladder = name.as_str(),
                    pools = pools.as_str()
                ),
                (_, Seats::Range(SeatRange { min, max })) if lends < max => say!(
                    "pool_small",
                    tier = tier.name.as_str(),
                    min = min.to_string(),
                    max = max.to_string(),
                    lends = lends.to_string(),
                    pools = pools.as_str(),
                    ladder = name.as_str(),
                ),
                _ => continue,
            };
            let why = match lends {
                0 => say!("pool_empty_why"),
                _ if lends < asked.min => say!("pool_below_min_why"),
                _ => say!(
                    "pool_below_max_why",
                    line = ladder.ask_max_above.to_string(),
                    max = asked.max.to_string()
                ),
            };
            let at = self.places.tier(name.as_str(), tier.name.as_str(), "seats");
            let help = say!("pool_small_instead", pools = pools);
            self.find(Code::SeatsBeyondPool, at, what, why, help);
        }
    }

    /// Tiers that draw on what an earlier one has taken.
    fn shared_pools(&mut self, name: &Name, ladder: &Ladder) {
        for (place, tier) in ladder.tiers.iter().enumerate() {
            let shared = ladder.tiers[..place].iter().find(|earlier| {
                earlier.seats == Seats::All && tier.pools.iter().any(|pool| earlier.pools.contains(pool))
            });
            let Some(earlier) = shared.filter(|earlier| tier.pools.iter().all(|pool| earlier.pools.contains(pool)))
            else {
                continue;
            };
            let at = self.places.tier(name.as_str(), tier.name.as_str(), "pool");
            self.find(
                Code::SeatsBeyondPool,
                at,
                say!("pool_taken", tier = tier.name.as_str(), earlier = earlier.name.as_str()),
                say!("pool_taken_why"),
                say!("pool_taken_instead", earlier = earlier.name.as_str()),
            );
        }
    }

    /// A later tier whose line is below an earlier one's waits for it all the same.
    fn overtaken(&mut self, name: &Name, ladder: &Ladder) {
        let lines: Vec<(&Tier, u32)> = ladder
            .tiers
            .iter()
            .filter_map(|tier| Some((tier, line(tier)?)))
            .collect();
        for (place, (later, above)) in lines.iter().enumerate() {
            let earlier = lines[..place]
                .iter()
                .filter(|(_, line)| line > above)
                .max_by_key(|(_, line)| *line);
            let Some((earlier, needs)) = earlier else { continue };
            let at = self.places.tier(name.as_str(), later.name.as_str(), "when");
            self.find(
                Code::TierOutOfOrder,
                at,
                say!(
                    "overtaken",
                    later = later.name.as_str(),
                    earlier = earlier.name.as_str(),
                    above = above.to_string(),
                    needs = needs.to_string(),
                ),
                say!(
                    "overtaken_why",
                    from = (above + 1).to_string(),
                    needs = needs.to_string()
                ),
                say!(
                    "overtaken_instead",
                    later = later.name.as_str(),
                    earlier = earlier.name.as_str(),
                    needs = needs.to_string(),
                ),
            );
        }
    }

    /// People go back at the line at which they are called.
    fn band_of_calm(&mut self, name: &Name, ladder: &Ladder) {
        let calm = ladder.release.when.thresholds().find_map(Threshold::calm);
        let first = ladder.tiers.first().and_then(line);
        let (Some(calm), Some(first)) = (calm, first) else {
            return;
        };
        if calm != first || ladder.release.min_stay > Millis::ZERO {
            return;
        }
        let at = self.places.of_ladder(name.as_str(), &["release", "when"]);
        self.find(
            Code::NoRoomForCalm,
            at,
            say!(
                "no_room",
                ladder = name.as_str(),
                calm = calm.to_string(),
                first = first.to_string()
            ),
            say!("no_room_why"),
            say!("no_room_instead", half = (calm / 2).to_string()),
        );
    }

    /// A day with 400 waiting throughout: when is who called?
    fn at_many(&mut self, queue: &Name, name: &Name, ladder: &Ladder) {
        let in_house = |tier: &&Tier| tier.action == Action::SignIn;
        let Some(last) = ladder.tiers.iter().rev().find(in_house) else {
            return;
        };
        let alone = self.climb(queue, name, None);
        let answered = self.climb(queue, name, Some(ANSWERED));
        for tier in ladder
            .tiers
            .iter()
            .filter(|tier| !tier.on_incident || tier.action == Action::SignIn)
        {
            if answered.called.contains_key(&tier.name) || answered.skipped.contains(&tier.name) {
                continue;
            }
            let at = self.places.tier(name.as_str(), tier.name.as_str(), "when");
            self.find(
                Code::NeverAtMany,
                at,
                say!(
                    "never_at_many",
                    many = MANY.to_string(),
                    tier = tier.name.as_str(),
                    ladder = name.as_str()
                ),
                say!("never_at_many_why"),
                say!("never_at_many_instead"),
            );
            return;
        }
        let Some(reached) = alone.called.get(&last.name) else {
            return;
        };
        let in_time = answered.called.get(&last.name).copied().unwrap_or(*reached);
        if *reached <= SOON_ENOUGH {
            return;
        }
        let at = match ladder.severe {
            Some(_) => self.places.of_ladder(name.as_str(), &["severe"]),
            None => self.places.key(&["ladder", name.as_str()]),
        };
        let help = match ladder.severe {
            None => say!("slow_at_many_severe"),
            Some(_) => say!("slow_at_many_shorter"),
        };
        self.find(
            Code::SlowAtMany,
            at,
            say!(
                "slow_at_many",
                many = MANY.to_string(),
                ladder = name.as_str(),
                reached = minutes(*reached),
                tier = last.name.as_str(),
                answered = minutes(in_time),
            ),
            say!("slow_at_many_why", many = MANY.to_string()),
            help,
        );
    }

    /// The core itself, on a day with so many waiting from its first moment on.
    fn climb(&self, queue: &Name, ladder: &Name, answer_after: Option<Millis>) -> Climbed {
        let mut plan = self.config.plan.clone();
        plan.queues.retain(|known, _| known == queue);
        // Nobody is rostered on a day that is no day.
        plan.roster.clear();
        for known in plan.queues.values_mut() {
            known.ladder = ladder.clone();
            known.mode = crate::core::ladder::Mode::Live;
            known.max_moves_per_hour = None;
        }
        for tier in plan.ladders.values_mut().flat_map(|ladder| &mut ladder.tiers) {
            tier.mode = None;
        }
        let calendar = Calendar {
            zone: self.config.calendar.zone.clone(),
            entries: Vec::new(),
        };
        let feeds = plan.queues.values().filter_map(|known| plan.feeds.get(&known.feed));
        let seen = feeds.map(|limits| Millis((limits.stale_after.0 / 3).max(1)));
        let every = seen.fold(READINGS_EVERY, Millis::min);
        let mut timeline = Timeline::new(Arc::new(plan), calendar, answer_after, Time(0));
        let mut climbed = Climbed::default();
        let mut at = Millis::ZERO;
        while at <= WATCHED {
            let reading = Reading {
                at: Some(Time(0) + at),
                longest_wait: Some(at),
                ..Reading::of(queue.clone(), MANY)
            };
            timeline.tell(Input::Reading { reading }, Time(0) + at);
            while let Some(decision) = timeline.decided() {
                if let What::TierSkipped { tier, .. } = decision.what {
                    climbed.skipped.insert(tier);
                } else if let What::Instruct { instruction, .. } = decision.what
                    && instruction.action.brings_people()
                {
                    let since = decision.at - Time(0);
                    climbed.called.entry(instruction.tier).or_insert(since);
                }
            }
            at = at + every;
        }
        climbed
    }
}

/// Above how many waiting a tier is due.
fn line(tier: &Tier) -> Option<u32> {
    tier.when.thresholds().find_map(|it| it.band().map(|(above, _)| above))
}
