//! "The stack": a move that comes apart, part by part, each with the instruction that took it; and people asked again who went.

use crate::support::floor::{done, no};
use crate::support::{Floor, plan};
use surged_core::ladder::{Plan, Seats, Step};
use surged_core::{Action, Answer, Millis};

/// One tier that draws on the four experts and on six of quality; experts stay no longer than ten minutes.
fn a_pair(plan: &mut Plan) {
    let when = plan::above(5, 300);
    let mut pair = plan::tier("pair", "expert", Seats::All, when);
    pair.pools.push("quality".into());
    plan::ladder_of(plan, "day").tiers = vec![pair];
    plan::pool(plan, "expert").max_stay = Some(Millis::from_mins(10));
}

/// Both pools have been called and nobody has answered; the experts have been stood down at 18:00, quality at 19:30.
fn stood_down_one_after_the_other() -> Floor {
    let mut floor = Floor::with(a_pair);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("pair", 10);
    floor.at("08:00").expect_said("settled");
    floor
        .at("18:00")
        .expect_stand_down("pair", ["E01", "E02", "E03", "E04"]);
    floor.at("18:30").waiting("inbound", 0);
    floor.at("19:30").expect_stand_down("pair", 6);
    floor
}

#[test]
fn a_late_done_on_the_call_takes_back_all_its_stand_downs() {
    let mut floor = stood_down_one_after_the_other();
    floor.expect_lent("expert", 0).expect_lent("quality", 0);
    let call = floor.latest_call("pair");
    floor
        .at("20:00")
        .answer(call, done())
        .expect_lent("expert", 4)
        .expect_lent("quality", 6);
    assert!(floor.core.open_instructions().is_empty());
    assert!(floor.view("inbound").moves.iter().all(|one| one.settled));
}

#[test]
fn of_two_who_have_left_one_may_be_named() {
    let mut floor = Floor::with(|plan| plan::day_tier(plan, "expert").pools = vec!["quality".into()]);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 6).done("expert");
    let call = floor.latest_call("expert");
    let left = Answer::Left {
        people: vec!["Q01".into()],
        seats: Some(2),
        reason: "gone home".to_owned(),
    };
    floor.at("06:00").answer(call, left).expect_lent("quality", 4);
}

