//! The configuration is edited while a surge runs, and what metrics tell of it all. In a file of its own, since metrics belong to
//! the process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{House, clock, until};
use serde_json::json;
use surged::telemetry::names;

fn tier<'a>(plan: &'a mut toml::Table, ladder: &str, index: usize) -> &'a mut toml::Table {
    plan["ladder"][ladder]["tier"][index].as_table_mut().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_file_is_in_force_and_a_file_at_fault_is_refused() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    house.reading(7).await;
    house.pass("2m").await;

    // Live: the clock that runs goes on under the new time.
    let hash = |house: &House| {
        let config = surged::config::load(&house.config_file(), surged::config::Purpose::Run).unwrap();
        format!("{}{{hash=\"{}\"}}", names::CONFIG_HASH, &config.hash[..12])
    };
    let hash_before = hash(&house);
    house.edit_config(|plan| {
        let when = tier(plan, "day", 0)["when"].as_table_mut().unwrap();
        when.insert("for".into(), "3m".into());
    });
    let changed = li.notice("config_changed").await;
    assert_eq!(
        changed["changes"],
        json!(["ladder `day` changed", "ladder `holiday` changed"]),
        "{changed}"
    );
    assert_eq!(clock(&changed["at"]), "09:02:00");
    house.pass("59s").await;
    li.hears_no_instruction().await;
    house.pass("1s").await;
    let expert = li.told("sign_in", "expert").await;
    assert_eq!(clock(&expert["at"]), "09:03:00");
    li.done(&expert).await;

    // At fault: told in words with its line, and what ran goes on.
    house.edit_config(|plan| {
        tier(plan, "day", 1).insert("pool".into(), "outbond".into());
        plan.insert("colour".into(), "red".into());
    });
    let refused = li.notice("config_refused").await;
    let problems = refused["problems"].to_string();
    assert!(
        problems.contains("outbond") && problems.contains("colour"),
        "{problems}"
    );
    until("the refusal is counted", || async {
        let reply = house.get("/metrics").await;
        (reply.metric(names::CONFIG_LAST_RELOAD) == Some(0.0)).then_some(())
    })
    .await;
    house.pass("5m").await;
    let outbound = li.told("sign_in", "outbound").await;
    assert_eq!(clock(&outbound["at"]), "09:08:00");

    // Mended, and with something that only a restart can change.
    house.edit_config(|plan| {
        tier(plan, "day", 1).insert("pool".into(), "outbound".into());
        plan.remove("colour");
        plan["journal"]
            .as_table_mut()
            .unwrap()
            .insert("path".into(), "elsewhere.db".into());
        plan["floor"]["physical_seats"] = 58.into();
    });
    let changed = li.notice("config_changed").await;
    assert_eq!(
        changed["changes"],
        json!(["floor.physical_seats", "journal.path (needs a restart)"])
    );
    house
        .queue("the new seats count", |queue| queue["physical_seats"] == 58)
        .await;
    let metrics = house.get("/metrics").await;
    assert_eq!(metrics.metric(names::CONFIG_LAST_RELOAD), Some(1.0));
    assert_eq!(
        (metrics.metric(&hash_before), metrics.metric(&hash(&house))),
        (None, Some(1.0))
    );

    // A queue of another feed comes in, and the feed that runs is not disturbed.
    let other = house::Phones::open().await;
    house.edit_config(|plan| {
        let feed: toml::Table = format!("kind = \"json\"\nurl = {:?}", other.url).parse().unwrap();
        plan["feed"]
            .as_table_mut()
            .unwrap()
            .insert("exchange".into(), feed.into());
        let queue: toml::Table = "feed = \"exchange\"\nladder = \"day\"\n".parse().unwrap();
        plan["queue"]
            .as_table_mut()
            .unwrap()
            .insert("billing".into(), queue.into());
    });
    let changed = li.notice("config_changed").await;
    let changes = changed["changes"].to_string();
    assert!(
        changes.contains("queue `billing` is new") && changes.contains("\"feed `exchange` is new"),
        "{changes}"
    );
    other.connected(1).await;
    other.reading(json!({ "queue": "billing", "waiting": 1 }));
    house
        .queue("the new queue is seen", |queue| {
            queue["queue"] == "billing" && queue["waiting"] == 1
        })
        .await;
    house.phones.connected(1).await;
    // Of a feed that tells of no queue any more nothing is waited for.
    house.edit_config(|plan| {
        plan["queue"].as_table_mut().unwrap().remove("billing");
    });
    li.notice("config_changed").await;
    until("the floor is ready without it", || async {
        (house.get("/readyz").await.status == 200).then_some(())
    })
    .await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_of_a_surge() {
    // A queue of its own name, since the other test of this process counts too.
    let mut house = House::open_with(|plan| {
        let mut queue = plan["queue"]["inbound"].clone();
        queue.as_table_mut().unwrap().insert("source".into(), "inbound".into());
        plan.insert(
            "queue".into(),
            toml::Table::from_iter([("counter".to_owned(), queue)]).into(),
        );
        let feed = plan["feed"]["hotline"].clone();
        plan.insert(
            "feed".into(),
            toml::Table::from_iter([("exchange".to_owned(), feed)]).into(),
        );
        plan["queue"]["counter"]["feed"] = "exchange".into();
    })
    .await;
    let mut li = house.join("Li").await;
    house.reading(12).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    let metrics = house::until("the gauges are written", || async {
        let reply = house.get("/metrics").await;
        (reply.metric("surged_queue_moves{queue=\"counter\"}") == Some(1.0)).then_some(reply)
    })
    .await;
    let is = |line: &str, value: f64| assert_eq!(metrics.metric(line), Some(value), "{line} in {}", metrics.body);
    is("surged_queue_waiting_calls{queue=\"counter\"}", 12.0);
    is("surged_queue_signed_in_agents{queue=\"counter\"}", 40.0);
    is("surged_queue_borrowed_seats{queue=\"counter\",pool=\"expert\"}", 4.0);
    is("surged_queue_blind{queue=\"counter\"}", 0.0);
    is(
        "surged_condition_held_seconds{queue=\"counter\",tier=\"expert\"}",
        300.0,
    );
    is(
        "surged_instructions_total{queue=\"counter\",tier=\"expert\",action=\"sign_in\"}",
        1.0,
    );
    is("surged_instructions_open{queue=\"counter\"}", 1.0);
    is("surged_feed_connected{feed=\"exchange\"}", 1.0);
    is("surged_feed_reading_age_seconds{feed=\"exchange\"}", 0.0);
    is("surged_feed_reconnects_total{feed=\"exchange\"}", 0.0);
    is("surged_journal_failing", 0.0);
    assert!(
        metrics.metric("surged_floor_sessions{role=\"supervisor\"}") >= Some(1.0),
        "{}",
        metrics.body
    );
    assert!(
        metrics.metric("surged_decision_seconds_count") >= Some(1.0),
        "{}",
        metrics.body
    );
    assert!(
        metrics.metric("surged_journal_append_seconds_count") >= Some(1.0),
        "{}",
        metrics.body
    );
    // What the phone system does not tell is absent.
    assert!(
        !metrics
            .body
            .contains("surged_queue_longest_wait_seconds{queue=\"counter\"}"),
        "{}",
        metrics.body
    );
    assert!(
        metrics.body.contains("surged_build_info{version=\""),
        "{}",
        metrics.body
    );

    house.pass("10s").await;
    li.done(&expert).await;
    let metrics = house.get("/metrics").await;
    let is = |line: &str, value: f64| assert_eq!(metrics.metric(line), Some(value), "{line} in {}", metrics.body);
    is(
        "surged_answers_total{queue=\"counter\",tier=\"expert\",status=\"done\"}",
        1.0,
    );
    is("surged_answer_seconds_sum{queue=\"counter\"}", 10.0);
    is("surged_answer_seconds_count{queue=\"counter\"}", 1.0);
    // Everything that is measured is described, and nothing else.
    for line in metrics.body.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(
            names::ALL.iter().any(|metric| metric.name == name),
            "{name} is not in the list of metrics"
        );
    }
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_said_once_however_much_is_written_beside_the_file() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    let beside = house.config_file().with_file_name("noise.log");
    house.edit_config(|plan| {
        plan.insert("colour".into(), "red".into());
    });
    li.notice("config_refused").await;
    // As a log does that somebody keeps beside the plan, for longer than a file is left alone that is still being written.
    let began = std::time::Instant::now();
    until("it was written for a while", || async {
        std::fs::write(&beside, format!("{:?}", began.elapsed())).unwrap();
        (began.elapsed() > std::time::Duration::from_secs(1)).then_some(())
    })
    .await;
    // The same fault once more, saved again.
    house.edit_config(|_| {});
    // Whoever was told that it was refused is told that it is as it was.
    house.edit_config(|plan| {
        plan.remove("colour");
    });
    let changed = li.notice("config_changed").await;
    assert_eq!(changed["changes"], json!(["nothing: the file is as it was"]));
    house.edit_config(|plan| {
        plan["floor"]["physical_seats"] = 58.into();
    });
    let changed = li.notice("config_changed").await;
    assert_eq!(changed["changes"], json!(["floor.physical_seats"]));
    house.stop().await;
    let log = surged::journal::Reader::open(&house.journal(), house::DEADLINE).unwrap();
    let entries = log.read(1..=u64::MAX, usize::MAX).unwrap();
    let refused = entries
        .iter()
        .filter(|entry| entry.record.kind() == "config_refused")
        .count();
    assert_eq!(refused, 1);
}

