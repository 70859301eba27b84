//! Times in which nothing ran: what would have been due meanwhile is not done late, and sight comes first. `SURGED_PAUSES=50` for so many.

use super::{Bench, counted, instruction};
use crate::house::{Process, Supervisor, until};
use rustix::process::Signal;
use std::time::{Duration, Instant};
use surged::core::{Decision, Input, What};
use surged::journal::{Entry, Record};

/// Longer than `stale_after`, so that the queue is lost sight of.
const PAUSE: Duration = Duration::from_secs(7);

/// The pause itself is what is tried.
async fn passes(pause: Duration) {
    let began = Instant::now();
    until("the pause is over", || async {
        (began.elapsed() >= pause).then_some(())
    })
    .await;
}

/// Where a decision of a kind stands in the log, and its own moment.
fn place(entries: &[Entry], is_it: impl Fn(&Decision) -> bool) -> (usize, &Decision) {
    let found = entries
        .iter()
        .enumerate()
        .find_map(|(place, entry)| match &entry.record {
            Record::Decision(decision) if is_it(decision) => Some((place, decision)),
            _ => None,
        });
    found.expect("it is in the log")
}

/// The queue was said to be blind before anything was decided, and what was decided was not done late.
fn sight_came_first(entries: &[Entry]) {
    let still = entries.iter().filter_map(|entry| match entry.record {
        Record::Input(Input::StoodStill { until }) => Some(until),
        _ => None,
    });
    let still: Vec<_> = still.collect();
    let until = *still.first().expect("the log says that nothing ran");
    // Twice the same, and whoever was asked something had twice the lost time.
    assert!(still.windows(2).all(|two| two[0] != two[1]), "{still:?}");
    let (lost, _) = place(entries, |decision| matches!(decision.what, What::FeedLost { .. }));
    let (seen, _) = place(entries, |decision| matches!(decision.what, What::FeedBack { .. }));
    let called = entries.iter().position(|entry| instruction(entry).is_some()).unwrap();
    assert!(
        lost < seen && seen < called,
        "lost {lost}, seen again {seen}, called {called}"
    );
    let at = instruction(&entries[called]).unwrap().at;
    assert!(at >= until, "called at {at:?}, and nothing ran until {until:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_was_paused_looks_before_it_acts() {
    for _ in 0..counted("SURGED_PAUSES", 1) {
        paused().await;
    }
}

async fn paused() {
    let mut bench = Bench::new("4s", "5s").await;
    let (daemon, mut li) = bench.starts().await;
    bench.waits(8).await;
    daemon.signal(Signal::STOP);
    passes(PAUSE).await;
    daemon.signal(Signal::CONT);
    // Its own heartbeats bring sight back, and the hold goes on where it was.
    li.told("sign_in", "expert").await;
    sight_came_first(&bench.log.whole());
    let said = daemon.said();
    assert!(said.contains("did not run for some time"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_was_dead_looks_before_it_acts() {
    let mut bench = Bench::new("4s", "5s").await;
    let (daemon, _) = bench.starts().await;
    bench.waits(8).await;
    daemon.kill().await;
    passes(PAUSE).await;
    let mut daemon = Process::run(&bench.config());
    let mut li = Supervisor::come(daemon.floor().await, "Li", None, Some(0)).await;
    li.told("sign_in", "expert").await;
    sight_came_first(&bench.log.whole());
}
