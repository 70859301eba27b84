//! A duty log that was written while the wall clock was years ahead.

use super::Bench;
use super::house::{Process, until};
use surged::core::Time;
use surged::journal::{Batch, Entry, Fact, Journal, Local, Options, Record};

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_years_ahead_is_said_with_what_to_do_and_the_plan_is_run() {
    let mut bench = Bench::new("1s", "15s").await;
    let (journal, _) = Local::open(&bench.file("surged.db"), Options::default()).unwrap();
    let year_2099 = 4_070_908_800_000;
    let entry = Entry {
        seq: 1,
        at: Time(year_2099),
        record: Record::Fact(Fact::Stopped),
        unlogged: false,
    };
    let batch = Batch {
        expected_seq: 1,
        entries: vec![entry],
        snapshot: None,
    };
    journal.append(batch).await.unwrap().await.unwrap().unwrap();
    journal.close().await;

    let mut daemon = Process::run(&bench.config());
    daemon.floor().await;
    let said = until("it says so", || async {
        Some(daemon.said()).filter(|said| said.contains("far ahead of the wall clock"))
    });
    let said = said.await;
    assert!(
        said.contains("2099-01-01") && said.contains("move the duty log away"),
        "{said}"
    );
    bench.waits(8).await;
    bench
        .log
        .until("an instruction", |entry| super::instruction(entry).is_some())
        .await;
}
