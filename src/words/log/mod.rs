//! What happened, as a sentence of its own: every record of the duty log in full, in the reader's language. Texts in `*.ftl` beside.

mod condition;
mod decided;
mod done;
mod told;

use super::{Language, Words};
use crate::core::{Actor, Name, Part, Time};
use crate::journal::Record;
use crate::telemetry::plain;
use jiff::tz::TimeZone;

/// Puts records into sentences, with times of one zone.
#[derive(Clone, Debug)]
pub struct Sentences {
    words: Words,
}

impl Sentences {
    /// In English, with names as the plan writes them: for programs and their logs.
    pub fn new(zone: TimeZone) -> Sentences {
        Sentences::in_language(Language::En, zone)
    }

    /// For people at a terminal, who know the plan. English leaves names as the plan writes them; in Chinese those of which our own
    /// tables have a word are said in it.
    pub fn in_language(language: Language, zone: TimeZone) -> Sentences {
        let words = match language {
            Language::En => Words::as_written(language),
            Language::ZhHans | Language::ZhHant => Words::new(language, std::sync::Arc::default()).dated(),
        };
        Sentences {
            words: words.in_zone(zone),
        }
    }

    /// For people of a house: its labels, its zone.
    pub fn of_house(words: Words) -> Sentences {
        Sentences { words: words.dated() }
    }

    /// The formatter behind, for what stands beside a record.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// A moment: `2026-11-02 11:05:00.000+08:00`.
    pub fn time(&self, time: Time) -> String {
        let moment = self.words.moment(time);
        moment.unwrap_or_else(|| self.say("beyond_calendar", &[]))
    }

    /// What happened.
    pub fn record(&self, record: &Record) -> String {
        let sentence = match record {
            Record::Input(input) => self.input(input),
            Record::Decision(decision) => self.decision(decision),
            Record::Fact(fact) => self.fact(fact),
        };
        // Notes and names are somebody's; the sentence is one line.
        plain(&sentence).into_owned()
    }

    pub(crate) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.text(&format!("log.{key}"), values)
    }

    /// A cause that was written down in words.
    fn cause(&self, why: &str) -> String {
        self.words.language().cause(why)
    }

    fn tier(&self, tier: &Name) -> String {
        self.words.name("tier", tier.as_str())
    }

    fn queue(&self, queue: &Name) -> String {
        self.words.name("queue", queue.as_str())
    }

    fn ladder(&self, ladder: &Name) -> String {
        self.words.name("ladder", ladder.as_str())
    }

    fn role(&self, role: &Name) -> String {
        self.words.name("role", role.as_str())
    }

    fn list<T: ToString>(&self, items: &[T]) -> String {
        let items: Vec<String> = items.iter().map(T::to_string).collect();
        self.words.language().list(&items)
    }

    /// Who: name, role and staff number.
    fn person(&self, actor: &Actor) -> String {
        let values = [
            ("name", &self.words.called(&actor.name, &actor.staff_no)[..]),
            ("role", &self.role(&actor.role)),
            ("staff_no", &actor.staff_no),
        ];
        match actor.staff_no.as_str() {
            "feed" => self.say("by_feed", &[]),
            staff_no if staff_no == actor.name => self.say("by_number", &values),
            _ => self.say("by", &values),
        }
    }

    /// How many, and who where more can be told than the tier's name: `4 (E01, E02, E03, E04)`.
    fn asked(&self, seats: u32, parts: &[Part], tier: &Name) -> String {
        let who = match parts {
            [Part { pool, people, .. }] if pool.as_ref().is_none_or(|it| it == tier) => self.list(people),
            parts => self.people(parts),
        };
        self.number_of(seats, &who)
    }

    /// How many, and who where that is known.
    fn number_of(&self, seats: u32, who: &str) -> String {
        let n = seats.to_string();
        match who {
            "" => self.say("asked", &[("n", &n)]),
            who => self.say("asked_of", &[("n", &n), ("who", who)]),
        }
    }

    /// Who, pool by pool: `outbound 3, expert E01 E02`.
    fn people(&self, parts: &[Part]) -> String {
        let part = |part: &Part| {
            let who = match part.people.as_slice() {
                [] => part.seats.to_string(),
                people => people.iter().map(Name::as_str).collect::<Vec<_>>().join(" "),
            };
            match &part.pool {
                Some(pool) => {
                    let pool = self.words.name("pool", pool.as_str());
                    self.say("part", &[("pool", &pool), ("who", &who)])
                }
                None => who,
            }
        };
        self.list(&parts.iter().map(part).collect::<Vec<_>>())
    }
}

fn seats_of(parts: &[Part]) -> u32 {
    parts.iter().map(|part| part.seats).fold(0, u32::saturating_add)
}
