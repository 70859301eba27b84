//! What was decided, on its way to the disk and then to the floor (plan: invariant 7).
//!
//! ```text
//!  write() ─► page ──turn()──► unwritten ──► in flight ──committed──► published: state, messages, replies
//!                                  ▲             │
//!                                  └── failed ◄──┘   meanwhile pages go out at once, marked `unlogged`
//! ```
//!
//! A page is what one turn of the daemon's loop wrote. Pages are published in order, each after its entries are durable; only where
//! the log itself fails, or does not answer for [`PATIENCE`], do they go out before, since callers come first.

use super::traces::{Traced, Traces};
use crate::clock::Clock;
use crate::core::{Millis, Time};
use crate::floor::{Health, Hub, Latch, Reach};
use crate::journal::{
    Batch, Committed, Entry, Fact, Failed, Journal, NotTaken, Receipt, Record, Refused as NotWritten, Snapshot,
};
use crate::shift::{Desk, is_ask};
use crate::telemetry::names;
use crate::webhook::Webhooks;
use crate::wire::{OpenInstruction, PersonState, QueueState, Recent, Refused, ServerMessage};
use futures_util::FutureExt;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// A disk that has not answered for this long counts as failing.
const PATIENCE: Duration = Duration::from_secs(2);

/// Between two looks at the disk is much less, unless nothing ran: what was on its way then was not on its way.
const LOOKED_WITHIN: Duration = Duration::from_secs(1);

/// How often a failing log is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// So many readings are held at most before they are written.
const HELD_AT_MOST: usize = 8192;

/// More messages than this at once are a storm.
const STORM: usize = 64;

/// The name of the journal's latch in the daemon's health.
const LATCH: &str = "journal";

/// Where somebody waits for the daemon's word.
pub type Reply = oneshot::Sender<Result<(), Refused>>;

/// How the floor stands.
pub struct State {
    /// All queues.
    pub queues: Vec<Arc<QueueState>>,
    /// All open instructions.
    pub open: Vec<Arc<OpenInstruction>>,
    /// Everybody who is known by name.
    pub people: Arc<Vec<PersonState>>,
    /// The last half hour of each queue, in the same order.
    pub recent: Vec<Recent>,
    /// The number of the last entry that it speaks of.
    pub up_to: u64,
}

/// The way from the core to the floor.
pub struct Ledger<J> {
    journal: J,
    hub: Arc<Hub>,
    health: Arc<Health>,
    clock: Clock,
    webhooks: Webhooks,
    traces: Traces,
    next_seq: u64,
    entries: Vec<Entry>,
    page: Page,
    /// All entries of the page are readings that nothing followed from yet: how long they may wait for others.
    hold_for: Millis,
    /// Since when they wait.
    held_since: Option<Time>,
    /// Something follows from them, or stands with them on the page.
    is_binding: bool,
    unwritten: VecDeque<Batch>,
    in_flight: VecDeque<Flight>,
    unpublished: VecDeque<Page>,
    /// Everything up to this number went out before it was durable.
    unlogged_to: u64,
    failing: Option<Failing>,
    /// When the disk was looked at last, and since when that was done without a break.
    looked: Instant,
    watched_since: Instant,
    /// It failed and takes entries again: readings are missing in it.
    mended: bool,
}

#[derive(Default)]
struct Page {
    last_seq: u64,
    begun: Option<Instant>,
    messages: Vec<(u64, ServerMessage)>,
    /// Of each, whether it asks the floor for an answer.
    asks: Vec<bool>,
    /// When the decisions of its instructions were due.
    due: Vec<Time>,
    /// What of it a collector of traces is to hear of.
    traced: Vec<Traced>,
    replies: Vec<Reply>,
    state: Option<State>,
    desk: Option<Arc<Desk>>,
}

/// A batch that was handed over.
struct Flight {
    receipt: Receipt,
    /// The entries of its instructions, each with whether it is written down as unlogged.
    instructions: Vec<(u64, bool)>,
}