/// Lines of gauges in which this stands.
fn gauges_of<'a>(metrics: &'a str, label: &str) -> Vec<&'a str> {
    let is_gauge = |line: &&str| {
        let name = line.split(['{', ' ']).next();
        let is_it = |metric: &&names::Metric| Some(metric.name) == name;
        names::ALL
            .iter()
            .find(is_it)
            .is_some_and(|it| it.kind == names::Kind::Gauge)
    };
    metrics
        .lines()
        .filter(|line| line.contains(label))
        .filter(is_gauge)
        .collect()
}

/// A feed, a pool and a queue of their own, of which a plan may be rid again.
fn leaving(url: &str) -> toml::Table {
    let tables = format!(
        "[feed.leaving]\nkind = \"json\"\nurl = {url:?}\nstale_after = \"15s\"\n\
         [pool.leaving]\nsize = 3\n\
         [queue.leaving]\nfeed = \"leaving\"\nladder = \"leaving\"\n\
         [[ladder.leaving.tier]]\nname = \"first\"\npool = \"leaving\"\nseats = \"all\"\n\
         when = {{ waiting_above = 5, for = \"5m\" }}\n\
         [ladder.leaving.release]\nwhen = {{ waiting_at_most = 5, for = \"5m\" }}\n"
    );
    tables.parse().unwrap()
}

