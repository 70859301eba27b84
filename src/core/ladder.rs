//! The plan in force, fully resolved: every default is filled in, every name checked, by `config` before the core sees it.
//!
//! The core trusts this shape and holds no defaults of its own; those below are for duty logs that are older than a field.
//! `BTreeMap`s keep the order the same on every machine.

use super::{Action, Millis, Name, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that the operators decide: queues, pools, ladders, feeds' limits and the chain of command.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Plan {
    /// Queues by key.
    pub queues: BTreeMap<Name, QueuePlan>,
    /// Pools by key.
    pub pools: BTreeMap<Name, Pool>,
    /// Ladders by key, `extends` already resolved.
    pub ladders: BTreeMap<Name, Ladder>,
    /// Limits of the feeds by key.
    pub feeds: BTreeMap<Name, FeedLimits>,
    /// Who is told, level by level. Empty: nobody but the first to look.
    pub chain: Vec<Level>,
    /// Seats that physically exist on the floor; `None` where the operators set no limit.
    pub physical_seats: Option<u32>,
    /// Who works when, sorted by person. Whoever is not here is always on duty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roster: Vec<Rostered>,
}

impl Plan {
    /// The shifts of a person, in order; `None` where the roster does not tell.
    pub fn shifts(&self, person: &Name) -> Option<&[Shift]> {
        let found = self.roster.binary_search_by(|known| known.person.cmp(person)).ok()?;
        Some(&self.roster[found].shifts)
    }
}

/// The shifts of one person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rostered {
    /// The person, by staff number.
    pub person: Name,
    /// In order, without overlap.
    pub shifts: Vec<Shift>,
}

/// A time on duty, and by how much it may be made longer. The core knows no calendar: what a day and a week are, and what is left
/// of their hours by the roster, is worked out by `config`.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Shift {
    /// Inclusive.
    pub from: Time,
    /// Exclusive.
    pub to: Time,
    /// What is left of the hours of its day; [`Millis::MAX`] where there is no such limit.
    pub day_left: Millis,
    /// What is left of the hours of its weeks, on average; [`Millis::MAX`] where there is no such limit.
    pub week_left: Millis,
    /// When those weeks began: what the person has stayed longer since then is taken off `week_left`.
    pub week_from: Time,
}

/// One queue.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct QueuePlan {
    /// The feed that reports it.
    pub feed: Name,
    /// The ladder in force where the calendar says nothing else.
    pub ladder: Name,
    /// Higher goes first where queues share pools (plan: "Arbitration").
    pub priority: i32,
    /// Calls that arrive in an hour, for Erlang A where the feed does not tell.
    pub calls_per_hour: Option<u32>,
    /// Mean handling time of a call, for expected wait and Erlang A.
    pub handle_time: Option<Millis>,
    /// Mean patience of a caller, for Erlang A.
    pub patience: Option<Millis>,
    /// The service target, for Erlang A.
    pub target: Option<Target>,
    /// Who hears what is decided for this queue; a tier may have its own.
    #[serde(default)]
    pub mode: Mode,
    /// The daemon calls no more often than this within any hour.
    #[serde(default)]
    pub max_moves_per_hour: Option<u32>,
    /// Pools whose home this queue is lend to others only while at most so many callers wait here, as far as it can be seen.
    #[serde(default)]
    pub lend_only_while: Option<u32>,
    /// In place of the feed's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Paused>,
}

/// Who hears what the daemon decides.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Instructions go to the floor.
    #[default]
    Live,
    /// A tier that is due waits for a leader's yes.
    Approve,
    /// Decided and logged, told to nobody: as if its people came when the move settles.
    Shadow,
}

/// Share of all callers to be answered within a time.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Target {
    /// 0 to 1.
    pub answered: f64,
    /// The time.
    pub within: Millis,
}

/// When a feed's silence makes its queues blind, and when windows begin anew (plan: "Blind"). Both count from the last
/// reading or heartbeat.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FeedLimits {
    /// Silence this long makes a queue blind.
    pub stale_after: Millis,
    /// Silence this long makes its windows begin anew.
    pub forget_after: Millis,
    /// Whoever is shown gone for so long without a sign-out is asked about.
    #[serde(default = "a_minute")]
    pub gone_after: Millis,
    /// What a paused member is, where the queue or the pool says nothing else.
    #[serde(default)]
    pub paused: Paused,
}

