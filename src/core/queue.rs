//! One queue as it stands: what is seen of it, its windows, its stack of moves and its open instructions. Each rule's own state is
//! declared here and explained in the file of the rule; nothing but `rules` changes it.

use crate::derived::Setting;
use crate::measure::{Arrivals, Latest, Windows, longest_wait};

use crate::moves::{Departed, Gone, Leaving, Move, count};
use crate::supply::Present;
use crate::{
    Actor, Approval, Counted, Incident, Instruction, InstructionId, Lost, Millis, Name, Part, Pause, Reading, Seen,
    Time,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many moves that were stood down or declined are remembered for a late "done".
pub const GONE_LIMIT: usize = 16;

/// One queue. What every reading looks at comes first and lies together, so that it touches as little of the memory of each as it can.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[repr(C)]
pub struct Queue {
    pub name: Name,
    /// The ladder in force.
    pub ladder: Name,
    /// What the plan says of it; follows from the plan and the ladder in force.
    #[serde(skip)]
    pub setting: Setting,

    // ---- rules/sight
    /// It has left the configuration and waits for its people to be released by hand.
    pub retired: bool,
    /// Its source has reported it since it connected, so that a heartbeat stands for it.
    pub vouched_by_heartbeat: bool,
    /// It was said that of the seats only moves are counted.
    pub only_moves_said: bool,
    pub sight: Sight,
    /// All the time that it was blind: the difference between real time and the queue's clock.
    pub blind_total: Millis,
    /// When a reading or a heartbeat last vouched for it.
    pub vouched_at: Time,
    /// The source has said that it is going away, or that the queue is missing; blind is decided from it.
    pub lost: Option<Lost>,
    pub last: Option<Reading>,
    /// When it came, in real time.
    pub read_at: Time,
    /// Who is on the phones by it; follows from it and the plan.
    #[serde(skip)]
    pub present: Present,
    pub windows: Windows,
    pub stack: Vec<Move>,
    /// The source's counter of offered calls, over the last minutes.
    pub arrivals: Arrivals,

    // ---- rules/call, rules/settle
    /// The last change of the stack, or the end of a pause: no window begins before it.
    pub floor: Seen,
    /// Since when a surge is on.
    pub surge: Option<Time>,
    /// Tiers that were declined, or done with nobody: until when they are passed over.
    pub declined: BTreeMap<Name, Time>,
    /// Tiers that were due in this surge and had nobody to give: passed over until somebody is there.
    pub skipped: BTreeSet<Name>,
    /// How many of a tier's people have gone back in this surge while others of it stayed.
    pub went: BTreeMap<Name, u32>,
    /// Calls within the last hour, oldest first.
    pub calls: VecDeque<Call>,
    pub leaving: Vec<Leaving>,
    /// People who are free by somebody's word, or since their time was up, and whom the feed does not show gone yet.
    pub departed: Vec<Departed>,
    pub gone: VecDeque<Gone>,

    // ---- rules/approval
    /// Tiers to which a leader said no: until when they are passed over.
    pub refused: BTreeMap<Name, Time>,
    /// A tier that waits for a leader's yes. One question at a time.
    pub approval: Option<Approval>,

    // ---- rules/chain, rules/pause, rules/incident, rules/order
    /// Oldest first.
    pub open: Vec<Open>,
    pub pause: Option<Pause>,
    pub incident: Option<Incident>,
    /// The last order by hand that moves people: carried out within its own millisecond, and nothing after it.
    pub ordered: Option<Ordered>,
}

/// Whether the queue can be seen.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// Its last reading is fresh, or vouched for.
    Seeing,
    /// It cannot be seen.
    Blind {
        /// Since when its clock stands still.
        since: Time,
        /// It has been said. A queue that waits for its first reading, or was lost sight of while nothing ran, is blind before it is said.
        said: bool,
        /// It has been said who is out of place.
        long_said: bool,
    },
}

/// People were called.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Call {
    pub at: Time,
    /// In shadow: counts for shadow alone.
    pub shadow: bool,
}

/// An instruction that waits for its last word, and where it is in the chain of command.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Open {
    pub instruction: Instruction,
    pub delivered: bool,
    pub seen_by: Option<Actor>,
    /// When it was seen last, and when its people will be there, where that was said.
    pub seen_at: Option<Time>,
    pub eta: Option<Millis>,
    /// The level that has it, from 0.
    pub level: usize,
    /// When it goes up, in real time: the chain goes on while the queue is blind.
    pub due: Option<Time>,
    /// The level that has it has had its time once more.
    pub extended: bool,
    /// The chain is at its end.
    pub unanswered: bool,
    /// The level that it goes to when somebody passes it up by hand.
    pub pass_to: Option<usize>,
}

