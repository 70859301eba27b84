//! While logged in: lists that are asked for one after the other, events in between, and the signs of life.

use super::super::Heard;
use super::super::ami::{Action, Message};
use super::queue::{Effect as Change, Known};
use super::storm::Storm;
use super::{Dialogue, Effect, Phase, words};
use crate::core::{Millis, Time};
use std::collections::VecDeque;

/// How often every queue's list is asked for while events flow.
pub const LIST_EVERY: Millis = Millis(30_000);
/// How soon a list is asked for again that Asterisk refused, which it does while it boots; doubles up to [`REFUSED_AT_MOST`].
pub const REFUSED_AGAIN: Millis = Millis(100);
/// The longest pause before a refused list is asked for again.
pub const REFUSED_AT_MOST: Millis = Millis(5_000);
/// A list that has not come after this long is given up and asked for in the next round.
pub const LIST_WITHIN: Millis = Millis(10_000);
/// A list out of turn, for a queue whose events do not agree with themselves, at most this often.
pub const DOUBT_AGAIN: Millis = Millis(5_000);
/// After so many lists that differ without an event, events are taken to be missing altogether.
const CHANGES_WITHOUT_EVENT: u32 = 2;

/// What is true only while logged in.
#[derive(Debug)]
pub(super) struct Up {
    ping_at: Time,
    /// When it was first asked for a sign of life after the last one.
    unanswered: Option<Time>,
    round_at: Time,
    round_every: Millis,
    to_ask: VecDeque<usize>,
    asking: Option<Asking>,
    ask_from: Time,
    refused: u32,
    doubt_from: Time,
    storm: Storm,
    events: Events,
}

#[derive(Debug)]
struct Asking {
    queue: usize,
    id: String,
    by: Time,
    /// What has been listed so far.
    list: Option<Known>,
}

/// Whether queue events arrive at all.
#[derive(Debug)]
enum Events {
    /// So many lists differed and no event has come yet.
    Missing(u32),
    /// At least one has come.
    Flow,
}

impl Up {
    /// Just logged in: every queue is to be asked for.
    pub fn begin(queues: usize, third: Millis, now: Time) -> Up {
        Up {
            ping_at: now + third,
            unanswered: None,
            round_at: now + LIST_EVERY,
            round_every: LIST_EVERY,
            to_ask: (0..queues).collect(),
            asking: None,
            ask_from: now,
            refused: 0,
            doubt_from: now,
            storm: Storm::default(),
            events: Events::Missing(0),
        }
    }

    /// When the next thing is due.
    pub fn due(&self, patience: Millis) -> Time {
        let silence = self.unanswered.map(|since| since + patience);
        let asking = self.asking.as_ref().map(|it| it.by);
        let ask = (self.asking.is_none() && !self.to_ask.is_empty()).then_some(self.ask_from);
        let sometimes = [silence, asking, ask, self.storm.ask_at()].into_iter().flatten();
        sometimes.fold(self.ping_at.min(self.round_at), Time::min)
    }

    /// Whether a sign of life has been owed for too long.
    pub fn is_silent(&self, patience: Millis, now: Time) -> bool {
        self.unanswered.is_some_and(|since| now >= since + patience)
    }

    /// Whether the connection, if it ends now, ends with a phone system that went down.
    pub fn ends_in_a_storm(&self, now: Time) -> bool {
        self.storm.explains_an_end(now)
    }
}

impl Dialogue {
    pub(super) fn up(&mut self, message: &Message, now: Time) {
        let Phase::Up(up) = &mut self.phase else { return };
        up.unanswered = None;
        if up.storm.is_over(now) {
            for index in 0..self.queues.len() {
                if self.queues[index].release() {
                    self.report(index, now);
                }
            }
        }
        match (message.get("Response"), message.get("Event")) {
            (Some(response), _) => self.response(response, message, now),
            (None, Some(event)) => self.event(event, message, now),
            (None, None) => {}
        }
    }

