//! The plan's five tables of a queue, and its forecast's errors.

use super::document::{Cell, Chart, Section, Table, Voice, grouped};
use super::forecast::Way;
use super::grid::HOURS;
use super::model::{DaySpan, Hour, HourAhead, QueueReport, Report};
use jiff::ToSpan;
use jiff::civil::Date;

/// What one day of a table tells, beside its hours.
type Summing<'a, T> = &'a dyn Fn(&[T]) -> Vec<Cell>;

/// A table of days by hours.
struct Grid<'a, T> {
    id: String,
    title: &'a str,
    notes: Vec<String>,
    /// Heads of the columns behind the hours.
    sums: Vec<String>,
    cell: &'a dyn Fn(&T) -> Cell,
    sum: Summing<'a, T>,
}

impl Voice<'_> {
    pub fn span(&self, days: DaySpan) -> String {
        if days.first == days.last {
            return self.date(days.first);
        }
        self.say_with("to", &[("a", &self.date(days.first)), ("b", &self.date(days.last))])
    }

    pub(super) fn five_tables(&self, report: &Report, it: &QueueReport) -> Section {
        let queue = self.name("queue", it.queue.as_str());
        let mut notes: Vec<String> = it
            .lacks
            .iter()
            .map(|lack| self.say(&format!("lack.{}", lack.as_str())))
            .collect();
        if it.unplaced_calls > 0 {
            let calls = grouped(it.unplaced_calls as f64, 0);
            notes.push(self.say_with("unplaced", &[("n", &calls)]));
        }
        let days = |span: DaySpan| {
            span.first
                .series(1.day())
                .take_while(move |day| *day <= span.last)
                .collect::<Vec<Date>>()
        };
        let (was, ahead) = (days(report.span), days(report.ahead));
        Section {
            title: self.say_with("queue", &[("queue", &queue)]),
            notes,
            charts: vec![self.calls_chart(&was, it), self.ahead_chart(&ahead, it)],
            tables: vec![
                self.seats(report, it, &ahead),
                self.to_come(report, it, &ahead),
                self.volume_and_people(report, it, &was),
                self.volume_against_forecast(report, it, &was),
                self.people_against_forecast(report, it, &was),
                self.errors(it),
            ],
        }
    }

    /// (1) Seats for each hour.
    fn seats(&self, report: &Report, it: &QueueReport, days: &[Date]) -> Table {
        let mut notes = Vec::new();
        if let Some(basis) = &it.basis {
            let patience = match basis.patience_s {
                Some(s) => self.say_with("patience", &[("s", &grouped(s, 0))]),
                None => self.say("no_patience"),
            };
            let values = [
                ("answered", &*super::document::percent(basis.answered)),
                ("within", &*grouped(basis.within_s, 0)),
                ("handle", &*grouped(basis.handle_s, 0)),
                ("patience", &*patience),
            ];
            notes.push(self.say_with("t1.note", &values));
        }
        let on_top = |hour: &HourAhead| hour.standby.map(|it| format!("+{}–{}", it.min, it.max));
        if let Some(seats) = it.ahead.iter().find_map(on_top) {
            notes.push(self.say_with("standby.note", &[("n", seats.trim_start_matches('+'))]));
        }
        let grid = Grid {
            id: format!("1-seats-{}", it.queue),
            title: "t1.title",
            notes,
            sums: vec![self.say("mean"), self.say("standby")],
            cell: &|hour: &HourAhead| Cell::Number(hour.seats.map(f64::from), 0),
            sum: &|hours| {
                let seats = mean(hours.iter().map(|hour| hour.seats.map(f64::from)));
                let standby = hours.first().and_then(on_top).unwrap_or_default();
                vec![Cell::Number(seats, 1), Cell::Text(standby)]
            },
        };
        let holidays: Vec<bool> = it.ahead.chunks(HOURS).map(|day| day[0].holiday).collect();
        self.grid(grid, report.ahead, days, &it.ahead, &holidays)
    }

    /// (2) The volume that is forecast, and what the seats carry.
    fn to_come(&self, report: &Report, it: &QueueReport, days: &[Date]) -> Table {
        let mut notes = vec![self.say("t2.note")];
        if let (Some(seats), Some(calls)) = (report.physical_seats, it.physical_carry) {
            let values = [
                ("seats", &*seats.to_string()),
                ("calls", &*grouped(f64::from(calls), 0)),
            ];
            notes.push(self.say_with("t2.physical", &values));
        }
        let grid = Grid {
            id: format!("2-volume-ahead-{}", it.queue),
            title: "t2.title",
            notes,
            sums: vec![self.say("calls"), self.say("carried")],
            cell: &|hour: &HourAhead| Cell::Pair(hour.calls, hour.carried.map(f64::from)),
            sum: &|hours| {
                let calls = sum(hours.iter().map(|hour| hour.calls));
                let carried = sum(hours.iter().map(|hour| hour.carried.map(f64::from)));
                vec![Cell::Number(calls, 0), Cell::Number(carried, 0)]
            },
        };
        let holidays: Vec<bool> = it.ahead.chunks(HOURS).map(|day| day[0].holiday).collect();
        self.grid(grid, report.ahead, days, &it.ahead, &holidays)
    }

    /// (3) What came, and who was there.
    fn volume_and_people(&self, report: &Report, it: &QueueReport, days: &[Date]) -> Table {
        let grid = Grid {
            id: format!("3-volume-and-people-{}", it.queue),
            title: "t3.title",
            notes: vec![self.say("t3.note")],
            sums: vec![self.say("calls"), self.say("people")],
            cell: &|hour: &Hour| Cell::Pair(hour.calls, hour.staff),
            sum: &|hours| {
                let calls = sum(hours.iter().map(|hour| hour.calls));
                let staff = mean(hours.iter().map(|hour| hour.staff));
                vec![Cell::Number(calls, 0), Cell::Number(staff, 1)]
            },
        };
        self.grid(grid, report.span, days, &it.hours, &[])
    }

    /// (4) What came, against the forecast.
    fn volume_against_forecast(&self, report: &Report, it: &QueueReport, days: &[Date]) -> Table {
        let grid = Grid {
            id: format!("4-volume-against-forecast-{}", it.queue),
            title: "t4.title",
            notes: vec![self.say("t4.note")],
            sums: vec![self.say("calls"), self.say("forecast"), self.say("off")],
            cell: &|hour: &Hour| Cell::Pair(hour.calls, hour.forecast_calls),
            sum: &|hours| {
                let calls = sum(hours.iter().map(|hour| hour.calls));
                let forecast = sum(hours.iter().map(|hour| hour.forecast_calls));
                let off = calls.zip(forecast).filter(|(calls, _)| *calls > 0.0);
                let off = off.map(|(calls, forecast)| (forecast - calls) / calls);
                vec![Cell::Number(calls, 0), Cell::Number(forecast, 0), Cell::Share(off)]
            },
        };
        self.grid(grid, report.span, days, &it.hours, &[])
    }

    /// (5) Who was there, against the forecast.
    fn people_against_forecast(&self, report: &Report, it: &QueueReport, days: &[Date]) -> Table {
        let needed = |hour: &Hour| hour.forecast_seats.map(f64::from);
        let grid = Grid {
            id: format!("5-people-against-forecast-{}", it.queue),
            title: "t5.title",
            notes: vec![self.say("t5.note")],
            sums: vec![self.say("people"), self.say("needed")],
            cell: &|hour: &Hour| Cell::Pair(hour.staff, needed(hour)),
            sum: &|hours| {
                let staff = mean(hours.iter().map(|hour| hour.staff));
                vec![Cell::Number(staff, 1), Cell::Number(mean(hours.iter().map(needed)), 1)]
            },
        };
        self.grid(grid, report.span, days, &it.hours, &[])
    }

    fn grid<T>(&self, grid: Grid<'_, T>, span: DaySpan, days: &[Date], hours: &[T], holidays: &[bool]) -> Table {
        let mut heads = vec![self.say("day")];
        heads.extend((0..HOURS).map(|h| self.say_with("hour", &[("h", &h.to_string())])));
        heads.extend(grid.sums);
        let rows = days
            .iter()
            .zip(hours.chunks(HOURS))
            .enumerate()
            .map(|(n, (day, hours))| {
                let day = self.day(*day);
                let day = match holidays.get(n) {
                    Some(true) => self.say_with("holiday", &[("day", &day)]),
                    Some(false) | None => day,
                };
                let mut row = vec![Cell::Text(day)];
                row.extend(hours.iter().map(grid.cell));
                row.extend((grid.sum)(hours));
                row
            });
        Table {
            id: grid.id,
            title: self.say_with(grid.title, &[("span", &self.span(span))]),
            notes: grid.notes,
            heads,
            hours: HOURS,
            rows: rows.collect(),
        }
    }

    fn errors(&self, it: &QueueReport) -> Table {
        let mut table = Table {
            id: format!("forecast-errors-{}", it.queue),
            title: self.say("errors.title"),
            notes: vec![self.say("errors.none")],
            heads: vec![self.say("way"), "WAPE".into(), "MASE".into(), self.say("used")],
            hours: 0,
            rows: Vec::new(),
        };
        let Some(judged) = &it.forecast else {
            return table;
        };
        let values = [
            ("hours", &*judged.hours.to_string()),
            ("weeks", &*judged.weeks.to_string()),
        ];
        table.notes = vec![self.say_with("errors.note", &values)];
        let ways = [
            (Way::MstlEts, "way.mstl_ets", judged.mstl_ets),
            (Way::SeasonalNaive, "way.seasonal_naive", Some(judged.seasonal_naive)),
        ];
        table.rows = ways
            .into_iter()
            .map(|(way, key, errors)| {
                vec![
                    Cell::Text(self.say(key)),
                    Cell::Share(errors.map(|it| it.wape)),
                    Cell::Number(errors.and_then(|it| it.mase), 2),
                    Cell::Text(self.say(if judged.used == way { "yes" } else { "no" })),
                ]
            })
            .collect();
        table
    }

    fn calls_chart(&self, days: &[Date], it: &QueueReport) -> Chart {
        let of =
            |calls: fn(&Hour) -> Option<f64>| it.hours.chunks(HOURS).map(|day| sum(day.iter().map(calls))).collect();
        Chart {
            lines: vec![
                (self.say("chart.actual"), of(|hour| hour.calls)),
                (self.say("forecast"), of(|hour| hour.forecast_calls)),
            ],
            ..self.chart("chart.calls", days)
        }
    }

    fn ahead_chart(&self, days: &[Date], it: &QueueReport) -> Chart {
        let of = |calls: fn(&HourAhead) -> Option<f64>| {
            it.ahead.chunks(HOURS).map(|day| sum(day.iter().map(calls))).collect()
        };
        Chart {
            lines: vec![
                (self.say("forecast"), of(|hour| hour.calls)),
                (self.say("carried"), of(|hour| hour.carried.map(f64::from))),
            ],
            ..self.chart("chart.ahead", days)
        }
    }

    pub(super) fn chart(&self, title: &str, days: &[Date]) -> Chart {
        Chart {
            title: self.say(title),
            along: days.iter().map(|day| self.day(*day)).collect(),
            lines: Vec::new(),
            bars: false,
            mark: None,
            shares: false,
        }
    }
}

/// A day of which hours are missing has no sum.
fn sum(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    values.sum()
}

/// Of those that are known.
pub(super) fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let known: Vec<f64> = values.flatten().collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}
