//! What went out before it was written down, and is said behind it to have: whoever reads the entry is told so.

use super::samples::{batch, entries, entry, fact};
use super::{open, reader, walked, written};
use surged::core::Time;
use surged::journal::{Entry, Fact, Journal, JournalError, Look, Record, Select};

#[tokio::test]
async fn what_is_said_behind_an_instruction_is_told_with_it_whatever_way_it_is_read() {
    let instruction = entries()
        .into_iter()
        .find(|entry| entry.record.is_instruction())
        .unwrap();
    let told = |seq: u64, unlogged: bool| Entry {
        unlogged,
        ..entry(seq, Time(seq as i64), instruction.record.clone())
    };
    let behind = Record::Fact(Fact::WentOutUnlogged { entries: vec![2, 3] });
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    // The third bears its mark itself; the fourth went out in order.
    let mut all = vec![fact(1), told(2, false), told(3, true), told(4, false)];
    all.extend((5..5_000).map(fact));
    for entries in [&all[..4], &all[4..4_000]] {
        written(&journal, batch(entries.to_vec())).await;
    }
    written(&journal, batch(vec![entry(4_001, Time(4_001), behind)])).await;
    let from = journal.read(1..=4, 9).await.unwrap();
    journal.close().await;
    let marked = |entries: &[Entry]| -> Vec<bool> { entries.iter().map(|it| it.unlogged).collect() };
    let wanted = [false, true, true, false];
    assert_eq!(marked(&from), wanted);
    let log = reader(&path);
    assert_eq!(marked(&log.read(1..=4, 9).unwrap()), wanted);
    let look = Look {
        before: Some(5),
        ..Look::default()
    };
    assert_eq!(marked(&log.look(&look, 9).unwrap().entries), wanted);
    let mut visited = Vec::new();
    let select = Select {
        until: Some(Time(5)),
        ..Select::default()
    };
    let visit = log.visit(&select, |entry| {
        visited.push(entry);
        Ok::<(), JournalError>(())
    });
    visit.unwrap();
    assert_eq!(marked(&visited), wanted);
    let newest = log
        .newest(10_000, |entry| (entry.seq <= 4).then_some(entry.unlogged))
        .unwrap();
    assert_eq!(newest, wanted);
    let walk = reader(&path).walk(1..=4).unwrap();
    assert_eq!(marked(&Vec::from_iter(walked(walk))), wanted);
}
