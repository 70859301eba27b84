//! Disks that fail under the running daemon, and before it starts: the plan is run, instructions go out unlogged, and the log is
//! made good once it can be.

use super::{Bench, signed_in};
use crate::house::{DEADLINE, FLUSHES, Faults, Log, Process, Supervisor, get};
use serde_json::{Value, json};
use surged::journal::{Fact, Reader, Record, Verdict};

/// A daemon that meets a fault from its very beginning.
fn under_faults(bench: &Bench, inject: &str) -> Process {
    let calls = inject.split(':').next().unwrap();
    let (trace, inject) = (format!("trace={calls}"), format!("inject={inject}"));
    let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
    // Without strace it would go on alone.
    let with_it = ["setpriv", "--pdeathsig", "KILL"];
    Process::run_under(&[&strace[..], &with_it].concat(), &bench.config())
}

fn unlogged(instruction: &Value) -> bool {
    instruction["unlogged"] == json!(true)
}

async fn is_mended(li: &mut Supervisor) {
    li.hear("the log is mended", |it| {
        it["code"] == "journal_failing" && it["failing"] == false
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs strace: run by tests/run.sh"]
async fn flushes_that_keep_failing_hold_nobody_up_and_the_log_is_made_good() {
    let mut bench = Bench::new("1s", "60s").await;
    let (mut daemon, mut li) = bench.starts().await;
    let address = daemon.floor().await;
    bench.waits(2).await;
    let faults = Faults::begin(&daemon, &format!("{FLUSHES}:error=EIO")).await;
    bench.waiting(8);
    let expert = li.told("sign_in", "expert").await;
    assert!(unlogged(&expert), "{expert}");
    let failing = li.notice("journal_failing").await;
    assert!(
        failing["why"].as_str().unwrap().contains("look at the disk"),
        "{failing}"
    );
    assert_eq!(get(address, "/healthz", None).await.status, 503);
    // Many tries later it is still there, and takes answers.
    li.done(&expert).await;
    let outbound = li.told("sign_in", "outbound").await;
    assert!(unlogged(&outbound));
    li.done(&outbound).await;
    let quality = li.told("sign_in", "quality").await;
    assert!(unlogged(&quality) && daemon.is_running(), "{}", daemon.said());

    faults.end().await;
    is_mended(&mut li).await;
    li.done(&quality).await;
    // What was brought first, and was on the disk in spite of the fault, bears no mark of its own: it is said behind it.
    daemon.terminate().await;
    let entries = bench.log.whole();
    let behind: Vec<u64> = entries
        .iter()
        .filter_map(|entry| match &entry.record {
            Record::Fact(Fact::WentOutUnlogged { entries }) => Some(entries.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    for entry in entries.iter().filter(|entry| super::instruction(entry).is_some()) {
        assert!(
            entry.unlogged || behind.contains(&entry.seq),
            "entry {} is marked",
            entry.seq
        );
    }
    let tiers: Vec<String> = signed_in(&entries).into_iter().map(|(tier, _)| tier).collect();
    assert_eq!(tiers, ["expert", "outbound", "quality"]);
    assert!(matches!(
        Reader::open(&bench.file("surged.db"), DEADLINE)
            .unwrap()
            .verify(|_, _| {})
            .unwrap(),
        Verdict::Whole { .. }
    ));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs strace: run by tests/run.sh"]
async fn what_a_slow_disk_took_in_the_end_is_logged_as_told_before() {
    let mut bench = Bench::new("1s", "60s").await;
    let (daemon, mut li) = bench.starts().await;
    bench.waits(2).await;
    let faults = Faults::begin(&daemon, &format!("{FLUSHES}:delay_enter=4000000")).await;
    bench.waiting(8);
    let expert = li.told("sign_in", "expert").await;
    assert!(unlogged(&expert), "{expert}");
    faults.end().await;
    is_mended(&mut li).await;
    let seq = expert["seq"].as_u64().unwrap();
    let says_so = |entry: &surged::journal::Entry| {
        (entry.seq == seq && entry.unlogged)
            || matches!(&entry.record, Record::Fact(Fact::WentOutUnlogged { entries }) if entries.contains(&seq))
    };
    bench.log.until("the log says so", says_so).await;
    // Whoever comes back after a restart hears the same.
    daemon.kill().await;
    let mut daemon = Process::run(&bench.config());
    let mut wu = Supervisor::come(daemon.floor().await, "Wu", None, Some(0)).await;
    let again = wu.told("sign_in", "expert").await;
    assert_eq!((again["seq"].as_u64(), unlogged(&again)), (Some(seq), true));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs strace: run by tests/run.sh"]
async fn a_disk_that_fails_every_flush_at_the_start_keeps_nobody_from_running_the_plan() {
    let bench = Bench::new("1s", "60s").await;
    let mut daemon = under_faults(&bench, &format!("{FLUSHES}:error=EIO"));
    let address = daemon.floor().await;
    let mut li = Supervisor::come(address, "Li", None, None).await;
    bench.waiting(8);
    assert!(unlogged(&li.told("sign_in", "expert").await));
    assert_eq!(get(address, "/healthz", None).await.status, 503);
    let said = daemon.said();
    assert!(said.contains("the plan is run all the same"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs strace: run by tests/run.sh"]
async fn a_disk_that_is_full_at_the_start_goes_on_from_what_it_holds() {
    let mut bench = Bench::new("1s", "60s").await;
    let (daemon, mut li) = bench.starts().await;
    bench.waits(8).await;
    let expert = li.told("sign_in", "expert").await;
    li.done(&expert).await;
    drop(li);
    daemon.kill().await;

    // The supervisor below sees what the log holds: the experts are there, and the next tier follows.
    let mut daemon = under_faults(&bench, "pwrite64,ftruncate:error=ENOSPC");
    let address = daemon.floor().await;
    let mut li = Supervisor::come(address, "Li", None, None).await;
    let outbound = li.told("sign_in", "outbound").await;
    assert!(unlogged(&outbound), "{outbound}");
    assert_eq!(get(address, "/healthz", None).await.status, 503);
    assert_eq!(li.state["queues"][0]["moves"][0]["tier"], "expert", "{}", li.state);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs root and unshare: run by tests/run.sh"]
async fn a_disk_that_is_mounted_read_only_goes_on_from_what_it_holds() {
    for killed in [true, false] {
        let mut bench = Bench::new("1s", "60s").await;
        let (mut daemon, mut li) = bench.starts().await;
        bench.waits(8).await;
        let expert = li.told("sign_in", "expert").await;
        li.done(&expert).await;
        drop(li);
        // With what was written last in a file of its own, or with all of it in the log.
        if killed {
            daemon.kill().await;
        } else {
            daemon.terminate().await;
        }
        let folder = bench.dir.path().display().to_string();
        let script = format!("mount --bind {folder} {folder} && mount -o remount,ro,bind {folder} && exec \"$@\"");
        let mut daemon = Process::run_under(&["unshare", "-m", "sh", "-c", &script, "sh"], &bench.config());
        let mut li = Supervisor::come(daemon.floor().await, "Li", None, Some(0)).await;
        // History is there as well.
        assert!(!unlogged(&li.told("sign_in", "expert").await));
        let outbound = li.told("sign_in", "outbound").await;
        assert!(unlogged(&outbound), "{outbound}");
        let said = daemon.said();
        // Where the log can still be opened it is the first write that tells.
        let told = [
            "the plan is run all the same",
            "instructions go out unlogged until it does",
        ];
        assert!(told.iter().any(|words| said.contains(words)), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_deleted_under_the_daemon_are_noticed_and_said() {
    let mut bench = Bench::new("1s", "60s").await;
    let (daemon, mut li) = bench.starts().await;
    bench.waits(2).await;
    std::fs::remove_file(bench.file("surged.db-wal")).unwrap();
    bench.waiting(8);
    let failing = li.notice("journal_failing").await;
    assert!(failing["why"].as_str().unwrap().contains("-wal"), "{failing}");
    is_mended(&mut li).await;
    li.told("sign_in", "expert").await;
    // Everything is in the log, and nothing in a file without a name.
    daemon.kill().await;
    let tiers = signed_in(&bench.log.whole());
    assert_eq!(tiers.len(), 1, "{tiers:?}");
    let entries = bench.log.whole();
    let waiting = |entry: &surged::journal::Entry| match &entry.record {
        Record::Input(surged::core::Input::Reading { reading }) => Some(reading.waiting),
        _ => None,
    };
    let told: Vec<u32> = entries.iter().filter_map(waiting).collect();
    assert!(told.contains(&2), "{told:?}");

    // Whoever looked at it while -wal was deleted looks anew.
    bench.log = Log::of(bench.file("surged.db"));
    let (_daemon, mut li) = bench.starts().await;
    bench.waits(9).await;
    std::fs::remove_file(bench.file("surged.db")).unwrap();
    bench.waiting(10);
    let failing = li.notice("journal_failing").await;
    assert!(failing["why"].as_str().unwrap().contains("deleted"), "{failing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_by_another_path_is_the_same_log() {
    let mut bench = Bench::new("1s", "60s").await;
    let (_daemon, _li) = bench.starts().await;
    bench.waits(2).await;
    std::fs::create_dir(bench.file("other")).unwrap();
    let other = bench.file("other/surged.db");
    std::fs::hard_link(bench.file("surged.db"), &other).unwrap();
    let plan = std::fs::read_to_string(bench.config()).unwrap();
    let plan = plan.replace(
        &bench.file("surged.db").display().to_string(),
        &other.display().to_string(),
    );
    let config = bench.file("other/surged.toml");
    std::fs::write(&config, plan).unwrap();
    let said = Process::run(&config).refuses(1).await;
    assert!(said.contains("in use by another surged (process"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_the_daemon_are_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mut bench = Bench::new("1s", "60s").await;
    let (_daemon, mut li) = bench.starts().await;
    bench.waits(8).await;
    li.told("sign_in", "expert").await;
    for file in std::fs::read_dir(bench.dir.path()).unwrap() {
        let file = file.unwrap();
        let name = file.file_name();
        if name == "surged.toml" {
            continue;
        }
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{name:?} has mode {mode:o}");
    }
}
