//! A scenario made ready to run under a plan: its data read, everything looked up once.

use crate::config::Config;
use crate::config::scenario::{Breaks, Calls, Coming, Cost, QueueScenario, Scenario, Spread};
use crate::core::ladder::Plan;
use crate::core::{Millis, Name, Time};
use crate::lab::draw::{Lasting, Observed};
use crate::lab::recorded::calls::{self, CallList, CallsFault, Rates};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Within which a call counts as answered in time where the plan's queue has no target.
pub const TARGET: Millis = Millis::from_secs(20);

const HALF_AN_HOUR: Millis = Millis::from_mins(30);

/// Why a scenario cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum PrepareFault {
    /// A queue that the plan does not have.
    #[error("the scenario has queue {queue:?}, and the plan has {has}; name the plan's queues in the scenario")]
    NoSuchQueue {
        /// The scenario's.
        queue: Name,
        /// The plan's.
        has: String,
    },
    /// A pool that the plan does not have.
    #[error(
        "the scenario speaks of pool {0:?}, which the plan does not have; leave it out, or name one that the plan has"
    )]
    NoSuchPool(Name),
    /// A call list.
    #[error(transparent)]
    Calls(#[from] CallsFault),
    /// Nobody's end was seen.
    #[error("{}: {what}", path.display())]
    Useless {
        /// The call list.
        path: PathBuf,
        /// What it lacks.
        what: &'static str,
    },
    /// A moment that the zone does not have.
    #[error("the scenario's start cannot be a moment in the plan's zone: {0}")]
    Start(#[from] jiff::Error),
}

/// A scenario made ready. Cheap to share between threads.
pub struct Prepared {
    pub(super) scenario: Scenario,
    /// Of the times in call lists.
    zone: TimeZone,
    /// Sorted by name.
    pub(super) queues: Vec<PreparedQueue>,
    pub(super) takes: Lasting,
    /// When each day begins.
    pub(super) starts: Vec<Time>,
    /// Where callers, handling and patience come from, where not from the scenario's own numbers: in words.
    pub from_data: Vec<String>,
}

pub(super) struct PreparedQueue {
    pub(super) name: Name,
    pub(super) scenario: QueueScenario,
    pub(super) callers: Callers,
    pub(super) handling: Arc<Lasting>,
    pub(super) patience: Option<(Arc<Lasting>, f64)>,
    pub(super) redial_after: Option<Lasting>,
}

pub(super) enum Callers {
    /// A Poisson process: calls an hour in each interval.
    PerHour { rates: Vec<f64>, every: Millis },
    /// A Poisson process by the counts of each recorded day.
    Counted(Rates),
    /// As recorded, day by day: since the day's beginning, and how long the call kept somebody, where that was seen.
    Recorded(Vec<Vec<(Millis, Option<Millis>)>>),
}

/// People of a pool, or from outside, as a plan's day needs them.
pub(super) struct PreparedComing {
    pub(super) coming: Coming,
    pub(super) arrive: Lasting,
}

impl Prepared {
    /// Reads what the scenario points to. `from`: a call list whose callers come in place of the scenario's.
    ///
    /// # Errors
    /// In words, what cannot be read or used.
    pub fn new(mut scenario: Scenario, from: Option<&CallList>, zone: &TimeZone) -> Result<Prepared, PrepareFault> {
        let mut data = Data::of(zone);
        let mut queues = Vec::new();
        let several = scenario.queues.len() > 1;
        for (name, queue) in scenario.queues.clone() {
            queues.push(match from {
                Some(list) => data.recorded(name, queue, list, several, &scenario)?,
                None => data.queue(name, queue, several, &scenario)?,
            });
        }
        let recorded = queues.iter().map(|queue| match &queue.callers {
            Callers::Recorded(days) => days.len(),
            Callers::Counted(rates) => rates.days.len(),
            Callers::PerHour { .. } => 1,
        });
        let days = recorded.max().unwrap_or(1) as u32;
        if scenario.days == 1 {
            scenario.days = days.max(1);
        }
        let start = |day: u32| {
            let moment = scenario
                .start
                .checked_add(i64::from(day).days())?
                .to_zoned(zone.clone())?;
            Ok::<_, jiff::Error>(Time(moment.timestamp().as_millisecond()))
        };
        let starts = (0..scenario.days).map(start).collect::<Result<_, _>>()?;
        let takes = data.lasting(&scenario.supervisor.takes)?;
        Ok(Prepared {
            takes,
            queues,
            starts,
            zone: zone.clone(),
            scenario,
            from_data: data.told,
        })
    }

    /// Whether it can run under a plan.
    ///
    /// # Errors
    /// What the plan does not have.
    pub fn fits(&self, config: &Config) -> Result<(), PrepareFault> {
        let plan = &config.plan;
        for queue in &self.queues {
            if !plan.queues.contains_key(&queue.name) {
                let names: Vec<String> = plan.queues.keys().map(|name| format!("{name:?}")).collect();
                return Err(PrepareFault::NoSuchQueue {
                    queue: queue.name.clone(),
                    has: names.join(", "),
                });
            }
        }
        let pools = self.scenario.pools.keys();
        match pools.into_iter().find(|pool| !plan.pools.contains_key(*pool)) {
            Some(pool) => Err(PrepareFault::NoSuchPool(pool.clone())),
            None => Ok(()),
        }
    }

    /// Days of a seed.
    pub fn days(&self) -> u32 {
        self.scenario.days
    }

    /// The scenario itself.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// A moment of every half an hour of all days.
    pub fn moments(&self) -> impl Iterator<Item = Time> {
        let steps = 1 + (self.scenario.length.0 - 1) / HALF_AN_HOUR.0;
        let of = move |start: &Time| {
            let start = *start;
            (0..steps).map(move |step| start + Millis(step * HALF_AN_HOUR.0))
        };
        self.starts.iter().flat_map(of)
    }

    /// The busiest time of each queue whose calls come from numbers: most calls an hour for each person there.
    pub fn busiest(&self) -> BTreeMap<Name, Busiest> {
        let of = |queue: &PreparedQueue| {
            let Callers::PerHour { rates, every } = &queue.callers else {
                return None;
            };
            let people = |n: usize| {
                let place = every.0 * n as i64 / queue.scenario.people_every.0.max(1);
                let known = queue
                    .scenario
                    .people
                    .get(place as usize)
                    .or(queue.scenario.people.last());
                known.copied().unwrap_or(0)
            };
            let load = |n: &usize| rates[*n] / f64::from(people(*n).max(1));
            let hours = (0..rates.len()).filter(|n| Millis(every.0 * *n as i64) < self.scenario.length);
            let worst = hours.max_by(|one, other| load(one).total_cmp(&load(other)))?;
            let busiest = Busiest {
                calls_per_hour: rates[worst],
                handling: mean_of(&queue.scenario.handling)?,
                patience: match &queue.scenario.patience {
                    None => None,
                    Some(patience) => Some(mean_of(&patience.spread)?),
                },
                people: people(worst),
            };
            Some((queue.name.clone(), busiest))
        };
        self.queues.iter().filter_map(of).collect()
    }

    pub(super) fn cost(&self) -> Option<Cost> {
        self.scenario.cost
    }

    /// How the people of each pool of a plan come, by its name; under `None` those from outside.
    ///
    /// # Errors
    /// A call list that cannot be read.
    pub(super) fn comings(&self, plan: &Plan) -> Result<BTreeMap<Option<Name>, PreparedComing>, PrepareFault> {
        let mut data = Data::of(&self.zone);
        let from_home = |pool: &Name| {
            let tiers = plan.ladders.values().flat_map(|ladder| &ladder.tiers);
            tiers
                .filter(|tier| tier.pools.contains(pool))
                .any(|tier| tier.action.from_outside())
        };
        let coming = |pool: &Name| match self.scenario.pools.get(pool) {
            Some(coming) => coming,
            None if from_home(pool) => &self.scenario.called_in,
            None => &self.scenario.moved,
        };
        let pools = plan.pools.keys().map(|pool| (Some(pool.clone()), coming(pool)));
        pools
            .chain([(None, &self.scenario.called_in)])
            .map(|(pool, coming)| {
                let arrive = data.lasting(&coming.arrive)?;
                let coming = coming.clone();
                Ok((pool, PreparedComing { coming, arrive }))
            })
            .collect()
    }
}

/// A queue's busiest time.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Busiest {
    /// Calls an hour.
    pub calls_per_hour: f64,
    /// Mean handling time.
    pub handling: Millis,
    /// Mean patience; `None`: for ever.
    pub patience: Option<Millis>,
    /// People without any move.
    pub people: u32,
}

