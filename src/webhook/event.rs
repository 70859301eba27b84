//! What a hook may send: a message of the floor, with what is needed to choose and to word it.

use super::Settings;
use crate::core::{Action, InstructionId, Name, Time, What};
use crate::journal::{Entry, Record};
use crate::wire::{
    AnswerStatus, Audience, InstructionMessage, Notice, NoticeMessage, ReasonMessage, ServerMessage, Stamp,
};
use std::collections::{BTreeMap, BTreeSet};
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
    /// Whom it calls away from their page.
    pub(super) call: Call,
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

/// What somebody is called about: a card of the page.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Card {
    /// An instruction that waits for its answer.
    Instruction(InstructionId),
    /// A tier that waits for a leader's yes.
    Yes { queue: Name, tier: Name },
}

/// What an event is to people whose page is closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Call {
    /// Somebody must answer this card.
    Asks(Card),
    /// Nobody need answer it any more.
    Settles(Card),
    /// It calls nobody.
    Nobody,
}

impl Call {
    /// The card.
    pub fn card(&self) -> Option<&Card> {
        match self {
            Call::Asks(card) | Call::Settles(card) => Some(card),
            Call::Nobody => None,
        }
    }
}

/// How the floor stands when hooks begin.
#[derive(Clone, Default)]
pub struct Standing {
    /// The instructions that are open, to which later messages may refer.
    pub open: Vec<InstructionMessage>,
    /// The queues that make no sound.
    pub quiet: BTreeSet<Name>,
    /// The queues and tiers that wait for a leader's yes.
    pub yeses: BTreeSet<(Name, Name)>,
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

    /// Whether it comes to a level of the chain; `place`: the level's role and whether it is the first. `None`: there is no chain.
    pub(super) fn comes_to(&self, place: Option<(&Name, bool)>) -> bool {
        match (place, &self.levels) {
            (None, _) | (_, Levels::Any) => true,
            (Some((_, is_first)), Levels::First) => is_first,
            (Some((role, _)), Levels::Roles(told)) => told.contains(role),
        }
    }
}

/// Makes events of messages.
#[derive(Clone)]
pub(super) struct Telling {
    log: String,
    /// Instructions that later messages may refer to.
    known: BTreeMap<InstructionId, ServerMessage>,
    /// Queues that make no sound.
    quiet: BTreeSet<Name>,
    /// What waited for a leader's yes when it began: queue and tier.
    yeses: BTreeSet<(Name, Name)>,
    /// Which decisions ask the floor for an answer.
    asks: fn(&What) -> bool,
}

impl Telling {
    /// `asks`: which decisions ask the floor for an answer.
    pub fn new(log: String, standing: Standing, asks: fn(&What) -> bool) -> Telling {
        let Standing { open, quiet, yeses } = standing;
        let mut telling = Telling {
            log,
            known: BTreeMap::new(),
            quiet,
            yeses,
            asks,
        };
        for it in open {
            telling.know(it.id, ServerMessage::Instruction(it));
        }
        telling
    }

    /// The event of a message under its number; `asks`: whether the decision behind it asks the floor for an answer.
    pub fn event(&mut self, seq: u64, message: ServerMessage, asks: bool) -> Option<Event> {
        let (at, kind, levels, about) = parts(&message)?;
        let queue = queue_of(&message);
        let about = about.and_then(|id| self.known.get(&id));
        let event = Event {
            seq,
            // With the time, since a number that went out unlogged may be given anew after a crash.
            id: format!("msg_{}_{seq}_{}", self.log, at.0.0),
            at: at.0,
            kind,
            call: self.call(&message, queue.as_ref(), asks),
            queue,
            levels,
            message: message.encode().into(),
            about: about.map(|about| about.encode().into()),
        };
        self.hear(message);
        Some(event)
    }

    /// Takes in what later messages may refer to, and which queues are quiet.
    pub fn hear(&mut self, message: ServerMessage) {
        if let ServerMessage::Notice(NoticeMessage {
            queue: Some(queue),
            notice,
            ..
        }) = &message
        {
            if let Notice::Quieted { .. } = notice {
                self.quiet.insert(queue.clone());
            }
            if let Notice::QuietOver { .. } = notice {
                self.quiet.remove(queue);
            }
        }
        if let ServerMessage::Instruction(it) = &message {
            self.know(it.id, message);
        }
    }

