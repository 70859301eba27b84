//! Into the pocket: a push service of the tests' own, which checks who calls and opens what is sealed with another implementation than
//! surged's.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use house::{House, Reply, Request, tls_of_localhost, until, within};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use surged::floor::access;
use surged::webhook::push::VapidKey;
use surged::wire::Role;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::sync::{mpsc, watch};
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;
use web_push_native::{Auth, decrypt};

const AUTH: [u8; 16] = [9; 16];
const SUBJECT: &str = "mailto:floor@bank.example";

/// A call as it came to the push service, opened.
#[derive(Debug)]
struct Call {
    path: String,
    headers: BTreeMap<String, String>,
    said: Value,
}

impl Call {
    fn card(&self) -> (&str, Option<u64>, &str) {
        (
            self.said["kind"].as_str().unwrap(),
            self.said["id"].as_u64(),
            &self.headers["topic"],
        )
    }
}

/// A push service over TLS, which browsers keep nothing from: it opens with their key what it is given.
struct PushService {
    port: u16,
    folder: tempfile::TempDir,
    public: String,
    /// The status that it answers; 429: not before five minutes have passed.
    status: watch::Sender<u16>,
    heard: mpsc::UnboundedReceiver<Call>,
}

/// The key of every browser here: only the service's address tells them apart.
fn browser_key() -> SecretKey {
    SecretKey::from_slice(&[7; 32]).unwrap()
}

impl PushService {
    async fn open() -> PushService {
        let folder = tempfile::tempdir().unwrap();
        let acceptor = tls_of_localhost(&folder.path().join("ca.pem"));
        let key = VapidKey::make().unwrap();
        std::fs::write(folder.path().join("push.key"), format!("{key}\n")).unwrap();
        let public = VapidKey::read(&key).unwrap().public();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let status = watch::Sender::new(201);
        let (told, heard) = mpsc::unbounded_channel();
        let (now, known) = (status.subscribe(), public.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(stream) = acceptor.accept(stream).await else {
                    continue;
                };
                tokio::spawn(take(stream, port, known.clone(), now.clone(), told.clone()));
            }
        });
        PushService {
            port,
            folder,
            public,
            status,
            heard,
        }
    }

    fn settings(&self) -> toml::Value {
        let file = |name: &str| self.folder.path().join(name).display().to_string();
        toml::Value::try_from(json!({
            "key_file": file("push.key"), "subject": SUBJECT, "ca_file": file("ca.pem"),
            "hosts": [format!("localhost:{}", self.port)],
        }))
        .unwrap()
    }

    fn endpoint(&self, who: &str) -> String {
        format!("https://localhost:{}/send/{who}", self.port)
    }

    /// What a browser gives when its page subscribes.
    fn subscription(&self, who: &str, language: &str) -> Value {
        let public = browser_key().public_key().to_encoded_point(false);
        json!({
            "endpoint": self.endpoint(who), "language": language,
            "p256dh": URL_SAFE_NO_PAD.encode(public.as_bytes()), "auth": URL_SAFE_NO_PAD.encode(AUTH),
        })
    }

    async fn next(&mut self) -> Call {
        within("a browser is called", self.heard.recv()).await.unwrap()
    }

    fn left(&mut self) -> Vec<Call> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }

    /// A page subscribes its browser, which is greeted.
    async fn subscribe(&mut self, house: &House, who: &str, language: &str) {
        let reply = post(house, who, "subscribe", &self.subscription(who, language)).await;
        assert_eq!(
            reply.json(),
            json!({ "reached": true, "why": null, "service": "localhost" })
        );
        assert_eq!(self.next().await.said["kind"], "hello");
    }
}

/// Takes one request, and checks of it what a push service must.
async fn take(
    stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    port: u16,
    known: String,
    status: watch::Receiver<u16>,
    told: mpsc::UnboundedSender<Call>,
) {
    let mut stream = BufReader::new(stream);
    let Some(request) = Request::next(&mut stream).await else {
        return;
    };
    verify(&request.headers["authorization"], &known, port);
    assert_eq!(request.headers["content-encoding"], "aes128gcm");
    assert!(request.body.len() <= 4_096);
    let path = request.path().to_owned();
    let plain = decrypt(request.body, &browser_key(), &Auth::clone_from_slice(&AUTH)).unwrap();
    let call = Call {
        path,
        headers: request.headers,
        said: serde_json::from_slice(&plain).unwrap(),
    };
    let _ = told.send(call);
    let status = *status.borrow();
    let later = if status == 429 { "Retry-After: 300\r\n" } else { "" };
    let text = format!("HTTP/1.1 {status} So\r\n{later}Content-Length: 0\r\n\r\n");
    let _ = stream.write_all(text.as_bytes()).await;
}

