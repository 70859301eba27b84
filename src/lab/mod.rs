//! Recorded and simulated days.

pub mod acd;
pub mod demo;
pub mod explain;
pub mod phone_system;
pub mod replay;
pub mod scenario;
pub mod timeline;
