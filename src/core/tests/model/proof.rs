//! "What the feed proves": by name, that people came and that they went; by number, as many more or fewer of those whom it does
//! not name.

use super::moves::{Departed, Response, nameless, seats_of, without};
use super::{Model, Move, Part};
use std::collections::BTreeSet;
use surged_core::ladder::{Paused, Shift};
use surged_core::{AgentState, Name};

/// Who is on the phones of a queue by its last reading.
#[derive(Default)]
pub struct Present {
    pub people: Option<BTreeSet<Name>>,
    pub number: Option<u32>,
    /// How many of them no pool of the plan names.
    pub others: Option<u32>,
}

impl Present {
    pub fn has(&self, person: &Name) -> bool {
        self.people.as_ref().is_some_and(|people| people.contains(person))
    }

    /// How many the feed counts and does not name.
    pub fn unnamed(&self) -> u32 {
        let named = self.people.as_ref().map_or(0, BTreeSet::len) as u32;
        self.number.unwrap_or(0).saturating_sub(named)
    }

    /// Of a part, how many its number alone can show.
    pub fn by_number(&self, part: &Part) -> u32 {
        if self.people.is_some() {
            nameless(part)
        } else {
            part.seats
        }
    }

    fn all_by_number(&self, parts: &[Part]) -> u32 {
        parts.iter().map(|part| self.by_number(part)).sum()
    }
}

/// How many of each part are shown, and how many of all by number alone.
pub struct Shown {
    pub parts: Vec<u32>,
    pub by_number: u32,
}

impl Shown {
    pub fn seats(&self) -> u32 {
        self.parts.iter().sum()
    }