    /// The same of an entry of the duty log.
    pub fn recorded(&mut self, entry: &Entry) -> Option<Event> {
        let asks = matches!(&entry.record, Record::Decision(decision) if (self.asks)(&decision.what));
        self.event(entry.seq, ServerMessage::of(entry)?, asks)
    }

    /// The cards of which it knows: somebody may have been called about them before it began.
    pub fn known(&self) -> impl Iterator<Item = Card> {
        let yeses = self.yeses.iter().cloned();
        let yeses = yeses.map(|(queue, tier)| Card::Yes { queue, tier });
        self.known.keys().copied().map(Card::Instruction).chain(yeses)
    }

    fn know(&mut self, id: InstructionId, message: ServerMessage) {
        self.known.insert(id, message);
        while self.known.len() > LIMIT_KNOWN {
            self.known.pop_first();
        }
    }

    /// Whom it calls, as the page judges whether to sound: what a quiet queue asks calls nobody, but for what the plan wants to be heard
    /// whatever anybody has silenced. What went up the chain of command was not heard below, and calls whoever has it now.
    fn call(&self, message: &ServerMessage, queue: Option<&Name>, asks: bool) -> Call {
        let is_quiet = queue.is_some_and(|queue| self.quiet.contains(queue));
        let asks_of = |id: InstructionId| Call::Asks(Card::Instruction(id));
        let settles = |id: InstructionId| Call::Settles(Card::Instruction(id));
        match message {
            ServerMessage::Instruction(it) if asks && is_quiet && !is_loud(it) => Call::Nobody,
            ServerMessage::Instruction(it) if asks => asks_of(it.id),
            ServerMessage::Instruction(it) => it.of.map_or(Call::Nobody, settles),
            ServerMessage::Answer(it) if it.status == AnswerStatus::Unanswered => Call::Nobody,
            ServerMessage::Answer(it) => settles(it.instruction),
            ServerMessage::Notice(it) => match &it.notice {
                Notice::PassedUp { instruction, .. } => asks_of(*instruction),
                Notice::NotShown { instruction, .. } | Notice::Gone { instruction, .. } if asks && !is_quiet => {
                    asks_of(*instruction)
                }
                Notice::TakenAsLeft { instruction, .. } => settles(*instruction),
                Notice::ApprovalAsked { approval } => yes_of(queue, &approval.tier).map_or(Call::Nobody, Call::Asks),
                Notice::ApprovalLapsed { tier }
                | Notice::Approved { tier, .. }
                | Notice::ApprovalRefused { tier, .. } => yes_of(queue, tier).map_or(Call::Nobody, Call::Settles),
                Notice::FeedLost { .. }
                | Notice::FeedBack { .. }
                | Notice::BlindLong { .. }
                | Notice::TierSkipped { .. }
                | Notice::SeatsExhausted { .. }
                | Notice::NobodyListening { .. }
                | Notice::NotShown { .. }
                | Notice::Counted { .. }
                | Notice::Incident { .. }
                | Notice::IncidentEnds { .. }
                | Notice::IncidentOver { .. }
                | Notice::Gone { .. }
                | Notice::OnlyMovesCounted
                | Notice::Paused { .. }
                | Notice::Resumed { .. }
                | Notice::Quieted { .. }
                | Notice::QuietOver { .. }
                | Notice::LadderChanged { .. }
                | Notice::ConfigChanged { .. }
                | Notice::ConfigRefused { .. }
                | Notice::JournalFailing { .. } => Call::Nobody,
            },
            ServerMessage::Welcome(_)
            | ServerMessage::State(_)
            | ServerMessage::Together(_)
            | ServerMessage::Handover(_)
            | ServerMessage::Gap(_)
            | ServerMessage::Answering(_)
            | ServerMessage::Listening(_)
            | ServerMessage::Ok { .. }
            | ServerMessage::Error { .. }
            | ServerMessage::Conflict { .. }
            | ServerMessage::Pong { .. } => Call::Nobody,
        }
    }
}

