//! What goes back when it is calm, when, and how: one move a window, last in first out (plan: "Release").

use crate::ladder::{Ladder, Step, When};
use crate::measure::Running;
use crate::moves::{Move, Settling, count};
use crate::queue::Queue;
use crate::{Action, Core, Name, Part, Seen, Time, What};

/// The next thing that calm brings.
struct Ending<'a> {
    due: Seen,
    /// The top of the stack goes back; `None`: the stack is empty, and the surge is over.
    top: Option<&'a Move>,
}

impl Core {
    /// When the top of the stack is due to go back; or, on an empty stack, when the surge is over.
    fn ending<'a>(&'a self, queue: &'a Queue) -> Option<Ending<'a>> {
        let ladder = self.ladder(queue).filter(|_| queue.acts())?;
        let now = queue.seen(self.now);
        let Some(top) = queue.stack.last() else {
            queue.surge.filter(|_| !self.is_still_short(queue, ladder))?;
            let due = self.calm(queue, now)?.due;
            return Some(Ending { due, top: None });
        };
        // Whoever was called by hand stays for a while: a leader's preparation is not undone.
        let held = top.hold_until.unwrap_or(top.asked);
        let earliest = match (top.way_back(going(top)), top.settling) {
            (Action::StandDown, _) => held,
            (_, Settling::Settled(at)) => held.max(at + ladder.release.min_stay),
            (_, Settling::Undelivered | Settling::Until(_)) => return None,
        };
        let due = self.calm(queue, now.max(earliest))?.due.max(earliest);
        Some(Ending { due, top: Some(top) })
    }

    pub(super) fn release_due(&self, queue: &Queue) -> Option<Time> {
        self.ending(queue).map(|ending| queue.real(ending.due))
    }

    /// The release window of the top of the stack, while it runs.
    pub(crate) fn release_clock(&self, queue: &Queue) -> Option<Running> {
        let ending = self.ending(queue).filter(|ending| ending.top.is_some())?;
        let since = self.calm(queue, queue.seen(self.now).max(ending.due))?.since;
        Some(Running { since, due: ending.due })
    }

    /// Whether a tier that was skipped, declined or refused is due to this moment: then the surge is not over, or it would be skipped
    /// or asked anew at once. Calm may go with it, where a tier judges something else than the depth.
    fn is_still_short(&self, queue: &Queue, ladder: &Ladder) -> bool {
        let now = queue.seen(self.now);
        let is_severe = self.is_severe(queue);
        let in_incident = queue.incident.is_some() && self.above_since(queue).is_some();
        ladder.tiers.iter().any(|tier| {
            let passed_over = queue.skipped.contains(&tier.name)
                || queue.declined.contains_key(&tier.name)
                || queue.refused.contains_key(&tier.name);
            let running = queue.windows.running(&tier.when, queue.floor, now);
            let by_severity = is_severe && queue.windows.since(&tier.when, now).is_some();
            let due =
                running.is_some_and(|running| running.due <= now) || by_severity || (in_incident && tier.on_incident);
            passed_over && due
        })
    }

    /// The condition by which the top of the stack goes back: the ladder's release, or the shorter calm that stands down who has
    /// not answered.
    fn calm_when(&self, queue: &Queue) -> Option<When> {
        let ladder = self.ladder(queue)?;
        let unanswered = queue.stack.last().is_some_and(|top| top.unanswered().next().is_some());
        Some(if unanswered {
            ladder.stand_down()
        } else {
            ladder.release.when
        })
    }

    /// The window of that condition, if it comes to hold, judged from a moment on. Calm before the call is no reason to take it
    /// back: a mean may be passed while nobody waits, and somebody may call by hand. Nor is it calm for a move whose tier would be called
    /// again.
    fn calm(&self, queue: &Queue, from: Seen) -> Option<Running> {
        let when = self.calm_when(queue)?;
        let Some(top) = queue.stack.last() else {
            return queue.windows.running(&when, queue.floor, from);
        };
        let floor = queue
            .floor
            .max(top.asked)
            .max(self.not_needed_since(queue, top, &when)?);
        queue.windows.running(&when, floor, from)
    }

    /// Since when what called the tier of a move is not passed; `None`: it is, and whoever went back would be called again. Only where
    /// that may be while it is calm: the release may go by the depth alone and the tier by the longest wait. What the release measures
    /// itself it judges itself.
    fn not_needed_since(&self, queue: &Queue, one: &Move, calm: &When) -> Option<Seen> {
        let now = queue.seen(self.now);
        let tiers = self.ladder(queue).map_or(&[][..], |ladder| &ladder.tiers);
        let own = tiers.iter().find(|tier| tier.name == one.tier);
        let in_incident = own.is_some_and(|tier| one.beside && tier.on_incident) && queue.incident.is_some();
        let brought_forward = tiers.first().filter(|_| in_incident);
        let mut since = Seen(i64::MIN);
        let unseen = own
            .into_iter()
            .chain(brought_forward)
            .filter(|tier| !calm.rules_out(&tier.when));
        for tier in unseen {
            since = since.max(queue.windows.not_since(&tier.when, now)?);
        }
        Some(since)
    }

    pub(super) fn decide_release(&self, queue: &Queue, at: Time) -> Option<What> {
        let now = queue.seen(at);
        let ending = self.ending(queue).filter(|ending| ending.due <= now)?;
        let Some(top) = ending.top else {
            return queue.surge.map(|began| What::SurgeOver { began });
        };
        let (when, since) = (self.calm_when(queue)?, self.calm(queue, now)?.since);
        let reason = queue.windows.reason(&when, since, now, queue.waiting());
        let mut back = top.going_back(going(top).cloned().collect());
        // One by one they go as all of them would: the last who was asked may be the one who has not come.
        if self.ladder(queue)?.release.step == Step::Person && back.action == Action::SignOut {
            back.parts = last_person(top);
        }
        Some(self.take_back(queue, top, back, reason, None, at))
    }

    pub(super) fn apply_surge_over(&mut self, index: usize) {
        let queue = &mut self.queues[index];
        queue.surge = None;
        // Without a chain of command nothing else would close what nobody answers.
        queue
            .open
            .retain(|open| open.instruction.action != Action::StandDown || open.due.is_some());
        queue.skipped.clear();
        queue.refused.clear();
        queue.went.clear();
        self.touch_neighbours(index);
    }
}

/// What of a move goes back next: first what nobody has answered.
fn going(one: &Move) -> impl Iterator<Item = &Part> {
    let any_unanswered = one.unanswered().next().is_some();
    let answered = one.parts.iter().filter(move |_| !any_unanswered);
    one.unanswered().chain(answered)
}

/// Of a move the one who was asked last. Where more are named than are there, nobody knows who that is.
fn last_person(one: &Move) -> Vec<Part> {
    let last = one.parts.last().map(|part| {
        let last = (part.seats as usize)
            .checked_sub(1)
            .and_then(|last| part.people.get(last));
        let people: Vec<Name> = match last {
            _ if count(part.people.len()) > part.seats => part.people.clone(),
            last => last.cloned().into_iter().collect(),
        };
        Part {
            pool: part.pool.clone(),
            seats: 1,
            people,
        }
    });
    last.into_iter().collect()
}
