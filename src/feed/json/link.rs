//! The WebSocket of the JSON adapter.
//!
//! Any frame shows that the link lives; a reading, a heartbeat or the answer to a ping shows that the source does (its
//! WebSocket is answered by the program that knows the queues, or by nobody: a gateway in front of it should not answer
//! for it). A link without any frame for `stale_after` is closed and built anew.

use super::super::dial::{Network, Stream};
use super::super::reconnect::Again;
use super::super::telling::Teller;
use super::super::{Ended, Heard, Secret, dial};
use super::{Bad, Familiar, Said, read_knowing};
use crate::core::{Millis, Name};
use futures_util::{SinkExt, StreamExt};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

/// The largest message that is taken, in bytes.
pub const MESSAGE_LIMIT: usize = 1024 * 1024;
/// A frame of ours that does not get out within this means a dead connection.
const SEND_WITHIN: Duration = Duration::from_secs(5);

/// One JSON source, over all its connections.
pub(in crate::feed) struct Source {
    pub url: String,
    pub subscribe: Option<String>,
    pub headers: BTreeMap<String, Secret>,
    pub ca_file: Option<PathBuf>,
    pub queues: BTreeMap<String, Name>,
    pub stale_after: Millis,
    pub network: Network,
}

type Socket = WebSocketStream<MaybeTlsStream<Box<dyn Stream>>>;

impl Source {
    /// Connects once and stays for as long as the connection does.
    pub async fn attend(&mut self, teller: &mut Teller) -> Ended {
        let mut socket = match self.connect().await {
            Ok(socket) => socket,
            Err((why, soon)) => return Ended::before_it_began(why, soon),
        };
        teller.tell(Heard::Connected);
        let mut link = Link {
            source: self,
            teller,
            useful_since: None,
            familiar: Familiar::default(),
        };
        let why = link.hold(&mut socket).await;
        let useful_for = link.useful_since.map_or(Duration::ZERO, |since| since.elapsed());
        Ended {
            why: Some(why),
            again: Again::AfterPause,
            useful_for,
        }
    }

    async fn connect(&self) -> Result<Socket, (String, Again)> {
        let request = self.request().map_err(|why| (why, Again::Seldom))?;
        let host = request.uri().host().unwrap_or_default().to_owned();
        let secure = request.uri().scheme_str() == Some("wss");
        let port = request.uri().port_u16().unwrap_or(if secure { 443 } else { 80 });
        let hint = "is the source running, and are the host and the port of url its own?";
        let stream = self.network.reach(&format!("{host}:{port}"), hint).await;
        let stream = stream.map_err(|unreached| {
            let again = Again::after(&unreached);
            (unreached.why, again)
        })?;
        let connector = if secure {
            Connector::Rustls(dial::tls_config(self.ca_file.as_deref()).map_err(|why| (why, Again::Seldom))?)
        } else {
            Connector::Plain
        };
        let mut limits = WebSocketConfig::default();
        limits.max_message_size = Some(MESSAGE_LIMIT);
        limits.max_frame_size = Some(MESSAGE_LIMIT);
        let shake = client_async_tls_with_config(request, stream, Some(limits), Some(connector));
        match timeout(dial::CONNECT_WITHIN, shake).await {
            Ok(Ok((socket, _))) => Ok(socket),
            Ok(Err(error)) => Err(refusal(&self.place(), &host, &error)),
            Err(_) => Err((
                format!("{} did not answer the WebSocket request in time", self.place()),
                Again::AfterPause,
            )),
        }
    }

