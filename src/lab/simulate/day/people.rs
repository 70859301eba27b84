//! What the supervisor and the people do: come, late and in part; go, after their call; take breaks; begin and end their shift.

use super::super::line::OWN;
use super::super::moves::{Asked, AskedPart, Back};
use super::{Day, Due};
use crate::core::{Action, Actor, Answer, Input, Instruction, InstructionId, Millis, Name, Order, Part, Time};

/// Stays shorter than this help nobody: a walk over and back.
const SHORT_STAY: Millis = Millis::from_mins(10);

impl Day<'_> {
    // ---- instructions

    /// An instruction has reached the supervisor.
    pub(super) fn hear(&mut self, queue: usize, instruction: &Instruction, now: Time) {
        if instruction.action.brings_people() {
            let outside = self.crews.len() - 1;
            let crew = |part: usize| match &instruction.parts[part].pool {
                None if instruction.action == Action::ExtendShift => OWN,
                None => outside,
                pool => self.crews.iter().position(|known| known == pool).unwrap_or(outside),
            };
            let asked = Asked::of(instruction, queue, crew);
            self.moves.asked.insert(instruction.id, asked);
        } else if let Some(of) = instruction.of {
            let asked = self.moves.asked.get(&of);
            let place = |part: &Part| {
                let fits = |it: &&AskedPart| part.pool.is_none() || self.crews[it.crew] == part.pool;
                let it = asked?.parts.iter().find(fits)?;
                Some((it.crew, part.seats))
            };
            let parts = instruction.parts.iter().filter_map(place).collect();
            self.count_stay(of, now);
            self.moves.backs.insert(instruction.id, Back { of, parts, open: 0 });
        }
        let takes = self.draw_supervisor.lasting(&self.prepared.takes);
        let instruction = instruction.id;
        self.plan_at(now + takes, Due::Act { instruction });
    }

    fn count_stay(&mut self, of: InstructionId, now: Time) {
        let Some(asked) = self.moves.asked.get(&of) else { return };
        let counted = &mut self.lines[asked.queue].counted;
        if !counted.on {
            return;
        }
        match asked.first_came {
            None => counted.totals.stood_down += 1.0,
            Some(came) => {
                counted.totals.stays += 1.0;
                counted.totals.short_stays += f64::from(u8::from(now - came < SHORT_STAY));
            }
        }
    }

    /// The supervisor acts.
    pub(super) fn act(&mut self, instruction: InstructionId, now: Time) {
        if let Some(back) = self.moves.backs.get(&instruction).cloned() {
            self.send_back(instruction, back, now);
        } else if self.moves.asked.contains_key(&instruction) {
            self.ask(instruction, now);
        }
    }

    fn ask(&mut self, instruction: InstructionId, now: Time) {
        if self.draw_supervisor.share() > self.prepared.scenario.supervisor.obeys {
            if let Some(asked) = self.moves.asked.remove(&instruction) {
                let counted = &mut self.lines[asked.queue].counted;
                counted.totals.declined += f64::from(u8::from(counted.on));
            }
            let reason = "nobody can be spared".to_owned();
            return self.say(instruction, Answer::Declined { reason }, now);
        }
        self.say(instruction, Answer::Seen { eta: None }, now);
        let Some(mut asked) = self.moves.asked.remove(&instruction) else {
            return;
        };
        asked.acted = true;
        for part in 0..asked.parts.len() {
            self.set_out(instruction, &mut asked, part, now);
        }
        let nobody_comes = asked.is_complete();
        self.moves.asked.insert(instruction, asked);
        if nobody_comes {
            self.complete(instruction, now);
        }
    }

    /// Those of a part who come set out.
    fn set_out(&mut self, instruction: InstructionId, asked: &mut Asked, part: usize, now: Time) {
        let it = &mut asked.parts[part];
        let ruled = self.ruled;
        let name = self.crews[it.crew].clone();
        let Some(known) = ruled.comings.get(&name) else { return };
        let come = known.coming.come;
        let coming = (0..it.seats).filter(|_| self.draw_coming.share() <= come).count() as u32;
        it.on_the_way = coming;
        if asked.action == Action::ExtendShift {
            // They are here already.
            it.on_the_way = 0;
            it.here = coming;
            let line = &mut self.lines[asked.queue];
            line.may_stay += coming;
            if line.counted.on {
                line.counted.totals.people_came += f64::from(coming);
            }
            if coming > 0 {
                asked.first_came = Some(now);
            }
            return;
        }
        // Who has a place on another queue leaves it now, or after the call that they are on.
        self.leave_home(name.as_ref(), asked.queue, coming, now);
        let (together, part) = (known.coming.together, part as u16);
        let mut left = coming;
        while left > 0 {
            let people = if together { left } else { 1 };
            let after = self.draw_coming.lasting(&known.arrive);
            let come = Due::Come {
                instruction,
                part,
                people,
            };
            self.plan_at(now + after, come);
            left -= people;
        }
    }

    /// People come to the phones, unless they were told on the way that they are not needed.
    pub(super) fn come(&mut self, instruction: InstructionId, part: usize, people: u32, now: Time) {
        let Some(mut asked) = self.moves.asked.remove(&instruction) else {
            return;
        };
        let queue = asked.queue;
        let it = &mut asked.parts[part];
        let people = people.min(it.on_the_way);
        it.on_the_way -= people;
        let seated = people.min(self.room_for(it.crew));
        it.here += seated;
        let crew = it.crew;
        self.lines[queue].pass(now);
        self.lines[queue].crews[crew].come(seated);
        self.lines[queue].recount();
        let counted = &mut self.lines[queue].counted;
        if counted.on {
            counted.totals.people_came += f64::from(seated);
        }
        if seated > 0 {
            asked.first_came.get_or_insert(now);
        }
        if people > seated {
            self.go_home(queue, crew, people - seated, now);
        }
        let complete = asked.is_complete();
        self.moves.asked.insert(instruction, asked);
        if complete {
            self.complete(instruction, now);
        }
        self.settle(queue, now);
    }

    /// All who will come have come: that is said.
    fn complete(&mut self, instruction: InstructionId, now: Time) {
        let Some(asked) = self.moves.asked.get_mut(&instruction).filter(|asked| !asked.said) else {
            return;
        };
        asked.said = true;
        let (here, asked_for) = (asked.here(), asked.asked_for());
        if asked.is_over() {
            self.moves.asked.remove(&instruction);
        }
        let done = Answer::Done {
            seats: (here != asked_for).then_some(here),
            people: None,
            note: None,
        };
        self.say(instruction, done, now);
    }

    fn room_for(&self, crew: usize) -> u32 {
        let Some(physical) = self.physical_seats else {
            return u32::MAX;
        };
        let plan = &self.ruled.plan;
        let own_desk = |crew: usize| {
            let pool = self.crews[crew].as_ref().and_then(|pool| plan.pools.get(pool));
            pool.is_some_and(|pool| pool.own_desk)
        };
        if own_desk(crew) {
            return u32::MAX;
        }
        let crews = self.lines.iter().flat_map(|line| line.crews.iter().enumerate());
        let taken: u32 = crews
            .filter(|(crew, _)| !own_desk(*crew))
            .map(|(_, crew)| crew.here())
            .sum();
        physical.saturating_sub(taken)
    }

    /// People are told to go back, who is still on the way to turn round.
    fn send_back(&mut self, instruction: InstructionId, back: Back, now: Time) {
        let Some(mut asked) = self.moves.asked.remove(&back.of) else {
            self.moves.backs.remove(&instruction);
            return self.done(instruction, now);
        };
        let queue = asked.queue;
        self.lines[queue].pass(now);
        let mut open = 0;
        let mut going = Vec::new();
        for (crew, seats) in &back.parts {
            let Some(it) = asked.parts.iter_mut().find(|it| it.crew == *crew) else {
                continue;
            };
            let turning = it.on_the_way.min(*seats);
            it.on_the_way -= turning;
            let people = it.here.min(seats - turning);
            it.here -= people;
            if asked.action == Action::ExtendShift {
                let line = &mut self.lines[queue];
                line.may_stay -= people.min(line.may_stay);
                line.kept = line.kept.min(line.may_stay);
                continue;
            }
            self.go_home(queue, *crew, turning, now);
            let told = self.ruled.comings.get(&self.crews[*crew]);
            let when_told = told.is_none_or(|known| known.coming.back_when_told);
            if people > 0 && !when_told {
                open += 1;
            }
            going.push((*crew, people, (people > 0 && !when_told).then_some(instruction)));
        }
        asked.acted = true;
        if !asked.is_over() {
            self.moves.asked.insert(back.of, asked);
        }
        self.moves.backs.insert(instruction, Back { open: open + 1, ..back });
        for (crew, people, of) in going {
            let gone = self.lines[queue].crews[crew].go(people, of);
            self.lines[queue].recount();
            self.gone(queue, crew, gone, now);
        }
        self.fit_own(queue, now);
        // One more than there are crews to wait for, so that it is not said twice.
        self.crew_has_gone(instruction, now);
        self.report(queue, false, now);
    }

    /// The last people of a crew have gone who a sign-out was for.
    pub(super) fn crew_has_gone(&mut self, instruction: InstructionId, now: Time) {
        let Some(back) = self.moves.backs.get_mut(&instruction) else {
            return;
        };
        back.open -= back.open.min(1);
        if back.open == 0 {
            self.moves.backs.remove(&instruction);
            self.done(instruction, now);
        }
    }

    fn done(&mut self, instruction: InstructionId, now: Time) {
        let done = Answer::Done {
            seats: None,
            people: None,
            note: None,
        };
        self.say(instruction, done, now);
    }

    /// Tells the core. What it refuses is closed already, and then nobody waits for it.
    fn say(&mut self, instruction: InstructionId, answer: Answer, now: Time) {
        let input = Input::Answer {
            instruction,
            by: actor("supervisor"),
            answer,
            sure: false,
        };
        self.timeline.tell(input, now);
    }

    /// A leader answers for the tier that waits for a yes.
    pub(super) fn say_yes(&mut self, queue: usize, now: Time) {
        let name = self.lines[queue].name.clone();
        let view = self.timeline.core().view(&name);
        let Some(tier) = view.and_then(|view| Some(view.approval?.tier)) else {
            return;
        };
        let order = if self.draw_supervisor.share() <= self.prepared.scenario.supervisor.obeys {
            Order::Approve { queue: name, tier }
        } else {
            let reason = "nobody can be spared".to_owned();
            Order::Refuse {
                queue: name,
                tier,
                reason,
            }
        };
        let by = actor("shift_leader");
        self.timeline.tell(Input::Order { by, order }, now);
    }

    // ---- people who belong to another queue

    fn home_of(&self, pool: Option<&Name>, queue: usize) -> Option<usize> {
        let home = self.ruled.plan.pools.get(pool?)?.home.as_ref()?;
        self.lines
            .iter()
            .position(|line| line.name == *home)
            .filter(|home| *home != queue)
    }

    fn leave_home(&mut self, pool: Option<&Name>, queue: usize, people: u32, now: Time) {
        if let Some(home) = self.home_of(pool, queue).filter(|_| people > 0) {
            self.lines[home].lent += people;
            self.fit_own(home, now);
        }
    }

    pub(super) fn go_home(&mut self, queue: usize, crew: usize, people: u32, now: Time) {
        let pool = self.crews[crew].clone();
        if let Some(home) = self.home_of(pool.as_ref(), queue).filter(|_| people > 0) {
            self.lines[home].lent -= people.min(self.lines[home].lent);
            self.fit_own(home, now);
        }
    }

    // ---- shifts and breaks

    /// As many own people as there are to be.
    fn fit_own(&mut self, queue: usize, now: Time) {
        let line = &mut self.lines[queue];
        line.pass(now);
        let (target, is) = (line.own_target(), line.crews[OWN].target);
        if target > is {
            line.crews[OWN].come(target - is);
        } else if target < is {
            line.crews[OWN].go(is - target, None);
        }
        if target != is {
            line.recount();
            self.settle(queue, now);
        }
    }

    /// An interval of the schedule begins.
    pub(super) fn schedule(&mut self, queue: usize, step: usize, now: Time) {
        let scenario = &self.prepared.queues[queue].scenario;
        let Some(&people) = scenario.people.get(step) else {
            return;
        };
        let line = &mut self.lines[queue];
        line.pass(now);
        let before = line.scheduled;
        if people < before {
            // Who was asked to stay stays.
            let more = (before - people).min(line.may_stay.saturating_sub(line.kept));
            line.kept += more;
        } else {
            // The next shift is here.
            line.kept -= line.kept.min(people - before);
        }
        line.scheduled = people;
        self.fit_own(queue, now);
        if step == 0 {
            self.report(queue, false, now);
        }
        if step + 1 < scenario.people.len() {
            let next = Due::Schedule {
                queue: queue as u32,
                step: step as u32 + 1,
            };
            self.plan_at(now + scenario.people_every, next);
        }
    }

    /// Plans the next moment at which a break would be due to somebody, were all of a queue's own people there.
    pub(super) fn plan_break(&mut self, queue: usize, now: Time) {
        let Some(breaks) = self.prepared.queues[queue].breaks() else {
            return;
        };
        let most = self.prepared.queues[queue].scenario.people.iter().max();
        let most = f64::from(most.copied().unwrap_or(0).max(1));
        let after = self.lines[queue].draw_breaks.exponential() * breaks.every.0 as f64 / most;
        self.plan_at(now + Millis((after + 0.5) as i64), Due::Break { queue: queue as u32 });
    }

    pub(super) fn begin_break(&mut self, queue: usize, now: Time) {
        self.plan_break(queue, now);
        let most = self.prepared.queues[queue].scenario.people.iter().max();
        let most = f64::from(most.copied().unwrap_or(0));
        let line = &mut self.lines[queue];
        if line.draw_breaks.share() * most > f64::from(line.scheduled) {
            // It would have been due to somebody who is not there.
            return;
        }
        line.pass(now);
        let own = &mut line.crews[OWN];
        if own.free > 0 {
            own.free -= 1;
            own.on_break += 1;
            line.recount();
            self.plan_end_of_break(queue, now);
            self.report(queue, false, now);
        } else if line.breaks_owed < own.busy {
            line.breaks_owed += 1;
        }
    }

    pub(super) fn plan_end_of_break(&mut self, queue: usize, now: Time) {
        if let Some(breaks) = self.prepared.queues[queue].breaks() {
            self.plan_at(now + breaks.lasting, Due::EndBreak { queue: queue as u32 });
        }
    }

    pub(super) fn end_break(&mut self, queue: usize, now: Time) {
        let line = &mut self.lines[queue];
        line.pass(now);
        let gone = line.crews[OWN].end_break();
        line.recount();
        self.gone(queue, OWN, gone, now);
        self.settle(queue, now);
    }
}

fn actor(role: &str) -> Actor {
    Actor {
        name: "the simulated floor".to_owned(),
        staff_no: "simulate".to_owned(),
        role: Name::from(role),
    }
}
