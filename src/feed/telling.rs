//! What a connection has to say on its way out: judged, logged, counted, put in the outbox.

use super::outbox::Outbox;
use super::session::{Drop, Session};
use super::{Clock, FeedSettings, Heard};
use crate::core::{Millis, Name, Time};
use crate::telemetry::names;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is not taken is logged at most this often for each reason.
const SAY_AGAIN_AFTER: Millis = Millis::from_mins(1);

/// Speaks for one feed, over all its connections.
pub(super) struct Teller {
    feed: Name,
    outbox: Arc<Outbox>,
    clock: Clock,
    session: Session,
    rejected: BTreeMap<&'static str, Rejections>,
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
            rejected,
            connected: false,
            connected_before: false,
            cause: None,
        }
    }

    pub fn now(&self) -> Time {
        (self.clock)()
    }

    pub fn tell(&mut self, what: Heard) {
        let now = self.now();
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
            Heard::Heartbeat => {}
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
        metrics::gauge!(names::FEED_IMPAIRED, "feed" => self.feed.to_string(), "reason" => reason)
            .set(f64::from(u8::from(is)));
    }

    /// Nobody listens any more.
    pub fn leave(&mut self) {
        self.connected = false;
        metrics::gauge!(names::FEED_CONNECTED, "feed" => self.feed.to_string()).set(0.0);
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

    fn show_skew(&self) {
        if let Some(skew) = self.session.clock_skew() {
            metrics::gauge!(names::FEED_CLOCK_SKEW, "feed" => self.feed.to_string()).set(skew.as_secs());
        }
    }
}
