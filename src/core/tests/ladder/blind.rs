//! "Blind": a queue that nobody can see is neither climbed nor released, and its clocks stand still.

use crate::support::{Floor, plan};
use surged_core::{Action, Input, Millis, Name, Order};

fn feed() -> Name {
    Name::from("hotline")
}

#[test]
fn a_queue_without_a_sign_of_life_for_stale_after_is_blind_in_that_millisecond() {
    let mut floor = Floor::new();
    floor.silence().at("00:00.500").waiting("inbound", 6);
    floor.at("00:15.499");
    assert_eq!(floor.view("inbound").blind_since, None);
    floor.at("00:15.500").expect_said("feed_lost");
    assert_eq!(floor.view("inbound").blind_since, Some(floor.now()));
}

#[test]
fn a_queue_that_never_reads_is_blind_and_it_is_said() {
    let mut floor = Floor::new();
    floor.at("00:15").expect_said("feed_lost");
    floor.at("09:00").waiting("inbound", 6);
    floor.at("14:00").expect_sign_in("expert", 4);
}

#[test]
fn clocks_stand_still_while_the_queue_is_blind() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("01:00").silence();
    floor.at("01:15").expect_said("feed_lost");
    floor.at("02:00").waiting("inbound", 6).expect_said("feed_back").sound();
    // 45 seconds were not seen.
    floor.at("05:45").expect_sign_in("expert", 4);
}

#[test]
fn a_gap_shorter_than_stale_after_is_no_gap() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6).silence();
    floor
        .at("00:14.999")
        .waiting("inbound", 6)
        .expect_unsaid("feed_lost")
        .sound();
    floor.at("05:00").expect_sign_in("expert", 4);
}

#[test]
fn a_lost_connection_alone_blinds_nobody_before_stale_after() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("04:50")
        .input(Input::FeedDisconnected {
            feed: feed(),
            why: "reset by peer".to_owned(),
        })
        .silence();
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("05:05").expect_said("feed_lost");
}

#[test]
fn past_forget_after_windows_begin_anew_with_the_next_reading() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("04:00").silence();
    floor.at("04:15").expect_said("feed_lost");
    floor.at("06:00.001").waiting("inbound", 6).sound();
    floor.at("11:00.001").expect_sign_in("expert", 4);
}

#[test]
fn a_source_that_says_it_is_going_away_blinds_all_its_queues_at_once() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("04:59.999").input(Input::SourceLost {
        feed: feed(),
        why: "shutting down".to_owned(),
    });
    floor.expect_said("feed_lost");
    // Its heartbeats do not vouch for a queue it has lost sight of.
    floor.at("06:00").expect_unsaid("feed_back").waiting("inbound", 6);
    floor.at("06:00.001").expect_sign_in("expert", 4);
}

#[test]
fn a_queue_missing_from_a_full_snapshot_is_blind_at_once() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("03:00")
        .input(Input::QueueMissing {
            queue: "inbound".into(),
        })
        .expect_said("feed_lost");
    floor.at("04:00").waiting("inbound", 6);
    floor.at("06:00").expect_sign_in("expert", 4);
}

#[test]
fn a_heartbeat_stands_only_for_queues_reported_since_the_source_connected() {
    let mut floor = Floor::with(|plan| {
        plan.queues.insert(Name::from("sales"), plan::queue("day", 1));
    });
    floor.at("00:00").waiting("inbound", 0).waiting("sales", 0);
    floor
        .at("01:00")
        .input(Input::FeedConnected { feed: feed() })
        .waiting("inbound", 0);
    floor.at("01:15").expect_said("feed_lost");
    assert!(floor.view("inbound").blind_since.is_none());
    assert!(floor.view("sales").blind_since.is_some());
}

#[test]
fn a_heartbeat_brings_back_sight_of_a_queue_that_it_stands_for() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("01:00").silence();
    floor.at("01:15").expect_said("feed_lost");
    floor
        .at("01:30")
        .input(Input::Heartbeat { feed: feed() })
        .expect_said("feed_back")
        .sound();
    floor.at("05:15").expect_sign_in("expert", 4);
}

#[test]
fn settling_stands_still() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).silence();
    floor.at("05:15").expect_said("feed_lost");
    floor.at("06:15").expect_unsaid("settled").waiting("inbound", 6).sound();
    floor.at("09:00").expect_said("settled");
    floor.at("14:00").expect_sign_in("outbound", 2);
}

#[test]
fn releases_and_min_stay_stand_still() {
    let mut floor = Floor::with(|plan| plan::ladder_of(plan, "day").release.min_stay = Millis::from_mins(10));
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", 4)
        .done("expert")
        .waiting("inbound", 0);
    floor.at("06:00").silence();
    floor.at("06:15").expect_said("feed_lost");
    floor.at("07:15").waiting("inbound", 0).sound();
    floor.at("16:00").expect_sign_out("expert", 4);
}

#[test]
fn a_sign_out_is_not_freed_by_time_while_the_queue_is_blind_but_by_its_answer() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor
        .at("05:00")
        .expect_sign_in("expert", 4)
        .done("expert")
        .waiting("inbound", 0);
    floor.at("10:00").expect_sign_out("expert", 4).silence();
    floor.at("10:15").expect_said("feed_lost");
    floor
        .at("20:15")
        .expect_said("blind_long")
        .expect_lent("expert", 4)
        .done("expert")
        .expect_lent("expert", 0);
}

