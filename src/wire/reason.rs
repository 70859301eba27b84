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
        /// The longest wait at the decision.
        #[serde(skip_serializing_if = "Option::is_none")]
        measured_s: Option<f64>,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// More than `threshold` callers were waiting for each working seat: signed in, and not paused where the feed tells.
    WaitingPerSeatAbove {
        threshold: f64,
        /// How many there were at the decision.
        #[serde(skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// The expected wait was above `threshold_s`.
    ExpectedWaitAbove {
        threshold_s: f64,
        /// The expected wait at the decision.
        #[serde(skip_serializing_if = "Option::is_none")]
        measured_s: Option<f64>,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// Of the calls that ended over the last `over_s` a smaller share than `threshold` was answered within the target time.
    AnsweredShareBelow {
        threshold: f64,
        over_s: f64,
        /// That share at the decision.
        #[serde(skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// Of the calls that ended over the last `over_s` at least the share `threshold` was answered within the target time.
    AnsweredShareAtLeast {
        threshold: f64,
        over_s: f64,
        /// That share at the decision; absent where no call ended.
        #[serde(skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// Of the calls that ended over the last `over_s` a larger share than `threshold` was given up.
    AbandonedShareAbove {
        threshold: f64,
        over_s: f64,
        /// That share at the decision.
        #[serde(skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// More than `threshold` callers more were waiting than `over_s` before.
    RisingAbove {
        threshold: u32,
        over_s: f64,
        /// How many more at the decision.
        #[serde(skip_serializing_if = "Option::is_none")]
        measured: Option<f64>,
        held_s: f64,
        waiting: u32,
        #[serde(flatten)]
        judged: JudgedMessage,
    },
    /// Several measures were passed, each by its own judgement.
    All {
        held_s: f64,
        waiting: u32,
        all: Vec<ReasonMessage>,
    },
    /// A declared incident brought the tier forward.
    Incident { note: String, until: Stamp, waiting: u32 },
    /// Somebody ordered it by hand.
    Order { by: By },
    /// People of a pool have been away for as long as one may.
    MaxStay { pool: Name, max_stay_s: f64, waiting: u32 },
    /// The surge is severe: steps are not waited for one after the other.
    Severe {
        /// By which condition.
        why: Box<ReasonMessage>,
    },
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
                measured,
                held,
                waiting,
                judged,
            } => ReasonMessage::LongestWaitAbove {
                threshold_s: threshold.as_secs(),
                measured_s: measured,
                held_s: held.as_secs(),
                waiting,
                judged: judged_s(judged),
            },
            &Reason::WaitingPerSeatAbove {
                threshold,
                measured,
                held,
                waiting,
                judged,
            } => ReasonMessage::WaitingPerSeatAbove {
                threshold,
                measured,
                held_s: held.as_secs(),
                waiting,
                judged: judged_in(judged),
            },
            &Reason::ExpectedWaitAbove {
                threshold,
                measured,
                held,
                waiting,
                judged,
            } => ReasonMessage::ExpectedWaitAbove {
                threshold_s: threshold.as_secs(),
                measured_s: measured,
                held_s: held.as_secs(),
                waiting,
                judged: judged_s(judged),
            },
            &Reason::AnsweredShareBelow {
                threshold,
                over,
                measured,
                held,
                waiting,
                judged,
            } => ReasonMessage::AnsweredShareBelow {
                threshold,
                over_s: over.as_secs(),
                measured,
                held_s: held.as_secs(),
                waiting,
                judged: judged_in(judged),
            },
            &Reason::AnsweredShareAtLeast {
                threshold,
                over,
                measured,
                held,
                waiting,
                judged,
            } => ReasonMessage::AnsweredShareAtLeast {
                threshold,
                over_s: over.as_secs(),
                measured,
                held_s: held.as_secs(),
                waiting,
                judged: judged_in(judged),
            },
            &Reason::AbandonedShareAbove {
                threshold,
                over,
                measured,
                held,
                waiting,
                judged,
            } => ReasonMessage::AbandonedShareAbove {
                threshold,
                over_s: over.as_secs(),
                measured,
                held_s: held.as_secs(),
                waiting,
                judged: judged_in(judged),
            },
            &Reason::RisingAbove {
                threshold,
                over,
                measured,
                held,
                waiting,
                judged,
            } => ReasonMessage::RisingAbove {
                threshold,
                over_s: over.as_secs(),
                measured,
                held_s: held.as_secs(),
                waiting,
                judged: judged_in(judged),
            },
            Reason::All { held, waiting, all } => ReasonMessage::All {
                held_s: held.as_secs(),
                waiting: *waiting,
                all: all.iter().map(ReasonMessage::from).collect(),
            },
            Reason::Incident { note, until, waiting } => ReasonMessage::Incident {
                note: note.clone(),
                until: Stamp(*until),
                waiting: *waiting,
            },
            Reason::Order { by } => ReasonMessage::Order { by: By::from(by) },
            Reason::Severe { why } => ReasonMessage::Severe {
                why: Box::new(ReasonMessage::from(why.as_ref())),
            },
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
