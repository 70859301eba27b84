//! Whom instructions have reached. The core is told of it, and it is written down; of a storm once all of it is told, since no supervisor waits
//! for that, and the next instruction would.

use super::Driver;
use crate::core::Input;
use crate::floor::Reach;
use crate::journal::Journal;

/// How many are told in one turn, before what has become due meanwhile is decided.
const TOLD_A_TURN: usize = 256;

/// So many wait at most, however long a storm lasts.
const WAITING: usize = 16_384;

impl<J: Journal> Driver<J> {
    /// Instructions have reached somebody, or nobody.
    pub(super) fn delivered(&mut self, reached: Vec<Reach>) {
        self.reached.extend(reached);
        if self.may_tell_reached() {
            self.tell_some_reached();
        }
    }

    /// Whether the core can be told of some, and no instruction that is on its way would wait for it.
    pub(super) fn may_tell_reached(&self) -> bool {
        !self.reached.is_empty() && (!self.ledger.is_storm() || self.reached.len() > WAITING)
    }

    pub(super) fn tell_some_reached(&mut self) {
        self.tell_first_reached(TOLD_A_TURN);
    }

    /// Of all, before anything that may speak of them.
    pub(super) fn tell_reached(&mut self) {
        self.tell_first_reached(self.reached.len());
    }

    fn tell_first_reached(&mut self, many: usize) {
        let now = self.clock.now();
        for _ in 0..many {
            let Some(Reach { instruction, sessions }) = self.reached.pop_front() else {
                return;
            };
            let reached = sessions > 0;
            // Refused only where the instruction was closed in between.
            let _ = self.tell(Input::Delivery { instruction, reached }, now);
        }
    }
}
