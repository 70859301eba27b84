//! "Settling" and "Late answers": what is said of an instruction speaks for its own people, and for nobody else.

use super::{Gone, Model, Move, Part, without};
use surged_core::{Actor, Answer, Name};

impl Model {
    pub fn answered(&mut self, id: u64, answer: &Answer, by: &Actor) {
        let Some(name) = self.queue_of(id) else { return };
        match answer {
            Answer::Seen { eta } => self.seen(&name, id, eta.map(|eta| eta.0)),
            Answer::Done { seats, people, .. } => {
                self.done(&name, id, *seats, people.as_deref().unwrap_or_default(), by);
            }
            Answer::Declined { .. } => self.declined(&name, id),
            Answer::Left { people, seats, .. } => {
                let stack = &self.queues[&name].stack;
                let index = stack.iter().position(|one| one.id == id).unwrap();
                self.leave(&name, index, people, seats.unwrap_or(0));
            }
            Answer::Escalate { .. } => self.escalated(&name, id, by),
        }
    }

    pub fn queue_of(&self, id: u64) -> Option<Name> {
        self.names().into_iter().find(|name| self.queues[name].knows(id))
    }

    fn escalated(&mut self, name: &Name, id: u64, by: &Actor) {
        let (now, chain) = (self.now, self.plan.chain.clone());
        let mut open = self.queue(name).open.iter_mut();
        let Some(open) = open.find(|open| open.id == id) else {
            return;
        };
        let own = chain.iter().position(|level| level.role == by.role);
        open.level = own.map_or(open.level, |own| own.max(open.level)) + 1;
        open.extended = false;
        open.due = Some(now + chain[open.level].respond_within.0);
        let what = format!("passed_up {id} to {}", open.level);
        self.say(name, what);
    }

    fn seen(&mut self, name: &Name, id: u64, eta: Option<i64>) {
        let queue = self.queue(name);
        let clock = queue.clock;
        for one in queue.stack.iter_mut().filter(|one| one.id == id) {
            one.seen = true;
            one.reaches_somebody(clock);
            if let (None, Some(eta)) = (one.settled, eta) {
                one.deadline = Some(clock + eta as usize);
            }
        }
        for leaving in queue.leaving.iter_mut().filter(|leaving| leaving.id == id) {
            let by_time = leaving.deadline.unwrap_or(clock + leaving.settle_within);
            leaving.deadline = Some(eta.map_or(by_time, |eta| clock + eta as usize));
        }
        self.taken(name, id, eta);
    }

    // ---- done

    fn done(&mut self, name: &Name, id: u64, seats: Option<u32>, people: &[Name], by: &Actor) {
        self.queue(name).open.retain(|open| open.id != id);
        if let Some(index) = self.queues[name].leaving.iter().position(|leaving| leaving.id == id) {
            self.back_by_word(name, index, seats, people, by);
            return;
        }
        // Sure of them: they are here, and not where they were thought to be.
        for other in self.names() {
            while let Some(index) = self.stands_elsewhere(&other, id, people) {
                self.taken_over(&other, index, people);
            }
        }
        let stood_down = self.comes_back(name, id);
        let queue = &self.queues[name];
        // Whoever has been told to go back is not there.
        let leaving = |person: &&Name| queue.leaving.iter().any(|leaving| leaving.one.names(person));
        let people: Vec<Name> = people.iter().filter(|person| !leaving(person)).cloned().collect();
        let back: Vec<Part> = stood_down.iter().flat_map(|gone| gone.one.parts.clone()).collect();
        if let Some(index) = queue.stack.iter().position(|one| one.id == id) {
            let mut all = queue.stack[index].clone();
            back.into_iter().for_each(|part| all.join(part));
            let parts = self.corrected(&all.parts, seats, &people, true);
            self.forget(name, &stood_down);
            if !stood_down.is_empty() && !parts.is_empty() {
                let queue = self.queue(name);
                queue.stack[index].kept = Some(queue.clock);
                queue.stack_changed();
            }
            self.done_with(name, index, parts, by);
        } else if let Some(first) = stood_down.first() {
            let mut one = first.one.clone();
            one.parts = Vec::new();
            back.into_iter().for_each(|part| one.join(part));
            one.parts = self.corrected(&one.parts, seats, &people, true);
            self.close_stand_downs(name, &stood_down);
            if !one.parts.is_empty() {
                self.forget(name, &stood_down);
                one.done_by = Some(by.staff_no.clone());
                self.queue(name).put_back(one);
            }
        }
    }

