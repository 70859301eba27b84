//! What goes out on a session's connection: frames that were encoded once for everybody, as they lie in the ring and on the board, many in one
//! write. A session has no room of its own for them; thousands of idle ones would keep it.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

/// The longest head of a frame that a server sends: it masks none (RFC 6455, 5.2).
const HEAD: usize = 10;
/// Pieces of one write, two a frame; what is left goes into the next.
const PIECES: usize = 64;

/// A frame on its way.
pub(super) struct Frame {
    head: [u8; HEAD],
    head_bytes: usize,
    body: Utf8Bytes,
}

impl Frame {
    /// A message.
    pub fn text(body: Utf8Bytes) -> Frame {
        Frame::of(OpCode::Data(Data::Text), body)
    }

    /// A question whether anybody is there.
    pub fn ping() -> Frame {
        Frame::of(OpCode::Control(Control::Ping), Utf8Bytes::default())
    }

    fn of(opcode: OpCode, body: Utf8Bytes) -> Frame {
        let header = FrameHeader {
            opcode,
            ..FrameHeader::default()
        };
        let mut head = [0; HEAD];
        let mut room = &mut head[..];
        // Fails where there is no room, and there is.
        let _ = header.format(body.len() as u64, &mut room);
        let head_bytes = HEAD - room.len();
        Frame { head, head_bytes, body }
    }

    /// Bytes on the wire.
    pub fn len(&self) -> usize {
        self.head_bytes + self.body.len()
    }

    fn pieces(&self) -> [&[u8]; 2] {
        [&self.head[..self.head_bytes], self.body.as_ref()]
    }
}

/// A connection and the frames that wait for it. The WebSocket library writes what it has to say of its own (pongs, a close frame) through it as
/// well, behind whatever waits: so that all frames are whole, put frames only once the library is flushed, and drain them before it reads on.
pub(super) struct Outlet<S> {
    stream: S,
    waiting: VecDeque<Frame>,
    /// Bytes of the first of them that are out.
    sent: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Outlet<S> {
    /// Nothing waits.
    pub fn of(stream: S) -> Outlet<S> {
        Outlet {
            stream,
            waiting: VecDeque::new(),
            sent: 0,
        }
    }

    /// Puts a frame behind all others.
    pub fn put(&mut self, frame: Frame) {
        self.waiting.push_back(frame);
    }

    /// Writes until nothing waits, here or in what is beneath: TLS takes more than the socket does.
    pub fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.waiting.is_empty() {
            let mut pieces = [IoSlice::new(&[]); PIECES];
            let count = pieces_from(&self.waiting, self.sent, &mut pieces);
            let taken = Pin::new(&mut self.stream).poll_write_vectored(cx, &pieces[..count]);
            match ready!(taken)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                taken => self.sent += taken,
            }
            while let Some(first) = self.waiting.front().map(Frame::len).filter(|first| self.sent >= *first) {
                self.sent -= first;
                self.waiting.pop_front();
            }
        }
        // Its room goes too.
        self.waiting = VecDeque::new();
        Pin::new(&mut self.stream).poll_flush(cx)
    }
}

/// What is to be written next; how many pieces that is.
fn pieces_from<'a>(waiting: &'a VecDeque<Frame>, sent: usize, into: &mut [IoSlice<'a>]) -> usize {
    let (mut sent, mut count) = (sent, 0);
    for piece in waiting.iter().flat_map(Frame::pieces) {
        let left = piece.get(sent..).unwrap_or_default();
        sent = sent.saturating_sub(piece.len());
        if left.is_empty() {
            continue;
        }
        let Some(place) = into.get_mut(count) else { break };
        *place = IoSlice::new(left);
        count += 1;
    }
    count
}

impl<S: AsyncRead + Unpin> AsyncRead for Outlet<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Outlet<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_drain(cx))?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_drain(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_drain(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{SinkExt, StreamExt};
    use std::future::poll_fn;
    use tokio::io::BufWriter;
    use tokio_tungstenite::WebSocketStream;
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::protocol::Role;

    /// Frames of all lengths of a head, through a pipe that takes a few bytes at a time, with the library's own frames between them.
    #[tokio::test]
    async fn frames_come_whole_and_in_order_however_little_the_connection_takes() {
        let bodies = [0, 1, 125, 126, 300, 65_535, 65_536].map(|length| "x".repeat(length));
        for room in [13, 4_096, 1 << 20] {
            let (ours, theirs) = tokio::io::duplex(room);
            let said = bodies.clone();
            let server = tokio::spawn(async move {
                // Beneath lies what takes more than the connection does, as TLS is.
                let outlet = Outlet::of(BufWriter::with_capacity(1 << 16, ours));
                let mut socket = WebSocketStream::from_raw_socket(outlet, Role::Server, None).await;
                for turn in 0..3 {
                    socket.flush().await.unwrap();
                    for body in &said {
                        socket.get_mut().put(Frame::text(body.as_str().into()));
                    }
                    socket.get_mut().put(Frame::ping());
                    poll_fn(|cx| socket.get_mut().poll_drain(cx)).await.unwrap();
                    // Answered by the library, as the next thing that goes out.
                    let asked = Message::Ping(vec![turn].into());
                    while socket.next().await.unwrap().unwrap() != asked {}
                }
                socket.flush().await.unwrap();
                socket.close(None).await.unwrap();
                while socket.next().await.is_some() {}
            });
            let mut client = WebSocketStream::from_raw_socket(theirs, Role::Client, None).await;
            for turn in 0..3_u8 {
                for body in &bodies {
                    // A pong of the turn before may come first.
                    let mut heard = client.next().await.unwrap().unwrap();
                    if heard.is_pong() {
                        assert_eq!(heard, Message::Pong(vec![turn - 1].into()));
                        heard = client.next().await.unwrap().unwrap();
                    }
                    assert!(heard == Message::text(body.as_str()), "{} bytes of room", room);
                }
                assert_eq!(client.next().await.unwrap().unwrap(), Message::Ping(vec![].into()));
                client.send(Message::Ping(vec![turn].into())).await.unwrap();
            }
            let left: Vec<Message> = client.map(Result::unwrap).collect().await;
            assert_eq!(left.last(), Some(&Message::Close(None)));
            server.await.unwrap();
        }
    }
}
