//! Readings as JSON: the text of a frame to what it says, and a reading to its text.
//!
//! One object or an array of them. Only `queue` and `waiting` must be there; what is not there, or null, is unknown, and
//! so is a measure of -1, which some systems send. Fields that are not known are ignored. One bad element of an array
//! is said and skipped, the others are taken. A file's lines are read by the same code (see [`super::readings`]); they may also say
//! which feed spoke, when it was received, and when a feed was connected.

mod alike;
mod familiar;
pub mod link;
mod plain;

pub use familiar::Familiar;

use crate::core::{Agent, AgentState, Millis, Name, Reading, Time};
use familiar::Day;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Deref;

/// The most elements of one array.
pub const ELEMENTS_LIMIT: usize = 20_000;
/// The most people of one reading.
pub const AGENTS_LIMIT: usize = 5_000;
/// The longest name, in bytes.
pub const NAME_LIMIT: usize = 256;
/// The largest number that a measure may be.
const LARGEST: f64 = u32::MAX as f64;
/// The largest total: whole numbers are exact up to here.
const LARGEST_TOTAL: f64 = 9_007_199_254_740_992.0;

/// One thing that a frame or a line says.
#[derive(Clone, PartialEq, Debug)]
pub enum Said {
    /// A queue's state, under the source's name of the queue.
    Reading(Reading),
    /// `{"heartbeat":true}`
    Heartbeat {
        /// Where it carries a time.
        at: Option<Time>,
    },
    /// `{"lost":true}`
    Lost {
        /// Where it carries a time.
        at: Option<Time>,
        /// `why`, where it is told.
        why: Option<String>,
    },
    /// `{"queue":…,"missing":true}`: the source has no such queue, or has it no longer.
    Missing {
        /// The source's name of it.
        queue: Name,
        /// Where it carries a time.
        at: Option<Time>,
    },
    /// `{"connected":true}`, `{"connected":false}`: of the line to the source, which only a recording tells of.
    Line {
        /// Whether it stands.
        connected: bool,
        /// Where it carries a time.
        at: Option<Time>,
        /// `why`, where it is told.
        why: Option<String>,
    },
    /// Something that cannot be taken.
    Bad(Bad),
}

/// One line of a file.
#[derive(Clone, PartialEq, Debug)]
pub struct FileLine {
    /// The feed that spoke, where the recording tells.
    pub feed: Option<Name>,
    /// When it was received, where that is not its `at`.
    pub received: Option<Time>,
    /// What it says. Of what is wrong beside a reading (a bad name among its agents), the reading counts.
    pub said: Said,
}

/// What is wrong with something that was read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Bad {
    /// A short word, for the metric.
    pub reason: &'static str,
    /// What came and what was expected.
    pub detail: String,
}

/// The shape on the wire.
#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(PartialEq, Debug))]
struct Wire<'a> {
    #[serde(borrow, default)]
    queue: Option<Text<'a>>,
    #[serde(borrow, default)]
    at: Option<Text<'a>>,
    waiting: Option<f64>,
    longest_wait_s: Option<f64>,
    signed_in: Option<f64>,
    available: Option<f64>,
    paused: Option<f64>,
    offered: Option<f64>,
    answered: Option<f64>,
    answered_in_target: Option<f64>,
    abandoned: Option<f64>,
    #[serde(borrow, default)]
    agents: Option<Vec<WireAgent<'a>>>,
    heartbeat: Option<bool>,
    lost: Option<bool>,
    missing: Option<bool>,
    connected: Option<bool>,
    #[serde(borrow, default)]
    why: Option<Text<'a>>,
    #[serde(borrow, default)]
    feed: Option<Text<'a>>,
    #[serde(borrow, default)]
    received: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(PartialEq, Debug))]
struct WireAgent<'a> {
    #[serde(borrow)]
    person: Cow<'a, str>,
    #[serde(borrow)]
    state: Cow<'a, str>,
}

/// Borrowed where it has no escape: of an optional `Cow` serde makes a copy each time.
#[derive(Deserialize)]
#[cfg_attr(test, derive(PartialEq, Debug))]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The shape on the way out.
#[derive(Serialize)]
struct Line<'a> {
    queue: &'a Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<&'a Name>,
    waiting: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_wait_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_in: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offered: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_in_target: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    abandoned: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agents: Option<&'a [Agent]>,
}

