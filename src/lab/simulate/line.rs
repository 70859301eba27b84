//! One queue: who waits, who answers, and what is counted of it.

use super::crew::{Crew, Gone};
use super::prepare::{Callers, PreparedQueue};
use super::run::Steps;
use super::totals::Totals;
use crate::core::{Millis, Name, Reading, Time};
use crate::lab::arrivals::Arrivals;
use crate::lab::draw::{Draw, Lasting};
use std::collections::VecDeque;
use std::sync::Arc;

const HOUR_MS: f64 = 3_600_000.0;
/// The crew of the queue's own people.
pub(super) const OWN: usize = 0;

/// What the streams of chance are for; each queue has its own of each.
#[derive(Copy, Clone)]
pub(super) enum Purpose {
    Arrivals,
    Handling,
    Patience,
    Factor,
    Redials,
    Breaks,
    Supervisor,
    Coming,
}

/// The stream for a purpose on a queue.
pub(super) fn stream(seed: u64, day: u32, purpose: Purpose, queue: usize) -> Draw {
    Draw::stream(seed, day, ((purpose as u64) << 32) | queue as u64)
}

pub(super) struct Line {
    pub(super) name: Name,
    pub(super) arrivals: Coming,
    handling: Arc<Lasting>,
    patience: Option<(Arc<Lasting>, f64)>,
    draw_arrivals: Draw,
    draw_handling: Draw,
    draw_patience: Draw,
    pub(super) draw_redials: Draw,
    pub(super) draw_breaks: Draw,
    /// In the order of arrival, so by number too.
    pub(super) waiting: VecDeque<Caller>,
    pub(super) crews: Vec<Crew>,
    people: People,
    /// Own people by the schedule, before who stays longer and who is lent.
    pub(super) scheduled: u32,
    /// Own people lent to other queues.
    pub(super) lent: u32,
    /// Own people who may stay beyond the schedule, and those who do.
    pub(super) may_stay: u32,
    pub(super) kept: u32,
    /// Breaks that are due and wait for a call to end.
    pub(super) breaks_owed: u32,
    /// Which crews are of people from home.
    pub(super) from_home: Vec<bool>,
    /// What the next caller brings.
    pub(super) brought: Brought,
    callers: u64,
    pub(super) counted: Counted,
    told: (u32, u32, u32),
    /// Room for what the feed tells next: what it told last but one.
    said: Option<Reading>,
    /// At or below which the release line is crossed.
    pub(super) calm_at: Option<u32>,
}

/// People of all crews together: every event asks for them, and few change more than who is free.
#[derive(Copy, Clone, PartialEq, Default, Debug)]
struct People {
    free: u32,
    busy: u32,
    on_break: u32,
    /// Of those who are to be here: not the queue's own; and from home.
    moved: u32,
    from_home: u32,
}

/// When callers come.
pub(super) enum Coming {
    Drawn { arrivals: Arrivals, factor: f64 },
    Recorded { day: usize, next: usize },
}

/// A caller on the line.
#[derive(Copy, Clone, Debug)]
pub(super) struct Caller {
    pub(super) number: u64,
    pub(super) since: Time,
    /// Milliseconds at the usual pace.
    pub(super) handling: f64,
    /// How often they have given up before.
    pub(super) tries: u32,
    /// Came while it counts.
    pub(super) counts: bool,
}

/// What a caller brings: drawn whether it is needed or not, so that other plans meet the same callers.
#[derive(Copy, Clone, Default, Debug)]
pub(super) struct Brought {
    pub(super) handling: f64,
    /// `None`: waits for ever.
    pub(super) patience: Option<Millis>,
    /// Does not wait at all.
    pub(super) at_once: bool,
}

/// Sums and the state that they are sums of.
pub(super) struct Counted {
    pub(super) totals: Totals,
    pub(super) steps: Steps,
    /// Time counts up to here.
    upto: Time,
    /// Time counts at all.
    pub(super) on: bool,
    pub(super) longest: Millis,
    /// What the feed counts since its start.
    offered: u64,
    answered: u64,
    gave_up: u64,
    pub(super) target: Millis,
}

