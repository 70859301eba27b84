//! A measured call in a sentence.

use super::{Effect, WINDOW};
use crate::words::{Words, span};

impl Effect {
    /// What was measured, and what cannot be inferred from it.
    pub fn told(&self, words: &Words) -> String {
        let tier = words.name("tier", self.tier.as_str());
        let (Some(before), Some(after)) = (self.before.mean(), self.after.mean()) else {
            return words.text("tier_effect.unknown", &[("tier", &tier)]);
        };
        let number = |it: f64| format!("{it:.1}");
        let measured = words.text(
            "tier_effect.measured",
            &[
                ("tier", &tier),
                ("span", &span(WINDOW)),
                ("before", &number(before)),
                ("after", &number(after)),
                ("minutes_before", &number(self.before.caller_minutes)),
                ("minutes_after", &number(self.after.caller_minutes)),
            ],
        );
        if self.doubts.is_empty() {
            return measured;
        }
        let doubts = self.doubts.iter();
        let doubts: Vec<String> = doubts
            .map(|it| words.text(&format!("tier_effect.{}", it.as_str()), &[]))
            .collect();
        let doubts = words.text("tier_effect.doubts", &[("what", &words.language().list(&doubts))]);
        format!("{measured} — {doubts}")
    }
}
