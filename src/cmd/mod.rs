//! One short file a subcommand. Exit status: 0 done, 1 failed, 2 wrong usage, 78 the configuration is at fault.

mod check;
mod log;
mod schema;
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
    Check(check::Check),
    Log(log::Log),
    Schema(schema::Schema),
    Seats(seats::Seats),
}

/// Runs the command line and tells the exit status.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Check(check) => check.run(),
        Command::Log(log) => log.run(),
        Command::Schema(schema) => schema.run(),
        Command::Seats(seats) => seats.run(),
    };
    done.unwrap_or_else(|error| match error.downcast_ref::<std::io::Error>() {
        // Whoever read our output has seen enough.
        Some(io) if io.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        _ => {
            eprintln!("surged: {error:#}");
            ExitCode::FAILURE
        }
    })
}
