//! The bench over HTTP: who may, one replay for each person, few in all, and a floor that nothing of it delays.

use crate::stage::{DEADLINE, Props, Reply, Stage, get, http, post, queue, soon};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use surged::config::{self, Config, Purpose, Surroundings};
use surged::core::Time;
use surged::floor::access::{self, NewToken};
use surged::floor::{Bench, BenchFault, Limits, Trial};
use surged::wire::Role;
use surged::words::Words;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

/// A bench whose replays last until they are let go, or told not to go on; it tells of each that begins, and of each that is given up.
struct Slow {
    tells: mpsc::UnboundedSender<String>,
    free: Arc<AtomicBool>,
}

impl Bench for Slow {
    fn offer(&self, running: &Config) -> Result<Value, BenchFault> {
        Ok(json!({ "queues": running.plan.queues.len() }))
    }

    fn try_out(&self, _: &Config, trial: &Trial, words: &Words, go_on: &dyn Fn() -> bool) -> Result<Value, BenchFault> {
        let _ = self.tells.send(trial.day.clone());
        while !self.free.load(Ordering::Acquire) {
            if !go_on() {
                let _ = self.tells.send(format!("{} given up", trial.day));
                return Err(BenchFault::Interrupted);
            }
            std::thread::yield_now();
        }
        Ok(json!({ "day": trial.day, "language": words.language().word() }))
    }
}

struct Set {
    stage: Stage,
    tokens: Vec<String>,
    tells: mpsc::UnboundedReceiver<String>,
    free: Arc<AtomicBool>,
}

impl Set {
    async fn with(limits: Limits, tokens: Vec<Role>) -> Set {
        let (sender, tells) = mpsc::unbounded_channel();
        let free = Arc::new(AtomicBool::new(false));
        let bench = Slow {
            tells: sender,
            free: Arc::clone(&free),
        };
        let props = Props {
            limits,
            tokens,
            bench: Some(Arc::new(bench)),
            ..Props::default()
        };
        let (stage, tokens) = Stage::with(props).await;
        stage.hub.set_config(Arc::new(shipped()));
        let (tells, free) = (tells, free);
        Set {
            stage,
            tokens,
            tells,
            free,
        }
    }

    /// Asks for a day, without waiting for the answer.
    fn ask(&self, who: usize, day: &str) -> tokio::task::JoinHandle<Reply> {
        let (address, headers) = (self.stage.address, headers(&self.tokens[who]));
        let body = json!({ "day": day }).to_string();
        tokio::spawn(async move { post(address, "/api/v1/bench", &headers, &body).await })
    }

    async fn told(&mut self) -> String {
        soon(self.tells.recv()).await.unwrap()
    }
}

fn headers(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n")
}

fn shipped() -> Config {
    let surroundings = Surroundings {
        folder: Path::new(env!("CARGO_MANIFEST_DIR")),
        variable: &|_| None,
        purpose: Purpose::Look,
        now: Time(1_793_589_900_000),
    };
    config::parse(include_str!("../../config/surged.toml"), "surged.toml", &surroundings).unwrap()
}

fn limits(benches: usize) -> Limits {
    Limits {
        benches,
        bench_wait: Duration::from_millis(50),
        ..Limits::default()
    }
}

