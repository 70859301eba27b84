//! surged as an operator meets it: the way of the README as it is typed, a plan at fault, a copy and the way back, the doctor, the
//! manual.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

struct Place(tempfile::TempDir);

impl Place {
    /// The shipped plan and a secret, as the README says, on a free port.
    fn new() -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        let shipped = fs::read_to_string("config/surged.toml").unwrap();
        let plan = shipped.replace("listen = \"127.0.0.1:8470\"", "listen = \"127.0.0.1:0\"");
        assert_ne!(plan, shipped, "the shipped plan has moved");
        // Nobody listens there: it was ours a moment ago.
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let plan = plan.replace("address = \"127.0.0.1:5038\"", &format!("address = \"{free}\""));
        place.write("surged.toml", &plan);
        place.write("ami.secret", "s3cret\n");
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_surged"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_remove("STATE_DIRECTORY")
            .env_remove("SURGED_CONFIG")
            .env_remove("NOTIFY_SOCKET")
            .env("NO_COLOR", "1");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What it prints on standard output and on standard error.
    fn good(&self, arguments: &[&str]) -> (String, String) {
        let done = self.run(arguments);
        let (out, errors) = (text(&done.stdout), text(&done.stderr));
        assert!(done.status.success(), "{arguments:?}: {out}{errors}");
        (out, errors)
    }

