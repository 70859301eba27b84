//! One page to keep and to print: nothing in it comes from elsewhere.

use super::shown::{CANNOT_TELL, Shown, amount, told};
use crate::cmd::sheet::{self, escaped};
use crate::lab::tune::aim::Side;
use crate::lab::tune::race::behind;
use crate::words::Language;
use std::fmt::Write as _;
use std::io::Write;

/// Writes the page.
pub(super) fn write(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    let title = format!("{} under {}", it.plan, it.scenario);
    let more = ".best{font-weight:600}td:not(:first-child):not(:last-child){white-space:nowrap}pre{background:#f3f5f8;padding:.75rem;overflow:auto}";
    sheet::begin(&title, Language::En, more, out)?;
    writeln!(out, "<p>The aim: {}.</p>", escaped(&it.aim_words()))?;
    write!(out, "<p>")?;
    for line in it
        .keys_words()
        .iter()
        .chain([&it.tried_words(), &it.factor])
        .chain(&it.from_data)
    {
        write!(out, "{}<br>", escaped(line))?;
    }
    writeln!(out, "</p><p><strong>{}</strong></p>", escaped(&it.verdict()))?;
    writeln!(out, "<figure>{}</figure>", chart(it))?;
    writeln!(out, "<h2>Chosen on {}</h2>", escaped(&it.chosen_words()))?;
    write_rows(it, out)?;
    write_check(it, out)?;
    write_change(it, out)?;
    writeln!(out, "<h2>What cannot be told</h2><p>{CANNOT_TELL}</p><ul>")?;
    for assumed in &it.assumed {
        writeln!(out, "<li>{}", escaped(assumed))?;
    }
    writeln!(out, "</ul>")?;
    if !it.tuned.doubted.is_empty() {
        writeln!(
            out,
            "<p>The best, less the plan as written, where it is otherwise:</p><table>"
        )?;
        for (words, candidates) in &it.tuned.doubted {
            if let [written, best] = candidates.as_slice() {
                let difference = told(behind(best, written, it.aim));
                writeln!(out, "<tr><td>{}<td>{difference}", escaped(words))?;
            }
        }
        writeln!(out, "</table>")?;
    }
    sheet::end(out)?;
    Ok(())
}

fn write_rows(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    let terms = it.terms();
    write!(
        out,
        "<div class=\"wide\"><table><tr><th>plan<th>the aim<th>less the written plan<th>callers<th>the floor"
    )?;
    for term in &terms {
        write!(out, "<th>{}", term.words)?;
    }
    write!(out, "<th>")?;
    for row in it.rows() {
        let class = if row.is_best { " class=\"best\"" } else { "" };
        write!(
            out,
            "<tr{class}><td>{}<td>{:.2}<td>{}<td>{:.2}<td>{:.2}",
            escaped(&row.name),
            row.candidate.value(it.aim).map_or(0.0, |value| value.mean),
            it.less_the_written(&row),
            row.candidate.side(it.aim, Side::Callers),
            row.candidate.side(it.aim, Side::Floor)
        )?;
        for term in &terms {
            write!(out, "<td>{:.2}", amount(row.candidate, term))?;
        }
        let told = [
            (row.is_best, "the best by the aim"),
            (row.on_frontier, "frontier"),
            (it.aim.passed(&row.candidate.met) > 0.0, "passes a limit"),
        ];
        let words: Vec<&str> = told.iter().filter(|(is, _)| *is).map(|(_, words)| *words).collect();
        write!(out, "<td>{}", words.join(", "))?;
    }
    writeln!(
        out,
        "</table></div><p>{}Callers: {}. The floor: {}. A plan on the frontier has none that is better for callers and for the floor at once.</p>",
        match it.left_out() {
            0 => String::new(),
            more => format!("{more} more of the frontier are in the chart alone. "),
        },
        escaped(&it.aim.side_words(Side::Callers)),
        escaped(&it.aim.side_words(Side::Floor))
    )?;
    Ok(())
}

fn write_check(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    let tuned = it.tuned;
    if tuned.checked.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>Checked on {}</h2><p>The choice has not seen these.</p><table><tr><th>plan<th>the aim where it was chosen<th>where it \
         was checked",
        escaped(&it.checked_on)
    )?;
    for (place, candidate) in tuned.checked.iter().enumerate() {
        let which = if place < tuned.given.len() { place } else { tuned.best };
        writeln!(
            out,
            "<tr><td>{}<td>{}<td>{}",
            escaped(&it.name(which)),
            told(tuned.candidates[which].value(it.aim)),
            told(candidate.value(it.aim))
        )?;
    }
    if let Some((written, best)) = it.checked_pair() {
        let chosen = behind(&tuned.candidates[tuned.best], &tuned.candidates[0], it.aim);
        writeln!(
            out,
            "<tr class=\"best\"><td>the best, less the plan as written<td>{}<td>{}",
            told(chosen),
            told(behind(best, written, it.aim))
        )?;
    }
    writeln!(out, "</table>")?;
    Ok(())
}

