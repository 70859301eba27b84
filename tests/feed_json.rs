//! The JSON feed against a real WebSocket server.

// A test may panic; clippy exempts only the test functions themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use futures_util::{SinkExt, StreamExt};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use surged::core::{Millis, Name, Time};
use surged::feed::{FeedEvent, FeedSettings, Heard, Kind, start};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};
use tokio_util::sync::CancellationToken;

const DEADLINE: Duration = Duration::from_secs(30);
const NOW: Time = Time(1_795_248_010_000);

struct Feed {
    listener: TcpListener,
    events: mpsc::Receiver<FeedEvent>,
    adapter: JoinHandle<()>,
    cancel: CancellationToken,
}

impl Feed {
    async fn new(change: impl FnOnce(&mut FeedSettings)) -> Feed {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/feed", listener.local_addr().unwrap());
        let queues = BTreeMap::from([("Inbound calls".to_owned(), Name::from("inbound"))]);
        let mut settings = FeedSettings {
            name: "hotline".into(),
            kind: Kind::Json {
                url,
                subscribe: None,
                headers: BTreeMap::new(),
                ca_file: None,
            },
            stale_after: Millis(60_000),
            queues,
        };
        change(&mut settings);
        let (out, events) = mpsc::channel(8);
        let cancel = CancellationToken::new();
        let adapter = start(settings, out, || NOW, cancel.clone());
        Feed {
            listener,
            events,
            adapter,
            cancel,
        }
    }

    async fn stream(&self) -> tokio::net::TcpStream {
        timeout(DEADLINE, self.listener.accept()).await.unwrap().unwrap().0
    }

    async fn accept(&self) -> WebSocketStream<tokio::net::TcpStream> {
        socket(self.stream().await, &Arc::default()).await
    }

    /// What is heard next, but for how far our clock, which stands still, is from that of the readings.
    async fn next(&mut self) -> Heard {
        loop {
            let event = timeout(DEADLINE, self.events.recv())
                .await
                .expect("something is heard")
                .unwrap();
            assert_eq!((event.feed.as_str(), event.received), ("hotline", NOW));
            if !matches!(event.what, Heard::ClockDiffers { .. }) {
                return event.what;
            }
        }
    }

    async fn disconnected(&mut self) -> String {
        loop {
            if let Heard::Disconnected { why } = self.next().await {
                return why;
            }
        }
    }

    async fn waiting(&mut self) -> u32 {
        match self.next().await {
            Heard::Reading(reading) => {
                assert_eq!(reading.queue.as_str(), "inbound", "told by its key");
                reading.waiting
            }
            other => panic!("expected a reading, heard {other:?}"),
        }
    }

    async fn end(self) {
        self.cancel.cancel();
        timeout(DEADLINE, self.adapter)
            .await
            .expect("it ends when it is cancelled")
            .unwrap();
    }
}

/// Takes a WebSocket, and keeps what the request asked for.
#[allow(clippy::result_large_err)] // the shape of the callback is given
async fn socket<S: AsyncRead + AsyncWrite + Unpin>(stream: S, asked: &Arc<Mutex<Vec<String>>>) -> WebSocketStream<S> {
    let look = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let authorization = request
            .headers()
            .get("authorization")
            .map(|it| it.to_str().unwrap().to_owned());
        asked
            .lock()
            .unwrap()
            .extend([request.uri().path().to_owned()].into_iter().chain(authorization));
        Ok(response)
    };
    accept_hdr_async(stream, look).await.unwrap()
}

fn kind(settings: &mut FeedSettings, change: impl FnOnce(&mut String, &mut Option<String>)) {
    if let Kind::Json { url, subscribe, .. } = &mut settings.kind {
        change(url, subscribe);
    }
}

