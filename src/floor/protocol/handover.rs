//! The hand-over of a shift on the wire.

use super::limits::{text, words};
use super::{By, LIMIT_NAME, Mistake, ServerMessage, Stamp};
use crate::core::{Action, InstructionId, Name, Time};
use crate::journal::{Handover, Item, Side, Step};
use crate::shift::{Closed, Draft, Note, Signature, Standing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most matters that one request may name.
pub const LIMIT_ITEMS: usize = 1000;

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
pub fn told(handover: &Handover, seq: u64, at: Time) -> ServerMessage {
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
    ServerMessage::Handover(HandoverMessage {
        seq,
        at: Stamp(at),
        id: handover.id,
        by: By::from(&handover.by),
        unproven: handover.unproven,
        step,
    })
}

impl HandoverState {
    /// The draft as it stands while this is open on the floor.
    pub fn of(draft: &Draft, open: &[Item]) -> HandoverState {
        let item = |(item, standing): &(Item, Standing)| {
            let now = open.iter().find(|it| it.key == item.key);
            // What it has become in the meantime: an instruction that was done leaves people to send back.
            let mut state = ItemState::from(now.unwrap_or(item));
            (state.standing, state.who, state.how) = match standing {
                Standing::Open if now.is_none() => (ItemStanding::Gone, None, None),
                Standing::Open => (ItemStanding::Open, None, None),
                Standing::Settled(by, how) => (ItemStanding::Settled, Some(by.into()), Some(how.clone())),
                Standing::TakenOver(by) => (ItemStanding::TakenOver, Some(by.into()), None),
            };
            state
        };
        HandoverState {
            id: draft.id,
            begun: (&draft.begun).into(),
            from: Stamp(draft.from),
            to: Stamp(draft.to),
            digest: draft.digest.clone(),
            items: draft.items.iter().map(item).collect(),
            notes: draft.notes.iter().map(NoteState::from).collect(),
            leaving: draft.leaving.as_ref().map(SignatureState::from),
            coming: draft.coming.as_ref().map(SignatureState::from),
        }
    }
}

impl From<&Closed> for HandoverDone {
    fn from(closed: &Closed) -> HandoverDone {
        HandoverDone {
            id: closed.id,
            to: Stamp(closed.to),
            at: Stamp(closed.at),
            leaving: (&closed.leaving).into(),
            coming: (&closed.coming).into(),
        }
    }
}

impl From<&Signature> for SignatureState {
    fn from(signature: &Signature) -> SignatureState {
        SignatureState {
            by: By::from(&signature.by),
            unproven: signature.unproven,
            at: Stamp(signature.at),
        }
    }
}

impl From<&Note> for NoteState {
    fn from(note: &Note) -> NoteState {
        NoteState {
            said: (&note.said).into(),
            note: note.note.clone(),
        }
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

/// What is asked of a hand-over, by the last word of the path `/api/v1/shift/…`. Where no token was ever made everybody is `local`:
/// then `staff_no` must say who it is, and the duty log says that nothing proves it.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HandoverRequest {
    /// `begin`: the shift's beginning; without it the end of the last one, or 12 hours ago.
    #[schemars(extend("format" = "date-time"))]
    pub from: Option<String>,
    /// `settle`: the matter's key.
    pub item: Option<String>,
    /// `take_over`: the matters' keys; without it all that are open.
    pub items: Vec<String>,
    /// `note`: what the next shift should know. `settle`: how it was settled. `withdraw`: why. All three need it.
    pub note: Option<String>,
    /// `sign`: as who.
    #[serde(rename = "as")]
    pub side: Option<Side>,
    /// `sign`: of the summary that was read.
    pub digest: Option<String>,
    /// Who it is, where no token says it.
    pub staff_no: Option<String>,
    /// Their name, where no token says it.
    pub name: Option<String>,
}

impl HandoverRequest {
    /// What can be asked.
    pub const VERBS: [&'static str; 6] = ["begin", "note", "settle", "take_over", "sign", "withdraw"];

    /// The text that this verb needs.
    pub(in crate::floor) fn note(&self) -> Result<String, Mistake> {
        words("note", self.note.clone().unwrap_or_default())
    }

    /// The matter that this verb needs.
    pub(in crate::floor) fn item(&self) -> Result<String, Mistake> {
        words("item", self.item.clone().unwrap_or_default())
    }

    /// The matters that are named.
    pub(in crate::floor) fn items(&self) -> Result<Vec<String>, Mistake> {
        let came = self.items.len();
        if came > LIMIT_ITEMS {
            let words = format!("\"items\" names {came} matters; at most {LIMIT_ITEMS} are taken");
            return Err(Mistake::new("too_long", words));
        }
        self.items.iter().map(|item| text("items", item.clone())).collect()
    }

    /// Staff number and name that were given in place of a token.
    pub(in crate::floor) fn said_to_be(&self) -> Result<Option<(String, String)>, Mistake> {
        let Some(staff_no) = self.staff_no.as_deref().map(str::trim).filter(|it| !it.is_empty()) else {
            return Ok(None);
        };
        let name = self.name.as_deref().map(str::trim).filter(|it| !it.is_empty());
        let name = name.unwrap_or(staff_no);
        for (field, text) in [("staff_no", staff_no), ("name", name)] {
            let came = text.chars().count();
            if came > LIMIT_NAME {
                let words = format!("{field:?} has {came} characters; at most {LIMIT_NAME} are taken");
                return Err(Mistake::new("too_long", words));
            }
        }
        Ok(Some((staff_no.to_owned(), name.to_owned())))
    }
}
