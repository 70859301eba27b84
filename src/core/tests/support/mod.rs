//! What the tests of the core share: the written plan, a floor that reads as a timeline, and the proof that a log stands.

// Each test program uses its own part of this.
#![allow(dead_code, unused_imports)]

pub mod floor;
pub mod log;
pub mod plan;

pub use floor::Floor;
