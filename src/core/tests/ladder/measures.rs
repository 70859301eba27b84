//! "Measures": the longest wait grows with the clock while somebody waits.

use crate::support::{Floor, plan};
use surged_core::ladder::{Plan, Threshold};
use surged_core::{Millis, Reading};

/// Experts when the caller at the head has waited for more than a minute, for so many seconds.
fn longest_wait(seconds: i64) -> impl FnOnce(&mut Plan) {
    move |plan| {
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan::day_tier(plan, "expert").when = surged_core::ladder::When {
            threshold: Threshold::LongestWaitAbove(Millis::from_secs(60)),
            hold: Millis::from_secs(seconds),
            ..plan::above(0, 0)
        };
    }
}

fn head_has_waited(seconds: i64) -> Reading {
    Reading {
        longest_wait: Some(Millis::from_secs(seconds)),
        ..Reading::of("inbound", 1)
    }
}

#[test]
fn a_minute_is_passed_at_its_own_millisecond_without_a_reading() {
    let mut floor = Floor::with(longest_wait(0));
    floor.at("00:00").reads(head_has_waited(10));
    floor.at("00:50").expect_sign_in("expert", 4);
}

#[test]
fn how_long_it_has_held_counts_from_that_millisecond() {
    let mut floor = Floor::with(longest_wait(30));
    floor.at("00:00").reads(head_has_waited(10));
    floor.at("01:20").expect_sign_in("expert", 4);
}

#[test]
fn another_caller_at_the_head_begins_anew() {
    let mut floor = Floor::with(longest_wait(0));
    floor.at("00:00").reads(head_has_waited(10));
    floor.at("00:30").reads(head_has_waited(5));
    floor.at("01:25").expect_sign_in("expert", 4);
}

#[test]
fn nobody_waiting_waits_no_longer() {
    let mut floor = Floor::with(longest_wait(0));
    floor.at("00:00").reads(head_has_waited(10));
    floor.at("00:40").reads(Reading {
        longest_wait: Some(Millis::ZERO),
        ..Reading::of("inbound", 0)
    });
    floor.at("05:00").expect_stack("inbound", &[]);
}

#[test]
fn what_the_feed_does_not_tell_is_unknown_and_does_not_grow() {
    let mut floor = Floor::with(longest_wait(0));
    floor.at("00:00").reads(head_has_waited(10));
    floor.at("00:40").waiting("inbound", 1);
    floor.at("05:00").expect_stack("inbound", &[]);
}

#[test]
fn a_reading_already_beyond_it_fires_at_once() {
    let mut floor = Floor::with(longest_wait(0));
    floor.at("00:00").reads(head_has_waited(61)).expect_sign_in("expert", 4);
}

#[test]
fn the_view_shows_it_growing() {
    let mut floor = Floor::with(longest_wait(600));
    floor.at("00:00").reads(head_has_waited(10));
    floor.at("00:20");
    assert_eq!(floor.view("inbound").longest_wait, Some(Millis::from_secs(30)));
}

#[test]
fn a_working_seat_is_signed_in_and_not_paused() {
    let mut floor = Floor::with(|plan| {
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan::day_tier(plan, "expert").when.threshold = Threshold::WaitingPerSeatAbove(0.5);
    });
    // 10 for each of 24 is less than a half, for each of 16 it is more.
    floor.at("00:00").waiting_with("inbound", 10, 24);
    floor.at("01:00").reads(Reading {
        signed_in: Some(24),
        paused: Some(8),
        ..Reading::of("inbound", 10)
    });
    floor.at("06:00").expect_sign_in("expert", 4);
}
