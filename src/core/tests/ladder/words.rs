//! "Late answers": whose word counts, for whom, and what contradicts somebody else's.

use crate::support::floor::{done, no, word_of};
use crate::support::{Floor, plan};
use surged_core::{Answer, InstructionId, Name};

fn done_with(people: &[&str]) -> Answer {
    Answer::Done {
        seats: None,
        people: Some(people.iter().map(|person| Name::from(*person)).collect()),
        note: None,
    }
}

fn left(people: &[&str]) -> Answer {
    Answer::Left {
        people: people.iter().map(|person| Name::from(*person)).collect(),
        seats: None,
        reason: "gone home".to_owned(),
    }
}

/// The experts are there by the word of Wang Wei; two of outbound have been called and are not answered.
fn two_calls() -> (Floor, InstructionId, InstructionId) {
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").tiers.truncate(2));
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    let experts = floor.latest("expert");
    floor.answer_of("Wang Wei", experts, done());
    floor.at("10:00").expect_sign_in("outbound", 2);
    let outbound = floor.latest("outbound");
    (floor, experts, outbound)
}

#[test]
fn who_is_not_on_the_move_cannot_leave_it_and_is_named() {
    let (mut floor, experts, _) = two_calls();
    for people in [&["E09"][..], &["E01", "E09"]] {
        let words = floor.refusal(word_of("Li Na", experts, left(people), false));
        assert!(words.contains("E09"), "{words}");
        assert!(!words.contains("E01"), "only who is not there is named: {words}");
    }
    floor.expect_lent("expert", 4);
}

#[test]
fn a_no_after_the_done_of_somebody_else_is_asked_about() {
    let (mut floor, experts, _) = two_calls();
    let words = floor.refusal(word_of("Li Na", experts, no(), false));
    assert!(words.contains("Wang Wei"), "{words}");
    floor
        .refuses("conflict", word_of("Li Na", experts, no(), false))
        .expect_lent("expert", 4)
        .sure_answer_of("Li Na", experts, no())
        .expect_lent("expert", 0)
        .expect_stack("inbound", &["outbound"]);
}

#[test]
fn whoever_said_done_may_take_it_back() {
    let (mut floor, experts, _) = two_calls();
    floor.answer_of("Wang Wei", experts, no()).expect_lent("expert", 0);
}

#[test]
fn a_done_for_people_who_stand_on_another_move_is_asked_about() {
    let (mut floor, experts, outbound) = two_calls();
    let word = |sure| word_of("Li Na", outbound, done_with(&["E02", "O7"]), sure);
    floor.refuses("conflict", word(false));
    let words = floor.refusal(word(false));
    assert!(words.contains("E02") && !words.contains("O7"), "{words}");
    assert!(words.contains(&experts.to_string()), "{words}");
    floor.input(word(true));
    // They are there, and nowhere else: nobody stands on two moves.
    let moves = floor.view("inbound").moves;
    let on = |instruction| -> Vec<Name> {
        let of = moves.iter().filter(|one| one.instruction == instruction);
        of.flat_map(|one| &one.parts)
            .flat_map(|part| part.people.clone())
            .collect()
    };
    assert_eq!(on(experts), ["E01".into(), "E03".into(), "E04".into()]);
    let mut there = on(outbound);
    there.sort();
    assert_eq!(there, ["E02".into(), "O7".into()]);
}

