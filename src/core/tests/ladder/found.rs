//! What random days once found wrong, as timelines.

use crate::support::floor::done;
use crate::support::{Floor, plan};
use std::sync::Arc;
use surged_core::ladder::{Mode, QueuePlan, Threshold};
use surged_core::{Action, Answer, Core, Counted, Input, Millis, Name, Order, Part, Reading, Time};

#[test]
fn an_order_cut_off_from_its_decision_by_a_crash_is_carried_out_at_start_up() {
    // The proof of every floor cuts its log after each entry; a tier without a time of its own is decided with the reading itself.
    let mut floor = Floor::with(|plan| plan::day_tier(plan, "expert").when = plan::above(5, 0));
    floor.at("00:00").waiting("inbound", 5);
    floor.at("00:01").waiting("inbound", 6).expect_sign_in("expert", 4);
    floor
        .at("00:02")
        .call("inbound", "quality")
        .expect_sign_in("quality", 2);
}

#[test]
fn a_tier_that_is_short_while_depth_is_calm_is_skipped_once_and_not_in_a_circle() {
    let longest_wait = Some(Millis::from_mins(2));
    let mut floor = Floor::with(|plan| {
        plan::pool(plan, "expert").people.clear();
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan::day_tier(plan, "expert").when.threshold = Threshold::LongestWaitAbove(Millis::from_mins(1));
    });
    floor.at("00:00").reads(Reading {
        longest_wait,
        ..Reading::of("inbound", 3)
    });
    floor
        .at("05:00")
        .expect_said("tier_skipped")
        .expect_unsaid("surge_over");
    floor.at("30:00").waiting("inbound", 3).expect_said("surge_over");
}

#[test]
fn an_incident_that_finds_nobody_while_depth_is_calm_is_said_once() {
    let longest_wait = Some(Millis::from_mins(2));
    let mut floor = Floor::with(|plan| {
        plan.physical_seats = Some(0);
        plan::day_tier(plan, "expert").when.threshold = Threshold::LongestWaitAbove(Millis::from_mins(1));
        plan::ladder_of(plan, "day")
            .tiers
            .retain(|tier| ["expert", "overtime"].contains(&tier.name.as_str()));
        plan::day_tier(plan, "expert").when.hold = Millis::from_mins(60);
    });
    let (queue, until) = (Name::from("inbound"), floor.now() + Millis::from_mins(180));
    floor.at("00:00").order(Order::Incident {
        queue,
        note: "billing is down".to_owned(),
        until,
    });
    floor
        .at("00:01")
        .reads(Reading {
            longest_wait,
            ..Reading::of("inbound", 3)
        })
        .expect_said("tier_skipped");
    floor.at("30:00").expect_unsaid("tier_skipped");
}

#[test]
fn a_late_done_does_not_put_a_tier_on_the_stack_twice() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).waiting("inbound", 0);
    floor.at("06:00").expect_stand_down("expert", 4);
    let (instruction, by) = (floor.latest_call("expert"), crate::support::floor::someone());
    floor.call("inbound", "expert").expect_sign_in("expert", 4);
    floor.refuses(
        "already_called",
        Input::Answer {
            sure: false,
            instruction,
            by,
            answer: done(),
        },
    );
    floor.done("expert");
}

#[test]
fn more_people_than_asked_whose_names_nobody_told_are_not_asked_for_again() {
    let mut floor = Floor::with(|plan| {
        plan.queues.insert(Name::from("sales"), plan::queue("day", 1));
        plan::day_tier(plan, "expert").seats = plan::seats(2, 2);
    });
    floor.at("00:00").waiting("inbound", 6).waiting("sales", 0);
    floor
        .at("05:00")
        .expect_sign_in("expert", ["E01", "E02"])
        .done_with("expert", 3)
        .expect_lent("expert", 3);
    floor.call("sales", "expert").expect_sign_in("expert", 1).done("expert");
}

#[test]
fn what_was_kept_for_a_higher_queue_is_given_as_soon_as_that_queue_is_blind_or_paused() {
    for paused in [false, true] {
        let mut floor = Floor::with(|plan| {
            plan.queues.insert(Name::from("sales"), plan::queue("day", 20));
            plan::ladder_of(plan, "day").tiers.truncate(1);
            plan::day_tier(plan, "expert").seats = plan::seats(4, 4);
        });
        floor.at("00:00").waiting("inbound", 6).waiting("sales", 0);
        floor.at("04:00").waiting("sales", 6);
        floor.at("05:00").expect_said("tier_skipped");
        let queue = Name::from("sales");
        if paused {
            let (lasting, reason) = (Millis::from_mins(30), "fire drill".to_owned());
            floor.at("06:00").order(Order::Pause { queue, lasting, reason });
        } else {
            floor
                .at("06:00")
                .input(Input::QueueMissing { queue })
                .expect_said("feed_lost");
        }
        floor.expect_sign_in("expert", 4).done("expert");
    }
}

