//! "Overtime": the seats required, and where each number comes from.

use crate::support::{Floor, plan};
use surged_core::ladder::QueuePlan;
use surged_core::{
    Action, Agent, AgentState, Ask, CallsPerHour, Millis, Missing, Origin, Plan, Reading, Requirement, erlang,
};

/// Overtime alone, due after five minutes above ten.
fn overtime(change: impl FnOnce(&mut Plan)) -> Floor {
    Floor::with(|plan| {
        let tiers = &mut plan::ladder_of(plan, "day").tiers;
        tiers.retain(|tier| tier.name.as_str() == "overtime");
        change(plan);
    })
}

fn inbound(plan: &mut Plan) -> &mut QueuePlan {
    plan.queues.get_mut("inbound").unwrap()
}

/// Overtime alone, with so many calls an hour as configured.
fn configured(calls_per_hour: u32) -> Floor {
    overtime(|plan| inbound(plan).calls_per_hour = Some(calls_per_hour))
}

fn counted(waiting: u32, offered: u64) -> Reading {
    Reading {
        signed_in: Some(40),
        offered: Some(offered),
        ..Reading::of("inbound", waiting)
    }
}

/// What the plan's queue requires by so many calls an hour.
fn required(calls_per_hour: u32) -> u32 {
    let queue = plan::queue("day", 10);
    let calls = f64::from(calls_per_hour);
    erlang::seats_required(calls, queue.handle_time.unwrap(), queue.patience, queue.target.unwrap())
        .unwrap()
        .seats
}

fn computed(floor: &Floor) -> Requirement {
    let instruction = floor.instruction("overtime", |action| action == Action::Overtime);
    *instruction.computed.clone().unwrap()
}

#[test]
fn overtime_asks_for_the_seats_required_less_those_signed_in() {
    let lacking = required(920) - 40;
    let mut floor = configured(920);
    floor.at("00:00").waiting_with("inbound", 11, 40);
    floor.at("05:00").expect(Action::Overtime, "overtime", lacking);
    let queue = plan::queue("day", 10);
    let expected = Requirement {
        paused: None,
        on_their_way: 0,
        calls_per_hour: Some(CallsPerHour {
            value: 920,
            origin: Origin::Configured,
        }),
        handle_time: queue.handle_time,
        patience: queue.patience,
        target: queue.target,
        signed_in: Some(40),
        free_seats: Some(20),
        required: Some(required(920)),
        reachable: Some(true),
        missing: Vec::new(),
    };
    assert_eq!(computed(&floor), expected);
    let ask = floor.instruction("overtime", |_| true).seats;
    assert_eq!((ask.min, ask.max, ask.ask), (lacking, lacking, lacking));
}

#[test]
fn calls_counted_on_the_feed_go_before_the_configured_ones() {
    let mut floor = configured(920);
    floor.at("00:00").reads(counted(0, 1_000));
    floor.at("02:00").reads(counted(11, 1_030));
    floor.at("06:00").reads(counted(11, 1_090));
    // A sign of life says that nothing has changed: 90 calls until 6:55.
    floor
        .at("07:00")
        .expect(Action::Overtime, "overtime", required(781).saturating_sub(40).max(2));
    let calls = CallsPerHour {
        value: 781,
        origin: Origin::Measured,
    };
    assert_eq!(computed(&floor).calls_per_hour, Some(calls));
}

#[test]
fn under_five_minutes_of_counting_the_configured_calls_stand() {
    let mut floor = configured(920);
    floor.at("00:00").reads(counted(11, 1_000));
    // The last sign of life came at 4:55.
    floor
        .at("05:00")
        .expect(Action::Overtime, "overtime", required(920) - 40);
    assert_eq!(computed(&floor).calls_per_hour.unwrap().origin, Origin::Configured);
}

#[test]
fn a_counter_that_falls_belongs_to_a_source_that_started_again() {
    let mut floor = configured(920);
    floor.at("00:00").reads(counted(0, 1_000));
    floor.at("01:00").reads(counted(0, 3));
    floor.at("04:30").reads(counted(11, 90));
    let wanted = required(620).saturating_sub(40).max(2);
    floor.at("09:30").expect(Action::Overtime, "overtime", wanted);
    // 87 calls from 1:00 until 9:25.
    assert_eq!(computed(&floor).calls_per_hour.unwrap().value, 620);
}

#[test]
fn a_counter_that_fell_under_five_minutes_ago_tells_nothing_yet() {
    let mut floor = configured(920);
    floor.at("00:00").reads(counted(0, 1_000));
    floor.at("04:30").reads(counted(11, 1_090));
    floor.at("05:00").reads(counted(11, 3));
    floor
        .at("09:30")
        .expect(Action::Overtime, "overtime", required(920) - 40);
    assert_eq!(computed(&floor).calls_per_hour.unwrap().origin, Origin::Configured);
}

#[test]
fn calls_that_came_while_the_queue_was_blind_are_counted_over_all_that_time() {
    let mut floor = configured(920);
    floor.at("00:00").reads(counted(0, 0));
    floor.at("03:00").silence();
    floor.at("03:15").expect_said("feed_lost");
    floor.at("06:00").sound().reads(counted(11, 60));
    let wanted = required(330).saturating_sub(40).max(2);
    floor.at("11:00").expect(Action::Overtime, "overtime", wanted);
    // 60 calls from 0:00 until 10:55.
    assert_eq!(computed(&floor).calls_per_hour.unwrap().value, 330);
}

