//! What a shift leader reads: tables of at most 80 columns.

use super::Replayed;
use crate::config::Config;
use crate::core::Plan;
use crate::lab::replay::Summary;
use crate::lab::replay::told::{Row, Teller, calls, number};
use std::io::Write;

/// Columns of the name of a line.
const NAMES: usize = 42;

/// Writes the summary of one plan.
pub(super) fn write_summary(summary: &Summary, config: &Config, out: &mut impl Write) -> std::io::Result<()> {
    write_tables(&[summary], config, out)
}

/// Writes where others part from the first plan: sentences, then all summaries side by side.
pub(super) fn write_comparison(
    plans: &[Replayed],
    show: usize,
    config: &Config,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let teller = Teller::english(&config.calendar.zone);
    let first = &plans[0];
    let several_queues = first.summary.queues.len() > 1;
    for other in plans.iter().skip(1) {
        let all = &other.differences;
        let told = teller.gist(&first.summary, &other.summary);
        writeln!(
            out,
            "{}",
            folded(&format!("{} against {}: {told}", other.name, first.name))
        )?;
        for difference in all.iter().take(show) {
            writeln!(out, "  {}", teller.sentence(difference, several_queues))?;
        }
        match all.len() {
            0 => writeln!(out, "  They decide the same.")?,
            many if many > show => writeln!(
                out,
                "  and {} more; --show {many} prints all",
                number((many - show) as u64)
            )?,
            _ => {}
        }
        writeln!(out)?;
    }
    for (letter, plan) in ('A'..).zip(plans) {
        writeln!(out, "{letter}  {}", plan.name)?;
    }
    let summaries: Vec<&Summary> = plans.iter().map(|plan| &plan.summary).collect();
    write_tables(&summaries, config, out)
}

fn write_tables(summaries: &[&Summary], config: &Config, out: &mut impl Write) -> std::io::Result<()> {
    let first = summaries[0];
    let teller = Teller::english(&config.calendar.zone);
    let Some(period) = teller.period(first) else {
        return writeln!(out, "Nothing was read.");
    };
    writeln!(out, "\n{period}; {} readings\n", number(first.readings))?;
    if summaries.len() > 1 {
        write!(out, "{:NAMES$}", "")?;
        for (letter, _) in ('A'..).zip(summaries) {
            write!(out, " {letter:>8}")?;
        }
        writeln!(out)?;
    }
    let columns: Vec<Vec<Row>> = summaries.iter().map(|summary| teller.rows(summary)).collect();
    let longest = columns.iter().max_by_key(|rows| rows.len());
    for row in longest.into_iter().flatten() {
        let value = |rows: &Vec<Row>| {
            let found = rows.iter().find(|known| known.what == row.what);
            found.map_or("-", |found| &found.value).to_owned()
        };
        let name = format!("{}{}", if row.part { "  " } else { "" }, row.what);
        write!(out, "{name:NAMES$}")?;
        for rows in &columns {
            write!(out, " {:>8}", value(rows))?;
        }
        writeln!(out)?;
    }
    write_calls(summaries, &config.plan, out)?;
    if first.queues.len() > 1 {
        write_queues(first, out)?;
    }
    writeln!(out, "\n{}", folded(&teller.caveat()))
}

/// How often each tier was called, and for how many people in all.
fn write_calls(summaries: &[&Summary], plan: &Plan, out: &mut impl Write) -> std::io::Result<()> {
    let called = calls(summaries, plan);
    if called.is_empty() {
        return Ok(());
    }
    let several = summaries[0].queues.len() > 1;
    writeln!(out, "\ncalls of each tier (people)")?;
    for (queue, tier, _, each) in called {
        let name = match several {
            true => format!("  {queue}: {tier}"),
            false => format!("  {tier}"),
        };
        write!(out, "{name:NAMES$}")?;
        for (times, seats) in each {
            write!(out, " {:>8}", format!("{times} ({seats})"))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_queues(summary: &Summary, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(
        out,
        "\n{:28} {:>8} {:>8} {:>10} {:>11} {:>8}",
        "queue", "surges", "deepest", "min. > 5", "min. > 10", "blind"
    )?;
    for it in &summary.queues {
        writeln!(
            out,
            "{:28} {:>8} {:>8} {:>10.0} {:>11.0} {:>8.0}",
            it.queue, it.surges, it.most_waiting, it.above_5_min, it.above_10_min, it.blind_min
        )?;
    }
    Ok(())
}

/// Broken into lines of at most 80 columns.
fn folded(text: &str) -> String {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ') {
        if !line.is_empty() && line.len() + 1 + word.len() > 80 {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}
