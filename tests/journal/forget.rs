//! Somebody is forgotten: beside a running daemon, without one, after a crash, and after `keep_log`.

use super::people::{DAY, PATIENCE, done, entry, forgets, token, told};
use super::samples::{ELEVEN_FIVE, batch, fact, inbound, lin, snapshot};
use super::{open, reader, refused, verify, written};
use std::path::Path;
use surged::core::{Input, Millis, Order, Time};
use surged::journal::{
    Batch, Fact, Forgetting, Journal, JournalError, NotForgotten, PersonId, Record, Snapshot, Verdict, forget,
};

fn forgotten(ids: &[u64], why: Forgetting) -> Fact {
    Fact::Forgotten {
        persons: ids.iter().copied().map(PersonId).collect(),
        why,
    }
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
    let [by, person] = [persons[0], persons[1]].map(PersonId::forgotten);
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
    assert!(!dir.path().join("none.db").exists());
}

#[test]
fn an_older_daemon_that_runs_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    // The lock that it takes.
    let running = std::fs::File::create(dir.path().join("surged.db.lock")).unwrap();
    running.lock().unwrap();
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
