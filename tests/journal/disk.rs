//! Disks that are locked, gone, damaged, or somebody else's; and many who append at once.

use super::samples::{batch, fact, options};
use super::{open, reader, refused, verify, written};
use std::path::Path;
use std::time::Duration;
use surged::core::Time;
use surged::journal::{Fault, Journal, JournalError, Local, NotTaken, Options, Reader, Refused, Verdict};

/// Another program that holds the database, until it is dropped.
fn somebody_else(path: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}

fn patient() -> Options {
    Options {
        patience: Duration::from_secs(30),
        ..options()
    }
}

/// Transactions in the write-ahead log: frames that end one bear the size of the database.
fn commits(path: &Path) -> usize {
    let wal = std::fs::read(path.with_extension("db-wal")).unwrap();
    let page = u32::from_be_bytes(wal[8..12].try_into().unwrap()) as usize;
    wal[32..]
        .chunks(24 + page)
        .filter(|frame| frame[4..8] != [0; 4])
        .count()
}

#[tokio::test]
async fn all_that_wait_share_one_flush_of_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = Local::open(&path, patient()).unwrap();
    written(&journal, batch(vec![fact(1)])).await;
    let before = commits(&path);

    let lock = somebody_else(&path);
    let waiting: Vec<_> = (2..=500)
        .map(|seq| journal.try_append(batch(vec![fact(seq)])).unwrap())
        .collect();
    drop(lock);
    for (receipt, seq) in waiting.into_iter().zip(2..) {
        assert_eq!(receipt.await.unwrap().unwrap().next_seq, seq + 1);
    }
    // At most what the thread had taken when the lock stopped it, and all the rest.
    assert!(commits(&path) - before <= 2, "{} transactions", commits(&path) - before);
}

#[tokio::test]
async fn many_appenders_at_once_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    let journal = std::sync::Arc::new(journal);
    let next = std::sync::Arc::new(tokio::sync::Mutex::new(1));
    let appenders: Vec<_> = (0..20)
        .map(|_| {
            let (journal, next) = (journal.clone(), next.clone());
            tokio::spawn(async move {
                for _ in 0..25 {
                    // The number and the place in the channel are taken together; the disk is waited for apart.
                    let mut seq = next.lock().await;
                    let receipt = journal.append(batch(vec![fact(*seq)])).await.unwrap();
                    *seq += 1;
                    drop(seq);
                    receipt.await.unwrap().unwrap();
                }
            })
        })
        .collect();
    for appender in appenders {
        appender.await.unwrap();
    }
    let entries = journal.read(1..=u64::MAX, 1000).await.unwrap();
    assert_eq!(entries, (1..=500).map(fact).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_full_channel_pushes_back_and_drops_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let options = Options {
        waiting_batches: 2,
        ..patient()
    };
    let (journal, _) = Local::open(&path, options).unwrap();
    let lock = somebody_else(&path);
    let mut receipts = Vec::new();
    let given_back = (1..1000).find_map(|seq| match journal.try_append(batch(vec![fact(seq)])) {
        Ok(receipt) => {
            receipts.push(receipt);
            None
        }
        Err(NotTaken::Full(batch)) => Some(batch),
        Err(other) => panic!("{other}"),
    });
    let given_back = given_back.expect("a stalled disk fills the channel");
    let seq = given_back.expected_seq;
    assert_eq!(given_back, batch(vec![fact(seq)]));
    drop(lock);
    for receipt in receipts {
        receipt.await.unwrap().unwrap();
    }
    assert_eq!(written(&journal, given_back).await.next_seq, seq + 1);
}

#[tokio::test]
async fn a_log_that_another_program_locks_gives_batches_back_until_it_lets_go() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    written(&journal, batch(vec![fact(1)])).await;
    let lock = somebody_else(&path);
    let why = refused(&journal, batch(vec![fact(2)])).await;
    assert!(
        matches!(
            &why,
            Refused::Storage {
                fault: Fault::Locked,
                ..
            }
        ),
        "{why:?}"
    );
    assert!(why.to_string().contains("another program"), "{why}");
    drop(lock);
    written(&journal, batch(vec![fact(2)])).await;
    assert_eq!(reader(&path).read(1..=9, 9).unwrap(), [fact(1), fact(2)]);
}

