//! One receiver's task: what waits for it, when it is tried, and when it is given up.
//!
//! ```text
//!   duty log, live events ──► waiting ──attempt──► delivered ──┐
//!                               ▲ │                            ├──► settled, on the disk
//!                               │ └──too old, too often────────┴──► kept as undelivered ──`surged webhook retry`──┐
//!                               └───────────────────────────────────────────────────────────────────────────────┘
//! ```
//! A browser's calls take this way as well: a newer step of an instruction takes the place of what waits of an older one, and nothing of
//! it is kept as undelivered.
//!
//! One attempt at a time. What was tried least goes first, so that a message that a receiver chokes on does not hold up those after
//! it; pauses are the receiver's, not the message's, so that one that is down is not hammered by a hundred messages.

use super::event::{Call, Card, Telling};
use super::outbox::{OutboxFault, Progress};
use super::post::Outcome;
use super::receiver::Receiver;
use super::{Event, LIMIT_WAITING, Setup};
use crate::core::{Millis, Name, Time};
use crate::journal::Fact;
use crate::telemetry::{gauges, names};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use metrics::{counter, gauge};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// The first pause after a failed attempt; they double, each made longer at random by up to its own length.
const SHORTEST: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(60);
/// How often it is looked whether somebody wants something tried again.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Entries of the duty log that are read at a time.
const PAGE: usize = 1_000;

/// A message that waits. Those of the duty log come by their number, those tried again by theirs in the list.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Place {
    Log(u64),
    List(i64),
}

struct Waiting {
    event: Arc<Event>,
    attempts: u32,
    why: String,
}

/// One receiver's task.
pub(super) struct Hook {
    pub name: Name,
    pub receiver: Receiver,
    pub setup: Setup,
    pub telling: Telling,
    pub events: mpsc::Receiver<Arc<Event>>,
    /// Something did not fit into the channel: the duty log has it.
    pub missed: Arc<AtomicBool>,
    pub cancel: CancellationToken,
    /// The last number that was given when the hook began.
    pub last_seq: u64,
    /// It was there before the daemon began: what is open may have been sent.
    pub resumes: bool,
}

/// Cards of which it is remembered how far they are; the oldest instructions are let go.
const LIMIT_CARDS: usize = 1_000;

/// How far a card is, where a newer step takes an older one's place.
#[derive(Copy, Clone, Default)]
struct Steps {
    /// The number of its newest step.
    latest: u64,
    /// An ask of it went out, and may be looked at.
    sent: bool,
}

/// What it knows while it runs.
struct State {
    waiting: BTreeMap<Place, Waiting>,
    progress: Progress,
    /// The highest number of which it has heard.
    heard: u64,
    due: Time,
    pauses: ExponentialBackoff,
    cards: BTreeMap<Card, Steps>,
    /// What came while the daemon was down is read: what was sent before that is not known.
    unsure: bool,
}

impl Hook {
    /// Runs until cancelled; an attempt that is under way is ended.
    pub async fn run(mut self) {
        self.serve().await;
        // It may have left the plan: what waits for a receiver that is not there any more is nobody's business.
        if self.receiver.keeps_undelivered() {
            gauge!(names::WEBHOOK_WAITING, "webhook" => self.name.to_string()).set(gauges::UNKNOWN);
        }
    }

