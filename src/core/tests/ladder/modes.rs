//! Shadow mode and approval, of a queue or a tier.

use crate::support::floor::someone;
use crate::support::{Floor, plan};
use surged_core::ladder::Mode;
use surged_core::{Action, Input, InstructionId, Millis, Name, Order, Standing};

fn mode(floor_mode: Mode) -> Floor {
    Floor::with(|plan| {
        plan.chain.clear();
        plan.queues.get_mut("inbound").unwrap().mode = floor_mode;
        plan::ladder_of(plan, "day").tiers.truncate(2);
    })
}

fn yes(tier: &str) -> Order {
    Order::Approve {
        queue: Name::from("inbound"),
        tier: Name::from(tier),
    }
}

fn no(tier: &str) -> Order {
    Order::Refuse {
        queue: Name::from("inbound"),
        tier: Name::from(tier),
        reason: "we can bear it".to_owned(),
    }
}

fn order(order: Order) -> Input {
    Input::Order { by: someone(), order }
}

// ---- shadow

#[test]
fn in_shadow_everything_is_decided_and_nobody_is_told() {
    let mut floor = mode(Mode::Shadow);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    assert!(floor.instruction("expert", |_| true).shadow);
    assert!(floor.core.open_instructions().is_empty() && floor.core.undelivered().is_empty());
    // Nobody is away.
    floor.expect_lent("expert", 0);
    // It settles in its time, and the ladder goes on from there.
    floor.at("08:00").expect_said("settled");
    floor.at("13:00").expect_sign_in("outbound", 2);
    floor.at("16:00").waiting("inbound", 0).expect_said("settled");
    floor.at("21:00").expect_sign_out("outbound", 2);
    floor
        .at("26:00")
        .expect_sign_out("expert", 4)
        .expect_stack("inbound", &[]);
    floor.at("31:00").expect_said("surge_over");
}

#[test]
fn what_was_decided_in_shadow_cannot_be_answered() {
    let mut floor = mode(Mode::Shadow);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    let instruction = floor.latest("expert");
    let answer = crate::support::floor::done();
    floor.refuses(
        "in_shadow",
        Input::Answer {
            sure: false,
            instruction,
            by: someone(),
            answer,
        },
    );
}

#[test]
fn a_queue_in_shadow_takes_nobody_from_a_live_one() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").tiers.truncate(1);
        let mut trial = plan::queue("day", 90);
        trial.mode = Mode::Shadow;
        plan.queues.insert(Name::from("trial"), trial);
    });
    floor.at("00:00").waiting("trial", 6).waiting("inbound", 6);
    // The one in shadow goes first, and both get all four.
    floor
        .at("05:00")
        .expect_sign_in("expert", ["E01", "E02", "E03", "E04"])
        .expect_sign_in("expert", ["E01", "E02", "E03", "E04"]);
    floor.expect_lent("expert", 4);
}

#[test]
fn an_order_by_hand_on_a_queue_in_shadow_is_told() {
    let mut floor = mode(Mode::Shadow);
    floor.at("00:00").waiting("inbound", 3);
    floor.call("inbound", "expert").expect_sign_in("expert", 4);
    assert!(!floor.instruction("expert", |_| true).shadow);
    assert_eq!(floor.core.open_instructions().len(), 1);
}

#[test]
fn a_single_tier_may_be_in_shadow() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").tiers.truncate(2);
        plan::day_tier(plan, "expert").mode = Some(Mode::Shadow);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("08:00").expect_said("settled");
    floor.at("13:00").expect_sign_in("outbound", 2);
    let open = floor.core.open_instructions();
    assert_eq!(open.len(), 1);
    assert!(!open[0].instruction.shadow);
}

// ---- approval

