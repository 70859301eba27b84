//! `surged record`: the live feeds of a configuration, as readings.

use super::configuration::ConfigFile;
use super::run::end_on_signal;
use crate::clock::Clock;
use crate::config::Purpose;
use crate::daemon::feed_settings;
use crate::feed::readings::Recording;
use crate::feed::{self, FeedEvent, Heard};
use crate::telemetry::{Level, Logs, start_logging, tell_times_in};
use crate::words::Language;
use anyhow::Context;
use clap::Args;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Events that may wait to be written; beyond it the feeds keep the latest.
const EVENTS_WAITING: usize = 4096;

/// What was heard is on the disk after this.
const FLUSH_EVERY: Duration = Duration::from_secs(1);

/// Write the live feeds as readings, to be replayed
///
/// Listens to the configuration's phone systems beside a running daemon, and writes each reading, sign of life, loss, missing queue and
/// cut line as one JSON line, with the feed that spoke, until Ctrl-C. Nothing is decided and nobody is told anything. `surged replay`
/// reads it, and decides what the daemon decided.
#[derive(Args)]
pub struct Record {
    #[command(flatten)]
    file: ConfigFile,
    /// Where to: a new file, compressed where it ends in .gz or .zst; "-" for standard output
    #[arg(short, long, value_name = "READINGS")]
    output: PathBuf,
}

impl Record {
    /// Records until told to end.
    ///
    /// # Errors
    /// A configuration at fault, or a file that cannot be written.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let _logs = start_logging(Logs::Text, Level::Daemon);
        let config = self.file.load(Purpose::Run, Language::of_terminal())?;
        tell_times_in(&config.calendar.zone);
        let mut recording = Recording::new(open(&self.output)?);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let cancel = CancellationToken::new();
            end_on_signal(cancel.clone())?;
            let (out, mut events) = mpsc::channel::<FeedEvent>(EVENTS_WAITING);
            for (name, settings) in &config.feeds {
                let clock = Clock::real(None);
                let settings = feed_settings(name, settings);
                // The channel closes when the last feed has ended; nobody needs to wait for the tasks.
                drop(feed::start(settings, out.clone(), move || clock.now(), cancel.clone()));
            }
            drop(out);
            let mut beat = tokio::time::interval(FLUSH_EVERY);
            loop {
                tokio::select! {
                    event = events.recv() => {
                        let Some(event) = event else { break };
                        if let Heard::QueueMissing { queue } = &event.what {
                            tracing::warn!(feed = %event.feed, %queue, "the phone system has no such queue; see queue.<key>.source");
                        }
                        recording.write(&event).context("the recording cannot be written; what came before is in the file")?;
                    }
                    _ = beat.tick() => recording.flush()?,
                }
            }
            anyhow::Ok(())
        })?;
        let lines = recording.lines();
        recording.finish()?.end()?;
        tell!("surged: {lines} lines in {}", self.output.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// The recording's file, compressed as its name says.
enum Sink {
    Plain(BufWriter<Box<dyn Write>>),
    Gzip(flate2::write::GzEncoder<BufWriter<File>>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

fn open(path: &Path) -> anyhow::Result<Sink> {
    if path == Path::new("-") {
        return Ok(Sink::Plain(BufWriter::new(Box::new(std::io::stdout()))));
    }
    let file = File::create_new(path)
        .with_context(|| format!("{} cannot be made; a recording never overwrites a file", path.display()))?;
    Ok(match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz") => Sink::Gzip(flate2::write::GzEncoder::new(
            BufWriter::new(file),
            flate2::Compression::default(),
        )),
        Some("zst") => Sink::Zstd(zstd::Encoder::new(BufWriter::new(file), 0)?),
        _ => Sink::Plain(BufWriter::new(Box::new(file))),
    })
}

impl Sink {
    fn end(self) -> std::io::Result<()> {
        match self {
            Sink::Plain(mut out) => out.flush(),
            Sink::Gzip(out) => out.finish()?.flush(),
            Sink::Zstd(out) => out.finish()?.flush(),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Sink::Plain(out) => out.write(bytes),
            Sink::Gzip(out) => out.write(bytes),
            Sink::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Sink::Plain(out) => out.flush(),
            Sink::Gzip(out) => out.flush(),
            Sink::Zstd(out) => out.flush(),
        }
    }
}
