//! People are referred to, not named; somebody can be forgotten, and the chain stays whole.

use super::samples::{ELEVEN_FIVE, batch, fact, lin, snapshot};
use super::{every_kind, open, reader, refused, verify, written};
use std::path::Path;
use std::time::Duration;
use surged::core::ladder::Pool;
use surged::core::{Actor, Agent, AgentState, Answer, Input, InstructionId, Millis, Name, Plan, Reading, Time};
use surged::journal::{Batch, Entry, Forgotten, Journal, PersonId, Record, Snapshot, Verdict, forget};
use surged::words::Sentences;

pub const PATIENCE: Duration = Duration::from_secs(10);
pub const DAY: Millis = Millis(86_400_000);

pub fn entry(seq: u64, at: Time, record: Record) -> Entry {
    Entry {
        seq,
        at,
        record,
        unlogged: false,
    }
}

/// Somebody answers, with people of the plan.
pub fn done(seq: u64, at: Time, by: Actor, people: &[&str]) -> Entry {
    let people = people.iter().copied().map(Name::from).collect();
    let answer = Answer::Done {
        seats: None,
        people: Some(people),
        note: None,
    };
    let instruction = InstructionId(7);
    entry(
        seq,
        at,
        Record::Input(Input::Answer {
            sure: false,
            instruction,
            by,
            answer,
        }),
    )
}

pub fn token(name: &str, staff_no: &str) -> Actor {
    Actor {
        name: name.into(),
        staff_no: staff_no.into(),
        role: "supervisor".into(),
    }
}

pub fn forgets(path: &Path, who: &str) -> Forgotten {
    forget(path, who, ELEVEN_FIVE + DAY, PATIENCE).unwrap()
}

/// Who answered, and with whom, as a reader tells it.
pub fn told(path: &Path, seq: u64) -> String {
    let entries = reader(path).read(seq..=seq, 1).unwrap();
    Sentences::new(jiff::tz::TimeZone::UTC).record(&entries[0].record)
}

#[tokio::test]
async fn entries_and_snapshots_hold_no_names() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let entries = every_kind(&path).await;
    let (journal, _) = open(&path);
    let next = entries.len() as u64 + 1;
    let agents = vec![Agent {
        person: "E01".into(),
        state: AgentState::Busy,
    }];
    let reading = Reading {
        agents: Some(agents),
        ..Reading::of("inbound", 7)
    };
    let reading = entry(next, ELEVEN_FIVE, Record::Input(Input::Reading { reading }));
    let state = br#"{"stack":[{"parts":[{"people":["E01","E02"]}]}],"pause":{"by":{"name":"Lin","staff_no":"1042","role":"x"}}}"#;
    let snapshot = Snapshot {
        state: state.to_vec(),
        ..snapshot(next)
    };
    written(
        &journal,
        Batch {
            snapshot: Some(snapshot.clone()),
            ..batch(vec![reading.clone()])
        },
    )
    .await;
    // Everything comes back as it was.
    let (whole, all) = (
        journal.recover_before(0).await.unwrap(),
        [entries, vec![reading]].concat(),
    );
    assert_eq!(whole.entries_after, all);
    let kept = journal.recover_before(u64::MAX).await.unwrap().snapshot.unwrap();
    let value = |state: &[u8]| serde_json::from_slice::<serde_json::Value>(state).unwrap();
    assert_eq!(value(&kept.state), value(&snapshot.state));
    journal.close().await;

    let database = rusqlite::Connection::open(&path).unwrap();
    for column in [
        "SELECT CAST(body AS BLOB) FROM log",
        "SELECT body FROM packed",
        "SELECT state FROM snapshots",
    ] {
        let mut statement = database.prepare(column).unwrap();
        let bodies = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        let bodies: Vec<Vec<u8>> = bodies.map(Result::unwrap).collect();
        assert!(!bodies.is_empty(), "{column}");
        // The phone system, where it shows something, is nobody.
        for body in bodies
            .iter()
            .map(|body| String::from_utf8_lossy(body))
            .filter(|body| !body.contains("\"staff_no\":\"feed\""))
        {
            // Texts stand in a block without their quotes.
            let names = ["Lin", "1042", "E01", "E02", "E04"].map(|name| match column.contains("packed") {
                true => name.to_owned(),
                false => format!("\"{name}\""),
            });
            for name in names {
                assert!(!body.contains(&name), "{name}: {body}");
            }
        }
    }
    // Whoever is named again is the same person.
    let people: u32 = database
        .query_row("SELECT count(*) FROM person WHERE staff_no = 'E01'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(people, 1);
    assert!(matches!(verify(&path), Verdict::Whole { .. }));
}

#[tokio::test]
async fn what_only_looks_like_a_person_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (journal, _) = open(&path);
    // A queue, a pool and a ladder that are called as people are called elsewhere; a name that looks like a reference.
    let pools = [
        (
            "people".into(),
            Pool {
                people: vec!["#1".into(), "#2".into()],
                size_by: [("person".into(), 3), ("people".into(), 4)].into(),
                ..Pool::default()
            },
        ),
        ("person".into(), Pool::default()),
    ];
    let plan = Plan {
        pools: pools.into(),
        ..Plan::default()
    };
    let entries = vec![
        entry(1, Time(1), Record::Input(Input::Configured { plan: plan.into() })),
        done(2, Time(2), token("#3", "feed"), &["#1"]),
        done(
            3,
            Time(3),
            token("forgotten (person 1)", "forgotten (person 1)"),
            &["\"", "林"],
        ),
    ];
    written(&journal, batch(entries.clone())).await;
    assert_eq!(journal.recover_before(0).await.unwrap().entries_after, entries);
    journal.close().await;
}