    /// Those of a call who were stood down not too long ago, or said no, and whom nobody has asked since.
    pub fn comes_back(&self, name: &Name, id: u64) -> Vec<Gone> {
        let queue = &self.queues[name];
        let late = self.ladder_of(name).late_within.0;
        let mut back: Vec<Gone> = queue.gone.iter().filter(|gone| gone.one.id == id).cloned().collect();
        back.retain(|gone| gone.stood_down_by.is_none() || self.now - gone.at <= late);
        let stands = queue.stack.iter().any(|one| one.id == id);
        back.retain(|gone| !stands || gone.stood_down_by.is_some());
        for gone in &mut back {
            gone.one.parts = self.still_theirs(&gone.one.parts);
        }
        back.retain(|gone| !gone.one.parts.is_empty());
        back
    }

    fn forget(&mut self, name: &Name, back: &[Gone]) {
        self.close_stand_downs(name, back);
        let same = |gone: &Gone| {
            let mut back = back.iter();
            back.any(|one| (one.one.id, one.stood_down_by, one.at) == (gone.one.id, gone.stood_down_by, gone.at))
        };
        self.queue(name).gone.retain(|gone| !same(gone));
    }

    fn close_stand_downs(&mut self, name: &Name, back: &[Gone]) {
        let ids: Vec<u64> = back.iter().filter_map(|gone| gone.stood_down_by).collect();
        self.queue(name).open.retain(|open| !ids.contains(&open.id));
    }

    /// A move of that queue, not that of the instruction, on which one of these people stands.
    pub fn stands_elsewhere(&self, name: &Name, id: u64, people: &[Name]) -> Option<usize> {
        let mut stack = self.queues[name].stack.iter();
        stack.position(|one| one.id != id && !one.shadow && people.iter().any(|person| one.names(person)))
    }

    fn taken_over(&mut self, name: &Name, index: usize, people: &[Name]) {
        let queue = self.queue(name);
        queue.stack[index].lose(people);
        if queue.stack[index].parts.is_empty() {
            let one = queue.stack.remove(index);
            queue.open.retain(|open| open.id != one.id);
            queue.stack_changed();
        }
    }

    /// Some of a sign-out are back by somebody's word, or all of them; the others are still on their way.
    fn back_by_word(&mut self, name: &Name, index: usize, seats: Option<u32>, people: &[Name], by: &Actor) {
        let leaving = &mut self.queue(name).leaving[index];
        leaving.done_by = Some(by.staff_no.clone());
        let all = leaving.one.parts.clone();
        let parts = match (seats, people) {
            (None, []) => all,
            (Some(seats), []) => first_of(&all, seats),
            _ => {
                let mut one: Move = leaving.one.clone();
                one.lose(people)
            }
        };
        if !parts.is_empty() {
            self.free(name, index, &parts, true);
        }
    }

    fn done_with(&mut self, name: &Name, index: usize, parts: Vec<Part>, by: &Actor) {
        let no_until = self.now + self.ladder_of(name).ask_again_after_no.0;
        let now = self.now;
        if parts.is_empty() {
            let queue = self.queue(name);
            let one = queue.stack.remove(index);
            queue.no.insert(one.tier.clone(), (no_until, one.parts.clone()));
            queue.gone.push(Gone {
                one,
                at: now,
                stood_down_by: None,
            });
            return;
        }
        let queue = self.queue(name);
        queue.stack[index].parts = parts;
        let shown = self.shown(name, &self.queues[name].stack[index]);
        let queue = self.queue(name);
        let clock = queue.clock;
        let one = &mut queue.stack[index];
        one.there = true;
        one.done_by = Some(by.staff_no.clone());
        let shown = one.proved && shown.is_some_and(|shown| shown >= one.seats());
        one.doubted_from = (!one.asked_about && !shown).then_some(clock + one.settle_within);
        one.asked_about = false;
        if one.settled.is_none() {
            one.settled = Some(clock);
            if !one.beside {
                let eased = one.eased;
                queue.changed = clock;
                if !eased {
                    queue.climbed = clock;
                }
            }
        }
    }

