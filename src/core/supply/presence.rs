//! Who is on the phones of one queue, by the word of its feed (plan: "What the feed proves").

use crate::derived::Setting;
use crate::ladder::{Paused, Plan};
use crate::moves::{count, nameless};
use crate::{Agent, AgentState, Name, Part, Reading};
use std::collections::BTreeMap;

/// What the plan says of people, looked up for every reading.
#[derive(Clone, Debug, Default)]
pub struct Staff {
    /// The first pool that names a person.
    pools: BTreeMap<Name, Name>,
}

impl Staff {
    pub fn of(plan: &Plan) -> Staff {
        let mut pools = BTreeMap::new();
        for (name, pool) in &plan.pools {
            for person in &pool.people {
                pools.entry(person.clone()).or_insert_with(|| name.clone());
            }
        }
        Staff { pools }
    }

    /// The pool that names a person.
    pub fn pool_of(&self, person: &Name) -> Option<&Name> {
        self.pools.get(person)
    }
}

/// Who is on the phones of a queue. What a paused member is, differs by site: signed in, or away.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Present {
    /// By name, sorted; `None`: the feed names nobody.
    pub people: Option<Vec<Name>>,
    /// How many in all; `None`: the feed does not tell.
    pub number: Option<u32>,
    /// How many of them no pool of the plan names.
    pub others: Option<u32>,
}

impl Present {
    /// By the last reading of a queue.
    pub fn of(plan: &Plan, staff: &Staff, queue: &Setting, reading: &Reading) -> Present {
        let rule = queue.plan.as_ref().and_then(|queue| queue.paused);
        let rule = rule.unwrap_or(queue.limits.paused);
        let is_there = |agent: &&Agent| match agent.state {
            AgentState::SignedOut => false,
            AgentState::Available | AgentState::Busy => true,
            AgentState::Paused => {
                let pool = staff.pool_of(&agent.person).and_then(|pool| plan.pools.get(pool));
                pool.and_then(|pool| pool.paused).unwrap_or(rule) == Paused::SignedIn
            }
        };
        let people = reading.agents.as_ref().map(|agents| {
            let there = agents.iter().filter(is_there);
            let mut people: Vec<Name> = there.map(|agent| agent.person.clone()).collect();
            people.sort_unstable();
            people.dedup();
            people
        });
        // By name it is known who is paused; else the number of those who are is taken off.
        let paused_away = match (&reading.agents, rule) {
            (Some(agents), _) => count(agents.iter().filter(|agent| agent.state == AgentState::Paused).count())
                .saturating_sub(count(
                    agents
                        .iter()
                        .filter(|agent| agent.state == AgentState::Paused && is_there(agent))
                        .count(),
                )),
            (None, Paused::Away) => reading.paused.unwrap_or(0),
            (None, Paused::SignedIn) => 0,
        };
        let number = reading.signed_in.map(|signed_in| signed_in.saturating_sub(paused_away));
        let number = number.or(people.as_ref().map(|people| count(people.len())));
        let ours = people.as_ref().map_or(0, |people| {
            count(people.iter().filter(|person| staff.pool_of(person).is_some()).count())
        });
        Present {
            others: number.map(|number| number.saturating_sub(ours)),
            people,
            number,
        }
    }

    /// Whether the feed shows a person.
    pub fn has(&self, person: &Name) -> bool {
        let people = self.people.as_ref();
        people.is_some_and(|people| people.binary_search(person).is_ok())
    }

    /// How many of a part it can show by number alone: all of them where it names nobody.
    fn nameless(&self, part: &Part) -> u32 {
        if self.people.is_some() {
            nameless(part)
        } else {
            part.seats
        }
    }

    /// People whom it counts and does not name.
    pub fn unnamed(&self) -> u32 {
        let named = self.people.as_ref().map_or(0, |people| count(people.len()));
        self.number.map_or(0, |number| number.saturating_sub(named))
    }
}

/// How many of a move's people the feed shows, part by part. Asked for with every reading while a move stands, so it takes no memory.
#[derive(Copy, Clone, Debug)]
pub struct Proof<'a> {
    parts: &'a [Part],
    present: &'a Present,
    /// How many are there by number, of those without a name.
    more: u32,
}

/// How many of a part are shown.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    pub by_name: u32,
    pub by_number: u32,
}

impl Shown {
    pub fn seats(self) -> u32 {
        self.by_name.saturating_add(self.by_number)
    }
}

impl<'a> Proof<'a> {
    /// People by name; those without a name, or all where the feed names nobody, by `more` who are there beyond what was before.
    /// `None`: the feed can tell neither.
    pub fn of(parts: &'a [Part], present: &'a Present, more: Option<u32>) -> Option<Proof<'a>> {
        let by_number = parts.iter().any(|part| present.nameless(part) > 0);
        let more = if by_number { more? } else { 0 };
        Some(Proof { parts, present, more })
    }

    /// Of each part, in order.
    pub fn parts(&self) -> impl Iterator<Item = Shown> + use<'a> {
        let (present, mut left) = (self.present, self.more);
        self.parts.iter().map(move |part| {
            let named = part.people.iter().filter(|person| present.has(person)).count();
            let by_number = left.min(present.nameless(part));
            left -= by_number;
            Shown {
                by_name: count(named).min(part.seats),
                by_number,
            }
        })
    }

    /// How many in all.
    pub fn seats(&self) -> u32 {
        self.parts().map(Shown::seats).fold(0, u32::saturating_add)
    }

    /// How many of them by number alone: as many more are signed in, whoever they are.
    pub fn by_number(&self) -> u32 {
        let by_number = self.parts().map(|shown| shown.by_number);
        by_number.fold(0, u32::saturating_add)
    }

    /// Those shown by name.
    pub fn people(&self) -> impl Iterator<Item = &'a Name> + use<'a> {
        let present = self.present;
        let people = self.parts.iter().flat_map(|part| &part.people);
        people.filter(|person| present.has(person))
    }
}
