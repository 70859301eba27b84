//! Which queues draw on which pools, and who of them is under pressure: a change of one queue is looked at again only by those whom it
//! may concern, whatever the number of queues.

use crate::Name;
use std::collections::{BTreeMap, BTreeSet};

/// Who shares pools with whom.
#[derive(Clone, Debug, Default)]
pub struct Sharing {
    places: BTreeMap<Name, usize>,
    pools: Vec<Shared>,
    /// The pools of each queue, by place.
    of_queue: Vec<Vec<usize>>,
    /// Under pressure, of any pool; and of these, who would call if they could.
    pressed: BTreeSet<usize>,
    attentive: BTreeSet<usize>,
    /// A leader has been asked for a yes.
    asking: BTreeSet<usize>,
    /// Pools whose queues under pressure are looked at again in this millisecond already.
    stirred: Vec<usize>,
    /// The same of those alone who would call if they could.
    alert: Vec<usize>,
    all_stirred: bool,
    /// Pools of which more or fewer are away since somebody asked.
    moved: Vec<usize>,
}

/// A pool and the queues that may draw on it, that have drawn on it, or whose people it has.
#[derive(Clone, Debug)]
struct Shared {
    pool: Name,
    queues: BTreeSet<usize>,
    /// Those under pressure, when they were looked at last; and of these, who would call if they could.
    pressed: BTreeSet<usize>,
    attentive: BTreeSet<usize>,
    /// Those with a clock that runs for a tier that they may call.
    calling: BTreeSet<usize>,
    /// The highest and the lowest priority among them.
    priorities: Option<(i32, i32)>,
    is_stirred: bool,
    /// Those of them alone who would call if they could.
    is_alert: bool,
    has_moved: bool,
}

impl Sharing {
    /// Nobody shares anything.
    pub fn none(queues: usize) -> Sharing {
        Sharing {
            of_queue: vec![Vec::new(); queues],
            ..Sharing::default()
        }
    }

    /// A queue shares a pool. Returns whether people of it may be kept for others only from now on.
    pub fn join(&mut self, pool: &Name, queue: usize, priority: i32) -> bool {
        let place = self.place(pool);
        let shared = &mut self.pools[place];
        let was_ranked = shared.is_ranked();
        let (highest, lowest) = shared.priorities.unwrap_or((priority, priority));
        shared.priorities = Some((highest.max(priority), lowest.min(priority)));
        if shared.queues.insert(queue) {
            self.of_queue[queue].push(place);
            if self.pressed.contains(&queue) {
                shared.pressed.insert(queue);
            }
            if self.attentive.contains(&queue) {
                shared.attentive.insert(queue);
            }
        }
        !was_ranked && shared.is_ranked()
    }

    /// The pools that a queue shares.
    pub fn pools(&self, queue: usize) -> impl Iterator<Item = &Name> {
        let places = self.of_queue[queue].iter();
        places.map(move |place| &self.pools[*place].pool)
    }

    /// Whether others have to know for which of its tiers a clock runs.
    pub fn is_ranked(&self, queue: usize) -> bool {
        let mut pools = self.of_queue[queue].iter().map(|place| &self.pools[*place]);
        pools.any(Shared::is_ranked)
    }

    /// Whether a clock of a queue runs for a tier that it may call.
    pub fn set_calling(&mut self, queue: usize, calling: bool) {
        for place in &self.of_queue[queue] {
            let shared = &mut self.pools[*place].calling;
            if calling {
                shared.insert(queue);
            } else {
                shared.remove(&queue);
            }
        }
    }