    // ---- declined, left

    fn declined(&mut self, name: &Name, id: u64) {
        let no_until = self.now + self.ladder_of(name).ask_again_after_no.0;
        let now = self.now;
        let queue = self.queue(name);
        queue.open.retain(|open| open.id != id);
        if let Some(index) = queue.stack.iter().position(|one| one.id == id) {
            let one = queue.stack.remove(index);
            queue.no.insert(one.tier.clone(), (no_until, one.parts.clone()));
            queue.gone.push(Gone {
                one,
                at: now,
                stood_down_by: None,
            });
        } else if let Some(index) = queue.leaving.iter().position(|leaving| leaving.id == id) {
            let one = queue.leaving.remove(index).one;
            queue.put_back(one);
        } else if let Some(index) = queue.gone.iter().position(|gone| gone.stood_down_by == Some(id)) {
            let mut one = queue.gone.remove(index).one;
            one.parts = self.still_theirs(&one.parts);
            if !one.parts.is_empty() {
                self.queue(name).put_back(one);
            }
        }
    }

    /// People have left a move: by name, or so many of whom nobody knows the name.
    pub fn leave(&mut self, name: &Name, index: usize, people: &[Name], seats: u32) {
        let queue = self.queue(name);
        let one = &mut queue.stack[index];
        let (id, shadow, tier) = (one.id, one.shadow, one.tier.clone());
        let before = one.seats();
        let lost = one.lose(people);
        let mut left = seats;
        for part in &mut one.parts {
            let nameless = left.min(part.seats);
            part.seats -= nameless;
            left -= nameless;
            part.people.truncate(part.seats as usize);
        }
        one.parts.retain(|part| part.seats > 0);
        let gone = before - one.seats();
        for person in people {
            one.asked_gone.remove(person);
            one.missing.remove(person);
        }
        let nobody = one.parts.is_empty();
        queue.went_back(&tier, gone);
        if nobody {
            queue.stack.remove(index);
            queue.open.retain(|open| open.id != id);
            queue.stack_changed();
        }
        self.back(shadow, &lost);
    }

    /// Who is there of those asked for, by what somebody says: people by name, each with the pool that knows them, or a number.
    ///
    /// Where a number is less than the names that were asked, it leaves open who; it is never read as names.
    pub fn corrected(&self, parts: &[Part], seats: Option<u32>, people: &[Name], open_who: bool) -> Vec<Part> {
        let mut parts = parts.to_vec();
        if !people.is_empty() {
            let first = parts.first().and_then(|part| part.pool.clone());
            parts.clear();
            for person in people {
                let known = self.plan.pools.iter().find(|(_, pool)| pool.people.contains(person));
                let pool = known.map(|known| known.0.clone()).or(first.clone());
                if !parts.iter().any(|part| part.pool == pool) {
                    parts.push(Part {
                        pool: pool.clone(),
                        seats: 0,
                        people: Vec::new(),
                    });
                }
                let part = parts.iter_mut().find(|part| part.pool == pool).unwrap();
                if !part.people.contains(person) {
                    part.people.push(person.clone());
                    part.seats += 1;
                }
            }
        }
        // Of a number each pool gives what it was asked for, as far as it goes; what is more comes from the last.
        if let Some(seats) = seats {
            let mut left = seats;
            for part in &mut parts {
                part.seats = part.seats.min(left);
                left -= part.seats;
            }
            if let Some(last) = parts.last_mut() {
                last.seats += left;
            }
            for part in &mut parts {
                if open_who && (part.seats as usize) < part.people.len() {
                    part.people.clear();
                }
                part.people.truncate(part.seats as usize);
            }
        }
        parts.retain(|part| part.seats > 0);
        parts
    }
}

/// So many of them, each pool as far as it goes; names only where all of a pool are meant.
fn first_of(parts: &[Part], seats: u32) -> Vec<Part> {
    let mut left = seats;
    let mut first = parts.to_vec();
    for part in &mut first {
        let all = part.seats;
        part.seats = part.seats.min(left);
        left -= part.seats;
        if part.seats < all {
            part.people.clear();
        }
    }
    first.retain(|part| part.seats > 0);
    debug_assert!(without(parts, &first).len() <= parts.len());
    first
}
