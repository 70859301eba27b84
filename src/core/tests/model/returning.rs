//! Who goes back, when, and how: "Release", "Orders by hand" that hold, the longest stay, the end of a surge.

use super::{Model, Move};
use surged_core::Name;
use surged_core::ladder::{Step, Threshold, When};

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
            let stand_down = one.is_stood_down(&parts);
            self.take_back(name, index, parts, stand_down, "max_stay", false);
            return true;
        }
        let ladder = self.ladder_of(name);
        let queue = &self.queues[name];
        let window = ladder.release.when.hold.0 as usize;
        let Some(top) = queue.stack.last() else {
            let calm = queue.held(&ladder.release.when);
            self.ends_the_surge(name, calm.is_some_and(|calm| calm >= window));
            return false;
        };
        let unanswered = top.unanswered();
        let (going, window) = if unanswered.is_empty() {
            (top.parts.clone(), window)
        } else {
            (unanswered, ladder.stand_down_after.0 as usize)
        };
        let stand_down = top.is_stood_down(&going);
        // It stays from its settling on, so not before it has settled; unless it is stood down.
        let stays = ladder.release.min_stay.0 as usize;
        let from = match top.settled {
            _ if stand_down => Some(0),
            settled => settled.map(|settled| settled + stays),
        };
        let held = top.hold_until.unwrap_or(0);
        let calm = self.not_needed_since(name, top);
        let calm =
            calm.and_then(|since| queue.held_from(&ladder.release.when, queue.changed.max(top.issued).max(since)));
        let due = calm.is_some_and(|calm| calm >= window) && from.is_some_and(|from| from.max(held) <= queue.clock);
        if due {
            let parts = match ladder.release.step {
                Step::Person if !stand_down => top.asked_last(),
                _ => going,
            };
            let index = queue.stack.len() - 1;
            self.take_back(name, index, parts, stand_down, "waiting_at_most", false);
        }
        due
    }

    /// Since when a move would not be called again if it went back; `None`: it would be.
    fn not_needed_since(&self, name: &Name, one: &Move) -> Option<usize> {
        let (queue, tiers) = (&self.queues[name], self.ladder_of(name).tiers);
        let Some(tier) = tiers.iter().find(|tier| tier.name == one.tier) else {
            return Some(0);
        };
        let calm = self.ladder_of(name).release.when.threshold;
        // Nobody waits for both more and fewer than so many.
        let not_held_since = |when: &When| match (calm, when.threshold) {
            (Threshold::WaitingAtMost(at_most), Threshold::WaitingAbove { above, .. }) if above >= at_most => Some(0),
            _ => queue.not_held_since(when),
        };
        let own = not_held_since(&tier.when)?;
        if one.beside && tier.on_incident && queue.incident.is_some() {
            return Some(own.max(not_held_since(&tiers[0].when)?));
        }
        Some(own)
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
        let severe = self.is_severe(name);
        let queue = self.queue(name);
        let in_incident = queue.incident.is_some() && queue.holds_now(&ladder.tiers[0].when);
        let short = ladder.tiers.iter().any(|tier| {
            let held = queue.held(&tier.when);
            let due = held.is_some_and(|held| held >= tier.when.hold.0 as usize)
                || (severe && queue.holds_now(&tier.when))
                || (tier.on_incident && in_incident);
            let passed_over = queue.skipped.contains(&tier.name)
                || queue.no.contains_key(&tier.name)
                || queue.refused.contains_key(&tier.name);
            passed_over && due
        });
        if queue.surge && calm && !short {
            queue.surge = false;
            queue.open.retain(|open| !open.stand_down || open.due.is_some());
            queue.went.clear();
            queue.skipped.clear();
            queue.refused.clear();
            self.say(name, "surge_over".to_owned());
        }
    }
}
