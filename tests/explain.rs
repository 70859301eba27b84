//! `surged explain`: what kept a tier from being called, from a recording and from the duty log of a daemon.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use assert_cmd::Command;
use house::{House, NINE, plan, time, until};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use surged::config::{self, Purpose};
use surged::core::{Core, Input, Millis, Name, Reading, SNAPSHOT_VERSION, Time};
use surged::journal::{Batch, Entry, Journal, Local, Options, Record, Snapshot};

/// What `surged explain` prints; it must end with this status.
fn explain(arguments: &[&str], code: i32) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_surged"));
    let done = command
        .arg("explain")
        .args(arguments)
        .env("NO_COLOR", "1")
        .assert()
        .code(code);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&done.get_output().stdout), text(&done.get_output().stderr))
}

fn found(arguments: &[&str]) -> Value {
    let (text, errors) = explain(&[arguments, &["--format", "json"]].concat(), 0);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}{errors}"))
}

/// One tier of the first queue.
fn tier<'a>(found: &'a Value, name: &str) -> &'a Value {
    let tiers = found["queues"][0]["tiers"].as_array().unwrap();
    tiers
        .iter()
        .find(|tier| tier["tier"] == name)
        .unwrap_or_else(|| panic!("no {name}: {found}"))
}

/// The line of a table that begins with this, and the one below it, with single spaces.
fn row(text: &str, name: &str) -> (String, String) {
    let mut lines = text
        .lines()
        .skip_while(|line| !line.trim_start().starts_with(&format!("{name} ")));
    let plain = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    (
        plain(lines.next().unwrap_or_else(|| panic!("no {name}: {text}"))),
        plain(lines.next().unwrap()),
    )
}

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config/surged.toml");

