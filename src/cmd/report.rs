//! `surged report`: the five tables and what stands beside them, out of the duty log.

use super::language::InLanguage;
use super::log::{LogFile, PATIENCE, tell_passed_over};
use crate::journal::Reader;
use crate::report::{Document, NoReport, Report, Wanted, draw_up};
use crate::words::{Sentences, Words};
use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Steps of the bar.
const STEPS: u64 = 1_000;

/// Draw up the report for leaders: what was, what is to be expected, and what the steps did
///
/// From the duty log, which the daemon may go on writing: seats for each hour of the month that follows, by a forecast that learns from
/// the 62 days before; calls to be expected and what the seats carry; calls and people as they were; both against the forecast, with the
/// forecast's errors; answered calls against 90 %; each surge before, during and after; what each step did to the callers, and what cannot
/// be inferred from that; who was lent, against what is fair; hours against 40 a week; alarms a supervisor.
///
/// What the log does not tell is left out and said, never zero. With the configuration (-c) holidays, labels and the floor's zone are known;
/// with --journal alone they are not.
#[derive(Args)]
pub struct ReportArgs {
    #[command(flatten)]
    file: LogFile,
    /// The month to report on, as in 2026-10; without it, and without --from, the last whole month of the log, or what there is of
    /// the month in which it began
    #[arg(long, value_name = "MONTH", conflicts_with_all = ["from", "to"])]
    month: Option<String>,
    /// The first day, as in 2026-10-05
    #[arg(long, value_name = "DAY", requires = "to")]
    from: Option<Date>,
    /// The last day, included; 92 days at most
    #[arg(long, value_name = "DAY", requires = "from")]
    to: Option<Date>,
    /// text: tables without their hours; html: one page with charts, to keep and to print; csv: every table; json: all numbers
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    language: InLanguage,
    /// Write report.html, report.json and a CSV file for each table into this folder, in place of printing
    #[arg(short = 'o', long = "output", value_name = "DIR", conflicts_with = "format")]
    output: Option<PathBuf>,
    /// Time zone of days and hours, as in Asia/Shanghai; without it that of the configuration, or UTC
    #[arg(long, value_parser = super::log::zone)]
    zone: Option<TimeZone>,
}

#[derive(Copy, Clone, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Html,
    Csv,
    Json,
}

impl ReportArgs {
    /// Draws it up and prints it.
    ///
    /// # Errors
    /// The log cannot be read, days that are none, standard output.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let place = self.file.locate()?;
        let zone = self.zone.clone().unwrap_or_else(|| place.zone.clone());
        let reader = Reader::open(&place.journal, PATIENCE)?;
        let days = match self.days() {
            Ok(days) => days,
            Err(fault) => {
                tell!("surged: {fault:#}");
                return Ok(ExitCode::from(2));
            }
        };
        let wanted = Wanted {
            days,
            zone,
            calendar: place.config.as_ref().map(|config| config.calendar.clone()),
            plan: place.config.as_ref().map(|config| config.plan.clone()),
            queues: None,
        };
        let report = drawn_up(&reader, &wanted)?;
        let language = self.language.chosen();
        tell_passed_over(
            &reader.take_spoiled(),
            &Sentences::in_language(language, wanted.zone.clone()),
        );
        let house = place
            .config
            .as_ref()
            .map(crate::daemon::house_on_paper)
            .unwrap_or_default();
        let document = report.document(&Words::new(language, Arc::new(house)).in_zone(wanted.zone.clone()));
        match &self.output {
            Some(folder) => write_all(folder, &report, &document)?,
            None => {
                let mut out = BufWriter::new(io::stdout().lock());
                self.format.write(&report, &document, &mut out)?;
                out.flush()?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// `None`: nobody says which.
    fn days(&self) -> anyhow::Result<Option<(Date, usize)>> {
        if let Some(month) = &self.month {
            return Wanted::month(month)
                .map(Some)
                .map_err(|fault| anyhow!("--month: {fault}"));
        }
        if let (Some(from), Some(to)) = (self.from, self.to) {
            return Wanted::between(from, to)
                .map(Some)
                .map_err(|fault| anyhow!("--from, --to: {fault}"));
        }
        Ok(None)
    }
}

impl Format {
    fn write(self, report: &Report, document: &Document, out: &mut impl Write) -> anyhow::Result<()> {
        match self {
            Format::Text => document.write_text(out)?,
            Format::Html => out.write_all(document.html().as_bytes())?,
            Format::Csv => document.write_csv(out)?,
            Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(report)?)?,
        }
        Ok(())
    }
}

fn drawn_up(reader: &Reader, wanted: &Wanted) -> Result<Report, NoReport> {
    let bar = match io::stderr().is_terminal() {
        true => ProgressBar::new(STEPS),
        false => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("reading the duty log {bar:40} {percent} %, {eta} left") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_secs(1));
    let report = draw_up(reader, wanted, &mut |share| {
        bar.set_position((share * STEPS as f64) as u64);
        true
    });
    bar.finish_and_clear();
    report
}

fn write_all(folder: &Path, report: &Report, document: &Document) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let create = |name: &str| {
        let path = folder.join(name);
        let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok::<_, anyhow::Error>(BufWriter::new(file))
    };
    for (name, format) in [("report.html", Format::Html), ("report.json", Format::Json)] {
        let mut file = create(name)?;
        format.write(report, document, &mut file)?;
        file.flush()?;
    }
    let mut taken = BTreeSet::new();
    for (_, table) in document.tables() {
        let mut file = create(&format!("{}.csv", file_name(&table.id, &mut taken)))?;
        // So that spreadsheets read Chinese as what it is.
        file.write_all("\u{feff}".as_bytes())?;
        table.write_csv(&mut file)?;
        file.flush()?;
    }
    writeln!(io::stdout(), "{}", folder.join("report.html").display())?;
    Ok(())
}

/// What the file of a table is called. A queue's name is what somebody typed: two that come to the same are told apart by a number.
fn file_name(id: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
    let name: String = id.chars().map(plain).collect();
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    // Some file systems know no large letters.
    let free = names.find(|name| taken.insert(name.to_lowercase()));
    free.unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_table_is_written_over_another() {
        let mut taken = BTreeSet::new();
        let names =
            ["surges-in bound", "surges-in_bound", "surges-IN_bound", "seats"].map(|id| file_name(id, &mut taken));
        assert_eq!(
            names,
            ["surges-in_bound", "surges-in_bound-2", "surges-IN_bound-3", "seats"]
        );
    }
}
