//! The operator's bench: it says what `surged replay --against` says, what it copies gives the plan that it tried, and it takes only the days
//! and thresholds that it offers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use assert_cmd::Command;
use house::{House, get, post};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use surged::config::{self, Config, Purpose};
use surged::core::{Input, Millis, Reading};
use surged::floor::{Bench as _, BenchFault, Setting, Step, Trial};
use surged::journal::{Batch, Entry, Journal as _, Local, Options, Record};
use surged::lab::bench::Bench;
use surged::words::{Language, Words};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SAMPLE: &str = "docs/samples/morning.jsonl.gz";

fn shipped() -> PathBuf {
    Path::new(ROOT).join("config/surged.toml")
}

fn load(path: &Path) -> Config {
    config::load(path, Purpose::Look).unwrap_or_else(|found| panic!("{}", found.render(false)))
}

fn setting(key: Value, value: Value) -> Setting {
    let key: Vec<Step> = serde_json::from_value(key).unwrap();
    Setting { key, value }
}

fn trial(day: &str, settings: Vec<Setting>) -> Trial {
    Trial {
        day: day.into(),
        answer_after: Some(Millis::from_secs(60)),
        settings,
    }
}

fn english() -> Words {
    Words::new(Language::En, Arc::default())
}

fn tried(running: &Config, trial: &Trial) -> Result<Value, BenchFault> {
    Bench::default().try_out(running, trial, &english(), &|| true)
}

/// Several keys of several kinds: of a condition, of a range, of the ladder, of a pool, and one that is not written yet.
fn changes() -> Vec<Setting> {
    vec![
        setting(json!(["ladder", "day", "tier", 0, "when", "for"]), json!("3m")),
        setting(json!(["ladder", "day", "tier", 1, "when", "waiting_above"]), json!(7)),
        setting(json!(["ladder", "day", "tier", 2, "seats", "max"]), json!(4)),
        setting(json!(["ladder", "day", "settle_within"]), json!("2m")),
        setting(json!(["ladder", "day", "release", "min_stay"]), json!("10m")),
        setting(json!(["ladder", "day", "max_borrowed"]), json!(9)),
        setting(json!(["pool", "quality", "max_stay"]), json!("20m")),
    ]
}

/// Pastes what was copied as its comments say: in place of the line that they name, or below the heading that stands there.
fn pasted(plan: &str, copied: &str) -> String {
    let mut lines: Vec<String> = plan.lines().map(str::to_owned).collect();
    let mut pieces: Vec<(usize, bool, String)> = copied
        .split("\n\n")
        .map(|piece| {
            let (comment, key) = piece.trim_end().split_once('\n').unwrap();
            let number = comment.strip_prefix("# line ").unwrap().split(',').next().unwrap();
            (number.parse().unwrap(), key.contains("# was "), key.to_owned())
        })
        .collect();
    pieces.sort();
    for (number, was_there, key) in pieces.into_iter().rev() {
        match was_there {
            true => lines[number - 1] = key,
            false => lines.insert(number, key),
        }
    }
    lines.join("\n") + "\n"
}

fn written(folder: &tempfile::TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("changed.toml");
    std::fs::write(&path, text).unwrap();
    path
}

fn replay(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_surged"));
    let done = command
        .current_dir(ROOT)
        .args(["replay", "-c", "config/surged.toml", "--answer-after", "60s"])
        .args(arguments)
        .assert()
        .success();
    String::from_utf8(done.get_output().stdout.clone()).unwrap()
}

/// The value of a file at a key, set by hand.
fn by_hand(text: &str, settings: &[Setting]) -> String {
    let mut root: toml::Value = toml::Value::Table(text.parse().unwrap());
    for Setting { key, value } in settings {
        let (last, way) = key.split_last().unwrap();
        let mut at = &mut root;
        for step in way {
            at = match step {
                Step::Key(key) => at.get_mut(key.as_str()).unwrap(),
                Step::Place(place) => at.get_mut(*place).unwrap(),
            };
        }
        let Step::Key(last) = last else { panic!("{key:?}") };
        let value = toml::Value::try_from(value).unwrap();
        at.as_table_mut().unwrap().insert(last.clone(), value);
    }
    toml::to_string(&root).unwrap()
}

