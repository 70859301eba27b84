//! The plan of one queue, for benches.

use std::collections::BTreeMap;
use std::sync::Arc;
use surged_core::ladder::{FeedLimits, Judge, Ladder, Level, Pool, QueuePlan, Release, Seats, Threshold, Tier, When};
use surged_core::{Action, Millis, Plan};

/// A ladder by day and one by night, with a call and a release that the depth passes again and again.
pub fn plan(judge: Judge) -> Arc<Plan> {
    let when = |threshold, minutes| When::of(threshold, Millis::from_mins(minutes), judge);
    let above = Threshold::WaitingAbove {
        above: 5,
        at_most: None,
    };
    let ladder = |name: &str, minutes| Ladder {
        max_borrowed: None,
        ask_again_after: surged_core::Millis::from_mins(2),
        severe: None,
        ask_again_after_no: Millis::from_mins(30),
        late_within: Millis::from_mins(30),
        hold_for: Millis::from_mins(30),
        tiers: vec![Tier {
            mode: None,
            next_after: None,
            lasting: None,
            extend: surged_core::ladder::Extend {
                ends_within: surged_core::Millis::from_mins(60),
                by: surged_core::Millis::from_mins(120),
            },
            name: name.into(),
            action: Action::SignIn,
            pools: vec!["pool".into()],
            seats: Seats::All,
            keep: BTreeMap::new(),
            when: when(above, minutes),
            settle_within: None,
            on_incident: false,
            worth_it_beyond: Millis::ZERO,
        }],
        release: Release {
            step: surged_core::ladder::Step::Move,
            when: when(Threshold::WaitingAtMost(5), minutes),
            min_stay: Millis::ZERO,
        },
        settle_within: Millis::from_mins(3),
        stand_down_after: Millis::from_mins(1),
        ask_max_above: 10,
    };
    let queue = QueuePlan {
        mode: surged_core::ladder::Mode::Live,
        max_moves_per_hour: None,
        lend_only_while: None,
        paused: None,
        feed: "feed".into(),
        ladder: "day".into(),
        priority: 0,
        handle_time: None,
        patience: None,
        calls_per_hour: None,
        target: None,
    };
    let pool = Pool {
        size: 4,
        ..Pool::default()
    };
    let limits = FeedLimits {
        stale_after: Millis::from_secs(15),
        forget_after: Millis::from_secs(120),
        gone_after: Millis::from_mins(1),
        paused: surged_core::ladder::Paused::SignedIn,
    };
    Arc::new(Plan {
        roster: Vec::new(),
        queues: [("queue".into(), queue)].into(),
        pools: [("pool".into(), pool)].into(),
        ladders: [("day".into(), ladder("day", 5)), ("night".into(), ladder("night", 10))].into(),
        feeds: [("feed".into(), limits)].into(),
        chain: vec![Level {
            role: "supervisor".into(),
            respond_within: Millis::from_secs(60),
            late_margin: Millis::from_mins(1),
        }],
        physical_seats: None,
    })
}
