//! The floor was counted: whoever is there has come, whoever is not is back where they belong (plan: "Orders by hand").

use super::answer::PEOPLE_LIMIT;
use super::limit;
use crate::ladder::Tier;
use crate::moves::{self, Doubt, Move, Response, Settling, absent, parts_of, set_seats, worded};
use crate::queue::{Ordered, Queue, Wanted};
use crate::{Action, Actor, Core, Counted, Found, InstructionId, Millis, Name, Part, Recounted, Refusal, Time, What};
use std::collections::BTreeSet;

impl Core {
    pub(super) fn admit_count(&self, queue: &Queue, counted: &[Counted], extra: &[Part]) -> Result<(), Refusal> {
        let wrong = |what| Err(Refusal::NotACount { what });
        if counted.is_empty() && extra.is_empty() {
            return wrong("nothing_came");
        }
        let people = counted
            .iter()
            .map(|one| one.people.len())
            .chain(extra.iter().map(|part| part.people.len()));
        limit("seats", people.sum::<usize>() as i64, i64::from(PEOPLE_LIMIT))?;
        let mut seen = BTreeSet::new();
        for one in counted {
            admit_counted(queue, one)?;
            if !seen.insert(one.instruction) {
                return wrong("instruction_twice");
            }
        }
        let mut named: BTreeSet<&Name> = BTreeSet::new();
        for person in counted
            .iter()
            .flat_map(|one| &one.people)
            .chain(extra.iter().flat_map(|part| &part.people))
        {
            if !named.insert(person) {
                return wrong("person_twice");
            }
        }
        extra.iter().try_for_each(|part| self.admit_extra(queue, part))?;
        // A number alone does not tell who of a move is there.
        let by_name = counted.iter().filter(|one| one.seats == 0 || !one.people.is_empty());
        let counted_by_name: BTreeSet<InstructionId> = by_name.map(|one| one.instruction).collect();
        let elsewhere = |person: &Name| {
            let queue = self.derived.ledger.queue_of(person).map(|index| &self.queues[index]);
            let others = queue.into_iter().flat_map(Queue::away).filter(|one| !one.shadow);
            others
                .filter(|one| !counted_by_name.contains(&one.instruction))
                .any(|one| one.names(person))
        };
        if named.into_iter().any(elsewhere) {
            return wrong("stands_elsewhere");
        }
        Ok(())
    }

    /// People who are there without being on any move.
    fn admit_extra(&self, queue: &Queue, part: &Part) -> Result<(), Refusal> {
        limit("seats", i64::from(part.seats), i64::from(PEOPLE_LIMIT))?;
        let pool = part.pool.as_ref();
        if pool.and_then(|pool| self.tier_for(queue, pool)).is_none() {
            return Err(Refusal::NoTierFor {
                queue: queue.name.clone(),
                pool: part.pool.clone(),
            });
        }
        if part.seats == 0 || (!part.people.is_empty() && part.people.len() != part.seats as usize) {
            let what = "extra_without_number";
            return Err(Refusal::NotACount { what });
        }
        Ok(())
    }

    pub(super) fn absorb_count(&mut self, index: usize, by: Actor, moves: Vec<Counted>, extra: Vec<Part>, at: Time) {
        let what = Wanted::Count { moves, extra };
        self.queues[index].ordered = Some(Ordered { at, by, what });
    }

