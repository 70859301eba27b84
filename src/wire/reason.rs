//! Why an instruction was given: a code with numbers.

use super::{By, Stamp};
use crate::core::{Judged, Name, Reason};
use schemars::JsonSchema;
use serde::Serialize;

/// Why an instruction was given. `waiting`: callers at the decision; `held_s`: for how long within the window.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ReasonMessage {
    /// More than `threshold` callers were waiting.
    WaitingAbove {
        threshold: u32,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// At most `threshold` callers were waiting.
    WaitingAtMost {
        threshold: u32,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// The longest wait was above `threshold_s`.
    LongestWaitAbove {
        threshold_s: f64,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// More than `threshold` callers were waiting for each person signed in.
    WaitingPerSeatAbove {
        threshold: f64,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// The expected wait was above `threshold_s`.
    ExpectedWaitAbove {
        threshold_s: f64,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// A declared incident brought the tier forward.
    Incident { note: String, until: Stamp, waiting: u32 },
    /// Somebody ordered it by hand.
    Order { by: By },
    /// People of a pool have been away for as long as one may.
    MaxStay { pool: Name, max_stay_s: f64, waiting: u32 },
}

/// How the window was judged, where not without a break, and what came of it.
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, JsonSchema)]
pub struct JudgedMessage {
    /// `mean`: by its time-weighted mean; `share`: by how much of it the threshold was passed; absent: without a break.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgeWord>,
    /// The mean over the window, in callers, or callers for each person signed in; absent where nobody was signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// The mean over the window, where it is a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_s: Option<f64>,
    /// The share of the window in which the threshold was passed, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

/// How a window is judged, as in the configuration.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgeWord {
    /// By its mean.
    Mean,
    /// By a share of it.
    Share,
}

impl From<&Reason> for ReasonMessage {
    fn from(reason: &Reason) -> ReasonMessage {
        match reason {
            &Reason::WaitingAbove {
                threshold,
                held,
                waiting,
                judged,
            } => ReasonMessage::WaitingAbove {
                threshold,
                held_s: held.as_secs(),
                waiting,
                judged: judged_in(judged),
            },
            &Reason::WaitingAtMost {
                threshold,
                held,
                waiting,
                judged,
            } => ReasonMessage::WaitingAtMost {
                threshold,
                held_s: held.as_secs(),
                waiting,
                judged: judged_in(judged),
            },
            &Reason::LongestWaitAbove {
                threshold,
                held,
                waiting,
                judged,
            } => ReasonMessage::LongestWaitAbove {
                threshold_s: threshold.as_secs(),
                held_s: held.as_secs(),
                waiting,
                judged: judged_s(judged),
            },
            &Reason::WaitingPerSeatAbove {
                threshold,
                held,
                waiting,
                judged,
            } => ReasonMessage::WaitingPerSeatAbove {
                threshold,
                held_s: held.as_secs(),
                waiting,
                judged: judged_in(judged),
            },
            &Reason::ExpectedWaitAbove {
                threshold,
                held,
                waiting,
                judged,
            } => ReasonMessage::ExpectedWaitAbove {
                threshold_s: threshold.as_secs(),
                held_s: held.as_secs(),
                waiting,
                judged: judged_s(judged),
            },
            Reason::Incident { note, until, waiting } => ReasonMessage::Incident {
                note: note.clone(),
                until: Stamp(*until),
                waiting: *waiting,
            },
            Reason::Order { by } => ReasonMessage::Order { by: By::from(by) },
            Reason::MaxStay {
                pool,
                max_stay,
                waiting,
            } => ReasonMessage::MaxStay {
                pool: pool.clone(),
                max_stay_s: max_stay.as_secs(),
                waiting: *waiting,
            },
        }
    }
}

fn judged_in(judged: Judged) -> JudgedMessage {
    match judged {
        Judged::Every => JudgedMessage::default(),
        Judged::Mean { mean } => JudgedMessage {
            judge: Some(JudgeWord::Mean),
            mean,
            ..JudgedMessage::default()
        },
        Judged::Share { share } => JudgedMessage {
            judge: Some(JudgeWord::Share),
            share: Some(share),
            ..JudgedMessage::default()
        },
    }
}

/// Where what was measured is a time.
fn judged_s(judged: Judged) -> JudgedMessage {
    let JudgedMessage { judge, mean, share, .. } = judged_in(judged);
    JudgedMessage {
        judge,
        mean: None,
        mean_s: mean,
        share,
    }
}
