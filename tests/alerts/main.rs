//! Every alert is made to fire by doing to a real surged what it warns of, and to clear by undoing it, before a real Prometheus with
//! the rules as they are shipped; then every query of the dashboard finds something in what that Prometheus has seen.
//!
//! Run by `tests/run.sh`, which fetches Prometheus and what the alerts of disks and clocks need.
#![allow(missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../house/mod.rs"]
mod house;
#[path = "../feed_asterisk/phone_system.rs"]
#[allow(dead_code, reason = "its own tests use the rest")]
mod phone_system;

mod asterisk;
mod prometheus;
mod troubles;

use house::{Phones, Process};
use prometheus::Prometheus;
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A plan, its phone system, and the folder of a daemon.
struct Scene {
    name: &'static str,
    phones: Phones,
    dir: tempfile::TempDir,
}

impl Scene {
    /// The written plan, whose first tiers are due within a second; silence is no blindness unless `change` says so.
    async fn set(name: &'static str, change: impl FnOnce(&mut toml::Table)) -> Scene {
        let scene = Scene {
            name,
            phones: Phones::open().await,
            dir: tempfile::tempdir().unwrap(),
        };
        let plan = house::plan(&scene.phones.url, &scene.file("surged.db"), |plan| {
            plan.remove("calendar");
            let feed = plan["feed"]["hotline"].as_table_mut().unwrap();
            feed.insert("stale_after".into(), "10m".into());
            feed.insert("forget_after".into(), "20m".into());
            let tiers = plan["ladder"]["day"]["tier"].as_array_mut().unwrap();
            for tier in tiers.iter_mut().take(3) {
                tier["when"].as_table_mut().unwrap().insert("for".into(), "1s".into());
            }
            change(plan);
        });
        std::fs::write(scene.config(), plan).unwrap();
        scene
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn config(&self) -> PathBuf {
        self.file("surged.toml")
    }

    /// Starts the daemon, and has it watched.
    async fn starts(&self, prometheus: &Prometheus) -> (Process, SocketAddr) {
        self.is_watched(prometheus, Process::run(&self.config())).await
    }

    async fn is_watched(&self, prometheus: &Prometheus, mut daemon: Process) -> (Process, SocketAddr) {
        let address = daemon.floor().await;
        prometheus.watches(self.name, address).await;
        (daemon, address)
    }

    fn edit(&self, change: impl FnOnce(&mut toml::Table)) {
        let mut plan: toml::Table = std::fs::read_to_string(self.config()).unwrap().parse().unwrap();
        change(&mut plan);
        std::fs::write(self.config(), toml::to_string(&plan).unwrap()).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Prometheus: run by tests/run.sh"]
async fn every_alert_fires_and_clears_and_every_panel_shows_something() {
    let prometheus = Prometheus::start().await;
    let (disk, clock, ..) = tokio::join!(
        troubles::of_the_disk(&prometheus),
        troubles::of_the_clock(&prometheus),
        troubles::of_the_floor(&prometheus),
        troubles::of_the_feed(&prometheus),
        troubles::of_what_the_feed_says(&prometheus),
        troubles::of_the_daemon(&prometheus),
        asterisk::lists_no_queues(&prometheus),
    );
    let rules = std::fs::read_to_string("deploy/prometheus/alerts.yml").unwrap();
    let mut wanted: BTreeSet<String> = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
        .map(str::to_owned)
        .collect();
    for (alerts, why) in [disk, clock].into_iter().flatten() {
        eprintln!("not done, {why}: {}", alerts.join(", "));
        wanted.retain(|it| !alerts.contains(&it.as_str()));
    }
    assert_eq!(prometheus.seen(), wanted);

    let mut without = Vec::new();
    let queries = queries();
    for query in &queries {
        let asked = query
            .replace("$__rate_interval", "5s")
            .replace("$__interval", "5s")
            .replace("$instance", ".*")
            .replace("$queue", ".*");
        if prometheus.values(&asked).await == 0 {
            without.push(query);
        }
    }
    assert!(
        without.is_empty(),
        "of {} queries nothing was found by {without:#?}",
        queries.len()
    );
}

/// Alerts that cannot be made to fire on this machine, and why.
type Skipped = Option<(&'static [&'static str], &'static str)>;

/// Every query of the dashboard: panels, annotations, variables.
fn queries() -> Vec<String> {
    let text = std::fs::read_to_string("deploy/grafana/surged.json").unwrap();
    let board: Value = serde_json::from_str(&text).unwrap();
    let mut queries = Vec::new();
    for panel in board["panels"].as_array().unwrap() {
        let targets = panel["targets"].as_array().unwrap().iter();
        queries.extend(targets.map(|it| it["expr"].as_str().unwrap().to_owned()));
    }
    let notes = board["annotations"]["list"].as_array().unwrap().iter();
    queries.extend(notes.map(|it| it["expr"].as_str().unwrap().to_owned()));
    for variable in board["templating"]["list"].as_array().unwrap() {
        if let Some(rest) = variable["query"]
            .as_str()
            .and_then(|it| it.strip_prefix("label_values("))
        {
            queries.push(rest.rsplit_once(',').unwrap().0.to_owned());
        }
    }
    queries
}
