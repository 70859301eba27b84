//! What the same lines cost without surged: serde_json into the type that surged reads them into, and no more (`bare parse FILE`), or
//! with a hash map of queues and the state that a tier needs (`bare decide FILE`).

use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::time::Instant;

/// The fields of a line, as surged's own reader has them.
#[derive(Deserialize)]
#[allow(dead_code)]
struct Line<'a> {
    #[serde(borrow, default)]
    queue: Option<Text<'a>>,
    #[serde(borrow, default)]
    at: Option<Text<'a>>,
    waiting: Option<f64>,
    longest_wait_s: Option<f64>,
    signed_in: Option<f64>,
    available: Option<f64>,
    paused: Option<f64>,
    offered: Option<f64>,
    answered: Option<f64>,
    answered_in_target: Option<f64>,
    abandoned: Option<f64>,
    #[serde(borrow, default)]
    agents: Option<Vec<Agent<'a>>>,
    heartbeat: Option<bool>,
    lost: Option<bool>,
    missing: Option<bool>,
    connected: Option<bool>,
    #[serde(borrow, default)]
    why: Option<Text<'a>>,
    #[serde(borrow, default)]
    feed: Option<Text<'a>>,
    #[serde(borrow, default)]
    received: Option<Text<'a>>,
}

/// Borrowed where it has no escape.
#[derive(Deserialize)]
#[allow(dead_code)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
#[allow(dead_code)]
struct Agent<'a> {
    #[serde(borrow)]
    person: Cow<'a, str>,
    #[serde(borrow)]
    state: Cow<'a, str>,
}

/// What a tier of five minutes above five needs to know of a queue.
#[derive(Default)]
struct State {
    readings: u64,
    waiting: f64,
    above_since: Option<u64>,
    calls: u64,
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, what, path] = arguments.as_slice() else {
        eprintln!("usage: bare parse|decide FILE");
        std::process::exit(2);
    };
    let mut file = BufReader::with_capacity(256 * 1024, File::open(path)?);
    let (mut buffer, mut lines) = (Vec::new(), 0u64);
    let mut queues: HashMap<String, State> = HashMap::new();
    let began = Instant::now();
    while file.read_until(b'\n', &mut buffer)? > 0 {
        let line: Line = serde_json::from_slice(&buffer).expect("a reading");
        lines += 1;
        if what == "decide" {
            decide(&mut queues, &line, lines);
        } else {
            black_box(&line);
        }
        buffer.clear();
    }
    let calls: u64 = queues.values().map(|queue| queue.calls).sum();
    let took = began.elapsed().as_secs_f64();
    println!(r#"{{"lines":{lines},"calls":{calls},"seconds":{took}}}"#);
    Ok(())
}

fn decide(queues: &mut HashMap<String, State>, line: &Line, now: u64) {
    let name = &*line.queue.as_ref().expect("a queue").0;
    // Looked up by what is borrowed: a known queue costs no allocation.
    let state = match queues.get_mut(name) {
        Some(state) => state,
        None => queues.entry(name.to_owned()).or_default(),
    };
    state.readings += 1;
    state.waiting = line.waiting.expect("a depth");
    if state.waiting <= 5.0 {
        state.above_since = None;
    } else if now - *state.above_since.get_or_insert(now) >= 300 {
        state.calls += 1;
        state.above_since = Some(now);
    }
}