    fn response(&mut self, response: &str, message: &Message, now: Time) {
        if message.get("Ping").is_some() {
            self.tell(Heard::Heartbeat);
            let time = message.get("Timestamp").and_then(|it| it.parse::<f64>().ok());
            if let Some(time) = time.filter(|it| it.is_finite()) {
                self.effects
                    .push_back(Effect::SourceClock(Time((time * 1000.0) as i64)));
            }
            return;
        }
        let Phase::Up(up) = &mut self.phase else { return };
        let ours = up
            .asking
            .as_ref()
            .is_some_and(|it| message.get("ActionID") == Some(it.id.as_str()));
        if !ours {
            return;
        }
        if response.eq_ignore_ascii_case("Success") {
            up.refused = 0;
        } else if let Some(asking) = up.asking.take() {
            let pause = REFUSED_AGAIN.0.saturating_mul(1 << up.refused.min(16));
            up.ask_from = now + Millis(pause).min(REFUSED_AT_MOST);
            up.refused = up.refused.saturating_add(1);
            up.to_ask.push_front(asking.queue);
            let said = message.get("Message").unwrap_or(response);
            let detail = words::list_refused(&self.queues[asking.queue].source, said);
            self.tell(Heard::Rejected {
                reason: "list_refused",
                detail,
            });
        }
    }

    fn event(&mut self, event: &str, message: &Message, now: Time) {
        match event {
            "QueueParams" | "QueueMember" | "QueueEntry" => self.listed(event, message, now),
            "QueueStatusComplete" => self.list_complete(message, now),
            "QueueCallerJoin" | "QueueCallerAbandon" | "QueueCallerLeave" => self.caller(event, message, now),
            "QueueMemberAdded"
            | "QueueMemberStatus"
            | "QueueMemberPause"
            | "QueueMemberPenalty"
            | "QueueMemberRinginuse"
            | "QueueMemberRemoved" => {
                if let Some(index) = self.index(message)
                    && self.queues[index].member(message, event == "QueueMemberRemoved") == Change::Changed
                {
                    self.report(index, now);
                }
            }
            "Shutdown" => {
                let restart = message.get("Restart").is_some_and(|it| it.eq_ignore_ascii_case("True"));
                self.phase = Phase::Leaving;
                self.tell(Heard::SourceLost {
                    why: words::shutting_down(restart),
                });
            }
            // Queues may have come, gone or changed, with no event of their own.
            "Reload" => self.ask_for_all(now),
            "FullyBooted" => {
                let uptime = message.number("Uptime");
                if let (Some(before), Some(uptime)) = (self.uptime, uptime)
                    && uptime < before
                {
                    tracing::info!(address = %self.account.address, uptime, "Asterisk has been restarted since it was last seen");
                }
                self.uptime = uptime.or(self.uptime);
                self.ask_for_all(now);
            }
            _ => {}
        }
    }

    fn caller(&mut self, event: &str, message: &Message, now: Time) {
        let Phase::Up(up) = &mut self.phase else { return };
        up.events = Events::Flow;
        let source = message.get("Queue").unwrap_or_default().to_ascii_lowercase();
        let Some(&index) = self.by_source.get(&source) else {
            return;
        };
        let queue = &mut self.queues[index];
        let before = queue.depth().unwrap_or(0);
        let change = match event {
            "QueueCallerJoin" => queue.joined(message, now),
            "QueueCallerAbandon" => return queue.gives_up(message),
            _ => queue.left(message),
        };
        if change == Change::GaveUp && up.storm.gave_up(now) {
            queue.hold(before);
        }
        if queue.is_doubtful() && now >= up.doubt_from && !up.to_ask.contains(&index) {
            up.doubt_from = now + DOUBT_AGAIN;
            up.to_ask.push_back(index);
        }
        if change != Change::Nothing {
            self.report(index, now);
        }
        self.ask(now);
    }

    /// A line of the list that was asked for. Others (of a proxy's other clients) may be of a part of a queue only.
    fn listed(&mut self, event: &str, message: &Message, now: Time) {
        let index = self.index(message);
        let Phase::Up(up) = &mut self.phase else { return };
        let Some(asking) = &mut up.asking else { return };
        if message.get("ActionID") != Some(asking.id.as_str()) || index != Some(asking.queue) {
            return;
        }
        match (event, &mut asking.list) {
            ("QueueParams", list) => *list = Some(Known::begin(message)),
            ("QueueEntry", Some(list)) => list.add_caller(message, now),
            ("QueueMember", Some(list)) => list.add_listed_member(message),
            (_, _) => {}
        }
    }

