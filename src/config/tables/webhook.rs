//! Who is told by HTTP, for people who have no page open.

use super::default;
use super::{LIST_MAX, QUEUES_MAX, may};
use crate::config::sentence::{Sentence, say};
use crate::config::shape::DefaultValue::{Count, InWords, Span, Text};
use crate::config::shape::{Kind, Shape};
use crate::core::Millis;
use crate::webhook::{Address, KINDS, Template};
use crate::words::Language;

/// A receiver of webhooks.
pub static WEBHOOK: Shape = Shape {
    what: "a webhook",
    keys: &[
        may(
            "url",
            Kind::Written("kind_webhook", "https://hooks.example/surged", webhook_url),
            "Where to send: https, or http to this machine. Use url_file where the address itself is a key.",
        ),
        may(
            "url_file",
            Kind::Text,
            "File that holds the address as its only line; relative to this file.",
        ),
        may("url_env", Kind::Name, "Environment variable that holds the address."),
        may(
            "ca_file",
            Kind::Text,
            "PEM certificates to trust beside the public ones; relative to this file.",
        ),
        may(
            "secret_file",
            Kind::Text,
            "File that holds the secret that signs (whsec_ and base64); relative to this file. Without a secret nothing is signed.",
        ),
        may("secret_env", Kind::Name, "Environment variable that holds the secret."),
        may(
            "kinds",
            Kind::List(&Kind::Word(&KINDS), LIST_MAX),
            "What is sent.",
        ).or(InWords("instruction, passed_up, unanswered, nobody_listening, feed_lost, blind_long, approval_asked, not_shown, journal_failing")),
        may(
            "queues",
            Kind::List(&Kind::Name, QUEUES_MAX),
            "Only of these queues, and what concerns none.",
        ).or(InWords("all")),
        may(
            "roles",
            Kind::List(&Kind::Name, LIST_MAX),
            "Only what comes to these levels of the chain, and what comes to no level in particular.",
        ).or(InWords("all")),
        may(
            "template",
            Kind::Word(Template::READY),
            "How the body is made: \"message\", as the floor socket says it; \"wecom\", for a group robot of WeCom.",
        ).or(Text(default::BODY)),
        may(
            "template_file",
            Kind::Text,
            "A template of your own (Jinja) in place of a ready one; relative to this file.",
        ),
        may(
            "language",
            Kind::Word(Language::WORDS),
            "In which language a template words things.",
        ).or(Text(default::LANGUAGE)),
        may(
            "timeout",
            Kind::Duration(Millis::from_secs(1)),
            "How long one attempt may take, at most 1m.",
        ).or(Span(default::TIMEOUT)),
        may(
            "retries",
            Kind::Count(0, 1_000),
            "Attempts after the first. The pauses between are the receiver's, for all that waits for it; they double from a second to a minute.",
        ).or(Count(default::RETRIES)),
        may(
            "give_up_after",
            Kind::Duration(Millis::from_secs(1)),
            "What is older is not sent any more.",
        ).or(Span(default::GIVE_UP_AFTER)),
    ],
};

fn webhook_url(text: &str) -> Result<(), Sentence> {
    match Address::read(text) {
        Ok(_) => Ok(()),
        Err(why) => Err(say!("bad_address", why = why.to_string())),
    }
}
