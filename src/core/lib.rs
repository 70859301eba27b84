//! The surge plan as a pure machine: told the time, told what happened, asked what to do.
//!
//! Four verbs drive it, and extra calls change nothing:
//!
//! | verb | does |
//! |---|---|
//! | [`Core::handle`] | takes one input, or refuses it in words and changes nothing |
//! | [`Core::poll_effect`] | the next decision to be journaled and carried out |
//! | [`Core::poll_timeout`] | when it wants to be woken, and why |
//! | [`Core::handle_timeout`] | decides what is due by now |
//!
//! **Decide, then apply.** Each rule has a file in `rules`: what it decides by looking at the state, and how a decision is carried out,
//! which is also what start-up uses to bring recorded decisions back; whether an input is possible, and how it is taken in. Nothing
//! else changes the state, so that it is a fold of [`Core::recall_input`] and [`Core::recall_decision`] over the duty log.
//!
//! **Deliberately absent:** clocks, files, sockets, randomness, threads, hash maps, floating point beyond + − × ÷, and everything
//! else of this package. A test of the architecture holds this (`tests/architecture.rs`).

// A new kind of anything is a compile error wherever it matters. In tests it may be beside the point.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod decision;
mod derived;
mod due;
pub mod erlang;
mod explain;
mod input;
mod instruction;
#[cfg(debug_assertions)]
mod invariants;
pub mod ladder;
pub mod measure;
mod moves;
mod name;
mod queue;
mod reading;
mod refusal;
mod rules;
#[cfg(feature = "schemars")]
mod schema;
mod supply;
mod time;
mod view;

pub use decision::{
    Approval, Decision, Found, Instead, Lost, NearMiss, OutOfPlace, Promise, Recounted, Settlement, Shortage, Unseen,
    What,
};
pub use input::{Answer, Counted, Input, Order};
pub use instruction::{Action, Actor, Ask, Chosen, Instruction, InstructionId, Judged, Part, Reason};
pub use ladder::Plan;
pub use name::Name;
pub use reading::{Agent, AgentState, Reading};
pub use refusal::{Conflict, Refusal};
pub use rules::overtime::{CallsPerHour, Missing, Origin, Requirement};
pub use time::{Millis, Seen, Time};
pub use view::{
    Away, Began, Clock, Clocks, Incident, MoveView, NextTier, OpenView, Pause, PersonView, QueueView, Reserve,
    Standing, TierView,
};

use derived::Derived;
use queue::Queue;
use rules::{PHASES, Phase};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;
use supply::People;

/// The shape of a serialised [`Core`]. A snapshot of another shape is not read; the log before it is.
pub const SNAPSHOT_VERSION: u32 = 4;

/// More decisions than this in one millisecond for each queue mean that the core runs in a circle.
const DECISIONS_AN_INSTANT: usize = 64;

/// The state of one shard: all queues that share pools. Serialises as a snapshot; what comes back is ready to go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Snapshot")]
pub struct Core {
    plan: Arc<Plan>,
    now: Time,
    last_instruction: InstructionId,
    /// Sorted by name.
    queues: Vec<Queue>,
    people: People,
    #[serde(skip)]
    effects: VecDeque<Decision>,
    #[serde(skip)]
    derived: Derived,
}

#[derive(Deserialize)]
struct Snapshot {
    plan: Arc<Plan>,
    now: Time,
    last_instruction: InstructionId,
    queues: Vec<Queue>,
    people: People,
}

impl From<Snapshot> for Core {
    fn from(
        Snapshot {
            plan,
            now,
            last_instruction,
            queues,
            people,
        }: Snapshot,
    ) -> Core {
        let (effects, derived) = Default::default();
        let mut core = Core {
            plan,
            now,
            last_instruction,
            queues,
            people,
            effects,
            derived,
        };
        core.rebuild();
        core
    }
}