    fn bad(&self, arguments: &[&str], code: i32) -> String {
        let done = self.run(arguments);
        let said = text(&done.stdout) + &text(&done.stderr);
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    fn daemon(&self) -> Daemon {
        let mut child = self.command(&["run"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let begun = lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.contains("the floor is on http://"));
        let begun = begun.expect("it says where its floor is");
        // Read on, so that the daemon never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Daemon { child, begun }
    }
}

struct Daemon {
    child: Child,
    /// The line that says where the floor is.
    begun: String,
}

impl Daemon {
    fn url(&self) -> &str {
        let from = self.begun.find("http://").unwrap();
        self.begun[from..].trim_end_matches('/')
    }

    fn end(mut self) {
        let pid = rustix::process::Pid::from_raw(self.child.id() as i32).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Where it has ended already there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_way_of_the_readme_works_as_it_is_typed() {
    let place = Place::new();
    place.good(&["check", "surged.toml"]);
    let new = [
        "token",
        "new",
        "--name",
        "Li Na",
        "--staff-no",
        "S17",
        "--role",
        "shift_leader",
    ];
    let (token, _) = place.good(&new);
    assert!(token.starts_with("surged_"), "{token}");
    assert!(
        place.path().join("tokens.json").exists(),
        "beside the duty log of the plan that was found"
    );

    let daemon = place.daemon();
    assert!(
        daemon.begun.contains("+08:00"),
        "log lines tell the plan's time: {}",
        daemon.begun
    );
    // Its first entry may still be on its way to the disk.
    let mut shown = std::iter::repeat_with(|| place.good(&["log", "show"])).take(500);
    let (shown, errors) = shown.find(|(shown, _)| !shown.is_empty()).expect("a log of something");
    assert!(
        shown.lines().next().is_some_and(|line| line.contains("+08:00")),
        "{shown}"
    );
    assert_eq!(errors, "");
    let (list, _) = place.good(&["token", "list"]);
    assert!(list.contains("+08:00") && list.contains("Li Na"), "{list}");
    place.good(&["log", "verify"]);
    place.good(&["ready", "--alive", "--url", daemon.url()]);
    let said = place.bad(&["ready", "--url", daemon.url()], 1);
    assert!(said.contains("nothing listens at"), "{said}");
    daemon.end();
}

#[test]
fn the_readme_says_no_command_that_fails_for_want_of_a_file() {
    let readme = fs::read_to_string("README.md").unwrap();
    assert!(readme.contains("cp config/surged.toml surged.toml"));
    assert!(
        readme.contains("> ami.secret"),
        "the plan names it, so the way must make it"
    );
}

#[test]
fn a_plan_at_fault_keeps_nobody_from_the_log_and_the_tokens() {
    let place = Place::new();
    place.daemon().end();
    let plan = fs::read_to_string(place.path().join("surged.toml")).unwrap();
    place.write("surged.toml", &format!("{plan}\n[ladder.day\nno = such\n"));
    place.bad(&["run"], 78);
    let (shown, errors) = place.good(&["log", "show", "--last", "1"]);
    assert!(shown.contains("+08:00"), "{shown}");
    assert!(
        errors.contains("surged.toml is at fault") && errors.contains("going on with the duty log surged.db"),
        "{errors}"
    );
    place.good(&["log", "verify"]);
    place.good(&[
        "token",
        "new",
        "--name",
        "Li Na",
        "--staff-no",
        "S17",
        "--role",
        "manager",
    ]);
    place.good(&["token", "list"]);
    place.good(&["webhook", "list"]);
    place.good(&["backup", "-o", "copy.db"]);
}

#[test]
fn a_copy_beside_the_daemon_is_whole_and_the_way_back_moves_what_was_there_aside() {
    let place = Place::new();
    place.good(&[
        "token",
        "new",
        "--name",
        "Li Na",
        "--staff-no",
        "S17",
        "--role",
        "manager",
    ]);
    let daemon = place.daemon();
    let (told, _) = place.good(&["backup", "-o", "copy.db"]);
    assert!(told.starts_with("copied: ") && told.contains("last hash: "), "{told}");
    let (walked, _) = place.good(&["log", "verify", "--journal", "copy.db"]);
    let hash = |text: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix("last hash: ").map(str::to_owned))
    };
    assert_eq!(hash(&told), hash(&walked));
    assert!(hash(&told).is_some());
    let said = place.bad(&["backup", "-o", "copy.db"], 1);
    assert!(said.contains("is there already and is left as it is"), "{said}");
    let said = place.bad(&["restore", "copy.db"], 1);
    assert!(said.contains("is in use by another surged"), "{said}");
    daemon.end();
    // Another start stands in the log, and not in the copy.
    place.daemon().end();
    let (now, _) = place.good(&["log", "show"]);
    let (_, errors) = place.good(&["restore", "copy.db"]);
    assert!(
        errors.contains("what was there before is") && errors.contains("stay as they are"),
        "{errors}"
    );
    let (back, _) = place.good(&["log", "show"]);
    assert!(now.starts_with(&back) && now.len() > back.len(), "{now}\n{back}");
    let names = fs::read_dir(place.path())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap());
    let aside: Vec<String> = names
        .filter(|name| name.starts_with("surged.db.before-restore-"))
        .collect();
    let aside = aside
        .iter()
        .find(|name| name.ends_with('Z'))
        .expect("what was there is kept");
    let (old, _) = place.good(&["log", "show", "--journal", aside, "--zone", "Asia/Shanghai"]);
    assert_eq!(old, now);
    // It goes on from there.
    place.daemon().end();
    place.good(&["log", "verify"]);
}

#[test]
fn a_copy_that_was_changed_or_is_of_a_newer_surged_is_refused_and_nothing_is_touched() {
    let place = Place::new();
    place.daemon().end();
    place.good(&["backup", "-o", "copy.db"]);
    let (before, _) = place.good(&["log", "show"]);
    let change = |name: &str, sql: &str| {
        fs::copy(place.path().join("copy.db"), place.path().join(name)).unwrap();
        rusqlite::Connection::open(place.path().join(name))
            .unwrap()
            .execute_batch(sql)
            .unwrap();
    };
    change("changed.db", "UPDATE log SET at = at + 1 WHERE seq = 1");
    let said = place.bad(&["restore", "changed.db"], 1);
    assert!(said.contains("the chain of changed.db is not whole"), "{said}");
    change("newer.db", "UPDATE meta SET schema = 99");
    let said = place.bad(&["restore", "newer.db"], 1);
    assert!(
        said.contains("has schema 99") && said.contains("start the newer surged"),
        "{said}"
    );
    place.write("other.db", "no database");
    for other in ["other.db", "surged.toml"] {
        let said = place.bad(&["restore", other], 1);
        assert!(
            said.contains(&format!("{other} is no copy of a duty log")) && !said.contains("move it away"),
            "{said}"
        );
    }
    rusqlite::Connection::open(place.path().join("theirs.db"))
        .unwrap()
        .execute_batch("CREATE TABLE theirs (it INTEGER)")
        .unwrap();
    let said = place.bad(&["restore", "theirs.db"], 1);
    assert!(said.contains("theirs.db is no copy of a duty log"), "{said}");
    let said = place.bad(&["restore", "none.db"], 1);
    assert!(said.contains("there is no duty log at none.db"), "{said}");
    assert_eq!(place.good(&["log", "show"]).0, before);
}

#[test]
fn the_doctor_looks_at_everything_and_says_what_to_do() {
    let place = Place::new();
    let said = place.bad(&["doctor", "--listen", "1"], 1);
    for part in [
        "good     configuration: surged.toml is good",
        "good     duty log surged.db: not there yet",
        "a commit takes",
        "time zone: Asia/Shanghai",
        "there are none: everybody on this machine is let in as manager",
        "FAULT    feed hotline: nothing listens at",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let list = place.bad(&["doctor", "--listen", "1", "--format", "json"], 1);
    let findings: serde_json::Value = serde_json::from_str(&list).unwrap();
    let faults = findings
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["standing"] == "fault");
    assert_eq!(faults.count(), 1, "{list}");

    fs::remove_file(place.path().join("ami.secret")).unwrap();
    let said = place.bad(&["doctor", "--listen", "1"], 78);
    assert!(
        said.contains("FAULT    configuration: surged.toml:") && said.contains("ami.secret"),
        "{said}"
    );
}

#[test]
fn the_doctor_sees_who_may_read_a_secret_and_who_else_has_the_port() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let secret = place.path().join("ami.secret");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let plan = fs::read_to_string(place.path().join("surged.toml")).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    place.write("surged.toml", &plan.replace("127.0.0.1:0", &address));
    std::thread::spawn(move || {
        for stream in taken.incoming() {
            // Whatever is asked: this is another program.
            let _ = stream.unwrap().write_all(b"220 mail\r\n");
        }
    });
    let said = place.bad(&["doctor", "--listen", "1"], 1);
    assert!(said.contains("-> chmod o= "), "{said}");
    assert!(
        said.contains(&format!("port {address}: another program listens there")),
        "{said}"
    );
}

