//! "Seats": one ledger of seats and people, used wherever either is counted.

use crate::support::{Floor, plan};
use surged_core::ladder::{Paused, Plan};
use surged_core::{Agent, AgentState, Name, Reading};

/// The experts and quality, each after five minutes.
fn two_tiers(plan: &mut Plan) {
    plan.chain.clear();
    plan::ladder_of(plan, "day")
        .tiers
        .retain(|tier| ["expert", "quality"].contains(&tier.name.as_str()));
}

fn named(queue: &str, waiting: u32, people: &[&str]) -> Reading {
    let agents = people.iter().map(|person| Agent {
        person: Name::from(*person),
        state: AgentState::Busy,
    });
    Reading {
        signed_in: Some(people.len() as u32),
        agents: Some(agents.collect()),
        ..Reading::of(queue, waiting)
    }
}

#[test]
fn two_who_are_done_and_not_yet_shown_have_their_seats() {
    let mut floor = Floor::with(two_tiers);
    floor.at("00:00").waiting_with("inbound", 6, 58);
    floor.at("05:00").expect_sign_in("expert", 2).done("expert");
    assert_eq!(floor.core.room(), Some(0));
    let skipped = floor.at("10:00").take_said("tier_skipped");
    assert_eq!(skipped["why"]["why"], "no_seat");
    // Shown, they are counted once.
    floor.at("10:30").waiting_with("inbound", 6, 60);
    assert_eq!(floor.core.room(), Some(0));
}

#[test]
fn two_who_are_settled_by_time_and_not_yet_shown_have_their_seats() {
    let mut floor = Floor::with(two_tiers);
    floor.at("00:00").waiting_with("inbound", 6, 58);
    floor.at("05:00").expect_sign_in("expert", 2);
    floor.at("08:00").expect_said("settled");
    assert_eq!(floor.core.room(), Some(0));
    floor.at("13:00").expect_said("tier_skipped");
}

#[test]
fn a_queue_renamed_in_mid_surge_counts_its_seats_once_and_help_is_called() {
    let mut floor = Floor::with(two_tiers);
    floor.at("00:00").waiting_with("inbound", 6, 50);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("05:10").waiting_with("inbound", 6, 54);
    floor
        .at("06:00")
        .reload(|plan| {
            let queue = plan.queues.remove("inbound").unwrap();
            plan.queues.insert(Name::from("main"), queue);
        })
        .waiting_with("main", 6, 54);
    // Nobody is left of the experts; of quality there are two.
    floor
        .at("11:00")
        .expect_said("tier_skipped")
        .expect_sign_in("quality", 2)
        .expect_lent("expert", 4);
}

/// Four experts and two of quality are shown on the phones with forty others, 46 in all.
fn six_more() -> Floor {
    let mut floor = Floor::with(two_tiers);
    floor.at("00:00").waiting_with("inbound", 6, 40);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("05:10").waiting_with("inbound", 6, 44).expect_said("settled");
    floor.at("10:10").expect_sign_in("quality", 2);
    floor.at("10:20").waiting_with("inbound", 6, 46).expect_said("settled");
    floor
}

#[test]
fn of_two_sign_outs_open_and_four_of_six_gone_two_are_not_free() {
    let mut floor = six_more();
    floor
        .at("11:00")
        .release("inbound", "quality")
        .expect_sign_out("quality", 2)
        .release("inbound", "expert")
        .expect_sign_out("expert", 4);
    floor.at("11:30").waiting_with("inbound", 6, 42);
    let lent = floor.core.lent(&Name::from("expert")) + floor.core.lent(&Name::from("quality"));
    assert!(lent >= 2, "{lent} are still on their way");
    floor
        .at("12:00")
        .waiting_with("inbound", 6, 40)
        .expect_lent("expert", 0)
        .expect_lent("quality", 0);
}

#[test]
fn who_has_gone_and_is_not_yet_shown_gone_is_no_proof_for_others() {
    let mut floor = six_more();
    floor
        .at("11:00")
        .release("inbound", "quality")
        .expect_sign_out("quality", 2)
        .done("quality");
    floor
        .at("11:20")
        .release("inbound", "expert")
        .expect_sign_out("expert", 4);
    // The two of quality, and two of the experts.
    floor.at("11:30").waiting_with("inbound", 6, 42).expect_unsaid("freed");
    assert!(floor.core.lent(&Name::from("expert")) >= 2);
    floor
        .at("11:40")
        .waiting_with("inbound", 6, 40)
        .expect_lent("expert", 0);
}

#[test]
fn who_has_gone_by_word_is_waited_for_no_longer_than_it_takes_to_settle() {
    let mut floor = six_more();
    floor
        .at("11:00")
        .release("inbound", "quality")
        .expect_sign_out("quality", 2)
        .done("quality");
    floor
        .at("14:00")
        .release("inbound", "expert")
        .expect_sign_out("expert", 4);
    // The two of quality are taken to be others by now: these four are the experts.
    floor
        .at("14:10")
        .waiting_with("inbound", 6, 42)
        .expect_lent("expert", 0);
}

