//! Lists and glances: what is asked of Asterisk's queues, and what follows from the answers.
//!
//! ```text
//!   QueueStatus Queue: x     a queue's callers and members, one queue at a time     on connecting, every LIST_EVERY, on doubt
//!   QueueSummary Queue: x    one line: does it still look as we think?              with every ping; a difference is a doubt
//!   QueueSummary             the names of all queues                                when one of ours is not there
//! ```
//!
//! Asterisk works on one question of a connection at a time and says nothing else meanwhile. So silence after a question for
//! a list is not yet a dead connection: it is a list that takes long, for as long as [`Dialogue::list_patience`]. Where it
//! takes longer still, the next connection has twice the patience: a slow phone system is listed at last, and a dead one is
//! left again. The queues are blind meanwhile, by `stale_after`, since nothing vouches for them.

use super::super::Heard;
use super::super::ami::{Action, Message};
use super::super::reconnect::Again;
use super::queue::Known;
use super::{Dialogue, ID, Phase, words};
use crate::core::{Millis, Time};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How often every queue's list is asked for while events flow.
pub const LIST_EVERY: Millis = Millis(30_000);
/// How soon a list is asked for again that Asterisk refused, which it does while it boots; doubles up to [`REFUSED_AT_MOST`].
pub const REFUSED_AGAIN: Millis = Millis(100);
/// The longest pause before a refused list is asked for again.
pub const REFUSED_AT_MOST: Millis = Millis(5_000);
/// A list out of turn, for a queue whose events do not agree with themselves, at most this often.
pub const DOUBT_AGAIN: Millis = Millis(5_000);
/// Silence after a question for a list is never taken for work for longer than this.
pub const PATIENCE_AT_MOST: Millis = Millis::from_mins(5);
/// The most glances that go with one ping; of more queues each has its turn.
pub const GLANCES_AT_ONCE: usize = 16;
/// The most names of queues that are kept to be told.
const NAMES_LIMIT: usize = 2_000;
/// The list takes a quarter of the connection's time at most.
const REST: i64 = 4;

/// Asterisk does not list any queue.
pub(super) const REFUSED: &str = "list_refused";
/// Asterisk answers, and a list does not come.
pub(super) const UNANSWERED: &str = "list_unanswered";
/// A configured queue is not there.
pub(super) const MISSING: &str = "queue_missing";

/// What is being asked on one connection.
#[derive(Debug)]
pub(super) struct Lists {
    round_at: Time,
    round_every: Millis,
    to_ask: VecDeque<usize>,
    asking: Option<Asking>,
    ask_from: Time,
    refused: u32,
    doubt_from: Time,
    /// Glances that are not answered yet, by the question's number.
    glances: BTreeMap<String, Glance>,
    next_glance: usize,
    names: Option<Names>,
}

#[derive(Debug)]
struct Asking {
    queue: usize,
    id: String,
    /// Questions are numbered: an answer to a later one proves that Asterisk is not at work on this one.
    number: u64,
    since: Time,
    /// When anything was heard last, a piece of it or something else.
    heard: Time,
    /// When a later question was answered first, or a piece of it came after that.
    overtaken: Option<Time>,
    /// What has been listed so far.
    list: Option<Known>,
}

#[derive(Debug)]
struct Glance {
    queue: usize,
    seen: bool,
}

/// The names of Asterisk's queues, while they come in.
#[derive(Debug)]
struct Names {
    id: String,
    there: BTreeSet<String>,
    /// Whose absence is to be told with them.
    missing: BTreeSet<usize>,
}

impl Lists {
    /// Just logged in: every queue is to be asked for.
    pub fn begin(queues: usize, now: Time) -> Lists {
        Lists {
            round_at: now + LIST_EVERY,
            round_every: LIST_EVERY,
            to_ask: (0..queues).collect(),
            asking: None,
            ask_from: now,
            refused: 0,
            doubt_from: now,
            glances: BTreeMap::new(),
            next_glance: 0,
            names: None,
        }
    }

    /// When the next thing is due. `limit`: how long a list may take while other answers come; `patience`: while none do.
    pub fn due(&self, limit: Millis, patience: Millis) -> Time {
        let asking = self.asking.as_ref();
        let asking = asking.map(|it| it.overtaken.map_or(it.heard + patience, |since| since + limit));
        let ask = (self.asking.is_none() && !self.to_ask.is_empty()).then_some(self.ask_from);
        [asking, ask].into_iter().flatten().fold(self.round_at, Time::min)
    }

    /// Whether a list is being made, so that Asterisk says nothing else.
    pub fn are_asked(&self) -> bool {
        self.asking.as_ref().is_some_and(|it| it.overtaken.is_none())
    }

    /// Whether nothing at all was heard for too long since a list was asked for.
    pub fn are_stuck(&self, patience: Millis, now: Time) -> bool {
        let asking = self.asking.as_ref();
        asking.is_some_and(|it| it.overtaken.is_none() && now >= it.heard + patience)
    }

