//! A live daemon, a replay of what `surged record` would have written beside it, and a replay of that daemon's own duty log decide the same.
//!
//! Random days by seed: three feeds, one of which is cut and comes back, silence, losses, a queue that is gone, answers. Time moves in
//! steps of ten seconds and nothing else; each step waits for what it brought about. Then another daemon is fed the recorded day, as
//! fast as it takes it, and decides the same again. What a day took, and how many times its own speed that is, is printed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{House, Line, NINE, Phones, within};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;
use surged::config::{self, Config, Purpose};
use surged::core::{Answer, Decision, Input, InstructionId, Millis, Time, What};
use surged::daemon::feed_settings;
use surged::feed::readings::{Recorded, Recording, read_file};
use surged::feed::{self, FeedEvent, Heard};
use surged::journal::{Entry, Reader, Record};
use surged::lab::recorded::{Form, Happenings, in_order, open};
use surged::lab::replay::{Answers, Line as Printed, Replay};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A step of time; every span of the plan is a multiple of it.
const STEP: Millis = Millis::from_secs(10);

/// Every instruction is done this long after it was given.
const DONE_AFTER: Millis = Millis::from_secs(60);

/// A day on the floor, with a recorder beside the daemon.
struct Day {
    house: House,
    log: house::Log,
    /// The feed of another queue, which is cut now and then.
    second: Phones,
    /// A feed that only ever says that it lives: when the daemon has it, the daemon has done what was due.
    tick: Phones,
    recorder: mpsc::Receiver<FeedEvent>,
    recording: Recording<Vec<u8>>,
    cancel: CancellationToken,
    /// Read of the duty log up to here.
    next: u64,
    /// Instructions that wait for their answer, and those that were taken back meanwhile.
    asked: Vec<(InstructionId, Time)>,
    gone: BTreeSet<InstructionId>,
}

fn change(plan: &mut toml::Table, second: &str, tick: &str) {
    let more: toml::Table = format!(
        "[feed.hotline]\nkind = \"json\"\nurl = {hotline}\nstale_after = \"10m\"\nforget_after = \"20m\"\n\
         [feed.second]\nkind = \"json\"\nurl = {second:?}\nstale_after = \"10m\"\nforget_after = \"20m\"\n\
         [feed.tick]\nkind = \"json\"\nurl = {tick:?}\nstale_after = \"10m\"\nforget_after = \"20m\"\n\
         [queue.inbound]\nfeed = \"hotline\"\nladder = \"day\"\npriority = 10\n\
         [queue.second]\nfeed = \"second\"\nladder = \"day\"\n\
         [queue.tick]\nfeed = \"tick\"\nladder = \"day\"\n",
        hotline = plan["feed"]["hotline"]["url"],
    )
    .parse()
    .unwrap();
    plan.extend(more);
}

impl Day {
    async fn begin() -> Day {
        let (second, tick) = (Phones::open().await, Phones::open().await);
        let urls = (second.url.clone(), tick.url.clone());
        let house = House::open_unseen(NINE, |plan| change(plan, &urls.0, &urls.1)).await;
        let config = config::load(&house.config_file(), Purpose::Run).unwrap();
        let (out, recorder) = mpsc::channel(4096);
        let cancel = CancellationToken::new();
        for (name, settings) in &config.feeds {
            let clock = house.clock.clone();
            drop(feed::start(
                feed_settings(name, settings),
                out.clone(),
                move || clock.now(),
                cancel.clone(),
            ));
        }
        for phones in [&house.phones, &second, &tick] {
            phones.connected(2).await;
        }
        let log = house::Log::of(house.journal());
        let mut day = Day {
            house,
            log,
            second,
            tick,
            recorder,
            recording: Recording::new(Vec::new()),
            cancel,
            next: 1,
            asked: Vec::new(),
            gone: BTreeSet::new(),
        };
        for queue in ["inbound", "second", "tick"] {
            day.read(queue, 2).await;
        }
        day
    }

    fn now(&self) -> Time {
        self.house.clock.now()
    }

    fn phones(&self, queue: &str) -> &Phones {
        match queue {
            "inbound" => &self.house.phones,
            "second" => &self.second,
            _ => &self.tick,
        }
    }

    /// The recorder writes on until it has written this.
    async fn recorded(&mut self, what: &str, is_it: impl Fn(&Heard) -> bool) {
        loop {
            let event = within(what, self.recorder.recv()).await.unwrap();
            println!("  {event:?}");
            self.recording.write(&event).unwrap();
            if is_it(&event.what) {
                return;
            }
        }
    }

    /// The daemon and the recorder both have it before anything else happens.
    async fn both(&mut self, what: &str, heard: impl Fn(&Heard) -> bool, told: impl Fn(&Input) -> bool) {
        let now = self.now();
        // Shown where the test fails.
        println!("{} {what}", surged::wire::Stamp(now));
        self.recorded(what, heard).await;
        let is_it = |entry: &Entry| entry.at == now && matches!(&entry.record, Record::Input(input) if told(input));
        self.log.until(what, is_it).await;
        self.log.until_delivered().await;
    }

