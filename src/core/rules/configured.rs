//! The plan in force and the ladder in force: told from outside, journaled, and taken in without losing anybody (plan: "The stack",
//! invariant 9).

use crate::measure::Windows;
use crate::queue::Queue;
use crate::{Core, Name, Plan, Refusal, Time, What};
use std::sync::Arc;

impl Core {
    pub(super) fn admit_ladder(&self, queue: &Name, ladder: &Name) -> Result<(), Refusal> {
        self.known(queue)?;
        let known = self.plan.ladders.contains_key(ladder);
        known.then_some(()).ok_or_else(|| Refusal::NoSuchLadder(ladder.clone()))
    }

    pub(super) fn absorb_plan(&mut self, plan: Arc<Plan>, at: Time) {
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
        self.queues.iter_mut().for_each(|queue| queue.fit_chain(&plan));
        self.people.retain(&plan);
        self.rebuild();
        (0..self.queues.len()).for_each(|index| self.touch(index));
    }

    pub(super) fn absorb_ladder(&mut self, queue: &Name, ladder: Name, at: Time) {
        let Some(index) = self.index(queue).filter(|_| self.plan.ladders.contains_key(&ladder)) else {
            return;
        };
        let from = std::mem::replace(&mut self.queues[index].ladder, ladder.clone());
        if from != ladder {
            self.say(index, at, What::LadderChanged { from, to: ladder });
        }
        self.join_pools(index);
        self.touch_neighbours(index);
    }
}
