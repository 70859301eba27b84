//! Meaning that spans several parts of a file: thresholds against each other, ladders against the queues that climb them.

use super::diagnostic::{Code, Problems};
use super::duration;
use super::node::{Node, Said};
use super::queues::Queue;
use crate::calendar::Entry;
use crate::core::Name;
use crate::core::ladder::{Ladder, Threshold, Tier};
use std::collections::BTreeMap;

/// The calls of a ladder and its release must leave each other room.
pub fn bands(ladder: &Name, tiers: &[Said<Tier>], calm: &Said<u32>, problems: &mut Problems) {
    for (n, tier) in tiers.iter().enumerate() {
        let Threshold::WaitingAbove { above, at_most } = tier.value.when.threshold else {
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
    let needs: Vec<(&Name, &Name)> = ladders
        .iter()
        .filter_map(|(name, ladder)| {
            let by_wait = |t: &&Tier| matches!(t.when.threshold, Threshold::ExpectedWaitAbove(_));
            ladder.tiers.iter().find(by_wait).map(|tier| (name, &tier.name))
        })
        .collect();
    let lacking = root
        .named("queue")
        .into_iter()
        .filter(|(_, node)| !node.has("handle_time"));
    for (name, _) in lacking {
        let Some(queue) = queues.get(&name.value) else { continue };
        let climbs = |ladder: &Name| {
            queue.plan.ladder == *ladder
                || entries
                    .iter()
                    .any(|entry| entry.ladder == *ladder && entry.is_for(&name.value))
        };
        if let Some((ladder, tier)) = needs.iter().find(|(ladder, _)| climbs(ladder)) {
            let message = format!(
                "tier `{tier}` of ladder `{ladder}` goes by the expected wait, and queue `{}` has no handle_time to compute it from",
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
