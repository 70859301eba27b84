//! `surged replay`: every kind of file, what is refused, and plans against each other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use surged::config::{self, Purpose};
use surged::core::Name;
use surged::feed::Heard;
use surged::lab::recorded::{Form, Happening, Kind, open};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const COLUMNS: &str = "arrival=started,wait_s=waited,outcome=result,handling_s=talk";

/// Standard output and standard error; it must end with this status.
fn replay(arguments: &[&str], code: i32) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_surged"));
    let done = command
        .current_dir(ROOT)
        .arg("replay")
        .args(if arguments.contains(&"-c") {
            &[][..]
        } else {
            &["-c", "config/surged.toml"]
        })
        .args(arguments)
        .env("NO_COLOR", "1")
        .assert()
        .code(code);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&done.get_output().stdout), text(&done.get_output().stderr))
}

fn json(arguments: &[&str]) -> Value {
    let (text, errors) = replay(&[arguments, &["--format", "json"]].concat(), 0);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}{errors}"))
}

fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

/// Every reading of a file: seconds since its first, queue, depth, longest wait, offered, answered, abandoned, signed in.
type Row = (i64, String, u32, i64, u64, u64, u64, Option<u32>);

fn readings(path: &Path, change: impl FnOnce(&mut Form)) -> (Kind, Vec<Row>, Vec<String>) {
    let config = config::load(&Path::new(ROOT).join("config/surged.toml"), Purpose::Look).unwrap();
    let mut form = Form::of(&config);
    change(&mut form);
    let source = open(path, &form).unwrap_or_else(|error| panic!("{error}"));
    let (kind, mut rows, mut faults, mut first) = (source.kind, Vec::new(), Vec::new(), None);
    for happened in source {
        match happened {
            Ok(Happening::Heard(heard)) => {
                let Heard::Reading(it) = heard.what else {
                    panic!("{heard:?}")
                };
                let first = *first.get_or_insert(heard.at);
                assert_eq!(it.at, Some(heard.at));
                rows.push((
                    (heard.at - first).0 / 1000,
                    it.queue.to_string(),
                    it.waiting,
                    it.longest_wait.unwrap().0 / 1000,
                    it.offered.unwrap(),
                    it.answered.unwrap(),
                    it.abandoned.unwrap(),
                    it.signed_in,
                ));
            }
            Ok(other) => panic!("{other:?}"),
            Err(fault) => faults.push(fault.to_string().replace(&path.display().to_string(), "FILE")),
        }
    }
    (kind, rows, faults)
}

#[test]
fn a_queue_log_tells_who_waits_and_nothing_of_callers_from_before_it() {
    let text = "\
1000000000|NONE|NONE|NONE|QUEUESTART|
1000000001|MANAGER|inbound|PJSIP/E01|ADDMEMBER|
1000000002|old.1|inbound|PJSIP/E01|CONNECT|40|b.1|3
1000000003|a.1|inbound|NONE|ENTERQUEUE||1001|1
1000000005|a.2|inbound|NONE|ENTERQUEUE||1002|2
what is this
1000000006|a.1|inbound|PJSIP/E01|CONNECT|3|b.2|2
1000000014|a.2|inbound|NONE|EXITWITHTIMEOUT|1|1|9
1000000015|a.1|inbound|PJSIP/E01|COMPLETECALLER|3|9|1
1000000016|a.3|inbound|NONE|ENTERQUEUE||1003|1
1000000017|a.3|sales|NONE|ENTERQUEUE||1003|1
1000000018|a.3|sales|NONE|EXITWITHKEY|5|1|1|1
1000000019|MANAGER|inbound|PJSIP/E01|REMOVEMEMBER|
yesterday|a.4|inbound|NONE|ENTERQUEUE||1004|1
";
    let (_folder, path) = file("queue_log", text);
    let (kind, rows, faults) = readings(&path, |form| form.tell_every = surged::core::Millis::from_secs(5));
    assert_eq!(kind, Kind::QueueLog);
    let row = |at, queue: &str, waiting, wait, counts: (u64, u64, u64), signed_in| {
        (
            at,
            queue.to_owned(),
            waiting,
            wait,
            counts.0,
            counts.1,
            counts.2,
            signed_in,
        )
    };
    let expected = [
        row(0, "inbound", 0, 0, (0, 0, 0), Some(1)),
        row(1, "inbound", 0, 0, (0, 1, 0), Some(1)),
        row(2, "inbound", 1, 0, (1, 1, 0), Some(1)),
        row(4, "inbound", 2, 2, (2, 1, 0), Some(1)),
        row(5, "inbound", 1, 1, (2, 2, 0), Some(1)),
        row(10, "inbound", 1, 6, (2, 2, 0), Some(1)),
        row(13, "inbound", 0, 0, (2, 2, 1), Some(1)),
        row(15, "inbound", 1, 0, (3, 2, 1), Some(1)),
        row(16, "inbound", 0, 0, (3, 2, 1), Some(1)),
        // A queue counts from its first event on.
        row(16, "sales", 0, 0, (0, 0, 0), None),
        row(16, "sales", 1, 0, (1, 0, 0), None),
        row(17, "sales", 0, 0, (1, 0, 0), None),
        row(18, "inbound", 0, 0, (3, 2, 1), Some(0)),
    ];
    assert_eq!(rows, expected);
    assert!(faults[0].starts_with("FILE:6: expected TIME|CALL|QUEUE"), "{faults:?}");
    assert!(
        faults[1].starts_with("FILE:14: its time is \"yesterday\""),
        "{faults:?}"
    );
    assert_eq!(faults.len(), 2);
}

