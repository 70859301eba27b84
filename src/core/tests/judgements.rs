//! Conditions judged by a mean or by a share of their window: by hand to the millisecond, against a naive reference that adds up
//! every millisecond, and on a bank's month.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use flate2::read::GzDecoder;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::sync::Arc;
use surged_core::ladder::{
    Also, FeedLimits, Judge, Ladder, Millionths, Pool, QueuePlan, Release, RisingOver, Seats, ShareOver, Threshold,
    Tier, When,
};
use surged_core::measure::{Latest, Running, Windows};
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
    When::of(threshold, Millis::from_mins(minutes), judge)
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
        at_most: Some(7),
    };
    let mut floor = Floor::new(plan(&[("a", when(band, 5, Judge::Mean))], calm()));
    // Far above, then falling: (20 (300000 - x) + 6 x) / 300000 <= 7 once x >= 278572.
    floor.depth(20, 0, 6 * MINUTE);
    floor.depth(6, 6 * MINUTE, 12 * MINUTE);
    assert_eq!(floor.given(), [(6 * MINUTE + 278_572, Action::SignIn, "a")]);
}

#[test]
fn nobody_is_called_into_an_empty_queue() {
    for judge in [Judge::Mean, share(0.5)] {
        let mut floor = Floor::new(plan(&[("a", when(above(5), 5, judge))], calm()));
        floor.depth(20, 0, 4 * MINUTE + 59_000);
        floor.tell(4 * MINUTE + 59_000, depth(0));
        floor.depth(0, 5 * MINUTE, 6 * MINUTE);
        assert_eq!(floor.given(), [], "{judge:?}");
        floor.tell(6 * MINUTE + 3, depth(6));
        assert_eq!(floor.given(), [(6 * MINUTE + 3, Action::SignIn, "a")], "{judge:?}");
    }
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
        read(&mut windows, waiting, at);
        sum += i64::from(waiting) * 250;
    }
    let end = Seen(60 * MINUTE);
    read(&mut windows, 9, end.0);
    assert_eq!(
        windows.judged(&mean.threshold, &mean, end),
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

fn read(windows: &mut Windows, waiting: u32, at: i64) {
    let reading = Reading::of("q", waiting);
    let age = Millis::ZERO;
    let reading = &reading;
    windows.observe(Latest { reading, age }, &queue_plan(), Seen(at));
}

/// One millisecond: what was read last, and how long ago.
#[derive(Clone)]
struct Moment {
    reading: Option<Reading>,
    age: i64,
}

/// What is compared, as a fraction.
type Fraction = (i128, i128);

/// What a threshold measures in each millisecond; `None`: unknown.
fn measured(threshold: &Threshold, moments: &[Moment]) -> Vec<Option<Fraction>> {
    let counters = |reading: &Reading| -> Option<(i128, i128)> {
        let part = match threshold {
            Threshold::AbandonedShareAbove(_) => reading.abandoned?,
            _ => reading.answered_in_target?,
        };
        Some((
            part.into(),
            i128::from(reading.answered?) + i128::from(reading.abandoned.unwrap_or(0)),
        ))
    };
    // Since which millisecond the counters are known and have not fallen.
    let mut counted_from: Option<usize> = None;
    let mut values = Vec::new();
    for (at, moment) in moments.iter().enumerate() {
        let reading = moment.reading.as_ref();
        let then = |over: Millis| at.checked_sub(over.0 as usize).map(|then| &moments[then]);
        let told = reading.and_then(counters);
        let before = at
            .checked_sub(1)
            .and_then(|at| moments[at].reading.as_ref())
            .and_then(counters);
        counted_from = match (before, told) {
            (_, None) => None,
            (Some(before), Some(told)) if before.0 <= told.0 && before.1 <= told.1 => counted_from,
            _ => Some(at),
        };
        let share = |over: Millis| {
            let then = at
                .checked_sub(over.0 as usize)
                .filter(|then| counted_from.is_some_and(|from| from <= *then))?;
            let (now, then) = (told?, counters(moments[then].reading.as_ref()?)?);
            Some((1_000_000 * (now.0 - then.0), now.1 - then.1))
        };
        let seats = || {
            Some(i128::from(
                reading?.signed_in?.saturating_sub(reading?.paused.unwrap_or(0)),
            ))
        };
        values.push(match threshold {
            Threshold::WaitingAbove { .. } | Threshold::WaitingAtMost(_) => reading.map(|it| (it.waiting.into(), 1)),
            Threshold::LongestWaitAbove(_) => reading.and_then(|it| {
                let wait = i128::from(it.longest_wait?.0);
                Some(if it.waiting > 0 {
                    (2 * (wait + i128::from(moment.age)) + 1, 1)
                } else {
                    (2 * wait, 1)
                })
            }),
            Threshold::WaitingPerSeatAbove(_) => {
                reading.and_then(|it| Some((1_000_000 * i128::from(it.waiting), seats()?)))
            }
            Threshold::ExpectedWaitAbove(_) => {
                reading.and_then(|it| Some((180_000 * i128::from(it.waiting), seats()?)))
            }
            Threshold::AnsweredShareBelow(limit)
            | Threshold::AnsweredShareAtLeast(limit)
            | Threshold::AbandonedShareAbove(limit) => share(limit.over),
            Threshold::RisingAbove(limit) => then(limit.over).and_then(|then| {
                let (now, then) = (reading?.waiting, then.reading.as_ref()?.waiting);
                Some((i128::from(now) - i128::from(then), 1))
            }),
        });
    }
    values
}

fn is_passed(threshold: &Threshold, (part, whole): Fraction) -> bool {
    let millionths = |share: Millionths| i128::from(share.0) * whole;
    match *threshold {
        Threshold::WaitingAbove { above, at_most } => {
            part > i128::from(above) * whole && at_most.is_none_or(|most| part <= i128::from(most) * whole)
        }
        Threshold::WaitingAtMost(most) => part <= i128::from(most) * whole,
        Threshold::LongestWaitAbove(limit) => part > 2 * i128::from(limit.0) * whole,
        Threshold::WaitingPerSeatAbove(limit) => part > millionths(Millionths::of(limit)),
        Threshold::ExpectedWaitAbove(limit) => part > i128::from(limit.0) * whole,
        Threshold::AnsweredShareBelow(limit) => part < millionths(limit.share),
        Threshold::AnsweredShareAtLeast(limit) => part >= millionths(limit.share),
        Threshold::AbandonedShareAbove(limit) => part > millionths(limit.share),
        Threshold::RisingAbove(limit) => part > i128::from(limit.callers) * whole,
    }
}

/// Whether a condition holds at the last of these milliseconds, by adding up every one of its window, which ends before that.
struct Adding<'a> {
    when: &'a When,
    measured: Vec<(Threshold, Vec<Option<Fraction>>)>,
}

