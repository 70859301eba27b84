//! The duty log as its callers see it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod command;
mod decisions;
mod disk;
mod earlier;
mod forget;
mod handover;
mod packed;
mod people;
mod process;
mod rarer;
mod samples;
mod shift;
mod spoiled;
mod tongues;
mod unlogged;
mod words;

use samples::{batch, fact, options, reading, snapshot};
use std::path::Path;
use std::time::Duration;
use surged::core::Time;
use surged::journal::{
    Batch, Committed, Entry, Journal, JournalError, Local, Reader, Recovered, Refused, Verdict, Walk, Walked,
};

async fn written(journal: &Local, batch: Batch) -> Committed {
    journal.append(batch).await.unwrap().await.unwrap().unwrap()
}

async fn refused(journal: &Local, batch: Batch) -> Refused {
    let failed = journal.append(batch.clone()).await.unwrap().await.unwrap().unwrap_err();
    assert_eq!(failed.batch, batch, "the batch comes back unharmed");
    failed.why
}

fn open(path: &Path) -> (Local, Recovered) {
    Local::open(path, options()).unwrap()
}

fn reader(path: &Path) -> Reader {
    Reader::open(path, Duration::from_secs(10)).unwrap()
}

/// What a walk comes to, one by one.
fn walked(mut walk: Walk) -> impl Iterator<Item = Entry> {
    let steps = std::iter::from_fn(move || walk.next_step().unwrap());
    steps.flat_map(|step| match step {
        Walked::Run(run) => run.collect(),
        Walked::Entry(entry) => vec![*entry],
    })
}

fn verify(path: &Path) -> Verdict {
    reader(path).verify(|_, _| {}).unwrap()
}

/// A log with one entry of every kind.
async fn every_kind(path: &Path) -> Vec<Entry> {
    let (journal, _) = open(path);
    let entries = samples::entries();
    written(&journal, batch(entries.clone())).await;
    journal.close().await;
    entries
}

#[tokio::test]
async fn what_was_appended_is_recovered() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, fresh) = open(&path);
    assert_eq!(
        (
            fresh.next_seq,
            fresh.last_at,
            &fresh.last_start,
            fresh.entries_after.len()
        ),
        (1, None, &None, 0)
    );
    journal.close().await;

    let entries = every_kind(&path).await;
    let (journal, recovered) = open(&path);
    assert_eq!(recovered.entries_after, entries);
    assert_eq!(recovered.next_seq, entries.len() as u64 + 1);
    assert_eq!(recovered.last_at, entries.last().map(|it| it.at));
    assert_eq!(
        recovered.last_start.as_ref().map(|start| start.boot_id.as_str()),
        Some("boot-1")
    );
    assert_eq!(journal.read(3..=u64::MAX, 2).await.unwrap(), entries[2..4]);
    journal.close().await;
    assert!(matches!(verify(&path), Verdict::Whole { .. }));
}

#[tokio::test]
async fn start_up_goes_on_from_the_newest_snapshot_or_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    for seq in 1..=5 {
        let snapshot = Some(snapshot(seq));
        written(
            &journal,
            Batch {
                snapshot,
                ..batch(vec![fact(seq)])
            },
        )
        .await;
    }
    written(&journal, batch(vec![reading(6, "inbound", 8), fact(7)])).await;
    journal.close().await;

    let (journal, recovered) = open(&path);
    assert_eq!(recovered.snapshot, Some(snapshot(5)));
    assert_eq!(recovered.entries_after, [reading(6, "inbound", 8), fact(7)]);
    let before = journal.recover_before(5).await.unwrap();
    assert_eq!(before.snapshot, Some(snapshot(4)));
    assert_eq!(before.entries_after.len(), 3);
    // Three are kept.
    assert_eq!(journal.recover_before(3).await.unwrap().snapshot, None);
    assert_eq!(journal.recover_before(0).await.unwrap().entries_after.len(), 7);
}

