//! What the floor asks: answers and orders go to the core, hand-overs and quiet queues to the desk. Each asker has a word once it is durable.

use super::super::ledger::{Reply, State};
use super::Driver;
use crate::core::{Actor, Answer, Input, InstructionId, Name, Refusal, Time};
use crate::floor::Ask;
use crate::journal::{Fact, Journal, Record};
use crate::shift::open_items;
use crate::telemetry::names;
use crate::wire::{HandoverAsk, QuietAsk, Refused, RefusedBecause, Request};
use metrics::counter;
use std::collections::BTreeSet;
use std::sync::Arc;

/// People in one answer whom the plan does not know: names of whom somebody has heard only now.
const STRANGERS_MAX: usize = 50;

/// Instructions of which it is remembered that they were answered, before those that are closed are let go.
const ANSWERED_KEPT: usize = 1_024;

impl<J: Journal> Driver<J> {
    pub(super) fn ask(&mut self, ask: Ask) {
        let (by, now) = (ask.by, self.clock.now());
        let admitted = match &ask.request {
            // An instruction of no queue is none that could be answered: the core says so.
            Request::Answer { instruction, .. } => self
                .core
                .queue_of(*instruction)
                .map_or(Ok(()), |queue| ask.scope.admit(queue)),
            Request::Order(order) => ask.scope.admit(order.queue()),
            Request::Quiet(wanted) => ask.scope.admit(&wanted.queue),
            Request::Handover(_) => ask.scope.admit_whole_floor(),
        };
        if let Err(refused) = admitted {
            // Whoever asked may have gone.
            let _ = ask.reply.send(Err(refused));
            return;
        }
        if let Request::Answer { answer, .. } = &ask.request
            && let Err(refused) = self.knows_enough_of(answer)
        {
            let _ = ask.reply.send(Err(refused));
            return;
        }
        let mut counted = None;
        let input = match ask.request {
            Request::Handover(wanted) => return self.hand_over(&wanted, ask.reply, now),
            Request::Quiet(wanted) => return self.quiet(wanted, by, ask.reply, now),
            Request::Answer {
                instruction,
                answer,
                sure,
            } => {
                counted = self.as_counted(instruction, &answer, now);
                Input::Answer {
                    sure,
                    instruction,
                    by,
                    answer,
                }
            }
            Request::Order(order) => Input::Order { by, order },
        };
        match self.tell(input, now) {
            Ok(()) => {
                if let Some(counted) = counted {
                    self.note_answered(counted.instruction);
                    counted.count();
                }
                self.ledger.reply_when_durable(ask.reply);
            }
            Err(refusal) => refuse(ask.reply, &refusal),
        }
    }

    /// A slip of a name or two is taken down as it was said. Hundreds of names that nobody knows are no answer: they would stand on the
    /// move, in every state and in the log.
    fn knows_enough_of(&self, answer: &Answer) -> Result<(), Refused> {
        let named = match answer {
            Answer::Done {
                people: Some(people), ..
            } => people,
            Answer::Left { people, .. } => people,
            Answer::Seen { .. } | Answer::Done { .. } | Answer::Declined { .. } | Answer::Escalate { .. } => {
                return Ok(());
            }
        };
        if named.len() <= STRANGERS_MAX {
            return Ok(());
        }
        let plan = self.core.plan();
        let on_roster = plan.roster.iter().map(|it| &it.person);
        let known: BTreeSet<&Name> = plan
            .pools
            .values()
            .flat_map(|pool| &pool.people)
            .chain(on_roster)
            .collect();
        let strangers = named.iter().filter(|person| !known.contains(person)).count();
        if strangers <= STRANGERS_MAX {
            return Ok(());
        }
        Err(Refused::too_long(format!(
            "\"people\" names {strangers} people who stand in no pool and on no roster; at most {STRANGERS_MAX} such are taken in one \
             answer: say how many with \"seats\", or put them into the plan"
        )))
    }

