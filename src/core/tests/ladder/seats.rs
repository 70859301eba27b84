//! "Seats", "Overtime", and the night.

use crate::support::{Floor, plan};
use surged_core::ladder::{SeatRange, Seats, Threshold};
use surged_core::{Action, Agent, AgentState, Ask, Input, Name, Order, Reading};

/// Only the tier of this name, due after five minutes above five.
fn only(name: &'static str, change: impl FnOnce(&mut surged_core::Plan)) -> Floor {
    Floor::with(|plan| {
        plan::ladder_of(plan, "day")
            .tiers
            .retain(|tier| tier.name.as_str() == name);
        plan::day_tier(plan, name).when = plan::above(5, 300);
        change(plan);
    })
}

#[test]
fn two_for_up_to_ten_waiting_and_three_for_more() {
    for (waiting, seats) in [(10, 2), (11, 3)] {
        let mut floor = only("quality", |_| ());
        floor.at("00:00").waiting("inbound", 6);
        floor.at("04:00").waiting("inbound", waiting);
        floor.at("05:00").expect_sign_in("quality", seats);
    }
}

#[test]
fn a_pool_is_never_drawn_below_what_it_keeps_and_fewer_than_the_minimum_are_still_asked_for() {
    for (size, ask) in [(7, 3), (6, 2), (5, 1)] {
        let mut floor = only("outbound", |plan| plan::pool(plan, "outbound").size = size);
        floor.at("00:00").waiting("inbound", 11);
        floor.at("05:00").expect_sign_in("outbound", ask);
        assert_eq!(
            floor.instruction("outbound", |_| true).seats,
            Ask { min: 2, max: 3, ask }
        );
    }
    let mut floor = only("outbound", |plan| plan::pool(plan, "outbound").size = 4);
    floor.at("00:00").waiting("inbound", 11);
    let skipped = floor.at("05:00").take_said("tier_skipped");
    assert_eq!(skipped["why"]["why"], "nobody_to_give");
}

#[test]
fn a_pool_has_as_many_as_the_ladder_in_force_says() {
    let mut floor = only("quality", |plan| {
        plan::pool(plan, "quality").size_by.insert("day".into(), 1);
    });
    floor.at("00:00").waiting("inbound", 11);
    floor.at("05:00").expect_sign_in("quality", 1);
}

#[test]
fn of_named_people_the_first_of_the_list_are_there() {
    let mut floor = only("expert", |plan| {
        plan::pool(plan, "expert").size_by.insert("day".into(), 2);
    });
    floor.at("00:00").waiting("inbound", 11);
    floor.at("05:00").expect_sign_in("expert", ["E01", "E02"]);
}

#[test]
fn no_more_are_signed_in_than_there_are_seats() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting_with("inbound", 6, 58);
    floor.at("05:00").expect_sign_in("expert", ["E01", "E02"]);
}

#[test]
fn without_a_free_seat_a_tier_is_skipped_and_an_own_desk_needs_none() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting_with("inbound", 11, 60);
    let skipped = floor.at("05:00").take_said("tier_skipped");
    assert_eq!(
        (&skipped["tier"], &skipped["why"]["why"]),
        (&"expert".into(), &"no_seat".into())
    );
    floor.expect_sign_in("outbound", 3);
}

#[test]
fn a_tier_without_a_seat_is_tried_again_when_one_is_free() {
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").tiers.truncate(1));
    floor.at("00:00").waiting_with("inbound", 11, 60);
    floor.at("05:00").expect_said("tier_skipped");
    floor
        .at("06:00.003")
        .waiting_with("inbound", 11, 59)
        .expect_sign_in("expert", ["E01"]);
}

#[test]
fn asked_and_not_yet_settled_take_their_seats() {
    let mut floor = two_queues(|plan| plan.physical_seats = Some(46));
    floor
        .at("00:00")
        .waiting_with("one", 11, 20)
        .waiting_with("two", 11, 20);
    floor.at("05:00").expect_sign_in("first", 3).expect_sign_in("second", 3);
    let mut floor = two_queues(|plan| plan.physical_seats = Some(44));
    floor
        .at("00:00")
        .waiting_with("one", 11, 20)
        .waiting_with("two", 11, 20);
    floor.at("05:00").expect_sign_in("first", 3).expect_sign_in("second", 1);
}

