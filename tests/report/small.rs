//! What a log does not tell is said, and is no zero; what it tells stands where it belongs.

use super::log::{Log, config, report};
use assert_cmd::Command;
use surged::config::Config;
use surged::core::{Agent, AgentState, Millis, Reading, Time};
use surged::report::{Cell, Lack, Table, Wanted};
use surged::words::{Language, Words};

/// Monday, 5 October 2026, eight in the morning in Shanghai.
fn eight() -> Time {
    Time(
        "2026-10-05T00:00:00Z"
            .parse::<jiff::Timestamp>()
            .unwrap()
            .as_millisecond(),
    )
}

fn minute(n: i64) -> Time {
    eight() + Millis::from_mins(n)
}

fn plan() -> Config {
    config(include_str!("../../config/surged.toml"), |plan| {
        let feed: toml::Table =
            "kind = \"json\"\nurl = \"ws://127.0.0.1:1/feed\"\nstale_after = \"10m\"\nforget_after = \"20m\""
                .parse()
                .unwrap();
        plan["feed"]
            .as_table_mut()
            .unwrap()
            .insert("hotline".into(), feed.into());
        // Nobody's name is safe in a page as it is.
        let expert = plan["pool"]["expert"].as_table_mut().unwrap();
        expert.insert("people".into(), vec!["<b>E01</b>", "E02", "E03", "E04"].into());
        plan.remove("calendar");
    })
}

/// A surge of an hour: the experts come at six past.
async fn morning(path: &std::path::Path, config: &Config, tell: impl Fn(i64, Reading) -> Reading) {
    let mut log = Log::begin(path, config, eight());
    for n in 0..240 {
        let waiting = match n {
            60..100 => 9,
            100..120 => 4,
            _ => 1,
        };
        log.reading(minute(n), tell(n, Reading::of("inbound", waiting))).await;
    }
    log.end(minute(240)).await;
}

#[tokio::test]
async fn a_feed_that_counts_nothing_leaves_dashes_and_no_zeros() {
    let dir = tempfile::tempdir().unwrap();
    let (path, config) = (dir.path().join("surged.db"), plan());
    morning(&path, &config, |_, reading| reading).await;
    let day = jiff::civil::date(2026, 10, 5);
    let report = report(&path, &config, Wanted::between(day, day).unwrap());
    let queue = &report.queues[0];
    assert_eq!(queue.lacks, [Lack::NoCalls, Lack::NoAnswerRate, Lack::NoStaff]);
    assert!(
        queue
            .hours
            .iter()
            .all(|hour| hour.calls.is_none() && hour.staff.is_none() && hour.forecast_calls.is_none())
    );
    assert!(
        queue
            .ahead
            .iter()
            .all(|hour| hour.calls.is_none() && hour.seats.is_none())
    );
    assert_eq!((queue.calls.calls, queue.calls.answer_rate), (None, None));
    let document = report.document(&Words::new(Language::En, std::sync::Arc::default()));
    let five = &document.sections[0];
    assert_eq!(five.notes.len(), 3, "{:?}", five.notes);
    for table in &five.tables {
        for cell in table.rows.iter().flat_map(|row| &row[1..]) {
            let told = matches!(cell, Cell::Text(text) if text.is_empty());
            assert!(
                told || cell.shown() == "–" || cell.shown() == "–/–",
                "{}: {cell:?}",
                table.id
            );
        }
    }
}

#[tokio::test]
async fn a_log_of_half_an_hour_says_that_no_hour_is_whole_and_lends_nobody_in_what_is_to_come() {
    let dir = tempfile::tempdir().unwrap();
    let (path, config) = (dir.path().join("surged.db"), plan());
    let mut log = Log::begin(&path, &config, eight());
    for n in 0..30_i64 {
        let told = Reading {
            offered: Some(4 * n.unsigned_abs()),
            signed_in: Some(40),
            ..Reading::of("inbound", 9)
        };
        log.reading(minute(n), told).await;
    }
    log.end(minute(30)).await;
    let day = jiff::civil::date(2026, 10, 5);
    let report = report(&path, &config, Wanted::between(day, day).unwrap());
    assert_eq!(
        report.queues[0].lacks,
        [Lack::NoHour, Lack::NoAnswerRate],
        "it counts calls, and tells who is signed in"
    );
    let expert = report
        .lent
        .iter()
        .find(|it| it.pool.as_ref().is_some_and(|it| it.as_str() == "expert"));
    let each = expert.unwrap().people[0].hours;
    assert!(
        each > 0.0 && each <= 0.5,
        "they are out still, and {each} hours are known"
    );
}

