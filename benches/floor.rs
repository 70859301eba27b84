//! The plans of the benches: of one queue, and of many.

use std::collections::BTreeMap;
use std::sync::Arc;
use surged_core::ladder::{
    FeedLimits, Judge, Ladder, Level, Pool, QueuePlan, Release, SeatRange, Seats, Threshold, Tier, When,
};
use surged_core::{Action, Millis, Plan};

/// Whose pools the queues draw on.
#[derive(Copy, Clone)]
pub enum Pools {
    /// Each has one of its own.
    Own,
    /// One pool for all, with just enough people.
    Shared,
}

/// People of one queue's call.
const CALLED: u32 = 2;

/// The name of one among many.
pub fn queue_name(number: usize) -> String {
    format!("queue{number:05}")
}

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

/// The plan of one queue, for so many of three priorities. No feed goes stale, and nobody has to answer.
pub fn of_many(queues: usize, pools: Pools) -> Arc<Plan> {
    let of_one = plan(Judge::Every);
    let mut floor = Plan::clone(&of_one);
    floor.chain.clear();
    for limits in floor.feeds.values_mut() {
        limits.stale_after = Millis::MAX;
        limits.forget_after = Millis::MAX;
    }
    (floor.queues, floor.ladders, floor.pools) = Default::default();
    let pool = |size| Pool {
        size,
        ..Pool::default()
    };
    for number in 0..queues {
        let own = match pools {
            Pools::Own => format!("pool{number:05}"),
            Pools::Shared => "pool".to_owned(),
        };
        let mut ladder = of_one.ladders["day"].clone();
        ladder.tiers[0].pools = vec![own.as_str().into()];
        ladder.tiers[0].seats = Seats::Range(SeatRange {
            min: CALLED,
            max: CALLED + 1,
        });
        let name = match pools {
            Pools::Own => format!("ladder{number:05}"),
            Pools::Shared => "ladder".to_owned(),
        };
        let mut queue = of_one.queues["queue"].clone();
        queue.ladder = name.as_str().into();
        queue.priority = (number % 3) as i32;
        floor.queues.insert(queue_name(number).as_str().into(), queue);
        floor.ladders.insert(name.as_str().into(), ladder);
        let size = match pools {
            Pools::Own => CALLED,
            Pools::Shared => CALLED * queues as u32,
        };
        floor.pools.insert(own.as_str().into(), pool(size));
    }
    Arc::new(floor)
}
