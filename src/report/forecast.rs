//! Calls an hour of the days to come, by two ways that are judged by the same weeks.
//!
//! The library's: MSTL takes the hours of the day and of the week apart, ETS carries on what remains (augurs). Beside it the baseline: the
//! same hour of the week before. Both are made anew for each week of the span from what came before that week alone, so that every
//! error published is one that a leader would have met. The one that did better there is used.
//!
//! Holidays are no plain days: they are left out of what is learned from. One to come is the mean of those that were; where none was,
//! nobody can tell, and a plain day stands there.

use super::grid::HOURS;
use augurs::ets::AutoETS;
use augurs::mstl::MSTLModel;
use augurs::prelude::*;
use serde::Serialize;

/// Hours of a week.
pub(super) const WEEK: usize = 7 * HOURS;
/// A week cannot be told from another by less.
pub(super) const LEAST_WEEKS: usize = 2;
/// Of the hours that are learned from so many must be known.
const KNOWN: f64 = 0.7;

/// How a forecast is made.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// MSTL and ETS.
    MstlEts,
    /// The same hour of the week before.
    SeasonalNaive,
}

/// Both forecasts, hour by hour.
#[derive(Clone, PartialEq, Debug)]
pub struct Both {
    /// `None` where the library makes nothing of it.
    pub mstl_ets: Option<Vec<f64>>,
    /// The baseline's.
    pub naive: Vec<f64>,
}

/// How far a forecast was off, over all hours that were held out and are known.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
pub struct Errors {
    /// Sum of what it was off, to the sum of calls: 0.2 is a fifth.
    pub wape: f64,
    /// Mean of what it was off, to that of taking every hour of the past for the same hour of the week before; under 1 is better.
    /// `None` where that was never off.
    pub mase: Option<f64>,
}

/// What the held-out weeks say.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Judged {
    /// Hours that were held out.
    pub hours: usize,
    /// Weeks that they lie in, the last of which may be a part of one.
    pub weeks: usize,
    /// Of MSTL and ETS; `None` where it made nothing of a week.
    pub mstl_ets: Option<Errors>,
    /// Of the baseline.
    pub seasonal_naive: Errors,
    /// The better by WAPE, which the tables use.
    pub used: Way,
}

/// Forecasts `ahead` hours after a history of calls an hour in whole days. `holidays`: of its days and those ahead. `None`: less than two
/// weeks are known.
pub fn forecast(history: &[Option<f64>], holidays: &[bool], ahead: usize) -> Option<Both> {
    let begun = history.iter().position(Option::is_some)?.div_ceil(HOURS) * HOURS;
    let (past, days_off) = (history.get(begun..)?, holidays.get(begun / HOURS..)?);
    if past.len() < LEAST_WEEKS * WEEK {
        return None;
    }
    let is_off = |hour: usize| days_off.get(hour / HOURS).copied().unwrap_or(false);
    let plain: Vec<Option<f64>> = past
        .iter()
        .enumerate()
        .map(|(hour, calls)| calls.filter(|_| !is_off(hour)))
        .collect();
    let known = plain.iter().flatten().count();
    if (known as f64) < KNOWN * plain.len() as f64 {
        return None;
    }
    let filled = filled(&plain);
    let last_week = &filled[filled.len() - WEEK..];
    let mut both = Both {
        naive: (0..ahead).map(|hour| last_week[hour % WEEK]).collect(),
        mstl_ets: mstl_ets(&filled, ahead),
    };
    for hour in 0..ahead {
        if !is_off(past.len() + hour) {
            continue;
        }
        let same = (0..past.len()).filter(|it| is_off(*it) && it % HOURS == hour % HOURS);
        let same: Vec<f64> = same.filter_map(|it| past[it]).collect();
        if same.is_empty() {
            continue;
        }
        let mean = same.iter().sum::<f64>() / same.len() as f64;
        both.naive[hour] = mean;
        if let Some(calls) = both.mstl_ets.as_mut().and_then(|it| it.get_mut(hour)) {
            *calls = mean;
        }
    }
    Some(both)
}

