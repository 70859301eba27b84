//! `GET /floor`: from an HTTP request to a session.

use super::http::{Front, Peer};
use super::outlet::Outlet;
use super::problem::Problem;
use super::session;
use crate::wire::SUBPROTOCOL;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self};

/// Sessions are many and mostly idle: a small buffer each. A message's own room comes and goes with it.
const READ_BUFFER: usize = 256;

/// What the library itself has to say, to a peer that takes nothing: of pongs that are owed the last is kept (RFC 6455, 5.5.3).
const OWED_BYTES: usize = 4 * 1024;

/// Opens a session. `Host` and `Origin` were checked before.
pub(super) async fn open(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    mut request: Request,
) -> Response {
    join_connection(request.headers_mut());
    let mut response = match create_response_with_body(&request, Body::empty) {
        Ok(response) => response,
        Err(fault) => return refused(&fault),
    };
    let headers = request.headers();
    if !has_key(headers) {
        let words = "expected one Sec-WebSocket-Key of 16 bytes in Base64 (RFC 6455, 4.2.1)";
        return Problem::new(StatusCode::BAD_REQUEST, "not_a_websocket", words).into_response();
    }
    if offered(headers).any(|offer| offer == SUBPROTOCOL.as_bytes()) {
        let chosen = HeaderValue::from_static(SUBPROTOCOL);
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, chosen);
    } else if offered(headers).next().is_some() {
        let words = format!("expected the subprotocol {SUBPROTOCOL:?} among those offered, or none; others were");
        return Problem::new(StatusCode::BAD_REQUEST, "unknown_subprotocol", words).into_response();
    }
    let message_bytes = front.floor.hub.limits().message_bytes;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(OWED_BYTES)
        // A message beyond the limit is still read whole up to here, so that its sender can be told.
        .max_message_size(Some(4 * message_bytes))
        .max_frame_size(Some(4 * message_bytes));
    let upgraded = hyper::upgrade::on(&mut request);
    let sessions = front.sessions.clone();
    let upgrade = async move {
        // It fails where the connection is gone, and then nobody waits for a session.
        let Ok(connection) = upgraded.await else { return };
        let outlet = Outlet::of(TokioIo::new(connection));
        let socket = WebSocketStream::from_raw_socket(outlet, Role::Server, Some(config)).await;
        let session = session::run(Box::new(socket), front.floor, peer.ip(), front.cancel);
        // On a task of its own: this one carries much that a session does not need.
        front.sessions.spawn(session);
    };
    sessions.spawn(upgrade);
    response
}

/// What is wrong with a handshake, and what is spoken here where another version was (RFC 6455, 4.2.2).
fn refused(fault: &tungstenite::Error) -> Response {
    let words = format!("expected a WebSocket handshake here; {fault}");
    let is_version = matches!(
        fault,
        tungstenite::Error::Protocol(ProtocolError::MissingSecWebSocketVersionHeader)
    );
    if !is_version {
        return Problem::new(StatusCode::BAD_REQUEST, "not_a_websocket", words).into_response();
    }
    let mut response = Problem::new(StatusCode::UPGRADE_REQUIRED, "not_a_websocket", words).into_response();
    let spoken = [
        (header::SEC_WEBSOCKET_VERSION, "13"),
        (header::UPGRADE, "websocket"),
        (header::CONNECTION, "Upgrade"),
    ];
    let spoken = spoken.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(spoken);
    response
}

/// What a connection is to be stands in one list, which may come in several lines, with blanks of either kind (RFC 9110, 5.3 and 5.6.3): the
/// library reads the first line.
fn join_connection(headers: &mut HeaderMap) {
    let lines: Vec<&[u8]> = headers
        .get_all(header::CONNECTION)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    let list = lines.join(&b", "[..]);
    let list: Vec<u8> = list
        .into_iter()
        .map(|byte| if byte == b'\t' { b' ' } else { byte })
        .collect();
    if !list.is_empty()
        && let Ok(list) = HeaderValue::from_bytes(&list)
    {
        headers.insert(header::CONNECTION, list);
    }
}

/// The subprotocols that a client offers.
fn offered(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lists = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter();
    let offers = lists.flat_map(|list| list.as_bytes().split(|byte| *byte == b','));
    offers.map(<[u8]>::trim_ascii).filter(|offer| !offer.is_empty())
}

/// Whether the handshake has its key, once and of the right length.
fn has_key(headers: &HeaderMap) -> bool {
    let mut keys = headers.get_all(header::SEC_WEBSOCKET_KEY).iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return false;
    };
    BASE64_STANDARD.decode(key.as_bytes()).is_ok_and(|key| key.len() == 16)
}
