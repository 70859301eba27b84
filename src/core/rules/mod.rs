//! One file a rule: its state, what it admits and takes in, when it is due, what it decides and how that is applied.
//!
//! | file | plan.md | decides |
//! |---|---|---|
//! | `sight` | Blind, Reading | `feed_lost`, `blind_long`, `only_moves_counted` (and says `feed_back`) |
//! | `call` | The stack, Severity, Arbitration | `instruct` that brings people, `tier_skipped` |
//! | `settle` | Settling | `settled`, `not_shown` |
//! | `depart` | What the feed proves | `freed`, `gone`, `taken_as_left` |
//! | `answer` | Late answers | - (says `answered`) |
//! | `release` | Release | `instruct` that takes people back, `surge_over` |
//! | `stay` | `max_stay` | `instruct` that takes people back |
//! | `approval` | Orders by hand, Chain of command | `approval_asked`, `approval_lapsed` (and says yes and no) |
//! | `chain` | Chain of command | `passed_up`, `unanswered` |
//! | `order` | Orders by hand | `instruct` |
//! | `count` | Orders by hand | `counted` |
//! | `pause` | Orders by hand | `resumed` |
//! | `incident` | Incident | `instruct` beside the ladder, `incident_ends`, `incident_over` |
//! | `overtime` | Overtime | - (the seats required) |
//! | `configured` | The stack | - (says `ladder_changed`) |
//!
//! This file only leads from one to the other, in plan.md's order ("Fine print").

mod answer;
mod approval;
mod call;
mod chain;
mod configured;
mod count;
mod depart;
mod incident;
mod order;
pub mod overtime;
mod pause;
mod release;
mod settle;
mod sight;
mod stay;

use crate::ladder::{Ladder, Tier};
use crate::moves::WayBack;
use crate::queue::Queue;
use crate::supply::Request;
use crate::{
    Action, Actor, Ask, Core, Decision, Input, Instruction, InstructionId, Millis, Name, Order, Reason, Refusal, Seen,
    Time, What, Why, moves,
};

/// Among so many queues, what is kept up with every change is compared in debug builds with what is found out anew.
pub(crate) const FEW: usize = 64;

/// What is decided in one millisecond, in this order.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Orders by hand, which were admitted in this very millisecond.
    Orders,
    /// Settled, freed and gone.
    Settling,
    /// Blind.
    Blind,
    /// The end of a pause, or of an incident.
    Spans,
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
    Phase::Spans,
    Phase::Calls,
    Phase::Releases,
    Phase::Chain,
];

/// On whose word an instruction goes out, and to whom.
struct Word {
    /// Who ordered it or said yes to it; `None`: the daemon by itself.
    by: Option<Actor>,
    /// To nobody.
    shadow: bool,
    /// The daemon leaves them there for so long.
    hold: Option<Millis>,
}

impl Word {
    fn of_the_daemon(shadow: bool) -> Word {
        Word {
            by: None,
            shadow,
            hold: None,
        }
    }
}

impl Core {
    /// The next decision of a phase on one queue.
    pub(crate) fn decide(&self, phase: Phase, index: usize, at: Time) -> Option<What> {
        let queue = &self.queues[index];
        match phase {
            Phase::Orders => self.decide_order(queue, at).or_else(|| self.decide_count(queue, at)),
            Phase::Settling => self
                .decide_settled(queue, at)
                .or_else(|| self.decide_departed(queue, at)),
            Phase::Blind => self.decide_sight(queue, at),
            Phase::Spans => self
                .decide_pause(queue, at)
                .or_else(|| self.decide_incident_end(queue, at)),
            Phase::Calls => {
                let lapsed = self.decide_approval_lapsed(queue);
                let lapsed = lapsed.or_else(|| self.decide_incident_call(queue, at));
                lapsed.or_else(|| self.decide_call(queue, at))
            }
            Phase::Releases => self.decide_stayed(queue, at).or_else(|| self.decide_release(queue, at)),
            Phase::Chain => self.decide_chain(queue, at),
        }
    }

