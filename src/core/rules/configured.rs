//! The plan in force and the ladder in force: told from outside, journaled, and taken in without losing anybody (plan: "The stack",
//! invariant 9).

use crate::measure::{Windows, conditions};
use crate::queue::Queue;
use crate::{Core, Name, Plan, Refusal, Time, What};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Core {
    pub(super) fn admit_ladder(&self, queue: &Name, ladder: &Name) -> Result<(), Refusal> {
        self.known(queue)?;
        let known = self.plan.ladders.contains_key(ladder);
        known.then_some(()).ok_or_else(|| Refusal::NoSuchLadder(ladder.clone()))
    }

    pub(super) fn absorb_plan(&mut self, plan: Arc<Plan>, at: Time) {
        let before = std::mem::take(&mut self.queues).into_iter();
        let mut before: BTreeMap<Name, Queue> = before.map(|queue| (queue.name.clone(), queue)).collect();
        let conditions = conditions(&plan);
        self.plan = Arc::clone(&plan);
        for (name, configured) in &plan.queues {
            let known = before.remove(name);
            let mut queue = known.unwrap_or_else(|| Queue::new(name.clone(), configured.ladder.clone(), at));
            queue.retired = false;
            if !plan.ladders.contains_key(&queue.ladder) {
                queue.ladder = configured.ladder.clone();
            }
            let now = queue.seen(at);
            queue.windows = Windows::for_conditions(&queue.windows, &conditions, configured, queue.latest(at), now);
            self.queues.push(queue);
        }
        // A queue that left the configuration stays until its people are released by hand. Nobody tells of it any more: what was read last
        // is no news of it, and proves nothing.
        for mut queue in before.into_values().filter(|queue| !queue.is_spent()) {
            queue.retired = true;
            queue.last = None;
            self.queues.push(queue);
        }
        self.queues.sort_by(|one, other| one.name.cmp(&other.name));
        self.queues.iter_mut().for_each(|queue| queue.fit_chain(&plan));
        self.people.retain(&plan, at);
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
        self.follow_ladder(index);
        self.touch_neighbours(index);
    }
}
