//! Lines that fail: the phone system is lost, silent, cut off; nobody listens; somebody comes back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{House, Line, NINE, clock};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_cut_and_comes_back_in_time_is_no_gap() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    house.reading(7).await;
    house.pass("2m").await;
    house.phones.line(Line::Cut);
    let ready = house::until("the daemon is not ready", || async {
        Some(house.get("/readyz").await).filter(|reply| reply.status == 503)
    })
    .await;
    let words = ready.json()["latches"]["feed hotline"]["words"].to_string();
    assert!(
        words.contains("trying again") || words.contains("is the source running"),
        "{words}"
    );
    assert_eq!(house.get("/healthz").await.status, 200, "it lives all the same");
    house.phones.line(Line::Good);
    house.phones.connected(1).await;
    house.pass("3m").await;
    assert_eq!(clock(&li.told("sign_in", "expert").await["at"]), "09:05:00");
    assert_eq!(house.get("/readyz").await.status, 200);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_phone_system_is_blindness_and_its_clocks_stand_still() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    house.reading(7).await;
    house.pass("2m").await;
    house.phones.line(Line::Silent);
    house.pass_in_silence("15s");
    let lost = li.notice("feed_lost").await;
    assert_eq!(
        (clock(&lost["at"]), &lost["queue"]),
        ("09:02:15".into(), &json!("inbound"))
    );
    assert_eq!(
        (&lost["lost"], &lost["after_s"]),
        (&json!("silent"), &json!(15.0)),
        "{lost}"
    );
    house
        .queue("it is shown as blind", |queue| queue["blind"] == true)
        .await;
    house.pass_in_silence("30s");
    house.phones.line(Line::Good);
    house.heartbeat().await;
    let back = li.notice("feed_back").await;
    assert_eq!((&back["blind_s"], &back["anew"]), (&json!(30.0), &json!(false)));
    house.pass("2m44s").await;
    li.hears_no_instruction().await;
    house.pass("1s").await;
    let expert = li.told("sign_in", "expert").await;
    assert_eq!(
        (clock(&expert["at"]), &expert["reason"]["held_s"]),
        ("09:05:30".into(), &json!(300.0))
    );
    li.done(&expert).await;

    // Ten minutes of it, and the floor is told who is out of place; then everything begins anew.
    house.phones.line(Line::Silent);
    house.pass_in_silence("10m15s");
    let long = li.notice("blind_long").await;
    assert_eq!(
        (clock(&long["since"]), clock(&long["at"])),
        ("09:05:45".into(), "09:15:45".into())
    );
    assert_eq!(
        long["out_of_place"][0]["pools"][0]["people"],
        json!(["E01", "E02", "E03", "E04"])
    );
    // People may still act.
    let mut zhao = house.join("Zhao").await;
    zhao.ask(json!({ "type": "call", "queue": "inbound", "tier": "outbound" }))
        .await;
    let outbound = li.told("sign_in", "outbound").await;
    li.done(&outbound).await;
    house.phones.line(Line::Good);
    house.reading(7).await;
    li.notice("feed_lost").await;
    assert_eq!(li.notice("feed_back").await["anew"], json!(true));
    house.pass("4m59s").await;
    li.hears_no_instruction().await;
    house.pass("1s").await;
    assert_eq!(clock(&li.told("sign_in", "quality").await["at"]), "09:20:45");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_system_that_says_it_is_lost_is_believed_at_once() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    house.reading(7).await;
    house.pass("1m").await;
    house.phones.say(r#"{"lost":true,"why":"maintenance"}"#);
    let lost = li.notice("feed_lost").await;
    assert_eq!(
        (clock(&lost["at"]), &lost["why"]),
        ("09:01:00".into(), &json!("maintenance"))
    );
    // A heartbeat stands for queues that have been reported since: not for these.
    house.heartbeat().await;
    house.queue("it stays blind", |queue| queue["blind"] == true).await;
    assert_eq!(house.get("/readyz").await.status, 503);
    house.reading(7).await;
    assert_eq!(li.notice("feed_back").await["anew"], json!(false));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_reading_it_is_alive_and_not_ready() {
    let mut house = House::open_unseen(NINE, |_| {}).await;
    let mut li = house.join("Li").await;
    assert_eq!(house.get("/healthz").await.status, 200);
    let ready = house.get("/readyz").await;
    assert_eq!(
        (ready.status, &ready.json()["latches"]["feed hotline"]["words"]),
        (503, &json!("no reading yet"))
    );
    house.pass_in_silence("15s");
    assert_eq!(li.notice("feed_lost").await["lost"], "never_read");
    house.reading(3).await;
    let queue = house.queue("it is seen", |queue| queue["blind"] == false).await;
    assert_eq!(
        (&queue["waiting"], &queue["signed_in"], &queue["longest_wait_s"]),
        (&json!(3), &json!(40), &Value::Null)
    );
    assert_eq!(house.get("/readyz").await.status, 200);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens_and_then_somebody_comes() {
    let mut house = House::open().await;
    let mut wall = house.join("wall").await;
    house.reading(7).await;
    house.pass("5m").await;
    let expert = wall.told("sign_in", "expert").await;
    assert_eq!(wall.notice("nobody_listening").await["instruction"], expert["id"]);
    // A wall display cannot answer, so that nothing settles and nothing follows.
    house.pass("15m").await;
    wall.hears_no_instruction().await;
    let li = house.join("Li").await;
    let open = &li.state["instructions"][0];
    assert_eq!((&open["id"], &open["people"]), (&expert["id"], &expert["people"]));
    house.delivered_again().await;
    house.pass("7m59s").await;
    wall.hears_no_instruction().await;
    house.pass("1s").await;
    // Three minutes to settle from when Li came at 09:20, and five more.
    assert_eq!(clock(&wall.told("sign_in", "outbound").await["at"]), "09:28:00");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_with_since_hears_everything_once() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    let mut wang = house.join("Wang").await;
    house.reading(7).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    assert_eq!(wang.instruction().await, expert);
    let since = wang.seq;
    drop(wang);
    li.done(&expert).await;
    house.pass("5m").await;
    let outbound = li.told("sign_in", "outbound").await;
    li.done(&outbound).await;

    let mut wang = house.come("Wang", Some(since)).await;
    wang.answer("done", &expert).await;
    assert_eq!(wang.instruction().await, outbound);
    wang.answer("done", &outbound).await;
    wang.hears_no_instruction().await;

    // The same across a restart of the daemon, and the hold goes on where it was.
    let since = wang.seq;
    house.pass("4m").await;
    house.stop().await;
    house.pass_in_silence("5s");
    house.start().await;
    let mut wang = house.come("Wang", Some(since)).await;
    house.pass("54s").await;
    wang.hears_no_instruction().await;
    house.pass("1s").await;
    let quality = wang.told("sign_in", "quality").await;
    assert_eq!(clock(&quality["at"]), "09:15:00");
    assert_eq!(
        wang.state["queues"][0]["moves"].as_array().unwrap().len(),
        2,
        "{:#}",
        wang.state
    );

    // Without since only what is open now is told.
    let mut li = house.join("Li").await;
    let state = &li.state;
    assert_eq!(state["instructions"].as_array().unwrap().len(), 1);
    assert_eq!(state["instructions"][0]["id"], quality["id"]);
    li.hears_no_instruction().await;
    let listed = house
        .get(&format!("/api/v1/instructions?since={}", expert["seq"]))
        .await
        .json();
    let ids: Vec<_> = listed["instructions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    assert_eq!(ids, [&outbound["id"], &quality["id"]]);
    house.stop().await;
}
