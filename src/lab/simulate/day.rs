//! One day of one seed, event by event, with the core inside.
//!
//! ```text
//!  next of: event planned, core due
//!     │                        │
//!     ▼                        ▼
//!  callers, calls, people   decisions ──► what the supervisor and the people will do (planned)
//!     │
//!     └──► a reading, where the feed sees a change ──► core
//! ```
//!
//! What the core is due to decide by a moment it decides before what happens in that moment.

use super::crew::{Crew, Gone};
use super::line::{Brought, Caller, Line, OWN, Purpose, stream};
use super::moves::Moves;
use super::prepare::{Prepared, PreparedComing};
use super::run::Steps;
use super::totals::Totals;
use crate::calendar::Calendar;
use crate::core::ladder::{Plan, Threshold};
use crate::core::{Decision, InstructionId, Millis, Name, Time, What};
use crate::lab::agenda::Agenda;
use crate::lab::draw::Draw;
use crate::lab::timeline::Timeline;
use std::collections::BTreeMap;
use std::sync::Arc;

mod people;

/// A plan as a day needs it.
pub(super) struct Ruled {
    pub(super) plan: Arc<Plan>,
    pub(super) calendar: Calendar,
    pub(super) comings: BTreeMap<Option<Name>, PreparedComing>,
}

impl Ruled {
    /// The release line of a queue's own ladder.
    fn calm_at(&self, queue: &Name) -> Option<u32> {
        let ladder = self.plan.ladders.get(&self.plan.queues.get(queue)?.ladder)?;
        ladder.release.when.thresholds().find_map(Threshold::calm)
    }
}

/// A day that is running.
pub(super) struct Day<'a> {
    prepared: &'a Prepared,
    ruled: &'a Ruled,
    timeline: Timeline,
    lines: Vec<Line>,
    /// Names of the crews of every queue: [`OWN`] is the queue's own, then the pools, then whoever comes from outside.
    crews: Vec<Option<Name>>,
    moves: Moves,
    draw_supervisor: Draw,
    draw_coming: Draw,
    due: Agenda<Due>,
    /// Callers on the line, waiting or answered.
    on_the_line: u64,
    /// Seats taken, and how many there are.
    physical_seats: Option<u32>,
    start: Time,
    closed: bool,
}

/// What is planned.
#[derive(Copy, Clone, Debug)]
enum Due {
    /// The next caller of a queue comes.
    Arrival {
        queue: u32,
    },
    Redial {
        queue: u32,
        tries: u32,
    },
    EndCall {
        queue: u32,
        crew: u32,
    },
    GiveUp {
        queue: u32,
        caller: u64,
    },
    Schedule {
        queue: u32,
        step: u32,
    },
    Break {
        queue: u32,
    },
    EndBreak {
        queue: u32,
    },
    /// The supervisor acts on an instruction.
    Act {
        instruction: InstructionId,
    },
    /// People of a part of an instruction come.
    Come {
        instruction: InstructionId,
        part: u16,
        people: u32,
    },
    /// A leader says yes to the tier that waits for it.
    Yes {
        queue: u32,
    },
    /// The feed reports.
    Report,
    WarmedUp,
    Close,
}

