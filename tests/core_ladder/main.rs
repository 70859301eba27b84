//! Every sentence of the plan's meaning, one test each, as timelines of a floor.

#[path = "../support/mod.rs"]
mod support;

mod blind;
mod change;
mod conditions;
mod orders;
mod release;
mod seats;
mod settling;
