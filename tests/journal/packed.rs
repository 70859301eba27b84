//! Readings in blocks: in one order with all else, let go, and what they take on the disk.

use super::earlier::third_schema;
use super::samples::{batch, fact, reading, snapshot};
use super::{open, reader, verify, walked, written};
use std::path::Path;
use surged::core::{Input, Reading, Time};
use surged::journal::{Batch, Entry, Journal, Local, Look, Record, Select, Verdict, Walk, Walked};

/// Nine readings of two queues, then something else.
fn mixed(from: u64, to: u64) -> Vec<Entry> {
    let entry = |seq: u64| match seq % 10 {
        0 => fact(seq),
        it if it % 3 == 0 => reading(seq, "cards", it as u32),
        it => reading(seq, "inbound", it as u32),
    };
    (from..=to).map(entry).collect()
}

fn numbers(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq).collect()
}

#[tokio::test]
async fn a_walk_goes_through_all_that_was_there_when_it_began() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    let all = mixed(1, 12_000);
    for entries in all.chunks(997) {
        written(&journal, batch(entries.to_vec())).await;
    }
    let walked = |walk: Walk| walked(walk).collect::<Vec<_>>();
    assert_eq!(walked(reader(&path).walk(995..=1_003).unwrap()), all[994..1_003]);
    assert_eq!(
        walked(reader(&path).walk(std::ops::RangeInclusive::new(1_990, 1_989)).unwrap()),
        []
    );
    let (mut began, whole) = (
        reader(&path).walk(1..=u64::MAX).unwrap(),
        reader(&path).walk(1..=u64::MAX).unwrap(),
    );
    let first: Vec<Entry> = match began.next_step().unwrap().unwrap() {
        Walked::Run(run) => run.collect(),
        Walked::Entry(entry) => vec![*entry],
    };
    written(&journal, batch(mixed(12_001, 12_100))).await;
    assert_eq!([first, walked(began)].concat(), all);
    assert_eq!(walked(whole), all);
    journal.close().await;
}

#[tokio::test]
async fn readings_are_found_by_number_time_and_queue_from_either_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    let all = mixed(1, 2_000);
    // Commits end anywhere, also within a block.
    for entries in all.chunks(37) {
        written(&journal, batch(entries.to_vec())).await;
    }
    assert_eq!(journal.read(1..=u64::MAX, usize::MAX).await.unwrap(), all);
    assert_eq!(journal.read(995..=1_003, 7).await.unwrap(), all[994..1_001]);
    assert_eq!(journal.read(1..=9, 0).await.unwrap(), []);
    journal.close().await;

    let reader = reader(&path);
    let visited = |select: &Select| {
        let mut entries = Vec::new();
        let went = reader.visit(select, |entry| {
            entries.push(entry);
            Ok::<(), surged::journal::JournalError>(())
        });
        went.unwrap();
        numbers(&entries)
    };
    let of_cards = Select {
        queue: Some("cards".into()),
        since: Some(Time(100)),
        until: Some(Time(120)),
        readings: true,
        ..Select::default()
    };
    assert_eq!(visited(&of_cards), [103, 106, 109, 113, 116, 119]);
    let last = Select {
        last: Some(3),
        readings: true,
        ..Select::default()
    };
    assert_eq!(visited(&last), [1_998, 1_999, 2_000]);
    assert_eq!(
        visited(&Select {
            readings: false,
            ..last
        }),
        [1_980, 1_990, 2_000]
    );

    let looked = |look: &Look, limit| numbers(&reader.look(look, limit).unwrap().entries);
    let newest = Look {
        newest: true,
        until: Some(Time(1_000)),
        ..Look::default()
    };
    assert_eq!(looked(&newest, 3), [999, 998, 997]);
    let between = Look {
        from: Some(Time(777)),
        until: Some(Time(781)),
        ..Look::default()
    };
    assert_eq!(looked(&between, 10), [777, 778, 779, 780]);
    let scoped = Look {
        scope: Some(["cards".into()].into()),
        after: 50,
        ..Look::default()
    };
    assert_eq!(looked(&scoped, 2), [53, 56]);
    let facts = Look {
        kinds: Some(vec!["config_refused"]),
        ..Look::default()
    };
    assert_eq!(looked(&facts, 2), [10, 20]);
}

