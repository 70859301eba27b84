//! Feeds, the floor and the journal: addresses, files and secrets.

use super::diagnostic::{Code, Problems, Severity};
use super::names;
use super::node::{Node, Said};
use super::queues::{self, Queue};
use super::sentence::{Sentence, say};
use super::settings::{
    AmiFeed, AmiTls, FeedConfig, FeedKind, FloorConfig, FloorTls, JournalConfig, JsonFeed, Labels, Secret,
};
use super::tables::default;
use super::{Purpose, Surroundings, duration};
use crate::core::Name;
use crate::core::ladder::FeedLimits;
use axum::http::{HeaderName, HeaderValue};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

/// Largest secret that is read, in bytes.
pub const SECRET_BYTES_MAX: u64 = 4_096;

/// Reads the feeds, with the queues that each reports.
pub fn feeds(
    root: Node<'_>,
    queues: &BTreeMap<Name, Queue>,
    surroundings: &Surroundings<'_>,
    labels: &mut Labels,
    problems: &mut Problems,
) -> BTreeMap<Name, FeedConfig> {
    let mut feeds = BTreeMap::new();
    for (name, node) in root.named("feed") {
        names::label(node, &name.value, &mut labels.feeds);
        let kind = match node.text("kind").map(|said| said.value) {
            Some("json") => json(node, problems).map(FeedKind::Json),
            Some("asterisk-ami") => asterisk(&name, node, surroundings, problems).map(FeedKind::AsteriskAmi),
            _ => None,
        };
        let limits = limits(&name, node, problems);
        if let Some(kind) = kind {
            if matches!(kind, FeedKind::AsteriskAmi(_)) {
                sources_by_case(&name.value, queues, problems);
            }
            let ours = queues.iter().filter(|(_, queue)| queue.plan.feed == name.value);
            let sources = ours.map(|(key, queue)| (queue.source.clone(), key.clone())).collect();
            feeds.insert(name.value, FeedConfig { kind, limits, sources });
        }
    }
    if root.has("feed") && root.keys("feed").next().is_none() {
        problems.error(
            Code::MissingKey,
            root.at("feed"),
            say!("no_feed"),
            say!("no_feed_instead"),
        );
    }
    feeds
}

/// Asterisk takes no notice of the case of a queue's name: two that differ by it alone are one.
fn sources_by_case(feed: &Name, queues: &BTreeMap<Name, Queue>, problems: &mut Problems) {
    let mut taken: BTreeMap<String, (&Name, &Queue)> = BTreeMap::new();
    for (name, queue) in queues.iter().filter(|(_, queue)| queue.plan.feed == *feed) {
        let Some((first, other)) = taken.insert(queue.source.to_string().to_ascii_lowercase(), (name, queue)) else {
            continue;
        };
        // The very same source twice is told of already.
        if other.source != queue.source {
            let message = say!(
                "sources_by_case",
                first = first.as_str(),
                second = name.as_str(),
                source = other.source.as_str(),
                other = queue.source.as_str(),
                feed = feed.as_str(),
            );
            problems.error(Code::Contradiction, queue.span.clone(), message, say!("own_source"));
        }
    }
}

fn limits(name: &Said<Name>, node: Node<'_>, problems: &mut Problems) -> FeedLimits {
    let stale_after = node.duration_or("stale_after", default::STALE_AFTER);
    let forget_after = node.duration_or("forget_after", default::FORGET_AFTER);
    if forget_after <= stale_after {
        let (forgotten, stale) = (duration::format(forget_after), duration::format(stale_after));
        let message = say!(
            "forgotten_first",
            feed = name.value.as_str(),
            forgotten = forgotten,
            stale = stale
        );
        let place = if node.has("forget_after") {
            node.at("forget_after")
        } else {
            node.at("stale_after")
        };
        problems.error(Code::Contradiction, place, message, say!("forgotten_first_instead"));
    }
    FeedLimits {
        stale_after,
        forget_after,
        gone_after: node.duration_or("gone_after", default::GONE_AFTER),
        paused: queues::paused(node).unwrap_or_default(),
    }
}

