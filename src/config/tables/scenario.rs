//! Scenarios: what a simulated floor has to cope with.

use super::{COUNT_MAX, LIST_MAX, POOL_PEOPLE_MAX, QUEUES_MAX, SECOND, may, must};
use crate::config::sentence::{Sentence, say};
use crate::config::shape::{Key, Kind, Shape};
use crate::core::Millis;

/// Most intervals that a day's calls or people are told by.
const INTERVALS_MAX: usize = 10_000;
/// Most calls an hour of a queue.
const CALLS_PER_HOUR_MAX: f64 = 10_000_000.0;
/// Most money that anything costs.
const COST_MAX: f64 = 1_000_000_000.0;

const SHARE: Kind = Kind::Amount(1.0);
const SPAN: Kind = Kind::Tagged(
    "kind",
    &[
        ("exponential", &EXPONENTIAL),
        ("lognormal", &LOGNORMAL),
        ("always", &ALWAYS),
        ("data", &DATA),
    ],
);
const KIND: Key = must(
    "kind",
    Kind::Word(&["exponential", "lognormal", "always", "data"]),
    "How it is spread.",
);
const MEAN: Key = must("mean", Kind::Duration(Millis(1)), "Its mean.");
const AT_ONCE: Key = may(
    "at_once",
    SHARE,
    "Of patience: the share of callers who do not wait at all. Default 0.",
);

/// The whole file.
pub static SCENARIO: Shape = Shape {
    what: "the scenario",
    keys: &[
        may(
            "start",
            Kind::Written("kind_start", "2026-11-02T08:00", start),
            "When the first day begins, in the plan's zone: the calendar goes by it. Default 2026-11-02T00:00, a Monday.",
        ),
        must(
            "length",
            Kind::Duration(Millis::from_mins(1)),
            "For how long callers come, each day.",
        ),
        may(
            "days",
            Kind::Count(1, 10_000),
            "Days of a seed; each begins with nobody on the line. Default 1.",
        ),
        may(
            "warm_up",
            Kind::Duration(Millis::ZERO),
            "What happens so early in a day is not counted. Default 0s.",
        ),
        may(
            "physical_seats",
            Kind::Count(1, COUNT_MAX),
            "Seats that there really are. Default: what the plan says.",
        ),
        may(
            "readings_every",
            SECOND,
            "The feed reports only so often. Default: at every change.",
        ),
        must(
            "queue",
            Kind::Named(&Kind::Table(&QUEUE_SCENARIO), QUEUES_MAX),
            "The plan's queues: who calls and who answers.",
        ),
        may(
            "supervisor",
            Kind::Table(&SUPERVISOR),
            "How instructions are taken. Default: at once, and all of them.",
        ),
        may(
            "moved",
            Kind::Table(&MOVED),
            "How people come who are signed in. Default: all of them, at once.",
        ),
        may(
            "called_in",
            Kind::Table(&MOVED),
            "How people come who are called from home (call_in, overtime). Default: as those moved.",
        ),
        may(
            "pool",
            Kind::Named(&Kind::Table(&MOVED), LIST_MAX),
            "How people of that pool come, in place of the above.",
        ),
        may("cost", Kind::Table(&COST), "What things cost, in any money."),
        may(
            "outside",
            Kind::List(&Kind::Table(&OUTSIDE), LIST_MAX),
            "Numbers that somebody else computed, published or measured for this very case, to be held against ours.",
        ),
    ],
};

static QUEUE_SCENARIO: Shape = Shape {
    what: "a queue's scenario",
    keys: &[
        must("calls", Kind::Table(&CALLS), "How many call."),
        must(
            "handling",
            SPAN,
            "How long a call keeps a person, after-call work included.",
        ),
        may(
            "patience",
            SPAN,
            "How long callers wait before they give up. Default: for ever.",
        ),
        must(
            "people",
            Kind::List(&Kind::Count(0, POOL_PEOPLE_MAX as u32), INTERVALS_MAX),
            "Who is on the phones without any move: one number, or one an interval; the last holds on.",
        ),
        may(
            "people_every",
            Kind::Duration(Millis::from_mins(1)),
            "The length of such an interval. Default 1h.",
        ),
        may(
            "redial",
            Kind::Table(&REDIAL),
            "Of those who give up some call again. Default: nobody.",
        ),
        may("breaks", Kind::Table(&BREAKS), "Breaks of those people. Default: none."),
    ],
};

