//! The console page, embedded in the program.

use super::paper;
use super::problem::Problem;
use crate::words::Language;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Nothing from elsewhere, nothing inline but the style of the printable page, which the page opens; in nobody's frame.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = BASE64.encode(Sha256::digest(paper::STYLE));
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{style}'; img-src 'self' data:; font-src 'self'; \
         media-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

/// What stands in the page for its own mark: an open page compares it with the daemon's, and takes over a newer one.
const MARK: &str = "data-page=\"unknown\"";

#[derive(rust_embed::Embed)]
#[folder = "src/floor/console/"]
struct Console;

/// The page's sheets as one, in the order in which the page names them.
const SHEET: &str = "page.css";

/// The page and what it needs. The browser keeps them, and asks each time whether they are still the same.
pub(super) async fn page(uri: Uri, headers: HeaderMap) -> Response {
    let path = match uri.path().trim_start_matches('/') {
        // The wallboard is the same page; it looks at its own address.
        "" | "wall" => "index.html",
        "bench" => "bench/bench.html",
        path => path,
    };
    let Some((data, mark)) = served(path) else {
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
        let (path, mark) = (path.to_owned(), mark.clone());
        // Not on the sockets' threads: the first time it takes a while.
        let packed = tokio::task::spawn_blocking(move || packed(&path, packing, &mark, &data)).await;
        match packed {
            Ok(packed) => (kind, packed).into_response(),
            // The program is ending.
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    } else {
        ([(header::CONTENT_TYPE, kind)], data).into_response()
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

/// What goes out under a path, and what tells one version of it from another.
fn served(path: &str) -> Option<(Vec<u8>, String)> {
    if path == SHEET {
        let index = Console::get("index.html")?;
        let index = String::from_utf8_lossy(&index.data);
        let sheets = sheets(&index).filter_map(Console::get);
        return Some((sheets.flat_map(|sheet| bare(&sheet.data)).collect(), mark()));
    }
    let (data, hash) = file(path)?;
    Some(match path {
        "index.html" => {
            let mark = mark();
            let index = String::from_utf8_lossy(&data).replace(MARK, &format!("data-page=\"{mark}\""));
            (with_one_sheet(&index).into_bytes(), mark)
        }
        path if path.ends_with(".js") || path.ends_with(".css") => (bare(&data), hex(&hash)),
        _ => (data.into_owned(), hex(&hash)),
    })
}

/// The paths of the sheets that the page names.
fn sheets(index: &str) -> impl Iterator<Item = &str> {
    index.lines().filter_map(sheet_of)
}

fn sheet_of(line: &str) -> Option<&str> {
    let link = line.trim().strip_prefix("<link rel=\"stylesheet\" href=\"")?;
    link.strip_suffix("\">")
}

/// The page with one sheet in place of all that it names: each would cost a request, and packs less well alone.
fn with_one_sheet(index: &str) -> String {
    let mut named = false;
    let lines = index.lines().filter_map(|line| match sheet_of(line) {
        None => Some(line.to_owned()),
        Some(_) if named => None,
        Some(_) => {
            named = true;
            Some(format!("  <link rel=\"stylesheet\" href=\"{SHEET}\">"))
        }
    });
    lines.fold(String::new(), |page, line| page + &line + "\n")
}

/// What a browser may open by itself, or run apart from the page: a policy on anything else has no effect.
fn is_document(path: &str, kind: &str) -> bool {
    kind.starts_with("text/html") || kind == "image/svg+xml" || path == "worker.js"
}

/// Without comments that stand on lines of their own, indentation and empty lines: a third of what would go over the wire. Ours keep
/// texts of several lines out of the page's files, so that a line is never part of one.
fn bare(data: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(data);
    let mut left = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines().map(str::trim) {
        if in_comment || line.starts_with("/*") {
            in_comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            left.push_str(line);
            left.push('\n');
        }
    }
    left.into_bytes()
}

/// A file of the page, or a table of the texts that the daemon words as well; and what tells one version of it from another.
fn file(path: &str) -> Option<(Cow<'static, [u8]>, [u8; 32])> {
    let table = path.strip_prefix("words/").and_then(|name| name.strip_suffix(".ftl"));
    let bench = table.and_then(|name| name.strip_prefix("bench/"));
    let table = table.and_then(Language::read).map(Language::source);
    if let Some(table) = table.or(bench.and_then(Language::read).map(Language::of_bench)) {
        let text = table.as_bytes();
        return Some((Cow::Borrowed(text), Sha256::digest(text).into()));
    }
    let file = Console::get(path)?;
    Some((file.data, file.metadata.sha256_hash()))
}

/// The best, which takes a file some tens of milliseconds, once; a build for tests is not optimised, and takes what is quick.
const QUALITY: u32 = if cfg!(debug_assertions) { 5 } else { 11 };

/// How a file is packed.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
enum Packing {
    /// Browsers ask for it over TLS, and on this machine.
    Brotli,
    Gzip,
}

impl Packing {
    /// The best that a client takes.
    fn wanted(headers: &HeaderMap) -> Option<Packing> {
        let said = headers
            .get(header::ACCEPT_ENCODING)
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default();
        let takes = |packing: &Packing| {
            said.split(',').any(|one| {
                let (name, weight) = one.split_once(';').unwrap_or((one, ""));
                let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
                name.trim().eq_ignore_ascii_case(packing.word()) && !refused
            })
        };
        [Packing::Brotli, Packing::Gzip].into_iter().find(takes)
    }

    fn word(self) -> &'static str {
        match self {
            Packing::Brotli => "br",
            Packing::Gzip => "gzip",
        }
    }

    /// What it adds to a version's mark: the bytes are others.
    fn tag(self) -> &'static str {
        match self {
            Packing::Brotli => "-br",
            Packing::Gzip => "-gz",
        }
    }

    fn pack(self, data: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Packing::Brotli => {
                let mut packer = brotli::CompressorWriter::new(Vec::new(), 4096, QUALITY, 22);
                packer.write_all(data)?;
                Ok(packer.into_inner())
            }
            Packing::Gzip => {
                let mut packer = GzEncoder::new(Vec::new(), Compression::best());
                packer.write_all(data)?;
                packer.finish()
            }
        }
    }
}

