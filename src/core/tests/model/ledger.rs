//! "Seats": one ledger of seats and people.

use super::{Model, Move, Part};
use std::collections::BTreeSet;
use surged_core::{Action, Name};

impl Model {
    /// Physical seats, less the people whom the feeds show signed in, less those asked, answered or settled whom none shows yet.
    /// People at their own desk need none.
    pub fn room(&self, shadow: bool) -> u32 {
        let Some(physical) = self.plan.physical_seats else {
            return u32::MAX;
        };
        let named = self.named();
        let mut taken = named.len() as u32;
        for (name, queue) in &self.queues {
            taken += self.number(name).unwrap_or(0);
            let told = queue.last.as_ref();
            let told = told.is_some_and(|last| last.signed_in.is_some() || last.agents.is_some());
            let moved = queue
                .stack
                .iter()
                .chain(queue.leaving.iter().filter(|_| !told).map(|leaving| &leaving.one));
            for one in moved.filter(|one| shadow || !one.shadow) {
                taken += self.not_shown_yet(name, one, told, &named);
            }
        }
        physical.saturating_sub(taken)
    }

    /// Everybody whom a feed names on the phones: each counts once.
    fn named(&self) -> BTreeSet<Name> {
        let mut named = BTreeSet::new();
        for (name, queue) in &self.queues {
            let Some(last) = &queue.last else { continue };
            let agents = last.agents.iter().flatten();
            let there = agents.filter(|agent| self.shows(name, last, &agent.person));
            named.extend(there.map(|agent| agent.person.clone()));
        }
        named
    }

    /// Seats of a move that no feed shows taken.
    fn not_shown_yet(&self, name: &Name, one: &Move, told: bool, named: &BTreeSet<Name>) -> u32 {
        if one.action == Action::ExtendShift {
            return 0;
        }
        let reading = self.queues[name].last.as_ref();
        let names = reading.is_some_and(|last| last.agents.is_some());
        let mut by_number = match told && !one.shadow {
            true => self.seen_by_number(name, one),
            false => 0,
        };
        let mut taken = 0;
        for part in one.parts.iter().filter(|part| !self.is_own_desk(part)) {
            let named_there = part.people.iter().filter(|person| named.contains(*person)).count() as u32;
            let asked_gone = part
                .people
                .iter()
                .filter(|person| one.asked_gone.contains(*person))
                .count() as u32;
            let mut left = part.seats - named_there - asked_gone;
            let nameless = if names {
                part.seats - part.people.len() as u32
            } else {
                left
            };
            let shown = by_number.min(nameless).min(left);
            by_number -= shown;
            left -= shown;
            taken += left;
        }
        taken
    }

    fn seen_by_number(&self, name: &Name, one: &Move) -> u32 {
        let by_name = |last: &surged_core::Reading| {
            let people = one.parts.iter().flat_map(|part| &part.people);
            people.filter(|person| self.shows(name, last, person)).count() as u32
        };
        let last = self.queues[name].last.as_ref();
        let by_name = last.map_or(0, by_name);
        self.shown(name, one).map_or(0, |shown| shown - by_name.min(shown))
    }

    fn is_own_desk(&self, part: &Part) -> bool {
        part.pool.as_ref().is_some_and(|pool| self.plan.pools[pool].own_desk)
    }
}
