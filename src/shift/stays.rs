//! Who was away from their own place, and for how long: from when they were on the other phones (a done, or settled) to when they
//! were free again (the sign-out done, or its time up), or left, or were stood down.

use super::summary::Moved;
use crate::core::{Action, Answer, Instruction, InstructionId, Millis, Name, Part, Time};
use std::collections::BTreeMap;

/// Everybody's stays so far.
pub(super) struct Stays {
    from: Time,
    to: Time,
    moves: BTreeMap<InstructionId, Stay>,
    /// Sign-outs, and what they take back.
    leaving: BTreeMap<InstructionId, InstructionId>,
    sums: BTreeMap<Who, Sum>,
}

/// The people of one move.
struct Stay {
    parts: Vec<Part>,
    /// Since when they are on the phones; `None`: they are not there yet, or no more.
    since: Option<Time>,
}

/// A person, or else the nameless of a pool.
type Who = (Option<Name>, Option<Name>);

#[derive(Default)]
struct Sum {
    /// Each spell: since when, until when, how many.
    spells: Vec<(Time, Time, u32)>,
}

impl Stays {
    pub fn new(from: Time, to: Time) -> Stays {
        Stays {
            from,
            to,
            moves: BTreeMap::new(),
            leaving: BTreeMap::new(),
            sums: BTreeMap::new(),
        }
    }

    pub fn instructed(&mut self, instruction: &Instruction) {
        match (instruction.action, instruction.of) {
            (Action::SignOut, Some(of)) => {
                self.leaving.insert(instruction.id, of);
            }
            (Action::StandDown, Some(of)) => self.gone(of, instruction.at),
            _ => {
                let parts = instruction.parts.clone();
                self.moves.insert(instruction.id, Stay { parts, since: None });
            }
        }
    }

    pub fn settled(&mut self, instruction: InstructionId, at: Time) {
        if let Some(stay) = self.moves.get_mut(&instruction) {
            stay.since.get_or_insert(at);
        }
    }

    /// The people of a sign-out are free.
    pub fn back(&mut self, sign_out: InstructionId, at: Time) {
        if let Some(of) = self.leaving.remove(&sign_out) {
            self.gone(of, at);
        }
    }

    pub fn answered(&mut self, instruction: InstructionId, answer: &Answer, at: Time) {
        if self.leaving.contains_key(&instruction) {
            match answer {
                Answer::Done { .. } => self.back(instruction, at),
                // They stay where they are.
                Answer::Declined { .. } => {
                    self.leaving.remove(&instruction);
                }
                _ => {}
            }
            return;
        }
        match answer {
            Answer::Done { seats, people, .. } => self.there(instruction, *seats, people.as_deref(), at),
            Answer::Declined { .. } => self.gone(instruction, at),
            Answer::Left { people, seats, .. } => self.left(instruction, people, *seats, at),
            Answer::Seen { .. } | Answer::Escalate { .. } => {}
        }
    }

    /// Somebody says who is there; it may correct what was said before.
    fn there(&mut self, instruction: InstructionId, seats: Option<u32>, people: Option<&[Name]>, at: Time) {
        self.pause(instruction, at);
        let Some(stay) = self.moves.get_mut(&instruction) else {
            return;
        };
        match (people, seats) {
            (Some(people), _) if !people.is_empty() => stay.parts = told(&stay.parts, people),
            (_, Some(seats)) => cut(&mut stay.parts, seats),
            _ => {}
        }
        stay.since = (!stay.parts.is_empty()).then_some(at);
    }

    fn left(&mut self, instruction: InstructionId, people: &[Name], seats: Option<u32>, at: Time) {
        let Some(since) = self.moves.get(&instruction).map(|stay| stay.since) else {
            return;
        };
        self.pause(instruction, at);
        if let Some(stay) = self.moves.get_mut(&instruction) {
            for part in &mut stay.parts {
                let before = part.people.len();
                part.people.retain(|person| !people.contains(person));
                part.seats -= u32::try_from(before - part.people.len()).unwrap_or(0).min(part.seats);
            }
            if people.is_empty() {
                let all: u32 = stay.parts.iter().map(|part| part.seats).sum();
                cut(&mut stay.parts, all.saturating_sub(seats.unwrap_or(0)));
            }
            stay.since = since
                .map(|_| at)
                .filter(|_| stay.parts.iter().any(|part| part.seats > 0));
        }
    }

