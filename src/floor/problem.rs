//! Errors over HTTP: `application/problem+json` (RFC 9457).

use super::access::NotLetIn;
use super::ask::Refused;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// What went wrong with a request, for programs (`code`) and people (`detail`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: String,
    detail: String,
    retry_after: Option<u64>,
}

impl Problem {
    pub fn new(status: StatusCode, code: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem {
            status,
            code: code.into(),
            detail: detail.into(),
            retry_after: None,
        }
    }
}

impl From<NotLetIn> for Problem {
    fn from(why: NotLetIn) -> Problem {
        let words = why.to_string();
        match why {
            NotLetIn::Token(_) => Problem::new(StatusCode::UNAUTHORIZED, "not_let_in", words),
            NotLetIn::TooManyTries(wait) => Problem {
                retry_after: Some(wait.as_secs() + 1),
                ..Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", words)
            },
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Problem {
        let status = match refused.code.as_str() {
            "not_understood" | "too_long" | "unknown_type" | "not_a_count" | "no_without_reason" => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            "not_allowed" | "not_your_queue" => StatusCode::FORBIDDEN,
            "busy" | "shutting_down" | "journal_failing" => StatusCode::SERVICE_UNAVAILABLE,
            code if code.starts_with("no_such_") => StatusCode::NOT_FOUND,
            _ => StatusCode::CONFLICT,
        };
        Problem::new(status, refused.code, refused.message)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
