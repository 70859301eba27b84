//! Where metrics are kept and log lines go.

use super::lines::{Lines, LogEnd};
use super::names::{self, Kind};
use super::rust_log::RustLog;
use jiff::tz::TimeZone;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError, RwLock};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The process's metrics, to be rendered for a scrape.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

static INSTALLED: Mutex<Option<Metrics>> = Mutex::new(None);

impl Metrics {
    /// Installs the process's recorder, or finds the one that is there. Histograms get their buckets here, since without them
    /// they would be rendered as summaries.
    ///
    /// # Errors
    /// Where a foreign recorder was installed before.
    pub fn install() -> Result<Metrics, BuildError> {
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(metrics) = &*installed {
            return Ok(metrics.clone());
        }
        let mut builder = PrometheusBuilder::new();
        for metric in names::ALL {
            if let Kind::Histogram(buckets) = metric.kind {
                builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), buckets)?;
            }
        }
        let metrics = Metrics(builder.install_recorder()?);
        for metric in names::ALL {
            match metric.kind {
                Kind::Counter => metrics::describe_counter!(metric.name, metric.help),
                Kind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
                Kind::Histogram(_) => metrics::describe_histogram!(metric.name, metric.help),
            }
        }
        metrics::gauge!(names::BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        for metric in names::ALL {
            if matches!(metric.kind, Kind::Histogram(_)) && metric.labels.is_empty() {
                // It begins at zero: where it began with what it measures first, no rate would rise by that.
                drop(metrics::histogram!(metric.name));
            }
        }
        Ok(installed.insert(metrics).clone())
    }

    /// Prometheus text. Gauges that are not known are left out.
    pub fn render(&self) -> String {
        super::process::show();
        let text = self.0.render();
        let known = text
            .lines()
            .filter(|line| line.starts_with('#') || !line.ends_with(" NaN"));
        known.fold(String::with_capacity(text.len()), |text, line| text + line + "\n")
    }

    /// To be called now and then, so that histograms do not grow between scrapes.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

/// How log lines look.
#[derive(Copy, Clone, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Logs {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How much is logged where `RUST_LOG` does not say.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Level {
    /// What happens on the floor, and what is wrong.
    Daemon,
    /// Only what is wrong: for commands whose output is something else.
    Command,
}

/// The zone in which log lines tell the time; until it is known, UTC.
static ZONE: RwLock<TimeZone> = RwLock::new(TimeZone::UTC);

/// From now on log lines tell the time in this zone.
pub fn tell_times_in(zone: &TimeZone) {
    *ZONE.write().unwrap_or_else(PoisonError::into_inner) = zone.clone();
}

/// The zone in which log lines tell the time.
pub fn zone_of_times() -> TimeZone {
    ZONE.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Times of log lines, with their distance from UTC, so that programs read them too.
struct InZone;

impl FormatTime for InZone {
    fn format_time(&self, line: &mut Writer<'_>) -> std::fmt::Result {
        let now = jiff::Timestamp::now().to_zoned(zone_of_times());
        write!(line, "{}", now.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z"))
    }
}

/// Sends log lines to standard error: those of the daemon by a thread of its own, so that a stuck reader stops nobody. Colour only on a
/// terminal, and never with `NO_COLOR`.
pub fn start_logging(logs: Logs, level: Level) -> LogEnd {
    let rust_log = RustLog::of_environment(match level {
        Level::Daemon => LevelFilter::INFO,
        Level::Command => LevelFilter::WARN,
    });
    let (fault, finest) = (rust_log.fault(), rust_log.finest());
    let filter = filter_fn(move |line| rust_log.admits(line.target(), *line.level())).with_max_level_hint(finest);
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let (writer, end) = match level {
        Level::Daemon => {
            let (lines, end) = Lines::begin(colour);
            (BoxMakeWriter::new(lines), end)
        }
        Level::Command => (BoxMakeWriter::new(std::io::stderr), LogEnd::at_once()),
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(colour)
        .with_timer(InZone)
        .with_target(false);
    // For the whole process, not for this layer: what the libraries write in the older way is looked at once, by its own name.
    let filtered = tracing_subscriber::registry().with(filter);
    // A second start (tests in one process) keeps the first.
    let _ = match logs {
        Logs::Text => filtered.with(lines).try_init(),
        Logs::Json => filtered.with(lines.json()).try_init(),
    };
    if let Some(fault) = fault {
        tracing::warn!("{fault}");
    }
    end
}