/// What a paused member of a queue is: that differs by site (plan: "What the feed proves").
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paused {
    /// On a break, and still signed in.
    #[default]
    SignedIn,
    /// Not at the phones: pausing is going, and unpausing is coming.
    Away,
}

/// One level of the chain of command.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Level {
    /// The role of who answers at this level, as in tokens.
    pub role: Name,
    /// An instruction not seen within this goes to the next level as well.
    pub respond_within: Millis,
    /// A promise ("coming in ten minutes") may be late by so much before it goes up.
    #[serde(default = "a_minute")]
    pub late_margin: Millis,
}

/// People who can be moved.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Pool {
    /// Staff by name, in the order in which they are asked; empty where only a number is known.
    pub people: Vec<Name>,
    /// How many there are where names are not known.
    pub size: u32,
    /// Never draw below this many.
    pub keep: u32,
    /// They sit at a phone already: their moves need no physical seat.
    pub own_desk: bool,
    /// How many there are while a ladder is in force; for named people the first so many of the list.
    pub size_by: BTreeMap<Name, u32>,
    /// The queue that its people work on when nobody has borrowed them.
    #[serde(default)]
    pub home: Option<Name>,
    /// A person who has gone back is not asked again before this has passed.
    #[serde(default)]
    pub rest_between: Millis,
    /// Its people are taken back after this long, whatever waits.
    #[serde(default)]
    pub max_stay: Option<Millis>,
    /// In place of the feed's and the queue's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Paused>,
}

/// A written escalation: its tiers in order, and how it is taken back.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Ladder {
    /// The tiers, first to last.
    pub tiers: Vec<Tier>,
    /// How people are taken back.
    pub release: Release,
    /// An instruction whose people are not seen to be there settles after this.
    pub settle_within: Millis,
    /// Calm this long cancels an instruction that nobody has answered.
    pub stand_down_after: Millis,
    /// Above this many waiting a range of seats asks for its maximum, else for its minimum.
    pub ask_max_above: u32,
    /// No more people than this are borrowed from pools at a time.
    #[serde(default)]
    pub max_borrowed: Option<u32>,
    /// A tier that waits for a leader's yes is asked again after this long, while it stays due.
    #[serde(default = "ask_again_after")]
    pub ask_again_after: Millis,
    /// While it holds, every tier whose own threshold is passed is due at once (plan: "Severity").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severe: Option<When>,
    /// A tier that was declined, or done with nobody, is passed over for so long.
    #[serde(default = "half_an_hour")]
    pub ask_again_after_no: Millis,
    /// A "done" on an instruction that was stood down counts for so long after that.
    #[serde(default = "half_an_hour")]
    pub late_within: Millis,
    /// Who was called by hand on a calm queue stays at least so long, where the order says nothing else.
    #[serde(default = "half_an_hour")]
    pub hold_for: Millis,
}

impl Ladder {
    /// When calm has lasted long enough to stand down who has not answered: judged like the release.
    pub fn stand_down(&self) -> When {
        When {
            hold: self.stand_down_after,
            ..self.release.when
        }
    }
}

/// One step of a ladder.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Tier {
    /// Unique in its ladder; the same name in two ladders is the same tier.
    pub name: Name,
    /// What is asked for.
    pub action: Action,
    /// The pools drawn on, in order; empty for `extend_shift` and `overtime`.
    pub pools: Vec<Name>,
    /// How many.
    pub seats: Seats,
    /// This tier's own minimum that stays behind, by pool, in place of the pool's.
    pub keep: BTreeMap<Name, u32>,
    /// When it is due.
    pub when: When,
    /// In place of the ladder's.
    pub settle_within: Option<Millis>,
    /// The next tier's window begins at the latest so long after this one first reached somebody, settled or not. `None`: the
    /// ladder's `settle_within` where people are called from outside, else once it has settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_after: Option<Millis>,
    /// For `overtime`: for how long people are asked for; `None`: until the end of the shift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting: Option<Millis>,
    /// Due in a declared incident as soon as the first tier's threshold is passed.
    pub on_incident: bool,
    /// Only where the incident's expected end is further off than this.
    pub worth_it_beyond: Millis,
    /// In place of the queue's.
    #[serde(default)]
    pub mode: Option<Mode>,
    /// For `extend_shift`, where a roster tells who is on duty: whom to ask, and for how long.
    #[serde(default)]
    pub extend: Extend,
}

