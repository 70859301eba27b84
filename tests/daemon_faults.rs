//! What breaks around the daemon: the disk under the duty log, hostile clients, a phone system that talks nonsense.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use futures_util::{SinkExt, StreamExt};
use house::{House, Log, Phones, Process, Supervisor, clock, get, until};
use serde_json::json;
use std::time::Duration;
use surged::core::{InstructionId, What};
use surged::journal::{Entry, Reader, Record, Verdict};
use surged::telemetry::names;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

/// Whether each instruction of a log went out before it was in the log.
fn unlogged(entries: &[Entry]) -> Vec<(InstructionId, bool)> {
    let told = |entry: &Entry| match &entry.record {
        Record::Decision(decision) => match &decision.what {
            What::Instruct { instruction, .. } => Some((instruction.id, entry.unlogged)),
            _ => None,
        },
        _ => None,
    };
    entries.iter().filter_map(told).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duty_log_that_was_moved_away_holds_nobody_up_and_is_made_good() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    house.reading(7).await;
    house.pass("4m50s").await;
    let away = house.journal().with_extension("away");
    std::fs::rename(house.journal(), &away).unwrap();
    house.pass_in_silence("10s");
    let expert = li.told("sign_in", "expert").await;
    assert_eq!(
        (clock(&expert["at"]), &expert["unlogged"]),
        ("09:05:00".into(), &json!(true))
    );
    let failing = li.notice("journal_failing").await;
    assert_eq!(failing["failing"], true);
    assert!(failing["why"].as_str().unwrap().contains("put it back"), "{failing}");
    let health = house.get("/healthz").await;
    assert_eq!(
        (health.status, &health.json()["latches"]["journal"]["state"]),
        (503, &json!("failing"))
    );
    assert_eq!(house.get("/metrics").await.metric(names::JOURNAL_FAILING), Some(1.0));
    // Whoever comes meanwhile, or asks, is told so as well.
    let wu = house.join("Wang").await;
    assert_eq!(wu.state["instructions"][0]["unlogged"], true, "{}", wu.state);
    let asked = house.get("/api/v1/instructions").await.json();
    assert_eq!(asked["instructions"][0]["unlogged"], true, "{asked}");
    // Answers are taken all the same.
    li.done(&expert).await;

    std::fs::rename(&away, house.journal()).unwrap();
    let mended = li
        .hear("it is mended", |it| {
            it["code"] == "journal_failing" && it["failing"] == false
        })
        .await;
    assert!(mended["why"].as_str().unwrap().contains("has been written"), "{mended}");
    assert_eq!(house.get("/healthz").await.status, 200);
    until("the metric says so", || async {
        let metrics = house.get("/metrics").await;
        (metrics.metric(names::JOURNAL_FAILING) == Some(0.0)).then_some(())
    })
    .await;
    house.heartbeat().await;
    house.pass("5m").await;
    let outbound = li.told("sign_in", "outbound").await;
    assert_eq!(
        (clock(&outbound["at"]), outbound.get("unlogged")),
        ("09:10:00".into(), None)
    );

    // Nothing is missing: a daemon that starts from this log knows it all, and history says what went out unlogged.
    house.stop().await;
    let verdict = Reader::open(&house.journal(), house::DEADLINE)
        .unwrap()
        .verify(|_, _| {})
        .unwrap();
    assert!(matches!(verdict, Verdict::Whole { .. }), "{verdict:?}");
    let logged = unlogged(&Log::of(house.journal()).whole());
    assert_eq!(logged, [(InstructionId(1), true), (InstructionId(2), false)]);
    house.start().await;
    let mut li = house.come("Li", Some(0)).await;
    assert_eq!(li.instruction().await, expert);
    assert_eq!(li.instruction().await, outbound);
    assert_eq!(li.state["queues"][0]["moves"].as_array().unwrap().len(), 2);
    house.stop().await;
}

