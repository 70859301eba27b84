//! `surged replay`: the daemon's own core over what was recorded.

mod html;
mod text;

use super::configuration::{ConfigFile, load};
use super::language::InLanguage;
use super::progress::{Interrupt, Reading};
use super::recordings::{CutShort, Recordings, open_all, ways};
use crate::config::{self, Config, Purpose};
use crate::core::{Decision, Millis, Name, What};
use crate::lab::recorded::{Form, in_order, read_ahead};
use crate::lab::replay::told::{Naming, Teller};
use crate::lab::replay::{Answers, Difference, Drawn, Line, Replay, Summary, differences};
use crate::telemetry::{Level, Logs, start_logging, tell_times_in};
use crate::words::{Sentences, Words};
use anyhow::bail;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Plans beside the first one.
const OTHERS: usize = 4;

/// See what the plan would have done on recorded days
///
/// Runs the daemon's own core over what was recorded, on its own times: readings as `surged record` writes them, Asterisk's queue_log,
/// call lists in CSV, or the duty log of a daemon with the answers that were given. Each file is known by its content, packed with gzip
/// or zstd or not. Depth is what was recorded: people who are moved do not make the recorded callers fewer. What `mode = "shadow"` would
/// keep from the floor is printed as well, and marked.
#[derive(Args)]
#[command(after_help = "\
Examples:
  surged replay -c config/surged.toml today.jsonl.gz
  surged replay -c config/surged.toml --answer-after 60s /var/log/asterisk/queue_log
  surged replay -c config/surged.toml /var/lib/surged/surged.db
  surged replay -c config/surged.toml --against my.toml --format html today.jsonl.gz > parted.html

docs/replay.md describes every kind of file.")]
pub struct ReplayArgs {
    #[command(flatten)]
    file: ConfigFile,
    #[command(flatten)]
    recordings: Recordings,
    /// text: sentences and a summary; jsonl: one instruction a line; json: the same list with a summary around it; html: one page to keep
    /// and to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Every instruction is done, and every tier that waits for a yes has it, so long after it was asked for, as in 60s; without it
    /// whoever answered in a duty log answers, and nobody else
    #[arg(long, value_name = "TIME", value_parser = config::duration::parse)]
    answer_after: Option<Millis>,
    /// Another configuration: where it parts from the first, and both summaries; may be given several times
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    against: Vec<PathBuf>,
    /// How many differences are told of each of them
    #[arg(long, value_name = "N", default_value_t = 20)]
    show: usize,
    #[command(flatten)]
    language: InLanguage,
}

#[derive(Copy, Clone, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Jsonl,
    Json,
    Html,
}

/// What a plan came to, beside the first.
struct Replayed {
    /// Its file.
    name: String,
    lines: Vec<Line>,
    summary: Summary,
    /// From the first plan; of itself none.
    differences: Vec<Difference>,
}

