//! A reading as JSON, as a `json` feed sends it.

use crate::core::{Agent, Name, Reading};
use axum::extract::ws::Utf8Bytes;
use serde::Serialize;

/// The frame of one reading. What is not known is left out.
pub(super) fn frame(reading: &Reading) -> Utf8Bytes {
    let at = reading.at.and_then(|at| jiff::Timestamp::from_millisecond(at.0).ok());
    let wire = Wire {
        queue: &reading.queue,
        at: at.map(|at| format!("{at:.3}")),
        waiting: reading.waiting,
        longest_wait_s: reading.longest_wait.map(|it| it.as_secs()),
        signed_in: reading.signed_in,
        available: reading.available,
        paused: reading.paused,
        offered: reading.offered,
        answered: reading.answered,
        abandoned: reading.abandoned,
        agents: reading.agents.as_deref(),
    };
    // Names, numbers and text always make JSON.
    Utf8Bytes::from(serde_json::to_string(&wire).unwrap_or_default())
}

/// A reading on the wire.
#[derive(Serialize)]
struct Wire<'a> {
    queue: &'a Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    waiting: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_wait_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_in: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offered: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    abandoned: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agents: Option<&'a [Agent]>,
}
