//! A shift, and what one call of a tier did, read out of the log.

use super::decisions::{instruct, instruction, part};
use super::samples::{ELEVEN_FIVE, batch, inbound, lin};
use super::{open, reader, written};
use std::sync::Arc;
use surged::core::{
    Action, Answer, Decision, Input, Instruction, InstructionId, Judged, Millis, Plan, Reading, Reason, Time, What,
};
use surged::journal::{Entry, Journal, Reader, Record};
use surged::shift::{Doubt, Effect, Effects, effect_settled_by, in_force, summarise};

/// So many minutes after the shift's beginning.
fn minute(minutes: i64) -> Time {
    ELEVEN_FIVE + Millis::from_mins(minutes)
}

fn told(minutes: i64, input: Input) -> (Time, Record) {
    (minute(minutes), Record::Input(input))
}

fn reading(minutes: i64, queue: &str, waiting: u32) -> (Time, Record) {
    let reading = Reading::of(queue, waiting);
    told(minutes, Input::Reading { reading })
}

fn decided(minutes: i64, what: What) -> (Time, Record) {
    let (at, queue) = (minute(minutes), inbound());
    (at, Record::Decision(Decision { at, queue, what }))
}

fn paused(minutes: i64, reason: &str) -> (Time, Record) {
    let (by, until, reason) = (lin(), minute(600), reason.to_owned());
    decided(minutes, What::Paused { by, until, reason })
}

fn fault(minutes: i64) -> (Time, Record) {
    let (by, until, note) = (lin(), minute(600), "billing is down".to_owned());
    decided(minutes, What::Incident { by, note, until })
}

fn called(minutes: i64, id: u64) -> (Time, Record) {
    let reason = Reason::WaitingAbove {
        threshold: 5,
        held: Millis::from_mins(5),
        waiting: 8,
        judged: Judged::Every,
    };
    let given = instruction(Action::SignIn, "expert", vec![part("expert", 4, &[])], reason);
    let given = Instruction {
        id: InstructionId(id),
        at: minute(minutes),
        ..given
    };
    decided(minutes, instruct(given))
}

fn done(minutes: i64, id: u64) -> (Time, Record) {
    let (instruction, by) = (InstructionId(id), lin());
    let answer = Answer::Done {
        seats: Some(3),
        people: None,
        note: None,
    };
    decided(
        minutes,
        What::Answered {
            instruction,
            by,
            answer,
        },
    )
}

/// A log of these records, and what is in it.
async fn log(folder: &tempfile::TempDir, records: Vec<(Time, Record)>) -> (Reader, Vec<Entry>) {
    let path = folder.path().join("surged.db");
    let entries: Vec<Entry> = (1..)
        .zip(records)
        .map(|(seq, (at, record))| Entry {
            seq,
            at,
            record,
            unlogged: false,
        })
        .collect();
    let (journal, _) = open(&path);
    written(&journal, batch(entries.clone())).await;
    journal.close().await;
    (reader(&path), entries)
}

#[tokio::test]
async fn a_shift_is_what_lies_in_it_and_what_reaches_in_from_a_day_before() {
    let folder = tempfile::tempdir().unwrap();
    let day = 24 * 60;
    let (reader, _) = log(
        &folder,
        vec![
            fault(-day - 1),
            paused(-day, "a day before"),
            called(10, 1),
            reading(15, "inbound", 20),
            reading(16, "vip", 30),
            decided(20, What::SurgeOver { began: minute(10) }),
            reading(25, "inbound", 40),
            paused(30, "lunch"),
            called(60, 2),
        ],
    )
    .await;
    let summary = summarise(&reader, minute(0), minute(60), None).unwrap();
    let surges: Vec<(Time, Option<u32>)> = summary.surges.iter().map(|it| (it.began.0, it.peak)).collect();
    assert_eq!(
        surges,
        [(minute(10), Some(20))],
        "as many as waited on the queue while it lasted"
    );
    assert_eq!(
        (summary.instructions.issued, summary.upto),
        (1, 8),
        "its end is the next one's"
    );
    let from: Vec<Time> = summary.pauses.iter().map(|it| it.from.0).collect();
    assert_eq!(from, [minute(-day), minute(30)]);
    assert_eq!(summary.incidents, [], "it began too long ago");
    let earlier = summarise(&reader, minute(-day - 5), minute(0), None).unwrap();
    assert_eq!((earlier.pauses.len(), earlier.incidents.len()), (1, 1));
}

#[tokio::test]
async fn the_plan_and_the_ladders_of_a_moment_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let plan = || Input::Configured {
        plan: Arc::new(Plan::default()),
    };
    let ladder = |queue: &str, ladder: &str| Input::LadderInForce {
        queue: queue.into(),
        ladder: ladder.into(),
    };
    let (reader, entries) = log(
        &folder,
        vec![
            told(0, plan()),
            told(1, plan()),
            told(2, ladder("inbound", "day")),
            told(3, ladder("vip", "day")),
            told(4, ladder("inbound", "night")),
            reading(5, "inbound", 3),
            told(10, ladder("vip", "night")),
            told(11, plan()),
        ],
    )
    .await;
    let found = in_force(&reader, minute(10)).unwrap();
    let expected = [1, 4, 3].map(|place| entries[place].clone());
    assert_eq!(found, expected, "the plan first, then of each queue the last");
}

