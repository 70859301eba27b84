//! Who is on the floor: consoles over the real socket, what they remember, and what each message must be like.

use super::day::CAST;
use super::world::World;
use futures_util::{SinkExt, StreamExt};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use surged::core::{Time, What};
use surged::floor::Listener;
use surged::floor::access::{self, NewToken};
use surged::journal::{Entry, Record};
use surged::wire::Role;
use tokio::io::DuplexStream;
use tokio::sync::{Mutex, mpsc};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Bytes on the way to a console.
const PIPE: usize = 8 * 1024;

/// An instruction is in the consoles so soon after it was due, beside what the disk takes.
const TOLD_WITHIN_MS: i64 = 20;

/// The same where the disk fails or does not answer: the daemon's patience, a beat, and a try in between.
const PATIENCE_MS: i64 = 3_500;

/// The plans' `stale_after`.
const STALE_MS: i64 = 6_000;

/// A console, and who is at it.
pub struct Client {
    pub name: &'static str,
    pub token: String,
    pub role: Role,
    /// The number of the last message.
    pub since: u64,
    /// Every message with a number.
    pub numbered: Vec<Value>,
    /// Numbers of what went out unlogged and was lost with a daemon that died: given anew, what bears them then is not told again.
    pub lost: Vec<RangeInclusive<u64>>,
    /// Instructions that are open, by number.
    pub open: BTreeMap<u64, Value>,
    /// The queues as they were shown last.
    pub queues: BTreeMap<String, Value>,
    /// What is to be sent.
    pub to_say: VecDeque<Value>,
    pub raw: VecDeque<Message>,
    pub away_until: u64,
    pub deaf_until: u64,
    /// What came up to this number is history.
    live_from: u64,
    /// In a session, and since when.
    pub here: Option<u64>,
    failing: bool,
    /// Answers on their way, by their reference.
    pub asked: BTreeMap<u64, String>,
    dice: ChaCha8Rng,
}

impl Client {
    pub fn cast(mut dice: ChaCha8Rng) -> Vec<Client> {
        use rand::SeedableRng;
        let roles = [Role::Supervisor, Role::ShiftLeader, Role::Viewer];
        CAST.into_iter()
            .zip(roles)
            .map(|(name, role)| Client {
                name,
                role,
                token: String::new(),
                since: 0,
                numbered: Vec::new(),
                lost: Vec::new(),
                open: BTreeMap::new(),
                queues: BTreeMap::new(),
                to_say: VecDeque::new(),
                raw: VecDeque::new(),
                away_until: 0,
                deaf_until: 0,
                live_from: 0,
                here: None,
                failing: false,
                asked: BTreeMap::new(),
                dice: ChaCha8Rng::seed_from_u64(dice.random()),
            })
            .collect()
    }

    /// The daemon has died, and its log ends with this number.
    pub fn outlives(&mut self, written: u64) {
        if self.since > written {
            self.lost.push(written + 1..=self.since);
            self.numbered.retain(|it| it["seq"].as_u64() <= Some(written));
        }
    }

    pub fn is_cut_off(&mut self) {
        self.here = None;
        self.asked.clear();
    }
}

/// Gives everybody a token.
pub fn tokens(world: &World, file: &Path) {
    for client in &mut world.lock().clients {
        let new = NewToken {
            name: client.name.to_owned(),
            staff_no: format!("no-{}", client.name),
            role: client.role,
            queues: Vec::new(),
            expires: None,
        };
        client.token = access::issue(file, new).unwrap().0;
    }
}

/// The floor's door in a simulated network.
pub struct Door(Mutex<mpsc::Receiver<DuplexStream>>);

impl Door {
    pub fn new() -> (mpsc::Sender<DuplexStream>, Door) {
        let (sender, receiver) = mpsc::channel(64);
        (sender, Door(Mutex::new(receiver)))
    }
}

pub fn address() -> SocketAddr {
    ([127, 0, 0, 1], 8470).into()
}

impl Listener for Door {
    type Stream = DuplexStream;

