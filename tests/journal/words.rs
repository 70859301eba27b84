//! One record of every kind, and more where there is more to say, each with its sentence.

use super::decisions::{decisions, instructions, judgements, said_aloud};
use super::samples::{ELEVEN_FIVE, inbound, lin};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::sync::Arc;
use surged::core::{Answer, Decision, Input, InstructionId, Millis, Name, Order, Plan, Reading, What};
use surged::journal::{Fact, Forgetting, PersonId, Record, Way};
use surged::words::Sentences;

#[test]
fn every_kind_of_record_has_its_sentence() {
    let words = Sentences::new(TimeZone::get("Asia/Shanghai").unwrap());
    let records = records();
    for (record, sentence) in &records {
        assert_eq!(words.record(record), *sentence);
    }
    let kinds: BTreeSet<&str> = records.iter().map(|(it, _)| it.kind()).collect();
    // 12 inputs, 27 decisions, 13 facts, 7 steps of a hand-over: no two share a word.
    assert_eq!(kinds.len(), 59, "{kinds:?}");
}

/// What happened, and how it is said in Shanghai.
pub fn records() -> Vec<(Record, &'static str)> {
    let started = Fact::Started {
        version: "0.1.0".into(),
        boot_id: "boot-1".into(),
        uptime: Millis(0),
        config_hash: "c0ffee".into(),
    };
    let ladder = Input::LadderInForce {
        queue: inbound(),
        ladder: "day".into(),
    };
    let reading = Reading {
        longest_wait: Some(Millis(41_000)),
        signed_in: Some(46),
        paused: Some(2),
        ..Reading::of("inbound", 7)
    };
    let mut records = vec![
        (Record::Fact(started), "surged 0.1.0 started, configuration c0ffee"),
        (Record::Input(ladder), "the calendar puts ladder day in force"),
        (
            Record::Input(Input::Reading { reading }),
            "7 waiting, longest 0:41, 46 signed in, 2 paused",
        ),
        (Record::Fact(Fact::Stopped), "surged stopped in good order"),
        (
            Record::Fact(Fact::ConfigRefused {
                problems: vec!["line 3".into()],
            }),
            "changed configuration refused, the one before stays in force: line 3",
        ),
        (
            Record::Fact(Fact::Undelivered {
                webhook: "duty".into(),
                seq: 41,
                kind: "passed_up".into(),
                attempts: 21,
                why: "it answered 503".into(),
            }),
            "webhook duty could not tell of passed_up (entry 41), tried 21 times: it answered 503",
        ),
    ];
    records.extend(people().into_iter().map(|(fact, words)| (Record::Fact(fact), words)));
    records.extend(inputs().into_iter().map(|(it, words)| (Record::Input(it), words)));
    records.extend(orders().into_iter().map(|(order, words)| {
        let by = lin();
        (Record::Input(Input::Order { by, order }), words)
    }));
    let decisions = instructions()
        .into_iter()
        .chain(judgements())
        .chain(decisions())
        .chain(said_aloud());
    records.extend(decisions.map(|(what, words)| (decided(what), words)));
    records.extend(super::handover::steps());
    records.extend(super::rarer::rarer());
    let until = ELEVEN_FIVE;
    records.push((
        Record::Input(Input::StoodStill { until }),
        "nothing ran from here on until 2026-11-02 11:05:00.000+08:00: a stop, a suspend, or a process that was paused; queues are \
         looked at anew",
    ));
    records.push((
        Record::Fact(Fact::WentOutUnlogged { entries: vec![7, 9] }),
        "told before the disk had taken them, which was too slow: the instructions of entries 7, 9",
    ));
    records
}

/// A decision on the inbound queue.
pub fn decided(what: What) -> Record {
    let (at, queue) = (ELEVEN_FIVE, inbound());
    Record::Decision(Decision { at, queue, what })
}

