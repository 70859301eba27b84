//! The core against a second reading of the plan, decision by decision, over random days.

mod model;

use model::day::{Day, Tally, compare, shortest, timeline};

const DAYS: u64 = 2000;
const INPUTS_A_DAY: usize = 120;

#[test]
fn the_core_decides_what_the_plan_says_on_random_days() {
    // One day alone: SURGED_DAY=17 cargo test --test core_model
    let alone = std::env::var("SURGED_DAY").ok().map(|day| day.parse().unwrap());
    let days = alone.map_or(0..DAYS, |day| day..day + 1);
    let mut tally = Tally::default();
    for seed in days {
        let steps = Day::new(seed).steps(INPUTS_A_DAY);
        if compare(&steps, &mut tally).is_err() {
            let steps = shortest(&steps);
            let fault = compare(&steps, &mut Tally::default()).unwrap_err();
            panic!("day {seed}, cut to what matters:\n{}{fault}", timeline(&steps));
        }
    }
    println!("{tally:?}");
}
