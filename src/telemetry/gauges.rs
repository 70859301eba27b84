//! How the floor stands, as gauges: set at each scrape from what can be seen of the core.

use super::names::{self, Kind};
use crate::core::ladder::Mode;
use crate::core::{Core, Name, Part, Plan, QueueView, Time};
use metrics::gauge;
use std::collections::{BTreeMap, BTreeSet};

/// A gauge without a value: left out of what is scraped, since what is unknown is absent, not zero.
pub const UNKNOWN: f64 = f64::NAN;

/// What the last scrape told of. What has left the plan since is told no more: a gauge that stands still would wake somebody for a
/// queue that is nobody's, and an alert on it would ring until the next start.
#[derive(Default)]
pub struct Gauges {
    queues: BTreeMap<Name, Parts>,
    pools: BTreeSet<Name>,
    feeds: BTreeSet<Name>,
}

/// What gauges tell of a queue beside the queue itself.
#[derive(Default)]
struct Parts {
    /// Of the ladder in force.
    tiers: Vec<Name>,
    /// Those that it shares.
    pools: Vec<Name>,
}

impl Gauges {
    /// Shows every queue as it stands at `now`.
    pub fn show(&mut self, core: &Core, now: Time) {
        let open = open_by_queue(core, now);
        let mut vouched: BTreeMap<Name, Time> = BTreeMap::new();
        let plan = core.plan();
        let mut before = std::mem::take(&mut self.queues);
        for view in core.views() {
            let parts = Parts::of(core, &view);
            let gone = before.remove(&view.queue).unwrap_or_default();
            gone.clear_without(&parts, &view.queue);
            show_queue(&view, plan.queues.contains_key(&view.queue), &parts.pools);
            begin_counters(&view, plan);
            show_source(core, &view.queue);
            let (count, since) = open.get(&view.queue).copied().unwrap_or((0, now));
            let queue = view.queue.to_string();
            gauge!(names::INSTRUCTIONS_OPEN, "queue" => queue.clone()).set(f64::from(count));
            gauge!(names::OLDEST_OPEN, "queue" => queue).set((now - since).as_secs().max(0.0));
            if let (Some(queue), Some(at)) = (plan.queues.get(&view.queue), view.vouched_at) {
                let oldest = vouched.entry(queue.feed.clone()).or_insert(at);
                *oldest = at.min(*oldest);
            }
            self.queues.insert(view.queue, parts);
        }
        for (queue, gone) in before {
            gone.clear_without(&Parts::default(), &queue);
            clear("queue", &queue);
        }
        self.show_feeds(vouched, now);
        self.show_supply(core, plan);
    }

    /// Of the feeds that have vouched for a queue; of the rest each tells itself, since it alone knows whether it is connected.
    fn show_feeds(&mut self, vouched: BTreeMap<Name, Time>, now: Time) {
        let age = |feed: &Name| gauge!(names::FEED_READING_AGE, "feed" => feed.to_string());
        let gone = self.feeds.iter().filter(|feed| !vouched.contains_key(*feed));
        gone.for_each(|feed| age(feed).set(UNKNOWN));
        for (feed, at) in &vouched {
            age(feed).set((now - *at).as_secs().max(0.0));
        }
        self.feeds = vouched.into_keys().collect();
    }

    /// Of the pools and the floor.
    fn show_supply(&mut self, core: &Core, plan: &Plan) {
        let gone = self.pools.iter().filter(|pool| !plan.pools.contains_key(*pool));
        gone.for_each(|pool| clear("pool", pool));
        for (name, pool) in &plan.pools {
            let size = pool.size.max(u32::try_from(pool.people.len()).unwrap_or(u32::MAX));
            let free = size.saturating_sub(core.lent(name));
            gauge!(names::POOL_FREE, "pool" => name.to_string()).set(f64::from(free));
        }
        self.pools = plan.pools.keys().cloned().collect();
        gauge!(names::PHYSICAL_SEATS).set(plan.physical_seats.map_or(UNKNOWN, f64::from));
        gauge!(names::PHYSICAL_FREE).set(core.room().map_or(UNKNOWN, f64::from));
    }
}

impl Parts {
    fn of(core: &Core, view: &QueueView) -> Parts {
        Parts {
            tiers: view.tiers.iter().map(|tier| tier.tier.clone()).collect(),
            pools: core.pools_of(&view.queue).cloned().collect(),
        }
    }

    /// Clears what is not among those that there are now.
    fn clear_without(&self, now: &Parts, queue: &Name) {
        let without = |name: &'static str, label: &'static str, before: &[Name], now: &[Name]| {
            for gone in before.iter().filter(|it| !now.contains(it)) {
                gauge!(name, "queue" => queue.to_string(), label => gone.to_string()).set(UNKNOWN);
            }
        };
        without(names::CONDITION_HELD, "tier", &self.tiers, &now.tiers);
        without(names::QUEUE_BORROWED, "pool", &self.pools, &now.pools);
    }
}

/// Clears every gauge that has this label alone.
fn clear(label: &'static str, value: &Name) {
    for metric in names::ALL {
        if metric.kind == Kind::Gauge && metric.labels == [label] {
            gauge!(metric.name, label => value.to_string()).set(UNKNOWN);
        }
    }
}

/// How many instructions of each queue wait for their last word, and since when the oldest of them does.
fn open_by_queue(core: &Core, now: Time) -> BTreeMap<Name, (u32, Time)> {
    let mut open: BTreeMap<Name, (u32, Time)> = BTreeMap::new();
    // What was decided in shadow waits for nobody's word, and nobody is there.
    for instruction in core.open_instructions().into_iter().filter(|it| !it.instruction.shadow) {
        let (count, oldest) = open.entry(instruction.instruction.queue).or_insert((0, now));
        *count += 1;
        *oldest = instruction.instruction.at.min(*oldest);
    }
    open
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

/// `in_plan`: its source is to tell of it; of one that waits for its people alone nobody has to.
fn show_queue(view: &QueueView, in_plan: bool, pools: &[Name]) {
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
    let blind = f64::from(u8::from(view.blind_since.is_some()));
    set(names::QUEUE_BLIND, if in_plan { blind } else { UNKNOWN });
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
