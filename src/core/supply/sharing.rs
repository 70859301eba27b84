//! Which queues draw on which pools, and who of them is under pressure: a change of one queue is looked at again only by those whom it
//! may concern, whatever the number of queues.

use super::pools::smallest_ask;
use crate::Name;
use crate::ladder::Tier;
use std::collections::{BTreeMap, BTreeSet};

/// Who shares pools with whom. No set in it has an order: whoever is told is looked at by name, and by arbitration.
#[derive(Clone, Debug, Default)]
pub struct Sharing {
    places: BTreeMap<Name, usize>,
    pools: Vec<Shared>,
    /// What each queue shares.
    of_queue: Vec<Vec<Share>>,
    /// The pool on which the claim of each rests, where that is sure, and below how many; and where it stands among those.
    rests_on: Vec<Option<(usize, u32)>>,
    rests_at: Vec<Option<u32>>,
    /// Under pressure, of any pool; and of these, who would call if they could.
    pressed: Marked,
    attentive: Marked,
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

/// A pool that a queue shares.
#[derive(Copy, Clone, Debug)]
struct Share {
    place: usize,
    /// Which of those who share it the queue is.
    member: usize,
}

/// A pool and the queues that may draw on it, that have drawn on it, or whose people it has.
#[derive(Clone, Debug)]
struct Shared {
    pool: Name,
    /// In the order in which they came to share it.
    queues: Vec<usize>,
    /// Those under pressure, when they were looked at last; and of these, who would call if they could. By member.
    pressed: Marked,
    attentive: Marked,
    /// What is kept for those with a clock that runs for a tier that they may call.
    calling: Calling,
    /// Queues whose claims are sure as long as fewer of this pool cannot be asked.
    relying: BTreeMap<u32, Vec<usize>>,
    /// The highest and the lowest priority among them.
    priorities: Option<(i32, i32)>,
    is_stirred: bool,
    /// Those of them alone who would call if they could.
    is_alert: bool,
    has_moved: bool,
}

/// Some of a number of things: in and out in constant time, without memory but for its growth.
#[derive(Clone, Debug, Default)]
struct Marked {
    marked: Vec<usize>,
    /// Where each of them stands among the marked.
    at: Vec<Option<u32>>,
}

/// What a queue with a clock that runs for a tier that it may call has others leave to it.
#[derive(Copy, Clone, Debug)]
pub enum Claim<'a> {
    /// It depends on who is there to give: to be found out whenever somebody asks.
    Open,
    /// The smallest ask of this tier, as long as fewer than so many of a pool cannot be asked.
    Sure { tier: &'a Tier, on: &'a Name, below: u32 },
}

/// What members of a pool claim of it, by priority.
#[derive(Clone, Debug, Default)]
struct Calling {
    of: BTreeMap<i32, Claims>,
    /// Where each of them stands among those with an open claim of its priority.
    open: Vec<Option<u32>>,
    /// What each of them surely claims.
    sure: Vec<Option<u32>>,
}

/// Claims on a pool, of one priority.
#[derive(Clone, Debug, Default)]
struct Claims {
    /// Members whose claim is to be found out.
    open: Vec<usize>,
    /// Queues whose claim is sure, and the sum of these.
    sure: BTreeSet<usize>,
    seats: u64,
}

impl Calling {
    fn put(&mut self, member: usize, queue: usize, priority: i32, open: bool, sure: Option<u32>) {
        if self.open[member].is_some() == open && self.sure[member] == sure {
            return;
        }
        let claims = self.of.entry(priority).or_default();
        put(&mut claims.open, &mut self.open, member, open);
        if let Some(seats) = std::mem::replace(&mut self.sure[member], sure) {
            claims.seats -= u64::from(seats);
            claims.sure.remove(&queue);
        }
        if let Some(seats) = sure {
            claims.seats += u64::from(seats);
            claims.sure.insert(queue);
        }
    }
}

impl Marked {
    /// Of so many, none.
    fn none(things: usize) -> Marked {
        Marked {
            marked: Vec::new(),
            at: vec![None; things],
        }
    }

