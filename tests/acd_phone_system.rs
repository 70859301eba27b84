//! The simulated phone system behaves like a real one, and in steady state like Erlang A says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use surged::core::erlang::Traffic;
use surged::core::{AgentState, Millis, Name, Part, Time};
use surged::lab::phone_system::{Happening, NoSuchQueue, PhoneSystem};
use surged::lab::scenario::{Handling, Point, Profile, QueueScenario, Scenario, ScenarioFault, people};

const SEEDS: u64 = 30;

/// Shares of callers over one day, the first two hours left out.
struct Day {
    abandoned: f64,
    answered_within: f64,
    wait_s: f64,
}

fn day(scenario: &Scenario, seed: u64, within: Millis) -> Day {
    let mut phones = PhoneSystem::new(scenario, seed, Time(0)).unwrap();
    while phones.poll(Time(0) + Millis::from_mins(120)).is_some() {}
    let (mut answered, mut in_time, mut gone, mut waited_ms) = (0u32, 0u32, 0u32, 0i64);
    while let Some(event) = phones.poll(Time(0) + Millis::from_mins(26 * 60)) {
        match event.what {
            Happening::Answered { waited } => {
                answered += 1;
                in_time += u32::from(waited <= within);
                waited_ms += waited.0;
            }
            Happening::GaveUp { waited } => {
                gone += 1;
                waited_ms += waited.0;
            }
            Happening::Waits | Happening::Ended => {}
        }
    }
    let callers = f64::from(answered + gone);
    Day {
        abandoned: f64::from(gone) / callers,
        answered_within: f64::from(in_time) / callers,
        wait_s: waited_ms as f64 / 1000.0 / callers,
    }
}

