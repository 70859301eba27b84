//! What a reload would change: live, or only with a restart.

use super::Config;
use crate::core::{Name, Plan};
use std::collections::BTreeMap;

/// The differences of two configurations, in words. Both empty: nothing that matters changed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Change {
    /// Taken up while running.
    pub live: Vec<String>,
    /// Kept as they were until the daemon is started again.
    pub needs_restart: Vec<String>,
}

impl Change {
    /// Whether nothing that matters changed.
    pub fn is_empty(&self) -> bool {
        self.live.is_empty() && self.needs_restart.is_empty()
    }
}

/// Tells what changed. A feed that is reached in another way is started anew by itself.
pub fn diff(old: &Config, new: &Config) -> Change {
    let mut change = Change::default();
    plan(&old.plan, &new.plan, &mut change.live);
    if old.calendar.zone != new.calendar.zone {
        change.live.push("time_zone".to_owned());
    }
    if old.calendar.entries != new.calendar.entries {
        change.live.push("calendar".to_owned());
    }
    if old.labels != new.labels {
        change.live.push("labels".to_owned());
    }
    let sources = |config: &Config| each(&config.feeds, |feed| feed.sources.clone());
    named("sources of feed", &sources(old), &sources(new), &mut change.live);
    let reached = |config: &Config| each(&config.feeds, |feed| feed.kind.clone());
    named("feed", &reached(old), &reached(new), &mut change.live);
    named("webhook", &old.webhooks, &new.webhooks, &mut change.live);
    if old.floor.recordings != new.floor.recordings {
        change.live.push("floor.recordings".to_owned());
    }
    if old.push != new.push {
        change.live.push("push".to_owned());
    }
    if old.journal.keep_readings != new.journal.keep_readings {
        change.live.push("journal.keep_readings".to_owned());
    }
    if old.journal.write_readings_within != new.journal.write_readings_within {
        change.live.push("journal.write_readings_within".to_owned());
    }
    if old.journal.keep_log != new.journal.keep_log {
        change.live.push("journal.keep_log".to_owned());
    }
    let settings = [
        ("floor.listen", old.floor.listen != new.floor.listen),
        ("floor.tls", old.floor.tls != new.floor.tls),
        ("floor.behind_proxy", old.floor.behind_proxy != new.floor.behind_proxy),
        (
            "floor.metrics_token_file",
            old.floor.metrics_token != new.floor.metrics_token,
        ),
        ("floor.paper", old.floor.paper != new.floor.paper),
        (
            "floor.paper_language",
            old.floor.paper_language != new.floor.paper_language,
        ),
        ("journal.path", old.journal.path != new.journal.path),
    ];
    change.needs_restart.extend(
        settings
            .iter()
            .filter(|(_, changed)| *changed)
            .map(|(name, _)| (*name).to_owned()),
    );
    change
}

fn plan(old: &Plan, new: &Plan, live: &mut Vec<String>) {
    named("queue", &old.queues, &new.queues, live);
    named("pool", &old.pools, &new.pools, live);
    named("ladder", &old.ladders, &new.ladders, live);
    named("limits of feed", &old.feeds, &new.feeds, live);
    if old.roster != new.roster {
        live.push("roster".to_owned());
    }
    if old.chain != new.chain {
        live.push("chain".to_owned());
    }
    if old.physical_seats != new.physical_seats {
        live.push("floor.physical_seats".to_owned());
    }
}

fn each<T, U>(map: &BTreeMap<Name, T>, part: impl Fn(&T) -> U) -> BTreeMap<Name, U> {
    map.iter().map(|(name, value)| (name.clone(), part(value))).collect()
}

fn named<T: PartialEq>(what: &str, old: &BTreeMap<Name, T>, new: &BTreeMap<Name, T>, words: &mut Vec<String>) {
    for (name, value) in new {
        match old.get(name) {
            None => words.push(format!("{what} `{name}` is new")),
            Some(before) if before != value => words.push(format!("{what} `{name}` changed")),
            Some(_) => {}
        }
    }
    words.extend(
        old.keys()
            .filter(|name| !new.contains_key(*name))
            .map(|name| format!("{what} `{name}` is gone")),
    );
}
