//! Entries to write.

use super::words::records;
use std::time::Duration;
use surged::core::{Actor, Input, Millis, Name, Reading, Time};
use surged::journal::{Batch, Entry, Fact, Options, Record, Snapshot};

/// 2026-11-02 03:05:00 UTC, 11:05 in Shanghai.
pub const ELEVEN_FIVE: Time = Time(1_793_588_700_000);

/// Does not wait long for a lock.
pub fn options() -> Options {
    Options {
        patience: Duration::from_millis(20),
        ..Options::default()
    }
}

pub fn batch(entries: Vec<Entry>) -> Batch {
    Batch {
        expected_seq: entries[0].seq,
        entries,
        snapshot: None,
    }
}

pub fn fact(seq: u64) -> Entry {
    entry(
        seq,
        Time(seq as i64),
        Record::Fact(Fact::ConfigRefused {
            problems: vec![format!("entry {seq}")],
        }),
    )
}

pub fn reading(seq: u64, queue: &str, waiting: u32) -> Entry {
    let reading = Reading::of(queue, waiting);
    entry(seq, Time(seq as i64), Record::Input(Input::Reading { reading }))
}

pub fn snapshot(seq: u64) -> Snapshot {
    Snapshot {
        seq,
        at: Time(seq as i64),
        version: 1,
        state: format!("{{\"state\":{seq}}}").into_bytes(),
    }
}

/// One entry of every kind, and more where there is more to say.
pub fn entries() -> Vec<Entry> {
    let records = records().into_iter().zip(1..);
    records
        .map(|((record, _), seq)| Entry {
            unlogged: seq % 5 == 0,
            ..entry(seq, ELEVEN_FIVE + Millis(seq as i64), record)
        })
        .collect()
}

pub fn entry(seq: u64, at: Time, record: Record) -> Entry {
    Entry {
        seq,
        at,
        record,
        unlogged: false,
    }
}

pub fn inbound() -> Name {
    "inbound".into()
}

pub fn lin() -> Actor {
    Actor {
        name: "Lin".into(),
        staff_no: "1042".into(),
        role: "supervisor".into(),
    }
}