impl ReplayArgs {
    /// Replays, and prints to standard output.
    ///
    /// # Errors
    /// A configuration at fault, a file that cannot be read or is of no known kind, nothing in it that could be replayed, standard output. A
    /// file that ends before its end is replayed as far as it goes, and the exit status is 1.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let _logs = start_logging(Logs::Text, Level::Command);
        let language = self.language.chosen();
        let config = self.file.load(Purpose::Look, language)?;
        tell_times_in(&config.calendar.zone);
        if self.against.len() > OTHERS {
            bail!("--against takes at most {OTHERS} plans; came {}", self.against.len());
        }
        let form = self.recordings.reading.form(&config);
        let interrupt = Interrupt::listen()?;
        let mut out = BufWriter::new(std::io::stdout().lock());
        let words = Sentences::in_language(language, config.calendar.zone.clone());
        let mut cut = CutShort::default();
        if self.against.is_empty() && self.format != Format::Html {
            self.print(&config, &words, &form, (&interrupt, &mut cut), &mut out)?;
        } else {
            self.compare(&config, &words, &form, (&interrupt, &mut cut), &mut out)?;
        }
        out.flush()?;
        cut.tell(language);
        if interrupt.asked() {
            tell!("surged: {}", words.words().text("replay.ended_early", &[]));
            return Ok(ExitCode::FAILURE);
        }
        Ok(cut.status())
    }

    /// One plan: decisions as they are made.
    fn print(
        &self,
        config: &Config,
        words: &Sentences,
        form: &Form,
        ends: (&Interrupt, &mut CutShort),
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let mut lines = Vec::new();
        let mut written = Ok(());
        let print = |decision: &Decision| {
            let wrote = match (self.format, Line::of(decision)) {
                (Format::Text, _) if is_told(decision) => {
                    let (time, queue) = (words.time(decision.at), &decision.queue);
                    writeln!(out, "{time}  {queue:12}  {}", words.decision(decision))
                }
                (Format::Jsonl, Some(line)) => serde_json::to_string(&line)
                    .map_err(Into::into)
                    .and_then(|line| writeln!(out, "{line}")),
                (Format::Json, Some(line)) => {
                    lines.push(line);
                    Ok(())
                }
                _ => Ok(()),
            };
            if written.is_ok() {
                written = wrote;
            }
        };
        let (summary, _) = self.replay(config, form, ends, print)?;
        written?;
        match self.format {
            Format::Json => {
                let found = json!({ "summary": summary, "decisions": lines });
                writeln!(out, "{}", serde_json::to_string_pretty(&found)?)?;
            }
            Format::Text => {
                let name = naming(words);
                text::write_summary(&summary, &config.plan, &teller(words, config, &name), out)?;
            }
            Format::Jsonl | Format::Html => {}
        }
        out.flush()?;
        tell_losses(&summary, words.words());
        Ok(())
    }

    /// Several plans, or one that is drawn: all of it is known before anything is written.
    fn compare(
        &self,
        config: &Config,
        words: &Sentences,
        form: &Form,
        (interrupt, cut): (&Interrupt, &mut CutShort),
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let mut plans: Vec<Replayed> = Vec::new();
        let mut first_drawn = Drawn::default();
        let path = self.file.path()?;
        for path in std::iter::once(&path).chain(&self.against) {
            let loaded = match plans.is_empty() {
                true => None,
                false => Some(load(path, Purpose::Look, words.words().language())?),
            };
            let mut lines = Vec::new();
            let config = loaded.as_ref().unwrap_or(config);
            let ends = (interrupt, &mut *cut);
            let (summary, drawn) = self.replay(config, form, ends, |decision| lines.extend(Line::of(decision)))?;
            let differences = match plans.first() {
                Some(first) => differences(&first.lines, &lines),
                None => {
                    first_drawn = drawn;
                    Vec::new()
                }
            };
            plans.push(Replayed {
                name: path.display().to_string(),
                lines,
                summary,
                differences,
            });
        }
        let name = naming(words);
        let teller = teller(words, config, &name);
        match self.format {
            Format::Text => text::write_comparison(&plans, self.show, &config.plan, &teller, out)?,
            Format::Html => html::Page {
                plans: &plans,
                drawn: &first_drawn,
                plan: &config.plan,
                teller: &teller,
                show: self.show,
            }
            .write(out)?,
            Format::Jsonl => {
                for plan in plans.iter().skip(1) {
                    for difference in &plan.differences {
                        let mut line = serde_json::to_value(difference)?;
                        line["plan"] = json!(plan.name);
                        writeln!(out, "{line}")?;
                    }
                }
            }
            Format::Json => {
                let told = |plan: &Replayed| json!({ "plan": plan.name, "summary": plan.summary, "differences": plan.differences });
                let told: Vec<_> = plans.iter().map(told).collect();
                writeln!(out, "{}", serde_json::to_string_pretty(&json!({ "plans": told }))?)?;
            }
        }
        out.flush()?;
        tell_losses(&plans[0].summary, words.words());
        Ok(())
    }

    fn replay(
        &self,
        config: &Config,
        form: &Form,
        (interrupt, cut): (&Interrupt, &mut CutShort),
        mut decided: impl FnMut(&Decision),
    ) -> anyhow::Result<(Summary, Drawn)> {
        let sources = open_all(&self.recordings.files, form)?;
        let mut progress = Reading::of(ways(&sources));
        let answers = self.answer_after.map_or(Answers::Recorded, Answers::After);
        let mut replay = Replay::new(config, answers);
        if self.format == Format::Html {
            replay.draw();
        }
        for happened in read_ahead(in_order(sources)) {
            progress.step();
            cut.note(happened.as_ref().err());
            replay.take(happened, &mut decided);
            if interrupt.asked() {
                break;
            }
        }
        progress.end();
        let (summary, drawn) = replay.end_drawn();
        of_any_use(&summary, config)?;
        Ok((summary, drawn))
    }
}

/// What queues and tiers are called.
fn naming(words: &Sentences) -> impl Fn(&str, &Name) -> String + '_ {
    |kind, name| words.words().name(kind, name.as_str())
}

fn teller<'a>(words: &Sentences, config: &'a Config, name: &'a Naming<'a>) -> Teller<'a> {
    Teller {
        language: words.words().language(),
        zone: &config.calendar.zone,
        name: Some(name),
    }
}

/// A replay of nothing says so, and is no success.
fn of_any_use(summary: &Summary, config: &Config) -> anyhow::Result<()> {
    if summary.readings > 0 {
        return Ok(());
    }
    if let Some(first) = summary.first_fault.as_ref().filter(|_| summary.faulty_lines == 0) {
        bail!("nothing could be read: {first}");
    }
    if let Some(first) = &summary.first_fault {
        bail!(
            "nothing could be read: {} lines are at fault; the first: {first}. If the file is of another kind, say which with --input",
            summary.faulty_lines
        );
    }
    if !summary.unknown_queues.is_empty() {
        let names = |names: Vec<String>| names.join(", ");
        let theirs = summary
            .unknown_queues
            .keys()
            .take(10)
            .map(ToString::to_string)
            .collect();
        let ours = config.plan.queues.keys().map(ToString::to_string).collect();
        bail!(
            "no reading is of a queue of the plan: the files have {}, the plan has {}; name the phone system's queue with \
             queue.<key>.source, or the queue of a call list with --file-queue",
            names(theirs),
            names(ours)
        );
    }
    Ok(())
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

/// What was in the files and not replayed, on standard error.
pub(super) fn tell_losses(summary: &Summary, words: &Words) {
    let tell = |key: &str, n: u64, named: &[(&str, &str)]| {
        let n = n.to_string();
        let values = [&[("n", &n[..])], named].concat();
        tell!("surged: {}", words.text(&format!("replay.{key}"), &values));
    };
    if summary.faulty_lines > 0 {
        tell("lines_faulty", summary.faulty_lines, &[]);
    }
    if summary.older > 0 {
        tell("older", summary.older, &[]);
    }
    for (queue, count) in &summary.unknown_queues {
        tell("unknown_queue", *count, &[("queue", &format!("{queue:?}"))]);
    }
    for (feed, count) in &summary.unknown_feeds {
        tell("unknown_feed", *count, &[("feed", &format!("{feed:?}"))]);
    }
}