/// An order by hand on its way to becoming decisions.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Ordered {
    pub at: Time,
    pub by: Actor,
    pub what: Wanted,
}

/// What was ordered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// A tier, a number of people, or both.
    Call {
        tier: Option<Name>,
        seats: Option<u32>,
        hold: Option<Millis>,
    },
    /// Take back a move.
    Release { instruction: InstructionId },
    /// Put right who is where.
    Count { moves: Vec<Counted>, extra: Vec<Part> },
}

impl Queue {
    /// A queue that waits for its first reading since `now`.
    pub fn new(name: Name, ladder: Name, now: Time) -> Queue {
        Queue {
            name,
            ladder,
            retired: false,
            setting: Setting::default(),
            last: None,
            read_at: now,
            present: Present::default(),
            sight: Sight::Blind {
                since: now,
                said: false,
                long_said: false,
            },
            blind_total: Millis::ZERO,
            vouched_at: now,
            vouched_by_heartbeat: false,
            lost: None,
            only_moves_said: false,
            windows: Windows::default(),
            arrivals: Arrivals::default(),
            floor: Seen(now.0),
            surge: None,
            declined: BTreeMap::new(),
            skipped: BTreeSet::new(),
            went: BTreeMap::new(),
            calls: VecDeque::new(),
            stack: Vec::new(),
            leaving: Vec::new(),
            departed: Vec::new(),
            gone: VecDeque::new(),
            refused: BTreeMap::new(),
            approval: None,
            open: Vec::new(),
            pause: None,
            incident: None,
            ordered: None,
        }
    }

    /// The queue's clock at `now`. It stands still while the queue is blind.
    pub fn seen(&self, now: Time) -> Seen {
        let moment = match self.sight {
            Sight::Seeing => now,
            Sight::Blind { since, .. } => now.min(since),
        };
        Seen((moment - Time(self.blind_total.0)).0)
    }

    /// The real time of a moment on the queue's clock, if it is seen from now on without a break.
    pub fn real(&self, moment: Seen) -> Time {
        Time(moment.0) + self.blind_total
    }

    pub fn is_blind(&self) -> bool {
        matches!(self.sight, Sight::Blind { .. })
    }

    /// Whether the daemon may act of its own accord.
    pub fn acts(&self) -> bool {
        !self.is_blind() && self.pause.is_none() && !self.retired
    }

    /// Which of the queues that share a pool comes first; one that has left the configuration comes last.
    pub fn priority(&self) -> i32 {
        self.setting.plan.as_ref().map_or(i32::MIN, |plan| plan.priority)
    }

    pub fn waiting(&self) -> u32 {
        self.last.as_ref().map_or(0, |reading| reading.waiting)
    }

