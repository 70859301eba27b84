//! Kinds of entries in groups that people ask for: each kind is in exactly one. A kind may stand here that only a newer log has.

/// Kinds that belong together.
#[derive(Debug)]
pub struct Group {
    /// Its word on the wire.
    pub name: &'static str,
    /// The kinds, as in [`Record::kind`](super::Record::kind).
    pub kinds: &'static [&'static str],
}

/// Every group. What is not in `inputs` or `readings` tells the day without saying anything twice: a decision says what its input
/// brought about.
pub const GROUPS: [Group; 10] = [
    Group {
        name: "instructions",
        kinds: &[
            "instruct",
            "settled",
            "freed",
            "tier_skipped",
            "surge_over",
            "approval_asked",
            "approval_lapsed",
            "not_shown",
            "gone",
            "taken_as_left",
        ],
    },
    Group {
        name: "answers",
        kinds: &[
            "answered",
            "passed_up",
            "unanswered",
            "nobody_listening",
            "approved",
            "approval_refused",
            "undelivered",
        ],
    },
    Group {
        name: "orders",
        kinds: &[
            "paused",
            "resumed",
            "incident",
            "incident_ends",
            "incident_over",
            "counted",
            "quieted",
            "quiet_over",
        ],
    },
    Group {
        name: "sight",
        kinds: &[
            "feed_lost",
            "feed_back",
            "blind_long",
            "feed_connected",
            "feed_disconnected",
            "source_lost",
            "queue_missing",
            "only_moves_counted",
        ],
    },
    Group {
        name: "plan",
        kinds: &["ladder_changed", "configured", "config_changed", "config_refused"],
    },
    Group {
        name: "daemon",
        kinds: &[
            "started",
            "stopped",
            "stood_still",
            "journal_failing",
            "went_out_unlogged",
        ],
    },
    Group {
        name: "access",
        kinds: &["logged_in", "logged_out", "not_let_in", "forgotten"],
    },
    Group {
        name: "handover",
        kinds: &[
            "handover_begun",
            "handover_noted",
            "handover_settled",
            "handover_taken_over",
            "handover_signed",
            "handover_completed",
            "handover_withdrawn",
        ],
    },
    Group {
        name: "inputs",
        kinds: &["answer", "order", "delivery", "ladder_in_force"],
    },
    Group {
        name: "readings",
        kinds: &["reading", "heartbeat"],
    },
];

impl Group {
    /// The kinds of a group, or of a kind itself; empty: there is neither.
    pub fn named(name: &str) -> Vec<&'static str> {
        if let Some(group) = GROUPS.iter().find(|group| group.name == name) {
            return group.kinds.to_vec();
        }
        let kinds = GROUPS.iter().flat_map(|group| group.kinds);
        kinds.copied().filter(|kind| *kind == name).collect()
    }
}
