//! What follows from the state and is kept for speed alone: rebuilt with every plan and after a restart, and kept up with every change,
//! so that a reading and a decision cost the same however many queues there are.

use crate::due::Due;
use crate::ladder::{FeedLimits, Ladder, Plan, QueuePlan};
use crate::queue::Queue;
use crate::supply::{Ledger, Present, Sharing, Staff, people};
use crate::{Core, InstructionId, Millis, Name, Time, Why};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Clone, Debug, Default)]
pub(crate) struct Derived {
    /// How the name of each queue begins, rising: to find one among thousands touches no other.
    beginnings: Vec<u128>,
    /// The queue that was read last: feeds tell theirs round by round, mostly in the order of names.
    read_last: usize,
    /// Of each queue on which nothing is open: when it is due next, its sight left aside.
    at_rest: Vec<Option<Time>>,
    pub staff: Staff,
    pub ledger: Ledger,
    pub sharing: Sharing,
    pub ladders: BTreeMap<Name, Arc<Ladder>>,
    pub changes_of_duty: Vec<Time>,
    pub due: Due,
    /// Queues to look at again in this millisecond.
    pub dirty: Vec<usize>,
    pub is_dirty: Vec<bool>,
    /// Room for those whom a change concerns, kept for the next.
    stirred: Vec<usize>,
    /// Queues of which something changed that decides whether people are kept for them.
    unweighed: Vec<usize>,
    is_unweighed: Vec<bool>,
    /// What a source said has changed more than numbers since this was last asked.
    pub turned: bool,
    /// Queues that may look otherwise than when they were last asked for.
    unshown: Vec<usize>,
    is_unshown: Vec<bool>,
    /// The queue of every instruction that may still be spoken of.
    pub instructions: BTreeMap<InstructionId, usize>,
}

/// What the plan says of one queue, looked up once.
#[derive(Clone, PartialEq, Debug)]
pub struct Setting {
    /// `None`: it has left the configuration.
    pub plan: Option<Arc<QueuePlan>>,
    pub limits: FeedLimits,
    /// The ladder in force.
    pub ladder: Option<Arc<Ladder>>,
    /// Of the pools that it draws on those whose people are left alone for a while.
    pub resting: Vec<Name>,
}

impl Default for Setting {
    fn default() -> Setting {
        Setting {
            plan: None,
            limits: FeedLimits {
                stale_after: Millis::MAX,
                forget_after: Millis::MAX,
                gone_after: Millis::MAX,
                paused: crate::ladder::Paused::SignedIn,
            },
            ladder: None,
            resting: Vec::new(),
        }
    }
}

impl Setting {
    fn of(plan: &Plan, ladders: &BTreeMap<Name, Arc<Ladder>>, queue: &Queue) -> Setting {
        let configured = plan.queues.get(&queue.name);
        let feed = configured.and_then(|configured| plan.feeds.get(&configured.feed));
        let unset = Setting::default();
        let mut setting = Setting {
            plan: configured.map(|configured| Arc::new(configured.clone())),
            limits: feed.copied().unwrap_or(unset.limits),
            ..unset
        };
        setting.follow(plan, ladders.get(&queue.ladder));
        setting
    }

    /// This ladder is in force.
    fn follow(&mut self, plan: &Plan, ladder: Option<&Arc<Ladder>>) {
        let tiers = ladder.into_iter().flat_map(|ladder| &ladder.tiers);
        let rests = |pool: &&Name| {
            plan.pools
                .get(*pool)
                .is_some_and(|pool| pool.rest_between > Millis::ZERO)
        };
        self.resting = tiers.flat_map(|tier| &tier.pools).filter(rests).cloned().collect();
        self.ladder = ladder.cloned();
    }
}

impl Derived {
    /// Of a queue something changed, or its time has come: whether people are kept for it is to be found out anew.
    pub fn weigh_anew(&mut self, index: usize) {
        if !self.is_unweighed[index] {
            self.is_unweighed[index] = true;
            self.unweighed.push(index);
        }
    }

    /// A queue may look otherwise from now on.
    fn show_anew(&mut self, index: usize) {
        if !self.is_unshown[index] {
            self.is_unshown[index] = true;
            self.unshown.push(index);
        }
    }
}

