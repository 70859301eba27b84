//! Configuration files: the ones that ship, and every way to get one wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use surged::config::{self, Config, Diagnostics, FeedKind, Purpose, Surroundings};
use surged::core::ladder::{
    Judge, Millionths, Mode, Paused, RisingOver, SeatRange, Seats, ShareOver, Step as ReleaseStep, Threshold, When,
};
use surged::core::{Action, Millis, Name, Time};
use surged::words::Language;

const WRONG: &str = "tests/config";

fn at(text: &str) -> Time {
    Time(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn parse(text: &str, file: &str, folder: &Path, purpose: Purpose) -> Result<Config, Diagnostics> {
    let variable = |name: &str| (name == "SURGED_TEST_SECRET").then(|| "from the environment".to_owned());
    config::parse(
        text,
        file,
        &Surroundings {
            folder,
            variable: &variable,
            purpose,
            now: at("2026-11-21T08:00:00Z"),
        },
    )
}

fn look(text: &str) -> Result<Config, Diagnostics> {
    parse(text, "test.toml", Path::new(WRONG), Purpose::Look)
}

fn shipped(name: &str) -> Config {
    config::load(&Path::new("config").join(name), Purpose::Look).unwrap_or_else(|problems| panic!("{problems}"))
}

fn text_of(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// The wrong files beside this test; their texts tell what is expected of them.
fn wrong_files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(WRONG).expect("tests run in the package's folder");
    let mut files: Vec<PathBuf> = entries
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    assert!(files.len() > 30, "the wrong files are gone");
    files
}

/// To accept what is said now as what is expected: `BLESS=1 cargo test --test config`, and read the difference.
#[test]
fn every_wrong_file_is_told_what_is_wrong_with_it() {
    let mut differ = Vec::new();
    for file in wrong_files() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let found = match parse(&text_of(&file), &name, Path::new(WRONG), Purpose::Run) {
            Ok(_) => "nothing was found to be wrong\n".to_owned(),
            Err(problems) => {
                assert!(problems.found().iter().all(|p| p.line > 0 && p.help.is_some()));
                format!("{problems}\n")
            }
        };
        let expected = file.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &found).unwrap();
        }
        if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            differ.push(format!("{name}:\n{found}"));
        }
    }
    assert!(differ.is_empty(), "not as expected:\n{}", differ.join("\n"));
}

/// What another program than the daemon's own may write at the end of each line.
#[test]
fn a_file_whose_lines_end_in_cr_alone_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("surged.toml");
    let text = text_of("config/surged.toml");
    std::fs::write(&file, text.replace('\n', "\r")).unwrap();
    let found = config::load(&file, Purpose::Look).unwrap_err();
    assert_eq!((found.found().len(), found.left_out()), (1, 0), "{found}");
    assert!(found.found()[0].message.contains("end in CR alone"), "{found}");
    std::fs::write(&file, text.replace('\n', "\r\n")).unwrap();
    config::load(&file, Purpose::Look).unwrap_or_else(|problems| panic!("{problems}"));
}

/// Slips that everybody makes, told in Chinese; blessed as the English ones are.
#[test]
fn the_commonest_slips_are_told_in_chinese_too() {
    let mut differ = Vec::new();
    for name in [
        "chinese_typing",
        "missing_brace",
        "missing_keys",
        "one_bracket",
        "unknown_keys",
        "unknown_names",
        "wrong_types",
    ] {
        let text = text_of(format!("{WRONG}/{name}.toml"));
        let found = parse(&text, &format!("{name}.toml"), Path::new(WRONG), Purpose::Run).unwrap_err();
        let chinese = |it: &str| it.chars().any(|it| ('\u{4e00}'..='\u{9fff}').contains(&it));
        let found = found.told_in(Language::ZhHans);
        let english: Vec<&str> = found
            .found()
            .iter()
            .map(|it| it.message.as_str())
            .filter(|it| !chinese(it))
            .collect();
        assert!(english.is_empty(), "{name}: {english:#?}");
        let (found, expected) = (format!("{found}\n"), format!("{WRONG}/{name}.zh-Hans.txt"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &found).unwrap();
        }
        if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            differ.push(found);
        }
    }
    assert!(differ.is_empty(), "not as expected:\n{}", differ.join("\n"));
}

#[test]
fn nothing_that_is_said_of_a_wrong_file_stays_english_in_chinese() {
    let chinese = |it: &str| it.chars().any(|it| ('\u{4e00}'..='\u{9fff}').contains(&it));
    let mut english = Vec::new();
    for file in wrong_files() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let Err(found) = parse(&text_of(&file), &name, Path::new(WRONG), Purpose::Run) else {
            continue;
        };
        for language in [Language::ZhHans, Language::ZhHant] {
            for one in found.clone().told_in(language).found() {
                let said = [Some(&one.message), one.why.as_ref(), one.help.as_ref()];
                let left = said.into_iter().flatten().filter(|it| !chinese(it));
                english.extend(left.map(|it| format!("{name}:{}: {it}", one.line)));
            }
        }
    }
    assert!(english.is_empty(), "{english:#?}");
}