#[test]
fn it_says_what_replay_against_says_of_the_plan_that_is_pasted() {
    let running = load(&shipped());
    let found = tried(&running, &trial("sample", changes())).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(shipped()).unwrap();
    let plan = written(&folder, &pasted(&text, found["toml"].as_str().unwrap()));
    // What is pasted gives the plan that was tried.
    let by_hand = by_hand(&text, &changes());
    let by_hand_file = folder.path().join("by_hand.toml");
    std::fs::write(&by_hand_file, by_hand).unwrap();
    let (pasted, by_hand) = (load(&plan), load(&by_hand_file));
    assert_eq!(pasted.plan, by_hand.plan);
    assert_ne!(pasted.plan, running.plan);
    assert_eq!(found["toml"].as_str().unwrap().matches("# line").count(), 7);
    // And the command line says the same of it.
    let plan = plan.to_str().unwrap();
    let told: Value = serde_json::from_str(&replay(&["--against", plan, "--format", "json", SAMPLE])).unwrap();
    for side in 0..2 {
        assert_eq!(
            found["plans"][side]["summary"], told["plans"][side]["summary"],
            "plan {side}"
        );
    }
    let differences = found["differences"].as_array().unwrap();
    assert!(differences.len() > 3, "{differences:?}");
    let bare: Vec<Value> = differences.iter().cloned().map(without_words).collect();
    assert_eq!(json!(bare), told["plans"][1]["differences"]);
    let text = replay(&["--against", plan, "--show", "500", SAMPLE]);
    for difference in differences {
        let tier = difference["tier"].as_str().unwrap();
        let sentence = difference["words"].as_str().unwrap();
        let sentence = sentence.replacen(&english().name("tier", tier), tier, 1);
        assert!(
            text.contains(&format!("  {sentence}\n")),
            "{sentence} is not in:\n{text}"
        );
    }
    let gist = found["gist"].as_str().unwrap();
    let unfolded = text.replace('\n', " ");
    assert!(unfolded.contains(gist), "{gist} is not in:\n{text}");
}

fn without_words(mut difference: Value) -> Value {
    difference.as_object_mut().unwrap().remove("words");
    difference
}

#[test]
fn callers_who_gave_up_are_told_by_whether_anybody_was_called() {
    let running = load(&shipped());
    let never = vec![
        setting(json!(["ladder", "day", "tier", 0, "when", "waiting_above"]), json!(900)),
        setting(json!(["ladder", "day", "tier", 1, "when", "waiting_above"]), json!(900)),
        setting(json!(["ladder", "day", "tier", 2, "when", "waiting_above"]), json!(900)),
        setting(json!(["ladder", "day", "tier", 3, "when", "waiting_above"]), json!(900)),
        setting(json!(["ladder", "day", "tier", 4, "when", "waiting_above"]), json!(900)),
        setting(json!(["ladder", "day", "tier", 5, "when", "waiting_above"]), json!(900)),
    ];
    let found = tried(&running, &trial("sample", never)).unwrap();
    let given_up = |side: usize| {
        let it = &found["plans"][side]["summary"]["given_up"];
        (it["all"].as_u64().unwrap(), it["nobody_called"].as_u64().unwrap())
    };
    // The recording ends with 49 who gave up; with nobody called ever, all of them did so uncalled.
    assert_eq!(given_up(1), (49, 49));
    let (all, uncalled) = given_up(0);
    assert_eq!(all, 49);
    assert!(uncalled > 0 && uncalled < 49, "{uncalled}");
}

