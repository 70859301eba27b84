//! surged keeps a call centre's phones answered when callers suddenly pile up.

pub mod calendar;
pub mod cmd;
pub mod config;
pub mod core;
pub mod daemon;
pub mod feed;
pub mod floor;
pub mod journal;
pub mod lab;
pub mod shift;
pub mod telemetry;
pub mod webhook;
