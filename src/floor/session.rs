//! One supervisor's session, from its `hello` to its leave.
//!
//! ```text
//!  connected ──hello──► let in ──welcome, state, history──► live ──► parting (close frame) ──► gone
//!      └────────────────── 4400 4401 4429 ──────────────────────────────┘
//! ```
//! One task owns the socket. What is pending goes out in one write: all frames are fed, then flushed once. While the
//! socket takes nothing the session is watched: too far behind or too long, it is cut off, and catches up on return.
//!
//! Whatever concerns more than one session wakes it by one signal, when its turn comes (`turns.rs`); what there is it then looks for itself.

use super::Floor;
use super::access::{Identity, NotLetIn, Stay};
use super::ask::ask;
use super::board::Manner;
use super::hub::{AtCard, Seat};
use super::listening::{Present, told};
use super::outlet::{Frame, Outlet};
use super::settings::Limits;
use super::turns::Turn;
use crate::telemetry::names;
use crate::wire::{
    self, ClientMessage, HandoverState, Hello, House, Reference, Refused, ServerMessage, Stamp, Verb, Welcome, You,
};
use crate::words::{Language, Words};
use futures_util::{SinkExt, StreamExt, poll};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::sync::{broadcast, oneshot, watch};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};
use tokio_util::sync::CancellationToken;

/// The connection of a session.
pub(super) type Socket = WebSocketStream<Outlet<TokioIo<Upgraded>>>;

/// What a session has heard.
type Heard = Option<Result<Message, tungstenite::Error>>;

/// About so many bytes go out in one write.
const WRITE_BYTES: usize = 32 * 1024;
/// A link slower than this counts as stalled; what is bigger gets so much more time.
const SLOWEST_BYTES_A_SECOND: f32 = 8.0 * 1024.0;
/// How often it is looked how far a socket that takes nothing is behind.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long a peer has to take our close frame, and to answer it.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// The most bytes of a close frame's words (RFC 6455 leaves 123).
const CLOSE_WORDS: usize = 120;

/// Runs a session to its end.
pub(super) async fn run(mut socket: Box<Socket>, floor: Arc<Floor>, peer: IpAddr, cancel: CancellationToken) {
    // Boxed what comes before and after, and the socket: thousands of idle sessions must not carry the room for those.
    let parting = match Box::pin(begin(&mut socket, floor, peer, cancel)).await {
        Ok(mut session) => {
            let parting = session.live().await;
            session.stay.why = parting.reason;
            parting
        }
        Err(parting) => parting,
    };
    Box::pin(parting.take_leave(socket)).await;
}

/// Why a session ends.
struct Parting {
    code: u16,
    words: String,
    /// The word in [`names::FLOOR_DROPPED`]; `None` where the peer left of its own accord, or we shut down.
    reason: Option<&'static str>,
    /// Nothing can be read any more.
    deaf: bool,
}

impl Parting {
    fn new(code: u16, reason: &'static str, words: impl Into<String>) -> Parting {
        Parting {
            code,
            words: words.into(),
            reason: Some(reason),
            deaf: false,
        }
    }

    fn left() -> Parting {
        Parting {
            code: 1000,
            words: String::new(),
            reason: None,
            deaf: false,
        }
    }

    fn shutdown() -> Parting {
        Parting {
            code: 1001,
            words: "the daemon is shutting down; come back with since".into(),
            ..Parting::left()
        }
    }

    fn not_understood(refused: Refused) -> Parting {
        Parting::new(4400, "not_understood", refused.detail)
    }

    /// After a read error nothing can be read from the socket again.
    fn of_read_error(fault: &tungstenite::Error) -> Parting {
        let parting = if matches!(fault, tungstenite::Error::Capacity(_)) {
            Parting::new(4429, "too_big", "a message is far too big")
        } else if matches!(fault, tungstenite::Error::Utf8(_)) {
            Parting::new(1007, "not_understood", "a text frame is not UTF-8")
        } else if let tungstenite::Error::Protocol(fault) = fault
            && *fault != ProtocolError::ResetWithoutClosingHandshake
        {
            Parting::new(1002, "not_understood", fault.to_string())
        } else {
            Parting::left()
        };
        Parting { deaf: true, ..parting }
    }

