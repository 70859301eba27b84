//! Errors over HTTP: `application/problem+json` (RFC 9457).

use super::access::NotLetIn;
use crate::telemetry::names;
use crate::wire::{Refused, RefusedBecause};
use crate::words::{Language, Words};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// What went wrong with a request, for programs (`code`) and people (`detail`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: String,
    detail: String,
    /// The code's numbers, members of their own.
    numbers: Map<String, Value>,
    retry_after: Option<u64>,
}

impl Problem {
    pub fn new(status: StatusCode, code: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem {
            status,
            code: code.into(),
            detail: detail.into(),
            numbers: Map::new(),
            retry_after: None,
        }
    }

    /// With something more for programs.
    pub fn with(mut self, name: &str, value: Value) -> Problem {
        self.numbers.insert(name.to_owned(), value);
        self
    }

    /// To be asked again after so many seconds.
    pub fn again_after(self, seconds: u64) -> Problem {
        Problem {
            retry_after: Some(seconds),
            ..self
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
        let words = Words::as_written(Language::En).refused(&refused);
        let mut numbers = refused.because.fields();
        numbers.remove("code");
        Problem {
            numbers,
            ..Problem::new(status(&refused.because), refused.code(), words)
        }
    }
}

fn status(because: &RefusedBecause) -> StatusCode {
    match because {
        RefusedBecause::NotUnderstood
        | RefusedBecause::TooLong
        | RefusedBecause::UnknownType
        | RefusedBecause::NotACount { .. }
        | RefusedBecause::NoWithoutReason => StatusCode::UNPROCESSABLE_ENTITY,
        RefusedBecause::NotAllowed | RefusedBecause::NotYourQueue { .. } => StatusCode::FORBIDDEN,
        RefusedBecause::Busy | RefusedBecause::ShuttingDown | RefusedBecause::JournalFailing => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        RefusedBecause::NoSuchQueue { .. }
        | RefusedBecause::NoSuchLadder { .. }
        | RefusedBecause::NoSuchTier { .. }
        | RefusedBecause::NoSuchInstruction { .. }
        | RefusedBecause::NoSuchHandover
        | RefusedBecause::NoSuchItem => StatusCode::NOT_FOUND,
        RefusedBecause::Closed { .. }
        | RefusedBecause::TakenElsewhere { .. }
        | RefusedBecause::DoesNotFit { .. }
        | RefusedBecause::AlreadyCalled { .. }
        | RefusedBecause::NobodyToGive { .. }
        | RefusedBecause::NoSeat { .. }
        | RefusedBecause::Short { .. }
        | RefusedBecause::NoTierLeft { .. }
        | RefusedBecause::NothingToApprove { .. }
        | RefusedBecause::InShadow { .. }
        | RefusedBecause::NotOnQueue { .. }
        | RefusedBecause::NoTierFor { .. }
        | RefusedBecause::NothingToRelease { .. }
        | RefusedBecause::PauseWithoutEnd
        | RefusedBecause::NotPaused { .. }
        | RefusedBecause::NotQuiet { .. }
        | RefusedBecause::IncidentWithoutEnd
        | RefusedBecause::NoIncident { .. }
        | RefusedBecause::NobodyAbove { .. }
        | RefusedBecause::NotOnMove { .. }
        | RefusedBecause::TooLate { .. }
        | RefusedBecause::Conflict { .. }
        | RefusedBecause::TooMuch { .. }
        | RefusedBecause::SignedAlready
        | RefusedBecause::SamePerson
        | RefusedBecause::SummaryChanged
        | RefusedBecause::StillOpen { .. }
        | RefusedBecause::StaffNoNeeded => StatusCode::CONFLICT,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // As a session is counted that is sent away for the same.
        let counted = ["not_let_in", "too_many_tries", "too_big"];
        if let Some(reason) = counted.into_iter().find(|reason| self.code == *reason) {
            metrics::counter!(names::FLOOR_DROPPED, "reason" => reason).increment(1);
        }
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        if let Some(members) = body.as_object_mut() {
            self.numbers.into_iter().for_each(|(name, number)| {
                members.entry(name).or_insert(number);
            });
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use metrics_exporter_prometheus::PrometheusBuilder;

    #[test]
    fn who_is_not_let_in_is_counted_as_a_session_is() {
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            for (status, code) in [
                (401, "not_let_in"),
                (429, "too_many_tries"),
                (429, "busy"),
                (413, "too_big"),
                (401, "not_let_in"),
            ] {
                let status = StatusCode::from_u16(status).unwrap();
                assert_eq!(Problem::new(status, code, "no").into_response().status(), status);
            }
        });
        let told = recorder.handle().render();
        for (reason, count) in [("not_let_in", 2), ("too_many_tries", 1), ("too_big", 1)] {
            let line = format!("surged_floor_dropped_total{{reason=\"{reason}\"}} {count}");
            assert!(told.contains(&line), "{line} in {told}");
        }
        assert!(!told.contains("busy"), "{told}");
    }
}