fn reading(waiting: i64) -> String {
    format!(r#"{{"queue":"Inbound calls","waiting":{waiting}}}"#)
}

#[tokio::test]
async fn it_subscribes_with_its_headers_and_takes_what_comes() {
    let mut feed = Feed::new(|settings| {
        kind(settings, |_, subscribe| {
            *subscribe = Some(r#"{"topic":"queues"}"#.into())
        });
        if let Kind::Json { headers, .. } = &mut settings.kind {
            headers.insert("Authorization".into(), "Bearer abc".into());
        }
        assert!(!format!("{settings:?}").contains("Bearer"), "secrets are not printed");
    })
    .await;
    let asked = Arc::default();
    let mut server = socket(feed.stream().await, &asked).await;
    assert_eq!(*asked.lock().unwrap(), ["/feed", "Bearer abc"]);
    assert_eq!(
        server.next().await.unwrap().unwrap(),
        Message::text(r#"{"topic":"queues"}"#)
    );
    assert_eq!(feed.next().await, Heard::Connected);

    server.send(Message::text(reading(7))).await.unwrap();
    assert_eq!(feed.waiting().await, 7);
    let array = format!("[{},{},{}]", reading(8), reading(-1), reading(9));
    server.send(Message::text(array)).await.unwrap();
    assert_eq!(feed.waiting().await, 8);
    assert!(matches!(
        feed.next().await,
        Heard::Rejected {
            reason: "out_of_range",
            ..
        }
    ));
    assert_eq!(feed.waiting().await, 9);
    server.send(Message::text(r#"{"heartbeat":true}"#)).await.unwrap();
    assert_eq!(feed.next().await, Heard::Heartbeat);
    server
        .send(Message::text(r#"{"lost":true,"why":"the switch is down"}"#))
        .await
        .unwrap();
    assert_eq!(
        feed.next().await,
        Heard::SourceLost {
            why: "the switch is down".into()
        }
    );
    feed.end().await;
}

#[tokio::test]
async fn garbage_is_said_and_skipped() {
    let mut feed = Feed::new(|_| {}).await;
    let mut server = feed.accept().await;
    assert_eq!(feed.next().await, Heard::Connected);
    let at = |second, waiting| {
        format!(r#"{{"queue":"Inbound calls","at":"2026-11-21T08:00:0{second}Z","waiting":{waiting}}}"#)
    };
    let frames = [
        (Message::text("hello"), "not_a_reading"),
        (Message::text(""), "not_a_reading"),
        (Message::binary(vec![0, 1, 2]), "binary"),
        (Message::text(r#"{"queue":"Outbound","waiting":1}"#), "unknown_queue"),
        (Message::text("[".repeat(100_000)), "not_a_reading"),
    ];
    for (frame, expected) in frames {
        server.send(frame).await.unwrap();
        match feed.next().await {
            Heard::Rejected { reason, .. } => assert_eq!(reason, expected),
            other => panic!("expected {expected}, heard {other:?}"),
        }
    }
    for (frame, expected) in [
        (at(5, 3), None),
        (at(4, 0), Some("older")),
        (at(5, 3), Some("duplicate")),
        (at(6, 4), None),
    ] {
        server.send(Message::text(frame)).await.unwrap();
        match (feed.next().await, expected) {
            (Heard::Reading(_), None) => {}
            (Heard::Rejected { reason, .. }, Some(expected)) => assert_eq!(reason, expected),
            (heard, expected) => panic!("expected {expected:?}, heard {heard:?}"),
        }
    }
    feed.end().await;
}

#[tokio::test]
async fn a_message_over_the_limit_ends_the_connection_and_the_next_one_is_fine() {
    let mut feed = Feed::new(|_| {}).await;
    let mut server = feed.accept().await;
    assert_eq!(feed.next().await, Heard::Connected);
    // The other side may hang up in the middle of it.
    let _ = server.send(Message::text("x".repeat(2 * 1024 * 1024))).await;
    let why = feed.disconnected().await;
    assert!(why.contains("over the limit of 1048576 bytes"), "{why}");
    let mut server = feed.accept().await;
    assert_eq!(feed.next().await, Heard::Connected);
    server.send(Message::text(reading(1))).await.unwrap();
    assert_eq!(feed.waiting().await, 1);
    feed.end().await;
}

#[tokio::test]
async fn it_comes_back_after_every_end() {
    let mut feed = Feed::new(|settings| kind(settings, |_, subscribe| *subscribe = Some("please".into()))).await;
    let mut server = feed.accept().await;
    assert_eq!(feed.next().await, Heard::Connected);
    let frame = CloseFrame {
        code: 1008.into(),
        reason: "who are you".into(),
    };
    server.close(Some(frame)).await.unwrap();
    let why = feed.disconnected().await;
    let expected = "closed the connection (code 1008: who are you) before any reading; check subscribe and headers";
    assert!(why.ends_with(expected), "{why}");

    let mut server = feed.accept().await;
    assert_eq!(feed.next().await, Heard::Connected);
    server.send(Message::text(reading(2))).await.unwrap();
    assert_eq!(feed.waiting().await, 2);
    drop(server);
    assert!(feed.disconnected().await.ends_with("; trying again"));

    feed.accept().await;
    assert_eq!(feed.next().await, Heard::Connected);
    feed.end().await;
}

#[tokio::test]
async fn it_pings_and_gives_up_a_link_without_any_frame() {
    let mut feed = Feed::new(|settings| settings.stale_after = Millis(300)).await;
    let mut server = feed.accept().await;
    assert_eq!(feed.next().await, Heard::Connected);
    // Reading answers pings; then it stops.
    let Some(Ok(Message::Ping(_))) = server.next().await else {
        panic!("expected a ping")
    };
    server.flush().await.unwrap();
    assert_eq!(feed.next().await, Heard::Heartbeat);
    let why = feed.disconnected().await;
    assert!(
        why.ends_with("gave no sign of life for 0.3 s, not even to a ping; it is connected anew"),
        "{why}"
    );
    feed.end().await;
}

#[tokio::test]
async fn what_is_no_websocket_is_told_with_its_remedy() {
    let answers = [
        (
            "HTTP/1.1 401 Unauthorized",
            "answered 401 Unauthorized; it does not let us in: check headers",
        ),
        (
            "HTTP/1.1 403 Forbidden",
            "answered 403 Forbidden; it does not let us in: check headers",
        ),
        (
            "HTTP/1.1 404 Not Found",
            "answered 404 Not Found; there is nothing at that path: check url",
        ),
        ("HTTP/1.1 200 OK", "answered 200 OK; that is no WebSocket: check url"),
        ("HTTP/1.1 503 Service Unavailable", "is in trouble; trying again"),
        ("SSH-2.0-OpenSSH_9.2", "does not speak WebSocket"),
    ];
    for (answer, expected) in answers {
        let mut feed = Feed::new(|settings| {
            kind(settings, |url, _| {
                *url = format!("{}?token=secret", url.replace("://", "://user:secret@"))
            });
        })
        .await;
        let mut stream = feed.stream().await;
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await.unwrap();
        stream
            .write_all(format!("{answer}\r\nContent-Length: 0\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let why = feed.disconnected().await;
        assert!(why.contains(expected), "{why}");
        assert!(!why.contains("secret"), "{why}");
        feed.end().await;
    }
}

#[tokio::test]
async fn nobody_there_and_no_such_name_are_told() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let cases = [
        (format!("ws://{nobody}/"), "nothing listens at"),
        ("ws://no-such-host.invalid/".to_owned(), "cannot be resolved"),
        ("http://127.0.0.1/".to_owned(), "not a WebSocket address"),
        ("not a url".to_owned(), "cannot be used"),
    ];
    for (address, expected) in cases {
        let mut feed = Feed::new(|settings| kind(settings, |url, _| *url = address)).await;
        let why = feed.disconnected().await;
        assert!(why.contains(expected), "{why}");
        feed.end().await;
    }
}

#[tokio::test]
async fn over_tls_with_an_authority_of_its_own() {
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ca.pem");
    std::fs::write(&path, issued.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let secure = |host: &'static str, file: Option<std::path::PathBuf>| {
        move |settings: &mut FeedSettings| {
            if let Kind::Json { url, ca_file, .. } = &mut settings.kind {
                *url = url.replace("ws://127.0.0.1", &format!("wss://{host}"));
                *ca_file = file;
            }
        }
    };
    let mut feed = Feed::new(secure("localhost", Some(path.clone()))).await;
    let mut server = socket(acceptor.accept(feed.stream().await).await.unwrap(), &Arc::default()).await;
    assert_eq!(feed.next().await, Heard::Connected);
    server.send(Message::text(reading(5))).await.unwrap();
    assert_eq!(feed.waiting().await, 5);
    feed.end().await;

    // The very certificate that is in the file is trusted by that alone, whatever name is in it.
    let feed = Feed::new(secure("127.0.0.1", Some(path))).await;
    assert!(acceptor.accept(feed.stream().await).await.is_ok());
    feed.end().await;

    let mut feed = Feed::new(secure("localhost", None)).await;
    assert!(acceptor.accept(feed.stream().await).await.is_err());
    let why = feed.disconnected().await;
    assert!(why.contains("set ca_file to the PEM file of the authority"), "{why}");
    feed.end().await;
    let mut feed = Feed::new(secure("localhost", Some("/nonexistent/ca.pem".into()))).await;
    let why = feed.disconnected().await;
    assert!(
        why.contains("cannot read the certificates of ca_file /nonexistent/ca.pem"),
        "{why}"
    );
    feed.end().await;
}

/// The metrics, as Prometheus reads them.
#[tokio::test]
async fn the_metrics_tell_of_connections_rejections_and_clocks() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let mut feed = Feed::new(|_| {}).await;
    let mut server = feed.accept().await;
    assert_eq!(feed.next().await, Heard::Connected);
    let late = r#"{"queue":"Inbound calls","at":"2026-11-21T08:00:07.500Z","waiting":1}"#;
    server.send(Message::text(late)).await.unwrap();
    assert_eq!(feed.waiting().await, 1);
    server.send(Message::text("x")).await.unwrap();
    assert!(matches!(feed.next().await, Heard::Rejected { .. }));
    for line in [
        r#"surged_feed_connected{feed="hotline"} 1"#,
        r#"surged_feed_reconnects_total{feed="hotline"} 0"#,
        r#"surged_feed_rejected_total{feed="hotline",reason="not_a_reading"} 1"#,
        r#"surged_feed_clock_skew_seconds{feed="hotline"} 2.5"#,
    ] {
        assert!(
            metrics.render().lines().any(|it| it == line),
            "{line} in {}",
            metrics.render()
        );
    }
    drop(server);
    feed.disconnected().await;
    assert!(metrics.render().contains(r#"surged_feed_connected{feed="hotline"} 0"#));
    feed.accept().await;
    assert_eq!(feed.next().await, Heard::Connected);
    assert!(
        metrics
            .render()
            .contains(r#"surged_feed_reconnects_total{feed="hotline"} 1"#)
    );
    feed.end().await;
}

/// Whatever a server does wrong on the wire, it is an error in words, and the next connection works.
#[tokio::test]
async fn a_server_that_breaks_the_protocol_is_left_and_tried_again() {
    let mut feed = Feed::new(|_| {}).await;
    let mut server = feed.accept().await;
    assert_eq!(feed.next().await, Heard::Connected);
    // A reserved opcode, right into the stream.
    server.get_mut().write_all(&[0x83, 0x01, b'x']).await.unwrap();
    let why = feed.disconnected().await;
    assert!(why.contains("broke the WebSocket protocol"), "{why}");
    assert!(matches!(
        server.next().await,
        None | Some(Ok(Message::Close(_)) | Err(Error::Io(_) | Error::Protocol(_)))
    ));
    feed.accept().await;
    assert_eq!(feed.next().await, Heard::Connected);
    feed.end().await;
}

/// RFC 6455 from the other side: what a server may not send, frame by frame. Each ends the connection with words, and nothing else.
#[tokio::test]
async fn frames_against_the_standard_end_the_connection_in_words() {
    let long = [&[0x89, 0x7e, 0x00, 0x7e][..], &[0; 126]].concat();
    let cases: [(&str, &[u8]); 12] = [
        ("a reserved bit", &[0xc1, 0x02, b'{', b'}']),
        ("all reserved bits", &[0xf1, 0x02, b'{', b'}']),
        ("operation 3", &[0x83, 0x00]),
        ("operation 15", &[0x8f, 0x00]),
        ("a mask, which only a client has", &[0x81, 0x82, 1, 2, 3, 4, b'z', b'z']),
        ("a ping in pieces", &[0x09, 0x00]),
        ("a ping of 126 bytes", &long),
        ("a continuation of nothing", &[0x80, 0x02, b'{', b'}']),
        (
            "a second text before the end of the first",
            &[0x01, 0x01, b'{', 0x81, 0x01, b'}'],
        ),
        ("a text that is no UTF-8", &[0x81, 0x02, 0xff, 0xfe]),
        ("half a code", &[0x88, 0x01, 0x03]),
        (
            "a length with its highest bit",
            &[0x81, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ),
    ];
    for (name, bytes) in cases {
        let mut feed = Feed::new(|_| {}).await;
        let mut server = feed.accept().await;
        assert_eq!(feed.next().await, Heard::Connected, "{name}");
        server.get_mut().write_all(bytes).await.unwrap();
        let why = feed.disconnected().await;
        assert!(why.starts_with("ws://127.0.0.1"), "{name}: {why}");
        feed.end().await;
    }
}