    /// The first tier of the ladder in force that draws on a pool, and whose people could be there.
    fn tier_for<'a>(&self, queue: &'a Queue, pool: &Name) -> Option<&'a Tier> {
        let tiers = &self.ladder(queue)?.tiers;
        tiers.iter().find(|tier| tier.pools.contains(pool))
    }

    /// What a count of the floor puts right.
    pub(super) fn decide_count(&self, queue: &Queue, at: Time) -> Option<What> {
        let Ordered { by, what, .. } = queue.ordered.as_ref().filter(|ordered| ordered.at == at)?;
        let Wanted::Count { moves, extra } = what else {
            return None;
        };
        let recounted = moves.iter().filter_map(|counted| {
            let mut away = queue.away();
            let one = away.find(|one| one.instruction == counted.instruction)?;
            let mut after = one.parts.clone();
            if !counted.people.is_empty() {
                let first = after.first().and_then(|part| part.pool.clone());
                let pool_of = |person: &Name| self.derived.staff.pool_of(person).cloned();
                after = parts_of(pool_of, first, counted.people.clone());
            }
            if counted.seats != moves::seats(&after) {
                set_seats(&mut after, counted.seats);
            }
            Some(Recounted {
                instruction: one.instruction,
                tier: one.tier.clone(),
                before: worded(&one.parts),
                after,
            })
        });
        Some(What::Counted {
            by: by.clone(),
            moves: recounted.collect(),
            found: self.found(queue, extra),
        })
    }

    /// The moves on which people stand who were found without one.
    fn found(&self, queue: &Queue, extra: &[Part]) -> Vec<Found> {
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
            // Whoever is named is of their own pool, whichever was counted.
            let parts = match part.people.is_empty() {
                true => vec![part.clone()],
                false => {
                    let pool_of = |person: &Name| self.derived.staff.pool_of(person).cloned();
                    parts_of(pool_of, part.pool.clone(), part.people.clone())
                }
            };
            found.extend(parts.into_iter().map(|part| Found {
                instruction,
                tier: tier.name.clone(),
                part,
            }));
        }
        found
    }

    pub(super) fn apply_counted(&mut self, index: usize, moves: &[Recounted], found: &[Found], at: Time) {
        let new = found.iter().map(|one| one.instruction).max();
        self.last_instruction = self.last_instruction.max(new.unwrap_or(InstructionId(0)));
        found
            .iter()
            .for_each(|one| self.note_instruction(one.instruction, index));
        let ladder = self.ladder(&self.queues[index]);
        let settle_within = ladder.map_or(Millis::ZERO, |ladder| ladder.settle_within);
        let queue = &mut self.queues[index];
        let now = queue.seen(at);
        queue.ordered = None;
        for counted in moves {
            let (before, after) = (moves::seats(&counted.before), moves::seats(&counted.after));
            let mut recount = |one: &mut Move| {
                let gone = absent(&one.parts, &counted.after);
                let replaced = one.replaced(gone.iter().flat_map(|part| &part.people));
                self.people.back(&gone, at);
                one.parts.clone_from(&counted.after);
                let there: Vec<Name> = one.people().cloned().collect();
                one.there.retain(|person| there.contains(person));
                one.missing.clear();
                replaced
            };
            let on_stack = queue
                .stack
                .iter_mut()
                .find(|one| one.instruction == counted.instruction);
            if let Some(one) = on_stack {
                let replaced = recount(one);
                one.doubt = Doubt::None;
                one.response = one.response.max(Response::Done);
                one.settle(now);
                let tier = one.tier.clone();
                queue.close(counted.instruction);
                if before > after && after > 0 {
                    queue.some_went(&tier, (before - after).saturating_sub(replaced));
                }
            } else if let Some(leaving) = queue
                .leaving
                .iter_mut()
                .find(|leaving| leaving.of.instruction == counted.instruction)
            {
                recount(&mut leaving.of);
            }
        }
        queue.stack.retain(|one| !one.parts.is_empty());
        let gone = queue.leaving.iter().filter(|leaving| leaving.of.parts.is_empty());
        let gone: Vec<InstructionId> = gone.map(|leaving| leaving.sign_out).collect();
        gone.iter().for_each(|sign_out| queue.close(*sign_out));
        queue.leaving.retain(|leaving| !leaving.of.parts.is_empty());
        for one in found {
            queue.find(one, settle_within, at);
        }
        if !queue.stack.is_empty() {
            queue.surge.get_or_insert(at);
        }
        queue.stack_changed(at);
        self.recount(index);
    }
}

/// Whether one move can be counted so.
fn admit_counted(queue: &Queue, one: &Counted) -> Result<(), Refusal> {
    let wrong = |what| Err(Refusal::NotACount { what });
    limit("seats", i64::from(one.seats), i64::from(PEOPLE_LIMIT))?;
    let away = || queue.away().filter(|away| away.instruction == one.instruction);
    if !away().any(|away| !away.shadow) {
        return Err(Refusal::NotOnQueue {
            queue: queue.name.clone(),
            instruction: one.instruction,
        });
    }
    if away().count() > 1 {
        return wrong("half_way_back");
    }
    if !one.people.is_empty() && one.people.len() != one.seats as usize {
        return wrong("number_and_names_differ");
    }
    Ok(())
}

impl Queue {
    /// Puts people on the stack whom a count found without a move.
    fn find(&mut self, found: &Found, settle_within: Millis, at: Time) {
        if let Some(one) = self.on_stack_mut(found.instruction) {
            one.join(&found.part);
            return;
        }
        // What was only decided in shadow has come true.
        self.stack.retain(|one| !one.shadow || one.tier != found.tier);
        let now = self.seen(at);
        let place = self.stack.partition_point(|one| one.instruction < found.instruction);
        let one = Move {
            instruction: found.instruction,
            action: Action::SignIn,
            tier: found.tier.clone(),
            parts: vec![found.part.clone()],
            issued: at,
            asked: now,
            beside: false,
            settle_within,
            settling: Settling::Settled(now),
            next_after: None,
            next_from: None,
            hold_until: None,
            response: Response::Done,
            done_by: None,
            number_before: None,
            vouched: true,
            shadow: false,
            longer_by: Millis::ZERO,
            doubt: Doubt::None,
            kept: None,
            there: Vec::new(),
            missing: Vec::new(),
        };
        self.stack.insert(place, one);
    }
}
