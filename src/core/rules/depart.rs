//! People who go: by a sign-out, which the feed may show, or without anybody having told them (plan: "What the feed proves").
//!
//! ```text
//!  told to go:   Leaving ──done, shown gone, or its time is up──► free
//!  not told:     on a move ──shown gone for gone_after──► asked about ──back in the feed, "done"──► on the move
//!                                                              └──────── nobody says otherwise ──► left
//! ```

use crate::moves::{Departed, Leaving, Missing, Settling, missing};
use crate::queue::Queue;
use crate::supply::Proof;
use crate::{Action, Core, Instruction, InstructionId, Name, Part, Seen, Settlement, Time, What, moves};

impl Core {
    /// An instruction takes people of a move back: that part is a move of its own from now on.
    pub(super) fn apply_take_back(&mut self, index: usize, instruction: &Instruction) {
        let ladder = self.ladder(&self.queues[index]).map(|ladder| ladder.settle_within);
        let queue = &mut self.queues[index];
        let of = |one: &moves::Move| Some(one.instruction) == instruction.of;
        let Some(position) = queue.stack.iter().position(of) else {
            return;
        };
        let before = queue.stack[position].clone();
        // A queue that has left the configuration has no ladder any more: the move's own goes on.
        let settle_within = ladder.unwrap_or(before.settle_within);
        let one = queue.take_off(position, &instruction.parts);
        let stays = queue.stack.iter().any(of);
        if stays {
            let replaced = before.replaced(one.people());
            queue.some_went(&one.tier, one.seats().saturating_sub(replaced));
        }
        if instruction.action == Action::SignOut {
            let others = queue.present.others;
            let before = others.map(|others| others.saturating_sub(queue.departing_by_number(instruction.at)));
            let settling = match instruction.shadow {
                // It reaches nobody, and runs its time from the first.
                true => Settling::Until(queue.seen(instruction.at) + settle_within),
                false => Settling::Undelivered,
            };
            queue.leaving.push(Leaving {
                sign_out: instruction.id,
                settling,
                settle_within,
                of: one,
                number_before: before,
                since: instruction.at,
            });
        } else if !one.shadow {
            queue.remember(moves::Gone {
                of: one,
                stood_down_by: Some(instruction.id),
                at: instruction.at,
            });
        }
        queue.stack_changed(instruction.at);
        self.recount(index);
    }

    /// When people on their way back are free by time, and when somebody who is not there any more is asked about, or counts as left.
    pub(super) fn departing_due(&self, queue: &Queue) -> Option<Time> {
        let gone_after = queue.setting.limits.gone_after;
        let free = queue.leaving.iter().filter_map(|leaving| match leaving.settling {
            Settling::Until(deadline) => Some(queue.real(deadline)),
            Settling::Undelivered | Settling::Settled(_) => None,
        });
        let missing = queue.stack.iter().flat_map(|one| &one.missing);
        let missing = missing.map(|one| match one.left_at {
            None => queue.real(one.since + gone_after),
            Some(left_at) => left_at,
        });
        free.chain(missing).min()
    }

    pub(super) fn decide_departed(&self, queue: &Queue, at: Time) -> Option<What> {
        if queue.is_blind() {
            return None;
        }
        let mut leaving = queue.leaving.iter();
        let freed = leaving.find_map(|leaving| self.decide_freed(queue, leaving, queue.seen(at)));
        freed.or_else(|| self.decide_gone(queue, at))
    }

    fn decide_freed(&self, queue: &Queue, leaving: &Leaving, now: Seen) -> Option<What> {
        let instruction = leaving.sign_out;
        let by_number = queue.present.people.is_none() || leaving.of.nameless() > 0;
        let ended = if by_number {
            self.shifts_ended(queue, leaving.since)
        } else {
            0
        };
        let how = if by_number {
            Settlement::ShownByNumber
        } else {
            Settlement::Shown
        };
        if let Some(proof) = leaving.still_there(&queue.present, ended) {
            let gone = queue.shown_gone(leaving, proof);
            let all = moves::seats(&gone) == leaving.of.seats();
            if !gone.is_empty() {
                return Some(What::Freed {
                    instruction,
                    parts: if all { Vec::new() } else { gone },
                    how,
                });
            }
        }
        let expired = matches!(leaving.settling, Settling::Until(deadline) if deadline <= now);
        expired.then(|| What::Freed {
            instruction,
            parts: Vec::new(),
            how: Settlement::Time,
        })
    }

