//! What the phone system shows and what it hides: rights that are missing, queues that are not there or not listed, lists that
//! take long, changes without an event, calls counted.

use super::bench::Bench;
use super::phone_system::PhoneSystem;
use surged::core::{Millis, Time};
use surged::feed::Heard;

const BOOTED: &str = "Event: FullyBooted\nPrivilege: system,all\nUptime: 79\nLastReload: 79\nStatus: Fully Booted";

fn logged_in(names: &[&str]) -> Bench {
    let mut bench = Bench::new(names);
    bench.log_in(Time(0));
    bench.event(Time(0), BOOTED);
    bench
}

fn join(bench: &mut Bench, at: Time, id: u32, count: u32) {
    let event = format!("Event: QueueCallerJoin\nQueue: inbound\nUniqueid: {id}\nCount: {count}");
    bench.event(at, &event);
}

fn detail(bench: &Bench, wanted: &str) -> String {
    let detail = |(_, heard): &(Time, Heard)| match heard {
        Heard::Rejected { reason, detail } if *reason == wanted => Some(detail.clone()),
        _ => None,
    };
    bench.heard.iter().rev().find_map(detail).unwrap_or_default()
}

fn heard_at(bench: &Bench, wanted: impl Fn(&Heard) -> bool) -> Vec<Time> {
    let all = bench.heard.iter();
    all.filter(|(_, heard)| wanted(heard)).map(|(at, _)| *at).collect()
}

#[test]
fn who_sees_no_system_events_is_told_so_within_seconds_and_who_does_is_not() {
    let mut bench = Bench::new(&["inbound"]);
    bench.log_in(Time(0));
    bench.wait_until(Time(5_000));
    assert_eq!(bench.rejections(), ["no_system_events"]);
    assert!(bench.impaired.contains("no_system_events"));
    let why = detail(&bench, "no_system_events");
    assert!(why.contains("lacks read = system in manager.conf"), "{why}");
    // A late boot: it was only that.
    bench.event(Time(40_000), BOOTED);
    assert!(bench.impaired.is_empty(), "{:?}", bench.impaired);

    let mut bench = logged_in(&["inbound"]);
    bench.wait_until(Time(60_000));
    assert_eq!(bench.rejections(), [""; 0]);
    assert!(bench.impaired.is_empty());
}

#[test]
fn who_sees_no_queue_events_is_told_so_with_the_second_change_and_no_longer_once_one_comes() {
    let mut bench = logged_in(&["inbound"]);
    // The phone system sees callers join; the user does not.
    for (at, id) in [(6_000, 1), (12_000, 2)] {
        bench.wait_until(Time(at));
        let event = format!("x\r\nEvent: QueueCallerJoin\r\nQueue: inbound\r\nUniqueid: {id}\r\nCount: {id}\r\n\r\n");
        bench.pbx.played(Time(at), event.as_bytes());
    }
    bench.wait_until(Time(15_000));
    assert_eq!(bench.story("inbound"), "connected 0 1 2");
    assert!(bench.impaired.contains("no_events"), "{:?}", bench.heard);
    join(&mut bench, Time(16_000), 3, 3);
    assert!(bench.impaired.is_empty());
    assert_eq!(bench.story("inbound"), "connected 0 1 2 3");
}

#[test]
fn what_a_queue_reload_changes_without_an_event_is_seen_with_the_next_glance() {
    let mut bench = logged_in(&["inbound", "vip"]);
    bench.wait_until(Time(6_000));
    bench.pbx.remove("inbound");
    bench.wait_until(Time(10_000));
    assert_eq!(bench.story("inbound"), "connected 0 missing");
    bench.pbx.put_back("inbound");
    bench.wait_until(Time(15_000));
    assert_eq!(bench.story("inbound"), "connected 0 missing 0");
    assert!(bench.impaired.is_empty(), "{:?}", bench.impaired);
    assert_eq!(bench.story("vip"), "connected 0");
    let member = "x\r\nEvent: QueueMemberAdded\r\nQueue: vip\r\nMemberName: Li Na\r\nInterface: PJSIP/2001\r\nStatus: 1\r\nPaused: 0\r\nInCall: 0\r\n\r\n";
    bench.pbx.played(Time(16_000), member.as_bytes());
    bench.wait_until(Time(20_000));
    let signed_in = bench.readings("vip").last().and_then(|it| it.1.signed_in);
    assert_eq!(signed_in, Some(1));
}

