//! The core against a second reading of the plan, decision by decision, over random days.
//!
//! What the model does not know, and other tests hold: conditions judged by a mean or a share (`judgements`), the seats
//! required and longer shifts by a roster (`ladder`), the numbers in a reason (`ladder`), conditions of several measures and those of a
//! sliding window (`ladder`), queues that leave the configuration (`ladder`), questions that go from leader to manager (`ladder`).
//!
//! That it would notice a broken core is itself tried out: `tests/mutations.py` breaks the core in many small ways, and each has to be
//! caught by these days or by another of the core's tests (docs/mutations.md).

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod model;

use model::compare::{Tally, compare, shortest, timeline};
use model::day::Day;

const DAYS: u64 = 2000;

const INPUTS_A_DAY: usize = 120;

/// More days for a night's run, from the first or from another on: SURGED_DAYS=100000 cargo test -p surged-core --test model_days, or
/// SURGED_DAYS=5000..10000.
fn many() -> std::ops::Range<u64> {
    let days = std::env::var("SURGED_DAYS").unwrap_or_else(|_| DAYS.to_string());
    let (from, until) = days.split_once("..").unwrap_or(("0", &days));
    from.parse().unwrap()..until.parse().unwrap()
}

#[test]
fn the_core_decides_what_the_plan_says_on_random_days() {
    // One day alone: SURGED_DAY=17 cargo test -p surged-core --test model_days
    let alone: Option<u64> = std::env::var("SURGED_DAY").ok().map(|day| day.parse().unwrap());
    let days = alone.map_or_else(many, |day| day..day + 1);
    // Fewer days have no room for everything.
    let is_whole = days.end - days.start >= DAYS;
    let mut tally = Tally::default();
    // Every day on which they part, not cut: SURGED_PARTINGS=1 SURGED_DAYS=500 cargo test -p surged-core --test model_days
    if std::env::var("SURGED_PARTINGS").is_ok() {
        std::panic::set_hook(Box::new(|_| ()));
        let parted = days.filter_map(|seed| {
            let fault = compare(&Day::new(seed).steps(INPUTS_A_DAY), &mut tally).err()?;
            println!("day {seed}: {fault}\n");
            Some(seed)
        });
        let parted = parted.count();
        let _ = std::panic::take_hook();
        assert_eq!(parted, 0, "days on which they part");
        return;
    }
    for seed in days {
        let steps = Day::new(seed).steps(INPUTS_A_DAY);
        if compare(&steps, &mut tally).is_err() {
            std::panic::set_hook(Box::new(|_| ()));
            let steps = shortest(&steps);
            let _ = std::panic::take_hook();
            let fault = compare(&steps, &mut Tally::default()).unwrap_err();
            panic!("day {seed}, cut to what matters:\n{}{fault}", timeline(&steps));
        }
    }
    let seen = |kind: &str| {
        tally
            .kinds
            .iter()
            .filter(|(said, _)| said.starts_with(kind))
            .map(|(_, count)| count)
            .sum::<u32>()
    };
    for kind in [
        "instruct sign_in",
        "instruct sign_out",
        "instruct stand_down",
        "instruct overtime",
        "instruct call_in",
    ] {
        assert!(
            !is_whole || seen(kind) > 1000,
            "these days are too quiet to show anything: {tally:?}"
        );
    }
    for kind in [
        "settled",
        "as shown",
        "by time",
        "freed",
        "not_shown",
        "counted",
        " found ",
        "approval_asked",
        "approval_lapsed",
        "in shadow",
        "by hand",
        " beside",
        " max_stay ",
        " + ",
        "tier_skipped",
        "feed_lost",
        "passed_up",
        "unanswered",
        "surge_over",
        "resumed",
    ] {
        assert!(
            !is_whole || seen(kind) > 100,
            "these days are too quiet to show anything: {tally:?}"
        );
    }
}
