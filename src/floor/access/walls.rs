//! Wallboards that stand at the door: each shows a short word on its screen, and a leader who sees the screen lets it in by that word.
//!
//! ```text
//!  wall ──asks──► word on the screen, secret in the wall's memory ──leader types the word──► let in ──wall claims by secret──► token
//!                     └──────────────────── ten minutes, or a newer one of the same place ────────────────────► forgotten
//! ```
//! The word alone is worth nothing to who reads it from across the room: the token goes to whoever has the secret. Kept in memory only.

use super::tokens::random;
use super::{NewToken, TokenFault};
use crate::core::Millis;
use crate::wire::Stamp;
use std::net::IpAddr;
use subtle::ConstantTimeEq;

/// How long a word stands.
pub(super) const LASTING: Millis = Millis::from_mins(10);
/// So many stand at the door at once; the one that came first makes room.
const LIMIT: usize = 64;
/// So many of one address.
const LIMIT_ADDRESS: usize = 4;
/// Letters and digits that nobody mistakes for one another: 32, so that five bits are one.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// A word has so many of them.
const LENGTH: usize = 8;

/// Those that wait.
#[derive(Default)]
pub(super) struct Walls {
    waiting: Vec<Waiting>,
}

struct Waiting {
    word: String,
    secret: String,
    from: IpAddr,
    until: Stamp,
    /// What a leader has said it is to be.
    let_in: Option<NewToken>,
}

/// What became of a wall.
pub(super) enum Claim {
    /// Nobody has let it in yet.
    Waits,
    /// Somebody has, as this.
    LetIn(NewToken),
    /// It is not known, or its time is up.
    Gone,
}

impl Walls {
    /// Takes a wall in; the word for its screen.
    pub fn come(&mut self, from: IpAddr, secret: String, now: Stamp) -> Result<String, TokenFault> {
        self.forget(now);
        let bytes = random::<LENGTH>()?;
        let word: String = bytes
            .iter()
            .map(|n| char::from(ALPHABET[usize::from(n & 31)]))
            .collect();
        let of_address = self.waiting.iter().filter(|it| it.from == from).count();
        let drop_one = match of_address >= LIMIT_ADDRESS {
            true => self.waiting.iter().position(|it| it.from == from),
            false => (self.waiting.len() >= LIMIT).then_some(0),
        };
        if let Some(place) = drop_one {
            self.waiting.remove(place);
        }
        self.waiting.push(Waiting {
            word: word.clone(),
            secret,
            from,
            until: Stamp(now.0 + LASTING),
            let_in: None,
        });
        Ok(word)
    }

    /// Lets the wall with this word in, written in any case and with any gaps; whether there is one.
    pub fn let_in(&mut self, word: &str, new: NewToken, now: Stamp) -> bool {
        self.forget(now);
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let wall = self.waiting.iter_mut().find(|it| it.word.eq_ignore_ascii_case(&word));
        wall.is_some_and(|wall| {
            wall.let_in = Some(new);
            true
        })
    }

    /// What a wall is told by its secret; once it is let in it is forgotten here.
    pub fn claim(&mut self, secret: &str, now: Stamp) -> Claim {
        self.forget(now);
        let is = |it: &Waiting| bool::from(it.secret.as_bytes().ct_eq(secret.as_bytes()));
        match self.waiting.iter().position(is) {
            None => Claim::Gone,
            Some(place) if self.waiting[place].let_in.is_none() => Claim::Waits,
            Some(place) => match self.waiting.remove(place).let_in {
                Some(new) => Claim::LetIn(new),
                None => Claim::Gone,
            },
        }
    }

    fn forget(&mut self, now: Stamp) {
        self.waiting.retain(|it| it.until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Time;
    use crate::wire::Role;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const NOW: Stamp = Stamp(Time(1_793_592_000_000));

    fn wall() -> NewToken {
        NewToken {
            name: "Wall".into(),
            staff_no: "wall".into(),
            role: Role::Viewer,
            queues: Vec::new(),
            expires: None,
        }
    }

    #[test]
    fn a_wall_is_let_in_by_its_word_and_gets_its_token_by_its_secret() {
        let mut walls = Walls::default();
        let word = walls.come(HERE, "s1".into(), NOW).unwrap();
        assert_eq!(word.len(), LENGTH);
        assert!(matches!(walls.claim("s1", NOW), Claim::Waits));
        assert!(!walls.let_in("WRONG234", wall(), NOW));
        let typed = format!(" {}-{} ", word[..4].to_lowercase(), &word[4..]);
        assert!(walls.let_in(&typed, wall(), NOW), "{typed}");
        assert!(matches!(walls.claim("other", NOW), Claim::Gone));
        assert!(matches!(walls.claim("s1", NOW), Claim::LetIn(new) if new == wall()));
        assert!(matches!(walls.claim("s1", NOW), Claim::Gone), "once");
    }

    #[test]
    fn a_word_does_not_stand_for_ever_and_nobody_fills_the_door() {
        let mut walls = Walls::default();
        let word = walls.come(HERE, "s1".into(), NOW).unwrap();
        let later = Stamp(NOW.0 + LASTING);
        assert!(!walls.let_in(&word, wall(), later));
        walls.come(HERE, "s0".into(), NOW).unwrap();
        for n in 0..200 {
            let from = IpAddr::V4(std::net::Ipv4Addr::from(n / 8));
            walls.come(from, format!("a{n}"), NOW).unwrap();
        }
        assert!(walls.waiting.len() <= LIMIT);
        let of_one = walls
            .waiting
            .iter()
            .filter(|it| it.from == IpAddr::V4(std::net::Ipv4Addr::from(24)));
        assert_eq!(of_one.count(), LIMIT_ADDRESS);
    }
}
