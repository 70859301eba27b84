//! Seats required: what overtime asks for, and what it was computed from (plan: "Overtime").

use crate::ladder::{QueuePlan, Target};
use crate::moves::{Doubt, Move, count};
use crate::queue::Queue;
use crate::{Millis, Time, erlang};
use serde::{Deserialize, Serialize};

/// The seats that a queue requires, with every input as it was at the decision.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Requirement {
    /// Calls an hour, and who says so.
    pub calls_per_hour: Option<CallsPerHour>,
    /// Mean handling time of a call, as configured.
    pub handle_time: Option<Millis>,
    /// Mean patience of a caller, as configured; `None`: nobody is taken to give up.
    pub patience: Option<Millis>,
    /// The service target, as configured.
    pub target: Option<Target>,
    /// People signed in, as the feed told last.
    pub signed_in: Option<u32>,
    /// Of these paused, as the feed told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<u32>,
    /// People who were asked for and are not shown there yet.
    #[serde(default)]
    pub on_their_way: u32,
    /// Free physical seats; `None` where no limit is configured.
    pub free_seats: Option<u32>,
    /// The fewest people on the phones that meet the target; `None` where that cannot be computed.
    pub required: Option<u32>,
    /// Whether the target is met with the people signed in and those asked for; `None` where that cannot be computed.
    pub reachable: Option<bool>,
    /// What was missing, so that the tier's fallback was asked for. Empty where nothing was.
    pub missing: Vec<Missing>,
}

/// Calls that arrive in an hour.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallsPerHour {
    /// To the nearest whole: the seats are computed from this very number.
    pub value: u32,
    /// Who says so.
    pub origin: Origin,
}

/// Where a number comes from.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Measured on the feed.
    Measured,
    /// Written in the configuration.
    Configured,
}

/// What kept the seats required from being computed.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The feed has not counted offered calls for long enough, and the queue has no `calls_per_hour`.
    CallsPerHour,
    /// The queue has no `handle_time`.
    HandleTime,
    /// The queue has no `target`.
    Target,
    /// The feed does not tell how many are signed in.
    SignedIn,
    /// The inputs are beyond what is computed (see [`erlang::MAX_LOAD`], [`erlang::MAX_SPAN`]).
    Bounds,
}

impl Requirement {
    /// Computes the seats required now. Costs up to a millisecond: only for a tier that is due.
    pub(super) fn compute(queue: &Queue, configured: &QueuePlan, free_seats: Option<u32>, now: Time) -> Requirement {
        let measured = queue.arrivals.per_hour(now).map(|value| CallsPerHour {
            value,
            origin: Origin::Measured,
        });
        let written = configured.calls_per_hour.map(|value| CallsPerHour {
            value,
            origin: Origin::Configured,
        });
        let mut it = Requirement {
            calls_per_hour: measured.or(written),
            handle_time: configured.handle_time,
            patience: configured.patience,
            target: configured.target,
            signed_in: queue.signed_in(),
            paused: queue.last.as_ref().and_then(|last| last.paused),
            on_their_way: on_their_way(queue),
            free_seats,
            required: None,
            reachable: None,
            missing: Vec::new(),
        };
        match (it.calls_per_hour, it.handle_time, it.target) {
            (Some(calls), Some(handle), Some(target)) => {
                match erlang::seats_required(f64::from(calls.value), handle, it.patience, target) {
                    Ok(seats) => it.required = Some(seats.seats),
                    Err(_) => it.missing.push(Missing::Bounds),
                }
            }
            (calls, handle, target) => {
                let unknown = [
                    (calls.is_none(), Missing::CallsPerHour),
                    (handle.is_none(), Missing::HandleTime),
                    (target.is_none(), Missing::Target),
                ];
                it.missing
                    .extend(unknown.iter().filter(|(unknown, _)| *unknown).map(|(_, what)| what));
            }
        }
        if it.signed_in.is_none() {
            it.missing.push(Missing::SignedIn);
        }
        it
    }

    /// How many more people than are at work or on their way meet the target; `None` where that cannot be computed.
    pub(super) fn lacking(&self) -> Option<u32> {
        let at_work = self.signed_in?.saturating_sub(self.paused.unwrap_or(0));
        let lacking = self.required?.saturating_sub(at_work);
        Some(lacking.saturating_sub(self.on_their_way))
    }
}

/// People of moves whom the feed does not show yet. Who was asked about is not on the way: neither people who are gone, nor those who
/// were said to be there and are not shown.
fn on_their_way(queue: &Queue) -> u32 {
    let may_come = |one: &&Move| one.can_be_shown() && !one.vouched && one.doubt != Doubt::Asked;
    let coming = queue.stack.iter().filter(may_come);
    let coming = coming.map(|one: &Move| {
        let shown = one.proof(&queue.present, 0).map_or(0, |proof| proof.seats());
        let asked_about = count(one.asked_about().count());
        one.seats().saturating_sub(shown).saturating_sub(asked_about)
    });
    coming.fold(0, u32::saturating_add)
}
