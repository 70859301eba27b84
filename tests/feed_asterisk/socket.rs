//! The whole adapter over a real socket: a fake Asterisk plays the recorded bytes as fast as they go, and answers what
//! is asked in between. Time is told by the recording: the clock moves on with each chunk, once everything that the
//! chunk before has to bring about has been heard.

use super::bench::{queues, story};
use super::phone_system::{Login, PhoneSystem, SECRET, USERNAME};
use super::recording::{Step, What, depths, split_greeting, steps, surge_truth};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use surged::core::{Millis, Time};
use surged::feed::{FeedEvent, FeedSettings, Heard, Kind, Tls, start};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

const DEADLINE: Duration = Duration::from_secs(30);

/// The adapter and the fake Asterisk before it.
struct Fake {
    names: Vec<String>,
    listener: TcpListener,
    pbx: PhoneSystem,
    clock: Arc<AtomicI64>,
    events: mpsc::Receiver<FeedEvent>,
    heard: Vec<Heard>,
    adapter: JoinHandle<()>,
    cancel: CancellationToken,
    line: Option<Line>,
    /// Bytes written at once.
    piece: usize,
    tls: Option<TlsAcceptor>,
}

/// One connection.
struct Line {
    outgoing: Box<dyn AsyncWrite + Send + Unpin>,
    actions: mpsc::UnboundedReceiver<String>,
}

fn settings(address: SocketAddr, names: &[&str]) -> FeedSettings {
    FeedSettings {
        name: "hotline".into(),
        kind: Kind::AsteriskAmi {
            address: address.to_string(),
            username: USERNAME.into(),
            secret: SECRET.into(),
            tls: None,
        },
        stale_after: Millis(15_000),
        queues: queues(names),
    }
}

impl Fake {
    async fn new(names: &[&str]) -> Fake {
        Fake::with(names, None, |_| {}).await
    }

