//! An instruction to the floor: what to do, with how many, who, and why.

use super::{Millis, Name, Requirement, Time};
use serde::{Deserialize, Serialize};

/// Numbers instructions from 1 in the order of their issue; never used twice in one duty log.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InstructionId(pub u64);

impl std::fmt::Display for InstructionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What the floor is asked to do.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Sign people of a pool in to the queue (steps 1 to 4).
    SignIn,
    /// Sign the people of an earlier move out again.
    SignOut,
    /// An earlier instruction is no longer needed; who has moved already goes back.
    StandDown,
    /// Ask people on the phones to stay (step 5).
    ExtendShift,
    /// Call people in for emergency overtime (step 6).
    Overtime,
    /// Call in people on standby (holidays).
    CallIn,
}

impl Action {
    /// Whether it brings people to the queue, as against taking them back.
    pub fn brings_people(self) -> bool {
        !matches!(self, Action::SignOut | Action::StandDown)
    }

    /// Whether its people come from outside the building, so that nobody is there before they come.
    pub fn from_outside(self) -> bool {
        matches!(self, Action::Overtime | Action::CallIn)
    }

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::SignIn => "sign_in",
            Action::SignOut => "sign_out",
            Action::StandDown => "stand_down",
            Action::ExtendShift => "extend_shift",
            Action::Overtime => "overtime",
            Action::CallIn => "call_in",
        }
    }
}

/// One instruction. What it says never changes; answers correct the move behind it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Instruction {
    /// Its number.
    pub id: InstructionId,
    /// When it was decided.
    pub at: Time,
    /// For which queue.
    pub queue: Name,
    /// What to do.
    pub action: Action,
    /// The tier behind it.
    pub tier: Name,
    /// From which pools, how many, and who where names are known.
    pub parts: Vec<Part>,
    /// How many in all.
    pub seats: Ask,
    /// Why these people: all that are named in `parts`, in the order in which they were asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<Chosen>,
    /// What the number was computed from, where the tier asks for the seats required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<Box<Requirement>>,
    /// Why.
    pub reason: Reason,
    /// When it goes to the next level, if nobody has seen it by then; `None` without a chain of command.
    pub respond_by: Option<Time>,
    /// The instruction that it takes back or cancels.
    pub of: Option<InstructionId>,
    /// Who ordered it by hand, or said yes to it; `None`: the daemon.
    pub by: Option<Actor>,
    /// Decided and logged alone: nobody is told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
    /// Ordered by hand: the daemon leaves them there for at least so long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Millis>,
    /// For `overtime`: for how long; `None`: until the end of the shift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting: Option<Millis>,
}

/// Why a person was asked before others: whoever was asked least recently comes first, then whoever was asked least often, then
/// the order of the pool.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Chosen {
    /// Who.
    pub person: Name,
    /// When they were asked last before; `None`: never, as far as the duty log tells.
    pub asked_at: Option<Time>,
    /// How often they had been asked before.
    pub times: u32,
    /// When their shift ends, where a roster tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// The share of one pool in an instruction or a move.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// The pool; `None` where the action draws on none.
    pub pool: Option<Name>,
    /// How many.
    pub seats: u32,
    /// Who, where names are known; then as many as `seats`.
    pub people: Vec<Name>,
}

/// How many are asked for, of how many that the tier would take.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ask {
    /// The tier's minimum. `ask` may be lower where the pool or the floor has no more.
    pub min: u32,
    /// The tier's maximum.
    pub max: u32,
    /// What is asked for.
    pub ask: u32,
}