#[test]
fn a_tier_waits_for_a_yes_and_is_called_with_it() {
    let mut floor = mode(Mode::Approve);
    floor.at("00:00").waiting("inbound", 6);
    let asked = floor.at("05:00").take_said("approval_asked");
    assert_eq!(asked["approval"]["tier"], "expert");
    assert_eq!(asked["approval"]["seats"]["ask"], 4);
    floor.expect_stack("inbound", &[]);
    let since = floor.now();
    assert_eq!(floor.view("inbound").tiers[0].standing, Standing::Approval { since });
    floor.at("05:30").order(yes("expert")).expect_said("approved");
    floor.expect_sign_in("expert", 4);
    let called = floor.instruction("expert", |_| true);
    assert_eq!((called.reason.code(), called.by.is_some()), ("waiting_above", true));
    assert_eq!(floor.view("inbound").approval, None);
}

#[test]
fn a_tier_is_asked_for_again_while_it_stays_due() {
    let mut floor = mode(Mode::Approve);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_said("approval_asked");
    floor.at("06:59").expect_unsaid("approval_asked");
    let again = floor.at("07:00").take_said("approval_asked");
    assert_eq!(again["approval"]["times"], 2);
    let since = Some(floor.now() - Millis::from_mins(2));
    assert_eq!(floor.view("inbound").approval.map(|asked| asked.since), since);
}

#[test]
fn a_question_lapses_when_the_tier_is_not_due_any_more() {
    let mut floor = mode(Mode::Approve);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_said("approval_asked");
    floor.at("05:10").waiting("inbound", 5).expect_said("approval_lapsed");
    floor.refuses("nothing_to_approve", order(yes("expert")));
    floor.at("06:00").waiting("inbound", 6);
    let anew = floor.at("11:00").take_said("approval_asked");
    assert_eq!(anew["approval"]["times"], 1);
}

#[test]
fn a_no_passes_the_tier_over_for_a_while() {
    let mut floor = mode(Mode::Approve);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_said("approval_asked");
    floor.refuses(
        "no_without_reason",
        order(Order::Refuse {
            queue: Name::from("inbound"),
            tier: Name::from("expert"),
            reason: "  ".to_owned(),
        }),
    );
    // The next tier is judged by the time already served.
    floor.at("05:30").order(no("expert")).expect_said("approval_refused");
    let next = floor.take_said("approval_asked");
    assert_eq!(next["approval"]["tier"], "outbound");
    floor.order(no("outbound"));
    floor.at("07:29").expect_unsaid("approval_asked");
    let again = floor.at("07:30").take_said("approval_asked");
    assert_eq!(again["approval"]["tier"], "expert");
}

#[test]
fn a_yes_is_carried_out_though_a_step_before_it_is_due_again() {
    let mut floor = mode(Mode::Approve);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_said("approval_asked");
    floor.order(no("expert")).expect_said("approval_refused");
    let next = floor.take_said("approval_asked");
    assert_eq!(next["approval"]["tier"], "outbound");
    // The experts might be asked for again from 7:00 on, and one question is asked at a time: this one.
    let again = floor.at("07:00").take_said("approval_asked");
    assert_eq!(
        (&again["approval"]["tier"], &again["approval"]["times"]),
        (&"outbound".into(), &2.into())
    );
    floor.at("07:30").order(yes("outbound")).expect_said("approved");
    floor.expect_sign_in("outbound", 2);
}

#[test]
fn a_queue_that_cannot_be_seen_asks_for_nothing() {
    let mut floor = mode(Mode::Approve);
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_said("approval_asked").silence();
    floor
        .at("05:15")
        .expect_said("feed_lost")
        .expect_said("approval_lapsed");
    floor.at("14:00").expect_unsaid("approval_asked");
}

#[test]
fn a_live_tier_waits_behind_one_that_waits_for_a_yes() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").tiers.truncate(2);
        plan::day_tier(plan, "expert").mode = Some(Mode::Approve);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_said("approval_asked");
    floor.at("20:00").order(yes("expert")).expect_sign_in("expert", 4);
    floor.done("expert");
    floor.at("25:00").expect_sign_in("outbound", 2);
}

