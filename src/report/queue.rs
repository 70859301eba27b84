//! One queue of a report: its hours, what was forecast of them, what is to come, and its surges.

use super::cells::{Cells, Count};
use super::forecast::{self, Both, Judged, WEEK, Way};
use super::grid::{HOURS, holidays};
use super::model::{Hour, HourAhead, Lack, Phase, QueueReport, Standby, SurgeReport, TierEffect, Totals};
use super::seats::Needed;
use super::{Days, Spans, Wanted};
use crate::core::ladder::{Plan, Seats};
use crate::core::{Action, Millis, Name, Time};
use crate::journal::{JournalError, Look, Reader};
use crate::shift::{Effect, Surge};
use crate::wire::Stamp;
use std::collections::BTreeMap;

/// Before and after a surge, so much is looked at.
const AROUND: Millis = Millis::from_mins(15);
/// Standby seats of a holiday where no ladder says how many (plan: "Holidays").
const STANDBY: Standby = Standby { min: 5, max: 7 };
/// A day of which so many hours are known is learned from.
const HOURS_KNOWN: usize = 18;
/// Entries taken from the log at a time.
const PAGE: usize = 5_000;

/// What a queue's part is drawn up from.
pub(super) struct Drawn<'a> {
    pub queue: &'a Name,
    pub cells: &'a Cells,
    pub days: &'a Spans,
    pub wanted: &'a Wanted,
    pub plan: Option<&'a Plan>,
    pub told_to: Time,
}

