//! What is remembered of each person, so that asking is fair and nobody is worn out: when they were asked last and how often, when
//! they went back, and by how much their shifts were made longer.

use crate::ladder::{Plan, Pool, Shift};
use crate::moves::nameless;
use crate::{Chosen, InstructionId, Millis, Name, Part, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many longer shifts of one person are remembered: more than fit into the weeks over which hours are averaged.
const STAYS_LIMIT: usize = 64;

/// So long whoever has left the plan is remembered.
const KEPT_WITHOUT_PLAN: Millis = Millis::from_mins(7 * 24 * 60);

/// Everybody who was ever asked by name and is still in the plan, or was a week ago.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct People {
    known: BTreeMap<Name, Person>,
    /// People of moves that were declined a while ago.
    declines: Vec<Decline>,
}

/// As it is written down: whoever forgets people finds each under the key `person` or `people`.
#[derive(Serialize, Deserialize)]
struct Kept {
    known: Vec<Person>,
    declines: Vec<Decline>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Person {
    person: Name,
    asked_at: Option<Time>,
    times: u32,
    back_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stays: Vec<Stay>,
}

/// A move that was declined, or done with nobody: its people are asked by no other tier until then.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Decline {
    instruction: InstructionId,
    parts: Vec<Part>,
    until: Time,
}

/// A shift that was made longer.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Stay {
    /// When the shift would have ended.
    to: Time,
    by: Millis,
}

impl From<Kept> for People {
    fn from(Kept { known, declines }: Kept) -> People {
        let known = known
            .into_iter()
            .map(|person| (person.person.clone(), person))
            .collect();
        People { known, declines }
    }
}

impl From<People> for Kept {
    fn from(People { known, declines }: People) -> Kept {
        let known = known.into_values().collect();
        Kept { known, declines }
    }
}

impl People {
    /// These people are asked now.
    pub fn asked(&mut self, parts: &[Part], at: Time) {
        for person in parts.iter().flat_map(|part| &part.people) {
            let known = self.entry(person);
            known.asked_at = Some(at);
            known.times = known.times.saturating_add(1);
        }
    }

    /// These people have gone back to their own work.
    pub fn back(&mut self, parts: &[Part], at: Time) {
        for person in parts.iter().flat_map(|part| &part.people) {
            self.entry(person).back_at = Some(at);
        }
    }

    /// These people have taken it on to stay longer than the shift that they are on.
    pub fn stay(&mut self, plan: &Plan, parts: &[Part], by: Millis, at: Time) {
        for person in parts.iter().flat_map(|part| &part.people) {
            let Some(shift) = plan.shifts(person).and_then(|shifts| current(shifts, at)) else {
                continue;
            };
            let stays = &mut self.entry(person).stays;
            if stays.iter().any(|stay| stay.to == shift.to) {
                continue;
            }
            if stays.len() == STAYS_LIMIT {
                stays.remove(0);
            }
            stays.push(Stay { to: shift.to, by });
        }
    }

    /// Forgets whoever is in no pool and no roster any more, and was not called for a week: a plan that is put back finds them as they were.
    pub fn retain(&mut self, plan: &Plan, now: Time) {
        let in_pool = |person: &Name| plan.pools.values().any(|pool| pool.people.contains(person));
        self.known.retain(|person, known| {
            let last = known.asked_at.max(known.back_at);
            last.is_some_and(|last| now - last < KEPT_WITHOUT_PLAN) || plan.shifts(person).is_some() || in_pool(person)
        });
    }

    /// Who comes before whom: asked least recently, then least often.
    pub fn turn(&self, person: &Name) -> (Option<Time>, u32) {
        self.known
            .get(person)
            .map_or((None, 0), |known| (known.asked_at, known.times))
    }

    /// Why a person comes before others, for the instruction that asks them.
    pub fn chosen(&self, plan: &Plan, person: &Name, at: Time) -> Chosen {
        let (asked_at, times) = self.turn(person);
        let shift = plan.shifts(person).and_then(|shifts| current(shifts, at));
        Chosen {
            person: person.clone(),
            asked_at,
            times,
            until: shift.map(|shift| shift.to),
        }
    }

