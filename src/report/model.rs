//! A report: what was, and what is to be expected. Every rendering shows these numbers and works out none of its own.

use super::alarms::Alarms;
use super::forecast::Judged;
use super::people::{LentPool, WeekHours};
use super::seats::Basis;
use crate::core::Name;
use crate::shift::{Blindness, Doubt, Effect, InstructionCount};
use crate::wire::Stamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// The share of callers to be answered (plan: "Five tables", aim).
pub const ANSWER_RATE: f64 = 0.9;

/// Days that follow each other.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DaySpan {
    /// The first.
    #[serde(serialize_with = "as_text")]
    pub first: Date,
    /// The last.
    #[serde(serialize_with = "as_text")]
    pub last: Date,
}

/// A report over the duty log.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    /// What it tells of.
    pub span: DaySpan,
    /// What it looks ahead to.
    pub ahead: DaySpan,
    /// The zone of its days, an IANA name.
    pub zone: String,
    /// The log's last entry in it.
    pub upto: u64,
    /// How far the log goes; `None`: it tells nothing of these days.
    pub told_to: Option<Stamp>,
    /// The first reading that was used, before the span too: from there on is learned.
    pub readings_from: Option<Stamp>,
    /// Seats that exist on the floor.
    pub physical_seats: Option<u32>,
    /// The calendar was at hand: without it no holiday is known.
    pub calendar_known: bool,
    /// Each queue that was read.
    pub queues: Vec<QueueReport>,
    /// What each pool lent.
    pub lent: Vec<LentPool>,
    /// Weeks of people whom the feed names.
    pub hours: Vec<WeekHours>,
    /// What supervisors heard.
    pub alarms: Alarms,
    /// What became of the instructions.
    pub instructions: InstructionCount,
    /// When a queue could not be seen.
    pub blind: Vec<Blindness>,
}

/// What a feed or a plan leaves out, so that something cannot be told.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// Of no hour enough was seen, though the feed tells of it.
    NoHour,
    /// The feed counts no offered calls: those that ended stand for them.
    OfferedByEnded,
    /// The feed counts neither offered calls nor those that ended.
    NoCalls,
    /// The feed does not count calls given up, or answered.
    NoAnswerRate,
    /// The feed does not tell who is signed in.
    NoStaff,
    /// The plan has no handling time or target for the queue.
    NoBasis,
    /// Less than two weeks are known.
    ShortHistory,
}

impl Lack {
    /// The word in tables of texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Lack::NoHour => "no_hour",
            Lack::OfferedByEnded => "offered_by_ended",
            Lack::NoCalls => "no_calls",
            Lack::NoAnswerRate => "no_answer_rate",
            Lack::NoStaff => "no_staff",
            Lack::NoBasis => "no_basis",
            Lack::ShortHistory => "short_history",
        }
    }
}

/// One queue.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct QueueReport {
    /// The queue.
    pub queue: Name,
    /// What cannot be told of it.
    pub lacks: Vec<Lack>,
    /// What its seats are computed by.
    pub basis: Option<Basis>,
    /// The span's hours, 24 a day.
    pub hours: Vec<Hour>,
    /// The hours ahead, 24 a day.
    pub ahead: Vec<HourAhead>,
    /// How good the forecast was.
    pub forecast: Option<Judged>,
    /// The most calls an hour that the floor's seats carry within the target.
    pub physical_carry: Option<u32>,
    /// Calls that were counted while nobody saw the queue: they stand in no hour.
    pub unplaced_calls: u64,
    /// Calls of the whole span.
    pub calls: Totals,
    /// Its surges.
    pub surges: Vec<SurgeReport>,
    /// Each call of a tier whose people came.
    pub effects: Vec<Effect>,
    /// The same by tier.
    pub tiers: Vec<TierEffect>,
}

/// An hour that was.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
pub struct Hour {
    /// When it began.
    pub from: Stamp,
    /// Calls offered.
    pub calls: Option<f64>,
    /// Calls answered.
    pub answered: Option<f64>,
    /// Of these, within the target's time.
    pub in_target: Option<f64>,
    /// Calls given up.
    pub abandoned: Option<f64>,
    /// People at work in the mean.
    pub staff: Option<f64>,
    /// Callers waiting in the mean.
    pub waiting: Option<f64>,
    /// The most that waited.
    pub most_waiting: Option<u32>,
    /// What was forecast of the calls, by what came before its week.
    pub forecast_calls: Option<f64>,
    /// Seats that that forecast needed.
    pub forecast_seats: Option<u32>,
}

/// An hour to come.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
pub struct HourAhead {
    /// When it begins.
    pub from: Stamp,
    /// It is of a holiday.
    pub holiday: bool,
    /// Calls to be expected.
    pub calls: Option<f64>,
    /// Seats that they need.
    pub seats: Option<u32>,
    /// The most calls that those seats carry within the target.
    pub carried: Option<u32>,
    /// Standby seats on top, of a holiday.
    pub standby: Option<Standby>,
}

/// Seats that can be called in at any time.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Standby {
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
}

/// Sums over the hours that are known.
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize)]
pub struct Totals {
    /// Hours whose calls are known.
    pub hours_known: usize,
    /// Calls offered in them.
    pub calls: Option<f64>,
    /// Calls answered.
    pub answered: Option<f64>,
    /// Calls given up.
    pub abandoned: Option<f64>,
    /// Answered, of all that ended.
    pub answer_rate: Option<f64>,
    /// Answered within the target's time, of all that ended.
    pub in_target_rate: Option<f64>,
}

/// One surge: the quarter of an hour before it, itself, and the quarter after.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SurgeReport {
    /// When it began.
    pub began: Stamp,
    /// When it was over; `None`: it goes on.
    pub ended: Option<Stamp>,
    /// The tiers that were called, in order.
    pub tiers: Vec<Name>,
    /// Seats that were asked for in all.
    pub seats: u32,
    /// Before, during, after; `None` where it is not over.
    pub before: Phase,
    /// While it lasted.
    pub during: Phase,
    /// Afterwards.
    pub after: Option<Phase>,
}

/// A part of a surge.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
pub struct Phase {
    /// Callers waiting in the mean; `None`: nobody saw it.
    pub waiting: Option<f64>,
    /// The most that waited.
    pub most_waiting: Option<u32>,
    /// Callers times minutes.
    pub caller_minutes: f64,
    /// How much of it was seen, 0 to 1.
    pub seen_share: f64,
    /// Answered, of all that ended.
    pub answer_rate: Option<f64>,
    /// People at work in the mean.
    pub staff: Option<f64>,
}

/// What the calls of one tier did, as far as it can be told.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct TierEffect {
    /// The tier.
    pub tier: Name,
    /// How often it was called.
    pub called: u32,
    /// Its people came, and both windows were seen as a whole.
    pub measured: u32,
    /// Of these, nothing in the log speaks against it.
    pub clear: u32,
    /// Caller-minutes in the five minutes before those calls, in the mean of the clear ones; of all measured where none is clear.
    pub before: Option<f64>,
    /// In the five minutes after.
    pub after: Option<f64>,
    /// What cannot be inferred from the others, and how often.
    #[serde(serialize_with = "by_word")]
    pub doubts: BTreeMap<Doubt, u32>,
}

pub(super) fn as_text<T: std::fmt::Display, S: Serializer>(it: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(it)
}

fn by_word<S: Serializer>(doubts: &BTreeMap<Doubt, u32>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(doubts.iter().map(|(doubt, n)| (doubt.as_str(), n)))
}
