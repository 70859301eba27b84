//! What an operator reads.

use super::shown::{CANNOT_TELL, Row, Shown, amount, told};
use crate::lab::tune::aim::Side;
use crate::lab::tune::change::to_paste;
use crate::lab::tune::race::{Candidate, behind};
use std::io::Write;

/// Writes all of it.
pub(super) fn write(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{} under {}", it.plan, it.scenario)?;
    writeln!(out, "  the aim: {}", it.aim_words())?;
    for keys in it.keys_words() {
        writeln!(out, "  varied: {keys}")?;
    }
    writeln!(out, "  {}", it.tried_words())?;
    if let (count @ 1.., Some(why)) = &it.tuned.refused {
        writeln!(out, "  {count} refused by the configuration; the first: {why}")?;
    }
    writeln!(out, "  {}", it.factor)?;
    for told in &it.from_data {
        writeln!(out, "  {told}")?;
    }
    writeln!(out, "  chosen on {}", it.chosen_words())?;
    write_rows(it, out)?;
    write_check(it, out)?;
    writeln!(out, "\n{}", it.verdict())?;
    write_change(it, out)?;
    write_doubts(it, out)?;
    Ok(())
}

fn write_rows(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    let terms = it.terms();
    writeln!(
        out,
        "\n   {:>9} {:>18} {:>9} {:>9}{}",
        "the aim",
        "less the written",
        "callers",
        "the floor",
        {
            let names: Vec<String> = terms.iter().map(|term| format!(" {:>16}", term.name)).collect();
            names.concat()
        }
    )?;
    for row in it.rows() {
        let candidate = row.candidate;
        let amounts = terms.iter().map(|term| format!(" {:>16.2}", amount(candidate, term)));
        writeln!(
            out,
            "{}{}{:>9.2} {:>18} {:>9.2} {:>9.2}{}  {}",
            mark(&row),
            if it.aim.passed(&candidate.met) > 0.0 { "!" } else { " " },
            candidate.value(it.aim).map_or(0.0, |value| value.mean),
            it.less_the_written(&row),
            candidate.side(it.aim, Side::Callers),
            candidate.side(it.aim, Side::Floor),
            amounts.collect::<String>(),
            row.name
        )?;
    }
    if it.left_out() > 0 {
        writeln!(
            out,
            "    and {} more of them between these; --format json has all",
            it.left_out()
        )?;
    }
    writeln!(
        out,
        "\n => the best by the aim   * nobody is better for callers and for the floor at once   ! passes a limit\n \
         callers: {}; the floor: {}",
        it.aim.side_words(Side::Callers),
        it.aim.side_words(Side::Floor)
    )?;
    Ok(())
}

fn mark(row: &Row<'_>) -> &'static str {
    match (row.is_best, row.on_frontier) {
        (true, _) => "=>",
        (false, true) => " *",
        (false, false) => "  ",
    }
}

fn write_check(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    let checked = &it.tuned.checked;
    if checked.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\nChecked on {}, which the choice has not seen:\n{:>16} {:>18}",
        it.checked_on, "chosen on", "checked on"
    )?;
    let given = it.tuned.given.len();
    for (place, candidate) in checked.iter().enumerate() {
        let which = if place < given { place } else { it.tuned.best };
        writeln!(
            out,
            "{:>16} {:>18}  {}",
            told(it.tuned.candidates[which].value(it.aim)),
            told(candidate.value(it.aim)),
            it.name(which)
        )?;
    }
    if let Some((written, best)) = it.checked_pair() {
        let chosen = behind(&it.tuned.candidates[it.tuned.best], &it.tuned.candidates[0], it.aim);
        writeln!(
            out,
            "{:>16} {:>18}  the best, less the plan as written",
            told(chosen),
            told(behind(best, written, it.aim))
        )?;
        for term in it.terms() {
            let line = |candidate: &Candidate| format!("{:.2}", amount(candidate, term));
            writeln!(
                out,
                "{:>16} {:>18}  {}, as written and proposed",
                line(written),
                line(best),
                term.words
            )?;
        }
        for limit in &it.aim.limits {
            let kept = |candidate: &Candidate| told4(limit.estimate(&candidate.met));
            writeln!(
                out,
                "{:>16} {:>18}  {}, as written and proposed",
                kept(written),
                kept(best),
                limit.text
            )?;
        }
    }
    Ok(())
}

fn told4(it: Option<crate::lab::simulate::estimate::Estimate>) -> String {
    it.map_or_else(|| "-".to_owned(), |it| format!("{:.4}", it.mean))
}

fn write_change(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    if it.tuned.best == 0 {
        return Ok(());
    }
    let Some(changes) = &it.tuned.changes else {
        writeln!(out, "\nTo be set in {}: {}", it.plan, it.name(it.tuned.best))?;
        return Ok(());
    };
    writeln!(out, "\nTo paste into {}:", it.plan)?;
    if !changes.is_empty() {
        write!(out, "\n{}", to_paste(changes))?;
    }
    if let Some(untried) = it.untried_words() {
        writeln!(out, "\n{untried}")?;
    }
    Ok(())
}

fn write_doubts(it: &Shown<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "\n{CANNOT_TELL}")?;
    for assumed in &it.assumed {
        writeln!(out, "  {assumed}")?;
    }
    if it.tuned.doubted.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "The best, less the plan as written, where it is otherwise (on {}):",
        it.checked_on
    )?;
    for (words, candidates) in &it.tuned.doubted {
        if let [written, best] = candidates.as_slice() {
            let difference = behind(best, written, it.aim);
            let clear = match difference {
                Some(it) if !it.is_clear() => " (not clear)",
                _ => "",
            };
            writeln!(out, "{:>18}  {words}{clear}", told(difference))?;
        }
    }
    Ok(())
}
