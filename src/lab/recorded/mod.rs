//! What was recorded, wherever it comes from, as happenings in the order of time: the one place where files are read for `replay`,
//! `explain`, `tune`, `check --deep`, `report` and `simulate --from`.
//!
//! | kind | told by | gives |
//! |---|---|---|
//! | [`Kind::Readings`] | a line that begins with `{` | what each feed said, as `surged record` wrote it |
//! | [`Kind::QueueLog`] | a line of `time\|call\|queue\|agent\|event` | readings made of Asterisk's events (`queue_log`) |
//! | [`Kind::Calls`] | a line of columns with commas, semicolons or tabs | readings made of calls, one a row ([`calls`]) |
//! | [`Kind::DutyLog`] | the first bytes of an SQLite file | what a daemon's core was told, answers included (`duty_log`) |
//!
//! Times never go back within a source. A line at fault is an error of its own, with file, line and reason, and the next one follows. A file
//! that cannot be read on is another ([`ReadError::File`]): what follows in it is lost.

mod ahead;
pub mod calls;
mod duty_log;
mod kind;
mod queue_log;
mod times;

use ahead::ahead;
pub use duty_log::{Asked, Told};
pub use kind::Kind;

use crate::config::Config;
use crate::core::{Input, Millis, Name, Reading, Time};
use crate::feed::Heard;
use crate::feed::readings::{Lines, ReadError, Recorded};
use crate::feed::text::{Text, Way};
use crate::journal::{Entry, JournalError, Record, Run};
use calls::{CallsFault, Columns};
use jiff::tz::TimeZone;
use kind::kind_of_file;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::path::{Path, PathBuf};

/// One thing that happened.
#[derive(Clone, PartialEq, Debug)]
pub enum Happening {
    /// A phone system was heard. Queues go by its names or by ours, and nothing was judged yet.
    Heard(Recorded),
    /// A daemon's core was told this.
    Told(Told),
    /// A daemon's core was told these readings, one behind the other ([`Source::in_runs`]).
    Run {
        /// One at least.
        run: Run,
        /// What it asked of the floor after the last of them, until it was told the next thing.
        asked: Vec<Asked>,
    },
}

impl Happening {
    /// When.
    pub fn at(&self) -> Time {
        match self {
            Happening::Heard(heard) => heard.at,
            Happening::Told(told) => told.at,
            Happening::Run { run, .. } => run.begins().unwrap_or(Time(i64::MIN)),
        }
    }

    /// The reading that it is, and when it came; of a run none.
    pub fn reading(&self) -> Option<(Time, &Reading)> {
        match self {
            Happening::Heard(Recorded {
                at,
                what: Heard::Reading(reading),
                ..
            })
            | Happening::Told(Told {
                at,
                input: Some(Input::Reading { reading }),
                ..
            }) => Some((*at, reading)),
            Happening::Heard(_) | Happening::Told(_) | Happening::Run { .. } => None,
        }
    }
}

/// How files are read.
#[derive(Clone, Debug)]
pub struct Form {
    /// What they are; `None`: told by the content of each.
    pub kind: Option<Kind>,
    /// What the columns of call lists are called.
    pub columns: Columns,
    /// The zone of times that name none.
    pub zone: TimeZone,
    /// The queue of call lists that name none.
    pub queue: Option<Name>,
    /// A source that tells of changes alone is taken to be alive in between, for a day at most: its queues are told anew so often.
    pub tell_every: Millis,
}

impl Form {
    /// For files of a plan: its zone, its queue where it has one alone, and readings often enough that no queue goes blind.
    pub fn of(config: &Config) -> Form {
        let plan = &config.plan;
        let mut queues = plan.queues.keys();
        let stale_after = plan.feeds.values().map(|limits| limits.stale_after).min();
        Form {
            kind: None,
            columns: Columns::default(),
            zone: config.calendar.zone.clone(),
            queue: queues.next().filter(|_| plan.queues.len() == 1).cloned(),
            tell_every: Millis((stale_after.unwrap_or(Millis::from_secs(15)).0 / 3).max(1_000)),
        }
    }
}

