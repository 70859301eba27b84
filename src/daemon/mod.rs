//! The one loop that drives the core.

pub mod clock;
