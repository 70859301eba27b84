//! The replay as one page: every day's depth, under it what each plan had called, and where plans part.

use super::Replayed;
use crate::cmd::sheet::{self, escaped};
use crate::core::{Name, Plan, Time};
use crate::lab::replay::told::{Teller, calls, local, number, place};
use crate::lab::replay::{Bar, Depths, Drawn, bars};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write;

const STYLE: &str = ".day{margin:.5rem 0 1.5rem}.key span{display:inline-block;width:1.2em;height:.8em;margin:0 .4em 0 1em;\
vertical-align:baseline}li{margin:.1rem 0}";

/// Each plan has a colour, and a pattern of its bars for those who see none.
const COLOURS: [&str; 5] = ["#2457a6", "#b3261e", "#1b6e3c", "#8a5a00", "#6a3d9a"];

/// Days of a queue that are drawn; of more, those on which anything was called.
const DAYS_DRAWN: usize = 400;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 110.0;
const RIGHT: f64 = 10.0;
/// Height of the depth.
const DEPTH: f64 = 130.0;
const TOP: f64 = 8.0;
/// Height of a plan's bar in a tier's lane.
const BAR: f64 = 7.0;

/// Milliseconds of a minute.
const MINUTE: f64 = 60_000.0;

/// All that the page shows.
pub(super) struct Page<'a> {
    pub(super) plans: &'a [Replayed],
    pub(super) drawn: &'a Drawn,
    /// The first plan itself, for its steps.
    pub(super) plan: &'a Plan,
    pub(super) teller: &'a Teller<'a>,
    /// Sentences of each comparison.
    pub(super) show: usize,
}

impl Page<'_> {
    /// Writes the page.
    pub(super) fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let first = &self.plans[0];
        let names: Vec<&str> = self.plans.iter().map(|plan| plan.name.as_str()).collect();
        let teller = self.teller;
        let title = names.iter().map(|name| (*name).to_owned());
        let title = title.reduce(|plan, other| teller.text("replay.plans", &[("plan", &plan), ("other", &other)]));
        sheet::begin(&title.unwrap_or_default(), teller.language, STYLE, out)?;
        let Some(read) = teller.read(&first.summary) else {
            writeln!(out, "<p>{}</p>", teller.text("replay.nothing_read", &[]))?;
            return sheet::end(out);
        };
        let (clock, answers) = (teller.clock(&first.summary), teller.answers(&first.summary));
        writeln!(
            out,
            "<p>{read}<br>{}<br>{answers}</p><p>{}</p>",
            escaped(&clock),
            teller.caveat()
        )?;
        self.write_key(out)?;
        self.write_table(out)?;
        self.write_differences(out)?;
        let mut left = 0;
        for (queue, depths) in &self.drawn.queues {
            writeln!(out, "<h2>{}</h2>", escaped(&teller.queue(queue)))?;
            left += self.write_days(queue, depths, out)?;
        }
        if left > 0 {
            let left = teller.text("replay.days_left", &[("n", &left.to_string())]);
            writeln!(out, "<p>{left}</p>")?;
        }
        sheet::end(out)
    }

    fn write_key(&self, out: &mut impl Write) -> std::io::Result<()> {
        write!(out, "<p class=\"key\">")?;
        for (plan, colour) in self.plans.iter().zip(COLOURS) {
            write!(
                out,
                "<span style=\"background:{colour}\"></span>{}",
                escaped(&plan.name)
            )?;
        }
        let unseen = self.teller.text("bench.nobody_sees", &[]);
        writeln!(out, "<span style=\"background:#d5dae1\"></span>{unseen}</p>")
    }

    fn write_table(&self, out: &mut impl Write) -> std::io::Result<()> {
        write!(out, "<div class=\"wide\"><table><tr><th>")?;
        for plan in self.plans {
            write!(out, "<th>{}", escaped(&plan.name))?;
        }
        let teller = self.teller;
        let columns: Vec<_> = self.plans.iter().map(|plan| teller.rows(&plan.summary)).collect();
        let longest = columns.iter().max_by_key(|rows| rows.len());
        for row in longest.into_iter().flatten() {
            let class = if row.part { " class=\"sub\"" } else { "" };
            write!(out, "<tr><td{class}>{}", escaped(&row.what))?;
            for rows in &columns {
                let found = rows.iter().find(|known| known.what == row.what);
                write!(out, "<td>{}", found.map_or("-", |found| &found.value))?;
            }
        }
        let summaries: Vec<_> = self.plans.iter().map(|plan| &plan.summary).collect();
        for (queue, tier, _, each) in calls(&summaries, self.plan) {
            let names = [("tier", &teller.tier(&tier)[..]), ("queue", &teller.queue(&queue))];
            write!(out, "<tr><td>{}", escaped(&teller.text("replay.calls_for", &names)))?;
            for (times, seats) in each {
                write!(out, "<td>{times} ({seats})")?;
            }
        }
        writeln!(out, "</table></div>")
    }

    fn write_differences(&self, out: &mut impl Write) -> std::io::Result<()> {
        let first = &self.plans[0];
        let several_queues = first.summary.queues.len() > 1;
        let teller = self.teller;
        for other in self.plans.iter().skip(1) {
            let all = &other.differences;
            let title = teller.text("replay.against", &[("other", &other.name), ("first", &first.name)]);
            let gist = teller.gist(&first.summary, &other.summary);
            writeln!(out, "<h2>{}</h2><p>{gist}</p><ul>", escaped(&title))?;
            for difference in all.iter().take(self.show) {
                let told = teller.sentence(difference, several_queues);
                writeln!(out, "<li>{}", escaped(&told))?;
            }
            writeln!(out, "</ul>")?;
            if all.len() > self.show {
                let more = number((all.len() - self.show) as u64);
                writeln!(out, "<p>{}</p>", teller.text("bench.more", &[("n", &more)]))?;
            }
        }
        Ok(())
    }

    /// Draws the days of a queue; returns how many were left out.
    fn write_days(&self, queue: &Name, depths: &Depths, out: &mut impl Write) -> std::io::Result<usize> {
        let bars: Vec<Vec<Bar>> = self.plans.iter().map(|plan| bars(&plan.lines, queue)).collect();
        let mut days: BTreeSet<Date> = depths
            .steps
            .iter()
            .map(|(minute, _)| local(Time(minute * 60_000), self.teller.zone).date())
            .collect();
        let mut left = 0;
        if days.len() > DAYS_DRAWN {
            let all = days.len();
            let called = bars
                .iter()
                .flatten()
                .map(|bar| local(bar.from, self.teller.zone).date());
            days = called.take(DAYS_DRAWN).collect();
            left = all - days.len();
        }
        let deepest = depths.steps.iter().map(|(_, depth)| *depth).max().unwrap_or(0);
        for day in days {
            let bounds = day.to_zoned(self.teller.zone.clone()).and_then(|begin| {
                Ok((
                    begin.timestamp(),
                    day.tomorrow()?.to_zoned(self.teller.zone.clone())?.timestamp(),
                ))
            });
            let Ok((from, to)) = bounds else { continue };
            let day = Day {
                heading: self.teller.day(day),
                from: from.as_millisecond() as f64,
                to: to.as_millisecond() as f64,
                scale: deepest.max(11) + 1,
                plan: self.plan,
                teller: self.teller,
            };
            day.write(queue, depths, &bars, out)?;
        }
        Ok(left)
    }
}