    fn request(&self) -> Result<Request, String> {
        let unusable = |error: &dyn std::fmt::Display| {
            format!(
                "{} cannot be used ({error}); expected url = \"ws://host:port/path\" or wss://",
                self.place()
            )
        };
        let mut request = self
            .url
            .as_str()
            .into_client_request()
            .map_err(|error| unusable(&error))?;
        if !matches!(request.uri().scheme_str(), Some("ws" | "wss")) {
            return Err(unusable(&"not a WebSocket address"));
        }
        for (key, value) in &self.headers {
            let name = HeaderName::try_from(key).map_err(|_| format!("{key:?} in headers is no name of a header"))?;
            let mut value = HeaderValue::try_from(value.reveal())
                .map_err(|_| format!("the value of {key:?} in headers cannot stand in a header"))?;
            value.set_sensitive(true);
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }

    /// The address without its query and user, which may hold a secret.
    fn place(&self) -> String {
        let end = self.url.find(['?', '#']).unwrap_or(self.url.len());
        let place = &self.url[..end];
        match (place.find("://"), place.rfind('@')) {
            (Some(scheme), Some(at)) if at > scheme => format!("{}{}", &place[..scheme + 3], &place[at + 1..]),
            _ => place.to_owned(),
        }
    }
}

struct Link<'a> {
    source: &'a Source,
    teller: &'a mut Teller,
    /// Since the first sign of life of the source itself.
    useful_since: Option<Instant>,
    familiar: Familiar,
}

impl Link<'_> {
    /// Until the end of the connection; returns why, in words.
    async fn hold(&mut self, socket: &mut Socket) -> String {
        let place = self.source.place();
        let stale_after = Duration::from_millis(self.source.stale_after.0.max(1).unsigned_abs());
        if let Some(subscribe) = &self.source.subscribe
            && let Err(why) = self.send(socket, Message::text(subscribe.clone())).await
        {
            return why;
        }
        let mut heard_at = Instant::now();
        let mut ping_at = heard_at + stale_after / 3;
        loop {
            tokio::select! {
                biased;
                () = sleep_until(ping_at) => {
                    ping_at = Instant::now() + stale_after / 3;
                    if let Err(why) = self.send(socket, Message::Ping(Vec::new().into())).await {
                        return why;
                    }
                }
                // What has come counts before what is due.
                message = socket.next() => {
                    heard_at = Instant::now();
                    match message {
                        Some(Ok(Message::Close(frame))) => return self.closed(frame),
                        Some(Ok(message)) => self.hear(&message),
                        Some(Err(error)) => return self.broken(&error),
                        None => return self.closed(None),
                    }
                }
                () = sleep_until(heard_at + stale_after) => {
                    let seconds = self.source.stale_after.as_secs();
                    return format!("{place} gave no sign of life for {seconds} s, not even to a ping; it is connected anew");
                }
            }
        }
    }

    fn hear(&mut self, message: &Message) {
        match message {
            Message::Text(text) => {
                let said = read_knowing(text.as_str(), &mut self.familiar);
                said.into_iter().for_each(|said| self.say(said));
            }
            Message::Pong(_) => self.alive(Heard::Heartbeat),
            Message::Binary(_) => {
                let detail = "a binary message; readings are expected as text".to_owned();
                self.teller.tell(Heard::Rejected {
                    reason: "binary",
                    detail,
                });
            }
            Message::Ping(_) | Message::Close(_) | Message::Frame(_) => {}
        }
    }

    fn say(&mut self, said: Said) {
        match said {
            Said::Reading(mut reading) => match self.source.queues.get(reading.queue.as_str()) {
                Some(key) => {
                    reading.queue = key.clone();
                    self.alive(Heard::Reading(reading));
                }
                None => {
                    let detail = format!("a reading of {:?}, which no queue has as its source", reading.queue);
                    self.teller.tell(Heard::Rejected {
                        reason: "unknown_queue",
                        detail,
                    });
                }
            },
            Said::Heartbeat { .. } => self.alive(Heard::Heartbeat),
            Said::Lost { why, .. } => {
                let why = why.unwrap_or_else(|| "it says that it has lost sight of its queues".into());
                self.teller.tell(Heard::SourceLost { why });
            }
            Said::Missing { queue, .. } => {
                // Of a queue that nobody watches nothing need be said.
                if let Some(key) = self.source.queues.get(queue.as_str()) {
                    self.alive(Heard::QueueMissing { queue: key.clone() });
                }
            }
            Said::Line { .. } => {
                let detail = "a connected, which only recordings have; whether the line stands is seen here".to_owned();
                self.teller.tell(Heard::Rejected {
                    reason: "not_a_reading",
                    detail,
                });
            }
            Said::Bad(Bad { reason, detail }) => self.teller.tell(Heard::Rejected { reason, detail }),
        }
    }

    fn alive(&mut self, heard: Heard) {
        self.useful_since.get_or_insert_with(Instant::now);
        self.teller.tell(heard);
    }

    async fn send(&self, socket: &mut Socket, message: Message) -> Result<(), String> {
        match timeout(SEND_WITHIN, socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.broken(&error)),
            Err(_) => Err(format!("{} took no more bytes", self.source.place())),
        }
    }

    fn closed(&self, frame: Option<CloseFrame>) -> String {
        let place = self.source.place();
        let said = match frame {
            Some(frame) if frame.reason.is_empty() => format!("closed the connection (code {})", frame.code),
            Some(frame) => format!("closed the connection (code {}: {})", frame.code, frame.reason),
            None => "closed the connection".to_owned(),
        };
        match (self.useful_since, &self.source.subscribe) {
            (None, Some(_)) => format!("{place} {said} before any reading; check subscribe and headers"),
            (None, None) => format!("{place} {said} before any reading; does it expect a subscribe message?"),
            (Some(_), _) => format!("{place} {said}; trying again"),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library may tell more kinds of faults; whatever is not named is told as it comes"
    )]
    fn broken(&self, error: &Error) -> String {
        let place = self.source.place();
        match error {
            Error::Io(error) => format!("{place} {}; trying again", dial::how_ended(Some(error))),
            Error::Capacity(error) => {
                format!("{place} sent a message over the limit of {MESSAGE_LIMIT} bytes ({error}); send less at once")
            }
            Error::ConnectionClosed | Error::AlreadyClosed => self.closed(None),
            Error::Protocol(_) if self.useful_since.is_none() => {
                format!("{place} broke the WebSocket protocol: {error}")
            }
            other => format!("{place} broke the connection ({other}); trying again"),
        }
    }
}

