//! Who came in, who went, and who was not let in, for the duty log. What clients do cannot make it grow: what is told is bounded by
//! tokens, by addresses and by time.
//!
//! - On the socket somebody is in from the first session of their token until [`LINGER`] after the last: a console that loses its
//!   network and comes back is not told.
//! - Over HTTP somebody is in with their first request, unless they are on the socket. There is no word for leaving; who has asked
//!   nothing for [`HTTP_LINGER`] is told again.
//! - A wrong, revoked or expired token is told at once, and those that follow from the same address together, once in
//!   [`REFUSED_EVERY`]. Beyond [`LIMIT_ADDRESSES`] addresses the others are told as one. No token at all is no try.

use super::Identity;
use super::tries::neighbourhood;
use crate::core::{Actor, Millis, Time};
use crate::journal::{Fact, Way};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long after their last session somebody has left.
const LINGER: Millis = Millis::from_secs(60);
/// How long somebody may ask nothing over HTTP before their next request is told anew.
const HTTP_LINGER: Millis = Millis::from_mins(30);
/// How often tries from one address are told.
const REFUSED_EVERY: Millis = Millis::from_mins(10);
/// Addresses whose tries are told apart.
const LIMIT_ADDRESSES: usize = 32;

/// What happens at the door, until the daemon takes it.
#[derive(Default)]
pub struct Door {
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// By the token's id; `None`: everybody, as long as there are no tokens.
    people: BTreeMap<(Option<String>, Way), Presence>,
    /// `None`: all addresses beyond the limit.
    refused: BTreeMap<Option<IpAddr>, Refused>,
}

struct Presence {
    who: Actor,
    sessions: usize,
    /// Something was heard of them since the daemon asked last.
    heard: bool,
    told: bool,
    quiet_since: Option<Time>,
    /// Why the last session ended.
    why: Option<&'static str>,
}

struct Refused {
    why: &'static str,
    untold: u32,
    told_at: Option<Time>,
}

/// A session of somebody; they leave when it is dropped.
pub(in crate::floor) struct Stay {
    door: Arc<Door>,
    token: Option<String>,
    /// Why it ends, where it is not of their own accord.
    pub(in crate::floor) why: Option<&'static str>,
}

impl Door {
    /// Somebody has a session from now on.
    pub(in crate::floor) fn comes(self: &Arc<Self>, who: &Identity) -> Stay {
        let mut seen = self.seen();
        let presence = seen.presence(who, Way::Socket);
        presence.sessions += 1;
        presence.quiet_since = None;
        Stay {
            door: Arc::clone(self),
            token: who.token.clone(),
            why: None,
        }
    }

    /// Somebody asks something over HTTP.
    pub(in crate::floor) fn asks(&self, who: &Identity) {
        let mut seen = self.seen();
        if !seen.people.contains_key(&(who.token.clone(), Way::Socket)) {
            seen.presence(who, Way::Http);
        }
    }

    /// A token was not taken.
    pub(super) fn refuses(&self, from: IpAddr, why: &'static str) {
        let mut seen = self.seen();
        let from = Some(neighbourhood(from));
        let apart = seen.refused.contains_key(&from) || seen.refused.len() < LIMIT_ADDRESSES;
        let refused = seen.refused.entry(from.filter(|_| apart)).or_insert(Refused {
            why,
            untold: 0,
            told_at: None,
        });
        refused.why = why;
        refused.untold = refused.untold.saturating_add(1);
    }

