//! A second reading of the plan, written from its words alone and as plainly as possible: it steps through every millisecond,
//! keeps every reading of the day, and asks every question anew. It is slow and small on purpose; the core is neither.
//!
//! A queue's own clock counts the milliseconds in which it was seen, so that it stands still while the queue is blind.

// Each test program uses its own part of this.
#![allow(dead_code)]

pub mod day;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use surged::core::ladder::{Ladder, Seats, Threshold, Tier, When};
use surged::core::{Action, Answer, Input, Name, Order, Plan, Reading};

/// The plan as this model understands it.
pub struct Model {
    plan: Arc<Plan>,
    now: i64,
    queues: BTreeMap<Name, Queue>,
    last_instruction: u64,
    /// When each person was asked last, and how often.
    asked: BTreeMap<Name, (i64, u32)>,
    said: Vec<Said>,
}

/// A threshold as it was at a reload, and where its windows may begin by it.
type Named = (Threshold, usize);

/// One decision, in a form that can be compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Said {
    pub at: i64,
    pub queue: Name,
    pub what: String,
}

struct Queue {
    ladder: Name,
    /// Milliseconds in which it was seen.
    clock: usize,
    /// Every reading of the day, by that clock.
    readings: Vec<(usize, Reading)>,
    /// Every threshold that a ladder names, from the configuration that named it first.
    named: Vec<Named>,
    /// Where windows may begin: the first reading, a return after `forget_after`, the end of a pause.
    anew: usize,
    /// The last change of the stack.
    changed: usize,
    last: Option<Reading>,
    vouched_at: i64,
    /// Its source has reported it since it connected and has not lost it.
    reported: bool,
    lost: bool,
    blind: bool,
    blind_said: bool,
    surge: bool,
    declined: BTreeSet<Name>,
    skipped: BTreeSet<Name>,
    stack: Vec<Move>,
    leaving: Vec<Leaving>,
    gone: Vec<Move>,
    open: Vec<Open>,
    pause_until: Option<i64>,
    incident_until: Option<i64>,
}

#[derive(Clone)]
struct Move {
    id: u64,
    action: Action,
    tier: Name,
    parts: Vec<Part>,
    beside: bool,
    settle_within: usize,
    issued: usize,
    deadline: Option<usize>,
    settled: Option<usize>,
    seen: bool,
    there: bool,
    stood_down_by: Option<u64>,
}

#[derive(Clone)]
struct Part {
    pool: Option<Name>,
    seats: u32,
    people: Vec<Name>,
}

struct Leaving {
    id: u64,
    one: Move,
    settle_within: usize,
    deadline: Option<usize>,
}

struct Open {
    id: u64,
    level: usize,
    due: Option<i64>,
    extended: bool,
}

impl Model {
    pub fn new(now: i64) -> Model {
        Model {
            plan: Arc::default(),
            now,
            queues: BTreeMap::new(),
            last_instruction: 0,
            asked: BTreeMap::new(),
            said: Vec::new(),
        }
    }