/// Why the core wants to be woken.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Why {
    /// A move or a sign-out settles.
    Settling,
    /// A queue goes blind, or has been for long.
    Blind,
    /// A tier is due, asks for a yes again, or may have somebody to ask again.
    Call,
    /// A release, a stand-down, or the end of a surge is due.
    Release,
    /// A pause ends.
    Pause,
    /// An incident is at its end.
    Incident,
    /// An instruction goes up the chain of command.
    Chain,
}

impl Core {
    /// An empty floor; the first input gives it a plan.
    pub fn new(now: Time) -> Core {
        Core {
            plan: Arc::default(),
            now,
            last_instruction: InstructionId(0),
            queues: Vec::new(),
            people: People::default(),
            effects: VecDeque::new(),
            derived: Derived::default(),
        }
    }

    /// Takes in what happened. What was due by `now` is decided first: to keep the duty log in the order of events, call
    /// [`Core::handle_timeout`] with the same `now` before, and journal its effects before this input.
    ///
    /// # Errors
    /// A refusal in words; nothing has changed.
    pub fn handle(&mut self, input: Input, now: Time) -> Result<(), Refusal> {
        if let Input::Reading { reading } = input {
            return self.handle_reading(&mut Some(reading), now);
        }
        self.handle_timeout(now);
        self.admit(&input)?;
        self.absorb(input, self.now);
        self.settle_instant(self.now);
        Ok(())
    }

    /// The same of a reading, as most of what comes is: the queue of each is looked up once, and it changes places with the one before,
    /// so that whoever tells many can write the next into that. `None` tells only the time.
    ///
    /// # Errors
    /// There is no such queue; nothing has changed.
    pub fn handle_reading(&mut self, said: &mut Option<Reading>, now: Time) -> Result<(), Refusal> {
        self.handle_timeout(now);
        if let Some(reading) = said {
            let Some(index) = self.index_read(&reading.queue) else {
                return Err(Refusal::NoSuchQueue(reading.queue.clone()));
            };
            self.absorb_reading(index, said, self.now);
        }
        self.settle_instant(self.now);
        Ok(())
    }

    /// The next decision, in order. Durable first, then visible.
    pub fn poll_effect(&mut self) -> Option<Decision> {
        self.effects.pop_front()
    }

    /// When something is due next, if no input comes before.
    pub fn poll_timeout(&self) -> Option<(Time, Why)> {
        let at = self.due_at();
        if at == Time::NEVER {
            return None;
        }
        let mut due = Vec::new();
        self.derived.due.by(at, &mut due);
        let next = due.into_iter().filter_map(|index| self.next_due(index)).min();
        // A log just brought back is due to be looked at, even where nothing is scheduled.
        Some((at, next.map_or(Why::Call, |(_, why)| why)))
    }

    /// When something is due next, without the reason; [`Time::NEVER`] where nothing is.
    pub fn due_at(&self) -> Time {
        self.derived.due.first()
    }

    /// Decides everything that is due by `now`, each at its own millisecond. A `now` before the last one counts as the last one.
    pub fn handle_timeout(&mut self, now: Time) {
        let now = self.now.max(now);
        loop {
            let at = self.derived.due.first();
            if at > now {
                break;
            }
            let at = at.max(self.now);
            self.now = at;
            self.settle_instant(at);
        }
        self.now = now;
    }

    /// Start-up: takes in a recorded input, and decides nothing.
    pub fn recall_input(&mut self, input: Input, at: Time) {
        self.now = self.now.max(at);
        self.absorb(input, self.now);
        self.effects.clear();
        self.derived.dirty.clear();
    }

    /// Start-up: applies a recorded decision.
    pub fn recall_decision(&mut self, decision: &Decision) {
        self.now = self.now.max(decision.at);
        self.apply(decision);
    }

    /// Start-up: the log has been brought back. What is due by now is decided by the next [`Core::handle_timeout`].
    pub fn recalled(&mut self) {
        self.rebuild();
        // The log may end between an input and what it brought about, in the same millisecond: every queue is looked at.
        for index in 0..self.queues.len() {
            self.derived.due.set(index, self.now);
        }
    }

