//! Asterisk's `queue_log`: events of calls and members, a line each, to readings.
//!
//! ```text
//! 1793581205|1793581200.17|inbound|NONE|ENTERQUEUE||13800000000|1
//! 1793581246|1793581200.17|inbound|PJSIP/E01|CONNECT|41|1793581240.21|6
//! ```
//!
//! It tells every change and nothing in between: each moment that changes a queue gives a reading, and between them every queue is
//! told anew now and then. Callers who waited before the log begins are unknown. As with the Manager Interface, `abandoned` counts
//! whoever left unanswered but those who left by a key. People are counted once a queue's log shows that they sign in
//! (`ADDMEMBER`): before, nothing is known of them.

use super::{Form, reading};
use crate::core::{Millis, Name, Reading, Time};
use crate::feed::readings::{LINE_LIMIT, ReadError, Recorded, Text};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

/// The readings that the events of a log make.
pub(super) struct Events {
    path: PathBuf,
    text: Box<dyn BufRead + Send>,
    zone: TimeZone,
    tell_every: Millis,
    line: Vec<u8>,
    number: u64,
    ended: bool,
    queues: BTreeMap<Name, Line>,
    /// Where each caller waits.
    waits_in: BTreeMap<String, Name>,
    now: Option<Time>,
    /// Queues that have changed now. They are told when time goes on: what lasted for no time at all was not so.
    changed: BTreeSet<Name>,
    ready: VecDeque<Recorded>,
    /// Happened at a later time than what is being told.
    held: Option<(Time, Event)>,
}

/// One queue.
#[derive(Default)]
struct Line {
    /// Since when each caller waits.
    waiting: BTreeMap<String, Time>,
    offered: u64,
    answered: u64,
    abandoned: u64,
    /// Somebody was seen to sign in, so that people can be counted.
    signs_in: bool,
    members: BTreeSet<String>,
    paused: BTreeSet<String>,
    told: Option<Time>,
}

/// One line.
pub(super) struct Event {
    pub(super) call: String,
    pub(super) queue: Name,
    agent: String,
    pub(super) what: What,
}

/// What an event does to a queue.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum What {
    Enter,
    Answer,
    Abandon,
    Leave,
    /// The call has ended, or went on elsewhere.
    Complete,
    SignIn,
    SignOut,
    Pause,
    Resume,
    /// Asterisk has started anew: nobody waits.
    Start,
    /// Nothing that counts here.
    Nothing,
}

impl What {
    fn of(event: &str) -> What {
        match event {
            "ENTERQUEUE" => What::Enter,
            "CONNECT" => What::Answer,
            "ABANDON" | "EXITWITHTIMEOUT" | "EXITEMPTY" | "WITHDRAWN" => What::Abandon,
            "EXITWITHKEY" => What::Leave,
            "COMPLETEAGENT" | "COMPLETECALLER" | "TRANSFER" | "BLINDTRANSFER" | "ATTENDEDTRANSFER" => What::Complete,
            "ADDMEMBER" | "AGENTLOGIN" | "AGENTCALLBACKLOGIN" => What::SignIn,
            "REMOVEMEMBER" | "AGENTLOGOFF" | "AGENTCALLBACKLOGOFF" => What::SignOut,
            "PAUSE" => What::Pause,
            "UNPAUSE" => What::Resume,
            "QUEUESTART" => What::Start,
            _ => What::Nothing,
        }
    }
}

/// Whether a line is of such a log.
pub(super) fn is_event(line: &str) -> bool {
    let mut fields = line.split('|');
    let time = fields.next().unwrap_or_default();
    let looks_like_a_time = time.starts_with(|it: char| it.is_ascii_digit()) && time.len() >= 9;
    looks_like_a_time && fields.count() >= 4
}

