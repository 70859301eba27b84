//! "Incident": at its end it asks to be extended, and is over a quarter of an hour later.

use crate::support::{Floor, plan};
use surged_core::ladder::Threshold;
use surged_core::{Action, Millis, Name, Order, Reading};

fn incident(floor: &Floor, minutes: i64) -> Order {
    Order::Incident {
        queue: Name::from("inbound"),
        note: "billing is down".to_owned(),
        until: floor.now() + Millis::from_mins(minutes),
    }
}

/// An incident that is expected to end at 30:00, on a calm queue.
fn declared() -> Floor {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 0);
    let order = incident(&floor, 30);
    floor.order(order);
    floor
}

#[test]
fn at_its_end_it_asks_to_be_extended() {
    let mut floor = declared();
    floor.at("29:59.999");
    assert!(floor.heard_since("00:01").iter().all(|text| !text.contains("incident")));
    floor.at("30:00");
    let heard = floor.heard_since("30:00");
    assert!(heard.iter().any(|text| text.contains("incident")), "{heard:?}");
    assert!(floor.view("inbound").incident.is_some(), "it only asks");
}

#[test]
fn it_is_over_a_quarter_of_an_hour_later() {
    let mut floor = declared();
    floor.at("44:59.999").expect_unsaid("incident_over");
    floor.at("45:00").expect_said("incident_over");
    assert!(floor.view("inbound").incident.is_none());
}

#[test]
fn extended_it_lasts() {
    let mut floor = declared();
    floor.at("40:00");
    let order = incident(&floor, 60);
    floor.order(order);
    floor.at("1:54:59.999").expect_unsaid("incident_over");
    assert!(floor.view("inbound").incident.is_some());
    floor.at("1:55:00").expect_said("incident_over");
}

#[test]
fn whom_it_called_stays_while_what_brought_them_forward_is_still_passed() {
    // The first tier goes by the longest wait, and what stands down by the depth alone.
    let mut floor = Floor::with(|plan| {
        let minute = Millis::from_mins(1);
        plan::day_tier(plan, "expert").when.threshold = Threshold::LongestWaitAbove(minute);
    });
    floor.at("00:00").reads(Reading {
        longest_wait: Some(Millis::ZERO),
        ..Reading::of("inbound", 3)
    });
    let order = incident(&floor, 180);
    floor.order(order);
    floor.at("01:00").expect(Action::Overtime, "overtime", 2);
    floor.at("05:00").expect_stack("inbound", &["overtime"]);
    floor.waiting("inbound", 0);
    floor.at("06:00").expect_stand_down("overtime", 2);
}

#[test]
fn ended_by_hand_it_asks_nothing() {
    let mut floor = declared();
    let queue = Name::from("inbound");
    floor.at("20:00").order(Order::IncidentOver { queue });
    floor.at("50:00");
    assert!(floor.heard_since("20:01").iter().all(|text| !text.contains("incident")));
}
