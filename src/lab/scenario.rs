//! What a simulated floor has to cope with: how many call, how long calls last, who is there.
//!
//! Plain data. [`Scenario::check`] says what is wrong with it before anything runs.

use crate::core::{Millis, Name};
use std::collections::BTreeSet;

/// Queues of a scenario.
pub const MAX_QUEUES: usize = 10_000;
/// People of a queue, those signed in later included.
pub const MAX_PEOPLE: usize = 10_000;
/// Calls an hour of a queue.
pub const MAX_CALLS_PER_HOUR: f64 = 10_000_000.0;
/// Points of a profile.
pub const MAX_POINTS: usize = 100_000;

/// A simulated floor.
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    /// Its queues.
    pub queues: Vec<QueueScenario>,
}

/// One queue of it.
#[derive(Clone, PartialEq, Debug)]
pub struct QueueScenario {
    /// The phone system's name for it.
    pub name: Name,
    /// How many call, over time.
    pub calls: Profile,
    /// How long calls last.
    pub handling: Handling,
    /// Mean of what callers would wait before they give up (exponential); `None`: they never do.
    pub patience: Option<Millis>,
    /// Who is signed in from the beginning.
    pub staff: Vec<Name>,
    /// Who is known to the phone system by name and signed out at the beginning.
    pub floating: Vec<Name>,
}

/// Calls an hour, linear between points. The first point's rate holds before it, the last one's after it.
#[derive(Clone, PartialEq, Debug)]
pub struct Profile {
    /// In the order of time.
    pub points: Vec<Point>,
    /// Begins again after this long, not before the last point.
    pub repeats_after: Option<Millis>,
}

/// A corner of a profile.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Point {
    /// Since the beginning.
    pub after: Millis,
    /// Calls an hour then.
    pub calls_per_hour: f64,
}

/// How long calls last, after-call work included.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Handling {
    /// As in Erlang's formulas.
    Exponential {
        /// The mean.
        mean: Millis,
    },
    /// As measured in most call centres.
    Lognormal {
        /// The mean.
        mean: Millis,
        /// The standard deviation.
        deviation: Millis,
    },
}

/// What is wrong with a scenario.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum ScenarioFault {
    /// None, or too many.
    #[error("a scenario has {0} queues; 1 to {MAX_QUEUES} are possible")]
    Queues(usize),
    /// Twice the same.
    #[error("queue {0:?} is there twice; give each queue a name of its own")]
    SameName(Name),
    /// Too many people, or the same one twice.
    #[error("queue {queue:?}: {what}; name each person once, at most {MAX_PEOPLE} a queue")]
    People {
        /// The queue.
        queue: Name,
        /// What came.
        what: String,
    },
    /// A profile that does not say when how many call.
    #[error("queue {queue:?}, calls: {what}")]
    Calls {
        /// The queue.
        queue: Name,
        /// What came and what is expected.
        what: String,
    },
    /// A time that is not possible.
    #[error("queue {queue:?}: {what} is {} s; it must be {expected}", came.as_secs())]
    Span {
        /// The queue.
        queue: Name,
        /// Which time.
        what: &'static str,
        /// What came.
        came: Millis,
        /// What is expected.
        expected: &'static str,
    },
}

impl Scenario {
    /// One queue in steady state, as in Erlang's formulas.
    pub fn steady(calls_per_hour: f64, handle: Millis, patience: Option<Millis>, seats: usize) -> Scenario {
        Scenario {
            queues: vec![QueueScenario {
                name: Name::from("inbound"),
                calls: Profile::constant(calls_per_hour),
                handling: Handling::Exponential { mean: handle },
                patience,
                staff: people("A", seats),
                floating: Vec::new(),
            }],
        }
    }

    /// Whether it can be run.
    pub fn check(&self) -> Result<(), ScenarioFault> {
        if self.queues.is_empty() || self.queues.len() > MAX_QUEUES {
            return Err(ScenarioFault::Queues(self.queues.len()));
        }
        let mut names = BTreeSet::new();
        for queue in &self.queues {
            if !names.insert(&queue.name) {
                return Err(ScenarioFault::SameName(queue.name.clone()));
            }
            queue.check()?;
        }
        Ok(())
    }
}

