//! What the manager user may see: there is no question for it, so it shows by what does not come.

use super::{Dialogue, Phase, words};
use crate::core::{Millis, Time};

/// The user lacks `read = agent`, or a filter keeps queue events from it.
pub(super) const NO_EVENTS: &str = "no_events";
/// The user lacks `read = system`.
pub(super) const NO_SYSTEM_EVENTS: &str = "no_system_events";

/// `FullyBooted` comes right after the login to whoever may see it, from an Asterisk that is.
pub(super) const BOOTED_WITHIN: Millis = Millis(5_000);
/// After so many changes that no event told of, events are taken to be missing altogether.
const CHANGES_WITHOUT_EVENT: u32 = 2;

/// What has shown so far on one connection.
#[derive(Debug)]
pub(super) struct Rights {
    /// Until when an event of the system's own must have come; `None`: it has, or its lack has been told.
    system_by: Option<Time>,
    queue_events: Events,
}

/// Whether queue events arrive at all.
#[derive(Debug)]
enum Events {
    /// So many changes were seen in lists and no event has come yet.
    Missing(u32),
    /// At least one has come.
    Flow,
}

impl Rights {
    /// Just logged in.
    pub fn new(now: Time) -> Rights {
        Rights {
            system_by: Some(now + BOOTED_WITHIN),
            queue_events: Events::Missing(0),
        }
    }

    /// When the lack of an event becomes telling.
    pub fn due(&self) -> Option<Time> {
        self.system_by
    }
}

impl Dialogue {
    /// An event of the class `system` came.
    pub(super) fn sees_system_events(&mut self) {
        if let Phase::Up(up) = &mut self.phase {
            up.rights.system_by = None;
        }
        self.mend(NO_SYSTEM_EVENTS);
    }

    /// An event of a queue came.
    pub(super) fn sees_queue_events(&mut self) {
        if let Phase::Up(up) = &mut self.phase {
            up.rights.queue_events = Events::Flow;
            up.lists.seldom();
        }
        self.mend(NO_EVENTS);
    }

    /// A list told of a change that no event had told of. Queues are then asked for more often.
    pub(super) fn changed_unseen(&mut self, now: Time) {
        let third = self.third();
        let Phase::Up(up) = &mut self.phase else { return };
        let Events::Missing(changes) = &mut up.rights.queue_events else {
            return;
        };
        *changes = changes.saturating_add(1);
        if *changes == CHANGES_WITHOUT_EVENT {
            up.lists.often(third, now);
            let detail = words::no_events(&self.account.username, third.as_secs());
            self.impair(NO_EVENTS, detail);
        }
    }

    pub(super) fn rights_timeout(&mut self, now: Time) {
        let Phase::Up(up) = &mut self.phase else { return };
        if up.rights.system_by.take_if(|by| now >= *by).is_some() {
            let detail = words::no_system_events(&self.account.username);
            self.impair(NO_SYSTEM_EVENTS, detail);
        }
    }
}
