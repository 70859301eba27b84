//! What was heard and not yet taken: bounded, and the latest counts.
//!
//! While the daemon keeps up, everything passes in order. When [`LIMIT`] lie here, all but the last of each kind and
//! queue are dropped, and the order of those last ones is kept. So it never grows past the number of queues and kinds.

use super::{FeedEvent, Heard, READINGS_PER_SECOND};
use crate::core::{Name, Time};
use crate::telemetry::names;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

/// How much may lie here before only the latest counts.
pub const LIMIT: usize = 1_024;

/// The box between a feed's socket and the daemon.
#[derive(Debug)]
pub struct Outbox {
    feed: Name,
    waiting: Mutex<Waiting>,
    filled: Notify,
}

#[derive(Debug)]
struct Waiting {
    events: VecDeque<(Time, Heard)>,
    limit: usize,
}

impl Outbox {
    /// An empty one.
    pub fn new(feed: Name) -> Outbox {
        let waiting = Mutex::new(Waiting {
            events: VecDeque::new(),
            limit: LIMIT,
        });
        Outbox {
            feed,
            waiting,
            filled: Notify::new(),
        }
    }

    /// Puts something in; never waits.
    pub fn put(&self, received: Time, what: Heard) {
        let mut waiting = self.lock();
        if waiting.events.len() >= waiting.limit {
            let dropped = waiting.keep_latest();
            metrics::counter!(names::FEED_REJECTED, "feed" => self.feed.to_string(), "reason" => "overtaken")
                .increment(dropped);
        }
        waiting.events.push_back((received, what));
        drop(waiting);
        self.filled.notify_one();
    }

    /// How much lies here.
    pub fn len(&self) -> usize {
        self.lock().events.len()
    }

    /// Whether nothing lies here.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands on what lies here for as long as somebody receives, waiting for the receiver where it is slow, and never
    /// faster than [`READINGS_PER_SECOND`].
    pub async fn forward(&self, out: &mpsc::Sender<FeedEvent>) {
        let mut second = Instant::now();
        let mut passed = 0;
        loop {
            let Some((received, what)) = self.take() else {
                tokio::select! {
                    biased;
                    () = out.closed() => return,
                    () = self.filled.notified() => continue,
                }
            };
            if second.elapsed() >= Duration::from_secs(1) {
                second = Instant::now();
                passed = 0;
            }
            passed += 1;
            let event = FeedEvent {
                feed: self.feed.clone(),
                received,
                what,
            };
            if out.send(event).await.is_err() {
                return;
            }
            if passed >= READINGS_PER_SECOND {
                tokio::time::sleep_until(second + Duration::from_secs(1)).await;
            }
        }
    }

    fn take(&self) -> Option<(Time, Heard)> {
        self.lock().events.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing that runs under the lock can panic half-way through a change.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What makes a later event stand for an earlier one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Queue(Name),
    Connected,
    Disconnected,
    Heartbeat,
    SourceLost,
    ClockDiffers,
    Rejected(&'static str),
}

impl Waiting {
    fn keep_latest(&mut self) -> u64 {
        let before = self.events.len();
        let mut seen = BTreeSet::new();
        let mut latest: VecDeque<_> = VecDeque::new();
        while let Some((received, what)) = self.events.pop_back() {
            let kind = match &what {
                Heard::Reading(reading) => Kind::Queue(reading.queue.clone()),
                Heard::QueueMissing { queue } => Kind::Queue(queue.clone()),
                Heard::Connected => Kind::Connected,
                Heard::Disconnected { .. } => Kind::Disconnected,
                Heard::Heartbeat => Kind::Heartbeat,
                Heard::SourceLost { .. } => Kind::SourceLost,
                Heard::ClockDiffers { .. } => Kind::ClockDiffers,
                Heard::Rejected { reason, .. } => Kind::Rejected(reason),
            };
            if seen.insert(kind) {
                latest.push_front((received, what));
            }
        }
        self.events = latest;
        // Where there are very many queues, so that not every further event comes here again.
        self.limit = LIMIT.max(self.events.len() * 2);
        (before - self.events.len()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Reading;

    fn reading(queue: usize, waiting: u32) -> Heard {
        Heard::Reading(Reading::of(format!("q{queue}"), waiting))
    }

    #[test]
    fn when_full_the_latest_of_each_queue_stays_in_order() {
        let outbox = Outbox::new("f".into());
        outbox.put(Time(0), Heard::Connected);
        outbox.put(Time(0), Heard::SourceLost { why: "gone".into() });
        for waiting in 0..5_000 {
            outbox.put(Time(1), reading(waiting as usize % 2, waiting));
            assert!(outbox.len() <= LIMIT);
        }
        outbox.put(Time(2), Heard::QueueMissing { queue: "q0".into() });
        outbox.lock().keep_latest();
        let rest: Vec<_> = std::iter::from_fn(|| outbox.take().map(|(_, what)| what)).collect();
        let lost = Heard::SourceLost { why: "gone".into() };
        assert_eq!(
            rest,
            [
                Heard::Connected,
                lost,
                reading(1, 4_999),
                Heard::QueueMissing { queue: "q0".into() }
            ]
        );
    }

    #[test]
    fn it_grows_with_the_number_of_queues_only() {
        let outbox = Outbox::new("f".into());
        for turn in 0..10 {
            for queue in 0..5_000 {
                outbox.put(Time(turn), reading(queue, 1));
            }
        }
        assert!(outbox.len() <= 10_000, "{}", outbox.len());
    }

    #[tokio::test]
    async fn everything_passes_in_order_while_the_receiver_keeps_up() {
        let outbox = Outbox::new("f".into());
        for waiting in 0..1_000 {
            outbox.put(Time(waiting.into()), reading(0, waiting));
        }
        let (out, mut received) = mpsc::channel::<FeedEvent>(1);
        tokio::join!(
            async {
                for waiting in 0..1_000 {
                    assert_eq!(received.recv().await.map(|it| it.what), Some(reading(0, waiting)));
                }
                drop(received);
            },
            outbox.forward(&out)
        );
    }
}
