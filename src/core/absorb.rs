//! Takes in what happened outside, once it has been admitted: this cannot fail. What the floor is to hear of it is said as a
//! decision that changes nothing more.

use super::measure::{Latest, Windows};
use super::queue::{Doubt, Move, Ordered, Queue, Response, Settling, Sight, Wanted};
use super::{
    Actor, Answer, Core, Decision, Incident, Input, InstructionId, Millis, Name, Order, Part, Pause, Plan, Reading,
    Time, What,
};
use std::sync::Arc;

impl Core {
    /// Takes in an input that was admitted.
    pub(super) fn absorb(&mut self, input: Input, at: Time) {
        match input {
            Input::Configured { plan } => self.absorb_plan(plan, at),
            Input::LadderInForce { queue, ladder } => self.absorb_ladder(&queue, ladder, at),
            Input::FeedConnected { feed } => {
                self.each_queue_of(&feed, |core, index| core.queues[index].vouched_by_heartbeat = false);
            }
            // A lost connection alone is not blindness; it is journaled for the record.
            Input::FeedDisconnected { .. } => {}
            Input::Reading { reading } => self.absorb_reading(reading, at),
            Input::Heartbeat { feed } => self.each_queue_of(&feed, |core, index| {
                if core.queues[index].vouched_by_heartbeat {
                    let was_blind = core.queues[index].is_blind();
                    core.vouch(index, None, at);
                    if was_blind {
                        // It may lend its people again.
                        core.touch_pressed();
                    }
                }
            }),
            Input::SourceLost { feed, why } => self.each_queue_of(&feed, |core, index| core.lose(index, &why)),
            Input::QueueMissing { queue } => {
                if let Some(index) = self.index(&queue) {
                    self.lose(index, "the phone system no longer lists this queue");
                }
            }
            Input::Delivery { instruction, reached } => self.absorb_delivery(instruction, reached, at),
            Input::Answer {
                sure: _,
                instruction,
                by,
                answer,
            } => self.absorb_answer(instruction, by, answer, at),
            Input::Order { by, order } => self.absorb_order(by, order, at),
        }
    }

    fn each_queue_of(&mut self, feed: &Name, mut change: impl FnMut(&mut Core, usize)) {
        for index in 0..self.queues.len() {
            if self
                .plan
                .queues
                .get(&self.queues[index].name)
                .is_some_and(|plan| plan.feed == *feed)
            {
                change(self, index);
            }
        }
    }

    fn absorb_plan(&mut self, plan: Arc<Plan>, at: Time) {
        let mut before: Vec<Queue> = std::mem::take(&mut self.queues);
        self.plan = Arc::clone(&plan);
        for (name, configured) in &plan.queues {
            let known = before
                .iter()
                .position(|queue| queue.name == *name)
                .map(|found| before.swap_remove(found));
            let mut queue = known.unwrap_or_else(|| Queue::new(name.clone(), configured.ladder.clone(), at));
            queue.retired = false;
            if !plan.ladders.contains_key(&queue.ladder) {
                queue.ladder = configured.ladder.clone();
            }
            let now = queue.seen(at);
            queue.windows = Windows::for_plan(&queue.windows, &plan, configured, queue.latest(at), now);
            self.queues.push(queue);
        }
        // A queue that left the configuration stays until its people are released by hand.
        before.retain(|queue| !queue.is_spent());
        before.iter_mut().for_each(|queue| queue.retired = true);
        self.queues.append(&mut before);
        self.queues.sort_by(|one, other| one.name.cmp(&other.name));
        self.people.retain(&plan);
        self.rebuild();
        (0..self.queues.len()).for_each(|index| self.touch(index));
    }

