//! One short file a subcommand. Exit status: 0 done, 1 failed, 2 wrong usage, 78 the configuration is at fault.

mod acd;
mod seats;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Keeps a call centre's phones answered when callers suddenly pile up.
#[derive(Parser)]
#[command(name = "surged", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Acd(acd::Args),
    Seats(seats::Args),
}

/// Runs the command line and tells the exit status.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Acd(args) => acd::run(&args),
        Command::Seats(args) => seats::run(&args),
    };
    done.unwrap_or_else(|fault| {
        eprintln!("surged: {fault:#}");
        ExitCode::FAILURE
    })
}