impl Drawn<'_> {
    pub fn report(&self) -> QueueReport {
        let all = self.days.learned.number * HOURS;
        let first = all - self.days.span.number * HOURS;
        let calls: Vec<Option<f64>> = (0..all).map(|cell| self.calls(cell)).collect();
        let days_off = self.holidays();
        let (weeks, judged) = forecast::in_hindsight(&calls, &days_off, first);
        let used = judged.as_ref().map_or(Way::MstlEts, |it| it.used);
        let foretold = in_a_row(&weeks, used, all - first);
        let queue_plan = self.plan.and_then(|plan| plan.queues.get(self.queue));
        let mut needed = queue_plan.and_then(Needed::of);
        let hours: Vec<Hour> = (first..all)
            .map(|cell| self.hour(cell, foretold[cell - first], needed.as_ref()))
            .collect();
        let ahead = self.ahead(&calls, &days_off, used, needed.as_mut());
        let physical = self.plan.and_then(|plan| plan.physical_seats);
        QueueReport {
            queue: self.queue.clone(),
            lacks: self.lacks(&hours, &ahead, needed.is_some(), judged.as_ref()),
            basis: needed.as_ref().map(Needed::basis),
            calls: totals(&hours),
            ahead,
            forecast: judged,
            physical_carry: needed
                .as_mut()
                .zip(physical)
                .and_then(|(needed, seats)| needed.carried(seats)),
            unplaced_calls: self.cells.unplaced,
            hours,
            surges: Vec::new(),
            effects: Vec::new(),
            tiers: Vec::new(),
        }
    }

    /// Calls offered; where the feed does not count them, those that ended.
    fn calls(&self, cell: usize) -> Option<f64> {
        if self.cells.counts(Count::Offered) {
            return self.cells.count(Count::Offered, cell);
        }
        let answered = self.cells.count(Count::Answered, cell)?;
        Some(answered + self.cells.count(Count::Abandoned, cell)?)
    }

    /// Of all days that are learned from, of the span, and ahead.
    fn holidays(&self) -> Vec<bool> {
        let (learned, ahead) = (&self.days.learned, &self.days.ahead);
        let all = Days {
            number: learned.number + ahead.number,
            ..learned.clone()
        };
        holidays(self.wanted.calendar.as_ref(), self.queue, &all)
    }

    fn hour(&self, cell: usize, forecast_calls: Option<f64>, needed: Option<&Needed>) -> Hour {
        let cells = self.cells;
        Hour {
            from: Stamp(self.cells.begins(cell)),
            calls: self.calls(cell),
            answered: cells.count(Count::Answered, cell),
            in_target: cells.count(Count::InTarget, cell),
            abandoned: cells.count(Count::Abandoned, cell),
            staff: cells.staff(cell),
            waiting: cells.waiting(cell),
            most_waiting: cells.most(cell),
            forecast_calls,
            forecast_seats: forecast_calls.and_then(|calls| needed?.seats(calls)),
        }
    }

    /// From the last whole day that is known on.
    fn ahead(
        &self,
        calls: &[Option<f64>],
        days_off: &[bool],
        used: Way,
        mut needed: Option<&mut Needed>,
    ) -> Vec<HourAhead> {
        let days = &self.days.ahead;
        let whole = |day: &[Option<f64>]| day.iter().flatten().count() >= HOURS_KNOWN;
        let ends = |cell: usize| self.cells.begins(cell) < self.told_to;
        let mut known = calls
            .chunks(HOURS)
            .enumerate()
            .filter(|(day, hours)| whole(hours) && ends(day * HOURS));
        let known = known.next_back().map_or(0, |(day, _)| (day + 1) * HOURS);
        let to_come = calls.len() - known + days.number * HOURS;
        let both = forecast::forecast(&calls[..known], days_off, to_come);
        let told = both.as_ref().map(|both| of(both, used));
        let starts = days.hours();
        let standby = self.standby();
        (0..days.number * HOURS)
            .map(|hour| {
                let calls = told.and_then(|told| told.get(calls.len() - known + hour).copied());
                let seats = calls.and_then(|calls| needed.as_ref()?.seats(calls));
                let holiday = days_off
                    .get(self.days.learned.number + hour / HOURS)
                    .copied()
                    .unwrap_or(false);
                HourAhead {
                    from: Stamp(starts[hour]),
                    holiday,
                    calls,
                    seats,
                    carried: seats.and_then(|seats| needed.as_mut()?.carried(seats)),
                    standby: holiday.then_some(standby),
                }
            })
            .collect()
    }

    /// As many as the ladders call in from standby, else the plan's own.
    fn standby(&self) -> Standby {
        let tiers = self
            .plan
            .into_iter()
            .flat_map(|plan| plan.ladders.values())
            .flat_map(|ladder| &ladder.tiers);
        let called_in = tiers
            .filter(|tier| tier.action == Action::CallIn)
            .find_map(|tier| match &tier.seats {
                Seats::Range(range) => Some(Standby {
                    min: range.min,
                    max: range.max,
                }),
                Seats::All | Seats::Required { .. } => None,
            });
        called_in.unwrap_or(STANDBY)
    }

    fn lacks(&self, hours: &[Hour], ahead: &[HourAhead], basis: bool, judged: Option<&Judged>) -> Vec<Lack> {
        let counts = |count| self.cells.counts(count);
        let ended = counts(Count::Answered) && counts(Count::Abandoned);
        let by_ended = !counts(Count::Offered) && ended;
        let counted = counts(Count::Offered) || ended;
        let no_calls = hours.iter().all(|hour| hour.calls.is_none());
        let no_staff = hours.iter().all(|hour| hour.staff.is_none());
        let tells_staff = self.cells.tells_staff();
        let lacks = [
            (Lack::OfferedByEnded, by_ended),
            (Lack::NoCalls, no_calls && !counted),
            (Lack::NoHour, (no_calls && counted) || (no_staff && tells_staff)),
            (Lack::NoAnswerRate, !ended),
            (Lack::NoStaff, no_staff && !tells_staff),
            (Lack::NoBasis, !basis),
            (
                Lack::ShortHistory,
                !no_calls && (judged.is_none() || ahead.iter().all(|hour| hour.calls.is_none())),
            ),
        ];
        lacks.into_iter().filter(|(_, is)| *is).map(|(lack, _)| lack).collect()
    }
}

fn of(both: &Both, used: Way) -> &[f64] {
    match (used, &both.mstl_ets) {
        (Way::MstlEts, Some(calls)) => calls,
        _ => &both.naive,
    }
}

/// Weeks of forecasts hour by hour; `None` in weeks of which nothing could be foretold.
fn in_a_row(weeks: &[Option<Both>], used: Way, hours: usize) -> Vec<Option<f64>> {
    (0..hours)
        .map(|hour| of(weeks.get(hour / WEEK)?.as_ref()?, used).get(hour % WEEK).copied())
        .collect()
}

