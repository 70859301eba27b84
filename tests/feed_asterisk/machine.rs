//! The machine alone, at the recorded times.

use super::bench::Bench;
use super::recording::{Step, What, depths, steps, surge_truth};
use proptest::prelude::*;
use std::collections::BTreeSet;
use surged::core::{AgentState, Millis, Time};
use surged::feed::Heard;
use surged::feed::ami::{LINE_LIMIT, MESSAGE_LIMIT, Reader};

const BOTH: [&str; 2] = ["inbound", "vip"];

/// The depths of a queue where they change, and when.
fn changes(bench: &Bench, queue: &str) -> Vec<(Time, u32)> {
    let mut changes: Vec<(Time, u32)> = Vec::new();
    for (at, reading) in bench.readings(queue) {
        if changes.last().map(|it| it.1) != Some(reading.waiting) {
            changes.push((at, reading.waiting));
        }
    }
    changes
}

#[test]
fn the_surge_gives_the_true_depth_at_the_moment_of_every_change() {
    let truth = surge_truth();
    for piece in [usize::MAX, 1] {
        let mut bench = Bench::new(&BOTH);
        bench.piece = piece;
        bench.play(&steps("surge"));
        for queue in BOTH {
            let expected = truth
                .iter()
                .filter(|it| it.queue == queue)
                .map(|it| (it.at, it.waiting));
            let told = changes(&bench, queue);
            assert_eq!(told[0].1, 0);
            assert_eq!(told[1..], expected.collect::<Vec<_>>(), "{queue}");
        }
        assert_eq!(bench.faults(), [""; 0]);
    }
}

#[test]
fn users_who_see_less_see_the_same_depths() {
    let truth = depths(&surge_truth());
    for name in ["surge_agentclass", "surge_eventfilter"] {
        for piece in [usize::MAX, 1] {
            let mut bench = Bench::new(&BOTH);
            bench.piece = piece;
            bench.play(&steps(name));
            for queue in BOTH {
                let told: Vec<u32> = changes(&bench, queue).into_iter().map(|it| it.1).collect();
                assert_eq!(told, truth[queue], "{name} {queue}");
            }
            assert_eq!(bench.faults(), [""; 0]);
        }
    }
}

#[test]
fn a_quiet_phone_system_is_asked_for_a_sign_of_life_and_for_its_queues() {
    let mut bench = Bench::new(&BOTH);
    bench.log_in(Time(0));
    bench.wait_until(Time(61_000));
    let heartbeats = bench
        .heard
        .iter()
        .filter(|(_, heard)| *heard == Heard::Heartbeat)
        .count();
    assert_eq!(heartbeats, 12, "every third of fifteen seconds");
    assert_eq!(bench.readings("vip").len(), 3, "on connecting and every half minute");
}

#[test]
fn restarts_are_lost_sources_and_no_queue_is_ever_falsely_empty() {
    let mut bench = Bench::new(&["inbound"]);
    bench.play(&steps("restart"));
    assert_eq!(
        bench.story("inbound"),
        // core restart now with 8 waiting; SIGKILL with 6; SIGTERM with 5. The first who gives up is believed, for one
        // caller who hangs up looks the same; the others are held, and what was held is never told.
        "connected 0 1 2 3 4 3 4 3 4 5 6 7 8 7 lost disconnected \
         connected 0 1 2 3 4 5 6 7 8 7 6 disconnected \
         connected 0 1 2 3 2 3 4 5 4 lost disconnected"
    );
}

#[test]
fn a_user_who_is_not_told_of_the_shutdown_sees_a_lost_source_too() {
    let mut steps = steps("restart");
    for step in &mut steps {
        if let What::Data(bytes) = &mut step.what {
            let text = String::from_utf8_lossy(bytes).replace("Event: Shutdown", "Event: Unseen");
            *bytes = text.into_bytes();
        }
    }
    let mut bench = Bench::new(&["inbound"]);
    bench.play(&steps);
    assert!(
        bench.story("inbound").contains("7 8 7 lost disconnected connected 0"),
        "{}",
        bench.story("inbound")
    );
    assert!(
        bench.story("inbound").ends_with("5 4 lost disconnected"),
        "{}",
        bench.story("inbound")
    );
    let why = bench.heard.iter().find_map(|(_, heard)| match heard {
        Heard::SourceLost { why } => Some(why.as_str()),
        _ => None,
    });
    assert_eq!(
        why,
        Some(
            "callers gave up and right after it the phone system closed the connection: taken as a restart, not as a \
             queue that emptied"
        )
    );
}

