//! People are referred to, not named; somebody can be forgotten, and the chain stays whole.

use super::samples::{ELEVEN_FIVE, batch, fact, inbound, lin, options, snapshot};
use super::{every_kind, open, reader, refused, verify, written};
use std::path::Path;
use std::time::Duration;
use surged::core::ladder::Pool;
use surged::core::{Actor, Agent, AgentState, Answer, Input, InstructionId, Millis, Name, Order, Plan, Reading, Time};
use surged::journal::{
    Batch, Entry, Fact, Forgetting, Forgotten, Journal, JournalError, Local, NotForgotten, PersonId, Record, Snapshot,
    Verdict, Words, forget,
};

const PATIENCE: Duration = Duration::from_secs(10);
const DAY: Millis = Millis(86_400_000);

fn entry(seq: u64, at: Time, record: Record) -> Entry {
    Entry {
        seq,
        at,
        record,
        unlogged: false,
    }
}

/// Somebody answers, with people of the plan.
fn done(seq: u64, at: Time, by: Actor, people: &[&str]) -> Entry {
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
            instruction,
            by,
            answer,
        }),
    )
}

fn token(name: &str, staff_no: &str) -> Actor {
    Actor {
        name: name.into(),
        staff_no: staff_no.into(),
        role: "supervisor".into(),
    }
}

fn forgotten(ids: &[u64], why: Forgetting) -> Fact {
    Fact::Forgotten {
        persons: ids.iter().copied().map(PersonId).collect(),
        why,
    }
}

fn forgets(path: &Path, who: &str) -> Forgotten {
    forget(path, who, ELEVEN_FIVE + DAY, PATIENCE).unwrap()
}

/// Who answered, and with whom, as a reader tells it.
fn told(path: &Path, seq: u64) -> String {
    let entries = reader(path).read(seq..=seq, 1).unwrap();
    Words::new(jiff::tz::TimeZone::UTC).record(&entries[0].record)
}