#[test]
fn a_key_that_does_not_belong_to_its_certificate_is_said_before_anything_runs() {
    let place = Place::new();
    let made = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    place.write("cert.pem", &made().cert.pem());
    place.write("key.pem", &made().signing_key.serialize_pem());
    let plan = fs::read_to_string(place.path().join("surged.toml")).unwrap();
    let tls = "[floor]\ntls = { certificate = \"cert.pem\", key = \"key.pem\" }";
    place.write("surged.toml", &plan.replacen("[floor]", tls, 1));
    let run = place.command(&["run"]).output().unwrap();
    let said = text(&run.stderr);
    // No service manager tries that again by itself.
    assert_eq!(run.status.code(), Some(78), "{said}");
    assert!(
        said.contains("do not go together") && !said.contains("the floor is on"),
        "{said}"
    );
    let doctor = place.command(&["doctor"]).output().unwrap();
    assert!(
        text(&doctor.stdout).contains("do not go together"),
        "{}",
        text(&doctor.stdout)
    );
}

#[test]
fn completions_and_the_manual_know_every_command() {
    let place = Place(tempfile::tempdir().unwrap());
    let (help, _) = place.good(&["--help"]);
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.contains(&"doctor") && commands.contains(&"man"), "{help}");
    for shell in ["bash", "zsh", "fish"] {
        let (script, _) = place.good(&["completions", shell]);
        for command in &commands {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    place.good(&["man", "-o", "pages"]);
    for command in &commands {
        let page = fs::read_to_string(place.path().join(format!("pages/surged-{command}.1"))).unwrap();
        assert!(
            page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"),
            "{command}: {page}"
        );
    }
    let page = fs::read_to_string(place.path().join("pages/surged-log-forget.1")).unwrap();
    assert!(
        page.contains("surged log forget") || page.contains("surged\\-log\\-forget"),
        "{page}"
    );
}

#[test]
fn check_reads_standard_input_and_knows_utf_16() {
    let place = Place::new();
    let plan = fs::read(place.path().join("surged.toml")).unwrap();
    let piped = |bytes: &[u8]| {
        let mut child = place
            .command(&["check", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        let done = child.wait_with_output().unwrap();
        (done.status.code(), text(&done.stdout))
    };
    let (code, said) = piped(&plan);
    assert!(code == Some(0) && said.contains("standard input: good: "), "{said}");
    let wide: Vec<u8> = text(&plan).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [[&[0xff, 0xfe][..], &wide[..]].concat(), wide] {
        let (code, said) = piped(&bytes);
        assert!(code == Some(78) && said.contains("the file is UTF-16"), "{said}");
    }
}

/// A command of somebody who may not look into the service's folder, as an installed service has it.
fn stranger(place: &Place, state: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(place.path(), 0o755);
    let mut command = place.command(arguments);
    command.env("STATE_DIRECTORY", state);
    if rustix::process::geteuid().is_root() {
        mode(state, 0o700);
        command.uid(65_534).gid(65_534);
    } else {
        mode(state, 0o000);
    }
    let done = command.output().unwrap();
    mode(state, 0o700);
    (done.status.code(), text(&done.stdout) + &text(&done.stderr))
}

#[test]
fn who_may_not_look_into_the_services_folder_is_told_so_and_what_to_do() {
    let place = Place::new();
    let state = place.path().join("state");
    fs::create_dir(&state).unwrap();
    let asked: [&[&str]; 8] = [
        &["webhook", "list"],
        &["webhook", "retry", "--all"],
        &["webhook", "drop", "--all"],
        &["token", "list"],
        &["log", "show"],
        &["log", "verify"],
        &["backup", "-o", "/tmp/never.db"],
        &["explain"],
    ];
    for arguments in asked {
        let (code, said) = stranger(&place, &state, arguments);
        assert_eq!(code, Some(1), "{arguments:?}: {said}");
        assert!(said.contains("Permission denied"), "{arguments:?}: {said}");
        assert!(said.contains("surged-in-service"), "{arguments:?}: {said}");
        assert!(
            !said.contains("there is no") && !said.contains("nothing undelivered"),
            "{said}"
        );
    }
    let (_, said) = stranger(&place, &state, &["doctor", "--listen", "1"]);
    assert!(
        said.contains("FAULT    duty log ") && !said.contains("not there yet"),
        "{said}"
    );
}

#[test]
fn who_asks_from_another_folder_than_the_services_is_told_that_there_is_no_such_file() {
    let place = Place::new();
    let folder = place.path().canonicalize().unwrap();
    let (_, said) = place.good(&["webhook", "list"]);
    let file = folder.join("webhooks.db").display().to_string();
    assert!(said.contains(&format!("there is no {file} yet")), "{said}");
    for verb in ["retry", "drop"] {
        let said = place.bad(&["webhook", verb, "--all"], 1);
        assert!(said.contains(&format!("there is no {file} yet")), "{said}");
    }
    let (_, said) = place.good(&["token", "list"]);
    let file = folder.join("tokens.json").display().to_string();
    assert!(said.contains(&format!("there is no {file} yet")), "{said}");
    let left: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "asking makes no file: {left:?}");
}

/// A command with a folder `full` on a disk of 128 kB, on which no byte is free but these; `None` where nothing may be mounted here.
fn on_a_full_disk(place: &Place, free: u32, arguments: &[&str]) -> Option<(i32, String)> {
    let full = place.path().join("full");
    fs::create_dir_all(&full).unwrap();
    let script = format!(
        "mount -t tmpfs -o size=128k none full || exit 99; head -c $((131072 - {free})) /dev/zero > full/fill; \"$0\" \"$@\"; \
         code=$?; ls full >&2; exit $code"
    );
    let binary = env!("CARGO_BIN_EXE_surged");
    let done = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script, binary])
        .args(arguments)
        .current_dir(place.path())
        .env_remove("STATE_DIRECTORY")
        .env_remove("SURGED_CONFIG")
        .output();
    let said = |done: &Output| text(&done.stdout) + &text(&done.stderr);
    match done {
        Ok(done) if done.status.code() != Some(99) && !said(&done).contains("unshare failed") => {
            Some((done.status.code()?, said(&done)))
        }
        other => {
            eprintln!("not looked at: nothing can be mounted here: {other:?}");
            None
        }
    }
}

#[test]
fn a_full_disk_is_said_of_the_file_that_has_no_room_and_leaves_nothing_behind() {
    let place = Place::new();
    place.daemon().end();
    for free in [0, 16_384] {
        let Some((code, said)) = on_a_full_disk(&place, free, &["backup", "-o", "full/copy.db"]) else {
            return;
        };
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains("full/copy.db cannot be made: the disk is full there") && !said.contains("by itself"),
            "{said}"
        );
        assert!(said.ends_with("fill\n") && !said.contains("copy.db.part"), "{said}");
    }
    let new = "token new --tokens full/tokens.json --name Li --staff-no S17 --role manager";
    let arguments: Vec<&str> = new.split(' ').collect();
    let (code, said) = on_a_full_disk(&place, 0, &arguments).unwrap();
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("full/tokens.json: the disk is full there") && !said.contains("may read and write"),
        "{said}"
    );
    assert!(!said.contains("tokens.json.new"), "half a file is left: {said}");
}