#[test]
fn a_call_list_becomes_the_depth_that_it_was() {
    let text = "\u{feff}arrival;left;outcome;end\n\
        2026-11-02T09:00:00+08:00;2026-11-02T09:00:20+08:00;answered;2026-11-02T09:02:20+08:00\n\
        \"2026-11-02 09:00:10\";2026-11-02T09:00:12;abandoned;\n\
        2026-11-02T01:00:11Z;2026-11-02T01:00:13Z;phantom;\n\
        2026-11-02T09:00:12;2026-11-02T09:00:02;answered;\n";
    let (_folder, path) = file("calls", text);
    let (kind, rows, faults) = readings(&path, |_| {});
    assert_eq!(kind, Kind::Calls);
    let told: Vec<_> = rows.iter().map(|it| (it.0, it.2, it.3, (it.4, it.5, it.6))).collect();
    let expected = [
        (0, 0, 0, (0, 0, 0)),
        (0, 1, 0, (1, 0, 0)),
        (5, 1, 5, (1, 0, 0)),
        (10, 2, 10, (2, 0, 0)),
        (11, 3, 11, (3, 0, 0)),
        (12, 2, 12, (3, 0, 1)),
        (13, 1, 13, (3, 0, 1)),
        (18, 1, 18, (3, 0, 1)),
        (20, 0, 0, (3, 1, 1)),
    ];
    assert_eq!(told, expected);
    assert!(rows.iter().all(|row| row.1 == "inbound"), "the plan's one queue");
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0].starts_with("FILE:5: \"2026-11-02T09:00:02\" is not after"),
        "{faults:?}"
    );

    let config = config::load(&Path::new(ROOT).join("config/surged.toml"), Purpose::Look).unwrap();
    let nameless = Form {
        queue: None::<Name>,
        ..Form::of(&config)
    };
    let refused = open(&path, &nameless).err().unwrap().to_string();
    assert!(
        refused.contains("--queue") || refused.contains("--file-queue"),
        "{refused}"
    );
}

