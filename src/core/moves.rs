//! A move: people who were asked for and are not back yet, on the stack, on their way back, or remembered for a late word.
//!
//! **A move may come apart** (plan: "The stack"). Each part that leaves is a move of its own from then on, and knows the instruction
//! that took it away: a [`Leaving`] its sign-out, a [`Gone`] its stand-down. So an answer speaks for the people of the instruction
//! that it names, and of nobody else.
//!
//! ```text
//!  a move:  Undelivered ──reached a session──► Until(deadline) ──shown, or its time is up──► Settled
//!                └──────────────── done ──────────────┴───────────────────────────────────────►┘
//!           on the stack ──sign-out──► Leaving ──done, shown gone, or its time is up──► free
//!                  └──────stand-down, declined──► Gone (a late "done" puts it back)
//! ```

use crate::supply::{Present, Proof};
use crate::{Action, Actor, InstructionId, Millis, MoveView, Name, Part, Seen, Time};
use serde::{Deserialize, Serialize};

/// People asked for and not yet taken back.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Move {
    pub instruction: InstructionId,
    pub action: Action,
    pub tier: Name,
    /// From which pools and how many. Where a part has more names than seats, some of these people are meant, and nobody has said
    /// which: a number is never read as names.
    pub parts: Vec<Part>,
    pub issued: Time,
    /// The same moment on the queue's clock.
    pub asked: Seen,
    /// It stands beside the ladder (an incident's).
    pub beside: bool,
    pub settle_within: Millis,
    pub settling: Settling,
    /// How long after it first reached somebody the next tier's window begins at the latest; `None`: once it has settled.
    pub next_after: Option<Millis>,
    /// When that is.
    pub next_from: Option<Seen>,
    /// Ordered by hand: not undone by the daemon before then.
    pub hold_until: Option<Seen>,
    pub response: Response,
    /// Who said last that it is done; the feed where it has shown it.
    pub done_by: Option<(Actor, Time)>,
    /// Signed in without a name of the plan when it was issued, with all that was asked before and not yet shown.
    pub number_before: Option<u32>,
    /// The floor has said twice that they are there: the feed's number holds them.
    pub vouched: bool,
    /// Decided and logged alone: nobody was told, and nobody is there.
    pub shadow: bool,
    /// By how much shifts are made longer.
    pub longer_by: Millis,
    pub doubt: Doubt,
    /// When somebody last said "keep them": how long they have stayed counts from then.
    pub kept: Option<Seen>,
    /// People of it whom the feed has shown on the phones.
    #[serde(rename = "people")]
    pub there: Vec<Name>,
    /// Those of them whom it does not show any more.
    pub missing: Vec<Missing>,
}

/// A person of a move who is not on the phones any more, though nobody has told them to go.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Missing {
    pub person: Name,
    /// Since when, on the queue's clock.
    pub since: Seen,
    /// It was asked about: they count as left then, unless somebody says otherwise.
    pub left_at: Option<Time>,
    /// Somebody else has been asked for in their place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaced: bool,
}

/// Whether the feed bears out what was said to be done.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Nothing to doubt: it shows, it cannot show, or nobody has said anything yet.
    None,
    /// It has until then to show.
    From(Seen),
    /// It has not shown, and it was asked whether they are there.
    Asked,
}

/// How far a move, or a sign-out, has settled.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settling {
    /// It has reached nobody yet.
    Undelivered,
    /// It settles then, on the queue's clock.
    Until(Seen),
    /// It settled then.
    Settled(Seen),
}

/// What is known of the people of a move.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// Nobody has answered.
    None,
    /// Somebody has taken it.
    Seen,
    /// Somebody said that they are on the phones.
    Done,
    /// The feed shows them on the phones.
    Shown,
}

/// People who have been told to go back and are not free yet.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Leaving {
    pub sign_out: InstructionId,
    pub settling: Settling,
    /// The ladder's, not the tier's own: going back to one's desk takes no hour, even where coming in did.
    pub settle_within: Millis,
    pub of: Move,
    /// Signed in without a name of the plan when they were told to go, less all who were told before and are not yet shown gone.
    pub number_before: Option<u32>,
    pub since: Time,
}

