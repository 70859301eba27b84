//! "Condition" and "Measures": for how long a threshold has held without a break, and holds now.

use super::Queue;
use surged_core::ladder::{Judge, Threshold, When};
use surged_core::{AgentState, Millis, Reading};

impl Queue {
    /// For how long a threshold has held within its window, and holds now; `None` where it does not.
    pub fn held(&self, when: &When) -> Option<usize> {
        self.held_from(when, self.changed)
    }

    /// The same in the window of the next tier.
    pub fn held_for_a_call(&self, when: &When) -> Option<usize> {
        self.held_from(when, self.climbs_from()?)
    }

    pub fn is_due(&self, when: &When) -> bool {
        self.held_for_a_call(when)
            .is_some_and(|held| held >= when.hold.0 as usize)
    }

    /// Whether a threshold holds by the last reading.
    pub fn holds(&self, threshold: Threshold) -> bool {
        let when = When::of(threshold, Millis::ZERO, Judge::Every);
        self.last
            .as_ref()
            .is_some_and(|last| holds_after(&when, last) == Some(0))
    }

    /// What the source says stands still: the last reading, whose longest wait has grown meanwhile.
    pub fn read_again(&mut self, now: i64) {
        let Some(mut last) = self.last.clone() else {
            return;
        };
        if let (Some(wait), true) = (&mut last.longest_wait, last.waiting > 0) {
            wait.0 += now - self.read_at;
        }
        let clock = self.clock;
        self.readings.retain(|before| before.0 != clock);
        self.readings.push((clock, now, last));
    }

    pub fn holds_now(&self, when: &When) -> bool {
        self.held_from(when, 0).is_some()
    }

    /// Since when a threshold has not held; `None`: it holds now. What was before its windows begin is forgotten.
    pub fn not_held_since(&self, when: &When) -> Option<usize> {
        if self.holds_now(when) {
            return None;
        }
        let named = self.named.iter().find(|named| named.0 == when.threshold).unwrap().1;
        let mut until = self.clock;
        for (from, _, reading) in self.readings.iter().rev() {
            let held = holds_after(when, reading).is_some_and(|delay| from + delay < until);
            if held {
                break;
            }
            until = *from;
        }
        let ever = self.readings.first().is_some_and(|first| until > first.0);
        Some(if ever && until > named && until > self.anew {
            until
        } else {
            0
        })
    }

    pub fn held_from(&self, when: &When, changed: usize) -> Option<usize> {
        let named = self.named.iter().find(|named| named.0 == when.threshold).unwrap().1;
        let mut begun = None;
        let mut until = self.clock;
        // Backwards, as long as each held to its end; the last one to this very millisecond.
        for (position, (from, _, reading)) in self.readings.iter().enumerate().rev() {
            let is_last = position + 1 == self.readings.len();
            let Some(delay) = holds_after(when, reading) else { break };
            let starts = from + delay;
            if starts > until || (starts == until && !is_last && delay > 0) {
                break;
            }
            begun = Some(starts);
            until = *from;
            if delay > 0 {
                break;
            }
        }
        self.clock.checked_sub(begun?.max(named).max(self.anew).max(changed))
    }
}

/// How long after a reading what it tells is beyond a threshold, if it stands: at once, when the caller at the head has waited for
/// long enough, or never. What is not told never is.
fn holds_after(when: &When, reading: &Reading) -> Option<usize> {
    let at_once = |holds: bool| holds.then_some(0);
    match when.threshold {
        Threshold::WaitingAbove { above, at_most } => {
            at_once(reading.waiting > above && at_most.is_none_or(|at_most| reading.waiting <= at_most))
        }
        Threshold::WaitingAtMost(at_most) => at_once(reading.waiting <= at_most),
        Threshold::LongestWaitAbove(above) => {
            let told = reading.longest_wait?;
            // Somebody who waits goes on waiting within the millisecond.
            if reading.waiting > 0 {
                return Some((above.0 - told.0).max(0) as usize);
            }
            at_once(told > above)
        }
        Threshold::WaitingPerSeatAbove(above) => {
            let working = {
                let agents = reading.agents.iter().flatten();
                let by_name = agents.filter(|agent| agent.state == AgentState::Paused).count() as u32;
                reading.signed_in?.saturating_sub(reading.paused.unwrap_or(by_name))
            };
            at_once(f64::from(reading.waiting) > above * f64::from(working))
        }
        _ => None,
    }
}

/// The reason for what a condition brings about.
pub fn reason(when: &When) -> &'static str {
    match when.threshold {
        Threshold::WaitingAbove { .. } => "waiting_above",
        Threshold::WaitingAtMost(_) => "waiting_at_most",
        Threshold::LongestWaitAbove(_) => "longest_wait_above",
        Threshold::WaitingPerSeatAbove(_) => "waiting_per_seat_above",
        _ => "another measure",
    }
}
