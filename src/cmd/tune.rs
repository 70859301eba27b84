//! `surged tune`: which plan.

mod html;
mod json;
mod shown;
mod text;

use super::configuration::{ConfigFile, load};
use super::progress::{self, Interrupt};
use super::simulate::{callers_of, read_scenario, tell_cut_short};
use crate::config::scenario::{Calls, Scenario};
use crate::config::{self, Config, Purpose, Surroundings};
use crate::core::Time;
use crate::lab::recorded::calls::{CallList, Columns};
use crate::lab::simulate::Prepared;
use crate::lab::simulate::vary::Sweep;
use crate::lab::tune::aim::{Aim, DEFAULT, Limit};
use crate::lab::tune::race::{Progress, Unit};
use crate::lab::tune::space::Space;
use crate::lab::tune::{Asked, tune};
use crate::telemetry::{Level, Logs, start_logging};
use crate::words::Language;
use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use indicatif::ProgressBar;
use shown::Shown;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Find the plan that does best by an aim that you state, on simulated days
///
/// Values of the plan's keys are tried before the same callers; who is clearly behind drops out early. Shown are the best by the aim, the
/// plans to whom nobody is better for callers and for the floor at once, and the place of the written plan among them. The best is held
/// against the written plan once more, on seeds or recorded days that the choice has not seen. Ctrl-C ends with the best so far.
#[derive(Args)]
#[command(after_help = "\
Examples:
  surged tune config/scenarios/hotline.toml -c config/surged.toml --vary when.for=1m..6m --vary release.when.waiting_at_most=0..5
  surged tune config/scenarios/bank.toml -c config/bank.toml --vary when.for=1m..6m --vary release.min_stay=0s,10m,20m \\
      --weigh lost=1,moves=1,short_stays=2,hours=3 --limit 'abandoned<=5%' --against config/steady.toml
  surged tune config/scenarios/bank.toml -c config/bank.toml --vary when.for=1m..6m --from calls.csv --format html > tune.html

To weigh there are: lost, late, minutes_above_5, minutes_above_10, hours_waited (callers); moves, people_moved, short_stays, hours,
overtime_hours, cost (the floor); each a day. To limit also every measure of `surged simulate --format json`.
docs/tune.md explains all of it.")]
pub struct TuneArgs {
    /// What the floor has to cope with (TOML, as for `surged simulate`)
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    #[command(flatten)]
    file: ConfigFile,
    /// A key and its values: KEY=A..B, KEY=A..B/STEP, KEY=V,V, or KEY={...}|{...}; again for more keys
    #[arg(long, value_name = "KEY=VALUES", required = true)]
    vary: Vec<Sweep>,
    /// The aim as a trade: what each thing weighs that a day brings; the least sum is the best
    #[arg(long, value_name = "NAME=WEIGHT,...", default_value = DEFAULT)]
    weigh: String,
    /// What must not be passed: NAME<=VALUE or NAME>=VALUE, as in abandoned<=8% or moves<=20; again for more
    #[arg(long, value_name = "NAME<=VALUE")]
    limit: Vec<Limit>,
    /// Another plan to be shown beside the written one; again for more
    #[arg(long, value_name = "FILE")]
    against: Vec<PathBuf>,
    /// Seeds that the choice goes by, and as many others that check it [default: 32; of each recorded day 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    seeds: Option<u32>,
    /// The first seed; the same seeds give the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    first_seed: u64,
    /// Plans that are tried at most; where there are more, those near the best of some that are spread over all
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    candidates: u32,
    /// How much a day's calls differ from those of the scenario where it does not say: the shape of a Gamma factor, or off
    #[arg(long, value_name = "SHAPE|off", default_value = "25", value_parser = uncertain)]
    uncertain: Uncertain,
    /// Recorded days' callers in place of the scenario's, as for `surged simulate`: every other day chooses, the others check
    #[arg(long, value_name = "CALLS")]
    from: Option<PathBuf>,
    /// What the columns of that file are called, as in arrival=start,wait_s=waited,outcome=result,handling_s=talk,queue=line
    #[arg(long, value_name = "OURS=THEIRS,...", requires = "from")]
    columns: Option<Columns>,
    /// Write the whole plan with the proposal's values here, a new file; all else in it stays as it is
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
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

/// The shape of the factor of each day's calls.
#[derive(Copy, Clone, PartialEq, Debug)]
struct Uncertain(Option<f64>);

fn uncertain(text: &str) -> Result<Uncertain, String> {
    match text.parse::<f64>() {
        _ if text == "off" => Ok(Uncertain(None)),
        Ok(shape) if (0.1..=1e6).contains(&shape) => Ok(Uncertain(Some(shape))),
        _ => Err(format!(
            "{text:?} is no shape; write a number such as 25 (days differ by a fifth: 1 / sqrt(25)), or off"
        )),
    }
}

/// What the choice goes by, and what it has not seen; both in words.
struct Split {
    choice: Vec<Unit>,
    check: Vec<Unit>,
    chosen_on: String,
    checked_on: String,
}

/// Shown on a terminal.
struct Bar(ProgressBar);

impl Progress for Bar {
    fn done(&self) {
        self.0.inc(1);
    }

