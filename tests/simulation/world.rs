//! What outlives the daemon: time, the disk, the phone system, and what everybody on the floor remembers.

use super::day::{Day, Failure, When};
use super::floor::Client;
use super::phones::PhoneSystem;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use surged::clock::{Clock, Clocks};
use surged::core::{Millis, Time};
use surged::journal::{Disk, Entry, Fault, Moment, Reader};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Monday, 2 November 2026, nine in the morning in Shanghai.
const NINE: i64 = 1_793_581_200_000;

/// Everything around the daemon.
pub struct World {
    pub folder: tempfile::TempDir,
    pub state: Mutex<State>,
    /// The machine goes.
    pub crash: Notify,
    /// Something on the floor or at the phone system is to be done.
    pub stir: Notify,
}

pub struct State {
    /// How long the world has stood when this run of the daemon began.
    before: Duration,
    began: Option<Instant>,
    wall_ms: i64,
    pub disk: DiskState,
    pub phones: PhoneSystem,
    pub clients: Vec<Client>,
    /// What is known of the log.
    pub log: Known,
    /// The daemon's clock in this run, and what it and the world showed when it began.
    pub clock: Option<Clock>,
    pub clock_began: Option<(Time, u64)>,
    /// Until then something stood in the daemon's way, by the world's time: what it says late is no fault of its own.
    pub hindered_until: u64,
    /// From when to when the process was paused, by the world's time.
    pub pauses: Vec<Range<u64>>,
    /// The same of the disk, which lets instructions out unlogged.
    pub unlogged_until: u64,
    /// What is wrong.
    pub faults: Vec<String>,
    /// What happened, for whoever looks at one day.
    pub story: Option<Vec<String>>,
    pub references: u64,
}

pub struct DiskState {
    pub takes_ms: u64,
    pub fails: Option<Failure>,
    pub fails_once: Option<bool>,
    pub crash: Option<When>,
    dice: ChaCha8Rng,
}

/// The log as far as it was read.
#[derive(Default)]
pub struct Known {
    reader: Option<Reader>,
    pub entries: Vec<Entry>,
    /// Something was committed since.
    pub stale: bool,
}

impl World {
    pub fn new(day: &Day, told: bool) -> Arc<World> {
        let memory = PathBuf::from("/dev/shm");
        let folder = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        let dice = |of: u64| ChaCha8Rng::seed_from_u64(day.seed.wrapping_mul(8).wrapping_add(of));
        Arc::new(World {
            folder: folder.unwrap(),
            crash: Notify::new(),
            stir: Notify::new(),
            state: Mutex::new(State {
                before: Duration::ZERO,
                began: None,
                wall_ms: 0,
                disk: DiskState {
                    takes_ms: 1,
                    fails: None,
                    fails_once: None,
                    crash: None,
                    dice: dice(1),
                },
                phones: PhoneSystem::new(dice(2)),
                clients: Client::cast(dice(3)),
                log: Known::default(),
                clock: None,
                clock_began: None,
                hindered_until: 0,
                pauses: Vec::new(),
                unlogged_until: 0,
                faults: Vec::new(),
                story: told.then(Vec::new),
                references: 0,
            }),
        })
    }

    pub fn journal(&self) -> PathBuf {
        self.folder.path().join("surged.db")
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The daemon is started now.
    pub fn begins(&self) {
        let mut state = self.lock();
        state.began = Some(Instant::now());
        state.hindered();
    }

    /// The daemon is gone, and comes back after so long.
    pub fn ends(&self, down: Duration) {
        let mut state = self.lock();
        state.before = state.elapsed() + down;
        state.began = None;
        state.clock = None;
        state.log.reader = None;
        state.disk.crash = None;
        state.phones.connections.clear();
        state.clients.iter_mut().for_each(Client::is_cut_off);
        state.hindered();
    }

    /// Until the world's time is so many milliseconds.
    pub async fn until(&self, ms: u64) {
        let now = self.lock().now();
        tokio::time::sleep(Duration::from_millis(ms.saturating_sub(now))).await;
    }

    /// Until a moment that may be brought forward meanwhile.
    pub async fn until_it_is(&self, moment: impl Fn(&State) -> u64) {
        loop {
            let (now, until) = {
                let state = self.lock();
                (state.now(), moment(&state))
            };
            if now >= until {
                return;
            }
            tokio::select! {
                () = self.until(until) => {}
                () = self.stir.notified() => {}
            }
        }
    }
}

impl State {
    fn elapsed(&self) -> Duration {
        self.before + self.began.map_or(Duration::ZERO, |began| began.elapsed())
    }

