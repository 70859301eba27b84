//! A call centre for the tests: a phone system on a real socket, the daemon, supervisors on real sockets, a clock that the tests
//! move. Nothing here sleeps for time; everything is awaited, with a deadline that a busy machine keeps too.
#![allow(dead_code, unused_imports, reason = "each test file uses a part of the house")]

mod faults;
mod http;
mod phones;
mod process;
mod receiver;
mod supervisor;

pub use faults::{FLUSHES, Faults};
pub use http::{Reply, Request, browse, get, http_1_0, post, tls_of_localhost};
pub use phones::{Line, Phones};
pub use process::{Process, binary};
pub use receiver::{Delivery, Mood, Receiver};
pub use supervisor::Supervisor;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use surged::clock::Clock;
use surged::config::{self, Purpose};
use surged::core::{Input, InstructionId, Millis, Time, What};
use surged::daemon::{self, Running, Setup};
use surged::floor::access::{self, NewToken};
use surged::journal::{Entry, Reader, Record};
use surged::wire::Role;

/// Whatever is awaited comes within this, or the test fails.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// How often something is looked at that cannot tell by itself that it changed.
pub const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Awaits something, or fails with what was awaited.
pub async fn within<T>(what: &str, it: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, it).await {
        Ok(it) => it,
        Err(_) => panic!("{what}: not within {DEADLINE:?}"),
    }
}

/// Looks again and again until it is so.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    within(what, async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    })
    .await
}

/// The written plan as it is shipped, with our phone system and our paths in it; `change` changes it further.
pub fn plan(feed: &str, journal: &Path, change: impl FnOnce(&mut toml::Table)) -> String {
    let mut plan: toml::Table = include_str!("../../config/surged.toml").parse().unwrap();
    let ours: toml::Table = format!(
        "[feed.hotline]\nkind = \"json\"\nurl = {feed:?}\nstale_after = \"15s\"\nforget_after = \"2m\"\n\
         [floor]\nlisten = \"127.0.0.1:0\"\nphysical_seats = 60\n[journal]\npath = {:?}\nwrite_readings_within = \"0s\"\n",
        journal.display().to_string()
    )
    .parse()
    .unwrap();
    plan.extend(ours);
    change(&mut plan);
    toml::to_string(&plan).unwrap()
}

/// The call centre.
pub struct House {
    pub phones: Phones,
    pub clock: Clock,
    pub address: SocketAddr,
    dir: tempfile::TempDir,
    daemon: Option<Running>,
    log: Log,
    tokens: BTreeMap<&'static str, String>,
}

/// Who has a token, from the start.
pub const CAST: [(&str, Role); 5] = [
    ("Li", Role::Supervisor),
    ("Wang", Role::Supervisor),
    ("Zhao", Role::ShiftLeader),
    ("Ma", Role::Manager),
    ("wall", Role::Viewer),
];

/// Monday, 2 November 2026, nine in the morning in Shanghai.
pub const NINE: &str = "2026-11-02T01:00:00.000Z";

impl House {
    /// The shipped plan at nine in the morning, two callers waiting and forty people on the phones.
    pub async fn open() -> House {
        House::open_with(|_| {}).await
    }

    /// The same with a changed plan.
    pub async fn open_with(change: impl FnOnce(&mut toml::Table)) -> House {
        let mut house = House::open_unseen(NINE, change).await;
        house.reading(2).await;
        house
    }

    /// The shipped plan at another time.
    pub async fn open_at(start: &str) -> House {
        let mut house = House::open_unseen(start, |_| {}).await;
        house.reading(2).await;
        house
    }

    /// Before the first reading.
    pub async fn open_unseen(start: &str, change: impl FnOnce(&mut toml::Table)) -> House {
        let dir = tempfile::tempdir().unwrap();
        let phones = Phones::open().await;
        let journal = dir.path().join("surged.db");
        std::fs::write(dir.path().join("surged.toml"), plan(&phones.url, &journal, change)).unwrap();
        let mut house = House {
            phones,
            clock: Clock::moved(time(start)),
            address: ([127, 0, 0, 1], 0).into(),
            log: Log::of(journal),
            tokens: tokens(&dir.path().join("tokens.json")),
            dir,
            daemon: None,
        };
        house.start().await;
        house
    }

    /// Starts the daemon on what is there.
    pub async fn start(&mut self) {
        self.start_on(None).await;
    }

    /// The same where it listened before, for clients that come back by themselves.
    pub async fn start_at(&mut self, address: SocketAddr) {
        self.start_on(Some(std::net::TcpListener::bind(address).unwrap())).await;
    }

