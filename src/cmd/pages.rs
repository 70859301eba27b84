//! `surged completions` and `surged man`: for the shell and for `man`, written from the command line itself.

use anyhow::Context;
use clap::{Args, Command};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Print what a shell needs to complete surged's commands
///
///   surged completions bash > /etc/bash_completion.d/surged
///   surged completions zsh > "${fpath[1]}/_surged"
///   surged completions fish > ~/.config/fish/completions/surged.fish
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl Completions {
    /// Writes them to standard output.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn run(self, mut command: Command) -> anyhow::Result<ExitCode> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut command, "surged", &mut text);
        io::stdout().lock().write_all(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Write the manual: a page for surged and one for each of its commands
///
///   surged man -o /usr/local/share/man/man1
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct Man {
    /// The folder for the pages; it is made where it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

impl Man {
    /// Writes the pages.
    ///
    /// # Errors
    /// The folder or a page cannot be written.
    pub fn run(self, command: Command) -> anyhow::Result<ExitCode> {
        std::fs::create_dir_all(&self.output).with_context(|| format!("{} cannot be made", self.output.display()))?;
        let mut command = command.disable_help_subcommand(true);
        command.build();
        let count = write(&command, "surged", &self.output)?;
        tell!("{count} pages in {}", self.output.display());
        Ok(ExitCode::SUCCESS)
    }
}

fn write(command: &Command, name: &str, folder: &Path) -> anyhow::Result<usize> {
    let page = folder.join(format!("{name}.1"));
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone().display_name(name.to_owned()))
        .title(name.to_owned())
        .render(&mut text)?;
    std::fs::write(&page, text).with_context(|| format!("{} cannot be written", page.display()))?;
    let mut count = 1;
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set()) {
        count += write(verb, &format!("{name}-{}", verb.get_name()), folder)?;
    }
    Ok(count)
}
