//! The duty log line by line, in the words that page and webhooks have for the same.

use super::house::person;
use super::{Language, Words};
use crate::core::{Decision, Input, InstructionId, What};
use crate::journal::{Entry, Fact, Record};
use crate::wire::{By, InstructionMessage, ServerMessage, Stamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Instructions that later lines may refer to; the oldest are let go.
const LIMIT_KNOWN: usize = 1_000;

/// Words entries in the order in which they stand in the log.
#[derive(Debug)]
pub struct LogWords {
    words: Words,
    known: BTreeMap<InstructionId, Value>,
}

impl LogWords {
    /// In a language, with times of a zone.
    pub fn new(language: Language, zone: &str) -> LogWords {
        let house = crate::wire::House {
            zone: zone.to_owned(),
            ..Default::default()
        };
        LogWords {
            words: Words::new(language, Arc::new(house)),
            known: BTreeMap::new(),
        }
    }

    /// What happened; `None` where only the English log has words for it: inputs whose outcome another line tells, and what operators
    /// do.
    pub fn entry(&mut self, entry: &Entry) -> Option<String> {
        let Some(message) = ServerMessage::of(entry) else {
            return self.untold(&entry.record);
        };
        let said = json!(message);
        let about = said["instruction"].as_u64().or(said["of"].as_u64()).map(InstructionId);
        let about = about.and_then(|id| self.known.get(&id));
        let text = match &message {
            ServerMessage::Handover(_) => return Some(self.step(&said)),
            _ => self.words.headline(&said, about),
        };
        let mut more = self.words.reason(&said);
        if !said["computed"].is_null() {
            more = format!("{more} · {}", self.words.required(&said["computed"]));
        }
        if let Some(id) = message.instruction() {
            self.known.insert(id, said);
            if self.known.len() > LIMIT_KNOWN {
                self.known.pop_first();
            }
        }
        Some(match more.as_str() {
            "" => text,
            more => format!("{text} — {more}"),
        })
    }

    /// What the floor was not told.
    fn untold(&self, record: &Record) -> Option<String> {
        let text = |key: &str, values: &[(&str, &str)]| Some(self.words.text(&format!("logged.{key}"), values));
        let by = |actor| person(&json!(By::from(actor)));
        match record {
            Record::Input(input) => match input {
                Input::Configured { .. } => text("configured", &[]),
                Input::FeedConnected { feed } => text("feed_connected", &[("feed", feed.as_str())]),
                Input::FeedDisconnected { feed, why } => {
                    let lost = text("feed_disconnected", &[("feed", feed.as_str())])?;
                    Some(format!("{lost} — {why}"))
                }
                Input::SourceLost { feed, why } => {
                    let lost = text("source_lost", &[("feed", feed.as_str())])?;
                    Some(format!("{lost} — {why}"))
                }
                Input::QueueMissing { queue } => {
                    text("queue_missing", &[("queue", &self.words.name("queue", queue.as_str()))])
                }
                Input::StoodStill { until } => text(
                    "stood_still",
                    &[("until", &self.words.time(&Stamp(*until).to_string()))],
                ),
                Input::LadderInForce { .. }
                | Input::Reading { .. }
                | Input::Heartbeat { .. }
                | Input::Delivery { .. }
                | Input::Answer { .. }
                | Input::Order { .. } => None,
            },
            Record::Decision(decision) => self.unsaid(decision),
            Record::Fact(fact) => match fact {
                Fact::Started { version, .. } => text("started", &[("version", version)]),
                Fact::Stopped => text("stopped", &[]),
                Fact::LoggedIn { by: who, .. } => text("logged_in", &[("by", &by(who))]),
                Fact::LoggedOut { by: who, .. } => text("logged_out", &[("by", &by(who))]),
                Fact::NotLetIn { from, times, .. } => {
                    let from = from.as_deref().unwrap_or("–");
                    text("not_let_in", &[("from", from), ("n", &times.to_string())])
                }
                Fact::ConfigChanged { .. }
                | Fact::ConfigRefused { .. }
                | Fact::JournalFailing { .. }
                | Fact::WentOutUnlogged { .. }
                | Fact::Forgotten { .. }
                | Fact::Quieted { .. }
                | Fact::QuietOver { .. }
                | Fact::Handover(_)
                | Fact::Undelivered { .. } => None,
            },
        }
    }

    /// A decision that only `state` shows.
    fn unsaid(&self, decision: &Decision) -> Option<String> {
        let what = |id: &InstructionId| match self.known.get(id) {
            Some(instruction) => self.words.headline_of(instruction),
            None => format!("#{id}"),
        };
        match &decision.what {
            What::Settled { instruction, .. } => {
                Some(self.words.text("logged.settled", &[("what", &what(instruction))]))
            }
            What::Freed { instruction, .. } => Some(self.words.text("logged.freed", &[("what", &what(instruction))])),
            What::SurgeOver { began } => {
                let queue = self.words.name("queue", decision.queue.as_str());
                let began = self.words.time(&Stamp(*began).to_string());
                Some(
                    self.words
                        .text("logged.surge_over", &[("queue", &queue), ("began", &began)]),
                )
            }
            // In shadow: told to nobody.
            What::Instruct { instruction, .. } => {
                let asked = json!(InstructionMessage::from(instruction));
                let (text, why) = (self.words.headline_of(&asked), self.words.reason(&asked));
                Some(format!("[{}] {text} — {why}", self.words.text("logged.shadow", &[])))
            }
            What::TierSkipped { .. }
            | What::FeedLost { .. }
            | What::BlindLong { .. }
            | What::PassedUp { .. }
            | What::Unanswered { .. }
            | What::ApprovalAsked { .. }
            | What::ApprovalLapsed { .. }
            | What::NotShown { .. }
            | What::Gone { .. }
            | What::TakenAsLeft { .. }
            | What::IncidentEnds { .. }
            | What::Counted { .. }
            | What::Resumed { .. }
            | What::FeedBack { .. }
            | What::Answered { .. }
            | What::NobodyListening { .. }
            | What::Paused { .. }
            | What::Incident { .. }
            | What::IncidentOver { .. }
            | What::Approved { .. }
            | What::ApprovalRefused { .. }
            | What::OnlyMovesCounted {}
            | What::LadderChanged { .. } => None,
        }
    }

    fn step(&self, said: &Value) -> String {
        let step = match (said["step"].as_str(), said["side"].as_str()) {
            (Some("signed"), Some(side)) => format!("signed_{side}"),
            (step, _) => step.unwrap_or_default().to_owned(),
        };
        let items = said["items"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let items: Vec<String> = items.map(str::to_owned).collect();
        let values = [
            ("by", &person(&said["by"])[..]),
            ("item", said["item"].as_str().unwrap_or_default()),
            ("items", &self.words.language().list(&items)),
        ];
        self.words.text(&format!("handed.{step}"), &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Settlement, Time};

    fn entry(seq: u64, record: Record) -> Entry {
        Entry {
            seq,
            at: Time(1_793_589_900_000),
            record,
            unlogged: false,
        }
    }

    #[test]
    fn a_line_refers_to_what_was_asked_before() {
        let message = include_str!("../../tests/journal/instruct.json");
        let instruct: Decision = serde_json::from_str(message).unwrap();
        let settled = Decision {
            what: What::Settled {
                instruction: InstructionId(7),
                how: Settlement::Shown,
            },
            ..instruct.clone()
        };
        let mut said = LogWords::new(Language::ZhHans, "Asia/Shanghai");
        assert_eq!(
            said.entry(&entry(1, Record::Decision(instruct))).unwrap(),
            "签入 2 人 · 机动专家组 — 8 人等待，超过 5 人已持续 5:00"
        );
        assert_eq!(
            said.entry(&entry(2, Record::Decision(settled))).unwrap(),
            "电话系统已确认：签入 2 人 · 机动专家组"
        );
        let paused = What::Paused {
            by: crate::core::Actor {
                name: "Zhao".into(),
                staff_no: "L01".into(),
                role: "shift_leader".into(),
            },
            until: Time(0),
            reason: "drill".into(),
        };
        let paused = Decision {
            at: Time(0),
            queue: "inbound".into(),
            what: paused,
        };
        assert_eq!(
            said.entry(&entry(3, Record::Decision(paused))).unwrap(),
            "呼入：Zhao (L01) 暂停了预案 — drill"
        );
        assert_eq!(
            said.entry(&entry(4, Record::Fact(Fact::Stopped))).unwrap(),
            "surged 已正常停止"
        );
    }
}
