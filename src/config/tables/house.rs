//! Feeds, the floor, the journal and the chain of command.

use super::{COUNT_MAX, LIST_MAX, SECOND, label, may, must};
use crate::config::shape::{Key, Kind, Shape};
use crate::core::Millis;

/// Phone systems.
pub static FEED: Kind = Kind::Tagged("kind", &[("json", &JSON_FEED), ("asterisk-ami", &AMI_FEED)]);

const STALE_AFTER: Key = may(
    "stale_after",
    SECOND,
    "Silence this long makes its queues blind; the adapter asks for a sign of life every third of it. Default 15s.",
);

const FORGET_AFTER: Key = may(
    "forget_after",
    SECOND,
    "Silence this long makes windows begin anew. Default 2m.",
);

static JSON_FEED: Shape = Shape {
    what: "a feed",
    keys: &[
        must("kind", Kind::Word(&["json"]), "Readings as JSON over a WebSocket."),
        must(
            "url",
            Kind::Written(
                "a WebSocket address such as \"ws://127.0.0.1:8471/feed\" or \"wss://pbx.example/feed\"",
                socket_url,
            ),
            "Where to connect.",
        ),
        may("subscribe", Kind::Text, "Sent once after connecting."),
        may("headers", Kind::Named(&Kind::Text, LIST_MAX), "Sent with the request."),
        STALE_AFTER,
        FORGET_AFTER,
        label(),
    ],
};

static AMI_FEED: Shape = Shape {
    what: "a feed",
    keys: &[
        must("kind", Kind::Word(&["asterisk-ami"]), "Asterisk's manager interface."),
        must(
            "address",
            Kind::Written("a host and port such as \"127.0.0.1:5038\"", host_port),
            "Where to connect.",
        ),
        must("username", Kind::Name, "The manager user."),
        may(
            "secret_file",
            Kind::Text,
            "File that holds the secret; relative to this file.",
        ),
        may("secret_env", Kind::Name, "Environment variable that holds the secret."),
        may("tls", Kind::Flag, "Connect by TLS. Default false."),
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
        label(),
    ],
};

/// Where supervisors connect.
pub static FLOOR: Shape = Shape {
    what: "the floor",
    keys: &[
        may(
            "listen",
            Kind::Written(
                "an address and port such as \"127.0.0.1:8470\", or \"0.0.0.0:8470\" for every interface",
                socket_address,
            ),
            "Console, floor socket, HTTP API, /metrics, /healthz, /readyz. Default 127.0.0.1:8470.",
        ),
        may(
            "physical_seats",
            Kind::Count(1, COUNT_MAX),
            "Seats that exist; without it they are no limit.",
        ),
        may("tls", Kind::Table(&FLOOR_TLS), "Serve TLS."),
        may(
            "behind_proxy",
            Kind::Flag,
            "Another program ends TLS in front. Default false.",
        ),
        may(
            "metrics_token_file",
            Kind::Text,
            "File that holds the token that /metrics asks for; relative to this file.",
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
            "The duty log; relative to $STATE_DIRECTORY where that is set, else to the working directory. Default surged.db.",
        ),
        may(
            "keep_readings",
            Kind::Duration(Millis(3_600_000)),
            "Readings are kept this long. Default 62d.",
        ),
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
        label(),
    ],
};

fn socket_url(text: &str) -> Result<(), String> {
    let host = text.strip_prefix("ws://").or_else(|| text.strip_prefix("wss://"));
    match text.parse::<axum::http::Uri>() {
        Ok(url) if host.is_some() && url.host().is_some_and(|h| !h.is_empty()) => Ok(()),
        _ => Err(format!("{text:?} is no WebSocket address")),
    }
}

fn host_port(text: &str) -> Result<(), String> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok_and(|p| p > 0) => Ok(()),
        _ => Err(format!("{text:?} is no host and port")),
    }
}

fn socket_address(text: &str) -> Result<(), String> {
    match text.parse::<std::net::SocketAddr>() {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("{text:?} is no address and port")),
    }
}
