//! What a shift leader reads: tables of at most 80 columns.

use super::Replayed;
use crate::core::Plan;
use crate::lab::replay::Summary;
use crate::lab::replay::told::{Row, Teller, calls, number};
use crate::words::columns;
use std::io::Write;

/// Columns of the name of a line.
const NAMES: usize = 42;

/// Columns of a line.
const LINE: usize = 80;

/// Writes the summary of one plan.
pub(super) fn write_summary(
    summary: &Summary,
    plan: &Plan,
    teller: &Teller<'_>,
    out: &mut impl Write,
) -> std::io::Result<()> {
    write_tables(&[summary], plan, teller, out)
}

/// Writes where others part from the first plan: sentences, then all summaries side by side.
pub(super) fn write_comparison(
    plans: &[Replayed],
    show: usize,
    plan: &Plan,
    teller: &Teller<'_>,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let first = &plans[0];
    let several_queues = first.summary.queues.len() > 1;
    for other in plans.iter().skip(1) {
        let all = &other.differences;
        let against = teller.text("replay.against", &[("other", &other.name), ("first", &first.name)]);
        let gist = teller.gist(&first.summary, &other.summary);
        let told = teller.text("replay.gist", &[("what", &against), ("gist", &gist)]);
        writeln!(out, "{}", folded(&told))?;
        for difference in all.iter().take(show) {
            writeln!(out, "  {}", teller.sentence(difference, several_queues))?;
        }
        match all.len() {
            0 => writeln!(out, "  {}", teller.text("bench.same", &[]))?,
            many if many > show => {
                let (n, all) = (number((many - show) as u64), many.to_string());
                writeln!(out, "  {}", teller.text("replay.and_more", &[("n", &n), ("all", &all)]))?;
            }
            _ => {}
        }
        writeln!(out)?;
    }
    for (letter, plan) in ('A'..).zip(plans) {
        writeln!(out, "{letter}  {}", plan.name)?;
    }
    let summaries: Vec<&Summary> = plans.iter().map(|plan| &plan.summary).collect();
    write_tables(&summaries, plan, teller, out)
}

fn write_tables(summaries: &[&Summary], plan: &Plan, teller: &Teller<'_>, out: &mut impl Write) -> std::io::Result<()> {
    let first = summaries[0];
    let Some(read) = teller.read(first) else {
        return writeln!(out, "{}", teller.text("replay.nothing_read", &[]));
    };
    let (clock, answers) = (teller.clock(first), teller.answers(first));
    writeln!(out, "\n{read}\n{}\n{}\n", folded(&clock), folded(&answers))?;
    if summaries.len() > 1 {
        write!(out, "{:NAMES$}", "")?;
        for (letter, _) in ('A'..).zip(summaries) {
            write!(out, " {letter:>8}")?;
        }
        writeln!(out)?;
    }
    let told: Vec<Vec<Row>> = summaries.iter().map(|summary| teller.rows(summary)).collect();
    let longest = told.iter().max_by_key(|rows| rows.len());
    for row in longest.into_iter().flatten() {
        let value = |rows: &Vec<Row>| {
            let found = rows.iter().find(|known| known.what == row.what);
            found.map_or("-", |found| &found.value).to_owned()
        };
        let name = format!("{}{}", if row.part { "  " } else { "" }, row.what);
        write!(out, "{}", left(&name, NAMES))?;
        for rows in &told {
            write!(out, " {:>8}", value(rows))?;
        }
        writeln!(out)?;
    }
    write_calls(summaries, plan, teller, out)?;
    if first.queues.len() > 1 {
        write_queues(first, teller, out)?;
    }
    writeln!(out, "\n{}", folded(&teller.caveat()))
}

/// How often each tier was called, and for how many people in all.
fn write_calls(summaries: &[&Summary], plan: &Plan, teller: &Teller<'_>, out: &mut impl Write) -> std::io::Result<()> {
    let called = calls(summaries, plan);
    if called.is_empty() {
        return Ok(());
    }
    let several = summaries[0].queues.len() > 1;
    writeln!(out, "\n{}", teller.text("replay.calls", &[]))?;
    for (queue, tier, _, each) in called {
        let name = format!("  {}", teller.step(&queue, &tier, several));
        write!(out, "{}", left(&name, NAMES))?;
        for (times, seats) in each {
            write!(out, " {:>8}", format!("{times} ({seats})"))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_queues(summary: &Summary, teller: &Teller<'_>, out: &mut impl Write) -> std::io::Result<()> {
    let heads = ["queue", "surges", "deepest", "above_5", "above_10", "blind"];
    let [queue, heads @ ..] = heads.map(|head| teller.text(&format!("replay.column_{head}"), &[]));
    write!(out, "\n{}", left(&queue, 28))?;
    for (head, width) in heads.iter().zip([8, 8, 10, 11, 8]) {
        write!(out, " {:room$}{head}", "", room = width - columns(head).min(width))?;
    }
    writeln!(out)?;
    for it in &summary.queues {
        writeln!(
            out,
            "{} {:>8} {:>8} {:>10.0} {:>11.0} {:>8.0}",
            left(&teller.queue(&it.queue), 28),
            it.surges,
            it.most_waiting,
            it.above_5_min,
            it.above_10_min,
            it.blind_min
        )?;
    }
    Ok(())
}

/// A text and the room that is left of so many columns.
fn left(text: &str, width: usize) -> String {
    format!("{text}{:room$}", "", room = width.saturating_sub(columns(text)))
}

/// Broken into lines of at most 80 columns: between words, and where a text is written without blanks, anywhere in it.
fn folded(text: &str) -> String {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ') {
        let room = LINE.saturating_sub(columns(&line) + 1);
        let unbroken = word.is_ascii() || columns(word) <= room;
        if !line.is_empty() && unbroken && columns(word) > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for it in word.chars() {
            if !unbroken && columns(&line) + columns(it.encode_utf8(&mut [0; 4])) > LINE {
                lines.push(std::mem::take(&mut line));
            }
            line.push(it);
        }
    }
    lines.push(line);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_folded_at_eighty_columns_in_every_script() {
        let english = folded(&"caller ".repeat(30));
        assert!(
            english
                .lines()
                .all(|line| columns(line) <= LINE && !line.starts_with(' ')),
            "{english}"
        );
        let chinese = folded(&"记录的来电不会因调用而减少：".repeat(10));
        let lines: Vec<usize> = chinese.lines().map(columns).collect();
        assert_eq!(lines, [80, 80, 80, 40], "{chinese}");
    }
}
