//! The shift as a page of text, and what is said while it is handed over.

use crate::cmd::log::tame;
use crate::core::{Millis, Name};
use crate::floor::ShiftReply;
use crate::shift::{InstructionCount, Moved, Span, Summary, Surge, TierCalled};
use crate::wire::{ItemStanding, ItemState, NoteState, SignatureState, Stamp};
use crate::words::{Sentences, span};

pub(super) fn say(words: &Sentences, key: &str, values: &[(&str, &str)]) -> String {
    words.words().text(&format!("sign.{key}"), values)
}

pub(super) fn person(signature: &SignatureState, words: &Sentences) -> String {
    let key = if signature.unproven {
        "person_unproven"
    } else {
        "person"
    };
    let by = &signature.by;
    let called = words.words().called(&by.name, &by.staff_no);
    let values = [("name", &called[..]), ("staff_no", &by.staff_no)];
    say(words, key, &values)
}

/// The shift as a page of text.
pub(super) fn page(shift: &ShiftReply, words: &Sentences) -> String {
    let mut page = Page {
        text: String::new(),
        words,
    };
    page.summary(&shift.summary);
    let items = shift.handover.as_ref().map_or(&shift.open, |draft| &draft.items);
    page.section("open", items.iter().map(|item| matter(item, words)));
    if let Some(draft) = &shift.handover {
        let note = |it: &NoteState| say(words, "note", &[("who", &person(&it.said, words)), ("note", &it.note)]);
        page.section("notes", draft.notes.iter().map(note));
        let sides = [("leaving", &draft.leaving), ("coming", &draft.coming)];
        let signed = sides.map(|(side, signature)| match signature {
            Some(signature) => {
                let values = [
                    ("who", &person(signature, words)[..]),
                    ("at", &words.time(signature.at.0)),
                ];
                say(words, &format!("signed_{side}"), &values)
            }
            None => say(words, &format!("unsigned_{side}"), &[]),
        });
        let title = say(words, "section_handover", &[("id", &draft.id.to_string())]);
        page.titled(&title, signed.into_iter());
    }
    page.text
}

/// In words, with the key by which --settle and --take-over know it.
fn matter(item: &ItemState, words: &Sentences) -> String {
    let text = words.words().matter(item);
    let text = say(words, "item", &[("matter", &text), ("key", &item.key)]);
    let who = item.who.as_ref().map(|who| person(who, words)).unwrap_or_default();
    match item.standing {
        ItemStanding::Open => text,
        ItemStanding::Gone => say(words, "item_gone", &[("item", &text)]),
        ItemStanding::TakenOver => say(words, "item_taken_over", &[("item", &text), ("who", &who)]),
        ItemStanding::Settled => {
            let how = item.how.as_deref().unwrap_or_default();
            say(words, "item_settled", &[("item", &text), ("who", &who), ("how", how)])
        }
    }
}

struct Page<'a> {
    text: String,
    words: &'a Sentences,
}

