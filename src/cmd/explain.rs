//! `surged explain`: how far each tier of a queue had got at a moment, and what kept it from being called.

use super::configuration::ConfigFile;
use super::language::InLanguage;
use super::log::{PATIENCE, tame, tell_passed_over, time, zone};
use super::progress::Reading;
use super::recordings::{CutShort, open_all, ways};
use super::replay::tell_losses;
use crate::config::{self, Config, Purpose};
use crate::core::{Millis, Name, Time};
use crate::journal::Reader;
use crate::lab::explain::told::{Teller, ToldClock, ToldQueue};
use crate::lab::explain::{Known, Moment, Note, Untold, from_log, from_readings};
use crate::lab::recorded::{Form, merged, read_ahead};
use crate::lab::replay::Answers;
use crate::telemetry::{Level, Logs, start_logging};
use crate::wire::Stamp;
use crate::words::{Sentences, columns, span};
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
    #[command(flatten)]
    language: InLanguage,
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
        let language = self.language.chosen();
        let config = self.file.load(Purpose::Look, language)?;
        let zone = self.zone.clone().unwrap_or_else(|| config.calendar.zone.clone());
        let at = self.at.as_deref().map(|text| time(text, &zone)).transpose();
        let at = match at.context("--at is not understood") {
            Ok(at) => at,
            Err(error) => {
                tell!("surged: {error:#}");
                return Ok(ExitCode::from(2));
            }
        };
        let words = Sentences::in_language(language, zone.clone());
        let mut cut = CutShort::default();
        let moment = self
            .moment(&config, at, &words, &mut cut)
            .map_err(|error| in_words(error, &words))?;
        let teller = Teller::new(&moment, language, zone);
        let told = self.tell(&teller, &words)?;
        let notes: Vec<String> = moment.notes.iter().map(|note| note_words(*note, &words)).collect();
        let mut out = BufWriter::new(std::io::stdout().lock());
        match self.format {
            Format::Text => {
                let key = match self.readings.is_empty() {
                    true => "as_written",
                    false => "as_replayed",
                };
                writeln!(out, "{}", say(&words, key, &[("at", &words.time(moment.at))]))?;
                for note in &notes {
                    writeln!(out, "{}", say(&words, "note", &[("note", note)]))?;
                }
                told.iter()
                    .try_for_each(|queue| print_queue(queue, &teller, &words, &mut out))?;
            }
            Format::Json => {
                let found = json!({ "at": Stamp(moment.at), "notes": notes, "queues": told });
                writeln!(out, "{}", serde_json::to_string_pretty(&found)?)?;
            }
        }
        out.flush()?;
        Ok(cut.status())
    }

    /// What is known of a moment, and which of the recordings could not be read up to it.
    fn moment(
        &self,
        config: &Config,
        at: Option<Time>,
        words: &Sentences,
        cut: &mut CutShort,
    ) -> anyhow::Result<Moment> {
        if self.readings.is_empty() {
            let reader = Reader::open(&config.journal.path, PATIENCE)?;
            let moment = from_log(&reader, at, Time(Timestamp::now().as_millisecond()))?;
            tell_passed_over(&reader.take_spoiled(), words);
            return Ok(moment);
        }
        let sources = open_all(&self.readings, &Form::of(config))?;
        let mut progress = Reading::of(ways(&sources));
        let happened = read_ahead(merged(sources)).inspect(|happened| {
            progress.step();
            cut.note(happened.as_ref().err());
        });
        let answers = self.answer_after.map_or(Answers::Recorded, Answers::After);
        let found = from_readings(config, happened, answers, at);
        progress.end();
        // Where nothing is known of the moment, this may be why.
        cut.tell(words.words().language());
        let (moment, summary) = found?;
        tell_losses(&summary, words.words());
        Ok(moment)
    }

    fn tell(&self, teller: &Teller<'_>, words: &Sentences) -> anyhow::Result<Vec<ToldQueue>> {
        let known = teller.queues();
        let Some(queue) = &self.queue else {
            return Ok(known.iter().filter_map(|queue| teller.queue(queue)).collect());
        };
        let told = teller.queue(&Name::from(queue.as_str())).ok_or_else(|| {
            let known: Vec<String> = known.iter().map(Name::to_string).collect();
            let known = words.words().language().list(&known);
            let values = [("queue", &format!("{queue:?}")[..]), ("queues", &known)];
            anyhow!("{}", say(words, "no_such_queue", &values))
        })?;
        Ok(vec![told])
    }
}