    /// Everything said so far, taken out.
    pub fn take(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.said)
    }

    /// Steps through every millisecond until then.
    pub fn advance(&mut self, until: i64) {
        while self.now < until {
            self.queues
                .values_mut()
                .filter(|queue| !queue.blind)
                .for_each(|queue| queue.clock += 1);
            self.now += 1;
            self.settle_everything();
        }
    }

    /// Takes in an input that the core has admitted.
    pub fn handle(&mut self, input: &Input) {
        match input {
            Input::Configured { plan } => self.configured(plan),
            Input::LadderInForce { queue, ladder } => self.queue(queue).ladder = ladder.clone(),
            Input::FeedConnected { .. } => self.queues.values_mut().for_each(|queue| queue.reported = false),
            Input::FeedDisconnected { .. } => {}
            Input::Reading { reading } => self.reading(reading),
            Input::Heartbeat { .. } => self.heartbeat(),
            Input::SourceLost { .. } => self.queues.values_mut().for_each(Queue::lose),
            Input::QueueMissing { queue } => self.queue(queue).lose(),
            Input::Delivery {
                instruction,
                reached: true,
            } => self.delivered(instruction.0),
            Input::Delivery { .. } => {}
            Input::Answer {
                instruction, answer, ..
            } => self.answered(instruction.0, answer),
            Input::Order { order, .. } => self.ordered(order),
        }
        self.settle_everything();
    }

    // ---- what happens

    fn configured(&mut self, plan: &Arc<Plan>) {
        self.plan = plan.clone();
        for (name, configured) in &plan.queues {
            let fresh = || Queue::new(configured.ladder.clone(), self.now);
            self.queues.entry(name.clone()).or_insert_with(fresh);
        }
        let ladders = plan.ladders.values();
        let whens = ladders.flat_map(|ladder| ladder.tiers.iter().map(|tier| tier.when).chain([ladder.release.when]));
        let thresholds: Vec<Threshold> = whens.map(|when| when.threshold).collect();
        for queue in self.queues.values_mut() {
            let clock = queue.clock;
            let known = |threshold: Threshold| {
                queue
                    .named
                    .iter()
                    .find(|named| named.0 == threshold)
                    .map(|named| named.1)
            };
            queue.named = thresholds
                .iter()
                .map(|&threshold| (threshold, known(threshold).unwrap_or(clock)))
                .collect();
        }
    }

    fn reading(&mut self, reading: &Reading) {
        let (now, forget) = (self.now, self.limits(&reading.queue).1);
        let queue = self.queue(&reading.queue);
        queue.vouch(now, forget);
        queue.last = Some(reading.clone());
        queue.readings.push((queue.clock, reading.clone()));
        (queue.reported, queue.lost) = (true, false);
    }

    fn heartbeat(&mut self) {
        for name in self.names() {
            let (now, forget) = (self.now, self.limits(&name).1);
            let queue = self.queue(&name);
            if queue.reported {
                queue.vouch(now, forget);
            }
        }
    }

    fn delivered(&mut self, id: u64) {
        for queue in self.queues.values_mut() {
            let clock = queue.clock;
            for one in queue
                .stack
                .iter_mut()
                .filter(|one| one.id == id && one.settled.is_none())
            {
                one.deadline = one.deadline.or(Some(clock + one.settle_within));
            }
            for leaving in queue.leaving.iter_mut().filter(|leaving| leaving.id == id) {
                leaving.deadline = leaving.deadline.or(Some(clock + leaving.settle_within));
            }
        }
    }

    fn answered(&mut self, id: u64, answer: &Answer) {
        let chain = self.plan.chain.clone();
        let Some(name) = self.names().into_iter().find(|name| self.queues[name].knows(id)) else {
            return;
        };
        let now = self.now;
        let taken = self.people_lent();
        let lent: BTreeMap<Name, u32> = self
            .plan
            .pools
            .keys()
            .map(|pool| (pool.clone(), self.lent(pool)))
            .collect();
        let sizes = self.plan.pools.clone();
        let free = |pool: &Name| {
            sizes[pool]
                .size
                .max(sizes[pool].people.len() as u32)
                .saturating_sub(lent[pool])
        };
        let queue = self.queue(&name);
        match answer {
            Answer::Seen { eta } => {
                let clock = queue.clock;
                for one in queue.stack.iter_mut().filter(|one| one.id == id) {
                    one.seen = true;
                    if one.settled.is_none() {
                        let by_time = one.deadline.unwrap_or(clock + one.settle_within);
                        one.deadline = Some(eta.map_or(by_time, |eta| clock + eta.0 as usize));
                    }
                }
                for leaving in queue.leaving.iter_mut().filter(|leaving| leaving.id == id) {
                    let by_time = leaving.deadline.unwrap_or(clock + leaving.settle_within);
                    leaving.deadline = Some(eta.map_or(by_time, |eta| clock + eta.0 as usize));
                }
                let mut waiting = queue
                    .open
                    .iter_mut()
                    .filter(|open| !open.extended && open.due.is_some());
                if let Some(open) = waiting.find(|open| open.id == id) {
                    open.due = Some(now + chain[open.level].respond_within.0);
                    open.extended = true;
                }
            }
            Answer::Done { seats, people, .. } => {
                queue.open.retain(|open| open.id != id);
                queue.leaving.retain(|leaving| leaving.id != id);
                if let Some(index) = queue.stack.iter().position(|one| one.id == id) {
                    queue.stack[index].correct(*seats, people.as_deref());
                    if queue.stack[index].parts.is_empty() {
                        let one = queue.stack.remove(index);
                        queue.declined.insert(one.tier);
                    } else {
                        queue.on_the_phones(index);
                    }
                } else if let Some(index) = queue.gone.iter().position(|one| one.id == id) {
                    let mut one = queue.gone.remove(index);
                    queue.open.retain(|open| Some(open.id) != one.stood_down_by);
                    one.keep_who_is_free(&taken, free);
                    one.correct(*seats, people.as_deref());
                    if !one.parts.is_empty() {
                        queue.put_back(one);
                    }
                }
            }
            Answer::Declined { .. } => {
                queue.open.retain(|open| open.id != id);
                if let Some(index) = queue.stack.iter().position(|one| one.id == id) {
                    let one = queue.stack.remove(index);
                    queue.declined.insert(one.tier.clone());
                    queue.gone.push(one);
                } else if let Some(index) = queue.leaving.iter().position(|leaving| leaving.id == id) {
                    let one = queue.leaving.remove(index).one;
                    queue.put_back(one);
                } else if let Some(index) = queue.gone.iter().position(|one| one.stood_down_by == Some(id)) {
                    let mut one = queue.gone.remove(index);
                    one.keep_who_is_free(&taken, free);
                    queue.put_back(one);
                }
            }
            Answer::Left { people, seats, .. } => {
                if let Some(index) = queue.stack.iter().position(|one| one.id == id) {
                    queue.stack[index].leave(people, *seats);
                    if queue.stack[index].parts.is_empty() {
                        queue.stack.remove(index);
                        queue.open.retain(|open| open.id != id);
                        queue.changed = queue.clock;
                    }
                }
            }
            Answer::Escalate { .. } => {
                if let Some(open) = queue.open.iter_mut().find(|open| open.id == id) {
                    open.level += 1;
                    open.extended = false;
                    open.due = Some(now + chain[open.level].respond_within.0);
                    let what = format!("passed_up {id} to {}", open.level);
                    self.say(&name, what);
                }
            }
        }
    }

    fn ordered(&mut self, order: &Order) {
        let name = order.queue().clone();
        let now = self.now;
        match order {
            Order::Call { tier, .. } => {
                let tiers = self.ladder_of(&name).tiers;
                if let Some(tier) = tiers.iter().find(|one| Some(&one.name) == tier.as_ref()) {
                    let parts = self.parts(&name, tier, &BTreeMap::new());
                    self.call(&name, tier, parts, false);
                }
            }
            Order::Release { instruction, .. } => {
                let found = self.queue(&name).stack.iter().position(|one| one.id == instruction.0);
                found.into_iter().for_each(|index| self.take_back(&name, index));
            }
            Order::Pause { lasting, .. } => self.queue(&name).pause_until = Some(now + lasting.0),
            Order::Resume { .. } => self.resume(&name),
            Order::Incident { until, .. } => self.queue(&name).incident_until = Some(until.0),
            Order::Approve { .. } | Order::Refuse { .. } | Order::Count { .. } => {}
            Order::IncidentOver { .. } => self.queue(&name).incident_until = None,
        }
    }

    fn resume(&mut self, name: &Name) {
        let queue = self.queue(name);
        queue.pause_until = None;
        queue.anew = queue.clock;
        self.say(name, "resumed".to_owned());
    }

    // ---- what is due in this millisecond, until nothing more is

    fn settle_everything(&mut self) {
        loop {
            let before = self.said.len();
            for name in self.names() {
                self.settled_and_freed(&name);
            }
            for name in self.names() {
                if self.queue(&name).pause_until.is_some_and(|until| until <= self.now) {
                    self.resume(&name);
                }
                self.goes_blind(&name);
            }
            while self.calls() {}
            for name in self.names() {
                self.releases(&name);
            }
            for name in self.names() {
                self.chain(&name);
            }
            if self.said.len() == before {
                return;
            }
        }
    }

    fn settled_and_freed(&mut self, name: &Name) {
        let queue = self.queue(name);
        if queue.blind {
            return;
        }
        let clock = queue.clock;
        let mut words = Vec::new();
        for one in &mut queue.stack {
            if one.settled.is_none() && one.deadline.is_some_and(|deadline| deadline <= clock) {
                one.settled = Some(clock);
                words.push(format!("settled {}", one.id));
                if !one.beside {
                    queue.changed = clock;
                }
            }
        }
        queue.leaving.retain(|leaving| {
            let free = leaving.deadline.is_some_and(|deadline| deadline <= clock);
            if free {
                words.push(format!("freed {}", leaving.id));
            }
            !free
        });
        words.into_iter().for_each(|what| self.say(name, what));
    }

    fn goes_blind(&mut self, name: &Name) {
        let (now, stale) = (self.now, self.limits(name).0);
        let queue = self.queue(name);
        if queue.lost || now - queue.vouched_at >= stale {
            queue.blind = true;
            if !queue.blind_said {
                queue.blind_said = true;
                self.say(name, "feed_lost".to_owned());
            }
        }
    }

    /// Higher priority first, then longer above. Who may call as things stand goes before whom that lets call in turn.
    fn calls(&mut self) -> bool {
        let mut order: Vec<Name> = self.names();
        order.retain(|name| self.next_call(name).is_some());
        order.sort_by_key(|name| {
            let first = &self.ladder_of(name).tiers[0].when;
            let above = self.queues[name].held_from(first, 0);
            (
                std::cmp::Reverse(self.plan.queues[name].priority),
                std::cmp::Reverse(above),
                name.clone(),
            )
        });
        for name in &order {
            while let Some((tier, beside)) = self.next_call(name) {
                self.call_or_skip(name, &tier, beside);
            }
        }
        !order.is_empty()
    }

    /// The tier to be called now, or said to be skipped; and whether an incident brings it forward.
    fn next_call(&self, name: &Name) -> Option<(Tier, bool)> {
        let queue = &self.queues[name];
        let tiers = self.ladder_of(name).tiers;
        if !queue.acts() {
            return None;
        }
        let makes_a_word = |tier: &Tier| {
            !queue.skipped.contains(&tier.name) || !self.parts(name, tier, &self.kept_for_higher(name)).is_empty()
        };
        let passed = queue.last.as_ref().is_some_and(|last| beyond(&tiers[0].when, last));
        for tier in tiers
            .iter()
            .filter(|tier| tier.on_incident && passed && queue.may_be_called(&tier.name))
        {
            let far = queue
                .incident_until
                .is_some_and(|until| until - self.now > tier.worth_it_beyond.0);
            if far && makes_a_word(tier) {
                return Some((tier.clone(), true));
            }
        }
        if queue.stack.iter().any(|one| !one.beside && one.settled.is_none()) {
            return None;
        }
        for tier in tiers.iter().filter(|tier| queue.may_be_called(&tier.name)) {
            let due = queue
                .held(&tier.when)
                .is_some_and(|held| held >= tier.when.hold.0 as usize);
            if due && makes_a_word(tier) {
                return Some((tier.clone(), false));
            }
            if !due && self.has_anyone(name, tier) {
                return None;
            }
        }
        None
    }

    fn call_or_skip(&mut self, name: &Name, tier: &Tier, beside: bool) {
        let parts = self.parts(name, tier, &self.kept_for_higher(name));
        if !parts.is_empty() {
            self.call(name, tier, parts, beside);
        } else if self.queue(name).skipped.insert(tier.name.clone()) {
            self.queue(name).surge = true;
            self.say(name, format!("tier_skipped {}", tier.name));
        }
    }

    fn releases(&mut self, name: &Name) {
        let ladder = self.ladder_of(name);
        let queue = self.queue(name);
        let Some(calm) = queue.held(&ladder.release.when).filter(|_| queue.acts()) else {
            return;
        };
        let clock = queue.clock;
        let window = ladder.release.when.hold.0 as usize;
        let Some(top) = queue.stack.last() else {
            let first = queue
                .last
                .as_ref()
                .is_some_and(|last| beyond(&ladder.tiers[0].when, last));
            let short = ladder.tiers.iter().any(|tier| {
                let due = queue
                    .held(&tier.when)
                    .is_some_and(|held| held >= tier.when.hold.0 as usize);
                let by_incident = tier.on_incident && queue.incident_until.is_some() && first;
                (queue.skipped.contains(&tier.name) || queue.declined.contains(&tier.name)) && (due || by_incident)
            });
            if queue.surge && calm >= window && !short {
                queue.surge = false;
                queue.declined.clear();
                queue.skipped.clear();
                self.say(name, "surge_over".to_owned());
            }
            return;
        };
        let calm = calm.min(clock - top.issued);
        let stayed = ladder.release.min_stay.0 as usize;
        let due = if !top.seen && !top.there {
            calm >= ladder.stand_down_after.0 as usize
        } else {
            // It stays from its settling on, so not before it has settled; unless it is stood down, since nobody has come.
            let comes = top.action.from_outside() && !top.there && top.settled.is_none();
            calm >= window && (comes || top.settled.is_some_and(|settled| clock >= settled + stayed))
        };
        if due {
            let index = queue.stack.len() - 1;
            self.take_back(name, index);
        }
    }

    fn chain(&mut self, name: &Name) {
        let (now, chain) = (self.now, self.plan.chain.clone());
        let mut words = Vec::new();
        for open in &mut self.queue(name).open {
            if open.due.is_none_or(|due| due > now) {
                continue;
            }
            if open.level + 1 < chain.len() {
                open.level += 1;
                open.extended = false;
                open.due = Some(now + chain[open.level].respond_within.0);
                words.push(format!("passed_up {} to {}", open.id, open.level));
            } else {
                open.due = None;
                words.push(format!("unanswered {}", open.id));
            }
        }
        words.into_iter().for_each(|what| self.say(name, what));
    }

    // ---- what is done

    fn call(&mut self, name: &Name, tier: &Tier, parts: Vec<Part>, beside: bool) {
        let ladder = self.ladder_of(name);
        let id = self.instruct(name, tier.action, &tier.name, &parts, None);
        for person in parts.iter().flat_map(|part| &part.people) {
            let before = self.asked.get(person).map_or(0, |asked| asked.1);
            self.asked.insert(person.clone(), (self.now, before + 1));
        }
        let queue = self.queue(name);
        queue.surge = true;
        queue.declined.remove(&tier.name);
        let within = tier.settle_within.unwrap_or(ladder.settle_within).0 as usize;
        queue.stack.push(Move {
            id,
            action: tier.action,
            tier: tier.name.clone(),
            parts,
            beside,
            settle_within: within,
            issued: queue.clock,
            deadline: None,
            settled: None,
            seen: false,
            there: false,
            stood_down_by: None,
        });
    }

    /// Signs the people of a move out, or stands them down where nobody has answered or nobody has come.
    fn take_back(&mut self, name: &Name, index: usize) {
        let settle_within = self.ladder_of(name).settle_within.0 as usize;
        let mut one = self.queue(name).stack.remove(index);
        let stand_down = !one.there && (!one.seen || one.action.from_outside());
        let action = if stand_down { Action::StandDown } else { Action::SignOut };
        let id = self.instruct(name, action, &one.tier, &one.parts, Some(one.id));
        let queue = self.queue(name);
        queue.changed = queue.clock;
        queue.open.retain(|open| open.id != one.id);
        if stand_down {
            one.stood_down_by = Some(id);
            queue.gone.push(one);
        } else {
            queue.leaving.push(Leaving {
                id,
                one,
                settle_within,
                deadline: None,
            });
        }
    }

    fn instruct(&mut self, name: &Name, action: Action, tier: &Name, parts: &[Part], of: Option<u64>) -> u64 {
        self.last_instruction += 1;
        let id = self.last_instruction;
        let first = self.plan.chain.first().map(|level| self.now + level.respond_within.0);
        self.queue(name).open.push(Open {
            id,
            level: 0,
            due: first,
            extended: false,
        });
        let parts = parts
            .iter()
            .map(|part| day::part_in_words(part.pool.as_ref(), part.seats, &part.people));
        let what = day::instruction_in_words(id, action, tier, parts.collect(), of);
        self.say(name, what);
        id
    }

    fn say(&mut self, queue: &Name, what: String) {
        self.said.push(Said {
            at: self.now,
            queue: queue.clone(),
            what,
        });
    }

    // ---- questions, each answered anew

    /// Whom a tier would get now: in the order of its pools, above what they keep, within the seats.
    fn parts(&self, name: &Name, tier: &Tier, kept: &BTreeMap<Name, u32>) -> Vec<Part> {
        let queue = &self.queues[name];
        let ladder = self.ladder_of(name);
        let waiting = queue.last.as_ref().map_or(0, |last| last.waiting);
        let by_depth = |range: surged::core::ladder::SeatRange| {
            if waiting > ladder.ask_max_above {
                range.max
            } else {
                range.min
            }
        };
        let mut wanted = match tier.seats {
            Seats::All => u32::MAX,
            Seats::Range(range) => by_depth(range),
            Seats::Required { fallback } => by_depth(fallback),
        };
        let mut room = self.room();
        if tier.pools.is_empty() {
            let seats = if tier.action == Action::ExtendShift {
                wanted
            } else {
                wanted.min(room)
            };
            return if seats > 0 {
                vec![Part {
                    pool: None,
                    seats,
                    people: Vec::new(),
                }]
            } else {
                Vec::new()
            };
        }
        let mut parts = Vec::new();
        for pool_name in &tier.pools {
            let pool = &self.plan.pools[pool_name];
            let kept = kept.get(pool_name).copied().unwrap_or(0);
            let there = self.free(name, tier, pool_name).saturating_sub(kept);
            let seats = there.min(wanted).min(if pool.own_desk { u32::MAX } else { room });
            if seats == 0 {
                continue;
            }
            let people = self
                .free_people(name, pool_name)
                .into_iter()
                .take(seats as usize)
                .collect();
            parts.push(Part {
                pool: Some(pool_name.clone()),
                seats,
                people,
            });
            wanted -= seats;
            room -= if pool.own_desk { 0 } else { seats };
        }
        parts
    }

    /// The smallest ask of every higher queue whose clock for a pool runs.
    fn kept_for_higher(&self, name: &Name) -> BTreeMap<Name, u32> {
        let mut kept = BTreeMap::new();
        let mine = self.plan.queues[name].priority;
        for (other, queue) in &self.queues {
            let waits = queue.stack.iter().any(|one| !one.beside && one.settled.is_none());
            if self.plan.queues[other].priority <= mine || !queue.acts() || waits {
                continue;
            }
            let Some(tier) = self.next_tier(other) else { continue };
            if queue.held(&tier.when).is_none() {
                continue;
            }
            let smallest = match tier.seats {
                Seats::Range(range) => range.min,
                _ => 1,
            };
            for pool in tier.pools.iter().take(1) {
                *kept.entry(pool.clone()).or_default() += smallest;
            }
        }
        kept
    }

    /// The first tier neither on the stack nor declined nor signing out, with anyone to give.
    fn next_tier(&self, name: &Name) -> Option<Tier> {
        let may = |tier: &Tier| self.queues[name].may_be_called(&tier.name) && self.has_anyone(name, tier);
        self.ladder_of(name).tiers.into_iter().find(may)
    }

    fn has_anyone(&self, name: &Name, tier: &Tier) -> bool {
        tier.pools.is_empty() || tier.pools.iter().any(|pool| self.free(name, tier, pool) > 0)
    }

    /// How many of a pool are on duty, not away, and above what stays behind.
    fn free(&self, name: &Name, tier: &Tier, pool_name: &Name) -> u32 {
        let pool = &self.plan.pools[pool_name];
        let size_by = pool.size_by.get(&self.queues[name].ladder).copied();
        let keep = tier.keep.get(pool_name).copied().unwrap_or(pool.keep);
        if pool.people.is_empty() {
            return size_by
                .unwrap_or(pool.size)
                .saturating_sub(self.lent(pool_name))
                .saturating_sub(keep);
        }
        let of_pool = self.away().filter(|part| part.pool.as_ref() == Some(pool_name));
        let nameless: u32 = of_pool.map(|part| part.seats - part.people.len() as u32).sum();
        (self.free_people(name, pool_name).len() as u32)
            .saturating_sub(nameless)
            .saturating_sub(keep)
    }

    /// Asked least recently first, then least often, then in the order of the pool.
    fn free_people(&self, name: &Name, pool: &Name) -> Vec<Name> {
        let pool = &self.plan.pools[pool];
        let on_duty = pool.size_by.get(&self.queues[name].ladder).copied().unwrap_or(u32::MAX);
        let lent = self.people_lent();
        let on_duty = pool.people.iter().take(on_duty as usize);
        let mut free: Vec<Name> = on_duty.filter(|person| !lent.contains(*person)).cloned().collect();
        free.sort_by_key(|person| self.asked.get(person).copied());
        free
    }

    /// Physical seats less who is signed in and who is asked and not yet settled; where the feed does not tell, less all who were
    /// moved. People at their own desk need none.
    fn room(&self) -> u32 {
        let Some(physical) = self.plan.physical_seats else {
            return u32::MAX;
        };
        let mut taken = 0;
        for queue in self.queues.values() {
            let signed_in = queue.last.as_ref().and_then(|last| last.signed_in);
            taken += signed_in.unwrap_or(0);
            let asked = queue
                .stack
                .iter()
                .filter(|one| signed_in.is_none() || one.settled.is_none());
            let leaving = queue
                .leaving
                .iter()
                .map(|leaving| &leaving.one)
                .filter(|_| signed_in.is_none());
            for one in asked.chain(leaving).filter(|one| one.action != Action::ExtendShift) {
                let seated = |part: &&Part| part.pool.as_ref().is_none_or(|pool| !self.plan.pools[pool].own_desk);
                taken += one.parts.iter().filter(seated).map(|part| part.seats).sum::<u32>();
            }
        }
        physical.saturating_sub(taken)
    }

    fn away(&self) -> impl Iterator<Item = &Part> {
        let moves = self.queues.values().flat_map(|queue| {
            queue
                .stack
                .iter()
                .chain(queue.leaving.iter().map(|leaving| &leaving.one))
        });
        moves.flat_map(|one| &one.parts)
    }

    fn lent(&self, pool: &Name) -> u32 {
        self.away()
            .filter(|part| part.pool.as_ref() == Some(pool))
            .map(|part| part.seats)
            .sum()
    }

    fn people_lent(&self) -> BTreeSet<Name> {
        self.away().flat_map(|part| part.people.clone()).collect()
    }

    fn names(&self) -> Vec<Name> {
        self.queues.keys().cloned().collect()
    }

    fn queue(&mut self, name: &Name) -> &mut Queue {
        self.queues.get_mut(name).unwrap()
    }

    fn ladder_of(&self, name: &Name) -> Ladder {
        self.plan.ladders[&self.queues[name].ladder].clone()
    }

    fn limits(&self, name: &Name) -> (i64, i64) {
        let limits = self.plan.feeds[&self.plan.queues[name].feed];
        (limits.stale_after.0, limits.forget_after.0)
    }
}