impl<'a> Day<'a> {
    pub(super) fn new(prepared: &'a Prepared, ruled: &'a Ruled, seed: u64, day: u32) -> Day<'a> {
        let start = prepared.starts[day as usize];
        let pools = ruled.plan.pools.keys().map(|pool| Some(pool.clone()));
        let crews: Vec<Option<Name>> = [None].into_iter().chain(pools).chain([None]).collect();
        let mut day = Day {
            timeline: Timeline::new(Arc::clone(&ruled.plan), ruled.calendar.clone(), None, start),
            lines: lines(prepared, ruled, &crews, (seed, day, start)),
            crews,
            moves: Moves::default(),
            draw_supervisor: stream(seed, day, Purpose::Supervisor, 0),
            draw_coming: stream(seed, day, Purpose::Coming, 0),
            due: Agenda::new(start),
            on_the_line: 0,
            physical_seats: prepared.scenario.physical_seats.or(ruled.plan.physical_seats),
            start,
            closed: false,
            prepared,
            ruled,
        };
        day.begin();
        day
    }

    fn begin(&mut self) {
        let scenario = &self.prepared.scenario;
        for queue in 0..self.lines.len() {
            self.plan(
                Millis::ZERO,
                Due::Schedule {
                    queue: queue as u32,
                    step: 0,
                },
            );
            self.plan_caller(queue);
            self.plan_break(queue, self.start);
            self.lines[queue].counted.on = scenario.warm_up == Millis::ZERO;
        }
        if scenario.warm_up > Millis::ZERO {
            self.plan(scenario.warm_up, Due::WarmedUp);
        }
        self.plan(scenario.length, Due::Close);
        if let Some(every) = scenario.readings_every {
            self.plan(every, Due::Report);
        }
    }

    /// Runs it to its end: the last caller who came in time has been answered or has given up. Sums of each queue.
    pub(super) fn run(mut self) -> Vec<(Totals, Steps)> {
        while !(self.closed && self.on_the_line == 0) {
            let core = self.timeline.due_at();
            if core <= self.due.next_at() {
                self.timeline.run_to(core);
                self.react();
                continue;
            }
            let Some((at, due)) = self.due.pop() else {
                break;
            };
            self.happen(due, at);
            if self.timeline.has_decided() {
                self.react();
            }
        }
        let days = 1.0;
        let each = self.lines.into_iter().map(|line| {
            let mut totals = line.counted.totals;
            totals.days = days;
            totals.clock_h = totals.hours;
            totals.longest = line.counted.longest.0 as f64;
            if let Some(cost) = self.prepared.cost() {
                totals.cost = cost.moved_hour * totals.moved_h
                    + cost.overtime_hour * totals.overtime_h
                    + cost.lost_call * totals.gave_up;
            }
            (totals, line.counted.steps)
        });
        each.collect()
    }

    fn plan(&mut self, after: Millis, due: Due) {
        self.plan_at(self.start + after, due);
    }

    fn plan_at(&mut self, at: Time, due: Due) {
        self.due.plan(at, due);
    }

    fn happen(&mut self, due: Due, now: Time) {
        match due {
            Due::Arrival { queue } => {
                let queue = queue as usize;
                let brought = self.lines[queue].brought;
                self.plan_caller(queue);
                self.arrive(queue, brought, 0, now);
            }
            Due::Redial { queue, tries } => self.redial(queue as usize, tries, now),
            Due::EndCall { queue, crew } => self.end_call(queue as usize, crew as usize, now),
            Due::GiveUp { queue, caller } => self.give_up(queue as usize, caller, now),
            Due::Schedule { queue, step } => self.schedule(queue as usize, step as usize, now),
            Due::Break { queue } => self.begin_break(queue as usize, now),
            Due::EndBreak { queue } => self.end_break(queue as usize, now),
            Due::Act { instruction } => self.act(instruction, now),
            Due::Come {
                instruction,
                part,
                people,
            } => self.come(instruction, part as usize, people, now),
            Due::Yes { queue } => self.say_yes(queue as usize, now),
            Due::Report => {
                if let Some(every) = self.prepared.scenario.readings_every {
                    self.plan_at(now + every, Due::Report);
                }
                (0..self.lines.len()).for_each(|queue| self.report(queue, true, now));
            }
            Due::WarmedUp => self.lines.iter_mut().for_each(|line| line.count_from(now)),
            Due::Close => {
                self.closed = true;
                for line in &mut self.lines {
                    line.pass(now);
                    line.counted.on = false;
                }
            }
        }
    }

    // ---- callers

    fn plan_caller(&mut self, queue: usize) {
        let Some(after) = self.lines[queue].next_caller(&self.prepared.queues[queue]) else {
            return;
        };
        if after < self.prepared.scenario.length {
            self.plan(after, Due::Arrival { queue: queue as u32 });
        }
    }

    fn arrive(&mut self, queue: usize, brought: Brought, tries: u32, now: Time) {
        let line = &mut self.lines[queue];
        line.pass(now);
        let caller = line.join(now, brought.handling, tries);
        if line.waiting.is_empty()
            && let Some(crew) = line.somebody_free()
        {
            self.on_the_line += 1;
            self.answer(queue, crew, caller, now);
            return;
        }
        if brought.at_once {
            line.lose(&caller, now);
            self.may_call_again(queue, caller, now);
            return;
        }
        line.waiting.push_back(caller);
        self.on_the_line += 1;
        if let Some(patience) = brought.patience {
            let give_up = Due::GiveUp {
                queue: queue as u32,
                caller: caller.number,
            };
            self.plan_at(now + patience, give_up);
        }
        self.report(queue, false, now);
    }

    fn redial(&mut self, queue: usize, tries: u32, now: Time) {
        if self.closed {
            return;
        }
        let brought = self.lines[queue].brought_again();
        self.arrive(queue, brought, tries, now);
    }

    fn answer(&mut self, queue: usize, crew: usize, caller: Caller, now: Time) {
        let lasting = self.lines[queue].take(crew, &caller, now);
        let end = Due::EndCall {
            queue: queue as u32,
            crew: crew as u32,
        };
        self.plan_at(now + lasting, end);
    }

    /// Brings callers and free people together, and tells the feed.
    fn settle(&mut self, queue: usize, now: Time) {
        while let Some(crew) = self.lines[queue].somebody_free()
            && let Some(caller) = self.lines[queue].waiting.pop_front()
        {
            self.answer(queue, crew, caller, now);
        }
        self.report(queue, false, now);
    }

    fn give_up(&mut self, queue: usize, number: u64, now: Time) {
        let line = &mut self.lines[queue];
        // Most are answered before their patience ends.
        if line.waiting.front().is_none_or(|first| first.number > number) {
            return;
        }
        let Ok(place) = line.waiting.binary_search_by_key(&number, |caller| caller.number) else {
            return;
        };
        line.pass(now);
        let Some(caller) = line.waiting.remove(place) else {
            return;
        };
        line.lose(&caller, now);
        self.on_the_line -= 1;
        self.may_call_again(queue, caller, now);
        self.report(queue, false, now);
    }

    fn may_call_again(&mut self, queue: usize, caller: Caller, now: Time) {
        let prepared = &self.prepared.queues[queue];
        let (Some(redial), Some(after)) = (&prepared.scenario.redial, &prepared.redial_after) else {
            return;
        };
        let draw = &mut self.lines[queue].draw_redials;
        if caller.tries < redial.most && draw.share() <= redial.share {
            let after = draw.lasting(after);
            let redial = Due::Redial {
                queue: queue as u32,
                tries: caller.tries + 1,
            };
            self.plan_at(now + after, redial);
        }
    }

    fn end_call(&mut self, queue: usize, crew: usize, now: Time) {
        let line = &mut self.lines[queue];
        line.pass(now);
        self.on_the_line -= 1;
        let gone = line.end_call(crew);
        if crew == OWN && gone.people == 0 && line.breaks_owed > 0 {
            line.breaks_owed -= 1;
            line.crews[OWN].free -= 1;
            line.crews[OWN].on_break += 1;
            line.recount();
            self.plan_end_of_break(queue, now);
        }
        self.gone(queue, crew, gone, now);
        self.settle(queue, now);
    }

    // ---- the feed and the core

    fn report(&mut self, queue: usize, always: bool, now: Time) {
        if self.prepared.scenario.readings_every.is_some() && !always {
            return;
        }
        if let Some(said) = self.lines[queue].reading(now, always) {
            self.timeline.tell_reading(said, now);
        }
    }

    /// What the core has decided becomes what people will do.
    fn react(&mut self) {
        while let Some(decision) = self.timeline.decided() {
            let Some(queue) = self.lines.iter().position(|line| line.name == decision.queue) else {
                continue;
            };
            self.count(queue, &decision);
            let at = self.timeline.core().now();
            if let What::ApprovalAsked { approval } = &decision.what {
                if approval.times == 1 {
                    let takes = self.draw_supervisor.lasting(&self.prepared.takes);
                    self.plan_at(at + takes, Due::Yes { queue: queue as u32 });
                }
            } else if let What::Instruct { instruction, .. } = &decision.what
                && !instruction.shadow
            {
                self.hear(queue, instruction, at);
            }
        }
    }

    fn count(&mut self, queue: usize, decision: &Decision) {
        let counted = &mut self.lines[queue].counted;
        if !counted.on {
            return;
        }
        let totals = &mut counted.totals;
        match &decision.what {
            What::Instruct { instruction, .. } if !instruction.shadow => {
                totals.instructions += 1.0;
                if instruction.action.brings_people() {
                    *counted.steps.called.entry(instruction.tier.clone()).or_default() += 1.0;
                    totals.asks += 1.0;
                    totals.people_asked += f64::from(instruction.seats.ask);
                }
            }
            What::SurgeOver { .. } => totals.surges += 1.0,
            What::TierSkipped { tier, .. } => {
                *counted.steps.skipped.entry(tier.clone()).or_default() += 1.0;
                totals.skipped += 1.0;
            }
            What::Instruct { .. }
            | What::Settled { .. }
            | What::Freed { .. }
            | What::FeedLost { .. }
            | What::BlindLong { .. }
            | What::PassedUp { .. }
            | What::Unanswered { .. }
            | What::ApprovalAsked { .. }
            | What::ApprovalLapsed { .. }
            | What::NotShown { .. }
            | What::Gone { .. }
            | What::TakenAsLeft { .. }
            | What::IncidentEnds { .. }
            | What::Counted { .. }
            | What::Resumed { .. }
            | What::FeedBack { .. }
            | What::Answered { .. }
            | What::NobodyListening { .. }
            | What::Paused { .. }
            | What::Incident { .. }
            | What::IncidentOver { .. }
            | What::Approved { .. }
            | What::ApprovalRefused { .. }
            | What::OnlyMovesCounted { .. }
            | What::LadderChanged { .. } => {}
        }
    }

    /// People have left a queue: whoever is lent goes home to the own queue; sign-outs may be done by it.
    fn gone(&mut self, queue: usize, crew: usize, gone: Gone, now: Time) {
        if gone.people == 0 && gone.completed.is_empty() {
            return;
        }
        if crew != OWN && gone.people > 0 {
            self.go_home(queue, crew, gone.people, now);
        }
        for of in gone.completed {
            self.crew_has_gone(of, now);
        }
    }
}

