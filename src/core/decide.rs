//! What is due now, and when something is due next. Looks at the state, changes nothing.

mod calls;
mod orders;
mod releases;

use super::ladder::{FeedLimits, Ladder, Tier};
use super::queue::{Doubt, Leaving, Move, Queue, Response, Settling, Sight};
use super::roster::Request;
use super::{
    Action, Actor, Ask, Core, Instruction, InstructionId, Millis, OutOfPlace, Part, Reason, Seen, Settlement, Time,
    What, Why, people,
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

/// On whose word an instruction goes out, and to whom.
struct Told {
    /// Who ordered it or said yes to it; `None`: the daemon by itself.
    by: Option<Actor>,
    /// To nobody.
    shadow: bool,
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
            Phase::Calls => self.decide_call(queue, at),
            Phase::Releases => self.decide_release(queue, at),
            Phase::Chain => self.decide_chain(queue, at),
        }
    }

    /// Puts the queues in the order in which they may ask: higher priority first, then longer above.
    pub(super) fn arbitrate(&self, due: &mut [usize]) {
        due.sort_by_cached_key(|&index| {
            let queue = &self.queues[index];
            let priority = self.plan.queues.get(&queue.name).map_or(i32::MIN, |plan| plan.priority);
            let above = self.above_since(queue).map_or(Time::NEVER, |since| queue.real(since));
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
        if let Some(approval) = queue.approval.as_ref().filter(|asked| asked.granted.is_none()) {
            earlier(approval.again_at, Why::Call);
            let lapses = self.no_longer_worth_it(queue, approval).filter(|at| *at > self.now);
            lapses.into_iter().for_each(|at| earlier(at, Why::Call));
        }
        let refused = queue.refused.values().filter(|until| **until > self.now);
        refused.for_each(|until| earlier(*until, Why::Call));
        if self.derived.pressed[index] {
            let duty = people::next_change(&self.derived.changes_of_duty, self.now);
            let eased = self.supply(false).eases_at(queue);
            duty.into_iter().chain(eased).for_each(|at| earlier(at, Why::Call));
        }
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
            for one in &queue.stack {
                // Past it only a reading can tell more.
                if let Doubt::From(deadline) = one.doubt
                    && deadline > queue.seen(self.now)
                {
                    earlier(queue.real(deadline), Why::Settling);
                }
            }
            // What is passed or left by itself may bring an incident's tiers forward, or let a surge end.
            if let Some(turn) = queue.windows.next_turn(queue.seen(self.now)) {
                earlier(queue.real(turn), Why::Call);
            }
            if let Some(due) = self.next_call(queue) {
                earlier(queue.real(due), Why::Call);
            }
            if let Some(due) = self.stay_due(queue) {
                earlier(queue.real(due), Why::Release);
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

    /// Since when the threshold of the first tier is passed: "callers pile up".
    pub(super) fn above_since(&self, queue: &Queue) -> Option<Seen> {
        let first = self.ladder(queue)?.tiers.first()?;
        queue.windows.since(&first.when, queue.seen(self.now))
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
            let told = queue.stack.iter().rev().filter(|one| !one.shadow);
            let out_of_place = told.map(|one| OutOfPlace {
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
            promise: None,
        })
    }

    // ---- wording

    fn next_instruction(&self) -> InstructionId {
        InstructionId(self.last_instruction.0 + 1)
    }

    fn respond_by(&self, at: Time) -> Option<Time> {
        self.plan.chain.first().map(|level| at + level.respond_within)
    }

    #[expect(clippy::too_many_arguments, reason = "an instruction has as many sides")]
    fn instruct(
        &self,
        queue: &Queue,
        tier: &Tier,
        request: Request,
        reason: Reason,
        told: Told,
        beside: bool,
        at: Time,
    ) -> What {
        let named = request.parts.iter().flat_map(|part| &part.people);
        let chosen = named.map(|person| self.people.chosen(&self.plan, person, at)).collect();
        let instruction = Instruction {
            id: self.next_instruction(),
            at,
            queue: queue.name.clone(),
            action: tier.action,
            tier: tier.name.clone(),
            parts: request.parts,
            seats: request.seats,
            chosen,
            computed: request.computed,
            reason,
            respond_by: self.respond_by(at).filter(|_| !told.shadow),
            of: None,
            by: told.by,
            shadow: told.shadow,
            hold: None,
            lasting: tier.lasting,
        };
        What::Instruct { instruction, beside }
    }

    #[expect(clippy::too_many_arguments, reason = "an instruction has as many sides")]
    fn take_back(
        &self,
        queue: &Queue,
        one: &Move,
        parts: Vec<Part>,
        action: Action,
        reason: Reason,
        by: Option<Actor>,
        at: Time,
    ) -> What {
        let seats = parts.iter().map(|part| part.seats).fold(0, u32::saturating_add);
        let instruction = Instruction {
            id: self.next_instruction(),
            at,
            queue: queue.name.clone(),
            action,
            tier: one.tier.clone(),
            parts,
            seats: Ask {
                min: seats,
                max: seats,
                ask: seats,
            },
            chosen: Vec::new(),
            computed: None,
            reason,
            respond_by: self.respond_by(at).filter(|_| !one.shadow),
            of: Some(one.instruction),
            by,
            shadow: one.shadow,
            hold: None,
            lasting: None,
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
            gone_after: crate::Millis::from_mins(1),
            paused: crate::ladder::Paused::SignedIn,
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
        // A "done" after the feed had shown them may have said more: then that is shown as well, or asked about.
        let to_show = one.response != Response::Shown || matches!(one.doubt, Doubt::From(_));
        if to_show && last.is_some_and(|reading| one.is_shown(reading)) {
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
        let doubted = matches!(one.doubt, Doubt::From(deadline) if deadline <= now);
        if let Some(shown) = last.and_then(|reading| one.shown(reading)).filter(|_| doubted) {
            return Some(What::NotShown {
                instruction,
                seats: one.seats(),
                shown,
                near: Vec::new(),
            });
        }
    }
    let gone = |leaving: &&Leaving| expired(leaving.settling) || last.is_some_and(|reading| leaving.is_shown(reading));
    queue.leaving.iter().find(gone).map(|leaving| What::Freed {
        instruction: leaving.sign_out,
        parts: Vec::new(),
        how: Settlement::Time,
    })
}
