//! The floor over HTTP, for scripts: the same requests as on the socket, through the same door.

use super::ask::ask;
use super::http::{Front, Peer, bearer, let_in};
use super::problem::Problem;
use crate::wire::{
    ClientMessage, OpenInstruction, PersonState, QueueState, Refused, RefusedBecause, Route, Verb, take_sure,
};
use crate::words::Language;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use tokio::sync::oneshot;
use tokio::time::timeout;

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
        .map(|state| &**state)
        .filter(|state| who.scope.covers(&state.queue))
        .collect();
    Ok(json_text(json!({ "queues": queues }).to_string()))
}

/// `GET /api/v1/people`
pub(super) async fn people(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    let people = front.floor.hub.people();
    // That they are away is everybody's to know; to which queue, only those whose queue it is.
    let people: Vec<PersonState> = people
        .iter()
        .map(|person| PersonState {
            lent_to: person.lent_to.clone().filter(|queue| who.scope.covers(queue)),
            ..person.clone()
        })
        .collect();
    Ok(json_text(json!({ "people": people }).to_string()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InLanguage {
    language: Option<String>,
}

/// The language that a request names.
pub(super) fn in_language(tag: Option<&str>) -> Result<Option<Language>, Problem> {
    let read = |tag| {
        let words = || format!("language is {tag:?}; expected {}", Language::WORDS.join(", "));
        Language::read(tag).ok_or_else(|| Refused::not_understood(words()).into())
    };
    tag.map(read).transpose()
}

/// `GET /paper?language=`
pub(super) async fn paper(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    query: Result<Query<InLanguage>, QueryRejection>,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    let Query(InLanguage { language }) = query.map_err(|fault| bad_query(&fault))?;
    let language = in_language(language.as_deref())?.unwrap_or(front.floor.settings.paper_language);
    let at = (front.floor.clock)();
    let sheet = front.floor.hub.sheet(at, language, &who.scope).ok_or_else(|| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "surged does not know yet how things stand: ask again in a moment",
        )
    })?;
    Ok(super::paper::alone(sheet))
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

/// `POST /api/v1/instructions/{id}/…`
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
    one_of(&verb, Route::Instruction)?;
    request(&front, peer, &headers, body, &verb, ("instruction", json!(id))).await
}

/// `POST /api/v1/queues/{queue}/…`
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
    one_of(&verb, Route::Queue)?;
    request(&front, peer, &headers, body, &verb, ("queue", json!(queue))).await
}

fn one_of(word: &str, route: Route) -> Result<(), Problem> {
    if word.parse::<Verb>().is_ok_and(|verb| verb.route() == Some(route)) {
        return Ok(());
    }
    let known: Vec<&str> = Verb::on(route).map(Verb::word).collect();
    let words = format!("there is no {word:?} here; expected one of {}", known.join(", "));
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
    let mut fields = body_of(front, headers, body).await?;
    if fields.insert(key.into(), value).is_some() {
        let words = format!("{key:?} stands in the path: leave it out of the body");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_understood", words));
    }
    let sure = take_sure(&mut fields)?;
    let request = ClientMessage::read(verb, fields)?.into_request(sure)?;
    let request = request.ok_or(Refused::new(
        RefusedBecause::UnknownType,
        "this cannot be asked over HTTP",
    ))?;
    taken(front, ask(&front.floor.daemon, &who, request)?).await
}

/// The JSON object of a request's body.
pub(super) async fn body_of(front: &Front, headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, Problem> {
    let limits = front.floor.hub.limits();
    let body = timeout(limits.request, axum::body::to_bytes(body, limits.body_bytes))
        .await
        .map_err(|_| Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "the body did not come in time"))?
        .map_err(|_| {
            let words = format!("expected a body of at most {} bytes, whole", limits.body_bytes);
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_big", words)
        })?;
    check_kind(headers, body.is_empty())?;
    if body.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(&body).map_err(|fault| {
        let words = format!("expected one JSON object as body; came: {fault}");
        Problem::new(StatusCode::BAD_REQUEST, "not_understood", words)
    })
}

/// Waits for the daemon's word.
pub(super) async fn taken(front: &Front, reply: oneshot::Receiver<Result<(), Refused>>) -> Result<Response, Problem> {
    match timeout(front.floor.hub.limits().reply, reply).await {
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

pub(super) fn bad_query(fault: &QueryRejection) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "not_understood", fault.body_text())
}

pub(super) fn json_text(text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text).into_response()
}
