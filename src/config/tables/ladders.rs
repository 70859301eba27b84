//! Ladders, tiers, conditions and releases.

use super::{
    ANY_SPAN, CALLERS, COUNT_MAX, LADDER_TIERS_MAX, LIST_MAX, MODES, POOL_PEOPLE_MAX, SEAT_COUNT, SECOND, label, may,
    must,
};
use crate::config::shape::{Key, Kind, Shape};
use crate::core::Millis;

/// Called and cancelled in one millisecond would go round for ever.
const SOME_SPAN: Kind = Kind::Duration(Millis::from_secs(1));

/// A written escalation.
pub static LADDER: Shape = Shape {
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
        may(
            "max_borrowed",
            Kind::Count(1, COUNT_MAX),
            "No more people than this are borrowed from pools at a time. Default: no limit.",
        ),
        may(
            "ask_again_after",
            SOME_SPAN,
            "A tier that waits for a leader's yes is asked again after this, while it stays due. Default 2m.",
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
        may("mode", MODES, "In place of the queue's."),
        may(
            "ends_within",
            SECOND,
            "For extend_shift, by the roster: asks people whose shift ends within this. Default 1h.",
        ),
        may(
            "extend_by",
            SECOND,
            "For extend_shift, by the roster: asks them to stay this much longer. Default 2h.",
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
            "When a move is taken back, last in first out.",
        ),
        may(
            "min_stay",
            ANY_SPAN,
            "A move stays at least this long after it settled. Default 0s.",
        ),
        may(
            "step",
            Kind::Word(&["move", "person"]),
            "How much goes back in one window: a whole move, or one person. Default move.",
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
