//! A thing said once: over random days a console hears the same live, after a restart, over HTTP, from the duty log and by webhook.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{House, Log, Receiver, Supervisor};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use surged::webhook::KINDS;
use surged::wire::ServerMessage;

/// Acts of a day.
const ACTS: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_told_the_same_everywhere() {
    let mut kinds_seen = std::collections::BTreeSet::new();
    for seed in 1..=6 {
        let mut hook = Receiver::open().await;
        let mut house = house_with(&hook).await;
        let mut wall = house.come("wall", Some(0)).await;
        let mut zhao = house.join("Zhao").await;
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        for _ in 0..ACTS {
            act(&mut house, &mut zhao, &mut dice).await;
        }
        // What a watched file still brings after this belongs to no list.
        let last = in_the_log(&house, u64::MAX).last().map_or(0, seq);
        let live = heard_up_to(&mut wall, last).await;
        kinds_seen.extend(live.iter().map(|message| word(message).to_owned()));

        assert_eq!(in_the_log(&house, last), live, "seed {seed}: the duty log");
        assert_eq!(over_http(&house, last).await, live, "seed {seed}: GET log");
        let instructions = house.get("/api/v1/instructions?since=0").await.json();
        let listed = instructions["instructions"].as_array().unwrap();
        let asked = of_type(&live, |kind| kind == "instruction");
        assert_eq!(listed[..asked.len()], asked, "seed {seed}: GET instructions");
        assert!(listed[asked.len()..].iter().all(|it| seq(it) > last), "seed {seed}");
        let by_hook = of_type(&live, |kind| kind != "handover");
        for (number, message) in by_hook.iter().enumerate() {
            let sent = hook.next().await.json();
            assert_eq!(sent, *message, "seed {seed}: webhook {number}");
        }

        house.stop().await;
        house.start().await;
        let mut again = house.come("wall", Some(0)).await;
        let resumed = heard_up_to(&mut again, last).await;
        assert_eq!(resumed, live, "seed {seed}: after a restart");
    }
    for kind in [
        "instruction",
        "answer",
        "feed_lost",
        "config_refused",
        "config_changed",
        "handover",
        "paused",
    ] {
        assert!(kinds_seen.contains(kind), "the days never say {kind}: {kinds_seen:?}");
    }
}

/// Two things that the floor can only judge with the words beside the code: whose promise was broken, and whom the phones show in place
/// of people who were said to be there.
#[tokio::test(flavor = "multi_thread")]
async fn a_broken_promise_and_a_slip_of_a_name_are_told_the_same_everywhere() {
    let mut hook = Receiver::open().await;
    let mut house = house_with(&hook).await;
    let mut wall = house.come("wall", Some(0)).await;
    let mut li = house.join("Li").await;
    let named = |people: &[&str]| {
        let agents: Vec<Value> = people
            .iter()
            .map(|person| json!({ "person": person, "state": "busy" }))
            .collect();
        json!({ "waiting": 7, "signed_in": 40 + people.len(), "agents": agents })
    };
    house.tell(named(&[])).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    li.ask(json!({ "type": "seen", "instruction": expert["id"], "eta_s": 60 }))
        .await;
    house.pass("2m").await;
    let up = li.notice("passed_up").await;
    let promise = json!({ "by": { "name": "Li", "staff_no": "no-Li" }, "at": "2026-11-02T01:06:00.000Z" });
    assert_eq!(up["promise"], promise);
    li.done(&expert).await;
    house.tell(named(&["E01", "e02", "E03", "E04"])).await;
    house.pass("3m").await;
    let doubt = li.notice("not_shown").await;
    let near = json!([{ "person": "E02", "instead": "other_spelling", "people": ["e02"] }]);
    assert_eq!((&doubt["shown"], &doubt["near"]), (&json!(3), &near));

    let last = in_the_log(&house, u64::MAX).last().map_or(0, seq);
    let live = heard_up_to(&mut wall, last).await;
    assert!(live.contains(&up) && live.contains(&doubt));
    assert_eq!(in_the_log(&house, last), live, "the duty log");
    assert_eq!(over_http(&house, last).await, live, "GET log");
    for message in &live {
        assert_eq!(hook.next().await.json(), *message, "webhook");
    }
    house.stop().await;
    house.start().await;
    let mut again = house.come("wall", Some(0)).await;
    assert_eq!(heard_up_to(&mut again, last).await, live, "after a restart");
}

async fn house_with(hook: &Receiver) -> House {
    let url = hook.url.clone();
    House::open_with(move |plan| {
        let hook = json!({ "page": { "url": url, "kinds": KINDS, "give_up_after": "24h" } });
        plan.insert("webhook".into(), toml::Value::try_from(hook).unwrap());
    })
    .await
}

/// One thing happens: callers come or go, time passes, the phone system falls silent, somebody answers or orders, the plan changes.
async fn act(house: &mut House, zhao: &mut Supervisor, dice: &mut impl Rng) {
    match dice.random_range(0..14) {
        0..=3 => house.reading(dice.random_range(0..40)).await,
        4..=6 => house.pass(["1m", "3m", "5m"][dice.random_range(0..3)]).await,
        7..=9 => answer(house, zhao, dice).await,
        10 | 11 => {
            zhao.say(order(dice)).await;
        }
        12 => {
            house.pass_in_silence("40s");
            house.heartbeat().await;
            house.reading(dice.random_range(0..40)).await;
        }
        _ => change(house, zhao, dice).await,
    }
}

