//! Depth over the last half hour, for whoever opens the page: kept in memory, after a start read from the duty log, and never decided by.

use crate::core::{Millis, Name, QueueView, Time};
use crate::wire::{Recent, Stamp};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// How far back.
pub const SPAN: Millis = Millis::from_mins(30);

/// Changes closer together than this are told as one: what a chart of half an hour can show.
const STEP: Millis = Millis::from_secs(5);

/// Depths of every queue.
#[derive(Default)]
pub struct RecentDepths {
    queues: BTreeMap<Name, Depths>,
}

#[derive(Default)]
struct Depths {
    steps: VecDeque<(Stamp, Option<u32>)>,
    /// How it stands: what a step has hidden comes out once it is over.
    stands: Option<u32>,
    /// As it was told last, unless a step came since.
    told: Option<Recent>,
}

impl RecentDepths {
    /// Forgets all but these, which are in the order of their names.
    pub fn keep(&mut self, views: &[QueueView]) {
        self.queues
            .retain(|queue, _| views.binary_search_by(|view| view.queue.cmp(queue)).is_ok());
    }

    /// Notes how a queue stands, and tells its last half hour.
    pub fn note(&mut self, view: &QueueView, now: Time) -> Recent {
        let depths = self.queues.entry(view.queue.clone()).or_default();
        match view.blind_since {
            Some(since) => depths.step(None, since),
            None => depths.step(view.waiting, now),
        }
        depths.tell()
    }

    /// The past is over by then: what stands goes on.
    pub fn settle(&mut self, now: Time) {
        for depths in self.queues.values_mut() {
            depths.step(depths.stands, now);
        }
    }

    /// Notes a depth of the past, which is told once all of it is noted; `None`: nobody could see.
    pub fn recall(&mut self, queue: &Name, depth: Option<u32>, at: Time) {
        match self.queues.get_mut(queue) {
            Some(depths) => depths.step(depth, at),
            None => self.queues.entry(queue.clone()).or_default().step(depth, at),
        }
    }
}

impl Depths {
    fn step(&mut self, depth: Option<u32>, now: Time) {
        if let Some((began, last)) = self.steps.back()
            && *last != self.stands
            && now - began.0 >= STEP
        {
            self.steps.push_back((Stamp(began.0 + STEP), self.stands));
            self.told = None;
        }
        self.stands = depth;
        match self.steps.back_mut() {
            None if depth.is_none() => return,
            Some((_, last)) if *last == depth => return,
            // The deepest of a step is the one that counts.
            Some((began, last)) if now - began.0 < STEP && last.is_some() && depth.is_some() => {
                *last = (*last).max(depth);
            }
            _ => self.steps.push_back((Stamp(now), depth)),
        }
        // One step from before the half hour stays: it tells the depth at its beginning.
        while self.steps.get(1).is_some_and(|(at, _)| now - at.0 > SPAN) {
            self.steps.pop_front();
        }
        self.told = None;
    }

    fn tell(&mut self) -> Recent {
        let steps = &self.steps;
        Arc::clone(
            self.told
                .get_or_insert_with(|| Arc::new(steps.iter().copied().collect())),
        )
    }
}
