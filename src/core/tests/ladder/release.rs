//! "Release", "Late answers", and people who are free again.

use crate::support::floor::done;
use crate::support::{Floor, plan};
use surged_core::ladder::{Judge, Step, Threshold, When};
use surged_core::{Action, Answer, Millis, Reading};

/// Experts and outbound are on the phones at 10:00, and calm comes at 12:00.
fn calm_after_two_steps() -> Floor {
    let mut floor = two_steps_with(|_| ());
    floor.at("12:00").waiting("inbound", 5);
    floor
}

fn two_steps_with(change: impl FnOnce(&mut surged_core::Plan)) -> Floor {
    let mut floor = Floor::with(change);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("10:00").expect_sign_in("outbound", 2).done("outbound");
    floor
}

#[test]
fn one_move_a_window_last_in_first_out() {
    let mut floor = calm_after_two_steps();
    floor.at("17:00").expect_sign_out("outbound", 2);
    floor
        .at("22:00")
        .expect_sign_out("expert", ["E01", "E02", "E03", "E04"])
        .expect_stack("inbound", &[]);
    floor.at("27:00").expect_said("surge_over");
    let of = floor.instruction("expert", |action| action == Action::SignOut).of;
    assert_eq!(of, Some(floor.latest_call("expert")));
}

#[test]
fn calm_that_is_broken_begins_anew() {
    let mut floor = calm_after_two_steps();
    floor.at("16:59.998").waiting("inbound", 6);
    floor.at("16:59.999").waiting("inbound", 5);
    floor.at("21:59.999").expect_sign_out("outbound", 2);
}

#[test]
fn a_sign_out_begins_the_window_of_the_next_tier_anew() {
    let mut floor = calm_after_two_steps();
    floor
        .at("17:00")
        .expect_sign_out("outbound", 2)
        .done("outbound")
        .waiting("inbound", 6);
    floor.at("22:00").expect_sign_in("outbound", 2);
}

#[test]
fn a_move_stays_at_least_min_stay_after_it_settled() {
    let mut floor = two_steps_with(|plan| plan::ladder_of(plan, "day").release.min_stay = Millis::from_mins(20));
    floor.at("12:00").waiting("inbound", 0);
    floor.at("30:00").expect_sign_out("outbound", 2);
    floor.at("35:00").expect_sign_out("expert", 4);
}

#[test]
fn an_instruction_that_nobody_answered_is_stood_down_after_a_minute_of_calm() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("06:00").waiting("inbound", 5).expect_lent("expert", 4);
    floor
        .at("07:00")
        .expect_stand_down("expert", 4)
        .expect_lent("expert", 0)
        .expect_stack("inbound", &[]);
    floor.at("12:00").expect_said("surge_over");
}

#[test]
fn a_surge_is_as_old_as_its_first_call_whatever_became_of_that_until_it_is_over() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    assert_eq!(floor.at("04:59").view("inbound").surge_since, None);
    let began = floor.at("05:00").expect_sign_in("expert", 4).now();
    floor.declined("expert").expect_sign_in("outbound", 2);
    floor.at("06:00").waiting("inbound", 5);
    assert_eq!(floor.view("inbound").surge_since, Some(began));
    floor.at("07:00").expect_stand_down("outbound", 2);
    assert_eq!(
        floor.view("inbound").surge_since,
        Some(began),
        "all are back, and it may go on"
    );
    floor.at("12:00").expect_said("surge_over");
    assert_eq!(floor.view("inbound").surge_since, None);
}

#[test]
fn settled_by_time_alone_is_no_answer_and_is_stood_down() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("09:00").waiting("inbound", 5);
    floor.at("10:00").expect_stand_down("expert", 4);
}

#[test]
fn what_was_seen_is_signed_out_and_not_stood_down() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).seen("expert");
    floor.at("09:00").waiting("inbound", 5);
    floor.at("14:00").expect_sign_out("expert", 4);
}

#[test]
fn what_the_feed_has_shown_is_signed_out_and_not_stood_down() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting_with("inbound", 6, 40);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("06:00").waiting_with("inbound", 5, 44);
    floor.at("11:00").expect_sign_out("expert", 4);
}

#[test]
fn a_sign_out_declined_puts_the_move_back_and_the_next_window_begins_then() {
    let mut floor = calm_after_two_steps();
    floor.at("17:00").expect_sign_out("outbound", 2);
    floor
        .at("18:00")
        .declined("outbound")
        .expect_stack("inbound", &["expert", "outbound"])
        .expect_lent("outbound", 2);
    floor.at("23:00").expect_sign_out("outbound", 2);
}

