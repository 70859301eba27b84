//! Who of an open instruction that takes people back has been asked for again since: nobody has answered it, its time is over, and they
//! were free for the next call. The console says so on its card (`console/again.js`).

use crate::core::{Action, Name};
use crate::wire::{InstructionMessage, MoveState, PoolPart, QueueState};

/// A later call, and whom of the earlier instruction it asks for.
pub(super) struct Again<'a> {
    pub queue: &'a Name,
    pub call: &'a MoveState,
    /// Empty where nobody is named.
    pub people: Vec<&'a Name>,
    pub seats: u32,
}

/// The later calls that stand, the last first: each person by the last one that names them; of people without names as many as the calls
/// of the same queue to the same pool ask for, once none of them is on the way back any more.
pub(super) fn asked_again<'a>(back: &'a InstructionMessage, queues: &'a [QueueState]) -> Vec<Again<'a>> {
    if !matches!(back.action, Action::SignOut | Action::StandDown) {
        return Vec::new();
    }
    let calls = queues
        .iter()
        .flat_map(|queue| queue.moves.iter().map(move |call| (queue, call)));
    let mut later: Vec<(&QueueState, &MoveState)> = calls
        .filter(|(_, call)| !call.shadow && call.instruction > back.id)
        .collect();
    later.sort_by_key(|(_, call)| std::cmp::Reverse(call.instruction));
    let mut left: Vec<&Name> = back.people.iter().collect();
    let mut seats_left = if back.people.is_empty() && !may_be_on_the_way(back, queues) {
        back.seats.ask
    } else {
        0
    };
    let again = later.into_iter().map(|(queue, call)| {
        let (people, others) = left.iter().partition(|person| call.people.contains(person));
        left = others;
        let people: Vec<&Name> = people;
        let same = queue.queue == back.queue
            && pools(&back.pool, &back.pools).any(|pool| pools(&call.pool, &call.pools).any(|it| it == pool));
        let unnamed = if same { seats_left.min(call.seats) } else { 0 };
        seats_left -= unnamed;
        let seats = unnamed + people.len() as u32;
        Again {
            queue: &queue.queue,
            call,
            people,
            seats,
        }
    });
    again.filter(|again| again.seats > 0).collect()
}

/// People without names are still on their way back: then others of their pool were called, and not they.
fn may_be_on_the_way(back: &InstructionMessage, queues: &[QueueState]) -> bool {
    let mut leaving = queues
        .iter()
        .filter(|queue| queue.queue == back.queue)
        .flat_map(|queue| &queue.leaving);
    leaving.any(|it| Some(it.instruction) == back.of)
}

/// The pools of an instruction or a move.
pub(super) fn pools<'a>(one: &'a Option<Name>, several: &'a Option<Vec<PoolPart>>) -> impl Iterator<Item = &'a Name> {
    one.iter()
        .chain(several.iter().flatten().filter_map(|part| part.pool.as_ref()))
}
