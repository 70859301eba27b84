//! `surged log` on a log that a daemon is writing.

use super::samples::{batch, fact, reading};
use super::{every_kind, open, written};
use assert_cmd::Command;
use std::path::Path;
use surged::journal::Journal;

pub fn log(verb: &str, path: &Path, more: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_surged"));
    command.args(["log", verb, "--journal"]).arg(path).args(more);
    command.output().unwrap()
}

pub fn lines(verb: &str, path: &Path, more: &[&str]) -> Vec<String> {
    let output = log(verb, path, more);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn show_reads_beside_the_daemon_and_filters() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let entries = every_kind(&path).await;
    let (daemon, _) = open(&path);
    let next = entries.len() as u64 + 1;
    written(&daemon, batch(vec![reading(next, "other", 3), fact(next + 1)])).await;

    let shown = lines("show", &path, &["--zone", "Asia/Shanghai"]);
    assert_eq!(
        shown.len(),
        entries.len() - 2 + 1,
        "the readings and the heartbeat are not shown"
    );
    assert_eq!(
        shown[0],
        "       1  2026-11-02 11:05:00.001+08:00  -             surged 0.1.0 started, configuration c0ffee"
    );
    assert!(
        shown
            .iter()
            .any(|it| it.contains("inbound       sign in expert: 4 (E01, E02, E03, E04)"))
    );
    assert!(
        shown
            .iter()
            .any(|it| it.ends_with("[took effect before it was logged]"))
    );

    assert_eq!(lines("show", &path, &["--readings"]).len(), entries.len() + 2);
    let other = lines("show", &path, &["--readings", "--queue", "other"]);
    assert!(other.len() == 1 && other[0].ends_with("3 waiting"), "{other:?}");
    let last = lines("show", &path, &["--last", "2", "--zone", "Asia/Shanghai"]);
    assert_eq!(last, shown[shown.len() - 2..]);
    let before = [
        "--zone",
        "Asia/Shanghai",
        "--since",
        "2026-11-02 11:05",
        "--until",
        "2026-11-02T03:05:00.003Z",
    ];
    assert_eq!(lines("show", &path, &before).len(), 2);
    daemon.close().await;
}

#[tokio::test]
async fn show_and_verify_speak_chinese() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    every_kind(&path).await;
    let asked = ["--zone", "Asia/Shanghai", "--language", "zh-Hans"];
    let shown = lines("show", &path, &asked);
    assert_eq!(
        shown[0],
        "       1  2026-11-02 11:05:00.001+08:00  -             surged 0.1.0 已启动，配置 c0ffee"
    );
    assert!(
        shown
            .iter()
            .any(|it| it.contains("inbound       签入机动专家组：4 人（E01、E02、E03、E04）"))
    );
    assert!(shown.iter().any(|it| it.ends_with("[未写入日志即已生效]")));
    let whole = lines("verify", &path, &asked);
    assert!(
        whole[0].starts_with("完整：") && whole[1].starts_with("最后的哈希值："),
        "{whole:?}"
    );
    let by_terminal = |locale: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_surged"));
        command
            .args(["log", "verify", "--journal"])
            .arg(&path)
            .env("LC_ALL", locale);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(by_terminal("zh_TW.UTF-8").starts_with("完整："));
    assert!(by_terminal("C.UTF-8").starts_with("whole: "));
}

#[tokio::test]
async fn export_writes_every_record_for_other_programs() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    let entries = every_kind(&path).await;
    let exported = lines("export", &path, &["--readings"]);
    assert_eq!(exported.len(), entries.len());
    for (line, entry) in exported.iter().zip(&entries) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["seq"], entry.seq);
        assert_eq!(line["kind"], entry.record.kind());
        assert_eq!(line["record"], serde_json::to_value(&entry.record).unwrap());
    }
    let first: serde_json::Value = serde_json::from_str(&exported[0]).unwrap();
    assert_eq!(first["at"], "2026-11-02T03:05:00.001Z");

    let table = lines("export", &path, &["--format", "csv"]);
    assert_eq!(table[0], "seq,at,kind,queue,who,unlogged,words,record");
    let answer = table.iter().find(|it| it.contains(",answer,")).unwrap();
    assert!(answer.contains(",answer,,1042,"), "{answer}");
}

