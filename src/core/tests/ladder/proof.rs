//! "What the feed proves": that people came, and that they went.

use crate::people::{midnight, roster};
use crate::support::{Floor, plan};
use surged_core::ladder::{Paused, Plan, Seats};
use surged_core::{Agent, AgentState, Millis, Name, Reading};

const EXPERTS: [&str; 4] = ["E01", "E02", "E03", "E04"];

fn experts_only(plan: &mut Plan) {
    plan::ladder_of(plan, "day").tiers.truncate(1);
}

/// A reading that names these, each in that state, and counts so many in all.
fn shows(waiting: u32, people: &[&str], state: AgentState, signed_in: u32) -> Reading {
    let agents = people.iter().map(|person| Agent {
        person: Name::from(*person),
        state,
    });
    Reading {
        signed_in: Some(signed_in),
        agents: Some(agents.collect()),
        ..Reading::of("inbound", waiting)
    }
}

/// The experts have come, as the feed shows by name.
fn experts_there() -> Floor {
    let mut floor = Floor::with(experts_only);
    floor.at("00:00").waiting_among("inbound", 6, &[]);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor
        .at("05:20")
        .waiting_among("inbound", 6, &EXPERTS)
        .expect_said("settled");
    floor
}

#[test]
fn a_sign_out_that_the_feed_shows_is_closed_and_climbs_no_chain() {
    let mut floor = experts_there();
    floor.at("06:00").waiting_among("inbound", 0, &EXPERTS);
    floor.at("11:00").expect_sign_out("expert", EXPERTS);
    let sign_out = floor.latest("expert");
    floor
        .at("11:20")
        .waiting_among("inbound", 0, &["E02"])
        .expect_open(sign_out);
    floor
        .at("11:30")
        .waiting_among("inbound", 0, &[])
        .expect_lent("expert", 0)
        .expect_closed(sign_out);
    floor.at("20:00");
    let climbed = |text: &String| text.contains("passed_up") || text.contains("unanswered");
    assert!(!floor.heard_since("11:00").iter().any(climbed));
}

#[test]
fn who_is_gone_for_a_minute_without_a_sign_out_is_asked_about_by_name() {
    let mut floor = experts_there();
    floor.at("07:00").waiting_among("inbound", 6, &["E03", "E04"]);
    floor.at("07:59.999");
    let names = |text: &String| text.contains("\"E01\"") && text.contains("\"E02\"") && !text.contains("\"E03\"");
    assert!(!floor.heard_since("07:00").iter().any(names));
    floor.at("08:00");
    let heard = floor.heard_since("08:00");
    assert!(heard.iter().any(names), "{heard:?}");
}

#[test]
fn who_comes_back_within_the_minute_is_not_asked_about() {
    let mut floor = experts_there();
    floor.at("07:00").waiting_among("inbound", 6, &["E03", "E04"]);
    floor.at("07:30").waiting_among("inbound", 6, &EXPERTS);
    floor.at("09:00");
    assert!(
        floor.heard_since("07:00").is_empty(),
        "{:?}",
        floor.heard_since("07:00")
    );
}

#[test]
fn after_a_restart_of_the_phone_system_likewise() {
    let mut floor = experts_there();
    let feed = Name::from("hotline");
    floor
        .at("07:00")
        .input(surged_core::Input::FeedConnected { feed })
        .waiting_among("inbound", 6, &[]);
    floor.at("08:00");
    let heard = floor.heard_since("08:00");
    let all = |text: &String| EXPERTS.iter().all(|person| text.contains(person));
    assert!(heard.iter().any(all), "{heard:?}");
}

#[test]
fn who_is_asked_about_counts_as_away_for_the_seats() {
    let mut floor = Floor::with(|plan| {
        experts_only(plan);
        plan.physical_seats = Some(10);
    });
    let there = |others: &[&'static str]| {
        let mut people = vec!["A1", "A2", "A3", "A4", "A5", "A6"];
        people.extend(others);
        let count = people.len() as u32;
        shows(6, &people, AgentState::Busy, count)
    };
    floor.at("00:00").reads(there(&[]));
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("05:20").reads(there(&EXPERTS));
    floor.at("07:00").reads(there(&["E03", "E04"]));
    assert_eq!(floor.core.room(), Some(0), "two who may be back in a moment");
    floor.at("08:00");
    assert_eq!(floor.core.room(), Some(2));
}