#[test]
fn a_plan_that_would_be_refused_is_told_at_its_field_in_the_readers_own_words() {
    let running = load(&shipped());
    let key = json!(["ladder", "day", "tier", 1, "seats", "min"]);
    for (language, word) in [(Language::En, "min"), (Language::ZhHans, "人")] {
        let words = Words::new(language, Arc::default());
        let settings = vec![
            setting(json!(["ladder", "day", "tier", 0, "when", "for"]), json!("soon")),
            setting(key.clone(), json!(9)),
        ];
        let refused = Bench::default().try_out(&running, &trial("sample", settings.clone()), &words, &|| true);
        let Err(BenchFault::AtFault(faults)) = refused else {
            panic!("{refused:?}")
        };
        let folder = tempfile::tempdir().unwrap();
        let text = std::fs::read_to_string(shipped()).unwrap();
        // Written by hand into the file as it stands, so that lines are those of the file.
        let text = text.replacen("for = \"5m\" }", "for = \"soon\" }", 1);
        let text = text.replacen("seats = { min = 2, max = 3 }", "seats = { min = 9, max = 3 }", 1);
        let checked = config::load(&written(&folder, &text), Purpose::Look)
            .unwrap_err()
            .told_in(language);
        let expected: Vec<Value> = checked
            .found()
            .iter()
            .filter(|it| it.severity == config::Severity::Error)
            .map(|it| json!([it.message, it.help, it.line]))
            .collect();
        let told: Vec<Value> = faults
            .iter()
            .map(|it| json!([it["message"], it["help"], it["line"]]))
            .collect();
        assert_eq!(told, expected, "{word}");
        let keys: Vec<&Value> = faults.iter().map(|it| &it["key"]).collect();
        assert!(
            keys.contains(&&json!(["ladder", "day", "tier", 0, "when", "for"])),
            "{faults:?}"
        );
    }
    let upside_down = tried(&running, &trial("sample", vec![setting(key.clone(), json!(9))]));
    let Err(BenchFault::AtFault(faults)) = upside_down else {
        panic!("{upside_down:?}")
    };
    assert_eq!(faults[0]["key"], key, "{faults:?}");
}

#[test]
fn only_thresholds_that_are_offered_are_taken() {
    let running = load(&shipped());
    for (key, value) in [
        (json!(["feed", "hotline", "secret_file"]), json!("/etc/passwd")),
        (json!(["roster", "path"]), json!("/etc/passwd")),
        (json!(["ladder", "day", "tier", 99, "when", "for"]), json!("3m")),
        (json!(["ladder", "day", "tier", 0, "name"]), json!("other")),
        (json!(["ladder", "day", "tier", 0, "when", "for"]), json!(null)),
        (json!(["ladder", "day", "tier", 0, "when", "for"]), json!({ "a": 1 })),
        (json!([]), json!(1)),
    ] {
        let refused = tried(&running, &trial("sample", vec![setting(key.clone(), value)]));
        assert!(
            matches!(refused, Err(BenchFault::NotAThreshold(_))),
            "{key}: {refused:?}"
        );
    }
    let offer = Bench::default().offer(&running).unwrap();
    let groups = offer["groups"].as_array().unwrap();
    let expert = groups.iter().find(|it| it["tier"] == "expert").unwrap();
    assert_eq!(
        expert["thresholds"][0],
        json!({ "key": ["ladder", "day", "tier", 0, "when", "waiting_above"], "name": "waiting_above", "kind": "count", "written": 5, "usual": null })
    );
    assert_eq!(groups[0]["ladder"], "day", "the ladder that rules stands first");
    // Every threshold that is offered has its words.
    for group in groups {
        for threshold in group["thresholds"].as_array().unwrap() {
            let key = format!("bench.knob_{}", threshold["name"].as_str().unwrap());
            assert!(Language::En.text(&key, &[]).is_some(), "{key}");
        }
    }
}

