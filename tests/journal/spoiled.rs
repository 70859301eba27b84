//! Readings that the disk has spoiled: passed over, told of, and never in the way of what was decided.

use super::command::{lines, log};
use super::samples::{batch, fact, options, reading, snapshot};
use super::{open, reader, verify, written};
use std::path::Path;
use surged::core::Time;
use surged::journal::{Batch, Entry, Journal, JournalError, Local, Look, Select, Snapshot, Spoiled, Verdict};

/// Readings of two queues and a fact every hundred entries, in several blocks.
fn mixed(from: u64, to: u64) -> Vec<Entry> {
    let entry = |seq: u64| match seq {
        seq if seq % 100 == 0 => fact(seq),
        seq if seq % 3 == 0 => reading(seq, "cards", (seq * 7 % 900) as u32),
        seq => reading(seq, "inbound", (seq * 11 % 900) as u32),
    };
    (from..=to).map(entry).collect()
}

async fn written_to(path: &Path, last: u64) {
    let (journal, _) = open(path);
    for entries in mixed(1, last).chunks(50) {
        written(&journal, batch(entries.to_vec())).await;
    }
    journal.close().await;
}

/// First and last number of each block.
fn blocks(path: &Path) -> Vec<(u64, u64)> {
    let log = rusqlite::Connection::open(path).unwrap();
    let mut rows = log.prepare("SELECT first, last FROM packed ORDER BY first").unwrap();
    let rows = rows.query_map([], |row| {
        Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Puts other bytes in the place of a block.
fn spoil(path: &Path, first: u64, how: Spoil) {
    let log = rusqlite::Connection::open(path).unwrap();
    let first = first as i64;
    let body: Vec<u8> = log
        .query_row("SELECT body FROM packed WHERE first = ?1", [first], |row| row.get(0))
        .unwrap();
    let other: Vec<u8> = log
        .query_row(
            "SELECT body FROM packed WHERE first <> ?1 ORDER BY first LIMIT 1",
            [first],
            |row| row.get(0),
        )
        .unwrap();
    let changed = log.execute(
        "UPDATE packed SET body = ?2 WHERE first = ?1",
        (first, how(body, other)),
    );
    assert_eq!(changed.unwrap(), 1);
}

fn without(all: &[Entry], spoiled: (u64, u64)) -> Vec<Entry> {
    let is_lost = |entry: &Entry| entry.record.is_reading() && (spoiled.0..=spoiled.1).contains(&entry.seq);
    all.iter().filter(|entry| !is_lost(entry)).cloned().collect()
}

/// A block, and another of the same log: what stands in its place.
type Spoil = fn(Vec<u8>, Vec<u8>) -> Vec<u8>;

/// Another byte in it, cut, of zeros, empty, of a form that there is not, and another's in its place.
const SPOILS: [Spoil; 6] = [
    |mut block, _| {
        let middle = block.len() / 2;
        block[middle] ^= 0x10;
        block
    },
    |block, _| block[..block.len() / 2].to_vec(),
    |block, _| vec![0; block.len()],
    |_, _| Vec::new(),
    |block, _| [&[9][..], &block[1..]].concat(),
    |_, other| other,
];

#[tokio::test]
async fn a_spoiled_block_keeps_nobody_from_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    written_to(&path, 3_000).await;
    let all = mixed(1, 3_000);
    let blocks = blocks(&path);
    assert!(blocks.len() >= 3, "{blocks:?}");
    // The first, one in the middle, and the last, which would go on.
    for (first, last) in [blocks[0], blocks[blocks.len() / 2], blocks[blocks.len() - 1]] {
        for (how, of) in SPOILS.into_iter().zip(1..) {
            let copy = dir.path().join("copy.db");
            std::fs::copy(&path, &copy).unwrap();
            spoil(&copy, first, how);
            let left = without(&all, (first, last));
            let is_told = |spoiled: &[Spoiled]| {
                let [it] = spoiled else { panic!("{of}: {spoiled:?}") };
                assert_eq!((it.first, it.last), (first, last), "{of}");
                assert_eq!((it.since, it.until), (Time(first as i64), Time(last as i64)), "{of}");
            };

            let log = reader(&copy);
            assert_eq!(log.read(1..=u64::MAX, usize::MAX).unwrap(), left, "{of}");
            is_told(&log.take_spoiled());
            assert_eq!(log.take_spoiled(), []);
            let newest = Look {
                newest: true,
                ..Look::default()
            };
            let mut looked = log.look(&newest, usize::MAX).unwrap().entries;
            looked.reverse();
            assert_eq!(looked, left, "{of}");
            is_told(&log.take_spoiled());
            // Times within it are found by what is left.
            let within = Look {
                until: Some(Time((first + last) as i64 / 2)),
                ..Look::default()
            };
            let before = |entry: &&Entry| entry.at < Time((first + last) as i64 / 2);
            let expected: Vec<Entry> = left.iter().filter(before).cloned().collect();
            assert_eq!(log.look(&within, usize::MAX).unwrap().entries, expected, "{of}");
            // Who asks for no readings does not hear of them.
            log.take_spoiled();
            log.visit(&Select::default(), |_| Ok::<(), surged::journal::JournalError>(()))
                .unwrap();
            assert_eq!(log.take_spoiled(), []);
            assert!(matches!(verify(&copy), Verdict::Whole { rows: 30, .. }));
            is_told(&log.verify_readings().unwrap());
            drop(log);

            // Start-up goes on, and so does writing: never in a block that is spoiled.
            let (journal, recovered) = open(&copy);
            assert_eq!((recovered.entries_after, recovered.next_seq), (left.clone(), 3_001));
            is_told(&recovered.spoiled);
            let more = mixed(3_001, 3_120);
            written(&journal, batch(more.clone())).await;
            journal.close().await;
            let log = reader(&copy);
            assert_eq!(log.read(1..=u64::MAX, usize::MAX).unwrap(), [left, more].concat());
            is_told(&log.verify_readings().unwrap());
        }
    }
}

#[tokio::test]
async fn spoiled_readings_of_before_there_were_blocks_are_passed_over_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(&format!("BEGIN;\n{}COMMIT;", super::earlier::third_schema()))
        .unwrap();
    let seq: i64 = old
        .query_row("SELECT min(seq) FROM readings", [], |row| row.get(0))
        .unwrap();
    drop(old);
    let (journal, _) = open(&path);
    let whole = journal.read(1..=u64::MAX, usize::MAX).await.unwrap();
    let meddler = rusqlite::Connection::open(&path).unwrap();
    let cut = "UPDATE readings SET body = substr(body, 1, 20) WHERE seq = ?1";
    assert_eq!(meddler.execute(cut, [seq]).unwrap(), 1);
    drop(meddler);
    let left = journal.read(1..=u64::MAX, usize::MAX).await.unwrap();
    journal.close().await;
    let seq = seq as u64;
    assert_eq!(left, without(&whole, (seq, seq)));
    let (journal, _) = open(&path);
    journal.close().await;
    let spoiled = reader(&path).verify_readings().unwrap();
    assert_eq!(spoiled.len(), 1);
    assert_eq!((spoiled[0].first, spoiled[0].last), (seq, seq));
}

#[tokio::test]
async fn spoiled_readings_go_when_they_are_old() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    written_to(&path, 3_000).await;
    let first = blocks(&path)[0].0;
    spoil(&path, first, SPOILS[0]);
    let (journal, _) = open(&path);
    let last = surged::journal::Batch {
        snapshot: Some(super::samples::snapshot(3_001)),
        ..batch(vec![fact(3_001)])
    };
    written(&journal, last).await;
    journal.prune(Time::NEVER).await;
    tokio::time::timeout(std::time::Duration::from_secs(30), async {
        while !blocks(&path).is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("all readings go");
    journal.close().await;
    assert_eq!(reader(&path).verify_readings().unwrap(), []);
}

#[tokio::test]
async fn commands_say_which_readings_are_spoiled_and_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    written_to(&path, 3_000).await;
    let whole = lines("verify", &path, &[]);
    let (first, last) = blocks(&path)[1];
    spoil(&path, first, SPOILS[0]);

    let verified = log("verify", &path, &[]);
    assert_eq!(verified.status.code(), Some(1));
    let text = String::from_utf8(verified.stdout).unwrap();
    assert!(
        text.starts_with(&whole.join("\n")),
        "the chain is whole all the same: {text}"
    );
    let spoiled = format!("SPOILED: readings {first} to {last}, handled from 1970-01-01 00:00:0");
    assert!(text.contains(&spoiled) && text.contains("surged restore"), "{text}");
    let chinese = log("verify", &path, &["--language", "zh-Hans"]);
    let text = String::from_utf8(chinese.stdout).unwrap();
    assert!(
        text.contains(&format!("读数损坏：第 {first} 至 {last} 条读数")),
        "{text}"
    );

    let told = format!("readings {first} to {last} of the duty log");
    for verb in ["show", "export"] {
        let all = log(verb, &path, &["--readings"]);
        let (out, err) = (
            String::from_utf8_lossy(&all.stdout),
            String::from_utf8_lossy(&all.stderr),
        );
        assert!(all.status.success() && err.contains(&told), "{verb}: {err}");
        let left = without(&mixed(1, 3_000), (first, last));
        assert_eq!(out.lines().count(), left.len(), "{verb}");
        assert_eq!(log(verb, &path, &[]).stderr, b"", "{verb}: nothing of it was asked for");
    }

    let copy = dir.path().join("copy.db");
    let mut backup = assert_cmd::Command::new(env!("CARGO_BIN_EXE_surged"));
    let backup = backup.args(["backup", "--journal"]).arg(&path).arg("-o").arg(&copy);
    let done = backup.output().unwrap();
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && err.contains(&told), "{err}");
    assert!(matches!(verify(&copy), Verdict::Whole { rows: 30, .. }));
}

