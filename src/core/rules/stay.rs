//! People of a pool go back after a while, whatever waits (`max_stay`).

use crate::moves::{Move, Settling};
use crate::queue::Queue;
use crate::{Core, Name, Part, Reason, Seen, Time, What};

/// People who have been away for as long as one may.
struct Stayed<'a> {
    due: Seen,
    one: &'a Move,
    pool: &'a Name,
    reason: Reason,
}

impl Core {
    /// When the first people have been away for as long as one may.
    pub(super) fn stay_due(&self, queue: &Queue) -> Option<Time> {
        self.stayed(queue).map(|stayed| queue.real(stayed.due))
    }

    pub(super) fn decide_stayed(&self, queue: &Queue, at: Time) -> Option<What> {
        let stayed = self.stayed(queue).filter(|stayed| stayed.due <= queue.seen(at))?;
        let of_pool = stayed
            .one
            .parts
            .iter()
            .filter(|part| part.pool.as_ref() == Some(stayed.pool));
        let parts: Vec<Part> = of_pool.cloned().collect();
        let back = stayed.one.going_back(parts);
        Some(self.take_back(queue, stayed.one, back, stayed.reason, None, at))
    }

    fn stayed<'a>(&'a self, queue: &'a Queue) -> Option<Stayed<'a>> {
        self.ladder(queue).filter(|_| queue.acts())?;
        let settled = queue.stack.iter().filter_map(|one| match one.settling {
            Settling::Settled(at) => Some((one, one.kept.map_or(at, |kept| kept.max(at)))),
            Settling::Undelivered | Settling::Until(_) => None,
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
}
