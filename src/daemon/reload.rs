//! A changed configuration, roster or secret: noticed when its folder changes (editors rename) and on SIGHUP, read whole, handed to
//! the driver.

use crate::config::{self, Config, Diagnostics, Purpose};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A file that is still being written is left alone for so long.
const QUIET: Duration = Duration::from_millis(200);

/// Watches a configuration file and what it is read together with: all of it is read anew after each change. The driver passes over
/// what is in force already.
pub fn watch(file: Option<PathBuf>, cancel: CancellationToken) -> mpsc::Receiver<Result<Config, Diagnostics>> {
    let (sender, receiver) = mpsc::channel(1);
    if let Some(file) = file {
        tokio::spawn(follow(file, sender, cancel));
    }
    receiver
}

async fn follow(file: PathBuf, out: mpsc::Sender<Result<Config, Diagnostics>>, cancel: CancellationToken) {
    let (touched, mut touches) = mpsc::channel(1);
    let mut folders = Folders::new(touched);
    let hangup = signal(SignalKind::hangup()).inspect_err(|fault| tracing::warn!(%fault, "SIGHUP is not heard"));
    let Ok(mut hangup) = hangup else {
        return;
    };
    // What it points to is watched from the start, and what a changed file points to from then on, also where it is at fault.
    let beside = || {
        let file = file.clone();
        tokio::task::spawn_blocking(move || folders_of(&file))
    };
    folders.follow(beside().await.unwrap_or_default());
    let mut known = None;
    loop {
        let asked = tokio::select! {
            () = cancel.cancelled() => return,
            Some(()) = touches.recv() => {
                tokio::time::sleep(QUIET).await;
                false
            }
            Some(()) = hangup.recv() => true,
        };
        while touches.try_recv().is_ok() {}
        folders.follow(beside().await.unwrap_or_default());
        // Other files lie in these folders too, and some of them are written all the time: the duty log, a log of lines.
        let content = {
            let file = file.clone();
            tokio::task::spawn_blocking(move || content_of(&file)).await.ok()
        };
        if !asked && content.is_some() && content == known {
            continue;
        }
        known = content;
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

/// The folders of a configuration and of the files that it is read together with.
fn folders_of(file: &Path) -> BTreeSet<PathBuf> {
    let folder = |file: &Path| match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let beside = config::files_beside(file);
    beside.iter().map(PathBuf::as_path).chain([file]).map(folder).collect()
}

/// What tells one state of a configuration and of the files that it is read together with from another: each with the SHA-256 of its
/// bytes, where it can be read.
fn content_of(file: &Path) -> BTreeMap<PathBuf, Option<[u8; 32]>> {
    let files = config::files_beside(file).into_iter().chain([file.to_owned()]);
    files
        .map(|file| {
            let content = File::open(&file).and_then(|opened| {
                let mut hash = Sha256::new();
                std::io::copy(&mut opened.take(CONTENT_BYTES), &mut Digesting(&mut hash))?;
                Ok(hash.finalize().into())
            });
            (file, content.ok())
        })
        .collect()
}

/// More of a file is not looked at: none that is read with a configuration is larger.
const CONTENT_BYTES: u64 = 64 << 20;

/// Bytes into a digest.
struct Digesting<'a>(&'a mut Sha256);

impl Write for Digesting<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A file beside a database, which changes with every entry of the duty log where that lies in the same folder: to look at the whole
/// configuration each time would cost more than what is written.
fn is_of_a_log(file: &Path) -> bool {
    let name = file.as_os_str().as_encoded_bytes();
    name.ends_with(b"-wal") || name.ends_with(b"-shm")
}

/// Folders whose changes are heard.
struct Folders {
    watcher: Option<RecommendedWatcher>,
    watched: BTreeSet<PathBuf>,
}

impl Folders {
    fn new(touched: mpsc::Sender<()>) -> Folders {
        let hear = move |event: notify::Result<notify::Event>| {
            // One wake-up is enough, however many changes.
            let elsewhere = |files: &[PathBuf]| files.is_empty() || files.iter().any(|file| !is_of_a_log(file));
            let is_change = |event: notify::Event| !event.kind.is_access() && elsewhere(&event.paths);
            if event.is_ok_and(is_change) {
                let _ = touched.try_send(());
            }
        };
        let watcher = notify::recommended_watcher(hear).inspect_err(|fault| {
            tracing::warn!(%fault, "changes of the configuration are not noticed by themselves; send SIGHUP");
        });
        Folders {
            watcher: watcher.ok(),
            watched: BTreeSet::new(),
        }
    }

    /// Watches these folders and no others. One that cannot be watched is tried again the next time.
    fn follow(&mut self, folders: BTreeSet<PathBuf>) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        for gone in self.watched.difference(&folders) {
            // It may be gone from the disk as well.
            let _ = watcher.unwatch(gone);
        }
        self.watched.retain(|folder| folders.contains(folder));
        for folder in folders {
            if self.watched.contains(&folder) {
                continue;
            }
            match watcher.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.watched.insert(folder);
                }
                Err(fault) => {
                    let folder = folder.display();
                    tracing::warn!(%fault, %folder, "changes in this folder are not noticed by themselves; send SIGHUP");
                }
            }
        }
    }
}