    fn absorb_ladder(&mut self, queue: &Name, ladder: Name, at: Time) {
        let Some(index) = self.index(queue).filter(|_| self.plan.ladders.contains_key(&ladder)) else {
            return;
        };
        let from = std::mem::replace(&mut self.queues[index].ladder, ladder.clone());
        if from != ladder {
            self.say(index, at, What::LadderChanged { from, to: ladder });
        }
        self.touch(index);
        self.touch_pressed();
    }

    // ---- readings and sight

    fn absorb_reading(&mut self, reading: Reading, at: Time) {
        let Some(index) = self.index(&reading.queue) else {
            return;
        };
        let seats_moved = self.queues[index].signed_in() != reading.signed_in;
        let lent = self.supply(false).lends(&self.queues[index]);
        let was_blind = self.queues[index].is_blind();
        self.queues[index].vouched_by_heartbeat = true;
        let windows_moved = self.vouch(index, Some(reading), at);
        let lends = self.supply(false).lends(&self.queues[index]);
        // Seen again, it may take what others would take, even where its windows go on as they were.
        let others = windows_moved || was_blind || lends != lent;
        if (seats_moved && self.plan.physical_seats.is_some()) || others {
            self.touch_pressed();
        }
    }

    /// The source vouches for a queue, with a new reading or by saying that nothing changed. Returns whether any window
    /// began or ended.
    fn vouch(&mut self, index: usize, reading: Option<Reading>, at: Time) -> bool {
        self.touch(index);
        let limits = self.feed_limits(&self.queues[index]);
        let Some(configured) = self.plan.queues.get(&self.queues[index].name) else {
            return false;
        };
        let queue = &mut self.queues[index];
        let mut anew = queue.last.is_none();
        let mut was_blind = None;
        if let Sight::Blind { since, said, .. } = queue.sight {
            anew |= at - queue.vouched_at >= limits.forget_after;
            was_blind = said.then_some(at - since);
            queue.blind_total = queue.blind_total + (at - since).max(Millis::ZERO);
            queue.sight = Sight::Seeing;
        }
        queue.vouched_at = at;
        queue.lost = None;
        if let Some(reading) = reading {
            queue.last = Some(reading);
            queue.read_at = at;
        }
        let now = queue.seen(at);
        let age = (at - queue.read_at).max(Millis::ZERO);
        let Some(reading) = &queue.last else {
            return false;
        };
        let latest = Latest { reading, age };
        if anew {
            queue.windows.begin_anew(latest, configured, now);
        }
        if let Some(offered) = reading.offered {
            queue.arrivals.observe(offered, at);
        }
        let changed = queue.windows.observe(latest, configured, now) || anew;
        if let Some(blind) = was_blind {
            self.say(index, at, What::FeedBack { blind, anew });
        }
        changed
    }

    /// The source has lost sight of a queue: `decide` makes it blind in this very millisecond.
    fn lose(&mut self, index: usize, why: &str) {
        self.touch(index);
        let queue = &mut self.queues[index];
        queue.vouched_by_heartbeat = false;
        if !queue.is_blind() {
            queue.lost = Some(why.to_owned());
        }
    }

    // ---- deliveries and answers

    fn absorb_delivery(&mut self, instruction: InstructionId, reached: bool, at: Time) {
        let Some(index) = self.index_of_instruction(instruction) else {
            return;
        };
        self.touch(index);
        if !reached {
            self.say(index, at, What::NobodyListening { instruction });
            return;
        }
        let queue = &mut self.queues[index];
        if let Some(open) = queue.open_mut(instruction) {
            open.delivered = true;
        }
        self.start_settling(index, instruction, None, at);
    }