fn above(above: u32, minutes: i64) -> When {
    let threshold = Threshold::WaitingAbove { above, at_most: None };
    When::of(threshold, Millis::from_mins(minutes), Judge::Every)
}

type Step = (&'static str, Action, &'static [&'static str], Seats, When);

/// Steps 1 to 6 of the written plan.
fn written_steps() -> [Step; 6] {
    let two_or_three = Seats::Range(SeatRange { min: 2, max: 3 });
    let required = Seats::Required {
        fallback: SeatRange { min: 2, max: 6 },
    };
    [
        ("expert", Action::SignIn, &["expert"], Seats::All, above(5, 5)),
        ("outbound", Action::SignIn, &["outbound"], two_or_three, above(5, 5)),
        ("quality", Action::SignIn, &["quality"], two_or_three, above(5, 5)),
        (
            "back_office",
            Action::SignIn,
            &["back_office"],
            two_or_three,
            above(10, 0),
        ),
        ("extend_shift", Action::ExtendShift, &[], two_or_three, above(10, 5)),
        ("overtime", Action::Overtime, &[], required, above(10, 5)),
    ]
}

fn assert_ladder(config: &Config, ladder: &str, expected: &[Step]) {
    let ladder = &config.plan.ladders[ladder];
    let steps: Vec<_> = ladder
        .tiers
        .iter()
        .map(|t| (t.name.as_str(), t.action, t.pools.clone(), t.seats, t.when))
        .collect();
    let names = |pools: &[&str]| pools.iter().map(|p| Name::from(*p)).collect::<Vec<_>>();
    let expected: Vec<_> = expected
        .iter()
        .map(|&(n, action, pools, seats, when)| (n, action, names(pools), seats, when))
        .collect();
    assert_eq!(steps, expected);
    assert_eq!(ladder.release.when.threshold, Threshold::WaitingAtMost(5));
    assert_eq!(
        (ladder.release.when.hold, ladder.release.min_stay),
        (Millis::from_mins(5), Millis::ZERO)
    );
    assert_eq!(
        (ladder.settle_within, ladder.stand_down_after),
        (Millis::from_mins(3), Millis::from_mins(1))
    );
    assert_eq!(ladder.ask_max_above, 10);
}

#[test]
fn the_shipped_file_is_the_written_plan() {
    let config = shipped("surged.toml");
    assert_ladder(&config, "day", &written_steps());
    let night: Step = (
        "everyone",
        Action::SignIn,
        &["expert", "outbound", "quality", "back_office", "supervisor"],
        Seats::All,
        above(5, 5),
    );
    assert_ladder(&config, "night", &[night]);
    let standby: Step = (
        "standby",
        Action::CallIn,
        &["standby"],
        Seats::Range(SeatRange { min: 5, max: 7 }),
        above(5, 5),
    );
    assert_ladder(&config, "holiday", &[&[standby][..], &written_steps()].concat());

    let plan = &config.plan;
    let overtime = &plan.ladders["day"].tiers[5];
    assert!(overtime.on_incident);
    assert_eq!(
        (overtime.settle_within, overtime.worth_it_beyond),
        (Some(Millis::from_mins(60)), Millis::from_mins(60))
    );
    assert_eq!(
        plan.ladders["night"].tiers[0].keep,
        [("outbound".into(), 0), ("supervisor".into(), 1)].into()
    );
    assert_eq!(plan.pools["expert"].people.len(), 4);
    let outbound = &plan.pools["outbound"];
    assert_eq!((outbound.size, outbound.keep, outbound.own_desk), (12, 4, true));
    assert_eq!(outbound.size_by, [("night".into(), 2)].into());
    let chain: Vec<_> = plan
        .chain
        .iter()
        .map(|l| (l.role.as_str(), l.respond_within.as_secs()))
        .collect();
    assert_eq!(
        chain,
        [("supervisor", 60.0), ("shift_leader", 120.0), ("manager", 300.0)]
    );
    let limits = plan.feeds["hotline"];
    assert_eq!(
        (limits.stale_after, limits.forget_after),
        (Millis::from_secs(15), Millis::from_mins(2))
    );
    let queue = &plan.queues["inbound"];
    assert_eq!(
        (queue.priority, queue.feed.as_str(), queue.ladder.as_str()),
        (10, "hotline", "day")
    );
    assert_eq!(
        queue.target.map(|t| (t.answered, t.within)),
        Some((0.9, Millis::from_secs(20)))
    );
    assert_eq!(plan.physical_seats, Some(60));
    assert_eq!(config.calendar.entries.len(), 2);
    assert_eq!(config.hash.len(), 64);
}

#[test]
fn the_banks_month_is_judged_by_the_same_steps() {
    let config = shipped("bank.toml");
    assert_ladder(&config, "day", &written_steps());
    assert_eq!(
        config.plan.queues.keys().map(Name::as_str).collect::<Vec<_>>(),
        ["bank"]
    );
    assert_eq!((config.plan.physical_seats, config.calendar.entries.len()), (None, 0));
    assert!(matches!(&config.feeds["recording"].kind, FeedKind::Json(json) if json.url == "ws://127.0.0.1:8471/feed"));
}

#[test]
fn a_missing_secret_keeps_the_daemon_from_running_and_nobody_from_looking() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("surged.toml");
    std::fs::write(&file, text_of("config/surged.toml")).unwrap();
    let looked = config::load(&file, Purpose::Look).unwrap();
    assert_eq!(looked.warnings.found().len(), 1);
    let refused = config::load(&file, Purpose::Run).unwrap_err();
    assert!(refused.to_string().contains("ami.secret"), "{refused}");

    std::fs::write(folder.path().join("ami.secret"), "hush\n").unwrap();
    let config = config::load(&file, Purpose::Run).unwrap();
    let FeedKind::AsteriskAmi(ami) = &config.feeds["hotline"].kind else {
        panic!("it is Asterisk")
    };
    assert_eq!(ami.secret.expose(), "hush");
    assert!(!format!("{config:?}").contains("hush"), "a secret is never printed");
    std::fs::write(folder.path().join("ami.secret"), "two\nlines\n").unwrap();
    assert!(config::load(&file, Purpose::Run).is_err());
}

#[test]
fn a_secret_may_come_from_the_environment() {
    let text =
        text_of("config/surged.toml").replace("secret_file = \"ami.secret\"", "secret_env = \"SURGED_TEST_SECRET\"");
    let config = parse(&text, "test.toml", Path::new(""), Purpose::Run).unwrap();
    let FeedKind::AsteriskAmi(ami) = &config.feeds["hotline"].kind else {
        panic!("it is Asterisk")
    };
    assert_eq!(ami.secret.expose(), "from the environment");
}

#[test]
fn a_file_that_is_not_there_or_no_text_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let missing = config::load(&folder.path().join("none.toml"), Purpose::Look).unwrap_err();
    assert!(missing.to_string().contains("cannot be read"), "{missing}");
    let file = folder.path().join("latin1.toml");
    std::fs::write(&file, b"time_zone = \"UTC\"\n# caf\xe9\n").unwrap();
    let latin1 = config::load(&file, Purpose::Look).unwrap_err();
    assert_eq!((latin1.found()[0].line, latin1.found()[0].column), (2, 6), "{latin1}");
}

