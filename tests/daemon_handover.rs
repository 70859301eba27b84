//! A shift is handed over: summed up, what is open settled or taken over, signed by both with their own tokens, and proven by the log;
//! the daemon is restarted between the two signatures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{DEADLINE, House};
use serde_json::{Value, json};
use surged::journal::{Reader, Verdict};
use surged::wire::Stamp;

async fn shift(house: &House) -> Value {
    let reply = house.get("/api/v1/shift").await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

/// A step that must be taken.
async fn step(house: &House, name: &str, verb: &str, body: Value) {
    let reply = house.post(name, &format!("/api/v1/shift/{verb}"), &body).await;
    assert_eq!(reply.status, 200, "{name} {verb} {body}: {}", reply.body);
}

/// A step that must be refused: its code and its words.
async fn refused(house: &House, name: &str, verb: &str, body: Value) -> (u16, String, String) {
    let reply = house.post(name, &format!("/api/v1/shift/{verb}"), &body).await;
    let problem = reply.json();
    let text = |key: &str| problem[key].as_str().unwrap().to_owned();
    (reply.status, text("code"), text("detail"))
}

fn signature(side: &str, shift: &Value) -> Value {
    json!({ "as": side, "digest": shift["digest"] })
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sign_what_is_open_has_a_name_and_a_restart_in_between_changes_nothing() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    assert_eq!(li.welcome["handover"], Value::Null);

    // A surge: the experts are there for ten minutes, outbound is asked for and nobody answers.
    house.reading(14).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    li.done(&expert).await;
    house.pass("5m").await;
    let outbound = li.told("sign_in", "outbound").await;
    li.ask(json!({ "type": "seen", "instruction": outbound["id"] })).await;
    house.pass("5m").await;

    let before = shift(&house).await;
    let summary = &before["summary"];
    assert_eq!(
        (
            &summary["surges"][0]["queue"],
            &summary["surges"][0]["peak"],
            &summary["surges"][0]["ended"]
        ),
        (&json!("inbound"), &json!(14), &Value::Null)
    );
    let tiers = summary["surges"][0]["tiers"].as_array().unwrap();
    assert_eq!(
        tiers.iter().map(|it| &it["tier"]).collect::<Vec<_>>(),
        ["expert", "outbound"]
    );
    let e01 = summary["moved"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["person"] == "E01");
    assert_eq!(e01.unwrap()["time_s"], json!(600.0), "{summary:#}");
    assert_eq!(summary["instructions"]["done"], json!(1));
    assert_eq!(summary["instructions"]["seen"], json!(1));

    // Begun by a page, told to all; a wall may not.
    assert_eq!(refused(&house, "wall", "begin", json!({})).await.1, "not_allowed");
    assert_eq!(
        refused(&house, "Li", "sign", signature("leaving", &before)).await.1,
        "no_such_handover"
    );
    step(&house, "Li", "begin", json!({})).await;
    let begun = li.hear("the hand-over", |it| it["type"] == "handover").await;
    assert_eq!(
        (&begun["step"], &begun["open"], &begun["by"]["staff_no"]),
        (&json!("begun"), &json!(2), &json!("no-Li"))
    );
    step(&house, "Li", "note", json!({ "note": "outbound is slow today" })).await;

    // The one who leaves signs; the same person cannot sign for the one who comes.
    let drawn_up = shift(&house).await;
    assert_eq!(
        drawn_up["digest"], drawn_up["handover"]["digest"],
        "the summary is the one to be signed"
    );
    let stale = refused(&house, "Li", "sign", json!({ "as": "leaving", "digest": "0" })).await;
    assert_eq!((stale.0, stale.1.as_str()), (409, "summary_changed"));
    step(&house, "Li", "sign", signature("leaving", &drawn_up)).await;
    let (status, code, words) = refused(&house, "Li", "sign", signature("coming", &drawn_up)).await;
    assert_eq!((status, code.as_str()), (409, "same_person"), "{words}");
    assert_eq!(refused(&house, "Li", "take_over", json!({})).await.1, "same_person");
    assert_eq!(refused(&house, "Wang", "begin", json!({})).await.1, "signed_already");

    // A restart between the two signatures.
    let seen = li.seq;
    house.stop().await;
    house.start().await;
    house.heartbeat().await;
    let mut wang = house.join("Wang").await;
    let kept = &wang.welcome["handover"];
    assert_eq!(kept["leaving"]["by"]["staff_no"], "no-Li", "{kept:#}");
    assert_eq!(kept["notes"][0]["note"], "outbound is slow today");
    let mut li = house.come("Li", Some(seen)).await;
    let after = shift(&house).await;
    assert_eq!(after["summary"], drawn_up["summary"], "the same log, the same summary");
    assert_eq!(after["digest"], drawn_up["digest"]);

    // Nothing stays open without a name.
    let (_, code, words) = refused(&house, "Wang", "sign", signature("coming", &after)).await;
    assert_eq!(code, "still_open");
    assert!(
        words.contains("instruction 1") && words.contains("instruction 2"),
        "{words}"
    );
    assert_eq!(
        refused(&house, "Wang", "settle", json!({ "item": "pause-x", "note": "x" }))
            .await
            .1,
        "no_such_item"
    );
    step(
        &house,
        "Wang",
        "settle",
        json!({ "item": "instruction-2", "note": "outbound was not needed" }),
    )
    .await;
    step(&house, "Wang", "take_over", json!({ "items": ["instruction-1"] })).await;
    step(&house, "Wang", "sign", signature("coming", &after)).await;
    for page in [&mut li, &mut wang] {
        let signed = page
            .hear("the second signature", |it| {
                it["step"] == "signed" && it["side"] == "coming"
            })
            .await;
        assert_eq!(signed["by"]["name"], "Wang");
        page.hear("that it is complete", |it| it["step"] == "completed").await;
    }

    house.pass("1m").await;
    // The next shift begins where this one ended, and the log proves all of it.
    let next = shift(&house).await;
    assert_eq!(next["handover"], Value::Null);
    assert_eq!(next["last"]["id"], drawn_up["handover"]["id"]);
    assert_eq!(next["last"]["coming"]["by"]["staff_no"], "no-Wang");
    assert_eq!(next["summary"]["from"], drawn_up["summary"]["to"]);
    let again = format!(
        "/api/v1/shift?from={}&to={}&upto={}",
        drawn_up["summary"]["from"].as_str().unwrap(),
        drawn_up["summary"]["to"].as_str().unwrap(),
        drawn_up["summary"]["upto"]
    );
    assert_eq!(
        house.get(&again).await.json()["digest"],
        drawn_up["digest"],
        "it can be computed again"
    );
    let verdict = Reader::open(&house.journal(), DEADLINE)
        .unwrap()
        .verify(|_, _| {})
        .unwrap();
    assert!(matches!(verdict, Verdict::Whole { .. }), "{verdict:?}");
    let logged = house.get("/api/v1/log?kind=handover&newest=true").await.json();
    let kinds: Vec<&str> = logged["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["record"]["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "handover_completed",
            "handover_signed",
            "handover_taken_over",
            "handover_settled",
            "handover_signed",
            "handover_noted",
            "handover_begun"
        ]
    );
    // Back from the log once more: the next hand-over has the next number.
    house.stop().await;
    house.start().await;
    house.heartbeat().await;
    step(&house, "Zhao", "begin", json!({})).await;
    assert_eq!(shift(&house).await["handover"]["id"], json!(2));
    step(&house, "Zhao", "withdraw", json!({ "note": "too early" })).await;
    assert_eq!(shift(&house).await["handover"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_ended_of_itself_needs_nobody_and_a_pause_does() {
    let house = House::open().await;
    let _li = house.join("Li").await;
    let pause = json!({ "for_s": 600, "reason": "fire drill" });
    assert_eq!(
        house.post("Zhao", "/api/v1/queues/inbound/pause", &pause).await.status,
        200
    );
    step(&house, "Li", "begin", json!({})).await;
    let begun = shift(&house).await;
    let item = &begun["handover"]["items"][0];
    assert_eq!(
        (&item["key"], &item["note"], &item["standing"]),
        (&json!("pause-inbound"), &json!("fire drill"), &json!("open"))
    );
    step(&house, "Zhao", "sign", signature("coming", &begun)).await;
    assert_eq!(
        refused(&house, "Li", "sign", signature("leaving", &begun)).await.1,
        "still_open"
    );
    assert_eq!(
        house
            .post("Zhao", "/api/v1/queues/inbound/resume", &json!({}))
            .await
            .status,
        200
    );
    house
        .queue("the pause is over", |queue| queue["paused"].is_null())
        .await;
    assert_eq!(shift(&house).await["handover"]["items"][0]["standing"], "gone");
    step(&house, "Li", "sign", signature("leaving", &begun)).await;
    assert_eq!(shift(&house).await["last"]["leaving"]["by"]["name"], "Li");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_looked_up_by_queue_kind_person_time_and_text() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    house.reading(9).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    li.ask(json!({ "type": "done", "instruction": expert["id"], "note": "all four, said Ma" }))
        .await;
    let look = async |query: &str| {
        let reply = house.get(&format!("/api/v1/log?newest=true&{query}")).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
        let page = reply.json();
        let kinds: Vec<String> = page["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["record"]["kind"].as_str().unwrap().to_owned())
            .collect();
        (kinds, page)
    };
    let (kinds, page) = look("kind=instructions,answers").await;
    assert_eq!(kinds, ["answered", "instruct"], "newest first");
    assert_eq!(
        page["records"][0]["record"]["message"]["type"], "answer",
        "as the floor was told"
    );
    assert_eq!(
        look("kind=instructions,answers&who=no-li").await.0,
        ["answered"],
        "by staff number, in either case"
    );
    assert_eq!(
        look("kind=instructions,answers&who=E01").await.0,
        ["instruct"],
        "or whoever was asked for"
    );
    assert_eq!(look("text=SAID%20ma&kind=answers").await.0, ["answered"]);
    assert_eq!(look("queue=other").await.0, Vec::<String>::new());
    // 09:05 in Shanghai is when the experts were asked for.
    let nine_five = Stamp(house::time("2026-11-02T01:05:00.000Z"));
    assert_eq!(look(&format!("kind=instruct&from={nine_five}")).await.0, ["instruct"]);
    assert_eq!(
        look(&format!("kind=instruct&to={nine_five}")).await.0,
        Vec::<String>::new()
    );
    // In pages, back to the beginning.
    let (mut all, mut before) = (Vec::new(), String::new());
    loop {
        let (kinds, page) = look(&format!("kind=daemon,plan,sight,instructions,answers&limit=2{before}")).await;
        all.extend(kinds);
        if page["more"] == json!(false) {
            break;
        }
        before = format!("&before={}", page["next"]);
    }
    assert_eq!(all.last().map(String::as_str), Some("started"));
    assert_eq!(all.iter().filter(|kind| *kind == "instruct").count(), 1);
    // Readings only where they are asked for.
    assert!(!all.iter().any(|kind| kind == "reading"));
    assert!(
        look("kind=readings")
            .await
            .0
            .iter()
            .all(|kind| kind == "reading" || kind == "heartbeat")
    );
    let wrong = house.get("/api/v1/log?kind=gossip").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("instructions, answers"), "{}", wrong.body);
}

/// `surged log sign` with somebody's token in its environment.
async fn sign(house: &House, name: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let mut command = tokio::process::Command::new(house::binary());
    command
        .args([
            "log",
            "sign",
            "--url",
            &format!("http://{}", house.address),
            "--zone",
            "Asia/Shanghai",
        ])
        .args(more)
        .env("SURGED_TOKEN", house.token(name))
        .env("NO_COLOR", "1")
        .stdin(std::process::Stdio::null());
    let done = house::within("surged log sign", command.output()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code(), text(done.stdout), text(done.stderr))
}

/// What `surged log show` prints.
async fn log_show(house: &House, more: &[&str]) -> String {
    let mut command = tokio::process::Command::new(house::binary());
    let journal = house.journal();
    command.args(["log", "show", "--journal"]).arg(journal).args(more);
    let done = house::within("surged log show", command.output()).await.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_from_the_command_line() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    house.reading(9).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    li.done(&expert).await;
    house.pass("1m").await;

    let (status, shown, _) = sign(&house, "Li", &[]).await;
    assert_eq!(status, Some(0));
    for says in [
        "at most 9 waiting; called: expert 4",
        "E01 (expert): 1:00",
        "inbound: 4 of expert away from their own place since ",
        " [instruction-1]\n",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    assert_eq!(shift(&house).await["handover"], Value::Null, "looking changes nothing");
    let (status, _, said) = sign(&house, "Li", &["--as", "leaving"]).await;
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("add --yes"), "{said}");
    let (status, shown, said) = sign(
        &house,
        "Li",
        &["--as", "leaving", "--yes", "--note", "quiet after nine"],
    )
    .await;
    assert_eq!(status, Some(0), "{said}");
    assert!(
        shown.ends_with("signed as the one leaving; hand-over 1 waits for the one coming\n"),
        "{shown}"
    );
    let (status, _, said) = sign(&house, "Li", &["--as", "coming", "--yes"]).await;
    assert_eq!(status, Some(1));
    assert!(said.contains("two people hand a shift over"), "{said}");
    let (status, _, said) = sign(&house, "Wang", &["--as", "coming", "--yes"]).await;
    assert!(
        status == Some(1) && said.contains("Still open and nobody's: instruction 1"),
        "{said}"
    );
    let (status, shown, said) = sign(&house, "Wang", &["--as", "coming", "--yes", "--take-over", "all"]).await;
    assert_eq!(status, Some(0), "{said}");
    let log = log_show(&house, &[]).await;
    // Who comes and goes on the floor stands between them when it comes to it.
    let of_it: Vec<&str> = log.lines().filter(|line| line.contains("hand-over 1")).collect();
    let last = of_it[of_it.len().saturating_sub(3)..].join("\n");
    assert!(
        last.contains("hand-over 1: takes over Sign in 4 · expert for inbound") && !last.contains("drawn up"),
        "what it was stands in an entry further back: {last}"
    );
    assert!(shown.contains("Li (no-Li): quiet after nine"), "{shown}");
    assert!(
        shown.ends_with("complete: Li (no-Li) has handed over to Wang (no-Wang)\n"),
        "{shown}"
    );
    let (status, _, said) = sign(&house, "wall", &["--as", "leaving", "--yes"]).await;
    assert!(
        status == Some(1) && said.contains("needs the token of a supervisor"),
        "{said}"
    );
}
