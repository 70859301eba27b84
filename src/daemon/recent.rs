//! Depth over the last half hour, for whoever opens the page: kept in memory only, and never decided by.

use crate::core::{Millis, Name, QueueView, Time};
use crate::wire::{Recent, Stamp};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// How far back.
const SPAN: Millis = Millis::from_mins(30);

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
    told: Recent,
}

impl RecentDepths {
    /// Forgets all but these, which are in the order of their names.
    pub fn keep(&mut self, views: &[QueueView]) {
        self.queues
            .retain(|queue, _| views.binary_search_by(|view| view.queue.cmp(queue)).is_ok());
    }

    /// Notes how a queue stands, and tells its last half hour.
    pub fn note(&mut self, view: &QueueView, now: Time) -> Recent {
        self.queues.entry(view.queue.clone()).or_default().note(view, now)
    }
}

impl Depths {
    fn note(&mut self, view: &QueueView, now: Time) -> Recent {
        let depth = view.waiting.filter(|_| view.blind_since.is_none());
        match self.steps.back_mut() {
            None if depth.is_none() => return Arc::clone(&self.told),
            Some((_, last)) if *last == depth => return Arc::clone(&self.told),
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
        self.told = Arc::new(self.steps.iter().copied().collect());
        Arc::clone(&self.told)
    }
}
