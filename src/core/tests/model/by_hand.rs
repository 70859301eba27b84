//! "Orders by hand", and a count of the floor.

use super::moves::{Response, in_full, seats_of};
use super::{Incident, Model, Move, Part, Told};
use surged_core::ladder::{SeatRange, Seats, Tier};
use surged_core::{Action, Counted, Name, Order};

impl Model {
    pub fn ordered(&mut self, order: &Order) {
        let name = order.queue().clone();
        let (now, again) = (self.now, self.ladder_of(&name).ask_again_after.0);
        match order {
            Order::Call { tier, seats, hold, .. } => {
                let hold = self.hold(&name, hold.map(|hold| hold.0));
                self.called_by_hand(&name, tier.as_ref(), *seats, hold);
            }
            Order::Release { instruction, .. } => {
                let stack = &self.queue(&name).stack;
                if let Some(index) = stack.iter().position(|one| one.id == instruction.0) {
                    let one = stack[index].clone();
                    let stand_down = one.is_stood_down(&one.parts);
                    self.take_back(&name, index, one.parts, stand_down, "order", true);
                }
            }
            Order::Count { moves, extra, .. } => self.counted(&name, moves, extra),
            Order::Approve { .. } => {
                if let Some(question) = &mut self.queue(&name).question {
                    question.granted = true;
                }
            }
            Order::Refuse { tier, .. } => {
                let queue = self.queue(&name);
                queue.question = None;
                queue.refused.insert(tier.clone(), now + again);
            }
            Order::Pause { lasting, .. } => self.queue(&name).pause_until = Some(now + lasting.0),
            Order::Resume { .. } => self.resume(&name),
            Order::Incident { until, .. } => {
                let (until, over_at) = (until.0, None);
                self.queue(&name).incident = Some(Incident { until, over_at });
            }
            Order::IncidentOver { .. } => self.queue(&name).incident = None,
        }
    }

    /// The tier that is named; or those that are next and draw on pools, until there are enough.
    fn called_by_hand(&mut self, name: &Name, tier: Option<&Name>, seats: Option<u32>, hold: Option<i64>) {
        let told = Told {
            beside: false,
            by_hand: true,
            shadow: false,
            reason: "order",
            hold,
        };
        let mut left = seats;
        for one in self.ladder_of(name).tiers {
            let is_meant = match tier {
                Some(tier) => *tier == one.name,
                None => !one.pools.is_empty() && self.may_be_called_by_hand(name, &one),
            };
            let parts = self.parts_by_hand(name, &one, left);
            if !is_meant || parts.is_empty() {
                continue;
            }
            let there: u32 = parts.iter().map(|part| part.seats).sum();
            self.call(name, &one, parts, told);
            left = left.map(|left| left - there);
            if tier.is_some() || left.unwrap_or(0) == 0 {
                return;
            }
        }
    }

    /// What stands only in shadow can be called like any other.
    pub fn stands_really(&self, name: &Name, tier: &Name) -> bool {
        let mut away = self.queues[name].away().filter(|one| !one.shadow);
        away.any(|one| one.tier == *tier)
    }

    pub fn may_be_called_by_hand(&self, name: &Name, tier: &Tier) -> bool {
        let queue = &self.queues[name];
        let mut no = queue
            .no
            .get(&tier.name)
            .into_iter()
            .chain(queue.refused.get(&tier.name));
        !self.stands_really(name, &tier.name) && !no.any(|until| *until > self.now)
    }

    /// The daemon does not undo a leader's preparation: as long as the order says, or on a calm queue as long as the ladder does.
    fn hold(&self, name: &Name, hold: Option<i64>) -> Option<i64> {
        let ladder = self.ladder_of(name);
        let is_calm = self.queues[name].holds_now(&ladder.release.when);
        hold.or(is_calm.then_some(ladder.hold_for.0))
    }

    pub fn parts_by_hand(&self, name: &Name, tier: &Tier, seats: Option<u32>) -> Vec<Part> {
        let wish = super::supply::Wish {
            seats: seats.map_or(tier.seats, |seats| Seats::Range(SeatRange { min: seats, max: seats })),
            by_hand: true,
            shadow: false,
        };
        self.parts(name, tier, wish)
    }

