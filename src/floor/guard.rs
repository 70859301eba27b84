//! Keeps foreign web pages out: `Host` against DNS rebinding, `Origin` against requests from another site's page.

use super::problem::Problem;
use super::settings::FloorSettings;
use axum::http::{HeaderMap, StatusCode, header};

/// Checks `Host` and `Origin`. A program sends no `Origin`; a page always does where it could do harm.
pub(super) fn check(headers: &HeaderMap, settings: &FloorSettings, local_only: bool) -> Result<(), Problem> {
    if headers.get_all(header::HOST).iter().count() > 1 {
        // Whoever stands in front of us may have gone by the other (RFC 9112, 3.2).
        let words = "expected one Host header; there are several";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "wrong_host", words));
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    // Beyond loopback every request needs a token, which no foreign page has; and names are the proxy's business.
    if local_only && !host.is_some_and(|host| is_local_name(host, settings)) {
        return Err(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "wrong_host",
            format!(
                "expected to be called localhost or by a loopback address, as whoever has no token must; called {:?}",
                host.unwrap_or_default()
            ),
        ));
    }
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else { return Ok(()) };
    let origin = origin.to_str().unwrap_or("null");
    let same = host.is_some_and(|host| same_place(origin, host));
    if origins.next().is_none() && (same || settings.origins.iter().any(|it| it.eq_ignore_ascii_case(origin))) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "foreign_origin",
        format!(
            "a page of {origin:?} may not use this floor: expected the console's own page; a program sends no Origin"
        ),
    ))
}

fn is_local_name(host: &str, settings: &FloorSettings) -> bool {
    let name = without_port(host);
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
        || settings.hosts.iter().any(|it| it.eq_ignore_ascii_case(name))
}

/// Whether an origin is the host that was called, default ports left out or not.
fn same_place(origin: &str, host: &str) -> bool {
    let (place, port) = match (origin.strip_prefix("http://"), origin.strip_prefix("https://")) {
        (Some(place), _) => (place, ":80"),
        (_, Some(place)) => (place, ":443"),
        _ => return false,
    };
    let bare = |text: &str| text.strip_suffix(port).unwrap_or(text).to_ascii_lowercase();
    bare(place) == bare(host)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn ask(host: &str, origin: Option<&str>, local_only: bool) -> bool {
        let settings = FloorSettings {
            origins: vec!["https://wall.example:8443".into()],
            hosts: vec!["floor.lan".into()],
            ..FloorSettings::default()
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        check(&headers, &settings, local_only).is_ok()
    }

    #[test]
    fn a_rebound_name_is_refused_on_loopback() {
        for host in [
            "localhost:8470",
            "127.0.0.1:8470",
            "[::1]:8470",
            "LOCALHOST",
            "127.8.8.8",
            "floor.lan:8470",
        ] {
            assert!(ask(host, None, true), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:8470", "192.0.2.1:8470", ""] {
            assert!(!ask(host, None, true), "{host}");
        }
        assert!(ask("floor.example", None, false));
    }

    #[test]
    fn a_foreign_page_is_refused() {
        assert!(ask("localhost:8470", Some("http://localhost:8470"), true));
        assert!(ask("floor.example", Some("https://floor.example"), false));
        assert!(ask("floor.example:443", Some("https://floor.example"), false));
        assert!(ask("floor.example", Some("https://wall.example:8443"), false));
        assert!(!ask("localhost:8470", Some("http://localhost:9999"), true));
        assert!(!ask("localhost:8470", Some("http://evil.example"), true));
        assert!(!ask("localhost:8470", Some("null"), true));
        assert!(!ask("floor.example", Some("file://floor.example"), false));
    }
}
