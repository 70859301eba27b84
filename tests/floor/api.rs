//! The HTTP interface.

use crate::stage::{Props, Stage, get, http, message, open, post, queue};
use serde_json::json;
use std::sync::Arc;
use surged::core::{Answer, Counted, InstructionId, Name, Order, PersonView, Time};
use surged::floor::{FloorSettings, Latch};
use surged::wire::{PersonState, Refused, RefusedBecause, Request, Role};

const JSON: &str = "Content-Type: application/json\r\n";

#[tokio::test]
async fn queues_and_instructions_are_read() {
    let stage = Stage::start().await;
    let at = stage.address;
    stage
        .hub
        .set_state(vec![queue("inbound", 7)], vec![open(3)], Vec::new());
    stage.hub.preload(1, [message(2), message(3)]);
    let queues = get(at, "/api/v1/queues").await;
    assert_eq!(
        (queues.status, &queues.json()["queues"][0]["waiting"]),
        (200, &json!(7))
    );
    let open = get(at, "/api/v1/instructions").await.json();
    assert_eq!((&open["seq"], &open["instructions"][0]["id"]), (&json!(3), &json!(3)));
    let since = get(at, "/api/v1/instructions?since=2").await.json();
    assert_eq!(
        (&since["gap"], &since["instructions"][0]["seq"]),
        (&json!(null), &json!(3))
    );
    let gap = get(at, "/api/v1/instructions?since=0").await.json();
    assert_eq!(gap["gap"], json!({ "from": 1, "to": 1 }));
    assert_eq!(get(at, "/api/v1/instructions?since=x").await.status, 400);
}

#[tokio::test]
async fn people_are_read() {
    let stage = Stage::start().await;
    let at = stage.address;
    assert_eq!(get(at, "/api/v1/people").await.json(), json!({ "people": [] }));
    let lent = PersonView {
        person: "E01".into(),
        pool: "expert".into(),
        lent_to: Some("inbound".into()),
        on_duty: true,
        on_duty_until: Some(Time(1_793_589_900_000)),
        asked_at: None,
        times: 2,
        resting_until: None,
    };
    stage.hub.set_people(Arc::new(vec![PersonState::from(&lent)]));
    let expected = json!({ "people": [{
        "person": "E01", "pool": "expert", "lent_to": "inbound", "on_duty": true,
        "on_duty_until": "2026-11-02T03:25:00.000Z", "asked_at": null, "times": 2, "resting_until": null,
    }] });
    assert_eq!(get(at, "/api/v1/people").await.json(), expected);
}

#[tokio::test]
async fn a_yes_a_no_and_a_count_are_asked_of_the_daemon() {
    let mut stage = Stage::start().await;
    let at = stage.address;
    let queue = || Name::from("inbound");
    let tier = || Name::from("expert");
    let orders = [
        (
            "approve",
            r#"{"tier":"expert"}"#,
            Order::Approve {
                queue: queue(),
                tier: tier(),
            },
        ),
        (
            "refuse",
            r#"{"tier":"expert","reason":"it eases"}"#,
            Order::Refuse {
                queue: queue(),
                tier: tier(),
                reason: "it eases".into(),
            },
        ),
        (
            "call",
            r#"{"seats":3}"#,
            Order::Call {
                hold: None,
                queue: queue(),
                tier: None,
                seats: Some(3),
            },
        ),
        (
            "count",
            r#"{"moves":[{"instruction":4,"seats":0}]}"#,
            Order::Count {
                queue: queue(),
                moves: vec![Counted {
                    instruction: InstructionId(4),
                    seats: 0,
                    people: Vec::new(),
                }],
                extra: Vec::new(),
            },
        ),
    ];
    for (verb, body, order) in orders {
        let daemon = async {
            let ask = stage.take_ask().await;
            assert_eq!(ask.request, Request::Order(order));
            ask.reply.send(Ok(())).unwrap();
        };
        let path = format!("/api/v1/queues/inbound/{verb}");
        let ((), reply) = tokio::join!(daemon, post(at, &path, JSON, body));
        assert_eq!(reply.status, 200, "{verb}");
    }
    let neither = post(at, "/api/v1/queues/inbound/call", JSON, "{}").await;
    assert_eq!(
        (neither.status, &neither.json()["code"]),
        (422, &json!("not_understood"))
    );
}

