//! Files that a configuration points to and that mean something by what is in them: the roster, secrets and templates.

use super::node::Node;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// The files that a configuration of this text in this folder is read together with, also where it is at fault elsewhere.
pub fn files(text: &str, folder: &Path) -> Vec<PathBuf> {
    let (table, _) = DeTable::parse_recoverable(text);
    let root = Node::root(table.get_ref());
    let each = |kind: &str, keys: &'static [&'static str]| {
        let tables = root.named(kind).into_iter();
        tables.map(move |(_, node)| (node, keys)).collect::<Vec<_>>()
    };
    let one = |key: &str, keys: &'static [&'static str]| root.node(key).map(|node| (node, keys));
    let tables = each("feed", &["secret_file"])
        .into_iter()
        .chain(each("webhook", &["url_file", "secret_file", "template_file"]))
        .chain(one("floor", &["metrics_token_file"]))
        .chain(one("push", &["key_file"]))
        .chain(one("roster", &["path"]));
    let paths = tables.flat_map(|(node, keys)| keys.iter().filter_map(move |key| node.text(key)));
    paths.map(|path| folder.join(path.value)).collect()
}
