//! Tells callers who give up from a phone system that goes down.
//!
//! A restart or a shutdown of Asterisk gives up every waiting caller within a millisecond, and only a second later, to
//! some users never, says that it was one. Taken at its word that is a queue that emptied: a false all-clear.
//!
//! ```text
//!            gives up                gives up within BURST
//!   Calm ───────────────► Watching ───────────────────────► Holding ── any message after CONFIRM ──► Calm
//!    ▲                        │                                │
//!    └──── BURST passed ──────┘                                └─ Shutdown or end of the connection: source lost
//! ```
//!
//! The first caller of a burst is believed (one caller who hangs up looks the same); what follows within [`BURST`] is
//! held back, so the depth last told stands, until the phone system proves that it lives on.

use crate::core::{Millis, Time};

/// Callers who give up this close to one another may be a shutdown's. One by one they are seconds apart.
pub const BURST: Millis = Millis(200);
/// A phone system that still speaks this long after the last of a burst is not shutting down.
pub const CONFIRM: Millis = Millis(2_000);
/// A burst that does not end is believed after this long.
pub const CONFIRM_AT_MOST: Millis = Millis(5_000);

/// The state of the guard on one connection.
#[derive(Clone, Debug, Default)]
pub struct Storm {
    last: Option<Time>,
    holding: Option<Holding>,
}

#[derive(Clone, Debug)]
struct Holding {
    first: Time,
    until: Time,
    asked: bool,
}

impl Storm {
    /// A caller gave up. `true`: hold the lower depth back.
    pub fn gave_up(&mut self, now: Time) -> bool {
        let close = self.last.is_some_and(|last| now - last <= BURST);
        if close || self.holding.is_some() {
            self.hold(now);
        }
        self.last = Some(now);
        self.holding.is_some()
    }

    /// Callers are missing from a list without having left: hold the lower depth back in any case.
    pub fn vanished(&mut self, now: Time) {
        self.hold(now);
        self.last = Some(now);
    }

    /// When to ask the phone system for a sign of life that ends the holding.
    pub fn ask_at(&self) -> Option<Time> {
        self.holding.as_ref().filter(|it| !it.asked).map(|it| it.until)
    }

    /// It has been asked.
    pub fn asked(&mut self) {
        if let Some(holding) = &mut self.holding {
            holding.asked = true;
        }
    }

    /// A message came. `true`: it proves that the phone system lives on; what was held back is to be told.
    pub fn is_over(&mut self, now: Time) -> bool {
        let over = self.holding.as_ref().is_some_and(|it| now >= it.until);
        if over {
            self.holding = None;
        }
        over
    }

    /// Whether the connection, if it ends now, ends in a storm, or so soon after a caller gave up that this one
    /// may have been the only one of it.
    pub fn explains_an_end(&self, now: Time) -> bool {
        self.holding.is_some() || self.last.is_some_and(|last| now - last <= CONFIRM)
    }

    fn hold(&mut self, now: Time) {
        let first = self.holding.as_ref().map_or(now, |it| it.first);
        let until = (now + CONFIRM).min(first + CONFIRM_AT_MOST);
        self.holding = Some(Holding {
            first,
            until,
            asked: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_who_give_up_one_by_one_are_believed() {
        let mut storm = Storm::default();
        assert!(!storm.gave_up(Time(0)));
        assert!(!storm.gave_up(Time(201)));
        assert!(!storm.is_over(Time(10_000)));
    }

    #[test]
    fn a_burst_is_held_until_the_phone_system_speaks_later() {
        let mut storm = Storm::default();
        assert!(!storm.gave_up(Time(0)));
        assert!(storm.gave_up(Time(1)));
        assert!(storm.gave_up(Time(900)), "while it lasts, each one is held");
        assert!(!storm.is_over(Time(2_899)));
        assert_eq!(storm.ask_at(), Some(Time(2_900)));
        assert!(storm.is_over(Time(2_900)));
        assert_eq!(storm.ask_at(), None);
    }

    #[test]
    fn a_burst_without_end_is_believed_in_the_end() {
        let mut storm = Storm::default();
        for ms in 0..50 {
            storm.gave_up(Time(ms * 100));
        }
        assert_eq!(storm.ask_at(), Some(Time(100) + CONFIRM_AT_MOST));
    }

    #[test]
    fn an_end_right_after_one_who_gave_up_is_a_source_lost() {
        let mut storm = Storm::default();
        assert!(!storm.explains_an_end(Time(0)));
        storm.gave_up(Time(0));
        assert!(storm.explains_an_end(Time(1_100)));
        assert!(!storm.explains_an_end(Time(2_001)));
    }
}
