//! How the desk looks on the wire.

use super::{Closed, Draft, Note, Signature, Standing};
use crate::journal::Item;
use crate::wire::{By, HandoverDone, HandoverState, ItemStanding, ItemState, NoteState, SignatureState, Stamp};

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