/// Reads a frame.
pub fn read(text: &str) -> Vec<Said> {
    read_knowing(text, &mut Familiar::default())
}

/// Reads a frame of a source whose names come again and again.
pub fn read_knowing(text: &str, familiar: &mut Familiar) -> Vec<Said> {
    let mut said = Vec::new();
    let mut take = |it: Wire| {
        let Sayings { beside, said: one } = sayings(it, familiar);
        said.extend(beside.map(Said::Bad));
        said.push(one);
    };
    if text.trim_start().starts_with('[') {
        match serde_json::from_str::<Vec<Wire>>(text) {
            Ok(elements) if elements.len() <= ELEMENTS_LIMIT => elements.into_iter().for_each(take),
            Ok(elements) => said.push(too_many("an array", elements.len(), ELEMENTS_LIMIT)),
            // One of them is at fault: which, is worth a second look.
            Err(_) => read_one_by_one(text, familiar, &mut said),
        }
    } else {
        match object(text) {
            Ok(it) => take(it),
            Err(error) => said.push(not_a_reading(&error, text)),
        }
    }
    said
}

/// Reads one object, as in a line of a file; an array is not one.
pub fn read_line(text: &str, familiar: &mut Familiar) -> FileLine {
    let of_nobody = |said| FileLine {
        feed: None,
        received: None,
        said,
    };
    match object(text) {
        Ok(_) if text.trim_start().starts_with('[') => {
            of_nobody(bad("not_a_reading", "expected one object a line, came an array"))
        }
        Ok(mut it) => {
            let feed = it
                .feed
                .take()
                .map(|feed| short("feed", &feed).map(|feed| familiar.feeds.of(feed)))
                .transpose();
            let received = it
                .received
                .take()
                .map(|received| time(&received, &mut familiar.day))
                .transpose();
            match feed.and_then(|feed| Ok((feed, received?))) {
                Ok((feed, received)) => FileLine {
                    feed,
                    received,
                    said: sayings(it, familiar).said,
                },
                Err(fault) => of_nobody(Said::Bad(fault)),
            }
        }
        Err(error) => of_nobody(not_a_reading(&error, text)),
    }
}

fn object(text: &str) -> Result<Wire<'_>, serde_json::Error> {
    plain::read(text).map_or_else(|| serde_json::from_str(text), Ok)
}

/// Writes a reading as one JSON object, without a line end.
pub fn write(reading: &Reading) -> String {
    write_heard(reading, None, None)
}

/// The same with who told it, and with when it was received where that is another time.
pub fn write_heard(reading: &Reading, feed: Option<&Name>, received: Option<Time>) -> String {
    let line = Line {
        queue: &reading.queue,
        at: reading.at.map(rfc3339),
        received: received.map(rfc3339),
        feed,
        waiting: reading.waiting,
        longest_wait_s: reading.longest_wait.map(Millis::as_secs),
        signed_in: reading.signed_in,
        available: reading.available,
        paused: reading.paused,
        offered: reading.offered,
        answered: reading.answered,
        answered_in_target: reading.answered_in_target,
        abandoned: reading.abandoned,
        agents: reading.agents.as_deref(),
    };
    // Strings, whole numbers and finite seconds: nothing of it can fail to be JSON.
    serde_json::to_string(&line).unwrap_or_default()
}

/// A moment as RFC 3339 in UTC, with milliseconds.
pub fn rfc3339(at: Time) -> String {
    let furthest = jiff::Timestamp::MAX.as_millisecond();
    let at = at.0.clamp(-furthest, furthest);
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    format!("{at:.3}")
}

fn read_one_by_one(text: &str, familiar: &mut Familiar, said: &mut Vec<Said>) {
    let elements = match serde_json::from_str::<Vec<serde_json::Value>>(text) {
        Ok(elements) => elements,
        Err(error) => return said.push(not_a_reading(&error, text)),
    };
    if elements.len() > ELEMENTS_LIMIT {
        return said.push(too_many("an array", elements.len(), ELEMENTS_LIMIT));
    }
    for element in elements {
        match Wire::deserialize(&element) {
            Ok(it) => {
                let Sayings { beside, said: one } = sayings(it, familiar);
                said.extend(beside.map(Said::Bad));
                said.push(one);
            }
            Err(error) => said.push(not_a_reading(&error, &element.to_string())),
        }
    }
}