/// Twenty minutes from nine, a reading every ten seconds: 2 waiting, 8 from 9:01, but 4 once at 9:03:20.
fn recording(dir: &Path) -> PathBuf {
    let mut text = String::new();
    for second in (0..=1200).step_by(10) {
        let waiting = match second {
            ..60 => 2,
            200 => 4,
            _ => 8,
        };
        let at = surged::wire::Stamp(time(NINE) + Millis::from_secs(second));
        writeln!(text, r#"{{"queue":"inbound","at":"{at}","waiting":{waiting}}}"#).unwrap();
    }
    let file = dir.join("nine.jsonl");
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn a_recording_tells_how_far_each_tier_had_got() {
    let dir = tempfile::tempdir().unwrap();
    let file = recording(dir.path());
    let ask = |more: &[&str]| {
        [&["-c", SHIPPED, "--readings", file.to_str().unwrap()], more]
            .concat()
            .join("\n")
    };
    let text = |more: &[&str]| explain(&ask(more).split('\n').collect::<Vec<_>>(), 0).0;

    let at_five = text(&["--queue", "inbound", "--at", "2026-11-02 09:05"]);
    assert!(
        at_five.starts_with("2026-11-02 09:05:00.000+08:00, by a replay of readings\n"),
        "{at_five}"
    );
    let (line, reset) = row(&at_five, "expert");
    assert_eq!(
        line,
        "expert more than 5 waiting, for 5:00 1:30 of 5:00 09:08:30 its clock runs"
    );
    assert_eq!(
        reset,
        "since a reading at 09:03:30; before that broken at 09:03:20 after 2:20 by a reading of 4 waiting"
    );
    assert!(
        row(&at_five, "outbound").0.ends_with("- expert comes first"),
        "{at_five}"
    );
    let (line, reset) = row(&at_five, "back_office");
    assert!(
        line.starts_with("back_office more than 10 waiting, at once no - "),
        "{line}"
    );
    assert!(reset.starts_with("has not held since 09:00:00"), "{reset}");

    // Nobody answers: the next tier waits until the first has settled by its time.
    let at_ten = text(&["--at", "2026-11-02T01:10:00Z"]);
    let (line, _) = row(&at_ten, "expert");
    assert!(
        line.ends_with("called at 09:08:30 (instruction 1), settles by 09:11:30"),
        "{line}"
    );
    let (line, reset) = row(&at_ten, "outbound");
    assert!(
        line.contains(" 09:16:30 instruction 1 has to settle first, by 09:11:30"),
        "{line}"
    );
    assert!(reset.starts_with("since a reading at 09:03:30"), "{reset}");

    // Without --at it is the end of the recording.
    let (line, reset) = row(&text(&[]), "quality");
    assert!(line.contains(" 0:30 of 5:00 09:24:30 its clock runs"), "{line}");
    assert_eq!(
        reset,
        "since 09:19:30: instruction 2 settled: its time to take effect is up"
    );
    let (line, _) = row(&text(&["--answer-after", "60s"]), "quality");
    assert!(line.contains(" 4:30 of 5:00 09:20:30 its clock runs"), "{line}");

    // Nobody can see the queue any more after the recording has ended.
    let after = text(&["--at", "2026-11-02 09:30"]);
    assert!(
        after.contains("Note: the recording ends at 2026-11-02 09:20:00"),
        "{after}"
    );
    assert!(
        row(&after, "quality")
            .0
            .ends_with("the queue is blind, its clock stands still"),
        "{after}"
    );
}

#[test]
fn a_chinese_reader_is_told_in_chinese() {
    let dir = tempfile::tempdir().unwrap();
    let file = recording(dir.path());
    for (language, expert, condition) in [
        ("zh-Hans", "机动专家组", "超过 5 人等待，持续 5:00"),
        ("zh-Hant", "機動專家組", "超過 5 人等候，持續 5:00"),
    ] {
        let asked = [
            "-c",
            SHIPPED,
            "--readings",
            file.to_str().unwrap(),
            "--at",
            "2026-11-02 09:05",
        ];
        let (text, _) = explain(&[&asked[..], &["--language", language]].concat(), 0);
        assert!(
            row(&text, expert).0.starts_with(&format!("{expert} {condition}")),
            "{text}"
        );
        let words = text.split(|it: char| !(it.is_ascii_alphanumeric() || it == '_'));
        let english = words.filter(|it| it.contains(|it: char| it.is_ascii_alphabetic()));
        assert_eq!(english.collect::<Vec<_>>(), Vec::<&str>::new(), "{language}: {text}");
    }
}

#[test]
fn what_cannot_be_explained_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let file = recording(dir.path());
    let base = ["-c", SHIPPED, "--readings", file.to_str().unwrap()];
    let refused = |more: &[&str], code, says: &str| {
        let (out, errors) = explain(&[&base, more].concat(), code);
        assert!(out.is_empty() && errors.contains(says), "{more:?}: {errors}");
    };
    refused(&["--at", "2026-11-02 08:59"], 1, "it begins at 2026-11-02 09:00:00");
    refused(&["--queue", "outbound"], 1, "there were: inbound");
    refused(&["--at", "yesterday"], 2, "write 2026-11-02");
    let (_, errors) = explain(&["-c", SHIPPED, "--answer-after", "60s"], 2);
    assert!(errors.contains("--readings"), "{errors}");
    let missing = dir.path().join("none.jsonl");
    explain(&["-c", SHIPPED, "--readings", missing.to_str().unwrap()], 1);
    let bad = dir.path().join("bad.toml");
    std::fs::write(&bad, "time_zone = \"Mars/Olympus\"\n").unwrap();
    explain(&["-c", bad.to_str().unwrap()], 78);
}

#[tokio::test]
async fn the_duty_log_of_a_daemon_tells_what_moved_the_clocks() {
    let mut house = House::open().await;
    let config = house.config_file();
    let ask = |at: &str| found(&["-c", config.to_str().unwrap(), "--at", at]);
    let mut li = house.join("Li").await;
    house.pass("1m").await;
    house.reading(8).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    li.done(&expert).await;
    house.pass("2m").await;
    house.reading(3).await;
    house.pass("1m").await;

    let at_seven = ask("2026-11-02 09:07");
    assert_eq!(at_seven["notes"], json!([]));
    let expert = tier(&at_seven, "expert");
    assert_eq!(expert["standing"], "on_stack");
    assert_eq!(expert["why"], "called at 09:06:00 (instruction 1), settled");
    let outbound = tier(&at_seven, "outbound");
    assert_eq!(outbound["standing"], "running");
    assert_eq!(outbound["condition"], "more than 5 waiting, for 5:00");
    assert_eq!(
        (&outbound["held_s"], &outbound["for_s"], &outbound["began_by"]),
        (&json!(60.0), &json!(300.0), &json!("stack"))
    );
    assert_eq!(outbound["next_due_at"], "2026-11-02T01:11:00.000Z");
    let reset = outbound["reset"].as_str().unwrap();
    assert!(
        reset.starts_with("since 09:06:00: instruction 1 answered by Li"),
        "{reset}"
    );

    let later = ask("2026-11-02 09:08:30");
    let outbound = tier(&later, "outbound");
    assert_eq!(
        (&outbound["standing"], &outbound["unknown"]),
        (&json!("not_met"), &json!(false))
    );
    assert_eq!(
        outbound["reset"],
        "broken at 09:08:00 after 2:00 by a reading of 3 waiting"
    );
    let release = &later["queues"][0]["release"];
    assert_eq!(
        (&release["held_s"], &release["next_due_at"]),
        (&json!(30.0), &json!("2026-11-02T01:13:00.000Z"))
    );
    assert_eq!(release["why"], "expert goes back next");

    let pause = json!({ "for_s": 600, "reason": "fire drill" });
    let paused = house.post("Zhao", "/api/v1/queues/inbound/pause", &pause).await;
    assert_eq!(paused.status, 200, "{}", paused.body);
    house.pass("30s").await;
    let paused = ask("2026-11-02 09:09:30");
    assert_eq!(tier(&paused, "outbound")["standing"], "paused");
    let words = paused["queues"][0]["words"].to_string();
    assert!(words.contains("paused by Zhao until 09:19:00: fire drill"), "{words}");

    house.pass_in_silence("20s");
    house.queue("blind", |queue| queue["blind"] == true).await;
    let blind = ask("2026-11-02 09:09:50");
    assert_eq!(tier(&blind, "outbound")["standing"], "blind");
    assert_eq!(blind["queues"][0]["blind_since"], "2026-11-02T01:09:45.000Z");

    house.stop().await;
    let stopped = ask("2026-11-02 09:15");
    assert!(
        stopped["notes"][0].as_str().unwrap().contains("surged was stopped at"),
        "{stopped}"
    );
    let (_, errors) = explain(&["-c", config.to_str().unwrap(), "--at", "2026-11-01"], 1);
    assert!(
        errors.contains("what is recorded begins later; it begins at 2026-11-02 09:00:00"),
        "{errors}"
    );
}

/// A log as a daemon writes it, ten minutes from nine: 8 waiting, a reading every ten seconds; with a snapshot at 9:04 or without.
async fn written_log(dir: &Path, with_snapshot: bool) -> (PathBuf, Local) {
    let (config, path) = (dir.join("surged.toml"), dir.join("surged.db"));
    std::fs::write(&config, plan("ws://127.0.0.1:9/feed", &path, |_| {})).unwrap();
    let loaded = config::load(&config, Purpose::Look).unwrap_or_else(|found| panic!("{}", found.render(false)));
    let mut core = Core::new(time(NINE));
    let mut entries = Vec::new();
    let mut snapshot = None;
    let mut tell = |core: &mut Core, input: Input, at: Time| {
        let decided = |core: &mut Core, entries: &mut Vec<Entry>| {
            while let Some(decision) = core.poll_effect() {
                push(entries, at, Record::Decision(decision));
            }
        };
        core.handle_timeout(at);
        decided(core, &mut entries);
        core.handle(input.clone(), at).unwrap();
        push(&mut entries, at, Record::Input(input));
        decided(core, &mut entries);
        entries.len() as u64
    };
    let (name, queue) = (Name::from("hotline"), Name::from("inbound"));
    tell(
        &mut core,
        Input::Configured {
            plan: loaded.plan.clone().into(),
        },
        time(NINE),
    );
    tell(
        &mut core,
        Input::LadderInForce {
            queue,
            ladder: Name::from("day"),
        },
        time(NINE),
    );
    tell(&mut core, Input::FeedConnected { feed: name }, time(NINE));
    for second in (0..=600).step_by(10) {
        let at = time(NINE) + Millis::from_secs(second);
        let reading = Reading::of("inbound", 8);
        let seq = tell(&mut core, Input::Reading { reading }, at);
        if second == 240 && with_snapshot {
            let state = serde_json::to_vec(&core).unwrap();
            snapshot = Some(Snapshot {
                seq,
                at,
                version: SNAPSHOT_VERSION,
                state,
            });
        }
    }
    let (journal, _) = Local::open(&path, Options::default()).unwrap();
    let batch = Batch {
        expected_seq: 1,
        entries,
        snapshot,
    };
    journal.append(batch).await.unwrap().await.unwrap().unwrap();
    (config, journal)
}

fn push(entries: &mut Vec<Entry>, at: Time, record: Record) {
    let seq = entries.len() as u64 + 1;
    entries.push(Entry {
        seq,
        at,
        record,
        unlogged: false,
    });
}

#[tokio::test]
async fn a_snapshot_tells_the_same_and_what_is_no_longer_kept_is_said() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (config, whole) = written_log(one.path(), false).await;
    let (short_config, short) = written_log(other.path(), true).await;
    let ask = |config: &Path, at| found(&["-c", config.to_str().unwrap(), "--at", at]);
    let (from_all, from_snapshot) = (
        ask(&config, "2026-11-02 09:04:30"),
        ask(&short_config, "2026-11-02 09:04:30"),
    );
    let outbound = |found: &Value| tier(found, "expert").clone();
    assert_eq!(outbound(&from_all), outbound(&from_snapshot));
    assert_eq!(outbound(&from_all)["held_s"], 270.0);
    assert_eq!(outbound(&from_all)["next_due_at"], "2026-11-02T01:05:00.000Z");
    let before = ask(&short_config, "2026-11-02 09:03");
    assert_eq!(
        outbound(&before)["held_s"],
        180.0,
        "before its snapshot the log is read from its beginning"
    );
    whole.close().await;

    short.prune(Time::NEVER).await;
    let pruned = until("the readings before the snapshot are gone", || async {
        let arguments = [
            "explain",
            "-c",
            short_config.to_str().unwrap(),
            "--at",
            "2026-11-02 09:03",
        ];
        let done = Command::new(env!("CARGO_BIN_EXE_surged"))
            .args(arguments)
            .output()
            .unwrap();
        (!done.status.success()).then_some(done)
    })
    .await;
    let errors = String::from_utf8(pruned.stderr).unwrap();
    assert_eq!(pruned.status.code(), Some(1), "{errors}");
    assert!(
        errors.contains("older than the readings that are kept: they begin at 2026-11-02 09:04:10"),
        "{errors}"
    );
    let kept = ask(&short_config, "2026-11-02 09:04:30");
    assert_eq!(kept["notes"], json!([]));
    assert_eq!(outbound(&kept)["held_s"], 270.0);
    short.close().await;
}
