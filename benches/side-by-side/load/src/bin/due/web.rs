//! As much of HTTP as Prometheus and Alertmanager need: depths to be scraped, a webhook that notes what came, a client that posts.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// How many wait in each queue, as /metrics tells it.
#[derive(Clone, Default)]
pub struct Depths(Arc<Mutex<BTreeMap<String, u32>>>);

impl Depths {
    pub fn set(&self, depths: BTreeMap<String, u32>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = depths;
    }

    pub fn put(&self, queue: &str, waiting: u32) {
        let mut depths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        depths.insert(queue.to_owned(), waiting);
    }

    fn text(&self) -> String {
        let depths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        depths.iter().fold(String::new(), |mut text, (queue, waiting)| {
            // Writing to a text does not fail.
            let _ = writeln!(text, "queue_waiting{{queue=\"{queue}\"}} {waiting}");
            text
        })
    }
}

/// Serves depths; whoever looks at them when there are some is told of.
pub fn depths(port: u16) -> Result<(Depths, Receiver<()>)> {
    let depths = Depths::default();
    let (told, scrapes) = channel();
    let shown = depths.clone();
    serve(port, move |_| {
        let text = shown.text();
        if !text.is_empty() {
            let _ = told.send(());
        }
        text
    })?;
    Ok((depths, scrapes))
}

#[derive(Deserialize)]
struct Notification {
    status: String,
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
struct Alert {
    labels: BTreeMap<String, String>,
}

/// Takes what Alertmanager posts: the queues, and when each came.
pub fn webhook(port: u16) -> Result<Receiver<(String, Instant)>> {
    let (sender, came) = channel();
    serve(port, move |body| {
        let at = Instant::now();
        note(body, at, &sender);
        String::new()
    })?;
    Ok(came)
}

fn note(body: &[u8], at: Instant, sender: &Sender<(String, Instant)>) {
    let Ok(notification) = serde_json::from_slice::<Notification>(body) else {
        eprintln!("not a notification: {}", String::from_utf8_lossy(body));
        return;
    };
    if notification.status == "firing" {
        for mut alert in notification.alerts {
            if let Some(queue) = alert.labels.remove("queue") {
                let _ = sender.send((queue, at));
            }
        }
    }
}

/// Answers every request with what is made of its body.
fn serve(port: u16, answer: impl Fn(&[u8]) -> String + Clone + Send + 'static) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).with_context(|| format!("port {port} is taken"))?;
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || attend(socket, answer));
        }
    });
    Ok(())
}

fn attend(socket: TcpStream, answer: impl Fn(&[u8]) -> String) -> Result<()> {
    socket.set_nodelay(true)?;
    let mut reads = BufReader::new(socket.try_clone()?);
    let mut writes = socket;
    while let Some(body) = message(&mut reads)? {
        let text = answer(&body);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length:";
        writes.write_all(format!("{head} {}\r\n\r\n{text}", text.len()).as_bytes())?;
    }
    Ok(())
}

/// The body of the next request or answer; `None` where the other side has gone.
fn message(reads: &mut BufReader<TcpStream>) -> Result<Option<Vec<u8>>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reads.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    reads.read_exact(&mut body)?;
    Ok(Some(body))
}

/// Posts over one connection.
pub struct Poster {
    reads: BufReader<TcpStream>,
    writes: TcpStream,
}

impl Poster {
    pub fn to(port: u16) -> Result<Poster> {
        let socket = TcpStream::connect(("127.0.0.1", port)).with_context(|| format!("nobody at port {port}"))?;
        socket.set_nodelay(true)?;
        Ok(Poster {
            reads: BufReader::new(socket.try_clone()?),
            writes: socket,
        })
    }

    pub fn post(&mut self, path: &str, body: &str) -> Result<()> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.writes.write_all((head + body).as_bytes())?;
        let mut status = String::new();
        self.reads.read_line(&mut status)?;
        ensure!(
            status.contains(" 200 "),
            "expected 200 from Alertmanager; {status:?} came"
        );
        message(&mut self.reads)?;
        Ok(())
    }
}