impl Adding<'_> {
    fn of<'a>(when: &'a When, moments: &[Moment]) -> Adding<'a> {
        let measured = when
            .thresholds()
            .map(|threshold| (*threshold, measured(threshold, moments)));
        Adding {
            when,
            measured: measured.collect(),
        }
    }

    fn holds(&self, end: usize, floor: usize) -> bool {
        let Some(begin) = end
            .checked_sub(self.when.hold.0 as usize)
            .filter(|begin| *begin >= floor)
        else {
            return false;
        };
        self.measured.iter().all(|(threshold, all)| {
            let passed = |value: &Option<Fraction>| value.is_some_and(|value| is_passed(threshold, value));
            let (window, now) = (&all[begin..end], passed(&all[end]));
            let over = match self.when.judge {
                _ if window.is_empty() => true,
                Judge::Every => window.iter().all(passed),
                Judge::Mean => {
                    let sum = window
                        .iter()
                        .try_fold((0, 0), |sum, value| value.map(|it| (sum.0 + it.0, sum.1 + it.1)));
                    sum.is_some_and(|sum| is_mean_passed(threshold, sum, window.len()))
                }
                Judge::Share(share) => {
                    let count = window.iter().filter(|value| passed(value)).count() as i128;
                    count * 1_000_000 >= i128::from(share.0) * window.len() as i128
                }
            };
            now && over
        })
    }
}

/// What is not divided by seats or calls is divided by the time.
fn is_mean_passed(threshold: &Threshold, (part, whole): Fraction, length: usize) -> bool {
    let by_time = matches!(
        threshold,
        Threshold::WaitingAbove { .. }
            | Threshold::WaitingAtMost(_)
            | Threshold::LongestWaitAbove(_)
            | Threshold::RisingAbove(_)
    );
    assert!(!by_time || whole == length as i128);
    is_passed(threshold, (part, whole))
}

fn any_threshold() -> impl Strategy<Value = Threshold> {
    let share = || {
        (0u32..=1_000_000, 1i64..60).prop_map(|(share, over)| ShareOver {
            share: Millionths(share),
            over: Millis(over),
        })
    };
    prop_oneof![
        (0u32..8, prop::option::of(1u32..4)).prop_map(|(above, more)| Threshold::WaitingAbove {
            above,
            at_most: more.map(|more| above + more),
        }),
        (0u32..8).prop_map(Threshold::WaitingAtMost),
        (0i64..60).prop_map(|limit| Threshold::LongestWaitAbove(Millis(limit))),
        (1u32..30).prop_map(|limit| Threshold::WaitingPerSeatAbove(f64::from(limit) / 10.0)),
        (1i64..900).prop_map(|limit| Threshold::ExpectedWaitAbove(Millis::from_secs(limit))),
        share().prop_map(Threshold::AnsweredShareBelow),
        share().prop_map(Threshold::AnsweredShareAtLeast),
        share().prop_map(Threshold::AbandonedShareAbove),
        (0u32..6, 1i64..60).prop_map(|(callers, over)| Threshold::RisingAbove(RisingOver {
            callers,
            over: Millis(over),
        })),
    ]
}