#[test]
fn an_incident_leaves_its_smallest_ask_to_a_higher_queue_as_well() {
    let mut floor = Floor::with(|plan| {
        plan.queues.insert(Name::from("sales"), plan::queue("day", 20));
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan::day_tier(plan, "expert").on_incident = true;
    });
    floor.at("00:00").waiting("inbound", 0).waiting("sales", 6);
    let (queue, until) = (Name::from("inbound"), floor.now() + Millis::from_mins(180));
    floor.order(Order::Incident {
        queue,
        note: "billing is down".to_owned(),
        until,
    });
    floor
        .at("01:00")
        .waiting("inbound", 6)
        .expect_sign_in("expert", ["E01", "E02", "E03"]);
    floor.at("05:00").expect_sign_in("expert", ["E04"]);
}

#[test]
fn what_is_put_back_goes_to_its_own_place() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor
        .at("10:00")
        .expect_sign_in("outbound", 2)
        .done("outbound")
        .waiting("inbound", 0);
    floor
        .at("11:00")
        .release("inbound", "expert")
        .expect_sign_out("expert", 4);
    floor
        .at("12:00")
        .declined("expert")
        .expect_stack("inbound", &["expert", "outbound"]);
    floor.at("17:00").expect_sign_out("outbound", 2);
    floor.at("22:00").expect_sign_out("expert", 4);
}

#[test]
fn pools_at_the_end_of_numbers_do_not_overflow() {
    let mut floor = Floor::with(|plan| {
        plan.physical_seats = None;
        *plan::pool(plan, "quality") = plan::size(u32::MAX);
        *plan::pool(plan, "back_office") = plan::size(u32::MAX);
    });
    floor
        .at("00:00")
        .ladder("inbound", "night")
        .waiting("inbound", u32::MAX);
    floor.at("05:00").expect_sign_in("everyone", u32::MAX);
    let reason = "gone home".to_owned();
    let left = Answer::Left {
        people: Vec::new(),
        seats: Some(u32::MAX),
        reason,
    };
    assert_eq!(floor.instruction("everyone", |_| true).action, Action::SignIn);
    floor
        .answer(floor.latest("everyone"), left)
        .expect_stack("inbound", &[]);
}

#[test]
fn a_done_on_what_the_feed_has_shown_already_is_not_doubted() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting_with("inbound", 6, 40);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor
        .at("05:30")
        .waiting_with("inbound", 4, 44)
        .expect_said("settled")
        .done("expert");
    floor.at("05:40").waiting_with("inbound", 4, 43);
    floor.at("09:00").expect_unsaid("not_shown");
}

#[test]
fn who_is_moved_in_shadow_and_really_is_one_person() {
    let mut floor = Floor::with(|plan| {
        for name in ["sales", "support"] {
            let mode = Mode::Shadow;
            let queue = plan::queue("day", 10);
            plan.queues.insert(Name::from(name), QueuePlan { mode, ..queue });
        }
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan::day_tier(plan, "expert").seats = plan::seats(2, 2);
    });
    floor.at("00:00").waiting("sales", 6).waiting("inbound", 0);
    floor.waiting("support", 0);
    floor.at("01:00").waiting("inbound", 6);
    floor.at("02:00").waiting("support", 6);
    floor.at("05:00").expect_sign_in("expert", ["E01", "E02"]);
    floor.at("06:00").expect_sign_in("expert", ["E01", "E02"]);
    floor.at("07:00").expect_sign_in("expert", ["E03", "E04"]);
}