fn within_three_errors(what: &str, days: &[f64], expected: f64) {
    let n = days.len() as f64;
    let mean = days.iter().sum::<f64>() / n;
    let variance = days.iter().map(|it| (it - mean) * (it - mean)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    assert!(
        (mean - expected).abs() <= 3.0 * error,
        "{what}: simulated {mean} +- {error}, Erlang A {expected}"
    );
}

#[test]
fn waits_and_abandonment_are_those_of_erlang_a() {
    let (handle, within) = (Millis::from_secs(180), Millis::from_secs(20));
    // Quiet, busy, and with more load than people.
    for (calls, seats, patience_s) in [(400.0, 24, 120), (920.0, 46, 120), (920.0, 36, 60)] {
        let patience = Some(Millis::from_secs(patience_s));
        let expected = Traffic::new(calls, handle, patience).unwrap().with(seats, within);
        let scenario = Scenario::steady(calls, handle, patience, seats as usize);
        let days: Vec<Day> = (0..SEEDS).map(|seed| day(&scenario, seed, within)).collect();
        let of = |field: fn(&Day) -> f64| days.iter().map(field).collect::<Vec<f64>>();
        within_three_errors("abandoned", &of(|day| day.abandoned), expected.abandoned);
        within_three_errors(
            "answered within",
            &of(|day| day.answered_within),
            expected.answered_within,
        );
        within_three_errors("wait", &of(|day| day.wait_s), expected.expected_wait_s);
    }
}

#[test]
fn lognormal_calls_have_their_mean_and_keep_people_as_busy() {
    let mut scenario = Scenario::steady(400.0, Millis::from_secs(180), None, 400);
    scenario.queues[0].handling = Handling::Lognormal {
        mean: Millis::from_secs(180),
        deviation: Millis::from_secs(150),
    };
    let mut phones = PhoneSystem::new(&scenario, 7, Time(0)).unwrap();
    // With a person for everybody, those on calls are 20 in the mean (arrivals times handling).
    let (mut on_calls, samples) = (0u32, 5_000);
    for minute in 0..samples {
        while phones.poll(Time(0) + Millis::from_mins(60 + minute)).is_some() {}
        let reading = phones.reading(0, Time(0) + Millis::from_mins(60 + minute));
        on_calls += 400 - reading.available.unwrap();
    }
    let mean = f64::from(on_calls) / samples as f64;
    assert!((mean - 20.0).abs() < 0.5, "{mean} on calls in the mean");
}

#[test]
fn the_same_seed_gives_the_same_day_however_often_it_is_woken() {
    let scenario = Scenario::steady(920.0, Millis::from_secs(180), Some(Millis::from_secs(120)), 44);
    let hour = Time(0) + Millis::from_mins(60);
    let all_at_once = {
        let mut phones = PhoneSystem::new(&scenario, 3, Time(0)).unwrap();
        std::iter::from_fn(|| phones.poll(hour)).collect::<Vec<_>>()
    };
    let step_by_step = {
        let mut phones = PhoneSystem::new(&scenario, 3, Time(0)).unwrap();
        let mut events = Vec::new();
        while let Some(at) = phones.next_event_at().filter(|at| *at <= hour) {
            events.extend(std::iter::from_fn(|| phones.poll(at)));
        }
        events
    };
    assert!(all_at_once.len() > 1_500, "{} events", all_at_once.len());
    assert_eq!(all_at_once, step_by_step);
    let mut other = PhoneSystem::new(&scenario, 4, Time(0)).unwrap();
    assert_ne!(all_at_once[0], other.poll(hour).unwrap());
}

fn one_person() -> PhoneSystem {
    let mut scenario = Scenario::steady(60.0, Millis::from_secs(600), None, 1);
    scenario.queues[0].floating = people("E", 2);
    PhoneSystem::new(&scenario, 1, Time(0)).unwrap()
}

fn named(names: &[&str]) -> Part {
    Part {
        pool: Some(Name::from("expert")),
        seats: names.len() as u32,
        people: names.iter().map(|it| Name::from(*it)).collect(),
    }
}

fn counted(pool: &str, seats: u32) -> Part {
    Part {
        pool: Some(Name::from(pool)),
        seats,
        people: Vec::new(),
    }
}

/// Lets it run until so many wait; tells when.
fn until_waiting(phones: &mut PhoneSystem, callers: usize) -> Time {
    let mut now = Time(0);
    while phones.waiting(0) < callers {
        now = phones.next_event_at().unwrap();
        phones.poll(now);
    }
    now
}

#[test]
fn people_who_sign_in_take_waiting_callers_at_once_and_readings_show_them() {
    let mut phones = one_person();
    let inbound = Name::from("inbound");
    let now = until_waiting(&mut phones, 5);
    assert!(phones.reading(0, now + Millis(1_500)).longest_wait.unwrap() > Millis(1_500));
    assert_eq!(phones.sign_in(&inbound, &named(&["E01", "E02"]), now), Ok(2));
    assert_eq!(phones.sign_in(&inbound, &counted("outbound", 2), now), Ok(2));
    assert_eq!(phones.sign_in(&inbound, &named(&["E01"]), now), Ok(0), "already there");
    let told: Vec<_> = std::iter::from_fn(|| phones.poll(now)).collect();
    assert_eq!(told.len(), 4);
    let waits: Vec<Millis> = told
        .iter()
        .map(|event| match event.what {
            Happening::Answered { waited } => waited,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(
        waits.is_sorted_by(|first, then| first >= then),
        "first come first served: {waits:?}"
    );
    let reading = phones.reading(0, now);
    assert_eq!(
        (reading.waiting, reading.signed_in, reading.available),
        (1, Some(5), Some(0))
    );
    assert_eq!(reading.offered.unwrap(), reading.answered.unwrap() + 1);
    let agents = phones.agents(0);
    let of = |name: &str| agents.iter().find(|it| it.person.as_str() == name).unwrap().state;
    assert_eq!((of("E02"), of("outbound-2")), (AgentState::Busy, AgentState::Busy));
}

#[test]
fn people_who_sign_out_end_their_call_first() {
    let mut phones = one_person();
    let inbound = Name::from("inbound");
    let now = until_waiting(&mut phones, 5);
    phones.sign_in(&inbound, &named(&["E01"]), now).unwrap();
    phones.sign_in(&inbound, &counted("outbound", 2), now).unwrap();
    assert_eq!(phones.sign_out(&inbound, &named(&["E01", "nobody"])), Ok(1));
    assert_eq!(
        phones.sign_out(&inbound, &counted("outbound", 5)),
        Ok(2),
        "no more than came"
    );
    assert_eq!(phones.sign_out(&inbound, &counted("quality", 1)), Ok(0));
    assert_eq!(phones.reading(0, now).signed_in, Some(4), "all are on calls");
    // Within hours their calls have ended, and they took no other.
    let later = now + Millis::from_mins(600);
    while phones.poll(later).is_some() {}
    assert_eq!(phones.reading(0, later).signed_in, Some(1));
    assert_eq!(
        phones.sign_out(&Name::from("nowhere"), &counted("outbound", 1)),
        Err(NoSuchQueue(Name::from("nowhere")))
    );
}

#[test]
fn who_is_called_back_before_the_call_ends_stays() {
    let mut phones = one_person();
    let inbound = Name::from("inbound");
    let now = until_waiting(&mut phones, 3);
    phones.sign_in(&inbound, &counted("outbound", 1), now).unwrap();
    phones.sign_out(&inbound, &counted("outbound", 1)).unwrap();
    assert_eq!(phones.sign_in(&inbound, &counted("outbound", 1), now), Ok(1));
    let later = now + Millis::from_mins(600);
    while phones.poll(later).is_some() {}
    assert_eq!(phones.reading(0, later).signed_in, Some(2));
}

#[test]
fn a_scenario_at_fault_is_refused_in_words() {
    let sound = Scenario::steady(60.0, Millis::from_secs(180), None, 2);
    let broken = |change: fn(&mut QueueScenario)| {
        let mut scenario = sound.clone();
        change(&mut scenario.queues[0]);
        PhoneSystem::new(&scenario, 1, Time(0))
            .err()
            .expect("a fault")
            .to_string()
    };
    let doubled = Scenario {
        queues: vec![sound.queues[0].clone(), sound.queues[0].clone()],
    };
    assert_eq!(doubled.check(), Err(ScenarioFault::SameName(Name::from("inbound"))));
    assert_eq!(Scenario { queues: Vec::new() }.check(), Err(ScenarioFault::Queues(0)));
    for (said, expected) in [
        (broken(|it| it.floating = people("A", 1)), "\"A01\" is there twice"),
        (broken(|it| it.calls = Profile::by_minute(&[])), "no point at all"),
        (
            broken(|it| it.calls = Profile::by_minute(&[(2, 1.0), (1, 1.0)])),
            "in the order of time",
        ),
        (broken(|it| it.calls = Profile::constant(f64::NAN)), "NaN calls an hour"),
        (
            broken(|it| it.calls.repeats_after = Some(Millis::ZERO)),
            "more than 0 s",
        ),
        (broken(|it| it.patience = Some(Millis(-1))), "the patience is -0.001 s"),
        (
            broken(|it| it.handling = Handling::Exponential { mean: Millis::ZERO }),
            "the handling time is 0 s",
        ),
        (
            broken(|it| {
                it.calls.points = vec![Point {
                    after: Millis::ZERO,
                    calls_per_hour: 0.0,
                }];
                it.calls.repeats_after = Some(Millis::from_mins(1));
            }),
            "fewer than one call",
        ),
    ] {
        assert!(said.contains(expected), "{said:?} does not say {expected:?}");
    }
}
