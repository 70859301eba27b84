//! Recorded and simulated days.

pub(crate) mod duration;
pub mod phone_system;
pub mod replay;
pub mod scenario;
pub mod timeline;
