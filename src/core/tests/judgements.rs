//! Conditions judged by a mean or by a share of their window: by hand to the millisecond, against a naive reference that adds up
//! every millisecond, and on a bank's month.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use flate2::read::GzDecoder;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::sync::Arc;
use surged_core::condition::{Running, Windows};
use surged_core::ladder::{
    FeedLimits, Judge, Ladder, Millionths, Pool, QueuePlan, Release, Seats, Threshold, Tier, When,
};
use surged_core::{
    Action, Actor, Answer, Core, Decision, Input, Instruction, InstructionId, Judged, Millis, Name, Plan, Reading,
    Reason, Seen, Time, What,
};

// ---- plans

const MINUTE: i64 = 60_000;

fn above(above: u32) -> Threshold {
    Threshold::WaitingAbove { above, at_most: None }
}

fn when(threshold: Threshold, minutes: i64, judge: Judge) -> When {
    When {
        threshold,
        hold: Millis::from_mins(minutes),
        judge,
    }
}

fn calm() -> When {
    when(Threshold::WaitingAtMost(5), 5, Judge::Every)
}

fn tier(name: &str, when: When) -> Tier {
    Tier {
        mode: None,
        extend: surged_core::ladder::Extend {
            ends_within: surged_core::Millis::from_mins(60),
            by: surged_core::Millis::from_mins(120),
        },
        name: name.into(),
        action: Action::SignIn,
        pools: vec![name.into()],
        seats: Seats::All,
        keep: BTreeMap::new(),
        when,
        settle_within: None,
        on_incident: false,
        worth_it_beyond: Millis::ZERO,
        next_after: None,
        lasting: None,
    }
}

/// One queue `q` whose tiers draw on a pool each, named after them.
fn plan(tiers: &[(&str, When)], release: When) -> Plan {
    let pool = Pool {
        size: 2,
        ..Pool::default()
    };
    let limits = FeedLimits {
        stale_after: Millis(15_000),
        forget_after: Millis(120_000),
        gone_after: surged_core::Millis::from_mins(1),
        paused: surged_core::ladder::Paused::SignedIn,
    };
    let ladder = Ladder {
        max_borrowed: None,
        ask_again_after: surged_core::Millis::from_mins(2),
        severe: None,
        ask_again_after_no: surged_core::Millis::from_mins(30),
        late_within: surged_core::Millis::from_mins(30),
        hold_for: surged_core::Millis::from_mins(30),
        tiers: tiers.iter().map(|(name, when)| tier(name, *when)).collect(),
        release: Release {
            step: surged_core::ladder::Step::Move,
            when: release,
            min_stay: Millis::ZERO,
        },
        settle_within: Millis::from_mins(3),
        stand_down_after: Millis::from_mins(1),
        ask_max_above: 10,
    };
    Plan {
        roster: Vec::new(),
        queues: [("q".into(), queue_plan())].into(),
        pools: tiers.iter().map(|(name, _)| ((*name).into(), pool.clone())).collect(),
        ladders: [("day".into(), ladder)].into(),
        feeds: [("f".into(), limits)].into(),
        chain: Vec::new(),
        physical_seats: None,
    }
}

fn queue_plan() -> QueuePlan {
    QueuePlan {
        mode: surged_core::ladder::Mode::Live,
        max_moves_per_hour: None,
        lend_only_while: None,
        paused: None,
        feed: "f".into(),
        ladder: "day".into(),
        priority: 0,
        handle_time: Some(Millis::from_mins(3)),
        patience: None,
        calls_per_hour: None,
        target: None,
    }
}

// ---- a floor on told time

struct Floor {
    core: Core,
    decided: Vec<Decision>,
}

impl Floor {
    fn new(plan: Plan) -> Floor {
        let (core, decided) = (Core::new(Time(0)), Vec::new());
        let mut floor = Floor { core, decided };
        let plan = Arc::new(plan);
        floor.tell(0, Input::Configured { plan });
        floor
    }

    fn tell(&mut self, at: i64, input: Input) {
        self.run_to(at);
        self.core.handle(input, Time(at)).unwrap();
        self.collect();
    }

    fn run_to(&mut self, at: i64) {
        self.core.handle_timeout(Time(at));
        self.collect();
    }