    async fn start_on(&mut self, listener: Option<std::net::TcpListener>) {
        let file = self.config_file();
        let config = config::load(&file, Purpose::Run).unwrap_or_else(|found| panic!("{}", found.render(false)));
        let setup = Setup {
            watch: Some(file),
            clock: Some(self.clock.clone()),
            tokens: Some(self.dir.path().join("tokens.json")),
            listener,
            bench: Some(Arc::new(surged::lab::bench::Bench::default())),
            ..Setup::default()
        };
        let running = within("the daemon starts", daemon::start(config, setup)).await.unwrap();
        self.address = running.address;
        self.daemon = Some(running);
        self.phones.connected(1).await;
    }

    /// Ends the daemon in good order.
    pub async fn stop(&mut self) {
        within("the daemon ends", self.daemon.take().unwrap().stop())
            .await
            .unwrap();
        self.phones.connected(0).await;
    }

    pub fn config_file(&self) -> PathBuf {
        self.dir.path().join("surged.toml")
    }

    pub fn journal(&self) -> PathBuf {
        self.dir.path().join("surged.db")
    }

    /// Rewrites the configuration as editors do: a new file under the old name.
    pub fn edit_config(&self, change: impl FnOnce(&mut toml::Table)) {
        let mut plan: toml::Table = std::fs::read_to_string(self.config_file()).unwrap().parse().unwrap();
        change(&mut plan);
        let draft = self.dir.path().join("surged.toml.draft");
        std::fs::write(&draft, toml::to_string(&plan).unwrap()).unwrap();
        std::fs::rename(draft, self.config_file()).unwrap();
    }

    /// A further token, for some queues alone; returns when the daemon has taken it up.
    pub async fn new_token(&self, name: &str, role: Role, queues: &[&str]) -> String {
        let new = NewToken {
            name: name.to_owned(),
            staff_no: format!("no-{name}"),
            role,
            queues: queues.iter().map(|queue| (*queue).into()).collect(),
            expires: None,
        };
        let (token, _) = access::issue(&self.dir.path().join("tokens.json"), new).unwrap();
        until("the daemon knows a new token", || async {
            let reply = get(self.address, "/api/v1/queues", Some(&token)).await;
            (reply.status == 200).then_some(())
        })
        .await;
        token
    }

    /// Somebody of the [`CAST`] comes to the floor.
    pub async fn join(&self, name: &str) -> Supervisor {
        self.come(name, None).await
    }

    /// The same, coming back: `since` is the message that they saw last.
    pub async fn come(&self, name: &str, since: Option<u64>) -> Supervisor {
        Supervisor::come(self.address, name, Some(&self.tokens[name]), since).await
    }

    /// So many callers wait from now on; returns when the daemon knows.
    pub async fn reading(&mut self, waiting: u32) {
        self.tell(serde_json::json!({ "waiting": waiting, "signed_in": 40 }))
            .await;
    }

    /// The phone system tells this of its queue; returns when the daemon knows.
    pub async fn tell(&mut self, mut reading: Value) {
        reading["queue"] = "inbound".into();
        let now = self.clock.now();
        let waiting = reading["waiting"].as_u64();
        self.phones.reading(reading);
        self.log
            .until("a reading", |entry| match &entry.record {
                Record::Input(Input::Reading { reading }) => {
                    entry.at == now && Some(u64::from(reading.waiting)) == waiting
                }
                _ => false,
            })
            .await;
    }

    /// Time passes while the phone system says that nothing changes; returns when the daemon has done all that was due, and the
    /// floor has what it said.
    pub async fn pass(&mut self, span: &str) {
        let mut left = millis(span);
        // Shorter than the plan's stale_after, so that the queue stays seen.
        const STEP: Millis = Millis::from_secs(10);
        while left > Millis::ZERO {
            let step = left.min(STEP);
            left = Millis(left.0 - step.0);
            self.clock.advance(step);
            self.heartbeat().await;
        }
    }

