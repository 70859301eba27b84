//! One HTTP request on a connection of its own.

use super::within;
use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
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
