//! Word to people who have no page open: signed HTTP requests, by the Standard Webhooks specification.
//!
//! ```text
//!  ledger ──messages, once durable──► Webhooks ──event──► hook ──template, signature──► post ──► the receiver
//!                                                          │ ▲
//!                     duty log ──what came meanwhile───────┘ └── outbox: what is settled, and what could not be delivered
//! ```
//! Each hook is a task with a bounded set of what waits, so that a slow or dead receiver delays nobody else. A hook remembers
//! on the disk what it has settled (delivered, or given up); after a restart it reads the rest from the duty log. So nothing is
//! lost, and a message goes out twice only where the crash came between the receiver's answer and the note of it; its
//! `webhook-id` is then the same.
//!
//! What is deliberately absent: redirects, proxies, cookies, connections that are kept.

mod address;
mod event;
mod hook;
mod outbox;
mod post;
pub mod push;
mod receiver;
pub mod sample;
mod sign;
mod template;

pub use address::Address;
pub use event::{Event, KINDS, Standing};
pub use outbox::{LIMIT_UNDELIVERED, Outbox, OutboxFault, Undelivered};
pub use post::{Outcome, Parcel, post};
pub use sign::SigningKey;
pub use template::{LIMIT_SOURCE, Template, TemplateFault};

use crate::clock::Clock;
use crate::core::{Millis, Name, What};
use crate::journal::{Entry, Fact};
use crate::telemetry::names;
use crate::wire::{House, ServerMessage};
use crate::words::Language;
use event::Telling;
use hook::Hook;
use push::Book;
use receiver::Receiver;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// The most messages that wait for one receiver; beyond it the oldest are given up.
pub const LIMIT_WAITING: usize = 1_000;

/// How long hooks may take to end what they are sending when the daemon ends.
const FAREWELL: Duration = Duration::from_secs(5);

/// One receiver.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// Where.
    pub address: Address,
    /// PEM certificates to trust beside the public ones.
    pub ca_file: Option<PathBuf>,
    /// Signs what is sent; `None`: nothing is signed.
    pub key: Option<SigningKey>,
    /// How the body is made.
    pub template: Template,
    /// In which language the template words things.
    pub language: Language,
    /// What is sent, words of [`KINDS`].
    pub kinds: BTreeSet<&'static str>,
    /// Only of these queues, and what concerns none; `None`: of all.
    pub queues: Option<BTreeSet<Name>>,
    /// Only what comes to these levels of the chain, and what comes to none; `None`: all.
    pub roles: Option<BTreeSet<Name>>,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// Attempts after the first.
    pub retries: u32,
    /// What is older is no news any more.
    pub give_up_after: Millis,
}

/// The duty log beside the daemon, readings left out: the first so many entries after a number.
pub type Past = Arc<dyn Fn(u64, usize) -> Result<Vec<Entry>, String> + Send + Sync>;

/// What all hooks work with.
#[derive(Clone)]
pub struct Setup {
    /// The time.
    pub clock: Clock,
    /// What is settled, and what could not be delivered.
    pub outbox: Outbox,
    /// What came before.
    pub past: Past,
    /// Names the duty log.
    pub log: String,
    /// To the duty log: what was given up.
    pub facts: mpsc::Sender<Fact>,
    /// Browsers that are called.
    pub book: Arc<Book>,
    /// Which decisions ask the floor for an answer: for these alone browsers are called.
    pub asks: fn(&What) -> bool,
}

/// The hooks of the configuration in force.
pub struct Webhooks {
    setup: Setup,
    telling: Telling,
    /// What is told in which words; `None`: nothing was followed yet.
    house: Option<Arc<House>>,
    configured: BTreeMap<Name, Settings>,
    /// The book's, as it was when it was followed.
    version: u64,
    running: BTreeMap<Name, Running>,
}

