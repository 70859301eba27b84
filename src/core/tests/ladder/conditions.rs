//! "Reading", "Condition" and the fine print of windows.

use crate::support::{Floor, plan};
use serde_json::json;
use surged_core::ladder::{Also, Judge, Millionths, RisingOver, ShareOver, Threshold, When};
use surged_core::{Action, Judged, Millis, Name, Order, Reading, Reason, Standing};

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

// ---- measures with a life of their own

const MINUTE: Millis = Millis::from_mins(1);

fn over(share: f64, minutes: i64) -> ShareOver {
    ShareOver {
        share: Millionths::of(share),
        over: Millis::from_mins(minutes),
    }
}

fn head_has_waited(seconds: i64, waiting: u32) -> Reading {
    Reading {
        longest_wait: Some(Millis::from_secs(seconds)),
        ..Reading::of("inbound", waiting)
    }
}

fn calls(in_time: u64, late: u64, given_up: u64, waiting: u32) -> Reading {
    Reading {
        answered_in_target: Some(in_time),
        answered: Some(in_time + late),
        abandoned: Some(given_up),
        ..Reading::of("inbound", waiting)
    }
}

#[test]
fn after_a_long_blindness_a_share_is_unknown_until_all_of_its_window_was_seen() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").when = When {
            threshold: Threshold::AbandonedShareAbove(over(0.1, 10)),
            ..plan::above(0, 0)
        };
    });
    floor.at("00:00").reads(calls(500, 0, 0, 3));
    floor.at("09:00").silence();
    floor.at("09:15").expect_said("feed_lost");
    floor.at("13:00").reads(calls(500, 0, 0, 3)).sound();
    floor.at("13:30").reads(calls(500, 0, 5, 3));
    floor.at("22:59.999").expect_stack("inbound", &[]);
    floor.at("23:00").expect_sign_in("expert", 4);
}

#[test]
fn a_minutes_wait_is_passed_at_its_own_millisecond_without_a_reading() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").when = When {
            threshold: Threshold::LongestWaitAbove(MINUTE),
            ..plan::above(0, 0)
        };
    });
    floor.at("00:00.007").reads(head_has_waited(0, 1));
    floor.at("00:30.007");
    assert_eq!(floor.view("inbound").longest_wait, Some(Millis::from_secs(30)));
    let clock = floor.view("inbound").next.and_then(|next| next.clock).unwrap();
    assert_eq!(clock.due_at, floor.now() + Millis::from_secs(30));
    floor.at("01:00.006").expect_stack("inbound", &[]);
    floor.at("01:00.007").expect_sign_in("expert", 4);
    let reason = &floor.instruction("expert", |_| true).reason;
    assert_eq!(
        *reason,
        Reason::LongestWaitAbove {
            threshold: MINUTE,
            measured: Some(60.0),
            held: Millis::ZERO,
            waiting: 1,
            judged: Judged::Every
        }
    );
}

#[test]
fn a_wait_goes_on_growing_over_a_gap_that_only_a_sign_of_life_ends() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").when.threshold = Threshold::LongestWaitAbove(MINUTE);
    });
    floor.at("00:00").reads(head_has_waited(10, 3));
    floor.at("00:30");
    floor.silence();
    floor.at("00:45").expect_said("feed_lost");
    floor.at("01:40");
    // Nobody knows how it went on after the last sign of life could be believed.
    assert_eq!(floor.view("inbound").longest_wait, Some(Millis::from_secs(55)));
    floor.sound().at("01:45").expect_said("feed_back");
    floor.at("01:46");
    assert_eq!(floor.view("inbound").longest_wait, Some(Millis::from_secs(116)));
}

