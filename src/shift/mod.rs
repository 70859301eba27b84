//! A shift: what happened in it, summed up from the duty log, and its hand-over from one person to another (plan: "Duty log").
//!
//! ```text
//!  duty log ──entries──► tally ──► Summary ──digest──┐
//!  state of the floor ──► open items ────────────────┤
//!                                                    ▼
//!                    none ──begin──► drawn up ──one signs──► half signed ──the other signs──► complete
//!                      ▲                │ ▲ notes, settled, taken over │                         │
//!                      └───withdrawn────┘ └────────────────────────────┘                         ▼
//!                      └──────────────────────── the next shift begins where this one ended ◄────┘
//! ```
//!
//! What each call of a tier did to the callers is measured by `effect`, for the report, the log's sentence and the metrics alike.
//!
//! [`summary`] is a fold over the log and knows no clock; [`Desk`] decides and applies steps and is brought back from the log alone.

mod asks;
mod desk;
mod effect;
mod matters;
mod open;
mod shown;
mod stays;
mod summary;
mod tally;

pub use asks::{ASKS_OVER, AskLoad, AskPeak, AskWindow, AsksOfDay, FLOOD, is_ask};
pub use desk::{Closed, Desk, Draft, Note, Signature, Standing};
pub use effect::{Doubt, Effect, Effects, WINDOW as EFFECT_WINDOW, Waited, effect_settled_by};
pub use matters::Matters;
pub use open::open_items;
pub use summary::{
    Blindness, InstructionCount, Moved, Reload, ShadowProof, Span, Start, Summary, Surge, TierCalled, digest, in_force,
    summarise,
};
pub use tally::Tally;

use crate::core::Millis;

/// A shift begins so long ago where no hand-over says otherwise.
pub const DEFAULT_SHIFT: Millis = Millis::from_mins(12 * 60);

/// The longest that is summed up at once.
pub const LIMIT_SHIFT: Millis = Millis::from_mins(7 * 24 * 60);

/// What began so long before a shift is still counted into it: moves, surges, gaps.
pub const LOOK_BACK: Millis = Millis::from_mins(24 * 60);
