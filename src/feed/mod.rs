//! Feeds: what the phone systems say, as readings.
//!
//! ```text
//!   socket ──► adapter (pure: json, asterisk) ──► session (pure) ──► outbox ──► forwarding ──► the daemon's channel
//!              never waits for anybody                     bounded, the latest counts     waits for the daemon
//! ```
//!
//! One task reads the socket and never waits for the daemon: Asterisk drops a reader that is slow for a tenth of a
//! second. What the daemon has not taken yet lies in the [`outbox`], which is bounded: when it is full only the latest
//! of each kind and queue stays. A second task hands it on and waits as long as the daemon needs.

pub mod ami;
pub mod asterisk;
pub(crate) mod dial;
pub mod json;
pub mod outbox;
mod pinned;
pub mod readings;
pub mod reconnect;
pub mod rounds;
pub mod session;
mod telling;
pub mod text;

pub use dial::{Network, Simulated};
pub use telling::clocks_differ;

use crate::core::{Millis, Name, Reading, Time};
use outbox::Outbox;
use reconnect::{Again, Reconnect};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use telling::Teller;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The most readings a second that one feed hands on; of more, the latest of each queue.
pub const READINGS_PER_SECOND: u32 = 50_000;

/// Something heard from a feed.
#[derive(Clone, PartialEq, Debug)]
pub struct FeedEvent {
    /// The feed.
    pub feed: Name,
    /// When it was received, by the clock given to [`start`].
    pub received: Time,
    /// What.
    pub what: Heard,
}

