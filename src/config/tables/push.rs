//! Calling browsers whose page is closed.

use super::default;
use super::{LIST_MAX, may, must};
use crate::config::sentence::{Sentence, say};
use crate::config::shape::DefaultValue::{InWords, Span};
use crate::config::shape::{Kind, Shape};
use crate::core::Millis;

/// Web Push.
pub static PUSH: Shape = Shape {
    what: "push",
    keys: &[
        must(
            "key_file",
            Kind::Text,
            "File that holds the key by which push services know this surged, as `surged push key` makes it; relative to this file.",
        ),
        must(
            "subject",
            Kind::Written("kind_subject", "mailto:floor@bank.example", subject),
            "Whom push services may ask about what is sent: mailto: or https:. They see it.",
        ),
        may(
            "hosts",
            Kind::List(&Kind::Written("kind_push_host", "push.bank.example", host), LIST_MAX),
            "Push services to use beside those of the browsers' makers, which are known; these alone may be within the house.",
        )
        .or(InWords("none")),
        may(
            "ca_file",
            Kind::Text,
            "PEM certificates to trust beside the public ones; relative to this file.",
        ),
        may(
            "give_up_after",
            Kind::Duration(Millis::from_secs(1)),
            "What is older calls nobody any more; so long a push service keeps it for a phone that is off, at most 4w.",
        )
        .or(Span(default::PUSH_GIVE_UP_AFTER)),
    ],
};

fn subject(text: &str) -> Result<(), Sentence> {
    let address = text.strip_prefix("mailto:").or_else(|| text.strip_prefix("https://"));
    match address {
        Some(rest) if !rest.is_empty() && text.len() <= 300 && !text.contains([' ', '"', '\n']) => Ok(()),
        _ => Err(say!("no_subject", text = format!("{text:?}"))),
    }
}

fn host(text: &str) -> Result<(), Sentence> {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) => (name, port.parse::<u16>().ok()),
        None => (text, Some(443)),
    };
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-'));
    match is_name && port.is_some() {
        true => Ok(()),
        false => Err(say!("no_host", text = format!("{text:?}"))),
    }
}