#[test]
fn a_move_put_back_begins_the_window_of_the_next_tier_anew() {
    let mut floor = calm_after_two_steps();
    floor.at("17:00").expect_sign_out("outbound", 2).waiting("inbound", 6);
    floor.at("18:00").declined("outbound");
    floor.at("23:00").expect_sign_in("quality", 2);
}

#[test]
fn done_on_a_stood_down_instruction_puts_the_move_back_as_settled() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("06:00").waiting("inbound", 5);
    floor.at("07:00").expect_stand_down("expert", 4);
    let call = floor.latest_call("expert");
    floor
        .at("07:30")
        .answer(call, done())
        .expect_stack("inbound", &["expert"])
        .expect_lent("expert", 4);
    assert!(floor.view("inbound").moves[0].settled);
    floor.at("12:30").expect_sign_out("expert", 4);
}

#[test]
fn people_are_free_again_when_their_sign_out_is_done() {
    let mut floor = calm_after_two_steps();
    floor
        .at("17:00")
        .expect_sign_out("outbound", 2)
        .expect_lent("outbound", 2);
    floor.at("17:20").done("outbound").expect_lent("outbound", 0);
}

#[test]
fn people_are_free_again_when_the_time_to_settle_has_passed() {
    let mut floor = calm_after_two_steps();
    floor.at("17:00").expect_sign_out("outbound", 2);
    floor.at("19:59.999").expect_lent("outbound", 2);
    floor.at("20:00").expect_said("freed").expect_lent("outbound", 0);
    floor.at("20:00").waiting("inbound", 0);
    floor.at("22:00").expect_sign_out("expert", 4);
}

/// Who was to go back, whom nobody has answered for, and who has been called again: what is said of the way back takes nobody off the call.
#[test]
fn a_late_done_on_a_sign_out_takes_nobody_off_the_call_that_came_after_it() {
    let mut floor = calm_after_two_steps();
    floor.at("17:00").expect_sign_out("outbound", 2).done("outbound");
    let experts = ["E01", "E02", "E03", "E04"];
    floor
        .at("22:00")
        .expect_sign_out("expert", experts)
        .waiting("inbound", 6);
    let back = floor.latest("expert");
    floor.at("27:00").expect_sign_in("expert", experts);
    let people = experts.map(surged_core::Name::from).to_vec();
    let gone = Answer::Done {
        seats: Some(4),
        people: Some(people),
        note: None,
    };
    floor.at("28:00").done("expert").answer(back, gone);
    floor
        .expect_stack("inbound", &["expert"])
        .expect_lent("expert", 4)
        .at("29:00")
        .expect_stack("inbound", &["expert"]);
}

#[test]
fn a_late_done_on_a_stand_down_takes_nobody_off_the_call_that_came_after_it() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("06:00").waiting("inbound", 5);
    floor.at("07:00").expect_stand_down("expert", 4).waiting("inbound", 6);
    let back = floor.latest("expert");
    floor.at("12:00").expect_sign_in("expert", 4).done("expert");
    let gone = Answer::Done {
        seats: Some(1),
        people: Some(vec!["E01".into()]),
        note: None,
    };
    floor.at("13:00").answer(back, gone).expect_lent("expert", 4);
}

#[test]
fn a_tier_still_signing_out_is_not_the_next() {
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").settle_within = Millis::from_mins(30));
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", 4)
        .done("expert")
        .waiting("inbound", 0);
    floor.at("10:00").expect_sign_out("expert", 4).waiting("inbound", 6);
    floor.at("15:00").expect_sign_in("outbound", 2);
}

#[test]
fn left_takes_people_off_a_move() {
    let mut floor = calm_after_two_steps();
    let call = floor.latest_call("expert");
    let left = Answer::Left {
        people: vec!["E02".into()],
        seats: None,
        reason: "taken back".to_owned(),
    };
    floor.at("13:00").answer(call, left).expect_lent("expert", 3);
    floor.at("13:30").left("outbound", 1).expect_lent("outbound", 1);
    floor.at("17:00").expect_sign_out("outbound", 1);
    floor.at("22:00").expect_sign_out("expert", ["E01", "E03", "E04"]);
}

#[test]
fn a_move_that_everybody_has_left_is_gone_and_nobody_is_signed_out_of_it() {
    let mut floor = calm_after_two_steps();
    floor
        .at("13:00")
        .left("outbound", 2)
        .expect_stack("inbound", &["expert"])
        .expect_lent("outbound", 0);
    floor.at("18:00").expect_sign_out("expert", 4);
}