/// With hours that nobody knows put in from the same hour of the nearest week, or of the day in the mean.
fn filled(hours: &[Option<f64>]) -> Vec<f64> {
    let by_day: Vec<f64> = (0..HOURS)
        .map(|hour| {
            let same: Vec<f64> = hours.iter().skip(hour).step_by(HOURS).flatten().copied().collect();
            same.iter().sum::<f64>() / same.len().max(1) as f64
        })
        .collect();
    let weeks = hours.len() / WEEK + 1;
    let nearest = |hour: usize| {
        (1..=weeks).find_map(|week| {
            let before = hour.checked_sub(week * WEEK).and_then(|it| hours[it]);
            before.or_else(|| hours.get(hour + week * WEEK).copied().flatten())
        })
    };
    let known = |(hour, calls): (usize, &Option<f64>)| calls.or_else(|| nearest(hour)).unwrap_or(by_day[hour % HOURS]);
    hours.iter().enumerate().map(known).collect()
}

/// Counts scatter with their square root: on that scale all hours weigh alike.
fn mstl_ets(hours: &[f64], ahead: usize) -> Option<Vec<f64>> {
    let scaled: Vec<f64> = hours.iter().map(|calls| calls.max(0.0).sqrt()).collect();
    let model = MSTLModel::new(vec![HOURS, WEEK], AutoETS::non_seasonal().into_trend_model());
    let forecast = model.fit(&scaled).ok()?.predict(ahead, None).ok()?;
    let calls: Vec<f64> = forecast.point.iter().map(|it| it.max(0.0).powi(2)).collect();
    (calls.len() == ahead && calls.iter().all(|it| it.is_finite())).then_some(calls)
}

/// The span's own weeks, each forecast from what came before it; `from`: the first hour of the span.
pub(super) fn in_hindsight(
    hours: &[Option<f64>],
    holidays: &[bool],
    from: usize,
) -> (Vec<Option<Both>>, Option<Judged>) {
    let origins = (from..hours.len()).step_by(WEEK);
    let weeks: Vec<Option<Both>> = origins
        .clone()
        .map(|origin| forecast(&hours[..origin], holidays, WEEK.min(hours.len() - origin)))
        .collect();
    let judged = judge(hours, holidays, &weeks, origins.collect());
    (weeks, judged)
}

fn judge(hours: &[Option<f64>], holidays: &[bool], weeks: &[Option<Both>], origins: Vec<usize>) -> Option<Judged> {
    let (mut of, mut calls, mut held_out) = ([0.0; 2], 0.0, 0usize);
    let (mut told_of, mut library) = (0usize, true);
    let mut first = None;
    for (origin, both) in origins.into_iter().zip(weeks) {
        let Some(both) = both else { continue };
        told_of += 1;
        first.get_or_insert(origin);
        library &= both.mstl_ets.is_some();
        for (ahead, naive) in both.naive.iter().enumerate() {
            let hour = origin + ahead;
            let (Some(Some(real)), false) = (hours.get(hour), holidays.get(hour / HOURS).copied().unwrap_or(false))
            else {
                continue;
            };
            held_out += 1;
            calls += real;
            of[1] += (naive - real).abs();
            if let Some(told) = both.mstl_ets.as_ref().and_then(|it| it.get(ahead)) {
                of[0] += (told - real).abs();
            }
        }
    }
    if held_out == 0 || calls <= 0.0 {
        return None;
    }
    let plain = usual_error(&hours[..first?]);
    let errors = |off: f64| Errors {
        wape: off / calls,
        mase: plain.map(|plain| off / held_out as f64 / plain),
    };
    let (mstl_ets, seasonal_naive) = (library.then(|| errors(of[0])), errors(of[1]));
    let better = mstl_ets.is_some_and(|it| it.wape <= seasonal_naive.wape);
    Some(Judged {
        hours: held_out,
        weeks: told_of,
        mstl_ets,
        seasonal_naive,
        used: if better { Way::MstlEts } else { Way::SeasonalNaive },
    })
}

