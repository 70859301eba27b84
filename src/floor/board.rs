//! How queues stand, for everybody: each change is encoded once, and a slow session gets the latest, never a backlog.

use super::changes::Changes;
use crate::core::{InstructionId, Name};
use crate::wire::Scope;
use crate::wire::{OpenInstruction, QueueState, Recent, ServerMessage, StateMessage};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// Where nothing of a queue changed but what goes on by itself, it is told anew this often.
const GOES_ON_EVERY: Duration = Duration::from_secs(1);

/// The latest that the daemon told. What has not changed since it told last is the very same.
#[derive(Default)]
pub(super) struct Latest {
    pub queues: Vec<Arc<QueueState>>,
    pub open: Vec<Arc<OpenInstruction>>,
    /// Of each queue, in the same order; only whole states tell it.
    pub recent: Vec<Recent>,
}

/// How a session wants to hear of queues that changed.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Manner {
    /// Each of them whole.
    WholeQueues,
    /// Only what changed of each.
    Changes,
}

impl Manner {
    /// As a session asked for it.
    pub fn of(changes: bool) -> Manner {
        if changes { Manner::Changes } else { Manner::WholeQueues }
    }
}

/// What sessions have been told, by versions that rise with every post.
#[derive(Default)]
pub(super) struct Board {
    version: u64,
    /// Whoever knows less gets the whole.
    whole_from: u64,
    /// In the order of the queues.
    posted: Vec<Posted>,
    /// The newest instruction that was posted.
    newest: Option<InstructionId>,
    /// What those are told who may see the whole floor, encoded once for all who know the same version.
    frames: BTreeMap<(Manner, u64), News>,
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

/// A queue and its open instructions, and since which version they are so.
struct Posted {
    since: u64,
    at: Instant,
    state: Arc<QueueState>,
    open: Vec<Arc<OpenInstruction>>,
    changes: Changes,
    /// As JSON, once somebody wants it: the queue, and its instructions separated by commas.
    json: Option<(String, String)>,
}

impl Board {
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Posts the latest; whether anything changed.
    pub fn post(&mut self, latest: &Latest, at: Instant) -> bool {
        let since = self.version + 1;
        let mut open_of = latest.open_by_queue();
        let mut open_of = |state: &QueueState| open_of.remove(&state.queue).unwrap_or_default();
        let names = self.posted.iter().map(|posted| &posted.state.queue);
        let mut changed = !names.eq(latest.queues.iter().map(|state| &state.queue));
        if changed {
            // To whoever knows nothing yet everything is a change.
            if !self.posted.is_empty() {
                self.whole_from = since;
            }
            let posted = latest.queues.iter().map(|state| {
                let open = open_of(state);
                Posted::new(Arc::clone(state), open, since, at)
            });
            self.posted = posted.collect();
        } else {
            for (posted, state) in self.posted.iter_mut().zip(&latest.queues) {
                changed |= posted.renew(state, open_of(state), self.newest, since, at);
            }
        }
        self.newest = latest
            .open
            .iter()
            .fold(self.newest, |newest, open| newest.max(Some(open.instruction.id)));
        if changed {
            self.version = since;
            self.frames.clear();
        }
        changed
    }

    /// Posts these queues alone, so that what messages brought about goes out with them; whether anything changed. Where the floor has
    /// other queues than were posted last nothing is, and the next [`Board::post`] tells all of it.
    pub fn post_some(&mut self, latest: &Latest, queues: &BTreeSet<Name>, at: Instant) -> bool {
        let names = self.posted.iter().map(|posted| &posted.state.queue);
        if !names.eq(latest.queues.iter().map(|state| &state.queue)) {
            return false;
        }
        let since = self.version + 1;
        let mut changed = false;
        let some = (self.posted.iter_mut().zip(&latest.queues)).filter(|(_, state)| queues.contains(&state.queue));
        for (posted, state) in some {
            let open = latest.open.iter().filter(|open| open.instruction.queue == state.queue);
            changed |= posted.renew(state, open.cloned().collect(), self.newest, since, at);
        }
        if changed {
            self.version = since;
            self.frames.clear();
        }
        changed
    }

    /// What a session that knows this version must be told.
    pub fn told(&mut self, version: u64, scope: &Scope, manner: Manner) -> News {
        if version < self.whole_from {
            return News::Whole;
        }
        if *scope != Scope::WholeFloor {
            return self.since(version, scope, manner);
        }
        if let Some(news) = self.frames.get(&(manner, version)) {
            return news.clone();
        }
        let news = self.since(version, scope, manner);
        self.frames.insert((manner, version), news.clone());
        news
    }

    fn since(&mut self, version: u64, scope: &Scope, manner: Manner) -> News {
        let covered = self
            .posted
            .iter_mut()
            .filter(|posted| scope.covers(&posted.state.queue));
        let (mut queues, mut instructions) = (Vec::new(), Vec::new());
        for posted in covered {
            match manner {
                Manner::WholeQueues if posted.since > version => {
                    let (queue, open) = posted.json();
                    queues.push(queue.clone());
                    instructions.extend(Some(open).filter(|open| !open.is_empty()).cloned());
                }
                Manner::WholeQueues => {}
                Manner::Changes => {
                    queues.extend(posted.changes.queue_since(version));
                    instructions.extend(posted.changes.instructions_since(version));
                }
            }
        }
        if queues.is_empty() {
            return News::None;
        }
        let changes = match manner {
            Manner::WholeQueues => "",
            Manner::Changes => r#","changes":true"#,
        };
        let (queues, instructions) = (queues.join(","), instructions.join(","));
        // The parts are joined as they are: encoding them once for all is what the board is for.
        let frame =
            format!(r#"{{"type":"state","whole":false{changes},"queues":[{queues}],"instructions":[{instructions}]}}"#);
        News::Changes(frame.into())
    }
}

impl Posted {
    fn new(state: Arc<QueueState>, open: Vec<Arc<OpenInstruction>>, since: u64, at: Instant) -> Posted {
        Posted {
            changes: Changes::of(&state, &open, since),
            since,
            at,
            state,
            open,
            json: None,
        }
    }

