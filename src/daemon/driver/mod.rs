//! The one task that owns the core: inputs in, in the order in which they were received; decisions out, in the order in which they
//! were made; everything written down before anybody sees it.
//!
//! Here is the loop and the way through the core. What else it does for others lies in a file each: `asks.rs` (the floor's answers, orders
//! and hand-overs), `in_force.rs` (calendar and configuration), `shows.rs` (state and gauges), `storm.rs` (whom instructions have
//! reached), `snapshots.rs` and `report.rs` (the process's own log).

mod asks;
mod in_force;
mod report;
mod shows;
mod snapshots;
mod storm;

use super::feeds::Feeds;
use super::lately::Lately;
use super::ledger::{Fenced, Ledger};
use super::quiet::Quiets;
use super::shown::Shown;
use crate::clock::{Alarm, Clock};
use crate::config::{Config, Diagnostics};
use crate::core::{Core, Decision, Input, InstructionId, Millis, Refusal, SNAPSHOT_VERSION, Time};
use crate::feed::{FeedEvent, Heard};
use crate::floor::{Ask, Door, Health, Hub, Reach};
use crate::journal::{Fact, Journal, Record, Snapshot};
use crate::shift::{AsksOfDay, Desk, Effects};
use crate::telemetry::gauges::Gauges;
use crate::telemetry::{Asked, Metrics};
use crate::wire::PersonState;
use snapshots::Snapshots;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// The state is shown at most so often, unless the floor has news to go with it.
const SHOW_EVERY: Duration = Duration::from_millis(250);

/// Readings, and names of people, are let go at this pace.
const PRUNE_EVERY: Duration = Duration::from_secs(600);

/// The first time, once a start has left the disk alone: a daemon that is started anew again and again lets go of them too.
const PRUNE_FIRST: Duration = Duration::from_secs(30);

/// How many events are taken in one turn before the floor hears of them.
const EVENTS_A_TURN: usize = 256;

/// How long the daemon waits for the disk when it ends.
const FAREWELL: Duration = Duration::from_secs(5);

/// What reaches the driver from outside.
pub struct Mailbox {
    /// From the feeds.
    pub feeds: mpsc::Receiver<FeedEvent>,
    /// From the floor.
    pub asks: mpsc::Receiver<Ask>,
    /// A configuration that was read anew, or why it could not be.
    pub reloads: mpsc::Receiver<Result<Config, Diagnostics>>,
    /// What others have to write into the duty log.
    pub facts: mpsc::Receiver<Fact>,
    /// Who waits for the gauges.
    pub scrapes: mpsc::Receiver<Asked>,
    /// How many sessions may answer.
    pub presence: watch::Receiver<usize>,
}

/// What the driver works with beside the core, the log and the feeds.
pub struct Parts {
    /// The time.
    pub clock: Clock,
    /// The process's metrics.
    pub metrics: Metrics,
    /// The floor.
    pub hub: Arc<Hub>,
    /// Where it is seen that the loop turns.
    pub health: Arc<Health>,
    /// Who comes and goes on it.
    pub door: Arc<Door>,
    /// Names this duty log.
    pub log: String,
    /// The desk at which shifts are handed over.
    pub desk: Desk,
    /// The queues that are quiet.
    pub quiets: Quiets,
    /// What the floor was asked before the start.
    pub asks: AsksOfDay,
    /// The half hour before the start.
    pub lately: Lately,
    /// Who is told every decision.
    pub tell: Vec<mpsc::Sender<Decision>>,
    /// Entries of the log from one snapshot to the next.
    pub snapshot_every: u64,
}

