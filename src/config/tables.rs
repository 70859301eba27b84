//! What the configuration may say: every table and key, said once. Files are checked against it, `schema` prints it, and what
//! it does not list is refused.

use super::shape::{Key, Kind, Shape};
use crate::calendar::{Daily, Dates, Lunar, Monthly, WEEKDAYS};
use crate::core::Millis;

/// Longest name, in bytes.
pub const NAME_BYTES_MAX: usize = 100;
/// Longest text that is not a name, in bytes.
pub const TEXT_BYTES_MAX: usize = 4_096;
/// Most people in a pool, named or counted; so also the most seats.
pub const POOL_PEOPLE_MAX: usize = 1_000;
/// Most tiers of a ladder.
pub const LADDER_TIERS_MAX: usize = 64;
/// Most queues.
pub const QUEUES_MAX: usize = 10_000;
/// Most of anything else that a file lists: pools, ladders, feeds, levels, calendar entries, days.
pub const LIST_MAX: usize = 1_000;
/// Most callers or seats that a number in a file may stand for.
pub const COUNT_MAX: u32 = 1_000_000;

/// A key, or one value of a key, that this version does not obey.
#[derive(Debug)]
pub struct NotObeyed {
    /// The table's `what`.
    pub table: &'static str,
    /// The key.
    pub key: &'static str,
    /// Only this value of it; `None`: the key itself.
    pub value: Option<&'static str>,
    /// What to do instead.
    pub instead: &'static str,
}

const fn not_yet(
    table: &'static str,
    key: &'static str,
    value: Option<&'static str>,
    instead: &'static str,
) -> NotObeyed {
    NotObeyed {
        table,
        key,
        value,
        instead,
    }
}

/// Everything that is meant to come and is refused until it does: a plan that is not obeyed must not look as if it were.
pub const NOT_OBEYED: &[NotObeyed] = &[
    not_yet(
        "a release",
        "step",
        None,
        "leave it out: a whole move is released at a time",
    ),
    not_yet(
        "a pool",
        "rest_between",
        None,
        "leave it out; who needs a rest declines",
    ),
    not_yet("a pool", "max_stay", None, "leave it out; release a move by hand"),
    not_yet("a pool", "roster_file", None, "write people = [...] or size"),
    not_yet(
        "a ladder",
        "max_borrowed",
        None,
        "leave it out; bound the seats of the tiers",
    ),
    not_yet(
        "a queue",
        "max_moves_per_hour",
        None,
        "leave it out; lengthen the tiers' for",
    ),
    not_yet("a pool", "lend_only_while", None, "leave it out; write keep"),
    not_yet(
        "a queue",
        "lend_only_while",
        None,
        "leave it out; write keep on the pools",
    ),
    not_yet(
        "a queue",
        "mode",
        None,
        "leave it out; try the plan with `surged replay` first",
    ),
    not_yet(
        "a tier",
        "mode",
        None,
        "leave it out; try the plan with `surged replay` first",
    ),
    not_yet("the configuration", "roster", None, "write the people into the pools"),
    not_yet("the configuration", "webhook", None, "follow the floor socket instead"),
    not_yet("the floor", "webhook", None, "follow the floor socket instead"),
    not_yet(
        "a feed",
        "kind",
        Some("freeswitch-esl"),
        "send readings to a \"json\" feed",
    ),
    not_yet("a feed", "kind", Some("genesys"), "send readings to a \"json\" feed"),
    not_yet("a feed", "kind", Some("prometheus"), "send readings to a \"json\" feed"),
    not_yet("a feed", "kind", Some("nats"), "send readings to a \"json\" feed"),
];

const fn may(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key {
        name,
        kind,
        needed: false,
        doc,
    }
}

const fn must(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key {
        name,
        kind,
        needed: true,
        doc,
    }
}

const SECOND: Kind = Kind::Duration(Millis::from_secs(1));
const ANY_SPAN: Kind = Kind::Duration(Millis::ZERO);
/// Called and cancelled in one millisecond would go round for ever.
const SOME_SPAN: Kind = Kind::Duration(Millis::from_secs(1));
const SEAT_COUNT: Kind = Kind::Count(0, POOL_PEOPLE_MAX as u32);
const CALLERS: Kind = Kind::Count(0, COUNT_MAX);

const fn label() -> Key {
    may(
        "label",
        Kind::Table(&LABEL),
        "What people read in place of the key, by language.",
    )
}

