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
    /// That moment has come before it settled.
    pub eased: bool,
    pub issued: usize,
    pub issued_at: i64,
    pub deadline: Option<usize>,
    pub settled: Option<usize>,
    /// When somebody last said that they stay.
    pub kept: Option<usize>,
    pub seen: bool,
    /// Somebody has said that they are there.
    pub there: bool,
    /// Who said so.
    pub done_by: Option<String>,
    /// What was said to be done has until then to be shown by the feed.
    pub doubted_from: Option<usize>,
    /// It was asked whether they are really there.
    pub asked_about: bool,
    /// Signed in by the feed's number when it was issued, with those asked before and not yet shown.
    pub number_before: Option<u32>,
    /// So many of those whom the feed does not name its number has shown, all that there were.
    pub number_shown: u32,
    /// Parts whose people the feed has shown by name, all at once.
    pub shown_parts: BTreeSet<Option<Name>>,
    /// The feed has shown all of them.
    pub proved: bool,
    /// People whom the feed has shown by name.
    pub came: BTreeSet<Name>,
    /// People whom it showed and does not show any more, since when.
    pub missing: BTreeMap<Name, usize>,
    /// Those of them who have been asked about.
    pub asked_gone: BTreeSet<Name>,
    /// The daemon does not take them back before.
    pub hold_until: Option<i64>,
}

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
    /// Who has said that some of them are back.
    pub done_by: Option<String>,
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
            eased: false,
            issued: 0,
            issued_at: 0,
            deadline: None,
            settled: None,
            kept: None,
            seen: false,
            there: false,
            done_by: None,
            doubted_from: None,
            asked_about: false,
            number_before: None,
            number_shown: 0,
            shown_parts: BTreeSet::new(),
            proved: false,
            came: BTreeSet::new(),
            missing: BTreeMap::new(),
            asked_gone: BTreeSet::new(),
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
        self.parts.iter().map(|part| part.seats).sum()
    }

    pub fn names(&self, person: &Name) -> bool {
        self.parts.iter().any(|part| part.people.contains(person))
    }

    /// Whether anybody, or the feed, has said anything of them.
    pub fn is_answered(&self) -> bool {
        self.seen || self.is_there()
    }

    /// Said, or shown by the feed.
    pub fn is_there(&self) -> bool {
        let by_name = |part: &Part| self.shown_parts.contains(&part.pool);
        let by_number = self.number_shown > 0 && self.parts.iter().any(|part| !by_name(part));
        self.there || by_number || self.parts.iter().any(by_name)
    }

    pub fn join(&mut self, part: Part) {
        match self.parts.iter_mut().find(|one| one.pool == part.pool) {
            Some(one) => {
                one.seats += part.seats;
                one.people.extend(part.people);
            }
            None => self.parts.push(part),
        }
    }

    /// The one who was asked last; where more are there than names are known, one without a name.
    pub fn asked_last(&self) -> Vec<Part> {
        let last = self.parts.last().unwrap();
        let named = last.people.len() as u32 == last.seats;
        vec![Part {
            pool: last.pool.clone(),
            seats: 1,
            people: last.people.last().filter(|_| named).cloned().into_iter().collect(),
        }]
    }

    /// People have left it by name; how many there were.
    pub fn lose(&mut self, people: &[Name]) -> Vec<Part> {
        let mut lost = self.parts.clone();
        for part in &mut lost {
            part.people.retain(|person| people.contains(person));
            part.seats = part.people.len() as u32;
        }
        lost.retain(|part| part.seats > 0);
        self.parts = without(&self.parts, &lost);
        lost
    }
}

/// What is left of some people when others of them are taken away.
pub fn without(parts: &[Part], taken: &[Part]) -> Vec<Part> {
    let mut left = parts.to_vec();
    for part in taken {
        let one = left.iter_mut().find(|one| one.pool == part.pool).unwrap();
        one.seats -= part.seats;
        one.people.retain(|person| !part.people.contains(person));
        one.people.truncate(one.seats as usize);
    }
    left.retain(|part| part.seats > 0);
    left
}

pub fn in_words(parts: &[Part]) -> String {
    let parts = parts
        .iter()
        .map(|part| compare::part_in_words(part.pool.as_ref(), part.seats, &part.people));
    parts.collect::<Vec<String>>().join(" + ")
}
