//! People of a pool go back after a while, whatever waits (`max_stay`).

use crate::moves::{Move, Settling};
use crate::queue::Queue;
use crate::{Core, Millis, Name, Part, Reason, Seen, Time, What};

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

    /// When the first people of a move have been away for as long as one may.
    pub(crate) fn stay_ends(&self, queue: &Queue, one: &Move) -> Option<Seen> {
        self.ladder(queue).filter(|_| queue.acts())?;
        self.stays_of(one).map(|(due, ..)| due).min()
    }

    /// Until when people of a move may be away, pool by pool, and how long that is.
    fn stays_of<'a>(&'a self, one: &'a Move) -> impl Iterator<Item = (Seen, &'a Name, Millis)> {
        let settled = match one.settling {
            Settling::Settled(at) => Some(one.kept.map_or(at, |kept| kept.max(at))),
            Settling::Undelivered | Settling::Until(_) => None,
        };
        let pools = one.parts.iter().filter_map(|part| part.pool.as_ref());
        pools.filter_map(move |pool| {
            let max_stay = self.plan.pools.get(pool)?.max_stay?;
            Some((settled? + max_stay, pool, max_stay))
        })
    }

    fn stayed<'a>(&'a self, queue: &'a Queue) -> Option<Stayed<'a>> {
        self.ladder(queue).filter(|_| queue.acts())?;
        let stays = |one: &'a Move| self.stays_of(one).map(move |stay| (one, stay));
        let stayed = queue.stack.iter().flat_map(stays);
        // Of several at once, who came last goes first.
        let first = stayed.min_by_key(|(one, (due, ..))| (*due, std::cmp::Reverse(one.instruction)));
        first.map(|(one, (due, pool, max_stay))| Stayed {
            due,
            one,
            pool,
            reason: Reason::MaxStay {
                pool: pool.clone(),
                max_stay,
                waiting: queue.waiting(),
            },
        })
    }
}