    fn collect(&mut self) {
        self.decided.extend(std::iter::from_fn(|| self.core.poll_effect()));
    }

    /// Readings every ten seconds, so that the queue is never blind, from `from` until just before `to`.
    fn depth(&mut self, waiting: u32, from: i64, to: i64) {
        for at in (from..to).step_by(10_000) {
            self.tell(at, depth(waiting));
        }
    }

    fn instructions(&self) -> Vec<&Instruction> {
        let given = self.decided.iter().filter_map(|decision| match &decision.what {
            What::Instruct { instruction, .. } => Some(instruction),
            _ => None,
        });
        given.collect()
    }

    fn given(&self) -> Vec<(i64, Action, &str)> {
        let line = |given: &&Instruction| (given.at.0, given.action);
        let given = self.instructions();
        given
            .iter()
            .map(|given| (line(given).0, line(given).1, self.tier_of(given.id)))
            .collect()
    }

    fn tier_of(&self, id: InstructionId) -> &str {
        let found = self.instructions().into_iter().find(|given| given.id == id);
        found.unwrap().tier.as_str()
    }

    fn done(&mut self, at: i64, instruction: u64) {
        let by = Actor {
            name: "Lin".into(),
            staff_no: "1042".into(),
            role: "supervisor".into(),
        };
        let answer = Answer::Done {
            seats: None,
            people: None,
            note: None,
        };
        let instruction = InstructionId(instruction);
        self.tell(
            at,
            Input::Answer {
                sure: false,
                instruction,
                by,
                answer,
            },
        );
    }
}

fn depth(waiting: u32) -> Input {
    Input::Reading {
        reading: Reading::of("q", waiting),
    }
}

fn share(share: f64) -> Judge {
    Judge::Share(Millionths::of(share))
}

// ---- by hand

#[test]
fn a_mean_is_due_at_the_first_millisecond_above_between_readings() {
    let mut floor = Floor::new(plan(&[("a", when(above(5), 5, Judge::Mean))], calm()));
    // Four minutes at 4, then 9: after x ms of 9 (4 x 300000 + 5 x) / 300000 > 5 once x > 60000.
    floor.depth(4, 0, 4 * MINUTE);
    floor.depth(9, 4 * MINUTE, 6 * MINUTE);
    assert_eq!(floor.given(), [(5 * MINUTE + 1, Action::SignIn, "a")]);
    let Reason::WaitingAbove {
        held, judged, waiting, ..
    } = floor.instructions()[0].reason
    else {
        panic!("it is by the depth")
    };
    let mean = (4.0 * 239_999.0 + 9.0 * 60_001.0) / 300_000.0;
    assert_eq!(
        (held, waiting, judged),
        (Millis::from_mins(5), 9, Judged::Mean { mean: Some(mean) })
    );
}

#[test]
fn a_window_is_wholly_observed_though_its_mean_is_above_at_once() {
    let mut floor = Floor::new(plan(&[("a", when(above(5), 5, Judge::Mean))], calm()));
    floor.depth(20, 7_000, 5 * MINUTE + 8_000);
    assert_eq!(floor.given(), [(5 * MINUTE + 7_000, Action::SignIn, "a")]);
}

#[test]
fn a_dip_of_seconds_does_not_begin_a_mean_or_a_share_anew() {
    let judges = [Judge::Every, Judge::Mean, share(0.8)];
    let due = judges.map(|judge| {
        let mut floor = Floor::new(plan(&[("a", when(above(5), 5, judge))], calm()));
        floor.depth(8, 0, 2 * MINUTE);
        floor.depth(3, 2 * MINUTE, 2 * MINUTE + 10_000);
        floor.depth(8, 2 * MINUTE + 10_000, 9 * MINUTE);
        floor.given()[0].0
    });
    assert_eq!(due, [7 * MINUTE + 10_000, 5 * MINUTE, 5 * MINUTE]);
}