struct Running {
    receiver: Receiver,
    events: mpsc::Sender<Arc<Event>>,
    missed: Arc<AtomicBool>,
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Webhooks {
    /// None yet.
    pub fn new(setup: Setup, standing: Standing) -> Webhooks {
        Webhooks {
            telling: Telling::new(setup.log.clone(), standing, setup.asks),
            setup,
            house: None,
            configured: BTreeMap::new(),
            version: 0,
            running: BTreeMap::new(),
        }
    }

    /// Runs these, and calls these browsers: those that did not change go on undisturbed. `last_seq`: the number that was given last.
    pub fn follow(
        &mut self,
        hooks: &BTreeMap<Name, Settings>,
        push: Option<&push::Settings>,
        house: &Arc<House>,
        last_seq: u64,
    ) {
        let begins = self.house.is_none();
        self.setup.book.follow(push);
        self.configured = hooks.clone();
        self.house = Some(Arc::clone(house));
        self.run_those_wanted(last_seq, begins);
    }

    fn run_those_wanted(&mut self, last_seq: u64, resumes: bool) {
        self.version = self.setup.book.version();
        let wanted = self.wanted();
        let mut before = std::mem::take(&mut self.running);
        for (name, receiver) in &wanted {
            let mut old = before.remove(name);
            if let Some(same) = old.take_if(|it| it.receiver == *receiver && !it.task.is_finished()) {
                self.running.insert(name.clone(), same);
                continue;
            }
            self.running
                .insert(name.clone(), self.start(name, receiver, old, last_seq, resumes));
        }
        self.forget(before, wanted.into_keys().collect());
    }

    /// Everybody who is to be served, by the name under which the outbox knows them.
    fn wanted(&self) -> BTreeMap<Name, Receiver> {
        let Some(house) = &self.house else {
            return BTreeMap::new();
        };
        let webhooks = self.configured.iter();
        let mut wanted: BTreeMap<Name, Receiver> = webhooks
            .map(|(name, settings)| (name.clone(), Receiver::webhook(settings, house)))
            .collect();
        let (settings, browsers) = self.setup.book.called().unzip();
        let browsers = browsers.unwrap_or_default();
        metrics::gauge!(names::PUSH_BROWSERS).set(browsers.len() as f64);
        for (settings, browser) in settings
            .iter()
            .flat_map(|it| browsers.iter().map(move |browser| (it, browser)))
        {
            let name = Name::from(&format!("{}{}", push::PREFIX, browser.id)[..]);
            wanted.insert(name, Receiver::browser(settings, browser, house));
        }
        wanted
    }

    fn start(&self, name: &Name, receiver: &Receiver, old: Option<Running>, last_seq: u64, resumes: bool) -> Running {
        let (events, heard) = mpsc::channel(LIMIT_WAITING);
        let missed = Arc::<AtomicBool>::default();
        let cancel = CancellationToken::new();
        let hook = Hook {
            name: name.clone(),
            receiver: receiver.clone(),
            setup: self.setup.clone(),
            telling: self.telling.clone(),
            events: heard,
            missed: Arc::clone(&missed),
            cancel: cancel.clone(),
            last_seq,
            // What runs anew for another house has sent what it has sent.
            resumes: resumes || old.is_some(),
        };
        let task = tokio::spawn(async move {
            // Two of one name would send everything twice.
            if let Some(old) = old {
                old.end().await;
            }
            hook.run().await;
        });
        Running {
            receiver: receiver.clone(),
            events,
            missed,
            cancel,
            task,
        }
    }

    /// Hands messages that are durable (or go out unlogged) to every hook that is there; waits for nobody. `asks`: of each, whether it asks
    /// the floor for an answer.
    pub fn tell(&mut self, messages: Vec<(u64, ServerMessage)>, asks: &[bool]) {
        if self.setup.book.version() != self.version
            && let Some((first, _)) = messages.first()
        {
            // Who has subscribed since hears from here on.
            self.run_those_wanted(first.saturating_sub(1), false);
        }
        for ((seq, message), asks) in messages.into_iter().zip(asks) {
            let event = match self.running.is_empty() {
                // Where nobody is told, later messages may refer to this one all the same.
                true => {
                    self.telling.hear(message);
                    continue;
                }
                false => self.telling.event(seq, message, *asks),
            };
            let Some(event) = event.map(Arc::new) else { continue };
            for (name, hook) in &self.running {
                if hook.events.try_send(Arc::clone(&event)).is_err() && !hook.missed.swap(true, Ordering::AcqRel) {
                    tracing::warn!(webhook = %name, "a webhook is far behind; it reads on in the duty log");
                }
            }
        }
    }

    /// Ends all hooks; what they are sending is sent to its end, for a while.
    pub async fn close(self) {
        let deadline = Instant::now() + FAREWELL;
        self.running.values().for_each(|it| it.cancel.cancel());
        for (name, mut hook) in self.running {
            if timeout_at(deadline, &mut hook.task).await.is_err() {
                hook.task.abort();
                tracing::warn!(webhook = %name, "a webhook was cut off while it was sent; it is sent again after the start");
            }
        }
    }

    /// Ends hooks that the configuration no longer has, and forgets how far they came.
    fn forget(&self, gone: BTreeMap<Name, Running>, kept: Vec<Name>) {
        gone.values().for_each(|hook| hook.cancel.cancel());
        let outbox = self.setup.outbox.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(fault) = outbox.keep_only(&kept) {
                tracing::warn!(%fault, "what is known of former webhooks stays for now");
            }
        });
    }
}

impl Running {
    async fn end(self) {
        self.cancel.cancel();
        // A task that broke has ended as well.
        let _ = self.task.await;
    }
}
