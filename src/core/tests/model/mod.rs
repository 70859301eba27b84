//! A second reading of the plan, written from its words alone and as plainly as possible: it steps through every millisecond,
//! keeps every reading of the day, and asks every question anew. It is slow and small on purpose; the core is neither.
//!
//! A queue's own clock counts the milliseconds in which it was seen, so that it stands still while the queue is blind.
//! `inputs` is what happens outside, `supply` who can be asked, `day` makes random days and `compare` holds the two together.

// Each test program uses its own part of this.
#![allow(dead_code)]

pub mod compare;
pub mod day;
mod inputs;
mod supply;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use surged_core::ladder::{Judge, Mode, Step, Threshold, Tier, When};
use surged_core::{Action, Millis, Name, Plan, Reading};

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
    read_at: i64,
    vouched_at: i64,
    /// Its source has reported it since it connected and has not lost it.
    reported: bool,
    lost: bool,
    blind: bool,
    blind_said: bool,
    surge: bool,
    declined: BTreeSet<Name>,
    skipped: BTreeSet<Name>,
    /// Tiers to which a leader said no in this surge, and until when they are passed over.
    refused: BTreeMap<Name, i64>,
    question: Option<Question>,
    /// When people were called, by whomever.
    calls: Vec<i64>,
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
    shadow: bool,
    settle_within: usize,
    issued: usize,
    deadline: Option<usize>,
    settled: Option<usize>,
    /// When somebody last said that they stay.
    kept: Option<usize>,
    seen: bool,
    there: bool,
    /// The feed shows its people.
    shown: bool,
    /// What was said to be done has until then to be shown by the feed.
    doubted_from: Option<usize>,
    /// It was asked whether they are really there.
    asked_about: bool,
    /// Signed in when it was issued, with those asked before and not yet shown.
    signed_in_before: Option<u32>,
    stood_down_by: Option<u64>,
}

#[derive(Clone, PartialEq)]
pub struct Part {
    pool: Option<Name>,
    seats: u32,
    people: Vec<Name>,
}

struct Leaving {
    id: u64,
    one: Move,
    settle_within: usize,
    deadline: Option<usize>,
    signed_in_before: Option<u32>,
}

struct Open {
    id: u64,
    level: usize,
    due: Option<i64>,
    extended: bool,
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
        chain.chain(pauses).chain([until]).min().unwrap_or(until)
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