/// Who came and went, and who was forgotten.
fn people() -> Vec<(Fact, &'static str)> {
    let came = |way| Fact::LoggedIn { by: lin(), way };
    let left = |why: Option<&str>| Fact::LoggedOut {
        by: lin(),
        why: why.map(str::to_owned),
    };
    let not_let_in = |from: Option<&str>, times| Fact::NotLetIn {
        from: from.map(str::to_owned),
        times,
        why: "this token was revoked".into(),
    };
    let forgotten = |ids: &[u64], why| Fact::Forgotten {
        persons: ids.iter().copied().map(PersonId).collect(),
        why,
    };
    vec![
        (
            came(Way::Socket),
            "Lin (supervisor 1042) logged in on the floor's socket",
        ),
        (came(Way::Http), "Lin (supervisor 1042) logged in over HTTP"),
        (left(None), "Lin (supervisor 1042) logged out"),
        (
            left(Some("too_slow")),
            "Lin (supervisor 1042) was logged out: their page was too slow to take what it was told",
        ),
        (
            not_let_in(Some("192.0.2.7"), 1),
            "not let in from 192.0.2.7: this token was revoked",
        ),
        (
            not_let_in(None, 12),
            "not let in from many other addresses 12 times: this token was revoked",
        ),
        (
            forgotten(&[17, 23], Forgetting::Asked),
            "the log has forgotten who these are: person 17, person 23; as an operator asked",
        ),
        (
            forgotten(&[17], Forgetting::Unnamed),
            "the log has forgotten who these are: person 17; not named for as long as keep_log says",
        ),
    ]
}

fn inputs() -> Vec<(Input, &'static str)> {
    let feed = Name::from("hotline");
    let answer = |answer| Input::Answer {
        sure: false,
        instruction: InstructionId(7),
        by: lin(),
        answer,
    };
    vec![
        (
            Input::Configured {
                plan: Arc::new(Plan::default()),
            },
            "plan in force: 0 queues, 0 pools, 0 ladders",
        ),
        (Input::FeedConnected { feed: feed.clone() }, "feed hotline connected"),
        (
            Input::FeedDisconnected {
                feed: feed.clone(),
                why: "reset".into(),
            },
            "feed hotline lost its connection: reset",
        ),
        (
            Input::Heartbeat { feed: feed.clone() },
            "feed hotline is alive, nothing changed",
        ),
        (
            Input::SourceLost {
                feed,
                why: "restarting".into(),
            },
            "feed hotline has lost sight of its queues: restarting",
        ),
        (
            Input::QueueMissing { queue: inbound() },
            "the phone system no longer reports queue inbound",
        ),
        (
            Input::Delivery {
                instruction: InstructionId(7),
                reached: true,
            },
            "instruction 7 reached the floor",
        ),
        (
            Input::Delivery {
                instruction: InstructionId(7),
                reached: false,
            },
            "instruction 7 reached nobody",
        ),
        (
            answer(Answer::Seen { eta: None }),
            "Lin (supervisor 1042) to instruction 7: seen, takes it",
        ),
        (
            answer(Answer::Done {
                seats: Some(2),
                people: Some(vec!["E01".into(), "E02".into()]),
                note: Some("E03 is ill".into()),
            }),
            "Lin (supervisor 1042) to instruction 7: done with 2 (E01, E02): E03 is ill",
        ),
        (
            answer(Answer::Left {
                people: vec!["E02".into()],
                seats: None,
                reason: "went home".into(),
            }),
            "Lin (supervisor 1042) to instruction 7: E02 left: went home",
        ),
        (
            answer(Answer::Escalate {
                note: "no one here".into(),
            }),
            "Lin (supervisor 1042) to instruction 7: passed up: no one here",
        ),
    ]
}

fn orders() -> Vec<(Order, &'static str)> {
    let queue = inbound();
    vec![
        (
            Order::Call {
                hold: None,
                seats: None,
                queue: queue.clone(),
                tier: Some("quality".into()),
            },
            "Lin (supervisor 1042) orders: call quality now",
        ),
        (
            Order::Release {
                queue: queue.clone(),
                instruction: InstructionId(7),
            },
            "Lin (supervisor 1042) orders: take back the people of instruction 7 now",
        ),
        (
            Order::Pause {
                queue: queue.clone(),
                lasting: Millis::from_mins(90),
                reason: "drill".into(),
            },
            "Lin (supervisor 1042) orders: pause for 1:30:00: drill",
        ),
        (
            Order::Resume { queue: queue.clone() },
            "Lin (supervisor 1042) orders: end the pause",
        ),
        (
            Order::Incident {
                queue: queue.clone(),
                note: "billing down".into(),
                until: ELEVEN_FIVE,
            },
            "Lin (supervisor 1042) orders: an incident is known, expected until 2026-11-02 11:05:00.000+08:00: \
             billing down",
        ),
        (
            Order::IncidentOver { queue },
            "Lin (supervisor 1042) orders: the incident is over",
        ),
    ]
}