#[test]
fn what_ships_replays_the_same_from_a_log_of_events_and_from_a_list_of_calls() {
    let by_log = json(&["docs/samples/queue_log"]);
    let by_list = json(&["--columns", COLUMNS, "docs/samples/calls.csv"]);
    let by_readings = json(&["docs/samples/morning.jsonl.gz"]);
    let asked = |found: &Value| -> Vec<(String, String, String)> {
        let decisions = found["decisions"].as_array().unwrap();
        let word = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
        decisions
            .iter()
            .map(|it| (word(it, "at"), word(it, "action"), word(it, "tier")))
            .collect()
    };
    assert!(asked(&by_log).len() >= 4, "{by_log}");
    assert_eq!(asked(&by_log), asked(&by_list));
    assert_eq!(asked(&by_log), asked(&by_readings));
    for found in [&by_log, &by_list, &by_readings] {
        assert_eq!(found["summary"]["queues"][0]["queue"], "inbound");
        assert_eq!(found["summary"]["faulty_lines"], 0);
    }
    // For a minute the readings tell of nobody who could see.
    assert_eq!(by_readings["summary"]["blind"], 1);
    let blind = by_readings["summary"]["queues"][0]["blind_min"].as_f64().unwrap();
    assert!((blind - 50.0 / 60.0).abs() < 1e-9, "{blind}");
    assert_eq!(by_log["summary"]["blind"], 0);
}

#[test]
fn a_file_of_another_kind_is_refused_in_words() {
    let (_, errors) = replay(&["config/surged.toml"], 1);
    assert!(
        errors.contains("config/surged.toml: it is neither of readings"),
        "{errors}"
    );
    let (_, errors) = replay(&["docs/samples/calls.csv"], 1);
    assert!(
        errors.contains("no column \"arrival\"") && errors.contains("--columns arrival="),
        "{errors}"
    );
    let (_, errors) = replay(&["--input", "readings", "docs/samples/calls.csv"], 1);
    assert!(
        errors.contains("nothing could be read: 248 lines are at fault"),
        "{errors}"
    );
    assert!(
        errors.contains("docs/samples/calls.csv:1: expected a reading"),
        "{errors}"
    );
    assert_eq!(errors.matches("the line is passed over").count(), 5, "{errors}");
    let (_, errors) = replay(&["--input", "duty-log", "docs/samples/queue_log"], 1);
    assert!(errors.contains("docs/samples/queue_log"), "{errors}");
    let (_, errors) = replay(&["docs/samples"], 1);
    assert!(
        errors.contains("docs/samples: cannot be read: it is a folder"),
        "{errors}"
    );
    // Whatever it is said to be; and what Excel saves, with the way out.
    let (_empty, path) = file("empty", "\n");
    for said in [&["--input", "queue-log"][..], &[]] {
        let (_, errors) = replay(&[said, &[path.to_str().unwrap()]].concat(), 1);
        assert!(errors.contains("empty: it is empty"), "{errors}");
    }
    let utf_16 = "arrival,wait_s,outcome\n".encode_utf16().flat_map(u16::to_le_bytes);
    std::fs::write(&path, Vec::from_iter(utf_16)).unwrap();
    let (_, errors) = replay(&[path.to_str().unwrap()], 1);
    assert!(
        errors.contains("it is UTF-16 and not UTF-8") && errors.contains("iconv -f UTF-16 -t UTF-8 "),
        "{errors}"
    );
    let (_folder, path) = file(
        "other",
        "{\"queue\":\"sales\",\"at\":\"2026-11-02T01:00:00Z\",\"waiting\":1}\n",
    );
    let (_, errors) = replay(&[path.to_str().unwrap()], 1);
    assert!(
        errors.contains("the files have sales, the plan has inbound"),
        "{errors}"
    );
}

#[test]
fn a_bad_line_costs_no_good_one() {
    let mut text = String::from("this is no reading\n");
    for second in 0..50 {
        text.push_str(&format!(
            "{{\"queue\":\"inbound\",\"at\":\"2026-11-02T01:{:02}:{:02}Z\",\"waiting\":8}}\n",
            second * 10 / 60,
            second * 10 % 60
        ));
    }
    text.push_str("{\"queue\":\"inbound\",\"waiting\":8}\n");
    let (_folder, path) = file("readings", &text);
    let (told, errors) = replay(&[path.to_str().unwrap()], 0);
    assert!(told.contains("sign in expert: 4"), "{told}");
    assert!(
        errors.contains(":1: expected a reading") && errors.contains(":52: the reading has no at"),
        "{errors}"
    );
    assert!(errors.contains("2 lines could not be read"), "{errors}");
}

/// The shipped plan with one word changed.
fn changed(from: &str, to: &str) -> (tempfile::TempDir, PathBuf) {
    let plan = std::fs::read_to_string(Path::new(ROOT).join("config/surged.toml")).unwrap();
    assert!(plan.contains(from));
    file("changed <plan>.toml", &plan.replace(from, to))
}