#[test]
fn a_share_is_due_at_the_millisecond_that_fills_it() {
    let mut floor = Floor::new(plan(&[("a", when(above(5), 5, share(0.8)))], calm()));
    // Not above for two minutes: 240 s of 300 s are full when the window has left 60 s of them behind.
    floor.depth(5, 0, 2 * MINUTE);
    floor.depth(6, 2 * MINUTE, 7 * MINUTE);
    assert_eq!(floor.given(), [(6 * MINUTE, Action::SignIn, "a")]);
    let Reason::WaitingAbove { judged, .. } = floor.instructions()[0].reason else {
        panic!("it is by the depth")
    };
    assert_eq!(judged, Judged::Share { share: 0.8 });
}

#[test]
fn the_next_tiers_mean_begins_with_the_settling_of_the_one_before() {
    let tiers = [
        ("a", when(above(5), 5, Judge::Mean)),
        ("b", when(above(5), 5, Judge::Mean)),
    ];
    let mut floor = Floor::new(plan(&tiers, calm()));
    floor.depth(9, 0, 6 * MINUTE);
    floor.done(6 * MINUTE + 123, 1);
    floor.depth(9, 6 * MINUTE + 200, 12 * MINUTE);
    let expected = [
        (5 * MINUTE, Action::SignIn, "a"),
        (11 * MINUTE + 123, Action::SignIn, "b"),
    ];
    assert_eq!(floor.given(), expected);
}

#[test]
fn a_release_may_be_judged_by_mean_and_by_share() {
    for (judge, due) in [
        // Calm at 3 from minute 10 on, 9 before: (9 (300000 - x) + 3 x) / 300000 <= 5 once x >= 200000.
        (Judge::Mean, 10 * MINUTE + 200_000),
        (share(0.5), 10 * MINUTE + 150_000),
        (Judge::Every, 15 * MINUTE),
    ] {
        let release = when(Threshold::WaitingAtMost(5), 5, judge);
        let mut floor = Floor::new(plan(&[("a", when(above(5), 5, Judge::Every))], release));
        floor.depth(9, 0, 5 * MINUTE + 10_000);
        floor.done(5 * MINUTE + 5_000, 1);
        floor.depth(9, 5 * MINUTE + 10_000, 10 * MINUTE);
        // The settling is the floor: five minutes after it are wholly observed before calm comes.
        floor.depth(9, 10 * MINUTE, 10 * MINUTE);
        floor.depth(3, 10 * MINUTE, 16 * MINUTE);
        let wanted = due.max(10 * MINUTE + 5_000);
        assert_eq!(floor.given()[1], (wanted, Action::SignOut, "a"), "{judge:?}");
    }
}

#[test]
fn who_has_not_answered_is_stood_down_by_the_releases_judgement_over_its_shorter_calm() {
    let release = when(Threshold::WaitingAtMost(5), 5, share(0.5));
    let mut floor = Floor::new(plan(&[("a", when(above(5), 5, Judge::Every))], release));
    floor.depth(9, 0, 8 * MINUTE);
    floor.depth(3, 8 * MINUTE, 10 * MINUTE);
    assert_eq!(floor.given()[1], (8 * MINUTE + 30_000, Action::StandDown, "a"));
}

#[test]
fn without_length_every_judgement_is_of_the_moment() {
    for judge in [Judge::Every, Judge::Mean, share(0.3)] {
        let mut floor = Floor::new(plan(&[("a", when(above(5), 0, judge))], calm()));
        floor.depth(5, 0, MINUTE);
        floor.tell(MINUTE + 77, depth(6));
        assert_eq!(floor.given(), [(MINUTE + 77, Action::SignIn, "a")], "{judge:?}");
    }
}

#[test]
fn a_mean_stands_still_while_the_queue_is_blind() {
    let mut floor = Floor::new(plan(&[("a", when(above(5), 5, Judge::Mean))], calm()));
    floor.depth(9, 0, 2 * MINUTE + 1);
    // The last reading is at 2:00; blind from 2:15 until 2:55.
    floor.depth(9, 2 * MINUTE + 55_000, 6 * MINUTE);
    assert_eq!(floor.given(), [(5 * MINUTE + 40_000, Action::SignIn, "a")]);
}

