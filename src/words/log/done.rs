//! What the daemon itself did, and what people did beside the core: who came and went, the hand-over.

use super::Sentences;
use crate::journal::{Fact, Forgetting, Handover, Item, PersonId, Side, Step, Way};
use crate::telemetry::plain;
use crate::wire::ItemState;

impl Sentences {
    pub(super) fn fact(&self, fact: &Fact) -> String {
        match fact {
            Fact::Started {
                version, config_hash, ..
            } => self.say("started", &[("version", version), ("hash", config_hash)]),
            Fact::Stopped => self.say("stopped", &[]),
            Fact::ConfigChanged { hash, changes } => {
                let changes: Vec<String> = changes.iter().map(|it| self.words.change(it)).collect();
                self.say("config_changed", &[("hash", hash), ("changes", &changes.join("; "))])
            }
            Fact::ConfigRefused { problems } => self.say("config_refused", &[("why", &problems.join("; "))]),
            Fact::JournalFailing { failing: true, why } => self.say("journal_failing", &[("why", &self.cause(why))]),
            Fact::JournalFailing { failing: false, why } => {
                self.say("journal_takes_again", &[("why", &self.cause(why))])
            }
            Fact::WentOutUnlogged { entries } => self.say("went_out_unlogged", &[("entries", &self.list(entries))]),
            Fact::LoggedIn { by, way } => {
                let key = match way {
                    Way::Socket => "logged_in_socket",
                    Way::Http => "logged_in_http",
                };
                self.say(key, &[("by", &self.person(by))])
            }
            Fact::LoggedOut { by, why: None } => self.say("logged_out", &[("by", &self.person(by))]),
            Fact::LoggedOut { by, why: Some(why) } => {
                let why = self.say(&format!("dropped_{why}"), &[]);
                self.say("logged_out_why", &[("by", &self.person(by)), ("why", &why)])
            }
            Fact::NotLetIn { from, times, why } => self.not_let_in(from.as_deref(), *times, why),
            Fact::Forgotten { persons, why } => self.forgotten(persons, *why),
            Fact::Quieted {
                queue,
                by,
                until,
                reason,
            } => {
                let (queue, by, until) = (self.queue(queue), self.person(by), self.time(*until));
                let values = [
                    ("queue", &queue[..]),
                    ("by", &by),
                    ("until", &until),
                    ("reason", reason),
                ];
                self.say("quieted", &values)
            }
            Fact::QuietOver { queue, by: Some(by) } => {
                let values = [("queue", &self.queue(queue)[..]), ("by", &self.person(by))];
                self.say("quiet_over_by", &values)
            }
            Fact::QuietOver { queue, by: None } => self.say("quiet_over", &[("queue", &self.queue(queue))]),
            Fact::Handover(handover) => self.handed(handover, &[]),
            Fact::Undelivered {
                webhook,
                seq,
                kind,
                attempts,
                why,
            } => {
                let (seq, n) = (seq.to_string(), attempts.to_string());
                let values = [
                    ("webhook", webhook.as_str()),
                    ("kind", kind),
                    ("seq", &seq),
                    ("n", &n),
                    ("why", &self.cause(why)),
                ];
                self.say("undelivered", &values)
            }
        }
    }

    fn not_let_in(&self, from: Option<&str>, times: u32, why: &str) -> String {
        let others = || self.say("not_let_in_others", &[]);
        let from = from.map_or_else(others, str::to_owned);
        let why = &self.cause(why);
        match times {
            1 => self.say("not_let_in", &[("from", &from), ("why", why)]),
            times => self.say(
                "not_let_in_times",
                &[("from", &from), ("n", &times.to_string()), ("why", why)],
            ),
        }
    }

    fn forgotten(&self, persons: &[PersonId], why: Forgetting) -> String {
        let person = |it: &PersonId| self.say("forgotten_person", &[("n", &it.0.to_string())]);
        let who: Vec<String> = persons.iter().map(person).collect();
        let why = match why {
            Forgetting::Asked => "forgotten_asked",
            Forgetting::Unnamed => "forgotten_unnamed",
        };
        let values = [("who", &self.list(&who)[..]), ("why", &self.say(why, &[]))];
        self.say("forgotten", &values)
    }

    /// A step of a hand-over; `known`: its matters, as they stand in the step that began it, so that they are told in full where they are
    /// named by their keys alone.
    pub fn handed(&self, handover: &Handover, known: &[Item]) -> String {
        let key = if handover.unproven {
            "handover_unproven"
        } else {
            "handover"
        };
        let known: Vec<ItemState> = known.iter().map(ItemState::from).collect();
        let (by, step) = (self.person(&handover.by), self.step(handover, &known));
        // Notes and names are somebody's; the sentence is one line.
        plain(&self.say(key, &[("by", &by), ("step", &step)])).into_owned()
    }

    /// A step of a hand-over, without who took it; `known`: its matters, where they are known.
    fn step(&self, handover: &Handover, known: &[ItemState]) -> String {
        let id = handover.id.to_string();
        let named = |key: &str| self.words.matter_named(key, known);
        let say = |key: &str, more: &[(&str, &str)]| {
            self.say(&format!("handover_{key}"), &[&[("id", &id[..])], more].concat())
        };
        match &handover.step {
            Step::Begun {
                from,
                to,
                digest,
                items,
                upto,
            } => {
                let items: Vec<String> = items.iter().map(|item| self.words.matter(&item.into())).collect();
                let open = match items.as_slice() {
                    [] => self.say("handover_nothing_open", &[]),
                    items => self.say("handover_open", &[("items", &items.join("; "))]),
                };
                let values = [
                    ("from", &self.time(*from)[..]),
                    ("to", &self.time(*to)),
                    ("upto", &upto.to_string()),
                    ("digest", digest),
                    ("open", &open),
                ];
                say("begun", &values)
            }
            Step::Noted { note } => say("noted", &[("note", note)]),
            Step::Settled { item, note } => say("settled", &[("item", &named(item)), ("note", note)]),
            Step::TakenOver { items } => {
                let items: Vec<String> = items.iter().map(|item| named(item)).collect();
                say("taken_over", &[("items", &self.list(&items))])
            }
            Step::Signed { side, digest } => {
                let key = match side {
                    Side::Leaving => "signed_leaving",
                    Side::Coming => "signed_coming",
                };
                say(key, &[("digest", digest)])
            }
            Step::Completed => say("completed", &[]),
            Step::Withdrawn { note } => say("withdrawn", &[("note", note)]),
        }
    }
}
