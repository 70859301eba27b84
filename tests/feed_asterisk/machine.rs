//! The machine alone, at the recorded times.

use super::bench::Bench;
use super::recording::{depths, steps, surge_truth};
use surged::core::{AgentState, Millis, Time};
use surged::feed::Heard;

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
        assert_eq!(bench.rejections(), [""; 0]);
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
            assert_eq!(bench.rejections(), [""; 0]);
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
        // core restart now, with 8 waiting: the first who gives up is believed, the other seven are held.
        "connected 0 1 2 3 4 3 4 5 4 5 6 7 8 7 lost disconnected \
         connected 0 1 2 3 4 5 6 7 8 7 6 disconnected \
         connected 0 1 2 3 4 5 4 lost disconnected"
    );
}
