//! How many readings a second the core takes, for conditions judged by every moment and by a mean, how often it allocates while
//! readings come in, and what a reading, a decision and a storm cost among many queues, with pools of their own and with one for all.
//!
//! The year of the allocation count runs once; `CORE_BENCH_DAYS=3` makes it three days.
//!
//! ```sh
//! cargo bench -p surged-core --bench core
//! CORE_BENCH_DAYS=1 cargo bench -p surged-core --bench core -- queues
//! ```

#![allow(clippy::unwrap_used, missing_docs)]

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use surged_core::ladder::{
    FeedLimits, Judge, Ladder, Level, Millionths, Pool, QueuePlan, Release, Seats, Threshold, Tier, When,
};
use surged_core::{Action, Core, Input, Millis, Plan, Reading, Time};

#[global_allocator]
static ALLOCATIONS: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;
/// The days of the year on which clocks are moved.
const SUMMER: i64 = 88;
const WINTER: i64 = 298;
/// Readings of one sample.
const SAMPLE: i64 = 20_000;

fn judges() -> [(&'static str, Judge); 3] {
    let share = Judge::Share(Millionths::of(0.8));
    [("every", Judge::Every), ("mean", Judge::Mean), ("share", share)]
}

/// A ladder by day and one by night, with a call and a release that the depth passes again and again.
fn plan(judge: Judge) -> Arc<Plan> {
    let when = |threshold, minutes| When::of(threshold, Millis::from_mins(minutes), judge);
    let above = Threshold::WaitingAbove {
        above: 5,
        at_most: None,
    };
    let ladder = |name: &str, minutes| Ladder {
        max_borrowed: None,
        ask_again_after: surged_core::Millis::from_mins(2),
        severe: None,
        ask_again_after_no: Millis::from_mins(30),
        late_within: Millis::from_mins(30),
        hold_for: Millis::from_mins(30),
        tiers: vec![Tier {
            mode: None,
            next_after: None,
            lasting: None,
            extend: surged_core::ladder::Extend {
                ends_within: surged_core::Millis::from_mins(60),
                by: surged_core::Millis::from_mins(120),
            },
            name: name.into(),
            action: Action::SignIn,
            pools: vec!["pool".into()],
            seats: Seats::All,
            keep: BTreeMap::new(),
            when: when(above, minutes),
            settle_within: None,
            on_incident: false,
            worth_it_beyond: Millis::ZERO,
        }],
        release: Release {
            step: surged_core::ladder::Step::Move,
            when: when(Threshold::WaitingAtMost(5), minutes),
            min_stay: Millis::ZERO,
        },
        settle_within: Millis::from_mins(3),
        stand_down_after: Millis::from_mins(1),
        ask_max_above: 10,
    };
    let queue = QueuePlan {
        mode: surged_core::ladder::Mode::Live,
        max_moves_per_hour: None,
        lend_only_while: None,
        paused: None,
        feed: "feed".into(),
        ladder: "day".into(),
        priority: 0,
        handle_time: None,
        patience: None,
        calls_per_hour: None,
        target: None,
    };
    let pool = Pool {
        size: 4,
        ..Pool::default()
    };
    let limits = FeedLimits {
        stale_after: Millis::from_secs(15),
        forget_after: Millis::from_secs(120),
        gone_after: Millis::from_mins(1),
        paused: surged_core::ladder::Paused::SignedIn,
    };
    Arc::new(Plan {
        roster: Vec::new(),
        queues: [("queue".into(), queue)].into(),
        pools: [("pool".into(), pool)].into(),
        ladders: [("day".into(), ladder("day", 5)), ("night".into(), ladder("night", 10))].into(),
        feeds: [("feed".into(), limits)].into(),
        chain: vec![Level {
            role: "supervisor".into(),
            respond_within: Millis::from_secs(60),
            late_margin: Millis::from_mins(1),
        }],
        physical_seats: None,
    })
}

fn core(judge: Judge) -> Core {
    let mut core = Core::new(Time(0));
    core.handle(Input::Configured { plan: plan(judge) }, Time(0)).unwrap();
    core
}

/// Calm for ten minutes, pressed for ten, and never twice the same depth.
fn depth(second: i64) -> u32 {
    let pressed = second / 600 % 2;
    (pressed * 8 + second % 5) as u32
}

/// The ladder that comes into force at this second, if one does: every twelve hours by a clock that is moved to summer time and back.
fn change_of_ladder(second: i64) -> Option<&'static str> {
    let at = second * SECOND;
    let summer = (SUMMER * DAY..WINTER * DAY).contains(&at);
    let local = at + if summer { HOUR } else { 0 };
    let night = local / (12 * HOUR) % 2 == 1;
    (local % (12 * HOUR) == 0).then_some(if night { "night" } else { "day" })
}

