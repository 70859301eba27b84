//! The floor over HTTP, for scripts: the same requests as on the socket, through the same door.

use super::ask::{Refused, ask};
use super::http::{Front, Peer, bearer, let_in};
use super::problem::Problem;
use super::protocol::{ClientMessage, Mistake, OpenInstruction, QueueState, Stamp};
use crate::core::Name;
use crate::journal::{Entry, Words};
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// What may be done with an instruction: the path's last word is the message's type.
pub(super) const ANSWERS: [&str; 5] = ["seen", "done", "decline", "left", "escalate"];
/// What may be ordered for a queue.
pub(super) const ORDERS: [&str; 6] = ["call", "release", "pause", "resume", "incident", "incident_over"];
/// The most records of the duty log in one answer.
pub(super) const LIMIT_RECORDS: usize = 1000;
/// The most readers of the duty log at a time: it is there for writing first.
static LOG_READERS: Semaphore = Semaphore::const_new(2);

/// The duty log, to be read.
pub trait LogSource: Send + Sync + 'static {
    /// Up to `limit` records after number `since`, in order. May block; called on a thread for that.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn read(&self, since: u64, limit: usize) -> Result<Vec<LogRecord>, LogFault>;
}

/// One record of the duty log.
#[derive(Clone, PartialEq, Debug)]
pub struct LogRecord {
    /// Its number.
    pub seq: u64,
    /// The queue that it is about, where it names one.
    pub queue: Option<Name>,
    /// What it says.
    pub record: Value,
}

impl LogRecord {
    /// An entry as programs read it: the facts, and the same in words.
    pub fn of(entry: &Entry, words: &Words) -> LogRecord {
        let record = json!({
            "seq": entry.seq,
            "at": Stamp(entry.at),
            "kind": entry.record.kind(),
            "queue": entry.record.queue(),
            "who": entry.record.who(),
            "unlogged": entry.unlogged,
            "words": words.record(&entry.record),
            "record": entry.record,
        });
        LogRecord {
            seq: entry.seq,
            queue: entry.record.queue().cloned(),
            record,
        }
    }
}

/// Why the duty log cannot be read, in words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct LogFault(pub String);

/// `GET /api/v1/openapi.json`
pub(super) async fn description() -> Response {
    static TEXT: LazyLock<String> = LazyLock::new(|| super::openapi().to_string());
    json_text(TEXT.clone())
}

/// `GET /api/v1/queues`
pub(super) async fn queues(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    let latest = front.floor.hub.latest();
    let queues: Vec<&QueueState> = (latest.queues.iter())
        .filter(|state| who.scope.covers(&state.queue))
        .collect();
    Ok(json_text(json!({ "queues": queues }).to_string()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    since: Option<u64>,
}

/// `GET /api/v1/instructions?since=`
pub(super) async fn instructions(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    query: Result<Query<Since>, QueryRejection>,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    let Query(Since { since }) = query.map_err(|fault| bad_query(&fault))?;
    let Some(since) = since else {
        let seq = front.floor.hub.head();
        let latest = front.floor.hub.latest();
        let open: Vec<&OpenInstruction> = latest.open_in(&who.scope).collect();
        return Ok(json_text(json!({ "seq": seq, "instructions": open }).to_string()));
    };
    let (seq, gap, frames) = front.floor.hub.instructions(since, &who.scope);
    let frames: Vec<&str> = frames.iter().map(|frame| frame.as_str()).collect();
    let gap = gap.map_or(Value::Null, |gap| json!(gap));
    Ok(json_text(format!(
        r#"{{"seq":{seq},"gap":{gap},"instructions":[{}]}}"#,
        frames.join(",")
    )))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    #[serde(default)]
    since: u64,
    limit: Option<usize>,
}

/// `GET /api/v1/log?since=&limit=`
pub(super) async fn log(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    query: Result<Query<Page>, QueryRejection>,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    let Query(page) = query.map_err(|fault| bad_query(&fault))?;
    let limit = page.limit.unwrap_or(LIMIT_RECORDS).clamp(1, LIMIT_RECORDS);
    let log = Arc::clone(&front.floor.log);
    let unreadable = |fault: String| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "log_unreadable", fault);
    let reading = async {
        let reader = LOG_READERS.acquire().await;
        let read = tokio::task::spawn_blocking(move || log.read(page.since, limit)).await;
        drop(reader);
        read
    };
    let records = timeout(front.floor.hub.limits().reply, reading)
        .await
        .map_err(|_| unreadable("the duty log is busy: try again in a moment".into()))?
        .map_err(|fault| unreadable(fault.to_string()))?
        .map_err(|fault| unreadable(fault.to_string()))?;
    let next = records.last().map_or(page.since, |record| record.seq);
    let more = records.len() == limit;
    // What names no queue may tell of any: answers and feeds among it. The decision that an answer brought about names its queue.
    let is_theirs = |it: &LogRecord| match who.scope.queues() {
        None => true,
        Some(queues) => it.queue.as_ref().is_some_and(|queue| queues.contains(queue)),
    };
    let records: Vec<Value> = records
        .into_iter()
        .filter(is_theirs)
        .map(|it| json!({ "seq": it.seq, "record": it.record }))
        .collect();
    Ok(json_text(
        json!({ "records": records, "next": next, "more": more }).to_string(),
    ))
}

/// `POST /api/v1/instructions/{id}/seen|done|decline|left|escalate`
pub(super) async fn answer(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    path: Result<Path<(u64, String)>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Path((id, verb)) = path.map_err(|_| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no_such_instruction",
            "expected an instruction's number in the path",
        )
    })?;
    one_of(&verb, &ANSWERS)?;
    request(&front, peer, &headers, body, &verb, ("instruction", json!(id))).await
}

