//! Asking a running daemon over HTTP, as a program with somebody's token.

use crate::feed::dial;
use crate::words::{Language, Words};
use anyhow::{Context, anyhow, bail};
use axum::body::Body;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

/// How long an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// The largest answer.
const LIMIT_BYTES: usize = 16 << 20;

/// A daemon and the token that lets in.
pub(super) struct Line {
    /// Such as `http://127.0.0.1:8470`.
    pub url: Uri,
    pub token: Option<String>,
    /// The authority of its certificate, where that is not a public one.
    pub ca_file: Option<PathBuf>,
}

/// The daemon took a request for what it is and did not do it; says so in its own words, in English.
#[derive(Debug, thiserror::Error)]
#[error("{}", said["detail"].as_str().map_or_else(|| format!("the daemon refused it: {said}"), str::to_owned))]
pub(super) struct Declined {
    said: Value,
}

impl Declined {
    /// The same in a reader's language, by its code and numbers.
    pub fn told(&self, words: &Words) -> String {
        let code = self.said["code"].as_str().filter(|_| words.language() != Language::En);
        let told = code
            .zip(self.said.as_object())
            .and_then(|(code, fields)| words.refused_as(code, fields));
        told.unwrap_or_else(|| self.to_string())
    }
}

impl Line {
    /// `GET`, or with a body `POST`, under `/api/v1/`.
    pub async fn call(&self, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let (good, body) = self.ask(self.request(path, body)?).await?;
        let said: Value = serde_json::from_slice(&body).context("what answered is no surged: it sent no JSON")?;
        if good {
            return Ok(said);
        }
        if self.token.is_none() && said["code"] == "not_let_in" {
            bail!(
                "a token is needed here, as `surged token new` makes one: put it into SURGED_TOKEN, or name a file that holds it with \
                 --token-file"
            );
        }
        Err(Declined { said }.into())
    }

    /// `GET` of anything, such as `/readyz`: whether the status was a good one, and what was said.
    pub async fn look(&self, path: &str) -> anyhow::Result<(bool, Vec<u8>)> {
        let request = Request::get(path)
            .header(HOST, self.authority())
            .header(ACCEPT, "application/json")
            .body(Body::empty())?;
        self.ask(request).await
    }

    async fn ask(&self, request: Request<Body>) -> anyhow::Result<(bool, Vec<u8>)> {
        let host = self
            .url
            .host()
            .context("expected --url with a host, as in http://127.0.0.1:8470")?;
        let secure = match self.url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => bail!("expected --url to begin with http:// or https://; it is {}", self.url),
        };
        let port = self.url.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let hint = "is surged running there? --url or -c says where it listens";
        let stream = dial::tcp(&format!("{host}:{port}"), hint).await?;
        let exchange = async {
            if secure {
                let config = dial::tls_config(self.ca_file.as_deref()).map_err(|why| anyhow!(why))?;
                let name = host.trim_start_matches('[').trim_end_matches(']');
                let stream = dial::tls(stream, config, name).await.map_err(|why| anyhow!(why))?;
                exchange(stream, request).await
            } else {
                exchange(stream, request).await
            }
        };
        let answer = timeout(ANSWER_WITHIN, exchange).await;
        answer.map_err(|_| anyhow!("{host}:{port} did not answer within {} s", ANSWER_WITHIN.as_secs()))?
    }

    fn authority(&self) -> String {
        self.url.authority().map(ToString::to_string).unwrap_or_default()
    }

    fn request(&self, path: &str, body: Option<Value>) -> anyhow::Result<Request<Body>> {
        let mut request = Request::builder()
            .method(if body.is_some() { "POST" } else { "GET" })
            .uri(format!("/api/v1/{path}"))
            .header(HOST, self.authority())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(body.map(|body| body.to_string()).unwrap_or_default()))?;
        if let Some(token) = &self.token {
            let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| {
                anyhow!("the token has characters that no token has: take it as `surged token new` printed it")
            })?;
            bearer.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, bearer);
        }
        Ok(request)
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Body>,
) -> anyhow::Result<(bool, Vec<u8>)> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let carried = tokio::spawn(connection);
    let answer = sender
        .send_request(request)
        .await
        .context("the daemon broke the connection")?;
    let good = answer.status().is_success();
    let body = axum::body::to_bytes(Body::new(answer.into_body()), LIMIT_BYTES).await?;
    carried.abort();
    Ok((good, body.to_vec()))
}
