//! Files of what was recorded, for every command that reads them.

use super::log::zone;
use crate::config::Config;
use crate::core::Name;
use crate::feed::readings::ReadError;
use crate::feed::text::Way;
use crate::lab::recorded::calls::Columns;
use crate::lab::recorded::{Form, Kind, Source, open};
use crate::words::Language;
use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Files, and how they are read where their content does not tell.
#[derive(Args, Debug, Clone)]
pub struct Recordings {
    /// Recordings, queue_logs, call lists or duty logs, merged by time; docs/replay.md describes them
    #[arg(required = true, value_name = "READINGS")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub reading: HowToRead,
}

/// That so many lines or rows of a file were at fault.
pub fn unread(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural} could not be read; passed over")
}

/// Files that could not be read to their end, and why: what follows in them is lost, and what is printed is of the rest.
#[derive(Debug, Default)]
pub struct CutShort(BTreeMap<PathBuf, String>);

impl CutShort {
    /// Takes in why something was not read, if it was not.
    pub fn note(&mut self, fault: Option<&ReadError>) {
        match fault {
            Some(ReadError::File { path, error }) => {
                self.0.entry(path.clone()).or_insert_with(|| error.to_string());
            }
            Some(ReadError::Line { .. }) | None => {}
        }
    }

    /// Says so on standard error, once all else is printed.
    pub fn tell(&self, language: Language) {
        for (path, why) in &self.0 {
            let (file, why) = (path.display().to_string(), language.cause(why));
            let told = language.text("replay.cut_short", &[("file", &file), ("why", &why)]);
            tell!("surged: {}", told.unwrap_or_default());
        }
    }

    /// How a command ends that did all it could.
    pub fn status(&self) -> ExitCode {
        match self.0.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        }
    }
}

/// How files are read.
#[derive(Args, Debug, Clone, Default)]
pub struct HowToRead {
    /// What the files are, where their content does not tell
    #[arg(long, value_enum, value_name = "KIND")]
    input: Option<Input>,
    /// What the columns of a call list are called, as in arrival=start,wait_s=waited,outcome=result,handling_s=talk,queue=line
    #[arg(long, value_name = "OURS=THEIRS,...")]
    columns: Option<Columns>,
    /// Time zone of times in the files that name none, as in Asia/Shanghai; without it that of the plan
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    file_zone: Option<TimeZone>,
    /// The queue of call lists that have no column for it; without it the plan's, where it has one alone
    #[arg(long, value_name = "QUEUE")]
    file_queue: Option<Name>,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, ValueEnum)]
enum Input {
    /// JSON lines, as `surged record` writes them
    Readings,
    /// Asterisk's queue_log
    QueueLog,
    /// Calls, one a row of a CSV file
    Calls,
    /// A daemon's duty log
    DutyLog,
}

impl HowToRead {
    /// The form of files for a plan.
    pub fn form(&self, config: &Config) -> Form {
        let usual = Form::of(config);
        Form {
            kind: self.input.map(|input| match input {
                Input::Readings => Kind::Readings,
                Input::QueueLog => Kind::QueueLog,
                Input::Calls => Kind::Calls,
                Input::DutyLog => Kind::DutyLog,
            }),
            columns: self.columns.clone().unwrap_or(usual.columns),
            zone: self.file_zone.clone().unwrap_or(usual.zone),
            queue: self.file_queue.clone().or(usual.queue),
            tell_every: usual.tell_every,
        }
    }
}

/// Opens files, each as its content says.
///
/// # Errors
/// One cannot be read, or is of no kind that is known.
pub fn open_all(files: &[PathBuf], form: &Form) -> anyhow::Result<Vec<Source>> {
    Ok(files.iter().map(|path| open(path, form)).collect::<Result<_, _>>()?)
}

/// How far each of them has been read.
pub fn ways(sources: &[Source]) -> Vec<Way> {
    sources.iter().filter_map(|source| source.way.clone()).collect()
}
