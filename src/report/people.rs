//! Who was lent, against what would be even; and how long people were signed in, against forty hours a week.

use super::grid::{day_of, start};
use crate::core::ladder::Plan;
use crate::core::{AgentState, Decision, Input, Instruction, Name, Time, What};
use crate::journal::{Entry, Record};
use crate::shift::Moved;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Hours a week that nobody works more of on average (plan: "Shift planning").
pub const WEEK_HOURS: f64 = 40.0;
/// People whose hours are kept; who comes after them is not counted.
const LIMIT_PEOPLE: usize = 10_000;

/// What one pool lent.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct LentPool {
    /// The pool; `None`: people who were on the phones and stayed, or were called from home.
    pub pool: Option<Name>,
    /// How many it has, by the plan; `None`: the plan in force does not have it.
    pub size: Option<u32>,
    /// Instructions that asked for its people.
    pub asked: u32,
    /// Hours that its people were away: two people for an hour are two.
    pub hours: f64,
    /// The same for each of its people, were it even; `None` where nobody knows how many they are.
    pub fair_hours: Option<f64>,
    /// Its people, the longest away first. Whoever was never lent is among them where the plan names them.
    pub people: Vec<LentPerson>,
    /// Hours of people whose names nobody said.
    pub nameless_hours: f64,
}

/// What one person was lent.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct LentPerson {
    /// Who.
    pub person: Name,
    /// How often they were asked by name.
    pub asked: u32,
    /// For how long they were away.
    pub hours: f64,
}

/// The hours of one person in one week.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct WeekHours {
    /// Who.
    pub person: Name,
    /// The Monday on which the week begins.
    #[serde(serialize_with = "super::model::as_text")]
    pub week: Date,
    /// The week lies within the report as a whole.
    pub whole: bool,
    /// For how long they were signed in.
    pub hours: f64,
}

/// How often whom was asked.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pools: BTreeMap<Option<Name>, u32>,
    people: BTreeMap<(Option<Name>, Name), u32>,
}

impl Asked {
    pub fn take(&mut self, it: &Instruction) {
        if it.shadow || !it.action.brings_people() {
            return;
        }
        for part in &it.parts {
            *self.pools.entry(part.pool.clone()).or_default() += 1;
            for person in &part.people {
                *self.people.entry((part.pool.clone(), person.clone())).or_default() += 1;
            }
        }
    }

    /// Each pool that was asked or lent, with its people.
    pub fn lent(self, moved: &[Moved], plan: Option<&Plan>) -> Vec<LentPool> {
        let mut pools: BTreeMap<Option<Name>, BTreeMap<Name, LentPerson>> = BTreeMap::new();
        let mut nameless: BTreeMap<Option<Name>, f64> = BTreeMap::new();
        let person = |person: &Name| LentPerson {
            person: person.clone(),
            asked: 0,
            hours: 0.0,
        };
        for pool in self.pools.keys() {
            let people = pools.entry(pool.clone()).or_default();
            let known = pool.as_ref().and_then(|pool| plan?.pools.get(pool));
            people.extend(
                known
                    .into_iter()
                    .flat_map(|it| &it.people)
                    .map(|it| (it.clone(), person(it))),
            );
        }
        for it in moved {
            let people = pools.entry(it.pool.clone()).or_default();
            match &it.person {
                Some(who) => people.entry(who.clone()).or_insert_with(|| person(who)).hours += it.time_s / 3600.0,
                None => *nameless.entry(it.pool.clone()).or_default() += it.time_s / 3600.0,
            }
        }
        for ((pool, who), times) in &self.people {
            let people = pools.entry(pool.clone()).or_default();
            people.entry(who.clone()).or_insert_with(|| person(who)).asked += times;
        }
        let lent = pools.into_iter().map(|(pool, people)| {
            let nameless_hours = nameless.get(&pool).copied().unwrap_or(0.0);
            let hours = people.values().map(|it| it.hours).sum::<f64>() + nameless_hours;
            let known = pool.as_ref().and_then(|pool| plan?.pools.get(pool));
            let size = known.map(|it| it.size.max(u32::try_from(it.people.len()).unwrap_or(u32::MAX)));
            let mut people: Vec<LentPerson> = people.into_values().collect();
            people.sort_by(|a, b| b.hours.total_cmp(&a.hours).then_with(|| a.person.cmp(&b.person)));
            LentPool {
                size,
                asked: self.pools.get(&pool).copied().unwrap_or(0),
                hours,
                fair_hours: size.filter(|n| *n > 0).map(|n| hours / f64::from(n)),
                people,
                nameless_hours,
                pool,
            }
        });
        lent.collect()
    }
}

/// Who is signed in by name, and for how long they were.
#[derive(Debug)]
pub(super) struct OnPhones {
    from: Time,
    to: Time,
    zone: TimeZone,
    on: BTreeMap<Name, BTreeSet<Name>>,
    since: BTreeMap<Name, Time>,
    hours: BTreeMap<(Name, Date), i64>,
}

impl OnPhones {
    pub fn new(from: Time, to: Time, zone: TimeZone) -> OnPhones {
        OnPhones {
            from,
            to,
            zone,
            on: BTreeMap::new(),
            since: BTreeMap::new(),
            hours: BTreeMap::new(),
        }
    }

