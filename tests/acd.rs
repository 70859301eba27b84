//! The simulated phone system over a real socket, and as a program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use surged::core::{Millis, Name, Part};
use surged::lab::acd::{Acd, AcdFault, Desk, MAX_CLIENTS, MAX_SPEED, Settings};
use surged::lab::scenario::{Scenario, ScenarioFault, people, surge};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;

/// Nothing here takes this long unless it is broken.
const DEADLINE: Duration = Duration::from_secs(20);

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn connect(url: &str) -> Client {
        let (socket, _) = tokio::time::timeout(DEADLINE, connect_async(url))
            .await
            .unwrap()
            .unwrap();
        Client(socket)
    }

    async fn message(&mut self) -> Message {
        tokio::time::timeout(DEADLINE, self.0.next())
            .await
            .expect("a message in time")
            .unwrap()
            .unwrap()
    }

    async fn json(&mut self) -> Value {
        serde_json::from_str(self.message().await.to_text().unwrap()).unwrap()
    }

    /// The first message that fits.
    async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        let search = async {
            loop {
                let message = self.json().await;
                if fits(&message) {
                    return message;
                }
            }
        };
        tokio::time::timeout(DEADLINE, search)
            .await
            .expect("such a message in time")
    }
}

struct Running {
    url: String,
    desk: Desk,
    stop: CancellationToken,
    task: JoinHandle<std::io::Result<()>>,
}

async fn start(scenario: Scenario, speed: f64) -> Running {
    let any_port: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let acd = Acd::bind(any_port, Settings::new(scenario, 5, speed)).await.unwrap();
    let (url, desk, stop) = (acd.url(), acd.desk(), CancellationToken::new());
    Running {
        url,
        desk,
        task: tokio::spawn(acd.run(stop.clone())),
        stop,
    }
}

fn quiet() -> Scenario {
    let mut scenario = Scenario::steady(0.0, Millis::from_secs(180), None, 2);
    scenario.queues[0].floating = people("E", 1);
    scenario
}

fn part(pool: &str, seats: u32, names: &[&str]) -> Part {
    Part {
        pool: Some(Name::from(pool)),
        seats,
        people: names.iter().map(|it| Name::from(*it)).collect(),
    }
}

fn at(reading: &Value) -> i64 {
    let at: jiff::Timestamp = reading["at"].as_str().unwrap().parse().unwrap();
    at.as_millisecond()
}

#[tokio::test]
async fn a_client_gets_everything_at_first_and_then_what_changes() {
    let running = start(surge(), 600.0).await;
    let mut client = Client::connect(&running.url).await;
    let first = client.json().await;
    let snapshot = first.as_array().unwrap();
    assert_eq!(snapshot.len(), 1);
    assert_eq!(snapshot[0]["queue"], "inbound");
    assert_eq!(snapshot[0]["signed_in"], 46);
    assert_eq!(snapshot[0]["agents"].as_array().unwrap().len(), 50);
    assert_eq!(
        snapshot[0]["agents"][49],
        serde_json::json!({"person": "E04", "state": "signed_out"})
    );

    // The surge plays: sooner or later more than ten wait, and the counts fit together.
    let mut before = at(&snapshot[0]);
    let deep = loop {
        let reading = client.until(|it| it.get("queue").is_some()).await;
        assert!(
            at(&reading) >= before + 250,
            "more than four readings a second: {reading}"
        );
        before = at(&reading);
        if reading["waiting"].as_u64().unwrap() > 10 {
            break reading;
        }
    };
    let number = |key: &str| deep[key].as_u64().unwrap();
    assert_eq!(
        number("offered"),
        number("answered") + number("abandoned") + number("waiting")
    );
    assert_eq!((number("available"), number("paused")), (0, 0));
    assert!(deep["longest_wait_s"].as_f64().unwrap() > 0.0, "{deep}");
    running.stop.cancel();
}

#[tokio::test]
async fn silence_is_filled_with_heartbeats_and_whatever_a_client_says_is_borne() {
    let running = start(quiet(), 100.0).await;
    let mut client = Client::connect(&running.url).await;
    assert!(client.json().await.is_array());
    client.0.send(Message::text("{\"subscribe\": not json")).await.unwrap();
    client.0.send(Message::binary(vec![0xff; 100])).await.unwrap();
    for _ in 0..3 {
        assert_eq!(client.json().await, serde_json::json!({"heartbeat": true}));
    }
    running.stop.cancel();
}

