//! "Chain of command": a time that was promised, and approvals that climb.

use crate::support::Floor;
use surged_core::Millis;
use surged_core::ladder::Mode;

/// The experts are called at 05:00; at 05:30 the supervisor says that they come in ten minutes.
fn promised() -> Floor {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("05:30").seen_with_eta("expert", "10:00");
    floor
}

#[test]
fn a_promise_gives_its_level_until_then_and_a_margin() {
    let mut floor = promised();
    floor.at("16:29.999").expect_unsaid("passed_up");
    let passed = floor.at("16:30").take_said("passed_up");
    assert_eq!((&passed["level"], &passed["role"]), (&1.into(), &"shift_leader".into()));
}

#[test]
fn a_promise_that_is_kept_rings_nobody() {
    let mut floor = promised();
    floor.at("15:40").done("expert");
    floor.at("20:00");
    let passed = |text: &String| text.contains("passed_up");
    assert!(!floor.heard_since("05:30").iter().any(passed));
}

#[test]
fn a_broken_promise_goes_up_with_the_words_of_the_promise() {
    let mut floor = promised();
    let passed = floor.at("16:30").take_said("passed_up");
    assert_eq!(passed["promise"]["at"], (floor.now() - Millis::from_mins(1)).0);
    assert_eq!(passed["promise"]["by"]["name"], "Li Na");
    let open = &floor.core.open_instructions()[0];
    assert!(open.seen_by.is_some() && open.eta.is_some(), "{open:?}");
    // Who gets it after that hears of it as well.
    let next = floor.at("18:30").take_said("passed_up");
    assert_eq!(next["promise"], passed["promise"]);
}

#[test]
fn the_margin_is_the_level_s_own() {
    let mut floor = Floor::with(|plan| plan.chain[0].late_margin = surged_core::Millis::from_secs(5));
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("05:30").seen_with_eta("expert", "02:00");
    floor.at("07:34.999").expect_unsaid("passed_up");
    floor.at("07:35").expect_said("passed_up");
}

#[test]
fn a_short_promise_goes_up_when_it_is_broken_and_not_before() {
    let mut floor = Floor::with(|plan| plan.chain[0].respond_within = surged_core::Millis::from_mins(4));
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("05:30").seen_with_eta("expert", "01:00");
    floor.at("07:29.999").expect_unsaid("passed_up");
    floor.at("07:30").expect_said("passed_up");
}

#[test]
fn what_waits_for_a_leader_s_yes_goes_up_to_the_manager() {
    let mut floor = Floor::with(|plan| {
        plan.queues.get_mut("inbound").unwrap().mode = Mode::Approve;
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_said("approval_asked");
    floor.at("15:00");
    let up = |text: &String| text.contains("manager") && text.contains("expert");
    let heard = floor.heard_since("05:00");
    assert!(heard.iter().any(up), "{heard:#?}");
    let at_once = floor.heard_since("05:00");
    let first = at_once.iter().position(up).unwrap_or_default();
    assert!(first > 0, "the leader is asked first");
}
