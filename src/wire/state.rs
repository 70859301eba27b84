//! How a queue and the open instructions look on the wire.

use super::{ApprovalMessage, By, InstructionMessage, PoolPart, Stamp, TargetMessage, TierStanding};
use crate::core::ladder::{Mode, Plan};
use crate::core::{self, Action, InstructionId, Name};
use schemars::JsonSchema;
use serde::Serialize;

/// One queue as it stands. What is not known is `null`, never zero.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct QueueState {
    /// The queue.
    pub queue: Name,
    /// Where queues share pools the higher comes first; consoles show queues in this order.
    pub priority: i32,
    /// Who hears what is decided for this queue; a tier may have its own.
    pub mode: Mode,
    /// Callers waiting at the last reading.
    pub waiting: Option<u32>,
    /// How long the caller at the head has waited by now: it grows until a reading says otherwise.
    pub longest_wait_s: Option<f64>,
    /// Since when that caller has waited, while the wait grows; absent while nobody can see the queue, or nobody waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_wait_since: Option<Stamp>,
    /// Nobody can see the queue.
    pub blind: bool,
    /// Since when.
    pub blind_since: Option<Stamp>,
    /// When the source last vouched for this queue.
    pub vouched_at: Option<Stamp>,
    /// The ladder in force.
    pub ladder: Option<Name>,
    /// The next tier; `null` where none is left.
    pub next: Option<NextState>,
    /// Since when a surge is on, whatever has become of its first call; `null`: there is none.
    pub surge_since: Option<Stamp>,
    /// The release window, while it runs.
    pub release: Option<ClockState>,
    /// The stack, first in first.
    pub moves: Vec<MoveState>,
    /// People still signing out.
    pub leaving: Vec<MoveState>,
    /// People signed in at the last reading.
    pub signed_in: Option<u32>,
    /// Seats that exist on the floor.
    pub physical_seats: Option<u32>,
    /// Of these free: neither taken by whom the phone systems show, nor kept for whom was asked. `null` where no limit is configured.
    pub free_seats: Option<u32>,
    /// The phone system tells who is signed in; else of the seats only moves are counted.
    pub seats_known: bool,
    /// A tier that waits for a leader's yes.
    pub approval: Option<ApprovalMessage>,
    /// A pause.
    pub paused: Option<PauseState>,
    /// It makes no sound until then; what is asked is asked as ever.
    pub quiet: Option<PauseState>,
    /// A declared incident.
    pub incident: Option<IncidentState>,
    /// How far each tier has got, and what keeps it.
    pub tiers: Vec<TierState>,
    /// Pools that the tiers of the ladder in force draw on, in their order.
    pub pools: Vec<Name>,
    /// Thresholds on callers waiting of the ladder in force, rising.
    pub lines: Vec<u32>,
    /// What became of the calls of the last half hour; `null` where the phone system does not tell how many were answered, or none
    /// ended.
    pub service: Option<ServiceState>,
    /// Depth over the last half hour, or since the duty log began, in a whole state only; absent where nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recent: Option<Recent>,
}

/// What became of the calls that ended in the last while, by the phone system's own counters.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct ServiceState {
    /// Over how long, in whole minutes: half an hour, or since the duty log began, or the phone system was first heard or began to count anew.
    pub over_s: f64,
    /// Answered.
    pub answered: u64,
    /// Of these within the target's time; `null` where the phone system does not tell.
    pub in_target: Option<u64>,
    /// Given up by the callers; `null` where the phone system does not tell.
    pub abandoned: Option<u64>,
    /// The aim, as configured: a share of all calls that ended.
    pub target: Option<TargetMessage>,
}

/// Depths and when they began, oldest first; `null`: nobody could see.
pub type Recent = std::sync::Arc<Vec<(Stamp, Option<u32>)>>;

/// The next tier, and its window; `null` while that does not run.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct NextState {
    /// The tier.
    pub tier: Name,
    /// When its window began.
    pub since: Option<Stamp>,
    /// When it is full, if nothing changes.
    pub due_at: Option<Stamp>,
}

/// A window that is running.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct ClockState {
    /// When it began.
    pub since: Stamp,
    /// When it is full, if nothing changes.
    pub due_at: Stamp,
}

