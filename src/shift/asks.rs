//! How much a supervisor is asked: alarms by the measure of ISA-18.2 and EEMUA 191, which count them for ten minutes.

use crate::core::{Action, Decision, Millis, Time, What};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Asks are counted over so long.
pub const ASKS_OVER: Millis = Millis::from_mins(10);

/// So far back a daemon remembers what it has asked.
const REMEMBERED: Millis = Millis::from_mins(24 * 60);

/// What somebody who answers for the whole floor was asked in ten minutes. Two on average are borne well, ten at the peak for a while.
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct AskLoad {
    /// On average over the whole time.
    pub mean: f64,
    /// The most in any ten minutes.
    pub peak: u32,
}

impl AskLoad {
    /// Of asks at these moments, in their order, within a time. A time shorter than ten minutes counts as ten.
    pub fn of(asks: impl IntoIterator<Item = Time>, from: Time, to: Time) -> AskLoad {
        let (mut within, mut peak, mut all) = (VecDeque::new(), 0, 0u32);
        for at in asks {
            within.push_back(at);
            while within.front().is_some_and(|first| at - *first >= ASKS_OVER) {
                within.pop_front();
            }
            peak = peak.max(within.len());
            all += 1;
        }
        let tens = (to - from).max(ASKS_OVER).as_secs() / ASKS_OVER.as_secs();
        AskLoad {
            mean: (f64::from(all) / tens * 100.0).round() / 100.0,
            peak: u32::try_from(peak).unwrap_or(u32::MAX),
        }
    }
}

/// Whether a decision asks the floor for an answer: people to be moved, or whether people are there. "No longer needed" asks for none:
/// it closes a card.
pub fn is_ask(what: &What) -> bool {
    match what {
        What::Instruct { instruction, .. } => !instruction.shadow && instruction.action != Action::StandDown,
        What::NotShown { .. } | What::Gone { .. } => true,
        What::FeedLost { .. }
        | What::BlindLong { .. }
        | What::PassedUp { .. }
        | What::Unanswered { .. }
        | What::ApprovalAsked { .. }
        | What::IncidentEnds { .. }
        | What::Settled { .. }
        | What::Freed { .. }
        | What::TierSkipped { .. }
        | What::SurgeOver { .. }
        | What::ApprovalLapsed { .. }
        | What::TakenAsLeft { .. }
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
        | What::LadderChanged { .. } => false,
    }
}

/// What a running daemon has asked, over a day at most.
#[derive(Debug)]
pub struct AsksOfDay {
    since: Time,
    at: VecDeque<Time>,
}

impl AsksOfDay {
    /// Nothing yet.
    pub fn new(since: Time) -> AsksOfDay {
        AsksOfDay::recalled(since, VecDeque::new())
    }

    /// These, oldest first, and no other since then.
    pub fn recalled(since: Time, at: VecDeque<Time>) -> AsksOfDay {
        AsksOfDay { since, at }
    }

    /// Counts a decision, where it asks.
    pub fn note(&mut self, decision: &Decision) {
        if is_ask(&decision.what) {
            self.at.push_back(decision.at);
        }
    }

    /// How many in the last ten minutes, and over the day.
    pub fn load(&mut self, now: Time) -> (u32, AskLoad) {
        let from = self.since.max(now - REMEMBERED);
        while self.at.front().is_some_and(|at| *at < from) {
            self.at.pop_front();
        }
        let lately = self.at.iter().rev().take_while(|at| now - **at < ASKS_OVER).count();
        let load = AskLoad::of(self.at.iter().copied(), from, now);
        (u32::try_from(lately).unwrap_or(u32::MAX), load)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Time = Time(1_793_592_000_000);

    fn minute(minutes: i64) -> Time {
        NOON + Millis::from_mins(minutes)
    }

    #[test]
    fn the_mean_is_over_the_whole_time_and_the_peak_over_any_ten_minutes() {
        let asks = [0, 1, 9, 10, 55].map(minute);
        let load = AskLoad::of(asks, NOON, minute(100));
        assert_eq!(load, AskLoad { mean: 0.5, peak: 3 });
        assert_eq!(AskLoad::of([], NOON, minute(1)), AskLoad::default());
        let burst = AskLoad::of([NOON; 12], NOON, minute(2));
        assert_eq!(burst, AskLoad { mean: 12.0, peak: 12 }, "a short time is no excuse");
    }

    #[test]
    fn a_daemon_remembers_a_day() {
        let mut asked = AsksOfDay::new(NOON);
        asked.at.extend([0, 1, 2].map(minute));
        assert_eq!(asked.load(minute(5)), (3, AskLoad { mean: 3.0, peak: 3 }));
        assert_eq!(asked.load(minute(20)), (0, AskLoad { mean: 1.5, peak: 3 }));
        assert_eq!(asked.load(minute(25 * 60)), (0, AskLoad::default()));
    }
}
