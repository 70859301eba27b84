//! A tier that waits for a leader's yes, on the wire.

use super::{By, PoolPart, ReasonMessage, Seats, Stamp};
use crate::core::{Action, Approval, Name};
use schemars::JsonSchema;
use serde::Serialize;

/// A tier that is due and waits for a leader's yes. Who is asked is composed anew at the yes.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct ApprovalMessage {
    /// The tier.
    pub tier: Name,
    /// What it asks for.
    pub action: Action,
    /// From which pools, with their shares.
    pub pools: Vec<PoolPart>,
    /// How many in all.
    pub seats: Seats,
    /// Who, of all pools, where names are known.
    pub people: Vec<Name>,
    /// Why.
    pub reason: ReasonMessage,
    /// When it was asked first.
    pub since: Stamp,
    /// How often it has been asked, this time included.
    pub times: u32,
    /// When it is asked again, if nobody has said anything and it is still due.
    pub again_at: Stamp,
    /// Who has said yes; its instruction comes as soon as it can be given. Absent while nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted: Option<By>,
}

impl From<&Approval> for ApprovalMessage {
    fn from(it: &Approval) -> ApprovalMessage {
        ApprovalMessage {
            tier: it.tier.clone(),
            action: it.action,
            pools: it.parts.iter().map(PoolPart::from).collect(),
            seats: it.seats.into(),
            people: super::instruction::everyone(&it.parts),
            reason: ReasonMessage::from(&it.reason),
            since: Stamp(it.since),
            times: it.times,
            again_at: Stamp(it.again_at),
            granted: it.granted.as_ref().map(By::from),
        }
    }
}
