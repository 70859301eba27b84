//! One of the servers that are compared: how a client comes to it, and how something is published.

use crate::crowd::Crowd;
use crate::frames::{self, BINARY, PONG, TEXT};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// What is counted: how surged's notices begin; peers send the same text.
pub const MARK: &str = "{\"type\":\"notice\"";
/// Nothing that is published may take longer.
const PATIENCE: Duration = Duration::from_secs(30);
/// While clients come, what is told to those that are there is read now and then.
const READ_EVERY: usize = 64;
/// What publishes: as many as are ever in flight, since surged takes one request at a time of a session.
const PUBLISHERS: usize = 8;

/// A server.
#[derive(Deserialize, Clone)]
pub struct Server {
    pub name: String,
    pub kind: Kind,
    pub address: String,
    pub pid: u32,
}

/// How it is spoken to.
#[derive(Deserialize, Copy, Clone, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// surged's floor: what is published is a notice that a queue makes no sound, written to the duty log before it is told.
    Surged,
    /// Whatever text a client sends goes to all.
    Echo,
    /// NATS over WebSocket.
    Nats,
}

impl Kind {
    /// The path and the subprotocol.
    fn door(self) -> (&'static str, Option<&'static str>) {
        match self {
            Kind::Surged => ("/floor", Some("surged.v1")),
            Kind::Echo | Kind::Nats => ("/", None),
        }
    }
}

/// A server with its crowd.
pub struct Side {
    pub server: Server,
    pub crowd: Crowd,
    publishers: Vec<usize>,
    next: usize,
    /// The text of a message, or, for surged, the reason that makes it as long.
    text: String,
}

impl Side {
    /// Brings so many clients in.
    pub fn of(server: Server, clients: usize) -> Result<Side> {
        let mut side = Side {
            crowd: Crowd::new(MARK)?,
            publishers: Vec::new(),
            next: 0,
            text: "a".repeat(10),
            server,
        };
        side.crowd.count_anew(1);
        side.come(clients, true)?;
        side.publishers = (clients..clients + PUBLISHERS).collect();
        side.come(PUBLISHERS, false)?;
        side.settle()?;
        Ok(side)
    }

    fn come(&mut self, many: usize, counts: bool) -> Result<()> {
        for number in 0..many {
            let (socket, _) = join(&self.server, counts, None)
                .with_context(|| format!("client {number} of {} did not get in", self.server.name))?;
            self.crowd.join(socket, counts)?;
            if number % READ_EVERY == 0 {
                self.crowd.read_until(Duration::from_micros(1), |_| false)?;
            }
        }
        Ok(())
    }

    /// Waits until nothing comes any more, and says that everybody lives.
    pub fn settle(&mut self) -> Result<()> {
        self.crowd.send_all(&frames::of_client(PONG, b""))?;
        loop {
            let before = self.crowd.bytes;
            self.crowd.read_until(Duration::from_millis(300), |_| false)?;
            if self.crowd.bytes - before < 1_000 {
                return Ok(());
            }
        }
    }

    /// Makes messages so many bytes long, and gives one.
    pub fn size(&mut self, bytes: usize) -> Result<String> {
        let length = self.sample()?.len();
        let wanted = (self.text.len() + bytes).checked_sub(length);
        self.text = "a".repeat(
            wanted
                .filter(|it| *it > 0)
                .context("a message cannot be as short as that")?,
        );
        self.sample()
    }

    /// Messages have this text.
    pub fn say(&mut self, text: &str) {
        text.clone_into(&mut self.text);
    }

    /// The number of the last message, of surged.
    pub fn last_seq(&mut self) -> Result<u64> {
        let text: serde_json::Value = serde_json::from_str(&self.heard_last()?)?;
        text["seq"].as_u64().context("a message of surged has a number")
    }

    /// How many sessions surged has cut off for being slow.
    pub fn cut_off(&self) -> Result<usize> {
        let mut socket = TcpStream::connect(&self.server.address)?;
        write!(socket, "GET /metrics HTTP/1.0\r\nHost: {}\r\n\r\n", self.server.address)?;
        let mut text = String::new();
        socket.read_to_string(&mut text)?;
        let slow = text
            .lines()
            .find_map(|line| line.strip_prefix("surged_floor_dropped_total{reason=\"too_slow\"} "));
        Ok(slow.map_or(Ok(0), str::parse)?)
    }

    fn sample(&mut self) -> Result<String> {
        self.one()?;
        self.heard_last()
    }

