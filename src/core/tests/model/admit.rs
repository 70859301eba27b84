//! Whether an answer or an order is possible at all, judged from the plan's words alone: the code of the refusal, where it is not.
//!
//! Two refusals of one kind are told apart by the core in words that the plan leaves open; [`same`] says which count as one.

use super::{Model, Queue};
use std::collections::BTreeSet;
use surged_core::{Actor, Answer, Counted, Input, Name, Order, Part};

/// Somebody is named who is not on the move: refused by name, with whatever code.
const NOT_ON_THE_MOVE: &str = "not on the move";

/// Whether two codes refuse for the same reason, as far as the plan tells.
pub fn same(model: &str, core: &str) -> bool {
    let of_a_count = |code: &str| ["not_a_count", "not_on_queue", "no_tier_for"].contains(&code);
    let of_people = |code: &str| ["nobody_to_give", "short", "no_seat"].contains(&code);
    model == core
        || model == NOT_ON_THE_MOVE
        || (of_a_count(model) && of_a_count(core))
        || (of_people(model) && of_people(core))
}

type Admitted = Result<(), &'static str>;

fn when(possible: bool, otherwise: &'static str) -> Admitted {
    if possible { Ok(()) } else { Err(otherwise) }
}

impl Model {
    pub fn admit(&self, input: &Input) -> Admitted {
        match input {
            Input::Delivery { instruction, .. } => self.admit_id(instruction.0),
            Input::Answer {
                instruction,
                by,
                answer,
                sure,
            } => {
                self.admit_id(instruction.0)?;
                self.admit_answer(instruction.0, answer)?;
                let contradicts = !sure && self.contradicts(instruction.0, answer, by);
                when(!contradicts, "conflict")
            }
            Input::Order { order, .. } => self.admit_order(order),
            _ => Ok(()),
        }
    }

    fn admit_id(&self, id: u64) -> Admitted {
        if self.queue_of(id).is_some() {
            return Ok(());
        }
        let was_given = 0 < id && id <= self.last_instruction;
        Err(if was_given { "closed" } else { "no_such_instruction" })
    }

    fn admit_answer(&self, id: u64, answer: &Answer) -> Admitted {
        let name = self.queue_of(id).unwrap();
        let queue = &self.queues[&name];
        let open = queue.open.iter().find(|open| open.id == id);
        let stands = queue.stack.iter().find(|one| one.id == id);
        let leaving = queue.leaving.iter().find(|leaving| leaving.id == id);
        let in_shadow = stands.is_some_and(|one| one.shadow) || leaving.is_some_and(|leaving| leaving.one.shadow);
        when(!in_shadow, "in_shadow")?;
        match answer {
            Answer::Seen { .. } => when(open.is_some(), "closed"),
            Answer::Done { people, .. } if leaving.is_some() => {
                let people = people.as_deref().unwrap_or_default();
                when(self.may_be_of(&leaving.unwrap().one, people), NOT_ON_THE_MOVE)
            }
            Answer::Done { .. } if stands.is_some() => Ok(()),
            Answer::Done { .. } if queue.gone.iter().any(|gone| gone.one.id == id) => {
                let in_time = self.still_theirs_of(&name, id);
                when(!in_time.is_empty(), "too_late")?;
                when(!self.called_again(queue, &in_time[0].one.tier, id), "already_called")?;
                let any = in_time
                    .iter()
                    .any(|gone| !self.still_theirs(&gone.one.parts).is_empty());
                when(any, "taken_elsewhere")
            }
            Answer::Done { .. } => when(open.is_some(), "closed"),
            Answer::Declined { .. } if stands.is_some() || leaving.is_some() => Ok(()),
            Answer::Declined { .. } => {
                let mut gone = queue.gone.iter();
                let gone = gone.find(|gone| open.is_some() && gone.stood_down_by == Some(id));
                let gone = gone.ok_or("closed")?;
                let late = self.now - gone.at > self.ladder_of(&name).late_within.0;
                when(!late, "too_late")?;
                when(!self.called_again(queue, &gone.one.tier, gone.one.id), "already_called")?;
                when(!self.still_theirs(&gone.one.parts).is_empty(), "taken_elsewhere")
            }
            Answer::Left { people, seats, .. } => {
                let some = !people.is_empty() || seats.unwrap_or(0) > 0;
                when(some, "does_not_fit")?;
                let one = stands.ok_or("closed")?;
                when(self.may_be_of(one, people), NOT_ON_THE_MOVE)
            }
            Answer::Escalate { .. } => {
                let level = open.ok_or("closed")?.level;
                // All who escalate in these days are of the first level.
                when(level + 1 < self.plan.chain.len(), "nobody_above")
            }
        }
    }

    fn called_again(&self, queue: &Queue, tier: &Name, id: u64) -> bool {
        queue.away().any(|one| one.tier == *tier && one.id != id && !one.shadow)
    }

