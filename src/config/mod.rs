//! TOML to a plan.
//!
//! A file is parsed as far as it can be, checked against [`tables`], read into a [`Plan`] with every default filled in, and checked for
//! what it means. Everything that is wrong is told at once; a file at fault gives no plan.

mod beside;
pub mod change;
mod check;
mod conditions;
mod dates;
pub mod diagnostic;
pub mod duration;
mod endings;
mod house;
mod ladders;
mod names;
mod node;
mod people;
pub mod places;
mod push;
mod queues;
mod reader;
mod roster;
pub mod scenario;
pub mod schema;
pub mod sentence;
mod settings;
mod shape;
mod slips;
mod tables;
mod webhooks;

pub use diagnostic::{Code, Diagnostic, Diagnostics, Severity};
pub use endings::Ending;
pub use reader::turns_writing;
pub use roster::{ROSTER_BYTES_MAX, ROSTER_ROWS_MAX, SHIFT_MAX};
pub use settings::{
    AmiFeed, AmiTls, FeedConfig, FeedKind, FloorConfig, FloorTls, JournalConfig, JsonFeed, Label, Labels, Secret,
};

use crate::calendar::Calendar;
use crate::core::{Millis, Name, Plan, Time};
use crate::webhook;
use diagnostic::Problems;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use names::Known;
use node::Node;
use roster::Roster;
use sentence::{Sentence, say};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::de::DeTable;

/// Largest configuration file that is read.
pub const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Shifts that ended longer ago than this are not told to the core: the plan is kept in the duty log each time it changes.
pub const SHIFTS_TOLD_AFTER: Millis = Millis::from_mins(7 * 24 * 60);

/// Everything that a file says, with every default filled in.
#[derive(Clone, PartialEq, Debug)]
pub struct Config {
    /// What the core runs, with the whole roster; see [`Config::plan_at`].
    pub plan: Plan,
    /// Which ladder is in force when; its zone is the configuration's.
    pub calendar: Calendar,
    /// Phone systems by key.
    pub feeds: BTreeMap<Name, FeedConfig>,
    /// Where supervisors connect.
    pub floor: FloorConfig,
    /// The duty log.
    pub journal: JournalConfig,
    /// Receivers of webhooks by key.
    pub webhooks: BTreeMap<Name, webhook::Settings>,
    /// How browsers are called whose page is closed; `None`: they are not.
    pub push: Option<webhook::push::Settings>,
    /// What people read in place of keys.
    pub labels: Labels,
    /// The file as it was written.
    pub written: Written,
    /// In hexadecimal digits: the SHA-256 of the text, or where there is a roster, of the text's and the roster's.
    pub hash: String,
    /// What it knows only until some day.
    pub endings: Vec<Ending>,
    /// What does not keep the file from being used.
    pub warnings: Diagnostics,
}

/// A configuration's text, and the folder that relative paths in it start from.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// The text.
    pub text: Arc<str>,
    /// The folder.
    pub folder: PathBuf,
}

/// A header for a feed may hold a secret: the text is not printed.
impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Written({} bytes)", self.text.len())
    }
}

impl Config {
    /// What the core is told at a moment: the plan without the shifts that are long over. Who has no other stays in the roster, off duty.
    pub fn plan_at(&self, now: Time) -> Plan {
        let mut plan = self.plan.clone();
        for rostered in &mut plan.roster {
            rostered.shifts.retain(|shift| shift.to >= now - SHIFTS_TOLD_AFTER);
        }
        plan
    }

    /// Whether it says the same. Secrets are compared and not hashed: the hash is shown and kept, and would help to guess them.
    pub fn is_same_as(&self, other: &Config) -> bool {
        self.hash == other.hash
            && self.feeds == other.feeds
            && self.floor == other.floor
            && self.webhooks == other.webhooks
            && self.push == other.push
    }
}

/// What a file is read for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// To run: every file and secret that it points to must be there.
    Run,
    /// To look at or to replay, perhaps on another machine: those that are not there are warned of.
    Look,
}

/// What a file's text is read against.
pub struct Surroundings<'a> {
    /// The folder that relative paths start from.
    pub folder: &'a Path,
    /// Environment variables.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// What for.
    pub purpose: Purpose,
    /// When: what ends soon is warned of.
    pub now: Time,
}

/// Reads a file.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn load(path: &Path, purpose: Purpose) -> Result<Config, Diagnostics> {
    let file = path.display().to_string();
    let text = text_of(path, &file)?;
    load_text(&text, &file, folder_of(path), purpose)
}

/// Reads a configuration from what is given, as from standard input. What it points to is looked for from the working folder.
///
/// # Errors
/// As [`load`].
pub fn load_from(input: impl Read, file: &str, purpose: Purpose) -> Result<Config, Diagnostics> {
    let text = text_from(input, file)?;
    load_text(&text, file, Path::new(""), purpose)
}

