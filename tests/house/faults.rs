//! A kernel that tells of faults, by strace.

use super::{Process, within};
use rustix::process::{Pid, Signal, kill_process};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// What waits for the disk.
pub const FLUSHES: &str = "fsync,fdatasync";

/// The kernel tells of a fault at some of a process's calls.
pub struct Faults(Child);

impl Faults {
    /// `inject`: as strace takes it.
    pub async fn begin(daemon: &Process, inject: &str) -> Faults {
        let calls = inject.split(':').next().unwrap();
        let mut strace = Command::new("strace")
            .args(["-f", "-e", &format!("trace={calls}"), "-e", &format!("inject={inject}")])
            .args(["-p", &daemon.pid().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("strace is installed");
        let mut lines = BufReader::new(strace.stderr.take().unwrap()).lines();
        within("strace is attached", async {
            while let Ok(Some(line)) = lines.next_line().await {
                if line.contains("attached") {
                    return;
                }
            }
            panic!("strace could not attach");
        })
        .await;
        // It must not be held up by a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Faults(strace)
    }

    /// The kernel tells the truth again.
    pub async fn end(mut self) {
        let pid = Pid::from_raw(self.0.id().unwrap() as i32).unwrap();
        kill_process(pid, Signal::INT).unwrap();
        within("strace lets go", self.0.wait()).await.unwrap();
    }
}
