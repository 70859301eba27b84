//! What is due now, and when something is due next. Looks at the state, changes nothing.

use super::condition::Running;
use super::ladder::{FeedLimits, Ladder, SeatRange, Seats, Threshold, Tier, When};
use super::queue::{Leaving, Move, Ordered, Queue, Response, Settling, Sight};
use super::roster::{self, Request};
use super::{
    Action, Actor, Ask, Core, Instruction, InstructionId, Millis, Name, OutOfPlace, Reason, Requirement, Seen,
    Settlement, Shortage, Time, What, Why,
};

/// After this long a blind queue's floor is told who is out of place.
const BLIND_LONG_AFTER: Millis = Millis::from_mins(10);

/// What is decided in one millisecond, in this order (plan: "Fine print").
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Orders by hand, which were admitted in this very millisecond.
    Orders,
    /// Settled and freed.
    Settling,
    /// Blind.
    Blind,
    /// The end of a pause.
    Pauses,
    /// Sign-ins, by arbitration.
    Calls,
    /// Releases.
    Releases,
    /// The chain of command.
    Chain,
}

/// All phases in order.
pub const PHASES: [Phase; 7] = [
    Phase::Orders,
    Phase::Settling,
    Phase::Blind,
    Phase::Pauses,
    Phase::Calls,
    Phase::Releases,
    Phase::Chain,
];

impl Core {
    /// The next decision of a phase on one queue.
    pub(super) fn decide(&self, phase: Phase, index: usize, at: Time) -> Option<What> {
        let queue = &self.queues[index];
        match phase {
            Phase::Orders => self.decide_order(queue, at),
            Phase::Settling => decide_settling(queue, at),
            Phase::Blind => self.decide_blind(queue, at),
            Phase::Pauses => queue
                .pause
                .as_ref()
                .filter(|pause| pause.until <= at)
                .map(|_| What::Resumed { by: None }),
            Phase::Calls => self.decide_call(index, at),
            Phase::Releases => self.decide_release(queue, at),
            Phase::Chain => self.decide_chain(queue, at),
        }
    }

    /// Puts the queues in the order in which they may ask: higher priority first, then longer above.
    pub(super) fn arbitrate(&self, due: &mut [usize]) {
        due.sort_by_cached_key(|&index| {
            let queue = &self.queues[index];
            let priority = self.plan.queues.get(&queue.name).map_or(i32::MIN, |plan| plan.priority);
            let above = self
                .first_threshold(queue)
                .and_then(|threshold| queue.windows.since(threshold))
                .map_or(Time::NEVER, |since| queue.real(since));
            (std::cmp::Reverse(priority), above, index)
        });
    }

    /// When the queue is due next, and why.
    pub(super) fn next_due(&self, index: usize) -> Option<(Time, Why)> {
        let queue = &self.queues[index];
        let mut next: Option<(Time, Why)> = None;
        let mut earlier = |at: Time, why: Why| {
            if next.is_none_or(|known| (at, why) < known) {
                next = Some((at, why));
            }
        };
        if let Some(at) = self.blind_at(queue) {
            earlier(at, Why::Blind);
        }
        if let Some(pause) = &queue.pause {
            earlier(pause.until, Why::Pause);
        }
        queue
            .open
            .iter()
            .filter_map(|open| open.due)
            .for_each(|at| earlier(at, Why::Chain));
        if !queue.is_blind() {
            let settling = queue
                .stack
                .iter()
                .map(|one| one.settling)
                .chain(queue.leaving.iter().map(|one| one.settling));
            for settling in settling {
                if let Settling::Until(deadline) = settling {
                    earlier(queue.real(deadline), Why::Settling);
                }
            }
            if let Some(due) = self.next_call(index) {
                earlier(queue.real(due), Why::Call);
            }
            if let Some((due, _)) = self.release_due(queue) {
                earlier(queue.real(due), Why::Release);
            }
        }
        next
    }