/// What a ladder had before it could say so itself.
fn ask_again_after() -> Millis {
    Millis::from_mins(2)
}

fn half_an_hour() -> Millis {
    Millis::from_mins(30)
}

fn a_minute() -> Millis {
    Millis::from_mins(1)
}

/// Whose shift is made longer, and by how much.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Extend {
    /// People whose shift ends within this.
    pub ends_within: Millis,
    /// They are asked to stay this much longer.
    pub by: Millis,
}

/// How many seats a tier asks for.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seats {
    /// Everyone whom the pools can give.
    All,
    /// `max` when more than `ask_max_above` are waiting, else `min`.
    Range(SeatRange),
    /// As many as the load requires; the fallback where that cannot be computed.
    Required {
        /// Asked for where the seats required cannot be computed.
        fallback: SeatRange,
    },
}

/// From so many to so many seats, both included.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SeatRange {
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
}

/// How people are taken back: one move a window, last in first out.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Release {
    /// A `waiting_at_most` condition.
    pub when: When,
    /// A move stays at least this long after it settled.
    pub min_stay: Millis,
    /// How much goes back in one window.
    #[serde(default)]
    pub step: Step,
}

/// How much goes back in one window.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A whole move.
    #[default]
    Move,
    /// One person: of the last move the one who was asked last.
    Person,
}

/// What must be passed, for how long, and how that is judged.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct When {
    /// What is compared with what.
    pub threshold: Threshold,
    /// What must hold as well.
    #[serde(default, skip_serializing_if = "Also::is_empty")]
    pub also: Also,
    /// For how long.
    #[serde(rename = "for")]
    pub hold: Millis,
    /// How.
    pub judge: Judge,
}

impl When {
    /// A condition of one measure.
    pub fn of(threshold: Threshold, hold: Millis, judge: Judge) -> When {
        When {
            threshold,
            also: Also::default(),
            hold,
            judge,
        }
    }

    /// Whether another condition cannot be passed while this one is: they limit the same measure from both sides.
    pub fn rules_out(&self, other: &When) -> bool {
        let apart = |one: &Threshold, other: &Threshold| match (one, other) {
            (Threshold::WaitingAtMost(at_most), Threshold::WaitingAbove { above, .. }) => above >= at_most,
            (Threshold::AnsweredShareAtLeast(least), Threshold::AnsweredShareBelow(below)) => {
                least.over == below.over && least.share >= below.share
            }
            _ => false,
        };
        self.thresholds()
            .any(|one| other.thresholds().any(|other| apart(one, other)))
    }

    /// Everything that must hold.
    pub fn thresholds(&self) -> impl Iterator<Item = &Threshold> {
        std::iter::once(&self.threshold).chain(self.also.iter())
    }
}

/// Further thresholds of a condition: no measure stands twice in one, so that there is place for all.
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Threshold>", into = "Vec<Threshold>")]
pub struct Also([Option<Threshold>; ALSO_MAX]);

/// Most further thresholds of a condition.
pub const ALSO_MAX: usize = 6;

