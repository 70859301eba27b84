//! The report for spreadsheets: each table with its hours, numbers as numbers, and nothing where nothing is known.

use super::document::{Cell, Document, Table};
use std::io::Write;

impl Document {
    /// Writes every table below the other, each behind a line with its name.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_csv(&self, out: &mut impl Write) -> csv::Result<()> {
        for (n, (section, table)) in self.tables().enumerate() {
            if n > 0 {
                out.write_all(b"\r\n")?;
            }
            let title = if table.title.is_empty() { section } else { &table.title };
            let mut lines = writer(&mut *out);
            lines.write_record([guarded(&table.id), guarded(title)])?;
            lines.flush()?;
            drop(lines);
            table.write_csv(out)?;
        }
        Ok(())
    }

    /// Every table that has rows, with the heading of its section.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &Table)> {
        let of = |section: &'_ super::Section| section.tables.iter().filter(|it| !it.rows.is_empty()).count();
        let sections = self.sections.iter().filter(move |it| of(it) > 0);
        sections.flat_map(|section| {
            let tables = section.tables.iter().filter(|it| !it.rows.is_empty());
            tables.map(|table| (section.title.as_str(), table))
        })
    }
}

impl Table {
    /// Writes the table as RFC 4180 has it. Two numbers of one cell stand as `12/15`.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_csv(&self, out: &mut impl Write) -> csv::Result<()> {
        let mut lines = writer(out);
        lines.write_record(self.heads.iter().map(|head| guarded(head)))?;
        for row in &self.rows {
            lines.write_record(row.iter().map(plain))?;
        }
        lines.flush()?;
        Ok(())
    }
}

fn writer<W: Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(out)
}

fn plain(cell: &Cell) -> String {
    let number = |number: &Option<f64>, digits: usize| number.map_or_else(String::new, |it| format!("{it:.digits$}"));
    match cell {
        Cell::Text(text) => guarded(text),
        Cell::Number(it, digits) | Cell::Judged(it, digits, _) => number(it, *digits),
        Cell::Share(it) | Cell::JudgedShare(it, _) => number(it, 4),
        Cell::Pair(None, None) => String::new(),
        Cell::Pair(one, other) => format!("{}/{}", number(one, 0), number(other, 0)),
    }
}

/// A text that a spreadsheet would take for a formula is put behind an apostrophe.
fn guarded(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}
