//! A standard error that nobody reads.

use super::Bench;
use crate::house::{Line, Process, Supervisor, binary, get, until, within};
use serde_json::json;
use std::io::Write;
use std::process::Stdio;
use surged::core::Input;
use surged::journal::{Entry, Record};
use tokio::process::Command;

/// As much as a pipe holds before it blocks, at least.
const PIPE: usize = 1 << 16;

#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_reader_of_log_lines_holds_nobody_up() {
    let mut bench = Bench::new("1s", "60s").await;
    // The floor's address would be said on standard error: it is known beforehand.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let plan = std::fs::read_to_string(bench.config()).unwrap();
    std::fs::write(bench.config(), plan.replace("127.0.0.1:0", &address.to_string())).unwrap();
    let (_unread, mut stuck) = std::io::pipe().unwrap();
    stuck.write_all(&[b'.'; PIPE]).unwrap();
    let _daemon = Command::new(binary())
        .args(["run", "-c"])
        .arg(bench.config())
        .current_dir(bench.dir.path())
        .env("RUST_LOG", "trace")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stuck)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    until("the floor is open", || async {
        tokio::net::TcpStream::connect(address).await.ok().map(drop)
    })
    .await;
    let mut li = Supervisor::come(address, "Li", None, None).await;
    bench.waits(8).await;
    let expert = li.told("sign_in", "expert").await;
    li.done(&expert).await;
    let outbound = li.told("sign_in", "outbound").await;
    li.done(&outbound).await;
    assert_eq!(get(address, "/healthz", None).await.json()["ok"], json!(true));
    bench.waiting(9);
    bench
        .log
        .until(
            "it goes on",
            |entry: &Entry| matches!(&entry.record, Record::Input(Input::Reading { reading }) if reading.waiting == 9),
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_bears_a_token_and_no_note_breaks_a_line() {
    let bench = Bench::new("1s", "60s").await;
    let made = Command::new(binary())
        .args([
            "token",
            "new",
            "--name",
            "Li",
            "--staff-no",
            "S01",
            "--role",
            "supervisor",
            "-c",
        ])
        .arg(bench.config())
        .output();
    let made = within("a token is made", made).await.unwrap();
    let token = String::from_utf8_lossy(&made.stdout);
    let token = token
        .split_whitespace()
        .find(|word| word.starts_with("surged_"))
        .map(str::to_owned);
    let token = token.unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&made.stderr)));
    let mut daemon = Process::run_under(&["env", "RUST_LOG=trace"], &bench.config());
    let mut li = Supervisor::come(daemon.floor().await, "Li", Some(&token), None).await;
    bench.waiting(8);
    let expert = li.told("sign_in", "expert").await;
    let note = "all there\n2026-11-02 ERROR the plan is off\u{1b}[2J\u{202e}gnorw";
    let reply = li
        .say(json!({ "type": "done", "instruction": expert["id"], "note": note }))
        .await;
    assert_eq!(reply["type"], "ok", "{reply}");
    let said = until("the answer is logged", || async {
        let said = daemon.said();
        said.contains("all there").then_some(said)
    })
    .await;
    assert!(!said.contains(&token), "a token at trace");
    let line = said.lines().find(|line| line.contains("all there")).unwrap();
    assert!(
        line.contains("ERROR the plan is off") && !line.contains('\u{202e}'),
        "{line:?}"
    );
    assert!(!line.contains('\u{1b}'), "{line:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_bears_what_opens_the_phone_system_however_closely_its_library_is_asked() {
    let mut bench = Bench::new("1s", "60s").await;
    let plan = std::fs::read_to_string(bench.config()).unwrap();
    let mut plan: toml::Table = plan.parse().unwrap();
    let feed = plan["feed"]["hotline"].as_table_mut().unwrap();
    feed.insert("url".into(), format!("{}?key=of-the-url", bench.phones.url).into());
    feed.insert("subscribe".into(), r#"{"type":"hello","token":"of-the-hello"}"#.into());
    let headers: toml::Table = r#"Authorization = "Bearer of-the-header""#.parse().unwrap();
    feed.insert("headers".into(), headers.into());
    std::fs::write(bench.config(), toml::to_string(&plan).unwrap()).unwrap();
    let asks = "RUST_LOG=info,tungstenite=trace,tungstenite::handshake=trace,tungstenite::handshake::client=5,\
                tungstenite::protocol=trace,tungstenite::protocol::frame=debug,tokio_tungstenite=trace,hyper_util=trace,rustls=trace";
    let mut daemon = Process::run_under(&["env", asks], &bench.config());
    let mut li = Supervisor::come(daemon.floor().await, "Li", None, None).await;
    bench.waits(8).await;
    li.told("sign_in", "expert").await;
    let said = until("the instruction is logged", || async {
        let said = daemon.said();
        said.contains("expert").then_some(said)
    })
    .await;
    for secret in ["of-the-url", "of-the-hello", "of-the-header"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_of_the_pen_in_what_is_asked_for_silences_nobody() {
    for (asked, told) in [
        ("", None),
        ("debugg", Some("passed over: \"debugg\"")),
        ("surged=loud", Some("surged=loud")),
    ] {
        let bench = Bench::new("1s", "60s").await;
        let mut daemon = Process::run_under(&["env", &format!("RUST_LOG={asked}")], &bench.config());
        // Said at the level of information.
        daemon.floor().await;
        let said = daemon.said();
        let lines: Vec<&str> = said.lines().filter(|line| line.contains("RUST_LOG")).collect();
        match told {
            Some(told) => assert!(lines.len() == 1 && lines[0].contains(told), "RUST_LOG={asked}: {said}"),
            None => assert!(lines.is_empty(), "RUST_LOG={asked}: {said}"),
        }
    }
    // And what is wrong goes out whatever is asked for.
    let bench = Bench::new("1s", "60s").await;
    bench.phones.line(Line::Cut);
    let daemon = Process::run_under(&["env", "RUST_LOG=off"], &bench.config());
    until("the feed's fault is logged", || async {
        daemon.said().contains("the feed is not connected").then_some(())
    })
    .await;
    assert!(!daemon.said().contains("the floor is on"), "{}", daemon.said());
}