    /// Until when a person of a pool rests; `None`: they may be asked.
    pub fn resting_until(&self, pool: &Pool, person: &Name, at: Time) -> Option<Time> {
        if pool.rest_between == Millis::ZERO {
            return None;
        }
        let back_at = self.known.get(person)?.back_at?;
        Some(back_at + pool.rest_between).filter(|until| *until > at)
    }

    /// Whether a person may stay longer than a shift of theirs, by the hours of its day and its weeks.
    pub fn may_stay(&self, person: &Name, shift: &Shift, by: Millis) -> bool {
        let stays = self.known.get(person).map_or(&[][..], |known| &known.stays);
        let stayed = stays
            .iter()
            .filter(|stay| stay.to > shift.week_from && stay.to <= shift.to)
            .map(|stay| stay.by.0)
            .fold(0, i64::saturating_add);
        let already = stays.iter().any(|stay| stay.to == shift.to);
        !already && by <= shift.day_left && by.0.saturating_add(stayed) <= shift.week_left.0
    }

    /// Whether a person has taken it on to stay past a moment.
    pub fn stays_past(&self, person: &Name, at: Time) -> bool {
        let stays = self.known.get(person).map_or(&[][..], |known| &known.stays);
        stays.iter().any(|stay| stay.to <= at && at < stay.to + stay.by)
    }

    /// A move was declined, or done with nobody.
    pub fn declined(&mut self, instruction: InstructionId, parts: Vec<Part>, at: Time, until: Time) {
        self.declines.retain(|decline| decline.until > at);
        let decline = Decline {
            instruction,
            parts,
            until,
        };
        self.declines.push(decline);
    }

    /// It was a mistake: they are there after all, or were asked anew.
    pub fn not_declined(&mut self, instruction: InstructionId) {
        self.declines.retain(|decline| decline.instruction != instruction);
    }

    /// Whether a person has said no a while ago.
    pub fn has_declined(&self, person: &Name, at: Time) -> bool {
        let mut parts = self.declining(at).flat_map(|decline| &decline.parts);
        parts.any(|part| part.people.contains(person))
    }

    /// How many of a pool have said no a while ago, without anybody knowing who.
    pub fn declined_of(&self, pool: &Name, at: Time) -> u32 {
        let parts = self.declining(at).flat_map(|decline| &decline.parts);
        let parts = parts.filter(|part| part.pool.as_ref() == Some(pool));
        parts.map(nameless).fold(0, u32::saturating_add)
    }

    /// When the first of them may be asked again.
    pub fn next_decline_over(&self, at: Time) -> Option<Time> {
        self.declining(at).map(|decline| decline.until).min()
    }

    fn declining(&self, at: Time) -> impl Iterator<Item = &Decline> {
        self.declines.iter().filter(move |decline| decline.until > at)
    }

    fn entry(&mut self, person: &Name) -> &mut Person {
        self.known.entry(person.clone()).or_insert_with(|| Person {
            person: person.clone(),
            asked_at: None,
            times: 0,
            back_at: None,
            stays: Vec::new(),
        })
    }
}

/// The shift that a person is on.
pub fn current(shifts: &[Shift], at: Time) -> Option<&Shift> {
    let after = shifts.partition_point(|shift| shift.from <= at);
    shifts[..after].last().filter(|shift| at < shift.to)
}

/// The shift that a person is on next.
pub fn next(shifts: &[Shift], at: Time) -> Option<&Shift> {
    shifts.get(shifts.partition_point(|shift| shift.from <= at))
}

/// Whether a person is on duty; whoever is not in the roster always is.
pub fn is_on_duty(plan: &Plan, person: &Name, at: Time) -> bool {
    plan.shifts(person).is_none_or(|shifts| current(shifts, at).is_some())
}

/// All moments at which somebody comes on duty or goes off it, rising.
pub fn changes_of_duty(plan: &Plan) -> Vec<Time> {
    let shifts = plan.roster.iter().flat_map(|one| &one.shifts);
    let mut changes: Vec<Time> = shifts.flat_map(|shift| [shift.from, shift.to]).collect();
    changes.sort_unstable();
    changes.dedup();
    changes
}

/// The first of those moments after another.
pub fn next_change(changes: &[Time], after: Time) -> Option<Time> {
    changes.get(changes.partition_point(|change| *change <= after)).copied()
}