fn any_when() -> impl Strategy<Value = When> {
    let judge = prop_oneof![
        2 => Just(Judge::Every),
        2 => Just(Judge::Mean),
        2 => (1u32..=1_000_000).prop_map(|part| Judge::Share(Millionths(part)))
    ];
    let thresholds = prop_oneof![
        3 => prop::collection::vec(any_threshold(), 1..2),
        2 => prop::collection::vec(any_threshold(), 2..4),
    ];
    (thresholds, 0i64..90, judge).prop_map(|(mut thresholds, hold, judge)| {
        let threshold = thresholds.remove(0);
        When {
            also: Also::try_from(thresholds).unwrap(),
            ..When::of(threshold, Millis(hold), judge)
        }
    })
}

/// What is told so many milliseconds after the word before; `None`: a sign of life.
type Told = (i64, Option<Reading>);

/// What a feed tells of one moment, its counters as steps from the word before; `None`: it does not tell them, or begins anew.
fn any_told() -> impl Strategy<Value = (i64, bool, Reading, Option<[u64; 3]>, bool)> {
    let reading = (
        0u32..10,
        prop::option::weighted(0.9, 0i64..30),
        prop::option::weighted(0.9, (0u32..6, prop::option::of(0u32..3))),
    );
    let reading = reading.prop_map(|(waiting, longest, seats)| Reading {
        longest_wait: longest.map(Millis),
        signed_in: seats.map(|seats| seats.0),
        paused: seats.and_then(|seats| seats.1),
        ..Reading::of("q", waiting)
    });
    let counters = prop::option::weighted(0.95, [0u64..3, 0u64..3, 0u64..3]);
    (
        0i64..40,
        prop::bool::weighted(0.1),
        reading,
        counters,
        prop::bool::weighted(0.03),
    )
}

fn any_day() -> impl Strategy<Value = Vec<Told>> {
    prop::collection::vec(any_told(), 1..40).prop_map(|told| {
        let mut sum = [0; 3];
        let day = told.into_iter().map(|(gap, alive, mut reading, counters, anew)| {
            if alive {
                return (gap, None);
            }
            if anew {
                sum = [0; 3];
            }
            if let Some([in_time, late, given_up]) = counters {
                sum = [sum[0] + in_time, sum[1] + in_time + late, sum[2] + given_up];
                reading.answered_in_target = Some(sum[0]);
                reading.answered = Some(sum[1]);
                reading.abandoned = Some(sum[2]);
            }
            (gap, Some(reading))
        });
        day.collect()
    })
}

/// As many days as `PROPTEST_CASES` says.
fn days(otherwise: u32) -> ProptestConfig {
    let said = std::env::var("PROPTEST_CASES").ok().and_then(|said| said.parse().ok());
    ProptestConfig::with_cases(said.unwrap_or(otherwise))
}

proptest! {
    #![proptest_config(days(600))]

    /// The first moment at which it holds, if nothing is read, is the one that adding up finds; after every reading, for any floor.
    #[test]
    fn the_first_moment_is_the_one_that_adding_up_finds(when in any_when(), day in any_day(), floor in 0i64..300, later in 0i64..60) {
        let mut windows = windows_of(when);
        let mut moments: Vec<Moment> = Vec::new();
        let mut last = Moment { reading: None, age: 0 };
        for (gap, told) in day {
            // Nothing is observed before the first reading.
            let silent = if last.reading.is_some() { gap } else { 0 };
            for _ in 0..silent {
                moments.push(last.clone());
                last.age += 1;
            }
            let now = moments.len() as i64;
            if let Some(reading) = told {
                last = Moment { reading: Some(reading), age: 0 };
            }
            if let Some(reading) = &last.reading {
                windows.observe(Latest { reading, age: Millis(last.age) }, &queue_plan(), Seen(now));
            }
            let (mut ahead, span) = (moments.clone(), when.hold.0);
            let end = (now.max(floor) + 3 * span + later + 130) as usize;
            for age in last.age.. {
                if ahead.len() == end {
                    break;
                }
                ahead.push(Moment { age, ..last.clone() });
            }
            let adding = Adding::of(&when, &ahead);
            let from = now + later;
            let expected = (from as usize..end).find(|end| adding.holds(*end, floor as usize));
            let running = windows.running(&when, Seen(floor), Seen(from));
            let found = running.map(|running| running.due.0.max(from) as usize);
            prop_assert_eq!(found, expected, "at {} from {} floor {}", now, from, floor);
            let held_from = running.map(|running| running.due.0 as usize);
            // Held without a break, it may have held before.
            prop_assert!(held_from.is_none_or(|due| due >= from as usize || when.judge == Judge::Every || span == 0));
        }
    }
}