#[test]
fn an_unknown_measure_breaks_a_mean_and_counts_as_not_passed_for_a_share() {
    let due = [Judge::Mean, share(0.8)].map(|judge| {
        let threshold = Threshold::LongestWaitAbove(Millis(60_000));
        let mut floor = Floor::new(plan(&[("a", when(threshold, 5, judge))], calm()));
        for at in (0..10 * MINUTE).step_by(10_000) {
            let mut reading = Reading::of("q", 9);
            let known = !(2 * MINUTE..2 * MINUTE + 30_000).contains(&at);
            reading.longest_wait = known.then_some(Millis(60_001));
            floor.tell(at, Input::Reading { reading });
        }
        floor.given()[0].0
    });
    assert_eq!(due, [7 * MINUTE + 30_000, 5 * MINUTE]);
}

#[test]
fn means_per_seat_are_weighed_by_the_seats() {
    // 3 waiting with 10 signed in, then 1 with nobody: 0.3 a seat is above 0.29, and so is 1 with none.
    let threshold = Threshold::WaitingPerSeatAbove(0.29);
    let mut floor = Floor::new(plan(&[("a", when(threshold, 5, Judge::Mean))], calm()));
    for at in (0..6 * MINUTE).step_by(10_000) {
        let mut reading = Reading::of("q", 3);
        reading.signed_in = Some(10);
        if at >= 3 * MINUTE {
            (reading.waiting, reading.signed_in) = (1, Some(0));
        }
        floor.tell(at, Input::Reading { reading });
    }
    assert_eq!(floor.given()[0], (5 * MINUTE, Action::SignIn, "a"));
    let Reason::WaitingPerSeatAbove { judged, .. } = floor.instructions()[0].reason else {
        panic!("it is by the seats")
    };
    // 3 x 180 s + 1 x 120 s of callers over 10 x 180 s of seats.
    assert_eq!(
        judged,
        Judged::Mean {
            mean: Some(660.0 / 1_800.0)
        }
    );
}

#[test]
fn a_mean_within_a_band_passes_what_is_far_above() {
    let band = Threshold::WaitingAbove {
        above: 5,
        at_most: Some(6),
    };
    let mut floor = Floor::new(plan(&[("a", when(band, 5, Judge::Mean))], calm()));
    // Far above, then falling: 20 (300000 - x) / 300000 <= 6 once x >= 210000.
    floor.depth(20, 0, 6 * MINUTE);
    floor.depth(0, 6 * MINUTE, 12 * MINUTE);
    // Calm was there before: it counts from the call on.
    let expected = [
        (6 * MINUTE + 210_000, Action::SignIn, "a"),
        (6 * MINUTE + 270_000, Action::StandDown, "a"),
    ];
    assert_eq!(floor.given(), expected);
}

#[test]
fn a_snapshot_keeps_what_a_mean_has_seen() {
    let mut floor = Floor::new(plan(&[("a", when(above(5), 5, Judge::Mean))], calm()));
    floor.depth(4, 0, 4 * MINUTE);
    floor.tell(4 * MINUTE, depth(9));
    let snapshot = serde_json::to_vec(&floor.core).unwrap();
    let mut back: Core = serde_json::from_slice(&snapshot).unwrap();
    assert_eq!(back.views(), floor.core.views());
    for at in (4 * MINUTE..6 * MINUTE).step_by(10_000) {
        back.handle(depth(9), Time(at)).unwrap();
    }
    assert!(matches!(back.poll_effect(), Some(Decision { at, .. }) if at == Time(5 * MINUTE + 1)));
}

#[test]
fn a_reload_keeps_means_that_go_on_and_begins_those_that_are_new() {
    for (before, due) in [(Judge::Mean, 5 * MINUTE), (Judge::Every, 8 * MINUTE)] {
        let mut floor = Floor::new(plan(&[("a", when(above(5), 6, before))], calm()));
        floor.depth(9, 0, 3 * MINUTE + 1);
        let plan = Arc::new(plan(&[("a", when(above(5), 5, Judge::Mean))], calm()));
        floor.tell(3 * MINUTE, Input::Configured { plan });
        floor.depth(9, 3 * MINUTE + 5_000, 9 * MINUTE);
        assert_eq!(floor.given()[0].0, due, "{before:?}");
    }
}