    async fn read(&mut self, queue: &str, waiting: u32) {
        let at = surged::wire::Stamp(self.now()).to_string();
        let reading = json!({ "queue": queue, "at": at, "waiting": waiting, "signed_in": 40 });
        self.phones(queue).reading(reading);
        self.both_read(queue, waiting).await;
    }

    async fn both_read(&mut self, queue: &str, waiting: u32) {
        let is_it = |reading: &surged::core::Reading| reading.queue.as_str() == queue && reading.waiting == waiting;
        self.both(
            "a reading",
            |heard| matches!(heard, Heard::Reading(reading) if is_it(reading)),
            |input| matches!(input, Input::Reading { reading } if is_it(reading)),
        )
        .await;
    }

    async fn beat(&mut self, queue: &str) {
        self.phones(queue).say(r#"{"heartbeat":true}"#);
        let feed = if queue == "inbound" { "hotline" } else { queue };
        self.both(
            "a heartbeat",
            |heard| *heard == Heard::Heartbeat,
            |input| matches!(input, Input::Heartbeat { feed: told } if told.as_str() == feed),
        )
        .await;
    }

    async fn lose(&mut self, feed: &str) {
        self.phones(feed).say(r#"{"lost":true,"why":"the switch restarts"}"#);
        self.both(
            "a loss",
            |heard| matches!(heard, Heard::SourceLost { .. }),
            |input| matches!(input, Input::SourceLost { .. }),
        )
        .await;
    }

    async fn miss(&mut self, queue: &str) {
        self.phones(queue)
            .say(&json!({ "queue": queue, "missing": true }).to_string());
        self.both(
            "a missing queue",
            |heard| matches!(heard, Heard::QueueMissing { .. }),
            |input| matches!(input, Input::QueueMissing { .. }),
        )
        .await;
    }

    /// Ten seconds pass; what was to be answered by then is.
    async fn step(&mut self) {
        self.house.clock.advance(STEP);
        self.beat("tick").await;
        self.answer().await;
    }

    /// Says done to what was given a minute ago and is still open, in the order in which it was given.
    async fn answer(&mut self) {
        let now = self.now();
        let reader = Reader::open(&self.house.journal(), house::DEADLINE).unwrap();
        for entry in reader.read(self.next..=u64::MAX, usize::MAX).unwrap() {
            self.next = entry.seq + 1;
            if let Record::Decision(Decision {
                what: What::Instruct { instruction, .. },
                ..
            }) = entry.record
            {
                self.gone.extend(instruction.of);
                self.asked.push((instruction.id, instruction.at));
            }
        }
        let due = |at: Time| at + DONE_AFTER <= now;
        let (due, later): (Vec<_>, Vec<_>) = self.asked.drain(..).partition(|(_, at)| due(*at));
        self.asked = later;
        for (id, _) in due {
            if !self.gone.contains(&id) {
                let path = format!("/api/v1/instructions/{id}/done");
                // What is closed already is refused, and changes nothing.
                self.house.post("Li", &path, &json!({})).await;
            }
        }
        self.log.until_delivered().await;
    }

    /// The line of the second feed is cut.
    async fn cut(&mut self) {
        self.second.line(Line::Cut);
        self.second.connected(0).await;
    }

    /// It is there again. Whoever connects hears the last reading again, with its own time: it vouches for nothing that it did not vouch
    /// for then.
    async fn mend(&mut self) {
        self.second.line(Line::Good);
        self.second.connected(2).await;
        self.beat("second").await;
    }

    /// Feeds the daemon a recorded day: all that its feeds said, each at its time, and the second feed's line cut as it was.
    async fn feed(&mut self, recorded: &[Recorded]) {
        let mut cut = false;
        for Recorded { at, feed, what } in recorded {
            let feed = feed.as_ref().map_or("", |feed| feed.as_str());
            let queue = if feed == "hotline" { "inbound" } else { feed };
            let mends = cut && queue == "second";
            match what {
                Heard::Heartbeat if queue == "tick" => self.step().await,
                Heard::Heartbeat if mends => {
                    self.mend().await;
                    cut = false;
                }
                Heard::Heartbeat => self.beat(queue).await,
                // Heard again on the line that was mended, with the time at which it was said first.
                Heard::Reading(_) if mends => {}
                Heard::Reading(reading) => self.read(queue, reading.waiting).await,
                Heard::SourceLost { .. } => self.lose(queue).await,
                Heard::QueueMissing { .. } => self.miss(queue).await,
                // It is found out when somebody listens, which may be a step later.
                Heard::Disconnected { .. } => {
                    if !cut {
                        self.cut().await;
                    }
                    cut = true;
                    continue;
                }
                Heard::Connected => continue,
                // A recording holds neither.
                Heard::ClockDiffers { .. } | Heard::Rejected { .. } => panic!("{feed} {what:?}"),
            }
            assert_eq!(self.now(), *at, "{feed} {what:?}");
        }
    }

    /// What was decided live, and what was recorded. The replays of both, the recording and the log, decide the same.
    async fn end(mut self, what: &str, began: Instant) -> (Vec<Decision>, Vec<Recorded>) {
        let (lasted, took) = (self.now() - house::time(NINE), began.elapsed());
        println!(
            "{what}: {} s in {took:?}, {:.0} times its speed",
            lasted.0 / 1_000,
            lasted.0 as f64 / 1e3 / took.as_secs_f64()
        );
        self.cancel.cancel();
        self.house.stop().await;
        let config = config::load(&self.house.config_file(), Purpose::Look).unwrap();
        let entries = self.log.whole().into_iter();
        let live: Vec<Decision> = entries
            .filter_map(|entry| match entry.record {
                Record::Decision(decision) => Some(decision),
                _ => None,
            })
            .collect();
        // Word for word, with who answered.
        let by_log = replayed(&self.house.journal(), &config, Answers::Recorded);
        assert_eq!(text(&by_log), text(&live), "{what}: the duty log");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("day.jsonl");
        std::fs::write(&file, self.recording.finish().unwrap()).unwrap();
        let by_file = replayed(&file, &config, Answers::After(DONE_AFTER));
        assert_eq!(printed(&by_file), printed(&live), "{what}: the recording");
        let recorded = read_file(&file).unwrap().map(|line| line.unwrap().1).collect();
        (live, recorded)
    }
}

fn text(decisions: &[Decision]) -> String {
    serde_json::to_string_pretty(decisions).unwrap()
}

fn replayed(file: &Path, config: &Config, answers: Answers) -> Vec<Decision> {
    let source = || open(file, &Form::of(config)).unwrap();
    let decided = |happenings: Happenings| {
        let mut replay = Replay::new(config, answers);
        let mut decided = Vec::new();
        for happened in happenings {
            replay.take(Ok(happened.unwrap()), &mut |decision| decided.push(decision.clone()));
        }
        (decided, replay.end())
    };
    let one_by_one = decided(Box::new(source()));
    assert_eq!(decided(in_order(vec![source()])), one_by_one, "in runs");
    one_by_one.0
}

/// As `replay --format jsonl` prints it, and what was not seen: who answered is told by the duty log alone.
fn printed(decisions: &[Decision]) -> Vec<String> {
    let line = |decision: &Decision| match &decision.what {
        What::Instruct { instruction, .. } => Some(serde_json::to_string(&Printed::from(instruction)).unwrap()),
        What::Answered {
            answer: Answer::Done { .. },
            ..
        } => None,
        _ => Some(serde_json::to_string(decision).unwrap()),
    };
    decisions.iter().filter_map(line).collect()
}

async fn play(seed: u64) -> (usize, usize) {
    let began = Instant::now();
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut day = Day::begin().await;
    let _li = day.house.join("Li").await;
    let mut depth = 4_u32;
    for _ in 0..40 {
        for _ in 0..chance.random_range(1..6) {
            day.step().await;
        }
        let queue = ["inbound", "second"][chance.random_range(0..2)];
        match chance.random_range(0..20) {
            0 => day.lose(queue).await,
            1 => day.miss(queue).await,
            2 => {
                day.cut().await;
                for _ in 0..chance.random_range(1..90) {
                    day.step().await;
                }
                day.mend().await;
            }
            3 => {
                // Long enough that a feed that says nothing is stale.
                for _ in 0..chance.random_range(50..75) {
                    day.step().await;
                }
            }
            4..8 => day.beat(queue).await,
            _ => {
                depth = (depth + chance.random_range(0..9)).saturating_sub(3).min(18);
                if chance.random_range(0..6) == 0 {
                    depth = 0;
                }
                day.read(queue, depth).await;
            }
        }
    }
    day.step().await;
    let (live, recorded) = day.end(&format!("seed {seed}"), began).await;
    // Another daemon is fed the recorded day, from the first step on.
    let began = Instant::now();
    let mut day = Day::begin().await;
    let _li = day.house.join("Li").await;
    let first = recorded.iter().position(|it| it.what == Heard::Heartbeat).unwrap();
    day.feed(&recorded[first..]).await;
    let (fed, _) = day.end(&format!("seed {seed}, fed again"), began).await;
    assert_eq!(text(&fed), text(&live), "seed {seed}: a daemon fed the recorded day");
    let blind = live
        .iter()
        .filter(|decision| matches!(decision.what, What::FeedLost { .. }));
    let instructions = live
        .iter()
        .filter(|decision| matches!(decision.what, What::Instruct { .. }));
    (blind.count(), instructions.count())
}

#[tokio::test(flavor = "multi_thread")]
async fn live_and_both_replays_decide_the_same() {
    let (mut blind, mut instructions) = (0, 0);
    for seed in 1..=3 {
        let (lost, given) = play(seed).await;
        (blind, instructions) = (blind + lost, instructions + given);
    }
    assert!(
        blind >= 3 && instructions >= 6,
        "{blind} times blind, {instructions} instructions: too quiet a day"
    );
}
