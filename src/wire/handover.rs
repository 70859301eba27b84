//! The hand-over of a shift on the wire.

use super::{By, Stamp};
use crate::core::{Action, InstructionId, Name, Time};
use crate::journal::{Handover, Item, Side, Step};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A step of a hand-over, as all pages are told of it.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct HandoverMessage {
    /// The message's number.
    pub seq: u64,
    /// When.
    pub at: Stamp,
    /// The hand-over's number.
    pub id: u64,
    /// Who took the step.
    pub by: By,
    /// No token proves who that was.
    pub unproven: bool,
    /// What was done.
    #[serde(flatten)]
    pub step: HandoverStep,
}

/// What was done with a hand-over.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum HandoverStep {
    /// It was drawn up, with so many open matters.
    Begun { from: Stamp, to: Stamp, open: usize },
    /// A note was added.
    Noted { note: String },
    /// Somebody says that a matter needs nobody any more.
    Settled { item: String, note: String },
    /// Somebody answers for these matters from now on.
    TakenOver { items: Vec<String> },
    /// One of the two has signed.
    Signed { side: Side },
    /// Both have signed.
    Completed,
    /// It was set aside.
    Withdrawn { note: String },
}

/// A hand-over that is drawn up and not complete.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct HandoverState {
    /// Its number.
    pub id: u64,
    /// Who drew it up.
    pub begun: SignatureState,
    /// The shift's beginning.
    pub from: Stamp,
    /// Its end.
    pub to: Stamp,
    /// SHA-256 of the summary, in hex: what is signed.
    pub digest: String,
    /// What was open when it was drawn up, and what became of it.
    pub items: Vec<ItemState>,
    /// Notes, in order.
    pub notes: Vec<NoteState>,
    /// The signature of the one who leaves.
    pub leaving: Option<SignatureState>,
    /// The signature of the one who comes.
    pub coming: Option<SignatureState>,
}

/// A hand-over that is complete.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct HandoverDone {
    /// Its number.
    pub id: u64,
    /// The shift's end: the next one begins here.
    pub to: Stamp,
    /// When it was complete.
    pub at: Stamp,
    /// Who left.
    pub leaving: SignatureState,
    /// Who came.
    pub coming: SignatureState,
}

/// A person and a moment.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SignatureState {
    /// Who.
    pub by: By,
    /// No token proves who that is.
    pub unproven: bool,
    /// When.
    pub at: Stamp,
}

/// What somebody said to a hand-over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct NoteState {
    /// Who, and when.
    pub said: SignatureState,
    /// In words.
    pub note: String,
}

/// A matter that is open, or was when the hand-over was drawn up.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ItemState {
    /// Names it, as in `instruction-7` or `pause-inbound`.
    pub key: String,
    /// `instruction`: it waits for its last word; `move`: people are away from their own place; `approval`: a tier waits for a leader's yes; `pause`, `incident`; `blind`: nobody
    /// can see the queue.
    pub kind: String,
    /// The queue.
    pub queue: Name,
    /// The instruction behind it.
    pub instruction: Option<InstructionId>,
    /// What the instruction asks for.
    pub action: Option<Action>,
    /// Its tier.
    pub tier: Option<Name>,
    /// How many people.
    pub seats: Option<u32>,
    /// What was said of it: why a pause, what is broken.
    pub note: Option<String>,
    /// Since when, or until when of a pause or an incident.
    pub at: Option<Stamp>,
    /// `open`; `settled`: somebody says so; `taken_over`; `gone`: it is not open any more.
    pub standing: ItemStanding,
    /// Who settled it or took it over, and when.
    pub who: Option<SignatureState>,
    /// How it was settled, in words.
    pub how: Option<String>,
}

/// What became of a matter.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemStanding {
    /// Nobody answers for it yet.
    Open,
    /// Somebody says that it needs nobody any more.
    Settled,
    /// Somebody answers for it from now on.
    TakenOver,
    /// It has ended of itself, or was answered.
    Gone,
}

impl JsonSchema for Side {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Side".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Who signs: whose shift ends, or whose begins.",
            "enum": ["leaving", "coming"],
        })
    }
}

/// The message of a step that stands in the duty log under this number.
pub(super) fn of_step(handover: &Handover, seq: u64, at: Time) -> HandoverMessage {
    let step = match &handover.step {
        Step::Begun { from, to, items, .. } => HandoverStep::Begun {
            from: Stamp(*from),
            to: Stamp(*to),
            open: items.len(),
        },
        Step::Noted { note } => HandoverStep::Noted { note: note.clone() },
        Step::Settled { item, note } => HandoverStep::Settled {
            item: item.clone(),
            note: note.clone(),
        },
        Step::TakenOver { items } => HandoverStep::TakenOver { items: items.clone() },
        Step::Signed { side, .. } => HandoverStep::Signed { side: *side },
        Step::Completed => HandoverStep::Completed,
        Step::Withdrawn { note } => HandoverStep::Withdrawn { note: note.clone() },
    };
    HandoverMessage {
        seq,
        at: Stamp(at),
        id: handover.id,
        by: By::from(&handover.by),
        unproven: handover.unproven,
        step,
    }
}

impl From<&Item> for ItemState {
    fn from(item: &Item) -> ItemState {
        ItemState {
            key: item.key.clone(),
            kind: item.kind.as_str().to_owned(),
            queue: item.queue.clone(),
            instruction: item.instruction,
            action: item.action,
            tier: item.tier.clone(),
            seats: item.seats,
            note: item.note.clone(),
            at: item.at.map(Stamp),
            standing: ItemStanding::Open,
            who: None,
            how: None,
        }
    }
}
