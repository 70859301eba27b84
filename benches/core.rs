//! How many readings a second the core takes, for conditions judged by every moment and by a mean, and how often it allocates while
//! readings come in. What they cost among many queues: `queues.rs`.
//!
//! The year of the allocation count runs once; `CORE_BENCH_DAYS=3` makes it three days.
//!
//! ```sh
//! cargo bench -p surged-core --bench core
//! ```

#![allow(clippy::unwrap_used, missing_docs)]

mod floor;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use floor::plan;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::hint::black_box;
use std::sync::Arc;
use surged_core::ladder::{Judge, Millionths};
use surged_core::{Core, Input, Plan, Reading, Time};

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

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = allocations_a_reading, readings_a_second
}
criterion_main!(benches);
