//! The floor socket's messages: the single source of their schema (see [`schema`]).
//!
//! On the wire times are RFC 3339 UTC with milliseconds, durations numbers of seconds whose name ends in `_s`. What is
//! not known is `null` in a queue's state and absent elsewhere.

mod approval;
mod handover;
mod incoming;
mod limits;
mod orders;
mod outward;
mod people;
mod schema;
mod state;
mod wire;

pub use approval::ApprovalMessage;
pub use handover::{
    HandoverDone, HandoverMessage, HandoverRequest, HandoverState, HandoverStep, ItemStanding, ItemState, LIMIT_ITEMS,
    NoteState, SignatureState, told,
};
pub use incoming::{ClientMessage, Envelope, Hello, Mistake, Request, decode};
pub use limits::{LIMIT_NAME, LIMIT_PEOPLE, LIMIT_TEXT};
pub use orders::LIMIT_COUNTED;
pub use outward::outward;
pub use people::{ChosenMessage, FoundMessage, PersonState, RecountedMessage};
pub use schema::{definitions, person, schema};
pub use state::{
    ClockState, IncidentState, MoveState, NextState, OpenInstruction, PauseState, QueueState, Recent, TierStanding,
    TierState,
};
pub use wire::{Reference, Stamp};

use crate::core::{Action, Ask, InstructionId, Missing, Name, Origin, Part};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The subprotocol's name.
pub const SUBPROTOCOL: &str = "surged.v1";

/// What the daemon says to a supervisor's console.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The first answer to `hello`; again where a changed configuration changes what it tells.
    Welcome(Welcome),
    /// How queues stand.
    State(StateMessage),
    /// What to do.
    Instruction(InstructionMessage),
    /// What somebody answered, or that nobody did.
    Answer(AnswerMessage),
    /// Something that the floor must know.
    Notice(NoticeMessage),
    /// A step of a shift's hand-over.
    Handover(HandoverMessage),
    /// History that is no longer kept.
    Gap(Gap),
    /// The request was taken.
    Ok {
        /// The request's own `ref`.
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
    },
    /// The request was not taken; nothing changed.
    Error {
        /// The request's own `ref`.
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
        /// A word for programs.
        code: String,
        /// Words for people: what was expected, what came, what to do.
        message: String,
    },
    /// The answer to `ping`.
    Pong {
        /// The ping's own `ref`.
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
    },
}

impl ServerMessage {
    /// The message as the text of one frame.
    pub fn encode(&self) -> String {
        // Every type here is a struct or map with text keys, which JSON can always say.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Says of an instruction that it goes out before it is in the duty log (plan: invariant 7).
    pub fn mark_unlogged(&mut self) {
        if let ServerMessage::Instruction(it) = self {
            it.unlogged = true;
        }
    }

    /// For whom it is.
    pub fn audience(&self) -> Audience {
        match self {
            ServerMessage::Instruction(it) => Audience::Queue(it.queue.clone()),
            ServerMessage::Answer(it) => Audience::Queue(it.queue.clone()),
            ServerMessage::Notice(it) => match (&it.queue, &it.notice) {
                (Some(queue), _) => Audience::Queue(queue.clone()),
                (None, Notice::JournalFailing { .. }) => Audience::Everybody,
                // Their words name any queue.
                (None, _) => Audience::WholeFloor,
            },
            // What is handed over is the whole floor.
            ServerMessage::Handover(_) => Audience::WholeFloor,
            _ => Audience::Everybody,
        }
    }

    /// The instruction's number, where this is one.
    pub fn instruction(&self) -> Option<InstructionId> {
        match self {
            ServerMessage::Instruction(it) => Some(it.id),
            _ => None,
        }
    }
}

/// For whom a message is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Audience {
    /// Everybody, whatever their queues.
    Everybody,
    /// Those whose token is for all queues.
    WholeFloor,
    /// Those whose token is for this queue, or for all.
    Queue(Name),
}

/// The first answer to `hello`.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct Welcome {
    /// Who the daemon takes you for.
    pub you: You,
    /// The last message's number: what follows is higher, or sent again because of `since`.
    pub seq: u64,
    /// The daemon's version.
    pub version: String,
    /// The floor's time: countdowns run by it, whatever the console's own clock shows.
    pub now: Stamp,
    /// The duty log takes nothing at present.
    pub journal_failing: bool,
    /// A shift's hand-over that is drawn up and not complete.
    pub handover: Option<HandoverState>,
    /// What the page needs to word things.
    #[serde(flatten)]
    pub house: House,
}

