//! One day from its beginning to its end: the daemon is started, things happen, it dies and comes back, and in the end all is put right.

use super::day::{Act, DAY_MS, Day, QUEUES, When};
use super::world::{Hardware, World, commit_takes};
use super::{floor, phones, plans, proof};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use surged::clock::Machine;
use surged::config::{self, Config, Diagnostics, Purpose};
use surged::core::SNAPSHOT_VERSION;
use surged::daemon::{self, Around};
use surged::feed::Network;
use surged::floor::Limits;
use surged::journal::{Local, Options, Reader};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

/// After the day everything is put right, and is well within this.
const CALM_MS: u64 = 30_000;

/// Far fewer than the daemon's own: a day is to have several snapshots, also where it is stopped before each.
const SNAPSHOT_EVERY: u64 = 150;

/// What HTTP told of the log at the end.
pub struct OverHttp {
    /// Up to this number the log was written when it was asked: what came after may be among it or not.
    pub written: u64,
    pub messages: Vec<Value>,
}

/// What became of a day.
pub struct Told {
    pub faults: Vec<String>,
    pub story: Vec<String>,
}

impl Told {
    pub fn verdict(self) -> Result<(), Vec<String>> {
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(self.faults)
        }
    }
}

/// How a run of the daemon ends.
enum End {
    /// At once, or in good order; it comes back after so long, with this plan.
    Down { ms: u64, plan: usize },
    /// The day is over.
    Over,
}

/// Lives through a day.
pub fn run(day: &Day, told: bool) -> Told {
    let world = World::new(day, told);
    // Pauses between attempts to connect are drawn by it.
    fastrand::seed(day.seed);
    floor::tokens(&world, &world.folder.path().join("tokens.json"));
    let lived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| live(day, &world)));
    let mut state = world.lock();
    if let Err(panic) = lived {
        let words = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()));
        state.fault(format!("a panic: {}", words.unwrap_or_default()));
    }
    Told {
        faults: std::mem::take(&mut state.faults),
        story: state.story.take().unwrap_or_default(),
    }
}

fn live(day: &Day, world: &Arc<World>) {
    let mut acts = day.acts.iter().peekable();
    let mut plan = 0;
    loop {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let (end, over_http) = runtime.block_on(async {
            world.begins();
            let mut life = Life::begin(world, plan).await;
            let end = life.go_on(&mut acts).await;
            let over_http = match end {
                End::Over => life.calm_down().await,
                End::Down { .. } => None,
            };
            world.lock().hindered();
            (end, over_http)
        });
        // Here the machine is gone, or the process has ended.
        let down = match end {
            End::Down { ms, .. } => ms,
            End::Over => 0,
        };
        {
            let _inside = runtime.enter();
            let mut state = world.lock();
            state.log.stale = true;
            state.read_on(&world.journal());
            let written = state.log.entries.last().map_or(0, |entry| entry.seq);
            state.clients.iter_mut().for_each(|client| client.outlives(written));
            drop(state);
            world.ends(Duration::from_millis(down));
        }
        drop(runtime);
        match end {
            End::Down { plan: next, .. } => plan = next,
            End::Over => return finish(world, over_http),
        }
    }
}

/// Looks at the whole day.
fn finish(world: &Arc<World>, over_http: Option<OverHttp>) {
    let journal = world.journal();
    let reader = Reader::open(&journal, Duration::ZERO).unwrap();
    let verdict = reader.verify(|_, _| {}).unwrap();
    let snapshot = reader.recover_before(u64::MAX).unwrap().snapshot;
    let mut state = world.lock();
    state.log.stale = true;
    state.read_on(&journal);
    if !matches!(verdict, surged::journal::Verdict::Whole { .. }) {
        state.fault(format!("the log does not verify: {verdict:?}"));
    }
    let snapshot = snapshot.filter(|snapshot| snapshot.version == SNAPSHOT_VERSION);
    proof::prove(&mut state, over_http, snapshot);
}