/// The whole file.
pub static ROOT: Shape = Shape {
    what: "the configuration",
    keys: &[
        must(
            "time_zone",
            Kind::Written(
                "the IANA name of a time zone, such as \"Asia/Shanghai\" or \"UTC\"",
                zone,
            ),
            "The zone of the calendar's days and times, by its IANA name.",
        ),
        must(
            "feed",
            Kind::Named(&FEED, LIST_MAX),
            "Phone systems that tell how many callers wait.",
        ),
        may(
            "floor",
            Kind::Table(&FLOOR),
            "Where supervisors connect, and how many seats there are.",
        ),
        may("journal", Kind::Table(&JOURNAL), "The duty log."),
        may(
            "chain",
            Kind::List(&Kind::Table(&LEVEL), LIST_MAX),
            "Who is told, level by level.",
        ),
        may(
            "pool",
            Kind::Named(&Kind::Table(&POOL), LIST_MAX),
            "People who can be moved.",
        ),
        must(
            "queue",
            Kind::Named(&Kind::Table(&QUEUE), QUEUES_MAX),
            "The queues that are watched.",
        ),
        must(
            "ladder",
            Kind::Named(&Kind::Table(&LADDER), LIST_MAX),
            "Written escalations.",
        ),
        may(
            "calendar",
            Kind::List(&Kind::Table(&CALENDAR), LIST_MAX),
            "Which ladder is in force when; the last entry that matches wins.",
        ),
    ],
};

static LABEL: Shape = Shape {
    what: "a label",
    keys: &[
        may("en", Kind::Text, "English."),
        may("zh-Hans", Kind::Text, "Chinese in simplified characters."),
        may("zh-Hant", Kind::Text, "Chinese in traditional characters."),
    ],
};

static FEED: Kind = Kind::Tagged("kind", &[("json", &JSON_FEED), ("asterisk-ami", &AMI_FEED)]);

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
            "PEM certificates to trust in place of the public ones; relative to this file.",
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