#[test]
fn overtime_that_has_not_come_is_stood_down() {
    for seen in [false, true] {
        let mut floor = Floor::with(|plan| {
            let ladder = plan::ladder_of(plan, "day");
            ladder.tiers.retain(|tier| tier.name.as_str() == "overtime");
        });
        floor.at("00:00").waiting("inbound", 12);
        floor.at("05:00").expect(Action::Overtime, "overtime", 6);
        if seen {
            floor.seen("overtime");
        }
        floor.at("20:00").waiting("inbound", 2);
        let calm = if seen { "25:00" } else { "21:00" };
        floor.at(calm).expect_stand_down("overtime", 6);
    }
}

#[test]
fn overtime_that_has_come_is_signed_out() {
    let mut floor = Floor::with(|plan| {
        plan::ladder_of(plan, "day")
            .tiers
            .retain(|tier| tier.name.as_str() == "overtime")
    });
    floor.at("00:00").waiting("inbound", 12);
    floor.at("05:00").expect(Action::Overtime, "overtime", 6);
    floor.at("20:00").done_with("overtime", 4).waiting("inbound", 2);
    floor.at("25:00").expect_sign_out("overtime", 4);
}

#[test]
fn a_late_done_settles_nothing_twice_and_corrects_the_seats() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("08:00").expect_said("settled");
    floor.at("12:00").done_with("expert", ["E01"]).expect_lent("expert", 1);
    // Past decisions stand: it settled at 08:00.
    floor.at("13:00").expect_sign_in("outbound", 2);
}

#[test]
fn a_late_decline_takes_the_move_off_the_stack() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("08:00").expect_said("settled");
    floor
        .at("12:00")
        .declined("expert")
        .expect_stack("inbound", &[])
        .expect_lent("expert", 0);
    floor.at("13:00").expect_sign_in("outbound", 2);
}

#[test]
fn a_late_answer_to_a_released_move_is_refused() {
    let mut floor = calm_after_two_steps();
    floor.at("17:00").expect_sign_out("outbound", 2).done("outbound");
    let (instruction, by) = (floor.latest_call("outbound"), crate::support::floor::someone());
    floor.at("18:00").refuses(
        "closed",
        surged_core::Input::Answer {
            sure: false,
            instruction,
            by,
            answer: done(),
        },
    );
}

#[test]
fn one_by_one_who_has_not_come_goes_back_as_the_others_of_the_part_do() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        let day = plan::ladder_of(plan, "day");
        day.tiers.truncate(1);
        day.release.step = Step::Person;
    });
    floor.at("00:00").waiting_among("inbound", 6, &[]);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("05:20").waiting_among("inbound", 6, &["E01", "E02"]);
    // From now on the feed names nobody.
    floor.at("08:10").waiting("inbound", 0);
    // E04 was asked last, and was not seen on the phones.
    floor.at("13:10").expect_sign_out("expert", ["E04"]).done("expert");
    floor.at("18:10").expect_sign_out("expert", ["E03"]).done("expert");
    floor.at("23:10").expect_sign_out("expert", ["E02"]).done("expert");
}

/// The experts are called when somebody has waited for more than a minute, and go back by the depth alone.
fn by_the_longest_wait() -> Floor {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        let day = plan::ladder_of(plan, "day");
        day.tiers.truncate(1);
        day.tiers[0].when = When::of(
            Threshold::LongestWaitAbove(Millis::from_mins(1)),
            Millis::ZERO,
            Judge::Every,
        );
    });
    waits(&mut floor, "00:00", 3, 0);
    floor
}

fn waits(floor: &mut Floor, clock: &str, waiting: u32, longest_wait: i64) {
    floor.at(clock).reads(Reading {
        longest_wait: Some(Millis::from_secs(longest_wait)),
        ..Reading::of("inbound", waiting)
    });
}

#[test]
fn who_would_be_called_again_is_not_stood_down() {
    let mut floor = by_the_longest_wait();
    floor.at("01:00").expect_sign_in("expert", 4);
    // Three are waiting all the time, few enough for calm; the one at the head goes on waiting.
    floor.at("03:30");
    // The head was answered, and the next has waited for 20 seconds: calm begins, and ends at 4:10.
    waits(&mut floor, "03:30", 3, 20);
    waits(&mut floor, "04:30", 3, 59);
    floor.at("05:10");
    waits(&mut floor, "05:10", 1, 0);
    floor.at("06:09.999");
    waits(&mut floor, "06:09.999", 0, 0);
    // A minute since nobody had waited for too long.
    floor.at("06:10").expect_stand_down("expert", 4);
}

#[test]
fn who_would_be_called_again_is_not_signed_out() {
    let mut floor = by_the_longest_wait();
    floor.at("01:00").expect_sign_in("expert", 4).done("expert");
    waits(&mut floor, "09:00", 3, 10);
    waits(&mut floor, "09:40", 0, 0);
    floor.at("14:00").expect_sign_out("expert", 4);
}
