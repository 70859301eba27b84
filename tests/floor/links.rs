//! Coming in without typing a token: a link with a one-time code, and wallboards that a leader lets in.

use crate::stage::{Props, Reply, Stage, post};
use serde_json::{Value, json};
use surged::core::Millis;
use surged::floor::access::{NewToken, issue_code};
use surged::wire::Role;

const JSON: &str = "Content-Type: application/json\r\n";

async fn say(stage: &Stage, path: &str, token: Option<&str>, body: Value) -> Reply {
    let bearer = token.map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
    post(
        stage.address,
        &format!("/api/v1/access/{path}"),
        &format!("{JSON}{bearer}"),
        &body.to_string(),
    )
    .await
}

async fn is_let_in(stage: &Stage, token: &str) -> Value {
    let (_, welcome) = stage.hello(json!({ "type": "hello", "token": token })).await;
    welcome["you"].clone()
}

#[tokio::test]
async fn a_link_from_the_command_line_lets_one_device_in_once() {
    let (stage, _) = Stage::with(Props {
        tokens: vec![Role::Manager],
        ..Props::default()
    })
    .await;
    let new = NewToken {
        name: "Li Na".into(),
        staff_no: "S07".into(),
        role: Role::Supervisor,
        queues: Vec::new(),
        expires: None,
    };
    let (code, _) = issue_code(&stage.token_file(), new, Millis::from_mins(60), None).unwrap();
    let came = say(&stage, "login", None, json!({ "code": code })).await;
    assert_eq!(
        (came.status, came.header("cache-control")),
        (200, Some("no-store")),
        "{came:?}"
    );
    let token = came.json()["token"].as_str().unwrap().to_owned();
    let you = is_let_in(&stage, &token).await;
    assert_eq!((&you["name"], &you["role"]), (&json!("Li Na"), &json!("supervisor")));
    let again = say(&stage, "login", None, json!({ "code": code })).await;
    assert_eq!(
        (again.status, &again.json()["code"]),
        (401, &json!("not_let_in")),
        "once: {again:?}"
    );
    assert!(!again.body.contains(&code), "a code is never said again");
}

#[tokio::test]
async fn a_second_device_is_its_owner_and_ends_with_them() {
    let (stage, tokens) = Stage::with(Props {
        tokens: vec![Role::Supervisor],
        ..Props::default()
    })
    .await;
    assert_eq!(
        say(&stage, "link", None, json!({ "page": "https://floor.example/" }))
            .await
            .status,
        401
    );
    let bad = say(
        &stage,
        "link",
        Some(&tokens[0]),
        json!({ "page": "javascript:alert(1)" }),
    )
    .await;
    assert_eq!((bad.status, &bad.json()["code"]), (422, &json!("not_understood")));
    let made = say(
        &stage,
        "link",
        Some(&tokens[0]),
        json!({ "page": "https://floor.example/" }),
    )
    .await
    .json();
    let link = made["link"].as_str().unwrap();
    let code = link.strip_prefix("https://floor.example/#code=").unwrap();
    assert!(made["qr"].as_str().unwrap().contains("<svg"));
    let token = say(&stage, "login", None, json!({ "code": code })).await.json()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let you = is_let_in(&stage, &token).await;
    assert_eq!((&you["role"], &you["staff_no"]), (&json!("supervisor"), &json!("S42")));
    let first = surged::floor::access::read(&stage.token_file()).unwrap().remove(0);
    surged::floor::access::revoke(&stage.token_file(), &first.id).unwrap();
    let kept = surged::floor::access::read(&stage.token_file()).unwrap();
    assert!(
        kept.iter().all(|it| it.revoked.is_some()),
        "who takes a person's token back takes their phone's as well"
    );
}

#[tokio::test]
async fn a_wallboard_comes_in_by_the_code_on_its_screen_and_a_leaders_word() {
    let (stage, tokens) = Stage::with(Props {
        tokens: vec![Role::Supervisor, Role::ShiftLeader],
        ..Props::default()
    })
    .await;
    let shown = say(&stage, "wall", None, json!({})).await.json();
    let (code, secret) = (shown["code"].as_str().unwrap(), shown["secret"].as_str().unwrap());
    let claim = async || say(&stage, "claim", None, json!({ "secret": secret })).await;
    assert_eq!(claim().await.json(), json!({ "token": null }));
    let by_supervisor = say(&stage, "let_wall_in", Some(&tokens[0]), json!({ "code": code })).await;
    assert_eq!(
        (by_supervisor.status, &by_supervisor.json()["code"]),
        (403, &json!("not_allowed"))
    );
    let wrong = say(&stage, "let_wall_in", Some(&tokens[1]), json!({ "code": "AAAA2222" })).await;
    assert_eq!((wrong.status, &wrong.json()["code"]), (404, &json!("no_such_wall")));
    let typed = format!("{} {}", &code[..4].to_lowercase(), &code[4..]);
    assert_eq!(
        say(&stage, "let_wall_in", Some(&tokens[1]), json!({ "code": typed }))
            .await
            .status,
        200
    );
    let token = claim().await.json()["token"].as_str().unwrap().to_owned();
    let you = is_let_in(&stage, &token).await;
    assert_eq!(
        (&you["role"], &you["name"]),
        (&json!("viewer"), &json!("Wall (the shift_leader)"))
    );
    assert_eq!(claim().await.status, 404, "its token is told once");
}

#[tokio::test]
async fn where_nobody_needs_a_token_there_is_nothing_to_carry() {
    let stage = Stage::start().await;
    for (path, body) in [("link", json!({ "page": "http://localhost/" })), ("wall", json!({}))] {
        let refused = say(&stage, path, None, body).await;
        assert_eq!(
            (refused.status, &refused.json()["code"]),
            (409, &json!("no_tokens")),
            "{path}"
        );
    }
}