fn queue_of(message: &ServerMessage) -> Option<Name> {
    match message.audience() {
        Audience::Queue(queue) => Some(queue),
        Audience::Everybody | Audience::WholeFloor => None,
    }
}

/// The card of a tier that waits for a leader's yes.
fn yes_of(queue: Option<&Name>, tier: &Name) -> Option<Card> {
    let (queue, tier) = (queue?.clone(), tier.clone());
    Some(Card::Yes { queue, tier })
}

/// What reaches beyond the house, and what no calm explains: `floor/console/alarms.js` sounds by the same words.
fn is_loud(it: &InstructionMessage) -> bool {
    matches!(it.action, Action::Overtime | Action::CallIn | Action::ExtendShift)
        || matches!(it.reason, ReasonMessage::Severe { .. } | ReasonMessage::Incident { .. })
}

/// When, what, for whom, and about which instruction; `None` for what is no news.
fn parts(message: &ServerMessage) -> Option<(Stamp, String, Levels, Option<InstructionId>)> {
    match message {
        ServerMessage::Instruction(it) => Some((it.at, "instruction".to_owned(), Levels::First, it.of)),
        ServerMessage::Answer(it) => {
            let kind = match it.status {
                AnswerStatus::Unanswered => "unanswered",
                AnswerStatus::Seen
                | AnswerStatus::Done
                | AnswerStatus::Declined
                | AnswerStatus::Left
                | AnswerStatus::Escalated
                | AnswerStatus::Confirmed => "answer",
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
                Notice::NobodyListening { instruction }
                | Notice::NotShown { instruction, .. }
                | Notice::Gone { instruction, .. }
                | Notice::TakenAsLeft { instruction, .. } => (Levels::Any, Some(*instruction)),
                Notice::FeedLost { .. }
                | Notice::FeedBack { .. }
                | Notice::BlindLong { .. }
                | Notice::TierSkipped { .. }
                | Notice::SeatsExhausted { .. }
                | Notice::ApprovalAsked { .. }
                | Notice::ApprovalLapsed { .. }
                | Notice::Approved { .. }
                | Notice::ApprovalRefused { .. }
                | Notice::Counted { .. }
                | Notice::Incident { .. }
                | Notice::IncidentEnds { .. }
                | Notice::IncidentOver { .. }
                | Notice::OnlyMovesCounted
                | Notice::Paused { .. }
                | Notice::Resumed { .. }
                | Notice::Quieted { .. }
                | Notice::QuietOver { .. }
                | Notice::LadderChanged { .. }
                | Notice::ConfigChanged { .. }
                | Notice::ConfigRefused { .. }
                | Notice::JournalFailing { .. } => (Levels::Any, None),
            };
            Some((it.at, it.notice.code().to_owned(), levels, about))
        }
        ServerMessage::Welcome(_)
        | ServerMessage::State(_)
        | ServerMessage::Together(_)
        | ServerMessage::Handover(_)
        | ServerMessage::Gap(_)
        | ServerMessage::Answering(_)
        | ServerMessage::Listening(_)
        | ServerMessage::Ok { .. }
        | ServerMessage::Error { .. }
        | ServerMessage::Conflict { .. }
        | ServerMessage::Pong { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::core::Action;
    use crate::wire::By;
    use serde_json::json;

    fn instruction() -> InstructionMessage {
        sample::instruction(Some("expert".into()), None)
    }

    fn asks(id: InstructionId) -> Call {
        Call::Asks(Card::Instruction(id))
    }

    fn telling() -> Telling {
        Telling::new("log".into(), Standing::default(), |_| true)
    }

    fn notice(notice: Notice) -> ServerMessage {
        ServerMessage::Notice(NoticeMessage {
            seq: 1,
            at: instruction().at,
            queue: Some("inbound".into()),
            notice,
        })
    }

    fn quieted() -> ServerMessage {
        notice(Notice::Quieted {
            by: By {
                name: "Li".into(),
                staff_no: "S07".into(),
            },
            until: instruction().at,
            reason: "a test".into(),
        })
    }

    #[test]
    fn a_quiet_queue_calls_only_for_what_must_be_heard() {
        let mut telling = telling();
        let id = instruction().id;
        let mut call = |message: &ServerMessage| telling.event(1, message.clone(), true).unwrap().call;
        let ask = ServerMessage::Instruction(instruction());
        assert_eq!(call(&ask), asks(id));
        call(&quieted());
        assert_eq!(call(&ask), Call::Nobody);
        let gone = notice(Notice::Gone {
            instruction: id,
            people: Vec::new(),
            left_at: instruction().at,
        });
        assert_eq!(call(&gone), Call::Nobody);
        for action in [Action::Overtime, Action::CallIn, Action::ExtendShift] {
            let loud = ServerMessage::Instruction(InstructionMessage {
                action,
                ..instruction()
            });
            assert_eq!(call(&loud), asks(id), "{action:?}");
        }
        let up = notice(Notice::PassedUp {
            instruction: id,
            level: 1,
            role: "shift_leader".into(),
            skipped: Vec::new(),
            respond_by: instruction().at,
            promise: None,
        });
        assert_eq!(call(&up), asks(id));
        call(&notice(Notice::QuietOver { by: None }));
        assert_eq!((call(&ask), call(&gone)), (asks(id), asks(id)));
    }

    #[test]
    fn a_yes_is_asked_again_and_again_until_a_leader_has_said_something_or_nothing_is_due() {
        let mut telling = telling();
        let by = || By {
            name: "Zhao".into(),
            staff_no: "L01".into(),
        };
        let card = Card::Yes {
            queue: "inbound".into(),
            tier: "expert".into(),
        };
        let (_, asked) = sample::events()
            .into_iter()
            .find(|(kind, _)| kind == "approval_asked")
            .unwrap();
        assert_eq!(asked.call, Call::Asks(card.clone()));
        let tier: Name = "expert".into();
        for ends in [
            Notice::ApprovalLapsed { tier: tier.clone() },
            Notice::Approved {
                by: by(),
                tier: tier.clone(),
            },
            Notice::ApprovalRefused {
                by: by(),
                tier,
                reason: "enough are coming".into(),
                until: instruction().at,
            },
        ] {
            let event = telling.event(1, notice(ends), false).unwrap();
            assert_eq!(event.call, Call::Settles(card.clone()), "{}", event.kind);
        }
    }

    #[test]
    fn what_is_no_longer_needed_settles_the_card_that_it_takes_back() {
        let stand_down = ServerMessage::Instruction(InstructionMessage {
            id: InstructionId(9),
            action: Action::StandDown,
            of: Some(InstructionId(7)),
            ..instruction()
        });
        assert_eq!(
            telling().event(1, stand_down, false).unwrap().call,
            Call::Settles(Card::Instruction(InstructionId(7)))
        );
    }

    /// The page and the pocket are silent about the same.
    #[test]
    fn the_page_sounds_by_the_same_words() {
        let page = include_str!("../floor/console/alarms.js");
        let list = |name: &str| -> Vec<String> {
            let line = page
                .lines()
                .find(|line| line.starts_with(&format!("const {name} = ")))
                .unwrap();
            let (_, list) = line.split_once(" = ").unwrap();
            serde_json::from_str(&list.trim_end_matches(';').replace('\'', "\"")).unwrap()
        };
        let loud = |it: &InstructionMessage| {
            let it = json!(it);
            let is_in = |name: &str, value: &serde_json::Value| list(name).iter().any(|word| value == word.as_str());
            is_in("LOUD_ACTIONS", &it["action"]) || is_in("LOUD_REASONS", &it["reason"]["code"])
        };
        for action in [
            Action::SignIn,
            Action::SignOut,
            Action::StandDown,
            Action::ExtendShift,
            Action::Overtime,
            Action::CallIn,
        ] {
            let it = InstructionMessage {
                action,
                ..instruction()
            };
            assert_eq!(is_loud(&it), loud(&it), "{action:?}");
        }
        let incident = ReasonMessage::Incident {
            note: "down".into(),
            until: instruction().at,
            waiting: 8,
        };
        let it = InstructionMessage {
            reason: incident,
            ..instruction()
        };
        assert!(is_loud(&it) && loud(&it));
    }
}
