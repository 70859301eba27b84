//! Who is on the floor: a session comes, has its seat from which it takes what is told, and leaves.

use super::super::access::Identity;
use super::super::board::{Manner, News};
use super::super::ring::Cursor;
use super::Hub;
use crate::core::Name;
use crate::telemetry::names;
use crate::wire::{Audience, Role, Scope};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// A socket that takes nothing for so long may be too far behind.
const BEHIND_AFTER: Duration = Duration::from_secs(1);

/// Sessions that may answer instructions.
#[derive(Default)]
pub(super) struct Able {
    pub all: usize,
    /// Those for the whole floor.
    whole_floor: usize,
    /// Those that are for some queues, by queue.
    by_queue: BTreeMap<Name, usize>,
}

impl Able {
    /// Counts a session in or out.
    fn count(&mut self, scope: &Scope, change: impl Fn(&mut usize)) {
        change(&mut self.all);
        match scope.queues() {
            None => change(&mut self.whole_floor),
            Some(queues) => queues.iter().for_each(|queue| {
                change(self.by_queue.entry(queue.clone()).or_default());
            }),
        }
        self.by_queue.retain(|_, sessions| *sessions > 0);
    }

    pub fn of(&self, queue: &Name) -> usize {
        self.whole_floor + self.by_queue.get(queue).copied().unwrap_or(0)
    }

    /// How many may answer what such a message tells.
    pub fn among(&self, audience: &Audience) -> usize {
        match audience {
            Audience::Everybody => self.all,
            Audience::WholeFloor => self.whole_floor,
            Audience::Queue(queue) => self.of(queue),
        }
    }
}

impl Hub {
    /// Takes a session in; it leaves when its seat is dropped. From here on it gets every message once.
    ///
    /// # Errors
    /// Why not, in words, where there are too many sessions.
    pub(in crate::floor) fn join(
        self: &Arc<Self>,
        who: &Identity,
        since: Option<u64>,
        last: Option<u32>,
        manner: Manner,
    ) -> Result<Seat, &'static str> {
        // Read before the state that the session begins with: what that does not speak of yet is then told as messages.
        let up_to = self.told().up_to;
        let mut room = self.room();
        if room.sessions >= self.limits.sessions {
            return Err("the floor has as many sessions as it takes: close some, or raise the limit");
        }
        if let Some(token) = &who.token {
            let count = room.by_token.entry(token.clone()).or_default();
            if *count >= self.limits.sessions_per_token {
                return Err("your token has as many sessions as it may: close some of your consoles");
            }
            *count += 1;
        }
        room.sessions += 1;
        room.whole_queues += usize::from(manner == Manner::WholeQueues);
        if who.role.answers() {
            room.able.count(&who.scope, |sessions| *sessions += 1);
            if room.listeners.come(who) {
                self.fresh.notify_one();
            }
            self.presence.send_replace(room.able.all);
        }
        let end = room.ring.head();
        // Whoever comes back knows the messages that the state does not speak of yet; whoever comes anew is told them.
        let head = end.min(up_to.max(since.unwrap_or(0)));
        let since = since.unwrap_or_else(|| {
            let last = last.map(|messages| room.ring.before_last(messages as usize, &who.scope));
            last.map_or(head, |before| before.min(head))
        });
        let cursor = room.ring.join(Some(since), &who.scope);
        drop(room);
        gauge(who.role).increment(1.0);
        Ok(Seat {
            hub: Arc::clone(self),
            token: who.token.clone(),
            staff_no: who.staff_no.clone(),
            role: who.role,
            scope: who.scope.clone(),
            cursor,
            head,
            board: 0,
            manner,
        })
    }

    fn leave(&self, seat: &Seat) {
        let Seat {
            token,
            staff_no,
            role,
            scope,
            manner,
            ..
        } = seat;
        let (token, role) = (token.as_deref(), *role);
        let mut room = self.room();
        room.sessions -= 1;
        room.whole_queues -= usize::from(*manner == Manner::WholeQueues);
        if let Some(token) = token
            && let Some(count) = room.by_token.get_mut(token)
        {
            *count -= 1;
            if *count == 0 {
                room.by_token.remove(token);
            }
        }
        if role.answers() {
            room.able.count(scope, |sessions| *sessions -= 1);
            if room.listeners.go(token, staff_no) {
                self.fresh.notify_one();
            }
            self.presence.send_replace(room.able.all);
        }
        drop(room);
        gauge(role).decrement(1.0);
    }
}

