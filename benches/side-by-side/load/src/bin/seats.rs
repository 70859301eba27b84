//! Seats by Erlang: how fast, whether they are another's, and how far from fifty digits.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use serde::Deserialize;
use serde_json::json;
use std::hint::black_box;
use std::path::PathBuf;
use surged::core::Millis;
use surged::core::erlang::{Traffic, erlang_c, seats_required};
use surged::core::ladder::Target;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
enum Asked {
    /// So many times, with loads that differ a little.
    Time { load: f64, times: u32 },
    /// Rows of calls an hour, seconds of handling, share, seconds, seats.
    Grid { file: PathBuf },
    /// The core's table of fifty digits.
    Digits { file: PathBuf },
}

fn main() -> anyhow::Result<()> {
    match side_by_side::asked()? {
        Asked::Time { load, times } => {
            time(load, times);
            Ok(())
        }
        Asked::Grid { file } => side_by_side::found(&grid(&std::fs::read_to_string(file)?)),
        Asked::Digits { file } => side_by_side::found(&digits(&std::fs::read_to_string(file)?)),
    }
}

fn target(answered: f64, within_s: f64) -> Target {
    Target {
        answered,
        within: Millis((within_s * 1000.0) as i64),
    }
}

fn time(load: f64, times: u32) {
    let handle = Millis::from_secs(180);
    for time in 0..times {
        let calls = load * 20.0 + f64::from(time % 100) / 100.0;
        black_box(seats_required(black_box(calls), handle, None, target(0.8, 20.0)).expect("a load that somebody has"));
    }
}

fn grid(table: &str) -> serde_json::Value {
    let (mut points, mut same, mut first) = (0, 0, None);
    for line in table.lines().skip(1) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().expect("a number")).collect();
        let handle = Millis((cells[1] * 1000.0) as i64);
        let ours =
            seats_required(cells[0], handle, None, target(cells[2], cells[3])).expect("a load that somebody has");
        points += 1;
        if f64::from(ours.seats) == cells[4] {
            same += 1;
        } else {
            first.get_or_insert_with(|| format!("{line}: ours {}", ours.seats));
        }
    }
    json!({ "points": points, "same": same, "first_other": first })
}

/// The greatest relative difference of what waits, is given up, is answered in time, the wait and the occupancy.
fn digits(table: &str) -> serde_json::Value {
    let (mut rows, mut worst) = (0, 0.0_f64);
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |place: usize| cells[place].trim_start_matches('+').parse::<f64>().expect("a number");
        let millis = |place: usize| Millis(cells[place].parse().expect("milliseconds"));
        let patience = (cells[2] != "ever").then(|| millis(2));
        let traffic = Traffic::new(number(0), millis(1), patience).expect("a load that somebody has");
        let ours = traffic.with(number(3) as u32, millis(4));
        let mut both = vec![
            (ours.waits, number(6)),
            (ours.abandoned, number(7)),
            (ours.answered_within, number(8)),
            (ours.expected_wait_s, number(9)),
            (ours.occupancy, number(10)),
        ];
        if patience.is_none() {
            both.push((erlang_c(number(3) as u32, traffic.load()), number(6)));
        }
        rows += 1;
        for (ours, theirs) in both {
            // Near the end of what a double holds both are nothing.
            if ours != theirs && !(ours.abs() < 1e-280 && theirs.abs() < 1e-280) {
                worst = worst.max((ours - theirs).abs() / theirs.abs());
            }
        }
    }
    json!({ "rows": rows, "worst": worst })
}
