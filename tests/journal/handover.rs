//! The steps of a hand-over in the log, and looking things up in it.

use super::samples::{ELEVEN_FIVE, batch, fact, inbound, lin, reading};
use super::words::records;
use super::{every_kind, open, written};
use jiff::tz::TimeZone;
use std::time::Duration;
use surged::core::{Action, InstructionId, Millis};
use surged::journal::Journal;
use surged::journal::{Fact, GROUPS, Group, Handover, Item, ItemKind, LIMIT_LOOKED, Look, Reader, Record, Side, Step};
use surged::shift::Matters;
use surged::words::Sentences;

/// Every step, and how it is said in Shanghai.
pub fn steps() -> Vec<(Record, &'static str)> {
    let item = Item {
        key: "instruction-7".into(),
        kind: ItemKind::Move,
        queue: inbound(),
        instruction: Some(InstructionId(7)),
        action: Some(Action::SignIn),
        tier: Some("expert".into()),
        seats: Some(4),
        note: None,
        at: Some(ELEVEN_FIVE),
    };
    let digest = || "d1".to_owned();
    let note = || "words".to_owned();
    let steps = [
        (
            Step::Begun {
                from: ELEVEN_FIVE - Millis::from_mins(60),
                to: ELEVEN_FIVE,
                upto: 9,
                digest: digest(),
                items: vec![item],
            },
            "Lin (supervisor 1042): hand-over 3 drawn up for 2026-11-02 10:05:00.000+08:00 to 2026-11-02 11:05:00.000+08:00 \
             (entries up to 9, summary d1); open: inbound: 4 of expert away from their own \
             place since 2026-11-02 11:05:00.000+08:00",
        ),
        (
            Step::Noted { note: note() },
            "Lin (supervisor 1042): note to hand-over 3: words",
        ),
        (
            Step::Settled {
                item: "pause-inbound".into(),
                note: note(),
            },
            "Lin (supervisor 1042): hand-over 3: the pause of inbound is settled: words",
        ),
        (
            Step::TakenOver {
                items: vec!["instruction-7".into(), "blind-inbound".into()],
            },
            "Lin (supervisor 1042): hand-over 3: takes over instruction 7, that inbound cannot be seen",
        ),
        (
            Step::Signed {
                side: Side::Leaving,
                digest: digest(),
            },
            "Lin (supervisor 1042): hand-over 3 signed as the one leaving (summary d1)",
        ),
        (
            Step::Completed,
            "Lin (supervisor 1042): hand-over 3 is complete: both have signed",
        ),
        (
            Step::Withdrawn { note: note() },
            "Lin (supervisor 1042): hand-over 3 set aside: words",
        ),
    ];
    let record = |(step, words)| {
        let handover = Handover {
            id: 3,
            by: lin(),
            unproven: false,
            step,
        };
        (Record::Fact(Fact::Handover(handover)), words)
    };
    steps.into_iter().map(record).collect()
}

#[tokio::test]
async fn later_steps_name_their_matters_as_the_first_tells_them() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let entries = every_kind(&path).await;
    let reader = Reader::open(&path, Duration::ZERO).unwrap();
    let taken = entries.iter().find_map(|entry| match &entry.record {
        Record::Fact(Fact::Handover(step)) if matches!(step.step, Step::TakenOver { .. }) => Some((step, entry.seq)),
        _ => None,
    });
    let (taken, seq) = taken.unwrap();
    let words = Sentences::new(TimeZone::UTC);
    let said = |step: &Handover| words.handed(step, Matters::default().of(&reader, step, seq).unwrap());
    assert_eq!(
        said(taken),
        "Lin (supervisor 1042): hand-over 3: takes over Sign in 4 · expert for inbound, that inbound cannot be seen"
    );
    // Where it was drawn up is not in the log any more.
    let later = Handover { id: 4, ..taken.clone() };
    assert_eq!(
        said(&later),
        "Lin (supervisor 1042): hand-over 4: takes over instruction 7, that inbound cannot be seen"
    );
}

#[test]
fn every_kind_is_in_exactly_one_group() {
    for (record, _) in records() {
        let kind = record.kind();
        let groups = GROUPS.iter().filter(|group| group.kinds.contains(&kind));
        assert_eq!(groups.count(), 1, "{kind}");
        assert_eq!(Group::named(kind), [kind]);
    }
    assert!(Group::named("gossip").is_empty());
}

#[tokio::test]
async fn what_is_looked_for_is_found_from_either_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let entries = every_kind(&path).await;
    let reader = Reader::open(&path, Duration::ZERO).unwrap();
    let all = reader.look(&Look::default(), usize::MAX).unwrap();
    assert_eq!((all.entries.as_slice(), all.more), (&entries[..], false));
    let newest = Look {
        newest: true,
        ..Look::default()
    };
    let two = reader.look(&newest, 2).unwrap();
    let last = entries.len() as u64;
    assert_eq!((two.entries[0].seq, two.next, two.more), (last, Some(last - 1), true));
    // From the fourth entry's time on, before the ninth's.
    let between = Look {
        from: Some(entries[3].at),
        until: Some(entries[8].at),
        ..Look::default()
    };
    let found: Vec<u64> = reader
        .look(&between, 100)
        .unwrap()
        .entries
        .iter()
        .map(|it| it.seq)
        .collect();
    assert_eq!(found, [4, 5, 6, 7, 8]);
    let before_all = Look {
        until: Some(entries[0].at),
        ..Look::default()
    };
    assert_eq!(reader.look(&before_all, 100).unwrap().entries, []);
}

#[tokio::test]
async fn a_question_that_finds_nothing_ends_and_says_where_to_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    let rows = LIMIT_LOOKED as u64 + 5;
    let mut entries: Vec<_> = (1..rows).map(|seq| reading(seq, "inbound", 1)).collect();
    entries.push(fact(rows));
    written(&journal, batch(entries)).await;
    journal.close().await;
    let reader = Reader::open(&path, Duration::ZERO).unwrap();
    let mut look = Look {
        text: Some(format!("entry {rows}")),
        ..Look::default()
    };
    let words = surged::words::Sentences::new(jiff::tz::TimeZone::UTC);
    let first = reader.look_in_words(&look, 10, |record| words.record(record)).unwrap();
    assert_eq!(
        (first.entries.len(), first.next, first.more),
        (0, Some(LIMIT_LOOKED as u64), true)
    );
    look.after = first.next.unwrap();
    let second = reader.look_in_words(&look, 10, |record| words.record(record)).unwrap();
    assert_eq!((second.entries[0].seq, second.more), (rows, false));
}
