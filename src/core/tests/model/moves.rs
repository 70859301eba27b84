//! A move: who was asked for what, how far it has come, and how it comes apart.

use super::compare;
use std::collections::{BTreeMap, BTreeSet};
use surged_core::{Action, Name};

#[derive(Clone)]
pub struct Move {
    pub id: u64,
    pub action: Action,
    pub tier: Name,
    pub parts: Vec<Part>,
    pub beside: bool,
    pub shadow: bool,
    pub settle_within: usize,
    /// The next tier's window begins at the latest so long after it reached somebody.
    pub next_after: Option<usize>,
    pub next_from: Option<usize>,
    pub issued: usize,
    pub issued_at: i64,
    pub deadline: Option<usize>,
    pub settled: Option<usize>,
    /// When somebody last said that they stay.
    pub kept: Option<usize>,
    pub response: Response,
    /// Who said so.
    pub done_by: Option<String>,
    /// What was said to be done has until then to be shown by the feed.
    pub doubted_from: Option<usize>,
    /// It was asked whether they are really there.
    pub asked_about: bool,
    /// Said twice: the feed's number holds them.
    pub vouched: bool,
    /// Signed in by the feed's number when it was issued, with those asked before and not yet shown.
    pub number_before: Option<u32>,
    /// People whom the feed has shown by name.
    pub came: BTreeSet<Name>,
    /// Those of them whom it does not show any more.
    pub missing: BTreeMap<Name, Missing>,
    /// The daemon does not take them back before.
    pub hold_until: Option<usize>,
}

/// What is known of the people of a move.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Response {
    None,
    Seen,
    Done,
    Shown,
}

#[derive(Copy, Clone)]
pub struct Missing {
    pub since: usize,
    /// They were asked about, and count as left then.
    pub left_at: Option<i64>,
    /// Somebody else was asked for in their place.
    pub replaced: bool,
}

/// Where more are named than there are, some of these are meant, and nobody has said who.
#[derive(Clone, PartialEq)]
pub struct Part {
    pub pool: Option<Name>,
    pub seats: u32,
    pub people: Vec<Name>,
}

/// People who have been told to go back.
#[derive(Clone)]
pub struct Leaving {
    pub id: u64,
    pub one: Move,
    pub settle_within: usize,
    pub deadline: Option<usize>,
    pub number_before: Option<u32>,
    pub since: i64,
}

/// People who are free by word or by time, and whom the feed's number may hold still, until then.
pub struct Departed {
    pub seats: u32,
    pub number_before: u32,
    pub until: usize,
}

/// People who were stood down, or who said no.
#[derive(Clone)]
pub struct Gone {
    pub one: Move,
    pub at: i64,
    pub stood_down_by: Option<u64>,
}

impl Move {
    pub fn new(id: u64, action: Action, tier: Name, parts: Vec<Part>, settle_within: usize) -> Move {
        Move {
            id,
            action,
            tier,
            parts,
            beside: false,
            shadow: false,
            settle_within,
            next_after: None,
            next_from: None,
            issued: 0,
            issued_at: 0,
            deadline: None,
            settled: None,
            kept: None,
            response: Response::None,
            done_by: None,
            doubted_from: None,
            asked_about: false,
            vouched: false,
            number_before: None,
            came: BTreeSet::new(),
            missing: BTreeMap::new(),
            hold_until: None,
        }
    }

    /// Its times count from when it first reached somebody.
    pub fn reaches_somebody(&mut self, clock: usize) {
        if self.settled.is_none() {
            self.deadline = self.deadline.or(Some(clock + self.settle_within));
        }
        self.next_from = self.next_from.or(self.next_after.map(|after| clock + after));
    }

    pub fn seats(&self) -> u32 {
        seats_of(&self.parts)
    }

    pub fn people(&self) -> impl Iterator<Item = &Name> {
        self.parts.iter().flat_map(|part| &part.people)
    }

    pub fn names(&self, person: &Name) -> bool {
        self.people().any(|one| one == person)
    }

    pub fn nameless(&self) -> u32 {
        self.parts.iter().map(nameless).sum()
    }

    pub fn can_be_shown(&self) -> bool {
        !self.shadow && self.action != Action::ExtendShift
    }

    fn has_come(&self, part: &Part) -> bool {
        part.people.iter().any(|person| self.came.contains(person))
    }

    /// Parts of which nobody has said anything, nor the feed shown anybody.
    pub fn unanswered(&self) -> Vec<Part> {
        let mut parts = self.parts.clone();
        parts.retain(|part| self.response == Response::None && !self.has_come(part));
        parts
    }

    /// Whether an end of some of it is a stand-down: nobody has answered, or people from outside have not come.
    pub fn is_stood_down(&self, parts: &[Part]) -> bool {
        let not_come = self.action.from_outside() && self.response < Response::Done;
        not_come || (self.response == Response::None && !parts.iter().any(|part| self.has_come(part)))
    }

    pub fn join(&mut self, part: &Part) {
        match self.parts.iter_mut().find(|one| one.pool == part.pool) {
            Some(one) => {
                one.seats += part.seats;
                let new = part.people.iter().filter(|person| !one.people.contains(person));
                let new: Vec<Name> = new.cloned().collect();
                one.people.extend(new);
            }
            None => self.parts.push(part.clone()),
        }
    }