    async fn serve(&mut self) {
        let mut state = self.begin().await;
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if self.missed.swap(false, Ordering::AcqRel) {
                self.catch_up(&mut state).await;
            }
            if self.receiver.keeps_undelivered() {
                gauge!(names::WEBHOOK_WAITING, "webhook" => self.name.to_string()).set(state.waiting.len() as f64);
            }
            let next = state.next();
            let (clock, due) = (self.setup.clock.clone(), state.due);
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => return,
                Some(event) = self.events.recv() => self.hear(&mut state, event).await,
                () = clock.sleep_until(due), if next.is_some() => {
                    if let Some(place) = next.filter(|_| clock.now() >= due) {
                        self.attempt(&mut state, place).await;
                    }
                }
                _ = look.tick(), if self.receiver.keeps_undelivered() => self.look(&mut state).await,
            }
        }
    }

    /// Takes up what the run before has left.
    async fn begin(&mut self) -> State {
        if self.receiver.keeps_undelivered() {
            // A count that begins with its first event would hide that event from whoever looks at increases.
            counter!(names::WEBHOOK_UNDELIVERED, "webhook" => self.name.to_string()).increment(0);
        }
        let (hook, last) = (self.name.clone(), self.last_seq);
        let known = self.outbox(move |outbox| outbox.progress(&hook, last)).await;
        let progress = known.unwrap_or_else(|| Progress {
            upto: last,
            ..Progress::default()
        });
        let mut state = State {
            waiting: BTreeMap::new(),
            heard: progress.upto,
            progress,
            due: self.setup.clock.now(),
            pauses: pauses(),
            cards: BTreeMap::new(),
            unsure: self.resumes,
        };
        if self.resumes {
            let sent = Steps { latest: 0, sent: true };
            state.cards = self.telling.known().map(|card| (card, sent)).collect();
        }
        self.catch_up(&mut state).await;
        state.unsure = false;
        if state.waiting.is_empty() && state.heard > state.progress.upto {
            // Nothing in it was for this hook: the next start need not read it again.
            state.progress.upto = state.heard;
            let (hook, upto) = (self.name.clone(), state.heard);
            self.outbox(move |outbox| outbox.advance(&hook, upto)).await;
        }
        state
    }

    /// Reads in the duty log what came after all that is settled.
    async fn catch_up(&mut self, state: &mut State) {
        let mut after = state.progress.upto;
        loop {
            let past = Arc::clone(&self.setup.past);
            let read = tokio::task::spawn_blocking(move || past(after, PAGE)).await;
            let entries = match read.map_err(|fault| fault.to_string()).and_then(|read| read) {
                Ok(entries) => entries,
                Err(fault) => {
                    tracing::error!(webhook = %self.name, fault, "what this webhook has not sent yet cannot be read; it is after its next start");
                    return;
                }
            };
            let Some(last) = entries.last() else { return };
            after = last.seq;
            let events: Vec<Event> = entries
                .iter()
                .filter_map(|entry| self.telling.recorded(entry))
                .collect();
            for event in events {
                self.hear(state, Arc::new(event)).await;
            }
        }
    }

    async fn hear(&mut self, state: &mut State, event: Arc<Event>) {
        let seq = event.seq;
        let known = seq <= state.progress.upto || state.progress.beyond.contains(&seq);
        state.heard = state.heard.max(seq);
        if known || !self.receiver.wants(&event) {
            return;
        }
        if let Some(card) = self.receiver.card(&event).cloned()
            && !self.makes_way(state, card, &event).await
        {
            return;
        }
        state.waiting.entry(Place::Log(seq)).or_insert(Waiting {
            event,
            attempts: 0,
            why: String::new(),
        });
        if state.waiting.len() > LIMIT_WAITING
            && let Some(oldest) = state.waiting.keys().next().copied()
        {
            self.give_up(state, oldest, format!("more than {LIMIT_WAITING} messages waited"))
                .await;
        }
    }

    /// Drops what waits of older steps of a card; whether this one is to be sent. What was never sent need not be taken back.
    async fn makes_way(&mut self, state: &mut State, card: Card, event: &Event) -> bool {
        let mut steps = state.cards.get(&card).copied().unwrap_or_default();
        if event.seq < steps.latest {
            return false;
        }
        steps.latest = event.seq;
        let older: Vec<Place> = state
            .waiting
            .iter()
            .filter(|(place, it)| self.receiver.card(&it.event) == Some(&card) && **place < Place::Log(event.seq))
            .map(|(place, _)| *place)
            .collect();
        let was_sent = steps.sent || (state.unsure && older.is_empty());
        for place in older {
            self.settle(state, place, None).await;
        }
        state.cards.insert(card, steps);
        while state.cards.len() > LIMIT_CARDS {
            state.cards.pop_first();
        }
        matches!(event.call, Call::Asks(_)) || was_sent
    }

    /// Looks whether somebody wants something tried again.
    async fn look(&mut self, state: &mut State) {
        let hook = self.name.clone();
        let asked = self.outbox(move |outbox| outbox.asked_again(&hook)).await;
        for it in asked.unwrap_or_default() {
            let place = Place::List(it.id);
            if !state.waiting.contains_key(&place) {
                // A person asked: now, whatever the pause.
                state.due = self.setup.clock.now();
                state.waiting.insert(
                    place,
                    Waiting {
                        event: Arc::new(it.event),
                        attempts: 0,
                        why: it.why,
                    },
                );
            }
        }
    }

    async fn attempt(&mut self, state: &mut State, place: Place) {
        if !self.receiver.is_wanted(&self.setup.book) {
            // Let go since; whoever follows the book ends this hook with its next message.
            return self.cancel.cancel();
        }
        let Some(it) = state.waiting.get_mut(&place) else {
            return;
        };
        let age = self.setup.clock.now() - it.event.at;
        if matches!(place, Place::Log(_)) && age > self.receiver.give_up_after() {
            let why = match it.attempts {
                0 => "it was too old when it could first be sent".to_owned(),
                _ => it.why.clone(),
            };
            return self.give_up(state, place, why).await;
        }
        it.attempts += 1;
        let event = Arc::clone(&it.event);
        if let Some(steps) = self.receiver.card(&event).and_then(|card| state.cards.get_mut(card)) {
            // Even where no answer comes back it may have arrived.
            steps.sent = matches!(event.call, Call::Asks(_));
        }
        let outcome = match self.receiver.send(&event, age).await {
            Ok(outcome) => outcome,
            Err(why) => return self.give_up(state, place, why).await,
        };
        match outcome {
            Outcome::Delivered => {
                self.count("delivered");
                state.pauses = pauses();
                self.settle(state, place, None).await;
            }
            Outcome::Gone => self.gone(state, place).await,
            Outcome::Failed { why, after } => {
                self.count("failed");
                self.failed(state, place, why, after.unwrap_or_default()).await;
            }
        }
    }

    /// Says when it is tried again, if it is. `after`: the receiver's own wish.
    async fn failed(&mut self, state: &mut State, place: Place, why: String, after: Duration) {
        let pause = state.pauses.next().unwrap_or(LONGEST).min(LONGEST).max(after);
        let pause = Millis(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
        let now = self.setup.clock.now();
        state.due = now + pause;
        let Some(it) = state.waiting.get_mut(&place) else {
            return;
        };
        let left = self.receiver.retries().saturating_sub(it.attempts.saturating_sub(1));
        let too_old = matches!(place, Place::Log(_)) && state.due - it.event.at > self.receiver.give_up_after();
        if left == 0 || too_old {
            return self.give_up(state, place, why).await;
        }
        let (kind, id, attempts, again_in_s) = (&it.event.kind, &it.event.id, it.attempts, pause.as_secs());
        if self.receiver.keeps_undelivered() {
            tracing::warn!(
                webhook = %self.name, kind, id, attempts, why, again_in_s, left,
                "a webhook was not delivered; it is tried again, not before again_in_s, {left} times more at most: see to its receiver, or to what the \
                 configuration says of it, if that goes on"
            );
        } else {
            tracing::warn!(
                webhook = %self.name, kind, id, attempts, why, again_in_s,
                "a browser was not called; it is tried again, not before again_in_s, as long as the call is of use: if that goes on see whether \
                 surged reaches its push service"
            );
        }
        it.why = why;
    }

    /// The receiver wants nothing more: a webhook not this, a browser nothing at all.
    async fn gone(&mut self, state: &mut State, place: Place) {
        let Receiver::Browser { browser, .. } = &self.receiver else {
            self.count("failed");
            let why = "it answered 410: it wants nothing more".to_owned();
            return self.give_up(state, place, why).await;
        };
        self.count("gone");
        tracing::info!(
            browser = browser.id,
            "its push service knows a browser no more: it is not called any longer"
        );
        let (book, id) = (Arc::clone(&self.setup.book), browser.id.clone());
        // The program is ending where this fails: it is told again then.
        let _ = tokio::task::spawn_blocking(move || book.gone(&id)).await;
        self.cancel.cancel();
    }

    /// Keeps it in the list, and says so.
    async fn give_up(&mut self, state: &mut State, place: Place, why: String) {
        let Some(it) = state.waiting.get(&place) else { return };
        let (event, attempts) = (Arc::clone(&it.event), it.attempts);
        if !self.receiver.keeps_undelivered() {
            self.count("late");
            tracing::warn!(webhook = %self.name, kind = event.kind, attempts, why, "a browser could not be called in time");
            return self.settle(state, place, None).await;
        }
        tracing::error!(
            webhook = %self.name, kind = event.kind, id = event.id, attempts, why,
            "a webhook could not be delivered and is not tried again by itself: see to its receiver, or to what the configuration says of it, then \
             `surged webhook retry --all`; `surged webhook list` keeps it"
        );
        counter!(names::WEBHOOK_UNDELIVERED, "webhook" => self.name.to_string()).increment(1);
        let fact = Fact::Undelivered {
            webhook: self.name.clone(),
            seq: event.seq,
            kind: event.kind.clone(),
            attempts,
            why: why.clone(),
        };
        // Where the daemon has too much to do the line above must do.
        let _ = self.setup.facts.try_send(fact);
        self.settle(state, place, Some((attempts, why))).await;
    }

    async fn settle(&mut self, state: &mut State, place: Place, failed: Option<(u32, String)>) {
        let Some(it) = state.waiting.remove(&place) else { return };
        match place {
            Place::List(id) => {
                let note = move |outbox: &super::Outbox| {
                    outbox.tried_again(id, failed.as_ref().map(|(attempts, why)| (*attempts, &why[..])))
                };
                self.outbox(note).await;
            }
            Place::Log(seq) => {
                state.settled(seq);
                let (hook, upto) = (self.name.clone(), state.progress.upto);
                let note = move |outbox: &super::Outbox| {
                    let failed = failed.as_ref().map(|(attempts, why)| (*attempts, &why[..]));
                    outbox.settle(&hook, &it.event, upto, failed)
                };
                if let Some(let_go @ 1..) = self.outbox(note).await {
                    tracing::error!(webhook = %self.name, let_go, "the list of undelivered messages is full: the oldest are let go");
                }
            }
        }
    }

    /// Works on the outbox, on a thread that may block; `None` where that failed, which is said.
    async fn outbox<T: Send + 'static>(
        &self,
        work: impl FnOnce(&super::Outbox) -> Result<T, OutboxFault> + Send + 'static,
    ) -> Option<T> {
        let outbox = self.setup.outbox.clone();
        match tokio::task::spawn_blocking(move || work(&outbox)).await {
            Ok(Ok(done)) => Some(done),
            Ok(Err(fault)) => {
                tracing::error!(webhook = %self.name, %fault, "webhooks go on, and some may be sent twice after a restart");
                None
            }
            Err(_) => None,
        }
    }

    fn count(&self, outcome: &'static str) {
        if !self.receiver.keeps_undelivered() {
            // Browsers come and go: a series each would never end.
            return counter!(names::PUSH_ATTEMPTS, "outcome" => outcome).increment(1);
        }
        counter!(names::WEBHOOK_ATTEMPTS, "webhook" => self.name.to_string(), "outcome" => outcome).increment(1);
    }
}

impl State {
    /// What was tried least, and of that the oldest.
    fn next(&self) -> Option<Place> {
        let least = self.waiting.iter().min_by_key(|(place, it)| (it.attempts, **place));
        least.map(|(place, _)| *place)
    }

    /// Notes a number as settled: everything before the first that still waits is.
    fn settled(&mut self, seq: u64) {
        self.progress.beyond.insert(seq);
        let first = self.waiting.keys().find_map(|place| match place {
            Place::Log(seq) => Some(*seq),
            Place::List(_) => None,
        });
        let upto = first.map_or(self.heard, |first| first.saturating_sub(1));
        self.progress.upto = self.progress.upto.max(upto);
        self.progress.beyond.retain(|seq| *seq > upto);
    }
}

fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(SHORTEST)
        .with_max_delay(LONGEST)
        .without_max_times()
        .with_jitter()
        .build()
}