/// Two experts are on the phones of inbound, and one rests for half an hour after it.
fn two_experts() -> Floor {
    let mut floor = Floor::with(|plan| {
        plan::pool(plan, "expert").rest_between = Millis::from_mins(30);
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan::day_tier(plan, "expert").seats = plan::seats(2, 2);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", ["E01", "E02"])
        .done("expert");
    floor
}

fn count(moves: Vec<Counted>, extra: &[&str]) -> Order {
    let part = |person: &&str| Part {
        pool: Some("expert".into()),
        seats: 1,
        people: vec![Name::from(*person)],
    };
    Order::Count {
        queue: "inbound".into(),
        moves,
        extra: extra.iter().map(part).collect(),
    }
}

#[test]
fn everybody_who_is_counted_away_rests() {
    let mut floor = two_experts();
    let instruction = floor.latest_call("expert");
    let people = vec![Name::from("E03")];
    let one = Counted {
        instruction,
        seats: 1,
        people,
    };
    floor.order(count(vec![one], &[])).expect_said("counted");
    floor
        .release("inbound", "expert")
        .expect_sign_out("expert", ["E03"])
        .done("expert");
    let call = Order::Call {
        hold: None,
        queue: "inbound".into(),
        tier: Some("expert".into()),
        seats: Some(4),
    };
    floor.order(call).expect_sign_in("expert", ["E04"]).done("expert");
}

#[test]
fn a_count_by_number_does_not_free_who_is_named_as_extra() {
    let mut floor = two_experts();
    let one = Counted {
        instruction: floor.latest_call("expert"),
        seats: 1,
        people: Vec::new(),
    };
    let (order, by) = (count(vec![one], &["E01"]), crate::support::floor::someone());
    floor.refuses("not_a_count", Input::Order { by, order });
}

#[test]
fn who_is_found_on_a_tier_that_was_called_in_shadow_is_really_there() {
    let mut floor = Floor::with(|plan| {
        plan.queues.get_mut("inbound").unwrap().mode = Mode::Shadow;
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.order(count(Vec::new(), &["E03"])).expect_said("counted");
    let moves = floor.view("inbound").moves;
    assert_eq!(moves.len(), 1);
    assert!(!moves[0].shadow);
    assert_eq!(moves[0].parts[0].people, ["E03".into()]);
    floor.expect_lent("expert", 1);
}

#[test]
fn a_question_of_an_incident_lapses_when_its_end_is_near() {
    let mut floor = Floor::with(|plan| {
        plan.queues.get_mut("inbound").unwrap().mode = Mode::Approve;
    });
    floor.at("00:00").waiting("inbound", 6);
    let until = floor.now() + Millis::from_mins(61);
    let (queue, note) = ("inbound".into(), "billing is down".to_owned());
    floor
        .order(Order::Incident { queue, note, until })
        .expect_said("approval_asked");
    floor.at("00:59.999").expect_unsaid("approval_lapsed");
    floor.at("01:00").expect_said("approval_lapsed");
}

#[test]
fn nothing_is_due_on_three_queues_that_nobody_sees() {
    let mut plan = plan::written();
    for name in ["sales", "support"] {
        plan.queues.insert(Name::from(name), plan::queue("day", 10));
    }
    let plan = Arc::new(plan);
    let mut core = Core::new(Time(0));
    core.handle(Input::Configured { plan }, Time(0)).unwrap();
    core.handle_timeout(Time(0) + Millis::from_mins(11));
    assert_eq!(core.poll_timeout(), None);
}

#[test]
fn who_is_kept_for_a_higher_queue_is_kept_again_as_soon_as_it_is_seen_again() {
    let mut floor = Floor::with(|plan| {
        plan.queues.insert(Name::from("sales"), plan::queue("day", 20));
        plan.queues.get_mut("inbound").unwrap().mode = Mode::Approve;
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan::day_tier(plan, "expert").seats = plan::seats(4, 4);
    });
    floor.at("00:00").waiting("inbound", 6).waiting("sales", 0);
    floor.at("04:50").waiting("sales", 6);
    let queue = Name::from("sales");
    floor
        .at("04:55")
        .input(Input::QueueMissing { queue })
        .expect_said("feed_lost");
    floor.at("05:00").expect_said("approval_asked");
    floor
        .at("05:05")
        .waiting("sales", 6)
        .expect_said("approval_lapsed")
        .expect_said("tier_skipped");
}

#[test]
fn a_sign_out_declined_stands_beside_who_was_found_on_its_tier_meanwhile() {
    let mut floor = two_experts();
    floor
        .release("inbound", "expert")
        .expect_sign_out("expert", ["E01", "E02"]);
    let sign_out = floor.latest("expert");
    floor.order(count(Vec::new(), &["E03"])).expect_said("counted");
    let reason = "keep them".to_owned();
    floor.answer(sign_out, Answer::Declined { reason });
    floor
        .expect_stack("inbound", &["expert", "expert"])
        .expect_lent("expert", 3);
}

#[test]
fn numbers_at_their_end_come_off_the_ledger_as_they_were_put_on() {
    let mut floor = Floor::with(|plan| {
        plan.queues.insert(Name::from("sales"), plan::queue("day", 20));
    });
    let reading = |queue: &str, waiting, signed_in| Reading {
        signed_in: Some(signed_in),
        ..Reading::of(Name::from(queue), waiting)
    };
    floor
        .at("00:00")
        .reads(reading("inbound", 0, u32::MAX))
        .reads(reading("sales", 0, u32::MAX))
        .reads(reading("inbound", 6, 10))
        .reads(reading("sales", 0, 10));
    floor.at("05:00").expect_sign_in("expert", 4);
}

#[test]
fn what_is_severe_does_not_wait_behind_a_tier_whose_threshold_is_not_passed() {
    // Nothing but the surge itself makes them due: no reading comes at that moment.
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        let ladder = plan::ladder_of(plan, "day");
        ladder.severe = Some(plan::above(30, 60));
        ladder.tiers.truncate(2);
        plan::day_tier(plan, "expert").when = plan::above(50, 300);
    });
    floor.at("00:00").waiting("inbound", 40);
    floor.at("01:00").expect_sign_in("outbound", 3);
}

#[test]
fn what_is_severe_does_not_wait_behind_a_tier_that_waits_for_a_yes() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        let ladder = plan::ladder_of(plan, "day");
        ladder.severe = Some(plan::above(30, 60));
        ladder.tiers.truncate(2);
        plan::day_tier(plan, "expert").mode = Some(Mode::Approve);
    });
    floor.at("00:00").waiting("inbound", 40);
    floor
        .at("01:00")
        .expect_said("approval_asked")
        .expect_sign_in("outbound", 3);
}

