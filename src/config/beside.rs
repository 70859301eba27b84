//! Files that a configuration points to and that mean something by what is in them: the roster and the secrets.

use super::node::Node;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// The files that a configuration of this text in this folder is read together with, also where it is at fault elsewhere.
pub fn files(text: &str, folder: &Path) -> Vec<PathBuf> {
    let (table, _) = DeTable::parse_recoverable(text);
    let root = Node::root(table.get_ref());
    let feeds = root.named("feed").into_iter().map(|(_, feed)| (feed, "secret_file"));
    let others = [("floor", "metrics_token_file"), ("roster", "path")];
    let others = others
        .into_iter()
        .filter_map(|(key, path)| Some((root.node(key)?, path)));
    let named = feeds.chain(others).filter_map(|(node, key)| node.text(key));
    named.map(|path| folder.join(path.value)).collect()
}
