//! Who has to answer an instruction, level by level (plan: "Chain of command").
//!
//! ```text
//!  level 0 ──not seen in time, or passed up──► level 1 ──► … ──► unanswered
//!     └─ seen: its time once more; with a promise ("coming at 9:41"): until then and a margin
//! ```

use crate::queue::{Open, Queue};
use crate::{Actor, Core, Instruction, InstructionId, Millis, Name, Plan, Promise, Refusal, Time, What};

impl Core {
    pub(super) fn admit_escalate(
        &self,
        instruction: InstructionId,
        open: Option<&Open>,
        by: &Actor,
    ) -> Result<(), Refusal> {
        let open = open.ok_or(Refusal::Closed(instruction))?;
        let level = self.level_above(open.level, by);
        (level < self.plan.chain.len())
            .then_some(())
            .ok_or(Refusal::NobodyAbove(instruction))
    }

    /// The level to which somebody passes an instruction up: above the level that has it, and above their own.
    fn level_above(&self, level: usize, by: &Actor) -> usize {
        let own = self.plan.chain.iter().position(|level| level.role == by.role);
        own.map_or(level, |own| own.max(level)) + 1
    }

    pub(super) fn open_chain(&mut self, index: usize, instruction: &Instruction) {
        let chain = !self.plan.chain.is_empty();
        let open = &mut self.queues[index].open;
        // Most queues have one at most, and in a storm all of them have it in one moment.
        open.reserve_exact(usize::from(open.is_empty()));
        open.push(Open {
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

    pub(super) fn absorb_seen(
        &mut self,
        index: usize,
        instruction: InstructionId,
        by: Actor,
        eta: Option<Millis>,
        at: Time,
    ) {
        let chain = &self.plan.chain;
        let queue = &mut self.queues[index];
        if let Some(open) = queue.open_mut(instruction) {
            open.delivered = true;
            open.seen_by = Some(by);
            open.seen_at = Some(at);
            open.eta = eta;
            let level = chain.get(open.level).filter(|_| !open.unanswered);
            if let (Some(level), Some(eta)) = (level, eta) {
                open.due = Some(at + eta + level.late_margin);
                open.pass_to = None;
            } else if let Some(level) = level.filter(|_| !open.extended) {
                open.extended = true;
                open.due = Some(at + level.respond_within);
            }
        }
        if let Some(one) = queue.on_stack_mut(instruction) {
            one.response = one.response.max(crate::moves::Response::Seen);
        }
        queue.start_settling(instruction, eta, at);
    }

    pub(super) fn absorb_escalate(&mut self, index: usize, instruction: InstructionId, by: &Actor, at: Time) {
        let level = self.queues[index]
            .open(instruction)
            .map(|open| self.level_above(open.level, by));
        if let Some(open) = self.queues[index].open_mut(instruction) {
            open.pass_to = level;
            open.due = Some(at);
        }
    }

    pub(super) fn chain_due(&self, queue: &Queue) -> Option<Time> {
        queue.open.iter().filter_map(|open| open.due).min()
    }

    pub(super) fn decide_chain(&self, queue: &Queue, at: Time) -> Option<What> {
        let open = queue.open.iter().find(|open| open.due.is_some_and(|due| due <= at))?;
        let instruction = open.instruction.id;
        let level = open.pass_to.unwrap_or(open.level + 1);
        let Some(next) = self.plan.chain.get(level) else {
            return Some(What::Unanswered { instruction });
        };
        let between = self.plan.chain.iter().take(level).skip(open.level + 1);
        let promise = open.seen_by.clone().zip(open.seen_at.zip(open.eta));
        let promise = promise.map(|(by, (seen_at, eta))| Promise { by, at: seen_at + eta });
        Some(What::PassedUp {
            instruction,
            level,
            role: next.role.clone(),
            skipped: between.map(|level| level.role.clone()).collect(),
            respond_by: at + next.respond_within,
            promise: promise.filter(|promise| promise.at <= at),
        })
    }

    pub(super) fn apply_passed_up(&mut self, index: usize, instruction: InstructionId, level: usize, respond_by: Time) {
        if let Some(open) = self.queues[index].open_mut(instruction) {
            open.level = level;
            open.due = Some(respond_by);
            open.extended = false;
            open.pass_to = None;
        }
    }

    /// The chain is at its end. A sign-in stays open as long as its move stands; what takes people back stays open only until
    /// they are free.
    pub(super) fn apply_unanswered(&mut self, index: usize, instruction: InstructionId) {
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
    /// Another plan is in force: whoever is beyond the end of its chain is at its last level.
    pub(super) fn fit_chain(&mut self, plan: &Plan) {
        for open in &mut self.open {
            match plan.chain.len().checked_sub(1) {
                Some(last) => {
                    open.level = open.level.min(last);
                    open.pass_to = open.pass_to.filter(|level| *level <= last);
                }
                None => {
                    open.level = 0;
                    open.due = None;
                    open.pass_to = None;
                }
            }
        }
    }
}

/// The levels of the chain that may say yes or no, lowest first.
pub(super) fn leaders(plan: &Plan) -> Vec<&crate::ladder::Level> {
    let may = |role: &Name| matches!(role.as_str(), "shift_leader" | "manager");
    plan.chain.iter().filter(|level| may(&level.role)).collect()
}