    /// A count of the floor says who is there.
    pub fn counted(&mut self, instruction: InstructionId, there: Vec<Part>, at: Time) {
        self.pause(instruction, at);
        if let Some(stay) = self.moves.get_mut(&instruction) {
            stay.since = (!there.is_empty()).then_some(at);
            stay.parts = there;
        }
    }

    /// A count found people whom no move had brought.
    pub fn found(&mut self, instruction: InstructionId, part: Part, at: Time) {
        self.pause(instruction, at);
        let stay = self.moves.entry(instruction).or_insert_with(|| Stay {
            parts: Vec::new(),
            since: None,
        });
        stay.parts.push(part);
        stay.since = Some(at);
    }

    fn gone(&mut self, instruction: InstructionId, at: Time) {
        self.pause(instruction, at);
    }

    /// Writes down the spell so far.
    fn pause(&mut self, instruction: InstructionId, at: Time) {
        let Some(stay) = self.moves.get_mut(&instruction) else {
            return;
        };
        let Some(since) = stay.since.take() else { return };
        let (since, until) = (since.max(self.from), at.min(self.to));
        if until <= since {
            return;
        }
        for part in &stay.parts {
            for person in &part.people {
                let who = (Some(person.clone()), part.pool.clone());
                self.sums.entry(who).or_default().spells.push((since, until, 1));
            }
            let nameless = part
                .seats
                .saturating_sub(u32::try_from(part.people.len()).unwrap_or(u32::MAX));
            if nameless > 0 {
                let who = (None, part.pool.clone());
                self.sums.entry(who).or_default().spells.push((since, until, nameless));
            }
        }
    }

    /// Everybody with their time, the longest first.
    pub fn end(mut self) -> Vec<Moved> {
        let moves: Vec<InstructionId> = self.moves.keys().copied().collect();
        for instruction in moves {
            self.pause(instruction, self.to);
        }
        let mut moved: Vec<Moved> = self.sums.into_iter().map(moved).collect();
        moved.sort_by(|a, b| b.time_s.total_cmp(&a.time_s));
        moved
    }
}

fn moved(((person, pool), sum): (Who, Sum)) -> Moved {
    let time: i64 = sum
        .spells
        .iter()
        .map(|(since, until, seats)| (*until - *since).0.saturating_mul(i64::from(*seats)))
        .sum();
    let at_once = |moment: Time| {
        let there = sum
            .spells
            .iter()
            .filter(|(since, until, _)| (*since..*until).contains(&moment));
        there.map(|(_, _, seats)| seats).sum()
    };
    Moved {
        person,
        pool,
        seats: sum
            .spells
            .iter()
            .map(|(since, _, _)| at_once(*since))
            .max()
            .unwrap_or(0),
        time_s: Millis(time).as_secs(),
    }
}

/// The parts with these people in them; whoever was not among those asked counts for the first pool.
fn told(parts: &[Part], people: &[Name]) -> Vec<Part> {
    let mut told: Vec<Part> = parts
        .iter()
        .map(|part| Part {
            people: part.people.iter().filter(|it| people.contains(it)).cloned().collect(),
            seats: 0,
            pool: part.pool.clone(),
        })
        .collect();
    let others = people
        .iter()
        .filter(|it| !parts.iter().any(|part| part.people.contains(it)));
    match told.first_mut() {
        Some(first) => first.people.extend(others.cloned()),
        None => told.push(Part {
            pool: None,
            seats: 0,
            people: others.cloned().collect(),
        }),
    }
    for part in &mut told {
        part.seats = u32::try_from(part.people.len()).unwrap_or(u32::MAX);
    }
    told.retain(|part| part.seats > 0);
    told
}

/// So many seats in all. Of whom named people are fewer is not known: then nobody's name is kept.
fn cut(parts: &mut Vec<Part>, seats: u32) {
    let all: u32 = parts.iter().map(|part| part.seats).sum();
    if let (true, Some(last)) = (seats > all, parts.last_mut()) {
        last.seats += seats - all;
    }
    let mut left = seats;
    for part in parts.iter_mut() {
        if part.seats > left {
            part.people.clear();
        }
        part.seats = part.seats.min(left);
        left -= part.seats;
    }
    parts.retain(|part| part.seats > 0);
}