/// Every byte of the log and its companions.
fn bytes(path: &Path) -> Vec<u8> {
    let folder = std::fs::read_dir(path.parent().unwrap()).unwrap();
    folder
        .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|it| it == text.as_bytes())
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
        "SELECT body FROM log",
        "SELECT body FROM readings",
        "SELECT CAST(state AS TEXT) FROM snapshots",
    ] {
        let mut statement = database.prepare(column).unwrap();
        let bodies = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        // The phone system, where it shows something, is nobody.
        for body in bodies
            .map(Result::unwrap)
            .filter(|body| !body.contains("\"staff_no\":\"feed\""))
        {
            for name in ["\"Lin\"", "\"1042\"", "\"E01\"", "\"E02\"", "\"E04\""] {
                assert!(!body.contains(name), "{name}: {body}");
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
async fn forgetting_beside_a_running_daemon() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (daemon, _) = open(&path);
    let entries = vec![
        done(1, ELEVEN_FIVE, token("Ottoline", "S-4711"), &["E01", "E02"]),
        done(2, ELEVEN_FIVE, token("Ottoline M.", "S-4711"), &["E02"]),
        done(3, ELEVEN_FIVE, lin(), &["E01"]),
    ];
    assert_eq!(written(&daemon, batch(entries)).await.to_say, []);
    assert!(holds(&bytes(&path), "Ottoline"));

    let done_to = forgets(&path, "Ottoline");
    // One row for each name that the token has had.
    assert_eq!((done_to.persons.len(), done_to.daemon_says), (2, true));
    assert_eq!(done_to.mentions, (vec![], 0));
    let ids: Vec<u64> = done_to.persons.iter().map(|it| it.0).collect();
    let nobody = done_to.persons[0].forgotten();
    assert_eq!(
        told(&path, 1),
        format!("{nobody} (supervisor) to instruction 7: done (E01, E02)")
    );
    assert!(told(&path, 3).starts_with("Lin (supervisor 1042)"));

    // The daemon hears of it with what it writes next, once.
    let said = written(&daemon, batch(vec![fact(4)])).await.to_say;
    assert_eq!(said, [forgotten(&ids, Forgetting::Asked)]);
    let note = entry(5, ELEVEN_FIVE, Record::Fact(said[0].clone()));
    assert_eq!(written(&daemon, batch(vec![note])).await.to_say, []);
    // Whoever goes on to act is somebody; nobody acts as somebody forgotten.
    written(
        &daemon,
        batch(vec![done(6, ELEVEN_FIVE, token("Ottoline", "S-4711"), &[])]),
    )
    .await;
    assert!(told(&path, 6).starts_with("Ottoline (supervisor S-4711)"));
    assert!(told(&path, 2).starts_with("forgotten (person "));
    forgets(&path, "S-4711");
    let said = written(&daemon, batch(vec![fact(7)])).await.to_say;
    written(
        &daemon,
        batch(vec![entry(8, ELEVEN_FIVE, Record::Fact(said[0].clone()))]),
    )
    .await;
    daemon.close().await;

    let left = bytes(&path);
    assert!(
        !holds(&left, "Ottoline") && !holds(&left, "S-4711"),
        "no page keeps the name"
    );
    assert!(holds(&left, "1042"));
    assert!(matches!(verify(&path), Verdict::Whole { rows: 8, .. }));
    let (daemon, recovered) = open(&path);
    assert_eq!(recovered.entries_after.len(), 8);
    assert_eq!(written(&daemon, batch(vec![fact(9)])).await.to_say, []);
}

#[tokio::test]
async fn a_name_that_the_running_core_may_hold_stays_who_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (daemon, _) = open(&path);
    written(&daemon, batch(vec![done(1, ELEVEN_FIVE, lin(), &["E01", "E02"])])).await;
    let nobody = forgets(&path, "E01").persons[0].forgotten();
    // The core knows E01 on a move, and says so again.
    written(&daemon, batch(vec![done(2, ELEVEN_FIVE, lin(), &["E01"])])).await;
    assert!(
        told(&path, 2).ends_with(&format!("done ({nobody})")),
        "{}",
        told(&path, 2)
    );
    daemon.close().await;
    // The core that comes back knows them by what stands for the name; whoever is called E01 from now on is somebody else.
    let (daemon, _) = open(&path);
    written(&daemon, batch(vec![done(3, ELEVEN_FIVE, lin(), &[&nobody, "E01"])])).await;
    assert!(
        told(&path, 3).ends_with(&format!("done ({nobody}, E01)")),
        "{}",
        told(&path, 3)
    );
    daemon.close().await;
    let database = rusqlite::Connection::open(&path).unwrap();
    let rows: u32 = database
        .query_row("SELECT count(*) FROM person", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 4, "Lin, E02, who was E01, and E01");
    assert!(matches!(verify(&path), Verdict::Whole { .. }));
}

#[tokio::test]
async fn without_a_daemon_the_entry_is_written_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (daemon, _) = open(&path);
    written(
        &daemon,
        batch(vec![done(1, ELEVEN_FIVE, token("Ottoline", "S-4711"), &[])]),
    )
    .await;
    daemon.close().await;
    assert!(!forgets(&path, "S-4711").daemon_says);
    let entries = reader(&path).read(2..=u64::MAX, 9).unwrap();
    let said = Record::Fact(forgotten(&[1], Forgetting::Asked));
    assert_eq!(entries, [entry(2, ELEVEN_FIVE + DAY, said)]);
    assert!(!holds(&bytes(&path), "Ottoline"));
    assert!(matches!(verify(&path), Verdict::Whole { rows: 2, .. }));
    let again = forget(&path, "S-4711", ELEVEN_FIVE, PATIENCE).unwrap_err();
    assert!(matches!(again, NotForgotten::Nobody { .. }), "{again:?}");
    let (daemon, recovered) = open(&path);
    assert_eq!((recovered.next_seq, recovered.last_at), (3, Some(ELEVEN_FIVE + DAY)));
    assert_eq!(written(&daemon, batch(vec![fact(3)])).await.to_say, []);
}

