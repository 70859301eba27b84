//! Ladders, tiers, conditions and releases.

use super::default;
use super::{
    ANY_SPAN, CALLERS, COUNT_MAX, LADDER_TIERS_MAX, LIST_MAX, MODES, POOL_PEOPLE_MAX, SEAT_COUNT, SECOND, label, may,
    must,
};
use crate::config::shape::DefaultValue::{Count, Flag, InWords, Span, Text};
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
            "An instruction whose people are not seen to be there settles after this.",
        ).or(Span(default::SETTLE_WITHIN)),
        may(
            "stand_down_after",
            SOME_SPAN,
            "Calm this long cancels an instruction that nobody has answered.",
        ).or(Span(default::STAND_DOWN_AFTER)),
        may(
            "ask_max_above",
            CALLERS,
            "Above this many waiting a range of seats asks for its maximum.",
        ).or(Count(default::ASK_MAX_ABOVE)),
        may(
            "max_borrowed",
            Kind::Count(1, COUNT_MAX),
            "No more people than this are borrowed from pools at a time.",
        ).or(InWords("no limit")),
        may(
            "ask_again_after",
            SOME_SPAN,
            "A tier that waits for a leader's yes is asked again after this, while it stays due.",
        ).or(Span(default::ASK_AGAIN_AFTER)),
        may(
            "severe",
            Kind::Table(&WHEN),
            "While it holds, every tier whose own threshold is passed is due at once, in order, without its wait. Without it no surge is.",
        ),
        may(
            "ask_again_after_no",
            SOME_SPAN,
            "A tier that was declined, or done with nobody, is passed over for so long.",
        )
        .or(Span(default::ASK_AGAIN_AFTER_NO)),
        may(
            "late_within",
            ANY_SPAN,
            "A \"done\" on an instruction that was stood down counts for so long after that; later it is refused in words.",
        )
        .or(Span(default::LATE_WITHIN)),
        may(
            "hold_for",
            ANY_SPAN,
            "Who was called by hand on a calm queue stays at least so long, where the order says nothing else.",
        )
        .or(Span(default::HOLD_FOR)),
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
            "What is asked for; extend_shift and overtime draw on no pool.",
        ).or(Text(default::ACTION)),
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
            "next_after",
            ANY_SPAN,
            "The next tier's window begins at the latest so long after this one first reached somebody, settled or not.",
        )
        .or(InWords("the ladder's settle_within for call_in and overtime; else once it has settled")),
        may(
            "for_hours",
            Kind::Number(24.0, true),
            "For overtime: for how many hours people are asked for.",
        )
        .or(InWords("until the end of the shift")),
        may(
            "on_incident",
            Kind::Flag,
            "Due in a declared incident as soon as the first tier's threshold is passed.",
        ).or(Flag(false)),
        may(
            "worth_it_beyond",
            ANY_SPAN,
            "Only where the incident's expected end is further off.",
        ).or(Span(default::WORTH_IT_BEYOND)),
        may("mode", MODES, "In place of the queue's."),
        may(
            "ends_within",
            SECOND,
            "For extend_shift, by the roster: asks people whose shift ends within this.",
        ).or(Span(default::ENDS_WITHIN)),
        may(
            "extend_by",
            SECOND,
            "For extend_shift, by the roster: asks them to stay this much longer.",
        ).or(Span(default::EXTEND_BY)),
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
    "\"every\": without a break; \"mean\": by its mean over the time; \"share\": for at least a share of it.",
)
.or(Text(default::JUDGE));

const SHARE: Key = may(
    "share",
    Kind::Number(1.0, true),
    "Beside judge = \"share\": which share of the time, to the millionth.",
);

/// Whether a condition has such a key.
pub fn is_of_condition(key: &str) -> bool {
    WHEN.keys.iter().any(|known| known.name == key)
}

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
            "The caller at the head has waited longer; that grows with the clock between readings.",
        ),
        may(
            "waiting_per_seat_above",
            Kind::Number(1_000.0, true),
            "More callers wait for each working seat: signed in, and not paused where the feed tells.",
        ),
        may(
            "expected_wait_above",
            SECOND,
            "A caller who joins now is expected to wait longer; needs the queue's handle_time.",
        ),
        may(
            "answered_share_below",
            Kind::Table(&SHARE_OVER),
            "Of the calls that ended, a smaller share was answered within the queue's target time; needs answered_in_target.",
        ),
        may(
            "abandoned_share_above",
            Kind::Table(&SHARE_OVER),
            "Of the calls that ended, a larger share was given up.",
        ),
        may(
            "rising_above",
            Kind::Table(&RISING),
            "More than so many callers more wait than a while ago.",
        ),
        FOR,
        JUDGE,
        SHARE,
    ],
};

static SHARE_OVER: Shape = Shape {
    what: "a share of calls",
    keys: &[
        must("share", Kind::Number(1.0, true), "The share, to the millionth."),
        OVER,
    ],
};

static RISING: Shape = Shape {
    what: "a rise",
    keys: &[must("callers", CALLERS, "So many callers more."), OVER],
};

const OVER: Key = must(
    "over",
    SECOND,
    "Over how long; unknown until so much has been seen since the first reading, or since the source began to count anew.",
);

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
            "A move stays at least this long after it settled.",
        )
        .or(Span(default::MIN_STAY)),
        may(
            "step",
            Kind::Word(&["move", "person"]),
            "How much goes back in one window: a whole move, or one person.",
        )
        .or(Text(default::STEP)),
    ],
};

static CALM: Shape = Shape {
    what: "a condition",
    keys: &[
        must("waiting_at_most", CALLERS, "At most so many callers wait."),
        may(
            "answered_share_at_least",
            Kind::Table(&SHARE_OVER),
            "And the aim is met: of the calls that ended, at least this share was answered within the queue's target time.",
        ),
        FOR,
        JUDGE,
        SHARE,
    ],
};