    fn left(&self, runs: u64) {
        self.0.set_length(self.0.position() + runs);
    }
}

impl TuneArgs {
    /// Tunes, and prints to standard output.
    ///
    /// # Errors
    /// A configuration or a scenario at fault, an aim that cannot be read, nothing to propose.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let _logs = start_logging(Logs::Text, Level::Command);
        // A running daemon takes up a plan that is written over.
        if let Some(output) = self.output.as_ref().filter(|it| it.exists()) {
            bail!(
                "{} is there already and is left as it is; name a file that is not",
                output.display()
            );
        }
        let aim = Aim {
            weights: Aim::weights(&self.weigh).map_err(|why| anyhow!("--weigh: {why}"))?,
            limits: self.limit.clone(),
        };
        let space = Space::new(self.vary.clone()).map_err(|why| anyhow!(why))?;
        let path = self.file.path()?;
        let written = load(&path, Purpose::Look, Language::of_terminal())?;
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let others = self.others()?;
        let from = self.from.as_deref();
        let from = from.map(|path| callers_of(path, self.columns.as_ref(), &written));
        let from = from.transpose()?;
        let mut scenario = read_scenario(&self.scenario)?;
        let factor = self.make_uncertain(&mut scenario, from.is_some());
        if aim.weights.iter().any(|(term, _)| term.name == "cost") && scenario.cost.is_none() {
            bail!("--weigh has cost, and the scenario says nothing of money; give it a [cost]");
        }
        let zone = written.calendar.zone.clone();
        let prepared = Prepared::new(scenario.clone(), from.as_ref(), &zone)?;
        let recorded = from.is_some() || has_recorded(&scenario);
        let split = self.split(&prepared, recorded);
        let doubts = doubts(&scenario, from.as_ref(), &zone)?;
        let interrupt = Interrupt::listen().context("listening for Ctrl-C")?;
        let bar = Bar(progress::bar(0, "{bar:30} {pos} of at most {len} runs, {eta} left"));
        let read = |text: &str| read_variant(text, &path);
        let tuned = tune(Asked {
            text: &text,
            written,
            others,
            read: &read,
            prepared: &prepared,
            aim: &aim,
            space: &space,
            candidates: self.candidates as usize,
            choice: split.choice.clone(),
            check: split.check.clone(),
            doubts,
            threads: self.threads(),
            stop: interrupt.flag(),
            progress: &bar,
        });
        bar.0.finish_and_clear();
        let tuned = tuned?;
        let shown = Shown {
            plan: path.display().to_string(),
            scenario: self.scenario.display().to_string(),
            from_data: prepared.from_data.clone(),
            assumed: assumed(prepared.scenario()),
            factor,
            chosen_on: split.chosen_on,
            checked_on: split.checked_on,
            aim: &aim,
            space: &space,
            tuned: &tuned,
        };
        if let Some(output) = &self.output {
            std::fs::write(output, &tuned.changed)
                .with_context(|| format!("{} cannot be written", output.display()))?;
        }
        self.print(&shown)?;
        let cut_short = tell_cut_short(from.as_ref());
        Ok(match tuned.interrupted {
            true => ExitCode::FAILURE,
            false => cut_short,
        })
    }

    fn print(&self, shown: &Shown<'_>) -> anyhow::Result<()> {
        let mut out = BufWriter::new(std::io::stdout().lock());
        match self.format {
            Format::Text => text::write(shown, &mut out)?,
            Format::Json => json::write(shown, &mut out)?,
            Format::Html => html::write(shown, &mut out)?,
        }
        out.flush()?;
        if shown.tuned.interrupted {
            tell!("surged: ended before its time, as asked for; what is printed is the best so far");
        }
        Ok(())
    }

    fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(all, usize::from)
    }

    fn others(&self) -> anyhow::Result<Vec<(String, Config)>> {
        let other = |path: &PathBuf| {
            Ok((
                path.display().to_string(),
                load(path, Purpose::Look, Language::of_terminal())?,
            ))
        };
        self.against.iter().map(other).collect()
    }

    /// Gives each queue's calls a factor a day where the scenario gives it none. In words what there is.
    fn make_uncertain(&self, scenario: &mut Scenario, recorded: bool) -> String {
        let mut factors = Vec::new();
        for (name, queue) in &mut scenario.queues {
            if recorded || matches!(queue.calls, Calls::Recorded(_)) {
                factors.push(format!("{name}: days differ as they did"));
                continue;
            }
            let own = queue.day_factor;
            queue.day_factor = own.or(self.uncertain.0);
            factors.push(match (own, queue.day_factor) {
                (None, None) => format!("{name}: every day has the same calls to be expected"),
                (_, Some(shape)) => format!(
                    "{name}: a day's calls differ by {:.0} % from those to be expected (Gamma, shape {shape}, {})",
                    100.0 / shape.sqrt(),
                    if own.is_some() {
                        "by the scenario"
                    } else {
                        "by --uncertain"
                    }
                ),
                (Some(_), None) => String::new(),
            });
        }
        factors.join("; ")
    }

    fn split(&self, prepared: &Prepared, recorded: bool) -> Split {
        let first = self.first_seed;
        let seeds = |from: u64, count: u64| from..from.saturating_add(count);
        let days = prepared.days();
        if recorded && days > 1 {
            let count = u64::from(self.seeds.unwrap_or(4));
            let unit = |day: u32, from: u64| Unit {
                seeds: seeds(from, count),
                day: Some(day),
            };
            let (even, odd) = (days.div_ceil(2), days / 2);
            return Split {
                choice: (0..days).step_by(2).map(|day| unit(day, first)).collect(),
                check: (1..days)
                    .step_by(2)
                    .map(|day| unit(day, first.saturating_add(count)))
                    .collect(),
                chosen_on: format!("{even} recorded days (the 1st, 3rd, 5th ...), {count} seeds each"),
                checked_on: format!("{odd} other recorded days (the 2nd, 4th, 6th ...), {count} other seeds each"),
            };
        }
        let count = u64::from(self.seeds.unwrap_or(32));
        let each = |from: u64| -> Vec<Unit> {
            let one = |seed| Unit {
                seeds: seeds(seed, 1),
                day: None,
            };
            seeds(from, count).map(one).collect()
        };
        let second = first.saturating_add(count);
        let words = |from: u64| format!("seeds {from} to {}", from.saturating_add(count - 1));
        let of_days = match days {
            1 => String::new(),
            days => format!(" of {days} days"),
        };
        Split {
            choice: each(first),
            check: each(second),
            chosen_on: words(first) + &of_days,
            checked_on: words(second) + &of_days,
        }
    }
}

/// Reads a changed plan's text. Its lines are no longer those of the file, so that only what is wrong is told.
fn read_variant(text: &str, path: &Path) -> Result<Config, String> {
    let variable = |name: &str| std::env::var(name).ok();
    let surroundings = Surroundings {
        folder: path.parent().unwrap_or(Path::new("")),
        variable: &variable,
        purpose: Purpose::Look,
        now: Time(jiff::Timestamp::now().as_millisecond()),
    };
    config::parse(text, &path.display().to_string(), &surroundings).map_err(|found| {
        let first = found.found().iter().find(|it| it.severity == config::Severity::Error);
        first.map_or_else(String::new, |it| it.message.clone())
    })
}

fn has_recorded(scenario: &Scenario) -> bool {
    let mut queues = scenario.queues.values();
    queues.any(|queue| matches!(queue.calls, Calls::Recorded(_)))
}

/// What no data tells, as far as a scenario says it.
fn assumed(scenario: &Scenario) -> Vec<String> {
    let moved = &scenario.moved;
    let again = scenario.queues.iter().map(|(name, queue)| match &queue.redial {
        Some(redial) => format!(
            "how many who gave up call again: on {name} {:.0} in a hundred",
            redial.share * 100.0
        ),
        None => format!("how many who gave up call again: on {name} nobody"),
    });
    [
        format!(
            "how many calls for people are obeyed: {:.0} in a hundred",
            scenario.supervisor.obeys * 100.0
        ),
        format!(
            "how people who are moved handle calls: each takes {} of the usual time, and {:.0} in a hundred come",
            moved.pace,
            moved.come * 100.0
        ),
    ]
    .into_iter()
    .chain(again)
    .collect()
}

/// The same floor under other assumptions of what no data tells.
fn doubts(
    scenario: &Scenario,
    from: Option<&CallList>,
    zone: &jiff::tz::TimeZone,
) -> anyhow::Result<Vec<(String, Prepared)>> {
    let mut disobeyed = scenario.clone();
    disobeyed.supervisor.obeys *= 0.6;
    let mut slow = scenario.clone();
    let comings = slow.pools.values_mut().chain([&mut slow.moved, &mut slow.called_in]);
    comings.for_each(|coming| coming.pace *= 1.4);
    let mut again = scenario.clone();
    for queue in again.queues.values_mut() {
        let usual = crate::config::scenario::Redial {
            share: 0.0,
            after: crate::config::scenario::Spread::Exponential {
                mean: crate::core::Millis::from_mins(5),
            },
            most: 3,
        };
        let redial = queue.redial.get_or_insert(usual);
        redial.share = (redial.share + 0.4).min(1.0);
    }
    let worded = [
        ("two in five calls for people that were obeyed are not", disobeyed),
        ("people who are moved take 1.4 times as long", slow),
        ("40 more in a hundred of those who gave up call again", again),
    ];
    let prepared = worded.into_iter().map(|(words, scenario)| {
        let prepared = Prepared::new(scenario, from, zone)?;
        Ok((words.to_owned(), prepared))
    });
    prepared.collect()
}
