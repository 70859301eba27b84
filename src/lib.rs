//! surged keeps a call centre's phones answered when callers suddenly pile up.

#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]
// A reader who has gone is no reason to panic.
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

pub mod calendar;
pub mod clock;
pub mod cmd;
pub mod config;
pub mod daemon;
pub mod feed;
pub mod floor;
pub mod journal;
pub mod lab;
pub mod report;
pub mod shift;
pub mod telemetry;
pub mod webhook;
pub mod wire;
pub mod words;

/// The surge plan as a pure machine: a package of its own, in `src/core`.
pub use surged_core as core;