/// A file that is being read.
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// How far it has been read; `None`: that is not known of its kind.
    pub way: Option<Way>,
    happenings: Happenings,
    /// What is left of a run, and what was asked after it.
    run: Option<(Run, Vec<Asked>)>,
}

/// What happened, or why the next of it cannot be told.
pub type Happenings = Box<dyn Iterator<Item = Result<Happening, ReadError>> + Send>;

impl Source {
    fn new(path: &Path, kind: Kind, way: Option<Way>, happenings: Happenings) -> Source {
        Source {
            path: path.to_owned(),
            kind,
            way,
            happenings,
            run: None,
        }
    }

    /// The same with readings in runs, where it has them so.
    pub fn in_runs(self) -> Happenings {
        self.happenings
    }
}

/// One by one.
impl Iterator for Source {
    type Item = Result<Happening, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((run, asked)) = &mut self.run
                && let Some(Entry { at, record, .. }) = run.next()
            {
                let input = match record {
                    Record::Input(input) => Some(input),
                    Record::Decision(_) | Record::Fact(_) => None,
                };
                let asked = if run.is_empty() {
                    std::mem::take(asked)
                } else {
                    Vec::new()
                };
                return Some(Ok(Happening::Told(Told { at, input, asked })));
            }
            match self.happenings.next()? {
                Ok(Happening::Run { run, asked }) => self.run = Some((run, asked)),
                happened => return Some(happened),
            }
        }
    }
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is no call list, or has other columns.
    #[error(transparent)]
    Calls(#[from] CallsFault),
    /// It is no duty log, or a newer one.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// It is nothing that is known.
    #[error(
        "{}: it is neither of readings (JSON lines), Asterisk's queue_log, a call list (CSV) nor a duty log; it begins with {begins:?}. \
         If it is one of them all the same, say which with --input", path.display()
    )]
    Unknown {
        /// The file.
        path: PathBuf,
        /// Its first characters.
        begins: String,
    },
    /// It is empty.
    #[error("{}: it is empty", .0.display())]
    Empty(PathBuf),
    /// Its letters are kept otherwise than everything reads them here.
    #[error("{}: it is {encoding} and not UTF-8; make it UTF-8: iconv -f {encoding} -t UTF-8 {} > utf8.txt", path.display(), path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// What iconv(1) calls it.
        encoding: &'static str,
    },
    /// A duty log is read where it lies, page by page.
    #[error(
        "{}: it is a duty log that is {what}, and a duty log is read in place; make a plain file of it first: {how} > plain.db, and give that one", path.display()
    )]
    LogElsewhere {
        /// The file.
        path: PathBuf,
        /// Packed, or a pipe.
        what: &'static str,
        /// The command that gives its plain bytes.
        how: String,
    },
    /// Counts by interval tell nothing of who waited.
    #[error("{}: it has counts of calls, which tell nothing of who waited; `surged simulate --from` takes callers from it", .0.display())]
    CountsAlone(PathBuf),
    /// Nothing tells the queue.
    #[error("{}: it has no column of queues, and the plan has several; say which one it is of with --file-queue", .0.display())]
    NoQueue(PathBuf),
}

/// Opens a file. Of a call list all is read at once, of every other kind a little at a time.
///
/// # Errors
/// It cannot be read, or is of no kind that is known.
pub fn open(path: &Path, form: &Form) -> Result<Source, OpenFault> {
    let mut text = Text::open(path)?;
    let kind = kind_of_file(path, text.head()?, form)?;
    open_text(text, kind, path, form)
}