#[test]
fn a_tier_of_an_incident_that_waits_for_a_yes_does_not_hold_the_ladder() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::day_tier(plan, "overtime").mode = Some(Mode::Approve);
    });
    floor.at("00:00").waiting("inbound", 6);
    let until = floor.now() + Millis::from_mins(180);
    floor.at("01:00").order(Order::Incident {
        queue: Name::from("inbound"),
        note: "billing is down".to_owned(),
        until,
    });
    let asked = floor.take_said("approval_asked");
    assert_eq!(
        (&asked["approval"]["tier"], &asked["approval"]["beside"]),
        (&"overtime".into(), &true.into())
    );
    floor.at("05:00").expect_sign_in("expert", 4);
    assert!(floor.view("inbound").approval.is_some());
    floor
        .order(yes("overtime"))
        .expect(surged_core::Action::Overtime, "overtime", 2);
    assert_eq!(floor.latest("overtime"), InstructionId(2));
}

#[test]
fn a_question_lapses_when_another_queue_takes_the_last_seat() {
    let mut floor = Floor::with(|plan| {
        plan.physical_seats = Some(12);
        plan.queues.insert(Name::from("sales"), plan::queue("day", 1));
        plan.queues.get_mut("inbound").unwrap().mode = Mode::Approve;
        plan::ladder_of(plan, "day").tiers.truncate(1);
    });
    floor.at("00:00").waiting_with("inbound", 6, 4);
    floor.waiting_with("sales", 0, 2);
    floor.at("05:00").expect_said("approval_asked");
    // Fewer seats are left: the question stands as long as there is one.
    floor
        .at("05:05")
        .waiting_with("sales", 0, 7)
        .expect_unsaid("approval_lapsed");
    floor
        .at("05:10")
        .waiting_with("sales", 0, 8)
        .expect_said("approval_lapsed")
        .expect_said("tier_skipped");
    floor.refuses("nothing_to_approve", order(yes("expert")));
}

#[test]
fn a_question_lapses_in_the_millisecond_in_which_another_queue_takes_the_last_seat() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day")
            .tiers
            .retain(|tier| tier.name.as_str() == "quality");
        plan.queues.get_mut("inbound").unwrap().mode = Mode::Approve;
        let back_office = plan::tier("back_office", "back_office", plan::seats(2, 3), plan::above(5, 300));
        plan.ladders.insert("sales".into(), plan::ladder(vec![back_office]));
        plan.queues.insert("sales".into(), plan::queue("sales", 10));
    });
    floor
        .at("00:00")
        .waiting_with("inbound", 6, 57)
        .waiting_with("sales", 0, 0);
    floor.at("05:00").expect_said("approval_asked");
    floor.at("05:02.001").order(Order::Call {
        queue: "sales".into(),
        tier: Some("back_office".into()),
        seats: Some(3),
        hold: None,
    });
    floor
        .expect(Action::SignIn, "back_office", 3)
        .expect_said("approval_lapsed")
        .expect_said("tier_skipped");
}

#[test]
fn a_leaders_no_is_for_this_surge() {
    let mut floor = Floor::with(|plan| {
        let ladder = plan::ladder_of(plan, "day");
        ladder.tiers.truncate(2);
        ladder.ask_again_after = Millis::from_mins(60);
        plan::day_tier(plan, "outbound").mode = Some(Mode::Approve);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("10:00").expect_said("approval_asked");
    floor.at("10:10").order(Order::Refuse {
        queue: "inbound".into(),
        tier: "outbound".into(),
        reason: "they are on a campaign".to_owned(),
    });
    floor.at("10:20").waiting("inbound", 0);
    floor.at("15:20").expect_sign_out("expert", 4).done("expert");
    floor.at("20:20").expect_said("surge_over");
    floor.at("21:00").waiting("inbound", 6);
    floor.at("26:00").expect_sign_in("expert", 4).done("expert");
    floor.at("31:00").expect_said("approval_asked");
}

#[test]
fn what_a_pool_has_left_is_shown_to_a_live_tier_without_those_asked_in_shadow() {
    let mut floor = Floor::with(|plan| {
        plan::ladder_of(plan, "day").tiers.truncate(2);
        plan::day_tier(plan, "expert").mode = Some(Mode::Shadow);
        plan::day_tier(plan, "outbound").pools = vec!["expert".into()];
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    let tiers = floor.view("inbound").tiers;
    let left = tiers.iter().map(|tier| tier.reserve.unwrap().can_come);
    assert_eq!(left.collect::<Vec<u32>>(), [0, 4]);
}
