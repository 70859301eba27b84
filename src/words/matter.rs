//! The open matters of a hand-over in words: in full, and by their keys as they stand in the steps of the duty log.

use super::Words;
use crate::core::Action;
use crate::wire::ItemState;

/// What brings people who are at no other place than their own.
const EXTRA: [Action; 3] = [Action::ExtendShift, Action::Overtime, Action::CallIn];

impl Words {
    /// An open matter in one line: `Inbound: 4 of Experts away from their own place since 09:30:00`.
    pub fn matter(&self, it: &ItemState) -> String {
        let extra = it.kind == "move" && it.action.is_some_and(|action| EXTRA.contains(&action));
        let kind = if extra { "extra" } else { &it.kind };
        let values = [
            ("queue", &self.name("queue", it.queue.as_str())[..]),
            ("tier", &self.tier_of(it)),
            ("n", &it.seats.map_or(String::new(), |seats| seats.to_string())),
            ("what", &self.asked_of(it)),
            (
                "at",
                &it.at.and_then(|at| self.moment(at.0)).unwrap_or_else(|| "–".into()),
            ),
            ("note", it.note.as_deref().unwrap_or_default()),
        ];
        self.text(&format!("matter.{kind}"), &values)
    }

    /// A matter by its key, as in `instruction-7` or `pause-inbound`: by what is known of it, where it is among these; a key of a newer
    /// surged stands as it came.
    pub fn matter_named(&self, key: &str, known: &[ItemState]) -> String {
        let known = known.iter().find(|it| it.key == key);
        let (kind, rest) = key.split_once('-').unwrap_or((key, ""));
        let queue = known.map_or(rest, |it| it.queue.as_str());
        match (kind, known) {
            ("instruction", Some(it)) if it.action.is_some() => {
                let values = [("what", &self.asked_of(it)[..]), ("queue", &self.name("queue", queue))];
                self.text("item.instruction", &values)
            }
            ("instruction", _) => self.text("item.instruction_unknown", &[("n", rest)]),
            ("approval", Some(it)) => self.approval_of(queue, &self.tier_of(it)),
            // Where both names have no dash of their own.
            ("approval", None) if rest.matches('-').count() == 1 => {
                let (queue, tier) = rest.split_once('-').unwrap_or_default();
                self.approval_of(queue, &self.name("tier", tier))
            }
            ("pause" | "incident" | "blind", _) => {
                self.text(&format!("item.{kind}"), &[("queue", &self.name("queue", queue))])
            }
            _ => key.to_owned(),
        }
    }

    fn approval_of(&self, queue: &str, tier: &str) -> String {
        self.text(
            "item.approval",
            &[("queue", &self.name("queue", queue)), ("tier", tier)],
        )
    }

    fn tier_of(&self, it: &ItemState) -> String {
        let tier = it.tier.as_ref();
        tier.map_or(String::new(), |tier| self.name("tier", tier.as_str()))
    }

    /// What its instruction asks for: `Sign in 4 · Experts`.
    fn asked_of(&self, it: &ItemState) -> String {
        let seats = it.seats.map_or(String::new(), |seats| seats.to_string());
        let action = it.action.map(Action::as_str);
        action.map_or(String::new(), |action| self.asks(action, &seats, &self.tier_of(it)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{InstructionId, Time};
    use crate::wire::{ItemStanding, Stamp};
    use crate::words::Language;

    fn item(key: &str, kind: &str, action: Option<Action>, tier: &str) -> ItemState {
        ItemState {
            key: key.into(),
            kind: kind.into(),
            queue: "inbound".into(),
            instruction: Some(InstructionId(7)),
            action,
            tier: Some(tier.into()),
            seats: Some(4),
            note: Some("drill".into()),
            at: Some(Stamp(Time(1_793_583_000_000))),
            standing: ItemStanding::Open,
            who: None,
            how: None,
        }
    }

    #[test]
    fn a_matter_is_told_as_the_page_tells_it() {
        let words = Words::new(Language::En, std::sync::Arc::default());
        let told = |kind, action, tier| words.matter(&item("any", kind, action, tier));
        let (sign_in, overtime) = (Some(Action::SignIn), Some(Action::Overtime));
        let cases = [
            (
                told("move", sign_in, "expert"),
                "Inbound: 4 of Experts away from their own place since 01:30:00",
            ),
            (
                told("move", overtime, "overtime"),
                "Inbound: Overtime, 4 people since 01:30:00",
            ),
            (
                told("instruction", sign_in, "expert"),
                "Inbound: not answered since 01:30:00: Sign in 4 · Experts",
            ),
            (
                told("instruction", overtime, "overtime"),
                "Inbound: not answered since 01:30:00: Overtime for 4",
            ),
            (
                told("approval", sign_in, "expert"),
                "Inbound: Experts waits for a yes since 01:30:00",
            ),
            (told("pause", None, "expert"), "Inbound: paused until 01:30:00: drill"),
            (
                told("incident", None, "expert"),
                "Inbound: incident until 01:30:00: drill",
            ),
            (told("blind", None, "expert"), "Inbound: cannot be seen since 01:30:00"),
        ];
        for (told, expected) in cases {
            assert_eq!(told, expected);
        }
    }

    #[test]
    fn a_key_is_worded_by_what_is_known_of_it() {
        let words = Words::new(Language::En, std::sync::Arc::default());
        let known = [
            item("instruction-7", "move", Some(Action::SignIn), "expert"),
            item("approval-hot-line-expert", "approval", Some(Action::SignIn), "expert"),
        ];
        let cases = [
            ("instruction-7", "Sign in 4 · Experts for Inbound"),
            ("instruction-8", "instruction 8"),
            ("approval-hot-line-expert", "the yes to Experts for Inbound"),
            ("approval-inbound-outbound", "the yes to Outbound for Inbound"),
            ("approval-a-b-c", "approval-a-b-c"),
            ("pause-inbound", "the pause of Inbound"),
            ("incident-cards", "the incident of cards"),
            ("blind-hot-line", "that hot-line cannot be seen"),
            ("moon-7", "moon-7"),
        ];
        for (key, expected) in cases {
            assert_eq!(words.matter_named(key, &known), expected, "{key}");
        }
        let hant = Words::new(Language::ZhHant, std::sync::Arc::default());
        assert_eq!(
            hant.matter_named("instruction-7", &known),
            "呼入的簽入 4 人 · 機動專家組"
        );
    }
}