/// What is the same for every session until the configuration changes.
#[derive(Clone, PartialEq, Debug, Default, Serialize, JsonSchema)]
pub struct House {
    /// Seconds of the floor's time in a real second: 1, but in a demo.
    pub speed: u32,
    /// The floor's time zone, an IANA name.
    pub zone: String,
    /// Names that people read, by kind (`queue`, `pool`, `tier`, `ladder`, `role`), key and language (`en`, `zh-Hans`, `zh-Hant`).
    pub labels: BTreeMap<&'static str, BTreeMap<Name, BTreeMap<&'static str, String>>>,
    /// The chain of command, first level first.
    pub chain: Vec<ChainLevel>,
    /// Names this duty log: another value means that numbers begin anew.
    pub log: String,
}

impl House {
    /// What a scope may know of it: names of other queues are left out.
    pub(super) fn within(&self, scope: &super::access::Scope) -> House {
        let mut house = self.clone();
        if let Some(names) = house.labels.get_mut("queue") {
            names.retain(|queue, _| scope.covers(queue));
        }
        house
    }
}

/// A level of the chain of command.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct ChainLevel {
    /// Who answers at this level.
    pub role: Name,
}

/// A session's person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct You {
    /// As shown.
    pub name: String,
    /// viewer, supervisor, shift_leader, manager or operator.
    pub role: super::Role,
    /// Staff number, as in the duty log.
    pub staff_no: String,
    /// The queues that your token is for: you hear of no other, and act for no other. Absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queues: Option<BTreeSet<Name>>,
}

/// How queues stand: all of them where `whole`, else those that changed, each with its open instructions.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct StateMessage {
    /// Replaces everything known before; what is not named is no more.
    pub whole: bool,
    /// The queues.
    pub queues: Vec<QueueState>,
    /// The instructions of these queues that still wait for their last word; what is not here of them is closed.
    pub instructions: Vec<OpenInstruction>,
}

/// An instruction to the floor.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct InstructionMessage {
    /// The message's number; absent in `state` and in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The instruction's number.
    pub id: InstructionId,
    /// When it was decided.
    pub at: Stamp,
    /// For which queue.
    pub queue: Name,
    /// What to do.
    pub action: Action,
    /// The tier behind it.
    pub tier: Name,
    /// The pool, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<Name>,
    /// The pools, where they are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pools: Option<Vec<PoolPart>>,
    /// How many.
    pub seats: Seats,
    /// What the number was computed from; absent where it was not to be computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed: Option<RequirementMessage>,
    /// Who, of all pools, where names are known.
    pub people: Vec<Name>,
    /// Why these people, in the order in which they were asked; absent where no names are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<ChosenMessage>,
    /// Why.
    pub reason: ReasonMessage,
    /// Who ordered it by hand, or said yes to it; absent where surged gave it by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// When it goes to the next level; `null` where nobody is above.
    pub respond_by: Option<Stamp>,
    /// The instruction that it takes back or cancels.
    pub of: Option<InstructionId>,
    /// The duty log failed: this instruction is not in it. Absent when it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unlogged: bool,
}

/// How many are asked for, of how many that the tier would take.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Seats {
    /// The tier's minimum.
    pub min: u32,
    /// The tier's maximum.
    pub max: u32,
    /// What is asked for.
    pub ask: u32,
}

impl From<Ask> for Seats {
    fn from(ask: Ask) -> Seats {
        let Ask { min, max, ask } = ask;
        Seats { min, max, ask }
    }
}

/// The seats that a queue requires, with every input as it was at the decision.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct RequirementMessage {
    /// Calls an hour; `null` where neither the feed nor the configuration tells.
    pub calls_per_hour: Option<CallsPerHourMessage>,
    /// Mean handling time of a call, as configured.
    pub handle_time_s: Option<f64>,
    /// Mean patience of a caller, as configured; `null`: nobody is taken to give up.
    pub patience_s: Option<f64>,
    /// The service target, as configured.
    pub target: Option<TargetMessage>,
    /// People signed in, as the feed told last.
    pub signed_in: Option<u32>,
    /// Free physical seats; `null` where no limit is configured.
    pub free_seats: Option<u32>,
    /// The fewest people on the phones that meet the target; `null` where that cannot be computed.
    pub required: Option<u32>,
    /// Whether the target is met with the people signed in and those asked for; `null` where that cannot be computed.
    pub reachable: Option<bool>,
    /// What was missing, so that the tier's fallback is asked for: calls_per_hour, handle_time, target, signed_in; `bounds`: the
    /// numbers are beyond what is computed.
    pub missing: Vec<Missing>,
}

