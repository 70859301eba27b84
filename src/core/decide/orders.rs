//! Orders by hand, which were admitted in this very millisecond (plan: "Orders by hand").

use super::super::absorb::{correct, merge};
use super::super::ladder::{SeatRange, Seats, Tier};
use super::super::queue::{Ordered, Queue, Response, Wanted};
use super::super::roster::{Request, Wish};
use super::super::{
    Action, Actor, Core, Counted, Found, InstructionId, Name, Part, Reason, Recounted, Shortage, Time, What,
};
use super::{Told, release_action};

impl Core {
    pub(super) fn decide_order(&self, queue: &Queue, at: Time) -> Option<What> {
        let Ordered { by, what, .. } = queue.ordered.as_ref().filter(|ordered| ordered.at == at)?;
        match what {
            Wanted::Call { tier, seats } => {
                let (tier, request) = self.ordered_call(queue, tier.as_ref(), *seats, at)?.ok()?;
                let told = Told {
                    by: Some(by.clone()),
                    shadow: false,
                };
                let reason = Reason::Order { by: by.clone() };
                Some(self.instruct(queue, tier, request, reason, told, false, at))
            }
            Wanted::Release { instruction } => {
                let one = queue.stack.iter().find(|one| one.instruction == *instruction)?;
                let action = if one.response == Response::None {
                    Action::StandDown
                } else {
                    release_action(one)
                };
                let reason = Reason::Order { by: by.clone() };
                Some(self.take_back(queue, one, one.parts.clone(), action, reason, Some(by.clone()), at))
            }
            Wanted::Count { moves, extra } => Some(self.count(queue, by, moves, extra)),
        }
    }

    /// The tier that an order to call is for, and what it asks for: the one that it names, else the first that draws on pools and has
    /// anyone to give. `None`: there is no such tier.
    ///
    /// # Errors
    /// Why nobody can be asked.
    pub(crate) fn ordered_call<'a>(
        &'a self,
        queue: &'a Queue,
        tier: Option<&Name>,
        seats: Option<u32>,
        at: Time,
    ) -> Option<Result<(&'a Tier, Request), Shortage>> {
        let ask = |tier: &'a Tier| {
            let wish = Wish {
                seats: seats.map_or(tier.seats, |seats| Seats::Range(SeatRange { min: seats, max: seats })),
                by_hand: true,
                shadow: false,
            };
            self.compose_as(queue, tier, wish, at, |_| None)
                .map(|request| (tier, request))
        };
        let mut tiers = self.ladder(queue)?.tiers.iter();
        if let Some(name) = tier {
            return tiers.find(|one| one.name == *name).map(ask);
        }
        tiers
            .filter(|tier| !tier.pools.is_empty() && !self.is_taken(queue, tier))
            .map(ask)
            .find(Result::is_ok)
    }

    /// The first tier of the ladder in force that draws on a pool, and whose people could be there.
    pub(crate) fn tier_for(&self, queue: &Queue, pool: &Name) -> Option<&Tier> {
        let tiers = &self.ladder(queue)?.tiers;
        tiers.iter().find(|tier| tier.pools.contains(pool))
    }

    /// What a count of the floor puts right.
    fn count(&self, queue: &Queue, by: &Actor, moves: &[Counted], extra: &[Part]) -> What {
        let recounted = moves.iter().filter_map(|counted| {
            let mut away = queue.away();
            let one = away.find(|one| one.instruction == counted.instruction)?;
            let mut after = one.clone();
            let people = (!counted.people.is_empty()).then(|| counted.people.clone());
            correct(&self.plan, &mut after, Some(counted.seats), people);
            Some(Recounted {
                instruction: one.instruction,
                tier: one.tier.clone(),
                before: one.parts.clone(),
                after: after.parts,
            })
        });
        let mut next = self.next_instruction();
        let mut found: Vec<Found> = Vec::new();
        for part in extra {
            let Some(tier) = part.pool.as_ref().and_then(|pool| self.tier_for(queue, pool)) else {
                continue;
            };
            let standing = queue.stack.iter().find(|one| one.tier == tier.name && !one.shadow);
            let standing = standing.map(|one| one.instruction);
            let same = found
                .iter()
                .find(|one| one.tier == tier.name)
                .map(|one| one.instruction);
            let instruction = standing.or(same).unwrap_or_else(|| {
                let new = next;
                next = InstructionId(next.0 + 1);
                new
            });
            found.push(Found {
                instruction,
                tier: tier.name.clone(),
                part: part.clone(),
            });
        }
        What::Counted {
            by: by.clone(),
            moves: recounted.collect(),
            found,
        }
    }
}

impl super::super::queue::Move {
    /// More people are on it.
    pub(crate) fn join(&mut self, part: &Part) {
        merge(&mut self.parts, std::slice::from_ref(part));
    }
}
