//! Whose browsers are called: a file beside the tokens, written by the daemon alone. An address in it is a key to that browser, so that the
//! file is its owner's to read and its addresses are never printed.

use super::{BrowserKeys, Settings};
use crate::core::Name;
use crate::wire::{Role, Scope, Stamp};
use crate::words::Language;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most browsers in all.
pub const LIMIT_BROWSERS: usize = 1_000;
/// The most browsers of one token: whoever has more has lost track of them.
pub const LIMIT_OF_TOKEN: usize = 10;

/// The form of the file.
const FORMAT: u32 = 1;

/// A browser that is called.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Browser {
    /// Short, for lists.
    pub id: String,
    /// The id of the token whose owner subscribed; `None`: nobody needed one.
    pub token: Option<String>,
    /// What that token may do.
    pub role: Role,
    /// For which queues alone; none named: for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<Name>,
    /// In which language it is told.
    pub language: String,
    /// When it subscribed.
    pub since: Stamp,
    /// Its address at its push service.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: String,
    /// The secret shared with it.
    pub auth: String,
    /// Our public key under which it subscribed: under another one its service lets nobody call it.
    pub key: String,
}

impl Browser {
    /// For which queues it is called.
    pub fn scope(&self) -> Scope {
        Scope::of(&self.queues)
    }

    /// The language in which it is told.
    pub(in super::super) fn language(&self) -> Language {
        Language::read(&self.language).unwrap_or_default()
    }
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Browser({})", self.id)
    }
}

/// Who wants a browser of theirs to be called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subscriber {
    /// The token's id.
    pub token: Option<String>,
    /// What they may do.
    pub role: Role,
    /// For which queues.
    pub scope: Scope,
}

/// What their browser gave.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its address at its push service.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: String,
    /// The secret shared with it.
    pub auth: String,
    /// In which language it wants to be told.
    pub language: Language,
}