#[tokio::test]
async fn a_surge_its_steps_the_lent_and_the_hours_stand_where_they_belong() {
    let dir = tempfile::tempdir().unwrap();
    let (path, config) = (dir.path().join("surged.db"), plan());
    morning(&path, &config, |n, reading| Reading {
        offered: Some(4 * n.unsigned_abs()),
        answered: Some(3 * n.unsigned_abs()),
        abandoned: Some(n.unsigned_abs()),
        signed_in: Some(40),
        paused: Some(2),
        agents: Some(vec![Agent {
            person: "A7".into(),
            state: AgentState::Busy,
        }]),
        ..reading
    })
    .await;
    let day = jiff::civil::date(2026, 10, 5);
    let report = report(&path, &config, Wanted::between(day, day).unwrap());
    let queue = &report.queues[0];
    assert_eq!(queue.hours[8].calls, Some(240.0));
    assert_eq!(
        (queue.hours[9].staff, queue.hours[9].most_waiting),
        (Some(38.0), Some(9))
    );
    assert_eq!(queue.hours[13].calls, None, "the log ends at noon");
    assert_eq!(queue.calls.answer_rate, Some(0.75));
    // What is known of a day that is not over stands there, and of how many hours it is.
    let document = report.document(&Words::new(Language::En, Default::default()));
    let tables: Vec<&Table> = document.sections.iter().flat_map(|it| &it.tables).collect();
    let answered = tables.iter().find(|it| it.id == "answered-inbound").unwrap();
    let shown: Vec<String> = answered.rows[0].iter().map(Cell::shown).collect();
    let known = queue.hours.iter().filter(|it| it.calls.is_some()).count();
    assert!(shown[0].ends_with(&format!("{known} h known")), "{shown:?}");
    assert_eq!(shown[4], "75.0 %", "{shown:?}");
    let surge = &queue.surges[0];
    assert_eq!(
        (surge.before.waiting, surge.during.answer_rate),
        (Some(1.0 + 8.0 * 5.0 / 15.0), Some(0.75))
    );
    let expert = queue.tiers.iter().find(|tier| tier.tier.as_str() == "expert").unwrap();
    assert_eq!((expert.called, expert.measured, expert.clear), (1, 1, 1));
    assert_eq!(
        (expert.before, expert.after),
        (Some(45.0), Some(45.0)),
        "nine waited all the time"
    );
    let pool = report
        .lent
        .iter()
        .find(|it| it.pool.as_ref().is_some_and(|it| it.as_str() == "expert"))
        .unwrap();
    assert_eq!((pool.size, pool.asked, pool.people.len()), (Some(4), 1, 4));
    let shared = pool.fair_hours.unwrap();
    assert!(
        pool.people
            .iter()
            .all(|it| (it.hours - shared).abs() < 1e-9 && it.hours > 0.5),
        "{pool:?}"
    );
    let week = &report.hours[0];
    assert_eq!(
        (week.person.as_str(), week.week.to_string(), week.whole),
        ("A7", "2026-10-05".into(), false)
    );
    assert!((3.9..=4.0).contains(&week.hours), "{week:?}");
    assert!(report.alarms.total > 0 && report.alarms.peak.is_some());

    for language in [Language::En, Language::ZhHans, Language::ZhHant] {
        let html = report.document(&Words::new(language, std::sync::Arc::default())).html();
        assert!(
            html.contains("&lt;b&gt;E01&lt;/b&gt;") && !html.contains("<b>E01"),
            "{language:?}"
        );
        for foreign in ["http:", "https:", "<script", "<link", "src=", "url(", "@import"] {
            assert!(!html.contains(foreign), "{language:?}: {foreign}");
        }
        assert!(html.contains(&format!("<html lang=\"{}\">", language.word())));
        assert!(
            !html.contains('{') || !html.split("</style>").last().unwrap().contains('{'),
            "a value is missing"
        );
    }
}

#[tokio::test]
async fn the_command_tells_the_log_shows_and_wrong_days_are_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let (path, config) = (dir.path().join("surged.db"), plan());
    morning(&path, &config, |_, reading| reading).await;
    let surged = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_surged"));
        command.args(arguments).arg("--journal").arg(&path).env("LANG", "C");
        command
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let days = ["report", "--from", "2026-10-05", "--to", "2026-10-06"];
    let done = surged(&[&days[..], &["--format", "json", "--zone", "Asia/Shanghai"]].concat())
        .assert()
        .success();
    let told: serde_json::Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
    assert_eq!(told["span"]["last"], "2026-10-06");
    assert_eq!(told["queues"][0]["hours"].as_array().unwrap().len(), 48);
    assert!(told["queues"][0]["hours"][0]["calls"].is_null());
    let folder = dir.path().join("out");
    surged(&[&days[..], &["-o", folder.to_str().unwrap()]].concat())
        .assert()
        .success();
    assert!(folder.join("report.html").exists() && folder.join("1-seats-inbound.csv").exists());

    for (wrong, says) in [
        (&["report", "--month", "Oktober"][..], "write one as in 2026-10"),
        (
            &["report", "--from", "2026-10-05", "--to", "2026-10-01"],
            "the last, which is included",
        ),
        (
            &["report", "--from", "2026-01-01", "--to", "2026-10-01"],
            "1 to 92 days",
        ),
    ] {
        let refused = surged(wrong).assert().code(2);
        let said = text(&refused.get_output().stderr);
        assert!(said.contains(says), "{said}");
    }

    let shown = text(&surged(&["log", "show"]).assert().success().get_output().stdout);
    let effect: Vec<&str> = shown
        .lines()
        .filter(|line| line.contains(" waiting in the mean in the "))
        .collect();
    assert!(effect[0].contains("What Experts did: 9.0 waiting"), "{shown}");
    let chinese = surged(&["log", "show", "--language", "zh-Hans"]).assert().success();
    assert!(text(&chinese.get_output().stdout).contains("的效果：调用前"));
}
