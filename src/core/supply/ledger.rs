//! One ledger of people and seats: who is away from their pool and for which queue, who is on the phones, and which physical seats are
//! taken (plan: "Seats"). Everything that counts people or seats asks here.
//!
//! It follows from the queues' moves and readings, and is kept up queue by queue: [`Ledger::enter`] puts down what one queue has
//! now in place of what it had, so that a change costs the same however many queues there are.
//!
//! Physical seats: room = physical − people whom the feeds show − people asked, answered or settled whom no feed shows yet. A person
//! named by a feed counts once, on however many queues.

use super::{Present, Shown};
use crate::ladder::Plan;
use crate::moves::{Move, nameless};
use crate::queue::Queue;
use crate::{Action, Name, Part};
use std::collections::BTreeMap;

/// Seats that are free on the floor; `None`: no limit is configured.
pub type Room = Option<u32>;

/// What one queue has.
#[derive(Clone, PartialEq, Debug, Default)]
struct Account {
    /// Who is away for it: on its stack, or on the way back.
    away: Vec<Entry>,
    /// Its feed tells who is signed in.
    told: bool,
    /// Whom its feed shows by name.
    people: Vec<Name>,
    /// How many its feed shows without a name.
    unnamed: u32,
    /// Seats kept for people without a name whom no feed shows yet; and with those decided in shadow.
    awaited: [u32; 2],
    /// The same where no feed tells anything: every move counts, also those on their way back.
    moved: [u32; 2],
}

/// A part of a move.
#[derive(Clone, PartialEq, Debug)]
struct Entry {
    part: Part,
    shadow: bool,
    /// Its people take a physical seat, once they are shown or until they are; not so those on their way back.
    awaited: bool,
    /// The people of it who were asked about and are not there.
    missing: Vec<Name>,
}

/// Who is away from a pool.
#[derive(Clone, PartialEq, Debug, Default)]
struct Lent {
    seats: u64,
    /// Of those, without a name.
    nameless: u64,
}

/// Where a person stands: how many moves hold them, really and in shadow, and how many feeds show them.
#[derive(Clone, PartialEq, Debug, Default)]
struct Place {
    away: [u32; 2],
    /// The queues of the real ones, in order.
    queues: Vec<usize>,
    shown: u32,
    /// Moves that keep a seat for them until they are shown.
    awaited: [u32; 2],
}

/// The ledger. Index 0 of a pair is real, 1 is with shadow. Sums have room for any numbers that are told, so that what is taken off is
/// what was added.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Ledger {
    accounts: Vec<Account>,
    pools: BTreeMap<Name, [Lent; 2]>,
    people: BTreeMap<Name, Place>,
    told: u64,
    shown: u64,
    unnamed: u64,
    awaited: [u64; 2],
    awaited_by_name: [u64; 2],
    moved: [u64; 2],
}

impl Ledger {
    /// The ledger of all queues.
    pub fn of(plan: &Plan, queues: &[Queue]) -> Ledger {
        let mut ledger = Ledger {
            accounts: vec![Account::default(); queues.len()],
            ..Ledger::default()
        };
        for (index, queue) in queues.iter().enumerate() {
            ledger.enter(plan, index, queue);
        }
        ledger
    }

    /// Puts down what a queue has now. Returns the pools of which more or fewer are away than before, and whether seats have become
    /// free.
    pub fn enter(&mut self, plan: &Plan, index: usize, queue: &Queue) -> Changed {
        let room = self.taken(false);
        let account = Account::of(plan, queue);
        if self.accounts[index] == account {
            return Changed::default();
        }
        let before = std::mem::take(&mut self.accounts[index]);
        let mut pools: Vec<Name> = Vec::new();
        if before.away != account.away {
            let parts = before.away.iter().chain(&account.away);
            pools = parts.filter_map(|entry| entry.part.pool.clone()).collect();
        }
        self.post(index, &before, false);
        self.post(index, &account, true);
        self.accounts[index] = account;
        let taken = self.taken(false);
        Changed {
            pools,
            seats_freed: taken < room,
            seats_taken: taken > room,
        }
    }