#[test]
fn left_by_those_who_were_asked_about_is_taken() {
    let mut floor = experts_there();
    floor.at("07:00").waiting_among("inbound", 6, &["E03", "E04"]);
    floor.at("08:00");
    let call = floor.latest_call("expert");
    let left = surged_core::Answer::Left {
        people: vec!["E01".into(), "E02".into()],
        seats: None,
        reason: "home".to_owned(),
    };
    floor.at("08:10").answer(call, left).expect_lent("expert", 2);
}

#[test]
fn where_paused_is_away_unpausing_is_coming() {
    for (is, proves) in [(Paused::Away, false), (Paused::SignedIn, true)] {
        let mut floor = Floor::with(|plan| {
            experts_only(plan);
            plan.feeds.get_mut("hotline").unwrap().paused = is;
        });
        floor.at("00:00").reads(shows(6, &[], AgentState::Busy, 0));
        floor.at("05:00").expect_sign_in("expert", 4);
        floor.at("05:20").reads(shows(6, &EXPERTS, AgentState::Paused, 4));
        if proves {
            floor.expect_said("settled");
        } else {
            floor.expect_unsaid("settled");
            floor
                .at("05:40")
                .reads(shows(6, &EXPERTS, AgentState::Available, 4))
                .expect_said("settled");
        }
    }
}

#[test]
fn a_pool_may_say_itself_what_paused_is() {
    let mut floor = Floor::with(|plan| {
        experts_only(plan);
        plan.feeds.get_mut("hotline").unwrap().paused = Paused::Away;
        plan::pool(plan, "expert").paused = Some(Paused::SignedIn);
    });
    floor.at("00:00").reads(shows(6, &[], AgentState::Busy, 0));
    floor.at("05:00").expect_sign_in("expert", 4);
    floor
        .at("05:20")
        .reads(shows(6, &EXPERTS, AgentState::Paused, 4))
        .expect_said("settled");
}

#[test]
fn where_paused_is_away_pausing_is_going() {
    let mut floor = Floor::with(|plan| {
        experts_only(plan);
        plan.feeds.get_mut("hotline").unwrap().paused = Paused::Away;
    });
    floor.at("00:00").reads(shows(6, &[], AgentState::Busy, 0));
    floor.at("05:00").expect_sign_in("expert", 4);
    floor
        .at("05:20")
        .reads(shows(0, &EXPERTS, AgentState::Busy, 4))
        .expect_said("settled");
    floor.at("10:20").expect_sign_out("expert", 4);
    let sign_out = floor.latest("expert");
    floor
        .at("10:30")
        .reads(shows(0, &EXPERTS, AgentState::Paused, 4))
        .expect_lent("expert", 0)
        .expect_closed(sign_out);
}

/// The four experts by name and six of quality by number, in one move.
fn mixed() -> Floor {
    let mut floor = Floor::with(|plan| {
        let mut pair = plan::tier("pair", "expert", Seats::All, plan::above(5, 300));
        pair.pools.push("quality".into());
        plan::ladder_of(plan, "day").tiers = vec![pair];
    });
    floor.at("00:00").reads(shows(6, &[], AgentState::Busy, 40));
    floor.at("05:00").expect_sign_in("pair", 10);
    floor
}

#[test]
fn a_move_of_named_and_unnamed_people_is_proved_part_by_part() {
    let mut floor = mixed();
    floor
        .at("05:20")
        .reads(shows(6, &EXPERTS, AgentState::Busy, 44))
        .expect_unsaid("settled");
    floor
        .at("05:40")
        .reads(shows(6, &EXPERTS, AgentState::Busy, 50))
        .expect_said("settled");
}

#[test]
fn a_number_does_not_prove_those_whom_the_feed_names() {
    let mut floor = mixed();
    floor
        .at("05:20")
        .reads(shows(6, &["E01", "E02", "E03"], AgentState::Busy, 50))
        .expect_unsaid("settled");
    floor
        .at("05:40")
        .reads(shows(6, &EXPERTS, AgentState::Busy, 50))
        .expect_said("settled");
}

