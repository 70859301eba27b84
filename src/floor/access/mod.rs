//! Who is let in, as whom.
//!
//! Without any token ever issued, and only where the listener is on loopback with no proxy in front, whoever reaches the
//! floor is `manager` with staff number `local`. From the first token on everyone needs one: a revoked or expired token
//! stays in the file, so that taking back the last one never opens the door.

mod door;
mod tokens;
mod tries;
mod walls;

pub use door::Door;
pub(super) use door::Stay;
pub use tokens::{
    CodeRecord, LIMIT_TOKENS, NewToken, TokenFault, TokenRecord, change, issue, issue_code, read, redeem, revoke,
};

use crate::core::{Actor, Millis, Time};
use crate::wire::{Role, Scope, Stamp};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tries::Tries;
use walls::{Claim, Walls};

/// How often the token file is looked at; a revoked token's sessions end within this.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long the code of a login link is good that somebody makes for a device of their own.
const LINK_LASTING: Millis = Millis::from_mins(10);
/// How often the time of last use goes to the token file.
const NOTE_USE_EVERY: Duration = Duration::from_secs(60);

/// Who somebody is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// The token's id; `None` without a configured token.
    pub token: Option<String>,
    /// As shown.
    pub name: String,
    /// Staff number.
    pub staff_no: String,
    /// What they may do.
    pub role: Role,
    /// For which queues.
    pub scope: Scope,
}

impl Identity {
    fn local() -> Identity {
        Identity {
            token: None,
            name: "local".into(),
            staff_no: "local".into(),
            role: Role::Manager,
            scope: Scope::WholeFloor,
        }
    }

    /// As the core and the duty log know them.
    pub fn actor(&self) -> Actor {
        Actor {
            name: self.name.clone(),
            staff_no: self.staff_no.clone(),
            role: self.role.as_str().into(),
        }
    }
}

/// Why somebody is not let in, in words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotLetIn {
    /// No token, a wrong, revoked or expired one.
    #[error("{0}")]
    Token(&'static str),
    /// Too many wrong tokens from this address.
    #[error("too many wrong tokens from this address: wait {} s, then try again", .0.as_secs() + 1)]
    TooManyTries(Duration),
}

