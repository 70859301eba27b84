//! The sheet as a file beside the log: what lies there is never older than a few seconds, and never half written.

use super::super::Floor;
use crate::wire::Scope;
use crate::words::Language;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether the sheet would say something else. The time on it is that of the look.
const EVERY: Duration = Duration::from_secs(5);

/// Keeps the sheet fresh until cancelled. A file that cannot be written is told once, until it can be again.
pub async fn keep(floor: Arc<Floor>, path: PathBuf, language: Language, cancel: CancellationToken) {
    let mut failing = false;
    let mut beat = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = beat.tick() => {}
        }
        let Some(sheet) = floor.hub.sheet((floor.clock)(), language, &Scope::WholeFloor) else {
            continue;
        };
        let to = path.clone();
        let wrote = tokio::task::spawn_blocking(move || write(&to, &sheet)).await;
        match wrote.map_err(io::Error::other).and_then(|wrote| wrote) {
            Ok(()) => failing = false,
            Err(fault) if !failing => {
                failing = true;
                tracing::error!(path = %path.display(), %fault, "the sheet of floor.paper cannot be written; print /paper instead");
            }
            Err(_) => {}
        }
    }
}

/// Whoever opens it meanwhile has the old one or the new one.
fn write(path: &Path, sheet: &str) -> io::Result<()> {
    let beside = path.with_extension("html.new");
    std::fs::write(&beside, sheet)?;
    std::fs::rename(&beside, path)
}
