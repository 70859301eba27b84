//! `surged check --deep`: what is known of queues, said of a plan.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};
use surged::core::Input;
use surged::feed::Heard;
use surged::feed::readings::read_file;
use surged::journal::{Batch, Entry, Journal, Local, Options, Record};

fn check(more: &[&str]) -> Command {
    let mut command = Command::cargo_bin("surged").unwrap();
    command.args(["check", "--deep"]).args(more).env("NO_COLOR", "1");
    command
}

/// Code, line and message of each piece of advice.
fn advice(more: &[&str]) -> Vec<(String, u64, String)> {
    let done = check(&[more, &["--format", "json"]].concat()).assert().success();
    let found: Vec<Value> = serde_json::from_slice(&done.get_output().stdout).unwrap();
    let one = |it: &Value| {
        let text = |key: &str| it[key].as_str().unwrap().to_owned();
        assert!(!text("why").is_empty() && !text("help").is_empty(), "{it}");
        (text("code"), it["line"].as_u64().unwrap(), text("message"))
    };
    found.iter().filter(|it| it["severity"] == "advice").map(one).collect()
}

fn codes(found: &[(String, u64, String)]) -> Vec<&str> {
    found.iter().map(|(code, ..)| code.as_str()).collect()
}

/// The written plan with some of its text replaced.
fn plan(replaced: &[(&str, &str)]) -> String {
    let written = std::fs::read_to_string("config/bank.toml").unwrap();
    replaced.iter().fold(written, |text, (from, to)| {
        assert!(text.contains(from), "{from:?} is not in the plan");
        text.replace(from, to)
    })
}

fn advice_of(text: &str, more: &[&str]) -> Vec<(String, u64, String)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.toml");
    std::fs::write(&path, text).unwrap();
    advice(&[&[path.to_str().unwrap()], more].concat())
}

fn line_of(path: &str, text: &str) -> u64 {
    let whole = std::fs::read_to_string(path).unwrap();
    1 + whole.lines().position(|line| line.starts_with(text)).unwrap() as u64
}

#[test]
fn the_shipped_plans_are_told_what_is_known_of_them() {
    let written = advice(&["config/surged.toml"]);
    let slow = |ladder: &str, minutes: u32| {
        let says = format!("at 400 waiting ladder `{ladder}` still takes {minutes} minutes to reach `back_office`");
        let line = line_of("config/surged.toml", &format!("[ladder.{ladder}]"));
        assert!(
            written
                .iter()
                .any(|(code, at, message)| code == "slow_at_many" && *at == line && message.starts_with(&says)),
            "{written:#?}"
        );
    };
    // Five minutes and the settling of three for each of three steps; one more on holidays.
    slow("day", 24);
    slow("holiday", 32);
    // The release of holidays is that of the day, and told once.
    assert_eq!(
        written.iter().filter(|(code, ..)| code == "no_room_for_calm").count(),
        2,
        "{written:#?}"
    );
    assert_eq!(codes(&advice(&["config/steady.toml"])), ["slow_at_many"]);
    assert_eq!(
        codes(&advice(&["config/bank.toml"])),
        ["slow_at_many", "no_room_for_calm"]
    );
}

#[test]
fn a_severe_ladder_that_keeps_people_has_nothing_to_be_told() {
    let text = plan(&[
        (
            "[ladder.day]",
            "[ladder.day]\nsevere = { waiting_above = 30, for = \"1m\" }",
        ),
        ("[ladder.day.release]", "[ladder.day.release]\nmin_stay = \"15m\""),
    ]);
    assert_eq!(advice_of(&text, &[]), []);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.toml");
    std::fs::write(&path, &text).unwrap();
    let done = check(&[path.to_str().unwrap()]).assert().success();
    let said = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert!(said.contains("nothing to advise"), "{said}");
    // One that begins too late is told that it does not help.
    let late = text.replace("waiting_above = 30", "waiting_above = 900");
    assert_eq!(codes(&advice_of(&late, &[])), ["slow_at_many"]);
}

