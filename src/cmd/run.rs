//! `surged run`: the daemon.

use super::configuration::{AtFault, ConfigFile};
use crate::config::Purpose;
use crate::daemon::{self, Setup, StartFault};
use crate::lab::bench::Bench;
use crate::telemetry::{Level, Logs, start_logging, tell_times_in};
use crate::words::Language;
use clap::Args;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// Run the daemon: listen to the phone system, run the surge plan, instruct the floor
///
/// The console, the floor socket, the HTTP interface and /metrics are on the address that floor.listen names. The configuration is
/// read anew when its file changes and on SIGHUP. SIGTERM or Ctrl-C ends it in good order; a second one ends it at once.
#[derive(Args)]
pub struct Run {
    #[command(flatten)]
    file: ConfigFile,
    /// How log lines look
    #[arg(long, value_enum, default_value = "text")]
    log_format: Logs,
}

impl Run {
    /// Runs until it is told to end.
    ///
    /// # Errors
    /// Why it does not start, or ended of its own accord.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        // Duty log, tokens, outbox: nobody else's to read.
        rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
        let _logs = start_logging(self.log_format, Level::Daemon);
        let config = self.file.load(Purpose::Run, Language::of_terminal())?;
        tell_times_in(&config.calendar.zone);
        let scheme = if config.floor.tls.is_some() { "https" } else { "http" };
        let setup = Setup {
            watch: Some(self.file.path()?),
            tokens: Some(daemon::tokens_beside(&config.journal.path)),
            bench: Some(Arc::new(Bench::default())),
            ..Setup::default()
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            outlive_file_limits()?;
            raise_file_limit();
            let running = match daemon::start(config, setup).await {
                // Nothing that a service tries again by itself.
                Err(fault @ StartFault::Tls(_)) => {
                    tell!("surged: {fault}");
                    return Err(AtFault.into());
                }
                started => started?,
            };
            // Before anybody is told that it runs: whoever ends it then finds that it ends in good order.
            end_on_signal(running.stopper())?;
            tracing::info!("the floor is on {scheme}://{}/", running.address);
            // Without systemd nobody listens, and that is well.
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
            running.ended().await?;
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// A limit on the size of files is to fail the write, as a full disk does, and not to end the process: callers come first.
fn outlive_file_limits() -> std::io::Result<()> {
    // Once it was asked for, the signal is without effect for the life of the process.
    signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw())).map(drop)
}

/// As many files as the system lets this process have: each console is one, and the limit that a shell or a unit gives by default
/// is for programs of another kind.
fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(fault) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%fault, "the number of files that may be open stays as it was");
    }
}

/// Ends in good order on the first signal, at once on the second.
pub(super) fn end_on_signal(stopper: tokio_util::sync::CancellationToken) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if stopper.is_cancelled() {
                tracing::warn!("ended at once, as asked for twice");
                std::process::exit(1);
            }
            tracing::info!("ending in good order; once more ends at once");
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
            stopper.cancel();
        }
    });
    Ok(())
}
