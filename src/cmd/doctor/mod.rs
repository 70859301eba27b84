//! `surged doctor`: everything that a daemon needs, looked at one by one, each with what to do.
//!
//! One file a part of the world: [`machine`] files, port, disk, clock; [`access`] tokens and certificates; [`phones`] the feeds.

mod access;
mod machine;
mod phones;

use super::configuration::{ConfigFile, Place};
use crate::config::{self, Purpose};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

/// See whether everything is there that the daemon needs, and what to do where it is not
///
/// Looks at the configuration, files and their rights, the port, the disk, the clock, the time zone, tokens and certificates; then
/// listens to each phone system for a while: can it be reached, is the log-in accepted, are the queues there, are the people of the
/// pools known to it. Nothing is changed. The daemon may be running.
///
/// Exit status: 0 nothing is at fault; 1 something is; 78 the configuration is.
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    file: ConfigFile,
    /// How long each phone system is listened to, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=600))]
    listen: u64,
    /// For people, or one JSON array for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How the findings are written.
#[derive(Copy, Clone, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// How something stands.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Standing {
    Good,
    Warning,
    Fault,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
struct Finding {
    standing: Standing,
    /// What was looked at.
    of: String,
    /// How it stands.
    found: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    todo: Option<String>,
}

/// Findings, in the order in which they were made.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn good(&mut self, of: impl Into<String>, found: impl Into<String>) {
        self.add(Standing::Good, of.into(), found.into(), None);
    }

    fn warning(&mut self, of: impl Into<String>, found: impl Into<String>, todo: impl Into<String>) {
        self.add(Standing::Warning, of.into(), found.into(), Some(todo.into()));
    }

    fn fault(&mut self, of: impl Into<String>, found: impl Into<String>, todo: impl Into<String>) {
        self.add(Standing::Fault, of.into(), found.into(), Some(todo.into()));
    }

    fn add(&mut self, standing: Standing, of: String, found: String, todo: Option<String>) {
        self.0.push(Finding {
            standing,
            of,
            found,
            todo: todo.filter(|todo| !todo.is_empty()),
        });
    }

    fn worst(&self) -> Standing {
        self.0.iter().map(|it| it.standing).max().unwrap_or(Standing::Good)
    }
}

impl Doctor {
    /// Looks, and writes what was found to standard output.
    ///
    /// # Errors
    /// There is no configuration, or standard output cannot be written.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let path = self.file.path()?;
        let mut findings = Findings::default();
        let place = match config::load(&path, Purpose::Run) {
            Ok(config) => {
                findings.good("configuration", format!("{} is good", path.display()));
                for one in config.warnings.found() {
                    findings.warning("configuration", one.one_line(), "");
                }
                Place {
                    journal: config.journal.path.clone(),
                    zone: config.calendar.zone.clone(),
                    config: Some(config),
                }
            }
            Err(found) => {
                for one in found.found() {
                    findings.fault("configuration", one.one_line(), "");
                }
                // Not even where the duty log is can be read from it.
                let Ok(gist) = config::gist(&path) else {
                    self.write(&findings)?;
                    return Ok(ExitCode::from(super::CONFIG_AT_FAULT));
                };
                Place {
                    journal: gist.journal,
                    zone: gist.zone,
                    config: None,
                }
            }
        };
        machine::look(&path, &place, &mut findings);
        access::look(&place, &mut findings);
        if let Some(config) = &place.config {
            phones::look(config, Duration::from_secs(self.listen), &mut findings)?;
        }
        self.write(&findings)?;
        Ok(match (findings.worst(), &place.config) {
            (_, None) => ExitCode::from(super::CONFIG_AT_FAULT),
            (Standing::Fault, _) => ExitCode::FAILURE,
            (Standing::Good | Standing::Warning, _) => ExitCode::SUCCESS,
        })
    }

    fn write(&self, findings: &Findings) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if self.format == Format::Json {
            writeln!(out, "{}", serde_json::to_string_pretty(&findings.0)?)?;
            return Ok(());
        }
        for one in &findings.0 {
            let standing = match one.standing {
                Standing::Good => "good   ",
                Standing::Warning => "WARNING",
                Standing::Fault => "FAULT  ",
            };
            writeln!(out, "{standing}  {}: {}", one.of, super::log::tame(&one.found))?;
            if let Some(todo) = &one.todo {
                writeln!(out, "         -> {}", super::log::tame(todo))?;
            }
        }
        let number = |wanted| findings.0.iter().filter(|it| it.standing == wanted).count();
        let (good, warnings, faults) = (
            number(Standing::Good),
            number(Standing::Warning),
            number(Standing::Fault),
        );
        writeln!(out, "{good} good, {warnings} to be looked at, {faults} at fault")?;
        Ok(out.flush()?)
    }
}