#[test]
fn whatever_people_read_may_carry_a_label() {
    let label = "label = { en = \"Hotline\", zh-Hans = \"热线\", zh-Hant = \"熱線\" }";
    let heads = [
        "[feed.recording]",
        "[pool.quality]",
        "[queue.bank]",
        "[ladder.day]",
        "[[chain]]",
        "[[ladder.day.tier]]",
    ];
    let mut text = text_of("config/bank.toml");
    for head in heads {
        let line = text.lines().find(|line| line.starts_with(head)).unwrap().to_owned();
        text = text.replacen(&line, &format!("{head}\n{label}"), 1);
    }
    let labels = look(&text).unwrap().labels;
    let of = |map: &BTreeMap<Name, config::Label>| {
        map.iter()
            .map(|(name, label)| (name.to_string(), label.zh_hant.clone()))
            .collect::<Vec<_>>()
    };
    let one = |name: &str| vec![(name.to_owned(), Some("熱線".to_owned()))];
    assert_eq!(
        [of(&labels.feeds), of(&labels.pools), of(&labels.queues)],
        [one("recording"), one("quality"), one("bank")]
    );
    assert_eq!(
        [of(&labels.ladders), of(&labels.tiers), of(&labels.roles)],
        [one("day"), one("expert"), one("supervisor")]
    );
}

#[test]
fn check_tells_by_its_exit_status() {
    let surged = || {
        let mut surged = assert_cmd::Command::cargo_bin("surged").unwrap();
        surged.arg("check");
        surged
    };
    surged()
        .args(["config/surged.toml", "config/bank.toml"])
        .assert()
        .code(0);
    // Without a file it is the one that every other command would take.
    surged().env_remove("SURGED_CONFIG").assert().code(0);
    let (folder, text) = with_roster(
        "P07,2099-11-23 08:00,2099-11-23 16:00,\nP08,2099-11-23 08:00,2099-11-23 16:00,\n",
        |text| text,
    );
    let file = folder.path().join("surged.toml");
    std::fs::write(&file, text).unwrap();
    let checked = surged().arg(&file).assert().code(0).get_output().stdout.clone();
    let checked = String::from_utf8(checked).unwrap();
    assert!(
        checked.ends_with("2 calendar entries, roster of 2 people\n"),
        "{checked}"
    );
    let wrong = "tests/config/unknown_keys.toml";
    let text = surged()
        .args(["config/bank.toml", wrong])
        .assert()
        .code(78)
        .get_output()
        .stdout
        .clone();
    let text = String::from_utf8(text).unwrap();
    assert!(
        text.contains("config/bank.toml: good") && text.contains("did you mean `priority`?"),
        "{text}"
    );
    let json = surged()
        .args(["--format", "json", wrong])
        .assert()
        .code(78)
        .get_output()
        .stdout
        .clone();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let first = &json[0];
    assert_eq!(
        (&first["file"], &first["line"], &first["column"]),
        (&wrong.into(), &14.into(), &1.into())
    );
    assert_eq!(
        (&first["code"], &first["line_text"]),
        (&"unknown_key".into(), &"prioritty = 3".into())
    );
    assert_eq!(first["help"], "did you mean `priority`?");
}