impl Core {
    pub(crate) fn index(&self, queue: &Name) -> Option<usize> {
        if let [only] = &self.queues[..] {
            return only.name.is(queue).then_some(0);
        }
        self.search(queue, beginning(queue))
    }

    /// The same of a queue that is read: the one behind the last is tried first.
    #[inline]
    pub(crate) fn index_read(&mut self, queue: &Name) -> Option<usize> {
        if self.queues.len() == 1 {
            return self.index(queue);
        }
        let (next, sought) = (self.derived.read_last + 1, beginning(queue));
        let is_next = self.derived.beginnings.get(next) == Some(&sought) && is_whole(sought);
        let index = if is_next { next } else { self.search(queue, sought)? };
        debug_assert_eq!(self.index(queue), Some(index));
        self.derived.read_last = index;
        Some(index)
    }

    fn search(&self, queue: &Name, sought: u128) -> Option<usize> {
        let beginnings = &self.derived.beginnings;
        let from = beginnings.partition_point(|known| *known < sought);
        if is_whole(sought) {
            return beginnings
                .get(from)
                .is_some_and(|known| *known == sought)
                .then_some(from);
        }
        // Hardly ever more than one begins alike.
        let alike = beginnings[from..].iter().take_while(|known| **known == sought).count();
        let found = self.queues[from..from + alike].binary_search_by(|known| known.name.cmp(queue));
        found.ok().map(|place| from + place)
    }

    /// Something of a queue changed: looks at it again before this millisecond is over.
    pub(crate) fn touch(&mut self, index: usize) {
        self.derived.weigh_anew(index);
        self.look_again(index);
    }

    fn look_again(&mut self, index: usize) {
        self.derived.show_anew(index);
        if !self.derived.is_dirty[index] {
            self.derived.is_dirty[index] = true;
            self.derived.dirty.push(index);
        }
    }

    /// Something of a queue changed that others look at with whom it shares pools: whether it lends, who is there, what is kept for it.
    pub(crate) fn touch_neighbours(&mut self, index: usize) {
        self.touch(index);
        self.stir(|sharing, queues| sharing.stir_neighbours(index, queues));
    }

    /// What is kept for a queue may be another: of those with whom it shares pools this concerns whoever would call if it could. When the
    /// others are due does not depend on it.
    pub(crate) fn touch_attentive(&mut self, index: usize) {
        self.touch(index);
        self.stir(|sharing, queues| sharing.stir_attentive(index, queues));
    }

    /// People or seats may have become free for anybody.
    pub(crate) fn touch_all_pressed(&mut self) {
        self.stir(Sharing::stir_all);
    }

    /// Looks again at the queues that a change concerns.
    fn stir(&mut self, whom: impl FnOnce(&mut Sharing, &mut Vec<usize>)) {
        let mut queues = std::mem::take(&mut self.derived.stirred);
        whom(&mut self.derived.sharing, &mut queues);
        queues.drain(..).for_each(|index| self.look_again(index));
        self.derived.stirred = queues;
    }

    /// The moves or the people of a queue changed: puts down who is away and which seats are taken, and looks again at whom that may
    /// concern.
    pub(crate) fn recount(&mut self, index: usize) {
        let changed = self.derived.ledger.enter(&self.plan, index, &self.queues[index]);
        if changed.seats_freed {
            self.touch_all_pressed();
        }
        if changed.seats_taken {
            // Who waits for a yes may have nobody to ask any more.
            self.stir(|sharing, queues| queues.extend(sharing.asking()));
        }
        for pool in changed.pools {
            self.derived.sharing.moved(&pool);
            self.doubt(&pool);
            self.stir(|sharing, queues| sharing.stir(&pool, queues));
        }
    }

    /// More or fewer of a pool are away: what is kept of it by their number alone is found out anew where they are too few by now.
    fn doubt(&mut self, pool: &Name) {
        let out_of_reach = self.supply(false).out_of_reach(pool, false);
        let mut queues = std::mem::take(&mut self.derived.stirred);
        self.derived.sharing.doubt(pool, out_of_reach, &mut queues);
        queues.drain(..).for_each(|index| self.derived.weigh_anew(index));
        self.derived.stirred = queues;
    }