    /// Takes in how the queue stands now; whether that is news for anybody.
    fn renew(
        &mut self,
        state: &Arc<QueueState>,
        open: Vec<Arc<OpenInstruction>>,
        newest: Option<InstructionId>,
        since: u64,
        at: Instant,
    ) -> bool {
        let same_open = self.open.len() == open.len()
            && self
                .open
                .iter()
                .zip(&open)
                .all(|(known, open)| Arc::ptr_eq(known, open) || known == open);
        if same_open && (Arc::ptr_eq(&self.state, state) || self.state == *state) {
            return false;
        }
        let news = self.changes.tell(state, &open, newest, since);
        if news || at.duration_since(self.at) >= GOES_ON_EVERY {
            (self.since, self.at, self.json) = (since, at, None);
            (self.state, self.open) = (Arc::clone(state), open);
            return true;
        }
        false
    }

    fn json(&mut self) -> &(String, String) {
        self.json.get_or_insert_with(|| {
            let open: Vec<String> = self.open.iter().map(json).collect();
            (json(&self.state), open.join(","))
        })
    }
}

impl Latest {
    /// All of a scope in one frame.
    pub fn whole(&self, scope: &Scope) -> Utf8Bytes {
        let mut queues = self.with_recent();
        queues.retain(|state| scope.covers(&state.queue));
        ServerMessage::State(StateMessage {
            whole: true,
            changes: false,
            queues,
            instructions: self.open_in(scope).cloned().collect(),
        })
        .encode()
        .into()
    }

    /// Open instructions of a scope.
    pub fn open_in<'a>(&'a self, scope: &'a Scope) -> impl Iterator<Item = &'a OpenInstruction> {
        let open = self.open.iter().map(|open| &**open);
        open.filter(|open| scope.covers(&open.instruction.queue))
    }

    fn with_recent(&self) -> Vec<QueueState> {
        let mut queues: Vec<QueueState> = self.queues.iter().map(|state| QueueState::clone(state)).collect();
        for (queue, recent) in queues.iter_mut().zip(&self.recent) {
            queue.recent = Some(Recent::clone(recent)).filter(|recent| !recent.is_empty());
        }
        queues
    }

    fn open_by_queue(&self) -> HashMap<&Name, Vec<Arc<OpenInstruction>>> {
        let mut by_queue: HashMap<&Name, Vec<Arc<OpenInstruction>>> = HashMap::new();
        for open in &self.open {
            by_queue
                .entry(&open.instruction.queue)
                .or_default()
                .push(Arc::clone(open));
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
            longest_wait_since: None,
            blind: false,
            blind_since: None,
            vouched_at: None,
            ladder: None,
            next: None,
            surge_since: None,
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
            queues: depths
                .iter()
                .map(|(name, waiting)| Arc::new(queue(name, *waiting)))
                .collect(),
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
        assert!(board.post(&latest(&[("a", 1), ("b", 1)]), Instant::now()));
        assert!(board.post(&latest(&[("a", 2), ("b", 1)]), Instant::now()));
        assert!(board.post(&latest(&[("a", 3), ("b", 1)]), Instant::now()));
        assert!(!board.post(&latest(&[("a", 3), ("b", 1)]), Instant::now()));
        assert_eq!(board.version(), 3);
        assert_eq!(
            depths(board.told(2, &Scope::WholeFloor, Manner::WholeQueues)),
            json!([["a", 3]])
        );
        assert_eq!(
            depths(board.told(1, &Scope::WholeFloor, Manner::WholeQueues)),
            json!([["a", 3]])
        );
        assert_eq!(
            depths(board.told(0, &Scope::WholeFloor, Manner::WholeQueues)),
            json!([["a", 3], ["b", 1]])
        );
    }

    #[test]
    fn a_queue_that_is_no_more_makes_it_whole() {
        let mut board = Board::default();
        board.post(&latest(&[("a", 1), ("b", 1)]), Instant::now());
        assert!(board.post(&latest(&[("b", 1)]), Instant::now()));
        assert_eq!(board.told(1, &Scope::WholeFloor, Manner::WholeQueues), News::Whole);
        board.post(&latest(&[("b", 2)]), Instant::now());
        assert_eq!(
            depths(board.told(2, &Scope::WholeFloor, Manner::WholeQueues)),
            json!([["b", 2]])
        );
    }

    #[test]
    fn a_scope_is_told_of_its_queues_alone() {
        let mut board = Board::default();
        let scope = Scope::of(&["a".into()]);
        board.post(&latest(&[("a", 1), ("b", 1)]), Instant::now());
        board.post(&latest(&[("a", 1), ("b", 2)]), Instant::now());
        assert_eq!(depths(board.told(0, &scope, Manner::WholeQueues)), json!([["a", 1]]));
        assert_eq!(board.told(1, &scope, Manner::WholeQueues), News::None);
        assert_eq!(
            depths(board.told(1, &Scope::WholeFloor, Manner::WholeQueues)),
            json!([["b", 2]])
        );
        let whole: Value = serde_json::from_str(&latest(&[("a", 1), ("b", 2)]).whole(&scope)).unwrap();
        assert_eq!(whole["queues"].as_array().unwrap().len(), 1);
    }
}