impl Flight {
    /// Those of its instructions that went out before they were durable and are not written down as such, in a batch that the log has
    /// taken in the end.
    fn unmarked(&self, unlogged_to: u64, committed: &Committed) -> Vec<u64> {
        let told = self.instructions.iter().filter(|(seq, _)| *seq <= unlogged_to);
        // What was found in the log is as it was brought first.
        let unmarked = told.filter(|(_, marked)| !marked || committed.found);
        unmarked.map(|(seq, _)| *seq).collect()
    }
}

struct Failing {
    retry_at: Instant,
    /// The disk has taken a batch since: everything is handed over again and waited for, until all that went out unlogged is written.
    taken: bool,
}

/// Somebody else writes to the duty log: this daemon is no longer the owner and must end.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fenced(String);

impl<J: Journal> Ledger<J> {
    /// A ledger that goes on at `next_seq`.
    pub fn new(
        journal: J,
        hub: Arc<Hub>,
        health: Arc<Health>,
        clock: Clock,
        webhooks: Webhooks,
        traces: Traces,
        next_seq: u64,
    ) -> Ledger<J> {
        health.set(LATCH, Latch::Ok);
        metrics::gauge!(names::JOURNAL_FAILING).set(0.0);
        Ledger {
            journal,
            hub,
            health,
            clock,
            webhooks,
            traces,
            next_seq,
            entries: Vec::new(),
            page: Page::default(),
            hold_for: Millis::ZERO,
            held_since: None,
            is_binding: false,
            unwritten: VecDeque::new(),
            in_flight: VecDeque::new(),
            unpublished: VecDeque::new(),
            unlogged_to: 0,
            failing: None,
            looked: Instant::now(),
            watched_since: Instant::now(),
            mended: false,
        }
    }

    /// How long readings may wait to be written with others, where nothing follows from them: so much of them a crash may take.
    pub fn hold_readings_for(&mut self, time: Millis) {
        self.hold_for = time;
    }

    /// Something follows from the readings of the page: they are written with this turn.
    pub fn bind(&mut self) {
        self.is_binding = true;
    }

    /// Writes a record onto the page; what the floor is to hear of it goes out with the page.
    pub fn write(&mut self, at: Time, record: Record) {
        // A log that fails keeps decisions and answers; readings are made good by the snapshot that follows.
        if self.failing.is_some() && record.is_reading() {
            return;
        }
        self.put(at, record, false);
    }

    fn put(&mut self, at: Time, record: Record, unlogged: bool) {
        let seq = self.next_seq;
        self.next_seq += 1;
        let entry = Entry {
            seq,
            at,
            record,
            unlogged,
        };
        if let Record::Decision(decision) = &entry.record
            && entry.record.is_instruction()
        {
            self.page.due.push(decision.at);
        }
        self.page.traced.extend(self.traces.note(&entry));
        if let Some(message) = ServerMessage::of(&entry) {
            let asks = matches!(&entry.record, Record::Decision(decision) if is_ask(&decision.what));
            self.page.messages.push((seq, message));
            self.page.asks.push(asks);
        }
        self.is_binding |= !entry.record.is_reading();
        self.entries.push(entry);
    }

    /// Gives the daemon's word once the page is durable.
    pub fn reply_when_durable(&mut self, reply: Reply) {
        self.page.replies.push(reply);
    }

    /// Shows the floor this state with the page, or at once where nothing is on its way.
    pub fn show(&mut self, state: State) {
        // A state waits for what was decided, and for nothing that only tells how queues stand.
        if self.is_binding || !self.page.replies.is_empty() {
            self.page.state = Some(state);
        } else if let Some(last) = self.unpublished.back_mut() {
            last.state = Some(state);
        } else {
            self.show_now(state);
        }
    }

    fn show_now(&self, state: State) {
        let State {
            queues,
            open,
            people,
            recent,
            up_to,
        } = state;
        self.hub.set_shared_state(queues, open, recent, up_to);
        self.hub.set_people(people);
    }

    /// Shows the floor how the hand-over of the shift stands, with the page.
    pub fn show_desk(&mut self, desk: Arc<Desk>) {
        self.page.desk = Some(desk);
    }

    /// Whether the log takes nothing at present.
    pub fn is_failing(&self) -> bool {
        self.failing.is_some()
    }

