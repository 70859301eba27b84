//! Answers: what somebody says of an instruction (plan: "The stack", "Declined, or done with nobody", "Late answers").
//!
//! An answer speaks for the people of the instruction that it names, and of nobody else. What contradicts somebody else's word is asked
//! about, not obeyed: said again with `sure` it counts.

use super::limit;
use crate::ladder::Ladder;
use crate::moves::{self, Doubt, Gone, Move, Response, merge, parts_of, set_seats};
use crate::queue::Queue;
use crate::{Actor, Answer, Conflict, Core, InstructionId, Millis, Name, Part, Refusal, Time, What};

/// The longest pause, incident or "on the way" that can be declared.
pub const AHEAD_LIMIT: Millis = Millis::from_mins(24 * 60);

/// The most people that one answer can name or count.
pub const PEOPLE_LIMIT: u32 = 10_000;

impl Core {
    pub(super) fn admit_answer(
        &self,
        instruction: InstructionId,
        answer: &Answer,
        by: &Actor,
        sure: bool,
    ) -> Result<(), Refusal> {
        let queue = self.knowing(instruction)?;
        let open = queue.open(instruction);
        let on_stack = queue.on_stack(instruction);
        let leaving = queue.leaving.iter().find(|one| one.sign_out == instruction);
        if on_stack.is_some_and(|one| one.shadow) || leaving.is_some_and(|one| one.of.shadow) {
            return Err(Refusal::InShadow(instruction));
        }
        match answer {
            Answer::Seen { eta } => {
                limit("eta", eta.map_or(0, |eta| eta.0), AHEAD_LIMIT.0)?;
                open.map(drop).ok_or(Refusal::Closed(instruction))
            }
            Answer::Done { seats, people, .. } => {
                let people = people.as_deref().unwrap_or_default();
                let count = people.len().max(seats.unwrap_or(0) as usize);
                limit("seats", count as i64, i64::from(PEOPLE_LIMIT))?;
                match leaving {
                    Some(leaving) => on_move(&leaving.of, instruction, people),
                    None => self.admit_done(queue, instruction, people, sure),
                }
            }
            Answer::Declined { .. } => match (on_stack, leaving) {
                (Some(one), _) => admit_declined(one, by, sure),
                (None, Some(_)) => Ok(()),
                // "Keep them", on a stand-down; or a sign-out whose people are free already, and all else.
                (None, None) => {
                    let gone = queue.gone.iter().find(|gone| gone.stood_down_by == Some(instruction));
                    let gone = gone.filter(|_| open.is_some()).ok_or(Refusal::Closed(instruction))?;
                    self.admit_return(queue, &[gone], instruction)
                }
            },
            Answer::Left { people, seats, .. } => {
                limit("seats", people.len() as i64, i64::from(PEOPLE_LIMIT))?;
                let action = open.map_or("sign_in", |open| open.instruction.action.as_str());
                if people.is_empty() && seats.unwrap_or(0) == 0 {
                    let what = "left_nobody";
                    return Err(Refusal::DoesNotFit {
                        what,
                        instruction,
                        action,
                    });
                }
                on_move(on_stack.ok_or(Refusal::Closed(instruction))?, instruction, people)
            }
            Answer::Escalate { .. } => self.admit_escalate(instruction, open, by),
        }
    }

    fn admit_done(
        &self,
        queue: &Queue,
        instruction: InstructionId,
        people: &[Name],
        sure: bool,
    ) -> Result<(), Refusal> {
        let stands = queue.on_stack(instruction).is_some();
        let gone = queue.gone.iter().filter(|gone| gone.of.instruction == instruction);
        let gone: Vec<&Gone> = gone.collect();
        match gone.as_slice() {
            _ if stands => {}
            // A stand-down that is read and done.
            [] if queue.open(instruction).is_some() => return Ok(()),
            [] => return Err(Refusal::Closed(instruction)),
            gone => self.admit_return(queue, gone, instruction)?,
        }
        match self.elsewhere(instruction, people) {
            Some(conflict) if !sure => Err(Refusal::Conflict(Box::new(conflict))),
            _ => Ok(()),
        }
    }