/// Every change of depth in a busy hour, more than the steps that are kept: sums stay right.
#[test]
fn more_changes_than_are_kept_move_no_sum() {
    let mean = when(above(5), 60, Judge::Mean);
    let mut windows = windows_of(mean);
    let mut sum = 0i64;
    for at in (0..60 * MINUTE).step_by(250) {
        let waiting = if at / 250 % 2 == 0 { 9 } else { 2 };
        windows.observe(&Reading::of("q", waiting), &queue_plan(), Seen(at));
        sum += i64::from(waiting) * 250;
    }
    let end = Seen(60 * MINUTE);
    assert_eq!(
        windows.judged(&mean, end),
        Judged::Mean {
            mean: Some(sum as f64 / (60 * MINUTE) as f64)
        }
    );
    let running = windows.running(&mean, Seen(0), end).unwrap();
    assert_eq!(
        running,
        Running {
            since: Seen(0),
            due: end
        }
    );
}

// ---- against a naive reference

fn windows_of(when: When) -> Windows {
    let plan = plan(&[("a", when)], calm());
    Windows::for_plan(&Windows::default(), &plan, &queue_plan(), None, Seen(0))
}

/// What each judgement means, by adding up every millisecond; `None`: unknown. The window is `known[begin..end]`.
fn holds_by_hand(when: &When, window: &[Option<i64>]) -> bool {
    let passes = |value: i64, times: i64| match when.threshold {
        Threshold::WaitingAbove { above, at_most } => {
            value > i64::from(above) * times && at_most.is_none_or(|most| value <= i64::from(most) * times)
        }
        Threshold::WaitingAtMost(most) => value <= i64::from(most) * times,
        Threshold::LongestWaitAbove(limit) => value > limit.0 * times,
        _ => unreachable!("not drawn"),
    };
    let length = window.len() as i64;
    match when.judge {
        Judge::Every => window.iter().all(|value| value.is_some_and(|value| passes(value, 1))),
        Judge::Mean => {
            let sum: Option<i64> = window.iter().copied().sum();
            sum.is_some_and(|sum| passes(sum, length))
        }
        Judge::Share(share) => {
            let passed = window
                .iter()
                .filter(|value| value.is_some_and(|value| passes(value, 1)));
            passed.count() as i64 * 1_000_000 >= i64::from(share.0) * length
        }
    }
}

fn any_when() -> impl Strategy<Value = When> {
    let threshold = prop_oneof![
        (0u32..8, prop::option::of(1u32..4)).prop_map(|(above, more)| Threshold::WaitingAbove {
            above,
            at_most: more.map(|more| above + more),
        }),
        (0u32..8).prop_map(Threshold::WaitingAtMost),
        (0i64..8).prop_map(|limit| Threshold::LongestWaitAbove(Millis(limit))),
    ];
    let judge = prop_oneof![
        Just(Judge::Mean),
        (1u32..=1_000_000).prop_map(|part| Judge::Share(Millionths(part)))
    ];
    (threshold, 1i64..90, judge).prop_map(|(threshold, hold, judge)| When {
        threshold,
        hold: Millis(hold),
        judge,
    })
}

/// A reading by its depth and, where the feed tells it, its longest wait; so many milliseconds after the one before.
type Told = (i64, u32, Option<i64>);

fn any_day() -> impl Strategy<Value = Vec<Told>> {
    prop::collection::vec((0i64..40, 0u32..10, prop::option::weighted(0.9, 0i64..10)), 1..40)
}

fn reading(waiting: u32, longest: Option<i64>) -> Reading {
    Reading {
        longest_wait: longest.map(Millis),
        ..Reading::of("q", waiting)
    }
}

