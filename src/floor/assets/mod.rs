//! The console page, embedded in the program.

mod joined;
mod packing;

use super::paper;
use super::problem::Problem;
use crate::report;
use crate::words::Language;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use packing::Packing;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Nothing from elsewhere, nothing inline but the styles of the printable page and of the report, which the page opens; in nobody's frame.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let [paper, report] = [paper::STYLE, report::STYLE].map(|style| BASE64.encode(Sha256::digest(style)));
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{paper}' 'sha256-{report}'; img-src 'self' data:; font-src 'self'; \
         media-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

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
        "bench" => "bench/bench.html",
        path => path,
    };
    let Some(mark) = mark_of(path) else {
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
    let kind = content_type(path);
    let packing = (!kind.starts_with("font/"))
        .then(|| Packing::wanted(&headers))
        .flatten();
    let tag = format!("\"{mark}{}\"", packing.map_or("", Packing::tag));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    let mut response = if known.is_some_and(|known| known.split(',').any(|it| it.trim() == tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if let Some(packing) = packing {
        let kind = [(header::CONTENT_TYPE, kind), (header::CONTENT_ENCODING, packing.word())];
        let path = path.to_owned();
        // Not on the sockets' threads: the first time it takes a while.
        let packed = tokio::task::spawn_blocking(move || packing.packed(&path, &mark, || data_of(&path))).await;
        match packed {
            Ok(packed) => (kind, packed).into_response(),
            // The program is ending.
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    } else {
        ([(header::CONTENT_TYPE, kind)], data_of(path)).into_response()
    };
    let said = response.headers_mut();
    if is_document(path, kind)
        && let Ok(policy) = HeaderValue::from_str(&POLICY)
    {
        said.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    said.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    said.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        said.insert(header::ETAG, tag);
    }
    response
}

/// What tells one version of what goes out under a path from another; nothing where there is nothing.
fn mark_of(path: &str) -> Option<String> {
    // What is joined, or takes from what is joined, is of all files.
    if matches!(path, joined::SHEET | joined::MODULE | "index.html") {
        return Some(mark());
    }
    if let Some(table) = table(path) {
        return Some(hex(&Sha256::digest(table)));
    }
    let file = Console::get(path)?;
    Some(if path.ends_with(".js") {
        mark()
    } else {
        hex(&file.metadata.sha256_hash())
    })
}

/// What goes out under a path.
fn data_of(path: &str) -> Vec<u8> {
    match path {
        joined::SHEET => return joined::sheet(),
        joined::MODULE => return joined::module(),
        _ => {}
    }
    if let Some(table) = table(path) {
        return table.as_bytes().to_vec();
    }
    let Some(file) = Console::get(path) else {
        return Vec::new();
    };
    let text = || String::from_utf8_lossy(&file.data);
    match path {
        "index.html" => joined::page(&text().replace(MARK, &format!("data-page=\"{}\"", mark()))).into_bytes(),
        path if path.ends_with(".js") => joined::apart(path, &text()),
        path if path.ends_with(".css") => joined::bare(&text()).into_bytes(),
        _ => file.data.into_owned(),
    }
}

/// A table of the texts that the daemon words as well.
fn table(path: &str) -> Option<&'static str> {
    let name = path.strip_prefix("words/")?.strip_suffix(".ftl")?;
    let (folder, name) = name.rsplit_once('/').unwrap_or(("", name));
    let table = match folder {
        "" => Language::source,
        "bench" => Language::of_bench,
        "causes" => Language::of_causes,
        _ => return None,
    };
    Language::read(name).map(table)
}

/// What a browser may open by itself, or run apart from the page: a policy on anything else has no effect.
fn is_document(path: &str, kind: &str) -> bool {
    kind.starts_with("text/html") || kind == "image/svg+xml" || path == "worker.js"
}

/// One mark for all files of the page: another one as soon as any of them is another.
fn mark() -> String {
    let paths: BTreeSet<_> = Console::iter().collect();
    let mut hasher = Sha256::new();
    for file in paths.iter().filter_map(|path| Console::get(path)) {
        hasher.update(file.metadata.sha256_hash());
    }
    for language in Language::WORDS.iter().filter_map(|word| Language::read(word)) {
        hasher.update(language.source());
        hasher.update(language.of_bench());
        hasher.update(language.of_causes());
    }
    hex(&hasher.finalize())
}

fn hex(hash: &[u8]) -> String {
    hash.iter().take(8).fold(String::new(), |mut hex, byte| {
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
        "txt" | "md" | "ftl" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_opens_by_itself_carries_a_policy() {
        for (path, carries) in [
            ("index.html", true),
            ("icon.svg", true),
            ("worker.js", true),
            ("main.js", false),
            ("console.css", false),
        ] {
            assert_eq!(is_document(path, content_type(path)), carries, "{path}");
        }
    }
}
