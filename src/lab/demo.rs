//! A floor to look at: the simulated phone system, the daemon itself, and supervisors who answer if nobody else does. Where somebody
//! plays the supervisor nobody else answers, and time stands still while something waits for them.
//!
//! ```text
//!  phone system ──json feed──► daemon ──floor socket──► supervisor ──seen, done──► daemon
//!       ▲                        │
//!       └── people sign in, out ─┴── decisions (what was really done, whoever said so)
//! ```

use super::acd::{self, Acd, AcdFault, Board, Desk};
use super::bench::Bench;
use super::scenario;
use crate::clock::Clock;
use crate::config::{self, Diagnostics, FeedKind, Purpose, Surroundings};
use crate::core::{Action, Answer, Decision, Instruction, InstructionId, Millis, Part, Time, What};
use crate::daemon::{self, EndFault, Running, Setup, StartFault};
use crate::floor::Hub;
use crate::floor::access::Identity;
use crate::wire::{OpenInstruction, Role, Scope};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

/// The plan that the demo runs.
const PLAN: &str = include_str!("demo.toml");

/// The simulated supervisor's name and staff number in one; pages and the duty log call them in the reader's language.
const SUPERVISOR: &str = "simulated";

/// The simulated supervisor takes an instruction after this, on the demo's clock, and has its people where they should be after that.
const SEEN_AFTER: Millis = Millis::from_secs(20);
const DONE_AFTER: Millis = Millis::from_secs(60);

/// However fast time runs, whoever looks must be able to read a card before it is taken, and before it is gone.
const READ_BEFORE_SEEN: Millis = Millis::from_secs(3);
const READ_BEFORE_DONE: Millis = Millis::from_secs(7);

/// How often it is looked at whether something waits for whoever plays.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Where somebody at the page has taken an instruction, it is left to them for this long.
const LEFT_TO_PEOPLE: Millis = Millis::from_mins(10);

/// Decisions on their way to whoever tells the story.
const TOLD: usize = 1024;

/// What can be chosen.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many times faster than real time.
    pub speed: u32,
    /// The same seed gives the same callers.
    pub seed: u64,
    /// Where the console is to be; another port where that one is taken.
    pub listen: SocketAddr,
    /// Somebody at the page is the supervisor: nobody else answers.
    pub play: bool,
}

/// A demo that is running.
pub struct Demo {
    /// The daemon.
    pub running: Running,
    /// What it decides.
    pub decisions: mpsc::Receiver<Decision>,
    /// The phone system's latest state.
    pub board: watch::Receiver<Arc<Board>>,
    /// The port that was asked for is somebody else's: the console is at another one.
    pub elsewhere: bool,
    /// Where the duty log is while the demo runs.
    folder: std::path::PathBuf,
}

