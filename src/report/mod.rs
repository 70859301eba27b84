//! The report for leaders: the plan's five tables and what stands beside them, out of the duty log alone.
//!
//! ```text
//!  duty log ──entries, once──► cells (hours) ──────► forecast, seats ──┐
//!                        ├───► effects, asked, on phones, bells ───────┤
//!                        └───► the shift's own tally ──► surges ───────┴──► Report ──► Document ──► text, HTML, CSV
//!                                                                             └──────────────────► JSON
//! ```
//!
//! One model, several renderings: no rendering works out a number of its own. What the log does not tell is left out and said, and is
//! never zero. Everything here blocks; memory does not grow with the log, but with days and queues.

mod alarms;
mod beside;
mod cells;
mod chart;
mod csv;
mod document;
mod forecast;
mod grid;
mod html;
mod model;
mod people;
mod queue;
mod seats;
mod tables;
mod text;
mod words;

pub use alarms::{Alarms, MOST_FLOOD, MOST_MEAN, Peak};
pub use document::{Cell, Chart, Document, Section, Table};
pub use forecast::{Both, Errors, Judged, Way, forecast};
pub(crate) use html::STYLE;
pub use model::{
    ANSWER_RATE, DaySpan, Hour, HourAhead, Lack, Phase, QueueReport, Report, Standby, SurgeReport, TierEffect, Totals,
};
pub use people::{LentPerson, LentPool, WEEK_HOURS, WeekHours};
pub use seats::Basis;

use crate::calendar::Calendar;
use crate::core::ladder::Plan;
use crate::core::{Decision, Input, Name, Time, What};
use crate::journal::{Entry, JournalError, Look, Reader, Record};
use crate::shift::{Effects, LOOK_BACK, Summary, Tally, in_force};
use crate::wire::Stamp;
use alarms::Bells;
use cells::AllCells;
use grid::{Days, day_of};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use people::{Asked, OnPhones};
use std::collections::BTreeMap;

/// The most days of a report.
pub const LIMIT_DAYS: usize = 92;
/// The fewest that it looks ahead: a week cannot be planned by less.
const LEAST_AHEAD: usize = 7;
/// So many days before the span are learned from: as long as readings are kept.
const HISTORY_DAYS: usize = 62;
/// Entries taken from the log at a time; between two it can be stopped.
const PAGE: usize = 5_000;

/// A kind of entries that tells nothing here, and of which there are many.
const PASSED_OVER: &str = "heartbeat";

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The first day, and how many there are, 1 to [`LIMIT_DAYS`]; `None`: the last whole month of the log, or what there is of a month
    /// in which it began.
    pub days: Option<(Date, usize)>,
    /// In which zone.
    pub zone: TimeZone,
    /// The calendar, for holidays; without it none is known.
    pub calendar: Option<Calendar>,
    /// The plan; without it the one that was in force last in these days.
    pub plan: Option<Plan>,
    /// Only these queues; `None`: all.
    pub queues: Option<Vec<Name>>,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum NoReport {
    /// The log cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Nobody wants it any more.
    #[error("stopped before it was ready")]
    Stopped,
    /// The log tells of no day.
    #[error("the duty log is empty: there is nothing to report")]
    Empty,
}

impl Wanted {
    /// A month, as in `2026-10`.
    ///
    /// # Errors
    /// In words, what was expected and what came.
    pub fn month(text: &str) -> Result<(Date, usize), String> {
        let fault = || format!("{text:?} is no month; write one as in 2026-10");
        let (year, month) = text.split_once('-').ok_or_else(fault)?;
        let (year, month) = (year.parse().map_err(|_| fault())?, month.parse().map_err(|_| fault())?);
        let first = Date::new(year, month, 1).map_err(|_| fault())?;
        Ok((first, usize::try_from(first.days_in_month()).unwrap_or(31)))
    }

    /// From a day to another, both included.
    ///
    /// # Errors
    /// In words, what was expected and what came.
    pub fn between(first: Date, last: Date) -> Result<(Date, usize), String> {
        let days = i64::from(first.until(last).map_or(-1, |span| span.get_days())) + 1;
        match usize::try_from(days) {
            Ok(days) if (1..=LIMIT_DAYS).contains(&days) => Ok((first, days)),
            _ => Err(format!(
                "{first} to {last} is no span of 1 to {LIMIT_DAYS} days; write the first day and the last, which is included"
            )),
        }
    }