/// One run of the daemon.
struct Life {
    world: Arc<World>,
    plan: usize,
    door: mpsc::Sender<DuplexStream>,
    reloads: mpsc::Sender<Result<Config, Diagnostics>>,
    stopper: tokio_util::sync::CancellationToken,
    ended: tokio::task::JoinHandle<Result<(), daemon::EndFault>>,
}

impl Life {
    async fn begin(world: &Arc<World>, plan: usize) -> Life {
        world.lock().tell(|| format!("the daemon starts with plan {plan}"));
        let config = config_of(world, plan).unwrap_or_else(|found| panic!("{}", found.render(false)));
        let hardware = Arc::new(Hardware(Arc::clone(world)));
        let (journal, recovered, mut steps) =
            Local::simulated(&world.journal(), Options::default(), hardware.clone()).unwrap();
        proof::begins_near_its_end(&mut world.lock(), &recovered, SNAPSHOT_EVERY);
        tokio::spawn({
            let world = Arc::clone(world);
            async move { while steps.step(commit_takes(Arc::clone(&world))).await {} }
        });
        let (door, listener) = floor::Door::new();
        let (reloads, heard) = mpsc::channel(1);
        let around = Around {
            machine: Machine::Simulated(hardware),
            network: Network::Simulated(phones::network(Arc::clone(world))),
            limits: Limits {
                outbox_frames: 64,
                stall: Duration::from_secs(5),
                ..Limits::default()
            },
            reloads: heard,
            address: floor::address(),
            listener,
            opened: (journal, recovered),
            snapshot_every: SNAPSHOT_EVERY,
        };
        let tokens = world.folder.path().join("tokens.json");
        let running = daemon::start_in(config, around, tokens).await.unwrap();
        let began = running.clock.now();
        {
            let mut state = world.lock();
            state.clock_began = Some((began, state.now()));
            state.clock = Some(running.clock.clone());
        }
        tokio::spawn(phones::speak(Arc::clone(world)));
        for who in 0..world.lock().clients.len() {
            tokio::spawn(floor::attend(Arc::clone(world), who, door.clone()));
        }
        Life {
            world: Arc::clone(world),
            plan,
            door,
            reloads,
            stopper: running.stopper(),
            ended: tokio::spawn(running.ended()),
        }
    }

    /// Until the daemon is gone, or the day over.
    async fn go_on(&mut self, acts: &mut std::iter::Peekable<std::slice::Iter<'_, (u64, Act)>>) -> End {
        loop {
            let at = acts.peek().map_or(DAY_MS, |(at, _)| *at);
            let world = Arc::clone(&self.world);
            tokio::select! {
                biased;
                ended = &mut self.ended => {
                    panic!("the daemon ended of its own accord: {ended:?}");
                }
                () = world.until(at) => {}
            }
            let Some((_, act)) = acts.next() else { return End::Over };
            self.world.lock().tell(|| format!("{act:?}"));
            match act {
                Act::Crash { when, down_ms, plan } => {
                    if *when != When::Now {
                        self.world.lock().disk.crash = Some(*when);
                        // Something is written within moments.
                        let _ = timeout(Duration::from_secs(20), self.world.crash.notified()).await;
                    }
                    let (ms, plan) = (*down_ms, *plan);
                    return End::Down { ms, plan };
                }
                Act::Stop { down_ms, plan } => {
                    self.stop().await;
                    let (ms, plan) = (*down_ms, *plan);
                    return End::Down { ms, plan };
                }
                other => self.act(other).await,
            }
        }
    }

    /// Ends the daemon in good order.
    async fn stop(&mut self) {
        self.stopper.cancel();
        match timeout(Duration::from_secs(60), &mut self.ended).await {
            Ok(Ok(Ok(()))) => {}
            other => {
                let words = format!("the daemon does not end in good order: {other:?}");
                self.world.lock().fault(words);
            }
        }
    }

