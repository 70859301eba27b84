//! RFC 6455 frame by frame, as a table, against the real socket: what is against the standard is closed with the code that says so, what is
//! within it is taken, however unusual.

use super::stage::{Stage, soon};
use tokio::io::AsyncWriteExt;

/// What becomes of a session that is sent something.
#[derive(Clone, PartialEq, Debug)]
enum Then {
    /// It is closed with this code.
    Closed(u16),
    /// It goes on, and answers this many pings of ours.
    Answers(usize),
}
use Then::{Answers, Closed};

const FIN: u8 = 0x80;
const MORE: u8 = 0x00;
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// The floor's own ping, which is answered with one message.
const ASK: &[u8] = br#"{"type":"ping"}"#;

/// A masked frame, its length as short as it goes.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..=125 => bytes.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    masked(bytes, payload)
}

/// A head with its mask and what it masks.
fn masked(mut head: Vec<u8>, payload: &[u8]) -> Vec<u8> {
    let mask = [0x1d, 0xe0, 0x07, 0xb3];
    head.extend(mask);
    head.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    head
}

/// The same without a mask, which only a server may send.
fn bare(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first, payload.len() as u8];
    bytes.extend(payload);
    bytes
}

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    let mut body = code.to_be_bytes().to_vec();
    body.extend(reason);
    frame(FIN | CLOSE, &body)
}

/// 5.2: bits, operations, masks and lengths.
fn heads() -> Vec<(String, Vec<u8>, Then)> {
    let mut cases = Vec::new();
    for bit in [0x40, 0x20, 0x10, 0x70] {
        cases.push((
            format!("reserved bits {bit:#x}"),
            frame(FIN | bit | TEXT, ASK),
            Closed(1002),
        ));
        cases.push((
            format!("reserved bits {bit:#x} of a ping"),
            frame(FIN | bit | PING, b""),
            Closed(1002),
        ));
    }
    for operation in (3..8).chain(11..16) {
        cases.push((
            format!("operation {operation}"),
            frame(FIN | operation, b"x"),
            Closed(1002),
        ));
        cases.push((
            format!("operation {operation}, empty"),
            frame(FIN | operation, b""),
            Closed(1002),
        ));
    }
    for (name, operation) in [
        ("text", TEXT),
        ("binary", BINARY),
        ("close", CLOSE),
        ("ping", PING),
        ("pong", PONG),
    ] {
        cases.push((
            format!("{name} without a mask"),
            bare(FIN | operation, b""),
            Closed(1002),
        ));
    }
    let mut huge = vec![FIN | TEXT, 0xff];
    huge.extend(u64::MAX.to_be_bytes());
    cases.push(("a length with its highest bit".into(), masked(huge, b""), Closed(4429)));
    let mut large = vec![FIN | TEXT, 0xff];
    large.extend((1_u64 << 31).to_be_bytes());
    cases.push(("two gigabytes announced".into(), masked(large, b""), Closed(4429)));
    cases.push((
        "more than is taken".into(),
        frame(FIN | TEXT, &[b' '; 20_000]),
        Closed(4429),
    ));
    cases.push((
        "far more than is taken".into(),
        frame(FIN | TEXT, &[b' '; 70_000]),
        Closed(4429),
    ));
    let long = [&b" ".repeat(200)[..], ASK].concat();
    cases.push(("a length of two bytes".into(), frame(FIN | TEXT, &long), Answers(1)));
    cases
}

/// 5.4 and 5.5: pieces, and what may come between them.
fn pieces() -> Vec<(String, Vec<u8>, Then)> {
    let (first, second) = ASK.split_at(7);
    let one = |parts: &[Vec<u8>]| parts.concat();
    let case = |name: &str, bytes: Vec<u8>, then: Then| (name.to_owned(), bytes, then);
    vec![
        case(
            "two pieces",
            one(&[frame(MORE | TEXT, first), frame(FIN, second)]),
            Answers(1),
        ),
        case(
            "a ping and a pong between pieces",
            one(&[
                frame(MORE | TEXT, first),
                frame(FIN | PING, b"are you there"),
                frame(FIN | PONG, b"unasked"),
                frame(FIN, second),
            ]),
            Answers(1),
        ),
        case(
            "a piece a byte, and empty ones",
            one(&[
                frame(MORE | TEXT, b""),
                one(&ASK.iter().map(|byte| frame(MORE, &[*byte])).collect::<Vec<_>>()),
                frame(MORE, b""),
                frame(FIN, b""),
            ]),
            Answers(1),
        ),
        case(
            "two messages at once",
            one(&[frame(FIN | TEXT, ASK), frame(FIN | TEXT, ASK)]),
            Answers(2),
        ),
        case(
            "an unasked pong",
            one(&[frame(FIN | PONG, &[7; 125]), frame(FIN | TEXT, ASK)]),
            Answers(1),
        ),
        case(
            "a continuation of nothing",
            frame(FIN | CONTINUATION, ASK),
            Closed(1002),
        ),
        case(
            "a first piece of nothing",
            frame(MORE | CONTINUATION, ASK),
            Closed(1002),
        ),
        case(
            "a second text before the end of the first",
            one(&[frame(MORE | TEXT, first), frame(FIN | TEXT, ASK)]),
            Closed(1002),
        ),
        case("a ping in pieces", frame(MORE | PING, b""), Closed(1002)),
        case("a pong in pieces", frame(MORE | PONG, b""), Closed(1002)),
        case("a close in pieces", frame(MORE | CLOSE, b""), Closed(1002)),
        case("a ping of 126 bytes", frame(FIN | PING, &[0; 126]), Closed(1002)),
        case("a close of 126 bytes", close(1000, &[b'x'; 124]), Closed(1002)),
        case("binary", frame(FIN | BINARY, ASK), Closed(4400)),
        case(
            "pieces that are too much together",
            one(&[frame(MORE | TEXT, &[b' '; 9_000]), frame(FIN, &[b' '; 9_000])]),
            Closed(4429),
        ),
    ]
}

