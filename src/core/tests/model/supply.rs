//! Whom a tier would get: every question about people and seats, answered anew from the moves of all queues.

use super::{Model, Part};
use std::collections::{BTreeMap, BTreeSet};
use surged_core::ladder::{Ladder, Mode, SeatRange, Seats, Tier};
use surged_core::{Action, Name};

/// The span within which `max_moves_per_hour` counts.
const HOUR: i64 = 3_600_000;

/// How many are wished for, and on whose word.
#[derive(Copy, Clone)]
pub struct Wish {
    pub seats: Seats,
    /// A person orders it: the caps that hold the daemon back do not hold them.
    pub by_hand: bool,
    /// Whoever was moved in shadow counts as moved.
    pub shadow: bool,
}

impl Model {
    /// Whom a tier would get now: in the order of its pools, above what they keep, within the seats.
    pub fn parts(&self, name: &Name, tier: &Tier, wish: Wish) -> Vec<Part> {
        let queue = &self.queues[name];
        let waiting = queue.last.as_ref().map_or(0, |last| last.waiting);
        let many = waiting > self.ladder_of(name).ask_max_above;
        let mut wanted = match wish.seats {
            Seats::All => u32::MAX,
            Seats::Range(range) | Seats::Required { fallback: range } if many => range.max,
            Seats::Range(range) | Seats::Required { fallback: range } => range.min,
        };
        if !wish.by_hand && self.hour_is_full(name, wish.shadow) {
            return Vec::new();
        }
        let mut room = self.room(wish.shadow);
        if tier.pools.is_empty() {
            // The days of this model have no roster of those who sit on the phones: a longer shift is asked for by number.
            let stays = tier.action == Action::ExtendShift;
            return nobody_or(Part {
                pool: None,
                seats: if stays { wanted } else { wanted.min(room) },
                people: Vec::new(),
            });
        }
        let mut kept = BTreeMap::new();
        if !wish.by_hand {
            wanted = wanted.min(self.may_borrow(name, wish.shadow));
            kept = self.kept_for_higher(name);
        }
        let mut parts = Vec::new();
        for pool_name in &tier.pools {
            let pool = &self.plan.pools[pool_name];
            let kept = kept.get(pool_name).copied().unwrap_or(0);
            let there = self.supply(name, tier, pool_name, wish).saturating_sub(kept);
            let seats = there.min(wanted).min(if pool.own_desk { u32::MAX } else { room });
            let people = self.rested_people(name, pool_name, wish);
            parts.extend(nobody_or(Part {
                pool: Some(pool_name.clone()),
                seats,
                people: people.into_iter().take(seats as usize).collect(),
            }));
            wanted -= seats;
            room -= if pool.own_desk { 0 } else { seats };
        }
        parts
    }

    /// What the daemon itself wishes for of a tier.
    pub fn wish(&self, name: &Name, tier: &Tier) -> Wish {
        // While others of it stay, a tier is asked for as many as went.
        let went = self.empty_places(name, &tier.name);
        let again = Seats::Range(SeatRange { min: went, max: went });
        Wish {
            seats: if went > 0 { again } else { tier.seats },
            by_hand: false,
            shadow: self.mode(name, tier) == Mode::Shadow,
        }
    }

    pub fn mode(&self, name: &Name, tier: &Tier) -> Mode {
        tier.mode.unwrap_or(self.plan.queues[name].mode)
    }

    pub fn has_anyone(&self, name: &Name, tier: &Tier) -> bool {
        let wish = self.wish(name, tier);
        tier.pools.is_empty() || tier.pools.iter().any(|pool| self.supply(name, tier, pool, wish) > 0)
    }

    /// The first tier neither on the stack nor declined nor refused nor signing out, with anyone to give.
    fn next_tier(&self, name: &Name) -> Option<Tier> {
        let may = |tier: &Tier| self.may_be_called(name, tier) && self.has_anyone(name, tier);
        self.ladder_of(name).tiers.into_iter().find(may)
    }