impl Events {
    pub(super) fn new(text: Text, path: &Path, form: &Form) -> Events {
        Events {
            path: path.to_owned(),
            text: text.into_read(),
            zone: form.zone.clone(),
            tell_every: form.tell_every,
            line: Vec::new(),
            number: 0,
            ended: false,
            queues: BTreeMap::new(),
            waits_in: BTreeMap::new(),
            now: None,
            changed: BTreeSet::new(),
            ready: VecDeque::new(),
            held: None,
        }
    }

    /// The next event; `None` at the end.
    fn next_event(&mut self) -> Option<Result<(Time, Event), ReadError>> {
        loop {
            self.line.clear();
            self.number += 1;
            let limit = LINE_LIMIT as u64 + 1;
            match (&mut self.text).take(limit).read_until(b'\n', &mut self.line) {
                Ok(0) => return None,
                Ok(_) if self.line.len() > LINE_LIMIT => {
                    if let Err(error) = self.text.skip_until(b'\n') {
                        return Some(Err(self.unreadable(error)));
                    }
                    return Some(Err(self.fault(format!("the line is longer than {LINE_LIMIT} bytes"))));
                }
                Ok(_) if self.line.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let read = event(&String::from_utf8_lossy(&self.line), &self.zone);
                    return Some(read.map_err(|why| self.fault(why)));
                }
                Err(error) => return Some(Err(self.unreadable(error))),
            }
        }
    }

    fn fault(&self, detail: String) -> ReadError {
        ReadError::Line {
            path: self.path.clone(),
            line: self.number,
            detail,
        }
    }

    fn unreadable(&mut self, error: io::Error) -> ReadError {
        self.ended = true;
        ReadError::File {
            path: self.path.clone(),
            error,
        }
    }

    /// The next moment at which some queue has to be told anew.
    fn next_telling(&self) -> Option<Time> {
        let told = self.queues.values().filter_map(|line| line.told);
        told.min().map(|told| told + self.tell_every)
    }

    /// Time goes on.
    fn tell_changed(&mut self) {
        let Some(now) = self.now else { return };
        for queue in std::mem::take(&mut self.changed) {
            if let Some(line) = self.queues.get_mut(&queue) {
                self.ready.push_back(line.tell(&queue, now));
            }
        }
    }

    fn tell_anew(&mut self, at: Time) {
        for (queue, line) in &mut self.queues {
            if line.told.is_some_and(|told| told + self.tell_every <= at) {
                self.ready.push_back(line.tell(queue, at));
            }
        }
    }

    fn take(&mut self, at: Time, event: Event) {
        self.now = Some(at);
        let Event {
            call,
            queue,
            agent,
            what,
        } = event;
        if what == What::Start {
            self.waits_in.clear();
            for (queue, line) in &mut self.queues {
                line.waiting.clear();
                self.changed.insert(queue.clone());
            }
            return;
        }
        if matches!(what, What::Nothing | What::Complete) || queue.as_str() == "NONE" {
            return;
        }
        if matches!(what, What::Enter | What::Answer | What::Abandon | What::Leave) {
            self.leave(&call, &queue, what);
        }
        let line = self.queues.entry(queue.clone()).or_default();
        let changed = line.take(&call, agent, what, at);
        if what == What::Enter {
            self.waits_in.insert(call, queue.clone());
        }
        if changed || line.told.is_none() {
            self.changed.insert(queue);
        }
    }

    /// A caller does not wait any more where they waited; in another queue without having left it, that one is told.
    fn leave(&mut self, call: &str, queue: &Name, what: What) {
        let Some(waited_in) = self.waits_in.remove(call) else {
            return;
        };
        if let Some(line) = self.queues.get_mut(&waited_in).filter(|_| waited_in != *queue) {
            line.waiting.remove(call);
            self.changed.insert(waited_in);
        } else if what == What::Enter
            && let Some(line) = self.queues.get_mut(queue)
        {
            line.waiting.remove(call);
        }
    }
}

