//! A supervisor's console: a real WebSocket client, and what it has heard so far.

use super::{DEADLINE, within};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Somebody on the floor. Messages come in order; whoever waits for one kind passes over the others, which are kept.
pub struct Supervisor {
    pub name: String,
    pub token: Option<String>,
    /// The first answer to `hello`.
    pub welcome: Value,
    /// How everything stood when they came.
    pub state: Value,
    /// The number of the last message that was taken off the socket.
    pub seq: u64,
    /// Every message with a number, in the order in which they came.
    pub numbered: Vec<Value>,
    out: SplitSink<WebSocketStream<TcpStream>, Message>,
    heard: mpsc::UnboundedReceiver<Value>,
    kept: VecDeque<Value>,
    references: u64,
}

impl Supervisor {
    /// Opens a session and says hello.
    pub async fn come(address: SocketAddr, name: &str, token: Option<&str>, since: Option<u64>) -> Supervisor {
        let stream = within("the floor takes a connection", TcpStream::connect(address))
            .await
            .unwrap();
        let mut request = format!("ws://{address}/floor").into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("Sec-WebSocket-Protocol", "surged.v1".parse().unwrap());
        let shake = tokio_tungstenite::client_async(request, stream);
        let (socket, _) = within("the floor opens a socket", shake).await.unwrap();
        let (out, mut incoming) = socket.split();
        let (told, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(Ok(message)) = incoming.next().await {
                let words = match message {
                    Message::Text(text) => serde_json::from_str(&text).unwrap(),
                    Message::Close(frame) => {
                        json!({ "type": "closed", "code": frame.map_or(0, |it| u16::from(it.code)) })
                    }
                    _ => continue,
                };
                if told.send(words).is_err() {
                    return;
                }
            }
        });
        let mut supervisor = Supervisor {
            name: name.to_owned(),
            token: token.map(str::to_owned),
            welcome: Value::Null,
            state: Value::Null,
            seq: since.unwrap_or(0),
            numbered: Vec::new(),
            out,
            heard,
            kept: VecDeque::new(),
            references: 0,
        };
        let mut hello = json!({ "type": "hello" });
        if let Some(token) = token {
            hello["token"] = token.into();
        }
        if let Some(since) = since {
            hello["since"] = since.into();
        }
        supervisor.send(&hello).await;
        supervisor.welcome = supervisor.hear("welcome", |it| it["type"] == "welcome").await;
        supervisor.state = supervisor.hear("the whole state", |it| it["type"] == "state").await;
        assert_eq!(supervisor.state["whole"], true);
        supervisor
    }

    /// The next message that is meant, whatever else comes before it.
    pub async fn hear(&mut self, what: &str, is_meant: impl Fn(&Value) -> bool) -> Value {
        if let Some(position) = self.kept.iter().position(&is_meant) {
            return self.kept.remove(position).unwrap();
        }
        loop {
            let message = match tokio::time::timeout(DEADLINE, self.heard.recv()).await {
                Ok(Some(message)) => message,
                Ok(None) => panic!("{}: the socket ended before {what}; kept: {:#?}", self.name, self.kept),
                Err(_) => panic!(
                    "{} did not hear {what} within {DEADLINE:?}; kept: {:#?}",
                    self.name, self.kept
                ),
            };
            if let Some(seq) = message["seq"].as_u64().filter(|_| message["type"] != "welcome") {
                assert!(
                    seq > self.seq,
                    "{}: {seq} came after {}: {message}",
                    self.name,
                    self.seq
                );
                self.seq = seq;
                self.numbered.push(message.clone());
            }
            if is_meant(&message) {
                return message;
            }
            if message["type"] != "state" {
                self.kept.push_back(message);
            }
        }
    }

    /// The next instruction.
    pub async fn instruction(&mut self) -> Value {
        self.hear("an instruction", |it| it["type"] == "instruction").await
    }

    /// The next instruction, which asks for this.
    pub async fn told(&mut self, action: &str, tier: &str) -> Value {
        let it = self.instruction().await;
        assert_eq!(it["action"], action, "{}: {it:#}", self.name);
        assert_eq!(it["tier"], tier, "{}: {it:#}", self.name);
        it
    }

    /// The answer to an instruction that has this status.
    pub async fn answer(&mut self, status: &str, instruction: &Value) -> Value {
        self.hear(&format!("the answer {status} to {}", instruction["id"]), |it| {
            it["type"] == "answer" && it["status"] == status && it["instruction"] == instruction["id"]
        })
        .await
    }

    /// The next notice with this code.
    pub async fn notice(&mut self, code: &str) -> Value {
        self.hear(&format!("the notice {code}"), |it| {
            it["type"] == "notice" && it["code"] == code
        })
        .await
    }

    /// Says something, and returns what is said to it.
    pub async fn say(&mut self, mut message: Value) -> Value {
        self.references += 1;
        let reference = json!(format!("{}-{}", self.name, self.references));
        message["ref"] = reference.clone();
        self.send(&message).await;
        self.hear("a reply", |it| it["ref"] == reference).await
    }

    /// Says something that must be taken.
    pub async fn ask(&mut self, message: Value) {
        let reply = self.say(message.clone()).await;
        assert_eq!(reply["type"], "ok", "{} said {message}: {reply}", self.name);
    }

    /// "Done."
    pub async fn done(&mut self, instruction: &Value) {
        self.ask(json!({ "type": "done", "instruction": instruction["id"] }))
            .await;
    }

    /// Everything that was said so far has come, and no instruction that is not asked for is among it.
    pub async fn hears_no_instruction(&mut self) {
        // Replies overtake messages by one write at most.
        for _ in 0..2 {
            let pong = self.say(json!({ "type": "ping" })).await;
            assert_eq!(pong["type"], "pong");
        }
        let told: Vec<_> = self.kept.iter().filter(|it| it["type"] == "instruction").collect();
        assert!(told.is_empty(), "{}: {told:#?}", self.name);
    }

    pub async fn send(&mut self, message: &Value) {
        within(
            "the floor takes a message",
            self.out.send(Message::text(message.to_string())),
        )
        .await
        .unwrap();
    }

    /// Leaves in good order.
    pub async fn leave(mut self) {
        let _ = within("the socket closes", self.out.send(Message::Close(None))).await;
    }

    /// Sends a text, whatever becomes of it.
    pub async fn shout(&mut self, text: &str) {
        let _ = within(
            "the socket takes or refuses a message",
            self.out.send(Message::text(text)),
        )
        .await;
    }
}