#[tokio::test]
async fn a_log_of_the_third_schema_goes_on_in_blocks_and_is_one_log() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(&format!("BEGIN;\n{}COMMIT;", third_schema()))
        .unwrap();
    drop(old);
    let (journal, recovered) = open(&path);
    let before = journal.read(1..=u64::MAX, usize::MAX).await.unwrap();
    let (next, at) = (recovered.next_seq, recovered.last_at.unwrap());
    let since: Vec<Entry> = (mixed(next, next + 50).into_iter())
        .map(|entry| Entry {
            at: Time(at.0 + entry.seq as i64),
            ..entry
        })
        .collect();
    written(&journal, batch(since.clone())).await;
    let all = journal.read(1..=u64::MAX, usize::MAX).await.unwrap();
    assert_eq!(all, [before, since].concat());
    journal.close().await;
    assert!(matches!(verify(&path), Verdict::Whole { .. }));
}

#[tokio::test]
async fn the_file_shrinks_when_readings_go() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    written(&journal, batch(mixed(1, 60_000))).await;
    let last = Batch {
        snapshot: Some(snapshot(60_001)),
        ..batch(vec![fact(60_001)])
    };
    written(&journal, last).await;
    journal.close().await;
    let full = std::fs::metadata(&path).unwrap().len();

    let (journal, _) = open(&path);
    journal.prune(Time::NEVER).await;
    // Pruned to the end before the log closes? It goes on while nothing else is to be done.
    tokio::time::timeout(std::time::Duration::from_secs(30), async {
        while free_pages(&path) > 0 || journal.read(1..=60_000, 60_000).await.unwrap().len() > 6_000 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("readings go, and their room with them");
    journal.close().await;
    let left = std::fs::metadata(&path).unwrap().len();
    let facts = 6_001;
    assert!(left < full - 100_000 && left < facts * 400, "{full} bytes, then {left}");
    assert!(matches!(verify(&path), Verdict::Whole { rows: 6_001, .. }));
}

fn free_pages(path: &Path) -> u32 {
    let log = rusqlite::Connection::open(path).unwrap();
    log.query_row("PRAGMA freelist_count", [], |row| row.get(0)).unwrap()
}

/// An hour of one queue with a reading a second in which nearly all counts differ, written every five seconds, and a decision's worth of
/// entries every five minutes. Alone in its process, whose written bytes it counts:
/// `cargo test --test journal an_hour_of_readings -- --ignored --exact --nocapture packed::an_hour_of_readings_on_the_disk`.
#[tokio::test]
#[ignore = "counts what its process writes, and must be alone in it: run by tests/run.sh"]
async fn an_hour_of_readings_on_the_disk() {
    const HOUR: u64 = 3_600;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    let before = written_by_us();
    let mut waiting = Vec::new();
    for second in 1..=HOUR {
        waiting.push(busy(second));
        if second % 5 == 0 {
            written(&journal, batch(std::mem::take(&mut waiting))).await;
        }
    }
    journal.close().await;
    let each = written_by_us().saturating_sub(before) as f64 / HOUR as f64;
    let file = std::fs::metadata(&path).unwrap().len();
    let empty = {
        let other = dir.path().join("empty.db");
        let (journal, _): (Local, _) = open(&other);
        journal.close().await;
        std::fs::metadata(&other).unwrap().len()
    };
    let size = (file - empty) as f64 / HOUR as f64;
    println!("a reading: {size:.1} bytes in the file (at most 16); {each:.0} bytes written a second (at most 2,000)");
    assert!(size <= 16.0 && each <= 2_000.0);
}

fn busy(second: u64) -> Entry {
    let busy = (second * 7 + second / 11) % 11;
    let mut reading = Reading::of("inbound", busy as u32);
    reading.at = Some(Time(1_793_588_700_000 + second as i64 * 1_000 - 40 - busy as i64));
    reading.longest_wait = Some(surged::core::Millis(1_000 * busy as i64 + 37));
    (reading.signed_in, reading.available, reading.paused) = (Some(46), Some((busy % 3) as u32), Some(2));
    (reading.offered, reading.answered) = (Some(1_000 + second / 4 + busy), Some(980 + second / 4));
    reading.abandoned = Some(17 + second / 9);
    Entry {
        seq: second,
        at: Time(1_793_588_700_000 + second as i64 * 1_000 + (second * 37 % 200) as i64),
        record: Record::Input(Input::Reading { reading }),
        unlogged: false,
    }
}

/// Bytes that this process has handed to the kernel to write.
fn written_by_us() -> u64 {
    let counts = std::fs::read_to_string("/proc/self/io").unwrap();
    let line = counts.lines().find_map(|line| line.strip_prefix("wchar: "));
    line.unwrap().parse().unwrap()
}
