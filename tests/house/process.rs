//! The real binary as a process of its own.

use super::{LOOK_EVERY, within};
use rustix::process::{Pid, Signal, kill_process};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// A daemon in a process of its own.
pub struct Process {
    child: Child,
    address: watch::Receiver<Option<SocketAddr>>,
    said: Arc<Mutex<String>>,
}

impl Process {
    /// `surged run -c FILE`, in the file's folder.
    pub fn run(config: &Path) -> Process {
        let mut command = Command::new(binary());
        command.args(["run", "-c"]).arg(config);
        Process::start(command, config)
    }

    /// The same from a shell that sets limits before.
    pub fn run_after(shell: &str, config: &Path) -> Process {
        let mut command = Command::new("sh");
        let script = format!("{shell} && exec \"$0\" run -c \"$1\"");
        command.args(["-c", &script]).arg(binary()).arg(config);
        Process::start(command, config)
    }

    /// The same as a child of another program, which is given before it.
    pub fn run_under(program: &[&str], config: &Path) -> Process {
        let mut command = Command::new(program[0]);
        command
            .args(&program[1..])
            .arg(binary())
            .args(["run", "-c"])
            .arg(config);
        Process::start(command, config)
    }

    fn start(mut command: Command, config: &Path) -> Process {
        let mut child = command
            .current_dir(config.parent().unwrap())
            .env_remove("STATE_DIRECTORY")
            .env_remove("NOTIFY_SOCKET")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (found, address) = watch::channel(None);
        let said = Arc::new(Mutex::new(String::new()));
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let kept = Arc::clone(&said);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some((_, rest)) = line.split_once("the floor is on http://") {
                    let end = rest.find('/').unwrap_or(rest.len());
                    found.send_replace(rest[..end].parse().ok());
                }
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        Process { child, address, said }
    }

    /// Where its floor is, once it says so.
    pub async fn floor(&mut self) -> SocketAddr {
        let found = within("the daemon says where its floor is", async {
            self.address.wait_for(Option::is_some).await.map(|it| *it)
        });
        match found.await {
            Ok(Some(address)) => address,
            _ => panic!("it ended before its floor was open: {}", self.said()),
        }
    }

    /// `kill -9`.
    pub async fn kill(mut self) {
        within("the process is gone", self.child.kill()).await.unwrap();
    }

    /// SIGTERM, and how it ended.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended().await
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().unwrap() as i32).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// How it ended.
    pub async fn ended(&mut self) -> ExitStatus {
        within("the process ends", self.child.wait()).await.unwrap()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// What it said so far on standard error.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Everything that it said, once it has ended with this status.
    pub async fn refuses(mut self, code: i32) -> String {
        let status = self.ended().await;
        // The pipe ends a moment after the process.
        within("its last words", async {
            while self.address.has_changed().is_ok() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        })
        .await;
        let said = self.said();
        assert_eq!(
            status.code(),
            Some(code),
            "{status:?} (signal {:?}): {said}",
            status.signal()
        );
        said
    }
}

pub fn binary() -> PathBuf {
    env!("CARGO_BIN_EXE_surged").into()
}
