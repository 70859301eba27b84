//! `surged push`: calling browsers whose page is closed.

use crate::webhook::push::VapidKey;
use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::ExitCode;

/// Make the key by which push services know this surged
///
/// Push calls a supervisor's phone or desk while the console is closed there. It is off until the configuration has [push].
#[derive(Args)]
pub struct PushArgs {
    #[command(subcommand)]
    command: PushCommand,
}

#[derive(Subcommand)]
enum PushCommand {
    /// Makes a key for push.key_file, readable by its owner alone. Overwrites nothing: under another key every browser must subscribe anew
    Key {
        /// The file to make
        file: PathBuf,
    },
}

impl PushArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// The file is there already, or cannot be written.
    pub fn run(self) -> Result<ExitCode> {
        let PushCommand::Key { file } = self.command;
        let text = VapidKey::make().map_err(|why| anyhow!(why))?;
        let mut made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&file)
            .with_context(|| {
                format!(
                    "{} cannot be made; expected the name of a file that is not there",
                    file.display()
                )
            })?;
        writeln!(made, "{text}")
            .and_then(|()| made.sync_all())
            .with_context(|| format!("{} cannot be written", file.display()))?;
        tell!(
            "the key is in {}; name it in the configuration, under [push]:",
            file.display()
        );
        writeln!(
            io::stdout(),
            "[push]\nkey_file = {:?}\nsubject = \"mailto:you@example.com\"",
            file.display().to_string()
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
