//! The operator's bench over HTTP: recorded days under changed thresholds. Here it is said who may, and how much of the machine it gets:
//! one replay for each person, a newer change in place of the older one, few in all, each on a thread that gives way to everything else.

use super::api::{body_of, in_language, json_text};
use super::http::{Front, Peer, let_in};
use super::problem::Problem;
use crate::config::{Config, duration};
use crate::core::Millis;
use crate::wire::{House, Refused, RefusedBecause, Role};
use crate::words::{Language, Words};
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The most thresholds that one change may set.
const LIMIT_SETTINGS: usize = 200;
/// A replay gives way to whatever else the machine has to do.
const NICE: i32 = 10;

/// Tries changed thresholds on recorded days. Both may take seconds; they are called on a thread for that.
pub trait Bench: Send + Sync + 'static {
    /// The days, and the thresholds of the plan that runs.
    ///
    /// # Errors
    /// Days cannot be listed.
    fn offer(&self, running: &Config) -> Result<Value, BenchFault>;

    /// One day under the plan that runs and under that with other thresholds. `go_on` is asked all the time, and may say no.
    ///
    /// # Errors
    /// No such day, thresholds that the configuration does not take, a day that cannot be read or is too long.
    fn try_out(
        &self,
        running: &Config,
        trial: &Trial,
        words: &Words,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Value, BenchFault>;
}

/// What is to be tried.
#[derive(Clone, PartialEq, Debug)]
pub struct Trial {
    /// The day, by the name that the offer gave it.
    pub day: String,
    /// Every instruction is done so long after it was given; `None`: whoever answered in the duty log answers.
    pub answer_after: Option<Millis>,
    /// The thresholds that differ.
    pub settings: Vec<Setting>,
}

/// A threshold and its value.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Where it stands in the plan's file.
    pub key: Vec<Step>,
    /// As the file would have it: a number, or a text.
    pub value: Value,
}

/// A part of a key's way from the top of the file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, Serialize)]
#[serde(
    untagged,
    expecting = "a key is a list of names of tables, and of places in arrays from 0"
)]
pub enum Step {
    /// Into the table of an array, from 0.
    Place(usize),
    /// Into a table.
    Key(String),
}

/// Why nothing comes of it.
#[derive(Clone, PartialEq, Debug)]
pub enum BenchFault {
    /// There is no day of that name.
    NoSuchDay(String),
    /// A key that is none of the thresholds, or a value that is neither number nor text.
    NotAThreshold(String),
    /// The configuration would be refused: each fault with the key that it is about, where it is about one.
    AtFault(Vec<Value>),
    /// More than a bench takes.
    TooMuch(String),
    /// It was told not to go on.
    Interrupted,
    /// What was recorded cannot be read.
    Unreadable(String),
}

impl From<BenchFault> for Problem {
    fn from(fault: BenchFault) -> Problem {
        match fault {
            BenchFault::NoSuchDay(words) => Problem::new(StatusCode::NOT_FOUND, "no_such_day", words),
            BenchFault::NotAThreshold(words) => Refused::not_understood(words).into(),
            BenchFault::AtFault(faults) => {
                let words = "the configuration would be refused: `faults` says where and why";
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "plan_at_fault", words).with("faults", json!(faults))
            }
            BenchFault::TooMuch(words) => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_much", words),
            BenchFault::Interrupted => superseded(),
            BenchFault::Unreadable(words) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "day_unreadable", words),
        }
    }
}

fn superseded() -> Problem {
    let words = "a newer change of yours took the place of this one";
    Problem::new(StatusCode::CONFLICT, "superseded", words)
}

/// Whose replay is the newest, and how many run.
pub(super) struct Benches {
    places: Arc<Semaphore>,
    newest: Mutex<HashMap<String, Newest>>,
    begun: AtomicU64,
}

struct Newest {
    number: u64,
    cancel: CancellationToken,
}

/// One person's newest replay; over as soon as nobody waits for it.
struct Turn<'a> {
    benches: &'a Benches,
    whose: String,
    number: u64,
    cancel: CancellationToken,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.cancel.cancel();
        let mut newest = self.benches.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.get(&self.whose).is_some_and(|it| it.number == self.number) {
            newest.remove(&self.whose);
        }
    }
}

impl Benches {
    /// So many at a time.
    pub fn new(places: usize) -> Benches {
        Benches {
            places: Arc::new(Semaphore::new(places)),
            newest: Mutex::default(),
            begun: AtomicU64::new(0),
        }
    }

    /// Begins somebody's newest replay, which ends the one before.
    fn turn(&self, whose: String, cancel: CancellationToken) -> Turn<'_> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        let next = Newest {
            number,
            cancel: cancel.clone(),
        };
        if let Some(older) = newest.insert(whose.clone(), next) {
            older.cancel.cancel();
        }
        drop(newest);
        Turn {
            benches: self,
            whose,
            number,
            cancel,
        }
    }

    async fn place(&self, turn: &Turn<'_>, within: Duration) -> Result<OwnedSemaphorePermit, Problem> {
        let busy = || {
            let words = "as many days are being replayed as this machine spares for the bench: try again in a moment";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", words).again_after(1)
        };
        let place = tokio::select! {
            biased;
            () = turn.cancel.cancelled() => return Err(superseded()),
            place = timeout(within, Arc::clone(&self.places).acquire_owned()) => place,
        };
        place.map_err(|_| busy())?.map_err(|_| busy())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    day: String,
    answer_after: Option<String>,
    #[serde(default)]
    settings: Vec<Setting>,
    language: Option<String>,
}

