//! `surged log`: reads the duty log, also while the daemon runs.

use super::configuration::{ConfigFile, Place};
use super::forget::forget;
use super::language::{InLanguage, in_language};
use crate::core::{Name, Time};
use crate::floor::LogRecord;
use crate::journal::{Entry, Fact, JournalError, Reader, Record, Select, Spoiled, Verdict};
use crate::shift::{Matters, effect_settled_by};
use crate::wire::Stamp;
use crate::words::{Language, Sentences, Words};
use anyhow::{Context, anyhow};
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How long the daemon's lock on the database is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Read the duty log: what happened, who did it, and why
#[derive(Args)]
pub struct Log {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Print the log in sentences, one line an entry
    ///
    /// Readings of the phone system are left out unless --readings asks for them. The daemon may be running. Below the entry by which
    /// the people of a call came stands what it did to the callers, and what cannot be inferred from that.
    Show {
        #[command(flatten)]
        file: LogFile,
        #[command(flatten)]
        which: Which,
        /// In place of the entries: the floor on one printable page, as the log leaves it, for going on by hand
        #[arg(long, conflicts_with_all = ["queue", "since", "until", "last", "readings"])]
        paper: bool,
        #[command(flatten)]
        language: InLanguage,
    },
    /// See whether somebody has changed the log
    ///
    /// Every entry but readings seals all entries before it. This walks the whole log, and exits with 0 where it is
    /// as it was written, and with 1 where it is not. Keep the last hash that it prints somewhere else: it also
    /// proves that the log was not written anew from the beginning.
    Verify {
        #[command(flatten)]
        file: LogFile,
        /// Time zone of the times that are printed, as in Asia/Shanghai; without it that of the configuration, or UTC
        #[arg(long, value_parser = zone)]
        zone: Option<TimeZone>,
        #[command(flatten)]
        language: InLanguage,
    },
    /// Write the log for other programs
    ///
    /// jsonl: one object a line, the recorded facts under "record". csv: the same in columns, with a header; RFC
    /// 4180. Times are UTC, words are English.
    Export {
        #[command(flatten)]
        file: LogFile,
        /// The form
        #[arg(long, value_enum, default_value = "jsonl")]
        format: Format,
        #[command(flatten)]
        which: Which,
    },
    Sign(super::sign::Sign),
    /// Take a person's name out of the log
    ///
    /// Entries refer to people by number; names stand in a table of their own. This empties the person's row there: from then on
    /// everything says "forgotten (person 17)". The hash chain stays whole, `surged log verify` goes on to prove it, and an entry
    /// says what was done, without the name. The daemon may be running.
    ///
    /// It cannot be undone. It does not touch notes and reasons, in which somebody may have written the name (the entries are
    /// listed), entries written by a surged that did not keep names apart, exports, backups, tokens.json, and surged's own log
    /// lines. Take the person out of the plan and revoke their token first: whoever is still there is known again later, as another
    /// person.
    Forget {
        #[command(flatten)]
        file: LogFile,
        /// Staff number, name in the plan, or name of a token, letter by letter
        #[arg(value_name = "STAFF_NO_OR_NAME")]
        who: String,
    },
}

/// Where the log is.
#[derive(Args)]
pub(super) struct LogFile {
    #[command(flatten)]
    config: ConfigFile,
    /// The duty log itself, in place of the one that the configuration names
    #[arg(long, value_name = "PATH", conflicts_with = "config")]
    journal: Option<PathBuf>,
}

/// Which entries, and how their times are read and written.
#[derive(Args)]
struct Which {
    /// Only what names this queue
    #[arg(long)]
    queue: Option<String>,
    /// From this time on: 2026-11-02, "2026-11-02 09:30" (both in --zone) or 2026-11-02T01:30:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before this time, written like --since
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only the last N of them
    #[arg(long, value_name = "N")]
    last: Option<u32>,
    /// The phone system's readings and signs of life as well
    #[arg(long)]
    readings: bool,
    /// Time zone of --since, --until and of the times that are printed, as in Asia/Shanghai; without it that of the configuration, or
    /// UTC
    #[arg(long, value_parser = zone)]
    zone: Option<TimeZone>,
}

#[derive(Copy, Clone, ValueEnum)]
enum Format {
    Jsonl,
    Csv,
}

