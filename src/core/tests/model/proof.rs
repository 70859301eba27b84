//! "What the feed proves": by name, that people came and that they went; by number, as many more or fewer of those whom it does
//! not name.

use super::{Model, Move, Part};
use surged_core::ladder::Paused;
use surged_core::{Action, AgentState, Name, Reading};

impl Model {
    /// What a paused member is on a queue, for somebody of a pool.
    fn paused(&self, name: &Name, pool: Option<&Name>) -> Paused {
        let queue = &self.plan.queues[name];
        let of_pool = pool
            .and_then(|pool| self.plan.pools.get(pool))
            .and_then(|pool| pool.paused);
        of_pool.or(queue.paused).unwrap_or(self.plan.feeds[&queue.feed].paused)
    }

    pub fn pool_of(&self, person: &Name) -> Option<&Name> {
        let mut pools = self.plan.pools.iter();
        pools
            .find(|(_, pool)| pool.people.contains(person))
            .map(|known| known.0)
    }

    /// Whether a reading of a queue shows a person on the phones.
    pub fn shows(&self, name: &Name, reading: &Reading, person: &Name) -> bool {
        let mut agents = reading.agents.iter().flatten();
        agents.any(|agent| {
            agent.person == *person
                && match agent.state {
                    AgentState::SignedOut => false,
                    AgentState::Paused => self.paused(name, self.pool_of(person)) == Paused::SignedIn,
                    AgentState::Available | AgentState::Busy => true,
                }
        })
    }

    /// How many are on the phones of those whom the last reading does not name.
    pub fn number(&self, name: &Name) -> Option<u32> {
        let reading = self.queues[name].last.as_ref()?;
        let agents = || reading.agents.iter().flatten();
        let named = agents().filter(|agent| agent.state != AgentState::SignedOut).count() as u32;
        let named_paused = agents().filter(|agent| agent.state == AgentState::Paused).count() as u32;
        let unnamed = reading.signed_in?.saturating_sub(named);
        let paused = reading.paused.unwrap_or(0).saturating_sub(named_paused);
        match self.paused(name, None) {
            Paused::SignedIn => Some(unnamed),
            Paused::Away => Some(unnamed.saturating_sub(paused)),
        }
    }

    /// How many people of a move a feed can show by its number alone.
    fn by_number(&self, reading: &Reading, parts: &[Part]) -> u32 {
        let named = |part: &Part| match reading.agents {
            Some(_) => part.people.len() as u32,
            None => 0,
        };
        parts.iter().map(|part| part.seats - named(part)).sum()
    }

    /// How many of those its number shows.
    fn shown_by_number(&self, name: &Name, one: &Move) -> Option<u32> {
        let reading = self.queues[name].last.as_ref()?;
        let wanted = self.by_number(reading, &one.parts);
        if wanted <= one.number_shown {
            return Some(wanted);
        }
        // Whoever begins their shift in those minutes is no proof.
        let shifts = self.plan.roster.iter().flat_map(|one| &one.shifts);
        let mut begun = shifts.filter(|shift| one.issued_at < shift.from.0 && shift.from.0 <= self.now);
        if begun.next().is_some() {
            return None;
        }
        Some(self.number(name)?.saturating_sub(one.number_before?).min(wanted))
    }

    /// How many of its people the last reading shows; `None` where it cannot tell.
    pub fn shown(&self, name: &Name, one: &Move) -> Option<u32> {
        let reading = self.queues[name].last.as_ref()?;
        if one.shadow || one.action == Action::ExtendShift {
            return None;
        }
        let people = one.parts.iter().flat_map(|part| &part.people);
        let by_name = match reading.agents {
            Some(_) => people.filter(|person| self.shows(name, reading, person)).count() as u32,
            None => 0,
        };
        Some(by_name + self.shown_by_number(name, one)?)
    }

    /// People of a queue who may yet appear in the feed's number.
    pub fn coming_by_number(&self, name: &Name) -> u32 {
        let Some(reading) = &self.queues[name].last else {
            return 0;
        };
        let stack = self.queues[name].stack.iter();
        let coming = stack.filter(|one| !one.shadow && one.action != Action::ExtendShift);
        coming
            .map(|one| {
                let wanted = self.by_number(reading, &one.parts);
                wanted - self.shown_by_number(name, one).unwrap_or(0).min(wanted)
            })
            .sum()
    }

    /// People of a queue who have gone, or were told to, and are still in the feed's number.
    pub fn going_by_number(&self, name: &Name) -> u32 {
        let queue = &self.queues[name];
        let Some(reading) = &queue.last else { return 0 };
        let leaving = queue.leaving.iter().filter(|leaving| !leaving.one.shadow);
        let leaving = leaving.map(|leaving| self.by_number(reading, &leaving.one.parts));
        leaving.chain(queue.departing.iter().map(|departing| departing.0)).sum()
    }

    /// The parts of a sign-out whose people the last reading shows gone.
    fn gone_parts(&self, name: &Name, index: usize) -> Vec<Part> {
        let queue = &self.queues[name];
        let leaving = &queue.leaving[index];
        let Some(reading) = queue.last.as_ref().filter(|_| !leaving.one.shadow) else {
            return Vec::new();
        };
        let fewer = || {
            let wanted = self.by_number(reading, &leaving.one.parts);
            let below = leaving.number_before?.saturating_sub(wanted);
            Some(self.number(name)? <= below)
        };
        let gone = |part: &&Part| {
            if reading.agents.is_some() && part.people.len() as u32 == part.seats {
                return !part.people.iter().any(|person| self.shows(name, reading, person));
            }
            fewer().unwrap_or(false)
        };
        leaving.one.parts.iter().filter(gone).cloned().collect()
    }