    /// Who is there is there, and who is not is back; what is not counted stays as it is.
    fn counted(&mut self, name: &Name, moves: &[Counted], extra: &[surged_core::Part]) {
        let tiers = self.ladder_of(name).tiers;
        let tier_of = |part: &surged_core::Part| {
            let drawn = |tier: &&Tier| part.pool.as_ref().is_some_and(|pool| tier.pools.contains(pool));
            tiers.iter().find(drawn).map(|tier| tier.name.clone())
        };
        // Who is found stands with the move of that tier that stood when the floor was counted, else on a new one.
        let stood = |tier: &Name| {
            let mut stack = self.queues[name].stack.iter();
            stack.find(|one| one.tier == *tier && !one.shadow).map(|one| one.id)
        };
        let mut next = self.last_instruction;
        let mut found: Vec<(u64, Name, Part)> = Vec::new();
        for part in extra {
            let Some(tier) = tier_of(part) else { continue };
            let same = found.iter().find(|found| found.1 == tier).map(|found| found.0);
            let id = stood(&tier).or(same).unwrap_or_else(|| {
                next += 1;
                next
            });
            if part.people.is_empty() {
                let (pool, seats, people) = (part.pool.clone(), part.seats, Vec::new());
                found.push((id, tier, Part { pool, seats, people }));
                continue;
            }
            // A name tells the pool better than whoever counted.
            let first = found.len();
            for person in &part.people {
                let pool = self.pool_of(person).cloned().or(part.pool.clone());
                match found[first..].iter_mut().find(|(_, _, of)| of.pool == pool) {
                    Some((_, _, of)) => {
                        of.seats += 1;
                        of.people.push(person.clone());
                    }
                    None => {
                        let (seats, people) = (1, vec![person.clone()]);
                        found.push((id, tier.clone(), Part { pool, seats, people }));
                    }
                }
            }
        }
        self.last_instruction = next;
        let mut words = vec!["counted".to_owned()];
        for counted in moves {
            let away = self.queues[name].away().find(|one| one.id == counted.instruction.0);
            let before = away.unwrap().clone();
            let parts = self.corrected(&before.parts, Some(counted.seats), &counted.people);
            words.push(format!("{} {}", before.id, in_full(&parts)));
            let mut missing = before.clone();
            let is_there = |person: &Name| parts.iter().any(|part| part.people.contains(person));
            missing
                .parts
                .iter_mut()
                .for_each(|part| part.people.retain(|person| !is_there(person)));
            self.back(missing.shadow, &missing.parts);
            self.count_move(name, before.id, parts);
        }
        words.extend(
            found
                .iter()
                .map(|(id, tier, part)| format!("found {id} {tier} {}", in_full(std::slice::from_ref(part)))),
        );
        for (id, tier, part) in found {
            self.find(name, id, tier, part);
        }
        let queue = self.queue(name);
        queue.surge |= !queue.stack.is_empty();
        queue.changed = queue.clock;
        self.say(name, words.join(" "));
    }

    fn count_move(&mut self, name: &Name, id: u64, parts: Vec<Part>) {
        let queue = self.queue(name);
        let clock = queue.clock;
        if let Some(one) = queue.stack.iter_mut().find(|one| one.id == id) {
            queue.open.retain(|open| open.id != id);
            let fewer = one.seats().saturating_sub(seats_of(&parts));
            let is_there = |person: &Name| parts.iter().any(|part| part.people.contains(person));
            let mut absent: Vec<Name> = one.people().cloned().collect();
            absent.retain(|person| !is_there(person));
            let replaced = one.replaced(&absent);
            let tier = one.tier.clone();
            one.recount(parts);
            one.response = one.response.max(Response::Done);
            (one.doubted_from, one.asked_about) = (None, false);
            // A count changes the stack: the window begins by that.
            one.settled = one.settled.or(Some(clock));
            if one.parts.is_empty() {
                queue.stack.retain(|one| one.id != id);
            } else {
                queue.went_back(&tier, fewer.saturating_sub(replaced));
            }
        } else if let Some(leaving) = queue.leaving.iter_mut().find(|leaving| leaving.one.id == id) {
            leaving.one.recount(parts);
            let freed = leaving.id;
            if leaving.one.parts.is_empty() {
                queue.open.retain(|open| open.id != freed);
                queue.leaving.retain(|leaving| leaving.id != freed);
            }
        }
    }

    fn find(&mut self, name: &Name, id: u64, tier: Name, part: Part) {
        let settle_within = self.ladder_of(name).settle_within.0 as usize;
        let now = self.now;
        let queue = self.queue(name);
        if let Some(one) = queue.stack.iter_mut().find(|one| one.id == id) {
            one.join(&part);
            return;
        }
        // What was only decided in shadow has come true.
        queue.stack.retain(|one| one.tier != tier || !one.shadow);
        let mut one = Move::new(id, Action::SignIn, tier, vec![part], settle_within);
        one.issued = queue.clock;
        one.issued_at = now;
        one.settled = Some(queue.clock);
        one.response = Response::Done;
        one.vouched = true;
        queue.stack.push(one);
        queue.stack.sort_by_key(|one| one.id);
    }

    pub fn resume(&mut self, name: &Name) {
        let queue = self.queue(name);
        queue.pause_until = None;
        queue.stack_changed();
        self.say(name, "resumed".to_owned());
    }
}
