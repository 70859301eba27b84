//! `surged check`: every problem of configuration files, at once.

use crate::config::sentence::{Part, Sentence, say};
use crate::config::{self, Config, Diagnostics, Purpose};
use crate::words::Language;
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
    /// In which language: en, zh-Hans or zh-Hant; without it as the terminal's LANG says. What has no words in Chinese yet is said in
    /// English
    #[arg(long, value_parser = super::log::language)]
    language: Option<Language>,
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
        let language = self.language.unwrap_or_else(Language::of_terminal);
        let checked: Vec<_> = self.files.iter().map(|file| (file, load(file, language))).collect();
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
                    let verdict = match result {
                        Ok(config) => say!("good", file = name(file), summary = summary(config)),
                        Err(_) => say!("at_fault", file = name(file), problems = counted(problems)),
                    };
                    writeln!(out, "{}", verdict.told_in(language))?;
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

fn load(file: &Path, language: Language) -> Result<Config, Diagnostics> {
    let loaded = match file.as_os_str() == STANDARD_INPUT {
        true => config::load_from(std::io::stdin().lock(), &name(file), Purpose::Look),
        false => config::load(file, Purpose::Look),
    };
    match loaded {
        Ok(mut config) => {
            config.warnings = config.warnings.told_in(language);
            Ok(config)
        }
        Err(problems) => Err(problems.told_in(language)),
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

fn counted(problems: &Diagnostics) -> Sentence {
    say!(
        "problems",
        count = (problems.found().len() + problems.left_out()).to_string()
    )
}

fn summary(config: &Config) -> Sentence {
    let plan = &config.plan;
    let ladders = plan
        .ladders
        .iter()
        .map(|(name, ladder)| say!("ladder", name = name.as_str(), n = ladder.tiers.len().to_string()));
    let ladders = Part::List(ladders.collect());
    let mut things = vec![
        say!("feeds", n = config.feeds.len().to_string()),
        say!("queues", n = plan.queues.len().to_string()),
        say!("pools", n = plan.pools.len().to_string()),
        Sentence::of("ladders", [("ladders", ladders)]),
        say!("entries", n = config.calendar.entries.len().to_string()),
    ];
    if !plan.roster.is_empty() {
        things.push(say!("roster", n = plan.roster.len().to_string()));
    }
    Sentence::of("summary", [("things", Part::List(things))])
}
