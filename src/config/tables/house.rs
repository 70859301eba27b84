//! Feeds, the floor, the journal and the chain of command.

use super::default;
use super::{ANY_SPAN, COUNT_MAX, LIST_MAX, PAUSED, SECOND, label, may, must};
use crate::config::house::PAPER_LANGUAGES;
use crate::config::sentence::{Sentence, say};
use crate::config::shape::DefaultValue::{Address, Flag, Span, Text};
use crate::config::shape::{Key, Kind, Shape};
use crate::core::Millis;

/// Phone systems.
pub static FEED: Kind = Kind::Tagged("kind", &[("json", &JSON_FEED), ("asterisk-ami", &AMI_FEED)]);

const STALE_AFTER: Key = may(
    "stale_after",
    SECOND,
    "Silence this long makes its queues blind; the adapter asks for a sign of life every third of it.",
)
.or(Span(default::STALE_AFTER));

const FORGET_AFTER: Key =
    may("forget_after", SECOND, "Silence this long makes windows begin anew.").or(Span(default::FORGET_AFTER));

const GONE_AFTER: Key = may(
    "gone_after",
    SECOND,
    "Whoever stands on a move and is shown gone for so long without a sign-out is asked about.",
)
.or(Span(default::GONE_AFTER));

const PAUSED_HERE: Key = may(
    "paused",
    PAUSED,
    "What a paused member is: still signed in, or away from the phones.",
)
.or(Text(default::PAUSED));

static JSON_FEED: Shape = Shape {
    what: "a feed",
    keys: &[
        must("kind", Kind::Word(&["json"]), "Readings as JSON over a WebSocket."),
        must(
            "url",
            Kind::Written("kind_ws", "ws://127.0.0.1:8471/feed", socket_url),
            "Where to connect.",
        ),
        may("subscribe", Kind::Text, "Sent once after connecting."),
        may("headers", Kind::Named(&Kind::Text, LIST_MAX), "Sent with the request."),
        STALE_AFTER,
        FORGET_AFTER,
        GONE_AFTER,
        PAUSED_HERE,
        label(),
    ],
};

static AMI_FEED: Shape = Shape {
    what: "a feed",
    keys: &[
        must("kind", Kind::Word(&["asterisk-ami"]), "Asterisk's manager interface."),
        must(
            "address",
            Kind::Written("kind_host_port", "127.0.0.1:5038", host_port),
            "Where to connect.",
        ),
        must("username", Kind::Name, "The manager user."),
        may(
            "secret_file",
            Kind::Text,
            "File that holds the secret; relative to this file.",
        ),
        may("secret_env", Kind::Name, "Environment variable that holds the secret."),
        may("tls", Kind::Flag, "Connect by TLS.").or(Flag(false)),
        may(
            "ca_file",
            Kind::Text,
            "PEM certificates to trust besides the public ones; a self-signed one is trusted as it is, whatever name and dates it has. Relative to this file.",
        ),
        may(
            "server_name",
            Kind::Name,
            "The name in the server's certificate, where it is not the host of the address.",
        ),
        STALE_AFTER,
        FORGET_AFTER,
        GONE_AFTER,
        PAUSED_HERE,
        label(),
    ],
};

/// Where supervisors connect.
pub static FLOOR: Shape = Shape {
    what: "the floor",
    keys: &[
        may(
            "listen",
            Kind::Written("kind_address_port", "127.0.0.1:8470", socket_address),
            "Console, floor socket, HTTP API, /metrics, /livez, /healthz, /readyz.",
        )
        .or(Address(default::LISTEN)),
        may(
            "physical_seats",
            Kind::Count(1, COUNT_MAX),
            "Seats that exist; without it they are no limit.",
        ),
        may("tls", Kind::Table(&FLOOR_TLS), "Serve TLS."),
        may("behind_proxy", Kind::Flag, "Another program ends TLS in front.").or(Flag(false)),
        may(
            "metrics_token_file",
            Kind::Text,
            "File that holds the token that /metrics asks for; relative to this file.",
        ),
        may(
            "paper",
            Kind::Text,
            "File in which the floor on one printable page is kept fresh, such as \"paper.html\"; relative to the duty log.",
        ),
        may(
            "paper_language",
            Kind::Word(&PAPER_LANGUAGES),
            "In which language that page is. Default en.",
        ),
        may(
            "recordings",
            Kind::Text,
            "Folder of recorded days that the page /bench may replay; relative to this file.",
        ),
    ],
};

static FLOOR_TLS: Shape = Shape {
    what: "the floor's TLS",
    keys: &[
        must(
            "certificate",
            Kind::Text,
            "PEM file with the certificate chain; relative to this file.",
        ),
        must(
            "key",
            Kind::Text,
            "PEM file with the private key; relative to this file.",
        ),
    ],
};

/// The duty log.
pub static JOURNAL: Shape = Shape {
    what: "the journal",
    keys: &[
        may(
            "path",
            Kind::Text,
            "The duty log; relative to $STATE_DIRECTORY where that is set, else to the working directory.",
        )
        .or(Text(default::JOURNAL_PATH)),
        may(
            "keep_readings",
            Kind::Duration(Millis(3_600_000)),
            "Readings are kept this long.",
        )
        .or(Span(default::KEEP_READINGS)),
        may(
            "write_readings_within",
            ANY_SPAN,
            "Readings from which nothing follows wait for others before they are written, at most this long and a third of their feed's \
             `stale_after`: so many a crash may take. With \"0s\" each is written at once.",
        )
        .or(Span(default::WRITE_READINGS_WITHIN)),
        may(
            "keep_log",
            Kind::Duration(Millis(86_400_000)),
            "Whoever is not in the plan and does not occur in the duty log for this long is forgotten: what they did stays, their name \
             goes. At least 1d. Without it nobody is forgotten unasked.",
        ),
    ],
};

/// A level of the chain of command.
pub static LEVEL: Shape = Shape {
    what: "a level of the chain",
    keys: &[
        must(
            "role",
            Kind::NameAmong(&["supervisor", "shift_leader", "manager"]),
            "Who hears at this level.",
        ),
        must(
            "respond_within",
            SECOND,
            "An instruction not seen within this goes to the next level as well.",
        ),
        may(
            "late_margin",
            ANY_SPAN,
            "A promise to be there by then may be late by so much before it goes up.",
        )
        .or(Span(default::LATE_MARGIN)),
        label(),
    ],
};

fn socket_url(text: &str) -> Result<(), Sentence> {
    let host = text.strip_prefix("ws://").or_else(|| text.strip_prefix("wss://"));
    match text.parse::<axum::http::Uri>() {
        Ok(url) if host.is_some() && url.host().is_some_and(|h| !h.is_empty()) => Ok(()),
        _ => Err(say!("no_ws", text = format!("{text:?}"))),
    }
}

fn host_port(text: &str) -> Result<(), Sentence> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok_and(|p| p > 0) => Ok(()),
        _ => Err(say!("no_host_port", text = format!("{text:?}"))),
    }
}

fn socket_address(text: &str) -> Result<(), Sentence> {
    match text.parse::<std::net::SocketAddr>() {
        Ok(_) => Ok(()),
        Err(_) => Err(say!("no_address_port", text = format!("{text:?}"))),
    }
}