/// Why a browser is not called.
#[derive(Debug, thiserror::Error)]
pub enum NotSubscribed {
    /// There is no `[push]`.
    #[error("push is off here: the operator turns it on with [push] in the configuration")]
    Off,
    /// The address.
    #[error("this browser's push service cannot be used: {0}")]
    Endpoint(&'static str),
    /// The keys.
    #[error("what the browser gave cannot be used: {0}")]
    Keys(&'static str),
    /// Of this token.
    #[error("{LIMIT_OF_TOKEN} browsers are called for this token already: turn it off in one of them")]
    TooManyOfToken,
    /// In all.
    #[error("{LIMIT_BROWSERS} browsers are called already, which is the most")]
    TooMany,
    /// Disk.
    #[error("the list of browsers cannot be written now: {0}")]
    Disk(std::io::Error),
    /// No randomness.
    #[error("the system gives no random numbers")]
    Random,
}

/// The browsers that are called, and by which settings.
#[derive(Default)]
pub struct Book {
    path: Option<PathBuf>,
    held: Mutex<Held>,
    /// Another number as soon as anything is different.
    version: AtomicU64,
}

#[derive(Default)]
struct Held {
    settings: Option<Arc<Settings>>,
    browsers: Vec<Browser>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    format: u32,
    browsers: Vec<Browser>,
}

impl Book {
    /// The file that belongs to a duty log. One at fault is said, and passed over: nobody is called, and who opens their page subscribes anew.
    pub fn beside(journal: &Path) -> Book {
        let path = journal.with_file_name("push.json");
        let browsers = read(&path).unwrap_or_else(|fault| {
            tracing::error!(file = %path.display(), fault, "the list of browsers that are called cannot be read; none of them is until it subscribes anew");
            Vec::new()
        });
        Book {
            path: Some(path),
            held: Mutex::new(Held {
                settings: None,
                browsers,
            }),
            version: AtomicU64::new(1),
        }
    }

    /// Goes by these settings from now on; `None`: nobody is called. Who subscribed under another key is forgotten.
    pub fn follow(&self, settings: Option<&Settings>) {
        let mut held = self.held();
        if held.settings.as_deref() == settings {
            return;
        }
        held.settings = settings.cloned().map(Arc::new);
        // Turned off for a while, it is turned on again for the same browsers.
        if let Some(settings) = settings {
            let public = settings.key.public();
            self.retain(&mut held, |it| {
                it.key == public && settings.endpoint(&it.endpoint).is_ok()
            });
        }
        self.changed();
    }

    /// The settings in force.
    pub fn settings(&self) -> Option<Arc<Settings>> {
        self.held().settings.clone()
    }

    /// Calls a browser from now on. One that is called already goes over to who asks now. Blocks.
    ///
    /// # Errors
    /// Why not; nothing changes.
    pub fn subscribe(&self, who: &Subscriber, wanted: &Subscription, now: Stamp) -> Result<Browser, NotSubscribed> {
        let mut held = self.held();
        let settings = held.settings.clone().ok_or(NotSubscribed::Off)?;
        settings.endpoint(&wanted.endpoint).map_err(NotSubscribed::Endpoint)?;
        BrowserKeys::read(&wanted.p256dh, &wanted.auth).map_err(NotSubscribed::Keys)?;
        let others = || held.browsers.iter().filter(|it| it.endpoint != wanted.endpoint);
        if others().filter(|it| it.token == who.token).count() >= LIMIT_OF_TOKEN {
            return Err(NotSubscribed::TooManyOfToken);
        }
        if others().count() >= LIMIT_BROWSERS {
            return Err(NotSubscribed::TooMany);
        }
        let browser = Browser {
            id: short_id()?,
            token: who.token.clone(),
            role: who.role,
            queues: who.scope.queues().into_iter().flatten().cloned().collect(),
            language: wanted.language.word().to_owned(),
            since: now,
            endpoint: wanted.endpoint.clone(),
            p256dh: wanted.p256dh.clone(),
            auth: wanted.auth.clone(),
            key: settings.key.public(),
        };
        let mut browsers: Vec<Browser> = others().cloned().collect();
        browsers.push(browser.clone());
        self.keep(&browsers).map_err(NotSubscribed::Disk)?;
        held.browsers = browsers;
        self.changed();
        Ok(browser)
    }

    /// Calls a browser of this token no more; whether it was. Blocks.
    pub fn unsubscribe(&self, token: Option<&str>, endpoint: &str) -> bool {
        let mut held = self.held();
        self.retain(&mut held, |it| it.token.as_deref() != token || it.endpoint != endpoint)
    }

    /// Those of a token.
    pub fn of(&self, token: Option<&str>) -> Vec<Browser> {
        let held = self.held();
        let of = held.browsers.iter().filter(|it| it.token.as_deref() == token);
        of.cloned().collect()
    }

    /// Forgets the browsers of tokens that are not good any more. Blocks.
    pub fn keep_of(&self, is_good: impl Fn(Option<&str>) -> bool) {
        let mut held = self.held();
        self.retain(&mut held, |it| is_good(it.token.as_deref()));
    }

    /// Forgets one whose push service says that it is gone. Blocks.
    pub(in super::super) fn gone(&self, id: &str) {
        let mut held = self.held();
        self.retain(&mut held, |it| it.id != id);
    }

    /// Those that are called now, with the settings: none where push is off.
    pub(in super::super) fn called(&self) -> Option<(Arc<Settings>, Vec<Browser>)> {
        let held = self.held();
        held.settings.clone().map(|settings| (settings, held.browsers.clone()))
    }

    /// Whether this one is still called.
    pub(in super::super) fn calls(&self, id: &str) -> bool {
        let held = self.held();
        held.settings.is_some() && held.browsers.iter().any(|it| it.id == id)
    }

    /// Another number as soon as anything is different.
    pub(in super::super) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Leaves out what `stays` does not name; whether there was any. A list that cannot be written is said: what is forgotten stays so while
    /// this daemon runs.
    fn retain(&self, held: &mut Held, stays: impl Fn(&Browser) -> bool) -> bool {
        let before = held.browsers.len();
        held.browsers.retain(stays);
        if held.browsers.len() == before {
            return false;
        }
        if let Err(fault) = self.keep(&held.browsers) {
            tracing::error!(%fault, "the list of browsers that are called cannot be written");
        }
        self.changed();
        true
    }

    fn keep(&self, browsers: &[Browser]) -> std::io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let kept = Kept {
            format: FORMAT,
            browsers: browsers.to_vec(),
        };
        write(path, &serde_json::to_vec_pretty(&kept)?)
    }

    fn changed(&self) {
        self.version.fetch_add(1, Ordering::AcqRel);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path) -> Result<Vec<Browser>, String> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(fault) => return Err(fault.to_string()),
    };
    // Where it breaks is not told: the text around it may be a key.
    let kept: Kept = serde_json::from_slice(&text).map_err(|fault| {
        format!(
            "line {}, column {} is not as surged writes it",
            fault.line(),
            fault.column()
        )
    })?;
    match kept.format {
        FORMAT => Ok(kept.browsers),
        other => Err(format!("it is in format {other}, and this surged knows {FORMAT}")),
    }
}

