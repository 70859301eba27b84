//! Calendar entries.

use super::diagnostic::{Code, Problems};
use super::names::{self, Known};
use super::node::Node;
use crate::calendar::{Daily, Dates, Entry, Lunar, Monthly, weekday};

/// Reads the entries, first to last.
pub fn read(root: Node<'_>, known: &Known, problems: &mut Problems) -> Vec<Entry> {
    root.nodes("calendar")
        .into_iter()
        .filter_map(|node| entry(node, known, problems))
        .collect()
}

fn entry(node: Node<'_>, known: &Known, problems: &mut Problems) -> Option<Entry> {
    let queues = node.names("queues");
    for queue in &queues {
        names::expect(queue, &known.queues, "queue", problems);
    }
    if node.has("queues") && queues.is_empty() {
        let help = "leave queues out to mean all of them";
        problems.error(Code::BadValue, node.at("queues"), "this entry is for no queue", help);
    }
    if !["dates", "lunar", "weekdays", "monthly", "daily"]
        .iter()
        .any(|key| node.has(key))
    {
        let help = "add dates, lunar, weekdays, monthly or daily; or write the ladder into the queue itself";
        problems.error(Code::Contradiction, node.span(), "this entry always holds", help);
    }
    for key in ["dates", "lunar", "weekdays"] {
        if node.has(key) && node.texts(key).is_empty() {
            problems.error(
                Code::BadValue,
                node.at(key),
                format!("`{key}` names no day"),
                "name some, or leave it out",
            );
        }
    }
    let ladder = node.name("ladder")?;
    names::expect(&ladder, &known.ladders, "ladder", problems);
    Some(Entry {
        ladder: ladder.value,
        queues: queues.into_iter().map(|said| said.value).collect(),
        dates: node
            .texts("dates")
            .iter()
            .filter_map(|said| Dates::parse(said.value).ok())
            .collect(),
        lunar: node
            .texts("lunar")
            .iter()
            .filter_map(|said| Lunar::parse(said.value).ok())
            .collect(),
        weekdays: node
            .texts("weekdays")
            .iter()
            .filter_map(|said| weekday(said.value))
            .collect(),
        monthly: node.text("monthly").and_then(|said| Monthly::parse(said.value).ok()),
        daily: node.text("daily").and_then(|said| Daily::parse(said.value).ok()),
    })
}
