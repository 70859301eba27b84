//! What leaders decide: a yes that a tier waits for, the floor counted again, people called by number; and shadow, of which nobody hears.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{House, clock, seats, until};
use serde_json::{Value, json};

fn set_mode(plan: &mut toml::Table, mode: &str) {
    plan["queue"]["inbound"]
        .as_table_mut()
        .unwrap()
        .insert("mode".into(), mode.into());
}

/// Where somebody is, once that is so.
async fn lent_to(house: &House, person: &str, queue: Value) {
    until(&format!("{person} is lent to {queue}"), || async {
        let people = house.get("/api/v1/people").await.json();
        let people = people["people"].as_array().unwrap();
        let found = people.iter().find(|it| it["person"] == person).unwrap();
        (found["lent_to"] == queue).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tier_waits_for_a_yes_and_the_floor_is_counted() {
    let mut house = House::open_with(|plan| set_mode(plan, "approve")).await;
    let mut li = house.join("Li").await;
    let mut zhao = house.join("Zhao").await;

    // Due, and asked; nobody moves.
    house.reading(7).await;
    house.pass("5m").await;
    let asked = li.notice("approval_asked").await;
    assert_eq!((&asked["tier"], &asked["times"]), (&json!("expert"), &json!(1)));
    assert_eq!(
        (clock(&asked["since"]), clock(&asked["again_at"])),
        ("09:05:00".into(), "09:07:00".into())
    );
    assert_eq!(asked["people"], json!(["E01", "E02", "E03", "E04"]));
    li.hears_no_instruction().await;
    until("the metric of what waits for a yes", || async {
        let metrics = house.get("/metrics").await;
        (metrics.metric(r#"surged_approvals_waiting{queue="inbound"}"#) == Some(1.0)).then_some(())
    })
    .await;

    // Nobody has said anything: asked again. A supervisor may not.
    house.pass("2m").await;
    li.notice("approval_asked").await;
    let waits = house
        .queue("a yes is waited for", |it| it["approval"]["times"] == 2)
        .await;
    assert_eq!(
        (&waits["mode"], &waits["tiers"][0]["standing"]),
        (&json!("approve"), &json!("approval"))
    );
    let yes = json!({ "type": "approve", "queue": "inbound", "tier": "expert" });
    assert_eq!(li.say(yes.clone()).await["code"], "not_allowed");
    zhao.ask(yes).await;
    let expert = li.told("sign_in", "expert").await;
    assert_eq!((seats(&expert), clock(&expert["at"])), ((4, 4, 4), "09:07:00".into()));
    assert_eq!(expert["by"], json!({ "name": "Zhao", "staff_no": "no-Zhao" }));
    assert_eq!(expert["reason"]["code"], "waiting_above");
    assert_eq!(expert["chosen"][0], json!({ "person": "E01", "times": 0 }));
    assert_eq!(li.notice("approved").await["by"]["name"], "Zhao");
    lent_to(&house, "E04", json!("inbound")).await;
    li.done(&expert).await;

    // The next one is refused, with a reason.
    house.pass("5m").await;
    assert_eq!(li.notice("approval_asked").await["tier"], "outbound");
    let silent = json!({ "tier": "outbound", "reason": "" });
    let refuse = "/api/v1/queues/inbound/refuse";
    assert_eq!(house.post("Zhao", refuse, &silent).await.status, 422);
    let no = json!({ "tier": "outbound", "reason": "they are needed there" });
    assert_eq!(house.post("Zhao", refuse, &no).await.status, 200);
    assert_eq!(li.notice("approval_refused").await["reason"], "they are needed there");
    li.hears_no_instruction().await;
    let late = house
        .post("Zhao", "/api/v1/queues/inbound/approve", &json!({ "tier": "outbound" }))
        .await;
    assert_eq!((late.status, &late.json()["code"]), (409, &json!("nothing_to_approve")));

    // Counted: one expert is not there, two of outbound are.
    let count = json!({
        "moves": [{ "instruction": expert["id"], "people": ["E01", "E02", "E03"] }],
        "extra": [{ "pool": "outbound", "seats": 2 }],
    });
    assert_eq!(
        house.post("Zhao", "/api/v1/queues/inbound/count", &count).await.status,
        200
    );
    let counted = li.notice("counted").await;
    assert_eq!(counted["moves"][0]["after"][0]["people"], json!(["E01", "E02", "E03"]));
    assert_eq!(
        counted["found"][0]["part"],
        json!({ "pool": "outbound", "seats": 2, "people": [] })
    );
    lent_to(&house, "E04", json!(null)).await;
    let queue = house
        .queue("two moves", |it| it["moves"].as_array().unwrap().len() == 2)
        .await;
    assert_eq!(
        (&queue["moves"][0]["seats"], &queue["moves"][1]["tier"]),
        (&json!(3), &json!("outbound"))
    );

    // A number of people, by hand, needs no yes.
    let call = house
        .post("Zhao", "/api/v1/queues/inbound/call", &json!({ "seats": 2 }))
        .await;
    assert_eq!(call.status, 200, "{}", call.body);
    let called = li.instruction().await;
    assert_eq!(
        (&called["seats"]["ask"], &called["reason"]["code"]),
        (&json!(2), &json!("order"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_is_decided_in_shadow_nobody_hears() {
    let mut house = House::open_with(|plan| {
        set_mode(plan, "shadow");
        plan["ladder"]["day"]["tier"][0]["name"] = "dusk".into();
    })
    .await;
    let mut li = house.join("Li").await;
    house.reading(7).await;
    house.pass("5m").await;
    let queue = house
        .queue("a move in shadow", |it| it["moves"][0]["shadow"] == true)
        .await;
    assert_eq!(
        (&queue["mode"], &queue["tiers"][0]["mode"]),
        (&json!("shadow"), &json!("shadow"))
    );
    assert_eq!(queue["moves"][0]["tier"], "dusk");
    li.hears_no_instruction().await;
    assert_eq!(
        house.get("/api/v1/instructions").await.json()["instructions"],
        json!([])
    );
    assert_eq!(
        house.get("/api/v1/instructions?since=0").await.json()["instructions"],
        json!([])
    );
    let metrics = house.get("/metrics").await;
    let count = |name: &str| metrics.metric(&format!(r#"{name}{{queue="inbound",tier="dusk",action="sign_in"}}"#));
    assert_eq!(count("surged_shadow_instructions_total"), Some(1.0));
    assert_eq!(count("surged_instructions_total"), None);
    let seen = house.post("Li", "/api/v1/instructions/1/seen", &json!({})).await;
    assert_eq!(seen.json()["code"], "in_shadow", "{}", seen.body);
}
