//! Limits of a ladder and of a queue, and queues that lend their people only while they are calm themselves.

use crate::support::{Floor, plan};
use surged_core::ladder::Mode;
use surged_core::{Millis, Name, Order};

#[test]
fn a_ladder_borrows_no_more_than_it_may() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").max_borrowed = Some(5);
        plan::ladder_of(plan, "day").tiers.truncate(3);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    // Two are wanted, one may still be borrowed: some is still asked for.
    floor.at("10:00").expect_sign_in("outbound", 1).done("outbound");
    let skipped = floor.at("15:00").take_said("tier_skipped");
    assert_eq!(
        (&skipped["why"]["why"], &skipped["why"]["max"]),
        (&"max_borrowed".into(), &5.into())
    );
    // Whoever orders by hand may go beyond.
    floor.call("inbound", "quality").expect_sign_in("quality", 2);
}

#[test]
fn a_queue_calls_no_more_often_within_an_hour_than_it_may() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan.queues.get_mut("inbound").unwrap().max_moves_per_hour = Some(2);
        plan::ladder_of(plan, "day").tiers.truncate(3);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("10:00").expect_sign_in("outbound", 2).done("outbound");
    let skipped = floor.at("15:00").take_said("tier_skipped");
    assert_eq!(skipped["why"]["why"], "max_moves_per_hour");
    // An hour after the first of the two, in the very millisecond.
    floor.at("1:05:00").expect_sign_in("quality", 2);
}

#[test]
fn a_queue_in_shadow_calls_again_in_the_very_millisecond_in_which_the_hour_is_over() {
    let mut floor = Floor::with(|plan| {
        let queue = plan.queues.get_mut("inbound").unwrap();
        queue.mode = Mode::Shadow;
        queue.max_moves_per_hour = Some(2);
        plan::ladder_of(plan, "day").tiers.truncate(3);
    });
    floor.at("00:00.500").waiting("inbound", 6);
    floor.at("05:00.500").expect_sign_in("expert", 4);
    floor.at("13:00.500").expect_sign_in("outbound", 2);
    floor.at("21:00.500").expect_said("tier_skipped");
    floor.at("1:05:00.500").expect_sign_in("quality", 2);
}

/// A second queue, whose own people the experts are.
fn lending(plan: &mut surged_core::ladder::Plan) {
    plan.chain.clear();
    let mut gold = plan::queue("gold", 10);
    gold.lend_only_while = Some(2);
    plan.queues.insert(Name::from("gold"), gold);
    let never = plan::ladder(vec![plan::tier(
        "never",
        "supervisor",
        plan::seats(1, 1),
        plan::above(90, 300),
    )]);
    plan.ladders.insert(Name::from("gold"), never);
    plan::pool(plan, "expert").home = Some(Name::from("gold"));
    plan::ladder_of(plan, "day").tiers.truncate(1);
}

#[test]
fn a_queue_lends_only_while_few_wait_there() {
    let mut floor = Floor::with(lending);
    floor.at("00:00").waiting("gold", 3).waiting("inbound", 6);
    let skipped = floor.at("05:00").take_said("tier_skipped");
    assert_eq!(skipped["why"]["why"], "protected");
    assert_eq!(skipped["why"]["queue"], "gold");
    floor.at("07:00").waiting("gold", 2).expect_sign_in("expert", 4);
}

#[test]
fn a_queue_that_cannot_be_seen_does_not_lend() {
    let mut floor = Floor::with(|plan| {
        lending(plan);
        plan.feeds.insert(Name::from("other"), plan::feed(15, 120));
        plan.queues.get_mut("gold").unwrap().feed = Name::from("other");
    });
    floor.at("00:00").waiting("inbound", 6);
    // Nothing has been heard of the queue that lends.
    floor.at("00:15").expect_said("feed_lost");
    floor.at("05:00").expect_said("tier_skipped");
    floor.at("06:00").waiting("gold", 0).expect_sign_in("expert", 4);
}

#[test]
fn a_queue_may_always_ask_its_own_people() {
    let mut floor = Floor::with(|plan| {
        lending(plan);
        let mut own = plan::tier("own", "expert", plan::seats(2, 2), plan::above(5, 60));
        own.settle_within = Some(Millis::from_mins(3));
        plan.ladders.get_mut("gold").unwrap().tiers = vec![own];
    });
    floor.at("00:00").waiting("gold", 9).waiting("inbound", 0);
    floor.at("01:00").expect_sign_in("own", ["E01", "E02"]);
}

fn people(seats: Option<u32>, tier: Option<&str>) -> Order {
    Order::Call {
        hold: None,
        queue: Name::from("inbound"),
        tier: tier.map(Name::from),
        seats,
    }
}

#[test]
fn a_number_of_people_is_called_from_the_tiers_that_are_next() {
    let mut floor = Floor::with(|plan| plan.chain.clear());
    floor.at("00:00").waiting("inbound", 3);
    floor
        .order(people(Some(7), None))
        .expect_sign_in("expert", 4)
        .expect_sign_in("outbound", 3);
    let second = floor.instruction("outbound", |_| true);
    assert_eq!((second.seats.min, second.seats.max, second.seats.ask), (3, 3, 3));
    assert_eq!(second.reason.code(), "order");
}

#[test]
fn a_number_of_a_tier_is_called_however_few_the_tier_asks_for() {
    let mut floor = Floor::with(|plan| plan.chain.clear());
    floor.at("00:00").waiting("inbound", 3);
    floor
        .order(people(Some(5), Some("quality")))
        .expect_sign_in("quality", 5);
}

#[test]
fn more_people_than_there_are_are_asked_for_as_far_as_they_go_and_not_after() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").tiers.truncate(1);
    });
    floor.at("00:00").waiting("inbound", 3);
    floor.order(people(Some(9), None)).expect_sign_in("expert", 4);
    floor.done("expert").waiting("inbound", 2);
    floor.at("00:30").left("expert", ["E04"]);
    floor.at("01:00").waiting("inbound", 1);
}

#[test]
fn a_call_for_nobody_or_for_a_million_is_refused() {
    use crate::support::floor::someone;
    use surged_core::Input;
    let mut floor = Floor::with(|plan| plan.physical_seats = Some(0));
    floor.at("00:00").waiting("inbound", 3);
    for (order, code) in [
        (people(Some(0), None), "too_much"),
        (people(Some(1_000_000), None), "too_much"),
        (people(Some(2), Some("nonsense")), "no_such_tier"),
        (people(Some(2), Some("quality")), "no_seat"),
    ] {
        floor.refuses(code, Input::Order { by: someone(), order });
    }
}
