//! Asterisk over its Manager Interface: a pure machine that is told messages and the time.
//!
//! ```text
//!          connected             greeting           challenge            accepted
//!   Off ──────────────► Greeting ────────► Challenge ────────► Login ────────────► Up
//!    ▲                     │                   │                 │                  │ Shutdown
//!    │                     └─────────┬─────────┴────────┬────────┘                  ▼
//!    └──────────── closed ──────── Over (why) ◄─────────┴──────────────────────── Leaving
//! ```
//!
//! In `Up` it asks for one queue's list after the other (`QueueStatus`), on connecting and every [`LIST_EVERY`], and
//! keeps each queue up by events in between. Lists replace, they never merge. A list says all that is needed: callers
//! with their waits, members with their states; `QueueSummary` would add nothing.
//!
//! What cannot be told apart at first: one single waiting caller who hangs up, and a phone system that goes down with one
//! caller waiting. The drop to 0 is told; if the connection ends within [`storm::CONFIRM`], the source is lost.

pub mod link;
mod queue;
mod storm;
mod words;

use super::Heard;
use super::ami::{Action, Frame, Message};
use crate::core::{Millis, Name, Time};
use md5::{Digest, Md5};
use queue::{Effect as Change, Known, Queue};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use storm::Storm;

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
/// The greeting and each step of the login must come within this.
pub const LOGIN_WITHIN: Millis = Millis(10_000);
/// After so many lists that differ without an event, events are taken to be missing altogether.
const CHANGES_WITHOUT_EVENT: u32 = 2;

/// What the machine wants done.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Tell this.
    Tell(Heard),
    /// The source's clock, as it told it.
    SourceClock(Time),
    /// Close the connection; `refused`: trying again soon is of no use.
    Close {
        /// Whether the other side does not want us.
        refused: bool,
    },
}

/// Whom the machine logs in as, and what it looks for.
#[derive(Clone, Debug)]
pub struct Account {
    /// Where, for messages.
    pub address: String,
    /// The user of manager.conf.
    pub username: String,
    /// Its secret.
    pub secret: super::Secret,
    /// After this long without a sign of life the connection is given up; one is asked for every third of it.
    pub stale_after: Millis,
}

/// The conversation with one Asterisk, over all its connections.
#[derive(Debug)]
pub struct Dialogue {
    account: Account,
    /// The link cannot be overheard: TLS, or this machine itself.
    private: bool,
    phase: Phase,
    queues: Vec<Queue>,
    by_source: BTreeMap<String, usize>,
    effects: VecDeque<Effect>,
    actions: u64,
    uptime: Option<u64>,
}

#[derive(Debug)]
enum Phase {
    Off,
    Greeting {
        by: Time,
    },
    Challenge {
        by: Time,
    },
    Login {
        by: Time,
    },
    Up(Box<Up>),
    /// Asterisk said that it goes away: nothing it says counts any more.
    Leaving,
    Over {
        why: String,
    },
}

/// What is true only while logged in.
#[derive(Debug)]
struct Up {
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

impl Dialogue {
    /// A machine for these queues: their names in Asterisk, and their keys. Asterisk ignores the case of queue names in
    /// questions, so it is ignored here.
    pub fn new(account: Account, queues: &BTreeMap<String, Name>) -> Dialogue {
        let by_source = queues
            .keys()
            .enumerate()
            .map(|(index, source)| (source.to_ascii_lowercase(), index))
            .collect();
        let queues = queues
            .iter()
            .map(|(source, key)| Queue::new(source.clone(), key.clone()))
            .collect();
        Dialogue {
            account,
            private: false,
            phase: Phase::Off,
            queues,
            by_source,
            effects: VecDeque::new(),
            actions: 0,
            uptime: None,
        }
    }

    /// A connection was made. `private`: nobody can listen in on it.
    pub fn connected(&mut self, private: bool, now: Time) {
        self.queues.iter_mut().for_each(|queue| {
            queue.forget();
        });
        self.effects.clear();
        self.private = private;
        self.phase = Phase::Greeting { by: now + LOGIN_WITHIN };
    }

    /// A frame came.
    pub fn hear(&mut self, frame: Frame, now: Time) {
        match (&mut self.phase, frame) {
            (Phase::Off | Phase::Leaving | Phase::Over { .. }, _) => {}
            (Phase::Greeting { .. }, Frame::Greeting(line)) => self.greeted(&line, now),
            (_, Frame::TooLong) => self.tell(Heard::Rejected {
                reason: "too_long",
                detail: "a message of the phone system was longer than any that is known, and was skipped".into(),
            }),
            (Phase::Challenge { .. }, Frame::Message(message)) => self.challenged(&message, now),
            (Phase::Login { .. }, Frame::Message(message)) => self.logged_in(&message, now),
            (Phase::Up(_), Frame::Message(message)) => self.up(&message, now),
            (_, _) => {}
        }
    }

    /// The connection ended; `how` completes "the phone system ...".
    pub fn closed(&mut self, how: &str, now: Time) {
        let address = &self.account.address;
        let why = match &self.phase {
            Phase::Off => return,
            Phase::Greeting { .. } => words::ended_at_once(address, how),
            Phase::Challenge { .. } | Phase::Login { .. } => words::ended_in_login(address, how),
            Phase::Up(up) => {
                if up.storm.explains_an_end(now) {
                    self.effects.push_back(Effect::Tell(Heard::SourceLost {
                        why: words::drained_and_ended(how),
                    }));
                }
                words::ended(address, how)
            }
            Phase::Leaving => words::ended(address, how),
            Phase::Over { why } => why.clone(),
        };
        self.phase = Phase::Off;
        self.tell(Heard::Disconnected { why });
    }