    /// Something came: Asterisk is there.
    pub fn heard(&mut self, now: Time) {
        if let Some(asking) = &mut self.asking {
            asking.heard = now;
        }
    }

    /// A question was answered: `id` says which.
    pub fn answered(&mut self, id: &str, now: Time) {
        let number = id.strip_prefix(ID).and_then(|number| number.parse().ok());
        if let Some(asking) = self.asking.as_mut().filter(|it| number > Some(it.number)) {
            asking.overtaken.get_or_insert(now);
        }
    }

    /// Queues are to be asked for this often, since no event tells of them.
    pub fn often(&mut self, every: Millis, now: Time) {
        self.round_every = every;
        self.round_at = self.round_at.min(now + every);
    }

    /// Events tell of the queues.
    pub fn seldom(&mut self) {
        self.round_every = LIST_EVERY;
    }

    /// A queue does not agree with itself: its list is asked for, now and then.
    pub fn doubt(&mut self, queue: usize, now: Time) {
        if now >= self.doubt_from && !self.to_ask.contains(&queue) {
            self.doubt_from = now + DOUBT_AGAIN;
            self.to_ask.push_back(queue);
        }
    }
}

impl Dialogue {
    /// An answer to one of our questions: its first part.
    pub(super) fn list_answered(&mut self, response: &str, message: &Message, now: Time) {
        let Phase::Up(up) = &mut self.phase else { return };
        let id = message.get("ActionID").unwrap_or_default();
        let lists = &mut up.lists;
        let good = response.eq_ignore_ascii_case("Success");
        if !good && lists.glances.remove(id).is_some() {
            // The list says it better, and is refused as well.
            lists.glances.clear();
            return self.ask_for_all(now);
        }
        let Some(asking) = lists.asking.as_mut().filter(|it| it.id == id) else {
            return;
        };
        if good {
            lists.refused = 0;
            return self.mend(REFUSED);
        }
        let queue = asking.queue;
        lists.asking = None;
        let pause = REFUSED_AGAIN.0.saturating_mul(1 << lists.refused.min(16));
        lists.ask_from = now + Millis(pause).min(REFUSED_AT_MOST);
        lists.refused = lists.refused.saturating_add(1);
        lists.to_ask.push_front(queue);
        let said = message.get("Message").unwrap_or(response);
        let detail = words::list_refused(&self.queues[queue].source, said);
        // Which queue it is makes no difference: Asterisk lists none.
        if self.queues.iter().any(|it| it.depth().is_some()) {
            self.queues.iter_mut().for_each(super::Queue::forget);
            self.tell(Heard::SourceLost { why: detail.clone() });
        }
        self.impair(REFUSED, detail);
    }

    /// A line of the list that was asked for. Others (of a proxy's other clients) may be of a part of a queue only.
    pub(super) fn listed(&mut self, event: &str, message: &Message, now: Time) {
        let index = self.index(message);
        let Phase::Up(up) = &mut self.phase else { return };
        let Some(asking) = &mut up.lists.asking else { return };
        if message.get("ActionID") != Some(asking.id.as_str()) || index != Some(asking.queue) {
            return;
        }
        if let Some(since) = &mut asking.overtaken {
            *since = now;
        }
        match (event, &mut asking.list) {
            ("QueueParams", list) => *list = Some(Known::begin(message)),
            ("QueueEntry", Some(list)) => list.add_caller(message, now),
            ("QueueMember", Some(list)) => list.add_listed_member(message),
            (_, _) => {}
        }
    }

    pub(super) fn list_complete(&mut self, message: &Message, now: Time) {
        let Phase::Up(up) = &mut self.phase else { return };
        let id = message.get("ActionID");
        let Some(ours) = up.lists.asking.take_if(|it| id == Some(it.id.as_str())) else {
            return;
        };
        let took = now - ours.since;
        // Twice what this one took, so that one a little slower still comes.
        self.list_patience = self.account.stale_after.max(took + took).min(PATIENCE_AT_MOST);
        up.lists.round_at = up.lists.round_at.max(now + Millis(took.0 * (REST - 1)));
        self.mend(UNANSWERED);
        match ours.list {
            Some(list) => self.take_list(ours.queue, list, now),
            None => self.missed(ours.queue),
        }
        self.ask(now);
    }

    fn missed(&mut self, index: usize) {
        if !self.queues[index].miss() {
            return;
        }
        let queue = self.queues[index].key.clone();
        self.tell(Heard::QueueMissing { queue });
        let Phase::Up(up) = &mut self.phase else { return };
        if let Some(names) = &mut up.lists.names {
            names.missing.insert(index);
            return;
        }
        let id = self.send(Action::new("QueueSummary"));
        if let Phase::Up(up) = &mut self.phase {
            up.lists.names = Some(Names {
                id,
                there: BTreeSet::new(),
                missing: BTreeSet::from([index]),
            });
        }
    }

    fn take_list(&mut self, index: usize, list: Known, now: Time) {
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
        if gone + came > 0 {
            self.changed_unseen(now);
        }
        if !self.queues.iter().any(super::Queue::is_missing) {
            self.mend(MISSING);
        }
        self.report(index, now);
    }

