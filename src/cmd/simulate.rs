//! `surged simulate`: the closed loop.

mod html;
mod text;

use super::configuration::{AtFault, ConfigFile, load};
use super::progress;
use super::recordings::{CutShort, unread};
use crate::config::{self, Config, Purpose, Surroundings, scenario};
use crate::core::Time;
use crate::lab::recorded::Form;
use crate::lab::recorded::calls::{self, CallList, Columns};
use crate::lab::simulate::told::{Beside, Simulated};
use crate::lab::simulate::vary::{Sweep, with};
use crate::lab::simulate::{Prepared, run};
use crate::lab::tune::change::changes;
use crate::telemetry::{Level, Logs, start_logging};
use crate::words::Language;
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// See what a plan does to callers, on simulated days
///
/// Callers come, wait, give up, call again and are answered; the daemon's own core watches the queue and asks for people; and the
/// people who are asked really come, as the scenario says: late, in part, at their own pace, and back after their last call. Every seed
/// is another run of the same scenario; every number comes with the half width of its 95 % interval. Two plans meet the same callers.
#[derive(Args)]
#[command(after_help = "\
Examples:
  surged simulate -c config/surged.toml --scenario config/scenarios/hotline.toml
  surged simulate -c config/surged.toml --scenario config/scenarios/hotline.toml --against my.toml
  surged simulate -c config/surged.toml --scenario config/scenarios/hotline.toml --vary when.for=1m..10m
  surged simulate -c config/bank.toml --scenario config/scenarios/bank.toml --from calls.csv

docs/simulate.md explains scenarios, call lists and the measures.")]
pub struct SimulateArgs {
    #[command(flatten)]
    file: ConfigFile,
    /// What the floor has to cope with (TOML; `surged schema --scenario` prints what it may say)
    #[arg(long, value_name = "FILE")]
    scenario: PathBuf,
    /// How many times
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    seeds: u32,
    /// The first seed; the same seeds give the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    first_seed: u64,
    /// A second configuration that meets the same callers, and how it differs
    #[arg(long, value_name = "FILE", conflicts_with = "vary")]
    against: Option<PathBuf>,
    /// Try a key of the configuration with several values: KEY=A..B, KEY=A..B/STEP or KEY=V,V
    #[arg(long, value_name = "KEY=A..B")]
    vary: Option<Sweep>,
    /// A recorded day's callers in place of the scenario's: a call list or counts by interval (CSV), Asterisk's queue_log, or what a recording
    /// or a daemon's duty log counts; docs/replay.md describes them
    #[arg(long, value_name = "CALLS")]
    from: Option<PathBuf>,
    /// What the columns of that file are called, as in arrival=start,wait_s=waited,outcome=result,handling_s=talk,queue=line
    #[arg(long, value_name = "OURS=THEIRS,...", requires = "from")]
    columns: Option<Columns>,
    /// text: for people; json: for programs; html: one page to keep and to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Threads; the result is the same with any number. Default: as many as the machine has
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

#[derive(Copy, Clone, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Html,
}

/// All that is shown.
struct Shown<'a> {
    prepared: &'a Prepared,
    scenario: String,
    seeds: u32,
    /// The plan, and what it is held against or the values of the sweep.
    plans: Vec<Simulated>,
    sweep: Option<&'a Sweep>,
    /// Where the plan has the key of the sweep.
    varied: Vec<String>,
    against: bool,
    /// Callers came as in a call list.
    recorded: bool,
}

impl SimulateArgs {
    /// Simulates, and prints to standard output.
    ///
    /// # Errors
    /// A configuration or a scenario at fault, a call list that cannot be read, standard output.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let _logs = start_logging(Logs::Text, Level::Command);
        let (plans, varied) = self.plans()?;
        let zone = plans[0].1.calendar.zone.clone();
        let scenario = read_scenario(&self.scenario)?;
        let from = self.from.as_deref();
        let from = from.map(|path| callers_of(path, self.columns.as_ref(), &plans[0].1));
        let from = from.transpose()?;
        let prepared = Prepared::new(scenario, from.as_ref(), &zone)?;
        let configs: Vec<&Config> = plans.iter().map(|(_, config)| config).collect();
        let seeds = self.first_seed..self.first_seed.saturating_add(u64::from(self.seeds));
        let runs = u64::from(self.seeds) * configs.len() as u64;
        let progress = progress::bar(runs, "{bar:30} {pos} of {len} runs, {eta} left");
        let threads = self.threads.map_or_else(
            || std::thread::available_parallelism().map_or(1, usize::from),
            usize::from,
        );
        let outcomes = run(&prepared, &configs, seeds, threads, &|| progress.inc(1))?;
        progress.finish_and_clear();
        let plans = plans
            .into_iter()
            .zip(outcomes)
            .map(|((name, _), outcomes)| Simulated { name, outcomes });
        let shown = Shown {
            prepared: &prepared,
            scenario: self.scenario.display().to_string(),
            seeds: self.seeds,
            plans: plans.collect(),
            sweep: self.vary.as_ref(),
            varied,
            against: self.against.is_some(),
            recorded: from.is_some(),
        };
        let mut out = BufWriter::new(std::io::stdout().lock());
        match self.format {
            Format::Text => text::write(&shown, &mut out)?,
            Format::Json => shown.write_json(&mut out)?,
            Format::Html => html::write(&shown, &mut out)?,
        }
        out.flush()?;
        Ok(tell_cut_short(from.as_ref()))
    }

    /// The plans to run, each with what it is called; and where a key of theirs is varied.
    fn plans(&self) -> anyhow::Result<(Named, Vec<String>)> {
        let path = self.file.path()?;
        let config = load(&path, Purpose::Look, Language::of_terminal())?;
        if let Some(sweep) = &self.vary {
            return varied(&path, sweep);
        }
        let mut plans = vec![(path.display().to_string(), config)];
        if let Some(other) = &self.against {
            plans.push((
                other.display().to_string(),
                load(other, Purpose::Look, Language::of_terminal())?,
            ));
        }
        Ok((plans, Vec::new()))
    }
}

