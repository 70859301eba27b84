//! A floor server in this process, its fake daemon, and clients.

use futures_util::{SinkExt, StreamExt};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use surged::core::{self, InstructionId, Millis, Name, Time};
use surged::floor::access::{NewToken, TokenRecord};
use surged::floor::{
    Access, Ask, Floor, FloorSettings, Health, Hub, Limits, LogFault, LogRecord, LogSource, LookedUp, access, serve,
};
use surged::journal::{Entry, Fact, Look, Record};
use surged::report::{Report, Wanted};
use surged::shift::Summary;
use surged::wire::Role;
use surged::wire::{OpenInstruction, QueueState, ServerMessage, Stamp};
use surged::words::Sentences;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_util::sync::CancellationToken;

/// Generous: only a hanging test meets it.
pub const DEADLINE: Duration = Duration::from_secs(20);

pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, what).await.expect("it never happened")
}

/// A floor server that runs.
pub struct Stage {
    pub address: SocketAddr,
    pub hub: Arc<Hub>,
    pub health: Arc<Health>,
    pub asks: mpsc::Receiver<Ask>,
    pub cancel: CancellationToken,
    pub served: JoinHandle<()>,
    folder: tempfile::TempDir,
}

#[derive(Default)]
pub struct Props {
    pub settings: FloorSettings,
    pub limits: Limits,
    /// Somebody with a token each; their texts are in the same order.
    pub tokens: Vec<Role>,
    pub bench: Option<Arc<dyn surged::floor::Bench>>,
}

/// One recorder for all tests of this program: they only ask what is there, not how much.
static METRICS: LazyLock<PrometheusHandle> = LazyLock::new(|| PrometheusBuilder::new().install_recorder().unwrap());

struct Log;

impl LogSource for Log {
    fn look(&self, look: &Look, limit: usize, words: &Sentences) -> Result<LookedUp, LogFault> {
        if look.after == 666 {
            return Err(LogFault("the disk is gone".into()));
        }
        let all = (look.after + 1..=5).map(|seq| LogRecord {
            seq,
            queue: (seq != 2).then(|| if seq % 2 == 1 { "inbound".into() } else { "vip".into() }),
            record: json!({ "n": seq, "words": words.record(&Record::Fact(Fact::Stopped)) }),
        });
        let in_scope = |it: &LogRecord| match &look.scope {
            None => true,
            Some(scope) => it.queue.as_ref().is_some_and(|queue| scope.contains(queue)),
        };
        let mut records: Vec<LogRecord> = all.filter(in_scope).collect();
        let more = records.len() > limit;
        records.truncate(limit);
        Ok(LookedUp {
            next: records.last().map(|it| it.seq),
            more,
            records,
        })
    }

    fn shift(&self, from: Time, to: Time, upto: Option<u64>) -> Result<Summary, LogFault> {
        Ok(Summary {
            from: Stamp(from),
            to: Stamp(to),
            upto: upto.unwrap_or(5),
            surges: Vec::new(),
            moved: Vec::new(),
            asked: Vec::new(),
            instructions: Default::default(),
            blind: Vec::new(),
            pauses: Vec::new(),
            incidents: Vec::new(),
            reloads: Vec::new(),
            daemon: Vec::new(),
            asks: Default::default(),
            shadow: Vec::new(),
        })
    }

    fn report(&self, _wanted: &Wanted, _go_on: &mut dyn FnMut(f64) -> bool) -> Result<Report, LogFault> {
        Err(LogFault("this log tells nothing".into()))
    }
}

impl Stage {
    pub async fn start() -> Stage {
        Stage::with(Props::default()).await.0
    }