#[test]
fn what_is_missing_is_said_and_the_fallback_asked_for() {
    type Change = fn(&mut Plan);
    let missing: [(Change, Missing); 4] = [
        (|plan| inbound(plan).calls_per_hour = None, Missing::CallsPerHour),
        (|plan| inbound(plan).handle_time = None, Missing::HandleTime),
        (|plan| inbound(plan).target = None, Missing::Target),
        (
            |plan| inbound(plan).handle_time = Some(Millis::from_mins(25 * 60)),
            Missing::Bounds,
        ),
    ];
    for (change, what) in missing {
        let mut floor = overtime(|plan| {
            inbound(plan).calls_per_hour = Some(920);
            change(plan);
        });
        floor.at("00:00").waiting_with("inbound", 11, 40);
        floor.at("05:00").expect(Action::Overtime, "overtime", 6);
        let computed = computed(&floor);
        assert_eq!((computed.required, computed.reachable), (None, None));
        assert_eq!(computed.missing, [what]);
    }
}

#[test]
fn without_word_of_who_is_signed_in_the_number_is_told_and_the_fallback_asked_for() {
    let mut floor = configured(920);
    floor.at("00:00").waiting("inbound", 11);
    floor.at("05:00").expect(Action::Overtime, "overtime", 6);
    let computed = computed(&floor);
    assert_eq!(computed.missing, [Missing::SignedIn]);
    assert_eq!((computed.required, computed.reachable), (Some(required(920)), None));
}

#[test]
fn without_patience_nobody_gives_up() {
    let mut floor = overtime(|plan| {
        inbound(plan).calls_per_hour = Some(920);
        inbound(plan).patience = None;
    });
    floor.at("00:00").waiting_with("inbound", 11, 40);
    let queue = plan::queue("day", 10);
    let all_wait = erlang::seats_required(920.0, queue.handle_time.unwrap(), None, queue.target.unwrap()).unwrap();
    assert!(all_wait.seats > required(920));
    floor
        .at("05:00")
        .expect(Action::Overtime, "overtime", all_wait.seats - 40);
}

#[test]
fn a_target_beyond_the_physical_seats_is_said_and_every_seat_asked_for() {
    let mut floor = configured(2_000);
    floor.at("00:00").waiting_with("inbound", 11, 55);
    floor.at("05:00").expect(Action::Overtime, "overtime", 5);
    let computed = computed(&floor);
    assert_eq!((computed.free_seats, computed.reachable), (Some(5), Some(false)));
    let wanted = required(2_000) - 55;
    let ask = Ask {
        min: wanted,
        max: wanted,
        ask: 5,
    };
    assert_eq!(floor.instruction("overtime", |_| true).seats, ask);
}

#[test]
fn where_the_numbers_lack_nobody_the_smallest_fallback_is_asked_for() {
    let mut floor = configured(100);
    floor.at("00:00").waiting_with("inbound", 11, 40);
    floor.at("05:00").expect(Action::Overtime, "overtime", 2);
    assert_eq!(computed(&floor).reachable, Some(true));
}

#[test]
fn an_order_by_hand_computes_and_what_takes_it_back_does_not() {
    let mut floor = configured(920);
    floor
        .at("00:00")
        .waiting_with("inbound", 0, 40)
        .call("inbound", "overtime");
    floor.expect(Action::Overtime, "overtime", required(920) - 40);
    assert!(computed(&floor).required.is_some());
    floor.release("inbound", "overtime");
    floor.expect(Action::StandDown, "overtime", required(920) - 40);
    assert_eq!(
        floor
            .instruction("overtime", |action| action == Action::StandDown)
            .computed,
        None
    );
}

/// The experts and then overtime, for 920 calls an hour, eleven waiting and forty at work.
fn experts_and_overtime() -> Floor {
    let mut floor = Floor::with(|plan| {
        inbound(plan).calls_per_hour = Some(920);
        let named = |name: &str| ["expert", "overtime"].contains(&name);
        plan::ladder_of(plan, "day")
            .tiers
            .retain(|tier| named(tier.name.as_str()));
    });
    floor.at("00:00").reads(names(&[], 40));
    floor.at("05:00").expect_sign_in("expert", 4);
    floor
}

fn names(people: &[&str], signed_in: u32) -> Reading {
    let agents = people.iter().map(|person| Agent {
        person: (*person).into(),
        state: AgentState::Busy,
    });
    Reading {
        signed_in: Some(signed_in),
        agents: Some(agents.collect()),
        ..Reading::of("inbound", 11)
    }
}

#[test]
fn who_is_expected_is_on_the_way_and_who_was_asked_about_is_not() {
    // Said to be done at 5:10, not shown, and asked about at 8:10.
    let mut floor = experts_and_overtime();
    floor.at("05:10").done("expert");
    floor.at("08:10").expect_said("not_shown");
    floor
        .at("10:10")
        .expect(Action::Overtime, "overtime", required(920) - 40);
    assert_eq!(computed(&floor).on_their_way, 0);
    // Nothing said, so that they may yet come: the seats of those who do not are not asked for twice.
    let mut floor = experts_and_overtime();
    floor
        .at("13:00")
        .expect(Action::Overtime, "overtime", required(920) - 44);
    assert_eq!(computed(&floor).on_their_way, 4);
    // They came, and two of them went again at 7:00.
    let mut floor = experts_and_overtime();
    floor.at("05:20").reads(names(&["E01", "E02", "E03", "E04"], 44));
    floor.at("07:00").reads(names(&["E03", "E04"], 42));
    floor.at("08:00").expect_said("gone");
    // Nobody is left to ask in their place.
    floor
        .at("10:20")
        .expect_said("tier_skipped")
        .expect(Action::Overtime, "overtime", required(920) - 42);
    assert_eq!(computed(&floor).on_their_way, 0);
}
