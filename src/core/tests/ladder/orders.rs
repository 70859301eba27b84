//! "Incident", "Chain of command", "Orders by hand", and every refusal once.

use crate::support::floor::{done, someone};
use crate::support::{Floor, plan};
use surged_core::{Action, Answer, Input, InstructionId, Millis, Name, Order, Reading, Reason};

fn incident(floor: &Floor, minutes: i64) -> Order {
    let until = floor.now() + Millis::from_mins(minutes);
    Order::Incident {
        queue: "inbound".into(),
        note: "billing is down".to_owned(),
        until,
    }
}

fn pause(minutes: i64) -> Order {
    let (lasting, reason) = (Millis::from_mins(minutes), "fire drill".to_owned());
    Order::Pause {
        queue: "inbound".into(),
        lasting,
        reason,
    }
}

#[test]
fn an_incident_brings_overtime_forward_as_soon_as_the_first_threshold_is_passed() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 3);
    let declared = incident(&floor, 120);
    floor.order(declared).expect_said("incident");
    floor
        .at("01:00.004")
        .waiting("inbound", 6)
        .expect(Action::Overtime, "overtime", 2);
    let reason = &floor.instruction("overtime", |_| true).reason;
    assert!(matches!(reason, Reason::Incident { note, .. } if note == "billing is down"));
    // What is next on the stack is unchanged.
    floor.at("06:00.004").expect_sign_in("expert", 4);
}

#[test]
fn an_incident_that_is_over_soon_is_not_worth_overtime() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    let declared = incident(&floor, 60);
    floor.order(declared);
    floor.at("04:59").expect_unsaid("instruct");
    let declared = incident(&floor, 61);
    floor.order(declared).expect(Action::Overtime, "overtime", 2);
    floor.at("05:00").expect_sign_in("expert", 4);
}

#[test]
fn an_incident_that_is_over_brings_nothing_forward() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 3);
    let declared = incident(&floor, 120);
    floor.order(declared);
    floor
        .at("01:00")
        .order(Order::IncidentOver {
            queue: "inbound".into(),
        })
        .expect_said("incident_over");
    floor.at("02:00").waiting("inbound", 6);
    floor.at("07:00").expect_sign_in("expert", 4);
}

#[test]
fn an_instruction_not_seen_goes_up_level_by_level_to_its_end() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    assert_eq!(
        floor.instruction("expert", |_| true).respond_by,
        Some(floor.now() + Millis::from_mins(1))
    );
    let up = floor.at("06:00").take_said("passed_up");
    assert_eq!((&up["role"], &up["level"]), (&"shift_leader".into(), &1.into()));
    floor.at("08:00").expect_said("settled").expect_said("passed_up");
    floor
        .at("13:00")
        .expect_said("unanswered")
        .expect_sign_in("outbound", 2);
    floor.expect_stack("inbound", &["expert", "outbound"]);
}

#[test]
fn seen_gives_that_level_its_time_once_more_and_only_once() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("05:50").seen("expert");
    floor.at("06:30").expect_unsaid("passed_up").seen("expert");
    floor.at("06:49.999").expect_unsaid("passed_up");
    floor.at("06:50").expect_said("passed_up");
}

#[test]
fn done_and_declined_end_the_chain() {
    for decline in [false, true] {
        let mut floor = Floor::new();
        floor.at("00:00").waiting("inbound", 6);
        floor.at("05:00").expect_sign_in("expert", 4).waiting("inbound", 0);
        if decline {
            floor.declined("expert")
        } else {
            floor.done("expert")
        };
        assert!(floor.core.open_instructions().is_empty());
        floor.at("06:00").expect_unsaid("passed_up");
    }
}

#[test]
fn escalate_passes_up_by_hand() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    let escalate = Answer::Escalate {
        note: "nobody here may decide".to_owned(),
    };
    let up = floor
        .answer(floor.latest("expert"), escalate.clone())
        .take_said("passed_up");
    assert_eq!(up["role"], "shift_leader");
    let experts = floor.at("05:30").latest("expert");
    let up = floor.answer(experts, escalate).take_said("passed_up");
    assert_eq!((&up["role"], &up["level"]), (&"manager".into(), &2.into()));
    floor.at("10:30").expect_said("unanswered");
}

