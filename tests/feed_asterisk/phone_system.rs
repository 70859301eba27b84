//! A small Asterisk: it follows the recording that it plays and answers what is asked of it in between, as the real
//! one would have at that moment.

use md5::{Digest, Md5};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use surged::core::Time;

pub const USERNAME: &str = "surged";
pub const SECRET: &str = "s3cret";
const CHALLENGE: &str = "106044352";

/// A message as its fields, read without the code under test.
pub type Fields = BTreeMap<String, String>;

pub fn fields(message: &str) -> Fields {
    let field = |line: &str| {
        line.split_once(": ")
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
    };
    message.split("\r\n").filter_map(field).collect()
}

#[derive(Default)]
struct Queue {
    callers: Vec<(String, Time)>,
    members: BTreeMap<String, Fields>,
}

/// Where a login ends.
#[derive(Default, PartialEq)]
pub enum Login {
    #[default]
    Open,
    Asked,
    Done,
}

#[derive(Default)]
pub struct PhoneSystem {
    queues: BTreeMap<String, Queue>,
    partial: Vec<u8>,
    /// In the middle of a recorded list, which no answer ever interrupts.
    listing: bool,
    greeted: bool,
    pub booting: bool,
    /// Joins and leaves played so far.
    pub changes: usize,
    /// At work on something: what is asked is answered once this is over.
    pub busy: bool,
    /// Never answers a question for a list.
    pub forgetful: bool,
    /// app_queue was unloaded.
    pub unloaded: bool,
    /// Refuses the MD5 challenge.
    pub no_challenge: bool,
    pub login: Login,
    /// The login was accepted.
    pub accepted: bool,
    pub asked: Vec<String>,
}

impl PhoneSystem {
    pub fn with_queues(names: &[&str]) -> PhoneSystem {
        let queues = names
            .iter()
            .map(|name| ((*name).to_owned(), Queue::default()))
            .collect();
        PhoneSystem {
            queues,
            ..PhoneSystem::default()
        }
    }

    /// A new connection; queues stay as they are.
    pub fn connected(&mut self) {
        self.partial.clear();
        self.listing = false;
        self.greeted = false;
        self.login = Login::Open;
        self.accepted = false;
    }

    /// Takes a queue out of queues.conf, its callers left hanging.
    pub fn remove(&mut self, queue: &str) {
        self.queues.remove(queue);
    }

    /// Puts it back: a new queue without callers.
    pub fn put_back(&mut self, queue: &str) {
        self.queues.insert(queue.to_owned(), Queue::default());
    }

    /// Everyone hung up at once, unseen.
    pub fn forget_callers(&mut self) {
        self.queues.values_mut().for_each(|queue| queue.callers.clear());
    }

    /// Follows what is played.
    pub fn played(&mut self, at: Time, bytes: &[u8]) {
        self.partial.extend_from_slice(bytes);
        if !self.greeted {
            let Some(end) = self.partial.iter().position(|byte| *byte == b'\n') else {
                return;
            };
            self.partial.drain(..=end);
            self.greeted = true;
        }
        while let Some(end) = self.partial.windows(4).position(|it| it == b"\r\n\r\n") {
            let message = String::from_utf8_lossy(&self.partial[..end]).into_owned();
            self.partial.drain(..end + 4);
            self.follow(at, &fields(&message));
        }
    }

    /// Whether an answer may be sent now: never inside a message.
    pub fn between_messages(&self) -> bool {
        self.partial.is_empty() && !self.listing && !self.busy
    }

    fn follow(&mut self, at: Time, message: &Fields) {
        self.accepted |= message.get("Message").is_some_and(|it| it == "Authentication accepted");
        let Some(event) = message.get("Event").map(String::as_str) else {
            return;
        };
        if matches!(event, "QueueCallerJoin" | "QueueCallerLeave") {
            self.changes += 1;
        }
        if event == "QueueStatusComplete" {
            self.listing = false;
        }
        if event == "QueueParams" {
            self.listing = true;
            // Who recorded it may have asked for one member alone: the others are there all the same.
            let known = self.queues.remove(&message["Queue"]).filter(|_| !self.booting);
            self.booting = false;
            let queue = Queue {
                members: known.map(|queue| queue.members).unwrap_or_default(),
                ..Queue::default()
            };
            self.queues.insert(message["Queue"].clone(), queue);
        }
        let Some(queue) = message.get("Queue").and_then(|name| self.queues.get_mut(name)) else {
            return;
        };
        match event {
            "QueueCallerJoin" => queue.callers.push((message["Uniqueid"].clone(), at)),
            "QueueCallerLeave" => queue.callers.retain(|(id, _)| *id != message["Uniqueid"]),
            "QueueMemberRemoved" => drop(queue.members.remove(&message["Interface"])),
            event if event.starts_with("QueueMember") => {
                let mut member = message.clone();
                let interface = member.get("Interface").or(member.get("Location")).unwrap().clone();
                member.insert("Location".into(), interface.clone());
                if let Some(name) = member.get("MemberName").cloned() {
                    member.insert("Name".into(), name);
                }
                queue.members.insert(interface, member);
            }
            _ => {}
        }
    }