    /// Whether a person has been asked by any queue.
    pub fn has(&self, person: &Name, shadow: bool) -> bool {
        let place = self.people.get(person);
        place.is_some_and(|place| place.away[usize::from(shadow)] > 0)
    }

    /// The queue that has asked for a person.
    pub fn queue_of(&self, person: &Name) -> Option<usize> {
        self.people.get(person)?.queues.first().copied()
    }

    /// How many of a pool are away.
    pub fn seats(&self, pool: &Name, shadow: bool) -> u32 {
        self.pools
            .get(pool)
            .map_or(0, |lent| number(lent[usize::from(shadow)].seats))
    }

    /// How many of a pool are away without anybody knowing who.
    pub fn nameless(&self, pool: &Name, shadow: bool) -> u32 {
        self.pools
            .get(pool)
            .map_or(0, |lent| number(lent[usize::from(shadow)].nameless))
    }

    /// Free seats on the floor; those decided in shadow count for another of them alone.
    pub fn room(&self, plan: &Plan, shadow: bool) -> Room {
        let physical = plan.physical_seats?;
        Some(physical.saturating_sub(self.taken(shadow)))
    }

    /// People on the phones, and seats kept for those who are not shown there yet.
    fn taken(&self, shadow: bool) -> u32 {
        let shadow = usize::from(shadow);
        let shown = self.shown.saturating_add(self.unnamed);
        let awaited = self.awaited[shadow].saturating_add(self.awaited_by_name[shadow]);
        number(shown.saturating_add(awaited).saturating_add(self.moved[shadow]))
    }

    /// Adds an account, or takes it off.
    fn post(&mut self, index: usize, account: &Account, on: bool) {
        let sum = |sum: &mut u64, by: u32| {
            *sum = if on {
                sum.saturating_add(by.into())
            } else {
                sum.saturating_sub(by.into())
            };
        };
        let change = |number: &mut u32, by: u32| {
            *number = if on {
                number.saturating_add(by)
            } else {
                number.saturating_sub(by)
            };
        };
        sum(&mut self.told, u32::from(account.told));
        sum(&mut self.unnamed, account.unnamed);
        for shadow in 0..2 {
            sum(&mut self.awaited[shadow], account.awaited[shadow]);
            sum(&mut self.moved[shadow], account.moved[shadow]);
        }
        for person in &account.people {
            self.move_person(person, |place| change(&mut place.shown, 1));
        }
        for entry in &account.away {
            let kinds = if entry.shadow { 1..2 } else { 0..2 };
            if let Some(pool) = &entry.part.pool {
                let lent = self.pools.entry(pool.clone()).or_default();
                for shadow in kinds.clone() {
                    sum(&mut lent[shadow].seats, entry.part.seats);
                    sum(&mut lent[shadow].nameless, nameless(&entry.part));
                }
                if *lent == <[Lent; 2]>::default() {
                    self.pools.remove(pool);
                }
            }
            for person in &entry.part.people {
                let waits = entry.awaited && !entry.missing.contains(person);
                self.move_person(person, |place| {
                    for shadow in kinds.clone() {
                        change(&mut place.away[shadow], 1);
                        change(&mut place.awaited[shadow], u32::from(waits));
                    }
                    if !entry.shadow {
                        let found = place.queues.partition_point(|queue| *queue < index);
                        if on {
                            place.queues.insert(found, index);
                        } else {
                            place.queues.remove(found);
                        }
                    }
                });
            }
        }
    }

    /// Changes where a person stands, with the sums over all people.
    fn move_person(&mut self, person: &Name, change: impl FnOnce(&mut Place)) {
        let place = self.people.entry(person.clone()).or_default();
        let waits = |place: &Place, shadow: usize| u64::from(place.shown == 0 && place.awaited[shadow] > 0);
        let before = (u64::from(place.shown > 0), waits(place, 0), waits(place, 1));
        change(place);
        let after = (u64::from(place.shown > 0), waits(place, 0), waits(place, 1));
        let gone = place.shown == 0 && place.away == [0, 0] && place.awaited == [0, 0];
        self.shown = self.shown + after.0 - before.0;
        self.awaited_by_name[0] = self.awaited_by_name[0] + after.1 - before.1;
        self.awaited_by_name[1] = self.awaited_by_name[1] + after.2 - before.2;
        if gone {
            self.people.remove(person);
        }
    }
}