/// A new file in place of the old one, for its owner alone from its first byte.
fn write(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    match std::fs::remove_file(&new) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => return Err(fault),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(text)?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn short_id() -> Result<String, NotSubscribed> {
    let mut bytes = [0; 6];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).map_err(|_| NotSubscribed::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::super::VapidKey;
    use super::*;
    use crate::core::{Millis, Time};
    use std::os::unix::fs::PermissionsExt;

    const NOW: Stamp = Stamp(Time(1_793_592_000_000));

    fn settings(key: &str) -> Settings {
        Settings {
            key: VapidKey::read(key).unwrap(),
            subject: "mailto:floor@bank.example".into(),
            hosts: Vec::new(),
            ca_file: None,
            give_up_after: Millis::from_mins(10),
        }
    }

    fn li(token: &str) -> Subscriber {
        Subscriber {
            token: Some(token.into()),
            role: Role::Supervisor,
            scope: Scope::of(&["inbound".into()]),
        }
    }

    fn wanted(n: usize) -> Subscription {
        Subscription {
            endpoint: format!("https://fcm.googleapis.com/fcm/send/{n}"),
            p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4".into(),
            auth: "BTBZMqHH6r4Tts7J_aSIgg".into(),
            language: Language::ZhHans,
        }
    }

    #[test]
    fn a_browser_is_kept_for_its_owner_alone_until_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("surged.db");
        let key = VapidKey::make().unwrap();
        let book = Book::beside(&journal);
        assert!(matches!(
            book.subscribe(&li("a"), &wanted(1), NOW),
            Err(NotSubscribed::Off)
        ));
        book.follow(Some(&settings(&key)));
        let browser = book.subscribe(&li("a"), &wanted(1), NOW).unwrap();
        assert_eq!((browser.scope(), browser.language()), (li("a").scope, Language::ZhHans));
        let mode = std::fs::metadata(folder.path().join("push.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(format!("{browser:?}"), format!("Browser({})", browser.id));

        let again = Book::beside(&journal);
        again.follow(Some(&settings(&key)));
        assert_eq!(again.of(Some("a")), [browser]);
        assert!(!again.unsubscribe(Some("b"), &wanted(1).endpoint), "another's");
        again.subscribe(&li("b"), &wanted(1), NOW).unwrap();
        assert_eq!(again.of(Some("a")), [], "the browser is somebody else's now");
        again.keep_of(|token| token != Some("b"));
        assert_eq!(Book::beside(&journal).of(Some("b")), []);
    }

    #[test]
    fn under_another_key_and_at_another_service_nobody_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::beside(&folder.path().join("surged.db"));
        book.follow(Some(&settings(&VapidKey::make().unwrap())));
        book.subscribe(&li("a"), &wanted(1), NOW).unwrap();
        let before = book.version();
        book.follow(None);
        assert!(book.called().is_none() && book.version() != before);
        book.follow(Some(&settings(&VapidKey::make().unwrap())));
        assert_eq!(book.called().unwrap().1, []);
        let elsewhere = Subscription {
            endpoint: "https://10.0.0.1/x".into(),
            ..wanted(1)
        };
        let said = book.subscribe(&li("a"), &elsewhere, NOW).unwrap_err().to_string();
        assert!(said.contains("push.hosts") && !said.contains("10.0"), "{said}");
    }

    #[test]
    fn nobody_fills_the_book() {
        let book = Book::default();
        book.follow(Some(&settings(&VapidKey::make().unwrap())));
        for n in 0..LIMIT_OF_TOKEN {
            book.subscribe(&li("a"), &wanted(n), NOW).unwrap();
        }
        assert!(matches!(
            book.subscribe(&li("a"), &wanted(LIMIT_OF_TOKEN), NOW),
            Err(NotSubscribed::TooManyOfToken)
        ));
        book.subscribe(&li("a"), &wanted(0), NOW).unwrap();
        assert_eq!(book.of(Some("a")).len(), LIMIT_OF_TOKEN, "the same browser once");
    }

    #[test]
    fn a_list_at_fault_is_passed_over_and_its_secrets_are_not_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("push.json");
        std::fs::write(&path, r#"{"format":1,"browsers":[{"endpoint":"s3cret"}]}"#).unwrap();
        let said = read(&path).unwrap_err();
        assert!(said.contains("column") && !said.contains("s3cret"), "{said}");
        assert_eq!(Book::beside(&folder.path().join("surged.db")).of(None), []);
        std::fs::write(&path, r#"{"format":9,"browsers":[]}"#).unwrap();
        assert!(read(&path).unwrap_err().contains("format 9"));
    }
}
