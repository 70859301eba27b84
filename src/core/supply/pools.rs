//! Who can be asked: what each pool has to give, and how many seats the floor has left (plan: "Seats", "Arbitration").

use super::ledger::{Ledger, Room};
use super::people::{self, People};
use crate::ladder::{Plan, Pool, SeatRange, Seats, Tier};
use crate::moves::{Move, count};
use crate::queue::Queue;
use crate::view::Reserve;
use crate::{Action, Ask, Millis, Name, Part, Requirement, Shortage, Time};

/// The span within which `max_moves_per_hour` counts.
pub const HOUR: Millis = Millis::from_mins(60);

/// What a tier would ask for.
#[derive(Clone, PartialEq, Debug)]
pub struct Request {
    pub parts: Vec<Part>,
    pub seats: Ask,
    /// What the seats required were computed from.
    pub computed: Option<Box<Requirement>>,
}

/// What a tier is asked for, and by whom.
#[derive(Copy, Clone, Debug)]
pub struct Wish {
    /// How many.
    pub seats: Seats,
    /// A person ordered it: the caps that protect a floor from the daemon (`max_borrowed`, `max_moves_per_hour`, `lend_only_while`)
    /// do not bind them. Those of people, pools and seats do.
    pub by_hand: bool,
    /// It will be told to nobody: what was decided in shadow before counts for it, as if it had been done.
    pub shadow: bool,
}

/// Everything that decides who can be asked at a moment.
#[derive(Copy, Clone, Debug)]
pub struct Supply<'a> {
    pub plan: &'a Plan,
    pub ledger: &'a Ledger,
    /// With what was decided in shadow, as the wish has it.
    pub shadow: bool,
    pub people: &'a People,
    pub queues: &'a [Queue],
    pub now: Time,
}

impl<'a> Supply<'a> {
    /// Whether the tier's pools have anyone to give, room, caps and higher queues left aside. A tier without pools has, unless a
    /// roster tells otherwise.
    pub fn has_anyone(&self, queue: &Queue, tier: &Tier) -> bool {
        if tier.pools.is_empty() {
            return self
                .who_may_stay(queue, tier)
                .is_none_or(|mut staying| staying.next().is_some());
        }
        tier.pools.iter().any(|pool| self.supply(queue, tier, pool, false) > 0)
    }

    /// What the pools of a tier have left to give; `None`: it draws on none.
    pub fn reserve(&self, queue: &Queue, tier: &Tier) -> Option<Reserve> {
        if tier.pools.is_empty() {
            return None;
        }
        let pools = tier.pools.iter().filter_map(|name| self.plan.pools.get(name));
        Some(Reserve {
            can_come: (tier.pools.iter())
                .fold(0, |sum, pool| sum.saturating_add(self.supply(queue, tier, pool, false))),
            of: pools.fold(0, |sum, pool| sum.saturating_add(size(pool, &queue.ladder))),
        })
    }

    /// Composes what a tier asks for: who, from which pool, and of the seats wished for how many.
    ///
    /// `reserved` tells how many of a pool are left to queues of higher priority, and to which.
    ///
    /// # Errors
    /// Why nobody can be asked.
    pub fn request(
        &self,
        queue: &Queue,
        tier: &Tier,
        wish: Wish,
        room: Room,
        reserved: impl Fn(&Name) -> Option<(u32, Name)>,
    ) -> Result<Request, Shortage> {
        if !wish.by_hand {
            self.within_the_hour(queue, wish.shadow)?;
        }
        let ladder = queue.setting.ladder.as_ref();
        let range = range(&wish.seats);
        let wanted = range.map_or(u32::MAX, |range| {
            let many = ladder.is_some_and(|ladder| queue.waiting() > ladder.ask_max_above);
            if many { range.max } else { range.min }
        });
        let asked = if tier.pools.is_empty() {
            self.without_pools(queue, tier, wanted, room)?
        } else {
            let wanted = if wish.by_hand {
                wanted
            } else {
                wanted.min(self.may_borrow(queue, wish.shadow)?)
            };
            self.of_pools(queue, tier, wish, wanted, room, reserved)?
        };
        let SeatRange { min, max } = range.unwrap_or(SeatRange {
            min: asked.supplied,
            max: asked.supplied,
        });
        let ask = asked.parts.iter().map(|part| part.seats).fold(0, u32::saturating_add);
        Ok(Request {
            parts: asked.parts,
            seats: Ask { min, max, ask },
            computed: None,
        })
    }

