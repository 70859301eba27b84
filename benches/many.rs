//! The plan of many queues, for benches.

use crate::floor::plan;
use std::sync::Arc;
use surged_core::ladder::{Judge, Pool, SeatRange, Seats};
use surged_core::{Millis, Plan};

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