#[tokio::test]
async fn a_crash_before_it_is_said_leaves_it_to_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (daemon, _) = open(&path);
    written(&daemon, batch(vec![done(1, ELEVEN_FIVE, lin(), &["E01"])])).await;
    let ids = [forgets(&path, "E01").persons[0].0];
    assert_eq!(written(&daemon, batch(vec![fact(2)])).await.to_say.len(), 1);
    assert!(
        matches!(verify(&path), Verdict::Whole { .. }),
        "about to be said is no change"
    );
    // Here it dies, before it has written the entry; the batches that it tries meanwhile fail.
    refused(&daemon, batch(vec![fact(9)])).await;
    daemon.close().await;
    let (daemon, _) = open(&path);
    let said = written(&daemon, batch(vec![fact(3)])).await.to_say;
    assert_eq!(said, [forgotten(&ids, Forgetting::Asked)]);
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
async fn who_is_not_named_for_long_is_forgotten_unless_the_core_knows_them() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (daemon, _) = open(&path);
    let long_ago = ELEVEN_FIVE;
    let lately = ELEVEN_FIVE + Millis(DAY.0 * 500);
    let state = |seq| Snapshot {
        state: br##"{"people":["in the plan"]}"##.to_vec(),
        ..snapshot(seq)
    };
    let entries = vec![done(
        1,
        long_ago,
        token("Ottoline", "S-4711"),
        &["in the plan", "long ago", "named again"],
    )];
    written(&daemon, batch(entries)).await;
    // Without a snapshot everybody may be in the core's state.
    daemon.forget_unnamed(Time::NEVER).await;
    assert_eq!(written(&daemon, batch(vec![fact(2)])).await.to_say, []);
    let snapshot = Some(state(2));
    written(
        &daemon,
        Batch {
            snapshot,
            ..batch(vec![done(3, long_ago, lin(), &["after the snapshot"])])
        },
    )
    .await;
    written(&daemon, batch(vec![done(4, lately, lin(), &["named again"])])).await;
    daemon.forget_unnamed(long_ago + Millis(DAY.0 * 100)).await;
    let said = written(&daemon, batch(vec![fact(5)])).await.to_say;
    let Fact::Forgotten { persons, why } = &said[0] else {
        panic!("{said:?}")
    };
    assert_eq!((persons.len(), *why, said.len()), (2, Forgetting::Unnamed, 1));
    written(&daemon, batch(vec![entry(6, lately, Record::Fact(said[0].clone()))])).await;
    let [by, person] = [persons[1], persons[0]].map(PersonId::forgotten);
    assert_eq!(
        told(&path, 1),
        format!("{by} (supervisor) to instruction 7: done (in the plan, {person}, named again)")
    );
    // Who comes back is somebody else.
    written(&daemon, batch(vec![done(7, lately, lin(), &["long ago"])])).await;
    assert!(told(&path, 7).ends_with("done (long ago)"));
    daemon.close().await;
    assert!(matches!(verify(&path), Verdict::Whole { rows: 7, .. }));
}

#[tokio::test]
async fn two_of_the_same_name_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let (daemon, _) = open(&path);
    let text = Order::Pause {
        queue: inbound(),
        lasting: DAY,
        reason: "Wu Lei (not Wu Leis) asked for it".into(),
    };
    let entries = vec![
        done(1, ELEVEN_FIVE, token("Wu Lei", "1043"), &[]),
        done(2, ELEVEN_FIVE, token("Wu Lei", "1044"), &[]),
        entry(3, ELEVEN_FIVE, Record::Input(Input::Order { by: lin(), order: text })),
        done(4, ELEVEN_FIVE, lin(), &["1042"]),
    ];
    written(&daemon, batch(entries)).await;
    let several = forget(&path, "Wu Lei", ELEVEN_FIVE, PATIENCE).unwrap_err().to_string();
    assert!(
        several.contains("2 people") && several.contains("1043, 1044"),
        "{several}"
    );
    let nobody = forget(&path, "wu lei", ELEVEN_FIVE, PATIENCE).unwrap_err().to_string();
    assert!(
        nobody.contains("\"wu lei\"") && nobody.contains("letter by letter"),
        "{nobody}"
    );
    let one = forgets(&path, "1043");
    assert_eq!((one.persons.len(), one.mentions), (1, (vec![3], 1)));
    assert!(told(&path, 2).starts_with("Wu Lei (supervisor 1044)"));
    // A staff number in the plan and on a token is one person.
    assert_eq!(forgets(&path, "1042").persons.len(), 2);
    daemon.close().await;

    let missing = forget(&dir.path().join("none.db"), "1042", ELEVEN_FIVE, PATIENCE).unwrap_err();
    assert!(
        matches!(missing, NotForgotten::Journal(JournalError::Missing { .. })),
        "{missing:?}"
    );
    assert!(!dir.path().join("none.db.lock").exists());
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

#[test]
fn an_older_daemon_that_runs_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    // Its lock is the same.
    let (running, _) = Local::open(&dir.path().join("other.db"), options()).unwrap();
    std::fs::hard_link(dir.path().join("other.db.lock"), dir.path().join("surged.db.lock")).unwrap();
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(include_str!("v2.sql")).unwrap();
    let older = forget(&path, "Lin", ELEVEN_FIVE, PATIENCE).unwrap_err();
    assert!(
        matches!(older, NotForgotten::Journal(JournalError::Older { found: 2, .. })),
        "{older:?}"
    );
    let schema: u32 = old.query_row("SELECT schema FROM meta", [], |row| row.get(0)).unwrap();
    assert_eq!(schema, 2);
    drop(running);
}