#[test]
fn a_level_skipped_by_hand_is_told() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    let (instruction, mut by) = (floor.latest("expert"), someone());
    by.role = "shift_leader".into();
    let answer = Answer::Escalate {
        note: "the floor is empty".to_owned(),
    };
    let up = floor
        .input(Input::Answer {
            sure: false,
            instruction,
            by,
            answer,
        })
        .take_said("passed_up");
    assert_eq!(
        (&up["role"], &up["skipped"]),
        (&"manager".into(), &serde_json::json!(["shift_leader"]))
    );
}

#[test]
fn without_a_chain_nothing_goes_up() {
    let mut floor = Floor::with(|plan| plan.chain.clear());
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    assert_eq!(floor.instruction("expert", |_| true).respond_by, None);
    floor.at("12:00").expect_unsaid("passed_up").expect_unsaid("unanswered");
}

#[test]
fn a_tier_called_by_hand_is_logged_as_theirs_and_the_ladder_goes_on_from_there() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("01:00")
        .call("inbound", "quality")
        .expect_sign_in("quality", 2)
        .done("quality");
    assert_eq!(floor.instruction("quality", |_| true).by, Some(someone()));
    floor.at("06:00").expect_sign_in("expert", 4);
    floor.expect_stack("inbound", &["quality", "expert"]);
}

#[test]
fn a_declined_tier_may_be_called_by_hand() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", 4)
        .waiting("inbound", 4)
        .declined("expert");
    floor
        .at("05:30")
        .call("inbound", "expert")
        .expect_sign_in("expert", 4)
        .done("expert");
}

#[test]
fn a_move_released_by_hand_need_not_be_the_last_and_the_rest_stands() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    floor.at("10:00").expect_sign_in("outbound", 2).done("outbound");
    floor
        .at("11:00")
        .release("inbound", "expert")
        .expect_sign_out("expert", 4);
    floor.expect_stack("inbound", &["outbound"]);
    // The window of the next tier begins anew with the sign-out, and the experts are still signing out until 14:00.
    floor.at("16:00").expect_sign_in("expert", 4);
}

#[test]
fn a_paused_queue_does_nothing_and_its_windows_begin_anew_at_the_end() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("04:00").order(pause(10)).expect_said("paused");
    floor.at("14:00").expect_said("resumed");
    floor.at("19:00").expect_sign_in("expert", 4);
}

#[test]
fn a_pause_is_ended_by_hand() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("04:00").order(pause(60));
    floor
        .at("06:00")
        .order(Order::Resume {
            queue: "inbound".into(),
        })
        .expect_said("resumed");
    floor.at("11:00").expect_sign_in("expert", 4);
}

#[test]
fn a_paused_queue_is_not_released_but_people_may_act() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", 4)
        .done("expert")
        .waiting("inbound", 0)
        .order(pause(30));
    floor
        .at("20:00")
        .call("inbound", "quality")
        .expect_sign_in("quality", 2)
        .done("quality");
    floor.at("35:00").expect_said("resumed");
    // Called by hand while it was calm: the daemon leaves them there for half an hour.
    floor.at("50:00").expect_sign_out("quality", 2);
    floor.at("55:00").expect_sign_out("expert", 4);
}