/// What was heard.
#[derive(Clone, PartialEq, Debug)]
pub enum Heard {
    /// The connection stands, and the login where there is one. No queue is vouched for yet.
    Connected,
    /// There is no connection; it is tried for ever. Said again only where the cause changes.
    Disconnected {
        /// What happened and what to do, in words.
        why: String,
    },
    /// The state of a configured queue, under its key.
    Reading(Reading),
    /// The source lives and nothing changed.
    Heartbeat,
    /// The source goes away, or has lost sight of its queues.
    SourceLost {
        /// In words.
        why: String,
    },
    /// The source has no such queue.
    QueueMissing {
        /// Its key.
        queue: Name,
    },
    /// The source's clock and ours differ by another 5 s than was said before, or agree again.
    ClockDiffers {
        /// Our clock less the source's, by what came least late.
        skew: Millis,
    },
    /// Something came that was not taken. Counted, and logged now and then.
    Rejected {
        /// A short word, from a fixed list.
        reason: &'static str,
        /// What came and what was expected.
        detail: String,
    },
}

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Secret {
        Secret(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Secret {
        Secret(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// One feed.
#[derive(Clone, Debug)]
pub struct FeedSettings {
    /// Its key in the configuration.
    pub name: Name,
    /// What it is and where.
    pub kind: Kind,
    /// After this long without a sign of life the connection is given up; one is asked for every third of it.
    pub stale_after: Millis,
    /// The source's names of its queues, and their keys in the configuration.
    pub queues: BTreeMap<String, Name>,
}

/// What a feed is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// JSON text over a WebSocket.
    Json {
        /// `ws://` or `wss://`.
        url: String,
        /// Sent as a text frame after connecting.
        subscribe: Option<String>,
        /// Added to the request.
        headers: BTreeMap<String, Secret>,
        /// More authorities than the public ones, PEM.
        ca_file: Option<PathBuf>,
    },
    /// The Asterisk Manager Interface.
    AsteriskAmi {
        /// `host:port`.
        address: String,
        /// The user in manager.conf.
        username: String,
        /// Its secret.
        secret: Secret,
        /// TLS; `None`: plain TCP.
        tls: Option<Tls>,
    },
}

/// TLS towards a source.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// More authorities than the public ones, PEM; for a self-signed certificate the certificate itself.
    pub ca_file: Option<PathBuf>,
    /// The name in the certificate, where it is not the host of `address`.
    pub server_name: Option<String>,
}

/// Why settings cannot work.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SettingsError {
    /// A text that goes to Asterisk would break its lines.
    #[error("{what} holds a line end or another control character; write it without")]
    ControlCharacter {
        /// Which.
        what: String,
    },
    /// A text that goes to Asterisk is longer than it reads.
    #[error("{what} is {came} bytes long; Asterisk reads at most {limit}")]
    TooLong {
        /// Which.
        what: String,
        /// Bytes.
        came: usize,
        /// Bytes.
        limit: usize,
    },
}

impl FeedSettings {
    /// What cannot be sent to Asterisk as it is. (The adapter leaves control characters out in any case.)
    pub fn check(&self) -> Result<(), SettingsError> {
        let Kind::AsteriskAmi { username, secret, .. } = &self.kind else {
            return Ok(());
        };
        let queues = self
            .queues
            .keys()
            .map(|it| (format!("the queue name {it:?}"), it.as_str()));
        let account = [
            ("username".to_owned(), username.as_str()),
            ("the secret".to_owned(), secret.reveal()),
        ];
        for (what, text) in account.into_iter().chain(queues) {
            if text.chars().any(char::is_control) {
                return Err(SettingsError::ControlCharacter { what });
            }
            let limit = ami::SENT_LINE_LIMIT - 32;
            if text.len() > limit {
                return Err(SettingsError::TooLong {
                    what,
                    came: text.len(),
                    limit,
                });
            }
        }
        Ok(())
    }
}

/// The daemon's clock, as an adapter sees it.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// Begins to listen to a feed, until cancelled or until nobody receives any more. The task ends within moments of that.
pub fn start(
    settings: FeedSettings,
    out: mpsc::Sender<FeedEvent>,
    clock: impl Fn() -> Time + Send + Sync + 'static,
    cancel: CancellationToken,
) -> JoinHandle<()> {
    start_over(Network::Machine, settings, out, clock, cancel)
}

/// The same over this network. A simulated one reaches sources of kind `json` alone.
pub fn start_over(
    network: Network,
    settings: FeedSettings,
    out: mpsc::Sender<FeedEvent>,
    clock: impl Fn() -> Time + Send + Sync + 'static,
    cancel: CancellationToken,
) -> JoinHandle<()> {
    let outbox = Arc::new(Outbox::new(settings.name.clone()));
    let cancel = cancel.child_token();
    let reading = tokio::spawn(keep_connected(
        network,
        settings,
        outbox.clone(),
        Arc::new(clock),
        cancel.clone(),
    ));
    tokio::spawn(async move {
        tokio::select! {
            biased;
            () = cancel.cancelled() => {}
            () = outbox.forward(&out) => cancel.cancel(),
        }
        // It ends by the same token; a panic in it has been reported by the runtime.
        let _ = reading.await;
    })
}

/// How one connection ended.
struct Ended {
    /// In words; `None`: it has been told.
    why: Option<String>,
    /// When to try again.
    again: Again,
    /// For how long it was of use.
    useful_for: Duration,
}

impl Ended {
    fn before_it_began(why: String, again: Again) -> Ended {
        Ended {
            why: Some(why),
            again,
            useful_for: Duration::ZERO,
        }
    }
}

async fn keep_connected(
    network: Network,
    settings: FeedSettings,
    outbox: Arc<Outbox>,
    clock: Clock,
    cancel: CancellationToken,
) {
    let mut teller = Teller::new(&settings, outbox, clock);
    let mut reconnect = Reconnect::new();
    let mut adapter = Adapter::new(network, settings);
    adapter
        .impairments()
        .iter()
        .for_each(|reason| teller.impaired(reason, false));
    loop {
        let ended = tokio::select! {
            biased;
            () = cancel.cancelled() => break,
            ended = adapter.attend(&mut teller) => ended,
        };
        if let Some(why) = ended.why {
            teller.tell(Heard::Disconnected { why });
        }
        let pause = reconnect.pause_after(ended.useful_for, ended.again);
        tokio::select! {
            biased;
            () = cancel.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    teller.leave();
}

/// What a feed's kind needs from one connection to the next.
enum Adapter {
    Json(json::link::Source),
    Asterisk(Box<asterisk::link::Source>),
}

impl Adapter {
    /// What can keep this kind of feed from telling all that it should.
    fn impairments(&self) -> &'static [&'static str] {
        match self {
            Adapter::Json(_) => &[],
            Adapter::Asterisk(_) => &asterisk::IMPAIRMENTS,
        }
    }

    fn new(network: Network, settings: FeedSettings) -> Adapter {
        match settings.kind {
            Kind::Json {
                url,
                subscribe,
                headers,
                ca_file,
            } => {
                let queues = settings.queues;
                let stale_after = settings.stale_after;
                Adapter::Json(json::link::Source {
                    url,
                    subscribe,
                    headers,
                    ca_file,
                    queues,
                    stale_after,
                    network,
                })
            }
            Kind::AsteriskAmi {
                address,
                username,
                secret,
                tls,
            } => {
                let account = asterisk::Account {
                    address,
                    username,
                    secret,
                    stale_after: settings.stale_after,
                };
                Adapter::Asterisk(Box::new(asterisk::link::Source::new(account, tls, &settings.queues)))
            }
        }
    }

    async fn attend(&mut self, teller: &mut Teller) -> Ended {
        match self {
            Adapter::Json(source) => source.attend(teller).await,
            Adapter::Asterisk(source) => source.attend(teller).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_break_asterisks_lines_is_refused_in_words() {
        let settings = |username: &str, queue: &str| FeedSettings {
            name: "hotline".into(),
            kind: Kind::AsteriskAmi {
                address: "pbx:5038".into(),
                username: username.into(),
                secret: "s3cret".into(),
                tls: None,
            },
            stale_after: Millis(15_000),
            queues: BTreeMap::from([(queue.to_owned(), Name::from("inbound"))]),
        };
        assert_eq!(settings("surged", "inbound").check(), Ok(()));
        let refused = |settings: FeedSettings| settings.check().unwrap_err().to_string();
        let expected = "username holds a line end or another control character; write it without";
        assert_eq!(refused(settings("a\r\nAction: Logoff", "inbound")), expected);
        assert!(refused(settings("surged", "in\nbound")).starts_with("the queue name \"in\\nbound\" holds"));
        assert!(
            refused(settings("surged", &"q".repeat(2_000))).ends_with("is 2000 bytes long; Asterisk reads at most 968")
        );
        assert!(!format!("{:?}", settings("surged", "inbound")).contains("s3cret"));
    }
}
