//! Whom a hook serves: a webhook of the configuration, or the browser of somebody whose page is closed. What differs between them stands
//! here; when something is tried, and when it is given up, is the same.

use super::event::{Call, Card, Event};
use super::post::{Outcome, Parcel, post};
use super::push::{self, Book, Browser};
use super::{Settings, Template};
use crate::core::{Millis, Name};
use crate::wire::House;
use crate::words::Words;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Whom a hook serves.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Receiver {
    /// A webhook.
    Webhook {
        settings: Settings,
        words: Words,
        /// The role of the chain's first level.
        first_level: Option<Name>,
    },
    /// A browser.
    Browser {
        settings: Arc<push::Settings>,
        browser: Browser,
        words: Words,
        /// The level of the chain that its owner is of, and whether it is the first; `None`: there is no chain.
        level: Option<(Name, bool)>,
    },
}

impl Receiver {
    /// A webhook of this house.
    pub fn webhook(settings: &Settings, house: &Arc<House>) -> Receiver {
        Receiver::Webhook {
            settings: settings.clone(),
            words: Words::new(settings.language, Arc::clone(house)),
            first_level: house.chain.first().map(|level| level.role.clone()),
        }
    }

    /// A browser. Whose role is not in the chain of command is told with its first level: else nothing would ever come.
    pub fn browser(settings: &Arc<push::Settings>, browser: &Browser, house: &Arc<House>) -> Receiver {
        let own = house
            .chain
            .iter()
            .position(|level| level.role.as_str() == browser.role.as_str());
        let place = own.unwrap_or(0);
        let level = house.chain.get(place).map(|level| (level.role.clone(), place == 0));
        Receiver::Browser {
            settings: Arc::clone(settings),
            browser: browser.clone(),
            words: Words::new(browser.language(), Arc::clone(house)),
            level,
        }
    }

    /// Whether an event is for it.
    pub fn wants(&self, event: &Event) -> bool {
        match self {
            Receiver::Webhook {
                settings, first_level, ..
            } => event.is_for(settings, first_level.as_ref()),
            Receiver::Browser { browser, level, .. } => {
                let scope = event.queue.as_ref().is_none_or(|queue| browser.scope().covers(queue));
                scope
                    && match &event.call {
                        // A yes is a leader's to say, wherever they stand in the chain.
                        Call::Asks(Card::Yes { .. }) | Call::Settles(Card::Yes { .. }) => browser.role.orders(),
                        Call::Asks(_) => event.comes_to(level.as_ref().map(|(role, first)| (role, *first))),
                        // Whom it had come to may have another level by now.
                        Call::Settles(_) => true,
                        Call::Nobody => false,
                    }
            }
        }
    }

    /// The card that an event is about, where a newer step takes an older one's place.
    pub fn card<'a>(&self, event: &'a Event) -> Option<&'a Card> {
        match self {
            Receiver::Webhook { .. } => None,
            Receiver::Browser { .. } => event.call.card(),
        }
    }

    /// What could not be delivered is kept for people to look at. A call that nobody heard in time is no use to anybody later.
    pub fn keeps_undelivered(&self) -> bool {
        matches!(self, Receiver::Webhook { .. })
    }

    /// Attempts after the first; a browser's end with what they carry.
    pub fn retries(&self) -> u32 {
        match self {
            Receiver::Webhook { settings, .. } => settings.retries,
            Receiver::Browser { .. } => u32::MAX,
        }
    }

    /// What is older is no news any more.
    pub fn give_up_after(&self) -> Millis {
        match self {
            Receiver::Webhook { settings, .. } => settings.give_up_after,
            Receiver::Browser { settings, .. } => settings.give_up_after,
        }
    }

    /// Whether it still wants anything.
    pub fn is_wanted(&self, book: &Book) -> bool {
        match self {
            Receiver::Webhook { .. } => true,
            Receiver::Browser { browser, .. } => book.calls(&browser.id),
        }
    }

    /// One attempt; `age`: of the event.
    ///
    /// # Errors
    /// Why it can never be sent.
    pub async fn send(&self, event: &Event, age: Millis) -> Result<Outcome, String> {
        match self {
            Receiver::Webhook { settings, words, .. } => {
                let body = settings.template.body(event, words);
                let body = body.map_err(|fault| format!("the template failed: {fault}"))?;
                Ok(signed(settings, event, &body).await)
            }
            Receiver::Browser {
                settings,
                browser,
                words,
                ..
            } => {
                let letter = push::of_event(event, words).ok_or("it calls nobody")?;
                let left = Millis((settings.give_up_after.0 - age.0.max(0)).max(1_000));
                Ok(push::send(settings, browser, &letter, left.0.unsigned_abs() / 1_000).await)
            }
        }
    }
}

async fn signed(settings: &Settings, event: &Event, body: &str) -> Outcome {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let key = settings.key.as_ref();
    let signature = key.map(|key| key.sign(&event.id, seconds, body.as_bytes()));
    let parcel = Parcel {
        id: &event.id,
        seconds,
        signature: signature.as_deref(),
        body,
        judged_by_errcode: settings.template == Template::WeCom,
    };
    post(&settings.address, settings.ca_file.as_deref(), parcel, settings.timeout).await
}
