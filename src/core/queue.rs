//! One queue as it stands: what is seen of it, its windows, its stack of moves and its open instructions.
//!
//! Who may change it: `absorb` (what happened outside) and `apply` (what was decided), nobody else.
//!
//! ```text
//!  sight:   Blind ◄── silence, source lost, missing ── Seeing
//!             └────────── reading or heartbeat ──────────►┘
//!
//!  a move:  Undelivered ──reached a session──► Until(deadline) ──shown, or its time is up──► Settled
//!                └──────────────── done ──────────────┴───────────────────────────────────────►┘
//!           on the stack ──sign-out──► leaving ──done, or its time is up──► free
//!                  └──────stand-down, declined──► gone (a late "done" puts it back)
//! ```

use super::arrivals::Arrivals;
use super::measure::{Latest, Windows, longest_wait};
use super::{
    Action, Actor, Approval, Counted, Incident, Instruction, InstructionId, Millis, MoveView, Name, Part, Pause,
    Reading, Seen, Time,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many moves that were stood down or declined are remembered for a late "done".
pub const GONE_LIMIT: usize = 16;

/// One queue.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Queue {
    pub name: Name,
    /// The ladder in force.
    pub ladder: Name,
    /// It has left the configuration and waits for its people to be released by hand.
    pub retired: bool,
    pub last: Option<Reading>,
    /// When that came.
    pub read_at: Time,
    pub sight: Sight,
    /// All the time that it was blind: the difference between real time and the queue's clock.
    pub blind_total: Millis,
    /// When a reading or a heartbeat last vouched for it.
    pub vouched_at: Time,
    /// Its source has reported it since it connected, so that a heartbeat stands for it.
    pub vouched_by_heartbeat: bool,
    /// The source has said that it is going away, or that the queue is missing; blind is decided from it.
    pub lost: Option<String>,
    pub windows: Windows,
    /// The source's counter of offered calls, over the last minutes.
    pub arrivals: Arrivals,
    /// The last change of the stack, or the end of a pause: no window begins before it.
    pub floor: Seen,
    /// Since when a surge is on.
    pub surge: Option<Time>,
    /// Tiers passed over for the rest of the surge.
    pub declined: BTreeSet<Name>,
    /// Tiers of which it was said in this surge that they have nobody to give.
    pub skipped: BTreeSet<Name>,
    /// Tiers to which a leader said no: until when they are passed over.
    pub refused: BTreeMap<Name, Time>,
    /// A tier that waits for a leader's yes. One question at a time.
    pub approval: Option<Approval>,
    /// When people were called within the last hour, oldest first.
    pub calls: VecDeque<Time>,
    pub stack: Vec<Move>,
    pub leaving: Vec<Leaving>,
    pub gone: VecDeque<Move>,
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
        /// It has been said. A queue that waits for its first reading is blind before it is said.
        said: bool,
        /// It has been said who is out of place.
        long_said: bool,
    },
}

/// People asked for and not yet taken back.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Move {
    pub instruction: InstructionId,
    pub action: Action,
    pub tier: Name,
    pub parts: Vec<Part>,
    pub issued: Time,
    /// The same moment on the queue's clock.
    pub asked: Seen,
    /// It stands beside the ladder (an incident's).
    pub beside: bool,
    pub settle_within: Millis,
    pub settling: Settling,
    pub response: Response,
    /// Signed in when it was issued, with all that was asked before and not yet shown.
    pub signed_in_before: Option<u32>,
    /// Decided and logged alone: nobody was told, and nobody is there.
    pub shadow: bool,
    /// By how much shifts are made longer.
    pub longer_by: Millis,
    pub doubt: Doubt,
    /// When somebody last said "keep them": how long they have stayed counts from then.
    pub kept: Option<Seen>,
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
    pub signed_in_before: Option<u32>,
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
    Call { tier: Option<Name>, seats: Option<u32> },
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
            last: None,
            read_at: now,
            sight: Sight::Blind {
                since: now,
                said: false,
                long_said: false,
            },
            blind_total: Millis::ZERO,
            vouched_at: now,
            vouched_by_heartbeat: false,
            lost: None,
            windows: Windows::default(),
            arrivals: Arrivals::default(),
            floor: Seen(now.0),
            surge: None,
            declined: BTreeSet::new(),
            skipped: BTreeSet::new(),
            refused: BTreeMap::new(),
            approval: None,
            calls: VecDeque::new(),
            stack: Vec::new(),
            leaving: Vec::new(),
            gone: VecDeque::new(),
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

    pub fn waiting(&self) -> u32 {
        self.last.as_ref().map_or(0, |reading| reading.waiting)
    }

    /// The last reading, and how long ago it came, as far as the queue is seen.
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

    /// Whether a threshold is passed or left by itself at this very moment.
    pub fn turns_at(&self, now: Time) -> bool {
        !self.is_blind() && self.windows.turns_at(self.seen(now))
    }

    pub fn signed_in(&self) -> Option<u32> {
        self.last.as_ref().and_then(|reading| reading.signed_in)
    }

    /// The people whom the feed names.
    pub fn agents(&self) -> &[super::Agent] {
        let last = self.last.as_ref();
        last.and_then(|reading| reading.agents.as_deref()).unwrap_or_default()
    }

    /// The moves whose people are not back yet: on the stack, or still signing out.
    pub fn away(&self) -> impl Iterator<Item = &Move> {
        self.stack.iter().chain(self.leaving.iter().map(|leaving| &leaving.of))
    }

    /// Of these people those who have not been told to go back.
    pub fn without_leaving(&self, mut people: Vec<Name>) -> Vec<Name> {
        people.retain(|person| !self.leaving.iter().any(|leaving| leaving.of.names(person)));
        people
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

    /// The first move of the ladder that has not settled.
    pub fn unsettled(&self) -> Option<&Move> {
        self.stack.iter().find(|one| !one.beside && !one.is_settled())
    }

    /// People who were asked for and may yet appear in the feed's number of people signed in: those of every move that the feed does
    /// not show, until they are overdue. What comes after is counted from beyond them.
    pub fn not_yet_shown(&self, now: Time) -> u32 {
        let now = self.seen(now);
        let coming = |one: &&Move| match one.settling {
            _ if one.shadow || one.response == Response::Shown || one.action == Action::ExtendShift => false,
            Settling::Undelivered | Settling::Until(_) => true,
            Settling::Settled(at) => now < at + one.settle_within,
        };
        let coming = self.stack.iter().filter(coming);
        coming.map(Move::seats).fold(0, u32::saturating_add)
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
            || self.stack.iter().any(|one| one.instruction == instruction)
            || self
                .leaving
                .iter()
                .any(|one| one.sign_out == instruction || one.of.instruction == instruction)
            || self.gone.iter().any(|one| one.instruction == instruction)
    }

    /// Remembers a move that was stood down or declined, for a late "done".
    pub fn remember_gone(&mut self, gone: Move) {
        if self.gone.len() == GONE_LIMIT {
            self.gone.pop_front();
        }
        self.gone.push_back(gone);
    }

    /// Whether nothing of it remains, so that it can leave with its configuration.
    pub fn is_spent(&self) -> bool {
        self.stack.is_empty() && self.leaving.is_empty() && self.open.is_empty()
    }
}