    /// Whether some queue would be blind by `now`, if nothing were heard until then. Where nothing ran since [`Core::now`], the core is to
    /// be told so ([`Input::StoodStill`]) before it is asked what was due meanwhile.
    pub fn loses_sight_by(&self, now: Time) -> bool {
        let stale = |queue: &Queue| now - queue.vouched_at >= queue.setting.limits.stale_after;
        self.queues.iter().any(stale)
    }

    /// The time of the last input or timeout.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The plan in force.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Everything due in this millisecond. Mostly nothing is.
    #[inline]
    fn settle_instant(&mut self, at: Time) {
        if !self.derived.dirty.is_empty() || self.derived.due.first() <= at {
            self.settle_due(at);
        }
        self.derived.sharing.calm_down();
        #[cfg(debug_assertions)]
        invariants::check(self);
    }

    /// What is due in this millisecond, in plan.md's order, until nothing more is.
    fn settle_due(&mut self, at: Time) {
        let mut due = std::mem::take(&mut self.derived.dirty);
        self.derived.due.by(at, &mut due);
        for &index in &due {
            self.derived.weigh_anew(index);
            if self.queues[index].turns_at(at) {
                self.touch_attentive(index);
            }
        }
        let mut decisions_left = DECISIONS_AN_INSTANT * (self.queues.len() + 1);
        loop {
            let decided = self.effects.len();
            for phase in PHASES {
                loop {
                    self.join_dirty(&mut due);
                    let before = self.effects.len();
                    self.decide_phase(phase, &mut due, at, &mut decisions_left);
                    // A call may let another queue call: all sign-ins come before the first release.
                    if phase != Phase::Calls || self.effects.len() == before || decisions_left == 0 {
                        break;
                    }
                }
            }
            let nothing_more = self.effects.len() == decided && self.derived.dirty.is_empty();
            if nothing_more || decisions_left == 0 {
                break;
            }
        }
        self.join_dirty(&mut due);
        self.weigh();
        for &index in &due {
            self.derived.is_dirty[index] = false;
            // Never again in the same millisecond: a circle must not become a hang.
            let next = self
                .schedule(index)
                .map_or(Time::NEVER, |(next, _)| next.max(at + Millis(1)));
            self.derived.due.set(index, next);
        }
        due.clear();
        self.derived.dirty = due;
    }

    /// Asks every queue that is due for its decisions of one phase, and applies each before the next is asked for.
    fn decide_phase(&mut self, phase: Phase, due: &mut [usize], at: Time, decisions_left: &mut usize) {
        if phase == Phase::Calls {
            self.arbitrate(due);
        }
        for &index in due.iter() {
            self.weigh();
            while let Some(what) = self.decide(phase, index, at) {
                let decision = Decision {
                    at,
                    queue: self.queues[index].name.clone(),
                    what,
                };
                #[cfg(debug_assertions)]
                invariants::check_decision(self, index, &decision.what);
                self.apply(&decision);
                debug_assert!(*decisions_left > 0, "the core decides in a circle: {decision:?}");
                self.effects.push_back(decision);
                self.weigh();
                if *decisions_left == 0 {
                    return;
                }
                *decisions_left -= 1;
            }
        }
    }

    fn join_dirty(&mut self, due: &mut Vec<usize>) {
        due.append(&mut self.derived.dirty);
        due.sort_unstable();
        due.dedup();
    }

    fn index_of_instruction(&self, instruction: InstructionId) -> Option<usize> {
        let index = *self.derived.instructions.get(&instruction)?;
        let queue = self.queues.get(index);
        queue.is_some_and(|queue| queue.knows(instruction)).then_some(index)
    }

    /// An instruction is given for a queue.
    fn note_instruction(&mut self, instruction: InstructionId, index: usize) {
        let Derived { instructions, .. } = &mut self.derived;
        instructions.insert(instruction, index);
        // Those of which nothing is left are forgotten now and then.
        if instructions.len() > 1_024 + 64 * self.queues.len() {
            let queues = &self.queues;
            instructions.retain(|instruction, index| queues[*index].knows(*instruction));
        }
    }
}