/// Why the demo does not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoFault {
    /// Its plan.
    #[error("{0}")]
    Plan(#[from] Diagnostics),
    /// Its phone system.
    #[error(transparent)]
    Acd(#[from] AcdFault),
    /// The daemon.
    #[error(transparent)]
    Daemon(#[from] StartFault),
    /// A place for the duty log, or a port.
    #[error("the demo needs a folder for temporary files and a free port")]
    Place(#[from] std::io::Error),
}

/// Starts everything.
///
/// # Errors
/// What is in the way, in words.
pub async fn start(options: Options) -> Result<Demo, DemoFault> {
    let clock = Clock::fast(options.speed);
    let told = clock.clone();
    let settings = acd::Settings {
        clock: Arc::new(move || told.now()),
        ..acd::Settings::new(scenario::surge(), options.seed, f64::from(options.speed))
    };
    let acd = Acd::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), settings).await?;
    let folder = std::env::temp_dir().join(format!("surged-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let surroundings = Surroundings {
        folder: Path::new(""),
        variable: &|_| None,
        purpose: Purpose::Run,
        now: clock.now(),
    };
    let mut config = config::parse(&plan(options.speed), "the demo's plan", &surroundings)?;
    config.journal.path = folder.join("surged.db");
    for feed in config.feeds.values_mut() {
        if let FeedKind::Json(json) = &mut feed.kind {
            json.url = acd.url();
        }
    }
    let wanted = TcpListener::bind(options.listen);
    let elsewhere = wanted.is_err();
    let listener = wanted.or_else(|_| TcpListener::bind((options.listen.ip(), 0)))?;
    let (teller, decisions) = mpsc::channel(TOLD);
    let (hearer, heard) = mpsc::channel(TOLD);
    let setup = Setup {
        clock: Some(clock.clone()),
        listener: Some(listener),
        tell: vec![teller, hearer],
        guest: (!options.play).then(|| (SUPERVISOR.to_owned(), supervisor())),
        bench: Some(Arc::new(Bench::default())),
        ..Setup::default()
    };
    let running = daemon::start(config, setup).await?;
    let (board, desk, stop) = (acd.board(), acd.desk(), running.stopper());
    tokio::spawn(acd.run(stop.clone()));
    let memory = Memory::new(options.speed, options.play);
    if options.play {
        let hub = Arc::clone(&running.hub);
        tokio::spawn(wait_for_player(hub, clock, options.speed, stop));
        tokio::spawn(move_people(desk, heard, memory));
    } else {
        tokio::spawn(supervise(running.address, clock, desk, heard, memory, stop));
    }
    Ok(Demo {
        running,
        decisions,
        board,
        elsewhere,
        folder,
    })
}

/// The demo's plan. Each level of the chain has long enough for a card to be read before it goes up.
fn plan(speed: u32) -> String {
    let enough = READ_BEFORE_DONE.as_secs() * f64::from(speed);
    let mut plan = PLAN.to_owned();
    for (written, within) in [("60s", 60.0_f64), ("2m", 120.0), ("5m", 300.0)] {
        let key = |span: &str| format!("respond_within = \"{span}\"");
        plan = plan.replacen(&key(written), &key(&format!("{}s", within.max(enough))), 1);
    }
    plan
}

impl Demo {
    /// Ends it and clears away what it left behind.
    ///
    /// # Errors
    /// What went wrong while it ran.
    pub async fn stop(self) -> Result<(), EndFault> {
        let ended = self.running.stop().await;
        // A folder of temporary files that cannot be removed harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
        ended
    }
}

fn supervisor() -> Identity {
    Identity {
        token: None,
        name: SUPERVISOR.to_owned(),
        staff_no: SUPERVISOR.to_owned(),
        role: Role::Supervisor,
        scope: Scope::WholeFloor,
    }
}

/// A supervisor who takes and does what is asked, on the real floor socket, and people who really move when it is done.
async fn supervise(
    floor: SocketAddr,
    clock: Clock,
    desk: Desk,
    mut heard: mpsc::Receiver<Decision>,
    mut memory: Memory,
    stop: CancellationToken,
) {
    let Ok((mut socket, _)) = tokio_tungstenite::connect_async(format!("ws://{floor}/floor")).await else {
        tracing::error!("the simulated supervisor cannot reach the floor; answer on the page instead");
        return;
    };
    let mut said = vec![json!({ "type": "hello", "token": SUPERVISOR })];
    loop {
        for message in said.drain(..) {
            if socket.send(Message::text(message.to_string())).await.is_err() {
                return;
            }
        }
        let next = memory.next_due();
        tokio::select! {
            () = stop.cancelled() => return,
            Some(decision) = heard.recv() => memory.hear(decision, &desk).await,
            () = clock.sleep_until(next), if next != Time::NEVER => said = memory.answers(clock.now()),
            frame = socket.next() => match frame {
                Some(Ok(_)) => {}
                _ => return,
            },
        }
    }
}

/// People who really move when whoever plays says that they have.
async fn move_people(desk: Desk, mut heard: mpsc::Receiver<Decision>, mut memory: Memory) {
    while let Some(decision) = heard.recv().await {
        memory.hear(decision, &desk).await;
    }
}

/// Time stands still while something waits for whoever plays: callers, the plan and the chain of command wait with it, for as long as
/// they read.
async fn wait_for_player(hub: Arc<Hub>, clock: Clock, speed: u32, stop: CancellationToken) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = look.tick() => {}
        }
        let now = clock.now();
        let waits = hub.open().iter().any(|open| waits(open, now));
        clock.set_speed(if waits { 0 } else { speed });
    }
}