/// The mean of a span that is told in numbers.
fn mean_of(spread: &Spread) -> Option<Millis> {
    match spread {
        Spread::Exponential { mean } | Spread::Lognormal { mean, .. } | Spread::Always(mean) => Some(*mean),
        Spread::Data(_) => None,
    }
}

/// Call lists that were read, and what was taken from them.
struct Data {
    zone: TimeZone,
    lists: BTreeMap<PathBuf, Arc<CallList>>,
    told: Vec<String>,
}

impl Data {
    fn of(zone: &TimeZone) -> Data {
        Data {
            zone: zone.clone(),
            lists: BTreeMap::new(),
            told: Vec::new(),
        }
    }

    fn list(&mut self, path: &PathBuf) -> Result<Arc<CallList>, PrepareFault> {
        if let Some(list) = self.lists.get(path) {
            return Ok(Arc::clone(list));
        }
        let list = Arc::new(calls::read(path, &calls::Columns::default(), &self.zone)?);
        self.lists.insert(path.clone(), Arc::clone(&list));
        Ok(list)
    }

    fn queue(
        &mut self,
        name: Name,
        queue: QueueScenario,
        several: bool,
        scenario: &Scenario,
    ) -> Result<PreparedQueue, PrepareFault> {
        let callers = match &queue.calls {
            Calls::PerHour { rates, every } => Callers::PerHour {
                rates: rates.clone(),
                every: *every,
            },
            Calls::Recorded(path) => {
                let list = self.list(path)?;
                self.told.push(came(&name, &list));
                callers(&list, of_one(&list, &name, several), scenario, path)?
            }
        };
        let handling = Arc::new(self.lasting(&queue.handling)?);
        let patience = match &queue.patience {
            None => None,
            Some(patience) => Some((Arc::new(self.patience(&patience.spread)?), patience.at_once)),
        };
        self.finish(name, queue, callers, handling, patience)
    }