    /// People named who stand on another move by the books.
    fn elsewhere(&self, instruction: InstructionId, people: &[Name]) -> Option<Conflict> {
        let asked = people.iter().filter_map(|person| {
            let queue = &self.queues[self.derived.ledger.queue_of(person)?];
            let mut stack = queue
                .stack
                .iter()
                .filter(|one| !one.shadow && one.instruction != instruction);
            let standing = stack.find(|one| one.names(person)).map(|one| (one.instruction, one));
            let mut leaving = queue.leaving.iter().filter(|leaving| !leaving.of.shadow);
            let leaving = leaving.find(|leaving| leaving.of.names(person));
            let (other, one) = standing.or(leaving.map(|leaving| (leaving.sign_out, &leaving.of)))?;
            Some((person, queue, other, one))
        });
        let mut conflict: Option<Conflict> = None;
        for (person, queue, other, one) in asked {
            let known = conflict.get_or_insert_with(|| {
                let seen = queue
                    .open(other)
                    .and_then(|open| open.seen_by.clone().zip(open.seen_at));
                let (status, said) = match (&one.done_by, seen) {
                    (Some(done), _) => ("done", Some(done.clone())),
                    (None, Some(seen)) => ("seen", Some(seen)),
                    (None, None) => ("asked", None),
                };
                Conflict {
                    instruction: other,
                    at: said.as_ref().map_or(one.issued, |(_, at)| *at),
                    by: said.map(|(by, _)| by),
                    status,
                    people: Vec::new(),
                }
            });
            if known.instruction == other {
                known.people.push(person.clone());
            }
        }
        conflict
    }

    /// Whether any part of a call that was stood down or declined may be put back: each for a while of its own, and none where its tier
    /// has been called again.
    fn admit_return(&self, queue: &Queue, gone: &[&Gone], instruction: InstructionId) -> Result<(), Refusal> {
        let within = self.late_within(queue);
        let in_time = || gone.iter().filter(|gone| self.now - gone.at <= within);
        let Some(Gone { of, .. }) = in_time().next() else {
            return Err(Refusal::TooLate { instruction, within });
        };
        let called_again = |one: &Move| one.tier == of.tier && one.instruction != of.instruction && !one.shadow;
        if queue.away().any(called_again) {
            return Err(Refusal::AlreadyCalled(of.tier.clone()));
        }
        let theirs = in_time().any(|gone| self.still_theirs(&gone.of).is_some());
        theirs.then_some(()).ok_or(Refusal::TakenElsewhere(instruction))
    }

    fn late_within(&self, queue: &Queue) -> Millis {
        self.ladder(queue)
            .map_or(Millis::from_mins(30), |ladder| ladder.late_within)
    }

    /// A move that was stood down, less the people who have been asked elsewhere since; `None` where nobody is left.
    fn still_theirs(&self, gone: &Move) -> Option<Move> {
        let ledger = &self.derived.ledger;
        let mut one = gone.clone();
        for part in &mut one.parts {
            let Some(pool) = part.pool.as_ref() else {
                continue;
            };
            let size = self.plan.pools.get(pool);
            let size = size.map_or(0, |pool| pool.size.max(moves::count(pool.people.len())));
            let taken = part.people.iter().filter(|person| ledger.has(person, false)).count();
            part.people.retain(|person| !ledger.has(person, false));
            part.seats = part
                .seats
                .saturating_sub(moves::count(taken))
                .min(size.saturating_sub(ledger.seats(pool, false)));
        }
        one.parts.retain(|part| part.seats > 0);
        (!one.parts.is_empty()).then_some(one)
    }