#[tokio::test]
async fn a_stale_owner_is_fenced_and_a_hole_is_not_filled_over() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(&dir.path().join("surged.db"));
    assert_eq!(written(&journal, batch(vec![fact(1), fact(2)])).await.next_seq, 3);
    let why = refused(&journal, batch(vec![fact(2)])).await;
    assert_eq!(why, Refused::Fenced { expected: 2, next: 3 });
    assert!(why.to_string().contains("must stop"), "{why}");
    let why = refused(&journal, batch(vec![fact(4)])).await;
    assert_eq!(why, Refused::Gap { expected: 4, next: 3 });
    let why = refused(&journal, batch(vec![fact(3), fact(5)])).await;
    assert_eq!(why, Refused::Disorder { wanted: 4, found: 5 });
    let why = refused(
        &journal,
        Batch {
            snapshot: Some(snapshot(9)),
            ..batch(vec![fact(3)])
        },
    )
    .await;
    assert_eq!(why, Refused::Disorder { wanted: 3, found: 9 });
    assert_eq!(written(&journal, batch(vec![fact(3)])).await.next_seq, 4);
}

#[tokio::test]
async fn a_second_process_is_refused_until_the_first_has_closed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    let error = Local::open(&path, options()).unwrap_err();
    assert!(matches!(error, JournalError::InUse { .. }), "{error:?}");
    let words = error.to_string();
    assert!(
        words.contains("in use by another surged") && words.contains(&std::process::id().to_string()),
        "{words}"
    );
    journal.close().await;
    open(&path).0.close().await;
}

