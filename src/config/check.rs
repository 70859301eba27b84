//! Meaning that spans several parts of a file: thresholds against each other, ladders against the queues that climb them.

use super::diagnostic::{Code, Problems};
use super::duration;
use super::node::{Node, Said};
use super::queues::Queue;
use super::sentence::{Sentence, say};
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
            let (calm_at, above) = (calm.value.to_string(), above.to_string());
            let help = say!("bands_both_instead", above = above.as_str());
            let message = say!(
                "bands_both",
                ladder = ladder.as_str(),
                calm = calm_at,
                tier = name.as_str(),
                above = above
            );
            problems.error(Code::Contradiction, calm.span.clone(), message, help);
        } else if let Some(most) = at_most.filter(|most| *most <= calm.value) {
            let (most, calm) = (most.to_string(), calm.value.to_string());
            let message = say!(
                "band_released",
                tier = name.as_str(),
                most = most,
                ladder = ladder.as_str(),
                calm = calm
            );
            problems.error(
                Code::Contradiction,
                tier.span.clone(),
                message,
                say!("band_released_instead"),
            );
        }
    }
}

/// A surge cannot be severe where people are taken back.
pub fn severe(ladder: &Name, severe: &When, span: Range<usize>, calm: &Said<u32>, problems: &mut Problems) {
    let Some((above, at_most)) = band(severe) else {
        return;
    };
    if above < calm.value || at_most.is_some_and(|most| most <= calm.value) {
        let (calm, above) = (calm.value.to_string(), above.to_string());
        let help = say!("severe_both_instead", calm = calm.as_str());
        let message = say!("severe_both", ladder = ladder.as_str(), calm = calm, above = above);
        problems.error(Code::Contradiction, span, message, help);
    }
}

/// The callers waiting that a condition asks for.
fn band(when: &When) -> Option<(u32, Option<u32>)> {
    when.thresholds().find_map(Threshold::band)
}

/// Whether any condition of a ladder goes by a measure; the tier, where it is one's.
fn goes_by(ladder: &Ladder, measure: impl Fn(&Threshold) -> bool) -> Option<Sentence> {
    let by = |when: &When| when.thresholds().any(&measure);
    let tier = ladder.tiers.iter().find(|tier| by(&tier.when));
    let tier = tier.map(|tier| say!("by_tier", tier = tier.name.as_str()));
    tier.or_else(|| {
        ladder
            .severe
            .as_ref()
            .filter(|when| by(when))
            .map(|_| say!("by_severe"))
    })
    .or_else(|| by(&ladder.release.when).then(|| say!("by_release")))
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
            let message = say!(
                "in_time_untold",
                by = by,
                ladder = ladder.as_str(),
                queue = name.as_str()
            );
            problems.error(
                Code::Contradiction,
                queue.span.clone(),
                message,
                say!("in_time_untold_instead"),
            );
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
            let (pool, ladder) = (pool.value.as_str(), ladder.as_str());
            let message = say!(
                "stay_too_short",
                pool = pool,
                most = most,
                ladder = ladder,
                least = least
            );
            problems.error(
                Code::Contradiction,
                max_stay.span,
                message,
                say!("stay_too_short_instead"),
            );
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
    let needs: Vec<(&Name, Sentence)> = ladders
        .iter()
        .filter_map(|(name, ladder)| Some((name, goes_by(ladder, by_wait)?)))
        .collect();
    let lacking = root
        .named("queue")
        .into_iter()
        .filter(|(_, node)| !node.has("handle_time"));
    for (name, _) in lacking {
        let Some(queue) = queues.get(&name.value) else { continue };
        let climbed = |(ladder, _): &&(&Name, Sentence)| climbs(&name.value, queue, entries, ladder);
        if let Some((ladder, by)) = needs.iter().find(climbed) {
            let (ladder, name) = (ladder.as_str(), name.value.as_str());
            let message = say!("no_handle_time", by = by.clone(), ladder = ladder, queue = name);
            problems.error(
                Code::MissingKey,
                queue.span.clone(),
                message,
                say!("no_handle_time_instead"),
            );
        }
    }
}
