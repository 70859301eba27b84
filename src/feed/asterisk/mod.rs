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
//! In `Up` it asks for one queue's list after the other (`QueueStatus`), on connecting and every [`lists::LIST_EVERY`], and
//! keeps each queue up by events in between. Lists replace, they never merge. A list says all that is needed: callers
//! with their waits, members with their states. In between a glance at each queue (`QueueSummary`, one line) goes with every
//! ping: what Asterisk changes without an event, as `queue reload` does, is seen within seconds.
//!
//! A ping proves that the connection lives, not that the queues are seen. A queue that Asterisk does not list is blind.
//!
//! What cannot be told apart at first: one single waiting caller who hangs up, and a phone system that goes down with one
//! caller waiting. The drop to 0 is told; if the connection ends within [`storm::CONFIRM`], the source is lost.

pub mod link;
mod lists;
mod queue;
mod rights;
mod storm;
mod up;
mod words;

use super::Heard;
use super::ami::{Action, Frame, Message};
use super::reconnect::Again;
use crate::core::{Millis, Name, Time};
use md5::{Digest, Md5};
use queue::Queue;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use up::Up;

/// The greeting and each step of the login must come within this.
pub const LOGIN_WITHIN: Millis = Millis(10_000);

/// What the numbers of our questions begin with.
const ID: &str = "surged-";

/// What the machine wants done.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Tell this.
    Tell(Heard),
    /// The source's clock, as it told it.
    SourceClock(Time),
    /// The feed does not tell all that it should, or does again.
    Impaired {
        /// Why, one of [`IMPAIRMENTS`].
        reason: &'static str,
        /// Whether it is so from now on.
        is: bool,
    },
    /// Close the connection.
    Close {
        /// When to try again.
        again: Again,
    },
}

/// What can keep a connected Asterisk from telling all that it should.
pub const IMPAIRMENTS: [&str; 5] = [
    rights::NO_EVENTS,
    rights::NO_SYSTEM_EVENTS,
    lists::REFUSED,
    lists::UNANSWERED,
    lists::MISSING,
];

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
    /// How long silence is taken for a list that is being made: grows where lists turn out to take longer.
    list_patience: Millis,
    impaired: BTreeSet<&'static str>,
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
            list_patience: account.stale_after,
            impaired: BTreeSet::new(),
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
        self.queues.iter_mut().for_each(Queue::forget);
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
                if up.ends_in_a_storm(now) {
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
            Phase::Up(up) => Some(up.due(self.patience(), self.account.stale_after, self.list_patience)),
            Phase::Off | Phase::Leaving | Phase::Over { .. } => None,
        }
    }

    /// Does what is due by now.
    pub fn handle_timeout(&mut self, now: Time) {
        let address = &self.account.address;
        match &self.phase {
            Phase::Greeting { by } if now >= *by => self.close(words::no_greeting(address), Again::AfterPause),
            Phase::Challenge { by } | Phase::Login { by } if now >= *by => {
                self.close(words::login_unanswered(address), Again::AfterPause);
            }
            Phase::Up(up) if up.is_silent(self.patience(), now) => {
                self.close(
                    words::silent(address, self.account.stale_after.as_secs()),
                    Again::AfterPause,
                );
            }
            Phase::Up(up) if up.lists.are_stuck(self.list_patience, now) => self.give_up_the_list(),
            Phase::Up(_) => self.up_timeout(now),
            Phase::Off
            | Phase::Greeting { .. }
            | Phase::Challenge { .. }
            | Phase::Login { .. }
            | Phase::Leaving
            | Phase::Over { .. } => {}
        }
    }

    fn greeted(&mut self, line: &str, now: Time) {
        if !line.starts_with("Asterisk Call Manager") {
            return self.close(words::not_asterisk(&self.account.address, line), Again::Seldom);
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
            None => return self.close(words::no_challenge(&self.account.address, said), Again::Seldom),
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
            let (address, username) = (&self.account.address, &self.account.username);
            return match said {
                "Login Already In Use" => self.close(words::login_in_use(address, username), Again::Soon),
                _ => self.close(words::login_refused(address, username, said), Again::Seldom),
            };
        }
        self.tell(Heard::Connected);
        self.phase = Phase::Up(Box::new(Up::begin(self.queues.len(), self.third(), now)));
        self.ask(now);
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
        let id = format!("{ID}{}", self.actions);
        self.effects
            .push_back(Effect::Send(action.with("ActionID", &id).into_bytes()));
        id
    }

    fn tell(&mut self, heard: Heard) {
        self.effects.push_back(Effect::Tell(heard));
    }

    /// Something is in the way of what should be told: counted each time, and shown for as long as it is so.
    fn impair(&mut self, reason: &'static str, detail: String) {
        self.tell(Heard::Rejected { reason, detail });
        if self.impaired.insert(reason) {
            self.effects.push_back(Effect::Impaired { reason, is: true });
        }
    }

    fn mend(&mut self, reason: &'static str) {
        if self.impaired.remove(reason) {
            self.effects.push_back(Effect::Impaired { reason, is: false });
        }
    }

    fn close(&mut self, why: String, again: Again) {
        self.phase = Phase::Over { why };
        self.effects.push_back(Effect::Close { again });
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
