//! What the duty log holds, and its encoding: JSON with a format version, written and read here and nowhere else.

use super::apart::Noticing;
use super::handover::Handover;
use super::naming::PersonId;
use super::people::{Draft, Forgetting, Names, People, Place, Seals};
use crate::core::{Actor, Core, Decision, Input, Millis, Name, Time, What};
use rusqlite::Connection;
use serde::ser::Error;
use serde::{Deserialize, Serialize};
use serde_json::{Serializer, Value};
use std::cell::Cell;

/// The newest version of the encoding. Older ones are read for ever; newer ones are refused in words.
///
/// 2: people are referred to (`naming.rs`). 1: they are named in clear; an entry that names nobody is the same in both and is still
/// written as 1.
pub const FORMAT: u32 = 2;

/// Names stand in clear in it, or nobody is named.
const CLEAR: u32 = 1;

/// Room for the body of most readings, and of most that is none.
const MOST_READINGS: usize = 192;
const MOST_OTHERS: usize = 768;

/// One line of the duty log.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Its place, from 1, without gaps.
    pub seq: u64,
    /// The core's time at which it was handled.
    pub at: Time,
    /// What happened.
    pub record: Record,
    /// It took effect before it was durable, because the log was failing (plan: invariant 7).
    pub unlogged: bool,
}

/// What happened.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// The core was told something.
    Input(Input),
    /// The core decided something.
    Decision(Decision),
    /// The daemon itself did something.
    Fact(Fact),
}

/// Something about the daemon itself that the core need not know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// The daemon started.
    Started {
        /// Of the program.
        version: String,
        /// The kernel's name for this run of the machine: tells a restart of the daemon from one of the machine.
        boot_id: String,
        /// For how long the machine had run, as its boot-time clock told at that moment.
        #[serde(default)]
        uptime: Millis,
        /// Of the configuration in force.
        config_hash: String,
    },
    /// The daemon was stopped in good order.
    Stopped,
    /// A changed configuration is in force.
    ConfigChanged {
        /// Of its text.
        hash: String,
        /// What changed, in words.
        changes: Vec<String>,
    },
    /// The log took nothing, or takes entries again.
    JournalFailing {
        /// Whether it failed from here on.
        failing: bool,
        /// What is wrong, in words.
        why: String,
    },
    /// Instructions that were told before they were durable, though the log took them in the end: the disk was too slow.
    WentOutUnlogged {
        /// The numbers of their entries.
        entries: Vec<u64>,
    },
    /// A changed configuration was at fault; the one before stays in force.
    ConfigRefused {
        /// What is wrong, in words, one problem each. Older logs have one text, under `why`.
        #[serde(alias = "why", deserialize_with = "one_or_several")]
        problems: Vec<String>,
    },
    /// Somebody has come to the floor.
    LoggedIn {
        /// Who.
        by: Actor,
        /// How.
        way: Way,
    },
    /// Somebody has left the floor's socket.
    LoggedOut {
        /// Who.
        by: Actor,
        /// Why their last session ended, as in `surged_floor_dropped_total`; `None`: of their own accord.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// Tokens were tried and not taken.
    NotLetIn {
        /// The address, of IPv6 its network; `None`: many others.
        from: Option<String>,
        /// How often, since it was said last.
        times: u32,
        /// What was wrong with the last, in words.
        why: String,
    },
    /// People's names were taken out of the log.
    Forgotten {
        /// Whose.
        persons: Vec<PersonId>,
        /// Why.
        why: Forgetting,
    },
    /// Somebody wants no sound of a queue for a while; what is asked is asked as ever.
    Quieted {
        /// The queue.
        queue: Name,
        /// Who.
        by: Actor,
        /// Until when.
        until: Time,
        /// Why.
        reason: String,
    },
    /// It sounds again.
    QuietOver {
        /// The queue.
        queue: Name,
        /// Who wanted that; `None`: the time was up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Actor>,
    },
    /// A step of a shift's hand-over.
    Handover(Handover),
    /// A webhook could not be delivered, and is kept in the list of those.
    Undelivered {
        /// The receiver.
        webhook: Name,
        /// The number of the entry that it told of.
        seq: u64,
        /// What it told, a word of the webhooks' kinds.
        kind: String,
        /// How often it was tried.
        attempts: u32,
        /// What went wrong last, in words.
        why: String,
    },
}

/// How somebody comes to the floor.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// With a session on the socket: the console page, or a program.
    Socket,
    /// With requests over HTTP.
    Http,
}