    /// When the queue is due next, and why: the earliest of what each rule says of itself.
    pub(crate) fn next_due(&self, index: usize) -> Option<(Time, Why)> {
        let sight = self.sight_due(&self.queues[index]).map(|at| (at, Why::Blind));
        let attentive = self.is_attentive(&self.queues[index]);
        sight.into_iter().chain(self.due_beside_sight(index, attentive)).min()
    }

    /// The same of every rule but that of sight, of a queue that would call if it could or would not.
    pub(crate) fn due_beside_sight(&self, index: usize, attentive: bool) -> Option<(Time, Why)> {
        let queue = &self.queues[index];
        let always = [
            (self.pause_due(queue), Why::Pause),
            (self.incident_due(queue), Why::Incident),
            (self.chain_due(queue), Why::Chain),
            (self.approval_due(queue), Why::Call),
            (self.asked_again_due(queue, attentive), Why::Call),
        ];
        // Of its own accord a blind queue does nothing.
        let seeing = || {
            [
                (self.settling_due(queue), Why::Settling),
                (self.departing_due(queue), Why::Settling),
                (self.turn_due(queue), Why::Call),
                (self.call_due(queue), Why::Call),
                (self.stay_due(queue), Why::Release),
                (self.release_due(queue), Why::Release),
            ]
        };
        let seeing = (!queue.is_blind()).then(seeing);
        let due = always.into_iter().chain(seeing.into_iter().flatten());
        due.filter_map(|(at, why)| Some((at?, why))).min()
    }

    /// Whether an input can be taken now.
    ///
    /// # Errors
    /// Why not.
    pub fn admit(&self, input: &Input) -> Result<(), Refusal> {
        match input {
            Input::Configured { .. }
            | Input::FeedConnected { .. }
            | Input::FeedDisconnected { .. }
            | Input::Heartbeat { .. }
            | Input::SourceLost { .. }
            | Input::StoodStill { .. } => Ok(()),
            Input::Reading { reading } => self.known(&reading.queue).map(drop),
            Input::QueueMissing { queue } => self.known(queue).map(drop),
            Input::LadderInForce { queue, ladder } => self.admit_ladder(queue, ladder),
            Input::Delivery { instruction, .. } => self.knowing(*instruction).map(drop),
            Input::Answer {
                instruction,
                answer,
                by,
                sure,
            } => self.admit_answer(*instruction, answer, by, *sure),
            Input::Order { order, .. } => self.admit_order(order),
        }
    }

    fn admit_order(&self, order: &Order) -> Result<(), Refusal> {
        let queue = self.known(order.queue())?;
        match order {
            Order::Call { tier, seats, hold, .. } => self.admit_call(queue, tier.as_ref(), *seats, *hold),
            Order::Release { instruction, .. } => admit_release(queue, *instruction),
            Order::Approve { tier, .. } => approval::admit(queue, tier),
            Order::Refuse { tier, reason, .. } => approval::admit_no(queue, tier, reason),
            Order::Count { moves, extra, .. } => self.admit_count(queue, moves, extra),
            Order::Pause { lasting, reason, .. } => pause::admit(*lasting, reason),
            Order::Resume { .. } => pause::admit_end(queue),
            Order::Incident { note, until, .. } => self.admit_incident(*until, note),
            Order::IncidentOver { .. } => incident::admit_end(queue),
        }
    }

    /// Takes in an input that was admitted: this cannot fail. What the floor is to hear of it is said as a decision that changes
    /// nothing more.
    pub(crate) fn absorb(&mut self, input: Input, at: Time) {
        match input {
            Input::Configured { plan } => self.absorb_plan(plan, at),
            Input::LadderInForce { queue, ladder } => self.absorb_ladder(&queue, ladder, at),
            Input::FeedConnected { feed } => self.absorb_connected(&feed),
            // A lost connection alone is not blindness; it is journaled for the record.
            Input::FeedDisconnected { .. } => {}
            Input::Reading { reading } => {
                if let Some(index) = self.index(&reading.queue) {
                    self.absorb_reading(index, &mut Some(reading), at);
                }
            }
            Input::Heartbeat { feed } => self.absorb_heartbeat(&feed, at),
            Input::SourceLost { feed, why } => self.absorb_lost(&feed, &why),
            Input::QueueMissing { queue } => self.absorb_missing(&queue),
            Input::StoodStill { until } => self.absorb_gap(until, at),
            Input::Delivery { instruction, reached } => self.absorb_delivery(instruction, reached, at),
            Input::Answer {
                instruction,
                by,
                answer,
                sure: _,
            } => self.absorb_answer(instruction, by, answer, at),
            Input::Order { by, order } => self.absorb_order(by, order, at),
        }
    }

