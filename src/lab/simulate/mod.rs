//! The closed loop: callers come, wait, give up, call again and are answered; the daemon's own core watches and asks for people; and
//! the people who are asked really answer.
//!
//! ```text
//!            callers ──► queues ◄── people on the phones ◄──┐
//!                          │ readings                       │ come, late and in part; go after their call
//!                          ▼                                │
//!                        core ──── instructions ────► supervisor
//!                          ▲                                │
//!                          └──── seen, done, declined ──────┘
//! ```
//!
//! | file | has |
//! |---|---|
//! | [`prepare`] | a scenario made ready for a plan: its data read, everything looked up |
//! | `day` | one day of one seed, event by event, with the core inside |
//! | `line`, `crew` | a queue: who waits, who answers |
//! | `moves` | what became of each instruction |
//! | [`totals`] | what is counted; [`measures`] what is said of it, [`estimate`] how sure that is |
//! | [`run`](fn@run) | many seeds of several plans in parallel |
//! | [`calls`](super::recorded::calls) | call lists of real days |
//! | [`vary`] | a plan with one key changed |
//!
//! Every purpose has a stream of chance of its own, so that two plans meet the same callers with the same patience (common random
//! numbers), and the result of a seed does not depend on the thread that computes it.

mod crew;
mod day;
pub mod estimate;
mod line;
pub mod measures;
mod moves;
pub mod prepare;
mod run;
pub mod told;
pub mod totals;
pub mod vary;

pub use prepare::{PrepareFault, Prepared};
pub use run::{Outcome, Ready, Run, Steps, play, run};