/// A move.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct MoveState {
    /// The instruction that began it.
    pub instruction: InstructionId,
    /// What was asked for.
    pub action: Action,
    /// The tier.
    pub tier: Name,
    /// The pool, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<Name>,
    /// The pools, where they are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pools: Option<Vec<PoolPart>>,
    /// How many, of all pools.
    pub seats: u32,
    /// Who, of all pools, where names are known.
    pub people: Vec<Name>,
    /// When it was issued.
    pub issued: Stamp,
    /// It has settled.
    pub settled: bool,
    /// Somebody has seen or done it, or the phone system shows it.
    pub answered: bool,
    /// Decided and logged alone: nobody was told, nobody is there.
    pub shadow: bool,
    /// It was said to be done, and the phone system does not show it.
    pub not_shown: bool,
    /// How many of its people the phone system shows; absent where it cannot tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<u32>,
    /// Some of these by number alone: as many more are signed in, whoever they are.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_number: bool,
    /// Those it shows by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub there: Vec<Name>,
    /// Those it has shown and does not show any more, though nobody has told them to go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Name>,
    /// Ordered by hand: the daemon leaves them there until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_until: Option<Stamp>,
    /// When the first of them have been away for as long as one may: they go back then, whatever waits. Absent where no pool of it says
    /// how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stay_until: Option<Stamp>,
}

/// Something that somebody has ordered for a queue until a time: a pause, or quiet.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct PauseState {
    /// Who.
    pub by: By,
    /// Until when.
    pub until: Stamp,
    /// Why.
    pub reason: String,
}

/// A known fault.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct IncidentState {
    /// Who declared it.
    pub by: By,
    /// What is broken.
    pub note: String,
    /// The expected end.
    pub until: Stamp,
    /// It is past its expected end, and over then unless it is declared anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_at: Option<Stamp>,
}

/// How far a tier has got.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct TierState {
    /// The tier.
    pub tier: Name,
    /// Who hears of it.
    pub mode: Mode,
    /// For how long its condition has held within its window.
    pub held_s: f64,
    /// When its window began; absent while its condition does not hold. `held_s` grows from here, while the queue is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began: Option<Stamp>,
    /// How many its pools could give now, seats and queues of higher priority left aside; absent where it draws on none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_come: Option<u32>,
    /// Of how many that its pools have while the ladder is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
    /// Where it stands.
    #[serde(flatten)]
    pub standing: TierStanding,
}

/// An instruction that still waits for its last word. `respond_by` is that of the level that has it now.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct OpenInstruction {
    /// The instruction as it was given.
    #[serde(flatten)]
    pub instruction: InstructionMessage,
    /// Who has seen it last.
    pub seen_by: Option<By>,
    /// When.
    pub seen_at: Option<Stamp>,
    /// How soon after that the people will be there, where that was said.
    pub eta_s: Option<f64>,
    /// The level of the chain that has it, from 0.
    pub level: usize,
    /// The chain is at its end.
    pub unanswered: bool,
    /// It reached a session that may answer it.
    pub delivered: bool,
}

impl QueueState {
    /// A queue as it stands under this plan.
    pub fn of(view: &core::QueueView, plan: &Plan) -> QueueState {
        QueueState {
            queue: view.queue.clone(),
            priority: plan.queues.get(&view.queue).map_or(0, |queue| queue.priority),
            mode: view.mode,
            waiting: view.waiting,
            longest_wait_s: view.longest_wait.map(core::Millis::as_secs),
            longest_wait_since: view.longest_wait_since.map(Stamp),
            blind: view.blind_since.is_some(),
            blind_since: view.blind_since.map(Stamp),
            vouched_at: view.vouched_at.map(Stamp),
            ladder: view.ladder.clone(),
            next: view.next.as_ref().map(|next| NextState {
                tier: next.tier.clone(),
                since: next.clock.map(|it| Stamp(it.since)),
                due_at: next.clock.map(|it| Stamp(it.due_at)),
            }),
            surge_since: view.surge_since.map(Stamp),
            release: view.release.map(|it| ClockState {
                since: Stamp(it.since),
                due_at: Stamp(it.due_at),
            }),
            moves: view.moves.iter().map(MoveState::from).collect(),
            leaving: view.leaving.iter().map(MoveState::from).collect(),
            signed_in: view.signed_in,
            physical_seats: view.physical_seats,
            free_seats: view.free_seats,
            seats_known: view.seats_known,
            approval: view.approval.as_ref().map(ApprovalMessage::from),
            paused: view.paused.as_ref().map(|it| PauseState {
                by: By::from(&it.by),
                until: Stamp(it.until),
                reason: it.reason.clone(),
            }),
            incident: view.incident.as_ref().map(|it| IncidentState {
                by: By::from(&it.by),
                note: it.note.clone(),
                until: Stamp(it.until),
                over_at: it.over_at.map(Stamp),
            }),
            tiers: view.tiers.iter().map(TierState::from).collect(),
            pools: pools(view, plan),
            lines: view.lines.clone(),
            quiet: None,
            service: None,
            recent: None,
        }
    }
}