    /// Whether nothing is waited for, since the log takes nothing.
    fn goes_out_at_once(&self) -> bool {
        self.failing.as_ref().is_some_and(|failing| !failing.taken)
    }

    /// Whether the page has anything that the floor must see.
    pub fn has_news(&self) -> bool {
        !self.page.messages.is_empty()
    }

    /// Whether somebody waits for the daemon's word on the page: they find it in the state that goes with it.
    pub fn is_waited_for(&self) -> bool {
        !self.page.replies.is_empty()
    }

    /// Whether so much is on its way to the floor at once that nothing of it waits until the state it brings about has been looked up:
    /// that follows. Whoever waits for an answer finds it in the state.
    pub fn is_storm(&self) -> bool {
        let pages = self.unpublished.iter().chain([&self.page]);
        !self.is_waited_for() && pages.map(|page| page.messages.len()).sum::<usize>() > STORM
    }

    /// The number of the entry written last.
    pub fn last_seq(&self) -> u64 {
        self.next_seq - 1
    }

    /// Whether the log has been mended since this was last asked: then a snapshot makes good the readings that it lacks.
    pub fn was_mended(&mut self) -> bool {
        std::mem::take(&mut self.mended)
    }

    /// Whether one batch is at the disk and the next waits behind it: what comes meanwhile goes with the one after, however many turns it
    /// takes, and is shown once.
    pub fn is_busy(&self) -> bool {
        self.in_flight.len() >= 2 && self.failing.is_none()
    }

    /// Whether something waits for a disk that is at work.
    pub fn is_at_the_disk(&self) -> bool {
        !self.in_flight.is_empty() && self.failing.is_none()
    }

    /// Whether everything is durable and published.
    pub fn is_clear(&self) -> bool {
        self.entries.is_empty() && self.unwritten.is_empty() && self.in_flight.is_empty() && self.unpublished.is_empty()
    }

    /// Ends a turn: the page is on its way. Returns whom instructions reached that could not wait for the disk.
    pub fn turn(&mut self, snapshot: Option<Snapshot>) -> Vec<Reach> {
        if snapshot.is_none() && self.holds() {
            return self.publish_ready();
        }
        (self.held_since, self.is_binding) = (None, false);
        let mut page = std::mem::take(&mut self.page);
        let entries = std::mem::take(&mut self.entries);
        let Some(first) = entries.first() else {
            // Answers that changed nothing still wait for those before them.
            page.last_seq = self.last_seq();
            if !page.replies.is_empty() || !page.messages.is_empty() {
                self.unpublished.push_back(page);
            }
            return self.publish_ready();
        };
        page.last_seq = self.last_seq();
        page.begun = Some(Instant::now());
        let expected_seq = first.seq;
        self.unwritten.push_back(Batch {
            expected_seq,
            entries,
            snapshot,
        });
        self.unpublished.push_back(page);
        self.pump();
        self.publish_ready()
    }

    /// Whether the page has readings alone, which wait for others.
    fn holds(&mut self) -> bool {
        let Page {
            messages,
            replies,
            desk,
            ..
        } = &self.page;
        let is_empty = messages.is_empty() && replies.is_empty() && desk.is_none();
        if self.entries.is_empty() || self.entries.len() >= HELD_AT_MOST || self.is_binding || !is_empty {
            return false;
        }
        let now = self.clock.now();
        now - *self.held_since.get_or_insert(now) < self.hold_for
    }

    /// What became of the batch that was handed over first. Waits for ever where none is on its way; may be dropped and called
    /// again.
    pub async fn settled(&mut self) -> Result<Committed, Option<Failed>> {
        match self.in_flight.front_mut() {
            Some(flight) => match (&mut flight.receipt).await {
                Ok(Ok(committed)) => Ok(committed),
                Ok(Err(failed)) => Err(Some(failed)),
                Err(_) => Err(None),
            },
            None => std::future::pending().await,
        }
    }