    /// The next thing to be done.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When to call [`Dialogue::handle_timeout`]; `None`: only a message can change anything.
    pub fn poll_timeout(&self) -> Option<Time> {
        match &self.phase {
            Phase::Greeting { by } | Phase::Challenge { by } | Phase::Login { by } => Some(*by),
            Phase::Up(up) => {
                let silence = up.unanswered.map(|since| since + self.patience());
                let asking = up.asking.as_ref().map(|it| it.by);
                let ask = (up.asking.is_none() && !up.to_ask.is_empty()).then_some(up.ask_from);
                let always = up.ping_at.min(up.round_at);
                [silence, asking, ask, up.storm.ask_at()]
                    .into_iter()
                    .flatten()
                    .chain([always])
                    .min()
            }
            Phase::Off | Phase::Leaving | Phase::Over { .. } => None,
        }
    }

    /// Does what is due by now.
    pub fn handle_timeout(&mut self, now: Time) {
        let address = &self.account.address;
        match &self.phase {
            Phase::Greeting { by } if now >= *by => self.close(words::no_greeting(address), false),
            Phase::Challenge { by } | Phase::Login { by } if now >= *by => {
                self.close(words::login_unanswered(address), false);
            }
            Phase::Up(up) if up.unanswered.is_some_and(|since| now >= since + self.patience()) => {
                self.close(words::silent(address, self.account.stale_after.as_secs()), false);
            }
            Phase::Up(_) => self.up_timeout(now),
            _ => {}
        }
    }

    fn greeted(&mut self, line: &str, now: Time) {
        if !line.starts_with("Asterisk Call Manager") {
            return self.close(words::not_asterisk(&self.account.address, line), true);
        }
        let action = Action::new("Challenge").with("AuthType", "MD5");
        self.send(action);
        self.phase = Phase::Challenge { by: now + LOGIN_WITHIN };
    }

    fn challenged(&mut self, message: &Message, now: Time) {
        let Some(response) = message.get("Response") else {
            return;
        };
        let said = message.get("Message").unwrap_or(response);
        let username = self.account.username.clone();
        // Only what concerns queues and the system itself: a user who may read everything gets a fire hose else.
        let login = Action::new("Login")
            .with("Events", "agent,system")
            .with("Username", &username);
        let login = match message.get("Challenge") {
            Some(challenge) => {
                let key = key(challenge, self.account.secret.reveal());
                login.with("AuthType", "MD5").with("Key", &key)
            }
            None if self.private => login.with("Secret", self.account.secret.reveal()),
            None => return self.close(words::no_challenge(&self.account.address, said), true),
        };
        self.send(login);
        self.phase = Phase::Login { by: now + LOGIN_WITHIN };
    }

    fn logged_in(&mut self, message: &Message, now: Time) {
        let Some(response) = message.get("Response") else {
            return;
        };
        if !response.eq_ignore_ascii_case("Success") {
            let said = message.get("Message").unwrap_or(response);
            return self.close(
                words::login_refused(&self.account.address, &self.account.username, said),
                true,
            );
        }
        self.tell(Heard::Connected);
        self.phase = Phase::Up(Box::new(Up {
            ping_at: now + self.third(),
            unanswered: None,
            round_at: now + LIST_EVERY,
            round_every: LIST_EVERY,
            to_ask: (0..self.queues.len()).collect(),
            asking: None,
            ask_from: now,
            refused: 0,
            doubt_from: now,
            storm: Storm::default(),
            events: Events::Missing(0),
        }));
        self.ask(now);
    }

    fn up(&mut self, message: &Message, now: Time) {
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
            if let Some(time) = message.get("Timestamp").and_then(|it| it.parse::<f64>().ok()) {
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
            Some(Asking { queue, list: None, .. }) => {
                self.queues[queue].forget();
                let queue = self.queues[queue].key.clone();
                self.tell(Heard::QueueMissing { queue });
            }
            None => {}
        }
        self.ask(now);
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

    fn up_timeout(&mut self, now: Time) {
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
    fn ask(&mut self, now: Time) {
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

    /// How often a sign of life is asked for.
    fn third(&self) -> Millis {
        Millis((self.account.stale_after.0 / 3).max(1_000))
    }

    /// How long one may be owed. It counts from the question: a daemon that was suspended asks before it judges.
    fn patience(&self) -> Millis {
        Millis(self.third().0 * 2)
    }

    fn send(&mut self, action: Action) -> String {
        self.actions += 1;
        let id = format!("surged-{}", self.actions);
        self.effects
            .push_back(Effect::Send(action.with("ActionID", &id).into_bytes()));
        id
    }

    fn tell(&mut self, heard: Heard) {
        self.effects.push_back(Effect::Tell(heard));
    }

    fn close(&mut self, why: String, refused: bool) {
        self.phase = Phase::Over { why };
        self.effects.push_back(Effect::Close { refused });
    }
}

fn key(challenge: &str, secret: &str) -> String {
    let digest = Md5::new().chain_update(challenge).chain_update(secret).finalize();
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