    /// Whether people or seats that move elsewhere may change what is next here.
    pub(super) fn is_pressed(&self, index: usize) -> bool {
        let queue = &self.queues[index];
        let now = queue.seen(self.now);
        queue.acts()
            && self.ladder(queue).is_some_and(|ladder| {
                let running = |tier: &Tier| queue.windows.running(&tier.when, queue.floor, now).is_some();
                ladder.tiers.iter().any(running)
            })
    }

    /// The ladder in force of a queue that is still configured.
    pub(super) fn ladder(&self, queue: &Queue) -> Option<&Ladder> {
        if queue.retired {
            None
        } else {
            self.plan.ladders.get(&queue.ladder)
        }
    }

    /// The threshold of the first tier: "callers pile up".
    pub(super) fn first_threshold(&self, queue: &Queue) -> Option<&Threshold> {
        self.ladder(queue)?.tiers.first().map(|tier| &tier.when.threshold)
    }

    /// Whether a tier is passed over whatever its condition: on the stack, declined in this surge, or still signing out.
    pub(super) fn is_taken(queue: &Queue, tier: &Tier) -> bool {
        queue.is_on_stack(&tier.name) || queue.declined.contains(&tier.name) || queue.is_signing_out(&tier.name)
    }

    // ---- orders by hand

    fn decide_order(&self, queue: &Queue, at: Time) -> Option<What> {
        match queue.ordered.as_ref()? {
            Ordered::Call { by, tier, .. } => {
                let tier = self
                    .ladder(queue)?
                    .tiers
                    .iter()
                    .find(|one| Some(&one.name) == tier.as_ref())?;
                let request = self.compose(queue, tier, at, |_| None).ok()?;
                let reason = Reason::Order { by: by.clone() };
                Some(self.instruct(queue, tier, request, reason, Some(by.clone()), at))
            }
            Ordered::Release { by, instruction } => {
                let one = queue.stack.iter().find(|one| one.instruction == *instruction)?;
                let action = if one.response == Response::None {
                    Action::StandDown
                } else {
                    release_action(one)
                };
                Some(self.take_back(
                    queue,
                    one,
                    action,
                    Reason::Order { by: by.clone() },
                    Some(by.clone()),
                    at,
                ))
            }
        }
    }

    // ---- blind

    fn blind_at(&self, queue: &Queue) -> Option<Time> {
        if queue.retired {
            return None;
        }
        let stale_after = self.feed_limits(queue).stale_after;
        match queue.sight {
            Sight::Seeing if queue.lost.is_some() => Some(self.now),
            Sight::Seeing | Sight::Blind { said: false, .. } => Some(queue.vouched_at + stale_after),
            Sight::Blind {
                said: true,
                long_said: false,
                since,
            } => Some(since + BLIND_LONG_AFTER),
            Sight::Blind {
                said: true,
                long_said: true,
                ..
            } => None,
        }
    }

    fn decide_blind(&self, queue: &Queue, at: Time) -> Option<What> {
        if self.blind_at(queue)? > at {
            return None;
        }
        if let Sight::Blind { said: true, since, .. } = queue.sight {
            let out_of_place = queue.stack.iter().rev().map(|one| OutOfPlace {
                instruction: one.instruction,
                action: one.action,
                tier: one.tier.clone(),
                parts: one.parts.clone(),
            });
            return Some(What::BlindLong {
                since,
                out_of_place: out_of_place.collect(),
            });
        }
        let why = queue.lost.clone().unwrap_or_else(|| {
            let silent = self.feed_limits(queue).stale_after.as_secs();
            match queue.last {
                Some(_) => format!("no reading and no sign of life for {silent} s"),
                None => format!("no first reading within {silent} s"),
            }
        });
        Some(What::FeedLost { why })
    }

    // ---- calls

