//! The console page, embedded in the program.

use super::problem::Problem;
use crate::words::Language;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    media-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

#[derive(rust_embed::Embed)]
#[folder = "src/floor/console/"]
struct Console;

/// The page and what it needs. The browser keeps them, and asks each time whether they are still the same.
pub(super) async fn page(uri: Uri, headers: HeaderMap) -> Response {
    let path = match uri.path().trim_start_matches('/') {
        // The wallboard is the same page; it looks at its own address.
        "" | "wall" => "index.html",
        path => path,
    };
    let Some((data, hash)) = file(path) else {
        return Problem::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!(
                "there is nothing at {:?}; the console is at \"/\", the API under \"/api/v1\"",
                uri.path()
            ),
        )
        .into_response();
    };
    let tag = tag(&hash);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    let mut response = if known.is_some_and(|known| known.split(',').any(|it| it.trim() == tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, content_type(path))];
        (kind, data.into_owned()).into_response()
    };
    let said = response.headers_mut();
    said.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    said.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        said.insert(header::ETAG, tag);
    }
    response
}

/// A file of the page, or a table of the texts that the daemon words as well; and what tells one version of it from another.
fn file(path: &str) -> Option<(Cow<'static, [u8]>, [u8; 32])> {
    let table = path.strip_prefix("words/").and_then(|name| name.strip_suffix(".ftl"));
    if let Some(language) = table.and_then(Language::read) {
        let text = language.source().as_bytes();
        return Some((Cow::Borrowed(text), Sha256::digest(text).into()));
    }
    let file = Console::get(path)?;
    Some((file.data, file.metadata.sha256_hash()))
}

fn tag(hash: &[u8]) -> String {
    let hex = hash.iter().take(16).fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("\"{hex}\"")
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "txt" | "md" | "ftl" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
