//! The roster and a secret change while the daemon runs, in a folder of their own. Apart from other reloads, since what metrics tell of
//! the last one belongs to the process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{House, time};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use surged::core::ladder::Plan;
use surged::core::{Input, Name, Time};
use surged::journal::Record;

/// Saves as editors do: a new file under the old name.
fn save(file: &Path, text: &str) {
    let draft = file.with_extension("draft");
    std::fs::write(&draft, text).unwrap();
    std::fs::rename(draft, file).unwrap();
}

/// The plan that was told to the core last.
fn told(house: &House) -> Arc<Plan> {
    let entries = surged::journal::Reader::open(&house.journal(), house::DEADLINE).unwrap();
    let entries = entries.read(0..=u64::MAX, usize::MAX).unwrap();
    let plans = entries.into_iter().filter_map(|entry| match entry.record {
        Record::Input(Input::Configured { plan }) => Some(plan),
        _ => None,
    });
    plans.last().unwrap()
}

fn shifts(plan: &Plan, person: &str) -> Option<Vec<(Time, Time)>> {
    let shifts = plan.shifts(&Name::from(person))?;
    Some(shifts.iter().map(|shift| (shift.from, shift.to)).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_roster_is_in_force_and_one_at_fault_is_refused() {
    let beside = tempfile::tempdir().unwrap();
    let (roster, token) = (beside.path().join("roster.csv"), beside.path().join("metrics.token"));
    // What ended more than a week before nine o'clock is not told to the core, and its person is off duty.
    save(
        &roster,
        "person,from,to\nE01,2026-10-25 08:00,2026-10-25 16:00\nE02,2026-11-02 08:00,2026-11-02 16:00\n",
    );
    save(&token, "one\n");
    let house = House::open_with(|plan| {
        let path = |file: &Path| toml::Value::from(file.display().to_string());
        plan.insert(
            "roster".into(),
            toml::Table::from_iter([("path".to_owned(), path(&roster))]).into(),
        );
        plan["floor"]
            .as_table_mut()
            .unwrap()
            .insert("metrics_token_file".into(), path(&token));
    })
    .await;
    let mut house = house;
    let mut li = house.join("Li").await;
    let day = |from: &str, to: &str| Some(vec![(time(from), time(to))]);
    let plan = told(&house);
    assert_eq!(shifts(&plan, "E01"), Some(Vec::new()));
    assert_eq!(
        shifts(&plan, "E02"),
        day("2026-11-02T08:00:00+08:00", "2026-11-02T16:00:00+08:00")
    );
    assert_eq!(shifts(&plan, "E03"), None);

    save(&roster, "person,from,to\nE02,2026-11-02 08:00,2026-11-02 18:00\n");
    let changed = li.notice("config_changed").await;
    assert_eq!(changed["changes"], json!(["roster"]));
    house.reading(3).await;
    let plan = told(&house);
    assert_eq!(
        shifts(&plan, "E02"),
        day("2026-11-02T08:00:00+08:00", "2026-11-02T18:00:00+08:00")
    );
    assert_eq!(
        shifts(&plan, "E01"),
        None,
        "who is not in the roster any more is always on duty"
    );

    save(
        &roster,
        "person,from,to\nE02,2026-11-02 08:00,soon\nE03,2026-11-02 08:00,2026-11-02 07:00\n",
    );
    let refused = li.notice("config_refused").await;
    let problems = refused["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 2, "{refused}");
    assert!(
        problems[0]
            .as_str()
            .unwrap()
            .contains("roster.csv:2:22: \"soon\" is no time"),
        "{refused}"
    );
    house.reading(4).await;
    assert_eq!(told(&house), plan, "what ran goes on");

    // The roster is as it was, and so nothing changed but the secret.
    save(&roster, "person,from,to\nE02,2026-11-02 08:00,2026-11-02 18:00\n");
    save(&token, "two\n");
    let changed = li.notice("config_changed").await;
    assert_eq!(
        changed["changes"],
        json!(["floor.metrics_token_file (needs a restart)"])
    );
    house.stop().await;
}
