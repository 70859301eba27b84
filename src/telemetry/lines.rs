//! Log lines on their way to standard error.
//!
//! ```text
//!  whoever logs ──► so many a minute ──► bounded queue ──► a thread of its own ──► standard error
//!                        └── too many ──────┴── full: nobody reads ──► counted, and said once it flows again
//! ```
//!
//! A reader that takes nothing (a full disk behind it, a stopped journald, a terminal on hold) must not stop the daemon, and a flood
//! of lines must not bury what matters.

use super::names;
use super::plain::plain;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;
use tracing::Metadata;
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt::MakeWriter;

/// Lines that may wait for a reader.
const LINES_WAITING: usize = 10_000;

/// Lines at once: a storm over a thousand queues is told whole.
const LINES_AT_ONCE: f64 = 10_000.0;

/// Lines a second on average.
const LINES_A_SECOND: f64 = 100.0;

/// Lines left out since there were too many.
static TOO_MANY: AtomicU64 = AtomicU64::new(0);

/// Counts lines left out since nobody reads.
static UNREAD: OnceLock<ErrorCounter> = OnceLock::new();

/// Lines left out that were told of.
static TOLD: AtomicU64 = AtomicU64::new(0);

/// Sends what waits on its way when it is dropped, for a second at most.
#[must_use = "log lines end with it"]
pub struct LogEnd(#[expect(dead_code, reason = "held for its drop")] Option<WorkerGuard>);

impl LogEnd {
    /// Lines go out as they are written.
    pub(super) fn at_once() -> LogEnd {
        LogEnd(None)
    }
}

/// Where lines are written to.
pub(super) struct Lines {
    queue: NonBlocking,
    coloured: bool,
    budget: Mutex<Budget>,
}

impl Lines {
    /// To standard error, by a thread of its own.
    pub(super) fn begin(coloured: bool) -> (Lines, LogEnd) {
        let (queue, guard) = NonBlockingBuilder::default()
            .lossy(true)
            .buffered_lines_limit(LINES_WAITING)
            .thread_name("log")
            .finish(io::stderr());
        // A second start (tests in one process) keeps the first.
        let _ = UNREAD.set(queue.error_counter());
        let budget = Mutex::new(Budget::full(Instant::now()));
        let lines = Lines {
            queue,
            coloured,
            budget,
        };
        (lines, LogEnd(Some(guard)))
    }

    fn admits(&self, metadata: &Metadata<'_>) -> bool {
        // That lines were left out is never left out.
        metadata.target() == module_path!()
            || self
                .budget
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(Instant::now())
    }
}

/// One line.
pub(super) enum Line {
    Sent { queue: NonBlocking, coloured: bool },
    LeftOut,
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Line::Sent { queue, coloured } => {
                // The whole line comes at once.
                let text = String::from_utf8_lossy(bytes);
                let text = text.trim_end_matches('\n');
                let line = match coloured {
                    // The escapes are ours: the formatter spells out those that came from outside.
                    true => text.split('\u{1b}').map(plain).collect::<Vec<_>>().join("\u{1b}"),
                    false => plain(text).into_owned(),
                };
                queue.write_all((line + "\n").as_bytes()).map(|()| bytes.len())
            }
            Line::LeftOut => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line::Sent {
            queue: self.queue.clone(),
            coloured: self.coloured,
        }
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Line {
        if self.admits(metadata) {
            return self.make_writer();
        }
        TOO_MANY.fetch_add(1, Ordering::Relaxed);
        Line::LeftOut
    }
}

/// How many lines may still go out.
#[derive(Debug)]
struct Budget {
    left: f64,
    at: Instant,
}

impl Budget {
    fn full(now: Instant) -> Budget {
        Budget {
            left: LINES_AT_ONCE,
            at: now,
        }
    }

    fn take(&mut self, now: Instant) -> bool {
        let earned = now.saturating_duration_since(self.at).as_secs_f64() * LINES_A_SECOND;
        self.left = (self.left + earned).min(LINES_AT_ONCE);
        self.at = now;
        let goes = self.left >= 1.0;
        if goes {
            self.left -= 1.0;
        }
        goes
    }
}

/// Counts what was left out, and says so; to be called now and then.
pub fn tell_left_out() {
    let unread = UNREAD.get().map_or(0, |counter| counter.dropped_lines() as u64);
    let left_out = TOO_MANY.load(Ordering::Relaxed) + unread;
    metrics::counter!(names::LOG_LINES_DROPPED).absolute(left_out);
    let told = TOLD.swap(left_out, Ordering::Relaxed);
    if left_out > told {
        let lines = left_out - told;
        tracing::warn!(
            lines,
            "log lines were left out: there were too many, or nobody reads standard error"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_flood_is_bounded_and_what_comes_after_it_goes_out_again() {
        let begin = Instant::now();
        let mut budget = Budget::full(begin);
        // A minute with 28,000 lines and more.
        let minute = (0..30_000).map(|line| begin + Duration::from_millis(2 * line));
        let gone = minute.filter(|at| budget.take(*at)).count();
        assert!((15_000..=16_000).contains(&gone), "{gone}");
        assert!(!budget.take(budget.at));
        assert!(budget.take(budget.at + Duration::from_millis(10)));
    }
}
