//! The simulated phone system as a real `json` feed on a real socket.
//!
//! One task drives the [`PhoneSystem`] by a clock that it is given and publishes the latest state of every queue; each
//! client's task sends what changed since it last looked. States are absolute, so a slow client misses nothing that
//! matters and costs no memory. Rates are in the time of that clock: a day at 60 times the speed looks the same, 60 times
//! faster.

mod door;

use super::phone_system::PhoneSystem;
use super::scenario::{Scenario, ScenarioFault};
use crate::core::{Millis, Name, Part, Reading, Time};
use crate::feed::json;
use axum::Router;
use axum::extract::ws::Utf8Bytes;
use axum::routing::get;
use door::{Door, enter};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Where the readings are.
pub const PATH: &str = "/feed";
/// Clients at once; one more is told so with status 503.
pub const MAX_CLIENTS: usize = 256;
/// How many times faster than real time.
pub const MAX_SPEED: f64 = 10_000.0;
/// A client that takes nothing for this long is dropped.
pub const SEND_WITHIN: Duration = Duration::from_secs(10);
/// The longest message that a client may send; all are ignored.
const MAX_CLIENT_MESSAGE: usize = 64 * 1024;
/// People's movements that may be under way to the driver.
const MOVES_UNDER_WAY: usize = 1024;
/// Clients get this long to hear that the feed is going away.
const GOODBYE: Duration = Duration::from_secs(2);
/// However fast the clock, no task wakes more often.
const SHORTEST_SLEEP: Duration = Duration::from_millis(2);
/// However slow the clock, it is looked at this often.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Tells the time of the simulated day.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// What is simulated, and how fast.
#[derive(Clone)]
pub struct Settings {
    /// The floor and its callers.
    pub scenario: Scenario,
    /// The same seed gives the same day.
    pub seed: u64,
    /// Tells the time; readings carry it as `at`.
    pub clock: Clock,
    /// Seconds of the clock in a real second.
    pub speed: f64,
    /// Readings of a queue in a second of the clock, at most.
    pub readings_per_second: u32,
}

/// The phone system, listening.
pub struct Acd {
    listener: TcpListener,
    address: SocketAddr,
    desk: Desk,
    driver: Driver,
}

/// The latest state of every queue.
#[derive(Clone, Default)]
pub struct Board {
    /// In the order of the scenario.
    pub queues: Vec<Posted>,
}

/// The latest state of one queue.
#[derive(Clone)]
pub struct Posted {
    /// As on the wire.
    pub reading: Reading,
    /// Rises with every change.
    version: u64,
    frame: Utf8Bytes,
}

/// Signs people in and out of the simulated queues.
#[derive(Clone)]
pub struct Desk(mpsc::Sender<Move>);

struct Move {
    queue: Name,
    part: Part,
    comes: bool,
}

/// Why the phone system cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum AcdFault {
    /// The scenario.
    #[error("the scenario cannot be run: {0}")]
    Scenario(#[from] ScenarioFault),
    /// The speed.
    #[error("the speed is {0}; more than 0 and at most {MAX_SPEED} is possible: 60 plays an hour in a minute")]
    Speed(f64),
    /// The address.
    #[error("cannot listen on {address}: {why}; free that port, or listen on another address")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        why: std::io::Error,
    },
}

/// A clock that begins with the real time and runs `speed` times as fast.
pub fn clock(speed: f64) -> Clock {
    let since_1970 = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let (began, started) = (Time(since_1970.as_millis() as i64), Instant::now());
    Arc::new(move || began + Millis((started.elapsed().as_secs_f64() * 1000.0 * speed) as i64))
}

impl Settings {
    /// A scenario at a speed, beginning with the real time, at most four readings of a queue a second.
    pub fn new(scenario: Scenario, seed: u64, speed: f64) -> Settings {
        Settings {
            scenario,
            seed,
            clock: clock(speed),
            speed,
            readings_per_second: 4,
        }
    }

    /// The real time that a time of the clock takes.
    fn real(&self, seconds: f64) -> Duration {
        let real = Duration::try_from_secs_f64(seconds / self.speed).unwrap_or(LONGEST_SLEEP);
        real.clamp(SHORTEST_SLEEP, LONGEST_SLEEP)
    }
}

impl Acd {
    /// Listens; nothing is simulated before [`Acd::run`].
    pub async fn bind(address: SocketAddr, settings: Settings) -> Result<Acd, AcdFault> {
        if !(settings.speed > 0.0 && settings.speed <= MAX_SPEED) {
            return Err(AcdFault::Speed(settings.speed));
        }
        let phones = PhoneSystem::new(&settings.scenario, settings.seed, (settings.clock)())?;
        let listen = |why| AcdFault::Listen { address, why };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let (desk, moves) = mpsc::channel(MOVES_UNDER_WAY);
        Ok(Acd {
            listener,
            address,
            desk: Desk(desk),
            driver: Driver::new(settings, phones, moves),
        })
    }