/// Nobody has it, or the people should be there by now and nobody has said so.
fn waits(open: &OpenInstruction, now: Time) -> bool {
    let there = open.seen_at.zip(open.eta_s);
    there.is_none_or(|(seen, eta)| seen.0 + Millis((eta * 1000.0) as i64) <= now)
}

/// What the supervisor has been asked, and when what is to be said.
struct Memory {
    seen_after: Millis,
    done_after: Millis,
    /// A person plays the supervisor: what is asked is only remembered, so that people move when it is answered.
    play: bool,
    asked: BTreeMap<InstructionId, Instruction>,
    to_say: BTreeSet<(Time, InstructionId, Said)>,
    /// Taken by the simulated supervisor; whoever takes any other is a person at the page.
    taken: BTreeSet<InstructionId>,
}

#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Seen,
    Done,
}

impl Memory {
    fn new(speed: u32, play: bool) -> Memory {
        let readable = |real: Millis| Millis(real.0 * i64::from(speed));
        Memory {
            seen_after: SEEN_AFTER.max(readable(READ_BEFORE_SEEN)),
            done_after: DONE_AFTER.max(readable(READ_BEFORE_DONE)),
            play,
            asked: BTreeMap::new(),
            to_say: BTreeSet::new(),
            taken: BTreeSet::new(),
        }
    }

    fn next_due(&self) -> Time {
        self.to_say.first().map_or(Time::NEVER, |(at, ..)| *at)
    }

    fn answers(&mut self, now: Time) -> Vec<Value> {
        let mut answers = Vec::new();
        while let Some(&(at, instruction, said)) = self.to_say.first().filter(|(at, ..)| *at <= now) {
            self.to_say.remove(&(at, instruction, said));
            self.taken.insert(instruction);
            let word = if said == Said::Seen { "seen" } else { "done" };
            answers.push(json!({ "type": word, "instruction": instruction }));
        }
        answers
    }

    async fn hear(&mut self, decision: Decision, desk: &Desk) {
        if let What::Answered {
            instruction, answer, ..
        } = decision.what
        {
            self.answered(decision.at, instruction, answer, desk).await;
        } else if let What::Instruct { instruction, .. } = decision.what
            && !instruction.shadow
        {
            // What is decided in shadow reaches nobody.
            let (id, at) = (instruction.id, instruction.at);
            if !self.play {
                self.to_say.insert((at + self.seen_after, id, Said::Seen));
                self.to_say.insert((at + self.done_after, id, Said::Done));
            }
            // What it takes back need not be answered any more.
            if let Some(of) = instruction.of {
                self.to_say.retain(|(_, other, _)| *other != of);
            }
            self.asked.insert(id, instruction);
        }
    }

    async fn answered(&mut self, at: Time, id: InstructionId, answer: Answer, desk: &Desk) {
        match answer {
            Answer::Seen { .. } if !self.play && !self.taken.contains(&id) => {
                self.forget(id);
                self.to_say.insert((at + LEFT_TO_PEOPLE, id, Said::Done));
            }
            Answer::Done { seats, .. } => {
                self.forget(id);
                let Some(instruction) = self.asked.get(&id) else {
                    return;
                };
                for part in fitted(&instruction.parts, seats) {
                    let queue = instruction.queue.clone();
                    let moved = match instruction.action {
                        Action::SignOut | Action::StandDown => desk.sign_out(queue, part).await,
                        Action::SignIn | Action::ExtendShift | Action::Overtime | Action::CallIn => {
                            desk.sign_in(queue, part).await
                        }
                    };
                    if !moved {
                        return;
                    }
                }
            }
            Answer::Declined { .. } => self.forget(id),
            Answer::Seen { .. } | Answer::Left { .. } | Answer::Escalate { .. } => {}
        }
    }