#[test]
fn limits_have_names() {
    let many = |n: usize| (0..n).map(|i| format!("\"P{i}\"")).collect::<Vec<_>>().join(",");
    let text = text_of("config/bank.toml").replace("\"E01\", \"E02\", \"E03\", \"E04\"", &many(1_001));
    let refused = look(&text).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("`people` has 1001 entries; at most 1000 are allowed"),
        "{refused}"
    );

    let tier = "[[ladder.day.tier]]\nname = \"t\"\naction = \"extend_shift\"\nseats = { min = 1, max = 1 }\nwhen = { waiting_above = 5, for = \"0s\" }\n";
    let tiers: String = (0..59).map(|n| tier.replace("\"t\"", &format!("\"t{n}\""))).collect();
    let refused = look(&format!("{}{tiers}", text_of("config/bank.toml"))).unwrap_err();
    assert!(refused.to_string().contains("at most 64"), "{refused}");
}

#[test]
fn a_reload_tells_what_it_takes_up_and_what_needs_a_restart() {
    let text = text_of("config/surged.toml");
    let old = look(&text).unwrap();
    assert!(config::change::diff(&old, &look(&format!("{text}\n# a remark\n")).unwrap()).is_empty());
    let edited = text
        .replace("physical_seats = 60", "physical_seats = 61")
        .replace("127.0.0.1:8470", "127.0.0.1:8471")
        .replace("127.0.0.1:5038", "127.0.0.1:5039")
        .replace("size = 6\n", "size = 7\n")
        .replace("\"20:00-08:00\"", "\"21:00-08:00\"");
    let change = config::change::diff(&old, &look(&edited).unwrap());
    assert_eq!(
        change.live,
        [
            "pool `quality` changed",
            "floor.physical_seats",
            "calendar",
            "feed `hotline` changed"
        ]
    );
    assert_eq!(change.needs_restart, ["floor.listen"]);
    let fewer = look(&text.replace("[queue.inbound]", "[queue.billing]")).unwrap();
    let change = config::change::diff(&old, &fewer);
    let words = [
        "queue `billing` is new",
        "queue `inbound` is gone",
        "sources of feed `hotline` changed",
    ];
    assert_eq!(change.live, words);
}

/// The shipped plan with a roster beside it.
fn with_roster(rows: &str, change: impl Fn(String) -> String) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("roster.csv"), format!("person,from,to,pool\n{rows}")).unwrap();
    std::fs::write(folder.path().join("ami.secret"), "hush\n").unwrap();
    let text = format!("{}\n[roster]\npath = \"roster.csv\"\n", text_of("config/surged.toml"));
    (folder, change(text))
}

#[test]
fn a_roster_fills_pools_and_tells_shifts() {
    let rows = "Q02,2026-11-23 08:00,2026-11-23 16:00,quality\n\
                E02,2026-11-22 22:00,2026-11-23 06:00,\n\
                E02,2026-11-21 22:00,2026-11-22 06:00,\n\
                P07,2026-11-23T08:00+08:00,2026-11-23 16:00,\n\
                Q01,2026-11-10 08:00,2026-11-10 16:00,quality\n";
    let named = |text: String| {
        text.replace(
            "size = 6\n",
            "people = [\"Q09\"]\nhome = \"inbound\"\nrest_between = \"15m\"\n",
        )
    };
    let (folder, text) = with_roster(rows, named);
    let config = parse(&text, "test.toml", folder.path(), Purpose::Run).unwrap();
    let quality = &config.plan.pools["quality"];
    let names: Vec<&str> = quality.people.iter().map(Name::as_str).collect();
    assert_eq!(
        (names, quality.size),
        (vec!["Q09", "Q02", "Q01"], 3),
        "the list first, then as the roster has them"
    );
    assert_eq!(
        (quality.home.as_ref().map(Name::as_str), quality.rest_between),
        (Some("inbound"), Millis::from_mins(15))
    );

    let people: Vec<&str> = config.plan.roster.iter().map(|one| one.person.as_str()).collect();
    assert_eq!(people, ["E02", "P07", "Q01", "Q02"], "sorted, also who is in no pool");
    let shifts: Vec<(Time, Time)> = config.plan.roster[0]
        .shifts
        .iter()
        .map(|shift| (shift.from, shift.to))
        .collect();
    let first = (at("2026-11-21T22:00:00+08:00"), at("2026-11-22T06:00:00+08:00"));
    let second = (at("2026-11-22T22:00:00+08:00"), at("2026-11-23T06:00:00+08:00"));
    assert_eq!(shifts, [first, second]);
    assert_eq!(config.plan.shifts(&"E01".into()), None, "always on duty");

    let told = config.plan_at(at("2026-11-21T08:00:00Z"));
    assert_eq!(
        told.shifts(&"Q01".into()),
        Some(&[][..]),
        "off duty: what is long over is not told"
    );
    assert_eq!(told.roster[0], config.plan.roster[0]);
    let ends = &config.endings[0];
    assert_eq!(
        (ends.from, config.warnings.found().len()),
        (at("2026-11-22T00:00:00+08:00"), 0)
    );
}