/// Answers to instructions that may be open, closed or unknown; what is refused is told to nobody.
async fn answer(house: &House, zhao: &mut Supervisor, dice: &mut impl Rng) {
    let open = house.get("/api/v1/instructions").await.json();
    let open = open["instructions"].as_array().unwrap();
    let Some(it) = open.get(dice.random_range(0..open.len().max(1))) else {
        return;
    };
    let id = &it["id"];
    let said = match dice.random_range(0..6) {
        0 => json!({ "type": "seen", "instruction": id, "eta_s": 90 }),
        1 => json!({ "type": "decline", "instruction": id, "reason": "ill", "sure": true }),
        2 => json!({ "type": "escalate", "instruction": id, "note": "help" }),
        3 => json!({ "type": "left", "instruction": id, "seats": 1, "reason": "home", "sure": true }),
        4 => json!({ "type": "done", "instruction": id, "seats": 1, "note": "one came" }),
        _ => json!({ "type": "done", "instruction": id }),
    };
    zhao.say(said).await;
}

fn order(dice: &mut impl Rng) -> Value {
    match dice.random_range(0..6) {
        0 => json!({ "type": "call", "queue": "inbound", "seats": 2, "hold_s": 600 }),
        1 => json!({ "type": "pause", "queue": "inbound", "for_s": 120, "reason": "drill" }),
        2 => json!({ "type": "resume", "queue": "inbound" }),
        3 => json!({ "type": "incident", "queue": "inbound", "note": "billing down", "until": "2026-11-02T20:00:00Z" }),
        4 => json!({ "type": "incident_over", "queue": "inbound" }),
        _ => json!({ "type": "count", "queue": "inbound", "extra": [{ "pool": "outbound", "seats": 1 }] }),
    }
}

/// The plan's file is changed, for better or worse, or the shift is handed over.
async fn change(house: &mut House, zhao: &mut Supervisor, dice: &mut impl Rng) {
    match dice.random_range(0..3) {
        0 => {
            let priority = dice.random_range(11..1000);
            house.edit_config(|plan| set(plan, "priority", priority));
            zhao.notice("config_changed").await;
        }
        1 => {
            // Two problems, which stay two.
            house.edit_config(|plan| {
                set(plan, "priorty", 1);
                set(plan, "laddr", 1);
            });
            zhao.notice("config_refused").await;
            let priority = dice.random_range(1001..2000);
            house.edit_config(|plan| {
                inbound(plan).remove("priorty");
                inbound(plan).remove("laddr");
                set(plan, "priority", priority);
            });
            zhao.notice("config_changed").await;
        }
        _ => {
            house.post("Zhao", "/api/v1/shift/begin", &json!({})).await;
            house
                .post("Zhao", "/api/v1/shift/note", &json!({ "note": "watch it" }))
                .await;
        }
    }
}

fn inbound(plan: &mut toml::Table) -> &mut toml::Table {
    plan["queue"]["inbound"].as_table_mut().unwrap()
}

fn set(plan: &mut toml::Table, key: &str, value: i64) {
    inbound(plan).insert(key.into(), value.into());
}

fn in_the_log(house: &House, last: u64) -> Vec<Value> {
    let entries = Log::of(house.journal()).whole();
    let told = entries.iter().filter(|entry| entry.seq <= last);
    told.filter_map(ServerMessage::of)
        .map(|message| json!(message))
        .collect()
}

async fn over_http(house: &House, last: u64) -> Vec<Value> {
    let (mut told, mut since) = (Vec::new(), 0);
    loop {
        let page = house.get(&format!("/api/v1/log?since={since}")).await.json();
        for it in page["records"].as_array().unwrap() {
            let message = &it["record"]["message"];
            told.extend((!message.is_null() && seq(message) <= last).then(|| message.clone()));
        }
        if page["more"] != true {
            return told;
        }
        since = page["next"].as_u64().unwrap();
    }
}

async fn heard_up_to(who: &mut Supervisor, last: u64) -> Vec<Value> {
    while who.seq < last {
        who.hear("the last message", |it| it["seq"] == last).await;
    }
    let upto = who.numbered.iter().filter(|message| seq(message) <= last);
    upto.cloned().collect()
}

fn of_type(messages: &[Value], is_it: impl Fn(&str) -> bool) -> Vec<Value> {
    let kind = |message: &Value| message["type"].as_str().unwrap_or_default().to_owned();
    messages
        .iter()
        .filter(|message| is_it(&kind(message)))
        .cloned()
        .collect()
}

fn seq(message: &Value) -> u64 {
    message["seq"].as_u64().unwrap()
}

/// A notice's code, else the message's type.
fn word(message: &Value) -> &str {
    message["code"]
        .as_str()
        .or(message["type"].as_str())
        .unwrap_or_default()
}
