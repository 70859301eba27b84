//! `surged replay`: the daemon's own core over recorded readings.

use super::configuration::{ConfigFile, load};
use super::progress::{Interrupt, Reading};
use super::recordings::{Recordings, open_all, ways};
use crate::config::{self, Config, Purpose};
use crate::core::{Decision, Millis, What};
use crate::lab::recorded::merged;
use crate::lab::replay::{Answers, Line, Replay, Summary};
use crate::telemetry::{Level, Logs, start_logging};
use crate::wire::Stamp;
use crate::words::Sentences;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// See what the plan would have done on recorded days
///
/// Runs the daemon's own core over files of readings (JSON lines, also .gz and .zst), on the readings' own times. Instructions reach
/// the floor at once, and depth is what was recorded: people who are moved do not make the recorded callers fewer. What `mode =
/// "shadow"` would keep from the floor is printed as well, and marked.
#[derive(Args)]
pub struct ReplayArgs {
    #[command(flatten)]
    file: ConfigFile,
    #[command(flatten)]
    recordings: Recordings,
    /// text: sentences; jsonl: one instruction a line; json: the same list with a summary around it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Every instruction is done, and every tier that waits for a yes has it, so long after it was asked for, as in 60s; without it
    /// nobody ever answers
    #[arg(long, value_name = "TIME", value_parser = config::duration::parse)]
    answer_after: Option<Millis>,
    /// A second configuration: print only where its instructions differ, and both summaries
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

#[derive(Copy, Clone, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Jsonl,
    Json,
}

impl ReplayArgs {
    /// Replays, and prints to standard output.
    ///
    /// # Errors
    /// A configuration at fault, a file that cannot be read, standard output.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let _logs = start_logging(Logs::Text, Level::Command);
        let config = self.file.load(Purpose::Look)?;
        let mut out = BufWriter::new(std::io::stdout().lock());
        match &self.against {
            Some(other) => self.compare(&config, &load(other, Purpose::Look)?, &mut out)?,
            None => self.print(&config, &mut out)?,
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    fn print(&self, config: &Config, out: &mut impl Write) -> anyhow::Result<()> {
        let words = Sentences::new(config.calendar.zone.clone());
        let mut lines = Vec::new();
        let mut written = Ok(());
        let summary = self.replay(config, |decision| {
            let line = line_of(decision);
            let wrote = match (self.format, line) {
                (Format::Text, _) => match is_told(decision) {
                    true => writeln!(
                        out,
                        "{}  {:12}  {}",
                        words.time(decision.at),
                        decision.queue,
                        words.decision(decision)
                    ),
                    false => Ok(()),
                },
                (Format::Jsonl, Some(line)) => serde_json::to_string(&line)
                    .map_err(Into::into)
                    .and_then(|line| writeln!(out, "{line}")),
                (Format::Json, Some(line)) => {
                    lines.push(line);
                    Ok(())
                }
                (_, None) => Ok(()),
            };
            if written.is_ok() {
                written = wrote;
            }
        })?;
        written?;
        match self.format {
            Format::Text => write_summary(&summary, out)?,
            Format::Jsonl => tell_losses(&summary),
            Format::Json => writeln!(
                out,
                "{}",
                serde_json::to_string_pretty(&json!({ "summary": summary, "decisions": lines }))?
            )?,
        }
        Ok(())
    }

    fn compare(&self, one: &Config, other: &Config, out: &mut impl Write) -> anyhow::Result<()> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let summaries = [
            self.replay(one, |decision| ours.extend(line_of(decision)))?,
            self.replay(other, |decision| theirs.extend(line_of(decision)))?,
        ];
        // Numbers count on differently after the first difference: they are not what differs.
        let key = |line: &Line| {
            let mut line = line.clone();
            (line.id, line.of) = (crate::core::InstructionId(0), None);
            serde_json::to_string(&line)
        };
        let ours: Vec<String> = ours.iter().map(key).collect::<Result<_, _>>()?;
        let theirs: Vec<String> = theirs.iter().map(key).collect::<Result<_, _>>()?;
        let (known, other_known): (BTreeSet<&String>, BTreeSet<&String>) =
            (ours.iter().collect(), theirs.iter().collect());
        let gone = ours
            .iter()
            .filter(|line| !other_known.contains(line))
            .map(|line| ("-", line));
        let come = theirs
            .iter()
            .filter(|line| !known.contains(line))
            .map(|line| ("+", line));
        let mut differing: Vec<(&str, &String)> = gone.chain(come).collect();
        // Every line begins with its time.
        differing.sort_by(|one, other| one.1.cmp(other.1));
        for (sign, line) in &differing {
            writeln!(out, "{sign} {line}")?;
        }
        let names = [self.file.path()?, self.against.clone().unwrap_or_default()];
        for (summary, (sign, name)) in summaries.iter().zip(["-", "+"].iter().zip(names)) {
            writeln!(out, "\n{sign} {}", name.display())?;
            write_summary(summary, out)?;
        }
        Ok(())
    }