/// Three callers waiting in `inbound`, from 1 s on.
fn three_waiting() -> Bench {
    let mut bench = Bench::new(&["inbound"]);
    bench.log_in(Time(0));
    for id in 1..=3 {
        bench.event(
            Time(1_000),
            &format!("Event: QueueCallerJoin\nQueue: inbound\nUniqueid: {id}\nCount: {id}"),
        );
    }
    bench
}

fn gives_up(bench: &mut Bench, at: Time, id: u32, left: u32) {
    bench.event(
        at,
        &format!("Event: QueueCallerAbandon\nQueue: inbound\nUniqueid: {id}\nHoldTime: 7"),
    );
    bench.event(
        at,
        &format!("Event: QueueCallerLeave\nQueue: inbound\nUniqueid: {id}\nCount: {left}"),
    );
}

#[test]
fn a_last_caller_who_gives_up_before_the_end_is_a_source_lost() {
    let mut bench = three_waiting();
    gives_up(&mut bench, Time(10_000), 1, 2);
    gives_up(&mut bench, Time(20_000), 2, 1);
    gives_up(&mut bench, Time(30_000), 3, 0);
    bench.end(Time(31_100), "closed the connection");
    assert_eq!(bench.story("inbound"), "connected 0 1 2 3 2 1 0 lost disconnected");
}

#[test]
fn an_end_long_after_the_last_caller_gave_up_is_only_a_lost_connection() {
    let mut bench = three_waiting();
    gives_up(&mut bench, Time(10_000), 1, 2);
    bench.end(Time(13_000), "reset the connection");
    assert_eq!(bench.story("inbound"), "connected 0 1 2 3 2 disconnected");
}

#[test]
fn callers_who_really_give_up_together_are_told_two_seconds_later() {
    let mut bench = three_waiting();
    for (id, left) in [(1, 2), (2, 1), (3, 0)] {
        gives_up(&mut bench, Time(10_000), id, left);
    }
    assert_eq!(bench.story("inbound"), "connected 0 1 2 3 2");
    bench.wait_until(Time(11_999));
    assert_eq!(bench.story("inbound"), "connected 0 1 2 3 2");
    bench.wait_until(Time(12_000));
    assert_eq!(bench.story("inbound"), "connected 0 1 2 3 2 0");
    assert_eq!(changes(&bench, "inbound").last(), Some(&(Time(12_000), 0)));
}

#[test]
fn a_list_made_in_the_middle_of_a_shutdown_is_held_too() {
    let mut bench = three_waiting();
    bench.wait_until(Time(29_000));
    bench.pbx.forget_callers();
    bench.wait_until(Time(30_000));
    assert_eq!(bench.story("inbound"), "connected 0 1 2 3");
    bench.end(Time(31_000), "closed the connection");
    assert_eq!(bench.story("inbound"), "connected 0 1 2 3 lost disconnected");
}

#[test]
fn callers_leave_in_every_way() {
    let mut bench = Bench::new(&BOTH);
    bench.play(&steps("leaves"));
    bench.wait_until(Time(20_000));
    // Two time out within a millisecond and three hang up at once at the end: the second and third are held a while.
    assert_eq!(bench.story("inbound"), "connected 0 1 2 3 4 5 6 7 6 5 4 3 2 0");
    assert_eq!(bench.story("vip"), "connected 0 1 0");
    let (_, last) = bench.readings("inbound").pop().unwrap();
    assert_eq!(
        (last.longest_wait, last.answered, last.abandoned),
        (Some(Millis(0)), Some(3), Some(1))
    );
}