    async fn take_leave(self, mut socket: Box<Socket>) {
        if let Some(reason) = self.reason {
            metrics::counter!(names::FLOOR_DROPPED, "reason" => reason).increment(1);
            tracing::info!(code = self.code, reason, words = self.words, "session ended");
        }
        let mut end = self.words.len().min(CLOSE_WORDS);
        while !self.words.is_char_boundary(end) {
            end -= 1;
        }
        let close = Message::Close(Some(CloseFrame {
            code: self.code.into(),
            reason: self.words[..end].into(),
        }));
        // What the peer still sends is read and thrown away: to close a socket with something unread in it resets the
        // connection, and the peer may never see why.
        let leave = async {
            // A pong that is owed comes before it: behind a close frame nothing may (RFC 6455, 5.5.1).
            let _ = socket.flush().await;
            // Where the peer has sent a close frame, ours is the answer that is queued already: reading on sends it (RFC 6455, 5.5.1).
            let open = socket.send(close).await.is_ok();
            while let Some(Ok(_)) = socket.next().await {}
            // The library lets go of a connection whose last bytes TLS still holds.
            let connection = socket.get_mut();
            let _ = connection.shutdown().await;
            if open && self.deaf {
                let _ = tokio::io::copy(connection, &mut tokio::io::sink()).await;
            }
        };
        let _ = timeout(CLOSE_WITHIN, leave).await;
    }
}

impl From<NotLetIn> for Parting {
    fn from(why: NotLetIn) -> Parting {
        let words = why.to_string();
        match why {
            NotLetIn::Token(_) => Parting::new(4401, "not_let_in", words),
            NotLetIn::TooManyTries(_) => Parting::new(4429, "too_many_tries", words),
        }
    }
}

/// From the first message to a seat on the floor.
async fn begin<'a>(
    socket: &'a mut Socket,
    floor: Arc<Floor>,
    peer: IpAddr,
    cancel: CancellationToken,
) -> Result<Session<'a>, Parting> {
    let limits = floor.hub.limits();
    let hello = tokio::select! {
        biased;
        () = cancel.cancelled() => return Err(Parting::shutdown()),
        hello = timeout(limits.hello, hello(socket, limits)) => hello.unwrap_or_else(|_| {
            let words = format!("expected hello within {} s; nothing came", limits.hello.as_secs_f32());
            Err(Parting::new(4401, "no_hello", words))
        })?,
    };
    let who = floor.access.let_in(peer, hello.token.as_deref())?;
    let seat = floor
        .hub
        .join(&who, hello.since, hello.last, Manner::of(hello.changes))
        .map_err(|words| Parting::new(4429, "too_many_sessions", words))?;
    Ok(Session::new(socket, floor, who, seat, cancel))
}

async fn hello(socket: &mut Socket, limits: &Limits) -> Result<Hello, Parting> {
    let mut allowance = Allowance::of(limits);
    loop {
        let heard = read(socket.next().await, limits.message_bytes)?;
        allowance.take(Instant::now())?;
        match heard {
            None => {}
            Some(text) => {
                let message = wire::decode(&text).and_then(|envelope| envelope.message);
                return match message.map_err(Parting::not_understood)? {
                    ClientMessage::Hello(hello) => Ok(hello),
                    ClientMessage::Seen(_)
                    | ClientMessage::Done(_)
                    | ClientMessage::Decline(_)
                    | ClientMessage::Left(_)
                    | ClientMessage::Escalate(_)
                    | ClientMessage::Call(_)
                    | ClientMessage::Approve(_)
                    | ClientMessage::Refuse(_)
                    | ClientMessage::Count(_)
                    | ClientMessage::Release(_)
                    | ClientMessage::Pause(_)
                    | ClientMessage::Resume(_)
                    | ClientMessage::Incident(_)
                    | ClientMessage::IncidentOver(_)
                    | ClientMessage::Quiet(_)
                    | ClientMessage::QuietOver(_)
                    | ClientMessage::Answering(_)
                    | ClientMessage::Ping(_) => Err(Parting::new(
                        4400,
                        "not_understood",
                        "expected hello as the first message; another came",
                    )),
                };
            }
        }
    }
}

/// The text of a frame; `None` for a sign of life.
fn read(got: Heard, limit: usize) -> Result<Option<Utf8Bytes>, Parting> {
    match got {
        None | Some(Ok(Message::Close(_))) => Err(Parting::left()),
        Some(Err(fault)) => Err(Parting::of_read_error(&fault)),
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(None),
        Some(Ok(Message::Binary(_))) => Err(Parting::new(
            4400,
            "not_understood",
            "expected text frames; a binary one came",
        )),
        Some(Ok(Message::Text(text))) if text.len() > limit => Err(Parting::new(
            4429,
            "too_big",
            format!("a message has {} bytes; at most {limit} are taken", text.len()),
        )),
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
    }
}

