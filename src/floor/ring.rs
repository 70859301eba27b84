//! The last messages, encoded once, and each session's place among them.
//!
//! ```text
//!            evicted_to          cursor of a slow session        end: every healthy session
//!   ─ ─ ─ ─ ─ ─┤├────────────────────┴──────────────────────────────┤
//!    gap {..}    kept: sent again on resume     not yet in the socket
//! ```
//! A session owns nothing but its place, so history, resume and live are one walk: nothing is lost or told twice between
//! them, and a slow session costs no memory. Only the hub pushes; only a session moves its own cursor.

use crate::wire::{Audience, Gap, Scope, ServerMessage};
use std::collections::VecDeque;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// The most bytes of history kept.
const LIMIT_BYTES: u64 = 16 * 1024 * 1024;

/// The last messages.
pub(super) struct Ring {
    entries: VecDeque<Entry>,
    /// How many messages left at the front; the position of the first entry.
    first: u64,
    /// The number of the last message that left, or that was never here.
    evicted_to: u64,
    /// The number of the last message.
    head: u64,
    /// Bytes of all messages ever.
    bytes: u64,
    limit: usize,
}

struct Entry {
    seq: u64,
    frame: Utf8Bytes,
    /// Bytes of all messages before it.
    bytes_before: u64,
    audience: Audience,
    instruction: bool,
}

/// A session's place.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    position: u64,
    /// Everything up to this number was told, or was before the session's time.
    told: u64,
    /// Where the ring ended when the session joined: what lies before is history, and no sign of slowness.
    joined: u64,
    /// History that is not here; told before anything else.
    gap: Option<Gap>,
    /// What is not for it is passed over.
    scope: Scope,
}

impl Cursor {
    /// The number of the last message that was told, or was before the session's time.
    pub fn told(&self) -> u64 {
        self.told
    }
}

/// How far a session is behind.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Lag {
    pub frames: u64,
    pub bytes: u64,
    /// Some of it is not kept any more.
    pub lost: bool,
}

impl Ring {
    pub fn new(limit: usize) -> Ring {
        Ring {
            entries: VecDeque::new(),
            first: 0,
            evicted_to: 0,
            head: 0,
            bytes: 0,
            limit: limit.max(1),
        }
    }

    /// The number of the last message.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// Says that history up to this number is not here.
    pub fn begin_after(&mut self, seq: u64) {
        self.evicted_to = self.evicted_to.max(seq);
        self.head = self.head.max(seq);
    }

    /// Adds a message at the end.
    pub fn push(&mut self, seq: u64, frame: Utf8Bytes, audience: Audience, instruction: bool) {
        if seq <= self.head {
            // Told all the same: better twice after a resume than not at all.
            tracing::error!(seq, head = self.head, "a message's number does not rise");
        }
        self.head = self.head.max(seq);
        let bytes_before = self.bytes;
        self.bytes += frame.len() as u64;
        self.entries.push_back(Entry {
            seq,
            frame,
            bytes_before,
            audience,
            instruction,
        });
        while self.entries.len() > self.limit || self.kept() > LIMIT_BYTES {
            let Some(entry) = self.entries.pop_front() else { break };
            self.first += 1;
            self.evicted_to = self.evicted_to.max(entry.seq);
        }
    }

    /// The number after which so many messages of a scope at most follow: what a session that asks for the last few has seen.
    pub fn before_last(&self, messages: usize, scope: &Scope) -> u64 {
        let Some(before) = messages.checked_sub(1) else {
            return self.head;
        };
        let mut heard = (self.entries.iter().enumerate().rev()).filter(|(_, entry)| scope.hears(&entry.audience));
        let first = heard.nth(before).and_then(|(place, _)| place.checked_sub(1));
        first.map_or(self.evicted_to, |place| self.entries[place].seq)
    }

    /// The place of a session that has seen everything up to `since`; without it, of one that wants only what comes.
    pub fn join(&self, since: Option<u64>, scope: &Scope) -> Cursor {
        let since = since.unwrap_or(self.head);
        let seen = self.entries.partition_point(|entry| entry.seq <= since);
        let gap = if since < self.evicted_to {
            Some((since + 1, self.evicted_to))
        } else if since > self.head {
            // They have seen what this log never had: it was replaced by an older one.
            Some((self.head + 1, since))
        } else {
            None
        };
        Cursor {
            position: self.first + seen as u64,
            told: since.min(self.head),
            joined: self.end(),
            gap: gap.map(|(from, to)| Gap { from, to }),
            scope: scope.clone(),
        }
    }

    /// Takes what is next for a session, up to about so many bytes; whether there is more.
    pub fn take(&self, cursor: &mut Cursor, limit: usize, into: &mut Vec<Utf8Bytes>) -> bool {
        if cursor.position < self.first {
            // Only slow history gets here: what is live is cut off long before.
            let from = cursor.told + 1;
            let gap = cursor.gap.get_or_insert(Gap { from, to: 0 });
            gap.to = self.evicted_to;
            cursor.position = self.first;
        }
        if let Some(gap) = cursor.gap.take() {
            into.push(ServerMessage::Gap(gap).encode().into());
        }
        let mut taken = 0;
        for entry in self.entries.range((cursor.position - self.first) as usize..) {
            if taken >= limit {
                return true;
            }
            if cursor.scope.hears(&entry.audience) {
                taken += entry.frame.len();
                into.push(entry.frame.clone());
            }
            cursor.position += 1;
            cursor.told = entry.seq;
        }
        false
    }