fn load_text(text: &str, file: &str, folder: &Path, purpose: Purpose) -> Result<Config, Diagnostics> {
    let variable = |name: &str| std::env::var(name).ok();
    parse(
        text,
        file,
        &Surroundings {
            folder,
            variable: &variable,
            purpose,
            now: Time(jiff::Timestamp::now().as_millisecond()),
        },
    )
}

/// What commands about the duty log need of a configuration, also of one that is at fault.
#[derive(Clone, Debug)]
pub struct Gist {
    /// Where the duty log is.
    pub journal: PathBuf,
    /// In which zone times are told.
    pub zone: TimeZone,
}

/// Reads no more than that.
///
/// # Errors
/// The file cannot be read.
pub fn gist(path: &Path) -> Result<Gist, Diagnostics> {
    let text = text_of(path, &path.display().to_string())?;
    let (table, _) = DeTable::parse_recoverable(&text);
    let root = Node::root(table.get_ref());
    let surroundings = Surroundings {
        folder: folder_of(path),
        variable: &|name| std::env::var(name).ok(),
        purpose: Purpose::Look,
        now: Time(jiff::Timestamp::now().as_millisecond()),
    };
    Ok(Gist {
        journal: house::journal(root, &surroundings).path,
        zone: zone_of(root),
    })
}

fn zone_of(root: Node<'_>) -> TimeZone {
    let named = root.text("time_zone");
    named
        .and_then(|said| TimeZoneDatabase::bundled().get(said.value).ok())
        .unwrap_or(TimeZone::UTC)
}

/// The files that a configuration is read together with, by what is in them: the roster, secrets and templates. Empty where it
/// cannot be read itself.
pub fn files_beside(path: &Path) -> Vec<PathBuf> {
    let text = text_of(path, "").unwrap_or_default();
    beside::files(&text, folder_of(path))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// Reads a file's text. `file` is its name in messages.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn parse(text: &str, file: &str, surroundings: &Surroundings<'_>) -> Result<Config, Diagnostics> {
    let mut problems = Problems::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    if let Some(mended) = slips::mend(text, !errors.is_empty(), &mut problems) {
        let (table, errors) = DeTable::parse_recoverable(&mended.text);
        let mut rest = Problems::default();
        errors.iter().for_each(|error| syntax(error, &mended.text, &mut rest));
        let mut roster = Roster::default();
        reader::check(table.get_ref(), 0..0, &tables::ROOT, &mut rest);
        if !rest.exceed_a_limit() {
            read(Node::root(table.get_ref()), surroundings, &mut roster, &mut rest);
        }
        problems.take_back(rest, |span| mended.back(span));
        return Err(problems.of_file(file, text).and(roster.found));
    }
    for error in &errors {
        syntax(error, text, &mut problems);
    }
    let mut meant = Problems::default();
    reader::check(table.get_ref(), 0..0, &tables::ROOT, &mut meant);
    // What is too large is not read for its meaning, so that a limit also bounds the work.
    let mut roster = Roster::default();
    let config = match meant.exceed_a_limit() {
        true => None,
        false => read(Node::root(table.get_ref()), surroundings, &mut roster, &mut meant),
    };
    problems.follow(meant, text);
    let mut found = problems.of_file(file, text);
    // A broken line may have swallowed what the roster goes by.
    if errors.is_empty() {
        found = found.and(roster.found);
    }
    match config {
        Some(config) if !found.failed() => Ok(Config {
            written: Written {
                text: text.into(),
                folder: surroundings.folder.to_owned(),
            },
            hash: hash(text, roster.digest),
            warnings: found,
            ..config
        }),
        _ => Err(found),
    }
}

