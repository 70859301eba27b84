//! The messages of the floor, both ways: the single source of their schema (see [`schema`]) and of the verbs' routes and roles.
//!
//! ```text
//!  duty log ──entry──► ServerMessage::of ──► hub, HTTP, webhooks      (one function, so that they cannot differ)
//!  socket, HTTP ──verb, fields──► ClientMessage ──► Request ──► daemon
//! ```
//! On the wire times are RFC 3339 UTC with milliseconds, durations numbers of seconds whose name ends in `_s`. What is
//! not known is `null` in a queue's state and absent elsewhere. No sentence is made here: reasons, shortages and refusals are codes
//! with numbers, and `words` makes sentences of them.

mod answer;
mod approval;
mod handover;
mod handover_ask;
mod incoming;
mod instruction;
mod limits;
mod notice;
mod of;
mod orders;
mod people;
mod plain;
mod reason;
mod refused;
mod role;
mod schema;
mod scope;
mod standing;
mod state;
mod verb;

pub use answer::{AnswerMessage, AnswerStatus, By};
pub use approval::ApprovalMessage;
pub use handover::{
    HandoverDone, HandoverMessage, HandoverState, HandoverStep, ItemStanding, ItemState, NoteState, SignatureState,
};
pub use handover_ask::{HandoverAsk, HandoverRequest, HandoverVerb, LIMIT_ITEMS, Wanted};
pub use incoming::{ClientMessage, Envelope, Hello, QuietAsk, Request, decode, take_sure};
pub use instruction::{CallsPerHourMessage, InstructionMessage, PoolPart, RequirementMessage, Seats, TargetMessage};
pub use limits::{LIMIT_NAME, LIMIT_PEOPLE, LIMIT_TEXT};
pub use notice::{LostBecause, Notice, NoticeMessage, OutOfPlaceMessage, SkippedBecause};
pub use orders::LIMIT_COUNTED;
pub use people::{
    ChosenMessage, FoundMessage, InsteadMessage, NearMissMessage, PersonState, PromiseMessage, RecountedMessage,
};
pub use plain::{Reference, Stamp};
pub use reason::{JudgeWord, JudgedMessage, ReasonMessage};
pub use refused::{ConflictMessage, Refused, RefusedBecause, is_a_time};
pub use role::Role;
pub use schema::{definitions, person, schema};
pub use scope::Scope;
pub use standing::TierStanding;
pub use state::{
    ClockState, IncidentState, MoveState, NextState, OpenInstruction, PauseState, QueueState, Recent, ServiceState,
    TierState,
};
pub use verb::{Asks, Route, Verb};

use crate::core::{InstructionId, Name};
use schemars::JsonSchema;
use serde::Serialize;
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
    /// What is told at once, in one frame: only to a session that asked for `changes`.
    Together(TogetherMessage),
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
    /// Somebody is at an instruction's card, and has not answered yet. Without a number: it is written nowhere, and over in a moment.
    Answering(AnsweringMessage),
    /// Who is on the floor now and may answer. Without a number: it tells how things stand, and comes when that changes.
    Listening(ListeningMessage),
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
        /// Words for people: what was expected, what came, what to do.
        message: String,
        /// Why, for programs.
        #[serde(flatten)]
        because: RefusedBecause,
    },
    /// The request was not taken, since somebody else has said otherwise; nothing changed. The same with `"sure":true` counts.
    Conflict {
        /// The request's own `ref`.
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
        /// `conflict`.
        code: String,
        /// Words for people.
        message: String,
        /// What they have said.
        with: ConflictMessage,
    },
    /// The answer to `ping`.
    Pong {
        /// The ping's own `ref`.
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
    },
}

/// Who is at a card.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct AnsweringMessage {
    /// The instruction.
    pub instruction: InstructionId,
    /// Who.
    pub by: By,
}

/// Who may answer something that you hear of. Nobody who is not there is named.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, JsonSchema)]
pub struct ListeningMessage {
    /// The first of them, each once however many pages they have open: who orders first, then by name.
    pub people: Vec<Listener>,
    /// How many there are beside these.
    pub more: usize,
}