#[test]
fn every_refusal_is_in_words_and_changes_nothing() {
    let mut floor = Floor::with(|plan| plan.physical_seats = Some(5));
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert");
    let experts = floor.latest("expert");
    let queue = || Name::from("inbound");
    let order = |order| Input::Order { by: someone(), order };
    let answer = |instruction, answer| Input::Answer {
        sure: false,
        instruction,
        by: someone(),
        answer,
    };
    let call = |tier: &str| {
        order(Order::Call {
            hold: None,
            seats: None,
            queue: queue(),
            tier: Some(tier.into()),
        })
    };
    floor.refuses("no_such_queue", order(Order::Resume { queue: "sales".into() }));
    floor.refuses(
        "no_such_queue",
        Input::Reading {
            reading: Reading::of("sales", 1),
        },
    );
    floor.refuses(
        "no_such_ladder",
        Input::LadderInForce {
            queue: queue(),
            ladder: "dusk".into(),
        },
    );
    floor.refuses("no_such_tier", call("angels"));
    floor.refuses("no_such_instruction", answer(InstructionId(99), done()));
    floor.refuses("already_called", call("expert"));
    floor.refuses(
        "nothing_to_release",
        order(Order::Release {
            queue: queue(),
            instruction: InstructionId(99),
        }),
    );
    floor.refuses("pause_without_end", order(pause(0)));
    floor.refuses("not_paused", order(Order::Resume { queue: queue() }));
    let past = incident(&floor, 0);
    floor.refuses("incident_without_end", order(past));
    floor.refuses("no_incident", order(Order::IncidentOver { queue: queue() }));
    let too_many = Answer::Done {
        seats: Some(u32::MAX),
        people: None,
        note: None,
    };
    floor.refuses("too_much", answer(experts, too_many));
    floor
        .at("06:00")
        .call("inbound", "quality")
        .expect_sign_in("quality", 1);
    floor.refuses("no_seat", call("back_office"));
    let escalate = || Answer::Escalate { note: "up".to_owned() };
    let quality = floor.latest("quality");
    floor.answer(quality, escalate()).answer(quality, escalate());
    floor.refuses("nobody_above", answer(quality, escalate()));
    floor
        .done("quality")
        .release("inbound", "expert")
        .expect_sign_out("expert", 4);
    let nobody = Answer::Left {
        people: Vec::new(),
        seats: None,
        reason: "home".to_owned(),
    };
    floor.refuses("does_not_fit", answer(quality, nobody));
    floor.done("expert").refuses("closed", answer(experts, done()));
}

#[test]
fn nobody_to_give_and_taken_elsewhere_are_refused() {
    let mut floor = Floor::with(|plan| {
        plan.queues.insert(Name::from("sales"), plan::queue("day", 1));
    });
    floor.at("00:00").waiting("inbound", 6).waiting("sales", 0);
    floor.at("05:00").expect_sign_in("expert", 4);
    let sales = |tier: &str| Order::Call {
        hold: None,
        seats: None,
        queue: "sales".into(),
        tier: Some(tier.into()),
    };
    floor.refuses(
        "nobody_to_give",
        Input::Order {
            by: someone(),
            order: sales("expert"),
        },
    );
    floor.waiting("inbound", 0);
    floor.at("05:30").waiting("sales", 6);
    floor.at("06:00").expect_stand_down("expert", 4);
    let stood_down = floor.latest_call("expert");
    floor.order(sales("expert")).expect_sign_in("expert", 4);
    floor.refuses(
        "taken_elsewhere",
        Input::Answer {
            sure: false,
            instruction: stood_down,
            by: someone(),
            answer: done(),
        },
    );
    floor.done("expert");
}

#[test]
fn a_tier_called_by_hand_on_a_calm_queue_is_left_there_for_half_an_hour() {
    let mut floor = Floor::with(|plan| plan.chain.clear());
    floor.at("00:00").waiting("inbound", 0);
    floor.at("10:00").call("inbound", "expert").expect_sign_in("expert", 4);
    floor.at("40:00").expect_stand_down("expert", 4);
}

#[test]
fn what_waits_for_an_answer_is_told_oldest_first_whatever_the_queue() {
    let mut floor = Floor::with(|plan| {
        plan.queues.insert("sales".into(), plan::queue("day", 20));
    });
    floor.at("00:00").waiting("inbound", 0).waiting("sales", 0);
    floor.call("sales", "expert").expect_sign_in("expert", 4);
    floor.call("inbound", "outbound").expect_sign_in("outbound", 2);
    let open = floor.core.open_instructions();
    let queues = open.iter().map(|open| open.instruction.queue.as_str());
    assert_eq!(queues.collect::<Vec<&str>>(), ["sales", "inbound"]);
}

#[test]
fn every_answer_is_told_to_all_with_who_gave_it() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).seen("expert");
    let seen = floor.take_said("answered");
    assert_eq!(
        (&seen["by"]["name"], &seen["answer"]["status"]),
        (&"Li Na".into(), &"seen".into())
    );
    assert_eq!(seen["instruction"], floor.latest_call("expert").0);
}
