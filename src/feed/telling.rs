//! What a connection has to say on its way out: judged, logged, counted, put in the outbox.

use super::outbox::Outbox;
use super::session::{Drop, Session};
use super::{Clock, FeedSettings, Heard};
use crate::core::{Millis, Name, Reading, Time};
use crate::telemetry::{gauges, names};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is not taken is logged at most this often for each reason, and so are clocks that differ.
const SAY_AGAIN_AFTER: Millis = Millis::from_mins(1);

/// Different people that one feed may name.
const PEOPLE_LIMIT: usize = 20_000;

/// Clocks that differ by so much, or by so much more than was said, are warned of.
const SKEW_WARNED: Millis = Millis::from_secs(5);

/// Whether two clocks differ by so much that somebody should know.
pub fn clocks_differ(skew: Millis) -> bool {
    skew.0.saturating_abs() >= SKEW_WARNED.0
}

/// Speaks for one feed, over all its connections.
pub(super) struct Teller {
    feed: Name,
    outbox: Arc<Outbox>,
    clock: Clock,
    session: Session,
    /// The difference of the clocks that was told last.
    warned: Millis,
    /// When the log was warned of it.
    warned_at: Option<Time>,
    rejected: BTreeMap<&'static str, Rejections>,
    /// What a gauge says of whether it keeps the feed from telling all that it should.
    impairments: BTreeSet<&'static str>,
    /// Everybody whom it has named.
    people: BTreeSet<Name>,
    connected: bool,
    connected_before: bool,
    /// The cause that was told last, while there is no connection.
    cause: Option<String>,
}

struct Rejections {
    said_at: Time,
    since: u64,
}

impl Teller {
    pub fn new(settings: &FeedSettings, outbox: Arc<Outbox>, clock: Clock) -> Teller {
        let feed = settings.name.clone();
        metrics::gauge!(names::FEED_CONNECTED, "feed" => feed.to_string()).set(0.0);
        metrics::counter!(names::FEED_RECONNECTS, "feed" => feed.to_string()).absolute(0);
        let session = Session::new(settings.stale_after);
        let rejected = BTreeMap::new();
        Teller {
            feed,
            outbox,
            clock,
            session,
            warned: Millis::ZERO,
            warned_at: None,
            rejected,
            impairments: BTreeSet::new(),
            people: BTreeSet::new(),
            connected: false,
            connected_before: false,
            cause: None,
        }
    }

    pub fn now(&self) -> Time {
        (self.clock)()
    }

    pub fn tell(&mut self, mut what: Heard) {
        let now = self.now();
        if let Heard::Reading(reading) = &mut what {
            self.leave_strangers_out(reading, now);
        }
        match &what {
            Heard::Connected => self.connected(),
            Heard::Disconnected { why } => {
                if !self.disconnected(why) {
                    return;
                }
            }
            Heard::Reading(reading) => {
                let had_time = reading.at.is_some();
                if let Err(drop) = self.session.judge(reading, now) {
                    return self.dropped(drop, &reading.queue.clone(), now);
                }
                if had_time {
                    self.show_skew();
                }
            }
            Heard::SourceLost { why } => tracing::warn!(feed = %self.feed, "the feed's source is lost: {why}"),
            Heard::QueueMissing { queue } => {
                tracing::warn!(feed = %self.feed, %queue, "the phone system has no such queue; compare the queue's source with its configuration");
            }
            Heard::Rejected { reason, detail } => self.rejected(reason, detail, now),
            Heard::Heartbeat | Heard::ClockDiffers { .. } => {}
        }
        self.outbox.put(now, what);
    }

    /// The source's own clock told this just now.
    pub fn source_clock(&mut self, at: Time) {
        self.session.source_clock(at, self.now());
        self.show_skew();
    }

    /// The feed does not tell all that it should for this reason, from a fixed list, or does again.
    pub fn impaired(&mut self, reason: &'static str, is: bool) {
        self.impairments.insert(reason);
        metrics::gauge!(names::FEED_IMPAIRED, "feed" => self.feed.to_string(), "reason" => reason)
            .set(f64::from(u8::from(is)));
    }

    /// Nobody listens any more: a feed that has left the plan is not one without a connection, for which somebody would be woken.
    pub fn leave(self) {
        let feed = self.feed.to_string();
        for name in [names::FEED_CONNECTED, names::FEED_CLOCK_SKEW] {
            metrics::gauge!(name, "feed" => feed.clone()).set(gauges::UNKNOWN);
        }
        for reason in self.impairments {
            metrics::gauge!(names::FEED_IMPAIRED, "feed" => feed.clone(), "reason" => reason).set(gauges::UNKNOWN);
        }
    }

    fn connected(&mut self) {
        tracing::info!(feed = %self.feed, "the feed is connected");
        if self.connected_before {
            metrics::counter!(names::FEED_RECONNECTS, "feed" => self.feed.to_string()).increment(1);
        }
        self.connected = true;
        self.connected_before = true;
        self.cause = None;
        metrics::gauge!(names::FEED_CONNECTED, "feed" => self.feed.to_string()).set(1.0);
    }