#[test]
fn a_roster_that_is_not_there_keeps_nobody_from_looking() {
    let (folder, text) = with_roster("", |text| text.replace("size = 6\n", "keep = 2\n"));
    std::fs::remove_file(folder.path().join("roster.csv")).unwrap();
    let looked = parse(&text, "test.toml", folder.path(), Purpose::Look).unwrap();
    assert!(
        looked.warnings.to_string().contains("the roster"),
        "{}",
        looked.warnings
    );
    assert!(parse(&text, "test.toml", folder.path(), Purpose::Run).is_err());
}

#[test]
fn a_roster_has_limits() {
    let shift = |n: usize| format!("P{n},2026-11-23 08:00,2026-11-23 16:00,\n");
    let many: String = (0..=config::ROSTER_ROWS_MAX).map(shift).collect();
    let (folder, text) = with_roster(&many, |text| text);
    let refused = parse(&text, "test.toml", folder.path(), Purpose::Run).unwrap_err();
    assert!(refused.to_string().contains("more than 50000 shifts"), "{refused}");
    assert_eq!(refused.found()[0].line, config::ROSTER_ROWS_MAX + 2);

    let crowd: String = (0..1_001).map(|n| shift(n).replace(",\n", ",quality\n")).collect();
    std::fs::write(
        folder.path().join("roster.csv"),
        format!("person,from,to,pool\n{crowd}"),
    )
    .unwrap();
    let named = text.replace("size = 6\n", "");
    let refused = parse(&named, "test.toml", folder.path(), Purpose::Run).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("has 1001 people with the roster; at most 1000"),
        "{refused}"
    );

    let file = std::fs::File::create(folder.path().join("roster.csv")).unwrap();
    file.set_len(config::ROSTER_BYTES_MAX + 1).unwrap();
    let refused = parse(&text, "test.toml", folder.path(), Purpose::Run).unwrap_err();
    assert!(refused.to_string().contains("larger than 8388608 bytes"), "{refused}");

    std::fs::write(
        folder.path().join("roster.csv"),
        b"person,from,to\n\xd5\xc5,2026-11-23 08:00,2026-11-23 16:00\n",
    )
    .unwrap();
    let refused = parse(&text, "test.toml", folder.path(), Purpose::Run).unwrap_err();
    assert!(refused.to_string().contains("CSV UTF-8"), "{refused}");
}

#[test]
fn what_ends_soon_is_warned_of_in_time() {
    let (folder, text) = with_roster("P07,2026-11-23 08:00,2026-11-24 00:00,\n", |text| {
        let holiday = "[[calendar]]\nladder = \"holiday\"\n";
        text.replacen(holiday, &format!("{holiday}decree = \"mainland\"\n"), 1)
    });
    let warned = |now: &str| {
        let surroundings = Surroundings {
            folder: folder.path(),
            variable: &|_| None,
            purpose: Purpose::Run,
            now: at(now),
        };
        let config = config::parse(&text, "test.toml", &surroundings).unwrap();
        let words = config.warnings.found().iter().map(|found| found.message.clone());
        words.collect::<Vec<_>>().join("; ")
    };
    assert_eq!(warned("2026-11-20T23:59:59+08:00"), "");
    let decrees = "the decrees of \"mainland\" are known until 2026-12-31: after that no day is off by decree, and no weekend worked";
    assert_eq!(
        warned("2026-11-21T00:00:00+08:00"),
        decrees,
        "the calendar looks 40 days ahead"
    );
    let roster = "the roster roster.csv has no shift after 2026-11-23: from then on nobody in it is on duty";
    assert_eq!(
        warned("2026-11-22T00:00:00+08:00"),
        format!("{decrees}; {roster}"),
        "in the order of the file"
    );
}

#[test]
fn what_a_file_points_to_is_part_of_what_it_says() {
    let (folder, text) = with_roster("P07,2026-11-23 08:00,2026-11-23 16:00,\n", |text| text);
    let file = folder.path().join("surged.toml");
    std::fs::write(&file, &text).unwrap();
    let beside = ["ami.secret", "roster.csv"].map(|name| folder.path().join(name));
    assert_eq!(config::files_beside(&file), beside);
    let hook =
        "[webhook.pager]\nurl_file = \"pager.url\"\nsecret_file = \"pager.key\"\ntemplate_file = \"pager.txt\"\n";
    std::fs::write(&file, format!("{hook}colour = \"red\"\n")).unwrap();
    let pager = ["pager.url", "pager.key", "pager.txt"].map(|name| folder.path().join(name));
    assert_eq!(
        config::files_beside(&file),
        pager,
        "also of a file at fault, so that mending them is noticed"
    );
    std::fs::write(&file, &text).unwrap();

    let read = || config::load(&file, Purpose::Run).unwrap();
    let before = read();
    assert!(before.is_same_as(&read()));

    std::fs::write(&beside[0], "louder\n").unwrap();
    let secret = read();
    assert!(!secret.is_same_as(&before), "a changed secret is noticed");
    assert_eq!(
        secret.hash, before.hash,
        "and the hash, which is shown, helps nobody to guess it"
    );
    assert_eq!(config::change::diff(&before, &secret).live, ["feed `hotline` changed"]);

    let rows = "person,from,to\nP07,2026-11-23 08:00,2026-11-23 17:00\n";
    std::fs::write(&beside[1], rows).unwrap();
    let roster = read();
    assert!(roster.hash != secret.hash && !roster.is_same_as(&secret));
    assert_eq!(config::change::diff(&secret, &roster).live, ["roster"]);
}