    /// By name each; of the others as many as there are more, or still; `None` where the feed tells neither.
    fn of(parts: &[Part], present: &Present, more: Option<u32>) -> Option<Shown> {
        let mut shown = Shown {
            parts: Vec::new(),
            by_number: 0,
        };
        let mut left = more;
        for part in parts {
            let there = part.people.iter().filter(|person| present.has(person)).count() as u32;
            let unnamed = present.by_number(part);
            let counted = if unnamed > 0 { left?.min(unnamed) } else { 0 };
            left = left.map(|left| left - counted);
            shown.by_number += counted;
            shown.parts.push(there.min(part.seats) + counted);
        }
        Some(shown)
    }
}

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

    pub fn present(&self, name: &Name) -> Present {
        let Some(reading) = &self.queues[name].last else {
            return Present::default();
        };
        let is_away = |person: &Name| self.paused(name, self.pool_of(person)) == Paused::Away;
        let mut paused_away = 0;
        let people: Option<BTreeSet<Name>> = reading.agents.as_ref().map(|agents| {
            let there = agents.iter().filter(|agent| match agent.state {
                AgentState::SignedOut => false,
                AgentState::Paused => !is_away(&agent.person),
                AgentState::Available | AgentState::Busy => true,
            });
            there.map(|agent| agent.person.clone()).collect()
        });
        match &reading.agents {
            Some(agents) => {
                let paused = agents.iter().filter(|agent| agent.state == AgentState::Paused);
                paused_away += paused.filter(|agent| is_away(&agent.person)).count() as u32;
            }
            None if self.paused(name, None) == Paused::Away => paused_away = reading.paused.unwrap_or(0),
            None => {}
        }
        let named = people.as_ref().map(|people| people.len() as u32);
        let number = reading
            .signed_in
            .map(|number| number.saturating_sub(paused_away))
            .or(named);
        let ours = people
            .iter()
            .flatten()
            .filter(|person| self.pool_of(person).is_some())
            .count() as u32;
        Present {
            others: number.map(|number| number.saturating_sub(ours)),
            number,
            people,
        }
    }

    /// Whose shift turned by the roster in those minutes, and whom the feed cannot tell by name: they are no proof.
    fn shifts_turned(&self, present: &Present, turned: impl Fn(&Shift) -> bool) -> u32 {
        let roster = self.plan.roster.iter();
        let unknown = roster.filter(|one| present.people.is_none() || self.pool_of(&one.person).is_none());
        unknown.filter(|one| one.shifts.iter().any(&turned)).count() as u32
    }

    /// How many of a move the feed shows, the shifts that began since taken off.
    fn proof(&self, present: &Present, one: &Move) -> Option<Shown> {
        let begun = if present.all_by_number(&one.parts) > 0 {
            self.shifts_turned(present, |shift| {
                one.issued_at < shift.from.0 && shift.from.0 <= self.now
            })
        } else {
            0
        };
        self.shown(present, one, begun)
    }

    pub fn shown(&self, present: &Present, one: &Move, begun: u32) -> Option<Shown> {
        if !one.can_be_shown() {
            return None;
        }
        let more = present.others.zip(one.number_before);
        let more = more.map(|(now, before)| now.saturating_sub(before).saturating_sub(begun));
        Shown::of(&one.parts, present, more)
    }

    /// People of a queue who may yet appear in the feed's number: whoever had the time to come is not waited for.
    pub fn coming_by_number(&self, name: &Name) -> u32 {
        let (queue, present) = (&self.queues[name], self.present(name));
        let may_come = |one: &&Move| {
            let in_time = one
                .settled
                .is_none_or(|settled| queue.clock < settled + one.settle_within);
            one.can_be_shown() && !one.vouched && in_time
        };
        let coming = queue.stack.iter().filter(may_come);
        coming
            .map(|one| {
                let shown = self.shown(&present, one, 0).map_or(0, |shown| shown.by_number);
                present.all_by_number(&one.parts).saturating_sub(shown)
            })
            .sum()
    }

    /// People of a queue who have gone, or were told to, and are still in the feed's number.
    pub fn going_by_number(&self, name: &Name) -> u32 {
        let (queue, present) = (&self.queues[name], self.present(name));
        let departed = queue.departed.iter().filter(|departed| departed.until > queue.clock);
        let others = present.others.unwrap_or(0);
        let departed = departed.map(|one| one.seats.saturating_sub(one.number_before.saturating_sub(others)));
        let leaving = 0..queue.leaving.len();
        let leaving = leaving.filter(|index| !queue.leaving[*index].one.shadow).map(|index| {
            let counted = present.all_by_number(&queue.leaving[index].one.parts);
            self.still_there(name, &present, index, 0)
                .map_or(counted, |shown| shown.by_number)
        });
        leaving.chain(departed).sum()
    }

    /// Of a sign-out, who is still on the phones.
    fn still_there(&self, name: &Name, present: &Present, index: usize, ended: u32) -> Option<Shown> {
        let leaving = &self.queues[name].leaving[index];
        if leaving.one.shadow {
            return None;
        }
        let stay = leaving.number_before.zip(present.others).map(|(before, now)| {
            let gone = before.saturating_sub(now).saturating_sub(ended);
            present.all_by_number(&leaving.one.parts).saturating_sub(gone)
        });
        Shown::of(&leaving.one.parts, present, stay)
    }

    /// Of a sign-out, who is shown gone: each who is named, and the others once as many fewer are there as all of them.
    fn gone_parts(&self, name: &Name, index: usize) -> Vec<Part> {
        let (leaving, present) = (&self.queues[name].leaving[index], self.present(name));
        let parts = &leaving.one.parts;
        let ended = if present.all_by_number(parts) > 0 {
            self.shifts_turned(&present, |shift| leaving.since < shift.to.0 && shift.to.0 <= self.now)
        } else {
            0
        };
        let Some(shown) = self.still_there(name, &present, index, ended) else {
            return Vec::new();
        };
        let gone = parts.iter().zip(&shown.parts).map(|(part, there)| {
            let unnamed = present.by_number(part);
            let mut people: Vec<Name> = part.people.clone();
            people.retain(|person| present.people.is_some() && !present.has(person));
            let mut seats = people.len() as u32;
            // Of more names than seats nobody knows who was there.
            if part.people.len() as u32 > part.seats {
                seats = (part.seats - unnamed).saturating_sub(*there);
                people.clear();
            }
            if shown.by_number == 0 {
                seats += unnamed;
            }
            Part {
                pool: part.pool.clone(),
                seats,
                people,
            }
        });
        gone.filter(|part| part.seats > 0).collect()
    }

    pub fn settled_and_freed(&mut self, name: &Name) {
        if self.queues[name].blind {
            return;
        }
        for index in 0..self.queues[name].stack.len() {
            self.settles(name, index);
        }
        let mut index = 0;
        while index < self.queues[name].leaving.len() {
            if !self.frees(name, index) {
                index += 1;
            }
        }
    }

    fn settles(&mut self, name: &Name, index: usize) {
        let present = self.present(name);
        let shown = self.proof(&present, &self.queues[name].stack[index]);
        let shown = shown.map(|shown| shown.seats());
        let queue = self.queue(name);
        let clock = queue.clock;
        let one = &mut queue.stack[index];
        let (id, mut words) = (one.id, Vec::new());
        let to_show = one.response != Response::Shown || one.doubted_from.is_some();
        if to_show && shown.is_some_and(|shown| shown >= one.seats()) {
            one.response = Response::Shown;
            one.done_by = Some("feed".to_owned());
            (one.doubted_from, one.asked_about) = (None, false);
            let there = one.people().filter(|person| present.has(person)).cloned();
            one.came = there.collect();
            queue.open.retain(|open| open.id != id);
            queue.settle(index);
            words.push(format!("settled {id} as shown"));
        } else {
            if one.settled.is_none() && one.deadline.is_some_and(|deadline| deadline <= clock) {
                if one.shadow {
                    one.response = Response::Done;
                }
                queue.settle(index);
                words.push(format!("settled {id} by time"));
            }
            let one = &mut queue.stack[index];
            let doubted = one.doubted_from.is_some_and(|deadline| deadline <= clock);
            if let Some(shown) = shown.filter(|_| doubted) {
                (one.doubted_from, one.asked_about) = (None, true);
                words.push(format!("not_shown {id} {} {shown}", one.seats()));
            }
        }
        words.into_iter().for_each(|what| self.say(name, what));
    }

    /// Whether a sign-out is wholly done with.
    fn frees(&mut self, name: &Name, index: usize) -> bool {
        let gone = self.gone_parts(name, index);
        let clock = self.queues[name].clock;
        let leaving = &self.queues[name].leaving[index];
        let by_time = leaving.deadline.is_some_and(|deadline| deadline <= clock);
        let (id, shown) = (leaving.id, !gone.is_empty());
        if !shown && !by_time {
            return false;
        }
        let some = shown && seats_of(&gone) < leaving.one.seats();
        let parts = if some { gone } else { leaving.one.parts.clone() };
        self.say(name, format!("freed {id}"));
        if !self.free(name, index, &parts, !shown) {
            return self.frees(name, index);
        }
        // What the feed shows needs no answer; what only had its time waits for one, as long as somebody may give it.
        let queue = self.queue(name);
        queue
            .open
            .retain(|open| open.id != id || (!shown && open.due.is_some()));
        true
    }

    /// Some of a sign-out are free; whether that was the last of them. Where only a word or the time says so, the feed's number may
    /// show them yet.
    pub fn free(&mut self, name: &Name, index: usize, parts: &[Part], unseen: bool) -> bool {
        let leaving = &self.queues[name].leaving[index];
        let shadow = leaving.one.shadow;
        let unseen = unseen && !shadow;
        let seats = if unseen {
            self.present(name).all_by_number(parts)
        } else {
            0
        };
        self.back(shadow, parts);
        let queue = self.queue(name);
        let clock = queue.clock;
        let leaving = &mut queue.leaving[index];
        if let Some(before) = leaving.number_before.filter(|_| seats > 0) {
            leaving.number_before = Some(before.saturating_sub(seats));
            let until = clock + leaving.settle_within;
            queue.departed.push(Departed {
                seats,
                number_before: before,
                until,
            });
        }
        leaving.one.parts = without(&leaving.one.parts, parts);
        if seats_of(&leaving.one.parts) == 0 {
            queue.leaving.remove(index);
            return true;
        }
        false
    }
}
