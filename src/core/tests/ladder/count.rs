//! Counting the floor again: who is really out of place is put right in one step.

use crate::support::floor::someone;
use crate::support::{Floor, plan};
use surged_core::{Counted, Input, InstructionId, Name, Order, Part};

fn there(instruction: InstructionId, seats: u32, people: &[&str]) -> Counted {
    Counted {
        instruction,
        seats,
        people: people.iter().map(|person| Name::from(*person)).collect(),
    }
}

fn count(moves: Vec<Counted>, extra: Vec<Part>) -> Order {
    Order::Count {
        queue: Name::from("inbound"),
        moves,
        extra,
    }
}

fn extra(pool: &str, seats: u32, people: &[&str]) -> Part {
    Part {
        pool: Some(Name::from(pool)),
        seats,
        people: people.iter().map(|person| Name::from(*person)).collect(),
    }
}

/// Experts done, outbound called and not settled.
fn two_moves() -> Floor {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").tiers.truncate(3);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("10:00").expect_sign_in("outbound", 2);
    floor
}

#[test]
fn a_count_corrects_every_move_at_once_and_settles_who_is_there() {
    let mut floor = two_moves();
    let (expert, outbound) = (floor.latest("expert"), floor.latest("outbound"));
    floor.at("11:00").order(count(
        vec![there(expert, 2, &["E01", "E04"]), there(outbound, 3, &[])],
        vec![],
    ));
    let said = floor.take_said("counted");
    assert_eq!(said["moves"].as_array().map(Vec::len), Some(2));
    floor.expect_lent("expert", 2).expect_lent("outbound", 3);
    let view = floor.view("inbound");
    assert!(view.moves.iter().all(|one| one.settled && one.answered));
    assert!(floor.core.open_instructions().is_empty());
    // The next window begins with the count. Who is not there of a tier that stands is asked again first.
    floor.at("16:00").expect_sign_in("expert", ["E02", "E03"]);
}

#[test]
fn a_move_of_which_nobody_is_there_leaves_the_stack_and_may_be_called_again() {
    let mut floor = two_moves();
    let expert = floor.latest("expert");
    floor.at("11:00").order(count(vec![there(expert, 0, &[])], vec![]));
    floor.expect_said("counted").expect_stack("inbound", &["outbound"]);
    floor.done("outbound");
    floor.at("16:00").expect_sign_in("expert", 4);
}

#[test]
fn people_found_without_a_move_are_put_on_one_and_go_back_with_it() {
    let mut floor = two_moves();
    floor.done("outbound");
    floor
        .at("11:00")
        .order(count(vec![], vec![extra("quality", 1, &[]), extra("outbound", 1, &[])]));
    let said = floor.take_said("counted");
    assert_eq!(said["found"].as_array().map(Vec::len), Some(2));
    floor
        .expect_stack("inbound", &["expert", "outbound", "quality"])
        .expect_lent("quality", 1)
        .expect_lent("outbound", 3);
    floor.at("12:00").waiting("inbound", 0);
    floor.at("17:00").expect_sign_out("quality", 1);
}

#[test]
fn who_is_found_by_name_is_of_their_own_pool_whichever_was_counted() {
    let mut floor = two_moves();
    let expert = floor.latest("expert");
    floor.at("11:00").order(count(
        vec![there(expert, 3, &["E02", "E03", "E04"])],
        vec![extra("quality", 1, &["E01"])],
    ));
    floor.take_said("counted");
    floor.expect_lent("quality", 0).expect_lent("expert", 4);
}

#[test]
fn people_on_their_way_back_can_be_counted_away() {
    let mut floor = two_moves();
    floor.done("outbound").at("11:00").waiting("inbound", 0);
    floor.at("16:00").expect_sign_out("outbound", 2);
    let instruction = floor.latest_call("outbound");
    floor.order(count(vec![there(instruction, 0, &[])], vec![]));
    floor.expect_lent("outbound", 0);
    assert!(floor.core.open_instructions().is_empty());
    floor.at("21:00").expect_sign_out("expert", 4);
}

#[test]
fn a_count_that_makes_no_sense_is_refused_and_changes_nothing() {
    let mut floor = two_moves();
    let (expert, outbound) = (floor.latest("expert"), floor.latest("outbound"));
    let wrong = [
        (count(vec![], vec![]), "not_a_count"),
        (
            count(vec![there(expert, 1, &[]), there(expert, 2, &[])], vec![]),
            "not_a_count",
        ),
        (count(vec![there(expert, 2, &["E01"])], vec![]), "not_a_count"),
        (count(vec![there(outbound, 1, &["E01"])], vec![]), "not_a_count"),
        (count(vec![there(InstructionId(99), 1, &[])], vec![]), "not_on_queue"),
        (count(vec![], vec![extra("standby", 1, &[])]), "no_tier_for"),
        (count(vec![], vec![extra("quality", 0, &[])]), "not_a_count"),
        (count(vec![], vec![extra("expert", 1, &["E01"])]), "not_a_count"),
        (count(vec![there(expert, 1_000_000, &[])], vec![]), "too_much"),
    ];
    for (order, code) in wrong {
        floor.refuses(code, Input::Order { by: someone(), order });
    }
}
