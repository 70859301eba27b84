//! The report for leaders, over duty logs that the core itself has written.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../house/mod.rs"]
mod house;

mod bank;
mod log;
mod served;
mod small;