#[tokio::test]
async fn operators_and_leaders_may_and_nobody_else() {
    let set = Set::with(limits(2), Role::ALL.to_vec()).await;
    set.free.store(true, Ordering::Release);
    let address = set.stage.address;
    for (role, token) in Role::ALL.iter().zip(&set.tokens) {
        let may = matches!(role, Role::Operator | Role::ShiftLeader | Role::Manager);
        let offer = http(
            address,
            &format!("GET /api/v1/bench HTTP/1.1\r\n{}\r\n", headers(token)),
        )
        .await;
        let tried = post(
            address,
            "/api/v1/bench",
            &headers(token),
            r#"{"day":"sample","language":"zh-Hant"}"#,
        )
        .await;
        let expected = if may { 200 } else { 403 };
        assert_eq!(
            (offer.status, tried.status),
            (expected, expected),
            "{role:?}: {tried:?}"
        );
        if may {
            assert_eq!(offer.json(), json!({ "queues": 1 }));
            assert_eq!(tried.json(), json!({ "day": "sample", "language": "zh-Hant" }));
        } else {
            assert!(
                tried.body.contains("operators, shift leaders and managers"),
                "{tried:?}"
            );
        }
    }
    let nobody = get(address, "/api/v1/bench").await;
    assert_eq!(nobody.status, 401, "{nobody:?}");
    let some_queues = NewToken {
        name: "one queue".into(),
        staff_no: "S77".into(),
        role: Role::Manager,
        queues: vec!["inbound".into()],
        expires: None,
    };
    let (token, _) = access::issue(&set.stage.token_file(), some_queues).unwrap();
    // The running floor takes up the new token by itself, and whoever asks too often before it does is told to wait.
    let part = soon(async {
        loop {
            let part = post(address, "/api/v1/bench", &headers(&token), r#"{"day":"sample"}"#).await;
            if ![401, 429].contains(&part.status) {
                break part;
            }
        }
    })
    .await;
    assert_eq!((part.status, &part.json()["code"]), (403, &json!("not_your_queue")));
}

#[tokio::test]
async fn a_newer_change_takes_the_place_of_the_one_before() {
    let patient = Limits {
        bench_wait: DEADLINE,
        ..limits(1)
    };
    let mut set = Set::with(patient, vec![Role::Operator]).await;
    let first = set.ask(0, "first");
    assert_eq!(set.told().await, "first");
    let second = set.ask(0, "second");
    let reply = soon(first).await.unwrap();
    assert_eq!((reply.status, &reply.json()["code"]), (409, &json!("superseded")));
    assert_eq!(set.told().await, "first given up");
    assert_eq!(set.told().await, "second");
    set.free.store(true, Ordering::Release);
    assert_eq!(soon(second).await.unwrap().json()["day"], "second");
}

#[tokio::test]
async fn more_than_the_machine_spares_are_told_to_wait_and_the_floor_is_not_delayed() {
    let mut set = Set::with(limits(1), vec![Role::Operator, Role::Manager]).await;
    set.stage
        .hub
        .set_state(vec![queue("inbound", 3)], Vec::new(), Vec::new());
    let first = set.ask(0, "first");
    assert_eq!(set.told().await, "first");
    let refused = soon(set.ask(1, "other")).await.unwrap();
    assert_eq!((refused.status, &refused.json()["code"]), (429, &json!("busy")));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert!(refused.body.contains("try again"), "{refused:?}");
    // Who asks again and again has one replay all the same; the newest of them.
    let many: Vec<_> = (0..40).map(|n| set.ask(1, &format!("n{n}"))).collect();
    let mut client = set.stage.connect().await;
    let hello = json!({ "type": "hello", "token": set.tokens[1] });
    assert_eq!(client.reply(hello).await["type"], "welcome");
    let headers = headers(&set.tokens[1]);
    let queues = http(
        set.stage.address,
        &format!("GET /api/v1/queues HTTP/1.1\r\n{headers}\r\n"),
    )
    .await;
    assert_eq!(queues.status, 200);
    for one in many {
        let status = soon(one).await.unwrap().status;
        assert!([409, 429].contains(&status), "{status}");
    }
    set.free.store(true, Ordering::Release);
    assert_eq!(soon(first).await.unwrap().status, 200);
    assert_eq!(soon(set.ask(1, "other")).await.unwrap().status, 200);
}

#[tokio::test]
async fn who_hangs_up_is_replayed_for_no_longer() {
    let mut set = Set::with(limits(1), vec![Role::Operator]).await;
    let body = r#"{"day":"gone"}"#;
    let request = format!(
        "POST /api/v1/bench HTTP/1.1\r\nHost: {}\r\n{}Content-Length: {}\r\n\r\n{body}",
        set.stage.address,
        headers(&set.tokens[0]),
        body.len()
    );
    let mut stream = TcpStream::connect(set.stage.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(set.told().await, "gone");
    drop(stream);
    assert_eq!(set.told().await, "gone given up");
}

#[tokio::test]
async fn what_is_too_much_or_not_understood_is_refused_in_words() {
    let none = Duration::ZERO;
    let set = Set::with(
        Limits {
            bench_work: none,
            ..limits(1)
        },
        vec![Role::Operator],
    )
    .await;
    let address = set.stage.address;
    let tried = async |body: &str| post(address, "/api/v1/bench", &headers(&set.tokens[0]), body).await;
    let setting = json!({ "key": ["ladder", "day", "tier", 0, "when", "for"], "value": "3m" });
    let many = json!({ "day": "sample", "settings": vec![&setting; 201] }).to_string();
    for (body, status, code, says) in [
        (many.as_str(), 413, "too_much", "at most 200"),
        (&"x".repeat(70_000), 413, "too_big", "at most 65536 bytes"),
        (r#"{"day":"sample"}"#, 413, "too_much", "surged replay"),
        ("{}", 422, "not_understood", "day"),
        (r#"{"day":"sample","colour":"red"}"#, 422, "not_understood", "colour"),
        (r#"{"day":"sample","language":"nl"}"#, 422, "not_understood", "zh-Hant"),
        (
            r#"{"day":"sample","answer_after":"soon"}"#,
            422,
            "not_understood",
            "60s",
        ),
        (
            r#"{"day":"sample","settings":[{"key":[null],"value":1}]}"#,
            422,
            "not_understood",
            "places in arrays",
        ),
        ("[]", 400, "not_understood", "one JSON object"),
    ] {
        let refused = tried(body).await;
        let begin = &body[..body.len().min(60)];
        assert_eq!(refused.status, status, "{begin}: {refused:?}");
        assert_eq!(refused.json()["code"], code, "{begin}: {refused:?}");
        let detail = refused.json()["detail"].to_string();
        assert!(detail.contains(says), "{begin}: {detail}");
    }
}

#[tokio::test]
async fn without_a_bench_or_a_plan_that_is_said() {
    let (stage, tokens) = Stage::with(Props {
        tokens: vec![Role::Operator],
        ..Props::default()
    })
    .await;
    let ask = format!("GET /api/v1/bench HTTP/1.1\r\n{}\r\n", headers(&tokens[0]));
    let none = http(stage.address, &ask).await;
    assert_eq!((none.status, &none.json()["code"]), (404, &json!("no_bench")));
    // Its page is there for whoever opens it.
    let page = get(stage.address, "/bench").await;
    assert_eq!(page.status, 200);
    assert!(
        page.header("content-security-policy")
            .is_some_and(|it| it.contains("script-src 'self'"))
    );
    assert!(page.body.contains("bench/bench.js"));
    let words = get(stage.address, "/words/bench/zh-Hans.ftl").await;
    assert!(words.status == 200 && words.body.contains("bench-title"), "{words:?}");
}
