//! Who can be asked: what each pool has to give, and how many seats the floor has left (plan: "Seats", "Arbitration").

use super::ladder::{Plan, Pool, SeatRange, Seats, Tier};
use super::queue::{Queue, is_signed_in};
use super::{Action, Ask, Name, Part, Requirement, Shortage};
use std::collections::{BTreeMap, BTreeSet};

/// Who is away from their pool, by pool, for any queue: on a stack, or still signing out. Derived from the queues' moves.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Lent {
    pools: BTreeMap<Name, LentPool>,
}

#[derive(Clone, PartialEq, Debug, Default)]
struct LentPool {
    seats: u32,
    people: BTreeSet<Name>,
}

impl Lent {
    /// Counts everybody who is away.
    pub fn of(queues: &[Queue]) -> Lent {
        let mut lent = Lent::default();
        for queue in queues {
            queue
                .stack
                .iter()
                .chain(queue.leaving.iter().map(|leaving| &leaving.of))
                .for_each(|one| lent.add(&one.parts));
        }
        lent
    }

    /// More people are away.
    pub fn add(&mut self, parts: &[Part]) {
        for part in parts {
            if let Some(pool) = &part.pool {
                let lent = self.pools.entry(pool.clone()).or_default();
                lent.seats = lent.seats.saturating_add(part.seats);
                lent.people.extend(part.people.iter().cloned());
            }
        }
    }

    /// Whether a person has been asked by any queue.
    pub fn has(&self, person: &Name) -> bool {
        self.pools.values().any(|pool| pool.people.contains(person))
    }

    /// How many of a pool are away without anybody knowing who: an answer may tell a number alone.
    pub fn nameless(&self, pool: &Name) -> u32 {
        let named = |lent: &LentPool| u32::try_from(lent.people.len()).unwrap_or(u32::MAX);
        self.pools
            .get(pool)
            .map_or(0, |lent| lent.seats.saturating_sub(named(lent)))
    }

    /// How many of a pool are away.
    pub fn seats(&self, pool: &Name) -> u32 {
        self.pools.get(pool).map_or(0, |lent| lent.seats)
    }
}

/// Seats that are free on the floor; `None`: no limit is configured.
pub type Room = Option<u32>;

/// What a tier would ask for.
#[derive(Clone, PartialEq, Debug)]
pub struct Request {
    pub parts: Vec<Part>,
    pub seats: Ask,
    /// What the seats required were computed from.
    pub computed: Option<Box<Requirement>>,
}

/// Whether the tier's pools have anyone to give, room and higher queues left aside. A tier without pools always has.
pub fn has_anyone(plan: &Plan, lent: &Lent, queue: &Queue, tier: &Tier) -> bool {
    tier.pools.is_empty() || tier.pools.iter().any(|pool| supply(plan, lent, queue, tier, pool) > 0)
}

/// Composes what a tier asks for: who, from which pool, and of `seats` how many.
///
/// `reserved` tells how many of a pool are left to queues of higher priority, and to which.
///
/// # Errors
/// Why nobody can be asked.
pub fn request(
    plan: &Plan,
    lent: &Lent,
    queue: &Queue,
    tier: &Tier,
    seats: &Seats,
    room: Room,
    reserved: impl Fn(&Name) -> Option<(u32, Name)>,
) -> Result<Request, Shortage> {
    let ladder_max_above = plan
        .ladders
        .get(&queue.ladder)
        .map_or(u32::MAX, |ladder| ladder.ask_max_above);
    let range = range(seats);
    let wanted = range.map_or(u32::MAX, |range| {
        if queue.waiting() > ladder_max_above {
            range.max
        } else {
            range.min
        }
    });
    let mut room_left = room.unwrap_or(u32::MAX);
    let mut kept_for = None;
    let mut supplied = 0;
    let mut parts: Vec<Part> = Vec::new();
    let mut asked = 0;
    if tier.pools.is_empty() {
        let needs_room = tier.action != Action::ExtendShift;
        supplied = wanted;
        asked = if needs_room { wanted.min(room_left) } else { wanted };
        parts.push(Part {
            pool: None,
            seats: asked,
            people: Vec::new(),
        });
    }
    for name in &tier.pools {
        let mut available = supply(plan, lent, queue, tier, name);
        supplied = supplied.saturating_add(available);
        if let Some((seats, higher)) = reserved(name).filter(|_| available > 0) {
            available = available.saturating_sub(seats);
            kept_for = Some(higher);
        }
        let Some(pool) = plan.pools.get(name) else {
            continue;
        };
        let seats = available
            .min(wanted - asked)
            .min(if pool.own_desk { u32::MAX } else { room_left });
        if seats == 0 {
            continue;
        }
        asked += seats;
        if !pool.own_desk {
            room_left -= seats;
        }
        let people = free_people(pool, lent, queue).take(seats as usize).cloned().collect();
        parts.push(Part {
            pool: Some(name.clone()),
            seats,
            people,
        });
    }
    if asked == 0 {
        return Err(match (kept_for, room) {
            _ if supplied == 0 => Shortage::NobodyToGive {
                pools: tier.pools.clone(),
            },
            (Some(queue), _) => Shortage::Reserved { queue },
            (None, _) => Shortage::NoSeat {
                physical_seats: plan.physical_seats.unwrap_or_default(),
            },
        });
    }
    let SeatRange { min, max } = range.unwrap_or(SeatRange {
        min: supplied,
        max: supplied,
    });
    Ok(Request {
        parts,
        seats: Ask { min, max, ask: asked },
        computed: None,
    })
}