    /// Takes in what [`Ledger::settled`] told, and what else is known by now: one commit settles many batches, and their pages go out as
    /// one. Returns whom instructions reached.
    ///
    /// # Errors
    /// Where somebody else owns the log.
    pub fn take(&mut self, settled: Result<Committed, Option<Failed>>) -> Result<Vec<Reach>, Fenced> {
        let mut durable_to = 0;
        let mut taken = self.take_one(settled, &mut durable_to);
        while taken.is_ok()
            && let Some(settled) = self.settled().now_or_never()
        {
            taken = self.take_one(settled, &mut durable_to);
        }
        let mut reached = self.publish_to(durable_to, false);
        taken?;
        reached.append(&mut self.publish_ready());
        self.pump();
        Ok(reached)
    }

    fn take_one(&mut self, settled: Result<Committed, Option<Failed>>, durable_to: &mut u64) -> Result<(), Fenced> {
        let flight = self.in_flight.pop_front();
        match settled {
            Ok(committed) => {
                let now = self.clock.now();
                let entries = flight.map_or(Vec::new(), |flight| flight.unmarked(self.unlogged_to, &committed));
                if !entries.is_empty() {
                    self.write(now, Record::Fact(Fact::WentOutUnlogged { entries }));
                }
                *durable_to = committed.next_seq.saturating_sub(1).max(*durable_to);
                for fact in committed.to_say {
                    self.write(now, Record::Fact(fact));
                }
                if self.failing.is_some() && committed.next_seq > self.unlogged_to {
                    self.recover();
                }
                if let Some(failing) = &mut self.failing {
                    failing.taken = true;
                }
            }
            Err(Some(failed)) => {
                let why = failed.why.to_string();
                let fenced = matches!(failed.why, NotWritten::Fenced { .. });
                let gap = matches!(failed.why, NotWritten::Gap { .. });
                self.put_back(failed.batch);
                if fenced {
                    return Err(Fenced(why));
                }
                // What came after a batch that failed fails for want of it.
                if !gap || self.failing.is_none() {
                    self.fail(&why);
                }
            }
            Err(None) => self.fail("the duty log's thread has ended; restart surged when the floor is calm"),
        }
        Ok(())
    }

    /// To be called a few times a second: tries a failing log again, and notices a disk that does not answer. Returns whom
    /// instructions reached.
    pub fn tick(&mut self) -> Vec<Reach> {
        let now = Instant::now();
        if now - std::mem::replace(&mut self.looked, now) > LOOKED_WITHIN {
            self.watched_since = now;
        }
        let waiting = self.unpublished.front().and_then(|page| page.begun);
        let slow = waiting.is_some_and(|begun| now - begun.max(self.watched_since) > PATIENCE);
        if slow && !self.goes_out_at_once() {
            self.fail("the disk under the duty log has not answered for 2 s; look at its load and its health");
        }
        self.pump();
        self.publish_ready()
    }

    /// The webhooks, to follow a configuration.
    pub fn webhooks(&mut self) -> &mut Webhooks {
        &mut self.webhooks
    }

    /// Closes the log, when it is clear or nobody waits any longer.
    pub async fn close(self) {
        tokio::join!(self.journal.close(), self.webhooks.close(), self.traces.close());
    }

    /// The log itself, to read in it.
    pub fn journal(&self) -> &J {
        &self.journal
    }

    /// Hands over what can be handed over: all of it, or one batch as a probe while the log fails.
    fn pump(&mut self) {
        while let Some(batch) = self.unwritten.pop_front() {
            if let Some(failing) = self.failing.as_mut().filter(|failing| !failing.taken) {
                if !self.in_flight.is_empty() || Instant::now() < failing.retry_at {
                    self.unwritten.push_front(batch);
                    return;
                }
                failing.retry_at = Instant::now() + RETRY_EVERY;
            }
            let told = batch.entries.iter().filter(|entry| entry.record.is_instruction());
            let instructions = told.map(|entry| (entry.seq, entry.unlogged)).collect();
            match self.journal.try_append(batch) {
                Ok(receipt) => self.in_flight.push_back(Flight { receipt, instructions }),
                Err(NotTaken::Full(batch)) => {
                    self.unwritten.push_front(batch);
                    return;
                }
                Err(NotTaken::Closed(batch)) => {
                    self.unwritten.push_front(batch);
                    self.fail("the duty log is closed; restart surged when the floor is calm");
                    return;
                }
            }
        }
    }

