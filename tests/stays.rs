//! What a shift's summary tells of people, surges and open matters, against the core's own moves: equal at every moment of random days.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../src/core/tests/model/mod.rs"]
mod model;

use model::compare::meant;
use model::day::Day;
use std::collections::BTreeMap;
use std::sync::Arc;
use surged::core::{Core, Decision, MoveView, Name, OpenView, QueueView, Time, What};
use surged::journal::{Entry, Item, ItemKind, Record};
use surged::shift::{Tally, open_items};
use surged::wire::{OpenInstruction, QueueState};

const DAYS: u64 = 120;
const INPUTS_A_DAY: usize = 120;

/// Moments of a day from each of which a shift is summed up to the next.
const SHIFTS_A_DAY: usize = 24;

/// A person and their pool, or the nameless of a pool.
type Who = (Option<Name>, Option<Name>);

/// A moment after which nothing happens until the next.
struct Moment {
    at: Time,
    /// Entries of the log until then.
    entries: usize,
    away: BTreeMap<Who, i64>,
    surges: Vec<(Name, Time)>,
}

/// A day as the daemon lives it: one millisecond after the other, with its log.
#[derive(Default)]
struct Lived {
    log: Vec<Entry>,
    moments: Vec<Moment>,
    given: u64,
}

impl Lived {
    fn day(seed: u64) -> Lived {
        let mut day = Lived::default();
        let mut core = Core::new(Time(0));
        for (at, input) in Day::new(seed).steps(INPUTS_A_DAY) {
            day.pass(&mut core, Time(at));
            let Some(input) = meant(&input, day.given) else {
                continue;
            };
            if core.handle(input.clone(), Time(at)).is_ok() {
                day.write(Time(at), Record::Input(input));
                day.look(&mut core, Time(at));
            }
        }
        let end = core.now().0 + 500;
        day.pass(&mut core, Time(end));
        day
    }

    /// Whatever is due until then, each at its own moment.
    fn pass(&mut self, core: &mut Core, until: Time) {
        while core.due_at() < until {
            let at = core.due_at().max(core.now());
            core.handle_timeout(at);
            self.look(core, at);
        }
        core.handle_timeout(until);
        self.look(core, until);
    }

    fn write(&mut self, at: Time, record: Record) {
        self.log.push(Entry {
            seq: self.log.len() as u64 + 1,
            at,
            record,
            unlogged: false,
        });
    }

    fn look(&mut self, core: &mut Core, at: Time) {
        while let Some(decision) = core.poll_effect() {
            self.given = self.given.max(given_by(&decision));
            self.write(at, Record::Decision(decision));
        }
        let views = core.views();
        everything_open_is_an_item(core, &views);
        let surges = views.iter().filter_map(|view| {
            let began = core.surge_since(&view.queue)?;
            Some((view.queue.clone(), began))
        });
        self.moments.retain(|moment| moment.at < at);
        self.moments.push(Moment {
            at,
            entries: self.log.len(),
            away: away(&views),
            surges: surges.collect(),
        });
    }
}

fn given_by(decision: &Decision) -> u64 {
    match &decision.what {
        What::Instruct { instruction, .. } => instruction.id.0,
        _ => 0,
    }
}

/// Who is on other phones than their own: what has settled and is not back.
fn away(views: &[QueueView]) -> BTreeMap<Who, i64> {
    let mut away = BTreeMap::new();
    let moves = views.iter().flat_map(|view| view.moves.iter().chain(&view.leaving));
    for part in moves
        .filter(|one| one.settled && !one.shadow)
        .flat_map(|one| &one.parts)
    {
        for person in &part.people {
            *away.entry((Some(person.clone()), part.pool.clone())).or_default() += 1;
        }
        let nameless = i64::from(part.seats) - part.people.len() as i64;
        if nameless > 0 {
            *away.entry((None, part.pool.clone())).or_default() += nameless;
        }
    }
    away
}

/// Adds a time in which somebody was away.
fn stay(stays: &mut BTreeMap<Who, i64>, away: &BTreeMap<Who, i64>, time: i64) {
    for (who, seats) in away.iter().filter(|_| time > 0) {
        *stays.entry(who.clone()).or_default() += seats * time;
    }
}

fn told(log: &[Entry], from: Time, to: Time) -> surged::shift::Summary {
    let mut tally = Tally::new(from, to, None);
    log.iter().for_each(|entry| tally.count(entry));
    tally.end(log.len() as u64)
}