#[test]
fn recordings_are_those_of_the_folder_and_a_name_is_no_way_out_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let recordings = folder.path().join("recordings");
    std::fs::create_dir_all(recordings.join("within")).unwrap();
    let sample = Path::new(ROOT).join(SAMPLE);
    std::fs::copy(&sample, recordings.join("monday.jsonl.gz")).unwrap();
    std::fs::copy(&sample, recordings.join(".hidden.gz")).unwrap();
    std::fs::copy(&sample, folder.path().join("outside.gz")).unwrap();
    std::fs::write(recordings.join("empty.jsonl"), "").unwrap();
    std::os::unix::fs::symlink(folder.path().join("outside.gz"), recordings.join("link.gz")).unwrap();
    let text = std::fs::read_to_string(shipped()).unwrap();
    let text = text.replacen("[floor]\n", "[floor]\nrecordings = \"recordings\"\n", 1);
    let running = load(&written(&folder, &text));
    let offer = Bench::default().offer(&running).unwrap();
    let days: Vec<&str> = offer["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(days, ["sample", "recording/monday.jsonl.gz", "recording/empty.jsonl"]);
    let of_folder = tried(&running, &trial("recording/monday.jsonl.gz", changes())).unwrap();
    let of_program = tried(&running, &trial("sample", changes())).unwrap();
    assert_eq!(of_folder, of_program);
    for name in [
        "recording/../outside.gz",
        "recording/link.gz",
        "recording/.hidden.gz",
        "recording/within",
        "recording/",
        "recording/within/../monday.jsonl.gz",
        "/etc/passwd",
        "log/yesterday",
        "",
    ] {
        let refused = tried(&running, &trial(name, Vec::new()));
        assert!(matches!(refused, Err(BenchFault::NoSuchDay(_))), "{name}: {refused:?}");
    }
    let empty = tried(&running, &trial("recording/empty.jsonl", Vec::new()));
    assert!(
        matches!(&empty, Err(BenchFault::Unreadable(words)) if words.contains("empty")),
        "{empty:?}"
    );
    let short = Bench { lines_max: 1_000 };
    let long = short.try_out(&running, &trial("sample", Vec::new()), &english(), &|| true);
    assert!(
        matches!(&long, Err(BenchFault::TooMuch(words)) if words.contains("more than 1000 lines")),
        "{long:?}"
    );
    let stopped = Bench::default().try_out(&running, &trial("sample", Vec::new()), &english(), &|| false);
    assert_eq!(stopped, Err(BenchFault::Interrupted));
}

#[test]
fn the_sample_tells_of_a_plan_whose_queue_has_another_name() {
    let running = load(&Path::new(ROOT).join("config/bank.toml"));
    let found = tried(&running, &trial("sample", Vec::new())).unwrap();
    assert_eq!(found["queues"][0]["queue"], "bank");
    assert!(found["plans"][0]["decided"].as_u64().unwrap() > 0);
    assert_eq!(found["plans"][0]["summary"]["unknown_feeds"], json!({}));
    assert_eq!(
        (&found["gist"], &found["toml"], &found["differ"]),
        (&Value::Null, &json!(""), &json!(0))
    );
}

