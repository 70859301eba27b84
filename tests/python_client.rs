//! The client that docs/protocol.md prints, run as printed against a daemon.
//!
//! It needs a Python with the package `websockets`: `tests/run.sh` makes one and names it in `SURGED_PYTHON`.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{House, until, within};
use std::process::Stdio;
use surged::wire::Role;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

fn client(house: &House, token: &str) -> Child {
    let python = std::env::var("SURGED_PYTHON").expect("SURGED_PYTHON names a Python that has the package websockets");
    Command::new(python)
        .arg("docs/python_client.py")
        .arg(format!("ws://{}/floor", house.address))
        .env("SURGED_TOKEN", token)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Python with websockets: tests/run.sh has one"]
async fn it_prints_what_is_asked_and_answers_seen() {
    let mut house = House::open().await;
    let token = house.new_token("script", Role::Supervisor, &[]).await;
    let mut child = client(&house, &token);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    until("the client has a session", || async {
        let metrics = house.get("/metrics").await;
        (metrics.metric(r#"surged_floor_sessions{role="supervisor"}"#) >= Some(1.0)).then_some(())
    })
    .await;
    let mut zhao = house.join("Zhao").await;
    house.reading(9).await;
    house.pass("5m").await;
    let expert = zhao.told("sign_in", "expert").await;
    let line = within("the client prints", lines.next_line()).await.unwrap().unwrap();
    assert!(line.ends_with("inbound: sign_in expert: E01, E02, E03, E04"), "{line}");
    let seen = zhao.answer("seen", &expert).await;
    assert_eq!(seen["by"]["name"], "script");

    // Over a restart of the daemon it comes back by itself, and asks for nothing twice.
    zhao.done(&expert).await;
    let listener = house.address;
    house.stop().await;
    house.start_at(listener).await;
    let mut zhao = house.join("Zhao").await;
    zhao.ask(serde_json::json!({ "type": "call", "queue": "inbound", "tier": "outbound" }))
        .await;
    let outbound = zhao.told("sign_in", "outbound").await;
    let line = within("the client prints", lines.next_line()).await.unwrap().unwrap();
    assert!(line.contains("inbound: sign_in outbound:"), "{line}");
    zhao.answer("seen", &outbound).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Python with websockets: tests/run.sh has one"]
async fn it_ends_with_a_word_where_it_is_not_let_in() {
    let house = House::open().await;
    let mut child = client(&house, "surged_wrong");
    let status = within("the client ends", child.wait()).await.unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
    assert!(!status.success() && said.contains("not let in: "), "{said}");
}
