//! Recorded and simulated days.

pub mod acd;
mod agenda;
mod arrivals;
pub mod bench;
pub mod deep;
pub mod demo;
mod draw;
pub mod explain;
pub mod phone_system;
pub mod recorded;
pub mod replay;
pub mod scenario;
pub mod simulate;
pub mod timeline;
pub mod tune;