    pub fn settled_and_freed(&mut self, name: &Name) {
        if self.queues[name].blind {
            return;
        }
        for index in 0..self.queues[name].stack.len() {
            self.settles(name, index);
        }
        self.departed(name);
        let mut index = 0;
        while index < self.queues[name].leaving.len() {
            if !self.frees(name, index) {
                index += 1;
            }
        }
    }

    fn settles(&mut self, name: &Name, index: usize) {
        let one = &self.queues[name].stack[index];
        let shown = self.shown(name, one);
        let reading = self.queues[name].last.clone();
        let by_number = reading
            .as_ref()
            .map_or(0, |reading| self.by_number(reading, &one.parts));
        let number_shown = self.shown_by_number(name, one).filter(|shown| *shown == by_number);
        let seats = one.seats();
        let come: Vec<Name> = match reading.as_ref().filter(|_| !one.shadow) {
            Some(reading) => {
                let people = one.parts.iter().flat_map(|part| &part.people);
                people
                    .filter(|person| self.shows(name, reading, person))
                    .cloned()
                    .collect()
            }
            None => Vec::new(),
        };
        let by_name = reading.as_ref().is_some_and(|reading| reading.agents.is_some());
        let all_came = |one: &Move| shown.is_some_and(|shown| shown >= seats) || one.is_proved(by_name, by_number);
        let queue = self.queue(name);
        let clock = queue.clock;
        let one = &mut queue.stack[index];
        let was_proved = one.proved;
        for part in one.parts.iter().filter(|part| part.is_named()) {
            if part.people.iter().all(|person| come.contains(person)) {
                one.shown_parts.insert(part.pool.clone());
            }
        }
        one.came.extend(come);
        one.number_shown = one.number_shown.max(number_shown.unwrap_or(0));
        let settled_before = one.settled;
        let mut words = Vec::new();
        if (!was_proved || one.doubted_from.is_some()) && shown.is_some() && all_came(one) {
            one.proved = true;
            one.there = true;
            (one.doubted_from, one.asked_about) = (None, false);
            one.settled = one.settled.or(Some(clock));
            let id = one.id;
            words.push(format!("settled {id} as shown"));
            queue.open.retain(|open| open.id != id);
        } else if one.settled.is_none() && one.deadline.is_some_and(|deadline| deadline <= clock) {
            one.settled = Some(clock);
            one.there |= one.shadow;
            words.push(format!("settled {} by time", one.id));
        }
        let one = &mut queue.stack[index];
        if settled_before != one.settled && !one.beside {
            let eased = one.eased;
            queue.changed = clock;
            if !eased {
                queue.climbed = clock;
            }
        }
        let one = &mut queue.stack[index];
        if let Some(shown) = shown.filter(|_| one.doubted_from.is_some_and(|deadline| deadline <= clock)) {
            (one.doubted_from, one.asked_about) = (None, true);
            words.push(format!("not_shown {} {} {shown}", one.id, one.seats()));
        }
        let waits = one.settled.is_none() && !one.eased && !one.beside;
        if waits && one.next_from.is_some_and(|from| from <= clock) {
            one.eased = true;
            queue.climbed = clock;
        }
        words.into_iter().for_each(|what| self.say(name, what));
    }

    /// Those who are free already and whom the number shows gone now.
    fn departed(&mut self, name: &Name) {
        let number = self.number(name);
        let queue = self.queue(name);
        queue
            .departing
            .retain(|(_, below)| number.is_some_and(|number| number > *below));
    }

    /// Whether a sign-out is wholly done with.
    fn frees(&mut self, name: &Name, index: usize) -> bool {
        let gone = self.gone_parts(name, index);
        let clock = self.queues[name].clock;
        let leaving = &self.queues[name].leaving[index];
        let by_time = leaving.deadline.is_some_and(|deadline| deadline <= clock);
        let all = gone.len() == leaving.one.parts.len();
        if gone.is_empty() && !by_time {
            return false;
        }
        let id = leaving.id;
        let parts = if by_time { leaving.one.parts.clone() } else { gone };
        if all {
            self.queue(name).open.retain(|open| open.id != id);
        }
        self.say(name, format!("freed {id}"));
        self.free(name, index, &parts, !all)
    }

    /// Some of a sign-out are free; whether that was the last of them. Where only a word or the time says so, the feed's number may
    /// show them yet.
    pub fn free(&mut self, name: &Name, index: usize, parts: &[Part], unseen: bool) -> bool {
        let leaving = &self.queues[name].leaving[index];
        let (shadow, tier, below) = (leaving.one.shadow, leaving.one.tier.clone(), leaving.number_before);
        let reading = self.queues[name].last.clone().filter(|_| unseen && !shadow);
        let by_number = reading.map_or(0, |reading| self.by_number(&reading, parts));
        let seats = parts.iter().map(|part| part.seats).sum();
        self.back(shadow, parts);
        let queue = self.queue(name);
        if let (Some(below), true) = (below, by_number > 0) {
            queue.departing.push((by_number, below.saturating_sub(by_number)));
        }
        queue.went_back(&tier, seats);
        let leaving = &mut queue.leaving[index];
        leaving.one.parts = super::without(&leaving.one.parts, parts);
        if leaving.one.parts.is_empty() {
            queue.leaving.remove(index);
            return true;
        }
        false
    }
}

impl Move {
    /// Whether the feed has shown all of its people, part by part.
    fn is_proved(&self, by_name: bool, by_number: u32) -> bool {
        let mut named = self.parts.iter().filter(|part| by_name && part.is_named());
        self.number_shown >= by_number && named.all(|part| self.shown_parts.contains(&part.pool))
    }
}

impl Part {
    /// Whether all of its people are known by name.
    pub fn is_named(&self) -> bool {
        !self.people.is_empty() && self.people.len() as u32 == self.seats
    }
}
