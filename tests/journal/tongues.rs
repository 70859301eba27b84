//! Every record there is, said in Chinese: what surged says of it is Chinese throughout, and only what people wrote stays as they wrote it.

use super::words::records;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::path::PathBuf;
use surged::core::{Answer, Input, Instead, Order, Reason, Shortage, What};
use surged::journal::{Fact, Fault, JournalError, NotCopied, Record, Refused, Step};
use surged::words::{Language, Sentences};

/// The names of an enum's variants, and which one a value is. A new variant does not compile before it stands in the list, and what
/// stands in the list needs a record below.
macro_rules! variants {
    ($names:ident, $name:ident of $kind:ident: $($variant:ident)*) => {
        const $names: &[&str] = &[$(concat!(stringify!($kind), "::", stringify!($variant))),*];
        fn $name(it: &$kind) -> &'static str {
            match it {
                $($kind::$variant { .. } => concat!(stringify!($kind), "::", stringify!($variant)),)*
            }
        }
    };
}

variants!(INPUTS, input of Input: Configured LadderInForce FeedConnected FeedDisconnected Reading Heartbeat SourceLost QueueMissing
    StoodStill Delivery Answer Order);
variants!(ANSWERS, answer of Answer: Seen Done Declined Left Escalate);
variants!(ORDERS, order of Order: Call Approve Refuse Count Release Pause Resume Incident IncidentOver);
variants!(DECISIONS, decision of What: Instruct Settled Freed TierSkipped FeedLost BlindLong PassedUp Unanswered SurgeOver ApprovalAsked
    ApprovalLapsed NotShown Gone TakenAsLeft IncidentEnds Counted Resumed FeedBack Answered NobodyListening Paused Incident IncidentOver
    Approved ApprovalRefused OnlyMovesCounted LadderChanged);
variants!(REASONS, reason of Reason: WaitingAbove WaitingAtMost LongestWaitAbove WaitingPerSeatAbove ExpectedWaitAbove
    AnsweredShareBelow AnsweredShareAtLeast AbandonedShareAbove RisingAbove All Severe Incident MaxStay Order);
variants!(SHORTAGES, shortage of Shortage: NobodyToGive NoSeat Reserved Resting OffDuty Protected MaxBorrowed MaxMovesPerHour NobodyStays);
variants!(MISSES, miss of Instead: OtherSpelling OtherQueue Nameless);
variants!(FACTS, fact of Fact: Started Stopped ConfigChanged JournalFailing WentOutUnlogged ConfigRefused LoggedIn LoggedOut NotLetIn
    Forgotten Quieted QuietOver Handover Undelivered);
variants!(STEPS, step of Step: Begun Noted Settled TakenOver Signed Completed Withdrawn);

/// What people wrote in these records, and what they wrote of names that our tables have no word for; the rest is surged's own name,
/// and a key of the configuration.
const WRITTEN: &str = "e01 E01 E02 E03 E04 Lin vip hotline duty drill we can bear it reading for plain billing down training reset restarting went home is ill no one here \
    this token was revoked it answered line words d1 c0ffee passed_up surged keep_log";

#[test]
fn every_variant_of_a_record_is_among_these() {
    let mut found = BTreeSet::new();
    for (record, _) in records() {
        found.extend(variants_of(&record));
    }
    let all = [
        INPUTS, ANSWERS, ORDERS, DECISIONS, REASONS, SHORTAGES, MISSES, FACTS, STEPS,
    ];
    let missing: Vec<_> = all.concat().into_iter().filter(|it| !found.contains(it)).collect();
    assert!(missing.is_empty(), "give each a record in records(): {missing:?}");
}

#[test]
fn nothing_that_is_said_of_a_record_stays_english_in_chinese() {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let written: BTreeSet<&str> = WRITTEN.split_whitespace().collect();
    let mut english = Vec::new();
    for language in [Language::ZhHans, Language::ZhHant] {
        let words = Sentences::in_language(language, zone.clone());
        for (record, _) in records() {
            let said = words.record(&record);
            let left: Vec<&str> = said
                .split(|it: char| !(it.is_ascii_alphanumeric() || "-_".contains(it)))
                .filter(|it| it.contains(|it: char| it.is_ascii_alphabetic()) && !written.contains(it))
                .collect();
            if !left.is_empty() || said.contains(['{', '}']) {
                english.push(format!("{language:?} {}: {left:?} in {said}", record.kind()));
            }
        }
    }
    assert!(english.is_empty(), "{english:#?}");
}