/// Where a request's answer will come from.
struct Asked {
    reference: Option<Reference>,
    reply: oneshot::Receiver<Result<(), Refused>>,
}

struct Session<'a> {
    socket: &'a mut Socket,
    floor: Arc<Floor>,
    who: Identity,
    stay: Stay,
    seat: Seat,
    cancel: CancellationToken,
    /// Replies and the like, for this session alone.
    own: Vec<Frame>,
    /// One request at a time: until it is answered no more is read, so that a session cannot pile up requests.
    asked: Option<Asked>,
    allowance: Allowance,
    house: watch::Receiver<Arc<House>>,
    pulse: Pulse,
}

/// When the peer was heard last, and when that was looked at last.
struct Pulse {
    heard: Instant,
    looked: Instant,
}

impl Pulse {
    fn begin() -> Pulse {
        let now = Instant::now();
        Pulse {
            heard: now,
            looked: now,
        }
    }

    /// Whether nothing was heard for too long. Where nothing ran here for so long that a look is missing, the silence was ours: what the peer
    /// said meanwhile is read before the next one.
    fn is_lost(&mut self, now: Instant, limits: &Limits) -> bool {
        if now.saturating_duration_since(self.looked) > 2 * limits.ping_every {
            self.heard = now;
        }
        self.looked = now;
        now.saturating_duration_since(self.heard) > limits.dead_after
    }
}

/// What a session is told beside messages and states.
struct Rest {
    tokens: watch::Receiver<u64>,
    at_cards: broadcast::Receiver<AtCard>,
    listening: watch::Receiver<Arc<Vec<Present>>>,
}

impl Rest {
    fn of(floor: &Floor) -> Rest {
        let mut listening = floor.hub.listening();
        // Whoever came before this session is told at once.
        if !listening.borrow_and_update().is_empty() {
            listening.mark_changed();
        }
        Rest {
            tokens: floor.access.changes(),
            at_cards: floor.hub.at_cards(),
            listening,
        }
    }
}

fn is_news<T>(of: &watch::Receiver<T>) -> bool {
    // An error says that nobody tells any more.
    of.has_changed().unwrap_or(false)
}