    /// When somebody may be asked who rests now or has said no, or the hour is over in which a queue calls no more, really or in shadow.
    pub fn eases_at(&self, queue: &Queue) -> Option<Time> {
        let pools = queue
            .setting
            .resting
            .iter()
            .filter_map(|name| self.plan.pools.get(name));
        let resting = |pool: &'a Pool| {
            let people = pool.people.iter();
            people.filter_map(move |person| self.people.resting_until(pool, person, self.now))
        };
        let rests = pools.flat_map(resting);
        let hours = [false, true]
            .into_iter()
            .filter_map(|shadow| match self.within_the_hour(queue, shadow) {
                Err(Shortage::MaxMovesPerHour { until, .. }) => Some(until),
                _ => None,
            });
        rests.chain(hours).chain(self.people.next_decline_over(self.now)).min()
    }

    /// Whether a queue lends its people now, as far as it can be seen.
    pub fn lends(&self, queue: &Queue) -> bool {
        let most = queue.setting.plan.as_ref().and_then(|plan| plan.lend_only_while);
        most.is_none_or(|most| !queue.is_blind() && queue.last.as_ref().is_some_and(|last| last.waiting <= most))
    }

    fn within_the_hour(&self, queue: &Queue, shadow: bool) -> Result<(), Shortage> {
        let Some(max) = queue.setting.plan.as_ref().and_then(|plan| plan.max_moves_per_hour) else {
            return Ok(());
        };
        // The call that has to be an hour old before another fits; those in shadow count for shadow alone.
        let mut counted = queue.calls.iter().rev().filter(|call| shadow || !call.shadow);
        let until = match (max as usize).checked_sub(1) {
            None => Time::NEVER,
            Some(before) => match counted.nth(before) {
                Some(call) => call.at + HOUR,
                None => return Ok(()),
            },
        };
        if until <= self.now {
            return Ok(());
        }
        Err(Shortage::MaxMovesPerHour { max, until })
    }

    fn may_borrow(&self, queue: &Queue, shadow: bool) -> Result<u32, Shortage> {
        let Some(max) = queue.setting.ladder.as_ref().and_then(|ladder| ladder.max_borrowed) else {
            return Ok(u32::MAX);
        };
        let moves = || queue.away().filter(|one| shadow || !one.shadow);
        let borrowed = moves()
            .flat_map(|one| &one.parts)
            .filter(|part| part.pool.is_some())
            .map(|part| part.seats)
            .fold(0, u32::saturating_add);
        // Who was asked about is not there.
        let borrowed = borrowed.saturating_sub(count(moves().flat_map(Move::asked_about).count()));
        match max.saturating_sub(borrowed) {
            0 => Err(Shortage::MaxBorrowed { max }),
            left => Ok(left),
        }
    }

    fn without_pools(&self, queue: &Queue, tier: &Tier, wanted: u32, room: Room) -> Result<Asked, Shortage> {
        let mut people = Vec::new();
        let seats = match self.who_may_stay(queue, tier) {
            Some(staying) => {
                people = staying.collect();
                people.sort_by_key(|person| self.people.turn(person));
                self.fit_seats(queue, &mut people);
                people.truncate(wanted as usize);
                if people.is_empty() {
                    let ends_within = tier.extend.ends_within;
                    return Err(Shortage::NobodyStays { ends_within });
                }
                count(people.len())
            }
            None if tier.action == Action::ExtendShift => wanted,
            None => wanted.min(room.unwrap_or(u32::MAX)),
        };
        if seats == 0 {
            return Err(self.no_seat());
        }
        let people = people.into_iter().cloned().collect();
        Ok(Asked {
            parts: vec![Part {
                pool: None,
                seats,
                people,
            }],
            supplied: wanted,
        })
    }

    fn of_pools(
        &self,
        queue: &Queue,
        tier: &Tier,
        wish: Wish,
        wanted: u32,
        room: Room,
        reserved: impl Fn(&Name) -> Option<(u32, Name)>,
    ) -> Result<Asked, Shortage> {
        let mut room_left = room.unwrap_or(u32::MAX);
        let mut kept_for = None;
        let mut wanted_still = wanted;
        let (mut parts, mut supplied) = (Vec::new(), 0u32);
        for name in &tier.pools {
            let Some(pool) = self.plan.pools.get(name) else {
                continue;
            };
            let mut available = self.supply(queue, tier, name, wish.by_hand);
            supplied = supplied.saturating_add(available);
            if available > 0
                && let Some((seats, higher)) = reserved(name)
            {
                available = available.saturating_sub(seats);
                kept_for = Some(higher);
            }
            let fitting = if pool.own_desk { u32::MAX } else { room_left };
            let seats = available.min(wanted_still).min(fitting);
            if seats == 0 {
                continue;
            }
            wanted_still -= seats;
            if !pool.own_desk {
                room_left -= seats;
            }
            let mut people: Vec<&Name> = self.rested(queue, pool, wish.by_hand).collect();
            // Stable: who was never asked comes in the order of the pool.
            people.sort_by_key(|person| self.people.turn(person));
            let people = people.into_iter().take(seats as usize).cloned().collect();
            parts.push(Part {
                pool: Some(name.clone()),
                seats,
                people,
            });
        }
        if !parts.is_empty() {
            return Ok(Asked { parts, supplied });
        }
        Err(match kept_for {
            _ if supplied == 0 => self.why_nobody(queue, tier, wish.by_hand),
            Some(queue) => Shortage::Reserved { queue },
            None => self.no_seat(),
        })
    }

    fn no_seat(&self) -> Shortage {
        Shortage::NoSeat {
            physical_seats: self.plan.physical_seats.unwrap_or_default(),
        }
    }

    /// What keeps the pools of a tier from giving anyone: what passes by itself is said first.
    fn why_nobody(&self, queue: &Queue, tier: &Tier, by_hand: bool) -> Shortage {
        let pools = || tier.pools.iter().filter_map(|name| self.plan.pools.get(name));
        if let Some(protecting) = pools().filter(|_| !by_hand).find_map(|pool| self.protects(queue, pool)) {
            return protecting;
        }
        let resting = pools().flat_map(|pool| {
            let free = self.free(queue, pool);
            free.filter_map(|person| self.people.resting_until(pool, person, self.now))
        });
        if let Some(until) = resting.min() {
            return Shortage::Resting { until };
        }
        let mut named = pools().flat_map(|pool| &pool.people).peekable();
        let nobody_on_duty = named.peek().is_some()
            && pools().all(|pool| !pool.people.is_empty())
            && named.all(|person| !people::is_on_duty(self.plan, person, self.now));
        if nobody_on_duty {
            let people = pools().flat_map(|pool| &pool.people);
            let shifts = people.filter_map(|person| people::next(self.plan.shifts(person)?, self.now));
            return Shortage::OffDuty {
                until: shifts.map(|shift| shift.from).min(),
            };
        }
        Shortage::NobodyToGive {
            pools: tier.pools.clone(),
        }
    }

    /// How many of a pool may be asked for.
    fn supply(&self, queue: &Queue, tier: &Tier, name: &Name, by_hand: bool) -> u32 {
        let Some(pool) = self.plan.pools.get(name) else {
            return 0;
        };
        if !by_hand && self.protects(queue, pool).is_some() {
            return 0;
        }
        if pool.people.is_empty() {
            return may_go(queue, tier, name, pool).saturating_sub(self.out_of_reach(name, by_hand));
        }
        let keep = tier.keep.get(name).copied().unwrap_or(pool.keep);
        // Who rests stays behind, and so counts for what the pool keeps.
        let free = count(self.free(queue, pool).count()).saturating_sub(self.ledger.nameless(name, self.shadow));
        let rested = count(self.rested(queue, pool, by_hand).count());
        free.saturating_sub(keep).min(rested)
    }

    /// As long as fewer than so many of a pool cannot be asked, it surely has somebody for a tier; `None`: that depends on more than their
    /// number.
    pub fn has_anyone_below(&self, queue: &Queue, tier: &Tier, name: &Name) -> Option<u32> {
        let pool = self.plan.pools.get(name).filter(|pool| pool.people.is_empty())?;
        let lends_always = pool.home.as_ref().is_none_or(|home| *home == queue.name);
        lends_always.then(|| may_go(queue, tier, name, pool))
    }

    /// How many of a pool without names cannot be asked: they are away, or have said no a while ago.
    pub fn out_of_reach(&self, name: &Name, by_hand: bool) -> u32 {
        let away = self.ledger.seats(name, self.shadow);
        away.saturating_add(self.declined_of(name, by_hand))
    }

    /// What keeps a pool from lending to a queue that is not its own.
    fn protects(&self, queue: &Queue, pool: &Pool) -> Option<Shortage> {
        let home = pool.home.as_ref().filter(|home| **home != queue.name)?;
        let waiting_at_most = self.plan.queues.get(home)?.lend_only_while?;
        let found = self.queues.binary_search_by(|known| known.name.cmp(home)).ok()?;
        let lends = self.lends(&self.queues[found]);
        (!lends).then(|| Shortage::Protected {
            queue: home.clone(),
            waiting_at_most,
        })
    }

    /// People by name who are on duty, whom nobody has asked and who are not on the phones of this queue already.
    fn free<'b>(&'b self, queue: &'b Queue, pool: &'b Pool) -> impl Iterator<Item = &'b Name> {
        let there = pool.people.iter().take(size(pool, &queue.ladder) as usize);
        there.filter(move |person| {
            people::is_on_duty(self.plan, person, self.now)
                && !self.ledger.has(person, self.shadow)
                && !queue.present.has(person)
        })
    }

    /// Those of them who have rested, and have not said no a while ago: that binds the daemon, not whoever orders by hand.
    fn rested<'b>(&'b self, queue: &'b Queue, pool: &'b Pool, by_hand: bool) -> impl Iterator<Item = &'b Name> {
        let free = self.free(queue, pool);
        free.filter(move |person| {
            let rests = self.people.resting_until(pool, person, self.now).is_some();
            !rests && (by_hand || !self.people.has_declined(person, self.now))
        })
    }

    /// How many of a pool without names have said no a while ago.
    fn declined_of(&self, pool: &Name, by_hand: bool) -> u32 {
        if by_hand {
            0
        } else {
            self.people.declined_of(pool, self.now)
        }
    }
}

