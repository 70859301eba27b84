//! The daemon: everything around the core, put together and taken apart in order.
//!
//! ```text
//!  feeds ──events──► driver ──► core ──► ledger ──durable──► floor
//!  floor ──asks────►   │                    └──► journal
//!  configuration ──►   └── clock
//! ```

mod driver;
mod feeds;
mod house;
mod lately;
mod ledger;
mod quiet;
mod recent;
mod reload;
mod service;
mod shown;
mod startup;
mod traces;

pub use feeds::feed_settings;
pub use house::on_paper as house_on_paper;
pub use ledger::Fenced;

use crate::clock::{Clock, LastSeen, Machine};
use crate::config::{Config, Diagnostics};
use crate::core::{Decision, Millis, Time};
use crate::feed::{FeedEvent, Network};
use crate::floor::access::{Identity, TokenFault};
use crate::floor::{
    self, Access, Ask, Bench, Floor, FloorSettings, Health, Hub, Limits, Listener, LogFault, LogRecord, LogSource,
    LookedUp, ServeFault, TlsFault, TlsFiles,
};
use crate::journal::{Fact, JournalError, Local, Look, Options, Reader, Recovered, Spoiled};
use crate::report::{self, Report, Wanted};
use crate::shift::{self, Summary};
use crate::telemetry::{Metrics, Scrape};
use crate::webhook::push::Book;
use crate::webhook::{self, Outbox, Webhooks};
use crate::wire::InstructionMessage;
use crate::words::Language;
use crate::words::Sentences;
use driver::{Driver, Mailbox, Parts};
use feeds::Feeds;
use ledger::Ledger;
use startup::{Past, Recalled};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use traces::Traces;

/// Events of feeds that may wait for the driver; beyond it the feeds hold back and keep the latest.
const EVENTS_WAITING: usize = 4096;

/// Answers and orders that may wait for the driver; beyond it the floor says `busy`.
const ASKS_WAITING: usize = 1024;

/// Facts that may wait for the driver.
const FACTS_WAITING: usize = 256;

/// A snapshot after so many entries keeps start-up under a second.
const SNAPSHOT_EVERY: u64 = 20_000;

/// A duty log further ahead of the wall clock is more than a clock that was slewed or a zone that was mistaken.
const LOG_AHEAD: Millis = Millis::from_mins(24 * 60);

/// So many blocks of spoiled readings are told of while the floor reads the log.
const SPOILED_TOLD: usize = 32;

/// How long a reader of the duty log waits for the writer.
const LOG_PATIENCE: Duration = Duration::from_secs(2);

/// What differs between the real daemon, the demo and tests.
#[derive(Default)]
pub struct Setup {
    /// The configuration's file, to be watched; `None`: it never changes.
    pub watch: Option<PathBuf>,
    /// The clock; `None`: real time, carried on from the duty log.
    pub clock: Option<Clock>,
    /// Where tokens are kept; `None`: there are none, and everybody on this machine is let in.
    pub tokens: Option<PathBuf>,
    /// Somebody who is known by a word of their own where there are no tokens.
    pub guest: Option<(String, Identity)>,
    /// A listener that is bound already, in place of the configured address.
    pub listener: Option<std::net::TcpListener>,
    /// Who is told every decision as it is made. Whoever is slow misses some.
    pub tell: Vec<mpsc::Sender<Decision>>,
    /// What tries changed thresholds on recorded days for the page `/bench`; `None`: nothing does.
    pub bench: Option<Arc<dyn Bench>>,
}

/// A daemon that is running.
pub struct Running {
    /// Where the floor listens.
    pub address: SocketAddr,
    /// Its clock.
    pub clock: Clock,
    /// What every page is told.
    pub hub: Arc<Hub>,
    cancel: CancellationToken,
    driver: JoinHandle<Result<(), Fenced>>,
    server: JoinHandle<Result<(), ServeFault>>,
}

