//! What the floor is asked to do, and what the number was computed from.

use super::{By, ChosenMessage, ReasonMessage, Stamp};
use crate::core::{Action, Ask, Instruction, InstructionId, Millis, Missing, Name, Origin, Part, Requirement};
use schemars::JsonSchema;
use serde::Serialize;

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

impl From<crate::core::ladder::Target> for TargetMessage {
    fn from(target: crate::core::ladder::Target) -> TargetMessage {
        TargetMessage {
            answered: target.answered,
            within_s: target.within.as_secs(),
        }
    }
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

impl From<Ask> for Seats {
    fn from(ask: Ask) -> Seats {
        let Ask { min, max, ask } = ask;
        Seats { min, max, ask }
    }
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

impl From<&Instruction> for InstructionMessage {
    fn from(instruction: &Instruction) -> InstructionMessage {
        let (pool, pools) = one_pool_or_several(&instruction.parts);
        InstructionMessage {
            seq: None,
            id: instruction.id,
            at: Stamp(instruction.at),
            queue: instruction.queue.clone(),
            action: instruction.action,
            tier: instruction.tier.clone(),
            pool,
            pools,
            seats: instruction.seats.into(),
            computed: instruction.computed.as_deref().map(RequirementMessage::from),
            people: everyone(&instruction.parts),
            chosen: instruction.chosen.iter().map(ChosenMessage::from).collect(),
            reason: ReasonMessage::from(&instruction.reason),
            by: instruction.by.as_ref().map(By::from),
            respond_by: instruction.respond_by.map(Stamp),
            of: instruction.of,
            unlogged: false,
        }
    }
}

impl From<&Requirement> for RequirementMessage {
    fn from(it: &Requirement) -> RequirementMessage {
        RequirementMessage {
            calls_per_hour: it.calls_per_hour.map(|calls| CallsPerHourMessage {
                value: calls.value,
                origin: calls.origin,
            }),
            handle_time_s: it.handle_time.map(Millis::as_secs),
            patience_s: it.patience.map(Millis::as_secs),
            target: it.target.map(TargetMessage::from),
            signed_in: it.signed_in,
            free_seats: it.free_seats,
            required: it.required,
            reachable: it.reachable,
            missing: it.missing.clone(),
        }
    }
}

/// The pool where it is one, or all of them with their shares.
pub(super) fn one_pool_or_several(parts: &[Part]) -> (Option<Name>, Option<Vec<PoolPart>>) {
    match parts {
        [] => (None, None),
        [one] => (one.pool.clone(), None),
        several => (None, Some(several.iter().map(PoolPart::from).collect())),
    }
}

/// The people of all pools.
pub(super) fn everyone(parts: &[Part]) -> Vec<Name> {
    parts.iter().flat_map(|part| &part.people).cloned().collect()
}
