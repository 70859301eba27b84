//! One queue as Asterisk tells of it: a snapshot, and what happened since.
//!
//! Depth is the size of the set of waiting callers, never a sum of ups and downs: a list is answered from memory while
//! events wait in line, so a caller may be listed before the join is told, or gone before the leave is. A join of one
//! who is known, and a leave of one who is not, change nothing.

use super::super::ami::Message;
use crate::core::{Agent, AgentState, Millis, Name, Reading, Time};
use std::collections::BTreeMap;

/// The most callers of one queue that are known one by one; beyond, Asterisk's own count is taken.
pub const CALLERS_LIMIT: usize = 20_000;
/// The most members of one queue.
pub const MEMBERS_LIMIT: usize = 5_000;

const SIGNED_IN: [AgentState; 3] = [AgentState::Available, AgentState::Busy, AgentState::Paused];

/// What a snapshot or an event did to a queue.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Nothing: it told what was known, or it is not for us.
    Nothing,
    /// The queue changed.
    Changed,
    /// The queue changed because a caller gave up.
    GaveUp,
}

/// One configured queue on one connection.
#[derive(Debug)]
pub struct Queue {
    /// Its key in the configuration.
    pub key: Name,
    /// Its name in Asterisk.
    pub source: String,
    /// What Asterisk told of it since it connected; `None`: nothing yet, or it has no such queue.
    known: Option<Known>,
    /// While a lower depth is held back: the depth that stands.
    held: Option<u32>,
    /// Asterisk was asked on this connection and has no such queue.
    missing: bool,
    calls: Calls,
}

/// The calls offered so far, over all connections: those that joined, and those that the lists show to have come in between.
/// It never falls: a rate is taken on it.
#[derive(Debug, Default)]
struct Calls {
    /// Up to the last list.
    listed: u64,
    /// Joins since.
    joins: u64,
    /// Done with, given up, waiting and being talked to at the last list.
    sum: Option<u64>,
}

/// A queue's list while it comes in.
#[derive(Debug, Default)]
pub struct Known {
    callers: BTreeMap<String, Caller>,
    /// The count that Asterisk told last.
    count: u32,
    /// The set of callers is the whole queue.
    whole: bool,
    members: BTreeMap<String, Member>,
    answered: Option<u64>,
    abandoned: Option<u64>,
}

#[derive(Debug)]
struct Caller {
    joined: Time,
    gave_up: bool,
}

#[derive(Debug)]
struct Member {
    name: Name,
    state: AgentState,
    /// With a caller of this queue.
    in_call: bool,
}

impl Queue {
    /// A queue of which nothing is known.
    pub fn new(source: String, key: Name) -> Queue {
        Queue {
            key,
            source,
            known: None,
            held: None,
            missing: false,
            calls: Calls::default(),
        }
    }

    /// Whether Asterisk was asked and has no such queue.
    pub fn is_missing(&self) -> bool {
        self.missing
    }

    /// Whether Asterisk's summary of the queue is not what is known of it.
    pub fn differs(&self, summary: &Message) -> bool {
        let Some(known) = &self.known else {
            return self.missing;
        };
        let callers = count(summary, "Callers").is_some_and(|it| it != known.depth());
        let signed_in = known.number_in(&SIGNED_IN);
        callers || count(summary, "LoggedIn").is_some_and(|it| Some(it) != signed_in)
    }

    /// Forgets everything: a new connection.
    pub fn forget(&mut self) {
        self.known = None;
        self.held = None;
        self.missing = false;
    }

    /// A list did not hold it. Its callers may still wait as orphans: nothing counts until a list holds it again.
    /// Whether that is news.
    pub fn miss(&mut self) -> bool {
        let before = self.missing;
        self.forget();
        self.missing = true;
        !before
    }

    /// Takes a whole list in place of what was known. Returns how many callers are gone without having left, or came
    /// without having joined, both zero for the first list.
    pub fn replace(&mut self, mut list: Known) -> (usize, usize) {
        list.whole = list.count as usize == list.callers.len();
        self.calls.listed(&list);
        self.missing = false;
        let before = self.known.replace(list);
        let (Some(before), Some(list)) = (before, self.known.as_mut()) else {
            return (0, 0);
        };
        for (id, caller) in &mut list.callers {
            // The time of the join is told to the millisecond, the list's wait in whole seconds.
            if let Some(known) = before.callers.get(id) {
                caller.joined = known.joined;
                caller.gave_up = known.gave_up;
            }
        }
        let gone = before
            .callers
            .keys()
            .filter(|id| !list.callers.contains_key(*id))
            .count();
        let came = list
            .callers
            .keys()
            .filter(|id| !before.callers.contains_key(*id))
            .count();
        (gone, came)
    }