#[test]
fn a_late_done_with_names_takes_back_every_part_that_holds_one_of_them() {
    let mut floor = Floor::with(|plan| {
        a_pair(plan);
        plan.pools.insert("quality".into(), plan::people(&["Q01", "Q02"]));
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("pair", 6);
    floor.at("18:00").expect_stand_down("pair", 4).waiting("inbound", 0);
    floor.at("19:00").expect_stand_down("pair", 2);
    let call = floor.latest_call("pair");
    let came = Answer::Done {
        seats: None,
        people: Some(vec!["E01".into(), "Q02".into()]),
        note: None,
    };
    floor.at("20:00").answer(call, came);
    floor.expect_lent("expert", 1).expect_lent("quality", 1);
}

#[test]
fn of_a_move_from_two_pools_anybody_by_name_may_have_left() {
    let mut floor = Floor::with(|plan| {
        a_pair(plan);
        plan.pools.insert("quality".into(), plan::people(&["Q01", "Q02"]));
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("pair", 6).done("pair");
    floor.at("06:00").left("pair", ["E01", "Q02"]);
    floor.expect_lent("expert", 3).expect_lent("quality", 1);
}

#[test]
fn a_late_done_with_a_number_takes_back_no_more_parts_than_it_needs() {
    let mut floor = stood_down_one_after_the_other();
    let call = floor.latest_call("pair");
    let four = Answer::Done {
        seats: Some(4),
        people: None,
        note: None,
    };
    floor
        .at("20:00")
        .answer(call, four)
        .expect_lent("expert", 4)
        .expect_lent("quality", 0);
}

#[test]
fn a_late_done_speaks_for_the_parts_that_were_stood_down_not_too_long_ago() {
    let mut floor = Floor::with(|plan| {
        a_pair(plan);
        plan::ladder_of(plan, "day").late_within = Millis::from_mins(2);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("pair", 10);
    floor
        .at("18:00")
        .expect_stand_down("pair", ["E01", "E02", "E03", "E04"]);
    floor.at("18:30").waiting("inbound", 0);
    floor.at("19:30").expect_stand_down("pair", 6);
    let call = floor.latest_call("pair");
    floor
        .at("20:30")
        .answer(call, done())
        .expect_lent("expert", 0)
        .expect_lent("quality", 6);
}

#[test]
fn a_late_done_is_refused_once_it_is_too_late_for_every_part() {
    let mut floor = stood_down_one_after_the_other();
    let call = floor.latest_call("pair");
    floor
        .at("49:30.001")
        .refuses("too_late", crate::support::floor::word_of("Li Na", call, done(), false));
}

#[test]
fn keep_them_on_the_second_stand_down_puts_back_its_own_pool() {
    let mut floor = stood_down_one_after_the_other();
    floor
        .at("20:00")
        .declined("pair")
        .expect_lent("expert", 0)
        .expect_lent("quality", 6);
}

#[test]
fn keep_them_on_the_first_stand_down_puts_back_its_own_pool() {
    let mut floor = Floor::with(a_pair);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("pair", 10);
    floor
        .at("18:00")
        .expect_stand_down("pair", ["E01", "E02", "E03", "E04"]);
    let first = floor.latest("pair");
    floor.at("18:30").waiting("inbound", 0);
    floor.at("19:30").expect_stand_down("pair", 6);
    floor
        .at("20:00")
        .answer(first, no())
        .expect_lent("expert", 4)
        .expect_lent("quality", 0);
}

#[test]
fn a_late_done_on_the_call_leaves_the_sign_out_of_others_open_and_nobody_vanishes() {
    let mut floor = Floor::with(|plan| {
        a_pair(plan);
        plan::ladder_of(plan, "day").settle_within = Millis::from_mins(1);
    });
    let experts = ["E01", "E02", "E03", "E04"];
    floor.at("00:00").waiting_among("inbound", 6, &[]);
    floor.at("05:00").expect_sign_in("pair", 10);
    floor.at("06:00").expect_said("settled");
    // The experts are seen there; of the others the feed tells nothing, and nobody has answered.
    floor.waiting_among("inbound", 6, &experts);
    floor
        .nobody_listens()
        .at("16:00")
        .expect_sign_out("pair", experts)
        .expect_said("nobody_listening");
    let sign_out = floor.latest("pair");
    floor.at("16:30").waiting_among("inbound", 0, &experts);
    floor
        .at("17:30")
        .expect_stand_down("pair", 6)
        .expect_said("nobody_listening");
    let stand_down = floor.latest("pair");
    let call = floor.latest_call("pair");
    floor
        .at("18:00")
        .somebody_listens()
        .answer(call, done())
        .expect_lent("quality", 6)
        .expect_lent("expert", 4)
        .expect_closed(stand_down)
        .expect_open(sign_out);
    // It is counted from when each level got it, and goes up.
    floor.at("19:01");
    assert!(floor.core.open_instruction(sign_out).is_some_and(|open| open.level > 0));
}

#[test]
fn who_goes_back_one_by_one_is_not_lost_by_a_no_and_a_done_of_the_others() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan::ladder_of(plan, "day").release.step = Step::Person;
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    let call = floor.latest_call("expert");
    floor.at("06:00").waiting("inbound", 0);
    floor.at("11:00").expect_sign_out("expert", ["E04"]);
    let sign_out = floor.latest("expert");
    // The no is of those who are still there, and is taken back by who said it.
    floor.at("11:10").answer(call, no()).expect_lent("expert", 1);
    floor
        .at("11:20")
        .answer(call, done())
        .expect_lent("expert", 4)
        .expect_open(sign_out);
    floor.at("14:00").expect_said("freed").expect_lent("expert", 3);
}

#[test]
fn a_sign_out_of_one_declined_puts_that_one_back() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan::ladder_of(plan, "day").release.step = Step::Person;
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("06:00").waiting("inbound", 0);
    floor.at("11:00").expect_sign_out("expert", ["E04"]);
    floor.at("14:00").expect_said("freed").expect_lent("expert", 3);
    floor.at("16:00").expect_sign_out("expert", ["E03"]);
    floor.at("16:20").declined("expert").expect_lent("expert", 3);
    floor.at("21:20").expect_sign_out("expert", ["E03"]);
}

/// Experts and two of outbound are there, and outbound is being signed out at 17:00.
fn two_signing_out() -> Floor {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("10:00").expect_sign_in("outbound", 2).done("outbound");
    floor.at("12:00").waiting("inbound", 0);
    floor.at("17:00").expect_sign_out("outbound", 2);
    floor
}

#[test]
fn done_with_one_on_a_sign_out_of_two_frees_one_and_leaves_the_other() {
    let mut floor = two_signing_out();
    floor.at("17:30").done_with("outbound", 1).expect_lent("outbound", 1);
    floor.at("19:59.999").expect_lent("outbound", 1);
    floor.at("20:00").expect_lent("outbound", 0);
}

#[test]
fn a_second_done_on_a_sign_out_frees_the_other() {
    let mut floor = two_signing_out();
    let sign_out = floor.latest("outbound");
    floor.at("17:30").done_with("outbound", 1);
    floor
        .at("17:40")
        .answer(sign_out, done())
        .expect_lent("outbound", 0)
        .expect_closed(sign_out);
}

#[test]
fn a_sign_out_done_by_name_frees_whom_it_names() {
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").tiers.truncate(1));
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", 4)
        .done("expert")
        .waiting("inbound", 0);
    floor.at("10:00").expect_sign_out("expert", 4);
    floor
        .at("10:30")
        .done_with("expert", ["E02", "E03"])
        .expect_lent("expert", 2);
    let leaving = floor.view("inbound").leaving;
    assert_eq!(leaving[0].parts[0].people, ["E01".into(), "E04".into()]);
}

#[test]
fn done_corrects_a_done_with_nobody() {
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").tiers.truncate(2));
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    let call = floor.latest("expert");
    floor
        .at("06:00")
        .done_with("expert", 0)
        .expect_lent("expert", 0)
        .expect_sign_in("outbound", 2);
    floor
        .at("06:30")
        .answer(call, done())
        .expect_lent("expert", 4)
        .expect_stack("inbound", &["expert", "outbound"]);
}

#[test]
fn what_nobody_has_answered_is_stood_down_by_a_leader_as_well() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("08:00").expect_said("settled");
    floor
        .at("09:00")
        .release("inbound", "expert")
        .expect_stand_down("expert", 4)
        .expect_lent("expert", 0);
}

#[test]
fn a_tier_of_which_some_have_gone_back_is_asked_again_for_those_before_the_tiers_after_it() {
    let mut floor = Floor::with(|plan| {
        a_pair(plan);
        let back_office = plan::tier("back_office", "back_office", plan::seats(2, 3), plan::above(5, 300));
        plan::ladder_of(plan, "day").tiers.push(back_office);
        // Not before the experts have gone back.
        plan::day_tier(plan, "back_office").when = plan::above(5, 900);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("pair", 10).done("pair");
    floor
        .at("15:00")
        .expect_sign_out("pair", ["E01", "E02", "E03", "E04"])
        .done("pair");
    floor
        .at("20:00")
        .expect_sign_in("pair", ["E01", "E02", "E03", "E04"])
        .done("pair")
        .expect_lent("expert", 4)
        .expect_lent("quality", 6);
    // Nobody of the tier is left to ask: now the next, its window begun by this settling. The experts go back again meanwhile.
    floor
        .at("30:00")
        .expect_sign_out("pair", ["E01", "E02", "E03", "E04"])
        .done("pair");
}

#[test]
fn who_is_on_the_way_back_cannot_leave_the_call() {
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").tiers.truncate(1));
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", 4)
        .done("expert")
        .waiting("inbound", 0);
    floor.at("10:00").expect(Action::SignOut, "expert", 4);
    let left = Answer::Left {
        people: vec!["E01".into()],
        seats: None,
        reason: "home".to_owned(),
    };
    // Who is on the way back stands on no move that could be left.
    let call = floor.latest_call("expert");
    floor.refusal(crate::support::floor::word_of("Li Na", call, left, false));
}
