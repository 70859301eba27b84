//! Whether an answer or an order is possible at all. What is not is refused in words, and nothing changes by it.

use super::queue::{Move, Queue};
use super::{Action, Actor, Answer, Core, Counted, Input, InstructionId, Millis, Name, Order, Part, Refusal, Shortage};
use std::collections::BTreeSet;

/// The longest pause, incident or "on the way" that can be declared.
const AHEAD_LIMIT: Millis = Millis::from_mins(24 * 60);

/// An incident may be expected to last this long.
const INCIDENT_LIMIT: Millis = Millis::from_mins(31 * 24 * 60);

/// The most people that one answer can name or count.
pub const PEOPLE_LIMIT: u32 = 10_000;

impl Core {
    /// Whether an input can be taken now.
    ///
    /// # Errors
    /// Why not, in words.
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
            Input::LadderInForce { queue, ladder } => {
                self.known(queue)?;
                self.plan
                    .ladders
                    .contains_key(ladder)
                    .then_some(())
                    .ok_or_else(|| Refusal::NoSuchLadder(ladder.clone()))
            }
            Input::Delivery { instruction, .. } => self.knowing(*instruction).map(drop),
            Input::Answer {
                sure: _,
                instruction,
                answer,
                by,
            } => self.admit_answer(*instruction, answer, by),
            Input::Order { order, .. } => self.admit_order(order),
        }
    }

    fn known(&self, queue: &Name) -> Result<&Queue, Refusal> {
        self.index(queue)
            .map(|index| &self.queues[index])
            .ok_or_else(|| Refusal::NoSuchQueue(queue.clone()))
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

    fn admit_answer(&self, instruction: InstructionId, answer: &Answer, by: &Actor) -> Result<(), Refusal> {
        let queue = self.knowing(instruction)?;
        let open = queue.open(instruction);
        let on_stack = queue.stack.iter().find(|one| one.instruction == instruction);
        let leaving = queue.leaving.iter().find(|one| one.sign_out == instruction);
        if on_stack.is_some_and(|one| one.shadow) || leaving.is_some_and(|one| one.of.shadow) {
            return Err(Refusal::InShadow(instruction));
        }
        match answer {
            Answer::Seen { eta } => {
                limit("eta_s", eta.map_or(0, |eta| eta.0), AHEAD_LIMIT.0)?;
                open.map(drop).ok_or(Refusal::Closed(instruction))
            }
            Answer::Done { seats, people, .. } => {
                let count = people.as_ref().map_or(0, Vec::len).max(seats.unwrap_or(0) as usize);
                limit("the number of people", count as i64, i64::from(PEOPLE_LIMIT))?;
                if open.is_some() || on_stack.is_some() || leaving.is_some() {
                    return Ok(());
                }
                let gone = queue.gone.iter().find(|one| one.instruction == instruction);
                self.admit_return(queue, gone, instruction)
            }
            Answer::Declined { .. } => match (on_stack, leaving, open) {
                (Some(_), _, _) | (_, Some(_), _) => Ok(()),
                // A stand-down: "keep them".
                (None, None, Some(open)) if open.instruction.action == Action::StandDown => {
                    let gone = queue
                        .gone
                        .iter()
                        .find(|one| Some(one.instruction) == open.instruction.of);
                    self.admit_return(queue, gone, instruction)
                }
                // A sign-out whose people are free already, and all else.
                (None, None, _) => Err(Refusal::Closed(instruction)),
            },
            Answer::Left { people, seats, .. } => {
                limit("the number of people", people.len() as i64, i64::from(PEOPLE_LIMIT))?;
                let action = open.map_or("sign_in", |open| open.instruction.action.as_str());
                if people.is_empty() && seats.unwrap_or(0) == 0 {
                    let what = "\"left\" without saying who or how many";
                    return Err(Refusal::DoesNotFit {
                        what,
                        instruction,
                        action,
                    });
                }
                on_stack.map(drop).ok_or(Refusal::Closed(instruction))
            }
            Answer::Escalate { .. } => {
                let open = open.ok_or(Refusal::Closed(instruction))?;
                let level = self.level_above(open.level, by);
                (level < self.plan.chain.len())
                    .then_some(())
                    .ok_or(Refusal::NobodyAbove(instruction))
            }
        }
    }

    /// Whether a move that was stood down or declined may be put back: not where its tier has been called again since.
    fn admit_return(&self, queue: &Queue, gone: Option<&Move>, instruction: InstructionId) -> Result<(), Refusal> {
        let gone = gone.ok_or(Refusal::Closed(instruction))?;
        let called_again = |one: &Move| one.tier == gone.tier && one.instruction != gone.instruction;
        if queue.away().any(called_again) {
            return Err(Refusal::AlreadyCalled(gone.tier.clone()));
        }
        self.still_theirs(gone)
            .map(drop)
            .ok_or(Refusal::TakenElsewhere(instruction))
    }

    fn admit_order(&self, order: &Order) -> Result<(), Refusal> {
        let queue = self.known(order.queue())?;
        match order {
            Order::Call { tier, seats, .. } => self.admit_call(queue, tier.as_ref(), *seats),
            Order::Approve { tier, .. } => admit_yes_or_no(queue, tier),
            Order::Refuse { reason, .. } if reason.trim().is_empty() => Err(Refusal::NoWithoutReason),
            Order::Refuse { tier, .. } => admit_yes_or_no(queue, tier),
            Order::Count { moves, extra, .. } => self.admit_count(queue, moves, extra),
            Order::Release { instruction, .. } => {
                let on_stack = queue.stack.iter().any(|one| one.instruction == *instruction);
                on_stack.then_some(()).ok_or(Refusal::NothingToRelease(*instruction))
            }
            Order::Pause { lasting, reason, .. } => {
                let bounded = (1_000..=AHEAD_LIMIT.0).contains(&lasting.0) && !reason.trim().is_empty();
                bounded.then_some(()).ok_or(Refusal::PauseWithoutEnd)
            }
            Order::Resume { queue: name } => queue
                .pause
                .as_ref()
                .map(drop)
                .ok_or_else(|| Refusal::NotPaused(name.clone())),
            Order::Incident { note, until, .. } => {
                let bounded = *until > self.now && *until - self.now <= INCIDENT_LIMIT && !note.trim().is_empty();
                bounded.then_some(()).ok_or(Refusal::IncidentWithoutEnd)
            }
            Order::IncidentOver { queue: name } => queue
                .incident
                .as_ref()
                .map(drop)
                .ok_or_else(|| Refusal::NoIncident(name.clone())),
        }
    }

    fn admit_call(&self, queue: &Queue, tier: Option<&Name>, seats: Option<u32>) -> Result<(), Refusal> {
        if let Some(seats) = seats.filter(|seats| *seats == 0 || *seats > PEOPLE_LIMIT) {
            return Err(Refusal::TooMuch {
                what: "the number of people",
                came: u64::from(seats),
                limit: u64::from(PEOPLE_LIMIT),
            });
        }
        if let Some(tier) = tier {
            let ladder = self.ladder(queue);
            if !ladder.is_some_and(|ladder| ladder.tiers.iter().any(|one| one.name == *tier)) {
                return Err(Refusal::NoSuchTier {
                    ladder: queue.ladder.clone(),
                    tier: tier.clone(),
                });
            }
            if queue.is_on_stack(tier) || queue.is_signing_out(tier) {
                return Err(Refusal::AlreadyCalled(tier.clone()));
            }
        }
        match (self.ordered_call(queue, tier, seats, self.now), tier) {
            (Some(Ok(_)), _) => Ok(()),
            (Some(Err(why)), Some(tier)) => Err(match why {
                Shortage::NoSeat { .. } => Refusal::NoSeat(tier.clone()),
                Shortage::NobodyToGive { .. } | Shortage::Reserved { .. } => Refusal::NobodyToGive(tier.clone()),
                why => Refusal::Short {
                    tier: tier.clone(),
                    why,
                },
            }),
            _ => Err(Refusal::NoTierLeft(queue.name.clone())),
        }
    }

    fn admit_count(&self, queue: &Queue, moves: &[Counted], extra: &[Part]) -> Result<(), Refusal> {
        let wrong = |what| Err(Refusal::NotACount { what });
        if moves.is_empty() && extra.is_empty() {
            return wrong("nothing came");
        }
        let people = moves
            .iter()
            .map(|one| one.people.len())
            .chain(extra.iter().map(|part| part.people.len()));
        limit(
            "the number of people",
            people.sum::<usize>() as i64,
            i64::from(PEOPLE_LIMIT),
        )?;
        let mut seen = BTreeSet::new();
        for one in moves {
            limit("the number of people", i64::from(one.seats), i64::from(PEOPLE_LIMIT))?;
            if !queue
                .away()
                .any(|away| away.instruction == one.instruction && !away.shadow)
            {
                return Err(Refusal::NotOnQueue {
                    queue: queue.name.clone(),
                    instruction: one.instruction,
                });
            }
            if queue.away().filter(|away| away.instruction == one.instruction).count() > 1 {
                return wrong("a move of which some are on their way back cannot be counted until they are");
            }
            if !seen.insert(one.instruction) {
                return wrong("an instruction came twice");
            }
            if !one.people.is_empty() && one.people.len() != one.seats as usize {
                return wrong("the number of people differs from the names");
            }
        }
        let mut named: BTreeSet<&Name> = BTreeSet::new();
        for person in moves
            .iter()
            .flat_map(|one| &one.people)
            .chain(extra.iter().flat_map(|part| &part.people))
        {
            if !named.insert(person) {
                return wrong("a person came twice");
            }
        }
        for part in extra {
            limit("the number of people", i64::from(part.seats), i64::from(PEOPLE_LIMIT))?;
            let pool = part.pool.as_ref();
            if pool.and_then(|pool| self.tier_for(queue, pool)).is_none() {
                return Err(Refusal::NoTierFor {
                    queue: queue.name.clone(),
                    pool: part.pool.clone(),
                });
            }
            if part.seats == 0 || (!part.people.is_empty() && part.people.len() != part.seats as usize) {
                return wrong("extra people need a number, and as many names where names are known");
            }
        }
        // A number alone does not tell who of a move is there.
        let by_name = moves.iter().filter(|one| one.seats == 0 || !one.people.is_empty());
        let counted_by_name: BTreeSet<InstructionId> = by_name.map(|one| one.instruction).collect();
        let elsewhere = |person: &Name| {
            let others = self.queues.iter().flat_map(Queue::away).filter(|one| !one.shadow);
            others
                .filter(|one| !counted_by_name.contains(&one.instruction))
                .any(|one| one.names(person))
        };
        if named.into_iter().any(elsewhere) {
            return wrong(
                "a person stands on another move: count that one as well, or first where it is of another queue",
            );
        }
        Ok(())
    }

    /// The level to which somebody passes an instruction up: above the level that has it, and above their own.
    pub(super) fn level_above(&self, level: usize, by: &Actor) -> usize {
        let own = self.plan.chain.iter().position(|level| level.role == by.role);
        own.map_or(level, |own| own.max(level)) + 1
    }

    /// A move that was stood down, less the people who have been asked elsewhere since; `None` where nobody is left.
    pub(super) fn still_theirs(&self, gone: &Move) -> Option<Move> {
        let mut one = gone.clone();
        for part in &mut one.parts {
            let Some(pool) = part.pool.as_ref() else {
                continue;
            };
            let size = self
                .plan
                .pools
                .get(pool)
                .map_or(0, |pool| pool.size.max(pool.people.len() as u32));
            let taken = part
                .people
                .iter()
                .filter(|person| self.derived.lent.has(person))
                .count() as u32;
            part.people.retain(|person| !self.derived.lent.has(person));
            part.seats = part
                .seats
                .saturating_sub(taken)
                .min(size.saturating_sub(self.derived.lent.seats(pool)));
            part.people.truncate(part.seats as usize);
        }
        one.parts.retain(|part| part.seats > 0);
        (!one.parts.is_empty()).then_some(one)
    }
}

fn admit_yes_or_no(queue: &Queue, tier: &Name) -> Result<(), Refusal> {
    let waits = queue.approval.as_ref();
    let waits = waits.is_some_and(|asked| asked.tier == *tier && asked.granted.is_none());
    waits.then_some(()).ok_or_else(|| Refusal::NothingToApprove {
        queue: queue.name.clone(),
        tier: tier.clone(),
    })
}

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