#[tokio::test]
async fn verify_says_whole_or_where_it_breaks() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    every_kind(&path).await;
    let whole = lines("verify", &path, &[]);
    assert!(
        whole[0].starts_with("whole: ") && whole[1].starts_with("last hash: "),
        "{whole:?}"
    );

    let meddler = rusqlite::Connection::open(&path).unwrap();
    meddler.execute("UPDATE log SET at = at + 1 WHERE seq = 2", []).unwrap();
    let broken = log("verify", &path, &["--zone", "Asia/Shanghai"]);
    assert_eq!(broken.status.code(), Some(1));
    let text = String::from_utf8(broken.stdout).unwrap();
    assert!(
        text.starts_with("BROKEN at entry 2 of 2026-11-02 11:05:00.003+08:00"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_done_is_said_with_the_right_status() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("none.db");
    let missing = log("show", &path, &[]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&missing.stderr).contains("there is no duty log at"),
        "{missing:?}"
    );

    drop(open(&path));
    let usage = log("show", &path, &["--since", "yesterday"]);
    assert_eq!(usage.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&usage.stderr).contains("--since is not understood"),
        "{usage:?}"
    );
    assert_eq!(log("show", &path, &["--zone", "Shanghai"]).status.code(), Some(2));
}

#[tokio::test]
async fn a_queue_that_the_log_does_not_know_is_no_empty_answer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    every_kind(&path).await;
    for verb in ["show", "export"] {
        let slip = log(verb, &path, &["--queue", "inbuond"]);
        assert_eq!(slip.status.code(), Some(2), "{slip:?}");
        let said = String::from_utf8_lossy(&slip.stderr);
        assert!(
            said.contains("no queue \"inbuond\" is named in this log; it names inbound"),
            "{said}"
        );
        // One that it knows, of a time in which nothing was.
        assert_eq!(
            lines(verb, &path, &["--queue", "inbound", "--since", "2030-01-01"]),
            [""; 0]
        );
    }
    let slip = log("show", &path, &["--queue", "inbuond", "--language", "zh-Hans"]);
    let said = String::from_utf8_lossy(&slip.stderr);
    assert!(said.contains("本日志中没有队列 \"inbuond\"；其中有 inbound"), "{said}");
}

#[test]
fn what_cannot_be_done_is_said_in_the_readers_language() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("none.db");
    let missing = log("show", &path, &["--language", "zh-Hans"]);
    assert_eq!(missing.status.code(), Some(1));
    let said = String::from_utf8(missing.stderr).unwrap();
    assert!(said.contains("处没有值班日志；请给出 journal.path"), "{said}");
    let mut backup = Command::new(env!("CARGO_BIN_EXE_surged"));
    let backup = backup.args(["backup", "--journal"]).arg(&path).args(["-o", "copy.db"]);
    let missing = backup.env("LC_ALL", "zh_TW.UTF-8").output().unwrap();
    let said = String::from_utf8(missing.stderr).unwrap();
    assert!(said.contains("處沒有值班日誌"), "{said}");
    drop(open(&path));
    let usage = log("show", &path, &["--since", "yesterday", "--language", "zh-Hant"]);
    assert_eq!(usage.status.code(), Some(2));
    let said = String::from_utf8(usage.stderr).unwrap();
    assert!(said.contains("看不懂 --since：\"yesterday\" 不是時間"), "{said}");
}

#[tokio::test]
async fn forget_takes_a_name_out_and_says_what_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("surged.db");
    every_kind(&path).await;
    let done = log("forget", &path, &["E03"]);
    assert!(done.status.success(), "{done:?}");
    let (out, more) = (
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    assert!(
        out.starts_with("E03 is person ") && out.contains("the hash chain stays"),
        "{out}"
    );
    assert!(
        more.contains("last entry of the log says so") && more.contains("free text"),
        "{more}"
    );
    let last = lines("show", &path, &["--last", "1"]);
    assert!(
        last[0].contains("the log has forgotten who these are: person "),
        "{last:?}"
    );
    let exported = lines("export", &path, &["--readings"]);
    assert!(exported.iter().all(|it| !it.contains("\"E03\"")), "{exported:#?}");
    assert!(lines("verify", &path, &[])[0].starts_with("whole: "));
    let again = log("forget", &path, &["E03"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&again.stderr).contains("knows nobody by the staff number or name \"E03\""),
        "{again:?}"
    );

    let meddler = rusqlite::Connection::open(&path).unwrap();
    meddler
        .execute("UPDATE person SET name = 'Wu' WHERE name = 'Lin'", [])
        .unwrap();
    let changed = log("verify", &path, &[]);
    assert_eq!(changed.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&changed.stdout).starts_with("NAME CHANGED: "),
        "{changed:?}"
    );
}
