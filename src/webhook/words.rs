//! Messages in a sentence, by the page's own tables of words and the configuration's labels.

use crate::core::Millis;
use crate::floor::protocol::{House, Stamp};
use crate::journal::span;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

type Table = BTreeMap<String, String>;

static EN: LazyLock<Table> = LazyLock::new(|| table(include_str!("../floor/console/en.json")));
static ZH_HANS: LazyLock<Table> = LazyLock::new(|| table(include_str!("../floor/console/zh-Hans.json")));
static ZH_HANT: LazyLock<Table> = LazyLock::new(|| table(include_str!("../floor/console/zh-Hant.json")));

/// A language in which things are worded.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese in simplified characters.
    ZhHans,
    /// Chinese in traditional characters.
    ZhHant,
}

impl Language {
    /// As the configuration and labels write them.
    pub const WORDS: &'static [&'static str] = &["en", "zh-Hans", "zh-Hant"];

    /// Reads one of [`Language::WORDS`].
    pub fn read(word: &str) -> Option<Language> {
        match word {
            "en" => Some(Language::En),
            "zh-Hans" => Some(Language::ZhHans),
            "zh-Hant" => Some(Language::ZhHant),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::ZhHans => "zh-Hans",
            Language::ZhHant => "zh-Hant",
        }
    }

    fn table(self) -> &'static Table {
        match self {
            Language::En => &EN,
            Language::ZhHans => &ZH_HANS,
            Language::ZhHant => &ZH_HANT,
        }
    }
}

/// Words things in a language, for a house.
#[derive(Clone, Debug)]
pub struct Words {
    language: Language,
    house: Arc<House>,
    zone: TimeZone,
}

impl PartialEq for Words {
    fn eq(&self, other: &Words) -> bool {
        self.language == other.language && self.house == other.house
    }
}

impl Words {
    /// For a house: its labels and its zone.
    pub fn new(language: Language, house: Arc<House>) -> Words {
        Words {
            language,
            zone: TimeZone::get(&house.zone).unwrap_or(TimeZone::UTC),
            house,
        }
    }

    /// The text of a key of the page's tables; `{n}` takes a value, `{n:person|people}` the form that fits the number. An unknown
    /// key is its own text.
    pub fn text(&self, key: &str, values: &[(&str, &str)]) -> String {
        let Some(text) = self.language.table().get(key) else {
            return plain(key.rsplit('.').next().unwrap_or(key));
        };
        let mut said = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let Some((inside, behind)) = after.split_once('}') else {
                break;
            };
            let (name, forms) = inside.split_once(':').unwrap_or((inside, ""));
            let value = values.iter().find(|(known, _)| *known == name).map_or("", |it| it.1);
            said.push_str(match forms.split_once('|') {
                Some((one, _)) if self.language == Language::En && value == "1" => one,
                Some((_, other)) => other,
                None => value,
            });
            rest = behind;
        }
        said + rest
    }

    /// The name of a queue, pool, tier, ladder or role: its label, else the page's word for it, else the key.
    pub fn name(&self, kind: &str, key: &str) -> String {
        let labels = self.house.labels.get(kind).and_then(|names| names.get(key));
        let label = labels.and_then(|label| {
            let own = label.get(self.language.word()).or_else(|| label.get("en"));
            own.or_else(|| label.values().next())
        });
        match label {
            Some(label) => label.clone(),
            None => {
                let known = self.language.table().get(&format!("name.{key}"));
                known.cloned().unwrap_or_else(|| plain(key))
            }
        }
    }

    /// The time of day in the floor's zone; what is no time is shown as it came.
    pub fn time(&self, at: &str) -> String {
        let moment = Stamp::read(at).and_then(|at| Timestamp::from_millisecond(at.0.0).map_err(|it| it.to_string()));
        match moment {
            Ok(moment) => moment.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string(),
            Err(_) => at.to_owned(),
        }
    }

    /// A message in one line; `about`: the instruction that it refers to.
    pub fn headline(&self, message: &Value, about: Option<&Value>) -> String {
        let what = |it: Option<&Value>| it.map_or(String::new(), |it| self.instruction(it));
        let name = |kind: &str, key: &str| message[key].as_str().map_or(String::new(), |it| self.name(kind, it));
        match message["type"].as_str() {
            Some("instruction") => self.instruction(message),
            Some("answer") => {
                let status = message["status"].as_str().unwrap_or_default();
                let seats = message["seats"]
                    .as_u64()
                    .or_else(|| Some(message["people"].as_array()?.len() as u64));
                let seats = seats.or_else(|| about?["seats"]["ask"].as_u64()).unwrap_or(0);
                let key = if status == "done" && seats == 0 {
                    "nobody"
                } else {
                    status
                };
                let values = [
                    ("by", &person(&message["by"])[..]),
                    ("n", &seats.to_string()),
                    ("what", &what(about)),
                ];
                self.text(&format!("answer.{key}"), &values)
            }
            _ => {
                let to = match message["to"].is_null() {
                    false => name("ladder", "to"),
                    true => name("ladder", "ladder"),
                };
                let values = [
                    ("queue", &name("queue", "queue")[..]),
                    ("tier", &name("tier", "tier")),
                    ("role", &name("role", "role")),
                    ("to", &to),
                    ("by", &person(&message["by"])),
                    ("what", &what(about)),
                ];
                self.text(
                    &format!("notice.{}", message["code"].as_str().unwrap_or_default()),
                    &values,
                )
            }
        }
    }

    /// What there is to say beside the headline: an instruction's reason, else a note or a cause; may be empty.
    pub fn reason(&self, message: &Value) -> String {
        if let Some(reason) = message["reason"].as_object() {
            return self.because(&Value::Object(reason.clone()));
        }
        let lines = |key: &str| -> Option<String> {
            let lines: Vec<&str> = message[key].as_array()?.iter().filter_map(Value::as_str).collect();
            Some(lines.join("; "))
        };
        let text = |key: &str| message[key].as_str().map(str::to_owned);
        let cause = || text("why").filter(|_| message["code"] != "tier_skipped");
        let said = text("note").or_else(|| text("reason")).or_else(cause);
        said.or_else(|| lines("problems"))
            .or_else(|| lines("changes"))
            .unwrap_or_default()
    }

    /// "Sign in 3 · Outbound".
    fn instruction(&self, it: &Value) -> String {
        let several = it["pools"].as_array().into_iter().flatten().map(|part| &part["pool"]);
        let pools = several.chain(std::iter::once(&it["pool"])).filter_map(Value::as_str);
        let pools: Vec<String> = pools.map(|pool| self.name("pool", pool)).collect();
        let from = match pools.is_empty() {
            true => self.name("tier", it["tier"].as_str().unwrap_or_default()),
            false => pools.join(if self.language == Language::En { ", " } else { "、" }),
        };
        let seats = it["seats"]["ask"].as_u64().unwrap_or(0).to_string();
        let key = format!("headline.{}", it["action"].as_str().unwrap_or_default());
        self.text(&key, &[("n", &seats), ("from", &from)])
    }

    /// "8 waiting, above 5 for 5:00".
    fn because(&self, reason: &Value) -> String {
        let code = reason["code"].as_str().unwrap_or_default();
        let held = seconds(&reason["held_s"]);
        let held = match reason["judge"].as_str() {
            None => held,
            Some(judge) => {
                let mean = match reason["mean_s"].is_null() {
                    true => number(&reason["mean"]),
                    false => seconds(&reason["mean_s"]),
                };
                let share = reason["share"]
                    .as_f64()
                    .map_or(String::new(), |it| format!("{:.0}", it * 100.0));
                let values = [("held", &held[..]), ("mean", &mean), ("share", &share)];
                self.text(&format!("judged.{judge}"), &values)
            }
        };
        let threshold = match reason["threshold_s"].is_null() {
            true => number(&reason["threshold"]),
            false => seconds(&reason["threshold_s"]),
        };
        let values = [
            ("waiting", &number(&reason["waiting"])[..]),
            ("threshold", &threshold),
            ("held", &held),
            ("note", reason["note"].as_str().unwrap_or_default()),
            ("until", &self.time(reason["until"].as_str().unwrap_or_default())),
            ("by", &person(&reason["by"])),
        ];
        self.text(&format!("reason.{code}"), &values)
    }
}