impl Move {
    pub fn seats(&self) -> u32 {
        self.parts.iter().map(|part| part.seats).fold(0, u32::saturating_add)
    }

    pub fn names(&self, person: &Name) -> bool {
        self.parts.iter().any(|part| part.people.contains(person))
    }

    pub fn is_settled(&self) -> bool {
        matches!(self.settling, Settling::Settled(_))
    }

    /// Whether the feed shows its people: all of those named, or as many more signed in as were asked for. People who
    /// were on the phones before (an extended shift) cannot be shown.
    pub fn is_shown(&self, reading: &Reading) -> bool {
        self.shown(reading).is_some_and(|shown| shown >= self.seats())
    }

    /// How many of its people the feed shows; `None` where it cannot tell.
    pub fn shown(&self, reading: &Reading) -> Option<u32> {
        if self.shadow || self.action == Action::ExtendShift {
            return None;
        }
        let mut named = self.parts.iter().flat_map(|part| &part.people).peekable();
        if let (Some(agents), true) = (&reading.agents, named.peek().is_some()) {
            let wholly_named = self.parts.iter().all(|part| part.people.len() == part.seats as usize);
            let there = named.filter(|person| is_signed_in(agents, person)).count();
            return wholly_named.then(|| u32::try_from(there).unwrap_or(u32::MAX));
        }
        let more = reading.signed_in?.saturating_sub(self.signed_in_before?);
        Some(more.min(self.seats()))
    }

    /// As it is seen from outside, on its queue.
    pub fn view(&self, queue: &Queue) -> MoveView {
        MoveView {
            instruction: self.instruction,
            action: self.action,
            tier: self.tier.clone(),
            parts: self.parts.clone(),
            issued: self.issued,
            settled: self.is_settled(),
            settles_at: match self.settling {
                Settling::Until(deadline) => Some(queue.real(deadline)),
                Settling::Undelivered | Settling::Settled(_) => None,
            },
            answered: self.response != Response::None,
            shadow: self.shadow,
            not_shown: self.doubt == Doubt::Asked,
        }
    }
}

impl Leaving {
    /// Whether the feed shows that its people have gone.
    pub fn is_shown(&self, reading: &Reading) -> bool {
        if self.of.shadow {
            return false;
        }
        let mut named = self.of.parts.iter().flat_map(|part| &part.people).peekable();
        if let (Some(agents), true) = (&reading.agents, named.peek().is_some()) {
            let wholly_named = self
                .of
                .parts
                .iter()
                .all(|part| part.people.len() == part.seats as usize);
            return wholly_named && named.all(|person| !is_signed_in(agents, person));
        }
        match (self.signed_in_before, reading.signed_in) {
            (Some(before), Some(now)) => now <= before.saturating_sub(self.of.seats()),
            _ => false,
        }
    }
}

/// Whether the feed shows a person signed in.
pub fn is_signed_in(agents: &[super::Agent], person: &Name) -> bool {
    agents
        .iter()
        .any(|agent| agent.person == *person && agent.state != super::AgentState::SignedOut)
}
