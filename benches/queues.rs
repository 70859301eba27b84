//! What a reading, a decision and a storm cost among many queues: with pools of their own, and with one pool for all. At the end, what a
//! frame of JSON costs from its bytes on.
//!
//! Time is that of the processor, the least of several rounds, so that other work on the machine does not count.
//!
//! ```sh
//! cargo bench -p surged-core --bench queues
//! ```

#![allow(clippy::unwrap_used, missing_docs)]

mod floor;
mod frames;
mod many;

use many::{Pools, of_many, queue_name};
use rustix::time::{ClockId, clock_gettime};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::hint::black_box;
use surged_core::{Core, Input, Name, Reading, Time};

#[global_allocator]
static ALLOCATIONS: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The tier's window and its calm.
const HOLD: i64 = 5 * 60 * 1_000;
const ROUNDS: usize = 5;
const KINDS: [(&str, Pools); 2] = [("own pools", Pools::Own), ("one pool", Pools::Shared)];
/// How many queues are measured.
const COUNTS: [usize; 6] = [1, 10, 100, 1_000, 5_000, 10_000];
/// (queues, how long a storm of so many may take, in milliseconds)
const STORMS: [(usize, f64); 2] = [(1_000, 20.0), (5_000, 100.0)];
/// The milliseconds over which a storm comes that does not come at once.
const SPREAD: usize = 60;
/// How much dearer a reading may be at a thousand queues.
const DEARER: f64 = 1.5;