#[test]
fn fewer_by_number_prove_a_sign_out_of_those_whom_the_feed_does_not_name() {
    let mut floor = Floor::with(|plan| {
        plan::ladder_of(plan, "day")
            .tiers
            .retain(|tier| tier.name.as_str() == "quality");
    });
    floor.at("00:00").waiting_with("inbound", 6, 40);
    floor.at("05:00").expect_sign_in("quality", 2);
    floor.at("05:20").waiting_with("inbound", 0, 42).expect_said("settled");
    floor.at("10:20").expect_sign_out("quality", 2);
    let sign_out = floor.latest("quality");
    floor
        .at("10:30")
        .waiting_with("inbound", 0, 41)
        .expect_lent("quality", 2);
    floor
        .at("10:40")
        .waiting_with("inbound", 0, 40)
        .expect_lent("quality", 0)
        .expect_closed(sign_out);
}

#[test]
fn the_place_of_who_was_asked_about_is_given_to_another_once() {
    for max_borrowed in [None, Some(2)] {
        let mut floor = Floor::with(|plan| {
            experts_only(plan);
            plan::day_tier(plan, "expert").seats = plan::seats(2, 2);
            plan::ladder_of(plan, "day").max_borrowed = max_borrowed;
        });
        floor.at("00:00").waiting_among("inbound", 6, &[]);
        floor.at("05:00").expect_sign_in("expert", ["E01", "E02"]);
        floor
            .at("05:20")
            .waiting_among("inbound", 6, &["E01", "E02"])
            .expect_said("settled");
        floor.at("07:00").waiting_among("inbound", 6, &["E02"]);
        // Asked about at 8:00, so that E01 counts as left at 11:00. The tier's window is full before that.
        floor.at("10:20").expect_sign_in("expert", ["E03"]).done("expert");
        floor.at("10:30").waiting_among("inbound", 6, &["E02", "E03"]);
        floor.at("11:00").expect_said("taken_as_left").expect_lent("expert", 2);
        floor.at("20:00").expect_lent("expert", 2);
    }
}

#[test]
fn who_is_asked_for_takes_as_many_empty_places_as_they_are_and_not_all() {
    let mut floor = Floor::with(|plan| {
        experts_only(plan);
        plan::day_tier(plan, "expert").seats = plan::seats(4, 4);
        let experts = plan::pool(plan, "expert");
        experts.people.push("E05".into());
        experts.rest_between = Millis::from_mins(8);
    });
    floor.at("00:00").waiting_among("inbound", 6, &[]);
    floor.at("05:00").expect_sign_in("expert", EXPERTS);
    floor.at("05:20").waiting_among("inbound", 6, &EXPERTS);
    // One has gone home and rests; another is gone without a word, asked about at 8:00, and counts as left at 11:00.
    floor.at("06:00").left("expert", ["E01"]);
    floor.at("07:00").waiting_among("inbound", 6, &["E03", "E04"]);
    // Two places are empty, and one can be asked.
    floor.at("10:20").expect_sign_in("expert", ["E05"]);
    floor.at("10:30").waiting_among("inbound", 6, &["E03", "E04", "E05"]);
    floor.at("15:30").expect_sign_in("expert", ["E01"]);
}

#[test]
fn those_who_are_all_there_once_another_has_left_settle_before_sight_is_lost_in_that_millisecond() {
    let mut floor = Floor::with(|plan| {
        experts_only(plan);
        plan::day_tier(plan, "expert").seats = plan::seats(2, 2);
        plan::day_tier(plan, "expert").settle_within = Some(Millis::from_mins(10));
    });
    floor.at("00:00").waiting_among("inbound", 6, &[]);
    floor.at("05:00").expect_sign_in("expert", ["E01", "E02"]);
    floor.at("05:05").waiting_among("inbound", 6, &["E02"]);
    floor.at("05:10").waiting_among("inbound", 6, &["E01"]);
    floor.at("06:10").expect_said("gone");
    floor.at("08:55").silence();
    floor
        .at("09:10")
        .expect_said("taken_as_left")
        .expect_said("settled")
        .expect_said("feed_lost");
}