/// Calls that arrive in an hour.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct CallsPerHourMessage {
    /// How many.
    pub value: u32,
    /// `measured` on the feed, or `configured`.
    pub origin: Origin,
}

/// Share of all callers to be answered within a time.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct TargetMessage {
    /// 0 to 1.
    pub answered: f64,
    /// The time.
    pub within_s: f64,
}

/// One pool's share.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct PoolPart {
    /// The pool; `null` where the action draws on none.
    pub pool: Option<Name>,
    /// How many.
    pub seats: u32,
    /// Who, where names are known.
    pub people: Vec<Name>,
}

impl From<&Part> for PoolPart {
    fn from(part: &Part) -> PoolPart {
        PoolPart {
            pool: part.pool.clone(),
            seats: part.seats,
            people: part.people.clone(),
        }
    }
}

/// Why an instruction was given. `waiting`: callers at the decision; `held_s`: for how long within the window.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ReasonMessage {
    /// More than `threshold` callers were waiting.
    WaitingAbove {
        threshold: u32,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// At most `threshold` callers were waiting.
    WaitingAtMost {
        threshold: u32,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// The longest wait was above `threshold_s`.
    LongestWaitAbove {
        threshold_s: f64,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// More than `threshold` callers were waiting for each person signed in.
    WaitingPerSeatAbove {
        threshold: f64,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// The expected wait was above `threshold_s`.
    ExpectedWaitAbove {
        threshold_s: f64,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// A declared incident brought the tier forward.
    Incident { note: String, until: Stamp, waiting: u32 },
    /// Somebody ordered it by hand.
    Order { by: By },
    /// People of a pool have been away for as long as one may.
    MaxStay { pool: Name, max_stay_s: f64, waiting: u32 },
    /// The surge is severe: steps are not waited for one after the other.
    Severe {
        /// By which condition.
        why: Box<ReasonMessage>,
    },
}

/// How the window was judged, where not without a break, and what came of it.
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, JsonSchema)]
pub struct JudgedMessage {
    /// `mean`: by its time-weighted mean; `share`: by how much of it the threshold was passed; absent: without a break.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgeWord>,
    /// The mean over the window, in callers, or callers for each person signed in; absent where nobody was signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// The mean over the window, where it is a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_s: Option<f64>,
    /// The share of the window in which the threshold was passed, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

/// How a window is judged, as in the configuration.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgeWord {
    /// By its mean.
    Mean,
    /// By a share of it.
    Share,
}

/// Who answered or ordered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct By {
    /// As shown.
    pub name: String,
    /// Staff number; `feed` where the phone system itself showed it.
    pub staff_no: String,
}

/// What became of an instruction.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerStatus {
    /// "I take it."
    Seen,
    /// Done.
    Done,
    /// It cannot or will not be done; `note` says why.
    Declined,
    /// People left the move; `note` says why.
    Left,
    /// Passed up by hand; `note` says why.
    Escalated,
    /// The phone system shows its people.
    Confirmed,
    /// The chain of command is at its end, and nobody has done or declined it.
    Unanswered,
}

/// What somebody answered, or that nobody did.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct AnswerMessage {
    /// The message's number.
    pub seq: u64,
    /// The instruction.
    pub instruction: InstructionId,
    /// The queue.
    pub queue: Name,
    /// What.
    pub status: AnswerStatus,
    /// Who; absent with `unanswered`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// How many, where not as asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// Who, where not as asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<Vec<Name>>,
    /// How soon the people will be there, with `seen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta_s: Option<f64>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When.
    pub at: Stamp,
}

/// Something that the floor must know.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct NoticeMessage {
    /// The message's number.
    pub seq: u64,
    /// When.
    pub at: Stamp,
    /// The queue; absent where it concerns them all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<Name>,
    /// What.
    #[serde(flatten)]
    pub notice: Notice,
}

