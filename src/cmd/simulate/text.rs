//! What a shift leader reads.

use super::Shown;
use crate::core::Name;
use crate::lab::simulate::measures::{MEASURES, Measure, measure};
use crate::lab::simulate::told::{Beside, Simulated, plus_minus, shown};
use std::io::Write;

/// What a sweep shows of each value.
pub(super) const SWEPT: [&str; 8] = [
    "answered_share",
    "in_target_share",
    "mean_wait_s",
    "above_10_share",
    "asks_a_day",
    "people_moved_a_day",
    "short_stays_share",
    "overtime_hours_a_day",
];

/// Measures that say the same as another one, for those who compare with others' numbers.
const FOR_PROGRAMS: [&str; 5] = [
    "in_target_of_patient",
    "short_wait_share",
    "in_target_a_day",
    "asks_an_hour",
    "moved_share",
];

/// Writes all of it.
pub(super) fn write(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    let days = match it.prepared.days() {
        1 => "one day each".to_owned(),
        days => format!("{days} days each"),
    };
    writeln!(out, "{}: {} seeds, {days}", it.scenario, it.seeds)?;
    for told in &it.prepared.from_data {
        writeln!(out, "  {told}")?;
    }
    if let Some(sweep) = it.sweep {
        write_sweep(it, &sweep.key, out)?;
    } else {
        let first = &it.plans[0];
        let other = it.plans.get(1);
        write_table(first, other, None, out)?;
        if first.queues().count() > 1 {
            for queue in first.queues() {
                writeln!(out, "\nqueue {queue}")?;
                write_table(first, other, Some(queue), out)?;
            }
        }
    }
    let beside = it.beside()?;
    if !beside.is_empty() {
        write_outside(&beside, out)?;
    }
    Ok(())
}

/// What is worth a line: what happened at all, under any of the plans.
pub(super) fn worth_telling<'a>(
    plans: &'a [&'a Simulated],
    queue: Option<&'a Name>,
) -> impl Iterator<Item = &'static Measure> + use<'a> {
    MEASURES.iter().filter(move |measure| {
        let happened = |plan: &&Simulated| plan.estimate(measure, queue).is_some_and(|it| it.mean != 0.0);
        !FOR_PROGRAMS.contains(&measure.name) && plans.iter().any(happened)
    })
}

fn write_table(
    first: &Simulated,
    other: Option<&Simulated>,
    queue: Option<&Name>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let plans: Vec<&Simulated> = [Some(first), other].into_iter().flatten().collect();
    writeln!(out)?;
    if let Some(other) = other {
        writeln!(
            out,
            "{:44} {:>24} {:>24} {:>24}",
            "",
            last(&first.name),
            last(&other.name),
            "difference"
        )?;
    }
    for measure in worth_telling(&plans, queue) {
        write!(out, "{:44}", measure.words)?;
        for plan in &plans {
            write!(out, " {:>24}", cell(plan, measure, queue))?;
        }
        if let Some(other) = other {
            write!(out, " {:>24}", difference(first, other, measure, queue))?;
        }
        writeln!(out)?;
    }
    if let Some(other) = other {
        writeln!(
            out,
            "\nBoth met the same callers. A difference in brackets is not clear: it may be chance.\n{}",
            sentence(first, other, queue)
        )?;
    }
    Ok(())
}

/// The end of a name that is too long for a column.
fn last(name: &str) -> String {
    let count = name.chars().count();
    name.chars().skip(count.saturating_sub(24)).collect()
}

pub(super) fn cell(plan: &Simulated, measure: &Measure, queue: Option<&Name>) -> String {
    match plan.estimate(measure, queue) {
        Some(it) => format!("{} {}", shown(measure.unit, it.mean), plus_minus(measure.unit, &it)),
        None => "-".to_owned(),
    }
}

pub(super) fn difference(first: &Simulated, other: &Simulated, measure: &Measure, queue: Option<&Name>) -> String {
    match first.difference(other, measure, queue) {
        Some(it) => {
            let sign = if it.mean > 0.0 { "+" } else { "" };
            let told = format!(
                "{sign}{} {}",
                shown(measure.unit, it.mean),
                plus_minus(measure.unit, &it)
            );
            if it.is_clear() { told } else { format!("({told})") }
        }
        None => "-".to_owned(),
    }
}

/// The few differences that matter most, in one sentence.
fn sentence(first: &Simulated, other: &Simulated, queue: Option<&Name>) -> String {
    let told = [
        "answered_share",
        "mean_wait_s",
        "people_moved_a_day",
        "short_stays_share",
    ];
    let words = told.iter().filter_map(|name| {
        let measure = measure(name)?;
        let difference = first.difference(other, measure, queue).filter(|it| it.is_clear())?;
        let more = if difference.mean > 0.0 { "more" } else { "less" };
        Some(format!(
            "{}: {} {more}",
            measure.words,
            shown(measure.unit, difference.mean.abs())
        ))
    });
    let words: Vec<String> = words.collect();
    match words.is_empty() {
        true => format!("{} does not clearly differ in what matters most.", other.name),
        false => format!("{}: {}.", other.name, words.join("; ")),
    }
}

fn write_sweep(it: &Shown<'_>, key: &str, out: &mut impl Write) -> anyhow::Result<()> {
    let measures: Vec<&Measure> = SWEPT.iter().filter_map(|name| measure(name)).collect();
    writeln!(out, "\n{key}")?;
    it.varied.iter().try_for_each(|place| writeln!(out, "  {place}"))?;
    for (n, measure) in measures.iter().enumerate() {
        writeln!(out, "  {} {}", column(n), measure.words)?;
    }
    write!(out, "\n{:12}", "")?;
    (0..measures.len()).try_for_each(|n| write!(out, " {:>20}", column(n)))?;
    writeln!(out)?;
    for plan in &it.plans {
        write!(out, "{:12}", plan.name)?;
        for measure in &measures {
            write!(out, " {:>20}", cell(plan, measure, None))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn column(n: usize) -> String {
    format!("({})", n + 1)
}

fn write_outside(beside: &[Beside], out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "\noutside numbers")?;
    writeln!(
        out,
        "{:24} {:>12} {:>12} {:>12} {:>24} {:>8}  {:7}  whose",
        "measure", "ours", "std. error", "theirs", "their interval", "errors", ""
    )?;
    for one in beside {
        let ours = one.ours.map_or_else(|| "-".to_owned(), |it| number(it.mean));
        let error = one
            .ours
            .and_then(|it| it.standard_error)
            .map_or_else(|| "-".to_owned(), number);
        let interval = one.theirs.interval;
        let interval = interval.map_or_else(|| "exact".to_owned(), |(low, high)| format!("[{low}, {high}]"));
        let off = one
            .errors_off()
            .map_or_else(|| "-".to_owned(), |off| format!("{off:+.2}"));
        writeln!(
            out,
            "{:24} {ours:>12} {error:>12} {:>12} {interval:>24} {off:>8}  {:7}  {}",
            one.measure.name,
            one.theirs.value,
            if one.is_inside() { "inside" } else { "OUTSIDE" },
            one.theirs.source
        )?;
    }
    Ok(())
}

/// Five significant digits and no more than that.
fn number(value: f64) -> String {
    let whole = value.abs().max(1.0).log10().floor() as usize + 1;
    format!("{value:.*}", 6usize.saturating_sub(whole))
}