/// Three states of several pages each; the pages of the table that holds them, its root first.
async fn with_snapshots(path: &Path) -> Vec<u64> {
    let (journal, _) = open(path);
    for seq in 1..=3 {
        let state = vec![b'x'; 20_000];
        let snapshot = Some(Snapshot { state, ..snapshot(seq) });
        let entries = vec![fact(seq)];
        written(
            &journal,
            Batch {
                snapshot,
                ..batch(entries)
            },
        )
        .await;
    }
    journal.close().await;
    let log = rusqlite::Connection::open(path).unwrap();
    let mut pages = log
        .prepare("SELECT pageno FROM dbstat WHERE name = 'snapshots' ORDER BY path")
        .unwrap();
    let pages = pages.query_map([], |row| Ok(row.get::<_, i64>(0)? as u64));
    pages.unwrap().map(Result::unwrap).collect()
}

#[tokio::test]
async fn states_that_the_disk_has_spoiled_are_gone_around() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let pages = with_snapshots(&path).await;
    assert!(pages.len() > 12, "{pages:?}");
    let (mut spoiled, all) = (0, [fact(1), fact(2), fact(3), fact(4)]);
    for page in pages {
        let copy = dir.path().join("copy.db");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[(page as usize - 1) * 4096..page as usize * 4096].fill(0xA5);
        std::fs::write(&copy, bytes).unwrap();

        let (journal, recovered) = open(&copy);
        assert_eq!(recovered.next_seq, 4, "page {page}");
        let last = Some(snapshot(4));
        written(
            &journal,
            Batch {
                snapshot: last.clone(),
                ..batch(vec![fact(4)])
            },
        )
        .await;
        journal.close().await;
        let (journal, again) = open(&copy);
        assert_eq!(again.next_seq, 5, "page {page}");
        journal.close().await;
        assert!(matches!(verify(&copy), Verdict::Whole { rows: 4, .. }), "page {page}");
        let is_spoiled = reader(&copy).snapshots_are_spoiled().unwrap();
        if is_spoiled {
            spoiled += 1;
            // The newest is gone on from where it can be read itself, and no other is written beside it.
            for (recovered, last) in [(recovered, 3), (again, 4)] {
                let newest = recovered.snapshot.map_or(0, |it| it.seq as usize);
                assert!(matches!(newest, 0 | 3), "page {page}: {newest}");
                assert_eq!(recovered.entries_after, all[newest..last], "page {page}");
            }
        } else {
            // Letters in the place of letters are for whoever reads the state.
            assert!(again.snapshot == last, "page {page}");
        }
        // It is put in nobody's place.
        let place = dir.path().join("place.db");
        let restored = surged::journal::restore(&copy, &place, "now", options().patience);
        assert_eq!(restored.is_err(), is_spoiled, "page {page}: {restored:?}");
        assert_eq!(place.exists(), !is_spoiled, "page {page}");
        let _ = std::fs::remove_file(&place);
    }
    assert!(spoiled > 3, "{spoiled}");
}