/// Why the daemon does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The duty log.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The floor's address.
    #[error("the floor cannot listen on {address}: {fault}; is another surged running, or is the port taken?")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        fault: std::io::Error,
    },
    /// The certificate of the floor, or its key.
    #[error("floor.tls: {0}; put the certificate and the key that belong to it where the configuration names them")]
    Tls(#[from] TlsFault),
    /// The tokens.
    #[error(transparent)]
    Tokens(#[from] TokenFault),
    /// The metrics.
    #[error("metrics cannot be recorded: {0}")]
    Metrics(String),
}

/// Why the daemon ended of its own accord.
#[derive(Debug, thiserror::Error)]
pub enum EndFault {
    /// Another daemon owns the duty log.
    #[error(transparent)]
    Fenced(#[from] Fenced),
    /// The floor cannot be served.
    #[error(transparent)]
    Floor(#[from] ServeFault),
    /// A task of ours broke.
    #[error("a part of surged broke down: {0}; please report it with the log lines before it")]
    Broken(String),
}

/// Starts the daemon and returns once the floor listens.
///
/// # Errors
/// What is wrong, in words; nothing is left running.
pub async fn start(config: Config, setup: Setup) -> Result<Running, StartFault> {
    let metrics = Metrics::install().map_err(|fault| StartFault::Metrics(fault.to_string()))?;
    // Before anybody is told that it runs.
    tls_files(&config).map_or(Ok(()), |files| floor::look_at_tls(&files))?;
    let listener = bind(&config, setup.listener)?;
    let address = listener.local_addr().map_err(|fault| StartFault::Listen {
        address: config.floor.listen,
        fault,
    })?;
    let open_here = floor::access::is_local(address) && !config.floor.behind_proxy;
    let access = Access::open(setup.tokens, open_here)?;
    let access = Arc::new(match setup.guest {
        Some((word, guest)) => access.with_guest(word, guest),
        None => access,
    });
    let path = config.journal.path.clone();
    let opened = tokio::task::spawn_blocking(move || open_log(&path)).await;
    let opened = opened.map_err(|fault| StartFault::Metrics(fault.to_string()))??;
    let cancel = CancellationToken::new();
    let around = Around {
        machine: Machine::Kernel,
        network: Network::Machine,
        limits: Limits::default(),
        reloads: reload::watch(setup.watch, cancel.clone()),
        address,
        listener,
        opened,
        snapshot_every: SNAPSHOT_EVERY,
    };
    assemble(
        config,
        around,
        access,
        setup.clock,
        (setup.tell, setup.bench),
        metrics,
        cancel,
    )
    .await
}

/// What a daemon has around it: this machine, or a simulation of one.
pub struct Around<L> {
    /// The clocks.
    pub machine: Machine,
    /// Where phone systems are reached.
    pub network: Network,
    /// Of the floor.
    pub limits: Limits,
    /// Changed configurations.
    pub reloads: mpsc::Receiver<Result<Config, Diagnostics>>,
    /// Where the floor listens.
    pub address: SocketAddr,
    /// The listener there.
    pub listener: L,
    /// The duty log that the configuration names, opened.
    pub opened: (Local, Recovered),
    /// Entries of the log from one snapshot to the next.
    pub snapshot_every: u64,
}

/// Starts the daemon in a simulation, where everybody is let in by a token of this file.
///
/// # Errors
/// As [`start`].
pub async fn start_in<L: Listener + 'static>(
    config: Config,
    around: Around<L>,
    tokens: PathBuf,
) -> Result<Running, StartFault> {
    let metrics = Metrics::install().map_err(|fault| StartFault::Metrics(fault.to_string()))?;
    let access = Arc::new(Access::open(Some(tokens), false)?);
    let cancel = CancellationToken::new();
    assemble(config, around, access, None, (Vec::new(), None), metrics, cancel).await
}

/// Puts a daemon together around what is open already.
async fn assemble<L: Listener + 'static>(
    config: Config,
    around: Around<L>,
    access: Arc<Access>,
    clock: Option<Clock>,
    (tell, bench): (Vec<mpsc::Sender<Decision>>, Option<Arc<dyn Bench>>),
    metrics: Metrics,
    cancel: CancellationToken,
) -> Result<Running, StartFault> {
    let Around {
        machine,
        network,
        limits,
        reloads,
        address,
        listener,
        opened: (journal, recovered),
        snapshot_every,
    } = around;
    let last = recovered.last_at.map(|at| LastSeen {
        at,
        start: recovered.last_start.clone(),
    });
    let clock = clock.unwrap_or_else(|| Clock::of(machine.clone(), last.as_ref()));
    warn_of_a_log_ahead(&clock, last.as_ref());
    let (next_seq, damaged) = (recovered.next_seq, recovered.damaged);
    // The first entry of a new log is written then.
    let begun = clock.now();
    let Recalled { core, snapshot } = startup::recall(&journal, recovered, begun).await?;
    let Past {
        before,
        history,
        log,
        desk,
        quiets,
        asks: asks_of_day,
        lately,
    } = startup::past(&journal, begun).await;

    let health = Arc::new(Health::default());
    let hub = Arc::new(Hub::new(limits));
    hub.preload(before, history);
    if damaged {
        hub.set_forgot();
    }
    let (event_sender, feeds) = mpsc::channel::<FeedEvent>(EVENTS_WAITING);
    let (ask_sender, asks) = mpsc::channel::<Ask>(ASKS_WAITING);
    let (scrape, scrapes) = Scrape::of(metrics.clone());
    let book = Arc::new(Book::beside(&config.journal.path));
    let floor = Arc::new(Floor {
        settings: floor_settings(&config),
        hub: Arc::clone(&hub),
        access,
        daemon: ask_sender,
        book: Arc::clone(&book),
        log: Arc::new(DutyLog {
            path: config.journal.path.clone(),
            told: Mutex::default(),
        }),
        bench,
        health: Arc::clone(&health),
        clock: {
            let clock = clock.clone();
            Arc::new(move || clock.now())
        },
        metrics: Arc::new(move || {
            let scrape = scrape.clone();
            Box::pin(async move { scrape.text().await })
        }),
    });
    let door = Arc::clone(floor.access.door());
    let (fact_sender, facts) = mpsc::channel::<Fact>(FACTS_WAITING);
    let webhooks = Webhooks::new(
        webhook::Setup {
            clock: clock.clone(),
            outbox: Outbox::beside(&config.journal.path),
            past: past(config.journal.path.clone()),
            log: log.clone(),
            facts: fact_sender,
            book,
            asks: shift::is_ask,
        },
        webhook::Standing {
            open: core
                .open_instructions()
                .iter()
                .map(|open| InstructionMessage::from(&open.instruction))
                .collect(),
            quiet: quiets.queues().cloned().collect(),
            yeses: core
                .views()
                .into_iter()
                .filter_map(|view| Some((view.queue, view.approval?.tier)))
                .collect(),
        },
    );
    let ledger = Ledger::new(
        journal,
        Arc::clone(&hub),
        Arc::clone(&health),
        clock.clone(),
        webhooks,
        Traces::by_environment(&log, clock.speed()),
        next_seq,
    );
    let feeds_health = Arc::clone(&health);
    let running_feeds = Feeds::new(network, event_sender, clock.clone(), feeds_health, cancel.child_token());
    let presence = hub.presence();
    let started = Fact::Started {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        boot_id: machine.boot_id(),
        uptime: machine.uptime(),
        config_hash: config.hash.clone(),
    };
    let parts = Parts {
        clock: clock.clone(),
        metrics,
        hub: Arc::clone(&hub),
        health,
        door,
        log,
        desk,
        quiets,
        asks: asks_of_day,
        lately,
        tell,
        snapshot_every,
    };
    let mailbox = Mailbox {
        feeds,
        asks,
        reloads,
        facts,
        scrapes,
        presence,
    };
    let mut driver = Driver::new(core, snapshot, config, ledger, running_feeds, parts);
    driver.begin(started, begun);
    let driver = tokio::spawn(driver.run(mailbox, cancel.clone()));
    let server = tokio::spawn(floor::serve(listener, floor, cancel.clone()));
    Ok(Running {
        address,
        clock,
        hub,
        cancel,
        driver,
        server,
    })
}

impl Running {
    /// A token that ends the daemon in good order when it is cancelled.
    pub fn stopper(&self) -> CancellationToken {
        self.cancel.clone()
    }

    /// Ends in good order: sessions take their leave, the duty log is closed.
    ///
    /// # Errors
    /// What went wrong while it ran.
    pub async fn stop(self) -> Result<(), EndFault> {
        self.cancel.cancel();
        self.ended().await
    }

    /// Waits until the daemon has ended.
    ///
    /// # Errors
    /// Why it ended of its own accord.
    pub async fn ended(mut self) -> Result<(), EndFault> {
        let broken = |fault: tokio::task::JoinError| EndFault::Broken(fault.to_string());
        // Whichever ends first takes the other with it.
        tokio::select! {
            driven = &mut self.driver => {
                self.cancel.cancel();
                let served = self.server.await;
                driven.map_err(broken)??;
                served.map_err(broken)??;
            }
            served = &mut self.server => {
                self.cancel.cancel();
                let driven = self.driver.await;
                served.map_err(broken)??;
                driven.map_err(broken)??;
            }
        }
        Ok(())
    }
}

/// Time never goes back within one log: a log that was written while the wall clock was far ahead keeps it there.
fn warn_of_a_log_ahead(clock: &Clock, last: Option<&LastSeen>) {
    let ahead = Millis(clock.skew().0.saturating_neg());
    if ahead < LOG_AHEAD {
        return;
    }
    let last = last.map_or_else(String::new, |last| crate::feed::json::rfc3339(last.at));
    tracing::error!(
        ahead_s = ahead.as_secs(),
        "the duty log's last entry is from {last}, far ahead of the wall clock: it was written while that clock was wrong, or is wrong now. \
         surged goes on from there, since time never goes back within one log, and reads the calendar by it. If the wall clock is right: \
         stop surged, move the duty log away and start a new one"
    );
}

/// Opens the duty log. Callers come first: a disk that does not let it be written keeps nobody from running the plan.
fn open_log(path: &Path) -> Result<(Local, Recovered), JournalError> {
    let why = match Local::open(path, Options::default()) {
        Ok(opened) => return Ok(opened),
        Err(why) => why,
    };
    let words = why.to_string();
    let opened = Local::open_on_a_broken_disk(path, Options::default(), why)?;
    tracing::error!(
        "{words}; the plan is run all the same, and instructions go out unlogged until the log can be written"
    );
    Ok(opened)
}

fn bind(config: &Config, bound: Option<std::net::TcpListener>) -> Result<TcpListener, StartFault> {
    let address = config.floor.listen;
    let fault = |fault| StartFault::Listen { address, fault };
    let listener = match bound {
        Some(listener) => listener,
        None => std::net::TcpListener::bind(address).map_err(fault)?,
    };
    listener.set_nonblocking(true).map_err(fault)?;
    TcpListener::from_std(listener).map_err(fault)
}

/// Where the floor's certificate and its key are; `None`: it speaks plain HTTP.
pub fn tls_files(config: &Config) -> Option<TlsFiles> {
    config.floor.tls.as_ref().map(|tls| TlsFiles {
        certificate: tls.certificate.clone(),
        key: tls.key.clone(),
    })
}

fn floor_settings(config: &Config) -> FloorSettings {
    FloorSettings {
        behind_proxy: config.floor.behind_proxy,
        tls: tls_files(config),
        metrics_token: config
            .floor
            .metrics_token
            .as_ref()
            .map(|token| token.expose().to_owned()),
        paper: config
            .floor
            .paper
            .as_ref()
            .map(|paper| beside(&config.journal.path, paper)),
        paper_language: Language::read(config.floor.paper_language).unwrap_or_default(),
        ..FloorSettings::default()
    }
}

/// A file named relative to the duty log.
fn beside(journal: &Path, file: &Path) -> PathBuf {
    journal
        .parent()
        .map_or_else(|| file.to_owned(), |folder| folder.join(file))
}

/// Where tokens are kept: beside the duty log.
pub fn tokens_beside(journal: &Path) -> PathBuf {
    journal.with_file_name("tokens.json")
}

/// The duty log as the floor reads it, beside the writer.
struct DutyLog {
    path: PathBuf,
    /// Spoiled readings that a log line has told of.
    told: Mutex<BTreeSet<u64>>,
}

/// The duty log as webhooks read it after a start, beside the writer.
fn past(path: PathBuf) -> webhook::Past {
    Arc::new(move |after, limit| {
        let read = Reader::open(&path, LOG_PATIENCE).and_then(|reader| reader.read_log(after, limit));
        read.map_err(|fault| fault.to_string())
    })
}

impl DutyLog {
    fn read<T, E: From<JournalError> + std::fmt::Display>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, E>,
    ) -> Result<T, LogFault> {
        let reader = Reader::open(&self.path, LOG_PATIENCE).map_err(|fault| LogFault(fault.to_string()))?;
        let found = read(&reader).map_err(|fault| LogFault(fault.to_string()));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let new = |spoiled: &Spoiled| told.len() < SPOILED_TOLD && told.insert(spoiled.first);
        startup::tell_of(&Vec::from_iter(reader.take_spoiled().into_iter().filter(new)));
        found
    }
}

impl LogSource for DutyLog {
    fn look(&self, look: &Look, limit: usize, words: &Sentences) -> Result<LookedUp, LogFault> {
        let looked = self.read(|reader| reader.look_in_words(look, limit, |record| words.record(record)))?;
        let records = looked.entries.iter().map(|entry| LogRecord::with_message(entry, words));
        Ok(LookedUp {
            records: records.collect(),
            next: looked.next,
            more: looked.more,
        })
    }

    fn shift(&self, from: Time, to: Time, upto: Option<u64>) -> Result<Summary, LogFault> {
        self.read(|reader| shift::summarise(reader, from, to, upto))
    }

    fn report(&self, wanted: &Wanted, go_on: &mut dyn FnMut(f64) -> bool) -> Result<Report, LogFault> {
        self.read(|reader| report::draw_up(reader, wanted, go_on))
    }
}