/// One reading a second, with every change of the ladder, and a reload of the plan each Monday.
fn read(core: &mut Core, reading: &Reading, seconds: std::ops::Range<i64>) -> u64 {
    let mut decided = 0;
    for second in seconds {
        let at = Time(second * SECOND);
        if let Some(ladder) = change_of_ladder(second) {
            let (queue, ladder) = ("queue".into(), ladder.into());
            core.handle(Input::LadderInForce { queue, ladder }, at).unwrap();
        }
        if second * SECOND % (7 * DAY) == 0 {
            let plan = Plan::clone(core.plan());
            core.handle(Input::Configured { plan: Arc::new(plan) }, at).unwrap();
        }
        let mut reading = reading.clone();
        reading.waiting = depth(second);
        core.handle(Input::Reading { reading }, at).unwrap();
        while let Some(decision) = core.poll_effect() {
            black_box(&decision);
            decided += 1;
        }
    }
    decided
}

fn readings_a_second(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("readings");
    group.throughput(Throughput::Elements(SAMPLE as u64));
    let reading = Reading::of("queue", 0);
    for (name, judge) in judges() {
        let mut warm = core(judge);
        read(&mut warm, &reading, 0..HOUR / SECOND);
        let from = HOUR / SECOND;
        let sample = |mut core: Core| read(&mut core, &reading, from..from + SAMPLE);
        group.bench_function(name, |bench| {
            bench.iter_batched(|| warm.clone(), sample, BatchSize::LargeInput)
        });
    }
    group.finish();
}

/// A year of readings, once; `CORE_BENCH_DAYS` makes it shorter. Debug assertions allocate: count without them. What is allocated
/// is then a decision's or a reload's own: a reading that decides nothing allocates nothing.
fn allocations_a_reading(_: &mut Criterion) {
    let days = std::env::var("CORE_BENCH_DAYS")
        .ok()
        .and_then(|days| days.parse::<i64>().ok());
    let seconds = days.map_or(YEAR, |days| days * DAY) / SECOND;
    let reading = Reading::of("queue", 0);
    for (name, judge) in judges() {
        let mut core = core(judge);
        read(&mut core, &reading, 0..HOUR / SECOND);
        let region = Region::new(ALLOCATIONS);
        let decided = read(&mut core, &reading, HOUR / SECOND..seconds);
        let counted = region.change();
        // Seven minutes into a calm everybody is back.
        let second = seconds + 420;
        read(&mut core, &reading, seconds..second);
        let quiet = Region::new(ALLOCATIONS);
        assert_eq!(
            read(&mut core, &reading, second..second + 60),
            0,
            "a quiet minute decides nothing"
        );
        let quiet = quiet.change();
        println!(
            "{name}: a minute without a decision: {} allocations",
            quiet.allocations + quiet.reallocations
        );
        let readings = seconds - HOUR / SECOND;
        let allocations = counted.allocations + counted.reallocations;
        println!(
            "{name}: {readings} readings, {decided} decisions, {allocations} allocations: {:.4} a reading, {:.1} a decision; {} bytes kept",
            allocations as f64 / readings as f64,
            allocations as f64 / decided.max(1) as f64,
            counted.bytes_allocated as i64 + counted.bytes_reallocated as i64 - counted.bytes_deallocated as i64,
        );
    }
}

/// Whose pools the queues draw on.
#[derive(Copy, Clone)]
enum Pools {
    /// Each has one of its own.
    Own,
    /// One pool for all, with just enough people.
    Shared,
}

const POOLS: [(&str, Pools); 2] = [("own", Pools::Own), ("shared", Pools::Shared)];

/// People of one queue's call.
const CALLED: u32 = 2;
/// The tier's window and its calm.
const HOLD: i64 = 5 * 60 * SECOND;

fn queue_name(number: usize) -> String {
    format!("queue{number:05}")
}