#[tokio::test]
async fn days_of_the_log_are_those_with_something_in_them_and_each_is_replayed_alone() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("surged.db");
    let text = std::fs::read_to_string(shipped()).unwrap();
    let text = text.replacen(
        "path = \"surged.db\"",
        &format!("path = {:?}", journal.display().to_string()),
        1,
    );
    let running = load(&written(&folder, &text));
    let (log, _) = Local::open(&journal, Options::default()).unwrap();
    // A minute around two midnights in Shanghai; between them lies a day without anything.
    let midnights = ["2026-11-01T16:00:00.000Z", "2026-11-04T16:00:00.000Z"].map(house::time);
    let times = midnights
        .into_iter()
        .flat_map(|at| [at - Millis::from_secs(30), at, at + Millis::from_secs(30)]);
    let entries: Vec<Entry> = times
        .zip(1..)
        .map(|(at, seq)| Entry {
            seq,
            at,
            record: Record::Input(Input::Reading {
                reading: Reading::of("inbound", seq as u32),
            }),
            unlogged: false,
        })
        .collect();
    let batch = Batch {
        expected_seq: 1,
        entries,
        snapshot: None,
    };
    log.append(batch).await.unwrap().await.unwrap().unwrap();
    let offer = Bench::default().offer(&running).unwrap();
    let days: Vec<&Value> = offer["days"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(
        days,
        [
            "sample",
            "log/2026-11-05",
            "log/2026-11-04",
            "log/2026-11-02",
            "log/2026-11-01"
        ]
    );
    for (day, most, readings) in [("01", 1, 1), ("02", 3, 2), ("04", 4, 1), ("05", 6, 2)] {
        let found = tried(&running, &trial(&format!("log/2026-11-{day}"), Vec::new())).unwrap();
        let summary = &found["plans"][0]["summary"];
        assert_eq!(
            (&summary["readings"], &summary["queues"][0]["most_waiting"]),
            (&json!(readings), &json!(most)),
            "{day}: {summary}"
        );
    }
    let empty = tried(&running, &trial("log/2026-10-31", Vec::new()));
    assert!(matches!(empty, Err(BenchFault::Unreadable(_))), "{empty:?}");
    log.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_out_of_the_daemons_own_log_is_replayed_with_the_answers_that_were_given() {
    let mut house = House::open().await;
    house.reading(12).await;
    house.pass("6m").await;
    house.reading(2).await;
    house.pass("8m").await;
    let (address, token) = (house.address, house.token("Zhao").to_owned());
    let offer = get(address, "/api/v1/bench", Some(&token)).await.json();
    let days: Vec<&Value> = offer["days"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(days, ["sample", "log/2026-11-02"]);
    let settings = json!([{ "key": ["ladder", "day", "tier", 0, "when", "for"], "value": "3m" }]);
    let ask = json!({ "day": "log/2026-11-02", "settings": settings, "language": "zh-Hans" });
    let told = post(address, "/api/v1/bench", Some(&token), &ask).await;
    assert_eq!(told.status, 200, "{}", told.body);
    let told = told.json();
    assert!(
        told["differences"][0]["words"].as_str().unwrap().contains("早"),
        "{told}"
    );
    // As written it is what the daemon itself did, and what `surged replay` makes of its log.
    let log = house.config_file().with_file_name("surged.db");
    let mut command = Command::new(env!("CARGO_BIN_EXE_surged"));
    let done = command
        .args(["replay", "--format", "json", "-c"])
        .args([&house.config_file(), &log])
        .assert()
        .success();
    let replayed: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
    assert_eq!(told["plans"][0]["decisions"], replayed["decisions"]);
    assert_eq!(told["plans"][0]["summary"], replayed["summary"]);
    assert!(told["plans"][0]["decided"].as_u64().unwrap() > 0);
    for who in ["Li", "wall"] {
        assert_eq!(
            post(address, "/api/v1/bench", Some(house.token(who)), &ask)
                .await
                .status,
            403
        );
    }
}

/// The shipped plan by another clock.
fn by_the_clock_of(zone: &str) -> Config {
    let text = std::fs::read_to_string(shipped()).unwrap();
    let text = text.replace("time_zone = \"Asia/Shanghai\"", &format!("time_zone = {zone:?}"));
    let folder = tempfile::tempdir().unwrap();
    load(&written(&folder, &text))
}

#[test]
fn the_sample_is_a_morning_by_the_clock_of_any_plan() {
    let here = tried(&load(&shipped()), &trial("sample", Vec::new())).unwrap();
    assert_eq!(here["period"], "2 November 2026 08:55 to 2 November 2026 10:29");
    for zone in ["UTC", "America/New_York", "Asia/Kolkata"] {
        let there = tried(&by_the_clock_of(zone), &trial("sample", Vec::new())).unwrap();
        for what in ["period", "ladders", "rows"] {
            assert_eq!(there[what], here[what], "{zone}: {what}");
        }
    }
}

#[test]
fn who_answers_and_by_whose_clock_is_said_in_the_same_words_on_the_page_and_the_command_line() {
    let running = load(&shipped());
    let told = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_surged"));
        let command = command
            .current_dir(ROOT)
            .args(["replay", "-c", "config/surged.toml", SAMPLE]);
        let done = command.args(arguments).env("LANG", "C").assert().success();
        String::from_utf8(done.get_output().stdout.clone())
            .unwrap()
            .replace('\n', " ")
    };
    let answered = |trial: &Trial| tried(&running, trial).unwrap()["answers"].as_str().unwrap().to_owned();
    let minute = trial("sample", Vec::new());
    let nobody = Trial {
        answer_after: None,
        ..minute.clone()
    };
    let (nobody, minute) = (answered(&nobody), answered(&minute));
    assert!(
        nobody.starts_with("Who answers: nobody.") && nobody.contains("--answer-after"),
        "{nobody}"
    );
    assert!(minute.contains("done 1:00 later"), "{minute}");
    assert!(told(&[]).contains(&nobody));
    let text = told(&["--answer-after", "60s"]);
    assert!(text.contains(&minute), "{text}");
    assert!(
        text.contains("By the clock of Asia/Shanghai; ladders in force: day."),
        "{text}"
    );
    assert!(told(&["--answer-after", "60s", "--format", "html"]).contains(&minute));
}
