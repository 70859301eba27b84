//! Word to people without a page: real HTTP receivers that take, fail, delay, redirect and close.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{House, Mood, Phones, Process, Receiver, tls_of_localhost, until};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;
use surged::journal::{Fact, Reader, Record};
use surged::webhook::{Address, Outbox, Outcome, Parcel, SigningKey, Undelivered, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Where the secret lies, for all tests of this program.
static SECRET_FILE: LazyLock<String> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap().keep();
    let file = folder.join("page.secret");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    file.display().to_string()
});

/// The shipped plan with these webhooks.
async fn house(hooks: &[(&str, Value)]) -> House {
    House::open_with(|plan| {
        plan.insert("webhook".into(), hooks_of(hooks));
    })
    .await
}

fn hooks_of(hooks: &[(&str, Value)]) -> toml::Value {
    let hooks: serde_json::Map<String, Value> = hooks
        .iter()
        .map(|(name, it)| ((*name).to_owned(), it.clone()))
        .collect();
    toml::Value::try_from(hooks).unwrap()
}

/// Nine callers for five minutes: the experts are called.
async fn surge(house: &mut House) {
    house.reading(9).await;
    house.pass("5m").await;
}

fn kept(house: &House) -> Vec<Undelivered> {
    Outbox::beside(&house.journal()).undelivered().unwrap()
}