    fn span(&self, reader: &Reader) -> Result<Days, NoReport> {
        let (first, number) = match self.days {
            Some(days) => days,
            None => usual_days(reader, &self.zone)?,
        };
        Ok(Days {
            first,
            number: number.clamp(1, LIMIT_DAYS),
            zone: self.zone.clone(),
        })
    }

    /// The month after a month; after other days as many, and a week at least.
    fn ahead(&self, span: &Days) -> Days {
        let first = span.day(span.number);
        let month = span.first.day() == 1 && i64::try_from(span.number) == Ok(i64::from(span.first.days_in_month()));
        let number = match month {
            true => usize::try_from(first.days_in_month()).unwrap_or(31),
            false => span.number.max(LEAST_AHEAD),
        };
        let zone = span.zone.clone();
        Days { first, number, zone }
    }
}

/// All that the log tells, in one pass.
struct Gathered {
    hours: AllCells,
    effects: Effects,
    measured: Vec<crate::shift::Effect>,
    called: BTreeMap<(Name, Name), u32>,
    asked: Asked,
    phones: OnPhones,
    bells: Bells,
    tally: Tally,
    plan: Option<Plan>,
    readings_from: Option<Time>,
    last: Option<(u64, Time)>,
    from: Time,
}

/// Draws up a report. `go_on` hears how far it has got, 0 to 1, and may say no.
///
/// # Errors
/// The log cannot be read, or it was told to stop.
pub fn draw_up(reader: &Reader, wanted: &Wanted, go_on: &mut dyn FnMut(f64) -> bool) -> Result<Report, NoReport> {
    let span = wanted.span(reader)?;
    let ahead = wanted.ahead(&span);
    let history = i64::try_from(HISTORY_DAYS).unwrap_or(0).days();
    let learned = Days {
        first: span.first.saturating_sub(history),
        number: span.number + HISTORY_DAYS,
        zone: span.zone.clone(),
    };
    let (from, to) = (span.begin(), span.end());
    let mut all = Gathered {
        hours: AllCells::new(learned.hours()),
        effects: Effects::default(),
        measured: Vec::new(),
        called: BTreeMap::new(),
        asked: Asked::default(),
        phones: OnPhones::new(from, to, span.zone.clone()),
        bells: Bells::new(from, to),
        tally: Tally::new(from, to, wanted.queues.clone()),
        plan: None,
        readings_from: None,
        last: None,
        from,
    };
    all.read(reader, wanted, learned.begin(), to, go_on)?;
    all.report(reader, wanted, Spans { span, ahead, learned })
}

/// The days of a report.
struct Spans {
    span: Days,
    ahead: Days,
    /// The span with what lies before it.
    learned: Days,
}

impl Gathered {
    fn read(
        &mut self,
        reader: &Reader,
        wanted: &Wanted,
        from: Time,
        to: Time,
        go_on: &mut dyn FnMut(f64) -> bool,
    ) -> Result<(), NoReport> {
        let kinds = crate::journal::GROUPS.iter().flat_map(|group| group.kinds).copied();
        let mut look = Look {
            from: Some(from),
            until: Some(to),
            kinds: Some(kinds.filter(|kind| *kind != PASSED_OVER).collect()),
            ..Look::default()
        };
        in_force(reader, from)?.iter().for_each(|entry| self.tally.count(entry));
        loop {
            let looked = reader.look(&look, PAGE)?;
            for entry in &looked.entries {
                if entry.at >= self.from - LOOK_BACK || sets_the_plan(entry) {
                    self.tally.count(entry);
                }
                if is_wanted(entry, wanted.queues.as_deref()) {
                    self.take(entry);
                }
                self.last = Some((entry.seq, entry.at));
            }
            let at = self.last.map_or(from, |(_, at)| at);
            if !go_on(((at - from).0 as f64 / (to - from).0.max(1) as f64).clamp(0.0, 1.0)) {
                return Err(NoReport::Stopped);
            }
            match looked.next {
                Some(next) if looked.more => look.after = next,
                _ => break,
            }
        }
        Ok(())
    }