    /// How far a session is behind, of what came since it joined.
    pub fn lag(&self, cursor: &Cursor) -> Lag {
        let next = cursor.position.max(cursor.joined);
        let from = next.max(self.first);
        let bytes_from = self
            .entries
            .get((from - self.first) as usize)
            .map_or(self.bytes, |entry| entry.bytes_before);
        Lag {
            frames: self.end().saturating_sub(from),
            bytes: self.bytes - bytes_from,
            lost: next < self.first,
        }
    }

    /// Instructions after `since`, and what of that history is not here.
    pub fn instructions(&self, since: u64, scope: &Scope) -> (Option<Gap>, Vec<Utf8Bytes>) {
        let cursor = self.join(Some(since), scope);
        let entries = self.entries.range((cursor.position - self.first) as usize..);
        let instructions = entries.filter(|entry| entry.instruction && scope.hears(&entry.audience));
        (cursor.gap, instructions.map(|entry| entry.frame.clone()).collect())
    }

    fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    fn kept(&self) -> u64 {
        self.bytes - self.entries.front().map_or(self.bytes, |entry| entry.bytes_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring(limit: usize, seqs: &[u64]) -> Ring {
        let mut ring = Ring::new(limit);
        for seq in seqs {
            ring.push(*seq, seq.to_string().into(), Audience::Everybody, false);
        }
        ring
    }

    fn all(ring: &Ring, cursor: &mut Cursor) -> Vec<String> {
        let mut frames = Vec::new();
        while ring.take(cursor, 3, &mut frames) {}
        frames.iter().map(|frame| frame.to_string()).collect()
    }

    #[test]
    fn history_that_left_is_told_as_a_gap() {
        let ring = ring(2, &[3, 5, 9, 12]);
        assert_eq!(
            all(&ring, &mut ring.join(Some(3), &Scope::WholeFloor)),
            [r#"{"type":"gap","from":4,"to":5}"#, "9", "12"]
        );
        assert_eq!(all(&ring, &mut ring.join(Some(5), &Scope::WholeFloor)), ["9", "12"]);
        assert_eq!(all(&ring, &mut ring.join(Some(10), &Scope::WholeFloor)), ["12"]);
        assert_eq!(all(&ring, &mut ring.join(None, &Scope::WholeFloor)), [""; 0]);
        assert_eq!(
            all(&ring, &mut ring.join(Some(20), &Scope::WholeFloor)),
            [r#"{"type":"gap","from":13,"to":20}"#]
        );
    }

    #[test]
    fn the_last_few_are_told_without_a_gap() {
        let ring = ring(3, &[3, 5, 9, 12]);
        let last = |messages| {
            all(
                &ring,
                &mut ring.join(Some(ring.before_last(messages, &Scope::WholeFloor)), &Scope::WholeFloor),
            )
        };
        assert_eq!(last(0), [""; 0]);
        assert_eq!(last(2), ["9", "12"]);
        assert_eq!(last(3), ["5", "9", "12"]);
        assert_eq!(last(usize::MAX), ["5", "9", "12"]);
    }

    #[test]
    fn history_that_leaves_while_it_is_told_is_a_gap_as_well() {
        let mut ring = ring(3, &[1, 2, 3]);
        let mut cursor = ring.join(Some(0), &Scope::WholeFloor);
        let mut frames = Vec::new();
        assert!(ring.take(&mut cursor, 1, &mut frames));
        for seq in [4, 5, 6] {
            ring.push(seq, seq.to_string().into(), Audience::Everybody, false);
        }
        assert_eq!(
            all(&ring, &mut cursor),
            [r#"{"type":"gap","from":2,"to":3}"#, "4", "5", "6"]
        );
    }

    #[test]
    fn only_what_came_since_joining_counts_as_lag() {
        let mut ring = ring(100, &[1, 2, 3]);
        let mut cursor = ring.join(Some(0), &Scope::WholeFloor);
        assert_eq!(
            ring.lag(&cursor),
            Lag {
                frames: 0,
                bytes: 0,
                lost: false
            }
        );
        ring.push(4, "four".into(), Audience::Everybody, false);
        assert_eq!(
            ring.lag(&cursor),
            Lag {
                frames: 1,
                bytes: 4,
                lost: false
            }
        );
        all(&ring, &mut cursor);
        assert_eq!(
            ring.lag(&cursor),
            Lag {
                frames: 0,
                bytes: 0,
                lost: false
            }
        );
    }

    proptest! {
        /// Whoever resumes anywhere, at any pace, gets every later message once or is told of it as a gap.
        #[test]
        fn each_message_once_or_in_a_gap(
            limit in 1_usize..20,
            steps in prop::collection::vec((any::<bool>(), 1_usize..9), 1..60),
            since in 0_u64..30,
        ) {
            let mut ring = ring(limit, &[1, 2, 3, 4, 5]);
            let since = since.min(ring.head());
            let mut cursor = ring.join(Some(since), &Scope::WholeFloor);
            let mut frames = Vec::new();
            for (publish, amount) in steps {
                if publish {
                    let seq = ring.head() + 1;
                    ring.push(seq, seq.to_string().into(), Audience::Everybody, false);
                } else {
                    ring.take(&mut cursor, amount, &mut frames);
                }
            }
            while ring.take(&mut cursor, 1, &mut frames) {}
            let mut next = since + 1;
            for frame in &frames {
                let told: serde_json::Value = serde_json::from_str(frame).unwrap();
                let (from, to) = match told.as_u64() {
                    Some(seq) => (seq, seq),
                    None => (told["from"].as_u64().unwrap(), told["to"].as_u64().unwrap()),
                };
                prop_assert_eq!(from, next);
                next = to + 1;
            }
            prop_assert_eq!(next, ring.head() + 1);
        }
    }
}
