//! The log of an earlier version opens, is shown, and leaves the floor as it left it.

use super::{open, verify};
use std::io::Read;
use surged::core::Core;
use surged::journal::{Batch, Entry, Journal, Verdict};
use surged::wire::ServerMessage;
use surged::words::Sentences;

/// A day of the demo as 0.1.0 wrote it, of 28 November 2026: made by that program, with orders by hand, answers, a count of the floor, a
/// hand-over that was begun, and a configuration that was refused, all over its own sockets.
pub fn third_schema() -> String {
    unpacked(include_bytes!("v3.sql.gz"))
}

fn unpacked(packed: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn a_log_of_the_third_schema_leaves_the_floor_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    // In one transaction: thousands of lines would each wait for the disk.
    old.execute_batch(&format!("BEGIN;\n{}COMMIT;", third_schema()))
        .unwrap();
    drop(old);
    assert!(matches!(verify(&path), Verdict::Whole { rows: 120, .. }));

    let (journal, recovered) = open(&path);
    assert_eq!(recovered.next_seq, 7_491);
    let whole = journal.recover_before(0).await.unwrap();
    let words = Sentences::new(jiff::tz::TimeZone::UTC);
    for entry in &whole.entries_after {
        assert!(!words.record(&entry.record).is_empty(), "{entry:?}");
    }
    let refused: Vec<String> = (whole.entries_after.iter())
        .filter(|entry| entry.record.kind() == "config_refused")
        .filter_map(|entry| Some(ServerMessage::of(entry)?.encode()))
        .collect();
    assert!(
        refused.len() > 3
            && refused
                .iter()
                .all(|text| text.contains("\"problems\":[\"surged.toml:89:1: "))
    );

    let mut core = Core::new(whole.entries_after[0].at);
    for entry in whole.entries_after {
        entry.recall(&mut core);
    }
    core.recalled();
    let view = core.view(&"inbound".into()).unwrap();
    let moves: Vec<(u64, &str, u32)> = (view.moves.iter())
        .map(|one| {
            let seats = one.parts.iter().map(|part| part.seats).sum();
            (one.instruction.0, one.tier.as_str(), seats)
        })
        .collect();
    // As that version's own page showed it, started on this log.
    assert_eq!(
        moves,
        [
            (9, "expert", 3),
            (10, "outbound", 3),
            (11, "quality", 3),
            (12, "back_office", 3)
        ]
    );
    assert_eq!(view.ladder.as_ref().map(|it| it.as_str()), Some("night"));
    assert!(core.open_instructions().is_empty());
    journal.close().await;
}

/// A surge of the demo, of 29 November 2026, whose daemon was ended by kill -9 when all were back.
#[tokio::test]
async fn a_log_of_the_fourth_schema_has_all_its_readings_and_goes_on() {
    let core = goes_on(include_bytes!("v4.sql.gz"), 50, 3_537).await;
    assert!(core.open_instructions().is_empty() && core.view(&"inbound".into()).unwrap().moves.is_empty());
}

/// The same, of a daemon that found hand-overs by a list of words and gave blocks of readings no sum.
#[tokio::test]
async fn a_log_of_the_fifth_schema_has_all_its_readings_and_goes_on() {
    let core = goes_on(include_bytes!("v5.sql.gz"), 86, 9_385).await;
    let open = core.open_instructions();
    assert_eq!(open.iter().map(|one| one.instruction.id.0).collect::<Vec<_>>(), [13]);
}

/// Opens a log that is whole, of so many rows beside its readings, and has its last block of readings go on; the core as it left it.
async fn goes_on(packed: &[u8], of_rows: u64, next: u64) -> Core {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    let text = unpacked(packed);
    old.execute_batch(&format!("BEGIN;\n{text}COMMIT;")).unwrap();
    drop(old);
    assert!(matches!(verify(&path), Verdict::Whole { rows, .. } if rows == of_rows));

    let (journal, recovered) = open(&path);
    assert_eq!(recovered.next_seq, next);
    let whole = journal.recover_before(0).await.unwrap().entries_after;
    let numbers: Vec<u64> = whole.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..next).collect::<Vec<u64>>());
    let at = whole.last().unwrap().at;
    let reading = whole.iter().rfind(|entry| entry.record.is_reading()).unwrap().clone();
    let mut core = Core::new(whole[0].at);
    whole.into_iter().for_each(|entry| entry.recall(&mut core));
    core.recalled();

    let batch = Batch {
        expected_seq: next,
        entries: vec![Entry {
            seq: next,
            at,
            ..reading
        }],
        snapshot: None,
    };
    journal.append(batch.clone()).await.unwrap().await.unwrap().unwrap();
    assert_eq!(journal.read(next..=next, 2).await.unwrap(), batch.entries);
    journal.close().await;
    core
}
