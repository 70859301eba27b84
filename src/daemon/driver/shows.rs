//! What the floor and the gauges are shown of the core, and when.

use super::super::ledger::State;
use super::{Driver, SHOW_EVERY};
use crate::core::{Millis, Time};
use crate::journal::{Journal, Record};
use crate::telemetry::{names, tell_left_out};
use crate::wire::PersonState;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Who is where is looked up anew this often where nothing is decided.
const PEOPLE_EVERY: Duration = Duration::from_secs(1);

/// So many are looked up anew with every decision; more of them at most as often as the state is shown.
const FEW_PEOPLE: usize = 256;

/// The state of so many queues is put together at no cost worth a thought.
const FEW_QUEUES: usize = 256;

/// What is due within this may be of one storm.
const IN_A_MOMENT: Millis = Millis(100);

/// The watchdog is fed, and what only time changes is looked at, at this pace.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Whoever scrapes without end gets gauges as old as this.
const GAUGES_AT_MOST_EVERY: Duration = Duration::from_millis(100);

/// A wall clock that differs by so much, or by so much more than was said, is warned of.
const SKEW_WARNED: Millis = Millis::from_secs(5);

impl<J: Journal> Driver<J> {
    pub(super) fn beat(&mut self) {
        let reached = self.ledger.tick();
        self.delivered(reached);
        if self.ledger.was_mended() {
            self.snapshots.hurry();
        }
        self.write_comings_and_goings();
        self.unshown |= self.people_moved;
        if self.looked.elapsed() >= LOOK_EVERY {
            self.looked = Instant::now();
            self.unshown |= self.core.waits_grow();
            self.say_skew();
            self.metrics.upkeep();
            tell_left_out();
            // Without systemd nobody listens, and that is well.
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
        }
    }

    /// Shows the floor what changed, with the news of it or now and then; behind a storm rather than before it or within it.
    pub(super) fn show_if_due(&mut self) {
        if !self.unshown {
            return;
        }
        let due = self.owed_since.is_some() || self.ledger.has_news() || self.shown.elapsed() >= SHOW_EVERY;
        if self.ledger.is_storm() || !self.reached.is_empty() || due && self.more_may_come() {
            self.owed_since.get_or_insert_with(Instant::now);
        } else if due {
            self.show();
        }
    }

    /// Whether a big floor's state waits for what is due in a moment: the queues of a storm are due one shortly after the other, and to
    /// put all of them together takes as long as to decide on them. Whoever waits for an answer finds it in the state.
    fn more_may_come(&self) -> bool {
        let is_big = self.core.queue_count() > FEW_QUEUES && !self.ledger.is_waited_for();
        let has_waited = self.owed_since.is_some_and(|since| since.elapsed() >= SHOW_EVERY);
        is_big && !has_waited && self.core.due_at() - self.clock.now() <= IN_A_MOMENT
    }

    pub(super) fn show(&mut self) {
        self.shown = Instant::now();
        (self.unshown, self.owed_since) = (false, None);
        let state = self.floor_state();
        self.hub.set_plan(Arc::clone(self.core.plan()));
        self.ledger.show(state);
    }

    pub(super) fn floor_state(&mut self) -> State {
        self.floor.look(&mut self.core, &self.quiets);
        State {
            queues: self.floor.queues(),
            open: self.floor.open(),
            people: self.people(),
            recent: self.floor.recent(),
            up_to: self.ledger.last_seq(),
        }
    }

    /// Everybody who is known by name, looked up anew after a decision, and now and then since shifts begin and end by themselves.
    fn people(&mut self) -> Arc<Vec<PersonState>> {
        let (known, since) = &self.people;
        let due = if self.people_moved && known.len() > FEW_PEOPLE {
            SHOW_EVERY
        } else {
            PEOPLE_EVERY
        };
        let at_once = self.people_moved && known.len() <= FEW_PEOPLE;
        if at_once || since.elapsed() >= due {
            let people = self.core.people().iter().map(PersonState::from).collect();
            self.people = (Arc::new(people), Instant::now());
            self.people_moved = false;
            return Arc::clone(&self.people.0);
        }
        Arc::clone(known)
    }

    fn show_asks(&mut self, now: Time) {
        let (lately, load) = self.asks_of_day.load(now);
        metrics::gauge!(names::ASKS).set(f64::from(lately));
        metrics::gauge!(names::ASKS_MEAN).set(load.mean);
        metrics::gauge!(names::ASKS_PEAK).set(f64::from(load.peak));
    }

    /// The gauges as of now.
    pub(super) fn show_gauges(&mut self) {
        if self.gauges_shown.is_some_and(|at| at.elapsed() < GAUGES_AT_MOST_EVERY) {
            return;
        }
        self.gauges_shown = Some(Instant::now());
        let now = self.clock.now();
        self.wake(now);
        self.gauges.show(&self.core, now);
        self.show_asks(now);
        metrics::gauge!(names::CLOCK_SKEW).set(self.clock.skew().as_secs());
    }

    /// The wall clock against ours, which does not follow when somebody sets it.
    fn say_skew(&mut self) {
        let skew = self.clock.skew();
        let moved = skew.0.saturating_sub(self.skew_warned.0).saturating_abs() >= SKEW_WARNED.0;
        if moved && (skew.0.saturating_abs() >= SKEW_WARNED.0 || self.skew_warned != Millis::ZERO) {
            self.skew_warned = skew;
            tracing::warn!(
                skew_s = skew.as_secs(),
                "the wall clock less surged's own: somebody has set it, or it was wrong when surged started; surged comes back to it \
                 little by little, so that no hold is cut short"
            );
        }
    }

    pub(super) fn write_comings_and_goings(&mut self) {
        let now = self.clock.now();
        for fact in self.door.news(now) {
            self.ledger.write(now, Record::Fact(fact));
        }
    }
}
