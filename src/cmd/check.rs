//! `surged check`: every problem of configuration files, at once; and with `--deep`, what is to be said of a plan that can be read.

use super::configuration::ConfigFile;
use super::language::InLanguage;
use super::progress::Reading;
use super::recordings::{CutShort, HowToRead, open_all, unread, ways};
use super::simulate::read_scenario;
use crate::config::sentence::{Part, Sentence, say};
use crate::config::{self, Config, Diagnostics, Purpose};
use crate::core::Millis;
use crate::lab::deep::{self, Watched};
use crate::lab::recorded::{Kind, merged, read_ahead};
use crate::lab::replay::Answers;
use crate::lab::simulate::Prepared;
use crate::words::Language;
use anyhow::Context;
use clap::{Args, ValueEnum};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// See everything that is wrong with configuration files, each with its line and what to write instead
///
/// Exit status: 0 every file is good; 78 at least one is at fault; 1 what was recorded could not be read to its end. A secret or certificate that is not there is a
/// warning here, since files may be checked on another machine; `surged run` does not start without it.
///
/// With --deep a plan that can be read is also looked at by what is known of queues: people whom no step asks for, more asked than
/// there are, steps in each other's way, how long it takes at 400 waiting; and with --scenario or --readings, by simulated or recorded days: steps that hardly ever
/// fire or all the time, lines that are crossed all the time, readings too rare for a timer, walks to and fro, too few people. Advice does
/// not change the exit status.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  surged check config/surged.toml
  surged check -c config/surged.toml
  surged check --deep config/surged.toml
  surged check --deep --scenario config/scenarios/hotline.toml config/surged.toml
  surged check --deep --readings monday.jsonl.gz --readings tuesday.jsonl.gz config/surged.toml")]
pub struct Check {
    /// Files to check; - reads standard input. Without any it is the configuration that every other command would take: that of
    /// SURGED_CONFIG, ./surged.toml, then ./config/surged.toml, then /etc/surged/surged.toml
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A file to check, named as for every other command
    #[arg(short = 'c', long = "config", value_name = "FILE")]
    named: Vec<PathBuf>,
    /// Also what is to be said of a plan that can be read, each with why it matters and what to do
    #[arg(long)]
    deep: bool,
    /// What the floor has to cope with (TOML, as for `surged simulate`): the plan is watched on simulated days
    #[arg(long, value_name = "SCENARIO", requires = "deep")]
    scenario: Option<PathBuf>,
    /// What was recorded, as for `surged replay`: the plan is watched on those days, each instruction done after a minute where no duty log
    /// tells; again for more files
    #[arg(long, value_name = "FILE", requires = "deep")]
    readings: Vec<PathBuf>,
    #[command(flatten)]
    reading: HowToRead,
    /// How many times the scenario is run
    #[arg(long, value_name = "N", default_value_t = 20, requires = "scenario", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    seeds: u32,
    /// For people, or one JSON array for scripts.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    language: InLanguage,
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
    /// No file is named and there is none in the usual places; standard output cannot be written.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.language.chosen();
        let mut files = [&self.named[..], &self.files].concat();
        if files.is_empty() {
            files.push(ConfigFile::unnamed().path()?);
        }
        let mut checked: Vec<_> = files.iter().map(|file| (file, load(file, language))).collect();
        let mut cut = CutShort::default();
        if self.deep {
            for (file, result) in &mut checked {
                if let Ok(config) = result {
                    let found = self.look_deep(file, config, &mut cut)?;
                    config.warnings = std::mem::take(&mut config.warnings).and(found.told_in(language));
                }
            }
        }
        match self.write(&checked, language) {
            // Whoever reads it has seen enough; the verdict stands.
            Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => {}
            written => written?,
        }
        cut.tell(language);
        let good = checked.iter().all(|(_, result)| result.is_ok());
        Ok(if good {
            cut.status()
        } else {
            ExitCode::from(super::CONFIG_AT_FAULT)
        })
    }

    fn write(&self, checked: &[(&PathBuf, Result<Config, Diagnostics>)], language: Language) -> io::Result<()> {
        let mut out = io::stdout().lock();
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
                for (file, result) in checked {
                    let problems = problems(result);
                    if !problems.found().is_empty() {
                        writeln!(out, "{}\n", problems.render(colour))?;
                    }
                    let verdict = match result {
                        Ok(config) if self.deep => say!(
                            "good_deep",
                            file = name(file),
                            summary = summary(config),
                            advice = advised(&config.warnings)
                        ),
                        Ok(config) => say!("good", file = name(file), summary = summary(config)),
                        Err(_) => say!("at_fault", file = name(file), problems = counted(problems)),
                    };
                    writeln!(out, "{}", verdict.told_in(language))?;
                }
            }
        }
        out.flush()
    }
}

impl Check {
    /// Looks deep at a plan that could be read.
    fn look_deep(&self, file: &Path, config: &Config, cut: &mut CutShort) -> anyhow::Result<Diagnostics> {
        if file.as_os_str() == STANDARD_INPUT {
            anyhow::bail!("--deep reads files, not standard input; name the file");
        }
        let text = std::fs::read_to_string(file).with_context(|| name(file))?;
        let mut watched: Vec<Watched> = Vec::new();
        if let Some(scenario) = &self.scenario {
            let prepared = Prepared::new(read_scenario(scenario)?, None, &config.calendar.zone)?;
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            watched.push(deep::simulated(&prepared, config, self.seeds, threads)?);
        }
        if !self.readings.is_empty() {
            watched.push(self.watch_recorded(config, cut)?);
        }
        Ok(deep::look(&text, &name(file), config, &watched))
    }
}

impl Check {
    fn watch_recorded(&self, config: &Config, cut: &mut CutShort) -> anyhow::Result<Watched> {
        let sources = open_all(&self.readings, &self.reading.form(config))?;
        let answered = sources.iter().all(|source| source.kind == Kind::DutyLog);
        let answers = match answered {
            true => Answers::Recorded,
            false => Answers::After(Millis::from_secs(60)),
        };
        let mut progress = Reading::of(ways(&sources));
        let happenings = read_ahead(merged(sources)).inspect(|happened| {
            progress.step();
            cut.note(happened.as_ref().err());
        });
        let (watched, faulty) = deep::recorded(config, happenings, answers);
        progress.end();
        if faulty > 0 {
            tell!("surged: {}", unread(faulty, "line"));
        }
        if watched.queues.is_empty() {
            anyhow::bail!(
                "nothing in these files is a reading of a queue that the plan has; its keys and sources are their names"
            );
        }
        Ok(watched)
    }
}

fn advised(found: &Diagnostics) -> Sentence {
    let advice = |it: &&config::Diagnostic| it.severity == config::Severity::Advice;
    match found.found().iter().filter(advice).count() {
        0 => say!("no_advice"),
        n => say!("pieces", n = n.to_string()),
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
