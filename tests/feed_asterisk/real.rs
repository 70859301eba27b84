//! Against a real Asterisk, where somebody has one:
//!
//! ```text
//! SURGED_ASTERISK=/usr/sbin/asterisk cargo test --test feed_asterisk -- --ignored real
//! ```
//!
//! It runs one of its own in a folder of its own, on ports of its own, with callers made of Local channels. Its modules are
//! looked for in ../lib/asterisk/modules beside the program, or in SURGED_ASTERISK_MODULES.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use surged::core::{Millis, Name, Time};
use surged::feed::{FeedEvent, FeedSettings, Heard, Kind, Tls, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const DEADLINE: Duration = Duration::from_secs(60);

struct Asterisk {
    program: PathBuf,
    folder: tempfile::TempDir,
    plain: u16,
    secure: u16,
    child: Child,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Asterisk {
    fn start() -> Asterisk {
        let program = PathBuf::from(std::env::var_os("SURGED_ASTERISK").expect("SURGED_ASTERISK names the program"));
        let beside = program
            .parent()
            .and_then(|it| it.parent())
            .unwrap()
            .join("lib/asterisk/modules");
        let modules = std::env::var_os("SURGED_ASTERISK_MODULES").map_or(beside, PathBuf::from);
        let folder = tempfile::tempdir().unwrap();
        let (plain, secure) = (free_port(), free_port());
        let at = folder.path();
        let write = |name: &str, text: String| fs::write(at.join(name), text).unwrap();
        let here = at.display();
        let kinds = ["varlib", "db", "key", "data", "agi", "spool", "run", "log"];
        let folders: String = kinds.iter().map(|kind| format!("ast{kind}dir => {here}\n")).collect();
        write(
            "asterisk.conf",
            format!(
                "[directories]\nastetcdir => {here}\nastmoddir => {}\n{folders}",
                modules.display()
            ),
        );
        write("modules.conf", "[modules]\nautoload=yes\n".into());
        // As plain `openssl req -x509` makes it: no name that the web's rules read.
        let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "pbx");
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap().pem();
        write("ami.pem", key.serialize_pem() + &certificate);
        write("ca.pem", certificate);
        let shipped = fs::read_to_string("deploy/asterisk/manager.conf")
            .unwrap()
            .replace("CHANGE-ME", "s3cret");
        write(
            "manager.conf",
            format!(
                "[general]\nenabled = yes\nport = {plain}\nbindaddr = 127.0.0.1\ntlsenable = yes\n\
                 tlsbindaddr = 127.0.0.1:{secure}\ntlscertfile = {here}/ami.pem\n{shipped}\n\
                 [admin]\nsecret = s3cret\nread =\nwrite = all\n"
            ),
        );
        write(
            "queues.conf",
            "[general]\n[inbound]\nstrategy = rrmemory\n[vip]\n".into(),
        );
        write(
            "extensions.conf",
            "[callers]\nexten => _X.,1,Answer()\n same => n,Queue(inbound)\n[hold]\nexten => s,1,Wait(600)\n".into(),
        );
        let child = Asterisk::run(&program, at);
        Asterisk {
            program,
            folder,
            plain,
            secure,
            child,
        }
    }

    fn run(program: &PathBuf, at: &std::path::Path) -> Child {
        Command::new(program)
            .args(["-f", "-C"])
            .arg(at.join("asterisk.conf"))
            .current_dir(at)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// A command as its console takes it.
    fn says(&self, command: &str) -> String {
        let conf = self.folder.path().join("asterisk.conf");
        let done = Command::new(&self.program)
            .arg("-C")
            .arg(conf)
            .args(["-rx", command])
            .output();
        String::from_utf8_lossy(&done.unwrap().stdout).into_owned()
    }

    fn queues(&self, text: &str) {
        fs::write(self.folder.path().join("queues.conf"), text).unwrap();
        self.says("queue reload all");
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn start_again(&mut self) {
        self.child = Asterisk::run(&self.program, self.folder.path());
    }

    /// One more caller.
    async fn call(&self, number: u32) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.plain)).await.unwrap();
        let login = "Action: Login\r\nUsername: admin\r\nSecret: s3cret\r\nEvents: off\r\n\r\n";
        let call = format!(
            "Action: Originate\r\nChannel: Local/{number}@callers\r\nContext: hold\r\nExten: s\r\nPriority: 1\r\nAsync: true\r\n\r\n"
        );
        stream.write_all((login.to_owned() + &call).as_bytes()).await.unwrap();
        let mut said = String::new();
        let mut bytes = [0; 4096];
        while !said.contains("successfully queued") {
            let read = timeout(DEADLINE, stream.read(&mut bytes)).await.unwrap().unwrap();
            assert!(read > 0, "{said}");
            said.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    }

    fn settings(&self, secure: bool) -> FeedSettings {
        let port = if secure { self.secure } else { self.plain };
        let tls = secure.then(|| Tls {
            ca_file: Some(self.folder.path().join("ca.pem")),
            server_name: None,
        });
        FeedSettings {
            name: "hotline".into(),
            kind: Kind::AsteriskAmi {
                address: format!("127.0.0.1:{port}"),
                username: "surged".into(),
                secret: "s3cret".into(),
                tls,
            },
            stale_after: Millis(6_000),
            queues: BTreeMap::from([("inbound".to_owned(), Name::from("inbound"))]),
        }
    }
}

impl Drop for Asterisk {
    fn drop(&mut self) {
        // Where it has ended already there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Feed {
    events: mpsc::Receiver<FeedEvent>,
    cancel: CancellationToken,
}

impl Feed {
    fn listen(settings: FeedSettings) -> Feed {
        let (out, events) = mpsc::channel(64);
        let cancel = CancellationToken::new();
        let clock = || Time(jiff::Timestamp::now().as_millisecond());
        drop(start(settings, out, clock, cancel.clone()));
        Feed { events, cancel }
    }

    /// Listens until something of this kind is heard.
    async fn until(&mut self, what: &str, wanted: impl Fn(&Heard) -> bool) -> Heard {
        let mut last = Vec::new();
        let found = timeout(DEADLINE, async {
            while let Some(event) = self.events.recv().await {
                if wanted(&event.what) {
                    return event.what;
                }
                last.push(event.what);
            }
            panic!("the feed ended before {what}")
        });
        match found.await {
            Ok(found) => found,
            Err(_) => panic!("waited for {what}; heard {last:#?}"),
        }
    }

    async fn depth(&mut self, wanted: u32) {
        let is = |it: &Heard| matches!(it, Heard::Reading(reading) if reading.waiting == wanted);
        self.until(&format!("{wanted} waiting"), is).await;
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

fn offered(heard: &Heard) -> Option<u64> {
    match heard {
        Heard::Reading(reading) => reading.offered,
        _ => None,
    }
}

#[tokio::test]
#[ignore = "needs a real Asterisk; see the top of the file"]
async fn real_calls_reloads_modules_and_deaths_are_seen_as_they_are() {
    let mut asterisk = Asterisk::start();
    for secure in [false, true] {
        let mut feed = Feed::listen(asterisk.settings(secure));
        feed.until("the log-in", |it| *it == Heard::Connected).await;
        feed.depth(0).await;
    }
    let mut feed = Feed::listen(asterisk.settings(true));
    feed.depth(0).await;
    asterisk.call(5_550_001).await;
    feed.depth(1).await;
    asterisk.call(5_550_002).await;
    let second = |it: &Heard| offered(it) == Some(2);
    feed.until("two calls offered, before any further list", second).await;

    // No event tells of any of this but the last.
    asterisk.queues("[general]\n[vip]\n");
    feed.until("the queue gone", |it| matches!(it, Heard::QueueMissing { .. }))
        .await;
    let told = |it: &Heard| matches!(it, Heard::Rejected { reason: "queue_missing", detail } if detail.ends_with("it has vip"));
    feed.until("what there is instead", told).await;
    asterisk.queues("[general]\n[inbound]\n[vip]\n");
    feed.depth(0).await;
    asterisk.queues("[general]\n[inbound]\nmember => Local/2001@hold/n,0,Li Na\n[vip]\n");
    let signed_in = |it: &Heard| matches!(it, Heard::Reading(reading) if reading.signed_in == Some(1));
    feed.until("a member of the file", signed_in).await;
    asterisk.says("module unload -f app_queue.so");
    feed.until("the module gone", |it| matches!(it, Heard::SourceLost { .. }))
        .await;
    asterisk.says("module load app_queue.so");
    feed.until("the queue again", signed_in).await;

    asterisk.kill();
    feed.until("the end", |it| matches!(it, Heard::Disconnected { .. }))
        .await;
    asterisk.start_again();
    feed.until("the log-in", |it| *it == Heard::Connected).await;
    feed.until("the queue after the restart", signed_in).await;
}