    async fn accept(&self) -> io::Result<(DuplexStream, SocketAddr)> {
        match self.0.lock().await.recv().await {
            Some(stream) => Ok((stream, ([127, 0, 0, 1], 40_000).into())),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(address())
    }
}

/// Comes to the floor, again and again.
pub async fn attend(world: Arc<World>, who: usize, door: mpsc::Sender<DuplexStream>) {
    loop {
        world.until_it_is(|state| state.clients[who].away_until).await;
        if let Some(mut socket) = open(&door).await {
            session(&world, who, &mut socket).await;
        }
        let pause = {
            let mut state = world.lock();
            let client = &mut state.clients[who];
            client.is_cut_off();
            client.dice.random_range(20..1_500)
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

async fn open(door: &mpsc::Sender<DuplexStream>) -> Option<WebSocketStream<DuplexStream>> {
    let (ours, theirs) = tokio::io::duplex(PIPE);
    door.send(theirs).await.ok()?;
    let mut request = format!("ws://{}/floor", address()).into_client_request().unwrap();
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", "surged.v1".parse().unwrap());
    let (socket, _) = tokio_tungstenite::client_async(request, ours).await.ok()?;
    Some(socket)
}

async fn session(world: &Arc<World>, who: usize, socket: &mut WebSocketStream<DuplexStream>) {
    let hello = {
        let state = world.lock();
        let client = &state.clients[who];
        json!({ "type": "hello", "token": client.token, "since": client.since })
    };
    if socket.send(Message::text(hello.to_string())).await.is_err() {
        return;
    }
    loop {
        let (now, away_until, deaf_until, say) = {
            let mut state = world.lock();
            let now = state.now();
            let client = &mut state.clients[who];
            let say = if client.here.is_none() {
                None
            } else {
                client.raw.pop_front().or_else(|| {
                    let say = client.to_say.pop_front()?;
                    Some(Message::text(say.to_string()))
                })
            };
            (now, client.away_until, client.deaf_until, say)
        };
        if now < away_until {
            return;
        }
        if now < deaf_until {
            world.until_it_is(|state| state.clients[who].deaf_until).await;
            continue;
        }
        if let Some(say) = say {
            if socket.send(say).await.is_err() {
                return;
            }
            continue;
        }
        let stir = world.stir.notified();
        tokio::select! {
            biased;
            heard = socket.next() => match heard {
                Some(Ok(Message::Text(text))) => hear(world, who, &text),
                Some(Ok(Message::Close(frame))) => {
                    let name = CAST[who];
                    world.lock().tell(|| format!("{name} is sent away: {frame:?}"));
                    return;
                }
                Some(Ok(_)) => {}
                _ => return,
            },
            () = stir => {}
        }
    }
}

fn hear(world: &Arc<World>, who: usize, text: &str) {
    let told: Value = serde_json::from_str(text).unwrap();
    let (clock, journal) = (world.lock().clock.clone(), world.journal());
    let daemon_now = clock.map(|clock| clock.now());
    let mut state = world.lock();
    state.read_on(&journal);
    if let Some(now) = daemon_now {
        runs_evenly(&mut state, now);
    }
    let name = CAST[who];
    let word = told["type"].as_str().unwrap_or_default().to_owned();
    match word.as_str() {
        "welcome" => {
            let now = state.now();
            let client = &mut state.clients[who];
            client.live_from = told["seq"].as_u64().unwrap();
            client.failing = told["journal_failing"] == true;
            client.here.get_or_insert(now);
            let since = client.since;
            state.tell(|| format!("{name} is welcomed at {} with since {since}", told["seq"]));
        }
        "state" => shown(&mut state, who, &told),
        "gap" => {
            let (from, to) = (told["from"].as_u64().unwrap(), told["to"].as_u64().unwrap());
            state.tell(|| format!("{name} is told of a gap {from} to {to}"));
            let client = &mut state.clients[who];
            if to <= client.since {
                // What went out unlogged and was lost with the daemon: those numbers are given anew.
                client.numbered.retain(|it| it["seq"].as_u64() < Some(from));
                client.since = from - 1;
                // From there on they are told what bears these numbers now.
                let known = std::mem::take(&mut client.lost).into_iter();
                client.lost = known
                    .map(|lost| *lost.start()..=from.saturating_sub(1).min(*lost.end()))
                    .collect();
            } else {
                state.fault(format!(
                    "{name} is told of a gap {from} to {to}, where all history is kept"
                ));
            }
        }
        "ok" => {
            let asked = told["ref"].as_u64().and_then(|it| state.clients[who].asked.remove(&it));
            if let Some(note) = asked
                && !state.may_be_unlogged()
                && !state.log.entries.iter().any(|entry| json_of(entry).contains(&note))
            {
                state.fault(format!("{name} was told ok to {note}, which is not in the log"));
            }
        }
        _ => {}
    }
    if let Some(seq) = told["seq"].as_u64()
        && word != "welcome"
    {
        numbered(&mut state, who, seq, told, daemon_now);
    }
}

fn json_of(entry: &Entry) -> String {
    serde_json::to_string(&entry.record).unwrap()
}

/// A message with a number.
fn numbered(state: &mut super::world::State, who: usize, seq: u64, told: Value, daemon_now: Option<Time>) {
    let name = CAST[who];
    state.tell(|| {
        let it = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        format!(
            "{name} hears {seq} {} {} {} {} {}",
            it("type"),
            it("code"),
            it("queue"),
            it("action"),
            it("tier")
        )
    });
    let durable = state.log.entries.last().map_or(0, |entry| entry.seq);
    let (since, live_from) = (state.clients[who].since, state.clients[who].live_from);
    if seq <= since {
        state.fault(format!("{name} hears message {seq} after {since}"));
    }
    if told["code"] == "journal_failing" {
        state.clients[who].failing = told["failing"] == true;
    }
    // An instruction says so itself; the rest may go out with it.
    let may = state.may_be_unlogged() && told["type"] != "instruction";
    if seq > durable && told["unlogged"] != true && !may {
        state.fault(format!("{name} hears message {seq} before it is durable: {told}"));
    }
    if told["unlogged"] == true && !state.may_be_unlogged() && seq > live_from {
        state.fault(format!("{name} hears {seq} as unlogged while the disk is well"));
    }
    if told["type"] == "instruction"
        && seq > live_from
        && let Some(now) = daemon_now
    {
        is_in_time(state, who, &told, now);
    }
    let client = &mut state.clients[who];
    client.since = client.since.max(seq);
    client.numbered.push(told);
}

/// Whatever is done to the wall clock, the daemon's own runs as the machine's does, but for what it makes good little by little.
fn runs_evenly(state: &mut super::world::State, now: Time) {
    let Some((began, world_began)) = state.clock_began else {
        return;
    };
    let passed = (state.now() - world_began) as i64;
    let off = (now - began).0 - passed;
    if off.abs() > passed / 50 + 5 {
        state.fault(format!("the daemon's clock is {off} ms off after {passed} ms"));
    }
}

/// An instruction comes when it is due, or when what stood in the way has gone; never after its sight is stale.
fn is_in_time(state: &mut super::world::State, who: usize, told: &Value, now: Time) {
    let at: jiff::Timestamp = told["at"].as_str().unwrap().parse().unwrap();
    let age = now.0 - at.as_millisecond();
    let world_now = state.now();
    let here = state.clients[who]
        .here
        .unwrap_or(world_now)
        .max(state.clients[who].deaf_until);
    let undisturbed = world_now.saturating_sub(state.hindered_until.max(here)) as i64;
    let takes = state.disk.takes_ms as i64 * 2;
    let name = CAST[who];
    if state.may_be_unlogged() {
        // Callers come first: a disk that does not answer holds nobody up for longer.
        if age.min(undisturbed) > PATIENCE_MS {
            state.fault(format!(
                "{name} hears an instruction only {age} ms after it was due: {told}"
            ));
        }
        return;
    }
    if age.min(undisturbed) > TOLD_WITHIN_MS + takes {
        state.fault(format!("{name} hears an instruction {age} ms after it was due: {told}"));
    }
    let due = world_now as i64 - age;
    // It was decided just before the process was paused, or lay in the pipe of a machine that read nothing.
    let slack = TOLD_WITHIN_MS + takes;
    let paused = state
        .pauses
        .iter()
        .any(|pause| (due - pause.start as i64).abs() <= slack);
    // Or it was due in a pause after which a reading was received, that no gap comes before: told it is only after the pause that followed at once.
    let paused_again = state.pauses.windows(2).any(|pair| {
        pair[1].start - pair[0].end <= slack as u64
            && (pair[0].start as i64 - slack..=pair[1].start as i64).contains(&due)
    });
    let held = paused || paused_again || due <= here as i64;
    if age > STALE_MS + TOLD_WITHIN_MS + takes && !held {
        state.fault(format!(
            "{name} hears an instruction of a past that nobody could see: {age} ms old, {told}"
        ));
    }
}

/// How queues and open instructions stand.
fn shown(state: &mut super::world::State, who: usize, told: &Value) {
    let durable = state
        .log
        .entries
        .iter()
        .rev()
        .find_map(|entry| match &entry.record {
            Record::Decision(decision) => match &decision.what {
                What::Instruct { instruction, .. } => Some(instruction.id.0),
                _ => None,
            },
            _ => None,
        })
        .unwrap_or(0);
    let may_be_unlogged = state.may_be_unlogged();
    let client = &mut state.clients[who];
    if told["whole"] == true {
        client.open.clear();
        client.queues.clear();
    }
    for queue in told["queues"].as_array().unwrap() {
        let name = queue["queue"].as_str().unwrap().to_owned();
        client.open.retain(|_, it| it["queue"] != queue["queue"]);
        client.queues.insert(name, queue.clone());
    }
    let mut early = None;
    for open in told["instructions"].as_array().unwrap() {
        let id = open["id"].as_u64().unwrap();
        if id > durable && open["unlogged"] != true {
            early = Some(id);
        }
        client.open.insert(id, open.clone());
    }
    if let Some(id) = early
        && !may_be_unlogged
        && !client.failing
    {
        state.fault(format!("{} is shown instruction {id} before it is durable", CAST[who]));
    }
}
