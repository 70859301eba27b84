//! The console page, embedded in the program.

use super::problem::Problem;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    media-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// What stands in the page for its own mark: an open page compares it with the daemon's, and takes over a newer one.
const MARK: &str = "data-page=\"unknown\"";

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
    let Some(file) = Console::get(path) else {
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
    let (tag, data) = match path {
        "index.html" => {
            let mark = mark();
            let marked = String::from_utf8_lossy(&file.data).replace(MARK, &format!("data-page=\"{mark}\""));
            (format!("\"{mark}\""), marked.into_bytes())
        }
        _ => (tag(&file.metadata.sha256_hash()), file.data.into_owned()),
    };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    let mut response = if known.is_some_and(|known| known.split(',').any(|it| it.trim() == tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, content_type(path))];
        (kind, data).into_response()
    };
    let said = response.headers_mut();
    said.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    said.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        said.insert(header::ETAG, tag);
    }
    response
}

fn tag(hash: &[u8]) -> String {
    format!("\"{}\"", hex(hash))
}

/// One mark for all files of the page: another one as soon as any of them is another.
fn mark() -> String {
    let paths: BTreeSet<_> = Console::iter().collect();
    let mut hasher = Sha256::new();
    for file in paths.iter().filter_map(|path| Console::get(path)) {
        hasher.update(file.metadata.sha256_hash());
    }
    hex(&hasher.finalize())
}

fn hex(hash: &[u8]) -> String {
    hash.iter().take(16).fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
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
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
