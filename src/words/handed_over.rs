//! A hand-over, step by step, as an English sentence.

use super::Sentences;
use crate::journal::{Handover, Item, Step};

impl Sentences {
    /// A step of a hand-over, without who took it.
    pub(super) fn handover(&self, handover: &Handover) -> String {
        let id = handover.id;
        match &handover.step {
            Step::Begun {
                from,
                to,
                digest,
                items,
                upto,
            } => {
                let open: Vec<String> = items.iter().map(item).collect();
                let open = match open.as_slice() {
                    [] => "nothing is open".to_owned(),
                    open => format!("open: {}", open.join("; ")),
                };
                format!(
                    "hand-over {id} drawn up for {} to {} (entries up to {upto}, summary {digest}); {open}",
                    self.time(*from),
                    self.time(*to)
                )
            }
            Step::Noted { note } => format!("note to hand-over {id}: {note}"),
            Step::Settled { item, note } => format!("hand-over {id}: {item} is settled: {note}"),
            Step::TakenOver { items } => format!("hand-over {id}: takes over {}", items.join(", ")),
            Step::Signed { side, digest } => {
                format!("hand-over {id} signed as the one {} (summary {digest})", side.as_str())
            }
            Step::Completed => format!("hand-over {id} is complete: both have signed"),
            Step::Withdrawn { note } => format!("hand-over {id} set aside: {note}"),
        }
    }
}

fn item(item: &Item) -> String {
    let mut text = format!("{} ({}", item.key, item.queue);
    for more in [
        item.tier.as_ref().map(|tier| format!(", {tier}")),
        item.seats.map(|seats| format!(" {seats}")),
        item.note.as_ref().map(|note| format!(", {note}")),
    ] {
        text.extend(more);
    }
    text.push(')');
    text
}
