//! The surge plan as a pure machine: told the time, told what happened, asked what to do.
//!
//! Four verbs: [`Core::handle`], [`Core::poll_effect`], [`Core::poll_timeout`], [`Core::handle_timeout`].

mod decision;
pub mod erlang;
mod input;
mod instruction;
pub mod ladder;
mod name;
mod reading;
mod refusal;
mod time;
mod view;

pub use decision::{Decision, OutOfPlace, Settlement, Shortage, What};
pub use input::{Answer, Input, Order};
pub use instruction::{Action, Actor, Ask, Instruction, InstructionId, Part, Reason};
pub use ladder::Plan;
pub use name::Name;
pub use reading::{Agent, AgentState, Reading};
pub use refusal::Refusal;
pub use time::{Millis, Seen, Time};
pub use view::{Clock, Incident, MoveView, NextTier, OpenView, Pause, QueueView, Standing, TierView};
