//! What the house around the core is told: feeds, floor, journal, labels.

use crate::core::ladder::FeedLimits;
use crate::core::{Millis, Name};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// One phone system.
#[derive(Clone, PartialEq, Debug)]
pub struct FeedConfig {
    /// How to reach it.
    pub kind: FeedKind,
    /// When its silence means something.
    pub limits: FeedLimits,
    /// Its own names of queues, to the keys of ours.
    pub sources: BTreeMap<Name, Name>,
}

/// How to reach a phone system.
#[derive(Clone, PartialEq, Debug)]
pub enum FeedKind {
    /// Readings as JSON over a WebSocket.
    Json(JsonFeed),
    /// Asterisk's manager interface.
    AsteriskAmi(AmiFeed),
}

/// A WebSocket that sends readings.
#[derive(Clone, PartialEq, Debug)]
pub struct JsonFeed {
    /// `ws://` or `wss://`.
    pub url: String,
    /// Sent once after connecting.
    pub subscribe: Option<String>,
    /// Sent with the request; they may hold tokens.
    pub headers: BTreeMap<Name, Secret>,
}

/// Asterisk's manager interface.
#[derive(Clone, PartialEq, Debug)]
pub struct AmiFeed {
    /// `host:port`.
    pub address: String,
    /// The manager user.
    pub username: String,
    /// Its secret; empty where the file was read for looking only and the secret is not there.
    pub secret: Secret,
    /// `None`: plain TCP.
    pub tls: Option<AmiTls>,
}

/// How a manager interface is known to be the right one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AmiTls {
    /// PEM certificates to trust in place of the public ones.
    pub ca_file: Option<PathBuf>,
    /// The name in the certificate.
    pub server_name: String,
}

/// Where supervisors connect.
#[derive(Clone, PartialEq, Debug)]
pub struct FloorConfig {
    /// Address and port.
    pub listen: SocketAddr,
    /// `None`: plain HTTP.
    pub tls: Option<FloorTls>,
    /// Another program ends TLS in front.
    pub behind_proxy: bool,
    /// The token that `/metrics` asks for.
    pub metrics_token: Option<Secret>,
    /// Where the floor on one printable page is kept fresh, beside the duty log; `None`: nowhere.
    pub paper: Option<PathBuf>,
    /// In which language: `en`, `zh-Hans` or `zh-Hant`.
    pub paper_language: &'static str,
    /// The folder of the recordings that the bench may replay; `None`: there is none.
    pub recordings: Option<PathBuf>,
}

/// PEM files of the floor's own TLS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FloorTls {
    /// The certificate chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// The duty log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalConfig {
    /// The file; `$STATE_DIRECTORY` is resolved already.
    pub path: PathBuf,
    /// Readings are kept this long.
    pub keep_readings: Millis,
    /// Names of people who do not occur for this long are forgotten; `None`: nobody's is.
    pub keep_log: Option<Millis>,
}

/// A secret: never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(secret: &str) -> Secret {
        Secret(Arc::from(secret))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(not shown)")
    }
}

/// What people read in place of a key.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Label {
    /// English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// Chinese in simplified characters.
    #[serde(rename = "zh-Hans", skip_serializing_if = "Option::is_none")]
    pub zh_hans: Option<String>,
    /// Chinese in traditional characters.
    #[serde(rename = "zh-Hant", skip_serializing_if = "Option::is_none")]
    pub zh_hant: Option<String>,
}

/// All labels, by what they name and its key.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Labels {
    /// Of feeds.
    pub feeds: BTreeMap<Name, Label>,
    /// Of queues.
    pub queues: BTreeMap<Name, Label>,
    /// Of pools.
    pub pools: BTreeMap<Name, Label>,
    /// Of ladders.
    pub ladders: BTreeMap<Name, Label>,
    /// Of tiers; the same name in two ladders is the same tier.
    pub tiers: BTreeMap<Name, Label>,
    /// Of roles, from the chain of command.
    pub roles: BTreeMap<Name, Label>,
}
