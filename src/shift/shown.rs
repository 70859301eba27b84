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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Action, Actor, InstructionId, Time};
    use crate::journal::ItemKind;
    use serde_json::json;

    fn signature(number: i64) -> Signature {
        Signature {
            by: Actor {
                name: format!("name {number}"),
                staff_no: format!("S{number}"),
                role: "supervisor".into(),
            },
            unproven: number % 2 == 1,
            at: Time(number),
        }
    }

    fn shown(number: i64) -> SignatureState {
        SignatureState {
            by: By {
                name: format!("name {number}"),
                staff_no: format!("S{number}"),
            },
            unproven: number % 2 == 1,
            at: Stamp(Time(number)),
        }
    }

    fn item(key: &str, seats: u32) -> Item {
        Item {
            key: key.into(),
            kind: ItemKind::Move,
            queue: "inbound".into(),
            instruction: Some(InstructionId(4)),
            action: Some(Action::SignIn),
            tier: Some("expert".into()),
            seats: Some(seats),
            note: Some("they stay".into()),
            at: Some(Time(9)),
        }
    }

    #[test]
    fn a_draft_shows_each_matter_as_it_is_now_and_what_became_of_it() {
        let draft = Draft {
            id: 3,
            begun: signature(1),
            from: Time(100),
            to: Time(200),
            upto: 7,
            digest: "d1".into(),
            items: vec![
                (item("gone", 1), Standing::Open),
                (item("open", 1), Standing::Open),
                (item("settled", 1), Standing::Settled(signature(2), "by hand".into())),
                (item("taken", 1), Standing::TakenOver(signature(3))),
            ],
            notes: vec![Note {
                said: signature(4),
                note: "billing is down".into(),
            }],
            leaving: Some(signature(5)),
            coming: Some(signature(6)),
        };
        let matter = |key: &str, seats, standing, who, how: Option<&str>| ItemState {
            standing,
            who,
            how: how.map(str::to_owned),
            ..ItemState::from(&item(key, seats))
        };
        let expected = HandoverState {
            id: 3,
            begun: shown(1),
            from: Stamp(Time(100)),
            to: Stamp(Time(200)),
            digest: "d1".into(),
            items: vec![
                matter("gone", 1, ItemStanding::Gone, None, None),
                matter("open", 2, ItemStanding::Open, None, None),
                matter("settled", 1, ItemStanding::Settled, Some(shown(2)), Some("by hand")),
                matter("taken", 1, ItemStanding::TakenOver, Some(shown(3)), None),
            ],
            notes: vec![NoteState {
                said: shown(4),
                note: "billing is down".into(),
            }],
            leaving: Some(shown(5)),
            coming: Some(shown(6)),
        };
        assert_eq!(HandoverState::of(&draft, &[item("open", 2)]), expected);
    }

    #[test]
    fn a_complete_one_shows_its_number_and_who_signed() {
        let closed = Closed {
            id: 3,
            to: Time(200),
            at: Time(300),
            leaving: signature(1),
            coming: signature(2),
        };
        let said =
            json!({ "id": 3, "to": Stamp(Time(200)), "at": Stamp(Time(300)), "leaving": shown(1), "coming": shown(2) });
        assert_eq!(json!(HandoverDone::from(&closed)), said);
    }
}