/// What `surged webhook` says, beside the running daemon.
fn surged(house: &House, words: &[&str]) -> String {
    let mut command = Command::new(house::binary());
    command.arg("webhook").args(words).arg("--journal").arg(house.journal());
    let output = command.output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// Returns when everything that a hook has to say is delivered. Metrics are the process's: each test asks for a name of its own.
async fn nothing_waits(house: &House, hook: &str) {
    let name = format!("surged_webhook_waiting_messages{{webhook={hook:?}}}");
    until("nothing waits", || async {
        let metrics = house.get("/metrics").await;
        (metrics.metric(&name) == Some(0.0)).then_some(())
    })
    .await;
}

/// What is kept as undelivered, once there are so many.
async fn until_kept(house: &House, count: usize) -> Vec<Undelivered> {
    until("messages are kept as undelivered", || async {
        Some(kept(house)).filter(|kept| kept.len() == count)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instruction_goes_out_signed_once_it_is_in_the_duty_log() {
    let mut page = Receiver::open().await;
    let hook = json!({ "url": page.url, "secret_file": *SECRET_FILE });
    let mut house = house(&[("page", hook)]).await;
    let mut li = house.join("Li").await;
    surge(&mut house).await;
    let sent = page.next().await;
    let seq = sent.json()["seq"].as_u64().unwrap();
    let read = Reader::open(&house.journal(), house::DEADLINE).unwrap();
    assert_eq!(read.read(seq..=seq, 1).unwrap()[0].record.kind(), "instruct");
    assert_eq!(
        sent.json(),
        li.told("sign_in", "expert").await,
        "as the floor socket says it"
    );
    assert_eq!(sent.path, "/hook?key=k3y-of-robot");
    assert_eq!(sent.headers["content-type"], "application/json");
    let (id, seconds) = (&sent.headers["webhook-id"], &sent.headers["webhook-timestamp"]);
    let signed = SigningKey::read(SECRET)
        .unwrap()
        .sign(id, seconds.parse().unwrap(), sent.body.as_bytes());
    assert_eq!(sent.headers["webhook-signature"], signed);
    let metrics = house.get("/metrics").await;
    assert!(metrics.metric(r#"surged_webhook_attempts_total{webhook="page",outcome="delivered"}"#) >= Some(1.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_is_tried_again_and_delays_nobody() {
    let [mut failing, mut closing, mut good] = [Receiver::open().await, Receiver::open().await, Receiver::open().await];
    failing.is(Mood::Answers(503, "Retry-After: 5\r\n".into(), String::new()));
    closing.is(Mood::Closes);
    let silent = Receiver::open().await;
    silent.is(Mood::Silent);
    let hook = |it: &Receiver| json!({ "url": it.url, "timeout": "1s" });
    let mut house = house(&[
        ("failing", hook(&failing)),
        ("closing", hook(&closing)),
        ("good", hook(&good)),
        ("silent", hook(&silent)),
    ])
    .await;
    let mut li = house.join("Li").await;
    surge(&mut house).await;
    let told = li.told("sign_in", "expert").await;
    assert_eq!(good.next().await.json()["id"], told["id"]);
    let first = failing.next().await;
    closing.next().await;
    for _ in 0..2 {
        house.pass("2m").await;
        assert_eq!(failing.next().await.headers["webhook-id"], first.headers["webhook-id"]);
        closing.next().await;
    }
    failing.is(Mood::status(200));
    closing.is(Mood::status(200));
    house.pass("2m").await;
    let ids = |all: Vec<house::Delivery>| -> BTreeSet<String> {
        all.into_iter().map(|it| it.headers["webhook-id"].clone()).collect()
    };
    // The chain has gone up meanwhile: whatever was said has come to each in the end, under the same numbers.
    let mut all = ids(good.left());
    all.insert(first.headers["webhook-id"].clone());
    let (mut late, mut later) = (BTreeSet::new(), BTreeSet::new());
    until("both have caught up", || {
        late.extend(ids(failing.left()));
        later.extend(ids(closing.left()));
        all.extend(ids(good.left()));
        let caught_up = late == all && later == all;
        async move { caught_up.then_some(()) }
    })
    .await;
    nothing_waits(&house, "failing").await;
    nothing_waits(&house, "closing").await;
    assert!(kept(&house).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_delivered_is_kept_seen_and_tried_again_when_somebody_asks() {
    let [mut moved, mut elsewhere] = [Receiver::open().await, Receiver::open().await];
    moved.is(Mood::Answers(
        302,
        format!("Location: {}\r\n", elsewhere.url),
        String::new(),
    ));
    let hook = json!({ "url": moved.url, "retries": 1, "kinds": ["instruction"] });
    let mut house = house(&[("page", hook)]).await;
    surge(&mut house).await;
    let first = moved.next().await;
    house.pass("2m").await;
    moved.next().await;
    let list = until_kept(&house, 1).await;
    assert_eq!((list[0].attempts, list[0].event.kind.as_str()), (2, "instruction"));
    assert!(list[0].why.contains("redirects are not followed"), "{}", list[0].why);
    assert!(elsewhere.left().is_empty());

    house.stop().await;
    assert_eq!(kept(&house), list, "it survives a restart");
    house.start().await;
    house.heartbeat().await;
    let said = house.get("/api/v1/log").await.body;
    assert!(said.contains("webhook page could not tell of instruction"), "{said}");
    let metrics = house.get("/metrics").await.body;
    for text in [&said, &metrics, &list[0].why] {
        assert!(!text.contains("k3y-of-robot"), "an address is a secret: {text}");
    }
    assert!(
        moved.left().is_empty(),
        "what was given up is not sent again of its own accord"
    );

    moved.is(Mood::status(200));
    let shown = surged(&house, &["list"]);
    assert!(
        shown.contains("\tkept\tpage\t") && shown.contains("redirects are not followed"),
        "{shown}"
    );
    let number = list[0].id.to_string();
    assert!(surged(&house, &["retry", &number]).contains("to be tried again: 1"));
    assert!(surged(&house, &["retry"]).contains("or --all"));
    let again = moved.next().await;
    assert_eq!(
        (&again.headers["webhook-id"], &again.body),
        (&first.headers["webhook-id"], &first.body)
    );
    until_kept(&house, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_loses_nothing_and_repeats_nothing() {
    let mut page = Receiver::open().await;
    let mut house = house(&[("restarted", json!({ "url": page.url, "kinds": ["instruction"] }))]).await;
    let mut zhao = house.join("Zhao").await;
    surge(&mut house).await;
    let expert = page.next().await;
    nothing_waits(&house, "restarted").await;
    page.is(Mood::status(500));
    zhao.ask(json!({ "type": "call", "queue": "inbound", "tier": "outbound" }))
        .await;
    let outbound = page.next().await;
    house.stop().await;
    page.left();
    page.is(Mood::status(200));
    house.start().await;
    let again = page.next().await;
    assert_ne!(again.headers["webhook-id"], expert.headers["webhook-id"]);
    assert_eq!(
        (&again.headers["webhook-id"], &again.body),
        (&outbound.headers["webhook-id"], &outbound.body)
    );
    house.stop().await;
    house.start().await;
    let mut zhao = house.join("Zhao").await;
    zhao.ask(json!({ "type": "call", "queue": "inbound", "tier": "quality" }))
        .await;
    assert_eq!(page.next().await.json()["tier"], "quality", "and nothing before it");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_gets_what_is_for_its_level_in_its_language() {
    let [mut managers, mut robot, mut others] =
        [Receiver::open().await, Receiver::open().await, Receiver::open().await];
    robot.is(Mood::Answers(
        200,
        String::new(),
        r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#.into(),
    ));
    let wecom = json!({ "url": robot.url, "template": "wecom", "language": "zh-Hans", "kinds": ["instruction"] });
    let mut house = house(&[
        ("managers", json!({ "url": managers.url, "roles": ["manager"] })),
        (
            "others",
            json!({ "url": others.url, "queues": ["inbound"], "kinds": ["feed_lost"] }),
        ),
        ("robot", wecom),
    ])
    .await;
    let _li = house.join("Li").await;
    surge(&mut house).await;
    let robots = robot.next().await;
    let content = robots.json()["markdown"]["content"].as_str().unwrap().to_owned();
    assert!(
        content.starts_with("**签入 4 人 · 机动专家组**\n> 呼入\n> E01, E02, E03, E04\n> 9 人等待"),
        "{content}"
    );
    assert!(!robots.headers.contains_key("webhook-signature"));
    robot.is(Mood::Answers(
        200,
        String::new(),
        r#"{"errcode":0,"errmsg":"ok"}"#.into(),
    ));
    // One minute to the shift leader, two more to the manager.
    house.pass("4m").await;
    assert_eq!(robot.next().await.body, robots.body, "an errcode is no delivery");
    let up = managers.next().await.json();
    assert_eq!((&up["code"], &up["role"]), (&json!("passed_up"), &json!("manager")));
    house.phones.say(r#"{"lost":true}"#);
    let lost = others.next().await.json();
    assert_eq!(
        (&lost["code"], &lost["queue"]),
        (&json!("feed_lost"), &json!("inbound"))
    );
    assert!(others.left().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_old_is_kept_and_not_sent() {
    let mut page = Receiver::open().await;
    page.is(Mood::status(500));
    let hook = json!({ "url": page.url, "give_up_after": "10m", "kinds": ["instruction"] });
    let mut house = house(&[("page", hook)]).await;
    surge(&mut house).await;
    page.next().await;
    house.stop().await;
    page.left();
    house.pass_in_silence("30m");
    page.is(Mood::status(200));
    house.start().await;
    let list = until_kept(&house, 1).await;
    assert!(list[0].why.contains("too old"), "{}", list[0].why);
    assert!(page.left().is_empty());
    let undelivered = until("the duty log says so", || async {
        facts(&house)
            .into_iter()
            .find(|fact| matches!(fact, Fact::Undelivered { .. }))
    })
    .await;
    assert!(matches!(undelivered, Fact::Undelivered { webhook, .. } if webhook.as_str() == "page"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_takes_up_a_new_receiver_and_forgets_a_former_one() {
    let [mut first, mut second] = [Receiver::open().await, Receiver::open().await];
    let kinds = json!(["instruction"]);
    let mut house = house(&[("page", json!({ "url": first.url, "kinds": kinds }))]).await;
    let mut li = house.join("Li").await;
    house.edit_config(|plan| {
        plan.insert(
            "webhook".into(),
            hooks_of(&[("other", json!({ "url": second.url, "kinds": kinds }))]),
        );
    });
    let changed = li.notice("config_changed").await;
    assert_eq!(
        changed["changes"],
        json!(["webhook `other` is new", "webhook `page` is gone"])
    );
    surge(&mut house).await;
    assert_eq!(second.next().await.json()["tier"], "expert");
    assert!(first.left().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_a_receiver_is_known_by_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    let acceptor = tls_of_localhost(&ca_file);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut some = [0; 4096];
            let _ = stream.read(&mut some).await;
            let _ = stream.write_all(b"HTTP/1.1 200 So\r\nContent-Length: 0\r\n\r\n").await;
            let _ = stream.shutdown().await;
        }
    });
    let address = Address::read(&format!("https://localhost:{port}/k3y")).unwrap();
    let parcel = Parcel {
        id: "msg_1",
        seconds: 1,
        signature: None,
        body: "{}",
        judged_by_errcode: false,
    };
    assert_eq!(
        post(&address, Some(&ca_file), parcel, house::DEADLINE).await,
        Outcome::Delivered
    );
    let Outcome::Failed { why, .. } = post(&address, None, parcel, house::DEADLINE).await else {
        panic!("a certificate of nobody was taken");
    };
    assert!(
        why.contains("the certificate of its host is not accepted") && why.contains("ca_file"),
        "{why}"
    );
    let nobody = Address::read("https://localhost:1/k3y").unwrap();
    let Outcome::Failed { why, .. } = post(&nobody, None, parcel, Duration::from_secs(30)).await else {
        panic!("nobody listens there");
    };
    assert!(
        why.contains("nothing listens at its host") && !why.contains("localhost"),
        "{why}"
    );
}

/// The duty log's own facts.
fn facts(house: &House) -> Vec<Fact> {
    let reader = Reader::open(&house.journal(), house::DEADLINE).unwrap();
    let entries = reader.read_log(0, usize::MAX).unwrap().into_iter();
    let facts = entries.filter_map(|entry| match entry.record {
        Record::Fact(fact) => Some(fact),
        _ => None,
    });
    facts.collect()
}

/// What the process's own log says of attempts: one line each, the last one of a message an error and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn each_attempt_that_fails_is_one_line_that_says_what_came_and_what_follows() {
    let receiver = Receiver::open().await;
    receiver.is(Mood::status(404));
    let folder = tempfile::tempdir().unwrap();
    let phones = Phones::open().await;
    let plan = house::plan(&phones.url, &folder.path().join("surged.db"), |plan| {
        let tier = &mut plan["ladder"]["day"]["tier"].as_array_mut().unwrap()[0];
        tier["when"].as_table_mut().unwrap().insert("for".into(), "0s".into());
        let hook = json!({ "url": receiver.url, "retries": 1, "kinds": ["instruction"] });
        plan.insert("webhook".into(), hooks_of(&[("page", hook)]));
        plan.remove("calendar");
    });
    let file = folder.path().join("surged.toml");
    std::fs::write(&file, plan).unwrap();
    let mut daemon = Process::run(&file);
    daemon.floor().await;
    phones.connected(1).await;
    phones.reading(json!({ "queue": "inbound", "waiting": 7 }));
    until("it is given up", || async {
        daemon.said().contains("could not be delivered").then_some(())
    })
    .await;
    let said = daemon.said();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("webhook=page")).collect();
    assert_eq!(lines.len(), 2, "{said}");
    for line in &lines {
        assert!(
            line.contains("it answered 404: it has nothing for that address"),
            "{line}"
        );
    }
    assert!(
        lines[0].contains(" WARN ") && lines[0].contains("it is tried again"),
        "{}",
        lines[0]
    );
    assert!(
        lines[0].contains("attempts=1") && lines[0].contains("again_in_s=") && lines[0].contains("left=1"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].contains(" ERROR ") && lines[1].contains("is not tried again by itself"),
        "{}",
        lines[1]
    );
    assert!(lines[1].contains("attempts=2"), "{}", lines[1]);
}
