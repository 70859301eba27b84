//! The duty log over HTTP: in pages, oldest or newest first, filtered.

use super::api::{bad_query, in_language, json_text};
use super::http::{Front, Peer, let_in};
use super::problem::Problem;
use crate::core::{Name, Time};
use crate::journal::{Entry, Group, Look};
use crate::report::{Report, Wanted};
use crate::shift::Summary;
use crate::wire::{LIMIT_NAME, Refused, ServerMessage, Stamp};
use crate::words::{Sentences, Words};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// The most records of the duty log in one answer.
pub(super) const LIMIT_RECORDS: usize = 1000;
/// The most kinds that one request may name.
const LIMIT_KINDS: usize = 50;
/// The most readers of the duty log at a time: it is there for writing first.
static LOG_READERS: Semaphore = Semaphore::const_new(2);

/// The duty log, to be read. Both may block; they are called on a thread for that.
pub trait LogSource: Send + Sync + 'static {
    /// Up to `limit` records that are looked for, each with its sentence.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn look(&self, look: &Look, limit: usize, words: &Sentences) -> Result<LookedUp, LogFault>;

    /// The shift from `from` to `to`, as far as the log goes up to entry `upto`; `None`: to its end.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn shift(&self, from: Time, to: Time, upto: Option<u64>) -> Result<Summary, LogFault>;

    /// A report for leaders. `go_on` is asked now and then, and may say no.
    ///
    /// # Errors
    /// Why it cannot be drawn up.
    fn report(&self, wanted: &Wanted, go_on: &mut dyn FnMut(f64) -> bool) -> Result<Report, LogFault>;
}

/// Records that were looked for.
#[derive(Clone, PartialEq, Debug)]
pub struct LookedUp {
    /// The records.
    pub records: Vec<LogRecord>,
    /// The last number that was gone through.
    pub next: Option<u64>,
    /// There may be more.
    pub more: bool,
}

/// One record of the duty log.
#[derive(Clone, PartialEq, Debug)]
pub struct LogRecord {
    /// Its number.
    pub seq: u64,
    /// The queue that it is about, where it names one.
    pub queue: Option<Name>,
    /// What it says.
    pub record: Value,
}

impl LogRecord {
    /// An entry as programs read it: the facts, and the same in words.
    pub fn of(entry: &Entry, words: &Sentences) -> LogRecord {
        let record = json!({
            "seq": entry.seq,
            "at": Stamp(entry.at),
            "kind": entry.record.kind(),
            "queue": entry.record.queue(),
            "who": entry.record.who(),
            "unlogged": entry.unlogged,
            "words": words.record(&entry.record),
            "record": entry.record,
        });
        LogRecord {
            seq: entry.seq,
            queue: entry.record.queue().cloned(),
            record,
        }
    }

    /// The same with the message that the floor was told, where it was, so that a page words both alike.
    pub fn with_message(entry: &Entry, words: &Sentences) -> LogRecord {
        let mut it = LogRecord::of(entry, words);
        it.record["message"] = ServerMessage::of(entry).map_or(Value::Null, |message| json!(message));
        it
    }
}

/// Why the duty log cannot be read, in words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct LogFault(pub String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    #[serde(default)]
    since: u64,
    before: Option<u64>,
    limit: Option<usize>,
    #[serde(default)]
    newest: bool,
    from: Option<String>,
    to: Option<String>,
    queue: Option<String>,
    kind: Option<String>,
    who: Option<String>,
    text: Option<String>,
    language: Option<String>,
}