fn one_or_several<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Problems {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Problems::deserialize(deserializer)? {
        Problems::One(problem) => vec![problem],
        Problems::Several(problems) => problems,
    })
}

impl Record {
    /// Whether it only tells how things stand: such records are many, are kept for `keep_readings`, and stand outside
    /// the hash chain.
    pub fn is_reading(&self) -> bool {
        matches!(self, Record::Input(Input::Reading { .. } | Input::Heartbeat { .. }))
    }

    /// Whether it is an instruction that goes to the floor: one decided in shadow never does.
    pub fn is_instruction(&self) -> bool {
        matches!(self, Record::Decision(Decision { what: What::Instruct { instruction, .. }, .. }) if !instruction.shadow)
    }

    /// The word for it in the `kind` column and in exports; no two kinds share one.
    pub fn kind(&self) -> &'static str {
        match self {
            Record::Input(input) => match input {
                Input::Configured { .. } => "configured",
                Input::LadderInForce { .. } => "ladder_in_force",
                Input::FeedConnected { .. } => "feed_connected",
                Input::FeedDisconnected { .. } => "feed_disconnected",
                Input::Reading { .. } => "reading",
                Input::Heartbeat { .. } => "heartbeat",
                Input::SourceLost { .. } => "source_lost",
                Input::QueueMissing { .. } => "queue_missing",
                Input::StoodStill { .. } => "stood_still",
                Input::Delivery { .. } => "delivery",
                Input::Answer { .. } => "answer",
                Input::Order { .. } => "order",
            },
            Record::Decision(decision) => match decision.what {
                What::Instruct { .. } => "instruct",
                What::Settled { .. } => "settled",
                What::Freed { .. } => "freed",
                What::TierSkipped { .. } => "tier_skipped",
                What::FeedLost { .. } => "feed_lost",
                What::BlindLong { .. } => "blind_long",
                What::PassedUp { .. } => "passed_up",
                What::Unanswered { .. } => "unanswered",
                What::SurgeOver { .. } => "surge_over",
                What::Resumed { .. } => "resumed",
                What::ApprovalAsked { .. } => "approval_asked",
                What::ApprovalLapsed { .. } => "approval_lapsed",
                What::Approved { .. } => "approved",
                What::ApprovalRefused { .. } => "approval_refused",
                What::NotShown { .. } => "not_shown",
                What::Counted { .. } => "counted",
                What::FeedBack { .. } => "feed_back",
                What::Answered { .. } => "answered",
                What::NobodyListening { .. } => "nobody_listening",
                What::Paused { .. } => "paused",
                What::Incident { .. } => "incident",
                What::IncidentOver { .. } => "incident_over",
                What::IncidentEnds { .. } => "incident_ends",
                What::Gone { .. } => "gone",
                What::TakenAsLeft { .. } => "taken_as_left",
                What::OnlyMovesCounted {} => "only_moves_counted",
                What::LadderChanged { .. } => "ladder_changed",
            },
            Record::Fact(fact) => match fact {
                Fact::Started { .. } => STARTED,
                Fact::Stopped => "stopped",
                Fact::ConfigChanged { .. } => "config_changed",
                Fact::JournalFailing { .. } => "journal_failing",
                Fact::WentOutUnlogged { .. } => "went_out_unlogged",
                Fact::ConfigRefused { .. } => "config_refused",
                Fact::LoggedIn { .. } => "logged_in",
                Fact::LoggedOut { .. } => "logged_out",
                Fact::NotLetIn { .. } => "not_let_in",
                Fact::Forgotten { .. } => FORGOTTEN,
                Fact::Quieted { .. } => "quieted",
                Fact::QuietOver { .. } => "quiet_over",
                Fact::Handover(handover) => handover.step.kind(),
                Fact::Undelivered { .. } => "undelivered",
            },
        }
    }

    /// The queue that it is about, where it names one. Answers name an instruction only; the decision `answered` that
    /// follows names the queue.
    pub fn queue(&self) -> Option<&Name> {
        match self {
            Record::Input(input) => match input {
                Input::LadderInForce { queue, .. } | Input::QueueMissing { queue } => Some(queue),
                Input::Reading { reading } => Some(&reading.queue),
                Input::Order { order, .. } => Some(order.queue()),
                Input::Configured { .. }
                | Input::FeedConnected { .. }
                | Input::FeedDisconnected { .. }
                | Input::Heartbeat { .. }
                | Input::SourceLost { .. }
                | Input::StoodStill { .. }
                | Input::Delivery { .. }
                | Input::Answer { .. } => None,
            },
            Record::Decision(decision) => Some(&decision.queue),
            Record::Fact(Fact::Quieted { queue, .. } | Fact::QuietOver { queue, .. }) => Some(queue),
            Record::Fact(_) => None,
        }
    }

    /// Who is behind it, where it was a person (or the phone system in a person's place).
    pub fn who(&self) -> Option<&Actor> {
        match self {
            Record::Input(Input::Answer { by, .. } | Input::Order { by, .. })
            | Record::Fact(Fact::LoggedIn { by, .. } | Fact::LoggedOut { by, .. } | Fact::Quieted { by, .. }) => {
                Some(by)
            }
            Record::Fact(Fact::QuietOver { by, .. }) => by.as_ref(),
            Record::Decision(decision) => match &decision.what {
                What::Instruct { instruction, .. } => instruction.by.as_ref(),
                What::Resumed { by } => by.as_ref(),
                What::Answered { by, .. } | What::Paused { by, .. } | What::Incident { by, .. } => Some(by),
                What::IncidentOver { by } => by.as_ref(),
                What::Settled { .. }
                | What::Freed { .. }
                | What::TierSkipped { .. }
                | What::FeedLost { .. }
                | What::BlindLong { .. }
                | What::PassedUp { .. }
                | What::Unanswered { .. }
                | What::SurgeOver { .. }
                | What::ApprovalAsked { .. }
                | What::ApprovalLapsed { .. }
                | What::NotShown { .. }
                | What::Gone { .. }
                | What::TakenAsLeft { .. }
                | What::IncidentEnds { .. }
                | What::Counted { .. }
                | What::FeedBack { .. }
                | What::NobodyListening { .. }
                | What::Approved { .. }
                | What::ApprovalRefused { .. }
                | What::OnlyMovesCounted { .. }
                | What::LadderChanged { .. } => None,
            },
            Record::Fact(Fact::Handover(handover)) => Some(&handover.by),
            Record::Input(_) | Record::Fact(_) => None,
        }
    }
}