impl<'a> Session<'a> {
    fn new(
        socket: &'a mut Socket,
        floor: Arc<Floor>,
        who: Identity,
        mut seat: Seat,
        cancel: CancellationToken,
    ) -> Session<'a> {
        let whole = Frame::text(seat.whole_state());
        let limits = floor.hub.limits();
        let mut session = Session {
            own: Vec::new(),
            allowance: Allowance::of(limits),
            house: floor.hub.house(),
            socket,
            stay: floor.access.door().comes(&who),
            floor,
            who,
            seat,
            cancel,
            asked: None,
            pulse: Pulse::begin(),
        };
        session.welcome(session.seat.head());
        session.own.push(whole);
        session
    }

    fn welcome(&mut self, seq: u64) {
        let house = self.house.borrow_and_update().within(&self.who.scope);
        let hub = &self.floor.hub;
        let desk = hub.desk();
        let draft = desk.draft.as_ref();
        let handover = draft
            .filter(|_| self.who.scope.admit_whole_floor().is_ok())
            .map(|draft| HandoverState::of(draft, &hub.open_items()));
        self.tell(ServerMessage::Welcome(Welcome {
            you: You {
                name: self.who.name.clone(),
                role: self.who.role,
                staff_no: self.who.staff_no.clone(),
                queues: self.who.scope.queues().cloned(),
            },
            seq,
            version: env!("CARGO_PKG_VERSION").into(),
            now: Stamp((self.floor.clock)()),
            journal_failing: hub.journal_failing(),
            forgot: hub.forgot(),
            handover,
            house,
        }));
    }

    async fn live(&mut self) -> Parting {
        let mut sitting = self.floor.hub.sit_down();
        let mut rest = Rest::of(&self.floor);
        let ping_every = self.floor.hub.limits().ping_every;
        let mut beat = tokio::time::interval_at(Instant::now() + ping_every, ping_every);
        if !self.floor.access.still_valid(&self.who) {
            return self.not_valid();
        }
        loop {
            // Before anything is looked for: what comes meanwhile wakes it again.
            let turn = sitting.begin();
            if let Err(parting) = self.look_around(&mut rest) {
                return parting;
            }
            if let Err(parting) = self.write(turn).await {
                return parting;
            }
            let went = tokio::select! {
                // What the peer sends comes before news, and cannot hold them up: whoever says too much is sent away.
                biased;
                replied = answered(&mut self.asked), if self.asked.is_some() => {
                    self.replied(replied);
                    Ok(())
                }
                got = self.socket.next(), if self.asked.is_none() => self.heard(got),
                _ = beat.tick() => self.beat(),
                () = sitting.news() => Ok(()),
            };
            if let Err(parting) = went {
                return parting;
            }
        }
    }

    /// Takes in what there is for it beside messages and states.
    fn look_around(&mut self, rest: &mut Rest) -> Result<(), Parting> {
        if self.cancel.is_cancelled() {
            return Err(Parting::shutdown());
        }
        if is_news(&rest.tokens) {
            rest.tokens.mark_unchanged();
            if !self.floor.access.still_valid(&self.who) {
                return Err(self.not_valid());
            }
        }
        if is_news(&self.house) {
            self.welcome(self.seat.told());
        }
        loop {
            match rest.at_cards.try_recv() {
                Ok(at) if self.who.scope.covers(&at.queue) => self.own.push(Frame::text(at.frame)),
                Ok(_) | Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => break,
            }
        }
        if is_news(&rest.listening) {
            let message = told(&rest.listening.borrow_and_update(), &self.who.scope);
            self.tell(ServerMessage::Listening(message));
        }
        Ok(())
    }

    /// Writes everything that is pending. The turn is over at the latest when the socket takes nothing for now.
    async fn write(&mut self, turn: Option<Turn>) -> Result<(), Parting> {
        let mut turn = turn;
        let mut frames = Vec::new();
        loop {
            let more = self.seat.take(WRITE_BYTES, &mut frames);
            if self.own.is_empty() && frames.is_empty() {
                return Ok(());
            }
            let own = std::mem::take(&mut self.own);
            let stall = self.stall(&own, &frames);
            let together = self.seat.together(&mut frames);
            let socket = &mut *self.socket;
            let put = async {
                // What the library has to say of its own comes whole before it.
                socket.flush().await?;
                let outlet = socket.get_mut();
                own.into_iter().for_each(|frame| outlet.put(frame));
                together.into_iter().for_each(|text| outlet.put(Frame::text(text)));
                poll_fn(|cx| outlet.poll_drain(cx)).await?;
                Ok::<(), tungstenite::Error>(())
            };
            tokio::pin!(put);
            if let Poll::Ready(done) = poll!(put.as_mut()) {
                done.map_err(|_| Parting::left())?;
            } else {
                drop(turn.take());
                let stalled = tokio::time::sleep(stall);
                let (since, mut look) = (Instant::now(), tokio::time::interval(LOOK_EVERY));
                tokio::pin!(stalled);
                loop {
                    tokio::select! {
                        biased;
                        done = &mut put => break done.map_err(|_| Parting::left())?,
                        () = self.cancel.cancelled() => return Err(Parting::shutdown()),
                        () = &mut stalled => return Err(too_slow("your connection took nothing for too long")),
                        _ = look.tick() => if self.seat.is_behind(since.elapsed()) {
                            return Err(too_slow("you are too far behind"));
                        },
                    }
                }
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// How long so much may take to be taken.
    fn stall(&self, own: &[Frame], frames: &[Utf8Bytes]) -> Duration {
        let own = own.iter().map(Frame::len);
        let bytes: usize = own.chain(frames.iter().map(|frame| frame.len())).sum();
        self.floor.hub.limits().stall + Duration::from_secs_f32(bytes as f32 / SLOWEST_BYTES_A_SECOND)
    }

    fn heard(&mut self, got: Heard) -> Result<(), Parting> {
        let text = read(got, self.floor.hub.limits().message_bytes)?;
        self.pulse.heard = Instant::now();
        self.allowance.take(self.pulse.heard)?;
        let Some(text) = text else { return Ok(()) };
        let envelope = wire::decode(&text).map_err(Parting::not_understood)?;
        let reference = envelope.reference;
        match envelope.message {
            Err(refused) => self.refuse(reference, &refused),
            Ok(ClientMessage::Ping(_)) => self.tell(ServerMessage::Pong { reference }),
            Ok(ClientMessage::Answering(it)) => match self.who.role.may_ask(Verb::Answering) {
                Ok(()) => self.floor.hub.answering(&self.who, it.instruction),
                Err(refused) => self.refuse(reference, &refused),
            },
            Ok(ClientMessage::Hello(_)) => self.refuse(
                reference,
                &Refused::not_understood("hello was said already: open another session"),
            ),
            Ok(message) => self.ask(reference, message, envelope.sure),
        }
        Ok(())
    }

    fn ask(&mut self, reference: Option<Reference>, message: ClientMessage, sure: bool) {
        let request = match message.into_request(sure) {
            Ok(Some(request)) => request,
            Ok(None) => return,
            Err(refused) => return self.refuse(reference, &refused),
        };
        match ask(&self.floor.daemon, &self.who, request) {
            Ok(reply) => self.asked = Some(Asked { reference, reply }),
            Err(refused) => self.refuse(reference, &refused),
        }
    }

    fn replied(&mut self, replied: Result<(), Refused>) {
        let reference = self.asked.take().and_then(|asked| asked.reference);
        match replied {
            Ok(()) => self.tell(ServerMessage::Ok { reference }),
            Err(refused) => self.refuse(reference, &refused),
        }
    }

    fn beat(&mut self) -> Result<(), Parting> {
        let is_lost = self.pulse.is_lost(Instant::now(), self.floor.hub.limits());
        if self.asked.is_none() && is_lost {
            return Err(Parting::new(4408, "dead", "nothing was heard of you for too long"));
        }
        self.own.push(Frame::ping());
        Ok(())
    }

    fn refuse(&mut self, reference: Option<Reference>, refused: &Refused) {
        let words = Words::as_written(Language::En).refused(refused);
        self.tell(refused.reply(reference, words));
    }

    fn tell(&mut self, message: ServerMessage) {
        self.own.push(Frame::text(message.encode().into()));
    }

    fn not_valid(&self) -> Parting {
        let words = match self.who.token {
            Some(_) => "your token was revoked or has expired: ask your operator for a new one",
            None => "tokens are needed here from now on: ask your operator for one",
        };
        Parting::new(4401, "revoked", words)
    }
}

fn too_slow(words: &str) -> Parting {
    Parting::new(4408, "too_slow", format!("{words}; come back with since"))
}

async fn answered(asked: &mut Option<Asked>) -> Result<(), Refused> {
    match asked {
        Some(asked) => (&mut asked.reply).await.unwrap_or_else(|_| Err(Refused::ending())),
        None => std::future::pending().await,
    }
}

/// How many messages a client may still send: a bucket that fills steadily.
struct Allowance {
    left: f32,
    burst: f32,
    per_second: f32,
    at: Instant,
}

impl Allowance {
    fn of(limits: &Limits) -> Allowance {
        let burst = limits.burst as f32;
        Allowance {
            left: burst,
            burst,
            per_second: limits.per_second as f32,
            at: Instant::now(),
        }
    }

    /// One more; whoever says too much is sent away.
    fn take(&mut self, now: Instant) -> Result<(), Parting> {
        let passed = now.saturating_duration_since(self.at).as_secs_f32();
        self.left = (self.left + passed * self.per_second).min(self.burst);
        self.at = now;
        if self.left < 1.0 {
            let words = format!("too many messages: at most {} a second are taken", self.per_second);
            return Err(Parting::new(4429, "too_much", words));
        }
        self.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_of_ours_is_no_silence_of_the_peer() {
        let limits = Limits::default();
        let mut pulse = Pulse::begin();
        let begun = pulse.looked;
        let mut is_lost = |after: Duration| pulse.is_lost(begun + after, &limits);
        let beats = |count: u32| limits.ping_every * count;
        let too_long = (1..).find(|count| beats(*count) > limits.dead_after).unwrap();
        assert!(
            (1..too_long).all(|count| !is_lost(beats(count))),
            "it may be silent for a while"
        );
        assert!(is_lost(beats(too_long)));
        // The process stood still for ten times as long: what came meanwhile is not read yet.
        assert!(!is_lost(beats(11 * too_long)));
        assert!((1..too_long).all(|count| !is_lost(beats(11 * too_long + count))));
        assert!(is_lost(beats(12 * too_long)), "and then it is silent indeed");
    }

    #[test]
    fn an_allowance_fills_steadily() {
        let mut allowance = Allowance::of(&Limits {
            burst: 2,
            per_second: 10,
            ..Limits::default()
        });
        let start = allowance.at;
        let mut takes = |after: u64| allowance.take(start + Duration::from_millis(after)).is_ok();
        assert!(takes(0) && takes(0));
        assert!(!takes(0));
        assert!(takes(150));
        assert!(!takes(160));
        assert!(takes(60_000) && takes(60_000) && !takes(60_000));
    }
}
