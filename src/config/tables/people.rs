//! Pools, queues and the roster.

use super::default;
use super::{
    ANY_SPAN, AVERAGE_WEEKS_MAX, CALLERS, COUNT_MAX, LIST_MAX, MODES, PAUSED, POOL_PEOPLE_MAX, SEAT_COUNT, SECOND,
    label, may, must,
};
use crate::config::shape::DefaultValue::{Count, Flag, InWords, Span, Text, Whole};
use crate::config::shape::{Kind, Shape};
use crate::core::Millis;

const HOUR: Millis = Millis::from_mins(60);

/// People who can be moved.
pub static POOL: Shape = Shape {
    what: "a pool",
    keys: &[
        may(
            "people",
            Kind::List(&Kind::Name, POOL_PEOPLE_MAX),
            "Staff by name: first is asked who was asked least recently, then least often, then who comes first here.",
        ),
        may("size", SEAT_COUNT, "How many there are where names are not known."),
        may("keep", SEAT_COUNT, "Never draw below.").or(Count(default::KEEP)),
        may(
            "own_desk",
            Kind::Flag,
            "They sit at a phone already and need no free seat.",
        )
        .or(Flag(false)),
        may(
            "size_by",
            Kind::Named(&SEAT_COUNT, LIST_MAX),
            "How many there are while a ladder is in force.",
        ),
        may(
            "home",
            Kind::Name,
            "The queue that its people work on when nobody has borrowed them; its lend_only_while protects it.",
        ),
        may(
            "rest_between",
            ANY_SPAN,
            "A person who has gone back is not asked again before this has passed; needs names.",
        )
        .or(Span(default::REST_BETWEEN)),
        may(
            "max_stay",
            SECOND,
            "Its people are taken back after this long, whatever waits.",
        )
        .or(InWords("no limit")),
        may("paused", PAUSED, "In place of the feed's and the queue's."),
        label(),
    ],
};

/// A queue that is watched.
pub static QUEUE: Shape = Shape {
    what: "a queue",
    keys: &[
        may(
            "feed",
            Kind::Name,
            "The feed that reports it; may be left out where there is one.",
        ),
        may("source", Kind::Name, "The phone system's name for it.").or(InWords("the key")),
        must(
            "ladder",
            Kind::Name,
            "The ladder in force where the calendar says nothing else.",
        ),
        may("priority", Kind::Whole, "Higher goes first where queues share pools.").or(Whole(default::PRIORITY)),
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
        may(
            "mode",
            MODES,
            "Who hears what is decided: the floor; a leader first, whose yes a tier waits for; or the duty log alone.",
        )
        .or(Text(default::MODE)),
        may(
            "max_moves_per_hour",
            Kind::Count(1, COUNT_MAX),
            "The daemon calls no more often than this within any hour, calls by hand counted too.",
        )
        .or(InWords("no limit")),
        may(
            "lend_only_while",
            Kind::Table(&LEND),
            "Pools that have this queue as their home lend to other queues only then.",
        )
        .or(InWords("always")),
        may("paused", PAUSED, "In place of the feed's."),
        label(),
    ],
};

static LEND: Shape = Shape {
    what: "a bound on lending",
    keys: &[must(
        "waiting_at_most",
        CALLERS,
        "At most so many callers wait here, as far as it can be seen.",
    )],
};

static TARGET: Shape = Shape {
    what: "a target",
    keys: &[
        must("answered", Kind::Number(1.0, false), "The share, between 0 and 1."),
        must("within", SECOND, "The time."),
    ],
};

/// Who is on duty when.
pub static ROSTER: Shape = Shape {
    what: "the roster",
    keys: &[
        must(
            "path",
            Kind::Text,
            "CSV with the columns person, from, to and, where wanted, pool; relative to this file.",
        ),
        may(
            "max_day",
            Kind::Duration(HOUR),
            "Nobody is asked to stay beyond so many hours a day.",
        )
        .or(InWords("no limit")),
        may(
            "max_week",
            Kind::Duration(HOUR),
            "Nobody is asked to stay beyond so many hours a week, on average.",
        )
        .or(InWords("no limit")),
        may(
            "average_weeks",
            Kind::Count(1, AVERAGE_WEEKS_MAX),
            "Beside max_week: the average is that of so many weeks.",
        )
        .or(Count(default::AVERAGE_WEEKS)),
    ],
};