#[tokio::test]
async fn a_log_moved_away_under_the_daemon_is_noticed_and_goes_on_once_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let (path, away) = (dir.path().join("surged.db"), dir.path().join("away.db"));
    let (journal, _) = open(&path);
    written(&journal, batch(vec![fact(1)])).await;
    std::fs::rename(&path, &away).unwrap();
    let why = refused(&journal, batch(vec![fact(2)])).await;
    assert!(
        matches!(
            &why,
            Refused::Storage {
                fault: Fault::Moved,
                ..
            }
        ),
        "{why:?}"
    );
    // What was written last went with it.
    assert_eq!(reader(&away).read(1..=9, 9).unwrap(), [fact(1)]);
    std::fs::write(&path, b"").unwrap();
    let why = refused(&journal, batch(vec![fact(2)])).await;
    assert!(
        matches!(
            &why,
            Refused::Storage {
                fault: Fault::Moved,
                ..
            }
        ),
        "{why:?}"
    );
    std::fs::rename(&away, &path).unwrap();
    written(&journal, batch(vec![fact(2)])).await;
    journal.close().await;
    assert!(matches!(verify(&path), Verdict::Whole { rows: 2, .. }));
}

#[tokio::test]
async fn what_was_written_last_is_kept_where_its_log_is_not_there_at_the_start() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    written(&journal, batch(vec![fact(1)])).await;
    // As a kill leaves the two, one of them moved away since.
    let (new, moved) = (other.path().join("surged.db"), other.path().join("moved.db"));
    std::fs::copy(&path, &moved).unwrap();
    let wal = dir.path().join("surged.db-wal");
    std::fs::copy(&wal, other.path().join("surged.db-wal")).unwrap();
    let (begun, recovered) = open(&new);
    assert_eq!(recovered.next_seq, 1);
    written(&begun, batch(vec![fact(1), fact(2)])).await;
    begun.close().await;
    assert!(matches!(verify(&new), Verdict::Whole { rows: 2, .. }));
    std::fs::rename(other.path().join("surged.db-wal.1"), other.path().join("moved.db-wal")).unwrap();
    assert_eq!(reader(&moved).read(1..=9, 9).unwrap(), [fact(1)]);
    journal.close().await;
}

#[tokio::test]
async fn a_file_cut_short_or_overwritten_is_an_error_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    written(&journal, batch((1..=2000).map(fact).collect())).await;
    journal.close().await;
    let whole = std::fs::read(&path).unwrap();

    let (mut overwritten, mut zeroed) = (whole.clone(), whole.clone());
    let half = overwritten.len() / 2;
    overwritten[4096..half].fill(0x5a);
    zeroed[..4096].fill(0);
    let text = b"this was a shopping list, and it is longer than the header of a database would be, is it not? \
          apples, pears";
    let cases: [&[u8]; 7] = [
        &whole[..whole.len() / 2],
        &whole[..4096],
        &whole[..100],
        &whole[..20],
        text,
        &overwritten,
        &zeroed,
    ];
    for bytes in cases {
        std::fs::write(&path, bytes).unwrap();
        let error = Local::open(&path, options()).unwrap_err();
        let damaged = matches!(
            &error,
            JournalError::Storage {
                fault: Fault::Corrupt(_),
                ..
            }
        );
        assert!(damaged, "{} bytes: {error:?}", bytes.len());
        assert!(error.to_string().contains("put back a copy"), "{error}");
        // Callers come first: the plan is run all the same, unless the path is that of something else.
        match Local::open_on_a_broken_disk(&path, options(), error) {
            Ok((local, recovered)) => {
                assert!(recovered.damaged && bytes != text, "{} bytes", bytes.len());
                refused(&local, batch(vec![fact(recovered.next_seq)])).await;
                local.close().await;
            }
            Err(why) => assert!(bytes == text, "{} bytes: {why}", bytes.len()),
        }
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "it is left as it was");
    }
}

