//! `surged check`: every problem of configuration files, at once.

use crate::config::{self, Config, Diagnostics, Purpose};
use clap::{Args, ValueEnum};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// See everything that is wrong with configuration files, each with its line and what to write instead
///
/// Exit status: 0 every file is good; 78 at least one is at fault. A secret or certificate that is not there is a
/// warning here, since files may be checked on another machine; `surged run` does not start without it.
#[derive(Args, Debug)]
pub struct Check {
    /// Files to check; - reads standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// For people, or one JSON array for scripts.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How the report is written.
#[derive(Copy, Clone, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Check {
    /// Checks the files and writes the report to standard output.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let checked: Vec<_> = self.files.iter().map(|file| (file, load(file))).collect();
        let mut out = std::io::stdout().lock();
        match self.format {
            Format::Json => {
                let found: Vec<_> = checked
                    .iter()
                    .flat_map(|(_, result)| problems(result).found())
                    .collect();
                writeln!(out, "{}", serde_json::to_string_pretty(&found)?)?;
            }
            Format::Text => {
                let colour = out.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
                for (file, result) in &checked {
                    let problems = problems(result);
                    if !problems.found().is_empty() {
                        writeln!(out, "{}\n", problems.render(colour))?;
                    }
                    match result {
                        Ok(config) => writeln!(out, "{}: good: {}", name(file), summary(config))?,
                        Err(_) => writeln!(out, "{}: at fault: {}", name(file), counted(problems))?,
                    }
                }
            }
        }
        out.flush()?;
        let good = checked.iter().all(|(_, result)| result.is_ok());
        Ok(if good {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(super::CONFIG_AT_FAULT)
        })
    }
}

const STANDARD_INPUT: &str = "-";

fn load(file: &Path) -> Result<Config, Diagnostics> {
    match file.as_os_str() == STANDARD_INPUT {
        true => config::load_from(std::io::stdin().lock(), &name(file), Purpose::Look),
        false => config::load(file, Purpose::Look),
    }
}

fn name(file: &Path) -> String {
    match file.as_os_str() == STANDARD_INPUT {
        true => "standard input".to_owned(),
        false => file.display().to_string(),
    }
}

fn problems(result: &Result<Config, Diagnostics>) -> &Diagnostics {
    match result {
        Ok(config) => &config.warnings,
        Err(problems) => problems,
    }
}

fn counted(problems: &Diagnostics) -> String {
    number(problems.found().len() + problems.left_out(), "problem")
}

fn summary(config: &Config) -> String {
    let plan = &config.plan;
    let ladders: Vec<String> = plan
        .ladders
        .iter()
        .map(|(name, ladder)| format!("{name} ({})", number(ladder.tiers.len(), "tier")))
        .collect();
    let roster = match plan.roster.len() {
        0 => String::new(),
        people => format!(", roster of {}", number(people, "person")),
    };
    format!(
        "{}, {}, {}, ladders {}, {}{roster}",
        number(config.feeds.len(), "feed"),
        number(plan.queues.len(), "queue"),
        number(plan.pools.len(), "pool"),
        ladders.join(", "),
        number(config.calendar.entries.len(), "calendar entry")
    )
}

fn number(n: usize, what: &str) -> String {
    match (n, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, _) if what == "person" => format!("{n} people"),
        (_, Some(stem)) => format!("{n} {stem}ies"),
        _ => format!("{n} {what}s"),
    }
}