    fn forget(&mut self, id: InstructionId) {
        self.to_say.retain(|(_, other, _)| *other != id);
    }
}

/// The parts of an instruction, where somebody said that fewer came.
fn fitted(parts: &[Part], seats: Option<u32>) -> Vec<Part> {
    let mut left = seats.unwrap_or(u32::MAX);
    let fit = |part: &Part| {
        let mut part = part.clone();
        part.seats = part.seats.min(left);
        left -= part.seats;
        part.people.truncate(part.seats as usize);
        part
    };
    parts.iter().map(fit).filter(|part| part.seats > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(speed: u32) -> config::Config {
        let surroundings = Surroundings {
            folder: Path::new(""),
            variable: &|_| None,
            purpose: Purpose::Look,
            now: Time(0),
        };
        config::parse(&plan(speed), "the demo's plan", &surroundings).unwrap()
    }

    fn levels(speed: u32) -> Vec<f64> {
        let chain = config(speed).plan.chain;
        chain.iter().map(|level| level.respond_within.as_secs()).collect()
    }

    #[test]
    fn however_fast_a_card_does_not_go_up_before_it_can_be_read() {
        assert_eq!(levels(1), [60.0, 120.0, 300.0]);
        assert_eq!(levels(60), [420.0, 420.0, 420.0]);
    }

    #[test]
    fn the_simulated_supervisor_leaves_a_card_for_some_real_seconds_and_a_player_all_of_them() {
        let quick = Memory::new(60, false);
        assert!(quick.seen_after.as_secs() / 60.0 >= 3.0 && quick.done_after.as_secs() / 60.0 >= 7.0);
        let slow = Memory::new(1, false);
        assert_eq!((slow.seen_after, slow.done_after), (SEEN_AFTER, DONE_AFTER));
        assert!(Memory::new(20, true).play);
    }

    /// Looks again and again until it is so.
    async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
        let looked = async {
            while !is_so() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let looked = tokio::time::timeout(Duration::from_secs(60), looked).await;
        assert!(looked.is_ok(), "{what}");
    }

    async fn say(demo: &Demo, message: Value) {
        let floor = format!("ws://{}/floor", demo.running.address);
        let (mut socket, _) = tokio_tungstenite::connect_async(floor).await.unwrap();
        for message in [json!({ "type": "hello" }), message] {
            socket.send(Message::text(message.to_string())).await.unwrap();
        }
        while let Some(Ok(frame)) = socket.next().await {
            let said: Value = serde_json::from_str(frame.to_text().unwrap_or_default()).unwrap_or_default();
            assert_ne!(said["type"], "error", "{said}");
            if said["type"] == "ok" {
                return;
            }
        }
        panic!("the floor went away");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn at_play_time_stands_still_until_the_player_has_answered() {
        let demo = start(Options {
            speed: 600,
            seed: 1,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            play: true,
        })
        .await
        .unwrap();
        let (clock, hub) = (demo.running.clock.clone(), Arc::clone(&demo.running.hub));
        until("the first card, and time stands still", || {
            !hub.open().is_empty() && clock.speed() == 0
        })
        .await;
        let (stands, asked) = (clock.now(), hub.open());
        assert_eq!(
            hub.listeners(&asked[0].instruction.queue),
            0,
            "nobody but the player may be here"
        );
        let id = asked[0].instruction.id;
        assert_eq!((asked.len(), asked[0].level), (1, 0));

        // Who has said by when they will be there has that time; then it is waited for the word that they are.
        say(
            &demo,
            json!({ "type": "seen", "instruction": id, "eta_s": 120, "ref": "1" }),
        )
        .await;
        let promised = stands + Millis::from_mins(2);
        until("the promised time", || clock.now() >= promised && clock.speed() == 0).await;
        assert_eq!(hub.open()[0].level, 0, "a promise that is due does not go up");
        say(&demo, json!({ "type": "done", "instruction": id, "ref": "2" })).await;
        until("the next card", || {
            hub.open().first().is_some_and(|open| open.instruction.id != id)
        })
        .await;
        demo.stop().await.unwrap();
    }
}
