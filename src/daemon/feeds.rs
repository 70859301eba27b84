//! The feeds of the configuration in force: started, and started anew where a reload changes one.

use crate::clock::Clock;
use crate::config::{Config, FeedConfig, FeedKind};
use crate::core::{Input, Millis, Name};
use crate::feed::{self, FeedEvent, FeedSettings, Heard, Kind, Network, Tls};
use crate::floor::{Health, Latch};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The feeds that are running.
pub struct Feeds {
    network: Network,
    out: mpsc::Sender<FeedEvent>,
    clock: Clock,
    health: Arc<Health>,
    cancel: CancellationToken,
    running: BTreeMap<Name, RunningFeed>,
    /// Those that were told to end, by their names.
    leaving: BTreeMap<Name, JoinHandle<()>>,
    /// Those that tell of any queue: of the others nothing is waited for.
    awaited: BTreeSet<Name>,
    /// By how much each feed's clock differs from ours, as it said last.
    clocks: BTreeMap<Name, Millis>,
}

struct RunningFeed {
    config: FeedConfig,
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Feeds {
    /// No feeds yet; what they hear goes to `out`.
    pub fn new(
        network: Network,
        out: mpsc::Sender<FeedEvent>,
        clock: Clock,
        health: Arc<Health>,
        cancel: CancellationToken,
    ) -> Feeds {
        Feeds {
            network,
            out,
            clock,
            health,
            cancel,
            running: BTreeMap::new(),
            leaving: BTreeMap::new(),
            awaited: BTreeSet::new(),
            clocks: BTreeMap::new(),
        }
    }

    /// Our clock less those of the feeds for which they differ by so much that somebody should know: whole seconds.
    pub fn clocks_that_differ(&self) -> BTreeMap<Name, i64> {
        let seconds = |skew: &Millis| (skew.as_secs().round()) as i64;
        let differ = self.clocks.iter().filter(|(_, skew)| feed::clocks_differ(**skew));
        differ.map(|(feed, skew)| (feed.clone(), seconds(skew))).collect()
    }

    /// Runs the feeds of this configuration: those that did not change go on undisturbed.
    pub fn follow(&mut self, config: &Config) {
        self.leaving.retain(|_, task| !task.is_finished());
        let changed = |name: &Name, known: &mut RunningFeed| config.feeds.get(name) != Some(&known.config);
        for (name, feed) in self.running.extract_if(.., changed) {
            feed.cancel.cancel();
            self.health.forget(&latch(&name));
            self.clocks.remove(&name);
            self.leaving.insert(name, feed.task);
        }
        let awaited: BTreeSet<Name> = config.plan.queues.values().map(|queue| queue.feed.clone()).collect();
        let before = std::mem::replace(&mut self.awaited, awaited);
        before
            .difference(&self.awaited)
            .for_each(|name| self.health.forget(&latch(name)));
        for (name, settings) in &config.feeds {
            let is_new = !self.running.contains_key(name);
            if is_new || !before.contains(name) {
                self.show(name, Latch::Waiting("no reading yet".to_owned()));
            }
            if is_new {
                let feed = self.begin(name, settings);
                self.running.insert(name.clone(), feed);
            }
        }
    }

    /// How a feed that is awaited stands.
    fn show(&self, feed: &Name, stands: Latch) {
        if self.awaited.contains(feed) {
            self.health.set(latch(feed), stands);
        }
    }

    fn begin(&mut self, name: &Name, config: &FeedConfig) -> RunningFeed {
        let cancel = self.cancel.child_token();
        let before = self.leaving.remove(name);
        let (network, settings) = (self.network.clone(), feed_settings(name, config));
        let (out, clock, token) = (self.out.clone(), self.clock.clone(), cancel.clone());
        let task = tokio::spawn(async move {
            // Two of one name would be logged in at once, and the one that leaves would take the gauges of the other with it. What
            // went wrong in a task the runtime has reported.
            if let Some(before) = before {
                let _ = before.await;
            }
            let _ = feed::start_over(network, settings, out, move || clock.now(), token).await;
        });
        RunningFeed {
            config: config.clone(),
            cancel,
            task,
        }
    }

    /// What the core is to know of an event, and what health shows of it.
    pub fn input(&mut self, event: FeedEvent) -> Option<Input> {
        let feed = event.feed;
        match event.what {
            Heard::Connected => Some(Input::FeedConnected { feed }),
            Heard::Disconnected { why } => {
                self.show(&feed, Latch::Waiting(why.clone()));
                Some(Input::FeedDisconnected { feed, why })
            }
            Heard::Reading(reading) => {
                if self.awaited.contains(&feed) {
                    self.health.set_ok(&latch(&feed));
                }
                Some(Input::Reading { reading })
            }
            Heard::Heartbeat => Some(Input::Heartbeat { feed }),
            Heard::SourceLost { why } => {
                self.show(&feed, Latch::Waiting(why.clone()));
                Some(Input::SourceLost { feed, why })
            }
            Heard::QueueMissing { queue } => Some(Input::QueueMissing { queue }),
            Heard::ClockDiffers { skew } => {
                self.clocks.insert(feed, skew);
                None
            }
            // Counted and logged by the feed itself.
            Heard::Rejected { .. } => None,
        }
    }
}

fn latch(feed: &Name) -> String {
    format!("feed {feed}")
}

/// A feed's settings, as the adapters read them.
pub fn feed_settings(name: &Name, config: &FeedConfig) -> FeedSettings {
    let kind = match &config.kind {
        FeedKind::Json(json) => Kind::Json {
            url: json.url.clone(),
            subscribe: json.subscribe.clone(),
            headers: json
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), value.expose().into()))
                .collect(),
            ca_file: None,
        },
        FeedKind::AsteriskAmi(ami) => Kind::AsteriskAmi {
            address: ami.address.clone(),
            username: ami.username.clone(),
            secret: ami.secret.expose().into(),
            tls: ami.tls.as_ref().map(|tls| Tls {
                ca_file: tls.ca_file.clone(),
                server_name: Some(tls.server_name.clone()),
            }),
        },
    };
    FeedSettings {
        name: name.clone(),
        kind,
        stale_after: config.limits.stale_after,
        queues: config
            .sources
            .iter()
            .map(|(source, queue)| (source.to_string(), queue.clone()))
            .collect(),
    }
}
