//! Meaning that spans several parts of a file: thresholds against each other, ladders against the queues that climb them.

use super::diagnostic::{Code, Problems};
use super::duration;
use super::node::{Node, Said};
use super::queues::Queue;
use super::settings::{FeedConfig, FeedKind};
use crate::calendar::Entry;
use crate::core::Name;
use crate::core::ladder::{Ladder, Threshold, Tier, When};
use std::collections::BTreeMap;
use std::ops::Range;

/// The calls of a ladder and its release must leave each other room.
pub fn bands(ladder: &Name, tiers: &[Said<Tier>], calm: &Said<u32>, problems: &mut Problems) {
    for (n, tier) in tiers.iter().enumerate() {
        let Some((above, at_most)) = band(&tier.value.when) else {
            continue;
        };
        let name = &tier.value.name;
        if n == 0 && calm.value > above {
            let message = format!(
                "ladder `{ladder}` releases at {} or fewer waiting, and calls `{name}` above {above}: it would do both at once",
                calm.value
            );
            problems.error(
                Code::Contradiction,
                calm.span.clone(),
                message,
                format!("write waiting_at_most = {above} or less"),
            );
        } else if let Some(most) = at_most.filter(|most| *most <= calm.value) {
            let message = format!(
                "tier `{name}` is due at {most} or fewer waiting, where ladder `{ladder}` releases already (at {} or fewer)",
                calm.value
            );
            let help = "raise its waiting_at_most, or leave it out";
            problems.error(Code::Contradiction, tier.span.clone(), message, help);
        }
    }
}

/// A surge cannot be severe where people are taken back.
pub fn severe(ladder: &Name, severe: &When, span: Range<usize>, calm: &Said<u32>, problems: &mut Problems) {
    let Some((above, at_most)) = band(severe) else {
        return;
    };
    if above < calm.value || at_most.is_some_and(|most| most <= calm.value) {
        let message = format!(
            "ladder `{ladder}` releases at {} or fewer waiting, and is severe above {above}: it would do both at once",
            calm.value
        );
        let help = format!("raise its waiting_above to {} or more", calm.value);
        problems.error(Code::Contradiction, span, message, help);
    }
}

/// The callers waiting that a condition asks for.
fn band(when: &When) -> Option<(u32, Option<u32>)> {
    when.thresholds().find_map(|threshold| match *threshold {
        Threshold::WaitingAbove { above, at_most } => Some((above, at_most)),
        _ => None,
    })
}

/// Whether any condition of a ladder goes by a measure; the tier, where it is one's.
fn goes_by(ladder: &Ladder, measure: impl Fn(&Threshold) -> bool) -> Option<String> {
    let by = |when: &When| when.thresholds().any(&measure);
    let tier = ladder.tiers.iter().find(|tier| by(&tier.when));
    let tier = tier.map(|tier| format!("tier `{}`", tier.name));
    tier.or_else(|| {
        ladder
            .severe
            .as_ref()
            .filter(|when| by(when))
            .map(|_| "severe".to_owned())
    })
    .or_else(|| by(&ladder.release.when).then(|| "the release".to_owned()))
}

/// What a phone system never tells is never known: a tier would never be due, and a release would never come.
pub fn told(
    ladders: &BTreeMap<Name, Ladder>,
    queues: &BTreeMap<Name, Queue>,
    entries: &[Entry],
    feeds: &BTreeMap<Name, FeedConfig>,
    problems: &mut Problems,
) {
    let in_time = |threshold: &Threshold| {
        matches!(
            threshold,
            Threshold::AnsweredShareBelow(_) | Threshold::AnsweredShareAtLeast(_)
        )
    };
    for (name, queue) in queues {
        let feed = feeds.get(&queue.plan.feed).map(|feed| &feed.kind);
        if !matches!(feed, Some(FeedKind::AsteriskAmi(_))) {
            continue;
        }
        let climbed = ladders
            .iter()
            .filter(|(ladder, _)| climbs(name, queue, entries, ladder));
        for (ladder, by) in climbed.filter_map(|(name, ladder)| Some((name, goes_by(ladder, in_time)?))) {
            let message = format!(
                "{by} of ladder `{ladder}` goes by calls answered in time, which Asterisk does not tell for queue `{name}`: it would never hold"
            );
            let help = "send readings with answered_in_target to a \"json\" feed, or write abandoned_share_above or \
                        longest_wait_above";
            problems.error(Code::Contradiction, queue.span.clone(), message, help);
        }
    }
}

/// Whether a queue may come to climb a ladder.
fn climbs(name: &Name, queue: &Queue, entries: &[Entry], ladder: &Name) -> bool {
    let by_calendar = |entry: &Entry| entry.ladder == *ladder && entry.is_for(name);
    queue.plan.ladder == *ladder || entries.iter().any(by_calendar)
}

/// A pool's people cannot go back before they may go back.
pub fn stays(root: Node<'_>, ladders: &BTreeMap<Name, Ladder>, problems: &mut Problems) {
    for (pool, node) in root.named("pool") {
        let Some(max_stay) = node.duration("max_stay") else {
            continue;
        };
        let keeps = ladders.iter().find(|(_, ladder)| {
            ladder.release.min_stay > max_stay.value && ladder.tiers.iter().any(|tier| tier.pools.contains(&pool.value))
        });
        if let Some((ladder, keeps)) = keeps {
            let (most, least) = (
                duration::format(max_stay.value),
                duration::format(keeps.release.min_stay),
            );
            let message = format!(
                "people of pool `{}` stay {most} at most, and ladder `{ladder}` keeps them {least} at least",
                pool.value
            );
            let help = "write a max_stay that is longer than the release's min_stay";
            problems.error(Code::Contradiction, max_stay.span, message, help);
        }
    }
}

/// An expected wait needs the handling time of every queue that may climb the ladder.
pub fn expected_waits(
    root: Node<'_>,
    ladders: &BTreeMap<Name, Ladder>,
    queues: &BTreeMap<Name, Queue>,
    entries: &[Entry],
    problems: &mut Problems,
) {
    let by_wait = |threshold: &Threshold| matches!(threshold, Threshold::ExpectedWaitAbove(_));
    let needs: Vec<(&Name, String)> = ladders
        .iter()
        .filter_map(|(name, ladder)| Some((name, goes_by(ladder, by_wait)?)))
        .collect();
    let lacking = root
        .named("queue")
        .into_iter()
        .filter(|(_, node)| !node.has("handle_time"));
    for (name, _) in lacking {
        let Some(queue) = queues.get(&name.value) else { continue };
        let climbed = |(ladder, _): &&(&Name, String)| climbs(&name.value, queue, entries, ladder);
        if let Some((ladder, by)) = needs.iter().find(climbed) {
            let message = format!(
                "{by} of ladder `{ladder}` goes by the expected wait, and queue `{}` has no handle_time to compute it from",
                name.value
            );
            problems.error(
                Code::MissingKey,
                queue.span.clone(),
                message,
                "add handle_time = \"3m\", as measured",
            );
        }
    }
}