/// `POST /api/v1/queues/{queue}/call|release|pause|resume|incident|incident_over`
pub(super) async fn order(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Path((queue, verb)) = path.map_err(|_| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no_such_queue",
            "expected a queue's name in the path, as UTF-8",
        )
    })?;
    one_of(&verb, &ORDERS)?;
    request(&front, peer, &headers, body, &verb, ("queue", json!(queue))).await
}

fn one_of(verb: &str, known: &[&str]) -> Result<(), Problem> {
    if known.contains(&verb) {
        return Ok(());
    }
    let words = format!("there is no {verb:?} here; expected one of {}", known.join(", "));
    Err(Problem::new(StatusCode::NOT_FOUND, "unknown_type", words))
}

/// Makes the message of a path and a body, and asks it of the daemon.
async fn request(
    front: &Front,
    peer: std::net::SocketAddr,
    headers: &HeaderMap,
    body: Body,
    verb: &str,
    (key, value): (&str, Value),
) -> Result<Response, Problem> {
    let who = let_in(front, peer, headers)?;
    let limits = front.floor.hub.limits();
    let body = timeout(limits.request, axum::body::to_bytes(body, limits.body_bytes))
        .await
        .map_err(|_| Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "the body did not come in time"))?
        .map_err(|_| {
            let words = format!("expected a body of at most {} bytes, whole", limits.body_bytes);
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_big", words)
        })?;
    check_kind(headers, body.is_empty())?;
    let mut fields: Map<String, Value> = if body.is_empty() {
        Map::new()
    } else {
        serde_json::from_slice(&body).map_err(|fault| {
            let words = format!("expected one JSON object as body; came: {fault}");
            Problem::new(StatusCode::BAD_REQUEST, "not_understood", words)
        })?
    };
    if fields.insert(key.into(), value).is_some() {
        let words = format!("{key:?} stands in the path: leave it out of the body");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_understood", words));
    }
    let request = ClientMessage::read(verb, fields)
        .and_then(ClientMessage::into_request)
        .and_then(|request| request.ok_or(Mistake::new("unknown_type", "this cannot be asked over HTTP")))
        .map_err(Refused::from)?;
    let reply = ask(&front.floor.daemon, &who, request)?;
    match timeout(limits.reply, reply).await {
        Ok(Ok(reply)) => reply?,
        Ok(Err(_)) => return Err(Refused::ending().into()),
        Err(_) => {
            return Err(Problem::new(
                StatusCode::GATEWAY_TIMEOUT,
                "no_reply",
                "the daemon did not answer in time; it may still do it: look at the state before you ask again",
            ));
        }
    }
    Ok(json_text(json!({ "ok": true }).to_string()))
}

/// A foreign page's form can send anything but JSON, and no token: what has a token may leave an empty body's kind out.
fn check_kind(headers: &HeaderMap, empty: bool) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) {
        return Ok(());
    }
    if empty && bearer(headers).is_some() {
        return Ok(());
    }
    let words = format!(
        "expected Content-Type: application/json; it is {:?}",
        kind.unwrap_or("missing")
    );
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", words))
}

fn bad_query(fault: &QueryRejection) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "not_understood", fault.body_text())
}

fn json_text(text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text).into_response()
}
