//! What is said of a simulated floor: each a ratio of two sums.

use super::totals::Totals;

/// In what a measure is told.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Unit {
    /// 0 to 1, shown in per cent.
    Share,
    /// Milliseconds in the sums, seconds outside.
    Seconds,
    /// Plain.
    Number,
}

/// Whether more of it is better.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Better {
    /// More.
    More,
    /// Less.
    Less,
    /// Neither by itself.
    Neither,
}

/// One of them.
#[derive(Debug)]
pub struct Measure {
    /// In JSON, and in a scenario's `outside`.
    pub name: &'static str,
    /// For a shift leader.
    pub words: &'static str,
    /// In what it is told.
    pub unit: Unit,
    /// Whether more of it is better.
    pub better: Better,
    /// What is divided by what.
    pub ratio: fn(&Totals) -> (f64, f64),
}

use Better::{Less, More, Neither};
use Unit::{Number, Seconds, Share};

macro_rules! measures {
    ($($name:literal, $words:literal, $unit:ident, $better:ident, $it:ident => $above:expr, $below:expr;)*) => {
        /// All of them, in the order in which they are told.
        pub static MEASURES: &[Measure] = &[
            $(Measure { name: $name, words: $words, unit: $unit, better: $better, ratio: |$it| ($above, $below) },)*
        ];
    };
}

measures! {
    "calls_a_day", "calls a day", Number, Neither, it => it.offered, it.days;
    "redials_a_day", "of them again, after giving up", Number, Less, it => it.redials, it.days;
    "answered_share", "answered", Share, More, it => it.answered, it.offered;
    "in_target_share", "answered in time", Share, More, it => it.in_target, it.offered;
    "in_target_of_patient", "the same, without who gave up sooner", Share, More,
        it => it.in_target, it.answered + it.gave_up - it.gave_up_early;
    "short_wait_share", "waited no longer than that, answered or not", Share, More,
        it => it.in_target + it.gave_up_early, it.offered;
    "abandoned_share", "gave up", Share, Less, it => it.gave_up, it.offered;
    "in_target_a_day", "answered in time, a day", Number, More, it => it.in_target, it.days;
    "abandoned_a_day", "gave up, a day", Number, Less, it => it.gave_up, it.days;
    "mean_wait_s", "mean wait, all callers", Seconds, Less, it => it.waited / 1000.0, it.offered;
    "mean_wait_answered_s", "mean wait, answered callers", Seconds, Less, it => it.waited_answered / 1000.0, it.answered;
    "longest_wait_s", "longest wait of a day", Seconds, Less, it => it.longest / 1000.0, it.days;
    "mean_waiting", "callers waiting, on average", Number, Less, it => it.waiting_h, it.hours;
    "above_5_share", "time with more than 5 waiting", Share, Less, it => it.above_5_h, it.hours;
    "above_10_share", "time with more than 10 waiting", Share, Less, it => it.above_10_h, it.hours;
    "occupancy", "of their time people are on calls", Share, Neither, it => it.busy_h, it.seated_h;
    "surges_a_day", "surges that ended, a day", Number, Neither, it => it.surges, it.days;
    "asks_a_day", "calls for people, a day", Number, Less, it => it.asks, it.days;
    "asks_an_hour", "calls for people, an hour", Number, Less, it => it.asks, it.clock_h;
    "instructions_an_hour", "instructions of any kind, an hour", Number, Less, it => it.instructions, it.clock_h;
    "declined_a_day", "calls for people declined, a day", Number, Less, it => it.declined, it.days;
    "skipped_a_day", "tiers due with nobody to ask, a day", Number, Less, it => it.skipped, it.days;
    "people_asked_a_day", "people asked, a day", Number, Less, it => it.people_asked, it.days;
    "people_moved_a_day", "people who came, a day", Number, Less, it => it.people_came, it.days;
    "stood_down_a_day", "calls taken back before anybody came, a day", Number, Less, it => it.stood_down, it.days;
    "stays_a_day", "stays that ended, a day", Number, Neither, it => it.stays, it.days;
    "short_stays_share", "of them under ten minutes", Share, Less, it => it.short_stays, it.stays;
    "moved_share", "time with anybody moved", Share, Neither, it => it.moved_any_h, it.hours;
    "moved_hours_a_day", "hours of people moved, a day", Number, Less, it => it.moved_h, it.days;
    "overtime_hours_a_day", "hours of overtime, a day", Number, Less, it => it.overtime_h, it.days;
    "cost_a_day", "cost, a day", Number, Less, it => it.cost, it.days;
}

/// By its name.
pub fn measure(name: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|measure| measure.name == name)
}
