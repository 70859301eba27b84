//! When people are on the phones: by the word of the feed, of the floor, or because their time is up (plan: "Settling", "What the feed
//! proves").

use crate::moves::{Doubt, Move, Response, Settling};
use crate::queue::Queue;
use crate::supply::Proof;
use crate::{Actor, Core, Instead, InstructionId, Millis, Name, NearMiss, Settlement, Time, What};

/// The floor's own word for the phone system, where it takes a person's place.
fn the_feed() -> Actor {
    Actor {
        name: "feed".to_owned(),
        staff_no: "feed".to_owned(),
        role: Name::from("feed"),
    }
}

impl Core {
    pub(super) fn absorb_delivery(&mut self, instruction: InstructionId, reached: bool, at: Time) {
        let Some(index) = self.index_of_instruction(instruction) else {
            return;
        };
        self.touch(index);
        if !reached {
            self.say(index, at, What::NobodyListening { instruction });
            return;
        }
        let queue = &mut self.queues[index];
        if let Some(open) = queue.open_mut(instruction) {
            open.delivered = true;
        }
        queue.start_settling(instruction, None, at);
    }

    /// When a move settles, or a "done" has to show.
    pub(super) fn settling_due(&self, queue: &Queue) -> Option<Time> {
        let now = queue.seen(self.now);
        let due = queue.stack.iter().flat_map(|one| {
            let settles = match one.settling {
                Settling::Until(deadline) => Some(deadline),
                Settling::Undelivered | Settling::Settled(_) => None,
            };
            let shows = match one.doubt {
                // Past it only a reading can tell more.
                Doubt::From(deadline) if deadline > now => Some(deadline),
                Doubt::From(_) | Doubt::None | Doubt::Asked => None,
            };
            // The next tier's window begins without it.
            let next = one.next_from.filter(|next| *next > now && !one.is_settled());
            [settles, shows, next]
        });
        due.flatten().min().map(|due| queue.real(due))
    }

    pub(super) fn decide_settled(&self, queue: &Queue, at: Time) -> Option<What> {
        if queue.is_blind() {
            return None;
        }
        let now = queue.seen(at);
        queue.stack.iter().find_map(|one| {
            let instruction = one.instruction;
            // A "done" after the feed had shown them may have said more: then that is shown as well, or asked about.
            let to_show = one.response != Response::Shown || matches!(one.doubt, Doubt::From(_));
            let proof = if to_show { self.proof(queue, one) } else { None };
            if let Some(proof) = proof.filter(|proof| proof.seats() >= one.seats()) {
                let how = match proof.by_number() {
                    0 => Settlement::Shown,
                    _ => Settlement::ShownByNumber,
                };
                return Some(What::Settled { instruction, how });
            }
            if matches!(one.settling, Settling::Until(deadline) if deadline <= now) {
                let how = Settlement::Time;
                return Some(What::Settled { instruction, how });
            }
            let doubted = matches!(one.doubt, Doubt::From(deadline) if deadline <= now);
            let proof = proof.filter(|_| doubted)?;
            Some(What::NotShown {
                instruction,
                seats: one.seats(),
                shown: proof.seats(),
                near: self.near_misses(queue, one),
            })
        })
    }

    /// The feed's word on a move, shifts that began by the roster in the meantime taken off.
    pub(crate) fn proof<'a>(&self, queue: &'a Queue, one: &'a Move) -> Option<Proof<'a>> {
        let by_number = queue.present.people.is_none() || one.nameless() > 0;
        let begun = if by_number {
            self.shifts_begun(queue, one.issued)
        } else {
            0
        };
        one.proof(&queue.present, begun)
    }

    fn shifts_begun(&self, queue: &Queue, since: Time) -> u32 {
        self.shifts_turned(queue, |shift| since < shift.from && shift.from <= self.now)
    }

    pub(super) fn shifts_ended(&self, queue: &Queue, since: Time) -> u32 {
        self.shifts_turned(queue, |shift| since < shift.to && shift.to <= self.now)
    }

    /// People of the roster with such a shift, as far as they are not known by name where the feed names people.
    fn shifts_turned(&self, queue: &Queue, turned: impl Fn(&crate::ladder::Shift) -> bool) -> u32 {
        let by_name = queue.present.people.is_some();
        let roster = self.plan.roster.iter();
        let roster = roster.filter(|one| !by_name || self.derived.staff.pool_of(&one.person).is_none());
        crate::moves::count(roster.filter(|one| one.shifts.iter().any(&turned)).count())
    }

    /// What the feed shows in place of people whom it does not.
    fn near_misses(&self, queue: &Queue, one: &Move) -> Vec<NearMiss> {
        let same = |name: &str, other: &str| {
            let letters = |text: &str| -> String {
                let text = text.chars().filter(|c| !c.is_whitespace());
                text.flat_map(char::to_lowercase).collect()
            };
            letters(name) == letters(other)
        };
        let there = queue.present.people.as_deref().unwrap_or_default();
        let absent = one.people().filter(|person| !queue.present.has(person));
        let mut near: Vec<NearMiss> = Vec::new();
        for person in absent {
            let alike = there.iter().filter(|name| same(name.as_str(), person.as_str()));
            let people: Vec<Name> = alike.cloned().collect();
            let elsewhere = self.queues.iter().find(|other| other.present.has(person));
            let instead = match (people.is_empty(), elsewhere) {
                (false, _) => Instead::OtherSpelling { people },
                (true, Some(other)) => Instead::OtherQueue {
                    queue: other.name.clone(),
                },
                (true, None) => continue,
            };
            near.push(NearMiss {
                person: person.clone(),
                instead,
            });
        }
        let members = queue.present.unnamed();
        if near.is_empty() && members > 0 && queue.present.people.is_some() {
            near.extend(one.people().next().map(|person| NearMiss {
                person: person.clone(),
                instead: Instead::Nameless { members },
            }));
        }
        near
    }

