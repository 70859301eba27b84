//! What is shown, whatever the format.

use crate::lab::simulate::estimate::Estimate;
use crate::lab::tune::Tuned;
use crate::lab::tune::aim::{Aim, Side, Term};
use crate::lab::tune::race::{Candidate, behind, pairs, spread_out};
use crate::lab::tune::space::{Space, plain};

/// All of it.
pub(super) struct Shown<'a> {
    pub(super) plan: String,
    pub(super) scenario: String,
    pub(super) from_data: Vec<String>,
    /// What no data tells, as the scenario has it.
    pub(super) assumed: Vec<String>,
    /// How uncertain a day's calls are.
    pub(super) factor: String,
    pub(super) chosen_on: String,
    pub(super) checked_on: String,
    pub(super) aim: &'a Aim,
    pub(super) space: &'a Space,
    pub(super) tuned: &'a Tuned,
}

/// A plan in the table.
pub(super) struct Row<'a> {
    pub(super) name: String,
    pub(super) candidate: &'a Candidate,
    pub(super) is_best: bool,
    pub(super) on_frontier: bool,
}

impl Shown<'_> {
    /// The written plan, those beside it, the best, and the frontier from the best for callers to the best for the floor.
    pub(super) fn rows(&self) -> Vec<Row<'_>> {
        let tuned = self.tuned;
        let mut which: Vec<usize> = (0..tuned.given.len()).collect();
        for it in [tuned.best].iter().chain(&spread_out(&tuned.frontier)) {
            if !which.contains(it) {
                which.push(*it);
            }
        }
        let whole = tuned.candidates[tuned.best].met.len();
        which.retain(|it| tuned.candidates[*it].met.len() == whole);
        which.into_iter().map(|it| self.row(it)).collect()
    }

    pub(super) fn row(&self, it: usize) -> Row<'_> {
        let tuned = self.tuned;
        Row {
            name: self.name(it),
            candidate: &tuned.candidates[it],
            is_best: it == tuned.best,
            on_frontier: tuned.frontier.contains(&it),
        }
    }

    /// How many of the frontier are not in the table.
    pub(super) fn left_out(&self) -> usize {
        let frontier = &self.tuned.frontier;
        frontier.len() - spread_out(frontier).len()
    }

    /// What a plan is called.
    pub(super) fn name(&self, it: usize) -> String {
        match (self.tuned.given.get(it), &self.tuned.points[it]) {
            (Some(_), _) if it == 0 => format!("{}, as written", self.plan),
            (Some(name), _) => name.clone(),
            (None, Some(point)) => self.space.words(point),
            (None, None) => String::new(),
        }
    }

    /// How much more a plan comes to than the written one before the same callers.
    pub(super) fn less_the_written(&self, row: &Row<'_>) -> String {
        match row.name == self.name(0) {
            true => "-".to_owned(),
            false => told(behind(row.candidate, &self.tuned.candidates[0], self.aim)),
        }
    }

    /// Ladders of which the days tell nothing.
    pub(super) fn untried_words(&self) -> Option<String> {
        let untried = &self.tuned.untried;
        (!untried.is_empty()).then(|| {
            format!(
                "Not in force on any of these days, so that nothing is proposed for them: ladder {}",
                untried.join(", ")
            )
        })
    }

    /// The things that count, callers' first.
    pub(super) fn terms(&self) -> Vec<&'static Term> {
        let of = |side: Side| {
            let weighed = self.aim.weights.iter().map(|(term, _)| *term);
            weighed.filter(move |term| term.side == side)
        };
        of(Side::Callers).chain(of(Side::Floor)).collect()
    }

    /// The aim in words.
    pub(super) fn aim_words(&self) -> String {
        let words: Vec<String> = self
            .aim
            .weights
            .iter()
            .map(|(term, weight)| format!("{weight} × {}", term.words))
            .collect();
        let limits = match self.aim.limits.is_empty() {
            true => String::new(),
            false => {
                let texts: Vec<&str> = self.aim.limits.iter().map(|limit| limit.text.as_str()).collect();
                format!("; within {}", texts.join(", "))
            }
        };
        format!("{}, a day, the less the better{limits}", words.join(" + "))
    }

    /// How many plans were tried, of how many.
    pub(super) fn tried_words(&self) -> String {
        let tried = self.tuned.points.iter().filter(|point| point.is_some()).count();
        let all = self.space.len();
        let how = match self.tuned.whole {
            true => String::new(),
            false => ": some spread over all, then those near the best".to_owned(),
        };
        let dropped = self.tuned.candidates.iter().filter(|it| it.dropped).count();
        format!("{tried} of {all} variants tried{how}; {dropped} dropped out early, clearly behind")
    }

    /// Each key with its values.
    pub(super) fn keys_words(&self) -> Vec<String> {
        let words = |sweep: &crate::lab::simulate::vary::Sweep| {
            let values: Vec<String> = sweep.values.iter().map(plain).collect();
            format!("{}: {}", sweep.key, values.join(", "))
        };
        self.space.keys.iter().map(words).collect()
    }

    /// How much the best differs from the written plan on what the choice has not seen; `None`: it was not checked, or is the written one.
    pub(super) fn checked_difference(&self) -> Option<Estimate> {
        let (written, best) = self.checked_pair()?;
        behind(best, written, self.aim)
    }

    /// The written plan and the best, on what the choice has not seen.
    pub(super) fn checked_pair(&self) -> Option<(&Candidate, &Candidate)> {
        let checked = &self.tuned.checked;
        (self.tuned.best != 0).then_some((checked.first()?, checked.last()?))
    }

    /// What is to be made of it, in a sentence.
    pub(super) fn verdict(&self) -> String {
        if self.tuned.interrupted {
            return "It was ended before its time: the best so far, and not checked on anything that the choice has not seen.".to_owned();
        }
        if self.tuned.best == 0 {
            return "None of what was tried is better than the plan as it is written: keep it.".to_owned();
        }
        let Some(difference) = self.checked_difference() else {
            return String::new();
        };
        let passed = self.checked_pair().map_or(0.0, |(_, best)| self.aim.passed(&best.met));
        let limits = match passed > 0.0 {
            true => " It does not keep the limits there: what kept them before did so by a hair.",
            false => "",
        };
        let half = difference.plus_minus.unwrap_or(f64::INFINITY);
        let told = format!("{:.2} ± {half:.2} a day by the aim", difference.mean.abs());
        match (difference.is_clear(), difference.mean < 0.0) {
            (true, true) => format!(
                "Clearly better than the written plan also where the choice had not looked: {told} less.{limits}"
            ),
            (true, false) => format!(
                "WORSE than the written plan where the choice had not looked, by {told}: keep the written plan."
            ),
            (false, _) => format!(
                "Where the choice had not looked it is not clearly better than the written plan ({told} {}): keep the written plan, or give it more seeds.{limits}",
                if difference.mean < 0.0 { "less" } else { "more" }
            ),
        }
    }
}

/// How much of a thing a day brings.
pub(super) fn amount(candidate: &Candidate, term: &Term) -> f64 {
    let pairs = pairs(&candidate.met, |totals| ((term.amount)(totals), totals.days));
    Estimate::of(&pairs).map_or(0.0, |it| it.mean)
}

/// A mean and its half width.
pub(super) fn told(it: Option<Estimate>) -> String {
    match it {
        Some(it) => match it.plus_minus {
            Some(half) => format!("{:.2} ± {half:.2}", it.mean),
            None => format!("{:.2}", it.mean),
        },
        None => "-".to_owned(),
    }
}

/// What no data tells, in a sentence before [`Shown::assumed`].
pub(super) const CANNOT_TELL: &str =
    "What neither the scenario's numbers nor recorded calls can tell, and the proposal leans on:";