/// One day of one queue.
struct Day<'a> {
    heading: String,
    /// Milliseconds.
    from: f64,
    to: f64,
    /// The depth at the top.
    scale: u32,
    plan: &'a Plan,
    teller: &'a Teller<'a>,
}

impl Day<'_> {
    fn across(&self, at: f64) -> f64 {
        let part = (at - self.from) / (self.to - self.from);
        LEFT + (WIDTH - LEFT - RIGHT) * part.clamp(0.0, 1.0)
    }

    fn up(&self, depth: u32) -> f64 {
        TOP + DEPTH * (1.0 - f64::from(depth.min(self.scale)) / f64::from(self.scale))
    }

    fn write(&self, queue: &Name, depths: &Depths, bars: &[Vec<Bar>], out: &mut impl Write) -> std::io::Result<()> {
        let meets = |bar: &&Bar| (bar.from.0 as f64) < self.to && bar.to.is_none_or(|to| to.0 as f64 > self.from);
        let mut lanes: Vec<&Name> = Vec::new();
        let mut today: Vec<&Bar> = bars.iter().flatten().filter(meets).collect();
        today.sort_by_key(|bar| place(self.plan, queue, &bar.tier));
        for bar in today {
            if !lanes.contains(&&bar.tier) {
                lanes.push(&bar.tier);
            }
        }
        let lane = BAR * bars.len() as f64 + 6.0;
        let axis = TOP + DEPTH;
        let height = axis + 18.0 + lane * lanes.len() as f64 + 4.0;
        let label = self.teller.text("replay.chart", &[("day", &self.heading)]);
        let mut svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {height}\" width=\"100%\" role=\"img\" aria-label=\"{}\">",
            escaped(&label)
        );
        self.draw_blind(depths, &mut svg);
        self.draw_steps(queue, &mut svg);
        self.draw_hours(height, &mut svg);
        self.draw_depth(depths, &mut svg);
        for (number, tier) in lanes.iter().enumerate() {
            let top = axis + 18.0 + lane * number as f64;
            let name = escaped(&self.teller.tier(tier));
            let _ = write!(
                svg,
                "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{name}</text>",
                LEFT - 8.0,
                top + lane / 2.0 + 2.0
            );
            for (row, (bars, colour)) in bars.iter().zip(COLOURS).enumerate() {
                let ours = bars.iter().filter(meets).filter(|bar| bar.tier == **tier);
                ours.for_each(|bar| self.draw_bar(bar, top + BAR * row as f64, colour, &mut svg));
            }
        }
        svg.push_str("</svg>");
        writeln!(
            out,
            "<div class=\"day\"><h3>{}</h3><figure>{svg}</figure></div>",
            self.heading
        )
    }

    fn draw_bar(&self, bar: &Bar, top: f64, colour: &str, svg: &mut String) {
        let (from, to) = (bar.from.0 as f64, bar.to.map_or(self.to, |to| to.0 as f64));
        let (left, right) = (self.across(from), self.across(to));
        let told = |at: Time| local(at, self.teller.zone).strftime("%H:%M:%S").to_string();
        let not_taken_back = || self.teller.text("replay.not_taken_back", &[]);
        let values = [
            ("tier", &self.teller.tier(&bar.tier)[..]),
            ("n", &bar.seats.to_string()),
            ("from", &told(bar.from)),
            ("to", &bar.to.map_or_else(not_taken_back, told)),
        ];
        let _ = write!(
            svg,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{colour}\"><title>{}</title></rect>",
            (right - left).max(1.5),
            BAR - 1.0,
            escaped(&self.teller.text("replay.bar", &values))
        );
    }

    /// The depths at which the ladder's steps begin.
    fn draw_steps(&self, queue: &Name, svg: &mut String) {
        let ladder = self.plan.queues.get(queue).map(|queue| &queue.ladder);
        let tiers = ladder.and_then(|ladder| self.plan.ladders.get(ladder));
        let tiers = tiers.into_iter().flat_map(|ladder| &ladder.tiers);
        let above = tiers.flat_map(|tier| tier.when.thresholds());
        let above = above.filter_map(|threshold| threshold.band().map(|(above, _)| above));
        let steps: BTreeSet<u32> = above.filter(|above| *above < self.scale).collect();
        for (number, step) in steps.iter().enumerate() {
            let next = steps.iter().nth(number + 1).copied().unwrap_or(self.scale);
            let (bottom, top) = (self.up(*step), self.up(next));
            let _ = write!(
                svg,
                "<rect x=\"{LEFT}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"#f0a202\" fill-opacity=\"{:.2}\"/>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - LEFT - RIGHT,
                bottom - top,
                (0.10 + 0.10 * number as f64).min(0.4),
                LEFT - 8.0,
                bottom + 4.0,
                self.teller.text("replay.above", &[("n", &step.to_string())])
            );
        }
    }

    fn draw_hours(&self, height: f64, svg: &mut String) {
        let axis = TOP + DEPTH;
        let _ = write!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{axis}\" y2=\"{axis}\" stroke=\"#6b7480\"/>",
            WIDTH - RIGHT
        );
        // By the clock on the wall, also on the two days of the year that have another number of hours.
        let mut at = self.from;
        while at < self.to {
            let time = local(Time(at as i64), self.teller.zone);
            if time.minute() == 0 && time.hour() % 2 == 0 {
                let x = self.across(at);
                let _ = write!(
                    svg,
                    "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{height}\" stroke=\"#d5dae1\" stroke-width=\".5\"/>\
                     <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                    axis + 14.0,
                    time.hour()
                );
            }
            at += 30.0 * MINUTE;
        }
    }

    fn draw_blind(&self, depths: &Depths, svg: &mut String) {
        for (from, to) in &depths.blind {
            let (from, to) = (from.0 as f64, to.map_or(self.to, |to| to.0 as f64));
            if from < self.to && to > self.from {
                let (left, right) = (self.across(from), self.across(to));
                let _ = write!(
                    svg,
                    "<rect x=\"{left:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{DEPTH}\" fill=\"#d5dae1\"><title>{}</title></rect>",
                    (right - left).max(0.5),
                    self.teller.text("bench.nobody_sees", &[])
                );
            }
        }
    }

    fn draw_depth(&self, depths: &Depths, svg: &mut String) {
        let minutes = |at: f64| (at / MINUTE) as i64;
        let steps = depths.between(minutes(self.from), minutes(self.to));
        let Some((first, _)) = steps.first() else { return };
        let axis = TOP + DEPTH;
        let mut path = format!("M{:.1} {axis:.1}", self.across(*first as f64 * MINUTE));
        for (minute, depth) in &steps {
            let _ = write!(
                path,
                "H{:.1}V{:.1}",
                self.across(*minute as f64 * MINUTE),
                self.up(*depth)
            );
        }
        let last = depths.last_minute().map_or(self.to, |last| (last + 1) as f64 * MINUTE);
        let _ = write!(path, "H{:.1}V{axis:.1}Z", self.across(last.min(self.to)));
        let _ = write!(
            svg,
            "<path d=\"{path}\" fill=\"#2f3e55\" fill-opacity=\".55\" stroke=\"#1c2430\" stroke-width=\".8\"/>"
        );
    }
}