impl Line {
    pub(super) fn new(
        queue: &PreparedQueue,
        place: usize,
        crews: Vec<Crew>,
        from_home: Vec<bool>,
        (seed, day, start): (u64, u32, Time),
        target: Millis,
    ) -> Line {
        let draw = |purpose| stream(seed, day, purpose, place);
        let arrivals = match &queue.callers {
            Callers::PerHour { rates, every } => Coming::Drawn {
                arrivals: Arrivals::by_interval(rates, *every),
                factor: match queue.scenario.day_factor {
                    Some(shape) => draw(Purpose::Factor).gamma(shape),
                    None => 1.0,
                },
            },
            Callers::Counted(rates) => Coming::Drawn {
                arrivals: Arrivals::by_interval(&rates.days[day as usize % rates.days.len()], rates.every),
                factor: 1.0,
            },
            Callers::Recorded(days) => Coming::Recorded {
                day: day as usize % days.len(),
                next: 0,
            },
        };
        Line {
            name: queue.name.clone(),
            arrivals,
            handling: Arc::clone(&queue.handling),
            patience: queue.patience.clone(),
            draw_arrivals: draw(Purpose::Arrivals),
            draw_handling: draw(Purpose::Handling),
            draw_patience: draw(Purpose::Patience),
            draw_redials: draw(Purpose::Redials),
            draw_breaks: draw(Purpose::Breaks),
            waiting: VecDeque::new(),
            crews,
            people: People::default(),
            scheduled: 0,
            lent: 0,
            may_stay: 0,
            kept: 0,
            breaks_owed: 0,
            from_home,
            brought: Brought::default(),
            callers: 0,
            counted: Counted {
                totals: Totals::default(),
                steps: Steps::default(),
                upto: start,
                on: true,
                longest: Millis::ZERO,
                offered: 0,
                answered: 0,
                gave_up: 0,
                target,
            },
            told: (u32::MAX, 0, 0),
            said: None,
            calm_at: None,
        }
    }

    /// When the next caller comes, since the day's beginning; draws what they bring.
    pub(super) fn next_caller(&mut self, queue: &PreparedQueue) -> Option<Millis> {
        let (after, known) = match (&mut self.arrivals, &queue.callers) {
            (Coming::Drawn { arrivals, factor }, _) => {
                let due = self.draw_arrivals.exponential() / *factor;
                (crate::lab::draw::whole(arrivals.next(due)?), None)
            }
            (Coming::Recorded { day, next }, Callers::Recorded(days)) => {
                let (after, handling) = *days.get(*day)?.get(*next)?;
                *next += 1;
                (after, handling)
            }
            (Coming::Recorded { .. }, Callers::PerHour { .. } | Callers::Counted(_)) => return None,
        };
        let mut brought = Brought {
            handling: self.draw_handling.millis(&self.handling),
            patience: None,
            at_once: false,
        };
        if let Some((lasting, at_once)) = &self.patience {
            brought.at_once = self.draw_patience.share() <= *at_once;
            brought.patience = Some(self.draw_patience.lasting(lasting));
        }
        if let Some(handling) = known {
            brought.handling = handling.0 as f64;
        }
        self.brought = brought;
        Some(after)
    }

    /// What somebody brings who calls again: from a stream of its own, since how many do depends on the plan.
    pub(super) fn brought_again(&mut self) -> Brought {
        let handling = self.draw_redials.millis(&self.handling);
        Brought {
            handling,
            patience: self
                .patience
                .as_ref()
                .map(|(lasting, _)| self.draw_redials.lasting(lasting)),
            at_once: false,
        }
    }

    /// A caller joins.
    pub(super) fn join(&mut self, now: Time, handling: f64, tries: u32) -> Caller {
        self.callers += 1;
        let counts = self.counted.on;
        self.counted.offered += 1;
        if counts {
            self.counted.totals.offered += 1.0;
            self.counted.totals.redials += f64::from(u8::from(tries > 0));
        }
        Caller {
            number: self.callers,
            since: now,
            handling,
            tries,
            counts,
        }
    }

    /// The first crew with somebody free; own people first.
    pub(super) fn somebody_free(&self) -> Option<usize> {
        if self.people.free == 0 {
            return None;
        }
        self.crews.iter().position(|crew| crew.free > 0)
    }

    /// Somebody of a crew takes a call; tells how long it lasts.
    pub(super) fn take(&mut self, crew: usize, caller: &Caller, now: Time) -> Millis {
        let taking = &mut self.crews[crew];
        taking.free -= 1;
        taking.busy += 1;
        self.people.free -= 1;
        self.people.busy += 1;
        let lasting = crate::lab::draw::whole(caller.handling * taking.pace);
        let waited = now - caller.since;
        self.counted.answered += 1;
        if caller.counts {
            let totals = &mut self.counted.totals;
            totals.answered += 1.0;
            totals.in_target += f64::from(u8::from(waited <= self.counted.target));
            totals.waited += waited.0 as f64;
            totals.waited_answered += waited.0 as f64;
            self.counted.longest = self.counted.longest.max(waited);
        }
        lasting
    }

