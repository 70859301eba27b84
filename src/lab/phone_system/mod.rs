//! The simulated phone system: callers arrive, wait first come first served, give up, are answered; people sign in and out.
//!
//! ```text
//!            free person                 call ends
//! caller ──┬────────────► on a call ◄──────────────┐
//!          │ none free                             │ the longest free takes the longest waiting
//!          └────────────► waiting ─────────────────┘
//!                            └── patience ends ──► gone
//! ```
//!
//! Pure: told the time, never asks for it. [`PhoneSystem::poll`] does what is due, one thing a call, and says what it was.

mod crew;

use super::agenda::Agenda;
use super::arrivals::Arrivals;
use super::draw::{Draw, Lasting, whole};
use super::scenario::{MAX_PEOPLE, Scenario, ScenarioFault};
use crate::core::{Agent, Millis, Name, Part, Reading, Time};
use crew::Crew;
use std::collections::VecDeque;

/// A simulated phone system.
pub struct PhoneSystem {
    started: Time,
    draw: Draw,
    queues: Vec<Queue>,
    due: Agenda<Due>,
    /// What people who signed in brought about, to be told by the next polls.
    untold: VecDeque<Event>,
}

/// Something that happened.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// When.
    pub at: Time,
    /// The queue, as numbered in the scenario.
    pub queue: usize,
    /// What.
    pub what: Happening,
}

/// What happened. Every caller is told of once when they come (`Waits`, or `Answered` after no wait) and once when the
/// wait ends.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Happening {
    /// A caller found nobody free.
    Waits,
    /// A caller is answered.
    Answered {
        /// After this long; zero where somebody was free.
        waited: Millis,
    },
    /// A caller gave up.
    GaveUp {
        /// After this long.
        waited: Millis,
    },
    /// A call ended and nobody waits, or the person signed out.
    Ended,
}

/// The time in which it counts calls as answered in time: what most floors ask, and the demo's plan.
const TARGET: Millis = Millis::from_secs(20);

/// There is no queue of that name in the scenario.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the simulated phone system has no queue {0:?}")]
pub struct NoSuchQueue(pub Name);

/// What is planned.
#[derive(Copy, Clone)]
enum Due {
    Arrival { queue: usize },
    End { queue: usize, person: usize },
    GiveUp { queue: usize, caller: u64 },
}

struct Queue {
    name: Name,
    arrivals: Arrivals,
    lasting: Lasting,
    patience: Option<Millis>,
    /// In the order of arrival, so by number too.
    waiting: VecDeque<Caller>,
    crew: Crew,
    offered: u64,
    answered: u64,
    /// Of these, those that waited no longer than [`TARGET`].
    in_target: u64,
    abandoned: u64,
}

#[derive(Copy, Clone)]
struct Caller {
    number: u64,
    since: Time,
}

impl PhoneSystem {
    /// Begins at `started` with nobody on the line. The same scenario and seed give the same day.
    pub fn new(scenario: &Scenario, seed: u64, started: Time) -> Result<PhoneSystem, ScenarioFault> {
        scenario.check()?;
        let queue = |it: &super::scenario::QueueScenario| Queue {
            name: it.name.clone(),
            arrivals: Arrivals::new(&it.calls),
            lasting: Lasting::new(it.handling),
            patience: it.patience,
            waiting: VecDeque::new(),
            crew: Crew::new(&it.staff, &it.floating),
            offered: 0,
            answered: 0,
            in_target: 0,
            abandoned: 0,
        };
        let mut phones = PhoneSystem {
            started,
            draw: Draw::new(seed),
            queues: scenario.queues.iter().map(queue).collect(),
            due: Agenda::new(started),
            untold: VecDeque::new(),
        };
        for queue in 0..phones.queues.len() {
            phones.plan_arrival(queue);
        }
        Ok(phones)
    }

    /// When something is due next. Waking earlier or later changes nothing but when it is told.
    pub fn next_event_at(&self) -> Option<Time> {
        let told = self.untold.front().map(|event| event.at);
        let planned = self.due.next_at();
        told.or((planned < Time::NEVER).then_some(planned))
    }

    /// Does the next thing that is due by `now` and tells it. `None`: all is done up to `now`.
    pub fn poll(&mut self, now: Time) -> Option<Event> {
        if let Some(event) = self.untold.pop_front() {
            return Some(event);
        }
        while self.due.next_at() <= now
            && let Some((at, due)) = self.due.pop()
        {
            let done = match due {
                Due::Arrival { queue } => Some((queue, self.arrive(queue, at))),
                Due::End { queue, person } => Some((queue, self.end(queue, person, at))),
                // Most who wait are answered before their patience ends.
                Due::GiveUp { queue, caller } => self.give_up(queue, caller, at).map(|what| (queue, what)),
            };
            if let Some((queue, what)) = done {
                return Some(Event { at, queue, what });
            }
        }
        None
    }

