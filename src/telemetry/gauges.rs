//! How the floor stands, as gauges: written once a second from what can be seen of the core.

use super::names;
use crate::core::{Core, Name, Part, QueueView, Time};
use metrics::gauge;
use std::collections::BTreeMap;

/// A gauge without a value: left out of what is scraped, since what is unknown is absent, not zero.
pub const UNKNOWN: f64 = f64::NAN;

/// Shows every queue as it stands at `now`.
pub fn show(core: &Core, now: Time) {
    let mut open: BTreeMap<Name, u32> = BTreeMap::new();
    // What was decided in shadow waits for nobody's word, and nobody is there.
    for instruction in core.open_instructions().into_iter().filter(|it| !it.instruction.shadow) {
        *open.entry(instruction.instruction.queue).or_default() += 1;
    }
    let mut oldest: BTreeMap<Name, Time> = BTreeMap::new();
    let plan = core.plan();
    for view in core.views() {
        let open = open.get(&view.queue).copied().unwrap_or(0);
        show_queue(&view, core.pools_of(&view.queue), open);
        if let (Some(queue), Some(at)) = (plan.queues.get(&view.queue), view.vouched_at) {
            let known = oldest.entry(queue.feed.clone()).or_insert(at);
            *known = at.min(*known);
        }
    }
    for (feed, at) in oldest {
        gauge!(names::FEED_READING_AGE, "feed" => feed.to_string()).set((now - at).as_secs().max(0.0));
    }
}

fn show_queue<'a>(view: &QueueView, pools: impl Iterator<Item = &'a Name>, open: u32) {
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
    set(names::INSTRUCTIONS_OPEN, f64::from(open));
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