#[test]
fn what_is_not_ours_or_newer_than_we_know_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("crm.db");
    let crm = rusqlite::Connection::open(&path).unwrap();
    crm.execute_batch("CREATE TABLE customers (name)").unwrap();
    drop(crm);
    let error = Local::open(&path, options()).unwrap_err();
    assert!(matches!(error, JournalError::NotADutyLog { .. }), "{error:?}");

    let path = dir.path().join("surged.db");
    drop(open(&path));
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.execute("UPDATE meta SET schema = 99", []).unwrap();
    drop(newer);
    let error = Reader::open(&path, Duration::ZERO).unwrap_err().to_string();
    assert!(error.contains("schema 99") && error.contains("newer surged"), "{error}");

    let error = Reader::open(&dir.path().join("none.db"), Duration::ZERO).unwrap_err();
    assert!(matches!(error, JournalError::Missing { .. }), "{error:?}");
    let error = Local::open(&dir.path().join("no/such/surged.db"), options()).unwrap_err();
    assert!(
        matches!(
            &error,
            JournalError::Storage {
                fault: Fault::CannotOpen(_),
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.to_string().contains("directory must exist"), "{error}");
}

#[tokio::test]
async fn what_was_written_last_is_saved_when_its_file_is_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    written(&journal, batch(vec![fact(1)])).await;
    std::fs::remove_file(dir.path().join("surged.db-wal")).unwrap();
    let why = refused(&journal, batch(vec![fact(2)])).await;
    let moved = matches!(&why, Refused::Storage { fault, .. } if *fault == Fault::WalMoved);
    assert!(moved && why.to_string().contains("-wal"), "{why}");
    written(&journal, batch(vec![fact(2)])).await;
    journal.close().await;
    assert_eq!(reader(&path).read(1..=9, 9).unwrap(), [fact(1), fact(2)]);
    assert!(matches!(verify(&path), Verdict::Whole { rows: 2, .. }));
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_read_at_the_start_and_one_that_cannot_be_read_is_never_written() {
    let broken = |path: &Path| JournalError::Storage {
        path: path.to_owned(),
        fault: Fault::Full,
    };
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    written(&journal, batch(vec![fact(1), fact(2)])).await;
    journal.close().await;
    let (journal, recovered) = Local::open_on_a_broken_disk(&path, options(), broken(&path)).unwrap();
    assert_eq!((recovered.next_seq, recovered.entries_after.len()), (3, 2));
    // It is written as soon as it can be.
    written(&journal, batch(vec![fact(3)])).await;
    journal.close().await;

    // Nothing there yet: it begins.
    let new = dir.path().join("new.db");
    let (journal, recovered) = Local::open_on_a_broken_disk(&new, options(), broken(&new)).unwrap();
    assert_eq!(recovered.next_seq, 1);
    written(&journal, batch(vec![fact(1)])).await;
    journal.close().await;

    let damaged = dir.path().join("damaged.db");
    std::fs::write(&damaged, vec![0x5a; 8192]).unwrap();
    let (journal, recovered) = Local::open_on_a_broken_disk(&damaged, options(), broken(&damaged)).unwrap();
    assert_eq!(recovered.next_seq, 1);
    let why = refused(&journal, batch(vec![fact(1)])).await;
    assert!(
        why.to_string().contains("could not be read when surged started"),
        "{why}"
    );
    journal.close().await;
    assert_eq!(
        std::fs::read(&damaged).unwrap(),
        vec![0x5a; 8192],
        "it is left as it was"
    );

    // What is no fault of the disk keeps its words.
    let nowhere = dir.path().join("no/such/surged.db");
    let why = Local::open(&nowhere, options()).unwrap_err();
    assert!(Local::open_on_a_broken_disk(&nowhere, options(), why).is_err());
}

#[tokio::test]
async fn a_log_that_is_emptied_under_the_daemon_is_noticed_and_nothing_is_acknowledged_any_more() {
    for emptied in ["surged.db", "surged.db-wal"] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("surged.db");
        let (journal, _) = open(&path);
        written(&journal, batch(vec![fact(1)])).await;
        std::fs::File::create(dir.path().join(emptied)).unwrap();
        for _ in 0..2 {
            let why = refused(&journal, batch(vec![fact(2)])).await;
            let is_told = matches!(
                &why,
                Refused::Storage {
                    fault: Fault::Emptied,
                    ..
                }
            );
            assert!(is_told && why.to_string().contains("was emptied"), "{emptied}: {why:?}");
        }
        journal.close().await;
    }
}

#[tokio::test]
async fn a_copier_that_puts_the_wal_away_and_leaves_it_empty_is_no_fault() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    written(&journal, batch(vec![fact(1)])).await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    assert_eq!(std::fs::metadata(dir.path().join("surged.db-wal")).unwrap().len(), 0);
    for seq in 2..5 {
        written(&journal, batch(vec![fact(seq)])).await;
    }
    drop(other);
    journal.close().await;
    assert!(matches!(verify(&path), Verdict::Whole { rows: 4, .. }));
}

#[tokio::test]
async fn a_log_that_was_put_back_from_a_copy_has_another_name() {
    let dir = tempfile::tempdir().unwrap();
    let (path, copy) = (dir.path().join("surged.db"), dir.path().join("copy.db"));
    let (journal, _) = open(&path);
    written(&journal, batch(vec![fact(1)])).await;
    let patience = options().patience;
    surged::journal::backup(&path, &copy, patience).unwrap();
    written(&journal, batch(vec![fact(2)])).await;
    journal.close().await;
    let name = |path: &Path| reader(path).name(Time(0)).unwrap();
    assert_eq!((name(&path), name(&copy)), ("1".into(), "1".into()));
    surged::journal::restore(&copy, &path, "now", patience).unwrap();
    let restored = name(&path);
    assert!(restored.starts_with("1-"), "{restored}");
    // A start changes nothing of it.
    let (journal, recovered) = open(&path);
    assert_eq!(recovered.next_seq, 2);
    written(&journal, batch(vec![fact(2)])).await;
    journal.close().await;
    assert_eq!(name(&path), restored);
}