#[test]
fn what_people_wrote_of_modes_and_limits_is_what_the_core_is_told() {
    let text = text_of("config/bank.toml")
        .replace("[queue.bank]", "[queue.bank]\nmode = \"approve\"\nmax_moves_per_hour = 6\nlend_only_while = { waiting_at_most = 2 }")
        .replace("[pool.quality]", "[pool.quality]\nhome = \"bank\"\nmax_stay = \"2h\"")
        .replace("[ladder.day]", "[ladder.night]\nextends = \"day\"\nmax_borrowed = 5\n[ladder.day]\nmax_borrowed = 9\nask_again_after = \"5m\"")
        .replacen("name = \"expert\"", "name = \"expert\"\nmode = \"shadow\"", 1)
        .replace("[ladder.day.release]", "[ladder.day.release]\nstep = \"person\"");
    let config = look(&text).unwrap();
    let queue = &config.plan.queues["bank"];
    assert_eq!(
        (queue.mode, queue.max_moves_per_hour, queue.lend_only_while),
        (Mode::Approve, Some(6), Some(2))
    );
    let pool = &config.plan.pools["quality"];
    assert_eq!(
        (pool.home.as_ref().map(Name::as_str), pool.max_stay),
        (Some("bank"), Some(Millis::from_mins(120)))
    );
    let (day, night) = (&config.plan.ladders["day"], &config.plan.ladders["night"]);
    assert_eq!((day.max_borrowed, night.max_borrowed), (Some(9), Some(5)));
    assert_eq!(
        (day.ask_again_after, night.ask_again_after),
        (Millis::from_mins(5), Millis::from_mins(5))
    );
    assert_eq!(
        (day.release.step, night.release.step),
        (ReleaseStep::Person, ReleaseStep::Person)
    );
    assert_eq!((day.tiers[0].mode, day.tiers[1].mode), (Some(Mode::Shadow), None));
}

#[test]
fn the_further_keys_are_what_the_core_is_told() {
    let text = text_of("config/bank.toml")
        .replace("[feed.recording]", "[feed.recording]\ngone_after = \"90s\"\npaused = \"away\"")
        .replace("role = \"shift_leader\"", "role = \"shift_leader\"\nlate_margin = \"3m\"")
        .replace("[pool.quality]", "[pool.quality]\npaused = \"signed_in\"")
        .replace("[queue.bank]", "[queue.bank]\npaused = \"away\"")
        .replace(
            "[ladder.day]",
            "[ladder.night]\nextends = \"day\"\nhold_for = \"10m\"\n[ladder.day]\nask_again_after_no = \"20m\"\nlate_within = \"40m\"\n\
             hold_for = \"1h\"\nsevere = { waiting_above = 30, longest_wait_above = \"3m\", for = \"1m\" }",
        )
        .replacen(
            "when = { waiting_above = 5, for = \"5m\" }",
            "next_after = \"2m\"\nwhen = { waiting_above = 5, answered_share_below = { share = 0.8, over = \"10m\" }, abandoned_share_above = \
             { share = 0.1, over = \"15m\" }, rising_above = { callers = 5, over = \"3m\" }, for = \"5m\", judge = \"mean\" }",
            1,
        )
        .replace("action = \"overtime\"", "action = \"overtime\"\nfor_hours = 1.5")
        .replace("{ waiting_at_most = 5, for", "{ waiting_at_most = 5, answered_share_at_least = { share = 0.9, over = \"10m\" }, for");
    let plan = look(&text).unwrap_or_else(|problems| panic!("{problems}")).plan;
    let minutes = Millis::from_mins;
    let feed = plan.feeds["recording"];
    assert_eq!((feed.gone_after, feed.paused), (Millis::from_secs(90), Paused::Away));
    let margins: Vec<Millis> = plan.chain.iter().map(|level| level.late_margin).collect();
    assert_eq!(margins, [minutes(1), minutes(3), minutes(1)]);
    assert_eq!(
        (
            plan.queues["bank"].paused,
            plan.pools["quality"].paused,
            plan.pools["expert"].paused
        ),
        (Some(Paused::Away), Some(Paused::SignedIn), None)
    );
    let (day, night) = (&plan.ladders["day"], &plan.ladders["night"]);
    assert_eq!((day.ask_again_after_no, day.late_within), (minutes(20), minutes(40)));
    assert_eq!((day.hold_for, night.hold_for), (minutes(60), minutes(10)));
    let severe = day.severe.unwrap();
    let both = [
        Threshold::WaitingAbove {
            above: 30,
            at_most: None,
        },
        Threshold::LongestWaitAbove(minutes(3)),
    ];
    assert_eq!(
        (severe.thresholds().copied().collect::<Vec<_>>(), severe.hold),
        (both.to_vec(), minutes(1))
    );
    assert_eq!(night.severe, day.severe, "it is taken from the ladder that is extended");
    let over = |share, over| ShareOver {
        share: Millionths::of(share),
        over: minutes(over),
    };
    let first = &day.tiers[0];
    let rising = RisingOver {
        callers: 5,
        over: minutes(3),
    };
    let all = [
        Threshold::WaitingAbove {
            above: 5,
            at_most: None,
        },
        Threshold::AnsweredShareBelow(over(0.8, 10)),
        Threshold::AbandonedShareAbove(over(0.1, 15)),
        Threshold::RisingAbove(rising),
    ];
    assert_eq!(first.when.thresholds().copied().collect::<Vec<_>>(), all);
    assert_eq!((first.when.judge, first.next_after), (Judge::Mean, Some(minutes(2))));
    let overtime = day.tiers.iter().find(|tier| tier.action == Action::Overtime).unwrap();
    assert_eq!(overtime.lasting, Some(minutes(90)));
    let release = [
        Threshold::WaitingAtMost(5),
        Threshold::AnsweredShareAtLeast(over(0.9, 10)),
    ];
    assert_eq!(day.release.when.thresholds().copied().collect::<Vec<_>>(), release);
    let change = config::change::diff(&shipped("bank.toml"), &look(&text).unwrap());
    let words = [
        "queue `bank` changed",
        "pool `quality` changed",
        "ladder `day` changed",
        "ladder `night` is new",
        "limits of feed `recording` changed",
        "chain",
    ];
    assert_eq!(change.live, words);
}