    /// The tiers that may be called, in order: each with its window where that runs, and whether its pools have anyone to give.
    /// The first with anyone is the next tier.
    fn turns<'a>(&'a self, queue: &'a Queue) -> impl Iterator<Item = (&'a Tier, Option<Running>, bool)> {
        let ladder = self
            .ladder(queue)
            .filter(|_| queue.acts() && queue.unsettled().is_none());
        let now = queue.seen(self.now);
        ladder
            .into_iter()
            .flat_map(|ladder| &ladder.tiers)
            .filter(|tier| !Core::is_taken(queue, tier))
            .map(move |tier| {
                let running = queue.windows.running(&tier.when, queue.floor, now);
                let anyone = roster::has_anyone(&self.plan, &self.derived.lent, queue, tier);
                (tier, running, anyone)
            })
    }

    fn next_call(&self, index: usize) -> Option<Seen> {
        let queue = &self.queues[index];
        let now = queue.seen(self.now);
        let mut next: Option<Seen> = None;
        for (tier, running, anyone) in self.turns(queue) {
            match running.map(|running| running.due) {
                // Due and still here: it is short of people or of seats, which has been said; the next one is judged.
                Some(due) if due <= now => continue,
                Some(due) if anyone || !queue.skipped.contains(&tier.name) => {
                    next = Some(next.map_or(due, |known| known.min(due)));
                }
                _ => {}
            }
            if anyone {
                break;
            }
        }
        next
    }

    fn decide_call(&self, index: usize, at: Time) -> Option<What> {
        let queue = &self.queues[index];
        if let Some(what) = self.decide_incident_call(queue, at) {
            return Some(what);
        }
        let now = queue.seen(at);
        for (tier, running, anyone) in self.turns(queue) {
            let Some(running) = running.filter(|running| running.due <= now) else {
                if anyone {
                    return None;
                }
                continue;
            };
            match self.compose(queue, tier, at, |pool| self.reserved(queue, pool)) {
                Ok(request) => {
                    let reason = reason(&tier.when, running.since, now, queue);
                    return Some(self.instruct(queue, tier, request, reason, None, at));
                }
                Err(why) if !queue.skipped.contains(&tier.name) => {
                    return Some(What::TierSkipped {
                        tier: tier.name.clone(),
                        why,
                    });
                }
                Err(_) => {}
            }
        }
        None
    }

    /// The tier that is next on the ladder, and its window where that runs.
    pub(super) fn next_tier<'a>(&'a self, queue: &'a Queue) -> Option<(&'a Tier, Option<Running>)> {
        let ladder = self.ladder(queue)?;
        let tier = ladder.tiers.iter().find(|tier| {
            !Core::is_taken(queue, tier) && roster::has_anyone(&self.plan, &self.derived.lent, queue, tier)
        })?;
        let runs = queue.acts() && queue.unsettled().is_none();
        let running = queue.windows.running(&tier.when, queue.floor, queue.seen(self.now));
        Some((tier, running.filter(|_| runs)))
    }

    /// What a tier can ask for at all, cheaply: the seats required are not computed, the fallback stands for them.
    pub(super) fn request(
        &self,
        queue: &Queue,
        tier: &Tier,
        reserved: impl Fn(&Name) -> Option<(u32, Name)>,
    ) -> Result<Request, Shortage> {
        let room = roster::room(&self.plan, &self.queues);
        roster::request(&self.plan, &self.derived.lent, queue, tier, &tier.seats, room, reserved)
    }

    /// What a tier that is due asks for, the seats required computed. It is due because all before it was not enough: the
    /// fallback's minimum is asked for even where nothing is lacking by the numbers.
    fn compose(
        &self,
        queue: &Queue,
        tier: &Tier,
        at: Time,
        reserved: impl Fn(&Name) -> Option<(u32, Name)>,
    ) -> Result<Request, Shortage> {
        let request = self.request(queue, tier, &reserved)?;
        let (Seats::Required { fallback }, Some(configured)) = (&tier.seats, self.plan.queues.get(&queue.name)) else {
            return Ok(request);
        };
        let room = roster::room(&self.plan, &self.queues);
        let mut computed = Requirement::compute(queue, configured, room, at);
        let mut request = match computed.lacking() {
            None => request,
            Some(lacking) => {
                let wanted = lacking.max(fallback.min);
                let seats = Seats::Range(SeatRange {
                    min: wanted,
                    max: wanted,
                });
                roster::request(&self.plan, &self.derived.lent, queue, tier, &seats, room, reserved)?
            }
        };
        computed.reachable = computed.lacking().map(|lacking| lacking <= request.seats.ask);
        request.computed = Some(Box::new(computed));
        Ok(request)
    }

    /// What a lower queue leaves of a pool: the smallest ask of a higher one whose clock for it runs.
    fn reserved(&self, lower: &Queue, pool: &Name) -> Option<(u32, Name)> {
        let priority = |queue: &Queue| self.plan.queues.get(&queue.name).map_or(i32::MIN, |plan| plan.priority);
        let floor = priority(lower);
        let mut reserved: Option<(u32, Name)> = None;
        for higher in self.queues.iter().filter(|queue| priority(queue) > floor) {
            let Some((tier, Some(_))) = self.next_tier(higher) else {
                continue;
            };
            if tier.pools.contains(pool) {
                let known = reserved.as_ref().map_or(0, |known| known.0);
                let seats = roster::smallest_ask(tier).saturating_add(known);
                reserved = Some((seats, higher.name.clone()));
            }
        }
        reserved
    }

    // ---- incidents

    /// Tiers that a declared incident brings forward, while the first tier's threshold is passed. They are due at once or not at
    /// all: nothing about them waits for a clock, so that they never need a wake-up.
    fn incident_tiers<'a>(&'a self, queue: &'a Queue) -> impl Iterator<Item = &'a Tier> {
        let pressed = queue.acts()
            && queue.incident.is_some()
            && self
                .first_threshold(queue)
                .is_some_and(|threshold| queue.windows.since(threshold).is_some());
        let ladder = self.ladder(queue).filter(|_| pressed);
        let tiers = ladder.into_iter().flat_map(|ladder| &ladder.tiers);
        tiers.filter(|tier| tier.on_incident && !Core::is_taken(queue, tier))
    }

    fn decide_incident_call(&self, queue: &Queue, at: Time) -> Option<What> {
        let incident = queue.incident.as_ref()?;
        for tier in self
            .incident_tiers(queue)
            .filter(|tier| incident.until - at > tier.worth_it_beyond)
        {
            match self.compose(queue, tier, at, |pool| self.reserved(queue, pool)) {
                Ok(request) => {
                    let (note, until) = (incident.note.clone(), incident.until);
                    let reason = Reason::Incident {
                        note,
                        until,
                        waiting: queue.waiting(),
                    };
                    let mut what = self.instruct(queue, tier, request, reason, None, at);
                    if let What::Instruct { beside, .. } = &mut what {
                        *beside = true;
                    }
                    return Some(what);
                }
                Err(why) if !queue.skipped.contains(&tier.name) => {
                    return Some(What::TierSkipped {
                        tier: tier.name.clone(),
                        why,
                    });
                }
                Err(_) => {}
            }
        }
        None
    }

    // ---- releases

    /// When the top of the stack is due to go back, and how; or, on an empty stack, when the surge is over.
    pub(super) fn release_due<'a>(&'a self, queue: &'a Queue) -> Option<(Seen, Option<(&'a Move, Action)>)> {
        let ladder = self.ladder(queue).filter(|_| queue.acts())?;
        let now = queue.seen(self.now);
        let Some(top) = queue.stack.last() else {
            queue.surge.filter(|_| !self.is_still_short(queue, ladder))?;
            return Some((self.calm(queue, now)?.due, None));
        };
        if top.response == Response::None {
            return Some((self.calm(queue, now)?.due, Some((top, Action::StandDown))));
        }
        let action = release_action(top);
        match top.settling {
            Settling::Settled(at) => {
                let earliest = at + ladder.release.min_stay;
                let due = self.calm(queue, now.max(earliest))?.due.max(earliest);
                Some((due, Some((top, action))))
            }
            _ if action == Action::StandDown => Some((self.calm(queue, now)?.due, Some((top, action)))),
            _ => None,
        }
    }

    /// Whether a tier that was skipped or declined is due to this moment: then the surge is not over, or it would be skipped or
    /// asked anew at once. Calm may go with it, where a tier judges something else than the depth.
    fn is_still_short(&self, queue: &Queue, ladder: &Ladder) -> bool {
        let now = queue.seen(self.now);
        let first = ladder
            .tiers
            .first()
            .and_then(|tier| queue.windows.since(&tier.when.threshold));
        let in_incident = queue.incident.is_some() && first.is_some();
        ladder.tiers.iter().any(|tier| {
            let passed_over = queue.skipped.contains(&tier.name) || queue.declined.contains(&tier.name);
            let running = queue.windows.running(&tier.when, queue.floor, now);
            let due = running.is_some_and(|running| running.due <= now) || (in_incident && tier.on_incident);
            passed_over && due
        })
    }

    /// The condition by which the top of the stack goes back: the ladder's release, or the shorter calm that stands down who has
    /// not answered.
    fn calm_when(&self, queue: &Queue) -> Option<When> {
        let ladder = self.ladder(queue)?;
        let unanswered = queue.stack.last().is_some_and(|top| top.response == Response::None);
        Some(if unanswered {
            ladder.stand_down()
        } else {
            ladder.release.when
        })
    }

    /// The window of that condition, if it comes to hold, judged from a moment on. Calm before the call is no reason to take it
    /// back: a mean may be passed while nobody waits, and somebody may call by hand.
    pub(super) fn calm(&self, queue: &Queue, from: Seen) -> Option<Running> {
        let floor = queue.stack.last().map_or(queue.floor, |top| queue.floor.max(top.asked));
        queue.windows.running(&self.calm_when(queue)?, floor, from)
    }

    fn decide_release(&self, queue: &Queue, at: Time) -> Option<What> {
        let now = queue.seen(at);
        let (_, top) = self.release_due(queue).filter(|(due, _)| *due <= now)?;
        let Some((top, action)) = top else {
            return queue.surge.map(|began| What::SurgeOver { began });
        };
        let reason = reason(&self.calm_when(queue)?, self.calm(queue, now)?.since, now, queue);
        Some(self.take_back(queue, top, action, reason, None, at))
    }

    // ---- chain of command

    fn decide_chain(&self, queue: &Queue, at: Time) -> Option<What> {
        let open = queue.open.iter().find(|open| open.due.is_some_and(|due| due <= at))?;
        let instruction = open.instruction.id;
        let level = open.pass_to.unwrap_or(open.level + 1);
        let Some(next) = self.plan.chain.get(level) else {
            return Some(What::Unanswered { instruction });
        };
        let skipped = self
            .plan
            .chain
            .iter()
            .take(level)
            .skip(open.level + 1)
            .map(|level| level.role.clone());
        let respond_by = at + next.respond_within;
        Some(What::PassedUp {
            instruction,
            level,
            role: next.role.clone(),
            skipped: skipped.collect(),
            respond_by,
        })
    }

    // ---- wording

    fn next_instruction(&self) -> InstructionId {
        InstructionId(self.last_instruction.0 + 1)
    }

    fn respond_by(&self, at: Time) -> Option<Time> {
        self.plan.chain.first().map(|level| at + level.respond_within)
    }

    fn instruct(
        &self,
        queue: &Queue,
        tier: &Tier,
        request: Request,
        reason: Reason,
        by: Option<Actor>,
        at: Time,
    ) -> What {
        let instruction = Instruction {
            id: self.next_instruction(),
            at,
            queue: queue.name.clone(),
            action: tier.action,
            tier: tier.name.clone(),
            parts: request.parts,
            seats: request.seats,
            chosen: Vec::new(),
            shadow: false,
            computed: request.computed,
            reason,
            respond_by: self.respond_by(at),
            of: None,
            by,
        };
        What::Instruct {
            instruction,
            beside: false,
        }
    }

    fn take_back(
        &self,
        queue: &Queue,
        one: &Move,
        action: Action,
        reason: Reason,
        by: Option<Actor>,
        at: Time,
    ) -> What {
        let seats = one.seats();
        let instruction = Instruction {
            id: self.next_instruction(),
            at,
            queue: queue.name.clone(),
            action,
            tier: one.tier.clone(),
            parts: one.parts.clone(),
            seats: Ask {
                min: seats,
                max: seats,
                ask: seats,
            },
            chosen: Vec::new(),
            shadow: false,
            computed: None,
            reason,
            respond_by: self.respond_by(at),
            of: Some(one.instruction),
            by,
        };
        What::Instruct {
            instruction,
            beside: false,
        }
    }

    pub(super) fn feed_limits(&self, queue: &Queue) -> FeedLimits {
        let feed = self
            .plan
            .queues
            .get(&queue.name)
            .and_then(|plan| self.plan.feeds.get(&plan.feed));
        feed.copied().unwrap_or(FeedLimits {
            stale_after: Millis(i64::MAX),
            forget_after: Millis(i64::MAX),
        })
    }
}

