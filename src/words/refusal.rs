//! Refusals in a sentence.

use super::figures::span;
use super::house::seconds;
use super::{Language, Words};
use crate::core::Millis;
use crate::wire::{Refused, RefusedBecause, is_a_time};
use serde_json::{Map, Value};

impl Words {
    /// Why a request was not taken, and what to do.
    pub fn refused(&self, refused: &Refused) -> String {
        let said = self.because_of(&refused.because);
        match (refused.detail.as_str(), self.language()) {
            ("", _) => said,
            // Written for whoever made the program, who reads English.
            (detail, Language::En) => detail.to_owned(),
            (detail, Language::ZhHans | Language::ZhHant) => format!("{said}（{detail}）"),
        }
    }

    fn because_of(&self, because: &RefusedBecause) -> String {
        self.by_fields(because.code(), &because.fields())
    }

    /// The same of a refusal as it came over the wire; `None`: of a daemon that knows more codes than this program.
    pub fn refused_as(&self, code: &str, fields: &Map<String, Value>) -> Option<String> {
        self.language().text(&format!("error.{code}"), &[])?;
        Some(self.by_fields(code, fields))
    }

    fn by_fields(&self, code: &str, fields: &Map<String, Value>) -> String {
        let mut key = code;
        let mut values: Vec<(&str, String)> = Vec::new();
        for (name, value) in fields {
            let said = match name.as_str() {
                "queue" | "tier" | "pool" | "ladder" => {
                    value.as_str().map_or("–".to_owned(), |raw| self.name(name, raw))
                }
                "queues" => {
                    let names = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                    let names: Vec<String> = names.map(|raw| self.name("queue", raw)).collect();
                    self.language().list(&names)
                }
                "items" => {
                    let keys = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                    let items: Vec<String> = keys.map(|key| self.matter_named(key, &[])).collect();
                    self.language().list(&items)
                }
                "people" => list(self.language(), value),
                "within_s" => {
                    values.push(("span", seconds(value)));
                    continue;
                }
                "what" => {
                    let code = value.as_str().unwrap_or_default();
                    self.language()
                        .text(&format!("what.{code}"), &[])
                        .unwrap_or_else(|| code.to_owned())
                }
                "why" => self.standing(&Value::Object(fields.clone()), value.as_str().unwrap_or_default()),
                // Said as two spans.
                "came" | "limit" if fields.get("what").and_then(Value::as_str).is_some_and(is_a_time) => {
                    span(Millis::from_secs(value.as_i64().unwrap_or_default()))
                }
                "with" => {
                    let status = value["status"].as_str().unwrap_or_default();
                    let status = self.language().text(&format!("status.{status}"), &[]);
                    values.push(("by", self.person(&value["by"])));
                    values.push(("status", status.unwrap_or_default()));
                    values.push(("instruction", value["instruction"].to_string()));
                    let people = list(self.language(), &value["people"]);
                    if !people.is_empty() {
                        // By somebody's word, or by the books alone.
                        key = if value["by"].is_null() {
                            "conflict_asked"
                        } else {
                            "conflict_people"
                        };
                    }
                    values.push(("people", people));
                    continue;
                }
                _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            };
            values.push((name, said));
        }
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.text(&format!("error.{key}"), &values)
    }
}