    /// Marks one or does not; whether that changed anything.
    fn put(&mut self, thing: usize, marked: bool) -> bool {
        put(&mut self.marked, &mut self.at, thing, marked)
    }

    fn has(&self, thing: usize) -> bool {
        self.at[thing].is_some()
    }
}

/// Puts a member into an unordered list or takes it out, and keeps up where each stands; whether that changed anything.
fn put(list: &mut Vec<usize>, at: &mut [Option<u32>], member: usize, inside: bool) -> bool {
    match at[member] {
        None if inside => {
            at[member] = u32::try_from(list.len()).ok();
            list.push(member);
        }
        Some(position) if !inside => {
            at[member] = None;
            list.swap_remove(position as usize);
            if let Some(last) = list.get(position as usize) {
                at[*last] = Some(position);
            }
        }
        None | Some(_) => return false,
    }
    true
}

impl Sharing {
    /// Nobody shares anything.
    pub fn none(queues: usize) -> Sharing {
        Sharing {
            of_queue: vec![Vec::new(); queues],
            rests_on: vec![None; queues],
            rests_at: vec![None; queues],
            pressed: Marked::none(queues),
            attentive: Marked::none(queues),
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
        if self.of_queue[queue].iter().all(|share| share.place != place) {
            let member = shared.queues.len();
            self.of_queue[queue].push(Share { place, member });
            shared.queues.push(queue);
            for (of_pool, of_all) in [
                (&mut shared.pressed, &self.pressed),
                (&mut shared.attentive, &self.attentive),
            ] {
                of_pool.at.push(None);
                of_pool.put(member, of_all.has(queue));
            }
            shared.calling.open.push(None);
            shared.calling.sure.push(None);
        }
        !was_ranked && shared.is_ranked()
    }

    /// The pools that a queue shares.
    pub fn pools(&self, queue: usize) -> impl Iterator<Item = &Name> {
        let shares = self.of_queue[queue].iter();
        shares.map(move |share| &self.pools[share.place].pool)
    }

    /// Whether others have to know for which of its tiers a clock runs.
    pub fn is_ranked(&self, queue: usize) -> bool {
        let mut pools = self.of_queue[queue].iter().map(|share| &self.pools[share.place]);
        pools.any(Shared::is_ranked)
    }

    /// What others leave to a queue. Its priority is the same as long as it shares the same.
    pub fn set_claim(&mut self, queue: usize, priority: i32, claim: Option<Claim<'_>>) {
        let rests_on = match claim {
            Some(Claim::Sure { on, below, .. }) => self.places.get(on).map(|place| (*place, below)),
            Some(Claim::Open) | None => None,
        };
        let rested_on = std::mem::replace(&mut self.rests_on[queue], rests_on);
        if rested_on != rests_on {
            for (rest, inside) in [(rested_on, false), (rests_on, true)] {
                if let Some((place, below)) = rest {
                    let relying = self.pools[place].relying.entry(below).or_default();
                    put(relying, &mut self.rests_at, queue, inside);
                }
            }
        }
        for Share { place, member } in self.of_queue[queue].iter().copied() {
            let Shared { pool, calling, .. } = &mut self.pools[place];
            let (open, sure) = match claim {
                Some(Claim::Sure { tier, .. }) => (false, tier.pools.contains(pool).then(|| smallest_ask(tier))),
                Some(Claim::Open) => (true, None),
                None => (false, None),
            };
            calling.put(member, queue, priority, open, sure);
        }
    }

    /// What is surely claimed of a pool above a priority, with the last queue of these, and the queues whose claim is to be found out.
    /// Nothing where all that share it are of one priority.
    pub fn claimed_above(&self, pool: &Name, priority: i32) -> (u32, Option<usize>, impl Iterator<Item = usize> + '_) {
        let shared = self.places.get(pool).map(|place| &self.pools[*place]);
        let above = shared.filter(|shared| shared.is_ranked()).zip(priority.checked_add(1));
        let claims = move || {
            above.into_iter().flat_map(|(shared, least)| {
                let of = &shared.calling.of;
                of.range(least..).map(move |(_, claims)| (shared, claims))
            })
        };
        let seats = claims().map(|(_, claims)| claims.seats).fold(0, u64::saturating_add);
        let last = claims().filter_map(|(_, claims)| claims.sure.last().copied()).max();
        let open = claims().flat_map(|(shared, claims)| claims.open.iter().map(|member| shared.queues[*member]));
        (u32::try_from(seats).unwrap_or(u32::MAX), last, open)
    }

    /// So many of a pool cannot be asked: tells whose claims are no longer sure by that.
    pub fn doubt(&self, pool: &Name, out_of_reach: u32, queues: &mut Vec<usize>) {
        if let Some(place) = self.places.get(pool) {
            let doubtful = self.pools[*place].relying.range(..=out_of_reach);
            queues.extend(doubtful.flat_map(|(_, queues)| queues));
        }
    }

    /// All queues that share a pool.
    pub fn queues(&self, pool: &Name) -> impl Iterator<Item = usize> + '_ {
        let shared = self.places.get(pool).map(|place| &self.pools[*place]);
        shared.into_iter().flat_map(|shared| shared.queues.iter().copied())
    }