    /// `QueueCallerJoin`.
    pub fn joined(&mut self, event: &Message, now: Time) -> Effect {
        let Some(known) = self.known.as_mut() else {
            return Effect::Nothing;
        };
        match event.get("Uniqueid") {
            Some(id) if known.callers.contains_key(id) => return Effect::Nothing,
            Some(id) if known.callers.len() < CALLERS_LIMIT => {
                known.callers.insert(
                    id.to_owned(),
                    Caller {
                        joined: now,
                        gave_up: false,
                    },
                );
            }
            _ => known.whole = false,
        }
        self.calls.joins += 1;
        known.told(event)
    }

    /// `QueueCallerAbandon`: the leave follows, and only that changes the depth.
    pub fn gives_up(&mut self, event: &Message) {
        let callers = self.known.as_mut().map(|known| &mut known.callers);
        if let Some(caller) = callers
            .zip(event.get("Uniqueid"))
            .and_then(|(callers, id)| callers.get_mut(id))
        {
            caller.gave_up = true;
        }
    }

    /// `QueueCallerLeave`.
    pub fn left(&mut self, event: &Message) -> Effect {
        let Some(known) = self.known.as_mut() else {
            return Effect::Nothing;
        };
        let Some(id) = event.get("Uniqueid") else {
            known.whole = false;
            return known.told(event);
        };
        let Some(caller) = known.callers.remove(id) else {
            // Left before the list was made, or an orphan of a queue that was taken out of queues.conf and put back.
            return if known.whole {
                Effect::Nothing
            } else {
                known.told(event)
            };
        };
        match known.told(event) {
            Effect::Changed if caller.gave_up => Effect::GaveUp,
            other @ (Effect::Nothing | Effect::Changed | Effect::GaveUp) => other,
        }
    }

    /// Any member event: each carries the member's whole state.
    pub fn member(&mut self, event: &Message, removed: bool) -> Effect {
        let Some(known) = self.known.as_mut() else {
            return Effect::Nothing;
        };
        if removed {
            let gone = event.get("Interface").and_then(|id| known.members.remove(id));
            return if gone.is_some() {
                Effect::Changed
            } else {
                Effect::Nothing
            };
        }
        known.add_member(event, "Interface", "MemberName");
        Effect::Changed
    }

    /// The set of callers and Asterisk's count do not agree: a list is needed.
    pub fn is_doubtful(&self) -> bool {
        self.known
            .as_ref()
            .is_some_and(|known| !known.whole || known.callers.len() != known.count as usize)
    }

    /// The depth, once it is known.
    pub fn depth(&self) -> Option<u32> {
        self.known.as_ref().map(Known::depth)
    }

    /// Holds a lower depth back: `standing` is the one that was told before.
    pub fn hold(&mut self, standing: u32) {
        self.held.get_or_insert(standing);
    }

    /// Ends the holding. Whether there was any.
    pub fn release(&mut self) -> bool {
        self.held.take().is_some()
    }

    /// What is to be told now; `None`: nothing is known, or what is known is held back.
    pub fn reading(&mut self, now: Time) -> Option<Reading> {
        let known = self.known.as_ref()?;
        if let Some(held) = &mut self.held {
            // More callers than stood before are never held back.
            if known.depth() <= *held {
                return None;
            }
            *held = known.depth();
        }
        Some(Reading {
            offered: self.calls.offered(),
            ..known.reading(self.key.clone(), now)
        })
    }
}

impl Calls {
    fn listed(&mut self, list: &Known) {
        let finished = list
            .answered
            .zip(list.abandoned)
            .map(|(answered, abandoned)| answered + abandoned);
        // A call that was answered is in `Completed` only once it is over.
        let talking = list.members.values().filter(|member| member.in_call).count() as u64;
        let sum = finished.map(|finished| finished + u64::from(list.count) + talking);
        // Asterisk's own counters begin anew with it, and know nothing of who left by a key.
        let came = match (self.sum, sum) {
            (Some(before), Some(sum)) => sum.saturating_sub(before),
            (None, Some(sum)) => sum,
            (_, None) => 0,
        };
        self.listed += came.max(self.joins);
        self.joins = 0;
        self.sum = sum.or(self.sum);
    }

