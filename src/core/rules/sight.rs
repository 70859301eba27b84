//! Whether a queue can be seen, and what is seen of it (plan: "Reading", "Blind").
//!
//! ```text
//!  Blind ◄── silence, source lost, missing, nothing ran ── Seeing
//!    └───────────────── reading or heartbeat ────────────────►┘
//! ```

use crate::measure::Latest;
use crate::moves::Settling;
use crate::moves::worded;
use crate::queue::{Queue, Sight};
use crate::supply::Present;
use crate::{Core, Lost, Millis, Name, OutOfPlace, Reading, Seen, Time, Unseen, What};

/// After this long a blind queue's floor is told who is out of place.
const BLIND_LONG_AFTER: Millis = Millis::from_mins(10);

/// What the word of a source has changed.
#[derive(Copy, Clone, Default)]
struct Moved {
    /// A window began or ended, or may be due at another time.
    windows: bool,
    /// Others are on the phones than before.
    people: bool,
}

impl Core {
    pub(super) fn absorb_connected(&mut self, feed: &Name) {
        self.each_queue_of(feed, |core, index| core.queues[index].vouched_by_heartbeat = false);
    }

    #[inline]
    pub(crate) fn absorb_reading(&mut self, index: usize, said: &mut Option<Reading>, at: Time) {
        let lent = self.lends(index);
        let was_blind = self.queues[index].is_blind();
        self.queues[index].vouched_by_heartbeat = true;
        let moved = self.vouch(index, said, at);
        if moved.people {
            self.recount(index);
        }
        // Seen again, it may take what others would take, even where its windows go on as they were.
        if self.lends(index) != lent {
            self.touch_neighbours(index);
        } else if was_blind || moved.people || moved.windows {
            self.touch_attentive(index);
        } else {
            self.touch_lightly(index, at);
        }
    }

    fn lends(&self, index: usize) -> bool {
        self.supply(false).lends(&self.queues[index])
    }

    pub(super) fn absorb_heartbeat(&mut self, feed: &Name, at: Time) {
        self.each_queue_of(feed, |core, index| {
            if core.queues[index].vouched_by_heartbeat {
                let (was_blind, lent) = (core.queues[index].is_blind(), core.lends(index));
                let moved = core.vouch(index, &mut None, at);
                if core.lends(index) != lent {
                    core.touch_neighbours(index);
                } else if was_blind {
                    core.touch_attentive(index);
                } else if moved.people || moved.windows {
                    core.touch(index);
                } else {
                    core.touch_lightly(index, at);
                }
            }
        });
    }

    pub(super) fn absorb_lost(&mut self, feed: &Name, why: &str) {
        self.each_queue_of(feed, |core, index| core.lose(index, &Lost::Said(why.to_owned())));
    }

    pub(super) fn absorb_missing(&mut self, queue: &Name) {
        if let Some(index) = self.index(queue) {
            self.lose(index, &Lost::Found(Unseen::Missing));
        }
    }

    fn each_queue_of(&mut self, feed: &Name, mut change: impl FnMut(&mut Core, usize)) {
        for index in 0..self.queues.len() {
            let configured = self.queues[index].setting.plan.as_ref();
            if configured.is_some_and(|plan| plan.feed == *feed) {
                change(self, index);
            }
        }
    }

    /// The source vouches for a queue, with a new reading or by saying that nothing changed. A reading changes places with the one before.
    #[inline]
    fn vouch(&mut self, index: usize, said: &mut Option<Reading>, at: Time) -> Moved {
        let mut moved = Moved::default();
        let queue = &mut self.queues[index];
        let limits = queue.setting.limits;
        if queue.setting.plan.is_none() {
            return moved;
        }
        let mut anew = queue.last.is_none();
        let mut was_blind = None;
        self.derived.turned |= queue.is_blind();
        if let Sight::Blind { since, said, .. } = queue.sight {
            anew |= at - queue.vouched_at >= limits.forget_after;
            was_blind = said.then_some(at - since);
            queue.blind_total = queue.blind_total + (at - since).max(Millis::ZERO);
            queue.sight = Sight::Seeing;
        }
        queue.vouched_at = at;
        queue.lost = None;
        if let Some(reading) = said {
            // Who is there follows from nothing else of it.
            let same = |last: &Reading| {
                (last.signed_in, last.paused) == (reading.signed_in, reading.paused) && last.agents == reading.agents
            };
            if !queue.last.as_ref().is_some_and(same) {
                let present = Present::of(&self.plan, &self.derived.staff, &queue.setting, reading);
                moved.people = queue.present != present;
                queue.present = present;
            }
            queue.only_moves_said &= queue.present.number.is_none();
            std::mem::swap(&mut queue.last, said);
            queue.read_at = at;
        }
        let now = queue.seen(at);
        moved.people |= queue.look_for_people(now);
        let age = (at - queue.read_at).max(Millis::ZERO);
        let (Some(reading), Some(configured)) = (&queue.last, &queue.setting.plan) else {
            return moved;
        };
        let latest = Latest { reading, age };
        if anew {
            queue.windows.begin_anew(latest, configured, now);
        }
        if let Some(offered) = reading.offered {
            queue.arrivals.observe(offered, at);
        }
        moved.windows = queue.windows.observe(latest, configured, now) || anew;
        self.derived.turned |= moved.windows || moved.people;
        if let Some(blind) = was_blind {
            self.say(index, at, What::FeedBack { blind, anew });
        }
        moved
    }