#[test]
fn a_mistyped_source_is_told_with_what_there_is() {
    let mut bench = Bench::new(&["inbond"]);
    bench.pbx = PhoneSystem::with_queues(&["400", "inbound", "vip"]);
    bench.log_in(Time(0));
    assert_eq!(bench.story("inbond"), "connected missing");
    assert_eq!(
        detail(&bench, "queue_missing"),
        "Asterisk has no queue \"inbond\"; it has 400, inbound, vip; did you mean \"inbound\"?"
    );
    assert!(bench.impaired.contains("queue_missing"));

    let mut bench = Bench::new(&["sales"]);
    bench.pbx = PhoneSystem::with_queues(&[]);
    bench.log_in(Time(0));
    let why = detail(&bench, "queue_missing");
    assert!(
        why.starts_with("Asterisk has no queue \"sales\", nor any other"),
        "{why}"
    );

    let many: Vec<String> = (0..25).map(|it| format!("q{it:02}")).collect();
    let mut bench = Bench::new(&["other"]);
    bench.pbx = PhoneSystem::with_queues(&many.iter().map(String::as_str).collect::<Vec<_>>());
    bench.log_in(Time(0));
    let why = detail(&bench, "queue_missing");
    assert!(why.ends_with("q18, q19 and 5 more"), "{why}");
}

#[test]
fn app_queue_unloaded_is_a_lost_source_at_once_and_pings_do_not_vouch_for_it() {
    for seen in [true, false] {
        let mut bench = logged_in(&["inbound"]);
        join(&mut bench, Time(1_000), 1, 1);
        bench.wait_until(Time(6_000));
        bench.pbx.unloaded = true;
        if seen {
            let event = "Event: Unload\nPrivilege: system,all\nModule: app_queue.so\nStatus: Success";
            bench.event(Time(6_001), event);
        }
        bench.wait_until(Time(40_000));
        assert_eq!(bench.story("inbound"), "connected 0 1 lost");
        let lost = heard_at(&bench, |it| matches!(it, Heard::SourceLost { .. }));
        assert_eq!(lost, [if seen { Time(6_001) } else { Time(10_000) }]);
        assert!(bench.impaired.contains("list_refused"));
        let why = detail(&bench, "list_refused");
        assert!(why.contains("check that app_queue is loaded"), "{why}");
        bench.pbx.unloaded = false;
        bench.wait_until(Time(46_000));
        assert_eq!(bench.story("inbound"), "connected 0 1 lost 1");
        assert!(bench.impaired.is_empty(), "{:?}", bench.impaired);
    }
}