    /// The phone system says that nothing changed; returns when the daemon knows.
    pub async fn heartbeat(&mut self) {
        let now = self.clock.now();
        self.phones.say(r#"{"heartbeat":true}"#);
        self.log
            .until("a heartbeat", |entry| {
                entry.at == now && matches!(entry.record, Record::Input(Input::Heartbeat { .. }))
            })
            .await;
        self.log.until_delivered().await;
    }

    /// Returns when the open instruction, which had reached nobody, has reached somebody.
    pub async fn delivered_again(&mut self) {
        self.log
            .until("a late delivery", |entry| {
                matches!(entry.record, Record::Input(Input::Delivery { reached: true, .. }))
            })
            .await;
    }

    /// Time passes and the phone system says nothing at all.
    pub fn pass_in_silence(&self, span: &str) {
        self.clock.advance(millis(span));
    }

    /// The first queue as the floor sees it, once that is so.
    pub async fn queue(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        until(what, || async {
            let queues = self.get("/api/v1/queues").await.json();
            Some(queues["queues"][0].clone()).filter(|queue| is_so(queue))
        })
        .await
    }

    /// Somebody's token.
    pub fn token(&self, name: &str) -> &str {
        &self.tokens[name]
    }

    /// What the floor's server says to a script with somebody's token.
    pub async fn post(&self, name: &str, path: &str, body: &Value) -> Reply {
        post(self.address, path, Some(&self.tokens[name]), body).await
    }

    /// What the floor's server says to the wall display.
    pub async fn get(&self, path: &str) -> Reply {
        get(self.address, path, Some(&self.tokens["wall"])).await
    }
}

/// The duty log, read beside the daemon: how tests know what the daemon has taken in.
pub struct Log {
    path: PathBuf,
    reader: Option<Reader>,
    next: u64,
    /// Instructions of which the log does not say yet whether they reached anybody.
    undelivered: BTreeSet<InstructionId>,
}

impl Log {
    pub fn of(path: PathBuf) -> Log {
        Log {
            path,
            reader: None,
            next: 1,
            undelivered: BTreeSet::new(),
        }
    }

    /// Returns when such an entry is there, among those that were not looked at before.
    pub async fn until(&mut self, what: &str, is_it: impl Fn(&Entry) -> bool) {
        within(what, async {
            loop {
                if self.read_on(&is_it) {
                    return;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        })
        .await;
    }

    /// Everything from the beginning.
    pub fn whole(&self) -> Vec<Entry> {
        let reader = Reader::open(&self.path, DEADLINE).unwrap();
        reader.read(0..=u64::MAX, usize::MAX).unwrap()
    }

    /// Returns when every instruction so far has reached somebody or nobody.
    pub async fn until_delivered(&mut self) {
        within("instructions are delivered, or nobody listens", async {
            while !self.undelivered.is_empty() {
                tokio::time::sleep(LOOK_EVERY).await;
                self.read_on(&|_| false);
            }
        })
        .await;
    }

    /// Reads what is new; whether it was among it.
    fn read_on(&mut self, is_it: &impl Fn(&Entry) -> bool) -> bool {
        let path = &self.path;
        let reader = self.reader.get_or_insert_with(|| Reader::open(path, DEADLINE).unwrap());
        let mut found = false;
        for entry in reader.read(self.next..=u64::MAX, 10_000).unwrap() {
            self.next = entry.seq + 1;
            match &entry.record {
                Record::Decision(decision) => {
                    // What is decided in shadow goes to nobody.
                    if let What::Instruct { instruction, .. } = &decision.what
                        && !instruction.shadow
                    {
                        self.undelivered.insert(instruction.id);
                    }
                }
                Record::Input(Input::Delivery { instruction, .. }) => {
                    self.undelivered.remove(instruction);
                }
                _ => {}
            }
            found |= is_it(&entry);
        }
        found
    }
}

fn tokens(file: &Path) -> BTreeMap<&'static str, String> {
    let token = |(name, role): (&'static str, Role)| {
        let new = NewToken {
            name: name.to_owned(),
            staff_no: format!("no-{name}"),
            role,
            queues: Vec::new(),
            expires: None,
        };
        (name, access::issue(file, new).unwrap().0)
    };
    CAST.into_iter().map(token).collect()
}

/// Seats of an instruction: the tier's minimum and maximum, and what is asked for.
pub fn seats(it: &Value) -> (u64, u64, u64) {
    let seats = &it["seats"];
    let number = |key: &str| seats[key].as_u64().unwrap_or_else(|| panic!("no {key}: {it}"));
    (number("min"), number("max"), number("ask"))
}

/// The time of day in Shanghai, of a time on the wire.
pub fn clock(it: &Value) -> String {
    let text = it.as_str().unwrap_or_else(|| panic!("no time: {it}"));
    let time: jiff::Timestamp = text.parse().unwrap();
    time.in_tz("Asia/Shanghai").unwrap().strftime("%H:%M:%S%.f").to_string()
}

pub fn time(text: &str) -> Time {
    Time(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn millis(span: &str) -> Millis {
    let span: jiff::SignedDuration = span.parse().unwrap();
    Millis(span.as_millis() as i64)
}
