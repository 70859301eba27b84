//! Names that a file defines, and labels.

use super::diagnostic::{Code, Problems};
use super::node::{Node, Said};
use super::reader::{closest, listed};
use super::sentence::say;
use super::settings::Label;
use crate::core::Name;
use std::collections::{BTreeMap, BTreeSet};

/// Every name that the file defines, also where what it names is at fault.
pub struct Known {
    /// Feeds.
    pub feeds: BTreeSet<Name>,
    /// Pools.
    pub pools: BTreeSet<Name>,
    /// Queues.
    pub queues: BTreeSet<Name>,
    /// Ladders.
    pub ladders: BTreeSet<Name>,
    /// Whether there is a roster.
    pub roster: bool,
}

impl Known {
    /// The names of a file.
    pub fn of(root: Node<'_>) -> Known {
        let names = |key| root.keys(key).collect();
        Known {
            feeds: names("feed"),
            pools: names("pool"),
            queues: names("queue"),
            ladders: names("ladder"),
            roster: root.has("roster"),
        }
    }
}

/// Says so where a name is not defined; `what` it should name is also the table that defines it.
pub fn expect(name: &Said<Name>, known: &BTreeSet<Name>, what: &str, problems: &mut Problems) {
    if known.contains(&name.value) {
        return;
    }
    let names = || known.iter().map(Name::as_str);
    let help = match closest(name.value.as_str(), names().filter(|_| !problems.are_many())) {
        Some(close) => say!("close", close = close),
        None if known.is_empty() => say!("add_table", path = format!("{what}.{}", name.value)),
        None => {
            let path = format!("{what}.{}", name.value);
            say!("known_names", names = listed(names()), path = path)
        }
    };
    problems.error(
        Code::UnknownName,
        name.span.clone(),
        say!("unknown_name", table = what, name = name.value.as_str()),
        help,
    );
}

/// Keeps the label of a table, if it has one.
pub fn label(node: Node<'_>, name: &Name, labels: &mut BTreeMap<Name, Label>) {
    let Some(label) = node.node("label") else { return };
    let text = |key| label.text(key).map(|said| said.value.to_owned());
    let label = Label {
        en: text("en"),
        zh_hans: text("zh-Hans"),
        zh_hant: text("zh-Hant"),
    };
    labels.insert(name.clone(), label);
}