    /// Whether it is news: attempts that fail for the same cause are told once.
    fn disconnected(&mut self, why: &str) -> bool {
        self.connected = false;
        metrics::gauge!(names::FEED_CONNECTED, "feed" => self.feed.to_string()).set(0.0);
        let news = self.cause.as_deref() != Some(why);
        if news {
            tracing::warn!(feed = %self.feed, "the feed is not connected: {why}");
            self.cause = Some(why.to_owned());
        }
        news
    }

    /// A source that makes up ever new names would fill the duty log's table of people with them.
    fn leave_strangers_out(&mut self, reading: &mut Reading, now: Time) {
        let Some(agents) = &mut reading.agents else {
            return;
        };
        let came = agents.len();
        agents.retain(|agent| {
            let known = self.people.contains(&agent.person);
            known || (self.people.len() < PEOPLE_LIMIT && self.people.insert(agent.person.clone()))
        });
        let strangers = came - agents.len();
        if strangers > 0 {
            let detail = format!(
                "{strangers} people of {:?} are left out: the feed has named {PEOPLE_LIMIT} different people by now, and more are not \
                 taken before surged is started again",
                reading.queue
            );
            let reason = "too_many_names";
            self.rejected(reason, &detail, now);
            self.outbox.put(now, Heard::Rejected { reason, detail });
        }
    }

    fn dropped(&mut self, drop: Drop, queue: &Name, now: Time) {
        let (reason, detail) = match drop {
            Drop::Older => (
                "older",
                format!("a reading of {queue:?} is older than the last one of that queue"),
            ),
            Drop::Duplicate => (
                "duplicate",
                format!("a reading of {queue:?} came again, with the same time"),
            ),
        };
        self.rejected(reason, &detail, now);
        self.outbox.put(now, Heard::Rejected { reason, detail });
    }

    fn rejected(&mut self, reason: &'static str, detail: &str, now: Time) {
        metrics::counter!(names::FEED_REJECTED, "feed" => self.feed.to_string(), "reason" => reason).increment(1);
        let rejections = self.rejected.entry(reason).or_insert(Rejections {
            said_at: now - SAY_AGAIN_AFTER,
            since: 0,
        });
        rejections.since += 1;
        if now - rejections.said_at >= SAY_AGAIN_AFTER {
            let times = rejections.since;
            tracing::warn!(feed = %self.feed, reason, times, "from the feed, not taken: {detail}");
            *rejections = Rejections { said_at: now, since: 0 };
        }
    }

    fn show_skew(&mut self) {
        let Some(skew) = self.session.clock_skew() else {
            return;
        };
        metrics::gauge!(names::FEED_CLOCK_SKEW, "feed" => self.feed.to_string()).set(skew.as_secs());
        let moved = skew.0.saturating_sub(self.warned.0).saturating_abs() >= SKEW_WARNED.0;
        let turned = clocks_differ(skew) != clocks_differ(self.warned);
        if turned || moved {
            self.warned = skew;
            let now = self.now();
            // A clock that runs away is shown at every step, and logged once a minute.
            if self.warned_at.is_none_or(|at| now - at >= SAY_AGAIN_AFTER) {
                self.warned_at = Some(now);
                tracing::warn!(
                    feed = %self.feed,
                    skew_s = skew.as_secs(),
                    "our clock less the phone system's; surged goes by the time of receipt, and replay by the readings' own: set both by NTP"
                );
            }
            self.outbox.put(now, Heard::ClockDiffers { skew });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Agent, AgentState};
    use crate::feed::{Kind, Secret};

    #[test]
    fn ever_new_names_are_left_out_and_those_known_stay() {
        let settings = FeedSettings {
            name: "hotline".into(),
            kind: Kind::AsteriskAmi {
                address: "127.0.0.1:5038".into(),
                username: "surged".into(),
                secret: Secret::default(),
                tls: None,
            },
            stale_after: Millis(15_000),
            queues: BTreeMap::new(),
        };
        let mut teller = Teller::new(&settings, Arc::new(Outbox::new("hotline".into())), Arc::new(|| Time(0)));
        let mut named = |from: usize, people: usize| {
            let agents = (from..from + people).map(|number| Agent {
                person: Name::from(format!("P{number}")),
                state: AgentState::Busy,
            });
            let mut reading = Reading {
                agents: Some(agents.collect()),
                ..Reading::of("inbound", 1)
            };
            teller.leave_strangers_out(&mut reading, Time(0));
            reading.agents.map_or(0, |agents| agents.len())
        };
        assert_eq!(named(0, 5_000), 5_000);
        assert_eq!(named(5_000, PEOPLE_LIMIT), PEOPLE_LIMIT - 5_000);
        assert_eq!(named(100_000, 5_000), 0);
        assert_eq!(named(0, 5_000), 5_000);
    }
}