/// An Asterisk that is at work on a list says nothing else, not even to a ping.
#[test]
fn a_list_that_takes_a_minute_is_heard_at_last_and_no_connection_is_made_in_vain_for_ever() {
    let mut bench = Bench::new(&["inbound"]);
    let (mut at, mut attempts) = (Time(0), 0);
    while bench.readings("inbound").is_empty() {
        attempts += 1;
        assert!(attempts < 5, "{:?}", bench.heard);
        bench.pbx.busy = false;
        bench.connect(at);
        bench.bytes(at, b"Asterisk Call Manager/11.0.0\r\n");
        bench.pbx.busy = true;
        bench.bytes(at, b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n");
        bench.event(at, BOOTED);
        // Events that were in line when it was asked prove nothing.
        bench.give(
            at + Millis(1),
            b"Event: QueueCallerJoin\r\nQueue: inbound\r\nUniqueid: 1\r\nCount: 1\r\n\r\n",
        );
        bench.wait_until(at + Millis(60_500));
        if !bench.closed {
            bench.pbx.busy = false;
            bench.answer(at + Millis(60_500));
        }
        at = at + Millis(61_000);
    }
    assert_eq!(attempts, 4, "patience of 15, 30, 60 and 120 s");
    assert_eq!(
        bench.story("inbound"),
        "connected disconnected connected disconnected connected disconnected connected 0"
    );
    assert!(bench.impaired.is_empty(), "{:?}", bench.impaired);
    // It rests three times as long as the list took.
    let lists = bench.pbx.asked.iter().filter(|it| *it == "QueueStatus").count();
    bench.wait_until(at + Millis(170_000));
    assert_eq!(bench.pbx.asked.iter().filter(|it| *it == "QueueStatus").count(), lists);
}

#[test]
fn a_list_that_never_comes_while_pings_are_answered_leaves_the_queue_blind() {
    let mut bench = logged_in(&["inbound"]);
    bench.wait_until(Time(29_000));
    bench.pbx.forgetful = true;
    bench.wait_until(Time(100_000));
    assert_eq!(bench.story("inbound"), "connected 0 missing");
    let blind = heard_at(&bench, |it| matches!(it, Heard::QueueMissing { .. }));
    assert_eq!(blind, [Time(50_000)], "asked at 30 s, overtaken by a pong at 35 s");
    assert!(bench.impaired.contains("list_unanswered"));
    assert!(!bench.closed);
    bench.pbx.forgetful = false;
    bench.wait_until(Time(120_000));
    assert_eq!(bench.story("inbound"), "connected 0 missing 0");
    assert!(bench.impaired.is_empty(), "{:?}", bench.impaired);
}

#[test]
fn a_user_who_is_there_already_is_told_what_that_can_mean() {
    let mut bench = Bench::new(&["inbound"]);
    bench.connect(Time(0));
    bench.bytes(Time(0), b"Asterisk Call Manager/11.0.0\r\n");
    bench.give(Time(1_000), b"Response: Error\r\nMessage: Login Already In Use\r\n\r\n");
    assert!(bench.closed);
    let why = bench.heard.iter().find_map(|(_, heard)| match heard {
        Heard::Disconnected { why } => Some(why.as_str()),
        _ => None,
    });
    let why = why.unwrap_or_default();
    assert!(
        why.starts_with("pbx:5038 says that \"surged\" is logged in already")
            && why.contains("allowmultiplelogin = yes"),
        "{why}"
    );
}

#[test]
fn calls_are_counted_by_their_joins_and_never_fall() {
    let mut bench = logged_in(&["inbound"]);
    let offered = |bench: &Bench| bench.readings("inbound").last().and_then(|it| it.1.offered);
    // Three answered and one given up before we came.
    assert_eq!(offered(&bench), Some(4));
    for id in 1..=5 {
        join(&mut bench, Time(1_000), id, id);
    }
    assert_eq!(offered(&bench), Some(9), "without waiting for a list");
    // Two leave by a key: neither answered nor given up, in no counter of Asterisk's.
    for (id, left) in [(1, 4), (2, 3)] {
        bench.event(
            Time(2_000),
            &format!("Event: QueueCallerLeave\nQueue: inbound\nUniqueid: {id}\nCount: {left}"),
        );
    }
    bench.wait_until(Time(31_000));
    assert_eq!(offered(&bench), Some(9), "the list's sum has fallen, the count has not");
    // A connection is lost; meanwhile one more calls.
    bench.end(Time(32_000), "reset the connection");
    let event = "x\r\nEvent: QueueCallerJoin\r\nQueue: inbound\r\nUniqueid: 6\r\nCount: 4\r\n\r\n";
    bench.pbx.played(Time(33_000), event.as_bytes());
    bench.log_in(Time(40_000));
    assert_eq!(offered(&bench), Some(10));
    // And a restart, by which Asterisk's counters begin anew.
    bench.end(Time(50_000), "closed the connection");
    bench.pbx = PhoneSystem::with_queues(&["inbound"]);
    bench.log_in(Time(60_000));
    join(&mut bench, Time(61_000), 1, 1);
    assert_eq!(offered(&bench), Some(11));
}