    /// The source has lost sight of a queue: it is decided to be blind in this very millisecond.
    fn lose(&mut self, index: usize, why: &Lost) {
        self.touch(index);
        let queue = &mut self.queues[index];
        queue.vouched_by_heartbeat = false;
        if !queue.is_blind() {
            queue.lost = Some(why.clone());
        }
    }

    /// Nothing ran from `at` until then. Sight comes first: a queue that nobody has vouched for within `stale_after` is blind from its
    /// last reading on, and whoever was to answer loses no time in which nobody could be told.
    pub(super) fn absorb_gap(&mut self, until: Time, at: Time) {
        let gap = until - at;
        for index in 0..self.queues.len() {
            let stale_after = self.queues[index].setting.limits.stale_after;
            let queue = &mut self.queues[index];
            if until - queue.vouched_at >= stale_after && !queue.is_blind() {
                queue.lose_sight(at);
            }
            if gap >= stale_after {
                queue.wait_longer(gap);
            }
            self.touch(index);
        }
    }

    pub(crate) fn sight_due(&self, queue: &Queue) -> Option<Time> {
        if queue.retired {
            return None;
        }
        let stale_after = queue.setting.limits.stale_after;
        match queue.sight {
            Sight::Seeing if queue.lost.is_some() => Some(self.now),
            Sight::Seeing | Sight::Blind { said: false, .. } => Some(queue.vouched_at + stale_after),
            Sight::Blind {
                said: true,
                long_said: false,
                since,
            } => Some(since + BLIND_LONG_AFTER),
            Sight::Blind {
                said: true,
                long_said: true,
                ..
            } => None,
        }
    }

    pub(super) fn decide_sight(&self, queue: &Queue, at: Time) -> Option<What> {
        if self.sight_due(queue).is_none_or(|due| due > at) {
            return self.counts_only_moves(queue).then_some(What::OnlyMovesCounted {});
        }
        if let Sight::Blind { said: true, since, .. } = queue.sight {
            let told = queue.stack.iter().rev().filter(|one| !one.shadow);
            let out_of_place = told.map(|one| OutOfPlace {
                instruction: one.instruction,
                action: one.action,
                tier: one.tier.clone(),
                parts: worded(&one.parts),
            });
            return Some(What::BlindLong {
                since,
                out_of_place: out_of_place.collect(),
            });
        }
        let why = queue.lost.clone().unwrap_or_else(|| {
            let after = queue.setting.limits.stale_after;
            Lost::Found(match queue.last {
                Some(_) => Unseen::Silent { after },
                None => Unseen::NeverRead { after },
            })
        });
        Some(What::FeedLost { why })
    }

    /// Whether it has to be said that nobody knows who sits on the seats.
    fn counts_only_moves(&self, queue: &Queue) -> bool {
        let unknown = queue.last.is_some() && queue.present.number.is_none();
        unknown && self.plan.physical_seats.is_some() && !queue.only_moves_said && !queue.retired
    }

    pub(super) fn apply_feed_lost(&mut self, index: usize, at: Time) {
        let lent = self.lends(index);
        let queue = &mut self.queues[index];
        queue.lost = None;
        queue.sight = match queue.sight {
            Sight::Seeing => Sight::Blind {
                since: at,
                said: true,
                long_said: false,
            },
            Sight::Blind { since, long_said, .. } => Sight::Blind {
                since,
                said: true,
                long_said,
            },
        };
        // Nothing is kept any longer for a queue that nobody sees, as of every decision on it; it may have lent people as well.
        if self.lends(index) != lent {
            self.touch_neighbours(index);
        }
    }

    pub(super) fn apply_blind_long(&mut self, index: usize) {
        if let Sight::Blind { long_said, .. } = &mut self.queues[index].sight {
            *long_said = true;
        }
    }
}

impl Queue {
    /// It cannot be seen from its last reading on. Its clock does not go back behind what has changed on it since.
    fn lose_sight(&mut self, at: Time) {
        let now = self.seen(at);
        let moves = self.stack.iter().flat_map(|one| {
            let settled = match one.settling {
                Settling::Settled(at) => Some(at),
                Settling::Undelivered | Settling::Until(_) => None,
            };
            [Some(one.asked), one.kept, settled].into_iter().flatten()
        });
        let windows = self.windows.all(now).filter_map(|(_, since)| since);
        let changed = moves.chain(windows).fold(self.floor, Seen::max).min(now);
        self.sight = Sight::Blind {
            since: self.vouched_at.max(self.real(changed)),
            said: false,
            long_said: false,
        };
    }

    /// Whoever was told or asked something has so much longer to answer: levels of the chain, a leader who was asked for a yes, people who
    /// count as left unless somebody says otherwise, an incident that is over unless it is extended.
    fn wait_longer(&mut self, by: Millis) {
        let open = self.open.iter_mut().filter_map(|open| open.due.as_mut());
        let asked = self.approval.iter_mut().map(|asked| &mut asked.again_at);
        let missing = self.stack.iter_mut().flat_map(|one| &mut one.missing);
        let missing = missing.filter_map(|one| one.left_at.as_mut());
        let over = self
            .incident
            .iter_mut()
            .filter_map(|incident| incident.over_at.as_mut());
        for due in open.chain(asked).chain(missing).chain(over) {
            *due = *due + by;
        }
    }
}