    /// Whether a queue is under pressure, and whether it would call if it could.
    pub fn set_pressed(&mut self, queue: usize, pressed: bool, attentive: bool) {
        if self.pressed.put(queue, pressed) {
            for share in &self.of_queue[queue] {
                self.pools[share.place].pressed.put(share.member, pressed);
            }
        }
        if self.attentive.put(queue, attentive) {
            for share in &self.of_queue[queue] {
                self.pools[share.place].attentive.put(share.member, attentive);
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

    /// People of a pool went or came: tells those who would call if they could.
    pub fn stir(&mut self, pool: &Name, queues: &mut Vec<usize>) {
        if let Some(place) = self.places.get(pool) {
            self.alert_at(*place, queues);
        }
    }

    /// Something of a queue changed that others look at with whom it shares pools.
    pub fn stir_neighbours(&mut self, queue: usize, queues: &mut Vec<usize>) {
        for position in 0..self.of_queue[queue].len() {
            self.stir_at(self.of_queue[queue][position].place, queues);
        }
    }

    /// What is kept for a queue changed: tells those with whom it shares pools and who would call if they could.
    pub fn stir_attentive(&mut self, queue: usize, queues: &mut Vec<usize>) {
        for position in 0..self.of_queue[queue].len() {
            self.alert_at(self.of_queue[queue][position].place, queues);
        }
    }

    /// Something changed that everybody looks at.
    pub fn stir_all(&mut self, queues: &mut Vec<usize>) {
        if !self.all_stirred {
            self.all_stirred = true;
            queues.extend(&self.pressed.marked);
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
    #[inline]
    pub fn calm_down(&mut self) {
        self.all_stirred = false;
        if self.stirred.is_empty() && self.alert.is_empty() {
            return;
        }
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
            queues.extend(shared.queues_of(&shared.pressed));
        }
    }

    fn alert_at(&mut self, place: usize, queues: &mut Vec<usize>) {
        let shared = &mut self.pools[place];
        if !shared.is_stirred && !shared.is_alert && !self.all_stirred {
            shared.is_alert = true;
            self.alert.push(place);
            queues.extend(shared.queues_of(&shared.attentive));
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

impl Shared {
    fn of(pool: &Name) -> Shared {
        Shared {
            pool: pool.clone(),
            queues: Vec::new(),
            pressed: Marked::default(),
            attentive: Marked::default(),
            calling: Calling::default(),
            relying: BTreeMap::new(),
            priorities: None,
            is_stirred: false,
            is_alert: false,
            has_moved: false,
        }
    }

    /// The queues of members.
    fn queues_of<'a>(&'a self, members: &'a Marked) -> impl Iterator<Item = usize> + 'a {
        members.marked.iter().map(|member| self.queues[*member])
    }

    fn is_ranked(&self) -> bool {
        self.priorities.is_some_and(|(highest, lowest)| highest > lowest)
    }
}
