//! How much a supervisor is asked: alarms by the measure of ISA-18.2 and EEMUA 191, which count them for ten minutes.

use crate::core::{Action, Decision, Millis, Time, What};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Asks are counted over so long.
pub const ASKS_OVER: Millis = Millis::from_mins(10);

/// More than this in ten minutes is a flood: nobody can follow (ISA-18.2).
pub const FLOOD: u32 = 10;

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
        let mut window = AskWindow::default();
        for at in asks {
            window.ask(at);
        }
        AskLoad {
            mean: (window.mean(to - from) * 100.0).round() / 100.0,
            peak: window.peak.map_or(0, |peak| peak.asks),
        }
    }
}

/// Counts asks as they come, in the ten minutes up to each moment.
#[derive(Debug, Default)]
pub struct AskWindow {
    /// Of the last ten minutes, oldest first.
    within: VecDeque<Time>,
    all: u32,
    peak: Option<AskPeak>,
    flood: Millis,
    flood_since: Option<Time>,
}

/// The most in any ten minutes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct AskPeak {
    /// How many.
    pub asks: u32,
    /// The first of them.
    pub from: Time,
}

impl AskWindow {
    /// Counts one, no earlier than the last; tells how many there were in the ten minutes up to it.
    pub fn ask(&mut self, at: Time) -> u32 {
        self.forget(at);
        self.all = self.all.saturating_add(1);
        self.within.push_back(at);
        let asks = u32::try_from(self.within.len()).unwrap_or(u32::MAX);
        if self.peak.is_none_or(|peak| asks > peak.asks) {
            let from = self.within.front().copied().unwrap_or(at);
            self.peak = Some(AskPeak { asks, from });
        }
        if asks > FLOOD {
            self.flood_since.get_or_insert(at);
        }
        asks
    }

    /// All of them.
    pub fn all(&self) -> u32 {
        self.all
    }

    /// The most in any ten minutes; `None`: there was none.
    pub fn peak(&self) -> Option<AskPeak> {
        self.peak
    }

    /// In ten minutes, on average over so long; a shorter time than ten minutes counts as ten.
    pub fn mean(&self, lasted: Millis) -> f64 {
        f64::from(self.all) * ASKS_OVER.as_secs() / lasted.max(ASKS_OVER).as_secs()
    }

    /// The share of so long, which ends at a moment, in which the ten minutes before held more than ten.
    pub fn flood_share(mut self, lasted: Millis, at: Time) -> f64 {
        self.forget(at);
        let since = self.flood_since.map_or(Millis::ZERO, |since| at - since);
        (self.flood + since).as_secs() / lasted.max(ASKS_OVER).as_secs()
    }

    /// Lets go what is older than the window, one by one, so that a flood ends when it ended.
    fn forget(&mut self, at: Time) {
        while let Some(first) = self.within.front().copied().filter(|first| *first + ASKS_OVER <= at) {
            self.within.pop_front();
            if let Some(since) = self.flood_since.filter(|_| self.within.len() <= FLOOD as usize) {
                self.flood = self.flood + (first + ASKS_OVER - since);
                self.flood_since = None;
            }
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
    fn a_flood_lasts_while_the_ten_minutes_before_hold_more_than_ten() {
        let mut window = AskWindow::default();
        // Eleven in a minute, from minute 20 on: more than ten are in sight from second 60 until the first is ten minutes old.
        let counted: Vec<u32> = (0..11)
            .map(|number| window.ask(minute(20) + Millis(number * 6_000)))
            .collect();
        assert_eq!(counted, Vec::from_iter(1..=11));
        let (asks, from) = (11, minute(20));
        assert_eq!((window.all(), window.peak()), (11, Some(AskPeak { asks, from })));
        let hundred = Millis::from_mins(100);
        assert!((window.mean(hundred) - 1.1).abs() < 1e-9);
        assert_eq!(window.flood_share(hundred, minute(100)), 9.0 / 100.0);
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