/// Words for a WebSocket request that came to nothing, and when to try again.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library may tell more kinds of faults; whatever is not named is told as it comes"
)]
fn refusal(place: &str, host: &str, error: &Error) -> (String, Again) {
    match error {
        Error::Http(response) => {
            let status = response.status();
            let remedy = match status {
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                    "it does not let us in: check headers, for instance Authorization"
                }
                StatusCode::NOT_FOUND => "there is nothing at that path: check url",
                status if status.is_server_error() => {
                    "the source, or what is in front of it, is in trouble; trying again"
                }
                _ => "that is no WebSocket: check url",
            };
            let again = match status.is_server_error() {
                true => Again::AfterPause,
                false => Again::Seldom,
            };
            (format!("{place} answered {status}; {remedy}"), again)
        }
        Error::Io(error) if error.get_ref().is_some_and(|it| it.is::<rustls::Error>()) => {
            (dial::tls_failed(host, error), Again::AfterPause)
        }
        Error::Io(error) => (
            format!(
                "{place} {} during the WebSocket request; is it a WebSocket?",
                dial::how_ended(Some(error))
            ),
            Again::AfterPause,
        ),
        Error::Tls(error) => (format!("TLS with {host} failed: {error}"), Again::AfterPause),
        Error::Protocol(ProtocolError::HandshakeIncomplete) => (
            format!("{place} ended the connection during the WebSocket request; trying again"),
            Again::AfterPause,
        ),
        // A wrong address, or a line that spoilt the answer: nobody bans for asking once more.
        other => (
            format!("{place} does not speak WebSocket ({other}); check url"),
            Again::AfterPause,
        ),
    }
}