#[test]
fn of_a_sign_out_done_for_some_these_are_no_proof_for_the_rest() {
    let mut floor = six_more();
    floor
        .at("11:00")
        .release("inbound", "expert")
        .expect_sign_out("expert", 4);
    floor.at("11:10").done_with("expert", 2).expect_lent("expert", 2);
    floor
        .at("11:20")
        .waiting_with("inbound", 6, 44)
        .expect_lent("expert", 2);
    floor
        .at("11:40")
        .waiting_with("inbound", 6, 42)
        .expect_lent("expert", 0);
}

#[test]
fn who_was_told_to_go_before_the_feed_told_a_number_is_no_proof_for_others() {
    let mut floor = Floor::with(two_tiers);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("10:00").expect_sign_in("quality", 2).done("quality");
    floor
        .at("11:00")
        .release("inbound", "expert")
        .expect_sign_out("expert", 4);
    floor.at("11:10").waiting_with("inbound", 6, 46);
    floor
        .at("11:20")
        .release("inbound", "quality")
        .expect_sign_out("quality", 2);
    // Two of the experts, as far as anybody knows.
    floor
        .at("11:30")
        .waiting_with("inbound", 6, 44)
        .expect_lent("quality", 2);
    floor
        .at("11:40")
        .waiting_with("inbound", 6, 40)
        .expect_lent("quality", 0);
}

#[test]
fn where_paused_is_away_a_paused_member_leaves_a_seat() {
    let paused = |signed_in, paused| Reading {
        signed_in: Some(signed_in),
        paused: Some(paused),
        ..Reading::of("inbound", 6)
    };
    for (is, seats) in [(Paused::Away, 3), (Paused::SignedIn, 0)] {
        let mut floor = Floor::with(|plan| {
            two_tiers(plan);
            plan::ladder_of(plan, "day").tiers.truncate(1);
            plan.feeds.get_mut("hotline").unwrap().paused = is;
        });
        floor.at("00:00").reads(paused(60, 3));
        assert_eq!(floor.core.room(), Some(seats));
        floor.at("05:00");
        if seats > 0 {
            floor.expect_sign_in("expert", seats);
        } else {
            floor.expect_said("tier_skipped");
        }
    }
}

#[test]
fn a_queue_may_say_itself_what_paused_is() {
    let mut floor = Floor::with(|plan| {
        two_tiers(plan);
        plan.queues.get_mut("inbound").unwrap().paused = Some(Paused::Away);
    });
    floor.at("00:00").reads(Reading {
        signed_in: Some(60),
        paused: Some(4),
        ..Reading::of("inbound", 0)
    });
    assert_eq!(floor.core.room(), Some(4));
}

#[test]
fn people_named_on_several_queues_count_once_beside_a_queue_that_tells_a_number() {
    let mut floor = Floor::with(|plan| {
        two_tiers(plan);
        plan.physical_seats = Some(12);
        for queue in ["sales", "support"] {
            plan.queues.insert(Name::from(queue), plan::queue("day", 1));
        }
    });
    let five = ["A1", "A2", "A3", "A4", "A5"];
    floor
        .at("00:00")
        .reads(named("inbound", 0, &five))
        .reads(named("sales", 0, &five))
        .waiting_with("support", 0, 3);
    assert_eq!(floor.core.room(), Some(4));
}

#[test]
fn of_a_queue_that_names_some_the_others_count_by_number() {
    let mut floor = Floor::with(|plan| {
        two_tiers(plan);
        plan.physical_seats = Some(12);
        plan.queues.insert(Name::from("sales"), plan::queue("day", 1));
    });
    let some = Reading {
        signed_in: Some(6),
        ..named("inbound", 0, &["A1", "A2"])
    };
    floor.at("00:00").reads(some).reads(named("sales", 0, &["A1", "A3"]));
    // A1, A2, A3, and four without a name.
    assert_eq!(floor.core.room(), Some(5));
}

#[test]
fn who_was_asked_and_is_shown_by_name_counts_once() {
    let mut floor = Floor::with(|plan| {
        two_tiers(plan);
        plan.physical_seats = Some(10);
    });
    let there = ["A1", "A2", "A3", "A4"];
    floor.at("00:00").reads(named("inbound", 6, &there));
    floor.at("05:00").expect_sign_in("expert", 4);
    assert_eq!(floor.core.room(), Some(2));
    let with_two = ["A1", "A2", "A3", "A4", "E01", "E02"];
    floor.at("05:30").reads(named("inbound", 6, &with_two));
    assert_eq!(floor.core.room(), Some(2));
    floor.done("expert");
    assert_eq!(floor.core.room(), Some(2));
}
