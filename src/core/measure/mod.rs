//! What a condition measures: a function of time, not of the last reading (plan: "Measures").
//!
//! | file | does |
//! |---|---|
//! | `band` | the whole numbers for which a threshold holds |
//! | `depth`, `wait`, `seats`, `sliding` | one measure each: what it is, from what a reading tells |
//! | `passed` | whether a threshold holds, at every moment up to now and for as long as nothing is read |
//! | `trace` | sums over what was measured, for a mean and a share |
//! | `windows` | the clocks of one queue, and the judgements by them |
//! | `reason` | what a condition that holds was judged by |
//!
//! **The contract of a measure** is [`Course::at`]: its value in one millisecond, and the next moment at which it may change though
//! nothing is read. Everything else follows from that: when a threshold is passed and left, the sums of a window, and the exact
//! millisecond at which a condition fires. What was told last is in force from its own millisecond on, and what was told before
//! in the same millisecond never was.
//!
//! ```text
//!   readings      │            │        │
//!   told     ─────┤            │        │
//!   course        └──╱ by itself ╱──►   └──── goes on by itself until the next reading
//! ```

mod arrivals;
mod band;
mod depth;
mod passed;
mod reason;
mod seats;
mod sliding;
mod trace;
mod wait;
mod windows;

pub use arrivals::Arrivals;
pub use wait::longest_wait;
pub use windows::{Running, Windows, conditions};

use crate::ladder::{QueuePlan, Threshold};
use crate::{Millis, Reading, Seen};
use band::Band;
use serde::{Deserialize, Serialize};
use sliding::Sliding;

/// The last reading of a queue, and how long ago it came: a wait has grown since then.
#[derive(Copy, Clone, Debug)]
pub struct Latest<'a> {
    /// What was read.
    pub reading: &'a Reading,
    /// In real time.
    pub age: Millis,
}

/// What is measured in one millisecond, as a whole number, so that every machine agrees.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Measured {
    /// What is compared.
    value: i128,
    /// By how much the value rises with each millisecond in which nothing is read; never less than nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    rise: u32,
    /// What a mean is divided by.
    weight: u64,
}

/// A measure in one millisecond.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
struct Moment {
    /// `None`: what it measures is unknown.
    measured: Option<Measured>,
    /// The next moment at which it changes by itself, other than by its rise; [`Seen::NEVER`]: only a reading changes it.
    until: Seen,
}

/// What one threshold measures on one queue, from the last reading on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Course {
    /// It follows from the last reading alone, and stays or grows.
    Line {
        /// When that reading came.
        from: Seen,
        measured: Option<Measured>,
    },
    /// It compares what is told now with what was told a while ago. By itself: it is long, and few plans have one.
    Sliding(Box<Sliding>),
}

impl Measured {
    /// A value that counts once and stays until the next reading.
    fn steady(value: i128) -> Measured {
        Measured {
            value,
            rise: 0,
            weight: 1,
        }
    }

    /// The same, so much later.
    fn after(self, span: Millis) -> Measured {
        let grown = i128::from(self.rise).saturating_mul(span.0.into());
        Measured {
            value: self.value.saturating_add(grown),
            ..self
        }
    }
}

impl Course {
    /// A course of which nothing is known yet.
    fn of(threshold: &Threshold) -> Course {
        match *threshold {
            Threshold::WaitingAbove { .. }
            | Threshold::WaitingAtMost(_)
            | Threshold::LongestWaitAbove(_)
            | Threshold::WaitingPerSeatAbove(_)
            | Threshold::ExpectedWaitAbove(_) => Course::Line {
                from: Seen(0),
                measured: None,
            },
            Threshold::AnsweredShareBelow(limit)
            | Threshold::AnsweredShareAtLeast(limit)
            | Threshold::AbandonedShareAbove(limit) => Course::Sliding(Box::new(Sliding::new(limit.over))),
            Threshold::RisingAbove(limit) => Course::Sliding(Box::new(Sliding::new(limit.over))),
        }
    }

    /// Takes in what is told from `now` on.
    #[inline]
    fn observe(&mut self, threshold: &Threshold, latest: Latest<'_>, queue: &QueuePlan, now: Seen) {
        let reading = latest.reading;
        let told = match threshold {
            Threshold::WaitingAbove { .. } | Threshold::WaitingAtMost(_) => Some(depth::measure(reading)),
            Threshold::LongestWaitAbove(_) => wait::measure(latest),
            Threshold::WaitingPerSeatAbove(limit) => seats::waiting(reading, *limit),
            Threshold::ExpectedWaitAbove(limit) => seats::expected_wait(reading, queue, *limit),
            Threshold::AnsweredShareBelow(_)
            | Threshold::AnsweredShareAtLeast(_)
            | Threshold::AbandonedShareAbove(_)
            | Threshold::RisingAbove(_) => None,
        };
        match self {
            Course::Line { from, measured } => (*from, *measured) = (now, told),
            Course::Sliding(sliding) => sliding.observe(sliding::told(threshold, reading), now),
        }
    }

    /// Forgets what was told before.
    fn forget(&mut self) {
        match self {
            Course::Line { measured, .. } => *measured = None,
            Course::Sliding(sliding) => sliding.forget(),
        }
    }

    /// The measure in the millisecond at `at`, no earlier than the last reading.
    fn at(&self, threshold: &Threshold, at: Seen) -> Moment {
        match self {
            Course::Line { from, measured } => Moment {
                measured: measured.map(|measured| measured.after(at - *from)),
                until: Seen::NEVER,
            },
            Course::Sliding(sliding) => sliding.at(threshold, at),
        }
    }

    /// Whether what is measured is in a band, where that stays so until the next reading; `None`: it may change by itself.
    fn holds_on(&self, band: Band) -> Option<bool> {
        match self {
            Course::Line { measured: None, .. } => Some(false),
            Course::Line {
                measured: Some(Measured { value, rise: 0, .. }),
                ..
            } => Some(band.holds(*value)),
            Course::Line { .. } | Course::Sliding(_) => None,
        }
    }

    /// Everything that comes by itself from `now` on: each stretch by its beginning.
    fn ahead<'a>(
        &'a self,
        threshold: &'a Threshold,
        now: Seen,
    ) -> impl Iterator<Item = (Seen, Option<Measured>)> + use<'a> {
        let moment = move |from: Seen| (from, self.at(threshold, from));
        let next = move |(_, before): &(Seen, Moment)| (before.until < Seen::NEVER).then(|| moment(before.until));
        std::iter::successors(Some(moment(now)), next).map(|(from, moment)| (from, moment.measured))
    }
}

fn is_zero(rise: &u32) -> bool {
    *rise == 0
}