    /// The settling of a move or a sign-out begins when it first reaches somebody, or moves to when its people will be there.
    fn start_settling(&mut self, index: usize, instruction: InstructionId, eta: Option<Millis>, at: Time) {
        let queue = &mut self.queues[index];
        let now = queue.seen(at);
        let stack = queue.stack.iter_mut().filter(|one| one.instruction == instruction);
        let stack = stack.map(|one| (one.settle_within, &mut one.settling));
        let leaving = queue.leaving.iter_mut().filter(|one| one.sign_out == instruction);
        let leaving = leaving.map(|one| (one.settle_within, &mut one.settling));
        for (settle_within, settling) in stack.chain(leaving) {
            match (&settling, eta) {
                (Settling::Settled(_), _) | (Settling::Until(_), None) => {}
                (_, Some(eta)) => *settling = Settling::Until(now + eta),
                (Settling::Undelivered, None) => *settling = Settling::Until(now + settle_within),
            }
        }
    }

    fn absorb_answer(&mut self, instruction: InstructionId, by: Actor, answer: Answer, at: Time) {
        let Some(index) = self.index_of_instruction(instruction) else {
            return;
        };
        self.touch(index);
        let said = What::Answered {
            instruction,
            by: by.clone(),
            answer: answer.clone(),
        };
        self.say(index, at, said);
        match answer {
            Answer::Seen { eta } => self.absorb_seen(index, instruction, by, eta, at),
            Answer::Done { seats, people, .. } => self.absorb_done(index, instruction, seats, people, at),
            Answer::Declined { .. } => self.absorb_declined(index, instruction, at),
            Answer::Left { people, seats, .. } => self.absorb_left(index, instruction, &people, seats, at),
            Answer::Escalate { .. } => {
                let level = self.queues[index]
                    .open(instruction)
                    .map(|open| self.level_above(open.level, &by));
                if let Some(open) = self.queues[index].open_mut(instruction) {
                    open.pass_to = level;
                    open.due = Some(at);
                }
            }
        }
        self.recount();
    }

    fn absorb_seen(&mut self, index: usize, instruction: InstructionId, by: Actor, eta: Option<Millis>, at: Time) {
        let chain = &self.plan.chain;
        let queue = &mut self.queues[index];
        if let Some(open) = queue.open_mut(instruction) {
            open.delivered = true;
            open.seen_by = Some(by);
            open.seen_at = Some(at);
            open.eta = eta;
            if !open.unanswered && !open.extended {
                open.extended = true;
                open.due = chain.get(open.level).map(|level| at + level.respond_within);
            }
        }
        if let Some(one) = queue.stack.iter_mut().find(|one| one.instruction == instruction) {
            one.response = one.response.max(Response::Seen);
        }
        self.start_settling(index, instruction, eta, at);
    }

    fn absorb_done(
        &mut self,
        index: usize,
        instruction: InstructionId,
        seats: Option<u32>,
        people: Option<Vec<Name>>,
        at: Time,
    ) {
        // Where some of a move were stood down, the word is for those who stand.
        let queue = &self.queues[index];
        let stands = queue.stack.iter().any(|one| one.instruction == instruction);
        let mut gone = queue.gone.iter();
        let gone = gone.position(|one| !stands && one.instruction == instruction);
        let back = gone.and_then(|gone| self.still_theirs(&self.queues[index].gone[gone]));
        let plan = Arc::clone(&self.plan);
        let queue = &mut self.queues[index];
        queue.close(instruction);
        if let Some(mut one) = gone.and_then(|gone| queue.gone.remove(gone)).and(back) {
            // A late "done" on what was stood down or declined: its people are there after all.
            correct(&plan, &mut one, seats, people);
            queue.open.retain(|open| open.instruction.of != Some(instruction));
            if one.seats() > 0 {
                queue.put_back(one, at);
            }
            return;
        }
        for leaving in queue.leaving.iter().filter(|leaving| leaving.sign_out == instruction) {
            self.people.back(&leaving.of.parts, at);
        }
        queue.leaving.retain(|leaving| leaving.sign_out != instruction);
        let people = people.map(|people| queue.without_leaving(people));
        let now = queue.seen(at);
        let Some(position) = queue.stack.iter().position(|one| one.instruction == instruction) else {
            return;
        };
        let one = &mut queue.stack[position];
        correct(&plan, one, seats, people);
        one.response = one.response.max(Response::Done);
        one.doubt = match one.doubt {
            // Said twice, and by people: the feed is not asked again.
            Doubt::Asked => Doubt::None,
            _ if one.response == Response::Shown && queue.last.as_ref().is_some_and(|last| one.is_shown(last)) => {
                Doubt::None
            }
            _ => Doubt::From(now + one.settle_within),
        };
        if one.longer_by != Millis::ZERO {
            self.people.stay(&plan, &one.parts, one.longer_by, at);
        }
        if one.seats() == 0 {
            // Done with nobody: passed over for the rest of the surge, and no clock changes.
            let one = queue.stack.remove(position);
            queue.declined.insert(one.tier.clone());
            queue.remember_gone(one);
        } else if !one.is_settled() {
            one.settling = Settling::Settled(now);
            if !one.beside {
                queue.stack_changed(at);
            }
        }
    }

