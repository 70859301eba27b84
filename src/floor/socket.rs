//! `GET /floor`: from an HTTP request to a session.

use super::http::{Front, Peer};
use super::problem::Problem;
use super::session;
use crate::wire::SUBPROTOCOL;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// Sessions are many and mostly idle: a small buffer each. A message's own room comes and goes with it.
const READ_BUFFER: usize = 256;

/// Opens a session. `Host` and `Origin` were checked before.
pub(super) async fn open(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            let words = format!("expected a WebSocket handshake here; {rejection}");
            return Problem::new(rejection.into_response().status(), "not_a_websocket", words).into_response();
        }
    };
    if !has_key(&headers) {
        let words = "expected one Sec-WebSocket-Key of 16 bytes in Base64 (RFC 6455, 4.2.1)";
        return Problem::new(StatusCode::BAD_REQUEST, "not_a_websocket", words).into_response();
    }
    let offers_any = upgrade.requested_protocols().any(|offer| !offer.is_empty());
    let upgrade = upgrade.protocols([SUBPROTOCOL]);
    if offers_any && upgrade.selected_protocol().is_none() {
        let words = format!("expected the subprotocol {SUBPROTOCOL:?} among those offered, or none; others were");
        return Problem::new(StatusCode::BAD_REQUEST, "unknown_subprotocol", words).into_response();
    }
    let message_bytes = front.floor.hub.limits().message_bytes;
    upgrade
        .read_buffer_size(READ_BUFFER)
        // Nothing is written before the flush, which is one write; a batch never reaches this size but for a single
        // message that does so alone.
        .write_buffer_size(2 * session::WRITE_BYTES)
        // A message beyond the limit is still read whole up to here, so that its sender can be told.
        .max_message_size(4 * message_bytes)
        .max_frame_size(4 * message_bytes)
        .on_upgrade(move |socket| {
            let session = session::run(Box::new(socket), front.floor, peer.ip(), front.cancel);
            // On a task of its own: the one of the upgrade carries much that a session does not need.
            front.sessions.spawn(session);
            std::future::ready(())
        })
}

/// Whether the handshake has its key, once and of the right length.
fn has_key(headers: &HeaderMap) -> bool {
    let mut keys = headers.get_all(header::SEC_WEBSOCKET_KEY).iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return false;
    };
    BASE64_STANDARD.decode(key.as_bytes()).is_ok_and(|key| key.len() == 16)
}