#[tokio::test]
async fn people_who_are_moved_are_seen_by_every_client() {
    let running = start(quiet(), 100.0).await;
    let mut clients = [Client::connect(&running.url).await, Client::connect(&running.url).await];
    let inbound = Name::from("inbound");
    assert!(
        running
            .desk
            .sign_in(Name::from("nowhere"), part("expert", 1, &["E01"]))
            .await
    );
    assert!(running.desk.sign_in(inbound.clone(), part("expert", 1, &["E01"])).await);
    assert!(running.desk.sign_in(inbound.clone(), part("outbound", 3, &[])).await);
    for client in &mut clients {
        let reading = client.until(|it| it["signed_in"] == 6).await;
        let agents = reading["agents"].as_array().unwrap();
        assert!(
            agents.contains(&serde_json::json!({"person": "E01", "state": "available"})),
            "{reading}"
        );
        assert!(
            agents.contains(&serde_json::json!({"person": "outbound-3", "state": "available"})),
            "{reading}"
        );
    }
    assert!(running.desk.sign_out(inbound, part("outbound", 3, &[])).await);
    for client in &mut clients {
        client.until(|it| it["signed_in"] == 3).await;
    }
    running.stop.cancel();
}

#[tokio::test]
async fn it_ends_with_a_goodbye_and_leaves_the_port() {
    let running = start(surge(), 60.0).await;
    let mut clients = [Client::connect(&running.url).await, Client::connect(&running.url).await];
    running.stop.cancel();
    for client in &mut clients {
        let closed = loop {
            if let Message::Close(frame) = client.message().await {
                break frame;
            }
        };
        assert_eq!(closed.unwrap().code, CloseCode::Away);
    }
    tokio::time::timeout(DEADLINE, running.task)
        .await
        .expect("an end in time")
        .unwrap()
        .unwrap();
    assert!(
        !running
            .desk
            .sign_in(Name::from("inbound"), part("outbound", 1, &[]))
            .await
    );
    assert!(connect_async(&running.url).await.is_err());
}

#[tokio::test]
async fn one_client_too_many_is_told_so_and_may_come_when_another_leaves() {
    let running = start(quiet(), 1.0).await;
    let mut clients = Vec::new();
    for _ in 0..MAX_CLIENTS {
        clients.push(Client::connect(&running.url).await);
    }
    match connect_async(&running.url).await.expect_err("a refusal") {
        tokio_tungstenite::tungstenite::Error::Http(response) => assert_eq!(response.status(), 503),
        other => panic!("{other}"),
    }
    clients.pop().unwrap().0.close(None).await.unwrap();
    let come = async { while connect_async(&running.url).await.is_err() {} };
    tokio::time::timeout(DEADLINE, come)
        .await
        .expect("a free place in time");
    running.stop.cancel();
}

#[tokio::test]
async fn what_cannot_begin_is_said() {
    let any_port: SocketAddr = "127.0.0.1:0".parse().unwrap();
    for speed in [0.0, -1.0, f64::NAN, MAX_SPEED * 2.0] {
        let fault = Acd::bind(any_port, Settings::new(surge(), 1, speed))
            .await
            .err()
            .unwrap();
        assert!(matches!(fault, AcdFault::Speed(_)), "{fault}");
    }
    let empty = Settings::new(Scenario { queues: Vec::new() }, 1, 1.0);
    let fault = Acd::bind(any_port, empty).await.err().unwrap();
    assert!(matches!(fault, AcdFault::Scenario(ScenarioFault::Queues(0))), "{fault}");
    let running = start(surge(), 1.0).await;
    let taken = running
        .url
        .trim_start_matches("ws://")
        .trim_end_matches("/feed")
        .parse()
        .unwrap();
    let fault = Acd::bind(taken, Settings::new(surge(), 1, 1.0)).await.err().unwrap();
    assert!(fault.to_string().contains("cannot listen on 127.0.0.1:"), "{fault}");
    running.stop.cancel();
}

#[tokio::test]
async fn the_program_serves_readings_until_it_is_interrupted() {
    let mut program = tokio::process::Command::new(env!("CARGO_BIN_EXE_surged"))
        .args(["acd", "--listen", "127.0.0.1:0", "--speed", "60"])
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stderr.take().unwrap()).lines();
    let url = loop {
        let line = tokio::time::timeout(DEADLINE, lines.next_line())
            .await
            .unwrap()
            .unwrap()
            .expect("the address");
        if let Some(rest) = line.strip_prefix("Readings: ") {
            break rest.split(' ').next().unwrap().to_owned();
        }
    };
    let mut client = Client::connect(&url).await;
    assert!(client.json().await.is_array());
    let id = program.id().unwrap().to_string();
    let interrupted = tokio::process::Command::new("kill")
        .args(["-INT", &id])
        .status()
        .await
        .unwrap();
    assert!(interrupted.success());
    let status = tokio::time::timeout(DEADLINE, program.wait())
        .await
        .expect("an end in time")
        .unwrap();
    assert_eq!(status.code(), Some(0));
}
