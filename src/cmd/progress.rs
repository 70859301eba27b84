//! Work that lasts: how far it has come, with the time left, and Ctrl-C, which ends it in good order.

use crate::feed::readings::Way;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What is done within this time needs no bar.
const SHOWN_AFTER: Duration = Duration::from_secs(1);

/// A bar on standard error, where that is a terminal, once the work has lasted longer than a second. `template` is indicatif's.
pub(super) fn bar(length: u64, template: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let (shown, began) = (bar.clone(), Instant::now());
    std::thread::spawn(move || {
        while began.elapsed() < SHOWN_AFTER && !shown.is_finished() {
            std::thread::park_timeout(Duration::from_millis(100));
        }
        if !shown.is_finished() {
            shown.set_draw_target(ProgressDrawTarget::stderr());
        }
    });
    bar
}

/// How far files have been read.
pub(super) struct Reading {
    bar: ProgressBar,
    ways: Vec<Way>,
    count: u64,
}

impl Reading {
    /// Of these files; of those whose way is not known only how many lines there were is shown.
    pub(super) fn of(ways: Vec<Way>) -> Reading {
        let bytes = ways.iter().map(|way| way.bytes).sum();
        let template = match bytes {
            0 => "{spinner} {msg} in {elapsed}",
            _ => "{bar:30} {percent} % of {total_bytes}, {msg}, {eta} left",
        };
        Reading {
            bar: bar(bytes, template),
            ways,
            count: 0,
        }
    }

    /// One more was read.
    pub(super) fn step(&mut self) {
        self.count += 1;
        if self.count.is_multiple_of(16_384) {
            self.bar.set_message(format!("{} lines", self.count));
            self.bar.set_position(self.ways.iter().map(Way::read).sum());
            self.bar.tick();
        }
    }

    /// Takes the bar away.
    pub(super) fn end(self) {
        self.bar.finish_and_clear();
    }
}

/// Whether Ctrl-C was pressed. The first time asks for an end in good order; the second ends at once.
#[derive(Clone, Default)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system refuses.
    pub(super) fn listen() -> std::io::Result<Interrupt> {
        let interrupt = Interrupt::default();
        let asked = interrupt.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let mut signal = {
            let _inside = runtime.enter();
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?
        };
        std::thread::spawn(move || {
            runtime.block_on(async {
                while signal.recv().await.is_some() {
                    if asked.0.swap(true, Ordering::Relaxed) {
                        std::process::exit(1);
                    }
                }
            });
        });
        Ok(interrupt)
    }

    /// Raised once it was.
    pub(super) fn flag(&self) -> &AtomicBool {
        &self.0
    }

    /// Whether it was.
    pub(super) fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