    /// Adds the places, in the order of names, of queues that may look otherwise since this was last asked, each once: those of which
    /// something changed, and those who share a pool with one that sent for people or sent them back. What the passing of time shows,
    /// or people and seats elsewhere on the floor, is not among it. Changes nothing that is decided by.
    pub fn poll_looks(&mut self, into: &mut Vec<usize>) {
        let Derived {
            sharing,
            unshown,
            is_unshown,
            ..
        } = &mut self.derived;
        sharing.drain_moved(|index| {
            if !is_unshown[index] {
                is_unshown[index] = true;
                unshown.push(index);
            }
        });
        unshown.iter().for_each(|index| is_unshown[*index] = false);
        into.append(unshown);
    }

    /// Whether a source has said something, since this was last asked, that others follow from than the numbers themselves: a window began or
    /// ended or may be due at another time, others are on the phones, a queue is seen again. All else that it says is said again by its
    /// next reading. Changes nothing that is decided by.
    pub fn poll_turned(&mut self) -> bool {
        std::mem::take(&mut self.derived.turned)
    }

    /// Finds out for which queues people may be kept, where that may have changed.
    pub(crate) fn weigh(&mut self) {
        if self.derived.unweighed.is_empty() {
            return;
        }
        let mut sharing = std::mem::take(&mut self.derived.sharing);
        while let Some(index) = self.derived.unweighed.pop() {
            self.derived.is_unweighed[index] = false;
            if sharing.is_ranked(index) {
                let queue = &self.queues[index];
                sharing.set_claim(index, queue.priority(), self.claim(queue));
            }
        }
        self.derived.sharing = sharing;
    }

    /// When a queue is due next; notes whether it is under pressure, whether it would call if it could, and whether it waits for a leader's
    /// yes.
    pub(crate) fn schedule(&mut self, index: usize) -> Option<(Time, Why)> {
        let pressed = self.is_pressed(&self.queues[index]);
        let asks = self.queues[index].approval.is_some();
        let attentive = self.is_attentive(&self.queues[index]);
        self.derived.sharing.set_pressed(index, pressed, attentive);
        self.derived.sharing.set_asking(index, asks);
        let beside = self.due_beside_sight(index, attentive);
        let is_at_rest = !attentive && self.queues[index].is_at_rest();
        self.derived.at_rest[index] = is_at_rest.then(|| beside.map_or(Time::NEVER, |(next, _)| next));
        let sight = self.sight_due(&self.queues[index]).map(|at| (at, Why::Blind));
        sight.into_iter().chain(beside).min()
    }

    /// A queue was vouched for, and nothing of it is otherwise than before but its numbers: where nothing is open on it, that changes
    /// only when it would be blind.
    pub(crate) fn touch_lightly(&mut self, index: usize, at: Time) {
        let beside = self.derived.at_rest[index].filter(|next| *next > at && !self.derived.is_dirty[index]);
        let blind = self.sight_due(&self.queues[index]).filter(|blind| *blind > at);
        let (Some(beside), Some(blind)) = (beside, blind) else {
            self.touch(index);
            return;
        };
        self.derived.show_anew(index);
        self.derived.due.set(index, beside.min(blind));
    }

