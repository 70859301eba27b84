//! How queues stand, for everybody: each change is encoded once, and a slow session gets the latest, never a backlog.

use crate::core::Name;
use crate::wire::Scope;
use crate::wire::{OpenInstruction, QueueState, Recent, ServerMessage, StateMessage};
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

/// What a session has to be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum News {
    /// Nothing that is for it changed.
    None,
    /// What changed.
    Changes(Utf8Bytes),
    /// Everything anew.
    Whole,
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
            self.step = self.since(since - 1, &Scope::WholeFloor);
        }
        changed
    }

    /// What a session that knows this version must be told.
    pub fn told(&self, version: u64, scope: &Scope) -> News {
        if version < self.whole_from {
            News::Whole
        } else if !self.changed(version, scope).any(|_| true) {
            News::None
        } else if version + 1 == self.version && *scope == Scope::WholeFloor {
            News::Changes(self.step.clone())
        } else {
            News::Changes(self.since(version, scope))
        }
    }

    fn changed<'a>(&'a self, version: u64, scope: &'a Scope) -> impl Iterator<Item = &'a Posted> {
        let posted = self.posted.iter().filter(move |(_, posted)| posted.since > version);
        posted
            .filter(|(queue, _)| scope.covers(queue))
            .map(|(_, posted)| posted)
    }

    /// The parts are joined as they are: encoding them once for all is what the board is for.
    fn since(&self, version: u64, scope: &Scope) -> Utf8Bytes {
        let changed = || self.changed(version, scope);
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
    /// All of a scope in one frame.
    pub fn whole(&self, scope: &Scope) -> Utf8Bytes {
        let mut queues = self.with_recent();
        queues.retain(|state| scope.covers(&state.queue));
        ServerMessage::State(StateMessage {
            whole: true,
            queues,
            instructions: self.open_in(scope).cloned().collect(),
        })
        .encode()
        .into()
    }

    /// Open instructions of a scope.
    pub fn open_in<'a>(&'a self, scope: &'a Scope) -> impl Iterator<Item = &'a OpenInstruction> {
        self.open.iter().filter(|open| scope.covers(&open.instruction.queue))
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
            free_seats: None,
            seats_known: false,
            approval: None,
            paused: None,
            incident: None,
            tiers: Vec::new(),
            pools: Vec::new(),
            lines: Vec::new(),
            quiet: None,
            service: None,
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

    fn depths(news: News) -> Value {
        let News::Changes(frame) = news else { panic!("{news:?}") };
        let told: Value = serde_json::from_str(&frame).unwrap();
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
        assert_eq!(depths(board.told(2, &Scope::WholeFloor)), json!([["a", 3]]));
        assert_eq!(depths(board.told(1, &Scope::WholeFloor)), json!([["a", 3]]));
        assert_eq!(depths(board.told(0, &Scope::WholeFloor)), json!([["a", 3], ["b", 1]]));
    }

    #[test]
    fn a_queue_that_is_no_more_makes_it_whole() {
        let mut board = Board::default();
        board.post(&latest(&[("a", 1), ("b", 1)]));
        assert!(board.post(&latest(&[("b", 1)])));
        assert_eq!(board.told(1, &Scope::WholeFloor), News::Whole);
        board.post(&latest(&[("b", 2)]));
        assert_eq!(depths(board.told(2, &Scope::WholeFloor)), json!([["b", 2]]));
    }

    #[test]
    fn a_scope_is_told_of_its_queues_alone() {
        let mut board = Board::default();
        let scope = Scope::of(&["a".into()]);
        board.post(&latest(&[("a", 1), ("b", 1)]));
        board.post(&latest(&[("a", 1), ("b", 2)]));
        assert_eq!(depths(board.told(0, &scope)), json!([["a", 1]]));
        assert_eq!(board.told(1, &scope), News::None);
        assert_eq!(depths(board.told(1, &Scope::WholeFloor)), json!([["b", 2]]));
        let whole: Value = serde_json::from_str(&latest(&[("a", 1), ("b", 2)]).whole(&scope)).unwrap();
        assert_eq!(whole["queues"].as_array().unwrap().len(), 1);
    }
}