#[test]
fn a_settled_move_is_among_those_signed_in_and_takes_no_second_seat() {
    let mut floor = two_queues(|plan| plan.physical_seats = Some(46));
    floor.at("00:00").waiting_with("one", 11, 20).waiting_with("two", 0, 20);
    floor.at("05:00").expect_sign_in("first", 3);
    floor
        .at("06:00")
        .waiting_with("one", 11, 23)
        .waiting_with("two", 11, 20);
    floor.at("11:00").expect_sign_in("second", 3);
}

#[test]
fn where_the_feed_does_not_tell_who_is_signed_in_only_moves_are_counted() {
    let mut floor = Floor::with(|plan| plan.physical_seats = Some(5));
    floor.at("00:00").waiting("inbound", 11);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("10:00").expect_sign_in("outbound", 3).done("outbound");
    floor.at("15:00").expect_sign_in("quality", 1);
}

#[test]
fn without_a_limit_the_floor_has_room() {
    let mut floor = Floor::with(|plan| plan.physical_seats = None);
    floor.at("00:00").waiting_with("inbound", 11, 1000);
    floor.at("05:00").expect_sign_in("expert", 4);
    assert_eq!(floor.core.room(), None);
}

#[test]
fn a_longer_shift_draws_on_no_pool_and_needs_no_seat() {
    let mut floor = only("extend_shift", |_| ());
    floor.at("00:00").waiting_with("inbound", 11, 60);
    floor.at("05:00").expect(Action::ExtendShift, "extend_shift", 3);
}

#[test]
fn overtime_stays_within_the_physical_seats() {
    let mut floor = only("overtime", |_| ());
    floor.at("00:00").waiting_with("inbound", 11, 55);
    floor.at("05:00").expect(Action::Overtime, "overtime", 5);
}

#[test]
fn overtime_that_cannot_be_computed_falls_back() {
    for (waiting, seats) in [(6, 2), (11, 6)] {
        let mut floor = only("overtime", |_| ());
        floor.at("00:00").waiting("inbound", waiting);
        floor.at("05:00").expect(Action::Overtime, "overtime", seats);
    }
}

#[test]
fn at_night_everyone_joins_except_one_supervisor() {
    let mut floor = Floor::new();
    floor.at("00:00").ladder("inbound", "night").waiting("inbound", 6);
    // Four experts, two outbound (kept back by day, not by night), one of quality, one of the back office, one supervisor of two.
    floor.at("05:00").expect_sign_in("everyone", 9);
    let parts = &floor.instruction("everyone", |_| true).parts;
    let drawn: Vec<(&str, u32)> = parts
        .iter()
        .map(|part| (part.pool.as_ref().map_or("", Name::as_str), part.seats))
        .collect();
    assert_eq!(
        drawn,
        [
            ("expert", 4),
            ("outbound", 2),
            ("quality", 1),
            ("back_office", 1),
            ("supervisor", 1)
        ]
    );
}

#[test]
fn standby_is_called_in_on_holidays() {
    let mut floor = Floor::new();
    floor.at("00:00").ladder("inbound", "holiday").waiting("inbound", 6);
    floor.at("05:00").expect(Action::CallIn, "standby", 5);
    // Those who come from home do not hold up those in the house.
    floor.at("13:00").expect_sign_in("expert", 4);
}

#[test]
fn the_same_person_is_never_asked_for_by_two_queues() {
    let mut floor = two_queues(|plan| {
        *plan::pool(plan, "shared") = plan::people(&["A", "B", "C", "D"]);
    });
    floor.at("00:00").waiting("one", 11).waiting("two", 11);
    floor
        .at("05:00")
        .expect_sign_in("first", ["A", "B", "C"])
        .expect_sign_in("second", ["D"]);
    floor.expect_lent("shared", 4);
}