    fn offered(&self) -> Option<u64> {
        self.sum.map(|_| self.listed + self.joins)
    }
}

impl Known {
    /// Begins a list with its `QueueParams`.
    pub fn begin(params: &Message) -> Known {
        Known {
            count: count(params, "Calls").unwrap_or(0),
            answered: params.number("Completed"),
            abandoned: params.number("Abandoned"),
            ..Known::default()
        }
    }

    /// `QueueEntry` of a list.
    pub fn add_caller(&mut self, entry: &Message, now: Time) {
        let wait = i64::try_from(entry.number("Wait").unwrap_or(0)).unwrap_or(i64::MAX);
        if let Some(id) = entry.get("Uniqueid").filter(|_| self.callers.len() < CALLERS_LIMIT) {
            let caller = Caller {
                joined: now - Millis::from_secs(wait),
                gave_up: false,
            };
            self.callers.insert(id.to_owned(), caller);
        }
    }

    /// `QueueMember` of a list: the same fields as in events, under other names.
    pub fn add_listed_member(&mut self, member: &Message) {
        self.add_member(member, "Location", "Name");
    }

    fn add_member(&mut self, message: &Message, interface: &str, name: &str) {
        let Some(interface) = message.get(interface) else {
            return;
        };
        let name = message.get(name).filter(|name| !name.is_empty()).unwrap_or(interface);
        if self.members.len() < MEMBERS_LIMIT || self.members.contains_key(interface) {
            let member = Member {
                name: Name::from(name),
                state: state(message),
                in_call: message.get("InCall") == Some("1"),
            };
            self.members.insert(interface.to_owned(), member);
        }
    }

    /// Takes the count that an event carries.
    fn told(&mut self, event: &Message) -> Effect {
        let before = self.depth();
        if let Some(count) = count(event, "Count") {
            self.count = count;
        } else {
            self.whole = false;
        }
        if self.whole || self.depth() != before {
            Effect::Changed
        } else {
            Effect::Nothing
        }
    }

    fn depth(&self) -> u32 {
        if self.whole {
            u32::try_from(self.callers.len()).unwrap_or(u32::MAX)
        } else {
            self.count
        }
    }

    /// Members of one name are one person with several devices (plan: "Seats"), who talks on one of them, or can be rung on one.
    fn people(&self) -> BTreeMap<&Name, AgentState> {
        let rank = |state: AgentState| match state {
            AgentState::Busy => 3,
            AgentState::Available => 2,
            AgentState::Paused => 1,
            AgentState::SignedOut => 0,
        };
        let mut people: BTreeMap<&Name, AgentState> = BTreeMap::new();
        for Member { name, state, .. } in self.members.values() {
            let known = people.entry(name).or_insert(*state);
            if rank(*state) > rank(*known) {
                *known = *state;
            }
        }
        people
    }

    /// Devices, as `QueueSummary` counts them.
    fn number_in(&self, wanted: &[AgentState]) -> Option<u32> {
        let among = self.members.values().filter(|it| wanted.contains(&it.state)).count();
        Some(u32::try_from(among).unwrap_or(u32::MAX))
    }

    fn reading(&self, queue: Name, now: Time) -> Reading {
        let oldest = self.callers.values().map(|it| it.joined).min();
        let longest_wait = oldest.map_or(Millis::ZERO, |joined| (now - joined).max(Millis::ZERO));
        let people = self.people();
        let number = |wanted: &[AgentState]| {
            let among = people.values().filter(|state| wanted.contains(state)).count();
            Some(u32::try_from(among).unwrap_or(u32::MAX))
        };
        let agent = |(person, state): (&&Name, &AgentState)| Agent {
            person: Name::clone(person),
            state: *state,
        };
        Reading {
            waiting: self.depth(),
            longest_wait: self.whole.then_some(longest_wait),
            signed_in: number(&SIGNED_IN),
            available: number(&[AgentState::Available]),
            paused: number(&[AgentState::Paused]),
            answered: self.answered,
            abandoned: self.abandoned,
            agents: Some(people.iter().map(agent).collect()),
            ..Reading::of(queue, 0)
        }
    }
}

