//! What alerts warn of, done to real daemons, and undone.

use super::house::{FLUSHES, Faults, Line, Mood, Process, Receiver, Supervisor};
use super::{Prometheus, Scene, Skipped};
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

/// Whether a program is on this machine.
fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).exists())
}

/// A disk that is slow, and one that fails.
pub async fn of_the_disk(prometheus: &Prometheus) -> Skipped {
    if !has("strace") {
        let alerts = &["SurgedDecisionsLate", "SurgedDiskSlow", "SurgedJournalFailing"];
        return Some((alerts, "since strace is not there to let the kernel tell of faults"));
    }
    let scene = Scene::set("disk", |_| {}).await;
    let (daemon, address) = scene.starts(prometheus).await;
    let mut li = Supervisor::come(address, "Li", None, None).await;
    let waiting = |count: u32| {
        let reading = json!({ "queue": "inbound", "waiting": count, "signed_in": 30 });
        scene.phones.reading(reading);
    };
    waiting(8);
    let expert = li.told("sign_in", "expert").await;
    li.done(&expert).await;

    let faults = Faults::begin(&daemon, &format!("{FLUSHES}:delay_enter=1500000")).await;
    let outbound = li.told("sign_in", "outbound").await;
    prometheus
        .fires_while("SurgedDecisionsLate", scene.name, || waiting(8))
        .await;
    prometheus
        .fires_while("SurgedDiskSlow", scene.name, || waiting(8))
        .await;
    faults.end().await;
    li.done(&outbound).await;
    prometheus.clears("SurgedDecisionsLate", scene.name).await;
    prometheus.clears("SurgedDiskSlow", scene.name).await;

    let faults = Faults::begin(&daemon, &format!("{FLUSHES}:error=EIO")).await;
    prometheus
        .fires_while("SurgedJournalFailing", scene.name, || waiting(9))
        .await;
    faults.end().await;
    prometheus.clears("SurgedJournalFailing", scene.name).await;
    None
}

/// Somebody sets the wall clock.
pub async fn of_the_clock(prometheus: &Prometheus) -> Skipped {
    let Some(library) = std::env::var_os("SURGED_FAKETIME").map(PathBuf::from) else {
        return Some((&["SurgedClockSet"], "since no libfaketime is there (SURGED_FAKETIME)"));
    };
    let scene = Scene::set("clock", |_| {}).await;
    let wall = scene.file("wall");
    let set = |to: &str| std::fs::write(&wall, to).unwrap();
    set("+0\n");
    let shell = format!(
        "export LD_PRELOAD='{}' FAKETIME_TIMESTAMP_FILE='{}' FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1",
        library.display(),
        wall.display()
    );
    let daemon = Process::run_after(&shell, &scene.config());
    let (_daemon, _) = scene.is_watched(prometheus, daemon).await;
    set("+5m\n");
    prometheus.fires("SurgedClockSet", scene.name).await;
    set("+0\n");
    prometheus.clears("SurgedClockSet", scene.name).await;
    None
}

/// Nobody is there; an instruction goes up the whole chain, stays open, and its webhook finds nobody either.
pub async fn of_the_floor(prometheus: &Prometheus) {
    let receiver = Receiver::open().await;
    receiver.is(Mood::status(500));
    let scene = Scene::set("floor", |plan| {
        for level in plan["chain"].as_array_mut().unwrap() {
            level
                .as_table_mut()
                .unwrap()
                .insert("respond_within".into(), "1s".into());
        }
        // Nobody of it is there by day: its tier is passed over.
        let outbound = toml::Table::from_iter([
            ("size".to_owned(), 12.into()),
            (
                "size_by".to_owned(),
                toml::Table::from_iter([("day".to_owned(), 0.into())]).into(),
            ),
        ]);
        plan["pool"]
            .as_table_mut()
            .unwrap()
            .insert("outbound".into(), outbound.into());
        let hook = toml::Table::from_iter([
            ("url".to_owned(), receiver.url.clone().into()),
            ("retries".to_owned(), 0.into()),
        ]);
        plan.insert(
            "webhook".into(),
            toml::Table::from_iter([("duty".to_owned(), hook.into())]).into(),
        );
    })
    .await;
    let (_daemon, address) = scene.starts(prometheus).await;
    prometheus.fires("SurgedNobodyListening", scene.name).await;

    scene
        .phones
        .reading(json!({ "queue": "inbound", "waiting": 8, "signed_in": 30 }));
    prometheus.fires("SurgedWebhookUndelivered", scene.name).await;
    prometheus.fires("SurgedUnanswered", scene.name).await;
    prometheus.fires("SurgedInstructionsOpen", scene.name).await;

    receiver.is(Mood::status(204));
    let mut li = Supervisor::come(address, "Li", None, None).await;
    let expert = li.state["instructions"][0].clone();
    assert_eq!(expert["tier"], "expert", "{:#}", li.state);
    li.done(&expert).await;
    // A second answer, so that a rate can be told.
    let quality = li.told("sign_in", "quality").await;
    li.done(&quality).await;
    for alert in [
        "SurgedNobodyListening",
        "SurgedInstructionsOpen",
        "SurgedUnanswered",
        "SurgedWebhookUndelivered",
    ] {
        prometheus.clears(alert, scene.name).await;
    }
}

