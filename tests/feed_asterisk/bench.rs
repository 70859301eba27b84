//! The machine alone, told the recorded times: what it says, and when.

use super::phone_system::{Login, PhoneSystem, SECRET, USERNAME};
use super::recording::{Step, What, split_greeting};
use std::collections::{BTreeMap, BTreeSet};
use surged::core::{Millis, Name, Reading, Time};
use surged::feed::Heard;
use surged::feed::ami::Reader;
use surged::feed::asterisk::{Account, Dialogue, Effect};

pub fn account() -> Account {
    Account {
        address: "pbx:5038".into(),
        username: USERNAME.into(),
        secret: SECRET.into(),
        stale_after: Millis(15_000),
    }
}

pub fn queues(names: &[&str]) -> BTreeMap<String, Name> {
    names
        .iter()
        .map(|name| ((*name).to_owned(), Name::from(*name)))
        .collect()
}

pub struct Bench {
    pub dialogue: Dialogue,
    pub reader: Reader,
    pub pbx: PhoneSystem,
    pub heard: Vec<(Time, Heard)>,
    /// What keeps the phone system from telling all that it should.
    pub impaired: BTreeSet<&'static str>,
    /// Bytes given to the machine at once.
    pub piece: usize,
    actions: Vec<String>,
    /// The machine closed the connection.
    pub closed: bool,
    pub private: bool,
}

impl Bench {
    pub fn new(names: &[&str]) -> Bench {
        Bench {
            dialogue: Dialogue::new(account(), &queues(names)),
            reader: Reader::new(),
            pbx: PhoneSystem::with_queues(names),
            heard: Vec::new(),
            impaired: BTreeSet::new(),
            piece: usize::MAX,
            actions: Vec::new(),
            closed: false,
            private: true,
        }
    }

    /// Plays more steps of a connection that stands.
    pub fn continue_after(mut self, steps: &[Step]) -> Bench {
        for step in steps {
            self.wait_until(step.at);
            if let What::Data(chunk) = &step.what {
                self.bytes(step.at, chunk);
            }
        }
        self
    }

    /// Plays steps; before each, what is due by then is done.
    pub fn play(&mut self, steps: &[Step]) {
        let mut greeted = false;
        for Step { at, what } in steps {
            self.wait_until(*at);
            match what {
                What::Connected => {
                    greeted = false;
                    self.connect(*at);
                }
                What::Data(_) if self.closed => {}
                What::Data(chunk) if !greeted => {
                    greeted = true;
                    let (greeting, rest) = split_greeting(chunk);
                    self.bytes(*at, greeting);
                    // From here on the recording answers the login.
                    self.pbx.login = Login::Done;
                    self.bytes(*at, rest);
                }
                What::Data(chunk) => self.bytes(*at, chunk),
                What::End => {
                    // In the recordings only a phone system that went down ends a connection.
                    self.pbx.forget_callers();
                    self.end(*at, "closed the connection");
                }
                What::Reset => self.end(*at, "reset the connection"),
            }
        }
    }

    pub fn connect(&mut self, at: Time) {
        self.reader = Reader::new();
        self.pbx.connected();
        self.actions.clear();
        self.closed = false;
        self.dialogue.connected(self.private, at);
    }

    /// A connection with its login, and nothing more.
    pub fn log_in(&mut self, at: Time) {
        self.connect(at);
        self.bytes(at, b"Asterisk Call Manager/11.0.0\r\n");
        assert!(self.pbx.login == Login::Asked);
        self.pbx.login = Login::Done;
        self.bytes(at, b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n");
    }

    pub fn bytes(&mut self, at: Time, bytes: &[u8]) {
        for piece in bytes.chunks(self.piece.min(bytes.len().max(1))) {
            self.pbx.played(at, piece);
            self.give(at, piece);
        }
        self.answer(at);
    }

    pub fn event(&mut self, at: Time, text: &str) {
        self.bytes(at, format!("{}\r\n\r\n", text.replace('\n', "\r\n")).as_bytes());
    }

    pub fn end(&mut self, at: Time, how: &str) {
        self.dialogue.closed(how, at);
        self.effects(at);
    }

    pub fn wait_until(&mut self, at: Time) {
        while let Some(due) = self.dialogue.poll_timeout().filter(|due| *due <= at) {
            self.dialogue.handle_timeout(due);
            assert_ne!(
                self.dialogue.poll_timeout(),
                Some(due),
                "a timer that is due again at once"
            );
            self.effects(due);
            self.answer(due);
        }
    }

    /// Gives bytes to the machine, unseen by the phone system's own memory.
    pub fn give(&mut self, at: Time, bytes: &[u8]) {
        self.reader.push(bytes);
        while let Some(frame) = self.reader.poll() {
            self.dialogue.hear(frame, at);
        }
        self.effects(at);
    }

    pub fn answer(&mut self, at: Time) {
        while self.pbx.between_messages() && !self.actions.is_empty() {
            let action = self.actions.remove(0);
            if let Some(answer) = self.pbx.answer(at, &action) {
                self.give(at, answer.as_bytes());
            }
        }
    }

    fn effects(&mut self, at: Time) {
        while let Some(effect) = self.dialogue.poll_effect() {
            match effect {
                Effect::Send(bytes) => self.actions.push(String::from_utf8(bytes).unwrap()),
                Effect::Tell(heard) => self.heard.push((at, heard)),
                Effect::SourceClock(_) => {}
                Effect::Impaired { reason, is: true } => drop(self.impaired.insert(reason)),
                Effect::Impaired { reason, is: false } => drop(self.impaired.remove(reason)),
                Effect::Close { .. } => {
                    self.closed = true;
                    self.dialogue.closed("closed the connection", at);
                }
            }
        }
    }

    pub fn readings(&self, queue: &str) -> Vec<(Time, &Reading)> {
        self.heard
            .iter()
            .filter_map(|(at, heard)| match heard {
                Heard::Reading(reading) if reading.queue.as_str() == queue => Some((*at, reading)),
                _ => None,
            })
            .collect()
    }

    /// What was told of one queue, in a line: depths where they change, and what befell the connection.
    pub fn story(&self, queue: &str) -> String {
        story(self.heard.iter().map(|(_, heard)| heard), queue)
    }

    /// What was not taken, but for the right that some of the recorded users lack.
    pub fn faults(&self) -> Vec<&'static str> {
        let mut all = self.rejections();
        all.retain(|reason| *reason != "no_system_events");
        all
    }

    pub fn rejections(&self) -> Vec<&'static str> {
        let reason = |(_, heard): &(Time, Heard)| match heard {
            Heard::Rejected { reason, .. } => Some(*reason),
            _ => None,
        };
        self.heard.iter().filter_map(reason).collect()
    }
}

/// Depths of one queue where they change, and what befell the connection.
pub fn story<'a>(heard: impl Iterator<Item = &'a Heard>, queue: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for heard in heard {
        let word = match heard {
            Heard::Reading(reading) if reading.queue.as_str() == queue => reading.waiting.to_string(),
            Heard::QueueMissing { queue: missing } if missing.as_str() == queue => "missing".into(),
            Heard::Connected => "connected".into(),
            Heard::Disconnected { .. } => "disconnected".into(),
            Heard::SourceLost { .. } => "lost".into(),
            Heard::Reading(_)
            | Heard::QueueMissing { .. }
            | Heard::Heartbeat
            | Heard::ClockDiffers { .. }
            | Heard::Rejected { .. } => continue,
        };
        if words.last() != Some(&word) {
            words.push(word);
        }
    }
    words.join(" ")
}