/// RFC 8292: signed by the key that browsers subscribed under, for this service, for a day at most, by somebody who can be asked.
fn verify(authorization: &str, known: &str, port: u16) {
    let (token, public) = authorization
        .strip_prefix("vapid t=")
        .and_then(|it| it.split_once(", k="))
        .unwrap();
    assert_eq!(public, known);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(public))
        .verify(signed.as_bytes(), &decode(signature))
        .unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let json = |text: &str| -> Value { serde_json::from_slice(&decode(text)).unwrap() };
    assert_eq!(json(head), json!({ "typ": "JWT", "alg": "ES256" }));
    let claims = json(claims);
    assert_eq!(
        (&claims["aud"], &claims["sub"]),
        (&json!(format!("https://localhost:{port}")), &json!(SUBJECT))
    );
    let left = claims["exp"].as_i64().unwrap() - jiff::Timestamp::now().as_second();
    assert!((0..=86_400).contains(&left), "{left}");
}

async fn house(service: &PushService) -> House {
    House::open_with(|plan| {
        plan.insert("push".into(), service.settings());
    })
    .await
}

async fn post(house: &House, who: &str, verb: &str, body: &Value) -> Reply {
    house.post(who, &format!("/api/v1/push/{verb}"), body).await
}

fn book(house: &House) -> PathBuf {
    house.journal().with_file_name("push.json")
}

