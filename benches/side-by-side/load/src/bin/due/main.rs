//! Goals 1 and 2: queues that become due, one after the other or all in one instant; how long after that it is in somebody's hands.
//! Of surged by its floor's socket; of Prometheus with Alertmanager by a webhook; of Alertmanager alone by the same.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use side_by_side::phones::{Phones, session};
use side_by_side::{asked, found};
use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

mod web;

#[derive(Deserialize)]
struct Asked {
    system: System,
    /// The queues' names.
    queues: Vec<String>,
    /// How long each has to be above before it is due.
    hold_ms: u64,
    /// From one to the next; 0: all in one instant.
    every_ms: u64,
    /// How long the last is waited for.
    within_ms: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum System {
    /// The daemon's address, and the port at which it looks for its phone system.
    Surged { floor: String, phones: u16 },
    /// The ports at which Prometheus looks for the queues, and to which Alertmanager posts.
    Prometheus { metrics: u16, webhook: u16 },
    /// Where Alertmanager takes alerts, and to which port it posts.
    Alertmanager { alerts: u16, webhook: u16 },
}

#[derive(Serialize)]
struct Found {
    /// From the instant in which each was due, in milliseconds.
    late_ms: Vec<f64>,
    /// Those that never came.
    missing: Vec<String>,
    /// Those that came more than once.
    twice: Vec<String>,
}

fn main() -> Result<()> {
    let asked: Asked = asked()?;
    ensure!(!asked.queues.is_empty(), "expected queues");
    let (due, came) = match &asked.system {
        System::Surged { floor, phones } => surged(floor, *phones, &asked)?,
        System::Prometheus { metrics, webhook } => prometheus(*metrics, *webhook, &asked)?,
        System::Alertmanager { alerts, webhook } => alertmanager(*alerts, *webhook, &asked)?,
    };
    found(&judge(&asked.queues, &due, &came))
}

type Due = HashMap<String, Instant>;
type Came = Vec<(String, Instant)>;

fn judge(queues: &[String], due: &Due, came: &Came) -> Found {
    let mut first: HashMap<&String, Instant> = HashMap::new();
    let mut twice = Vec::new();
    for (queue, at) in came {
        if first.insert(queue, *at).is_some() {
            twice.push(queue.clone());
        }
    }
    let mut missing = Vec::new();
    let mut late_ms = Vec::new();
    for queue in queues {
        match (first.get(queue), due.get(queue)) {
            (Some(came), Some(due)) => late_ms.push(signed_ms(*due, *came)),
            _ => missing.push(queue.clone()),
        }
    }
    Found {
        late_ms,
        missing,
        twice,
    }
}

/// Milliseconds from one instant to another, which may be before it.
fn signed_ms(from: Instant, to: Instant) -> f64 {
    let ahead = to.saturating_duration_since(from).as_secs_f64();
    let behind = from.saturating_duration_since(to).as_secs_f64();
    (ahead - behind) * 1e3
}

/// Waits for so many, or so long.
fn collect(came: &Receiver<(String, Instant)>, many: usize, end: Instant) -> Came {
    let mut all = Vec::new();
    while all.len() < many {
        match came.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(one) => all.push(one),
            Err(_) => break,
        }
    }
    all
}

#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type")]
    kind: String,
    queue: Option<String>,
    /// Of several that came together.
    #[serde(default)]
    messages: Vec<Told>,
}

fn surged(floor: &str, port: u16, asked: &Asked) -> Result<(Due, Came)> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let mut phones = Phones::connected(&listener)?;
    let reading = |queue: &str, waiting| format!("{{\"queue\":\"{queue}\",\"waiting\":{waiting}}}");
    let calm: Vec<String> = asked.queues.iter().map(|it| reading(it, 0)).collect();
    phones.say_all(&calm)?;
    let session = session(floor, "{\"type\":\"hello\",\"changes\":true}")?;
    std::thread::sleep(Duration::from_millis(700));
    let hold = Duration::from_millis(asked.hold_ms);
    let mut due = HashMap::new();
    if asked.every_ms == 0 {
        let pressed: Vec<String> = asked.queues.iter().map(|it| reading(it, 8)).collect();
        // The last of them counts for all: no queue is due later.
        let at = phones.say_all(&pressed)? + hold;
        due.extend(asked.queues.iter().map(|queue| (queue.clone(), at)));
    } else {
        for (queue, at) in paced(&asked.queues, asked.every_ms) {
            sleep_until(at);
            due.insert(queue.clone(), phones.say(&reading(queue, 8))? + hold);
        }
    }
    let end = Instant::now() + hold + Duration::from_millis(asked.within_ms);
    let mut came = Vec::new();
    while came.len() < asked.queues.len() {
        let Ok(message) = session.recv_timeout(end.saturating_duration_since(Instant::now())) else {
            break;
        };
        let told: Told = serde_json::from_str(&message.text)?;
        for told in std::iter::once(&told).chain(&told.messages) {
            if told.kind == "instruction" {
                let queue = told.queue.clone();
                came.push((queue.context("an instruction has a queue")?, message.at));
            }
        }
    }
    Ok((due, came))
}

fn prometheus(metrics: u16, webhook: u16, asked: &Asked) -> Result<(Due, Came)> {
    let (depths, scrapes) = web::depths(metrics)?;
    let came = web::webhook(webhook)?;
    depths.set(asked.queues.iter().map(|it| (it.clone(), 0)).collect());
    // It has seen them calm once.
    scrapes
        .recv_timeout(Duration::from_secs(20))
        .context("Prometheus does not look at its target")?;
    std::thread::sleep(Duration::from_millis(300));
    let hold = Duration::from_millis(asked.hold_ms);
    let mut due = HashMap::new();
    if asked.every_ms == 0 {
        depths.set(asked.queues.iter().map(|it| (it.clone(), 8)).collect());
        let at = Instant::now() + hold;
        due.extend(asked.queues.iter().map(|queue| (queue.clone(), at)));
    } else {
        for (queue, at) in paced(&asked.queues, asked.every_ms) {
            sleep_until(at);
            depths.put(queue, 8);
            due.insert(queue.clone(), Instant::now() + hold);
        }
    }
    let end = Instant::now() + hold + Duration::from_millis(asked.within_ms);
    Ok((due, collect(&came, asked.queues.len(), end)))
}

fn alertmanager(alerts: u16, webhook: u16, asked: &Asked) -> Result<(Due, Came)> {
    let came = web::webhook(webhook)?;
    let mut post = web::Poster::to(alerts)?;
    let mut due = HashMap::new();
    for (queue, at) in paced(&asked.queues, asked.every_ms) {
        sleep_until(at);
        // Posted is due: nothing is held there.
        due.insert(queue.clone(), Instant::now());
        let alert = format!("[{{\"labels\":{{\"alertname\":\"due\",\"queue\":\"{queue}\"}}}}]");
        post.post("/api/v2/alerts", &alert)?;
    }
    let end = Instant::now() + Duration::from_millis(asked.within_ms);
    Ok((due, collect(&came, asked.queues.len(), end)))
}

/// Each queue and when its turn is.
fn paced(queues: &[String], every_ms: u64) -> impl Iterator<Item = (&String, Instant)> {
    let begin = Instant::now() + Duration::from_millis(20);
    (queues.iter().enumerate())
        .map(move |(number, queue)| (queue, begin + Duration::from_millis(every_ms) * number as u32))
}

fn sleep_until(at: Instant) {
    std::thread::sleep(at.saturating_duration_since(Instant::now()));
}
