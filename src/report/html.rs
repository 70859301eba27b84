//! One page to keep, to send and to print: nothing on it comes from elsewhere, and it runs nothing.

use super::chart::svg;
use super::document::{Cell, Document, Section, Table};
use std::fmt::Write as _;

/// Its style, which stands in it.
pub(crate) const STYLE: &str = include_str!("report.css");

impl Document {
    /// The report as a whole HTML document.
    pub fn html(&self) -> String {
        let mut page = format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <h1>{title}</h1>\n",
            self.language.word(),
            title = escaped(&self.title),
        );
        for lead in &self.lead {
            let _ = writeln!(page, "<p>{}</p>", escaped(lead));
        }
        for section in &self.sections {
            write_section(&mut page, section);
        }
        page.push_str("</body>\n</html>\n");
        page
    }
}

fn write_section(page: &mut String, section: &Section) {
    let _ = writeln!(page, "<section>\n<h2>{}</h2>", escaped(&section.title));
    for note in &section.notes {
        let _ = writeln!(page, "<p class=\"note\">{}</p>", escaped(note));
    }
    for chart in &section.charts {
        let drawn = svg(chart);
        if !drawn.is_empty() {
            let _ = writeln!(
                page,
                "<figure><figcaption>{}</figcaption>{drawn}</figure>",
                escaped(&chart.title)
            );
        }
    }
    for table in &section.tables {
        write_table(page, table);
    }
    page.push_str("</section>\n");
}

fn write_table(page: &mut String, table: &Table) {
    if !table.title.is_empty() {
        let _ = writeln!(page, "<h3>{}</h3>", escaped(&table.title));
    }
    for note in &table.notes {
        let _ = writeln!(page, "<p class=\"note\">{}</p>", escaped(note));
    }
    if table.rows.is_empty() {
        return;
    }
    let class = if table.hours > 0 { "grid" } else { "list" };
    let _ = write!(
        page,
        "<div class=\"wide\" tabindex=\"0\"><table class=\"{class}\">\n<thead><tr>"
    );
    for (place, head) in table.heads.iter().enumerate() {
        // Over words a heading begins where they begin, over numbers it ends where they end.
        let is_words = |row: &Vec<Cell>| matches!(row.get(place), Some(Cell::Text(_)));
        let class = if table.rows.iter().any(is_words) {
            " class=\"text\""
        } else {
            ""
        };
        let _ = write!(page, "<th scope=\"col\"{class}>{}</th>", escaped(head));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        page.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            write_cell(page, cell, place == 0);
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
}

fn write_cell(page: &mut String, cell: &Cell, head: bool) {
    let shown = match cell {
        Cell::Pair(one, other) => {
            let [one, other] = [one, other].map(|it| Cell::Number(*it, 0).shown());
            format!("{one}<br><small>{other}</small>")
        }
        cell @ (Cell::Text(_) | Cell::Number(..) | Cell::Share(_) | Cell::Judged(..) | Cell::JudgedShare(..)) => {
            escaped(&cell.shown())
        }
    };
    let _ = match (head, cell) {
        (true, _) => write!(page, "<th scope=\"row\">{shown}</th>"),
        // Told by a sign as well as by its colour.
        (false, cell) if cell.is_past() => write!(page, "<td class=\"past\">{shown} ▲</td>"),
        (false, Cell::Text(_)) => write!(page, "<td class=\"text\">{shown}</td>"),
        (false, _) => write!(page, "<td>{shown}</td>"),
    };
}

/// Safe between tags and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