fn person(by: &Value) -> String {
    match (by["name"].as_str(), by["staff_no"].as_str()) {
        (Some(name), Some(staff_no)) if name != staff_no => format!("{name} ({staff_no})"),
        (Some(name), _) => name.to_owned(),
        (None, _) => "–".to_owned(),
    }
}

fn number(it: &Value) -> String {
    match it.as_f64() {
        Some(number) if number.fract() != 0.0 => format!("{number:.2}"),
        Some(number) => format!("{number:.0}"),
        None => "–".to_owned(),
    }
}

fn seconds(it: &Value) -> String {
    it.as_f64()
        .map_or("–".to_owned(), |it| span(Millis((it * 1000.0) as i64)))
}

fn plain(code: &str) -> String {
    code.replace('_', " ")
}

fn table(text: &str) -> Table {
    // A test of this file holds that they are tables of texts.
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::sample;

    fn words(language: Language) -> Words {
        let label = [("zh-Hans", "贵宾".to_owned())].into();
        let house = House {
            zone: "Asia/Shanghai".into(),
            labels: [("queue", [("vip".into(), label)].into())].into(),
            ..House::default()
        };
        Words::new(language, Arc::new(house))
    }

    #[test]
    fn every_language_has_its_table() {
        for word in Language::WORDS {
            assert!(Language::read(word).unwrap().table().len() > 200, "{word}");
        }
    }

    #[test]
    fn every_kind_has_its_words_in_every_language() {
        for word in Language::WORDS {
            let words = words(Language::read(word).unwrap());
            for (kind, event) in sample::events() {
                let message: Value = serde_json::from_str(&event.message).unwrap();
                let about: Option<Value> = event.about.map(|it| serde_json::from_str(&it).unwrap());
                let said = words.headline(&message, about.as_ref());
                assert!(
                    !said.is_empty() && !said.contains(['{', '}', '_']),
                    "{word}, {kind}: {said:?}"
                );
            }
        }
    }

    #[test]
    fn an_instruction_reads_as_on_the_page() {
        let (_, event) = sample::events().remove(0);
        let message: Value = serde_json::from_str(&event.message).unwrap();
        let english = words(Language::En);
        assert_eq!(english.headline(&message, None), "Sign in 2 · Experts");
        assert_eq!(english.reason(&message), "8 waiting, above 5 for 5:00");
        let chinese = words(Language::ZhHans);
        assert_eq!(chinese.headline(&message, None), "签入 2 人 · 机动专家组");
        assert_eq!(chinese.reason(&message), "8 人等待，超过 5 人已持续 5:00");
        assert_eq!(chinese.name("queue", "vip"), "贵宾");
        assert_eq!(
            english.name("queue", "vip"),
            "贵宾",
            "a label in another language is better than a key"
        );
        assert_eq!(english.time("2026-11-02T03:25:00.000Z"), "11:25:00");
    }
}
