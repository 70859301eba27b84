//! The phone system: the truth about the queues, and a line to the daemon that loses, doubles, delays and cuts.

use super::day::QUEUES;
use super::world::World;
use futures_util::{SinkExt, StreamExt};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use surged::feed::Simulated;
use tokio::io::DuplexStream;
use tokio_tungstenite::tungstenite::Message;

/// Bytes on the way to the daemon.
const PIPE: usize = 16 * 1024;

/// It says something at least this often.
const SAYS_EVERY: Duration = Duration::from_millis(1_500);

pub struct PhoneSystem {
    pub waiting: BTreeMap<&'static str, u32>,
    pub noise: (u32, u64),
    /// Nobody listens until then.
    pub away_until: u64,
    /// It neither reads nor writes until then.
    pub mute_until: u64,
    pub connections: BTreeMap<u64, Connection>,
    connected: u64,
    dice: ChaCha8Rng,
}

#[derive(Default)]
pub struct Connection {
    /// What is on its way, by when it arrives and in which order it was sent.
    on_its_way: BTreeMap<(u64, u64), String>,
    sent: u64,
    cut: bool,
}

impl PhoneSystem {
    pub fn new(dice: ChaCha8Rng) -> PhoneSystem {
        PhoneSystem {
            waiting: QUEUES.iter().map(|queue| (*queue, 2)).collect(),
            noise: (0, 0),
            away_until: 0,
            mute_until: 0,
            connections: BTreeMap::new(),
            connected: 0,
            dice,
        }
    }

    /// Sends a text over every line.
    pub fn send(&mut self, now: u64, text: &str) {
        let (one_in, late_ms) = self.noise;
        for connection in self.connections.values_mut() {
            let mut copies = 1;
            let mut late = 0;
            if one_in > 0 && self.dice.random_range(0..one_in) == 0 {
                match self.dice.random_range(0..3) {
                    0 => copies = 0,
                    1 => copies = 2,
                    _ => late = self.dice.random_range(0..=late_ms),
                }
            }
            for copy in 0..copies {
                connection.sent += 1;
                let at = now + late + copy * 40;
                connection.on_its_way.insert((at, connection.sent), text.to_owned());
            }
        }
    }

    pub fn cut(&mut self) {
        self.connections
            .values_mut()
            .for_each(|connection| connection.cut = true);
    }
}

/// What a queue's state is, as the phone system says it.
pub fn reading(world: &World, queue: &str) -> String {
    let state = world.lock();
    let at = jiff::Timestamp::from_millisecond(state.phone_time().0).unwrap();
    let waiting = state.phones.waiting[queue];
    format!(r#"{{"queue":"{queue}","at":"{at:.3}","waiting":{waiting},"signed_in":8}}"#)
}

/// Says how all queues stand.
pub fn say_all(world: &World) {
    for queue in QUEUES {
        say(world, &reading(world, queue));
    }
}

pub fn say(world: &World, text: &str) {
    let mut state = world.lock();
    let now = state.now();
    state.phones.send(now, text);
    drop(state);
    world.stir.notify_waiters();
}

/// Speaks up now and then, for as long as the daemon runs.
pub async fn speak(world: Arc<World>) {
    loop {
        tokio::time::sleep(SAYS_EVERY).await;
        let heartbeat = world.lock().phones.dice.random_range(0..3) == 0;
        match heartbeat {
            true => say(&world, r#"{"heartbeat":true}"#),
            false => say_all(&world),
        }
    }
}

/// The network between the daemon and its phone system.
pub fn network(world: Arc<World>) -> Arc<Simulated> {
    Arc::new(move |_| {
        let mut state = world.lock();
        if state.now() < state.phones.away_until {
            return None;
        }
        let (ours, theirs) = tokio::io::duplex(PIPE);
        state.phones.connected += 1;
        let number = state.phones.connected;
        state.phones.connections.insert(number, Connection::default());
        drop(state);
        tokio::spawn(hold(Arc::clone(&world), number, theirs));
        Some(ours)
    })
}

async fn hold(world: Arc<World>, number: u64, stream: DuplexStream) {
    if let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await {
        say_all(&world);
        loop {
            let (due, mute_until) = {
                let mut state = world.lock();
                let now = state.now();
                let mute_until = state.phones.mute_until;
                let Some(connection) = state.phones.connections.get_mut(&number) else {
                    break;
                };
                if connection.cut {
                    break;
                }
                let mut due = Vec::new();
                while mute_until <= now
                    && let Some(first) = connection.on_its_way.first_entry()
                    && first.key().0 <= now
                {
                    due.push(first.remove());
                }
                if due.is_empty() {
                    let next = connection.on_its_way.first_key_value().map(|(key, _)| key.0);
                    (Err(next.unwrap_or(u64::MAX).max(mute_until)), mute_until.max(now) > now)
                } else {
                    (Ok(due), false)
                }
            };
            match due {
                Ok(texts) => {
                    let mut broken = false;
                    for text in texts {
                        broken |= socket.send(Message::text(text)).await.is_err();
                    }
                    if broken {
                        break;
                    }
                }
                Err(next) => {
                    let stir = world.stir.notified();
                    tokio::select! {
                        biased;
                        () = stir => {}
                        () = world.until(next.min(1 << 40)) => {}
                        heard = socket.next(), if !mute_until => match heard {
                            Some(Ok(_)) => {}
                            _ => break,
                        },
                    }
                }
            }
        }
    }
    world.lock().phones.connections.remove(&number);
}
