//! The phone systems, listened to for a while as the daemon would.

use super::Findings;
use crate::config::Config;
use crate::core::{Millis, Name, Time};
use crate::daemon::feed_settings;
use crate::feed::{self, FeedEvent, Heard};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// Events that may wait; beyond it the feeds keep the latest.
const EVENTS_WAITING: usize = 4096;
/// Names that are listed at most.
const SHOWN: usize = 12;

/// What one feed said.
#[derive(Default)]
struct Said {
    connected: bool,
    /// The last cause of having no connection.
    why: Option<String>,
    /// The queues that were seen, with their depth.
    seen: BTreeMap<Name, u32>,
    /// What it did not take, by reason, the last words of each.
    rejected: BTreeMap<&'static str, String>,
    lost: Option<String>,
    skew: Option<Millis>,
    people: BTreeSet<Name>,
    names_people: bool,
}

pub(super) fn look(config: &Config, listen: Duration, findings: &mut Findings) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let said = runtime.block_on(listened(config, listen));
    for (name, feed) in &config.feeds {
        let of = format!("feed {name}");
        let empty = Said::default();
        let said = said.get(name).unwrap_or(&empty);
        match (&said.why, said.connected) {
            (_, true) => findings.good(of.clone(), "reached, and let in"),
            (Some(why), false) => {
                findings.fault(of, why.clone(), "");
                continue;
            }
            (None, false) => {
                let seconds = listen.as_secs();
                findings.fault(
                    of,
                    format!("no connection within {seconds} s"),
                    "give it longer with --listen, or look at the network",
                );
                continue;
            }
        }
        if let Some(lost) = &said.lost {
            findings.fault(of.clone(), lost.clone(), "");
        }
        if let Some(skew) = said.skew.filter(|skew| feed::clocks_differ(*skew)) {
            findings.warning(
                format!("{of} (clock)"),
                format!("our clock less that of the phone system is {:.0} s", skew.as_secs()),
                "set both by NTP: readings count by the moment at which they come, and a replay goes by their own",
            );
        }
        for (reason, detail) in &said.rejected {
            findings.warning(format!("{of} ({reason})"), detail.clone(), "");
        }
        for (source, queue) in &feed.sources {
            match said.seen.get(queue) {
                Some(waiting) => {
                    findings.good(format!("queue {queue}"), format!("seen as {source}, {waiting} waiting"))
                }
                None => findings.fault(
                    format!("queue {queue}"),
                    format!("feed {name} did not tell of {source}"),
                    "compare the queue's source with the phone system's name for it",
                ),
            }
        }
    }
    people(config, &said, findings);
    Ok(())
}

async fn listened(config: &Config, listen: Duration) -> BTreeMap<Name, Said> {
    let cancel = CancellationToken::new();
    let (out, mut events) = mpsc::channel::<FeedEvent>(EVENTS_WAITING);
    for (name, settings) in &config.feeds {
        let clock = || Time(jiff::Timestamp::now().as_millisecond());
        // It ends with the token; the channel closes when the last has ended.
        drop(feed::start(
            feed_settings(name, settings),
            out.clone(),
            clock,
            cancel.clone(),
        ));
    }
    drop(out);
    let until = Instant::now() + listen;
    let mut said: BTreeMap<Name, Said> = BTreeMap::new();
    while let Ok(Some(event)) = timeout_at(until, events.recv()).await {
        let entry = said.entry(event.feed).or_default();
        match event.what {
            Heard::Connected => entry.connected = true,
            Heard::Disconnected { why } => entry.why = Some(why),
            Heard::Reading(reading) => {
                entry.names_people |= reading.agents.is_some();
                entry
                    .people
                    .extend(reading.agents.into_iter().flatten().map(|agent| agent.person));
                entry.seen.insert(reading.queue, reading.waiting);
                entry.lost = None;
            }
            Heard::QueueMissing { queue } => drop(entry.seen.remove(&queue)),
            Heard::Rejected { reason, detail } => drop(entry.rejected.insert(reason, detail)),
            Heard::SourceLost { why } => entry.lost = Some(why),
            Heard::ClockDiffers { skew } => entry.skew = Some(skew),
            Heard::Heartbeat => {}
        }
    }
    cancel.cancel();
    said
}

/// Whether the people of the pools are called what the phone system calls them.
fn people(config: &Config, said: &BTreeMap<Name, Said>, findings: &mut Findings) {
    if !said.values().any(|it| it.names_people) {
        return;
    }
    let at_phones: BTreeSet<&Name> = said.values().flat_map(|it| &it.people).collect();
    let in_pools: BTreeSet<&Name> = config.plan.pools.values().flat_map(|pool| &pool.people).collect();
    let listed = |names: &[&Name]| {
        let shown: Vec<&str> = names.iter().take(SHOWN).map(|name| name.as_str()).collect();
        let more = names.len().saturating_sub(SHOWN);
        match more {
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    };
    let both: Vec<&Name> = in_pools.intersection(&at_phones).copied().collect();
    let unseen: Vec<&Name> = in_pools.difference(&at_phones).copied().collect();
    let strangers: Vec<&Name> = at_phones.difference(&in_pools).copied().collect();
    if !in_pools.is_empty() && both.is_empty() && !at_phones.is_empty() {
        let found = format!(
            "none of the pools' people is at the phones; there are {}",
            listed(&strangers)
        );
        findings.warning(
            "people",
            found,
            "a pool's people are written as the phone system names them, letter by letter",
        );
        return;
    }
    if !both.is_empty() {
        findings.good(
            "people",
            format!("{} of the pools are known to the phone system", both.len()),
        );
    }
    if !unseen.is_empty() {
        let found = format!("not at the phones now: {}", listed(&unseen));
        findings.good("people", found);
    }
}