    /// Names of the queues, as numbered in the scenario.
    pub fn queues(&self) -> impl Iterator<Item = &Name> {
        self.queues.iter().map(|queue| &queue.name)
    }

    /// Callers waiting in a queue, by its number.
    pub fn waiting(&self, queue: usize) -> usize {
        self.queues[queue].waiting.len()
    }

    /// The state of a queue, by its number, after all that was polled. Nobody is ever paused here.
    pub fn reading(&self, queue: usize, now: Time) -> Reading {
        let it = &self.queues[queue];
        Reading {
            at: Some(now),
            longest_wait: Some(it.waiting.front().map_or(Millis::ZERO, |caller| now - caller.since)),
            signed_in: Some(it.crew.signed_in()),
            available: Some(it.crew.available()),
            paused: Some(0),
            offered: Some(it.offered),
            answered: Some(it.answered),
            answered_in_target: Some(it.in_target),
            abandoned: Some(it.abandoned),
            ..Reading::of(it.name.clone(), it.waiting.len() as u32)
        }
    }

    /// The people of a queue, by its number: everybody who was ever signed in, and those known by name.
    pub fn agents(&self, queue: usize) -> Vec<Agent> {
        self.queues[queue].crew.agents()
    }

    /// Signs people in: those named, or else so many of the pool. Who is signing out stays. They take waiting callers at
    /// once; the next polls tell. Tells how many more are signed in. Poll up to `now` first.
    pub fn sign_in(&mut self, queue: &Name, part: &Part, now: Time) -> Result<u32, NoSuchQueue> {
        let index = self.index(queue)?;
        let signed_in = self.queues[index].crew.sign_in(part, MAX_PEOPLE);
        while let Some(waited) = self.answer_next(index, now) {
            self.untold.push_back(Event {
                at: now,
                queue: index,
                what: Happening::Answered { waited },
            });
        }
        Ok(signed_in)
    }

    /// Signs people out: those named, or else so many of the pool, last in first out. Who is on a call ends it first.
    /// Tells how many leave. Poll up to `now` first.
    pub fn sign_out(&mut self, queue: &Name, part: &Part) -> Result<u32, NoSuchQueue> {
        let index = self.index(queue)?;
        Ok(self.queues[index].crew.sign_out(part))
    }

    fn index(&self, queue: &Name) -> Result<usize, NoSuchQueue> {
        let found = self.queues.iter().position(|it| it.name == *queue);
        found.ok_or_else(|| NoSuchQueue(queue.clone()))
    }

    fn plan_arrival(&mut self, queue: usize) {
        let due = self.draw.exponential();
        if let Some(after) = self.queues[queue].arrivals.next(due) {
            self.due.plan(self.started + whole(after), Due::Arrival { queue });
        }
    }

    fn arrive(&mut self, index: usize, now: Time) -> Happening {
        self.plan_arrival(index);
        let queue = &mut self.queues[index];
        queue.offered += 1;
        let number = queue.offered;
        queue.waiting.push_back(Caller { number, since: now });
        if let Some(waited) = self.answer_next(index, now) {
            return Happening::Answered { waited };
        }
        if let Some(patience) = self.queues[index].patience {
            let waits = whole(patience.0 as f64 * self.draw.exponential());
            let give_up = Due::GiveUp {
                queue: index,
                caller: number,
            };
            self.due.plan(now + waits, give_up);
        }
        Happening::Waits
    }

    /// Brings the longest waiting caller to the longest free person, if there are both.
    fn answer_next(&mut self, index: usize, now: Time) -> Option<Millis> {
        let queue = &mut self.queues[index];
        let caller = *queue.waiting.front()?;
        let person = queue.crew.take_call()?;
        queue.waiting.pop_front();
        queue.answered += 1;
        queue.in_target += u64::from(now - caller.since <= TARGET);
        let lasts = self.draw.lasting(&queue.lasting);
        self.due.plan(now + lasts, Due::End { queue: index, person });
        Some(now - caller.since)
    }

    fn end(&mut self, index: usize, person: usize, now: Time) -> Happening {
        self.queues[index].crew.end_call(person);
        match self.answer_next(index, now) {
            Some(waited) => Happening::Answered { waited },
            None => Happening::Ended,
        }
    }

    fn give_up(&mut self, index: usize, number: u64, now: Time) -> Option<Happening> {
        let queue = &mut self.queues[index];
        let place = queue
            .waiting
            .binary_search_by_key(&number, |caller| caller.number)
            .ok()?;
        let caller = queue.waiting.remove(place)?;
        queue.abandoned += 1;
        Some(Happening::GaveUp {
            waited: now - caller.since,
        })
    }
}
