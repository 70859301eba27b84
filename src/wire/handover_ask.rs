//! What is asked of a shift's hand-over.

use super::limits::{text, words};
use super::{LIMIT_NAME, Refused};
use crate::core::{Actor, Time};
use crate::journal::Side;
use schemars::JsonSchema;
use serde::Deserialize;
use strum::{EnumDiscriminants, EnumString, IntoStaticStr, VariantNames};

/// The most matters that one request may name.
pub const LIMIT_ITEMS: usize = 1000;

/// What somebody wants of the desk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HandoverAsk {
    /// Who.
    pub by: Actor,
    /// No token proves who that is.
    pub unproven: bool,
    /// What.
    pub wanted: Wanted,
}

/// What can be wanted.
#[derive(Clone, PartialEq, Eq, Debug, EnumDiscriminants)]
#[strum_discriminants(
    name(HandoverVerb),
    derive(EnumString, IntoStaticStr, VariantNames),
    strum(serialize_all = "snake_case"),
    doc = "What can be asked of a hand-over, by the last word of its path.",
    allow(missing_docs)
)]
pub enum Wanted {
    /// Draw a hand-over up.
    Begin {
        /// The shift's beginning.
        from: Time,
        /// Its end.
        to: Time,
        /// The last entry that is summed up.
        upto: u64,
        /// Of the summary.
        digest: String,
    },
    /// Add a note.
    Note {
        /// In words.
        note: String,
    },
    /// Say that a matter needs nobody any more.
    Settle {
        /// Its key.
        item: String,
        /// How.
        note: String,
    },
    /// Answer for matters from now on.
    TakeOver {
        /// Their keys; empty: all that are open.
        items: Vec<String>,
    },
    /// Sign.
    Sign {
        /// As who.
        side: Side,
        /// Of the summary that was read.
        digest: String,
    },
    /// Set it aside.
    Withdraw {
        /// Why.
        note: String,
    },
}

impl Wanted {
    /// The word on the wire.
    pub fn as_str(&self) -> &'static str {
        HandoverVerb::from(self).into()
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
    /// The text that this verb needs.
    pub fn note(&self) -> Result<String, Refused> {
        words("note", self.note.clone().unwrap_or_default())
    }

    /// The matter that this verb needs.
    pub fn item(&self) -> Result<String, Refused> {
        words("item", self.item.clone().unwrap_or_default())
    }

    /// The matters that are named.
    pub fn items(&self) -> Result<Vec<String>, Refused> {
        let came = self.items.len();
        if came > LIMIT_ITEMS {
            let words = format!("\"items\" names {came} matters; at most {LIMIT_ITEMS} are taken");
            return Err(Refused::too_long(words));
        }
        self.items.iter().map(|item| text("items", item.clone())).collect()
    }

    /// Staff number and name that were given in place of a token.
    pub fn said_to_be(&self) -> Result<Option<(String, String)>, Refused> {
        let Some(staff_no) = self.staff_no.as_deref().map(str::trim).filter(|it| !it.is_empty()) else {
            return Ok(None);
        };
        let name = self.name.as_deref().map(str::trim).filter(|it| !it.is_empty());
        let name = name.unwrap_or(staff_no);
        for (field, text) in [("staff_no", staff_no), ("name", name)] {
            let came = text.chars().count();
            if came > LIMIT_NAME {
                let words = format!("{field:?} has {came} characters; at most {LIMIT_NAME} are taken");
                return Err(Refused::too_long(words));
            }
        }
        Ok(Some((staff_no.to_owned(), name.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_and_as_long_as_may_be_is_taken_and_no_more() {
        let items = |many: usize| {
            let asked = HandoverRequest {
                items: vec!["pause-inbound".into(); many],
                ..HandoverRequest::default()
            };
            asked.items().map(|items| items.len())
        };
        assert_eq!(items(LIMIT_ITEMS), Ok(LIMIT_ITEMS));
        assert_eq!(items(LIMIT_ITEMS + 1).unwrap_err().code(), "too_long");
        let said = |staff_no: usize, name: usize| {
            let asked = HandoverRequest {
                staff_no: Some("7".repeat(staff_no)),
                name: Some("L".repeat(name)),
                ..HandoverRequest::default()
            };
            asked.said_to_be().map(|said| said.is_some())
        };
        assert_eq!(said(LIMIT_NAME, LIMIT_NAME), Ok(true));
        for (staff_no, name, field) in [(LIMIT_NAME + 1, 1, "staff_no"), (1, LIMIT_NAME + 1, "name")] {
            let refused = said(staff_no, name).unwrap_err();
            assert!(refused.detail.starts_with(&format!("{field:?}")), "{refused}");
        }
    }
}