    fn absorb_order(&mut self, by: Actor, order: Order, at: Time) {
        let Some(index) = self.index(order.queue()) else {
            return;
        };
        self.touch_neighbours(index);
        match order {
            Order::Call { tier, seats, hold, .. } => self.absorb_call(index, by, tier, seats, hold, at),
            Order::Release { instruction, .. } => self.absorb_release(index, by, instruction, at),
            Order::Count { moves, extra, .. } => self.absorb_count(index, by, moves, extra, at),
            Order::Approve { tier, .. } => self.absorb_yes(index, by, tier, at),
            Order::Refuse { tier, reason, .. } => self.absorb_no(index, by, tier, reason, at),
            Order::Pause { lasting, reason, .. } => self.absorb_pause(index, by, lasting, reason, at),
            Order::Resume { .. } => self.absorb_resume(index, by, at),
            Order::Incident { note, until, .. } => self.absorb_incident(index, by, note, until, at),
            Order::IncidentOver { .. } => self.absorb_incident_over(index, by, at),
        }
    }

    /// Carries a decision out. Also how start-up brings recorded decisions back, so it asks no clock and decides nothing. A decision
    /// on a queue that is not there changes nothing.
    pub(crate) fn apply(&mut self, decision: &Decision) {
        let Some(index) = self.index(&decision.queue) else {
            return;
        };
        let at = decision.at;
        // What is next on it, and so what is kept for it, may be another from now on.
        self.touch_attentive(index);
        match &decision.what {
            What::Instruct { instruction, beside } => self.apply_instruct(index, instruction, *beside),
            What::Settled { instruction, how } => self.apply_settled(index, *instruction, *how, at),
            What::NotShown { instruction, .. } => self.apply_not_shown(index, *instruction),
            What::Freed {
                instruction,
                parts,
                how,
            } => self.apply_freed(index, *instruction, parts, *how, at),
            What::Gone {
                instruction,
                people,
                left_at,
            } => self.apply_gone(index, *instruction, people, *left_at),
            What::TakenAsLeft { instruction, people } => self.apply_left(index, *instruction, people, at),
            What::TierSkipped { tier, .. } => self.apply_skipped(index, tier, at),
            What::FeedLost { .. } => self.apply_feed_lost(index, at),
            What::BlindLong { .. } => self.apply_blind_long(index),
            What::OnlyMovesCounted {} => self.queues[index].only_moves_said = true,
            What::PassedUp {
                instruction,
                level,
                respond_by,
                ..
            } => self.apply_passed_up(index, *instruction, *level, *respond_by),
            What::Unanswered { instruction } => self.apply_unanswered(index, *instruction),
            What::SurgeOver { .. } => self.apply_surge_over(index),
            What::Resumed { .. } => self.apply_resumed(index, at),
            What::IncidentEnds { over_at, .. } => self.apply_incident_ends(index, *over_at),
            What::IncidentOver { .. } => self.queues[index].incident = None,
            What::ApprovalAsked { approval } => self.queues[index].approval = Some(approval.clone()),
            What::ApprovalLapsed { .. } => self.queues[index].approval = None,
            What::Counted { moves, found, .. } => self.apply_counted(index, moves, found, at),
            // Said aloud: the input behind it has changed what there was to change.
            What::Approved { .. }
            | What::ApprovalRefused { .. }
            | What::FeedBack { .. }
            | What::Answered { .. }
            | What::NobodyListening { .. }
            | What::Paused { .. }
            | What::Incident { .. }
            | What::LadderChanged { .. } => {}
        }
    }