#[tokio::test]
async fn pruning_takes_old_readings_only_and_leaves_the_chain_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    let entries: Vec<Entry> = (1..=3000)
        .map(|seq| {
            if seq % 10 == 0 {
                fact(seq)
            } else {
                reading(seq, "inbound", 8)
            }
        })
        .collect();
    written(&journal, batch(entries)).await;
    // Without a snapshot start-up still needs every reading.
    journal.prune(Time::NEVER).await;
    journal.close().await;
    let (journal, recovered) = open(&path);
    assert_eq!(recovered.entries_after.len(), 3000);

    written(
        &journal,
        Batch {
            snapshot: Some(snapshot(2000)),
            ..batch(vec![fact(3001)])
        },
    )
    .await;
    journal.prune(Time(1500)).await;
    // Pruning goes on while nothing else is to be done; more than one piece is needed here.
    tokio::time::timeout(Duration::from_secs(30), async {
        while journal.read(1..=1499, 5000).await.unwrap().len() > 149 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("old readings are pruned");
    journal.prune(Time::NEVER).await;
    tokio::time::timeout(Duration::from_secs(30), async {
        while journal.read(1..=2000, 5000).await.unwrap().len() > 200 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("all readings before the snapshot are pruned");
    journal.close().await;

    let (journal, recovered) = open(&path);
    assert_eq!(
        recovered.entries_after.len(),
        1001,
        "what the snapshot needs is still there"
    );
    assert_eq!(recovered.next_seq, 3002);
    journal.close().await;
    assert!(matches!(verify(&path), Verdict::Whole { rows: 301, .. }));
}

#[tokio::test]
async fn the_first_entry_since_a_time_is_found_also_where_readings_were_let_go() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, fresh) = open(&path);
    assert_eq!(fresh.next_seq, 1);
    assert_eq!(reader(&path).first_since(Time(0)).unwrap(), 1, "an empty log");
    assert_eq!(reader(&path).last_at().unwrap(), None);
    // Several at one time, and times in which nothing was.
    let at = |seq: u64| Time(seq as i64 / 3 * 10);
    let entries: Vec<Entry> = (1..=60)
        .map(|seq| Entry {
            at: at(seq),
            ..if seq % 7 == 0 {
                fact(seq)
            } else {
                reading(seq, "inbound", 8)
            }
        })
        .collect();
    let last = Batch {
        snapshot: Some(snapshot(60)),
        ..batch(entries)
    };
    written(&journal, last).await;
    let expected = |log: &Reader, since: Time| {
        let all = log.read(1..=u64::MAX, 100).unwrap();
        let first = all.iter().find(|entry| entry.at >= since).map(|entry| entry.seq);
        (first, log.first_since(since).unwrap())
    };
    let check = |when: &str| {
        let log = reader(&path);
        for since in -5..=210 {
            match expected(&log, Time(since)) {
                (Some(first), found) => assert!(
                    found <= first && log.read(found..=first - 1, 100).unwrap().is_empty(),
                    "{when}, {since}: {found} in place of {first}"
                ),
                (None, found) => assert_eq!(found, 61, "{when}, {since}"),
            }
        }
    };
    check("whole");
    journal.prune(Time(120)).await;
    tokio::time::timeout(Duration::from_secs(30), async {
        while journal.read(1..=30, 100).await.unwrap().len() > 4 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("old readings are pruned");
    check("pruned");
    assert_eq!(reader(&path).last_at().unwrap(), Some(at(60)));
    journal.close().await;
}

#[tokio::test]
async fn verify_tells_where_a_log_was_changed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    written(&journal, batch((1..=9).map(fact).collect())).await;
    journal.close().await;
    let whole = verify(&path);
    assert!(
        matches!(
            whole,
            Verdict::Whole {
                rows: 9,
                last: Some((9, Time(9))),
                ..
            }
        ),
        "{whole:?}"
    );

    let broken = |seq, after: u64| Verdict::Broken {
        seq,
        at: Time(seq as i64),
        after: Some((after, Time(after as i64))),
    };
    let cases = [
        (
            "UPDATE log SET body = replace(body, 'entry 5', 'entry 6') WHERE seq = 5",
            broken(5, 4),
        ),
        ("UPDATE log SET queue = 'other' WHERE seq = 5", broken(5, 4)),
        ("DELETE FROM log WHERE seq = 5", broken(6, 4)),
        (
            "UPDATE log SET body = (SELECT body FROM log AS other WHERE other.seq = 9 - log.seq) WHERE seq IN (4, 5)",
            broken(4, 3),
        ),
        (
            "DELETE FROM log WHERE seq > 7",
            Verdict::CutShort {
                last: Some((7, Time(7))),
                written: 9,
            },
        ),
        ("DELETE FROM log", Verdict::CutShort { last: None, written: 9 }),
    ];
    for (change, verdict) in cases {
        let copy = dir.path().join("copy.db");
        std::fs::copy(&path, &copy).unwrap();
        let changed = rusqlite::Connection::open(&copy).unwrap().execute(change, []).unwrap();
        assert!(changed > 0, "{change}");
        assert_eq!(verify(&copy), verdict, "{change}");
    }
}

#[tokio::test]
async fn a_log_that_was_written_anew_is_whole_and_has_another_last_hash() {
    let dir = tempfile::tempdir().unwrap();
    let hash = async |name: &str, second: u64| {
        let path = dir.path().join(name);
        let (journal, _) = open(&path);
        let forged = Entry { seq: 2, ..fact(second) };
        written(&journal, batch(vec![fact(1), forged, fact(3)])).await;
        journal.close().await;
        match verify(&path) {
            Verdict::Whole { rows: 3, head, .. } => head.to_string(),
            broken => panic!("{broken:?}"),
        }
    };
    let kept_elsewhere = hash("true.db", 2).await;
    assert_ne!(hash("forged.db", 20).await, kept_elsewhere);
}

#[tokio::test]
async fn a_flipped_byte_in_the_file_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    written(&journal, batch((1..=9).map(fact).collect())).await;
    journal.close().await;
    let mut bytes = std::fs::read(&path).unwrap();
    let place = bytes.windows(7).position(|it| it == b"entry 5").unwrap();
    bytes[place + 2] = 0xff;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(verify(&path), Verdict::Broken { seq: 5, .. }));
    let error = Local::open(&path, options()).unwrap_err();
    assert!(matches!(error, JournalError::Entry { seq: 5, .. }), "{error:?}");
    assert!(error.to_string().contains("surged log verify"), "{error}");
}

#[tokio::test]
async fn a_log_of_the_first_schema_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(include_str!("v1.sql")).unwrap();
    drop(old);

    let (journal, recovered) = open(&path);
    assert_eq!(
        (
            recovered.next_seq,
            recovered.last_start.as_ref().map(|start| start.boot_id.as_str())
        ),
        (4, Some("boot-1"))
    );
    assert_eq!(recovered.entries_after, samples::entries()[..3]);
    written(&journal, batch(vec![fact(4)])).await;
    journal.close().await;
    assert!(
        matches!(verify(&path), Verdict::Whole { rows: 3, .. }),
        "the hashes are the same for ever"
    );
    let new = rusqlite::Connection::open(&path).unwrap();
    let schema: u32 = new.query_row("SELECT schema FROM meta", [], |row| row.get(0)).unwrap();
    assert_eq!(schema, surged::journal::SCHEMA);
}
