//! Who goes back, when, and how: "Release", "Orders by hand" that hold, the longest stay, the end of a surge.

use super::Model;
use surged_core::Name;
use surged_core::ladder::Step;

impl Model {
    /// One move, or a part of it; whether there was any.
    pub fn releases(&mut self, name: &Name) -> bool {
        if !self.queue(name).acts() {
            return false;
        }
        if let Some((index, pool)) = self.stayed_too_long(name) {
            let one = &self.queues[name].stack[index];
            let parts = one.parts.iter().filter(|part| part.pool.as_ref() == Some(&pool));
            let parts = parts.cloned().collect::<Vec<_>>();
            let mut half = one.clone();
            half.parts = parts;
            let stand_down = !half.is_answered() || (one.action.from_outside() && !half.is_there());
            let parts = half.parts;
            self.take_back(name, index, parts, stand_down, "max_stay", false);
            return true;
        }
        let (now, ladder) = (self.now, self.ladder_of(name));
        let queue = self.queue(name);
        let Some(calm) = queue.held(&ladder.release.when) else {
            return false;
        };
        let clock = queue.clock;
        let window = ladder.release.when.hold.0 as usize;
        let Some(top) = queue.stack.last() else {
            self.ends_the_surge(name, calm >= window);
            return false;
        };
        let calm = calm.min(clock - top.issued);
        let stayed = ladder.release.min_stay.0 as usize;
        if top.hold_until.is_some_and(|until| until > now) {
            return false;
        }
        let nobody_answered = !top.is_answered();
        let stand_down = nobody_answered || (top.action.from_outside() && !top.is_there());
        let due = if nobody_answered {
            calm >= ladder.stand_down_after.0 as usize
        } else {
            // It stays from its settling on, so not before it has settled; unless it is stood down, since nobody has come.
            let comes = stand_down && top.settled.is_none();
            calm >= window && (comes || top.settled.is_some_and(|settled| clock >= settled + stayed))
        };
        if due {
            let parts = match ladder.release.step {
                Step::Person if !stand_down => top.asked_last(),
                _ => top.parts.clone(),
            };
            let index = queue.stack.len() - 1;
            self.take_back(name, index, parts, stand_down, "waiting_at_most", false);
        }
        due
    }

    /// People of a pool who have been away for as long as one may; of several at once who came last.
    fn stayed_too_long(&self, name: &Name) -> Option<(usize, Name)> {
        let queue = &self.queues[name];
        let mut longest: Option<(usize, usize, Name)> = None;
        for (index, one) in queue.stack.iter().enumerate().rev() {
            for pool in one.parts.iter().filter_map(|part| part.pool.as_ref()) {
                let (Some(settled), Some(max)) = (one.settled, self.plan.pools[pool].max_stay) else {
                    continue;
                };
                let due = one.kept.map_or(settled, |kept| kept.max(settled)) + max.0 as usize;
                if due <= queue.clock && longest.as_ref().is_none_or(|longest| due < longest.0) {
                    longest = Some((due, index, pool.clone()));
                }
            }
        }
        longest.map(|(_, index, pool)| (index, pool))
    }

    fn ends_the_surge(&mut self, name: &Name, calm: bool) {
        let ladder = self.ladder_of(name);
        let queue = self.queue(name);
        let in_incident = queue.incident.is_some() && queue.holds_now(&ladder.tiers[0].when);
        let short = ladder.tiers.iter().any(|tier| {
            let due = queue.is_due(&tier.when) || (tier.on_incident && in_incident);
            let passed_over = queue.skipped.contains(&tier.name)
                || queue.no.contains_key(&tier.name)
                || queue.refused.contains_key(&tier.name);
            passed_over && due
        });
        if queue.surge && calm && !short {
            queue.surge = false;
            queue.no.clear();
            queue.went.clear();
            queue.skipped.clear();
            queue.refused.clear();
            self.say(name, "surge_over".to_owned());
        }
    }
}
