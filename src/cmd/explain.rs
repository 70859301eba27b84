//! `surged explain`: how far each tier of a queue had got at a moment, and what kept it from being called.

use super::configuration::ConfigFile;
use super::log::{PATIENCE, tame, time, zone};
use super::progress::Reading;
use super::recordings::{open_all, ways};
use super::replay::tell_losses;
use crate::config::{self, Config, Purpose};
use crate::core::{Millis, Name, Time};
use crate::journal::Reader;
use crate::lab::explain::told::{Teller, ToldClock, ToldQueue};
use crate::lab::explain::{Known, Moment, Note, Untold, from_log, from_readings};
use crate::lab::recorded::{Form, merged};
use crate::lab::replay::Answers;
use crate::telemetry::{Level, Logs, start_logging};
use crate::wire::Stamp;
use crate::words::{Sentences, span};
use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// See what kept a tier from being called
///
/// For a moment, each tier of the ladder in force: its condition, for how long it had held, what reset it last, what kept it from
/// being called, and when it would be due. Read from the duty log of the configuration, also while the daemon runs; or, with
/// --readings, from recordings that the daemon's own core replays up to that moment.
#[derive(Args)]
pub struct ExplainArgs {
    #[command(flatten)]
    file: ConfigFile,
    /// Only this queue; without it every one
    #[arg(long)]
    queue: Option<String>,
    /// The moment: "2026-11-02 09:30" (in --zone) or 2026-11-02T01:30:00Z; without it now, or the end of the recording
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Time zone of --at and of the times that are printed, as in Asia/Shanghai; without it that of the configuration
    #[arg(long, value_parser = zone)]
    zone: Option<TimeZone>,
    /// Files of readings to replay, merged by time, in place of the duty log
    #[arg(long, value_name = "READINGS", num_args = 1..)]
    readings: Vec<PathBuf>,
    /// In the replay every instruction is done so long after it was given, as in 60s; without it nobody ever answers
    #[arg(long, value_name = "TIME", value_parser = config::duration::parse, requires = "readings")]
    answer_after: Option<Millis>,
    /// text: a table for people; json: the same for programs
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Copy, Clone, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl ExplainArgs {
    /// Explains, and prints to standard output.
    ///
    /// # Errors
    /// A configuration at fault, a log or a file that cannot be read, a moment of which nothing is known, a queue that was not
    /// there, standard output.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let _logs = start_logging(Logs::Text, Level::Command);
        let config = self.file.load(Purpose::Look)?;
        let zone = self.zone.clone().unwrap_or_else(|| config.calendar.zone.clone());
        let at = self.at.as_deref().map(|text| time(text, &zone)).transpose();
        let at = match at.context("--at is not understood") {
            Ok(at) => at,
            Err(error) => {
                eprintln!("surged: {error:#}");
                return Ok(ExitCode::from(2));
            }
        };
        let words = Sentences::new(zone.clone());
        let moment = self.moment(&config, at).map_err(|error| in_words(error, &words))?;
        let teller = Teller::new(&moment, zone);
        let told = self.tell(&teller)?;
        let notes: Vec<String> = moment.notes.iter().map(|note| note_words(*note, &words)).collect();
        let mut out = BufWriter::new(std::io::stdout().lock());
        match self.format {
            Format::Text => self.print(&words.time(moment.at), &notes, &told, &teller, &mut out)?,
            Format::Json => {
                let found = json!({ "at": Stamp(moment.at), "notes": notes, "queues": told });
                writeln!(out, "{}", serde_json::to_string_pretty(&found)?)?;
            }
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    fn moment(&self, config: &Config, at: Option<Time>) -> anyhow::Result<Moment> {
        if self.readings.is_empty() {
            let reader = Reader::open(&config.journal.path, PATIENCE)?;
            return Ok(from_log(&reader, at, Time(Timestamp::now().as_millisecond()))?);
        }
        let sources = open_all(&self.readings, &Form::of(config))?;
        let mut progress = Reading::of(ways(&sources));
        let happened = merged(sources).inspect(|_| progress.step());
        let answers = self.answer_after.map_or(Answers::Recorded, Answers::After);
        let (moment, summary) = from_readings(config, happened, answers, at)?;
        progress.end();
        tell_losses(&summary);
        Ok(moment)
    }

    fn tell(&self, teller: &Teller<'_>) -> anyhow::Result<Vec<ToldQueue>> {
        let known = teller.queues();
        let Some(queue) = &self.queue else {
            return Ok(known.iter().filter_map(|queue| teller.queue(queue)).collect());
        };
        let told = teller.queue(&Name::from(queue.as_str())).ok_or_else(|| {
            let known: Vec<&str> = known.iter().map(Name::as_str).collect();
            anyhow!(
                "there was no queue {queue:?} at that moment; there were: {}",
                known.join(", ")
            )
        })?;
        Ok(vec![told])
    }

    fn print(
        &self,
        at: &str,
        notes: &[String],
        told: &[ToldQueue],
        teller: &Teller<'_>,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        let source = if self.readings.is_empty() {
            "by the duty log"
        } else {
            "by a replay of readings"
        };
        writeln!(out, "{at}, {source}")?;
        for note in notes {
            writeln!(out, "Note: {note}")?;
        }
        told.iter().try_for_each(|queue| print_queue(queue, teller, out))
    }
}

/// A table: a row and what reset its clock for each tier, and for the release.
fn print_queue(told: &ToldQueue, teller: &Teller<'_>, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "\n{}: {}", told.queue, tame(&told.words.join(" · ")))?;
    let due = |due: Option<Stamp>| due.map_or_else(|| "-".to_owned(), |due| teller.time(due.0));
    let mut rows = vec![["tier", "due when", "held", "due at", "how it stands"].map(str::to_owned)];
    let mut resets = vec![None];
    let mut row = |name: &str, clock: &ToldClock, next, why: &str| {
        rows.push([
            name.to_owned(),
            clock.condition.clone(),
            held(clock),
            due(next),
            tame(why),
        ]);
        resets.push(Some(tame(&clock.reset)));
    };
    for tier in &told.tiers {
        row(tier.tier.as_str(), &tier.clock, tier.next_due_at, &tier.why);
    }
    if let Some(release) = &told.release {
        row("(release)", &release.clock, release.next_due_at, &release.why);
    }
    let widths: [usize; 5] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    for (row, reset) in rows.iter().zip(resets) {
        let line: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        writeln!(out, "  {}", line.join("  ").trim_end())?;
        if let Some(reset) = reset {
            writeln!(out, "  {:width$}  {reset}", "", width = widths[0])?;
        }
    }
    Ok(())
}

/// How much of what is needed.
fn held(clock: &ToldClock) -> String {
    let watch = |seconds: f64| span(Millis((seconds * 1000.0) as i64));
    match (clock.for_s > 0.0, clock.since.is_some()) {
        (true, _) => format!("{} of {}", watch(clock.held_s), watch(clock.for_s)),
        (false, true) => "it holds".to_owned(),
        (false, false) => "no".to_owned(),
    }
}

fn note_words(note: Note, words: &Sentences) -> String {
    match note {
        Note::Stopped(at) => format!(
            "surged was stopped at {} and not running at this moment; this is what the plan by itself would have made of it.",
            words.time(at)
        ),
        Note::Silent(at) => format!(
            "nothing was written from {} to this moment: surged may not have been running, or its duty log failed.",
            words.time(at)
        ),
        Note::KeptFrom(at) => format!(
            "readings before {} are no longer kept; a window that began before is counted from there.",
            words.time(at)
        ),
        Note::RecordingEnds(at) => format!("the recording ends at {}, before this moment.", words.time(at)),
    }
}

/// The same with its moments in the reader's zone, and what to do.
fn in_words(error: anyhow::Error, words: &Sentences) -> anyhow::Error {
    match error.downcast_ref::<Untold>() {
        Some(Untold::Before(Known::From(first))) => {
            anyhow!("{error}; it begins at {}: name a later --at", words.time(*first))
        }
        Some(Untold::Before(Known::Never)) => anyhow!("{error}: name a log or a recording that holds that time"),
        Some(Untold::NotKept { from }) => anyhow!(
            "{error}: they begin at {} (journal.keep_readings). What was decided and answered is still there: \
             surged log show --until …",
            words.time(*from)
        ),
        _ => error,
    }
}