/// What came of asking.
struct Asked {
    parts: Vec<Part>,
    /// How many there are to ask, seats left aside.
    supplied: u32,
}

/// The smallest number that a tier would ask of a pool: what a lower queue leaves to a higher one.
pub fn smallest_ask(tier: &Tier) -> u32 {
    range(&tier.seats).map_or(1, |range| range.min)
}

/// How many of a pool without names may be away at a time.
fn may_go(queue: &Queue, tier: &Tier, name: &Name, pool: &Pool) -> u32 {
    let keep = tier.keep.get(name).copied().unwrap_or(pool.keep);
    size(pool, &queue.ladder).saturating_sub(keep)
}

fn range(seats: &Seats) -> Option<SeatRange> {
    match seats {
        Seats::All => None,
        Seats::Range(range) => Some(*range),
        Seats::Required { fallback } => Some(*fallback),
    }
}

/// How many of a pool there are while a ladder is in force, the roster left aside.
fn size(pool: &Pool, ladder: &Name) -> u32 {
    let all = if pool.people.is_empty() {
        pool.size
    } else {
        count(pool.people.len())
    };
    match pool.size_by.get(ladder) {
        Some(&size) if pool.people.is_empty() => size,
        Some(&size) => size.min(all),
        None => all,
    }
}
