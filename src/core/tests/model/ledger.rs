//! "Seats": one ledger of seats and people.

use super::{Model, Move, Part};
use std::collections::BTreeSet;
use surged_core::{Action, Name};

impl Model {
    /// Physical seats, less the people whom the feeds show, less those asked, answered or settled whom none shows yet.
    pub fn room(&self, shadow: bool) -> u32 {
        let Some(physical) = self.plan.physical_seats else {
            return u32::MAX;
        };
        // Whoever is named counts once, on however many queues, and however often asked.
        let (mut named, mut waited_for) = (BTreeSet::new(), BTreeSet::new());
        let mut taken = 0;
        for (name, queue) in &self.queues {
            let present = self.present(name);
            let told = present.number.is_some();
            if told {
                taken += present.unnamed();
                named.extend(present.people.iter().flatten().cloned());
            }
            for one in queue.stack.iter().filter(|one| shadow || !one.shadow) {
                let shown = self.shown(&present, one, 0).filter(|_| told);
                for (position, part) in one
                    .parts
                    .iter()
                    .enumerate()
                    .filter(|(_, part)| self.takes_seat(one, part))
                {
                    if one.vouched && !one.shadow {
                        continue;
                    }
                    let shown = shown.as_ref().map_or(0, |shown| shown.parts[position]);
                    let mut seats = part.seats.saturating_sub(shown);
                    let wholly = part.people.len() <= part.seats as usize;
                    if told && present.people.is_some() && wholly && !one.shadow {
                        // Those with a name are waited for by name, until any feed shows them.
                        let absent = part.people.iter().filter(|person| !present.has(person));
                        seats = seats.saturating_sub(absent.count() as u32);
                        let asked_about = |person: &Name| {
                            let missing = one.missing.get(person);
                            missing.is_some_and(|missing| missing.left_at.is_some())
                        };
                        waited_for.extend(part.people.iter().filter(|person| !asked_about(person)).cloned());
                    }
                    taken += seats;
                }
            }
            // Nobody else tells that they still sit there.
            let leaving = queue.leaving.iter().map(|leaving| &leaving.one);
            for one in leaving.filter(|one| !told && (shadow || !one.shadow)) {
                let sitting = one.parts.iter().filter(|part| self.takes_seat(one, part));
                taken += sitting.map(|part| part.seats).sum::<u32>();
            }
        }
        taken += named.union(&waited_for).count() as u32;
        physical.saturating_sub(taken)
    }

    /// People at their own desk need none, nor those who stay.
    fn takes_seat(&self, one: &Move, part: &Part) -> bool {
        let own_desk = part.pool.as_ref().is_some_and(|pool| self.plan.pools[pool].own_desk);
        one.action != Action::ExtendShift && !own_desk
    }
}