/// Why an instruction was given, with the numbers behind it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// More than `threshold` callers were waiting for `held`.
    WaitingAbove {
        /// Callers.
        threshold: u32,
        /// For how long within the window.
        held: Millis,
        /// Callers at the decision.
        waiting: u32,
        /// How the window was judged.
        #[serde(default, skip_serializing_if = "Judged::is_every")]
        judged: Judged,
    },
    /// At most `threshold` callers were waiting for `held`.
    WaitingAtMost {
        /// Callers.
        threshold: u32,
        /// For how long within the window.
        held: Millis,
        /// Callers at the decision.
        waiting: u32,
        /// How the window was judged.
        #[serde(default, skip_serializing_if = "Judged::is_every")]
        judged: Judged,
    },
    /// The longest wait was above `threshold` for `held`.
    LongestWaitAbove {
        /// The threshold.
        threshold: Millis,
        /// The longest wait at the decision, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        /// For how long within the window.
        held: Millis,
        /// Callers at the decision.
        waiting: u32,
        /// How the window was judged.
        #[serde(default, skip_serializing_if = "Judged::is_every")]
        judged: Judged,
    },
    /// Callers waiting for each person signed in were above `threshold` for `held`.
    WaitingPerSeatAbove {
        /// Callers a person.
        threshold: f64,
        /// Callers a person at the decision.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        /// For how long within the window.
        held: Millis,
        /// Callers at the decision.
        waiting: u32,
        /// How the window was judged.
        #[serde(default, skip_serializing_if = "Judged::is_every")]
        judged: Judged,
    },
    /// The expected wait was above `threshold` for `held`.
    ExpectedWaitAbove {
        /// The threshold.
        threshold: Millis,
        /// The wait to be expected at the decision, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        /// For how long within the window.
        held: Millis,
        /// Callers at the decision.
        waiting: u32,
        /// How the window was judged.
        #[serde(default, skip_serializing_if = "Judged::is_every")]
        judged: Judged,
    },
    /// Of the calls that ended over the last while a smaller share than `threshold` was answered in time, for `held`.
    AnsweredShareBelow {
        /// 0 to 1.
        threshold: f64,
        /// The last while.
        over: Millis,
        /// That share at the decision.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        /// For how long within the window.
        held: Millis,
        /// Callers at the decision.
        waiting: u32,
        /// How the window was judged.
        #[serde(default, skip_serializing_if = "Judged::is_every")]
        judged: Judged,
    },
    /// Of the calls that ended over the last while at least this share was answered in time, for `held`.
    AnsweredShareAtLeast {
        /// 0 to 1.
        threshold: f64,
        /// The last while.
        over: Millis,
        /// That share at the decision; `None`: no call ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        /// For how long within the window.
        held: Millis,
        /// Callers at the decision.
        waiting: u32,
        /// How the window was judged.
        #[serde(default, skip_serializing_if = "Judged::is_every")]
        judged: Judged,
    },
    /// Of the calls that ended over the last while a larger share than `threshold` was given up, for `held`.
    AbandonedShareAbove {
        /// 0 to 1.
        threshold: f64,
        /// The last while.
        over: Millis,
        /// That share at the decision.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        /// For how long within the window.
        held: Millis,
        /// Callers at the decision.
        waiting: u32,
        /// How the window was judged.
        #[serde(default, skip_serializing_if = "Judged::is_every")]
        judged: Judged,
    },
    /// More than `threshold` callers more were waiting than a while ago, for `held`.
    RisingAbove {
        /// Callers.
        threshold: u32,
        /// The last while.
        over: Millis,
        /// How many more at the decision.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        /// For how long within the window.
        held: Millis,
        /// Callers at the decision.
        waiting: u32,
        /// How the window was judged.
        #[serde(default, skip_serializing_if = "Judged::is_every")]
        judged: Judged,
    },
    /// Several measures were passed, each by its own judgement, for `held`.
    All {
        /// For how long within the window.
        held: Millis,
        /// Callers at the decision.
        waiting: u32,
        /// Each, in the order of the condition.
        all: Vec<Reason>,
    },
    /// A declared incident brought the tier forward.
    Incident {
        /// What was declared.
        note: String,
        /// The expected end.
        until: Time,
        /// Callers at the decision.
        waiting: u32,
    },
    /// Somebody ordered it by hand.
    Order {
        /// Who.
        by: Actor,
    },
    /// The surge is severe: steps are not waited for one after the other (plan: "Severity").
    Severe {
        /// By which condition.
        why: Box<Reason>,
    },
    /// People of a pool have been away for as long as one may (`max_stay`).
    MaxStay {
        /// The pool.
        pool: Name,
        /// The limit.
        max_stay: Millis,
        /// Callers at the decision.
        waiting: u32,
    },
}

/// How a window was judged, with what came of it.
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    /// Without a break.
    #[default]
    Every,
    /// By its time-weighted mean.
    Mean {
        /// Callers, seconds, or callers a person, like the threshold; `None` where nobody was signed in to divide by.
        mean: Option<f64>,
    },
    /// By how much of it the threshold was passed.
    Share {
        /// 0 to 1.
        share: f64,
    },
}

impl Judged {
    fn is_every(&self) -> bool {
        *self == Judged::Every
    }
}

impl Reason {
    /// For how long its condition had held at the decision; nothing where it goes by no condition.
    pub fn held(&self) -> Millis {
        match self {
            Reason::WaitingAbove { held, .. }
            | Reason::WaitingAtMost { held, .. }
            | Reason::LongestWaitAbove { held, .. }
            | Reason::WaitingPerSeatAbove { held, .. }
            | Reason::ExpectedWaitAbove { held, .. }
            | Reason::AnsweredShareBelow { held, .. }
            | Reason::AnsweredShareAtLeast { held, .. }
            | Reason::AbandonedShareAbove { held, .. }
            | Reason::RisingAbove { held, .. }
            | Reason::All { held, .. } => *held,
            Reason::Severe { why } => why.held(),
            Reason::Incident { .. } | Reason::Order { .. } | Reason::MaxStay { .. } => Millis::ZERO,
        }
    }

    /// The word on the wire.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::WaitingAbove { .. } => "waiting_above",
            Reason::WaitingAtMost { .. } => "waiting_at_most",
            Reason::LongestWaitAbove { .. } => "longest_wait_above",
            Reason::WaitingPerSeatAbove { .. } => "waiting_per_seat_above",
            Reason::ExpectedWaitAbove { .. } => "expected_wait_above",
            Reason::AnsweredShareBelow { .. } => "answered_share_below",
            Reason::AnsweredShareAtLeast { .. } => "answered_share_at_least",
            Reason::AbandonedShareAbove { .. } => "abandoned_share_above",
            Reason::RisingAbove { .. } => "rising_above",
            Reason::All { .. } => "all",
            Reason::Incident { .. } => "incident",
            Reason::Order { .. } => "order",
            Reason::Severe { .. } => "severe",
            Reason::MaxStay { .. } => "max_stay",
        }
    }
}

/// A person who answers or orders, as the access layer knows them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Actor {
    /// As shown.
    pub name: String,
    /// Staff number; `feed` where the phone system itself showed it.
    pub staff_no: String,
    /// The role of their token.
    pub role: Name,
}