/// Every key of a file that has a default and is not there, with the tables on the way to it.
fn left_out(
    schema: &serde_json::Value,
    table: &toml::Table,
    path: &[String],
    found: &mut Vec<(Vec<String>, toml::Value)>,
) {
    let tagged = schema["oneOf"].as_array().and_then(|shapes| {
        let kind = serde_json::to_value(table.get("kind")?).ok()?;
        shapes
            .iter()
            .find(|shape| shape["properties"]["kind"]["enum"][0] == kind)
    });
    let schema = tagged.unwrap_or(schema);
    for (key, value) in schema["properties"].as_object().into_iter().flatten() {
        let path = [path, std::slice::from_ref(key)].concat();
        match table.get(key) {
            None => {
                let default = value.get("default").map(|value| toml::Value::try_from(value).unwrap());
                found.extend(default.map(|default| (path, default)));
            }
            Some(toml::Value::Table(named)) if value["additionalProperties"].is_object() => {
                for (name, inner) in named.iter().filter_map(|(name, inner)| Some((name, inner.as_table()?))) {
                    left_out(
                        &value["additionalProperties"],
                        inner,
                        &[&path[..], std::slice::from_ref(name)].concat(),
                        found,
                    );
                }
            }
            Some(toml::Value::Table(inner)) => left_out(value, inner, &path, found),
            Some(toml::Value::Array(all)) => {
                for (n, inner) in all
                    .iter()
                    .enumerate()
                    .filter_map(|(n, inner)| Some((n, inner.as_table()?)))
                {
                    left_out(&value["items"], inner, &[&path[..], &[n.to_string()]].concat(), found);
                }
            }
            Some(_) => {}
        }
    }
}

#[test]
fn a_default_that_is_written_out_changes_nothing() {
    let text =
        text_of("config/bank.toml") + "[floor]\n[journal]\n[webhook.duty]\nurl = \"https://duty.example/hook\"\n";
    let (base, table) = (look(&text).unwrap(), toml::from_str::<toml::Table>(&text).unwrap());
    let mut found = Vec::new();
    left_out(&config::schema::schema(), &table, &[], &mut found);
    // They need a roster, or people by name.
    found.retain(|(path, _)| match path.last().unwrap().as_str() {
        "ends_within" | "extend_by" => false,
        "rest_between" => path[1] == "expert",
        _ => true,
    });
    assert!(found.len() > 50, "{found:?}");
    for (path, default) in found {
        let mut written = toml::Value::Table(table.clone());
        let (key, tables) = path.split_last().unwrap();
        let inner = tables
            .iter()
            .fold(&mut written, |value, step| match step.parse::<usize>() {
                Ok(n) => &mut value[n],
                Err(_) => &mut value[step.as_str()],
            });
        inner.as_table_mut().unwrap().insert(key.clone(), default.clone());
        let read = look(&toml::to_string(&written).unwrap());
        let read = read.unwrap_or_else(|problems| panic!("{path:?} = {default}: {problems}"));
        let change = config::change::diff(&base, &read);
        assert!(change.is_empty(), "{path:?} = {default} is no default: {change:?}");
    }
}