/// The owner of the core.
pub struct Driver<J> {
    core: Core,
    clock: Clock,
    alarm: Alarm,
    config: Arc<Config>,
    ledger: Ledger<J>,
    feeds: Feeds,
    metrics: Metrics,
    /// When the calendar may put a queue under another ladder.
    calendar_due: Time,
    /// What runs out is warned of once; it has been up to here.
    warned: Time,
    shown: Instant,
    /// How fast time runs, as every session was told last.
    speed: u32,
    /// Something changed that the floor has not been shown.
    unshown: bool,
    /// Since when the floor is owed what a storm brought about, which follows it.
    owed_since: Option<Instant>,
    /// Whom instructions have reached, of which the core is not told yet.
    reached: VecDeque<Reach>,
    /// Instructions that somebody has said anything of: the next answer is not their first.
    answered: BTreeSet<InstructionId>,
    snapshots: Snapshots,
    /// When there was last something for the floor.
    told: Instant,
    prune_due: Instant,
    looked: Instant,
    gauges: Gauges,
    gauges_shown: Option<Instant>,
    /// Why the configuration that was read last is not in force.
    refused: Option<String>,
    /// The difference of the clocks that was warned of.
    skew_warned: Millis,
    tell: Vec<mpsc::Sender<Decision>>,
    effects: Effects,
    /// Decisions that the process's own log and counters do not have yet: the disk and the floor come first.
    unreported: VecDeque<Decision>,
    /// As the floor was shown last.
    floor: Shown,
    people: (Arc<Vec<PersonState>>, Instant),
    /// A decision was made since.
    people_moved: bool,
    hub: Arc<Hub>,
    health: Arc<Health>,
    door: Arc<Door>,
    log: String,
    desk: Desk,
    quiets: Quiets,
    asks_of_day: AsksOfDay,
}

impl<J: Journal> Driver<J> {
    /// A driver for a core that start-up has brought back, from the snapshot after entry `snapshot` on (0: none).
    pub fn new(core: Core, snapshot: u64, config: Config, ledger: Ledger<J>, feeds: Feeds, parts: Parts) -> Driver<J> {
        let snapshots = Snapshots::of_log(snapshot, ledger.last_seq(), parts.snapshot_every);
        let past = Instant::now();
        let Lately {
            depths,
            services,
            effects,
            ..
        } = parts.lately;
        Driver {
            core,
            clock: parts.clock,
            alarm: Alarm::default(),
            config: Arc::new(config),
            ledger,
            feeds,
            metrics: parts.metrics,
            calendar_due: Time(i64::MIN),
            warned: Time(i64::MIN),
            shown: past,
            speed: 0,
            unshown: true,
            owed_since: None,
            reached: VecDeque::new(),
            answered: BTreeSet::new(),
            snapshots,
            told: past,
            prune_due: past + PRUNE_FIRST,
            looked: past,
            gauges: Gauges::default(),
            gauges_shown: None,
            refused: None,
            skew_warned: Millis::ZERO,
            tell: parts.tell,
            effects,
            unreported: VecDeque::new(),
            floor: Shown::after(depths, services),
            people: (Arc::default(), past),
            people_moved: true,
            hub: parts.hub,
            health: parts.health,
            door: parts.door,
            log: parts.log,
            desk: parts.desk,
            quiets: parts.quiets,
            asks_of_day: parts.asks,
        }
    }

    /// Writes down that the daemon has started (at `now`), puts the configuration in force and begins to listen to the feeds.
    pub fn begin(&mut self, started: Fact, now: Time) {
        // Whoever comes first sees what the duty log left, never an empty floor.
        self.hub.set_desk(Arc::new(self.desk.clone()));
        self.show();
        // Before the first decision of this run, so that they hear of it.
        self.follow_webhooks();
        // Whatever the clock: a log that is brought back has stood still until now. A gap that the clock shows `wake` tells of.
        if self.core.loses_sight_by(now) && !self.clock.is_gap(now - self.core.now()) {
            self.stood_still(now);
        }
        self.wake(now);
        self.ledger.write(now, Record::Fact(started));
        self.put_in_force();
        let config = Arc::clone(&self.config);
        self.feeds.follow(&config);
        self.show_config(true);
        self.show();
        self.end_turn();
    }