/// How an answered move goes back. People from outside who have not come are stood down, not signed out.
fn release_action(one: &Move) -> Action {
    if one.action.from_outside() && one.response < Response::Done {
        Action::StandDown
    } else {
        Action::SignOut
    }
}

fn decide_settling(queue: &Queue, at: Time) -> Option<What> {
    if queue.is_blind() {
        return None;
    }
    let now = queue.seen(at);
    let expired = |settling: Settling| matches!(settling, Settling::Until(deadline) if deadline <= now);
    let last = queue.last.as_ref();
    for one in &queue.stack {
        let instruction = one.instruction;
        if one.response != Response::Shown && last.is_some_and(|reading| one.is_shown(reading)) {
            return Some(What::Settled {
                instruction,
                how: Settlement::Shown,
            });
        }
        if expired(one.settling) {
            return Some(What::Settled {
                instruction,
                how: Settlement::Time,
            });
        }
    }
    let gone = |leaving: &&Leaving| expired(leaving.settling) || last.is_some_and(|reading| leaving.is_shown(reading));
    queue.leaving.iter().find(gone).map(|leaving| What::Freed {
        instruction: leaving.sign_out,
    })
}

/// Why a condition holds, whose window began at `since`.
fn reason(when: &When, since: Seen, now: Seen, queue: &Queue) -> Reason {
    let (held, waiting, judged) = (now - since, queue.waiting(), queue.windows.judged(when, now));
    match when.threshold {
        Threshold::WaitingAbove { above, .. } => Reason::WaitingAbove {
            threshold: above,
            held,
            waiting,
            judged,
        },
        Threshold::WaitingAtMost(most) => Reason::WaitingAtMost {
            threshold: most,
            held,
            waiting,
            judged,
        },
        Threshold::LongestWaitAbove(threshold) => Reason::LongestWaitAbove {
            threshold,
            held,
            waiting,
            judged,
        },
        Threshold::WaitingPerSeatAbove(threshold) => Reason::WaitingPerSeatAbove {
            threshold,
            held,
            waiting,
            judged,
        },
        Threshold::ExpectedWaitAbove(threshold) => Reason::ExpectedWaitAbove {
            threshold,
            held,
            waiting,
            judged,
        },
    }
}