#[test]
fn a_queue_taken_out_and_put_back_is_missing_and_its_orphans_do_not_count() {
    let mut bench = Bench::new(&BOTH);
    let all = steps("reload");
    let (before, after) = all.split_at(all.iter().position(|step| step.at >= Time(22_857)).unwrap());
    let (between, after) = after.split_at(after.iter().position(|step| step.at >= Time(30_871)).unwrap());
    bench.play(before);
    assert_eq!(
        bench.story("inbound"),
        "connected 0 1 2 3 4 3 4 5",
        "reloads by themselves change nothing"
    );
    bench.pbx.remove("inbound");
    // An event that makes the adapter look again; a queue reload itself sends none.
    bench.event(Time(22_860), "Event: Reload\nModule: app_queue.so\nStatus: 0");
    let mut next = Bench::continue_after(bench, between);
    next.pbx.put_back("inbound");
    next.event(Time(30_872), "Event: Reload\nModule: app_queue.so\nStatus: 0");
    let next = Bench::continue_after(next, after);
    assert_eq!(next.story("inbound"), "connected 0 1 2 3 4 3 4 5 missing 0");
    assert_eq!(next.readings("vip").last().unwrap().1.waiting, 0);
}

#[test]
fn a_queue_that_does_not_exist_is_missing_and_another_case_is_the_same_queue() {
    let mut bench = Bench::new(&["INBOUND", "nosuch"]);
    bench.pbx = super::phone_system::PhoneSystem::with_queues(&["inbound"]);
    bench.log_in(Time(0));
    bench.wait_until(Time(100_000));
    assert_eq!(bench.story("nosuch"), "connected missing");
    let missing = bench
        .heard
        .iter()
        .filter(|(_, it)| matches!(it, Heard::QueueMissing { .. }))
        .count();
    assert_eq!(missing, 1, "said once a connection");
    assert_eq!(bench.story("INBOUND"), "connected 0");
}

#[test]
fn a_phone_system_that_boots_is_asked_until_it_knows_its_queues() {
    let mut bench = Bench::new(&BOTH);
    bench.pbx.booting = true;
    bench.play(&steps("bootrace"));
    assert!(
        bench.faults().iter().all(|it| *it == "list_refused"),
        "{:?}",
        bench.faults()
    );
    assert!(!bench.rejections().is_empty());
    assert_eq!(bench.story("inbound"), "connected 0");
    let (_, first) = bench.readings("inbound")[0];
    assert_eq!(first.signed_in, Some(2), "members are there with the first reading");
}

#[test]
fn members_come_pause_and_go() {
    let mut bench = Bench::new(&BOTH);
    bench.play(&steps("members"));
    let mut told = Vec::new();
    for (_, reading) in bench.readings("inbound") {
        let agents = reading
            .agents
            .iter()
            .flatten()
            .map(|it| (it.person.as_str(), it.state))
            .collect::<Vec<_>>();
        let line = (reading.signed_in, reading.available, reading.paused, agents);
        if told.last() != Some(&line) {
            told.push(line);
        }
    }
    let (free, paused) = (AgentState::Available, AgentState::Paused);
    let some = |signed_in, available, paused, agents| (Some(signed_in), Some(available), Some(paused), agents);
    assert_eq!(
        told,
        [
            some(0, 0, 0, vec![]),
            some(1, 1, 0, vec![("Agent 2001", free)]),
            some(2, 1, 1, vec![("Agent 2001", free), ("Agent 2002", paused)]),
            some(2, 0, 2, vec![("Agent 2001", paused), ("Agent 2002", paused)]),
            some(2, 1, 1, vec![("Agent 2001", free), ("Agent 2002", paused)]),
            some(1, 0, 1, vec![("Agent 2002", paused)]),
            some(0, 0, 0, vec![]),
        ]
    );
    let in_vip = bench
        .readings("vip")
        .into_iter()
        .filter_map(|(_, it)| it.agents.clone())
        .flatten();
    assert!(in_vip.clone().count() > 0);
    assert!(
        in_vip.clone().all(|it| it.person.as_str() == "Local/2001@agents/n"),
        "without a name, by the interface"
    );
}

#[test]
fn a_user_without_events_is_told_so_and_the_queues_are_asked_for_more_often() {
    let mut bench = Bench::new(&["inbound"]);
    bench.log_in(Time(0));
    for minute in 0..6 {
        let at = Time(minute * 60_000 + 10_000);
        bench.wait_until(at);
        // The phone system sees a caller join; the user does not.
        let join = format!("x\r\nEvent: QueueCallerJoin\r\nQueue: inbound\r\nUniqueid: {minute}\r\nCount: 1\r\n\r\n");
        bench.pbx.played(at, join.as_bytes());
    }
    bench.wait_until(Time(400_000));
    assert_eq!(bench.faults(), ["no_events"]);
    assert_eq!(bench.story("inbound"), "connected 0 1 2 3 4 5 6");
    let readings = bench.readings("inbound");
    let lists: BTreeSet<Time> = readings
        .iter()
        .map(|it| it.0)
        .filter(|at| *at >= Time(300_000))
        .collect();
    assert_eq!(lists.len(), 21, "every five seconds");
    let why = words(&bench, "no_events");
    assert!(why.contains("lacks read = agent in manager.conf"), "{why}");
}

