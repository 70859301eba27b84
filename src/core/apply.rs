//! Carries a decision out. Also how start-up brings recorded decisions back, so it asks no clock and decides nothing.

use super::queue::{Doubt, Leaving, Move, Open, Queue, Response, Settling, Sight, Wanted};
use super::roster::HOUR;
use super::{
    Action, Core, Decision, Found, Instruction, InstructionId, Millis, Name, Part, Recounted, Settlement, Time, What,
};

/// As many calls within an hour are remembered: more than any `max_moves_per_hour` allows.
const CALLS_LIMIT: usize = 1_000;

impl Core {
    /// Applies a decision to its queue. A decision on a queue that is not there changes nothing.
    pub(super) fn apply(&mut self, decision: &Decision) {
        let Some(index) = self.index(&decision.queue) else {
            return;
        };
        let at = decision.at;
        self.touch(index);
        match &decision.what {
            What::Instruct { instruction, beside } => self.apply_instruct(index, instruction, *beside),
            What::Settled { instruction, how } => self.apply_settled(index, *instruction, *how, at),
            What::Freed { instruction, .. } => self.apply_freed(index, *instruction),
            What::TierSkipped { tier, .. } => {
                let queue = &mut self.queues[index];
                queue.surge.get_or_insert(at);
                queue.skipped.insert(tier.clone());
            }
            What::FeedLost { .. } => self.apply_feed_lost(index, at),
            What::BlindLong { .. } => {
                if let Sight::Blind { long_said, .. } = &mut self.queues[index].sight {
                    *long_said = true;
                }
            }
            What::PassedUp {
                instruction,
                level,
                respond_by,
                ..
            } => {
                if let Some(open) = self.queues[index].open_mut(*instruction) {
                    open.level = *level;
                    open.due = Some(*respond_by);
                    open.extended = false;
                    open.pass_to = None;
                }
            }
            What::Unanswered { instruction } => self.apply_unanswered(index, *instruction),
            What::SurgeOver { .. } => {
                let queue = &mut self.queues[index];
                queue.surge = None;
                // Without a chain of command nothing else would close what nobody answers.
                queue
                    .open
                    .retain(|open| open.instruction.action != Action::StandDown || open.due.is_some());
                queue.declined.clear();
                queue.skipped.clear();
                queue.refused.clear();
                self.touch_pressed();
            }
            What::Resumed { .. } => {
                let queue = &mut self.queues[index];
                queue.pause = None;
                queue.stack_changed(at);
            }
            What::ApprovalAsked { approval } => self.queues[index].approval = Some(approval.clone()),
            What::ApprovalLapsed { .. } => self.queues[index].approval = None,
            What::NotShown { instruction, .. } => {
                let stack = &mut self.queues[index].stack;
                if let Some(one) = stack.iter_mut().find(|one| one.instruction == *instruction) {
                    one.doubt = Doubt::Asked;
                }
            }
            What::Counted { moves, found, .. } => self.apply_counted(index, moves, found, at),
            What::Gone { .. } | What::TakenAsLeft { .. } | What::IncidentEnds { .. } | What::OnlyMovesCounted {} => {}
            // Said aloud: the input behind it has changed what there was to change.
            What::Approved { .. }
            | What::ApprovalRefused { .. }
            | What::FeedBack { .. }
            | What::Answered { .. }
            | What::NobodyListening { .. }
            | What::Paused { .. }
            | What::Incident { .. }
            | What::IncidentOver { .. }
            | What::LadderChanged { .. } => {}
        }
    }

    fn apply_instruct(&mut self, index: usize, instruction: &Instruction, beside: bool) {
        self.last_instruction = self.last_instruction.max(instruction.id);
        let chain = !self.plan.chain.is_empty();
        let settle_within = self
            .ladder(&self.queues[index])
            .map_or(Millis::ZERO, |ladder| ladder.settle_within);
        let queue = &mut self.queues[index];
        queue.carried_out(instruction);
        if !instruction.shadow {
            queue.open.push(Open {
                instruction: instruction.clone(),
                delivered: false,
                seen_by: None,
                seen_at: None,
                eta: None,
                level: 0,
                due: instruction.respond_by.filter(|_| chain),
                extended: false,
                unanswered: false,
                pass_to: None,
            });
        }
        if instruction.action.brings_people() {
            self.apply_call(index, instruction, beside);
            return;
        }
        let Some(position) = queue
            .stack
            .iter()
            .position(|one| Some(one.instruction) == instruction.of)
        else {
            return;
        };
        let one = queue.take_off(position, &instruction.parts);
        if instruction.action == Action::SignOut {
            let signed_in_before = queue.signed_in();
            let settling = queue.settling(instruction, settle_within);
            queue.leaving.push(Leaving {
                sign_out: instruction.id,
                settling,
                settle_within,
                of: one,
                signed_in_before,
            });
        } else if !one.shadow {
            queue.remember_gone(one);
        }
        queue.stack_changed(instruction.at);
        self.recount();
    }

