//! What a tier's call did to the callers: how much they waited in the five minutes before it, and in the five after its people came.
//!
//! ```text
//!         before            people on their way              after
//!   ├──── WINDOW ────┤ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┤──── WINDOW ────┤
//!                  called                   settled          measured
//! ```
//!
//! A window is as long as the plan's own: a tier settles, and the next is judged by the five minutes that follow. So that, in the
//! rule, the minutes after one tier are those in which no other has come yet. Where another did, or callers went away by themselves,
//! or nobody saw the queue, the numbers stand there all the same, and [`Doubt`] says what cannot be inferred from them. What would
//! have been without the call is known of none.
//!
//! A fold over the entries of the duty log, readings among them: one for the report, the log's sentence and the metrics.

mod fold;
mod line;
mod look;
mod told;

pub use fold::Effects;
pub use look::effect_settled_by;

use crate::core::{Action, InstructionId, Millis, Name, Time};
use crate::wire::Stamp;
use serde::{Serialize, Serializer};

/// How long before the call, and how long after its people came, is looked at.
pub const WINDOW: Millis = Millis::from_mins(5);

/// How much callers waited in a window.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
pub struct Waited {
    /// Callers times minutes.
    pub caller_minutes: f64,
    /// For how much of the window the queue was seen.
    #[serde(rename = "seen_s", serialize_with = "seconds")]
    pub seen: Millis,
}

impl Waited {
    /// Callers waiting in the mean while the queue was seen; `None`: it never was.
    pub fn mean(&self) -> Option<f64> {
        (self.seen > Millis::ZERO).then(|| self.caller_minutes * 60_000.0 / self.seen.0 as f64)
    }
}

/// One call of a tier, measured.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Effect {
    /// The queue.
    pub queue: Name,
    /// The tier.
    pub tier: Name,
    /// What was asked for.
    pub action: Action,
    /// The call.
    pub instruction: InstructionId,
    /// When it was given.
    #[serde(serialize_with = "moment")]
    pub called: Time,
    /// When its people were on the phones, as far as anybody knows.
    #[serde(serialize_with = "moment")]
    pub settled: Time,
    /// How many were there, as far as anybody said; else as many as were asked for.
    pub seats: u32,
    /// The window that ends with the call.
    pub before: Waited,
    /// The window that begins with the settling.
    pub after: Waited,
    /// Why the difference is not the tier's alone; empty: nothing in the log speaks against it.
    pub doubts: Vec<Doubt>,
}

impl Effect {
    /// Both windows were seen as a whole.
    pub fn is_whole(&self) -> bool {
        self.before.seen >= WINDOW && self.after.seen >= WINDOW
    }
}

/// What cannot be inferred from the numbers of one call.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Other people came or went between the beginning of the one window and the end of the other.
    OthersMoved,
    /// The queue was shorter than before already when its people came.
    EbbedBefore,
    /// Nobody saw the queue for a part of the windows.
    Unseen,
    /// Nobody said, and no feed showed, that its people came: their time was up.
    NobodySaid,
    /// Its people were sent back before the window was over.
    SentBack,
    /// The plan was changed, paused, or under a declared fault in the windows.
    Unusual,
}

impl Doubt {
    /// The word in messages, labels and tables of texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Doubt::OthersMoved => "others_moved",
            Doubt::EbbedBefore => "ebbed_before",
            Doubt::Unseen => "unseen",
            Doubt::NobodySaid => "nobody_said",
            Doubt::SentBack => "sent_back",
            Doubt::Unusual => "unusual",
        }
    }
}

fn seconds<S: Serializer>(span: &Millis, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(span.as_secs())
}

fn moment<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    Stamp(*time).serialize(serializer)
}

#[cfg(test)]
mod tests;
