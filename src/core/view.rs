//! What can be seen of a queue from outside: plain data for the floor, for metrics and for explanations.

use super::ladder::{Mode, Threshold};
use super::{Action, Actor, InstructionId, Millis, Name, Part, Reading, Seen, Time};
use serde::Serialize;

/// One queue as it stands.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct QueueView {
    /// The queue.
    pub queue: Name,
    /// Callers waiting at the last reading; `None` before the first.
    pub waiting: Option<u32>,
    /// How long the caller at the head has waited by now: it grows until a reading says otherwise.
    pub longest_wait: Option<Millis>,
    /// Since when that caller has waited, while the wait grows; `None` where nobody sees or nobody waits.
    pub longest_wait_since: Option<Time>,
    /// People signed in at the last reading.
    pub signed_in: Option<u32>,
    /// When the source last vouched for this queue.
    pub vouched_at: Option<Time>,
    /// Since when nobody can see the queue; `None`: it is seen.
    pub blind_since: Option<Time>,
    /// The ladder in force; `None` where the queue has left the configuration and only its people remain.
    pub ladder: Option<Name>,
    /// The next tier of the ladder; `None` where there is none left.
    pub next: Option<NextTier>,
    /// Since when a surge is on; `None`: there is none.
    pub surge_since: Option<Time>,
    /// The release window, while it runs.
    pub release: Option<Clock>,
    /// The stack, first in first.
    pub moves: Vec<MoveView>,
    /// People still signing out.
    pub leaving: Vec<MoveView>,
    /// A tier that waits for a leader's yes.
    pub approval: Option<super::Approval>,
    /// Who hears what is decided for this queue.
    pub mode: Mode,
    /// A pause.
    pub paused: Option<Pause>,
    /// A declared incident.
    pub incident: Option<Incident>,
    /// Seats that exist on the floor.
    pub physical_seats: Option<u32>,
    /// Seats that are free on the floor.
    pub free_seats: Option<u32>,
    /// Whether the feed tells who is signed in; else only moves are counted.
    pub seats_known: bool,
    /// How far each tier's condition has got.
    pub tiers: Vec<TierView>,
    /// Thresholds on callers waiting of the ladder in force, rising.
    pub lines: Vec<u32>,
}

/// The tier that is next, and its clock.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct NextTier {
    /// The tier.
    pub tier: Name,
    /// Its clock; `None` while it does not run.
    pub clock: Option<Clock>,
}

/// A window that is running.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Clock {
    /// When it began, in real time, as if it had never stood still.
    pub since: Time,
    /// When it is full, if nothing changes.
    pub due_at: Time,
}

/// A tier of the ladder in force.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct TierView {
    /// The tier.
    pub tier: Name,
    /// For how long its condition has held within its window.
    pub held: Millis,
    /// What began its window; `None`: its condition does not hold.
    pub began: Option<Began>,
    /// Where it stands.
    pub standing: Standing,
    /// Who hears of it.
    pub mode: Mode,
    /// What its pools have left; `None`: it draws on none.
    pub reserve: Option<Reserve>,
}

/// What the pools of a tier have left to give, seats and queues of higher priority left aside.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reserve {
    /// How many can be asked for now.
    pub can_come: u32,
    /// Of how many that there are while the ladder is in force.
    pub of: u32,
}

/// The beginning of a window.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Began {
    /// When, in real time, as if the queue's clock had never stood still.
    pub at: Time,
    /// It is the last change of the stack (or the end of a pause); else a reading.
    pub by_stack: bool,
}

/// What the windows of a queue stand on, for whoever wants to know what moved them. Moments are on the queue's own clock.
#[derive(Clone, PartialEq, Debug)]
pub struct Clocks<'a> {
    /// The last reading.
    pub last: Option<&'a Reading>,
    /// Now.
    pub now: Seen,
    /// The last change of the stack, or the end of a pause: no window begins before it.
    pub floor: Seen,
    /// The same in real time, as if the queue's clock had never stood still.
    pub floor_at: Time,
    /// Since when each threshold of any ladder holds without a break, whatever the stack.
    pub holding: Vec<(Threshold, Option<Seen>)>,
}

/// Where a tier stands, and what keeps it from being called: with the core's own moments and shortages, or with those of a message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing<At = Time, Why = super::Shortage> {
    /// It is on the stack already.
    OnStack,
    /// Its people are still signing out.
    SigningOut,
    /// It was declined, or done with nobody: passed over until then.
    Declined {
        /// Until when.
        until: At,
    },
    /// Its pools have nobody to give, or the floor has no seat.
    Short {
        /// Which.
        why: Why,
    },
    /// It is due, and waits for a leader's yes.
    Approval {
        /// Since when.
        since: At,
    },
    /// A leader said no to it.
    Refused {
        /// Until when it is passed over.
        until: At,
    },
    /// A tier before it comes first.
    Later,
    /// An earlier move has not settled.
    Unsettled {
        /// The instruction that began that move.
        instruction: InstructionId,
    },
    /// Its condition does not hold; `unknown`: the feed does not tell what it measures.
    NotMet {
        /// The feed does not tell what it measures.
        unknown: bool,
    },
    /// Its clock runs.
    Running {
        /// When it is due, if nothing changes.
        due_at: At,
    },
    /// The queue is blind.
    Blind,
    /// The queue is paused.
    Paused,
}

