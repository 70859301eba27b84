//! Erlang B, C and A against 50 digits, and seats against another program.
//!
//! Both tables lie in `erlang/`, beside the scripts that made them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use surged_core::Millis;
use surged_core::erlang::{MAX_LOAD, Measures, NoSeats, Traffic, erlang_b, erlang_c, seats_required};
use surged_core::ladder::Target;

/// Agreement asked for, relative to the value: 1e-12, however small the value is.
const TOLERANCE: f64 = 1e-12;
/// Below this a double is near its end and counts as zero on both sides.
const ZERO: f64 = 1e-280;

fn agrees(ours: f64, reference: f64) -> bool {
    if reference.is_infinite() || ours.is_infinite() {
        return ours == reference;
    }
    (ours.abs() < ZERO && reference.abs() < ZERO) || (ours - reference).abs() <= TOLERANCE * reference.abs()
}

struct Row {
    calls_per_hour: f64,
    handle: Millis,
    patience: Option<Millis>,
    seats: u32,
    within: Millis,
    /// Erlang B, then the fields of [`Measures`] in their order.
    values: [f64; 6],
}

fn table() -> Vec<(String, Row)> {
    include_str!("erlang/reference.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let millis = |cell: &str| Millis(cell.parse().unwrap());
            let row = Row {
                calls_per_hour: cells[0].parse().unwrap(),
                handle: millis(cells[1]),
                patience: (cells[2] != "ever").then(|| millis(cells[2])),
                seats: cells[3].parse().unwrap(),
                within: millis(cells[4]),
                values: std::array::from_fn(|i| cells[5 + i].trim_start_matches('+').parse().unwrap()),
            };
            (cells[..5].join(","), row)
        })
        .collect()
}

fn fields(it: Measures) -> [f64; 5] {
    [
        it.waits,
        it.abandoned,
        it.answered_within,
        it.expected_wait_s,
        it.occupancy,
    ]
}

#[test]
fn erlang_b_c_and_a_agree_with_fifty_digits() {
    let table = table();
    assert!(table.len() >= 400, "the table has {} rows", table.len());
    let mut faults = Vec::new();
    for (case, row) in &table {
        let traffic = Traffic::new(row.calls_per_hour, row.handle, row.patience).unwrap();
        let mut ours = vec![erlang_b(row.seats, traffic.load())];
        ours.extend(fields(traffic.with(row.seats, row.within)));
        for (i, name) in [
            "blocked",
            "waits",
            "abandoned",
            "answered_within",
            "expected_wait_s",
            "occupancy",
        ]
        .iter()
        .enumerate()
        {
            if !agrees(ours[i], row.values[i]) {
                let error = (ours[i] / row.values[i] - 1.0).abs();
                faults.push(format!(
                    "{case}: {name} {:e}, reference {:e}, off by {error:.1e}",
                    ours[i], row.values[i]
                ));
            }
        }
        if row.patience.is_none() && !agrees(erlang_c(row.seats, traffic.load()), row.values[1]) {
            faults.push(format!("{case}: erlang_c"));
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {} rows:\n{}",
        faults.len(),
        table.len(),
        faults.join("\n")
    );
}

#[test]
fn seats_by_erlang_c_equal_those_of_pyworkforce() {
    let mut faults = Vec::new();
    let mut points = 0;
    for line in include_str!("erlang/pyworkforce_grid.csv").lines().skip(1) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let target = Target {
            answered: cells[2],
            within: Millis::from_secs(cells[3] as i64),
        };
        let ours = seats_required(cells[0], Millis::from_secs(cells[1] as i64), None, target).unwrap();
        points += 1;
        if f64::from(ours.seats) != cells[4] {
            faults.push(format!("{line}: ours {}", ours.seats));
        }
    }
    assert!(points > 10_000, "the grid has {points} points");
    assert!(faults.is_empty(), "{} points:\n{}", faults.len(), faults.join("\n"));
}

fn target(answered: f64, within_s: i64) -> Target {
    Target {
        answered,
        within: Millis::from_secs(within_s),
    }
}

#[test]
fn where_nobody_calls_nobody_is_lost_but_to_a_room_without_seats() {
    assert_eq!([0, 1, 60].map(|seats| erlang_b(seats, 0.0)), [1.0, 0.0, 0.0]);
}