#[tokio::test]
async fn answers_and_orders_are_asked_of_the_daemon() {
    let mut stage = Stage::start().await;
    let at = stage.address;
    let daemon = async {
        let seen = stage.take_ask().await;
        let (instruction, answer) = (InstructionId(4), Answer::Seen { eta: None });
        assert_eq!(
            seen.request,
            Request::Answer {
                instruction,
                answer,
                sure: false
            }
        );
        seen.reply.send(Ok(())).unwrap();
        let incident = stage.take_ask().await;
        let order = Order::Incident {
            queue: "热线".into(),
            note: "billing down".into(),
            until: Time(0),
        };
        assert_eq!(incident.request, Request::Order(order));
        let refused = Refused::from(RefusedBecause::NoSuchQueue {
            queue: "inbound".into(),
        });
        incident.reply.send(Err(refused)).unwrap();
    };
    let script = async {
        let seen = post(at, "/api/v1/instructions/4/seen", JSON, "{}").await;
        assert_eq!((seen.status, seen.json()), (200, json!({ "ok": true })));
        let body = r#"{"note":"billing down","until":"1970-01-01T00:00:00Z"}"#;
        post(at, "/api/v1/queues/%E7%83%AD%E7%BA%BF/incident", JSON, body).await
    };
    let ((), refused) = tokio::join!(daemon, script);
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    let expected = json!({
        "type": "about:blank", "title": "Not Found", "status": 404,
        "code": "no_such_queue", "queue": "inbound", "detail": "There is no queue inbound in the plan in force.",
    });
    assert_eq!(refused.json(), expected);
}

