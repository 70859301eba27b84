//! Queues: which feed reports them under which name, and which ladder they climb.

use super::diagnostic::{Code, Problems};
use super::names::{self, Known};
use super::node::{Node, Said};
use super::reader::listed;
use super::sentence::say;
use super::settings::Labels;
use super::tables::default;
use crate::core::ladder::{Mode, Paused, QueuePlan, Target};
use crate::core::{Millis, Name};
use std::collections::BTreeMap;

/// A queue as it was read.
pub struct Queue {
    /// What the core is told of it.
    pub plan: QueuePlan,
    /// The phone system's name for it.
    pub source: Name,
    /// Where it stands.
    pub span: std::ops::Range<usize>,
}

/// Reads the queues.
pub fn read(root: Node<'_>, known: &Known, labels: &mut Labels, problems: &mut Problems) -> BTreeMap<Name, Queue> {
    let mut taken = BTreeMap::new();
    let mut queues = BTreeMap::new();
    for (name, node) in root.named("queue") {
        names::label(node, &name.value, &mut labels.queues);
        let feed = feed(&name, node, known, problems);
        let ladder = node.name("ladder");
        if let Some(ladder) = &ladder {
            names::expect(ladder, &known.ladders, "ladder", problems);
        }
        let source = node.name("source").unwrap_or_else(|| name.clone());
        let (Some(feed), Some(ladder)) = (feed, ladder) else {
            continue;
        };
        if let Some(first) = taken.insert((feed.clone(), source.value.clone()), name.value.clone()) {
            let message = say!(
                "same_source",
                first = first.as_str(),
                second = name.value.as_str(),
                source = source.value.as_str(),
                feed = feed.as_str(),
            );
            problems.error(Code::Contradiction, source.span, message, say!("own_source"));
        }
        let duration = |key| node.duration(key).map(|said| said.value);
        let plan = QueuePlan {
            feed,
            ladder: ladder.value,
            priority: node.whole("priority").unwrap_or(default::PRIORITY),
            calls_per_hour: node.count("calls_per_hour").map(|said| said.value),
            handle_time: duration("handle_time"),
            patience: duration("patience"),
            target: node.node("target").and_then(target),
            mode: mode(node).unwrap_or_default(),
            max_moves_per_hour: node.count("max_moves_per_hour").map(|said| said.value),
            lend_only_while: lend_only_while(&name, node, root, problems),
            paused: paused(node),
        };
        queues.insert(
            name.value,
            Queue {
                plan,
                source: source.value,
                span: name.span,
            },
        );
    }
    if root.has("queue") && root.keys("queue").next().is_none() {
        problems.error(
            Code::MissingKey,
            root.at("queue"),
            say!("no_queue"),
            say!("no_queue_instead"),
        );
    }
    queues
}

fn feed(name: &Said<Name>, node: Node<'_>, known: &Known, problems: &mut Problems) -> Option<Name> {
    if let Some(feed) = node.name("feed") {
        names::expect(&feed, &known.feeds, "feed", problems);
        return Some(feed.value);
    }
    let mut feeds = known.feeds.iter();
    match (feeds.next(), feeds.next()) {
        (Some(only), None) => Some(only.clone()),
        (Some(_), Some(_)) if !node.has("feed") => {
            let message = say!("which_feed", queue = name.value.as_str());
            let help = say!(
                "which_feed_instead",
                names = listed(known.feeds.iter().map(Name::as_str))
            );
            problems.error(Code::MissingKey, name.span.clone(), message, help);
            None
        }
        _ => None,
    }
}

/// Who hears what is decided, where a queue or a tier says so.
pub fn mode(node: Node<'_>) -> Option<Mode> {
    Some(match node.text("mode")?.value {
        "approve" => Mode::Approve,
        "shadow" => Mode::Shadow,
        _ => Mode::Live,
    })
}

/// What a paused member is, where a feed, a queue or a pool says so.
pub fn paused(node: Node<'_>) -> Option<Paused> {
    Some(match node.text("paused")?.value {
        "away" => Paused::Away,
        _ => Paused::SignedIn,
    })
}

fn lend_only_while(name: &Said<Name>, node: Node<'_>, root: Node<'_>, problems: &mut Problems) -> Option<u32> {
    let bound = node.node("lend_only_while")?;
    let at_home = |(_, pool): (_, Node<'_>)| pool.name("home").is_some_and(|home| home.value == name.value);
    if !root.named("pool").into_iter().any(at_home) {
        let queue = name.value.as_str();
        let (message, help) = (
            say!("lends_nobody", queue = queue),
            say!("lends_nobody_instead", queue = queue),
        );
        problems.error(Code::Contradiction, node.at("lend_only_while"), message, help);
    }
    Some(bound.count("waiting_at_most")?.value)
}

fn target(node: Node<'_>) -> Option<Target> {
    Some(Target {
        answered: node.number("answered")?,
        within: node.duration_or("within", Millis::ZERO),
    })
}
