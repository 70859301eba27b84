//! A change of ladder, a reload, and what remains of a queue that has left the configuration.

use crate::support::{Floor, plan};
use surged_core::{Input, Millis, Name};

#[test]
fn a_change_of_ladder_needs_no_rule_of_its_own() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    // The clock carries over, what is on the stack stays, and everyone not on the phones is who is left.
    floor
        .at("07:00")
        .ladder("inbound", "night")
        .expect_said("ladder_changed");
    floor
        .at("10:00")
        .expect_sign_in("everyone", 5)
        .done("everyone")
        .waiting("inbound", 0);
    floor.at("15:00").expect_sign_out("everyone", 5);
    floor.at("20:00").expect_sign_out("expert", 4);
}

#[test]
fn release_follows_the_ladder_in_force_and_settling_the_ladder_that_issued() {
    let mut floor = Floor::with(|plan| {
        let night = plan::ladder_of(plan, "night");
        night.settle_within = Millis::from_mins(1);
        night.release.when = plan::at_most(5, 120);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).seen("expert");
    floor.at("05:30").ladder("inbound", "night");
    floor.at("08:00").expect_said("settled").waiting("inbound", 5);
    floor.at("10:00").expect_sign_out("expert", 4);
}

#[test]
fn a_clock_carries_over_to_another_ladder() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("04:00").ladder("inbound", "night");
    floor.at("05:00").expect_sign_in("everyone", 9);
}

#[test]
fn a_lower_threshold_counts_the_time_that_was_above_it() {
    let mut floor = Floor::with(|plan| plan::day_tier(plan, "expert").when = plan::above(20, 300));
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("08:00")
        .reload(|plan| plan::day_tier(plan, "expert").when = plan::above(5, 600));
    floor.at("10:00").expect_sign_in("expert", 4);
}

#[test]
fn a_longer_hold_keeps_the_clock() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("04:00")
        .reload(|plan| plan::day_tier(plan, "expert").when = plan::above(5, 600));
    floor.at("10:00").expect_sign_in("expert", 4);
}

#[test]
fn a_shorter_hold_that_has_been_served_fires_at_once() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("04:00")
        .reload(|plan| plan::day_tier(plan, "expert").when = plan::above(5, 120));
    floor.expect_sign_in("expert", 4);
}

#[test]
fn a_smaller_pool_takes_nobody_back_and_gives_nobody_more() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 11);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("06:00").reload(|plan| {
        plan.pools.remove("expert");
        plan::pool(plan, "outbound").size = 5;
    });
    floor.expect_stack("inbound", &["expert"]);
    floor.at("10:00").expect_sign_in("outbound", 1);
}

#[test]
fn a_queue_that_leaves_the_configuration_keeps_its_people_until_they_are_released_by_hand() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("06:00").reload(|plan| {
        plan.queues.clear();
        plan.queues.insert(Name::from("sales"), plan::queue("day", 1));
    });
    floor.waiting("sales", 0).expect_lent("expert", 4);
    // Nobody tells of it any more: what was read last is shown as no news.
    let view = floor.core.view(&Name::from("inbound")).unwrap();
    assert_eq!((view.waiting, view.longest_wait, view.vouched_at), (None, None, None));
    assert!(view.blind_since.is_some());
    floor
        .at("30:00")
        .release("inbound", "expert")
        .expect_sign_out("expert", 4)
        // They have their time to go as ever.
        .expect_lent("expert", 4);
    floor.at("31:00").done("expert").expect_lent("expert", 0);
    // It is gone with the next configuration.
    floor.at("32:00").reload(|_| ());
    assert_eq!(floor.core.view(&Name::from("inbound")), None);
}

#[test]
fn a_queue_without_people_leaves_at_once() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("01:00").reload(|plan| plan.queues.clear());
    assert_eq!(floor.core.views(), []);
}

#[test]
fn a_reload_without_a_chain_leaves_what_went_up_at_the_first_level() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("06:00").expect_said("passed_up");
    let call = floor.latest_call("expert");
    let level = |floor: &Floor| {
        let open = floor.core.open_instruction(call).unwrap();
        (open.level, open.respond_by.is_some())
    };
    assert_eq!(level(&floor), (1, true));
    floor.reload(|plan| plan.chain.clear());
    assert_eq!(level(&floor), (0, false));
}

#[test]
fn a_pool_on_which_a_queue_has_drawn_is_among_its_pools_whatever_the_plan_says_now() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.reload(|plan| {
        plan::ladder_of(plan, "day").tiers.remove(0);
        plan.ladders.retain(|name, _| name.as_str() == "day");
    });
    let inbound = Name::from("inbound");
    assert!(floor.core.pools_of(&inbound).any(|pool| pool.as_str() == "expert"));
}

#[test]
fn a_ladder_is_in_force_for_a_queue_that_is_known_and_of_ladders_that_are() {
    let in_force = |queue: &str, ladder: &str| Input::LadderInForce {
        queue: queue.into(),
        ladder: ladder.into(),
    };
    let mut floor = Floor::new();
    floor
        .at("00:00")
        .refuses("no_such_queue", in_force("sales", "night"))
        .refuses("no_such_ladder", in_force("inbound", "dusk"));
}