#[test]
fn what_is_kept_for_a_higher_queue_is_kept_from_when_its_window_begins_by_itself() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan.queues.insert(Name::from("sales"), plan::queue("night", 20));
        plan.queues.get_mut("inbound").unwrap().mode = Mode::Approve;
        let expert = plan.ladders["day"].tiers[0].clone();
        let outbound = plan.ladders["day"].tiers[1].clone();
        plan::pool(plan, "outbound").keep = 10;
        plan::pool(plan, "outbound").size_by.clear();
        let mut first = expert;
        first.next_after = Some(Millis::from_mins(1));
        first.when = plan::above(5, 0);
        plan.ladders.get_mut("night").unwrap().tiers = vec![first, outbound.clone()];
        let mut asked = outbound;
        asked.when = plan::above(5, 20);
        plan.ladders.get_mut("day").unwrap().tiers = vec![asked];
    });
    floor.at("00:00").waiting("sales", 6).expect_sign_in("expert", 4);
    floor.at("00:10").waiting("inbound", 6);
    floor.at("00:30").expect_said("approval_asked");
    // Two are above what stays, and sales may need them from now on.
    floor
        .at("01:00")
        .expect_said("approval_lapsed")
        .expect_said("tier_skipped");
}

#[test]
fn nothing_is_kept_for_a_step_while_the_clock_of_one_before_it_has_not_begun() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan.queues.insert(Name::from("sales"), plan::queue("night", 20));
        plan.queues.get_mut("inbound").unwrap().mode = Mode::Approve;
        plan::pool(plan, "outbound").keep = 10;
        plan::pool(plan, "outbound").size_by.clear();
        // Nobody is in the first, and its clock begins when the first caller has waited for a minute.
        let mut nobody = plan::tier("nobody", "nobody", plan::seats(1, 1), plan::above(0, 300));
        nobody.when.threshold = Threshold::LongestWaitAbove(Millis::from_mins(1));
        plan.pools.insert(Name::from("nobody"), plan::people(&[]));
        let mut outbound = plan.ladders["day"].tiers[1].clone();
        plan.ladders.get_mut("night").unwrap().tiers = vec![nobody, outbound.clone()];
        outbound.when = plan::above(5, 20);
        plan.ladders.get_mut("day").unwrap().tiers = vec![outbound];
    });
    floor.at("00:00").reads(Reading {
        longest_wait: Some(Millis::ZERO),
        ..Reading::of("sales", 6)
    });
    floor.at("00:12").waiting("inbound", 6);
    floor.at("00:32").expect_said("approval_asked");
    floor
        .at("01:00")
        .expect_said("approval_lapsed")
        .expect_said("tier_skipped");
}

#[test]
fn what_is_kept_for_a_higher_queue_is_kept_from_when_the_wait_of_its_first_caller_grows_too_long() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan.queues.insert(Name::from("sales"), plan::queue("night", 20));
        plan.queues.get_mut("inbound").unwrap().mode = Mode::Approve;
        plan::pool(plan, "outbound").keep = 10;
        plan::pool(plan, "outbound").size_by.clear();
        let mut outbound = plan.ladders["day"].tiers[1].clone();
        outbound.when.threshold = Threshold::LongestWaitAbove(Millis::from_mins(1));
        plan.ladders.get_mut("night").unwrap().tiers = vec![outbound.clone()];
        outbound.when = plan::above(5, 20);
        plan.ladders.get_mut("day").unwrap().tiers = vec![outbound];
    });
    floor.at("00:00").reads(Reading {
        longest_wait: Some(Millis::ZERO),
        ..Reading::of("sales", 1)
    });
    floor.at("00:12").waiting("inbound", 6);
    floor.at("00:32").expect_said("approval_asked");
    floor
        .at("01:00")
        .expect_said("approval_lapsed")
        .expect_said("tier_skipped");
}