    /// The one who was asked last; where more are there than names are known, one without a name.
    pub fn asked_last(&self) -> Vec<Part> {
        let last = self.parts.last().unwrap();
        let (named, seats) = (last.people.len(), last.seats as usize);
        let people = match named.cmp(&seats) {
            std::cmp::Ordering::Less => Vec::new(),
            std::cmp::Ordering::Equal => last.people[seats - 1..].to_vec(),
            std::cmp::Ordering::Greater => last.people.clone(),
        };
        vec![Part {
            pool: last.pool.clone(),
            seats: 1,
            people,
        }]
    }

    /// Some of it become a move of their own.
    pub fn split(&mut self, parts: &[Part]) -> Move {
        let mut taken = self.clone();
        taken.parts = parts.to_vec();
        self.parts = without(&self.parts, parts);
        let stays: Vec<Name> = self.people().cloned().collect();
        let gone: Vec<Name> = taken
            .people()
            .filter(|person| !stays.contains(person))
            .cloned()
            .collect();
        self.forget(&gone);
        taken.missing.clear();
        taken
    }

    /// Who is there was counted.
    pub fn recount(&mut self, parts: Vec<Part>) {
        self.parts = parts;
        let there: Vec<Name> = self.people().cloned().collect();
        self.came.retain(|person| there.contains(person));
        self.missing.clear();
    }

    /// Who was asked about and is not there, as long as nobody says otherwise; longest missing first, then as they stand on the move.
    pub fn asked_about(&self) -> Vec<Name> {
        let mut people: Vec<Name> = self.people().cloned().collect();
        people.retain(|person| {
            let missing = self.missing.get(person);
            missing.is_some_and(|missing| missing.left_at.is_some())
        });
        people.sort_by_key(|person| self.missing[person].since);
        people
    }

    pub fn is_replaced(&self, person: &Name) -> bool {
        self.missing.get(person).is_some_and(|missing| missing.replaced)
    }

    /// How many of these people have been replaced.
    pub fn replaced(&self, people: &[Name]) -> u32 {
        people.iter().filter(|person| self.is_replaced(person)).count() as u32
    }

    pub fn forget(&mut self, people: &[Name]) {
        self.came.retain(|person| !people.contains(person));
        self.missing.retain(|person, _| !people.contains(person));
    }

    /// People have left it by name. Of more names than seats those who stay may have been the ones who came.
    pub fn lose(&mut self, people: &[Name]) -> Vec<Part> {
        let mut lost = Vec::new();
        for part in &mut self.parts {
            let named: Vec<Name> = part
                .people
                .iter()
                .filter(|person| people.contains(person))
                .cloned()
                .collect();
            if named.is_empty() {
                continue;
            }
            let spare = (part.people.len() as u32).saturating_sub(part.seats);
            let seats = (named.len() as u32).saturating_sub(spare).min(part.seats);
            part.people.retain(|person| !people.contains(person));
            part.seats -= seats;
            lost.push(Part {
                pool: part.pool.clone(),
                seats,
                people: named,
            });
        }
        self.parts.retain(|part| part.seats > 0);
        self.forget(people);
        lost
    }

    /// So many have left it, and nobody says who: those without a name first.
    pub fn lose_so_many(&mut self, number: u32) -> Vec<Part> {
        let (mut left, mut lost) = (number, Vec::new());
        for nameless_first in [true, false] {
            for part in &mut self.parts {
                let most = if nameless_first { nameless(part) } else { part.seats };
                let seats = most.min(left);
                part.seats -= seats;
                left -= seats;
                lost.push(Part {
                    pool: part.pool.clone(),
                    seats,
                    people: Vec::new(),
                });
            }
        }
        self.parts.retain(|part| part.seats > 0);
        lost.retain(|part| part.seats > 0);
        lost
    }
}

pub fn seats_of(parts: &[Part]) -> u32 {
    parts.iter().map(|part| part.seats).sum()
}

/// Seats of whom nobody knows the name.
pub fn nameless(part: &Part) -> u32 {
    part.seats.saturating_sub(part.people.len() as u32)
}

/// What is left of some people when others of them are taken away. Where nobody knows who went, the names stay.
pub fn without(parts: &[Part], taken: &[Part]) -> Vec<Part> {
    let mut left = parts.to_vec();
    for part in taken {
        let Some(one) = left.iter_mut().find(|one| one.pool == part.pool) else {
            continue;
        };
        one.seats = one.seats.saturating_sub(part.seats);
        if part.people.len() as u32 <= part.seats {
            one.people.retain(|person| !part.people.contains(person));
        }
    }
    left.retain(|part| part.seats > 0);
    left
}

/// As they are told: where it is open who is meant, as a number.
pub fn in_words(parts: &[Part]) -> String {
    let parts = parts.iter().map(|part| {
        let open = part.people.len() as u32 > part.seats;
        let people = if open { &[][..] } else { &part.people[..] };
        compare::part_in_words(part.pool.as_ref(), part.seats, people)
    });
    parts.collect::<Vec<String>>().join(" + ")
}

/// The same, where all names are told.
pub fn in_full(parts: &[Part]) -> String {
    let parts = parts
        .iter()
        .map(|part| compare::part_in_words(part.pool.as_ref(), part.seats, &part.people));
    parts.collect::<Vec<String>>().join(" + ")
}