    /// Takes a step of the shift's hand-over. The core knows nothing of it.
    fn hand_over(&mut self, ask: &HandoverAsk, reply: Reply, now: Time) {
        self.wake(now);
        let decided = if self.ledger.is_failing() {
            Err(RefusedBecause::JournalFailing.into())
        } else {
            let State { queues, open, .. } = self.floor_state();
            self.desk.decide(ask, &open_items(&queues, &open))
        };
        let steps = match decided {
            Ok(steps) => steps,
            Err(refused) => {
                // Whoever asked may have gone.
                let _ = reply.send(Err(refused));
                return;
            }
        };
        for step in steps {
            self.desk.apply(&step, now);
            self.ledger.write(now, Record::Fact(Fact::Handover(step)));
        }
        self.ledger.show_desk(Arc::new(self.desk.clone()));
        self.ledger.reply_when_durable(reply);
    }

    /// Makes a queue quiet, or ends that. The core knows nothing of it.
    fn quiet(&mut self, ask: QuietAsk, by: Actor, reply: Reply, now: Time) {
        self.wake(now);
        let decided = if self.ledger.is_failing() {
            Err(RefusedBecause::JournalFailing.into())
        } else {
            self.quiets.decide(ask, by, self.core.plan(), now)
        };
        match decided {
            Ok(fact) => {
                self.write_quiet(fact, now);
                self.ledger.reply_when_durable(reply);
            }
            // Whoever asked may have gone.
            Err(refused) => drop(reply.send(Err(refused))),
        }
    }

    /// Queues whose quiet is over by now sound again, each at its own time.
    pub(super) fn end_quiets(&mut self, now: Time) {
        while self.quiets.next_over() <= now {
            let at = self.quiets.next_over().max(self.core.now());
            self.wake(at);
            for fact in self.quiets.over_by(at) {
                self.write_quiet(fact, at);
            }
        }
    }

    pub(super) fn write_quiet(&mut self, fact: Fact, now: Time) {
        self.quiets.apply(&fact);
        self.ledger.write(now, Record::Fact(fact));
        self.unshown = true;
    }

    /// Somebody has said something of an instruction. Those that are closed are forgotten now and then.
    fn note_answered(&mut self, instruction: InstructionId) {
        self.answered.insert(instruction);
        if self.answered.len() > ANSWERED_KEPT {
            let core = &self.core;
            self.answered.retain(|known| core.open_instruction(*known).is_some());
        }
    }

    /// An answer as it is counted once it is taken. One that corrects another, or comes late, is an answer as well.
    fn as_counted(&self, instruction: InstructionId, answer: &Answer, now: Time) -> Option<CountedAnswer> {
        let (queue, tier) = self.core.of_instruction(instruction)?;
        let open = self.core.open_instruction(instruction);
        let first = open.filter(|open| open.seen_by.is_none() && !self.answered.contains(&instruction));
        Some(CountedAnswer {
            instruction,
            queue: queue.to_string(),
            tier: tier.to_string(),
            status: answer.status(),
            waited: first.map(|open| (now - open.instruction.at).as_secs().max(0.0)),
        })
    }
}

/// An answer for the metrics.
struct CountedAnswer {
    instruction: InstructionId,
    queue: String,
    tier: String,
    status: &'static str,
    /// Seconds from the instruction to its first answer; `None`: it is not the first, or the instruction is closed.
    waited: Option<f64>,
}

impl CountedAnswer {
    fn count(self) {
        let CountedAnswer {
            instruction: _,
            queue,
            tier,
            status,
            waited,
        } = self;
        if let Some(waited) = waited {
            metrics::histogram!(names::ANSWER_SECONDS, "queue" => queue.clone()).record(waited);
        }
        counter!(names::ANSWERS, "queue" => queue, "tier" => tier, "status" => status).increment(1);
    }
}

fn refuse(reply: Reply, refusal: &Refusal) {
    // Whoever asked may have gone.
    let _ = reply.send(Err(Refused::from(refusal)));
}