fn told_of(when: &When, waiting: u32, longest: Option<i64>) -> Option<i64> {
    match when.threshold {
        Threshold::LongestWaitAbove(_) => longest,
        _ => Some(waiting.into()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// The first moment at which it holds, if nothing changes, is the one that adding up finds; after every reading, for any floor.
    #[test]
    fn the_first_moment_is_the_one_that_adding_up_finds(when in any_when(), day in any_day(), floor in 0i64..300, later in 0i64..60) {
        let mut windows = windows_of(when);
        let mut known: Vec<Option<i64>> = Vec::new();
        let mut value = None;
        for (position, (gap, waiting, longest)) in day.into_iter().enumerate() {
            let silent = if position == 0 { 0 } else { gap };
            known.extend(std::iter::repeat_n(value, silent as usize));
            let now = known.len() as i64;
            windows.observe(&reading(waiting, longest), &queue_plan(), Seen(now));
            value = told_of(&when, waiting, longest);
            let (mut ahead, span) = (known.clone(), when.hold.0);
            ahead.resize((now.max(floor) + 3 * span + later) as usize, value);
            let holds = |end: &i64| (value.is_some() || when.judge != Judge::Mean) && holds_by_hand(&when, &ahead[(end - span) as usize..*end as usize]);
            let from = now + later;
            let expected = (from.max(floor + span).max(span)..ahead.len() as i64).find(holds);
            let found = windows.running(&when, Seen(floor), Seen(from)).map(|running| running.due.0);
            prop_assert_eq!(found, expected, "at {} from {} floor {}: {:?}", now, from, floor, known);
        }
    }
}

/// A queue as it is seen in real time: its clock stands still while it is blind, and a long silence forgets.
struct ByHand {
    when: When,
    known: Vec<Option<i64>>,
    value: Option<i64>,
    vouched: Option<i64>,
    blind: bool,
}

const STALE: i64 = 25;
const FORGET: i64 = 45;

impl ByHand {
    fn is_due(&self) -> bool {
        let begin = self.known.len().checked_sub(self.when.hold.0 as usize);
        let unknown = self.value.is_none() && self.when.judge == Judge::Mean;
        !self.blind && !unknown && begin.is_some_and(|begin| holds_by_hand(&self.when, &self.known[begin..]))
    }

    /// When the first instruction is due on a day, which ends with a silence.
    fn first_instruction(when: When, day: &[(i64, u32, Option<i64>)]) -> Option<i64> {
        let (known, value, vouched) = (Vec::new(), None, None);
        let mut queue = ByHand {
            when,
            known,
            value,
            vouched,
            blind: true,
        };
        let end = day.last()?.0 + 200;
        let mut told = day.iter().peekable();
        for now in 0..end {
            queue.blind |= queue.vouched.is_some_and(|vouched| now - vouched >= STALE);
            if queue.is_due() {
                return Some(now);
            }
            while let Some((_, waiting, longest)) = told.next_if(|(at, ..)| *at == now) {
                if queue.blind && queue.vouched.is_none_or(|vouched| now - vouched >= FORGET) {
                    queue.known.clear();
                }
                (queue.blind, queue.vouched) = (false, Some(now));
                queue.value = told_of(&when, *waiting, *longest);
                if queue.is_due() {
                    return Some(now);
                }
            }
            if !queue.blind {
                queue.known.push(queue.value);
            }
        }
        None
    }
}

fn first_instruction(when: When, day: &[Told], wake_always: bool) -> Option<i64> {
    let mut plan = plan(&[("a", when)], calm());
    plan.feeds.insert(
        Name::from("f"),
        FeedLimits {
            stale_after: Millis(STALE),
            forget_after: Millis(FORGET),
            gone_after: surged_core::Millis::from_mins(1),
            paused: surged_core::ladder::Paused::SignedIn,
        },
    );
    let mut floor = Floor::new(plan);
    let mut now = 0;
    for &(at, waiting, longest) in day {
        if wake_always {
            (now..at).for_each(|now| floor.run_to(now));
        }
        let reading = reading(waiting, longest);
        floor.tell(at, Input::Reading { reading });
        now = at;
    }
    floor.run_to(now + 199);
    floor.instructions().first().map(|given| given.at.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// The whole core, blind gaps and all: due when adding up says so, and waking it at every millisecond changes nothing.
    #[test]
    fn the_core_instructs_when_adding_up_says_so(when in any_when(), gaps in any_day()) {
        let mut at = 0;
        let day: Vec<Told> = gaps.into_iter().map(|(gap, waiting, longest)| {
            at += if gap > 36 { 2 * gap } else { gap };
            (at, waiting, longest)
        }).collect();
        let expected = ByHand::first_instruction(when, &day);
        prop_assert_eq!(first_instruction(when, &day, false), expected);
        prop_assert_eq!(first_instruction(when, &day, true), expected);
    }
}

// ---- the bank's month

const MONTH: &str = "../../../shared/data/bank-1999-08.csv.gz";

/// Depth at each of its changes, in milliseconds of the month; `None` where the calls are not beside the project.
fn month() -> Option<Vec<(i64, u32)>> {
    let Ok(file) = File::open(MONTH) else {
        eprintln!("skipped: the bank's month is not here ({MONTH})");
        return None;
    };
    let mut changes: BTreeMap<i64, i32> = BTreeMap::new();
    for call in BufReader::new(GzDecoder::new(file)).lines().skip(1) {
        let call = call.unwrap();
        let columns: Vec<&str> = call.split(',').collect();
        let [begin, end, waited] = [columns[5], columns[6], columns[7]];
        if begin.is_empty() || waited.parse::<f64>().unwrap() <= 0.0 {
            continue;
        }
        *changes.entry(millis(begin)).or_default() += 1;
        *changes.entry(millis(end)).or_default() -= 1;
    }
    let mut depth = 0;
    let at_changes = changes.into_iter().map(|(at, change)| {
        depth += change;
        (at, u32::try_from(depth).unwrap())
    });
    Some(at_changes.collect())
}

fn millis(moment: &str) -> i64 {
    let moment: jiff::civil::DateTime = moment.replace(' ', "T").parse().unwrap();
    moment
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap()
        .timestamp()
        .as_millisecond()
}

/// How often a condition comes to hold, each time after the other has held.
fn fires(month: &[(i64, u32)], fire: When, arm: When) -> u32 {
    let plan = plan(&[("a", fire)], arm);
    let mut windows = Windows::for_plan(&Windows::default(), &plan, &queue_plan(), None, Seen(0));
    let begin = Seen(month[0].0 - 3_600_000);
    windows.observe(&Reading::of("q", 0), &queue_plan(), begin);
    let (mut now, mut armed, mut times) = (begin, true, 0);
    let end = month[month.len() - 1].0 + 3_600_000;
    for (at, depth) in month.iter().copied().chain([(end, 0)]) {
        // What is due by the reading comes before it.
        while let Some(running) = windows.running(if armed { &fire } else { &arm }, begin, now) {
            if running.due > Seen(at) {
                break;
            }
            times += u32::from(armed);
            armed = !armed;
            now = now.max(running.due);
        }
        now = Seen(at);
        windows.observe(&Reading::of("q", depth), &queue_plan(), now);
    }
    times
}

#[test]
fn the_banks_month_fires_as_often_as_its_owners_counted() {
    let Some(month) = month() else { return };
    let seconds = |threshold, seconds, judge| When {
        threshold,
        hold: Millis::from_secs(seconds),
        judge,
    };
    let at_most = |most| Threshold::WaitingAtMost(most);
    let closed = Threshold::WaitingAbove {
        above: 5,
        at_most: Some(10),
    };
    let every = |above_what, span| {
        let not_above = seconds(at_most(above_what), 0, Judge::Every);
        fires(&month, seconds(above(above_what), span, Judge::Every), not_above)
    };
    assert_eq!(every(5, 300), 152);
    assert_eq!(every(5, 120), 389);
    assert_eq!(every(10, 60), 82);
    let mean = fires(
        &month,
        seconds(above(5), 300, Judge::Mean),
        seconds(at_most(2), 300, Judge::Mean),
    );
    assert_eq!(mean, 159);
    assert_eq!(closed_band(&month, closed), 80);
}

/// A closed band ends upwards as well: each unbroken time in it counts by itself.
fn closed_band(month: &[(i64, u32)], band: Threshold) -> u32 {
    let fire = when(band, 5, Judge::Every);
    let mut windows = windows_of(fire);
    let mut times = 0;
    for (at, depth) in month {
        let full = windows
            .running(&fire, Seen(0), Seen(0))
            .is_some_and(|running| running.due <= Seen(*at));
        windows.observe(&Reading::of("q", *depth), &queue_plan(), Seen(*at));
        times += u32::from(full && windows.since(&band).is_none());
    }
    times
}