/// `GET /api/v1/log`
pub(super) async fn log(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    query: Result<Query<Page>, QueryRejection>,
) -> Result<Response, Problem> {
    let who = let_in(&front, peer, &headers)?;
    let Query(page) = query.map_err(|fault| bad_query(&fault))?;
    let limit = page.limit.unwrap_or(LIMIT_RECORDS).clamp(1, LIMIT_RECORDS);
    let (mut look, newest) = (page.look()?, page.newest);
    let words = match in_language(page.language.as_deref())? {
        Some(language) => {
            let house = front.floor.hub.house().borrow().within(&who.scope);
            Sentences::of_house(Words::new(language, Arc::new(house)))
        }
        // For programs: names as the plan writes them, times in UTC.
        None => Sentences::new(jiff::tz::TimeZone::UTC),
    };
    if let Some(queue) = &look.queue {
        who.scope.admit(queue)?;
    }
    // What names no queue may tell of any: answers and feeds among it. The decision that an answer brought about names its queue.
    // Before anything is looked for: a filter over what somebody may not read would answer whether it is there.
    look.scope = who.scope.queues().cloned();
    let looked = read(&front, move |log| log.look(&look, limit, &words)).await?;
    // A page that ends for want of records says where it stood, so that a reader can go on from there later.
    let next = looked.next.or(if newest { page.before } else { Some(page.since) });
    let is_theirs = |it: &LogRecord| match who.scope.queues() {
        None => true,
        Some(queues) => it.queue.as_ref().is_some_and(|queue| queues.contains(queue)),
    };
    let records: Vec<Value> = looked
        .records
        .into_iter()
        .filter(is_theirs)
        .map(|it| json!({ "seq": it.seq, "record": it.record }))
        .collect();
    Ok(json_text(
        json!({ "records": records, "next": next, "more": looked.more }).to_string(),
    ))
}

impl Page {
    fn look(&self) -> Result<Look, Problem> {
        let named = |field: &str, text: &Option<String>| match text.as_deref().map(str::trim) {
            Some(text) if text.chars().count() > LIMIT_NAME => Err(not_understood(format!(
                "{field:?} has more than {LIMIT_NAME} characters: shorten it"
            ))),
            Some("") | None => Ok(None),
            Some(text) => Ok(Some(text.to_owned())),
        };
        Ok(Look {
            after: self.since,
            before: self.before,
            newest: self.newest,
            from: moment("from", self.from.as_deref())?,
            until: moment("to", self.to.as_deref())?,
            queue: named("queue", &self.queue)?.map(Name::from),
            kinds: self.kind.as_deref().map(kinds).transpose()?,
            scope: None,
            who: named("who", &self.who)?,
            text: named("text", &self.text)?,
        })
    }
}

fn kinds(text: &str) -> Result<Vec<&'static str>, Problem> {
    let mut kinds = Vec::new();
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let named = Group::named(word);
        if named.is_empty() || kinds.len() > LIMIT_KINDS {
            let groups: Vec<&str> = crate::journal::GROUPS.iter().map(|group| group.name).collect();
            let shown: String = word.chars().take(40).collect();
            return Err(not_understood(format!(
                "expected \"kind\" to be some of {}, or kinds of entries, with commas between; came {shown:?}",
                groups.join(", ")
            )));
        }
        kinds.extend(named);
    }
    Ok(kinds)
}

/// A moment of a query.
pub(super) fn moment(field: &str, text: Option<&str>) -> Result<Option<Time>, Problem> {
    let read = text.map(|text| Stamp::read(text).map_err(|fault| not_understood(format!("{field:?}: {fault}"))));
    Ok(read.transpose()?.map(|Stamp(time)| time))
}

/// Reads in the log on a thread that may block, with few others beside.
pub(super) async fn read<T: Send + 'static>(
    front: &Front,
    work: impl FnOnce(&dyn LogSource) -> Result<T, LogFault> + Send + 'static,
) -> Result<T, Problem> {
    let unreadable = |fault: String| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "log_unreadable", fault);
    let log = Arc::clone(&front.floor.log);
    let reading = async {
        let reader = LOG_READERS.acquire().await;
        // As long as the work goes on, also after nobody waits for it any more.
        let held = move || {
            let _reader = reader;
            work(log.as_ref())
        };
        tokio::task::spawn_blocking(held).await
    };
    timeout(front.floor.hub.limits().reply, reading)
        .await
        .map_err(|_| unreadable("the duty log is busy: try again in a moment".into()))?
        .map_err(|fault| unreadable(fault.to_string()))?
        .map_err(|fault| unreadable(fault.to_string()))
}

fn not_understood(words: String) -> Problem {
    Refused::not_understood(words).into()
}
