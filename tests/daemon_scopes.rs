//! Two queues and a shift leader who has one of them: what they may do, and what reaches them.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{House, Supervisor, until};
use serde_json::json;
use surged::wire::Role;

/// The shipped plan with a second queue, and a token for that one alone.
async fn two_queues() -> (House, String) {
    let mut house = House::open_with(|plan| {
        let mut vip = plan["queue"]["inbound"].clone();
        vip.as_table_mut().unwrap().insert("source".into(), "vip".into());
        plan["queue"].as_table_mut().unwrap().insert("vip".into(), vip);
    })
    .await;
    house.phones.reading(json!({ "queue": "vip", "waiting": 0 }));
    house.heartbeat().await;
    let token = house.new_token("Xu", Role::ShiftLeader, &["vip"]).await;
    (house, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_one_queue_neither_hears_of_the_other_nor_acts_for_it() {
    let (mut house, token) = two_queues().await;
    let mut xu = Supervisor::come(house.address, "Xu", Some(&token), None).await;
    assert_eq!(xu.state["queues"].as_array().unwrap().len(), 1);
    let mut zhao = house.join("Zhao").await;
    house.reading(9).await;
    house.pass("5m").await;
    let expert = zhao.told("sign_in", "expert").await;
    assert_eq!(expert["queue"], "inbound");

    for beyond in [
        json!({ "type": "seen", "instruction": expert["id"] }),
        json!({ "type": "done", "instruction": expert["id"] }),
        json!({ "type": "pause", "queue": "inbound", "for_s": 600, "reason": "drill" }),
        json!({ "type": "call", "queue": "inbound", "tier": "outbound" }),
    ] {
        let reply = xu.say(beyond.clone()).await;
        assert_eq!(
            (&reply["type"], &reply["code"]),
            (&json!("error"), &json!("not_your_queue")),
            "{beyond}"
        );
        assert!(reply["message"].as_str().unwrap().contains("vip alone"), "{reply}");
    }
    let path = format!("/api/v1/instructions/{}/seen", expert["id"]);
    let refused = house::post(house.address, &path, Some(&token), &json!({})).await;
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (403, &json!("not_your_queue"))
    );
    zhao.done(&expert).await;

    xu.ask(json!({ "type": "call", "queue": "vip", "tier": "outbound" }))
        .await;
    let theirs = xu.told("sign_in", "outbound").await;
    assert_eq!(theirs["queue"], "vip");
    xu.done(&theirs).await;
    xu.hears_no_instruction().await;
    let log = house::get(house.address, "/api/v1/log", Some(&token)).await.json();
    let records = log["records"].as_array().unwrap();
    assert!(!records.is_empty());
    assert!(records.iter().all(|it| it["record"]["queue"] == "vip"), "{records:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_tells_nothing_of_other_queues() {
    let (mut house, token) = two_queues().await;
    let mut zhao = house.join("Zhao").await;
    house.reading(9).await;
    house.pass("5m").await;
    let expert = zhao.told("sign_in", "expert").await;
    let done = json!({ "type": "done", "instruction": expert["id"], "note": "Chen came back from hospital" });
    zhao.ask(done).await;
    zhao.ask(json!({ "type": "call", "queue": "vip", "tier": "outbound" }))
        .await;
    let ask = async |query: &str| {
        let path = format!("/api/v1/log?{query}");
        let reply = house::get(house.address, &path, Some(&token)).await;
        assert_eq!(reply.status, 200, "{query}");
        reply.json()
    };
    for paging in [
        "",
        "&limit=1",
        "&newest=true",
        "&newest=true&limit=1",
        "&since=3",
        "&kind=answered",
    ] {
        // Letter by letter, as somebody would who tries to read what is not for them.
        let there = ask(&format!("text=hospital{paging}")).await;
        let not_there = ask(&format!("text=hospitbl{paging}")).await;
        assert_eq!(there, not_there, "{paging}");
        assert_eq!(
            ask(&format!("who=Zhao&text=hospital{paging}")).await,
            not_there,
            "{paging}"
        );
    }
    // Their own is found.
    let own = ask("text=outbound&newest=true").await;
    assert!(
        own["records"].as_array().is_some_and(|records| !records.is_empty()),
        "{own}"
    );
    assert!(own["records"][0]["record"]["queue"] == "vip", "{own}");
    let refused = house::get(house.address, "/api/v1/log?queue=inbound&text=hospital", Some(&token)).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instruction_that_only_others_could_answer_has_reached_nobody() {
    let (mut house, token) = two_queues().await;
    let mut wall = house.join("wall").await;
    let _xu = Supervisor::come(house.address, "Xu", Some(&token), None).await;
    house.reading(9).await;
    house.pass("5m").await;
    let expert = wall.told("sign_in", "expert").await;
    let deaf = wall.notice("nobody_listening").await;
    assert_eq!(deaf["instruction"], expert["id"]);
    let _li = house.join("Li").await;
    house.delivered_again().await;
    let delivered = until("the instruction counts as delivered", || async {
        let open = house.get("/api/v1/instructions").await.json();
        Some(open["instructions"][0]["delivered"] == true).filter(|delivered| *delivered)
    })
    .await;
    assert!(delivered);
}