/// Over the hours that are known.
pub(super) fn totals(hours: &[Hour]) -> Totals {
    let known = hours.iter().filter(|hour| hour.calls.is_some());
    let sum = |of: fn(&Hour) -> Option<f64>| {
        let known: Vec<f64> = hours.iter().filter_map(of).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>())
    };
    // Shares of hours in which all is known that they are made of.
    let both = hours
        .iter()
        .filter_map(|hour| Some((hour.answered?, hour.abandoned?, hour.in_target)));
    let (mut answered, mut ended, mut in_time, mut timed) = (0.0, 0.0, 0.0, 0.0);
    for (took, lost, in_target) in both {
        answered += took;
        ended += took + lost;
        if let Some(in_target) = in_target {
            in_time += in_target;
            timed += took + lost;
        }
    }
    Totals {
        hours_known: known.count(),
        calls: sum(|hour| hour.calls),
        answered: sum(|hour| hour.answered),
        abandoned: sum(|hour| hour.abandoned),
        answer_rate: (ended > 0.0).then(|| answered / ended),
        in_target_rate: (timed > 0.0).then(|| in_time / timed),
    }
}

/// The calls of each tier, with what they did.
pub(super) fn tiers(queue: &Name, effects: &[Effect], called: &BTreeMap<(Name, Name), u32>) -> Vec<TierEffect> {
    let of_queue = called.iter().filter(|((of, _), _)| of == queue);
    let tiers = of_queue.map(|((_, tier), called)| {
        let of_tier: Vec<&Effect> = effects.iter().filter(|it| it.tier == *tier).collect();
        let whole: Vec<&&Effect> = of_tier.iter().filter(|it| it.is_whole()).collect();
        let clear: Vec<&&Effect> = whole.iter().copied().filter(|it| it.doubts.is_empty()).collect();
        let shown = if clear.is_empty() { &whole } else { &clear };
        let mean = |minutes: fn(&Effect) -> f64| {
            let sum: f64 = shown.iter().map(|it| minutes(it)).sum();
            (!shown.is_empty()).then(|| sum / shown.len() as f64)
        };
        let mut doubts = BTreeMap::new();
        for doubt in of_tier.iter().flat_map(|it| &it.doubts) {
            *doubts.entry(*doubt).or_insert(0) += 1;
        }
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        TierEffect {
            tier: tier.clone(),
            called: *called,
            measured: count(whole.len()),
            clear: count(clear.len()),
            before: mean(|it| it.before.caller_minutes),
            after: mean(|it| it.after.caller_minutes),
            doubts,
        }
    });
    tiers.collect()
}

/// A surge with the quarters of an hour around it, from the readings of those minutes.
pub(super) fn surge(reader: &Reader, surge: &Surge, told_to: Time) -> Result<SurgeReport, JournalError> {
    let (began, ended) = (surge.began.0, surge.ended.map_or(told_to, |it| it.0));
    let ended = ended.max(began);
    let over = surge.ended.is_some();
    let last = if over { ended + AROUND } else { ended };
    let mut cells = Cells::new([began - AROUND, began, ended, last].into());
    let mut look = Look {
        // With the readings that stood when the first quarter began.
        from: Some(began - AROUND - AROUND),
        until: Some(last),
        queue: Some(surge.queue.clone()),
        kinds: Some(vec!["reading", "feed_lost", "feed_back"]),
        ..Look::default()
    };
    loop {
        let looked = reader.look(&look, PAGE)?;
        looked.entries.iter().for_each(|entry| cells.take(entry));
        match looked.next {
            Some(next) if looked.more => look.after = next,
            _ => break,
        }
    }
    cells.go_on(last.min(told_to.max(ended)));
    let phase = |cell: usize| {
        let rates = (cells.risen(Count::Answered, cell), cells.risen(Count::Abandoned, cell));
        Phase {
            waiting: cells.waiting(cell),
            most_waiting: cells.most(cell),
            caller_minutes: cells.caller_minutes(cell),
            seen_share: cells.seen_share(cell),
            answer_rate: match rates {
                (Some(answered), Some(abandoned)) if answered + abandoned > 0.0 => {
                    Some(answered / (answered + abandoned))
                }
                _ => None,
            },
            staff: cells.staff_seen(cell),
        }
    };
    Ok(SurgeReport {
        began: surge.began,
        ended: surge.ended,
        tiers: surge.tiers.iter().map(|it| it.tier.clone()).collect(),
        seats: surge.tiers.iter().map(|it| it.seats).sum(),
        before: phase(0),
        during: phase(1),
        after: over.then(|| phase(2)),
    })
}
