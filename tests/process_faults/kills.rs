//! `kill -9` under load, again and again, at no chosen moment. `SURGED_KILLS=200` for the whole.

use super::{Bench, counted, instruction};
use crate::house::{Process, Supervisor};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::cell::Cell;
use std::time::Duration;
use surged::journal::{Entry, Reader, Verdict};
use surged::wire::ServerMessage;

/// How often in an ordinary run.
const KILLS: u64 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn killed_under_load_nothing_is_lost_and_nothing_is_told_twice() {
    let kills = counted("SURGED_KILLS", KILLS);
    let mut bench = Bench::new("0s", "15s").await;
    let mut dice = ChaCha8Rng::seed_from_u64(kills);
    let (mut heard, mut since): (Vec<Value>, u64) = (Vec::new(), 0);
    for kill in 0..=kills {
        let mut daemon = Process::run(&bench.config());
        let mut li = Supervisor::come(daemon.floor().await, "Li", None, Some(since)).await;
        // On a busy machine the floor may be open before the phone system has been reached, which would tell nobody.
        bench.phones.connected(1).await;
        // Callers come and go faster than anybody could answer; whoever was asked for comes at once.
        let entries = dice.random_range(5..60);
        for _ in 0..entries {
            bench.waiting(if dice.random_range(0..3) == 0 { 1 } else { 9 });
        }
        let open = li.state["instructions"].as_array().cloned().unwrap_or_default();
        for it in open.iter().take(2) {
            li.say(json!({ "type": "done", "instruction": it["id"] })).await;
        }
        // Orders by hand, so that there is something to tell each time: who was called goes back, and somebody is called.
        let moves = li.state["queues"][0]["moves"].as_array().cloned().unwrap_or_default();
        for one in &moves {
            li.say(json!({ "type": "release", "queue": "inbound", "instruction": one["instruction"] }))
                .await;
        }
        li.say(json!({ "type": "call", "queue": "inbound", "seats": 1, "hold_s": 60 }))
            .await;
        let seen = Cell::new(0);
        let enough = |_: &Entry| seen.replace(seen.get() + 1) >= entries;
        bench.log.until("so many entries", enough).await;
        // Whatever it was about to write or to say then.
        if kill < kills {
            daemon.kill().await;
            bench.phones.connected(0).await;
        } else {
            bench.waits(3).await;
            let last = bench
                .log
                .whole()
                .iter()
                .rev()
                .find_map(ServerMessage::of)
                .map(|it| json!(it));
            let last = last.map_or(0, |it| it["seq"].as_u64().unwrap_or(0));
            while li.seq < last {
                li.hear("the rest", |it| it["seq"].as_u64() >= Some(last)).await;
            }
            daemon.terminate().await;
        }
        since = li.seq;
        heard.append(&mut li.numbered);
    }
    let entries = bench.log.whole();
    let ids: Vec<u64> = entries.iter().filter_map(instruction).map(|it| it.id.0).collect();
    assert!(ids.windows(2).all(|two| two[0] < two[1]), "{ids:?}");
    assert!(ids.len() as u64 > kills / 2, "no load: {ids:?}");
    let said: Vec<Value> = entries
        .iter()
        .filter_map(ServerMessage::of)
        .map(|it| json!(it))
        .collect();
    let said = said.into_iter().take_while(|it| it["seq"].as_u64() <= Some(since));
    assert_eq!(heard, said.collect::<Vec<_>>());
    let verdict = Reader::open(&bench.file("surged.db"), Duration::ZERO)
        .unwrap()
        .verify(|_, _| {});
    assert!(matches!(verdict, Ok(Verdict::Whole { .. })), "{verdict:?}");
}