/// The plan of the bench above, for so many queues of three priorities. No feed goes stale, and nobody has to answer.
fn floor_plan(queues: usize, pools: Pools) -> Arc<Plan> {
    let of_one = plan(Judge::Every);
    let mut floor = Plan::clone(&of_one);
    floor.chain.clear();
    for limits in floor.feeds.values_mut() {
        limits.stale_after = Millis::MAX;
        limits.forget_after = Millis::MAX;
    }
    (floor.queues, floor.ladders, floor.pools) = Default::default();
    let pool = |size| Pool {
        size,
        ..Pool::default()
    };
    for number in 0..queues {
        let own = match pools {
            Pools::Own => format!("pool{number:05}"),
            Pools::Shared => "pool".to_owned(),
        };
        let mut ladder = of_one.ladders["day"].clone();
        ladder.tiers[0].pools = vec![own.as_str().into()];
        ladder.tiers[0].seats = Seats::Range(surged_core::ladder::SeatRange {
            min: CALLED,
            max: CALLED + 1,
        });
        let name = match pools {
            Pools::Own => format!("ladder{number:05}"),
            Pools::Shared => "ladder".to_owned(),
        };
        let mut queue = of_one.queues["queue"].clone();
        queue.ladder = name.as_str().into();
        queue.priority = (number % 3) as i32;
        floor.queues.insert(queue_name(number).as_str().into(), queue);
        floor.ladders.insert(name.as_str().into(), ladder);
        let size = match pools {
            Pools::Own => CALLED,
            Pools::Shared => CALLED * queues as u32,
        };
        floor.pools.insert(own.as_str().into(), pool(size));
    }
    Arc::new(floor)
}

/// A floor of which every queue was read once, with so many waiting.
fn floor(queues: usize, pools: Pools, waiting: u32) -> Core {
    let mut core = Core::new(Time(0));
    let plan = floor_plan(queues, pools);
    core.handle(Input::Configured { plan }, Time(0)).unwrap();
    for number in 0..queues {
        let reading = Reading::of(queue_name(number).as_str(), waiting);
        core.handle(Input::Reading { reading }, Time(0)).unwrap();
    }
    drain(&mut core);
    core
}

fn drain(core: &mut Core) -> usize {
    let mut decided = 0;
    while let Some(decision) = core.poll_effect() {
        black_box(&decision);
        decided += 1;
    }
    decided
}

/// A reading of one queue after the other, of which none decides anything.
fn readings_among_many(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("queues/reading");
    for (name, pools) in POOLS {
        for queues in [1, 10, 100, 1_000, 10_000] {
            let mut core = floor(queues, pools, 0);
            let readings: Vec<Reading> = (0..queues)
                .map(|number| Reading::of(queue_name(number).as_str(), 0))
                .collect();
            let mut count = 0usize;
            group.bench_function(BenchmarkId::new(name, queues), |bench| {
                bench.iter(|| {
                    count += 1;
                    let mut reading = readings[count % queues].clone();
                    // Passed for a moment now and then, for less than the tier's window.
                    reading.waiting = (count as u32 * 7) % 10;
                    core.handle(Input::Reading { reading }, Time(count as i64)).unwrap();
                    assert_eq!(drain(&mut core), 0);
                });
            });
        }
    }
    group.finish();
}

/// A surge of one queue after the other, while the rest is calm: called, stood down, over.
fn decisions_among_many(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("queues/decision");
    group.throughput(Throughput::Elements(3));
    for (name, pools) in POOLS {
        for queues in [1, 10, 100, 1_000, 10_000] {
            let mut core = floor(queues, pools, 0);
            let (mut count, mut at) = (0usize, 0);
            group.bench_function(BenchmarkId::new(name, queues), |bench| {
                bench.iter(|| {
                    count += 1;
                    let queue = queue_name(count % queues);
                    let mut decided = 0;
                    for (waiting, lasting) in [(8, HOLD), (0, 2 * HOLD)] {
                        let reading = Reading::of(queue.as_str(), waiting);
                        core.handle(Input::Reading { reading }, Time(at)).unwrap();
                        at += lasting;
                        core.handle_timeout(Time(at));
                        decided += drain(&mut core);
                    }
                    assert_eq!(decided, 3);
                });
            });
        }
    }
    group.finish();
}

/// All queues due in one instant.
fn storms(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("queues/storm");
    group.sample_size(10);
    for (name, pools) in POOLS {
        for queues in [10, 100, 1_000, 5_000] {
            let pressed = floor(queues, pools, 8);
            group.throughput(Throughput::Elements(queues as u64));
            group.bench_function(BenchmarkId::new(name, queues), |bench| {
                let storm = |mut core: Core| {
                    core.handle_timeout(Time(HOLD));
                    assert_eq!(drain(&mut core), queues);
                    core
                };
                bench.iter_batched(|| pressed.clone(), storm, BatchSize::PerIteration);
            });
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = allocations_a_reading, readings_a_second, readings_among_many, decisions_among_many, storms
}
criterion_main!(benches);
