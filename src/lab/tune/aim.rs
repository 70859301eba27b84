//! What is aimed at, as a trade: how much each thing that a day brings weighs against the others, and what must not be passed.

use crate::config::duration;
use crate::lab::simulate::estimate::Estimate;
use crate::lab::simulate::measures::{MEASURES, Measure, Unit};
use crate::lab::simulate::totals::Totals;

/// Who bears it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Side {
    /// Who calls.
    Callers,
    /// Who works there.
    Floor,
}

/// Something that a day brings and that nobody wants more of.
#[derive(Debug)]
pub struct Term {
    /// On the command line.
    pub name: &'static str,
    /// For a shift leader.
    pub words: &'static str,
    /// Who bears it.
    pub side: Side,
    /// How much of it, over all days that were counted.
    pub amount: fn(&Totals) -> f64,
}

/// All of them.
pub static TERMS: [Term; 11] = [
    Term {
        name: "lost",
        words: "calls lost",
        side: Side::Callers,
        amount: |it| it.gave_up,
    },
    Term {
        name: "late",
        words: "calls not answered in time",
        side: Side::Callers,
        amount: |it| it.offered - it.in_target,
    },
    Term {
        name: "minutes_above_5",
        words: "minutes with more than 5 waiting",
        side: Side::Callers,
        amount: |it| it.above_5_h * 60.0,
    },
    Term {
        name: "minutes_above_10",
        words: "minutes with more than 10 waiting",
        side: Side::Callers,
        amount: |it| it.above_10_h * 60.0,
    },
    Term {
        name: "hours_waited",
        words: "hours that callers waited",
        side: Side::Callers,
        amount: |it| it.waiting_h,
    },
    Term {
        name: "moves",
        words: "calls for people",
        side: Side::Floor,
        amount: |it| it.asks,
    },
    Term {
        name: "people_moved",
        words: "people who came",
        side: Side::Floor,
        amount: |it| it.people_came,
    },
    Term {
        name: "short_stays",
        words: "stays under ten minutes",
        side: Side::Floor,
        amount: |it| it.short_stays,
    },
    Term {
        name: "hours",
        words: "people's hours, moved or called in",
        side: Side::Floor,
        amount: |it| it.moved_h + it.overtime_h,
    },
    Term {
        name: "overtime_hours",
        words: "hours of overtime",
        side: Side::Floor,
        amount: |it| it.overtime_h,
    },
    Term {
        name: "cost",
        words: "money, by the scenario's [cost]",
        side: Side::Floor,
        amount: |it| it.cost,
    },
];

/// What is aimed at where nobody says: a call lost weighs 1.
pub const DEFAULT: &str = "lost=1,minutes_above_10=2,moves=0.5,short_stays=1,hours=4";