fn pools(view: &core::QueueView, plan: &Plan) -> Vec<Name> {
    let ladder = view.ladder.as_ref().and_then(|ladder| plan.ladders.get(ladder));
    let mut pools: Vec<Name> = Vec::new();
    for pool in ladder
        .iter()
        .flat_map(|ladder| &ladder.tiers)
        .flat_map(|tier| &tier.pools)
    {
        if !pools.contains(pool) {
            pools.push(pool.clone());
        }
    }
    pools
}

impl From<&core::MoveView> for MoveState {
    fn from(view: &core::MoveView) -> MoveState {
        let (pool, pools) = super::instruction::one_pool_or_several(&view.parts);
        MoveState {
            instruction: view.instruction,
            action: view.action,
            tier: view.tier.clone(),
            pool,
            pools,
            seats: view.parts.iter().map(|part| part.seats).sum(),
            people: super::instruction::everyone(&view.parts),
            issued: Stamp(view.issued),
            settled: view.settled,
            answered: view.answered,
            shadow: view.shadow,
            not_shown: view.not_shown,
            shown: view.shown,
            by_number: view.by_number,
            there: view.there.clone(),
            missing: view.missing.clone(),
            hold_until: view.hold_until.map(Stamp),
            stay_until: view.stay_until.map(Stamp),
        }
    }
}

impl From<&core::TierView> for TierState {
    fn from(view: &core::TierView) -> TierState {
        TierState {
            tier: view.tier.clone(),
            mode: view.mode,
            held_s: view.held.as_secs(),
            began: view.began.map(|began| Stamp(began.at)),
            can_come: view.reserve.map(|it| it.can_come),
            of: view.reserve.map(|it| it.of),
            standing: TierStanding::from(&view.standing),
        }
    }
}

impl OpenInstruction {
    /// As its own message tells it: it is in somebody's hands, nobody has seen it, and it is with the first level.
    pub fn given(instruction: InstructionMessage) -> OpenInstruction {
        OpenInstruction {
            instruction,
            seen_by: None,
            seen_at: None,
            eta_s: None,
            level: 0,
            unanswered: false,
            delivered: true,
        }
    }
}

impl From<&core::OpenView> for OpenInstruction {
    fn from(view: &core::OpenView) -> OpenInstruction {
        let mut instruction = InstructionMessage::from(&view.instruction);
        instruction.respond_by = view.respond_by.map(Stamp);
        OpenInstruction {
            instruction,
            seen_by: view.seen_by.as_ref().map(By::from),
            seen_at: view.seen_at.map(Stamp),
            eta_s: view.eta.map(core::Millis::as_secs),
            level: view.level,
            unanswered: view.unanswered,
            delivered: view.delivered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Time;
    use serde_json::{Value, json};

    #[test]
    fn a_move_says_by_when_its_people_are_back_at_the_latest() {
        let told = |stay_until| {
            json!(MoveState::from(&core::MoveView {
                instruction: InstructionId(7),
                action: Action::SignIn,
                tier: "expert".into(),
                parts: Vec::new(),
                issued: Time(0),
                settled: true,
                settles_at: None,
                stay_until,
                answered: true,
                shadow: false,
                not_shown: false,
                shown: None,
                by_number: false,
                there: Vec::new(),
                missing: Vec::new(),
                hold_until: None,
            }))
        };
        assert_eq!(told(Some(Time(5_400_000)))["stay_until"], "1970-01-01T01:30:00.000Z");
        assert_eq!(
            told(None).get("stay_until").map(Value::is_null),
            None,
            "it may stay as long as it likes"
        );
    }
}