impl Log {
    /// Prints what was asked for to standard output.
    ///
    /// # Errors
    /// The log cannot be read, or standard output not be written.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.verb.language();
        self.printed(language).map_err(|error| in_language(error, language))
    }

    fn printed(self, language: Language) -> anyhow::Result<ExitCode> {
        let mut out = BufWriter::new(io::stdout().lock());
        let done = match self.verb {
            Verb::Show {
                file,
                which,
                paper,
                language: _,
            } => {
                let place = file.locate()?;
                match paper {
                    true => {
                        let printed = super::paper::print(&place.journal, place.config.as_ref(), language, &mut out);
                        printed.map(|()| ExitCode::SUCCESS).map_err(Stop::from)
                    }
                    false => show(&open(&place)?, &which.at(place.zone), language, &mut out),
                }
            }
            Verb::Verify {
                file,
                zone,
                language: _,
            } => {
                let place = file.locate()?;
                let zone = zone.unwrap_or_else(|| place.zone.clone());
                let words = Sentences::in_language(language, zone);
                verify(&open(&place)?, &words, &mut out)
            }
            Verb::Export { file, format, which } => {
                let place = file.locate()?;
                export(&open(&place)?, &which.at(place.zone), format, &mut out)
            }
            Verb::Sign(sign) => return sign.run(),
            Verb::Forget { file, who } => {
                let place = file.locate()?;
                return forget(&place.journal, place.config.as_ref(), &who);
            }
        };
        let done = done.and_then(|code| {
            out.flush()?;
            Ok(code)
        });
        match done {
            // Whoever reads our output has seen enough.
            Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            Err(Stop::Usage(error)) => {
                tell!("surged: {}", language.cause(&format!("{error:#}")));
                Ok(ExitCode::from(2))
            }
            done => Ok(done?),
        }
    }
}

impl Verb {
    /// In which language it tells people; what is for programs is English, and what went wrong is for people.
    fn language(&self) -> Language {
        match self {
            Verb::Show { language, .. } | Verb::Verify { language, .. } => language.chosen(),
            Verb::Sign(sign) => sign.language(),
            Verb::Export { .. } | Verb::Forget { .. } => Language::of_terminal(),
        }
    }
}

/// Why reading ended early.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the output cannot be written")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Usage(#[from] anyhow::Error),
}

impl LogFile {
    /// Where the log is.
    pub(super) fn locate(&self) -> anyhow::Result<Place> {
        match &self.journal {
            Some(path) => Ok(Place {
                journal: path.clone(),
                zone: TimeZone::UTC,
                config: None,
            }),
            None => self.config.place(),
        }
    }
}

fn open(place: &Place) -> anyhow::Result<Reader> {
    Ok(Reader::open(&place.journal, PATIENCE)?)
}

impl Which {
    /// The same, with this zone where none is named.
    fn at(mut self, zone: TimeZone) -> Chosen {
        let zone = self.zone.take().unwrap_or(zone);
        Chosen { which: self, zone }
    }
}

/// Which entries, and in which zone.
struct Chosen {
    which: Which,
    zone: TimeZone,
}

impl Chosen {
    /// A queue that the log does not know is a slip of the pen: that nothing happened to it would be the wrong answer.
    fn names_a_queue(&self, found: bool, reader: &Reader, words: &Sentences) -> Result<(), Stop> {
        let Some(queue) = self.which.queue.as_ref().filter(|_| !found) else {
            return Ok(());
        };
        let known = reader.queues()?;
        if known.contains(&Name::from(queue.as_str())) {
            return Ok(());
        }
        let key = if known.is_empty() { "no_queues" } else { "no_such_queue" };
        let known: Vec<String> = known.iter().map(Name::to_string).collect();
        let queues = words.words().language().list(&known);
        let values = [("queue", &format!("{queue:?}")[..]), ("queues", &queues)];
        Err(Stop::Usage(anyhow!("{}", words.say(key, &values))))
    }

    fn select(&self) -> anyhow::Result<Select> {
        let moment = |text: &Option<String>, flag| {
            let moment = text.as_deref().map(|it| time(it, &self.zone));
            moment.transpose().with_context(|| format!("{flag} is not understood"))
        };
        Ok(Select {
            queue: self.which.queue.as_deref().map(Name::from),
            since: moment(&self.which.since, "--since")?,
            until: moment(&self.which.until, "--until")?,
            last: self.which.last,
            readings: self.which.readings,
        })
    }
}

