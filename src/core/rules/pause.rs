//! A queue on which the daemon does nothing of its own accord for a while: never without an end (plan: "Orders by hand").

use super::answer::AHEAD_LIMIT;
use crate::queue::Queue;
use crate::{Actor, Core, Millis, Pause, Refusal, Time, What};

pub(super) fn admit(lasting: Millis, reason: &str) -> Result<(), Refusal> {
    let bounded = (1_000..=AHEAD_LIMIT.0).contains(&lasting.0) && !reason.trim().is_empty();
    bounded.then_some(()).ok_or(Refusal::PauseWithoutEnd)
}

pub(super) fn admit_end(queue: &Queue) -> Result<(), Refusal> {
    let paused = queue.pause.as_ref().map(drop);
    paused.ok_or_else(|| Refusal::NotPaused(queue.name.clone()))
}

impl Core {
    pub(super) fn absorb_pause(&mut self, index: usize, by: Actor, lasting: Millis, reason: String, at: Time) {
        let until = at + lasting;
        self.queues[index].pause = Some(Pause {
            by: by.clone(),
            until,
            reason: reason.clone(),
        });
        self.say(index, at, What::Paused { by, until, reason });
        // Nothing is kept any longer for a queue that does nothing.
        self.touch_neighbours(index);
    }

    pub(super) fn absorb_resume(&mut self, index: usize, by: Actor, at: Time) {
        self.apply_resumed(index, at);
        self.say(index, at, What::Resumed { by: Some(by) });
    }

    pub(super) fn pause_due(&self, queue: &Queue) -> Option<Time> {
        queue.pause.as_ref().map(|pause| pause.until)
    }

    pub(super) fn decide_pause(&self, queue: &Queue, at: Time) -> Option<What> {
        let over = self.pause_due(queue)? <= at;
        over.then_some(What::Resumed { by: None })
    }

    /// Windows begin anew.
    pub(super) fn apply_resumed(&mut self, index: usize, at: Time) {
        let queue = &mut self.queues[index];
        queue.pause = None;
        queue.stack_changed(at);
    }
}