    fn list_complete(&mut self, message: &Message, now: Time) {
        let Phase::Up(up) = &mut self.phase else { return };
        let ours = up.asking.take_if(|it| message.get("ActionID") == Some(it.id.as_str()));
        match ours {
            Some(Asking {
                queue,
                list: Some(list),
                ..
            }) => self.take_list(queue, list, now),
            Some(Asking { queue, list: None, .. }) => self.missed(queue),
            None => {}
        }
        self.ask(now);
    }

    fn missed(&mut self, index: usize) {
        if self.queues[index].miss() {
            let queue = self.queues[index].key.clone();
            self.tell(Heard::QueueMissing { queue });
        }
    }

    fn take_list(&mut self, index: usize, list: Known, now: Time) {
        let third = self.third();
        let Phase::Up(up) = &mut self.phase else { return };
        let queue = &mut self.queues[index];
        let before = queue.depth();
        let (gone, came) = queue.replace(list);
        // A list made in the middle of a shutdown is ahead of the events that would tell of it.
        if let Some(before) = before
            && gone >= 2
            && queue.depth() < Some(before)
        {
            up.storm.vanished(now);
            queue.hold(before);
        }
        if let Events::Missing(changes) = &mut up.events
            && gone + came > 0
            && *changes < CHANGES_WITHOUT_EVENT
        {
            *changes += 1;
            if *changes == CHANGES_WITHOUT_EVENT {
                up.round_every = third;
                up.round_at = up.round_at.min(now + third);
                let detail = words::no_events(&self.account.username, third.as_secs());
                self.tell(Heard::Rejected {
                    reason: "no_events",
                    detail,
                });
            }
        }
        self.report(index, now);
    }

    pub(super) fn up_timeout(&mut self, now: Time) {
        let third = self.third();
        let Phase::Up(up) = &mut self.phase else { return };
        if now >= up.ping_at {
            up.ping_at = now + third;
            up.unanswered.get_or_insert(now);
            self.send(Action::new("Ping"));
        }
        let Phase::Up(up) = &mut self.phase else { return };
        if let Some(late) = up.asking.take_if(|it| now >= it.by) {
            let detail = words::list_unanswered(&self.queues[late.queue].source, LIST_WITHIN.as_secs());
            self.tell(Heard::Rejected {
                reason: "list_unanswered",
                detail,
            });
        }
        let Phase::Up(up) = &mut self.phase else { return };
        if up.storm.ask_at().is_some_and(|at| now >= at) {
            up.storm.asked();
            // Any word will do: the answer to this one will come, and it is the list itself.
            self.ask_for_all(now);
        } else if now >= up.round_at {
            self.ask_for_all(now);
        }
        self.ask(now);
    }

    fn ask_for_all(&mut self, now: Time) {
        let Phase::Up(up) = &mut self.phase else { return };
        up.round_at = now + up.round_every;
        up.to_ask = (0..self.queues.len()).collect();
        self.ask(now);
    }

    /// Asks for the next list, one at a time: the many queues of a big site never pile up in Asterisk.
    pub(super) fn ask(&mut self, now: Time) {
        let Phase::Up(up) = &mut self.phase else { return };
        if up.asking.is_some() || now < up.ask_from {
            return;
        }
        let Some(queue) = up.to_ask.pop_front() else { return };
        let source = self.queues[queue].source.clone();
        let id = self.send(Action::new("QueueStatus").with("Queue", &source));
        if let Phase::Up(up) = &mut self.phase {
            up.asking = Some(Asking {
                queue,
                id,
                by: now + LIST_WITHIN,
                list: None,
            });
        }
    }

    fn report(&mut self, index: usize, now: Time) {
        if let Some(reading) = self.queues[index].reading(now) {
            self.tell(Heard::Reading(reading));
        }
    }

    fn index(&self, message: &Message) -> Option<usize> {
        self.by_source.get(&message.get("Queue")?.to_ascii_lowercase()).copied()
    }
}