#[test]
fn people_who_stand_on_the_move_of_another_queue_are_asked_about_as_well() {
    let mut floor = Floor::with(|plan| {
        plan.queues.insert(Name::from("sales"), plan::queue("sales", 1));
        let tier = plan::tier("sellers", "outbound", plan::seats(2, 2), plan::above(5, 300));
        plan.ladders.insert(Name::from("sales"), plan::ladder(vec![tier]));
        plan::ladder_of(plan, "day").tiers.truncate(1);
    });
    floor.at("00:00").waiting("inbound", 6).waiting("sales", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", 4)
        .expect_sign_in("sellers", 2);
    floor.done("expert");
    let sellers = floor.latest("sellers");
    floor.refuses("conflict", word_of("Li Na", sellers, done_with(&["E01"]), false));
    floor
        .sure_answer_of("Li Na", sellers, done_with(&["E01"]))
        .expect_lent("expert", 4)
        .expect_lent("outbound", 0);
    assert_eq!(floor.view("inbound").moves[0].parts[0].seats, 3);
}

#[test]
fn a_number_is_never_read_as_names() {
    let (mut floor, experts, _) = two_calls();
    floor.done_with("expert", 3).expect_lent("expert", 3);
    let part = floor.view("inbound").moves[0].parts[0].clone();
    assert_eq!((part.seats, part.people), (3, Vec::new()));
    // Nobody knows who of the four is free: no name is asked for elsewhere before that is known.
    floor.answer(experts, done_with(&["E01", "E02", "E04"]));
    assert_eq!(floor.view("inbound").moves[0].parts[0].people.len(), 3);
}

#[test]
fn a_late_done_counts_for_late_within_and_is_refused_after_it() {
    for (clock, counts) in [("36:59", true), ("37:01", false)] {
        let mut floor = Floor::with(|plan| plan.chain.clear());
        floor.at("00:00").waiting("inbound", 6);
        floor.at("05:00").expect_sign_in("expert", 4);
        let call = floor.latest("expert");
        floor.at("06:00").waiting("inbound", 0);
        floor.at("07:00").expect_stand_down("expert", 4);
        floor.at(clock);
        if counts {
            floor.answer(call, done()).expect_lent("expert", 4);
        } else {
            floor.refusal(word_of("Li Na", call, done(), false));
        }
    }
}

#[test]
fn a_declined_tier_may_be_due_again_after_ask_again_after_no() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").tiers.truncate(2);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor
        .at("06:00")
        .declined("expert")
        .expect_sign_in("outbound", 2)
        .done("outbound");
    floor.at("36:00").expect_sign_in("expert", 4);
}

#[test]
fn a_tier_done_with_nobody_may_be_due_again_as_well() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan::ladder_of(plan, "day").ask_again_after_no = surged_core::Millis::from_mins(7);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("06:00").done_with("expert", 0);
    floor.at("13:00").expect_sign_in("expert", 4);
}

#[test]
fn who_said_no_is_asked_by_no_other_tier_meanwhile() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        let ladder = plan::ladder_of(plan, "day");
        ladder.tiers.truncate(1);
        let mut both = plan::tier("both", "expert", plan::seats(5, 5), plan::above(5, 300));
        both.pools.push("outbound".into());
        ladder.tiers.push(both);
        let when = plan::above(5, 300);
        let sales = vec![plan::tier("sellers", "expert", plan::seats(2, 2), when)];
        plan.ladders.insert(Name::from("sales"), plan::ladder(sales));
        plan.queues.insert(Name::from("sales"), plan::queue("sales", 1));
    });
    floor.at("00:00").waiting("inbound", 6).waiting("sales", 0);
    floor.at("05:00").expect_sign_in("expert", 4).waiting("sales", 6);
    floor.at("06:00").declined("expert").expect_sign_in("both", 5);
    let pools: Vec<Option<Name>> = floor
        .instruction("both", |_| true)
        .parts
        .iter()
        .map(|part| part.pool.clone())
        .collect();
    assert_eq!(pools, [Some("outbound".into())]);
    floor.done("both");
    // Another queue does not ask them either.
    floor.at("10:00").expect_said("tier_skipped").waiting("sales", 0);
    assert!(floor.core.people().iter().all(|one| one.lent_to.is_none()));
}

#[test]
fn a_tier_without_anyone_is_passed_over_when_it_would_have_been_due_and_not_before() {
    let mut floor = Floor::with(|plan| {
        plan::pool(plan, "quality").size = 0;
        plan::ladder_of(plan, "day").tiers.truncate(4);
    });
    floor.at("00:00").waiting("inbound", 12);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    // Step 4 has no time of its own; it comes after three steps all the same.
    floor.at("10:00").expect_sign_in("outbound", 3).done("outbound");
    floor
        .at("15:00")
        .expect_said("tier_skipped")
        .expect_sign_in("back_office", 3);
}

#[test]
fn of_several_readings_in_one_millisecond_the_last_alone_counts() {
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").tiers.truncate(1));
    floor.at("00:00").waiting("inbound", 6);
    floor.at("03:00").waiting("inbound", 0).waiting("inbound", 7);
    floor.at("05:00").expect_sign_in("expert", 4);
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").tiers.truncate(1));
    floor.at("00:00").waiting("inbound", 6);
    floor.at("03:00").waiting("inbound", 7).waiting("inbound", 0);
    floor.at("04:00").waiting("inbound", 6);
    floor.at("09:00").expect_sign_in("expert", 4);
}
