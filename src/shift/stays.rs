//! Who was away from their own place, and for how long. When somebody comes and goes is the core's to say ([`Core::away`]): this only
//! notes what has changed from one entry of the log to the next, and sums it up. To the core people are where they were asked to be once
//! their time to come is up, whether anybody has said so or not; whom nobody has said or shown to be there is summed up apart.

use super::summary::Moved;
use crate::core::{Away, Core, InstructionId, Millis, Name, Time};
use std::collections::{BTreeMap, BTreeSet};

/// Everybody's stays so far.
pub(super) struct Stays {
    from: Time,
    to: Time,
    /// Only on these queues; `None`: on all.
    queues: Option<Vec<Name>>,
    /// Who is away now by each move, how many, and since when.
    open: BTreeMap<(InstructionId, Who), (u32, Time)>,
    closed: BTreeMap<(InstructionId, Who), Vec<Spell>>,
    /// Moves of which somebody has said that people came, or the phone system has shown it.
    confirmed: BTreeSet<InstructionId>,
}

/// Who was away, each with their time, the longest first.
pub(super) struct Times {
    /// By somebody's word, or as the phone system showed.
    pub moved: Vec<Moved>,
    /// As they were asked; nobody has said that they came.
    pub asked: Vec<Moved>,
}

/// A person and their pool, or else the nameless of a pool.
type Who = (Option<Name>, Option<Name>);

/// So many were away, from then to then.
struct Spell {
    since: Time,
    until: Time,
    seats: u32,
}

impl Stays {
    /// Within a time, on some queues or on all.
    pub fn new(from: Time, to: Time, queues: Option<Vec<Name>>) -> Stays {
        Stays {
            from,
            to,
            queues,
            open: BTreeMap::new(),
            closed: BTreeMap::new(),
            confirmed: BTreeSet::new(),
        }
    }

    /// Nobody knows what is later than this: whoever is away then is so until then, as far as can be told.
    pub fn known_to(&mut self, at: Time) {
        self.to = self.to.min(at.max(self.from));
    }

    /// People of a move are there, or were: somebody has said so, or the phone system shows it.
    pub fn confirm(&mut self, instruction: InstructionId) {
        self.confirmed.insert(instruction);
    }

    /// Something has happened, and this is who is away by the core's books from now on.
    pub fn note(&mut self, books: &Core, at: Time) {
        let mut away: BTreeMap<(InstructionId, Who), u32> = BTreeMap::new();
        let wanted = |one: &Away<'_>| self.queues.as_ref().is_none_or(|queues| queues.contains(one.queue));
        for one in books.away().filter(wanted) {
            let mut add = |person: Option<&Name>, seats: u32| {
                let who = (person.cloned(), one.pool.cloned());
                let there = away.entry((one.instruction, who)).or_default();
                *there = there.saturating_add(seats);
            };
            one.people.iter().for_each(|person| add(Some(person), 1));
            let named = u32::try_from(one.people.len()).unwrap_or(u32::MAX);
            if one.seats > named {
                add(None, one.seats - named);
            }
        }
        let before = std::mem::take(&mut self.open);
        for (who, (seats, since)) in before {
            match away.remove(&who) {
                Some(there) if there == seats => {
                    self.open.insert(who, (seats, since));
                }
                there => {
                    self.close(who.clone(), since, at, seats);
                    self.open.extend(there.map(|there| (who, (there, at))));
                }
            }
        }
        self.open
            .extend(away.into_iter().map(|(who, seats)| (who, (seats, at))));
    }

    fn close(&mut self, who: (InstructionId, Who), since: Time, until: Time, seats: u32) {
        let (since, until) = (since.max(self.from), until.min(self.to));
        if since < until {
            self.closed.entry(who).or_default().push(Spell { since, until, seats });
        }
    }

    /// Everybody with their time.
    pub fn end(mut self) -> Times {
        for (who, (seats, since)) in std::mem::take(&mut self.open) {
            self.close(who, since, self.to, seats);
        }
        let (mut there, mut asked) = (BTreeMap::new(), BTreeMap::new());
        for ((instruction, who), spells) in self.closed {
            let side = match self.confirmed.contains(&instruction) {
                true => &mut there,
                false => &mut asked,
            };
            let known: &mut Vec<Spell> = side.entry(who).or_default();
            known.extend(spells);
        }
        Times {
            moved: longest_first(there),
            asked: longest_first(asked),
        }
    }
}

fn longest_first(spells: BTreeMap<Who, Vec<Spell>>) -> Vec<Moved> {
    let mut all: Vec<Moved> = spells.into_iter().map(moved).collect();
    all.sort_by(|a, b| b.time_s.total_cmp(&a.time_s));
    all
}

fn moved(((person, pool), spells): (Who, Vec<Spell>)) -> Moved {
    let time = spells.iter().fold(0, |sum: i64, spell| {
        let time = (spell.until - spell.since).0.saturating_mul(i64::from(spell.seats));
        sum.saturating_add(time)
    });
    let at_once = |moment: Time| {
        let there = spells
            .iter()
            .filter(|spell| (spell.since..spell.until).contains(&moment));
        there.map(|spell| spell.seats).fold(0, u32::saturating_add)
    };
    Moved {
        person,
        pool,
        seats: spells.iter().map(|spell| at_once(spell.since)).max().unwrap_or(0),
        time_s: Millis(time).as_secs(),
    }
}
