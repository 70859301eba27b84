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

    /// People whom it counts and does not name.
    pub fn unnamed(&self) -> u32 {
        let named = self.people.as_ref().map_or(0, |people| count(people.len()));
        self.number.map_or(0, |number| number.saturating_sub(named))
    }
}

/// How many of a move's people the feed shows, part by part.
#[derive(Clone, PartialEq, Debug)]
pub struct Proof {
    /// Of each part.
    pub parts: Vec<u32>,
    /// Of these by number alone: as many more are signed in, whoever they are.
    pub by_number: u32,
    /// Those shown by name.
    pub people: Vec<Name>,
}

impl Proof {
    /// People by name; those without a name, or all where the feed names nobody, by `more` who are there beyond what was before.
    /// `None`: the feed can tell neither.
    pub fn of(parts: &[Part], present: &Present, more: Option<u32>) -> Option<Proof> {
        let mut proof = Proof {
            parts: Vec::with_capacity(parts.len()),
            by_number: 0,
            people: Vec::new(),
        };
        let mut left = more;
        for part in parts {
            let (named, unnamed) = if present.people.is_some() {
                let there = part.people.iter().filter(|person| present.has(person));
                let before = proof.people.len();
                proof.people.extend(there.cloned());
                let named = count(proof.people.len() - before).min(part.seats);
                (named, nameless(part))
            } else {
                (0, part.seats)
            };
            let by_number = if unnamed > 0 { left?.min(unnamed) } else { 0 };
            left = left.map(|left| left - by_number);
            proof.by_number = proof.by_number.saturating_add(by_number);
            proof.parts.push(named.saturating_add(by_number));
        }
        Some(proof)
    }

    /// How many in all.
    pub fn seats(&self) -> u32 {
        self.parts.iter().copied().fold(0, u32::saturating_add)
    }
}
