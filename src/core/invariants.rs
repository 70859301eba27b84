//! What must always be true (plan.md), checked after every millisecond in debug builds, so in every test.
//!
//! The numbers are those of the plan. Invariants about sequences (4, 5, 6) and about the duty log (7) are properties of their own
//! in `tests/`.

use super::queue::Queue;
use super::rules::{FEW, PHASES};
use super::supply::{Ledger, people};
use super::{Action, Core, Instruction, Millis, Name, Time, What};
use std::collections::BTreeSet;

/// Panics, in debug builds alone, where the state breaks an invariant.
pub fn check(core: &Core) {
    core.queues.iter().for_each(stack_is_sound);
    // Looked up anew in every millisecond, it would make a floor of thousands stand still.
    if core.queues.len() > FEW {
        return;
    }
    debug_assert!(
        core.derived.ledger == Ledger::of(&core.plan, &core.queues),
        "the ledger of people and seats has drifted"
    );
    (0..core.queues.len()).for_each(|index| nobody_was_passed_over(core, index));
}

/// Only those are looked at whom a change concerns: looking at all of them finds nothing more.
fn nobody_was_passed_over(core: &Core, index: usize) {
    let (name, now) = (&core.queues[index].name, core.now);
    for phase in PHASES {
        let passed_over = core.decide(phase, index, now);
        debug_assert!(
            passed_over.is_none(),
            "{name} would decide something at {now:?}, and was not looked at: {phase:?}: {passed_over:?}"
        );
    }
    let next = core.next_due(index).map_or(Time::NEVER, |(next, _)| next);
    let known = core.derived.due.of(index);
    debug_assert!(
        known <= next.max(now + Millis(1)),
        "{name} is due at {next:?}, and is to be looked at only at {known:?}"
    );
}

/// Looked at when it has been decided and is about to be applied, since people may correct numbers afterwards and a reload may shrink a
/// pool, and both are facts. So are decisions that were recorded.
pub fn check_decision(core: &Core, index: usize, what: &What) {
    if let What::Instruct { instruction, .. } = what
        && instruction.action.brings_people()
    {
        check_call(core, &core.queues[index], instruction);
    }
}

/// Invariant 1, and "nobody is asked for twice, by any queue".
fn check_call(core: &Core, queue: &Queue, instruction: &Instruction) {
    let (lent, shadow) = (&core.derived.ledger, instruction.shadow);
    let ladder = core.plan.ladders.get(&queue.ladder);
    let tier = ladder.and_then(|ladder| ladder.tiers.iter().find(|tier| tier.name == instruction.tier));
    let mut seats_needed: u32 = 0;
    for part in &instruction.parts {
        debug_assert!(part.seats > 0, "{} asks nobody", instruction.id);
        for person in &part.people {
            debug_assert!(!lent.has(person, shadow), "{person} is asked for twice");
            let rests = part.pool.as_ref().and_then(|pool| core.plan.pools.get(pool));
            let rests = rests.and_then(|pool| core.people.resting_until(pool, person, instruction.at));
            debug_assert!(rests.is_none(), "{person} is asked for while they rest");
            debug_assert!(
                people::is_on_duty(&core.plan, person, instruction.at),
                "{person} is asked for off duty"
            );
        }
        let Some(name) = &part.pool else {
            let seats = if instruction.action == Action::ExtendShift {
                0
            } else {
                part.seats
            };
            seats_needed = seats_needed.saturating_add(seats);
            continue;
        };
        let Some(pool) = core.plan.pools.get(name) else {
            continue;
        };
        let keep = tier.and_then(|tier| tier.keep.get(name)).copied().unwrap_or(pool.keep);
        let on_duty = pool.size_by.get(&queue.ladder).copied();
        let there = if pool.people.is_empty() {
            i64::from(on_duty.unwrap_or(pool.size)) - i64::from(lent.seats(name, shadow))
        } else {
            let on_duty = pool.people.iter().take(on_duty.unwrap_or(u32::MAX) as usize);
            let free =
                |person: &&Name| !lent.has(person, shadow) && people::is_on_duty(&core.plan, person, instruction.at);
            on_duty.filter(free).count() as i64 - i64::from(lent.nameless(name, shadow))
        };
        let left = there - i64::from(part.seats);
        debug_assert!(
            left >= i64::from(keep),
            "{} draws {name} below the {keep} that it keeps",
            instruction.id
        );
        seats_needed = seats_needed.saturating_add(if pool.own_desk { 0 } else { part.seats });
    }
    let room = core.derived.ledger.room(&core.plan, shadow);
    debug_assert!(
        room.is_none_or(|room| seats_needed <= room),
        "{} has no seat for its people",
        instruction.id
    );
}

/// Invariant 3: each move stands once, and what goes back was asked for before.
fn stack_is_sound(queue: &Queue) {
    let mut known = BTreeSet::new();
    for one in &queue.stack {
        debug_assert!(
            known.insert(one.instruction),
            "move {} stands twice on {}",
            one.instruction,
            queue.name
        );
    }
    for one in queue.away() {
        debug_assert!(one.seats() > 0, "move {} of {} has nobody", one.instruction, queue.name);
    }
    for leaving in &queue.leaving {
        debug_assert!(
            leaving.sign_out > leaving.of.instruction,
            "{} goes back before it came",
            leaving.of.instruction
        );
    }
}
