//! Clients that are broken, slow or mean: each is cut off with the right code, and nobody else is delayed.

use crate::stage::{Heard, Props, Stage, get, http, long_message, message, soon};
use serde_json::json;
use std::time::Duration;
use surged::floor::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn what_is_not_understood_is_closed_with_4400() {
    let stage = Stage::start().await;
    for first in [
        Message::text("garbage"),
        Message::text("[]"),
        Message::text(r#"{"type":"ping"}"#),
        Message::text(r#"{"type":"hello","token":7}"#),
        Message::binary(vec![0, 159, 146, 150]),
    ] {
        let mut client = stage.connect().await;
        client.send(first.clone()).await;
        assert_eq!(client.closed().await.0, 4400, "{first:?}");
    }
    for later in [Message::text("{"), Message::text("{}"), Message::binary(vec![1])] {
        let mut client = stage.join().await;
        client.send(later.clone()).await;
        assert_eq!(client.closed().await.0, 4400, "{later:?}");
    }
}

#[tokio::test]
async fn a_mistake_in_a_message_is_answered_and_the_session_goes_on() {
    let stage = Stage::start().await;
    let mut client = stage.join().await;
    let unknown = client.reply(json!({ "type": "dance", "ref": 1 })).await;
    assert_eq!((&unknown["code"], &unknown["ref"]), (&json!("unknown_type"), &json!(1)));
    let mistyped = client.reply(json!({ "type": "seen", "instruction": "four" })).await;
    assert_eq!(mistyped["code"], "not_understood");
    let again = client.reply(json!({ "type": "hello" })).await;
    assert_eq!(again["code"], "not_understood");
    assert_eq!(client.reply(json!({ "type": "ping" })).await["type"], "pong");
}

#[tokio::test]
async fn too_big_and_too_fast_are_closed_with_4429() {
    let stage = Stage::start().await;
    for bytes in [17 * 1024, 100 * 1024] {
        let mut client = stage.join().await;
        client.send(Message::text("x".repeat(bytes))).await;
        assert_eq!(client.closed().await.0, 4429, "{bytes} bytes");
    }
    let mut client = stage.join().await;
    for _ in 0..400 {
        let ping = Message::text(r#"{"type":"ping"}"#);
        // The daemon may hang up before we are done.
        if futures_util::SinkExt::send(&mut client.socket, ping).await.is_err() {
            break;
        }
    }
    assert_eq!(client.closed().await.0, 4429);
}

#[tokio::test]
async fn who_says_nothing_is_not_let_in() {
    let limits = Limits {
        hello: Duration::from_millis(50),
        ..Limits::default()
    };
    let (stage, _) = Stage::with(Props {
        limits,
        ..Props::default()
    })
    .await;
    let mut client = stage.connect().await;
    let (code, words) = client.closed().await;
    assert_eq!(code, 4401);
    assert!(words.contains("nothing came"), "{words}");
}

#[tokio::test]
async fn a_dead_peer_is_found_out() {
    let limits = Limits {
        ping_every: Duration::from_millis(20),
        dead_after: Duration::from_millis(100),
        ..Limits::default()
    };
    let (stage, _) = Stage::with(Props {
        limits,
        ..Props::default()
    })
    .await;
    let mut presence = stage.hub.presence();
    let silent = stage.join().await;
    // It reads nothing, and so answers no ping.
    soon(presence.wait_for(|able| *able == 0)).await.unwrap();
    drop(silent);
    let mut alive = stage.join().await;
    let pings = async {
        let mut pings = 0;
        while pings < 20 {
            let message = futures_util::StreamExt::next(&mut alive.socket).await.unwrap().unwrap();
            pings += u32::from(message.is_ping());
        }
    };
    soon(pings).await;
}

#[tokio::test]
async fn frames_against_the_standard_are_closed() {
    let stage = Stage::start().await;
    // Not masked; a reserved operation; a control frame in pieces; a text that is not UTF-8.
    let unmasked = vec![0x81, 0x02, b'h', b'i'];
    let reserved = vec![0x83, 0x80, 0, 0, 0, 0];
    let pieces = vec![0x09, 0x80, 0, 0, 0, 0];
    let not_utf8 = vec![0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe];
    for (frame, code) in [(unmasked, 1002_u16), (reserved, 1002), (pieces, 1002), (not_utf8, 1007)] {
        let mut client = stage.join().await;
        soon(client.socket.get_mut().write_all(&frame)).await.unwrap();
        assert_eq!(client.closed().await.0, code, "{frame:?}");
    }
}

#[tokio::test]
async fn a_slow_receiver_is_cut_off_and_catches_up_while_a_healthy_one_gets_everything() {
    const MESSAGES: u64 = 3000;
    let limits = Limits {
        outbox_frames: 50,
        stall: Duration::from_secs(60),
        ..Limits::default()
    };
    let (stage, _) = Stage::with(Props {
        limits,
        ..Props::default()
    })
    .await;
    let mut presence = stage.hub.presence();
    let mut slow = stage.join().await;
    let mut healthy = stage.join().await;
    let heard = Heard::default();
    let hearing = tokio::spawn({
        let heard = heard.clone();
        async move {
            loop {
                let seq = healthy.next("notice").await["seq"].as_u64().unwrap();
                heard.lock().unwrap().push(seq);
                if seq == MESSAGES {
                    break healthy;
                }
            }
        }
    });
    for seq in 1..=MESSAGES {
        stage.hub.publish(&[long_message(seq, 8000)]);
        // As fast as the healthy one takes it.
        while heard.lock().unwrap().len() + 20 < seq as usize {
            tokio::task::yield_now().await;
        }
    }
    soon(hearing).await.unwrap();
    assert!(heard.lock().unwrap().iter().copied().eq(1..=MESSAGES));
    soon(presence.wait_for(|able| *able < 2)).await.unwrap();

    // The slow one wakes: what is in its connection, then the end.
    let mut last = 0;
    while let Some(Ok(message)) = soon(futures_util::StreamExt::next(&mut slow.socket)).await {
        if let Message::Text(text) = message {
            let told: serde_json::Value = serde_json::from_str(&text).unwrap();
            if told["type"] == "notice" {
                assert_eq!(told["seq"], last + 1);
                last += 1;
            }
        }
    }
    assert!(last < MESSAGES);
    let (mut back, _) = stage.hello(json!({ "type": "hello", "since": last })).await;
    let first = back.next("gap").await;
    let (from, to) = (first["from"].as_u64().unwrap(), first["to"].as_u64().unwrap());
    assert_eq!(from, last + 1);
    for seq in to + 1..=MESSAGES {
        assert_eq!(back.next("notice").await["seq"], seq);
    }
}

#[tokio::test]
async fn a_storm_cuts_off_nobody_who_reads() {
    const MESSAGES: u64 = 1500;
    let limits = Limits {
        outbox_frames: 50,
        ..Limits::default()
    };
    let (stage, _) = Stage::with(Props {
        limits,
        ..Props::default()
    })
    .await;
    let mut client = stage.join().await;
    // More in one moment than the sockets between them hold.
    let storm: Vec<_> = (1..=MESSAGES).map(|seq| long_message(seq, 8000)).collect();
    stage.hub.publish(&storm);
    for seq in 1..=MESSAGES {
        assert_eq!(client.next("notice").await["seq"], seq);
    }
}

#[tokio::test]
async fn a_stalled_receiver_is_told_4408_if_it_wakes_in_time() {
    let limits = Limits {
        stall: Duration::from_millis(200),
        ..Limits::default()
    };
    let (stage, _) = Stage::with(Props {
        limits,
        ..Props::default()
    })
    .await;
    let mut presence = stage.hub.presence();
    let mut client = stage.join().await;
    for seq in 1..=2000 {
        stage.hub.publish(&[long_message(seq, 8000)]);
    }
    soon(presence.wait_for(|able| *able == 0)).await.unwrap();
    assert_eq!(client.closed().await.0, 4408);
}

#[tokio::test]
async fn half_a_request_is_given_up_and_delays_nobody() {
    let limits = Limits {
        request: Duration::from_millis(100),
        connections: 4,
        ..Limits::default()
    };
    let (stage, _) = Stage::with(Props {
        limits,
        ..Props::default()
    })
    .await;
    let mut slow = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(stage.address).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: loc").await.unwrap();
        slow.push(stream);
    }
    // All places are taken by them, and come free as they are given up.
    assert_eq!(get(stage.address, "/healthz").await.status, 200);
    for mut stream in slow {
        let mut rest = Vec::new();
        let _ = soon(stream.read_to_end(&mut rest)).await;
    }
    let headers = "Content-Type: application/json\r\nContent-Length: 50\r\n";
    let request = format!("POST /api/v1/instructions/1/seen HTTP/1.1\r\n{headers}\r\n{{");
    assert_eq!(http(stage.address, &request).await.status, 408);
}

#[tokio::test]
async fn hostile_clients_delay_no_instruction() {
    let stage = Stage::start().await;
    let mut healthy = stage.join().await;
    let address = stage.address;
    let noise = tokio::spawn(async move {
        loop {
            if let Ok(mut stream) = TcpStream::connect(address).await {
                let _ = stream.write_all(&[0xff; 4096]).await;
            }
        }
    });
    for seq in 1..=200 {
        stage.hub.publish(&[message(seq)]);
        assert_eq!(healthy.next("instruction").await["seq"], seq);
    }
    noise.abort();
}

#[tokio::test]
async fn a_close_frame_is_answered_with_one() {
    use tokio_tungstenite::tungstenite::protocol::CloseFrame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
    let stage = Stage::start().await;
    for code in [1000, 1001, 3000, 4999] {
        let mut client = stage.join().await;
        let code = CloseCode::from(code);
        let frame = CloseFrame {
            code,
            reason: "good night".into(),
        };
        client.socket.close(Some(frame)).await.unwrap();
        // Without an answer the connection is reset, and that is an error.
        let answer = soon(async {
            loop {
                match futures_util::StreamExt::next(&mut client.socket).await {
                    Some(Ok(Message::Close(frame))) => return frame,
                    Some(Ok(_)) => {}
                    other => panic!("{code}: {other:?} in place of a close frame"),
                }
            }
        })
        .await;
        assert_eq!(answer.map(|frame| frame.code), Some(code));
    }
}

#[tokio::test]
async fn close_frames_against_the_standard_are_answered_as_such() {
    let stage = Stage::start().await;
    // Code, and what answers it: what may not stand in a frame is a fault of protocol (RFC 6455, 7.4).
    let bodies: [(&[u8], u16); 6] = [
        (&[0x03, 0xed], 1002),
        (&[0x03, 0xee], 1002),
        (&[0x03, 0xf7], 1002),
        (&[0x00, 0x07], 1002),
        (&[0x03], 1002),
        (&[0x03, 0xe8, 0xff], 1007),
    ];
    for (body, expected) in bodies {
        let mut stream = TcpStream::connect(stage.address).await.unwrap();
        let shake = format!(
            "GET /floor HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            stage.address
        );
        stream.write_all(shake.as_bytes()).await.unwrap();
        // Masked with zeros.
        let mut frame = vec![0x88, 0x80 | body.len() as u8, 0, 0, 0, 0];
        frame.extend(body);
        stream.write_all(&frame).await.unwrap();
        let mut came = Vec::new();
        soon(stream.read_to_end(&mut came)).await.unwrap();
        let head = came.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
        let answer = &came[head..];
        let close = answer.iter().position(|byte| *byte == 0x88).expect("a close frame");
        let code = u16::from_be_bytes([answer[close + 2], answer[close + 3]]);
        assert_eq!(code, expected, "{body:?}");
    }
}

/// What comes back for a handshake with these lines, and the frames behind it until the other end is done.
async fn shaken(stage: &Stage, lines: &str, frames: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(stage.address).await.unwrap();
    let shake = format!(
        "GET /floor HTTP/1.1\r\nHost: {}\r\n{lines}Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        stage.address
    );
    stream.write_all(&[shake.as_bytes(), frames].concat()).await.unwrap();
    let mut came = Vec::new();
    soon(stream.read_to_end(&mut came)).await.unwrap();
    came
}

/// A close frame without a code, masked with zeros.
const CLOSE: [u8; 6] = [0x88, 0x80, 0, 0, 0, 0];

#[tokio::test]
async fn what_a_connection_is_to_be_may_stand_in_several_lines() {
    let stage = Stage::start().await;
    let thirteen = "Sec-WebSocket-Version: 13\r\n";
    for connection in [
        "Connection: keep-alive\r\nConnection: Upgrade\r\n",
        "Connection: keep-alive,\tUpgrade\r\n",
        "Connection: upgrade\r\nConnection: keep-alive\r\n",
    ] {
        let came = shaken(&stage, &format!("{connection}{thirteen}"), &CLOSE).await;
        assert!(came.starts_with(b"HTTP/1.1 101"), "{connection:?}");
    }
    let came = shaken(&stage, &format!("Connection: close\r\n{thirteen}"), &[]).await;
    assert!(came.starts_with(b"HTTP/1.1 400"));
    let came = shaken(
        &stage,
        "Connection: Upgrade, close\r\nSec-WebSocket-Version: 8\r\n",
        &[],
    )
    .await;
    let came = String::from_utf8_lossy(&came).to_lowercase();
    assert!(came.starts_with("http/1.1 426"), "{came}");
    for line in ["sec-websocket-version: 13\r\n", "upgrade: websocket\r\n"] {
        assert!(came.contains(line), "{came}");
    }
}

#[tokio::test]
async fn who_says_too_much_before_hello_is_sent_away_as_well() {
    let stage = Stage::start().await;
    let pings = [0x89, 0x80, 0, 0, 0, 0].repeat(2_000);
    let came = shaken(&stage, "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n", &pings).await;
    let close = came.iter().rposition(|byte| *byte == 0x88).expect("a close frame");
    let code = u16::from_be_bytes([came[close + 2], came[close + 3]]);
    assert_eq!(code, 4429);
}

#[tokio::test]
async fn a_handshake_against_the_standard_is_refused() {
    let stage = Stage::start().await;
    let shake = |key: &str, host: &str| {
        format!("GET /floor HTTP/1.1\r\n{host}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n{key}\r\n")
    };
    let keys = [
        "Sec-WebSocket-Key: c2hvcnQ=\r\n",
        "Sec-WebSocket-Key: \r\n",
        "Sec-WebSocket-Key: not base64 at all!!\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "",
    ];
    for key in keys {
        let mut stream = TcpStream::connect(stage.address).await.unwrap();
        let host = format!("Host: {}\r\nConnection: Upgrade\r\n", stage.address);
        stream.write_all(shake(key, &host).as_bytes()).await.unwrap();
        let mut line = [0; 12];
        soon(stream.read_exact(&mut line)).await.unwrap();
        assert_eq!(&line, b"HTTP/1.1 400", "{key:?}");
    }
    let mut stream = TcpStream::connect(stage.address).await.unwrap();
    let twice = format!(
        "GET /healthz HTTP/1.1\r\nHost: {0}\r\nHost: evil.example\r\n\r\n",
        stage.address
    );
    stream.write_all(twice.as_bytes()).await.unwrap();
    let mut line = [0; 12];
    soon(stream.read_exact(&mut line)).await.unwrap();
    assert_eq!(&line, b"HTTP/1.1 400");
}

#[tokio::test]
async fn half_open_requests_from_one_address_keep_nobody_else_out() {
    // Both ends of each are files of this process.
    let mut files = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    files.current = files.maximum;
    rustix::process::setrlimit(rustix::process::Resource::Nofile, files).unwrap();
    let (stage, _) = Stage::with(Props {
        limits: Limits {
            request: Duration::from_secs(3600),
            ..Limits::default()
        },
        ..Props::default()
    })
    .await;
    let mut held = Vec::new();
    for number in 0..1100 {
        let mut stream = TcpStream::connect(stage.address).await.unwrap();
        let half = if number % 2 == 0 { &b"GET /healthz HT"[..] } else { b"" };
        stream.write_all(half).await.unwrap();
        held.push(stream);
    }
    let elsewhere = tokio::net::TcpSocket::new_v4().unwrap();
    elsewhere.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let connected = async {
        let mut stream = elsewhere.connect(stage.address).await.unwrap();
        let ask = format!(
            "GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            stage.address
        );
        stream.write_all(ask.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = soon(connected).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(held);
}