#[test]
fn the_higher_priority_is_served_first() {
    let mut floor = two_queues(|plan| {
        plan.queues.get_mut("two").unwrap().priority = 20;
        plan::pool(plan, "shared").size = 4;
    });
    floor.at("00:00").waiting("one", 11).waiting("two", 11);
    floor.at("05:00").expect_sign_in("second", 3).expect_sign_in("first", 1);
}

#[test]
fn of_equal_priority_the_longer_above_is_served_first() {
    let mut floor = two_queues(|plan| {
        plan::pool(plan, "shared").size = 4;
        plan.ladders.get_mut("first").unwrap().tiers[0].when.hold = surged_core::Millis::from_mins(3);
    });
    floor.at("00:00").waiting("two", 11).waiting("one", 0);
    floor.at("02:00").waiting("one", 11);
    floor.at("05:00").expect_sign_in("second", 3).expect_sign_in("first", 1);
}

#[test]
fn a_lower_queue_leaves_the_smallest_ask_to_a_higher_whose_clock_runs() {
    let mut floor = two_queues(|plan| {
        plan.queues.get_mut("two").unwrap().priority = 20;
        plan::pool(plan, "shared").size = 4;
    });
    floor.at("00:00").waiting("one", 11).waiting("two", 0);
    floor.at("04:00").waiting("two", 6);
    floor.at("05:00").expect_sign_in("first", 2);
    floor.at("09:00").expect_sign_in("second", 2);
}

#[test]
fn what_is_wholly_kept_for_a_higher_queue_is_skipped_and_said() {
    let mut floor = two_queues(|plan| {
        plan.queues.get_mut("two").unwrap().priority = 20;
        plan::pool(plan, "shared").size = 2;
    });
    floor.at("00:00").waiting("one", 11).waiting("two", 0);
    floor.at("04:00").waiting("two", 6);
    let skipped = floor.at("05:00").take_said("tier_skipped");
    assert_eq!(
        (&skipped["why"]["why"], &skipped["why"]["queue"]),
        (&"reserved".into(), &"two".into())
    );
    // The clock of the higher stops, and nothing is kept for it any longer.
    floor.at("06:00").waiting("two", 0).expect_sign_in("first", 2);
}

#[test]
fn a_higher_queue_leaves_nothing_to_a_lower() {
    let mut floor = two_queues(|plan| {
        plan.queues.get_mut("one").unwrap().priority = 20;
        plan::pool(plan, "shared").size = 3;
    });
    floor.at("00:00").waiting("one", 11).waiting("two", 0);
    floor.at("04:00").waiting("two", 6);
    floor.at("05:00").expect_sign_in("first", 3);
    floor.at("09:00").expect_said("tier_skipped");
}

/// What the higher had its eye on was taken by another: what is kept for it is of the pool behind.
#[test]
fn what_is_kept_for_a_higher_queue_is_of_the_pool_that_has_somebody() {
    let mut floor = two_queues(|plan| {
        plan.pools.insert(Name::from("spare"), plan::size(3));
        plan::pool(plan, "shared").size = 2;
        plan.queues.get_mut("two").unwrap().priority = 20;
        plan.queues.insert(Name::from("three"), plan::queue("third", 30));
        let third = plan::tier("third", "shared", plan::seats(2, 3), plan::above(5, 300));
        plan.ladders.insert(Name::from("third"), plan::ladder(vec![third]));
        plan::ladder_of(plan, "first").tiers[0].pools = vec![Name::from("spare")];
        let behind = plan::tier("behind", "spare", plan::seats(2, 3), plan::above(5, 300));
        plan::ladder_of(plan, "second").tiers.push(behind);
    });
    floor
        .at("00:00")
        .waiting("one", 0)
        .waiting("two", 0)
        .waiting("three", 6);
    floor.at("02:00").waiting("one", 11);
    floor.at("03:00").waiting("two", 6);
    floor.at("05:00").expect_sign_in("third", 2);
    // Three would be asked for, and two are kept.
    floor.at("07:00").expect_sign_in("first", 1);
}

