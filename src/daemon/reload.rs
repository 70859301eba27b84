//! A changed configuration: noticed when its folder changes (editors rename) and on SIGHUP, read whole, handed to the driver.

use crate::config::{self, Config, Diagnostics, Purpose};
use notify::{RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A file that is still being written is left alone for so long.
const QUIET: Duration = Duration::from_millis(200);

/// Watches a configuration file; its text is read anew after each change. The driver passes over what is in force already.
pub fn watch(file: Option<PathBuf>, cancel: CancellationToken) -> mpsc::Receiver<Result<Config, Diagnostics>> {
    let (sender, receiver) = mpsc::channel(1);
    if let Some(file) = file {
        tokio::spawn(follow(file, sender, cancel));
    }
    receiver
}

async fn follow(file: PathBuf, out: mpsc::Sender<Result<Config, Diagnostics>>, cancel: CancellationToken) {
    let (touched, mut touches) = mpsc::channel(1);
    let hear = move |event: notify::Result<notify::Event>| {
        // One wake-up is enough, however many changes.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = touched.try_send(());
        }
    };
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let watched = notify::recommended_watcher(hear).and_then(|mut watcher| {
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    let _watcher = watched.inspect_err(|fault| {
        tracing::warn!(%fault, folder = %folder.display(), "changes of the configuration are not noticed by themselves; send SIGHUP");
    });
    let hangup = signal(SignalKind::hangup()).inspect_err(|fault| tracing::warn!(%fault, "SIGHUP is not heard"));
    let Ok(mut hangup) = hangup else {
        return;
    };
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            Some(()) = touches.recv() => tokio::time::sleep(QUIET).await,
            Some(()) = hangup.recv() => {}
        }
        while touches.try_recv().is_ok() {}
        let read = {
            let file = file.clone();
            tokio::task::spawn_blocking(move || config::load(&file, Purpose::Run))
        };
        let Ok(loaded) = read.await else {
            continue;
        };
        if out.send(loaded).await.is_err() {
            return;
        }
    }
}
