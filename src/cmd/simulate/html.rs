//! One page to keep and to print: nothing in it comes from elsewhere.

use super::Shown;
use super::text::{SWEPT, cell, difference, worth_telling};
use crate::cmd::sheet::{self, escaped};
use crate::core::Name;
use crate::lab::simulate::measures::{Measure, measure};
use crate::lab::simulate::told::{Simulated, shown};
use crate::words::Language;
use std::fmt::Write as _;
use std::io::Write;

/// What the chart of a sweep shows, each with its colour and dashes.
const DRAWN: [(&str, &str, &str); 4] = [
    ("answered_share", "#1b6e3c", ""),
    ("in_target_share", "#2457a6", "6 3"),
    ("above_10_share", "#b3261e", "2 3"),
    ("short_stays_share", "#8a5a00", "8 3 2 3"),
];

/// Writes the page.
pub(super) fn write(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    sheet::begin(&it.scenario, Language::En, "", out)?;
    writeln!(
        out,
        "<p>{} seeds of {} days. After ± stands half the width of the 95 % interval.</p>",
        it.seeds,
        it.prepared.days()
    )?;
    for told in &it.prepared.from_data {
        writeln!(out, "<p>{}</p>", escaped(told))?;
    }
    if let Some(sweep) = it.sweep {
        writeln!(out, "<h2>{}</h2>", escaped(&sweep.key))?;
        for place in &it.varied {
            writeln!(out, "<p>{}</p>", escaped(place))?;
        }
        writeln!(out, "<figure>{}</figure>", chart(&it.plans, &sweep.key))?;
        write_sweep(it, out)?;
    } else {
        write_table(it, None, out)?;
        if it.plans[0].queues().count() > 1 {
            for queue in it.plans[0].queues() {
                writeln!(out, "<h2>{}</h2>", escaped(queue.as_str()))?;
                write_table(it, Some(queue), out)?;
            }
        }
    }
    sheet::end(out)?;
    Ok(())
}

fn write_table(it: &Shown<'_>, queue: Option<&Name>, out: &mut impl Write) -> anyhow::Result<()> {
    let plans: Vec<&Simulated> = it.plans.iter().collect();
    write!(out, "<table><tr><th>")?;
    for plan in &plans {
        write!(out, "<th>{}", escaped(&plan.name))?;
    }
    if it.against {
        write!(out, "<th>difference")?;
    }
    for measure in worth_telling(&plans, queue) {
        write!(out, "<tr><td>{}", measure.words)?;
        for plan in &plans {
            write!(out, "<td>{}", cell(plan, measure, queue))?;
        }
        if it.against {
            let told = difference(plans[0], plans[1], measure, queue);
            let class = if told.starts_with('(') {
                " class=\"unclear\""
            } else {
                ""
            };
            write!(out, "<td{class}>{told}")?;
        }
    }
    writeln!(out, "</table>")?;
    if it.against {
        writeln!(
            out,
            "<p>Both met the same callers. A difference in brackets is not clear: it may be chance.</p>"
        )?;
    }
    Ok(())
}

fn write_sweep(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    let measures: Vec<&Measure> = SWEPT.iter().filter_map(|name| measure(name)).collect();
    write!(out, "<table><tr><th>")?;
    for measure in &measures {
        write!(out, "<th>{}", measure.words)?;
    }
    for plan in &it.plans {
        write!(out, "<tr><td>{}", escaped(&plan.name))?;
        for measure in &measures {
            write!(out, "<td>{}", cell(plan, measure, None))?;
        }
    }
    writeln!(out, "</table>")?;
    Ok(())
}

/// Shares over the values of a sweep, one line each, told apart by dashes as well as by colour.
fn chart(plans: &[Simulated], key: &str) -> String {
    const WIDTH: f64 = 900.0;
    const HEIGHT: f64 = 380.0;
    const LEFT: f64 = 60.0;
    const BOTTOM: f64 = 70.0;
    const RIGHT: f64 = 20.0;
    const TOP: f64 = 15.0;
    let across = |n: usize| LEFT + (WIDTH - LEFT - RIGHT) * (n as f64 + 0.5) / plans.len() as f64;
    let up = |share: f64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - share.clamp(0.0, 1.0));
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Shares for each value of {}\" width=\"100%\">",
        escaped(key)
    );
    for percent in [0, 20, 40, 60, 80, 100] {
        let y = up(f64::from(percent) / 100.0);
        let _ = write!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#d5dae1\"/><text x=\"{}\" y=\"{:.1}\" \
             text-anchor=\"end\">{percent} %</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            y + 4.0
        );
    }
    for (n, plan) in plans.iter().enumerate() {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            across(n),
            HEIGHT - BOTTOM + 18.0,
            escaped(&plan.name)
        );
    }
    for (place, (name, colour, dashes)) in DRAWN.iter().enumerate() {
        let Some(measure) = measure(name) else { continue };
        let estimates = plans
            .iter()
            .enumerate()
            .filter_map(|(n, plan)| Some((n, plan.estimate(measure, None)?)));
        let estimates: Vec<_> = estimates.collect();
        let points: Vec<String> = estimates
            .iter()
            .map(|(n, it)| format!("{:.1},{:.1}", across(*n), up(it.mean)))
            .collect();
        let _ = write!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>",
            points.join(" ")
        );
        for (n, it) in &estimates {
            let half = it.plus_minus.unwrap_or(0.0);
            let _ = write!(
                svg,
                "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{1:.1}\" y2=\"{2:.1}\" stroke=\"{colour}\"/><circle cx=\"{0:.1}\" \
                 cy=\"{3:.1}\" r=\"3\" fill=\"{colour}\"><title>{4}: {5}</title></circle>",
                across(*n),
                up(it.mean + half),
                up(it.mean - half),
                up(it.mean),
                measure.words,
                shown(measure.unit, it.mean)
            );
        }
        let (x, y) = (LEFT + 210.0 * place as f64, HEIGHT - 20.0);
        let _ = write!(
            svg,
            "<line x1=\"{x}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"2\" \
             stroke-dasharray=\"{dashes}\"/><text x=\"{}\" y=\"{}\">{}</text>",
            x + 30.0,
            x + 36.0,
            y + 4.0,
            measure.words
        );
    }
    svg.push_str("</svg>");
    svg
}