/// Why there is no link, or none is taken.
#[derive(Debug, thiserror::Error)]
pub enum LinkFault {
    /// There is nothing to be carried to another device.
    #[error("nobody has a token here, so no device needs one: make tokens with `surged token new`")]
    NoTokens,
    /// The word was typed wrongly, or the wall has another one by now.
    #[error("no wallboard shows this code: look at its screen again; a code stands for ten minutes")]
    NoSuchWall,
    /// Wrong, or too many times wrong.
    #[error(transparent)]
    NotLetIn(#[from] NotLetIn),
    /// The token file.
    #[error(transparent)]
    Tokens(#[from] TokenFault),
}

/// The tokens in force.
pub struct Access {
    path: Option<PathBuf>,
    /// Loopback listener without a proxy in front: open until the first token is issued.
    local_only: bool,
    /// Known by a word of their own while the floor is open to this machine.
    guest: Option<(String, Identity)>,
    book: Mutex<Book>,
    changes: watch::Sender<u64>,
    tries: Mutex<Tries>,
    walls: Mutex<Walls>,
    door: Arc<Door>,
}

struct Book {
    tokens: Arc<Vec<TokenRecord>>,
    /// There were tokens since the start: a file that is empty or gone afterwards opens no door.
    closed: bool,
    seen: Option<Version>,
    used: BTreeMap<String, Stamp>,
    noted: Instant,
    valid: Valid,
}

/// The ids of the tokens that are good now; `None`: none was ever issued.
type Valid = Option<BTreeSet<String>>;

/// What tells one version of the file from another.
type Version = (SystemTime, u64, u64);

impl Access {
    /// Reads the token file, where there is one. `local_only`: the listener is on loopback, and no proxy is in front.
    ///
    /// # Errors
    /// Where the file is there but cannot be read or understood.
    pub fn open(path: Option<PathBuf>, local_only: bool) -> Result<Access, TokenFault> {
        let seen = path.as_deref().and_then(version);
        let tokens = path.as_deref().map(read).transpose()?.unwrap_or_default();
        let closed = !tokens.is_empty();
        let valid = valid(&tokens, closed, now());
        Ok(Access {
            path,
            local_only,
            guest: None,
            book: Mutex::new(Book {
                tokens: Arc::new(tokens),
                closed,
                seen,
                used: BTreeMap::new(),
                noted: Instant::now(),
                valid,
            }),
            changes: watch::Sender::new(0),
            tries: Mutex::new(Tries::default()),
            walls: Mutex::default(),
            door: Arc::default(),
        })
    }

    /// Knows whoever gives this word as `token` by a name of their own while no token was ever issued: on a floor that is open to this
    /// machine the word gives nobody more than the door does.
    pub fn with_guest(self, word: String, guest: Identity) -> Access {
        let guest = Some((word, guest));
        Access { guest, ..self }
    }

    /// Lets somebody in or not. A right token is never slowed by somebody else's wrong ones.
    ///
    /// # Errors
    /// Why not.
    pub fn let_in(&self, peer: IpAddr, token: Option<&str>) -> Result<Identity, NotLetIn> {
        let (tokens, closed) = {
            let book = self.book();
            (Arc::clone(&book.tokens), book.closed)
        };
        if !closed {
            return self.without_tokens(peer, token);
        }
        if tokens.is_empty() {
            return Err(NotLetIn::Token(
                "the daemon's list of tokens was emptied or deleted, and nobody is let in: put tokens.json back, or make tokens with \
                 `surged token new`",
            ));
        }
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Err(NotLetIn::Token(
                "a token is needed here: put it into \"token\" of hello, or into the Authorization header as Bearer",
            ));
        };
        match tokens::find(&tokens, token, now()) {
            Ok(record) => {
                self.book().used.insert(record.id.clone(), now());
                Ok(Identity {
                    token: Some(record.id.clone()),
                    name: record.name.clone(),
                    staff_no: record.staff_no.clone(),
                    role: record.role,
                    scope: Scope::of(&record.queues),
                })
            }
            Err(words) => {
                // What to do about it is for whoever tried.
                self.door.refuses(peer, words.split(':').next().unwrap_or(words));
                Err(self
                    .tries
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .failed(peer, Instant::now())
                    .map_or(NotLetIn::Token(words), NotLetIn::TooManyTries))
            }
        }
    }

    /// A one-time code with which somebody lets a second device of theirs in, and until when it is good.
    ///
    /// # Errors
    /// Nobody has a token here; too many devices; disk.
    pub fn second_device(&self, who: &Identity) -> Result<(String, Stamp), LinkFault> {
        let (path, id) = self
            .path
            .as_deref()
            .zip(who.token.as_deref())
            .ok_or(LinkFault::NoTokens)?;
        let expires = self
            .book()
            .tokens
            .iter()
            .find(|it| it.id == id)
            .and_then(|it| it.expires);
        let new = NewToken {
            name: who.name.clone(),
            staff_no: who.staff_no.clone(),
            role: who.role,
            queues: who.scope.queues().into_iter().flatten().cloned().collect(),
            expires,
        };
        let (code, record) = issue_code(path, new, LINK_LASTING, Some(id))?;
        let until = record.code.map_or(record.created, |code| code.expires);
        Ok((code, until))
    }

    /// The token for a one-time code. Wrong codes are counted as wrong tokens are.
    ///
    /// # Errors
    /// Why not.
    pub fn redeem(&self, peer: IpAddr, code: &str) -> Result<String, LinkFault> {
        let path = self.path.as_deref().ok_or(LinkFault::NoTokens)?;
        let Some((token, _)) = redeem(path, code)? else {
            self.door
                .refuses(peer, "a login link that is not known, was used or is too old");
            let slowed = self
                .tries
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .failed(peer, Instant::now());
            return Err(LinkFault::NotLetIn(slowed.map_or(
                NotLetIn::Token("this link is not known, was used already, or is too old: ask for a new one"),
                NotLetIn::TooManyTries,
            )));
        };
        // Good from now on, not from the next look on.
        self.look();
        Ok(token)
    }

    /// Takes a wallboard in that has no token: the word for its screen, and the secret by which it asks what became of it.
    ///
    /// # Errors
    /// Nobody has a token here; no randomness.
    pub fn wall_comes(&self, peer: IpAddr) -> Result<(String, String), LinkFault> {
        if !self.book().closed {
            return Err(LinkFault::NoTokens);
        }
        let secret = tokens::hex(&tokens::random::<32>()?);
        let word = self.walls().come(peer, secret.clone(), now())?;
        Ok((word, secret))
    }

    /// Lets the wallboard in that shows this word, to read what `who` may read.
    ///
    /// # Errors
    /// There is none.
    pub fn let_wall_in(&self, who: &Identity, word: &str) -> Result<(), LinkFault> {
        let new = NewToken {
            name: format!("Wall ({})", who.name),
            staff_no: who.staff_no.clone(),
            role: Role::Viewer,
            queues: who.scope.queues().into_iter().flatten().cloned().collect(),
            expires: None,
        };
        match self.walls().let_in(word, new, now()) {
            true => Ok(()),
            false => Err(LinkFault::NoSuchWall),
        }
    }

    /// The token of a wallboard once somebody has let it in; `None`: nobody has yet.
    ///
    /// # Errors
    /// It is not known or its time is up; disk.
    pub fn wall_claims(&self, secret: &str) -> Result<Option<String>, LinkFault> {
        let path = self.path.as_deref().ok_or(LinkFault::NoTokens)?;
        let claim = self.walls().claim(secret, now());
        match claim {
            Claim::Waits => Ok(None),
            Claim::Gone => Err(LinkFault::NoSuchWall),
            Claim::LetIn(new) => {
                let (token, _) = issue(path, new)?;
                self.look();
                Ok(Some(token))
            }
        }
    }

    fn walls(&self) -> MutexGuard<'_, Walls> {
        self.walls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happens at the door, for the duty log.
    pub fn door(&self) -> &Arc<Door> {
        &self.door
    }

    fn without_tokens(&self, peer: IpAddr, word: Option<&str>) -> Result<Identity, NotLetIn> {
        if self.local_only && peer.to_canonical().is_loopback() {
            let guest = self.guest.as_ref().filter(|(known, _)| Some(known.as_str()) == word);
            return Ok(guest.map_or_else(Identity::local, |(_, guest)| guest.clone()));
        }
        Err(NotLetIn::Token(
            "nobody is let in here before there is a token: make one with `surged token new` on the daemon's machine",
        ))
    }

    /// Whether an identity that was let in is still good.
    pub fn still_valid(&self, identity: &Identity) -> bool {
        self.is_good(identity.token.as_deref())
    }

    /// Whether a token of this id is good now; `None`: whether nobody needs one.
    pub fn is_good(&self, id: Option<&str>) -> bool {
        let book = self.book();
        match (id, &book.valid) {
            (None, None) => true,
            (Some(id), Some(valid)) => valid.contains(id),
            _ => false,
        }
    }

    /// Changes whenever a token stops being good.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Follows the token file until cancelled. A file at fault keeps the tokens in force, and says so.
    pub async fn watch(self: Arc<Self>, cancel: CancellationToken) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                _ = tick.tick() => {}
            }
            let access = Arc::clone(&self);
            // The disk may be slow or gone: not on the sockets' threads.
            if tokio::task::spawn_blocking(move || access.look()).await.is_err() {
                break;
            }
        }
    }

    /// Looks at the file once: reloads it if it changed, ends what has expired, notes the last use.
    pub fn look(&self) {
        if let Some(path) = self.path.as_deref() {
            self.reload(path);
            self.note_use(path);
        }
        let mut book = self.book();
        let valid = valid(&book.tokens, book.closed, now());
        if valid != book.valid {
            book.valid = valid;
            drop(book);
            self.changes.send_modify(|generation| *generation += 1);
        }
    }

    fn reload(&self, path: &Path) {
        let version = version(path);
        if version == self.book().seen {
            return;
        }
        let emptied = matches!(version, Some((_, 0, _)));
        let tokens = if emptied { Ok(Vec::new()) } else { read(path) };
        match tokens {
            Ok(tokens) => {
                let mut book = self.book();
                tracing::debug!(tokens = tokens.len(), "tokens read anew");
                if tokens.is_empty() && book.closed {
                    tracing::error!(
                        file = %path.display(),
                        "the list of tokens was emptied or deleted: nobody is let in until it is put back, or tokens are made anew"
                    );
                }
                book.closed |= !tokens.is_empty();
                book.tokens = Arc::new(tokens);
                book.seen = version;
            }
            Err(fault) => {
                tracing::error!(%fault, "the token file cannot be read: the tokens read before stay in force");
                self.book().seen = version;
            }
        }
    }

    fn note_use(&self, path: &Path) {
        let used = {
            let mut book = self.book();
            if book.used.is_empty() || book.noted.elapsed() < NOTE_USE_EVERY {
                return;
            }
            book.noted = Instant::now();
            std::mem::take(&mut book.used)
        };
        let noted = change(path, |tokens| {
            for record in tokens.iter_mut() {
                record.last_used = used.get(&record.id).copied().or(record.last_used);
            }
            Ok(())
        });
        if let Err(fault) = noted {
            tracing::warn!(%fault, "the time of last use of tokens could not be written");
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a listener on this address can be reached from this machine alone.
pub fn is_local(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// The wall clock: expiry is a date.
fn now() -> Stamp {
    Stamp(Time(jiff::Timestamp::now().as_millisecond()))
}

fn valid(tokens: &[TokenRecord], closed: bool, now: Stamp) -> Valid {
    let good = tokens.iter().filter(|record| record.fault(now).is_none());
    closed.then(|| good.map(|record| record.id.clone()).collect())
}

fn version(path: &Path) -> Option<Version> {
    use std::os::unix::fs::MetadataExt;
    let told = std::fs::metadata(path).ok()?;
    Some((told.modified().ok()?, told.len(), told.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const AFAR: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    fn new(name: &str) -> NewToken {
        NewToken {
            name: name.into(),
            staff_no: "S01".into(),
            role: Role::Supervisor,
            queues: Vec::new(),
            expires: None,
        }
    }

    #[test]
    fn without_tokens_only_loopback_is_let_in() {
        let access = Access::open(None, true).unwrap();
        assert_eq!(access.let_in(HERE, None).unwrap(), Identity::local());
        assert!(access.let_in(AFAR, None).is_err());
        let guest = Identity {
            name: "Mei".into(),
            ..Identity::local()
        };
        let access = access.with_guest("word".into(), guest.clone());
        assert_eq!(access.let_in(HERE, Some("word")).unwrap(), guest);
        assert_eq!(access.let_in(HERE, Some("other")).unwrap(), Identity::local());
        assert!(access.let_in(AFAR, Some("word")).is_err());
        let behind_proxy = Access::open(None, false).unwrap();
        let said = behind_proxy.let_in(HERE, None).unwrap_err().to_string();
        assert!(said.contains("surged token new"), "{said}");
    }

    #[test]
    fn the_first_token_closes_the_open_door_and_revoking_it_does_not_open_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        let access = Access::open(Some(path.clone()), true).unwrap();
        let local = access.let_in(HERE, None).unwrap();

        let (secret, record) = issue(&path, new("Li Na")).unwrap();
        access.look();
        assert!(!access.still_valid(&local));
        assert!(access.let_in(HERE, None).is_err());
        let li_na = access.let_in(AFAR, Some(&secret)).unwrap();
        assert_eq!((li_na.name.as_str(), li_na.role), ("Li Na", Role::Supervisor));

        let mut changes = access.changes();
        revoke(&path, &record.id).unwrap();
        access.look();
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        assert!(!access.still_valid(&li_na));
        assert!(
            access
                .let_in(HERE, Some(&secret))
                .unwrap_err()
                .to_string()
                .contains("revoked")
        );
        assert!(access.let_in(HERE, None).is_err());
    }

    #[test]
    fn a_damaged_file_keeps_the_tokens_in_force() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        let (secret, _) = issue(&path, new("Li Na")).unwrap();
        let access = Access::open(Some(path.clone()), true).unwrap();
        std::fs::write(&path, "{").unwrap();
        access.look();
        assert!(access.let_in(AFAR, Some(&secret)).is_ok());
        assert!(Access::open(Some(path), true).is_err());
    }

    #[test]
    fn a_list_that_is_emptied_or_deleted_opens_no_door() {
        let empty = |path: &Path| std::fs::write(path, "").unwrap();
        let no_tokens = |path: &Path| std::fs::write(path, r#"{"tokens":[]}"#).unwrap();
        let gone = |path: &Path| std::fs::remove_file(path).unwrap();
        for change in [empty as fn(&Path), no_tokens, gone] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("tokens.json");
            let (secret, _) = issue(&path, new("Li Na")).unwrap();
            let kept = std::fs::read(&path).unwrap();
            let access = Access::open(Some(path.clone()), true).unwrap();
            let li_na = access.let_in(HERE, Some(&secret)).unwrap();
            change(&path);
            access.look();
            assert!(!access.still_valid(&li_na) && !access.still_valid(&Identity::local()));
            for token in [None, Some(secret.as_str())] {
                let said = access.let_in(HERE, token).unwrap_err().to_string();
                assert!(said.contains("put tokens.json back"), "{said}");
            }
            std::fs::write(&path, &kept).unwrap();
            access.look();
            assert!(access.let_in(HERE, Some(&secret)).is_ok());
        }
    }

    #[test]
    fn wrong_tokens_are_slowed_and_right_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        let (secret, _) = issue(&path, new("Li Na")).unwrap();
        let access = Access::open(Some(path), true).unwrap();
        for _ in 0..tries::FREE {
            assert!(matches!(
                access.let_in(AFAR, Some("surged_no")),
                Err(NotLetIn::Token(_))
            ));
        }
        let said = access.let_in(AFAR, Some("surged_no")).unwrap_err();
        assert!(matches!(said, NotLetIn::TooManyTries(_)), "{said}");
        assert!(matches!(
            access.let_in(HERE, Some("surged_no")),
            Err(NotLetIn::Token(_))
        ));
        assert!(access.let_in(AFAR, Some(&secret)).is_ok());
    }
}