#[test]
fn after_ten_minutes_it_is_said_who_is_out_of_place() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4).done("expert").silence();
    floor.at("05:15").expect_said("feed_lost");
    let long = floor.at("15:15").take_said("blind_long");
    assert_eq!(
        long["out_of_place"][0]["parts"][0]["people"],
        serde_json::json!(["E01", "E02", "E03", "E04"])
    );
    floor.at("1:00:00").expect_unsaid("blind_long");
}

#[test]
fn answers_orders_incidents_and_the_chain_go_on_while_the_queue_is_blind() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6).silence();
    floor.at("00:15").expect_said("feed_lost");
    floor
        .at("01:00")
        .call("inbound", "quality")
        .expect_sign_in("quality", 2);
    floor.at("02:00").expect_said("passed_up");
    floor
        .at("02:30")
        .done("quality")
        .expect_lent("quality", 2)
        .release("inbound", "quality");
    floor.expect_sign_out("quality", 2);
    let (until, queue) = (floor.now() + Millis::from_mins(120), "inbound".into());
    floor.order(Order::Incident {
        queue,
        note: "billing is down".to_owned(),
        until,
    });
    floor.expect_said("incident");
    // The declaration is taken; what it brings forward follows the depth, and nobody sees that yet.
    floor
        .at("10:00")
        .waiting("inbound", 6)
        .expect(Action::Overtime, "overtime", 2);
}

#[test]
fn our_own_restart_within_stale_after_is_no_gap() {
    // Every floor proves that a core brought back from its log goes on as if nothing had been; here the feed connects anew.
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("02:00").silence();
    floor
        .at("02:10")
        .input(Input::FeedConnected { feed: feed() })
        .waiting("inbound", 7)
        .sound();
    floor.at("05:00").expect_sign_in("expert", 4);
}

#[test]
fn after_a_pause_of_the_process_sight_comes_first_and_nothing_is_done_late() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    // The last sign of life is that of 04:50. The expert group would have been due at 05:00.
    floor.at("04:52").stands_still_until("05:52");
    let (lost_at, lost) = floor.take_belated("feed_lost");
    assert_eq!(lost["why"], serde_json::json!({ "lost": "silent", "after": 15_000 }));
    let last_sign = floor.now() - Millis::from_secs(62);
    assert_eq!(lost_at, last_sign + Millis::from_secs(15));
    assert_eq!(floor.view("inbound").blind_since, Some(last_sign));
    // Judged anew by the first reading: ten seconds were still to go.
    floor.at("05:53").waiting("inbound", 6);
    floor.at("06:03").expect_sign_in("expert", 4);
}

#[test]
fn after_a_pause_longer_than_forget_after_windows_begin_anew() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("04:59").stands_still_until("08:00").take_belated("feed_lost");
    floor.at("08:01").waiting("inbound", 6);
    floor.at("13:01").expect_sign_in("expert", 4);
}

#[test]
fn a_pause_shorter_than_stale_after_is_no_gap() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("04:57").stands_still_until("05:03");
    assert_eq!(floor.view("inbound").blind_since, None);
    // Due at 05:00, as if nothing had been.
    let (called_at, _) = floor.take_belated("instruct");
    assert_eq!(floor.now() - called_at, Millis::from_secs(3));
}

#[test]
fn what_was_asked_since_the_last_sign_of_life_keeps_its_moment() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("05:03").done("expert");
    floor.at("05:04").stands_still_until("06:30").take_belated("feed_lost");
    floor.at("06:30").waiting("inbound", 6);
    // Five minutes from the settling, at which the queue's clock stood.
    floor.at("11:30").expect_sign_in("outbound", 2);
}

#[test]
fn a_level_of_the_chain_loses_no_time_in_which_nobody_could_be_told() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("05:40").stands_still_until("09:40").take_belated("feed_lost");
    floor.at("09:59.999").expect_unsaid("passed_up");
    floor.at("10:00").expect_said("passed_up");
}

#[test]
fn sight_is_lost_by_the_millisecond_in_which_nobody_has_vouched_for_a_queue_for_stale_after() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    let blind = floor.now() + Millis::from_secs(15);
    assert!(floor.core.loses_sight_by(blind));
    assert!(!floor.core.loses_sight_by(blind - Millis(1)));
}

#[test]
fn a_pause_as_long_as_stale_after_is_a_gap_for_the_chain_as_well() {
    let mut floor = Floor::new();
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 4);
    floor.at("05:40").stands_still_until("05:55").take_belated("feed_lost");
    floor.at("06:14.999").expect_unsaid("passed_up");
    floor.at("06:15").expect_said("passed_up");
}

#[test]
fn a_queue_without_a_first_reading_is_said_to_be_blind_after_a_pause_as_well() {
    let mut floor = Floor::new();
    floor
        .silence()
        .at("00:10")
        .stands_still_until("01:00")
        .take_belated("feed_lost");
}