#[test]
fn too_few_answered_in_time_over_the_last_ten_minutes() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").when.threshold = Threshold::AnsweredShareBelow(over(0.8, 10));
    });
    floor.at("00:00").reads(calls(100, 0, 0, 3));
    floor.at("04:00").reads(calls(180, 20, 0, 3));
    // 80 of 100 are not fewer than 80 %; one who gives up makes them fewer, once ten minutes are known.
    floor.at("08:00").reads(calls(180, 20, 1, 3));
    floor.at("15:00").expect_sign_in("expert", 4);
    let reason = &floor.instruction("expert", |_| true).reason;
    let Reason::AnsweredShareBelow {
        threshold, measured, ..
    } = reason
    else {
        panic!("it is by the share: {reason:?}")
    };
    // What ended at 04:00 was more than ten minutes ago; of the one since then nobody was answered.
    assert_eq!((*threshold, *measured), (0.8, Some(0.0)));
}

#[test]
fn a_source_that_starts_again_begins_its_shares_anew() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").when = When {
            hold: Millis::ZERO,
            threshold: Threshold::AbandonedShareAbove(over(0.1, 10)),
            ..plan::above(0, 0)
        };
    });
    floor.at("00:00").reads(calls(500, 0, 0, 3));
    floor.at("09:00").reads(calls(0, 0, 0, 3));
    floor.at("09:30").reads(calls(0, 0, 5, 3));
    floor.at("18:59.999").expect_stack("inbound", &[]);
    floor.at("19:00").expect_sign_in("expert", 4);
}

#[test]
fn callers_who_pile_up_fast_are_seen_before_they_are_many() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").when = When {
            threshold: Threshold::RisingAbove(RisingOver {
                callers: 5,
                over: Millis::from_mins(3),
            }),
            ..plan::above(0, 60)
        };
    });
    floor.at("00:00").waiting("inbound", 1);
    floor.at("05:00").waiting("inbound", 7);
    floor.at("06:00").expect_sign_in("expert", 4);
    let reason = serde_json::to_value(&floor.instruction("expert", |_| true).reason).unwrap();
    let expected = json!({
        "code": "rising_above", "threshold": 5, "over": 180_000, "measured": 6.0, "held": 60_000, "waiting": 7
    });
    assert_eq!(reason, expected);
}

#[test]
fn a_rise_that_is_past_is_over_without_a_reading() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").when = When {
            threshold: Threshold::RisingAbove(RisingOver {
                callers: 5,
                over: Millis::from_mins(3),
            }),
            ..plan::above(0, 180)
        };
    });
    floor.at("00:00").waiting("inbound", 1);
    floor.at("05:00").waiting("inbound", 7);
    floor.at("20:00").expect_stack("inbound", &[]);
}

#[test]
fn several_measures_must_all_hold_and_each_is_told_with_its_number() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").when = When {
            also: Also::try_from(vec![Threshold::LongestWaitAbove(MINUTE)]).unwrap(),
            ..plan::above(5, 60)
        };
    });
    floor.at("00:00").reads(head_has_waited(0, 6));
    // More than five from 00:00 on, a minute's wait from 01:00 on.
    floor.at("02:00").expect_sign_in("expert", 4);
    let reason = floor.instruction("expert", |_| true).reason.clone();
    let held = MINUTE;
    let all = vec![
        Reason::WaitingAbove {
            threshold: 5,
            held,
            waiting: 6,
            judged: Judged::Every,
        },
        Reason::LongestWaitAbove {
            threshold: MINUTE,
            measured: Some(120.0),
            held,
            waiting: 6,
            judged: Judged::Every,
        },
    ];
    let waiting = 6;
    assert_eq!(reason, Reason::All { held, waiting, all });
    let log = serde_json::to_string(&reason).unwrap();
    assert_eq!(serde_json::from_str::<Reason>(&log).unwrap(), reason);
}

#[test]
fn measures_of_which_one_begins_when_the_other_ends_never_hold_together() {
    let mut floor = Floor::with(|plan| {
        let rising = RisingOver {
            callers: 5,
            over: Millis::from_mins(3),
        };
        plan::day_tier(plan, "expert").when = When {
            threshold: Threshold::RisingAbove(rising),
            also: Also::try_from(vec![Threshold::LongestWaitAbove(MINUTE)]).unwrap(),
            ..plan::above(0, 0)
        };
    });
    floor.at("00:00").reads(head_has_waited(0, 1));
    floor.at("00:30").reads(head_has_waited(0, 1));
    // Six more than three minutes ago until 08:00, and a minute's wait from 08:00 on.
    floor.at("05:00").reads(head_has_waited(0, 7));
    floor.at("05:30").reads(head_has_waited(0, 7));
    floor.at("06:20").reads(head_has_waited(0, 7));
    floor.at("07:00").reads(head_has_waited(0, 7));
    let unknown = false;
    assert_eq!(floor.view("inbound").tiers[0].standing, Standing::NotMet { unknown });
    floor.at("09:00").expect_stack("inbound", &[]);
}