/// People of a move who go back, and by which word: a sign-out or a stand-down.
#[derive(Clone, PartialEq, Debug)]
pub struct WayBack {
    pub action: Action,
    pub parts: Vec<Part>,
}

/// People without a name who are free and whom the feed does not show gone yet: they are no proof for others.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Departed {
    pub seats: u32,
    pub number_before: u32,
    /// On the queue's clock; they are not waited for any longer.
    pub until: Seen,
}

impl Departed {
    /// How many of them are still to be shown gone.
    pub fn awaited(&self, others: u32) -> u32 {
        self.seats.saturating_sub(self.number_before.saturating_sub(others))
    }
}

/// A move, or a part of one, that nobody needs any more and that may come back by a late word.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Gone {
    /// As it was asked for, whatever number was said on its way.
    pub of: Move,
    /// The stand-down that took it away; `None`: it was declined, or done with nobody.
    pub stood_down_by: Option<InstructionId>,
    pub at: Time,
}

impl Move {
    pub fn seats(&self) -> u32 {
        seats(&self.parts)
    }

    pub fn names(&self, person: &Name) -> bool {
        self.parts.iter().any(|part| part.people.contains(person))
    }

    pub fn people(&self) -> impl Iterator<Item = &Name> {
        self.parts.iter().flat_map(|part| &part.people)
    }

    /// Seats of people whose names nobody knows.
    pub fn nameless(&self) -> u32 {
        self.parts.iter().map(nameless).fold(0, u32::saturating_add)
    }

    pub fn is_settled(&self) -> bool {
        matches!(self.settling, Settling::Settled(_))
    }

    /// Parts of it that nobody has answered: neither seen nor done, and of which the feed has shown nobody.
    pub fn unanswered(&self) -> impl Iterator<Item = &Part> {
        let unanswered = |part: &&Part| self.response == Response::None && !self.has_shown(part);
        self.parts.iter().filter(unanswered)
    }

    /// Whether the feed has shown anybody of a part by name.
    fn has_shown(&self, part: &Part) -> bool {
        part.people.iter().any(|person| self.there.contains(person))
    }

