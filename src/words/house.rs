//! Messages in a sentence, with the configuration's labels for names.

use super::Language;
use super::figures::{percent, span};
use crate::core::{Lost, Millis, Shortage, Time};
use crate::wire::{House, LostBecause, SkippedBecause, Stamp};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::sync::Arc;

/// A moment where no house is near: `2026-11-02 11:05:00.000+08:00`.
const DATED: &str = "%Y-%m-%d %H:%M:%S%.3f%:z";

/// Words things in a language, for a house.
#[derive(Clone, Debug)]
pub struct Words {
    language: Language,
    house: Arc<House>,
    zone: TimeZone,
    /// Names stand as they are written in the plan.
    as_written: bool,
    /// Moments are told with their date and zone.
    dated: bool,
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
            as_written: false,
            dated: false,
        }
    }

    /// For no house: names as they are written in the plan, times in UTC. For programs and their logs.
    pub fn as_written(language: Language) -> Words {
        Words {
            as_written: true,
            dated: true,
            ..Words::new(language, Arc::default())
        }
    }

    /// The same with moments that say their date and zone: for what is read long after, or elsewhere.
    pub fn dated(self) -> Words {
        Words { dated: true, ..self }
    }

    /// The same with times of this zone.
    pub fn in_zone(self, zone: TimeZone) -> Words {
        Words { zone, ..self }
    }

    /// Names stand as they are written in the plan.
    pub(super) fn is_as_written(&self) -> bool {
        self.as_written
    }

    /// In which language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text of a key. An unknown key is its own text.
    pub fn text(&self, key: &str, values: &[(&str, &str)]) -> String {
        let text = self.language.text(key, values);
        text.unwrap_or_else(|| plain(key.rsplit('.').next().unwrap_or(key)))
    }

    /// The name of a queue, pool, tier, ladder or role: its label, else the word of our own tables for it, else the key.
    pub fn name(&self, kind: &str, key: &str) -> String {
        if self.as_written {
            return key.to_owned();
        }
        let labels = self.house.labels.get(kind).and_then(|names| names.get(key));
        let label = labels.and_then(|label| {
            let own = label.get(self.language.word()).or_else(|| label.get("en"));
            own.or_else(|| label.values().next())
        });
        match label {
            Some(label) => label.clone(),
            None => {
                let known = self.language.text(&format!("name.{key}"), &[]);
                known.unwrap_or_else(|| plain(key))
            }
        }
    }

    /// How somebody is called: by their own name, or in the reader's language where they have none but a number of ours: whoever sits at
    /// this machine, a demo's supervisor. That number is none of the plan's names, so it is worded where those stand as they are written.
    pub(crate) fn called(&self, name: &str, staff_no: &str) -> String {
        let ours = (name == staff_no).then(|| self.language.text(&format!("person.{name}"), &[]));
        ours.flatten().unwrap_or_else(|| name.to_owned())
    }

    /// The same with their staff number, where that says more than the name.
    pub(super) fn person(&self, by: &Value) -> String {
        match (by["name"].as_str(), by["staff_no"].as_str()) {
            (Some(name), Some(staff_no)) if name != staff_no => format!("{name} ({staff_no})"),
            (Some(name), staff_no) => self.called(name, staff_no.unwrap_or_default()),
            (None, _) => "–".to_owned(),
        }
    }

    /// The time of day in the floor's zone, with its date where no house is near; what is no time is shown as it came.
    pub fn time(&self, at: &str) -> String {
        let moment = Stamp::read(at).ok().and_then(|at| self.moment(at.0));
        moment.unwrap_or_else(|| at.to_owned())
    }

    /// The same of a moment; `None`: it is beyond the calendar.
    pub(super) fn moment(&self, at: Time) -> Option<String> {
        let moment = Timestamp::from_millisecond(at.0).ok()?.to_zoned(self.zone.clone());
        let form = if self.dated { DATED } else { "%H:%M:%S" };
        Some(moment.strftime(form).to_string())
    }

    /// A message in one line; `about`: the instruction that it refers to.
    pub fn headline(&self, message: &Value, about: Option<&Value>) -> String {
        let what = |it: Option<&Value>| it.map_or(String::new(), |it| self.headline_of(it));
        let name = |kind: &str, key: &str| message[key].as_str().map_or(String::new(), |it| self.name(kind, it));
        match message["type"].as_str() {
            Some("instruction") => self.headline_of(message),
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
                    ("by", &self.person(&message["by"])[..]),
                    ("n", &seats.to_string()),
                    ("what", &what(about)),
                ];
                self.text(&format!("answer.{key}"), &values)
            }
            _ => {
                let at = ["over_at", "left_at"].into_iter().find_map(|key| message[key].as_str());
                let at = at.map_or(String::new(), |at| self.time(at));
                let to = match message["to"].is_null() {
                    false => name("ladder", "to"),
                    true => name("ladder", "ladder"),
                };
                let values = [
                    ("queue", &name("queue", "queue")[..]),
                    ("tier", &name("tier", "tier")),
                    ("role", &name("role", "role")),
                    ("to", &to),
                    ("by", &self.person(&message["by"])),
                    ("what", &what(about)),
                    ("n", &number(&message["seats"])),
                    ("shown", &number(&message["shown"])),
                    ("people", &self.language.list(&texts(&message["people"]))),
                    ("at", &at),
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
        let changes = || -> Option<String> {
            let changes = message["changes"].as_array()?.iter().filter_map(Value::as_str);
            Some(changes.map(|it| self.change(it)).collect::<Vec<_>>().join("; "))
        };
        let text = |key: &str| message[key].as_str().map(str::to_owned);
        if message["code"] == "tier_skipped" {
            return self.standing(message, message["why"].as_str().unwrap_or_default());
        }
        if let Some(near) = message["near"].as_array() {
            let near: Vec<String> = near.iter().map(|miss| self.near_miss(miss)).collect();
            return near.join("; ");
        }
        if message["promise"].is_object() {
            return self.promise(&message["promise"]);
        }
        if let Some(lost) = message["lost"].as_str().filter(|lost| *lost != "said") {
            return self.text(&format!("lost.{lost}"), &[("span", &seconds(&message["after_s"]))]);
        }
        let cause = || text("why");
        let said = text("note").or_else(|| text("reason")).or_else(cause);
        said.or_else(|| lines("problems")).or_else(changes).unwrap_or_default()
    }

    /// What the phones show in place of a person.
    pub(super) fn near_miss(&self, miss: &Value) -> String {
        let values = [
            ("person", miss["person"].as_str().unwrap_or_default()),
            ("people", &self.language.list(&texts(&miss["people"]))),
            (
                "queue",
                &miss["queue"]
                    .as_str()
                    .map_or(String::new(), |queue| self.name("queue", queue)),
            ),
            ("n", &number(&miss["members"])),
        ];
        self.text(
            &format!("near.{}", miss["instead"].as_str().unwrap_or_default()),
            &values,
        )
    }

    /// The words of a promise that was broken.
    pub(super) fn promise(&self, promise: &Value) -> String {
        let at = self.time(promise["at"].as_str().unwrap_or_default());
        self.text("promise.broken", &[("by", &self.person(&promise["by"])), ("at", &at)])
    }

    /// Why nobody can see a queue.
    pub fn lost(&self, why: &Lost) -> String {
        match LostBecause::from(why) {
            LostBecause::Silent { after_s } => self.text("lost.silent", &[("span", &clock(after_s))]),
            LostBecause::NeverRead { after_s } => self.text("lost.never_read", &[("span", &clock(after_s))]),
            LostBecause::Missing => self.text("lost.missing", &[]),
            LostBecause::Said { why } => self.language.cause(&why),
        }
    }

    /// Why a tier that was due was not called.
    pub fn shortage(&self, why: &Shortage) -> String {
        match serde_json::to_value(SkippedBecause::from(why)) {
            Ok(said) => self.standing(&said, said["why"].as_str().unwrap_or_default()),
            // Every variant is a map with text keys.
            Err(_) => String::new(),
        }
    }

    /// Where a tier stands, or why nobody could be asked, with the numbers that a message or a state has beside its code.
    pub fn standing(&self, it: &Value, code: &str) -> String {
        let code = match code {
            "off_duty" if !it["until"].is_null() => "off_duty_until",
            code => code,
        };
        let queue = ["for_queue", "by_queue", "queue"]
            .into_iter()
            .find_map(|key| it[key].as_str());
        let n = ["waiting_at_most", "max"]
            .into_iter()
            .find(|key| !it[*key].is_null())
            .unwrap_or("max");
        let time = |key: &str| self.time(it[key].as_str().unwrap_or_default());
        let values = [
            ("seats", &number(&it["physical_seats"])[..]),
            ("queue", &queue.map_or(String::new(), |queue| self.name("queue", queue))),
            ("n", &number(&it[n])),
            ("until", &time("until")),
            ("since", &time("since")),
            ("span", &seconds(&it["ends_within_s"])),
        ];
        self.text(&format!("standing.{code}"), &values)
    }

    /// What the seats required were computed from, each input with its origin; or what was missing.
    pub fn required(&self, it: &Value) -> String {
        let said = |key: &str, name: &str, value: String| self.text(&format!("required.{key}"), &[(name, &value)]);
        let known = |key: &str| !it[key].is_null();
        let mut parts = Vec::new();
        if known("required") {
            parts.push(said("needed", "n", number(&it["required"])));
        }
        if known("calls_per_hour") {
            let calls = &it["calls_per_hour"];
            let origin = self.text(&format!("origin.{}", calls["origin"].as_str().unwrap_or_default()), &[]);
            parts.push(self.text(
                "required.calls",
                &[("n", &number(&calls["value"])), ("origin", &origin)],
            ));
        }
        if known("handle_time_s") {
            parts.push(said("handle", "span", seconds(&it["handle_time_s"])));
        }
        if known("patience_s") {
            parts.push(said("patience", "span", seconds(&it["patience_s"])));
        } else if known("required") {
            parts.push(self.text("required.patient", &[]));
        }
        if let Some(share) = it["target"]["answered"].as_f64() {
            let share = ((share * 1000.0).round() / 10.0).to_string();
            let within = seconds(&it["target"]["within_s"]);
            parts.push(self.text("required.target", &[("share", &share), ("span", &within)]));
        }
        for (key, text) in [("signed_in", "signed_in"), ("free_seats", "free")] {
            if known(key) {
                parts.push(said(text, "n", number(&it[key])));
            }
        }
        if it["reachable"] == false {
            parts.push(self.text("required.too_few", &[]));
        }
        let missing = texts(&it["missing"]);
        if !missing.is_empty() {
            let missing: Vec<String> = missing
                .iter()
                .map(|what| self.text(&format!("missing.{what}"), &[]))
                .collect();
            parts.push(said("fallback", "what", self.language.list(&missing)));
        }
        parts.join(" · ")
    }

    /// "Sign in 3 · Outbound".
    pub fn headline_of(&self, it: &Value) -> String {
        let several = it["pools"].as_array().into_iter().flatten().map(|part| &part["pool"]);
        let pools = several.chain(std::iter::once(&it["pool"])).filter_map(Value::as_str);
        let pools: Vec<String> = pools.map(|pool| self.name("pool", pool)).collect();
        let from = match pools.is_empty() {
            true => self.name("tier", it["tier"].as_str().unwrap_or_default()),
            false => self.language.list(&pools),
        };
        let seats = it["seats"]["ask"].as_u64().unwrap_or(0).to_string();
        self.asks(it["action"].as_str().unwrap_or_default(), &seats, &from)
    }

    /// The same of an action; a step that draws on no pool and is named after what it asks for is not named again: "Overtime for 4".
    pub(super) fn asks(&self, action: &str, seats: &str, from: &str) -> String {
        let values = [("n", seats), ("from", from)];
        let is_named_after_it = match self.as_written {
            true => from == action,
            false => self.language.text(&format!("name.{action}"), &[]).as_deref() == Some(from),
        };
        let alone = is_named_after_it.then(|| self.language.text(&format!("headline.{action}_alone"), &values));
        let alone = alone.flatten();
        alone.unwrap_or_else(|| self.text(&format!("headline.{action}"), &values))
    }

    /// "8 waiting, above 5 for 5:00".
    pub(super) fn because(&self, reason: &Value) -> String {
        let code = reason["code"].as_str().unwrap_or_default();
        match code {
            "all" => {
                let all = reason["all"].as_array().into_iter().flatten();
                return all.map(|each| self.because(each)).collect::<Vec<_>>().join("; ");
            }
            "severe" => return self.text("reason.severe", &[("why", &self.because(&reason["why"]))]),
            _ => {}
        }
        let share = code.contains("_share_");
        let threshold = match reason["threshold_s"].is_null() {
            true if share => share_of(&reason["threshold"]),
            true => number(&reason["threshold"]),
            false => seconds(&reason["threshold_s"]),
        };
        let measured = match (share, reason["measured_s"].is_null()) {
            (true, _) => share_of(&reason["measured"]),
            (false, true) => number(&reason["measured"]),
            (false, false) => seconds(&reason["measured_s"]),
        };
        // A mean and a share tell their own number.
        let now = match measured.as_str() {
            "–" => String::new(),
            _ if !reason["judge"].is_null() => String::new(),
            measured => self.text("measured.now", &[("measured", measured)]),
        };
        let values = [
            ("waiting", &number(&reason["waiting"])[..]),
            ("threshold", &threshold),
            ("measured", &measured),
            ("over", &seconds(&reason["over_s"])),
            ("now", &now),
            ("for", &self.judged(reason)),
            ("note", reason["note"].as_str().unwrap_or_default()),
            ("until", &self.time(reason["until"].as_str().unwrap_or_default())),
            ("by", &self.person(&reason["by"])),
            (
                "pool",
                &reason["pool"]
                    .as_str()
                    .map_or(String::new(), |pool| self.name("pool", pool)),
            ),
            ("stay", &seconds(&reason["max_stay_s"])),
        ];
        self.text(&format!("reason.{code}"), &values)
    }

    /// For how long a threshold was passed, and by which judgement; nothing where it was not to hold.
    fn judged(&self, reason: &Value) -> String {
        let judge = match reason["judge"].as_str() {
            None if reason["held_s"].as_f64() == Some(0.0) => "now",
            None => "every",
            Some(judge) => judge,
        };
        let mean = match reason["mean_s"].is_null() {
            true => number(&reason["mean"]),
            false => seconds(&reason["mean_s"]),
        };
        let share = reason["share"].as_f64();
        let values = [
            ("held", &seconds(&reason["held_s"])[..]),
            ("mean", &mean),
            ("share", &share.map_or(String::new(), |it| format!("{:.0}", it * 100.0))),
        ];
        self.text(&format!("judged.{judge}"), &values)
    }
}