fn gauge(role: Role) -> metrics::Gauge {
    metrics::gauge!(names::FLOOR_SESSIONS, "role" => role.as_str())
}

/// A session's place on the floor.
pub(in crate::floor) struct Seat {
    hub: Arc<Hub>,
    token: Option<String>,
    staff_no: String,
    role: Role,
    scope: Scope,
    cursor: Cursor,
    head: u64,
    board: u64,
    manner: Manner,
}

impl Seat {
    /// The number of the last message that the state spoke of when the session joined.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// The number of the last message that it was told, or had seen before.
    pub fn told(&self) -> u64 {
        self.cursor.told()
    }

    /// The whole state, to begin with.
    pub fn whole_state(&mut self) -> Utf8Bytes {
        // In this order: a post in between is then told once more, never left out.
        self.board = self.posted();
        self.hub.whole_state_of(&self.scope)
    }

    /// Takes what is next, up to about so many bytes; whether there is more. The state comes last, and only when all
    /// messages before it are taken: then it cannot hold them up.
    pub fn take(&mut self, limit: usize, into: &mut Vec<Utf8Bytes>) -> bool {
        if self.hub.room().ring.take(&mut self.cursor, limit, into) {
            return true;
        }
        if self.posted() > self.board {
            let mut board = self.hub.board();
            let news = board.told(self.board, &self.scope, self.manner);
            let version = board.version();
            drop(board);
            // What the state has of an instruction builds on its message: one that went out meanwhile comes before it.
            if self.hub.room().ring.take(&mut self.cursor, limit, into) {
                return true;
            }
            self.board = version;
            match news {
                News::None => {}
                News::Changes(frame) => into.push(frame),
                News::Whole => into.push(self.hub.whole_state_of(&self.scope)),
            }
        }
        false
    }

    /// The newest version of the board that is for it: whoever hears whole queues hears of them four times a second at most.
    fn posted(&self) -> u64 {
        let whole_floor = self.hub.posted.load(Ordering::Acquire);
        match self.manner {
            Manner::WholeQueues => whole_floor,
            Manner::Changes => whole_floor.max(self.hub.posted_some.load(Ordering::Acquire)),
        }
    }

    /// What was taken, as frames: one for all of it where the session hears changes.
    pub fn together(&self, taken: &mut Vec<Utf8Bytes>) -> Vec<Utf8Bytes> {
        match self.manner {
            Manner::Changes if taken.len() > 1 => {
                let messages: Vec<&str> = taken.iter().map(Utf8Bytes::as_str).collect();
                // The messages are joined as they are: each was encoded once for all.
                let frame = format!(r#"{{"type":"together","messages":[{}]}}"#, messages.join(","));
                taken.clear();
                vec![frame.into()]
            }
            Manner::WholeQueues | Manner::Changes => std::mem::take(taken),
        }
    }

    /// Whether the session, whose socket has taken nothing for so long, is further behind than its outbox may hold. What a storm brings in
    /// one moment no link takes in one: so it has a while, unless what it has not taken is let go of.
    pub fn is_behind(&self, stalled: Duration) -> bool {
        let lag = self.hub.room().ring.lag(&self.cursor);
        if stalled < BEHIND_AFTER {
            return lag.lost;
        }
        lag.frames > self.hub.limits.outbox_frames as u64 || lag.bytes > self.hub.limits.outbox_bytes as u64
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.leave(self);
    }
}
