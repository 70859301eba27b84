//! Carries a decision out. Also how start-up brings recorded decisions back, so it asks no clock and decides nothing.

use super::queue::{Leaving, Move, Open, Queue, Response, Settling, Sight};
use super::{Action, Core, Decision, Instruction, InstructionId, Millis, Settlement, Time, What};

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
            What::Freed { instruction } => self.apply_freed(index, *instruction),
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
                self.touch_pressed();
            }
            What::Resumed { .. } => {
                let queue = &mut self.queues[index];
                queue.pause = None;
                queue.stack_changed(at);
            }
            // Said aloud: the input behind it has changed what there was to change.
            What::ApprovalAsked { .. }
            | What::ApprovalLapsed { .. }
            | What::Approved { .. }
            | What::ApprovalRefused { .. }
            | What::NotShown { .. }
            | What::Counted { .. }
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
        queue.ordered = None;
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
        let one = queue.stack.remove(position);
        queue.close(one.instruction);
        if instruction.action == Action::SignOut {
            let signed_in_before = queue.signed_in();
            let settling = Settling::Undelivered;
            queue.leaving.push(Leaving {
                sign_out: instruction.id,
                settling,
                settle_within,
                of: one,
                signed_in_before,
            });
        } else {
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
        let settle_within = tier
            .and_then(|tier| tier.settle_within)
            .or(ladder.map(|ladder| ladder.settle_within));
        let queue = &mut self.queues[index];
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
            settle_within: settle_within.unwrap_or_default(),
            settling: Settling::Undelivered,
            response: Response::None,
            signed_in_before: queue.signed_in().map(|signed_in| signed_in.saturating_add(pending)),
        });
        self.derived.lent.add(&instruction.parts);
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
        if how == Settlement::Shown {
            one.response = Response::Shown;
        }
        if settles && !one.beside {
            queue.stack_changed(at);
        }
        if how == Settlement::Shown {
            queue.close(instruction);
        }
        self.touch_pressed();
    }

    fn apply_freed(&mut self, index: usize, sign_out: InstructionId) {
        let queue = &mut self.queues[index];
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
    /// Puts a move back on the stack as settled (plan: "Late answers", "A sign-out declined").
    pub(super) fn put_back(&mut self, mut one: Move, at: Time) {
        if !one.is_settled() {
            one.settling = Settling::Settled(self.seen(at));
        }
        one.response = one.response.max(Response::Done);
        self.declined.remove(&one.tier);
        self.surge.get_or_insert(at);
        // In its own place: the reverse order of sign-in holds for what is put back as well.
        let place = self.stack.partition_point(|other| other.instruction < one.instruction);
        self.stack.insert(place, one);
        self.stack_changed(at);
    }
}