    pub async fn with(props: Props) -> (Stage, Vec<String>) {
        LazyLock::force(&METRICS);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        let tokens = props.tokens.iter().map(|role| new_token(&path, *role).0).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let hub = Arc::new(Hub::new(props.limits));
        let health = Arc::new(Health::default());
        let (daemon, asks) = mpsc::channel(16);
        let cancel = CancellationToken::new();
        let local_only = access::is_local(address) && !props.settings.behind_proxy;
        let floor = Arc::new(Floor {
            book: Arc::default(),
            settings: props.settings,
            hub: Arc::clone(&hub),
            access: Arc::new(Access::open(Some(path), local_only).unwrap()),
            daemon,
            log: Arc::new(Log),
            bench: props.bench,
            clock: Arc::new(|| Time(1_793_589_900_000)),
            health: Arc::clone(&health),
            metrics: Arc::new(|| Box::pin(async { Some(METRICS.render()) })),
        });
        let serving = serve(listener, floor, cancel.clone());
        let stage = Stage {
            address,
            hub,
            health,
            asks,
            cancel,
            served: tokio::spawn(async { serving.await.unwrap() }),
            folder,
        };
        (stage, tokens)
    }

    pub fn token_file(&self) -> std::path::PathBuf {
        self.folder.path().join("tokens.json")
    }

    pub fn request(&self) -> Request {
        let mut request = format!("ws://{}/floor", self.address).into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", "surged.v1".parse().unwrap());
        request
    }

    /// Connects, without a hello.
    pub async fn connect(&self) -> Client {
        self.connect_as(self.request()).await.unwrap()
    }

    pub async fn connect_as(&self, request: Request) -> Result<Client, tungstenite::Error> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (socket, _) = soon(tokio_tungstenite::client_async(request, stream)).await?;
        Ok(Client { socket })
    }

    /// Says hello and takes the welcome.
    pub async fn hello(&self, hello: Value) -> (Client, Value) {
        let mut client = self.connect().await;
        client.say(hello).await;
        let welcome = client.message().await;
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        (client, welcome)
    }

    /// A session that is past its welcome and first state.
    pub async fn join(&self) -> Client {
        let (mut client, _) = self.hello(json!({ "type": "hello" })).await;
        let state = client.message().await;
        assert_eq!((&state["type"], &state["whole"]), (&json!("state"), &json!(true)));
        client
    }

    /// Answers the next request as the daemon.
    pub async fn take_ask(&mut self) -> Ask {
        soon(self.asks.recv()).await.expect("the floor is gone")
    }
}

/// One HTTP exchange on a connection of its own.
pub async fn http(address: SocketAddr, request: &str) -> Reply {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let host = if request.contains("\nHost:") {
        String::new()
    } else {
        format!("Host: {address}\r\n")
    };
    let (line, rest) = request.split_once("\r\n").unwrap();
    let whole = format!("{line}\r\n{host}Connection: close\r\n{rest}");
    stream.write_all(whole.as_bytes()).await.unwrap();
    let mut text = Vec::new();
    soon(stream.read_to_end(&mut text)).await.unwrap();
    Reply::of(&String::from_utf8_lossy(&text))
}

pub async fn get(address: SocketAddr, path: &str) -> Reply {
    http(address, &format!("GET {path} HTTP/1.1\r\n\r\n")).await
}

