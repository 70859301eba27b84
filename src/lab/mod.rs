//! Recorded and simulated days.

pub mod acd;
pub(crate) mod duration;
pub mod phone_system;
pub mod scenario;
