//! The shift and its hand-over over HTTP, with a fake daemon behind it.

use crate::stage::{Props, Stage, get, http, post};
use serde_json::json;
use surged::journal::Side;
use surged::wire::Request;
use surged::wire::Role;
use surged::wire::{HandoverAsk, Wanted};

const JSON: &str = "Content-Type: application/json\r\n";

fn handover(request: Request) -> HandoverAsk {
    match request {
        Request::Handover(ask) => ask,
        other => panic!("expected a hand-over's step; came {other:?}"),
    }
}

#[tokio::test]
async fn the_shift_is_summed_up_for_the_times_that_are_asked_for() {
    let stage = Stage::start().await;
    let at = stage.address;
    let default = get(at, "/api/v1/shift").await.json();
    assert_eq!(
        (&default["summary"]["from"], &default["summary"]["to"]),
        (&json!("2026-11-01T15:25:00.000Z"), &json!("2026-11-02T03:25:00.000Z")),
        "twelve hours, where nothing was handed over"
    );
    assert_eq!((&default["handover"], &default["last"]), (&json!(null), &json!(null)));
    assert_eq!(default["digest"].as_str().map(str::len), Some(64));
    let asked = get(
        at,
        "/api/v1/shift?from=2026-11-02T00:00:00Z&to=2026-11-02T01:00:00Z&upto=3",
    )
    .await
    .json();
    assert_eq!(
        (&asked["summary"]["from"], &asked["summary"]["upto"]),
        (&json!("2026-11-02T00:00:00.000Z"), &json!(3))
    );
    for wrong in [
        "from=2026-11-02T00:00:00Z&to=2026-11-02T00:00:00Z",
        "from=2026-10-01T00:00:00Z",
        "from=yesterday",
    ] {
        let refused = get(at, &format!("/api/v1/shift?{wrong}")).await;
        assert_eq!(
            (refused.status, &refused.json()["code"]),
            (422, &json!("not_understood")),
            "{wrong}"
        );
    }
    assert_eq!(get(at, "/api/v1/shift?since=1").await.status, 400);
}

#[tokio::test]
async fn without_tokens_whoever_signs_says_who_they_are_and_nothing_proves_it() {
    let mut stage = Stage::start().await;
    let at = stage.address;
    assert_eq!(get(at, "/api/v1/shift").await.json()["unproven"], json!(true));
    let nobody = post(at, "/api/v1/shift/begin", JSON, "{}").await;
    assert_eq!(
        (nobody.status, &nobody.json()["code"]),
        (409, &json!("staff_no_needed"))
    );
    let daemon = async {
        let begin = stage.take_ask().await;
        let ask = handover(begin.request);
        assert_eq!(
            (ask.by.staff_no.as_str(), ask.by.name.as_str(), ask.unproven),
            ("S7", "Li Na", true)
        );
        let Wanted::Begin { from, to, upto, digest } = ask.wanted else {
            panic!("{:?}", ask.wanted)
        };
        assert_eq!((to - from, upto, digest.len()), (surged::shift::DEFAULT_SHIFT, 5, 64));
        begin.reply.send(Ok(())).unwrap();
    };
    let body = r#"{"staff_no":" S7 ","name":"Li Na"}"#;
    let ((), begun) = tokio::join!(daemon, post(at, "/api/v1/shift/begin", JSON, body));
    assert_eq!(begun.status, 200);
}

#[tokio::test]
async fn with_tokens_everybody_signs_with_their_own() {
    let (mut stage, tokens) = Stage::with(Props {
        tokens: vec![Role::Supervisor, Role::Viewer],
        ..Props::default()
    })
    .await;
    let at = stage.address;
    let bearer = |index: usize| format!("{JSON}Authorization: Bearer {}\r\n", tokens[index]);
    assert_eq!(get(at, "/api/v1/shift").await.status, 401);
    let sign = r#"{"as":"coming","digest":"d1"}"#;
    let viewer = post(at, "/api/v1/shift/sign", &bearer(1), sign).await;
    assert_eq!((viewer.status, &viewer.json()["code"]), (403, &json!("not_allowed")));
    let reads = http(at, &format!("GET /api/v1/shift HTTP/1.1\r\n{}\r\n", bearer(1))).await;
    assert_eq!((reads.status, &reads.json()["unproven"]), (200, &json!(false)));
    let another = r#"{"as":"coming","digest":"d1","staff_no":"S43"}"#;
    let refused = post(at, "/api/v1/shift/sign", &bearer(0), another).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("S42, not S43"), "{}", refused.body);
    let daemon = async {
        let asked = stage.take_ask().await;
        let ask = handover(asked.request);
        assert_eq!((ask.by.staff_no.as_str(), ask.unproven), ("S42", false));
        let digest = "d1".to_owned();
        assert_eq!(
            ask.wanted,
            Wanted::Sign {
                side: Side::Coming,
                digest
            }
        );
        asked.reply.send(Ok(())).unwrap();
    };
    let supervisor = bearer(0);
    let ((), signed) = tokio::join!(daemon, post(at, "/api/v1/shift/sign", &supervisor, sign));
    assert_eq!((signed.status, signed.json()), (200, json!({ "ok": true })));
}

#[tokio::test]
async fn what_is_missing_or_too_much_is_said() {
    let mut stage = Stage::start().await;
    let at = stage.address;
    let many = serde_json::to_string(&vec!["a"; 1001]).unwrap();
    for (verb, body, status, says) in [
        ("note", r#"{"staff_no":"S7"}"#, 422, "expected words in \\\"note\\\""),
        ("settle", r#"{"staff_no":"S7","note":"x"}"#, 422, "\\\"item\\\""),
        ("sign", r#"{"staff_no":"S7","as":"leaving"}"#, 422, "digest"),
        (
            "sign",
            r#"{"staff_no":"S7","as":"both"}"#,
            422,
            "expected `leaving` or `coming`",
        ),
        ("withdraw", r#"{"staff_no":"S7"}"#, 422, "note"),
        ("note", r#"{"notes":"x"}"#, 422, "unknown field"),
        (
            "begin",
            r#"{"staff_no":"S7","from":"2026-11-03T00:00:00Z"}"#,
            422,
            "ends after it begins",
        ),
        ("dance", "{}", 404, "expected one of begin, note"),
        (
            "take_over",
            &format!(r#"{{"staff_no":"S7","items":{many}}}"#),
            422,
            "at most 1000",
        ),
    ] {
        let reply = post(at, &format!("/api/v1/shift/{verb}"), JSON, body).await;
        assert_eq!(reply.status, status, "{verb}: {}", reply.body);
        assert!(reply.body.contains(says), "{verb}: {}", reply.body);
    }
    assert!(stage.asks.try_recv().is_err(), "nothing of it reached the daemon");
    let foreign = format!("{JSON}Origin: http://evil.example\r\n");
    assert_eq!(post(at, "/api/v1/shift/begin", &foreign, "{}").await.status, 403);
    let query = get(at, "/api/v1/log?kind=gossip").await;
    assert_eq!(query.status, 422);
}
