//! `surged ready`: asks a daemon how it is, for health checks.

use super::call::Line;
use super::configuration::ConfigFile;
use anyhow::Context;
use clap::Args;
use serde_json::Value;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Ask a daemon whether it is ready, as health checks do
///
/// Prints what the daemon looks at, in words. Exit status: 0 it is; 1 it is not, or cannot be reached. Nothing but --alive is a reason to
/// start the daemon anew: while the duty log fails, what waits to be written is in its memory alone.
#[derive(Args)]
pub struct Ready {
    #[command(flatten)]
    config: ConfigFile,
    /// Only whether it is alive, that is whether the loop that decides turns: neither a phone system that is away counts, nor a duty log
    /// that cannot be written
    #[arg(long)]
    alive: bool,
    /// Where the daemon is, as in http://127.0.0.1:8470 [default: floor.listen of the configuration]
    #[arg(long, value_name = "URL")]
    url: Option<hyper::Uri>,
    /// PEM file of the authority behind the daemon's certificate, where that is not a public one
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

impl Ready {
    /// Asks.
    ///
    /// # Errors
    /// The daemon cannot be reached.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let line = Line {
            url: super::sign::daemon_of(self.url.as_ref(), &self.config)?,
            token: None,
            ca_file: self.ca_file,
        };
        let path = if self.alive { "/livez" } else { "/readyz" };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (good, said) = runtime.block_on(line.look(path))?;
        let said: Value = serde_json::from_slice(&said).context("what answered is no surged: it sent no JSON")?;
        writeln!(io::stdout(), "{said:#}")?;
        Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