impl QueueScenario {
    fn check(&self) -> Result<(), ScenarioFault> {
        let everybody: Vec<&Name> = self.staff.iter().chain(&self.floating).collect();
        let people = |what| ScenarioFault::People {
            queue: self.name.clone(),
            what,
        };
        if everybody.len() > MAX_PEOPLE {
            return Err(people(format!("{} people", everybody.len())));
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = everybody.into_iter().find(|person| !seen.insert(*person)) {
            return Err(people(format!("{twice:?} is there twice")));
        }
        let span = |what, came, expected| ScenarioFault::Span {
            queue: self.name.clone(),
            what,
            came,
            expected,
        };
        let (Handling::Exponential { mean } | Handling::Lognormal { mean, .. }) = self.handling;
        if mean <= Millis::ZERO {
            return Err(span("the handling time", mean, "more than 0 s"));
        }
        if let Handling::Lognormal { deviation, .. } = self.handling
            && deviation < Millis::ZERO
        {
            return Err(span("the deviation of the handling time", deviation, "0 s or more"));
        }
        if let Some(patience) = self.patience
            && patience < Millis::ZERO
        {
            return Err(span("the patience", patience, "0 s or more"));
        }
        self.calls.check().map_err(|what| ScenarioFault::Calls {
            queue: self.name.clone(),
            what,
        })
    }
}

impl Profile {
    /// The same rate for ever.
    pub fn constant(calls_per_hour: f64) -> Profile {
        Profile {
            points: vec![Point {
                after: Millis::ZERO,
                calls_per_hour,
            }],
            repeats_after: None,
        }
    }

    /// Corners as minutes and calls an hour.
    pub fn by_minute(corners: &[(i64, f64)]) -> Profile {
        let corner = |&(minute, calls_per_hour)| Point {
            after: Millis::from_mins(minute),
            calls_per_hour,
        };
        Profile {
            points: corners.iter().map(corner).collect(),
            repeats_after: None,
        }
    }

    /// Calls to be expected until a time after the last point.
    fn calls_until(&self, end: Millis) -> f64 {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return 0.0;
        };
        let hours = |span: Millis| span.as_secs() / 3_600.0;
        let between = |pair: &[Point]| {
            (hours(pair[1].after) - hours(pair[0].after)) * (pair[0].calls_per_hour + pair[1].calls_per_hour) / 2.0
        };
        hours(first.after) * first.calls_per_hour
            + self.points.windows(2).map(between).sum::<f64>()
            + (hours(end) - hours(last.after)) * last.calls_per_hour
    }

    fn check(&self) -> Result<(), String> {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return Err("no point at all; give at least one, like 600 calls an hour after 0s".to_owned());
        };
        if self.points.len() > MAX_POINTS {
            return Err(format!(
                "{} points; at most {MAX_POINTS} are possible",
                self.points.len()
            ));
        }
        if let Some(point) = self
            .points
            .iter()
            .find(|it| !(0.0..=MAX_CALLS_PER_HOUR).contains(&it.calls_per_hour))
        {
            let came = point.calls_per_hour;
            return Err(format!("{came} calls an hour; 0 to {MAX_CALLS_PER_HOUR} are possible"));
        }
        if first.after < Millis::ZERO || self.points.windows(2).any(|pair| pair[1].after <= pair[0].after) {
            return Err("points must be in the order of time, none before the beginning and no two at once".to_owned());
        }
        match self.repeats_after {
            Some(after) if after <= Millis::ZERO || after < last.after => {
                let (came, last) = (after.as_secs(), last.after.as_secs());
                Err(format!(
                    "they repeat after {came} s; that must be more than 0 s and not before the last point, {last} s"
                ))
            }
            Some(after) if self.calls_until(after) < 1.0 => {
                Err("fewer than one call is to be expected before they repeat; leave the repetition out".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// The floor that `demo` and `acd` show: 46 people in the calm, then a surge that takes the written plan up to the back
/// office and lets it come down again within 50 minutes, if people are on the phones a minute after they are called.
///
/// Its queue is `inbound`. The expert group E01 to E04 is known by name and signed out; outbound, quality and back office
/// are lent by number: with all of them 59 people are there. In the calm, 33 of 46 are on calls. From minute 1 the calls rise to
/// nearly twice what the floor can carry, so that some 25 callers wait and depth stays above five; each tier's people
/// take about one call a minute, which is never enough, so that the fourth tier is called at about minute 21. From minute
/// 24 calls fall back, and from about minute 31 to 46 the tiers are released. After 75 minutes it begins anew.
pub fn surge() -> Scenario {
    let corners = [(0, CALM), (1, CALM), (2, SURGE), (24, SURGE), (26, CALM)];
    Scenario {
        queues: vec![QueueScenario {
            name: Name::from("inbound"),
            calls: Profile {
                repeats_after: Some(Millis::from_mins(75)),
                ..Profile::by_minute(&corners)
            },
            handling: Handling::Lognormal {
                mean: Millis::from_secs(180),
                deviation: Millis::from_secs(120),
            },
            patience: Some(Millis::from_secs(120)),
            staff: people("A", 46),
            floating: people("E", 4),
        }],
    }
}

/// Calls an hour of [`surge`] in the calm, and at its height.
const CALM: f64 = 660.0;
const SURGE: f64 = 1_750.0;

/// `people("E", 4)`: E01, E02, E03, E04.
pub fn people(prefix: &str, count: usize) -> Vec<Name> {
    (1..=count).map(|i| Name::from(format!("{prefix}{i:02}"))).collect()
}