#[test]
fn stays_and_surges_are_those_of_the_cores_moves_at_every_moment() {
    let (mut stayed, mut surged) = (0, 0);
    for seed in 0..DAYS {
        let day = Lived::day(seed);
        let mut whole = BTreeMap::new();
        for (index, pair) in day.moments.windows(2).enumerate() {
            let [here, next] = pair else { unreachable!() };
            let mut expected = BTreeMap::new();
            stay(&mut expected, &here.away, (next.at - here.at).0);
            stay(&mut whole, &here.away, (next.at - here.at).0);
            if index % (day.moments.len() / SHIFTS_A_DAY + 1) > 0 {
                continue;
            }
            let told = told(&day.log[..here.entries], here.at, next.at);
            assert_eq!(times(&told), expected, "day {seed}, from {:?} on", here.at);
            let on = told.surges.iter().filter(|surge| surge.ended.is_none());
            let mut on: Vec<(Name, Time)> = on.map(|surge| (surge.queue.clone(), surge.began.0)).collect();
            on.sort();
            assert_eq!(on, here.surges, "day {seed}, surges at {:?}", here.at);
            surged += on.len();
        }
        let end = day.moments.last().unwrap().at;
        assert_eq!(times(&told(&day.log, Time(0), end)), whole, "day {seed}");
        stayed += whole.len();
    }
    assert!(
        stayed > 300 && surged > 1000,
        "these days are too quiet: {stayed}, {surged}"
    );
}

/// By somebody's word and as they were asked: the core's books do not tell the two apart.
fn times(summary: &surged::shift::Summary) -> BTreeMap<Who, i64> {
    let mut times = BTreeMap::new();
    for it in summary.moved.iter().chain(&summary.asked) {
        let who = (it.person.clone(), it.pool.clone());
        *times.entry(who).or_default() += (it.time_s * 1000.0).round() as i64;
    }
    times
}

/// What is open on a queue, by the core's own books.
fn open_on(view: &QueueView, instructions: &[OpenView]) -> Vec<Item> {
    let none = |kind: ItemKind, key: String| Item {
        key,
        kind,
        queue: view.queue.clone(),
        instruction: None,
        action: None,
        tier: None,
        seats: None,
        note: None,
        at: None,
    };
    let mut open = Vec::new();
    let asked = instructions.iter().map(|open| &open.instruction);
    open.extend(asked.filter(|it| it.queue == view.queue).map(|it| Item {
        instruction: Some(it.id),
        action: Some(it.action),
        tier: Some(it.tier.clone()),
        seats: Some(it.seats.ask),
        at: Some(it.at),
        ..none(ItemKind::Instruction, format!("instruction-{}", it.id))
    }));
    open.extend(view.approval.as_ref().map(|it| Item {
        action: Some(it.action),
        tier: Some(it.tier.clone()),
        seats: Some(it.seats.ask),
        at: Some(it.since),
        ..none(ItemKind::Approval, format!("approval-{}-{}", view.queue, it.tier))
    }));
    let waits = |it: &MoveView| instructions.iter().any(|open| open.instruction.id == it.instruction);
    open.extend(view.moves.iter().filter(|it| !it.shadow && !waits(it)).map(|it| Item {
        instruction: Some(it.instruction),
        action: Some(it.action),
        tier: Some(it.tier.clone()),
        seats: Some(it.parts.iter().map(|part| part.seats).sum()),
        at: Some(it.issued),
        ..none(ItemKind::Move, format!("instruction-{}", it.instruction))
    }));
    open.extend(view.paused.as_ref().map(|it| Item {
        note: Some(it.reason.clone()),
        at: Some(it.until),
        ..none(ItemKind::Pause, format!("pause-{}", view.queue))
    }));
    open.extend(view.incident.as_ref().map(|it| Item {
        note: Some(it.note.clone()),
        at: Some(it.until),
        ..none(ItemKind::Incident, format!("incident-{}", view.queue))
    }));
    open.extend(view.blind_since.map(|since| Item {
        at: Some(since),
        ..none(ItemKind::Blind, format!("blind-{}", view.queue))
    }));
    open
}

/// Each matter once: an instruction that waits for its last word, or else its move; the question to a leader, a pause, an incident, and a
/// queue that nobody sees.
fn everything_open_is_an_item(core: &Core, views: &[QueueView]) {
    let plan = core.plan();
    let queues: Vec<Arc<QueueState>> = views.iter().map(|view| Arc::new(QueueState::of(view, plan))).collect();
    let instructions = core.open_instructions();
    let open: Vec<Arc<OpenInstruction>> = instructions
        .iter()
        .map(|view| Arc::new(OpenInstruction::from(view)))
        .collect();
    let items = open_items(&queues, &open);
    let expected: Vec<Item> = views.iter().flat_map(|view| open_on(view, &instructions)).collect();
    assert_eq!(items, expected, "at {:?}", core.now());
    let asked = items.iter().filter(|item| item.kind == ItemKind::Instruction);
    assert_eq!(asked.count(), instructions.len(), "at {:?}", core.now());
    let mut keys: Vec<&str> = items.iter().map(|item| item.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), items.len(), "two matters under one key at {:?}", core.now());
}