impl Queue {
    fn new(ladder: Name, now: i64) -> Queue {
        Queue {
            ladder,
            clock: 0,
            readings: Vec::new(),
            named: Vec::new(),
            anew: 0,
            changed: 0,
            last: None,
            vouched_at: now,
            reported: false,
            lost: false,
            blind: true,
            blind_said: false,
            surge: false,
            declined: BTreeSet::new(),
            skipped: BTreeSet::new(),
            stack: Vec::new(),
            leaving: Vec::new(),
            gone: Vec::new(),
            open: Vec::new(),
            pause_until: None,
            incident_until: None,
        }
    }

    /// For how long a threshold has held within its window, and holds now; `None` where it does not.
    fn held(&self, when: &When) -> Option<usize> {
        self.held_from(when, self.changed)
    }

    fn held_from(&self, when: &When, changed: usize) -> Option<usize> {
        self.last.as_ref().filter(|last| beyond(when, last))?;
        let named = self.named.iter().find(|named| named.0 == when.threshold).unwrap().1;
        let begun = self
            .readings
            .iter()
            .rev()
            .take_while(|(_, reading)| beyond(when, reading))
            .last()?
            .0;
        Some(self.clock - begun.max(named).max(self.anew).max(changed))
    }

    fn acts(&self) -> bool {
        !self.blind && self.pause_until.is_none()
    }