/// The smallest number that a tier would ask of a pool: what a lower queue leaves to a higher one.
pub fn smallest_ask(tier: &Tier) -> u32 {
    range(&tier.seats).map_or(1, |range| range.min)
}

/// Free seats on the floor: physical, less the people signed in, less those asked and not yet settled (plan: "Seats"). Where no
/// feed tells who is signed in, only moves are counted.
pub fn room(plan: &Plan, queues: &[Queue]) -> Room {
    let physical = plan.physical_seats?;
    let needs_seat = |part: &&Part| {
        !part
            .pool
            .as_ref()
            .and_then(|pool| plan.pools.get(pool))
            .is_some_and(|pool| pool.own_desk)
    };
    let moved = |one: &super::queue::Move| -> u32 {
        if one.action == Action::ExtendShift {
            return 0;
        }
        one.parts
            .iter()
            .filter(needs_seat)
            .map(|part| part.seats)
            .fold(0, u32::saturating_add)
    };
    let told = queues.iter().any(|queue| queue.signed_in().is_some());
    let mut taken = if told { signed_in(queues) } else { 0 };
    for queue in queues {
        let known = queue.signed_in().is_some();
        let counted = queue.stack.iter().filter(|one| !known || !one.is_settled());
        taken = counted.map(moved).fold(taken, u32::saturating_add);
        if !known {
            taken = queue
                .leaving
                .iter()
                .map(|leaving| moved(&leaving.of))
                .fold(taken, u32::saturating_add);
        }
    }
    Some(physical.saturating_sub(taken))
}

/// People signed in on the floor. Where every queue names its people, one who serves two queues counts once; else the
/// queues' numbers are added up.
fn signed_in(queues: &[Queue]) -> u32 {
    let telling = || {
        queues
            .iter()
            .filter_map(|queue| queue.last.as_ref())
            .filter(|last| last.signed_in.is_some())
    };
    if telling().all(|last| last.agents.is_some()) {
        let agents = telling().filter_map(|last| last.agents.as_ref()).flatten();
        let people: BTreeSet<&Name> = agents
            .filter(|agent| agent.state != super::AgentState::SignedOut)
            .map(|agent| &agent.person)
            .collect();
        return u32::try_from(people.len()).unwrap_or(u32::MAX);
    }
    telling().filter_map(|last| last.signed_in).fold(0, u32::saturating_add)
}

fn range(seats: &Seats) -> Option<SeatRange> {
    match seats {
        Seats::All => None,
        Seats::Range(range) => Some(*range),
        Seats::Required { fallback } => Some(*fallback),
    }
}

/// How many of a pool may be asked for.
fn supply(plan: &Plan, lent: &Lent, queue: &Queue, tier: &Tier, name: &Name) -> u32 {
    let Some(pool) = plan.pools.get(name) else {
        return 0;
    };
    let keep = tier.keep.get(name).copied().unwrap_or(pool.keep);
    let free = if pool.people.is_empty() {
        on_duty(pool, &queue.ladder).saturating_sub(lent.seats(name))
    } else {
        let free = u32::try_from(free_people(pool, lent, queue).count()).unwrap_or(u32::MAX);
        free.saturating_sub(lent.nameless(name))
    };
    free.saturating_sub(keep)
}

/// People by name whom nobody has asked and who are not on the phones of this queue already, in the order in which they are asked.
fn free_people<'a>(pool: &'a Pool, lent: &'a Lent, queue: &'a Queue) -> impl Iterator<Item = &'a Name> {
    let agents = queue
        .last
        .as_ref()
        .and_then(|last| last.agents.as_deref())
        .unwrap_or_default();
    let on_duty = pool.people.iter().take(on_duty(pool, &queue.ladder) as usize);
    on_duty.filter(move |person| !lent.has(person) && !is_signed_in(agents, person))
}

/// How many of a pool are there while a ladder is in force.
fn on_duty(pool: &Pool, ladder: &Name) -> u32 {
    let all = if pool.people.is_empty() {
        pool.size
    } else {
        u32::try_from(pool.people.len()).unwrap_or(u32::MAX)
    };
    match pool.size_by.get(ladder) {
        Some(&size) if pool.people.is_empty() => size,
        Some(&size) => size.min(all),
        None => all,
    }
}
