//! A scrape: gauges of the floor are set when somebody asks for them, by the loop that owns the core, and not before.
//!
//! ```text
//!  GET /metrics ──► Scrape::text ──ask──► the loop: Gauges::show, now ──► text
//!                                  └── no word in time: no text; Prometheus has `up` 0, which is what it means
//! ```

use super::recorder::Metrics;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// A loop that says nothing for so long does not run the plan. Shorter than the scrape interval that deploy/prometheus has.
const WITHIN: Duration = Duration::from_secs(3);

/// Scrapes that may wait at once; they are answered all together.
const WAITING: usize = 64;

/// Somebody who waits until the gauges are set.
pub type Asked = oneshot::Sender<()>;

/// What `/metrics` asks.
#[derive(Clone)]
pub struct Scrape {
    metrics: Metrics,
    ask: mpsc::Sender<Asked>,
    within: Duration,
}

impl Scrape {
    /// The asking end, and the one for the loop.
    pub fn of(metrics: Metrics) -> (Scrape, mpsc::Receiver<Asked>) {
        let (ask, asked) = mpsc::channel(WAITING);
        let within = WITHIN;
        (Scrape { metrics, ask, within }, asked)
    }

    /// Prometheus text as of now; nothing where the loop does not answer.
    pub async fn text(&self) -> Option<String> {
        let set = async {
            let (done, set) = oneshot::channel();
            self.ask.send(done).await.ok()?;
            set.await.ok()
        };
        timeout(self.within, set).await.ok()??;
        Some(self.metrics.render())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_loop_that_does_not_answer_gives_no_numbers_of_yesterday() {
        let (mut scrape, mut asked) = Scrape::of(Metrics::install().unwrap());
        let asking = tokio::spawn({
            let scrape = scrape.clone();
            async move { scrape.text().await }
        });
        asked.recv().await.unwrap().send(()).unwrap();
        let text = asking.await.unwrap().unwrap();
        for told in ["surged_build_info{", "process_open_fds ", "process_cpu_seconds_total "] {
            assert!(text.contains(told), "{told} in {text}");
        }
        scrape.within = Duration::ZERO;
        assert_eq!(scrape.text().await, None);
        drop(asked);
        assert_eq!(scrape.text().await, None);
    }
}
