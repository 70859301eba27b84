//! HTTP as the tests speak it: a request on a connection of its own, and what a server of theirs is asked.

use super::within;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The value of one metric's line, written as in the text: `name{label="x"}`.
    pub fn metric(&self, line: &str) -> Option<f64> {
        let found = self
            .body
            .lines()
            .find_map(|it| it.strip_prefix(line)?.strip_prefix(' '));
        found.map(|value| value.parse().unwrap())
    }
}

pub async fn get(address: SocketAddr, path: &str, token: Option<&str>) -> Reply {
    ask(address, "GET", path, token, "").await
}

pub async fn post(address: SocketAddr, path: &str, token: Option<&str>, body: &Value) -> Reply {
    ask(address, "POST", path, token, &body.to_string()).await
}

/// What a browser is told that is sent to an address by hand, and reads this language.
pub async fn browse(address: SocketAddr, path: &str, language: &str) -> Reply {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\n\
         Accept-Language: {language}\r\n\r\n"
    );
    exchange(address, path, request).await
}

/// The same from a server that would send its answer in pieces.
pub async fn http_1_0(address: SocketAddr, path: &str) -> Reply {
    exchange(address, path, format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")).await
}

async fn ask(address: SocketAddr, method: &str, path: &str, token: Option<&str>, body: &str) -> Reply {
    let bearer = token.map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{bearer}Content-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    exchange(address, path, request).await
}

async fn exchange(address: SocketAddr, path: &str, request: String) -> Reply {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.unwrap();
        reply
    };
    let reply = within(path, exchange).await;
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply {
        status,
        body: body.to_owned(),
    }
}

/// A request that came to a server of the tests.
#[derive(Clone, Debug)]
pub struct Request {
    /// `POST /hook HTTP/1.1`.
    pub line: String,
    /// By their names in small letters.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    /// The next on a connection; `None` where it ends.
    pub async fn next(stream: &mut (impl AsyncBufRead + Unpin)) -> Option<Request> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return None;
            }
            if line == "\r\n" {
                break;
            }
            lines.push(line.trim_end().to_owned());
        }
        let headers: BTreeMap<String, String> = lines[1..]
            .iter()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut body = vec![0; headers["content-length"].parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        Some(Request {
            line: lines.swap_remove(0),
            headers,
            body,
        })
    }

    pub fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap()
    }
}

/// TLS for `localhost`, by a certificate that is written to this file for those who are to trust it.
pub fn tls_of_localhost(ca_file: &Path) -> tokio_rustls::TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
    std::fs::write(ca_file, made.cert.pem()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], made.signing_key.into())
        .unwrap();
    tokio_rustls::TlsAcceptor::from(Arc::new(config))
}