#[tokio::test]
async fn a_log_whose_entries_the_disk_has_spoiled_is_gone_on_from_as_far_as_it_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let all: Vec<Entry> = (1..=400).map(fact).collect();
    let (journal, _) = open(&path);
    for entries in all.chunks(40) {
        written(&journal, batch(entries.to_vec())).await;
    }
    journal.close().await;
    let pages: Vec<usize> = {
        let log = rusqlite::Connection::open(&path).unwrap();
        let mut pages = log
            .prepare("SELECT pageno FROM dbstat WHERE name = 'log' ORDER BY path")
            .unwrap();
        let pages = pages.query_map([], |row| Ok(row.get::<_, i64>(0)? as usize));
        pages.unwrap().map(Result::unwrap).collect()
    };
    assert!(pages.len() > 5, "{pages:?}");
    let mut kept = Vec::new();
    for page in pages {
        let copy = dir.path().join("copy.db");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[(page - 1) * 4096..page * 4096].fill(0xA5);
        std::fs::write(&copy, &bytes).unwrap();
        let why = Local::open(&copy, options()).unwrap_err();
        assert!(why.to_string().contains("damaged"), "{why}");
        let (journal, recovered) = Local::open_on_a_broken_disk(&copy, options(), why).unwrap();
        let last = recovered.entries_after.len();
        assert_eq!(recovered.entries_after, all[..last], "page {page}");
        assert_eq!(recovered.next_seq, 401, "no number is given twice");
        kept.push(last);
        // All that can be saved of it still can: nothing is written into it.
        let refused = journal.append(batch(vec![fact(401)])).await.unwrap().await.unwrap();
        assert!(refused.is_err(), "page {page}");
        let second = Local::open(&copy, options());
        assert!(matches!(second, Err(JournalError::InUse { .. })), "page {page}");
        journal.close().await;
        // But for SQLite's own counter of changes, in its head of 100 bytes.
        let after = std::fs::read(&copy).unwrap();
        assert!(after[100..] == bytes[100..], "page {page}");
    }
    kept.sort_unstable();
    assert!(kept.first() == Some(&0) && kept.last() > Some(&300), "{kept:?}");

    // What is no duty log is for somebody to look at.
    std::fs::write(
        &path,
        "a letter to the manager, or whatever else somebody has put there",
    )
    .unwrap();
    let why = Local::open(&path, options()).unwrap_err();
    let refused = Local::open_on_a_broken_disk(&path, options(), why).unwrap_err();
    assert!(refused.to_string().contains("not a database"), "{refused}");
}