    /// The queues for which people of a pool may be kept, in order. None where all that share it are of one priority.
    pub fn calling(&self, pool: &Name) -> impl Iterator<Item = usize> + '_ {
        let shared = self.places.get(pool).map(|place| &self.pools[*place]);
        let ranked = shared.filter(|shared| shared.is_ranked());
        ranked.into_iter().flat_map(|shared| shared.calling.iter().copied())
    }

    /// All queues that share a pool, in order.
    pub fn queues(&self, pool: &Name) -> impl Iterator<Item = usize> + '_ {
        let shared = self.places.get(pool).map(|place| &self.pools[*place]);
        shared.into_iter().flat_map(|shared| shared.queues.iter().copied())
    }

    /// Whether a queue is under pressure, and whether it would call if it could.
    pub fn set_pressed(&mut self, queue: usize, pressed: bool, attentive: bool) {
        if put(&mut self.pressed, queue, pressed) {
            for place in &self.of_queue[queue] {
                put(&mut self.pools[*place].pressed, queue, pressed);
            }
        }
        if put(&mut self.attentive, queue, attentive) {
            for place in &self.of_queue[queue] {
                put(&mut self.pools[*place].attentive, queue, attentive);
            }
        }
    }

    /// Whether a queue waits for a leader's yes.
    pub fn set_asking(&mut self, queue: usize, asking: bool) {
        if asking {
            self.asking.insert(queue);
        } else {
            self.asking.remove(&queue);
        }
    }

    /// The queues that wait for a leader's yes, in order.
    pub fn asking(&self) -> impl Iterator<Item = usize> + '_ {
        self.asking.iter().copied()
    }

    /// A pool changed: tells the queues that look at it again, if they do not already.
    pub fn stir(&mut self, pool: &Name, queues: &mut Vec<usize>) {
        if let Some(place) = self.places.get(pool) {
            self.stir_at(*place, queues);
        }
    }

    /// Something of a queue changed that others look at with whom it shares pools.
    pub fn stir_neighbours(&mut self, queue: usize, queues: &mut Vec<usize>) {
        for position in 0..self.of_queue[queue].len() {
            self.stir_at(self.of_queue[queue][position], queues);
        }
    }

    /// What is kept for a queue changed: tells those with whom it shares pools and who would call if they could.
    pub fn stir_attentive(&mut self, queue: usize, queues: &mut Vec<usize>) {
        for position in 0..self.of_queue[queue].len() {
            let place = self.of_queue[queue][position];
            let shared = &mut self.pools[place];
            if !shared.is_stirred && !shared.is_alert && !self.all_stirred {
                shared.is_alert = true;
                self.alert.push(place);
                queues.extend(&shared.attentive);
            }
        }
    }

    /// Something changed that everybody looks at.
    pub fn stir_all(&mut self, queues: &mut Vec<usize>) {
        if !self.all_stirred {
            self.all_stirred = true;
            queues.extend(&self.pressed);
        }
    }

    /// More or fewer of a pool are away.
    pub fn moved(&mut self, pool: &Name) {
        if let Some(place) = self.places.get(pool)
            && !std::mem::replace(&mut self.pools[*place].has_moved, true)
        {
            self.moved.push(*place);
        }
    }

    /// Every queue that shares a pool of which more or fewer are away since this was last asked; one may come more than once.
    pub fn drain_moved(&mut self, mut queue: impl FnMut(usize)) {
        for place in self.moved.drain(..) {
            self.pools[place].has_moved = false;
            self.pools[place].queues.iter().for_each(|index| queue(*index));
        }
    }

    /// The millisecond is over: whoever looked again may have to once more.
    pub fn calm_down(&mut self) {
        self.all_stirred = false;
        for place in self.stirred.drain(..) {
            self.pools[place].is_stirred = false;
        }
        for place in self.alert.drain(..) {
            self.pools[place].is_alert = false;
        }
    }

    fn stir_at(&mut self, place: usize, queues: &mut Vec<usize>) {
        let shared = &mut self.pools[place];
        if !shared.is_stirred && !self.all_stirred {
            shared.is_stirred = true;
            self.stirred.push(place);
            queues.extend(&shared.pressed);
        }
    }

    fn place(&mut self, pool: &Name) -> usize {
        if let Some(place) = self.places.get(pool) {
            return *place;
        }
        self.pools.push(Shared::of(pool));
        self.places.insert(pool.clone(), self.pools.len() - 1);
        self.pools.len() - 1
    }
}

/// Puts a queue into a set or takes it out; whether that changed anything.
fn put(set: &mut BTreeSet<usize>, queue: usize, inside: bool) -> bool {
    if inside { set.insert(queue) } else { set.remove(&queue) }
}

impl Shared {
    fn of(pool: &Name) -> Shared {
        Shared {
            pool: pool.clone(),
            queues: BTreeSet::new(),
            pressed: BTreeSet::new(),
            attentive: BTreeSet::new(),
            calling: BTreeSet::new(),
            priorities: None,
            is_stirred: false,
            is_alert: false,
            has_moved: false,
        }
    }

    fn is_ranked(&self) -> bool {
        self.priorities.is_some_and(|(highest, lowest)| highest > lowest)
    }
}
