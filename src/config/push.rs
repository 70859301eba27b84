//! How browsers are called whose page is closed.

use super::Surroundings;
use super::diagnostic::{Code, Problems};
use super::node::Node;
use super::sentence::say;
use super::tables::default;
use crate::core::Millis;
use crate::webhook::push::{Settings, VapidKey};

/// Push services keep nothing longer.
const KEPT_MAX: Millis = Millis::from_mins(28 * 24 * 60);

/// Reads it. Without a table, and where the key is only missing on this machine, nobody is called.
pub fn read(root: Node<'_>, surroundings: &Surroundings<'_>, problems: &mut Problems) -> Option<Settings> {
    let node = root.node("push")?;
    let give_up_after = node.duration_or("give_up_after", default::PUSH_GIVE_UP_AFTER);
    if give_up_after > KEPT_MAX {
        let (message, help) = (say!("push_kept_long"), say!("push_kept_long_instead"));
        problems.error(Code::Limit, node.at("give_up_after"), message, help);
    }
    let ca_file = node.text("ca_file").map(|said| surroundings.file(&said, problems));
    let key = key(node, surroundings, problems);
    Some(Settings {
        key: key?,
        subject: node.text("subject")?.value.to_owned(),
        hosts: node.texts("hosts").iter().map(|said| said.value.to_owned()).collect(),
        ca_file,
        give_up_after,
    })
}

fn key(node: Node<'_>, surroundings: &Surroundings<'_>, problems: &mut Problems) -> Option<VapidKey> {
    let said = node.text("key_file")?;
    let secret = surroundings.secret_of_file(&said, problems)?;
    match VapidKey::read(secret.expose()) {
        Ok(key) => Some(key),
        Err(why) => {
            let message = say!("kept_key", why = why.to_string());
            problems.error(Code::BadValue, said.span, message, say!("kept_key_instead"));
            None
        }
    }
}
