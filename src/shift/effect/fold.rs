//! The fold: entry by entry, in the order of the log, calls on their way to being measured.

use super::line::{Change, Line};
use super::{Doubt, Effect, WINDOW, Waited};
use crate::core::{Action, Answer, Decision, Input, Instruction, InstructionId, Millis, Name, Settlement, Time, What};
use crate::journal::{Entry, Record};
use std::collections::{BTreeMap, VecDeque};

/// Calls that are waited for at a time; the oldest is let go.
const LIMIT_PENDING: usize = 1_000;
/// Calls on their way to being measured.
#[derive(Debug, Default)]
pub struct Effects {
    queues: BTreeMap<Name, Line>,
    /// In the order of the calls.
    pending: VecDeque<Pending>,
    /// Before this none of them is to be measured; `None`: nobody of them has settled.
    over_from: Option<Time>,
    measured: VecDeque<Effect>,
}

#[derive(Debug)]
struct Pending {
    queue: Name,
    tier: Name,
    action: Action,
    instruction: InstructionId,
    called: Time,
    before: Waited,
    mean_before: Option<f64>,
    seats: u32,
    settled: Option<(Time, bool)>,
}

impl Effects {
    /// Takes the next entry of the log.
    pub fn take(&mut self, entry: &Entry) {
        match &entry.record {
            Record::Input(input) => self.told(input, entry.at),
            Record::Decision(decision) => self.decided(decision),
            Record::Fact(_) => self.pass(entry.at),
        }
    }

    /// The core was told something.
    pub fn told(&mut self, input: &Input, at: Time) {
        self.pass(at);
        match input {
            Input::Reading { reading } => self.step(&reading.queue, at, Some(reading.waiting)),
            Input::Configured { .. } => {
                let queues: Vec<Name> = self.queues.keys().cloned().collect();
                for queue in queues {
                    self.changed(&queue, at, Change::Unusual);
                }
            }
            // Nobody saw anything while nothing ran.
            Input::StoodStill { .. } => {
                let queues: Vec<Name> = self.queues.keys().cloned().collect();
                for queue in queues {
                    self.step(&queue, at, None);
                }
            }
            Input::LadderInForce { .. }
            | Input::FeedConnected { .. }
            | Input::FeedDisconnected { .. }
            | Input::Heartbeat { .. }
            | Input::SourceLost { .. }
            | Input::QueueMissing { .. }
            | Input::Delivery { .. }
            | Input::Answer { .. }
            | Input::Order { .. } => {}
        }
    }

    /// The core decided something.
    pub fn decided(&mut self, decision: &Decision) {
        let (queue, at) = (&decision.queue, decision.at);
        self.pass(at);
        match &decision.what {
            What::Instruct { instruction, .. } if !instruction.shadow => self.instructed(instruction),
            What::Settled { instruction, how } => self.settled(*instruction, *how != Settlement::Time, at),
            What::Answered {
                instruction, answer, ..
            } => self.answered(queue, *instruction, answer, at),
            What::FeedLost { .. } => self.step(queue, at, None),
            What::FeedBack { .. } => self.seen_again(queue, at),
            What::Counted { moves, found, .. } => {
                for it in moves {
                    self.changed(queue, at, Change::Came(it.instruction));
                }
                for it in found {
                    self.changed(queue, at, Change::Came(it.instruction));
                }
            }
            What::TakenAsLeft { instruction, .. } => self.changed(queue, at, Change::Went(*instruction)),
            What::Paused { .. }
            | What::Resumed { .. }
            | What::Incident { .. }
            | What::IncidentOver { .. }
            | What::LadderChanged { .. } => self.changed(queue, at, Change::Unusual),
            What::Instruct { .. }
            | What::Freed { .. }
            | What::TierSkipped { .. }
            | What::BlindLong { .. }
            | What::PassedUp { .. }
            | What::Unanswered { .. }
            | What::SurgeOver { .. }
            | What::ApprovalAsked { .. }
            | What::ApprovalLapsed { .. }
            | What::NotShown { .. }
            | What::Gone { .. }
            | What::IncidentEnds { .. }
            | What::NobodyListening { .. }
            | What::Approved { .. }
            | What::ApprovalRefused { .. }
            | What::OnlyMovesCounted {} => {}
        }
    }