    /// Whether the window of that tier runs, and those before it that have nobody to give.
    fn is_running(&self, name: &Name, tier: &Tier) -> bool {
        let queue = &self.queues[name];
        let mut tiers = self.ladder_of(name).tiers;
        tiers.retain(|one| self.may_be_called(name, one));
        tiers.retain(|one| self.has_anyone(name, one) || !queue.skipped.contains(&one.name));
        let place = tiers.iter().position(|one| one.name == tier.name);
        let until = place.map_or(0, |place| place + 1);
        tiers[..until]
            .iter()
            .all(|one| queue.held_for_a_call(&one.when).is_some())
    }

    // ---- caps

    /// What was decided in shadow counts for no live limit.
    fn hour_is_full(&self, name: &Name, shadow: bool) -> bool {
        let calls = self.queues[name].calls.iter().filter(|call| shadow || !call.1);
        let within = calls.filter(|call| self.now - call.0 < HOUR).count();
        self.plan.queues[name]
            .max_moves_per_hour
            .is_some_and(|max| within >= max as usize)
    }

    fn may_borrow(&self, name: &Name, shadow: bool) -> u32 {
        let away = || self.queues[name].away().filter(|one| shadow || !one.shadow);
        let of_pools = away().flat_map(|one| &one.parts).filter(|part| part.pool.is_some());
        let borrowed: u32 = of_pools.map(|part| part.seats).sum();
        // Who was asked about is not there.
        let missing: usize = away().map(|one| one.asked_about().len()).sum();
        let borrowed = borrowed.saturating_sub(missing as u32);
        let max = self.ladder_of(name).max_borrowed;
        max.map_or(u32::MAX, |max| max.saturating_sub(borrowed))
    }

    /// The smallest ask of every higher queue whose clock for a pool runs. One in shadow takes nobody, and leaves all.
    fn kept_for_higher(&self, name: &Name) -> BTreeMap<Name, u32> {
        let mut kept = BTreeMap::new();
        let mine = self.plan.queues[name].priority;
        for (other, queue) in &self.queues {
            if self.plan.queues[other].priority <= mine || !queue.acts() {
                continue;
            }
            let Some(tier) = self.next_tier(other) else { continue };
            if !self.is_running(other, &tier) || self.mode(other, &tier) == Mode::Shadow {
                continue;
            }
            let smallest = match tier.seats {
                Seats::Range(range) | Seats::Required { fallback: range } => range.min,
                Seats::All => 1,
            };
            for pool in &tier.pools {
                *kept.entry(pool.clone()).or_default() += smallest;
            }
        }
        kept
    }

    /// Whether a pool's own queue lets its people go to this one.
    fn is_lent_to(&self, name: &Name, pool: &Name) -> bool {
        let Some(home) = self.plan.pools[pool].home.as_ref().filter(|home| *home != name) else {
            return true;
        };
        let Some(most) = self.plan.queues.get(home).and_then(|home| home.lend_only_while) else {
            return true;
        };
        let home = &self.queues[home];
        !home.blind && home.last.as_ref().is_some_and(|last| last.waiting <= most)
    }

    // ---- people

    /// How many of a pool may be asked: on duty, rested, not away, and above what stays behind.
    fn supply(&self, name: &Name, tier: &Tier, pool_name: &Name, wish: Wish) -> u32 {
        let pool = &self.plan.pools[pool_name];
        let keep = tier.keep.get(pool_name).copied().unwrap_or(pool.keep);
        if !wish.by_hand && !self.is_lent_to(name, pool_name) {
            return 0;
        }
        let of_pool = || {
            self.away(wish.shadow)
                .filter(|part| part.pool.as_ref() == Some(pool_name))
        };
        if pool.people.is_empty() {
            let size = pool.size_by.get(&self.queues[name].ladder).copied();
            let lent: u32 = of_pool().map(|part| part.seats).sum();
            let said_no = if wish.by_hand { 0 } else { self.said_no(pool_name) };
            let there = size.unwrap_or(pool.size).saturating_sub(lent);
            return there.saturating_sub(said_no).saturating_sub(keep);
        }
        let nameless: u32 = of_pool().map(super::moves::nameless).sum();
        let free = self.free_people(name, pool_name, wish.shadow).len() as u32;
        let rested = self.rested_people(name, pool_name, wish).len() as u32;
        free.saturating_sub(nameless).saturating_sub(keep).min(rested)
    }