/// `headers`: each with its line's end.
pub async fn post(address: SocketAddr, path: &str, headers: &str, body: &str) -> Reply {
    let length = body.len();
    let request = format!("POST {path} HTTP/1.1\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
    http(address, &request).await
}

pub fn new_token(path: &std::path::Path, role: Role) -> (String, TokenRecord) {
    let new = NewToken {
        name: format!("the {}", role.as_str()),
        staff_no: "S42".into(),
        role,
        queues: Vec::new(),
        expires: None,
    };
    access::issue(path, new).unwrap()
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    fn of(text: &str) -> Reply {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
        Reply {
            status,
            head: head.to_ascii_lowercase(),
            body: body.into(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines();
        lines
            .filter_map(|line| line.split_once(": "))
            .find(|it| it.0 == name)
            .map(|it| it.1)
    }
}

/// One end of a session.
pub struct Client {
    pub socket: WebSocketStream<TcpStream>,
}

impl Client {
    pub async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub async fn send(&mut self, message: Message) {
        soon(self.socket.send(message)).await.unwrap();
    }

    /// The next message; pings aside, and aside from who else is there, which comes when it likes.
    pub async fn message(&mut self) -> Value {
        loop {
            let message = self.any_message().await;
            if message["type"] != "listening" {
                return message;
            }
        }
    }

    /// The next message, pings aside.
    pub async fn any_message(&mut self) -> Value {
        loop {
            match soon(self.socket.next()).await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("expected a message; came {other:?}"),
            }
        }
    }

    /// The next message of this type.
    pub async fn next(&mut self, kind: &str) -> Value {
        loop {
            let message = self.message().await;
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Asks and takes the reply.
    pub async fn reply(&mut self, message: Value) -> Value {
        self.say(message).await;
        self.message().await
    }

    /// Reads on to the close frame: its code and words.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match soon(self.socket.next()).await {
                Some(Ok(Message::Close(Some(frame)))) => return (frame.code.into(), frame.reason.to_string()),
                Some(Ok(_)) => {}
                other => panic!("expected a close frame; came {other:?}"),
            }
        }
    }
}

pub fn queue(name: &str, waiting: u32) -> QueueState {
    let view = core::QueueView {
        approval: None,
        mode: surged::core::ladder::Mode::Live,
        queue: name.into(),
        waiting: Some(waiting),
        longest_wait: Some(Millis(41_000)),
        longest_wait_since: None,
        signed_in: None,
        vouched_at: Some(Time(0)),
        blind_since: None,
        ladder: Some("day".into()),
        next: Some(core::NextTier {
            tier: "expert".into(),
            clock: None,
        }),
        surge_since: None,
        release: None,
        moves: Vec::new(),
        leaving: Vec::new(),
        paused: None,
        incident: None,
        physical_seats: Some(60),
        free_seats: Some(14),
        seats_known: true,
        tiers: Vec::new(),
        lines: vec![5, 10],
    };
    QueueState::of(&view, &core::Plan::default())
}

pub fn instruction(id: u64) -> core::Instruction {
    core::Instruction {
        hold: None,
        lasting: None,
        chosen: Vec::new(),
        shadow: false,
        id: InstructionId(id),
        at: Time(1_793_589_900_000),
        queue: "inbound".into(),
        action: core::Action::SignIn,
        tier: "expert".into(),
        parts: vec![core::Part {
            pool: Some("expert".into()),
            seats: 2,
            people: vec![Name::from("E01"), Name::from("E02")],
        }],
        seats: core::Ask { min: 2, max: 3, ask: 2 },
        computed: None,
        reason: core::Reason::WaitingAbove {
            threshold: 5,
            held: Millis::from_mins(5),
            waiting: 8,
            judged: core::Judged::Every,
        },
        respond_by: Some(Time(1_793_589_960_000)),
        of: None,
        by: None,
    }
}

/// An instruction that waits for its last word.
pub fn open(id: u64) -> OpenInstruction {
    OpenInstruction::from(&core::OpenView {
        instruction: instruction(id),
        seen_by: None,
        seen_at: None,
        eta: None,
        level: 0,
        respond_by: None,
        unanswered: false,
        delivered: false,
    })
}

/// What the floor is told of a decision that stands under this number in the duty log.
pub fn told(seq: u64, decision: core::Decision) -> ServerMessage {
    let entry = Entry {
        seq,
        at: decision.at,
        record: Record::Decision(decision),
        unlogged: false,
    };
    ServerMessage::of(&entry).unwrap()
}

/// The message that tells of an instruction, under this number.
pub fn message(seq: u64) -> (u64, ServerMessage) {
    let decision = core::Decision {
        at: Time(1_793_589_900_000),
        queue: "inbound".into(),
        what: core::What::Instruct {
            instruction: instruction(seq),
            beside: false,
        },
    };
    (seq, told(seq, decision))
}

/// A message that is long: a notice of about so many bytes.
pub fn long_message(seq: u64, bytes: usize) -> (u64, ServerMessage) {
    let decision = core::Decision {
        at: Time(0),
        queue: "inbound".into(),
        what: core::What::FeedLost {
            why: core::Lost::Said("x".repeat(bytes)),
        },
    };
    (seq, told(seq, decision))
}

/// What clients told, gathered from tasks.
pub type Heard = Arc<Mutex<Vec<u64>>>;
