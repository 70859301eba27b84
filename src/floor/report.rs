//! The report for leaders over HTTP: one at a time, off the loop, and no longer than somebody waits for it.

use super::api::{bad_query, in_language};
use super::http::{Front, Peer, let_in};
use super::log::LogFault;
use super::problem::Problem;
use crate::report::Wanted;
use crate::wire::{Refused, RefusedBecause};
use crate::words::Words;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Semaphore;

/// A report goes through months of the duty log, which is there for writing first.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    month: Option<String>,
    from: Option<String>,
    to: Option<String>,
    language: Option<String>,
}

/// `GET /report?month=&from=&to=&language=`
pub(super) async fn report(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    if !who.role.orders() {
        let words = format!(
            "a {} may not read the report: it is for shift leaders and managers",
            who.role.as_str()
        );
        return Err(Refused::new(RefusedBecause::NotAllowed, words).into());
    }
    let Query(asked) = query.map_err(|fault| bad_query(&fault))?;
    let language = in_language(asked.language.as_deref())?.unwrap_or_default();
    let house = front.floor.hub.house().borrow().within(&who.scope);
    let zone = TimeZone::get(&house.zone).unwrap_or(TimeZone::UTC);
    let (plan, calendar) = front.floor.hub.plan_and_calendar();
    let wanted = Wanted {
        days: asked.days()?,
        zone: zone.clone(),
        calendar: calendar.map(|it| (*it).clone()),
        plan: plan.map(|it| (*it).clone()),
        queues: who.scope.queues().map(|queues| queues.iter().cloned().collect()),
    };
    let words = Words::new(language, Arc::new(house)).in_zone(zone);
    let html = drawn_up(&front, wanted, words).await?;
    Ok(super::paper::alone(html))
}

impl Asked {
    /// `None`: nobody says which.
    fn days(&self) -> Result<Option<(Date, usize)>, Problem> {
        let fault = |words: String| Problem::from(Refused::not_understood(words));
        let day = |text: &str| {
            let day = text.parse::<Date>();
            day.map_err(|_| fault(format!("{text:?} is no day; write one as in 2026-10-05")))
        };
        match (&self.month, &self.from, &self.to) {
            (None, None, None) => Ok(None),
            (Some(month), None, None) => Wanted::month(month).map(Some).map_err(fault),
            (None, Some(from), Some(to)) => Wanted::between(day(from)?, day(to)?).map(Some).map_err(fault),
            _ => Err(fault("expected \"month\", or both \"from\" and \"to\"".into())),
        }
    }
}

/// Told when nobody waits any more.
struct Waited(Arc<AtomicBool>);

impl Drop for Waited {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

async fn drawn_up(front: &Front, wanted: Wanted, words: Words) -> Result<String, Problem> {
    let busy = || {
        let words = "another report is being drawn up: ask again in a minute";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", words)
    };
    let one = ONE_AT_A_TIME.try_acquire().map_err(|_| busy())?;
    let (log, gone) = (Arc::clone(&front.floor.log), Arc::new(AtomicBool::new(false)));
    let waited = Waited(Arc::clone(&gone));
    let cancel = front.cancel.clone();
    let work = tokio::task::spawn_blocking(move || {
        // As long as the work goes on, also after nobody waits for it any more.
        let _one = one;
        let mut go_on = |_: f64| !gone.load(Ordering::Acquire) && !cancel.is_cancelled();
        log.report(&wanted, &mut go_on)
            .map(|report| report.document(&words).html())
    });
    let done = work.await.map_err(|fault| LogFault(fault.to_string())).flatten();
    drop(waited);
    done.map_err(|fault| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "log_unreadable", fault.to_string()))
}
