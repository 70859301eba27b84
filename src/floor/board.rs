//! How queues stand, for everybody: each change is encoded once, and a slow session gets the latest, never a backlog.

use super::protocol::{OpenInstruction, QueueState, Recent, ServerMessage, StateMessage};
use crate::core::Name;
use axum::extract::ws::Utf8Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The latest that the daemon told.
#[derive(Default)]
pub(super) struct Latest {
    pub queues: Vec<QueueState>,
    pub open: Vec<OpenInstruction>,
    /// Of each queue, in the same order; only whole states tell it.
    pub recent: Vec<Recent>,
}

/// What sessions have been told, by versions that rise with every post.
#[derive(Default)]
pub(super) struct Board {
    version: u64,
    /// Whoever knows less gets the whole.
    whole_from: u64,
    latest: Arc<Latest>,
    posted: BTreeMap<Name, Posted>,
    /// The frame for whoever knows the version before the last: nearly everybody.
    step: Utf8Bytes,
}

/// A queue and its open instructions as JSON, and since which version they are so.
struct Posted {
    since: u64,
    queue: String,
    /// Separated by commas.
    open: String,
}

impl Board {
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Posts the latest; whether anything changed.
    pub fn post(&mut self, latest: &Arc<Latest>) -> bool {
        let since = self.version + 1;
        let before = std::mem::replace(&mut self.latest, Arc::clone(latest));
        let (known, now) = (before.by_queue(), latest.by_queue());
        let mut changed = known.len() > now.len() || known.keys().any(|queue| !now.contains_key(queue));
        if changed {
            self.posted.retain(|queue, _| now.contains_key(queue));
            self.whole_from = since;
        }
        for (&queue, as_it_is) in &now {
            if known.get(queue) != Some(as_it_is) {
                changed = true;
                let open: Vec<String> = as_it_is.1.iter().map(json).collect();
                let posted = Posted {
                    since,
                    queue: json(as_it_is.0),
                    open: open.join(","),
                };
                self.posted.insert(queue.clone(), posted);
            }
        }
        if changed {
            self.version = since;
            self.step = self.since(since - 1);
        }
        changed
    }

    /// What a session that knows this version must be told; `None` where it must be told the whole.
    pub fn told(&self, version: u64) -> Option<Utf8Bytes> {
        if version < self.whole_from {
            None
        } else if version + 1 == self.version {
            Some(self.step.clone())
        } else {
            Some(self.since(version))
        }
    }

    /// The parts are joined as they are: encoding them once for all is what the board is for.
    fn since(&self, version: u64) -> Utf8Bytes {
        let changed = || self.posted.values().filter(|posted| posted.since > version);
        let queues: Vec<&str> = changed().map(|posted| posted.queue.as_str()).collect();
        let open = changed().map(|posted| posted.open.as_str());
        let open: Vec<&str> = open.filter(|open| !open.is_empty()).collect();
        format!(
            r#"{{"type":"state","whole":false,"queues":[{}],"instructions":[{}]}}"#,
            queues.join(","),
            open.join(",")
        )
        .into()
    }
}

impl Latest {
    /// All of it in one frame.
    pub fn whole(&self) -> Utf8Bytes {
        ServerMessage::State(StateMessage {
            whole: true,
            queues: self.with_recent(),
            instructions: self.open.clone(),
        })
        .encode()
        .into()
    }

    fn with_recent(&self) -> Vec<QueueState> {
        let mut queues = self.queues.clone();
        for (queue, recent) in queues.iter_mut().zip(&self.recent) {
            queue.recent = Some(Recent::clone(recent)).filter(|recent| !recent.is_empty());
        }
        queues
    }

    fn by_queue(&self) -> BTreeMap<&Name, (&QueueState, Vec<&OpenInstruction>)> {
        let queues = self.queues.iter().map(|state| (&state.queue, (state, Vec::new())));
        let mut by_queue: BTreeMap<&Name, (&QueueState, Vec<&OpenInstruction>)> = queues.collect();
        for open in &self.open {
            if let Some((_, instructions)) = by_queue.get_mut(&open.instruction.queue) {
                instructions.push(open);
            }
        }
        by_queue
    }
}

fn json<T: serde::Serialize>(it: &T) -> String {
    // As in `ServerMessage::encode`.
    serde_json::to_string(it).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{Value, json};

    pub(in crate::floor) fn queue(name: &str, waiting: u32) -> QueueState {
        QueueState {
            queue: name.into(),
            priority: 0,
            mode: crate::core::ladder::Mode::Live,
            waiting: Some(waiting),
            longest_wait_s: None,
            blind: false,
            blind_since: None,
            vouched_at: None,
            ladder: None,
            next: None,
            release: None,
            moves: Vec::new(),
            leaving: Vec::new(),
            signed_in: None,
            physical_seats: None,
            approval: None,
            paused: None,
            incident: None,
            tiers: Vec::new(),
            pools: Vec::new(),
            lines: Vec::new(),
            recent: None,
        }
    }

    fn latest(depths: &[(&str, u32)]) -> Arc<Latest> {
        Arc::new(Latest {
            queues: depths.iter().map(|(name, waiting)| queue(name, *waiting)).collect(),
            open: Vec::new(),
            recent: Vec::new(),
        })
    }

    fn depths(frame: Option<Utf8Bytes>) -> Value {
        let told: Value = serde_json::from_str(&frame.unwrap()).unwrap();
        let queues = told["queues"].as_array().unwrap();
        queues.iter().map(|it| json!([it["queue"], it["waiting"]])).collect()
    }

    #[test]
    fn only_what_changed_is_told_and_whoever_is_behind_gets_the_latest() {
        let mut board = Board::default();
        assert!(board.post(&latest(&[("a", 1), ("b", 1)])));
        assert!(board.post(&latest(&[("a", 2), ("b", 1)])));
        assert!(board.post(&latest(&[("a", 3), ("b", 1)])));
        assert!(!board.post(&latest(&[("a", 3), ("b", 1)])));
        assert_eq!(board.version(), 3);
        assert_eq!(depths(board.told(2)), json!([["a", 3]]));
        assert_eq!(depths(board.told(1)), json!([["a", 3]]));
        assert_eq!(depths(board.told(0)), json!([["a", 3], ["b", 1]]));
    }

    #[test]
    fn a_queue_that_is_no_more_makes_it_whole() {
        let mut board = Board::default();
        board.post(&latest(&[("a", 1), ("b", 1)]));
        assert!(board.post(&latest(&[("b", 1)])));
        assert_eq!(board.told(1), None);
        board.post(&latest(&[("b", 2)]));
        assert_eq!(depths(board.told(2)), json!([["b", 2]]));
    }
}