impl Also {
    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = &Threshold> {
        self.0.iter().flatten()
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

impl TryFrom<Vec<Threshold>> for Also {
    type Error = String;

    /// # Errors
    /// In words, where there are more than a condition has place for.
    fn try_from(thresholds: Vec<Threshold>) -> Result<Also, String> {
        let mut also = Also::default();
        let count = thresholds.len();
        let Some(places) = also.0.get_mut(..count) else {
            return Err(format!(
                "a condition has at most {ALSO_MAX} further thresholds, and these are {count}"
            ));
        };
        places
            .iter_mut()
            .zip(thresholds)
            .for_each(|(place, threshold)| *place = Some(threshold));
        Ok(also)
    }
}

impl From<Also> for Vec<Threshold> {
    fn from(also: Also) -> Vec<Threshold> {
        also.iter().copied().collect()
    }
}

/// What is compared with what. A measure that the feed does not tell is unknown, and an unknown measure never holds.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threshold {
    /// More than `above` callers wait, and no more than `at_most` where that closes the band.
    WaitingAbove {
        /// Exclusive.
        above: u32,
        /// Inclusive.
        at_most: Option<u32>,
    },
    /// At most so many callers wait.
    WaitingAtMost(u32),
    /// The caller at the head has waited longer; that grows with the clock.
    LongestWaitAbove(Millis),
    /// More callers wait for each working seat: signed in, and not paused where the feed tells.
    WaitingPerSeatAbove(f64),
    /// A caller who joins now is expected to wait longer: waiting x handling time / working seats.
    ExpectedWaitAbove(Millis),
    /// Of the calls that ended over the last while (answered, or given up where the feed tells), a smaller share was answered within
    /// the target time. Where none ended, it does not hold.
    AnsweredShareBelow(ShareOver),
    /// Of those calls at least this share was answered within the target time. Where none ended, it holds.
    AnsweredShareAtLeast(ShareOver),
    /// Of the calls that ended over the last while, a larger share was given up.
    AbandonedShareAbove(ShareOver),
    /// More than so many callers more wait than a while ago.
    RisingAbove(RisingOver),
}

impl Threshold {
    /// More callers than so many must wait, and no more than so many may, where it is a line on the depth.
    pub fn band(&self) -> Option<(u32, Option<u32>)> {
        match *self {
            Threshold::WaitingAbove { above, at_most } => Some((above, at_most)),
            Threshold::WaitingAtMost(_)
            | Threshold::LongestWaitAbove(_)
            | Threshold::WaitingPerSeatAbove(_)
            | Threshold::ExpectedWaitAbove(_)
            | Threshold::AnsweredShareBelow(_)
            | Threshold::AnsweredShareAtLeast(_)
            | Threshold::AbandonedShareAbove(_)
            | Threshold::RisingAbove(_) => None,
        }
    }

    /// No more callers than so many may wait, where it says that alone: the line of calm.
    pub fn calm(&self) -> Option<u32> {
        match *self {
            Threshold::WaitingAtMost(most) => Some(most),
            Threshold::WaitingAbove { .. }
            | Threshold::LongestWaitAbove(_)
            | Threshold::WaitingPerSeatAbove(_)
            | Threshold::ExpectedWaitAbove(_)
            | Threshold::AnsweredShareBelow(_)
            | Threshold::AnsweredShareAtLeast(_)
            | Threshold::AbandonedShareAbove(_)
            | Threshold::RisingAbove(_) => None,
        }
    }

    /// Whether both compare the same measure, if with another limit or over another time.
    pub fn is_like(&self, other: &Threshold) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// A share of the calls that ended over the last while.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ShareOver {
    /// 0 to 1.
    pub share: Millionths,
    /// How long that while is.
    pub over: Millis,
}

/// How fast the depth rises.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RisingOver {
    /// So many more than then.
    pub callers: u32,
    /// How long ago then is.
    pub over: Millis,
}

/// How a threshold is judged over its window.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judge {
    /// Without a break.
    Every,
    /// The time-weighted mean over the window is beyond the threshold.
    Mean,
    /// For at least this share of the window.
    Share(Millionths),
}

/// Parts of a million: what a file gives as a fraction is compared in whole numbers.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millionths(pub u32);

impl Millionths {
    /// The whole.
    pub const ONE: Millionths = Millionths(1_000_000);

    /// The nearest to a number from 0 to 4,294; what lies beyond counts as the nearest of these.
    pub fn of(number: f64) -> Millionths {
        Millionths((number * f64::from(Millionths::ONE.0) + 0.5) as u32)
    }

    /// As a number.
    pub fn as_share(self) -> f64 {
        f64::from(self.0) / f64::from(Millionths::ONE.0)
    }
}