    /// `QueueSummary`: a glance at one queue, or a name among all.
    pub(super) fn summed_up(&mut self, message: &Message, now: Time) {
        let index = self.index(message);
        let Phase::Up(up) = &mut self.phase else { return };
        let id = message.get("ActionID").unwrap_or_default();
        if let Some(names) = up.lists.names.as_mut().filter(|it| it.id == id) {
            if let Some(name) = message.get("Queue").filter(|_| names.there.len() < NAMES_LIMIT) {
                names.there.insert(name.to_owned());
            }
            return;
        }
        let Some(glance) = up.lists.glances.get_mut(id) else {
            return;
        };
        glance.seen = true;
        let queue = glance.queue;
        if index == Some(queue) && self.queues[queue].differs(message) {
            up.lists.doubt(queue, now);
            self.ask(now);
        }
    }

    pub(super) fn summary_complete(&mut self, message: &Message, now: Time) {
        let Phase::Up(up) = &mut self.phase else { return };
        let id = message.get("ActionID").unwrap_or_default();
        if let Some(names) = up.lists.names.take_if(|it| it.id == id) {
            let there: Vec<String> = names.there.into_iter().collect();
            for index in names.missing {
                let detail = words::queue_missing(&self.queues[index].source, &there);
                self.impair(MISSING, detail);
            }
        } else if let Some(glance) = up.lists.glances.remove(id)
            && !glance.seen
            && self.queues[glance.queue].depth().is_some()
        {
            up.lists.doubt(glance.queue, now);
            self.ask(now);
        }
    }

    /// Asks how the queues look, each in a line.
    pub(super) fn glance(&mut self) {
        let Phase::Up(up) = &mut self.phase else { return };
        up.lists.glances.clear();
        // While a list is made, glances would only queue up behind it.
        if up.lists.asking.is_some() || self.queues.is_empty() {
            return;
        }
        let first = up.lists.next_glance;
        let count = self.queues.len().min(GLANCES_AT_ONCE);
        for turn in first..first + count {
            let queue = turn % self.queues.len();
            let source = self.queues[queue].source.clone();
            let id = self.send(Action::new("QueueSummary").with("Queue", &source));
            if let Phase::Up(up) = &mut self.phase {
                up.lists.glances.insert(id, Glance { queue, seen: false });
                up.lists.next_glance = (queue + 1) % self.queues.len();
            }
        }
    }

    pub(super) fn lists_timeout(&mut self, now: Time) {
        let limit = self.account.stale_after;
        let Phase::Up(up) = &mut self.phase else { return };
        let late = |it: &mut Asking| it.overtaken.is_some_and(|since| now >= since + limit);
        if let Some(late) = up.lists.asking.take_if(late) {
            let detail = words::list_unanswered(&self.queues[late.queue].source, limit.as_secs());
            if self.queues[late.queue].depth().is_some() {
                self.queues[late.queue].forget();
                let queue = self.queues[late.queue].key.clone();
                self.tell(Heard::QueueMissing { queue });
            }
            self.impair(UNANSWERED, detail);
            if let Phase::Up(up) = &mut self.phase {
                up.lists.to_ask.push_back(late.queue);
            }
        }
        let Phase::Up(up) = &mut self.phase else { return };
        if now >= up.lists.round_at {
            self.ask_for_all(now);
        }
        self.ask(now);
    }

    /// Nothing was heard for all the patience there is: the connection is built anew, with more of it.
    pub(super) fn give_up_the_list(&mut self) {
        let Phase::Up(up) = &mut self.phase else { return };
        let Some(asking) = &up.lists.asking else { return };
        let source = &self.queues[asking.queue].source;
        let why = words::list_stuck(&self.account.address, source, self.list_patience.as_secs());
        self.list_patience = Millis(self.list_patience.0 * 2).min(PATIENCE_AT_MOST.max(self.account.stale_after));
        self.impair(UNANSWERED, why.clone());
        self.close(why, Again::AfterPause);
    }

    pub(super) fn ask_for_all(&mut self, now: Time) {
        let Phase::Up(up) = &mut self.phase else { return };
        up.lists.round_at = now + up.lists.round_every;
        up.lists.to_ask = (0..self.queues.len()).collect();
        self.ask(now);
    }

    /// Asks for the next list, one at a time: the many queues of a big site never pile up in Asterisk.
    pub(super) fn ask(&mut self, now: Time) {
        let Phase::Up(up) = &mut self.phase else { return };
        if up.lists.asking.is_some() || now < up.lists.ask_from {
            return;
        }
        let Some(queue) = up.lists.to_ask.pop_front() else {
            return;
        };
        let source = self.queues[queue].source.clone();
        let id = self.send(Action::new("QueueStatus").with("Queue", &source));
        let number = self.actions;
        if let Phase::Up(up) = &mut self.phase {
            up.lists.asking = Some(Asking {
                queue,
                id,
                number,
                since: now,
                heard: now,
                overtaken: None,
                list: None,
            });
        }
    }
}