    /// The last message that a publisher heard.
    fn heard_last(&mut self) -> Result<String> {
        self.settle()?;
        let said = self.crowd.said(self.publishers[0]);
        let begin = memchr::memmem::rfind(said, MARK.as_bytes()).context("a publisher hears what is published")?;
        // By what it says, not by its frame: it may have come together with others.
        let mut text = serde_json::Deserializer::from_slice(&said[begin..]).into_iter::<IgnoredAny>();
        text.next().context("a whole message")??;
        Ok(String::from_utf8(said[begin..begin + text.byte_offset()].to_vec())?)
    }

    fn publish(&mut self) -> Result<()> {
        let publisher = self.publishers[self.next % PUBLISHERS];
        self.next += 1;
        let frame = match self.server.kind {
            Kind::Surged => {
                let ask = format!(
                    "{{\"type\":\"quiet\",\"queue\":\"inbound\",\"for_s\":3600,\"reason\":\"{}\"}}",
                    self.text
                );
                frames::of_client(TEXT, ask.as_bytes())
            }
            Kind::Echo => frames::of_client(TEXT, self.text.as_bytes()),
            Kind::Nats => {
                let ask = format!("PUB floor {}\r\n{}\r\n", self.text.len(), self.text);
                frames::of_client(BINARY, ask.as_bytes())
            }
        };
        self.crowd.send(publisher, &frame)
    }

    /// One message; how long until the last client has it.
    pub fn one(&mut self) -> Result<Duration> {
        self.all_at_once(1, 1)
    }

    /// So many messages of which so many are under way at a time; how long until the last client has the last.
    pub fn all_at_once(&mut self, messages: usize, in_flight: usize) -> Result<Duration> {
        ensure!(in_flight <= PUBLISHERS, "at most {PUBLISHERS} in flight");
        self.crowd.count_anew(messages);
        let began = Instant::now();
        let mut sent = 0;
        for done in 1..=messages {
            while sent < messages.min(done - 1 + in_flight) {
                self.publish()?;
                sent += 1;
            }
            if !self.crowd.read_until(PATIENCE, |crowd| crowd.have_all(done))? {
                let said = self.publishers.iter().map(|it| self.crowd.said(*it));
                let said: Vec<String> = said
                    .map(|it| String::from_utf8_lossy(&it[it.len().saturating_sub(300)..]).into())
                    .collect();
                bail!(
                    "{}: message {done} of {messages} did not reach everybody; its publishers heard {said:#?}",
                    self.server.name
                );
            }
        }
        Ok(began.elapsed())
    }
}

/// Brings one client in; it has been told how things stand. With it what came behind that.
pub fn join(server: &Server, subscribes: bool, since: Option<u64>) -> Result<(TcpStream, Vec<u8>)> {
    let (path, subprotocol) = server.kind.door();
    let (socket, came) = frames::open(&server.address, path, subprotocol)?;
    let_in(server, socket, came, subscribes, since)
}

/// The same over a thin line, see [`frames::open_thin`].
pub fn join_slowly(server: &Server) -> Result<TcpStream> {
    let (path, subprotocol) = server.kind.door();
    let (socket, came) = frames::open_thin(&server.address, path, subprotocol)?;
    Ok(let_in(server, socket, came, true, None)?.0)
}

fn let_in(
    server: &Server,
    mut socket: TcpStream,
    mut came: Vec<u8>,
    subscribes: bool,
    since: Option<u64>,
) -> Result<(TcpStream, Vec<u8>)> {
    let (hello, answer) = match server.kind {
        Kind::Echo => return Ok((socket, came)),
        Kind::Surged => {
            let since = since.map_or(String::new(), |it| format!(",\"since\":{it}"));
            let hello = format!("{{\"type\":\"hello\",\"changes\":true{since}}}");
            (frames::of_client(TEXT, hello.as_bytes()), "{\"type\":\"state\"")
        }
        Kind::Nats => {
            let subscribe = if subscribes { "SUB floor 1\r\n" } else { "" };
            let hello =
                format!("CONNECT {{\"verbose\":false,\"pedantic\":false,\"echo\":false}}\r\n{subscribe}PING\r\n");
            (frames::of_client(BINARY, hello.as_bytes()), "PONG")
        }
    };
    socket.write_all(&hello)?;
    let is_answer = |text: &&[u8]| text.starts_with(answer.as_bytes());
    while !frames::payloads(&came).0.iter().any(is_answer) {
        frames::more(&mut socket, &mut came).context("not let in")?;
    }
    Ok((socket, came))
}
