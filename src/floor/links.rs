//! Login without typing a token: a link with a one-time code, as a QR code too, and wallboards that a leader lets in.
//!
//! A code is in the address's fragment, which no browser sends and no log sees; the page exchanges it by POST. Whatever is secret goes in
//! bodies alone, and no reply may be kept.

use super::access::LinkFault;
use super::api::{body_of, json_text};
use super::http::{Front, Peer, let_in};
use super::problem::Problem;
use crate::wire::Asks;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde_json::{Map, Value, json};

/// The longest address of a page that is put into a QR code.
const LIMIT_ADDRESS: usize = 300;
/// The longest code or secret that is looked at.
const LIMIT_CODE: usize = 128;

/// A link to a page for a one-time code.
pub fn link(page: &str, code: &str) -> String {
    format!("{page}#code={code}")
}

/// A QR code as a drawing; `None`: too much for one.
pub fn drawing(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    Some(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}

/// The same for a terminal.
pub fn blocks(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    Some(code.render::<qrcode::render::unicode::Dense1x2>().build())
}

/// `POST /api/v1/access/link`: for a second device of whoever asks. `{page}`: the address of the page.
pub(super) async fn for_second_device(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    let page = text_of(body_of(&front, &headers, body).await?, "page", LIMIT_ADDRESS)?;
    if !(page.starts_with("https://") || page.starts_with("http://")) || page.contains(['#', ' ', '"']) {
        return Err(not_understood(
            "expected \"page\" to be the address of the page, without a fragment",
        ));
    }
    let access = std::sync::Arc::clone(&front.floor.access);
    let (code, until) = away(move || access.second_device(&who)).await?;
    let link = link(&page, &code);
    let qr = drawing(&link);
    Ok(json_text(
        json!({ "link": link, "expires": until, "qr": qr }).to_string(),
    ))
}

/// `POST /api/v1/access/login`: the token for a one-time `code`.
pub(super) async fn login(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let code = text_of(body_of(&front, &headers, body).await?, "code", LIMIT_CODE)?;
    let access = std::sync::Arc::clone(&front.floor.access);
    let token = away(move || access.redeem(peer.ip(), &code)).await?;
    Ok(json_text(json!({ "token": token }).to_string()))
}

/// `POST /api/v1/access/wall`: a wallboard without a token asks for a code to show.
pub(super) async fn wall(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    body_of(&front, &headers, body).await?;
    let (code, secret) = front.floor.access.wall_comes(peer.ip())?;
    Ok(json_text(json!({ "code": code, "secret": secret }).to_string()))
}

/// `POST /api/v1/access/let_wall_in`: a leader types the `code` that a wallboard shows.
pub(super) async fn let_wall_in(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    Asks::Ordering.admit(who.role, "let_wall_in")?;
    let code = text_of(body_of(&front, &headers, body).await?, "code", LIMIT_CODE)?;
    front.floor.access.let_wall_in(&who, &code)?;
    Ok(json_text(json!({ "ok": true }).to_string()))
}

/// `POST /api/v1/access/claim`: what became of a wallboard, by its `secret`; `token` is null while nobody has let it in.
pub(super) async fn claim(State(front): State<Front>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let secret = text_of(body_of(&front, &headers, body).await?, "secret", LIMIT_CODE)?;
    let access = std::sync::Arc::clone(&front.floor.access);
    let token = away(move || access.wall_claims(&secret)).await?;
    Ok(json_text(json!({ "token": token }).to_string()))
}

/// The disk may be slow: not on the sockets' threads.
async fn away<T: Send + 'static>(what: impl FnOnce() -> Result<T, LinkFault> + Send + 'static) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(what).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "unknown",
            "surged is at fault: see its log",
        )),
    }
}

fn text_of(mut fields: Map<String, Value>, name: &str, limit: usize) -> Result<String, Problem> {
    match (fields.remove(name), fields.keys().next()) {
        (Some(Value::String(text)), None) if !text.is_empty() && text.len() <= limit => Ok(text),
        (Some(Value::String(_)), None) => Err(not_understood(format!("expected {name:?} with 1 to {limit} bytes"))),
        (_, Some(other)) => Err(not_understood(format!(
            "there is no field {other:?} here; expected {name:?} alone"
        ))),
        _ => Err(not_understood(format!("expected {name:?}, a text"))),
    }
}

fn not_understood(words: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_understood", words)
}

impl From<LinkFault> for Problem {
    fn from(fault: LinkFault) -> Problem {
        let words = fault.to_string();
        match fault {
            LinkFault::NotLetIn(why) => why.into(),
            LinkFault::NoTokens => Problem::new(StatusCode::CONFLICT, "no_tokens", words),
            LinkFault::NoSuchWall => Problem::new(StatusCode::NOT_FOUND, "no_such_wall", words),
            LinkFault::Tokens(super::access::TokenFault::TooManyDevices) => {
                Problem::new(StatusCode::CONFLICT, "too_many_devices", words)
            }
            LinkFault::Tokens(fault) => {
                tracing::error!(%fault, "a token could not be made");
                Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "tokens_unwritable",
                    "the token file cannot be written now",
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_drawn_and_too_much_is_not() {
        let drawn = drawing(&link("https://floor.example/", "00112233445566778899aabbccddeeff")).unwrap();
        assert!(drawn.starts_with("<?xml") && drawn.contains("<path"), "{drawn}");
        assert_eq!(drawing(&"x".repeat(10_000)), None);
    }
}
