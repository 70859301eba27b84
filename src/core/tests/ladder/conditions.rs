//! "Reading", "Condition" and the fine print of windows.

use crate::support::{Floor, plan};
use serde_json::json;
use surged_core::ladder::{Threshold, When};
use surged_core::{Judged, Millis, Name, Reading, Reason, Standing};

#[test]
fn more_than_five_for_five_minutes_sign_the_experts_in() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", ["E01", "E02", "E03", "E04"]);
    let reason = &floor.instruction("expert", |_| true).reason;
    let held = Millis::from_mins(5);
    assert_eq!(
        *reason,
        Reason::WaitingAbove {
            threshold: 5,
            held,
            waiting: 6,
            judged: Judged::Every
        }
    );
}

#[test]
fn a_condition_fires_at_the_first_millisecond_and_not_at_the_next_reading() {
    let mut floor = Floor::new();
    floor.at("00:00.250").waiting("inbound", 6);
    floor.at("05:00.249").expect_stack("inbound", &[]);
    floor.at("05:00.250").expect_sign_in("expert", 4);
    floor.at("05:01").waiting("inbound", 6);
}

#[test]
fn five_are_not_more_than_five_and_a_break_begins_the_window_anew() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("04:59.998").waiting("inbound", 5);
    floor.at("04:59.999").waiting("inbound", 6);
    floor.at("09:59.999").expect_sign_in("expert", 4);
}

#[test]
fn the_band_is_open_upwards() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("02:00").waiting("inbound", 11);
    floor.at("05:00").expect_sign_in("expert", 4);
}

#[test]
fn waiting_at_most_beside_it_closes_the_band() {
    let mut floor = Floor::with(|plan| {
        let closed = Threshold::WaitingAbove {
            above: 5,
            at_most: Some(10),
        };
        plan::day_tier(plan, "expert").when.threshold = closed;
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("02:00").waiting("inbound", 11);
    floor.at("03:00").waiting("inbound", 10);
    floor.at("08:00").expect_sign_in("expert", 4);
}

#[test]
fn depth_between_two_readings_is_the_depth_of_the_earlier() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("04:59").waiting("inbound", 30);
    floor.at("05:00").expect_sign_in("expert", 4);
}

#[test]
fn what_is_due_by_the_time_of_an_input_is_done_before_it() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").waiting("inbound", 0).expect_sign_in("expert", 4);
}

#[test]
fn what_the_phone_system_does_not_tell_is_unknown_and_never_holds() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").when.threshold = Threshold::LongestWaitAbove(Millis::from_secs(60));
    });
    floor.at("00:00").waiting("inbound", 50);
    floor.at("10:00").expect_stack("inbound", &[]);
    let unknown = floor.view("inbound").tiers.remove(0).standing;
    assert_eq!(unknown, Standing::NotMet { unknown: true });
    let longest_wait = Some(Millis::from_secs(61));
    floor.at("10:00").reads(Reading {
        longest_wait,
        ..Reading::of("inbound", 50)
    });
    floor.at("15:00").expect_sign_in("expert", 4);
}

#[test]
fn each_measure_in_place_of_the_depth_has_its_threshold() {
    for threshold in [
        Threshold::WaitingPerSeatAbove(0.25),
        Threshold::ExpectedWaitAbove(Millis::from_secs(45)),
    ] {
        // 10 waiting for 40 signed in: a quarter each, and 45 seconds at three minutes a call.
        let mut floor = Floor::with(|plan| plan::day_tier(plan, "expert").when.threshold = threshold);
        floor.at("00:00").waiting_with("inbound", 10, 40);
        floor.at("07:00").waiting_with("inbound", 11, 40);
        floor.at("12:00").expect_sign_in("expert", 4);
    }
}

#[test]
fn for_nothing_holds_in_the_first_millisecond_above() {
    let mut floor = Floor::with(|plan| plan::day_tier(plan, "expert").when = plan::above(5, 0));
    floor.at("00:00").waiting("inbound", 5);
    floor.at("00:07.001").waiting("inbound", 6).expect_sign_in("expert", 4);
}

#[test]
fn the_view_says_when_the_next_tier_is_due() {
    let mut floor = Floor::new();
    floor.at("00:10").waiting("inbound", 6);
    floor.at("02:10");
    let next = floor.view("inbound").next.unwrap();
    let clock = next.clock.unwrap();
    assert_eq!(next.tier, Name::from("expert"));
    assert_eq!(clock.due_at, floor.now() + Millis::from_mins(3));
    assert_eq!(clock.since, floor.now() - Millis::from_mins(2));
}

#[test]
fn a_decision_reads_as_it_is_promised_to_scripts() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 8);
    floor.at("05:00").expect_sign_in("expert", 4);
    let instruction = serde_json::to_value(floor.instruction("expert", |_| true)).unwrap();
    assert_eq!(instruction["action"], "sign_in");
    assert_eq!(instruction["seats"], json!({"min": 4, "max": 4, "ask": 4}));
    assert_eq!(instruction["reason"]["code"], "waiting_above");
}

#[test]
fn a_tier_with_the_same_wait_as_the_calm_waits_for_its_own_window() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").when = When {
            hold: Millis::from_mins(1),
            ..plan::above(5, 0)
        };
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("01:00").expect_sign_in("expert", 4);
}
