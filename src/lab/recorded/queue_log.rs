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

use super::times::{Written, sensible, tell_shown_twice};
use super::{Form, LOOKED_WITHIN, reading};
use crate::core::{Millis, Name, Reading, Time};
use crate::feed::readings::{LINE_LIMIT, ReadError, Recorded};
use crate::feed::text::Text;
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
    /// Lines of an hour that the clocks showed twice.
    shown_twice: u64,
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
    /// The clocks showed that hour twice, and nothing tells which of the two it was.
    pub(super) shown_twice: bool,
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
            shown_twice: 0,
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
                let before = line.told.is_none().then(|| line.before(&queue, now));
                let changed = line.tell(&queue, now);
                self.ready.extend(before.filter(|before| *before != changed));
                self.ready.push_back(changed);
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

    /// Nobody looked for longer than is taken for looking: queues are told anew once something happens again.
    fn look_again(&mut self, at: Time) {
        let before = self.now.replace(at);
        if before.is_some_and(|before| at - before > LOOKED_WITHIN) {
            let told = self.queues.values_mut().filter_map(|line| line.told.as_mut());
            told.for_each(|told| *told = at - self.tell_every);
        }
    }

    fn take(&mut self, at: Time, event: Event) {
        self.look_again(at);
        let Event {
            call,
            queue,
            agent,
            what,
            shown_twice,
        } = event;
        self.shown_twice += u64::from(shown_twice);
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

    /// As it was before the first event that is told of it: nobody waited, and from here on its counters count.
    fn before(&self, queue: &Name, at: Time) -> Recorded {
        let mut before = Line {
            signs_in: self.signs_in,
            members: self.members.clone(),
            paused: self.paused.clone(),
            ..Line::default()
        };
        before.tell(queue, at)
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
                    None => {
                        self.ended = true;
                        tell_shown_twice(&self.path, self.shown_twice, &self.zone);
                    }
                }
            }
            let goes_on = self.held.as_ref().is_none_or(|(at, _)| Some(*at) != self.now);
            if goes_on && !self.changed.is_empty() {
                self.tell_changed();
                continue;
            }
            let (at, event) = self.held.take()?;
            let looked = |telling: &Time| self.now.is_some_and(|now| *telling - now <= LOOKED_WITHIN);
            match self.next_telling().filter(|telling| *telling < at && looked(telling)) {
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
    let (at, shown_twice) = moment(time, zone)?;
    let event = Event {
        call: call.to_owned(),
        queue: Name::from(queue),
        agent: agent.to_owned(),
        what: What::of(what),
        shown_twice,
    };
    Ok((at, event))
}

/// Seconds since 1970, or a date and a time in the zone, as queue logs in databases have it; and whether the clocks showed that time twice.
fn moment(text: &str, zone: &TimeZone) -> Result<(Time, bool), String> {
    let expected = || {
        format!(
            "its time is {text:?}; expected seconds since 1970, as in 1793581205, or a time as in 2026-11-02 09:00:05"
        )
    };
    let (at, shown_twice) = match text.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() => (Time((seconds * 1000.0).round() as i64), false),
        Ok(_) => return Err(expected()),
        Err(_) => {
            let local: DateTime = text.parse().map_err(|_| expected())?;
            let written = Written::on_the_wall(local, zone).map_err(|_| expected())?;
            (written.moment, written.or.is_some())
        }
    };
    Ok((sensible(at, text)?, shown_twice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::Heard;
    use crate::lab::recorded::calls::tests::{form, text_of};
    use crate::lab::recorded::{Happening, open};

    /// When a reading was, in minutes since the first, who waits, and who gave up.
    type Row = (i64, u32, Option<u64>);

    /// The readings of a log, and what is wrong with its lines.
    fn told(text: &str) -> (Vec<Row>, Vec<String>) {
        let (_folder, path) = text_of(text);
        let (mut rows, mut faults, mut first) = (Vec::new(), Vec::new(), None);
        for happened in open(&path, &form()).unwrap_or_else(|fault| panic!("{fault}")) {
            match happened {
                Ok(Happening::Heard(Recorded {
                    at,
                    what: Heard::Reading(it),
                    ..
                })) => {
                    let minutes = (at - *first.get_or_insert(at)).0 / 60_000;
                    rows.push((minutes, it.waiting, it.abandoned));
                }
                Ok(other) => panic!("{other:?}"),
                Err(fault) => faults.push(fault.to_string()),
            }
        }
        (rows, faults)
    }

    #[test]
    fn the_first_who_gives_up_counts() {
        let log = "1793581205|a.1|bank|NONE|ENTERQUEUE||1|1\n1793581205|a.1|bank|NONE|ABANDON|1|1|0\n";
        assert_eq!(told(log).0, [(0, 0, Some(0)), (0, 0, Some(1))]);
    }

    #[test]
    fn a_time_that_can_be_none_is_a_fault_of_its_line_and_a_long_gap_is_not_told() {
        let log = "946800000|a.1|bank|NONE|ENTERQUEUE||1|1\n946800001|a.1|bank|E01|CONNECT|1|2|3\n\
            1793581206|a.3|bank|NONE|ENTERQUEUE||1|1\n99999999999|a.2|bank|NONE|ENTERQUEUE||1|1\n\
            1970-01-01 00:00:00|a.2|bank|NONE|ENTERQUEUE||1|1\n1793581207|a.3|bank|E01|CONNECT|1|2|3\n";
        let (rows, faults) = told(log);
        assert!(
            faults[0].contains(":4: \"99999999999\" is no time of a call: expected a year from 1990"),
            "{faults:?}"
        );
        assert!(
            faults[1].contains(":5: \"1970-01-01 00:00:00\" is no time of a call"),
            "{faults:?}"
        );
        assert_eq!(faults.len(), 2);
        let day = 24 * 60;
        assert_eq!(rows.iter().filter(|it| it.0 > day && it.0 < 9_000 * day).count(), 0);
        assert_eq!(rows.len(), 3 + 24 * 720 + 2);
    }
}