/// What one object says.
struct Sayings {
    /// What is wrong beside it.
    beside: Option<Bad>,
    said: Said,
}

impl From<Said> for Sayings {
    fn from(said: Said) -> Sayings {
        Sayings { beside: None, said }
    }
}

fn sayings(wire: Wire, familiar: &mut Familiar) -> Sayings {
    let at = wire.at.as_deref().map(|at| time(at, &mut familiar.day));
    let at = match at.transpose() {
        Ok(at) => at,
        Err(bad) => return Said::Bad(bad).into(),
    };
    if wire.lost == Some(true) {
        let why = wire.why.map(|why| why.0.into_owned());
        return Said::Lost { at, why }.into();
    }
    if wire.heartbeat == Some(true) {
        return Said::Heartbeat { at }.into();
    }
    if let Some(connected) = wire.connected.filter(|_| wire.queue.is_none()) {
        let why = wire.why.map(|why| why.0.into_owned());
        return Said::Line { connected, at, why }.into();
    }
    if wire.missing == Some(true) && wire.waiting.is_none() {
        let missing = queue_of(&wire, familiar).map(|queue| Said::Missing { queue, at });
        return missing.unwrap_or_else(Said::Bad).into();
    }
    let mut reading = match reading(&wire, at, familiar) {
        Ok(reading) => reading,
        Err(bad) => return Said::Bad(bad).into(),
    };
    // The depth is worth more than the names.
    let (agents, beside) = match agents(wire.agents.as_deref()) {
        Ok(agents) => (agents, None),
        Err(bad) => (None, Some(bad)),
    };
    reading.agents = agents;
    let said = Said::Reading(reading);
    Sayings { beside, said }
}

fn queue_of(wire: &Wire, familiar: &mut Familiar) -> Result<Name, Bad> {
    let queue = wire.queue.as_deref().filter(|it| !it.is_empty());
    let Some(queue) = queue else {
        let detail = "a reading without queue; expected {\"queue\":\"...\",\"waiting\":0}, a heartbeat or lost";
        return Err(Bad {
            reason: "no_queue",
            detail: detail.into(),
        });
    };
    short("queue", queue).map(|queue| familiar.queues.of(queue))
}

fn reading(wire: &Wire, at: Option<Time>, familiar: &mut Familiar) -> Result<Reading, Bad> {
    let queue = queue_of(wire, familiar)?;
    let Some(waiting) = wire.waiting else {
        let detail = format!("the reading of {queue:?} has no waiting; it must be there, as a whole number");
        return Err(Bad {
            reason: "no_waiting",
            detail,
        });
    };
    // -1 is "unknown" elsewhere; a depth that is unknown is no reading.
    let waiting = whole("waiting", &queue, waiting, LARGEST)?;
    let measure = |what, value: Option<f64>, most| match value {
        None | Some(-1.0) => Ok(None),
        Some(value) => whole(what, &queue, value, most).map(Some),
    };
    let small = |what, value| measure(what, value, LARGEST).map(|it| it.map(|it| it as u32));
    Ok(Reading {
        at,
        waiting: waiting as u32,
        longest_wait: seconds(&queue, wire.longest_wait_s)?,
        signed_in: small("signed_in", wire.signed_in)?,
        available: small("available", wire.available)?,
        paused: small("paused", wire.paused)?,
        offered: measure("offered", wire.offered, LARGEST_TOTAL)?,
        answered: measure("answered", wire.answered, LARGEST_TOTAL)?,
        answered_in_target: measure("answered_in_target", wire.answered_in_target, LARGEST_TOTAL)?,
        abandoned: measure("abandoned", wire.abandoned, LARGEST_TOTAL)?,
        agents: None,
        queue,
    })
}

fn whole(what: &str, queue: &Name, value: f64, most: f64) -> Result<u64, Bad> {
    if value >= 0.0 && value <= most && value as u64 as f64 == value {
        return Ok(value as u64);
    }
    let detail = format!("{what} of {queue:?} is {value}; expected a whole number from 0 to {most}");
    Err(Bad {
        reason: "out_of_range",
        detail,
    })
}