#[tokio::test]
async fn what_is_wrong_is_told_as_a_problem() {
    let stage = Stage::start().await;
    let at = stage.address;
    let status = async |path: &str, headers: &str, body: &str| {
        let reply = post(at, path, headers, body).await;
        let problem = reply.json();
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{path}");
        assert_eq!(problem["status"], reply.status, "{path}");
        (reply.status, problem["code"].as_str().unwrap().to_owned())
    };
    let seen = "/api/v1/instructions/4/seen";
    assert_eq!(status(seen, JSON, "{").await, (400, "not_understood".into()));
    assert_eq!(status(seen, JSON, r#"{"eta":1}"#).await, (422, "not_understood".into()));
    assert_eq!(
        status(seen, JSON, r#"{"instruction":5}"#).await,
        (422, "not_understood".into())
    );
    assert_eq!(
        status("/api/v1/instructions/4/dance", JSON, "{}").await,
        (404, "unknown_type".into())
    );
    assert_eq!(status("/api/v1/instructions/x/seen", JSON, "{}").await.0, 404);
    assert_eq!(status("/api/v1/queues", JSON, "{}").await, (405, "wrong_method".into()));
    let long = format!("{{\"note\":\"{}\"}}", "x".repeat(70_000));
    assert_eq!(status(seen, JSON, &long).await, (413, "too_big".into()));
    assert_eq!(get(at, "/no/such/page").await.status, 404);
}

#[tokio::test]
async fn a_foreign_page_can_change_nothing() {
    let mut stage = Stage::start().await;
    let at = stage.address;
    let path = "/api/v1/queues/inbound/resume";
    let foreign = format!("{JSON}Origin: http://evil.example\r\n");
    assert_eq!(post(at, path, &foreign, "{}").await.status, 403);
    assert_eq!(post(at, path, "Content-Type: text/plain\r\n", "{}").await.status, 415);
    assert_eq!(post(at, path, "", "").await.status, 415);
    let rebound = format!("{JSON}Host: evil.example\r\nOrigin: http://evil.example\r\n");
    assert_eq!(post(at, path, &rebound, "{}").await.status, 421);
    assert!(stage.asks.try_recv().is_err());
}

#[tokio::test]
async fn tokens_and_roles_hold_over_http_too() {
    let tokens = vec![Role::Supervisor];
    let (mut stage, tokens) = Stage::with(Props {
        tokens,
        ..Props::default()
    })
    .await;
    let at = stage.address;
    for path in [
        "/api/v1/queues",
        "/api/v1/people",
        "/api/v1/instructions",
        "/api/v1/log",
    ] {
        let refused = get(at, path).await;
        assert_eq!(
            (refused.status, refused.header("www-authenticate")),
            (401, Some("bearer")),
            "{path}"
        );
    }
    let bearer = format!("Authorization: Bearer {}\r\n", tokens[0]);
    let read = http(at, &format!("GET /api/v1/queues HTTP/1.1\r\n{bearer}\r\n")).await;
    assert_eq!(read.status, 200);
    let ordered = post(at, "/api/v1/queues/inbound/resume", &bearer, "").await;
    assert_eq!((ordered.status, &ordered.json()["code"]), (403, &json!("not_allowed")));
    let daemon = async { stage.take_ask().await.reply.send(Ok(())).unwrap() };
    let ((), seen) = tokio::join!(daemon, post(at, "/api/v1/instructions/1/seen", &bearer, ""));
    assert_eq!(seen.status, 200);
}

#[tokio::test]
async fn the_duty_log_is_read_in_pages() {
    let stage = Stage::start().await;
    let at = stage.address;
    let page = get(at, "/api/v1/log?since=2&limit=2").await.json();
    let record = |seq| json!({ "seq": seq, "record": { "n": seq, "words": "surged stopped in good order" } });
    assert_eq!(
        page,
        json!({ "records": [record(3), record(4)], "next": 4, "more": true })
    );
    let last = get(at, "/api/v1/log?since=4").await.json();
    assert_eq!((&last["next"], &last["more"]), (&json!(5), &json!(false)));
    let unreadable = get(at, "/api/v1/log?since=666").await;
    assert_eq!(
        (unreadable.status, &unreadable.json()["detail"]),
        (503, &json!("the disk is gone"))
    );
}

#[tokio::test]
async fn the_duty_log_speaks_the_language_that_is_asked_for() {
    let stage = Stage::start().await;
    let said = async |language: &str| {
        let page = get(stage.address, &format!("/api/v1/log?limit=1&language={language}")).await;
        (page.status, page.json()["records"][0]["record"]["words"].clone())
    };
    assert_eq!(said("en").await, (200, json!("surged stopped in good order")));
    assert_eq!(said("zh-Hans").await, (200, json!("surged 已正常停止")));
    assert_eq!(said("zh-Hant").await, (200, json!("surged 已正常停止")));
    assert_eq!(said("tlh").await.0, 422);
}

#[tokio::test]
async fn health_is_told_in_words() {
    let (stage, _) = Stage::with(Props {
        tokens: vec![Role::Viewer],
        ..Props::default()
    })
    .await;
    let at = stage.address;
    assert_eq!(get(at, "/readyz").await.status, 200);
    stage
        .health
        .set("feed hotline", Latch::Waiting("no reading yet".into()));
    assert_eq!(get(at, "/healthz").await.status, 200);
    let waiting = get(at, "/readyz").await;
    let said = json!({ "state": "waiting", "words": "no reading yet" });
    assert_eq!(
        (waiting.status, &waiting.json()["latches"]["feed hotline"]),
        (503, &said)
    );
    stage.health.set("journal", Latch::Failing("disk full".into()));
    assert_eq!(get(at, "/healthz").await.status, 503);
    // Whoever asks whether it is to be started anew hears of the loop alone.
    let alive = get(at, "/livez").await;
    let said = json!({ "ok": true, "latches": { "loop": { "state": "ok" } } });
    assert_eq!((alive.status, alive.json()), (200, said));
}

#[tokio::test]
async fn metrics_are_text_and_ask_for_their_token_where_one_is_set() {
    let stage = Stage::start().await;
    let mut client = stage.join().await;
    client.send("garbage".into()).await;
    client.closed().await;
    let plain = get(stage.address, "/metrics").await;
    assert!(
        plain
            .header("content-type")
            .unwrap()
            .starts_with("text/plain; version=0.0.4")
    );
    assert!(plain.body.contains("surged_floor_sessions{role=\"manager\"}"));
    assert!(plain.body.contains("# TYPE surged_floor_dropped_total counter"));
    assert!(
        plain
            .body
            .contains("surged_floor_dropped_total{reason=\"not_understood\"}")
    );
    let accept = "GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text\r\n\r\n";
    let open = http(stage.address, accept).await.body;
    assert!(open.contains("# TYPE surged_floor_dropped counter") && open.ends_with("# EOF\n"));

    let settings = FloorSettings {
        metrics_token: Some("scrape".into()),
        ..FloorSettings::default()
    };
    let (stage, _) = Stage::with(Props {
        settings,
        ..Props::default()
    })
    .await;
    assert_eq!(get(stage.address, "/metrics").await.status, 401);
    let bearer = "GET /metrics HTTP/1.1\r\nAuthorization: Bearer scrape\r\n\r\n";
    assert_eq!(http(stage.address, bearer).await.status, 200);
}

#[tokio::test]
async fn the_console_is_served_under_a_strict_policy() {
    let stage = Stage::start().await;
    let page = get(stage.address, "/").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let part = get(stage.address, "/main.js").await;
    assert_eq!(
        part.header("content-security-policy"),
        None,
        "no document: a policy on it has no effect"
    );
    assert!(
        !part.body.contains("//"),
        "comments are for who changes the page: {}",
        part.body
    );
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    let known = format!(
        "GET / HTTP/1.1\r\nIf-None-Match: {}\r\n\r\n",
        page.header("etag").unwrap()
    );
    let again = http(stage.address, &known).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(get(stage.address, "/../Cargo.toml").await.status, 404);
}

#[tokio::test]
async fn the_page_carries_its_mark_and_goes_packed_to_who_takes_it() {
    let stage = Stage::start().await;
    let page = get(stage.address, "/").await;
    let mark = page
        .body
        .split("data-page=\"")
        .nth(1)
        .and_then(|it| it.split('"').next())
        .unwrap();
    assert_eq!(mark.len(), 16, "{mark}");
    assert_eq!(page.header("etag"), Some(format!("\"{mark}\"").as_str()));
    assert_eq!(
        (page.header("content-encoding"), page.header("vary")),
        (None, Some("accept-encoding"))
    );
    let plain = get(stage.address, "/store.js").await;
    for (accepts, packed) in [
        ("gzip, br", Some("br")),
        ("br;q=1, gzip;q=0.5", Some("br")),
        ("gzip, br;q=0", Some("gzip")),
        ("gzip;q=0", None),
        ("identity", None),
    ] {
        let asks = format!("HEAD /store.js HTTP/1.1\r\nAccept-Encoding: {accepts}\r\n\r\n");
        let came = http(stage.address, &asks).await;
        assert_eq!(came.header("content-encoding"), packed, "{accepts}");
        let length: usize = came.header("content-length").unwrap().parse().unwrap();
        assert_eq!(
            length * 2 < plain.body.len(),
            packed.is_some(),
            "{length} of {} for {accepts}",
            plain.body.len()
        );
    }
}

#[tokio::test]
async fn the_floor_on_paper_is_for_who_may_read_it_in_the_language_that_is_asked_for() {
    let stage = Stage::start().await;
    assert_eq!(get(stage.address, "/paper").await.status, 503, "nothing is known yet");
    stage.hub.set_plan(std::sync::Arc::default());
    stage.hub.set_state(vec![queue("inbound", 7)], Vec::new(), Vec::new());
    let paper = get(stage.address, "/paper?language=zh-Hant").await;
    assert_eq!(
        (paper.status, paper.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    assert!(
        paper.body.contains("<html lang=\"zh-Hant\">") && paper.body.contains("<td>7</td>"),
        "{}",
        paper.body
    );
    assert!(
        paper
            .header("content-security-policy")
            .unwrap()
            .contains("default-src 'none'")
    );
    assert_eq!(get(stage.address, "/paper?language=nl").await.status, 422);
}