fn texts(of: &Value) -> Vec<String> {
    let texts = of.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn number(it: &Value) -> String {
    match it.as_f64() {
        Some(number) => ((number * 100.0).round() / 100.0).to_string(),
        None => "–".to_owned(),
    }
}

pub(super) fn seconds(it: &Value) -> String {
    it.as_f64().map_or("–".to_owned(), clock)
}

fn share_of(it: &Value) -> String {
    it.as_f64().map_or("–".to_owned(), percent)
}

fn clock(seconds: f64) -> String {
    span(Millis((seconds * 1000.0) as i64))
}

fn plain(code: &str) -> String {
    code.replace('_', " ")
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

    /// As the page's own test has it of the same message.
    #[test]
    fn the_seats_required_are_told_with_every_input() {
        let computed = serde_json::json!({
            "calls_per_hour": { "value": 920, "origin": "measured" }, "handle_time_s": 180.0, "patience_s": 120.0,
            "target": { "answered": 0.9, "within_s": 20.0 }, "signed_in": 52, "free_seats": 1, "required": 55, "reachable": false,
            "missing": [],
        });
        assert_eq!(
            words(Language::En).required(&computed),
            "Needed: 55 · 920 calls/h (measured) · 3:00 each · patience 2:00 · 90 % within 0:20 · 52 signed in · 1 seat free · \
             too few for the target, no more can be asked for"
        );
        let missing = serde_json::json!({ "missing": ["calls_per_hour", "target"] });
        assert_eq!(
            words(Language::ZhHans).required(&missing),
            "按预案备用人数；缺少：每小时来电数、服务目标"
        );
    }

    #[test]
    fn whoever_has_no_name_but_a_number_of_ours_is_called_in_words_everywhere() {
        let said = |words: &Words| ["local", "simulated", "S12"].map(|number| words.called(number, number));
        let [hans, written] = [words(Language::ZhHans), Words::as_written(Language::En)];
        assert_eq!(said(&hans), ["本机用户", "模拟现场主管", "S12"]);
        assert_eq!(said(&written), ["Local user", "Simulated supervisor", "S12"]);
        assert_eq!(written.called("local", "S12"), "local", "somebody may be called so");
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
