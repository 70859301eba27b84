//! "Orders by hand": a leader's preparation is not undone, and what stands only in shadow can be called.

use crate::support::{Floor, plan};
use surged_core::ladder::Mode;
use surged_core::{Action, Millis, Name, Order};

fn call(hold: Option<Millis>) -> Order {
    Order::Call {
        queue: Name::from("inbound"),
        tier: Some(Name::from("expert")),
        seats: None,
        hold,
    }
}

#[test]
fn who_was_called_by_hand_on_a_calm_queue_stays_for_half_an_hour() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 0);
    floor
        .at("01:00")
        .call("inbound", "expert")
        .expect_sign_in("expert", 4)
        .done("expert");
    floor.at("31:00").expect_sign_out("expert", 4);
}

#[test]
fn the_order_may_say_for_how_long() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 0);
    floor
        .at("01:00")
        .order(call(Some(Millis::from_mins(90))))
        .expect_sign_in("expert", 4)
        .done("expert");
    floor.at("1:31:00").expect_sign_out("expert", 4);
}

#[test]
fn the_ladder_may_say_for_how_long() {
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").hold_for = Millis::from_mins(12));
    floor.at("00:00").waiting("inbound", 0);
    floor
        .at("01:00")
        .call("inbound", "expert")
        .expect_sign_in("expert", 4)
        .done("expert");
    floor.at("13:00").expect_sign_out("expert", 4);
}

#[test]
fn whom_nobody_has_answered_for_is_not_stood_down_before_the_hold_is_over() {
    let mut floor = Floor::with(|plan| plan.chain.clear());
    floor.at("00:00").waiting("inbound", 0);
    floor.at("01:00").call("inbound", "expert").expect_sign_in("expert", 4);
    floor.at("31:00").expect_stand_down("expert", 4);
}

#[test]
fn a_hold_is_no_shorter_than_the_window_of_calm() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 0);
    floor
        .at("01:00")
        .order(call(Some(Millis::from_mins(2))))
        .expect_sign_in("expert", 4)
        .done("expert");
    floor.at("06:00").expect_sign_out("expert", 4);
}

#[test]
fn who_was_called_by_hand_while_many_wait_goes_back_as_ever() {
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").tiers.truncate(1));
    floor.at("00:00").waiting("inbound", 8);
    floor
        .at("01:00")
        .call("inbound", "expert")
        .expect_sign_in("expert", 4)
        .done("expert");
    floor.at("02:00").waiting("inbound", 0);
    floor.at("07:00").expect_sign_out("expert", 4);
}

#[test]
fn a_leader_may_take_back_what_a_leader_holds() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 0);
    floor
        .at("01:00")
        .call("inbound", "expert")
        .expect_sign_in("expert", 4)
        .done("expert");
    floor
        .at("10:00")
        .release("inbound", "expert")
        .expect_sign_out("expert", 4);
}

#[test]
fn a_tier_that_stands_only_in_shadow_can_be_called_by_hand() {
    let mut floor = Floor::with(|plan| {
        plan.queues.get_mut("inbound").unwrap().mode = Mode::Shadow;
        plan::ladder_of(plan, "day").tiers.truncate(1);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).expect_lent("expert", 0);
    floor
        .at("06:00")
        .call("inbound", "expert")
        .expect_sign_in("expert", ["E01", "E02", "E03", "E04"])
        .expect_lent("expert", 4);
    let told = floor.instruction("expert", |action| action == Action::SignIn);
    assert!(!told.shadow && told.by.is_some());
}

#[test]
fn a_call_in_shadow_counts_for_no_live_limit_of_the_hour() {
    let mut floor = Floor::with(|plan| {
        plan.queues.get_mut("inbound").unwrap().max_moves_per_hour = Some(1);
        plan::ladder_of(plan, "day").tiers.truncate(2);
        plan::day_tier(plan, "expert").mode = Some(Mode::Shadow);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("08:00").expect_said("settled");
    floor.at("13:00").expect_sign_in("outbound", 2);
}

#[test]
fn who_is_borrowed_in_shadow_counts_for_no_live_limit() {
    let mut floor = Floor::with(|plan| {
        let ladder = plan::ladder_of(plan, "day");
        ladder.tiers.truncate(2);
        ladder.max_borrowed = Some(4);
        plan.physical_seats = Some(4);
        plan::day_tier(plan, "expert").mode = Some(Mode::Shadow);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("08:00").expect_said("settled");
    floor.at("13:00").expect_sign_in("outbound", 2);
}