    /// Everything that follows from the state, anew.
    pub(crate) fn rebuild(&mut self) {
        let count = self.queues.len();
        let beginnings = self.queues.iter().map(|queue| beginning(&queue.name));
        self.derived.beginnings = beginnings.collect();
        let staff = Staff::of(&self.plan);
        let ladders = self.plan.ladders.iter();
        let ladders = ladders.map(|(name, ladder)| (name.clone(), Arc::new(ladder.clone())));
        let ladders: BTreeMap<Name, Arc<Ladder>> = ladders.collect();
        for queue in &mut self.queues {
            queue.setting = Setting::of(&self.plan, &ladders, queue);
            let last = queue.last.as_ref();
            queue.present = last.map_or_else(Present::default, |last| {
                Present::of(&self.plan, &staff, &queue.setting, last)
            });
        }
        let known = self.queues.iter().enumerate().flat_map(|(index, queue)| {
            let moves = queue.away().map(|one| one.instruction);
            let leaving = queue.leaving.iter().map(|leaving| leaving.sign_out);
            let gone = queue.gone.iter().map(|gone| gone.of.instruction);
            let open = queue.open.iter().map(|open| open.instruction.id);
            let known = moves.chain(leaving).chain(gone).chain(open);
            known.map(move |instruction| (instruction, index))
        });
        self.derived = Derived {
            ledger: Ledger::of(&self.plan, &self.queues),
            staff,
            ladders,
            instructions: known.collect(),
            sharing: self.sharing(),
            changes_of_duty: people::changes_of_duty(&self.plan),
            due: Due::never(count),
            dirty: Vec::new(),
            is_dirty: vec![false; count],
            stirred: Vec::new(),
            unweighed: (0..count).collect(),
            is_unweighed: vec![true; count],
            turned: true,
            unshown: (0..count).collect(),
            is_unshown: vec![true; count],
            beginnings: std::mem::take(&mut self.derived.beginnings),
            read_last: 0,
            at_rest: vec![None; count],
        };
        self.weigh();
        for index in 0..count {
            let next = self.schedule(index).map_or(Time::NEVER, |(next, _)| next);
            self.derived.due.set(index, next);
        }
    }

    /// Another ladder is in force for a queue: it shares the pools of that one as well.
    pub(crate) fn follow_ladder(&mut self, index: usize) {
        let queue = &mut self.queues[index];
        queue
            .setting
            .follow(&self.plan, self.derived.ladders.get(&queue.ladder));
        let (ladder, priority) = (queue.setting.ladder.clone(), queue.priority());
        let tiers = ladder.iter().flat_map(|ladder| &ladder.tiers);
        for pool in tiers.flat_map(|tier| &tier.pools) {
            if self.derived.sharing.join(pool, index, priority) {
                let others: Vec<usize> = self.derived.sharing.queues(pool).collect();
                others.into_iter().for_each(|other| self.derived.weigh_anew(other));
            }
        }
    }

    /// The queues that may draw on each pool by the ladder in force or have drawn on it, and the pool's home.
    fn sharing(&self) -> Sharing {
        let mut sharing = Sharing::none(self.queues.len());
        for (index, queue) in self.queues.iter().enumerate() {
            let tiers = queue.setting.ladder.iter().flat_map(|ladder| &ladder.tiers);
            for pool in tiers.flat_map(|tier| &tier.pools) {
                sharing.join(pool, index, queue.priority());
            }
            let parts = queue.away().flat_map(|one| &one.parts);
            for pool in parts.filter_map(|part| part.pool.as_ref()) {
                sharing.join(pool, index, queue.priority());
            }
        }
        for (name, pool) in &self.plan.pools {
            if let Some(index) = pool.home.as_ref().and_then(|home| self.index(home)) {
                sharing.join(name, index, self.queues[index].priority());
            }
        }
        sharing
    }
}

/// The first bytes of a name and then its length, in the order of names: one that is no longer is told by it alone.
fn beginning(name: &Name) -> u128 {
    const BYTES: usize = size_of::<u128>() - 1;
    let mut bytes = [0; BYTES + 1];
    let name = name.as_str().as_bytes();
    let length = name.len().min(BYTES);
    bytes[..length].copy_from_slice(&name[..length]);
    bytes[BYTES] = name.len().min(BYTES + 1) as u8;
    u128::from_be_bytes(bytes)
}

/// Whether a beginning is all of a name.
fn is_whole(beginning: u128) -> bool {
    usize::from(beginning as u8) < size_of::<u128>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn beginnings_have_the_order_of_names(one in "[a\0é]{0,18}", other in "[a\0é]{0,18}") {
            let (one, other) = (Name::from(one), Name::from(other));
            let (begins, ends) = (beginning(&one), beginning(&other));
            prop_assert!(begins == ends || (begins < ends) == (one < other));
            prop_assert!(begins != ends || one == other || !is_whole(begins));
        }
    }
    #[test]
    fn of_two_names_that_begin_alike_for_long_the_beginning_is_not_the_whole() {
        let [short, one, other] =
            ["fifteen letters", "sixteen letters1", "sixteen letters2"].map(|it| beginning(&it.into()));
        assert_eq!((is_whole(short), is_whole(one)), (true, false));
        assert_eq!(one, other);
    }
}
