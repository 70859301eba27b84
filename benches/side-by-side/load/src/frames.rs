//! WebSocket frames by hand (RFC 6455): what thousands of clients need, and no more.

use anyhow::{Context, Result, bail, ensure};
use socket2::{Domain, Socket, Type};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A server that says nothing for so long while we shake hands is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// Connects and shakes hands; gives the socket, which blocks, and what came behind the handshake.
pub fn open(address: &str, path: &str, subprotocol: Option<&str>) -> Result<(TcpStream, Vec<u8>)> {
    let socket = TcpStream::connect(address).with_context(|| format!("no connection to {address}"))?;
    shake_hands(socket, address, path, subprotocol)
}

/// The same over a line for which the kernel holds little: small segments, a small buffer.
pub fn open_thin(address: &str, path: &str, subprotocol: Option<&str>) -> Result<(TcpStream, Vec<u8>)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_recv_buffer_size(4 * 1024)?;
    socket.set_tcp_mss(536)?;
    let to: SocketAddr = address.parse()?;
    socket.connect(&to.into())?;
    shake_hands(socket.into(), address, path, subprotocol)
}

fn shake_hands(
    mut socket: TcpStream,
    address: &str,
    path: &str,
    subprotocol: Option<&str>,
) -> Result<(TcpStream, Vec<u8>)> {
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let offer = subprotocol.map_or(String::new(), |it| format!("Sec-WebSocket-Protocol: {it}\r\n"));
    // In one write: not every server puts a request together again.
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{offer}\r\n"
    );
    socket.write_all(request.as_bytes())?;
    let mut head = Vec::new();
    loop {
        if let Some(end) = memchr::memmem::find(&head, b"\r\n\r\n") {
            ensure!(
                head.starts_with(b"HTTP/1.1 101"),
                "{address} does not upgrade: {}",
                String::from_utf8_lossy(&head)
            );
            return Ok((socket, head.split_off(end + 4)));
        }
        more(&mut socket, &mut head).context("no answer to the handshake")?;
    }
}

/// Reads what is there, and waits where nothing is.
pub fn more(socket: &mut TcpStream, into: &mut Vec<u8>) -> Result<()> {
    let mut buffer = [0; 16 * 1024];
    match socket.read(&mut buffer)? {
        0 => bail!("the server has closed the connection"),
        count => into.extend_from_slice(&buffer[..count]),
    }
    Ok(())
}

/// A client's frame. The mask is of zeros, which the protocol allows and which costs nothing.
pub fn of_client(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = head(opcode, payload.len(), 0x80);
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

/// A server's frame.
pub fn of_server(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = head(opcode, payload.len(), 0);
    frame.extend_from_slice(payload);
    frame
}

pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const PONG: u8 = 10;

fn head(opcode: u8, length: usize, masked: u8) -> Vec<u8> {
    let mut head = vec![0x80 | opcode];
    match length {
        0..126 => head.push(masked | length as u8),
        126..65_536 => {
            head.push(masked | 126);
            head.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            head.push(masked | 127);
            head.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    head
}

/// The payloads of the whole frames at the beginning of what a server sent, and how many bytes those frames are.
pub fn payloads(sent: &[u8]) -> (Vec<&[u8]>, usize) {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some((payload, end)) = payload(&sent[at..]) {
        found.push(payload);
        at += end;
    }
    (found, at)
}

fn payload(sent: &[u8]) -> Option<(&[u8], usize)> {
    let (start, length) = match sent.get(1)? & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(sent.get(2..4)?.try_into().ok()?))),
        127 => (
            10,
            usize::try_from(u64::from_be_bytes(sent.get(2..10)?.try_into().ok()?)).ok()?,
        ),
        short => (2, usize::from(short)),
    };
    Some((sent.get(start..start + length)?, start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_as_they_are_written() {
        let texts = [vec![b'a'; 5], vec![b'b'; 300], vec![b'c'; 70_000]];
        let sent: Vec<u8> = texts.iter().flat_map(|text| of_server(TEXT, text)).collect();
        let (found, end) = payloads(&sent);
        assert_eq!(found, texts.iter().map(Vec::as_slice).collect::<Vec<_>>());
        assert_eq!(end, sent.len());
        let (found, end) = payloads(&sent[..sent.len() - 1]);
        assert_eq!((found.len(), end), (2, 7 + 304));
    }
}