fn kept(house: &House) -> Vec<Value> {
    let text = std::fs::read(book(house)).unwrap_or_else(|_| br#"{"browsers":[]}"#.to_vec());
    let kept: Value = serde_json::from_slice(&text).unwrap();
    kept["browsers"].as_array().unwrap().clone()
}

/// Nine callers for five minutes: the experts are called.
async fn surge(house: &mut House) {
    house.reading(9).await;
    house.pass("5m").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ask_comes_sealed_in_the_readers_language_and_an_answer_takes_it_back() {
    let mut service = PushService::open().await;
    let mut house = house(&service).await;
    assert_eq!(house.post("Li", "/api/v1/push/subscribe", &json!({})).await.status, 422);
    let key = house::get(house.address, "/api/v1/push", Some(house.token("Li")))
        .await
        .json();
    assert_eq!(key, json!({ "key": service.public, "browsers": [] }));
    service.subscribe(&house, "Li", "zh-Hans").await;
    let mut wang = house.join("Wang").await;
    surge(&mut house).await;
    let told = wang.told("sign_in", "expert").await;
    let id = told["id"].as_u64().unwrap();
    let ask = service.next().await;
    let topic = format!("i{id}");
    assert_eq!(ask.path, "/send/Li");
    assert_eq!(ask.card(), ("ask", Some(id), &topic[..]));
    assert_eq!(ask.said["acts"], json!(["done", "take", "cannot"]));
    assert_eq!(ask.said["n"], told["seats"]["ask"]);
    assert!(ask.said["title"].as_str().unwrap().contains("签入"), "{ask:?}");
    assert!(ask.said["body"].as_str().unwrap().contains("人等待"), "{ask:?}");
    assert_eq!(ask.headers["urgency"], "high");
    let ttl: u64 = ask.headers["ttl"].parse().unwrap();
    assert!((1..=600).contains(&ttl), "{ttl}");

    wang.done(&told).await;
    let over = service.next().await;
    assert_eq!(over.card(), ("over", Some(id), &topic[..]), "the same topic");
    assert!(over.said["title"].as_str().unwrap().contains("Wang"), "{over:?}");
    let metrics = house.get("/metrics").await;
    assert!(metrics.metric(r#"surged_push_attempts_total{outcome="delivered"}"#) >= Some(2.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_before_it_could_be_sent_is_never_sent() {
    let mut service = PushService::open().await;
    let mut house = house(&service).await;
    service.subscribe(&house, "Li", "en").await;
    let mut wang = house.join("Wang").await;
    // The service wants no more for five minutes; what comes meanwhile waits.
    service.status.send_replace(429);
    surge(&mut house).await;
    let experts = wang.told("sign_in", "expert").await;
    assert_eq!(service.next().await.said["id"], experts["id"]);
    let call = house
        .post("Zhao", "/api/v1/queues/inbound/call", &json!({ "tier": "outbound" }))
        .await;
    assert_eq!(call.status, 200, "{call:?}");
    let outbound = wang.told("sign_in", "outbound").await;
    for it in [&outbound, &experts] {
        let no = json!({ "type": "decline", "instruction": it["id"], "reason": "Nobody is free" });
        wang.ask(no).await;
    }
    service.status.send_replace(201);
    house.pass("6m").await;
    let over = service.next().await;
    assert_eq!(over.card().0, "over", "it may have arrived: {over:?}");
    assert_eq!(over.said["id"], experts["id"]);
    let others = service
        .left()
        .into_iter()
        .filter(|call| call.said["id"] == outbound["id"]);
    assert_eq!(others.count(), 0, "what nobody was called for need not be taken back");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_it_goes_up_to_is_called_then_and_not_before() {
    let mut service = PushService::open().await;
    let mut house = house(&service).await;
    service.subscribe(&house, "Zhao", "en").await;
    service.subscribe(&house, "Li", "en").await;
    let mut zhao = house.join("Zhao").await;
    surge(&mut house).await;
    let told = zhao.told("sign_in", "expert").await;
    let ask = service.next().await;
    assert_eq!(
        (&ask.path[..], &ask.said["id"]),
        ("/send/Li", &told["id"]),
        "the first level"
    );
    while zhao.numbered.iter().all(|it| it["code"] != "passed_up") {
        house.pass("30s").await;
        zhao.say(json!({ "type": "ping" })).await;
    }
    let up = service.next().await;
    assert_eq!(
        (&up.path[..], up.card()),
        ("/send/Zhao", ("ask", told["id"].as_u64(), &ask.headers["topic"][..]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_gone_or_whose_token_is_revoked_is_forgotten() {
    let mut service = PushService::open().await;
    let mut house = house(&service).await;
    service.subscribe(&house, "Li", "en").await;
    service.subscribe(&house, "Wang", "en").await;
    let text = std::fs::read_to_string(book(&house)).unwrap();
    assert!(!text.contains(house.token("Li")), "no token is in it");
    let tokens = house.journal().with_file_name("tokens.json");
    let wang = access::read(&tokens)
        .unwrap()
        .into_iter()
        .find(|it| it.name == "Wang")
        .unwrap();
    access::revoke(&tokens, &wang.id).unwrap();
    until("the list forgets who has no token", || async {
        (kept(&house).len() == 1).then_some(())
    })
    .await;

    service.status.send_replace(410);
    surge(&mut house).await;
    assert_eq!(service.next().await.path, "/send/Li");
    until("the list forgets who is gone", || async {
        kept(&house).is_empty().then_some(())
    })
    .await;
    house.pass("5m").await;
    let _ = house.get("/metrics").await;
    assert!(service.left().is_empty(), "nobody is called any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_of_other_queues_and_who_only_reads_is_not_called() {
    let mut service = PushService::open().await;
    let mut house = house(&service).await;
    let other = house.new_token("Sun", Role::Supervisor, &["elsewhere"]).await;
    let body = service.subscription("Sun", "en");
    let reply = house::post(house.address, "/api/v1/push/subscribe", Some(&other), &body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(service.next().await.said["kind"], "hello");
    let refused = post(&house, "wall", "subscribe", &service.subscription("wall", "en")).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("not_allowed")));
    let quiet = json!({ "for_s": 900, "reason": "a test" });
    service.subscribe(&house, "Li", "en").await;
    house.post("Zhao", "/api/v1/queues/inbound/quiet", &quiet).await;
    let mut wang = house.join("Wang").await;
    surge(&mut house).await;
    let told = wang.told("sign_in", "expert").await;
    house
        .post("Zhao", "/api/v1/queues/inbound/quiet_over", &json!({}))
        .await;
    let called = house
        .post("Zhao", "/api/v1/queues/inbound/call", &json!({ "tier": "outbound" }))
        .await;
    assert_eq!(called.status, 200, "{called:?}");
    let next = wang.told("sign_in", "outbound").await;
    let call = service.next().await;
    assert_eq!(call.path, "/send/Li");
    assert_eq!(
        call.said["id"], next["id"],
        "not {}, on which nothing was to sound",
        told["id"]
    );
    assert_eq!(service.left().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_no_push_service_is_refused_and_nothing_is_kept() {
    let service = PushService::open().await;
    let house = house(&service).await;
    for endpoint in [
        "https://evil.example/x".to_owned(),
        "https://127.0.0.1/x".to_owned(),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        format!("http://localhost:{}/send/Li", service.port),
        format!("https://localhost:{}/send/Li", service.port + 1),
        format!("https://localhost:{}@evil.example/", service.port),
        format!("https://fcm.googleapis.com.evil.example/{}", "x".repeat(100)),
        "x".repeat(3_000),
        String::new(),
    ] {
        let mut body = service.subscription("Li", "en");
        body["endpoint"] = endpoint.clone().into();
        let reply = post(&house, "Li", "subscribe", &body).await;
        assert_eq!(reply.status, 422, "{endpoint}: {reply:?}");
    }
    for (field, value) in [
        ("p256dh", json!("AAAA")),
        ("auth", json!("AAAA")),
        ("language", json!("fr")),
        ("more", json!(1)),
    ] {
        let mut body = service.subscription("Li", "en");
        body[field] = value;
        assert_eq!(post(&house, "Li", "subscribe", &body).await.status, 422, "{field}");
    }
    let nobody = house::post(
        house.address,
        "/api/v1/push/subscribe",
        None,
        &service.subscription("Li", "en"),
    )
    .await;
    assert_eq!(nobody.status, 401);
    assert!(kept(&house).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_off_until_it_is_configured_and_a_service_that_cannot_be_reached_is_said() {
    let mut service = PushService::open().await;
    let mut house = House::open().await;
    let standing = house::get(house.address, "/api/v1/push", Some(house.token("Li"))).await;
    assert_eq!(standing.json()["key"], Value::Null);
    let off = post(&house, "Li", "subscribe", &service.subscription("Li", "en")).await;
    assert_eq!((off.status, &off.json()["code"]), (409, &json!("push_off")));

    let settings = service.settings();
    house.edit_config(|plan| {
        plan.insert("push".into(), settings);
    });
    until("push is on", || async {
        let standing = house::get(house.address, "/api/v1/push", Some(house.token("Li"))).await;
        (standing.json()["key"] == service.public[..]).then_some(())
    })
    .await;
    service.status.send_replace(503);
    let reply = post(&house, "Li", "subscribe", &service.subscription("Li", "en"))
        .await
        .json();
    assert_eq!(
        (&reply["reached"], &reply["why"]),
        (&json!(false), &json!("it answered 503"))
    );
    assert_eq!(kept(&house).len(), 1, "it may be reached later");
    let of_another = post(
        &house,
        "Wang",
        "unsubscribe",
        &json!({ "endpoint": service.endpoint("Li") }),
    )
    .await;
    assert_eq!(of_another.json()["was_called"], false);
    let own = post(
        &house,
        "Li",
        "unsubscribe",
        &json!({ "endpoint": service.endpoint("Li") }),
    )
    .await;
    assert_eq!(own.json()["was_called"], true);
    assert!(kept(&house).is_empty());
    service.left();
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_calls_nobody_twice_and_takes_back_what_was_sent_before_it() {
    let mut service = PushService::open().await;
    let mut house = house(&service).await;
    service.subscribe(&house, "Li", "en").await;
    let mut wang = house.join("Wang").await;
    surge(&mut house).await;
    let told = wang.told("sign_in", "expert").await;
    assert_eq!(service.next().await.card().0, "ask");
    // The hook notes what it has settled before it takes up anything else.
    house.stop().await;
    house.start().await;
    let mut wang = house.join("Wang").await;
    wang.done(&told).await;
    let over = service.next().await;
    assert_eq!((over.card().0, &over.said["id"]), ("over", &told["id"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_is_called_for_a_yes_and_nobody_else_is_until_they_have_said_it() {
    let mut service = PushService::open().await;
    let mut house = House::open_with(|plan| {
        plan.insert("push".into(), service.settings());
        let queue = plan["queue"]["inbound"].as_table_mut().unwrap();
        queue.insert("mode".into(), "approve".into());
    })
    .await;
    service.subscribe(&house, "Li", "en").await;
    service.subscribe(&house, "Zhao", "en").await;
    surge(&mut house).await;
    let ask = service.next().await;
    let expert = json!({ "queue": "inbound", "tier": "expert" });
    assert_eq!((&ask.path[..], &ask.said["kind"]), ("/send/Zhao", &json!("ask")));
    assert_eq!((&ask.said["yes"], &ask.said["id"]), (&expert, &Value::Null));
    assert_eq!(ask.said["acts"], json!(["yes", "no"]));
    assert!(ask.said["body"].as_str().unwrap().contains("waiting"), "{ask:?}");
    let topic = ask.headers["topic"].clone();
    // RFC 8030, 5.4.
    let may_stand = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(topic.len() <= 32 && topic.chars().all(may_stand), "{topic}");

    // What was sent before a restart is taken back after it.
    house.stop().await;
    house.start().await;
    let yes = house
        .post("Zhao", "/api/v1/queues/inbound/approve", &json!({ "tier": "expert" }))
        .await;
    assert_eq!(yes.status, 200, "{yes:?}");
    let mut calls = [service.next().await, service.next().await];
    calls.sort_by(|a, b| a.path.cmp(&b.path));
    let [call, over] = calls;
    assert_eq!((&call.path[..], &call.said["kind"]), ("/send/Li", &json!("ask")));
    assert!(call.said["id"].is_u64(), "{call:?}");
    assert_eq!(
        (&over.path[..], &over.said["kind"], &over.headers["topic"]),
        ("/send/Zhao", &json!("over"), &topic)
    );
    assert!(over.said["title"].as_str().unwrap().contains("Zhao"), "{over:?}");
}