/// How far the same hour of the week before was off in the past, in the mean.
fn usual_error(past: &[Option<f64>]) -> Option<f64> {
    let pairs = past.iter().zip(past.get(WEEK..)?);
    let off: Vec<f64> = pairs
        .filter_map(|(before, now)| Some((now.as_ref()? - before.as_ref()?).abs()))
        .collect();
    let mean = off.iter().sum::<f64>() / off.len().max(1) as f64;
    (mean > 0.0).then_some(mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weekdays with a hump at eleven, quiet weekends, a little more each week.
    fn weeks(n: usize) -> Vec<Option<f64>> {
        let calls = |hour: usize| {
            let (day, of_day) = (hour / HOURS % 7, (hour % HOURS) as f64);
            let hump = (100.0 - (of_day - 11.0).powi(2)).max(2.0);
            hump * if day < 5 { 1.0 } else { 0.2 } * (1.0 + 0.02 * (hour / WEEK) as f64)
        };
        (0..n * WEEK).map(|hour| Some(calls(hour))).collect()
    }

    fn wape(told: &[f64], real: &[Option<f64>]) -> f64 {
        let off: f64 = told
            .iter()
            .zip(real)
            .map(|(told, real)| (told - real.unwrap()).abs())
            .sum();
        off / real.iter().flatten().sum::<f64>()
    }

    #[test]
    fn a_week_like_the_others_is_foretold() {
        let all = weeks(6);
        let (past, next) = all.split_at(5 * WEEK);
        let both = forecast(past, &[false; 42], WEEK).unwrap();
        assert!(wape(&both.naive, next) < 0.03, "{}", wape(&both.naive, next));
        let library = wape(&both.mstl_ets.unwrap(), next);
        assert!(library < 0.08, "{library}");
    }

    #[test]
    fn less_than_two_weeks_foretell_nothing() {
        let past = weeks(2);
        assert!(forecast(&past[..2 * WEEK - HOURS], &[false; 30], WEEK).is_none());
        assert!(forecast(&[None; 3 * WEEK], &[false; 30], WEEK).is_none());
        let mut late = vec![None; 2 * WEEK];
        late.extend(weeks(1));
        assert!(
            forecast(&late, &[false; 40], WEEK).is_none(),
            "what is known began a week ago"
        );
    }

    #[test]
    fn unknown_hours_are_no_quiet_hours() {
        let mut past = weeks(4);
        let next: Vec<_> = weeks(5).split_off(4 * WEEK);
        past[3 * WEEK + 9..3 * WEEK + 40].fill(None);
        let both = forecast(&past, &[false; 40], WEEK).unwrap();
        assert!(wape(&both.naive, &next) < 0.05);
    }

    #[test]
    fn a_holiday_is_like_holidays_and_teaches_nothing_of_plain_days() {
        let mut past = weeks(4);
        let mut holidays = vec![false; 35];
        // A Tuesday off with ten calls an hour, and the Wednesday of the week ahead.
        let tuesday = 3 * 7 + 1;
        past[tuesday * HOURS..(tuesday + 1) * HOURS].fill(Some(10.0));
        (holidays[tuesday], holidays[4 * 7 + 2]) = (true, true);
        let both = forecast(&past, &holidays, WEEK).unwrap();
        assert!(both.naive[2 * HOURS..3 * HOURS].iter().all(|calls| *calls == 10.0));
        let eleven = both.naive[HOURS + 11];
        assert!(eleven > 90.0, "the next Tuesday is a plain one: {eleven}");
    }

    #[test]
    fn every_week_is_judged_by_what_came_before_it() {
        let hours = weeks(5);
        let (weeks, judged) = in_hindsight(&hours, &[false; 35], WEEK);
        assert_eq!(
            weeks.iter().map(Option::is_some).collect::<Vec<_>>(),
            [false, true, true, true]
        );
        let judged = judged.unwrap();
        assert_eq!((judged.weeks, judged.hours), (3, 3 * WEEK));
        assert!(judged.seasonal_naive.wape < 0.03 && judged.mstl_ets.is_some());
    }
}
