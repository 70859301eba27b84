//! Every sentence of the plan's meaning, one test each, as timelines of a floor.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod blind;
mod caps;
mod change;
mod conditions;
mod count;
mod found;
mod modes;
mod orders;
mod people;
mod release;
mod required;
mod seats;
mod settling;
