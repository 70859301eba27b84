//! What the configuration may say: every table and key, said once. Files are checked against it, `schema` prints it, and what
//! it does not list is refused.

mod calendar;
pub mod default;
mod house;
mod ladders;
mod people;
mod push;
mod scenario;
mod webhook;

use super::sentence::{Sentence, say};
use super::shape::{Key, Kind, Shape};
use crate::core::Millis;
use calendar::CALENDAR;
use house::{FEED, FLOOR, JOURNAL, LEVEL};
use ladders::LADDER;
pub use ladders::is_of_condition;
use people::{POOL, QUEUE, ROSTER};
use push::PUSH;
pub use scenario::SCENARIO;
use webhook::WEBHOOK;

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
/// Most weeks that hours are averaged over.
pub const AVERAGE_WEEKS_MAX: u32 = 52;
/// Most receivers of webhooks.
pub const WEBHOOKS_MAX: usize = 100;
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
    /// What to do instead, by its key in the tables of `words`.
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
    not_yet("a pool", "roster_file", None, "instead_roster_file"),
    not_yet("a pool", "lend_only_while", None, "instead_lend_only_while"),
    not_yet("a feed", "kind", Some("freeswitch-esl"), "instead_json_feed"),
    not_yet("a feed", "kind", Some("genesys"), "instead_json_feed"),
    not_yet("a feed", "kind", Some("prometheus"), "instead_json_feed"),
    not_yet("a feed", "kind", Some("nats"), "instead_json_feed"),
];

const fn may(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key {
        name,
        kind,
        needed: false,
        doc,
        default: None,
    }
}

const fn must(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key {
        name,
        kind,
        needed: true,
        doc,
        default: None,
    }
}

const SECOND: Kind = Kind::Duration(Millis::from_secs(1));
const ANY_SPAN: Kind = Kind::Duration(Millis::ZERO);
const SEAT_COUNT: Kind = Kind::Count(0, POOL_PEOPLE_MAX as u32);
const CALLERS: Kind = Kind::Count(0, COUNT_MAX);

/// Who hears what is decided.
const MODES: Kind = Kind::Word(&["live", "approve", "shadow"]);

/// What a paused member is.
const PAUSED: Kind = Kind::Word(&["signed_in", "away"]);

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
            Kind::Written("kind_zone", "Asia/Shanghai", zone),
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
            "webhook",
            Kind::Named(&Kind::Table(&WEBHOOK), WEBHOOKS_MAX),
            "Who is told by HTTP, for people who have no page open.",
        ),
        may(
            "push",
            Kind::Table(&PUSH),
            "Who is called on their phone while the console is closed there. Without it nobody is.",
        ),
        may(
            "pool",
            Kind::Named(&Kind::Table(&POOL), LIST_MAX),
            "People who can be moved.",
        ),
        may(
            "roster",
            Kind::Table(&ROSTER),
            "Who is on duty when, from a file of its own.",
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

fn zone(text: &str) -> Result<(), Sentence> {
    // The bundled data decides, so that a file means the same on every machine.
    match jiff::tz::TimeZoneDatabase::bundled().get(text) {
        Ok(_) => Ok(()),
        Err(_) => Err(say!("no_zone", text = format!("{text:?}"))),
    }
}