fn json(node: Node<'_>, problems: &mut Problems) -> Option<JsonFeed> {
    let headers = node.named_texts("headers");
    for (name, value) in &headers {
        if HeaderName::try_from(name.value.as_str()).is_err() || HeaderValue::try_from(*value).is_err() {
            let message = say!("no_header", name = name.value.as_str());
            problems.error(Code::BadValue, name.span.clone(), message, say!("no_header_instead"));
        }
    }
    let headers = headers.into_iter().map(|(name, value)| (name.value, value.into()));
    Some(JsonFeed {
        url: node.text("url")?.value.to_owned(),
        subscribe: node.text("subscribe").map(|said| said.value.to_owned()),
        headers: headers.collect(),
    })
}

fn asterisk(
    name: &Said<Name>,
    node: Node<'_>,
    surroundings: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<AmiFeed> {
    let secret = match (node.text("secret_file"), node.text("secret_env")) {
        (Some(file), None) => surroundings.secret_of_file(&file, problems),
        (None, Some(variable)) => surroundings.secret_of_variable(&variable, problems),
        (Some(_), Some(variable)) => {
            let message = say!("both_there", one = "secret_file", other = "secret_env");
            problems.error(Code::Contradiction, variable.span, message, say!("leave_one_out"));
            None
        }
        (None, None) => {
            if !node.has("secret_file") && !node.has("secret_env") {
                let message = say!("no_secret", feed = name.value.as_str());
                let help = say!("no_secret_instead");
                problems.error(Code::MissingKey, name.span.clone(), message, help);
            }
            None
        }
    };
    for key in ["ca_file", "server_name"] {
        if node.has(key) && !node.flag("tls") {
            let message = say!("tls_alone", key = key);
            problems.error(Code::Contradiction, node.at(key), message, say!("tls_alone_instead"));
        }
    }
    let address = node.text("address")?.value;
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let server_name = node
        .text("server_name")
        .map_or(host, |said| said.value)
        .trim_matches(['[', ']'])
        .to_owned();
    let ca_file = node.text("ca_file").map(|file| surroundings.file(&file, problems));
    Some(AmiFeed {
        address: address.to_owned(),
        username: node.text("username")?.value.to_owned(),
        secret: secret.unwrap_or(Secret::from("")),
        tls: node.flag("tls").then_some(AmiTls { ca_file, server_name }),
    })
}

/// Languages of the printable page; the first where none is named.
pub(super) const PAPER_LANGUAGES: [&str; 3] = ["en", "zh-Hans", "zh-Hant"];

/// Reads the floor; `None` only where something was said to be wrong.
pub fn floor(root: Node<'_>, surroundings: &Surroundings<'_>, problems: &mut Problems) -> Option<FloorConfig> {
    let Some(node) = root.node("floor") else {
        return Some(FloorConfig {
            listen: default::LISTEN,
            tls: None,
            behind_proxy: false,
            metrics_token: None,
            paper: None,
            paper_language: PAPER_LANGUAGES[0],
            recordings: None,
        });
    };
    let listen = match node.text("listen") {
        Some(said) => said.value.parse().ok()?,
        None => default::LISTEN,
    };
    let behind_proxy = node.flag("behind_proxy");
    if behind_proxy && node.has("tls") {
        let (message, help) = (say!("proxy_and_tls"), say!("leave_one_out"));
        problems.error(Code::Contradiction, node.at("behind_proxy"), message, help);
    }
    if !listen.ip().is_loopback() && !behind_proxy && !node.has("tls") {
        let message = say!("in_the_clear", address = listen.to_string());
        let help = say!("in_the_clear_instead");
        problems.error(Code::Contradiction, node.at("listen"), message, help);
    }
    let mut file = |tls: Node<'_>, key| tls.text(key).map(|said| surroundings.file(&said, problems));
    let tls = node.node("tls").and_then(|tls| {
        let (certificate, key) = (file(tls, "certificate"), file(tls, "key"));
        Some(FloorTls {
            certificate: certificate?,
            key: key?,
        })
    });
    let metrics_token = node
        .text("metrics_token_file")
        .and_then(|said| surroundings.secret_of_file(&said, problems));
    Some(FloorConfig {
        listen,
        tls,
        behind_proxy,
        metrics_token,
        paper: node.text("paper").map(|said| PathBuf::from(said.value)),
        paper_language: node
            .text("paper_language")
            .and_then(|said| PAPER_LANGUAGES.iter().find(|tag| **tag == said.value))
            .unwrap_or(&PAPER_LANGUAGES[0]),
        recordings: node.text("recordings").map(|said| surroundings.folder.join(said.value)),
    })
}

/// Reads the journal.
pub fn journal(root: Node<'_>, surroundings: &Surroundings<'_>) -> JournalConfig {
    let node = root.node("journal");
    let path = node
        .and_then(|node| node.text("path"))
        .map_or(default::JOURNAL_PATH, |said| said.value);
    // systemd may list several folders there; the first is the unit's own.
    let state = (surroundings.variable)("STATE_DIRECTORY").filter(|folders| !folders.is_empty());
    let folder = state
        .as_deref()
        .and_then(|folders| folders.split(':').next())
        .unwrap_or("");
    let keep_readings = node.and_then(|node| node.duration("keep_readings"));
    let keep_readings = keep_readings.map_or(default::KEEP_READINGS, |said| said.value);
    JournalConfig {
        path: PathBuf::from(folder).join(path),
        keep_readings,
        keep_log: node.and_then(|node| node.duration("keep_log")).map(|said| said.value),
    }
}

impl Surroundings<'_> {
    /// What is missing keeps the daemon from running, and nobody from looking.
    pub(super) fn severity(&self) -> Severity {
        match self.purpose {
            Purpose::Run => Severity::Error,
            Purpose::Look => Severity::Warning,
        }
    }

    /// A file that must be there.
    pub(super) fn file(&self, said: &Said<&str>, problems: &mut Problems) -> PathBuf {
        let path = self.folder.join(said.value);
        let wrong = match std::fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => return path,
            Ok(_) => say!("no_file"),
            Err(error) => say!("written", text = error.to_string()),
        };
        let message = say!("file_unusable", path = path.display().to_string(), why = wrong);
        let help = say!("file_unusable_instead");
        problems.note(self.severity(), Code::File, said.span.clone(), message, help);
        path
    }

    pub(super) fn secret_of_file(&self, said: &Said<&str>, problems: &mut Problems) -> Option<Secret> {
        let path = self.folder.join(said.value);
        match read_secret(&path) {
            Ok(secret) => Some(secret),
            Err(wrong) => {
                let message = say!("secret_unreadable", path = path.display().to_string(), why = wrong);
                let help = say!("secret_unreadable_instead");
                problems.note(self.severity(), Code::File, said.span.clone(), message, help);
                None
            }
        }
    }

    pub(super) fn secret_of_variable(&self, said: &Said<&str>, problems: &mut Problems) -> Option<Secret> {
        match (self.variable)(said.value).filter(|secret| !secret.is_empty()) {
            Some(secret) => Some(Secret::from(secret.as_str())),
            None => {
                let message = say!("variable_unset", name = said.value);
                let help = say!("variable_unset_instead");
                problems.note(self.severity(), Code::File, said.span.clone(), message, help);
                None
            }
        }
    }
}

fn read_secret(path: &std::path::Path) -> Result<Secret, Sentence> {
    let fault = |error: std::io::Error| say!("written", text = error.to_string());
    // Asked first: opening a pipe would wait for its other end.
    if !std::fs::metadata(path).map_err(fault)?.is_file() {
        return Err(say!("no_file"));
    }
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(fault)?;
    file.take(SECRET_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(fault)?;
    match text.trim_end_matches(['\r', '\n']) {
        _ if text.len() as u64 > SECRET_BYTES_MAX => Err(say!("longer_than", most = SECRET_BYTES_MAX.to_string())),
        "" => Err(say!("is_empty")),
        secret if secret.contains(['\r', '\n']) => Err(say!("several_lines")),
        secret => Ok(Secret::from(secret)),
    }
}