fn seconds(queue: &Name, value: Option<f64>) -> Result<Option<Millis>, Bad> {
    match value {
        None | Some(-1.0) => Ok(None),
        Some(value) if (0.0..=LARGEST).contains(&value) => Ok(Some(Millis((value * 1000.0).round() as i64))),
        Some(value) => {
            let detail = format!("longest_wait_s of {queue:?} is {value}; expected seconds, 0 or more");
            Err(Bad {
                reason: "out_of_range",
                detail,
            })
        }
    }
}

fn agents(agents: Option<&[WireAgent]>) -> Result<Option<Vec<Agent>>, Bad> {
    let Some(agents) = agents else { return Ok(None) };
    if agents.len() > AGENTS_LIMIT {
        let detail = format!("agents has {} people; at most {AGENTS_LIMIT} are read", agents.len());
        return Err(Bad {
            reason: "too_many",
            detail,
        });
    }
    let one = |it: &WireAgent| {
        let state = match &*it.state {
            "available" => AgentState::Available,
            "busy" => AgentState::Busy,
            "paused" => AgentState::Paused,
            "signed_out" => AgentState::SignedOut,
            other => {
                let detail = format!("an agent's state is {other:?}; expected available, busy, paused or signed_out");
                return Err(Bad {
                    reason: "bad_agent",
                    detail,
                });
            }
        };
        Ok(Agent {
            person: short("person", &it.person).map(Name::from)?,
            state,
        })
    };
    agents.iter().map(one).collect::<Result<_, _>>().map(Some)
}

/// A name that is not too long.
fn short<'a>(what: &str, text: &'a str) -> Result<&'a str, Bad> {
    if text.len() <= NAME_LIMIT {
        return Ok(text);
    }
    let detail = format!(
        "a {what} has a name of {} bytes; at most {NAME_LIMIT} are read",
        text.len()
    );
    Err(Bad {
        reason: "name_too_long",
        detail,
    })
}

fn time(text: &str, day: &mut Day) -> Result<Time, Bad> {
    if let Some(at) = day.moment(text.as_bytes()) {
        return Ok(at);
    }
    match text.parse::<jiff::Timestamp>() {
        Ok(at) => {
            let at = Time(at.as_millisecond());
            day.remember(text, at);
            Ok(at)
        }
        Err(error) => {
            let shown: String = text.chars().take(40).collect();
            let detail = format!("at is {shown:?} ({error}); expected a time as in 2026-11-21T08:00:05.250Z");
            Err(Bad {
                reason: "bad_time",
                detail,
            })
        }
    }
}

fn not_a_reading(error: &serde_json::Error, text: &str) -> Said {
    let shown: String = text.chars().take(80).collect();
    bad(
        "not_a_reading",
        format!("expected a reading as a JSON object, came {shown:?}: {error}"),
    )
}

fn too_many(what: &str, came: usize, limit: usize) -> Said {
    bad(
        "too_many",
        format!("{what} has {came} elements; at most {limit} are read"),
    )
}