    fn decide_gone(&self, queue: &Queue, at: Time) -> Option<What> {
        let (now, gone_after) = (queue.seen(at), queue.setting.limits.gone_after);
        let ladder = self.ladder(queue).map(|ladder| ladder.settle_within);
        queue.stack.iter().find_map(|one| {
            let settle_within = ladder.unwrap_or(one.settle_within);
            let instruction = one.instruction;
            let place = |person: &Name| {
                one.parts
                    .iter()
                    .flat_map(|part| &part.people)
                    .position(|it| it == person)
            };
            // As they went; those who went in one millisecond as they had been asked for.
            let of = |wanted: &dyn Fn(&Missing) -> bool| -> Vec<Name> {
                let mut people: Vec<&Missing> = one.missing.iter().filter(|one| wanted(one)).collect();
                people.sort_by_key(|one| (one.since, place(&one.person)));
                people.into_iter().map(|one| one.person.clone()).collect()
            };
            let people = of(&|one| one.left_at.is_some_and(|left_at| left_at <= at));
            if !people.is_empty() {
                return Some(What::TakenAsLeft { instruction, people });
            }
            let people = of(&|one| one.left_at.is_none() && one.since + gone_after <= now);
            (!people.is_empty()).then(|| What::Gone {
                instruction,
                people,
                left_at: at + settle_within,
            })
        })
    }

    pub(super) fn apply_freed(
        &mut self,
        index: usize,
        sign_out: InstructionId,
        parts: &[Part],
        how: Settlement,
        at: Time,
    ) {
        let queue = &mut self.queues[index];
        let mut back: Vec<Part> = Vec::new();
        for leaving in queue.leaving.iter_mut().filter(|leaving| leaving.sign_out == sign_out) {
            let gone = if parts.is_empty() {
                leaving.of.parts.clone()
            } else {
                parts.to_vec()
            };
            if !leaving.of.shadow {
                back.extend(gone.iter().cloned());
            }
            leaving.of.parts = missing(&leaving.of.parts, &gone);
        }
        self.people.back(&back, at);
        if !how.is_shown() {
            queue.not_shown_gone(sign_out, &back, at);
        }
        queue.leaving.retain(|leaving| !leaving.of.parts.is_empty());
        let left = queue.leaving.iter().any(|leaving| leaving.sign_out == sign_out);
        let open = queue.open(sign_out);
        // What the feed shows needs no answer; what only had its time waits for one, as long as somebody may give it.
        let ends = open.is_some_and(|open| how.is_shown() || open.unanswered || open.due.is_none());
        if !left && ends {
            queue.close(sign_out);
        }
        self.recount(index);
    }

    pub(super) fn apply_gone(&mut self, index: usize, instruction: InstructionId, people: &[Name], left_at: Time) {
        if let Some(one) = self.queues[index].on_stack_mut(instruction) {
            let asked = one
                .missing
                .iter_mut()
                .filter(|missing| people.contains(&missing.person));
            asked.for_each(|missing| missing.left_at = Some(left_at));
        }
        self.recount(index);
    }

    /// People have left a move: they went home, were taken back, or are gone and nobody says otherwise.
    pub(super) fn apply_left(&mut self, index: usize, instruction: InstructionId, people: &[Name], at: Time) {
        let Some(one) = self.queues[index].on_stack_mut(instruction) else {
            return;
        };
        let replaced = one.replaced(people);
        let taken = one.take_people(people);
        self.people.back(&taken, at);
        self.queues[index].went_from(instruction, moves::seats(&taken).saturating_sub(replaced), at);
        self.recount(index);
    }
}

