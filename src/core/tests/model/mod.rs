//! A second reading of the plan, written from its words alone and as plainly as possible: it steps through every millisecond,
//! keeps every reading of the day, and asks every question anew. It is slow and small on purpose; the core is neither.
//!
//! A queue's own clock counts the milliseconds in which it was seen, so that it stands still while the queue is blind.
//!
//! | file | what it reads of the plan |
//! |---|---|
//! | `admit` | whether an answer or an order is possible at all: the model judges that for itself |
//! | `inputs`, `answers`, `by_hand` | what happens outside |
//! | `windows` | conditions, and what they measure |
//! | `climbing`, `returning` | which tier is due, and who goes back |
//! | `chain` | levels, promises, the end of an incident |
//! | `proof`, `missing` | what the feed proves: who came, who went, who is missing |
//! | `ledger`, `supply` | seats, and who can be asked |
//! | `moves` | a move, how it comes apart and is put together again |
//!
//! `day` makes random days and `compare` holds the two together.

// Each test program uses its own part of this.
#![allow(dead_code)]

mod admit;
mod answers;
mod by_hand;
mod chain;
mod climbing;
pub mod compare;
pub mod day;
mod inputs;
mod ledger;
mod missing;
mod moves;
mod proof;
mod returning;
mod supply;
mod windows;

use moves::{Departed, Gone, Leaving, Move, Part, in_words, seats_of};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use surged_core::ladder::{Threshold, Tier};
use surged_core::{Action, Name, Plan, Reading};

/// The plan as this model understands it.
pub struct Model {
    plan: Arc<Plan>,
    now: i64,
    queues: BTreeMap<Name, Queue>,
    last_instruction: u64,
    /// When each person was asked last, and how often.
    asked: BTreeMap<Name, (i64, u32)>,
    /// When each person went back to their own work.
    back_at: BTreeMap<Name, i64>,
    /// Moves that were declined, or done with nobody: their people are asked by no tier of its own accord until then.
    declines: Vec<(u64, i64, Vec<Part>)>,
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
    /// Every reading of the day, by that clock and by the time of receipt.
    readings: Vec<(usize, i64, Reading)>,
    /// Every threshold that a ladder names, from the configuration that named it first.
    named: Vec<Named>,
    /// Where windows may begin: the first reading, a return after `forget_after`, the end of a pause.
    anew: usize,
    /// The last change of the stack.
    changed: usize,
    last: Option<Reading>,
    read_at: i64,
    vouched_at: i64,
    /// Its source has reported it since it connected and has not lost it.
    reported: bool,
    lost: bool,
    blind: bool,
    blind_said: bool,
    surge: bool,
    /// Tiers that said no, or were done with nobody: until when they are passed over.
    no: BTreeMap<Name, i64>,
    skipped: BTreeSet<Name>,
    /// Tiers to which a leader said no in this surge, and until when they are passed over.
    refused: BTreeMap<Name, i64>,
    /// How many of a tier have gone back in this surge while others of it stay.
    went: BTreeMap<Name, u32>,
    question: Option<Question>,
    /// When people were called, by whomever, and whether in shadow.
    calls: Vec<(i64, bool)>,
    stack: Vec<Move>,
    leaving: Vec<Leaving>,
    gone: Vec<Gone>,
    departed: Vec<Departed>,
    open: Vec<Open>,
    pause_until: Option<i64>,
    incident: Option<Incident>,
}

#[derive(Copy, Clone)]
struct Incident {
    until: i64,
    /// It was asked whether it goes on, and is over then.
    over_at: Option<i64>,
}

struct Open {
    id: u64,
    level: usize,
    due: Option<i64>,
    extended: bool,
    unanswered: bool,
    brings: bool,
    stand_down: bool,
}

/// A tier that waits for a leader's yes.
#[derive(Clone)]
struct Question {
    tier: Name,
    beside: bool,
    times: u32,
    again_at: i64,
    granted: bool,
}

/// What a queue has to say about its tiers.
enum Word {
    Lapse,
    Skip(Tier),
    Ask(Tier, Vec<Part>, bool),
    Call(Tier, Vec<Part>, Told),
}