/// The most bytes that a process may have in a file from now on; `None`: as many as it likes.
fn limit_files(process: &Process, bytes: Option<u64>) {
    use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
    let maximum = getrlimit(Resource::Fsize).maximum;
    let current = bytes.or(maximum);
    prlimit(
        Pid::from_raw(process.pid() as i32),
        Resource::Fsize,
        Rlimit { current, maximum },
    )
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_without_room_holds_nobody_up_and_is_made_good() {
    let dir = tempfile::tempdir().unwrap();
    let phones = Phones::open().await;
    let journal = dir.path().join("surged.db");
    let file = dir.path().join("surged.toml");
    let plan = house::plan(&phones.url, &journal, |plan| {
        plan["feed"]["hotline"]
            .as_table_mut()
            .unwrap()
            .insert("stale_after".into(), "60s".into());
        for tier in plan["ladder"]["day"]["tier"].as_array_mut().unwrap().iter_mut().take(2) {
            tier["when"].as_table_mut().unwrap().insert("for".into(), "1s".into());
        }
        plan.remove("calendar");
    });
    std::fs::write(&file, plan).unwrap();
    let mut daemon = Process::run(&file);
    let address = daemon.floor().await;
    let mut li = Supervisor::come(address, "Li", None, None).await;
    phones.connected(1).await;

    // From here on no file takes a byte, as on a disk that is full to the brim.
    limit_files(&daemon, Some(0));
    phones.reading(json!({ "queue": "inbound", "waiting": 7 }));
    let failing = li.notice("journal_failing").await;
    assert_eq!(failing["failing"], true, "{failing}");
    let expert = li.told("sign_in", "expert").await;
    assert_eq!(expert["unlogged"], true);
    assert_eq!(get(address, "/healthz", None).await.status, 503);
    // Nothing that kills what is not alive kills it now: what waits for the disk is in its memory alone.
    assert_eq!(get(address, "/livez", None).await.status, 200);
    let asked = |arguments: &[&str]| {
        let url = format!("http://{address}");
        let asked = std::process::Command::new(house::binary())
            .args(["ready", "--url", &url])
            .args(arguments)
            .output();
        asked.unwrap().status.code()
    };
    assert_eq!((asked(&["--alive"]), asked(&[])), (Some(0), Some(1)));
    assert_eq!(
        get(address, "/metrics", None).await.metric(names::JOURNAL_FAILING),
        Some(1.0)
    );
    li.done(&expert).await;
    let outbound = li.told("sign_in", "outbound").await;
    assert_eq!(outbound["unlogged"], true);

    limit_files(&daemon, None);
    let mended = li
        .hear("it is mended", |it| {
            it["code"] == "journal_failing" && it["failing"] == false
        })
        .await;
    assert!(mended["seq"].as_u64() > outbound["seq"].as_u64());
    assert_eq!(get(address, "/healthz", None).await.status, 200);
    li.done(&outbound).await;
    daemon.kill().await;
    let verdict = Reader::open(&journal, house::DEADLINE)
        .unwrap()
        .verify(|_, _| {})
        .unwrap();
    assert!(matches!(verdict, Verdict::Whole { .. }), "{verdict:?}");
    let logged = unlogged(&Log::of(journal).whole());
    assert_eq!(logged, [(InstructionId(1), true), (InstructionId(2), true)]);
    // Readings were left out meanwhile, and a snapshot made that good: who starts from it stands where the floor stands.
    let mut daemon = Process::run(&file);
    let li = Supervisor::come(daemon.floor().await, "Li", None, None).await;
    let tiers: Vec<_> = li.state["queues"][0]["moves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["tier"])
        .collect();
    assert_eq!(tiers, ["expert", "outbound"]);
}

/// Nothing happens for longer than a loop that hangs would be given: it has come round all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_with_nothing_to_do_is_alive() {
    const LONGER: Duration = Duration::from_secs(12);
    let mut house = House::open().await;
    let began = std::time::Instant::now();
    until("it has been idle", || async {
        (began.elapsed() >= LONGER).then_some(())
    })
    .await;
    let alive = house.get("/livez").await;
    assert_eq!(alive.status, 200, "{}", alive.body);
    house.stop().await;
}

/// Opens a socket, says hello and never reads.
async fn says_hello_and_never_reads(house: &House, hello: &str) -> TcpStream {
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let request = format!(
        "GET /floor HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: surged.v1\r\n\r\n",
        house.address
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 101");
    // A text frame under a mask of zeroes.
    let mut frame = vec![0x81, 0x80 | u8::try_from(hello.len()).unwrap(), 0, 0, 0, 0];
    frame.extend(hello.as_bytes());
    stream.write_all(&frame).await.unwrap();
    stream
}

/// Opens a socket, sends something, and returns the code with which it is closed.
async fn is_shown_the_door(house: &House, message: Message) -> u16 {
    let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://{}/floor", house.address))
        .await
        .unwrap();
    // The daemon may close before all of it is sent.
    let _ = socket.send(message).await;
    let closed = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_)) => {}
                other => panic!("no close frame: {other:?}"),
            }
        }
    };
    house::within("the door", closed).await
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_clients_do_not_hold_up_a_healthy_one() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    let token = li.token.clone().unwrap();
    assert_eq!(is_shown_the_door(&house, Message::text("hello?")).await, 4400);
    assert_eq!(is_shown_the_door(&house, Message::binary(vec![0; 100])).await, 4400);
    assert_eq!(
        is_shown_the_door(&house, Message::text("x".repeat(1 << 20))).await,
        4429
    );
    assert_eq!(
        is_shown_the_door(&house, Message::text(r#"{"type":"hello","token":"guessed"}"#)).await,
        4401
    );
    let mut deaf = Vec::new();
    for _ in 0..20 {
        let hello = json!({ "type": "hello", "token": token, "since": 0 }).to_string();
        deaf.push(says_hello_and_never_reads(&house, &hello).await);
    }
    // One that floods is cut off.
    let mut flood = house.join("Wang").await;
    for _ in 0..500 {
        flood.shout(r#"{"type":"ping"}"#).await;
    }
    let closed = flood.hear("the door", |it| it["type"] == "closed").await;
    assert_eq!(closed["code"], 4429);
    house.reading(7).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    li.done(&expert).await;
    assert_eq!(clock(&expert["at"]), "09:05:00");
    let metrics = house.get("/metrics").await;
    for reason in ["not_understood", "too_big", "not_let_in", "too_much"] {
        let counted = metrics.metric(&format!("surged_floor_dropped_total{{reason=\"{reason}\"}}"));
        assert!(counted >= Some(1.0), "{reason}: {counted:?}");
    }
    drop(deaf);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_pieces_of_nonsense_are_counted_and_the_daemon_goes_on() {
    const NONSENSE: u32 = 100_000;
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    for piece in 0..NONSENSE {
        house.phones.say(if piece % 2 == 0 {
            "}{ not JSON"
        } else {
            r#"{"queue":"inbound","waiting":-7}"#
        });
    }
    until("all of it is counted", || async {
        // A scrape is a large text: not more often than this.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let metrics = house.get("/metrics").await;
        let counted = |reason: &str| {
            let line = format!("surged_feed_rejected_total{{feed=\"hotline\",reason=\"{reason}\"}}");
            metrics.metric(&line).unwrap_or(0.0)
        };
        let all = counted("not_a_reading") + counted("out_of_range");
        (all == f64::from(NONSENSE)).then_some(())
    })
    .await;
    house.reading(7).await;
    house.pass("5m").await;
    assert_eq!(clock(&li.told("sign_in", "expert").await["at"]), "09:05:00");
    house.stop().await;
}

/// A slip of a name is taken down; a crowd that nobody knows is no answer, and nothing has changed.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_names_a_crowd_of_strangers_is_refused_in_words() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    house.reading(7).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    let crowd: Vec<String> = (0..51).map(|number| format!("X{number}")).collect();
    let said = json!({ "type": "done", "instruction": expert["id"], "people": crowd });
    let refused = li.say(said).await;
    assert_eq!(refused["code"], "too_long", "{refused}");
    let words = refused["message"].as_str().unwrap();
    assert!(words.contains("51 people") && words.contains("at most 50"), "{words}");
    let said = json!({ "type": "done", "instruction": expert["id"], "people": ["E01", "E2"] });
    assert_eq!(li.say(said).await["type"], "ok");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_system_whose_clock_is_off_is_said_on_the_floor_until_it_is_set() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    assert_eq!(li.welcome["clocks"], json!(null));
    let told_by = |house: &House, ahead: i64| {
        let at = house.clock.now().0 + ahead * 1_000;
        jiff::Timestamp::from_millisecond(at).unwrap().to_string()
    };
    let at = told_by(&house, 62);
    house.tell(json!({ "waiting": 7, "at": at })).await;
    let welcome = li.hear("whose clock is off", |it| it["type"] == "welcome").await;
    assert_eq!(welcome["clocks"], json!({ "hotline": -62 }));
    // Whoever comes later is told at once.
    let wang = house.join("Wang").await;
    assert_eq!(wang.welcome["clocks"], json!({ "hotline": -62 }));

    // Set, and what was least late is of the last two minutes.
    for _ in 0..3 {
        house.pass("2m").await;
        let at = told_by(&house, 0);
        house.tell(json!({ "waiting": 7, "at": at })).await;
    }
    let welcome = li.hear("that it is set", |it| it["type"] == "welcome").await;
    assert_eq!(welcome["clocks"], json!(null));
}
