//! What goes back, when, and how.

use super::super::ladder::{Ladder, Step, When};
use super::super::measure::Running;
use super::super::queue::{Move, Queue, Response, Settling};
use super::super::{Action, Core, Name, Part, Reason, Seen, Time, What};
use super::release_action;

/// People who have been away for as long as one may.
struct Stayed<'a> {
    due: Seen,
    one: &'a Move,
    pool: &'a Name,
    reason: Reason,
}

impl Core {
    /// When the top of the stack is due to go back, and how; or, on an empty stack, when the surge is over.
    pub(crate) fn release_due<'a>(&'a self, queue: &'a Queue) -> Option<(Seen, Option<(&'a Move, Action)>)> {
        let ladder = self.ladder(queue).filter(|_| queue.acts())?;
        let now = queue.seen(self.now);
        let Some(top) = queue.stack.last() else {
            queue.surge.filter(|_| !self.is_still_short(queue, ladder))?;
            return Some((self.calm(queue, now)?.due, None));
        };
        if top.response == Response::None {
            return Some((self.calm(queue, now)?.due, Some((top, Action::StandDown))));
        }
        let action = release_action(top);
        match top.settling {
            Settling::Settled(at) => {
                let earliest = at + ladder.release.min_stay;
                let due = self.calm(queue, now.max(earliest))?.due.max(earliest);
                Some((due, Some((top, action))))
            }
            _ if action == Action::StandDown => Some((self.calm(queue, now)?.due, Some((top, action)))),
            _ => None,
        }
    }

    /// When the first people have been away for as long as one may.
    pub(super) fn stay_due(&self, queue: &Queue) -> Option<Seen> {
        self.stayed(queue).map(|stayed| stayed.due)
    }

    fn stayed<'a>(&'a self, queue: &'a Queue) -> Option<Stayed<'a>> {
        self.ladder(queue).filter(|_| queue.acts())?;
        let settled = queue.stack.iter().filter_map(|one| match one.settling {
            Settling::Settled(at) => Some((one, one.kept.map_or(at, |kept| kept.max(at)))),
            _ => None,
        });
        let stayed = settled.flat_map(|(one, at)| {
            let pools = one.parts.iter().filter_map(|part| part.pool.as_ref());
            pools.filter_map(move |pool| {
                let max_stay = self.plan.pools.get(pool)?.max_stay?;
                let reason = Reason::MaxStay {
                    pool: pool.clone(),
                    max_stay,
                    waiting: queue.waiting(),
                };
                Some(Stayed {
                    due: at + max_stay,
                    one,
                    pool,
                    reason,
                })
            })
        });
        // Of several at once, who came last goes first.
        stayed.min_by_key(|stayed| (stayed.due, std::cmp::Reverse(stayed.one.instruction)))
    }

    /// Whether a tier that was skipped, declined or refused is due to this moment: then the surge is not over, or it would be skipped
    /// or asked anew at once. Calm may go with it, where a tier judges something else than the depth.
    fn is_still_short(&self, queue: &Queue, ladder: &Ladder) -> bool {
        let now = queue.seen(self.now);
        let in_incident = queue.incident.is_some() && self.above_since(queue).is_some();
        ladder.tiers.iter().any(|tier| {
            let passed_over = queue.skipped.contains(&tier.name)
                || queue.declined.contains(&tier.name)
                || queue.refused.contains_key(&tier.name);
            let running = queue.windows.running(&tier.when, queue.floor, now);
            let due = running.is_some_and(|running| running.due <= now) || (in_incident && tier.on_incident);
            passed_over && due
        })
    }

    /// The condition by which the top of the stack goes back: the ladder's release, or the shorter calm that stands down who has
    /// not answered.
    fn calm_when(&self, queue: &Queue) -> Option<When> {
        let ladder = self.ladder(queue)?;
        let unanswered = queue.stack.last().is_some_and(|top| top.response == Response::None);
        Some(if unanswered {
            ladder.stand_down()
        } else {
            ladder.release.when
        })
    }

    /// The window of that condition, if it comes to hold, judged from a moment on. Calm before the call is no reason to take it
    /// back: a mean may be passed while nobody waits, and somebody may call by hand.
    pub(crate) fn calm(&self, queue: &Queue, from: Seen) -> Option<Running> {
        let floor = queue.stack.last().map_or(queue.floor, |top| queue.floor.max(top.asked));
        queue.windows.running(&self.calm_when(queue)?, floor, from)
    }

    pub(super) fn decide_release(&self, queue: &Queue, at: Time) -> Option<What> {
        let now = queue.seen(at);
        if let Some(stayed) = self.stayed(queue).filter(|stayed| stayed.due <= now) {
            let parts = stayed
                .one
                .parts
                .iter()
                .filter(|part| part.pool.as_ref() == Some(stayed.pool));
            let action = release_action(stayed.one);
            let parts = parts.cloned().collect();
            return Some(self.take_back(queue, stayed.one, parts, action, stayed.reason, None, at));
        }
        let (_, top) = self.release_due(queue).filter(|(due, _)| *due <= now)?;
        let Some((top, action)) = top else {
            return queue.surge.map(|began| What::SurgeOver { began });
        };
        let (when, since) = (self.calm_when(queue)?, self.calm(queue, now)?.since);
        let reason = queue.windows.reason(&when, since, now, queue.waiting());
        let step = self.ladder(queue)?.release.step;
        let parts = match (step, action) {
            (Step::Person, Action::SignOut) => last_person(top),
            _ => top.parts.clone(),
        };
        Some(self.take_back(queue, top, parts, action, reason, None, at))
    }
}

/// Of a move the one who was asked last.
fn last_person(one: &Move) -> Vec<Part> {
    let last = one.parts.last().map(|part| Part {
        pool: part.pool.clone(),
        seats: 1,
        people: part
            .people
            .get((part.seats as usize).saturating_sub(1))
            .cloned()
            .into_iter()
            .collect(),
    });
    last.into_iter().collect()
}
