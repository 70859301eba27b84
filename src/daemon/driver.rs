//! The one task that owns the core: inputs in, in the order in which they were received; decisions out, in the order in which they
//! were made; everything written down before anybody sees it.

use super::feeds::Feeds;
use super::house;
use super::ledger::{Fenced, Ledger, Reply, State};
use super::quiet::Quiets;
use super::shown::Shown;
use crate::clock::{Alarm, Clock};
use crate::config::{Config, Diagnostics, change};
use crate::core::{Actor, Answer, Core, Decision, Input, Millis, Name, Refusal, SNAPSHOT_VERSION, Time, What};
use crate::feed::{FeedEvent, Heard};
use crate::floor::{Ask, Door, Hub, Reach};
use crate::journal::{Fact, Journal, Record, Snapshot};
use crate::shift::{AsksOfDay, Desk, Effect, Effects, open_items};
use crate::telemetry::{Asked, Metrics, decisions, effects, gauges, names, plain, tell_left_out};
use crate::wire::{HandoverAsk, House, PersonState, QuietAsk, Refused, RefusedBecause, Request};
use metrics::counter;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// The state is shown at most so often, unless the floor has news to go with it.
const SHOW_EVERY: Duration = Duration::from_millis(250);

/// Who is where is looked up anew this often where nothing is decided.
const PEOPLE_EVERY: Duration = Duration::from_secs(1);

/// So many are looked up anew with every decision; more of them at most as often as the state is shown.
const FEW_PEOPLE: usize = 256;

/// The watchdog is fed, and what only time changes is looked at, at this pace.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Whoever scrapes without end gets gauges as old as this.
const GAUGES_AT_MOST_EVERY: Duration = Duration::from_millis(100);

/// A wall clock that differs by so much, or by so much more than was said, is warned of.
const SKEW_WARNED: Millis = Millis::from_secs(5);

/// A snapshot waits for a calm moment, where the floor has been told nothing for so long; but not longer than for half as many entries again.
const CALM: Duration = Duration::from_secs(1);

/// Readings, and names of people, are let go at this pace.
const PRUNE_EVERY: Duration = Duration::from_secs(600);

/// The first time, once a start has left the disk alone: a daemon that is started anew again and again lets go of them too.
const PRUNE_FIRST: Duration = Duration::from_secs(30);

/// How many events are taken in one turn before the floor hears of them.
const EVENTS_A_TURN: usize = 256;

/// How many decisions are put into words in one turn, before the disk and the floor are looked at again.
const REPORTS_A_TURN: usize = 32;

/// So many decisions wait at most for words while the disk is at work.
const REPORTS_WAITING: usize = 16_384;

/// People in one answer whom the plan does not know: names of whom somebody has heard only now.
const STRANGERS_MAX: usize = 50;

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
    /// Who comes and goes on it.
    pub door: Arc<Door>,
    /// Names this duty log.
    pub log: String,
    /// The desk at which shifts are handed over.
    pub desk: Desk,
    /// The queues that are quiet.
    pub quiets: Quiets,
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
    snapshot_due: u64,
    snapshot_every: u64,
    /// When there was last something for the floor.
    told: Instant,
    prune_due: Instant,
    looked: Instant,
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
    door: Arc<Door>,
    log: String,
    desk: Desk,
    quiets: Quiets,
    asks_of_day: AsksOfDay,
}

