//! "Settling", and a tier that is declined, done with nobody, or has nobody to give.

use crate::support::{Floor, plan};
use surged_core::{Action, Answer, Millis};

/// Six callers wait from the start; the experts are asked at 05:00.
fn experts_asked() -> Floor {
    asked_with(|_| ())
}

fn asked_with(change: impl FnOnce(&mut surged_core::Plan)) -> Floor {
    let mut floor = Floor::with(change);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor
}

#[test]
fn the_next_window_begins_when_a_supervisor_says_done() {
    let mut floor = experts_asked();
    floor.at("05:40").done("expert");
    floor.at("10:40").expect_sign_in("outbound", 2);
}

#[test]
fn a_move_settles_when_the_feed_shows_the_named_people() {
    let mut floor = experts_asked();
    floor
        .at("05:20")
        .waiting_among("inbound", 6, &["E01", "E02", "E04", "A99"]);
    floor
        .at("05:30")
        .waiting_among("inbound", 6, &["E01", "E02", "E03", "E04"])
        .expect_said("settled");
    floor.at("10:30").expect_sign_in("outbound", 2);
}

#[test]
fn a_move_settles_when_the_feed_shows_as_many_more() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting_with("inbound", 6, 40);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor
        .at("05:30")
        .waiting_with("inbound", 6, 43)
        .expect_unsaid("settled");
    floor.at("05:45").waiting_with("inbound", 6, 44).expect_said("settled");
    floor.at("10:45").expect_sign_in("outbound", 2);
}

#[test]
fn a_move_settles_by_time_after_it_reached_a_session() {
    let mut floor = experts_asked();
    floor.at("08:00").expect_said("settled");
    floor.at("13:00").expect_sign_in("outbound", 2);
}

#[test]
fn a_tier_may_have_its_own_time_to_settle() {
    let mut floor = asked_with(|plan| plan::day_tier(plan, "expert").settle_within = Some(Millis::from_mins(7)));
    floor.at("12:00").expect_said("settled");
    floor.at("17:00").expect_sign_in("outbound", 2);
}

#[test]
fn seen_with_a_time_moves_the_settling_to_it() {
    for (eta, due) in [("10:00", "20:30"), ("00:30", "11:00")] {
        let mut floor = experts_asked();
        floor.at("05:30").seen_with_eta("expert", eta);
        floor.at(due).expect_sign_in("outbound", 2);
    }
}

#[test]
fn seen_without_a_time_leaves_the_settling() {
    let mut floor = experts_asked();
    floor.at("05:30").seen("expert");
    floor.at("13:00").expect_sign_in("outbound", 2);
}

#[test]
fn an_instruction_that_reached_nobody_does_not_settle_and_the_floor_is_deaf_at_once() {
    let mut floor = Floor::new();
    floor.nobody_listens().at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", 4)
        .expect_said("nobody_listening");
    floor.at("30:00").expect_unsaid("settled").somebody_listens();
    floor.at("33:00").expect_said("settled");
    floor.at("38:00").expect_sign_in("outbound", 2);
}

#[test]
fn only_the_first_session_that_is_reached_counts() {
    let mut floor = experts_asked();
    let instruction = floor.latest("expert");
    let again = surged_core::Input::Delivery {
        instruction,
        reached: true,
    };
    floor.at("06:00").input(again);
    floor.at("08:00").expect_said("settled");
    floor.at("13:00").expect_sign_in("outbound", 2);
}

#[test]
fn step_four_comes_with_the_settling_of_step_three() {
    let mut floor = three_steps();
    floor.at("16:00").waiting("inbound", 11);
    floor.at("16:30").done("quality").expect_sign_in("back_office", 3);
}

#[test]
fn step_four_comes_in_the_very_millisecond_above_ten() {
    let mut floor = three_steps();
    floor.at("16:30").done("quality");
    floor
        .at("17:00.001")
        .waiting("inbound", 11)
        .expect_sign_in("back_office", 3);
}

/// Experts, outbound and quality have been asked; quality has not settled.
fn three_steps() -> Floor {
    let mut floor = experts_asked();
    floor.at("05:00").done("expert");
    floor.at("10:00").expect_sign_in("outbound", 2).done("outbound");
    floor.at("15:00").expect_sign_in("quality", 2);
    floor
}

#[test]
fn the_whole_ladder_is_climbed_step_by_step() {
    let mut floor = three_steps();
    floor
        .at("15:00")
        .waiting("inbound", 11)
        .done("quality")
        .expect_sign_in("back_office", 3);
    floor.at("16:00").done("back_office");
    floor
        .at("21:00")
        .expect(Action::ExtendShift, "extend_shift", 3)
        .done("extend_shift");
    floor.at("26:00").expect(Action::Overtime, "overtime", 6);
    floor.at("1:26:00").expect_said("settled");
    floor.at("2:00:00").expect_stack(
        "inbound",
        &[
            "expert",
            "outbound",
            "quality",
            "back_office",
            "extend_shift",
            "overtime",
        ],
    );
}

