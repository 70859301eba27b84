//! A phone system under the test's control: a JSON feed on a real WebSocket.

use super::within;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio_tungstenite::tungstenite::Message;

/// How the line to the phone system is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Line {
    /// As it should be.
    Good,
    /// It stays up, and nothing comes through: not even the answer to a ping.
    Silent,
    /// It is cut, and cut again whenever it is dialled.
    Cut,
}

/// The phone system. It tells the latest reading to whoever connects.
pub struct Phones {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    line: watch::Sender<Line>,
    words: broadcast::Sender<String>,
    latest: Mutex<Option<String>>,
    connected: watch::Sender<usize>,
}

impl Phones {
    pub async fn open() -> Phones {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/feed", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            line: watch::Sender::new(Line::Good),
            words: broadcast::Sender::new(1 << 18),
            latest: Mutex::new(None),
            connected: watch::Sender::new(0),
        });
        let answering = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&answering).answer(stream));
            }
        });
        Phones { url, shared }
    }

    /// The state of a queue from now on.
    pub fn reading(&self, reading: Value) {
        let text = reading.to_string();
        *self.shared.latest.lock().unwrap() = Some(text.clone());
        self.say(&text);
    }

    /// One frame to whoever is connected.
    pub fn say(&self, text: &str) {
        let _ = self.shared.words.send(text.to_owned());
    }

    pub fn line(&self, line: Line) {
        self.shared.line.send_replace(line);
    }

    /// Returns when so many are connected.
    pub async fn connected(&self, count: usize) {
        let mut connected = self.shared.connected.subscribe();
        let what = format!("{count} connections to the phone system");
        within(&what, connected.wait_for(|now| *now == count)).await.unwrap();
    }
}

impl Shared {
    async fn answer(self: Arc<Shared>, stream: TcpStream) {
        let mut line = self.line.subscribe();
        if *line.borrow_and_update() == Line::Cut {
            return;
        }
        let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
            return;
        };
        let mut words = self.words.subscribe();
        let latest = self.latest.lock().unwrap().clone();
        if let Some(latest) = latest {
            let _ = socket.send(Message::text(latest)).await;
        }
        self.connected.send_modify(|count| *count += 1);
        loop {
            let now = *line.borrow_and_update();
            tokio::select! {
                Ok(()) = line.changed() => {}
                Ok(word) = words.recv(), if now == Line::Good => {
                    if socket.send(Message::text(word)).await.is_err() {
                        break;
                    }
                }
                got = socket.next(), if now == Line::Good => {
                    if !matches!(got, Some(Ok(_))) {
                        break;
                    }
                }
            }
            if *line.borrow() == Line::Cut {
                break;
            }
        }
        self.connected.send_modify(|count| *count -= 1);
    }
}
