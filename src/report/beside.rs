//! What stands beside the five tables: answered calls, surges, what steps did, who was lent, hours, alarms.

use super::alarms::{MOST_FLOOD, MOST_MEAN};
use super::document::{Cell, Chart, Document, Section, Table, Voice, grouped, percent};
use super::grid::HOURS;
use super::model::{ANSWER_RATE, Phase, QueueReport, Report, Totals};
use super::people::{LentPool, WEEK_HOURS};
use super::queue::totals;
use crate::shift::FLOOD;
use crate::words::Words;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

impl Report {
    /// The report as it is read, in the language and with the names of `words`.
    pub fn document(&self, words: &Words) -> Document {
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        let voice = Voice { words, zone };
        let mut sections = Vec::new();
        for it in &self.queues {
            sections.push(voice.five_tables(self, it));
            sections.push(voice.answered(self, it));
            sections.push(voice.surges(it));
            sections.push(voice.steps(it));
        }
        sections.push(voice.lent(self));
        sections.push(voice.hours(self));
        sections.push(voice.alarms(self));
        Document {
            language: words.language(),
            title: voice.say_with("title", &[("span", &voice.span(self.span))]),
            lead: voice.lead(self),
            sections,
        }
    }

    fn days(&self) -> Vec<Date> {
        let last = self.span.last;
        self.span.first.series(1.day()).take_while(|day| *day <= last).collect()
    }
}