    /// A caller has given up.
    pub(super) fn lose(&mut self, caller: &Caller, now: Time) {
        let waited = now - caller.since;
        self.counted.gave_up += 1;
        if caller.counts {
            let totals = &mut self.counted.totals;
            totals.gave_up += 1.0;
            totals.gave_up_early += f64::from(u8::from(waited <= self.counted.target));
            totals.waited += waited.0 as f64;
            self.counted.longest = self.counted.longest.max(waited);
        }
    }

    /// A call of a crew's has ended: its person goes, or is free.
    pub(super) fn end_call(&mut self, crew: usize) -> Gone {
        let gone = self.crews[crew].end_call();
        self.people.busy -= 1;
        self.people.free += 1 - gone.people;
        gone
    }

    /// Crews have changed otherwise than by a call.
    pub(super) fn recount(&mut self) {
        self.people = self.counted_people();
    }

    fn counted_people(&self) -> People {
        let mut people = People::default();
        for (place, (crew, from_home)) in self.crews.iter().zip(&self.from_home).enumerate() {
            people.free += crew.free;
            people.busy += crew.busy;
            people.on_break += crew.on_break;
            people.moved += if place == OWN { 0 } else { crew.target };
            people.from_home += if *from_home { crew.target } else { 0 };
        }
        people
    }

    /// How many own people are to be here.
    pub(super) fn own_target(&self) -> u32 {
        (self.scheduled + self.kept).saturating_sub(self.lent)
    }

    /// Adds up the time since it was last added up, as it was until now.
    pub(super) fn pass(&mut self, now: Time) {
        let hours = (now - self.counted.upto).0 as f64 / HOUR_MS;
        if hours <= 0.0 {
            return;
        }
        self.counted.upto = now;
        if !self.counted.on {
            return;
        }
        debug_assert_eq!(self.people, self.counted_people());
        let waiting = self.waiting.len();
        let People {
            free,
            busy,
            moved,
            from_home,
            ..
        } = self.people;
        let totals = &mut self.counted.totals;
        totals.hours += hours;
        totals.waiting_h += hours * waiting as f64;
        if waiting > 5 {
            totals.above_5_h += hours;
        }
        if waiting > 10 {
            totals.above_10_h += hours;
        }
        totals.busy_h += hours * f64::from(busy);
        totals.seated_h += hours * f64::from(busy + free);
        totals.moved_h += hours * f64::from(moved - from_home);
        if moved > 0 {
            totals.moved_any_h += hours;
        }
        totals.overtime_h += hours * f64::from(from_home + self.kept);
    }

    /// The warm-up is over: counts from here.
    pub(super) fn count_from(&mut self, now: Time) {
        self.pass(now);
        self.counted.on = true;
        self.counted.totals = Totals::default();
        self.counted.steps = Steps::default();
        self.counted.longest = Millis::ZERO;
    }

    /// The state as the feed tells it; `None` where it is as told before. Whoever takes it leaves another reading of this queue in its
    /// place, or none.
    pub(super) fn reading(&mut self, now: Time, always: bool) -> Option<&mut Option<Reading>> {
        let People {
            free, busy, on_break, ..
        } = self.people;
        let state = (self.waiting.len() as u32, free + busy + on_break, on_break);
        if state == self.told && !always {
            return None;
        }
        let fell = |calm: u32| self.told.0 != u32::MAX && self.told.0 > calm && state.0 <= calm;
        if self.counted.on && self.calm_at.is_some_and(fell) {
            self.counted.steps.crossed += 1.0;
        }
        self.told = state;
        let (waiting, signed_in, paused) = state;
        let reading = self.said.get_or_insert_with(|| Reading::of(self.name.clone(), 0));
        reading.at = Some(now);
        reading.waiting = waiting;
        reading.longest_wait = Some(self.waiting.front().map_or(Millis::ZERO, |caller| now - caller.since));
        reading.signed_in = Some(signed_in);
        reading.available = Some(free);
        reading.paused = Some(paused);
        reading.offered = Some(self.counted.offered);
        reading.answered = Some(self.counted.answered);
        reading.abandoned = Some(self.counted.gave_up);
        Some(&mut self.said)
    }
}
