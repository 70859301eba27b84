//! Which plan is in force: the calendar that turns, a configuration that was read anew, and who is to know of it.

use super::super::house;
use super::Driver;
use crate::config::{Config, Diagnostics, change};
use crate::core::{Input, Millis, Time};
use crate::journal::{Fact, Journal, Record};
use crate::telemetry::{gauges, names};
use crate::wire::House;
use crate::words::AS_BEFORE;
use std::sync::Arc;

impl<J: Journal> Driver<J> {
    pub(super) fn turn_the_calendar(&mut self, now: Time) {
        let config = Arc::clone(&self.config);
        self.calendar_due = self.warn_of_endings(now);
        for (queue, plan) in &config.plan.queues {
            let ladder = config.calendar.ladder_at(queue, &plan.ladder, now);
            let next = config
                .calendar
                .next_change(queue, &plan.ladder, now)
                .unwrap_or(Time::NEVER);
            self.calendar_due = self.calendar_due.min(next);
            if self
                .core
                .view(queue)
                .is_some_and(|view| view.ladder.as_ref() != Some(&ladder))
            {
                let _ = self.tell(
                    Input::LadderInForce {
                        queue: queue.clone(),
                        ladder,
                    },
                    now,
                );
            }
        }
    }

    /// Warns of what the configuration knows only until some day; when to do so again.
    fn warn_of_endings(&mut self, now: Time) -> Time {
        let warned = std::mem::replace(&mut self.warned, now);
        let (due, later): (Vec<_>, Vec<_>) = self.config.endings.iter().partition(|ending| ending.from <= now);
        for ending in due.into_iter().filter(|ending| ending.from > warned) {
            tracing::warn!(help = %ending.help, "{}", ending.message);
        }
        later.into_iter().map(|ending| ending.from).min().unwrap_or(Time::NEVER)
    }

    pub(super) fn put_in_force(&mut self) {
        let now = self.clock.now();
        let plan = self.config.plan_at(now);
        if **self.core.plan() != plan {
            let plan = Arc::new(plan);
            // A plan is never refused: the configuration has checked it.
            let _ = self.tell(Input::Configured { plan }, now);
        }
        self.hold_readings();
        self.turn_the_calendar(now);
    }

    fn hold_readings(&mut self) {
        // Three times within the silence that makes a queue blind: sight is as old after a crash as what was written last.
        let thirds = self.config.plan.feeds.values();
        let thirds = thirds.map(|limits| Millis(limits.stale_after.0 / 3));
        let within = self.config.journal.write_readings_within;
        self.ledger.hold_readings_for(thirds.fold(within, Millis::min));
    }

    pub(super) fn reload(&mut self, reload: Result<Config, Diagnostics>) {
        let now = self.clock.now();
        let config = match reload {
            Ok(config) if config.is_same_as(&self.config) => {
                if self.refused.take().is_some() {
                    self.put_back(now);
                }
                return;
            }
            Ok(config) => config,
            Err(diagnostics) => {
                let problems: Vec<String> = diagnostics.found().iter().map(|problem| problem.one_line()).collect();
                let why = problems.join("; ");
                tracing::error!(
                    why,
                    "the changed configuration is at fault; the one before stays in force"
                );
                // Said once to the floor and to the duty log, however often the same is read.
                if self.refused.as_ref() == Some(&why) {
                    return;
                }
                self.refused = Some(why);
                self.ledger.write(now, Record::Fact(Fact::ConfigRefused { problems }));
                self.show_config(false);
                return;
            }
        };
        self.refused = None;
        let change = change::diff(&self.config, &config);
        let restart = change
            .needs_restart
            .iter()
            .map(|what| format!("{what} (needs a restart)"));
        let changes: Vec<String> = change.live.iter().cloned().chain(restart).collect();
        tracing::info!(changes = changes.join("; "), "a changed configuration is in force");
        self.show_hash(gauges::UNKNOWN);
        self.config = Arc::new(config);
        self.warned = Time(i64::MIN);
        self.follow_webhooks();
        self.ledger.write(
            now,
            Record::Fact(Fact::ConfigChanged {
                hash: self.config.hash.clone(),
                changes,
            }),
        );
        self.put_in_force();
        let config = Arc::clone(&self.config);
        self.feeds.follow(&config);
        self.show_config(true);
    }

    /// A file that was refused is again as it was: whoever was told of the one hears of the other.
    fn put_back(&mut self, now: Time) {
        tracing::info!("the configuration file is again as it was, which is in force");
        self.ledger.write(
            now,
            Record::Fact(Fact::ConfigChanged {
                hash: self.config.hash.clone(),
                changes: vec![AS_BEFORE.to_owned()],
            }),
        );
        self.show_config(true);
    }

    pub(super) fn follow_webhooks(&mut self) {
        let house = Arc::new(house::of(&self.config, &self.clock, &self.log));
        let last_seq = self.ledger.last_seq();
        let config = Arc::clone(&self.config);
        self.ledger
            .webhooks()
            .follow(&config.webhooks, config.push.as_ref(), &house, last_seq);
    }

    pub(super) fn show_house(&mut self) {
        let house = House {
            clocks: self.feeds.clocks_that_differ(),
            ..house::of(&self.config, &self.clock, &self.log)
        };
        self.speed = house.speed;
        self.hub.set_house(house);
    }

    pub(super) fn show_config(&mut self, successful: bool) {
        self.show_house();
        self.hub.set_calendar(Arc::new(self.config.calendar.clone()));
        self.hub.set_config(Arc::clone(&self.config));
        metrics::gauge!(names::CONFIG_LAST_RELOAD).set(f64::from(u8::from(successful)));
        if successful {
            let now = jiff::Timestamp::now().as_millisecond() as f64 / 1000.0;
            metrics::gauge!(names::CONFIG_RELOADED).set(now);
        }
        self.show_hash(1.0);
    }

    fn show_hash(&self, value: f64) {
        let hash = self.config.hash.get(..12).unwrap_or_default().to_owned();
        metrics::gauge!(names::CONFIG_HASH, "hash" => hash).set(value);
    }
}
