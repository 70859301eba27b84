//! Work without end, and clients that come and go: when they have gone, nothing of them is left. `SURGED_SOAK=200` for so many
//! crowds.

use super::{Bench, counted};
use crate::house::{Process, Supervisor, until};
use serde_json::json;

/// Crowds in an ordinary run, and how many are in one.
const CROWDS: u64 = 6;
const CROWD: usize = 60;

/// What the daemon may have grown by from the first crowd to the last: far less than a megabyte for each who came, however many crowds there were.
const GROWTH_MB: u64 = 48;

/// How many files a process has open.
fn open_files(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

/// A number that the kernel tells of a process.
fn status(pid: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let found = status.lines().find_map(|it| it.strip_prefix(line)).unwrap();
    found
        .trim_start_matches(':')
        .split_whitespace()
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn crowds_that_come_and_go_leave_nothing_behind() {
    let mut bench = Bench::new("0s", "15s").await;
    let mut daemon = Process::run(&bench.config());
    let address = daemon.floor().await;
    let pid = daemon.pid();
    bench.waits(0).await;
    let before = open_files(pid);
    let mut resident = Vec::new();
    for crowd in 0..counted("SURGED_SOAK", CROWDS) {
        let mut all = Vec::new();
        for one in 0..CROWD {
            all.push(Supervisor::come(address, &format!("S{one:02}"), None, None).await);
        }
        bench.waits(9).await;
        // Something that each of them is told; there may be nobody left to call.
        all[0]
            .say(json!({ "type": "call", "queue": "inbound", "seats": 1, "hold_s": 60 }))
            .await;
        assert!(open_files(pid) >= before + CROWD);
        // Half of them leave in good order; the others are gone, and the next word to them finds it out.
        for (one, supervisor) in all.into_iter().enumerate() {
            match one % 2 {
                0 => supervisor.leave().await,
                _ => drop(supervisor),
            }
        }
        let mut waiting = 0;
        until(&format!("crowd {crowd} has left nothing"), || {
            waiting = (waiting + 1) % 5;
            bench.waiting(waiting);
            let left = open_files(pid);
            async move { (left <= before).then_some(()) }
        })
        .await;
        resident.push(status(pid, "VmRSS") / 1024);
    }
    println!(
        "resident MB after each crowd: {resident:?}; threads: {}",
        status(pid, "Threads")
    );
    if let [first, .., last] = resident[..] {
        assert!(
            last < first + GROWTH_MB,
            "memory stays after each crowd: {resident:?} MB"
        );
    }
    assert!(daemon.terminate().await.success());
}