    /// Whether all who are named are on a move; of people without a name nobody knows who they are.
    fn may_be_of(&self, one: &super::Move, people: &[Name]) -> bool {
        let strangers = people.iter().filter(|person| !one.names(person)).count();
        strangers as u32 <= one.nameless()
    }

    /// Whether it contradicts what somebody else has said, or what stands by it.
    fn contradicts(&self, id: u64, answer: &Answer, by: &Actor) -> bool {
        let name = self.queue_of(id).unwrap();
        let queue = &self.queues[&name];
        let stands = queue.stack.iter().find(|one| one.id == id);
        match answer {
            Answer::Declined { .. } => {
                let said = stands.and_then(|one| one.done_by.as_ref());
                said.is_some_and(|said| *said != by.staff_no)
            }
            Answer::Done {
                people: Some(people), ..
            } if stands.is_some() || queue.gone.iter().any(|gone| gone.one.id == id) => {
                people.iter().any(|person| self.stands_elsewhere(id, person))
            }
            _ => false,
        }
    }

    // ---- orders

    fn admit_order(&self, order: &Order) -> Admitted {
        let name = order.queue();
        let queue = &self.queues[name];
        match order {
            Order::Call { tier, seats, .. } => self.admit_call(name, tier.as_ref(), *seats),
            Order::Approve { tier, .. } | Order::Refuse { tier, .. } => {
                let waits = queue.question.as_ref();
                let waits = waits.is_some_and(|question| question.tier == *tier && !question.granted);
                when(waits, "nothing_to_approve")
            }
            Order::Count { moves, extra, .. } => self.admit_count(name, moves, extra),
            Order::Release { instruction, .. } => {
                let stands = queue.stack.iter().any(|one| one.id == instruction.0);
                when(stands, "nothing_to_release")
            }
            Order::Pause { .. } => Ok(()),
            Order::Resume { .. } => when(queue.pause_until.is_some(), "not_paused"),
            Order::Incident { until, .. } => when(until.0 > self.now, "incident_without_end"),
            Order::IncidentOver { .. } => when(queue.incident.is_some(), "no_incident"),
        }
    }

    fn admit_call(&self, name: &Name, tier: Option<&Name>, seats: Option<u32>) -> Admitted {
        let tiers = self.ladder_of(name).tiers;
        let Some(tier) = tier else {
            let has_people = |tier: &surged_core::ladder::Tier| !self.parts_by_hand(name, tier, seats).is_empty();
            let mut drawing = tiers.iter().filter(|tier| !tier.pools.is_empty());
            let any = drawing.any(|tier| self.may_be_called_by_hand(name, tier) && has_people(tier));
            return when(any, "no_tier_left");
        };
        let tier = tiers.iter().find(|one| one.name == *tier).ok_or("no_such_tier")?;
        when(!self.stands_really(name, &tier.name), "already_called")?;
        when(!self.parts_by_hand(name, tier, seats).is_empty(), "nobody_to_give")
    }

    fn admit_count(&self, name: &Name, moves: &[Counted], extra: &[Part]) -> Admitted {
        let queue = &self.queues[name];
        when(!moves.is_empty() || !extra.is_empty(), "not_a_count")?;
        let mut counted = BTreeSet::new();
        for one in moves {
            let of_move = |id| queue.away().filter(move |away| away.id == id);
            when(of_move(one.instruction.0).any(|away| !away.shadow), "not_on_queue")?;
            when(of_move(one.instruction.0).count() == 1, "not_a_count")?;
            when(counted.insert(one.instruction), "not_a_count")?;
            let fits = one.people.is_empty() || one.people.len() == one.seats as usize;
            when(fits, "not_a_count")?;
        }
        let mut named: BTreeSet<&Name> = BTreeSet::new();
        let people = moves.iter().flat_map(|one| &one.people);
        for person in people.chain(extra.iter().flat_map(|part| &part.people)) {
            when(named.insert(person), "not_a_count")?;
        }
        for part in extra {
            let tiers = self.ladder_of(name).tiers;
            let pool = part.pool.as_ref();
            let drawn = pool.is_some_and(|pool| tiers.iter().any(|tier| tier.pools.contains(pool)));
            when(drawn, "no_tier_for")?;
            let fits = part.people.is_empty() || part.people.len() == part.seats as usize;
            when(part.seats > 0 && fits, "not_a_count")?;
        }
        // A number alone does not tell who of a move is there.
        let by_name = moves.iter().filter(|one| one.seats == 0 || !one.people.is_empty());
        let by_name: BTreeSet<u64> = by_name.map(|one| one.instruction.0).collect();
        let away = || self.queues.values().flat_map(Queue::away).filter(|one| !one.shadow);
        let elsewhere = |person: &&Name| away().any(|one| !by_name.contains(&one.id) && one.names(person));
        when(!named.iter().any(elsewhere), "not_a_count")
    }
}
