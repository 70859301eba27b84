//! What the core says has changed, against what it shows: over random days, no queue looks otherwise that is not named - by what happened on it,
//! or by people of a pool that it shares - and nothing but numbers is otherwise after a word of a source that turned nothing.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod model;

use model::compare::meant;
use model::day::{Day, Step};
use std::collections::BTreeMap;
use surged_core::{Core, Input, Name, OpenView, QueueView, Standing, Time, What};

const DAYS: u64 = 200;
const INPUTS_A_DAY: usize = 100;

/// What of a queue neither the passing of time shows nor people and seats elsewhere on the floor.
fn looks(core: &Core) -> Vec<(QueueView, Vec<OpenView>)> {
    let views = core.views().into_iter().enumerate();
    let looks = views.map(|(place, mut view)| {
        (view.longest_wait, view.free_seats, view.next, view.release) = Default::default();
        view.tiers.clear();
        view.moves.iter_mut().for_each(|one| one.stay_until = None);
        (view, core.open_at(place))
    });
    looks.collect()
}

/// How many of each pool are away from it.
fn lent(core: &Core) -> BTreeMap<Name, u32> {
    let pools = core.plan().pools.keys();
    pools.map(|pool| (pool.clone(), core.lent(pool))).collect()
}

/// The windows of a queue: since when each runs, and when it is full.
fn windows(core: &Core, place: usize) -> impl PartialEq + std::fmt::Debug + use<> {
    let view = core.view_at(place).unwrap();
    let due = |standing: &Standing| match standing {
        Standing::Running { due_at } => Some(*due_at),
        _ => None,
    };
    let tiers = view.tiers.iter().map(|tier| (tier.began, due(&tier.standing)));
    (tiers.collect::<Vec<_>>(), view.release, view.blind_since)
}

/// The queue whose source speaks, by its place; `None`: something else comes.
fn spoken_of(core: &Core, input: &Input) -> Option<usize> {
    match input {
        Input::Reading { reading } => core.queue_names().position(|queue| *queue == reading.queue),
        _ => None,
    }
}

/// How many words of a source turned something, and how many nothing.
type Tally = [u32; 2];

fn day(steps: &[Step], tally: &mut Tally) -> Result<(), String> {
    let mut core = Core::new(Time(0));
    let (mut given, mut named) = (0, Vec::new());
    let mut shown = looks(&core);
    let mut drain = |core: &mut Core| {
        let mut decided = false;
        while let Some(decision) = core.poll_effect() {
            decided = true;
            if let What::Instruct { instruction, .. } = decision.what {
                given = instruction.id.0;
            }
        }
        (given, decided)
    };
    for (at, input) in steps {
        core.handle_timeout(Time(*at));
        let (given, _) = drain(&mut core);
        let Some(input) = meant(input, given) else { continue };
        core.poll_turned();
        let away = lent(&core);
        let source = spoken_of(&core, &input).map(|place| (place, windows(&core, place)));
        if core.handle(input.clone(), Time(*at)).is_err() {
            continue;
        }
        let (_, decided) = drain(&mut core);
        let turned = core.poll_turned();
        if let Some((place, before)) = source {
            tally[usize::from(turned)] += 1;
            let after = windows(&core, place);
            if !turned && !decided && before != after {
                return Err(format!(
                    "at {at}: nothing turned, and {before:?} is {after:?} after {input:?}"
                ));
            }
        }
        named.clear();
        core.poll_looks(&mut named);
        let now = looks(&core);
        // A plan may bring other queues: then all are looked at.
        let same_queues = now.len() == shown.len();
        for (place, look) in now.iter().enumerate() {
            let is_named = named.contains(&place);
            let as_before = same_queues && shown[place] == *look;
            if !(is_named || as_before) {
                return Err(format!(
                    "at {at}: {} looks otherwise after {input:?}:\n{:?}\n{look:?}",
                    look.0.queue,
                    shown.get(place)
                ));
            }
        }
        shown = now;
        let is_named = |queue: &Name| {
            core.queue_names()
                .position(|name| name == queue)
                .is_some_and(|place| named.contains(&place))
        };
        for (pool, _) in lent(&core)
            .iter()
            .filter(|(pool, seats)| away.get(*pool).is_some_and(|before| before != *seats))
        {
            let mut sharing = core
                .queue_names()
                .filter(|queue| core.pools_of(queue).any(|of| of == pool));
            if let Some(queue) = sharing.find(|queue| !is_named(queue)) {
                return Err(format!(
                    "at {at}: more or fewer of {pool} are away, and {queue} is not named after {input:?}"
                ));
            }
        }
    }
    Ok(())
}

#[test]
fn whatever_looks_otherwise_is_named_and_what_turned_nothing_changed_numbers_alone() {
    let (mut faults, mut tally) = (Vec::new(), Tally::default());
    for seed in 0..DAYS {
        if let Err(fault) = day(&Day::new(seed).steps(INPUTS_A_DAY), &mut tally) {
            faults.push(format!("day {seed}: {fault}"));
        }
    }
    assert!(faults.is_empty(), "on {} days:\n{}", faults.len(), faults.join("\n"));
    assert!(
        tally.iter().all(|count| *count > 1_000),
        "these days are too alike: {tally:?}"
    );
}
