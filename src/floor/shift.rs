//! The shift over HTTP: what it was, what is open, and its hand-over.

use super::access::Identity;
use super::api::{body_of, json_text, taken};
use super::ask::ask;
use super::http::{Front, Peer, let_in};
use super::log::{moment, read};
use super::problem::Problem;
use crate::core::{Actor, Time};
use crate::shift::{DEFAULT_SHIFT, Desk, LIMIT_SHIFT, Summary, digest};
use crate::wire::{
    HandoverAsk, HandoverDone, HandoverRequest, HandoverState, HandoverVerb, ItemState, Refused, RefusedBecause,
    Request, Wanted,
};
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::VariantNames;

/// A shift, and how its hand-over stands.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ShiftReply {
    /// What happened.
    pub summary: Summary,
    /// SHA-256 of `summary`, in hex: what is signed.
    pub digest: String,
    /// What is open on the floor now.
    pub open: Vec<ItemState>,
    /// The hand-over that is drawn up; the summary is its own where no other times were asked for.
    pub handover: Option<HandoverState>,
    /// The last hand-over that was completed.
    pub last: Option<HandoverDone>,
    /// Nobody here has a token: whoever signs must say who they are.
    pub unproven: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    from: Option<String>,
    to: Option<String>,
    upto: Option<u64>,
}

/// `GET /api/v1/shift?from=&to=&upto=`
pub(super) async fn shift(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    query: Result<Query<Range>, QueryRejection>,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    who.scope.admit_whole_floor()?;
    let Query(range) = query.map_err(|fault| super::api::bad_query(&fault))?;
    let asked = (
        moment("from", range.from.as_deref())?,
        moment("to", range.to.as_deref())?,
    );
    let desk = front.floor.hub.desk();
    let (from, to, upto) = match (asked, &desk.draft) {
        ((None, None), Some(draft)) => (draft.from, draft.to, Some(draft.upto)),
        ((from, to), _) => {
            let to = to.unwrap_or_else(|| (front.floor.clock)());
            (from.unwrap_or_else(|| begins(&desk, to)), to, range.upto)
        }
    };
    let summary = summed_up(&front, from, to, upto).await?;
    let open = front.floor.hub.open_items();
    let reply = ShiftReply {
        digest: digest(&summary),
        summary,
        open: open.iter().map(ItemState::from).collect(),
        handover: desk.draft.as_ref().map(|draft| HandoverState::of(draft, &open)),
        last: desk.last.as_ref().map(HandoverDone::from),
        unproven: who.token.is_none(),
    };
    Ok(json_text(serde_json::to_string(&reply).unwrap_or_default()))
}

/// Where a shift begins of which nobody says it.
fn begins(desk: &Desk, to: Time) -> Time {
    let longest = to - LIMIT_SHIFT;
    match &desk.last {
        Some(last) if last.to < to => last.to.max(longest),
        _ => to - DEFAULT_SHIFT,
    }
}

async fn summed_up(front: &Front, from: Time, to: Time, upto: Option<u64>) -> Result<Summary, Problem> {
    if to <= from || to - from > LIMIT_SHIFT {
        let words = "expected a shift that ends after it begins and lasts 7 days at most";
        return Err(Refused::not_understood(words).into());
    }
    read(front, move |log| log.shift(from, to, upto)).await
}

/// `POST /api/v1/shift/begin|note|settle|take_over|sign|withdraw`
pub(super) async fn hand_over(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let unknown = |verb: &str| {
        let words = format!(
            "there is no {verb:?} here; expected one of {}",
            HandoverVerb::VARIANTS.join(", ")
        );
        Problem::new(StatusCode::NOT_FOUND, "unknown_type", words)
    };
    let Path(word) = path.map_err(|_| unknown("such path"))?;
    let verb: HandoverVerb = word.parse().map_err(|_| unknown(&word))?;
    let who = let_in(&front, peer, &headers)?;
    who.scope.admit_whole_floor()?;
    let fields = body_of(&front, &headers, body).await?;
    let request: HandoverRequest = serde_path_to_error::deserialize(serde_json::Value::Object(fields))
        .map_err(|fault| Refused::not_understood(fault.to_string()))?;
    let (by, unproven) = person(&who, &request)?;
    let wanted = wanted(&front, verb, &request).await?;
    let request = Request::Handover(HandoverAsk { by, unproven, wanted });
    taken(&front, ask(&front.floor.daemon, &who, request)?).await
}

/// Who takes the step: the token's person; where there are no tokens, who they say that they are.
fn person(who: &Identity, request: &HandoverRequest) -> Result<(Actor, bool), Refused> {
    let said = request.said_to_be()?;
    match (&who.token, said) {
        (Some(_), None) => Ok((who.actor(), false)),
        (Some(_), Some((staff_no, _))) if staff_no == who.staff_no => Ok((who.actor(), false)),
        (Some(_), Some((staff_no, _))) => Err(Refused::new(
            RefusedBecause::NotAllowed,
            format!(
                "your token is of staff number {}, not {staff_no}: whoever signs does so with a token of their own",
                who.staff_no
            ),
        )),
        (None, Some((staff_no, name))) => Ok((
            Actor {
                name,
                staff_no,
                role: who.role.as_str().into(),
            },
            true,
        )),
        (None, None) => Err(RefusedBecause::StaffNoNeeded.into()),
    }
}

async fn wanted(front: &Front, verb: HandoverVerb, request: &HandoverRequest) -> Result<Wanted, Problem> {
    Ok(match verb {
        HandoverVerb::Begin => {
            let to = (front.floor.clock)();
            let from = moment("from", request.from.as_deref())?;
            let from = from.unwrap_or_else(|| begins(&front.floor.hub.desk(), to));
            let summary = summed_up(front, from, to, None).await?;
            Wanted::Begin {
                from,
                to,
                upto: summary.upto,
                digest: digest(&summary),
            }
        }
        HandoverVerb::Note => Wanted::Note { note: request.note()? },
        HandoverVerb::Settle => Wanted::Settle {
            item: request.item()?,
            note: request.note()?,
        },
        HandoverVerb::TakeOver => Wanted::TakeOver {
            items: request.items()?,
        },
        HandoverVerb::Sign => match (request.side, &request.digest) {
            (Some(side), Some(digest)) => Wanted::Sign {
                side,
                digest: digest.clone(),
            },
            _ => {
                let words = "expected \"as\" (leaving or coming) and \"digest\" (of the summary that was read)";
                return Err(Refused::not_understood(words).into());
            }
        },
        HandoverVerb::Withdraw => Wanted::Withdraw { note: request.note()? },
    })
}