fn lines(
    prepared: &Prepared,
    ruled: &Ruled,
    names: &[Option<Name>],
    (seed, day, start): (u64, u32, Time),
) -> Vec<Line> {
    let outside = names.len() - 1;
    let tiers = || ruled.plan.ladders.values().flat_map(|ladder| &ladder.tiers);
    let pace = |crew: usize| match crew {
        OWN => 1.0,
        _ => ruled.comings.get(&names[crew]).map_or(1.0, |known| known.coming.pace),
    };
    let from_home = |crew: usize| {
        let of_pool = |pool: &Name| tiers().any(|tier| tier.action.from_outside() && tier.pools.contains(pool));
        crew == outside || names[crew].as_ref().is_some_and(of_pool)
    };
    let line = |(place, queue): (usize, &super::prepare::PreparedQueue)| {
        let crews = (0..names.len()).map(|crew| Crew::new(pace(crew))).collect();
        let target = ruled.plan.queues.get(&queue.name).and_then(|queue| queue.target);
        let target = target.map_or(super::prepare::TARGET, |target| target.within);
        let from_home = (0..names.len()).map(from_home).collect();
        let mut line = Line::new(queue, place, crews, from_home, (seed, day, start), target);
        // As the core has it: the same name of the same place is compared at a glance.
        if let Some((name, _)) = ruled.plan.queues.get_key_value(&queue.name) {
            line.name = name.clone();
        }
        line.calm_at = ruled.calm_at(&queue.name);
        line
    };
    prepared.queues.iter().enumerate().map(line).collect()
}