    fn replay(&self, config: &Config, mut decided: impl FnMut(&Decision)) -> anyhow::Result<Summary> {
        let sources = open_all(&self.recordings.files, &self.recordings.reading.form(config))?;
        let mut progress = Reading::of(ways(&sources));
        let interrupt = Interrupt::listen()?;
        let answers = self.answer_after.map_or(Answers::Recorded, Answers::After);
        let mut replay = Replay::new(config, answers);
        for happened in merged(sources) {
            progress.step();
            replay.take(happened, &mut decided);
            if interrupt.asked() {
                break;
            }
        }
        progress.end();
        Ok(replay.end())
    }
}

fn line_of(decision: &Decision) -> Option<Line> {
    match &decision.what {
        What::Instruct { instruction, .. } => Some(Line::from(instruction)),
        _ => None,
    }
}

/// What a reader of the text wants to see: moves, what kept moves from being made, and when nobody could see.
fn is_told(decision: &Decision) -> bool {
    !matches!(
        decision.what,
        What::Answered { .. }
            | What::Settled { .. }
            | What::Freed { .. }
            | What::Gone { .. }
            | What::TakenAsLeft { .. }
            | What::IncidentEnds { .. }
            | What::OnlyMovesCounted {}
            | What::PassedUp { .. }
            | What::Unanswered { .. }
    )
}

fn write_summary(summary: &Summary, out: &mut impl Write) -> std::io::Result<()> {
    let time = |stamp: Option<Stamp>| stamp.map_or_else(|| "nothing".to_owned(), |stamp| stamp.to_string());
    writeln!(
        out,
        "\n{} readings from {} to {}; {} surges",
        summary.readings,
        time(summary.from),
        time(summary.to),
        summary.surges
    )?;
    writeln!(out, "{:20} {:16} {:12} {:>6}", "queue", "tier", "action", "times")?;
    for count in &summary.instructions {
        writeln!(
            out,
            "{:20} {:16} {:12} {:>6}",
            count.queue,
            count.tier,
            count.action.as_str(),
            count.times
        )?;
    }
    writeln!(
        out,
        "due but nobody to ask: {}; moves of under ten minutes: {}; went blind: {}",
        summary.skipped, summary.short_stays, summary.blind
    )?;
    writeln!(
        out,
        "Recorded callers are not made fewer by moves: this shows when the plan would have acted, not what it would have achieved."
    )?;
    out.flush()?;
    tell_losses(summary);
    Ok(())
}

/// What was in the files and not replayed, on standard error.
pub(super) fn tell_losses(summary: &Summary) {
    if summary.faulty_lines > 0 {
        eprintln!(
            "surged: {} lines could not be read and were passed over",
            summary.faulty_lines
        );
    }
    if summary.older > 0 {
        eprintln!(
            "surged: {} readings were older than the last of their queue, or its repetition, and were dropped",
            summary.older
        );
    }
    for (queue, count) in &summary.unknown_queues {
        eprintln!("surged: {count} readings are of queue {queue:?}, which the configuration does not have");
    }
}
