//! Who is called while their page is closed: a page subscribes its own browser, with the rights of its token.

use super::access::Identity;
use super::api::{body_of, json_text};
use super::http::{Front, Peer, let_in};
use super::problem::Problem;
use crate::core::Time;
use crate::webhook::Outcome;
use crate::webhook::push::{self, NotSubscribed, Subscriber, Subscription};
use crate::wire::{Asks, Refused, Stamp};
use crate::words::Language;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Longest address and longest key that is looked at.
const LIMIT_ENDPOINT: usize = 2_048;
const LIMIT_KEY: usize = 128;

/// Which browser is to be called, as its `pushManager` gave it.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PushWanted")]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Its address at its push service.
    endpoint: String,
    /// Its public key, base64url.
    p256dh: String,
    /// The secret shared with it, base64url.
    auth: String,
    /// In which language it is told: `en`, `zh-Hans` or `zh-Hant`.
    language: String,
}

/// Which browser is to be called no more.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PushUnwanted")]
#[serde(deny_unknown_fields)]
pub(super) struct Unwanted {
    /// Its address at its push service.
    endpoint: String,
}

/// How push stands, and which browsers of this token are called.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PushStanding")]
pub(super) struct Standing {
    /// The public key to subscribe under; `null`: push is off.
    key: Option<String>,
    /// The browsers of this token.
    browsers: Vec<CalledBrowser>,
}

/// A browser that is called.
#[derive(Serialize, JsonSchema)]
struct CalledBrowser {
    /// Its address at its push service.
    endpoint: String,
    /// When it subscribed.
    since: Stamp,
    /// In which language it is told.
    language: String,
}

/// Whether a browser that subscribed could be reached.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PushGreeted")]
pub(super) struct Greeted {
    /// Whether its push service took the first call.
    reached: bool,
    /// Why not; `null`: it did.
    why: Option<String>,
    /// The push service.
    service: String,
}

/// What became of a browser that is to be called no more.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PushLetGo")]
pub(super) struct LetGo {
    ok: bool,
    /// Whether it was called until now.
    was_called: bool,
}

/// `GET /api/v1/push`: the public key to subscribe under (`null`: push is off), and the endpoints of this token's browsers.
pub(super) async fn standing(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    let book = &front.floor.book;
    let key = book.settings().map(|settings| settings.key.public());
    let browsers = book.of(who.token.as_deref()).into_iter().map(|it| CalledBrowser {
        endpoint: it.endpoint,
        since: it.since,
        language: it.language,
    });
    let browsers = browsers.collect();
    Ok(json_of(&Standing { key, browsers }))
}

/// `POST /api/v1/push/subscribe`: this browser is called from now on, which it is told at once: `reached` says whether its push service
/// could be, and `why` where not.
pub(super) async fn subscribe(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    // Whom nothing asks nothing calls.
    Asks::Answering.admit(who.role, "push")?;
    let wanted: Wanted = fields(body_of(&front, &headers, body).await?)?;
    let language = Language::read(&wanted.language)
        .ok_or_else(|| Refused::not_understood("expected \"language\" to be en, zh-Hans or zh-Hant"))?;
    if wanted.endpoint.len() > LIMIT_ENDPOINT || wanted.p256dh.len().max(wanted.auth.len()) > LIMIT_KEY {
        return Err(
            Refused::not_understood("expected what the browser's pushManager gave; it is longer than that").into(),
        );
    }
    let subscription = Subscription {
        endpoint: wanted.endpoint,
        p256dh: wanted.p256dh,
        auth: wanted.auth,
        language,
    };
    let book = Arc::clone(&front.floor.book);
    let subscriber = subscriber(&who);
    let now = Stamp(Time(jiff::Timestamp::now().as_millisecond()));
    let done = tokio::task::spawn_blocking(move || book.subscribe(&subscriber, &subscription, now)).await;
    let browser = done.map_err(|_| at_fault())??;
    let settings = front.floor.book.settings().ok_or(NotSubscribed::Off)?;
    let service = settings.endpoint(&browser.endpoint).map(|it| it.service().to_owned());
    let (reached, why) = match push::greet(&settings, &browser).await {
        Outcome::Delivered => (true, None),
        Outcome::Gone => (false, Some("it does not know this browser".to_owned())),
        Outcome::Failed { why, .. } => (false, Some(why)),
    };
    if let Some(why) = &why {
        tracing::warn!(
            browser = browser.id,
            why,
            "a browser that subscribed could not be called"
        );
    }
    let service = service.unwrap_or_default();
    Ok(json_of(&Greeted { reached, why, service }))
}

/// `POST /api/v1/push/unsubscribe`: this browser is called no more.
pub(super) async fn unsubscribe(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    let Unwanted { endpoint } = fields(body_of(&front, &headers, body).await?)?;
    let book = Arc::clone(&front.floor.book);
    let done = tokio::task::spawn_blocking(move || book.unsubscribe(who.token.as_deref(), &endpoint)).await;
    let was_called = done.map_err(|_| at_fault())?;
    Ok(json_of(&LetGo { ok: true, was_called }))
}

fn json_of(reply: &impl Serialize) -> Response {
    // Texts, numbers and lists of them always are JSON.
    json_text(serde_json::to_string(reply).unwrap_or_default())
}

fn subscriber(who: &Identity) -> Subscriber {
    Subscriber {
        token: who.token.clone(),
        role: who.role,
        scope: who.scope.clone(),
    }
}

fn fields<T: serde::de::DeserializeOwned>(fields: Map<String, Value>) -> Result<T, Problem> {
    serde_json::from_value(Value::Object(fields)).map_err(|fault| Refused::not_understood(fault.to_string()).into())
}

fn at_fault() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "unknown",
        "surged is at fault: see its log",
    )
}

impl From<NotSubscribed> for Problem {
    fn from(fault: NotSubscribed) -> Problem {
        let words = fault.to_string();
        let (status, code) = match fault {
            NotSubscribed::Off => (StatusCode::CONFLICT, "push_off"),
            NotSubscribed::Endpoint(_) => (StatusCode::UNPROCESSABLE_ENTITY, "push_service_unknown"),
            NotSubscribed::Keys(_) => (StatusCode::UNPROCESSABLE_ENTITY, "not_understood"),
            NotSubscribed::TooManyOfToken | NotSubscribed::TooMany => (StatusCode::CONFLICT, "too_many_browsers"),
            NotSubscribed::Disk(_) | NotSubscribed::Random => (StatusCode::SERVICE_UNAVAILABLE, "push_unwritable"),
        };
        Problem::new(status, code, words)
    }
}