#[test]
fn a_release_may_wait_until_the_aim_is_met_as_well() {
    let mut floor = Floor::with(|plan| {
        let ladder = plan::ladder_of(plan, "day");
        ladder.tiers.truncate(1);
        ladder.release.when.also = Also::try_from(vec![Threshold::AnsweredShareAtLeast(over(0.9, 10))]).unwrap();
    });
    floor.at("00:00").reads(calls(0, 0, 0, 6));
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    // Calm, but of the last minutes' calls only eight of ten were in time: until those are ten minutes ago.
    floor.at("06:00").reads(calls(80, 20, 0, 2));
    floor.at("15:59.999").expect_stack("inbound", &["expert"]);
    floor.at("21:00").expect_sign_out("expert", 4);
}

#[test]
fn a_release_by_a_mean_judges_what_it_measures_itself_also_where_the_tier_asks_for_more() {
    let mut floor = Floor::with(|plan| {
        let ladder = plan::ladder_of(plan, "day");
        ladder.tiers.truncate(1);
        ladder.release.when.judge = Judge::Mean;
        plan::day_tier(plan, "expert").when.also = Also::try_from(vec![Threshold::LongestWaitAbove(MINUTE)]).unwrap();
    });
    floor.at("00:00").reads(head_has_waited(60, 6));
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.reads(head_has_waited(0, 0));
    // Once more above for a minute, and by the mean of the five since they came calm all the same.
    floor.at("07:00").reads(head_has_waited(70, 8));
    floor.at("08:00").reads(head_has_waited(0, 0));
    floor.at("10:00").expect_sign_out("expert", 4);
}

#[test]
fn a_release_by_a_mean_judges_what_it_measures_itself_also_where_it_asks_for_the_aim() {
    let mut floor = Floor::with(|plan| {
        let ladder = plan::ladder_of(plan, "day");
        ladder.tiers.truncate(1);
        ladder.release.when.judge = Judge::Mean;
        ladder.release.when.also = Also::try_from(vec![Threshold::AnsweredShareAtLeast(over(0.9, 1))]).unwrap();
    });
    floor.at("00:00").reads(calls(100, 0, 0, 6));
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.reads(calls(200, 0, 0, 0));
    floor.at("07:00").reads(calls(300, 0, 0, 8));
    floor.at("08:00").reads(calls(400, 0, 0, 0));
    floor.at("10:00").expect_sign_out("expert", 4);
}

#[test]
fn an_incidents_tiers_come_forward_when_a_wait_grows_past_the_first_threshold() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").when.threshold = Threshold::LongestWaitAbove(MINUTE);
    });
    floor.at("00:00").reads(head_has_waited(0, 8));
    floor.at("00:20");
    let until = floor.now() + Millis::from_mins(180);
    floor.order(Order::Incident {
        queue: Name::from("inbound"),
        note: "switch down".to_owned(),
        until,
    });
    floor.at("00:59.999").expect_stack("inbound", &[]);
    floor.at("01:00").expect(Action::Overtime, "overtime", 2);
}

#[test]
fn what_was_logged_before_there_were_several_measures_reads_as_it_was() {
    let plain =
        json!({"threshold": {"waiting_above": {"above": 5, "at_most": null}}, "for": 300_000, "judge": "every"});
    let when: When = serde_json::from_value(plain.clone()).unwrap();
    assert_eq!(when, plan::above(5, 300));
    assert_eq!(serde_json::to_value(when).unwrap(), plain);
    let reason = json!({"code": "longest_wait_above", "threshold": 60_000, "held": 5_000, "waiting": 3});
    let read: Reason = serde_json::from_value(reason.clone()).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), reason);
}