/// Says where a value is not as its schema has it: the few words that the schema uses, and no others.
fn violation(schema: &serde_json::Value, value: &serde_json::Value, path: &str) -> Option<String> {
    let wrong = |why: &str| Some(format!("{path}: {why}"));
    if let Some(one_of) = schema["oneOf"].as_array() {
        let fits = one_of.iter().filter(|s| violation(s, value, path).is_none()).count();
        return if fits == 1 {
            None
        } else {
            wrong(&format!("fits {fits} of the alternatives"))
        };
    }
    if let Some(words) = schema["enum"].as_array() {
        return if words.contains(value) {
            None
        } else {
            wrong("none of the words")
        };
    }
    let fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        other => panic!("{path}: the schema says {other:?}"),
    };
    if !fits {
        return wrong("another type");
    }
    let missing = |key: &&serde_json::Value| value.get(key.as_str().unwrap()).is_none();
    if schema["required"]
        .as_array()
        .is_some_and(|keys| keys.iter().any(|key| missing(&key)))
    {
        return wrong("a key is missing");
    }
    let members = value.as_object().into_iter().flatten().find_map(|(key, value)| {
        let path = format!("{path}.{key}");
        match schema["properties"].get(key).unwrap_or(&schema["additionalProperties"]) {
            serde_json::Value::Bool(false) => Some(format!("{path}: no such key")),
            schema => violation(schema, value, &path),
        }
    });
    members.or_else(|| {
        value
            .as_array()
            .into_iter()
            .flatten()
            .find_map(|each| violation(&schema["items"], each, path))
    })
}

#[test]
fn the_schema_fits_the_shipped_files_and_not_the_wrong_ones() {
    let schema = config::schema::schema();
    let json = |text: &str| serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap();
    for file in ["config/surged.toml", "config/bank.toml"] {
        assert_eq!(violation(&schema, &json(&text_of(file)), file), None);
    }
    for name in ["unknown_keys", "missing_keys", "not_obeyed_yet", "bad_feed_kinds"] {
        let wrong = json(&text_of(format!("{WRONG}/{name}.toml")));
        assert!(violation(&schema, &wrong, name).is_some(), "{name} fits the schema");
    }
}

/// What was read whole lost nothing on the way.
fn assert_whole(text: &str, config: &Config) {
    let table: toml::Table = toml::from_str(text).expect("it was read");
    let count = |key: &str| {
        table
            .get(key)
            .and_then(toml::Value::as_table)
            .map_or(0, toml::Table::len)
    };
    let plan = &config.plan;
    let read = [
        plan.queues.len(),
        plan.pools.len(),
        plan.ladders.len(),
        plan.feeds.len(),
        config.feeds.len(),
    ];
    assert_eq!(
        read,
        [
            count("queue"),
            count("pool"),
            count("ladder"),
            count("feed"),
            count("feed")
        ]
    );
    let listed = |key: &str| table.get(key).and_then(toml::Value::as_array).map_or(0, Vec::len);
    assert_eq!(
        [plan.chain.len(), config.calendar.entries.len()],
        [listed("chain"), listed("calendar")]
    );
    for (name, ladder) in &plan.ladders {
        let tiers = table["ladder"][name.as_str()]
            .get("tier")
            .and_then(toml::Value::as_array)
            .map_or(0, Vec::len);
        assert!(ladder.tiers.len() >= tiers.max(1), "{name}");
    }
}

fn assert_read_or_refused(text: &str) {
    match look(text) {
        Ok(config) => assert_whole(text, &config),
        Err(problems) => assert!(!problems.render(true).is_empty() && problems.failed()),
    }
}

fn mutated() -> impl Strategy<Value = String> {
    let wrong: Vec<String> = wrong_files().iter().map(text_of).collect();
    let shipped = ["config/surged.toml", "config/bank.toml"].map(text_of).to_vec();
    let file = prop_oneof![prop::sample::select(wrong), prop::sample::select(shipped)];
    let piece = prop_oneof![
        ".{0,4}",
        Just("\"".to_owned()),
        Just("[".to_owned()),
        Just("\n".to_owned()),
        Just("0".to_owned()),
        Just("-9223372036854775808".to_owned()),
        Just("[[ladder.day.tier]]\n".to_owned()),
        Just("1e999".to_owned()),
        Just("{}".to_owned()),
    ];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), 0..12usize, piece), 1..4);
    (file, edits).prop_map(|(file, edits)| {
        let mut text: Vec<char> = file.chars().collect();
        for (at, removed, piece) in edits {
            let at = at.index(text.len() + 1);
            text.splice(at..(at + removed).min(text.len()), piece.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,200}") {
        assert_read_or_refused(&text);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("any.toml");
        std::fs::write(&file, bytes).unwrap();
        prop_assert!(config::load(&file, Purpose::Look).is_err());
    }

    #[test]
    fn any_edit_is_read_whole_or_refused(text in mutated()) {
        assert_read_or_refused(&text);
    }
}
