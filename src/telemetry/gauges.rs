//! How the floor stands, as gauges: set at each scrape from what can be seen of the core.

use super::names;
use crate::core::ladder::Mode;
use crate::core::{Core, Name, Part, Plan, QueueView, Time};
use metrics::gauge;
use std::collections::BTreeMap;

/// A gauge without a value: left out of what is scraped, since what is unknown is absent, not zero.
pub const UNKNOWN: f64 = f64::NAN;

/// Shows every queue as it stands at `now`.
pub fn show(core: &Core, now: Time) {
    let mut open: BTreeMap<Name, (u32, Time)> = BTreeMap::new();
    // What was decided in shadow waits for nobody's word, and nobody is there.
    for instruction in core.open_instructions().into_iter().filter(|it| !it.instruction.shadow) {
        let (count, oldest) = open.entry(instruction.instruction.queue).or_insert((0, now));
        *count += 1;
        *oldest = instruction.instruction.at.min(*oldest);
    }
    let mut oldest: BTreeMap<Name, Time> = BTreeMap::new();
    let plan = core.plan();
    for view in core.views() {
        show_queue(&view, core.pools_of(&view.queue));
        begin_counters(&view, plan);
        show_source(core, &view.queue);
        let (count, since) = open.get(&view.queue).copied().unwrap_or((0, now));
        let queue = view.queue.to_string();
        gauge!(names::INSTRUCTIONS_OPEN, "queue" => queue.clone()).set(f64::from(count));
        gauge!(names::OLDEST_OPEN, "queue" => queue).set((now - since).as_secs().max(0.0));
        if let (Some(queue), Some(at)) = (plan.queues.get(&view.queue), view.vouched_at) {
            let known = oldest.entry(queue.feed.clone()).or_insert(at);
            *known = at.min(*known);
        }
    }
    show_supply(core, plan);
    for (feed, at) in oldest {
        gauge!(names::FEED_READING_AGE, "feed" => feed.to_string()).set((now - at).as_secs().max(0.0));
    }
}

/// Of the pools and the floor.
fn show_supply(core: &Core, plan: &Plan) {
    for (name, pool) in &plan.pools {
        let size = pool.size.max(u32::try_from(pool.people.len()).unwrap_or(u32::MAX));
        let free = size.saturating_sub(core.lent(name));
        gauge!(names::POOL_FREE, "pool" => name.to_string()).set(f64::from(free));
    }
    gauge!(names::PHYSICAL_SEATS).set(plan.physical_seats.map_or(UNKNOWN, f64::from));
    gauge!(names::PHYSICAL_FREE).set(core.room().map_or(UNKNOWN, f64::from));
}

/// What the source counts, at its last reading.
fn show_source(core: &Core, queue: &Name) {
    let last = core.clocks(queue).and_then(|clocks| clocks.last);
    let set = |name: &'static str, value: Option<f64>| {
        gauge!(name, "queue" => queue.to_string()).set(value.unwrap_or(UNKNOWN));
    };
    set(names::QUEUE_AVAILABLE, last.and_then(|it| it.available).map(f64::from));
    set(names::QUEUE_PAUSED_AGENTS, last.and_then(|it| it.paused).map(f64::from));
    set(names::QUEUE_OFFERED, last.and_then(|it| it.offered).map(|it| it as f64));
    set(
        names::QUEUE_ANSWERED,
        last.and_then(|it| it.answered).map(|it| it as f64),
    );
    set(
        names::QUEUE_ABANDONED,
        last.and_then(|it| it.abandoned).map(|it| it as f64),
    );
}

/// Of what has not happened yet on a queue.
fn begin_counters(view: &QueueView, plan: &Plan) {
    let ladder = view.ladder.as_ref().and_then(|name| plan.ladders.get(name));
    let in_shadow = |name: &Name| view.tiers.iter().any(|it| it.tier == *name && it.mode == Mode::Shadow);
    let tiers = ladder.iter().flat_map(|ladder| &ladder.tiers);
    super::decisions::begin(view.queue.as_str(), tiers.filter(|tier| !in_shadow(&tier.name)));
}

fn show_queue<'a>(view: &QueueView, pools: impl Iterator<Item = &'a Name>) {
    let queue = view.queue.to_string();
    let set = |name: &'static str, value: f64| gauge!(name, "queue" => queue.clone()).set(value);
    set(names::QUEUE_WAITING, view.waiting.map_or(UNKNOWN, f64::from));
    set(
        names::QUEUE_LONGEST_WAIT,
        view.longest_wait.map_or(UNKNOWN, |wait| wait.as_secs()),
    );
    set(names::QUEUE_SIGNED_IN, view.signed_in.map_or(UNKNOWN, f64::from));
    set(
        names::QUEUE_MOVES,
        view.moves.iter().filter(|one| !one.shadow).count() as f64,
    );
    set(names::QUEUE_BLIND, f64::from(u8::from(view.blind_since.is_some())));
    set(names::QUEUE_PAUSED, f64::from(u8::from(view.paused.is_some())));
    set(names::QUEUE_INCIDENT, f64::from(u8::from(view.incident.is_some())));
    let asked = view.approval.as_ref().is_some_and(|it| it.granted.is_none());
    set(names::APPROVALS_WAITING, f64::from(u8::from(asked)));
    for tier in &view.tiers {
        gauge!(names::CONDITION_HELD, "queue" => queue.clone(), "tier" => tier.tier.to_string())
            .set(tier.held.as_secs());
    }
    let real = || view.moves.iter().chain(&view.leaving).filter(|one| !one.shadow);
    let away = || real().flat_map(|one| &one.parts);
    // Of a pool that it does not share it can have nobody: one gauge a queue and pool of the whole plan would grow with both.
    for pool in pools {
        let seats: u32 = away()
            .filter(|part: &&Part| part.pool.as_ref() == Some(pool))
            .map(|part| part.seats)
            .sum();
        gauge!(names::QUEUE_BORROWED, "queue" => queue.clone(), "pool" => pool.to_string()).set(f64::from(seats));
    }
}