static CALLS: Shape = Shape {
    what: "the calls",
    keys: &[
        may(
            "per_hour",
            Kind::List(&Kind::Amount(CALLS_PER_HOUR_MAX), INTERVALS_MAX),
            "Calls to be expected in an hour: one number, or one an interval; the last holds on.",
        ),
        may(
            "every",
            Kind::Duration(Millis::from_mins(1)),
            "The length of such an interval. Default 1h.",
        ),
        may(
            "day_factor",
            Kind::Number(1_000_000.0, true),
            "No day is like the other: each day's calls are multiplied by a Gamma factor of mean 1 and this shape, from 1; 10 makes days differ by about a third. Default: all days are alike.",
        ),
        may(
            "recorded",
            Kind::Text,
            "In place of per_hour: a call list (CSV), relative to this file, whose first day's callers come as they came.",
        ),
    ],
};

static EXPONENTIAL: Shape = Shape {
    what: "an exponential spread",
    keys: &[KIND, MEAN, AT_ONCE],
};

static LOGNORMAL: Shape = Shape {
    what: "a lognormal spread",
    keys: &[
        KIND,
        MEAN,
        must("deviation", Kind::Duration(Millis(1)), "Its standard deviation."),
        AT_ONCE,
    ],
};

static ALWAYS: Shape = Shape {
    what: "a fixed span",
    keys: &[
        KIND,
        must("mean", Kind::Duration(Millis::ZERO), "The span itself."),
        AT_ONCE,
    ],
};

static DATA: Shape = Shape {
    what: "a spread by data",
    keys: &[
        KIND,
        must("path", Kind::Text, "A call list (CSV), relative to this file."),
        AT_ONCE,
    ],
};

static REDIAL: Shape = Shape {
    what: "redials",
    keys: &[
        must("share", SHARE, "Of those who gave up so many call again."),
        must("after", SPAN, "How long after they gave up."),
        may(
            "most",
            Kind::Count(1, 100),
            "A caller calls again at most so often. Default 3.",
        ),
    ],
};

static BREAKS: Shape = Shape {
    what: "breaks",
    keys: &[
        must(
            "every",
            Kind::Duration(Millis::from_mins(1)),
            "Each person takes one so often, on average.",
        ),
        must("lasting", Kind::Duration(Millis::from_secs(1)), "How long it lasts."),
    ],
};

static SUPERVISOR: Shape = Shape {
    what: "the supervisor",
    keys: &[
        may(
            "takes",
            SPAN,
            "How long after an instruction it is acted upon. Default: at once.",
        ),
        may(
            "obeys",
            SHARE,
            "This share of the calls for people is carried out, the rest declined. Default 1.",
        ),
    ],
};

static MOVED: Shape = Shape {
    what: "how people come",
    keys: &[
        may(
            "arrive",
            SPAN,
            "How long after the supervisor has acted they are on the phones. Default: at once.",
        ),
        may(
            "together",
            Kind::Flag,
            "All people of an instruction come at the same moment. Default false: each by their own time.",
        ),
        may("come", SHARE, "Each comes with this probability. Default 1."),
        may(
            "pace",
            Kind::Number(100.0, true),
            "Their handling times are the usual ones multiplied by this. Default 1.",
        ),
        may(
            "back",
            Kind::Word(&["when_gone", "when_told"]),
            "When a sign-out is said to be done: when the last of them has ended the call and gone, or as soon as they are told. Default when_gone.",
        ),
    ],
};

static COST: Shape = Shape {
    what: "the cost",
    keys: &[
        may(
            "moved_hour",
            Kind::Amount(COST_MAX),
            "An hour of a person who was moved. Default 0.",
        ),
        may(
            "overtime_hour",
            Kind::Amount(COST_MAX),
            "An hour of a person who stays longer or was called from home. Default 0.",
        ),
        may("lost_call", Kind::Amount(COST_MAX), "A caller who gave up. Default 0."),
    ],
};

static OUTSIDE: Shape = Shape {
    what: "an outside number",
    keys: &[
        must(
            "measure",
            Kind::Name,
            "Which of the measures, by its name in --format json.",
        ),
        may("queue", Kind::Name, "Of which queue. Default: of all together."),
        must("value", Kind::Amount(1.0e12), "Theirs."),
        may(
            "low",
            Kind::Amount(1.0e12),
            "Lower end of their 95 % interval, where it is no exact number.",
        ),
        may("high", Kind::Amount(1.0e12), "Upper end of it."),
        must("source", Kind::Text, "Whose number it is."),
    ],
};

fn start(text: &str) -> Result<(), Sentence> {
    text.parse::<jiff::civil::DateTime>()
        .map(|_| ())
        .map_err(|_| say!("no_start", text = format!("{text:?}")))
}
