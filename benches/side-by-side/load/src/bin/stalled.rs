//! Goal 6: some of many clients stop reading. What the others notice of it, what a stalled one holds, when it is cut off, and whether
//! it gets what it missed when it is back.

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use side_by_side::crowd::Crowd;
use side_by_side::frames::{self, PONG};
use side_by_side::side::{Server, Side, join, join_slowly};
use side_by_side::{asked, found, resident};
use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// One read of a client that had stopped.
const PATIENCE: Duration = Duration::from_secs(10);
/// While all read, those who will stop take what came after so many messages.
const TAKEN_AFTER: usize = 10;
/// Nobody is kept longer who takes nothing.
const CUT_WITHIN: Duration = Duration::from_secs(40);

#[derive(Deserialize)]
struct Asked {
    server: Server,
    clients: usize,
    /// How many of them stop.
    stalled: usize,
    turns: usize,
    /// Messages that fill what the kernel holds for a client; of so many bytes.
    fill: usize,
    bytes: usize,
    /// Messages one by one, of which each is measured.
    alone: usize,
}

#[derive(Serialize, Default)]
struct Found {
    /// From what was published to the last healthy client, the worst of a turn: with everybody reading, and with some who do not.
    all_read_ms: Vec<f64>,
    some_stalled_ms: Vec<f64>,
    /// What the server had grown by while they were stalled, by stalled client.
    each_kb: Vec<f64>,
    /// From when they had stopped reading until the last was cut off.
    cut_s: f64,
    /// What each had missed, and was told when it was back.
    missed: usize,
}

fn main() -> Result<()> {
    let asked: Asked = asked()?;
    let mut side = Side::of(asked.server.clone(), asked.clients - asked.stalled)?;
    side.size(asked.bytes)?;
    let mut told = Found::default();
    for turn in 1..=asked.turns {
        // Others each turn: on a busy machine some are cut off before it is over.
        let mut slow = (0..asked.stalled)
            .map(|_| join_slowly(&asked.server))
            .collect::<Result<Vec<_>>>()?;
        let mut reads = reading(&slow)?;
        rest(&mut side, &mut reads)?;
        for part in (0..asked.fill).step_by(TAKEN_AFTER) {
            side.all_at_once(TAKEN_AFTER.min(asked.fill - part), 8)?;
            reads.read_until(Duration::from_millis(20), |_| false)?;
        }
        rest(&mut side, &mut reads)?;
        told.all_read_ms.push(worst(&mut side, Some(&mut reads), asked.alone)?);
        rest(&mut side, &mut reads)?;
        let (before, since) = (resident(asked.server.pid)?, side.last_seq()?);
        let cut_before = side.cut_off()?;
        let stopped = Instant::now();
        side.all_at_once(asked.fill, 8)?;
        told.some_stalled_ms.push(worst(&mut side, None, asked.alone)?);
        let grown = resident(asked.server.pid)?.saturating_sub(before);
        told.each_kb.push(grown as f64 / 1e3 / asked.stalled as f64);
        if turn < asked.turns {
            continue;
        }
        told.missed = asked.fill + asked.alone;
        told.cut_s = cut_off(&mut side, stopped, cut_before + asked.stalled)?;
        drop(reads);
        let end = side.last_seq()?;
        for socket in &mut slow {
            catches_up(&asked.server, socket, since, end, told.missed)?;
        }
        return found(&told);
    }
    bail!("expected one turn at least")
}

/// Those who will stop, for as long as they read.
fn reading(slow: &[TcpStream]) -> Result<Crowd> {
    let mut crowd = Crowd::new(side_by_side::side::MARK)?;
    for socket in slow {
        crowd.join(socket.try_clone()?, true)?;
    }
    Ok(crowd)
}

/// Until nothing is under way any more.
fn rest(side: &mut Side, reads: &mut Crowd) -> Result<()> {
    reads.send_all(&frames::of_client(PONG, b""))?;
    loop {
        let before = reads.bytes;
        reads.read_until(Duration::from_millis(200), |_| false)?;
        side.settle()?;
        if reads.bytes - before < 1_000 {
            return Ok(());
        }
    }
}

fn worst(side: &mut Side, mut reads: Option<&mut Crowd>, messages: usize) -> Result<f64> {
    let mut worst = 0.0_f64;
    for _ in 0..messages {
        worst = worst.max(side.one()?.as_secs_f64() * 1e3);
        if let Some(reads) = &mut reads {
            reads.read_until(Duration::from_millis(5), |_| false)?;
        }
        side.crowd.read_until(Duration::from_millis(60), |_| false)?;
    }
    Ok(worst)
}

/// Waits until the floor has cut off so many in all; seconds since the last of them stopped.
fn cut_off(side: &mut Side, stopped: Instant, all: usize) -> Result<f64> {
    while side.cut_off()? < all {
        ensure!(stopped.elapsed() < CUT_WITHIN, "those who do not read are not cut off");
        side.crowd.read_until(Duration::from_millis(250), |_| false)?;
    }
    Ok(stopped.elapsed().as_secs_f64())
}

/// Reads what was still on its way, comes back with the last number that it has seen, and has every message once then.
fn catches_up(server: &Server, socket: &mut TcpStream, since: u64, end: u64, missed: usize) -> Result<()> {
    socket.set_nonblocking(false)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let (mut came, mut buffer) = (Vec::new(), [0; 64 * 1024]);
    // To the end of the stream, or to a reset.
    while let Ok(count @ 1..) = socket.read(&mut buffer) {
        came.extend_from_slice(&buffer[..count]);
    }
    let mut numbers = numbers(&came);
    let last = numbers.last().copied().unwrap_or(since);
    let (mut back, mut came) = join(server, false, Some(last))?;
    back.set_read_timeout(Some(PATIENCE))?;
    while self::numbers(&came).last().is_none_or(|seq| *seq < end) && last < end {
        frames::more(&mut back, &mut came).context("what was missed does not come")?;
    }
    numbers.extend(self::numbers(&came));
    ensure!(
        numbers.is_sorted_by(|one, next| one < next),
        "a message came twice, or out of order"
    );
    let counted = numbers.iter().filter(|seq| **seq > since).count();
    ensure!(
        counted == missed,
        "{counted} messages came of the {missed} that were published since it stopped"
    );
    Ok(())
}

/// The numbers of the messages among what a server sent, alone or together with others.
fn numbers(sent: &[u8]) -> Vec<u64> {
    #[derive(Deserialize)]
    struct Numbered {
        seq: u64,
    }
    let mark = side_by_side::side::MARK.as_bytes();
    let notices = frames::payloads(sent).0.into_iter().flat_map(|text| {
        let begins = memchr::memmem::find_iter(text, mark);
        begins.map(move |begin| &text[begin..])
    });
    let numbered = notices.filter_map(|notice| {
        let mut texts = serde_json::Deserializer::from_slice(notice).into_iter::<Numbered>();
        texts.next()?.ok()
    });
    numbered.map(|it| it.seq).collect()
}