    /// The last reading, and how old it is.
    pub fn latest(&self, now: Time) -> Option<Latest<'_>> {
        let until = match self.sight {
            Sight::Seeing => now,
            Sight::Blind { since, .. } => now.min(since),
        };
        let age = (until - self.read_at).max(Millis::ZERO);
        self.last.as_ref().map(|reading| Latest { reading, age })
    }

    /// How long the caller at the head has waited by now, as far as the queue is seen.
    pub fn longest_wait(&self, now: Time) -> Option<Millis> {
        self.latest(now).and_then(longest_wait)
    }

    /// Whether a threshold is passed or left by itself at this very moment, or the next tier's window begins.
    pub fn turns_at(&self, now: Time) -> bool {
        let seen = self.seen(now);
        let begins = |one: &Move| one.next_from == Some(seen) && !one.is_settled();
        !self.is_blind() && (self.windows.turns_at(seen) || self.stack.iter().any(begins))
    }

    pub fn signed_in(&self) -> Option<u32> {
        self.last.as_ref().and_then(|reading| reading.signed_in)
    }

    /// Whether the feed knows a person by name, signed in or not.
    pub fn feed_names(&self, person: &Name) -> bool {
        let agents = self.last.as_ref().and_then(|last| last.agents.as_ref());
        agents.is_some_and(|agents| agents.iter().any(|agent| agent.person == *person))
    }

    /// The moves whose people are not back yet: on the stack, or still signing out.
    pub fn away(&self) -> impl Iterator<Item = &Move> {
        self.stack.iter().chain(self.leaving.iter().map(|leaving| &leaving.of))
    }

    /// A change of the stack: no window begins before it.
    pub fn stack_changed(&mut self, now: Time) {
        self.floor = self.seen(now);
    }

    pub fn is_on_stack(&self, tier: &Name) -> bool {
        self.stack.iter().any(|one| one.tier == *tier)
    }

    pub fn is_signing_out(&self, tier: &Name) -> bool {
        self.leaving.iter().any(|one| one.of.tier == *tier)
    }

    pub fn on_stack(&self, instruction: InstructionId) -> Option<&Move> {
        self.stack.iter().find(|one| one.instruction == instruction)
    }

    pub fn on_stack_mut(&mut self, instruction: InstructionId) -> Option<&mut Move> {
        self.stack.iter_mut().find(|one| one.instruction == instruction)
    }

    pub fn open(&self, instruction: InstructionId) -> Option<&Open> {
        self.open.iter().find(|open| open.instruction.id == instruction)
    }

    pub fn open_mut(&mut self, instruction: InstructionId) -> Option<&mut Open> {
        self.open.iter_mut().find(|open| open.instruction.id == instruction)
    }

    pub fn close(&mut self, instruction: InstructionId) {
        self.open.retain(|open| open.instruction.id != instruction);
    }

    /// Whether the queue has any business with an instruction.
    pub fn knows(&self, instruction: InstructionId) -> bool {
        self.open(instruction).is_some()
            || self.on_stack(instruction).is_some()
            || self
                .leaving
                .iter()
                .any(|one| one.sign_out == instruction || one.of.instruction == instruction)
            || self.gone.iter().any(|gone| gone.of.instruction == instruction)
    }

    /// The tier of an instruction that it has any business with.
    pub fn tier_of(&self, instruction: InstructionId) -> Option<&Name> {
        if let Some(open) = self.open(instruction) {
            return Some(&open.instruction.tier);
        }
        let leaving = self.leaving.iter().filter(|one| one.sign_out == instruction);
        let gone = self.gone.iter().map(|gone| &gone.of);
        let moves = self.away().chain(gone).filter(|one| one.instruction == instruction);
        leaving.map(|one| &one.of).chain(moves).map(|one| &one.tier).next()
    }

    /// Remembers a move that was stood down or declined, for a late "done".
    pub fn remember(&mut self, gone: Gone) {
        if self.gone.len() == GONE_LIMIT {
            self.gone.pop_front();
        }
        self.gone.push_back(gone);
    }

    /// People of a tier have gone back while the surge is on.
    pub fn some_went(&mut self, tier: &Name, seats: u32) {
        let went = self.went.entry(tier.clone()).or_default();
        *went = went.saturating_add(seats);
    }

    /// Places of a tier that are empty: people who have gone back in this surge, or were asked about and are not there, and nobody has
    /// been asked for in their place.
    pub fn empty_places(&self, tier: &Name) -> u32 {
        let went = self.went.get(tier).copied().unwrap_or(0);
        let moves = self.stack.iter().filter(|one| one.tier == *tier);
        let missing = moves.flat_map(Move::asked_about).filter(|one| !one.replaced);
        went.saturating_add(count(missing.count()))
    }

    /// So many were asked for in a tier: empty places are taken.
    pub fn take_places(&mut self, tier: &Name, seats: u32) {
        let mut left = seats;
        if let Some(went) = self.went.get_mut(tier) {
            let taken = left.min(*went);
            *went -= taken;
            left -= taken;
        }
        let moves = self.stack.iter_mut().filter(|one| one.tier == *tier);
        let missing = moves.flat_map(|one| &mut one.missing);
        let empty = missing.filter(|one| one.left_at.is_some() && !one.replaced);
        empty.take(left as usize).for_each(|one| one.replaced = true);
    }

    /// Whether nothing is open on it that a reading may bring further: no surge, nobody called, nothing ordered or declared.
    pub fn is_at_rest(&self) -> bool {
        self.acts()
            && self.lost.is_none()
            && self.surge.is_none()
            && self.is_spent()
            && self.approval.is_none()
            && self.incident.is_none()
            && self.ordered.is_none()
    }

    /// Whether nothing of it remains, so that it can leave with its configuration.
    pub fn is_spent(&self) -> bool {
        self.stack.is_empty() && self.leaving.is_empty() && self.open.is_empty()
    }
}