/// What a notice says.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Notice {
    /// The queue is blind.
    FeedLost { why: String },
    /// It is seen again; `anew`: its windows begin anew.
    FeedBack { blind_s: f64, anew: bool },
    /// It has been blind for ten minutes; these moves' people are out of place.
    BlindLong {
        since: Stamp,
        out_of_place: Vec<OutOfPlaceMessage>,
    },
    /// A tier was due, and nobody could be asked.
    TierSkipped {
        tier: Name,
        #[serde(flatten)]
        why: SkippedBecause,
    },
    /// A tier was due, and the floor has no free seat.
    SeatsExhausted { tier: Name, physical_seats: u32 },
    /// An instruction went to the next level as well.
    PassedUp {
        instruction: InstructionId,
        level: usize,
        role: Name,
        skipped: Vec<Name>,
        respond_by: Stamp,
    },
    /// An instruction reached nobody who may answer it.
    NobodyListening { instruction: InstructionId },
    /// A tier is due and waits for a leader's yes; again where nobody has said anything.
    ApprovalAsked {
        #[serde(flatten)]
        approval: ApprovalMessage,
    },
    /// A tier that waited for a yes is not due any more.
    ApprovalLapsed { tier: Name },
    /// A leader said yes; the tier's instruction follows.
    Approved { by: By, tier: Name },
    /// A leader said no: the tier is passed over until then, and asked again if it is still due.
    ApprovalRefused {
        by: By,
        tier: Name,
        reason: String,
        until: Stamp,
    },
    /// So many were said to be there, and the phone system shows fewer: are they there? A `done` or `left` answers it.
    NotShown {
        instruction: InstructionId,
        seats: u32,
        shown: u32,
    },
    /// The floor was counted: what that changed.
    Counted {
        by: By,
        moves: Vec<RecountedMessage>,
        found: Vec<FoundMessage>,
    },
    /// An incident was declared or changed.
    Incident { by: By, note: String, until: Stamp },
    /// An incident is at its expected end: it is over at `over_at` unless it is declared anew.
    IncidentEnds { until: Stamp, over_at: Stamp },
    /// An incident is over; absent `by`: nobody has extended it in time.
    IncidentOver {
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<By>,
    },
    /// People of a move are not on the phones any more, and nobody has told them to go: back, or left? They count as left at `left_at`.
    Gone {
        instruction: InstructionId,
        people: Vec<Name>,
        left_at: Stamp,
    },
    /// Nobody has said otherwise of people who are gone: they have left the move.
    TakenAsLeft {
        instruction: InstructionId,
        people: Vec<Name>,
    },
    /// The feed does not tell who is signed in: of the physical seats only moves are counted.
    OnlyMovesCounted,
    /// Nothing is done of the daemon's own accord until then.
    Paused { by: By, until: Stamp, reason: String },
    /// A pause is over; absent `by`: its time was up.
    Resumed {
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<By>,
    },
    /// Another ladder is in force.
    LadderChanged { from: Name, to: Name },
    /// A new configuration is in force.
    ConfigChanged { changes: Vec<String> },
    /// A new configuration is at fault; the one before stays in force.
    ConfigRefused { problems: Vec<String> },
    /// The duty log cannot be written; instructions go out marked `unlogged`. Or, with `failing: false`, it can again.
    JournalFailing { failing: bool, why: String },
}

/// Why nobody could be asked.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(tag = "why", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum SkippedBecause {
    /// The pools have nobody to give above what they keep.
    NobodyToGive { pools: Vec<Name> },
    /// What is left is kept for a queue of higher priority.
    Reserved { for_queue: Name },
    /// Who is left has gone back too short a while ago.
    Resting { until: Stamp },
    /// Nobody is on duty by the roster.
    OffDuty { until: Option<Stamp> },
    /// The pools' own queue lends only while at most so many wait there.
    Protected { by_queue: Name, waiting_at_most: u32 },
    /// As many are borrowed as the ladder allows.
    MaxBorrowed { max: u32 },
    /// As many calls were made within an hour as the queue allows.
    MaxMovesPerHour { max: u32, until: Stamp },
    /// Nobody whose shift ends soon may stay longer.
    NobodyStays { ends_within_s: f64 },
}

/// A move whose people are away from their own place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct OutOfPlaceMessage {
    /// The instruction that moved them.
    pub instruction: InstructionId,
    /// What it asked for.
    pub action: Action,
    /// The tier.
    pub tier: Name,
    /// Who, and from where.
    pub pools: Vec<PoolPart>,
}

/// Messages numbered `from` to `to`, both included, are no longer kept: read the duty log for them.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Gap {
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
}
