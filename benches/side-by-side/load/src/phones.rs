//! A phone system that says what it is told to, and one session on the floor that says when something came.

use crate::frames::{self, TEXT};
use anyhow::{Context, Result};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest};

/// The daemon connects at once; a phone system that nobody calls waits no longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A phone system to which the daemon is connected.
pub struct Phones {
    socket: TcpStream,
}

impl Phones {
    /// Waits for the daemon.
    pub fn connected(listener: &TcpListener) -> Result<Phones> {
        listener.set_nonblocking(true)?;
        let end = Instant::now() + PATIENCE;
        let (socket, _) = loop {
            match listener.accept() {
                Ok(accepted) => break accepted,
                Err(fault) if fault.kind() != std::io::ErrorKind::WouldBlock => return Err(fault.into()),
                Err(_) if Instant::now() > end => anyhow::bail!("the daemon does not connect to its phone system"),
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        socket.set_nonblocking(false)?;
        socket.set_nodelay(true)?;
        let hears = tungstenite::accept(socket.try_clone()?).context("the daemon does not shake hands")?;
        // Pings are answered where they are read; a frame of ours is one write, so that the two do not mix.
        std::thread::spawn(move || {
            let mut hears = hears;
            while hears.read().is_ok() {}
        });
        Ok(Phones { socket })
    }

    /// Says something; when it had been written.
    pub fn say(&mut self, text: &str) -> Result<Instant> {
        self.socket.write_all(&frames::of_server(TEXT, text.as_bytes()))?;
        Ok(Instant::now())
    }

    /// The same of several frames in one write.
    pub fn say_all(&mut self, texts: &[String]) -> Result<Instant> {
        let frames: Vec<u8> = texts
            .iter()
            .flat_map(|it| frames::of_server(TEXT, it.as_bytes()))
            .collect();
        self.socket.write_all(&frames)?;
        Ok(Instant::now())
    }
}

/// A message that came to a session, when its last byte had been read.
pub struct Came {
    pub at: Instant,
    pub text: String,
}

/// A session on the floor that reads on a thread of its own.
pub fn session(floor: &str, hello: &str) -> Result<Receiver<Came>> {
    let socket = TcpStream::connect(floor)?;
    socket.set_nodelay(true)?;
    let mut request = format!("ws://{floor}/floor").into_client_request()?;
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", "surged.v1".parse().context("a header")?);
    let (mut socket, _) =
        tungstenite::client(request, socket).map_err(|fault| anyhow::anyhow!("no session: {fault}"))?;
    socket.send(Message::text(hello))?;
    let (sender, came) = channel();
    std::thread::spawn(move || {
        loop {
            let message = match socket.read() {
                Ok(message) => message,
                Err(fault) => return eprintln!("the session ended: {fault}"),
            };
            let at = Instant::now();
            if let Message::Text(text) = message
                && sender
                    .send(Came {
                        at,
                        text: text.to_string(),
                    })
                    .is_err()
            {
                return;
            }
        }
    });
    Ok(came)
}