    /// All three from one list: callers as they came, handling as it was, patience as far as it was seen.
    fn recorded(
        &mut self,
        name: Name,
        queue: QueueScenario,
        list: &CallList,
        several: bool,
        scenario: &Scenario,
    ) -> Result<PreparedQueue, PrepareFault> {
        let only = of_one(list, &name, several);
        let callers = callers(list, only, scenario, &list.path)?;
        self.told.push(came(&name, list));
        let handling = match Observed::product_limit(list.handling(only)) {
            Some(observed) => {
                let told = "handling as recorded, of callers who were not answered then as of any who were";
                self.told.push(format!("{name}: {told}"));
                Lasting::Observed(observed)
            }
            None => self.lasting(&queue.handling)?,
        };
        let patience = match Observed::product_limit(list.patience(only)) {
            Some(observed) => {
                let told =
                    "patience by the estimate of Kaplan and Meier: who was answered shows only that it was longer";
                self.told.push(format!("{name}: {told}"));
                Some((Arc::new(Lasting::Observed(observed)), 0.0))
            }
            None => match &queue.patience {
                None => None,
                Some(patience) => Some((Arc::new(self.patience(&patience.spread)?), patience.at_once)),
            },
        };
        self.finish(name, queue, callers, Arc::new(handling), patience)
    }

    fn finish(
        &mut self,
        name: Name,
        scenario: QueueScenario,
        callers: Callers,
        handling: Arc<Lasting>,
        patience: Option<(Arc<Lasting>, f64)>,
    ) -> Result<PreparedQueue, PrepareFault> {
        let redial_after = match &scenario.redial {
            None => None,
            Some(redial) => Some(self.lasting(&redial.after)?),
        };
        Ok(PreparedQueue {
            name,
            scenario,
            callers,
            handling,
            patience,
            redial_after,
        })
    }

    fn lasting(&mut self, spread: &Spread) -> Result<Lasting, PrepareFault> {
        self.spread(
            spread,
            |list| list.handling(None),
            "it has no handling time (handling_s)",
        )
    }

    fn patience(&mut self, spread: &Spread) -> Result<Lasting, PrepareFault> {
        self.spread(
            spread,
            |list| list.patience(None),
            "nobody in it gave up, so that it tells nothing of patience",
        )
    }

    fn spread(
        &mut self,
        spread: &Spread,
        spans: fn(&CallList) -> Vec<(f64, bool)>,
        lacks: &'static str,
    ) -> Result<Lasting, PrepareFault> {
        Ok(match spread {
            Spread::Exponential { mean } => Lasting::Exponential(mean.0 as f64),
            Spread::Lognormal { mean, deviation } => Lasting::lognormal(*mean, *deviation),
            Spread::Always(span) => Lasting::Always(span.0 as f64),
            Spread::Data(path) => {
                let list = self.list(path)?;
                let observed = Observed::product_limit(spans(&list));
                Lasting::Observed(observed.ok_or_else(|| PrepareFault::Useless {
                    path: path.clone(),
                    what: lacks,
                })?)
            }
        })
    }
}

/// Where the callers of a queue come from, in words.
fn came(queue: &Name, list: &CallList) -> String {
    let as_they = match list.has_counts() {
        true => "as many callers as were counted in each interval of",
        false => "callers as recorded in",
    };
    format!("{queue}: {as_they} {}", list.path.display())
}

/// The queue that is taken from a list; `None`: all of it, since the scenario has no other and the list does not name it.
fn of_one<'a>(list: &CallList, queue: &'a Name, several: bool) -> Option<&'a Name> {
    (several || list.names(queue)).then_some(queue)
}

fn callers(
    list: &CallList,
    only: Option<&Name>,
    scenario: &Scenario,
    path: &std::path::Path,
) -> Result<Callers, PrepareFault> {
    if list.has_counts() {
        let rates = list.rates(only, scenario.start.time(), scenario.length);
        return rates.map(Callers::Counted).ok_or_else(|| PrepareFault::Useless {
            path: path.to_owned(),
            what: "it has no interval of this queue, its intervals are not of one length, or none begins with the scenario's start",
        });
    }
    let days = list.days(only, scenario.start.time(), scenario.length);
    if days.is_empty() {
        return Err(PrepareFault::Useless {
            path: path.to_owned(),
            what: "no call of it came within the scenario's hours (start and length) on this queue",
        });
    }
    Ok(Callers::Recorded(days))
}

impl PreparedQueue {
    pub(super) fn breaks(&self) -> Option<&Breaks> {
        self.scenario.breaks.as_ref()
    }
}