fn bad(reason: &'static str, detail: impl Into<String>) -> Said {
    Said::Bad(Bad {
        reason,
        detail: detail.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WHOLE: &str = r#"{"queue":"inbound","at":"2026-11-21T08:00:05.250Z","waiting":7,"longest_wait_s":41.0,"signed_in":46,"available":0,"paused":2,"offered":1204,"answered":1180,"abandoned":17}"#;

    fn reasons(text: &str) -> Vec<&'static str> {
        let one = |it| match it {
            Said::Bad(bad) => bad.reason,
            Said::Reading(_) => "reading",
            Said::Heartbeat { .. } => "heartbeat",
            Said::Lost { .. } => "lost",
            Said::Missing { .. } => "missing",
            Said::Line { .. } => "line",
        };
        read(text).into_iter().map(one).collect()
    }

    #[test]
    fn a_reading_is_read_whole_and_written_as_it_was() {
        let said = read(WHOLE);
        let [Said::Reading(it)] = said.as_slice() else {
            panic!("{said:?}")
        };
        assert_eq!(it.at, Some(Time(1_795_248_005_250)));
        assert_eq!(
            (it.waiting, it.longest_wait, it.signed_in),
            (7, Some(Millis(41_000)), Some(46))
        );
        assert_eq!((it.available, it.paused), (Some(0), Some(2)));
        assert_eq!(
            (it.offered, it.answered, it.abandoned),
            (Some(1204), Some(1180), Some(17))
        );
        assert_eq!(write(it), WHOLE);
    }

    #[test]
    fn what_is_not_there_is_unknown_and_so_is_minus_one() {
        let bare = read(r#"{"queue":"a","waiting":0}"#);
        assert_eq!(bare, [Said::Reading(Reading::of("a", 0))]);
        let more = r#"{"queue":"a","waiting":0,"longest_wait_s":-1,"signed_in":-1,"available":null,"extra":[{}]}"#;
        assert_eq!(read(more), bare);
    }

    #[test]
    fn an_array_is_read_one_by_one_and_a_bad_one_is_skipped() {
        let text = r#"[{"queue":"a","waiting":1},{"queue":"b","waiting":"two"},{"heartbeat":true},{"lost":true}]"#;
        assert_eq!(reasons(text), ["reading", "not_a_reading", "heartbeat", "lost"]);
    }

    #[test]
    fn bad_ones_say_what_is_wrong() {
        assert_eq!(reasons(r#"{"queue":"a","waiting":-1}"#), ["out_of_range"]);
        assert_eq!(reasons(r#"{"queue":"a","waiting":7.5}"#), ["out_of_range"]);
        assert_eq!(reasons(r#"{"queue":"a","waiting":1e300}"#), ["out_of_range"]);
        assert_eq!(reasons(r#"{"queue":"a","waiting":1,"signed_in":-2}"#), ["out_of_range"]);
        assert_eq!(
            reasons(r#"{"queue":"a","waiting":1,"longest_wait_s":-3}"#),
            ["out_of_range"]
        );
        assert_eq!(reasons(r#"{"queue":"a"}"#), ["no_waiting"]);
        assert_eq!(reasons(r#"{"waiting":1}"#), ["no_queue"]);
        assert_eq!(reasons(r#"{"queue":"a","waiting":1,"at":"yesterday"}"#), ["bad_time"]);
        assert_eq!(reasons("hello"), ["not_a_reading"]);
        assert_eq!(reasons("[1,2]"), ["not_a_reading", "not_a_reading"]);
        assert_eq!(reasons("[{"), ["not_a_reading"]);
        assert_eq!(reasons(&format!("[{}0]", "0,".repeat(ELEMENTS_LIMIT))), ["too_many"]);
        let long = "x".repeat(NAME_LIMIT + 1);
        assert_eq!(
            reasons(&format!(r#"{{"queue":"{long}","waiting":1}}"#)),
            ["name_too_long"]
        );
    }

    #[test]
    fn people_are_read_and_a_bad_one_costs_only_the_names() {
        let said = read(r#"{"queue":"a","waiting":1,"agents":[{"person":"E01","state":"busy"}]}"#);
        let agents = vec![Agent {
            person: "E01".into(),
            state: AgentState::Busy,
        }];
        assert_eq!(
            said,
            [Said::Reading(Reading {
                agents: Some(agents),
                ..Reading::of("a", 1)
            })]
        );
        let text = r#"{"queue":"a","waiting":1,"agents":[{"person":"E01","state":"asleep"}]}"#;
        assert_eq!(reasons(text), ["bad_agent", "reading"]);
    }

    #[test]
    fn lost_may_say_why() {
        let why = Some("maintenance".to_owned());
        assert_eq!(
            read(r#"{"lost":true,"why":"maintenance"}"#),
            [Said::Lost { at: None, why }]
        );
    }

    #[test]
    fn a_queue_may_be_missing_and_needs_its_name() {
        let queue = Name::from("a");
        assert_eq!(
            read(r#"{"queue":"a","missing":true}"#),
            [Said::Missing { queue, at: None }]
        );
        assert_eq!(reasons(r#"{"missing":true}"#), ["no_queue"]);
    }

    proptest! {
        #[test]
        fn no_text_brings_it_down(text in ".{0,200}") {
            read(&text);
            read_line(&text, &mut Familiar::default());
        }

        #[test]
        fn what_is_written_is_read_again(waiting: u32, at in 0..4_000_000_000_000_i64, wait in proptest::option::of(0..10_000_000_i64)) {
            let reading = Reading { at: Some(Time(at)), longest_wait: wait.map(Millis), ..Reading::of("q \"ü\n", waiting) };
            prop_assert_eq!(read(&write(&reading)), [Said::Reading(reading)]);
        }
    }
}