/// A queue as it is seen in real time: its clock stands still while it is blind, and a long silence forgets.
struct ByHand {
    when: When,
    moments: Vec<Moment>,
    last: Option<Reading>,
    read_at: i64,
    vouched: Option<i64>,
    blind: bool,
}

const STALE: i64 = 25;
const FORGET: i64 = 45;

impl ByHand {
    fn moment(&self, now: i64) -> Moment {
        Moment {
            reading: self.last.clone(),
            age: now - self.read_at,
        }
    }

    fn is_due(&self, now: i64) -> bool {
        let mut moments = self.moments.clone();
        moments.push(self.moment(now));
        !self.blind && Adding::of(&self.when, &moments).holds(self.moments.len(), 0)
    }

    /// When the first instruction is due on a day, which ends with a silence.
    fn first_instruction(when: When, day: &[Told]) -> Option<i64> {
        let mut queue = ByHand {
            when,
            moments: Vec::new(),
            last: None,
            read_at: 0,
            vouched: None,
            blind: true,
        };
        let end = day.last()?.0 + 200;
        let mut told = day.iter().peekable();
        for now in 0..end {
            queue.blind |= queue.vouched.is_some_and(|vouched| now - vouched >= STALE);
            if queue.is_due(now) {
                return Some(now);
            }
            while let Some((_, reading)) = told.next_if(|(at, _)| *at == now) {
                if reading.is_none() && queue.last.is_none() {
                    // A sign of life stands for no queue that was not reported yet.
                    continue;
                }
                if queue.blind && queue.vouched.is_none_or(|vouched| now - vouched >= FORGET) {
                    queue.moments.clear();
                }
                (queue.blind, queue.vouched) = (false, Some(now));
                if let Some(reading) = reading {
                    (queue.last, queue.read_at) = (Some(reading.clone()), now);
                }
                if queue.is_due(now) {
                    return Some(now);
                }
            }
            if !queue.blind {
                queue.moments.push(queue.moment(now));
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
    for (at, told) in day {
        if wake_always {
            (now..*at).for_each(|now| floor.run_to(now));
        }
        let input = match told {
            Some(reading) => Input::Reading {
                reading: reading.clone(),
            },
            None => Input::Heartbeat { feed: "f".into() },
        };
        floor.tell(*at, input);
        now = *at;
    }
    floor.run_to(now + 199);
    floor.instructions().first().map(|given| given.at.0)
}

proptest! {
    #![proptest_config(days(400))]

    /// The whole core, blind gaps and all: due when adding up says so, and waking it at every millisecond changes nothing.
    #[test]
    fn the_core_instructs_when_adding_up_says_so(when in any_when(), gaps in any_day()) {
        let mut at = 0;
        let day: Vec<Told> = gaps.into_iter().map(|(gap, told)| {
            at += if gap > 36 { 2 * gap } else { gap };
            (at, told)
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
    read(&mut windows, 0, begin.0);
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
        read(&mut windows, depth, now.0);
    }
    times
}

#[test]
fn the_banks_month_fires_as_often_as_its_owners_counted() {
    let Some(month) = month() else { return };
    let seconds = |threshold, seconds, judge| When::of(threshold, Millis::from_secs(seconds), judge);
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
    // Of the mean alone it is 159: here the depth of that moment has to be beyond the line as well (plan: "Condition").
    assert_eq!(mean, 143);
    assert_eq!(closed_band(&month, closed), 80);
}

/// A closed band ends upwards as well: each unbroken time in it counts by itself.
fn closed_band(month: &[(i64, u32)], band: Threshold) -> u32 {
    let fire = when(band, 5, Judge::Every);
    let mut windows = windows_of(fire);
    let (mut times, mut last) = (0, Seen(0));
    for (at, depth) in month {
        let full = windows
            .running(&fire, Seen(0), last)
            .is_some_and(|running| running.due <= Seen(*at));
        read(&mut windows, *depth, *at);
        last = Seen(*at);
        times += u32::from(full && windows.since(&fire, Seen(*at)).is_none());
    }
    times
}