fn list(language: Language, texts: &Value) -> String {
    let texts = texts.as_array().into_iter().flatten().filter_map(Value::as_str);
    language.list(&texts.map(str::to_owned).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Actor, Conflict, InstructionId, Refusal, Shortage, Time};

    fn every() -> Vec<Refusal> {
        let (queue, tier, it) = (|| "inbound".into(), || "expert".into(), InstructionId(7));
        let conflict = |people: &[&str]| {
            Refusal::Conflict(Box::new(Conflict {
                instruction: it,
                by: Some(Actor {
                    name: "Li Na".into(),
                    staff_no: "S07".into(),
                    role: "supervisor".into(),
                }),
                status: "done",
                at: Time(0),
                people: people.iter().map(|name| (*name).into()).collect(),
            }))
        };
        vec![
            Refusal::NoSuchQueue(queue()),
            Refusal::NoSuchLadder("day".into()),
            Refusal::NoSuchTier {
                ladder: "day".into(),
                tier: tier(),
            },
            Refusal::NoSuchInstruction(it),
            Refusal::Closed(it),
            Refusal::TakenElsewhere(it),
            Refusal::DoesNotFit {
                what: "left_nobody",
                instruction: it,
                action: "sign_in",
            },
            Refusal::AlreadyCalled(tier()),
            Refusal::NobodyToGive(tier()),
            Refusal::NoSeat(tier()),
            Refusal::Short {
                tier: tier(),
                why: Shortage::MaxBorrowed { max: 12 },
            },
            Refusal::NoTierLeft(queue()),
            Refusal::NothingToApprove {
                queue: queue(),
                tier: tier(),
            },
            Refusal::NoWithoutReason,
            Refusal::InShadow(it),
            Refusal::NotOnQueue {
                queue: queue(),
                instruction: it,
            },
            Refusal::NoTierFor {
                queue: queue(),
                pool: None,
            },
            Refusal::NotACount { what: "nothing_came" },
            Refusal::NothingToRelease(it),
            Refusal::PauseWithoutEnd,
            Refusal::NotPaused(queue()),
            Refusal::IncidentWithoutEnd,
            Refusal::NoIncident(queue()),
            Refusal::NobodyAbove(it),
            Refusal::NotOnMove {
                instruction: it,
                people: vec!["E09".into()],
            },
            Refusal::TooLate {
                instruction: it,
                within: Millis::from_mins(30),
            },
            conflict(&[]),
            conflict(&["E01", "E02"]),
            Refusal::TooMuch {
                what: "seats",
                came: 2000,
                limit: 1000,
            },
        ]
    }

    /// A refusal keeps its code on the way out, and reads as a sentence in every language.
    #[test]
    fn every_refusal_of_the_core_has_its_words() {
        for refusal in every() {
            let refused = Refused::from(&refusal);
            assert_eq!(refused.code(), refusal.code());
            for word in Language::WORDS {
                let language = Language::read(word).unwrap();
                let said = Words::as_written(language).refused(&refused);
                assert!(
                    said.chars().count() > 5 && !said.contains(['{', '$', '_']),
                    "{word}: {said}"
                );
                let chinese = said.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert_eq!(chinese, language != Language::En, "{word}: {said}");
            }
        }
    }

    #[test]
    fn a_refusal_says_its_numbers() {
        let said = |refusal: Refusal, language| Words::as_written(language).refused(&Refused::from(&refusal));
        let short = Refusal::Short {
            tier: "expert".into(),
            why: Shortage::MaxBorrowed { max: 12 },
        };
        assert_eq!(
            said(short.clone(), Language::En),
            "expert cannot be called now: 12 borrowed already, no more allowed."
        );
        assert_eq!(
            said(short, Language::ZhHans),
            "expert现在无法调用：已借 12 人，达到上限。"
        );
        let by_the_books = Refusal::Conflict(Box::new(Conflict {
            instruction: InstructionId(7),
            by: None,
            status: "asked",
            at: Time(0),
            people: vec!["E01".into()],
        }));
        assert_eq!(
            said(by_the_books, Language::En),
            "By the books E01 stand on instruction 7, and nobody has said that they came there. Say it again if they are here."
        );
        let conflict = every().remove(27);
        assert_eq!(
            said(conflict, Language::En),
            "By the word of Li Na (S07) E01, E02 stand on instruction 7. Say it again if they are here."
        );
    }

    #[test]
    fn what_is_for_programmers_is_quoted() {
        let refused = Refused::not_understood("field \"seats\": expected u32");
        assert_eq!(
            Words::as_written(Language::En).refused(&refused),
            "field \"seats\": expected u32"
        );
        assert_eq!(
            Words::as_written(Language::ZhHans).refused(&refused),
            "surged 无法识别此请求。（field \"seats\": expected u32）"
        );
    }
}
