//! Log lines and metrics. Every metric's name stands in [`names`], and nowhere else.

pub mod decisions;
pub mod effects;
pub mod gauges;
mod lines;
pub mod names;
mod plain;
mod process;
mod recorder;
mod rust_log;
mod scrape;

pub use lines::{LogEnd, tell_left_out};
pub use plain::plain;
pub use recorder::{Level, Logs, Metrics, start_logging, tell_times_in, zone_of_times};
pub use rust_log::LIBRARIES;
pub use scrape::{Asked, Scrape};
