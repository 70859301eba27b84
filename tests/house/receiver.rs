//! A receiver of webhooks: a real HTTP server that can fail in every way.

use super::http::Request;
use super::within;
use serde_json::Value;
use std::collections::BTreeMap;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

/// How the receiver is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mood {
    /// Answers with this status, further lines of the head, and a body.
    Answers(u16, String, String),
    /// Takes a request and says nothing.
    Silent,
    /// Takes a request and closes the connection.
    Closes,
}

impl Mood {
    pub fn status(status: u16) -> Mood {
        Mood::Answers(status, String::new(), String::new())
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Delivery {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.body))
    }
}

pub struct Receiver {
    pub url: String,
    mood: watch::Sender<Mood>,
    heard: mpsc::UnboundedReceiver<Delivery>,
}

impl Receiver {
    pub async fn open() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?key=k3y-of-robot", listener.local_addr().unwrap());
        let mood = watch::Sender::new(Mood::status(204));
        let (told, heard) = mpsc::unbounded_channel();
        let mood_now = mood.subscribe();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, mood_now.clone(), told.clone()));
            }
        });
        Receiver { url, mood, heard }
    }

    pub fn is(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// The next request.
    pub async fn next(&mut self) -> Delivery {
        within("a webhook comes", self.heard.recv()).await.unwrap()
    }

    /// What has come and was not looked at.
    pub fn left(&mut self) -> Vec<Delivery> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }
}

async fn answer(stream: TcpStream, mood: watch::Receiver<Mood>, told: mpsc::UnboundedSender<Delivery>) {
    let mut stream = BufReader::new(stream);
    let Some(request) = Request::next(&mut stream).await else {
        return;
    };
    let mood = mood.borrow().clone();
    let _ = told.send(Delivery {
        path: request.path().to_owned(),
        headers: request.headers,
        body: String::from_utf8(request.body).unwrap(),
    });
    match mood {
        Mood::Closes => {}
        Mood::Silent => std::future::pending().await,
        Mood::Answers(status, head, body) => {
            let length = body.len();
            let text = format!("HTTP/1.1 {status} So\r\n{head}Content-Length: {length}\r\n\r\n{body}");
            let _ = stream.write_all(text.as_bytes()).await;
        }
    }
}