/// How a call goes out.
#[derive(Copy, Clone)]
struct Told {
    beside: bool,
    /// On the word of a person.
    by_hand: bool,
    shadow: bool,
    reason: &'static str,
    /// The daemon leaves them there for so long.
    hold: Option<i64>,
}

impl Model {
    pub fn new(now: i64) -> Model {
        Model {
            plan: Arc::default(),
            now,
            queues: BTreeMap::new(),
            last_instruction: 0,
            asked: BTreeMap::new(),
            back_at: BTreeMap::new(),
            declines: Vec::new(),
            said: Vec::new(),
        }
    }

    /// Everything said so far, taken out.
    pub fn take(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.said)
    }

    /// Steps through every millisecond until then, save those in which nobody sees anything and no time runs out.
    pub fn advance(&mut self, until: i64) {
        while self.now < until {
            self.queues
                .values_mut()
                .filter(|queue| !queue.blind)
                .for_each(|queue| queue.clock += 1);
            self.now = (self.now + 1).max(self.nothing_before(until));
            self.settle_everything();
        }
    }

    fn nothing_before(&self, until: i64) -> i64 {
        let queues = || self.queues.values();
        if !queues().all(|queue| queue.blind_said) {
            return self.now;
        }
        let chain = queues().flat_map(|queue| &queue.open).filter_map(|open| open.due);
        let pauses = queues().filter_map(|queue| queue.pause_until);
        let incidents = queues().filter_map(|queue| queue.incident.map(|incident| incident.next()));
        chain
            .chain(pauses)
            .chain(incidents)
            .chain([until])
            .min()
            .unwrap_or(until)
    }

    // ---- what is due in this millisecond, until nothing more is

    fn settle_everything(&mut self) {
        loop {
            let before = self.said.len();
            for name in self.names() {
                // Who has left may leave others who are all there: before the queue is blind.
                loop {
                    let before = self.said.len();
                    self.settled_and_freed(&name);
                    self.missing_are_asked_about(&name);
                    if self.said.len() == before {
                        break;
                    }
                }
            }
            for name in self.names() {
                self.goes_blind(&name);
            }
            for name in self.names() {
                if self.queue(&name).pause_until.is_some_and(|until| until <= self.now) {
                    self.resume(&name);
                }
                self.incident_ends(&name);
            }
            while self.calls() {}
            for name in self.names() {
                while self.releases(&name) {}
            }
            for name in self.names() {
                self.chain(&name);
            }
            if self.said.len() == before {
                return;
            }
        }
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

    // ---- what is done

    fn call(&mut self, name: &Name, tier: &Tier, parts: Vec<Part>, told: Told) {
        let ladder = self.ladder_of(name);
        let chosen = parts.iter().flat_map(|part| &part.people);
        let chosen: Vec<String> = chosen.map(|person| self.why_chosen(person)).collect();
        let mut what = self.instruct(name, tier.action, &tier.name, &parts, told.shadow);
        what += &format!(" {} {}", told.reason, chosen.join(" "));
        self.say_instruction(name, what, told.by_hand, told.shadow, told.beside);
        if !told.shadow {
            for person in parts.iter().flat_map(|part| &part.people) {
                let before = self.asked.get(person).map_or(0, |asked| asked.1);
                self.asked.insert(person.clone(), (self.now, before + 1));
            }
        }
        let (now, id) = (self.now, self.last_instruction);
        let coming = self.coming_by_number(name);
        let number_before = self.present(name).others.map(|others| others + coming);
        let within = tier.settle_within.unwrap_or(ladder.settle_within).0 as usize;
        let next_after = tier.next_after.map(|after| after.0 as usize);
        let by_default = tier.action.from_outside().then_some(ladder.settle_within.0 as usize);
        let seats = seats_of(&parts);
        let queue = self.queue(name);
        queue.surge = true;
        queue.calls.push((now, told.shadow));
        queue.no.remove(&tier.name);
        queue.refused.remove(&tier.name);
        queue.places_are_taken(&tier.name, seats);
        queue.question = queue.question.take().filter(|question| question.tier != tier.name);
        if !told.shadow {
            // What was only decided in shadow has come true.
            queue.stack.retain(|one| one.tier != tier.name || !one.shadow);
        }
        let mut one = Move::new(id, tier.action, tier.name.clone(), parts, within);
        one.beside = told.beside;
        one.shadow = told.shadow;
        one.hold_until = told.hold.map(|hold| queue.clock + hold as usize);
        one.next_after = next_after.or(by_default);
        one.issued = queue.clock;
        one.issued_at = now;
        one.number_before = number_before;
        if told.shadow {
            one.reaches_somebody(queue.clock);
        }
        queue.stack.push(one);
    }

    /// Signs people of a move out, or stands them down.
    fn take_back(
        &mut self,
        name: &Name,
        index: usize,
        parts: Vec<Part>,
        stand_down: bool,
        reason: &'static str,
        by_hand: bool,
    ) {
        let settle_within = self.ladder_of(name).settle_within.0 as usize;
        let (of, tier) = (
            self.queues[name].stack[index].id,
            self.queues[name].stack[index].tier.clone(),
        );
        let shadow = self.queues[name].stack[index].shadow;
        let action = if stand_down { Action::StandDown } else { Action::SignOut };
        let what = self.instruct(name, action, &tier, &parts, shadow);
        let id = self.last_instruction;
        self.say_instruction(name, format!("{what} {reason} of {of}"), by_hand, shadow, false);
        let queue = self.queue(name);
        let before = queue.stack[index].clone();
        let taken = queue.stack[index].split(&parts);
        if queue.stack[index].parts.is_empty() {
            queue.stack.remove(index);
            queue.open.retain(|open| open.id != of);
        } else {
            let people: Vec<Name> = taken.people().cloned().collect();
            queue.went_back(&tier, taken.seats().saturating_sub(before.replaced(&people)));
        }
        let (now, going) = (self.now, self.going_by_number(name));
        let others = self.present(name).others;
        let queue = self.queue(name);
        if !stand_down {
            queue.leaving.push(Leaving {
                id,
                settle_within,
                deadline: shadow.then_some(queue.clock + settle_within),
                number_before: others.map(|others| others.saturating_sub(going)),
                since: now,
                one: taken,
            });
        } else if !shadow {
            queue.remember(Gone {
                one: taken,
                at: now,
                stood_down_by: Some(id),
            });
        }
        queue.stack_changed();
    }

    fn instruct(&mut self, name: &Name, action: Action, tier: &Name, parts: &[Part], shadow: bool) -> String {
        self.last_instruction += 1;
        let id = self.last_instruction;
        let first = self.plan.chain.first().map(|level| self.now + level.respond_within.0);
        if !shadow {
            self.queue(name).open.push(Open {
                id,
                level: 0,
                due: first,
                extended: false,
                unanswered: false,
                brings: !matches!(action, Action::SignOut | Action::StandDown),
                stand_down: action == Action::StandDown,
            });
        }
        format!("instruct {id} {} {tier} {}", action.as_str(), in_words(parts))
    }

    fn say_instruction(&mut self, name: &Name, what: String, by_hand: bool, shadow: bool, beside: bool) {
        self.say(name, compare::with_marks(what, by_hand, shadow, beside));
    }

    fn why_chosen(&self, person: &Name) -> String {
        let asked = self.asked.get(person);
        let (at, times) = (asked.map(|asked| asked.0), asked.map_or(0, |asked| asked.1));
        compare::chosen_in_words(person, at, times, self.shift_end(person))
    }

    /// People have gone back to their own work.
    fn back(&mut self, shadow: bool, parts: &[Part]) {
        if !shadow {
            let people = parts.iter().flat_map(|part| part.people.clone());
            self.back_at.extend(people.map(|person| (person, self.now)));
        }
    }

    fn say(&mut self, queue: &Name, what: String) {
        self.said.push(Said {
            at: self.now,
            queue: queue.clone(),
            what,
        });
    }

    fn names(&self) -> Vec<Name> {
        self.queues.keys().cloned().collect()
    }

    fn queue(&mut self, name: &Name) -> &mut Queue {
        self.queues.get_mut(name).unwrap()
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
            read_at: now,
            vouched_at: now,
            reported: false,
            lost: false,
            blind: true,
            blind_said: false,
            surge: false,
            no: BTreeMap::new(),
            skipped: BTreeSet::new(),
            refused: BTreeMap::new(),
            went: BTreeMap::new(),
            question: None,
            calls: Vec::new(),
            stack: Vec::new(),
            leaving: Vec::new(),
            gone: Vec::new(),
            departed: Vec::new(),
            open: Vec::new(),
            pause_until: None,
            incident: None,
        }
    }

    fn acts(&self) -> bool {
        !self.blind && self.pause_until.is_none()
    }

    /// From when on the next tier's window may run: once all before it has settled, or goes on without it.
    fn climbs_from(&self) -> Option<usize> {
        let unsettled = self.stack.iter().filter(|one| !one.beside && one.settled.is_none());
        unsettled
            .map(|one| one.next_from)
            .try_fold(self.changed, |from, next| Some(from.max(next?)))
    }

    fn stack_changed(&mut self) {
        self.changed = self.clock;
    }

    /// A move settles, if it has not: the next window begins, or went on without it.
    fn settle(&mut self, index: usize) {
        let clock = self.clock;
        let one = &mut self.stack[index];
        if one.settled.is_none() {
            one.settled = Some(clock);
            if !one.beside {
                let begins = one.next_from.map_or(clock, |next| next.min(clock));
                self.changed = self.changed.max(begins);
            }
        }
    }

    /// People of a tier have gone back; it can be asked for as many again while others of it stay.
    fn went_back(&mut self, tier: &Name, seats: u32) {
        *self.went.entry(tier.clone()).or_default() += seats;
    }

    /// So many more of a tier were asked for: first in the place of those who went, then of those who are missing.
    fn places_are_taken(&mut self, tier: &Name, seats: u32) {
        let mut left = seats;
        let went = self.went.entry(tier.clone()).or_default();
        let taken = left.min(*went);
        *went -= taken;
        left -= taken;
        for one in self.stack.iter_mut().filter(|one| one.tier == *tier) {
            for person in one.asked_about() {
                if left > 0 && !one.is_replaced(&person) {
                    one.missing.get_mut(&person).unwrap().replaced = true;
                    left -= 1;
                }
            }
        }
    }

    /// So many have left a move without an instruction, and nobody has their place: where none stays, it is over.
    fn went_from(&mut self, index: usize, seats: u32) {
        let (id, tier) = (self.stack[index].id, self.stack[index].tier.clone());
        if self.stack[index].parts.is_empty() {
            self.stack.remove(index);
            self.open.retain(|open| open.id != id);
            self.stack_changed();
        }
        if self.stack.iter().any(|one| one.tier == tier) {
            self.went_back(&tier, seats);
        }
    }

    fn remember(&mut self, gone: Gone) {
        self.gone.push(gone);
        // So many are kept in mind.
        if self.gone.len() > 16 {
            self.gone.remove(0);
        }
    }

    /// Everybody who has been moved and is not back.
    fn away(&self) -> impl Iterator<Item = &Move> {
        self.stack.iter().chain(self.leaving.iter().map(|leaving| &leaving.one))
    }

    fn knows(&self, id: u64) -> bool {
        self.open.iter().any(|open| open.id == id)
            || self.stack.iter().any(|one| one.id == id)
            || self.gone.iter().any(|gone| gone.one.id == id)
            || self
                .leaving
                .iter()
                .any(|leaving| leaving.id == id || leaving.one.id == id)
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

    /// Who was taken back or said no is there after all: on what stands of their move, or in its place.
    fn put_back(&mut self, mut one: Move) {
        let clock = self.clock;
        self.surge = true;
        self.no.remove(&one.tier);
        if let Some(went) = self.went.get_mut(&one.tier) {
            *went = went.saturating_sub(one.seats());
        }
        if let Some(stands) = self.stack.iter_mut().find(|stands| stands.id == one.id) {
            one.parts.iter().for_each(|part| stands.join(part));
            stands.kept = Some(clock);
        } else {
            one.settled = Some(one.settled.unwrap_or(clock));
            one.response = one.response.max(moves::Response::Done);
            one.kept = Some(clock);
            self.stack.push(one);
            self.stack.sort_by_key(|one| one.id);
        }
        self.stack_changed();
    }
}