    async fn act(&mut self, act: &Act) {
        let world = Arc::clone(&self.world);
        match *act {
            Act::Depth { queue, waiting } => {
                world.lock().phones.waiting.insert(queue, waiting);
                phones::say(&world, &phones::reading(&world, queue));
            }
            Act::Noise { one_in, late_ms } => world.lock().phones.noise = (one_in, late_ms),
            Act::Cut => world.lock().phones.cut(),
            Act::Mute { ms } => {
                let mut state = world.lock();
                state.phones.mute_until = state.now() + ms;
            }
            Act::Away { ms } => {
                let mut state = world.lock();
                state.phones.away_until = state.now() + ms;
                state.phones.cut();
            }
            Act::Lost => phones::say(&world, r#"{"lost":true,"why":"the exchange is rebooting"}"#),
            Act::Garbage => phones::say(&world, "{\"queue\":\"inbound\",\"waiting\":-3,\u{0}"),
            Act::Flood { readings } => {
                for number in 0..readings {
                    phones::say(&world, &phones::reading(&world, QUEUES[number as usize % QUEUES.len()]));
                }
            }
            Act::DiskTakes { ms } => {
                let mut state = world.lock();
                let slow = state.disk.takes_ms.max(ms);
                let until = state.now() + 5 * slow + 12_000 * u64::from(slow >= 1_000);
                state.unlogged_until = state.unlogged_until.max(until);
                state.disk.takes_ms = ms;
            }
            Act::DiskFails { how, ms } => {
                world.lock().disk.fails = Some(how);
                let healed = Arc::clone(&world);
                let at = world.lock().now() + ms;
                tokio::spawn(async move {
                    healed.until(at).await;
                    mend(&healed);
                });
            }
            Act::DiskFailsOnce { written } => world.lock().disk.fails_once = Some(written),
            Act::Pause { ms } => {
                {
                    let mut state = world.lock();
                    let now = state.now();
                    state.pauses.push(now..now + ms);
                    state.hindered_until = now + ms;
                    // Whoever does not run cannot find the disk well again.
                    if now < state.unlogged_until {
                        state.unlogged_until += ms;
                    }
                }
                tokio::time::advance(Duration::from_millis(ms)).await;
            }
            Act::WallClock { by_ms } => world.lock().set_wall_clock(by_ms),
            Act::Reload { plan } => {
                self.plan = plan;
                let _ = self.reloads.send(config_of(&world, plan)).await;
            }
            Act::Spoil => {
                let spoilt = config::load_from("[queue.inbound\n".as_bytes(), "surged.toml", Purpose::Run);
                let _ = self.reloads.send(spoilt).await;
            }
            Act::Crash { .. } | Act::Stop { .. } => {}
            ref other => on_the_floor(&world, other),
        }
        world.stir.notify_waiters();
    }

    /// Everything is put right; after a while all is well, and the daemon ends in good order.
    async fn calm_down(&mut self) -> Option<OverHttp> {
        let world = Arc::clone(&self.world);
        {
            let mut state = world.lock();
            state.tell(|| "everything is put right".to_owned());
            state.phones.noise = (0, 0);
            state.phones.away_until = 0;
            state.phones.mute_until = 0;
            state.disk.takes_ms = 1;
            let now = state.now();
            for client in &mut state.clients {
                client.away_until = client.away_until.min(now);
                client.deaf_until = client.deaf_until.min(now);
            }
        }
        mend(&world);
        let _ = self.reloads.send(config_of(&world, 0)).await;
        world.stir.notify_waiters();
        let end = world.lock().now() + CALM_MS;
        world.until(end).await;
        proof::all_is_well(&mut world.lock());
        let written = {
            let mut state = world.lock();
            state.read_on(&world.journal());
            state.log.entries.last().map_or(0, |entry| entry.seq)
        };
        let messages = over_http(&world, &self.door).await;
        self.stop().await;
        Some(OverHttp { written, messages })
    }
}

fn mend(world: &World) {
    let mut state = world.lock();
    state.disk.fails = None;
    state.disk.fails_once = None;
    let until = state.now() + 10_000;
    state.unlogged_until = state.unlogged_until.max(until);
    state.tell(|| "the disk is well".to_owned());
}

fn config_of(world: &World, plan: usize) -> Result<Config, Diagnostics> {
    let text = plans::plan(plan, world.folder.path());
    config::load_from(text.as_bytes(), "surged.toml", Purpose::Run)
}

/// What people do.
fn on_the_floor(world: &World, act: &Act) {
    let mut state = world.lock();
    let now = state.now();
    state.references += 1;
    let reference = state.references;
    let find = |name: &str| super::day::CAST.iter().position(|it| *it == name).unwrap();
    match *act {
        Act::Leave { who, ms } => state.clients[find(who)].away_until = now + ms,
        Act::StopReading { who, ms } => state.clients[find(who)].deaf_until = now + ms,
        Act::Answer { who, how, which } => {
            let client = &mut state.clients[find(who)];
            let Some(id) = client.open.keys().rev().nth(which).copied() else {
                return;
            };
            let note = format!("note {reference}");
            let mut said = match how {
                0 => json!({ "type": "seen", "instruction": id, "eta_s": 4 }),
                1 => json!({ "type": "decline", "instruction": id, "reason": note, "sure": true }),
                2 => json!({ "type": "escalate", "instruction": id, "note": note }),
                3 => json!({ "type": "left", "instruction": id, "seats": 1, "reason": note, "sure": true }),
                4 => json!({ "type": "done", "instruction": id, "seats": 1, "note": note }),
                _ => json!({ "type": "done", "instruction": id, "note": note }),
            };
            said["ref"] = reference.into();
            if how > 0 {
                client.asked.insert(reference, note);
            }
            client.to_say.push_back(said);
        }
        Act::Order { who, how, queue } => {
            let said = match how {
                0 => json!({ "type": "call", "queue": queue, "seats": 1, "hold_s": 20 }),
                1 => json!({ "type": "pause", "queue": queue, "for_s": 15, "reason": "drill" }),
                2 => json!({ "type": "resume", "queue": queue }),
                3 => {
                    json!({ "type": "incident", "queue": queue, "note": "billing down", "until": "2026-11-02T03:00:00Z" })
                }
                4 => json!({ "type": "incident_over", "queue": queue }),
                5 => json!({ "type": "release", "queue": queue }),
                _ => json!({ "type": "count", "queue": queue, "extra": [{ "pool": "outbound", "seats": 1 }] }),
            };
            state.clients[find(who)].to_say.push_back(said);
        }
        Act::Babble { who, how } => {
            let said = match how {
                0 => Message::text("{\"type\":\"done\",\"instruction\":18446744073709551615,\"seats\":4294967295}"),
                1 => Message::text("[[[[[[[["),
                2 => Message::binary(vec![0, 159, 146, 150]),
                3 => Message::text("x".repeat(40_000)),
                4 => Message::Ping(vec![1; 125].into()),
                _ => Message::text("{\"type\":\"hello\",\"token\":\"again\"}"),
            };
            let client = &mut state.clients[find(who)];
            let times = if how == 4 { 150 } else { 1 };
            client.raw.extend(std::iter::repeat_n(said, times));
        }
        _ => {}
    }
}

/// Every message of the log as HTTP tells it.
async fn over_http(world: &World, door: &mpsc::Sender<DuplexStream>) -> Vec<Value> {
    let token = world.lock().clients[0].token.clone();
    let (mut told, mut since) = (Vec::new(), 0);
    loop {
        let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
        door.send(theirs).await.unwrap();
        let request = format!(
            "GET /api/v1/log?since={since} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n",
            floor::address()
        );
        ours.write_all(request.as_bytes()).await.unwrap();
        let mut reply = Vec::new();
        ours.read_to_end(&mut reply).await.unwrap();
        let reply = String::from_utf8(reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{reply}");
        let page: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{reply}"));
        for it in page["records"].as_array().unwrap() {
            let message = &it["record"]["message"];
            told.extend((!message.is_null()).then(|| message.clone()));
        }
        if page["more"] != true {
            return told;
        }
        since = page["next"].as_u64().unwrap();
    }
}