static FLOOR: Shape = Shape {
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

static JOURNAL: Shape = Shape {
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

static LEVEL: Shape = Shape {
    what: "a level of the chain",
    keys: &[
        must("role", Kind::Name, "supervisor, shift_leader or manager."),
        must(
            "respond_within",
            SECOND,
            "An instruction not seen within this goes to the next level as well.",
        ),
        label(),
    ],
};

static POOL: Shape = Shape {
    what: "a pool",
    keys: &[
        may(
            "people",
            Kind::List(&Kind::Name, POOL_PEOPLE_MAX),
            "Staff by name, in the order in which they are asked.",
        ),
        may("size", SEAT_COUNT, "How many there are where names are not known."),
        may("keep", SEAT_COUNT, "Never draw below. Default 0."),
        may(
            "own_desk",
            Kind::Flag,
            "They sit at a phone already and need no free seat. Default false.",
        ),
        may(
            "size_by",
            Kind::Named(&SEAT_COUNT, LIST_MAX),
            "How many there are while a ladder is in force.",
        ),
        label(),
    ],
};

static QUEUE: Shape = Shape {
    what: "a queue",
    keys: &[
        may(
            "feed",
            Kind::Name,
            "The feed that reports it; may be left out where there is one.",
        ),
        may(
            "source",
            Kind::Name,
            "The phone system's name for it. Default: the key.",
        ),
        must(
            "ladder",
            Kind::Name,
            "The ladder in force where the calendar says nothing else.",
        ),
        may(
            "priority",
            Kind::Whole,
            "Higher goes first where queues share pools. Default 0.",
        ),
        may("handle_time", SECOND, "Mean handling time of a call."),
        may(
            "patience",
            SECOND,
            "Mean patience of a caller. Without it nobody is taken to give up.",
        ),
        may(
            "target",
            Kind::Table(&TARGET),
            "Share of all callers to be answered within a time.",
        ),
        may(
            "calls_per_hour",
            Kind::Count(1, COUNT_MAX),
            "Calls in a busy hour, for the seats required, while the feed has not counted offered calls for 5 minutes.",
        ),
        label(),
    ],
};

static TARGET: Shape = Shape {
    what: "a target",
    keys: &[
        must("answered", Kind::Number(1.0, false), "The share, between 0 and 1."),
        must("within", SECOND, "The time."),
    ],
};

static LADDER: Shape = Shape {
    what: "a ladder",
    keys: &[
        may(
            "extends",
            Kind::Name,
            "Takes tiers and all else from that ladder, where this one does not say it itself.",
        ),
        may("tier", TIERS, "The tiers, first to last."),
        may(
            "tier_before",
            TIERS,
            "Tiers put before those of the ladder that this one extends.",
        ),
        may(
            "tier_after",
            TIERS,
            "Tiers put after those of the ladder that this one extends.",
        ),
        may("release", Kind::Table(&RELEASE), "How people are taken back."),
        may(
            "settle_within",
            ANY_SPAN,
            "An instruction whose people are not seen to be there settles after this. Default 3m.",
        ),
        may(
            "stand_down_after",
            SOME_SPAN,
            "Calm this long cancels an instruction that nobody has answered. Default 1m.",
        ),
        may(
            "ask_max_above",
            CALLERS,
            "Above this many waiting a range of seats asks for its maximum. Default 10.",
        ),
        label(),
    ],
};

const TIERS: Kind = Kind::List(&Kind::Table(&TIER), LADDER_TIERS_MAX);

static TIER: Shape = Shape {
    what: "a tier",
    keys: &[
        must(
            "name",
            Kind::Name,
            "Unique in its ladder; the same name in two ladders is the same tier.",
        ),
        may(
            "action",
            Kind::Word(&["sign_in", "extend_shift", "overtime", "call_in"]),
            "What is asked for; extend_shift and overtime draw on no pool. Default sign_in.",
        ),
        may("pool", Kind::Name, "The pool drawn on."),
        may(
            "pools",
            Kind::List(&Kind::Name, LIST_MAX),
            "The pools drawn on, in order.",
        ),
        must(
            "seats",
            Kind::WordOr(&["all", "required"], &SEAT_RANGE),
            "How many: \"all\", \"required\" (by Erlang A), or from min to max.",
        ),
        may(
            "fallback",
            Kind::Table(&SEAT_RANGE),
            "Asked for where the seats required cannot be computed.",
        ),
        may(
            "keep",
            Kind::Named(&SEAT_COUNT, LIST_MAX),
            "What stays behind, by pool, in place of the pool's keep.",
        ),
        must("when", Kind::Table(&WHEN), "When it is due."),
        may("settle_within", ANY_SPAN, "In place of the ladder's."),
        may(
            "on_incident",
            Kind::Flag,
            "Due in a declared incident as soon as the first tier's threshold is passed. Default false.",
        ),
        may(
            "worth_it_beyond",
            ANY_SPAN,
            "Only where the incident's expected end is further off. Default 1h.",
        ),
        label(),
    ],
};

static SEAT_RANGE: Shape = Shape {
    what: "a range of seats",
    keys: &[
        must("min", Kind::Count(0, POOL_PEOPLE_MAX as u32), "At least."),
        must("max", Kind::Count(1, POOL_PEOPLE_MAX as u32), "At most."),
    ],
};

const FOR: Key = must("for", ANY_SPAN, "For how long it must hold.");
const JUDGE: Key = may(
    "judge",
    Kind::Word(&["every", "mean", "share"]),
    "\"every\": without a break; \"mean\": by its mean over the time; \"share\": for at least a share of it. Default every.",
);
const SHARE: Key = may(
    "share",
    Kind::Number(1.0, true),
    "Beside judge = \"share\": which share of the time, to the millionth.",
);

static WHEN: Shape = Shape {
    what: "a condition",
    keys: &[
        may("waiting_above", CALLERS, "More than so many callers wait."),
        may(
            "waiting_at_most",
            CALLERS,
            "Beside waiting_above: and no more than so many.",
        ),
        may(
            "longest_wait_above",
            SECOND,
            "The caller at the head has waited longer.",
        ),
        may(
            "waiting_per_seat_above",
            Kind::Number(1_000.0, true),
            "More callers wait for each person signed in.",
        ),
        may(
            "expected_wait_above",
            SECOND,
            "A caller who joins now is expected to wait longer; needs the queue's handle_time.",
        ),
        FOR,
        JUDGE,
        SHARE,
    ],
};

static RELEASE: Shape = Shape {
    what: "a release",
    keys: &[
        must(
            "when",
            Kind::Table(&CALM),
            "When a move is taken back, one move a window, last in first out.",
        ),
        may(
            "min_stay",
            ANY_SPAN,
            "A move stays at least this long after it settled. Default 0s.",
        ),
    ],
};

static CALM: Shape = Shape {
    what: "a condition",
    keys: &[
        must("waiting_at_most", CALLERS, "At most so many callers wait."),
        FOR,
        JUDGE,
        SHARE,
    ],
};

static CALENDAR: Shape = Shape {
    what: "a calendar entry",
    keys: &[
        must("ladder", Kind::Name, "The ladder in force."),
        may(
            "queues",
            Kind::List(&Kind::Name, QUEUES_MAX),
            "Only for these queues. Default: all.",
        ),
        may(
            "dates",
            Kind::List(
                &Kind::Written("dates such as \"2026-10-01/2026-10-07\" or \"05-17\"", dates),
                LIST_MAX,
            ),
            "Only on these days, or on lunar ones.",
        ),
        may(
            "lunar",
            Kind::List(&Kind::Written("lunar days such as \"12-last/01-07\"", lunar), LIST_MAX),
            "Only on these days by the Chinese calendar, or on dates.",
        ),
        may(
            "weekdays",
            Kind::List(&Kind::Word(&WEEKDAYS), 7),
            "Only on these days of the week.",
        ),
        may(
            "monthly",
            Kind::Written("days of the month such as \"1-5\"", monthly),
            "Only on these days of the month.",
        ),
        may(
            "daily",
            Kind::Written(
                "a part of the day such as \"20:00-08:00\": two different times of 24 hours",
                daily,
            ),
            "Only during this part; over midnight it belongs to the day on which it begins.",
        ),
    ],
};

fn zone(text: &str) -> Result<(), String> {
    // The bundled data decides, so that a file means the same on every machine.
    match jiff::tz::TimeZoneDatabase::bundled().get(text) {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("{text:?} is no time zone that is known")),
    }
}

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

fn dates(text: &str) -> Result<(), String> {
    Dates::parse(text).map(drop)
}

fn lunar(text: &str) -> Result<(), String> {
    Lunar::parse(text).map(drop)
}

fn monthly(text: &str) -> Result<(), String> {
    Monthly::parse(text).map(drop)
}

fn daily(text: &str) -> Result<(), String> {
    Daily::parse(text).map(drop)
}