/// Callers give up while the last but one of those who were called is sent back, one after the other: somebody is called all the while.
#[test]
fn somebody_is_called_until_the_last_has_gone_back() {
    let bank = std::fs::read_to_string(Path::new(ROOT).join("config/bank.toml")).unwrap();
    let one_by_one = bank.replacen("[ladder.day.release]", "[ladder.day.release]\nstep = \"person\"", 1);
    let (_plan, plan) = file("person.toml", &one_by_one);
    let (mut lines, mut abandoned) = (String::new(), 0);
    for second in (0..1_500).step_by(5) {
        // Nine wait for six minutes; then nobody for long, until the first of four has gone back.
        let waiting = if second < 400 { 9 } else { 0 };
        if (720..800).contains(&second) {
            abandoned += 1;
        }
        let (minute, second) = (second / 60, second % 60);
        lines += &format!(
            "{{\"queue\":\"bank\",\"at\":\"2026-11-02T01:{minute:02}:{second:02}Z\",\"waiting\":{waiting},\"abandoned\":{abandoned}}}\n"
        );
    }
    let (_folder, readings) = file("person.jsonl", &lines);
    let found = json(&[
        "-c",
        plan.to_str().unwrap(),
        "--answer-after",
        "60s",
        readings.to_str().unwrap(),
    ]);
    let went = found["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["action"] == "sign_out");
    let went: Vec<&str> = went.map(|it| it["at"].as_str().unwrap()).collect();
    assert!(
        went.len() > 1 && went[0] < "2026-11-02T01:12" && went[1] > "2026-11-02T01:13:20",
        "{went:?}"
    );
    assert_eq!(
        found["summary"]["given_up"],
        serde_json::json!({ "all": abandoned, "nobody_called": 0 })
    );
}

#[test]
fn plans_are_held_against_each_other_in_sentences() {
    let (_folder, other) = changed(
        "when = { waiting_above = 5, for = \"5m\" }",
        "when = { waiting_above = 5, for = \"3m\" }",
    );
    let other = other.to_str().unwrap();
    let arguments = [
        "--answer-after",
        "60s",
        "--against",
        other,
        "docs/samples/morning.jsonl.gz",
    ];
    let (told, _) = replay(&arguments, 0);
    assert!(told.contains("expert called 2:00 earlier on 2 November 09:"), "{told}");
    assert!(!told.contains('{'), "no JSON: {told}");
    let widest = told
        .lines()
        .filter(|line| !line.contains(other))
        .map(|line| line.chars().count())
        .max();
    assert!(widest <= Some(80), "{widest:?}: {told}");
    let few = [&arguments[..], &["--show", "1"]].concat();
    let (few, _) = replay(&few, 0);
    let more = few
        .lines()
        .find(|line| line.contains(" more; --show "))
        .unwrap_or_else(|| panic!("{few}"));
    assert!(more.starts_with("  and "), "{few}");

    let found = json(&arguments);
    let plans = found["plans"].as_array().unwrap();
    assert_eq!(plans.len(), 2);
    assert_eq!(plans[0]["differences"].as_array().unwrap().len(), 0);
    assert_eq!(plans[1]["differences"][0]["later_s"], -120.0);

    let same = ["--against", "config/surged.toml", "docs/samples/morning.jsonl.gz"];
    let (same, _) = replay(&same, 0);
    assert!(same.contains("They decide the same."), "{same}");
}

#[test]
fn a_chinese_reader_is_told_in_chinese() {
    let (_folder, other) = changed(
        "when = { waiting_above = 5, for = \"5m\" }",
        "when = { waiting_above = 5, for = \"3m\" }",
    );
    let [sample, after] = ["docs/samples/morning.jsonl.gz", "60s"];
    let against = ["--against", other.to_str().unwrap()];
    let ways: [&[&str]; 3] = [&[], &against, &["--format", "html"]];
    for (way, language) in ways.iter().flat_map(|way| [(way, "zh-Hans"), (way, "zh-Hant")]) {
        let arguments = [&["--language", language, "--answer-after", after], *way, &[sample]].concat();
        let (told, _) = replay(&arguments, 0);
        let called = if language == "zh-Hans" { "调用" } else { "調用" };
        assert!(told.contains(called), "{told}");
        // Names of files and zones, people's numbers, the queue's key in its column, and what is told to a browser.
        let told = told
            .replace(other.to_str().unwrap(), "")
            .replace("config/surged.toml", "")
            .replace("Asia/Shanghai", "");
        let told = told.split_once("</style>").map_or(told.as_str(), |(_, page)| page);
        let text: String = told
            .split('<')
            .map(|it| it.split_once('>').map_or(it, |(_, text)| text))
            .collect();
        let words = text.split(|it: char| !it.is_ascii_alphanumeric());
        let english =
            words.filter(|it| it.len() > 1 && it.chars().all(|it| it.is_ascii_alphabetic()) && *it != "inbound");
        assert_eq!(english.collect::<Vec<_>>(), Vec::<&str>::new(), "{language}: {told}");
        // Two columns a character.
        let widest = told.lines().map(surged::words::columns).max();
        assert!(*way != &against[..] || widest <= Some(80), "{widest:?}: {told}");
    }
}

#[test]
fn the_page_stands_alone_and_names_do_nothing_in_it() {
    let (_folder, other) = changed(
        "when = { waiting_above = 5, for = \"5m\" }",
        "when = { waiting_above = 5, for = \"3m\" }",
    );
    let arguments = [
        "--against",
        other.to_str().unwrap(),
        "--format",
        "html",
        "docs/samples/morning.jsonl.gz",
    ];
    let (page, _) = replay(&arguments, 0);
    assert_eq!(page.matches("<svg").count(), 1, "one day of one queue");
    assert!(page.contains("changed &lt;plan&gt;.toml") && !page.contains("<plan>"));
    assert!(
        !page.contains("http") && !page.contains("<script"),
        "nothing from elsewhere"
    );
    assert!(page.contains("Monday, 2 November 2026") && page.contains("above 10"));
    assert!(
        page.contains("nobody could see</title>"),
        "the minute of blindness is drawn"
    );
    assert!(page.matches("<rect").count() > 6);
}

#[test]
fn a_packed_file_that_is_cut_gives_what_is_whole() {
    let bytes = std::fs::read(Path::new(ROOT).join("docs/samples/morning.jsonl.gz")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.gz");
    let mut cut = std::fs::File::create(&path).unwrap();
    cut.write_all(&bytes[..bytes.len() / 2]).unwrap();
    let (told, errors) = replay(&[path.to_str().unwrap()], 1);
    assert!(told.contains("readings"), "{told}");
    assert!(
        errors.contains("cut.gz: the file ends here, and what follows is lost ("),
        "{errors}"
    );
    assert!(!errors.contains("line"), "what is gone is no line: {errors}");
    let against = ["--against", "config/surged.toml", "--language", "zh-Hans"];
    let (_, errors) = replay(&[&against[..], &[path.to_str().unwrap()]].concat(), 1);
    assert_eq!(errors.matches("文件到此为止，其后内容已丢失").count(), 1, "{errors}");
    // Whoever else reads recordings.
    for command in [
        &["explain", "-c", "config/surged.toml", "--readings"][..],
        &["check", "--deep", "config/surged.toml", "--readings"],
    ] {
        let mut surged = Command::new(env!("CARGO_BIN_EXE_surged"));
        let done = surged.current_dir(ROOT).args(command).arg(&path).assert().code(1);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let errors = text(&done.get_output().stderr);
        assert!(errors.contains("cut.gz: the file ends here"), "{command:?}: {errors}");
        assert!(!text(&done.get_output().stdout).is_empty(), "{command:?}");
    }
    // Where nothing of it can be read, why.
    let mut cut = std::fs::File::create(&path).unwrap();
    cut.write_all(&bytes[..40]).unwrap();
    let (told, errors) = replay(&[path.to_str().unwrap()], 1);
    assert!(
        told.is_empty() && errors.contains("cut.gz: cannot be read"),
        "{told}{errors}"
    );
}

#[test]
fn a_list_is_read_from_a_pipe_and_only_once() {
    let calls = std::fs::read(Path::new(ROOT).join("docs/samples/calls.csv")).unwrap();
    let given = |input: &str| {
        let mut surged = Command::new(env!("CARGO_BIN_EXE_surged"));
        let command = [
            "replay",
            "-c",
            "config/surged.toml",
            "--format",
            "json",
            "--columns",
            COLUMNS,
        ];
        let done = surged
            .current_dir(ROOT)
            .args(command)
            .arg(input)
            .write_stdin(calls.clone())
            .assert()
            .success();
        serde_json::from_slice::<Value>(&done.get_output().stdout).unwrap()
    };
    assert_eq!(given("/dev/stdin"), given("docs/samples/calls.csv"));
}

#[test]
fn everybody_who_gave_up_is_counted_the_first_as_well() {
    let list = "arrival,wait_s,outcome\n2026-11-02 09:00:00,0,abandoned\n2026-11-02 09:01:00,0,abandoned\n2026-11-02 09:02:00,5,abandoned\n";
    let log = "1793581205|a.1|inbound|NONE|ENTERQUEUE||1|1\n1793581205|a.1|inbound|NONE|ABANDON|1|1|0\n\
        1793581305|a.2|inbound|NONE|ENTERQUEUE||1|1\n1793581307|a.2|inbound|NONE|ABANDON|1|1|2\n\
        1793581308|old.1|inbound|NONE|ABANDON|1|1|2\n";
    for text in [list, log] {
        let (_folder, path) = file("three", text);
        let found = json(&[path.to_str().unwrap()]);
        assert_eq!(found["summary"]["given_up"]["all"], 3, "{found}");
        assert_eq!(found["summary"]["older"], 0, "{found}");
    }
}

#[test]
fn an_hour_that_comes_twice_is_told() {
    let row = |hour: u32, minute: u32| format!("2026-10-25 {hour:02}:{minute:02}:00,420,answered\n");
    let rows = |hour: u32| String::from_iter((0..60).map(|minute| row(hour, minute)));
    let list = format!("arrival,wait_s,outcome\n{}{}{}{}", rows(1), rows(2), rows(2), rows(3));
    let (_folder, path) = file("night.csv", &list);
    let (_, errors) = replay(&["--file-zone", "Europe/Berlin", path.to_str().unwrap()], 0);
    assert!(
        errors.contains("120 times are of an hour that the clocks of Europe/Berlin showed twice"),
        "{errors}"
    );
    let (_, errors) = replay(&["--file-zone", "Asia/Shanghai", path.to_str().unwrap()], 0);
    assert!(!errors.contains("twice"), "{errors}");
    let log =
        "2026-10-25 02:10:00|a.1|inbound|NONE|ENTERQUEUE||1|1\n2026-10-25 02:10:05|a.1|inbound|NONE|ABANDON|1|1|5\n";
    let (_folder, path) = file("queue_log", log);
    let (_, errors) = replay(&["--file-zone", "Europe/Berlin", path.to_str().unwrap()], 0);
    assert!(errors.contains("2 times are of an hour"), "{errors}");
}

#[test]
fn one_wrong_year_costs_its_row_and_nothing_else() {
    let list = "arrival,wait_s,outcome\n1970-01-01 00:00:00,5,answered\n2026-11-02 09:00:00,5,answered\n9999-12-30 00:00:00,5,answered\n\
        2036-11-02 09:00:00,5,answered\n";
    let (_folder, path) = file("years.csv", list);
    let (told, errors) = replay(&[path.to_str().unwrap(), "--format", "json"], 0);
    let found: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(found["summary"]["faulty_lines"], 2, "{errors}");
    assert!(
        errors.contains("years.csv:2: \"1970-01-01 00:00:00\" is no time of a call"),
        "{errors}"
    );
    // For a day nothing happened and all was well; of the ten years after it nobody knows.
    assert!(found["summary"]["readings"].as_u64().unwrap() < 20_000, "{found}");
    let blind = found["summary"]["queues"][0]["blind_min"].as_f64().unwrap();
    assert!(blind > 9.0 * 365.0 * 24.0 * 60.0, "{blind}");
}
