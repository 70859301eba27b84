//! The written plan, as `config/surged.toml` ships it, and short words to change it.

use std::collections::BTreeMap;
use surged_core::ladder::{
    FeedLimits, Judge, Ladder, Level, Plan, Pool, QueuePlan, Release, SeatRange, Seats, Target, Threshold, Tier, When,
};
use surged_core::{Action, Millis, Name};

/// The written plan with its one queue.
pub fn written() -> Plan {
    let mut plan = Plan {
        physical_seats: Some(60),
        chain: vec![
            level("supervisor", 60),
            level("shift_leader", 120),
            level("manager", 300),
        ],
        ..Plan::default()
    };
    plan.feeds.insert(Name::from("hotline"), feed(15, 120));
    plan.queues.insert(Name::from("inbound"), queue("day", 10));
    plan.pools
        .insert(Name::from("expert"), people(&["E01", "E02", "E03", "E04"]));
    let outbound = Pool {
        keep: 4,
        own_desk: true,
        ..size_by_night(12, 2)
    };
    plan.pools.insert(Name::from("outbound"), outbound);
    plan.pools.insert(Name::from("quality"), size_by_night(6, 1));
    plan.pools.insert(Name::from("back_office"), size_by_night(8, 1));
    plan.pools.insert(Name::from("supervisor"), size_by_night(3, 2));
    let mut standby = size_by_night(7, 0);
    standby.size_by.insert(Name::from("day"), 0);
    plan.pools.insert(Name::from("standby"), standby);
    plan.ladders.insert(Name::from("day"), day());
    plan.ladders.insert(Name::from("night"), night());
    plan.ladders.insert(Name::from("holiday"), holiday());
    plan
}

fn day() -> Ladder {
    ladder(vec![
        tier("expert", "expert", Seats::All, above(5, 300)),
        tier("outbound", "outbound", seats(2, 3), above(5, 300)),
        tier("quality", "quality", seats(2, 3), above(5, 300)),
        tier("back_office", "back_office", seats(2, 3), above(10, 0)),
        Tier {
            action: Action::ExtendShift,
            pools: Vec::new(),
            ..tier("extend_shift", "", seats(2, 3), above(10, 300))
        },
        Tier {
            action: Action::Overtime,
            pools: Vec::new(),
            settle_within: Some(Millis::from_mins(60)),
            on_incident: true,
            ..tier(
                "overtime",
                "",
                Seats::Required {
                    fallback: SeatRange { min: 2, max: 6 },
                },
                above(10, 300),
            )
        },
    ])
}

fn night() -> Ladder {
    let mut everyone = tier("everyone", "", Seats::All, above(5, 300));
    everyone.pools = ["expert", "outbound", "quality", "back_office", "supervisor"]
        .map(Name::from)
        .to_vec();
    everyone.keep = BTreeMap::from([(Name::from("outbound"), 0), (Name::from("supervisor"), 1)]);
    ladder(vec![everyone])
}

fn holiday() -> Ladder {
    let mut holiday = day();
    let standby = Tier {
        action: Action::CallIn,
        settle_within: Some(Millis::from_mins(60)),
        ..tier("standby", "standby", seats(5, 7), above(5, 300))
    };
    holiday.tiers.insert(0, standby);
    holiday
}

/// A ladder with the plan's release and times.
pub fn ladder(tiers: Vec<Tier>) -> Ladder {
    Ladder {
        max_borrowed: None,
        ask_again_after: surged_core::Millis::from_mins(2),
        severe: None,
        ask_again_after_no: surged_core::Millis::from_mins(30),
        late_within: surged_core::Millis::from_mins(30),
        hold_for: surged_core::Millis::from_mins(30),
        tiers,
        release: Release {
            step: surged_core::ladder::Step::Move,
            when: at_most(5, 300),
            min_stay: Millis::ZERO,
        },
        settle_within: Millis::from_mins(3),
        stand_down_after: Millis::from_mins(1),
        ask_max_above: 10,
    }
}

/// A tier that signs in people of one pool.
pub fn tier(name: &str, pool: &str, seats: Seats, when: When) -> Tier {
    Tier {
        mode: None,
        extend: surged_core::ladder::Extend {
            ends_within: surged_core::Millis::from_mins(60),
            by: surged_core::Millis::from_mins(120),
        },
        name: Name::from(name),
        action: Action::SignIn,
        pools: vec![Name::from(pool)],
        seats,
        keep: BTreeMap::new(),
        when,
        settle_within: None,
        on_incident: false,
        worth_it_beyond: Millis::from_mins(60),
        next_after: None,
        lasting: None,
    }
}

/// From so many to so many.
pub fn seats(min: u32, max: u32) -> Seats {
    Seats::Range(SeatRange { min, max })
}

/// More than so many waiting for so many seconds.
pub fn above(above: u32, seconds: i64) -> When {
    let threshold = Threshold::WaitingAbove { above, at_most: None };
    When::of(threshold, Millis::from_secs(seconds), Judge::Every)
}

/// At most so many waiting for so many seconds.
pub fn at_most(at_most: u32, seconds: i64) -> When {
    When {
        threshold: Threshold::WaitingAtMost(at_most),
        ..above(0, seconds)
    }
}

/// A queue of the hotline with the plan's figures.
pub fn queue(ladder: &str, priority: i32) -> QueuePlan {
    QueuePlan {
        mode: surged_core::ladder::Mode::Live,
        max_moves_per_hour: None,
        lend_only_while: None,
        paused: None,
        feed: Name::from("hotline"),
        ladder: Name::from(ladder),
        priority,
        calls_per_hour: None,
        handle_time: Some(Millis::from_mins(3)),
        patience: Some(Millis::from_mins(2)),
        target: Some(Target {
            answered: 0.9,
            within: Millis::from_secs(20),
        }),
    }
}

/// People by name.
pub fn people(names: &[&str]) -> Pool {
    Pool {
        people: names.iter().map(|name| Name::from(*name)).collect(),
        ..Pool::default()
    }
}

/// So many people.
pub fn size(size: u32) -> Pool {
    Pool {
        size,
        ..Pool::default()
    }
}

/// Limits of a feed, in seconds.
pub fn feed(stale_after: i64, forget_after: i64) -> FeedLimits {
    FeedLimits {
        stale_after: Millis::from_secs(stale_after),
        forget_after: Millis::from_secs(forget_after),
        gone_after: surged_core::Millis::from_mins(1),
        paused: surged_core::ladder::Paused::SignedIn,
    }
}

/// A level of the chain, with its seconds to respond.
pub fn level(role: &str, respond_within: i64) -> Level {
    Level {
        role: Name::from(role),
        respond_within: Millis::from_secs(respond_within),
        late_margin: surged_core::Millis::from_mins(1),
    }
}

/// A pool of the plan, to be changed.
pub fn pool<'a>(plan: &'a mut Plan, name: &str) -> &'a mut Pool {
    plan.pools.get_mut(name).unwrap()
}

/// A ladder of the plan, to be changed.
pub fn ladder_of<'a>(plan: &'a mut Plan, name: &str) -> &'a mut Ladder {
    plan.ladders.get_mut(name).unwrap()
}

/// A tier of the day, to be changed.
pub fn day_tier<'a>(plan: &'a mut Plan, name: &str) -> &'a mut Tier {
    let tiers = &mut ladder_of(plan, "day").tiers;
    tiers.iter_mut().find(|tier| tier.name.as_str() == name).unwrap()
}

fn size_by_night(day: u32, night: u32) -> Pool {
    Pool {
        size: day,
        size_by: BTreeMap::from([(Name::from("night"), night)]),
        ..Pool::default()
    }
}