    async fn with(names: &[&str], tls: Option<TlsAcceptor>, change: impl FnOnce(&mut FeedSettings)) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut settings = settings(listener.local_addr().unwrap(), names);
        change(&mut settings);
        let clock = Arc::new(AtomicI64::new(0));
        let cancel = CancellationToken::new();
        let (out, events) = mpsc::channel(8);
        let told = clock.clone();
        let adapter = start(settings, out, move || Time(told.load(Ordering::SeqCst)), cancel.clone());
        let pbx = PhoneSystem::with_queues(names);
        let names = names.iter().map(|it| (*it).to_owned()).collect();
        Fake {
            names,
            listener,
            pbx,
            clock,
            events,
            heard: Vec::new(),
            adapter,
            cancel,
            line: None,
            piece: usize::MAX,
            tls,
        }
    }

    async fn accept(&mut self) {
        let (stream, _) = timeout(DEADLINE, self.listener.accept()).await.unwrap().unwrap();
        stream.set_nodelay(true).unwrap();
        self.pbx.connected();
        self.line = match self.tls.clone() {
            Some(acceptor) => acceptor.accept(stream).await.ok().map(Line::new),
            None => Some(Line::new(stream)),
        };
    }

    /// Accepts, greets, and waits for the login.
    async fn greet(&mut self, greeting: &[u8]) {
        self.accept().await;
        self.send(greeting).await;
        while self.pbx.login == Login::Open {
            self.serve().await;
        }
        self.pbx.login = Login::Done;
    }

    async fn log_in(&mut self) {
        self.greet(b"Asterisk Call Manager/11.0.0\r\n").await;
        self.send(b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n")
            .await;
    }

    /// A recorded chunk: the first line of a connection greets, and what follows the login waits for it. Once the login
    /// is accepted, waits for the first lists: what happens before them does not count.
    async fn chunk(&mut self, chunk: &[u8], piece: usize) {
        let mut rest = chunk;
        if self.line.is_none() {
            let (greeting, after) = split_greeting(chunk);
            self.greet(greeting).await;
            rest = after;
        }
        let accepted = self.pbx.accepted;
        if accepted {
            self.piece = piece;
        }
        self.send(rest).await;
        self.piece = usize::MAX;
        if self.pbx.accepted && !accepted {
            let before = self.heard.len();
            let names = self.names.clone();
            self.until("the first readings", |heard| {
                let told = |name: &String| heard[before..].iter().any(|it| depth(it, name).is_some());
                names.iter().all(told)
            })
            .await;
        }
    }

    /// Waits until everything that was sent has been taken at its own time: a member of the other queue changes, and
    /// that is heard.
    async fn probe(&mut self) {
        if !self.pbx.between_messages() {
            return;
        }
        let before = self.heard.len();
        let event =
            "Event: QueueMemberStatus\r\nQueue: vip\r\nInterface: probe\r\nMemberName: probe\r\nStatus: 1\r\n\r\n";
        self.write(event.as_bytes()).await;
        let told = |heard: &Heard| match heard {
            Heard::Reading(reading) => reading.agents.iter().flatten().any(|it| it.person.as_str() == "probe"),
            _ => false,
        };
        self.until("the probe", |heard| heard[before..].iter().any(told)).await;
    }

    async fn send(&mut self, bytes: &[u8]) {
        let at = Time(self.clock.load(Ordering::SeqCst));
        self.pbx.played(at, bytes);
        self.write(bytes).await;
    }

    async fn write(&mut self, bytes: &[u8]) {
        let Some(line) = &mut self.line else { return };
        for piece in bytes.chunks(self.piece.min(bytes.len().max(1))) {
            line.outgoing.write_all(piece).await.unwrap();
            line.outgoing.flush().await.unwrap();
        }
    }

    /// Waits for whatever comes next: something heard, or an action, which is answered.
    async fn serve(&mut self) {
        let actions = async {
            match &mut self.line {
                Some(line) if self.pbx.between_messages() => line.actions.recv().await,
                _ => None,
            }
        };
        tokio::select! {
            Some(action) = actions => {
                if let Some(answer) = self.pbx.answer(Time(self.clock.load(Ordering::SeqCst)), &action) {
                    self.write(answer.as_bytes()).await;
                }
            }
            event = self.events.recv() => self.heard.push(event.expect("the adapter is there").what),
        }
    }

    async fn until(&mut self, what: &str, mut is_so: impl FnMut(&[Heard]) -> bool) {
        let waiting = async {
            while !is_so(&self.heard) {
                self.serve().await;
            }
        };
        if timeout(DEADLINE, waiting).await.is_err() {
            let told = ["inbound", "vip"].map(|queue| story(self.heard.iter(), queue));
            panic!("{what} did not come; heard: {told:?}, last {:?}", self.heard.last());
        }
    }

    async fn until_story(&mut self, queue: &str, expected: &str) {
        self.until(expected, |heard| story(heard.iter(), queue) == expected)
            .await;
    }

    fn depths(&self, queue: &str) -> Vec<u32> {
        let mut depths: Vec<u32> = self.heard.iter().filter_map(|it| depth(it, queue)).collect();
        depths.dedup();
        depths
    }

    async fn end(self) {
        self.cancel.cancel();
        timeout(DEADLINE, self.adapter)
            .await
            .expect("the adapter ends when it is cancelled")
            .unwrap();
    }
}

fn depth(heard: &Heard, queue: &str) -> Option<u32> {
    match heard {
        Heard::Reading(reading) if reading.queue.as_str() == queue => Some(reading.waiting),
        _ => None,
    }
}

impl Line {
    fn new(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Line {
        let (mut incoming, outgoing) = tokio::io::split(stream);
        let (send, actions) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut text = String::new();
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = incoming.read(&mut bytes).await {
                text.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
                while let Some(end) = text.find("\r\n\r\n") {
                    if send.send(text[..end].to_owned()).is_err() {
                        return;
                    }
                    text.drain(..end + 4);
                }
            }
        });
        Line {
            outgoing: Box::new(outgoing),
            actions,
        }
    }
}

