//! Log lines and metrics. Every metric's name stands in [`names`], and nowhere else.

pub mod decisions;
pub mod gauges;
pub mod names;
mod recorder;

pub use recorder::{Level, Logs, Metrics, start_logging, tell_times_in};
