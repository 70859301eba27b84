//! What a hook may send: a message of the floor, with what is needed to choose and to word it.

use super::Settings;
use crate::core::{InstructionId, Name, Time};
use crate::journal::Entry;
use crate::wire::{AnswerStatus, Audience, InstructionMessage, Notice, ServerMessage, Stamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use strum::VariantNames;

/// Everything that can be sent, by the word in `kinds`: an instruction, an answer of any status but `unanswered`, that one,
/// and notices by their code.
pub const KINDS: [&str; BESIDE_NOTICES.len() + Notice::VARIANTS.len()] = kinds();

const BESIDE_NOTICES: [&str; 3] = ["instruction", "answer", "unanswered"];

const fn kinds() -> [&'static str; BESIDE_NOTICES.len() + Notice::VARIANTS.len()] {
    let mut all = [""; BESIDE_NOTICES.len() + Notice::VARIANTS.len()];
    let mut place = 0;
    while place < all.len() {
        all[place] = if place < BESIDE_NOTICES.len() {
            BESIDE_NOTICES[place]
        } else {
            Notice::VARIANTS[place - BESIDE_NOTICES.len()]
        };
        place += 1;
    }
    all
}

/// Instructions that later messages may refer to; the oldest are let go.
const LIMIT_KNOWN: usize = 1_000;

/// A message of the floor on its way to receivers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Its number in the duty log.
    pub seq: u64,
    /// The same for every attempt and receiver, also after a restart: `webhook-id`.
    pub id: String,
    /// When it happened.
    pub at: Time,
    /// A word of [`KINDS`], or of a newer daemon.
    pub kind: String,
    /// Its queue, where it concerns one.
    pub queue: Option<Name>,
    /// To which levels it comes.
    pub(super) levels: Levels,
    /// As the floor socket says it, JSON.
    pub message: Arc<str>,
    /// The instruction that it refers to, JSON, where it is known.
    pub about: Option<Arc<str>>,
}

/// To which levels of the chain of command something comes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Levels {
    /// To no level in particular, and so to all.
    Any,
    /// To the first.
    First,
    /// To these.
    Roles(Vec<Name>),
}

impl Event {
    /// Whether a hook sends it; `first`: the role of the chain's first level.
    pub(super) fn is_for(&self, settings: &Settings, first: Option<&Name>) -> bool {
        let kind = settings.kinds.contains(self.kind.as_str());
        let queue = match (&settings.queues, &self.queue) {
            (Some(queues), Some(queue)) => queues.contains(queue),
            _ => true,
        };
        let role = match (&settings.roles, &self.levels) {
            (None, _) | (_, Levels::Any) => true,
            (Some(roles), Levels::First) => first.is_none_or(|role| roles.contains(role)),
            (Some(roles), Levels::Roles(told)) => told.iter().any(|role| roles.contains(role)),
        };
        kind && queue && role
    }
}

/// Makes events of messages.
#[derive(Clone)]
pub(super) struct Telling {
    log: String,
    /// Instructions that later messages may refer to.
    known: BTreeMap<InstructionId, Arc<str>>,
}

impl Telling {
    /// `open`: instructions that are open already.
    pub fn new(log: String, open: Vec<InstructionMessage>) -> Telling {
        let mut telling = Telling {
            log,
            known: BTreeMap::new(),
        };
        for it in open {
            telling.know(it.id, ServerMessage::Instruction(it).encode().into());
        }
        telling
    }

    /// The event of a message under its number.
    pub fn event(&mut self, seq: u64, message: &ServerMessage) -> Option<Event> {
        let (at, kind, levels, about) = parts(message)?;
        let text: Arc<str> = message.encode().into();
        if let ServerMessage::Instruction(it) = message {
            self.know(it.id, Arc::clone(&text));
        }
        let queue = match message.audience() {
            Audience::Queue(queue) => Some(queue),
            Audience::Everybody | Audience::WholeFloor => None,
        };
        Some(Event {
            seq,
            // With the time, since a number that went out unlogged may be given anew after a crash.
            id: format!("msg_{}_{seq}_{}", self.log, at.0.0),
            at: at.0,
            kind,
            queue,
            levels,
            message: text,
            about: about.and_then(|id| self.known.get(&id).cloned()),
        })
    }

    /// The same of an entry of the duty log.
    pub fn recorded(&mut self, entry: &Entry) -> Option<Event> {
        self.event(entry.seq, &ServerMessage::of(entry)?)
    }

    fn know(&mut self, id: InstructionId, text: Arc<str>) {
        self.known.insert(id, text);
        while self.known.len() > LIMIT_KNOWN {
            self.known.pop_first();
        }
    }
}

/// When, what, for whom, and about which instruction; `None` for what is no news.
fn parts(message: &ServerMessage) -> Option<(Stamp, String, Levels, Option<InstructionId>)> {
    match message {
        ServerMessage::Instruction(it) => Some((it.at, "instruction".to_owned(), Levels::First, it.of)),
        ServerMessage::Answer(it) => {
            let kind = match it.status {
                AnswerStatus::Unanswered => "unanswered",
                _ => "answer",
            };
            Some((it.at, kind.to_owned(), Levels::Any, Some(it.instruction)))
        }
        ServerMessage::Notice(it) => {
            let (levels, about) = match &it.notice {
                // A level that was skipped is told.
                Notice::PassedUp {
                    instruction,
                    role,
                    skipped,
                    ..
                } => {
                    let roles = std::iter::once(role).chain(skipped).cloned().collect();
                    (Levels::Roles(roles), Some(*instruction))
                }
                Notice::NobodyListening { instruction } | Notice::NotShown { instruction, .. } => {
                    (Levels::Any, Some(*instruction))
                }
                _ => (Levels::Any, None),
            };
            Some((it.at, it.notice.code().to_owned(), levels, about))
        }
        _ => None,
    }
}