#[test]
fn people_whom_nobody_asks_for_and_more_asked_than_there_are() {
    let text = plan(&[
        (
            "[pool.quality]\nsize = 6",
            "[pool.quality]\nsize = 6\nkeep = 5\n[pool.idle]\nsize = 2",
        ),
        (
            "[ladder.day.release]",
            "[ladder.spare]\n[[ladder.spare.tier]]\nname = \"x\"\npool = \"idle\"\nseats = \"all\"\n\
            when = { waiting_above = 5, for = \"1m\" }\n[ladder.spare.release]\nwhen = { waiting_at_most = 2, for = \"1m\" }\n\
            [ladder.day.release]",
        ),
    ]);
    let found = advice_of(&text, &[]);
    let says = |code: &str, words: &str| {
        assert!(
            found
                .iter()
                .any(|(known, _, message)| known == code && message.contains(words)),
            "{code} {words}: {found:#?}"
        );
    };
    says("pool_unused", "pool `idle` is never used");
    says("ladder_unused", "ladder `spare` never comes into force");
    says(
        "seats_beyond_pool",
        "tier `quality` asks for 2-3 seats of a pool that can lend 1",
    );
}

#[test]
fn steps_in_each_others_way() {
    // Step 3 waits for more callers than step 4.
    let text = plan(&[(
        "name = \"quality\"\npool = \"quality\"\nseats = { min = 2, max = 3 }\nwhen = { waiting_above = 5,",
        "name = \"quality\"\npool = \"quality\"\nseats = { min = 2, max = 3 }\nwhen = { waiting_above = 20,",
    )]);
    let found = advice_of(&text, &[]);
    let order: Vec<_> = found.iter().filter(|(code, ..)| code == "tier_out_of_order").collect();
    assert!(
        order
            .iter()
            .any(|it| it.2.contains("tier `back_office` would fire before `quality`")),
        "{found:#?}"
    );
    // A band that is closed above: the more wait, the less help comes.
    let text = plan(&[(
        "seats = \"all\"\nwhen = { waiting_above = 5,",
        "seats = \"all\"\nwhen = { waiting_above = 5, waiting_at_most = 10,",
    )]);
    let found = advice_of(&text, &[]);
    assert!(
        found
            .iter()
            .any(|(code, _, message)| code == "never_at_many" && message.contains("tier `expert`")),
        "{found:#?}"
    );
}

#[test]
fn simulated_days_tell_how_often_and_whether_readings_come_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let busy = |more: &str, calls: u32| {
        let path = folder.path().join("floor.toml");
        let text = format!(
            "length = \"6h\"\n{more}\n[queue.bank]\ncalls = {{ per_hour = [{calls}] }}\nhandling = {{ kind = \"exponential\", mean = \"3m\" }}\n\
             patience = {{ kind = \"exponential\", mean = \"2m\" }}\npeople = [8]\n"
        );
        std::fs::write(&path, text).unwrap();
        path
    };
    let look = |path: &Path| {
        let more = ["config/bank.toml", "--scenario", path.to_str().unwrap(), "--seeds", "6"];
        advice(&more)
    };
    let found = look(&busy("readings_every = \"3m\"", 600));
    let says = |code: &str, words: &str| {
        assert!(
            found
                .iter()
                .any(|(known, _, message)| known == code && message.contains(words)),
            "{code} {words}: {found:#?}"
        );
    };
    says(
        "reading_gap",
        "a reading every 3m of queue `bank` hides the 5m timer of tier `expert`",
    );
    says("too_few", "at its busiest queue `bank` needs");
    let quiet = look(&busy("", 40));
    assert!(
        quiet
            .iter()
            .any(|(code, _, message)| code == "tier_rare" && message.contains("tier `expert` does not fire once")),
        "{quiet:#?}"
    );
    assert!(
        !codes(&quiet).contains(&"too_few") && !codes(&quiet).contains(&"reading_gap"),
        "{quiet:#?}"
    );
    let hovering = look(&busy("", 200));
    assert!(codes(&hovering).contains(&"line_crossed"), "{hovering:#?}");
}