    pub(super) fn absorb_answer(&mut self, instruction: InstructionId, by: Actor, answer: Answer, at: Time) {
        let Some(index) = self.index_of_instruction(instruction) else {
            return;
        };
        self.touch_neighbours(index);
        let said = What::Answered {
            instruction,
            by: by.clone(),
            answer: answer.clone(),
        };
        self.say(index, at, said);
        match answer {
            Answer::Seen { eta } => self.absorb_seen(index, instruction, by, eta, at),
            Answer::Done { seats, people, .. } => {
                let queue = &mut self.queues[index];
                let of_leaving = queue.leaving.iter().any(|one| one.sign_out == instruction);
                let open = queue.open(instruction);
                let takes_back = open.is_some_and(|open| !open.instruction.action.brings_people());
                let people = people.unwrap_or_default();
                if of_leaving {
                    self.absorb_gone_back(index, instruction, seats, &people, at);
                } else if takes_back {
                    // Its people are free already: who has been called since stands where they stand.
                    queue.close(instruction);
                } else {
                    self.absorb_done(index, instruction, by, seats, people, at);
                }
            }
            Answer::Declined { .. } => self.absorb_declined(index, instruction, at),
            Answer::Left { people, seats, .. } => self.absorb_left(index, instruction, &people, seats, at),
            Answer::Escalate { .. } => self.absorb_escalate(index, instruction, &by, at),
        }
        self.recount(index);
    }

    /// A sign-out is done, for all, for some by name, or for a number: the others are still on their way.
    fn absorb_gone_back(
        &mut self,
        index: usize,
        sign_out: InstructionId,
        seats: Option<u32>,
        people: &[Name],
        at: Time,
    ) {
        let queue = &mut self.queues[index];
        let mut back: Vec<Part> = Vec::new();
        for leaving in queue.leaving.iter_mut().filter(|leaving| leaving.sign_out == sign_out) {
            let gone = match seats {
                _ if !people.is_empty() => leaving.of.take_people(people),
                Some(seats) if seats < leaving.of.seats() => leaving.of.take_seats(seats),
                _ => std::mem::take(&mut leaving.of.parts),
            };
            back.extend(gone);
        }
        self.people.back(&back, at);
        queue.not_shown_gone(sign_out, &back, at);
        queue.leaving.retain(|leaving| !leaving.of.parts.is_empty());
        if !queue.leaving.iter().any(|leaving| leaving.sign_out == sign_out) {
            queue.close(sign_out);
        }
    }

    fn absorb_done(
        &mut self,
        index: usize,
        instruction: InstructionId,
        by: Actor,
        seats: Option<u32>,
        people: Vec<Name>,
        at: Time,
    ) {
        self.take_from_elsewhere(instruction, &people, at);
        let back = self.late_parts(index, instruction, seats, &people, at);
        let queue = &mut self.queues[index];
        queue.close(instruction);
        let standing = queue.stack.iter().position(|one| one.instruction == instruction);
        let standing = standing.map(|position| queue.stack.remove(position));
        let Some(mut one) = standing.clone().or_else(|| back.first().map(|gone| gone.of.clone())) else {
            return;
        };
        if standing.is_none() {
            one.parts.clear();
        }
        for gone in &back {
            merge(&mut one.parts, &gone.of.parts);
            // Some of them may have been asked elsewhere since: it is gone no more all the same.
            let same = |known: &Gone| {
                (known.of.instruction, known.stood_down_by, known.at)
                    == (gone.of.instruction, gone.stood_down_by, gone.at)
            };
            queue.gone.retain(|known| !same(known));
            gone.stood_down_by
                .iter()
                .for_each(|stand_down| queue.close(*stand_down));
        }
        let asked = one.clone();
        if !people.is_empty() {
            let first = one.parts.first().and_then(|part| part.pool.clone());
            let staff = &self.derived.staff;
            one.parts = parts_of(|person| staff.pool_of(person).cloned(), first, people);
        }
        if let Some(seats) = seats.filter(|seats| *seats != one.seats()) {
            set_seats(&mut one.parts, seats);
        }
        one.done_by = Some((by, at));
        if one.parts.is_empty() {
            self.passed_over(
                index,
                Move {
                    done_by: one.done_by,
                    ..asked
                },
                at,
            );
        } else if standing.is_none() {
            self.put_back(index, one, at);
        } else {
            self.stands_as_said(index, one, !back.is_empty(), at);
        }
    }