    /// Where the readings are, for a `json` feed's `url`.
    pub fn url(&self) -> String {
        format!("ws://{}{PATH}", self.address)
    }

    /// For whoever moves people.
    pub fn desk(&self) -> Desk {
        self.desk.clone()
    }

    /// For whoever shows the state.
    pub fn board(&self) -> watch::Receiver<Arc<Board>> {
        self.driver.board.subscribe()
    }

    /// Simulates and serves until it is stopped; clients are told that it goes away.
    pub async fn run(self, stop: CancellationToken) -> std::io::Result<()> {
        let places = Arc::new(Semaphore::new(MAX_CLIENTS));
        let door = Door {
            board: self.board(),
            heartbeat_after: self.driver.settings.real(1.0),
            places: places.clone(),
            stop: stop.clone(),
        };
        let routes = Router::new().route(PATH, get(enter)).with_state(door);
        let serving = axum::serve(self.listener, routes).with_graceful_shutdown(stop.clone().cancelled_owned());
        let (served, ()) = tokio::join!(async { serving.await }, self.driver.drive(&stop));
        let everybody_left = places.acquire_many(MAX_CLIENTS as u32);
        if tokio::time::timeout(GOODBYE, everybody_left).await.is_err() {
            tracing::debug!("some clients of the simulated phone system did not hear its goodbye");
        }
        served
    }
}

impl Desk {
    /// The people of a part of an instruction sign in to a queue. `false`: the phone system has been stopped.
    pub async fn sign_in(&self, queue: Name, part: Part) -> bool {
        self.0
            .send(Move {
                queue,
                part,
                comes: true,
            })
            .await
            .is_ok()
    }

    /// The people of a part of an instruction sign out; who is on a call ends it first. `false`: the phone system has been
    /// stopped.
    pub async fn sign_out(&self, queue: Name, part: Part) -> bool {
        self.0
            .send(Move {
                queue,
                part,
                comes: false,
            })
            .await
            .is_ok()
    }
}

/// Lets the simulated day pass and posts what changes.
struct Driver {
    settings: Settings,
    phones: PhoneSystem,
    board: watch::Sender<Arc<Board>>,
    moves: mpsc::Receiver<Move>,
    /// Queues that changed since they were posted.
    changed: Vec<bool>,
}

impl Driver {
    fn new(settings: Settings, phones: PhoneSystem, moves: mpsc::Receiver<Move>) -> Driver {
        let now = (settings.clock)();
        let queues = 0..settings.scenario.queues.len();
        let posted = queues
            .clone()
            .map(|queue| Posted::new(&phones, queue, now, 1))
            .collect();
        Driver {
            changed: queues.map(|_| false).collect(),
            board: watch::Sender::new(Arc::new(Board { queues: posted })),
            settings,
            phones,
            moves,
        }
    }

    async fn drive(mut self, stop: &CancellationToken) {
        let between = Millis(1000 / i64::from(self.settings.readings_per_second.max(1)));
        let mut post_at = (self.settings.clock)();
        loop {
            let now = (self.settings.clock)();
            while let Some(event) = self.phones.poll(now) {
                self.changed[event.queue] = true;
            }
            let changed = self.changed.contains(&true);
            if changed && now >= post_at {
                self.post(now);
                post_at = now + between;
                continue;
            }
            let next = if changed {
                Some(post_at)
            } else {
                self.phones.next_event_at()
            };
            let sleep = next.map_or(LONGEST_SLEEP, |at| self.settings.real((at - now).as_secs().max(0.0)));
            tokio::select! {
                () = stop.cancelled() => return,
                Some(it) = self.moves.recv() => self.walk(&it),
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// People move; what was due before is done before.
    fn walk(&mut self, it: &Move) {
        let now = (self.settings.clock)();
        while let Some(event) = self.phones.poll(now) {
            self.changed[event.queue] = true;
        }
        let moved = if it.comes {
            self.phones.sign_in(&it.queue, &it.part, now)
        } else {
            self.phones.sign_out(&it.queue, &it.part)
        };
        if let Err(fault) = moved {
            tracing::warn!("nobody moved: {fault}");
        }
        for (changed, name) in self.changed.iter_mut().zip(self.phones.queues()) {
            *changed |= *name == it.queue;
        }
    }

    fn post(&mut self, now: Time) {
        let mut board = Board::clone(&self.board.borrow());
        for (queue, posted) in board.queues.iter_mut().enumerate() {
            if std::mem::take(&mut self.changed[queue]) {
                *posted = Posted::new(&self.phones, queue, now, posted.version + 1);
            }
        }
        self.board.send_replace(Arc::new(board));
    }
}

impl Posted {
    fn new(phones: &PhoneSystem, queue: usize, now: Time, version: u64) -> Posted {
        let reading = Reading {
            agents: Some(phones.agents(queue)),
            ..phones.reading(queue, now)
        };
        Posted {
            frame: json::write(&reading).into(),
            reading,
            version,
        }
    }
}
