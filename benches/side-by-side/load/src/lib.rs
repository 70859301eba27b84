//! What the programs of the benches side by side share: WebSockets by hand for thousands of clients, a phone system that says what it is
//! told to, and clocks.

pub mod crowd;
pub mod frames;
pub mod phones;
pub mod side;

use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a program was asked to do: one JSON object, its only argument.
pub fn asked<T: DeserializeOwned>() -> Result<T> {
    let text = std::env::args()
        .nth(1)
        .context("expected one argument, a JSON object")?;
    serde_json::from_str(&text).with_context(|| format!("expected a JSON object that says what to do; {text:?} came"))
}

/// What it found: one line on stdout.
pub fn found(what: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(what)?);
    Ok(())
}

/// The middle of some numbers, of which there is one at least.
pub fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let half = numbers.len() / 2;
    match numbers.len() % 2 {
        0 => (numbers[half - 1] + numbers[half]) / 2.0,
        _ => numbers[half],
    }
}

/// Processor time of a process so far, all its threads, in seconds.
pub fn processor_s(pid: u32) -> Result<f64> {
    let mut nanoseconds = 0;
    for task in std::fs::read_dir(format!("/proc/{pid}/task")).with_context(|| format!("process {pid} has ended"))? {
        let told = std::fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        nanoseconds += told
            .split(' ')
            .next()
            .and_then(|it| it.parse::<u64>().ok())
            .unwrap_or(0);
    }
    Ok(nanoseconds as f64 / 1e9)
}

/// Resident bytes of a process.
pub fn resident(pid: u32) -> Result<u64> {
    let told =
        std::fs::read_to_string(format!("/proc/{pid}/status")).with_context(|| format!("process {pid} has ended"))?;
    let line = told.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line
        .and_then(|line| line.trim().split(' ').next())
        .context("a process has resident memory")?;
    Ok(kilobytes.parse::<u64>()? * 1024)
}
