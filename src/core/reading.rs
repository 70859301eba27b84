//! A reading: the latest absolute state of one queue, as its phone system told it.

use super::{Millis, Name, Time};
use serde::{Deserialize, Serialize};

/// What a phone system said of one queue at one moment. `None` is unknown, never zero (plan: "Reading").
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reading {
    /// The queue, by its key in the configuration.
    pub queue: Name,
    /// When the source observed it, by the source's own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// Callers waiting, those ringing at an agent included.
    pub waiting: u32,
    /// How long the caller at the head has waited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_wait: Option<Millis>,
    /// People signed in to the queue, paused ones included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in: Option<u32>,
    /// People signed in, not paused and free to take a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<u32>,
    /// People signed in and paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<u32>,
    /// Calls offered since the source's own start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<u64>,
    /// Calls answered since the source's own start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<u64>,
    /// Of these, calls answered within the queue's target time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_in_target: Option<u64>,
    /// Calls given up since the source's own start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abandoned: Option<u64>,
    /// The people whom the phone system names for this queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agents: Option<Vec<Agent>>,
}

impl Reading {
    /// A reading that tells only the depth.
    pub fn of(queue: impl Into<Name>, waiting: u32) -> Reading {
        Reading {
            queue: queue.into(),
            at: None,
            waiting,
            longest_wait: None,
            signed_in: None,
            available: None,
            paused: None,
            offered: None,
            answered: None,
            answered_in_target: None,
            abandoned: None,
            agents: None,
        }
    }
}

/// One person as the phone system names them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Agent {
    /// The phone system's name for the person; the same as in a pool's `people`.
    pub person: Name,
    /// What the person is doing.
    pub state: AgentState,
}

/// What a person at a phone is doing.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// Signed in and free.
    Available,
    /// Signed in and on a call, or ringing.
    Busy,
    /// Signed in and on a break.
    Paused,
    /// Not signed in.
    SignedOut,
}