#[tokio::test]
async fn what_a_call_did_is_measured_once_its_window_is_over() {
    let story = || {
        vec![
            reading(-20, "inbound", 6),
            reading(-8, "vip", 50),
            called(0, 1),
            called(1, 2),
            done(2, 1),
            reading(4, "inbound", 4),
            reading(5, "vip", 60),
        ]
    };
    let folder = tempfile::tempdir().unwrap();
    let (reader, entries) = log(&folder, story()).await;
    assert_eq!(
        effect_settled_by(&reader, &entries[4]).unwrap(),
        None,
        "its window is not over"
    );
    let folder = tempfile::tempdir().unwrap();
    let over = vec![reading(7, "vip", 60)];
    let (reader, entries) = log(&folder, [story(), over].concat()).await;
    let effect = effect_settled_by(&reader, &entries[4]).unwrap().unwrap();
    assert_eq!(
        (effect.instruction, effect.seats, effect.called, effect.settled),
        (InstructionId(1), 3, minute(0), minute(2))
    );
    assert_eq!(
        (effect.before.caller_minutes, effect.after.caller_minutes),
        (5.0 * 6.0, 2.0 * 6.0 + 3.0 * 4.0),
        "of its own queue"
    );
    let others: Vec<&Entry> = entries.iter().filter(|it| it.seq != 5).collect();
    for entry in others {
        assert_eq!(
            effect_settled_by(&reader, entry).unwrap(),
            None,
            "{entry:?} settles nothing"
        );
    }
}

#[tokio::test]
async fn a_call_is_looked_for_a_day_back() {
    let day = 24 * 60;
    for (settled, measured) in [(day, true), (day + 1, false)] {
        let folder = tempfile::tempdir().unwrap();
        let records = vec![
            reading(-1, "inbound", 6),
            called(0, 1),
            done(settled, 1),
            reading(settled + 6, "inbound", 3),
        ];
        let (reader, entries) = log(&folder, records).await;
        let effect = effect_settled_by(&reader, &entries[2]).unwrap();
        assert_eq!(effect.is_some(), measured, "settled after {settled} minutes");
    }
}

/// The log is asked for what lies around a call, and whoever goes through all of it sees the same.
#[tokio::test]
async fn what_is_looked_up_of_a_call_is_what_the_whole_log_tells_of_it() {
    let plan = Arc::new(Plan::default());
    let changed = |at| told(at, Input::Configured { plan: plan.clone() });
    let stood_still = |at| told(at, Input::StoodStill { until: minute(at + 1) });
    let lost = |at| decided(at, What::FeedLost { why: "silence".into() });
    let back = |at| {
        let (blind, anew) = (Millis::from_mins(1), false);
        decided(at, What::FeedBack { blind, anew })
    };
    let (unusual, unseen) = (vec![Doubt::Unusual], vec![Doubt::Unseen]);
    let cases = [
        ("nothing else", vec![], vec![]),
        ("a plan before", vec![changed(-6)], vec![]),
        ("another plan", vec![changed(-1)], unusual.clone()),
        ("another plan before the people came", vec![changed(1)], unusual.clone()),
        ("another plan after they came", vec![changed(3)], unusual),
        ("nothing ran", vec![stood_still(3)], unseen.clone()),
        ("nothing ran, from before on", vec![stood_still(-8)], unseen.clone()),
        (
            "nothing ran before, and it was seen again",
            vec![stood_still(-9), reading(-8, "inbound", 6)],
            vec![],
        ),
        ("blind from before on", vec![lost(-8)], unseen.clone()),
        ("blind before, and a sign of life", vec![lost(-8), back(-7)], vec![]),
        ("a sign of life in the window", vec![lost(-8), back(-3)], unseen),
    ];
    for (what, between, doubts) in cases {
        let mut records = vec![
            reading(-20, "inbound", 6),
            called(0, 1),
            done(2, 1),
            reading(4, "inbound", 4),
            reading(8, "vip", 60),
        ];
        records.extend(between);
        records.sort_by_key(|(at, _)| *at);
        let folder = tempfile::tempdir().unwrap();
        let (reader, entries) = log(&folder, records).await;
        let mut whole = Effects::default();
        entries.iter().for_each(|entry| whole.take(entry));
        let whole: Vec<Effect> = std::iter::from_fn(|| whole.poll()).collect();
        assert_eq!(whole.len(), 1, "{what}");
        assert_eq!(whole[0].doubts, doubts, "{what}");
        let looked = entries
            .iter()
            .filter_map(|entry| effect_settled_by(&reader, entry).unwrap());
        assert_eq!(looked.collect::<Vec<Effect>>(), whole, "{what}");
    }
}
