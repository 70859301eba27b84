//! Names of people in the duty log of a daemon that runs: who came and went, and somebody who is forgotten in the midst of a surge.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{House, Log, Phones, Process, Supervisor, get};
use serde_json::{Value, json};
use std::path::Path;
use surged::core::{Input, Millis};
use surged::journal::{Fact, Forgetting, Record, Way};

fn surged(config: &Path, arguments: &[&str]) -> (String, String) {
    let done = assert_cmd::Command::new(house::binary())
        .args(arguments)
        .arg("-c")
        .arg(config)
        .assert()
        .success();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&done.get_output().stdout), text(&done.get_output().stderr))
}

async fn waiting(phones: &Phones, log: &mut Log, waiting: u32) {
    phones.reading(json!({ "queue": "inbound", "waiting": waiting, "signed_in": 30 }));
    log.until(
        "a reading",
        |entry| matches!(&entry.record, Record::Input(Input::Reading { reading }) if reading.waiting == waiting),
    )
    .await;
}

/// Whatever the core and the daemon put into entries and into the snapshot of the orderly end, they name people where names are set
/// apart.
fn holds_no_names(journal: &Path) {
    let database = rusqlite::Connection::open(journal).unwrap();
    let mut texts = database
        .prepare("SELECT CAST(body AS BLOB) FROM log UNION ALL SELECT body FROM packed UNION ALL SELECT state FROM snapshots")
        .unwrap();
    let texts: Vec<String> = texts
        .query_map([], |row| row.get::<_, Vec<u8>>(0))
        .unwrap()
        .map(|text| String::from_utf8_lossy(&text.unwrap()).into_owned())
        .collect();
    assert!(
        texts.iter().any(|text| text.contains("\"stack\"")),
        "the snapshot is among them"
    );
    for text in texts {
        for name in ["E01", "E02", "E03", "E04", "forgotten (person"] {
            assert!(!text.contains(name), "{name} stands in {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_forgotten_on_a_move_goes_back_with_the_others_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let phones = Phones::open().await;
    let journal = dir.path().join("surged.db");
    let config = dir.path().join("surged.toml");
    let plan = house::plan(&phones.url, &journal, |plan| {
        let feed = plan["feed"]["hotline"].as_table_mut().unwrap();
        feed.insert("stale_after".into(), "60s".into());
        let day = plan["ladder"]["day"].as_table_mut().unwrap();
        let second = |when: &mut toml::Value| when.as_table_mut().unwrap().insert("for".into(), "1s".into());
        second(&mut day["tier"].as_array_mut().unwrap()[0]["when"]);
        second(&mut day["release"]["when"]);
        plan.remove("calendar");
    });
    std::fs::write(&config, plan).unwrap();
    let mut log = Log::of(journal);
    let mut daemon = Process::run(&config);
    let mut li = Supervisor::come(daemon.floor().await, "Li", None, None).await;
    phones.connected(1).await;
    waiting(&phones, &mut log, 8).await;
    let expert = li.told("sign_in", "expert").await;
    assert_eq!(expert["people"], json!(["E01", "E02", "E03", "E04"]));
    li.done(&expert).await;

    let (out, more) = surged(&config, &["log", "forget", "E01"]);
    assert!(out.starts_with("E01 is person "), "{out}");
    assert!(
        more.contains("surged is running") && more.contains("stands in pool expert of the plan"),
        "{more}"
    );
    phones.reading(json!({ "queue": "inbound", "waiting": 7, "signed_in": 34 }));
    log.until("it is said", |entry| {
        matches!(&entry.record, Record::Fact(Fact::Forgotten { why: Forgetting::Asked, persons }) if persons.len() == 1)
    })
    .await;
    daemon.kill().await;
    phones.connected(0).await;

    let mut daemon = Process::run(&config);
    let mut li = Supervisor::come(daemon.floor().await, "Li", None, Some(li.seq)).await;
    phones.connected(1).await;
    waiting(&phones, &mut log, 2).await;
    let back = li.told("sign_out", "expert").await;
    let people: Vec<&str> = back["people"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(people[0].starts_with("forgotten (person "), "{people:?}");
    assert_eq!(people[1..], ["E02", "E03", "E04"]);
    li.done(&back).await;
    li.hears_no_instruction().await;
    // From the next start on the plan's E01 is somebody else.
    daemon.kill().await;
    phones.connected(0).await;
    let mut daemon = Process::run(&config);
    let mut li = Supervisor::come(daemon.floor().await, "Li", None, Some(li.seq)).await;
    phones.connected(1).await;
    waiting(&phones, &mut log, 9).await;
    let expert = li.told("sign_in", "expert").await;
    assert_eq!(expert["people"], json!(["E01", "E02", "E03", "E04"]));
    let ended = daemon.terminate().await;
    assert!(ended.success(), "{ended:?}: {}", daemon.said());

    holds_no_names(&dir.path().join("surged.db"));
    let entries = log.whole();
    let said = entries
        .iter()
        .position(|entry| matches!(entry.record, Record::Fact(Fact::Forgotten { .. })))
        .unwrap();
    let before = serde_json::to_string(&entries[..said].iter().map(|it| &it.record).collect::<Vec<_>>()).unwrap();
    assert!(!before.contains("E01") && before.contains("E02"), "{before}");
    assert!(surged(&config, &["log", "verify"]).0.starts_with("whole: "));
    assert!(
        surged(&config, &["log", "show"])
            .0
            .contains("Local user (manager) logged in on the floor's socket")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_and_went_and_who_was_not_let_in_is_in_the_log() {
    let mut house = House::open().await;
    let li = house.join("Li").await;
    let mut log = Log::of(house.journal());
    log.until("Li comes", |entry| {
        matches!(&entry.record, Record::Fact(Fact::LoggedIn { by, way: Way::Socket })
            if by.name == "Li" && by.staff_no == "no-Li" && by.role.as_str() == "supervisor")
    })
    .await;
    assert_eq!(house.get("/api/v1/queues").await.status, 200);
    log.until(
        "the wall asks",
        |entry| matches!(&entry.record, Record::Fact(Fact::LoggedIn { by, way: Way::Http }) if by.name == "wall"),
    )
    .await;
    for _ in 0..3 {
        let reply = get(house.address, "/api/v1/queues", Some("surged_wrong")).await;
        assert_eq!(reply.status, 401);
    }
    log.until("somebody is not let in", |entry| {
        matches!(&entry.record, Record::Fact(Fact::NotLetIn { from: Some(from), why, .. })
            if from == "127.0.0.1" && why == "this token is not known here")
    })
    .await;
    drop(li);
    // The minute in which a console may come back begins when the daemon has seen that the session is over.
    let left = |entry: &surged::journal::Entry| matches!(&entry.record, Record::Fact(Fact::LoggedOut { by, .. }) if by.name == "Li");
    house::until("Li has left", || async {
        house.clock.advance(Millis::from_secs(1));
        Log::of(house.journal()).whole().iter().any(left).then_some(())
    })
    .await;
    house.stop().await;
    let words = serde_json::to_string(&log.whole().iter().map(|it| &it.record).collect::<Vec<_>>()).unwrap();
    assert!(!words.contains("surged_wrong"), "no secret is in the log");
    let came = log
        .whole()
        .into_iter()
        .filter(|entry| matches!(entry.record, Record::Fact(Fact::LoggedIn { .. })));
    assert_eq!(came.count(), 2);
}