#[test]
fn without_patience_erlang_a_is_b_and_with_endless_patience_c() {
    let within = Millis::from_secs(20);
    for (calls, seats) in [(200.0, 11), (920.0, 48), (2_000.0, 110)] {
        let handle = Millis::from_secs(180);
        let gone = Traffic::new(calls, handle, Some(Millis::ZERO)).unwrap();
        let at_once = gone.with(seats, within);
        assert_eq!(at_once.abandoned, erlang_b(seats, gone.load()));
        assert!((at_once.answered_within + at_once.abandoned - 1.0).abs() < 1e-15);

        let hasty = Traffic::new(calls, handle, Some(Millis(1)))
            .unwrap()
            .with(seats, within);
        assert!(
            (hasty.abandoned - at_once.abandoned).abs() < 1e-4,
            "{hasty:?} {at_once:?}"
        );

        let c = Traffic::new(calls, handle, None).unwrap().with(seats, within);
        let days = Traffic::new(calls, handle, Some(Millis::from_mins(24 * 60)))
            .unwrap()
            .with(seats, within);
        assert!((days.waits - c.waits).abs() < 0.01, "{days:?} {c:?}");
        assert!(days.expected_wait_s < c.expected_wait_s);
    }
}

#[test]
fn a_queue_without_calls_needs_nobody_and_one_without_people_answers_nobody() {
    let none = seats_required(0.0, Millis::from_secs(180), None, target(0.9, 20)).unwrap();
    assert_eq!((none.seats, none.measures.answered_within), (0, 1.0));
    assert_eq!((erlang_c(0, 0.0), erlang_c(3, 0.0)), (0.0, 0.0));
    for patience in [None, Some(Millis::ZERO), Some(Millis::from_secs(120))] {
        let left_alone = Traffic::new(100.0, Millis::from_secs(180), patience)
            .unwrap()
            .with(0, Millis::from_secs(20));
        assert_eq!(
            (left_alone.waits, left_alone.answered_within),
            (1.0, 0.0),
            "{patience:?}"
        );
    }
}

#[test]
fn what_cannot_be_computed_is_said() {
    let (handle, patience) = (Millis::from_secs(180), Some(Millis::from_secs(120)));
    let ask = |calls, handle, patience, answered| seats_required(calls, handle, patience, target(answered, 20));
    assert_eq!(ask(-1.0, handle, patience, 0.9), Err(NoSeats::Arrivals(-1.0)));
    assert!(matches!(
        ask(f64::NAN, handle, patience, 0.9),
        Err(NoSeats::Arrivals(_))
    ));
    assert_eq!(
        ask(10.0, Millis::ZERO, patience, 0.9),
        Err(NoSeats::Handle(Millis::ZERO))
    );
    assert_eq!(
        ask(10.0, handle, Some(Millis(-1)), 0.9),
        Err(NoSeats::Patience(Millis(-1)))
    );
    for answered in [0.0, 1.0, 90.0, f64::NAN] {
        assert!(
            matches!(ask(10.0, handle, patience, answered), Err(NoSeats::Target(_))),
            "{answered}"
        );
    }
    let too_much = ask(1e9, handle, patience, 0.9).unwrap_err();
    assert_eq!(too_much, NoSeats::Load { load: 5e7 });
    assert!(too_much.to_string().contains("at most 100000 erlangs"), "{too_much}");
}

#[test]
fn the_greatest_load_still_has_an_answer() {
    let calls = MAX_LOAD * 3_600_000.0 / 180_000.0;
    for patience in [
        None,
        Some(Millis(1)),
        Some(Millis::from_secs(120)),
        Some(Millis::from_mins(24 * 60)),
    ] {
        for answered in [1e-9, 0.5, 0.999_999_999] {
            let seats = seats_required(calls, Millis::from_secs(180), patience, target(answered, 0)).unwrap();
            assert!(seats.measures.answered_within >= answered, "{patience:?}: {seats:?}");
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    #[test]
    fn the_seats_found_are_the_fewest_and_every_share_is_one(
        calls in 0.1..20_000.0f64,
        handle_s in 1..3_600i64,
        patience_ms in proptest::option::of(0..7_200_000i64),
        answered in 0.01..0.999f64,
        within_s in 0..600i64,
    ) {
        let (handle, patience, target) = (Millis::from_secs(handle_s), patience_ms.map(Millis), target(answered, within_s));
        let found = seats_required(calls, handle, patience, target).unwrap();
        let traffic = Traffic::new(calls, handle, patience).unwrap();
        proptest::prop_assert!(found.measures.answered_within >= answered * (1.0 - 1e-12), "{found:?}");
        let fewer = traffic.with(found.seats.saturating_sub(1), target.within);
        proptest::prop_assert!(fewer.answered_within < answered, "{found:?}, one fewer {fewer:?}");
        for seats in [0, 1, found.seats / 2, found.seats, found.seats + 1, 2 * found.seats] {
            let it = traffic.with(seats, target.within);
            for share in [it.waits, it.abandoned, it.answered_within, it.occupancy] {
                proptest::prop_assert!((0.0..=1.0 + 1e-12).contains(&share), "{seats} seats: {it:?}");
            }
            proptest::prop_assert!(it.answered_within + it.abandoned <= 1.0 + 1e-12, "{seats} seats: {it:?}");
        }
    }
}
