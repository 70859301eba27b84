//! What happens outside: plans, readings, signs of life, deliveries.

use super::{Model, Queue};
use std::sync::Arc;
use surged_core::ladder::{Judge, Threshold, When};
use surged_core::{Input, Millis, Name, Plan, Reading};

impl Model {
    /// Takes in an input, or refuses it with a code.
    ///
    /// # Errors
    /// The code.
    pub fn handle(&mut self, input: &Input) -> Result<(), &'static str> {
        self.admit(input)?;
        match input {
            Input::Configured { plan } => self.configured(plan),
            Input::LadderInForce { queue, ladder } => self.queue(queue).ladder = ladder.clone(),
            Input::FeedConnected { feed } => self.each_of(feed, |queue| queue.reported = false),
            Input::FeedDisconnected { .. } => {}
            Input::Reading { reading } => self.reading(reading),
            Input::Heartbeat { feed } => self.heartbeat(feed),
            Input::SourceLost { feed, .. } => self.each_of(feed, Queue::lose),
            Input::QueueMissing { queue } => self.queue(queue).lose(),
            Input::StoodStill { until } => self.stood_still(until.0),
            Input::Delivery {
                instruction,
                reached: true,
            } => self.delivered(instruction.0),
            Input::Delivery { .. } => {}
            Input::Answer {
                instruction,
                answer,
                by,
                ..
            } => self.answered(instruction.0, answer, by),
            Input::Order { order, .. } => self.ordered(order),
        }
        self.settle_everything();
        Ok(())
    }

    fn each_of(&mut self, feed: &Name, change: impl Fn(&mut Queue)) {
        let of_feed = self
            .queues
            .iter_mut()
            .filter(|(name, _)| self.plan.queues[*name].feed == *feed);
        of_feed.for_each(|(_, queue)| change(queue));
    }

    fn configured(&mut self, plan: &Arc<Plan>) {
        self.plan = plan.clone();
        for (name, configured) in &plan.queues {
            let fresh = || Queue::new(configured.ladder.clone(), self.now);
            self.queues.entry(name.clone()).or_insert_with(fresh);
        }
        // Whoever leaves the plan is remembered for a week, and these days are shorter.
        let ladders = plan.ladders.values();
        let whens = ladders.flat_map(|ladder| {
            ladder
                .tiers
                .iter()
                .map(|tier| tier.when)
                .chain([ladder.release.when])
                .chain(ladder.severe)
        });
        let thresholds: Vec<Threshold> = whens.map(|when| when.threshold).collect();
        for queue in self.queues.values_mut() {
            let clock = queue.clock;
            let before = std::mem::take(&mut queue.named);
            let since = |threshold| before.iter().find(|named| named.0 == threshold).map(|named| named.1);
            queue.named = thresholds
                .iter()
                .map(|&threshold| (threshold, since(threshold).unwrap_or(clock)))
                .collect();
        }
    }

    fn reading(&mut self, reading: &Reading) {
        let (now, forget) = (self.now, self.limits(&reading.queue).1);
        let queue = self.queue(&reading.queue);
        queue.vouch(now, forget);
        queue.last = Some(reading.clone());
        // Of several in one millisecond the last alone counts.
        let clock = queue.clock;
        queue.readings.retain(|before| before.0 != clock);
        queue.readings.push((clock, now, reading.clone()));
        queue.read_at = now;
        (queue.reported, queue.lost) = (true, false);
        self.look_for_the_missing(&reading.queue);
    }

    fn heartbeat(&mut self, feed: &Name) {
        for name in self.names() {
            let (now, forget) = (self.now, self.limits(&name).1);
            let of_feed = self.plan.queues[&name].feed == *feed;
            let queue = self.queue(&name);
            if queue.reported && of_feed {
                queue.vouch(now, forget);
                queue.read_again(now);
                self.look_for_the_missing(&name);
            }
        }
    }

    fn stood_still(&mut self, until: i64) {
        let gap = until - self.now;
        for name in self.names() {
            let (now, stale) = (self.now, self.limits(&name).0);
            let queue = self.queue(&name);
            if gap >= stale {
                let due = queue.open.iter_mut().filter_map(|open| open.due.as_mut());
                due.for_each(|due| *due += gap);
                queue.question.iter_mut().for_each(|question| question.again_at += gap);
                let missing = queue.stack.iter_mut().flat_map(|one| one.missing.values_mut());
                missing
                    .filter_map(|missing| missing.left_at.as_mut())
                    .for_each(|at| *at += gap);
                let incident = queue.incident.as_mut();
                incident
                    .and_then(|incident| incident.over_at.as_mut())
                    .into_iter()
                    .for_each(|at| *at += gap);
            }
            if until - queue.vouched_at < stale || queue.blind {
                continue;
            }
            // What was seen since the last sign of life counts for nothing, save what has come of it.
            queue.blind = true;
            let vouched = queue.clock - (now - queue.vouched_at) as usize;
            let stack = queue.stack.iter();
            let moves = stack
                .flat_map(|one| [Some(one.issued), one.settled, one.kept])
                .flatten();
            let holding = queue.named.iter().filter_map(|named| {
                let when = When::of(named.0, Millis::ZERO, Judge::Every);
                queue.held_from(&when, 0).map(|held| queue.clock - held)
            });
            let clock = moves.chain(holding).chain([vouched, queue.changed]).max();
            queue.clock = clock.unwrap_or(vouched).min(queue.clock);
            queue
                .named
                .iter_mut()
                .for_each(|named| named.1 = named.1.min(queue.clock));
        }
    }

    fn delivered(&mut self, id: u64) {
        for queue in self.queues.values_mut() {
            let clock = queue.clock;
            for one in queue.stack.iter_mut().filter(|one| one.id == id) {
                one.reaches_somebody(clock);
            }
            for leaving in queue.leaving.iter_mut().filter(|leaving| leaving.id == id) {
                leaving.deadline = leaving.deadline.or(Some(clock + leaving.settle_within));
            }
        }
    }
}