/// 8.1: what is no UTF-8, in one piece and across two.
fn texts() -> Vec<(String, Vec<u8>, Then)> {
    let wrong: [(&str, &[u8]); 8] = [
        ("a byte that begins nothing", b"\x80"),
        ("a byte that is never there", b"\xff"),
        ("a slash in two bytes", b"\xc0\xaf"),
        ("a zero in three bytes", b"\xe0\x80\x80"),
        ("half of a pair", b"\xed\xa0\x80"),
        ("past the last character", b"\xf4\x90\x80\x80"),
        ("the beginning of a character", b"\xe4\xbd"),
        ("five bytes", b"\xf8\x88\x80\x80\x80"),
    ];
    let mut cases = Vec::new();
    for (name, bytes) in wrong {
        cases.push((name.to_owned(), frame(FIN | TEXT, bytes), Closed(1007)));
        let two = [frame(MORE | TEXT, b"ok "), frame(FIN, bytes)].concat();
        cases.push((format!("{name}, in the second piece"), two, Closed(1007)));
    }
    let said = "{\"type\":\"ping\",\"ref\":\"你好\"}".as_bytes();
    let within = said.len() - 4;
    let split = [frame(MORE | TEXT, &said[..within]), frame(FIN, &said[within..])].concat();
    cases.push(("a character across two pieces".into(), split, Answers(1)));
    cases
}

/// 5.5.1 and 7.4: what a close frame may say, and what answers it.
fn farewells() -> Vec<(String, Vec<u8>, Then)> {
    let mut cases = vec![("half a code".to_owned(), frame(FIN | CLOSE, b"\x03"), Closed(1002))];
    for code in [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535] {
        cases.push((format!("close {code}"), close(code, b""), Closed(1002)));
    }
    for code in [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999,
    ] {
        cases.push((format!("close {code}"), close(code, b"good night"), Closed(code)));
    }
    cases.push(("a reason of 123 bytes".into(), close(1000, &[b'x'; 123]), Closed(1000)));
    cases.push((
        "a reason that is no UTF-8".into(),
        close(1000, b"\xff\xfe"),
        Closed(1007),
    ));
    cases
}

#[tokio::test]
async fn every_frame_of_the_table_is_taken_or_refused_as_the_standard_has_it() {
    let stage = Stage::start().await;
    let cases: Vec<_> = [heads(), pieces(), texts(), farewells()].concat();
    assert!(cases.len() > 90, "{}", cases.len());
    let mut wrong = Vec::new();
    // At once, and a byte at a time where it is short enough.
    for (name, bytes, then) in &cases {
        for by_bytes in [false, true] {
            if by_bytes && bytes.len() > 200 {
                continue;
            }
            let came = sent(&stage, bytes, then, by_bytes).await;
            if came != *then {
                wrong.push(format!(
                    "{name}{}: {then:?}, came {came:?}",
                    if by_bytes { ", a byte at a time" } else { "" }
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// Sends it in a session, and tells what became of that.
async fn sent(stage: &Stage, bytes: &[u8], then: &Then, by_bytes: bool) -> Then {
    let mut client = stage.join().await;
    let stream = client.socket.get_mut();
    for part in bytes.chunks(if by_bytes { 1 } else { bytes.len() }) {
        // The other side may have closed already: it has seen enough.
        if soon(stream.write_all(part)).await.is_err() {
            break;
        }
    }
    match then {
        Closed(_) => Closed(client.closed().await.0),
        Answers(times) => {
            for _ in 0..*times {
                client.next("pong").await;
            }
            Answers(*times)
        }
    }
}