impl Voice<'_> {
    fn lead(&self, report: &Report) -> Vec<String> {
        let mut lead = vec![
            self.say_with(
                "lead.zone",
                &[("zone", &report.zone), ("upto", &report.upto.to_string())],
            ),
            self.say("lead.dash"),
        ];
        match report.told_to {
            None => lead.push(self.say("lead.nothing")),
            Some(at) => lead.push(self.say_with("lead.told_to", &[("at", &self.moment(at.0))])),
        }
        if let Some(at) = report.readings_from {
            lead.push(self.say_with("lead.learned", &[("at", &self.moment(at.0))]));
        }
        if !report.calendar_known {
            lead.push(self.say("lead.no_calendar"));
        }
        if report.queues.is_empty() {
            lead.push(self.say("no_queues"));
        }
        lead
    }

    fn of_queue(&self, title: &str, it: &QueueReport) -> String {
        format!("{} · {}", self.say(title), self.name("queue", it.queue.as_str()))
    }

    fn table(&self, id: String, heads: &[&str], rows: Vec<Vec<Cell>>) -> Table {
        Table {
            id,
            title: String::new(),
            notes: Vec::new(),
            heads: heads.iter().map(|head| self.say(head)).collect(),
            hours: 0,
            rows,
        }
    }

    fn answered(&self, report: &Report, it: &QueueReport) -> Section {
        let past = |rate: Option<f64>| rate.is_some_and(|rate| rate < ANSWER_RATE);
        let days = report.days();
        let row = |name: String, of: &Totals| {
            vec![
                Cell::Text(name),
                Cell::Number(of.calls, 0),
                Cell::Number(of.answered, 0),
                Cell::Number(of.abandoned, 0),
                Cell::JudgedShare(of.answer_rate, past(of.answer_rate)),
                Cell::Share(of.in_target_rate),
            ]
        };
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut rates = Vec::new();
        for (day, hours) in days.iter().zip(it.hours.chunks(HOURS)) {
            let of_day = totals(hours);
            rates.push(of_day.answer_rate);
            // A day of which hours are missing, as today, says how many it is of.
            let name = match of_day.hours_known {
                0 => self.day(*day),
                known if known == hours.len() => self.day(*day),
                known => self.say_with("part_of_day", &[("day", &self.day(*day)), ("n", &known.to_string())]),
            };
            rows.push(row(name, &of_day));
        }
        rows.push(row(self.say("total"), &it.calls));
        let heads = ["day", "calls", "answered", "abandoned", "rate", "in_target"];
        Section {
            title: self.of_queue("answer.title", it),
            notes: vec![self.say_with("answer.note", &[("aim", &percent(ANSWER_RATE))])],
            charts: vec![Chart {
                lines: vec![(self.say("rate"), rates)],
                mark: Some((self.say("aim"), ANSWER_RATE)),
                shares: true,
                ..self.chart("chart.rate", &days)
            }],
            tables: vec![self.table(format!("answered-{}", it.queue), &heads, rows)],
        }
    }

    fn surges(&self, it: &QueueReport) -> Section {
        let heads = [
            "began",
            "lasted",
            "steps",
            "seats",
            "waiting_before",
            "waiting_during",
            "waiting_after",
            "most",
            "caller_minutes",
            "rate_before",
            "rate_during",
            "rate_after",
            "people_before",
            "people_during",
            "people_after",
            "seen",
        ];
        let rows = it.surges.iter().map(|surge| {
            let after = |of: fn(&Phase) -> Option<f64>| surge.after.as_ref().and_then(of);
            let lasted = surge.ended.map(|ended| (ended.0 - surge.began.0).as_secs() / 60.0);
            let steps: BTreeSet<String> = surge
                .tiers
                .iter()
                .map(|tier| self.name("tier", tier.as_str()))
                .collect();
            let steps: Vec<String> = steps.into_iter().collect();
            vec![
                Cell::Text(self.moment(surge.began.0)),
                lasted.map_or_else(
                    || Cell::Text(self.say("goes_on")),
                    |minutes| Cell::Number(Some(minutes), 0),
                ),
                Cell::Text(self.words.language().list(&steps)),
                Cell::Number(Some(f64::from(surge.seats)), 0),
                Cell::Number(surge.before.waiting, 1),
                Cell::Number(surge.during.waiting, 1),
                Cell::Number(after(|it| it.waiting), 1),
                Cell::Number(surge.during.most_waiting.map(f64::from), 0),
                Cell::Number(
                    (surge.during.seen_share > 0.0).then_some(surge.during.caller_minutes),
                    0,
                ),
                Cell::Share(surge.before.answer_rate),
                Cell::Share(surge.during.answer_rate),
                Cell::Share(after(|it| it.answer_rate)),
                Cell::Number(surge.before.staff, 1),
                Cell::Number(surge.during.staff, 1),
                Cell::Number(after(|it| it.staff), 1),
                Cell::Share(Some(surge.during.seen_share)),
            ]
        });
        let rows: Vec<Vec<Cell>> = rows.collect();
        let note = if rows.is_empty() { "surges.none" } else { "surges.note" };
        Section {
            title: self.of_queue("surges.title", it),
            notes: vec![self.say(note)],
            charts: Vec::new(),
            tables: vec![self.table(format!("surges-{}", it.queue), &heads, rows)],
        }
    }

    fn steps(&self, it: &QueueReport) -> Section {
        let heads = ["step", "called", "measured", "clear", "before", "after", "doubts"];
        let rows = it.tiers.iter().map(|tier| {
            let doubts = tier.doubts.iter();
            let doubts: Vec<String> = doubts
                .map(|(doubt, n)| self.say_with(&format!("doubt.{}", doubt.as_str()), &[("n", &n.to_string())]))
                .collect();
            vec![
                Cell::Text(self.name("tier", tier.tier.as_str())),
                Cell::Number(Some(f64::from(tier.called)), 0),
                Cell::Number(Some(f64::from(tier.measured)), 0),
                Cell::Number(Some(f64::from(tier.clear)), 0),
                Cell::Number(tier.before, 1),
                Cell::Number(tier.after, 1),
                Cell::Text(self.words.language().list(&doubts)),
            ]
        });
        let rows: Vec<Vec<Cell>> = rows.collect();
        let chart = Chart {
            along: it
                .tiers
                .iter()
                .map(|tier| self.name("tier", tier.tier.as_str()))
                .collect(),
            lines: vec![
                (self.say("before"), it.tiers.iter().map(|tier| tier.before).collect()),
                (self.say("after"), it.tiers.iter().map(|tier| tier.after).collect()),
            ],
            bars: true,
            ..self.chart("chart.effects", &[])
        };
        let note = if rows.is_empty() {
            "effects.none"
        } else {
            "effects.note"
        };
        Section {
            title: self.of_queue("effects.title", it),
            notes: vec![self.say(note)],
            charts: vec![chart],
            tables: vec![self.table(format!("steps-{}", it.queue), &heads, rows)],
        }
    }

    fn lent(&self, report: &Report) -> Section {
        let rows: Vec<Vec<Cell>> = report.lent.iter().flat_map(|pool| self.lent_pool(pool)).collect();
        let note = if rows.is_empty() { "lent.none" } else { "lent.note" };
        Section {
            title: self.say("lent.title"),
            notes: vec![self.say(note)],
            charts: Vec::new(),
            tables: vec![self.table("lent".into(), &["pool", "person", "asked", "hours", "fair"], rows)],
        }
    }

    fn lent_pool(&self, pool: &LentPool) -> Vec<Vec<Cell>> {
        let name = match &pool.pool {
            Some(pool) => self.name("pool", pool.as_str()),
            None => self.say("no_pool"),
        };
        let row = |who: String, asked: Option<u32>, hours: f64, fair: Option<f64>| {
            vec![
                Cell::Text(name.clone()),
                Cell::Text(who),
                Cell::Number(asked.map(f64::from), 0),
                Cell::Number(Some(hours), 1),
                Cell::Number(fair, 1),
            ]
        };
        let mut rows = vec![row(self.say("all"), Some(pool.asked), pool.hours, None)];
        let people = pool.people.iter();
        rows.extend(people.map(|it| row(it.person.to_string(), Some(it.asked), it.hours, pool.fair_hours)));
        if pool.nameless_hours > 0.0 {
            rows.push(row(self.say("nameless"), None, pool.nameless_hours, None));
        }
        rows
    }

    fn hours(&self, report: &Report) -> Section {
        let weeks: BTreeSet<Date> = report.hours.iter().map(|it| it.week).collect();
        let people: BTreeSet<&str> = report.hours.iter().map(|it| it.person.as_str()).collect();
        let mut heads = vec![self.say("person")];
        heads.extend(
            weeks
                .iter()
                .map(|week| self.say_with("week", &[("day", &self.date(*week))])),
        );
        let rows = people.iter().map(|person| {
            let mut row = vec![Cell::Text((*person).to_owned())];
            row.extend(weeks.iter().map(|week| {
                let found = report
                    .hours
                    .iter()
                    .find(|it| it.week == *week && it.person.as_str() == *person);
                match found {
                    Some(it) if it.whole => Cell::Judged(Some(it.hours), 1, it.hours > WEEK_HOURS),
                    Some(it) => Cell::Text(format!("({})", grouped(it.hours, 1))),
                    None => Cell::Number(None, 1),
                }
            }));
            row
        });
        let rows: Vec<Vec<Cell>> = rows.collect();
        let note = if rows.is_empty() { "hours.none" } else { "hours.note" };
        let table = Table {
            heads,
            ..self.table("hours".into(), &[], rows)
        };
        Section {
            title: self.say_with("hours.title", &[("n", &grouped(WEEK_HOURS, 0))]),
            notes: vec![self.say(note)],
            charts: Vec::new(),
            tables: vec![table],
        }
    }

    fn alarms(&self, report: &Report) -> Section {
        let it = &report.alarms;
        let peak = match it.peak {
            Some(peak) => self.say_with("alarms.peak_at", &[("at", &self.moment(peak.at.0))]),
            None => self.say("alarms.peak"),
        };
        // Where nothing was written down, nobody knows that nothing rang.
        let told = report.told_to.is_some();
        let known = |number: f64| told.then_some(number);
        let most = it.peak.map_or(0, |peak| peak.alarms);
        let rows = vec![
            vec![
                Cell::Text(self.say("alarms.mean")),
                Cell::Judged(known(it.mean), 2, it.mean > MOST_MEAN),
                Cell::Number(Some(MOST_MEAN), 0),
            ],
            vec![
                Cell::Text(peak),
                Cell::Judged(known(f64::from(most)), 0, most > FLOOD),
                Cell::Number(Some(f64::from(FLOOD)), 0),
            ],
            vec![
                Cell::Text(self.say("alarms.flood")),
                Cell::JudgedShare(known(it.flood_share), it.flood_share > MOST_FLOOD),
                Cell::Share(Some(MOST_FLOOD)),
            ],
            vec![
                Cell::Text(self.say("alarms.total")),
                Cell::Number(known(f64::from(it.total)), 0),
                Cell::Text(String::new()),
            ],
        ];
        let peaks = it.daily_peaks.iter().map(|most| known(f64::from(*most)));
        Section {
            title: self.say("alarms.title"),
            notes: vec![self.say("alarms.note")],
            charts: vec![Chart {
                lines: vec![(self.say("most"), peaks.collect())],
                bars: true,
                mark: Some((self.say("limit"), f64::from(FLOOD))),
                ..self.chart("chart.alarms", &report.days())
            }],
            tables: vec![self.table("alarms".into(), &["measure", "value", "limit"], rows)],
        }
    }
}