    /// How an end of some of it is worded: what nobody has answered is stood down, whatever ends it, and so are people from outside who
    /// have not come (plan: "Release", "Overtime").
    pub fn way_back<'a>(&self, parts: impl IntoIterator<Item = &'a Part>) -> Action {
        let not_come = self.action.from_outside() && self.response < Response::Done;
        let mut parts = parts.into_iter();
        let unanswered = self.response == Response::None && !parts.any(|part| self.has_shown(part));
        if unanswered || not_come {
            Action::StandDown
        } else {
            Action::SignOut
        }
    }

    /// Some of it as they go back.
    pub fn going_back(&self, parts: Vec<Part>) -> WayBack {
        WayBack {
            action: self.way_back(&parts),
            parts,
        }
    }

    /// Whether the feed can show its people at all: those of an extended shift were on the phones before.
    pub fn can_be_shown(&self) -> bool {
        !self.shadow && self.action != Action::ExtendShift
    }

    /// The feed's word on its people, on its own queue. So many shifts have begun by the roster since it was asked for: whoever signed
    /// in by these is no proof.
    pub fn proof<'a>(&'a self, present: &'a Present, begun: u32) -> Option<Proof<'a>> {
        if !self.can_be_shown() {
            return None;
        }
        let more = present.others.zip(self.number_before);
        let more = more.map(|(now, before)| now.saturating_sub(before).saturating_sub(begun));
        Proof::of(&self.parts, present, more)
    }

    /// It is settled by what was said or shown, if it was not before. Returns whether it was not.
    pub fn settle(&mut self, now: Seen) -> bool {
        let settles = !self.is_settled();
        if settles {
            self.settling = Settling::Settled(now);
        }
        settles
    }

    /// Takes people off it by name: they are not there any more. Returns what was taken.
    pub fn take_people(&mut self, people: &[Name]) -> Vec<Part> {
        let mut taken = Vec::new();
        for part in &mut self.parts {
            let before = part.people.len();
            let mut named = Vec::new();
            part.people.retain(|person| {
                let leaves = people.contains(person);
                if leaves {
                    named.push(person.clone());
                }
                !leaves
            });
            if named.is_empty() {
                continue;
            }
            // Of more names than seats those who stay may have been the ones who came.
            let spare = count(before).saturating_sub(part.seats);
            let seats = count(named.len()).saturating_sub(spare).min(part.seats);
            part.seats -= seats;
            taken.push(Part {
                pool: part.pool.clone(),
                seats,
                people: named,
            });
        }
        self.parts.retain(|part| part.seats > 0);
        self.forget(people);
        taken
    }

    /// Takes a number of people off it, of whom nobody says who they are: those without a name first.
    pub fn take_seats(&mut self, number: u32) -> Vec<Part> {
        let mut left = number;
        let mut taken = Vec::new();
        let mut take = |part: &mut Part, most: u32| {
            let seats = most.min(left);
            if seats > 0 {
                left -= seats;
                part.seats -= seats;
                taken.push(Part {
                    pool: part.pool.clone(),
                    seats,
                    people: Vec::new(),
                });
            }
        };
        self.parts.iter_mut().for_each(|part| take(part, nameless(part)));
        self.parts.iter_mut().for_each(|part| take(part, part.seats));
        self.parts.retain(|part| part.seats > 0);
        taken
    }

    /// People of it who were asked about: as long as nobody says otherwise they are not there.
    pub fn asked_about(&self) -> impl Iterator<Item = &Missing> {
        self.missing.iter().filter(|one| one.left_at.is_some())
    }

    /// How many of these people have been replaced already.
    pub fn replaced<'a>(&self, people: impl IntoIterator<Item = &'a Name>) -> u32 {
        let replaced = |person: &&Name| self.missing.iter().any(|one| one.replaced && one.person == **person);
        count(people.into_iter().filter(replaced).count())
    }

    /// People of it are not looked for any more.
    pub fn forget(&mut self, people: &[Name]) {
        self.there.retain(|person| !people.contains(person));
        self.missing.retain(|one| !people.contains(&one.person));
    }

    /// More people are on it.
    pub fn join(&mut self, part: &Part) {
        merge(&mut self.parts, std::slice::from_ref(part));
    }

    /// As it is seen from outside.
    pub fn view(&self, present: &Present, real: impl Fn(Seen) -> Time) -> MoveView {
        let proof = self.proof(present, 0);
        MoveView {
            instruction: self.instruction,
            action: self.action,
            tier: self.tier.clone(),
            parts: worded(&self.parts),
            issued: self.issued,
            settled: self.is_settled(),
            settles_at: self.settling.deadline().map(&real),
            stay_until: None,
            answered: self.response != Response::None,
            shadow: self.shadow,
            not_shown: self.doubt == Doubt::Asked,
            shown: proof.map(|proof| proof.seats()),
            by_number: proof.is_some_and(|proof| proof.by_number() > 0),
            there: proof.map_or_else(Vec::new, |proof| proof.people().cloned().collect()),
            missing: self.missing.iter().map(|one| one.person.clone()).collect(),
            hold_until: self.hold_until.map(real),
        }
    }
}

impl Settling {
    /// When it settles at the latest.
    pub fn deadline(self) -> Option<Seen> {
        match self {
            Settling::Until(deadline) => Some(deadline),
            Settling::Undelivered | Settling::Settled(_) => None,
        }
    }
}

impl Leaving {
    /// As it is seen from outside.
    pub fn view(&self, present: &Present, real: impl Fn(Seen) -> Time) -> MoveView {
        MoveView {
            settles_at: self.settling.deadline().map(&real),
            ..self.of.view(present, real)
        }
    }

