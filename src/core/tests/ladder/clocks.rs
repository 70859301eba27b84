//! The clocks that the floor is shown: what they count down to is what then happens.

use crate::support::{Floor, plan};
use surged_core::ladder::Mode;
use surged_core::{Action, Millis, Name, Order, Shortage, Standing, Time};

fn minutes(minutes: i64) -> Millis {
    Millis::from_mins(minutes)
}

fn standing(floor: &Floor, queue: &str, tier: &str) -> Standing {
    let view = floor.view(queue);
    let found = view.tiers.iter().find(|view| view.tier.as_str() == tier);
    found.unwrap().standing.clone()
}

fn next(floor: &Floor, queue: &str) -> (Name, Option<Time>) {
    let next = floor.view(queue).next.unwrap();
    (next.tier, next.clock.map(|clock| clock.due_at))
}

#[test]
fn what_a_severe_surge_brings_is_counted_down_to_for_every_step() {
    let mut floor = Floor::with(|plan| {
        plan::ladder_of(plan, "day").severe = Some(plan::above(30, 60));
        plan::ladder_of(plan, "day").tiers.truncate(3);
        plan::day_tier(plan, "quality").when = plan::above(50, 300);
    });
    floor.at("00:00").waiting("inbound", 40);
    let due_at = floor.now() + minutes(1);
    assert_eq!(next(&floor, "inbound"), ("expert".into(), Some(due_at)));
    for tier in ["expert", "outbound"] {
        assert_eq!(standing(&floor, "inbound", tier), Standing::Running { due_at });
    }
    assert_eq!(standing(&floor, "inbound", "quality"), Standing::Later);
    floor
        .at("01:00")
        .expect_sign_in("expert", 4)
        .expect_sign_in("outbound", 3);
}

#[test]
fn a_step_that_is_not_held_up_by_people_from_home_shows_its_clock() {
    let mut floor = Floor::new();
    floor.at("00:00").ladder("inbound", "holiday").waiting("inbound", 6);
    floor.at("05:00").expect(Action::CallIn, "standby", 5);
    let due_at = floor.now() + minutes(8);
    assert_eq!(standing(&floor, "inbound", "expert"), Standing::Running { due_at });
    floor.at("13:00").expect_sign_in("expert", 4);
}

#[test]
fn people_on_their_way_back_show_until_when() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.waiting("inbound", 0);
    floor.at("10:00").expect_sign_out("expert", 4);
    let free_at = floor.now() + minutes(3);
    assert_eq!(floor.view("inbound").leaving[0].settles_at, Some(free_at));
    floor.at("13:00").expect_said("freed");
}

#[test]
fn people_who_may_stay_only_for_a_while_show_until_when() {
    let mut floor = Floor::with(|plan| {
        plan.pools.get_mut("expert").unwrap().max_stay = Some(minutes(40));
        plan::ladder_of(plan, "day").tiers.truncate(1);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    assert_eq!(
        floor.view("inbound").moves[0].stay_until,
        None,
        "they are not there yet"
    );
    floor.at("06:00").done("expert");
    let until = floor.now() + minutes(40);
    assert_eq!(floor.view("inbound").moves[0].stay_until, Some(until));
    floor.at("46:00").expect_sign_out("expert", 4);
}

#[test]
fn a_step_whose_people_are_kept_for_a_higher_queue_does_not_show_a_clock_that_has_run_out() {
    let mut floor = Floor::with(|plan| {
        plan.queues.insert("sales".into(), plan::queue("day", 20));
        plan.pools.insert("expert".into(), plan::people(&["E01"]));
        plan::ladder_of(plan, "day").tiers.truncate(1);
    });
    floor.at("00:00").waiting("inbound", 6).waiting("sales", 0);
    floor.at("02:00").waiting("sales", 6);
    floor.at("05:00").expect_said("tier_skipped");
    let why = Shortage::Reserved { queue: "sales".into() };
    assert_eq!(standing(&floor, "inbound", "expert"), Standing::Short { why });
    assert_eq!(next(&floor, "inbound").1, None);
    floor.at("07:00").expect_sign_in("expert", 1);
}

#[test]
fn steps_behind_one_that_waits_for_a_yes_show_no_clock() {
    let mut floor = Floor::with(|plan| {
        plan::ladder_of(plan, "day").tiers.truncate(2);
        plan::day_tier(plan, "expert").mode = Some(Mode::Approve);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_said("approval_asked");
    assert_eq!(standing(&floor, "inbound", "outbound"), Standing::Later);
    assert_eq!(next(&floor, "inbound").0, Name::from("expert"));
}

#[test]
fn a_step_that_needs_a_yes_shows_no_clock_while_a_leader_is_asked_about_another() {
    let mut floor = Floor::with(|plan| {
        plan::day_tier(plan, "expert").mode = Some(Mode::Approve);
        plan::day_tier(plan, "overtime").mode = Some(Mode::Approve);
    });
    let queue = Name::from("inbound");
    floor.at("00:00").waiting("inbound", 6);
    let until = floor.now() + minutes(180);
    floor.order(Order::Incident {
        queue: queue.clone(),
        note: "billing is down".to_owned(),
        until,
    });
    floor.expect_said("approval_asked");
    assert_eq!(standing(&floor, "inbound", "expert"), Standing::Later);
    assert_eq!(next(&floor, "inbound"), (Name::from("overtime"), None));
    let due_at = floor.now() + minutes(5);
    floor.at("01:00").order(Order::Refuse {
        queue,
        tier: Name::from("overtime"),
        reason: "it is mended soon".to_owned(),
    });
    assert_eq!(standing(&floor, "inbound", "expert"), Standing::Running { due_at });
    floor.at("05:00").expect_said("approval_asked");
}

#[test]
fn a_step_behind_one_whose_people_have_not_come_says_for_whom_it_waits() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    let unknown = false;
    floor.at("00:30").waiting("inbound", 5);
    assert_eq!(standing(&floor, "inbound", "expert"), Standing::NotMet { unknown });
    floor.at("01:00").waiting("inbound", 6);
    floor.at("06:00").expect_sign_in("expert", 4);
    let instruction = floor.latest_call("expert");
    assert_eq!(
        standing(&floor, "inbound", "outbound"),
        Standing::Unsettled { instruction }
    );
    floor.at("07:00").done("expert");
    let due_at = floor.now() + minutes(5);
    assert_eq!(standing(&floor, "inbound", "outbound"), Standing::Running { due_at });
}

#[test]
fn a_step_to_which_a_leader_said_no_is_passed_over_up_to_the_moment_that_is_shown() {
    let mut floor = Floor::with(|plan| {
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan::day_tier(plan, "expert").mode = Some(Mode::Approve);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_said("approval_asked");
    floor.at("05:10").order(Order::Refuse {
        queue: Name::from("inbound"),
        tier: Name::from("expert"),
        reason: "they are in training".to_owned(),
    });
    let until = floor.now() + minutes(2);
    floor.at("06:00").waiting("inbound", 5);
    floor.at("07:09.999");
    assert_eq!(standing(&floor, "inbound", "expert"), Standing::Refused { until });
    floor.at("07:10");
    let unknown = false;
    assert_eq!(standing(&floor, "inbound", "expert"), Standing::NotMet { unknown });
}