impl Entry {
    /// When it was so: a decision's own moment, else the moment at which the entry was handled.
    pub fn happened(&self) -> Time {
        match &self.record {
            Record::Decision(decision) => decision.at,
            Record::Input(_) | Record::Fact(_) => self.at,
        }
    }

    /// Takes it in again as it was recorded: nothing is decided anew.
    pub fn recall(self, core: &mut Core) {
        match self.record {
            Record::Input(input) => core.recall_input(input, self.at),
            Record::Decision(decision) => core.recall_decision(&decision),
            Record::Fact(_) => {}
        }
    }

    /// The body of its row; people whom it names are noted in `draft`.
    pub(super) fn encode(
        &self,
        people: &People,
        draft: &mut Draft,
        connection: &Connection,
    ) -> Result<String, EncodeFault> {
        let mut body = self.up_to_record(CLEAR, Seals::new())?;
        let (begins, somebody) = (body.len(), Cell::new(false));
        self.record
            .serialize(&mut Serializer::with_formatter(&mut body, Noticing::of(&somebody)))?;
        // Most entries name nobody.
        if somebody.get() {
            let place = Place {
                seq: self.seq,
                at: self.at,
                chained: !self.record.is_reading(),
            };
            let record = text(body.split_off(begins))?;
            let named = draft.set_apart(people, connection, &record, place)?;
            if named.text.is_some() {
                body = self.up_to_record(FORMAT, named.seals)?;
            }
            body.extend_from_slice(named.text.unwrap_or(record).as_bytes());
        }
        body.push(b'}');
        Ok(text(body)?)
    }

    /// A body up to its record, which stands last.
    fn up_to_record(&self, v: u32, seals: Seals) -> serde_json::Result<Vec<u8>> {
        let unlogged = self.unlogged;
        let mut body = Vec::with_capacity(match self.record.is_reading() {
            true => MOST_READINGS,
            false => MOST_OTHERS,
        });
        serde_json::to_writer(&mut body, &Head { v, unlogged, seals })?;
        body.pop();
        body.extend_from_slice(b",\"record\":");
        Ok(body)
    }

    /// Whether a row's body says the same, marked as unlogged or not.
    pub(super) fn is_body(&self, body: &[u8], names: &Names) -> bool {
        let (Ok(body), Ok(ours)) = (
            serde_json::from_slice::<Body<Value>>(body),
            serde_json::to_value(&self.record),
        ) else {
            return false;
        };
        let mut theirs = body.record;
        names.put_back(&mut theirs);
        // Through text, as theirs has gone: a number may read back as another by its last bit.
        serde_json::from_str::<Value>(&ours.to_string()).is_ok_and(|ours| ours == theirs)
    }

