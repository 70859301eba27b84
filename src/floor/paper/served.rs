//! Pages that stand alone, over HTTP: the sheet, the report, and what a browser is told that brings no token for them.

use super::words;
use crate::words::Language;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A page that stands alone brings its own style, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The paths of pages that stand alone.
const PATHS: [&str; 2] = ["/paper", "/report"];

/// A page as an answer.
pub fn alone(html: String) -> Response {
    let kind = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (kind, html).into_response()
}

/// In which language somebody asks for such a page with a browser, which shows a page better than a problem for programs; `None`: nobody
/// does.
pub fn browser_asks(path: &str, headers: &HeaderMap) -> Option<Language> {
    let said = |name| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let asks = PATHS.contains(&path) && said(header::ACCEPT).contains("text/html");
    asks.then(|| Language::of_browser(said(header::ACCEPT_LANGUAGE)))
}

/// What a browser is told that brings no token, or one that is not valid: a browser that opens an address never brings one.
pub fn locked(language: Language) -> Response {
    let say = |key| words::text(key, language);
    let (title, style) = (say("locked"), super::STYLE);
    let page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{}</p>\n<p><a href=\"./\">{}</a></p>\n</main>\n</body>\n</html>\n",
        language.word(),
        say("locked_what"),
        say("locked_open"),
    );
    (
        StatusCode::UNAUTHORIZED,
        [(header::WWW_AUTHENTICATE, "Bearer")],
        alone(page),
    )
        .into_response()
}