    /// What is to be written down by now.
    pub fn news(&self, now: Time) -> Vec<Fact> {
        let mut seen = self.seen();
        let mut news = Vec::new();
        seen.people
            .retain(|(_, way), presence| presence.look(*way, now, &mut news));
        seen.refused.retain(|from, refused| refused.look(*from, now, &mut news));
        news
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn presence(&mut self, who: &Identity, way: Way) -> &mut Presence {
        let presence = self.people.entry((who.token.clone(), way)).or_insert_with(|| Presence {
            who: who.actor(),
            sessions: 0,
            heard: true,
            told: false,
            quiet_since: None,
            why: None,
        });
        presence.heard = true;
        presence
    }
}

impl Presence {
    /// Tells what is to be told; whether they are still in.
    fn look(&mut self, way: Way, now: Time, news: &mut Vec<Fact>) -> bool {
        if !std::mem::replace(&mut self.told, true) {
            let by = self.who.clone();
            news.push(Fact::LoggedIn { by, way });
        }
        if std::mem::take(&mut self.heard) {
            self.quiet_since = None;
        }
        if self.sessions > 0 {
            return true;
        }
        let quiet = now - *self.quiet_since.get_or_insert(now);
        match way {
            Way::Http => quiet < HTTP_LINGER,
            Way::Socket if quiet < LINGER => true,
            Way::Socket => {
                let (by, why) = (self.who.clone(), self.why.map(str::to_owned));
                news.push(Fact::LoggedOut { by, why });
                false
            }
        }
    }
}

impl Refused {
    /// Tells what is to be told; whether the address is still remembered.
    fn look(&mut self, from: Option<IpAddr>, now: Time, news: &mut Vec<Fact>) -> bool {
        if self.told_at.is_some_and(|at| now - at < REFUSED_EVERY) {
            return true;
        }
        if self.untold == 0 {
            return false;
        }
        news.push(Fact::NotLetIn {
            from: from.map(|it| it.to_string()),
            times: std::mem::take(&mut self.untold),
            why: self.why.to_owned(),
        });
        self.told_at = Some(now);
        true
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        let mut seen = self.door.seen();
        if let Some(presence) = seen.people.get_mut(&(self.token.take(), Way::Socket)) {
            presence.sessions = presence.sessions.saturating_sub(1);
            presence.why = self.why;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Role;
    use std::net::Ipv4Addr;

    fn li() -> Identity {
        Identity {
            token: Some("aa".into()),
            name: "Li".into(),
            staff_no: "S07".into(),
            role: Role::Supervisor,
            scope: crate::wire::Scope::WholeFloor,
        }
    }

    fn at(seconds: i64) -> Time {
        Time(0) + Millis::from_secs(seconds)
    }

    fn came(way: Way) -> Fact {
        Fact::LoggedIn { by: li().actor(), way }
    }

    fn left(why: Option<&str>) -> Fact {
        Fact::LoggedOut {
            by: li().actor(),
            why: why.map(str::to_owned),
        }
    }

    #[test]
    fn a_console_that_comes_back_is_not_told_and_one_that_stays_away_is() {
        let door = Arc::new(Door::default());
        let first = door.comes(&li());
        assert_eq!(door.news(at(0)), [came(Way::Socket)]);
        let second = door.comes(&li());
        drop(first);
        assert_eq!(door.news(at(100)), []);
        drop(second);
        assert_eq!(door.news(at(101)), []);
        let mut third = door.comes(&li());
        assert_eq!(door.news(at(200)), []);
        third.why = Some("not_valid");
        drop(third);
        assert_eq!(door.news(at(300)), []);
        assert_eq!(door.news(at(359)), []);
        assert_eq!(door.news(at(360)), [left(Some("not_valid"))]);
        assert_eq!(door.news(at(400)), []);
        assert!(door.seen().people.is_empty());
    }

    #[test]
    fn a_session_too_short_to_be_seen_is_told() {
        let door = Arc::new(Door::default());
        drop(door.comes(&li()));
        assert_eq!(door.news(at(0)), [came(Way::Socket)]);
        assert_eq!(door.news(at(60)), [left(None)]);
    }

    #[test]
    fn requests_are_told_once_in_a_while_and_not_beside_a_session() {
        let door = Arc::new(Door::default());
        door.asks(&li());
        assert_eq!(door.news(at(0)), [came(Way::Http)]);
        for minute in 1..=100 {
            door.asks(&li());
            assert_eq!(door.news(at(60 * minute)), [], "minute {minute}");
        }
        assert_eq!(door.news(at(60 * 130)), []);
        door.asks(&li());
        assert_eq!(door.news(at(60 * 131)), [came(Way::Http)]);
        let _stay = door.comes(&li());
        assert_eq!(door.news(at(60 * 132)), [came(Way::Socket)]);
        assert_eq!(door.news(at(60 * 300)), []);
        door.asks(&li());
        assert_eq!(door.news(at(60 * 301)), []);
    }

    #[test]
    fn tries_are_told_at_once_then_together_and_never_more_than_the_limit() {
        let door = Door::default();
        let told = |from: Option<&str>, times| Fact::NotLetIn {
            from: from.map(str::to_owned),
            times,
            why: "unknown".into(),
        };
        let address = |n: u32| IpAddr::V4(Ipv4Addr::from(0xC000_0200 + n));
        door.refuses(address(7), "unknown");
        assert_eq!(door.news(at(0)), [told(Some("192.0.2.7"), 1)]);
        for _ in 0..1000 {
            door.refuses(address(7), "unknown");
        }
        assert_eq!(door.news(at(599)), []);
        assert_eq!(door.news(at(600)), [told(Some("192.0.2.7"), 1000)]);
        for n in 0..10_000 {
            door.refuses(address(n), "unknown");
        }
        let news = door.news(at(601));
        assert_eq!(news.len(), LIMIT_ADDRESSES);
        assert_eq!(news[0], told(None, 10_000 - LIMIT_ADDRESSES as u32));
        door.news(at(1201));
        assert_eq!(door.news(at(1801)), []);
        assert!(door.seen().refused.is_empty());
    }
}