/// The duty log of a daemon that heard what a file has.
fn log_of(readings: &Path, folder: &Path) -> PathBuf {
    let heard = read_file(readings).unwrap().map(|line| line.unwrap().1);
    let entries = (1..).zip(heard).map(|(seq, heard)| {
        let Heard::Reading(reading) = heard.what else { panic!() };
        let record = Record::Input(Input::Reading { reading });
        let (at, unlogged) = (heard.at, false);
        Entry {
            seq,
            at,
            record,
            unlogged,
        }
    });
    let batch = Batch {
        expected_seq: 1,
        entries: entries.collect(),
        snapshot: None,
    };
    let path = folder.join("surged.db");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let (journal, _) = Local::open(&path, Options::default()).unwrap();
        journal.append(batch).await.unwrap().await.unwrap().unwrap();
        journal.close().await;
    });
    path
}

#[test]
fn recorded_days_tell_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for minute in 0..(6 * 24 * 60) {
        // Up and down over the release line every six minutes, and deep enough for the first step each evening alone.
        let (hour, waiting) = (minute / 60 % 24, if minute % 6 < 3 { 5 } else { 6 });
        let waiting = if hour == 20 { 8 } else { waiting };
        let (day, minute) = (2 + minute / 1440, minute % 60);
        lines += &format!(
            "{{\"queue\":\"bank\",\"at\":\"2026-11-{day:02}T{hour:02}:{minute:02}:00Z\",\"waiting\":{waiting}}}\n"
        );
    }
    let readings = folder.path().join("week.jsonl");
    std::fs::write(&readings, lines).unwrap();
    let text = plan(&[
        (
            "kind = \"json\"",
            "kind = \"json\"\nstale_after = \"2m\"\nforget_after = \"5m\"",
        ),
        (
            "name = \"outbound\"\npool = \"outbound\"\nseats = { min = 2, max = 3 }\nwhen = { waiting_above = 5, for = \"5m\" }",
            "name = \"outbound\"\npool = \"outbound\"\nseats = { min = 2, max = 3 }\nwhen = { waiting_above = 5, for = \"30s\" }",
        ),
        ("when = { waiting_at_most = 5,", "when = { waiting_at_most = 4,"),
    ]);
    let crossed = text.replace("when = { waiting_at_most = 4,", "when = { waiting_at_most = 5,");
    let found = advice_of(&text, &["--readings", readings.to_str().unwrap()]);
    let says = |found: &[(String, u64, String)], code: &str, words: &str| {
        assert!(
            found
                .iter()
                .any(|(known, _, message)| known == code && message.contains(words)),
            "{code} {words}: {found:#?}"
        );
    };
    says(
        &found,
        "reading_gap",
        "a reading every 1m of queue `bank` hides the 30s timer of tier `outbound` (in 6 recorded days)",
    );
    says(
        &found,
        "tier_rare",
        "tier `back_office` does not fire once on queue `bank` in 6 recorded days",
    );
    assert!(!codes(&found).contains(&"line_crossed"), "{found:#?}");
    // A daemon that heard the same has it in its duty log.
    let log = log_of(&readings, folder.path());
    assert_eq!(advice_of(&text, &["--readings", log.to_str().unwrap()]), found);
    let found = advice_of(&crossed, &["--readings", readings.to_str().unwrap()]);
    says(&found, "line_crossed", "is crossed 10 times an hour");
    let nothing = folder.path().join("nothing.jsonl");
    std::fs::write(
        &nothing,
        "{\"queue\":\"other\",\"at\":\"2026-11-02T08:00:00Z\",\"waiting\":1}\n",
    )
    .unwrap();
    let done = check(&["config/bank.toml", "--readings", nothing.to_str().unwrap()])
        .assert()
        .failure();
    let told = String::from_utf8(done.get_output().stderr.clone()).unwrap();
    assert!(told.contains("a queue that the plan has"), "{told}");
}

#[test]
fn what_cannot_be_looked_at_is_said() {
    let done = check(&["-"]).write_stdin(plan(&[])).assert().failure();
    let told = String::from_utf8(done.get_output().stderr.clone()).unwrap();
    assert!(told.contains("name the file"), "{told}");
    let done = check(&["config/bank.toml", "--scenario", "config/scenarios/hotline.toml"])
        .assert()
        .failure();
    let told = String::from_utf8(done.get_output().stderr.clone()).unwrap();
    assert!(told.contains("inbound"), "{told}");
}
