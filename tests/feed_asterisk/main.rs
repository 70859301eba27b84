//! The Asterisk feed against recordings of a real one: the machine alone at the recorded times, and the whole adapter
//! over a real socket.

// A test may panic; clippy exempts only the test functions themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;
mod phone_system;
mod real;
mod recording;
mod sight;

mod machine;
mod socket;