fn count(message: &Message, key: &str) -> Option<u32> {
    message.number(key).map(|it| u32::try_from(it).unwrap_or(u32::MAX))
}

/// A member's state from `Status` (Asterisk's device states 0 to 8), `Paused` and `InCall`, counted as QueueSummary
/// counts: a device that cannot be reached is not signed in, one of which nothing is known is available.
fn state(message: &Message) -> AgentState {
    const UNKNOWN: u64 = 0;
    const NOT_IN_USE: u64 = 1;
    const INVALID: u64 = 4;
    const UNAVAILABLE: u64 = 5;
    match message.number("Status").unwrap_or(UNKNOWN) {
        INVALID | UNAVAILABLE => AgentState::SignedOut,
        _ if message.get("Paused") == Some("1") => AgentState::Paused,
        UNKNOWN | NOT_IN_USE if message.get("InCall") != Some("1") => AgentState::Available,
        _ => AgentState::Busy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(calls: u32, ids: &[&str]) -> Queue {
        let mut queue = Queue::new("inbound".into(), "inbound".into());
        queue.replace(list(calls, ids));
        queue
    }

    fn list(calls: u32, ids: &[&str]) -> Known {
        let calls = calls.to_string();
        let mut list = Known::begin(&Message::from_iter([("Calls", calls.as_str())]));
        for id in ids {
            list.add_caller(&Message::from_iter([("Uniqueid", *id), ("Wait", "10")]), Time(60_000));
        }
        list
    }

    fn event(id: &str, count: u32) -> Message {
        let count = count.to_string();
        Message::from_iter([("Uniqueid", id), ("Count", count.as_str())])
    }

    #[test]
    fn events_before_the_first_list_change_nothing() {
        let mut queue = Queue::new("inbound".into(), "inbound".into());
        assert_eq!(queue.joined(&event("a", 1), Time(0)), Effect::Nothing);
        assert_eq!(queue.left(&event("a", 0)), Effect::Nothing);
        assert_eq!(queue.reading(Time(0)), None);
    }

    #[test]
    fn a_join_of_one_who_was_listed_already_changes_nothing() {
        let mut queue = listed(3, &["a", "b", "c"]);
        assert_eq!(queue.joined(&event("b", 2), Time(0)), Effect::Nothing);
        assert_eq!(
            queue.depth(),
            Some(3),
            "the count of an event that is older than the list does not count"
        );
        assert_eq!(queue.joined(&event("d", 4), Time(0)), Effect::Changed);
        assert_eq!(queue.depth(), Some(4));
    }

    #[test]
    fn a_leave_of_one_who_was_not_listed_changes_nothing() {
        let mut queue = listed(1, &["c"]);
        assert_eq!(queue.left(&event("a", 2)), Effect::Nothing);
        assert_eq!(queue.left(&event("b", 1)), Effect::Nothing);
        assert_eq!(queue.depth(), Some(1));
        assert_eq!(queue.left(&event("c", 0)), Effect::Changed);
        assert_eq!(queue.depth(), Some(0));
    }

    #[test]
    fn an_event_without_a_caller_gives_asterisks_count_and_asks_for_a_list() {
        let mut queue = listed(2, &["a", "b"]);
        assert_eq!(
            queue.joined(&Message::from_iter([("Count", "3")]), Time(0)),
            Effect::Changed
        );
        assert_eq!(queue.depth(), Some(3));
        assert!(queue.is_doubtful());
        assert_eq!(queue.reading(Time(0)).and_then(|it| it.longest_wait), None);
    }

    #[test]
    fn the_longest_wait_is_that_of_the_one_who_came_first() {
        let mut queue = listed(1, &["a"]);
        queue.joined(&event("b", 2), Time(61_000));
        assert_eq!(
            queue.reading(Time(65_000)).and_then(|it| it.longest_wait),
            Some(Millis(15_000))
        );
        queue.left(&event("a", 1));
        assert_eq!(
            queue.reading(Time(65_000)).and_then(|it| it.longest_wait),
            Some(Millis(4_000))
        );
        queue.left(&event("b", 0));
        assert_eq!(
            queue.reading(Time(65_000)).and_then(|it| it.longest_wait),
            Some(Millis(0))
        );
    }

    #[test]
    fn a_caller_who_gives_up_is_told_from_one_who_is_answered() {
        let mut queue = listed(2, &["a", "b"]);
        queue.gives_up(&event("a", 2));
        assert_eq!(queue.depth(), Some(2), "giving up is not leaving");
        assert_eq!(queue.left(&event("a", 1)), Effect::GaveUp);
        assert_eq!(queue.left(&event("b", 0)), Effect::Changed);
    }

    #[test]
    fn a_held_depth_stands_until_it_is_released_or_passed() {
        let mut queue = listed(3, &["a", "b", "c"]);
        queue.left(&event("a", 2));
        queue.hold(3);
        assert_eq!(queue.reading(Time(0)), None);
        queue.joined(&event("d", 3), Time(0));
        assert_eq!(queue.reading(Time(0)), None);
        queue.joined(&event("e", 4), Time(0));
        assert_eq!(queue.reading(Time(0)).map(|it| it.waiting), Some(4));
        queue.left(&event("e", 3));
        assert!(queue.release());
        assert_eq!(queue.reading(Time(0)).map(|it| it.waiting), Some(3));
    }

    #[test]
    fn a_new_list_tells_who_went_and_came_without_a_word() {
        let mut queue = listed(3, &["a", "b", "c"]);
        assert_eq!(queue.replace(list(2, &["c", "d"])), (2, 1));
        assert_eq!(queue.depth(), Some(2));
    }

    #[test]
    fn a_call_is_counted_once_from_its_join_to_its_end() {
        // Done with, waiting, being talked to, and how many had come by then.
        let stages = [
            (0, 10, 0, 10),
            (0, 0, 10, 10),
            (4, 0, 6, 10),
            (10, 0, 0, 10),
            (10, 2, 1, 13),
        ];
        let mut calls = Calls::default();
        for (over, waiting, talking, came) in stages {
            let mut list = Known {
                count: waiting,
                answered: Some(over),
                abandoned: Some(0),
                ..Known::default()
            };
            for member in 0..talking {
                let interface = format!("PJSIP/{member}");
                let fields = [("Location", interface.as_str()), ("Status", "2"), ("InCall", "1")];
                list.add_listed_member(&Message::from_iter(fields));
            }
            if came == 10 && over == 0 && waiting > 0 {
                calls.joins = 10;
            }
            calls.listed(&list);
            assert_eq!(
                calls.offered(),
                Some(came),
                "{over} over, {waiting} waiting, {talking} talking"
            );
            // Another surged that has just been started reads the same number.
            let mut anew = Calls::default();
            anew.listed(&list);
            assert_eq!(anew.offered(), Some(came));
        }
    }

    #[test]
    fn two_devices_of_one_name_are_one_person() {
        let mut list = Known::default();
        for (interface, name, status, paused) in [
            ("PJSIP/E01", "E01", "1", "0"),
            ("SIP/E01-home", "E01", "2", "0"),
            ("PJSIP/E02", "E02", "1", "1"),
            ("SIP/E02-home", "E02", "5", "0"),
        ] {
            let fields = [
                ("Location", interface),
                ("Name", name),
                ("Status", status),
                ("Paused", paused),
            ];
            list.add_listed_member(&Message::from_iter(fields));
        }
        let told = list.reading("inbound".into(), Time(0));
        assert_eq!(
            (told.signed_in, told.available, told.paused),
            (Some(2), Some(0), Some(1))
        );
        let states: Vec<(&str, AgentState)> = (told.agents.iter().flatten())
            .map(|agent| (agent.person.as_str(), agent.state))
            .collect();
        assert_eq!(states, [("E01", AgentState::Busy), ("E02", AgentState::Paused)]);
    }

    #[test]
    fn a_member_is_as_its_device_and_its_pause_say() {
        let member = |status: &str, paused: &str, in_call: &str| {
            state(&Message::from_iter([
                ("Status", status),
                ("Paused", paused),
                ("InCall", in_call),
            ]))
        };
        assert_eq!(member("0", "0", "0"), AgentState::Available);
        assert_eq!(member("1", "0", "0"), AgentState::Available);
        assert_eq!(member("1", "0", "1"), AgentState::Busy);
        for busy in ["2", "3", "6", "7", "8"] {
            assert_eq!(member(busy, "0", "0"), AgentState::Busy);
        }
        assert_eq!(member("2", "1", "1"), AgentState::Paused);
        assert_eq!(member("5", "1", "0"), AgentState::SignedOut);
        assert_eq!(member("4", "0", "0"), AgentState::SignedOut);
    }
}
