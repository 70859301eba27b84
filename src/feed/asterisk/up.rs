//! While logged in: events between the lists, and the signs of life.

use super::super::Heard;
use super::super::ami::{Action, Message};
use super::lists::Lists;
use super::queue::Effect as Change;
use super::rights::Rights;
use super::storm::Storm;
use super::{Dialogue, Effect, Phase, words};
use crate::core::{Millis, Time};

/// What is true only while logged in.
#[derive(Debug)]
pub(super) struct Up {
    ping_at: Time,
    /// When it was first asked for a sign of life after the last one.
    unanswered: Option<Time>,
    pub lists: Lists,
    pub storm: Storm,
    pub rights: Rights,
}

impl Up {
    /// Just logged in.
    pub fn begin(queues: usize, third: Millis, now: Time) -> Up {
        Up {
            ping_at: now + third,
            unanswered: None,
            lists: Lists::begin(queues, now),
            storm: Storm::default(),
            rights: Rights::new(now),
        }
    }

    /// When the next thing is due. `patience`: with a sign of life that is owed; `limit` and `list_patience`: with a list.
    pub fn due(&self, patience: Millis, limit: Millis, list_patience: Millis) -> Time {
        let silence = self.unanswered.filter(|_| !self.lists.are_asked());
        let silence = silence.map(|since| since + patience);
        let sometimes = [silence, self.storm.ask_at(), self.rights.due()].into_iter().flatten();
        let lists = self.lists.due(limit, list_patience);
        sometimes.fold(self.ping_at.min(lists), Time::min)
    }

    /// Whether a sign of life has been owed for too long.
    pub fn is_silent(&self, patience: Millis, now: Time) -> bool {
        let owed = self.unanswered.is_some_and(|since| now >= since + patience);
        owed && !self.lists.are_asked()
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
        up.lists.heard(now);
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
        let Phase::Up(up) = &mut self.phase else { return };
        up.lists.answered(message.get("ActionID").unwrap_or_default(), now);
        if message.get("Ping").is_none() {
            return self.list_answered(response, message, now);
        }
        self.tell(Heard::Heartbeat);
        let time = message.get("Timestamp").and_then(|it| it.parse::<f64>().ok());
        if let Some(time) = time.filter(|it| it.is_finite()) {
            self.effects
                .push_back(Effect::SourceClock(Time((time * 1000.0) as i64)));
        }
    }

    fn event(&mut self, event: &str, message: &Message, now: Time) {
        match event {
            "QueueParams" | "QueueMember" | "QueueEntry" => self.listed(event, message, now),
            "QueueStatusComplete" => self.list_complete(message, now),
            "QueueSummary" => self.summed_up(message, now),
            "QueueSummaryComplete" => self.summary_complete(message, now),
            "QueueCallerJoin" | "QueueCallerAbandon" | "QueueCallerLeave" => self.caller(event, message, now),
            "QueueMemberAdded"
            | "QueueMemberStatus"
            | "QueueMemberPause"
            | "QueueMemberPenalty"
            | "QueueMemberRinginuse"
            | "QueueMemberRemoved" => {
                self.sees_queue_events();
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
            "Reload" | "Load" | "Unload" => {
                self.sees_system_events();
                self.ask_for_all(now);
            }
            "FullyBooted" => self.booted(message, now),
            _ => {}
        }
    }

    fn booted(&mut self, message: &Message, now: Time) {
        self.sees_system_events();
        let uptime = message.number("Uptime");
        if let (Some(before), Some(uptime)) = (self.uptime, uptime)
            && uptime < before
        {
            tracing::info!(address = %self.account.address, uptime, "Asterisk has been restarted since it was last seen");
        }
        self.uptime = uptime.or(self.uptime);
        self.ask_for_all(now);
    }

    fn caller(&mut self, event: &str, message: &Message, now: Time) {
        self.sees_queue_events();
        let Some(index) = self.index(message) else { return };
        let Phase::Up(up) = &mut self.phase else { return };
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
        if queue.is_doubtful() {
            up.lists.doubt(index, now);
        }
        if change != Change::Nothing {
            self.report(index, now);
        }
        self.ask(now);
    }

    pub(super) fn up_timeout(&mut self, now: Time) {
        let third = self.third();
        let Phase::Up(up) = &mut self.phase else { return };
        if now >= up.ping_at {
            up.ping_at = now + third;
            up.unanswered.get_or_insert(now);
            self.send(Action::new("Ping"));
            self.glance();
        }
        self.rights_timeout(now);
        let Phase::Up(up) = &mut self.phase else { return };
        if up.storm.ask_at().is_some_and(|at| now >= at) {
            up.storm.asked();
            // Any word will do: the answer to this one will come, and it is the list itself.
            self.ask_for_all(now);
        }
        self.lists_timeout(now);
    }

    pub(super) fn report(&mut self, index: usize, now: Time) {
        if let Some(reading) = self.queues[index].reading(now) {
            self.tell(Heard::Reading(reading));
        }
    }

    pub(super) fn index(&self, message: &Message) -> Option<usize> {
        self.by_source.get(&message.get("Queue")?.to_ascii_lowercase()).copied()
    }
}
