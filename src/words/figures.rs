//! Figures that read the same in every language.

use crate::core::Millis;

/// A span as on a watch: `5:00`, `1:02:03`.
pub fn span(span: Millis) -> String {
    let seconds = span.0.unsigned_abs() / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// A share in tenths of a percent: `62.5 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", (share * 1000.0).round() / 10.0)
}

/// Columns of a text on a terminal: Chinese takes two a character.
pub fn columns(text: &str) -> usize {
    let wide = |c: char| {
        matches!(
            u32::from(c),
            0x1100..=0x115f
                | 0x2e80..=0xa4cf
                | 0xac00..=0xd7a3
                | 0xf900..=0xfaff
                | 0xfe30..=0xfe4f
                | 0xff00..=0xff60
                | 0xffe0..=0xffe6
        )
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}