    /// A move on the stack of which somebody has said who is there.
    fn stands_as_said(&mut self, index: usize, mut one: Move, put_back: bool, at: Time) {
        let queue = &mut self.queues[index];
        let now = queue.seen(at);
        let present = &queue.present;
        one.response = one.response.max(Response::Done);
        let shown = one.proof(present, 0).is_some_and(|proof| proof.seats() >= one.seats());
        one.doubt = match one.doubt {
            // Said twice, and by people: the feed is not asked again, and its number holds them.
            Doubt::Asked => {
                one.vouched = true;
                Doubt::None
            }
            Doubt::None | Doubt::From(_) if one.response == Response::Shown && shown => Doubt::None,
            Doubt::None | Doubt::From(_) => Doubt::From(now + one.settle_within),
        };
        one.there.retain(|person| present.has(person));
        one.missing.clear();
        if put_back {
            one.kept = Some(now);
        }
        // People called from outside do not hold up those in the house.
        let begins = one.next_from.map_or(now, |next| next.min(now));
        let settles = one.settle(now) && !one.beside;
        let staying = (one.longer_by != Millis::ZERO).then(|| (one.parts.clone(), one.longer_by));
        let place = queue.stack.partition_point(|other| other.instruction < one.instruction);
        queue.stack.insert(place, one);
        if settles {
            queue.floor = queue.floor.max(begins);
        }
        if put_back {
            queue.stack_changed(at);
        }
        if let Some((parts, by)) = staying {
            self.people.stay(&self.plan, &parts, by, at);
        }
    }

    /// Parts of a call that were stood down or declined a while ago, and for which a "done" speaks: all of them, or those that hold
    /// the people named, or as many as the number needs beside those who stand.
    fn late_parts(
        &self,
        index: usize,
        instruction: InstructionId,
        seats: Option<u32>,
        people: &[Name],
        at: Time,
    ) -> Vec<Gone> {
        let queue = &self.queues[index];
        let within = self.late_within(queue);
        let mut there = queue.on_stack(instruction).map_or(0, Move::seats);
        let of_call = queue.gone.iter().filter(|gone| gone.of.instruction == instruction);
        let of_call = of_call.filter(|gone| at - gone.at <= within);
        let mut back = Vec::new();
        for gone in of_call {
            let meant = match seats {
                _ if !people.is_empty() => people.iter().any(|person| gone.of.names(person)),
                Some(seats) => there < seats,
                None => true,
            };
            let Some(of) = self.still_theirs(&gone.of).filter(|_| meant) else {
                continue;
            };
            there = there.saturating_add(of.seats());
            back.push((gone.clone(), of));
        }
        // Where nothing stands, the word is for what is gone, whatever its number.
        back.into_iter().map(|(gone, of)| Gone { of, ..gone }).collect()
    }

    /// Somebody is sure that people are here who stand elsewhere by the books.
    fn take_from_elsewhere(&mut self, instruction: InstructionId, people: &[Name], at: Time) {
        for person in people {
            let Some(index) = self.derived.ledger.queue_of(person) else {
                continue;
            };
            let person = std::slice::from_ref(person);
            let queue = &mut self.queues[index];
            let mut left = Vec::new();
            for one in queue
                .stack
                .iter_mut()
                .filter(|one| !one.shadow && one.instruction != instruction)
            {
                let replaced = one.replaced(person);
                let taken = one.take_people(person);
                if !taken.is_empty() {
                    left.push((one.instruction, moves::seats(&taken).saturating_sub(replaced)));
                }
            }
            for leaving in queue.leaving.iter_mut().filter(|leaving| !leaving.of.shadow) {
                leaving.of.take_people(person);
            }
            let over: Vec<InstructionId> = queue
                .leaving
                .iter()
                .filter(|leaving| leaving.of.parts.is_empty())
                .map(|leaving| leaving.sign_out)
                .collect();
            queue.leaving.retain(|leaving| !leaving.of.parts.is_empty());
            over.iter().for_each(|sign_out| queue.close(*sign_out));
            left.iter()
                .for_each(|(other, seats)| queue.went_from(*other, *seats, at));
            self.touch(index);
            self.recount(index);
        }
    }

    /// Declined, or done with nobody: the move leaves the stack, its tier is passed over for a while, and no clock changes.
    fn passed_over(&mut self, index: usize, one: Move, at: Time) {
        let after = self
            .ladder(&self.queues[index])
            .map(|ladder: &Ladder| ladder.ask_again_after_no);
        let until = at + after.unwrap_or(Millis::from_mins(30));
        self.people.declined(one.instruction, one.parts.clone(), at, until);
        let queue = &mut self.queues[index];
        queue.declined.insert(one.tier.clone(), until);
        queue.remember(Gone {
            of: one,
            stood_down_by: None,
            at,
        });
        self.touch_all_pressed();
    }

