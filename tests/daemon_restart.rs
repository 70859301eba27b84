//! A surge in which the daemon dies at ten different moments, and is started again: the real binary in a process of its own, killed
//! without a word. The floor hears everything once, and what was due while it was dead has its true time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{Log, Phones, Process, Supervisor};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use surged::core::{Action, Answer, Input, Time, What};
use surged::journal::{Entry, Record};

/// How long each condition has to hold.
const HOLD_MS: i64 = 1_000;

struct Surge {
    dir: tempfile::TempDir,
    phones: Phones,
    daemon: Option<Process>,
    address: SocketAddr,
    li: Option<Supervisor>,
    log: Log,
    /// Every instruction that the supervisor heard, over all sessions.
    heard: Vec<Value>,
}

impl Surge {
    async fn begin() -> Surge {
        let dir = tempfile::tempdir().unwrap();
        let phones = Phones::open().await;
        let journal = dir.path().join("surged.db");
        let plan = house::plan(&phones.url, &journal, |plan| {
            // Longer than any restart takes, so that none of them is a gap.
            let feed = plan["feed"]["hotline"].as_table_mut().unwrap();
            feed.insert("stale_after".into(), "60s".into());
            let second = |when: &mut toml::Value| when.as_table_mut().unwrap().insert("for".into(), "1s".into());
            let day = plan["ladder"]["day"].as_table_mut().unwrap();
            for tier in day["tier"].as_array_mut().unwrap().iter_mut().take(3) {
                second(&mut tier["when"]);
            }
            second(&mut day["release"]["when"]);
            plan.remove("calendar");
        });
        std::fs::write(dir.path().join("surged.toml"), plan).unwrap();
        let mut surge = Surge {
            dir,
            phones,
            daemon: None,
            address: ([127, 0, 0, 1], 0).into(),
            li: None,
            log: Log::of(journal),
            heard: Vec::new(),
        };
        surge.start().await;
        surge
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Starts the daemon; the supervisor comes, or comes back.
    async fn start(&mut self) {
        let mut daemon = Process::run(&self.file("surged.toml"));
        let address = daemon.floor().await;
        self.address = address;
        let since = self.li.take().map(|li| li.seq);
        self.li = Some(Supervisor::come(address, "Li", None, since).await);
        self.daemon = Some(daemon);
        self.phones.connected(1).await;
    }

    async fn dies_and_is_started_again(&mut self) {
        self.daemon.take().unwrap().kill().await;
        self.phones.connected(0).await;
        self.start().await;
    }

    /// What a command says with one of the configurations: status, standard output, standard error.
    async fn surged(&self, arguments: &[&str], configuration: &str) -> (Option<i32>, String, String) {
        let mut command = tokio::process::Command::new(house::binary());
        command.args(arguments).arg("-c").arg(self.file(configuration));
        let done = house::within("the command", command.output()).await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (done.status.code(), text(done.stdout), text(done.stderr))
    }

    /// Fills the first page of a table of the log with nothing; how many rows it had.
    fn spoil(&self, table: &str) -> u32 {
        let journal = self.file("surged.db");
        let (rows, page): (u32, usize) = {
            let log = rusqlite::Connection::open(&journal).unwrap();
            let root =
                format!("SELECT (SELECT count(*) FROM {table}), rootpage FROM sqlite_schema WHERE name = '{table}'");
            log.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                .unwrap();
            log.query_row(&root, [], |row| Ok((row.get(0)?, row.get::<_, u32>(1)? as usize)))
                .unwrap()
        };
        let mut bytes = std::fs::read(&journal).unwrap();
        bytes[(page - 1) * 4096..page * 4096].fill(0);
        std::fs::write(&journal, bytes).unwrap();
        rows
    }

    /// What a supervisor was asked: lately, on average, at the peak.
    async fn asked(&self) -> (Option<f64>, Option<f64>, Option<f64>) {
        let told = house::get(self.address, "/metrics", None).await;
        let asks = |name: &str| told.metric(&format!("surged_supervisor_asks{name}"));
        (asks(""), asks("_mean"), asks("_peak"))
    }

    async fn waiting(&mut self, waiting: u32) {
        self.phones
            .reading(json!({ "queue": "inbound", "waiting": waiting, "signed_in": 30 }));
        self.log
            .until("a reading", |entry| matches!(&entry.record, Record::Input(Input::Reading { reading }) if reading.waiting == waiting))
            .await;
    }

    async fn hears(&mut self, action: &str, tier: &str) -> Value {
        let instruction = self.li.as_mut().unwrap().told(action, tier).await;
        self.heard.push(instruction.clone());
        instruction
    }

    /// Says "done", and is gone before any reply.
    async fn says_done(&mut self, instruction: &Value) {
        let done = json!({ "type": "done", "instruction": instruction["id"] });
        self.li.as_mut().unwrap().send(&done).await;
    }

    /// Says "done", perhaps once more.
    async fn is_done(&mut self, instruction: &Value) {
        let done = json!({ "type": "done", "instruction": instruction["id"] });
        let reply = self.li.as_mut().unwrap().say(done).await;
        assert!(reply["type"] == "ok" || reply["code"] == "closed", "{reply}");
    }

    /// What was decided is known and still open, and the plan goes on.
    async fn goes_on_from(&mut self, expert: &Value) {
        self.is_done(expert).await;
        self.waiting(13).await;
        let outbound = self.hears("sign_in", "outbound").await;
        self.is_done(&outbound).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_ten_moments_of_a_surge_it_goes_on_as_if_nothing_had_been() {
    let mut surge = Surge::begin().await;
    surge.waiting(2).await;
    // 1: the first hold has begun.
    surge.waiting(12).await;
    surge.dies_and_is_started_again().await;
    let expert = surge.hears("sign_in", "expert").await;
    // 2: an instruction was heard, and not answered.
    surge.dies_and_is_started_again().await;
    // 3: an answer is on its way.
    surge.says_done(&expert).await;
    surge.dies_and_is_started_again().await;
    surge.is_done(&expert).await;
    // 4: an answer was taken, and the next hold runs.
    surge.dies_and_is_started_again().await;
    // 5: an instruction is durable, and perhaps nobody has heard it.
    surge
        .log
        .until("outbound is decided", |entry| {
            instructs(entry).is_some_and(|(_, tier, _)| tier == "outbound")
        })
        .await;
    surge.dies_and_is_started_again().await;
    let outbound = surge.hears("sign_in", "outbound").await;
    surge.is_done(&outbound).await;
    let quality = surge.hears("sign_in", "quality").await;
    // 6: an answer is on its way that brings about the next instruction at once.
    surge.says_done(&quality).await;
    surge.dies_and_is_started_again().await;
    surge.is_done(&quality).await;
    let back_office = surge.hears("sign_in", "back_office").await;
    surge.is_done(&back_office).await;
    // 7: calm has begun.
    surge.waiting(2).await;
    surge.dies_and_is_started_again().await;
    let out = surge.hears("sign_out", "back_office").await;
    // 8: a sign-out was heard.
    surge.dies_and_is_started_again().await;
    surge.is_done(&out).await;
    let out = surge.hears("sign_out", "quality").await;
    // 9: its answer is on its way.
    surge.says_done(&out).await;
    surge.dies_and_is_started_again().await;
    surge.is_done(&out).await;
    // 10: twice in a row, the second time as soon as it is up.
    surge.dies_and_is_started_again().await;
    surge.dies_and_is_started_again().await;
    let out = surge.hears("sign_out", "outbound").await;
    surge.is_done(&out).await;
    // And in good order.
    let mut daemon = surge.daemon.take().unwrap();
    let ended = daemon.terminate().await;
    assert!(ended.success(), "{ended:?}: {}", daemon.said());
    surge.phones.connected(0).await;
    surge.start().await;
    let out = surge.hears("sign_out", "expert").await;
    surge.is_done(&out).await;
    surge.li.as_mut().unwrap().hears_no_instruction().await;
    surge.daemon.take().unwrap().kill().await;

    let entries = surge.log.whole();
    let logged: Vec<Value> = entries
        .iter()
        .filter_map(instructs)
        .map(|(seq, _, id)| json!([seq, id]))
        .collect();
    let heard: Vec<Value> = surge.heard.iter().map(|it| json!([it["seq"], it["id"]])).collect();
    assert_eq!(heard, logged, "what the floor heard is what the log says, each once");
    let verified = assert_cmd::Command::new(house::binary())
        .args(["log", "verify", "--journal"])
        .arg(surge.file("surged.db"))
        .assert()
        .success();
    let words = String::from_utf8(verified.get_output().stdout.clone()).unwrap();
    assert!(words.starts_with("whole: "), "{words}");
    holds_are_exact(&entries);
}

fn instructs(entry: &Entry) -> Option<(u64, String, u64)> {
    match &entry.record {
        Record::Decision(decision) => match &decision.what {
            What::Instruct { instruction, .. } => Some((entry.seq, instruction.tier.to_string(), instruction.id.0)),
            _ => None,
        },
        _ => None,
    }
}

/// Every instruction was due exactly one hold after its window began, by the log's own times, whoever was dead meanwhile.
fn holds_are_exact(entries: &[Entry]) {
    let (mut above, mut calm, mut changed) = (None::<Time>, None::<Time>, Time(0));
    let mut answered = std::collections::BTreeSet::new();
    let mut checked = 0;
    for entry in entries {
        match &entry.record {
            Record::Input(Input::Reading { reading }) => {
                above = (reading.waiting > 5).then(|| above.unwrap_or(entry.at));
                calm = (reading.waiting <= 5).then(|| calm.unwrap_or(entry.at));
            }
            // Of a sign-in: its people are there. Windows do not begin anew for the end of a sign-out.
            Record::Input(Input::Answer {
                instruction,
                answer: Answer::Done { .. },
                ..
            }) if above.is_some() && answered.insert(*instruction) => changed = entry.at,
            Record::Decision(decision) => {
                let What::Instruct { instruction, .. } = &decision.what else {
                    continue;
                };
                let began = if instruction.action == Action::SignOut {
                    calm
                } else {
                    above
                };
                let hold = if instruction.tier.as_str() == "back_office" && above.is_some() {
                    0
                } else {
                    HOLD_MS
                };
                let due = Time(began.unwrap().max(changed).0 + hold);
                assert_eq!(decision.at, due, "{instruction:?}");
                if instruction.action == Action::SignOut {
                    changed = decision.at;
                }
                checked += 1;
            }
            _ => {}
        }
    }
    assert_eq!(checked, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_before_it_died_is_counted_after_it() {
    let mut surge = Surge::begin().await;
    surge.waiting(7).await;
    let expert = surge.hears("sign_in", "expert").await;
    let asked = surge.asked().await;
    assert_eq!(asked, (Some(1.0), Some(1.0), Some(1.0)));
    surge.dies_and_is_started_again().await;
    assert_eq!(surge.asked().await, asked);
    surge.goes_on_from(&expert).await;
    assert_eq!(surge.asked().await.0, Some(2.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_the_same_log_or_port_refuses_in_words() {
    let mut surge = Surge::begin().await;
    let address = surge.daemon.as_mut().unwrap().floor().await;
    let said = Process::run(&surge.file("surged.toml")).refuses(1).await;
    assert!(
        said.contains("in use by another surged (process") && said.contains("surged.db"),
        "{said}"
    );
    let other = surge.file("other.toml");
    let there = |journal: &str| {
        house::plan(&surge.phones.url, &surge.file(journal), |plan| {
            let floor = plan["floor"].as_table_mut().unwrap();
            floor.insert("listen".into(), address.to_string().into());
        })
    };
    // The doctor knows the one from the other.
    for (journal, says) in [
        ("surged.db", "good     port {}: surged is running there"),
        (
            "other.db",
            "FAULT    port {}: a surged is running there that does not write this duty log",
        ),
    ] {
        std::fs::write(&other, there(journal)).unwrap();
        let (_, said, _) = surge.surged(&["doctor", "--listen", "1"], "other.toml").await;
        assert!(said.contains(&says.replace("{}", &address.to_string())), "{said}");
    }
    let said = Process::run(&other).refuses(1).await;
    assert!(
        said.contains(&format!("the floor cannot listen on {address}")) && said.contains("is the port taken?"),
        "{said}"
    );
    let plan = std::fs::read_to_string(&other)
        .unwrap()
        .replace("\"expert\"", "\"export\"");
    std::fs::write(&other, plan).unwrap();
    let said = Process::run(&other).refuses(78).await;
    assert!(
        said.contains("other.toml:") && said.contains("nothing was started"),
        "{said}"
    );
    // The first has not noticed any of it.
    surge.waiting(3).await;
    assert!(surge.daemon.as_mut().unwrap().is_running());
}

#[tokio::test(flavor = "multi_thread")]
async fn spoiled_states_of_before_keep_nobody_from_the_plan() {
    let mut surge = Surge::begin().await;
    surge.waiting(2).await;
    surge.waiting(12).await;
    let expert = surge.hears("sign_in", "expert").await;
    // Ended in good order it leaves its state in the log.
    assert!(surge.daemon.as_mut().unwrap().terminate().await.success());
    surge.phones.connected(0).await;
    assert!(surge.spoil("snapshots") > 0);
    surge.start().await;
    let said = surge.daemon.as_ref().unwrap().said();
    assert!(
        said.contains("the states from which a start goes on cannot be read"),
        "{said}"
    );
    surge.goes_on_from(&expert).await;
    let (code, out, _) = surge.surged(&["log", "verify"], "surged.toml").await;
    assert!(
        code == Some(1) && out.starts_with("whole: ") && out.contains("SPOILED: the states"),
        "{out}"
    );
    let (_, out, _) = surge.surged(&["doctor", "--listen", "1"], "surged.toml").await;
    assert!(
        out.contains("FAULT    duty log ") && out.contains("the states from which a start goes on cannot be read"),
        "{out}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn spoiled_decisions_keep_nobody_from_the_plan() {
    let mut surge = Surge::begin().await;
    surge.waiting(12).await;
    surge.hears("sign_in", "expert").await;
    surge.daemon.take().unwrap().kill().await;
    surge.phones.connected(0).await;
    assert!(surge.spoil("log") > 0);
    let spoiled = std::fs::read(surge.file("surged.db")).unwrap();
    surge.start().await;
    let said = surge.daemon.as_ref().unwrap().said();
    assert!(
        said.contains("the file is damaged") && said.contains("the plan is run all the same"),
        "{said}"
    );
    assert_eq!(surge.li.as_ref().unwrap().welcome["forgot"], true, "the page says so");
    // What had been decided is not known any more: who waits is seen, and help is called.
    surge
        .phones
        .reading(json!({ "queue": "inbound", "waiting": 12, "signed_in": 30 }));
    let expert = surge.li.as_mut().unwrap().told("sign_in", "expert").await;
    assert_eq!(expert["unlogged"], true);
    let health = house::get(surge.address, "/healthz", None).await;
    assert!(health.status == 503 && health.body.contains("damaged"), "{health:?}");
    surge.daemon.take().unwrap().kill().await;
    assert!(
        std::fs::read(surge.file("surged.db")).unwrap() == spoiled,
        "it stays as it was"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn spoiled_readings_keep_nobody_from_the_plan() {
    let mut surge = Surge::begin().await;
    surge.waiting(2).await;
    surge.waiting(12).await;
    let expert = surge.hears("sign_in", "expert").await;
    surge.daemon.take().unwrap().kill().await;
    surge.phones.connected(0).await;
    let journal = surge.file("surged.db");
    {
        let log = rusqlite::Connection::open(&journal).unwrap();
        let block = log.query_row("SELECT body FROM packed", [], |row| row.get(0));
        let mut block: Vec<u8> = block.unwrap();
        block[9] ^= 0x10;
        let spoiled = log.execute("UPDATE packed SET body = ?1", [block]);
        assert_eq!(spoiled.unwrap(), 1, "one block has all readings");
    }
    surge.start().await;
    let said = surge.daemon.as_ref().unwrap().said();
    assert!(
        said.contains("the duty log is spoiled: readings ") && said.contains("`surged log verify`"),
        "{said}"
    );
    surge.goes_on_from(&expert).await;

    let (code, out, _) = surge.surged(&["log", "verify"], "surged.toml").await;
    assert!(
        code == Some(1) && out.starts_with("whole: ") && out.contains("SPOILED: readings "),
        "{out}"
    );
    let copy = surge.file("copy.db");
    let today = jiff::Zoned::now().date().to_string();
    let commands: [&[&str]; 5] = [
        &["log", "show", "--readings"],
        &["explain"],
        &["report", "--from", &today, "--to", &today],
        &["backup", "-o", copy.to_str().unwrap()],
        &["replay", journal.to_str().unwrap()],
    ];
    for arguments in commands {
        let (code, out, err) = surge.surged(arguments, "surged.toml").await;
        assert_eq!(code, Some(0), "{arguments:?}: {out}{err}");
        assert!(
            err.contains("passed over") && err.contains("cannot be read"),
            "{arguments:?}: {err}"
        );
    }
    surge.daemon.take().unwrap().kill().await;
}
