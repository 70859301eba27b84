//! One attempt: a request out, its answer's first line back. Nothing is kept between attempts.

use super::Address;
use crate::feed::dial;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

/// The most bytes of an answer's head.
const LIMIT_HEAD: usize = 16 * 1024;
/// The most bytes of an answer's body, where it is read at all.
const LIMIT_ANSWER: usize = 64 * 1024;
/// A receiver cannot make us wait longer than this.
const LIMIT_WAIT: Duration = Duration::from_secs(600);

/// What is sent.
#[derive(Copy, Clone, Debug)]
pub struct Parcel<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`: seconds of the wall clock, by which receivers judge whether it is fresh.
    pub seconds: u64,
    /// `webhook-signature`.
    pub signature: Option<&'a str>,
    /// JSON.
    pub body: &'a str,
    /// The receiver says 200 whatever happened, and what did in `errcode` of its answer (WeCom).
    pub judged_by_errcode: bool,
}

/// How an attempt ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The receiver has it.
    Delivered,
    /// It may be tried again, not before the receiver's own wish.
    Failed {
        /// In words, without the address.
        why: String,
        /// What the receiver asked for.
        after: Option<Duration>,
    },
    /// The receiver wants nothing more.
    Gone,
}

/// How a request is taken to its receiver, and what its answer means.
#[derive(Copy, Clone)]
pub(super) struct Manner<'a> {
    /// PEM certificates to trust beside the public ones.
    pub ca_file: Option<&'a Path>,
    /// Which addresses of its host may be knocked at.
    pub may_be_at: &'a (dyn Fn(IpAddr) -> bool + Sync),
    /// Answers after which nothing more is wanted.
    pub gone: &'static [StatusCode],
    /// As [`Parcel::judged_by_errcode`].
    pub by_errcode: bool,
    /// What to do where it answers such a status.
    pub advice: fn(StatusCode) -> Option<&'static str>,
}

/// What to do about a receiver of webhooks that answers such a status.
fn advice(status: StatusCode) -> Option<&'static str> {
    Some(match status.as_u16() {
        401 | 403 => "it does not let surged in; is the key in its address, or the secret, still good?",
        404 | 405 => "it has nothing for that address; is it whole, and still the receiver's?",
        400 | 415 | 422 => "it does not understand the message; is the template the one that it wants?",
        429 => "it is asked too often; nothing need be done if that passes",
        500..=599 => "the receiver, or what is in front of it, is in trouble; look at its own log",
        _ => return None,
    })
}

/// Sends it. Never longer than `within`; no redirect is followed.
pub async fn post(address: &Address, ca_file: Option<&Path>, parcel: Parcel<'_>, within: Duration) -> Outcome {
    let manner = Manner {
        ca_file,
        may_be_at: &|_| true,
        gone: &[StatusCode::GONE],
        by_errcode: parcel.judged_by_errcode,
        advice,
    };
    match request(address, parcel) {
        Ok(request) => deliver(address, request, manner, within).await,
        Err(error) => failed(format!("the request cannot be made: {error}")),
    }
}

/// Sends any request. Never longer than `within`; no redirect is followed.
pub(super) async fn deliver(
    address: &Address,
    request: Request<Full<Bytes>>,
    manner: Manner<'_>,
    within: Duration,
) -> Outcome {
    match timeout(within, exchange(address, request, manner)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(why)) => failed(address.hide(&why)),
        Err(_) => failed(format!("no answer within {} s", within.as_secs_f32())),
    }
}

async fn exchange(address: &Address, request: Request<Full<Bytes>>, manner: Manner<'_>) -> Result<Outcome, String> {
    let hint = "is the receiver running, and is the port right?";
    let stream = dial::tcp_where(&address.socket(), hint, manner.may_be_at).await?;
    if !address.tls {
        return speak(stream, request, manner).await;
    }
    let stream = dial::tls(stream, dial::tls_config(manner.ca_file)?, &address.host).await?;
    speak(stream, request, manner).await
}

async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
    manner: Manner<'_>,
) -> Result<Outcome, String> {
    let shaken = http1::Builder::new()
        .max_buf_size(LIMIT_HEAD)
        .handshake(TokioIo::new(stream));
    let (mut sender, connection) = shaken.await.map_err(|error| broken(&error))?;
    // Ends with the sender, that is with this attempt.
    let connection = tokio::spawn(connection);
    let outcome = match sender.send_request(request).await {
        Ok(answer) => Ok(judge(answer, manner).await),
        Err(error) => Err(broken(&error)),
    };
    connection.abort();
    outcome
}

fn request(address: &Address, parcel: Parcel<'_>) -> Result<Request<Full<Bytes>>, axum::http::Error> {
    let mut request = Request::post(&address.path)
        .header(header::HOST, &address.authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("surged/", env!("CARGO_PKG_VERSION")))
        .header(header::CONNECTION, "close")
        .header("webhook-id", parcel.id)
        .header("webhook-timestamp", parcel.seconds);
    if let Some(signature) = parcel.signature {
        request = request.header("webhook-signature", signature);
    }
    request.body(Full::new(Bytes::copy_from_slice(parcel.body.as_bytes())))
}

async fn judge(answer: axum::http::Response<Incoming>, manner: Manner<'_>) -> Outcome {
    let status = answer.status();
    if manner.gone.contains(&status) {
        return Outcome::Gone;
    }
    if status.is_redirection() {
        return failed(format!(
            "it answered {}: redirects are not followed; configure the address that it leads to",
            status.as_u16()
        ));
    }
    if !status.is_success() {
        return Outcome::Failed {
            why: match (manner.advice)(status) {
                Some(advice) => format!("it answered {}: {advice}", status.as_u16()),
                None => format!("it answered {}", status.as_u16()),
            },
            after: retry_after(answer.headers()),
        };
    }
    if !manner.by_errcode {
        return Outcome::Delivered;
    }
    let body = Limited::new(answer.into_body(), LIMIT_ANSWER).collect().await;
    let told = body
        .ok()
        .and_then(|body| serde_json::from_slice::<serde_json::Value>(&body.to_bytes()).ok());
    match told.and_then(|told| told["errcode"].as_i64()) {
        Some(0) => Outcome::Delivered,
        Some(code) => failed(format!(
            "it answered errcode {code}; its maker's list tells what that means"
        )),
        None => failed("it answered 200 without an errcode: is it a group robot of WeCom?"),
    }
}

/// Seconds only: a date would need the receiver's clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LIMIT_WAIT))
}

fn failed(why: impl Into<String>) -> Outcome {
    Outcome::Failed {
        why: why.into(),
        after: None,
    }
}

fn broken(error: &hyper::Error) -> String {
    match error {
        it if it.is_incomplete_message() || it.is_closed() || it.is_canceled() => {
            "it closed the connection without an answer".to_owned()
        }
        it if it.is_parse() || it.is_parse_too_large() => "what it answered is not HTTP, or too much of it".to_owned(),
        it => format!("the connection broke: {it}"),
    }
}