/// Reads what is well-formed; `None` only where something was said to be wrong.
fn read(
    root: Node<'_>,
    surroundings: &Surroundings<'_>,
    roster: &mut Roster,
    problems: &mut Problems,
) -> Option<Config> {
    let known = Known::of(root);
    let mut labels = Labels::default();
    let zone = zone_of(root);
    let ladders = ladders::read(root, &known, &mut labels, problems);
    let queues = queues::read(root, &known, &mut labels, problems);
    let entries = dates::read(root, &known, problems);
    *roster = roster::read(root, &known, &zone, surroundings, problems);
    let endings: Vec<Ending> = roster
        .ending
        .take()
        .into_iter()
        .chain(dates::ending(root, &zone))
        .collect();
    endings::warn(&endings, surroundings.now, problems);
    check::stays(root, &ladders, problems);
    check::expected_waits(root, &ladders, &queues, &entries, problems);
    let feeds = house::feeds(root, &queues, surroundings, &mut labels, problems);
    check::told(&ladders, &queues, &entries, &feeds, problems);
    let floor = house::floor(root, surroundings, problems);
    let webhooks = webhooks::read(root, &known, surroundings, problems);
    let push = push::read(root, surroundings, problems);
    let plan = Plan {
        queues: queues.into_iter().map(|(name, queue)| (name, queue.plan)).collect(),
        pools: people::pools(root, &known, roster, &mut labels, problems),
        ladders,
        feeds: feeds.iter().map(|(name, feed)| (name.clone(), feed.limits)).collect(),
        chain: people::chain(root, &mut labels, problems),
        physical_seats: root
            .node("floor")
            .and_then(|floor| floor.count("physical_seats"))
            .map(|said| said.value),
        roster: std::mem::take(&mut roster.people),
    };
    Some(Config {
        plan,
        calendar: Calendar { zone, entries },
        feeds,
        floor: floor?,
        webhooks,
        push,
        journal: house::journal(root, surroundings),
        labels,
        written: Written::default(),
        hash: String::new(),
        endings,
        warnings: Diagnostics::default(),
    })
}

/// Says in plain words what the parser says in those of its grammar.
fn syntax(error: &toml::de::Error, text: &str, problems: &mut Problems) {
    let span = error.span().unwrap_or(0..0);
    let before = text.get(..span.start).unwrap_or("").trim_end_matches([' ', '\t']);
    let rest = text.get(span.start..).unwrap_or("").trim_start_matches([' ', '\t']);
    let (message, help) = match error.message() {
        "duplicate key" => (say!("said_twice"), say!("said_twice_instead")),
        _ if before.ends_with('=') && (rest.is_empty() || rest.starts_with(['\r', '\n', '#', ',', '}'])) => {
            (say!("no_value"), say!("no_value_instead"))
        }
        other => (say!("no_toml", why = other), say!("no_toml_instead")),
    };
    problems.error(Code::Syntax, span, message, help);
}

fn text_of(path: &Path, file: &str) -> Result<String, Diagnostics> {
    let opened = std::fs::File::open(path).map_err(|error| unreadable(&error, file))?;
    text_from(opened, file)
}

fn unreadable(error: &std::io::Error, file: &str) -> Diagnostics {
    let help = if error.kind() == std::io::ErrorKind::NotFound {
        say!("file_not_there_instead")
    } else if error.kind() == std::io::ErrorKind::IsADirectory {
        say!("file_is_folder_instead")
    } else {
        say!("file_unreadable_instead")
    };
    Diagnostics::of_whole_file(file, say!("file_unreadable", why = error.to_string()), help)
}

fn text_from(input: impl Read, file: &str) -> Result<String, Diagnostics> {
    let mut bytes = Vec::new();
    input
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error, file))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let message = say!("file_large", most = FILE_BYTES_MAX.to_string());
        return Err(Diagnostics::of_whole_file(file, message, say!("file_large_instead")));
    }
    let text = as_text(bytes, file, say!("save_utf8"))?;
    match ends_lines_in_cr(&text) {
        // Every line would be at fault, and none of them is.
        true => Err(Diagnostics::of_whole_file(
            file,
            say!("cr_lines"),
            say!("cr_lines_instead"),
        )),
        false => Ok(text),
    }
}

/// Whether most lines of a text end in CR alone, which is no line end to TOML.
fn ends_lines_in_cr(text: &str) -> bool {
    let count = |what: &str| text.matches(what).count();
    count("\r").saturating_sub(count("\r\n")) > count("\n")
}

fn as_text(bytes: Vec<u8>, file: &str, help: Sentence) -> Result<String, Diagnostics> {
    // Without a byte order mark it is UTF-8 as well, with a zero beside every letter.
    if is_utf_16(&bytes) {
        let help = say!("utf16_instead", save = help);
        return Err(Diagnostics::of_whole_file(file, say!("utf16"), help));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
        let mut problems = Problems::default();
        problems.error(Code::Syntax, good.len()..good.len(), say!("no_utf8"), help);
        problems.of_file(file, &good)
    })
}

/// Whether a text is UTF-16: by its byte order mark; without one, every second byte of ASCII text is zero.
pub fn is_utf_16(bytes: &[u8]) -> bool {
    let zeros = |from: usize| {
        bytes
            .iter()
            .skip(from)
            .step_by(2)
            .take(64)
            .filter(|byte| **byte == 0)
            .count()
    };
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || zeros(0).max(zeros(1)) > 16
}

fn hash(text: &str, roster: Option<[u8; 32]>) -> String {
    let text = Sha256::digest(text);
    let whole = roster.map_or(text, |roster| {
        Sha256::new().chain_update(text).chain_update(roster).finalize()
    });
    whole.iter().map(|byte| format!("{byte:02x}")).collect()
}