/// A file packed once for each of its versions; there are as many as the page has files.
fn packed(path: &str, packing: Packing, mark: &str, data: &[u8]) -> Bytes {
    type Kept = HashMap<(String, Packing), (String, Bytes)>;
    static PACKED: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
    let key = (path.to_owned(), packing);
    let kept = || PACKED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, bytes)) = kept().get(&key).filter(|(of, _)| of == mark) {
        return bytes.clone();
    }
    // Without the lock: two who come first may both pack, and nobody waits for another's file. Writing to a Vec cannot fail.
    let bytes = Bytes::from(packing.pack(data).unwrap_or_default());
    kept().insert(key, (mark.to_owned(), bytes.clone()));
    bytes
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
    fn what_is_served_has_no_comments_and_says_the_same() {
        let source = b"// On top.\n\nimport { h } from './dom.js';\n\n/** One line. */\nexport function f() {\n  /*\n   * Several.\n   */\n  return h('a', '// no comment'); // stays\n}\n";
        let left =
            "import { h } from './dom.js';\nexport function f() {\nreturn h('a', '// no comment'); // stays\n}\n";
        assert_eq!(String::from_utf8_lossy(&bare(source)), left);
    }

    /// A line within a text of several lines would be taken for code.
    #[test]
    fn no_file_of_the_page_has_a_text_of_several_lines() {
        for path in Console::iter().filter(|path| path.ends_with(".js")) {
            let file = Console::get(&path).unwrap();
            let text = String::from_utf8(file.data.into_owned()).unwrap();
            for (n, line) in text.lines().enumerate() {
                let ticks = line.matches('`').count();
                let comment = line.trim_start().starts_with(['*', '/']);
                assert!(ticks % 2 == 0 || comment, "{path}:{}: {line}", n + 1);
                let behind = line.trim().strip_prefix("/*").and_then(|it| it.split_once("*/"));
                assert!(
                    behind.is_none_or(|(_, code)| code.is_empty()),
                    "{path}:{}: {line}",
                    n + 1
                );
            }
        }
    }

    #[test]
    fn the_page_has_one_sheet_with_all_that_it_names_in_their_order() {
        let index = "<head>\n  <link rel=\"stylesheet\" href=\"a.css\">\n  <link rel=\"stylesheet\" href=\"b/b.css\">\n</head>\n";
        assert_eq!(sheets(index).collect::<Vec<_>>(), ["a.css", "b/b.css"]);
        assert_eq!(
            with_one_sheet(index),
            "<head>\n  <link rel=\"stylesheet\" href=\"page.css\">\n</head>\n"
        );
        let pages = ["index.html", "bench/bench.html"].map(|page| Console::get(page).unwrap());
        let named: Vec<String> = pages
            .iter()
            .flat_map(|page| {
                sheets(&String::from_utf8_lossy(&page.data))
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect();
        let there: BTreeSet<String> = Console::iter()
            .filter(|it| it.ends_with(".css"))
            .map(Into::into)
            .collect();
        assert_eq!(
            named.iter().cloned().collect::<BTreeSet<_>>(),
            there,
            "each sheet is named, and each that is named is there"
        );
        let (sheet, _) = served(SHEET).unwrap();
        assert!(String::from_utf8(sheet).unwrap().contains(".wall .entries"));
    }

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