    /// Answers one action; nothing where the recording itself holds the answer (the login).
    pub fn answer(&mut self, at: Time, action: &str) -> Option<String> {
        let action = fields(action);
        let id = &action["ActionID"];
        self.asked.push(action["Action"].clone());
        match action["Action"].as_str() {
            "Challenge" if self.no_challenge => Some(format!(
                "Response: Error\r\nActionID: {id}\r\nMessage: Must specify AuthType\r\n\r\n"
            )),
            "Challenge" => Some(format!(
                "Response: Success\r\nActionID: {id}\r\nChallenge: {CHALLENGE}\r\n\r\n"
            )),
            "Login" => {
                assert_eq!(action["Username"], USERNAME);
                match action.get("Key") {
                    Some(key) => assert_eq!(*key, hex(&Md5::digest(format!("{CHALLENGE}{SECRET}")))),
                    None => assert_eq!(action["Secret"], SECRET),
                }
                self.login = Login::Asked;
                None
            }
            "Ping" => {
                let now = at.0 as f64 / 1000.0;
                Some(format!(
                    "Response: Success\r\nActionID: {id}\r\nPing: Pong\r\nTimestamp: {now:.6}\r\n\r\n"
                ))
            }
            "QueueStatus" if self.forgetful => None,
            "QueueStatus" if self.booting || self.unloaded => Some(format!(
                "Response: Error\r\nActionID: {id}\r\nMessage: Invalid/unknown command: QueueStatus. Use Action: ListCommands to show available commands.\r\n\r\n"
            )),
            "QueueStatus" => Some(self.status(at, &action["Queue"], id)),
            "QueueSummary" if self.booting || self.unloaded => Some(format!(
                "Response: Error\r\nActionID: {id}\r\nMessage: Invalid/unknown command: QueueSummary. Use Action: ListCommands to show available commands.\r\n\r\n"
            )),
            "QueueSummary" => Some(self.summary(at, action.get("Queue"), id)),
            other => panic!("the adapter sent {other}"),
        }
    }

    /// A line a queue, of one queue or of all.
    fn summary(&self, at: Time, wanted: Option<&String>, id: &str) -> String {
        let mut text = format!(
            "Response: Success\r\nActionID: {id}\r\nEventList: start\r\nMessage: Queue summary will follow\r\n\r\n"
        );
        let meant = |name: &str| wanted.is_none_or(|wanted| name.eq_ignore_ascii_case(wanted));
        let mut items = 0;
        for (name, queue) in self.queues.iter().filter(|(name, _)| meant(name)) {
            let here = |it: &&Fields| !matches!(it["Status"].as_str(), "4" | "5");
            let logged_in = queue.members.values().filter(here).count();
            let oldest = queue.callers.iter().map(|(_, joined)| *joined).min().unwrap_or(at);
            let (callers, wait) = (queue.callers.len(), (at - oldest).0 / 1000);
            write!(text, "Event: QueueSummary\r\nQueue: {name}\r\nLoggedIn: {logged_in}\r\nAvailable: 0\r\nCallers: {callers}\r\nHoldTime: 0\r\nTalkTime: 0\r\nLongestHoldTime: {wait}\r\nActionID: {id}\r\n\r\n").unwrap();
            items += 1;
        }
        write!(
            text,
            "Event: QueueSummaryComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: {items}\r\n\r\n"
        )
        .unwrap();
        text
    }

    fn status(&self, at: Time, wanted: &str, id: &str) -> String {
        let mut text = format!(
            "Response: Success\r\nActionID: {id}\r\nEventList: start\r\nMessage: Queue status will follow\r\n\r\n"
        );
        let mut items = 0;
        // Asterisk ignores the case of the question and answers with the name as configured.
        if let Some((name, queue)) = self.queues.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)) {
            let calls = queue.callers.len();
            write!(text, "Event: QueueParams\r\nQueue: {name}\r\nMax: 0\r\nCalls: {calls}\r\nCompleted: 3\r\nAbandoned: 1\r\nActionID: {id}\r\n\r\n").unwrap();
            for (interface, member) in &queue.members {
                write!(text, "Event: QueueMember\r\nQueue: {name}\r\nName: {}\r\nLocation: {interface}\r\nInCall: {}\r\nStatus: {}\r\nPaused: {}\r\nActionID: {id}\r\n\r\n", member["Name"], member["InCall"], member["Status"], member["Paused"]).unwrap();
            }
            for (position, (caller, joined)) in queue.callers.iter().enumerate() {
                let wait = (at - *joined).0 / 1000;
                write!(text, "Event: QueueEntry\r\nQueue: {name}\r\nPosition: {}\r\nUniqueid: {caller}\r\nWait: {wait}\r\nPriority: 0\r\nActionID: {id}\r\n\r\n", position + 1).unwrap();
            }
            items = 1 + queue.members.len() + calls;
        }
        write!(
            text,
            "Event: QueueStatusComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: {items}\r\n\r\n"
        )
        .unwrap();
        text
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
