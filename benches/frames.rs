//! What a frame of JSON costs from its bytes to a decision, beside the least that anybody could do with it: the same frame read into a
//! struct that borrows, the queue looked up by a hash of its name, and the one clock of a threshold kept there.

use crate::many::{Pools, queue_name};
use crate::{HOLD, ROUNDS, drain, floor, now};
use serde::Deserialize;
use std::collections::HashMap;
use std::hint::black_box;
use surged_core::{Input, Reading, Time};

/// Frames of one round.
const FRAMES: usize = 100_000;
/// The tier's threshold.
const ABOVE: u32 = 5;
/// A goal: so much of the bare loop's frames a second.
const SHARE: f64 = 0.6;

/// What the bare loop reads of a frame.
#[derive(Deserialize)]
struct Frame<'a> {
    queue: &'a str,
    waiting: u32,
    longest_wait: Option<i64>,
    signed_in: Option<u32>,
    available: Option<u32>,
}

/// What it remembers of a queue.
#[derive(Default)]
struct State {
    above_since: Option<i64>,
    called: bool,
    told: [i64; 3],
}

/// Prints one row a number of queues, pairs interleaved.
pub fn compare() {
    println!(
        "| queues | bare, M frames/s | surged, M frames/s | ratio (at least {SHARE}) | least and most of the pairs |"
    );
    println!("|---|---|---|---|---|");
    for queues in [1, 1_000] {
        let frames = frames(queues);
        let mut pairs: Vec<(f64, f64)> = (0..ROUNDS).map(|_| (bare(&frames), core(&frames, queues))).collect();
        pairs.sort_by(|one, other| (one.1 / one.0).total_cmp(&(other.1 / other.0)));
        let ratio = |(bare, core): (f64, f64)| core / bare;
        let (bare, core) = pairs[ROUNDS / 2];
        println!(
            "| {queues} | {bare:.2} | {core:.2} | {:.2}{} | {:.2}, {:.2} |",
            core / bare,
            if core / bare < SHARE { " MISSED" } else { "" },
            ratio(pairs[0]),
            ratio(pairs[ROUNDS - 1])
        );
    }
}

/// One queue after the other: calm for nine hundred passes of a thousand, and above the threshold for the others, not long enough to call.
fn frames(queues: usize) -> Vec<String> {
    (0..FRAMES)
        .map(|count| {
            let (queue, pass) = (queue_name(count % queues), count / queues);
            let waiting = if pass % 1_000 < 900 { pass % 5 } else { 6 + pass % 3 };
            let wait = waiting * 1_500;
            format!(r#"{{"queue":"{queue}","waiting":{waiting},"longest_wait":{wait},"signed_in":12,"available":3}}"#)
        })
        .collect()
}

/// Millions of frames a second.
fn bare(frames: &[String]) -> f64 {
    let mut states: HashMap<String, State> = HashMap::new();
    let mut decided = 0;
    let began = now();
    for (at, frame) in frames.iter().enumerate() {
        let frame: Frame<'_> = serde_json::from_slice(frame.as_bytes()).unwrap();
        if !states.contains_key(frame.queue) {
            states.insert(frame.queue.to_owned(), State::default());
        }
        let state = states.get_mut(frame.queue).unwrap();
        let told = [
            frame.longest_wait,
            frame.signed_in.map(i64::from),
            frame.available.map(i64::from),
        ];
        state.told = told.map(|told| told.unwrap_or(-1));
        if frame.waiting > ABOVE {
            let since = *state.above_since.get_or_insert(at as i64);
            if !state.called && at as i64 - since >= HOLD {
                state.called = true;
                decided += 1;
            }
        } else {
            (state.above_since, state.called) = (None, false);
        }
    }
    let took = now() - began;
    black_box((decided, states));
    frames.len() as f64 / took / 1e6
}

/// The same through the core.
fn core(frames: &[String], queues: usize) -> f64 {
    let mut core = floor(queues, Pools::Own, 0, 1);
    let began = now();
    for (at, frame) in frames.iter().enumerate() {
        let reading: Reading = serde_json::from_slice(frame.as_bytes()).unwrap();
        core.handle(Input::Reading { reading }, Time(1 + at as i64)).unwrap();
        black_box(drain(&mut core));
    }
    frames.len() as f64 / (now() - began) / 1e6
}