fn write_change(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(changes) = it.tuned.changes.as_ref().filter(|_| it.tuned.best != 0) else {
        return Ok(());
    };
    writeln!(out, "<h2>To paste into {}</h2><pre>", escaped(&it.plan))?;
    for change in changes {
        let was = change
            .was
            .as_ref()
            .map_or_else(String::new, |was| format!("    # was {was}"));
        writeln!(
            out,
            "# line {}, {}\n{}",
            change.line,
            escaped(&change.table),
            escaped(&format!("{}{was}", change.text))
        )?;
    }
    writeln!(out, "</pre>")?;
    if let Some(untried) = it.untried_words() {
        writeln!(out, "<p>{}</p>", escaped(&untried))?;
    }
    Ok(())
}

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 460.0;
const LEFT: f64 = 70.0;
const BOTTOM: f64 = 60.0;
const RIGHT: f64 = 30.0;
const TOP: f64 = 32.0;

/// How much each side of the chart goes up to.
struct Frame {
    floor: f64,
    callers: f64,
}

impl Frame {
    fn x(&self, floor: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * floor / self.floor
    }

    fn y(&self, callers: f64) -> f64 {
        TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - callers / self.callers)
    }
}

/// What callers bear against what the floor bears: every plan that has met all, those on the frontier joined.
fn chart(it: &Shown<'_>) -> String {
    let tuned = it.tuned;
    let whole = tuned.candidates[tuned.best].met.len();
    let shown: Vec<usize> = (0..tuned.candidates.len())
        .filter(|which| tuned.candidates[*which].met.len() == whole)
        .collect();
    let most = |of: fn((f64, f64)) -> f64| {
        let all = shown.iter().map(|which| of(sides(it, *which)));
        all.fold(0.0, f64::max) * 1.05 + 1e-9
    };
    let frame = Frame {
        floor: most(|it| it.0),
        callers: most(|it| it.1),
    };
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" width=\"100%\" aria-label=\"What callers bear against what the floor bears, for \
         each plan\">"
    );
    draw_axes(it, &frame, &mut svg);
    let corners = tuned.frontier.iter().map(|which| {
        let (floor, callers) = sides(it, *which);
        format!("{:.1},{:.1}", frame.x(floor), frame.y(callers))
    });
    let corners: Vec<String> = corners.collect();
    let _ = write!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#2457a6\" stroke-width=\"1.5\" stroke-dasharray=\"6 3\"/>",
        corners.join(" ")
    );
    for which in shown {
        draw_plan(it, which, &frame, &mut svg);
    }
    svg.push_str("</svg>");
    svg
}

/// What the floor bears and what callers bear.
fn sides(it: &Shown<'_>, which: usize) -> (f64, f64) {
    let candidate = &it.tuned.candidates[which];
    (
        candidate.side(it.aim, Side::Floor),
        candidate.side(it.aim, Side::Callers),
    )
}

fn draw_axes(it: &Shown<'_>, frame: &Frame, svg: &mut String) {
    for part in 0..=4 {
        let share = f64::from(part) / 4.0;
        let (floor, callers) = (frame.floor * share, frame.callers * share);
        let _ = write!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#d5dae1\"/><text x=\"{}\" y=\"{:.1}\" \
             text-anchor=\"end\">{callers:.1}</text><text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{floor:.1}</text>",
            LEFT - 8.0,
            frame.y(callers) + 4.0,
            frame.x(floor),
            HEIGHT - BOTTOM + 18.0,
            right = WIDTH - RIGHT,
            y = frame.y(callers)
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">what the floor bears, a day: {}</text><text x=\"{LEFT}\" y=\"14\">what callers bear, a day: {}</text>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 14.0,
        escaped(&it.aim.side_words(Side::Floor)),
        escaped(&it.aim.side_words(Side::Callers))
    );
}

fn draw_plan(it: &Shown<'_>, which: usize, frame: &Frame, svg: &mut String) {
    let tuned = it.tuned;
    let (floor, callers) = sides(it, which);
    let (colour, size, words) = match which {
        _ if which == tuned.best => ("#1b6e3c", 7.0, "the best by the aim"),
        0 => ("#b3261e", 7.0, "as written"),
        _ if which < tuned.given.len() => ("#8a5a00", 6.0, tuned.given[which].as_str()),
        _ => ("#2457a6", 3.0, ""),
    };
    let (x, y) = (frame.x(floor), frame.y(callers));
    let _ = write!(
        svg,
        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{size}\" fill=\"{colour}\"><title>{}: {}</title></circle>",
        escaped(&it.name(which)),
        told(tuned.candidates[which].value(it.aim))
    );
    if !words.is_empty() {
        // At the right edge there is room on its other side alone.
        let (x, anchor) = if x > WIDTH * 0.7 {
            (x - 10.0, "end")
        } else {
            (x + 10.0, "start")
        };
        let _ = write!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            y - 8.0,
            escaped(words)
        );
    }
}