    fn absorb_declined(&mut self, index: usize, instruction: InstructionId, at: Time) {
        let of = self.queues[index]
            .open(instruction)
            .and_then(|open| open.instruction.of);
        let stood_down = self.queues[index]
            .gone
            .iter()
            .position(|one| Some(one.instruction) == of);
        let back = stood_down.and_then(|gone| self.still_theirs(&self.queues[index].gone[gone]));
        let queue = &mut self.queues[index];
        queue.close(instruction);
        if let Some(position) = queue.stack.iter().position(|one| one.instruction == instruction) {
            let one = queue.stack.remove(position);
            queue.declined.insert(one.tier.clone());
            queue.remember_gone(one);
        } else if let Some(position) = queue.leaving.iter().position(|one| one.sign_out == instruction) {
            let leaving = queue.leaving.remove(position);
            queue.put_back(leaving.of, at);
        } else if let Some(one) = stood_down.and_then(|gone| queue.gone.remove(gone)).and(back) {
            queue.put_back(one, at);
        }
    }

    fn absorb_left(&mut self, index: usize, instruction: InstructionId, people: &[Name], seats: Option<u32>, at: Time) {
        let queue = &mut self.queues[index];
        let Some(position) = queue.stack.iter().position(|one| one.instruction == instruction) else {
            return;
        };
        let one = &mut queue.stack[position];
        let mut nameless = seats.unwrap_or(0);
        for part in &mut one.parts {
            let before = part.people.len();
            let gone = part.people.iter().filter(|person| people.contains(person));
            let gone = Part {
                pool: part.pool.clone(),
                seats: 0,
                people: gone.cloned().collect(),
            };
            self.people.back(std::slice::from_ref(&gone), at);
            part.people.retain(|person| !people.contains(person));
            let named = (before - part.people.len()) as u32;
            let unnamed = nameless.saturating_sub(named).min(part.seats - named.min(part.seats));
            nameless = nameless.saturating_sub(named + unnamed);
            part.seats = part.seats.saturating_sub(named + unnamed);
            part.people.truncate(part.seats as usize);
        }
        one.parts.retain(|part| part.seats > 0);
        if one.parts.is_empty() {
            queue.stack.remove(position);
            queue.close(instruction);
            queue.stack_changed(at);
        }
    }

    // ---- orders by hand