fn show(reader: &Reader, which: &Chosen, language: Language, out: &mut impl Write) -> Result<ExitCode, Stop> {
    let words = Sentences::in_language(language, which.zone.clone());
    let told = Words::new(language, std::sync::Arc::default());
    let (mut found, mut matters) = (false, Matters::default());
    reader.visit(&which.select()?, |entry| {
        found = true;
        let queue = entry.record.queue().map_or("-", Name::as_str);
        let line =
            |seq: &str, at: Time, said: &str| tame(&format!("{seq:>8}  {}  {queue:<12}  {said}", words.time(at)));
        let mut said = match &entry.record {
            Record::Fact(Fact::Handover(step)) => words.handed(step, matters.of(reader, step, entry.seq)?),
            record @ (Record::Input(_) | Record::Decision(_) | Record::Fact(_)) => words.record(record),
        };
        if entry.unlogged {
            said = words.say("unlogged", &[("what", &said)]);
        }
        writeln!(out, "{}", line(&entry.seq.to_string(), entry.happened(), &said)).map_err(Stop::Output)?;
        if let Some(effect) = effect_settled_by(reader, &entry)? {
            // Under the entry that begins its window: it is measured, not logged.
            writeln!(out, "{}", line("", effect.settled, &effect.told(&told))).map_err(Stop::Output)?;
        }
        Ok::<(), Stop>(())
    })?;
    tell_passed_over(&reader.take_spoiled(), &words);
    which.names_a_queue(found, reader, &words)?;
    Ok(ExitCode::SUCCESS)
}

/// Readings that a command has passed over, since they cannot be read.
pub(super) fn tell_passed_over(spoiled: &[Spoiled], words: &Sentences) {
    for spoiled in spoiled {
        tell!("surged: {}", in_words("log", spoiled, words));
    }
}

fn in_words(of: &str, spoiled: &Spoiled, words: &Sentences) -> String {
    let Spoiled { first, last, .. } = spoiled;
    let (first, to_the_end) = (first.to_string(), *last == u64::MAX);
    if to_the_end {
        return words.words().text(&format!("{of}.spoiled_from"), &[("first", &first)]);
    }
    let values = [
        ("first", &first[..]),
        ("last", &last.to_string()),
        ("since", &words.time(spoiled.since)),
        ("until", &words.time(spoiled.until)),
    ];
    words.words().text(&format!("{of}.spoiled"), &values)
}