    /// The world's time, in milliseconds.
    pub fn now(&self) -> u64 {
        self.elapsed().as_millis() as u64
    }

    /// The time of the phone system.
    pub fn phone_time(&self) -> Time {
        Time(NINE + self.now() as i64)
    }

    /// Something stands in the daemon's way up to now.
    pub fn hindered(&mut self) {
        self.hindered_until = self.now();
    }

    /// The wall clock is set.
    pub fn set_wall_clock(&mut self, by_ms: i64) {
        self.wall_ms += by_ms;
    }

    pub fn fault(&mut self, words: String) {
        let at = self.now();
        self.tell(|| format!("FAULT {words}"));
        self.faults.push(format!("at {at} ms: {words}"));
    }

    /// Adds to the story where it is told.
    pub fn tell(&mut self, words: impl FnOnce() -> String) {
        let now = self.now();
        if let Some(story) = &mut self.story {
            story.push(format!("{:>8.3} {}", now as f64 / 1000.0, words()));
        }
    }

    /// Reads what is new in the log.
    pub fn read_on(&mut self, journal: &std::path::Path) {
        let known = &mut self.log;
        if !std::mem::take(&mut known.stale) {
            return;
        }
        if known.reader.is_none() {
            known.reader = Reader::open(journal, Duration::ZERO).ok();
        }
        let Some(reader) = &known.reader else { return };
        let next = known.entries.last().map_or(1, |entry| entry.seq + 1);
        let more = reader.read(next..=u64::MAX, usize::MAX).unwrap();
        if let Some(first) = more.first()
            && first.seq != next
        {
            let words = format!("the log goes on at {} after {}", first.seq, next - 1);
            known.entries.extend(more);
            return self.fault(words);
        }
        self.log.entries.extend(more);
    }

    /// Whether instructions may go out unlogged now.
    pub fn may_be_unlogged(&self) -> bool {
        let failing = self.disk.fails.is_some() || self.disk.takes_ms >= 1_500;
        failing || self.now() < self.unlogged_until
    }
}

/// The machine's clocks.
pub struct Hardware(pub Arc<World>);

impl fmt::Debug for Hardware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the simulated machine")
    }
}

impl Clocks for Hardware {
    fn wall(&self) -> Time {
        let state = self.0.lock();
        state.phone_time() + Millis(state.wall_ms)
    }

    fn boot(&self) -> Duration {
        Duration::from_secs(1_000) + self.0.lock().elapsed()
    }

    fn boot_id(&self) -> String {
        "one".to_owned()
    }
}

impl Disk for Hardware {
    fn at(&self, moment: Moment) -> Result<(), Fault> {
        let mut state = self.0.lock();
        state.log.stale = true;
        let disk = &mut state.disk;
        if moment == Moment::Committed && disk.crash == Some(When::AfterCommit) {
            self.0.crash.notify_one();
        }
        let flush = || Err(Fault::Io("Input/output error".to_owned()));
        if disk.fails_once == Some(moment == Moment::Committed) && moment != Moment::Open {
            disk.fails_once = None;
            let until = state.now() + 10_000;
            state.unlogged_until = state.unlogged_until.max(until);
            return flush();
        }
        match (disk.fails, moment) {
            (None, _) | (Some(Failure::Full), Moment::Committed) => Ok(()),
            (Some(Failure::ReadOnly), Moment::Committed) => Ok(()),
            (Some(Failure::Full), _) => Err(Fault::Full),
            (Some(Failure::ReadOnly), _) => Err(Fault::ReadOnly),
            (Some(Failure::Flush), Moment::Committed) => flush(),
            // As likely on the disk as not.
            (Some(Failure::Flush), Moment::Commit) if disk.dice.random() => Ok(()),
            (Some(Failure::Flush), _) => flush(),
        }
    }
}

/// What the disk takes for the commit that is about to be; it never comes to it where the machine goes.
pub async fn commit_takes(world: Arc<World>) {
    let (takes, crash) = {
        let state = world.lock();
        (state.disk.takes_ms, state.disk.crash)
    };
    tokio::time::sleep(Duration::from_millis(takes)).await;
    if crash == Some(When::BeforeCommit) {
        world.crash.notify_one();
        std::future::pending::<()>().await;
    }
}