    /// Time passes: what was to be measured by then is.
    pub fn pass(&mut self, now: Time) {
        if self.over_from.is_none_or(|from| now < from) {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        for it in pending {
            match it.settled {
                Some((settled, said)) if settled + WINDOW <= now => {
                    let effect = self.measure(it, settled, said);
                    self.measured.push_back(effect);
                }
                _ => self.pending.push_back(it),
            }
        }
        let settled = self.pending.iter().filter_map(|it| it.settled);
        self.over_from = settled.map(|(settled, _)| settled + WINDOW).min();
    }

    /// The next call whose windows are over.
    pub fn poll(&mut self) -> Option<Effect> {
        self.measured.pop_front()
    }

    fn instructed(&mut self, it: &Instruction) {
        if !it.action.brings_people() {
            if let Some(of) = it.of {
                self.changed(&it.queue, it.at, Change::Went(of));
                // Stood down before anybody came: there is nothing to measure.
                self.pending
                    .retain(|one| one.instruction != of || one.settled.is_some());
            }
            return;
        }
        let before = self.waited(&it.queue, it.at - WINDOW, it.at);
        self.pending.push_back(Pending {
            queue: it.queue.clone(),
            tier: it.tier.clone(),
            action: it.action,
            instruction: it.id,
            called: it.at,
            mean_before: before.mean(),
            before,
            seats: it.seats.ask,
            settled: None,
        });
        if self.pending.len() > LIMIT_PENDING {
            self.pending.pop_front();
        }
    }

    fn settled(&mut self, instruction: InstructionId, said: bool, at: Time) {
        let Some(it) = self.pending.iter_mut().find(|one| one.instruction == instruction) else {
            return;
        };
        // The first word counts, for who is told to be there twice came once; but any word counts for more than a time that was up.
        if !it.settled.is_some_and(|(_, was_said)| was_said || !said) {
            it.settled = Some((at, said));
            let over = at + WINDOW;
            self.over_from = Some(self.over_from.map_or(over, |from| from.min(over)));
        }
        let queue = it.queue.clone();
        self.changed(&queue, at, Change::Came(instruction));
    }

    fn answered(&mut self, queue: &Name, instruction: InstructionId, answer: &Answer, at: Time) {
        match answer {
            Answer::Done { seats, people, .. } => {
                let came = people.as_ref().map(|it| u32::try_from(it.len()).unwrap_or(u32::MAX));
                let came = came.filter(|n| *n > 0).or(*seats);
                if came == Some(0) {
                    self.pending.retain(|one| one.instruction != instruction);
                    return;
                }
                if let Some(it) = self.pending.iter_mut().find(|one| one.instruction == instruction) {
                    it.seats = came.unwrap_or(it.seats);
                }
                self.settled(instruction, true, at);
            }
            Answer::Declined { .. } => self.pending.retain(|one| one.instruction != instruction),
            Answer::Left { .. } => self.changed(queue, at, Change::Went(instruction)),
            Answer::Seen { .. } | Answer::Escalate { .. } => {}
        }
    }

    fn measure(&self, it: Pending, settled: Time, said: bool) -> Effect {
        let end = settled + WINDOW;
        let after = self.waited(&it.queue, settled, end);
        let begin = it.called - WINDOW;
        let line = self.queues.get(&it.queue);
        let changes: Vec<Change> = line.into_iter().flat_map(|line| line.changes(begin, end)).collect();
        let others = |change: &Change| match change {
            Change::Came(id) | Change::Went(id) => *id != it.instruction,
            Change::Unusual => false,
        };
        let ebbed = match (it.mean_before, line.and_then(|line| line.depth_at(settled))) {
            (Some(before), Some(depth)) => settled > it.called && f64::from(depth) < before,
            _ => false,
        };
        let doubts = [
            (Doubt::OthersMoved, changes.iter().any(others)),
            (Doubt::EbbedBefore, ebbed),
            (Doubt::Unseen, it.before.seen < WINDOW || after.seen < WINDOW),
            (Doubt::NobodySaid, !said),
            (Doubt::SentBack, changes.contains(&Change::Went(it.instruction))),
            (Doubt::Unusual, changes.contains(&Change::Unusual)),
        ];
        Effect {
            queue: it.queue,
            tier: it.tier,
            action: it.action,
            instruction: it.instruction,
            called: it.called,
            settled,
            seats: it.seats,
            before: it.before,
            after,
            doubts: doubts
                .into_iter()
                .filter(|(_, is)| *is)
                .map(|(doubt, _)| doubt)
                .collect(),
        }
    }

    fn waited(&self, queue: &Name, from: Time, to: Time) -> Waited {
        self.queues.get(queue).map_or(
            Waited {
                caller_minutes: 0.0,
                seen: Millis::ZERO,
            },
            |line| line.waited(from, to),
        )
    }

    fn step(&mut self, queue: &Name, at: Time, depth: Option<u32>) {
        let line = match self.queues.get_mut(queue) {
            Some(line) => line,
            None => self.queues.entry(queue.clone()).or_default(),
        };
        line.step(at, depth);
        if line.has_changes() {
            let needed = self.needed_from(queue, at);
            self.queues.entry(queue.clone()).or_default().forget_changes(needed);
        }
    }

    /// By a sign of life of its source, without a reading: as many wait as did.
    fn seen_again(&mut self, queue: &Name, at: Time) {
        if let Some(last) = self.queues.get(queue).and_then(Line::before_blind) {
            self.step(queue, at, Some(last));
        }
    }

    fn changed(&mut self, queue: &Name, at: Time, change: Change) {
        self.queues.entry(queue.clone()).or_default().changed(at, change);
    }

    /// From when on comings and goings of a queue still matter.
    fn needed_from(&self, queue: &Name, now: Time) -> Time {
        let called = self.pending.iter().filter(|it| it.queue == *queue).map(|it| it.called);
        called.min().unwrap_or(now).min(now) - WINDOW
    }
}
