//! The report on a terminal: every table without its hours, which a terminal is too narrow for.

use super::document::{Cell, Document, Table};
use crate::words::columns as columns_of;
use std::io::{self, Write};

impl Document {
    /// Writes the report as text. Nothing in it moves the cursor of whoever reads it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", tame(&self.title))?;
        for lead in &self.lead {
            writeln!(out, "{}", tame(lead))?;
        }
        for section in &self.sections {
            writeln!(out, "\n== {} ==", tame(&section.title))?;
            for note in &section.notes {
                writeln!(out, "{}", tame(note))?;
            }
            for table in &section.tables {
                write_table(table, out)?;
            }
        }
        Ok(())
    }
}

fn write_table(table: &Table, out: &mut impl Write) -> io::Result<()> {
    if !table.title.is_empty() {
        writeln!(out, "\n{}", tame(&table.title))?;
        for note in &table.notes {
            writeln!(out, "{}", tame(note))?;
        }
    }
    if table.rows.is_empty() {
        return Ok(());
    }
    let kept = |place: &usize| *place == 0 || *place > table.hours;
    let heads: Vec<String> = table.heads.iter().map(|it| tame(it)).collect();
    let rows = table
        .rows
        .iter()
        .map(|row| row.iter().map(shown).collect::<Vec<String>>());
    let lines: Vec<Vec<String>> = std::iter::once(heads)
        .chain(rows)
        .map(|line| {
            let cells = line.into_iter().enumerate().filter(|(place, _)| kept(place));
            cells.map(|(_, cell)| cell).collect()
        })
        .collect();
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            lines
                .iter()
                .filter_map(|line| line.get(column))
                .map(|cell| columns_of(cell))
                .max()
                .unwrap_or(0)
        })
        .collect();
    for line in lines {
        let cells = line.iter().zip(&widths).enumerate().map(|(column, (cell, wide))| {
            let room = " ".repeat(wide - columns_of(cell));
            if column == 0 {
                format!("{cell}{room}")
            } else {
                format!("{room}{cell}")
            }
        });
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

fn shown(cell: &Cell) -> String {
    let mark = if cell.is_past() { " !" } else { "" };
    format!("{}{mark}", tame(&cell.shown()))
}

fn tame(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}