#[tokio::test]
async fn a_batch_that_is_refused_leaves_nobody_behind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (daemon, _) = open(&path);
    let disordered = Batch {
        entries: vec![done(1, ELEVEN_FIVE, token("Ottoline", "S-4711"), &["E09"]), fact(3)],
        ..batch(vec![fact(1)])
    };
    refused(&daemon, disordered).await;
    written(
        &daemon,
        batch(vec![done(1, ELEVEN_FIVE, token("Ottoline", "S-4711"), &[])]),
    )
    .await;
    daemon.close().await;
    let database = rusqlite::Connection::open(&path).unwrap();
    let people: u32 = database
        .query_row("SELECT count(*) FROM person", [], |row| row.get(0))
        .unwrap();
    assert_eq!(people, 1);
    // The seal of the name is in the entry that was written.
    assert!(matches!(verify(&path), Verdict::Whole { rows: 1, .. }));
    let meddled = database.execute("UPDATE person SET name = 'Somebody'", []).unwrap();
    assert_eq!(meddled, 1);
    assert!(matches!(verify(&path), Verdict::NameChanged { .. }));
}

#[tokio::test]
async fn verify_tells_of_a_name_that_was_changed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (daemon, _) = open(&path);
    let entries = vec![
        done(1, ELEVEN_FIVE, lin(), &["E01"]),
        done(2, ELEVEN_FIVE, token("Wu", "1043"), &["E02"]),
    ];
    written(&daemon, batch(entries)).await;
    daemon.close().await;
    let database = rusqlite::Connection::open(&path).unwrap();
    let changed = |staff_no: &str, seq| {
        let sql = "SELECT id FROM person WHERE staff_no = ?1";
        let id: i64 = database.query_row(sql, [staff_no], |row| row.get(0)).unwrap();
        let person = PersonId(id.unsigned_abs());
        Verdict::NameChanged { person, seq }
    };
    let cases = [
        (
            "UPDATE person SET name = 'Wu', staff_no = '1043' WHERE staff_no = '1042'",
            changed("1042", 1),
        ),
        (
            "UPDATE person SET staff_no = 'E01' WHERE staff_no = 'E02'",
            changed("E02", 2),
        ),
        (
            "UPDATE person SET staff_no = NULL, name = NULL, salt = NULL, forgotten = 'asked', said = 1 WHERE staff_no = '1042'",
            changed("1042", 1),
        ),
        ("DELETE FROM person WHERE staff_no = '1043'", changed("1043", 2)),
        (
            "UPDATE person SET salt = randomblob(16) WHERE staff_no = 'E01'",
            changed("E01", 1),
        ),
    ];
    for (change, verdict) in cases {
        let copy = dir.path().join("copy.db");
        std::fs::copy(&path, &copy).unwrap();
        let meddler = rusqlite::Connection::open(&copy).unwrap();
        assert!(meddler.execute(change, []).unwrap() > 0, "{change}");
        assert_eq!(verify(&copy), verdict, "{change}");
        // Whoever reads it is told something, and start-up works.
        assert_eq!(reader(&copy).read(1..=9, 9).unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_log_of_before_is_read_as_it_is_and_its_snapshots_can_be_forgotten_from() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(include_str!("v2.sql")).unwrap();
    drop(old);
    // Looking at it changes nothing.
    assert_eq!(reader(&path).clear_to().unwrap(), Some(u64::MAX));
    assert!(told(&path, 3).starts_with("Lin (supervisor 1042) to instruction 7: done with 2 (E01, E02): E03 is ill"));
    assert!(matches!(verify(&path), Verdict::Whole { rows: 3, .. }));

    let (daemon, recovered) = open(&path);
    let state = String::from_utf8(recovered.snapshot.unwrap().state).unwrap();
    assert!(state.contains("\"Lin\"") && state.contains("\"E02\""), "{state}");
    assert_eq!(daemon.recover_before(0).await.unwrap().entries_after.len(), 3);
    written(&daemon, batch(vec![done(4, ELEVEN_FIVE, lin(), &["E01"])])).await;
    daemon.close().await;
    assert_eq!(reader(&path).clear_to().unwrap(), Some(3));
    let kept: String = rusqlite::Connection::open(&path)
        .unwrap()
        .query_row("SELECT CAST(state AS TEXT) FROM snapshots", [], |row| row.get(0))
        .unwrap();
    assert!(!kept.contains("Lin") && !kept.contains("E02"), "{kept}");

    let done_to = forgets(&path, "Lin");
    assert_eq!(done_to.mentions, (vec![3], 1), "it stands in clear where it is sealed");
    let (_daemon, recovered) = open(&path);
    let state = String::from_utf8(recovered.snapshot.unwrap().state).unwrap();
    assert!(
        !state.contains("Lin") && state.contains("forgotten (person "),
        "{state}"
    );
    assert!(told(&path, 3).starts_with("Lin "));
    assert!(told(&path, 4).starts_with("forgotten (person "));
    assert!(matches!(verify(&path), Verdict::Whole { rows: 5, .. }));
}
