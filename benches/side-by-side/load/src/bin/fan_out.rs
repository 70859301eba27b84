//! Goals 3 and 4: one message to all clients of a server, alone and eight at a time, server after server in turns.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use side_by_side::side::{Kind, Server, Side};
use side_by_side::{asked, found, median, processor_s};
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Deserialize)]
struct Asked {
    servers: Vec<Server>,
    clients: usize,
    pairs: usize,
    /// Messages of which each is alone, in a turn; 0: none.
    alone: usize,
    /// Time between them.
    gap_ms: u64,
    /// Messages of which several are under way; 0: none.
    burst: usize,
    in_flight: usize,
    /// Of a message.
    bytes: usize,
}

#[derive(Serialize, Default)]
struct Turn {
    /// The middle of the turn's messages: from what was published to the last client.
    last_ms: Option<f64>,
    /// Processor time of the server, a message and client.
    alone_cpu_us: Option<f64>,
    frames_per_s: Option<f64>,
    burst_cpu_us: Option<f64>,
}

fn main() -> Result<()> {
    let asked: Asked = asked()?;
    let mut sides = Vec::new();
    let mut text = None;
    for server in &asked.servers {
        let mut side = Side::of(server.clone(), asked.clients)?;
        match (server.kind, &text) {
            (Kind::Surged, _) => text = Some(side.size(asked.bytes)?),
            (_, text) => side.say(
                text.as_ref()
                    .context("surged is the first, and its message that of the others")?,
            ),
        }
        sides.push(side);
    }
    let mut turns: BTreeMap<String, Vec<Turn>> = BTreeMap::new();
    for turn in 0..asked.pairs {
        let mut order: Vec<usize> = (0..sides.len()).collect();
        if turn % 2 == 1 {
            order.reverse();
        }
        for number in order {
            for side in &mut sides {
                side.settle()?;
            }
            let side = &mut sides[number];
            turns
                .entry(side.server.name.clone())
                .or_default()
                .push(take(side, &asked)?);
        }
    }
    found(&turns)
}

fn take(side: &mut Side, asked: &Asked) -> Result<Turn> {
    let mut turn = Turn::default();
    let each = |used: f64, messages: usize| Some(used * 1e6 / (messages * asked.clients) as f64);
    if asked.alone > 0 {
        let before = processor_s(side.server.pid)?;
        let mut took = Vec::new();
        for _ in 0..asked.alone {
            side.crowd.read_until(Duration::from_millis(asked.gap_ms), |_| false)?;
            took.push(side.one()?.as_secs_f64() * 1e3);
        }
        turn.last_ms = Some(median(&mut took));
        turn.alone_cpu_us = each(processor_s(side.server.pid)? - before, asked.alone);
    }
    if asked.burst > 0 {
        let before = processor_s(side.server.pid)?;
        let took = side.all_at_once(asked.burst, asked.in_flight)?.as_secs_f64();
        turn.frames_per_s = Some((asked.burst * asked.clients) as f64 / took);
        turn.burst_cpu_us = each(processor_s(side.server.pid)? - before, asked.burst);
    }
    Ok(turn)
}