#[test]
fn a_declined_tier_is_passed_over_and_the_next_judged_by_the_time_already_served() {
    let mut floor = experts_asked();
    floor.at("06:00").declined("expert").expect_sign_in("outbound", 2);
    floor.expect_stack("inbound", &["outbound"]).expect_lent("expert", 0);
    floor.at("07:00").done("outbound");
    floor.at("12:00").expect_sign_in("quality", 2);
}

#[test]
fn done_with_nobody_is_passed_over_as_well() {
    let mut floor = experts_asked();
    floor.at("06:00").done_with("expert", 0).expect_sign_in("outbound", 2);
    floor.expect_lent("expert", 0);
}

#[test]
fn a_decline_changes_no_clock_of_a_tier_that_waits_for_a_settling() {
    let mut floor = experts_asked();
    floor.at("05:00").done("expert");
    floor.at("10:00").expect_sign_in("outbound", 2);
    // The window of the third tier begins at the settling of the first, at 05:00.
    floor.at("10:30").declined("outbound").expect_sign_in("quality", 2);
}

#[test]
fn a_declined_tier_is_asked_again_after_a_while_also_in_the_next_surge() {
    let mut floor = experts_asked();
    floor.at("06:00").declined("expert").expect_sign_in("outbound", 2);
    floor
        .at("06:00")
        .declined("outbound")
        .expect_sign_in("quality", 2)
        .declined("quality")
        .waiting("inbound", 0);
    floor.at("11:00").expect_said("surge_over").waiting("inbound", 6);
    // Half an hour after they were declined, each of them.
    floor.at("36:00").expect_sign_in("expert", 4);
}

#[test]
fn a_tier_without_anyone_is_passed_over_said_once_and_tried_again_when_somebody_is_there() {
    let mut floor = Floor::with(|plan| plan::pool(plan, "expert").people.clear());
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_said("tier_skipped")
        .expect_sign_in("outbound", 2)
        .done("outbound");
    floor.at("10:00").expect_sign_in("quality", 2).done("quality");
    floor
        .at("12:00")
        .reload(|plan| plan::pool(plan, "expert").people = vec!["E01".into()]);
    floor.at("15:00").expect_sign_in("expert", ["E01"]);
}

#[test]
fn done_may_correct_how_many_came() {
    let mut floor = experts_asked();
    floor
        .at("06:00")
        .done_with("expert", ["E01", "E03"])
        .expect_lent("expert", 2);
    assert_eq!(
        floor.view("inbound").moves[0].parts[0].people,
        ["E01".into(), "E03".into()]
    );
    floor
        .at("11:00")
        .expect_sign_in("outbound", 2)
        .done_with("outbound", 3)
        .expect_lent("outbound", 3);
}

#[test]
fn done_settles_what_had_reached_nobody() {
    let mut floor = Floor::new();
    floor.nobody_listens().at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", 4)
        .expect_said("nobody_listening");
    let instruction = floor.latest("expert");
    floor
        .at("06:00")
        .somebody_listens()
        .answer(instruction, done_by_phone());
    floor.at("11:00").expect_sign_in("outbound", 2);
}

fn done_by_phone() -> Answer {
    Answer::Done {
        seats: Some(4),
        people: None,
        note: Some("told by phone".to_owned()),
    }
}

#[test]
fn people_said_to_be_there_and_not_yet_shown_are_not_taken_for_the_next_tier_s() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting_with("inbound", 8, 46);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("10:00").expect_sign_in("outbound", 2).done("outbound");
    floor.at("15:00").expect_sign_in("quality", 2).done("quality");
    floor
        .at("15:01")
        .waiting_with("inbound", 12, 52)
        .expect_sign_in("back_office", 3);
    // Quality's two appear now: they were said to be there before, so they are not back office's.
    floor
        .at("15:02")
        .waiting_with("inbound", 12, 54)
        .expect_unsaid("settled");
    floor.at("15:10").waiting_with("inbound", 12, 57).expect_said("settled");
}

#[test]
fn whoever_says_that_they_have_seen_it_was_reached() {
    let mut floor = Floor::new();
    floor.nobody_listens().at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", 4)
        .expect_said("nobody_listening");
    assert_eq!(floor.core.undelivered(), [floor.latest("expert")]);
    floor.at("05:10").seen("expert");
    assert!(floor.core.undelivered().is_empty());
}