/// Queues `one` and `two` of equal priority, each with a tier that draws two or three on the pool `shared` of seven.
fn two_queues(change: impl FnOnce(&mut surged_core::Plan)) -> Floor {
    Floor::with(|plan| {
        plan.queues.clear();
        plan.pools.insert(Name::from("shared"), plan::size(7));
        for (queue, tier) in [("one", "first"), ("two", "second")] {
            plan.queues.insert(Name::from(queue), plan::queue(tier, 10));
            let tiers = vec![plan::tier(tier, "shared", plan::seats(2, 3), plan::above(5, 300))];
            plan.ladders.insert(Name::from(tier), plan::ladder(tiers));
        }
        change(plan);
    })
}

#[test]
fn people_freed_by_one_queue_are_given_to_another_at_once() {
    let mut floor = two_queues(|plan| plan::pool(plan, "shared").size = 2);
    floor.at("00:00").waiting("one", 6).waiting("two", 0);
    floor.at("05:00").expect_sign_in("first", 2).done("first");
    floor.at("06:00").waiting("one", 0).waiting("two", 6);
    floor
        .at("11:00")
        .expect_said("tier_skipped")
        .expect_sign_out("first", 2);
    floor.at("12:00.007").done("first").expect_sign_in("second", 2);
}

#[test]
fn a_range_asks_its_maximum_by_the_ladder_s_own_limit() {
    let mut floor = only("quality", |plan| plan::ladder_of(plan, "day").ask_max_above = 7);
    floor.at("00:00").waiting("inbound", 8);
    floor.at("05:00").expect_sign_in("quality", 3);
}

#[test]
fn a_measure_that_becomes_known_begins_its_window() {
    let mut floor = only("quality", |plan| {
        plan::day_tier(plan, "quality").seats = Seats::Range(SeatRange { min: 1, max: 1 });
        plan::day_tier(plan, "quality").when.threshold = Threshold::WaitingPerSeatAbove(0.1);
    });
    floor.at("00:00").waiting("inbound", 11);
    floor.at("01:00").waiting_with("inbound", 11, 40);
    floor.input(Input::Heartbeat { feed: "hotline".into() });
    floor.at("06:00").expect_sign_in("quality", 1);
}

#[test]
fn a_tier_that_had_no_seat_is_called_when_people_of_another_queue_leave_theirs() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day")
            .tiers
            .retain(|tier| tier.name.as_str() == "quality");
        let back_office = plan::tier("back_office", "back_office", plan::seats(2, 3), plan::above(5, 300));
        plan.ladders.insert("sales".into(), plan::ladder(vec![back_office]));
        plan.queues.insert("sales".into(), plan::queue("sales", 10));
    });
    floor
        .at("00:00")
        .waiting_with("inbound", 6, 58)
        .waiting_with("sales", 0, 2);
    floor.at("05:00").expect_said("tier_skipped");
    floor
        .at("06:00.500")
        .waiting_with("sales", 0, 0)
        .expect_sign_in("quality", 2);
}

#[test]
fn a_seat_that_is_freed_in_the_moment_of_an_order_is_for_the_order() {
    let mut floor = Floor::with(|plan| {
        plan.physical_seats = Some(2);
        plan.queues.insert("sales".into(), plan::queue("night", 1));
    });
    let busy = |agents: &[&str]| Reading {
        agents: Some(
            agents
                .iter()
                .map(|person| Agent {
                    person: (*person).into(),
                    state: AgentState::Busy,
                })
                .collect(),
        ),
        ..Reading::of("sales", 0)
    };
    floor.at("00:00").waiting("inbound", 0).reads(busy(&["X1"]));
    let (queue, tier, seats, hold) = (Name::from("inbound"), None, Some(2), None);
    floor.at("01:00").order(Order::Call {
        queue,
        tier,
        seats,
        hold,
    });
    floor.expect_sign_in("expert", 1);
    floor.reads(busy(&[])).expect_sign_in("outbound", 1);
}