    fn apply_call(&mut self, index: usize, instruction: &Instruction, beside: bool) {
        #[cfg(debug_assertions)]
        super::invariants::check_call(self, &self.queues[index], instruction);
        let ladder = self.plan.ladders.get(&self.queues[index].ladder);
        let tier = ladder.and_then(|ladder| ladder.tiers.iter().find(|tier| tier.name == instruction.tier));
        let settle_within = tier.and_then(|tier| tier.settle_within);
        let settle_within = settle_within.or(ladder.map(|ladder| ladder.settle_within));
        let settle_within = settle_within.unwrap_or_default();
        let longer_by = tier
            .filter(|tier| tier.action == Action::ExtendShift)
            .map_or(Millis::ZERO, |tier| tier.extend.by);
        if !instruction.shadow {
            self.people.asked(&instruction.parts, instruction.at);
        }
        let queue = &mut self.queues[index];
        queue.called(&instruction.tier, instruction.at);
        let settling = queue.settling(instruction, settle_within);
        let pending = queue.not_yet_shown(instruction.at);
        queue.surge.get_or_insert(instruction.at);
        queue.declined.remove(&instruction.tier);
        queue.stack.push(Move {
            instruction: instruction.id,
            action: instruction.action,
            tier: instruction.tier.clone(),
            parts: instruction.parts.clone(),
            issued: instruction.at,
            asked: queue.seen(instruction.at),
            beside,
            settle_within,
            settling,
            response: Response::None,
            signed_in_before: queue.signed_in().map(|signed_in| signed_in.saturating_add(pending)),
            shadow: instruction.shadow,
            longer_by,
            doubt: Doubt::None,
            kept: None,
        });
        if !instruction.shadow {
            self.derived.lent.add(&instruction.parts);
        }
        self.derived.lent_in_shadow.add(&instruction.parts);
        self.touch_pressed();
    }

    fn apply_settled(&mut self, index: usize, instruction: InstructionId, how: Settlement, at: Time) {
        let queue = &mut self.queues[index];
        let now = queue.seen(at);
        let Some(one) = queue.stack.iter_mut().find(|one| one.instruction == instruction) else {
            return;
        };
        let settles = !one.is_settled();
        if settles {
            one.settling = Settling::Settled(now);
        }
        if how.is_shown() {
            one.response = Response::Shown;
            one.doubt = Doubt::None;
        } else if one.shadow {
            // As if they had come.
            one.response = Response::Done;
        }
        let staying = one.response != Response::None && one.longer_by != Millis::ZERO && !one.shadow;
        let staying = staying.then(|| (one.parts.clone(), one.longer_by));
        if settles && !one.beside {
            queue.stack_changed(at);
        }
        if how.is_shown() {
            queue.close(instruction);
        }
        if let Some((parts, by)) = staying {
            self.people.stay(&self.plan, &parts, by, at);
        }
        self.touch_pressed();
    }

    fn apply_freed(&mut self, index: usize, sign_out: InstructionId) {
        let queue = &mut self.queues[index];
        let (now, leaving) = (self.now, queue.leaving.iter());
        for leaving in leaving.filter(|leaving| leaving.sign_out == sign_out && !leaving.of.shadow) {
            self.people.back(&leaving.of.parts, now);
        }
        queue.leaving.retain(|leaving| leaving.sign_out != sign_out);
        if queue
            .open(sign_out)
            .is_some_and(|open| open.unanswered || open.due.is_none())
        {
            queue.close(sign_out);
        }
        self.recount();
    }

    fn apply_feed_lost(&mut self, index: usize, at: Time) {
        let queue = &mut self.queues[index];
        queue.lost = None;
        queue.sight = match queue.sight {
            Sight::Seeing => Sight::Blind {
                since: at,
                said: true,
                long_said: false,
            },
            Sight::Blind { since, long_said, .. } => Sight::Blind {
                since,
                said: true,
                long_said,
            },
        };
        // Nothing is kept any longer for a queue that nobody sees.
        self.touch_pressed();
    }