    fn take(&mut self, entry: &Entry) {
        self.hours.take(entry);
        match &entry.record {
            Record::Input(Input::Reading { .. }) => {
                self.readings_from.get_or_insert(entry.at);
            }
            Record::Input(Input::Configured { plan }) => self.plan = Some((**plan).clone()),
            Record::Input(_) | Record::Decision(_) | Record::Fact(_) => {}
        }
        if entry.at < self.from - LOOK_BACK {
            return;
        }
        self.effects.take(entry);
        while let Some(effect) = self.effects.poll() {
            if effect.called >= self.from {
                self.measured.push(effect);
            }
        }
        self.phones.take(entry);
        self.bells.take(entry);
        if let Record::Decision(Decision {
            at,
            queue,
            what: What::Instruct { instruction, .. },
        }) = &entry.record
            && *at >= self.from
        {
            self.asked.take(instruction);
            if !instruction.shadow && instruction.action.brings_people() {
                *self
                    .called
                    .entry((queue.clone(), instruction.tier.clone()))
                    .or_default() += 1;
            }
        }
    }

    fn report(mut self, reader: &Reader, wanted: &Wanted, days: Spans) -> Result<Report, NoReport> {
        let told_to = self.last.map_or(self.from, |(_, at)| at).min(days.span.end());
        self.hours.end(told_to);
        let plan = wanted.plan.clone().or(self.plan);
        let (last, _) = self.last.unwrap_or((0, self.from));
        self.tally.known_to(told_to);
        let summary: Summary = self.tally.end(last);
        let mut queues = Vec::new();
        for (queue, cells) in &self.hours.queues {
            let drawn = queue::Drawn {
                queue,
                cells,
                days: &days,
                wanted,
                plan: plan.as_ref(),
                told_to,
            };
            let mut it = drawn.report();
            it.effects = self.measured.iter().filter(|it| it.queue == *queue).cloned().collect();
            it.tiers = queue::tiers(queue, &it.effects, &self.called);
            let surges = summary.surges.iter().filter(|surge| surge.queue == *queue);
            for surge in surges {
                it.surges.push(queue::surge(reader, surge, told_to)?);
            }
            queues.push(it);
        }
        let begins: Vec<Time> = (0..days.span.number)
            .map(|n| grid::start(days.span.day(n), 0, &days.span.zone))
            .collect();
        let alarms = self.bells.end(told_to, &begins);
        Ok(Report {
            span: day_span(&days.span),
            ahead: day_span(&days.ahead),
            zone: wanted.zone.iana_name().unwrap_or("UTC").to_owned(),
            upto: last,
            told_to: self.last.filter(|(_, at)| *at >= self.from).map(|(_, at)| Stamp(at)),
            readings_from: self.readings_from.map(Stamp),
            physical_seats: plan.as_ref().and_then(|plan| plan.physical_seats),
            calendar_known: wanted.calendar.is_some(),
            queues,
            lent: self.asked.lent(&summary.moved, plan.as_ref()),
            hours: self.phones.end(told_to),
            alarms,
            instructions: summary.instructions,
            blind: summary.blind,
        })
    }
}

fn day_span(days: &Days) -> DaySpan {
    DaySpan {
        first: days.first,
        last: days.day(days.number - 1),
    }
}

/// What is in force until something else is, however long ago it was said.
fn sets_the_plan(entry: &Entry) -> bool {
    matches!(
        entry.record,
        Record::Input(Input::Configured { .. } | Input::LadderInForce { .. })
    )
}

/// What names a queue that is not wanted is passed over.
fn is_wanted(entry: &Entry, queues: Option<&[Name]>) -> bool {
    match (queues, entry.record.queue()) {
        (Some(queues), Some(queue)) => queues.contains(queue),
        (Some(_), None) | (None, _) => true,
    }
}

/// What a leader asks for who says nothing: the month that ended last; while the log knows nothing of it, what there is of this one.
fn usual_days(reader: &Reader, zone: &TimeZone) -> Result<(Date, usize), NoReport> {
    let began = reader.read_log(0, 1)?.first().map(|entry| entry.at);
    let (Some(began), Some(last)) = (began, reader.last_at()?) else {
        return Err(NoReport::Empty);
    };
    let (began, last) = (day_of(began, zone), day_of(last, zone));
    let month = last.first_of_month();
    let (first, end) = match began < month {
        true => (month.saturating_sub(1.months()), month.saturating_sub(1.days())),
        false => (began, last),
    };
    let days = first.until(end).map_or(0, |span| span.get_days()) + 1;
    Ok((first, usize::try_from(days).unwrap_or(1)))
}
