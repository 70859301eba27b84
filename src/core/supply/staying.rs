//! Step 5, longer shifts: who on the phones may be asked to stay, by the roster, the hours of a day and of weeks, and the physical
//! seats.

use super::Supply;
use super::ledger::needs_seats;
use super::people;
use crate::ladder::{Shift, Tier};
use crate::moves::{Move, count};
use crate::queue::Queue;
use crate::{Action, Name};

impl<'a> Supply<'a> {
    /// People on the phones whose shift ends soon and who may stay, by the hours of their day and weeks, without running into
    /// their next shift. `None`: no roster tells who sits on the phones, so that only a number can be asked for.
    pub fn who_may_stay<'b>(&'b self, queue: &'b Queue, tier: &'b Tier) -> Option<impl Iterator<Item = &'a Name> + 'b> {
        if tier.action != Action::ExtendShift || self.plan.roster.is_empty() {
            return None;
        }
        let plan = self.plan;
        let present = &queue.present;
        let feed_names = plan.roster.iter().any(|one| queue.feed_names(&one.person));
        if !feed_names && !plan.roster.iter().any(|one| self.sits_on_the_phones(&one.person)) {
            return None;
        }
        let (ends_within, by) = (tier.extend.ends_within, tier.extend.by);
        let staying = plan.roster.iter().filter(move |one| {
            let Some(shift) = people::current(&one.shifts, self.now) else {
                return false;
            };
            let there = if feed_names {
                present.has(&one.person)
            } else {
                self.sits_on_the_phones(&one.person)
            };
            let next = people::next(&one.shifts, self.now);
            there
                && shift.to - self.now <= ends_within
                && next.is_none_or(|next| shift.to + by <= next.from)
                && self.people.may_stay(&one.person, shift, by)
                && !self.is_asked_to_stay(&one.person)
        });
        Some(staying.map(|one| &one.person))
    }

    /// People in the roster who are of no pool sit on the phones by themselves.
    fn sits_on_the_phones(&self, person: &Name) -> bool {
        !self.plan.pools.values().any(|pool| pool.people.contains(person))
    }

    fn is_asked_to_stay(&self, person: &Name) -> bool {
        let stays = |one: &Move| one.action == Action::ExtendShift && one.names(person);
        self.queues.iter().flat_map(Queue::away).any(stays)
    }

    /// Keeps so many as have a seat when their shift ends and that of others has begun, by the roster.
    pub fn fit_seats(&self, queue: &Queue, people: &mut Vec<&'a Name>) {
        let Some(physical) = self.plan.physical_seats else {
            return;
        };
        let moved = self
            .queues
            .iter()
            .flat_map(|queue| &queue.stack)
            .filter(|one| !one.shadow);
        let moved = moved
            .map(|one| needs_seats(self.plan, one))
            .fold(0, u32::saturating_add);
        let rostered: Vec<(&Name, &[Shift])> = self
            .plan
            .roster
            .iter()
            .filter(|one| self.sits_on_the_phones(&one.person) || queue.present.has(&one.person))
            .map(|one| (&one.person, one.shifts.as_slice()))
            .collect();
        let mut staying = 0;
        people.retain(|person| {
            let ends = self
                .plan
                .shifts(person)
                .and_then(|shifts| people::current(shifts, self.now));
            let Some(ends) = ends.map(|shift| shift.to) else {
                return false;
            };
            let there = |(person, shifts): &&(&Name, &[Shift])| {
                people::current(shifts, ends).is_some()
                    || self.people.stays_past(person, ends)
                    || self.is_asked_to_stay(person)
            };
            let taken = count(rostered.iter().filter(there).count()).saturating_add(moved);
            let fits = taken.saturating_add(staying) < physical;
            staying += u32::from(fits);
            fits
        });
    }
}