impl Asked {
    fn trial(self) -> Result<(Trial, Language), Problem> {
        let fault = |words: String| Problem::from(Refused::not_understood(words));
        if self.settings.len() > LIMIT_SETTINGS {
            let words = format!(
                "expected at most {LIMIT_SETTINGS} settings; came {}",
                self.settings.len()
            );
            return Err(BenchFault::TooMuch(words).into());
        }
        let language = in_language(self.language.as_deref())?.unwrap_or_default();
        let after = self.answer_after.as_deref().map(duration::parse).transpose();
        let answer_after =
            after.map_err(|_| fault("answer_after: expected a duration such as \"60s\", or null".into()))?;
        let trial = Trial {
            day: self.day,
            answer_after,
            settings: self.settings,
        };
        Ok((trial, language))
    }
}

/// `GET /api/v1/bench`
pub(super) async fn offer(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let whose = who(&front, peer, &headers)?;
    // Beside the person's replay, which goes on.
    work(&front, format!("{whose} looks"), |bench, running, _| {
        bench.offer(running)
    })
    .await
}

/// `POST /api/v1/bench`
pub(super) async fn try_out(
    State(front): State<Front>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let whose = who(&front, peer, &headers)?;
    let body = body_of(&front, &headers, body).await?;
    let asked: Asked =
        serde_json::from_value(Value::Object(body)).map_err(|fault| Refused::not_understood(fault.to_string()))?;
    let (trial, language) = asked.trial()?;
    let words = words(&front, language);
    work(&front, whose, move |bench, running, go_on| {
        bench.try_out(running, &trial, &words, go_on)
    })
    .await
}

fn words(front: &Front, language: Language) -> Words {
    let house: Arc<House> = front.floor.hub.house().borrow().clone();
    Words::new(language, house)
}

/// Lets in who may use the bench; a name for whose replay it is.
fn who(front: &Front, peer: SocketAddr, headers: &HeaderMap) -> Result<String, Problem> {
    let who = let_in(front, peer, headers)?;
    if !(who.role.orders() || who.role == Role::Operator) {
        let words = format!(
            "a {} may not use the bench: it is for operators, shift leaders and managers",
            who.role.as_str()
        );
        return Err(Refused::new(RefusedBecause::NotAllowed, words).into());
    }
    // A day is replayed with all that shared its people.
    who.scope.admit_whole_floor()?;
    Ok(who.token.unwrap_or_else(|| format!("local {}", peer.ip())))
}

type Work = dyn FnOnce(&dyn Bench, &Config, &dyn Fn() -> bool) -> Result<Value, BenchFault> + Send;

async fn work(
    front: &Front,
    whose: String,
    work: impl FnOnce(&dyn Bench, &Config, &dyn Fn() -> bool) -> Result<Value, BenchFault> + Send + 'static,
) -> Result<Response, Problem> {
    let none = || Problem::new(StatusCode::NOT_FOUND, "no_bench", "this daemon has no bench");
    let bench = front.floor.bench.clone().ok_or_else(none)?;
    let running = front.floor.hub.config().ok_or_else(|| {
        let words = "surged does not know its plan yet: ask again in a moment";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", words).again_after(1)
    })?;
    let limits = front.floor.hub.limits();
    let turn = front.benches.turn(whose, front.cancel.child_token());
    let place = front.benches.place(&turn, limits.bench_wait).await?;
    let reply = on_a_thread(
        bench,
        running,
        turn.cancel.clone(),
        limits.bench_work,
        place,
        Box::new(work),
    )?;
    let done = tokio::select! {
        biased;
        // The thread sees it as well, and gives its place back.
        () = turn.cancel.cancelled() => return Err(superseded()),
        done = reply => done,
    };
    let broken = |_| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "broken",
            "the replay broke down: please report it",
        )
    };
    Ok(json_text(done.map_err(broken)??.to_string()))
}

/// How long this thread has computed: a machine that has other things to do makes a replay no longer.
fn computed() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let part = |it: i64| u64::try_from(it).unwrap_or(0);
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}

/// A thread of its own: one of the runtime's would keep its low rank for good.
fn on_a_thread(
    bench: Arc<dyn Bench>,
    running: Arc<Config>,
    cancel: CancellationToken,
    within: Duration,
    place: OwnedSemaphorePermit,
    work: Box<Work>,
) -> Result<oneshot::Receiver<Result<Value, BenchFault>>, Problem> {
    let (told, reply) = oneshot::channel();
    let run = move || {
        let _place = place;
        if let Err(fault) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE) {
            tracing::debug!(%fault, "a replay for the bench runs at the rank of everything else");
        }
        let go_on = || !cancel.is_cancelled() && computed() < within;
        let done = match work(bench.as_ref(), &running, &go_on) {
            Err(BenchFault::Interrupted) if !cancel.is_cancelled() => Err(BenchFault::TooMuch(format!(
                "this day takes more than {} s of computing to replay, the most that the bench spares; `surged replay` takes \
                 all the time that it needs",
                within.as_secs()
            ))),
            done => done,
        };
        // Nobody may wait any more.
        let _ = told.send(done);
    };
    std::thread::Builder::new()
        .name("bench".into())
        .spawn(run)
        .map_err(|fault| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", fault.to_string()))?;
    Ok(reply)
}
