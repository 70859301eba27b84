//! Charts as SVG: lines or bars, told apart by dashes and hatching as well as by colour, so that they survive a printer.

use super::document::{Chart, grouped, percent};
use super::html::escaped;
use std::fmt::Write as _;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 58.0;
/// Colours with their dashes.
const DRAWN: [(&str, &str); 2] = [("#1f5fae", ""), ("#b3541e", "7 4")];
/// No more names along the foot than can be read.
const NAMES: usize = 11;

/// The chart; empty where nothing of it is known.
pub(super) fn svg(chart: &Chart) -> String {
    let values = chart
        .lines
        .iter()
        .flat_map(|(_, values)| values.iter().flatten().copied());
    let values: Vec<f64> = values.collect();
    if values.is_empty() || chart.along.is_empty() {
        return String::new();
    }
    let top = match chart.shares {
        true => 1.0,
        false => round_up(
            values
                .iter()
                .copied()
                .chain(chart.mark.iter().map(|(_, at)| *at))
                .fold(0.0, f64::max),
        ),
    };
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escaped(&chart.title)
    );
    scale(&mut svg, chart, top);
    foot(&mut svg, chart);
    for (n, (name, values)) in chart.lines.iter().enumerate() {
        let drawn = DRAWN[n % DRAWN.len()];
        match chart.bars {
            true => bars(&mut svg, chart, n, values, top, drawn.0),
            false => lines(&mut svg, chart, values, top, drawn),
        }
        key(&mut svg, n, name, drawn, chart.bars);
    }
    if let Some((name, at)) = &chart.mark {
        let y = up(*at, top);
        let _ = write!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#a3142a\" stroke-width=\"1.5\" \
             stroke-dasharray=\"3 3\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" class=\"mark\">{}</text>",
            WIDTH - RIGHT,
            WIDTH - RIGHT,
            y - 4.0,
            escaped(name)
        );
    }
    svg.push_str("</svg>");
    svg
}

fn up(value: f64, top: f64) -> f64 {
    TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - (value / top).clamp(0.0, 1.0))
}

fn width(chart: &Chart) -> f64 {
    (WIDTH - LEFT - RIGHT) / chart.along.len() as f64
}

fn across(chart: &Chart, place: usize) -> f64 {
    LEFT + width(chart) * (place as f64 + 0.5)
}

/// The next of 1, 2, 5 times a power of ten, for four steps.
fn round_up(value: f64) -> f64 {
    let mut step = 1.0;
    // As far as numbers of calls go.
    for _ in 0..12 {
        for times in [1.0, 2.0, 2.5, 5.0] {
            if 4.0 * step * times >= value {
                return 4.0 * step * times;
            }
        }
        step *= 10.0;
    }
    value
}

fn scale(svg: &mut String, chart: &Chart, top: f64) {
    for quarter in 0..=4 {
        let value = top * f64::from(quarter) / 4.0;
        let y = up(value, top);
        let shown = match chart.shares {
            true => percent(value),
            false => grouped(value, usize::from(top < 4.0) * 2),
        };
        let _ = write!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#d5dae1\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{shown}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            y + 4.0
        );
    }
}

fn foot(svg: &mut String, chart: &Chart) {
    let every = chart.along.len().div_ceil(NAMES);
    for (place, name) in chart.along.iter().enumerate().step_by(every) {
        let _ = write!(
            svg,
            "<text x=\"{0:.1}\" y=\"{1}\" text-anchor=\"middle\" class=\"foot\">{2}</text>",
            across(chart, place),
            HEIGHT - BOTTOM + 16.0,
            escaped(
                name.split(' ')
                    .next()
                    .filter(|_| chart.along.len() > NAMES && name.contains('月'))
                    .unwrap_or(name)
            )
        );
    }
}

fn lines(svg: &mut String, chart: &Chart, values: &[Option<f64>], top: f64, (colour, dashes): (&str, &str)) {
    let points: Vec<(usize, &Option<f64>)> = values.iter().enumerate().collect();
    for known in points.split(|(_, value)| value.is_none()) {
        let drawn: Vec<String> = known
            .iter()
            .filter_map(|(place, value)| Some(format!("{:.1},{:.1}", across(chart, *place), up((**value)?, top))))
            .collect();
        if !drawn.is_empty() {
            let _ = write!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>",
                drawn.join(" ")
            );
        }
        for (place, value) in known {
            if let Some(value) = value {
                let (x, y) = (across(chart, *place), up(*value, top));
                let _ = write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"{colour}\"/>");
            }
        }
    }
}

fn bars(svg: &mut String, chart: &Chart, n: usize, values: &[Option<f64>], top: f64, colour: &str) {
    let each = (width(chart) * 0.7 / chart.lines.len() as f64).min(60.0);
    for (place, value) in values.iter().enumerate() {
        let Some(value) = value else { continue };
        let x = across(chart, place) + each * (n as f64 - chart.lines.len() as f64 / 2.0);
        let y = up(*value, top);
        let _ = write!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{colour}\" fill-opacity=\"{}\" \
             stroke=\"{colour}\"/>",
            each * 0.94,
            HEIGHT - BOTTOM - y,
            if n == 0 { "0.85" } else { "0.25" }
        );
        if chart.along.len() <= NAMES {
            let _ = write!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" class=\"foot\">{}</text>",
                x + each / 2.0,
                y - 3.0,
                grouped(*value, usize::from(*value < 100.0 && value.fract() != 0.0))
            );
        }
    }
}

fn key(svg: &mut String, n: usize, name: &str, (colour, dashes): (&str, &str), bars: bool) {
    let (x, y) = (LEFT + 220.0 * n as f64, HEIGHT - 14.0);
    let _ = match bars {
        true => write!(
            svg,
            "<rect x=\"{x}\" y=\"{}\" width=\"26\" height=\"10\" fill=\"{colour}\" fill-opacity=\"{}\" stroke=\"{colour}\"/>",
            y - 6.0,
            if n == 0 { "0.85" } else { "0.25" }
        ),
        false => write!(
            svg,
            "<line x1=\"{x}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>",
            x + 26.0
        ),
    };
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\">{}</text>",
        x + 32.0,
        y + 4.0,
        escaped(name)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_nobody_knows_breaks_the_line_and_is_not_drawn_at_the_foot() {
        let chart = Chart {
            title: "<calls>".into(),
            along: ["a", "b", "c", "d"].map(str::to_owned).into(),
            lines: vec![("was".into(), vec![Some(10.0), None, Some(20.0), Some(5.0)])],
            bars: false,
            mark: None,
            shares: false,
        };
        let drawn = svg(&chart);
        assert_eq!(
            (drawn.matches("<polyline").count(), drawn.matches("<circle").count()),
            (2, 3)
        );
        assert!(drawn.contains("&lt;calls&gt;") && !drawn.contains("<calls>"));
        let unknown = Chart {
            lines: vec![("was".into(), vec![None; 4])],
            ..chart
        };
        assert_eq!(svg(&unknown), "");
    }

    #[test]
    fn scales_end_above_what_they_show_in_round_numbers() {
        assert_eq!([0.4, 3.0, 41.0, 2257.0].map(round_up), [4.0, 4.0, 80.0, 4000.0]);
    }
}
