//! The HTTP interface: routes, and what is checked before any of them.

use super::access::{Identity, NotLetIn};
use super::bench::{self, Benches};
use super::problem::Problem;
use super::{Floor, api, assets, guard, links, log, paper, push, report, shift, socket};
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use std::net::SocketAddr;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What every handler works with.
#[derive(Clone)]
pub(super) struct Front {
    pub floor: Arc<Floor>,
    /// Nobody but this machine can reach the listener.
    pub local_only: bool,
    pub cancel: CancellationToken,
    pub sessions: TaskTracker,
    pub benches: Arc<Benches>,
}

/// The other end of the connection.
#[derive(Copy, Clone)]
pub(super) struct Peer(pub SocketAddr);

/// All routes.
pub(super) fn router(front: Front) -> Router {
    Router::new()
        .route("/floor", get(socket::open))
        .route("/livez", get(livez))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/paper", get(api::paper))
        .route("/report", get(report::report))
        .route("/api/v1/openapi.json", get(api::description))
        .route("/api/v1/queues", get(api::queues))
        .route("/api/v1/people", get(api::people))
        .route("/api/v1/instructions", get(api::instructions))
        .route("/api/v1/bench", get(bench::offer).post(bench::try_out))
        .route("/api/v1/log", get(log::log))
        .route("/api/v1/shift", get(shift::shift))
        .route("/api/v1/shift/{verb}", post(shift::hand_over))
        .route("/api/v1/instructions/{id}/{verb}", post(api::answer))
        .route("/api/v1/queues/{queue}/{verb}", post(api::order))
        .route("/api/v1/access/link", post(links::for_second_device))
        .route("/api/v1/access/login", post(links::login))
        .route("/api/v1/access/wall", post(links::wall))
        .route("/api/v1/access/let_wall_in", post(links::let_wall_in))
        .route("/api/v1/access/claim", post(links::claim))
        .route("/api/v1/push", get(push::standing))
        .route("/api/v1/push/subscribe", post(push::subscribe))
        .route("/api/v1/push/unsubscribe", post(push::unsubscribe))
        .method_not_allowed_fallback(wrong_method)
        .fallback(get(assets::page).fallback(wrong_method))
        .layer(middleware::from_fn_with_state(front.clone(), check))
        .with_state(front)
}

/// Who asks, by the `Authorization` header.
pub(super) fn let_in(front: &Front, peer: SocketAddr, headers: &HeaderMap) -> Result<Identity, NotLetIn> {
    let who = front.floor.access.let_in(peer.ip(), bearer(headers))?;
    front.floor.access.door().asks(&who);
    Ok(who)
}

/// The token of an `Authorization: Bearer` header.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn check(State(front): State<Front>, request: Request, next: Next) -> Response {
    let browser = paper::browser_asks(request.uri().path(), request.headers());
    let mut response = match guard::check(request.headers(), &front.floor.settings, front.local_only) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    if let Some(language) = browser.filter(|_| response.status() == StatusCode::UNAUTHORIZED) {
        response = paper::locked(language);
    }
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A sheet or a module refers to nothing.
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("text/javascript") || kind.starts_with("text/css")) {
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    response
}

async fn wrong_method(request: Request) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "wrong_method",
        format!("{} cannot be used at {:?}", request.method(), request.uri().path()),
    )
}

async fn livez(State(front): State<Front>) -> Response {
    told(front.floor.health.alive())
}

async fn healthz(State(front): State<Front>) -> Response {
    told(front.floor.health.healthy())
}

async fn readyz(State(front): State<Front>) -> Response {
    told(front.floor.health.ready())
}

fn told(report: super::Report) -> Response {
    let status = if report.ok {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(report)).into_response()
}

async fn metrics(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(expected) = &front.floor.settings.metrics_token {
        let came = bearer(&headers).unwrap_or_default();
        if !bool::from(came.as_bytes().ct_eq(expected.as_bytes())) {
            tracing::debug!(%peer, "metrics without the right token");
            return Err(NotLetIn::Token("expected the token of floor.metrics_token_file as Bearer").into());
        }
    }
    let Some(text) = (front.floor.metrics)().await else {
        let words =
            "the loop that decides does not answer: the plan is not run; look at the daemon's log and its machine";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no_answer", words));
    };
    let accept = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("application/openmetrics-text")) {
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        return Ok(([(header::CONTENT_TYPE, kind)], open_metrics(&text)).into_response());
    }
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// OpenMetrics from Prometheus text: a counter's family is named without `_total`, no empty lines, and an end.
fn open_metrics(text: &str) -> String {
    let counters: std::collections::BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter"))
        .collect();
    let mut open = String::with_capacity(text.len() + 8);
    for line in text.lines().filter(|line| !line.is_empty()) {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some(kind), Some(name), Some(rest)) if counters.contains(name) => {
                let family = name.strip_suffix("_total").unwrap_or(name);
                open.push_str(&format!("# {kind} {family} {rest}"));
            }
            _ => open.push_str(line),
        }
        open.push('\n');
    }
    open.push_str("# EOF\n");
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counters_family_has_no_total_in_open_metrics() {
        let text = "# HELP a_total Things.\n# TYPE a_total counter\na_total{q=\"x\"} 3\n\n# TYPE b gauge\nb 1\n";
        assert_eq!(
            open_metrics(text),
            "# HELP a Things.\n# TYPE a counter\na_total{q=\"x\"} 3\n# TYPE b gauge\nb 1\n# EOF\n"
        );
    }
}
