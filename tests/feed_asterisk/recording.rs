//! Recordings of a real Asterisk.

use flate2::read::GzDecoder;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use surged::core::Time;

/// One line of a recording.
#[derive(Clone, Debug)]
pub struct Step {
    pub at: Time,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Connected,
    Data(Vec<u8>),
    /// The end of a connection: an end of file, a reset, or the recording client itself.
    End,
    Reset,
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/captures/ami")
        .join(name)
}

/// The steps of a recording; those without a word about connections are one connection.
pub fn steps(name: &str) -> Vec<Step> {
    let file = File::open(path(&format!("{name}.jsonl.gz"))).unwrap();
    let mut steps = Vec::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let at = Time((line["t"].as_f64().unwrap() * 1000.0) as i64);
        let what = match line["meta"].as_str() {
            // Who recorded it had questions of their own, with numbers like ours.
            None => What::Data(latin_1(
                &line["data"]
                    .as_str()
                    .unwrap()
                    .replace("ActionID: ", "ActionID: recorded-"),
            )),
            Some("connected") => What::Connected,
            Some("eof" | "closed by client") => What::End,
            Some("recv-error") => What::Reset,
            Some(_) => continue,
        };
        if steps.is_empty() && what != What::Connected {
            steps.push(Step {
                at,
                what: What::Connected,
            });
        }
        steps.push(Step { at, what });
    }
    steps
}

/// The greeting line of a chunk, and the rest of it.
pub fn split_greeting(chunk: &[u8]) -> (&[u8], &[u8]) {
    chunk.split_at(chunk.iter().position(|byte| *byte == b'\n').unwrap() + 1)
}

fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|it| u8::try_from(u32::from(it)).unwrap()).collect()
}

/// The true depth of a queue after one join or leave.
#[derive(Clone, Debug)]
pub struct Change {
    pub at: Time,
    pub queue: String,
    pub waiting: u32,
}

/// Every change of the surge recordings, in order.
pub fn surge_truth() -> Vec<Change> {
    let file = File::open(path("surge_truth.csv")).unwrap();
    let rows = BufReader::new(file).lines().map(Result::unwrap);
    let change = |row: String| {
        let fields: Vec<&str> = row.split(',').collect();
        let at = Time((fields[0].parse::<f64>().ok()? * 1000.0) as i64);
        let is_change = matches!(fields[2], "CallerJoin" | "CallerLeave");
        is_change.then(|| Change {
            at,
            queue: fields[1].to_owned(),
            waiting: fields[7].parse().unwrap(),
        })
    };
    rows.filter_map(change).collect()
}

/// Each queue's depths one after the other, from the empty queue on.
pub fn depths(changes: &[Change]) -> BTreeMap<String, Vec<u32>> {
    let mut depths = BTreeMap::from([("inbound".to_owned(), vec![0]), ("vip".to_owned(), vec![0])]);
    for change in changes {
        depths.get_mut(&change.queue).unwrap().push(change.waiting);
    }
    depths
}