/// Plays a surge; after each chunk, waits until each change in it has been heard as a reading of its own.
async fn surge(name: &str, piece: usize) {
    let truth = surge_truth();
    // Time jumps here by more than a sign of life may take: silence is judged where the machine is alone with its time.
    let patient = |settings: &mut FeedSettings| settings.stale_after = Millis::from_mins(60);
    let mut fake = Fake::with(&["inbound", "vip"], None, patient).await;
    for Step { at, what } in steps(name) {
        let What::Data(chunk) = what else { continue };
        fake.clock.store(at.0, Ordering::SeqCst);
        let before = fake.pbx.changes;
        fake.chunk(&chunk, piece).await;
        for change in &truth[before..fake.pbx.changes] {
            let queue = change.queue.as_str();
            let expected = truth
                .iter()
                .take_while(|it| !std::ptr::eq(*it, change))
                .filter(|it| it.queue == queue);
            // The empty queue at the beginning, those before, and this one.
            let expected = expected.count() + 2;
            let mut heard_before = 0;
            let mut distinct: Vec<u32> = Vec::new();
            fake.until(&format!("{change:?}"), |heard| {
                distinct.extend(heard[heard_before..].iter().filter_map(|it| depth(it, queue)));
                distinct.dedup();
                heard_before = heard.len();
                distinct.len() >= expected
            })
            .await;
        }
    }
    for (queue, expected) in depths(&truth) {
        assert_eq!(fake.depths(&queue), expected, "{name} {queue}");
    }
    // Time runs a thousand times faster here than the fake's answers: one may seem to come too late.
    let bad = |it: &&Heard| match it {
        // Nor may every recorded user see the system's own events.
        Heard::Rejected { reason, .. } => !["list_unanswered", "no_system_events"].contains(reason),
        Heard::Disconnected { .. } | Heard::SourceLost { .. } | Heard::QueueMissing { .. } => true,
        Heard::Connected | Heard::Reading(_) | Heard::Heartbeat | Heard::ClockDiffers { .. } => false,
    };
    assert_eq!(fake.heard.iter().find(bad), None);
    fake.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_surge_in_its_recorded_chunks() {
    surge("surge", usize::MAX).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_surge_byte_by_byte() {
    surge("surge", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_surge_as_an_agent_class_user_sees_it() {
    surge("surge_agentclass", usize::MAX).await;
    surge("surge_agentclass", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_surge_through_an_event_filter() {
    surge("surge_eventfilter", usize::MAX).await;
    surge("surge_eventfilter", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarts_are_lost_sources_and_the_adapter_comes_back() {
    let mut fake = Fake::new(&["inbound", "vip"]).await;
    let mut all = steps("restart").into_iter().peekable();
    while let Some(Step { at, what }) = all.next() {
        fake.clock.store(at.0, Ordering::SeqCst);
        match what {
            // Taken and reset at once: what Asterisk does while it goes down.
            What::Connected if matches!(all.peek(), Some(Step { what: What::Reset, .. })) => {
                let (stream, _) = timeout(DEADLINE, fake.listener.accept()).await.unwrap().unwrap();
                stream.set_zero_linger().unwrap();
            }
            What::Connected | What::Reset => {}
            What::Data(chunk) => {
                let changes = fake.pbx.changes;
                fake.chunk(&chunk, usize::MAX).await;
                if fake.pbx.changes > changes {
                    fake.probe().await;
                }
            }
            What::End => {
                let before = fake.heard.len();
                fake.pbx.forget_callers();
                if let Some(mut line) = fake.line.take() {
                    line.outgoing.shutdown().await.unwrap();
                }
                fake.until("the end", |heard| {
                    heard[before..]
                        .iter()
                        .any(|it| matches!(it, Heard::Disconnected { .. }))
                })
                .await;
            }
        }
    }
    let story = story(fake.heard.iter(), "inbound");
    let expected = "connected 0 1 2 3 4 3 4 3 4 5 6 7 8 7 lost disconnected \
                    connected 0 1 2 3 4 5 6 7 8 7 6 disconnected \
                    connected 0 1 2 3 2 3 4 5 4 lost disconnected";
    assert_eq!(story, expected);
    fake.end().await;
}

#[tokio::test]
async fn nobody_there_a_stranger_there_and_at_last_asterisk() {
    let mut fake = Fake::new(&["inbound"]).await;
    fake.accept().await;
    fake.send(b"HTTP/1.1 400 Bad Request\r\n").await;
    let said = |heard: &[Heard], words: &str| {
        heard
            .iter()
            .any(|it| matches!(it, Heard::Disconnected { why } if why.contains(words)))
    };
    fake.until("the stranger", |heard| said(heard, "came \"HTTP/1.1 400 Bad Request\""))
        .await;
    fake.end().await;

    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (out, mut events) = mpsc::channel(8);
    let cancel = CancellationToken::new();
    let adapter = start(settings(address, &["inbound"]), out, || Time(0), cancel.clone());
    let Some(Heard::Disconnected { why }) = timeout(DEADLINE, events.recv()).await.unwrap().map(|it| it.what) else {
        panic!("expected a refused connection")
    };
    assert_eq!(
        why,
        format!(
            "nothing listens at {address} (connection refused); is Asterisk running, with enabled = yes and this port \
             in manager.conf?"
        )
    );
    let listener = TcpListener::bind(address).await.unwrap();
    timeout(DEADLINE, listener.accept()).await.unwrap().unwrap();
    cancel.cancel();
    timeout(DEADLINE, adapter).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_daemon_that_takes_nothing_never_keeps_asterisk_waiting() {
    let mut fake = Fake::new(&["inbound"]).await;
    fake.log_in().await;
    fake.until_story("inbound", "connected 0").await;
    // Far more than sockets and channels hold, while nobody receives: all of it is written all the same.
    let flood = async {
        for round in 0..2_000 {
            let mut text = String::new();
            for id in 0..100 {
                text += &format!(
                    "Event: QueueCallerJoin\r\nQueue: inbound\r\nUniqueid: {round}.{id}\r\nCount: {}\r\n\r\n",
                    id + 1
                );
            }
            for id in 0..100 {
                text += &format!(
                    "Event: QueueCallerLeave\r\nQueue: inbound\r\nUniqueid: {round}.{id}\r\nCount: {}\r\n\r\n",
                    99 - id
                );
            }
            fake.line
                .as_mut()
                .unwrap()
                .outgoing
                .write_all(text.as_bytes())
                .await
                .unwrap();
        }
        let last = "Event: QueueCallerJoin\r\nQueue: inbound\r\nUniqueid: last\r\nCount: 1\r\n\r\n";
        let more = "Event: QueueCallerJoin\r\nQueue: inbound\r\nUniqueid: more\r\nCount: 2\r\n\r\n";
        fake.line
            .as_mut()
            .unwrap()
            .outgoing
            .write_all((last.to_owned() + more).as_bytes())
            .await
            .unwrap();
    };
    timeout(DEADLINE, flood).await.expect("the adapter reads on");
    fake.until("the latest depth", |heard| {
        heard.iter().rev().find_map(|it| depth(it, "inbound")) == Some(2)
    })
    .await;
    assert!(
        fake.heard.len() < 400_000,
        "what was overtaken was dropped: {}",
        fake.heard.len()
    );
    fake.end().await;
}

#[tokio::test]
async fn over_tls_with_an_authority_of_its_own() {
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let ca_file = directory.path().join("ca.pem");
    std::fs::write(&ca_file, issued.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let with = |ca_file| {
        move |settings: &mut FeedSettings| {
            if let Kind::AsteriskAmi { tls, .. } = &mut settings.kind {
                *tls = Some(Tls {
                    ca_file,
                    server_name: Some("localhost".into()),
                });
            }
        }
    };
    let mut trusted = Fake::with(&["inbound"], Some(acceptor.clone()), with(Some(ca_file))).await;
    trusted.log_in().await;
    trusted.until_story("inbound", "connected 0").await;
    trusted.end().await;

    let mut stranger = Fake::with(&["inbound"], Some(acceptor), with(None)).await;
    stranger.accept().await;
    stranger
        .until("the refusal", |heard| {
            let words = "set ca_file to the PEM file of the authority that issued it";
            heard
                .iter()
                .any(|it| matches!(it, Heard::Disconnected { why } if why.contains(words)))
        })
        .await;
    stranger.end().await;
}

#[tokio::test]
async fn it_ends_when_nobody_receives_any_more() {
    let Fake { adapter, events, .. } = Fake::new(&["inbound"]).await;
    drop(events);
    timeout(DEADLINE, adapter).await.expect("the adapter ends").unwrap();
}