    /// The floor was counted: whoever is there has come, whoever is not is back where they belong.
    fn apply_counted(&mut self, index: usize, moves: &[Recounted], found: &[Found], at: Time) {
        let new = found.iter().map(|one| one.instruction).max();
        self.last_instruction = self.last_instruction.max(new.unwrap_or(InstructionId(0)));
        let ladder = self.ladder(&self.queues[index]);
        let settle_within = ladder.map_or(Millis::ZERO, |ladder| ladder.settle_within);
        let queue = &mut self.queues[index];
        let now = queue.seen(at);
        queue.ordered = None;
        for counted in moves {
            let mut recount = |one: &mut Move| {
                self.people.back(&absent(&one.parts, &counted.after), at);
                one.parts.clone_from(&counted.after);
            };
            if let Some(one) = queue
                .stack
                .iter_mut()
                .find(|one| one.instruction == counted.instruction)
            {
                recount(one);
                one.doubt = Doubt::None;
                one.response = one.response.max(Response::Done);
                if !one.is_settled() {
                    one.settling = Settling::Settled(now);
                }
                queue.close(counted.instruction);
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
        self.recount();
    }

    /// The chain is at its end. A sign-in stays open as long as its move stands; what takes people back stays open only until
    /// they are free.
    fn apply_unanswered(&mut self, index: usize, instruction: InstructionId) {
        let queue = &mut self.queues[index];
        let leaving = queue.leaving.iter().any(|leaving| leaving.sign_out == instruction);
        let Some(open) = queue.open_mut(instruction) else {
            return;
        };
        open.unanswered = true;
        open.due = None;
        if !open.instruction.action.brings_people() && !leaving {
            queue.close(instruction);
        }
    }
}

impl Queue {
    /// An order by hand has become an instruction: what is left of it is for the next tier.
    fn carried_out(&mut self, instruction: &Instruction) {
        let wanted = self.ordered.as_mut().map(|ordered| &mut ordered.what);
        if let Some(Wanted::Call {
            tier: None,
            seats: Some(seats),
        }) = wanted
        {
            *seats = seats.saturating_sub(instruction.seats.ask);
            if *seats > 0 {
                return;
            }
        }
        self.ordered = None;
    }

    /// A tier was called: no yes is waited for any more, and it counts for the hour.
    fn called(&mut self, tier: &Name, at: Time) {
        if self.approval.as_ref().is_some_and(|asked| asked.tier == *tier) {
            self.approval = None;
        }
        self.refused.remove(tier);
        while self.calls.front().is_some_and(|call| *call + HOUR <= at) || self.calls.len() == CALLS_LIMIT {
            self.calls.pop_front();
        }
        self.calls.push_back(at);
    }

    /// How an instruction settles as it is given: one in shadow reaches nobody, and runs its time from the first.
    fn settling(&self, instruction: &Instruction, settle_within: Millis) -> Settling {
        if instruction.shadow {
            Settling::Until(self.seen(instruction.at) + settle_within)
        } else {
            Settling::Undelivered
        }
    }

    /// Takes people of a move off the stack; the move itself, where nobody is left of it.
    fn take_off(&mut self, position: usize, parts: &[Part]) -> Move {
        let one = &mut self.stack[position];
        let taken = Move {
            parts: parts.to_vec(),
            ..one.clone()
        };
        one.parts = missing(&one.parts, parts);
        if one.parts.is_empty() {
            self.stack.remove(position);
            self.close(taken.instruction);
        }
        taken
    }

    /// Puts people on the stack whom a count found without a move.
    fn find(&mut self, found: &Found, settle_within: Millis, at: Time) {
        if let Some(one) = self.stack.iter_mut().find(|one| one.instruction == found.instruction) {
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
            response: Response::Done,
            signed_in_before: None,
            shadow: false,
            longer_by: Millis::ZERO,
            doubt: Doubt::None,
            kept: None,
        };
        self.stack.insert(place, one);
    }

    /// Puts a move back on the stack as settled (plan: "Late answers", "A sign-out declined").
    pub(super) fn put_back(&mut self, mut one: Move, at: Time) {
        if !one.is_settled() {
            one.settling = Settling::Settled(self.seen(at));
        }
        one.response = one.response.max(Response::Done);
        one.kept = Some(self.seen(at));
        self.declined.remove(&one.tier);
        self.surge.get_or_insert(at);
        // Some of it may stand still; or a count has found others of its tier meanwhile.
        if let Some(there) = self.stack.iter_mut().find(|other| other.tier == one.tier) {
            one.parts.iter().for_each(|part| there.join(part));
            there.kept = one.kept;
            self.stack_changed(at);
            return;
        }
        // In its own place: the reverse order of sign-in holds for what is put back as well.
        let place = self.stack.partition_point(|other| other.instruction < one.instruction);
        self.stack.insert(place, one);
        self.stack_changed(at);
    }
}

/// Those of the first who are not among the second, by name.
fn absent(before: &[Part], after: &[Part]) -> Vec<Part> {
    let is_there = |person: &Name| after.iter().any(|part| part.people.contains(person));
    let mut absent = before.to_vec();
    absent
        .iter_mut()
        .for_each(|part| part.people.retain(|person| !is_there(person)));
    absent
}

/// What is left of the first when the second is taken from it.
fn missing(all: &[Part], taken: &[Part]) -> Vec<Part> {
    let mut left = all.to_vec();
    for part in taken {
        if let Some(from) = left.iter_mut().find(|one| one.pool == part.pool) {
            from.seats = from.seats.saturating_sub(part.seats);
            from.people.retain(|person| !part.people.contains(person));
            from.people.truncate(from.seats as usize);
        }
    }
    left.retain(|part| part.seats > 0);
    left
}