impl Page<'_> {
    fn summary(&mut self, it: &Summary) {
        let title = self.say("title", &[("from", &self.time(it.from)), ("to", &self.time(it.to))]);
        self.text.push_str(&tame(&title));
        self.text.push('\n');
        let surges: Vec<String> = it.surges.iter().map(|surge| self.surge(surge)).collect();
        let moved = |moved: &[Moved]| -> Vec<String> { moved.iter().map(|moved| self.moved(moved)).collect() };
        let (moved, asked) = (moved(&it.moved), moved(&it.asked));
        let blind = it.blind.iter().map(|gap| {
            let (from, to) = (self.time(gap.from), self.until(gap.to));
            self.say(
                "blind",
                &[("queue", &self.queue(&gap.queue)), ("from", &from), ("to", &to)],
            )
        });
        let blind: Vec<String> = blind.collect();
        let spans = |spans: &[Span]| -> Vec<String> { spans.iter().map(|span| self.span(span)).collect() };
        let (pauses, incidents) = (spans(&it.pauses), spans(&it.incidents));
        let plan = it.reloads.iter().map(|reload| {
            let change = |it: &String| self.words.words().change(it);
            let (key, what) = match reload.refused {
                true => ("plan_refused", reload.what.clone()),
                false => ("plan_changed", reload.what.iter().map(change).collect()),
            };
            self.say(key, &[("at", &self.time(reload.at)), ("what", &what.join("; "))])
        });
        let plan: Vec<String> = plan.collect();
        let daemon = it.daemon.iter();
        let daemon = daemon.map(|it| self.say(&format!("daemon_{}", it.what), &[("at", &self.time(it.at))]));
        let daemon: Vec<String> = daemon.collect();
        let instructions = self.instructions(&it.instructions);
        self.section("surges", surges.into_iter());
        self.section("moved", moved.into_iter());
        self.section("asked", asked.into_iter());
        self.section("instructions", std::iter::once(instructions));
        self.section("blind", blind.into_iter());
        self.section("pauses", pauses.into_iter());
        self.section("incidents", incidents.into_iter());
        self.section("plan", plan.into_iter());
        self.section("daemon", daemon.into_iter());
    }

    fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        say(self.words, key, values)
    }

    fn time(&self, at: Stamp) -> String {
        self.words.time(at.0)
    }

    fn until(&self, to: Option<Stamp>) -> String {
        to.map_or_else(|| self.say("now", &[]), |to| self.time(to))
    }

    fn queue(&self, queue: &Name) -> String {
        self.words.words().name("queue", queue.as_str())
    }

    fn surge(&self, surge: &Surge) -> String {
        let tier = |it: &TierCalled| format!("{} {}", self.words.words().name("tier", it.tier.as_str()), it.seats);
        let tiers: Vec<String> = surge.tiers.iter().map(tier).collect();
        let values = [
            ("queue", &self.queue(&surge.queue)[..]),
            ("from", &self.time(surge.began)),
            ("to", &self.until(surge.ended)),
            ("peak", &surge.peak.map_or("?".to_owned(), |peak| peak.to_string())),
            ("tiers", &self.words.words().language().list(&tiers)),
        ];
        self.say("surge", &values)
    }

    fn moved(&self, moved: &Moved) -> String {
        let pool = moved.pool.as_ref();
        let pool = pool.map_or("-".to_owned(), |pool| self.words.words().name("pool", pool.as_str()));
        let time = span(Millis((moved.time_s * 1000.0) as i64));
        match &moved.person {
            Some(person) => {
                let values = [("person", person.as_str()), ("pool", &pool), ("span", &time)];
                self.say("moved", &values)
            }
            None => {
                let values = [("n", &moved.seats.to_string()[..]), ("pool", &pool), ("span", &time)];
                self.say("moved_some", &values)
            }
        }
    }

    fn instructions(&self, count: &InstructionCount) -> String {
        let values = [
            ("issued", count.issued),
            ("done", count.done),
            ("shown", count.shown),
            ("declined", count.declined),
            ("stood_down", count.stood_down),
            ("seen", count.seen),
            ("unanswered", count.unanswered),
        ];
        let values = values.map(|(name, n)| (name, n.to_string()));
        self.say("instructions", &values.each_ref().map(|(name, n)| (*name, n.as_str())))
    }

    fn span(&self, it: &Span) -> String {
        let values = [
            ("queue", &self.queue(&it.queue)[..]),
            ("from", &self.time(it.from)),
            ("to", &self.until(it.to)),
            ("by", &self.words.words().called(&it.by.name, &it.by.staff_no)),
            ("note", &it.note),
        ];
        self.say("span", &values)
    }

    fn section(&mut self, key: &str, lines: impl Iterator<Item = String>) {
        let title = self.say(&format!("section_{key}"), &[]);
        self.titled(&title, lines);
    }

    /// A title and its lines; nothing where there are none.
    fn titled(&mut self, title: &str, lines: impl Iterator<Item = String>) {
        for (index, line) in lines.enumerate() {
            if index == 0 {
                self.text.push_str(title);
                self.text.push('\n');
            }
            self.text.push_str("  ");
            self.text.push_str(&tame(&line));
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use jiff::tz::TimeZone;
    use serde_json::{Value, json};

    /// A shift with everything in it.
    fn shift() -> ShiftReply {
        let at = "2026-11-02T03:05:00.000Z";
        let by = |name: &str, staff_no: &str| json!({ "name": name, "staff_no": staff_no });
        let signed = |unproven| json!({ "by": by("王", "1042"), "unproven": unproven, "at": at });
        let item = |key: &str, kind: &str, standing: &str, who: Value, how: Value| {
            json!({
                "key": key, "kind": kind, "queue": "inbound", "instruction": 7, "action": "sign_in", "tier": "expert", "seats": 4,
                "note": "演练", "at": at, "standing": standing, "who": who, "how": how,
            })
        };
        let items = [
            item("1", "move", "open", json!(null), json!(null)),
            item("2", "instruction", "gone", json!(null), json!(null)),
            item("3", "pause", "taken_over", signed(true), json!(null)),
            item("4", "approval", "settled", signed(false), json!("完")),
            item("5", "incident", "open", json!(null), json!(null)),
            item("6", "blind", "open", json!(null), json!(null)),
        ];
        let span = json!([{ "queue": "inbound", "from": at, "to": null, "by": by("王", "1042"), "note": "演练" }]);
        let called = json!({ "tier": "expert", "action": "sign_in", "seats": 4, "at": at, "instruction": 7 });
        let daemon = ["started", "stopped", "journal_failing", "journal_mended"];
        serde_json::from_value(json!({
            "summary": {
                "from": at, "to": at, "upto": 9,
                "surges": [{ "queue": "inbound", "began": at, "ended": null, "peak": 12, "tiers": [called] }],
                "moved": [
                    { "person": "张", "pool": "expert", "seats": 1, "time_s": 300.0 },
                    { "person": null, "pool": "outbound", "seats": 3, "time_s": 60.0 },
                ],
                "asked": [{ "person": null, "pool": "quality", "seats": 2, "time_s": 90.0 }],
                "instructions": {
                    "issued": 6, "done": 1, "shown": 1, "declined": 1, "stood_down": 1, "seen": 1, "unanswered": 1,
                },
                "blind": [{ "queue": "inbound", "from": at, "to": at }],
                "pauses": span, "incidents": span,
                "reloads": [
                    { "at": at, "refused": false, "what": ["queue `inbound` changed"] },
                    { "at": at, "refused": true, "what": ["行 3"] },
                ],
                "daemon": daemon.map(|what| json!({ "at": at, "what": what })),
                "asks": { "mean": 0.5, "peak": 2 }, "shadow": [],
            },
            "digest": "9f", "open": [], "last": null, "unproven": false,
            "handover": {
                "id": 3, "begun": signed(false), "from": at, "to": at, "digest": "9f", "items": items,
                "notes": [{ "said": signed(false), "note": "十点前测线" }], "leaving": signed(false), "coming": null,
            },
        }))
        .unwrap()
    }

    #[test]
    fn a_shift_is_told_as_a_page() {
        let told = page(&shift(), &Sentences::new(TimeZone::UTC));
        let at = "2026-11-02 03:05:00.000+00:00";
        let expected = [
            format!("the shift from {at} to {at}"),
            "surges".into(),
            format!("  inbound: {at} to now, at most 12 waiting; called: expert 4"),
            "people moved".into(),
            "  张 (expert): 5:00".into(),
            "  up to 3 of outbound: 1:00".into(),
            "asked, and nobody has said that they came".into(),
            "  up to 2 of quality: 1:30".into(),
            "instructions".into(),
            "  6 issued: 1 done, 1 shown by the phones, 1 declined, 1 stood down, 1 taken, 1 unanswered".into(),
            "gaps of sight".into(),
            format!("  inbound: {at} to {at}"),
            "pauses".into(),
            format!("  inbound: {at} to now, 王: 演练"),
            "incidents".into(),
            format!("  inbound: {at} to now, 王: 演练"),
            "changes of the plan".into(),
            format!("  {at} changed: queue `inbound` changed"),
            format!("  {at} refused: 行 3"),
            "surged itself".into(),
            format!("  {at} started"),
            format!("  {at} stopped"),
            format!("  {at} the duty log took nothing"),
            format!("  {at} the duty log takes entries again"),
            "open".into(),
            format!("  inbound: 4 of expert away from their own place since {at} [1]"),
            format!("  inbound: not answered since {at}: Sign in 4 · expert [2] — no longer open"),
            format!("  inbound: paused until {at}: 演练 [3] — taken over by 王 (1042, not proven)"),
            format!("  inbound: expert waits for a yes since {at} [4] — settled, says 王 (1042): 完"),
            format!("  inbound: incident until {at}: 演练 [5]"),
            format!("  inbound: cannot be seen since {at} [6]"),
            "notes".into(),
            "  王 (1042): 十点前测线".into(),
            "hand-over 3".into(),
            format!("  leaving: 王 (1042) at {at}"),
            "  coming: not yet".into(),
        ];
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn whoever_sits_at_this_machine_is_called_in_words() {
        let mut shift = shift();
        shift.summary.pauses[0].by = serde_json::from_value(json!({ "name": "local", "staff_no": "local" })).unwrap();
        let told = page(&shift, &Sentences::new(TimeZone::UTC));
        assert!(told.contains("to now, Local user: 演练"), "{told}");
    }

    #[test]
    fn nothing_of_that_page_stays_english_in_chinese() {
        for language in [Language::ZhHans, Language::ZhHant] {
            let words = Sentences::in_language(language, TimeZone::UTC);
            let told = page(&shift(), &words).replace("surged", "");
            assert!(!told.contains(|it: char| it.is_ascii_alphabetic()), "{told}");
            let asked = [
                "ask_leaving",
                "ask_coming",
                "not_signed",
                "signed",
                "waits_leaving",
                "waits_coming",
                "complete",
            ];
            for key in asked {
                let said = say(&words, key, &[]);
                assert!(
                    said.contains(|it: char| ('\u{4e00}'..='\u{9fff}').contains(&it)),
                    "{key}: {said}"
                );
            }
        }
    }
}
