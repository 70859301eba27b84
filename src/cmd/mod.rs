//! One short file a subcommand. Exit status: 0 done, 1 failed, 2 wrong usage, 78 the configuration is at fault.

/// Says something on standard error. Whoever has closed that has heard enough; it is no reason to end otherwise.
macro_rules! tell {
    ($($said:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($said)*);
    }};
}

mod acd;
mod backup;
mod call;
mod check;
mod configuration;
mod demo;
mod doctor;
mod explain;
mod forget;
mod language;
mod log;
mod pages;
mod paper;
mod progress;
mod push;
mod ready;
mod record;
mod recordings;
mod replay;
mod report;
mod run;
mod schema;
mod seats;
mod sheet;
mod sign;
mod simulate;
mod token;
mod tune;
mod webhook;

use crate::words::Language;
use clap::{CommandFactory, Parser, Subcommand};
use std::process::ExitCode;

/// The configuration is at fault (EX_CONFIG of sysexits.h).
const CONFIG_AT_FAULT: u8 = 78;

/// Keeps a call centre's phones answered when callers suddenly pile up.
#[derive(Parser)]
#[command(name = "surged", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Demo(demo::Demo),
    Acd(acd::AcdArgs),
    Check(check::Check),
    Record(record::Record),
    Replay(replay::ReplayArgs),
    Report(report::ReportArgs),
    Simulate(simulate::SimulateArgs),
    Tune(tune::TuneArgs),
    Explain(explain::ExplainArgs),
    Seats(seats::SeatsArgs),
    Log(log::Log),
    Token(token::TokenArgs),
    Webhook(webhook::WebhookArgs),
    Push(push::PushArgs),
    Doctor(doctor::Doctor),
    Ready(ready::Ready),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Schema(schema::Schema),
    Completions(pages::Completions),
    Man(pages::Man),
}

/// Runs the command line and tells the exit status.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(run) => run.run(),
        Command::Demo(demo) => demo.run(),
        Command::Acd(acd) => acd.run(),
        Command::Check(check) => check.run(),
        Command::Record(record) => record.run(),
        Command::Replay(replay) => replay.run(),
        Command::Report(report) => report.run(),
        Command::Simulate(simulate) => simulate.run(),
        Command::Tune(tune) => tune.run(),
        Command::Explain(explain) => explain.run(),
        Command::Seats(seats) => seats.run(),
        Command::Log(log) => log.run(),
        Command::Token(token) => token.run(),
        Command::Webhook(webhook) => webhook.run(),
        Command::Push(push) => push.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Ready(ready) => ready.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Schema(schema) => schema.run(),
        Command::Completions(completions) => completions.run(Cli::command()),
        Command::Man(man) => man.run(Cli::command()),
    };
    done.unwrap_or_else(|error| {
        // Whoever read our output has seen enough.
        if error
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
        {
            return ExitCode::SUCCESS;
        }
        tell!("surged: {}", Language::of_terminal().cause(&format!("{error:#}")));
        let at_fault = error.downcast_ref::<configuration::AtFault>().is_some();
        if at_fault {
            ExitCode::from(CONFIG_AT_FAULT)
        } else {
            ExitCode::FAILURE
        }
    })
}