#[test]
fn a_line_of_the_log_reads_in_every_language() {
    let (record, english) = super::decisions::instructions().remove(0);
    let record = super::words::decided(record);
    let said = |language| {
        let words = Sentences::in_language(language, TimeZone::UTC);
        words.record(&record)
    };
    assert_eq!(said(Language::En), english);
    assert_eq!(
        said(Language::ZhHans),
        "签入机动专家组：4 人（E01、E02、E03、E04） — 8 人等待，超过 5 人已持续 5:00（指令 7）"
    );
    assert_eq!(
        said(Language::ZhHant),
        "簽入機動專家組：4 人（E01、E02、E03、E04） — 8 人等候，超過 5 人已持續 5:00（指令 7）"
    );
}

#[test]
fn nothing_that_keeps_the_log_from_being_read_or_written_stays_english_in_chinese() {
    let path = PathBuf::from("/var/lib/surged/surged.db");
    let at = || path.clone();
    let faults = [
        Fault::Full,
        Fault::Locked,
        Fault::ReadOnly,
        Fault::Moved,
        Fault::Emptied,
        Fault::WalMoved,
        Fault::Unread("x".into()),
        Fault::CannotOpen("x".into()),
        Fault::Io("x".into()),
        Fault::Corrupt("x".into()),
        Fault::Other("x".into()),
    ];
    let by = |by: &str| JournalError::InUse {
        path: at(),
        by: by.to_owned(),
    };
    let mut said = vec![
        by(""),
        by(" (process 1234)"),
        JournalError::Missing { path: at() },
        JournalError::NotADutyLog { path: at() },
        JournalError::Newer {
            path: at(),
            found: 9,
            known: 6,
        },
        JournalError::Older { path: at(), found: 2 },
        JournalError::Entry {
            path: at(),
            seq: 7,
            why: "x".into(),
        },
    ];
    said.extend(faults.iter().map(|fault| JournalError::Storage {
        path: at(),
        fault: fault.clone(),
    }));
    let mut said: Vec<String> = said.iter().map(ToString::to_string).collect();
    let refused = faults.map(|fault| Refused::Storage { path: at(), fault }.to_string());
    said.extend(refused);
    said.extend([
        NotCopied::Exists { path: at() }.to_string(),
        NotCopied::NotWhole { path: at() }.to_string(),
    ]);
    // Names of things: files, commands, programs and keys.
    let names = "var lib surged db journal path x wal log verify --journal sqlite3 os error";
    let names: BTreeSet<&str> = names.split_whitespace().collect();
    for english in said {
        for language in [Language::ZhHans, Language::ZhHant] {
            let told = language.cause(&english);
            let left: Vec<&str> = told
                .split(|it: char| !(it.is_ascii_alphanumeric() || "-_".contains(it)))
                .filter(|it| it.contains(|it: char| it.is_ascii_alphabetic()))
                .filter(|it| !names.contains(it.trim_matches('-')) && !names.contains(it))
                .collect();
            assert!(left.is_empty(), "{language:?}: {left:?} in {told}");
        }
    }
}

fn variants_of(record: &Record) -> Vec<&'static str> {
    match record {
        Record::Input(it) => {
            let within = match it {
                Input::Answer { answer: it, .. } => Some(answer(it)),
                Input::Order { order: it, .. } => Some(order(it)),
                _ => None,
            };
            [input(it)].into_iter().chain(within).collect()
        }
        Record::Decision(it) => {
            let within = match &it.what {
                What::Instruct { instruction, .. } => reasons_of(&instruction.reason),
                What::TierSkipped { why, .. } => vec![shortage(why)],
                What::NotShown { near, .. } => near.iter().map(|it| miss(&it.instead)).collect(),
                _ => Vec::new(),
            };
            [decision(&it.what)].into_iter().chain(within).collect()
        }
        Record::Fact(it) => {
            let within = match it {
                Fact::Handover(handover) => Some(step(&handover.step)),
                _ => None,
            };
            [fact(it)].into_iter().chain(within).collect()
        }
    }
}

fn reasons_of(it: &Reason) -> Vec<&'static str> {
    let within = match it {
        Reason::All { all, .. } => all.iter().flat_map(reasons_of).collect(),
        Reason::Severe { why } => reasons_of(why),
        _ => Vec::new(),
    };
    [reason(it)].into_iter().chain(within).collect()
}