    fn absorb_declined(&mut self, index: usize, instruction: InstructionId, at: Time) {
        let queue = &mut self.queues[index];
        queue.close(instruction);
        if let Some(position) = queue.stack.iter().position(|one| one.instruction == instruction) {
            let one = queue.stack.remove(position);
            self.passed_over(index, one, at);
            return;
        }
        if let Some(position) = queue.leaving.iter().position(|one| one.sign_out == instruction) {
            let leaving = queue.leaving.remove(position);
            self.put_back(index, leaving.of, at);
            return;
        }
        let of = |gone: &Gone| gone.stood_down_by == Some(instruction);
        let Some(position) = queue.gone.iter().position(of) else {
            return;
        };
        let back = self.still_theirs(&self.queues[index].gone[position].of);
        if let Some(one) = back {
            self.queues[index].gone.remove(position);
            self.put_back(index, one, at);
        }
    }

    fn absorb_left(&mut self, index: usize, instruction: InstructionId, people: &[Name], seats: Option<u32>, at: Time) {
        let Some(one) = self.queues[index].on_stack_mut(instruction) else {
            return;
        };
        let replaced = one.replaced(people);
        let mut taken = one.take_people(people);
        let named = moves::seats(&taken).max(moves::count(people.len()));
        // A name that the move does not hold is one of those whom nobody had named.
        let unknown =
            moves::count(people.len()).saturating_sub(moves::count(taken.iter().map(|part| part.people.len()).sum()));
        let rest = seats.unwrap_or(0).saturating_sub(named).saturating_add(unknown);
        taken.extend(one.take_seats(rest));
        self.people.back(&taken, at);
        let went = moves::seats(&taken).saturating_sub(replaced);
        self.queues[index].went_from(instruction, went, at);
    }

    /// Puts a move back on the stack as settled, in its own place: the reverse order of sign-in holds for what is put back as well.
    fn put_back(&mut self, index: usize, mut one: Move, at: Time) {
        self.people.not_declined(one.instruction);
        let queue = &mut self.queues[index];
        let now = queue.seen(at);
        one.settle(now);
        one.response = one.response.max(Response::Done);
        one.kept = Some(now);
        queue.declined.remove(&one.tier);
        queue.surge.get_or_insert(at);
        if let Some(went) = queue.went.get_mut(&one.tier) {
            *went = went.saturating_sub(one.seats());
        }
        // Some of it may stand still.
        match queue.on_stack_mut(one.instruction) {
            Some(there) => {
                one.parts.iter().for_each(|part| there.join(part));
                there.kept = one.kept;
            }
            None => {
                let place = queue.stack.partition_point(|other| other.instruction < one.instruction);
                queue.stack.insert(place, one);
            }
        }
        queue.stack_changed(at);
        self.touch_all_pressed();
    }
}

/// A word against somebody else's is asked about.
fn admit_declined(one: &Move, by: &Actor, sure: bool) -> Result<(), Refusal> {
    match &one.done_by {
        Some((other, at)) if !sure && other.staff_no != by.staff_no => Err(Refusal::Conflict(Box::new(Conflict {
            instruction: one.instruction,
            by: Some(other.clone()),
            status: if one.response == Response::Shown {
                "confirmed"
            } else {
                "done"
            },
            at: *at,
            people: Vec::new(),
        }))),
        _ => Ok(()),
    }
}

/// Whether all who are named are on a move; of people without a name nobody knows who they are.
fn on_move(one: &Move, instruction: InstructionId, people: &[Name]) -> Result<(), Refusal> {
    let not_on_it: Vec<Name> = people.iter().filter(|person| !one.names(person)).cloned().collect();
    if moves::count(not_on_it.len()) <= one.nameless() {
        return Ok(());
    }
    Err(Refusal::NotOnMove {
        instruction,
        people: not_on_it,
    })
}