impl<J: Journal> Driver<J> {
    /// A driver for a core that start-up has brought back, from the snapshot after entry `snapshot` on (0: none).
    pub fn new(core: Core, snapshot: u64, config: Config, ledger: Ledger<J>, feeds: Feeds, parts: Parts) -> Driver<J> {
        // Not from the start: a daemon that is killed before its time would never write one, and each start would take longer.
        let snapshot_due = snapshot + parts.snapshot_every;
        let past = Instant::now();
        let asks_of_day = AsksOfDay::new(parts.clock.now());
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
            snapshot_due,
            snapshot_every: parts.snapshot_every,
            told: past,
            prune_due: past + PRUNE_FIRST,
            looked: past,
            gauges_shown: None,
            refused: None,
            skew_warned: Millis::ZERO,
            tell: parts.tell,
            effects: Effects::default(),
            unreported: VecDeque::new(),
            floor: Shown::default(),
            people: (Arc::default(), past),
            people_moved: true,
            hub: parts.hub,
            door: parts.door,
            log: parts.log,
            desk: parts.desk,
            quiets: parts.quiets,
            asks_of_day,
        }
    }

    /// Writes down that the daemon has started (at `now`), puts the configuration in force and begins to listen to the feeds.
    pub fn begin(&mut self, started: Fact, now: Time) {
        // Whoever comes first sees what the duty log left, never an empty floor.
        self.hub.set_desk(Arc::new(self.desk.clone()));
        self.show();
        // Before the first decision of this run, so that they hear of it.
        self.follow_webhooks();
        // Whatever the clock: a log that is brought back has stood still until now.
        if self.core.loses_sight_by(now) {
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
            let due = self.core.due_at().min(self.calendar_due);
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
                count = mailbox.asks.recv_many(&mut asks, EVENTS_A_TURN) => {
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
                    if Instant::now() >= self.prune_due {
                        self.prune().await;
                    }
                }
            }
            self.wake(self.clock.now());
            self.end_turn();
        }
        while let Ok(fact) = mailbox.facts.try_recv() {
            self.note(fact);
        }
        self.farewell().await
    }

    // ---- inputs

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

    fn ask(&mut self, ask: Ask) {
        let (by, now) = (ask.by, self.clock.now());
        let admitted = match &ask.request {
            // An instruction of no queue is none that could be answered: the core says so.
            Request::Answer { instruction, .. } => self
                .core
                .queue_of(*instruction)
                .map_or(Ok(()), |queue| ask.scope.admit(queue)),
            Request::Order(order) => ask.scope.admit(order.queue()),
            Request::Quiet(wanted) => ask.scope.admit(&wanted.queue),
            Request::Handover(_) => ask.scope.admit_whole_floor(),
        };
        if let Err(refused) = admitted {
            // Whoever asked may have gone.
            let _ = ask.reply.send(Err(refused));
            return;
        }
        if let Request::Answer { answer, .. } = &ask.request
            && let Err(refused) = self.knows_enough_of(answer)
        {
            let _ = ask.reply.send(Err(refused));
            return;
        }
        let input = match ask.request {
            Request::Handover(wanted) => return self.hand_over(&wanted, ask.reply, now),
            Request::Quiet(wanted) => return self.quiet(wanted, by, ask.reply, now),
            Request::Answer {
                instruction,
                answer,
                sure,
            } => {
                self.count_answer(instruction, &answer, now);
                Input::Answer {
                    sure,
                    instruction,
                    by,
                    answer,
                }
            }
            Request::Order(order) => Input::Order { by, order },
        };
        match self.tell(input, now) {
            Ok(()) => self.ledger.reply_when_durable(ask.reply),
            Err(refusal) => refuse(ask.reply, &refusal),
        }
    }

    /// A slip of a name or two is taken down as it was said. Hundreds of names that nobody knows are no answer: they would stand on the
    /// move, in every state and in the log.
    fn knows_enough_of(&self, answer: &Answer) -> Result<(), Refused> {
        let named = match answer {
            Answer::Done {
                people: Some(people), ..
            } => people,
            Answer::Left { people, .. } => people,
            Answer::Seen { .. } | Answer::Done { .. } | Answer::Declined { .. } | Answer::Escalate { .. } => {
                return Ok(());
            }
        };
        if named.len() <= STRANGERS_MAX {
            return Ok(());
        }
        let plan = self.core.plan();
        let on_roster = plan.roster.iter().map(|it| &it.person);
        let known: BTreeSet<&Name> = plan
            .pools
            .values()
            .flat_map(|pool| &pool.people)
            .chain(on_roster)
            .collect();
        let strangers = named.iter().filter(|person| !known.contains(person)).count();
        if strangers <= STRANGERS_MAX {
            return Ok(());
        }
        Err(Refused::too_long(format!(
            "\"people\" names {strangers} people who stand in no pool and on no roster; at most {STRANGERS_MAX} such are taken in one \
             answer: say how many with \"seats\", or put them into the plan"
        )))
    }

    /// Takes a step of the shift's hand-over. The core knows nothing of it.
    fn hand_over(&mut self, ask: &HandoverAsk, reply: Reply, now: Time) {
        self.wake(now);
        let decided = if self.ledger.is_failing() {
            Err(RefusedBecause::JournalFailing.into())
        } else {
            let State { queues, open, .. } = self.floor_state();
            self.desk.decide(ask, &open_items(&queues, &open))
        };
        let steps = match decided {
            Ok(steps) => steps,
            Err(refused) => {
                // Whoever asked may have gone.
                let _ = reply.send(Err(refused));
                return;
            }
        };
        for step in steps {
            self.desk.apply(&step, now);
            self.ledger.write(now, Record::Fact(Fact::Handover(step)));
        }
        self.ledger.show_desk(Arc::new(self.desk.clone()));
        self.ledger.reply_when_durable(reply);
    }

    /// Makes a queue quiet, or ends that. The core knows nothing of it.
    fn quiet(&mut self, ask: QuietAsk, by: Actor, reply: Reply, now: Time) {
        self.wake(now);
        let decided = if self.ledger.is_failing() {
            Err(RefusedBecause::JournalFailing.into())
        } else {
            self.quiets.decide(ask, by, self.core.plan(), now)
        };
        match decided {
            Ok(fact) => {
                self.write_quiet(fact, now);
                self.ledger.reply_when_durable(reply);
            }
            // Whoever asked may have gone.
            Err(refused) => drop(reply.send(Err(refused))),
        }
    }

    fn write_quiet(&mut self, fact: Fact, now: Time) {
        self.quiets.apply(&fact);
        self.ledger.write(now, Record::Fact(fact));
        self.unshown = true;
    }

    fn count_answer(&self, instruction: crate::core::InstructionId, answer: &Answer, now: Time) {
        let Some(open) = self.core.open_instruction(instruction) else {
            return;
        };
        let (queue, tier) = (open.instruction.queue.to_string(), open.instruction.tier.to_string());
        if open.seen_by.is_none() {
            let waited = (now - open.instruction.at).as_secs().max(0.0);
            metrics::histogram!(names::ANSWER_SECONDS, "queue" => queue.clone()).record(waited);
        }
        counter!(names::ANSWERS, "queue" => queue, "tier" => tier, "status" => answer.status()).increment(1);
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
            measured(&effect);
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

    fn delivered(&mut self, reached: Vec<Reach>) {
        for Reach { instruction, sessions } in reached {
            // Refused only where the instruction was closed in between.
            let _ = self.tell(
                Input::Delivery {
                    instruction,
                    reached: sessions > 0,
                },
                self.clock.now(),
            );
        }
    }

    fn note(&mut self, fact: Fact) {
        let now = self.clock.now();
        self.wake(now);
        self.ledger.write(now, Record::Fact(fact));
    }

    fn somebody_listens(&mut self, present: bool) {
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

    // ---- calendar and configuration

    fn turn_the_calendar(&mut self, now: Time) {
        let config = Arc::clone(&self.config);
        self.calendar_due = self.warn_of_endings(now);
        for (queue, plan) in &config.plan.queues {
            let ladder = config.calendar.ladder_at(queue, &plan.ladder, now);
            let next = config
                .calendar
                .next_change(queue, &plan.ladder, now)
                .unwrap_or(Time::NEVER);
            self.calendar_due = self.calendar_due.min(next);
            if self
                .core
                .view(queue)
                .is_some_and(|view| view.ladder.as_ref() != Some(&ladder))
            {
                let _ = self.tell(
                    Input::LadderInForce {
                        queue: queue.clone(),
                        ladder,
                    },
                    now,
                );
            }
        }
    }

    /// Warns of what the configuration knows only until some day; when to do so again.
    fn warn_of_endings(&mut self, now: Time) -> Time {
        let warned = std::mem::replace(&mut self.warned, now);
        let (due, later): (Vec<_>, Vec<_>) = self.config.endings.iter().partition(|ending| ending.from <= now);
        for ending in due.into_iter().filter(|ending| ending.from > warned) {
            tracing::warn!(help = %ending.help, "{}", ending.message);
        }
        later.into_iter().map(|ending| ending.from).min().unwrap_or(Time::NEVER)
    }

    fn put_in_force(&mut self) {
        let now = self.clock.now();
        let plan = self.config.plan_at(now);
        if **self.core.plan() != plan {
            let plan = Arc::new(plan);
            // A plan is never refused: the configuration has checked it.
            let _ = self.tell(Input::Configured { plan }, now);
        }
        self.hold_readings();
        self.turn_the_calendar(now);
    }

    fn hold_readings(&mut self) {
        // Three times within the silence that makes a queue blind: sight is as old after a crash as what was written last.
        let thirds = self.config.plan.feeds.values();
        let thirds = thirds.map(|limits| Millis(limits.stale_after.0 / 3));
        let within = self.config.journal.write_readings_within;
        self.ledger.hold_readings_for(thirds.fold(within, Millis::min));
    }

    fn reload(&mut self, reload: Result<Config, Diagnostics>) {
        let now = self.clock.now();
        let config = match reload {
            Ok(config) if config.is_same_as(&self.config) => {
                // Put back as it was.
                if self.refused.take().is_some() {
                    self.show_config(true);
                }
                return;
            }
            Ok(config) => config,
            Err(diagnostics) => {
                let problems: Vec<String> = diagnostics.found().iter().map(|problem| problem.one_line()).collect();
                let why = problems.join("; ");
                tracing::error!(
                    why,
                    "the changed configuration is at fault; the one before stays in force"
                );
                // Said once to the floor and to the duty log, however often the same is read.
                if self.refused.as_ref() == Some(&why) {
                    return;
                }
                self.refused = Some(why);
                self.ledger.write(now, Record::Fact(Fact::ConfigRefused { problems }));
                self.show_config(false);
                return;
            }
        };
        self.refused = None;
        let change = change::diff(&self.config, &config);
        let restart = change
            .needs_restart
            .iter()
            .map(|what| format!("{what} (needs a restart)"));
        let changes: Vec<String> = change.live.iter().cloned().chain(restart).collect();
        tracing::info!(changes = changes.join("; "), "a changed configuration is in force");
        self.show_hash(gauges::UNKNOWN);
        self.config = Arc::new(config);
        self.warned = Time(i64::MIN);
        self.follow_webhooks();
        self.ledger.write(
            now,
            Record::Fact(Fact::ConfigChanged {
                hash: self.config.hash.clone(),
                changes,
            }),
        );
        self.put_in_force();
        let config = Arc::clone(&self.config);
        self.feeds.follow(&config);
        self.show_config(true);
    }

    fn follow_webhooks(&mut self) {
        let house = Arc::new(house::of(&self.config, &self.clock, &self.log));
        let last_seq = self.ledger.last_seq();
        let config = Arc::clone(&self.config);
        self.ledger
            .webhooks()
            .follow(&config.webhooks, config.push.as_ref(), &house, last_seq);
    }

    fn show_house(&mut self) {
        let house = House {
            clocks: self.feeds.clocks_that_differ(),
            ..house::of(&self.config, &self.clock, &self.log)
        };
        self.speed = house.speed;
        self.hub.set_house(house);
    }

    fn show_config(&mut self, successful: bool) {
        self.show_house();
        self.hub.set_calendar(Arc::new(self.config.calendar.clone()));
        self.hub.set_config(Arc::clone(&self.config));
        metrics::gauge!(names::CONFIG_LAST_RELOAD).set(f64::from(u8::from(successful)));
        if successful {
            let now = jiff::Timestamp::now().as_millisecond() as f64 / 1000.0;
            metrics::gauge!(names::CONFIG_RELOADED).set(now);
        }
        self.show_hash(1.0);
    }

    fn show_hash(&self, value: f64) {
        let hash = self.config.hash.get(..12).unwrap_or_default().to_owned();
        metrics::gauge!(names::CONFIG_HASH, "hash" => hash).set(value);
    }

    /// Whether there are decisions to be put into words, and nothing that is on its way to the floor would wait for it.
    fn may_report(&self) -> bool {
        let late = self.unreported.len() > REPORTS_WAITING;
        !self.unreported.is_empty() && (late || !self.ledger.is_at_the_disk())
    }

    /// Puts decisions into the process's own log and counters: some of them, so that whatever waits for a whole storm's words does not wait
    /// long.
    fn report_some(&mut self) {
        let some = self.unreported.len().min(REPORTS_A_TURN);
        self.unreported.drain(..some).for_each(|decision| report(&decision));
    }

    // ---- the end of a turn

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
        if self.unshown && (self.ledger.has_news() || self.shown.elapsed() >= SHOW_EVERY) {
            self.show();
        }
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

    fn show(&mut self) {
        self.shown = Instant::now();
        self.unshown = false;
        let state = self.floor_state();
        self.hub.set_plan(Arc::clone(self.core.plan()));
        self.ledger.show(state);
    }

    fn floor_state(&mut self) -> State {
        self.floor.look(&mut self.core, &self.quiets);
        State {
            queues: self.floor.queues(),
            open: self.floor.open(),
            people: self.people(),
            recent: self.floor.recent(),
        }
    }

    /// Everybody who is known by name, looked up anew after a decision, and now and then since shifts begin and end by themselves.
    fn people(&mut self) -> Arc<Vec<PersonState>> {
        let (known, since) = &self.people;
        let due = if self.people_moved && known.len() > FEW_PEOPLE {
            SHOW_EVERY
        } else {
            PEOPLE_EVERY
        };
        let at_once = self.people_moved && known.len() <= FEW_PEOPLE;
        if at_once || since.elapsed() >= due {
            let people = self.core.people().iter().map(PersonState::from).collect();
            self.people = (Arc::new(people), Instant::now());
            self.people_moved = false;
            return Arc::clone(&self.people.0);
        }
        Arc::clone(known)
    }

    /// A snapshot, where one is due and it is calm: one of thousands of queues takes longer than an instruction may wait for it.
    fn snapshot(&mut self) -> Option<Snapshot> {
        let over = self.ledger.last_seq().checked_sub(self.snapshot_due)?;
        let waits = self.snapshot_due > 0 && over < self.snapshot_every / 2 && self.told.elapsed() < CALM;
        if waits {
            return None;
        }
        self.snapshot_due = self.ledger.last_seq() + self.snapshot_every;
        self.state()
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

    fn beat(&mut self) {
        let reached = self.ledger.tick();
        self.delivered(reached);
        if self.ledger.was_mended() {
            self.snapshot_due = 0;
        }
        self.write_comings_and_goings();
        self.unshown |= self.people_moved;
        let now = self.clock.now();
        for fact in self.quiets.over_by(now) {
            self.write_quiet(fact, now);
        }
        if self.looked.elapsed() >= LOOK_EVERY {
            self.looked = Instant::now();
            self.unshown |= self.core.waits_grow();
            self.say_skew();
            self.metrics.upkeep();
            tell_left_out();
            // Without systemd nobody listens, and that is well.
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
        }
    }

    fn show_asks(&mut self, now: Time) {
        let (lately, load) = self.asks_of_day.load(now);
        metrics::gauge!(names::ASKS).set(f64::from(lately));
        metrics::gauge!(names::ASKS_MEAN).set(load.mean);
        metrics::gauge!(names::ASKS_PEAK).set(f64::from(load.peak));
    }

    /// The gauges as of now.
    fn show_gauges(&mut self) {
        if self.gauges_shown.is_some_and(|at| at.elapsed() < GAUGES_AT_MOST_EVERY) {
            return;
        }
        self.gauges_shown = Some(Instant::now());
        let now = self.clock.now();
        self.wake(now);
        gauges::show(&self.core, now);
        self.show_asks(now);
        metrics::gauge!(names::CLOCK_SKEW).set(self.clock.skew().as_secs());
    }

    /// The wall clock against ours, which does not follow when somebody sets it.
    fn say_skew(&mut self) {
        let skew = self.clock.skew();
        let moved = skew.0.saturating_sub(self.skew_warned.0).saturating_abs() >= SKEW_WARNED.0;
        if moved && (skew.0.saturating_abs() >= SKEW_WARNED.0 || self.skew_warned != Millis::ZERO) {
            self.skew_warned = skew;
            tracing::warn!(
                skew_s = skew.as_secs(),
                "the wall clock less surged's own: somebody has set it, or it was wrong when surged started; surged comes back to it \
                 little by little, so that no hold is cut short"
            );
        }
    }

    fn write_comings_and_goings(&mut self) {
        let now = self.clock.now();
        for fact in self.door.news(now) {
            self.ledger.write(now, Record::Fact(fact));
        }
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
        self.write_comings_and_goings();
        self.ledger.write(now, Record::Fact(Fact::Stopped));
        self.unreported.drain(..).for_each(|decision| report(&decision));
        let snapshot = self.state();
        let mut reached = self.ledger.turn(snapshot);
        let deadline = Instant::now() + FAREWELL;
        while !self.ledger.is_clear() {
            self.delivered(std::mem::take(&mut reached));
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

fn refuse(reply: Reply, refusal: &Refusal) {
    // Whoever asked may have gone.
    let _ = reply.send(Err(Refused::from(refusal)));
}

/// One log line and its counts a call whose windows are over.
fn measured(effect: &Effect) {
    let told = match effect.is_whole() {
        false => effects::Told::Unseen,
        true if effect.doubts.is_empty() => effects::Told::Clear,
        true => effects::Told::Doubtful,
    };
    let [before, after] = [effect.before, effect.after].map(|it| it.caller_minutes * 60.0);
    effects::count(effect.queue.as_str(), effect.tier.as_str(), told, before, after);
    let words = effect.told(&crate::words::Words::as_written(crate::words::Language::En));
    tracing::info!(queue = %effect.queue, "{}", plain(&words));
}

/// One log line and one count a decision.
fn report(decision: &Decision) {
    decisions::count(decision);
    let words = crate::words::Sentences::new(jiff::tz::TimeZone::UTC).decision(decision);
    let words = plain(&words);
    match decision.what {
        What::FeedLost { .. } | What::BlindLong { .. } | What::Unanswered { .. } | What::NobodyListening { .. } => {
            tracing::warn!(queue = %decision.queue, "{words}");
        }
        What::Instruct { .. }
        | What::Settled { .. }
        | What::Freed { .. }
        | What::TierSkipped { .. }
        | What::PassedUp { .. }
        | What::SurgeOver { .. }
        | What::ApprovalAsked { .. }
        | What::ApprovalLapsed { .. }
        | What::NotShown { .. }
        | What::Gone { .. }
        | What::TakenAsLeft { .. }
        | What::IncidentEnds { .. }
        | What::Counted { .. }
        | What::Resumed { .. }
        | What::FeedBack { .. }
        | What::Answered { .. }
        | What::Paused { .. }
        | What::Incident { .. }
        | What::IncidentOver { .. }
        | What::Approved { .. }
        | What::ApprovalRefused { .. }
        | What::OnlyMovesCounted { .. }
        | What::LadderChanged { .. } => tracing::info!(queue = %decision.queue, "{words}"),
    }
}