    pub(super) fn apply_settled(&mut self, index: usize, instruction: InstructionId, how: Settlement, at: Time) {
        let queue = &mut self.queues[index];
        let now = queue.seen(at);
        let present = std::mem::take(&mut queue.present);
        let Some(one) = queue.on_stack_mut(instruction) else {
            queue.present = present;
            return;
        };
        // People called from outside do not hold up those in the house: where the next window has begun without them, it goes on.
        let held_up = one.next_from.is_none_or(|next| next > now);
        let settles = one.settle(now);
        if how.is_shown() {
            one.response = Response::Shown;
            one.doubt = Doubt::None;
            one.done_by = Some((the_feed(), at));
            let there: Vec<Name> = one.people().filter(|person| present.has(person)).cloned().collect();
            one.there = there;
        } else if one.shadow {
            // As if they had come.
            one.response = Response::Done;
        }
        let staying = one.response != Response::None && one.longer_by != Millis::ZERO && !one.shadow;
        let staying = staying.then(|| (one.parts.clone(), one.longer_by));
        let next_from = one.next_from.unwrap_or(now);
        if settles && !one.beside {
            queue.floor = queue.floor.max(if held_up { now } else { next_from });
        }
        queue.present = present;
        if how.is_shown() {
            queue.close(instruction);
        }
        if let Some((parts, by)) = staying {
            self.people.stay(&self.plan, &parts, by, at);
        }
        self.recount(index);
    }

    pub(super) fn apply_not_shown(&mut self, index: usize, instruction: InstructionId) {
        if let Some(one) = self.queues[index].on_stack_mut(instruction) {
            one.doubt = Doubt::Asked;
        }
    }
}

impl Queue {
    /// The settling of a move or a sign-out begins when it first reaches somebody, or moves to when its people will be there.
    pub(super) fn start_settling(&mut self, instruction: InstructionId, eta: Option<Millis>, at: Time) {
        let now = self.seen(at);
        let stack = self.stack.iter_mut().filter(|one| one.instruction == instruction);
        for one in stack {
            if one.next_from.is_none() {
                one.next_from = one.next_after.map(|after| now + after);
            }
            one.settling = begun(one.settling, one.settle_within, eta, now);
        }
        let leaving = self.leaving.iter_mut().filter(|one| one.sign_out == instruction);
        leaving.for_each(|one| one.settling = begun(one.settling, one.settle_within, eta, now));
    }

    /// The first move of the ladder that has not settled, and holds up the next tier.
    pub(crate) fn unsettled(&self) -> Option<&Move> {
        self.stack.iter().find(|one| !one.beside && !one.is_settled())
    }

    /// People without a name who were asked for and may yet be shown: what comes after is counted from beyond them. Whoever has not
    /// come in the time that they had to come is not waited for.
    pub(super) fn awaited_by_number(&self, now: Time) -> u32 {
        let now = self.seen(now);
        let may_come = |one: &&Move| match one.settling {
            _ if !one.can_be_shown() || one.vouched => false,
            Settling::Undelivered | Settling::Until(_) => true,
            Settling::Settled(at) => now < at + one.settle_within,
        };
        let moves = self.stack.iter().filter(may_come);
        let awaited = moves.map(|one| {
            let counted = if self.present.people.is_some() {
                one.nameless()
            } else {
                one.seats()
            };
            let shown = one.proof(&self.present, 0).map_or(0, |proof| proof.by_number());
            counted.saturating_sub(shown)
        });
        awaited.fold(0, u32::saturating_add)
    }

    /// People without a name who were told to go and are not shown gone yet.
    pub(super) fn departing_by_number(&self, at: Time) -> u32 {
        let now = self.seen(at);
        let departed = self.departed.iter().filter(|departed| departed.until > now);
        let departed = departed.map(|departed| departed.awaited(self.present.others.unwrap_or(0)));
        let departing = self.leaving.iter().filter(|leaving| !leaving.of.shadow);
        let departing = departing.map(|leaving| {
            let counted = if self.present.people.is_some() {
                leaving.of.nameless()
            } else {
                leaving.of.seats()
            };
            leaving
                .still_there(&self.present, 0)
                .map_or(counted, |proof| proof.by_number())
        });
        departing.chain(departed).fold(0, u32::saturating_add)
    }
}

fn begun(settling: Settling, settle_within: Millis, eta: Option<Millis>, now: crate::Seen) -> Settling {
    match (settling, eta) {
        (Settling::Settled(_), _) | (Settling::Until(_), None) => settling,
        (_, Some(eta)) => Settling::Until(now + eta),
        (Settling::Undelivered, None) => Settling::Until(now + settle_within),
    }
}