impl Standing {
    /// The same for a message, with its moments and its words for a shortage.
    pub fn told<At, Why>(&self, at: impl Fn(Time) -> At, why: impl Fn(&super::Shortage) -> Why) -> Standing<At, Why> {
        match self {
            Standing::OnStack => Standing::OnStack,
            Standing::SigningOut => Standing::SigningOut,
            Standing::Declined { until } => Standing::Declined { until: at(*until) },
            Standing::Short { why: short } => Standing::Short { why: why(short) },
            Standing::Approval { since } => Standing::Approval { since: at(*since) },
            Standing::Refused { until } => Standing::Refused { until: at(*until) },
            Standing::Later => Standing::Later,
            Standing::Unsettled { instruction } => Standing::Unsettled {
                instruction: *instruction,
            },
            Standing::NotMet { unknown } => Standing::NotMet { unknown: *unknown },
            Standing::Running { due_at } => Standing::Running { due_at: at(*due_at) },
            Standing::Blind => Standing::Blind,
            Standing::Paused => Standing::Paused,
        }
    }

    /// When its clock is full, while it runs.
    pub(crate) fn due_at(&self) -> Option<Time> {
        match self {
            Standing::Running { due_at } => Some(*due_at),
            Standing::OnStack
            | Standing::SigningOut
            | Standing::Declined { .. }
            | Standing::Short { .. }
            | Standing::Later
            | Standing::Unsettled { .. }
            | Standing::NotMet { .. }
            | Standing::Approval { .. }
            | Standing::Refused { .. }
            | Standing::Blind
            | Standing::Paused => None,
        }
    }

    /// Whether the tier is the one that comes next, whatever it waits for.
    pub(crate) fn is_next(&self) -> bool {
        match self {
            Standing::NotMet { .. }
            | Standing::Unsettled { .. }
            | Standing::Running { .. }
            | Standing::Approval { .. }
            | Standing::Blind
            | Standing::Paused => true,
            Standing::OnStack
            | Standing::SigningOut
            | Standing::Declined { .. }
            | Standing::Short { .. }
            | Standing::Later
            | Standing::Refused { .. } => false,
        }
    }
}

/// A move.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct MoveView {
    /// The instruction that began it.
    pub instruction: InstructionId,
    /// What was asked for.
    pub action: Action,
    /// The tier.
    pub tier: Name,
    /// Who, and from where.
    pub parts: Vec<Part>,
    /// When it was issued.
    pub issued: Time,
    /// It has settled.
    pub settled: bool,
    /// When it settles at the latest, or when people on their way back are free; `None`: it has settled, or has reached nobody yet.
    pub settles_at: Option<Time>,
    /// When the first of its people have been away for as long as one may, whatever waits then.
    pub stay_until: Option<Time>,
    /// Somebody has seen or done it, or the feed shows it.
    pub answered: bool,
    /// Decided and logged alone: nobody was told, nobody is there.
    pub shadow: bool,
    /// It was said to be done, and the feed does not show it.
    pub not_shown: bool,
    /// How many of its people the feed shows; `None`: it cannot tell.
    pub shown: Option<u32>,
    /// Some of these by number alone.
    pub by_number: bool,
    /// Those it shows by name.
    pub there: Vec<Name>,
    /// Those it has shown and does not show any more, though nobody has told them to go.
    pub missing: Vec<Name>,
    /// Ordered by hand: the daemon leaves them there until then.
    pub hold_until: Option<Time>,
}

/// People of one pool on other phones than their own, by one move.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Away<'a> {
    /// The queue that they are on.
    pub queue: &'a Name,
    /// The instruction that began the move.
    pub instruction: InstructionId,
    /// Their pool.
    pub pool: Option<&'a Name>,
    /// How many.
    pub seats: u32,
    /// Those whose names are known; nobody, where some of more people are meant and nobody has said which.
    pub people: &'a [Name],
}

/// A person of a pool, as the daemon counts them.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PersonView {
    /// Who.
    pub person: Name,
    /// The pool.
    pub pool: Name,
    /// The queue that has asked for them.
    pub lent_to: Option<Name>,
    /// On duty by the roster, or not in it.
    pub on_duty: bool,
    /// When that changes next by the roster.
    pub on_duty_until: Option<Time>,
    /// When they were asked last.
    pub asked_at: Option<Time>,
    /// How often they have been asked.
    pub times: u32,
    /// Until when they are not asked again.
    pub resting_until: Option<Time>,
}

/// A queue on which the daemon does nothing of its own accord.
#[derive(Clone, PartialEq, Debug, Serialize, serde::Deserialize)]
pub struct Pause {
    /// Who.
    pub by: Actor,
    /// Until when.
    pub until: Time,
    /// Why.
    pub reason: String,
}

/// A known fault.
#[derive(Clone, PartialEq, Debug, Serialize, serde::Deserialize)]
pub struct Incident {
    /// Who declared it.
    pub by: Actor,
    /// What is broken.
    pub note: String,
    /// The expected end.
    pub until: Time,
    /// It has been asked whether it is to be extended: it is over then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_at: Option<Time>,
}

/// An instruction that still waits for its last word.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct OpenView {
    /// The instruction as it was given.
    pub instruction: super::Instruction,
    /// Who has seen it last.
    pub seen_by: Option<Actor>,
    /// When.
    pub seen_at: Option<Time>,
    /// How soon after that the people will be there, where that was said.
    pub eta: Option<Millis>,
    /// The level of the chain that has it, from 0.
    pub level: usize,
    /// When it goes further up; `None`: it has nowhere further to go.
    pub respond_by: Option<Time>,
    /// The chain is at its end.
    pub unanswered: bool,
    /// It reached a session.
    pub delivered: bool,
}
