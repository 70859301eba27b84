//! What supervisors see and answer: the floor socket, the console page, the HTTP interface, and who is let in.
//!
//! ```text
//!  daemon ──publish, set_state──► hub ──ring, board──► session ──► socket        (wire: every message)
//!    ▲                                                   │
//!    └───────────────── ask ◄── role ◄── access ◄────────┴── http: api, console, health, metrics
//! ```
//! Nothing here decides anything: an answer or order goes to the daemon as an [`Ask`], and what it brings about comes back
//! as messages and state. The daemon never waits for a socket.

pub mod access;
mod api;
mod ask;
mod assets;
mod bench;
mod board;
mod changes;
mod guard;
mod health;
mod http;
mod hub;
pub mod links;
mod listening;
mod log;
mod openapi;
mod outlet;
pub mod paper;
mod places;
mod problem;
mod push;
mod report;
mod ring;
mod serve;
mod session;
mod settings;
mod shift;
mod socket;
mod tls;
mod turns;

pub use access::{Access, Door};
pub use ask::Ask;
pub use bench::{Bench, BenchFault, Setting, Step, Trial};
pub use health::{Health, Latch, Report};
pub use hub::{Hub, Reach};
pub use log::{LogFault, LogRecord, LogSource, LookedUp};
pub use openapi::openapi;
pub use serve::{Listener, ServeFault, serve};
pub use settings::{FloorSettings, Limits, TlsFiles};
pub use shift::ShiftReply;
pub use tls::{TlsFault, look_at_tls};

use crate::core::Time;
use crate::webhook::push::Book;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::mpsc;

/// All that the floor server works with.
pub struct Floor {
    /// Settings.
    pub settings: FloorSettings,
    /// The fan-out, which the daemon feeds.
    pub hub: Arc<Hub>,
    /// Who is let in.
    pub access: Arc<Access>,
    /// To the daemon.
    pub daemon: mpsc::Sender<Ask>,
    /// Whose browsers are called while their page is closed.
    pub book: Arc<Book>,
    /// The duty log, to be read.
    pub log: Arc<dyn LogSource>,
    /// What tries changed thresholds on recorded days; `None`: nobody here does.
    pub bench: Option<Arc<dyn Bench>>,
    /// How the daemon stands.
    pub health: Arc<Health>,
    /// The floor's time.
    pub clock: Arc<dyn Fn() -> Time + Send + Sync>,
    /// The metrics as Prometheus text, as of now; nothing where the daemon does not answer.
    pub metrics: Arc<dyn Fn() -> BoxFuture<'static, Option<String>> + Send + Sync>,
}
