//! "Severity", and people called from home who do not hold up those in the house (`next_after`).

use crate::support::{Floor, plan};
use surged_core::ladder::Plan;
use surged_core::{Action, Millis};

fn severe(plan: &mut Plan) {
    plan.chain.clear();
    plan::ladder_of(plan, "day").severe = Some(plan::above(30, 60));
}

#[test]
fn while_it_is_severe_every_tier_whose_threshold_is_passed_is_due_at_once() {
    let mut floor = Floor::with(severe);
    floor.at("00:00").waiting("inbound", 40);
    floor
        .at("01:00")
        .expect_sign_in("expert", 4)
        .expect_sign_in("outbound", 3)
        .expect_sign_in("quality", 3)
        .expect_sign_in("back_office", 3)
        .expect(Action::ExtendShift, "extend_shift", 3)
        .expect(Action::Overtime, "overtime", 6);
}

#[test]
fn a_tier_whose_own_threshold_is_not_passed_waits_all_the_same() {
    let mut floor = Floor::with(|plan| {
        severe(plan);
        plan::ladder_of(plan, "day").tiers.truncate(3);
        plan::day_tier(plan, "outbound").when = plan::above(50, 300);
    });
    floor.at("00:00").waiting("inbound", 40);
    floor
        .at("01:00")
        .expect_sign_in("expert", 4)
        .expect_sign_in("quality", 3);
    floor.at("10:00").waiting("inbound", 51).expect_sign_in("outbound", 3);
}

#[test]
fn what_is_severe_is_asked_for_within_the_seats() {
    let mut floor = Floor::with(|plan| {
        severe(plan);
        plan::ladder_of(plan, "day").tiers.retain(|tier| !tier.pools.is_empty());
    });
    floor.at("00:00").waiting_with("inbound", 40, 54);
    floor
        .at("01:00")
        .expect_sign_in("expert", 4)
        .expect_sign_in("outbound", 3)
        .expect_sign_in("quality", 2)
        .expect_said("tier_skipped");
}

#[test]
fn a_dip_of_severity_begins_its_minute_anew_and_the_ladder_goes_on_as_ever() {
    let mut floor = Floor::with(severe);
    floor.at("00:00").waiting("inbound", 40);
    floor.at("00:59.999").waiting("inbound", 30);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("10:00").expect_sign_in("outbound", 3);
}

#[test]
fn what_came_by_severity_goes_back_as_ever_last_in_first_out() {
    let mut floor = Floor::with(|plan| {
        severe(plan);
        plan::ladder_of(plan, "day").tiers.truncate(2);
    });
    floor.at("00:00").waiting("inbound", 40);
    floor
        .at("01:00")
        .expect_sign_in("expert", 4)
        .expect_sign_in("outbound", 3)
        .done("expert")
        .done("outbound");
    floor.at("02:00").waiting("inbound", 0);
    floor.at("07:00").expect_sign_out("outbound", 3).done("outbound");
    floor.at("12:00").expect_sign_out("expert", 4);
}

#[test]
fn without_severity_forty_are_climbed_step_by_step() {
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").tiers.truncate(2));
    floor.at("00:00").waiting("inbound", 40);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("10:00").expect_sign_in("outbound", 3);
}

#[test]
fn on_a_holiday_that_nobody_answers_the_experts_are_called_within_a_quarter_of_an_hour() {
    let mut floor = Floor::new();
    floor.at("00:00").ladder("inbound", "holiday").waiting("inbound", 40);
    floor.at("05:00").expect(Action::CallIn, "standby", 7);
    floor.at("13:00").expect_sign_in("expert", 4);
}

#[test]
fn a_tier_may_say_itself_when_the_next_one_s_window_begins() {
    let mut floor = Floor::with(|plan| {
        plan::ladder_of(plan, "day").tiers.truncate(2);
        plan::day_tier(plan, "expert").settle_within = Some(Millis::from_mins(20));
        plan::day_tier(plan, "expert").next_after = Some(Millis::from_mins(5));
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("15:00").expect_sign_in("outbound", 2);
    floor.at("25:00").expect_said("settled");
}

#[test]
fn next_after_is_the_latest_and_a_settling_before_it_counts() {
    let mut floor = Floor::new();
    floor.at("00:00").ladder("inbound", "holiday").waiting("inbound", 6);
    floor.at("05:00").expect(Action::CallIn, "standby", 5);
    floor.at("06:30").done("standby");
    floor.at("11:30").expect_sign_in("expert", 4);
}

#[test]
fn next_after_counts_from_when_it_first_reached_somebody() {
    let mut floor = Floor::new();
    floor.nobody_listens();
    floor.at("00:00").ladder("inbound", "holiday").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect(Action::CallIn, "standby", 5)
        .expect_said("nobody_listening");
    floor.at("30:00").somebody_listens();
    floor.at("38:00").expect_sign_in("expert", 4);
}

#[test]
fn who_comes_from_home_later_does_not_begin_a_running_window_anew() {
    let mut floor = Floor::new();
    floor.at("00:00").ladder("inbound", "holiday").waiting("inbound", 6);
    floor.at("05:00").expect(Action::CallIn, "standby", 5);
    floor.at("11:00").done("standby");
    floor.at("13:00").expect_sign_in("expert", 4);
}