    fn may_be_called(&self, tier: &Name) -> bool {
        let stands = self.stack.iter().any(|one| one.tier == *tier);
        let leaves = self.leaving.iter().any(|leaving| leaving.one.tier == *tier);
        !stands && !leaves && !self.declined.contains(tier)
    }

    fn knows(&self, id: u64) -> bool {
        self.open.iter().any(|open| open.id == id)
            || self.stack.iter().any(|one| one.id == id)
            || self.gone.iter().any(|one| one.id == id)
            || self.leaving.iter().any(|leaving| leaving.id == id)
    }

    fn vouch(&mut self, now: i64, forget: i64) {
        if self.blind && now - self.vouched_at >= forget {
            self.anew = self.clock;
        }
        self.vouched_at = now;
        (self.blind, self.blind_said) = (false, false);
    }

    /// Its source has lost sight of it. What is not blind yet goes blind in this millisecond.
    fn lose(&mut self) {
        self.reported = false;
        self.lost |= !self.blind;
    }

    fn on_the_phones(&mut self, index: usize) {
        let clock = self.clock;
        let one = &mut self.stack[index];
        one.there = true;
        if one.settled.is_none() {
            one.settled = Some(clock);
            if !one.beside {
                self.changed = clock;
            }
        }
    }

    fn put_back(&mut self, mut one: Move) {
        let clock = self.clock;
        one.there = true;
        one.settled = Some(one.settled.unwrap_or(clock));
        self.changed = clock;
        self.surge = true;
        self.declined.remove(&one.tier);
        self.stack.push(one);
        self.stack.sort_by_key(|one| one.id);
    }
}

