//! `surged seats`: how many people a queue needs.

use crate::config::duration::parse as parse_duration;
use crate::core::Millis;
use crate::core::erlang::{MAX_SEATS, Measures, Seats, Traffic, seats_required};
use crate::core::ladder::Target;
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::fmt::Write;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// See how many people must be on the phones, and what one fewer or one more would give
///
/// With --patience callers give up after a while (Erlang A), and there is an answer at any load. Without it everybody is
/// taken to wait for ever (Erlang C), which asks for more people than a real queue needs.
#[derive(Args)]
#[command(after_help = "Example: surged seats --calls-per-hour 920 --handle 180s --patience 120s --target 0.9/20s")]
pub struct SeatsArgs {
    /// Calls that come in an hour, those who give up included
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    calls_per_hour: f64,
    /// Mean handling time of a call, talk and after-call work, like 180s or 3m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    handle: Millis,
    /// Mean time that callers would wait before they give up, like 120s; leave out if they never do
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    patience: Option<Millis>,
    /// Share of all callers to be answered, and within which time: 0.9/20s is nine in ten within 20 seconds
    #[arg(long, value_name = "SHARE/TIME", value_parser = parse_target)]
    target: Target,
    /// For people or for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Copy, Clone, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl SeatsArgs {
    /// Prints the answer on standard output. Numbers without an answer are wrong usage.
    ///
    /// # Errors
    /// Numbers that no queue has, standard output.
    pub fn run(&self) -> Result<ExitCode> {
        let found = match seats_required(self.calls_per_hour, self.handle, self.patience, self.target) {
            Ok(found) => found,
            Err(fault) => {
                tell!("surged: {fault}");
                return Ok(ExitCode::from(2));
            }
        };
        let mut out = io::stdout().lock();
        match self.format {
            Format::Json => writeln!(out, "{}", as_json(&found))?,
            Format::Text => {
                let traffic = Traffic::new(self.calls_per_hour, self.handle, self.patience)?;
                write!(out, "{}", as_text(self, &traffic, &found))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn parse_target(text: &str) -> Result<Target, String> {
    let fault =
        || format!("{text:?} is not a target: write share/time, like 0.9/20s for nine in ten within 20 seconds");
    let (share, within) = text.split_once('/').ok_or_else(fault)?;
    let answered: f64 = share.parse().map_err(|_| fault())?;
    let within = parse_duration(within).map_err(|_| fault())?;
    Ok(Target { answered, within })
}

fn as_json(found: &Seats) -> serde_json::Value {
    let it = &found.measures;
    json!({
        "seats": found.seats,
        "answered_within": it.answered_within,
        "abandoned": it.abandoned,
        "occupancy": it.occupancy,
        "expected_wait_s": it.expected_wait_s,
    })
}

fn as_text(args: &SeatsArgs, traffic: &Traffic, found: &Seats) -> String {
    let within_s = args.target.within.as_secs();
    let mut text = String::new();
    let model = match args.patience {
        Some(patience) => format!("patience {} s (Erlang A)", patience.as_secs()),
        None => "nobody gives up (Erlang C)".to_owned(),
    };
    let _ = writeln!(text, "{} people on the phones.\n", found.seats);
    let _ = writeln!(
        text,
        "{} calls an hour of {} s are {:.1} people's work; {model}.",
        args.calls_per_hour,
        args.handle.as_secs(),
        traffic.load(),
    );
    let _ = writeln!(
        text,
        "Target: {} of all callers answered within {within_s} s.\n",
        percent(args.target.answered)
    );
    let _ = writeln!(
        text,
        "{:>6}  {:>16}  {:>8}  {:>10}  {:>9}",
        "people",
        format!("answered in {within_s} s"),
        "give up",
        "mean wait",
        "on calls"
    );
    let fewest = found.seats.saturating_sub(1);
    for seats in fewest..=(found.seats + 1).min(MAX_SEATS) {
        let mark = if seats == found.seats { "  <- required" } else { "" };
        let _ = writeln!(text, "{}{mark}", row(seats, &traffic.with(seats, args.target.within)));
    }
    text
}

fn row(seats: u32, it: &Measures) -> String {
    let wait = if it.expected_wait_s.is_finite() {
        format!("{:.1} s", it.expected_wait_s)
    } else {
        "no end".to_owned()
    };
    format!(
        "{seats:>6}  {:>16}  {:>8}  {wait:>10}  {:>9}",
        percent(it.answered_within),
        percent(it.abandoned),
        percent(it.occupancy)
    )
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