/// The same of a file that is open: what is read already of a pipe cannot be read again.
fn open_text(text: Text, kind: Kind, path: &Path, form: &Form) -> Result<Source, OpenFault> {
    let way = Some(text.way());
    let heard = |heard: Result<Recorded, ReadError>| heard.map(Happening::Heard);
    let (way, happenings): (_, Happenings) = match kind {
        Kind::Readings => (
            way,
            Box::new(Lines::of(text).map(|line| line.map(|(_, recorded)| Happening::Heard(recorded)))),
        ),
        Kind::QueueLog => (way, Box::new(queue_log::Events::new(text, path, form).map(heard))),
        Kind::Calls => {
            let mut list = calls::read_table(text, path, form)?;
            let (faults, cut) = list.take_faults();
            let readings = list.readings(form)?;
            list.tell_shown_twice(&form.zone);
            let all = faults.map(Err).chain(readings.map(Ok)).chain(cut.map(Err));
            (None, Box::new(all.map(heard)))
        }
        Kind::DutyLog => {
            kind::is_in_place(path)?;
            (None, Box::new(duty_log::Entries::open(path)?))
        }
    };
    Ok(Source::new(path, kind, way, happenings))
}

/// What a daemon's core was told from one moment to before another.
///
/// # Errors
/// The duty log cannot be read.
pub fn open_log_between(path: &Path, from: Time, to: Time) -> Result<Source, OpenFault> {
    let entries = Box::new(duty_log::Entries::between(path, from, to)?);
    Ok(Source::new(path, Kind::DutyLog, None, entries))
}

/// Readings that are part of the program, as `surged record` writes them.
///
/// # Errors
/// They are packed and not whole.
pub fn built_in(name: &str, bytes: &'static [u8]) -> Result<Source, OpenFault> {
    let text = Text::built_in(name, bytes)?;
    let lines = Lines::of(text).map(|line| line.map(|(_, recorded)| Happening::Heard(recorded)));
    Ok(Source::new(Path::new(name), Kind::Readings, None, Box::new(lines)))
}

/// Nobody looked for so long where nothing happened in a file that tells of changes alone: its queues are not told anew beyond it.
const LOOKED_WITHIN: Millis = Millis::from_mins(24 * 60);

/// A queue's state as a line of a file that does not say which feed it comes from.
fn reading(at: Time, reading: Reading) -> Recorded {
    let what = Heard::Reading(Reading {
        at: Some(at),
        ..reading
    });
    let feed = None;
    Recorded { at, feed, what }
}

/// For how many something that happened stands.
fn weight(happened: &Result<Happening, ReadError>) -> usize {
    match happened {
        Ok(Happening::Run { run, .. }) => run.len(),
        Ok(Happening::Heard(_) | Happening::Told(_)) | Err(_) => 1,
    }
}

/// Goes through what happened a little ahead of whoever takes it ([`ahead()`]).
pub fn read_ahead(happenings: impl Iterator<Item = Result<Happening, ReadError>> + Send + 'static) -> Happenings {
    Box::new(ahead(happenings, weight))
}

/// Sources as one, by time, with readings in runs where there is one alone.
pub fn in_order(mut sources: Vec<Source>) -> Happenings {
    match sources.pop() {
        Some(only) if sources.is_empty() => only.in_runs(),
        last => {
            sources.extend(last);
            Box::new(merged(sources))
        }
    }
}

/// Several sources as one, by time; each is taken to be in order in itself.
pub fn merged<I>(mut sources: Vec<I>) -> impl Iterator<Item = Result<Happening, ReadError>>
where
    I: Iterator<Item = Result<Happening, ReadError>>,
{
    // A line at fault is told before anything else.
    let time = |head: &Result<Happening, ReadError>| head.as_ref().map_or(Time(i64::MIN), Happening::at);
    let mut heads: Vec<Option<Result<Happening, ReadError>>> = sources.iter_mut().map(Iterator::next).collect();
    let due = heads.iter().enumerate();
    let due = due.filter_map(|(file, head)| Some(Reverse((time(head.as_ref()?), file))));
    let mut due: BinaryHeap<Reverse<(Time, usize)>> = due.collect();
    std::iter::from_fn(move || {
        let mut first = due.peek_mut()?;
        let file = first.0.1;
        let given = std::mem::replace(&mut heads[file], sources[file].next());
        match &heads[file] {
            Some(head) => first.0.0 = time(head),
            None => drop(PeekMut::pop(first)),
        }
        given
    })
}
