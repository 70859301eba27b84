//! The hand-over of a shift, step by step, as the duty log keeps it: who drew it up, what was open, what became of that, who signed.
//!
//! Every step has exactly one person behind it, in `by`. Steps name matters that are open by their `key`, never people.

use crate::core::{Action, Actor, InstructionId, Name, Time};
use serde::{Deserialize, Serialize};

/// One step of a hand-over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Handover {
    /// Numbers hand-overs from 1.
    pub id: u64,
    /// Who took the step.
    pub by: Actor,
    /// No token proves who that was: the floor is open to everybody on the machine, and `by` is what they said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unproven: bool,
    /// What was done.
    pub step: Step,
}

/// What can be done with a hand-over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// It was drawn up; one that was open before and signed by nobody is set aside by that.
    Begun {
        /// The shift's beginning.
        from: Time,
        /// Its end: what happens later belongs to the next one.
        to: Time,
        /// The last entry of the duty log that is summed up.
        upto: u64,
        /// SHA-256 of the summary, in hex.
        digest: String,
        /// What was open.
        items: Vec<Item>,
    },
    /// Something that the next shift should know.
    Noted {
        /// In words.
        note: String,
    },
    /// Somebody says that an open matter needs nobody any more.
    Settled {
        /// Its key.
        item: String,
        /// How, in words.
        note: String,
    },
    /// Somebody answers for these matters from now on.
    TakenOver {
        /// Their keys.
        items: Vec<String>,
    },
    /// One of the two signatures.
    Signed {
        /// Which.
        side: Side,
        /// Of the summary that was signed.
        digest: String,
    },
    /// Both have signed and nothing is left open without a name.
    Completed,
    /// It was set aside.
    Withdrawn {
        /// Why, in words.
        note: String,
    },
}

/// The two who sign.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Whose shift ends.
    Leaving,
    /// Whose shift begins.
    Coming,
}

impl Side {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Leaving => "leaving",
            Side::Coming => "coming",
        }
    }
}

/// A matter that is open.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Item {
    /// Names it, as in `instruction-7` or `pause-inbound`; the same matter keeps its key.
    pub key: String,
    /// What kind of matter.
    pub kind: ItemKind,
    /// The queue.
    pub queue: Name,
    /// The instruction behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction: Option<InstructionId>,
    /// What the instruction asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Its tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Name>,
    /// How many people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// What was said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Since when, or until when of a pause or an incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

/// Kinds of matters that can be open.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// An instruction that waits for its last word.
    Instruction,
    /// People away from their own place.
    Move,
    /// A tier that waits for a leader's yes.
    Approval,
    /// A pause.
    Pause,
    /// An incident.
    Incident,
    /// A queue that nobody can see.
    Blind,
}

impl ItemKind {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            ItemKind::Instruction => "instruction",
            ItemKind::Move => "move",
            ItemKind::Approval => "approval",
            ItemKind::Pause => "pause",
            ItemKind::Incident => "incident",
            ItemKind::Blind => "blind",
        }
    }
}

impl Step {
    /// The word for it in the `kind` column.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Step::Begun { .. } => "handover_begun",
            Step::Noted { .. } => "handover_noted",
            Step::Settled { .. } => "handover_settled",
            Step::TakenOver { .. } => "handover_taken_over",
            Step::Signed { .. } => "handover_signed",
            Step::Completed => "handover_completed",
            Step::Withdrawn { .. } => "handover_withdrawn",
        }
    }
}