/// The line to the phone system is cut.
pub async fn of_the_feed(prometheus: &Prometheus) {
    let scene = Scene::set("feed", |plan| {
        let feed = plan["feed"]["hotline"].as_table_mut().unwrap();
        feed.insert("stale_after".into(), "2s".into());
        feed.insert("forget_after".into(), "10s".into());
    })
    .await;
    let (_daemon, _) = scene.starts(prometheus).await;
    scene.phones.line(Line::Cut);
    prometheus.fires("SurgedFeedDisconnected", scene.name).await;
    prometheus.fires("SurgedQueueBlind", scene.name).await;
    scene.phones.line(Line::Good);
    scene.phones.connected(1).await;
    // One that tells nothing is blind all the same.
    let told = json!({ "queue": "inbound", "waiting": 2, "signed_in": 30 });
    let telling = async {
        let mut pace = tokio::time::interval(Duration::from_millis(500));
        loop {
            pace.tick().await;
            scene.phones.reading(told.clone());
        }
    };
    let clearing = async {
        prometheus.clears("SurgedFeedDisconnected", scene.name).await;
        prometheus.clears("SurgedQueueBlind", scene.name).await;
    };
    tokio::select! {
        () = telling => {}
        () = clearing => {}
    }
}

/// The phone system names a queue that is nobody's, and its clock is wrong.
pub async fn of_what_the_feed_says(prometheus: &Prometheus) {
    let scene = Scene::set("words", |_| {}).await;
    let (_daemon, address) = scene.starts(prometheus).await;
    let mut offered = 0;
    let mut tells = |behind: Duration| {
        let at = jiff::Timestamp::now().checked_sub(behind).unwrap();
        offered += 2;
        scene.phones.reading(json!({
            "queue": "inbound", "at": format!("{at:.3}"), "waiting": 2, "longest_wait_s": 12.5, "signed_in": 30, "available": 0,
            "paused": 3, "offered": offered, "answered": offered / 2, "abandoned": offered / 2,
        }));
    };
    let behind = Duration::from_secs(300);
    prometheus
        .fires_while("SurgedFeedRejected", scene.name, || {
            scene.phones.say(r#"{"queue":"nobodys","waiting":1}"#);
            tells(behind);
        })
        .await;
    prometheus
        .fires_while("SurgedFeedClockOff", scene.name, || tells(behind))
        .await;
    let mut ma = Supervisor::come(address, "Ma", None, None).await;
    let until = jiff::Timestamp::now().checked_add(Duration::from_secs(3600)).unwrap();
    ma.ask(json!({ "type": "incident", "queue": "inbound", "note": "a burst main", "until": format!("{until:.3}") }))
        .await;
    tells(Duration::ZERO);
    prometheus.clears("SurgedFeedClockOff", scene.name).await;
    prometheus.clears("SurgedFeedRejected", scene.name).await;
}

/// It is given a plan that is at fault; and it is killed.
pub async fn of_the_daemon(prometheus: &Prometheus) {
    let scene = Scene::set("daemon", |_| {}).await;
    let (daemon, address) = scene.starts(prometheus).await;
    let good = std::fs::read_to_string(scene.config()).unwrap();
    std::fs::write(scene.config(), good.replace("listen", "lisen")).unwrap();
    prometheus.fires("SurgedConfigRefused", scene.name).await;
    std::fs::write(scene.config(), good).unwrap();
    scene.edit(|plan| {
        let floor = plan["floor"].as_table_mut().unwrap();
        floor.insert("physical_seats".into(), 61.into());
    });
    prometheus.clears("SurgedConfigRefused", scene.name).await;

    daemon.kill().await;
    prometheus.fires("SurgedDown", scene.name).await;
    scene.edit(|plan| {
        let floor = plan["floor"].as_table_mut().unwrap();
        floor.insert("listen".into(), address.to_string().into());
    });
    let mut again = Process::run(&scene.config());
    assert_eq!(again.floor().await, address);
    prometheus.clears("SurgedDown", scene.name).await;
}
