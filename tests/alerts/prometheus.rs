//! A real Prometheus with the rules as they are shipped, for which time goes sixty times as fast.

use crate::house::{http_1_0, within};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// An alert fires, or clears, within this or the test fails. Nothing takes so long but on a machine with much else to do.
const DEADLINE: Duration = Duration::from_secs(180);

/// How often Prometheus is asked.
const ASK_EVERY: Duration = Duration::from_millis(200);

/// How much faster time goes in the rules.
const FASTER: u64 = 60;

/// Where the pages of the alerts would be.
const DOCS: &str = "https://wiki.test/surged";

pub struct Prometheus {
    _child: Child,
    address: SocketAddr,
    folder: tempfile::TempDir,
    targets: Mutex<BTreeMap<&'static str, SocketAddr>>,
    begun: SystemTime,
    /// Alerts that were seen to fire and to clear.
    seen: Mutex<BTreeSet<String>>,
}

/// The program: `SURGED_PROMETHEUS`, that of the path, or where `tests/run.sh` has put it.
fn program() -> PathBuf {
    let said = std::env::var_os("SURGED_PROMETHEUS").map(PathBuf::from);
    let fetched = PathBuf::from("target/promtool/usr/bin/prometheus");
    said.or(Some(fetched).filter(|it| it.exists()))
        .unwrap_or_else(|| "prometheus".into())
}

impl Prometheus {
    pub async fn start() -> Prometheus {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let rules = std::fs::read_to_string("deploy/prometheus/alerts.yml").unwrap();
        std::fs::write(file("alerts.yml"), faster(&rules)).unwrap();
        std::fs::write(file("targets.json"), "[]").unwrap();
        let config = json!({
            "global": {
                "scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "500ms",
                "external_labels": { "docs_of_surged": DOCS },
            },
            "rule_files": ["alerts.yml"],
            "scrape_configs": [{
                "job_name": "surged",
                "file_sd_configs": [{ "files": ["targets.json"], "refresh_interval": "1s" }],
            }],
        });
        // JSON is YAML.
        std::fs::write(file("prometheus.yml"), config.to_string()).unwrap();
        let mut child = Command::new(program())
            .arg(format!("--config.file={}", file("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", file("data").display()))
            .arg("--web.listen-address=127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Prometheus is there: tests/run.sh fetches it");
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = within("Prometheus listens", async {
            while let Ok(Some(line)) = lines.next_line().await {
                let listens = line.contains("Listening on").then(|| line.rsplit_once("address="));
                if let Some((_, address)) = listens.flatten() {
                    return address.trim_matches('"').parse().unwrap();
                }
            }
            panic!("Prometheus ended before it listened");
        })
        .await;
        // It must not be held up by a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Prometheus {
            _child: child,
            address,
            folder,
            targets: Mutex::default(),
            begun: SystemTime::now(),
            seen: Mutex::default(),
        }
    }

    /// Scrapes this daemon from now on; returns once it has.
    pub async fn watches(&self, instance: &'static str, daemon: SocketAddr) {
        let targets: Vec<Value> = {
            let mut targets = self.targets.lock().unwrap();
            targets.insert(instance, daemon);
            let target =
                |(name, address): (&&str, &SocketAddr)| json!({ "targets": [address], "labels": { "instance": name } });
            targets.iter().map(target).collect()
        };
        let draft = self.folder.path().join("targets.draft");
        std::fs::write(&draft, Value::from(targets).to_string()).unwrap();
        std::fs::rename(draft, self.folder.path().join("targets.json")).unwrap();
        self.until(&format!("{instance} is scraped"), || self.is_up(instance))
            .await;
    }

    /// Returns once the alert fires for this daemon.
    pub async fn fires(&self, alert: &str, instance: &str) {
        self.fires_while(alert, instance, || ()).await;
    }

    /// The same, doing something again and again meanwhile.
    pub async fn fires_while(&self, alert: &str, instance: &str, mut go_on: impl FnMut()) {
        let look = || {
            go_on();
            self.alert(alert, instance)
        };
        let found = self.until(&format!("{alert} fires for {instance}"), look).await;
        // Whoever is woken by it finds its page.
        let page = format!("docs/alerts/{alert}.md");
        assert_eq!(found["annotations"]["runbook_url"], format!("{DOCS}/{page}"));
        assert!(Path::new(&page).exists(), "{page}");
    }

    /// Returns once it does not any more, though the daemon is scraped.
    pub async fn clears(&self, alert: &str, instance: &str) {
        self.until(&format!("{alert} clears for {instance}"), || async {
            let up = self.is_up(instance).await.is_some();
            (up && self.alert(alert, instance).await.is_none()).then_some(())
        })
        .await;
        self.seen.lock().unwrap().insert(alert.to_owned());
    }