/// Plans, each with what it is called.
type Named = Vec<(String, Config)>;

/// Reads a scenario, and tells on standard error all that is wrong with it.
pub(super) fn read_scenario(path: &Path) -> anyhow::Result<scenario::Scenario> {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    scenario::load(path).map_err(|found| {
        tell!("{}", found.render(colour));
        AtFault.into()
    })
}

fn varied(path: &Path, sweep: &Sweep) -> anyhow::Result<(Named, Vec<String>)> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let variable = |name: &str| std::env::var(name).ok();
    let surroundings = Surroundings {
        folder: path.parent().unwrap_or(Path::new("")),
        variable: &variable,
        purpose: Purpose::Look,
        now: Time(jiff::Timestamp::now().as_millisecond()),
    };
    let (mut plans, mut places) = (Vec::new(), BTreeMap::new());
    for value in &sweep.values {
        let changed = match with(&text, &sweep.key, value) {
            Ok(changed) => changed,
            Err(why) => bail!("--vary {}: {why}", sweep.key),
        };
        for change in changes(&text, &changed).unwrap_or_default() {
            let was = change.was.as_deref().unwrap_or("not there");
            places.insert(
                change.line,
                format!("line {}, {}: was {was}", change.line, change.table),
            );
        }
        let name = format!("{} with {} = {value}", path.display(), sweep.key);
        match config::parse(&changed, &name, &surroundings) {
            Ok(config) => plans.push((value.to_string().trim_matches('"').to_owned(), config)),
            Err(found) => {
                tell!("{found}");
                return Err(AtFault.into());
            }
        }
    }
    Ok((plans, places.into_values().collect()))
}

/// The calls of a file, by the plan's own names; what was in it and is not among them is told.
pub(super) fn callers_of(path: &Path, columns: Option<&Columns>, config: &Config) -> anyhow::Result<CallList> {
    let form = Form {
        columns: columns.cloned().unwrap_or_default(),
        ..Form::of(config)
    };
    let list = calls::read_as_far(path, &form)?.by_keys(config);
    tell_losses(&list);
    Ok(list)
}

/// How a command ends that took callers from a file: it says last where that could not be read to its end.
pub(super) fn tell_cut_short(from: Option<&CallList>) -> ExitCode {
    let mut cut = CutShort::default();
    cut.note(from.and_then(CallList::cut));
    cut.tell(Language::of_terminal());
    cut.status()
}

fn tell_losses(list: &CallList) {
    let file = list.path.display();
    if list.faulty() > 0 {
        tell!("surged: {file}: {}", unread(list.faulty() as u64, "row"));
    }
    if list.neither > 0 {
        tell!(
            "surged: {file}: {} rows were neither answered nor given up by their outcome, and were passed over",
            list.neither
        );
    }
}

impl Shown<'_> {
    /// Others' numbers beside those of the plan; beside a sweep or a recorded day they would be of another case.
    fn beside(&self) -> anyhow::Result<Vec<Beside>> {
        if self.sweep.is_some() || self.recorded {
            return Ok(Vec::new());
        }
        self.plans[0]
            .beside(&self.prepared.scenario().outside)
            .map_err(anyhow::Error::msg)
    }

    fn write_json(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let first = &self.plans[0];
        let mut value = json!({
            "scenario": self.scenario,
            "seeds": self.seeds,
            "days_a_seed": self.prepared.days(),
            "from_data": self.prepared.from_data,
            "plans": self.plans.iter().map(Simulated::json).collect::<Vec<_>>(),
        });
        if let Some(sweep) = self.sweep {
            value["vary"] = json!(sweep.key);
            value["varied"] = json!(self.varied);
        }
        if self.against {
            value["difference"] = first.differences_json(&self.plans[1]);
        }
        let beside = self.beside()?;
        if !beside.is_empty() {
            let rows: Vec<_> = beside.iter().map(Beside::json).collect();
            value["outside"] = json!(rows);
        }
        writeln!(out, "{value:#}")?;
        Ok(())
    }
}