fn words(bench: &Bench, wanted: &str) -> String {
    let detail = |(_, heard): &(Time, Heard)| match heard {
        Heard::Rejected { reason, detail } if *reason == wanted => Some(detail.clone()),
        Heard::Disconnected { why } if wanted == "disconnected" => Some(why.clone()),
        _ => None,
    };
    bench.heard.iter().rev().find_map(detail).unwrap_or_default()
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_told_in_the_same_words() {
    let all = steps("errors");
    let mut connections = all.split_inclusive(|step| matches!(step.what, What::End));
    for _ in 0..2 {
        let mut bench = Bench::new(&["inbound"]);
        let connection: Vec<Step> = connections.by_ref().flatten().take(4).cloned().collect();
        bench.play(&connection[..]);
        assert_eq!(bench.story("inbound"), "disconnected");
        assert_eq!(
            words(&bench, "disconnected"),
            "pbx:5038 refused the login of \"surged\" (Authentication failed); Asterisk does not say whether the user or \
             the secret is wrong: compare username and secret with manager.conf, and its permit/deny with this machine's \
             address"
        );
    }
}

#[test]
fn every_conversation_of_the_recorded_errors_ends_in_words_or_in_readings() {
    let all = steps("errors");
    for connection in all.chunk_by(|_, next| next.what != What::Connected) {
        let mut bench = Bench::new(&BOTH);
        bench.play(connection);
        bench.wait_until(connection[0].at + Millis(40_000));
        let story = bench.story("inbound");
        assert!(story.ends_with("disconnected"), "{story}");
        assert!(
            words(&bench, "disconnected").starts_with("pbx:5038 "),
            "{}",
            words(&bench, "disconnected")
        );
    }
}

#[test]
fn something_else_at_the_port_is_told_with_what_it_said() {
    for (greeting, shown) in [
        ("SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2"),
        ("\x15\x03\x01\n", ""),
    ] {
        let mut bench = Bench::new(&["inbound"]);
        bench.connect(Time(0));
        bench.bytes(Time(0), greeting.as_bytes());
        assert!(bench.closed);
        let why = words(&bench, "disconnected");
        assert!(
            why.contains(&format!("expected \"Asterisk Call Manager/...\", came {shown:?}")),
            "{why}"
        );
    }
}

#[test]
fn silence_ends_a_connection_at_every_step() {
    let mut bench = Bench::new(&["inbound"]);
    bench.connect(Time(0));
    bench.wait_until(Time(9_999));
    assert!(!bench.closed);
    bench.wait_until(Time(10_000));
    assert!(bench.closed);
    assert!(
        words(&bench, "disconnected").contains("sent no greeting"),
        "{}",
        words(&bench, "disconnected")
    );

    bench.connect(Time(20_000));
    bench.bytes(Time(20_000), b"Asterisk Call Manager/11.0.0\r\n");
    bench.wait_until(Time(30_000));
    assert!(
        words(&bench, "disconnected").contains("did not answer the login"),
        "{}",
        words(&bench, "disconnected")
    );

    bench.log_in(Time(40_000));
    // From here on nothing is answered: the phone system is in the middle of a message.
    bench.pbx.played(Time(40_000), b"Event: half");
    bench.wait_until(Time(54_999));
    assert!(!bench.closed);
    bench.wait_until(Time(55_000));
    assert_eq!(
        words(&bench, "disconnected"),
        "pbx:5038 gave no sign of life for 15 s, not even to a Ping; the connection is given up and built anew"
    );
}

#[test]
fn a_secret_goes_out_in_the_clear_only_where_nobody_can_listen() {
    let mut bench = Bench::new(&["inbound"]);
    bench.pbx.no_challenge = true;
    bench.log_in(Time(0));
    assert_eq!(bench.story("inbound"), "connected 0");

    let mut bench = Bench::new(&["inbound"]);
    bench.pbx.no_challenge = true;
    bench.private = false;
    bench.connect(Time(0));
    bench.bytes(Time(0), b"Asterisk Call Manager/11.0.0\r\n");
    assert!(bench.closed);
    assert_eq!(bench.pbx.asked, ["Challenge"]);
    let why = words(&bench, "disconnected");
    assert!(
        why.contains("the secret is not sent in the clear over a network; set tls"),
        "{why}"
    );
}

#[test]
fn an_end_before_the_greeting_is_a_restart() {
    let mut bench = Bench::new(&["inbound"]);
    bench.connect(Time(0));
    bench.end(Time(15), "reset the connection");
    let why = words(&bench, "disconnected");
    assert!(
        why.contains("reset the connection before any greeting: Asterisk is probably restarting"),
        "{why}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever bytes come in whatever pieces, nothing panics, timers move on, and what is kept has a bound.
    #[test]
    fn no_bytes_bring_it_down(
        noise in proptest::collection::vec((0..4_000_usize, proptest::collection::vec(any::<u8>(), 1..40)), 0..20),
        piece in 1..5_000_usize,
    ) {
        let mut bench = Bench::new(&BOTH);
        bench.log_in(Time(0));
        let mut bytes: Vec<u8> = steps("leaves").into_iter().filter_map(|it| match it.what {
            What::Data(bytes) => Some(bytes),
            _ => None,
        }).flatten().skip(40_000).take(40_000).collect();
        for (place, junk) in noise {
            let place = place * bytes.len() / 4_000;
            bytes.splice(place..place, junk);
        }
        let mut reader = Reader::new();
        reader.push(b"Asterisk Call Manager/11.0.0\r\n");
        for (turn, piece) in bytes.chunks(piece).enumerate() {
            reader.push(piece);
            let now = Time(turn as i64 * 10);
            while let Some(frame) = reader.poll() {
                bench.dialogue.hear(frame, now);
            }
            bench.dialogue.handle_timeout(now);
            while bench.dialogue.poll_effect().is_some() {}
            prop_assert!(reader.kept() <= LINE_LIMIT + MESSAGE_LIMIT);
        }
    }
}

/// Lists come straight from Asterisk's memory while events wait in line: a list may know of joins and leaves that are
/// told only after it. Here every list is a whole chunk ahead, and still each depth is true once things are quiet.
#[test]
fn lists_that_are_ahead_of_the_events_do_no_harm() {
    let truth = surge_truth();
    let all = steps("surge_agentclass");
    let data = |step: &Step| match &step.what {
        What::Data(bytes) => Some((step.at, bytes.clone())),
        _ => None,
    };
    let mut chunks = all.iter().filter_map(data).skip(2).peekable();
    let mut bench = Bench::new(&BOTH);
    bench.log_in(Time(0));
    let (mut delivered, mut races) = (0, 0);
    while let Some((at, chunk)) = chunks.next() {
        // The phone system has lived through this chunk already; the adapter asks before it is told of it.
        let lists = bench.readings("inbound").len() + bench.readings("vip").len();
        bench.pbx.played(at, &chunk);
        bench.wait_until(at);
        let listed = bench.readings("inbound").len() + bench.readings("vip").len() > lists;
        races += usize::from(listed && bench.pbx.changes > delivered);
        bench.give(at, &chunk);
        bench.answer(at);
        delivered = bench.pbx.changes;
        let next = chunks.peek().map_or(Time::NEVER, |(at, _)| *at);
        let quiet = truth[..delivered]
            .last()
            .is_some_and(|last| next - last.at > Millis(3_000));
        if quiet {
            bench.wait_until(at + Millis(2_500));
        }
        for queue in BOTH {
            let told = bench.readings(queue).last().map(|it| it.1.waiting);
            let last = truth[..delivered]
                .iter()
                .rev()
                .find(|it| it.queue == queue)
                .map_or(0, |it| it.waiting);
            assert!(
                !quiet || told == Some(last),
                "{queue} at {at:?}: told {told:?}, true {last}"
            );
        }
    }
    assert!(races >= 5, "a list was ahead of a change only {races} times");
    assert_eq!(bench.faults(), [""; 0]);
}