impl Move {
    fn correct(&mut self, seats: Option<u32>, people: Option<&[Name]>) {
        if let Some(people) = people {
            self.parts[0].people = people.to_vec();
            self.parts[0].seats = people.len() as u32;
        } else if let Some(seats) = seats {
            self.parts[0].seats = seats;
            self.parts[0].people.truncate(seats as usize);
        }
        self.parts.retain(|part| part.seats > 0);
    }

    fn leave(&mut self, people: &[Name], seats: Option<u32>) {
        for part in &mut self.parts {
            let before = part.people.len();
            part.people.retain(|person| !people.contains(person));
            part.seats -= (before - part.people.len()) as u32;
            part.seats = part.seats.saturating_sub(seats.unwrap_or(0));
            part.people.truncate(part.seats as usize);
        }
        self.parts.retain(|part| part.seats > 0);
    }

    fn keep_who_is_free(&mut self, taken: &BTreeSet<Name>, free: impl Fn(&Name) -> u32) {
        for part in &mut self.parts {
            let Some(pool) = &part.pool else { continue };
            let before = part.people.len();
            part.people.retain(|person| !taken.contains(person));
            part.seats = (part.seats - (before - part.people.len()) as u32).min(free(pool));
            part.people.truncate(part.seats as usize);
        }
        self.parts.retain(|part| part.seats > 0);
    }
}

/// Whether a reading is beyond a threshold; what is not told never is.
fn beyond(when: &When, reading: &Reading) -> bool {
    match when.threshold {
        Threshold::WaitingAbove { above, at_most } => {
            reading.waiting > above && at_most.is_none_or(|at_most| reading.waiting <= at_most)
        }
        Threshold::WaitingAtMost(at_most) => reading.waiting <= at_most,
        Threshold::LongestWaitAbove(above) => reading.longest_wait.is_some_and(|wait| wait > above),
        Threshold::WaitingPerSeatAbove(above) => reading
            .signed_in
            .is_some_and(|signed_in| f64::from(reading.waiting) > above * f64::from(signed_in)),
        Threshold::ExpectedWaitAbove(_) => false,
    }
}
