//! Every sentence of the plan's meaning, one test each, as timelines of a floor.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod blind;
mod caps;
mod change;
mod clocks;
mod conditions;
mod count;
mod found;
mod half_moves;
mod holds;
mod incidents;
mod ledger;
mod measures;
mod modes;
mod orders;
mod people;
mod promises;
mod proof;
mod release;
mod required;
mod seats;
mod settling;
mod severity;
mod words;