fn say(words: &Sentences, key: &str, values: &[(&str, &str)]) -> String {
    words.words().text(&format!("explain.{key}"), values)
}

/// A table: a row and what reset its clock for each tier, and for the release.
fn print_queue(told: &ToldQueue, teller: &Teller<'_>, words: &Sentences, out: &mut impl Write) -> std::io::Result<()> {
    let name = |kind: &str, key: &Name| words.words().name(kind, key.as_str());
    writeln!(
        out,
        "\n{}: {}",
        name("queue", &told.queue),
        tame(&told.words.join(" · "))
    )?;
    let due = |due: Option<Stamp>| due.map_or_else(|| "-".to_owned(), |due| teller.time(due.0));
    let heads = ["tier", "condition", "held", "due_at", "standing"];
    let mut rows = vec![heads.map(|head| say(words, &format!("column_{head}"), &[]))];
    let mut resets = vec![None];
    let mut row = |name: &str, clock: &ToldClock, next, why: &str| {
        rows.push([
            name.to_owned(),
            clock.condition.clone(),
            held(clock, words),
            due(next),
            tame(why),
        ]);
        resets.push(Some(tame(&clock.reset)));
    };
    for tier in &told.tiers {
        row(&name("tier", &tier.tier), &tier.clock, tier.next_due_at, &tier.why);
    }
    if let Some(release) = &told.release {
        let name = say(words, "release", &[]);
        row(&name, &release.clock, release.next_due_at, &release.why);
    }
    let widths: [usize; 5] =
        std::array::from_fn(|column| rows.iter().map(|row| columns(&row[column])).max().unwrap_or(0));
    for (row, reset) in rows.iter().zip(resets) {
        let cells = row.iter().zip(widths);
        let line: Vec<String> = cells
            .map(|(cell, width)| format!("{cell}{:room$}", "", room = width - columns(cell)))
            .collect();
        writeln!(out, "  {}", line.join("  ").trim_end())?;
        if let Some(reset) = reset {
            writeln!(out, "  {:width$}  {reset}", "", width = widths[0])?;
        }
    }
    Ok(())
}

/// How much of what is needed.
fn held(clock: &ToldClock, words: &Sentences) -> String {
    let watch = |seconds: f64| span(Millis((seconds * 1000.0) as i64));
    match (clock.for_s > 0.0, clock.since.is_some()) {
        (true, _) => {
            let values = [("held", &watch(clock.held_s)[..]), ("needed", &watch(clock.for_s))];
            say(words, "held", &values)
        }
        (false, true) => say(words, "holds", &[]),
        (false, false) => say(words, "holds_not", &[]),
    }
}

fn note_words(note: Note, words: &Sentences) -> String {
    let (key, at) = match note {
        Note::Stopped(at) => ("stopped", at),
        Note::Silent(at) => ("silent", at),
        Note::KeptFrom(at) => ("kept_from", at),
        Note::RecordingEnds(at) => ("recording_ends", at),
    };
    say(words, key, &[("at", &words.time(at))])
}

/// The same with its moments in the reader's zone, and what to do.
fn in_words(error: anyhow::Error, words: &Sentences) -> anyhow::Error {
    let (key, at) = match error.downcast_ref::<Untold>() {
        Some(Untold::Before(Known::From(first))) => ("before", words.time(*first)),
        Some(Untold::Before(Known::Never)) => ("never", String::new()),
        Some(Untold::NotKept { from }) => ("not_kept", words.time(*from)),
        Some(Untold::Journal(_)) | None => return error,
    };
    anyhow!("{}", say(words, key, &[("at", &at)]))
}