    fn absorb_order(&mut self, by: Actor, order: Order, at: Time) {
        let Some(index) = self.index(order.queue()) else {
            return;
        };
        self.touch(index);
        let ladder = self.ladder(&self.queues[index]);
        let ask_again_after = ladder.map_or(Millis::ZERO, |ladder| ladder.ask_again_after);
        let queue = &mut self.queues[index];
        match order {
            Order::Call { tier, seats, .. } => {
                let what = Wanted::Call { tier, seats };
                queue.ordered = Some(Ordered { at, by, what });
            }
            Order::Count { moves, extra, .. } => {
                let what = Wanted::Count { moves, extra };
                queue.ordered = Some(Ordered { at, by, what });
            }
            Order::Approve { tier, .. } => {
                if let Some(asked) = &mut queue.approval {
                    asked.granted = Some(by.clone());
                }
                self.say(index, at, What::Approved { by, tier });
            }
            Order::Refuse { tier, reason, .. } => {
                let until = at + ask_again_after;
                queue.approval = None;
                queue.refused.insert(tier.clone(), until);
                self.say(
                    index,
                    at,
                    What::ApprovalRefused {
                        by,
                        tier,
                        reason,
                        until,
                    },
                );
                // Nothing is kept for it any longer.
                self.touch_pressed();
            }
            Order::Release { instruction, .. } => {
                let what = Wanted::Release { instruction };
                queue.ordered = Some(Ordered { at, by, what });
            }
            Order::Pause { lasting, reason, .. } => {
                let until = at + lasting;
                queue.pause = Some(Pause {
                    by: by.clone(),
                    until,
                    reason: reason.clone(),
                });
                self.say(index, at, What::Paused { by, until, reason });
                // Nothing is kept any longer for a queue that does nothing.
                self.touch_pressed();
            }
            Order::Resume { .. } => {
                queue.pause = None;
                queue.stack_changed(at);
                self.say(index, at, What::Resumed { by: Some(by) });
            }
            Order::Incident { note, until, .. } => {
                queue.incident = Some(Incident {
                    by: by.clone(),
                    note: note.clone(),
                    until,
                });
                self.say(index, at, What::Incident { by, note, until });
            }
            Order::IncidentOver { .. } => {
                queue.incident = None;
                self.say(index, at, What::IncidentOver { by: Some(by) });
            }
        }
    }

    /// Says aloud what an input brought about.
    fn say(&mut self, index: usize, at: Time, what: What) {
        let queue = self.queues[index].name.clone();
        self.effects.push_back(Decision { at, queue, what });
    }
}

/// Corrects who and how many a move brought (plan: "Late answers"). People go to the pool that knows them, else to the move's first.
pub(super) fn correct(plan: &Plan, one: &mut Move, seats: Option<u32>, people: Option<Vec<Name>>) {
    if let Some(people) = people.filter(|people| !people.is_empty()) {
        let first = one.parts.first().and_then(|part| part.pool.clone());
        let mut parts: Vec<Part> = Vec::new();
        for person in people {
            let known = plan
                .pools
                .iter()
                .find(|(_, pool)| pool.people.contains(&person))
                .map(|(name, _)| name.clone());
            let pool = known.or_else(|| first.clone());
            match parts.iter_mut().find(|part| part.pool == pool) {
                Some(part) if part.people.contains(&person) => {}
                Some(part) => part.people.push(person),
                None => parts.push(Part {
                    pool,
                    seats: 0,
                    people: vec![person],
                }),
            }
        }
        parts.iter_mut().for_each(|part| part.seats = part.people.len() as u32);
        one.parts = parts;
    }
    let Some(mut left) = seats.filter(|&seats| seats != one.seats()) else {
        return;
    };
    // Each part as far as it was asked for, in order; what is more goes to the last.
    let last = one.parts.len().saturating_sub(1);
    for (position, part) in one.parts.iter_mut().enumerate() {
        part.seats = if position == last { left } else { part.seats.min(left) };
        left -= part.seats.min(left);
        part.people.truncate(part.seats as usize);
    }
    one.parts.retain(|part| part.seats > 0);
}

/// Adds people to those who are there, pool by pool.
pub(super) fn merge(parts: &mut Vec<Part>, more: &[Part]) {
    for part in more {
        match parts.iter_mut().find(|one| one.pool == part.pool) {
            Some(one) => {
                one.seats = one.seats.saturating_add(part.seats);
                one.people.extend(part.people.iter().cloned());
            }
            None => parts.push(part.clone()),
        }
    }
}