fn verify(reader: &Reader, words: &Sentences, out: &mut impl Write) -> Result<ExitCode, Stop> {
    let bar = ProgressBar::new(0);
    let template = words.words().text("verify.progress", &[]);
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    let verdict = reader.verify(|done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let say = |key: &str, values: &[(&str, &str)]| words.words().text(&format!("verify.{key}"), values);
    let place = |place: Option<(u64, Time)>| match place {
        Some((seq, at)) => say("entry", &[("seq", &seq.to_string()), ("at", &words.time(at))]),
        None => say("beginning", &[]),
    };
    let (said, code) = match verdict? {
        Verdict::Whole { rows, last, head } => {
            let values = [
                ("n", &rows.to_string()[..]),
                ("last", &place(last)),
                ("hash", &head.to_string()),
            ];
            let mut said = say("whole", &values);
            if let Some(clear_to) = reader.clear_to()?.map(|it| last.map_or(it, |(last, _)| it.min(last))) {
                said.push('\n');
                said.push_str(&say("in_clear", &[("seq", &clear_to.to_string())]));
            }
            (said, ExitCode::SUCCESS)
        }
        Verdict::Broken { seq, at, after } => {
            let entry = place(Some((seq, at)));
            (
                say("broken", &[("entry", &entry), ("after", &place(after))]),
                ExitCode::FAILURE,
            )
        }
        Verdict::NameChanged { person, seq } => {
            let person = words.say("forgotten_person", &[("n", &person.0.to_string())]);
            let values = [("person", &person[..]), ("seq", &seq.to_string())];
            (say("name_changed", &values), ExitCode::FAILURE)
        }
        Verdict::CutShort { last, written } => {
            let values = [("last", &place(last)[..]), ("seq", &written.to_string())];
            (say("cut_short", &values), ExitCode::FAILURE)
        }
    };
    writeln!(out, "{said}")?;
    let states = reader.snapshots_are_spoiled()?;
    if states {
        writeln!(out, "{}", say("spoiled_states", &[]))?;
    }
    let code = if states { ExitCode::FAILURE } else { code };
    let spoiled = reader.verify_readings()?;
    for spoiled in &spoiled {
        writeln!(out, "{}", in_words("verify", spoiled, words))?;
    }
    if spoiled.is_empty() {
        return Ok(code);
    }
    writeln!(out, "{}", say("spoiled_means", &[]))?;
    Ok(ExitCode::FAILURE)
}

fn export(reader: &Reader, which: &Chosen, format: Format, out: &mut impl Write) -> Result<ExitCode, Stop> {
    let words = Sentences::new(TimeZone::UTC);
    let mut found = false;
    if let Format::Csv = format {
        write!(out, "seq,at,kind,queue,who,unlogged,words,record\r\n")?;
    }
    reader.visit(&which.select()?, |entry| {
        found = true;
        match format {
            Format::Jsonl => writeln!(out, "{}", LogRecord::of(&entry, &words).record),
            Format::Csv => csv_line(&entry, &words, out),
        }
        .map_err(Stop::Output)
    })?;
    tell_passed_over(&reader.take_spoiled(), &words);
    which.names_a_queue(
        found,
        reader,
        &Sentences::in_language(Language::of_terminal(), TimeZone::UTC),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn csv_line(entry: &Entry, words: &Sentences, out: &mut impl Write) -> io::Result<()> {
    let record = serde_json::to_string(&entry.record)?;
    let cells = [
        entry.seq.to_string(),
        Stamp(entry.at).to_string(),
        entry.record.kind().to_owned(),
        entry.record.queue().map(Name::to_string).unwrap_or_default(),
        entry.record.who().map(|it| it.staff_no.clone()).unwrap_or_default(),
        entry.unlogged.to_string(),
        words.record(&entry.record),
        record,
    ];
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    write!(out, "{}\r\n", cells.join(","))
}

/// A cell as RFC 4180 has it. Quotes only where they must be, so that numbers stay numbers. A text that a spreadsheet
/// would take for a formula is put behind an apostrophe.
fn quoted(cell: &str) -> String {
    let formula = if cell.starts_with(['=', '+', '-', '@']) {
        "'"
    } else {
        ""
    };
    if cell.contains([',', '"', '\r', '\n']) || !formula.is_empty() {
        return format!("\"{formula}{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

/// One line, whatever people typed into their notes: nothing in it moves the cursor of whoever reads it.
pub(super) fn tame(line: &str) -> String {
    line.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}

/// A time zone by its name.
pub(super) fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|error| format!("{error}; write a zone as in Asia/Shanghai or UTC"))
}

/// A moment as people type it: a date, a date with a time, or RFC 3339.
pub(super) fn time(text: &str, zone: &TimeZone) -> anyhow::Result<Time> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(Time(timestamp.as_millisecond()));
    }
    // A date alone is its midnight.
    let civil: civil::DateTime = text
        .parse()
        .map_err(|_| anyhow!("{text:?} is no time; write 2026-11-02, \"2026-11-02 09:30\" or 2026-11-02T01:30:00Z"))?;
    let zoned = zone
        .to_zoned(civil)
        .with_context(|| format!("{text:?} is beyond the calendar"))?;
    Ok(Time(zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_zone_that_is_asked_for() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        let nine_thirty = Time(1_793_583_000_000);
        for text in ["2026-11-02 09:30", "2026-11-02T09:30", "2026-11-02T01:30:00Z"] {
            assert_eq!(time(text, &shanghai).unwrap(), nine_thirty, "{text}");
        }
        assert_eq!(
            Stamp(time("2026-11-02", &shanghai).unwrap()).to_string(),
            "2026-11-01T16:00:00.000Z"
        );
        let error = time("yesterday", &shanghai).unwrap_err().to_string();
        assert!(
            error.contains("\"yesterday\"") && error.contains("write 2026-11-02"),
            "{error}"
        );
    }

    #[test]
    fn cells_survive_commas_quotes_and_spreadsheets() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("say \"go\"\nnow"), "\"say \"\"go\"\"\nnow\"");
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
    }

    #[test]
    fn a_note_stays_on_its_line() {
        assert_eq!(tame("a\nb\u{1b}[2Jc"), "a b [2Jc");
    }
}
