//! Processes of their own. Killed in the midst of writing: whatever was acknowledged is there, and nothing holds the
//! log afterwards. Kept from writing by the system: the log goes on once it may.

use super::samples::{batch, fact, options};
use super::{open, verify};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use surged::journal::{Fault, Journal, Local, Refused, Verdict};

const LOG: &str = "JOURNAL_TEST_LOG";

/// Runs in a process of its own: appends for ever and tells on standard output what was acknowledged.
#[tokio::test]
#[ignore = "started, and killed, by the test below"]
async fn appends_until_it_is_killed() {
    let Some(path) = std::env::var_os(LOG).map(PathBuf::from) else {
        return;
    };
    let (journal, recovered) = Local::open(&path, options()).unwrap();
    let mut next = recovered.next_seq;
    loop {
        let receipts: Vec<_> = (next..next + 8)
            .map(|seq| journal.try_append(batch(vec![fact(seq)])).unwrap())
            .collect();
        for receipt in receipts {
            next = receipt.await.unwrap().unwrap().next_seq;
            let mut out = std::io::stdout().lock();
            writeln!(out, "acknowledged {}", next - 1).unwrap();
            out.flush().unwrap();
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_ten_kills() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    for round in 1..=10 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "process::appends_until_it_is_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(LOG, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = |wanted: usize| {
            let numbers = lines.by_ref().map_while(Result::ok);
            let numbers = numbers.filter_map(|line| line.strip_prefix("acknowledged ")?.parse::<u64>().ok());
            numbers.take(wanted).last()
        };
        // Another moment of its work each time.
        let first = told(round * 7).expect("it writes");
        child.kill().unwrap();
        child.wait().unwrap();
        let least = told(usize::MAX).unwrap_or(first);

        let (journal, recovered) = open(&path);
        assert!(
            recovered.next_seq > least,
            "{least} was acknowledged, the log goes on at {}",
            recovered.next_seq
        );
        let wanted: Vec<_> = (1..recovered.next_seq).map(fact).collect();
        assert_eq!(recovered.entries_after, wanted);
        journal.close().await;
        assert!(matches!(verify(&path), Verdict::Whole { .. }));
    }
}

/// Runs in a process of its own that may write no file beyond a size: an error of input and output, not a full disk.
#[tokio::test]
#[ignore = "started under a limit by the test below"]
async fn goes_on_once_the_system_lets_it_write() {
    let Some(path) = std::env::var_os(LOG).map(PathBuf::from) else {
        return;
    };
    let (journal, _) = Local::open(&path, options()).unwrap();
    let mut next = 1;
    let failed = loop {
        assert!(next < 100_000, "the limit is not in force");
        match journal.append(batch(vec![fact(next)])).await.unwrap().await.unwrap() {
            Ok(committed) => next = committed.next_seq,
            Err(failed) => break failed,
        }
    };
    assert_eq!(failed.batch, batch(vec![fact(next)]));
    assert!(
        matches!(
            &failed.why,
            Refused::Storage {
                fault: Fault::Io(_),
                ..
            }
        ),
        "{:?}",
        failed.why
    );
    let unlimited = Rlimit {
        current: None,
        maximum: None,
    };
    setrlimit(Resource::Fsize, unlimited).unwrap();
    journal.append(failed.batch).await.unwrap().await.unwrap().unwrap();
    journal.close().await;
    println!("wrote {next}");
}

#[tokio::test]
async fn an_error_of_the_system_costs_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    // Only a shell can have the signal ignored that would end the process.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -S -f 600; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "process::goes_on_once_the_system_lets_it_write",
            "--ignored",
            "--nocapture",
        ])
        .env(LOG, &path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let written = text
        .lines()
        .find_map(|it| it.strip_prefix("wrote ")?.parse::<u64>().ok())
        .unwrap();
    let (journal, recovered) = open(&path);
    assert_eq!(recovered.entries_after, (1..=written).map(fact).collect::<Vec<_>>());
    journal.close().await;
    assert!(matches!(verify(&path), Verdict::Whole { rows, .. } if rows == written));
}