    // ---- an instruction, whichever way it goes

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
        word: Word,
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
            respond_by: self.respond_by(at).filter(|_| !word.shadow),
            of: None,
            by: word.by,
            shadow: word.shadow,
            hold: word.hold,
            lasting: tier.lasting,
        };
        What::Instruct { instruction, beside }
    }

    /// The instruction that takes a move back, or a part of it.
    fn take_back(
        &self,
        queue: &Queue,
        one: &moves::Move,
        back: WayBack,
        reason: Reason,
        by: Option<Actor>,
        at: Time,
    ) -> What {
        let WayBack { action, parts } = back;
        let seats = moves::seats(&parts);
        let instruction = Instruction {
            id: self.next_instruction(),
            at,
            queue: queue.name.clone(),
            action,
            tier: one.tier.clone(),
            parts: moves::worded(&parts),
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

    fn apply_instruct(&mut self, index: usize, instruction: &Instruction, beside: bool) {
        self.last_instruction = self.last_instruction.max(instruction.id);
        self.note_instruction(instruction.id, index);
        self.queues[index].carried_out(instruction);
        if !instruction.shadow {
            self.open_chain(index, instruction);
        }
        match instruction.action {
            Action::SignIn | Action::ExtendShift | Action::Overtime | Action::CallIn => {
                self.apply_call(index, instruction, beside);
            }
            Action::SignOut | Action::StandDown => self.apply_take_back(index, instruction),
        }
    }

    // ---- what several rules ask

    /// The ladder in force of a queue that is still configured.
    pub(crate) fn ladder<'a>(&self, queue: &'a Queue) -> Option<&'a Ladder> {
        if queue.retired {
            None
        } else {
            queue.setting.ladder.as_deref()
        }
    }

    /// Since when the threshold of the first tier is passed: "callers pile up".
    pub(crate) fn above_since(&self, queue: &Queue) -> Option<Seen> {
        let first = self.ladder(queue)?.tiers.first()?;
        queue.windows.since(&first.when, queue.seen(self.now))
    }

    /// What is passed or left by itself may bring an incident's tiers forward, or let a surge end.
    fn turn_due(&self, queue: &Queue) -> Option<Time> {
        queue
            .windows
            .next_turn(queue.seen(self.now))
            .map(|turn| queue.real(turn))
    }

    fn known(&self, queue: &Name) -> Result<&Queue, Refusal> {
        self.place(queue).map(|index| &self.queues[index])
    }

    /// Where a queue stands in the order of names.
    ///
    /// # Errors
    /// There is none of this name.
    pub(crate) fn place(&self, queue: &Name) -> Result<usize, Refusal> {
        self.index(queue).ok_or_else(|| Refusal::NoSuchQueue(queue.clone()))
    }

    fn knowing(&self, instruction: InstructionId) -> Result<&Queue, Refusal> {
        if let Some(index) = self.index_of_instruction(instruction) {
            return Ok(&self.queues[index]);
        }
        let was_given = instruction.0 > 0 && instruction <= self.last_instruction;
        Err(if was_given {
            Refusal::Closed(instruction)
        } else {
            Refusal::NoSuchInstruction(instruction)
        })
    }

    /// Says aloud what an input brought about.
    fn say(&mut self, index: usize, at: Time, what: What) {
        let queue = self.queues[index].name.clone();
        self.effects.push_back(Decision { at, queue, what });
    }
}

fn admit_release(queue: &Queue, instruction: InstructionId) -> Result<(), Refusal> {
    let on_stack = queue.on_stack(instruction).is_some();
    on_stack.then_some(()).ok_or(Refusal::NothingToRelease(instruction))
}

/// Refuses a number beyond its limit.
fn limit(what: &'static str, came: i64, limit: i64) -> Result<(), Refusal> {
    if (0..=limit).contains(&came) {
        return Ok(());
    }
    Err(Refusal::TooMuch {
        what,
        came: came.unsigned_abs(),
        limit: limit.unsigned_abs(),
    })
}