impl Queue {
    /// Who of a sign-out is shown gone: each who is named, and those without a name once as many fewer are there as all of them.
    fn shown_gone(&self, leaving: &Leaving, proof: Proof<'_>) -> Vec<Part> {
        let named = self.present.people.is_some();
        let unnamed_gone = proof.by_number() == 0;
        let gone = leaving.of.parts.iter().zip(proof.parts()).map(|(part, there)| {
            let unnamed = if named { moves::nameless(part) } else { part.seats };
            let by_name = part.seats - unnamed;
            let gone = part.people.iter().filter(|person| !self.present.has(person));
            let gone: Vec<Name> = gone.filter(|_| named).cloned().collect();
            let wholly = moves::count(part.people.len()) <= part.seats;
            let of_named = if wholly {
                moves::count(gone.len())
            } else {
                by_name - there.seats().min(by_name)
            };
            Part {
                pool: part.pool.clone(),
                seats: if unnamed_gone { of_named + unnamed } else { of_named },
                people: if wholly { gone } else { Vec::new() },
            }
        });
        gone.filter(|part| part.seats > 0).collect()
    }

    /// People are free, and the feed has not shown it: for a while they are no proof for others.
    pub(super) fn not_shown_gone(&mut self, sign_out: InstructionId, gone: &[Part], at: Time) {
        let now = self.seen(at);
        let named = self.present.people.is_some();
        let unnamed = |part: &Part| if named { moves::nameless(part) } else { part.seats };
        let seats = gone.iter().map(unnamed).fold(0, u32::saturating_add);
        let Some(leaving) = self.leaving.iter_mut().find(|leaving| leaving.sign_out == sign_out) else {
            return;
        };
        let until = now + leaving.settle_within;
        if let Some(before) = leaving.number_before.filter(|_| seats > 0) {
            leaving.number_before = Some(before.saturating_sub(seats));
            self.departed.retain(|departed| departed.until > now);
            self.departed.push(Departed {
                seats,
                number_before: before,
                until,
            });
        }
    }

    /// Takes people of a move off the stack; the move itself, where nobody is left of it.
    fn take_off(&mut self, position: usize, parts: &[Part]) -> moves::Move {
        let one = &mut self.stack[position];
        let mut taken = moves::Move {
            parts: parts.to_vec(),
            ..one.clone()
        };
        for part in &mut taken.parts {
            // Where it is open who of more people is meant, it stays open.
            let of = one
                .parts
                .iter()
                .find(|of| of.pool == part.pool && part.people.is_empty());
            let open = of.filter(|of| moves::count(of.people.len()) > of.seats);
            open.iter().for_each(|of| part.people.clone_from(&of.people));
        }
        one.parts = missing(&one.parts, &taken.parts);
        if one.parts.is_empty() {
            self.stack.remove(position);
            self.close(taken.instruction);
        } else {
            let left: Vec<Name> = taken.people().cloned().collect();
            let stays: Vec<Name> = one.people().cloned().collect();
            one.forget(
                &left
                    .iter()
                    .filter(|person| !stays.contains(person))
                    .cloned()
                    .collect::<Vec<Name>>(),
            );
        }
        taken.missing.clear();
        taken
    }

    /// So many have left a move without an instruction, and nobody has their place: where none stays, it is over.
    pub(super) fn went_from(&mut self, instruction: InstructionId, seats: u32, at: Time) {
        let Some(position) = self.stack.iter().position(|one| one.instruction == instruction) else {
            return;
        };
        let tier = self.stack[position].tier.clone();
        if self.stack[position].parts.is_empty() {
            self.stack.remove(position);
            self.close(instruction);
            self.stack_changed(at);
        }
        if self.is_on_stack(&tier) {
            self.some_went(&tier, seats);
        }
    }

    /// Who of the moves' people is on the phones, and who is not any more, by the reading that has just come. Returns whether somebody is
    /// there again who was missing.
    #[inline]
    pub(super) fn look_for_people(&mut self, now: Seen) -> bool {
        let present = &self.present;
        let mut found = false;
        if present.people.is_none() {
            return found;
        }
        for one in self.stack.iter_mut().filter(|one| one.can_be_shown()) {
            let moves::Move {
                parts, there, missing, ..
            } = one;
            for person in parts.iter().flat_map(|part| &part.people) {
                let position = missing.iter().position(|one| one.person == *person);
                match (present.has(person), position) {
                    (true, Some(position)) => {
                        missing.remove(position);
                        found = true;
                    }
                    (true, None) if !there.contains(person) => there.push(person.clone()),
                    (false, None) if there.contains(person) => missing.push(Missing {
                        person: person.clone(),
                        since: now,
                        left_at: None,
                        replaced: false,
                    }),
                    (true | false, _) => {}
                }
            }
        }
        found
    }
}