/// Somebody who may answer, and has the floor open.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Listener {
    /// As shown.
    pub name: String,
    /// Staff number.
    pub staff_no: String,
    /// supervisor, shift_leader or manager.
    pub role: Role,
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
            ServerMessage::Welcome(_)
            | ServerMessage::State(_)
            | ServerMessage::Together(_)
            | ServerMessage::Gap(_)
            | ServerMessage::Answering(_)
            | ServerMessage::Listening(_)
            | ServerMessage::Ok { .. }
            | ServerMessage::Error { .. }
            | ServerMessage::Conflict { .. }
            | ServerMessage::Pong { .. } => Audience::Everybody,
        }
    }

    /// The instruction's number, where this is one.
    pub fn instruction(&self) -> Option<InstructionId> {
        match self {
            ServerMessage::Instruction(it) => Some(it.id),
            ServerMessage::Welcome(_)
            | ServerMessage::State(_)
            | ServerMessage::Together(_)
            | ServerMessage::Answer(_)
            | ServerMessage::Notice(_)
            | ServerMessage::Handover(_)
            | ServerMessage::Gap(_)
            | ServerMessage::Answering(_)
            | ServerMessage::Listening(_)
            | ServerMessage::Ok { .. }
            | ServerMessage::Error { .. }
            | ServerMessage::Conflict { .. }
            | ServerMessage::Pong { .. } => None,
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
    /// The number of the last message that the state which follows speaks of: what comes then is higher, or sent again because of `since`.
    pub seq: u64,
    /// The daemon's version.
    pub version: String,
    /// The floor's time: countdowns run by it, whatever the console's own clock shows.
    pub now: Stamp,
    /// The duty log takes nothing at present.
    pub journal_failing: bool,
    /// The duty log is damaged, and this surged was started on what stands before the damage: who was called after that it does not know, until
    /// the floor is counted and the log put back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub forgot: bool,
    /// A shift's hand-over that is drawn up and not complete.
    pub handover: Option<HandoverState>,
    /// What the page needs to word things.
    #[serde(flatten)]
    pub house: House,
}

/// What is the same for every session until the configuration changes.
#[derive(Clone, PartialEq, Debug, Default, Serialize, JsonSchema)]
pub struct House {
    /// Seconds of the floor's time in a real second: 1, but in a demo; 0: it stands still. Where it changes, `welcome` comes anew.
    pub speed: u32,
    /// The floor's time zone, an IANA name.
    pub zone: String,
    /// Names that people read, by kind (`queue`, `pool`, `tier`, `ladder`, `role`), key and language (`en`, `zh-Hans`, `zh-Hant`).
    pub labels: BTreeMap<&'static str, BTreeMap<Name, BTreeMap<&'static str, String>>>,
    /// The chain of command, first level first.
    pub chain: Vec<ChainLevel>,
    /// Names this duty log: another value means that numbers begin anew.
    pub log: String,
    /// Feeds whose clock differs from ours by 5 s or more: our clock less theirs, in whole seconds. Their readings count by the moment at
    /// which they came; a replay of them goes by their own. Told to whoever may see the whole floor.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub clocks: BTreeMap<Name, i64>,
}

impl House {
    /// What a scope may know of it: names of other queues are left out.
    pub fn within(&self, scope: &Scope) -> House {
        let mut house = self.clone();
        if let Some(names) = house.labels.get_mut("queue") {
            names.retain(|queue, _| scope.covers(queue));
        }
        if scope.admit_whole_floor().is_err() {
            // A feed may be another queue's.
            house.clocks.clear();
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
    pub role: Role,
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
    /// Only what changed of each queue and instruction, as `hello` asked for it. Absent where they are told whole.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub changes: bool,
    /// The queues.
    pub queues: Vec<QueueState>,
    /// The instructions of these queues that still wait for their last word; what is not here of them is closed.
    pub instructions: Vec<OpenInstruction>,
}

/// Several messages that go out at once: to be taken one after the other, as if each had come alone.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct TogetherMessage {
    /// In their order.
    pub messages: Vec<ServerMessage>,
}

/// Messages numbered `from` to `to`, both included, are no longer kept: read the duty log for them.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Gap {
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
}

#[cfg(test)]
mod tests;
