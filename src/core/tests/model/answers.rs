//! "Settling" and "Late answers": what is said of an instruction speaks for its own people, and for nobody else.

use super::moves::{Response, seats_of};
use super::{Gone, Model, Move, Part};
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
            one.response = one.response.max(Response::Seen);
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
        if let Some(index) = self.queues[name].leaving.iter().position(|leaving| leaving.id == id) {
            self.back_by_word(name, index, seats, people);
            return;
        }
        // Read and done: whoever it took back is nobody's by it any more, and may have been called since.
        let queue = self.queue(name);
        if !queue.stack.iter().any(|one| one.id == id) && !queue.gone.iter().any(|gone| gone.one.id == id) {
            queue.open.retain(|open| open.id != id);
            return;
        }
        // Sure of them: they are here, and not where they were thought to be.
        for person in people {
            self.taken_over(id, person);
        }
        let back = self.comes_back(name, id, seats, people);
        let queue = self.queue(name);
        queue.open.retain(|open| open.id != id);
        let index = queue.stack.iter().position(|one| one.id == id);
        let Some(mut one) = index.map(|index| queue.stack[index].clone()).or_else(|| {
            let mut one = back.first()?.one.clone();
            one.parts.clear();
            Some(one)
        }) else {
            return;
        };
        for gone in &back {
            gone.one.parts.iter().for_each(|part| one.join(part));
            let same =
                |known: &Gone| (known.one.id, known.stood_down_by, known.at) == (id, gone.stood_down_by, gone.at);
            queue.gone.retain(|known| !same(known));
            queue.open.retain(|open| Some(open.id) != gone.stood_down_by);
        }
        let asked = one.parts.clone();
        one.parts = self.corrected(&asked, seats, people);
        one.done_by = Some(by.staff_no.clone());
        let queue = self.queue(name);
        if one.parts.is_empty() {
            queue.stack.retain(|stands| stands.id != id);
            one.parts = asked;
            self.passed_over(name, one);
        } else if let Some(index) = index {
            if !back.is_empty() {
                one.kept = Some(queue.clock);
            }
            queue.stack[index] = one;
            self.stands_as_said(name, index);
            if !back.is_empty() {
                self.queue(name).stack_changed();
            }
        } else {
            self.declines.retain(|decline| decline.0 != id);
            self.queue(name).put_back(one);
        }
    }

    /// Those of a call who were stood down or said no not too long ago, whom nobody has asked since, and for whom the word speaks:
    /// all of them, or those who hold the people named, or as many as the number needs beside those who stand.
    fn comes_back(&self, name: &Name, id: u64, seats: Option<u32>, people: &[Name]) -> Vec<Gone> {
        let stands = self.queues[name].stack.iter().find(|one| one.id == id);
        let mut there = stands.map_or(0, Move::seats);
        let mut back = Vec::new();
        for mut gone in self.still_theirs_of(name, id) {
            let meant = match seats {
                _ if !people.is_empty() => people.iter().any(|person| gone.one.names(person)),
                Some(seats) => there < seats,
                None => true,
            };
            gone.one.parts = self.still_theirs(&gone.one.parts);
            if meant && !gone.one.parts.is_empty() {
                there += gone.one.seats();
                back.push(gone);
            }
        }
        back
    }

    pub fn still_theirs_of(&self, name: &Name, id: u64) -> Vec<Gone> {
        let late = self.ladder_of(name).late_within.0;
        let of_call = self.queues[name].gone.iter().filter(|gone| gone.one.id == id);
        of_call.filter(|gone| self.now - gone.at <= late).cloned().collect()
    }

    /// Where a person stands by the books who is said to be on another move.
    pub fn stands_elsewhere(&self, id: u64, person: &Name) -> bool {
        let queue = self.asked_by(person);
        queue.is_some_and(|name| {
            let queue = &self.queues[&name];
            let mut stack = queue.stack.iter().filter(|one| !one.shadow && one.id != id);
            let mut leaving = queue.leaving.iter().filter(|leaving| !leaving.one.shadow);
            stack.any(|one| one.names(person)) || leaving.any(|leaving| leaving.one.names(person))
        })
    }

    /// The first queue that has asked for a person.
    pub fn asked_by(&self, person: &Name) -> Option<Name> {
        let holds = |name: &&Name| {
            let mut away = self.queues[*name].away().filter(|one| !one.shadow);
            away.any(|one| one.names(person))
        };
        self.queues.keys().find(holds).cloned()
    }

    fn taken_over(&mut self, id: u64, person: &Name) {
        let Some(name) = self.asked_by(person) else { return };
        let person = std::slice::from_ref(person);
        let queue = self.queue(&name);
        let others = queue.stack.iter().filter(|one| !one.shadow && one.id != id);
        let others: Vec<u64> = others.map(|one| one.id).collect();
        for leaving in queue.leaving.iter_mut().filter(|leaving| !leaving.one.shadow) {
            leaving.one.lose(person);
            if leaving.one.parts.is_empty() {
                queue.open.retain(|open| open.id != leaving.id);
            }
        }
        queue.leaving.retain(|leaving| !leaving.one.parts.is_empty());
        for other in others {
            let index = queue.stack.iter().position(|one| one.id == other).unwrap();
            let replaced = queue.stack[index].replaced(person);
            let lost = queue.stack[index].lose(person);
            if !lost.is_empty() {
                queue.went_from(index, seats_of(&lost).saturating_sub(replaced));
            }
        }
    }

    /// Some of a sign-out are back by somebody's word, or all of them; the others are still on their way.
    fn back_by_word(&mut self, name: &Name, index: usize, seats: Option<u32>, people: &[Name]) {
        let leaving = &self.queues[name].leaving[index];
        let (id, mut one) = (leaving.id, leaving.one.clone());
        let leaving_seats = one.seats();
        let parts = match seats {
            _ if !people.is_empty() => one.lose(people),
            Some(seats) if seats < one.seats() => one.lose_so_many(seats),
            _ => one.parts.clone(),
        };
        // Who stays is as it was said, whatever the names.
        let stays = if seats_of(&parts) == leaving_seats {
            Vec::new()
        } else {
            one.parts
        };
        self.free(name, index, &parts, true);
        if let Some(leaving) = self.queue(name).leaving.iter_mut().find(|leaving| leaving.id == id) {
            leaving.one.parts = stays;
        }
        if !self.queues[name].leaving.iter().any(|leaving| leaving.id == id) {
            self.queue(name).open.retain(|open| open.id != id);
        }
    }

    /// A move of which somebody has said who is there.
    fn stands_as_said(&mut self, name: &Name, index: usize) {
        let present = self.present(name);
        let shown = self.shown(&present, &self.queues[name].stack[index], 0);
        let queue = self.queue(name);
        let clock = queue.clock;
        let one = &mut queue.stack[index];
        one.response = one.response.max(Response::Done);
        let is_shown = one.response == Response::Shown && shown.is_some_and(|shown| shown.seats() >= one.seats());
        if one.asked_about {
            // Said twice, and by people.
            (one.asked_about, one.vouched) = (false, true);
            one.doubted_from = None;
        } else {
            one.doubted_from = (!is_shown).then_some(clock + one.settle_within);
        }
        one.came.retain(|person| present.has(person));
        one.missing.clear();
        queue.settle(index);
    }

    /// Declined, or done with nobody.
    fn passed_over(&mut self, name: &Name, one: Move) {
        let (now, until) = (self.now, self.now + self.ladder_of(name).ask_again_after_no.0);
        self.declines.push((one.id, until, one.parts.clone()));
        let queue = self.queue(name);
        queue.no.insert(one.tier.clone(), until);
        queue.remember(Gone {
            one,
            at: now,
            stood_down_by: None,
        });
    }

    // ---- declined, left

    fn declined(&mut self, name: &Name, id: u64) {
        let queue = self.queue(name);
        queue.open.retain(|open| open.id != id);
        let one = if let Some(index) = queue.stack.iter().position(|one| one.id == id) {
            let one = queue.stack.remove(index);
            return self.passed_over(name, one);
        } else if let Some(index) = queue.leaving.iter().position(|leaving| leaving.id == id) {
            queue.leaving.remove(index).one
        } else if let Some(index) = queue.gone.iter().position(|gone| gone.stood_down_by == Some(id)) {
            let mut one = queue.gone[index].one.clone();
            one.parts = self.still_theirs(&one.parts);
            if one.parts.is_empty() {
                return;
            }
            self.queue(name).gone.remove(index);
            one
        } else {
            return;
        };
        self.declines.retain(|decline| decline.0 != one.id);
        self.queue(name).put_back(one);
    }

    /// People have left a move: by name, or so many of whom nobody knows the name. A name that it does not hold is one of those.
    pub fn leave(&mut self, name: &Name, index: usize, people: &[Name], seats: u32) {
        let queue = self.queue(name);
        let one = &mut queue.stack[index];
        let replaced = one.replaced(people);
        let mut lost = one.lose(people);
        let known: usize = lost.iter().map(|part| part.people.len()).sum();
        let unknown = (people.len() - known) as u32;
        let named = seats_of(&lost).max(people.len() as u32);
        lost.extend(one.lose_so_many(seats.saturating_sub(named) + unknown));
        queue.went_from(index, seats_of(&lost).saturating_sub(replaced));
        self.back(false, &lost);
    }

    /// Who is there of those asked for, by what somebody says: people by name, each with the pool that knows them, or a number.
    ///
    /// A number leaves open who: it is never read as names. Each pool gives what it was asked for, as far as it goes; what is more
    /// comes from the last.
    pub fn corrected(&self, parts: &[Part], seats: Option<u32>, people: &[Name]) -> Vec<Part> {
        let mut parts = parts.to_vec();
        if !people.is_empty() {
            let first = parts.first().and_then(|part| part.pool.clone());
            parts.clear();
            for person in people {
                let pool = self.pool_of(person).cloned().or(first.clone());
                let part = Part {
                    pool,
                    seats: 1,
                    people: vec![person.clone()],
                };
                match parts.iter_mut().find(|one| one.pool == part.pool) {
                    Some(one) if one.people.contains(person) => {}
                    Some(one) => {
                        one.seats += 1;
                        one.people.push(person.clone());
                    }
                    None => parts.push(part),
                }
            }
        }
        if let Some(seats) = seats.filter(|seats| *seats != seats_of(&parts)) {
            let mut left = seats;
            for part in &mut parts {
                part.seats = part.seats.min(left);
                left -= part.seats;
            }
            if let Some(last) = parts.last_mut() {
                last.seats += left;
            }
            parts.retain(|part| part.seats > 0);
        }
        parts
    }
}