fn main() {
    println!(
        "| queues | pools | a quiet reading, us | one that begins or ends a window, us | allocations of both | a decision, us | all due at once, ms | over 60 ms, ms |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut missed = Vec::new();
    for (kind, pools) in KINDS {
        let mut first = None;
        let (mut storms, mut spread) = (Vec::new(), Vec::new());
        for queues in COUNTS {
            let row = Row::measure(queues, pools);
            println!("{}", row.line(queues, kind));
            storms.push((queues as f64, row.storm));
            spread.push((queues as f64, row.spread));
            let one: &Row = first.get_or_insert(row);
            if queues == 1_000 {
                for (what, ratio) in [
                    ("a quiet reading", row.quiet / one.quiet),
                    ("one at a window", row.turning / one.turning),
                ] {
                    let verdict = if ratio <= DEARER { "" } else { " MISSED" };
                    missed.push(format!(
                        "{kind}: {what} at 1,000 queues costs {ratio:.2} times that at 1 (at most {DEARER}){verdict}"
                    ));
                }
            }
            if let Some((_, most)) = STORMS.iter().find(|(count, _)| *count == queues) {
                for (when, took) in [("at once", row.storm), ("over 60 ms", row.spread)] {
                    let verdict = if took <= *most { "" } else { " MISSED" };
                    missed.push(format!(
                        "{kind}: {queues} queues due {when} take {took:.1} ms (at most {most}){verdict}"
                    ));
                }
            }
        }
        // A few are done before the clock has moved.
        for (when, storms) in [("at once", storms), ("over 60 ms", spread)] {
            missed.push(format!(
                "{kind}: a storm {when} grows with the queues to the power of {:.2} (100 to 10,000)",
                exponent(&storms[2..])
            ));
        }
    }
    println!();
    missed.iter().for_each(|line| println!("{line}"));
    println!();
    frames::compare();
}

/// The power of the first with which the second grows: the slope of a line through their logarithms, by least squares.
fn exponent(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let (x, y) = logs
        .iter()
        .fold((0.0, 0.0), |(x, y), log| (x + log.0 / count, y + log.1 / count));
    let (over, under) = logs.iter().fold((0.0, 0.0), |(over, under), log| {
        (over + (log.0 - x) * (log.1 - y), under + (log.0 - x).powi(2))
    });
    over / under
}

/// What was measured at a number of queues.
#[derive(Copy, Clone)]
struct Row {
    quiet: f64,
    turning: f64,
    allocations: [f64; 2],
    decision: f64,
    storm: f64,
    spread: f64,
}

impl Row {
    fn measure(queues: usize, pools: Pools) -> Row {
        let least = |measure: &dyn Fn() -> f64| (0..ROUNDS).map(|_| measure()).fold(f64::MAX, f64::min);
        let calm = floor(queues, pools, 0, 1);
        let pressed = floor(queues, pools, 8, 1);
        let one_by_one = floor(queues, pools, 8, SPREAD);
        let quiet = |pass: usize| (pass % 5) as u32;
        let (_, of_quiet) = readings(&mut calm.clone(), queues, quiet);
        let (_, of_turning) = readings(&mut calm.clone(), queues, turning);
        Row {
            quiet: least(&|| readings(&mut calm.clone(), queues, quiet).0),
            turning: least(&|| readings(&mut calm.clone(), queues, turning).0),
            allocations: [of_quiet, of_turning],
            decision: least(&|| decisions(&mut calm.clone(), queues)),
            storm: least(&|| storm(&mut pressed.clone(), queues, 1)),
            spread: least(&|| storm(&mut one_by_one.clone(), queues, SPREAD)),
        }
    }

    fn line(&self, queues: usize, kind: &str) -> String {
        let Row {
            quiet,
            turning,
            allocations: [of_quiet, of_turning],
            decision,
            storm,
            spread,
        } = self;
        format!(
            "| {queues} | {kind} | {quiet:.2} | {turning:.2} | {of_quiet:.3}, {of_turning:.3} | {decision:.1} | {storm:.2} | {spread:.2} |"
        )
    }
}

/// A floor of which every queue was read once, with so many waiting, over so many milliseconds: queues of every priority in each.
fn floor(queues: usize, pools: Pools, waiting: u32, over: usize) -> Core {
    let mut core = Core::new(Time(0));
    let plan = of_many(queues, pools);
    core.handle(Input::Configured { plan }, Time(0)).unwrap();
    for number in 0..queues {
        let reading = Reading::of(queue_name(number).as_str(), waiting);
        let at = Time((number * over / queues) as i64);
        core.handle(Input::Reading { reading }, at).unwrap();
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

/// Above the threshold at one pass over the queues and below it at the next.
fn turning(pass: usize) -> u32 {
    (pass % 2 * 8) as u32
}

/// Microseconds of one reading of one queue after the other, of which none decides anything; and how often it allocates.
fn readings(core: &mut Core, queues: usize, depth: impl Fn(usize) -> u32) -> (f64, f64) {
    let names: Vec<Name> = (0..queues).map(|number| queue_name(number).into()).collect();
    let many = (2 * queues).max(20_000);
    let (region, began) = (Region::new(ALLOCATIONS), now());
    for count in 0..many {
        let reading = Reading::of(names[count % queues].clone(), depth(1 + count / queues));
        core.handle(Input::Reading { reading }, Time(1 + count as i64)).unwrap();
        assert!(core.poll_effect().is_none());
    }
    let (took, counted) = (now() - began, region.change());
    let allocations = counted.allocations + counted.reallocations;
    (took * 1e6 / many as f64, allocations as f64 / many as f64)
}

/// Microseconds of one decision: a surge of one queue after the other, called, stood down and over, while the rest is calm.
fn decisions(core: &mut Core, queues: usize) -> f64 {
    let (mut at, many) = (1, 1_000);
    let names: Vec<String> = (0..queues).map(queue_name).collect();
    let began = now();
    for count in 0..many {
        let queue = &names[count % queues];
        let mut decided = 0;
        for (waiting, lasting) in [(8, HOLD), (0, 2 * HOLD)] {
            let reading = Reading::of(queue.as_str(), waiting);
            core.handle(Input::Reading { reading }, Time(at)).unwrap();
            at += lasting;
            core.handle_timeout(Time(at));
            decided += drain(core);
        }
        assert_eq!(decided, 3);
    }
    (now() - began) * 1e6 / (3 * many) as f64
}

/// Milliseconds of work until every queue has called, of which some are due in each of so many milliseconds.
fn storm(core: &mut Core, queues: usize, over: usize) -> f64 {
    let (began, mut called) = (now(), 0);
    for millisecond in 0..over {
        core.handle_timeout(Time(HOLD + millisecond as i64));
        called += drain(core);
    }
    assert_eq!(called, queues);
    (now() - began) * 1e3
}

/// The processor time of this thread, in seconds.
fn now() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}