impl Line {
    /// Returns whether anything changed that a reading tells.
    fn take(&mut self, call: &str, agent: String, what: What, at: Time) -> bool {
        match what {
            What::Enter => {
                self.offered += 1;
                self.waiting.insert(call.to_owned(), at);
                return true;
            }
            What::Answer => {
                self.answered += 1;
                self.members.insert(agent);
            }
            What::Abandon => self.abandoned += 1,
            What::Leave => {}
            What::SignIn => {
                self.signs_in = true;
                return self.members.insert(agent);
            }
            What::SignOut => {
                self.paused.remove(&agent);
                return self.members.remove(&agent);
            }
            What::Pause => {
                self.members.insert(agent.clone());
                return self.paused.insert(agent);
            }
            What::Resume => return self.paused.remove(&agent),
            What::Start | What::Complete | What::Nothing => return false,
        }
        // Of a caller who came before the log begins only the outcome counts.
        self.waiting.remove(call);
        true
    }

    fn tell(&mut self, queue: &Name, at: Time) -> Recorded {
        self.told = Some(at);
        let number = |all: usize| u32::try_from(all).unwrap_or(u32::MAX);
        let head = self.waiting.values().min().map(|since| at - *since);
        reading(
            at,
            Reading {
                longest_wait: Some(head.unwrap_or(Millis::ZERO)),
                signed_in: self.signs_in.then(|| number(self.members.len())),
                paused: self.signs_in.then(|| number(self.paused.len())),
                offered: Some(self.offered),
                answered: Some(self.answered),
                abandoned: Some(self.abandoned),
                ..Reading::of(queue.clone(), number(self.waiting.len()))
            },
        )
    }
}

impl Iterator for Events {
    type Item = Result<Recorded, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(Ok(ready));
            }
            if self.held.is_none() && !self.ended {
                match self.next_event() {
                    Some(Ok((at, event))) => {
                        // Lines of one second may stand in any order; time does not go back.
                        let at = self.now.map_or(at, |now| now.max(at));
                        self.held = Some((at, event));
                    }
                    Some(Err(fault)) => return Some(Err(fault)),
                    None => self.ended = true,
                }
            }
            let goes_on = self.held.as_ref().is_none_or(|(at, _)| Some(*at) != self.now);
            if goes_on && !self.changed.is_empty() {
                self.tell_changed();
                continue;
            }
            let (at, event) = self.held.take()?;
            match self.next_telling().filter(|telling| *telling < at) {
                Some(telling) => {
                    self.tell_anew(telling);
                    self.held = Some((at, event));
                }
                None => self.take(at, event),
            }
        }
    }
}

/// Reads a line; else what is wrong with it.
pub(super) fn event(line: &str, zone: &TimeZone) -> Result<(Time, Event), String> {
    let line = line.trim_end();
    let fields: Vec<&str> = line.split('|').collect();
    let [time, call, queue, agent, what, ..] = fields[..] else {
        let shown: String = line.chars().take(60).collect();
        return Err(format!(
            "expected TIME|CALL|QUEUE|AGENT|EVENT as in Asterisk's queue_log, came {shown:?}"
        ));
    };
    Ok((
        moment(time, zone)?,
        Event {
            call: call.to_owned(),
            queue: Name::from(queue),
            agent: agent.to_owned(),
            what: What::of(what),
        },
    ))
}

/// Seconds since 1970, or a date and a time in the zone, as queue logs in databases have it.
fn moment(text: &str, zone: &TimeZone) -> Result<Time, String> {
    let expected = || {
        format!(
            "its time is {text:?}; expected seconds since 1970, as in 1793581205, or a time as in 2026-11-02 09:00:05"
        )
    };
    if let Ok(seconds) = text.parse::<f64>() {
        let millis = seconds * 1000.0;
        let sensible = (0.0..=Timestamp::MAX.as_millisecond() as f64).contains(&millis);
        return if sensible {
            Ok(Time(millis.round() as i64))
        } else {
            Err(expected())
        };
    }
    let local: DateTime = text.parse().map_err(|_| expected())?;
    let zoned = local.to_zoned(zone.clone()).map_err(|_| expected())?;
    Ok(Time(zoned.timestamp().as_millisecond()))
}