    /// Its people who are still on the phones by the feed's word; `None` where it cannot tell. So many shifts have ended by the roster
    /// since: whoever signed out by these is no proof.
    pub fn still_there<'a>(&'a self, present: &'a Present, ended: u32) -> Option<Proof<'a>> {
        if self.of.shadow {
            return None;
        }
        let fewer = self.number_before.zip(present.others);
        let stay = fewer.map(|(before, now)| {
            let gone = before.saturating_sub(now).saturating_sub(ended);
            let counted = if present.people.is_some() {
                self.of.nameless()
            } else {
                self.of.seats()
            };
            counted.saturating_sub(gone)
        });
        Proof::of(&self.of.parts, present, stay)
    }
}

/// Parts as they are told to others: where it is open who of more people is meant, a number alone.
pub fn worded(parts: &[Part]) -> Vec<Part> {
    let mut parts = parts.to_vec();
    let open = parts.iter_mut().filter(|part| known(part).len() < part.people.len());
    open.for_each(|part| part.people.clear());
    parts
}

/// The people of a part whose names are known: nobody's where some of more people are meant.
pub fn known(part: &Part) -> &[Name] {
    if count(part.people.len()) > part.seats {
        &[]
    } else {
        &part.people
    }
}

pub fn seats(parts: &[Part]) -> u32 {
    parts.iter().map(|part| part.seats).fold(0, u32::saturating_add)
}

/// Seats of a part whose people nobody knows by name.
pub fn nameless(part: &Part) -> u32 {
    part.seats.saturating_sub(count(part.people.len()))
}

pub fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}

/// What is left of the first when the second is taken from it. Where the second names more people than seats, nobody knows who is
/// left: the names stay.
pub fn missing(all: &[Part], taken: &[Part]) -> Vec<Part> {
    let mut left = all.to_vec();
    for part in taken {
        if let Some(from) = left.iter_mut().find(|one| one.pool == part.pool) {
            from.seats = from.seats.saturating_sub(part.seats);
            if count(part.people.len()) <= part.seats {
                from.people.retain(|person| !part.people.contains(person));
            }
        }
    }
    left.retain(|part| part.seats > 0);
    left
}

/// Those of the first who are not among the second, by name.
pub fn absent(before: &[Part], after: &[Part]) -> Vec<Part> {
    let is_there = |person: &Name| after.iter().any(|part| part.people.contains(person));
    let mut absent = before.to_vec();
    absent
        .iter_mut()
        .for_each(|part| part.people.retain(|person| !is_there(person)));
    absent
}

/// Adds people to those who are there, pool by pool.
pub fn merge(parts: &mut Vec<Part>, more: &[Part]) {
    for part in more {
        match parts.iter_mut().find(|one| one.pool == part.pool) {
            Some(one) => {
                one.seats = one.seats.saturating_add(part.seats);
                let new = part.people.iter().filter(|person| !one.people.contains(person));
                let new: Vec<Name> = new.cloned().collect();
                one.people.extend(new);
            }
            None => parts.push(part.clone()),
        }
    }
}

/// People by name, each in the pool that knows them, else in the first.
pub fn parts_of(pool_of: impl Fn(&Name) -> Option<Name>, first: Option<Name>, people: Vec<Name>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for person in people {
        let pool = pool_of(&person).or_else(|| first.clone());
        match parts.iter_mut().find(|part| part.pool == pool) {
            Some(part) if part.people.contains(&person) => {}
            Some(part) => part.people.push(person),
            None => parts.push(Part {
                pool,
                seats: 0,
                people: vec![person],
            }),
        }
    }
    parts.iter_mut().for_each(|part| part.seats = count(part.people.len()));
    parts
}

/// Sets how many are there, without saying who: each part as far as it was asked for, in order; what is more goes to the last.
pub fn set_seats(parts: &mut Vec<Part>, number: u32) {
    let mut left = number;
    let last = parts.len().saturating_sub(1);
    for (position, part) in parts.iter_mut().enumerate() {
        part.seats = if position == last { left } else { part.seats.min(left) };
        left -= part.seats.min(left);
    }
    parts.retain(|part| part.seats > 0);
}