    /// Those who said no a while ago.
    fn declining(&self) -> impl Iterator<Item = &Part> {
        let declines = self.declines.iter().filter(|(_, until, _)| *until > self.now);
        declines.flat_map(|(_, _, parts)| parts)
    }

    /// How many of a pool have, without anybody knowing who.
    fn said_no(&self, pool: &Name) -> u32 {
        let of_pool = self.declining().filter(|part| part.pool.as_ref() == Some(pool));
        of_pool.map(super::moves::nameless).sum()
    }

    fn free_people(&self, name: &Name, pool: &Name, shadow: bool) -> Vec<Name> {
        let pool = &self.plan.pools[pool];
        let there = pool.size_by.get(&self.queues[name].ladder).copied().unwrap_or(u32::MAX);
        let lent: BTreeSet<Name> = self.away(shadow).flat_map(|part| part.people.clone()).collect();
        let there = pool.people.iter().take(there as usize);
        let present = self.present(name);
        let mut free: Vec<Name> = there
            .filter(|person| !lent.contains(*person) && self.is_on_duty(person) && !present.has(person))
            .cloned()
            .collect();
        self.put_in_turn(&mut free);
        free
    }

    /// Who rests stays behind, and who said no a while ago: that binds the daemon, not whoever orders by hand.
    fn rested_people(&self, name: &Name, pool: &Name, wish: Wish) -> Vec<Name> {
        let rest = self.plan.pools[pool].rest_between.0;
        let mut people = self.free_people(name, pool, wish.shadow);
        people.retain(|person| self.back_at.get(person).is_none_or(|back| self.now >= back + rest));
        people.retain(|person| wish.by_hand || !self.declining().any(|part| part.people.contains(person)));
        people
    }

    /// Asked least recently first, then least often, then as they stand.
    fn put_in_turn(&self, people: &mut [Name]) {
        people.sort_by_key(|person| self.asked.get(person).copied());
    }

    fn is_on_duty(&self, person: &Name) -> bool {
        let rostered = self.plan.roster.iter().any(|one| one.person == *person);
        !rostered || self.shift_end(person).is_some()
    }

    /// When the shift ends that a person is on.
    pub fn shift_end(&self, person: &Name) -> Option<i64> {
        let one = self.plan.roster.iter().find(|one| one.person == *person)?;
        let mut shifts = one.shifts.iter();
        let now = shifts.find(|shift| shift.from.0 <= self.now && self.now < shift.to.0);
        now.map(|shift| shift.to.0)
    }

    /// Of a move that was stood down, those whom nobody has asked since.
    pub fn still_theirs(&self, parts: &[Part]) -> Vec<Part> {
        let taken: BTreeSet<&Name> = self.away(false).flat_map(|part| &part.people).collect();
        let mut parts = parts.to_vec();
        for part in &mut parts {
            let Some(name) = &part.pool else { continue };
            let pool = &self.plan.pools[name];
            let of_pool = self.away(false).filter(|part| part.pool.as_ref() == Some(name));
            let lent: u32 = of_pool.map(|part| part.seats).sum();
            let free = pool.size.max(pool.people.len() as u32).saturating_sub(lent);
            let before = part.people.len();
            part.people.retain(|person| !taken.contains(person));
            part.seats = part.seats.saturating_sub((before - part.people.len()) as u32).min(free);
        }
        parts.retain(|part| part.seats > 0);
        parts
    }

    /// Who is away for any queue.
    pub fn away(&self, shadow: bool) -> impl Iterator<Item = &Part> {
        let moves = self.queues.values().flat_map(super::Queue::away);
        moves
            .filter(move |one| shadow || !one.shadow)
            .flat_map(|one| &one.parts)
    }

    pub fn ladder_of(&self, name: &Name) -> Ladder {
        self.plan.ladders[&self.queues[name].ladder].clone()
    }
}

fn nobody_or(part: Part) -> Vec<Part> {
    if part.seats > 0 { vec![part] } else { Vec::new() }
}