#[test]
fn who_is_said_to_be_there_after_all_is_not_asked_about_again() {
    let mut floor = Floor::with(|plan| {
        experts_only(plan);
        plan::day_tier(plan, "expert").seats = plan::seats(2, 2);
    });
    floor.at("00:00").waiting_among("inbound", 6, &[]);
    floor.at("05:00").expect_sign_in("expert", ["E01", "E02"]);
    floor.at("05:20").waiting_among("inbound", 6, &["E01", "E02"]);
    floor.at("07:00").waiting_among("inbound", 6, &["E02"]);
    floor.at("08:00").expect_said("gone");
    floor.at("08:30").done("expert");
    floor.at("09:00").waiting_among("inbound", 6, &["E02"]);
    floor.at("11:00").expect_unsaid("gone");
    assert!(floor.view("inbound").moves[0].missing.is_empty());
}

#[test]
fn who_was_replaced_and_comes_back_is_there_as_well() {
    let mut floor = Floor::with(|plan| {
        experts_only(plan);
        plan::day_tier(plan, "expert").seats = plan::seats(2, 2);
    });
    floor.at("00:00").waiting_among("inbound", 6, &[]);
    floor.at("05:00").expect_sign_in("expert", ["E01", "E02"]);
    floor.at("05:20").waiting_among("inbound", 6, &["E01", "E02"]);
    floor.at("07:00").waiting_among("inbound", 6, &["E02"]);
    floor.at("10:20").expect_sign_in("expert", ["E03"]).done("expert");
    floor.at("10:40").waiting_among("inbound", 6, &["E01", "E02", "E03"]);
    floor.at("20:00").expect_lent("expert", 3);
}

#[test]
fn what_the_feed_shows_in_place_of_a_name_is_told() {
    let near = |people: &[&str], signed_in: u32| {
        let mut floor = Floor::with(|plan| {
            experts_only(plan);
            plan.queues.insert(Name::from("sales"), plan::queue("night", 1));
            plan::day_tier(plan, "expert").seats = plan::seats(2, 2);
        });
        floor.at("00:00").waiting_among("inbound", 6, &[]);
        floor.waiting_among("sales", 0, &[]);
        floor.at("05:00").expect_sign_in("expert", ["E01", "E02"]);
        floor.at("05:10").done("expert");
        floor.reads(shows(6, people, AgentState::Busy, signed_in));
        floor.waiting_among("sales", 0, if people.is_empty() { &["E02"] } else { &[] });
        let said = floor.at("08:10").take_said("not_shown");
        said["near"].clone()
    };
    let spelt = serde_json::json!([{ "person": "E02", "instead": "other_spelling", "people": ["e 02"] }]);
    assert_eq!(near(&["E01", "e 02"], 2), spelt);
    let elsewhere = serde_json::json!([{ "person": "E02", "instead": "other_queue", "queue": "sales" }]);
    assert_eq!(near(&[], 0), elsewhere);
    let nameless = serde_json::json!([{ "person": "E01", "instead": "nameless", "members": 2 }]);
    assert_eq!(near(&["E01"], 3), nameless);
}

/// Two people whose shift is so, in minutes.
fn two_by_the_roster(from: i64, to: i64) -> Floor {
    Floor::with(|plan| {
        let shift: &[(i64, i64)] = &[(from, to)];
        plan.roster = roster(midnight(), &[("A01", shift), ("A02", shift)]);
    })
}

#[test]
fn shifts_that_begin_by_the_roster_are_no_proof_that_people_came() {
    let mut floor = two_by_the_roster(6, 600);
    floor.at("00:00").waiting_with("inbound", 6, 40);
    floor.at("05:00").expect_sign_in("expert", 4);
    // Two of the four more have their shift from this very millisecond on.
    floor
        .at("06:00")
        .waiting_with("inbound", 6, 44)
        .expect_unsaid("settled");
    floor.at("06:30").waiting_with("inbound", 6, 46).expect_said("settled");
}

#[test]
fn shifts_that_end_by_the_roster_are_no_proof_that_people_went() {
    let mut floor = two_by_the_roster(-60, 12);
    floor.at("00:00").waiting_with("inbound", 6, 40);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("06:00").waiting_with("inbound", 0, 44).expect_said("settled");
    floor.at("11:00").expect_sign_out("expert", 4);
    floor.at("12:00").waiting_with("inbound", 0, 40).expect_unsaid("freed");
    floor.at("12:30").waiting_with("inbound", 0, 38).expect_said("freed");
}
