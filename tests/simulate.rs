//! `surged simulate` as people use it.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};
use surged::config::scenario;

const CHAIN: &str = "config/scenarios/chain.plan.toml";

/// The chain's floor, smaller, with room for more keys.
fn floor(more: &str) -> String {
    format!(
        "length = \"5h\"\nwarm_up = \"1h\"\n{more}\n[queue.inbound]\ncalls = {{ per_hour = [624] }}\n\
         handling = {{ kind = \"exponential\", mean = \"300s\" }}\npatience = {{ kind = \"exponential\", mean = \"120s\" }}\npeople = [46]\n"
    )
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

fn simulate(plan: &str, scenario: &Path, more: &[&str]) -> Command {
    let mut command = Command::cargo_bin("surged").unwrap();
    command
        .args(["simulate", "-c", plan, "--scenario"])
        .arg(scenario)
        .args(more);
    command
}

fn json(plan: &str, scenario: &Path, more: &[&str]) -> Value {
    let done = simulate(plan, scenario, more)
        .args(["--format", "json"])
        .assert()
        .success();
    serde_json::from_slice(&done.get_output().stdout).unwrap()
}

fn mean(of: &Value, measure: &str) -> f64 {
    of[measure]["mean"]
        .as_f64()
        .unwrap_or_else(|| panic!("{measure} in {of:#}"))
}

#[test]
fn the_same_seeds_give_the_same_bytes_on_any_number_of_threads() {
    let folder = Folder::new();
    let scenario = folder.file("floor.toml", &floor("days = 2"));
    let bytes = |threads: &str| {
        let more = ["--seeds", "3", "--format", "json", "--threads", threads];
        simulate(CHAIN, &scenario, &more)
            .assert()
            .success()
            .get_output()
            .stdout
            .clone()
    };
    let one = bytes("1");
    assert_eq!(one, bytes("2"));
    assert_eq!(one, bytes("5"));
    let other = ["--seeds", "3", "--format", "json", "--first-seed", "4"];
    let other = simulate(CHAIN, &scenario, &other).assert().success();
    assert_ne!(one, other.get_output().stdout);
}

#[test]
fn a_plan_does_not_differ_from_itself_and_helps_against_one_without_a_ladder() {
    let folder = Folder::new();
    let scenario = folder.file("floor.toml", &floor(""));
    let itself = json(CHAIN, &scenario, &["--seeds", "3", "--against", CHAIN]);
    let difference = &itself["difference"]["floor"];
    for (name, it) in difference.as_object().unwrap() {
        assert_eq!(
            (it["mean"].as_f64(), it["clear"].as_bool()),
            (Some(0.0), Some(false)),
            "{name}"
        );
    }
    let none = "config/scenarios/no_ladder.plan.toml";
    let helped = json(none, &scenario, &["--seeds", "4", "--against", CHAIN]);
    let difference = &helped["difference"]["floor"];
    // The very same callers come.
    assert_eq!(mean(difference, "calls_a_day"), 0.0);
    assert!(mean(difference, "abandoned_share") < 0.0 && mean(difference, "people_moved_a_day") > 0.0);
    assert_eq!(difference["mean_waiting"]["clear"], true);
    let text = simulate(none, &scenario, &["--seeds", "4", "--against", CHAIN])
        .assert()
        .success();
    let text = String::from_utf8(text.get_output().stdout.clone()).unwrap();
    assert!(
        text.contains("difference") && text.contains("Both met the same callers"),
        "{text}"
    );
}

#[test]
fn nobody_moves_where_nobody_obeys_and_nobody_comes_where_nobody_will() {
    let folder = Folder::new();
    let deaf = folder.file("deaf.toml", &(floor("") + "[supervisor]\nobeys = 0\n"));
    let deaf = &json(CHAIN, &deaf, &["--seeds", "2"])["plans"][0]["floor"];
    assert!(mean(deaf, "asks_a_day") > 0.0);
    assert_eq!(mean(deaf, "declined_a_day"), mean(deaf, "asks_a_day"));
    assert_eq!(mean(deaf, "people_moved_a_day"), 0.0);
    let lazy = folder.file("lazy.toml", &(floor("") + "[called_in]\ncome = 0\n"));
    let lazy = &json(CHAIN, &lazy, &["--seeds", "2"])["plans"][0]["floor"];
    assert!(mean(lazy, "asks_a_day") > 0.0);
    assert_eq!(
        (mean(lazy, "people_moved_a_day"), mean(lazy, "declined_a_day")),
        (0.0, 0.0)
    );
}

#[test]
fn there_are_no_more_people_than_seats() {
    let folder = Folder::new();
    let cramped = folder.file("cramped.toml", &floor("physical_seats = 47"));
    let cramped = &json(CHAIN, &cramped, &["--seeds", "2"])["plans"][0]["floor"];
    let (asked, came) = (mean(cramped, "people_asked_a_day"), mean(cramped, "people_moved_a_day"));
    assert!(came > 0.0 && came < asked / 3.0, "{came} of {asked} came");
}

#[test]
fn callers_who_gave_up_call_again() {
    let folder = Folder::new();
    let redial = "redial = { share = 1, after = { kind = \"always\", mean = \"1m\" }, most = 1 }\n";
    let again = folder.file("again.toml", &(floor("") + redial));
    let again = &json(CHAIN, &again, &["--seeds", "2"])["plans"][0]["floor"];
    let (redials, lost) = (mean(again, "redials_a_day"), mean(again, "abandoned_a_day"));
    assert!(redials > 0.0 && redials < lost, "{redials} of {lost} called again");
}

#[test]
fn a_recorded_day_is_simulated_as_its_callers_came_and_says_what_was_used() {
    let folder = Folder::new();
    let scenario = folder.file("floor.toml", &floor(""));
    let mut calls = "arrival,wait_s,outcome,handling_s\n".to_owned();
    for minute in 0..120 {
        let (hour, minute) = (1 + minute / 60, minute % 60);
        let row = match minute % 10 {
            0 => format!("2026-11-02T0{hour}:{minute:02}:30,40,abandoned,\n"),
            _ => format!("2026-11-02T0{hour}:{minute:02}:30,2,answered,90\n"),
        };
        calls += &row;
    }
    let calls = folder.file("calls.csv", &calls);
    let calls = calls.to_str().unwrap();
    let shown = json(CHAIN, &scenario, &["--seeds", "2", "--from", calls]);
    let floor = &shown["plans"][0]["floor"];
    // As many on every seed: there is no error in what was recorded.
    assert_eq!(mean(floor, "calls_a_day"), 120.0);
    assert_eq!(floor["calls_a_day"]["standard_error"], 0.0);
    let told = shown["from_data"].to_string();
    assert!(
        told.contains("callers as recorded") && told.contains("Kaplan and Meier"),
        "{told}"
    );
    let wrong = folder.file("wrong.csv", "a,b\n1,2\n");
    let wrong = simulate(CHAIN, &scenario, &["--from", wrong.to_str().unwrap()])
        .assert()
        .code(1);
    let told = String::from_utf8(wrong.get_output().stderr.clone()).unwrap();
    assert!(
        told.contains("has no column \"arrival\"") && told.contains("--columns"),
        "{told}"
    );
}

#[test]
fn a_call_list_that_ends_before_its_end_is_simulated_as_far_as_it_goes_and_fails() {
    let folder = Folder::new();
    let scenario = folder.file("floor.toml", &floor(""));
    let mut calls = "arrival,wait_s,outcome,handling_s\n".to_owned();
    for second in (0..18_000).step_by(9) {
        let (hour, minute, of) = (second / 3600, second / 60 % 60, second % 60);
        calls += &format!(
            "2026-11-02 {hour:02}:{minute:02}:{of:02},{},answered,{}\n",
            second * 7 % 31,
            second * 11 % 301
        );
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, calls.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let path = folder.0.path().join("calls.csv.gz");
    std::fs::write(&path, &packed[..packed.len() / 2]).unwrap();
    let tune = [
        "tune",
        scenario.to_str().unwrap(),
        "-c",
        CHAIN,
        "--vary",
        "when.waiting_above=5..6",
        "--seeds",
        "2",
    ];
    let mut tune_it = Command::cargo_bin("surged").unwrap();
    for command in [
        simulate(CHAIN, &scenario, &["--seeds", "1"]).arg("--from").arg(&path),
        tune_it.args(tune).arg("--from").arg(&path),
    ] {
        let done = command.assert().code(1);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let errors = text(&done.get_output().stderr);
        assert!(
            errors.contains("calls.csv.gz: the file ends here, and what follows is lost"),
            "{errors}"
        );
        assert!(!errors.contains("row"), "{errors}");
        assert!(!text(&done.get_output().stdout).is_empty());
    }
    // What a scenario names is taken whole.
    let named = floor("").replace(
        "calls = { per_hour = [624] }",
        "calls = { recorded = \"calls.csv.gz\" }",
    );
    let named = folder.file("named.toml", &named);
    let refused = simulate(CHAIN, &named, &[]).assert().code(1);
    let told = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(told.contains("calls.csv.gz: cannot be read"), "{told}");
}

#[test]
fn what_readings_count_is_simulated_as_counts_by_interval_are() {
    let folder = Folder::new();
    let scenario = folder.file("floor.toml", &floor(""));
    let (mut readings, mut counts, mut offered) = (String::new(), "interval,calls\n".to_owned(), 40);
    for minute in 0..=120 {
        let (hour, of_hour) = (1 + minute / 60, minute % 60);
        // A counter that is smaller has begun anew, and what the readings of another queue count is left out.
        for (queue, calls) in [
            ("inbound", if minute > 50 { offered - 300 } else { offered }),
            ("other", 7 * minute),
        ] {
            readings += &format!(
                "{{\"queue\":\"{queue}\",\"at\":\"2026-11-02T0{hour}:{of_hour:02}:00Z\",\"waiting\":0,\"offered\":{calls}}}\n"
            );
        }
        offered += 4 + minute / 15;
        if minute == 50 {
            offered = 300 + 4 + minute / 15;
        }
        if minute % 15 == 0 && minute < 120 {
            counts += &format!("2026-11-02 0{hour}:{of_hour:02},{}\n", 15 * (4 + minute / 15));
        }
    }
    let found = |name: &str, text: &str| {
        let file = folder.file(name, text);
        let shown = json(CHAIN, &scenario, &["--seeds", "2", "--from", file.to_str().unwrap()]);
        assert!(shown["from_data"].to_string().contains("as many callers as"), "{shown}");
        shown["plans"][0].clone()
    };
    assert_eq!(found("readings.jsonl", &readings), found("counts.csv", &counts));
    let depth_alone = "{\"queue\":\"inbound\",\"at\":\"2026-11-02T01:00:00Z\",\"waiting\":3}\n";
    let depth_alone = folder.file("depth.jsonl", depth_alone);
    let refused = simulate(CHAIN, &scenario, &["--from", depth_alone.to_str().unwrap()])
        .assert()
        .code(1);
    let told = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(told.contains("do not count the calls that came (offered)"), "{told}");
}

#[test]
fn a_sweep_ends_in_one_table_and_one_chart() {
    let folder = Folder::new();
    let scenario = folder.file("floor.toml", &floor(""));
    let sweep = ["--seeds", "2", "--vary", "when.waiting_above=5..9/2"];
    let text = simulate(CHAIN, &scenario, &sweep).assert().success();
    let text = String::from_utf8(text.get_output().stdout.clone()).unwrap();
    let rows = text
        .lines()
        .filter(|line| ["5 ", "7 ", "9 "].iter().any(|value| line.starts_with(value)));
    assert_eq!(rows.count(), 3, "{text}");
    let place = "\n  line 27, [[ladder.step.tier]] of \"helpers\": was { waiting_above = 5, for = \"0s\" }\n";
    assert_eq!(text.matches("was {").count(), text.matches(place).count(), "{text}");
    assert!(text.contains(place), "{text}");
    let html = simulate(CHAIN, &scenario, &sweep)
        .args(["--format", "html"])
        .assert()
        .success();
    let html = String::from_utf8(html.get_output().stdout.clone()).unwrap();
    assert_eq!(html.matches("<svg").count(), 1);
    assert!(
        html.matches("<polyline").count() == 4 && !html.contains("http"),
        "{html}"
    );
    let nowhere = simulate(CHAIN, &scenario, &["--vary", "when.hold=1..2"])
        .assert()
        .code(1);
    let told = String::from_utf8(nowhere.get_output().stderr.clone()).unwrap();
    assert!(told.contains("when.hold"), "{told}");
    let refused = simulate(CHAIN, &scenario, &["--vary", "release.when.waiting_at_most=4..6/1"])
        .assert()
        .code(78);
    let told = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(told.contains("would do both at once"), "{told}");
}

#[test]
fn a_scenario_at_fault_is_told_whole_with_lines() {
    let text = "length = \"1h\"\nwarm_up = \"2h\"\ndays = 0\nlenght = \"1h\"\n[queue.inbound]\ncalls = { per_hours = [600] }\n\
        handling = { kind = \"exponental\", mean = \"3m\" }\npatience = { kind = \"exponential\", mean = 120 }\npeople = []\n\
        [moved]\ncome = 1.5\n[[outside]]\nmeasure = \"x\"\nvalue = 1\nlow = 3\nhigh = 2\nsource = \"y\"\n";
    let found = scenario::parse(text, "floor.toml", Path::new("")).unwrap_err();
    let told: Vec<(usize, &str)> = found.found().iter().map(|it| (it.line, it.message.as_str())).collect();
    for (line, words) in [
        (2, "the day is over before the warm-up"),
        (3, "`days` takes a whole number from 1"),
        (4, "has no key `lenght`"),
        (6, "has no key `per_hours`"),
        (6, "do not say how many come"),
        (7, "`kind` takes"),
        (8, "120 has no unit"),
        (9, "`people` has no number"),
        (11, "`come` takes a number from 0 to 1"),
        (12, "the low one first"),
    ] {
        let is_told = told.iter().any(|(at, message)| *at == line && message.contains(words));
        assert!(is_told, "line {line}: {words}\n{found}");
    }
    let help = |line: usize| {
        let of_line = found.found().iter().filter(move |it| it.line == line);
        of_line.filter_map(|it| it.help.clone()).collect::<String>()
    };
    assert!(help(4).contains("did you mean `length`?") && help(6).contains("did you mean `per_hour`?"));
    assert!(help(7).contains("did you mean \"exponential\"?"));
}

#[test]
fn every_shipped_scenario_can_be_read_and_a_strange_queue_is_told() {
    let mut read = 0;
    for file in std::fs::read_dir("config/scenarios").unwrap() {
        let path = file.unwrap().path();
        if path.to_string_lossy().ends_with(".plan.toml") {
            continue;
        }
        scenario::load(&path).unwrap_or_else(|found| panic!("{found}"));
        read += 1;
    }
    assert!(read >= 12, "{read}");
    let refused = simulate(CHAIN, Path::new("config/scenarios/bank.toml"), &[])
        .assert()
        .code(1);
    let told = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(
        told.contains("the scenario has queue \"bank\", and the plan has \"inbound\""),
        "{told}"
    );
}

#[test]
fn queues_that_share_pools_take_from_each_other_and_people_leave_their_own_queue() {
    let folder = Folder::new();
    let plan = "time_zone = \"UTC\"\n[feed.a]\nkind = \"json\"\nurl = \"ws://127.0.0.1:1/feed\"\n\
        [pool.mail]\nsize = 6\nhome = \"mail\"\nown_desk = true\n\
        [queue.inbound]\nladder = \"help\"\n[queue.mail]\nladder = \"none\"\n\
        [ladder.help]\n[[ladder.help.tier]]\nname = \"mail\"\npool = \"mail\"\nseats = \"all\"\nwhen = { waiting_above = 5, for = \"1m\" }\n\
        [ladder.help.release]\nwhen = { waiting_at_most = 0, for = \"1m\" }\n\
        [ladder.none]\n[[ladder.none.tier]]\nname = \"mail\"\npool = \"mail\"\nseats = \"all\"\nwhen = { waiting_above = 100000, for = \"0s\" }\n\
        [ladder.none.release]\nwhen = { waiting_at_most = 0, for = \"1m\" }\n";
    let plan = folder.file("plan.toml", plan);
    let mail = "[queue.mail]\ncalls = { per_hour = [60] }\nhandling = { kind = \"exponential\", mean = \"300s\" }\npeople = [8]\n";
    let scenario = folder.file("floor.toml", &(floor("") + mail));
    let shown = json(plan.to_str().unwrap(), &scenario, &["--seeds", "2"]);
    let of = |queue: &str| shown["plans"][0]["queues"][queue].clone();
    assert!(mean(&of("inbound"), "people_moved_a_day") > 0.0);
    // Five erlangs on eight people; with six of them away the rest is always busy and callers pile up.
    assert!(mean(&of("mail"), "mean_waiting") > 1.0, "{shown:#}");
    assert_eq!(mean(&of("mail"), "people_moved_a_day"), 0.0);
}