    fn settled_and_freed(&mut self, name: &Name) {
        let queue = self.queue(name);
        if queue.blind {
            return;
        }
        let clock = queue.clock;
        let last = queue.last.clone();
        let mut words = Vec::new();
        for one in &mut queue.stack {
            let shown = last.as_ref().and_then(|last| one.shown_by(last));
            let settled_before = one.settled;
            let to_show = !one.shown || one.doubted_from.is_some();
            if to_show && shown.is_some_and(|shown| shown >= one.seats()) {
                (one.shown, one.there) = (true, true);
                (one.doubted_from, one.asked_about) = (None, false);
                one.settled = one.settled.or(Some(clock));
                queue.open.retain(|open| open.id != one.id);
                words.push(format!("settled {} as shown", one.id));
            } else if one.settled.is_none() && one.deadline.is_some_and(|deadline| deadline <= clock) {
                one.settled = Some(clock);
                one.there |= one.shadow;
                words.push(format!("settled {} by time", one.id));
            }
            if settled_before != one.settled && !one.beside {
                queue.changed = clock;
            }
            if let Some(shown) = shown.filter(|_| one.doubted_from.is_some_and(|deadline| deadline <= clock)) {
                (one.doubted_from, one.asked_about) = (None, true);
                words.push(format!("not_shown {} {} {shown}", one.id, one.seats()));
            }
        }
        let mut back = Vec::new();
        queue.leaving.retain(|leaving| {
            let gone = |last: &Reading| leaving.one.gone_by(last, leaving.signed_in_before);
            let free = leaving.deadline.is_some_and(|deadline| deadline <= clock) || last.as_ref().is_some_and(gone);
            if free {
                words.push(format!("freed {}", leaving.id));
                back.push(leaving.one.clone());
            }
            !free
        });
        words.into_iter().for_each(|what| self.say(name, what));
        back.iter().for_each(|one| self.back(one));
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
        order.retain(|name| self.next_word(name).is_some());
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
            while let Some(word) = self.next_word(name) {
                self.give(name, word);
            }
        }
        !order.is_empty()
    }

    /// What is to be said now of the tiers of a queue.
    fn next_word(&self, name: &Name) -> Option<Word> {
        let queue = &self.queues[name];
        if queue
            .question
            .as_ref()
            .is_some_and(|question| !self.still_due(name, question))
        {
            return Some(Word::Lapse);
        }
        for tier in self.incident_tiers(name) {
            let word = self.word_on(name, tier, true);
            if word.is_some() {
                return word;
            }
        }
        for tier in self.due_tiers(name) {
            let (waits, word) = (self.waits(name, &tier), self.word_on(name, tier, false));
            if word.is_some() || waits {
                return word;
            }
        }
        None
    }

    /// Whether a tier that is due and has people is held by a question to a leader.
    fn waits(&self, name: &Name, tier: &Tier) -> bool {
        let people = !self.parts(name, tier, self.wish(name, tier)).is_empty();
        people && self.mode(name, tier) == Mode::Approve && self.queues[name].question.is_some()
    }

    fn word_on(&self, name: &Name, tier: Tier, beside: bool) -> Option<Word> {
        let queue = &self.queues[name];
        let parts = self.parts(name, &tier, self.wish(name, &tier));
        if parts.is_empty() {
            return (!queue.skipped.contains(&tier.name)).then_some(Word::Skip(tier));
        }
        let mode = self.mode(name, &tier);
        let told = Told {
            beside,
            by_hand: mode == Mode::Approve,
            shadow: mode == Mode::Shadow,
            reason: if beside { "incident" } else { reason(&tier.when) },
        };
        match &queue.question {
            _ if mode != Mode::Approve => Some(Word::Call(tier, parts, told)),
            None => Some(Word::Ask(tier, parts, beside)),
            Some(question) if question.tier != tier.name => None,
            Some(question) if question.granted => Some(Word::Call(tier, parts, told)),
            Some(question) => (question.again_at <= self.now).then_some(Word::Ask(tier, parts, beside)),
        }
    }

    fn give(&mut self, name: &Name, word: Word) {
        let (now, again) = (self.now, self.ladder_of(name).ask_again_after.0);
        let queue = self.queue(name);
        match word {
            Word::Lapse => {
                let tier = queue.question.take().unwrap().tier;
                self.say(name, format!("approval_lapsed {tier}"));
            }
            Word::Skip(tier) => {
                queue.skipped.insert(tier.name.clone());
                queue.surge = true;
                self.say(name, format!("tier_skipped {}", tier.name));
            }
            Word::Ask(tier, parts, beside) => {
                let times = queue.question.as_ref().map_or(0, |question| question.times) + 1;
                let parts = in_words(&parts);
                self.queue(name).question = Some(Question {
                    tier: tier.name.clone(),
                    beside,
                    times,
                    again_at: now + again,
                    granted: false,
                });
                self.say(
                    name,
                    format!("approval_asked {} {times} times {parts} {beside}", tier.name),
                );
            }
            Word::Call(tier, parts, told) => self.call(name, &tier, parts, told),
        }
    }

    /// Tiers that a declared incident brings forward, while the first tier's threshold is passed.
    fn incident_tiers(&self, name: &Name) -> Vec<Tier> {
        let queue = &self.queues[name];
        let tiers = self.ladder_of(name).tiers;
        let passed = queue.passed_from(&tiers[0].when).is_some();
        let Some(until) = queue.incident_until.filter(|_| queue.acts() && passed) else {
            return Vec::new();
        };
        let far = |tier: &Tier| until - self.now > tier.worth_it_beyond.0;
        let mut tiers = tiers;
        tiers.retain(|tier| tier.on_incident && far(tier) && self.may_be_called(name, tier));
        tiers
    }

    /// Tiers whose window is full, up to the first that has somebody to give and whose window is not.
    fn due_tiers(&self, name: &Name) -> Vec<Tier> {
        let queue = &self.queues[name];
        let mut due = Vec::new();
        if !queue.acts() || queue.waits_to_settle() {
            return due;
        }
        for tier in self.ladder_of(name).tiers {
            if !self.may_be_called(name, &tier) {
                continue;
            }
            if queue.is_due(&tier.when) {
                due.push(tier);
            } else if self.has_anyone(name, &tier) {
                break;
            }
        }
        due
    }

    fn may_be_called(&self, name: &Name, tier: &Tier) -> bool {
        let queue = &self.queues[name];
        let stands = queue.away().any(|one| one.tier == tier.name);
        let refused = queue.refused.get(&tier.name).is_some_and(|until| *until > self.now);
        !stands && !refused && !queue.declined.contains(&tier.name)
    }

    fn still_due(&self, name: &Name, question: &Question) -> bool {
        let tiers = if question.beside {
            self.incident_tiers(name)
        } else {
            self.due_tiers(name)
        };
        let tier = tiers.iter().find(|tier| tier.name == question.tier);
        tier.is_some_and(|tier| {
            self.mode(name, tier) == Mode::Approve && !self.parts(name, tier, self.wish(name, tier)).is_empty()
        })
    }

    /// One move, or a part of it; whether there was any.
    fn releases(&mut self, name: &Name) -> bool {
        if !self.queue(name).acts() {
            return false;
        }
        if let Some((index, pool)) = self.stayed_too_long(name) {
            let one = &self.queues[name].stack[index];
            let parts = one.parts.iter().filter(|part| part.pool.as_ref() == Some(&pool));
            let parts = parts.cloned().collect();
            let stand_down = one.action.from_outside() && !one.there;
            self.take_back(name, index, parts, stand_down, "max_stay", false);
            return true;
        }
        let ladder = self.ladder_of(name);
        let queue = self.queue(name);
        let Some(calm) = queue.held(&ladder.release.when) else {
            return false;
        };
        let clock = queue.clock;
        let window = ladder.release.when.hold.0 as usize;
        let Some(top) = queue.stack.last() else {
            self.ends_the_surge(name, calm >= window);
            return false;
        };
        let calm = calm.min(clock - top.issued);
        let stayed = ladder.release.min_stay.0 as usize;
        let nobody_answered = !top.seen && !top.there;
        let stand_down = nobody_answered || (top.action.from_outside() && !top.there);
        let due = if nobody_answered {
            calm >= ladder.stand_down_after.0 as usize
        } else {
            // It stays from its settling on, so not before it has settled; unless it is stood down, since nobody has come.
            let comes = stand_down && top.settled.is_none();
            calm >= window && (comes || top.settled.is_some_and(|settled| clock >= settled + stayed))
        };
        if due {
            let parts = match ladder.release.step {
                Step::Person if !stand_down => top.asked_last(),
                _ => top.parts.clone(),
            };
            let index = queue.stack.len() - 1;
            self.take_back(name, index, parts, stand_down, "waiting_at_most", false);
        }
        due
    }

    /// People of a pool who have been away for as long as one may; of several at once who came last.
    fn stayed_too_long(&self, name: &Name) -> Option<(usize, Name)> {
        let queue = &self.queues[name];
        let mut longest: Option<(usize, usize, Name)> = None;
        for (index, one) in queue.stack.iter().enumerate().rev() {
            for pool in one.parts.iter().filter_map(|part| part.pool.as_ref()) {
                let (Some(settled), Some(max)) = (one.settled, self.plan.pools[pool].max_stay) else {
                    continue;
                };
                let due = one.kept.map_or(settled, |kept| kept.max(settled)) + max.0 as usize;
                if due <= queue.clock && longest.as_ref().is_none_or(|longest| due < longest.0) {
                    longest = Some((due, index, pool.clone()));
                }
            }
        }
        longest.map(|(_, index, pool)| (index, pool))
    }

    fn ends_the_surge(&mut self, name: &Name, calm: bool) {
        let ladder = self.ladder_of(name);
        let queue = self.queue(name);
        let passed = queue.passed_from(&ladder.tiers[0].when).is_some();
        let in_incident = queue.incident_until.is_some() && passed;
        let short = ladder.tiers.iter().any(|tier| {
            let due = queue.is_due(&tier.when) || (tier.on_incident && in_incident);
            let passed_over = queue.skipped.contains(&tier.name)
                || queue.declined.contains(&tier.name)
                || queue.refused.contains_key(&tier.name);
            passed_over && due
        });
        if queue.surge && calm && !short {
            queue.surge = false;
            queue.declined.clear();
            queue.skipped.clear();
            queue.refused.clear();
            self.say(name, "surge_over".to_owned());
        }
    }

    fn chain(&mut self, name: &Name) {
        let (now, chain) = (self.now, self.plan.chain.clone());
        let mut words = Vec::new();
        for open in &mut self.queue(name).open {
            // What was due long ago is decided at its own moment, level by level.
            while let Some(due) = open.due.filter(|due| *due <= now) {
                debug_assert_eq!(due, now);
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
        }
        words.into_iter().for_each(|what| self.say(name, what));
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
        let queue = self.queue(name);
        queue.surge = true;
        queue.calls.push(now);
        queue.declined.remove(&tier.name);
        queue.refused.remove(&tier.name);
        if queue
            .question
            .as_ref()
            .is_some_and(|question| question.tier == tier.name)
        {
            queue.question = None;
        }
        let signed_in = queue.last.as_ref().and_then(|last| last.signed_in);
        let coming = queue.not_yet_shown();
        let within = tier.settle_within.unwrap_or(ladder.settle_within).0 as usize;
        queue.stack.push(Move {
            id,
            action: tier.action,
            tier: tier.name.clone(),
            parts,
            beside: told.beside,
            shadow: told.shadow,
            settle_within: within,
            issued: queue.clock,
            deadline: told.shadow.then_some(queue.clock + within),
            settled: None,
            kept: None,
            seen: false,
            there: false,
            shown: false,
            doubted_from: None,
            asked_about: false,
            signed_in_before: signed_in.map(|signed_in| signed_in + coming),
            stood_down_by: None,
        });
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
        let queue = self.queue(name);
        let mut taken = queue.stack[index].clone();
        queue.stack[index].parts = without(&taken.parts, &parts);
        if queue.stack[index].parts.is_empty() {
            queue.stack.remove(index);
            queue.open.retain(|open| open.id != taken.id);
        }
        let action = if stand_down { Action::StandDown } else { Action::SignOut };
        let what = self.instruct(name, action, &taken.tier, &parts, taken.shadow);
        let id = self.last_instruction;
        self.say_instruction(
            name,
            format!("{what} {reason} of {}", taken.id),
            by_hand,
            taken.shadow,
            false,
        );
        taken.parts = parts;
        let queue = self.queue(name);
        queue.changed = queue.clock;
        if !stand_down {
            queue.leaving.push(Leaving {
                id,
                settle_within,
                deadline: taken.shadow.then_some(queue.clock + settle_within),
                signed_in_before: queue.last.as_ref().and_then(|last| last.signed_in),
                one: taken,
            });
        } else if !taken.shadow {
            taken.stood_down_by = Some(id);
            queue.gone.push(taken);
        }
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
    fn back(&mut self, one: &Move) {
        if !one.shadow {
            let people = one.parts.iter().flat_map(|part| part.people.clone());
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
            declined: BTreeSet::new(),
            skipped: BTreeSet::new(),
            refused: BTreeMap::new(),
            question: None,
            calls: Vec::new(),
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

    fn is_due(&self, when: &When) -> bool {
        self.held(when).is_some_and(|held| held >= when.hold.0 as usize)
    }

    fn held_from(&self, when: &When, changed: usize) -> Option<usize> {
        let begun = self.passed_from(when)?;
        let named = self.named.iter().find(|named| named.0 == when.threshold).unwrap().1;
        Some(self.clock - begun.max(named).max(self.anew).max(changed))
    }

    /// Since when a threshold is passed without a break. Of several readings in one millisecond the last alone counts.
    fn passed_from(&self, when: &When) -> Option<usize> {
        let (mut begun, mut until) = (None, self.clock + 1);
        for (at, reading) in self.readings.iter().rev() {
            if *at == until {
                continue;
            }
            let Some(from) = beyond_after(when, reading)
                .map(|after| at + after)
                .filter(|from| *from < until)
            else {
                break;
            };
            begun = Some(from);
            if from > *at {
                break;
            }
            until = *at;
        }
        begun
    }

    /// What the source says stands still: the last reading, whose longest wait has grown meanwhile.
    fn read_again(&mut self, now: i64) {
        let Some(mut last) = self.last.clone() else {
            return;
        };
        if let (Some(wait), true) = (&mut last.longest_wait, last.waiting > 0) {
            wait.0 += now - self.read_at;
        }
        self.readings.push((self.clock, last));
    }

    fn acts(&self) -> bool {
        !self.blind && self.pause_until.is_none()
    }

    fn waits_to_settle(&self) -> bool {
        self.stack.iter().any(|one| !one.beside && one.settled.is_none())
    }

    /// Everybody who has been moved and is not back.
    fn away(&self) -> impl Iterator<Item = &Move> {
        self.stack.iter().chain(self.leaving.iter().map(|leaving| &leaving.one))
    }

    /// People who may yet appear in the feed's number of people signed in.
    fn not_yet_shown(&self) -> u32 {
        let coming = self.stack.iter().filter(|one| {
            let overdue = one
                .settled
                .is_some_and(|settled| self.clock >= settled + one.settle_within);
            !one.shadow && !one.shown && !overdue && one.action != Action::ExtendShift
        });
        coming.map(Move::seats).sum()
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

    /// Whether a threshold holds by the last reading.
    fn holds(&self, threshold: Threshold) -> bool {
        let when = When::of(threshold, Millis::ZERO, Judge::Every);
        self.last.as_ref().is_some_and(|last| beyond(&when, last))
    }

    /// Its source has lost sight of it. What is not blind yet goes blind in this millisecond.
    fn lose(&mut self) {
        self.reported = false;
        self.lost |= !self.blind;
    }

    fn put_back(&mut self, mut one: Move) {
        let clock = self.clock;
        self.changed = clock;
        self.surge = true;
        self.declined.remove(&one.tier);
        if let Some(stands) = self.stack.iter_mut().find(|stands| stands.tier == one.tier) {
            one.parts.into_iter().for_each(|part| stands.join(part));
            stands.kept = Some(clock);
            return;
        }
        one.there = true;
        one.settled = Some(one.settled.unwrap_or(clock));
        one.kept = Some(clock);
        self.stack.push(one);
        self.stack.sort_by_key(|one| one.id);
    }
}

impl Move {
    fn join(&mut self, part: Part) {
        match self.parts.iter_mut().find(|one| one.pool == part.pool) {
            Some(one) => {
                one.seats += part.seats;
                one.people.extend(part.people);
            }
            None => self.parts.push(part),
        }
    }

    /// The one who was asked last; where more are there than names are known, one without a name.
    fn asked_last(&self) -> Vec<Part> {
        let last = self.parts.last().unwrap();
        let named = last.people.len() as u32 == last.seats;
        vec![Part {
            pool: last.pool.clone(),
            seats: 1,
            people: last.people.last().filter(|_| named).cloned().into_iter().collect(),
        }]
    }
}

/// What is left of some people when others of them are taken away.
fn without(parts: &[Part], taken: &[Part]) -> Vec<Part> {
    let mut left = parts.to_vec();
    for part in taken {
        let one = left.iter_mut().find(|one| one.pool == part.pool).unwrap();
        one.seats -= part.seats;
        one.people.retain(|person| !part.people.contains(person));
    }
    left.retain(|part| part.seats > 0);
    left
}

fn in_words(parts: &[Part]) -> String {
    let parts = parts
        .iter()
        .map(|part| compare::part_in_words(part.pool.as_ref(), part.seats, &part.people));
    parts.collect::<Vec<String>>().join(" + ")
}

/// The reason for what a condition brings about.
fn reason(when: &When) -> &'static str {
    match when.threshold {
        Threshold::WaitingAbove { .. } => "waiting_above",
        Threshold::WaitingAtMost(_) => "waiting_at_most",
        Threshold::LongestWaitAbove(_) => "longest_wait_above",
        Threshold::WaitingPerSeatAbove(_) => "waiting_per_seat_above",
        Threshold::ExpectedWaitAbove(_) => "expected_wait_above",
        _ => unreachable!("not drawn"),
    }
}

/// After how long a reading is beyond a threshold, if nothing else is read; what is not told never is.
fn beyond_after(when: &When, reading: &Reading) -> Option<usize> {
    if let (Threshold::LongestWaitAbove(above), Some(wait), true) =
        (when.threshold, reading.longest_wait, reading.waiting > 0)
    {
        return Some((above.0 - wait.0).max(0) as usize);
    }
    beyond(when, reading).then_some(0)
}

/// Whether a reading is beyond a threshold from its own millisecond on.
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
        _ => unreachable!("not drawn"),
    }
}