fn take_in(plan: &mut toml::Table, leaving: &toml::Table) {
    for (table, added) in leaving {
        let all = plan[table].as_table_mut().unwrap();
        all.extend(added.as_table().unwrap().clone());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_waits_for_its_people_alone_is_unseen_and_wakes_nobody() {
    let exchange = house::Phones::open().await;
    let leaving = leaving(&exchange.url);
    let mut house = House::open_with(|plan| take_in(plan, &leaving)).await;
    let (mut li, mut zhao) = (house.join("Li").await, house.join("Zhao").await);
    exchange.connected(1).await;
    exchange.reading(json!({ "queue": "leaving", "waiting": 20, "signed_in": 9 }));
    let stands = async |house: &House, what: &str, is_so: &dyn Fn(&serde_json::Value) -> bool| {
        until(what, || async {
            let queues = house.get("/api/v1/queues").await.json();
            let mut queues = queues["queues"].as_array().unwrap().iter();
            let queue = queues.find(|queue| queue["queue"] == "leaving")?;
            is_so(queue).then_some(())
        })
        .await;
    };
    stands(&house, "it is seen", &|queue| queue["waiting"] == 20).await;
    zhao.ask(json!({ "type": "call", "queue": "leaving", "tier": "first" }))
        .await;
    let first = li.told("sign_in", "first").await;
    li.done(&first).await;
    house.edit_config(|plan| {
        plan["queue"].as_table_mut().unwrap().remove("leaving");
    });
    li.notice("config_changed").await;
    let is_unseen = |queue: &serde_json::Value| {
        let nothing = ["waiting", "longest_wait_s", "signed_in", "vouched_at"];
        queue["blind"] == true && nothing.iter().all(|key| queue[key].is_null())
    };
    stands(&house, "nobody tells of it", &is_unseen).await;
    let metrics = house.get("/metrics").await;
    assert_eq!(metrics.metric("surged_queue_moves{queue=\"leaving\"}"), Some(1.0));
    assert_eq!(metrics.metric("surged_queue_blind{queue=\"leaving\"}"), None);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_left_the_plan_is_told_no_more() {
    let exchange = house::Phones::open().await;
    let leaving = leaving(&exchange.url);
    let come = |plan: &mut toml::Table| take_in(plan, &leaving);
    let mut house = House::open_with(come).await;
    let mut li = house.join("Li").await;
    exchange.connected(1).await;
    let told = |line: &'static str, value: f64| (line, Some(value));
    let is_told = async |what: &str, lines: &[(&str, Option<f64>)]| {
        until(what, || async {
            let reply = house.get("/metrics").await;
            lines
                .iter()
                .all(|(line, value)| reply.metric(line) == *value)
                .then_some(())
        })
        .await;
    };
    exchange.reading(json!({ "queue": "leaving", "waiting": 20 }));
    is_told(
        "it is in the plan",
        &[
            told("surged_queue_waiting_calls{queue=\"leaving\"}", 20.0),
            told("surged_queue_blind{queue=\"leaving\"}", 0.0),
            told("surged_feed_connected{feed=\"leaving\"}", 1.0),
            told("surged_pool_free_seats{pool=\"leaving\"}", 3.0),
            told("surged_queue_borrowed_seats{queue=\"leaving\",pool=\"leaving\"}", 0.0),
            told("surged_condition_held_seconds{queue=\"leaving\",tier=\"first\"}", 0.0),
        ],
    )
    .await;
    // Its phone system says nothing any more.
    house.clock.advance(surged::core::Millis::from_secs(30));
    is_told("it is blind", &[told("surged_queue_blind{queue=\"leaving\"}", 1.0)]).await;

    house.edit_config(|plan| {
        for table in leaving.keys() {
            plan[table].as_table_mut().unwrap().remove("leaving");
        }
    });
    li.notice("config_changed").await;
    until("nothing is told of it", || async {
        let metrics = house.get("/metrics").await.body;
        assert!(!gauges_of(&metrics, "queue=\"inbound\"").is_empty(), "{metrics}");
        gauges_of(&metrics, "=\"leaving\"").is_empty().then_some(())
    })
    .await;

    // Back again it is told of again, and so it is where only its feed's settings change.
    exchange.connected(0).await;
    house.edit_config(come);
    li.notice("config_changed").await;
    let connected = [told("surged_feed_connected{feed=\"leaving\"}", 1.0)];
    is_told("it is back", &connected).await;
    exchange.line(house::Line::Cut);
    exchange.connected(0).await;
    house.edit_config(|plan| {
        plan["feed"]["leaving"]
            .as_table_mut()
            .unwrap()
            .insert("stale_after".into(), "20s".into());
    });
    li.notice("config_changed").await;
    let cut = [told("surged_feed_connected{feed=\"leaving\"}", 0.0)];
    is_told("one that is only changed is there, and cut", &cut).await;
    exchange.line(house::Line::Good);
    is_told("it is connected", &connected).await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tiers_that_are_not_in_force_are_told_no_more() {
    let mut house = House::open_with(|plan| {
        plan.remove("calendar");
        let mut queue = plan["queue"]["inbound"].clone();
        queue.as_table_mut().unwrap().insert("source".into(), "inbound".into());
        plan.insert(
            "queue".into(),
            toml::Table::from_iter([("desk".to_owned(), queue)]).into(),
        );
    })
    .await;
    let mut li = house.join("Li").await;
    house.reading(12).await;
    house.pass("2m").await;
    let metrics = house.get("/metrics").await;
    let held = |tier: &str| format!("surged_condition_held_seconds{{queue=\"desk\",tier=\"{tier}\"}}");
    assert_eq!(metrics.metric(&held("expert")), Some(120.0), "{}", metrics.body);
    house.edit_config(|plan| {
        plan["queue"]["desk"]
            .as_table_mut()
            .unwrap()
            .insert("ladder".into(), "night".into());
    });
    li.notice("config_changed").await;
    until("the night's ladder is told, and nothing of the day's", || async {
        let metrics = house.get("/metrics").await;
        (metrics.metric(&held("everyone")).is_some() && metrics.metric(&held("expert")).is_none()).then_some(())
    })
    .await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rate_is_taken_of_begins_at_zero() {
    let phones = house::Phones::open().await;
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("surged.toml");
    std::fs::write(&config, house::plan(&phones.url, &dir.path().join("surged.db"), |_| {})).unwrap();
    // In a process of its own: nothing was decided in it.
    let mut daemon = house::Process::run(&config);
    let metrics = house::get(daemon.floor().await, "/metrics", None).await;
    for line in [
        "surged_decision_seconds_bucket{le=\"1\"}",
        "surged_decision_seconds_bucket{le=\"+Inf\"}",
        "surged_unanswered_total{queue=\"inbound\"}",
    ] {
        assert_eq!(metrics.metric(line), Some(0.0), "{line} in {}", metrics.body);
    }
    // The first entries are written by now.
    assert!(
        metrics.metric("surged_journal_append_seconds_count").is_some(),
        "{}",
        metrics.body
    );
}
