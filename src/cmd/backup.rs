//! `surged backup` and `surged restore`: the duty log and the tokens, copied and put back.

use super::language::InLanguage;
use super::log::{LogFile, PATIENCE, tell_passed_over};
use crate::daemon::tokens_beside;
use crate::floor::access;
use crate::journal::{self};
use crate::words::Sentences;
use anyhow::Context;
use clap::Args;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Copy the duty log and the tokens, also while the daemon runs, and prove the copy
///
/// The copy is the log as it is at one moment; the daemon goes on writing. Its hash chain is walked before it counts as made. The
/// tokens, which are kept as hashes, go into a second file beside it, whose name ends in .tokens.json. Neither overwrites anything.
#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    file: LogFile,
    /// Where to: a new file
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    language: InLanguage,
}

/// Put a copy made by `surged backup` in place of the duty log
///
/// The daemon must be stopped. The copy's hash chain is walked first; a copy by a newer surged is refused. The log that was there is
/// moved aside, not deleted. Tokens are put back where there are none.
#[derive(Args)]
pub struct Restore {
    #[command(flatten)]
    file: LogFile,
    /// The copy
    #[arg(value_name = "FILE")]
    from: PathBuf,
    #[command(flatten)]
    language: InLanguage,
}

impl Backup {
    /// Copies, and tells what was copied.
    ///
    /// # Errors
    /// The log cannot be read or the copy not be written; nothing is left behind then.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        self.language.told(self.copy())
    }

    fn copy(&self) -> anyhow::Result<ExitCode> {
        let place = self.file.locate()?;
        let done = journal::backup(&place.journal, &self.output, PATIENCE)?;
        let words = Sentences::in_language(self.language.chosen(), place.zone);
        tell("copied", &done, &words)?;
        let tokens = tokens_beside(&place.journal);
        if is_there(&tokens)? {
            // Read by its reader, so that a file at fault is not kept as a good copy.
            access::read(&tokens)?;
            let to = tokens_of(&self.output);
            copy(&tokens, &to)?;
            tell!("{}", say(&words, "tokens", &[("path", &to)]));
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Restore {
    /// Puts the copy in place.
    ///
    /// # Errors
    /// A daemon is running, the copy is not whole, or a file cannot be written; all is as it was then.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        self.language.told(self.put_back())
    }

    fn put_back(&self) -> anyhow::Result<ExitCode> {
        let place = self.file.locate()?;
        let words = Sentences::in_language(self.language.chosen(), place.zone);
        let stamp = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let done = journal::restore(&self.from, &place.journal, &stamp, PATIENCE)?;
        tell("put_back", &done, &words)?;
        if let Some(before) = &done.before {
            tell!("{}", say(&words, "before", &[("path", before)]));
        }
        let (copied, tokens) = (tokens_of(&self.from), tokens_beside(&place.journal));
        match (is_there(&copied)?, is_there(&tokens)?) {
            (true, false) => {
                access::read(&copied)?;
                copy(&copied, &tokens)?;
                tell!("{}", say(&words, "tokens", &[("path", &tokens)]));
            }
            (true, true) => tell!(
                "{}",
                say(&words, "tokens_stay", &[("path", &tokens), ("copy", &copied)])
            ),
            (false, _) => {}
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Who may not look there does not know that nothing is there.
fn is_there(file: &Path) -> anyhow::Result<bool> {
    file.try_exists()
        .with_context(|| format!("{} cannot be looked for", file.display()))
}

fn tell(done: &str, copied: &journal::Copied, words: &Sentences) -> io::Result<()> {
    let text = |key: &str, values: &[(&str, &str)]| words.words().text(&format!("backup.{key}"), values);
    let last = copied.last.map_or_else(String::new, |(seq, at)| {
        text("up_to", &[("seq", &seq.to_string()), ("at", &words.time(at))])
    });
    let values = [
        ("n", &copied.entries.to_string()[..]),
        ("last", &last),
        ("hash", &copied.head),
    ];
    writeln!(io::stdout(), "{}", text(done, &values))?;
    tell_passed_over(&copied.spoiled, words);
    Ok(())
}

/// A sentence that names files.
fn say(words: &Sentences, key: &str, files: &[(&str, &Path)]) -> String {
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|(name, file)| (*name, file.display().to_string()))
        .collect();
    let values: Vec<(&str, &str)> = files.iter().map(|(name, file)| (*name, file.as_str())).collect();
    words.words().text(&format!("backup.{key}"), &values)
}

/// Where the tokens of a copy are.
fn tokens_of(copy: &Path) -> PathBuf {
    if copy.extension().is_some_and(|ending| ending == "db") {
        return copy.with_extension("tokens.json");
    }
    // surged.2026-11-29 and surged.2026-11-30 are two copies.
    let mut name = copy.as_os_str().to_owned();
    name.push(".tokens.json");
    name.into()
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let text = std::fs::read(from).with_context(|| format!("{} cannot be read", from.display()))?;
    let mut made = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .with_context(|| format!("{} cannot be made; nothing is ever overwritten", to.display()))?;
    let written = made.write_all(&text).and_then(|()| made.sync_all());
    if written.is_err() {
        // Half of it would be taken for the tokens, and keep the next copy from its name.
        let _ = std::fs::remove_file(to);
    }
    written.with_context(|| {
        format!(
            "{} cannot be written; free some room, and copy the tokens there by hand",
            to.display()
        )
    })
}