    /// The alerts that fired and cleared.
    pub fn seen(&self) -> BTreeSet<String> {
        self.seen.lock().unwrap().clone()
    }

    /// How many values a query had, over all that was seen.
    pub async fn values(&self, query: &str) -> usize {
        let seconds = |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let (from, to) = (seconds(self.begun), seconds(SystemTime::now()));
        let query = encoded(query);
        let data = self
            .api(&format!("query_range?query={query}&start={from}&end={to}&step=1"))
            .await;
        let series = data["result"].as_array().unwrap().iter();
        let values = series.flat_map(|one| one["values"].as_array().unwrap());
        values.filter(|value| value[1] != "NaN").count()
    }

    async fn is_up(&self, instance: &str) -> Option<()> {
        let query = encoded(&format!("up{{job=\"surged\",instance=\"{instance}\"}}"));
        let data = self.api(&format!("query?query={query}")).await;
        (data["result"][0]["value"][1] == "1").then_some(())
    }

    /// The alert, if it fires.
    async fn alert(&self, alert: &str, instance: &str) -> Option<Value> {
        let data = self.api("alerts").await;
        let is_it = |it: &&Value| {
            let labels = &it["labels"];
            it["state"] == "firing" && labels["alertname"] == alert && labels["instance"] == instance
        };
        data["alerts"].as_array().unwrap().iter().find(is_it).cloned()
    }

    async fn api(&self, path: &str) -> Value {
        let reply = http_1_0(self.address, &format!("/api/v1/{path}")).await;
        let mut reply = reply.json();
        assert_eq!(reply["status"], "success", "{path}: {reply}");
        reply["data"].take()
    }

    async fn until<T, F: Future<Output = Option<T>>>(&self, what: &str, mut look: impl FnMut() -> F) -> T {
        let found = tokio::time::timeout(DEADLINE, async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::time::sleep(ASK_EVERY).await;
            }
        });
        match found.await {
            Ok(found) => {
                eprintln!("{:>5.1} s  {what}", self.begun.elapsed().unwrap().as_secs_f64());
                found
            }
            Err(_) => panic!("{what}: not within {DEADLINE:?}; firing: {}", self.api("alerts").await),
        }
    }
}

/// A query as it stands in an address.
fn encoded(query: &str) -> String {
    query.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The rules with every span of time made shorter: `for:`, ranges, and for how long an instruction may stay open. Nothing else.
pub fn faster(rules: &str) -> String {
    const OPEN: &str = "surged_oldest_open_instruction_seconds > ";
    let mut text = String::new();
    for line in rules.lines() {
        let (head, value) = line.split_at(line.find(':').map_or(0, |colon| colon + 1));
        if head.trim() == "for:" {
            text += &format!("{head} {}\n", shorter(value.trim()));
            continue;
        }
        let mut parts = line.split('[');
        text += parts.next().unwrap_or_default();
        for part in parts {
            let (range, rest) = part.split_once(']').unwrap();
            text += &match range.chars().next().is_some_and(|it| it.is_ascii_digit()) {
                true => format!("[{}]{rest}", shorter(range)),
                false => format!("[{range}]{rest}"),
            };
        }
        if let Some(at) = text.rfind(OPEN).filter(|_| line.contains(OPEN)) {
            let seconds: u64 = text[at + OPEN.len()..].trim().parse().unwrap();
            text.truncate(at + OPEN.len());
            text += &(seconds / FASTER).to_string();
        }
        text.push('\n');
    }
    text
}

fn shorter(span: &str) -> String {
    let (number, unit) = span.split_at(span.len() - 1);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => panic!("a span of time that is not understood: {span}"),
    };
    format!("{}ms", number.parse::<u64>().unwrap() * seconds * 1000 / FASTER)
}

#[test]
fn only_spans_of_time_are_made_shorter() {
    let rules = std::fs::read_to_string("deploy/prometheus/alerts.yml").unwrap();
    let fast = faster(&rules);
    assert_eq!(fast.lines().count(), rules.lines().count());
    let changed: Vec<(&str, &str)> = rules.lines().zip(fast.lines()).filter(|(was, is)| was != is).collect();
    for (was, is) in &changed {
        assert!(
            was.trim().starts_with("for:") || (was.trim().starts_with("expr:") && was.contains(['[', '>'])),
            "{was} became {is}"
        );
    }
    assert!(fast.contains("for: 500ms") && fast.contains("[10000ms]"), "{fast}");
    assert!(fast.contains("surged_oldest_open_instruction_seconds > 15\n"), "{fast}");
    assert_eq!(
        changed.len(),
        rules.matches("for: ").count() + rules.matches("m]").count() + 1
    );
}