/// A weight for each thing that counts.
#[derive(Clone, Debug)]
pub struct Aim {
    /// Each more than 0.
    pub weights: Vec<(&'static Term, f64)>,
    /// What must not be passed.
    pub limits: Vec<Limit>,
}

/// `abandoned<=8%`, `moves<=20`, `answered_share>=0.9`.
#[derive(Clone, Debug)]
pub struct Limit {
    /// As it was written.
    pub text: String,
    subject: Subject,
    at_most: bool,
    bound: f64,
}

#[derive(Copy, Clone, Debug)]
enum Subject {
    Term(&'static Term),
    Measure(&'static Measure),
}

impl Aim {
    /// Reads `lost=1,hours=4`.
    ///
    /// # Errors
    /// In words, what is no weight.
    pub fn weights(text: &str) -> Result<Vec<(&'static Term, f64)>, String> {
        let mut weights: Vec<(&'static Term, f64)> = Vec::new();
        for pair in text.split(',') {
            let usage = || format!("{pair:?} is no weight; write NAME=NUMBER, such as {DEFAULT}");
            let (name, weight) = pair.split_once('=').ok_or_else(usage)?;
            let name = name.trim();
            let term = TERMS.iter().find(|term| term.name == name).ok_or_else(|| {
                let names: Vec<&str> = TERMS.iter().map(|term| term.name).collect();
                format!("there is no {name:?} to weigh; there are {}", names.join(", "))
            })?;
            let weight: f64 = weight.trim().parse().map_err(|_| usage())?;
            if !(0.0..=1e9).contains(&weight) {
                return Err(format!("{name} weighs {weight}; a weight is 0 or more"));
            }
            if weights.iter().any(|(known, _)| known.name == name) {
                return Err(format!("{name} is weighed twice; say it once"));
            }
            weights.push((term, weight));
        }
        weights.retain(|(_, weight)| *weight > 0.0);
        if weights.is_empty() {
            return Err("nothing weighs anything; give one thing at least a weight of more than 0".to_owned());
        }
        Ok(weights)
    }

    /// What these days come to, and over how many days.
    pub fn pair(&self, totals: &Totals) -> (f64, f64) {
        let weighed = self.weights.iter().map(|(term, weight)| weight * (term.amount)(totals));
        (weighed.sum(), totals.days)
    }

    /// A side's part of it. A side on which nothing is weighed goes by calls lost, or by people's hours.
    pub fn side(&self, side: Side, totals: &Totals) -> (f64, f64) {
        let of_side = self.weights.iter().filter(|(term, _)| term.side == side);
        let weighed: f64 = of_side
            .clone()
            .map(|(term, weight)| weight * (term.amount)(totals))
            .sum();
        let all = match (of_side.count(), side) {
            (0, Side::Callers) => totals.gave_up,
            (0, Side::Floor) => totals.moved_h + totals.overtime_h,
            _ => weighed,
        };
        (all, totals.days)
    }

    /// What a side goes by, in words.
    pub fn side_words(&self, side: Side) -> String {
        let of_side = self.weights.iter().filter(|(term, _)| term.side == side);
        let words: Vec<String> = of_side
            .map(|(term, weight)| format!("{weight} × {}", term.words))
            .collect();
        match (words.is_empty(), side) {
            (true, Side::Callers) => "calls lost".to_owned(),
            (true, Side::Floor) => "people's hours, moved or called in".to_owned(),
            _ => words.join(" + "),
        }
    }

    /// As it is written on the command line.
    pub fn written(&self) -> String {
        let pairs: Vec<String> = self
            .weights
            .iter()
            .map(|(term, weight)| format!("{}={weight}", term.name))
            .collect();
        pairs.join(",")
    }

    /// By how much the limits are passed, each as a share of its bound; 0 where all are kept.
    pub fn passed(&self, days: &[Totals]) -> f64 {
        self.limits.iter().map(|limit| limit.passed(days)).sum()
    }

    /// Whether a limit is passed beyond doubt.
    pub fn surely_passed(&self, days: &[Totals]) -> bool {
        self.limits.iter().any(|limit| limit.surely_passed(days))
    }
}

impl std::str::FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Limit, String> {
        let usage =
            || format!("{text:?} is no limit; write NAME<=VALUE or NAME>=VALUE, such as abandoned<=8% or moves<=20");
        let (name, value, at_most) = if let Some((name, value)) = text.split_once("<=") {
            (name, value, true)
        } else if let Some((name, value)) = text.split_once(">=") {
            (name, value, false)
        } else {
            return Err(usage());
        };
        let (name, value) = (name.trim(), value.trim());
        let measure = ["", "_share", "_a_day", "_s"].iter().find_map(|end| {
            let whole = format!("{name}{end}");
            MEASURES.iter().find(|measure| measure.name == whole)
        });
        let term = TERMS.iter().find(|term| term.name == name);
        let subject = match (term, measure) {
            (Some(term), _) => Subject::Term(term),
            (None, Some(measure)) => Subject::Measure(measure),
            (None, None) => {
                let names = TERMS
                    .iter()
                    .map(|term| term.name)
                    .chain(MEASURES.iter().map(|measure| measure.name));
                let names: Vec<&str> = names.collect();
                return Err(format!("there is no {name:?} to limit; there are {}", names.join(", ")));
            }
        };
        let unit = match subject {
            Subject::Measure(measure) => measure.unit,
            Subject::Term(_) => Unit::Number,
        };
        let number = |text: &str| {
            text.trim()
                .parse::<f64>()
                .ok()
                .filter(|it| it.is_finite() && *it >= 0.0)
        };
        let bound = match (value.strip_suffix('%'), unit) {
            (Some(percent), Unit::Share) => number(percent).map(|percent| percent / 100.0),
            (Some(_), _) => None,
            (None, Unit::Seconds) => duration::parse(value).ok().map(|span| span.as_secs()),
            (None, _) => number(value),
        };
        let expected = match unit {
            Unit::Share => "a share, such as 8%",
            Unit::Seconds => "a time, such as 20s",
            Unit::Number => "a number a day or an hour, as its name says",
        };
        let bound = bound.ok_or_else(|| format!("{text:?}: {value:?} is no limit for {name}; expected {expected}"))?;
        if unit == Unit::Share && bound > 1.0 {
            return Err(format!(
                "{text:?}: a share is at most 1; write {bound}% for {bound} in a hundred"
            ));
        }
        Ok(Limit {
            text: text.to_owned(),
            subject,
            at_most,
            bound,
        })
    }
}

impl Limit {
    /// What it limits, over these days.
    pub fn estimate(&self, days: &[Totals]) -> Option<Estimate> {
        let pair = |totals: &Totals| match self.subject {
            Subject::Term(term) => ((term.amount)(totals), totals.days),
            Subject::Measure(measure) => (measure.ratio)(totals),
        };
        let pairs: Vec<(f64, f64)> = days.iter().map(pair).collect();
        Estimate::of(&pairs)
    }

    fn passed(&self, days: &[Totals]) -> f64 {
        // What never happened passes nothing.
        let Some(it) = self.estimate(days) else { return 0.0 };
        let beyond = if self.at_most {
            it.mean - self.bound
        } else {
            self.bound - it.mean
        };
        beyond.max(0.0) / self.bound.max(1e-9)
    }

    fn surely_passed(&self, days: &[Totals]) -> bool {
        let Some(it) = self.estimate(days) else { return false };
        let Some(half) = it.plus_minus else { return false };
        let least = half * super::race::SURELY;
        if self.at_most {
            it.mean - least > self.bound
        } else {
            it.mean + least < self.bound
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day() -> Totals {
        Totals {
            days: 2.0,
            offered: 100.0,
            gave_up: 10.0,
            answered: 90.0,
            above_10_h: 0.5,
            asks: 4.0,
            moved_h: 3.0,
            overtime_h: 1.0,
            ..Totals::default()
        }
    }

    #[test]
    fn an_aim_is_a_weighted_sum_a_day_and_each_side_its_part() {
        let aim = Aim {
            weights: Aim::weights("lost=1,minutes_above_10=2,hours=4,moves=0").unwrap(),
            limits: Vec::new(),
        };
        assert_eq!(aim.pair(&day()), (10.0 + 60.0 + 16.0, 2.0));
        assert_eq!(aim.side(Side::Callers, &day()), (70.0, 2.0));
        assert_eq!(aim.side(Side::Floor, &day()), (16.0, 2.0));
        assert_eq!(aim.written(), "lost=1,minutes_above_10=2,hours=4");
        let callers = Aim {
            weights: Aim::weights("late=3").unwrap(),
            limits: Vec::new(),
        };
        assert_eq!(callers.side(Side::Floor, &day()).0, 4.0);
        for (wrong, says) in [
            ("lost", "NAME=NUMBER"),
            ("lust=1", "there are lost"),
            ("lost=-1", "0 or more"),
            ("lost=1,lost=2", "twice"),
            ("lost=0", "more than 0"),
            ("lost=much", "NAME=NUMBER"),
        ] {
            let told = Aim::weights(wrong).unwrap_err();
            assert!(told.contains(says), "{wrong}: {told}");
        }
        assert!(Aim::weights(DEFAULT).is_ok());
    }

    #[test]
    fn limits_in_shares_times_and_numbers() {
        let days = [day(), day()];
        let passed = |text: &str| text.parse::<Limit>().unwrap().passed(&days);
        assert_eq!(passed("abandoned<=10%"), 0.0);
        assert!((passed("abandoned_share<=0.05") - 1.0).abs() < 1e-9);
        assert!((passed("answered>=95%") - 0.05 / 0.95).abs() < 1e-9);
        assert!((passed("moves<=1") - 1.0).abs() < 1e-9);
        assert_eq!(passed("mean_wait_answered<=20s"), 0.0);
        for (wrong, says) in [
            ("abandoned=8%", "NAME<=VALUE"),
            ("abandoned<=8", "8%"),
            ("abandon<=8%", "there are"),
            ("mean_wait<=20%", "such as 20s"),
            ("moves<=few", "a number"),
        ] {
            let told = wrong.parse::<Limit>().unwrap_err();
            assert!(told.contains(says), "{wrong}: {told}");
        }
    }
}