    pub fn take(&mut self, entry: &Entry) {
        match &entry.record {
            Record::Input(Input::Reading { reading }) => {
                if let Some(agents) = &reading.agents {
                    let on = agents.iter().filter(|it| it.state != AgentState::SignedOut);
                    self.now_on(&reading.queue, on.map(|it| it.person.clone()).collect(), entry.at);
                }
            }
            Record::Input(Input::StoodStill { .. }) => {
                let queues: Vec<Name> = self.on.keys().cloned().collect();
                for queue in queues {
                    self.now_on(&queue, BTreeSet::new(), entry.at);
                }
            }
            Record::Decision(Decision {
                at,
                queue,
                what: What::FeedLost { .. },
            }) => self.now_on(queue, BTreeSet::new(), *at),
            Record::Input(_) | Record::Decision(_) | Record::Fact(_) => {}
        }
    }

    /// A person on several queues is at work once.
    fn now_on(&mut self, queue: &Name, now: BTreeSet<Name>, at: Time) {
        let before = self.on.insert(queue.clone(), now.clone()).unwrap_or_default();
        for person in before.difference(&now) {
            if !self.on.values().any(|on| on.contains(person)) {
                self.went(person, at);
            }
        }
        for person in now.difference(&before) {
            if self.since.len() < LIMIT_PEOPLE {
                self.since.entry(person.clone()).or_insert(at);
            }
        }
    }

    fn went(&mut self, person: &Name, at: Time) {
        let Some(since) = self.since.remove(person) else { return };
        let (mut since, until) = (since.max(self.from), at.min(self.to));
        while since < until {
            let week = monday(day_of(since, &self.zone));
            let end = start(week.saturating_add(7.days()), 0, &self.zone).max(Time(since.0 + 1));
            *self.hours.entry((person.clone(), week)).or_default() += (end.min(until) - since).0;
            since = end;
        }
    }

    /// Everybody's weeks, by person.
    pub fn end(mut self, at: Time) -> Vec<WeekHours> {
        let people: Vec<Name> = self.since.keys().cloned().collect();
        for person in people {
            self.went(&person, at);
        }
        let (from, to, zone) = (self.from, self.to.min(at), self.zone);
        let hours = self.hours.into_iter().map(|((person, week), ms)| WeekHours {
            person,
            whole: start(week, 0, &zone) >= from && start(week.saturating_add(7.days()), 0, &zone) <= to,
            hours: ms as f64 / 3_600_000.0,
            week,
        });
        hours.collect()
    }
}

fn monday(day: Date) -> Date {
    let days = i64::from(day.weekday().to_monday_zero_offset());
    day.saturating_sub(days.days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Agent, Millis, Reading};

    fn signed_in(queue: &str, at: Time, people: &[&str]) -> Entry {
        let agents = people.iter().map(|it| Agent {
            person: Name::from(*it),
            state: AgentState::Busy,
        });
        let reading = Reading {
            agents: Some(agents.collect()),
            ..Reading::of(queue, 0)
        };
        Entry {
            seq: 1,
            at,
            record: Record::Input(Input::Reading { reading }),
            unlogged: false,
        }
    }

    #[test]
    fn a_person_on_two_queues_works_once_and_weeks_part_at_midnight_of_monday() {
        // Sunday, 1 November 2026, 22:00 UTC.
        let sunday = start(jiff::civil::date(2026, 11, 1), 22, &TimeZone::UTC);
        let hour = |n: i64| sunday + Millis::from_mins(60 * n);
        let mut on = OnPhones::new(hour(-100), hour(500), TimeZone::UTC);
        on.take(&signed_in("inbound", hour(0), &["E01", "E02"]));
        on.take(&signed_in("billing", hour(1), &["E01"]));
        on.take(&signed_in("inbound", hour(2), &[]));
        on.take(&signed_in("billing", hour(5), &[]));
        let weeks = on.end(hour(400));
        let told: Vec<_> = weeks
            .iter()
            .map(|it| (it.person.as_str(), it.week.to_string(), it.hours, it.whole))
            .collect();
        assert_eq!(
            told,
            [
                ("E01", "2026-10-26".into(), 2.0, false),
                ("E01", "2026-11-02".into(), 3.0, true),
                ("E02", "2026-10-26".into(), 2.0, false),
            ]
        );
    }

    #[test]
    fn what_is_even_is_shared_by_all_of_the_pool_who_was_never_lent_too() {
        let mut plan = Plan::default();
        plan.pools.insert(
            "expert".into(),
            crate::core::ladder::Pool {
                people: vec!["E01".into(), "E02".into(), "E03".into()],
                size: 3,
                ..Default::default()
            },
        );
        let moved = |person: &str, hours: f64| Moved {
            person: Some(person.into()),
            pool: Some("expert".into()),
            seats: 1,
            time_s: hours * 3600.0,
        };
        let lent = Asked::default().lent(&[moved("E01", 4.0), moved("E02", 2.0)], Some(&plan));
        assert_eq!((lent.len(), lent[0].hours, lent[0].fair_hours), (1, 6.0, Some(2.0)));
    }
}