    /// Runs until cancelled.
    ///
    /// # Errors
    /// Where another daemon writes to the same duty log: this one must end at once.
    pub async fn run(mut self, mut mailbox: Mailbox, cancel: CancellationToken) -> Result<(), Fenced> {
        let mut beat = tokio::time::interval(SHOW_EVERY);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut events, mut asks) = (Vec::new(), Vec::new());
        loop {
            let due = self.core.due_at().min(self.calendar_due).min(self.quiets.next_over());
            let clock = self.clock.clone();
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                settled = self.ledger.settled() => {
                    let reached = self.ledger.take(settled)?;
                    if !reached.is_empty() {
                        // Whoever is told has it before it is written down that they have.
                        tokio::task::yield_now().await;
                    }
                    self.delivered(reached);
                }
                () = self.alarm.sleep_until(&clock, due) => {}
                () = std::future::ready(()), if self.may_tell_reached() => self.tell_some_reached(),
                count = mailbox.asks.recv_many(&mut asks, EVENTS_A_TURN) => {
                    self.tell_reached();
                    asks.drain(..count).for_each(|ask| self.ask(ask));
                }
                Ok(()) = mailbox.presence.changed() => {
                    let present = *mailbox.presence.borrow_and_update() > 0;
                    self.somebody_listens(present);
                }
                Some(reload) = mailbox.reloads.recv() => self.reload(reload),
                Some(fact) = mailbox.facts.recv() => self.note(fact),
                Some(asked) = mailbox.scrapes.recv() => {
                    self.show_gauges();
                    // Whoever asked may have gone.
                    let _ = asked.send(());
                }
                () = std::future::ready(()), if self.may_report() => {
                    tokio::task::yield_now().await;
                    self.report_some();
                }
                count = mailbox.feeds.recv_many(&mut events, EVENTS_A_TURN) => {
                    events.drain(..count).for_each(|event| self.hear(event));
                }
                _ = beat.tick() => {
                    self.beat();
                    // A disk that hangs takes no order, and the loop would hang with it.
                    if Instant::now() >= self.prune_due && !self.ledger.is_failing() {
                        self.prune().await;
                    }
                }
            }
            let now = self.clock.now();
            self.end_quiets(now);
            self.wake(now);
            self.end_turn();
            self.health.turn();
        }
        while let Ok(fact) = mailbox.facts.try_recv() {
            self.note(fact);
        }
        self.farewell().await
    }

    fn hear(&mut self, event: FeedEvent) {
        // Received before it was handled: what was due in between is decided after it.
        let at = event.received.min(self.clock.now());
        if matches!(event.what, Heard::ClockDiffers { .. }) {
            self.feeds.input(event);
            return self.show_house();
        }
        if let Some(input) = self.feeds.input(event) {
            // A queue that has just left the configuration: the feed will have heard of it in a moment.
            let _ = self.tell(input, at);
        }
    }

    /// Tells the core something, and writes down what came of it: decisions that were due before, the input, its decisions.
    fn tell(&mut self, input: Input, at: Time) -> Result<(), Refusal> {
        let at = at.max(self.core.now());
        self.wake(at);
        self.core.admit(&input)?;
        self.unshown = true;
        self.ledger.write(at, Record::Input(input.clone()));
        self.effects.told(&input, at);
        let told = self.core.handle(input, at);
        self.write_decisions();
        told
    }

    /// Decides what is due by `now`. Where nothing ran for so long that a queue is lost sight of, that comes first (plan: "Blind").
    fn wake(&mut self, now: Time) {
        if self.clock.is_gap(now - self.core.now()) && self.core.loses_sight_by(now) {
            self.stood_still(now);
        }
        // However late it is noticed, the calendar turns at its own millisecond, as it does in a replay.
        while self.calendar_due > Time(i64::MIN) && self.calendar_due <= now {
            let due = self.calendar_due.max(self.core.now());
            self.core.handle_timeout(due);
            self.write_decisions();
            self.turn_the_calendar(due);
        }
        self.core.handle_timeout(now);
        self.write_decisions();
        self.effects.pass(now);
        while let Some(effect) = self.effects.poll() {
            report::measured(&effect);
        }
        if now >= self.calendar_due {
            self.turn_the_calendar(now);
        }
    }

    /// Tells the core, at the moment at which it last ran, that nothing ran until `now`.
    fn stood_still(&mut self, until: Time) {
        let ran = self.core.now();
        let lasted = (until - ran).as_secs();
        tracing::warn!(
            lasted,
            "surged did not run for some time (a stop, a suspend, a paused process, a machine under too much load): what was due \
             meanwhile is not done late, and queues are looked at anew"
        );
        let input = Input::StoodStill { until };
        self.unshown = true;
        self.ledger.write(ran, Record::Input(input.clone()));
        self.effects.told(&input, ran);
        // Never refused.
        let _ = self.core.handle(input, ran);
        self.write_decisions();
    }

    fn write_decisions(&mut self) {
        while let Some(decision) = self.core.poll_effect() {
            self.unshown = true;
            self.people_moved = true;
            self.effects.decided(&decision);
            self.unreported.push_back(decision.clone());
            self.asks_of_day.note(&decision);
            for listener in &self.tell {
                // Whoever is slow misses some.
                let _ = listener.try_send(decision.clone());
            }
            self.ledger.write(decision.at, Record::Decision(decision));
        }
    }

    fn note(&mut self, fact: Fact) {
        let now = self.clock.now();
        self.wake(now);
        self.ledger.write(now, Record::Fact(fact));
    }

    fn somebody_listens(&mut self, present: bool) {
        self.tell_reached();
        let mut undelivered = if present { self.core.undelivered() } else { Vec::new() };
        undelivered.retain(|instruction| {
            let queue = self.core.queue_of(*instruction);
            queue.is_some_and(|queue| self.hub.listeners(queue) > 0)
        });
        for instruction in undelivered {
            let _ = self.tell(
                Input::Delivery {
                    instruction,
                    reached: true,
                },
                self.clock.now(),
            );
        }
    }

    fn end_turn(&mut self) {
        if self.core.poll_turned() {
            self.ledger.bind();
        }
        if self.clock.speed() != self.speed {
            self.show_house();
        }
        if self.ledger.has_news() {
            self.told = Instant::now();
        }
        if self.ledger.is_busy() {
            return;
        }
        self.show_if_due();
        // Deliveries are inputs themselves: each round carries only what the one before brought about.
        loop {
            let snapshot = self.snapshot();
            let reached = self.ledger.turn(snapshot);
            if reached.is_empty() {
                break;
            }
            self.delivered(reached);
        }
    }

    /// A snapshot, where one is due.
    fn snapshot(&mut self) -> Option<Snapshot> {
        let is_due = self.snapshots.is_due(self.ledger.last_seq(), self.told.elapsed());
        is_due.then(|| self.state()).flatten()
    }

    fn state(&self) -> Option<Snapshot> {
        // Every type in the core is plain data that JSON can say.
        let state = serde_json::to_vec(&self.core).ok()?;
        Some(Snapshot {
            seq: self.ledger.last_seq(),
            at: self.core.now(),
            version: SNAPSHOT_VERSION,
            state,
        })
    }

    /// Lets readings and names go that are past their time.
    async fn prune(&mut self) {
        self.prune_due = Instant::now() + PRUNE_EVERY;
        let (now, journal) = (self.clock.now(), &self.config.journal);
        self.ledger.journal().prune(now - journal.keep_readings).await;
        if let Some(keep_log) = journal.keep_log {
            self.ledger.journal().forget_unnamed(now - keep_log).await;
        }
    }

    async fn farewell(mut self) -> Result<(), Fenced> {
        let now = self.clock.now();
        self.wake(now);
        self.tell_reached();
        self.write_comings_and_goings();
        self.ledger.write(now, Record::Fact(Fact::Stopped));
        self.report_all();
        let snapshot = self.state();
        let mut reached = self.ledger.turn(snapshot);
        let deadline = Instant::now() + FAREWELL;
        while !self.ledger.is_clear() {
            self.reached.extend(std::mem::take(&mut reached));
            self.tell_reached();
            let _ = self.ledger.turn(None);
            match tokio::time::timeout_at(deadline, self.ledger.settled()).await {
                Ok(settled) => reached = self.ledger.take(settled)?,
                Err(_) => {
                    tracing::error!("the duty log did not take the last entries before the daemon ended");
                    break;
                }
            }
        }
        self.ledger.close().await;
        Ok(())
    }
}