    /// The entry behind a row; else why it cannot be understood, in words.
    pub(super) fn decode(seq: u64, at: Time, body: &[u8], names: &Names) -> Result<Entry, String> {
        let Version { v } = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let read = match v {
            CLEAR => serde_json::from_slice(body).map(|Body { unlogged, record, .. }| (unlogged, record)),
            FORMAT => serde_json::from_slice(body).and_then(|body: Body<Value>| {
                let mut record = body.record;
                names.put_back(&mut record);
                Ok((body.unlogged, serde_json::from_value(record)?))
            }),
            _ => {
                return Err(format!(
                    "it is written in format {v} and this surged reads up to {FORMAT}: use the newer surged that wrote it"
                ));
            }
        };
        let (unlogged, record) = read.map_err(|error| error.to_string())?;
        Ok(Entry {
            seq,
            at,
            record,
            unlogged,
        })
    }
}

/// JSON as it was written.
fn text(json: Vec<u8>) -> serde_json::Result<String> {
    String::from_utf8(json).map_err(serde_json::Error::custom)
}

/// Why an entry has no body.
#[derive(Debug, thiserror::Error)]
pub(super) enum EncodeFault {
    /// It has no JSON form.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The database.
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
}

/// What the body of an entry seals of people's names.
pub(super) fn seals(body: &[u8]) -> Seals {
    // Only those of format 2 hold any; a body that cannot be read holds none, and the chain tells whether it was changed.
    match body.starts_with(br#"{"v":2,"#) {
        true => serde_json::from_slice(body).map_or_else(|_| Seals::new(), |body: Sealing| body.seals),
        false => Seals::new(),
    }
}

/// The word that marks the daemon's starts, by which they are found.
pub(super) const STARTED: &str = "started";

/// The word that marks entries about people who were forgotten.
pub(super) const FORGOTTEN: &str = "forgotten";

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// What stands in a body before its record.
#[derive(Serialize)]
struct Head {
    v: u32,
    #[serde(skip_serializing_if = "is_false")]
    unlogged: bool,
    #[serde(skip_serializing_if = "Seals::is_empty")]
    seals: Seals,
}

#[derive(Deserialize)]
struct Body<R> {
    #[serde(default)]
    unlogged: bool,
    record: R,
}

#[derive(Deserialize)]
struct Sealing {
    #[serde(default)]
    seals: Seals,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Reading;

    fn encoded(entry: &Entry) -> String {
        let people = People::default();
        let none = Connection::open_in_memory().unwrap();
        entry.encode(&people, &mut people.draft(), &none).unwrap()
    }

    #[test]
    fn the_encoding_is_pinned() {
        let entry = Entry {
            seq: 7,
            at: Time(1_000),
            record: Record::Input(Input::Reading {
                reading: Reading::of("inbound", 8),
            }),
            unlogged: false,
        };
        let body = encoded(&entry);
        assert_eq!(
            body,
            r#"{"v":1,"record":{"input":{"input":"reading","reading":{"queue":"inbound","waiting":8}}}}"#
        );
        assert_eq!(
            Entry::decode(7, Time(1_000), body.as_bytes(), &Names::default()).unwrap(),
            entry
        );

        let unlogged = Entry {
            unlogged: true,
            record: Record::Fact(Fact::Stopped),
            ..entry
        };
        let body = encoded(&unlogged);
        assert_eq!(body, r#"{"v":1,"unlogged":true,"record":{"fact":{"fact":"stopped"}}}"#);
        assert_eq!(
            Entry::decode(7, Time(1_000), body.as_bytes(), &Names::default()).unwrap(),
            unlogged
        );
    }

    #[test]
    fn a_newer_format_is_refused_in_words_even_where_its_record_is_unknown() {
        let why = Entry::decode(1, Time(0), br#"{"v":3,"record":{"dream":{}}}"#, &Names::default()).unwrap_err();
        assert!(why.contains("format 3") && why.contains("newer surged"), "{why}");
    }

    #[test]
    fn doubles_come_back_with_the_same_bits() {
        for threshold in [0.15_f64, 0.1 + 0.2, 1.0 / 3.0, 5e-324, 123_456_789.123_456_79] {
            let text = serde_json::to_string(&threshold).unwrap();
            assert_eq!(
                serde_json::from_str::<f64>(&text).unwrap().to_bits(),
                threshold.to_bits()
            );
        }
    }
}
