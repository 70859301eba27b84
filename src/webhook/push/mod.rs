//! Into the pocket: Web Push (RFC 8030) to browsers whose page is closed. What calls somebody on the page calls them here, and nothing else.
//!
//! ```text
//!  page ──subscribe──► Book ──► a hook a browser ──sealed (RFC 8291), signed (RFC 8292)──► push service ──► service worker
//! ```
//! Each browser is a hook like any receiver of webhooks: its own bounded set of what waits, its own pauses, its progress in the same outbox.
//! One thing differs: a newer step of an instruction takes the place of an older one, here and (by `Topic`) at the push service; and what
//! somebody has answered is never sent, or where it was, taken back.

mod book;
mod endpoint;
mod key;
mod letter;
mod seal;

pub use book::{Book, Browser, LIMIT_BROWSERS, LIMIT_OF_TOKEN, NotSubscribed, Subscriber, Subscription};
pub use endpoint::{Endpoint, KNOWN};
pub use key::VapidKey;
pub use letter::greet;
pub(super) use letter::{of_event, send};
pub use seal::{BrowserKeys, LIMIT_PLAIN, Unsealed};

use crate::core::Millis;
use std::path::PathBuf;
use std::time::Duration;

/// How long one attempt may take.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// By which name browsers stand in the outbox, before their id. No webhook may begin with it.
pub const PREFIX: &str = "push:";

/// How browsers are called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// By which push services know us.
    pub key: VapidKey,
    /// Whom they may ask about us: `mailto:` or `https:`.
    pub subject: String,
    /// Push services beside the known ones, as `name` or `name:port`.
    pub hosts: Vec<String>,
    /// PEM certificates to trust beside the public ones.
    pub ca_file: Option<PathBuf>,
    /// What is older is no news any more; so long a push service keeps it for a browser that is not there.
    pub give_up_after: Millis,
}

impl Settings {
    /// Reads where a browser is reached.
    ///
    /// # Errors
    /// In words, without the address, why it is not used.
    pub fn endpoint(&self, text: &str) -> Result<Endpoint, &'static str> {
        Endpoint::read(text, &self.hosts)
    }
}