/// A sum as a number of seats.
fn number(sum: u64) -> u32 {
    u32::try_from(sum).unwrap_or(u32::MAX)
}

/// What a change of one queue's account means for others.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Changed {
    /// Pools of which more or fewer are away; one may stand here more than once.
    pub pools: Vec<Name>,
    /// There is room for more on the floor.
    pub seats_freed: bool,
    /// There is room for fewer.
    pub seats_taken: bool,
}

impl Account {
    fn of(plan: &Plan, queue: &Queue) -> Account {
        let present = &queue.present;
        let told = !queue.retired && present.number.is_some();
        let mut account = Account {
            told,
            ..Account::default()
        };
        if told {
            account.people = present.people.clone().unwrap_or_default();
            account.unnamed = present.unnamed();
        }
        for one in &queue.stack {
            account.put_down(plan, one, present, queue.retired);
        }
        for leaving in &queue.leaving {
            for part in &leaving.of.parts {
                account.away.push(Entry {
                    part: part.clone(),
                    shadow: leaving.of.shadow,
                    awaited: false,
                    missing: Vec::new(),
                });
                // Nobody else tells that they still sit there.
                if !told && !queue.retired {
                    account.keep(plan, &leaving.of, part, part.seats);
                }
            }
        }
        account
    }

    /// A move on the stack: its people, and the seats that are kept for them.
    fn put_down(&mut self, plan: &Plan, one: &Move, present: &Present, retired: bool) {
        let proof = one.proof(present, 0).filter(|_| self.told);
        // What is settled on a queue that nobody reports any more is in the numbers of those that are reported.
        let counted = one.vouched || (retired && one.is_settled());
        let missing = || {
            let asked = one.asked_about().map(|missing| missing.person.clone());
            asked.collect::<Vec<Name>>()
        };
        let mut shown = proof.into_iter().flat_map(|proof| proof.parts());
        for part in &one.parts {
            let shown = shown.next().map_or(0, Shown::seats);
            let by_name = present.people.is_some() && self.told && takes_seat(plan, one, part);
            // More names than seats: who is meant is not known, so that seats are kept by number.
            let wholly = part.people.len() <= part.seats as usize;
            self.away.push(Entry {
                part: part.clone(),
                shadow: one.shadow,
                awaited: by_name && wholly && !one.shadow && !counted,
                missing: missing(),
            });
            if counted && !one.shadow {
                continue;
            }
            let mut seats = part.seats.saturating_sub(shown);
            if by_name && wholly && !one.shadow {
                // Those with a name are kept by name, until any feed shows them.
                let named = part.people.iter().filter(|person| !present.has(person)).count();
                seats = seats.saturating_sub(u32::try_from(named).unwrap_or(u32::MAX));
            }
            self.keep(plan, one, part, seats);
        }
    }

    /// Keeps seats for people of a part by number.
    fn keep(&mut self, plan: &Plan, one: &Move, part: &Part, seats: u32) {
        if !takes_seat(plan, one, part) {
            return;
        }
        let kinds = if one.shadow { 1..2 } else { 0..2 };
        for shadow in kinds {
            let kept = if self.told { &mut self.awaited } else { &mut self.moved };
            kept[shadow] = kept[shadow].saturating_add(seats);
        }
    }
}

/// Whether the people of a part take a physical seat that was not theirs before.
fn takes_seat(plan: &Plan, one: &Move, part: &Part) -> bool {
    let pool = part.pool.as_ref().and_then(|pool| plan.pools.get(pool));
    one.action != Action::ExtendShift && !pool.is_some_and(|pool| pool.own_desk)
}

/// Seats that the people of a move take.
pub fn needs_seats(plan: &Plan, one: &Move) -> u32 {
    let needing = one.parts.iter().filter(|part| takes_seat(plan, one, part));
    needing.map(|part| part.seats).fold(0, u32::saturating_add)
}
