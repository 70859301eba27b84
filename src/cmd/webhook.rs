//! `surged webhook`: messages that could not be delivered.

use super::configuration::ConfigFile;
use super::log::{tame, zone};
use crate::webhook::{Outbox, Undelivered};
use crate::words::Sentences;
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// See what could not be delivered by a webhook, and have it tried again
///
/// The list is webhooks.db beside the duty log. The daemon may be running; it takes up within a second what is to be tried again.
#[derive(Args)]
#[command(mut_arg("config", |config| config.global(true)))]
pub struct WebhookArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// The duty log beside which the list is, whatever the configuration says
    #[arg(long, global = true, value_name = "PATH")]
    journal: Option<PathBuf>,
    #[command(subcommand)]
    command: WebhookCommand,
}

#[derive(Subcommand)]
enum WebhookCommand {
    /// Lists what could not be delivered, and why
    List {
        /// Time zone of the times that are printed, as in Asia/Shanghai; without it that of the configuration, or UTC
        #[arg(long, value_parser = zone)]
        zone: Option<TimeZone>,
    },
    /// Has messages tried again, however old they are
    Retry {
        #[command(flatten)]
        which: Which,
    },
    /// Lets messages go for good
    Drop {
        #[command(flatten)]
        which: Which,
    },
}

#[derive(Args)]
struct Which {
    /// Numbers that `webhook list` shows
    #[arg(value_name = "ID")]
    ids: Vec<i64>,
    /// All of the list
    #[arg(long, conflicts_with = "ids")]
    all: bool,
}

impl Which {
    /// None stands for all.
    fn ids(self) -> Result<Vec<i64>> {
        if self.ids.is_empty() && !self.all {
            bail!("expected numbers of messages, or --all; `surged webhook list` shows them");
        }
        Ok(self.ids)
    }
}

impl WebhookArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// In words, where the list cannot be read or written, or there is no such message.
    pub fn run(self) -> Result<ExitCode> {
        let (journal, of_plan) = match self.journal {
            Some(path) => (path, TimeZone::UTC),
            None => {
                let place = self.config.place()?;
                (place.journal, place.zone)
            }
        };
        // With its folder, so that whoever asks from a wrong one sees it.
        let outbox = Outbox::beside(&std::path::absolute(&journal).unwrap_or(journal));
        match self.command {
            WebhookCommand::List { zone } => {
                let undelivered = outbox.undelivered()?;
                let path = outbox.path().display();
                // No fault: a surged without webhooks never makes it.
                if !outbox.is_there()? {
                    tell!(
                        "there is no {path} yet: no surged has run with webhooks here. Where it runs as a service, ask there: \
                         `surged-in-service webhook list`"
                    );
                } else if undelivered.is_empty() {
                    tell!("nothing undelivered in {path}");
                }
                list(&undelivered, &Sentences::new(zone.unwrap_or(of_plan)))?;
            }
            WebhookCommand::Retry { which } => {
                let count = outbox.try_again(&which.ids()?)?;
                tell!("to be tried again: {count}; a running daemon does so within a second");
            }
            WebhookCommand::Drop { which } => {
                let count = outbox.forget(&which.ids()?)?;
                tell!("let go: {count}");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(undelivered: &[Undelivered], words: &Sentences) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "id\tstate\twebhook\tat\tkind\tqueue\tentry\tattempts\twhy")?;
    for it in undelivered {
        let state = if it.again { "to_be_tried" } else { "kept" };
        let queue = it.event.queue.as_ref().map_or("-", |queue| queue.as_str());
        let line = [
            it.id.to_string(),
            state.to_owned(),
            it.hook.to_string(),
            words.time(it.event.at).to_string(),
            it.event.kind.clone(),
            queue.to_owned(),
            it.event.seq.to_string(),
            it.attempts.to_string(),
            it.why.clone(),
        ];
        let cells: Vec<String> = line.iter().map(|cell| tame(cell)).collect();
        writeln!(out, "{}", cells.join("\t"))?;
    }
    Ok(())
}
