//! Whether one threshold holds: at every moment up to now since it last changed, and from now on for as long as nothing is read.
//!
//! ```text
//!   holds      ┌───────────────┐   ┌──►
//!   does not ──┘               └───┘
//!              since     now   by itself
//! ```

use super::Measured;
use super::band::Band;
use crate::{Millis, Seen};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// In order: the last turn before the last reading, and every one from then on. Before the first it does not hold.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Passed {
    turns: VecDeque<Turn>,
}

/// From a moment on it holds, or does not.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Turn {
    from: Seen,
    holds: bool,
}

/// A time without a break.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Stretch {
    pub from: Seen,
    /// Exclusive.
    pub until: Seen,
}

impl Passed {
    /// Takes in what is measured from `now` on. Returns whether anything changed: whether it holds now, or when that turns by itself.
    pub fn observe(&mut self, band: Band, ahead: impl Iterator<Item = (Seen, Option<Measured>)>, now: Seen) -> bool {
        let (held, turned) = (self.since(now), self.next_turn(now));
        // What would have come by itself does not, and what was told before in this millisecond lasted no time.
        while self.turns.back().is_some_and(|turn| turn.from >= now) {
            self.turns.pop_back();
        }
        while self.turns.len() > 1 {
            self.turns.pop_front();
        }
        let mut ahead = ahead.peekable();
        while let Some((from, measured)) = ahead.next() {
            let until = ahead.peek().map_or(Seen::NEVER, |(next, _)| *next);
            let (enters, leaves) = measured.map_or((None, None), |measured| band.passed_by(measured));
            let later =
                |by: Option<i128>| by.map_or(Seen::NEVER, |by| from + Millis(i64::try_from(by).unwrap_or(i64::MAX)));
            let (enters, leaves) = (later(enters).min(until), later(leaves).min(until));
            if enters > from {
                self.turn(from, false);
            }
            if enters < leaves {
                self.turn(enters, true);
            }
            if leaves < until {
                self.turn(leaves, false);
            }
        }
        held != self.since(now) || turned != self.next_turn(now)
    }

    /// Takes in that it holds, or does not, from `now` on until the next reading, where it has been so and was not to turn. Returns whether
    /// that was so: else there is more to take in.
    #[inline]
    pub fn goes_on(&mut self, holds: bool, now: Seen) -> bool {
        let Some(last) = self.turns.back() else {
            return !holds;
        };
        let goes_on = last.from < now && last.holds == holds;
        while goes_on && self.turns.len() > 1 {
            self.turns.pop_front();
        }
        goes_on
    }

    fn turn(&mut self, from: Seen, holds: bool) {
        if self.turns.back().is_some_and(|last| last.holds) != holds {
            self.turns.push_back(Turn { from, holds });
        }
    }

    /// Forgets everything.
    pub fn forget(&mut self) {
        self.turns.clear();
    }

    /// Since when it holds without a break, at a moment no earlier than the last reading; `None`: it does not.
    pub fn since(&self, at: Seen) -> Option<Seen> {
        let turn = self.turns.iter().rev().find(|turn| turn.from <= at)?;
        turn.holds.then_some(turn.from)
    }

    /// Since when it does not hold, without a break; `None`: it holds. From the beginning of time where it never did.
    pub fn not_since(&self, at: Seen) -> Option<Seen> {
        match self.turns.iter().rev().find(|turn| turn.from <= at) {
            Some(turn) => (!turn.holds).then_some(turn.from),
            None => Some(Seen(i64::MIN)),
        }
    }

    /// When it turns next after a moment, if nothing is read.
    pub fn next_turn(&self, after: Seen) -> Option<Seen> {
        // Hardly any measure turns by itself: the last turn is past.
        self.turns.back().filter(|last| last.from > after)?;
        let next = self.turns.partition_point(|turn| turn.from <= after);
        self.turns.get(next).map(|turn| turn.from)
    }

    /// Whether it does not hold from a moment on, and is not to by itself.
    #[inline]
    pub fn is_over(&self, from: Seen) -> bool {
        self.turns.back().is_none_or(|last| !last.holds && last.from <= from)
    }

    /// Whether it turns at this very moment.
    pub fn turns_at(&self, at: Seen) -> bool {
        self.turns.iter().rev().any(|turn| turn.from == at)
    }

    /// The times during which it holds, from that of a moment on, in order.
    pub fn stretches(&self, from: Seen) -> impl Iterator<Item = Stretch> {
        let all = self.turns.iter().enumerate().filter(|(_, turn)| turn.holds);
        let stretches = all.map(|(position, turn)| Stretch {
            from: turn.from,
            until: self.turns.get(position + 1).map_or(Seen::NEVER, |next| next.from),
        });
        stretches.filter(move |stretch| stretch.until > from)
    }

    /// Each millisecond from `now` on as 1 where it holds and 0 where it does not: what a share adds up.
    pub fn ahead(&self, now: Seen) -> impl Iterator<Item = (Seen, Option<Measured>)> {
        let counted = |holds: bool| Some(Measured::steady(i128::from(holds)));
        let first = (now, counted(self.since(now).is_some()));
        let later = self.turns.iter().filter(move |turn| turn.from > now);
        std::iter::once(first).chain(later.map(move |turn| (turn.from, counted(turn.holds))))
    }
}