    fn put_back(&mut self, mut batch: Batch) {
        for entry in &mut batch.entries {
            entry.unlogged |= entry.seq <= self.unlogged_to && entry.record.is_instruction();
        }
        let position = self
            .unwritten
            .partition_point(|other| other.expected_seq < batch.expected_seq);
        self.unwritten.insert(position, batch);
    }

    fn fail(&mut self, why: &str) {
        if self.failing.is_none() {
            tracing::error!(
                why,
                "the duty log takes nothing; instructions go out unlogged until it does"
            );
            metrics::gauge!(names::JOURNAL_FAILING).set(1.0);
            self.hub.set_journal_failing(true);
            self.tell_floor(true, why);
        }
        self.health.set(LATCH, Latch::Failing(why.to_owned()));
        self.failing = Some(Failing {
            retry_at: Instant::now() + RETRY_EVERY,
            taken: false,
        });
    }

    fn recover(&mut self) {
        tracing::warn!("the duty log takes entries again; everything that went out unlogged has been written");
        metrics::gauge!(names::JOURNAL_FAILING).set(0.0);
        self.hub.set_journal_failing(false);
        self.health.set(LATCH, Latch::Ok);
        self.failing = None;
        self.mended = true;
        self.tell_floor(false, "everything that went out unlogged has been written");
    }

    fn tell_floor(&mut self, failing: bool, why: &str) {
        let at = self.clock.now();
        let fact = Fact::JournalFailing {
            failing,
            why: why.to_owned(),
        };
        self.put(at, Record::Fact(fact), failing);
    }

    /// Publishes what need not wait: everything while the log fails, else pages that only waited for others.
    fn publish_ready(&mut self) -> Vec<Reach> {
        if self.goes_out_at_once() {
            let last = self.unpublished.back().map_or(0, |page| page.last_seq);
            self.unlogged_to = self.unlogged_to.max(last);
            for entry in self.unwritten.iter_mut().flat_map(|batch| &mut batch.entries) {
                entry.unlogged |= entry.record.is_instruction();
            }
            return self.publish_to(last, true);
        }
        if self.in_flight.is_empty() && self.unwritten.is_empty() {
            return self.publish_to(self.last_seq(), false);
        }
        Vec::new()
    }

    /// Publishes all pages up to an entry as one: what was committed together is told together, with the newest state of them.
    fn publish_to(&mut self, seq: u64, unlogged: bool) -> Vec<Reach> {
        let ready = self.unpublished.partition_point(|page| page.last_seq <= seq);
        if ready == 0 {
            return Vec::new();
        }
        let mut pages: Vec<Page> = self.unpublished.drain(..ready).collect();
        let durable = Instant::now();
        let together = self.hub.page();
        if let Some(state) = pages.iter_mut().rev().find_map(|page| page.state.take()) {
            self.show_now(state);
        }
        if let Some(desk) = pages.iter_mut().rev().find_map(|page| page.desk.take()) {
            self.hub.set_desk(desk);
        }
        let (mut messages, mut asks) = (Vec::new(), Vec::new());
        for page in &mut pages {
            messages.append(&mut page.messages);
            asks.append(&mut page.asks);
        }
        if unlogged {
            messages.iter_mut().for_each(|(_, message)| message.mark_unlogged());
        }
        let reached = match messages.is_empty() {
            true => Vec::new(),
            false => self.hub.publish(&messages),
        };
        drop(together);
        self.webhooks.tell(messages, &asks);
        let now = self.clock.now();
        for page in pages {
            self.traces.told(page.traced, page.begun, durable, now, unlogged);
            for due in page.due {
                let late = (now - due).max(Millis::ZERO).as_secs() / f64::from(self.clock.speed().max(1));
                metrics::histogram!(names::DECISION_SECONDS).record(late);
            }
            for reply in page.replies {
                // Whoever asked may have gone.
                let _ = reply.send(Ok(()));
            }
        }
        reached
    }
}
